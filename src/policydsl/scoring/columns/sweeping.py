"""Many drafts that give one rule other points: persons are counted once, for all of them.

As long as a rule stands at one place of a policy, whatever is done with its points ``f`` (they are
added up, bounded, cleared for some) makes a person's score ``clip(u + k × f, low, high)``.  So

- for persons whom no bound touches with any of the drafts, a draft moves all who have the same code
  of the rule by the same points: they are counted once by code and score, and the histogram of a
  draft is the sum of the counts of the codes, each moved by its points;
- persons whose score no draft changes are counted once;
- the others, those at a cap or a floor, are looked at one by one, alike ones together.

A draft then costs the size of that table, not the number of persons.  All numbers are those of full
runs, to the last integer.
"""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
import numpy.typing as npt

from policydsl.scoring.columns.arrays import Array, Numbers
from policydsl.scoring.columns.engines import running
from policydsl.scoring.columns.engines.nodes import Code, State
from policydsl.scoring.columns.engines.running import Engine, Runner
from policydsl.scoring.columns.forms import Form
from policydsl.scoring.columns.histograms import (
    CHUNK,
    DENSE,
    Counter,
    Histogram,
    count_into,
    in_chunks,
    packed,
    sparse,
    summed,
    unpacked,
)

CELLS = 1 << 24
"""So many pairs of code and score are counted in an array, at most."""

CROWDED = 8
"""A code has its row in that array where it has at least an eighth as many persons as there are
scores: to look at a person costs about as much as to add up eight counts."""

BATCH = 8
"""Drafts that a thread works out at once: their histograms stay in the processor's cache."""


@dataclass(frozen=True)
class Persons:
    """The rows that drafts are counted over; ``before``: the baseline's score of each.

    ``columns`` by the number of the input, ``states`` by that of the node, ``weights`` or 1.
    """

    columns: Mapping[int, Array]
    states: Mapping[int, Array]
    before: Array
    rows: int
    weights: Array | None


@dataclass(frozen=True)
class Counts:
    """Persons by what drafts can do to them: see the head of this module.

    ``codes``: for each class of codes that all drafts treat alike, one of its codes, and ``least``
    what the rule gives for it at least.  ``table``: the crowded classes (``crowded``) × scores from
    ``lowest`` on, each row from ``starts`` to ``stops``.  ``pairs``: class, difference to the
    baseline where the rule gives the least, count.  ``single``: class, u, low, high, baseline, of
    alike persons, and ``counts`` how many they are.  ``after`` and ``difference``: bounds, and
    persons whose score does not change.
    """

    factor: int
    codes: Numbers
    least: Numbers
    crowded: Numbers
    table: Array
    lowest: int
    starts: Numbers
    stops: Numbers
    pairs: tuple[Numbers, Numbers, Numbers]
    single: Numbers
    counts: Numbers
    after: tuple[int, Numbers]
    difference: tuple[int, Numbers]

    def of(
        self, drafts: Sequence[Numbers], threads: int | None
    ) -> list[tuple[Histogram, Histogram]]:
        """Scores and differences under drafts, given by the points of the rule for each code."""
        found: dict[int, list[tuple[Histogram, Histogram]]] = {}

        def work(start: int, _: None) -> None:
            found[start] = self._of(drafts[start : start + BATCH])

        starts = range(0, len(drafts), BATCH)
        running.share(work, starts, threads or running.cores(), lambda: None)
        return [pair for start in starts for pair in found[start]]

    def _of(self, drafts: Sequence[Numbers]) -> list[tuple[Histogram, Histogram]]:
        moves = np.array([each[self.codes] for each in drafts], np.int64) - self.least
        moves *= self.factor
        kernel = sys.modules.get(running.SHIFTING)
        (low, fixed), (least, still) = self.after, self.difference
        out = np.zeros((len(drafts), len(fixed)), self.table.dtype)
        shifts = moves[:, self.crowded] + (self.lowest - low)
        (kernel.add_shifted if kernel else _add_shifted)(
            self.table, self.starts, self.stops, shifts, out
        )
        found = []
        classes, known, counts = self.pairs
        for moved, row in zip(moves, out, strict=True):
            after, difference = row + fixed, still.copy()
            np.add.at(difference, known + moved[classes] - least, counts)
            (kernel.tally_clipped if kernel else _tally_clipped)(
                self.single, self.counts, moved, after, low, difference, least
            )
            found.append((sparse(after, low), sparse(difference, least)))
        return found


def _add_shifted(
    table: Array, starts: Numbers, stops: Numbers, shifts: Numbers, out: Array
) -> None:
    """As :func:`policydsl.scoring.columns.engines.shifting.add_shifted`."""
    for row, start, stop, places in zip(
        table, starts.tolist(), stops.tolist(), shifts.T.tolist(), strict=True
    ):
        for held, place in zip(out, places, strict=True):
            held[place + start : place + stop] += row[start:stop]


