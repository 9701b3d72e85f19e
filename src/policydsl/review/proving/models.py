"""Policies as graphs that can be searched, and persons made of what a search finds.

A :class:`Model` holds the plans of one or several policies over the same facts in one graph, in
which equal parts are one node: what an amendment leaves alone is the same node for both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from math import ceil, lcm, prod
from typing import Any

import numpy as np
import numpy.typing as npt

from policydsl.language.diagnostics import PolicyError
from policydsl.language.functions import ASSESSMENT_DATE
from policydsl.model import expressions as e
from policydsl.model.policy import Member, Policy
from policydsl.review.proving.results import Pair, Person
from policydsl.review.proving.searching import Condition, Found, Leaf, Search
from policydsl.review.proving.worlds import World
from policydsl.scoring.cases import SPOUSE, Case
from policydsl.scoring.columns.arrays import Codes, Numbers
from policydsl.scoring.columns.domains import MISSING, Domain
from policydsl.scoring.columns.engines.evaluating import evaluate
from policydsl.scoring.columns.engines.graph import Graph
from policydsl.scoring.columns.engines.nodes import Const, Gated, Id, Table, Union, children
from policydsl.scoring.columns.engines.reading import Reader
from policydsl.scoring.columns.plan import (
    UNBOUNDED,
    Ends,
    Flag,
    Formula,
    In,
    Input,
    Look,
    Mark,
    Plan,
    Slot,
    Step,
)
from policydsl.scoring.columns.planning.derived import Derived, columns_of
from policydsl.scoring.columns.planning.keys import Column, Effective, Key, Reading, Worked
from policydsl.scoring.columns.planning.planner import Place, make_plan
from policydsl.scoring.columns.population import Population, Schema
from policydsl.scoring.exact import Evaluator

MOST_TOGETHER = 1 << 20
"""So many combinations of facts that something is derived from are worked out."""


ASKED = "查询"
"""The id of a scene whose condition is asked about."""
FAR = 1000
"""So many times beyond everything that rules mention, what was found is looked at again."""


class NotPlanned(Exception):
    """A policy, or a part of it, that cannot be reasoned about; ``why`` in both languages."""

    def __init__(self, why: Pair):
        super().__init__(why[0])
        self.why = why


@dataclass(frozen=True)
class Nodes:
    """The nodes of a quantity that may be a range."""

    low: Id
    high: Id

    @property
    def exact(self) -> bool:
        """Whether it is always a single number."""
        return self.low == self.high


@dataclass(frozen=True)
class Read:
    """One table (of a unit, of a schedule) of a policy as nodes."""

    policy: Policy
    place: Place
    plan: Plan
    total: Nodes
    points: Nodes
    parts: Mapping[str, Nodes]
    flags: Id
    takes_part: Mapping[str, Id]

    @property
    def entity(self) -> str | None:
        """The schedule."""
        return self.place[0]

    @property
    def unit(self) -> str | None:
        """The unit."""
        return self.place[1]


@dataclass
class Model:
    """Tables of policies in one graph, over one set of inputs."""

    world: World
    graph: Graph = field(default_factory=Graph)
    inputs: dict[tuple[object, ...], int] = field(default_factory=dict)
    known: list[Input] = field(default_factory=list)
    scale: int = 1
    _reader: Reader = field(default_factory=Reader)
    _simple: dict[Id, Id] = field(default_factory=dict)
    _persons: dict[tuple[object, ...], Person | None] = field(default_factory=dict)
    _any: dict[tuple[Id, int], Id] = field(default_factory=dict)

    # -- reading

    def read_all(self, policies: Sequence[Policy]) -> list[dict[Place, Read]]:
        """The tables of policies, with one scale.  Raises :class:`NotPlanned`."""
        try:
            made = [_plans(policy, self.world.schema, 1) for policy in policies]
            # a plan may need a finer scale than the one that it is asked for
            for _ in range(4):
                self.scale = lcm(*(plan.scale for each in made for plan in each.values()))
                for number, policy in enumerate(policies):
                    if any(plan.scale != self.scale for plan in made[number].values()):
                        made[number] = _plans(policy, self.world.schema, self.scale)
            if any(plan.scale != self.scale for each in made for plan in each.values()):
                raise NotPlanned(("分值过细", "points are too fine"))
        except PolicyError as error:
            problem = error.diagnostics[0]
            raise NotPlanned((problem.message("zh"), problem.message("en"))) from None
        return [
            {place: self._read(policy, place, plan) for place, plan in each.items()}
            for policy, each in zip(policies, made, strict=True)
        ]

    def _read(self, policy: Policy, place: Place, plan: Plan) -> Read:
        numbers = {n: self._number(each) for n, each in enumerate(plan.inputs)}
        inputs = list(self.known)
        plan = replace(
            plan, inputs=tuple(inputs), steps=tuple(_renumbered(s, numbers) for s in plan.steps)
        )
        wanted: list[Slot] = [*plan.total, *plan.points, plan.flags]
        for ends in plan.parts.values():
            wanted.extend(ends)
        wanted.extend(plan.takes_part.values())
        slots = list(dict.fromkeys(wanted))
        made = self._reader.read(plan, slots)
        self._simplify(made)
        nodes = {slot: self._simple[node] for slot, node in zip(slots, made, strict=True)}

        def ends_of(ends: Ends) -> Nodes:
            return Nodes(nodes[ends.low], nodes[ends.high])

        return Read(
            policy, place, plan, ends_of(plan.total), ends_of(plan.points),
            {clause: ends_of(ends) for clause, ends in plan.parts.items()}, nodes[plan.flags],
            {scene: nodes[slot] for scene, slot in plan.takes_part.items()},
        )  # fmt: skip

    def _simplify(self, roots: Sequence[Id]) -> None:
        """Take nodes over into :attr:`graph`, where a gate reads one bit instead of many flags."""
        raw, graph, simple = self._reader.graph, self.graph, self._simple
        for number in raw.reachable(roots):
            if number in simple:
                continue
            node = raw.nodes[number]
            match node:
                case Gated(change, child, flags, bits, unless, keep):
                    any_ = self.any(simple[flags], bits)
                    simple[number] = graph.gate(change, simple[child], any_, 1, unless, keep)
                case Union(const, ()):
                    simple[number] = graph.const(const)
                case _:
                    simple[number] = raw.rebuilt(node, simple, graph)

    def any(self, flags: Id, bits: int) -> Id:
        """1 where flags have any of some bits, else 0."""
        key = (flags, bits)
        if key not in self._any:
            self._any[key] = self._any_of(flags, bits)
        return self._any[key]

    def _any_of(self, flags: Id, bits: int) -> Id:
        graph = self.graph
        node = graph.nodes[flags]
        match node:
            case Const(number):
                return graph.const(int(number & bits != 0))
            case Table(source, table):
                return graph.table(source, (graph.tables[table] & bits != 0).astype(np.int64))
            case Union(const, terms):
                if const & bits:
                    return graph.const(1)
                return graph.union(0, [(self.any(term, bits & keep), 1) for term, keep in terms])
            case Gated("weaken", child, gate, gates, unless, keep):
                lost = self.any(child, bits & ~keep)
                lost = graph.gate("clear", lost, gate, gates, unless)
                return graph.union(0, [(lost, 1), (self.any(child, bits & keep), 1)])
            case Gated("clear", child, gate, gates, unless, _):
                return graph.gate("clear", self.any(child, bits), gate, gates, unless)
            case _:
                held = graph.union(0, [(flags, bits)])
                return graph.clip(held, 0, 1)

    def _number(self, each: Input) -> int:
        key: tuple[object, ...] = (each.fact, each.owner, each.name, each.domain)
        if isinstance(each, Derived):
            key = ("derived", each.key, each.domain)
        if key not in self.inputs:
            self.inputs[key] = len(self.known)
            self.known.append(each)
        return self.inputs[key]

    # -- what inputs can be

    def search(self, horizon: bool = False) -> Search:
        """A search over all cases; ``horizon``: up to the horizon of facts without a bound."""
        groups = self._groups()
        return Search(self.graph, [self._leaf(group, horizon) for group in groups])

    def fixed(self, free: frozenset[int], base: Mapping[int, int]) -> Search:
        """A search over what some inputs can be, all others as ``base`` has them, else missing."""
        leaves = []
        for group in self._groups():
            leaf = self._leaf(group, False)
            if not free & set(group):
                kept = np.ones(leaf.rows, np.bool_)
                for number in group:
                    kept &= leaf.codes[number] == base.get(number, MISSING)
                rows = np.flatnonzero(kept)[:1] if kept.any() else np.zeros(1, np.int64)
                leaf = Leaf({number: codes[rows] for number, codes in leaf.codes.items()})
            leaves.append(leaf)
        return Search(self.graph, leaves)

    def _groups(self) -> list[list[int]]:
        """Inputs that are not independent: derived ones with the columns that they rest on."""
        group = {n: {n} for n in range(len(self.known))}
        for number, each in enumerate(self.known):
            if isinstance(each, Derived) and not self.is_free(each):
                for key in self._rests_on(each):
                    other = self._number(
                        Input(key.fact, key.fact, self.world.schema.domains[key.fact])
                    )
                    group.setdefault(other, {other})
                    joined = group[number] | group[other]
                    for member in joined:
                        group[member] = joined
        found = {min(g): sorted(g) for g in group.values()}
        return list(found.values())

    def is_free(self, each: Derived) -> bool:
        """Whether a derived input is taken as a fact of its own: the household's, the spouse's."""
        try:
            self._rests_on(each)
        except _Others:
            return True
        return False

    def _rests_on(self, each: Derived) -> list[Column]:
        assert each.reading is not None
        found: dict[Column, None] = {}
        _columns(each.reading, each.key, found)
        return list(found)

    def _leaf(self, group: Sequence[int], horizon: bool) -> Leaf:
        free = [n for n in group if not isinstance(self.known[n], Derived) or len(group) == 1]
        allowed = [self._allowed(self.known[n], horizon) for n in free]
        if len(group) == 1:
            return Leaf({group[0]: allowed[0]})
        if prod(map(len, allowed)) > MOST_TOGETHER:
            names = "、".join(f"“{self.known[n].fact}”" for n in free)
            raise NotPlanned(
                (
                    f"{names}合起来推算别的事实，组合太多",
                    f"other facts are derived from {names} together: too many combinations",
                )
            )
        grid = np.meshgrid(*allowed, indexing="ij")
        codes = {n: axis.reshape(-1) for n, axis in zip(free, grid, strict=True)}
        rows = len(next(iter(codes.values())))
        columns: dict[str, Codes] = {self.known[n].fact: codes[n] for n in free}
        population = Population(self.world.schema, rows, columns)
        for number in group:
            each = self.known[number]
            if number not in codes:
                only = Plan("", (each,), (), 1, 1, Ends(0, 0), Ends(0, 0), {}, 0)
                codes[number] = columns_of(only, population)[0].astype(np.int64)
        return Leaf(codes)

    def _allowed(self, each: Input, horizon: bool) -> Numbers:
        codes: Numbers = np.arange(each.size, dtype=np.int64)
        last = self.world.horizons.get(each.fact)
        if horizon and last is not None and not isinstance(each, Derived):
            codes = codes[codes <= last]
        if each.owner == "self" and self.is_required(each.fact):
            codes = codes[codes != MISSING]
        if isinstance(each, Derived) or each.fact:
            return codes
        # whether there is a spouse is always known
        known: Numbers = codes[codes != MISSING]
        return known

    def thinned(self, nodes: Sequence[Id]) -> tuple[str, ...]:
        """The facts among those that nodes read of which not all values were looked at."""
        numbers = self.graph.inputs(nodes)
        return tuple(
            each.fact for n in numbers if (each := self.known[n]).fact in self.world.thinned
        )

    def grows(self, nodes: Sequence[Id]) -> bool:
        """Whether nodes read a fact that has no upper bound."""
        numbers = self.graph.inputs(nodes)
        return any(self.known[n].fact in self.world.horizons for n in numbers)

    def is_required(self, fact: str) -> bool:
        """Whether a fact has to be handed in."""
        return any(
            p.facts[fact].missing == "required" for p in self.world.policies if fact in p.facts
        )

    def always(self, nodes: Sequence[Id], reads: Sequence[Read]) -> list[Condition]:
        """What holds for every case: a spouse's facts need a spouse, and nothing is refused."""
        numbers = self.graph.inputs(nodes)
        found = []
        spouse = next(
            (n for n in numbers if not self.known[n].fact and self.known[n].owner == "spouse"), None
        )
        if spouse is not None:
            none = self._table(spouse, np.arange(self.known[spouse].size) == 1)
            for number in numbers:
                if self.known[number].owner == "spouse" and self.known[number].fact:
                    there = self._table(number, np.arange(self.known[number].size) != MISSING)
                    both = self.graph.sum(0, [(none, 1), (there, 1)])
                    found.append(Condition(both, high=1))
        for read in reads:
            if self.graph.bits(read.flags) & Flag.ERROR.both:
                found.append(Condition(self.any(read.flags, Flag.ERROR.both), high=0))
        return found

    def _table(self, number: int, values: npt.NDArray[Any]) -> Id:
        source = self.graph.code(number, self.known[number].size)
        return self.graph.table(source, values.astype(np.int64))

    def holds(self, condition: Condition, codes: Mapping[int, int]) -> bool:
        """Whether a condition holds for the case of some codes."""
        columns = {
            n: np.array([codes.get(n, MISSING)], np.int64)
            for n in self.graph.inputs([condition.node])
        }
        (held,) = evaluate(self.graph, [condition.node], columns, {}, 1)
        return bool(condition.holds(np.asarray(held))[0])

    # -- values and persons

    def points(self, number: int) -> Fraction | None:
        """Points of an integer; ``None`` without bound."""
        return None if abs(number) >= UNBOUNDED else Fraction(number, self.scale)

    def case(self, found: Found | Mapping[int, int], read: Read, id_: str = "例") -> Case:
        """The case of some codes; what has no code was not handed in."""
        codes = found.codes if isinstance(found, Found) else found
        facts: dict[str, e.Constant] = {}
        spouse: dict[str, e.Constant] = {}
        couple = False
        aggregates: list[tuple[Derived, e.Constant]] = []
        policy = read.policy
        for number, each in enumerate(self.known):
            code = codes.get(number, MISSING)
            if isinstance(each, Derived):
                if code != MISSING and self.is_free(each):
                    aggregates.append((each, each.domain.value(code)))
                continue
            if each.owner == "spouse":
                couple = couple or (code == 2 and not each.fact) or bool(each.fact and code)
                if each.fact and code != MISSING:
                    spouse[each.fact] = each.domain.value(code)
                continue
            if code != MISSING:
                facts[each.fact] = each.domain.value(code)
        for name, domain in self.world.schema.domains.items():
            # nobody is asked for a fact that cannot be left out and makes no difference
            if name not in facts and self.is_required(name):
                facts[name] = self._usual(name, read.policy, domain)
        members = [Member(SPOUSE, spouse)] if couple else []
        for each, value in aggregates:
            members += _household(each, value, facts)
        order = {name: place for place, name in enumerate(policy.facts)}
        facts = dict(sorted(facts.items(), key=lambda x: order.get(x[0], len(order))))
        given = {name: value for name, value in facts.items() if name in policy.facts}
        return Case(id_, given, read.unit, read.entity, tuple(members), date=self.date_of(policy))

    @staticmethod
    def _usual(name: str, policy: Policy, domain: Domain) -> e.Constant:
        fact = policy.facts.get(name)
        usual = None if fact is None else fact.typical
        return domain.value(1) if usual is None or domain.code(usual) is None else usual

    def date_of(self, policy: Policy) -> date | None:
        """The date of assessment, where scores rest on one."""
        dated = any(
            c.in_force is not None or c.expires is not None
            for c in policy.clauses.values()
            if c.kind != "root"
        )
        if dated or ASSESSMENT_DATE in policy.facts:
            return self.world.schema.date
        return None

    def far(self, node: Id, found: Found, read: Read) -> list[Case]:
        """The case of some codes with a fact without a bound far beyond all horizons: of each.

        Facts of which nothing that a node reads changes between the horizon and twice the horizon
        are left out.
        """
        cases = []
        case = self.case(found, read)
        for number in self.graph.inputs([node]):
            name = self.known[number].fact
            if self.known[number].owner != "self" or self._is_flat(number, node):
                continue
            domain = self.world.schema.domains[name]
            last = domain.value(domain.size - 1)
            assert isinstance(last, Fraction)
            facts = {**case.facts, name: Fraction(FAR * (1 + ceil(last)))}
            cases.append(replace(case, facts=facts))
        return cases

    def _is_flat(self, number: int, node: Id) -> bool:
        """Whether codes of an input from its horizon on are all alike for a node."""
        horizon = self.world.horizons.get(self.known[number].fact)
        if horizon is None:
            return True
        source = self.graph.code(number, self.known[number].size)
        for each in self.graph.reachable([node]):
            held = self.graph.nodes[each]
            if source not in children(held):
                continue
            if not isinstance(held, Table):
                return False
            tail = self.graph.tables[held.table][horizon : self.known[number].size]
            if len(tail) and (tail != tail[0]).any():
                return False
        return True

    def person(self, found: Found | Mapping[int, int], read: Read) -> Person | None:
        """The person of some codes with the exact score; ``None`` where there is none."""
        case = self.case(found, read)
        # whoever has least of one part often has least of all: nothing handed in
        members = tuple((m.role, tuple(m.facts.items())) for m in case.members)
        key = (id(read.policy), case.unit, case.entity, tuple(case.facts.items()), members)
        if key not in self._persons:
            try:
                self._persons[key] = Person(case, Evaluator(read.policy).score(case))
            except PolicyError:
                self._persons[key] = None
        return self._persons[key]


