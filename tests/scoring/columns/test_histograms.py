"""Histograms say exactly what sorted scores say."""

from __future__ import annotations

import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policydsl.scoring.columns import histograms
from policydsl.scoring.columns.engines import running as engines
from policydsl.scoring.columns.histograms import Counter, Cut, Histogram, merged, of
from policydsl.scoring.columns.plan import INFINITY

values = st.lists(st.integers(-40, 40) | st.sampled_from([INFINITY, -INFINITY, 1 << 30]))
weighted = st.lists(st.tuples(st.integers(-9, 9), st.integers(0, 1 << 58)), max_size=20)


def _sorted(values: list[int]) -> Histogram:
    found, counts = np.unique(np.array(values, np.int64), return_counts=True)
    return Histogram(found.astype(np.int64), counts.astype(np.int64))


@settings(max_examples=60)
@given(values, st.integers(1, 40))
def test_histograms_of_chunks_add_up(given: list[int], size: int) -> None:
    column = np.array(given, np.int64)
    parts = [of(column[at : at + size]) for at in range(0, len(column), size)]
    assert of(column) == merged(parts) == _sorted(given)


@settings(max_examples=60)
@given(values.filter(bool), st.fractions(0, 1), st.integers(-1, 60))
def test_order_statistics_are_those_of_the_sorted_column(
    given: list[int], share: Fraction, quota: int
) -> None:
    histogram, ordered = of(np.array(given, np.int64)), sorted(given)
    place = max(-(-share.numerator * len(ordered) // share.denominator), 1)
    assert histogram.quantile(share) == ordered[place - 1]
    assert histogram.mean() == Fraction(sum(given), len(given))
    cut = histogram.cut(quota)
    if quota <= 0:
        assert cut == Cut(quota, None, 0, 0)
    else:
        line = ordered[::-1][min(quota, len(ordered)) - 1]
        above = sum(value > line for value in given)
        assert cut == Cut(quota, line, above, given.count(line))
        assert histogram.at_least(line) == cut.above + cut.ties
        assert histogram.above(line) == cut.above


@settings(max_examples=60)
@given(weighted)
def test_weights_are_added_as_integers(pairs: list[tuple[int, int]]) -> None:
    # sums of weights beyond 2⁵³: as floats they would be wrong
    column = np.array([value for value, _ in pairs], np.int32)
    weights = np.array([weight for _, weight in pairs], np.int64)
    expected: dict[int, int] = {}
    for value, weight in pairs:
        expected[value] = expected.get(value, 0) + weight
    found = of(column, weights)
    counted = dict(zip(found.values.tolist(), found.counts.tolist(), strict=True))
    assert counted == {value: weight for value, weight in expected.items() if weight}


@pytest.mark.parametrize("kind", [np.int32, np.int64])
@pytest.mark.parametrize("engine", engines.available())
def test_engines_count_alike(
    kind: type[np.signedinteger], engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if engine == "kernel":
        engines.load_kernel()
    else:
        monkeypatch.delitem(sys.modules, engines.KERNEL, raising=False)
    monkeypatch.setattr(histograms, "CHUNK", 1000)
    rng = np.random.default_rng(0)
    for high in (3, 60_000, 1 << 28):
        column: np.ndarray = rng.integers(-high, high, 5001).astype(kind)
        weights = rng.integers(0, 9, 5001)
        assert of(column) == _sorted(column.tolist())
        assert of(column, bounds=(-high, high), threads=3) == _sorted(column.tolist())
        repeated = np.repeat(column, weights)
        assert of(column, weights) == _sorted(repeated.tolist())


@pytest.mark.parametrize("value", [-6, 6])
@pytest.mark.parametrize("weights", [None, np.ones(1, np.int64)])
def test_a_value_out_of_bounds_is_refused(value: int, weights: np.ndarray | None) -> None:
    counter = Counter(-5, 5)
    with pytest.raises(IndexError):
        counter.add(np.array([value], np.int64), weights)


def test_a_line_among_ties() -> None:
    histogram = of(np.array([90, 80, 80, 80, 70], np.int32))
    assert histogram.cut(2) == Cut(2, 80, 1, 3)
    assert not histogram.cut(2).fits
    assert histogram.cut(4).fits
    assert histogram.cut(9) == Cut(9, 70, 4, 1)
    assert merged([]).cut(3) == Cut(3, None, 0, 0)
    assert merged([]).quantile(Fraction(1, 2)) is None
