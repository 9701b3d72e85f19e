"""Ranges of points: exact fractions with open ends, and the monotone steps of a score.

Every step of a score (add, scale by a factor that is not negative, cap, floor, round, best
of) grows with its input, so working on the two ends gives the exact range.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from policydsl.language.decimals import show_decimal
from policydsl.model.rules import RoundTo


@dataclass(frozen=True, slots=True)
class Range:
    """From ``low`` to ``high``, both included; ``None``: without bound on that side."""

    low: Fraction | None
    high: Fraction | None

    @classmethod
    def exactly(cls, value: Fraction | int) -> Range:
        """The range of a single number."""
        fraction = value if isinstance(value, Fraction) else Fraction(value)
        return cls(fraction, fraction)

    @property
    def is_exact(self) -> bool:
        """Whether only one number is possible."""
        return self.low is not None and self.low == self.high

    @property
    def value(self) -> Fraction:
        """The number of an exact range; ``ValueError`` when several are possible."""
        if self.low is None or self.low != self.high:
            raise ValueError(f"not a single number: {self}")
        return self.low

    def __add__(self, other: Range) -> Range:
        low = None if self.low is None or other.low is None else self.low + other.low
        high = None if self.high is None or other.high is None else self.high + other.high
        return Range(low, high)

    def __neg__(self) -> Range:
        return Range(
            None if self.high is None else -self.high, None if self.low is None else -self.low
        )

    def scaled(self, factor: Fraction) -> Range:
        """Times a factor ≥ 0; nothing times an open end is nothing."""
        if factor == 0:
            return ZERO
        return Range(
            None if self.low is None else self.low * factor,
            None if self.high is None else self.high * factor,
        )

    def capped(self, low_cap: Fraction, high_cap: Fraction | None) -> Range:
        """At most a cap that itself lies between ``low_cap`` and ``high_cap``."""
        low = None if self.low is None else min(self.low, low_cap)
        high = self.high
        if high_cap is not None:
            high = high_cap if high is None else min(high, high_cap)
        return Range(low, high)

    def floored(self, low_floor: Fraction | None, high_floor: Fraction) -> Range:
        """At least a floor that itself lies between ``low_floor`` and ``high_floor``."""
        low = self.low
        if low_floor is not None:
            low = low_floor if low is None else max(low, low_floor)
        high = None if self.high is None else max(self.high, high_floor)
        return Range(low, high)

    def rounded(self, rounding: RoundTo) -> Range:
        """Both ends rounded."""
        return Range(
            None if self.low is None else round_points(self.low, rounding),
            None if self.high is None else round_points(self.high, rounding),
        )

    def hull(self, other: Range) -> Range:
        """The smallest range that holds both."""
        low = None if self.low is None or other.low is None else min(self.low, other.low)
        high = None if self.high is None or other.high is None else max(self.high, other.high)
        return Range(low, high)

    def __str__(self) -> str:
        if self.is_exact:
            return show_points(self.value)
        low = "-∞" if self.low is None else show_points(self.low)
        high = "+∞" if self.high is None else show_points(self.high)
        return f"{low}～{high}"


ZERO = Range(Fraction(0), Fraction(0))


def total(ranges: Iterable[Range]) -> Range:
    """The sum of independent values."""
    result = ZERO
    for each in ranges:
        result = result + each
    return result


def highest(ranges: Iterable[Range]) -> Range:
    """The largest of several independent values."""
    items = list(ranges)
    lows = [r.low for r in items if r.low is not None]
    highs = [r.high for r in items]
    high = None if any(h is None for h in highs) else max(h for h in highs if h is not None)
    return Range(max(lows) if lows else None, high)


def lowest(ranges: Iterable[Range]) -> Range:
    """The smallest of several independent values."""
    return -highest(-r for r in ranges)


def round_points(value: Fraction, rounding: RoundTo) -> Fraction:
    """Round to a multiple of ``rounding.unit``; 四舍五入 takes halves away from zero."""
    quotient = value / rounding.unit
    magnitude = abs(quotient)
    if rounding.mode == "down":
        steps = math.floor(magnitude)
    elif rounding.mode == "up":
        steps = math.ceil(magnitude)
    else:
        steps = math.floor(magnitude + Fraction(1, 2))
    return rounding.unit * (steps if quotient >= 0 else -steps)


def show_points(value: Fraction) -> str:
    """A number of points as an exact decimal; a fraction with no finite one as a/b."""
    return show_decimal(value)
