"""Exact histograms: scores lie on a lattice of integers, so how many have each says all.

A histogram of ten million persons has some thousand values.  Those of chunks, threads and
machines add up; order statistics and the line of a quota follow without sorting anybody.  All
numbers here are integers of a plan (``Plan.scale`` of them are a point) and all results exact.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from policydsl.scoring.columns.arrays import Array, Numbers
from policydsl.scoring.columns.engines import running as engines

DENSE = 1 << 22
"""Up to so many possible values are counted in an array; beyond, values are sorted."""

CHUNK = 1 << 17
"""Rows counted at once: what was scored just before is still in the processor's cache."""


@dataclass(frozen=True)
class Cut:
    """Where the line of a quota falls, the highest first.

    ``line``: the least value that is admitted, ``None`` where nobody is.  ``above`` have more,
    ``ties`` have exactly that: they all fit where ``above + ties`` is at most the quota.
    """

    quota: int
    line: int | None
    above: int
    ties: int

    @property
    def fits(self) -> bool:
        """Whether those who tie at the line all have a place."""
        return self.above + self.ties <= self.quota


@dataclass(frozen=True, eq=False)
class Histogram:
    """``counts[k]`` rows (or the sum of their weights) have ``values[k]``.

    Values ascend strictly, counts are positive; both are int64.
    """

    values: Numbers
    counts: Numbers

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Histogram):
            return NotImplemented
        same = np.array_equal(self.values, other.values)
        return same and np.array_equal(self.counts, other.counts)

    @property
    def size(self) -> int:
        """How many rows, or the sum of their weights."""
        return int(self.counts.sum())

    def total(self) -> int:
        """The sum of all values, each as often as it was counted."""
        return sum(int(v) * int(c) for v, c in zip(self.values, self.counts, strict=True))

    def mean(self) -> Fraction | None:
        """The arithmetic mean; ``None`` of nothing."""
        return Fraction(self.total(), self.size) if self.size else None

    def at_least(self, value: int) -> int:
        """How many have ``value`` or more."""
        return int(self.counts[np.searchsorted(self.values, value) :].sum())

    def above(self, value: int) -> int:
        """How many have more than ``value``."""
        return int(self.counts[np.searchsorted(self.values, value, side="right") :].sum())

    def quantile(self, share: Fraction | int) -> int | None:
        """The least value that at least ``share`` (0 to 1) of all do not exceed; at 0 the least.

        ``None`` of nothing.  No value is interpolated: the result is one that somebody has.
        """
        share = Fraction(share)
        if not 0 <= share <= 1:
            raise ValueError("a share lies between 0 and 1")
        if not len(self.values):
            return None
        needed = -(-share.numerator * self.size // share.denominator)
        return int(self.values[np.searchsorted(np.cumsum(self.counts), max(needed, 1))])

    def cut(self, quota: int) -> Cut:
        """The line of a quota: the value of the one who takes the last place.

        Where all have a place the line is the least value; with no place at all there is none.
        """
        if quota <= 0 or not len(self.values):
            return Cut(quota, None, 0, 0)
        reached = np.cumsum(self.counts[::-1])
        at = min(int(np.searchsorted(reached, quota)), len(reached) - 1)
        ties = int(self.counts[::-1][at])
        return Cut(quota, int(self.values[::-1][at]), int(reached[at]) - ties, ties)

    def shifted(self, offset: int) -> Histogram:
        """All values moved by ``offset``."""
        return Histogram(self.values + offset, self.counts)


def merged(histograms: Iterable[Histogram]) -> Histogram:
    """The histogram of all rows of some histograms together."""
    parts = list(histograms)
    if len(parts) == 1:
        return parts[0]
    empty = np.zeros(0, np.int64)
    values = np.concatenate([empty, *(part.values for part in parts)])
    counts = np.concatenate([empty, *(part.counts for part in parts)])
    return summed(values, counts)


def summed(values: Numbers, counts: Numbers) -> Histogram:
    """The histogram of values in any order, each with its count; equal ones are added up."""
    order = np.argsort(values, kind="stable")
    values, counts = values[order], counts[order]
    first = np.flatnonzero(np.diff(values, prepend=values[:1] - 1)) if len(values) else order
    sums = np.add.reduceat(counts, first) if len(values) else counts
    kept = sums != 0
    return Histogram(values[first][kept], sums[kept])


class Counter:
    """Counts values, chunk by chunk.

    ``low``, ``high``: bounds of what will be counted.
    """

    def __init__(self, low: int, high: int) -> None:
        self.low, self.span = low, high - low + 1
        self._dense = np.zeros(self.span, np.int64) if self.span <= DENSE else None
        self._parts: list[Histogram] = []

    def add(self, values: Array, weights: Array | None = None) -> None:
        """Count values; each counts as often as its weight says (an integer)."""
        if not len(values):
            return
        if self._dense is not None:
            _count(values, weights, self.low, self._dense)
            return
        counts = np.ones(len(values), np.int64) if weights is None else weights.astype(np.int64)
        low, high = int(values.min()), int(values.max())
        if high - low < min(DENSE, 4 * len(values)):
            dense = np.zeros(high - low + 1, np.int64)
            _count(values, weights, low, dense)
            self._parts.append(sparse(dense, low))
        else:
            self._parts.append(summed(values.astype(np.int64), counts))
        if len(self._parts) > 32:
            self._parts = [merged(self._parts)]

    def histogram(self) -> Histogram:
        """What was counted until now."""
        if self._dense is not None:
            return sparse(self._dense, self.low)
        return merged(self._parts)


def sparse(dense: Numbers, low: int) -> Histogram:
    """The histogram of counts of ``low``, ``low`` + 1, …"""
    values = np.flatnonzero(dense)
    return Histogram(values.astype(np.int64) + low, dense[values])


def count_into(places: Numbers, weights: Array | None, counts: Numbers) -> None:
    """Add 1, or the weight, to ``counts`` at each place."""
    if len(places):
        _count(places, weights, 0, counts)


def packed(columns: Sequence[Array], lows: Sequence[int], spans: Sequence[int]) -> Numbers:
    """One number for each combination of values: the first column counts most."""
    keys = np.zeros(len(columns[0]), np.int64)
    for column, low, span in zip(columns, lows, spans, strict=True):
        keys *= span
        keys += column
        keys -= low
    return keys


def unpacked(keys: Numbers, lows: Sequence[int], spans: Sequence[int]) -> list[Numbers]:
    """The columns of which numbers were made by :func:`packed`."""
    columns: list[Numbers] = []
    for low, span in zip(reversed(lows), reversed(spans), strict=True):
        keys, rest = np.divmod(keys, span)
        columns.insert(0, rest + low)
    return columns


def _count(values: Array, weights: Array | None, low: int, counts: Numbers) -> None:
    """Add to ``counts[v − low]`` for each value; raises ``IndexError`` where it has no place."""
    kernel = sys.modules.get(engines.KERNEL)
    if kernel is not None and values.dtype in (np.int32, np.int64):
        kernel.count(values, weights, low, counts)
        return
    if int(values.min()) < low or int(values.max()) - low >= len(counts):
        raise IndexError("a value is out of the bounds of its histogram")
    places = values.astype(np.int64) - low
    if weights is None:
        counts += np.bincount(places, minlength=len(counts))
    else:
        # bincount adds weights as floats; integers stay integers this way
        np.add.at(counts, places, weights.astype(np.int64))


def of(
    values: Array,
    weights: Array | None = None,
    *,
    bounds: tuple[int, int] | None = None,
    threads: int | None = None,
) -> Histogram:
    """The histogram of a column; ``bounds``, where known, save a look at all of it."""
    if not len(values):
        return merged([])
    low, high = bounds or (int(values.min()), int(values.max()))
    if high - low >= DENSE and bounds:
        low, high = int(values.min()), int(values.max())

    def part(start: int, counters: tuple[Counter, ...]) -> None:
        own = None if weights is None else weights[start : start + CHUNK]
        counters[0].add(values[start : start + CHUNK], own)

    return in_chunks(part, len(values), [(low, high)], threads)[0]


def in_chunks(
    work: Callable[[int, tuple[Counter, ...]], None],
    rows: int,
    bounds: Sequence[tuple[int, int]],
    threads: int | None = None,
) -> list[Histogram]:
    """One histogram for each of ``bounds``, of what ``work`` counts.

    ``work(start, counters)`` counts ``CHUNK`` rows from ``start``, in one of several threads;
    each thread has counters of its own.
    """
    made: list[tuple[Counter, ...]] = []

    def prepare() -> tuple[Counter, ...]:
        made.append(tuple(Counter(low, high) for low, high in bounds))
        return made[-1]

    engines.share(work, range(0, rows, CHUNK), threads or engines.cores(), prepare)
    return [merged(own[at].histogram() for own in made) for at in range(len(bounds))]
