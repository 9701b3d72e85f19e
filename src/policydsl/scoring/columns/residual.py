"""What of a draft is new, over what its baseline left behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from policydsl.scoring.columns.engines.graph import Graph
from policydsl.scoring.columns.engines.nodes import (
    Code,
    Const,
    Id,
    State,
    Sum,
    Table,
    Union,
    children,
)


@dataclass(frozen=True)
class Variant:
    """A draft as a graph over inputs and states.

    ``kept``: the nodes of the baseline's graph that are its states.
    """

    graph: Graph
    roots: tuple[Id, ...]
    kept: frozenset[Id]
    inputs: frozenset[int]

    def cost(self) -> float:
        """About what a row costs, in nanoseconds."""
        cost = 0.0
        for number in self.graph.reachable(self.roots):
            match self.graph.nodes[number]:
                case Code(_, size):
                    cost += 0.05 * (1 if size <= 256 else 2 if size <= 65_536 else 4)
                case State():
                    cost += 0.25
                case _:
                    cost += 0.1
        return cost


class Residual:
    """What of a draft is new, over the nodes of the baseline's graph.

    ``whole``: a fork of that graph which holds the draft; ``known``: the nodes of the baseline.
    """

    def __init__(self, shared: Graph, whole: Graph, known: frozenset[Id]) -> None:
        self.shared, self.whole, self.known = shared, whole, known
        self.graph = Graph()
        self.kept: set[Id] = set()
        self.new: dict[Id, Id] = {}

    def of(self, roots: Sequence[Id]) -> Variant:
        """The variant of a draft that has these nodes."""
        fresh: set[Id] = set()
        waiting = list(roots)
        while waiting:
            number = waiting.pop()
            if number not in fresh and not self._given(number):
                fresh.add(number)
                waiting.extend(children(self.whole.nodes[number]))
        for number in sorted(fresh):
            self.new[number] = self._made(number)
        made = tuple(self._of(root) for root in roots)
        inputs = frozenset(self.graph.inputs(made))
        kept = {
            n.number
            for i in self.graph.reachable(made)
            if isinstance(n := self.graph.nodes[i], State)
        }
        return Variant(self.graph, made, frozenset(kept), inputs)

    def _given(self, number: Id) -> bool:
        """Whether a node is read as it is, from the state or the inputs."""
        return number in self.known or isinstance(self.whole.nodes[number], (Code, Const))

    def _of(self, number: Id) -> Id:
        """The node of the variant for one of the draft."""
        if number in self.new:
            return self.new[number]
        node = self.whole.nodes[number]
        if isinstance(node, (Code, Const)):
            return self.whole.rebuilt(node, {}, self.graph)
        if isinstance(node, Table) and isinstance(self.whole.nodes[node.source], Code):
            return self.whole.rebuilt(node, {node.source: self._of(node.source)}, self.graph)
        return self._state(number)

    def _state(self, number: Id) -> Id:
        """A node of the baseline's graph as a state."""
        return self.graph.state(number, *self.shared.intervals[number])

    def _made(self, number: Id) -> Id:
        node = self.whole.nodes[number]
        if not isinstance(node, (Sum, Union)):
            new = {child: self._of(child) for child in children(node)}
            return self.whole.rebuilt(node, new, self.graph)
        const, terms = _flat(self.whole, number, lambda term: not self._given(term))
        rest = [(term, times) for term, times in terms if term in self.known]
        if len(rest) < 2:
            rest = []
        made = [(self._of(term), times) for term, times in terms if (term, times) not in rest]
        if isinstance(node, Sum):
            if rest:
                made.append((self._state(self.shared.sum(0, rest)), 1))
            return self.graph.sum(const, made)
        if rest:
            made.append((self._state(self.shared.union(0, rest)), -1))
        return self.graph.union(const, made)


def _flat(
    graph: Graph, number: Id, inner: Callable[[Id], bool]
) -> tuple[int, list[tuple[Id, int]]]:
    """The terms of a sum or union, with those of its kind within it (if ``inner``) put in place."""
    node = graph.nodes[number]
    assert isinstance(node, (Sum, Union))
    const, terms = node.const, list[tuple[Id, int]]()
    for term, times in node.terms:
        if isinstance(graph.nodes[term], type(node)) and inner(term):
            more, deeper = _flat(graph, term, inner)
            if isinstance(node, Sum):
                const += times * more
                terms += [(one, times * other) for one, other in deeper]
            else:
                const |= times & more
                terms += [(one, times & other) for one, other in deeper]
        else:
            terms.append((term, times))
    return const, terms


def expressed(graph: Graph, roots: Sequence[Id], variant: Variant) -> Variant | None:
    """The baseline over the state and the inputs of a variant, if they determine it."""
    into = Graph()
    made: dict[Id, Id | None] = {}
    rests: list[tuple[Id, type, set[tuple[Id, int]]]] = []
    for kept in variant.kept:
        node = graph.nodes[kept]
        if isinstance(node, (Sum, Union)):
            const, terms = _flat(graph, kept, lambda term: True)
            if not const:
                rests.append((kept, type(node), set(terms)))
    for number in graph.reachable(roots):
        node = graph.nodes[number]
        if number in variant.kept:
            made[number] = into.state(number, *graph.intervals[number])
        elif isinstance(node, Code) and node.number not in variant.inputs:
            made[number] = None
        elif isinstance(node, (Sum, Union)):
            const, terms = _flat(graph, number, lambda term: True)
            held = [rest for rest in rests if rest[1] is type(node) and rest[2] <= set(terms)]
            parts: list[tuple[Id | None, int]] = []
            if held:
                rest, _, inside = max(held, key=lambda one: len(one[2]))
                terms = [term for term in terms if term not in inside]
                plain = 1 if isinstance(node, Sum) else -1
                parts = [(into.state(rest, *graph.intervals[rest]), plain)]
            parts += [(made[term], times) for term, times in terms]
            whole = [(term, times) for term, times in parts if term is not None]
            combine = into.sum if isinstance(node, Sum) else into.union
            made[number] = combine(const, whole) if len(whole) == len(parts) else None
        else:
            below = {child: made[child] for child in children(node)}
            new = {child: term for child, term in below.items() if term is not None}
            made[number] = graph.rebuilt(node, new, into) if len(new) == len(below) else None
    found = tuple(term for root in roots if (term := made[root]) is not None)
    if len(found) < len(roots):
        return None
    return Variant(into, found, variant.kept, variant.inputs)
