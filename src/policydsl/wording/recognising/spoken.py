"""The meaning of a typed rule in the words of a speaker: what its sentence must be read as."""

from __future__ import annotations

from fractions import Fraction

from policydsl.language import nodes as n
from policydsl.language.units import find_unit
from policydsl.model import expressions as e
from policydsl.model import rules as r
from policydsl.wording import shapes
from policydsl.wording.chinese import Chinese, predicate
from policydsl.wording.recognising.folding import fold
from policydsl.wording.recognising.meanings import Amount, Meaning, Modifier, Step
from policydsl.wording.recognising.words import bare_lead, stem
from policydsl.wording.speaking import action_node, condition_node


def meaning_of(rule: r.Rule, words: Chinese) -> Meaning:
    """What the sentence of a rule says; ``words`` must be the speaker of the rule's policy."""
    lead = ""
    if rule.condition is not None:
        lead = words.condition(rule.condition, condition_node(rule))
    return _meaning(rule, words, bare_lead(fold(lead)))


def _meaning(rule: r.Rule, words: Chinese, lead: str) -> Meaning:
    action = rule.action
    modifiers = tuple(map(_modifier, rule.modifiers))
    match action:
        case r.Flat():
            node = action_node(rule)
            amount = _amount(
                action.points, words, node.amount if isinstance(node, n.Flat) else node
            )
            return Meaning("flat", action.sign, amount, lead, modifiers=modifiers)
        case r.Discretionary():
            return Meaning("discretion", action.sign, None, lead, modifiers=modifiers)
        case r.OpenRule():
            return Meaning("open", 0, _open(action.low, action.high), lead, modifiers=modifiers)
        case r.Veto():
            return Meaning("veto", 0, None, lead, modifiers=modifiers)
        case r.NoPoints():
            return Meaning("no_points", 0, None, lead, modifiers=modifiers)
        case r.SetStatus():
            return Meaning(
                "status", 0, None, lead, status=action.status, modifiers=modifiers,
                duration=_duration(action.duration),
            )  # fmt: skip
        case r.PerStep():
            node = action_node(rule)
            written = node.amount if isinstance(node, n.PerStep) else None
            points = None if action.points is None else _amount(action.points, words, written)
            step = _step(rule, action, words)
            return Meaning("step", action.sign, points, lead, step, modifiers=modifiers)
        case r.Tiers():
            node = action_node(rule)
            subject = words.value(
                action.subject, node.subject if isinstance(node, n.Tiers) else None
            )
            tiers = tuple(_tier(tier, action.subject, words) for tier in action.tiers)
            return Meaning(
                "tiers", 0, None, lead, subject=fold(subject), modifiers=modifiers, parts=tiers
            )
        case r.Matrix():
            return _matrix(rule, action, words, lead, modifiers)
        case r.Combined():
            joined = shapes.as_joined(action)
            if joined is not None:
                who = predicate("、".join(joined.heads) + joined.ending)
                inner = tuple(map(_modifier, joined.modifiers))
                only = Meaning(
                    "respectively", joined.sign, None, bare_lead(fold(who)),
                    amounts=joined.amounts, modifiers=inner,
                )  # fmt: skip
                return Meaning("best", 0, None, lead, parts=(only,), modifiers=modifiers)
            parts = tuple(meaning_of(inner_rule, words) for inner_rule in action.rules)
            return Meaning(action.how, 0, None, lead, parts=parts, modifiers=modifiers)


def _tier(tier: r.Rule, subject: e.Expr, words: Chinese) -> Meaning:
    found = words.tier_labels(tier, subject)
    assert tier.condition is not None
    label = words.condition(tier.condition) if found is None else words.listed(found[0])
    return _meaning(tier, words, bare_lead(fold(label)))


def _matrix(
    rule: r.Rule, action: r.Matrix, words: Chinese, lead: str, modifiers: tuple[Modifier, ...]
) -> Meaning:
    node = action_node(rule)
    table = words.matrix_cells(action, node if isinstance(node, n.Matrix) else None)
    heads = (fold(words.value(action.row_subject)), fold(words.value(action.column_subject)))
    rows = tuple(bare_lead(fold(row[0])) for row in table[1:])
    columns = tuple(bare_lead(fold(title)) for title in table[0][1:])
    cells = tuple(tuple(_amount(cell, words) for cell in row) for row in action.cells)
    return Meaning(
        "matrix", 0, None, lead, heads=heads, labels=(rows, columns), cells=cells,
        modifiers=modifiers,
    )  # fmt: skip


def _amount(points: r.Points, words: Chinese, node: n.Node | None = None) -> Amount:
    match points:
        case r.FixedPoints():
            return Amount.fixed(points.value)
        case r.OpenPoints():
            return _open(points.low, points.high)
        case r.ComputedPoints():
            inner = node.expression if isinstance(node, n.ComputedAmount) else None
            return Amount(None, None, True, fold(words.value(points.expression, inner)))


def _open(low: Fraction | None, high: Fraction | None) -> Amount:
    if low is None and high is None:
        return Amount(None, None, False)
    first = low or Fraction(0)
    return Amount(first, high if high is not None else first, False)


def _modifier(modifier: r.Modifier) -> Modifier:
    match modifier:
        case r.PointsCap():
            return Modifier("cap", modifier.value)
        case r.PointsFloor():
            return Modifier("floor", modifier.value)
        case r.Scale():
            return Modifier("scale", modifier.factor)
        case r.RoundTo():
            return Modifier(f"round_{modifier.mode}", modifier.unit)


def _duration(number: n.Number | None) -> Fraction | None:
    if number is None:
        return None
    unit = find_unit(number.unit or "")
    return number.value * (unit.scale if unit is not None else 1)


def _step(rule: r.Rule, action: r.PerStep, words: Chinese) -> Step:
    node = action_node(rule)
    written = node if isinstance(node, n.PerStep) else None
    way = shapes.way_of(action, rule.condition)
    subject = ""
    if way is None:
        subject = words.value(action.subject, written.subject if written is not None else None)
        if isinstance(action.subject, e.FactRef):
            subject = stem(subject)
    return Step(
        action.step,
        fold(subject),
        way or "",
        words.stated_partial(rule, action) or "",
        action.beyond,
        action.skip,
        None if action.most is None else action.most * action.step,
    )
