"""分档: does every value fall into one tier, is every tier reached, does a score ever turn back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

from policydsl.language import nodes as n
from policydsl.language.printing import print_node
from policydsl.model import expressions as e
from policydsl.model import rules as r
from policydsl.model.policy import Clause, Fact
from policydsl.review.context import Context
from policydsl.review.directions import direction_of, to_be_done
from policydsl.review.findings import Finding, Pair, Shown, Witness
from policydsl.review.landscape import (
    Landscape,
    Point,
    bounds_of,
    landscape,
    numbers_in,
    rules_of,
    unit_step,
)
from policydsl.review.registry import check
from policydsl.review.steps import Step, plainest_step, steps_of
from policydsl.review.witnesses import case_for, shown
from policydsl.review.words import fact_name, points_text, range_text, value_text
from policydsl.scoring.cases import Case
from policydsl.scoring.expressions import Values


@dataclass(frozen=True)
class Table:
    """The labels of a table over one fact: of a 分档, or of the rows or columns of a two-way table.

    ``conditions`` are those of the labels in their order, ``nodes`` where they stand.
    """

    clause: Clause
    fact: Fact
    conditions: tuple[e.Expr, ...]
    nodes: tuple[n.Node | None, ...]
    rule: r.Rule
    points: tuple[Fraction | None, ...]

    @cached_property
    def covered(self) -> bool:
        """Whether the last label takes whatever is left (其他)."""
        return e.TRUE in self.conditions

    def holding(self, context: Context, value: e.Constant) -> tuple[int, ...]:
        """The labels that a value answers to, by position."""
        values = Values(context.policy, Case("", {self.fact.name: value}))
        return tuple(i for i, c in enumerate(self.conditions) if values.value(c) is True)

    @cached_property
    def samples(self) -> tuple[e.Constant, ...]:
        """Values, lowest first: each bound, and one value between each two and at both ends."""
        if self.fact.values:
            return self.fact.values
        marks = sorted(
            {v for c in self.conditions for f, v in numbers_in(c) if f == self.fact.name}
        )
        low, high = bounds_of(self.fact)
        whole = self.fact.kind in ("integer", "count")
        found: set[Fraction] = set()
        for one, other in pairwise(marks):
            middle = (one + other) / 2
            found |= {Fraction(middle.__floor__())} if whole else {middle}
        if marks:
            step = Fraction(1) if whole else unit_step(self.fact)
            found |= {*marks, marks[0] - step, marks[-1] + step}
        for mark in marks:
            found |= {mark + 1, mark - 1} if whole else set()
        for end in (low, high):
            if end is not None:
                found.add(end)
        if whole:
            found = {x for x in found if x.denominator == 1}
        return tuple(
            sorted(x for x in found if (low is None or x >= low) and (high is None or x <= high))
        )


MOST_LABELS = 200
"""Tables of more labels are left alone: each pair of labels is looked at."""


def tables_of(context: Context) -> Iterator[Table]:
    """Every table of a policy whose subject is a fact of the applicant, but for huge ones."""
    return (table for table in _tables(context) if len(table.conditions) <= MOST_LABELS)


def _tables(context: Context) -> Iterator[Table]:
    for clause in context.policy.clauses.values():
        for rule in rules_of(clause):
            action = rule.action
            if isinstance(action, r.Tiers):
                fact = _fact(context, action.subject)
                if fact is not None:
                    conditions = tuple(t.condition or e.TRUE for t in action.tiers)
                    nodes = tuple(t.node for t in action.tiers)
                    points = tuple(_amount(t) for t in action.tiers)
                    yield Table(clause, fact, conditions, nodes, rule, points)
            elif isinstance(action, r.Matrix):
                sides = ((action.row_subject, action.rows), (action.column_subject, action.columns))
                for subject, conditions in sides:
                    fact = _fact(context, subject)
                    if fact is not None:
                        nodes = tuple(rule.node for _ in conditions)
                        yield Table(
                            clause, fact, conditions, nodes, rule, (None,) * len(conditions)
                        )


def _fact(context: Context, subject: e.Expr) -> Fact | None:
    if isinstance(subject, e.FactRef) and subject.role == "self":
        fact = context.policy.facts.get(subject.fact)
        if fact is not None and (fact.values or fact.is_number):
            return fact
    return None


def _amount(tier: r.Rule) -> Fraction | None:
    action = tier.action
    if isinstance(action, r.Flat) and isinstance(action.points, r.FixedPoints):
        return action.sign * action.points.value
    return None


def _label(node: n.Node | None) -> Pair:
    """A tier's label as written: 本科 以上."""
    if node is None:
        return "—", "—"
    zh, en = print_node(node, "zh"), print_node(node, "en")
    return " ".join(zh.split("：")[0].split()), " ".join(en.split(":")[0].split())


