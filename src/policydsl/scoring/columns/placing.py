"""Places in columns: who is in, who is not, and who ties at the line, without sorting everybody.

The meaning is that of :mod:`policydsl.scoring.ranking`: keys may be ranges, so a rank may be one
too, and a place is certain, impossible or possible.  Keys are integers of which more is better;
they are packed into one integer for each household, so that two order statistics (found by
partition) settle nearly all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from policydsl.scoring.columns.arrays import Numbers, Truths
from policydsl.scoring.ranking import Outcome

Ties = Literal["admit_all", "admit_none", "lottery", "open"]

OUTCOME_CODES: tuple[Outcome, ...] = (
    "not_eligible", "ranked", "admitted", "not_admitted", "tied_lottery", "tied_open", "possible",
)  # fmt: skip
"""What the codes of :attr:`Placings.outcomes` mean."""

_CODE: dict[Outcome, int] = {outcome: code for code, outcome in enumerate(OUTCOME_CODES)}
AT_LINE: dict[Ties, Outcome] = {
    "admit_all": "admitted",
    "admit_none": "not_admitted",
    "lottery": "tied_lottery",
    "open": "tied_open",
}
"""What becomes of those who hold the keys of the line and do not all fit."""


@dataclass(frozen=True)
class Placings:
    """The outcome for each household, and the line.

    ``outcomes`` are codes of :data:`OUTCOME_CODES`.  ``line`` is the lowest number of points with
    a certain place (``None``: nobody has one, or no quota), ``tied_at_line`` how many households
    hold the keys of the line for certain and do not all fit.
    """

    outcomes: npt.NDArray[np.uint8]
    line: int | None
    tied_at_line: int

    def count(self, outcome: Outcome, weights: Numbers | None = None) -> int:
        """How many households have an outcome, or the sum of their weights."""
        there = self.outcomes == _CODE[outcome]
        return int(np.count_nonzero(there) if weights is None else weights[there].sum())


def pack(low: Sequence[Numbers], high: Sequence[Numbers]) -> tuple[Numbers, Numbers]:
    """One integer for each household that orders like its keys, for both ends.

    ``low`` and ``high``: one array for each key, the first deciding.  The two results are
    comparable with each other; they are the same object where no key is a range.
    """
    same = all(a is b for a, b in zip(low, high, strict=True))
    packed = [np.zeros(len(low[0]), np.int64), np.zeros(len(low[0]), np.int64)]
    room = 1  # how many different values the packed keys can have so far
    for one, other in zip(low, high, strict=True):
        ends = [one] if one is other else [one, other]  # both on one scale
        least = min(int(end.min()) for end in ends)
        span = max(int(end.max()) for end in ends) - least + 1
        if span * room >= 1 << 62:
            values = np.unique(np.concatenate(ends))
            ends = [np.searchsorted(values, end).astype(np.int64) for end in ends]
            least, span = 0, len(values)
        if span * room >= 1 << 62:
            packed, room = _compressed(packed)
        for position, end in enumerate(packed):
            end *= span
            end += ends[min(position, len(ends) - 1)] - least
        room *= span
    return (packed[0], packed[0]) if same else (packed[0], packed[1])


def _compressed(packed: Sequence[Numbers]) -> tuple[list[Numbers], int]:
    values = np.unique(np.concatenate(packed))
    return [np.searchsorted(values, end).astype(np.int64) for end in packed], len(values)


def place(
    low: Sequence[Numbers],
    high: Sequence[Numbers],
    eligible: Truths,
    points: Numbers,
    quota: int | None,
    ties: Ties,
    weights: Numbers | None = None,
) -> Placings:
    """Places for households whose keys lie between ``low`` and ``high``.

    ``points`` are the low ends of the households' points, of which the line is one.  A household
    of weight *w* stands for *w* that are alike (0: for none, it is left out).
    """
    outcomes = np.full(len(eligible), _CODE["not_eligible"], np.uint8)
    ranked = np.flatnonzero(eligible if weights is None else eligible & (weights > 0))
    if quota is None or not len(ranked):
        outcomes[ranked] = _CODE["ranked"]
        return Placings(outcomes, None, 0)
    every = len(ranked) == len(eligible)
    chosen = [x if every else x[ranked] for x in low]
    # the same object stays the same, so that exact keys are known as such
    chosen_high = [
        a if h is b else (h if every else h[ranked])
        for a, b, h in zip(chosen, low, high, strict=True)
    ]
    own = None if weights is None else weights[ranked]
    found, tied = _outcomes(*pack(chosen, chosen_high), quota, ties, own)
    outcomes[ranked] = found
    admitted = points[outcomes == _CODE["admitted"]]
    line = int(admitted.min()) if len(admitted) else None
    return Placings(outcomes, line, tied)


def _outcomes(
    low: Numbers, high: Numbers, quota: int, ties: Ties, weights: Numbers | None
) -> tuple[npt.NDArray[np.uint8], int]:
    """Outcomes of those who are ranked, and how many tie at the line for certain."""
    number = len(low) if weights is None else int(weights.sum())
    result = np.full(len(low), _CODE["possible"], np.uint8)
    if quota <= 0:
        result[:] = _CODE["not_admitted"]
        return result, 0
    if quota >= number:
        result[:] = _CODE["admitted"]
        return result, 0
    line = _nth_largest(low, quota, weights)  # at least quota households are surely here or above
    below = _nth_largest(high, quota + 1, weights)  # more than quota may be here or above
    out, sure = high < line, low > below
    result[out] = _CODE["not_admitted"]
    result[sure] = _CODE["admitted"]
    open_ = np.flatnonzero(~(out | sure))
    if not len(open_):
        return result, 0
    exact = open_ if low is high else open_[low[open_] == high[open_]]
    held = low[exact]
    if ties == "admit_all":
        # even the worst rank that is possible has a place, since ties do not push anybody out
        ranges = open_ if low is high else open_[low[open_] != high[open_]]
        result[ranges[low[ranges] >= below]] = _CODE["admitted"]
        result[exact[held >= _nth_largest(high, quota, weights)]] = _CODE["admitted"]
    touched, pushed = _touched(held, low, high)
    result[exact[~touched]] = _CODE[AT_LINE[ties]]
    return result, _tied(np.unique(held[~pushed]), low, high, quota, weights)


def _tied(values: Numbers, low: Numbers, high: Numbers, quota: int, weights: Numbers | None) -> int:
    """How many hold the keys of the line, if there are more of them than places.

    ``values``: keys whose rank is certain.  Only the lowest of them that still has a place can
    be the line: above it are fewer than ``quota``, and all who hold it are among those above
    any lower one.
    """

    def count(where: Truths) -> int:
        return int(np.count_nonzero(where) if weights is None else weights[where].sum())

    first, last = 0, len(values)
    while first < last:
        middle = (first + last) // 2
        if count(low > values[middle]) < quota:
            last = middle
        else:
            first = middle + 1
    if first == len(values):
        return 0
    value = values[first]
    above, tied = count(low > value), count((low == value) & (high == value))
    return tied if quota < above + tied else 0


def _nth_largest(values: Numbers, n: int, weights: Numbers | None) -> int:
    if weights is None:
        position = len(values) - n
        return int(np.partition(values, position)[position])
    order = np.argsort(values)[::-1]
    return int(values[order][np.searchsorted(np.cumsum(weights[order]), n)])


def _touched(held: Numbers, low: Numbers, high: Numbers) -> tuple[Truths, Truths]:
    """For exact keys: whether a range holds them, and whether one can come to lie above them."""
    nothing = np.zeros(len(held), np.bool_)
    if low is high or not len(held):
        return nothing, nothing.copy()
    open_ = (low != high) & (high >= held.min()) & (low <= held.max())
    lows, highs = np.sort(low[open_]), np.sort(high[open_])
    begun = np.searchsorted(lows, held, side="right")
    touched: Truths = begun > np.searchsorted(highs, held, side="left")
    pushed: Truths = begun > np.searchsorted(highs, held, side="right")
    return touched, pushed


def ranks(low: Numbers, high: Numbers, weights: Numbers | None = None) -> tuple[Numbers, Numbers]:
    """Best and worst competition rank of everybody, from packed keys (:func:`pack`).

    Weights are positive.
    """
    if weights is not None:
        return _weighted_ranks(low, high, weights)
    number = len(low)
    lows = np.sort(low)
    best = 1 + number - np.searchsorted(lows, high, side="right")
    if low is high:
        return best, best
    worst = 1 + number - np.searchsorted(np.sort(high), low, side="right") - (high > low)
    return best, worst


def _weighted_ranks(low: Numbers, high: Numbers, weights: Numbers) -> tuple[Numbers, Numbers]:
    best = 1 + _weight_above(low, weights, high)
    if low is high:
        return best, best
    # a household does not stand above itself, but those that it stands for may be above each other
    return best, 1 + _weight_above(high, weights, low) - (high > low)


def _weight_above(values: Numbers, weights: Numbers, bars: Numbers) -> Numbers:
    """For each bar the weight of the values above it."""
    order = np.argsort(values)
    summed = np.concatenate([[0], np.cumsum(weights[order])])
    above: Numbers = summed[-1] - summed[np.searchsorted(values[order], bars, side="right")]
    return above
