"""Expressions that read scores: the parts of blends, and ranking keys.

Scores are in slots by then.  Whatever does not read one is a table of the exact evaluator; sums,
differences, multiples, the lesser and the greater of such ranges are steps.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import lcm
from typing import Any, Literal, Protocol

from policydsl.language.diagnostics import PolicyError
from policydsl.model import expressions as e
from policydsl.model.policy import Policy
from policydsl.scoring.columns.plan import INFINITY, LAST, Ends, Slot
from policydsl.scoring.columns.planning.building import Builder
from policydsl.scoring.columns.planning.lanes import Day, Lane
from policydsl.scoring.columns.planning.probing import UNPROVEN, Tabulated, Told
from policydsl.scoring.columns.planning.supposing import Supposed
from policydsl.scoring.expressions import Decided, Missing, outcomes_of

MISSING_BITS = UNPROVEN | UNPROVEN << 1


class Host(Protocol):
    """The planner, as far as it is needed here."""

    policy: Policy
    build: Builder
    parts: dict[str, Ends]
    absent: set[str]

    def rule_table(
        self, what: Hashable, clause: str, parts: Sequence[object], ask: Callable[[Supposed], Told]
    ) -> Tabulated:
        """What is asked of parts."""
        ...

    def refused(self, code: str, **details: str) -> PolicyError:
        """The error of a plan that cannot be made."""
        ...


@dataclass(frozen=True, slots=True)
class Ranged:
    """A range in slots, multiples of 1/``divisor``; ``flags`` say where it is missing.

    ``constant`` is its number where it is the same for all.
    """

    ends: Ends
    flags: Slot
    divisor: int = 1
    constant: Fraction | None = None


class RangeComposer:
    """Ranges of expressions after the total is known."""

    def __init__(self, host: Host, total: Ends, where: str):
        self.host, self.build, self.whole, self.where = host, host.build, total, where

    # -- values

    def part(self, expr: e.Expr) -> Ranged:
        """The range of a part of a blend; a score that is not there is missing."""
        if (
            isinstance(expr, e.ScoreRef)
            and expr.clause is not None
            and (expr.clause not in self.host.parts)
        ):
            return self._missing()
        return self.value(expr)

    def value(self, expr: e.Expr) -> Ranged:
        """The range of an expression (as ``Values.range_of`` has it)."""
        if not any(isinstance(x, e.ScoreRef) for x in e.walk(expr)):
            return self._table(expr)
        match expr:
            case e.ScoreRef():
                return self._score(expr)
            case e.Arith():
                return self._arith(expr)
            case e.Func() if expr.name in ("min", "max"):
                return self._picked(expr)
        raise self._cannot()

    def _table(self, expr: e.Expr) -> Ranged:
        def ask(values: Supposed) -> Told:
            found = values.range_of(expr)
            if isinstance(found, Missing):
                return Told(flags=MISSING_BITS)
            return Told(found.low, found.high)

        table = self.host.rule_table(("range", expr), self.where, [expr], ask)
        constant = None
        if not table.axes and table.exact and not table.possible:
            constant = Fraction(int(table.low[0]), table.divisor)
        flags = self.build.slot()
        self.build.mark(flags, table)
        return Ranged(self.build.looked(table), flags, table.divisor, constant)

    def _missing(self) -> Ranged:
        slot, flags = self.build.slot(), self.build.slot()
        self.build.fixed(flags, MISSING_BITS)
        self.build.possible[flags] = MISSING_BITS
        return Ranged(Ends(slot, slot), flags)

    def _open(self) -> Ranged:
        """No bound either way."""
        low, high = self.build.slot(), self.build.slot()
        self.build.fixed(low, -INFINITY)
        self.build.fixed(high, INFINITY)
        return Ranged(Ends(low, high), self.build.slot())

    def _score(self, ref: e.ScoreRef) -> Ranged:
        if ref.role != "self":
            raise self._cannot()  # the spouse's is in another row
        if ref.clause in self.host.absent:
            raise self._cannot()
        ends = self.whole if ref.clause is None else self.host.parts.get(ref.clause)
        # points are multiples of one unit of the scale so far
        return self._open() if ends is None else Ranged(ends, self.build.slot(), self.build.divisor)

    def _cannot(self) -> PolicyError:
        return self.host.refused("S508", clause=self.where, what="总分、得分")

    def _arith(self, expr: e.Arith) -> Ranged:
        left, right = self.value(expr.left), self.value(expr.right)
        if expr.operator == "+":
            return self.total([left, right])
        if expr.operator == "-":
            return self.total([left, self._negated(right)])
        if expr.operator == "*" and right.constant is None:
            left, right = right, left
        factor = right.constant
        if factor is None or (expr.operator == "/" and factor == 0):
            raise self._cannot()
        if expr.operator == "/":
            factor = 1 / factor
        found = self.scaled(left, abs(factor))
        return found if factor >= 0 else self._negated(found)

    def _picked(self, expr: e.Func) -> Ranged:
        build = self.build
        first, *rest = [self.value(x) for x in expr.arguments]
        how: Literal["max", "min"] = "max" if expr.name == "max" else "min"
        whole = self.total([first], exact=all(x.ends.exact for x in (first, *rest)))
        for each in rest:
            build.pick(whole.ends.low, each.ends.low, how)
            build.pick(whole.ends.high, each.ends.high, how)
            build.merge(whole.flags, each.flags)
        divisor = lcm(first.divisor, *(x.divisor for x in rest))
        return Ranged(whole.ends, whole.flags, divisor)

    def total(self, parts: Sequence[Ranged], exact: bool | None = None) -> Ranged:
        """The sum."""
        build = self.build
        if exact is None:
            exact = all(x.ends.exact for x in parts)
        low, flags = build.slot(), build.slot()
        ends = Ends(low, low if exact else build.slot())
        divisor = 1
        for part in parts:
            for out, slot in {ends.low: part.ends.low, ends.high: part.ends.high}.items():
                build.add(out, slot)
            build.merge(flags, part.flags)
            divisor = lcm(divisor, part.divisor)
        return Ranged(ends, flags, divisor)

    def _negated(self, part: Ranged) -> Ranged:
        build = self.build
        low = build.slot()
        ends = Ends(low, low if part.ends.exact else build.slot())
        for out, slot in {ends.low: part.ends.high, ends.high: part.ends.low}.items():
            build.add(out, slot, -1)
        return Ranged(ends, part.flags, part.divisor)

    def scaled(self, part: Ranged, factor: Fraction) -> Ranged:
        """Times a factor that is not negative."""
        divisor = part.divisor * factor.denominator
        ends = self.build.scaled(part.ends, factor, divisor, True)
        return Ranged(ends, part.flags, divisor)

    def perhaps_nothing(self, part: Ranged) -> Ranged:
        """A part that may count or not."""
        build = self.build
        nothing = build.slot()
        ends = Ends(build.slot(), build.slot())
        build.add(ends.low, part.ends.low)
        build.add(ends.high, part.ends.high)
        build.pick(ends.low, nothing, "min")
        build.pick(ends.high, nothing, "max")
        return Ranged(ends, part.flags, part.divisor)

    def or_last(self, part: Ranged) -> Ends:
        """The range, or ``LAST`` where it is missing."""
        build = self.build
        if not build.possible.get(part.flags, 0) & MISSING_BITS:
            return part.ends
        low = build.slot()
        ends = Ends(low, low if part.ends.exact else build.slot())
        nothing = build.slot()
        build.fixed(nothing, LAST)
        build.clear_one_unless(nothing, part.flags, MISSING_BITS)
        for out, slot in {ends.low: part.ends.low, ends.high: part.ends.high}.items():
            build.add(out, slot)
            build.clear_one_where(out, part.flags, MISSING_BITS)
            build.add(out, nothing)
        return ends

    # -- keys

    def key(self, expr: e.Expr, sign: int) -> Ends:
        """A ranking key, more being better (``sign`` −1: less is); ``LAST`` where it is missing."""
        if not any(isinstance(x, e.ScoreRef) for x in e.walk(expr)):
            return self._fact_key(expr, sign)
        if isinstance(expr, e.ScoreRef) and expr.clause is not None:
            ends = self.host.parts.get(expr.clause)
            if ends is None:
                return self.or_last(self._missing())
            found = Ranged(ends, self.build.slot())
            if expr.clause in self.host.absent and sign < 0:
                raise self._cannot()
        else:
            found = self.value(expr)
        return self.or_last(found if sign > 0 else self._negated(found))

    def _fact_key(self, expr: e.Expr, sign: int) -> Ends:
        build = self.build
        order: tuple[str, ...] = ()
        if isinstance(expr, e.FactRef):
            order = self.host.policy.facts[expr.fact].values

        def ask(values: Supposed) -> Told:
            low: Fraction | None = None
            high: Fraction | None = None
            flags = 0
            for value in outcomes_of(values.value(expr)):
                number = _number(value, order)
                if number is None:
                    flags |= MISSING_BITS
                    continue
                number = number if sign > 0 else -number
                low = number if low is None else min(low, number)
                high = number if high is None else max(high, number)
            if low is None or high is None:
                low = high = Fraction(0)
            elif flags:
                flags = UNPROVEN  # perhaps missing
            return Told(low, high, flags)

        table = self.host.rule_table(("key", expr, sign), self.where, [expr], ask)
        # a key is compared with itself only: its own unit will do
        lows, highs = table.low.copy(), table.high.copy()
        lows[(table.flags & MISSING_BITS) != 0] = LAST
        highs[(table.flags & MISSING_BITS) == MISSING_BITS] = LAST
        low = build.slot()
        exact = bool((lows == highs).all())
        ends = Ends(low, low if exact else build.slot())
        for out, numbers in {ends.low: lows, ends.high: highs}.items():
            if table.axes:
                build.number(out, numbers, table)
            else:
                build.fixed(out, int(numbers[0]))
        return ends


def _number(value: Decided, order: tuple[str, ...]) -> Fraction | None:
    """A key as a number that sorts like it; ``None`` when it is missing."""
    if isinstance(value, Missing):
        return None
    if isinstance(value, date):
        ordinal: Any = value.toordinal()
        return ordinal if isinstance(value, Day) else Fraction(ordinal)
    if isinstance(value, str):
        return Fraction(order.index(value))
    return value if isinstance(value, Lane) else Fraction(value)
