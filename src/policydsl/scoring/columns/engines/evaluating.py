"""The values of a graph for the rows of a block, in NumPy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from policydsl.scoring.columns.arrays import Codes, Numbers
from policydsl.scoring.columns.engines.graph import Graph
from policydsl.scoring.columns.engines.nodes import (
    Best,
    Chained,
    Change,
    Clipped,
    Code,
    Const,
    Counted,
    Gated,
    Id,
    Node,
    Rounded,
    State,
    Sum,
    Table,
    Union,
    children,
)
from policydsl.scoring.columns.engines.numpy_blocks import chained, rounded
from policydsl.scoring.columns.plan import Formula, Round


def evaluate(
    graph: Graph,
    roots: Sequence[Id],
    columns: Mapping[int, Codes],
    states: Mapping[int, Codes],
    rows: int,
) -> list[Numbers]:
    """The values of the roots for the rows of a block, in NumPy."""
    reachable = graph.reachable(roots)
    left = dict.fromkeys(reachable, 0)
    for node in reachable:
        for child in children(graph.nodes[node]):
            left[child] += 1
    for root in roots:
        left[root] += 1
    held: dict[Id, Codes] = {}
    for number in reachable:
        made = graph.nodes[number]
        held[number] = _evaluated(graph, made, held, columns, states, rows)
        for child in children(made):
            left[child] -= 1
            if not left[child]:
                del held[child]
    return [np.array(held[root], np.int64) for root in roots]


def _evaluated(
    graph: Graph,
    node: Node,
    held: Mapping[Id, Codes],
    columns: Mapping[int, Codes],
    states: Mapping[int, Codes],
    rows: int,
) -> Codes:
    match node:
        case Const(number):
            return np.full(rows, number, np.int64)
        case Code(number, _):
            return columns[number]
        case State(number, _, _):
            return states[number]
        case Table(source, table):
            return graph.tables[table][held[source]]
        case Sum(const, terms):
            total = np.full(rows, const, np.int64)
            for term, factor in terms:
                total += held[term] if factor == 1 else factor * held[term].astype(np.int64)
            return total
        case Union(const, terms):
            flags = np.full(rows, const, np.int64)
            for term, keep in terms:
                flags |= held[term] & keep
            return flags
        case Clipped(child, low, high):
            value = held[child] if high is None else np.minimum(held[child], np.int64(high))
            return value if low is None else np.maximum(value, np.int64(low))
        case Rounded(child, unit, mode):
            return rounded(held[child].astype(np.int64), Round(0, unit, mode))
        case Best(how, first, second):
            return (np.maximum if how == "max" else np.minimum)(held[first], held[second])
        case Gated(change, child, flag, bits, unless, keep):
            where = ((held[flag] & np.int64(bits)) == 0) == unless
            return np.where(where, _changed(change, held[child], keep), held[child])
        case Counted(child, cuts, stride):
            return stride * np.searchsorted(np.asarray(cuts, np.int64), held[child], side="right")
        case Chained(child, chain):
            return chained(Formula(0, 0, chain), held[child].astype(np.int64))


def _changed(change: Change, value: Codes, keep: int) -> Codes:
    match change:
        case "clear":
            return np.zeros(1, np.int64)
        case "low":
            return np.minimum(value, 0)
        case "high":
            return np.maximum(value, 0)
        case _:
            return value & np.int64(keep)
