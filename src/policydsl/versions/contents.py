"""What the change of a clause, a scene or a blend does, given what it became.

:class:`~policydsl.versions.effects.sameness.Same` knows both editions and which clause and fact of
one is which of the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from policydsl.model import expressions as e
from policydsl.model import policy as m
from policydsl.model.kinds import spelt
from policydsl.versions.effects.limits import limit_effects
from policydsl.versions.effects.rules import rule_effects
from policydsl.versions.effects.sameness import Same
from policydsl.versions.effects.steps import Side, reach_effects
from policydsl.versions.effects.words import (
    NOTHING,
    Effect,
    Pair,
    change,
    limit_text,
    unchanged,
    written,
)
from policydsl.versions.phrasing import (
    attribute_text,
    declaration_text,
    household_text,
    keys_text,
    kind_text,
    names_text,
    places_text,
    sum_text,
    target_text,
    ties_text,
    weights_text,
)

_ORGANISATION: tuple[tuple[str, Pair], ...] = (
    ("review", ("审核方式", "review")),
    ("responsible", ("责任单位", "responsible unit")),
    ("lead", ("牵头单位", "lead unit")),
)


def clause_effects(same: Same, a: m.Clause, b: m.Clause) -> list[Effect]:
    """What became of a clause that continues as one: points, rules, conditions, organisation."""
    result: list[Effect] = []
    if a.kind != b.kind:
        what = ("种类", "kind")
        result.append(change("limit", what, kind_text(a), kind_text(b)))
    limits = limit_effects(a, b)
    left = Side(same.old, a)
    right = Side(same.new, b)
    rules = rule_effects(a.rules, b.rules, same, left, right)
    if limits and not rules and len(a.rules) == len(b.rules) == 1:
        # the rule stays, but its way to the limit may be longer or shorter
        sides = replace(left, alone=True), replace(right, alone=True)
        rules = reach_effects(a.rules[0], b.rules[0], *sides)
    result.extend([*limits, *rules])
    result.extend(target_effects(same, a.targets, b.targets))
    if not same(a.applies_when, b.applies_when):
        texts = [attribute_text(c, "APPLIES_WHEN") for c in (a, b)]
        result.append(change("applies", ("适用", "applies when"), texts[0], texts[1]))
    result.extend(fact_effects(same, _read(a), _read(b)))
    # points first, then who reviews them and where they count
    if result and a.cap == b.cap and isinstance(a.cap, Fraction):
        result.append(unchanged("limit", ("上限", "cap"), limit_text(a.cap)))
    elif result and a.full_marks == b.full_marks and isinstance(a.full_marks, Fraction):
        what = ("满分", "full marks")
        result.append(unchanged("limit", what, limit_text(a.full_marks)))
    return [*result, *organisation_effects(a, b)]


def joint_effects(
    same: Same, before: Sequence[m.Clause], after: Sequence[m.Clause]
) -> list[Effect]:
    """Clauses that were merged or split: points and rules taken together."""
    result: list[Effect] = []
    old, new = (sum_text(side) for side in (before, after))
    if old != new:
        result.append(change("limit", ("分值", "points"), old, new))
    rules = [tuple(rule for c in side for rule in c.rules) for side in (before, after)]
    sides = Side(same.old), Side(same.new)
    result.extend(rule_effects(rules[0], rules[1], same, *sides))
    targets = [tuple(target for c in side for target in c.targets) for side in (before, after)]
    result.extend(target_effects(same, targets[0], targets[1]))
    for name, what in _ORGANISATION:
        sets = [
            tuple(dict.fromkeys(x for c in side for x in getattr(c, name)))
            for side in (before, after)
        ]
        if set(sets[0]) != set(sets[1]):
            kind: Any = "review" if name == "review" else "responsible"
            result.append(change(kind, what, names_text(sets[0]), names_text(sets[1])))
    return result


def fact_effects(same: Same, old: object, new: object) -> list[Effect]:
    """Facts that are read on both sides but declared otherwise."""
    result = []
    for before, after in same.changed_facts(old, new):
        a, b = same.old.facts[before], same.new.facts[after]
        texts = declaration_text(a), declaration_text(b)
        if texts[0] == texts[1]:
            texts = written(a.node), written(b.node)
        what = (f"事实“{after}”", f"fact “{after}”")
        result.append(change("fact", what, *texts))
    return result


def target_effects(
    same: Same, before: tuple[m.Target, ...], after: tuple[m.Target, ...]
) -> list[Effect]:
    """Targets that were removed, added or set otherwise."""
    if same(before, after):
        return []
    result: list[Effect] = []
    olds = [t for t in before if not any(same(t, x) for x in after)]
    news = [t for t in after if not any(same(x, t) for x in before)]
    for target in olds:
        match = next((t for t in news if _same_measure(target, t, same)), None)
        if match is None:
            zh, en = target_text(target)
            result.append(Effect("target", f"删去目标：{zh}", f"target removed: {en}"))
            continue
        news.remove(match)
        result.append(change("target", ("目标", "target"), target_text(target), target_text(match)))
    for target in news:
        zh, en = target_text(target)
        result.append(Effect("target", f"新增目标：{zh}", f"target added: {en}"))
    return result or [Effect("target", "目标的次序改变", "the order of the targets changes")]


def scene_effects(same: Same, a: m.Scene, b: m.Scene) -> list[Effect]:
    """What became of a scene: whom it takes, by what it ranks, how many it admits."""
    result = []
    if not same(a.applies_when, b.applies_when):
        texts = [attribute_text(s.clause, "APPLIES_WHEN") for s in (a, b)]
        result.append(change("applies", ("适用", "applies when"), texts[0], texts[1]))
    if (a.household, a.household_scope) != (b.household, b.household_scope):
        what = ("家庭", "household")
        result.append(change("household", what, household_text(a), household_text(b)))
    keys = [tuple((k.expression, k.highest_first) for k in s.keys) for s in (a, b)]
    if not same(keys[0], keys[1]) or a.keys_open != b.keys_open:
        what = ("排序", "ranking")
        result.append(change("ranking", what, keys_text(a), keys_text(b)))
    if (a.quota, a.quota_set_by) != (b.quota, b.quota_set_by):
        result.append(change("places", ("名额", "places"), places_text(a), places_text(b)))
    if a.ties != b.ties:
        result.append(change("ties", ("同分", "ties"), ties_text(a), ties_text(b)))
    reads = [(s.applies_when, tuple(k.expression for k in s.keys)) for s in (a, b)]
    return [
        *result,
        *fact_effects(same, reads[0], reads[1]),
        *organisation_effects(a.clause, b.clause),
    ]


def blend_effects(same: Same, a: m.Blend, b: m.Blend) -> list[Effect]:
    """What became of a blend."""
    parts = [tuple((p.expression, p.weight) for p in blend.parts) for blend in (a, b)]
    result = []
    if not same(parts[0], parts[1]):
        result.append(change("weight", ("合成", "blend"), weights_text(a), weights_text(b)))
    reads = [tuple(p.expression for p in blend.parts) for blend in (a, b)]
    return [*limit_effects(a.clause, b.clause), *result, *fact_effects(same, *reads)]


def organisation_effects(a: m.Clause, b: m.Clause) -> list[Effect]:
    """Who reviews, who is responsible, where points count."""
    result = []
    for name, what in _ORGANISATION:
        old, new = getattr(a, name), getattr(b, name)
        if set(old) != set(new):
            kind: Any = "review" if name == "review" else "responsible"
            result.append(change(kind, what, names_text(old), names_text(new)))
    for name, key in (("recognition", "RECOGNITION"), ("entity", "ENTITY")):
        old, new = getattr(a, name), getattr(b, name)
        if old != new:
            pair = [NOTHING if x is None else (x, x) for x in (old, new)]
            result.append(change("entity", spelt(key), pair[0], pair[1]))
    return result


def _read(clause: m.Clause) -> object:
    return clause.rules, clause.applies_when, clause.targets


def _same_measure(a: m.Target, b: m.Target, same: Same) -> bool:
    if a.measure is None or b.measure is None:
        return False
    return same(e.FactRef(a.measure), e.FactRef(b.measure)) and a.operator == b.operator
