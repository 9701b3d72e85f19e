"""Random numbers do not depend on the division into chunks, and shares come out right."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policydsl.simulation.drawing import Table, below, halves, key_of, shuffled, words

KEY = key_of(7, "本人", "年龄")


def test_the_generator_is_the_published_one():
    """The known answer of Philox 4×64-10 for counter 0 and key 0, and what comes behind it."""
    known = [0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B]
    before = np.random.Philox(key=0, counter=2**256 - 1)  # it steps before it draws
    assert before.random_raw(4).tolist() == known
    assert words(0, 0, 4).tolist() == before.random_raw(4).tolist()


@given(st.integers(0, 10_000), st.integers(0, 50), st.integers(0, 50))
@settings(max_examples=60, deadline=None)
def test_a_part_of_a_stream_is_the_same_part_of_the_whole(start: int, first: int, second: int):
    whole = words(KEY, start, first + second)
    assert whole.tolist() == [*words(KEY, start, first), *words(KEY, start + first, second)]
    small = halves(KEY, start, first + second)
    assert small.tolist() == [*halves(KEY, start, first), *halves(KEY, start + first, second)]


@given(st.integers(1, 3_000), st.integers(0, 2**64))
@settings(max_examples=60, deadline=None)
def test_shuffling_is_one_to_one(size: int, key: int):
    places = shuffled(key, np.arange(size), size)
    assert sorted(places.tolist()) == list(range(size))


def test_shuffling_leaves_no_order():
    places = shuffled(KEY, np.arange(100_000), 100_000)
    assert abs(np.corrcoef(places, np.arange(100_000))[0, 1]) < 0.02
    assert abs(np.corrcoef(places[1:], places[:-1])[0, 1]) < 0.02


@given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=8).filter(any), min_size=1,
                max_size=4).map(lambda rows: [row[: min(map(len, rows))] for row in rows])
       .filter(lambda rows: all(any(row) for row in rows)))  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_outcomes_have_their_shares_and_weight_nothing_means_never(rows: list[list[int]]):
    weights = np.array(rows, float)
    table = Table(weights)
    n = 20_000
    draws = halves(KEY, 0, n)
    for number, row in enumerate(weights):
        found = table.draw(draws, np.full(n, number))
        counts = np.bincount(found, minlength=len(row)) / n
        shares = row / row.sum()
        assert (counts[row == 0] == 0).all()
        assert np.abs(counts - shares).max() < 5 * (0.25 / n) ** 0.5


def test_the_ends_of_a_range_are_drawn_too():
    draws = np.array([0, 2**32 - 1], np.uint32)
    assert below(draws, np.array([12, 12])).tolist() == [0, 11]


@pytest.mark.parametrize("names", [("a", "b"), ("ab",), ("a",)])
def test_streams_of_different_things_differ(names: tuple[str, ...]):
    others = [("a", "b"), ("ab",), ("a",)]
    assert sum(key_of(1, *names) == key_of(1, *other) for other in others) == 1
    assert key_of(1, *names) != key_of(2, *names)
