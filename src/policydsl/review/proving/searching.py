"""The largest or smallest value of a node of a graph over all cases, exactly, with the case.

Scores are sums of parts that mostly read facts of their own.  So what all cases can make of a part
is a small *relation* (the distinct values of the part and of whatever else is still needed), and
relations of parts without a common fact are joined only where their values meet.  Facts that
several parts read are kept together from the start.  On the way

- values that nothing needs any more are dropped and equal rows become one;
- a row goes when another one is at least as good in everything that can only help, and equal in
  the rest (a larger sum under a cap is never worse where the most is asked for).

Every row remembers where it comes from, so the answer comes with the codes of a case.  The search
is complete: an answer is a proof.  It gives up (:class:`TooLarge`) instead of guessing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.engines.evaluating import _evaluated
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
    Sum,
    Union,
    children,
)

Sense = Literal[1, -1]
Influence = Literal[1, -1, 0]
"""Whether more of a value is never worse (1), never better (−1), or neither is known (0)."""

MOST_ROWS = 4_000_000
_BIG = 1 << 61


class TooLarge(Exception):
    """The question has more combinations than can be gone through, or takes too long."""

    def __init__(self, why: tuple[str, str]):
        super().__init__(why[0])
        self.why = why


class Deadline:
    """When a search has to be over; ``go_on`` raises where nobody waits for it any more."""

    def __init__(self, seconds: float, go_on: Callable[[], None] = lambda: None):
        self.seconds = seconds
        self.go_on = go_on
        self.end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds."""
        return self.end - time.monotonic()

    def check(self) -> None:
        """Raise :class:`TooLarge` when time is up."""
        self.go_on()
        if self.left <= 0:
            text = f"{self.seconds:g}"
            raise TooLarge((f"{text} 秒内未能算完", f"not finished within {text} seconds"))


@dataclass(frozen=True)
class Condition:
    """What a case has to be like: ``low`` ≤ node ≤ ``high``."""

    node: Id
    low: int | None = None
    high: int | None = None

    def holds(self, values: Numbers) -> npt.NDArray[np.bool_]:
        """Where it is so."""
        found = np.ones(len(values), np.bool_)
        if self.low is not None:
            found &= values >= self.low
        if self.high is not None:
            found &= values <= self.high
        return found


@dataclass(frozen=True)
class Leaf:
    """The codes that some inputs can have together: one row for each combination."""

    codes: Mapping[int, Numbers]

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(next(iter(self.codes.values())))


@dataclass(frozen=True)
class Found:
    """A value that is reached, and the codes of the inputs that reach it."""

    value: int
    codes: Mapping[int, int]


@dataclass(frozen=True)
class _Origin:
    """Where the rows of a relation come from: the codes of a leaf, or rows of two relations."""

    leaf: Mapping[int, Numbers] = field(default_factory=dict)
    sides: tuple[tuple[_Origin, Numbers], ...] = ()

    def taken(self, rows: Numbers) -> _Origin:
        return _Origin(
            {number: codes[rows] for number, codes in self.leaf.items()},
            tuple((origin, places[rows]) for origin, places in self.sides),
        )

    def codes(self, row: int) -> dict[int, int]:
        found = {number: int(codes[row]) for number, codes in self.leaf.items()}
        for origin, places in self.sides:
            found |= origin.codes(int(places[row]))
        return found


@dataclass
class _Relation:
    """Distinct values of nodes that belong together; ``sums`` are parts of sums and unions."""

    rows: int
    values: dict[Id, Numbers]
    sums: dict[Id, tuple[frozenset[Id], Numbers]]
    origin: _Origin

    def taken(self, rows: Numbers) -> _Relation:
        return _Relation(
            len(rows),
            {node: values[rows] for node, values in self.values.items()},
            {node: (terms, values[rows]) for node, (terms, values) in self.sums.items()},
            self.origin.taken(rows),
        )


