"""What became of points for each of something, and how much of it brings the most."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from policydsl.language import nodes as n
from policydsl.language.units import UNITS, Unit
from policydsl.model import expressions as e
from policydsl.model import policy as m
from policydsl.model import rules as r
from policydsl.scoring.ranges import show_points
from policydsl.versions.effects.amounts import amount_effects
from policydsl.versions.effects.conditions import unit_of
from policydsl.versions.effects.sameness import Same
from policydsl.versions.effects.words import (
    NOTHING,
    Effect,
    Pair,
    change,
    quantity,
    unchanged,
    written,
)


@dataclass(frozen=True)
class Side:
    """One side of a comparison: the policy, and the clause in which a rule stands."""

    policy: m.Policy
    clause: m.Clause | None = None
    alone: bool = False


def step_effects(
    a: r.Rule,
    b: r.Rule,
    x: r.PerStep,
    y: r.PerStep,
    same: Same,
    left: Side,
    right: Side,
    named: bool,
) -> list[Effect]:
    """What became of the step, of the points for each, and of how steps are counted."""
    result: list[Effect] = []
    old, new = _step_text(a, x, left), _step_text(b, y, right)
    counted = _counted(y.subject) if named else None
    subject: Pair = ("", "") if counted is None else (f"{counted} ", f"{counted}, ")
    if x.step != y.step:
        what = (f"{subject[0]}每一步".strip(), f"{subject[1]}step".strip())
        result.append(change("step", what, old, new))
    each = (f"{subject[0]}每{_after_each(new[0])}", f"{subject[1]}per {_after_per(new[1])}")
    result.extend(amount_effects("amount", each, x, y))
    distance = _threshold_distance(a, x) and _threshold_distance(b, y)
    if not distance and not same(x.subject, y.subject):
        texts = _subject_text(a, x), _subject_text(b, y)
        if texts[0] != texts[1]:
            result.append(change("step", ("按什么计", "what is counted:"), *texts))
    if x.partial != y.partial:
        what = ("不足一步", "a begun step")
        result.append(change("step", what, _PARTIAL[x.partial], _PARTIAL[y.partial]))
    unit = _subject_unit(right.policy, y.subject)
    if x.beyond != y.beyond:
        what = ("只计超过", "counted beyond")
        result.append(change("step", what, quantity(x.beyond, unit), quantity(y.beyond, unit)))
    if x.skip != y.skip:
        what = ("起计次序", "counted from number")
        ordinals = [show_points(z.skip + 1) for z in (x, y)]
        result.append(change("step", what, (ordinals[0],) * 2, (ordinals[1],) * 2))
    if x.most != y.most:
        caps = [NOTHING if z.most is None else (show_points(z.most),) * 2 for z in (x, y)]
        what = ("最多计步数", "most steps counted")
        result.append(change("step", what, caps[0], caps[1]))
    return result


_PARTIAL: dict[str, Pair] = {
    "whole": ("不计", "not counted"),
    "pro_rata": ("按比例计", "pro rata"),
    "full": ("按满计", "counted in full"),
}


def _threshold_distance(rule: r.Rule, action: r.PerStep) -> bool:
    """Whether the steps measure how far the condition's fact lies from its threshold."""
    subject, condition = action.subject, rule.condition
    if not isinstance(subject, e.Arith) or not isinstance(condition, e.Compared):
        return False
    return {subject.left, subject.right} == {condition.left, condition.right}


def _counted(subject: e.Expr) -> str | None:
    return subject.fact if isinstance(subject, e.FactRef) else None


def _subject_text(rule: r.Rule, action: r.PerStep) -> Pair:
    node = rule.node
    step = node.action if isinstance(node, n.Rule) else node.outcome if node else None
    if _threshold_distance(rule, action):
        return "与界限的差距", "the distance from the threshold"
    if isinstance(step, n.PerStep) and step.subject is not None:
        return written(step.subject)
    name = _counted(action.subject)
    return (name, name) if name is not None else ("（算式）", "(formula)")


def _subject_unit(policy: m.Policy, subject: e.Expr) -> Unit | None:
    """The unit in which the text counts the subject."""
    for expr in e.walk(subject):
        if isinstance(expr, e.FactRef):
            return unit_of(policy, expr.fact)
    return None


def _step_text(rule: r.Rule, action: r.PerStep, side: Side) -> Pair:
    """The step as written if it stands in the text, else in the unit of what is counted."""
    node = rule.node
    step = node.action if isinstance(node, n.Rule) else node.outcome if node else None
    if isinstance(step, n.PerStep) and step.step.unit is not None:
        unit = UNITS.get(step.step.unit)
        if unit is not None and step.step.value * unit.scale == action.step:
            return quantity(action.step, unit, span=True)
        if unit is None:
            return written(step.step)
    return quantity(action.step, _subject_unit(side.policy, action.subject), span=True)


def _after_each(step: str) -> str:
    """每月, 每次, 每个百分点; 每 2 个月."""
    number, _, unit = step.partition(" ")
    if number != "1" or not unit:
        return f" {step}"
    return "月" if unit == "个月" else unit


def _after_per(step: str) -> str:
    number, _, unit = step.partition(" ")
    return unit if number == "1" and unit else step


def reach_effects(a: r.Rule, b: r.Rule, left: Side, right: Side) -> list[Effect]:
    """满分所需 60 个月 → 50 个月: how much of the fact brings the most that the rule can give."""
    old, new = reach(a, left), reach(b, right)
    if old is None or new is None:
        return []
    (x, deducts, unit), (y, also, _) = old, new
    if deducts != also:
        return []
    what: Pair = ("满分所需", "needed for the most")
    if deducts:
        what = ("扣完所需", "needed to lose all")
    if x == y:
        return [unchanged("reach", what, quantity(x, unit, span=deducts))]
    texts = quantity(x, unit, span=deducts), quantity(y, unit, span=deducts)
    return [change("reach", what, *texts)]


def reach(rule: r.Rule, side: Side) -> tuple[Fraction, bool, Unit | None] | None:
    """How much of what is counted brings the rule to its cap: (base units, deducts, unit).

    ``None`` where nothing caps it, or the cap depends on more than this rule.
    """
    action = rule.action
    if not isinstance(action, r.PerStep) or not isinstance(action.points, r.FixedPoints):
        return None
    each = action.points.value
    caps = [x.value for x in rule.modifiers if isinstance(x, r.PointsCap)]
    if len(caps) != len(rule.modifiers) or each <= 0:
        return None
    deducts = action.sign == -1
    limit: m.Limit | None = min(caps) if caps else None
    if limit is None and side.alone and side.clause is not None:
        limit = _room(side.clause, deducts, side.policy.kind == "assessment")
    if not isinstance(limit, Fraction) or limit <= 0:
        return None
    steps = limit / each
    if action.partial == "whole":
        steps = Fraction(math.ceil(steps))
    elif action.partial == "full":
        return None  # a begun step counts: there is no least amount
    if action.most is not None and action.most < steps:
        return None
    need = action.beyond + (action.skip + steps) * action.step
    return need, deducts, _subject_unit(side.policy, action.subject)


def _room(clause: m.Clause, deducts: bool, assessed: bool) -> m.Limit | None:
    """What the only rule of a clause can give or take at most.

    Items of an assessment start at their full marks where nothing else is said.
    """
    start = clause.start
    if start is None:
        start = "full" if assessed else Fraction(0)
    if deducts:
        return clause.full_marks if start == "full" else start
    most = clause.cap if clause.cap is not None else clause.full_marks
    if isinstance(start, Fraction) and isinstance(most, Fraction):
        return most - start
    return None
