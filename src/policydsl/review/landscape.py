"""What an item gives over the facts that it reads, tried out where something can change.

Rules are built of comparisons, steps and tables, so an item changes its course only at numbers
that stand in its rules (and one unit beside them).  :func:`axes_of` collects these for each fact;
:class:`Landscape` asks the exact evaluator at them.  What is found there is a witness; that nothing
was found is a proof only for shapes that the callers name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import islice, product
from math import prod

from policydsl.language.diagnostics import PolicyError
from policydsl.model import expressions as e
from policydsl.model import rules as r
from policydsl.model.policy import Clause, Fact
from policydsl.review.context import Context
from policydsl.review.linear import Linear, linear
from policydsl.review.plausible import Cost, Ordinary, ragged
from policydsl.review.witnesses import case_for
from policydsl.scoring.exact import Effect, Frame, Probe
from policydsl.scoring.expressions import Values
from policydsl.scoring.ranges import Range
from policydsl.wording.facts import expressions_of

MOST_COMBINATIONS = 4_000
"""So many combinations of values are tried at once; beyond that, one fact after the other."""
LIFETIME = Fraction(720)
"""Months that somebody can have lived or paid somewhere, where no range says so."""
FAR_STEPS = (400, 10_000)
"""So many steps of a rule that counts are looked at to see where it leads."""
MOST_BETWEEN = 150
"""So many values between those that rules speak of are tried for an ordinary case."""
MOST_STEPS = 24
"""So many steps of a rule that counts are tried one by one."""

Facts = Mapping[str, e.Constant]


@dataclass(frozen=True)
class Axis:
    """A fact with the values to try, in the unit of its declaration, lowest first.

    ``open_ended``: it has no highest value of its own, so the last one is only a large one.
    """

    fact: Fact
    values: tuple[e.Constant, ...]
    open_ended: bool = False
    near: Fraction | None = None
    """The highest value that a rule speaks of; beyond lie only large ones."""


def numbers_in(part: object) -> Iterator[tuple[str, Fraction]]:
    """(fact, value in the fact's unit) wherever an expression compares one fact with a number."""
    for each in e.walk(part):
        if not isinstance(each, e.Compared):
            continue
        form = linear(e.Arith("-", each.left, each.right))
        if form is not None and len(form.weights) == 1:
            ((name, weight),) = form.weights.items()
            if weight != 0:
                yield name, -form.constant / weight


def rules_of(clause: Clause) -> Iterator[r.Rule]:
    """Every rule of a clause and every rule inside it."""
    for rule in clause.rules:
        yield from r.nested(rule)


def reads_of(clause: Clause) -> list[str]:
    """The applicant's facts that the rules of a clause read, in their order."""
    names: dict[str, None] = {}
    for rule in rules_of(clause):
        for part in (rule.condition, *expressions_of(rule.action), *_matrix_parts(rule.action)):
            for each in e.walk(part):
                if isinstance(each, (e.FactRef, e.IsProvided)) and each.role == "self":
                    names[each.fact] = None
    return list(names)


def _matrix_parts(action: r.Action) -> tuple[object, ...]:
    return (*action.rows, *action.columns) if isinstance(action, r.Matrix) else ()


def unit_step(fact: Fact) -> Fraction:
    """The least amount by which a fact changes: one, or a hundredth where it may be finer."""
    if fact.kind in ("integer", "count"):
        return Fraction(1)
    places = 2 if fact.places is None else fact.places
    return Fraction(1, 10**places)


def lifetime(fact: Fact) -> Fraction | None:
    """What a length of time without a range can be at most: sixty years, in the fact's unit."""
    if fact.high is not None or not fact.is_number or fact.unit is None:
        return None
    if fact.unit.dimension != "month" or fact.unit.symbol == "岁":
        return None
    return LIFETIME / fact.unit.scale


def bounds_of(fact: Fact) -> tuple[Fraction | None, Fraction | None]:
    """The lowest and highest value that a number can have, as far as that is known."""
    low, high = fact.low, fact.high
    if low is None and fact.kind in ("count", "percentage"):
        low = Fraction(0)
    if low is None and fact.kind == "integer" and fact.unit is not None:
        low = Fraction(0)  # years, months, hours, persons
    return low, high


def axes_of(context: Context, clause: Clause) -> tuple[Axis, ...]:
    """The facts that a clause reads with the values where its rules can change.

    Where two facts are held against each other, marks of one are those for the other at its least.
    """
    facts = context.policy.facts
    marks: dict[str, set[Fraction]] = {}
    far: dict[str, set[Fraction]] = {}

    def mark(
        form: Linear | None, reached: Iterable[Fraction], marks: dict[str, set[Fraction]] = marks
    ) -> None:
        for name, weight in form.weights.items() if form is not None else ():
            if weight == 0:
                continue
            assert form is not None
            rest = form.constant + sum(
                (w * (bounds_of(facts[other])[0] or 0) for other, w in form.weights.items()
                 if other != name), Fraction(0),
            )  # fmt: skip
            marks.setdefault(name, set()).update((x - rest) / weight for x in reached)

    for rule in rules_of(clause):
        parts = (rule.condition, *expressions_of(rule.action), *_matrix_parts(rule.action))
        for each in e.walk(parts):
            if isinstance(each, e.Compared):
                mark(linear(e.Arith("-", each.left, each.right)), [Fraction(0)])
        if isinstance(rule.action, r.PerStep):
            subject = linear(rule.action.subject)
            mark(subject, _steps(rule.action, _limits(clause, rule)))
            mark(subject, [_counted(rule.action, count) for count in FAR_STEPS], far)
    return tuple(
        _axis(facts[name], marks.get(name, set()), far.get(name, set()))
        for name in reads_of(clause) if name in facts
    )  # fmt: skip


def _limits(clause: Clause, rule: r.Rule) -> list[Fraction]:
    """Points at which a rule that counts may be cut off: its own cap, its item's limits."""
    own = [x.value for x in rule.modifiers if isinstance(x, r.PointsCap)]
    return [*own, *(x for x in (clause.cap, clause.full_marks) if isinstance(x, Fraction))]


def _steps(action: r.PerStep, limits: Sequence[Fraction]) -> list[Fraction]:
    """What a rule that counts has counted at its first steps, and where it is full."""
    most = MOST_STEPS if action.most is None else min(MOST_STEPS, int(action.most) + 1)
    each = action.points.value if isinstance(action.points, r.FixedPoints) else Fraction(0)
    full = [(limit / each).__ceil__() for limit in limits if each > 0]
    return [_counted(action, count) for count in (*range(most + 1), *full)]


def _counted(action: r.PerStep, count: int) -> Fraction:
    return action.beyond + (action.skip + count) * action.step


def _axis(fact: Fact, marks: Iterable[Fraction], far: Iterable[Fraction]) -> Axis:
    if fact.kind == "yes_no":
        return Axis(fact, (False, True))
    if fact.values:
        return Axis(fact, fact.values)
    if not fact.is_number:
        return Axis(fact, ())
    low, high = bounds_of(fact)
    if high is None:
        high = lifetime(fact)
    step = unit_step(fact)
    values: set[Fraction] = set()
    near = max(marks, default=None)
    for mark in (*marks, *far):
        values |= {mark - step, mark, mark + step}
    if isinstance(fact.typical, Fraction):
        values.add(fact.typical)
    if low is not None:
        values |= {low, low + step}
    if high is not None:
        values |= {high - step, high}
    elif values:
        values.add(2 * max(values) + 10)
    if not values:
        values = {Fraction(0), Fraction(1), Fraction(10)}
    if step == 1:
        values = {Fraction(x.__floor__()) for x in values} | {
            Fraction(x.__ceil__()) for x in values
        }
    kept = sorted(x for x in values if (low is None or x >= low) and (high is None or x <= high))
    return Axis(fact, tuple(kept), high is None, near)


@dataclass(frozen=True)
class Point:
    """An item at some values of its facts: each rule's effect, the sum before limits, the value."""

    facts: Facts
    effects: tuple[Effect, ...]
    raw: Range
    value: Range


class Landscape:
    """An item with its axes and what the exact evaluator says at them."""

    def __init__(self, context: Context, clause: Clause):
        self.context = context
        self.clause = clause
        chain = context.around(clause)
        self.deducts = any(c.kind == "deductions" for c in chain)
        self.bonus = any(c.kind == "bonus" for c in chain)
        self.axes = axes_of(context, clause)
        self._points: tuple[Point, ...] | None = None
        self._costs: dict[int, tuple[Point, Cost]] = {}
        self.frame: Frame = self._probe({}).frame(clause, self.deducts, self.bonus)

    def _probe(self, facts: Facts) -> Probe:
        case = case_for(self.context, self.clause, facts)
        return Probe(self.context.evaluator, Values(self.context.policy, case))

    @property
    def start(self) -> Fraction | None:
        """What the item starts at; ``None``: open."""
        start = self.frame.start
        return start.low if start.is_exact else None

    @property
    def known(self) -> bool:
        """Whether the item rests on facts of the applicant alone, each with values to try."""
        return all(axis.values for axis in self.axes) and not any(
            isinstance(each, (e.ScoreRef, e.Aggregate))
            or (isinstance(each, (e.FactRef, e.IsProvided)) and each.role != "self")
            for rule in rules_of(self.clause)
            for part in (rule.condition, *expressions_of(rule.action))
            for each in e.walk(part)
        )

    def at(self, facts: Facts) -> Point | None:
        """The item at these values; ``None`` where it cannot be worked out there."""
        self.context.go_on()
        probe = self._probe(facts)
        try:
            effects = tuple(probe.rule(rule, self.frame.place) for rule in self.clause.rules)
            value, _ = probe.clause(self.clause, self.deducts, self.bonus)
        except (PolicyError, ZeroDivisionError):
            return None
        raw = self.frame.start
        for effect in effects:
            raw = raw + effect.contribution
        return Point(facts, effects, raw, value)

    @property
    def complete(self) -> bool:
        """Whether all combinations of values are tried."""
        return prod(len(axis.values) for axis in self.axes) <= MOST_COMBINATIONS

    @property
    def settled(self) -> bool:
        """Whether nothing can happen but at the values that were tried.

        All combinations were, and rules compare, count and award in proportion to facts only.
        """
        return self.complete and all(map(_plain, rules_of(self.clause)))

    def points(self) -> Sequence[Point]:
        """The item at the combinations of all values, as far as they are not too many."""
        if self._points is None:
            self._points = tuple(self._all_points())
        return self._points

    def _all_points(self) -> Iterator[Point]:
        names = [axis.fact.name for axis in self.axes]
        if self.complete:
            combos: Iterable[Sequence[e.Constant]] = product(*(a.values for a in self.axes))
        else:
            combos = islice(self._crossing(), MOST_COMBINATIONS)
        for values in combos:
            point = self.at(dict(zip(names, values, strict=True)))
            if point is not None:
                yield point

    def _crossing(self) -> Iterator[Sequence[e.Constant]]:
        """Each fact through all of its values, the others as they are where the item is best.

        Then the same with the others at their first, and at their last.
        """
        best = self._climb(1)
        bases = [[a.values[0] for a in self.axes], [a.values[-1] for a in self.axes]]
        if best is not None:
            bases.insert(0, [best.facts[a.fact.name] for a in self.axes])
        for base in bases:
            for i, axis in enumerate(self.axes):
                for value in axis.values:
                    yield [value if j == i else other for j, other in enumerate(base)]

    def lowest(self) -> Point | None:
        """The point with the lowest value, and of these the lowest sum before limits.

        Found among all combinations, or fact by fact where these are too many.
        """
        return self._best(-1)

    def worst(self) -> Point | None:
        """The same, but the first of them: with nothing done at all, not just too little."""
        return self._first_best(-1) if self.axes and self.complete else self.lowest()

    def highest(self) -> Point | None:
        """The point with the highest value, and of these the highest sum before limits."""
        return self._best(1)

    def _best(self, sign: int) -> Point | None:
        if not self.axes:
            return self.at({})
        if not self.complete:
            return self._climb(sign)
        best = self._first_best(sign)
        if best is None:
            return None
        end = _end(best, sign)
        return self.plainest(p for p in self.points() if _end(p, sign) == end)

    def _first_best(self, sign: int) -> Point | None:
        return max(self.points(), key=lambda p: _end(p, sign), default=None)

    # -- which point is told

    @cached_property
    def ordinary(self) -> Ordinary:
        """What is ordinary in this item: 常见 where it is declared, else where nothing happens.

        Where points are lost that is the best case, where they are earned the worst.
        """
        usual = self.typical_points
        lossy = self.deducts or (self.start is not None and self.start > 0)
        # the end of a range that is sure: what an assessor may do is no quiet state
        end = -1 if lossy else 1
        quiet = min(usual, key=lambda p: (_far(p.value, end), ragged(p.facts)), default=None)
        return Ordinary(self.context.policy, {} if quiet is None else quiet.facts)

    @cached_property
    def typical_points(self) -> Sequence[Point]:
        """The points at which every fact with 常见 has that value; all points where none has."""
        usual = {a.fact.name: a.fact.typical for a in self.axes if a.fact.typical is not None}
        found = [
            p for p in self.points() if all(p.facts.get(name) == v for name, v in usual.items())
        ]  # fmt: skip
        return found or self.points()

    def is_near(self, point: Point) -> bool:
        """Whether no fact is farther out than what rules speak of."""
        return all(
            not isinstance(value, Fraction) or value <= axis.near
            for axis, value in ((axis, point.facts[axis.fact.name]) for axis in self.axes)
            if axis.open_ended and axis.near is not None
        )

    def plainest(self, points: Iterable[Point]) -> Point | None:
        """Of points that show the same, the one that reads most like a person or a unit."""
        best = min(points, key=self.cost, default=None)
        return best if best is None or not self.cost(best)[0] else self._mended(best)

    def _mended(self, point: Point) -> Point:
        """The point, or one with the same sum and value that breaks fewer 常情.

        Values between those that rules speak of are tried, one fact at a time.
        """
        for _ in self.axes:
            broken = self.ordinary.broken(point.facts)
            names = {x.fact for each in broken for x in e.walk(each.condition)
                     if isinstance(x, e.FactRef)}  # fmt: skip
            tried = (
                self.at({**point.facts, axis.fact.name: value})
                for axis in self.axes if axis.fact.name in names
                for value in self._between(axis)
            )  # fmt: skip
            same = [p for p in tried if p and (p.value, p.raw) == (point.value, point.raw)]
            best = min(same, key=self.cost, default=point)
            if self.cost(best)[0] >= len(broken):
                break
            point = best
        return point

    def _between(self, axis: Axis) -> Sequence[e.Constant]:
        """Values of a fact all along its axis, the ordinary ones first; not more than some."""
        numbers = [x for x in axis.values if isinstance(x, Fraction)]
        if not numbers:
            return axis.values
        first, last = min(numbers).__ceil__(), max(numbers).__floor__()
        stride = max(1, (last - first) // MOST_BETWEEN)
        whole = [Fraction(x) for x in range(first, last + 1, stride)]
        name = axis.fact.name
        found: list[e.Constant] = sorted({*numbers, *whole})
        return sorted(found, key=lambda x: self.ordinary.off(name, x))[: 2 * MOST_BETWEEN]

    def cost(self, point: Point) -> Cost:
        """How far a point is out of the ordinary."""
        self.context.go_on()
        known = self._costs.get(id(point))
        if known is None:
            # kept with its point, so that no other point comes to have the same id
            known = self._costs[id(point)] = point, self.ordinary.cost(point.facts)
        return known[1]

    def _climb(self, sign: int) -> Point | None:
        facts = {axis.fact.name: axis.values[0] for axis in self.axes}
        best = self.at(facts)
        for _ in range(3):
            before = best
            for axis in self.axes:
                for value in axis.values:
                    point = self.at({**facts, axis.fact.name: value})
                    if point is not None and (best is None or _end(point, sign) > _end(best, sign)):
                        best, facts = point, dict(point.facts)
            if best is before:
                break
        return best


def _plain(rule: r.Rule) -> bool:
    """Whether a rule's amounts are stated and what it compares and counts is linear in facts."""
    action = rule.action
    if isinstance(action, (r.Flat, r.PerStep)) and isinstance(action.points, r.ComputedPoints):
        return False
    if isinstance(action, r.PerStep) and linear(action.subject) is None:
        return False
    return all(
        isinstance(each.right, e.Const) or linear(e.Arith("-", each.left, each.right)) is not None
        for part in (rule.condition, *_matrix_parts(action))
        for each in e.walk(part)
        if isinstance(each, e.Compared)
    )


def width(point: Point) -> Fraction:
    """How far the value of an item is undecided; without bound it is very far."""
    low, high = point.value.low, point.value.high
    return Fraction(10**12) if low is None or high is None else high - low


def widest_of(place: Landscape) -> Point | None:
    """The plainest of the points that are undecided farthest; far-out values only if need be."""
    spread = [p for p in place.points() if not p.value.is_exact]
    spread = [p for p in spread if place.is_near(p)] or spread
    most = max(map(width, spread), default=Fraction(0))
    return place.plainest(p for p in spread if width(p) == most)


def landscape(context: Context, clause: Clause) -> Landscape:
    """The landscape of an item; worked out once for a context."""
    found = context.remembered.get(("landscape", clause.id))
    if not isinstance(found, Landscape):
        found = context.remembered[("landscape", clause.id)] = Landscape(context, clause)
    return found


def best_facts(context: Context, clause: Clause | None) -> dict[str, e.Constant]:
    """The facts of somebody who is best in every item that can be looked at on its own."""
    root = context.around(clause)[-1] if clause is not None else context.policy.roots[0]
    facts: dict[str, e.Constant] = {}
    for item in (c for c in root.walk() if c.is_item):
        place = landscape(context, item)
        best = place.highest() if place.known and not place.deducts else None
        if best is not None:
            facts = {**best.facts, **facts}
    return facts


def _end(point: Point, sign: int) -> tuple[Fraction, Fraction]:
    """How good (1) or how bad (−1) a point is: by its value, then by its sum before limits."""
    return _far(point.value, sign), _far(point.raw, sign)


def _far(value: Range, sign: int) -> Fraction:
    """The end that counts when looking up or down; without bound it is very far."""
    end = value.high if sign > 0 else value.low
    return Fraction(10**12) if end is None else end * sign
