"""How points move along a fact: whether an award ever falls as the fact improves.

A clause is worked out for every combination of what it reads (values that make no difference taken
once), and neighbours along the fact are compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import prod

import numpy as np
import numpy.typing as npt

from policydsl.model.policy import Policy
from policydsl.review.proving.asking import (
    NOT_CONFIRMED,
    SCORED,
    SECONDS,
    Asked,
    asked,
    thinned_out,
)
from policydsl.review.proving.likely import Likely
from policydsl.review.proving.models import NotPlanned, Read
from policydsl.review.proving.results import Direction, Monotone, Pair, Person, Verdict
from policydsl.review.proving.searching import TooLarge
from policydsl.review.proving.worlds import Unlike, World
from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.domains import MISSING, Listed
from policydsl.scoring.columns.engines.evaluating import evaluate
from policydsl.scoring.columns.engines.nodes import Code, Table, children
from policydsl.scoring.columns.planning.derived import Derived

MOST_CELLS = 4_000_000
TOO_MANY: Pair = ("组合太多，逐一核对不完", "there are too many combinations to go through")


def monotone(
    policy: Policy,
    clause: str | None = None,
    fact: str | None = None,
    *,
    day: date | None = None,
    seconds: float = SECONDS,
    world: World | None = None,
) -> tuple[Monotone, ...]:
    """How each item (or one clause) moves along each fact (or one) that it reads.

    Of yes/no facts 是 is more than 否, of dates the later one, of ordered choices the higher.
    Choices without an order are left out.  A missing value is not compared.
    """
    try:
        ask = asked([policy], day, seconds, world=world)
    except (NotPlanned, Unlike) as problem:
        wanted = [c.id for c in policy.items] if clause is None else [clause]
        return tuple(Monotone(c, c, fact or "", "undecided", None, why=problem.why) for c in wanted)
    found: list[Monotone] = []
    done: set[str] = set()
    for read in ask.tables[0].values():
        for id_ in read.parts:
            held = policy.clauses[id_]
            if id_ in done or (clause is None and not held.is_item) or clause not in (None, id_):
                continue
            done.add(id_)
            found.extend(_Moves(ask, read, id_, held.label).along(fact))
    return tuple(found)


class _Moves:
    """One clause over all of its inputs."""

    def __init__(self, ask: Asked, read: Read, clause: str, label: str):
        self.ask, self.read, self.clause, self.label = ask, read, clause, label
        nodes = read.parts[clause]
        self.nodes = list(dict.fromkeys((nodes.low, nodes.high)))
        self.conditions = ask.conditions(self.nodes, [read])
        self.every = [*self.nodes, *(c.node for c in self.conditions)]
        self.numbers = sorted(ask.model.graph.inputs(self.every))

    def along(self, fact: str | None) -> list[Monotone]:
        model = self.ask.model
        found = []
        for number in self.numbers:
            each = model.known[number]
            name = each.fact if each.owner == "self" else f"配偶的{each.fact}"
            if isinstance(each, Derived) or not each.fact or fact not in (None, each.fact):
                continue
            if isinstance(each.domain, Listed) and not self._in_order(each.fact):
                continue
            found.append(self._along(number, name))
        return found

    def _in_order(self, fact: str) -> bool:
        declared = self.read.policy.facts.get(fact)
        return declared is not None and declared.kind != "choice"

    def _along(self, number: int, name: str) -> Monotone:
        def undecided(why: Pair) -> Monotone:
            return Monotone(self.clause, self.label, name, "undecided", None, why=why)

        model = self.ask.model
        if any(isinstance(model.known[n], Derived) for n in self.numbers):
            return undecided(
                ("读到由几个事实推算的数", "it reads a number derived from several facts")
            )
        try:
            self.ask.deadline.check()
        except TooLarge as large:
            return undecided(large.why)
        codes = {n: self._codes(n, n == number) for n in self.numbers}
        shape = tuple(len(c) for c in codes.values())
        if prod(shape) > MOST_CELLS:
            return undecided(TOO_MANY)
        grid = np.indices(shape).reshape(len(shape), -1)
        columns = {n: c[places] for (n, c), places in zip(codes.items(), grid, strict=True)}
        values = evaluate(model.graph, self.every, columns, {}, grid.shape[1])
        valid = np.ones(grid.shape[1], np.bool_)
        for condition, held in zip(self.conditions, values[len(self.nodes) :], strict=True):
            valid &= condition.holds(held)
        for held in values[: len(self.nodes)]:
            valid &= held > SCORED
        axis = self.numbers.index(number)
        moved = self._moves(values[: len(self.nodes)], valid, shape, axis, codes[number])
        pairs: list[tuple[Person, Person] | None] = []
        mixed = None not in moved
        for place in moved:
            if place is None or not mixed:
                pairs.append(None)
                continue
            one, two = self._persons(place, codes, shape, axis)
            if one is None or two is None:
                return undecided(NOT_CONFIRMED)
            pairs.append((one, two))
        rise, fall = pairs
        for pair, up in ((rise, True), (fall, False)):
            if pair is not None and not self._confirmed(pair, up):
                return undecided(NOT_CONFIRMED)
        up, down = (place is not None for place in moved)
        direction: Direction = (
            "mixed" if mixed else "rising" if up else "falling" if down else "flat"
        )
        thin = model.thinned(self.nodes)
        if thin and direction != "mixed":
            return undecided(thinned_out(thin))
        verdict: Verdict = "refuted" if direction == "mixed" else "proved"
        return Monotone(self.clause, self.label, name, verdict, direction, rise, fall)

    def _codes(self, number: int, ordered: bool) -> Numbers:
        """Codes of which no two are alike for the clause; neighbours stay so where ordered."""
        model = self.ask.model
        graph = model.graph
        size = model.known[number].size
        source = graph.code(number, size)
        columns = []
        for each in graph.reachable(self.every):
            node = graph.nodes[each]
            if source in children(node):
                if not isinstance(node, Table):
                    columns = [np.arange(size)]
                    break
                columns.append(graph.tables[node.table][:size])
        assert isinstance(graph.nodes[source], Code)
        rows = np.stack(columns, axis=1) if columns else np.zeros((size, 1), np.int64)
        allowed = np.arange(size)
        if model.known[number].owner == "self" and model.is_required(model.known[number].fact):
            allowed = allowed[allowed != MISSING]
        if not model.known[number].fact:
            allowed = allowed[allowed != MISSING]
        rows = rows[allowed]
        if not ordered:
            return allowed[np.sort(np.unique(rows, axis=0, return_index=True)[1])]
        changes = np.ones(len(rows), np.bool_)
        changes[1:] = (rows[1:] != rows[:-1]).any(axis=1)
        changes |= allowed == 1
        return allowed[changes]

    def _moves(
        self,
        values: Sequence[Numbers],
        valid: npt.NDArray[np.bool_],
        shape: tuple[int, ...],
        axis: int,
        codes: Numbers,
    ) -> tuple[int | None, int | None]:
        """The places before the greatest rise and the greatest fall along an axis."""
        there = np.moveaxis(valid.reshape(shape), axis, -1)
        both = there[..., 1:] & there[..., :-1]
        # a missing value is not less than any other
        both &= codes[:-1] != MISSING
        places = np.moveaxis(np.arange(valid.size).reshape(shape), axis, -1)[..., :-1]
        best: list[tuple[int, int] | None] = [None, None]
        for held in values:
            step = np.diff(np.moveaxis(held.reshape(shape), axis, -1), axis=-1)
            step = np.where(both, step, 0)
            for side, sign in ((0, 1), (1, -1)):
                if not step.size:
                    continue
                at = int((sign * step).argmax())
                size = int((sign * step).reshape(-1)[at])
                known = best[side]
                if size > 0 and (known is None or size > known[0]):
                    best[side] = size, int(places.reshape(-1)[at])
        rise, fall = best
        return (None if rise is None else rise[1], None if fall is None else fall[1])

    def _persons(
        self, place: int, codes: dict[int, Numbers], shape: tuple[int, ...], axis: int
    ) -> tuple[Person | None, Person | None]:
        where = list(np.unravel_index(place, shape))
        at = {n: int(c[where[i]]) for i, (n, c) in enumerate(codes.items())}
        moved = self.numbers[axis]
        along = list(codes.values())[axis]
        # the first of the pair is the last value that is like the one that was looked at
        at[moved] = int(along[where[axis] + 1]) - 1
        at = self._likely(at, moved)
        pair = (
            self.ask.model.person({**at, moved: at[moved] + step}, self.read) for step in (0, 1)
        )
        return next(pair), next(pair)

    def _likely(self, at: dict[int, int], moved: int) -> dict[int, int]:
        """The codes with other values of all other facts that one meets more often.

        Both of the pair stay what they are.
        """

        def held(columns: Mapping[int, Numbers], rows: int) -> list[Numbers]:
            every = []
            for step in (0, 1):
                shifted = {**columns, moved: columns[moved] + step}
                every += evaluate(self.ask.model.graph, self.every, shifted, {}, rows)
            return [np.asarray(x, np.int64) for x in every]

        wanted = held({n: np.array([c], np.int64) for n, c in at.items()}, 1)

        def shows(columns: Mapping[int, Numbers], rows: int) -> npt.NDArray[np.bool_]:
            kept = np.ones(rows, np.bool_)
            for values, before in zip(held(columns, rows), wanted, strict=True):
                kept &= values == before
            return kept

        likely = Likely(
            self.ask.model, self.ask.search, self.read, self.nodes, self.conditions, at,
            self.ask.deadline, frozenset({moved}), shows,
        )  # fmt: skip
        found = likely.found()
        return {n: found.get(n, code) for n, code in at.items()}

    def _confirmed(self, pair: tuple[Person, Person], up: bool) -> bool:
        one, two = pair[0].points(self.clause), pair[1].points(self.clause)
        if one is None or two is None:
            return False
        big = 10**30
        for end in ("low", "high"):
            sign = -1 if end == "low" else 1
            was, is_ = getattr(one, end), getattr(two, end)
            was = sign * big if was is None else was
            is_ = sign * big if is_ is None else is_
            if (is_ > was) if up else (is_ < was):
                return True
        return False
