"""Of all cases with the value that was found, one that reads as a person.

What a search finds is the first case that comes along.  Here it is moved towards the ordinary
(:mod:`policydsl.review.plausible`) without leaving what it shows: facts that make no difference are
left out, the others come as near to the ordinary as they can, and where a 常情 is broken other
values are tried, at last with a complete search among the values that can make a difference.
Leaves (facts that are chosen together) are moved one after the other; each is looked at with one
run of the graph over all of its rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import prod

import numpy as np
import numpy.typing as npt

from policydsl.model import expressions as e
from policydsl.model.policy import Plausibility, Policy
from policydsl.review.linear import linear
from policydsl.review.plausible import Ordinary, remark
from policydsl.review.proving.models import Model, Read
from policydsl.review.proving.results import Pair
from policydsl.review.proving.searching import (
    Condition,
    Deadline,
    Found,
    Leaf,
    Search,
    TooLarge,
)
from policydsl.review.proving.weighing import Weighing
from policydsl.scoring.cases import Case
from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.domains import MISSING
from policydsl.scoring.columns.engines.evaluating import evaluate
from policydsl.scoring.columns.engines.nodes import Id, Table, children
from policydsl.scoring.columns.planning.derived import Derived

Codes = Mapping[int, int]
Shows = Callable[[Mapping[int, Numbers], int], npt.NDArray[np.bool_]]
"""Of columns of codes (those that a question reads) and their length: which rows show the same."""

SECONDS = 3.0
"""So long a person is looked for who is more ordinary."""
MOST_TRIED = 400
"""So many values of a fact are tried while a broken 常情 is mended."""
MOST_CELLS = 1 << 18
"""So large a table of two or more facts that a 常情 speaks of is made."""


@dataclass
class Likely:
    """The search for a more ordinary case with the same value.

    ``nodes`` are what has to stay as it is in ``start``; ``conditions`` hold for every case.
    ``fixed`` are inputs that may not be moved.
    """

    model: Model
    search: Search
    read: Read
    nodes: Sequence[Id]
    conditions: Sequence[Condition]
    start: Codes
    deadline: Deadline
    fixed: frozenset[int] = frozenset()
    shows: Shows | None = None
    exhausted: bool = field(default=False, init=False)
    """Whether every case that shows the same was gone through, and all break a 常情."""

    def __post_init__(self) -> None:
        self.deadline = Deadline(max(0.0, min(SECONDS, self.deadline.left)))
        every = [*self.nodes, *(c.node for c in self.conditions)]
        self.numbers = self.model.graph.inputs(every)
        self.codes = {n: self.start.get(n, MISSING) for n in self.numbers}
        self.rest = {n: c for n, c in self.start.items() if n not in self.numbers}
        self.ordinary = Ordinary(self.read.policy)
        self.weighing = Weighing(self.model, self.ordinary, self.start)
        self.leaves = [
            leaf
            for leaf in self.search.leaves
            if set(leaf.codes) & set(self.numbers) and not set(leaf.codes) & self.fixed
        ]
        if self.shows is None:
            self.shows = self._same

    def found(self) -> dict[int, int]:
        """The codes of the case: the start itself where there is none better."""
        if not self.leaves:
            return dict(self.start)
        try:
            for leaf in self.leaves:
                self._settle(leaf)
            if self._broken(self.codes):
                self._mend()
            if self._broken(self.codes):
                self._searched()
        except TooLarge:
            pass
        return {**self.rest, **self.codes}

    # -- one leaf after the other

    @cached_property
    def _values(self) -> list[int]:
        columns = {n: np.array([c], np.int64) for n, c in self._start.items()}
        held = evaluate(self.model.graph, list(self.nodes), columns, {}, 1)
        return [int(x[0]) for x in held]

    @property
    def _start(self) -> dict[int, int]:
        return {n: self.start.get(n, MISSING) for n in self.numbers}

    def _same(self, columns: Mapping[int, Numbers], rows: int) -> npt.NDArray[np.bool_]:
        every = [*self.nodes, *(c.node for c in self.conditions)]
        held = evaluate(self.model.graph, every, columns, {}, rows)
        kept = np.ones(rows, np.bool_)
        for values, wanted in zip(held, self._values, strict=False):
            kept &= values == wanted
        for condition, values in zip(self.conditions, held[len(self.nodes) :], strict=True):
            kept &= condition.holds(values)
        return kept

    def _rows(self, leaf: Leaf, most: int = MOST_TRIED) -> list[int]:
        """The rows of a leaf that show the same, the most ordinary first; not more than so many."""
        self.deadline.check()
        assert self.shows is not None
        columns = {
            n: leaf.codes[n] if n in leaf.codes else np.full(leaf.rows, c, np.int64)
            for n, c in self.codes.items()
        }
        return self.weighing.first(leaf, np.flatnonzero(self.shows(columns, leaf.rows)), most)

    def _settle(self, leaf: Leaf) -> None:
        for row in self._rows(leaf, 1):
            self._take(leaf, row)

    def _take(self, leaf: Leaf, row: int) -> None:
        self.codes |= {n: int(c[row]) for n, c in leaf.codes.items() if n in self.codes}
        self.rest |= {n: int(c[row]) for n, c in leaf.codes.items() if n not in self.codes}

    # -- what one does not meet

    def _case(self, codes: Codes) -> Case:
        return self.model.case({**self.rest, **codes}, self.read)

    def _broken(self, codes: Codes) -> tuple[Plausibility, ...]:
        case = self._case(codes)
        return self.ordinary.broken(case.facts, case.members)

    def _mend(self) -> None:
        """One leaf moved at a time, as long as that leaves less that is broken."""
        for _ in range(len(self.leaves)):
            broken = self._broken(self.codes)
            if not broken or not self._step(broken):
                return

    def _step(self, broken: Sequence[Plausibility]) -> bool:
        concerned = {x.fact for each in broken for x in _facts(each)}
        best: tuple[int, Leaf, int] | None = None
        for leaf in self.leaves:
            if not any(self.model.known[n].fact in concerned for n in leaf.codes):
                continue
            for row in self._rows(leaf):
                changed = {n: int(c[row]) for n, c in leaf.codes.items() if n in self.codes}
                left = len(self._broken({**self.codes, **changed}))
                if best is None or left < best[0]:
                    best = left, leaf, row
                if not left:
                    break
        if best is None or best[0] >= len(broken):
            return False
        self._take(best[1], best[2])
        return True

    # -- the complete search

    def _searched(self) -> None:
        """A case with the same value that breaks nothing, among all that can make a difference."""
        if self.shows != self._same:
            return
        conditions = [
            *self.conditions,
            *(Condition(n, v, v) for n, v in zip(self.nodes, self._values, strict=True)),
        ]
        leaves, complete = self._thinner()
        places = {
            self.model.known[n].fact: n for leaf in leaves for n in leaf.codes
            if n in self.numbers and self.model.known[n].owner == "self"
            and not isinstance(self.model.known[n], Derived)
        }  # fmt: skip
        allowed = {n: leaf.codes[n] for leaf in leaves for n in leaf.codes}
        for each in self.read.policy.plausible:
            names = sorted({x.fact for x in _facts(each)})
            if any(x.role != "self" for x in _facts(each)) or not set(names) <= set(places):
                continue
            node = self._node(each, [places[name] for name in names], allowed)
            if node is None:
                complete = False
            else:
                conditions.append(Condition(node, low=1))
        other = Search(self.model.graph, leaves, self.search.most_rows).exists(
            conditions, self.deadline
        )
        if other is None:
            self.exhausted = complete
            return
        before = self.codes, self.rest
        self.codes = {n: other.codes.get(n, MISSING) for n in self.numbers}
        if len(self._broken(self.codes)) >= len(self._broken(before[0])):
            self.codes, self.rest = before
            return
        for leaf in self.leaves:
            self._nearer(leaf)

    def _nearer(self, leaf: Leaf) -> None:
        """The first row of a leaf, by what is usual, with which nothing is broken."""
        for row in self._rows(leaf):
            changed = {n: int(c[row]) for n, c in leaf.codes.items() if n in self.codes}
            if not self._broken({**self.codes, **changed}):
                self._take(leaf, row)
                return

    def _thinner(self) -> tuple[list[Leaf], bool]:
        """The leaves with the rows that can make a difference, and whether these are all."""
        found, complete = [], True
        for leaf in self.search.leaves:
            if len(leaf.codes) > 1 or not set(leaf.codes) & set(self.numbers):
                found.append(leaf)
                continue
            ((number, codes),) = leaf.codes.items()
            kept = self._telling(number, codes)
            complete = complete and len(kept) == len(codes)
            found.append(Leaf({number: kept}))
        return found, complete

    def _telling(self, number: int, codes: Numbers) -> Numbers:
        """Of the codes of an input that the graph cannot tell apart: the ends, the usual one.

        And the places of which a 常情 speaks, with their neighbours.
        """
        each = self.model.known[number]
        if len(codes) <= 130 or isinstance(each, Derived) or not each.fact:
            return codes
        graph = self.model.graph
        source = graph.code(number, each.size)
        columns = []
        for node in graph.reachable([*self.nodes, *(c.node for c in self.conditions)]):
            held = graph.nodes[node]
            if source in children(held):
                if not isinstance(held, Table):
                    return codes
                columns.append(graph.tables[held.table][codes])
        rows = np.stack(columns, axis=1) if columns else np.zeros((len(codes), 1), np.int64)
        kind = np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1)
        away = [
            Fraction(2)
            if code == MISSING
            else self.ordinary.off(each.fact, each.domain.value(int(code)))
            for code in codes
        ]
        marks = self._marks(each.fact)
        kept: set[int] = set()
        for group in range(int(kind.max()) + 1):
            places = [int(x) for x in np.flatnonzero(kind == group)]
            kept |= {places[0], places[-1], min(places, key=lambda i: (away[i], i))}
            kept |= {i for i in places if codes[i] == MISSING}
        for i, code in enumerate(codes):
            if code != MISSING and each.domain.value(int(code)) in marks:
                kept |= {max(0, i - 1), i, min(len(codes) - 1, i + 1)}
        chosen: Numbers = codes[sorted(kept)]
        return chosen

    def _marks(self, name: str) -> set[e.Constant]:
        """The numbers with which a 常情 compares a fact alone."""
        found: set[e.Constant] = set()
        for each in self.read.policy.plausible:
            for part in e.walk(each.condition):
                if isinstance(part, e.Compared):
                    form = linear(e.Arith("-", part.left, part.right))
                    weight = None if form is None else form.weights.get(name)
                    if form is not None and weight and len(form.weights) == 1:
                        found.add(-form.constant / weight)
        return found

    def remark(self) -> Pair | None:
        """What is out of the ordinary about the case; ``None`` where nothing is."""
        broken = self._broken(self.codes)
        return remark(broken, self.exhausted) if broken else None

    def _node(
        self, each: Plausibility, numbers: Sequence[int], allowed: Mapping[int, Numbers]
    ) -> Id | None:
        """A node that is 1 where a 常情 holds; ``None`` where it has too many values to look at."""
        known, graph = self.model.known, self.model.graph
        sizes = [known[n].size for n in numbers]
        rows = [[int(x) for x in allowed[n]] for n in numbers]
        if prod(sizes) > 8 * MOST_CELLS or prod(map(len, rows)) > MOST_CELLS // 8:
            return None
        table = np.zeros(prod(sizes), np.int64)
        alone = Ordinary(_only(self.read, each))
        for codes in product(*rows):
            self.deadline.check()
            facts = {
                known[n].fact: known[n].domain.value(c)
                for n, c in zip(numbers, codes, strict=True)
                if c != MISSING
            }
            table[_place(codes, sizes)] = not alone.broken(facts)
        terms, factor = [], 1
        for number, size in reversed(list(zip(numbers, sizes, strict=True))):
            terms.append((graph.code(number, size), factor))
            factor *= size
        source = terms[0][0] if len(terms) == 1 else graph.sum(0, terms)
        return graph.table(source, table)


@dataclass(frozen=True)
class Likelier:
    """A case like the one that was found; ``remark``: what is out of the ordinary even so."""

    found: Found
    remark: Pair | None


def likelier(likely: Likely, found: Found) -> Likelier:
    """What became of a case that was found."""
    codes = likely.found()
    return Likelier(Found(found.value, codes), likely.remark())


def _place(codes: Sequence[int], sizes: Sequence[int]) -> int:
    place = 0
    for code, size in zip(codes, sizes, strict=True):
        place = place * size + code
    return place


def _only(read: Read, each: Plausibility) -> Policy:
    return replace(read.policy, plausible=(each,))


def _facts(each: Plausibility) -> Iterator[e.FactRef | e.IsProvided]:
    for part in e.walk(each.condition):
        if isinstance(part, (e.FactRef, e.IsProvided)):
            yield part
