"""What a draft changes, computed from what the baseline left behind.

A draft that changes a rule leaves most values as they were.  What both share is kept as columns
of numbers, the *state*: for a sum that the draft changes in one term, the sum of the others.
The draft then costs, for each row, a look at the state, a look-up and the caps above it.

Many drafts that change the same rules share more:

- where they give one rule other points, persons are counted once by the rule's code and their
  score (:mod:`policydsl.scoring.columns.sweeping`);
- else, where rows are alike in all that the drafts read (the state, and the facts of the changed
  rules), they are counted together.

A draft then costs the size of that *joint table*, however many persons it stands for.

All results are those of full runs, to the last integer; :class:`WhatIf` chooses the cheapest way.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from policydsl.scoring.columns.arrays import Array, Numbers
from policydsl.scoring.columns.engines.graph import Graph
from policydsl.scoring.columns.engines.nodes import Id
from policydsl.scoring.columns.engines.program import Width
from policydsl.scoring.columns.engines.reading import Reader
from policydsl.scoring.columns.engines.running import Engine, Runner
from policydsl.scoring.columns.forms import forms, skeleton
from policydsl.scoring.columns.histograms import (
    CHUNK,
    Counter,
    Histogram,
    in_chunks,
    of,
    packed,
    unpacked,
)
from policydsl.scoring.columns.plan import Ends, Plan, Slot
from policydsl.scoring.columns.residual import Residual, Variant, expressed
from policydsl.scoring.columns.sweeping import Family, Persons

JOINT = 1 << 23
"""Up to so many combinations of state and codes are counted in an array."""

SAMPLE = 1 << 14
"""Rows that are looked at to see how alike they are."""

STATES = 12
"""So many columns of state are kept for later drafts."""

ALIKE = 32
"""Rows are sorted to be counted together where about so many, or more, are of each kind."""

MOVED_FROM = 16
"""So many drafts of one rule are worth counting persons by its code and their score."""

SORTED_FROM = 30
"""So many drafts are worth sorting the rows to find which are alike."""


@dataclass(frozen=True)
class Change:
    """What a draft does to one end of a score, as integers of the plan.

    ``after``: how many have which score under the draft.  ``difference``: how many have which
    difference, draft − baseline (0 included); where one of the two is without bound, so is it.
    """

    after: Histogram
    difference: Histogram

    @property
    def gainers(self) -> int:
        """How many have more than before (or the sum of their weights)."""
        return self.difference.above(0)

    @property
    def losers(self) -> int:
        """How many have less than before."""
        return self.difference.size - self.difference.at_least(0)

    @property
    def unchanged(self) -> int:
        """How many have the same as before."""
        return self.difference.size - self.gainers - self.losers

    @property
    def gained(self) -> int:
        """What the gainers gain, together."""
        return self._sum(self.difference.values > 0)

    @property
    def lost(self) -> int:
        """What the losers lose, together, as a number that is not negative."""
        return -self._sum(self.difference.values < 0)

    def _sum(self, where: npt.NDArray[np.bool_]) -> int:
        return Histogram(self.difference.values[where], self.difference.counts[where]).total()


@dataclass(frozen=True)
class Changes:
    """What a draft does to the low and to the high end of a score; the same where it is exact."""

    low: Change
    high: Change


@dataclass(frozen=True)
class _Rows:
    """What variants run over: rows of a population, or of a joint table that stands for it.

    ``states`` holds the ends of the baseline, too.
    """

    columns: Mapping[int, Array]
    states: Mapping[Id, Array]
    rows: int
    weights: Array | None


def _total(plan: Plan) -> Ends:
    return plan.total


def _nothing(plan: Plan) -> Sequence[Slot]:
    return ()


@dataclass
class WhatIf:
    """Drafts of a policy against its baseline, for one population.

    ``columns``: codes, one array for each input of the plans, all of which have the inputs of
    ``base`` (in that order; drafts may have more, whose columns follow).  ``weights``: how many
    persons each row stands for, integers that are not negative.  ``ends`` says which quantity is
    compared: the total unless told otherwise.  ``beside``: slots that :meth:`values` gives, too.
    Drafts have the scale of ``base`` (:func:`policydsl.scoring.columns.planning.planner.make_plan`
    takes one).
    """

    base: Plan
    columns: Sequence[Array]
    rows: int
    weights: Array | None = None
    engine: Engine = "auto"
    threads: int | None = None
    ends: Callable[[Plan], Ends] = _total
    beside: Callable[[Plan], Sequence[Slot]] = _nothing
    _graph: Graph = field(default_factory=Graph)
    _kept: dict[Id, Array] = field(default_factory=dict)
    _asked: Tally[frozenset[Id]] = field(default_factory=Tally)
    _joint: dict[tuple[frozenset[Id], frozenset[int]], _Rows | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        wanted = (*self.ends(self.base), *self.beside(self.base))
        self._roots = tuple(Reader(self._graph).read(self.base, wanted))
        self._base_roots = self._roots[:2]
        self._known = frozenset(self._graph.reachable(self._roots))
        self._keep(frozenset(self._roots))

    @property
    def baseline(self) -> tuple[Numbers, Numbers]:
        """The low and high ends of the baseline, for each row; the same array where exact."""
        ends = {root: self._kept[root].astype(np.int64) for root in self._base_roots}
        low, high = (ends[root] for root in self._base_roots)
        return low, high

    def before(self) -> tuple[Histogram, Histogram]:
        """The histograms of the baseline's ends."""
        found = {
            root: of(self._kept[root], self.weights, threads=self.threads)
            for root in self._base_roots
        }
        low, high = (found[root] for root in self._base_roots)
        return low, high

    def column(self, draft: Plan, width: Width = "wide") -> tuple[Array, Array]:
        """The low and high ends under a draft, for each row; ``width`` as for engines."""
        (variant,) = self._chosen([draft])
        found = self._run(variant, self._population(variant), width)
        return found[0], found[-1]

    def values(self, draft: Plan) -> list[Array]:
        """Both ends and the slots ``beside`` under a draft, for each row, in narrow types.

        What a draft does not change is the same array in each call.
        """
        whole = self._whole(draft, (*self.ends(draft), *self.beside(draft)))
        fresh = tuple(dict.fromkeys(root for root in whole.roots if root not in self._roots))
        found = {root: self._kept[root] for root in whole.roots if root in self._roots}
        if fresh:
            inputs = frozenset(whole.graph.inputs(fresh))
            (variant,) = self._cheaper([Variant(whole.graph, fresh, frozenset(), inputs)])
            columns = self._run(variant, self._population(variant), "tight")
            distinct = dict(zip(dict.fromkeys(variant.roots), columns, strict=True))
            found |= {root: distinct[made] for root, made in zip(fresh, variant.roots, strict=True)}
        return [found[root] for root in whole.roots]

    def change(self, draft: Plan) -> Changes:
        """What a draft changes."""
        return next(self.sweep([draft]))

    def sweep(self, drafts: Sequence[Plan]) -> Iterator[Changes]:
        """What each of some drafts changes, in their order; they share what they can."""
        variants = self._chosen(drafts)
        moved = self._families(variants)
        families = Tally((variant.kept, variant.inputs) for variant in variants)
        for at, variant in enumerate(variants):
            if at in moved and (ends := moved[at].changes(at)):
                changes = [Change(after, difference) for after, difference in ends]
                yield Changes(changes[0], changes[-1])
                continue
            family = families[variant.kept, variant.inputs]
            rows = self._joint_of(variant, family) or self._population(variant)
            yield self._changes(variant, rows)

    def _chosen(self, drafts: Sequence[Plan]) -> list[Variant]:
        """For each draft the cheaper of two ways: over the state, or in full.

        State that is not there costs a run of the baseline; it is made once that would have
        paid, what was asked for before counted in.
        """
        return self._cheaper([self._whole(draft, self.ends(draft)) for draft in drafts])

    def _cheaper(self, drafts: Sequence[Variant]) -> list[Variant]:
        """As :meth:`_chosen`, for drafts as they are scored in full."""
        read = [Residual(self._graph, each.graph, self._known).of(each.roots) for each in drafts]
        for variant in read:
            self._asked[variant.kept] += 1
        chosen = []
        for variant, whole in zip(read, drafts, strict=True):
            full, missing = whole.cost(), any(node not in self._kept for node in variant.kept)
            saved = self._asked[variant.kept] * (full - variant.cost())
            chosen.append(whole if saved <= (full if missing else 0) else variant)
        self._keep(frozenset[Id]().union(*(variant.kept for variant in chosen)))
        return chosen

    def _whole(self, draft: Plan, wanted: Sequence[Slot]) -> Variant:
        """A draft that is scored in full."""
        if draft.scale != self.base.scale:
            raise ValueError(f"a draft has the scale {draft.scale}, not {self.base.scale}")
        graph = self._graph.fork()
        roots = tuple(Reader(graph).read(draft, wanted))
        return Variant(graph, roots, frozenset(), frozenset(graph.inputs(roots)))

    def _keep(self, nodes: frozenset[Id]) -> None:
        """Have the columns of nodes; beyond ``STATES`` columns, what was not used longest goes."""
        wanted = nodes | {*self._roots}
        missing = sorted(wanted - self._kept.keys())
        if missing:
            runner = Runner(self._graph, missing, self.engine, "tight", self.threads)
            found = runner.run(dict(enumerate(self.columns)), self.rows)
            self._kept.update(zip(missing, found, strict=True))
        for node in wanted:
            self._kept[node] = self._kept.pop(node)
        spare = max(len(self._kept) - max(STATES, len(wanted)), 0)
        for node in list(self._kept)[:spare]:
            del self._kept[node]
        self._joint = {
            key: rows for key, rows in self._joint.items() if key[0] <= self._kept.keys()
        }

    def _run(self, variant: Variant, rows: _Rows, width: Width) -> list[Array]:
        """The ends of a variant; a single one where both are the same."""
        roots = list(dict.fromkeys(variant.roots))
        runner = Runner(variant.graph, roots, self.engine, width, self.threads)
        states = {node: rows.states[node] for node in variant.kept}
        return runner.run(rows.columns, rows.rows, states)

    def _population(self, variant: Variant) -> _Rows:
        columns = dict(enumerate(self.columns))
        return _Rows(columns, self._kept, self.rows, self.weights)

    def _changes(self, variant: Variant, rows: _Rows) -> Changes:
        graph, roots = variant.graph.fork(), list[Id]()
        for after, base in dict.fromkeys(zip(variant.roots, self._base_roots, strict=True)):
            before = graph.state(base, *self._graph.intervals[base])
            roots += [after, graph.sum(0, [(after, 1), (before, -1)])]
        runner = Runner(graph, roots, self.engine, "narrow", self.threads)
        over = runner.over(rows.columns, rows.rows, rows.states)

        def work(start: int, counters: tuple[Counter, ...]) -> None:
            stop = min(start + CHUNK, rows.rows)
            weights = None if rows.weights is None else rows.weights[start:stop]
            for counter, values in zip(counters, over(start, stop), strict=True):
                counter.add(values, weights)

        bounds = [graph.intervals[root] for root in roots]
        counted = in_chunks(work, rows.rows, bounds, self.threads)
        return Changes(Change(*counted[:2]), Change(*counted[-2:]))

    def _families(self, variants: Sequence[Variant]) -> dict[int, Family]:
        """The families of drafts (by their places) that give one rule other points."""
        alike: dict[tuple[Any, ...], list[int]] = {}
        for at, variant in enumerate(variants if len(variants) >= MOVED_FROM else ()):
            shapes = tuple(skeleton(variant.graph, root) for root in variant.roots)
            alike.setdefault((variant.kept, variant.inputs, shapes), []).append(at)
        families: dict[int, Family] = {}
        for places in alike.values():
            if len(places) < MOVED_FROM:
                continue
            every = [self._base_roots, *(variants[at].roots for at in places)]
            exact = all(len(set(roots)) == 1 for roots in every)
            ends = []
            for end in (0,) if exact else (0, 1):
                found = forms([(variants[at].graph, variants[at].roots[end]) for at in places])
                if found is None:
                    break
                before = self._kept[self._base_roots[end]]
                columns = dict(enumerate(self.columns))
                persons = Persons(columns, dict(self._kept), before, self.rows, self.weights)
                ends.append((found, persons))
            else:
                families |= dict.fromkeys(places, Family(places, ends, self.engine, self.threads))
        return families

    def _joint_of(self, variant: Variant, family: int) -> _Rows | None:
        """The joint table for all variants over the same state and inputs, where it is worth it."""
        key = (variant.kept, variant.inputs)
        if key not in self._joint and family > 2:
            self._joint[key] = self._counted(variant, family)
        return self._joint.get(key)

    def _counted(self, variant: Variant, family: int) -> _Rows | None:
        """Equal combinations of the state and the codes that variants read, counted.

        ``None`` where there are too many different ones.
        """
        base = expressed(self._graph, self._base_roots, variant)
        nodes = sorted(variant.kept if base else variant.kept | {*self._base_roots})
        inputs = sorted(variant.inputs)
        columns = [*(self._kept[node] for node in nodes), *(self.columns[n] for n in inputs)]
        if not self.rows or not columns:
            return None
        lows = [int(column.min()) for column in columns]
        spans = [int(column.max()) - low + 1 for column, low in zip(columns, lows, strict=True)]
        space = prod(spans)
        dense = space <= min(JOINT, 4 * self.rows)
        if not dense:
            sample = slice(None, None, -(-self.rows // SAMPLE))
            if space >= 1 << 62 or family < SORTED_FROM:
                return None
            keys = packed([column[sample] for column in columns], lows, spans)
            # How often two of the sample are alike tells how many kinds there are, about.
            pairs = len(keys) - len(np.unique(keys))
            if len(keys) ** 2 * ALIKE > 2 * pairs * self.rows:
                return None

        def part(start: int, counters: tuple[Counter, ...]) -> None:
            rows = slice(start, min(start + CHUNK, self.rows))
            weights = None if self.weights is None else self.weights[rows]
            counters[0].add(packed([column[rows] for column in columns], lows, spans), weights)

        (counted,) = in_chunks(part, self.rows, [(0, space - 1)], self.threads)
        if 2 * len(counted.values) > self.rows:
            return None
        decoded = [
            values.astype(column.dtype)
            for values, column in zip(unpacked(counted.values, lows, spans), columns, strict=True)
        ]
        states = dict(zip(nodes, decoded, strict=False))
        codes = dict(zip(inputs, decoded[len(nodes) :], strict=True))
        table = _Rows(codes, states, len(counted.values), counted.counts)
        if base:
            ends = dict.fromkeys(self._base_roots)
            states.update(zip(ends, self._run(base, table, "tight"), strict=True))
        return table
