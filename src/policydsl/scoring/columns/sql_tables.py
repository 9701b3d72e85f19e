"""Look-up tables as pieces: what a database computes faster than it looks up.

A table over codes is cut into pieces on which it is constant or goes up in equal steps of equal
length, as tiers and 每 … 加 … 分 do.  A few pieces become a CASE; what has many is irregular, and
stays a list.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Table = npt.NDArray[np.int64]


class Piece(NamedTuple):
    """From code ``start`` on: ``value + rise × ((code − start) // length)``."""

    start: int
    value: int
    rise: int = 0
    length: int = 1

    @property
    def weight(self) -> int:
        """What a branch of a CASE costs with this piece: 2, or 3 where there is arithmetic."""
        return 3 if self.rise else 2


def pieces_of(table: Table, start: int, weight: int) -> tuple[Piece, ...] | None:
    """The pieces of a table whose first element belongs to the code ``start``.

    ``None`` when they weigh more than ``weight`` in all.
    """
    found: list[Piece] = []
    left = weight
    for piece in _pieces(table, start):
        left -= piece.weight
        if left < 0:
            return None
        found.append(piece)
    return tuple(found)


def _pieces(table: Table, start: int) -> Iterator[Piece]:
    """Greedily the longest piece from each place on; at least one."""
    firsts = np.concatenate(([0], np.flatnonzero(np.diff(table)) + 1))
    lengths = np.diff(np.concatenate((firsts, [len(table)])))
    values = table[firsts]
    rises = np.diff(values)
    # a run continues the steps before it when it is as long as the last and rises as much
    breaks = np.flatnonzero((np.diff(rises) != 0) | (lengths[1:-1] != lengths[:-2])) + 1
    run = 0
    while run < len(values):
        first, value = start + int(firsts[run]), int(values[run])
        # the runs from ``run`` to ``last`` go up alike; the last may be cut short
        place = int(np.searchsorted(breaks, run, side="right"))
        last = int(breaks[place]) if place < len(breaks) else len(values) - 1
        if last < len(values) and lengths[last] > lengths[run]:
            last -= 1
        if last - run >= 2:
            yield Piece(first, value, int(rises[run]), int(lengths[run]))
            run = last + 1
        else:
            yield Piece(first, value)
            run += 1