class Search:
    """Questions about one graph.  ``leaves`` say which codes the inputs can have together."""

    def __init__(self, graph: Graph, leaves: Sequence[Leaf], most_rows: int = MOST_ROWS):
        self.graph = graph
        self.leaves = leaves
        self.most_rows = most_rows

    def best(
        self,
        node: Id,
        sense: Sense,
        conditions: Sequence[Condition] = (),
        deadline: Deadline | None = None,
    ) -> Found | None:
        """The largest (``sense`` 1) or smallest value of a node where the conditions hold.

        ``None`` where no case meets them.  Raises :class:`TooLarge`.
        """
        run = _Run(self, node, sense, conditions, deadline or Deadline(1e9))
        return run.result()

    def exists(
        self, conditions: Sequence[Condition], deadline: Deadline | None = None
    ) -> Found | None:
        """Codes of a case that meets the conditions."""
        return self.best(self.graph.const(0), 1, conditions, deadline)


class _Run:
    def __init__(
        self,
        search: Search,
        node: Id,
        sense: Sense,
        conditions: Sequence[Condition],
        deadline: Deadline,
    ):
        self.graph, self.search = search.graph, search
        self.node, self.sense, self.deadline = node, sense, deadline
        self.conditions: dict[Id, list[Condition]] = {}
        for condition in conditions:
            self.conditions.setdefault(condition.node, []).append(condition)
        self.roots = {node, *self.conditions}
        self.reachable = self.graph.reachable(self.roots)
        self.readers: dict[Id, list[Id]] = {n: [] for n in self.reachable}
        for each in self.reachable:
            for child in dict.fromkeys(children(self.graph.nodes[each])):
                self.readers[child].append(each)
        self.influence = self._influences()
        self.constants: dict[Id, int] = {}
        self.known: set[Id] = set()  # nodes that some relation holds, or once held

    def result(self) -> Found | None:
        relations = list(self._leaves())
        if any(not r.rows for r in relations):
            return None
        while len(relations) > 1:
            self.deadline.check()
            pair = self._next(relations)
            if pair is None:
                break
            one, two = pair
            rest = [r for r in relations if r is not one and r is not two]
            joined = self._settled(self._joined(one, two))
            if not joined.rows:
                return None
            relations = [*rest, joined]
        return self._answer(relations)

    def _answer(self, relations: Sequence[_Relation]) -> Found | None:
        codes: dict[int, int] = {}
        value: int | None = None
        for relation in relations:
            row = 0
            if self.node in relation.values:
                values = relation.values[self.node] * self.sense
                row = int(values.argmax())
                value = int(relation.values[self.node][row])
            codes |= relation.origin.codes(row)
        if value is None:
            value = self.constants[self.node]
        return Found(value, codes)

    # -- what helps

    def _influences(self) -> dict[Id, Influence]:
        """Of each node, whether more of it can only help (or harm) what is asked for."""
        found: dict[Id, Influence | None] = dict.fromkeys(self.reachable)
        found[self.node] = self.sense
        for asked in self.conditions:
            found[asked] = 0

        def note(child: Id, influence: Influence) -> None:
            before = found[child]
            found[child] = influence if before in (None, influence) else 0

        for number in reversed(self.reachable):
            node = self.graph.nodes[number]
            own: Influence = found[number] or 0
            match node:
                case Sum(_, terms):
                    for term, factor in terms:
                        note(term, own if factor > 0 else _opposite(own))
                case Clipped() | Rounded():
                    note(node.node, own)
                case Best():
                    note(node.first, own)
                    note(node.second, own)
                case Gated():
                    note(node.node, 0 if node.change == "weaken" else own)
                    note(node.flags, 0)
                case Counted():
                    note(node.node, own if node.stride > 0 else _opposite(own))
                case Chained():
                    falls = sum(name == "mul" and by < 0 for name, by in node.chain) % 2
                    note(node.node, _opposite(own) if falls else own)
                case _:
                    for child in children(node):
                        note(child, 0)
        return {number: influence or 0 for number, influence in found.items()}

    # -- relations

    def _leaves(self) -> Iterator[_Relation]:
        wanted = self.graph.inputs(self.roots)
        code_of = {
            node.number: number
            for number in self.reachable
            if isinstance(node := self.graph.nodes[number], Code)
        }
        for number in self.reachable:
            node = self.graph.nodes[number]
            if isinstance(node, Const):
                self.constants[number] = node.number
            elif isinstance(node, (Sum, Union)) and not node.terms:
                self.constants[number] = node.const
        seen: set[int] = set()
        for leaf in self.search.leaves:
            numbers = [n for n in leaf.codes if n in wanted]
            if not numbers:
                continue
            seen.update(numbers)
            values = {code_of[n]: leaf.codes[n].astype(np.int64) for n in numbers}
            origin = _Origin({n: leaf.codes[n] for n in leaf.codes})
            yield self._settled(_Relation(leaf.rows, values, {}, origin))
        for number, size in wanted.items():
            if number not in seen:
                codes = np.arange(size, dtype=np.int64)
                relation = _Relation(size, {code_of[number]: codes}, {}, _Origin({number: codes}))
                yield self._settled(relation)

    def _next(self, relations: Sequence[_Relation]) -> tuple[_Relation, _Relation] | None:
        """The two relations to be joined next: the cheapest that meet in a node."""
        meeting: dict[Id, list[tuple[int, int]]] = {}
        for place, relation in enumerate(relations):
            for number in self._meets(relation):
                meeting.setdefault(number, []).append((relation.rows, place))
        best: tuple[int, int, int] | None = None
        for number in sorted(meeting):
            if len(meeting[number]) > 1:
                (rows, one), (more, two) = sorted(meeting[number])[:2]
                if best is None or rows * more < best[0]:
                    best = rows * more, one, two
        return None if best is None else (relations[best[1]], relations[best[2]])

    def _meets(self, relation: _Relation) -> set[Id]:
        """The nodes, not worked out so far, that what a relation holds goes into."""
        found = {r for number in relation.values for r in self.readers[number]} | set(relation.sums)
        return {number for number in found if number not in self.known}

    def _joined(self, one: _Relation, two: _Relation) -> _Relation:
        rows = one.rows * two.rows
        if rows > self.search.most_rows:
            raise TooLarge(
                ("组合太多，逐一核对不完", "there are too many combinations to go through")
            )
        left = np.repeat(np.arange(one.rows), two.rows)
        right = np.tile(np.arange(two.rows), one.rows)
        values = {n: v[left] for n, v in one.values.items()}
        values |= {n: v[right] for n, v in two.values.items()}
        sums = {n: (terms, v[left]) for n, (terms, v) in one.sums.items()}
        for number, (terms, held) in two.sums.items():
            if number not in sums:
                sums[number] = terms, held[right]
                continue
            before, own = sums[number]
            more = held[right]
            isunion = isinstance(self.graph.nodes[number], Union)
            sums[number] = before | terms, (own | more) if isunion else own + more
        origin = _Origin({}, ((one.origin, left), (two.origin, right)))
        return _Relation(rows, values, sums, origin)

    def _settled(self, relation: _Relation) -> _Relation:
        """Everything worked out that can be, and what is not needed any more dropped."""
        values = relation.values
        if relation.rows:
            for number, constant in self.constants.items():
                values.setdefault(number, np.full(relation.rows, constant, np.int64))
        for number in self.reachable:
            if number in values:
                self.known.add(number)
                continue
            if number in self.known:
                continue
            node = self.graph.nodes[number]
            below = children(node)
            if not below:
                continue
            if isinstance(node, (Sum, Union)):
                self._absorb(relation, number, node)
                if number in values:
                    self.known.add(number)
            elif all(child in values for child in below):
                made = _evaluated(self.graph, node, values, {}, {}, relation.rows)
                values[number] = np.asarray(made, np.int64)
                self.known.add(number)
        kept = np.ones(relation.rows, np.bool_)
        for number, conditions in self.conditions.items():
            if number in values:
                for condition in conditions:
                    kept &= condition.holds(values[number])
        for number in [n for n in values if not self._needed(n, relation)]:
            del values[number]
        if not kept.all():
            relation = relation.taken(np.flatnonzero(kept))
        return self._pruned(relation)

    def _absorb(self, relation: _Relation, number: Id, node: Sum | Union) -> None:
        """Add the terms that are known to a sum's part in this relation."""
        held = relation.sums.get(number)
        terms, total = held if held is not None else (frozenset[Id](), None)
        fresh = [(t, f) for t, f in node.terms if t in relation.values and t not in terms]
        if not fresh and total is None:
            return
        if total is None:
            total = np.zeros(relation.rows, np.int64)
        for term, factor in fresh:
            value = relation.values[term]
            total = (
                (total | (value & factor)) if isinstance(node, Union) else total + factor * value
            )
        terms = terms | {t for t, _ in fresh}
        if len(terms) < len(node.terms):
            relation.sums[number] = terms, total
            return
        relation.sums.pop(number, None)
        relation.values[number] = (
            (total | node.const) if isinstance(node, Union) else total + node.const
        )

    def _needed(self, number: Id, relation: _Relation) -> bool:
        if number == self.node:
            return True
        if number in self.constants:
            return False
        for reader in self.readers[number]:
            if reader in self.known:
                continue
            if reader in relation.sums and number in relation.sums[reader][0]:
                continue
            return True
        return False

    def _pruned(self, relation: _Relation) -> _Relation:
        """Equal rows once, and none that another one makes needless."""
        self.deadline.check()
        if relation.rows <= 1:
            return relation
        mixed: list[Numbers] = []
        better: list[Numbers] = []
        columns = [(self.influence[n], v) for n, v in relation.values.items()]
        for number, (_, values) in relation.sums.items():
            # more of a part of a union is other bits, not more of the whole
            is_sum = isinstance(self.graph.nodes[number], Sum)
            columns.append((self.influence[number] if is_sum else 0, values))
        for influence, values in columns:
            if values.min() == values.max():
                continue
            if influence:
                better.append(values * influence)
            else:
                mixed.append(values)
        mixed, better = [*mixed, *better[2:]], better[:2]
        rows = _undominated(mixed, better, relation.rows)
        return relation if len(rows) == relation.rows else relation.taken(rows)


