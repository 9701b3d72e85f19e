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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from policydsl.scoring.columns.plan import Plan, Slot
from policydsl.scoring.columns.sql.bands import Piece, pieces_of
from policydsl.scoring.columns.sql.dialects import INT32, Dialect
from policydsl.scoring.columns.sql.states import LONG, Reference, State, States

_DEEP = 40
"""Expressions nested deeper than this get a column of their own; parsers have limits."""


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
    graph = States(plan)
    for step in plan.sliced(wanted.values()):
        graph.run(step)
    wanted_nodes = {name: graph.held(slot) for name, slot in wanted.items()}
    return _Writer(graph, dialect, wanted_nodes).layers(table)


class _Writer:
    """Distributes the nodes over layers and writes them."""

    def __init__(self, graph: States, dialect: Dialect, wanted: Mapping[str, Reference]):
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

    def _summed(self, node: State, inputs: Sequence[str]) -> str:
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

    def _rounded(self, node: State, text: str) -> str:
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

    def _classes(self, node: State) -> str:
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
    while len(parts) > LONG:
        groups = [parts[i : i + LONG] for i in range(0, len(parts), LONG)]
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


def _clipped(node: State, text: str) -> str:
    low, high = node.data
    branches = [] if high is None else [f"WHEN {text} > {_number(high)} THEN {_number(high)}"]
    if low is not None:
        branches.append(f"WHEN {text} < {_number(low)} THEN {_number(low)}")
    return f"CASE {' '.join(branches)} ELSE {text} END"
