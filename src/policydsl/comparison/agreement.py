"""How far two rankings agree: Kendall's tau-b, from exact counts of pairs.

Ties are pairs that are neither in the same nor in the opposite order; tau-b takes them out of the
denominator.  Counts are whole numbers and exact for any size; a weight counts as so many persons.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from math import isqrt

import numpy as np

from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.scoring.columns.arrays import Numbers

MOST_PERSONS = 2_000_000_000
"""Beyond, the number of pairs does not fit into 63 bits."""


@dataclass(frozen=True)
class Agreement:
    """Pairs of persons: all, in the same order, in the opposite one, tied in either ranking."""

    pairs: int
    concordant: int
    discordant: int
    tied_one: int
    tied_other: int

    @property
    def tau_squared(self) -> Fraction | None:
        """The square of tau-b, exact; ``None`` where a ranking has all persons on one place."""
        one, other = self.pairs - self.tied_one, self.pairs - self.tied_other
        if one == 0 or other == 0:
            return None
        return Fraction((self.concordant - self.discordant) ** 2, one * other)

    def tau(self, places: int = 4) -> Decimal | None:
        """Tau-b from −1 to 1, rounded half up (by its size)."""
        squared = self.tau_squared
        if squared is None:
            return None
        scale = 10 ** (2 * places + 2)
        whole = isqrt(scale * squared.numerator // squared.denominator)  # one place more
        rounded = (whole + 5) // 10
        if self.concordant < self.discordant:
            rounded = -rounded
        with localcontext() as context:
            context.prec = 40
            return Decimal(rounded).scaleb(-places)


def agreement(one: Numbers, other: Numbers, weights: Numbers | None = None) -> Agreement:
    """Counts the pairs of two rankings of the same persons (higher is better in both).

    Raises :class:`PolicyError` (C908) where weights stand for too many persons.
    """
    n = len(one)
    own = np.ones(n, np.int64) if weights is None else weights.astype(np.int64)
    total = int(own.sum())
    if total > MOST_PERSONS:
        details = {"count": total, "limit": MOST_PERSONS}
        raise PolicyError([Diagnostic("C908", None, None, details)])
    cells, counts = _cells(one, other, own)
    x, y = cells
    pairs = total * (total - 1) // 2
    tied_one = _tied(_summed(x, counts))
    tied_other = _tied(_summed(y, counts))
    tied_both = _tied(counts)
    discordant = _inversions(x, y, counts)
    concordant = pairs - tied_one - tied_other + tied_both - discordant
    return Agreement(pairs, concordant, discordant, tied_one, tied_other)


def _cells(
    one: Numbers, other: Numbers, weights: Numbers
) -> tuple[tuple[Numbers, Numbers], Numbers]:
    """Persons with the same pair of scores together: ranks of both, ordered, and their number."""
    _, x = np.unique(one, return_inverse=True)
    values, y = np.unique(other, return_inverse=True)
    width = max(1, len(values))
    keys, place = np.unique(x.astype(np.int64) * width + y, return_inverse=True)
    counts = np.zeros(len(keys), np.int64)
    np.add.at(counts, place, weights)
    return (keys // width, keys % width), counts


def _summed(codes: Numbers, counts: Numbers) -> Numbers:
    sums = np.zeros(int(codes.max(initial=0)) + 1, np.int64)
    np.add.at(sums, codes, counts)
    return sums


def _tied(counts: Numbers) -> int:
    return int((counts * (counts - 1) // 2).sum(dtype=np.int64))


def _inversions(x: Numbers, y: Numbers, counts: Numbers) -> int:
    """Pairs with x one way and y the other; cells come ordered by x, then by y.

    Bit by bit: cells whose higher bits of y are the same stand together in the order of x; a cell
    with the bit set before one without it is an inversion.  Cells of one x come with y ascending,
    so they never count.
    """
    if not len(y):
        return 0
    order = np.arange(len(y))
    found = 0
    for bit in range(int(y.max()).bit_length() - 1, -1, -1):
        high = y[order] >> (bit + 1)
        starts = np.concatenate([[True], high[1:] != high[:-1]])
        group = np.cumsum(starts) - 1
        set_ = ((y[order] >> bit) & 1).astype(bool)
        weight = counts[order]
        before = np.cumsum(np.where(set_, weight, 0))
        base = np.concatenate([[0], before])[np.flatnonzero(starts)]
        ones = before - base[group]  # set ones up to here, within the group
        parts = np.where(set_, 0, weight * ones)
        found += int(parts.sum(dtype=np.int64))
        # a stable partition: without the bit first, within each group
        order = order[np.lexsort((np.arange(len(order)), set_, group))]
    return found
