"""A plan as a graph of values: what is computed from what, each thing once.

The steps of a plan change slots in place.  Here each value that a slot ever holds is a node, and
equal nodes are one: of the same policy, or of several drafts that are to be compared (see
:mod:`policydsl.scoring.columns.whatif`).  While nodes are made,

- whatever depends on a single source of codes is folded into one table, caps, rounding and flags
  included; tables over the same source that are added become one;
- what interval arithmetic proves to have no effect (a cap that nothing reaches) is left out.

Numbers of nodes grow from what is read to what reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from hashlib import blake2b
from typing import Any, Literal, TypeVar, cast

import numpy as np

from policydsl.scoring.columns.arrays import Numbers
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
    Rounding,
    State,
    Sum,
    Table,
    Union,
    children,
)
from policydsl.scoring.columns.engines.numpy_blocks import chained, rounded
from policydsl.scoring.columns.plan import Elementary, Formula, Interval, Round, elementary

TABULATED = 1 << 16
"""Up to so many codes a formula becomes a table."""


Made = TypeVar("Made", bound=Callable[..., Id])


def _remembered(make: Made) -> Made:
    """What was made of the same arguments before is not worked out again."""

    def find(graph: Graph, *arguments: Any) -> Id:
        key = (make.__name__, *arguments)
        found = graph._made.get(key)
        if found is None:
            found = graph._made[key] = make(graph, *arguments)
        return found

    return cast(Made, wraps(make)(find))


@dataclass
class Graph:
    """Nodes, the tables that they use, and the interval of what each can be.

    The methods that make a node return the number of one that is equal to what is asked for,
    which may be a simpler one.
    """

    nodes: list[Node] = field(default_factory=list)
    intervals: list[Interval] = field(default_factory=list)
    tables: list[Numbers] = field(default_factory=list)
    _ids: dict[tuple[str, Node], Id] = field(default_factory=dict)
    _table_ids: dict[bytes, int] = field(default_factory=dict)
    _read: dict[tuple[Id, int], tuple[Numbers, Id]] = field(default_factory=dict)
    _made: dict[tuple[Any, ...], Id] = field(default_factory=dict)

    def fork(self) -> Graph:
        """A graph with the same nodes, by the same numbers, that grows on its own."""
        return Graph(
            self.nodes.copy(),
            self.intervals.copy(),
            self.tables.copy(),
            self._ids.copy(),
            self._table_ids.copy(),
            self._read.copy(),
            self._made.copy(),
        )

    def _node(self, node: Node, interval: Interval) -> Id:
        if interval.low == interval.high and not isinstance(node, Const):
            return self.const(interval.low)
        key = (type(node).__name__, node)
        if key not in self._ids:
            self._ids[key] = len(self.nodes)
            self.nodes.append(node)
            self.intervals.append(interval)
        return self._ids[key]

    def const(self, number: int) -> Id:
        """A number."""
        return self._node(Const(number), Interval(number, number))

    def code(self, number: int, size: int) -> Id:
        """The codes of an input, below ``size``."""
        return self._node(Code(number, size), Interval(0, size - 1))

    def state(self, number: int, low: int, high: int) -> Id:
        """A column that was worked out before."""
        return self._node(State(number, low, high), Interval(low, high))

    def look_up(self, source: Id, table: Numbers) -> Id:
        """``table[source]``, for a table that nobody changes any more."""
        key = (source, id(table))
        if key not in self._read:
            self._read[key] = table, self.table(source, table)
        return self._read[key][1]

    def table(self, source: Id, table: Numbers) -> Id:
        """``table[source]``."""
        node, (low, high) = self.nodes[source], self.intervals[source]
        if low >= 0 and high < len(table):
            if isinstance(node, Const):
                return self.const(int(table[node.number]))
            if isinstance(node, Table):
                return self.table(node.source, table[self.tables[node.table]])
            table = table[: high + 1]
        table = np.ascontiguousarray(table, np.int64)
        key = blake2b(table.data, digest_size=16).digest()
        if key not in self._table_ids:
            self._table_ids[key] = len(self.tables)
            self.tables.append(table)
        found = Interval(int(table.min()), int(table.max()))
        return self._node(Table(source, self._table_ids[key]), found)

    def array(self, node: Id) -> tuple[Id | None, Numbers] | None:
        """A node that depends on one source only, as a table over it (a number: over none)."""
        match self.nodes[node]:
            case Const(number):
                return None, np.array([number], np.int64)
            case Table(source, table):
                return source, self.tables[table]
            case Code(_, size) if size <= TABULATED:
                return node, np.arange(size, dtype=np.int64)
            case _:
                return None

    def _together(self, *nodes: Id) -> tuple[Id | None, list[Numbers]] | None:
        """Nodes that depend on one source between them, as tables over it."""
        found = [self.array(node) for node in nodes]
        arrays = [pair[1] for pair in found if pair is not None]
        sources = {pair[0] for pair in found if pair is not None} - {None}
        if len(arrays) < len(nodes) or len(sources) > 1:
            return None
        return (sources.pop() if sources else None), arrays

    def _folded(self, source: Id | None, table: Numbers) -> Id:
        return self.const(int(table[0])) if source is None else self.table(source, table)

    def sum(self, const: int, terms: Iterable[tuple[Id, int]]) -> Id:
        """``const`` + Σ factor × node."""
        return self._sum(const, tuple(terms))

    @_remembered
    def _sum(self, const: int, terms: tuple[tuple[Id, int], ...]) -> Id:
        tables: dict[Id, Numbers] = {}
        others: dict[Id, int] = {}
        for term, factor in terms:
            match self.nodes[term]:
                case Const(number):
                    const += factor * number
                case Table(source, table):
                    scaled = factor * self.tables[table]
                    tables[source] = tables[source] + scaled if source in tables else scaled
                case _:
                    others[term] = others.get(term, 0) + factor
        others = {term: factor for term, factor in others.items() if factor}
        if len(tables) == 1 and not others:
            ((source, array),) = tables.items()
            return self.table(source, array + const)
        for source, array in tables.items():
            # Tables begin with 0, so that drafts that differ in a number have more in common.
            const += int(array[0])
            if array.min() < array.max():
                others[self.table(source, array - array[0])] = 1
        if not const and len(others) == 1:
            ((term, factor),) = others.items()
            if factor == 1:
                return term
        low = high = const
        for term, factor in others.items():
            ends = sorted(factor * end for end in self.intervals[term])
            low, high = low + ends[0], high + ends[1]
        return self._node(Sum(const, tuple(sorted(others.items()))), Interval(low, high))

    def union(self, const: int, terms: Iterable[tuple[Id, int]]) -> Id:
        """``const`` | the nodes, each with the bits to keep."""
        return self._union(const, tuple(terms))

    @_remembered
    def _union(self, const: int, terms: tuple[tuple[Id, int], ...]) -> Id:
        tables: dict[Id, Numbers] = {}
        others: dict[Id, int] = {}
        for term, keep in terms:
            match self.nodes[term]:
                case Const(number):
                    const |= number & keep
                case Table(source, table):
                    kept = self.tables[table] & keep
                    tables[source] = tables[source] | kept if source in tables else kept
                case _:
                    others[term] = others.get(term, 0) | keep
        others = {term: keep for term, keep in others.items() if keep & self.bits(term)}
        if len(tables) == 1 and not others:
            ((source, array),) = tables.items()
            return self.table(source, array | const)
        for array in tables.values():
            const |= int(np.bitwise_and.reduce(array))
        for source, array in tables.items():
            if (rest := array & ~np.int64(const)).any():
                others[self.table(source, rest)] = -1
        # what only has bits that are there anyway adds nothing
        others = {t: keep for t, keep in others.items() if keep & self.bits(t) & ~const}
        if not others:
            return self.const(const)
        if not const and len(others) == 1:
            ((term, keep),) = others.items()
            if keep & self.bits(term) == self.bits(term):
                return term
        ones = const
        for term, keep in others.items():
            ones |= keep & self.bits(term)
        found = Interval(0, ones) if ones >= 0 else Interval(-(1 << 62), 1 << 62)
        return self._node(Union(const, tuple(sorted(others.items()))), found)

    def bits(self, node: Id) -> int:
        """A mask of the bits that a node may have; −1 where it may be negative."""
        low, high = self.intervals[node]
        held = self.nodes[node]
        if low < 0:
            return -1
        match held:
            case Const(number):
                return number
            case Table(_, table):
                return int(np.bitwise_or.reduce(self.tables[table]))
            case Union(const, terms):
                for term, keep in terms:
                    const |= keep & self.bits(term)
                return const
            case _:
                return (1 << high.bit_length()) - 1

    @_remembered
    def clip(self, node: Id, low: int | None, high: int | None) -> Id:
        """At most ``high``, then at least ``low``."""
        least, most = self.intervals[node]
        if high is not None and high >= most:
            high = None
        if high is not None:
            least, most = min(least, high), high
        if low is not None and low <= least:
            low = None
        if low is not None:
            least, most = low, max(most, low)
        if low is None and high is None:
            return node
        held = self.nodes[node]
        if isinstance(held, (Const, Table)):
            source, table = self.array(node) or (None, np.zeros(1, np.int64))
            if high is not None:
                table = np.minimum(table, high)
            return self._folded(source, table if low is None else np.maximum(table, low))
        return self._node(Clipped(node, low, high), Interval(least, most))

    @_remembered
    def round(self, node: Id, unit: int, mode: Rounding) -> Id:
        """A multiple of ``unit``."""
        step = Round(0, unit, mode)
        held, (low, high) = self.nodes[node], self.intervals[node]
        if step.unit == 1:
            return node
        if isinstance(held, (Const, Table)):
            source, table = self.array(node) or (None, np.zeros(1, np.int64))
            return self._folded(source, rounded(table, step))
        ends = rounded(np.array([low, high], np.int64), step)
        found = Interval(int(ends[0]), int(ends[1]))
        return self._node(Rounded(node, step.unit, step.mode), found)

    @_remembered
    def best(self, how: Literal["max", "min"], first: Id, second: Id) -> Id:
        """The larger or smaller of two."""
        one, two = self.intervals[first], self.intervals[second]
        if one.low == one.high:
            first, second, one, two = second, first, two, one
        if two.low == two.high:
            bound = two.low
            return self.clip(first, bound, None) if how == "max" else self.clip(first, None, bound)
        if one.low >= two.high:
            return first if how == "max" else second
        if two.low >= one.high:
            return second if how == "max" else first
        pick = max if how == "max" else min
        if first == second:
            return first
        if found := self._together(first, second):
            source, (left, right) = found
            ufunc = np.maximum if how == "max" else np.minimum
            return self._folded(source, ufunc(left, right))
        interval = Interval(pick(one.low, two.low), pick(one.high, two.high))
        return self._node(Best(how, min(first, second), max(first, second)), interval)

    @_remembered
    def gate(
        self,
        change: Change,
        node: Id,
        flags: Id,
        bits: int,
        unless: bool,
        keep: int = -1,
    ) -> Id:
        """``node``, changed where ``flags`` has any of ``bits`` (``unless``: none of them)."""
        bits &= self.bits(flags)
        least, most = self.intervals[node]
        if change == "low":
            if most <= 0:
                return node
            low, high = min(least, 0), most
        elif change == "high":
            if least >= 0:
                return node
            low, high = least, max(most, 0)
        elif change == "clear":
            low, high = min(least, 0), max(most, 0)
        else:
            low, high = (0, most) if least >= 0 else (-(1 << 62), 1 << 62)
        if not bits:
            return self._changed(change, node, keep) if unless else node
        if found := self._together(flags):
            source, (table,) = found
            where = ((table & bits) == 0) == unless
            if where.all() or not where.any():
                return self._changed(change, node, keep) if where.all() else node
            if source is not None and (both := self._together(flags, node)):
                held = both[1][1]
                if change == "clear":
                    changed = np.zeros_like(held)
                elif change == "low":
                    changed = np.minimum(held, 0)
                elif change == "high":
                    changed = np.maximum(held, 0)
                else:
                    changed = held & keep
                return self.table(source, np.where(where, changed, held))
        return self._node(Gated(change, node, flags, bits, unless, keep), Interval(low, high))

    def _changed(self, change: str, node: Id, keep: int) -> Id:
        match change:
            case "clear":
                return self.const(0)
            case "low":
                return self.clip(node, None, 0)
            case "high":
                return self.clip(node, 0, None)
            case _:
                return self.union(0, [(node, keep)])

    @_remembered
    def count(self, node: Id, cuts: tuple[int, ...], stride: int) -> Id:
        """``stride`` × how many of ``cuts`` are at most ``node``."""
        held, (low, high) = self.nodes[node], self.intervals[node]
        if isinstance(held, (Const, Table)):
            source, table = self.array(node) or (None, np.zeros(1, np.int64))
            found = np.searchsorted(np.asarray(cuts, np.int64), table, side="right")
            return self._folded(source, stride * found.astype(np.int64))
        least, most = (sum(cut <= end for cut in cuts) for end in (low, high))
        counted = self._node(
            Counted(node, cuts[least:most], stride),
            Interval(*sorted((0, stride * (most - least)))),
        )
        return self.sum(stride * least, [(counted, 1)])

    @_remembered
    def chain(self, node: Id, chain: tuple[Elementary, ...]) -> Id:
        """The chain of a formula."""
        if found := self.array(node):
            source, table = found
            return self._folded(source, chained(Formula(0, 0, chain), table))
        interval, _ = through(chain, self.intervals[node])
        return self._node(Chained(node, chain), interval)

    def reachable(self, roots: Iterable[Id]) -> list[Id]:
        """All nodes that the roots are computed from, and they themselves, ascending."""
        found: set[Id] = set()
        waiting = list(roots)
        while waiting:
            node = waiting.pop()
            if node not in found:
                found.add(node)
                waiting.extend(children(self.nodes[node]))
        return sorted(found)

    def inputs(self, roots: Iterable[Id]) -> dict[int, int]:
        """The inputs that the roots are computed from, each with how many codes it has."""
        nodes = [self.nodes[number] for number in self.reachable(roots)]
        return {node.number: node.size for node in nodes if isinstance(node, Code)}

    def rebuilt(self, node: Node, new: Mapping[Id, Id], into: Graph) -> Id:
        """``node`` made anew in another graph, where its children are ``new``."""
        match node:
            case Const(number):
                return into.const(number)
            case Code(number, size):
                return into.code(number, size)
            case State(number, low, high):
                return into.state(number, low, high)
            case Table(source, table):
                return into.table(new[source], self.tables[table])
            case Sum(const, terms):
                return into.sum(const, [(new[term], factor) for term, factor in terms])
            case Union(const, terms):
                return into.union(const, [(new[term], keep) for term, keep in terms])
            case Clipped(child, low, high):
                return into.clip(new[child], low, high)
            case Rounded(child, unit, mode):
                return into.round(new[child], unit, mode)
            case Best(how, first, second):
                return into.best(how, new[first], new[second])
            case Gated(change, child, flags, bits, unless, keep):
                return into.gate(change, new[child], new[flags], bits, unless, keep)
            case Counted(child, cuts, stride):
                return into.count(new[child], cuts, stride)
            case Chained(child, chain):
                return into.chain(new[child], chain)


def through(chain: Sequence[Elementary], value: Interval) -> tuple[Interval, int]:
    """The interval of a chain, and the largest magnitude on the way."""
    largest = max(map(abs, value))
    for name, number in chain:
        ends = sorted(elementary(name, number, end) for end in value)
        value = Interval(ends[0], ends[1])
        largest = max(largest, abs(ends[0]), abs(ends[1]))
    return value, largest
