"""扣分: can a deduction exceed its item, does anything stay, does it come out even."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from policydsl.model import rules as r
from policydsl.model.policy import Clause
from policydsl.review.context import Context, attribute
from policydsl.review.findings import Finding, Witness
from policydsl.review.landscape import Landscape, Point, landscape, rules_of
from policydsl.review.registry import check
from policydsl.review.witnesses import case_for, numbers, shown
from policydsl.review.words import facts_text, percent, points_text, range_text


def _deducting(clause: Clause) -> list[r.Rule]:
    """The rules of a clause that take a stated number of points."""
    return [
        rule for rule in rules_of(clause)
        if isinstance(rule.action, (r.Flat, r.PerStep)) and rule.action.sign < 0
        and isinstance(rule.action.points, r.FixedPoints) and rule.action.points.value > 0
    ]  # fmt: skip


def _from_full(context: Context) -> Iterator[tuple[Clause, Landscape, Fraction]]:
    """The items that lose points from a stated start, with that start."""
    for item in context.policy.items:
        place = landscape(context, item)
        if place.deducts or place.bonus or not _deducting(item) or not place.known:
            continue
        start = place.start
        if start is not None and start > 0:
            yield item, place, start


def _seen(context: Context, item: Clause, point: Point, zh: str, en: str) -> Witness:
    found = shown(context, case_for(context, item, point.facts), item)
    facts = facts_text(context, point.facts)
    return Witness(
        (f"{facts[0]}：{zh}", f"{facts[1]}: {en}"),
        () if found is None else (found,),
        {"sum": point.raw.low},
    )


@check("R620", "deductions", "扣分不会超过本项的分", "deductions do not exceed their item")
def within_the_item(context: Context) -> Iterator[Finding]:
    """More can be deducted than the item holds, and nothing says that it stops there (扣完为止)."""
    for item, place, start in _from_full(context):
        floor = item.floor if isinstance(item.floor, Fraction) else Fraction(0)
        beyond = [p for p in place.points() if p.raw.high is not None and p.raw.high < floor]
        if item.floor is not None:
            continue
        if not beyond:
            if place.settled:
                yield context.finding(
                    "R620", "proved", item, start=points_text(start), worst=("", "")
                )
            continue
        mildest = min(beyond, key=lambda p: _mildness(place, p))
        worst = place.lowest() or mildest
        taken, most = start - _high(mildest), start - _high(worst)
        bounded = all(not axis.open_ended for axis in place.axes)
        end = (f"最多会扣 {points_text(most)} 分", f"up to {points_text(most)} can be deducted")
        if not bounded:
            end = ("扣分没有封顶", "there is no end to what can be deducted")
        yield context.finding(
            "R620", "refuted", item, start=points_text(start), worst=end,
            witness=_seen(
                context, item, mildest,
                f"应扣 {points_text(taken)} 分，本项只有 {points_text(start)} 分",
                f"{points_text(taken)} points to deduct, the item has {points_text(start)}",
            ),
        )  # fmt: skip


def _mildness(place: Landscape, point: Point) -> tuple[int, int, int, Fraction, Fraction]:
    """The less out of the ordinary the case and the less beyond the item, the better it shows."""
    broken, changed, off, ragged = place.cost(point)
    return broken, changed, ragged, -_high(point), off


def _high(point: Point) -> Fraction:
    return point.raw.high if point.raw.high is not None else Fraction(0)


@check("R621", "deductions", "全都没做到就不得分", "total failure leaves no points")
def all_can_be_lost(context: Context) -> Iterator[Finding]:
    """The worst case of an item still leaves points, although nothing was done."""
    for item, place, start in _from_full(context):
        worst = place.worst()
        floor = item.floor if isinstance(item.floor, Fraction) else Fraction(0)
        if worst is None or worst.value.low is None or worst.value.low <= floor:
            continue
        left, share = worst.value.low, worst.value.low / start
        value = range_text(worst.value)
        yield context.finding(
            "R621", "refuted" if place.settled else "undecided", item,
            left=points_text(left), start=points_text(start),
            why=None if place.settled else ("没有试遍所有的情形", "not all cases were tried"),
            witness=_seen(
                context, item, worst, f"仍得 {value[0]}（满分 {points_text(start)} 分）",
                f"still {value[1]} (of {points_text(start)})",
            ),
            share=percent(share, Fraction(1)),
        )  # fmt: skip


@check("R622", "deductions", "每次扣的分除得尽本项的分", "deductions divide their item")
def comes_out_even(context: Context) -> Iterator[Finding]:
    """10 points lost 3 at a time: the last step takes only 1, or the fourth is not counted."""
    for item, place, start in _from_full(context):
        told: set[Fraction] = set()
        for rule in _deducting(item):
            action = rule.action
            if not isinstance(action, r.PerStep) or not isinstance(action.points, r.FixedPoints):
                continue
            each = action.points.value
            if (start / each).denominator == 1 or rule.modifiers or each in told:
                continue
            told.add(each)
            alone = [p for p in place.points() if start - _high(p) > start]
            if not alone:
                continue  # it never gets that far
            steps = start // each
            rest = start - steps * each
            yield context.finding(
                "R622", "refuted", item, at=rule.node, start=points_text(start),
                each=points_text(each), steps=str(steps), rest=points_text(rest),
                witness=numbers(
                    f"{points_text(start)} ÷ {points_text(each)} = {steps} 次，余 "
                    f"{points_text(rest)} 分",
                    f"{points_text(start)} ÷ {points_text(each)} = {steps} times, "
                    f"{points_text(rest)} left",
                    start=start, each=each, rest=rest,
                ),
            )  # fmt: skip


@check("R623", "deductions", "一组里的项目同一个方向计分", "the items of a group score one way")
def one_way_in_a_group(context: Context) -> Iterator[Finding]:
    """Beside items that lose points from full marks stands one that starts at nothing."""
    for clause in context.policy.clauses.values():
        items = [c for c in clause.children if c.is_item and c.rules]
        losing, earning = [], []
        for item in items:
            place = landscape(context, item)
            start = place.start
            if start is not None and start > 0 and _deducting(item):
                losing.append(item)
            elif start == 0 and any(_earns(rule) for rule in rules_of(item)):
                earning.append(item)
        if not losing or not earning or clause.kind in ("bonus", "deductions"):
            continue
        odd, usual = (earning, losing) if len(earning) <= len(losing) else (losing, earning)
        for item in odd:
            names = "、".join(context.label(c)[0].rsplit(" ", 1)[-1] for c in usual)
            ways = (("从 0 分加起", "earns from nothing"), ("从满分扣起", "loses from full marks"))
            own, others = ways if odd is earning else ways[::-1]
            yield context.finding(
                "R623", "refuted", item, at=attribute(item, "START"), own=own, others=others,
                group=context.label(clause), also=tuple(c.node for c in usual[:3]),
                witness=numbers(
                    f"同组的{names}{others[0]}", f"the others in the group: {others[1]}",
                    odd=len(odd), usual=len(usual),
                ),
            )  # fmt: skip


def _earns(rule: r.Rule) -> bool:
    return isinstance(rule.action, (r.Flat, r.PerStep)) and rule.action.sign > 0


@check(
    "R624",
    "deductions",
    "不足一个计量单位怎样算写明了",
    "it is said what a part of a step is worth",
)
def parts_of_steps(context: Context) -> Iterator[Finding]:
    """每 1 个百分点扣 2 分: and half a point?"""
    for clause in context.policy.clauses.values():
        for rule in rules_of(clause):
            action = rule.action
            if not isinstance(action, r.PerStep) or action.partial_stated:
                continue
            if action.points is None:
                continue  # an assessor decides in any case
            yield context.finding(
                "R624", "refuted", clause, at=rule.node,
                witness=Witness(
                    ("一步的一半：按字面不计，也可以理解为按比例计或者按一步计",
                     "half a step: nothing as it is read here; pro rata or a whole step elsewhere"),
                ),
            )  # fmt: skip
