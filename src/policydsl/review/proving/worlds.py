"""Which cases a proof speaks of: what every fact that a policy reads can be.

A number without bounds in its declaration is taken as far as any threshold, step or limit of the
rules that read it can reach (its *horizon*), and as far again: rules are made of straight pieces
between those places, so what does not change between the horizon and twice the horizon never
changes again, and what still grows there grows for ever.  Everything that is taken here and not
stated in the policy is a note, which goes with every answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor

from policydsl.language.functions import ASSESSMENT_DATE
from policydsl.model import expressions as e
from policydsl.model import rules as r
from policydsl.model.policy import Clause, Fact, Policy
from policydsl.scoring.columns.domains import Days, Domain, Grid, Listed, choice, yes_no
from policydsl.scoring.columns.planning.derived import Lattice, NotWorkedOut, _possible, common
from policydsl.scoring.columns.planning.grouping import expressions_in
from policydsl.scoring.columns.planning.keys import Reading, inside
from policydsl.scoring.columns.population import Schema
from policydsl.scoring.ranges import show_points

Pair = tuple[str, str]

WIDEST = 1 << 19
"""More values than this are thinned out."""
LIFE = 130
"""So many years back dates can lie."""
_DATE_FUNCTIONS = ("age", "whole_years", "whole_months", "days_between")


@dataclass(frozen=True)
class World:
    """The cases that are considered.

    ``horizons`` are the codes at which facts without an upper bound have passed everything that
    rules mention.  ``notes`` say what was taken that no policy states.
    """

    policies: tuple[Policy, ...]
    schema: Schema
    horizons: Mapping[str, int]
    notes: tuple[Pair, ...] = ()
    thinned: frozenset[str] = frozenset()
    """Facts with so many values that only those were taken at which something can change."""


class Unlike(Exception):
    """A fact is declared so differently in two policies that no case serves both."""

    def __init__(self, fact: str):
        super().__init__(fact)
        self.why: Pair = (
            f"“{fact}”在两份策略里的声明不同",
            f"“{fact}” is declared differently in the two policies",
        )


def world_of(
    policies: Sequence[Policy], day: date | None = None, extra: tuple[e.Expr, ...] = ()
) -> World:
    """The cases of one or several policies, of which facts of one name are the same.

    ``day`` is the date of assessment; without it the day of the policy's own dates.  ``extra``
    are conditions that are asked for beside what the policies read.
    Raises :class:`Unlike`.
    """
    maker = _Maker(tuple(policies), day, extra)
    return maker.world()


def scored_parts(policy: Policy) -> Iterator[tuple[Clause | None, object]]:
    """Every condition and rule that a score of a policy can rest on, with its clause."""
    for clause in policy.clauses.values():
        if clause.kind not in ("task", "scene", "blend"):
            yield clause, (clause.applies_when, clause.rules)
    yield None, policy.status_rules


def references(part: object) -> Iterator[e.FactRef | e.IsProvided]:
    """The facts that a part names."""
    for expr in expressions_in(part):
        if isinstance(expr, (e.FactRef, e.IsProvided)):
            yield expr


class _Maker:
    def __init__(self, policies: tuple[Policy, ...], day: date | None, extra: tuple[e.Expr, ...]):
        self.policies = policies
        self.extra = extra
        self.notes: dict[Pair, None] = {}
        self.thinned: set[str] = set()
        self.facts: dict[str, list[tuple[Policy, Fact]]] = {}
        for policy in policies:
            for fact in policy.facts.values():
                self.facts.setdefault(fact.name, []).append((policy, fact))
        self.day_given = day
        self.day = day or self._day()
        self.families = self._families()

    def world(self) -> World:
        columns = self._columns()
        domains: dict[str, Domain] = {}
        horizons: dict[str, int] = {}
        self.schema = Schema({}, self.day, households=self._households())
        for name in sorted(columns):
            domain, horizon = self._domain(name, columns[name])
            domains[name] = domain
            if horizon is not None:
                horizons[name] = horizon
        if self._reads_day() and self.day_given is None:
            self._note(
                f"评定日按 {self.day.isoformat()} 计",
                f"the date of assessment is taken to be {self.day.isoformat()}",
            )
        if self.schema.households:
            self._note(
                "配偶和家庭成员的情况与本人的情况互不牵连（各取所能）",
                "facts of the spouse and the household are taken to be independent of the case's",
            )
        schema = Schema(domains, self.day, households=self.schema.households)
        return World(self.policies, schema, horizons, tuple(self.notes), frozenset(self.thinned))

    def _note(self, zh: str, en: str) -> None:
        self.notes[zh, en] = None

    def _parts(self, policy: Policy) -> Iterator[tuple[Clause | None, object]]:
        yield from scored_parts(policy)
        yield None, self.extra

    # -- which facts

    def _day(self) -> date:
        for policy in self.policies:
            for period in (policy.meta.in_force, policy.meta.issued):
                if period is not None and period.date is not None:
                    return period.date
        return date(2024, 6, 30)

    def _reads_day(self) -> bool:
        dated = any(
            c.in_force is not None or c.expires is not None
            for p in self.policies
            for c in p.clauses.values()
            if c.kind != "root"
        )
        return dated or any(ASSESSMENT_DATE in leaves for leaves in self.families.values())

    def _households(self) -> bool:
        for policy in self.policies:
            for _, part in self._parts(policy):
                for expr in self._followed(policy, part):
                    if isinstance(expr, e.Aggregate) or getattr(expr, "role", "self") == "spouse":
                        return True
        return False

    def _followed(self, policy: Policy, part: object) -> Iterator[e.Expr]:
        """All expressions of a part and of what its facts are derived from."""
        seen: set[str] = set()
        waiting: list[object] = [part]
        while waiting:
            for expr in expressions_in(waiting.pop()):
                yield expr
                if isinstance(expr, (e.FactRef, e.IsProvided)) and expr.fact not in seen:
                    seen.add(expr.fact)
                    fact = policy.facts.get(expr.fact)
                    if fact is not None and fact.derived is not None:
                        waiting.append(fact.derived)
                    waiting += [
                        e.FactRef(x.excluded) for x in policy.exclusions if x.fact == expr.fact
                    ]

    def _families(self) -> dict[str, frozenset[str]]:
        """The facts that are read as such, each with the underived ones that it rests on."""
        found: dict[str, frozenset[str]] = {}
        for policy in self.policies:
            for _, part in self._parts(policy):
                for ref in references(part):
                    names = [ref.fact]
                    names += [x.excluded for x in policy.exclusions if x.fact == ref.fact]
                    for name in names:
                        leaves = frozenset(self._leaves(policy, name, set()))
                        found[name] = found.get(name, frozenset()) | leaves
        return found

    def _leaves(self, policy: Policy, name: str, seen: set[str]) -> Iterator[str]:
        if name in seen:
            return
        seen.add(name)
        fact = policy.facts.get(name)
        if fact is None or fact.derived is None:
            yield name
            return
        for ref in references(fact.derived):
            yield from self._leaves(policy, ref.fact, seen)

    def _columns(self) -> dict[str, set[str]]:
        """The facts that a case has, each with the facts through which it is read.

        A derived fact stands for itself where nothing else rests on what it is derived from.
        """
        found: dict[str, set[str]] = {}
        users: dict[str, set[str]] = {}
        for name, leaves in self.families.items():
            for leaf in leaves - {ASSESSMENT_DATE}:
                users.setdefault(leaf, set()).add(name)
        for name, leaves in self.families.items():
            own = leaves - {ASSESSMENT_DATE}
            alone = name not in leaves and own and all(users[leaf] == {name} for leaf in own)
            if alone and self._stands_alone(name):
                found.setdefault(name, set()).add(name)
                continue
            for leaf in own:
                found.setdefault(leaf, set()).add(name)
        found.pop(ASSESSMENT_DATE, None)
        return found

    def _stands_alone(self, name: str) -> bool:
        for policy, fact in self.facts[name]:
            if fact.derived is None or (not fact.is_number and fact.kind != "yes_no"):
                return False
            if any(x.role == "spouse" for x in references(fact.derived)):
                return False
            if any(isinstance(x, e.Aggregate) for x in self._followed(policy, fact.derived)):
                return False
            # a rule that asks for what it rests on would see that that is not there
            for _, part in self._parts(policy):
                for ref in references(part):
                    if isinstance(ref, e.IsProvided) and ref.fact == name:
                        return False
        return True

    # -- what they can be

    def _domain(self, name: str, through: Iterable[str]) -> tuple[Domain, int | None]:
        declared = [fact for _, fact in self.facts[name]]
        kinds = {"number" if f.is_number else f.kind for f in declared}
        if len(kinds) > 1:
            raise Unlike(name)
        first = declared[0]
        if first.kind == "yes_no":
            return yes_no(), None
        if first.kind in ("choice", "ordered"):
            return choice(tuple(dict.fromkeys(v for f in declared for v in f.values))), None
        if first.kind == "date":
            return self._dates(name), None
        if len({f.unit for f in declared}) > 1:
            raise Unlike(name)
        return self._numbers(name, declared, through)

    def _dates(self, name: str) -> Days:
        days = [self.day]
        counted = False
        for policy in self.policies:
            parts = [part for _, part in self._parts(policy)]
            for expr in self._followed(policy, parts):
                if isinstance(expr, e.Const) and isinstance(expr.value, date):
                    days += [expr.value - timedelta(days=400), expr.value + timedelta(days=400)]
                elif isinstance(expr, e.Func) and expr.name in _DATE_FUNCTIONS:
                    counted = counted or any(x.fact == name for x in references(expr))
        if counted:
            days.append(self.day - timedelta(days=366 * LIFE))
        first, last = min(days), max(days)
        self._note(
            f"“{name}”在 {first.isoformat()} 至 {last.isoformat()} 之间",
            f"“{name}” lies between {first.isoformat()} and {last.isoformat()}",
        )
        return Days(first, (last - first).days + 1)

    def _numbers(
        self, name: str, declared: Sequence[Fact], through: Iterable[str]
    ) -> tuple[Domain, int | None]:
        marks = _Marks()
        for policy in self.policies:
            wanted = set(through) | {name}
            wanted |= {x.fact for x in policy.exclusions if x.excluded in wanted}
            for clause, part in self._parts(policy):
                if any(ref.fact in wanted for ref in references(part)):
                    marks.read(policy, clause, part, wanted)
            for fact in policy.facts.values():
                if fact.name in wanted and fact.derived is not None:
                    marks.numbers(fact.derived)
        scale = marks.scale
        low = self._lowest(name, declared, marks)
        high: Fraction | None = None
        if all(f.high is not None for f in declared):
            high = max(f.high for f in declared if f.high is not None)
        derived = self._of_derived(name)
        if derived is not None:
            low = max(low, derived.low)
        step = self._step(declared, marks, scale, derived)
        reach = max(Fraction(ceil(marks.reach / scale)), Fraction(10)) + max(low, Fraction(0))
        horizon: int | None = None
        if high is None or high > 2 * reach + 2 * step:
            horizon = ceil((reach - low) / step)
            last = low + 2 * horizon * step
            if high is not None:
                last = min(last, high)
        else:
            last = high
        count = floor((last - low) / step) + 1
        if count > WIDEST:
            return self._thinned(name, low, last, step, marks, scale, horizon is not None, reach)
        return Grid(low, step, count), horizon if horizon is None else horizon + 1

    def _of_derived(self, name: str) -> Lattice | None:
        """What a derived fact can be, as what it is derived from allows."""
        for policy, fact in self.facts[name]:
            if fact.derived is None:
                continue
            leaves = self.families.get(name, frozenset()) - {ASSESSMENT_DATE}
            domains: dict[str, Domain] = {}
            for leaf in leaves:
                known = policy.facts[leaf]
                if known.kind == "date":
                    first = self.day - timedelta(days=366 * LIFE)
                    domains[leaf] = Days(first, (self.day - first).days + 1)
                elif known.is_number and known.low is not None and known.high is not None:
                    domains[leaf] = Grid(known.low, Fraction(1), int(known.high - known.low) + 1)
                else:
                    return None
            schema = Schema(domains, self.day)
            try:
                found = _possible(Reading(policy, schema, {}), fact.derived)
            except NotWorkedOut:
                return None
            return found if isinstance(found, Lattice) else None
        return None

    def _lowest(self, name: str, declared: Sequence[Fact], marks: _Marks) -> Fraction:
        if all(f.low is not None for f in declared):
            return min(f.low for f in declared if f.low is not None)
        if all(f.kind == "count" for f in declared):
            return Fraction(0)
        if marks.below:
            low = -Fraction(ceil(marks.reach / marks.scale)) - 1
            self._note(
                f"“{name}”没有写范围，从 {show_points(low)} 起算",
                f"“{name}” has no stated range; it is taken from {show_points(low)} on",
            )
            return low
        self._note(
            f"“{name}”没有写范围，按不小于 0 计",
            f"“{name}” has no stated range; it is taken not to be below 0",
        )
        return Fraction(0)

    def _step(
        self, declared: Sequence[Fact], marks: _Marks, scale: Fraction, derived: Lattice | None
    ) -> Fraction:
        if derived is not None and derived.unit:
            return derived.unit
        if all(f.kind in ("integer", "count") for f in declared):
            return Fraction(1)
        places = [f.places for f in declared if f.places is not None]
        step = Fraction(1, 10 ** max(places)) if places else Fraction(1, 10)
        if not places:
            for number in marks.seen:
                if number:
                    step = common(step, number / scale)
        name = declared[0].name
        self._note(
            f"“{name}”以 {show_points(step)} 为最小单位",
            f"“{name}” comes in multiples of {show_points(step)}",
        )
        return step

    def _thinned(
        self,
        name: str,
        low: Fraction,
        last: Fraction,
        step: Fraction,
        marks: _Marks,
        scale: Fraction,
        open_: bool,
        reach: Fraction,
    ) -> tuple[Domain, int | None]:
        """Of too many values those at which something can change, and those next to them."""
        found = {low, last, *([reach, reach + (last - reach) / 2] if open_ else [])}
        for number in marks.seen:
            at = number / scale
            for count in range(1, 200):
                if at * count > last or not at:
                    break
                found.update((at * count - step, at * count, at * count + step))
        self.thinned.add(name)
        values = sorted(x for x in found if low <= x <= last and (x - low) % step == 0)
        self._note(
            f"“{name}”的取值太多，只核对了规则提到的 {len(values)} 个关键值",
            f"“{name}” has too many values: {len(values)} that matter were looked at",
        )
        horizon = sum(x <= reach for x in values) if open_ else None
        return Listed(tuple(values)), horizon


class _Marks:
    """The numbers that rules mention along a fact: thresholds, steps, and how far limits reach."""

    def __init__(self) -> None:
        self.seen: set[Fraction] = set()
        self.thresholds: set[Fraction] = set()
        self.reach = Fraction(0)
        self.scales: set[Fraction] = set()
        self.below = False

    @property
    def scale(self) -> Fraction:
        """How many base units one of the fact is, at the least."""
        return min(self.scales, default=Fraction(1))

    def numbers(self, part: object) -> None:
        for expr in expressions_in(part):
            if isinstance(expr, e.Const) and isinstance(expr.value, Fraction):
                self.seen.add(abs(expr.value))
                self.thresholds.add(expr.value)
                self.reach = max(self.reach, abs(expr.value))

    def read(self, policy: Policy, clause: Clause | None, part: object, facts: set[str]) -> None:
        """Note the numbers of a part of a policy that reads some facts."""
        self.numbers(part)
        base = max((abs(x) for x in self.thresholds), default=Fraction(0))
        for ref in references(part):
            if ref.fact in facts and isinstance(ref, e.FactRef):
                self.scales.add(abs(ref.scale))
        for expr in expressions_in(part):
            if isinstance(expr, e.Compared):
                for one, other in ((expr.left, expr.right), (expr.right, expr.left)):
                    if isinstance(other, e.Const) and isinstance(other.value, Fraction):
                        mentions = any(x.fact in facts for x in references(one))
                        self.below = self.below or (mentions and other.value <= 0)
        limit = _limit_of(policy, clause)
        for rule in _rules_in(part):
            self._rule(rule, limit, base, facts)

    def _rule(self, rule: r.Rule, limit: Fraction, base: Fraction, facts: set[str]) -> None:
        action = rule.action
        for modifier in rule.modifiers:
            if isinstance(modifier, (r.PointsCap, r.PointsFloor)):
                limit = max(limit, modifier.value)
        if not isinstance(action, r.PerStep):
            if isinstance(action, r.Flat) and isinstance(action.points, r.ComputedPoints):
                self.reach = max(self.reach, base + 2 * limit)
            return
        self.seen.update((action.step, action.beyond))
        points = action.points.value if isinstance(action.points, r.FixedPoints) else Fraction(1)
        factor = Fraction(1)
        for modifier in rule.modifiers:
            if isinstance(modifier, r.Scale) and modifier.factor:
                factor *= modifier.factor
        steps = Fraction(ceil(limit / abs(points * factor))) if points else Fraction(1)
        if action.most is not None:
            steps = min(steps, action.most)
        steps += action.skip + 2
        self.reach = max(self.reach, base + action.beyond + action.step * steps)


def _limit_of(policy: Policy, clause: Clause | None) -> Fraction:
    """The largest number of points that a limit around a clause names."""
    found = [Fraction(100)]
    around = [] if clause is None else [
        c for c in policy.clauses.values()
        if c.kind == "root" or clause.id == c.id or clause.id.startswith(f"{c.id}/")
    ]  # fmt: skip
    for each in around:
        for limit in (each.cap, each.full_marks, each.start):
            if isinstance(limit, Fraction):
                found.append(limit)
            elif isinstance(limit, r.OpenPoints):
                found.extend(x for x in (limit.low, limit.high) if x is not None)
    # the innermost limit that is stated decides; without one every limit around may
    own = None if clause is None else (clause.cap if clause.cap is not None else clause.full_marks)
    return own if isinstance(own, Fraction) and own > 0 else max(found)


def _rules_in(part: object) -> Iterator[r.Rule]:
    if isinstance(part, (tuple, list)):
        for item in part:
            yield from _rules_in(item)
    elif isinstance(part, r.Rule):
        yield from r.nested(part)
    elif is_dataclass(part) and not isinstance(part, type):
        for held in inside(part):
            yield from _rules_in(held)
