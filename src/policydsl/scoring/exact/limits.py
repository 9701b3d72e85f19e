"""满分, 上限 and 下限 of a clause, stated or open, and what they make of its sum."""

from __future__ import annotations

from fractions import Fraction

from policydsl.model import rules as r
from policydsl.model.policy import Clause, Limit
from policydsl.scoring.ranges import Range


def least_cap(clause: Clause) -> Fraction:
    """The smallest value that an open cap can have: its stated bound, or the full marks."""
    limits = [
        x.low or Fraction(0) for x in (clause.cap, clause.full_marks) if isinstance(x, r.OpenPoints)
    ]
    if isinstance(clause.full_marks, Fraction):
        limits.append(clause.full_marks)
    return max(limits, default=Fraction(0))


def bound_below(clause: Clause, bound: Fraction | None) -> Fraction | None:
    """The most that the 满分 of a part can be where it is not stated.

    The 满分 of the parts add up to that of the whole; an 上限 only clips their sum.
    """
    own = clause.full_marks
    if not isinstance(own, Fraction) or isinstance(clause.cap, r.OpenPoints):
        return bound
    own = own if clause.cap is None else max(own, clause.cap)
    return own if bound is None else min(own, bound)


def highest_cap(clause: Clause, bound: Fraction | None) -> Fraction | None:
    """The largest value that the cap of a clause can have; ``None``: no bound."""
    cap = clause.cap if clause.cap is not None else clause.full_marks
    if not isinstance(cap, r.OpenPoints):
        return cap
    if cap.high is None and clause.cap is None and bound is not None:
        return max(bound, least_cap(clause))
    return cap.high


def clipped(clause: Clause, value: Range, deducts: bool, bound: Fraction | None) -> Range:
    """Between floor and cap; in a deduction group the amounts count downwards."""
    if deducts:
        return -clipped(clause, -value, False, bound)
    cap = clause.cap if clause.cap is not None else clause.full_marks
    if isinstance(cap, Fraction):
        value = value.capped(cap, cap)
    elif isinstance(cap, r.OpenPoints):
        value = value.capped(least_cap(clause), highest_cap(clause, bound))
    floor = clause.floor
    if floor is None:
        return value.floored(Fraction(0), Fraction(0))
    if isinstance(floor, Fraction):
        return value.floored(floor, floor)
    return value.floored(floor.low, floor.high if floor.high is not None else Fraction(0))


def limit_range(limit: Limit) -> Range:
    """What a limit can be; an open one from nothing, or its stated bound, upwards."""
    if isinstance(limit, Fraction):
        return Range.exactly(limit)
    return Range(limit.low or Fraction(0), limit.high)
