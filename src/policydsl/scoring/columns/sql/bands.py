"""Look-up tables as pieces: what a database computes faster than it looks up.

A table over codes is cut into pieces on which it is constant, goes up in equal steps of equal
length, as tiers and 每 … 加 … 分 do, or follows a line that is rounded.  A few pieces become a
CASE; what has many is irregular, and stays a list.
"""

from __future__ import annotations

from collections.abc import Callable
from math import gcd
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Table = npt.NDArray[np.int64]

_PERIODS = 64
"""A rounded line repeats its pattern after at most so many codes."""


class Piece(NamedTuple):
    """From code ``start`` on: ``value + unit × ((up × (code − start) + shift) // over)``."""

    start: int
    value: int
    unit: int = 0
    up: int = 1
    over: int = 1
    shift: int = 0

    @property
    def weight(self) -> int:
        """What a branch of a CASE costs with this piece: 2, or 3 where there is arithmetic."""
        return 3 if self.unit else 2

    def at(self, code: int) -> int:
        """The value of a code from ``start`` on."""
        return self.value + self.unit * ((self.up * (code - self.start) + self.shift) // self.over)


Next = Callable[[int], tuple[Piece, int]]
"""The piece from a place of a table on, and the place behind it."""


def pieces_of(table: Table, start: int, weight: int) -> tuple[Piece, ...] | None:
    """The pieces of a table whose first element belongs to the code ``start``.

    ``None`` when they weigh more than ``weight`` in all.
    """
    steps = _steps(table)
    found = _greedy(steps, len(table), weight)
    if found is None:
        lines = _lines(table)
        found = _greedy(
            lambda place: max(steps(place), lines(place), key=lambda x: x[1]), len(table), weight
        )
    if found is None:
        return None
    return tuple(piece._replace(start=piece.start + start) for piece in found)


def _greedy(following: Next, length: int, weight: int) -> list[Piece] | None:
    """From each place on the longest piece."""
    found: list[Piece] = []
    place = 0
    while place < length:
        piece, place = following(place)
        found.append(piece)
        weight -= piece.weight
        if weight < 0:
            return None
    return found


def _steps(table: Table) -> Next:
    """Runs of one value, or several that go up alike."""
    firsts = np.concatenate(([0], np.flatnonzero(np.diff(table)) + 1))
    ends = np.concatenate((firsts[1:], [len(table)]))
    lengths = ends - firsts
    values = table[firsts]
    rises = np.diff(values)
    # a run continues the steps before it when it is as long as the last and rises as much
    breaks = np.flatnonzero((np.diff(rises) != 0) | (lengths[1:-1] != lengths[:-2])) + 1

    def following(place: int) -> tuple[Piece, int]:
        run = int(np.searchsorted(ends, place, side="right"))
        if place == firsts[run]:
            at = int(np.searchsorted(breaks, run, side="right"))
            last = int(breaks[at]) if at < len(breaks) else len(values) - 1
            if lengths[last] > lengths[run]:  # the last may be cut short, but not be longer
                last -= 1
            if last - run >= 2:
                piece = Piece(place, int(values[run]), int(rises[run]), over=int(lengths[run]))
                return piece, int(ends[last])
        return Piece(place, int(values[run])), int(ends[run])

    return following


def _lines(table: Table) -> Next:
    """Lines rounded to whole units, known by the differences that come again in the same order."""
    differences = np.diff(table)
    breaks = {
        period: np.flatnonzero(differences[period:] != differences[:-period])
        for period in range(1, min(_PERIODS, len(differences) // 3) + 1)
    }

    def following(place: int) -> tuple[Piece, int]:
        for period, broken in breaks.items():
            at = int(np.searchsorted(broken, place))
            # the differences up to the break behind one more period are as the pattern says
            first = int(broken[at]) if at < len(broken) else len(differences) - period
            end = first + period + 1
            piece = _line(table, place, period) if end - place > 3 * period else None
            if piece is not None:
                return piece, end
        return Piece(place, int(table[place])), place + 1

    return following


def _line(table: Table, place: int, period: int) -> Piece | None:
    """The line through one period of a table, if there is one."""
    rises = (table[place : place + period + 1] - table[place]).tolist()
    unit = gcd(*rises)
    if rises[-1] == 0:
        return None
    if rises[-1] < 0:
        unit = -unit
    steps = [rise // unit for rise in rises]
    up = steps[-1]
    least = max(period * step - up * i for i, step in enumerate(steps))
    below = min(period * (step + 1) - up * i for i, step in enumerate(steps))
    if not 0 <= least < below:
        return None
    return Piece(place, int(table[place]), unit, up, period, least)
