"""Which places of a policy some case can go through, and which nobody ever can.

What happens inside a clause depends on the few facts that it reads, so all of their values are
put to the evaluator at once, with notes taken (:mod:`.recording`).  Whether the cap or floor of a
group, or of the whole, ever binds is asked of the search over whole policies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import partial
from math import prod
from types import MappingProxyType

import numpy as np

from policydsl.language.diagnostics import PolicyError
from policydsl.model import expressions as e
from policydsl.model import rules as r
from policydsl.model.policy import Clause, Member, Policy
from policydsl.review.coverage.places import Key as PlaceKey
from policydsl.review.coverage.places import Place, Places
from policydsl.review.coverage.recording import CaseRecorder, Recorder, record
from policydsl.review.plausible import Ordinary
from policydsl.review.proving.asking import SCORED, SECONDS, Asked, asked
from policydsl.review.proving.models import NotPlanned, Read
from policydsl.review.proving.results import Pair, Verdict
from policydsl.review.proving.searching import Condition, Deadline, TooLarge
from policydsl.review.proving.worlds import Unlike, World, world_of
from policydsl.scoring.cases import SPOUSE, Case
from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.domains import MISSING, Days, Grid, Listed
from policydsl.scoring.columns.planning.keys import Column, HasSpouse, Key, Reading
from policydsl.scoring.columns.planning.lanes import Places as Lanes
from policydsl.scoring.columns.planning.lanes import TooWide, explore
from policydsl.scoring.exact import Effect, Evaluator
from policydsl.scoring.exact import Place as RulePlace

MOST_LANES = 1 << 19
Codes = Mapping[Key, int]
Ask = Callable[[Recorder | CaseRecorder], Effect]
"""What is asked of the evaluator about a spot."""


@dataclass(frozen=True)
class Way:
    """Values of what a spot reads that lead through the same places: one row of codes each.

    ``hides``: a veto or a status, so that the total shows nothing else.
    """

    keys: tuple[Key, ...]
    codes: tuple[Numbers, ...]
    places: frozenset[PlaceKey]
    hides: bool

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self.codes[0]) if self.codes else 1

    def row(self, number: int) -> dict[Key, int]:
        """The codes of one of them."""
        return {key: int(codes[number]) for key, codes in zip(self.keys, self.codes, strict=True)}

    def fitting(self, given: Codes) -> Numbers:
        """The rows that agree with codes that are given."""
        kept = np.ones(self.rows, np.bool_)
        for key, codes in zip(self.keys, self.codes, strict=True):
            if key in given:
                kept &= codes == given[key]
        return np.flatnonzero(kept)


@dataclass(frozen=True)
class Spot:
    """A clause (or a rule of the whole) with the ways through it (``whole``: all there are)."""

    clause: str
    unit: str | None
    entity: str | None
    ways: tuple[Way, ...]
    whole: bool
    targets: frozenset[PlaceKey]
    ask: Ask


@dataclass(frozen=True)
class Reach:
    """Whether a place can be reached.

    *proved*: ``case`` goes through it; *refuted*: nobody ever does; *undecided*: ``why``.
    """

    place: Place
    verdict: Verdict
    case: Case | None = None
    why: Pair | None = None


MOST_RANKED = 200
"""So many rows are looked at for one that nobody wonders at."""
NO_CODES: Codes = MappingProxyType({})
TOO_MANY: Pair = ("读到的事实取值组合太多", "what it reads has too many combinations of values")
NOT_FOUND: Pair = (
    "没有找到例子，也没有证明到不了",
    "no case was found, nor proved that there is none",
)


def reachable(
    policy: Policy,
    *,
    day: date | None = None,
    seconds: float = SECONDS,
    places: Places | None = None,
) -> tuple[Reach, ...]:
    """Whether each tier, branch, condition, cap … of a policy can be reached, and by whom."""
    return Ground(policy, day, seconds, places or Places(policy)).reaches()


@dataclass
class Ground:
    """A policy with the cases that can be met, and the ways through each of its spots."""

    policy: Policy
    day: date | None
    seconds: float
    places: Places
    world: World = field(init=False)
    spots: list[Spot] = field(init=False)
    evaluator: Evaluator = field(init=False)
    ordinary: Ordinary = field(init=False)

    def __post_init__(self) -> None:
        self.deadline = Deadline(self.seconds)
        self.world = world_of([self.policy], self.day)
        self.reading = Reading(self.policy, self.world.schema, {})
        self.evaluator = Evaluator(self.policy)
        self.ordinary = Ordinary(self.policy)
        self.spots = list(self._spots())
        self.limits = dict(self._limits())

    # -- cases

    def tables(self) -> Iterator[tuple[Clause, str | None, str | None]]:
        """Schedules with the units of each: (root, entity, unit)."""
        for root in self.policy.roots:
            entity = None if len(self.policy.roots) == 1 else root.entity or root.label
            units: list[str | None] = [c.label for c in root.children if c.kind == "unit"]
            for unit in units or [None]:
                yield root, entity, unit

    def case(self, codes: Codes, unit: str | None, entity: str | None, title: str = "例") -> Case:
        """The case of some codes."""
        facts = {}
        spouse = {}
        couple = False
        for key, code in codes.items():
            if isinstance(key, HasSpouse):
                couple = couple or code == 2
            elif isinstance(key, Column) and code != MISSING:
                value = self.world.schema.domains[key.fact].value(code)
                if key.owner == "self":
                    facts[key.fact] = value
                else:
                    spouse[key.fact], couple = value, True
        for name, domain in self.world.schema.domains.items():
            if name not in facts and self.policy.facts[name].missing == "required":
                facts[name] = domain.value(1)
        order = {name: place for place, name in enumerate(self.policy.facts)}
        facts = dict(sorted(facts.items(), key=lambda x: order.get(x[0], len(order))))
        members = (Member(SPOUSE, spouse),) if couple else ()
        return Case(title, facts, unit, entity, members, date=self.world.schema.date)

    def broken(self, codes: Codes) -> int:
        """How many 常情 the case of some codes contradicts."""
        case = self.case(codes, None, None)
        return len(self.ordinary.broken(case.facts, case.members))

    def nicest(self, way: Way, rows: Numbers | None = None, given: Codes = NO_CODES) -> int:
        """A row in which as much as can be is handed in, with values as people have them.

        Among the first few of these the one with which, and with what is ``given``, the fewest 常情
        are broken.
        """
        if not way.codes:
            return 0
        rows = np.arange(way.rows) if rows is None else rows
        badness = np.zeros(len(rows))
        for key, codes in zip(way.keys, way.codes, strict=True):
            held = codes[rows]
            badness += 1000 * (held == MISSING)
            if isinstance(key, Column) and (usual := self._usual(key)) is not None:
                badness += np.abs(held - usual) / (held + usual)
        ranked = rows[np.argsort(badness, kind="stable")[:MOST_RANKED]]
        if not self.policy.plausible or not self.broken({**given, **way.row(int(ranked[0]))}):
            return int(ranked[0])
        return min(map(int, ranked), key=lambda row: self.broken({**given, **way.row(row)}))

    def _usual(self, key: Column) -> int | None:
        """The code of a value that nobody wonders at: 35 years of age, a small count."""
        domain = self.world.schema.domains[key.fact]
        typical = self.policy.facts[key.fact].typical
        if typical is not None:
            return domain.code(typical)
        if not isinstance(domain, (Grid, Days)):
            return None
        unit = self.policy.facts[key.fact].unit
        if unit is not None and unit.dimension == "age" and isinstance(domain, Grid):
            return domain.code(Fraction(35)) or domain.count // 2
        if isinstance(domain, Days):
            return domain.count * 2 // 3
        if self.policy.facts[key.fact].kind == "percentage":
            return domain.count * 4 // 5
        return 1 + (self.world.horizons.get(key.fact) or domain.count) // 8

    def seen(self, case: Case) -> frozenset[PlaceKey]:
        """The places that a case goes through; none where it cannot be scored."""
        try:
            return record(self.evaluator, self.places, case)[1]
        except PolicyError:
            return frozenset()

    def _seen_in(self, spot: Spot, case: Case) -> frozenset[PlaceKey]:
        """The places of one spot that the evaluator goes through for a case."""
        notes = CaseRecorder(self.evaluator, self.places, case)
        try:
            spot.ask(notes)
        except PolicyError:
            return frozenset()
        return frozenset(notes.exercised)

    # -- what is reached

    def reaches(self) -> tuple[Reach, ...]:
        """The verdict for every place."""
        found: dict[PlaceKey, Reach] = {}
        closed: dict[PlaceKey, bool] = {}
        for spot in self.spots:
            for key in spot.targets:
                closed[key] = closed.get(key, True) and spot.whole
            for way in spot.ways:
                fresh = [k for k in way.places if k in self.places.all and k not in found]
                if not fresh:
                    continue
                case = self.case(way.row(self.nicest(way)), spot.unit, spot.entity)
                seen = self._seen_in(spot, case)
                for key in fresh:
                    if key in seen:
                        found[key] = Reach(self.places.all[key], "proved", case)
        for key, reach in self.limits.items():
            if key not in found:
                found[key] = reach
        result = []
        for place in self.places:
            known_reach = found.get(place.key)
            if known_reach is None:
                reached = any(place.key in w.places for s in self.spots for w in s.ways)
                if closed.get(place.key) and not reached:
                    known_reach = Reach(place, "refuted")
                else:
                    known = place.key in closed and not closed[place.key]
                    known_reach = Reach(place, "undecided", why=TOO_MANY if known else NOT_FOUND)
            result.append(known_reach)
        return tuple(result)

    # -- the ways through spots

    def _spots(self) -> Iterator[Spot]:
        done: set[str] = set()
        for root, entity, unit in self.tables():
            if root.id not in done:
                done.add(root.id)
                yield from self._root(root, unit, entity)
            frame = self._probe({}).frame(root)
            for child in root.children:
                if child.kind == "task" or (child.kind == "unit" and child.label != unit):
                    continue
                bound = None if child.kind in ("bonus", "deductions") else frame.below
                yield from self._clause(
                    child, (), unit, entity, child.kind == "deductions", child.kind == "bonus",
                    bound, done,
                )  # fmt: skip

    def _root(self, root: Clause, unit: str | None, entity: str | None) -> Iterator[Spot]:
        if root.applies_when is not None:
            keys = self._keys_of(
                root.id, ("eligible", "not_eligible", "atom_true", "atom_false", "met", "missed")
            )

            def ask(notes: Recorder | CaseRecorder) -> Effect:
                excluded = notes._eligible(root, [])[1]
                return Effect(veto=excluded)

            yield self._spot(root.id, unit, entity, [root.applies_when], ask, keys)
        for rule in self.policy.status_rules:
            place = RulePlace("", root.label)
            targets = self._keys_in("", rule)

            yield self._spot(
                "", unit, entity, [rule], partial(_act_of, rule=rule, place=place), targets
            )

    def _clause(
        self,
        clause: Clause,
        around: tuple[Clause, ...],
        unit: str | None,
        entity: str | None,
        deducts: bool,
        bonus: bool,
        bound: Fraction | None,
        done: set[str],
    ) -> Iterator[Spot]:
        if clause.kind in ("task", "scene", "blend", "status_rules"):
            return
        chain = (*around, clause)
        frame = self._probe({}).frame(clause, deducts, bonus, bound)
        children = [c for c in clause.children if c.kind != "task"]
        if clause.id not in done:
            done.add(clause.id)
            conditions = [c.applies_when for c in chain]
            if children:
                yield from self._of_group(clause, chain, frame.place, unit, entity)
            else:

                def ask(notes: Recorder | CaseRecorder) -> Effect:
                    for outer in around:
                        if notes._applies(outer, []) == "no":
                            return Effect()
                    return notes.clause(clause, deducts, bonus, bound)[1]

                parts = [*conditions, clause.rules]
                yield self._spot(
                    clause.id, unit, entity, parts, ask, frozenset(self._of(clause.id))
                )
        for child in children:
            yield from self._clause(
                child, chain, unit, entity, deducts or child.kind == "deductions", bonus,
                frame.below, done,
            )  # fmt: skip

    def _of_group(
        self,
        clause: Clause,
        chain: tuple[Clause, ...],
        place: RulePlace,
        unit: str | None,
        entity: str | None,
    ) -> Iterator[Spot]:
        limits = {key for key in self._of(clause.id) if key[1] in ("cap", "floor")}
        conditions = [c.applies_when for c in chain]
        parts: list[tuple[r.Rule, ...]] = [(), *((rule,) for rule in clause.rules)]
        known = {k for rule in clause.rules for k in self._keys_in(clause.id, rule)}
        for rules in parts:
            targets = frozenset(
                self._keys_in(clause.id, rules[0])
                if rules
                else set(self._of(clause.id)) - limits - known
            )
            if not targets:
                continue

            def ask(notes: Recorder | CaseRecorder, rules: tuple[r.Rule, ...] = rules) -> Effect:
                for outer in chain:
                    if notes._applies(outer, []) == "no":
                        return Effect()
                found = Effect()
                for rule in rules:
                    found = notes.rule(rule, place)
                return found

            yield self._spot(clause.id, unit, entity, [*conditions, rules], ask, targets)

    def _probe(self, codes: Mapping[Key, Numbers]) -> Recorder:
        return Recorder(self.evaluator, self.places, self.reading, codes)

    def _of(self, clause: str) -> Iterator[PlaceKey]:
        return (place.key for place in self.places.by_clause.get(clause, ()))

    def _keys_of(self, clause: str, kinds: Sequence[str]) -> frozenset[PlaceKey]:
        return frozenset(key for key in self._of(clause) if key[1] in kinds)

    def _keys_in(self, clause: str, rule: r.Rule) -> frozenset[PlaceKey]:
        """The places of one rule: those of a set that has no other."""
        alone = Places.of_rule(self.policy, clause, rule)
        return frozenset(key for key in alone if key in self.places.all)

    def _spot(
        self,
        clause: str,
        unit: str | None,
        entity: str | None,
        parts: Sequence[object],
        ask: Ask,
        targets: frozenset[PlaceKey],
    ) -> Spot:
        keys = self.reading.keys(*parts)
        plain = all(isinstance(k, (Column, HasSpouse)) for k in keys)
        if not plain or self.deadline.left <= 0:
            return Spot(clause, unit, entity, (), False, targets, ask)
        options = [self._codes(key) for key in keys]
        whole = True
        if prod(map(len, options)) > MOST_LANES:
            options = [self._thinned(key, codes) for key, codes in zip(keys, options, strict=True)]
            whole = False
        whole = whole and not any(
            isinstance(k, Column) and k.fact in self.world.thinned for k in keys
        )
        if prod(map(len, options)) > MOST_LANES:
            return Spot(clause, unit, entity, (), False, targets, ask)
        grid = np.meshgrid(*options, indexing="ij") if options else []
        rows = [axis.reshape(-1) for axis in grid]
        count = len(rows[0]) if rows else 1
        if rows:
            kept = self._consistent(keys, rows)
            rows = [codes[kept] for codes in rows]
            count = len(rows[0])

        def run(lanes: Lanes) -> tuple[frozenset[PlaceKey], bool] | None:
            if self.deadline.left <= 0:
                raise TooWide
            codes = {key: column[lanes] for key, column in zip(keys, rows, strict=True)}
            notes = self._probe(codes)
            try:
                effect = ask(notes)
            except PolicyError:
                return None
            hides = effect.veto != "no" or any(sure != "no" for _, sure in effect.statuses)
            found = frozenset(k for k in notes.exercised if k in self.places.all)
            return found, hides

        ways: dict[tuple[frozenset[PlaceKey], bool], list[Lanes]] = {}
        try:
            for lanes, told in explore(count, run):
                if told is not None:
                    ways.setdefault(told, []).append(lanes)
        except TooWide:
            whole = False
        made = []
        for (found, hides), lanes_of in ways.items():
            lanes = np.sort(np.concatenate(lanes_of))
            made.append(Way(keys, tuple(column[lanes] for column in rows), found, hides))
        return Spot(clause, unit, entity, tuple(made), whole, targets, ask)

    def _consistent(self, keys: Sequence[Key], rows: Sequence[Numbers]) -> Numbers:
        """The rows in which nobody has facts of a spouse without having one."""
        kept = np.ones(len(rows[0]), np.bool_)
        for key, codes in zip(keys, rows, strict=True):
            if isinstance(key, HasSpouse):
                for other, held in zip(keys, rows, strict=True):
                    if isinstance(other, Column) and other.owner == "spouse":
                        kept &= (codes == 2) | (held == MISSING)
        return np.flatnonzero(kept)

    def _codes(self, key: Key) -> Numbers:
        codes = np.arange(self.reading.size(key), dtype=np.int64)
        if isinstance(key, HasSpouse):
            return codes[1:]
        assert isinstance(key, Column)
        if key.owner == "self" and self.policy.facts[key.fact].missing == "required":
            return codes[1:]
        return codes

    def _thinned(self, key: Key, codes: Numbers) -> Numbers:
        """Of many codes those next to what rules mention, and both ends."""
        if len(codes) <= 12 or isinstance(key, HasSpouse):
            return codes
        assert isinstance(key, Column)
        domain = self.world.schema.domains[key.fact]
        if isinstance(domain, Listed):
            return codes
        wanted = {int(codes[0]), 1, 2, int(codes[-1]), len(codes) // 2}
        for boundary in self.places.boundaries.values():
            refs = list(_refs(boundary.expr))
            if len(refs) == 1 and refs[0][0] == key.fact:
                value = boundary.threshold / refs[0][1]
                for step in (-boundary.grain, Fraction(0), boundary.grain):
                    code = domain.code(value + step / refs[0][1])
                    if code is not None:
                        wanted.add(code)
        return np.array(sorted(c for c in wanted if codes[0] <= c <= codes[-1]), np.int64)

    # -- limits of what consists of parts

    def _limits(self) -> Iterator[tuple[PlaceKey, Reach]]:
        wanted = [
            place
            for place in self.places
            if place.kind in ("cap", "floor") and self.policy.clauses[place.clause].children
        ]
        if not wanted:
            return
        try:
            ask = asked([self.policy], self.day, max(self.deadline.left, 0.1), world=self.world)
        except (NotPlanned, Unlike) as problem:
            for place in wanted:
                yield place.key, Reach(place, "undecided", why=problem.why)
            return
        for place in wanted:
            best: Reach | None = None
            for read in ask.tables[0].values():
                root = self._root_of(read)
                clause = self.policy.clauses[place.clause]
                if clause.id != root.id and clause.id not in read.parts:
                    continue
                found = self._limit(ask, read, clause, place)
                if best is None or _better(found, best):
                    best = found
            if best is not None:
                yield place.key, best

    def _root_of(self, read: Read) -> Clause:
        if len(self.policy.roots) == 1:
            return self.policy.roots[0]
        return next(x for x in self.policy.roots if (x.entity or x.label) == read.entity)

    def _limit(self, ask: Asked, read: Read, clause: Clause, place: Place) -> Reach:
        graph, scale = ask.model.graph, ask.model.scale
        if clause.rules or clause.start is not None:
            return Reach(place, "undecided", why=NOT_FOUND)
        low, high = [], []
        for child in clause.children:
            if child.kind in ("task", "bonus") or child.id not in read.parts:
                continue
            low.append((read.parts[child.id].low, 1))
            high.append((read.parts[child.id].high, 1))
        up = place.kind == "cap"
        deducts = clause.kind == "deductions"
        raw = graph.sum(0, (high if up != deducts else low))
        if clause.rounding is not None:
            unit = clause.rounding.unit * scale
            if unit.denominator != 1:
                return Reach(place, "undecided", why=NOT_FOUND)
            raw = graph.round(raw, int(unit), clause.rounding.mode)
        limit = clause.cap if clause.cap is not None else clause.full_marks
        if not up:
            limit = clause.floor if clause.floor is not None else Fraction(0)
        assert isinstance(limit, Fraction)
        edge = int(limit * scale) * (-1 if deducts else 1)
        over = up != deducts
        # the most (or least) first: whoever has that is the clearest case
        conditions = [*ask.conditions([raw], [read]), Condition(raw, low=SCORED)]
        try:
            found = ask.best(raw, 1 if over else -1, conditions)
        except TooLarge as large:
            return Reach(place, "undecided", why=large.why)
        if found is None or (found.value <= edge if over else found.value >= edge):
            if ask.model.thinned([raw]):
                return Reach(place, "undecided", why=TOO_MANY)
            return Reach(place, "refuted")
        case = ask.model.case(ask.eligible(found, raw, 1 if over else -1, read, conditions), read)
        if place.key in self.seen(case):
            return Reach(place, "proved", case)
        return Reach(place, "undecided", why=NOT_FOUND)


def _act_of(notes: Recorder | CaseRecorder, rule: r.Rule, place: RulePlace) -> Effect:
    return notes.rule(rule, place)


def _better(one: Reach, two: Reach) -> bool:
    order = {"proved": 2, "undecided": 1, "refuted": 0}
    return order[one.verdict] > order[two.verdict]


def _refs(expr: object) -> Iterator[tuple[str, Fraction]]:
    for each in e.walk(expr):
        if isinstance(each, e.FactRef):
            yield each.fact, abs(each.scale)