def _opposite(influence: Influence) -> Influence:
    return 1 if influence < 0 else -1 if influence > 0 else 0


def _undominated(mixed: Sequence[Numbers], better: Sequence[Numbers], rows: int) -> Numbers:
    """One row of each kind that no other makes needless: equal in ``mixed``, best in ``better``."""
    group = _grouped(mixed, rows)
    if not better:
        return np.sort(np.unique(group, return_index=True)[1])
    if len(better) == 1:
        order = np.lexsort((-better[0], group))
        first = np.ones(rows, np.bool_)
        first[1:] = group[order][1:] != group[order][:-1]
        return np.sort(order[first])
    one, two = better
    order = np.lexsort((-two, -one, group))
    group, two = group[order], two[order]
    # in a group the first values fall; a row counts where the second is more than ever before
    width = int(two.max()) - int(two.min()) + 2
    if width * (int(group.max()) + 2) >= _BIG:
        return np.sort(order)
    level = group * width + (two - int(two.min()))
    before = np.maximum.accumulate(level)
    kept = np.ones(rows, np.bool_)
    kept[1:] = (level[1:] > before[:-1]) | (group[1:] != group[:-1])
    return np.sort(order[kept])


def _grouped(columns: Sequence[Numbers], rows: int) -> Numbers:
    """A number for each row, equal where all columns are."""
    group = np.zeros(rows, np.int64)
    size = 1
    for column in columns:
        low = int(column.min())
        width = int(column.max()) - low + 1
        if width > 4 * rows:
            found, column = np.unique(column, return_inverse=True)
            low, width = 0, len(found)
        if size * width >= _BIG:
            found, group = np.unique(group, return_inverse=True)
            size = len(found)
        group = group * width + (column - low)
        size *= width
    return np.unique(group, return_inverse=True)[1].astype(np.int64)
