"""A graph of values as a program for the kernel: passes that make it cheap, then operations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.engines.graph import Graph, through
from policydsl.scoring.columns.engines.micro import (
    WIDTH,
    Op,
    Part,
    bands,
    components,
    grouped,
    multiplier,
)
from policydsl.scoring.columns.engines.nodes import (
    Best,
    Chained,
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
from policydsl.scoring.columns.engines.reading import Reader
from policydsl.scoring.columns.plan import Interval, Plan, Slot


@dataclass(frozen=True)
class Program:
    """What the kernel runs.

    ``inputs``: which inputs of the plan are read, in the order in which operations number their
    columns, and ``sizes`` how many codes each has; columns of kept numbers (``states``) come after
    them.  ``dtype`` is the type of the
    registers, the narrowest that holds every value; ``outputs`` are the types of the results.
    """

    ops: Numbers
    tables: npt.NDArray[np.integer]
    registers: int
    dtype: np.dtype[np.signedinteger]
    inputs: tuple[int, ...]
    sizes: tuple[int, ...]
    states: tuple[int, ...]
    outputs: tuple[np.dtype[np.integer], ...]


def misfit(
    program: Program, columns: Sequence[npt.NDArray[np.integer]], start: int, stop: int
) -> str:
    """Which code from row ``start`` to ``stop`` is out of range, for a message."""
    for number, size, column in zip(program.inputs, program.sizes, columns, strict=False):
        block = column[start:stop]
        wrong = np.flatnonzero((block < 0) | (block >= size))
        if len(wrong):
            row = start + int(wrong[0])
            return f"input {number}, row {row}: code {column[row]} is not below {size}"
    return f"an index is out of range in the rows from {start} on"


def narrowest(intervals: Iterable[Interval]) -> np.dtype[np.signedinteger]:
    """The narrower of int32 and int64 that holds all intervals."""
    info = np.iinfo(np.int32)
    fits = all(info.min <= low and high <= info.max for low, high in intervals)
    return np.dtype(np.int32) if fits else np.dtype(np.int64)


def register_type(intervals: Iterable[Interval]) -> np.dtype[np.signedinteger]:
    """The narrowest of int16, int32 and int64 that holds all intervals."""
    found = list(intervals)
    info = np.iinfo(np.int16)
    if all(info.min <= low and high <= info.max for low, high in found):
        return np.dtype(np.int16)
    return narrowest(found)


Width = Literal["wide", "narrow", "tight"]
"""Types of results: int64; int32 where it is proved to hold them; down to uint8 and int16."""


def fitting(interval: Interval, width: Width) -> np.dtype[np.integer]:
    """The type for results in an interval."""
    if width == "wide":
        return np.dtype(np.int64)
    kinds: list[type[np.integer]] = [np.uint8, np.int16] if width == "tight" else []
    for kind in kinds:
        if np.iinfo(kind).min <= interval.low and interval.high <= np.iinfo(kind).max:
            return np.dtype(kind)
    return narrowest([interval])


def assemble(
    graph: Graph,
    roots: Sequence[Id],
    inputs: Mapping[int, int],
    states: Mapping[int, np.dtype[np.integer]] | None = None,
    width: Width = "wide",
) -> Program:
    """The program that computes the roots of a graph, as they stand there (:func:`simplified`).

    ``inputs``: how many bytes an element of each column has; ``states``: its type.
    """
    return _Assembler(graph, roots, inputs, states or {}, width).program()


def from_plan(
    plan: Plan, wanted: Sequence[Slot], inputs: Mapping[int, int], width: Width = "wide"
) -> Program:
    """The program that gives the wanted slots of a plan; see :func:`assemble`."""
    reader = Reader()
    graph, roots = simplified(reader.graph, reader.read(plan, wanted))
    return assemble(graph, roots, inputs, width=width)


# Passes over the graph.


def simplified(graph: Graph, roots: Sequence[Id]) -> tuple[Graph, list[Id]]:
    """The same values in a graph that is cheaper to run."""
    return _shared(*_tightened(*_inlined(*_demanded(graph, roots))))


def _demanded(graph: Graph, roots: Sequence[Id]) -> tuple[Graph, list[Id]]:
    """Flags without the bits that nothing reads."""
    reachable = graph.reachable(roots)
    demand = dict.fromkeys(reachable, 0)
    for root in roots:
        demand[root] = -1
    for number in reversed(reachable):
        match node := graph.nodes[number]:
            case Union(_, terms):
                for term, keep in terms:
                    demand[term] |= keep & demand[number]
            case Gated(change, child, flags, bits, _, _):
                demand[flags] |= bits
                demand[child] |= demand[number] if change == "weaken" else -1
            case _:
                for child in children(node):
                    demand[child] |= -1
    into, new = Graph(), dict[Id, Id]()
    for number in reachable:
        node, bits = graph.nodes[number], demand[number]
        if bits != -1 and isinstance(node, Table):
            new[number] = into.table(new[node.source], graph.tables[node.table] & bits)
        elif bits != -1 and isinstance(node, Union):
            kept = [(new[term], keep & bits) for term, keep in node.terms]
            new[number] = into.union(node.const & bits, kept)
        else:
            new[number] = graph.rebuilt(node, new, into)
    return into, [new[root] for root in roots]


def _inlined(graph: Graph, roots: Sequence[Id]) -> tuple[Graph, list[Id]]:
    """Sums that only one other sum reads become part of it."""
    reachable = graph.reachable(roots)
    readers = dict.fromkeys(reachable, 0)
    for number in [*roots, *(c for n in reachable for c in children(graph.nodes[n]))]:
        readers[number] += 1
    into, new = Graph(), dict[Id, Id]()
    for number in reachable:
        node = graph.nodes[number]
        if not isinstance(node, Sum):
            new[number] = graph.rebuilt(node, new, into)
            continue
        const, terms = node.const, list[tuple[Id, int]]()
        for term, factor in node.terms:
            inner = into.nodes[new[term]]
            if isinstance(inner, Sum) and readers[term] == 1:
                const += factor * inner.const
                terms += [(deeper, factor * times) for deeper, times in inner.terms]
            else:
                terms.append((new[term], factor))
        new[number] = into.sum(const, terms)
    return into, [new[root] for root in roots]


def _tightened(graph: Graph, roots: Sequence[Id]) -> tuple[Graph, list[Id]]:
    """Tables in a sum with a cap end where they fill the cap alone; the same for a floor.

    That changes no result (the cap is reached anyway) and keeps sums small enough for narrow
    registers: 100 patents at 10 points in an indicator of 15.
    """
    reachable = graph.reachable(roots)
    readers = dict.fromkeys(reachable, 0)
    for number in [*roots, *(c for n in reachable for c in children(graph.nodes[n]))]:
        readers[number] += 1
    limits: dict[Id, tuple[int | None, int | None]] = {}
    for number in reachable:
        node = graph.nodes[number]
        if isinstance(node, Clipped) and readers[node.node] == 1:
            limits[node.node] = node.low, node.high
    into, new = Graph(), dict[Id, Id]()
    for number in reachable:
        node = graph.nodes[number]
        if not isinstance(node, Sum) or number not in limits:
            new[number] = graph.rebuilt(node, new, into)
            continue
        low, high = limits[number]
        terms = [(new[term], factor) for term, factor in node.terms]
        if high is not None:
            spare = high - node.const - sum(_least(into, *term) for term in terms)
            terms = [(_capped(into, *term, spare, 1), term[1]) for term in terms]
        if low is not None:
            spare = -low + node.const - sum(_least(into, term, -times) for term, times in terms)
            terms = [(_capped(into, *term, spare, -1), term[1]) for term in terms]
        new[number] = into.sum(node.const, terms)
    return into, [new[root] for root in roots]


def _least(graph: Graph, term: Id, factor: int) -> int:
    """The least value of factor × term."""
    return min(factor * end for end in graph.intervals[term])


def _capped(graph: Graph, term: Id, factor: int, spare: int, sign: int) -> Id:
    """A term which, times factor × sign, is at most ``spare`` above its least value: if a table."""
    node = graph.nodes[term]
    if not isinstance(node, Table) or abs(factor) != 1 or spare < 0:
        return term
    least = _least(graph, term, factor * sign)
    scaled = factor * sign * graph.tables[node.table]
    return graph.table(node.source, factor * sign * np.minimum(scaled, least + spare))


def _shared(graph: Graph, roots: Sequence[Id]) -> tuple[Graph, list[Id]]:
    """What several sums have in common (low and high scores, say) is added up once."""
    reachable = graph.reachable(roots)
    sums = {n: set(node.terms) for n in reachable if isinstance(node := graph.nodes[n], Sum)}
    groups: list[set[tuple[Id, int]]] = []
    holders: dict[Id, list[int]] = {number: [] for number in sums}
    numbers = list(sums)
    while True:
        pairs = (sums[a] & sums[b] for at, a in enumerate(numbers) for b in numbers[at + 1 :])
        best = max(pairs, key=len, default=set[tuple[Id, int]]())
        if len(best) < 2:
            break
        for number, terms in sums.items():
            if best <= terms:
                sums[number] = terms - best
                holders[number].append(len(groups))
        groups.append(best)
    into, new = Graph(), dict[Id, Id]()
    for number in reachable:
        node = graph.nodes[number]
        if not isinstance(node, Sum):
            new[number] = graph.rebuilt(node, new, into)
            continue
        made = [(new[term], factor) for term, factor in sums[number]]
        for group in holders[number]:
            own = [(new[term], factor) for term, factor in groups[group]]
            made.append((into.sum(0, own), 1))
        new[number] = into.sum(node.const, made)
    return into, [new[root] for root in roots]


# Registers and operations.


@dataclass
class _Assembler:
    """Nodes become operations in the order of their numbers; sums grow as their terms get ready.

    ``held``: the register of each node that was computed and will still be read, ``left`` times.
    """

    graph: Graph
    roots: Sequence[Id]
    inputs: Mapping[int, int]
    states: Mapping[int, np.dtype[np.integer]]
    width: Width
    rows: list[list[int]] = field(default_factory=list)
    tables: list[Numbers] = field(default_factory=list)
    left: dict[Id, int] = field(default_factory=dict)
    held: dict[Id, int] = field(default_factory=dict)
    free: list[int] = field(default_factory=list)
    registers: int = 0
    checked: set[tuple[int, Id]] = field(default_factory=set)
    seen: list[Interval] = field(default_factory=list)

    def program(self) -> Program:
        nodes = self.graph.nodes
        reachable = [nodes[number] for number in self.graph.reachable(self.roots)]
        sizes = {node.number: node.size for node in reachable if isinstance(node, Code)}
        inputs = tuple(sorted(sizes))
        states = tuple(sorted(node.number for node in reachable if isinstance(node, State)))
        self.input_columns = {number: at for at, number in enumerate(inputs)}
        self.state_columns = {number: at for at, number in enumerate(states, len(inputs))}
        needed = self._count_reads()
        readers: dict[Id, list[Id]] = {}
        for number in needed:
            node = nodes[number]
            if isinstance(node, (Sum, Union)):
                for term, _ in node.terms:
                    readers.setdefault(term, []).append(number)
        intervals = [self.graph.intervals[root] for root in self.roots]
        outputs = tuple(fitting(interval, self.width) for interval in intervals)
        for number in needed:
            self._compute(number, nodes[number])
            self.seen.append(self.graph.intervals[number])
            for output, root in enumerate(self.roots):
                if root == number:
                    self._emit(Op.STORE, self.held[number], outputs[output].itemsize, output)
                    self._done(number)
            for total in readers.get(number, ()):
                self._accumulate(total, number)
        dtype = register_type(self.seen)
        return Program(
            self._rows(),
            np.concatenate([np.zeros(1, np.int64), *self.tables]).astype(dtype),
            max(self.registers, 1),
            dtype,
            inputs,
            tuple(sizes[number] for number in inputs),
            states,
            outputs,
        )

    def _rows(self) -> Numbers:
        """The operations; tables are numbered by their place in ``tables`` until now."""
        offsets = np.cumsum([1, *map(len, self.tables)])
        rows = np.zeros((len(self.rows), WIDTH), np.int64)
        read: set[int] = set()
        for row, numbers in zip(rows, self.rows, strict=True):
            row[: len(numbers)] = numbers
            op, _, kind, source = numbers[:4]
            if op > Op.STORE and kind != 0 and source not in read:
                read.add(source)
                row[-1] = abs(kind)
            if numbers[0] in (Op.TABLE, Op.OR_TABLE):
                row[4:6] = offsets[numbers[4]], len(self.tables[numbers[4]])
        return rows

    def _count_reads(self) -> list[Id]:
        """The nodes that need a register, ascending."""
        waiting = list(self.roots)
        while waiting:
            number = waiting.pop()
            if number not in self.left:
                self.left[number] = 0
                waiting.extend(self._operands(self.graph.nodes[number]))
            self.left[number] += 1
        return sorted(self.left)

    def _operands(self, node: Node) -> list[Id]:
        """The registers that a node reads, one entry for each time."""
        match node:
            case Sum() | Union():
                tables = [self.graph.nodes[term] for term, _ in node.terms]
                plain = [
                    term
                    for (term, _), inner in zip(node.terms, tables, strict=True)
                    if not isinstance(inner, Table)
                ]
                return plain + [
                    s for t in tables if isinstance(t, Table) for s in self._operands(t)
                ]
            case Table():
                return [] if self._column_of(node.source) else [node.source]
            case _:
                return list(children(node))

    def _column_of(self, number: Id) -> Code | None:
        """The input that a node stands for, if operations can read its column as it is."""
        node = self.graph.nodes[number]
        return node if isinstance(node, Code) and self.inputs[node.number] <= 2 else None

    def _emit(self, op: Op, register: int, kind: int, source: int, *numbers: int) -> None:
        self.rows.append([int(op), register, kind, source, *numbers])

    def _new(self, number: int | None = None) -> int:
        """A register, with a number in it."""
        if self.free:
            register = self.free.pop()
        else:
            register, self.registers = self.registers, self.registers + 1
        if number is not None:
            self._emit(Op.FILL, register, 0, 0, _wrapped(number))
        return register

    def _done(self, number: Id) -> None:
        """A node was read."""
        self.left[number] -= 1
        if not self.left[number]:
            self.free.append(self.held.pop(number))

    def _taken(self, number: Id) -> int:
        """A register with the value of a node that may be changed; the node was read by that."""
        if self.left[number] == 1:
            self.left[number] = 0
            return self.held.pop(number)
        register = self._new()
        self._emit(Op.COPY, register, 0, self.held[number])
        self._done(number)
        return register

    def _accumulate(self, total: Id, number: Id) -> None:
        """A term of a sum or union is ready."""
        node = self.graph.nodes[total]
        assert isinstance(node, (Sum, Union))
        plain, op = (1, Op.ADD) if isinstance(node, Sum) else (-1, Op.OR)
        if isinstance(self.graph.nodes[number], Table):
            return  # it was needed elsewhere; the sum has its own way with tables
        factor = dict(node.terms)[number]
        if total in self.held or factor != plain:
            if total not in self.held:
                self.held[total] = self._new(node.const)
            self._emit(op, self.held[total], 0, self.held[number], _wrapped(factor))
            self._done(number)
        elif isinstance(node, Sum):
            self.held[total] = self._taken(number)
            if node.const:
                self._emit(Op.SCALE, self.held[total], 0, 0, 1, _wrapped(node.const))
        elif node.const:
            self.held[total] = self._new(node.const)
            self._emit(op, self.held[total], 0, self.held[number], factor)
            self._done(number)
        else:
            self.held[total] = self._taken(number)

    def _compute(self, number: Id, node: Node) -> None:
        match node:
            case Const(value):
                self.held[number] = self._new(value)
            case Code(column, _):
                kind, at = self.inputs[column], self.input_columns[column]
                self._check_column(number, node)
                self.held[number] = self._new()
                self._emit(Op.LOAD, self.held[number], kind, at)
            case State(column, _, _):
                kind, at = STATE_KINDS[self.states[column].name], self.state_columns[column]
                self.held[number] = self._new()
                self._emit(Op.LOAD, self.held[number], kind, at)
            case Table(source, table):
                values = self.graph.tables[table]
                self.held[number] = self._new(int(values[0]))
                self._add_table(self.held[number], source, values - values[0])
            case Sum(const, terms):
                if number not in self.held:
                    self.held[number] = self._new(const)
                for term, factor in terms:
                    inner = self.graph.nodes[term]
                    if isinstance(inner, Table):
                        values = factor * self.graph.tables[inner.table]
                        self._add_table(self.held[number], inner.source, values)
            case Union(const, terms):
                if number not in self.held:
                    self.held[number] = self._new(const)
                for term, keep in terms:
                    inner = self.graph.nodes[term]
                    if isinstance(inner, Table):
                        values = keep & self.graph.tables[inner.table]
                        self._unite_table(self.held[number], inner.source, values)
            case _:
                self.held[number] = self._changed(node)

    def _changed(self, node: Node) -> int:
        """The register of a node that is another one, changed."""
        match node:
            case Clipped(child, low, high):
                register = self._taken(child)
                self._clip(register, self.graph.intervals[child], low, high)
            case Rounded(child, unit, mode):
                register = self._taken(child)
                self._emit(Op.ROUND, register, 0, 0, *self._rounding(child, unit, mode))
            case Best(how, first, second):
                if self.left[first] > 1:
                    first, second = second, first
                register = self._taken(first)
                op = Op.BEST if how == "max" else Op.LEAST
                self._emit(op, register, 0, self.held[second])
                self._done(second)
            case Gated(change, child, flags, bits, unless, keep):
                register = self._taken(child)
                op = _GATES[change]
                where = (_wrapped(bits), int(unless), _wrapped(keep))
                self._emit(op, register, 0, self.held[flags], *where)
                self._done(flags)
            case Counted(child, cuts, stride):
                register = self._new(0)
                self.seen += [Interval(cut, cut) for cut in cuts]
                for op, numbers in grouped([(cut, stride) for cut in cuts]):
                    self._emit(op, register, 0, self.held[child], *map(_wrapped, numbers))
                self._done(child)
            case Chained(child, chain):
                register = self._taken(child)
                interval = self.graph.intervals[child]
                for name, value in chain:
                    self._elementary(register, interval, name, value)
                    interval, _ = through([(name, value)], interval)
                    self.seen.append(interval)
            case _:
                raise AssertionError(node)
        return register

    def _clip(self, register: int, of: Interval, low: int | None, high: int | None) -> None:
        high = of.high if high is None else high
        low = min(of.low, high) if low is None else low
        self.seen.append(Interval(min(low, high), max(low, high)))
        self._emit(Op.CLIP, register, 0, 0, low, high)

    def _rounding(self, child: Id, unit: int, mode: str) -> tuple[int, ...]:
        """The parameters of ``ROUND``."""
        largest = max(map(abs, self.graph.intervals[child]))
        times, more, divisor = 1, 0, unit
        if mode == "up":
            more = unit - 1
        elif mode == "half_up" and unit % 2 == 0:
            more = unit // 2
        elif mode == "half_up":
            times, more, divisor = 2, unit, 2 * unit
        return unit, times, more, divisor, *multiplier(divisor, times * largest + more)

    def _elementary(self, register: int, of: Interval, name: str, value: int) -> None:
        """One operation of a chain."""
        match name:
            case "mul":
                self._emit(Op.SCALE, register, 0, 0, value, 0)
            case "add":
                self._emit(Op.SCALE, register, 0, 0, 1, value)
            case "min":
                self._clip(register, of, None, value)
            case "max":
                self._clip(register, of, value, None)
            case "floordiv":
                least = of.low // value
                factor, shift = multiplier(value, of.high - least * value)
                self._emit(Op.DIVIDE, register, 0, 0, least * value, value, factor, shift, least)

    def _source(self, source: Id, size: int) -> tuple[int, int]:
        """Kind and number of the source of a table, whose codes are checked or proved."""
        if column := self._column_of(source):
            self._check_column(source, column)
            return self.inputs[column.number], self.input_columns[column.number]
        low, high = self.graph.intervals[source]
        self.seen.append(Interval(0, size - 1))  # cuts are compared in the type of the registers
        if (low < 0 or high >= size) and (size, source) not in self.checked:
            self.checked.add((size, source))
            self._emit(Op.CHECK, 0, 0, self.held[source], size - 1)
        return 0, self.held[source]

    def _check_column(self, number: Id, code: Code) -> None:
        """Codes out of range stop the run: nothing is read beyond a table, or scored as if fine."""
        kind = self.inputs[code.number]
        if (code.size, number) in self.checked or code.size > np.iinfo(f"u{kind}").max:
            return
        self.checked.add((code.size, number))
        self._emit(Op.CHECK, 0, kind, self.input_columns[code.number], code.size - 1)

    def _add_table(self, register: int, source: Id, table: Numbers) -> None:
        self._apply(register, source, table, components(table), Op.TABLE)

    def _unite_table(self, register: int, source: Id, table: Numbers) -> None:
        self._apply(register, source, table, bands(table), Op.OR_TABLE)

    def _apply(
        self, register: int, source: Id, table: Numbers, parts: tuple[Part, ...] | None, op: Op
    ) -> None:
        kind, which = self._source(source, len(table))
        if parts is None:
            parts = (Part(op, (len(self.tables),)),)
            self.tables.append(table)
        for part, numbers in parts:
            self._emit(part, register, kind, which, *map(_wrapped, numbers))
        if kind == 0:
            self._done(source)


STATE_KINDS = {"uint8": 1, "int16": -2, "int32": -4, "int64": 8}
"""Kinds of sources for the types of states."""

_GATES = {
    "clear": Op.CLEAR,
    "low": Op.HULL_LOW,
    "high": Op.HULL_HIGH,
    "weaken": Op.WEAKEN,
}


def _wrapped(number: int) -> int:
    """A number as int64; what a register of fewer bits keeps of it is all that counts."""
    return (number + (1 << 63)) % (1 << 64) - (1 << 63)