def _witness(context: Context, table: Table, value: e.Constant, zh: str, en: str) -> Witness:
    case = case_for(context, table.clause, {table.fact.name: value})
    found = shown(context, case, table.clause if table.clause.kind != "root" else None)
    return Witness((zh, en), () if found is None else (found,), {})


@check("R605", "tiers", "相邻的档之间没有空当", "there is no gap between tiers")
def no_gaps(context: Context) -> Iterator[Finding]:
    """A value between two tiers that falls into neither, and earns less than both.

    其他 in the middle (不足 18, 超过 60, 其他) is a tier like any other; 其他 that is worth less
    than the tiers on both sides is where a gap falls through.
    """
    for table in _tables(context):
        if len(table.conditions) > MOST_LABELS:
            name = fact_name(table.fact, table.fact.name)
            why = (
                f"超过 {MOST_LABELS} 档，没有查",
                f"more than {MOST_LABELS} tiers: not looked at",
            )
            yield context.finding(
                "R605", "undecided", table.clause, at=table.rule.node, fact=name, value=("…", "…"),
                falls=("没有查", "was not looked at"), why=why, witness=Witness(why),
            )  # fmt: skip
            continue
        gap = _gap(context, table)
        if gap is not None:
            value = value_text(gap, table.fact)
            name = fact_name(table.fact, table.fact.name)
            falls = (
                ("落入“其他”", "falls under “otherwise”")
                if table.covered
                else ("得 0 分", "earns nothing")
            )
            yield context.finding(
                "R605", "refuted", table.clause, at=table.rule.node, fact=name, value=value,
                falls=falls,
                witness=_witness(
                    context, table, gap, f"{name[0]} {value[0]}：不在任何一档，{falls[0]}",
                    f"{name[1]} {value[1]}: in no tier, {falls[1]}",
                ),
            )  # fmt: skip


def _gap(context: Context, table: Table) -> e.Constant | None:
    """The first value in a gap of a table of numbers."""
    if table.fact.values:
        return None
    rest = {i for i, c in enumerate(table.conditions) if c == e.TRUE}
    found = [(v, [i for i in table.holding(context, v) if i not in rest]) for v in table.samples]
    inside = [i for i, (_, tiers) in enumerate(found) if tiers]
    for before, after in pairwise(inside):
        if after == before + 1:
            continue
        sides = (table.points[found[before][1][0]], table.points[found[after][1][0]])
        worth = min((table.points[i] or Fraction(0) for i in rest), default=None)
        if worth is None or all(x is not None and worth < x for x in sides):
            return found[before + 1][0]
    return None


@check("R606", "tiers", "每个取值都写了得几分", "it is said what every value is worth")
def nothing_unsaid(context: Context) -> Iterator[Finding]:
    """Values of a list that no tier names, and what lies beyond the ends of a table."""
    for table in tables_of(context):
        if table.covered:
            continue
        left = _unsaid(context, table)
        if left:
            texts = [value_text(v, table.fact)[0] for v in left]
            value = ("、".join(texts), ", ".join(texts))
            name = fact_name(table.fact, table.fact.name)
            yield context.finding(
                "R606", "refuted", table.clause, at=table.rule.node, fact=name, value=value,
                witness=_witness(
                    context, table, left[0], f"{name[0]} {texts[0]}：没有写得几分",
                    f"{name[1]} {texts[0]}: nothing is said",
                ),
            )  # fmt: skip


def _unsaid(context: Context, table: Table) -> Sequence[e.Constant]:
    found = [(v, table.holding(context, v)) for v in table.samples]
    if table.fact.values:
        return [v for v, tiers in found if not tiers]
    inside = [i for i, (_, tiers) in enumerate(found) if tiers]
    if not inside:
        return []
    lowest, highest = found[inside[0]][1][0], found[inside[-1]][1][0]
    left: list[e.Constant] = []
    falls = _above(table.points[lowest], table.points[highest])
    # below a table that rises with the fact there is nothing to earn, as everybody understands
    if inside[0] > 0 and falls:
        left.append(found[inside[0] - 1][0])
    if inside[-1] < len(found) - 1:
        left.append(found[inside[-1] + 1][0])
    return left


def _above(one: Fraction | None, other: Fraction | None) -> bool:
    return one is not None and other is not None and one > other


