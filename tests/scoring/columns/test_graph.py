"""The graph of a plan: equal parts are one node, and what does nothing is folded away."""

from __future__ import annotations

import numpy as np
import pytest

from policydsl.scoring.columns.engines.graph import Graph
from policydsl.scoring.columns.engines.nodes import Const, State, Union


def numbers(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, np.int64)


def test_a_union_of_nothing_is_a_number():
    graph = Graph()
    assert graph.nodes[graph.union(6, [])] == Const(6)
    assert graph.nodes[graph.union(0, [(graph.const(4), 3)])] == Const(0)


def test_terms_whose_bits_are_there_anyway_are_left_out():
    graph = Graph()
    source = graph.code(0, 4)
    flags = graph.table(source, numbers(0, 2, 4, 6))
    assert graph.nodes[graph.union(6, [(flags, -1), (graph.const(2), -1)])] == Const(6)
    held = graph.nodes[graph.union(3, [(graph.state(0, 0, 2), -1), (graph.state(1, 0, 7), 6)])]
    assert isinstance(held, Union)
    assert [(graph.nodes[term], keep) for term, keep in held.terms] == [(State(1, 0, 7), 6)]


@pytest.mark.parametrize("keep", [-1, 1, 6])
def test_a_union_is_what_it_says_for_every_code(keep: int):
    graph = Graph()
    source = graph.code(0, 8)
    table = numbers(*range(8))
    for const in range(8):
        held = graph.array(graph.union(const, [(graph.table(source, table), keep)]))
        assert held is not None
        values = np.broadcast_to(held[1], 8) if len(held[1]) == 1 else held[1]
        assert values.tolist() == [(code & keep) | const for code in range(8)]
