"""Drafts that differ in the points of one rule, as graphs in which that rule is a table.

What is done with the points in between (sums, caps, floors, conditions of others) is their path;
:mod:`policydsl.scoring.columns.sweeping` counts persons by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.engines.graph import Graph
from policydsl.scoring.columns.engines.nodes import (
    Best,
    Clipped,
    Code,
    Gated,
    Id,
    Node,
    State,
    Sum,
    Table,
    Union,
    children,
)


@dataclass(frozen=True)
class Form:
    """One end of a score, as a graph in which a table is the rule that drafts change.

    ``points``: what the rule gives for each code of ``source``.  ``path``: the nodes that depend on
    it, the table first and the score last.  ``factor``: how often the points count.
    """

    graph: Graph
    path: tuple[Id, ...]
    source: Code | State
    points: Numbers
    factor: int

    def ends(self, least: Numbers, most: Numbers) -> tuple[Graph, list[Id]]:
        """A graph, and in it the score where the rule gives ``least`` and where it gives ``most``.

        The third is that where it gives ``least`` and nothing bounds or clears it.
        """
        into = Graph()
        new: dict[Id, Id] = {}
        for number in self.graph.reachable([self.path[-1]]):
            if number not in self.path:
                new[number] = self.graph.rebuilt(self.graph.nodes[number], new, into)
        return into, [
            self._score(into, new, least, True),
            self._score(into, new, most, True),
            self._score(into, new, least, False),
        ]

    def _score(self, into: Graph, known: Mapping[Id, Id], points: Numbers, bounded: bool) -> Id:
        new = dict(known)
        table = self.graph.nodes[self.path[0]]
        assert isinstance(table, Table)
        found = new[self.path[0]] = into.table(new[table.source], points)
        for below, number in zip(self.path, self.path[1:], strict=False):
            node = self.graph.nodes[number]
            if isinstance(node, Sum):
                const = 0 if _folded(node, below, self.path[0]) else node.const
                found = into.sum(const, [(new[term], times) for term, times in node.terms])
            elif bounded:
                found = self.graph.rebuilt(node, new, into)
            new[number] = found
        return found


def _folded(node: Sum, below: Id, table: Id) -> bool:
    """Whether the constant of a sum counts as points of the rule, which stands in it as it is."""
    return below == table and abs(dict(node.terms)[below]) == 1


def forms(scores: Sequence[tuple[Graph, Id]]) -> list[Form] | None:
    """Scores of drafts that differ in the points of one rule, as forms.

    ``None`` where they differ in more, or the rule stands at more than one place.
    """
    skeletons = [_skeleton(graph, root) for graph, root in scores]
    first, tables = skeletons[0]
    if any(other != first for other, _ in skeletons) or not tables:
        return None
    changed = [
        place
        for place in tables
        if any(not np.array_equal(each[place], tables[place]) for _, each in skeletons)
    ]
    if len(changed) != 1:
        return None
    found = [_form(graph, root, changed[0]) for graph, root in scores]
    kept = [each for each in found if each is not None]
    if len(kept) < len(found) or len({_constants(each) for each in kept}) > 1:
        return None
    return kept


def skeleton(graph: Graph, root: Id) -> tuple[Any, ...]:
    """What scores that differ in tables and constants only have in common."""
    return _skeleton(graph, root)[0]


def _skeleton(graph: Graph, root: Id) -> tuple[tuple[Any, ...], dict[int, Numbers]]:
    """The nodes without tables and constants of sums; the tables by the place of their nodes."""
    reachable = graph.reachable([root])
    places = {number: place for place, number in enumerate(reachable)}
    parts: list[Any] = []
    tables: dict[int, Numbers] = {}
    for place, number in enumerate(reachable):
        match node := graph.nodes[number]:
            case Table(source, table):
                tables[place] = graph.tables[table]
                parts.append(("Table", places[source], len(tables[place])))
            case Sum(_, terms):
                parts.append(("Sum", tuple((places[term], times) for term, times in terms)))
            case _:
                below = tuple(places[child] for child in children(node))
                parts.append((type(node).__name__, below, _rest(node)))
    return tuple(parts), tables


def _rest(node: Node) -> tuple[Any, ...]:
    """What a node says beside its children."""
    nodes = ("node", "first", "second", "flags")
    if isinstance(node, Union):
        return (node.const, tuple(keep for _, keep in node.terms))
    return tuple(value for name, value in node._asdict().items() if name not in nodes)


def _form(graph: Graph, root: Id, place: int) -> Form | None:
    """The form of a score whose rule is the table at a place of its nodes."""
    reachable = graph.reachable([root])
    table = graph.nodes[reachable[place]]
    assert isinstance(table, Table)
    source = graph.nodes[table.source]
    path, factor, points = [reachable[place]], 1, graph.tables[table.table]
    depending = {path[0]}
    for number in reachable:
        node = graph.nodes[number]
        below = [child for child in children(node) if child in depending]
        if not below:
            continue
        depending.add(number)
        if below != path[-1:] or not _bounding(node, below[0]):
            return None
        if isinstance(node, Sum):
            times = dict(node.terms)[below[0]]
            factor *= times
            if _folded(node, below[0], path[0]):
                points = points + times * node.const
        path.append(number)
    if not isinstance(source, (Code, State)) or path[-1] != root:
        return None
    return Form(graph, tuple(path), source, points, factor)


def _bounding(node: Node, below: Id) -> bool:
    """Whether a node moves, bounds or clears what is below it, and does nothing else with it."""
    match node:
        case Sum() | Clipped() | Best():
            return True
        case Gated(change, child, flags):
            return change != "weaken" and child == below and flags != below
        case _:
            return False


def _constants(each: Form) -> tuple[int, ...]:
    """The constants of the sums that are no points of the rule, in order."""
    nodes = [each.graph.nodes[number] for number in each.graph.reachable(each.path[-1:])]
    first = each.path[1:2]
    folded = [
        node
        for number in first
        if isinstance(node := each.graph.nodes[number], Sum)
        and _folded(node, each.path[0], each.path[0])
    ]
    return tuple(node.const for node in nodes if isinstance(node, Sum) and node not in folded)
