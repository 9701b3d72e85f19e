"""A plan as SQL: layers of integer expressions, the same for every database.

The steps become a graph of expressions, one for each state of a slot.  What is needed in one
place only is written there; what is needed more often becomes a column of a layer, so that every
state is computed once.  A layer is a SELECT from the layer before it::

    SELECT m7 AS "total" FROM (              -- wanted slots
      SELECT CASE … END AS m7 FROM (         -- states, as many layers as they build on each other
        SELECT CAST("社保月数" AS INTEGER) AS c0, … FROM "population"     -- codes
      ) AS l0
    ) AS l1

All numbers are integers, of 32 bits where the bounds of a state prove that enough, else of 64.
Divisions have operands that are not negative, so that it does not matter which way a database
rounds.  The lists of pieces that stand for tables: :mod:`policydsl.scoring.columns.sql.bands`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from policydsl.scoring.columns.plan import (
    Add,
    Classify,
    Clear,
    Clip,
    Formula,
    Hull,
    In,
    Look,
    Mark,
    Merge,
    Pick,
    Plan,
    Round,
    Slot,
    Weaken,
)
from policydsl.scoring.columns.sql.bands import Piece, pieces_of
from policydsl.scoring.columns.sql.dialects import INT32, Dialect

_DEEP = 40
"""Expressions nested deeper than this get a column of their own; parsers have limits."""
_LONG = 50
"""Sums longer than this are written in parts, for the same reason."""

Reference = int
"""Number of a node of the graph."""


class Selected(NamedTuple):
    """A column of a layer: an expression over the columns of the layer before, and its name."""

    expression: str
    name: str


Layer = tuple[Selected, ...]


@dataclass(frozen=True)
class Table:
    """Where rows come from: a FROM item as SQL, and what is read of it, as SQL expressions.

    ``codes`` are the integer codes of the inputs, by number; ``kept`` are columns that are handed
    through, by the name that they have in the result.
    """

    sql: str
    codes: Mapping[int, str]
    kept: Mapping[str, str] = field(default_factory=dict)


def to_sql(plan: Plan, table: Table, wanted: Mapping[str, Slot], dialect: Dialect) -> str:
    """A SELECT of the wanted slots, by the names of their columns, behind the kept columns."""
    first, *others = layers(plan, table, wanted, dialect)
    text = _select(first, table.sql)
    for number, layer in enumerate(others):
        text = _select(layer, f"({text}) AS l{number}")
    return text


def _select(layer: Layer, source: str) -> str:
    columns = ", ".join(f"{each.expression} AS {each.name}" for each in layer)
    return f"SELECT {columns} FROM {source}"


def layers(
    plan: Plan, table: Table, wanted: Mapping[str, Slot], dialect: Dialect
) -> tuple[Layer, ...]:
    """The layers of a query, the one that reads the table first; see the module."""
    graph = _Graph(plan)
    for step in plan.sliced(wanted.values()):
        graph.run(step)
    wanted_nodes = {name: graph.held(slot) for name, slot in wanted.items()}
    return _Writer(graph, dialect, wanted_nodes).layers(table)


# -- the graph


class _Node(NamedTuple):
    """One state: what it is made of, and the least and greatest value that it can have.

    ``ones`` are the bits that can be set, ``wide`` says that 32 bits are not enough for it or on
    the way to it.
    """

    kind: str
    inputs: tuple[Reference, ...]
    data: Any
    low: int
    high: int
    ones: int
    wide: bool


class _Graph:
    """The states of all slots, each only once."""

    def __init__(self, plan: Plan):
        self.plan = plan
        self.nodes: list[_Node] = []
        self.known: dict[object, Reference] = {}
        self.slots: dict[Slot, Reference] = {}
        self.tables: list[npt.NDArray[np.int64]] = []

    def held(self, slot: Slot) -> Reference:
        """The state of a slot after the steps so far."""
        return self.slots[slot] if slot in self.slots else self._number(0)

    def run(self, step: object) -> None:
        """Take one step."""
        match step:
            case Look():
                self._increase(step.out, 1, self._look(step.source, step.table))
            case Mark():
                self._merge(step.out, self._look(step.source, step.table))
            case Formula():
                self._increase(step.out, 1, self._chain(step))
            case Add():
                self._increase(step.out, step.factor, self.held(step.slot))
            case Pick():
                self._pick(step)
            case Clip():
                self.slots[step.out] = self._clipped(self.held(step.out), step.low, step.high)
            case Round():
                self._round(step)
            case Clear():
                self._clear(step)
            case Hull():
                self._hull(step)
            case Merge():
                self._merge(step.out, self._kept(self.held(step.slot), step.keep))
            case Weaken():
                self._weaken(step)
            case Classify():
                self._classify(step)
            case _:
                raise TypeError(step)

    # -- nodes

    def _add(
        self,
        kind: str,
        inputs: tuple[Reference, ...],
        data: Any,
        low: int,
        high: int,
        ones: int | None = None,
        top: int = 0,
    ) -> Reference:
        """A node; ``top`` is the largest magnitude on the way to its value."""
        key = (kind, inputs, data)
        if key not in self.known:
            if ones is None:
                ones = -1 if low < 0 else (1 << high.bit_length()) - 1
            top = max(top, abs(low), abs(high))
            # of a look-up the source is an index, not a part of the value
            parts = () if kind in ("look", "classes") else inputs
            wide = top > INT32 or any(self.nodes[one].wide for one in parts)
            self.known[key] = len(self.nodes)
            self.nodes.append(_Node(kind, inputs, data, low, high, ones, wide))
        return self.known[key]

    def _number(self, value: int) -> Reference:
        return self._add("number", (), value, value, value, value if value >= 0 else -1)

    def _source(self, source: In | Slot) -> Reference:
        if not isinstance(source, In):
            return self.held(source)
        size = self.plan.inputs[source.number].size
        return self._add("code", (), source.number, 0, size - 1)

    def _look(self, source: In | Slot, table: npt.NDArray[np.int64]) -> Reference:
        index = self._source(source)
        low, high = self.nodes[index].low, self.nodes[index].high
        if low < 0 or high >= len(table):
            raise ValueError(f"a table of {len(table)} is looked up by {low} … {high}")
        table = np.ascontiguousarray(table[low : high + 1], np.int64)
        least, most = int(table.min()), int(table.max())
        if least == most:
            return self._number(least)
        ones = int(np.bitwise_or.reduce(table)) if least >= 0 else None
        known = self.known.setdefault(("table", table.tobytes()), len(self.tables))
        if known == len(self.tables):
            self.tables.append(table)
        return self._add("look", (index,), known, least, most, ones)

    def _chain(self, step: Formula) -> Reference:
        value = self._source(step.source)
        for name, number in step.chain:
            match name:
                case "mul":
                    value = self._sum(((number, value),))
                case "add":
                    value = self._sum(((1, value), (1, self._number(number))))
                case "min":
                    value = self._clipped(value, None, number)
                case "max":
                    value = self._clipped(value, number, None)
                case "floordiv":
                    value = self._divided(value, number)
        return value

    def _divided(self, value: Reference, by: int) -> Reference:
        node = self.nodes[value]
        # shifted by a multiple of the divisor, so that what is divided is not negative
        shift = max(0, -(node.low // by))
        low, high = node.low // by, node.high // by
        if low == high:
            return self._number(low)
        return self._add("div", (value,), (by, shift), low, high, top=node.high + shift * by + by)

    def _sum(self, parts: Iterable[tuple[int, Reference]]) -> Reference:
        """Factors times states, added up: flat, and with equal terms put together."""
        terms: dict[Reference, int] = {}
        constant = 0
        for factor, reference in parts:
            node = self.nodes[reference]
            if node.kind == "number":
                constant += factor * node.data
            elif node.kind == "sum" and factor == 1 and not terms:
                constant += node.data[1]
                terms.update(zip(node.inputs, node.data[0], strict=True))
            else:
                terms[reference] = terms.get(reference, 0) + factor
        terms = {reference: factor for reference, factor in terms.items() if factor}
        if not terms:
            return self._number(constant)
        if constant == 0 and list(terms.values()) == [1]:
            return next(iter(terms))
        low = high = constant
        top = abs(constant)
        for reference, factor in terms.items():
            node = self.nodes[reference]
            ends = sorted((factor * node.low, factor * node.high))
            low, high = low + ends[0], high + ends[1]
            top += max(abs(ends[0]), abs(ends[1]), abs(factor))
        data = (tuple(terms.values()), constant)
        return self._add("sum", tuple(terms), data, low, high, top=top)

    def _increase(self, slot: Slot, factor: int, by: Reference) -> None:
        self.slots[slot] = self._sum(((1, self.held(slot)), (factor, by)))

    def _merge(self, slot: Slot, flags: Reference) -> None:
        parts: dict[Reference, None] = {}
        constant = 0
        for reference in (self.held(slot), flags):
            node = self.nodes[reference]
            if node.kind == "number":
                constant |= node.data
            elif node.kind == "or":
                constant |= node.data
                parts.update(dict.fromkeys(node.inputs))
            else:
                parts[reference] = None
        if not parts:
            self.slots[slot] = self._number(constant)
        elif len(parts) == 1 and not constant:
            self.slots[slot] = next(iter(parts))
        else:
            ones = constant
            for reference in parts:
                ones |= self.nodes[reference].ones
            self.slots[slot] = self._add("or", tuple(parts), constant, 0, ones, ones)

    def _kept(self, flags: Reference, keep: int) -> Reference:
        node = self.nodes[flags]
        ones = node.ones & keep
        if ones == node.ones:
            return flags
        if ones == 0 or node.kind == "number":
            return self._number(ones)
        return self._add("and", (flags,), keep & node.ones, 0, ones, ones)

    def _pick(self, step: Pick) -> None:
        mine, other = self.held(step.out), self.held(step.slot)
        a, b = self.nodes[mine], self.nodes[other]
        if step.how == "min":
            a, b, mine, other = b, a, other, mine
        if a.low >= b.high:
            self.slots[step.out] = mine if step.how == "max" else other
        elif b.low >= a.high:
            self.slots[step.out] = other if step.how == "max" else mine
        else:
            pick = max if step.how == "max" else min
            low, high = pick(a.low, b.low), pick(a.high, b.high)
            pair = (min(mine, other), max(mine, other))
            self.slots[step.out] = self._add("pick", pair, step.how, low, high)

    def _clipped(self, value: Reference, floor: int | None, cap: int | None) -> Reference:
        node = self.nodes[value]
        low, high = node.low, node.high
        at_most = at_least = None
        if cap is not None and cap < high:
            at_most, high, low = cap, cap, min(low, cap)
        if floor is not None and floor > low:
            at_least, low, high = floor, floor, max(high, floor)
        if low == high:  # also where the floor is above the cap
            return self._number(low)
        if at_most is None and at_least is None:
            return value
        return self._add("clip", (value,), (at_least, at_most), low, high)

    def _round(self, step: Round) -> None:
        held = self.held(step.out)
        node = self.nodes[held]
        if node.kind == "number" or step.unit == 1:
            value = rounded(node.low, step) if node.kind == "number" else None
            self.slots[step.out] = held if value is None else self._number(value)
            return
        low, high = rounded(node.low, step), rounded(node.high, step)
        top = 2 * max(abs(node.low), abs(node.high)) + 2 * step.unit
        data = (step.unit, step.mode)
        self.slots[step.out] = self._add("round", (held,), data, low, high, top=top)

    def _clear(self, step: Clear) -> None:
        held, flags = self.held(step.out), self.held(step.flags)
        certain = self._certainly(flags, step.bits, step.unless)
        if certain is None:
            node = self.nodes[held]
            low, high, ones = min(node.low, 0), max(node.high, 0), node.ones
            data = (step.bits, step.unless)
            self.slots[step.out] = self._add("clear", (held, flags), data, low, high, ones)
        elif certain:
            self.slots[step.out] = self._number(0)

    def _hull(self, step: Hull) -> None:
        held, flags = self.held(step.out), self.held(step.flags)
        node = self.nodes[held]
        certain = self._certainly(flags, step.bits, step.unless)
        idle = node.high <= 0 if step.end == "low" else node.low >= 0
        if certain is False or idle:
            return
        if certain:
            ends = (0, None) if step.end == "high" else (None, 0)
            self.slots[step.out] = self._clipped(held, *ends)
            return
        low, high = min(node.low, 0), max(node.high, 0)
        data = (step.bits, step.unless, step.end)
        self.slots[step.out] = self._add("hull", (held, flags), data, low, high)

    def _weaken(self, step: Weaken) -> None:
        held, flags = self.held(step.out), self.held(step.flags)
        node = self.nodes[held]
        certain = self._certainly(flags, step.bits, True)
        if certain is False or node.ones & step.keep == node.ones:
            return
        if certain:
            self.slots[step.out] = self._kept(held, step.keep)
            return
        data = (step.bits, step.keep & node.ones, node.ones)
        self.slots[step.out] = self._add("weaken", (held, flags), data, 0, node.high, node.ones)

    def _certainly(self, flags: Reference, bits: int, unless: bool) -> bool | None:
        """Whether a condition on flags holds for all rows (or none); ``None``: for some."""
        node = self.nodes[flags]
        if node.kind == "number":
            return ((node.data & bits) != 0) is not unless
        if node.ones & bits == 0:
            return unless
        if node.kind == "or" and node.data & bits:
            return not unless
        return None

    def _classify(self, step: Classify) -> None:
        value = self.held(step.slot)
        node = self.nodes[value]
        first = sum(cut <= node.low for cut in step.cuts)
        cuts = tuple(cut for cut in step.cuts if node.low < cut <= node.high)
        table = self._number(first * step.stride)
        if cuts:
            ends = sorted((first * step.stride, (first + len(cuts)) * step.stride))
            data = (cuts, first, step.stride)
            table = self._add("classes", (value,), data, ends[0], ends[1], top=abs(step.stride))
        self._increase(step.out, 1, table)


def rounded(value: int, step: Round) -> int:
    """A number as :class:`Round` makes it."""
    size, unit = abs(value), step.unit
    if step.mode == "half_up":
        count = (2 * size + unit) // (2 * unit)
    else:
        count = size // unit if step.mode == "down" else -(-size // unit)
    return (count if value >= 0 else -count) * unit


# -- the text


class _Writer:
    """Distributes the nodes over layers and writes them."""

    def __init__(self, graph: _Graph, dialect: Dialect, wanted: Mapping[str, Reference]):
        self.graph = graph
        self.nodes = graph.nodes
        self.dialect = dialect
        self.wanted = wanted
        self.pieces: dict[int, tuple[Piece, ...] | None] = {}
        self.needed = self._reachable()
        self.columns = self._shared()

    def _reachable(self) -> list[Reference]:
        """The nodes behind what is wanted, inputs before what they are used in."""
        found: set[Reference] = set()
        todo = list(self.wanted.values())
        while todo:
            node = todo.pop()
            if node not in found:
                found.add(node)
                todo += self.nodes[node].inputs
        return sorted(found)

    def _shared(self) -> dict[Reference, int]:
        """The nodes that get a column, with the layer that it belongs to (codes: 0)."""
        uses = dict.fromkeys(self.needed, 0)
        for wanted in self.wanted.values():
            uses[wanted] += 1
        for reference in self.needed:
            inputs = self.nodes[reference].inputs
            for one, times in zip(inputs, self._times(reference), strict=True):
                uses[one] += times
        columns: dict[Reference, int] = {}
        level: dict[Reference, int] = {}  # the layer behind which a node can be written
        depth: dict[Reference, int] = {}
        for reference in self.needed:
            node = self.nodes[reference]
            level[reference] = max((columns.get(one, level[one]) for one in node.inputs), default=0)
            depth[reference] = 1 + max(
                (0 if one in columns else depth[one] for one in node.inputs), default=0
            )
            if node.kind == "code":
                columns[reference] = 0
            elif node.kind != "number" and (uses[reference] > 1 or depth[reference] > _DEEP):
                columns[reference] = level[reference] + 1
        return columns

    def _times(self, reference: Reference) -> tuple[int, ...]:
        """How often the text of a node repeats that of each of its inputs."""
        node = self.nodes[reference]
        match node.kind:
            case "look":
                return (1 if self._pieces(reference) is None else 2,)
            case "pick":
                return (2, 2)
            case "clip" | "classes":
                return (2,)
            case "round":
                return (1 if self.nodes[node.inputs[0]].low >= 0 else 2,)
            case "hull":
                return (2, 1)
        return (1,) * len(node.inputs)

    def _pieces(self, reference: Reference) -> tuple[Piece, ...] | None:
        """The pieces of the table of a look-up, ``None`` where a list is faster."""
        if reference not in self.pieces:
            node = self.nodes[reference]
            table, start = self.graph.tables[node.data], self.nodes[node.inputs[0]].low
            self.pieces[reference] = pieces_of(table, start, self.dialect.weight)
        return self.pieces[reference]

    # -- layers

    def layers(self, table: Table) -> tuple[Layer, ...]:
        quote = self.dialect.name_of
        last = max((self._level(node) for node in self.wanted.values()), default=0)
        final: list[Selected] = []
        kept = [f"k{number}" for number in range(len(table.kept))]
        final += [Selected(k, quote(name)) for k, name in zip(kept, table.kept, strict=True)]
        final += [
            Selected(self._written(node, True), quote(name)) for name, node in self.wanted.items()
        ]
        used = self._last_uses(last)
        result: list[Layer] = []
        codes = [node for node in self.columns if self.columns[node] == 0]
        first = [
            Selected(
                self.dialect.cast(table.codes[self.nodes[node].data], self.nodes[node].wide),
                self._name(node),
            )
            for node in codes
        ]
        first += [Selected(text, k) for k, text in zip(kept, table.kept.values(), strict=True)]
        # a SELECT must select something, even for a plan of constants
        result.append(tuple(first) or (Selected("1", "one"),))
        for number in range(1, last + 1):
            carried = [
                Selected(self._name(one), self._name(one))
                for one, level in self.columns.items()
                if level < number < used[one]
            ]
            new = [
                Selected(self._defined(one), self._name(one))
                for one, level in self.columns.items()
                if level == number
            ]
            result.append((*carried, *new, *(Selected(k, k) for k in kept)))
        return (*result, tuple(final))

    def _level(self, reference: Reference) -> int:
        """The layer that must be there before a node can be referred to."""
        if reference in self.columns:
            return self.columns[reference]
        return max((self._level(one) for one in self.nodes[reference].inputs), default=0)

    def _last_uses(self, last: int) -> dict[Reference, int]:
        """For each column the last layer that reads it (the final SELECT: ``last + 1``)."""
        used = dict.fromkeys(self.columns, 0)

        def note(reference: Reference, layer: int) -> None:
            if reference in self.columns:
                used[reference] = max(used[reference], layer)
            else:
                for one in self.nodes[reference].inputs:
                    note(one, layer)

        for node, level in self.columns.items():
            for one in self.nodes[node].inputs:
                note(one, level)
        for node in self.wanted.values():
            note(node, last + 1)
        return used

    # -- expressions

    def _name(self, reference: Reference) -> str:
        node = self.nodes[reference]
        return f"c{node.data}" if node.kind == "code" else f"m{reference}"

    def _written(self, reference: Reference, wide: bool) -> str:
        """A node where it is used: its column or its text, as BIGINT if ``wide``."""
        node = self.nodes[reference]
        if node.kind == "number":
            number = _number(node.data)
            return self.dialect.cast(number, True) if wide and abs(node.data) <= INT32 else number
        text = self._name(reference) if reference in self.columns else self._defined(reference)
        return self.dialect.cast(text, True) if wide and not node.wide else text

    def _defined(self, reference: Reference) -> str:
        """The expression of a node, of the type that it needs."""
        node = self.nodes[reference]
        if node.kind == "look":
            return self._looked(reference)
        inputs = [self._written(one, node.wide) for one in node.inputs]
        match node.kind:
            case "sum":
                return self._summed(node, inputs)
            case "or":
                parts = inputs + ([_number(node.data)] if node.data else [])
                return _joined(parts, " | ")
            case "and":
                return f"({inputs[0]} & {_number(node.data)})"
            case "div":
                by, shift = node.data
                if not shift:
                    return self.dialect.divide(inputs[0], by)
                return f"({self.dialect.divide(f'({inputs[0]} + {shift * by})', by)} - {shift})"
            case "pick":
                a, b = inputs
                sign = ">" if node.data == "max" else "<"
                return f"CASE WHEN {a} {sign} {b} THEN {a} ELSE {b} END"
            case "clip":
                return _clipped(node, inputs[0])
            case "round":
                return self._rounded(node, inputs[0])
            case "clear":
                bits, unless = node.data
                condition = self._has(node.inputs[1], bits, unless)
                return f"CASE WHEN {condition} THEN 0 ELSE {inputs[0]} END"
            case "hull":
                bits, unless, end = node.data
                sign = ">" if end == "low" else "<"
                condition = self._has(node.inputs[1], bits, unless)
                x = inputs[0]
                return f"CASE WHEN {x} {sign} 0 AND {condition} THEN 0 ELSE {x} END"
            case "weaken":
                bits, keep, ones = node.data
                condition = self._has(node.inputs[1], bits, True)
                return f"({inputs[0]} & CASE WHEN {condition} THEN {keep} ELSE {ones} END)"
            case "classes":
                return self._classes(node)
        raise ValueError(node.kind)

    def _summed(self, node: _Node, inputs: Sequence[str]) -> str:
        factors, constant = node.data
        terms = [_line(x, factor, 0) for factor, x in zip(factors, inputs, strict=True)]
        text = _joined([*terms, *([_number(constant)] if constant else [])], " + ")
        return f"({text})" if len(terms) == 1 and not constant else text

    def _looked(self, reference: Reference) -> str:
        node = self.nodes[reference]
        source = node.inputs[0]
        code, start = self._written(source, False), self.nodes[source].low
        pieces = self._pieces(reference)
        if pieces is None:
            index = code if start == 0 else f"{code} - {start}"
            return self.dialect.look(self.graph.tables[node.data], index, node.wide)
        values = [self._piece(piece, source, node.wide) for piece in pieces]
        return _cases(code, [piece.start for piece in pieces[1:]], values)

    def _piece(self, piece: Piece, source: Reference, wide: bool) -> str:
        """The value of a piece for the codes of a node, as BIGINT if ``wide``."""
        cast = self.dialect.cast
        start, value, unit, up, over, shift = piece
        if not unit:
            return cast(_number(value), True) if wide and abs(value) <= INT32 else _number(value)
        last = self.nodes[source].high
        # a line with negative numbers in between needs as many digits as one with positive ones
        narrow = max(up, abs(unit)) * (last + over) + abs(value) < INT32
        code = self._written(source, wide or not narrow)
        if over == 1:
            text = _line(code, unit * up, value - unit * up * start)
        else:
            counted = f"({_line(code, up, shift - up * start)})"
            text = _line(self.dialect.divide(counted, over), unit, value)
        already = wide or not (self.nodes[source].wide or not narrow)
        return text if already else cast(text, False)

    def _rounded(self, node: _Node, text: str) -> str:
        def of(size: str) -> str:
            unit, mode = node.data
            if mode == "half_up":
                count = self.dialect.divide(f"({size} * 2 + {unit})", 2 * unit)
            elif mode == "down":
                count = self.dialect.divide(size, unit)
            else:
                count = self.dialect.divide(f"({size} + {unit - 1})", unit)
            return f"{count} * {unit}"

        if self.nodes[node.inputs[0]].low >= 0:
            return f"({of(text)})"
        return f"CASE WHEN {text} < 0 THEN -({of(f'(-{text})')}) ELSE {of(text)} END"

    def _has(self, flags: Reference, bits: int, unless: bool) -> str:
        node = self.nodes[flags]
        bits &= node.ones
        text = self._written(flags, False)
        if bits != node.ones:
            text = f"({text} & {_number(bits)})"
        return f"{text} {'=' if unless else '<>'} 0"

    def _classes(self, node: _Node) -> str:
        cuts, first, stride = node.data
        text = self._written(node.inputs[0], False)
        values = [_number((first + k) * stride) for k in range(len(cuts) + 1)]
        text = _cases(text, cuts, values)
        return self.dialect.cast(text, True) if node.wide else text


def _number(value: int) -> str:
    """A literal; in brackets where it is negative, since ``--`` begins a comment."""
    return str(value) if value >= 0 else f"({value})"


def _line(text: str, factor: int, offset: int) -> str:
    """``text * factor + offset``, as short as it can be written."""
    text = text if factor == 1 else f"{text} * {_number(factor)}"
    if not offset:
        return text
    return f"{text} + {offset}" if offset > 0 else f"{text} - {-offset}"


def _joined(parts: Sequence[str], operator: str) -> str:
    """Parts with an operator between them, in brackets; long rows in groups."""
    if len(parts) == 1:
        return parts[0]
    while len(parts) > _LONG:
        groups = [parts[i : i + _LONG] for i in range(0, len(parts), _LONG)]
        parts = [_joined(group, operator) for group in groups]
    return f"({operator.join(parts)})"


def _cases(variable: str, cuts: Sequence[int], values: Sequence[str]) -> str:
    """``values[k]`` where exactly ``k`` of the ascending cuts are at most the variable.

    Many are found by halves.
    """
    if not cuts:
        return f"({values[0]})"
    if len(cuts) > 12:
        half = len(cuts) // 2
        below = _cases(variable, cuts[:half], values[: half + 1])
        above = _cases(variable, cuts[half + 1 :], values[half + 1 :])
        return f"CASE WHEN {variable} < {_number(cuts[half])} THEN {below} ELSE {above} END"
    branches = " ".join(
        f"WHEN {variable} < {_number(cut)} THEN {value}"
        for cut, value in zip(cuts, values, strict=False)
    )
    return f"CASE {branches} ELSE {values[-1]} END"


def _clipped(node: _Node, text: str) -> str:
    low, high = node.data
    branches = [] if high is None else [f"WHEN {text} > {_number(high)} THEN {_number(high)}"]
    if low is not None:
        branches.append(f"WHEN {text} < {_number(low)} THEN {_number(low)}")
    return f"CASE {' '.join(branches)} ELSE {text} END"
