"""规律: figures that stand out among their like: a row with one odd step, digits out of order.

None of this is wrong by itself.  Each check asks for a pattern that all others keep, and for a slip
that would explain the one that does not; without both it says nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from policydsl.model import expressions as e
from policydsl.model import rules as r
from policydsl.model.policy import Clause, Fact
from policydsl.review.context import Context
from policydsl.review.findings import Finding, Pair
from policydsl.review.landscape import rules_of
from policydsl.review.registry import check
from policydsl.review.thresholds import Threshold, comparisons, thresholds
from policydsl.review.tiers import Table, tables_of
from policydsl.review.witnesses import numbers
from policydsl.review.words import fact_name, points_text, value_text

MOST_OCCASIONS = 100
"""More times than this nobody does something that is counted by the occasion."""
MOST_MONTHS = 240
"""Longer than this full marks should not take."""
_OCCASIONS = frozenset({"次", "项", "件", "篇", "起", "场", "门", "类", "个"})
_LIKE = 3
"""So many like places have to agree before one of another figure stands out."""


@check("R677", "tiers", "分档的分值、界限成规律的，没有例外", "an even row of tiers has no odd one")
def rows_are_even(context: Context) -> Iterator[Finding]:
    """Amounts or bounds in steps of one size, but for a single one; or one amount with decimals."""
    for table in tables_of(context):
        tiers = [i for i, c in enumerate(table.conditions) if c != e.TRUE]
        amounts = [table.points[i] for i in tiers]
        bounds = [_bound(context, table, table.conditions[i]) for i in tiers]
        rows: list[tuple[Pair, list[Fraction | None], Fact | None]] = [
            (("分值", "points"), amounts, None),
            (("界限", "bounds"), bounds, table.fact),
        ]
        for what, row, fact in rows:
            known = [x for x in row if x is not None]
            if len(known) < len(row):
                continue
            whole = known if fact is not None else [*known, *_rest(table)]
            odd = _odd_one(whole) if len(whole) >= (4 if fact is not None else 5) else None
            if odd is not None:
                place, wanted = odd
                step = (whole[-1] - whole[0]) / (len(whole) - 1)
                shape = (
                    f"各档相差 {points_text(abs(step))}，只有这一档不合",
                    f"the tiers are {points_text(abs(step))} apart, but for this one",
                )
                yield _told(context, table, tiers[place], known, place, what, shape, wanted, fact)
                continue
            lone = None if fact is not None else _lone_fraction(whole)
            if lone is not None and lone < len(known):
                shape = ("各档都是整数，只有这一档不是", "all others are whole numbers")
                yield _told(context, table, tiers[lone], known, lone, what, shape, None, None)


def _rest(table: Table) -> list[Fraction]:
    """The amount for whatever is left (其他)."""
    found = [p for c, p in zip(table.conditions, table.points, strict=True) if c == e.TRUE]
    return [x for x in found if x is not None]


def _bound(context: Context, table: Table, condition: e.Expr) -> Fraction | None:
    """Where a tier begins: 60 % of 60% 至 79%; ``None`` where it has no lower end."""
    found = [
        value for fact, operator, value in comparisons(context.policy, condition)
        if fact.name == table.fact.name and operator in (">", ">=")
    ]  # fmt: skip
    return found[0] if len(found) == 1 else None


def _odd_one(row: Sequence[Fraction]) -> tuple[int, Fraction] | None:
    """The only place that breaks an even row, and what would stand there.

    Never the first or the last, which are often a step apart on purpose; and less than half a step
    off, or the row has another pattern.
    """
    found = []
    for place in range(1, len(row) - 1) if not _even(row) else ():
        first, second = [i for i in range(len(row)) if i != place][:2]
        step = (row[second] - row[first]) / (second - first)
        wanted = [row[first] + step * (i - first) for i in range(len(row))]
        others = all(row[i] == wanted[i] for i in range(len(row)) if i != place)
        if step and others and 2 * abs(row[place] - wanted[place]) < abs(step):
            found.append((place, wanted[place]))
    return found[0] if len(found) == 1 else None


def _even(row: Sequence[Fraction]) -> bool:
    return len({b - a for a, b in pairwise(row)}) == 1


def _lone_fraction(row: Sequence[Fraction]) -> int | None:
    """The only amount with decimals, unless it lies midway between its neighbours."""
    broken = [i for i, x in enumerate(row) if x.denominator != 1]
    if len(row) < 4 or len(broken) != 1:
        return None
    place = broken[0]
    if not 0 < place < len(row) - 1:
        return None
    return None if 2 * row[place] == row[place - 1] + row[place + 1] else place


def _told(
    context: Context,
    table: Table,
    tier: int,
    row: Sequence[Fraction],
    place: int,
    what: Pair,
    shape: Pair,
    wanted: Fraction | None,
    fact: Fact | None,
) -> Finding:
    values = [value_text(x, fact) if fact is not None else (points_text(x),) * 2 for x in row]
    shown = ("、".join(v[0] for v in values), ", ".join(v[1] for v in values))
    text = (f"{what[0]}依次是 {shown[0]}", f"the {what[1]} are {shown[1]}")
    if wanted is not None:
        mid = value_text(wanted, fact) if fact is not None else (points_text(wanted),) * 2
        text = (f"{text[0]}；照规律此处应是 {mid[0]}", f"{text[1]}; in step it would be {mid[1]}")
    return context.finding(
        "R677", "refuted", table.clause, at=table.nodes[tier], what=what, value=values[place],
        shape=shape, fact=fact_name(table.fact, table.fact.name),
        witness=numbers(*text, value=row[place], wanted=wanted),
    )  # fmt: skip


@check("R678", "thresholds", "门槛的数字没有写颠倒、错位", "the digits of thresholds are in order")
def digits_in_order(context: Context) -> Iterator[Finding]:
    """A percentage that no other threshold has, and that is a slip of one that many have."""
    found = [x for x in thresholds(context.policy) if x.fact.kind == "percentage"]
    often = Counter(x.value for x in found)
    for each in found:
        if often[each.value] > 1 or each.value % 5 == 0:
            continue
        meant = [(v, slip) for v in often if often[v] >= _LIKE and (slip := _slip(each.value, v))]
        if len(meant) == 1:
            yield _misspelt(context, each, found, *meant[0])


def _slip(value: Fraction, meant: Fraction) -> Pair | None:
    """How a number may have become another: 95 → 59, 9.5, 950."""
    if value in (meant * 10, meant / 10, meant * 100, meant / 100):
        return "小数点错了位", "with the point misplaced"
    if value.denominator != 1 or meant.denominator != 1:
        return None
    one, other = str(value.numerator), str(meant.numerator)
    if len(one) == len(other):
        swapped = {
            other[:i] + other[i + 1] + other[i] + other[i + 2 :] for i in range(len(other) - 1)
        }
        if one in swapped and one != other:
            return "两个数字颠倒", "with two digits exchanged"
    return None


def _misspelt(
    context: Context, each: Threshold, found: Sequence[Threshold], meant: Fraction, slip: Pair
) -> Finding:
    value, usual = value_text(each.value, each.fact), value_text(meant, each.fact)
    like = [x for x in found if x.value == meant]
    names = list(dict.fromkeys(x.fact.name for x in like))[:3]
    text = (
        f"写 {usual[0]} 的有 {len(like)} 处（{'、'.join(names)}{'……' if len(like) > 3 else ''}），"
        f"写 {value[0]} 的只有这一处",
        f"{len(like)} places have {usual[1]} ({', '.join(names)}{' …' if len(like) > 3 else ''}), "
        f"this one alone {value[1]}",
    )
    return context.finding(
        "R678", "refuted", each.clause, at=each.node, fact=fact_name(each.fact, each.fact.name),
        value=value, usual=usual, slip=slip, also=tuple(x.node for x in like[:2]),
        witness=numbers(*text, value=each.value, usual=meant),
    )  # fmt: skip


@check(
    "R679", "sums", "满分要做多少次、多少年，说得过去", "full marks take no more than one can do"
)
def full_marks_in_a_lifetime(context: Context) -> Iterator[Finding]:
    """Full marks for something done one by one hundreds of times, or after twenty years and more.

    Mostly the amount for each step has its point in the wrong place.
    """
    for item in context.policy.items:
        if any(c.kind == "deductions" for c in context.around(item)):
            continue
        rules = [x for x in rules_of(item) if isinstance(x.action, r.PerStep)]
        for rule in rules if len(rules) == 1 else ():
            told = _too_many(context, item, rule)
            if told is not None:
                yield told


def _too_many(context: Context, item: Clause, rule: r.Rule) -> Finding | None:
    action = rule.action
    limits = [x.value for x in rule.modifiers if isinstance(x, r.PointsCap)]
    limits += [x for x in (item.cap, item.full_marks) if isinstance(x, Fraction)]
    if (
        not isinstance(action, r.PerStep) or action.sign < 0 or not limits
        or not isinstance(action.points, r.FixedPoints) or not isinstance(action.subject, e.FactRef)
        or action.points.value <= 0
    ):  # fmt: skip
        return None
    fact = context.policy.facts.get(action.subject.fact)
    if fact is None or fact.unit is None or fact.high is not None:
        return None  # what a range allows is R603's
    needed = (min(limits) / action.points.value).__ceil__() * action.step / action.subject.scale
    months = needed * fact.unit.scale if fact.unit.dimension == "month" else None
    if months is not None and months <= MOST_MONTHS:
        return None
    if months is None and (fact.unit.symbol not in _OCCASIONS or needed <= MOST_OCCASIONS):
        return None
    value, name = value_text(needed, fact), fact_name(fact, fact.name)
    each, most = points_text(action.points.value), points_text(min(limits))
    return context.finding(
        "R679", "refuted", item, at=rule.node, fact=name, value=value, most=most,
        witness=numbers(
            f"{most} ÷ {each} = {points_text(min(limits) / action.points.value)}，"
            f"“{name[0]}”要 {value[0]}",
            f"{most} ÷ {each} = {points_text(min(limits) / action.points.value)}: "
            f"“{name[1]}” of {value[1]}",
            most=min(limits), each=action.points.value,
        ),
    )  # fmt: skip
