"""The search and the solver give what trying all codes gives, on random plans of all steps."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from tests.scoring.columns.random_plans import plans

from policydsl.review.proving.searching import Condition, Deadline, Leaf, Search, Sense, TooLarge
from policydsl.review.proving.solving import solved
from policydsl.scoring.columns.engines.evaluating import evaluate
from policydsl.scoring.columns.engines.graph import Graph
from policydsl.scoring.columns.engines.reading import Reader

RANDOM = settings(
    max_examples=25, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large,
                           HealthCheck.filter_too_much],
)  # fmt: skip
MOST = 20_000


def every(graph: Graph, nodes: list[int]) -> list[Any]:
    """The values of nodes for all codes of what they read."""
    inputs = graph.inputs(nodes)
    size = int(np.prod([float(s) for s in inputs.values()])) if inputs else 1
    assume(size <= MOST)
    grid: Any = np.indices(tuple(inputs.values())).reshape(len(inputs), -1) if inputs else []
    columns = dict(zip(inputs, grid, strict=True))
    return evaluate(graph, nodes, columns, {}, size)


@RANDOM
@given(st.data())
def test_the_best_value_is_the_best_of_all(data):
    plan = data.draw(plans())
    reader = Reader()
    wanted = list(range(plan.slots))
    nodes = reader.read(plan, wanted)
    graph = reader.graph
    node = nodes[data.draw(st.integers(0, len(nodes) - 1))]
    other = nodes[data.draw(st.integers(0, len(nodes) - 1))]
    held, side = every(graph, [node, other])
    cut = int(side[data.draw(st.integers(0, len(side) - 1))])
    conditions = [] if data.draw(st.booleans()) else [Condition(other, low=cut)]
    values = held[side >= cut] if conditions else held
    for sense in (1, -1):
        found = Search(graph, []).best(node, 1 if sense > 0 else -1, conditions)
        assert found is not None
        assert found.value == (values.max() if sense > 0 else values.min())
        codes = {n: np.array([found.codes.get(n, 0)]) for n in graph.inputs([node, other])}
        again = evaluate(graph, [node, other], codes, {}, 1)
        assert again[0][0] == found.value
        assert not conditions or again[1][0] >= cut


def small_graph(data: st.DataObject) -> tuple[Graph, int]:
    """Sums, caps, gates and the like over a few tables."""
    graph = Graph()
    sizes = data.draw(st.lists(st.integers(2, 5), min_size=1, max_size=3))
    codes = [graph.code(n, size) for n, size in enumerate(sizes)]

    def table() -> int:
        number = data.draw(st.integers(0, len(sizes) - 1))
        values = data.draw(st.lists(st.integers(-9, 9), min_size=sizes[number],
                                    max_size=sizes[number]))  # fmt: skip
        return graph.table(codes[number], np.array(values, np.int64))

    made = [table() for _ in range(3)]
    for _ in range(data.draw(st.integers(1, 6))):
        one, two = (data.draw(st.sampled_from(made)) for _ in range(2))
        number = data.draw(st.integers(1, 6))
        kind = data.draw(
            st.sampled_from(["sum", "clip", "best", "gate", "round", "count", "chain"])
        )
        match kind:
            case "sum":
                made.append(graph.sum(number, [(one, 1), (two, -2)]))
            case "clip":
                made.append(graph.clip(one, -number, number))
            case "best":
                made.append(graph.best("max" if number % 2 else "min", one, two))
            case "gate":
                flag = graph.clip(two, 0, 1)
                how: Any = data.draw(st.sampled_from(["clear", "low", "high"]))
                made.append(graph.gate(how, one, flag, 1, number % 2 == 0))
            case "round":
                mode: Any = data.draw(st.sampled_from(["half_up", "down", "up"]))
                made.append(graph.round(one, number, mode))
            case "count":
                made.append(graph.count(one, (-2, 0, number), 2))
            case _:
                made.append(graph.chain(one, (("mul", -3), ("add", 2), ("floordiv", number))))
    return graph, made[-1]


@settings(RANDOM, max_examples=30)
@given(st.data())
def test_the_solver_agrees_with_the_search(data):
    pytest.importorskip("z3")
    graph, node = small_graph(data)
    (held,) = every(graph, [node])
    for sense, best in ((1, held.max()), (-1, held.min())):
        sign: Sense = 1 if sense > 0 else -1
        one = Search(graph, []).best(node, sign)
        try:
            two = solved(graph, [], node, sign, [], Deadline(20))
        except TooLarge:
            assume(False)  # what the solver is not given, or takes too long
        assert one is not None
        assert two is not None
        assert one.value == two.value == best
        codes = {n: np.array([two.codes[n]]) for n in graph.inputs([node])}
        assert not codes or evaluate(graph, [node], codes, {}, 1)[0][0] == best


def test_codes_that_are_left_out_are_not_used():
    graph = Graph()
    node = graph.table(graph.code(0, 5), np.array([0, 1, 5, 9, 3]))
    leaf = Leaf({0: np.array([0, 1, 4])})
    found = Search(graph, [leaf]).best(node, 1)
    assert found is not None
    assert (found.value, found.codes) == (3, {0: 4})
    assert Search(graph, [leaf]).best(node, 1, [Condition(node, low=4)]) is None


def together(graph: Graph) -> int:
    """A value that no sum makes smaller: products of what several parts read."""
    codes = [graph.code(n, 40) for n in range(6)]
    rng = np.random.default_rng(3)
    pairs = []
    for one in codes:
        for two in codes:
            if one < two:
                place = graph.sum(0, [(graph.table(one, np.arange(40)), 40),
                                      (graph.table(two, np.arange(40)), 1)])  # fmt: skip
                pairs.append(graph.table(place, rng.permutation(1600)))
    return graph.sum(0, [(pair, 1) for pair in pairs])


def test_what_is_too_large_is_said_to_be():
    graph = Graph()
    node = together(graph)
    with pytest.raises(TooLarge, match="组合太多"):
        Search(graph, [], most_rows=10_000).best(node, 1)


def test_without_the_solver_the_reason_names_what_to_install(monkeypatch: pytest.MonkeyPatch):
    graph = Graph()
    node = together(graph)

    def without(name: str, *rest: object) -> object:
        if name == "z3":
            raise ImportError(name)
        return real(name, *rest)  # type: ignore[arg-type]

    real = importlib.import_module
    monkeypatch.setattr(importlib, "import_module", without)
    with pytest.raises(TooLarge, match=r"policydsl\[proof\]"):
        solved(graph, [], node, 1, [], Deadline(5))
