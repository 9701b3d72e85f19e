"""Rules of two editions: which belong together, and what became of each pair.

满分所需 60 个月 → 50 个月: everything is read off the typed rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from policydsl.language import nodes as n
from policydsl.model import rules as r
from policydsl.model.kinds import spelt
from policydsl.versions.effects.amounts import amount_effects, matrix_effects, modifier_effects
from policydsl.versions.effects.conditions import condition_effects, condition_text
from policydsl.versions.effects.mechanisms import mechanism_text, mechanisms
from policydsl.versions.effects.sameness import Same, facts_below
from policydsl.versions.effects.steps import Side, reach_effects, step_effects
from policydsl.versions.effects.words import Effect, Pair, amount_text, change, written


def align(
    old: Sequence[r.Rule], new: Sequence[r.Rule], same: Same
) -> tuple[list[tuple[r.Rule, r.Rule]], list[r.Rule], list[r.Rule]]:
    """Pairs of rules that differ, rules that fell away, rules that are new.

    Rules that are the same are left out.
    """
    olds, news = list(old), list(new)
    for a in old:
        match = next((b for b in news if same(a, b)), None)
        if match is not None:
            olds = [x for x in olds if x is not a]
            news = [x for x in news if x is not match]
    rated = sorted(
        (-_kinship(a, b, same), i, j) for i, a in enumerate(olds) for j, b in enumerate(news)
    )
    pairs: list[tuple[int, int]] = []
    for rate, i, j in rated:
        if -rate < _RELATED and not len(olds) == len(news) == 1:
            continue
        if all(i != x and j != y for x, y in pairs):
            pairs.append((i, j))
    paired = [(olds[i], news[j]) for i, j in sorted(pairs)]
    gone = [a for i, a in enumerate(olds) if all(i != x for x, _ in pairs)]
    added = [b for j, b in enumerate(news) if all(j != y for _, y in pairs)]
    return paired, gone, added


_RELATED = 3
"""Two rules that differ are the same rule amended, if they are as near as this."""


def _kinship(a: r.Rule, b: r.Rule, same: Same) -> int:
    """How near two rules are: what they read counts most, then what they do."""
    olds = set(facts_below(same.old, a))
    news = {same.renamed.get(name, name) for name in facts_below(same.new, b)}
    near = 3 * len(olds & news) if olds or news else 1
    if type(a.action) is type(b.action):
        near += 2 + same(a.action, b.action)
    if a.condition is not None and same(a.condition, b.condition):
        near += 2
    return near


def rule_effects(
    old: Sequence[r.Rule], new: Sequence[r.Rule], same: Same, left: Side, right: Side
) -> list[Effect]:
    """The effects of new rules in the place of old ones; empty when they are the same."""
    pairs, gone, added = align(old, new, same)
    result: list[Effect] = []
    before, after = mechanisms(old), mechanisms(new)
    if before != after:
        what = ("计分方式", "mechanism")
        result.append(change("mechanism", what, mechanism_text(before), mechanism_text(after)))
    several = len(old) > 1 or len(new) > 1
    left, right = (replace(left, alone=len(old) == 1), replace(right, alone=len(new) == 1))
    for a, b in pairs:
        result.extend(pair_effects(a, b, same, left, right, several))
    for rule in gone:
        zh, en = _rule_text(rule)
        result.append(Effect("rule removed", f"删去：{zh}", f"removed: {en}"))
    for rule in added:
        zh, en = _rule_text(rule)
        result.append(Effect("rule added", f"新增：{zh}", f"added: {en}"))
    return result


def _rule_text(rule: r.Rule) -> Pair:
    return written(rule.node, ("（由程序给出的规则）", "(a rule made by a program)"))


def pair_effects(
    a: r.Rule, b: r.Rule, same: Same, left: Side, right: Side, named: bool
) -> list[Effect]:
    """The effects of one rule in the place of another; ``named``: say what it counts."""
    result: list[Effect] = []
    if type(a.action) is not type(b.action):
        result.append(change("rewritten", ("规则", "rule"), _rule_text(a), _rule_text(b)))
        return result
    result.extend(condition_effects(a, b, same))
    result.extend(_action_effects(a, b, same, left, right, named))
    result.extend(modifier_effects(a, b))
    if any(effect.changed for effect in result):
        result.extend(reach_effects(a, b, left, right))
    if not any(effect.changed for effect in result) and not same(a, b):
        result.append(change("rewritten", ("规则", "rule"), _rule_text(a), _rule_text(b)))
    return result


def _action_effects(
    a: r.Rule, b: r.Rule, same: Same, left: Side, right: Side, named: bool
) -> list[Effect]:
    match a.action, b.action:
        case r.Flat() as x, r.Flat() as y:
            what: Pair = ("", "")
            if named:
                zh, en = condition_text(b)
                what = (f"{zh}：", f"{en}:")
            return amount_effects("amount", what, x, y)
        case r.PerStep() as x, r.PerStep() as y:
            return step_effects(a, b, x, y, same, left, right, named)
        case r.Tiers() as x, r.Tiers() as y:
            return _tier_effects(x, y, same, left, right)
        case r.Matrix() as x, r.Matrix() as y:
            return matrix_effects(a, b, x, y, same)
        case r.Combined() as x, r.Combined() as y:
            result = []
            if x.how != y.how:
                words = {"best": "BEST", "sum": "SUM", "least": "LEAST"}
                old, new = spelt(words[x.how]), spelt(words[y.how])
                result.append(change("mechanism", ("各项", "the rules"), old, new))
            inner = rule_effects(x.rules, y.rules, same, left, right)
            return [*result, *(i for i in inner if i.kind != "mechanism" or not i.changed)]
    return []


def _tier_effects(x: r.Tiers, y: r.Tiers, same: Same, left: Side, right: Side) -> list[Effect]:
    if not same(x.subject, y.subject):
        return []  # another table: shown by the whole rule
    result: list[Effect] = []
    news = list(y.tiers)
    for tier in x.tiers:
        match = next((t for t in news if same(tier.condition, t.condition)), None)
        zh, en = condition_text(tier)
        if match is None:
            old = _outcome(tier)
            words = (f"删去档次：{zh} {old[0]}", f"tier removed: {en} {old[1]}")
            result.append(Effect("tiers", *words))
            continue
        news.remove(match)
        if not same(tier, match):
            old, new = _outcome(tier), _outcome(match)
            if old != new:
                result.append(change("tiers", (f"{zh}：", f"{en}:"), old, new))
            else:
                result.extend(pair_effects(tier, match, same, left, right, True))
    for tier in news:
        zh, en = condition_text(tier)
        new = _outcome(tier)
        result.append(Effect("tiers", f"新增档次：{zh} {new[0]}", f"tier added: {en} {new[1]}"))
    if not result and not same(x, y):
        order = ("档次的次序改变", "the order of the tiers changes")
        result.append(Effect("tiers", *order))
    return result


def _outcome(tier: r.Rule) -> Pair:
    action = tier.action
    if isinstance(action, r.Flat) and not tier.modifiers:
        zh, en = amount_text(action.points)
        return (f"扣 {zh}", f"deduct {en}") if action.sign == -1 else (zh, en)
    if isinstance(tier.node, n.Tier):
        return written(replace(tier.node, patterns=()).outcome)
    return mechanism_text(mechanisms([tier]))