def _tally_clipped(
    rows: Numbers,
    weights: Numbers,
    shifts: Numbers,
    after: Numbers,
    after_low: int,
    difference: Numbers,
    difference_low: int,
) -> None:
    """As :func:`policydsl.scoring.columns.engines.shifting.tally_clipped`."""
    classes, free, low, high, before = rows
    values = np.maximum(np.minimum(free + shifts[classes], high), low)
    np.add.at(after, values - after_low, weights)
    np.add.at(difference, values - before - difference_low, weights)


class Family:
    """Drafts that give one rule other points: what each changes, some worked out at a time.

    ``places``: numbers of the drafts, in the order in which they will be asked for.  ``ends``: the
    forms of an end of their scores, and the persons.
    """

    def __init__(
        self,
        places: Sequence[int],
        ends: Sequence[tuple[Sequence[Form], Persons]],
        engine: Engine,
        threads: int | None,
    ) -> None:
        self.places, self.engine = places, engine
        self.threads = threads or running.cores()
        self._ends = ends
        self._counts: list[Counts | None] | None = None
        self._ready: dict[int, list[tuple[Histogram, Histogram]]] = {}

    def changes(self, place: int) -> list[tuple[Histogram, Histogram]] | None:
        """Scores and differences at each end; ``None`` where they are spread too far to count."""
        if self._counts is None:
            self._counts = [
                counted(found, persons, self.engine, self.threads) for found, persons in self._ends
            ]
        counts = [each for each in self._counts if each is not None]
        if len(counts) < len(self._ends):
            return None
        if place not in self._ready:
            at = self.places.index(place)
            some = slice(at, at + BATCH * self.threads)
            found = [
                each.of([form.points for form in forms_[some]], self.threads)
                for each, (forms_, _) in zip(counts, self._ends, strict=True)
            ]
            self._ready = {
                number: [ends[n] for ends in found] for n, number in enumerate(self.places[some])
            }
        return self._ready.pop(place)


def load() -> None:
    """Have the compiled loops, where numba is installed and the kernel is in use."""
    if running.KERNEL in sys.modules:
        importlib.import_module(running.SHIFTING)


def counted(
    found: Sequence[Form], persons: Persons, engine: Engine, threads: int | None
) -> Counts | None:
    """The counts for drafts of these forms; ``None`` where scores are spread too far to count."""
    each = found[0]
    points = np.array([one.points for one in found])
    least, most = points.min(axis=0), points.max(axis=0)
    classes, representatives = _classes(points)
    graph, roots = each.ends(least, most)
    distinct = list(dict.fromkeys(roots))
    columns = Runner(graph, distinct, engine, "tight", threads).run(
        persons.columns, persons.rows, persons.states
    )
    load()
    ends = dict(zip(distinct, columns, strict=True))
    low, high, free = (ends[root] for root in roots)
    study = _Study(
        persons, low, high, free, _column(each.source, persons), classes,
        (each.factor * (most - least))[representatives], threads,
    )  # fmt: skip
    return study.counts(each.factor, representatives, least[representatives])


def _column(source: Code | State, persons: Persons) -> Array:
    if isinstance(source, Code):
        return running.codes(persons.columns[source.number])
    return persons.states[source.number]


def _classes(points: Numbers) -> tuple[Array, Numbers]:
    """Codes that all drafts treat alike: the class of each code, and a code of each class."""
    held = first = np.zeros(points.shape[1], np.int64)
    for start in range(0, len(points), 32):
        part = np.vstack([held, points[start : start + 32]])
        _, first, held = np.unique(part, axis=1, return_index=True, return_inverse=True)
        held = held.reshape(-1)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    kind = np.uint16 if len(first) <= 1 << 16 else np.int32
    return rank[held].astype(kind), first[order]


