"""From a policy to its plan.

Every clause becomes a few steps: what its rules do comes from tables of the exact evaluator
(:mod:`.planning.probing`), the arithmetic between them (sums, rounding, limits,
what flags clear) from its frame.  A clause that reads a single column is one table as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from math import prod

import numpy as np

from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.language.functions import ASSESSMENT_DATE
from policydsl.model import expressions as e
from policydsl.model import rules as r
from policydsl.model.policy import Blend, Clause, Policy, Target
from policydsl.scoring.cases import Case
from policydsl.scoring.columns.domains import Domain, yes_no
from policydsl.scoring.columns.plan import (
    LAST,
    UNBOUNDED,
    Clip,
    Ends,
    Flag,
    Formula,
    Input,
    Look,
    Plan,
    Slot,
    Step,
    bounds,
)
from policydsl.scoring.columns.planning.building import Builder, TooFine
from policydsl.scoring.columns.planning.composing import MANY_WAYS, Composer, Slotted, ways_of
from policydsl.scoring.columns.planning.derived import Derived, NotWorkedOut, domain_of
from policydsl.scoring.columns.planning.grouping import (
    compared_scores,
    composed_conditions,
    composed_facts,
    composed_numbers,
    groupings,
    household_functions,
)
from policydsl.scoring.columns.planning.keys import (
    Column,
    Effective,
    HasSpouse,
    Key,
    Reading,
    Scored,
    Worked,
)
from policydsl.scoring.columns.planning.naming import Namer
from policydsl.scoring.columns.planning.probing import (
    MOST_CODES,
    UNPROVEN,
    Grouping,
    Tables,
    Tabulated,
    Told,
    TooMany,
    bits,
    tabulate,
)
from policydsl.scoring.columns.planning.scores import RangeComposer
from policydsl.scoring.columns.planning.spanned import Spanned, tabulate_spans
from policydsl.scoring.columns.planning.supposing import Supposed
from policydsl.scoring.columns.population import Schema
from policydsl.scoring.exact import Effect, Evaluator, Frame, Probe, Reason
from policydsl.scoring.exact import Place as RulePlace

STATUS_FLAGS: Mapping[r.Status, Flag] = {
    "suspended": Flag.SUSPENDED, "void": Flag.VOID, "zeroed": Flag.ZEROED, "frozen": Flag.FROZEN,
}  # fmt: skip
UNUSABLE = sum(
    x.both for x in (Flag.VETO, Flag.SUSPENDED, Flag.VOID, Flag.ZEROED, Flag.FROZEN, Flag.EXCLUDED)
)
CONSEQUENCES = UNUSABLE | Flag.ERROR.both
OWN = Flag.FORFEITS.both | Flag.NO_POINTS.both


def make_plan(
    policy: Policy,
    schema: Schema,
    *,
    unit: str | None = None,
    entity: str | None = None,
    reasons: bool = False,
    scale: int = 1,
) -> Plan:
    """The plan of the table that a unit and an entity are scored by.

    Its scale is the least common multiple of ``scale`` and the one that its points need, so that
    plans can be compared integer by integer: asked for the scale of a plan, the same plan is made.
    Raises :class:`PolicyError` (S5xx) where a plan cannot hold the policy, naming the clause.
    """
    planner = _Planner(policy, schema, unit, entity, reasons)
    planner.least = scale
    return planner.plan()


TABLES = Tables(64 << 20)
"""Tables of late: a draft that changes one rule finds those of all others here."""
PLAIN = (Column, HasSpouse)
"""Keys that are columns of the population as they are."""
FEW = 1 << 12
"""So many combinations are tried without asking which are alike."""


Place = tuple[str | None, str | None]
"""An entity (``None`` where there is one schedule only) and a unit (``None`` without units)."""


def plans(policy: Policy, schema: Schema, *, reasons: bool = False) -> dict[Place, Plan]:
    """All plans of a policy, by the entity and the unit whose table they are.

    Raises :class:`PolicyError` (S5xx) where a plan cannot hold the policy, naming the clause.
    """
    found: dict[Place, Plan] = {}
    for root in policy.roots:
        entity = None if len(policy.roots) == 1 else root.entity or root.label
        units: list[str | None] = [x.label for x in root.children if x.kind == "unit"]
        for unit in units or [None]:
            found[entity, unit] = make_plan(
                policy, schema, unit=unit, entity=entity, reasons=reasons
            )
    return found


def place_of(policy: Policy, case: Case) -> Place:
    """The place of the table that a case of an entity and a unit belongs to.

    Raises :class:`PolicyError` (S505, D409, D414), which names the case, where there is none.
    """
    evaluator = Evaluator(policy)
    root = evaluator.root_of(case)
    evaluator.check_unit(root, case)
    has_units = any(x.kind == "unit" for x in root.children)
    return (
        None if len(policy.roots) == 1 else root.entity or root.label,
        case.unit if has_units else None,
    )


@lru_cache(maxsize=64)
def _world(*rests_on: Hashable) -> object:
    """Stands for all that the meaning of a clause rests on besides itself.

    The same object for what is equal, so that it is compared once for a plan, not for each clause.
    """
    return object()


class _Planner:
    def __init__(
        self, policy: Policy, schema: Schema, unit: str | None, entity: str | None, naming: bool
    ):
        self.policy, self.schema, self.unit, self.entity = policy, schema, unit, entity
        self.naming = naming
        self.least = 1
        self.evaluator = Evaluator(policy)
        self.reading = Reading(policy, schema, {})
        self.world = _world(
            policy.kind, tuple(policy.facts.items()), policy.exclusions, naming,
            tuple(schema.domains.items()), schema.date, schema.households,
            schema.largest_household,
        )  # fmt: skip
        self.build = Builder()
        self.ahead: dict[Key, Derived] = {}
        self.parts: dict[str, Ends] = {}
        self.absent: set[str] = set()  # parts that some rows do not have
        # of the frames: no case is needed for what is the same for all
        self.frames = Probe(self.evaluator, Supposed(self.reading, {}))
        self.namer: Namer | None = None
        if naming:
            host = copy(self)
            host.reading = replace(self.reading, naming=True)
            self.namer = Namer(host)
            self.naming_host = host

    def counting(self) -> _Planner:
        """The same, with numbers told apart even where only reasons are asked for."""
        host = copy(self)
        host.reading = replace(self.reading, counting=True)
        return host

    def plan(self) -> Plan:
        case = Case("", unit=self.unit, entity=self.entity)
        root = self.evaluator.root_of(case)
        self.evaluator.check_unit(root, case)
        build = self.build
        flags = build.slot()
        self._eligible(root, flags)
        if self.namer is not None:
            self.namer.root(root)
        points = self._points(root, flags)
        self._status(root, points, flags)
        usable = not build.unsure.get(flags, 0) & UNUSABLE
        total = self.copied(points, exact=usable and points.exact)
        build.nothing_where(total, flags, UNUSABLE)
        blends = self._blends(total, flags)
        self._targets(root, flags)
        keys, not_keyed = self._keys(total)
        takes_part, not_told = self._takes_part(total)
        named = self._named()
        plan = Plan(
            self.policy.id, (), (), build.slots, 1, total, points, self.parts, flags, self.unit,
            self.entity, keys, blends, takes_part, not_keyed | not_told,
            named,
        )  # fmt: skip
        return self._finished(plan)

    def _finished(self, plan: Plan) -> Plan:
        build = self.build
        inputs = tuple(self._input(key) for key in build.inputs)
        # last, as what blends need is a multiple of what was needed before them
        build.need(Fraction(1, self.least))
        try:
            steps = build.finish()
        except TooFine:
            raise self._too_fine() from None
        plan = replace(plan, inputs=inputs, steps=steps, slots=build.slots, scale=build.divisor)
        plan = plan.only(plan.visible())
        if bounds(replace(plan, steps=tuple(map(_closed, steps))))[1] >= UNBOUNDED:
            raise self._too_fine()
        return replace(plan, largest=bounds(plan)[1])

    def _named(self) -> Mapping[Slot, tuple[tuple[Reason, ...], ...]]:
        return {} if self.namer is None else self.namer.finish()

    def _too_fine(self) -> PolicyError:
        factor, clause = max(self.build.finest, default=(1, self.policy.id))
        return self.refused("S507", clause=clause or self.policy.id, scale=str(factor))

    def copied(self, ends: Ends, exact: bool) -> Ends:
        """The same quantity in slots of its own."""
        low = self.build.slot()
        copy = Ends(low, low if exact else self.build.slot())
        self._add(copy, ends)
        return copy

    def _input(self, key: Key) -> Input:
        if key in self.ahead:
            return self.ahead[key]
        domain = self.reading.domain(key)
        match key:
            case Column(fact, "self"):
                return Input(fact, fact, domain)
            case Column(fact, _):
                return Input(f"配偶的{fact}", fact, domain, "spouse")
            case HasSpouse():
                return Input("配偶", "", domain, "spouse")
        raise AssertionError(key)

    # -- tables

    def table(
        self,
        what: Hashable,
        clause: str,
        parts: Sequence[object],
        ask: Callable[[Supposed], Told],
        more: Sequence[Key] = (),
        ways: int = MANY_WAYS,
    ) -> Tabulated:
        """The table of something that reads ``parts`` (and the keys ``more``).

        ``what`` stands for what is asked of the parts: where it is equal, so is the answer.
        Raises :class:`TooMany` for too many combinations, or more than ``ways`` through the parts.
        """
        context = (what, tuple(parts), *self.reading.context(*parts))
        keys: tuple[Key, ...] = ()
        groups: Mapping[Key, Grouping]
        for reading in self._readings(clause, parts):
            keys = tuple(dict.fromkeys((*reading.keys(*parts), *more)))
            if prod(map(reading.ways, keys)) > ways:
                raise TooMany(names_of(keys))
            known = (context, tuple((key, reading.codes(key)) for key in keys))
            table = TABLES.get(known)
            if table is not None:
                return table
            sizes = list(map(reading.size, keys))
            if prod(sizes) <= FEW or (len(keys) == 1 and sizes[0] <= MOST_CODES):
                groups = {}
            else:
                groups = groupings(reading, keys, parts)
            try:
                table = tabulate(reading, keys, ask, groups)
            except TooMany:
                continue
            TABLES.put(known, table)
            return table
        raise TooMany(names_of(keys))

    def rule_table(
        self,
        what: Hashable,
        clause: str,
        parts: Sequence[object],
        ask: Callable[[Supposed], Told],
    ) -> Tabulated:
        """The same, where there is nothing else to be done than to refuse."""
        try:
            return self.table(what, clause, parts, ask)
        except TooMany as many:
            where = clause or self.policy.id
            raise self.refused("S506", clause=where, facts=str(many)) from None

    def base(self, clause: str, parts: Sequence[object]) -> Reading:
        """The plainest way to read parts: with household functions worked out ahead."""
        wanted = household_functions(parts, self.policy)
        reading = self._ahead(self.reading, wanted)
        for key in wanted:
            if key not in reading.ahead or (reading.naming and self._assumed(key.expression)):
                raise self.refused("S508", clause=clause, what="家庭合计等函数")
        return reading

    def _assumed(self, expression: e.Expr) -> bool:
        """Whether assumptions stand behind the facts of an expression."""
        _, facts, exclusions, *_ = self.reading.context(expression)
        assert isinstance(facts, tuple)
        assert isinstance(exclusions, tuple)
        return any(x.assumptions for x in (*facts, *exclusions))

    def refused(self, code: str, **details: str) -> PolicyError:
        if "clause" in details and not details["clause"]:
            details["clause"] = self.policy.id  # the document itself
        return PolicyError([Diagnostic(code, self.policy.source, None, details)])

    def _readings(self, clause: str, parts: Sequence[object]) -> Iterator[Reading]:
        """Ways to read parts, from the plainest to those that have more worked out ahead."""
        reading = self.base(clause, parts)
        yield reading
        for more in (composed_facts, composed_numbers, composed_conditions):
            found = more(parts, reading)
            if found:
                reading = self._ahead(reading, found)
                yield reading

    def _ahead(self, reading: Reading, keys: Iterable[Effective | Worked]) -> Reading:
        """Have keys worked out ahead, those whose values can be bounded."""
        for key in keys:
            if key not in self.ahead:
                try:
                    self.ahead[key] = Derived(
                        f"#{len(self.ahead)}",
                        "",
                        domain_of(reading, key),
                        "derived",
                        key,
                        replace(reading, naming=False),
                    )
                except NotWorkedOut:
                    continue
            reading = reading.with_ahead({key: self.ahead[key].domain})
        return reading

    def today(self, clause: Clause) -> tuple[Key, ...]:
        """The date of assessment, where a clause has dates and the rows have theirs."""
        dated = clause.in_force is not None or clause.expires is not None
        return (
            (Column(ASSESSMENT_DATE),) if dated and ASSESSMENT_DATE in self.schema.domains else (())
        )

    def probe(self, values: Supposed) -> Probe:
        return Probe(self.evaluator, values)

    # -- the whole

    def _eligible(self, root: Clause, flags: Slot) -> None:
        if root.applies_when is None:
            return

        def ask(values: Supposed) -> Told:
            eligible, excluded = self.probe(values).eligible(root)
            unchecked = Flag.NOT_CHECKED.both if eligible is None else 0
            return Told(flags=bits(excluded, Flag.EXCLUDED) | unchecked)

        self.build.mark(flags, self.rule_table("eligible", root.id, [root.applies_when], ask))

    def _points(self, root: Clause, flags: Slot) -> Ends:
        frame = self.frames.frame(root)
        base: list[Ends] = []
        bonus: list[Ends] = []
        for child in root.children:
            if child.kind == "task" or (child.kind == "unit" and child.label != self.unit):
                continue
            if child.kind == "bonus":
                bonus.append(self.clause(child, flags, bonus=True))
            else:
                bound = None if child.kind == "deductions" else frame.below
                base.append(self.clause(child, flags, bound=bound))
        points = self._summed(root, frame, base, [])
        if not bonus:
            return points
        whole = self.copied(points, exact=all(x.exact for x in (points, *bonus)))
        for each in bonus:
            self._add(whole, each)
        return whole

    def _add(self, out: Ends, ends: Ends) -> None:
        self.build.add(out.low, ends.low)
        if not out.exact:
            self.build.add(out.high, ends.high)

    def _status(self, root: Clause, points: Ends, flags: Slot) -> None:
        """Status rules, which may compare scores with constants."""
        place = RulePlace("", root.label)
        for rule in self.policy.status_rules:
            self.build.where = ""
            self.build.mark(flags, self._read_scores(rule, place, points), CONSEQUENCES)
            if self.namer is not None:
                with self.naming_host._scored([rule], points):
                    self.namer.rule(rule, place)
                    self.namer.statuses([rule], place)

    def _read_scores(self, rule: r.Rule, place: RulePlace, points: Ends) -> Tabulated:
        def ask(values: Supposed) -> Told:
            return Told(flags=effect_bits(self.probe(values).rule(rule, place)))

        with self._scored([rule], points):
            return self.rule_table(("status", place), place.clause, [rule], ask)

    @contextmanager
    def _scored(self, parts: Sequence[object], points: Ends) -> Iterator[None]:
        """Scores that parts compare with constants, as keys of their tables."""
        before = self.reading
        scored: dict[Key, Domain] = {}
        for clause, cuts in compared_scores(parts, self._cannot_read).items():
            ends = points if clause is None else self.parts.get(clause)
            if clause in self.absent:
                raise self._cannot_read(clause)
            if ends is None:
                continue  # the clause is not scored: its score is not known
            key = Scored(clause, tuple(sorted(cuts)))
            scored[key] = yes_no()
            self._classified(key, ends)
        self.reading = before.with_ahead(scored)
        try:
            yield
        finally:
            self.reading = before

    def _classified(self, key: Scored, ends: Ends) -> None:
        """Where the ends of a score lie among the cuts of a key."""
        build = self.build
        slot = build.sources[key] = build.slot()
        build.classify(slot, ends.low, key.cuts, key.places)
        build.classify(slot, ends.high, key.cuts, 1)

    def _cannot_read(self, clause: str | None) -> PolicyError:
        return self.refused("S508", clause=clause or self.policy.id, what="总分、得分")

    def _targets(self, root: Clause, flags: Slot) -> None:
        """Targets give no points, but what they read can be what a case may not lack."""
        for clause in self.frames.in_use(root, self.unit):
            for target in clause.targets:
                measured = () if target.measure is None else (e.FactRef(target.measure),)

                def ask(values: Supposed, clause: Clause = clause, target: Target = target) -> Told:
                    self.probe(values).target(clause, target)
                    return Told()

                parts = [target.condition, measured]
                table = self.rule_table(("target", target), clause.id, parts, ask)
                self.build.mark(flags, table, Flag.ERROR.both)

    # -- expressions that read scores

    def _blends(self, total: Ends, flags: Slot) -> dict[str, Ends]:
        return {blend.id: self._blend(blend, total, flags) for blend in self.policy.blends}

    def _blend(self, blend: Blend, total: Ends, flags: Slot) -> Ends:
        """The weighted sum; ``LAST`` where a part of it is missing."""
        self.build.where = blend.id
        ranges = RangeComposer(self, total, blend.id)
        found = []
        for part in blend.parts:
            value = ranges.part(part.expression)
            if part.weight is not None:
                value = ranges.scaled(value, part.weight / 100)
            else:
                value = ranges.perhaps_nothing(value)
            found.append(value)
        whole = ranges.total(found)
        self.build.merge(flags, whole.flags, Flag.ERROR.both)
        if self.namer is not None:
            self.namer.blend(blend, [x for x in self.parts if x not in self.absent])
        return ranges.or_last(whole)

    def _takes_part(self, total: Ends) -> tuple[dict[str, Slot], frozenset[str]]:
        """Flags of who may take part in a scene, and the scenes that cannot be planned."""
        found: dict[str, Slot] = {}
        failed = set()
        for scene in self.policy.scenes:
            if scene.applies_when is None:
                continue
            condition = scene.applies_when

            def ask(values: Supposed, condition: e.Expr = condition) -> Told:
                # who cannot be checked is ranked
                out = values.value(condition) is False
                return Told(flags=0 if out else Flag.APPLIES.both)

            slot = self.build.slot()
            try:
                with self._scored([condition], total):
                    table = self.rule_table("takes part", scene.id, [condition], ask)
            except PolicyError:
                failed.add(scene.id)
                continue
            self.build.mark(slot, table)
            found[scene.id] = slot
        return found, frozenset(failed)

    def _keys(self, total: Ends) -> tuple[dict[str, Ends], frozenset[str]]:
        """Ranking keys that do not read totals, more being better, and those that failed."""
        found: dict[str, Ends] = {}
        failed = set()
        for scene in self.policy.scenes:
            for key in scene.keys:
                reads_total = any(
                    isinstance(x, e.ScoreRef) and x.clause is None for x in e.walk(key.expression)
                )
                if key.column in found or reads_total:
                    continue
                self.build.where = scene.id
                ranges = RangeComposer(self, total, scene.id)
                try:
                    found[key.column] = ranges.key(key.expression, 1 if key.highest_first else -1)
                except PolicyError:
                    failed.add(key.column)  # scores can be planned all the same
        return found, frozenset(failed)

    # -- clauses

    def clause(
        self,
        clause: Clause,
        flags: Slot,
        deducts: bool = False,
        bonus: bool = False,
        bound: Fraction | None = None,
    ) -> Ends:
        """The value of a clause; what it does beyond points is added to ``flags``."""
        deducts = deducts or clause.kind == "deductions"
        self.build.where = clause.id
        children = [x for x in clause.children if x.kind != "task"]
        named = self.namer is None or self.namer.whole(clause, deducts, bonus, bound)
        whole = None if children else self._as_one(clause, deducts, bonus, bound)
        if whole is not None:
            ends = self.build.looked(whole)
            self.build.mark(flags, whole, CONSEQUENCES)
            self._name_table(clause, deducts, bonus, bound, named)
        else:
            ends = self._in_parts(clause, children, flags, deducts, bonus, bound, named)
        self.parts[clause.id] = ends
        return ends

    def _name_table(
        self, clause: Clause, deducts: bool, bonus: bool, bound: Fraction | None, named: bool
    ) -> None:
        """The reasons of a clause whose points are one table."""
        namer = self.namer
        if namer is None:
            return
        place = self.frames.frame(clause, deducts, bonus, bound).place
        around, namer.around = namer.around, (*namer.around, clause)
        namer.statuses(clause.rules, place)
        namer.around = around
        if named or namer.whole(clause, deducts, bonus, bound, MANY_WAYS):
            return
        limits = (clause.cap, clause.full_marks, clause.floor)
        if any(isinstance(x, r.OpenPoints) for x in limits):
            keys = self.naming_host.reading.keys(clause.applies_when, clause.rules)
            raise self.refused("S506", clause=clause.id, facts=names_of(keys))
        namer.head(clause, deducts or bonus)
        namer.around = (*around, clause)
        for rule in clause.rules:
            namer.rule(rule, place)
        namer.around = around

    def _as_one(
        self, clause: Clause, deducts: bool, bonus: bool, bound: Fraction | None
    ) -> Tabulated | None:
        """The table of a whole clause, if it is one column's."""
        asked = ("as one", clause, deducts, bonus, bound, self.world)
        table = TABLES.get(asked)
        if table is None:
            table = self._tried_as_one(clause, deducts, bonus, bound)
            # what is worked out ahead must be asked for in each plan
            if table is not None and all(isinstance(x.key, PLAIN) for x in table.axes):
                TABLES.put(asked, table)
        return table

    def _tried_as_one(
        self, clause: Clause, deducts: bool, bonus: bool, bound: Fraction | None
    ) -> Tabulated | None:
        reading = self.base(clause.id, [clause.applies_when, clause.rules])
        keys = {*reading.keys(clause.applies_when, clause.rules), *self.today(clause)}
        if len(keys) > 1 and prod(map(reading.size, keys)) > 64:
            return None

        def ask(values: Supposed) -> Told:
            value, effect = self.probe(values).clause(clause, deducts, bonus, bound)
            return Told(value.low, value.high, effect_bits(effect))

        try:
            return self.table(
                ("clause", clause, deducts, bonus, bound), clause.id,
                [clause.applies_when, clause.rules], ask, self.today(clause),
            )  # fmt: skip
        except TooMany:
            return None

    def _in_parts(
        self,
        clause: Clause,
        children: Sequence[Clause],
        flags: Slot,
        deducts: bool,
        bonus: bool,
        bound: Fraction | None,
        named: bool,
    ) -> Ends:
        build = self.build
        frame = self.frames.frame(clause, deducts, bonus, bound)
        tables = [self._contribution(rule, frame.place) for rule in clause.rules]
        applies = self._applies(clause)
        own = flags
        if applies is not None or any(self._possible(x) & OWN for x in tables):
            own = build.slot()
        gate = build.slot()
        if applies is not None:
            build.mark(gate, applies)
        before = None if self.namer is None else (self.namer.around, self.namer.gates)
        if self.namer is not None:
            if not named:
                self.namer.head(clause, deducts or bonus)
            self.namer.around += (clause,)
            self.namer.gates += () if applies is None else (gate,)
            self.namer.statuses(clause.rules, frame.place)
            if not named:
                for rule in clause.rules:
                    self.namer.rule(rule, frame.place)
        values = [self.clause(x, own, deducts, bonus, frame.below) for x in children]
        for table in tables:
            if isinstance(table, Slotted):
                build.merge(own, table.flags, CONSEQUENCES | OWN)
            else:
                build.mark(own, table, CONSEQUENCES | OWN)
        sure = not build.unsure.get(own, 0) & OWN
        if applies is not None:
            sure = sure and not applies.unsure & Flag.APPLIES
        ends = self._summed(clause, frame, values, tables, sure, named)
        if self.namer is not None and before is not None:
            self.namer.around, self.namer.gates = before
        build.nothing_where(ends, own, OWN)
        if applies is not None:
            build.only_where(ends, gate, Flag.APPLIES)
            build.gate(own, gate, Flag.APPLIES)
            build.merge(flags, gate, Flag.ERROR.both)
            self._not_scored(clause, gate)
        build.merge(flags, own, CONSEQUENCES)
        return ends

    def _not_scored(self, clause: Clause, gate: Slot) -> None:
        """What lies in a clause is not scored where that does not apply."""
        build = self.build
        inside = [id_ for id_ in self.parts if id_.startswith(f"{clause.id}/")]
        if not inside:
            return
        nothing = build.slot()
        build.fixed(nothing, LAST)
        build.clear_one_where(nothing, gate, Flag.APPLIES)
        for id_ in inside:
            ends = self.copied(self.parts[id_], self.parts[id_].exact)
            build.clear_unless(ends, gate, Flag.APPLIES)
            for out in dict.fromkeys(ends):
                build.add(out, nothing)
            self.parts[id_] = ends
            self.absent.add(id_)

    def _applies(self, clause: Clause) -> Tabulated | None:
        """Whether a clause applies; ``None``: always."""
        if clause.applies_when is None and clause.in_force is None and clause.expires is None:
            return None

        def ask(values: Supposed) -> Told:
            return Told(flags=bits(self.probe(values).applies(clause), Flag.APPLIES))

        try:
            table = self.table(
                ("applies", clause.in_force, clause.expires), clause.id, [clause.applies_when], ask,
                self.today(clause),
            )  # fmt: skip
        except TooMany as many:
            raise self.refused("S506", clause=clause.id, facts=str(many)) from None
        always = not table.axes and int(table.flags[0]) == Flag.APPLIES.both
        return None if always else table

    def _summed(
        self,
        clause: Clause,
        frame: Frame,
        values: Sequence[Ends],
        tables: Sequence[Tabulated | Slotted],
        sure: bool = True,
        named: bool = False,
    ) -> Ends:
        """Start, parts and rules added up, rounded and kept within the limits."""
        build = self.build
        low_limits, high_limits = frame.limits
        exact = (
            sure
            and frame.start.is_exact
            and low_limits == high_limits
            and all(x.exact for x in values)
            and all(x.ends.exact if isinstance(x, Slotted) else x.exact for x in tables)
        )
        low = build.slot()
        ends = Ends(low, low if exact else build.slot())
        starts = (frame.start.low, frame.start.high)
        for out, start in {ends.low: starts[0], ends.high: starts[1]}.items():
            build.put(out, start)
        for value in values:
            self._add(ends, value)
        for table in tables:
            if isinstance(table, Slotted):
                self._add(ends, table.ends)
            elif table.axes:
                build.look_up(ends, table)
            else:
                self._add(ends, build.looked(table))
        limits = {ends.low: low_limits, ends.high: high_limits}
        for out in limits:
            if clause.rounding is not None:
                build.round(out, clause.rounding)
        if self.namer is not None and not named:
            self.namer.limits(clause, ends, frame.place.deducts)
        for out, (least, most) in limits.items():
            build.clip(out, least, most)
        return ends

    # -- rules

    def _possible(self, found: Tabulated | Slotted) -> int:
        """The flags that a rule can set."""
        if isinstance(found, Slotted):
            return self.build.possible.get(found.flags, 0)
        return found.possible

    def _contribution(self, rule: r.Rule, place: RulePlace) -> Tabulated | Slotted:
        """What a rule adds to the sum of its clause, and its flags."""

        def ask(values: Supposed) -> Told:
            effect = self.probe(values).rule(rule, place)
            added = effect.contribution
            return Told(added.low, added.high, effect_bits(effect))

        what = ("rule", place)
        try:
            return self.table(what, place.clause, [rule], ask, ways=ways_of(rule))
        except TooMany as many:
            facts = str(many)
        try:
            composer = Composer(self.build, self._effect, self._spans, self._condition)
            return composer.contribution(rule, place)
        except TooMany:
            pass
        try:
            return self.table(what, place.clause, [rule], ask)
        except TooMany:
            raise self.refused("S506", clause=place.clause, facts=facts) from None

    def _effect(self, rule: r.Rule, place: RulePlace, ways: int = MANY_WAYS) -> Tabulated:
        """What a rule does where it applies."""

        def ask(values: Supposed) -> Told:
            effect = self.probe(values).rule(rule, place)
            return Told(effect.points.low, effect.points.high, effect_bits(effect))

        return self.table(("effect", place), place.clause, [rule], ask, ways=ways)

    def _spans(self, rule: r.Rule, place: RulePlace) -> Spanned:
        """The same for a rule that reads a single column which is too wide for a table."""

        def ask(values: Supposed) -> Told:
            effect = self.probe(values).rule(rule, place)
            return Told(effect.points.low, effect.points.high, effect_bits(effect))

        for reading in self._readings(place.clause, [rule]):
            keys = reading.keys(rule)
            if len(keys) == 1 and reading.size(keys[0]) > MOST_CODES:
                return tabulate_spans(reading, keys[0], ask)
        raise TooMany

    def _condition(self, rule: r.Rule, place: RulePlace) -> Tabulated:
        """What the condition of a rule makes of it."""

        def ask(values: Supposed) -> Told:
            return Told(flags=effect_bits(self.probe(values).condition(rule, place)))

        what = ("condition", rule, place)
        return self.table(what, place.clause, [rule.condition], ask)


