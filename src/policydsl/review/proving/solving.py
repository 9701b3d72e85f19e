"""The same question put to an SMT solver (z3), for policies whose parts share too many facts.

Where :mod:`.searching` would have to go through too many combinations, the graph is written as
integer arithmetic: a table becomes straight pieces over its code, caps become case distinctions.
The most is found by tightening a bound with ``push`` and ``pop`` (a ``Solver``; ``Optimize`` did
not finish on such questions).  What the solver does not settle in time stays undecided.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from policydsl.review.proving.searching import Condition, Deadline, Found, Leaf, Sense, TooLarge
from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.engines.graph import Graph
from policydsl.scoring.columns.engines.nodes import (
    Best,
    Chained,
    Clipped,
    Code,
    Const,
    Counted,
    Gated,
    Id,
    Rounded,
    State,
    Sum,
    Table,
    Union,
)

MOST_PIECES = 3000
NOT_INSTALLED = (
    "组合太多，逐一核对不完；装上求解器（pip install 'policydsl[proof]'）可以再试",
    "too many combinations to go through; a solver (pip install 'policydsl[proof]') may settle it",
)
NOT_SOLVED = ("求解器没有在限定的时间里算出", "the solver did not settle it in time")
NOT_ENCODED = ("规则的形式不能交给求解器", "the rules have a form that the solver is not given")


def solved(
    graph: Graph,
    leaves: Sequence[Leaf],
    node: Id,
    sense: Sense,
    conditions: Sequence[Condition],
    deadline: Deadline,
) -> Found | None:
    """The largest or smallest value of a node where the conditions hold, by the solver.

    ``None`` where no case meets the conditions.  Raises :class:`TooLarge` where the solver is not
    installed, or does not tell.
    """
    try:
        z3: Any = importlib.import_module("z3")
    except ImportError:
        raise TooLarge(NOT_INSTALLED) from None
    return _Question(z3, graph, leaves, node, sense, conditions, deadline).answer()


class _Question:
    def __init__(
        self,
        z3: Any,
        graph: Graph,
        leaves: Sequence[Leaf],
        node: Id,
        sense: Sense,
        conditions: Sequence[Condition],
        deadline: Deadline,
    ):
        self.z3, self.graph, self.node, self.sense = z3, graph, node, sense
        self.deadline = deadline
        # a context of its own: several questions may be asked at once
        self.context = z3.Context()
        self.solver = z3.SolverFor("QF_LIA", ctx=self.context)
        self.codes: dict[int, Any] = {}
        self.made: dict[Id, Any] = {}
        roots = [node, *(c.node for c in conditions)]
        wanted = graph.inputs(roots)
        for place, leaf in enumerate(leaves):
            if any(n in wanted for n in leaf.codes):
                self._leaf(place, leaf)
        for number, size in wanted.items():
            if number not in self.codes:
                self._leaf(-number - 1, Leaf({number: np.arange(size, dtype=np.int64)}))
        for number in graph.reachable(roots):
            self._define(number)
        for condition in conditions:
            held = self.made[condition.node]
            if condition.low is not None:
                self.solver.add(held >= condition.low)
            if condition.high is not None:
                self.solver.add(held <= condition.high)

    def answer(self) -> Found | None:
        best = self._check(None)
        if best is None:
            return None
        low, high = self.graph.intervals[self.node]
        bound = high if self.sense > 0 else low
        while best.value != bound:
            # halfway to what is not ruled out: few steps however wide the scores are
            gap = abs(bound - best.value)
            aim = best.value + self.sense * max(1, gap // 2)
            found = self._check(aim)
            if found is None:
                bound = aim - self.sense
            else:
                best = found
        return best

    def _check(self, aim: int | None) -> Found | None:
        """A case with a value at least as good as ``aim``; ``None`` where there is none."""
        self.deadline.check()
        solver = self.solver
        solver.set("timeout", max(1, int(self.deadline.left * 1000)))
        solver.push()
        held = self.made[self.node]
        if aim is not None:
            solver.add(held >= aim if self.sense > 0 else held <= aim)
        told = solver.check()
        try:
            if told == self.z3.unsat:
                return None
            if told != self.z3.sat:
                raise TooLarge(NOT_SOLVED)
            model = solver.model()
            codes = {
                n: model.eval(code, model_completion=True).as_long()
                for n, code in self.codes.items()
            }
            value = model.eval(held, model_completion=True).as_long()
        finally:
            solver.pop()
        return Found(value, codes)

    # -- what is told to the solver

    def _number(self, value: int) -> Any:
        return self.z3.IntVal(value, self.context)

    def _leaf(self, place: int, leaf: Leaf) -> None:
        if len(leaf.codes) == 1:
            ((number, codes),) = leaf.codes.items()
            code = self.codes[number] = self.z3.Int(f"c{number}", self.context)
            ways = [
                self.z3.And(code >= int(codes[a]), code <= int(codes[b - 1]))
                for a, b in _runs(np.diff(codes) == 1, len(codes))
            ]
            self.solver.add(self.z3.Or(*ways) if len(ways) > 1 else ways[0])
            return
        row = self.z3.Int(f"r{place}", self.context)
        self.solver.add(row >= 0, row < leaf.rows)
        for number, codes in leaf.codes.items():
            self.codes[number] = self._looked_up(row, codes)

    def _looked_up(self, source: Any, table: Numbers) -> Any:
        """A table as straight pieces."""
        pieces = list(_pieces(table))
        if len(pieces) > MOST_PIECES:
            raise TooLarge(NOT_ENCODED)
        return self._branch(source, table, pieces)

    def _branch(self, source: Any, table: Numbers, pieces: Sequence[tuple[int, int]]) -> Any:
        """Pieces as a balanced tree of distinctions."""
        if len(pieces) == 1:
            ((start, slope),) = pieces
            value = self._number(int(table[start]))
            return value + slope * (source - start) if slope else value
        middle = len(pieces) // 2
        return self.z3.If(
            source < pieces[middle][0],
            self._branch(source, table, pieces[:middle]),
            self._branch(source, table, pieces[middle:]),
        )

    # One case for each node: parted, nobody would see at once that none is missing.
    def _define(self, number: Id) -> None:  # noqa: C901
        z3 = self.z3
        node, made = self.graph.nodes[number], self.made
        value: Any = None
        match node:
            case Const(value):
                made[number] = self._number(value)
                return
            case Code(input_, _):
                made[number] = self.codes[input_]
                return
            case State():
                raise TooLarge(NOT_ENCODED)
            case Table(source, table):
                value = self._looked_up(made[source], self.graph.tables[table])
            case Sum(const, terms):
                value = self._number(const)
                for term, factor in terms:
                    value = value + factor * made[term]
            case Union(const, terms):
                if const not in (0, 1) or any(
                    self.graph.intervals[t].high > 1 or not keep & 1 for t, keep in terms
                ):
                    raise TooLarge(NOT_ENCODED)
                any_ = z3.Or(*(made[t] >= 1 for t, _ in terms))
                value = self._number(1) if const else z3.If(any_, self._number(1), self._number(0))
            case Clipped(child, low, high):
                value = made[child]
                if high is not None:
                    value = z3.If(value > high, self._number(high), value)
                if low is not None:
                    value = z3.If(value < low, self._number(low), value)
            case Best(how, first, second):
                more = made[first] >= made[second]
                one, two = (first, second) if how == "max" else (second, first)
                value = z3.If(more, made[one], made[two])
            case Gated(change, child, flags, bits, unless, _):
                if bits != 1 or change == "weaken" or self.graph.intervals[flags].high > 1:
                    raise TooLarge(NOT_ENCODED)
                where = made[flags] == 0 if unless else made[flags] >= 1
                held, nothing = made[child], self._number(0)
                changed = nothing if change == "clear" else (
                    z3.If(held > 0, nothing, held) if change == "low"
                    else z3.If(held < 0, nothing, held)
                )  # fmt: skip
                value = z3.If(where, changed, held)
            case Counted(child, cuts, stride):
                value = self._number(0)
                for cut in cuts:
                    value = value + z3.If(made[child] >= cut, self._number(stride), self._number(0))
            case Chained(child, chain):
                value = made[child]
                for name, by in chain:
                    value = self._elementary(name, by, value)
            case Rounded(child, unit, mode):
                value = self._rounded(made[child], unit, mode)
        # a name for each value keeps what is shared from being written out again and again
        name = z3.Int(f"n{number}", self.context)
        self.solver.add(name == value)
        low, high = self.graph.intervals[number]
        self.solver.add(name >= low, name <= high)
        made[number] = name

    def _elementary(self, name: str, by: int, value: Any) -> Any:
        z3 = self.z3
        match name:
            case "mul":
                return value * by
            case "add":
                return value + by
            case "min":
                return z3.If(value > by, self._number(by), value)
            case "max":
                return z3.If(value < by, self._number(by), value)
            case _:
                return value / by

    def _rounded(self, value: Any, unit: int, mode: str) -> Any:
        size = self.z3.If(value < 0, -value, value)
        if mode == "up":
            steps = (size + unit - 1) / unit
        else:
            steps = size / unit if mode == "down" else (2 * size + unit) / (2 * unit)
        return self.z3.If(value < 0, -unit * steps, unit * steps)


def _pieces(table: Numbers) -> Iterator[tuple[int, int]]:
    """Where each straight piece of a table begins, and how it slopes."""
    start = 0
    while start < len(table):
        if start + 1 == len(table):
            yield start, 0
            return
        slope = int(table[start + 1] - table[start])
        steps = np.diff(table[start:])
        other = np.flatnonzero(steps != slope)
        length = int(other[0]) + 1 if len(other) else len(table) - start
        if length == 1 or (length == 2 and slope):
            # a single value between two jumps is a piece of its own
            yield start, 0
            start += 1
            continue
        yield start, slope
        start += length


def _runs(joined: Any, count: int) -> Iterator[tuple[int, int]]:
    """First and last place (excluded) of each run of codes that follow one another."""
    start = 0
    for place in range(1, count + 1):
        if place == count or not joined[place - 1]:
            yield start, place
            start = place
