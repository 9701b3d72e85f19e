"""Numbers of whole spans of codes at once, for columns that are too wide to try code by code.

A :class:`Span` is a ``Fraction`` that stands for the values of all codes from ``low`` to ``high``:
a chain of integer operations on the code, over a divisor.  All the operations that rules make of a
single number (sums and products with constants, whole steps, rounding) go on along the chain, and
each grows or falls with the code, so a comparison with a constant is decided by both ends, or
:class:`Cut` says where the span has to be cut.  As with lanes, what is decided is decided by the
exact evaluator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import lcm
from typing import Any, TypeVar

from policydsl.scoring.columns.plan import Elementary, elementary
from policydsl.scoring.columns.planning.lanes import Ordered

T = TypeVar("T")

MOST_SPANS = 200


class Cut(Exception):
    """A span has to be cut; ``code`` is the first of the second part."""

    def __init__(self, code: int):
        super().__init__(f"cut at {code}")
        self.code = code


class NotSpanned(Exception):
    """What is done with a number that does not go along a chain."""


def explore_spans(
    low: int, high: int, run: Callable[[int, int], T]
) -> Iterator[tuple[int, int, T]]:
    """Run for all codes from ``low`` to ``high``, and again for parts of them, in order.

    Raises :class:`NotSpanned` where that cannot be done, or in too many parts.
    """
    pending = [(low, high)]
    parts = 0
    while pending:
        first, last = pending.pop()
        try:
            result = run(first, last)
        except Cut as cut:
            pending += [(cut.code, last), (first, cut.code - 1)]
            continue
        parts += 1
        if parts > MOST_SPANS:
            raise NotSpanned
        yield first, last, result


class Span(Ordered, Fraction):
    """``chain(code) / divisor`` for the codes from ``low`` to ``high``; made by :func:`span`."""

    __slots__ = ("chain", "divisor", "high", "low")
    low: int
    high: int
    chain: tuple[Elementary, ...]
    divisor: int

    def __new__(cls, low: int, high: int, chain: tuple[Elementary, ...], divisor: int) -> Span:
        """Without the arithmetic that makes a ``Fraction``: a span has no numerator of its own."""
        self = object.__new__(cls)
        self.low, self.high, self.chain, self.divisor = low, high, chain, divisor
        return self

    def at(self, code: int) -> Fraction:
        """The value of one code."""
        value = code
        for name, number in self.chain:
            value = elementary(name, number, value)
        return Fraction(value, self.divisor)

    def is_like(self, other: Span) -> bool:
        """Whether both are the same for every code, as is plain to see."""
        return (self.chain, self.divisor) == (other.chain, other.divisor)

    def _then(self, *more: Elementary, divisor: int) -> Any:
        return span(self.low, self.high, (*self.chain, *more), divisor)

    def __add__(self, other: object) -> Any:
        if isinstance(other, _Rest):
            # x + −x % 1 is the least whole number that is not below x
            return -(other.of(-self).__floor__())
        if isinstance(other, Span) or not isinstance(other, (int, Fraction)):
            raise NotSpanned
        divisor = lcm(self.divisor, other.denominator)
        number = other.numerator * (divisor // other.denominator)
        return self._then(("mul", divisor // self.divisor), ("add", number), divisor=divisor)

    __radd__ = __add__

    def __sub__(self, other: object) -> Any:
        if isinstance(other, _Rest):
            return other.of(self).__floor__()
        if isinstance(other, Span) or not isinstance(other, (int, Fraction)):
            raise NotSpanned
        return self + -other

    def __rsub__(self, other: object) -> Any:
        return -self + other

    def __mul__(self, other: object) -> Any:
        if isinstance(other, Span) or not isinstance(other, (int, Fraction)):
            raise NotSpanned
        return self._then(("mul", other.numerator), divisor=self.divisor * other.denominator)

    __rmul__ = __mul__

    def __truediv__(self, other: object) -> Any:
        if isinstance(other, Span) or not isinstance(other, (int, Fraction)):
            raise NotSpanned
        return self * (1 / Fraction(other))

    def __rtruediv__(self, other: object) -> Any:
        raise NotSpanned

    def __mod__(self, other: object) -> Any:
        if other != 1:
            raise NotSpanned
        return _Rest(self)

    def __neg__(self) -> Any:
        return self._then(("mul", -1), divisor=self.divisor)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return self if self >= 0 else -self

    def __floor__(self) -> Any:
        return self._then(("floordiv", self.divisor), divisor=1)

    def __ceil__(self) -> Any:
        return -(-self).__floor__()

    def _compared(self, other: object, by: Callable[[Any, Any], Any]) -> Any:
        if isinstance(other, Span):
            if not self.is_like(other):
                raise NotSpanned
            return by(0, 0)
        if not isinstance(other, (int, Fraction)):
            return NotImplemented
        first, last = self.at(self.low), self.at(self.high)
        sides = [(x > other) - (x < other) for x in (first, last)]
        if sides[0] != sides[1]:
            raise Cut(self._turns(sides[0], other))
        return by(sides[0], 0)

    def _turns(self, side: int, other: int | Fraction) -> int:
        """The first code that is not on the side of the first one."""
        low, high = self.low, self.high
        while high - low > 1:
            middle = (low + high) // 2
            value = self.at(middle)
            if (value > other) - (value < other) == side:
                low = middle
            else:
                high = middle
        return high

    def __bool__(self) -> bool:
        return bool(self != 0)

    def __hash__(self) -> int:  # type: ignore[override]  # its stub says None, by way of Complex
        raise NotSpanned

    def __repr__(self) -> str:
        return f"Span({self.low}, {self.high}, {self.chain}, {self.divisor})"

    __str__ = __repr__


class _Rest(Fraction):
    """What a span leaves over whole numbers; good only for being taken off it."""

    __slots__ = ("span",)
    span: Span

    def __new__(cls, span: Span) -> _Rest:
        self = object.__new__(cls)
        self.span = span
        return self

    def of(self, whole: Fraction) -> Any:
        """The span, if this is what is left over of ``whole``."""
        if not isinstance(whole, Span) or not whole.is_like(self.span):
            raise NotSpanned
        return self.span

    def _none(self, *_: object) -> Any:
        raise NotSpanned

    __radd__ = __add__ = __sub__ = __mul__ = __truediv__ = __rmul__ = __rtruediv__ = _none
    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __hash__ = __neg__ = __bool__ = _none


def span(low: int, high: int, chain: tuple[Elementary, ...] = (), divisor: int = 1) -> Fraction:
    """The numbers of the codes; a plain ``Fraction`` where they are all the same."""
    chain = tuple(x for x in chain if x not in (("mul", 1), ("add", 0), ("floordiv", 1)))
    found = Span(low, high, chain, divisor)
    # every operation grows or falls with the code, so equal ends are equal throughout
    first = found.at(low)
    return first if first == found.at(high) else found
