"""Numbers and dates of many cases at once, which the exact evaluator takes for single ones.

A :class:`Lane` is a ``Fraction`` with a numerator for each of several cases, the *lanes*; a
:class:`Day` is a ``date`` in the same way.  Arithmetic works on all lanes.  A comparison has to be
one truth for all of them; where it is not, :class:`Split` says which lanes go which way, and
:func:`explore` runs the evaluation again for each part.  So whatever the evaluator decides, it is
the evaluator that decides it, and each part of the lanes has taken one way through the rules.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from math import lcm
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from policydsl.scoring.columns.arrays import Numbers

Places = npt.NDArray[np.intp]
T = TypeVar("T")

LARGEST = 1 << 62
MOST_PARTS = 8_000


class Split(Exception):
    """The lanes do not go the same way; ``labels`` (0, 1, …) say which go together."""

    def __init__(self, labels: npt.NDArray[Any]):
        super().__init__("lanes differ")
        self.labels = labels


class TooWide(Exception):
    """Numerators would not fit into 64 bits, or there are more ways than can be followed."""


def same(values: npt.NDArray[Any]) -> Any:
    """The one value that all lanes have; :class:`Split` where they do not have one."""
    first = values[0]
    if (values == first).all():
        return first.item()
    if values.dtype == np.bool_:
        raise Split(values.astype(np.int8))
    raise Split(np.unique(values, return_inverse=True)[1])


def explore(count: int, run: Callable[[Places], T]) -> Iterator[tuple[Places, T]]:
    """Run for all of ``count`` lanes, and again for parts of them until each goes one way.

    Every lane is in exactly one of the results.
    """
    pending = [np.arange(count)]
    parts = 0
    while pending:
        lanes = pending.pop()
        try:
            result = run(lanes)
        except Split as split:
            order = np.argsort(split.labels, kind="stable")
            edges = np.flatnonzero(np.diff(split.labels[order])) + 1
            pending.extend(np.split(lanes[order], edges))
        else:
            parts += 1
            if parts > MOST_PARTS:
                raise TooWide
            yield lanes, result


class Ordered:
    """Comparisons of values that stand for many, all by ``_compared``."""

    __slots__ = ()

    def _compared(self, other: object, by: Callable[[Any, Any], Any]) -> Any:
        raise NotImplementedError

    def __lt__(self, other: object) -> Any:
        return self._compared(other, operator.lt)

    def __le__(self, other: object) -> Any:
        return self._compared(other, operator.le)

    def __gt__(self, other: object) -> Any:
        return self._compared(other, operator.gt)

    def __ge__(self, other: object) -> Any:
        return self._compared(other, operator.ge)

    def __eq__(self, other: object) -> Any:
        return self._compared(other, operator.eq)

    def __ne__(self, other: object) -> Any:
        return self._compared(other, operator.ne)

    def __hash__(self) -> int:
        raise NotImplementedError


class Lane(Ordered, Fraction):
    """``numerators[i] / divisor`` in lane *i*; made by :func:`lane`."""

    __slots__ = ("divisor", "largest", "numerators")
    numerators: Numbers
    divisor: int
    largest: int

    def __new__(cls, numerators: Numbers, divisor: int, largest: int) -> Lane:
        """Without the arithmetic that makes a ``Fraction``: lanes are not reduced."""
        self = object.__new__(cls)
        self.numerators, self.divisor, self.largest = numerators, divisor, largest
        return self

    # Each result goes through ``lane``, so that lanes that agree become a plain number again.

    def _sum(self, other: object, sign: int) -> Any:
        if isinstance(other, Lane):
            divisor = lcm(self.divisor, other.divisor)
            left, right = divisor // self.divisor, sign * (divisor // other.divisor)
            largest = _fits(self.largest * left + other.largest * abs(right))
            return lane(self.numerators * left + other.numerators * right, divisor, largest)
        if isinstance(other, (int, Fraction)):
            divisor = lcm(self.divisor, other.denominator)
            left, right = divisor // self.divisor, sign * (divisor // other.denominator)
            largest = _fits(self.largest * left + abs(other.numerator * right))
            return lane(self.numerators * left + other.numerator * right, divisor, largest)
        return NotImplemented

    def __add__(self, other: object) -> Any:
        return self._sum(other, 1)

    __radd__ = __add__

    def __sub__(self, other: object) -> Any:
        return self._sum(other, -1)

    def __rsub__(self, other: object) -> Any:
        return (-self)._sum(other, 1)

    def __mul__(self, other: object) -> Any:
        if isinstance(other, Lane):
            largest = _fits(self.largest * other.largest)
            return lane(self.numerators * other.numerators, self.divisor * other.divisor, largest)
        if isinstance(other, (int, Fraction)):
            factor, divisor = other.numerator, self.divisor * other.denominator
            return lane(self.numerators * factor, divisor, _fits(self.largest * abs(factor)))
        return NotImplemented

    __rmul__ = __mul__

    def __truediv__(self, other: object) -> Any:
        if isinstance(other, Lane):
            same(other.numerators)
        if isinstance(other, (int, Fraction)):
            return self * Fraction(other.denominator, other.numerator)
        return NotImplemented

    def __rtruediv__(self, other: object) -> Any:
        same(self.numerators)
        raise AssertionError

    def __mod__(self, other: object) -> Any:
        if not isinstance(other, int) or other <= 0:
            return NotImplemented
        size = self.divisor * other
        return lane(self.numerators % size, self.divisor, min(self.largest, size) if
                    self.numerators.min() >= 0 else size)  # fmt: skip

    def __neg__(self) -> Any:
        return Lane(-self.numerators, self.divisor, self.largest)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return lane(np.abs(self.numerators), self.divisor, self.largest)

    def __floor__(self) -> Any:
        return lane(self.numerators // self.divisor, 1, self.largest)

    def __ceil__(self) -> Any:
        return lane(-(-self.numerators // self.divisor), 1, self.largest)

    def _compared(self, other: object, by: Callable[[Any, Any], Any]) -> Any:
        if isinstance(other, Lane):
            _fits(self.largest * other.divisor)
            _fits(other.largest * self.divisor)
            found = by(self.numerators * other.divisor, other.numerators * self.divisor)
        elif isinstance(other, (int, Fraction)):
            _fits(self.largest * other.denominator)
            found = by(self.numerators * other.denominator, other.numerator * self.divisor)
        else:
            return NotImplemented
        return same(found)

    def __bool__(self) -> bool:
        return bool(self != 0)

    def __hash__(self) -> int:  # type: ignore[override]  # its stub says None, by way of Complex
        # what is kept apart by its value has to have one
        same(self.numerators)
        raise AssertionError

    def __repr__(self) -> str:
        return f"Lane({self.numerators!r}, {self.divisor})"

    __str__ = __repr__


def _fits(largest: int) -> int:
    if largest >= LARGEST:
        raise TooWide
    return largest


def lane(numerators: Numbers, divisor: int = 1, largest: int | None = None) -> Fraction:
    """The numbers ``numerators / divisor``; a plain ``Fraction`` where they are all the same."""
    first = numerators[0]
    if (numerators == first).all():
        return Fraction(int(first), divisor)
    if largest is None:
        largest = int(max(numerators.max(), -numerators.min()))
    return Lane(numerators, divisor, largest)


class Day(Ordered, date):
    """``ordinals[i]`` is the day of lane *i*; made by :func:`day`."""

    ordinals: Numbers

    def __new__(cls, ordinals: Numbers) -> Day:
        """A date that stands for many; its own is never looked at."""
        self = super().__new__(cls, 1, 1, 1)
        self.ordinals = ordinals
        return self

    @property
    def _days(self) -> npt.NDArray[np.datetime64]:
        found: npt.NDArray[np.datetime64] = (self.ordinals - _EPOCH).astype("datetime64[D]")
        return found

    @property
    def year(self) -> Any:
        """The year, from 1 on."""
        return lane(self._days.astype("datetime64[Y]").astype(np.int64) + 1970)

    @property
    def month(self) -> Any:
        """The month, from 1 to 12."""
        return lane(self._days.astype("datetime64[M]").astype(np.int64) % 12 + 1)

    @property
    def day(self) -> Any:
        """The day of the month."""
        days = self._days
        return lane((days - days.astype("datetime64[M]")).astype(np.int64) + 1)

    def toordinal(self) -> Any:
        """Days since the year 1."""
        return lane(self.ordinals)

    def _compared(self, other: object, by: Callable[[Any, Any], Any]) -> Any:
        if isinstance(other, Day):
            return same(by(self.ordinals, other.ordinals))
        return (
            same(by(self.ordinals, other.toordinal()))
            if isinstance(other, date)
            else (NotImplemented)
        )

    def __hash__(self) -> int:
        same(self.ordinals)
        raise AssertionError


_EPOCH = date(1970, 1, 1).toordinal()


def day(ordinals: Numbers) -> date:
    """The days of the lanes; a plain ``date`` where they are all the same."""
    first = ordinals[0]
    return date.fromordinal(int(first)) if (ordinals == first).all() else Day(ordinals)
