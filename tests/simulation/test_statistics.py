"""Statistics against plain counting of every person."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as s

from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.histograms import of
from policydsl.scoring.columns.plan import INFINITY, UNBOUNDED
from policydsl.simulation import statistics as st

NUMBERS = s.lists(s.integers(0, 30), min_size=1, max_size=20)


def array(values: list[int]) -> Numbers:
    return np.array(values, np.int64)


@dataclass
class Sample:
    values: list[int]
    weights: list[int]

    @property
    def persons(self) -> list[int]:
        """Everybody one by one."""
        return [v for v, w in zip(self.values, self.weights, strict=True) for _ in range(w)]


@s.composite
def samples(draw: s.DrawFn, low: int = 0) -> Sample:
    values = draw(s.lists(s.integers(low, 30), min_size=1, max_size=12))
    weights = draw(s.lists(s.integers(1, 4), min_size=len(values), max_size=len(values)))
    return Sample(values, weights)


@settings(max_examples=60, deadline=None)
@given(samples())
def test_figures_of_a_distribution(sample: Sample):
    persons = sample.persons
    n = len(persons)
    mean = Fraction(sum(persons), n)
    found = st.summarised(of(array(sample.values), array(sample.weights)), 4)
    assert found.count == n
    assert found.mean == mean / 4
    assert found.variance == sum((x - mean) ** 2 for x in persons) / Fraction(n * 16)
    if sum(persons):
        pairs = sum(abs(a - b) for a in persons for b in persons)
        assert found.gini == Fraction(pairs) / (2 * n * n * mean)
    else:
        assert found.gini is None
    ordered = sorted(persons)
    for share, quantile in found.quantiles.items():
        place = max(-(-share.numerator * n // share.denominator), 1)
        assert quantile == Fraction(ordered[place - 1], 4)
    # the same of everybody one by one, in any order
    assert st.summarised(of(array(persons[::-1])), 4) == found


def test_the_root_is_that_of_the_fraction():
    assert str(st.root(Fraction(2))) == "1.414213"
    assert st.root(Fraction(1, 4)) == Fraction(1, 2)
    assert st.root(Fraction(0)) == 0


def test_nothing_and_no_bound():
    nothing = st.summarised(of(array([])), 1)
    assert (nothing.count, nothing.mean, nothing.variance, nothing.gini) == (0, None, None, None)
    assert set(nothing.quantiles.values()) == {None}
    open_ = st.summarised(of(array([4, 8, INFINITY])), 4)
    assert (open_.open_ends, open_.mean, open_.variance, open_.gini) == (1, None, None, None)
    assert open_.quantiles[Fraction(1, 2)] == 2
    assert open_.quantiles[Fraction(1)] is None


def test_gini_of_negative_points_does_not_exist():
    assert st.gini(of(array([-1, 3]))) is None
    assert st.gini(of(array([0, 0]))) is None
    assert st.gini(of(array([5, 5]))) == 0
    assert st.gini(of(array([0, 10]))) == Fraction(1, 2)


@settings(max_examples=60, deadline=None)
@given(s.lists(s.tuples(*[s.integers(0, 6)] * 4, s.integers(1, 3)), max_size=12))
def test_gainers_and_losers(rows: list[tuple[int, int, int, int, int]]):
    before_low, before_more, after_low, after_more, weights = (
        array([row[i] for row in rows]) for i in range(5)
    )
    low = st.difference(before_low, after_low)
    high = st.difference(before_low + before_more, after_low + after_more)
    found = st.changed(low, high, weights)
    counts = dict.fromkeys(st.CHANGE_KINDS, 0)
    gained = lost = 0
    for a, x, b, y, weight in rows:
        d, e = b - a, b + y - a - x
        kind: st.ChangeKind = "mixed"
        if d == e == 0:
            kind = "unchanged"
        elif d >= 0 and e >= 0:
            kind = "gains"
        elif d <= 0 and e <= 0:
            kind = "loses"
        counts[kind] += weight
        gained += weight * max(d, 0)
        lost += weight * max(-d, 0)
    assert (dict(found.counts), found.gained, found.lost) == (counts, gained, lost)
    assert found.size == int(weights.sum())


def test_differences_of_open_ends():
    before = array([0, INFINITY, INFINITY, -INFINITY, 7])
    after = array([INFINITY, INFINITY, 3, 3, 9])
    found = st.difference(before, after)
    assert found[0] >= UNBOUNDED
    assert found[1] == 0
    assert found[2] <= -UNBOUNDED
    assert found[3] >= UNBOUNDED
    assert found[4] == 2


@settings(max_examples=40, deadline=None)
@given(samples(low=-20), s.integers(1, 5))
def test_bands_hold_everybody_once(sample: Sample, scale: int):
    values = array(sample.values)
    edges = st.band_edges([of(values)], scale)
    assert len(edges) <= 13
    assert len({b - a for a, b in pairwise(edges)}) <= 1
    bands = st.band_of(values, edges)
    assert bands.min() >= 1
    assert bands.max() < len(edges)
    table = st.transitions(bands, bands, len(edges) + 1, array(sample.weights))
    assert table.sum() == sum(sample.weights)
    assert np.trace(table) == table.sum()
    for value, band in zip(sample.values, bands.tolist(), strict=True):
        assert edges[band - 1] <= value < edges[band]


@settings(max_examples=60, deadline=None)
@given(s.lists(s.tuples(s.integers(0, 6), s.integers(0, 3), s.integers(1, 3)), max_size=8))
def test_undecided_pairs(rows: list[tuple[int, int, int]]):
    low = array([row[0] for row in rows])
    high = array([row[0] + row[1] for row in rows])
    weights = array([row[2] for row in rows])
    persons = [(a, a + b) for a, b, weight in rows for _ in range(weight)]
    undecided = 0
    for (a, b), (c, d) in combinations(persons, 2):
        certain = a > d or c > b or (a == b == c == d)
        undecided += not certain
    n = len(persons)
    assert st.undecided_pairs(low, high, weights) == (undecided, n * (n - 1) // 2)


def test_churn_counts_moves_of_those_in_both():
    before, after = array([1, 2, 3, 0, 5]), array([2, 1, 3, 4, 0])
    found = st.churn(before, after, array([1, 1, 2, 1, 1]))
    assert (found.both, found.only_before, found.only_after) == (4, 1, 1)
    assert found.moved == 2
    assert found.mean_move == Fraction(2, 4)
    assert found.largest == (1, 1)
    nobody = st.churn(array([0]), array([0]))
    assert (nobody.both, nobody.mean_move, nobody.largest) == (0, None, (0, 0))


def test_at_the_cap():
    counter = st.CapCounter("甲", 10, 2)
    counter.add(array([10, 4, 0]), array([10, 10, 0]), array([1, 2, 3]))
    counter.add(array([10]), array([10]), array([1]))
    found = counter.result()
    assert found.cap == Fraction(5)
    assert (found.scored, found.certain, found.possible, found.nothing) == (7, 2, 4, 3)
    assert found.mean == (Fraction(28, 14), Fraction(40, 14))


def test_parts_of_about_one_size():
    assert st.quantile_cuts(of(array(list(range(100)))), 5) == [19, 39, 59, 79]
    assert st.quantile_cuts(of(array([7] * 50)), 5) == []
    assert st.labelled(["18", "30"]) == ["<18", "18–30", "≥30"]
    assert st.labelled([]) == ["全部"]


@pytest.mark.parametrize(("outcome", "place"), [(0, 2), (2, 0), (3, 2), (4, 1), (5, 1), (6, 1)])
def test_places_of_outcomes(outcome: int, place: int):
    assert st.places_of(np.array([outcome], np.uint8)).tolist() == [place]