def _closed(step: Step) -> Step:
    """A step without what has no bound."""
    match step:
        case Look():
            open_ = np.abs(step.table) >= UNBOUNDED
            return replace(step, table=np.where(open_, 0, step.table))
        case Clip():
            ends = [
                None if x is not None and abs(x) >= UNBOUNDED else x for x in (step.low, step.high)
            ]
            return Clip(step.out, ends[0], ends[1])
        case Formula():
            return replace(step, chain=tuple(x for x in step.chain if abs(x[1]) < UNBOUNDED))
    return step


def names_of(keys: Iterable[Key]) -> str:
    """Keys as a reader knows them."""
    names = []
    for key in keys:
        match key:
            case Column(fact, owner) | Effective(fact, owner):
                names.append(fact if owner == "self" else f"配偶的{fact}")
            case Worked(expression):
                names.extend(sorted(name for name, _ in e.facts_of(expression)))
    return "、".join(f"“{name}”" for name in dict.fromkeys(names))


def effect_bits(effect: Effect) -> int:
    """The flags of an effect."""
    found = bits(effect.veto, Flag.VETO) | bits(effect.forfeits, Flag.FORFEITS)
    found |= bits(effect.no_points, Flag.NO_POINTS) | bits(effect.applied, Flag.APPLIES)
    found |= bits(effect.unproven, UNPROVEN)
    for status, certainty in effect.statuses:
        found |= bits(certainty, STATUS_FLAGS[status])
    return found