@check("R607", "tiers", "各档互不重叠", "tiers do not overlap")
def no_overlaps(context: Context) -> Iterator[Finding]:
    """A value in two tiers of which neither contains the other: the order decides, unsaid.

    满 20 年、满 10 年 … in falling order is no overlap: each tier holds what the one before left.
    Rules that add up are not tiers.
    """
    for table in tables_of(context):
        sets: list[set[int]] = [set() for _ in table.conditions]
        for i, value in enumerate(table.samples):
            for tier in table.holding(context, value):
                sets[tier].add(i)
        for j in range(len(sets)):
            for i in range(j):
                both = sets[i] & sets[j]
                if not both or sets[i] <= sets[j] or sets[j] <= sets[i]:
                    continue
                if table.points[i] is not None and table.points[i] == table.points[j]:
                    continue
                common = table.samples[min(both)]
                both_in = value_text(common, table.fact)
                name = fact_name(table.fact, table.fact.name)
                first, second = _label(table.nodes[i]), _label(table.nodes[j])
                yield context.finding(
                    "R607", "refuted", table.clause, at=table.nodes[j], fact=name, value=both_in,
                    first=first, second=second,
                    witness=_witness(
                        context, table, common, f"{name[0]} {both_in[0]}：两档都符合，按先写的计",
                        f"{name[1]} {both_in[1]}: both tiers fit, the first one counts",
                    ),
                )  # fmt: skip


@check("R608", "tiers", "每一档都轮得到", "every tier can be reached")
def every_tier_reached(context: Context) -> Iterator[Finding]:
    """A tier whose values all belong to tiers before it, or lie outside the fact's range."""
    for table in tables_of(context):
        first: set[int] = set()
        any_value: set[int] = set()
        for value in table.samples:
            holding = table.holding(context, value)
            first |= set(holding[:1])
            any_value |= set(holding)
        for i, condition in enumerate(table.conditions):
            if i in first or condition == e.TRUE:
                continue
            label = _label(table.nodes[i])
            name = fact_name(table.fact, table.fact.name)
            why: Pair = ("前面的档已经包括了它", "the tiers before it take all of its values")
            if i not in any_value:
                why = ("超出了取值范围", "it lies outside the range of the fact")
            inside = next((v for v in table.samples if i in table.holding(context, v)), None)
            witness = None
            if inside is not None:
                said = value_text(inside, table.fact)
                witness = _witness(
                    context, table, inside, f"{name[0]} {said[0]}：已归入前面的档",
                    f"{name[1]} {said[1]}: an earlier tier takes it",
                )  # fmt: skip
            yield context.finding(
                "R608", "refuted", table.clause, at=table.nodes[i], fact=name, tier=label,
                because=why, witness=witness or Witness(why),
            )  # fmt: skip


# -- direction


def _pair(context: Context, clause: Clause, one: Point, other: Point) -> tuple[Shown, ...]:
    found = [shown(context, case_for(context, clause, p.facts), clause) for p in (one, other)]
    return tuple(x for x in found if x is not None)


def _told(context: Context, clause: Clause, fact: Fact, one: Point, other: Point) -> Witness:
    name = fact_name(fact, fact.name)
    cases = _pair(context, clause, one, other)
    parts = []
    for i, point in enumerate((one, other)):
        scored = cases[i].points if len(cases) == 2 else point.value
        value, worth = value_text(point.facts[fact.name], fact), range_text(scored)
        parts.append((f"{name[0]} {value[0]}：{worth[0]}", f"{name[1]} {value[1]}: {worth[1]}"))
    text = (f"{parts[0][0]}；{parts[1][0]}", f"{parts[0][1]}; {parts[1][1]}")
    return Witness(text, cases, {})


@check("R609", "tiers", "得分随事实只朝一个方向走", "the award moves one way only")
def one_direction(context: Context) -> Iterator[Finding]:
    """An award that falls although the fact goes on in the direction that earned more before.

    Ages may have a best age in between.  Of an ordered list the last value is the best.
    """
    for item in context.policy.items:
        place = landscape(context, item)
        if not place.known or not place.axes:
            continue
        with_gaps = {
            t.fact.name
            for t in tables_of(context)
            if t.clause.id == item.id and _gap(context, t) is not None
        }
        for fact, moves in steps_of(context, item):
            if fact.kind == "yes_no" or fact.name in with_gaps:
                continue  # what turns back at a gap is told as a gap
            wrong = _wrong_way(fact, moves, place)
            if wrong is not None:
                one, other, _ = wrong
                yield context.finding(
                    "R609", "refuted", item, fact=fact_name(fact, fact.name),
                    witness=_told(context, item, fact, one, other),
                )  # fmt: skip