def _plans(policy: Policy, schema: Schema, scale: int) -> dict[Place, Plan]:
    """The plans of all tables of a policy, by entity and unit."""
    # what is only reported beside scores would make the plan finer and slower
    asked = tuple(scene for scene in policy.scenes if scene.id == ASKED)
    policy = replace(policy, blends=(), scenes=asked)
    found: dict[Place, Plan] = {}
    for root in policy.roots:
        entity = None if len(policy.roots) == 1 else root.entity or root.label
        units: list[str | None] = [x.label for x in root.children if x.kind == "unit"]
        for unit in units or [None]:
            found[entity, unit] = make_plan(policy, schema, unit=unit, entity=entity, scale=scale)
    return found


class _Others(Exception):
    """Something rests on the facts of somebody else."""


def _columns(reading: Reading, key: Key, found: dict[Column, None]) -> None:
    match key:
        case Column(_, "self"):
            found.setdefault(key)
        case Effective(fact, "self"):
            rest = {k: v for k, v in reading.ahead.items() if k != key}
            inner = replace(reading, ahead=rest)
            for each in inner.keys(e.FactRef(fact)):
                _columns(inner, each, found)
        case Worked(expression) if not isinstance(expression, e.Aggregate):
            rest = {k: v for k, v in reading.ahead.items() if k != key}
            inner = replace(reading, ahead=rest)
            for each in inner.keys(expression):
                _columns(inner, each, found)
        case _:
            raise _Others


def _household(each: Derived, value: e.Constant, facts: Mapping[str, e.Constant]) -> list[Member]:
    """Members of a household for which a household function has a value, as far as can be seen."""
    key = each.key
    if not isinstance(key, Worked) or not isinstance(key.expression, e.Aggregate):
        return []
    aggregate, inner = key.expression, key.expression.argument
    if not isinstance(inner, e.FactRef) or inner.scale == 0:
        return []
    own = facts.get(inner.fact)
    if aggregate.name == "count":
        assert isinstance(value, Fraction)
        return [
            Member(f"成员{n + 1}", {inner.fact: True}) for n in range(int(value - (own is True)))
        ]
    if aggregate.name == "any":
        return [] if own is value else [Member("成员", {inner.fact: bool(value)})]
    assert isinstance(value, Fraction)
    given = value / inner.scale
    if aggregate.name == "sum" and isinstance(own, Fraction):
        given -= own
    return [] if own == given and aggregate.name != "sum" else [Member("成员", {inner.fact: given})]


def _renumbered(step: Step, numbers: Mapping[int, int]) -> Step:
    if isinstance(step, (Look, Mark, Formula)) and isinstance(step.source, In):
        return replace(step, source=In(numbers[step.source.number]))
    return step
