"""How an item gives points: by tiers, by steps, at discretion …"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policydsl.model import rules as r
from policydsl.versions.effects.words import OPEN, Pair

_MECHANISMS: dict[str, Pair] = {
    "award": ("加分", "awards"), "deduct": ("扣分", "deductions"),
    "tiers": ("按档取分", "tiers"), "matrix": ("对照表取分", "two-way table"),
    "discretion award": ("酌情加分", "awards at discretion"),
    "discretion deduct": ("酌情扣分", "deductions at discretion"),
    "open": OPEN, "veto": ("一票否决", "veto"), "no points": ("不得分", "no points"),
    "status": ("效力", "status of the points"),
}  # fmt: skip


def mechanisms(rules: Sequence[r.Rule]) -> tuple[str, ...]:
    """How rules give and take points: keys of the table of mechanisms, in its order."""
    found: set[str] = set()
    for rule in rules:
        for inner in _outer_actions(rule):
            found.add(_mechanism(inner))
    return tuple(key for key in _MECHANISMS if key in found)


def _outer_actions(rule: r.Rule) -> Iterator[r.Action]:
    if isinstance(rule.action, r.Combined):
        for inner in rule.action.rules:
            yield from _outer_actions(inner)
    else:
        yield rule.action


def _mechanism(action: r.Action) -> str:
    match action:
        case r.Flat(points=r.OpenPoints()) | r.PerStep(points=r.OpenPoints()) | r.OpenRule():
            return "open"
        case r.PerStep(points=None) | r.Discretionary():
            return "discretion award" if action.sign == 1 else "discretion deduct"
        case r.Flat() | r.PerStep():
            return "award" if action.sign == 1 else "deduct"
        case r.Tiers():
            return "tiers"
        case r.Matrix():
            return "matrix"
        case r.Veto():
            return "veto"
        case r.NoPoints():
            return "no points"
    return "status"


def mechanism_text(keys: Sequence[str]) -> Pair:
    """Mechanisms in words."""
    if not keys:
        return "没有规则", "no rule"
    names = [_MECHANISMS[key] for key in keys]
    return "、".join(zh for zh, _ in names), ", ".join(en for _, en in names)
