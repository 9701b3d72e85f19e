"""What a draft does to a population, for somebody who waits: no more than a page shows of it.

:class:`Grounds` holds who is scored and for which places; a policy is scored over them in one pass
(:meth:`Grounds.scored`), without the full ranking of everybody that a simulation makes, and two
policies are held against each other (:func:`standing`, :func:`effect_of`).  Figures are those of
:func:`policydsl.simulation.runs.simulate`, to the last digit.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Literal

import numpy as np

from policydsl.language.diagnostics import PolicyError
from policydsl.model.policy import Policy
from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.histograms import Histogram, of
from policydsl.scoring.columns.households import Band
from policydsl.scoring.columns.placing import Ties
from policydsl.scoring.columns.plan import UNBOUNDED, Plan
from policydsl.scoring.columns.whatif import WhatIf
from policydsl.scoring.ranges import show_points
from policydsl.simulation import statistics as st
from policydsl.simulation.people import Groups, People
from policydsl.simulation.quick import QuickBench
from policydsl.simulation.sheets import DEFAULT, Settings
from policydsl.simulation.typical import STRATA, middle_of
from policydsl.simulation.worth import ADMITTED, Bench, Placed, mean_of

STUDIES = 3
"""So many scales are kept at hand."""

ONE_BY_ONE = 5_000
"""So many rows, at most, are scored one by one where a policy has no plan."""


@dataclass(eq=False)
class Grounds:
    """Who is scored and for which places.

    ``people`` have one version, whose rows serve every policy that reads the same columns.
    ``scale``: integers that a point has at least; so numbers with two places share one.
    """

    people: People
    scene: str | None = None
    quota: int | None = None
    ties: Ties | None = None
    by: Groups | None = None
    settings: Settings = DEFAULT
    scale: int = 100
    unplanned: list[PolicyError | None] = field(default_factory=lambda: [None])
    _bench: TrialBench | None = None

    @property
    def weights(self) -> Numbers | None:
        """For how many persons each case stands."""
        return self.people.weights

    @property
    def bench(self) -> TrialBench:
        """Keeps the columns that policies have read."""
        if self._bench is None:
            few = len(self.people.rows[0].places) <= ONE_BY_ONE
            self._bench = TrialBench(self, 0, one_by_one=few)
        return self._bench

    @cached_property
    def group_rows(self) -> list[Numbers]:
        """The places of the cases of each group; none without groups."""
        by = self.by
        if by is None:
            return []
        return [np.flatnonzero(by.codes == place) for place in range(len(by.labels))]

    def scored(self, policy: Policy) -> Placed:
        """The cases under a policy.  Raises :class:`PolicyError` where it cannot be scored."""
        return self.bench.placed(policy)

    def asked(
        self, scene: str | None, quota: int | None, ties: Ties | None, by: Groups | None
    ) -> Grounds:
        """The same people for other places and in other groups; columns are shared."""
        made = replace(self, scene=scene, quota=quota, ties=ties, by=by, _bench=None)
        made.bench.share(self.bench)
        return made


@dataclass
class TrialBench(QuickBench[Grounds]):
    """Policies one after the other; each is read against the last that read other columns."""

    _asked: Policy | None = None

    def placed(self, policy: Policy) -> Placed:
        """Totals and places under a policy.  Raises :class:`PolicyError`."""
        self._asked = policy
        return super().placed(policy)

    def share(self, other: Bench[Grounds]) -> None:
        """Read no column again that another bench has read, and work out no state again."""
        super().share(other)
        if isinstance(other, TrialBench):
            self._kept = other._kept

    def _stands(self) -> Policy:
        assert self._asked is not None
        return self._asked

    def _study(self, plan: Plan) -> WhatIf | None:
        study = self._kept.get(plan.scale)
        if len(self._kept) > STUDIES or (study is not None and study.base.inputs != plan.inputs):
            self._kept.clear()
            self._couples = None
        return super()._study(plan)


# -- one policy against another


@dataclass(frozen=True)
class Side:
    """The figures of one of the two policies: mean of the low and high ends, the line.

    ``ends`` are integers of the scale of the effect.
    """

    mean: Fraction | None
    mean_high: Fraction | None
    ends: st.Ends
    line: st.Line
    ties: Ties


@dataclass(frozen=True)
class GroupEffect:
    """What is done to a group: its persons, means, and how many have a certain place."""

    label: str
    persons: int
    means: tuple[Fraction | None, Fraction | None]
    admitted: tuple[int, int]


@dataclass(frozen=True)
class DraftEffect:
    """What the second of two policies does; integers of ``scale``, differences after − before.

    ``crossing[i, j]``: households that go from one of ``PLACES`` to another.
    """

    persons: int
    scale: int
    before: Side
    after: Side
    change: st.Change
    crossing: Numbers
    groups: tuple[GroupEffect, ...]

    @property
    def exact(self) -> bool:
        """Whether no score is a range."""
        return self.before.ends.exact and self.after.ends.exact

    def crossed(self, way: Literal["in", "out"]) -> int:
        """How many get a certain place that they had not, or lose one that they had."""
        sure = st.PLACES.index("in")
        table = self.crossing
        there = table[:, sure] if way == "in" else table[sure, :]
        return int(there.sum() - table[sure, sure])


@dataclass(frozen=True)
class Standing:
    """A policy over its grounds, with the figures that every comparison with it shares.

    ``places``: codes of ``PLACES``.  ``groups``: persons, mean and admitted of each.
    """

    placed: Placed
    side: Side
    places: Numbers
    groups: tuple[tuple[int, Fraction | None, int], ...]


def standing(grounds: Grounds, policy: Policy) -> Standing:
    """A policy scored, and its figures.  Raises :class:`PolicyError`; see :class:`Grounds`."""
    placed = grounds.scored(policy)
    groups = tuple(_group(placed, rows, grounds.weights) for rows in grounds.group_rows)
    return Standing(placed, _side(grounds, placed), st.places_of(placed.outcomes), groups)


def effect_of(grounds: Grounds, before: Standing, after: Standing) -> DraftEffect:
    """The second policy against the first, both over the same grounds."""
    scale = int(np.lcm(before.placed.scale, after.placed.scale))
    was, now = (_scaled(each.placed, scale) for each in (before, after))
    weights = grounds.weights
    low = st.difference(was.low, now.low)
    if was.exact and now.exact:
        change = _change(of(low, weights))
    else:
        change = st.changed(low, st.difference(was.high, now.high), weights)
    crossing = st.transitions(before.places, after.places, len(st.PLACES), weights)
    labels = () if grounds.by is None else grounds.by.labels
    groups = tuple(
        GroupEffect(label, one[0], (one[1], other[1]), (one[2], other[2]))
        for label, one, other in zip(labels, before.groups, after.groups, strict=True)
    )
    sides = [
        replace(each.side, ends=_ends(each.side.ends, scale // each.placed.scale))
        for each in (before, after)
    ]
    return DraftEffect(
        grounds.people.persons, scale, sides[0], sides[1], change, crossing, groups
    )  # fmt: skip


def _change(differences: Histogram) -> st.Change:
    """Who gains and who loses, where all scores are single numbers."""
    up, down = differences.above(0), differences.size - differences.at_least(0)
    counts: dict[st.ChangeKind, int] = {
        "unchanged": differences.size - up - down, "gains": up, "loses": down, "mixed": 0,
    }  # fmt: skip
    ways = differences.values > 0, differences.values < 0
    sums = [Histogram(differences.values[w], differences.counts[w]).total() for w in ways]
    return st.Change(counts, differences, differences, sums[0], -sums[1])


def _scaled(placed: Placed, scale: int) -> Band:
    """The totals at a finer scale."""
    factor, total = scale // placed.scale, placed.total
    if factor == 1:
        return total
    low = _times(total.low, factor)
    return Band(low, low if total.exact else _times(total.high, factor))


def _ends(ends: st.Ends, factor: int) -> st.Ends:
    if factor == 1:
        return ends
    low = Histogram(_times(ends.low.values, factor), ends.low.counts)
    if ends.exact:
        return st.Ends(low, low)
    return st.Ends(low, Histogram(_times(ends.high.values, factor), ends.high.counts))


def _times(values: Numbers, factor: int) -> Numbers:
    return np.where(np.abs(values) < UNBOUNDED, values * factor, values)


def _side(grounds: Grounds, placed: Placed) -> Side:
    total, scene = placed.total, placed.scene
    ends = st.counted(total.low, total.high, grounds.weights)
    low = mean_of(ends.low, placed.scale)
    quota = scene.quota if grounds.quota is None else grounds.quota
    line = st.line_of(
        placed.points, placed.outcomes, placed.line, placed.tied, quota, placed.scale,
        grounds.weights,
    )  # fmt: skip
    high = low if ends.exact else mean_of(ends.high, placed.scale)
    return Side(low, high, ends, line, grounds.ties or scene.ties)


def _group(
    placed: Placed, rows: Numbers, weights: Numbers | None
) -> tuple[int, Fraction | None, int]:
    own = None if weights is None else weights[rows]
    counted = of(placed.total.low[rows], own)
    admitted = st.weight_of(placed.outcomes[rows] == ADMITTED, own)
    return counted.size, mean_of(counted, placed.scale), admitted


# -- persons who stand for others


def typical_rows(grounds: Grounds, policy: Policy) -> list[tuple[str, str, int]]:
    """A typical case of each fifth of the scores under a policy: what it is called, its row.

    Raises :class:`PolicyError` where the policy cannot be scored over the people.
    """
    placed, weights = grounds.scored(policy), grounds.weights
    low = placed.total.low
    cuts = st.quantile_cuts(of(low, weights), STRATA)
    strata = np.searchsorted(np.asarray(cuts, np.int64), low, side="right")
    labels = st.labelled([show_points(Fraction(cut, placed.scale)) for cut in cuts])
    found = []
    for place, label in enumerate(labels):
        rows = np.flatnonzero(
            strata == place if weights is None else (strata == place) & (weights > 0)
        )
        if not len(rows):
            continue
        own = None if weights is None else weights[rows]
        middle = rows[middle_of(grounds.people, [policy], rows, own)]
        zh = f"得分 {label} 中的典型"
        found.append((zh, f"typical of scores {label}", int(grounds.people.cases[middle])))
    return found


# -- for a chart


@dataclass(frozen=True)
class Bins:
    """Two distributions over bins of one width; ``edges`` are the left ones, in points."""

    edges: tuple[Fraction, ...]
    width: Fraction
    before: tuple[int, ...]
    after: tuple[int, ...]


def binned(effect: DraftEffect, most: int = 120) -> Bins:
    """The low ends of both policies in at most ``most`` bins; scores without bound left out."""
    pair = (effect.before.ends.low, effect.after.ends.low)
    known = [h.values[np.abs(h.values) < UNBOUNDED] for h in pair]
    ends = [(int(v[0]), int(v[-1])) for v in known if len(v)]
    if not ends:
        return Bins((), Fraction(1), (), ())
    first, last = min(a for a, _ in ends), max(b for _, b in ends)
    width = 1
    while last // width - first // width >= most or width < 1:
        width = _wider(width, effect.scale)
    start = first // width
    number = last // width - start + 1
    counts = [_binned(h, start, width, number) for h in pair]
    edges = tuple(Fraction((start + k) * width, effect.scale) for k in range(number))
    return Bins(edges, Fraction(width, effect.scale), counts[0], counts[1])


def _wider(width: int, scale: int) -> int:
    """The next width that reads well: the lattice's own ones, then 1, 2, 5, 10 points …"""
    if width < scale:
        larger = [d for d in range(width + 1, scale + 1) if scale % d == 0]
        return larger[0]
    power = 1
    while True:
        for step in (1, 2, 5):
            if step * power * scale > width:
                return step * power * scale
        power *= 10


def _binned(histogram: Histogram, start: int, width: int, number: int) -> tuple[int, ...]:
    there = np.abs(histogram.values) < UNBOUNDED
    counts = np.zeros(number, np.int64)
    np.add.at(counts, histogram.values[there] // width - start, histogram.counts[there])
    return tuple(counts.tolist())


__all__ = [
    "Bins",
    "DraftEffect",
    "Grounds",
    "GroupEffect",
    "Side",
    "Standing",
    "binned",
    "effect_of",
    "standing",
    "typical_rows",
]  # fmt: skip
