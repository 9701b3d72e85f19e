"""Many drafts of one rule, counted in compiled loops.

See :mod:`policydsl.scoring.columns.sweeping`.

This module needs numba, like the kernel, and is imported only where the kernel is.
"""

from __future__ import annotations

import numpy as np

from policydsl.scoring.columns.engines.kernel import compiled


def _add_shifted(table, starts, stops, shifts, out):
    """``out[d, shifts[d, c] + j] += table[c, j]`` for all drafts d, classes c and levels j.

    Levels of class ``c`` are from ``starts[c]`` to ``stops[c]``, all others are 0.  A class is
    read once for all drafts, whose rows of ``out`` stay in the cache.
    """
    for c in range(table.shape[0]):
        start, stop = starts[c], stops[c]
        row = table[c, start:stop]
        for d in range(out.shape[0]):
            begin = shifts[d, c] + start
            held = out[d, begin : begin + row.shape[0]]
            for j in range(row.shape[0]):
                held[j] += row[j]


def _tally_clipped(rows, weights, shifts, after, after_low, difference, difference_low):
    """Count ``clip(u + shifts[class], low, high)`` and what it is more than ``before``.

    ``rows``: int64, five columns: class, u, low, high, before.
    """
    for i in range(rows.shape[1]):
        value = rows[1, i] + shifts[rows[0, i]]
        value = max(min(value, rows[3, i]), rows[2, i])
        after[value - after_low] += weights[i]
        difference[value - rows[4, i] - difference_low] += weights[i]


add_shifted = compiled(_add_shifted)
tally_clipped = compiled(_tally_clipped)


def prepare() -> None:
    """Compile what is not compiled yet."""
    one, none = np.zeros(1, np.int64), np.zeros(0, np.int64)
    for kind in (np.int32, np.int64):
        add_shifted(
            np.zeros((0, 1), kind), none, none, np.zeros((1, 0), np.int64), np.zeros((1, 1), kind)
        )
    tally_clipped(np.zeros((5, 0), np.int64), none, one, one, 0, one.copy(), 0)
