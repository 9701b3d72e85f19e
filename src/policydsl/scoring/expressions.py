"""What expressions are worth for one case: facts, arithmetic, three-valued logic.

A value is a constant, *missing* (a fact was not handed in) or *undecided* (the text leaves a
trigger open, or a score is a range): then every outcome that is possible is kept, so that
nothing has to be guessed further on.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import product
from typing import Any, Literal, cast

from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.language.functions import ASSESSMENT_DATE
from policydsl.model import expressions as e
from policydsl.model.policy import Exclusion, Policy
from policydsl.scoring.cases import SPOUSE, Case
from policydsl.scoring.ranges import ZERO, Range, highest, lowest

Cause = Literal["trigger", "score"]

# More outcomes than this are represented by the smallest and the largest number.
_MOST_OUTCOMES = 64


@dataclass(frozen=True, slots=True)
class Missing:
    """A value that was not handed in; ``facts`` says which."""

    facts: frozenset[str]


Decided = e.Constant | Missing


@dataclass(frozen=True, slots=True)
class Undecided:
    """A value that the text or an open score leaves open: one of ``outcomes`` (two or more)."""

    outcomes: tuple[Decided, ...]
    cause: Cause = "trigger"


Value = e.Constant | Missing | Undecided
Scores = Callable[[e.ScoreRef], Range | None]

EITHER = Undecided((True, False))


def outcomes_of(value: Value) -> tuple[Decided, ...]:
    """Everything that a value can turn out to be."""
    return value.outcomes if isinstance(value, Undecided) else (value,)


def _one_of(values: Iterable[Decided], cause: Cause) -> Value:
    """The value that can be any of these."""
    distinct = tuple(dict.fromkeys(values))
    if len(distinct) > _MOST_OUTCOMES:
        numbers = [v for v in distinct if isinstance(v, Fraction)]
        rest = tuple(v for v in distinct if not isinstance(v, Fraction))
        distinct = (min(numbers), max(numbers), *rest) if numbers else rest
    return distinct[0] if len(distinct) == 1 else Undecided(distinct, cause)


def _lifted(function: Callable[..., Decided], values: Sequence[Value]) -> Value:
    """``function`` of the values; missing if one is, undecided over all of their outcomes."""
    if not any(isinstance(v, Undecided) for v in values):
        return _if_present(function, cast(Sequence[Decided], values))
    causes = [v.cause for v in values if isinstance(v, Undecided)]
    return _one_of(
        (_if_present(function, chosen) for chosen in product(*map(outcomes_of, values))),
        causes[0],
    )


def _if_present(function: Callable[..., Decided], values: Sequence[Decided]) -> Decided:
    missing = [v.facts for v in values if isinstance(v, Missing)]
    return Missing(frozenset().union(*missing)) if missing else function(*values)


class Person:
    """The facts of one person of the case; ``label`` says whose, empty for the applicant."""

    def __init__(self, given: Mapping[str, e.Constant], label: str = ""):
        self.given = given
        self.label = label
        self.known: dict[str, Value] = {}


class Values:
    """Values of expressions for one case.

    ``scores`` gives the scores that are known so far.  ``reads`` collects which facts were read
    of whom.  ``bindings`` overrides expressions while one outcome of theirs is looked at.
    ``where`` is the id of the clause that is being scored.
    """

    def __init__(self, policy: Policy, case: Case):
        self.policy = policy
        self.case = case
        self.where = policy.id
        self.exclusions: dict[str, list[Exclusion]] = {}
        for exclusion in policy.exclusions:
            self.exclusions.setdefault(exclusion.fact, []).append(exclusion)
        self.this = Person(case.facts)
        self.spouse: Person | None = None
        self.members: list[Person] = []
        for member in case.members:
            person = Person(member.facts, f"{member.role}的")
            self.members.append(person)
            if self.spouse is None and member.role == SPOUSE:
                self.spouse = person
        self.scores: Scores = lambda _: None
        self.reads: dict[tuple[str, str], Person | None] = {}
        self.bindings: dict[e.Expr, Decided] = {}

    # -- facts

    def fact(self, name: str, person: Person) -> Value:
        """A fact of a person in the unit of its declaration, less what is excluded from it.

        Raises :class:`PolicyError` (D405) where the applicant lacks a required fact.
        """
        if name not in person.known:
            person.known[name] = self._fact(name, person)
        value = person.known[name]
        if (
            isinstance(value, Missing)
            and person is self.this
            and self.policy.facts[name].missing == "required"
        ):
            details = {"row": self.case.id, "column": name}
            raise PolicyError([Diagnostic("D405", None, None, details)])
        return value

    def _fact(self, name: str, person: Person) -> Value:
        value = self._recorded(name, person)
        for exclusion in self.exclusions.get(name, ()):
            excluded = self._recorded(exclusion.excluded, person)
            if isinstance(excluded, Fraction) and isinstance(value, Fraction):
                facts = self.policy.facts
                own, other = facts[name].unit, facts[exclusion.excluded].unit
                factor = (other.scale if other else 1) / Fraction(own.scale if own else 1)
                value = max(Fraction(0), value - excluded * factor)
        return value

    def _recorded(self, name: str, person: Person) -> Value:
        """The fact as given, derived, or as its absence is to be read."""
        if name in person.given:
            return person.given[name]
        if name == ASSESSMENT_DATE and self.case.date is not None:
            return self.case.date
        fact = self.policy.facts[name]
        instead: e.Constant | None = fact.default
        if instead is None and fact.missing == "value":
            instead = fact.missing_value
        if fact.derived is None:
            return Missing(frozenset({name})) if instead is None else instead
        # what the fact is worked out from is shown below it, not as read by the rule
        reads, self.reads = self.reads, {}
        try:
            value = self.value(fact.derived, person)
        finally:
            self.reads = reads
        if instead is None:
            return value
        replaced = (instead if isinstance(v, Missing) else v for v in outcomes_of(value))
        return _one_of(replaced, value.cause if isinstance(value, Undecided) else "trigger")

    def peek(self, name: str, person: Person) -> Value:
        """A fact for showing only: not recorded as read, no complaint about a required one."""
        try:
            return self.fact(name, person)
        except PolicyError:
            return Missing(frozenset({name}))

    def owner(self, role: e.Role, person: Person) -> Person | None:
        """Whose fact a reference means, seen from a person; ``None``: there is no spouse."""
        if role == "self":
            return person
        if person is self.this:
            return self.spouse
        return self.this if person is self.spouse else None

    def _read(self, ref: e.FactRef | e.IsProvided, person: Person) -> Person | None:
        owner = self.owner(ref.role, person)
        label = f"{SPOUSE}的" if owner is None else owner.label
        self.reads.setdefault((ref.fact, label), owner)
        return owner

    # -- expressions

    def value(self, expr: e.Expr, person: Person | None = None) -> Value:
        """The value of an expression for a person, by default the applicant.

        Raises :class:`PolicyError` for a division by zero or a required fact that is missing.
        """
        person = person or self.this
        if self.bindings and expr in self.bindings:
            return self.bindings[expr]
        match expr:
            case e.Const():
                return expr.value
            case e.FactRef():
                return self._fact_value(expr, person)
            case e.ScoreRef():
                known = self.scores(expr)
                if known is not None and known.is_exact:
                    return known.value
                # a number in a range: only comparisons can say more (see range_of)
                return Undecided((), "score")
            case e.Arith():
                return self._arith(expr, person)
            case e.Func():
                return self._func(expr, person)
            case e.Aggregate():
                return self._aggregate(expr)
            case e.Compared():
                return self._compared(expr, person)
            case e.IsProvided():
                owner = self._read(expr, person)
                return owner is not None and self._is_provided(expr.fact, owner)
            case e.UnknownTrigger():
                return EITHER
            case e.Not():
                return _lifted(lambda truth: not truth, [self.value(expr.part, person)])
            case e.All() | e.AnyOf():
                return self._logic(expr, person)

    def _fact_value(self, ref: e.FactRef, person: Person) -> Value:
        owner = self._read(ref, person)
        if owner is None:
            return Missing(frozenset({f"{SPOUSE}的{ref.fact}"}))
        value = self.fact(ref.fact, owner)
        if ref.scale == 1:
            return value
        scale = ref.scale
        return _lifted(lambda v: v * scale if isinstance(v, Fraction) else v, [value])

    def _is_provided(self, name: str, owner: Person) -> bool:
        """Whether a fact, or all that it is derived from, was handed in."""
        if name in owner.given:
            return True
        fact = self.policy.facts[name]
        if fact.derived is None:
            return name == ASSESSMENT_DATE and self.case.date is not None
        return not any(isinstance(v, Missing) for v in outcomes_of(self.peek(name, owner)))

    def _logic(self, expr: e.All | e.AnyOf, person: Person) -> Value:
        """且 is false as soon as one side is, 或 true as soon as one side is."""
        decisive = isinstance(expr, e.AnyOf)
        values: list[Value] = []
        for part in expr.parts:
            value = self.value(part, person)
            if value is decisive:
                return decisive
            values.append(value)

        def joined(chosen: Sequence[Decided]) -> Decided:
            if decisive in [v for v in chosen if isinstance(v, bool)]:
                return decisive
            missing = [v.facts for v in chosen if isinstance(v, Missing)]
            return Missing(frozenset().union(*missing)) if missing else not decisive

        cause = next((v.cause for v in values if isinstance(v, Undecided)), None)
        if cause is None:
            return joined(cast(Sequence[Decided], values))
        # joined two at a time, so that the outcomes stay few
        result: Value = not decisive
        for value in values:
            pairs = product(outcomes_of(result), outcomes_of(value))
            result = _one_of((joined(pair) for pair in pairs), cause)
        return result

    def _arith(self, expr: e.Arith, person: Person) -> Value:
        def result(a: Fraction, b: Fraction) -> Fraction:
            match expr.operator:
                case "+":
                    return a + b
                case "-":
                    return a - b
                case "*":
                    return a * b
            if b == 0:
                raise self._division_by_zero()
            return a / b

        return _lifted(result, [self.value(expr.left, person), self.value(expr.right, person)])

    def _compared(self, expr: e.Compared, person: Person) -> Value:
        if is_of_scores(expr.left) or is_of_scores(expr.right):
            return self._compared_scores(expr, person)
        left, right = self.value(expr.left, person), self.value(expr.right, person)
        return _lifted(lambda a, b: _holds(expr, a, b), [left, right])

    def _compared_scores(self, expr: e.Compared, person: Person) -> Value:
        """A comparison with a score, which may be a range: decided where the ranges do not meet."""
        left, right = self.range_of(expr.left, person), self.range_of(expr.right, person)
        missing = [x.facts for x in (left, right) if isinstance(x, Missing)]
        if missing:
            return Missing(frozenset().union(*missing))
        assert isinstance(left, Range)
        assert isinstance(right, Range)
        gap = left + -right
        if gap.is_exact:
            return _holds(expr, gap.value, Fraction(0))
        above = gap.low is not None and gap.low > 0
        below = gap.high is not None and gap.high < 0
        not_below = gap.low is not None and gap.low >= 0
        not_above = gap.high is not None and gap.high <= 0
        certain: dict[e.Comparison, tuple[bool, bool]] = {
            ">": (above, not_above), ">=": (not_below, below), "<": (below, not_below),
            "<=": (not_above, above), "==": (False, above or below), "!=": (above or below, False),
        }  # fmt: skip
        true, false = certain[expr.operator]
        if true or false:
            return true
        return Undecided((True, False), "score")

    def range_of(self, expr: e.Expr, person: Person | None = None) -> Range | Missing:
        """A number that may rest on scores that are not certain, as a range."""
        person = person or self.this
        if not is_of_scores(expr):
            value = self.value(expr, person)
            missing = [v for v in outcomes_of(value) if isinstance(v, Missing)]
            if missing:
                return missing[0]
            numbers = [v for v in outcomes_of(value) if isinstance(v, Fraction)]
            return Range(min(numbers), max(numbers))
        match expr:
            case e.ScoreRef():
                known = self.scores(expr)
                return Range(None, None) if known is None else known
            case e.Arith():
                parts = [self.range_of(expr.left, person), self.range_of(expr.right, person)]
            case e.Func() if expr.name == "choose":
                return self._range_chosen(expr, person)
            case e.Func():
                parts = [self.range_of(x, person) for x in expr.arguments]
            case _:
                return Range(None, None)
        for part in parts:
            if isinstance(part, Missing):
                return part
        ranges = cast(list[Range], parts)
        if isinstance(expr, e.Func):
            return _RANGED[expr.name](ranges)
        if expr.operator == "/" and ranges[1] == ZERO:
            raise self._division_by_zero()
        return _combined(expr.operator, *ranges)

    def _range_chosen(self, expr: e.Func, person: Person) -> Range | Missing:
        """取值: the second or the third argument, or anything from one to the other."""
        result: Range | None = None
        for outcome in outcomes_of(self.value(expr.arguments[0], person)):
            if isinstance(outcome, Missing):
                return outcome
            chosen = self.range_of(expr.arguments[1 if outcome else 2], person)
            if isinstance(chosen, Missing):
                return chosen
            result = chosen if result is None else result.hull(chosen)
        assert result is not None
        return result

    def _division_by_zero(self) -> PolicyError:
        details = {"clause": self.where}
        return PolicyError([Diagnostic("S503", self.policy.source, None, details)])

    def _func(self, expr: e.Func, person: Person) -> Value:
        if expr.name == "choose":
            chosen: list[Decided] = []
            condition = self.value(expr.arguments[0], person)
            causes = [condition.cause] if isinstance(condition, Undecided) else []
            for outcome in outcomes_of(condition):
                if isinstance(outcome, Missing):
                    chosen.append(outcome)
                    continue
                value = self.value(expr.arguments[1 if outcome else 2], person)
                causes.extend([value.cause] if isinstance(value, Undecided) else [])
                chosen.extend(outcomes_of(value))
            return _one_of(chosen, causes[0] if causes else "trigger")
        values = [self.value(argument, person) for argument in expr.arguments]
        if expr.name in ("age", "whole_years", "whole_months", "days_between"):
            return _lifted(lambda start, end: _elapsed(expr.name, start, end), values)
        functions: dict[str, Callable[..., Decided]] = {
            "min": lambda *numbers: min(numbers),
            "max": lambda *numbers: max(numbers),
            "floor_of": _floor,
            "ceiling_of": _ceiling,
            "abs": abs,
        }
        return _lifted(functions[expr.name], values)

    def _aggregate(self, expr: e.Aggregate) -> Value:
        """Over the applicant and all other members; members without the fact are left out."""
        people = [self.this, *self.members]
        values = [self.value(expr.argument, person) for person in people]
        names = frozenset(name for name, _ in e.facts_of(expr.argument))

        def result(chosen: Sequence[Decided]) -> Decided:
            present = [v for v in chosen if not isinstance(v, Missing)]
            if not present:
                return Missing(names)
            if expr.name == "any":
                return any(present)
            if expr.name == "count":
                return Fraction(sum(bool(v) for v in present))
            numbers = cast(list[Fraction], present)
            if expr.name == "sum":
                return sum(numbers, Fraction(0))
            return max(numbers) if expr.name == "max" else min(numbers)

        cause = next((v.cause for v in values if isinstance(v, Undecided)), None)
        if cause is None:
            return result(cast(Sequence[Decided], values))
        return _one_of((result(chosen) for chosen in product(*map(outcomes_of, values))), cause)


def is_of_scores(expr: e.Expr) -> bool:
    """Whether an expression is worked out from scores, rather than chosen by them."""
    match expr:
        case e.ScoreRef():
            return True
        case e.Arith():
            return is_of_scores(expr.left) or is_of_scores(expr.right)
        case e.Func():
            chosen = expr.arguments[1:] if expr.name == "choose" else expr.arguments
            return any(is_of_scores(x) for x in chosen)
    return False


def _holds(expr: e.Compared, a: e.Constant, b: e.Constant) -> bool:
    if expr.operator == "==":
        return a == b
    if expr.operator == "!=":
        return a != b
    if expr.order:
        assert isinstance(a, str)
        assert isinstance(b, str)
        a, b = Fraction(expr.order.index(a)), Fraction(expr.order.index(b))
    if isinstance(a, date) and isinstance(b, date):
        return _IN_ORDER[expr.operator](a, b)
    assert isinstance(a, Fraction)
    assert isinstance(b, Fraction)
    return _IN_ORDER[expr.operator](a, b)


_IN_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def _combined(operator: str, left: Range, right: Range) -> Range:
    if operator == "+":
        return left + right
    if operator == "-":
        return left + -right
    if operator == "/":
        if right.low is None or right.high is None or right.low <= 0 <= right.high:
            return Range(None, None)
        right = Range(1 / right.high, 1 / right.low)
    if left.is_exact and not right.is_exact:
        left, right = right, left
    if right.is_exact:
        scaled = left.scaled(abs(right.value))
        return scaled if right.value >= 0 else -scaled
    if left.low is None or left.high is None or right.low is None or right.high is None:
        return Range(None, None)
    corners = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
    return Range(min(corners), max(corners))


def _floor(number: Fraction) -> Fraction:
    return number - number % 1


def _ceiling(number: Fraction) -> Fraction:
    return number + -number % 1


def _each_end(function: Callable[[Fraction], Fraction]) -> Callable[[Sequence[Range]], Range]:
    """A function that grows with its argument, for ranges."""

    def ranged(ranges: Sequence[Range]) -> Range:
        (only,) = ranges
        low = None if only.low is None else function(only.low)
        return Range(low, None if only.high is None else function(only.high))

    return ranged


def _magnitude(ranges: Sequence[Range]) -> Range:
    (only,) = ranges
    return highest([only, -only, ZERO])


_RANGED: Mapping[str, Callable[[Sequence[Range]], Range]] = {
    "min": lowest, "max": highest, "abs": _magnitude,
    "floor_of": _each_end(_floor), "ceiling_of": _each_end(_ceiling),
}  # fmt: skip


def _elapsed(function: str, start: date, end: date) -> Fraction:
    """Whole years (as months for 整年数), months or days from ``start`` to ``end``; not below 0."""
    nothing = Fraction(0)
    if function == "days_between":
        return max(nothing, nothing + end.toordinal() - start.toordinal())
    months = nothing + (end.year - start.year) * 12 + end.month - start.month
    if end.day < start.day:
        months -= 1
    months = max(nothing, months)
    if function == "whole_months":
        return months
    years = months - months % 12
    return years / 12 if function == "age" else years
