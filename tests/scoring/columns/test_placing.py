"""Places by order statistics, against counting everybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policydsl.scoring.columns.placing import OUTCOME_CODES, Ties, pack, place, ranks
from policydsl.scoring.columns.plan import LAST, UNBOUNDED

Key = tuple[int, ...]


def by_counting(
    low: Sequence[Key], high: Sequence[Key], quota: int, ties: Ties
) -> tuple[list[str], int | None, int]:
    """The definition of :mod:`policydsl.scoring.ranking`, household by household."""
    exact = Counter(a for a, b in zip(low, high, strict=True) if a == b)
    outcomes, tied_at_line = [], 0
    for a, b in zip(low, high, strict=True):
        best = 1 + sum(x > b for x in low)
        worst = 1 + sum(x > a for x in high) - (b > a)
        last = sum(x >= a for x in high)
        tied = exact[a] if a == b else 1
        if best > quota:
            outcomes.append("not_admitted")
        elif last <= quota:
            outcomes.append("admitted")
        elif best == worst and last == best + tied - 1:
            at_line = {"admit_all": "admitted", "admit_none": "not_admitted",
                       "lottery": "tied_lottery", "open": "tied_open"}  # fmt: skip
            outcomes.append(at_line[ties])
        elif ties == "admit_all" and worst <= quota:
            outcomes.append("admitted")
        else:
            outcomes.append("possible")
        tied_at_line += best == worst and best <= quota < best + tied - 1
    admitted = [a[0] for a, o in zip(low, outcomes, strict=True) if o == "admitted"]
    return outcomes, min(admitted, default=None), tied_at_line


NUMBERS = st.one_of(
    st.integers(0, 4), st.sampled_from([LAST, UNBOUNDED * 2, -UNBOUNDED * 2, 10**6])
)


@st.composite
def keys(draw: st.DrawFn) -> tuple[list[Key], list[Key]]:
    count = draw(st.integers(1, 3))
    rows = draw(st.integers(1, 14))
    ranges = draw(st.booleans())
    low = [tuple(draw(NUMBERS) for _ in range(count)) for _ in range(rows)]
    high = []
    for key in low:
        other = tuple(draw(NUMBERS) for _ in range(count))
        wide = ranges and draw(st.booleans())
        high.append(tuple(map(max, key, other)) if wide else key)
    return low, high


def columns(low: Sequence[Key], high: Sequence[Key]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    lows = [np.array(x, np.int64) for x in zip(*low, strict=True)]
    highs = [np.array(x, np.int64) for x in zip(*high, strict=True)]
    # a key that is no range is the same array twice, as in a plan
    return lows, [a if (a == b).all() else b for a, b in zip(lows, highs, strict=True)]


@settings(max_examples=300, deadline=None)
@given(keys(), st.integers(0, 16), st.sampled_from(["admit_all", "admit_none", "lottery", "open"]))
def test_places_are_those_of_counting(
    drawn: tuple[list[Key], list[Key]], quota: int, ties: Ties
) -> None:
    low, high = drawn
    lows, highs = columns(low, high)
    found = place(lows, highs, np.ones(len(low), bool), lows[0], quota, ties)
    expected, line, tied = by_counting(low, high, quota, ties)
    assert [OUTCOME_CODES[x] for x in found.outcomes] == expected
    assert (found.line, found.tied_at_line) == (line, tied)


@settings(max_examples=200, deadline=None)
@given(keys())
def test_packed_keys_order_like_the_keys(drawn: tuple[list[Key], list[Key]]) -> None:
    low, high = drawn
    a, b = pack(*columns(low, high))
    every, packed = [*low, *high], [*a.tolist(), *b.tolist()]
    for x, p in zip(every, packed, strict=True):
        for y, q in zip(every, packed, strict=True):
            assert (x < y) == (p < q)
    best, worst = ranks(a, b)
    assert best.tolist() == [1 + sum(x > h for x in low) for h in high]
    assert worst.tolist() == [
        1 + sum(x > lo for x in high) - (h > lo) for lo, h in zip(low, high, strict=True)
    ]


def test_those_who_are_not_eligible_take_no_place() -> None:
    points = np.array([9, 8, 7, 6], np.int64)
    found = place([points], [points], np.array([False, True, True, True]), points, 2, "admit_none")
    assert [OUTCOME_CODES[x] for x in found.outcomes] == [
        "not_eligible", "admitted", "admitted", "not_admitted",
    ]  # fmt: skip
    assert (found.line, found.tied_at_line, found.count("admitted")) == (7, 0, 2)


@pytest.mark.parametrize("quota", [None, 0, 100])
def test_no_quota_none_and_more_than_there_are(quota: int | None) -> None:
    points = np.array([3, 3, 1], np.int64)
    found = place([points], [points], np.ones(3, bool), points, quota, "open")
    expected = {None: "ranked", 0: "not_admitted", 100: "admitted"}[quota]
    assert {OUTCOME_CODES[x] for x in found.outcomes} == {expected}


@settings(max_examples=60, deadline=None)
@given(
    keys(), st.data(), st.integers(0, 30),
    st.sampled_from(["admit_all", "admit_none", "lottery", "open"]),
)  # fmt: skip
def test_weights_are_repetitions(
    drawn: tuple[list[Key], list[Key]], data: st.DataObject, quota: int, ties: Ties
) -> None:
    low, high = drawn
    weights = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(low), max_size=len(low))))
    if not weights.sum():
        weights[0] = 1
    lows, highs = columns(low, high)
    everyone = np.ones(len(low), bool)
    found = place(lows, highs, everyone, lows[0], quota, ties, weights)
    again = np.repeat(np.arange(len(low)), weights)
    repeated_lows, repeated_highs = columns([low[i] for i in again], [high[i] for i in again])
    repeated = place(
        repeated_lows, repeated_highs, np.ones(len(again), bool), repeated_lows[0], quota, ties
    )
    assert found.outcomes[again].tolist() == repeated.outcomes.tolist()
    assert (found.line, found.tied_at_line) == (repeated.line, repeated.tied_at_line)
    there = np.flatnonzero(weights)
    some = pack([x[there] for x in lows], [x[there] for x in highs])
    if all(a is b for a, b in zip(lows, highs, strict=True)):
        some = (some[0], some[0])
    best, worst = ranks(*some, weights[there])
    all_best, all_worst = ranks(*pack(repeated_lows, repeated_highs))
    position = np.searchsorted(there, again)
    assert best[position].tolist() == all_best.tolist()
    assert worst[position].tolist() == all_worst.tolist()