def _wrong_way(fact: Fact, moves: Sequence[Step], place: Landscape) -> Step | None:
    rises = [m for m in moves if m[2] > 0]
    falls = [m for m in moves if m[2] < 0]
    if fact.kind == "ordered" and falls and not rises:
        # a list of grades goes up; what is worth less and less was listed, or priced, upside down
        return plainest_step(place, falls) if not place.deducts else None
    if not rises or not falls:
        return None
    if fact.unit is not None and fact.unit.symbol == "岁" and _one_peak(moves, fact):
        return None
    return plainest_step(place, falls if len(falls) <= len(rises) else rises)


def _one_peak(moves: Sequence[Step], fact: Fact) -> bool:
    """Whether the award first rises and then only falls."""
    highest_rise = max(_number(m[1], fact) for m in moves if m[2] > 0)
    lowest_fall = min(_number(m[0], fact) for m in moves if m[2] < 0)
    return highest_rise <= lowest_fall


@check("R610", "tiers", "做得好不会反而少得分", "doing better never costs points")
def better_pays(context: Context) -> Iterator[Finding]:
    """An item that falls while a fact moves the way that a target, or its name, calls better."""
    for item in context.policy.items:
        place = landscape(context, item)
        if not place.known or not place.axes:
            continue
        for fact, moves in steps_of(context, item):
            known = direction_of(context.policy, fact)
            if known is None and _costs(item, fact) and to_be_done(context.policy, fact):
                known = "up", "name"
            if known is None or not moves or place.deducts:
                continue
            way, ground = known
            good = 1 if way == "up" else -1
            if any(sign == good for _, _, sign in moves):
                continue  # where it moves both ways, R609 tells
            one, other, _ = plainest_step(place, moves)
            why: Pair = ("只从名称推断哪个方向是好", "what is better is inferred from the name")
            yield context.finding(
                "R610",
                "refuted" if ground == "target" else "undecided",
                item,
                fact=fact_name(fact, fact.name),
                better=("高", "more") if way == "up" else ("低", "less"),
                why=None if ground == "target" else why,
                witness=_told(context, item, fact, one, other),
            )


def _costs(item: Clause, fact: Fact) -> bool:
    """Whether a rule of the item takes points where the fact holds."""
    return any(
        isinstance(rule.action, (r.Flat, r.PerStep))
        and rule.action.sign < 0
        and (fact.name, "self") in e.facts_of(rule.condition)
        for rule in rules_of(item)
    )


@check("R611", "tiers", "差一点不会差一半的分", "a small difference never costs half the points")
def no_cliffs(context: Context) -> Iterator[Finding]:
    """A number whose least change moves the item by half of its points or more, and nothing else.

    Where each step costs as much as the last one, distance does count: that is no cliff.
    """
    for item in context.policy.items:
        whole = item.declared_maximum
        place = landscape(context, item)
        if not isinstance(whole, Fraction) or whole == 0 or not place.known:
            continue
        steep = [
            (fact, *jump)
            for fact, moves in steps_of(context, item)
            if fact.is_number
            and _fine(fact, moves)
            and (jump := _jump(fact, moves, whole, place)) is not None
        ]
        if steep:
            fact, one, other, _ = steep[0]
            names = [fact_name(f, f.name) for f, *_ in steep]
            size = abs(other.value.value - one.value.value)
            yield context.finding(
                "R611", "refuted", item,
                fact=("”“".join(x[0] for x in names), "”, “".join(x[1] for x in names)),
                jump=points_text(size), whole=points_text(whole),
                witness=_told(context, item, fact, one, other),
            )  # fmt: skip


def _jump(fact: Fact, moves: Sequence[Step], whole: Fraction, place: Landscape) -> Step | None:
    """The jump of half the points or more over the least step of a fact."""
    if len({_number(x.other, fact) for x in moves}) > 2:
        return None
    steep = [
        x for x in moves
        if _number(x.other, fact) - _number(x.one, fact) <= unit_step(fact)
        and abs(x.other.value.value - x.one.value.value) * 2 >= whole
    ]  # fmt: skip
    # two jumps at two places, half the points each, are steps
    alone = len({_number(x.other, fact) for x in steep}) == 1
    return plainest_step(place, steep) if alone else None


def _number(point: Point, fact: Fact) -> Fraction:
    """The value of a number fact at a point."""
    value = point.facts[fact.name]
    assert isinstance(value, Fraction)
    return value


def _fine(fact: Fact, moves: Sequence[Step]) -> bool:
    """Whether a least step is small beside the numbers that the rule speaks of."""
    most = max((abs(_number(m[1], fact)) for m in moves), default=Fraction(0))
    return most >= 20 * unit_step(fact)
