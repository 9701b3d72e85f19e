"""Points of many rows as integers of one scale."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from policydsl.scoring.columns.arrays import Numbers, Truths
from policydsl.scoring.columns.plan import LAST, UNBOUNDED
from policydsl.scoring.ranges import Range

OPEN = 1 << 62
"""Stands for *without bound* in :class:`Points`, negative for the low end."""


ABSENT = LAST + UNBOUNDED
"""Up to this a part of a plan is not scored, and a sum of others is missing."""


@dataclass
class Points:
    """Points of rows in units of ``1 / scale``; an open end is ``±OPEN``.

    ``high`` is the same array as ``low`` where all are single numbers.  ``present``: which rows
    have any; ``None``: all.
    """

    low: Numbers
    high: Numbers
    scale: int
    present: Truths | None = None

    @property
    def exact(self) -> bool:
        """Whether every row has a single number."""
        return self.low is self.high or bool((self.low == self.high).all())

    def range_at(self, row: int) -> Range | None:
        """The points of a row."""
        if self.present is not None and not self.present[row]:
            return None
        low, high = int(self.low[row]), int(self.high[row])
        return Range(
            None if low <= -OPEN else Fraction(low, self.scale),
            None if high >= OPEN else Fraction(high, self.scale),
        )

    def taken(self, rows: Numbers) -> Points:
        """Some of the rows."""
        low = self.low[rows]
        high = low if self.low is self.high else self.high[rows]
        return Points(low, high, self.scale, None if self.present is None else self.present[rows])


class Gathering:
    """Points of one quantity put together from the tables that score parts of the rows."""

    def __init__(self, rows: int, scale: int):
        self.rows = rows
        self.scale = scale
        self.low = np.zeros(rows, np.int64)
        self.high: Numbers | None = None
        self.present: Truths | None = np.zeros(rows, np.bool_)

    def put(self, where: Numbers, factor: int, low: Numbers, high: Numbers) -> None:
        """Take the ends of some rows, in units of a plan; those that are not scored stay empty."""
        if len(high) and int(high.min()) <= ABSENT:
            scored = high > ABSENT
            low, high = low[scored], low[scored] if high is low else high[scored]
            where = where[scored]
        self.low[where] = _scaled(low, factor)
        if self.high is not None or high is not low:
            if self.high is None:
                self.high = self.low.copy()
            self.high[where] = _scaled(high, factor)
        if self.present is not None:
            self.present[where] = True

    def points(self) -> Points:
        """What was gathered."""
        present = self.present
        if present is not None and present.all():
            present = None
        return Points(self.low, self.low if self.high is None else self.high, self.scale, present)


def _scaled(values: Numbers, factor: int) -> Numbers:
    if not len(values):
        return values
    if int(values.min()) > -UNBOUNDED and int(values.max()) < UNBOUNDED:
        return values if factor == 1 else values * factor
    result = np.where(values >= UNBOUNDED, OPEN, values * factor)
    return np.where(values <= -UNBOUNDED, -OPEN, result)