@dataclass
class _Study:
    """The rows while they are counted.

    ``low``, ``high``, ``free``: their scores where the rule gives its least, its most, and its
    least without bounds.  ``classes``: that of each code; ``spans``: for each class, what lies
    between the ends.
    """

    persons: Persons
    low: Array
    high: Array
    free: Array
    codes: Array
    classes: Array
    spans: Numbers
    threads: int | None

    def counts(self, factor: int, codes: Numbers, least: Numbers) -> Counts | None:
        """Everything that is counted; ``None`` where it is spread too far."""
        persons = self.persons
        if not persons.rows:
            return None
        after = _bounds(self.low, self.high)
        difference = (after[0] - int(persons.before.max()), after[1] - int(persons.before.min()))
        if max(after[1] - after[0], difference[1] - difference[0]) >= DENSE:
            return None
        gaps: list[tuple[int, int]] = []
        sizes, *still = self._first(after, difference, gaps)
        lowest, highest = _bounds(self.low)
        width = highest - lowest + 1
        crowded = _crowded(sizes, width)
        table = np.zeros((len(crowded), width), np.int64)
        gap = min(low for low, _ in gaps), max(high for _, high in gaps)
        pairs, single = self._second(crowded, table, lowest, gap)
        classes, known = np.divmod(pairs.values, gap[1] - gap[0] + 1)
        rows, counts = _alike(single, persons.weights)
        filled = table != 0
        starts = np.where(filled.any(axis=1), filled.argmax(axis=1), width)
        stops = width - filled[:, ::-1].argmax(axis=1)
        if int(table.sum()) < 1 << 31:
            table = table.astype(np.int32)  # a draft adds up to no more than all
        return Counts(
            factor, codes, least, crowded, table, lowest, starts, stops,
            (classes, known + gap[0], pairs.counts), rows, counts,
            (after[0], _dense(still[0], *after)), (difference[0], _dense(still[1], *difference)),
        )  # fmt: skip

    def _rows(self, start: int) -> tuple[Numbers, ...]:
        """Class, u, low, high and baseline's score of the rows from ``start`` on."""
        rows = slice(start, min(start + CHUNK, self.persons.rows))
        columns = (self.free, self.low, self.high, self.persons.before)
        return self.classes[self.codes[rows]].astype(np.int64), *(
            column[rows].astype(np.int64) for column in columns
        )

    def _moved(self, rows: tuple[Numbers, ...]) -> npt.NDArray[np.bool_]:
        """Which rows nothing bounds between the ends."""
        classes, free, low, high, _ = rows
        found: npt.NDArray[np.bool_] = (low == free) & (high == free + self.spans[classes])
        return found

    def _weights(self, start: int, where: Array) -> Array | None:
        weights = self.persons.weights
        return None if weights is None else weights[start : start + CHUNK][where]

    def _first(
        self, after: tuple[int, int], difference: tuple[int, int], gaps: list[tuple[int, int]]
    ) -> list[Histogram]:
        """How many rows of each class move; scores and differences of those that stay.

        ``gaps``: bounds of the differences of those that move.
        """

        def look(start: int, counters: tuple[Counter, ...]) -> None:
            classes, _, low, high, before = rows = self._rows(start)
            moved = self._moved(rows)
            counters[0].add(classes[moved])
            gap = (low - before)[moved]
            gaps.append(_bounds(gap) if len(gap) else (0, 0))
            stay = np.flatnonzero((low == high) & ~moved)
            weights = self._weights(start, stay)
            counters[1].add(low[stay], weights)
            counters[2].add((low - before)[stay], weights)

        bounds = [(0, len(self.spans) - 1), after, difference]
        return in_chunks(look, self.persons.rows, bounds, self.threads)

    def _second(
        self, crowded: Numbers, table: Numbers, lowest: int, gap: tuple[int, int]
    ) -> tuple[Histogram, list[Numbers]]:
        """Fill the table; classes and differences of its persons; the rows that are single."""
        place = np.full(len(self.spans), -1, np.int64)
        place[crowded] = np.arange(len(crowded))
        flat, width, span = table.reshape(-1), table.shape[1], gap[1] - gap[0] + 1
        lock, single = threading.Lock(), list[Numbers]()

        def look(start: int, counters: tuple[Counter, ...]) -> None:
            classes, free, low, high, before = rows = self._rows(start)
            moved, there = self._moved(rows), place[classes]
            held = np.flatnonzero(moved & (there >= 0))
            weights = self._weights(start, held)
            keys = there[held] * width + (free[held] - lowest)
            with lock:
                count_into(keys, weights, flat)
            gaps = (low - before)[held]
            counters[0].add(classes[held] * span + (gaps - gap[0]), weights)
            rest = np.flatnonzero(np.where(moved, there < 0, low != high))
            with lock:
                single.append(np.array([start + rest, *(each[rest] for each in rows)]))

        bounds = [(0, len(self.spans) * span - 1)]
        (pairs,) = in_chunks(look, self.persons.rows, bounds, self.threads)
        return pairs, single


def _bounds(*columns: Array) -> tuple[int, int]:
    return (
        min(int(column.min()) for column in columns),
        max(int(column.max()) for column in columns),
    )


def _crowded(sizes: Histogram, width: int) -> Numbers:
    """The classes that have a row of the table, ascending."""
    enough = np.flatnonzero(CROWDED * sizes.counts >= width)
    largest = enough[np.argsort(-sizes.counts[enough], kind="stable")][: CELLS // width]
    return np.sort(sizes.values[largest])


def _dense(histogram: Histogram, low: int, high: int) -> Numbers:
    dense = np.zeros(high - low + 1, np.int64)
    dense[histogram.values - low] = histogram.counts
    return dense


def _alike(parts: Sequence[Numbers], weights: Array | None) -> tuple[Numbers, Numbers]:
    """Rows that are the same as one, and how many (or how much) they are."""
    number, *columns = np.concatenate(parts, axis=1)
    counts = np.ones(len(number), np.int64) if weights is None else weights[number].astype(np.int64)
    lows = [int(column.min()) if len(column) else 0 for column in columns]
    spans = [
        int(column.max()) - low + 1 if len(column) else 1
        for column, low in zip(columns, lows, strict=True)
    ]
    if prod(spans) >= 1 << 62:
        return np.array(columns), counts
    found = summed(packed(columns, lows, spans), counts)
    return np.array(unpacked(found.values, lows, spans)), found.counts
