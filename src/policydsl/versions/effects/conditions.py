"""What became of a condition and its thresholds."""

from __future__ import annotations

from fractions import Fraction

from policydsl.language import nodes as n
from policydsl.language.units import Unit
from policydsl.model import expressions as e
from policydsl.model import policy as m
from policydsl.model import rules as r
from policydsl.versions.effects.sameness import Same
from policydsl.versions.effects.words import PERCENT, Effect, Pair, change, quantity, written


def condition_effects(a: r.Rule, b: r.Rule, same: Same) -> list[Effect]:
    """Thresholds that changed; else the condition as a whole."""
    if same(a.condition, b.condition):
        return []
    moved = thresholds(a.condition, b.condition, same)
    if moved is not None:
        return [
            change("threshold", (f"“{fact}”的界限", f"threshold of “{fact}”"), old, new)
            for fact, old, new in moved
        ]
    old, new = condition_text(a), condition_text(b)
    if old == new:  # the same words about a fact that is another one
        return []
    return [change("condition", ("条件", "condition"), old, new)]


def condition_text(rule: r.Rule) -> Pair:
    """The condition, or the patterns of a tier, as the text has them."""
    node = rule.node
    if isinstance(node, n.Rule):
        return written(node.condition, ("任何情形", "always"))
    if isinstance(node, n.Tier):
        texts = [written(pattern) for pattern in node.patterns]
        return "、".join(zh for zh, _ in texts), ", ".join(en for _, en in texts)
    return ("任何情形", "always") if rule.condition is None else ("（条件）", "(condition)")


def thresholds(a: object, b: object, same: Same) -> list[tuple[str, Pair, Pair]] | None:
    """(fact, old value, new value) where two conditions differ in thresholds alone.

    ``None`` when they differ in anything else.
    """
    if isinstance(a, e.Compared) and isinstance(b, e.Compared):
        if a.operator != b.operator or a.order != b.order or not same(a.left, b.left):
            return None
        if same(a.right, b.right):
            return []
        if not isinstance(a.right, e.Const) or not isinstance(b.right, e.Const):
            return None
        fact = a.left.fact if isinstance(a.left, e.FactRef) else None
        unit = None if fact is None else unit_of(same.old, fact)
        return [(fact or "条件", _constant(a.right, unit), _constant(b.right, unit))]
    if type(a) is not type(b):
        return None
    if isinstance(a, (e.All, e.AnyOf)) and isinstance(b, (e.All, e.AnyOf)):
        if len(a.parts) != len(b.parts):
            return None
        result: list[tuple[str, Pair, Pair]] = []
        for x, y in zip(a.parts, b.parts, strict=True):
            inner = thresholds(x, y, same)
            if inner is None:
                return None
            result.extend(inner)
        return result
    if isinstance(a, e.Not) and isinstance(b, e.Not):
        return thresholds(a.part, b.part, same)
    return [] if same(a, b) else None


def unit_of(policy: m.Policy, fact: str) -> Unit | None:
    """The unit of a fact of the policy."""
    known = policy.facts.get(fact)
    if known is None:
        return None
    return PERCENT if known.kind == "percentage" else known.unit


def _constant(const: e.Const, unit: Unit | None) -> Pair:
    value = const.value
    if isinstance(value, bool):
        return ("是", "yes") if value else ("否", "no")
    if isinstance(value, Fraction):
        return quantity(value, unit)
    return str(value), str(value)
