"""Parts of an edition in words, as the two sides of a change are shown.

Each function gives the Chinese and the English words, ``NOTHING`` for what is not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from policydsl.language import nodes as n
from policydsl.model import policy as m
from policydsl.model.kinds import CLAUSE_KINDS, spelt
from policydsl.versions.effects.words import NOTHING, OPEN, Pair, limit_text, quantity, written


def kind_text(clause: m.Clause) -> Pair:
    """The kind of a clause."""
    return spelt(next(key for key, kind in CLAUSE_KINDS.items() if kind == clause.kind))


def names_text(names: Iterable[str]) -> Pair:
    """Names in a list."""
    shown = list(names)
    return ("、".join(shown), ", ".join(shown)) if shown else NOTHING


def sum_text(side: Sequence[m.Clause]) -> Pair:
    """10 + 20 分."""
    limits = [c.declared_maximum for c in side]
    if len(limits) == 1:
        return limit_text(limits[0])
    texts = [limit_text(limit) for limit in limits]
    plain = [zh.removesuffix(" 分") for zh, _ in texts]
    english = [en.removesuffix(" points").removesuffix(" point") for _, en in texts]
    return f"{' + '.join(plain)} 分", f"{' + '.join(english)} points"


def attribute_text(clause: m.Clause, key: str) -> Pair:
    """The value of an attribute as the language writes it."""
    node = clause.node
    for attribute in () if node is None else node.attributes:
        if attribute.key == key and isinstance(attribute.value, n.Node):
            return written(attribute.value)
    return NOTHING


def declaration_text(fact: m.Fact) -> Pair:
    """A declaration in the language, without name, notes and sources."""
    if fact.node is None:
        return NOTHING
    kept = tuple(
        o
        for o in fact.node.options
        if o.key in ("RANGE", "DEFAULT", "TREATED_AS", "REQUIRED", "NO_EVIDENCE", "PRECISION")
    )
    node = replace(fact.node, name=n.Name("x"), options=kept)
    zh, en = written(node)
    return zh.partition("：")[2], en.partition(": ")[2]


def target_text(target: m.Target) -> Pair:
    """What is to be reached."""
    if target.text is not None:
        return f"“{target.text}”", f"“{target.text}”"
    return written(None if target.node is None else target.node.condition)


_HOUSEHOLD: dict[str | None, Pair] = {
    "higher_of": ("就高", "the higher of"),
    "total_of": ("合计", "the total of"),
}
_SCOPE: dict[str, Pair] = {"couple": ("夫妻", "the couple"), "member": ("成员", "the members")}
_TIES: dict[str, str] = {
    "admit_all": "ADMIT_ALL", "admit_none": "ADMIT_NONE", "lottery": "LOTTERY", "open": "OPEN",
}  # fmt: skip


def household_text(scene: m.Scene) -> Pair:
    """How a household's scores become one."""
    if scene.household is None:
        return NOTHING
    how, scope = _HOUSEHOLD[scene.household], _SCOPE[scene.household_scope]
    return f"{how[0]} {scope[0]}", f"{how[1]} {scope[1]}"


def keys_text(scene: m.Scene) -> Pair:
    """By what is ranked."""
    node = scene.clause.node
    ranking = (
        None if node is None else next((s for s in node.body if isinstance(s, n.Ranking)), None)
    )
    if ranking is None:
        return NOTHING
    zh, en = written(ranking)
    return zh.partition(" ")[2], en.partition(" ")[2]


def places_text(scene: m.Scene) -> Pair:
    """How many are admitted."""
    if scene.quota is not None:
        return f"{scene.quota} 名", str(scene.quota)
    if scene.quota_set_by is not None:
        return f"由 {scene.quota_set_by} 定", f"set by {scene.quota_set_by}"
    return OPEN


def ties_text(scene: m.Scene) -> Pair:
    """What happens to equal places."""
    return spelt(_TIES[scene.ties])


def weights_text(blend: m.Blend) -> Pair:
    """What a blend adds up."""
    node = blend.clause.node
    parts = [] if node is None else [s for s in node.body if isinstance(s, n.BlendPart)]
    texts = [written(replace(part, notes=())) for part in parts]
    return "；".join(zh for zh, _ in texts) or "无", "; ".join(en for _, en in texts) or "none"


def exclusions_text(exclusions: Sequence[m.Exclusion]) -> Pair:
    """What is not counted, and where."""
    if not exclusions:
        return NOTHING
    return (
        "；".join(f"{x.excluded} 于 {x.fact}" for x in exclusions),
        "; ".join(f"{x.excluded} in {x.fact}" for x in exclusions),
    )


def period_text(period: m.Period | None) -> Pair:
    """A date, or a time after publication."""
    if period is None:
        return NOTHING
    if period.date is not None:
        return period.date.isoformat(), period.date.isoformat()
    if period.after is not None:
        value = period.after * (period.after_unit.scale if period.after_unit else 1)
        zh, en = quantity(value, period.after_unit)
        return f"公布后 {zh}", f"{en} after publication"
    return OPEN


_COMPARISONS: dict[str | None, Pair] = {
    "<=": ("不超过", "at most"), ">=": ("不少于", "at least"), "<": ("少于", "less than"),
    ">": ("超过", "more than"), "==": ("", ""), "!=": ("不是", "not"), None: ("", ""),
}  # fmt: skip


def deadline_text(deadline: m.Deadline) -> Pair:
    """What a deadline asks for."""
    words = _COMPARISONS[deadline.comparison]
    if deadline.number is not None:
        unit = deadline.unit
        value = quantity(deadline.number * (unit.scale if unit else 1), unit)
    elif deadline.date is not None:
        value = (deadline.date.isoformat(), deadline.date.isoformat())
    else:
        return OPEN
    return f"{words[0]} {value[0]}".strip(), f"{words[1]} {value[1]}".strip()
