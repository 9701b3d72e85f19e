"""Bounds of the mean of a draft, from sums that are kept: no pass over the persons.

A sum that is nowhere clipped has the sum of the means of its parts for a mean.  Where it may be
clipped, two facts bound what clipping takes away: a clause that bounds its sum is monotone in it,
and passes on no more than what its parts change by.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[np.integer]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Shift:
    """What is known of how the points of a part change, from one person to the next.

    The sum of the changes of all persons (weighted) is within ``low`` and ``high``; that of the
    losses is no less than ``falls``, that of the gains no more than ``rises``; nobody changes by
    less than ``least`` or more than ``most``.
    """

    low: int = 0
    high: int = 0
    falls: int = 0
    rises: int = 0
    least: int = 0
    most: int = 0

    def __add__(self, other: Shift) -> Shift:
        return Shift(
            self.low + other.low, self.high + other.high, self.falls + other.falls,
            self.rises + other.rises, self.least + other.least, self.most + other.most,
        )  # fmt: skip


@dataclass
class Bound:
    """A clause that bounds its sum: the sums that there are, and how many persons have them."""

    low: int | None
    high: int | None
    levels: Whole
    counts: Whole
    _known: dict[int, int] = field(default_factory=dict)

    def clipped(self, more: int) -> int:
        """What the bounds take away from all sums together, each larger by ``more``."""
        found = self._known.get(more)
        if found is None:
            sums = self.levels + more
            kept = sums if self.high is None else np.minimum(sums, self.high)
            kept = kept if self.low is None else np.maximum(kept, self.low)
            found = self._known[more] = int(((sums - kept) * self.counts).sum())
        return found

    def passed(self, shift: Shift) -> Shift:
        """How the bounded sum changes, when the sum changes so.

        What is clipped grows with the sum, so it is between what it would be if everybody changed
        by the least and by the most.
        """
        before = self.clipped(0)
        return Shift(
            max(shift.falls, shift.low + before - self.clipped(shift.most)),
            min(shift.rises, shift.high + before - self.clipped(shift.least)),
            shift.falls, shift.rises, min(shift.least, 0), max(shift.most, 0),
        )  # fmt: skip


class Means:
    """Bounds of the sum of all totals under changes of several parts.

    ``rows``: the rows that count, ``weights`` theirs; ``total``: the sum of the base.  ``parents``
    lead from a part up to ``root``; parts named in ``beside`` are added to the bounded sum.
    """

    def __init__(
        self,
        rows: npt.NDArray[np.intp],
        weights: Column | None,
        total: int,
        parents: Mapping[str, str],
        root: str,
        beside: Iterable[str],
    ) -> None:
        self.total = total
        self._rows = rows
        self._weights = None if weights is None else weights.astype(np.int64)
        self._parents = parents
        self._root = root
        self._beside = frozenset(beside)
        self._bounds: dict[str, Bound] = {}
        self._alone: dict[object, int] = {}

    def add(self, id_: str, low: int | None, high: int | None, sums: Column) -> None:
        """A clause around movable parts, with its sum before the bounds, for all rows."""
        own = sums[self._rows].astype(np.int64)
        if self._weights is None:
            levels, counts = np.unique(own, return_counts=True)
        else:
            levels, places = np.unique(own, return_inverse=True)
            counts = np.zeros(len(levels), np.int64)
            np.add.at(counts, places, self._weights)
        self._bounds[id_] = Bound(low, high, levels, counts.astype(np.int64))

    def shift(self, column: Column) -> Shift:
        """What is known of a part from the changes of all rows."""
        own = column[self._rows]
        if not len(own):
            return Shift()
        down, up = np.minimum(own, 0), np.maximum(own, 0)
        if self._weights is None:
            falls, rises = int(down.sum(dtype=np.int64)), int(up.sum(dtype=np.int64))
        else:
            falls, rises = int((down * self._weights).sum()), int((up * self._weights).sum())
        both = falls + rises
        return Shift(both, both, falls, rises, int(own.min()), int(own.max()))

    def learn(self, part: object, total: int) -> None:
        """The sum of all totals when one part alone is changed in this way."""
        self._alone[part] = total - self.total

    def between(self, shifts: Mapping[object, tuple[str, Shift]]) -> tuple[int, int]:
        """The least and most that the sum of all totals can be.

        ``shifts``: by the name of the change, the part that changes and what is known of it.
        """
        falls = sum(shift.falls for _, shift in shifts.values())
        rises = sum(shift.rises for _, shift in shifts.values())
        low = high = 0
        moved: dict[str, Shift] = {}
        for part, shift in shifts.values():
            if part in self._beside:
                low, high = low + shift.low, high + shift.high
            else:
                up = self._parents[part]
                moved[up] = moved.get(up, Shift()) + shift
        while moved:
            # the deepest first; the root has no parent
            id_ = max(moved, key=lambda each: -1 if each == self._root else each.count("/"))
            passed = self._bounds[id_].passed(moved.pop(id_))
            if id_ == self._root or id_ in self._beside:
                low, high = low + passed.low, high + passed.high
            else:
                up = self._parents[id_]
                moved[up] = moved.get(up, Shift()) + passed
        for name, (_, shift) in shifts.items():
            alone = self._alone.get(name)
            if alone is not None:
                # the others add to it no more than what they change by
                low = max(low, alone + falls - shift.falls)
                high = min(high, alone + rises - shift.rises)
        return self.total + low, self.total + high
