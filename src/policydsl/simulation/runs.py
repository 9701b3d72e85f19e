"""A simulation: one population under a base and any number of drafts.

:func:`simulate` scores and ranks; a :class:`Simulation` holds the arrays and makes every figure
from them when it is asked for.  What the figures mean is in docs/statistics.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property, partial, wraps
from math import lcm
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np
import numpy.typing as npt

from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.model.loading import Target, Targets
from policydsl.model.policy import Clause, Policy
from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.histograms import of
from policydsl.scoring.columns.households import Band
from policydsl.scoring.columns.placing import OUTCOME_CODES, Ties, pack
from policydsl.scoring.columns.plan import UNBOUNDED, Flag
from policydsl.scoring.results import group_parts
from policydsl.simulation import statistics as st
from policydsl.simulation.drafts import Version, versions_of
from policydsl.simulation.people import Groups, People, people_of
from policydsl.simulation.sheets import DEFAULT, STATUSES, Scored, Settings, Sheet, scene_of, scored
from policydsl.simulation.units import matching

P = ParamSpec("P")
Found = TypeVar("Found")

TIES: tuple[Ties, ...] = ("admit_all", "admit_none", "lottery", "open")
Stage = Callable[[str, int], object]
"""Told of the stage that was done (``people``, ``score`` …) and of how much of it."""


def silent(name: str, count: int) -> None:
    """Nobody is told."""


@dataclass(frozen=True)
class Group:
    """A group of the cases: how many persons, and the distributions of their ends by version."""

    label: str
    persons: int
    ends: tuple[st.Ends, ...]


@dataclass(frozen=True)
class Standing:
    """How a version treats the cases: with a status, vetoed, not within its conditions.

    ``open``: how many have a range for a score.
    """

    persons: int
    status: int
    vetoed: int
    excluded: int
    open: int


@dataclass(frozen=True)
class Discretion:
    """How much of scores and ranks rests on what is open (酌情, 未载明).

    ``width``: the distribution of high − low end of the scores; ``ranks`` of worst − best rank.
    ``pairs``: those whose order is not decided, and all.  ``possible``: households whose place
    hangs on it.
    """

    persons: int
    open: int
    width: st.Summary
    ranks: st.Summary
    pairs: tuple[int, int]
    possible: int


@dataclass(frozen=True)
class Resting:
    """What rests on an assumption set, or on a reading that the document names itself.

    ``share``: of all points that items give.  ``kept``: of those with a certain place, how many
    would have one if these items gave nothing; ``admitted``: how many there are.
    """

    assumption: str
    clauses: tuple[str, ...]
    points: Fraction | None
    share: Fraction | None
    admitted: int
    kept: int


def remembered(
    method: Callable[Concatenate[Simulation, P], Found],
) -> Callable[Concatenate[Simulation, P], Found]:
    """A figure is worked out once: tables, record and report ask for the same ones."""

    @wraps(method)
    def asked(self: Simulation, /, *args: P.args, **named: P.kwargs) -> Found:
        key = (method.__name__, args, tuple(sorted(named.items())))
        if key not in self.known:
            self.known[key] = method(self, *args, **named)
        found: Found = self.known[key]
        return found

    return asked


class Simulation:
    """The figures of a simulation.  Versions are numbered; 0 is the base.

    ``scale`` integers are a point, in all versions.
    """

    def __init__(
        self,
        versions: Sequence[Version],
        people: People,
        sheets: Sequence[Sheet],
        *,
        scene: str | None,
        quota: int | None,
        ties: Ties | None,
        by: str | None,
        settings: Settings,
        stage: Stage,
    ):
        self.known: dict[tuple[object, ...], Any] = {}
        self.versions = tuple(versions)
        self.people = people
        self.settings = settings
        self.quota, self.ties = quota, ties
        self.stage = stage
        self.scene = scene
        self.by: Groups | None = None if by is None else people.groups(by)
        self.unplanned: list[PolicyError | None] = [None for _ in sheets]
        self.scored: list[Scored] = []
        found, done = list(sheets), 0
        while len(self.scored) < len(found):
            # a version that turns out to need another sheet may make the scale finer for all
            self.scale = lcm(*(sheet.scale for sheet in found))
            self.scored = []
            for number, sheet in enumerate(found):
                wanted = scene_of(sheet.policy, scene, quota, ties)
                try:
                    made = scored(sheet, people, number, self.scale, wanted, quota, ties)
                except PolicyError as problem:
                    found[number] = self._one_by_one(number, problem)
                    break
                self.scored.append(made)
                if len(self.scored) > done:
                    done += 1
                    stage("score", 1)

    def _one_by_one(self, number: int, problem: PolicyError) -> Sheet:
        """For a version whose ranking no plan can hold; raises ``problem`` where that is not it."""
        if {each.code for each in problem.diagnostics} != {"S520"} or self.unplanned[number]:
            raise problem
        self.unplanned[number] = problem
        people = self.people
        return Sheet(
            self.versions[number].policy, people.rows[number], self.settings,
            case=partial(people.case, number), instead=problem,
        )  # fmt: skip

    @property
    def warnings(self) -> list[tuple[str, Diagnostic]]:
        """What the reader must know of how versions (by label) were scored."""
        return [
            *self.people.told,
            *(
                (version.label, each.sheet.warning)
                for version, each in zip(self.versions, self.scored, strict=True)
                if each.sheet.warning is not None
            ),
        ]

    # -- the plain scored table

    @property
    def weights(self) -> Numbers | None:
        """For how many persons each case stands."""
        return self.people.weights

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the versions."""
        return tuple(version.label for version in self.versions)

    def total(self, version: int) -> Band:
        """The usable totals of the cases."""
        return self.scored[version].total

    @cached_property
    def ranks(self) -> list[tuple[Numbers, Numbers]]:
        """Best and worst ranks of the cases' households by version; 0: not ranked."""
        return [each.ranked.ranks() for each in self.scored]

    def outcomes(self, version: int) -> npt.NDArray[np.uint8]:
        """What becomes of each case's household: codes of ``OUTCOME_CODES``."""
        return self.scored[version].ranked.placings.outcomes

    # -- distribution

    @cached_property
    def ends(self) -> list[st.Ends]:
        """The distributions of the ends of the scores, by version."""
        return [st.counted(t.low, t.high, self.weights) for t in map(self.total, self.numbers)]

    @property
    def numbers(self) -> range:
        """The numbers of the versions."""
        return range(len(self.versions))

    @property
    def drafts(self) -> range:
        """The numbers of the drafts."""
        return range(1, len(self.versions))

    @remembered
    def summary(self, version: int) -> tuple[st.Summary, st.Summary]:
        """The figures of the low and of the high ends."""
        ends = self.ends[version]
        low = st.summarised(ends.low, self.scale)
        return low, low if ends.exact else st.summarised(ends.high, self.scale)

    @cached_property
    def edges(self) -> tuple[int, ...]:
        """The edges of the bands of points, one set for all versions."""
        return st.band_edges([h for e in self.ends for h in (e.low, e.high)], self.scale)

    @cached_property
    def groups(self) -> list[Group]:
        """The distributions in each group of ``by``; none without it."""
        by = self.by
        if by is None:
            return []
        count = len(by.labels)
        found = [
            st.counted_by(t.low, t.high, by.codes, count, self.weights)
            for t in map(self.total, self.numbers)
        ]
        return [
            Group(label, found[0][place].low.size, tuple(ends[place] for ends in found))
            for place, label in enumerate(by.labels)
        ]

    @remembered
    def standing(self, version: int) -> Standing:
        """Who has a status, is vetoed, excluded, or has a range."""
        flags, total = self.scored[version].flags, self.total(version)

        def count(where: npt.NDArray[np.bool_]) -> int:
            return st.weight_of(where, self.weights)

        return Standing(
            self.people.persons,
            count((flags & STATUSES) != 0),
            count((flags & Flag.VETO.certain) != 0),
            count((flags & Flag.EXCLUDED.certain) != 0),
            count(total.low != total.high),
        )

    # -- one version against another

    def differences(self, draft: int, base: int = 0) -> Band:
        """Draft − base of both ends, for each case."""
        before, after = self.total(base), self.total(draft)
        low = st.difference(before.low, after.low)
        exact = before.exact and after.exact
        return Band(low, low if exact else st.difference(before.high, after.high))

    @remembered
    def change(self, draft: int, base: int = 0) -> st.Change:
        """Who gains and who loses, and how much."""
        band = self.differences(draft, base)
        return st.changed(band.low, band.high, self.weights)

    @remembered
    def change_by(self, draft: int, base: int = 0) -> list[tuple[str, st.Change]]:
        """The same in each group of ``by``."""
        by = self.by
        if by is None:
            return []
        band, weights = self.differences(draft, base), self.weights
        found = []
        for place, label in enumerate(by.labels):
            rows = np.flatnonzero(by.codes == place)
            own = band.at(rows)
            found.append(
                (label, st.changed(own.low, own.high, None if weights is None else weights[rows]))
            )
        return found

    @remembered
    def transitions(self, draft: int, base: int = 0) -> Numbers:
        """How many went from one band of points to another, by the low ends."""
        before, after = (st.band_of(self.total(v).low, self.edges) for v in (base, draft))
        return st.transitions(before, after, len(self.edges) + 1, self.weights)

    # -- places

    @remembered
    def line(self, version: int, ties: Ties | None = None) -> st.Line:
        """The line of the quota; ``ties``: under another treatment."""
        each = self.scored[version]
        ranked = each.ranked
        if ties is not None:
            ranked = each.again(self.quota, ties)
        quota = each.scene.quota if self.quota is None else self.quota
        placings = ranked.placings
        return st.line_of(
            ranked.points.low, placings.outcomes, placings.line, placings.tied_at_line, quota,
            self.scale, self.weights,
        )  # fmt: skip

    def ties_of(self, version: int) -> Ties:
        """How the scene treats ties at the line."""
        return self.ties or self.scored[version].scene.ties

    @remembered
    def crossing(self, draft: int, base: int = 0) -> Numbers:
        """``[i, j]``: how many households go from one of ``PLACES`` to another."""
        before, after = (st.places_of(self.outcomes(v)) for v in (base, draft))
        return st.transitions(before, after, len(st.PLACES), self.weights)

    @remembered
    def crossing_by(self, draft: int, base: int = 0) -> list[tuple[str, Numbers]]:
        """The same in each group of ``by`` (of the applicant)."""
        by, weights = self.by, self.weights
        if by is None:
            return []
        before, after = (st.places_of(self.outcomes(v)) for v in (base, draft))
        found = []
        for place, label in enumerate(by.labels):
            rows = np.flatnonzero(by.codes == place)
            own = None if weights is None else weights[rows]
            found.append((label, st.transitions(before[rows], after[rows], len(st.PLACES), own)))
        return found

    @remembered
    def admitted_by(self, version: int) -> list[int]:
        """How many of each group have a certain place."""
        by = self.by
        if by is None:
            return []
        admitted = self.outcomes(version) == OUTCOME_CODES.index("admitted")
        return [
            st.weight_of(admitted & (by.codes == place), self.weights)
            for place in range(len(by.labels))
        ]

    @remembered
    def churn(self, draft: int, base: int = 0) -> st.Churn:
        """How ranks move."""
        return st.churn(self.ranks[base][0], self.ranks[draft][0], self.weights)

    # -- what is open, what is assumed

    @remembered
    def discretion(self, version: int) -> Discretion:
        """How much of the ranking rests on what is open."""
        total, ranked = self.total(version), self.scored[version].ranked
        weights = self.weights
        best, worst = self.ranks[version]
        there = best > 0
        own = None if weights is None else weights[there]
        keys = [band.at(np.flatnonzero(there)) for band in ranked.keys]
        pairs = (0, 0)
        if len(keys[0].low):
            packed = pack([k.low for k in keys], [k.high for k in keys])
            pairs = st.undecided_pairs(*packed, own)
        width = st.difference(total.low, total.high)
        return Discretion(
            self.people.persons,
            st.weight_of(total.low != total.high, weights),
            st.summarised(of(width, weights), self.scale),
            st.summarised(of(worst[there] - best[there], own), 1),
            pairs,
            self.line(version).outcomes["possible"],
        )

    @remembered
    def resting(self, version: int) -> list[Resting]:
        """What rests on each assumption set."""
        policy = self.versions[version].policy
        sets: dict[str, list[str]] = {}
        for clause in policy.items:
            for name in dict.fromkeys(_assumed(policy, clause)):
                sets.setdefault(name, []).append(clause.id)
        if not sets:
            return []
        return [self._resting(version, name, ids) for name, ids in sets.items()]

    def _resting(self, version: int, name: str, ids: list[str]) -> Resting:
        each = self.scored[version]
        items = [clause.id for clause in self.versions[version].policy.items]
        everyone = np.arange(each.sheet.number)
        weights = np.zeros(each.sheet.number, np.int64)
        weights[self.people.cases] = 1 if self.weights is None else self.weights
        assumed = np.zeros(each.sheet.number, np.int64)
        everything = resting = 0
        for rows, parts in each.sheet.part_chunks(items, everyone, self.scale):
            for id_, (low, _) in parts.items():
                points = np.where(np.abs(low) < UNBOUNDED, low, 0)
                sum_ = of(points, weights[rows]).total()
                everything += abs(sum_)
                if id_ in ids:
                    resting += abs(sum_)
                    assumed[rows] += points
        total = each.rows.total
        low = total.low - assumed
        without = Band(low, low if total.exact else total.high - assumed)
        ranked = each.again(self.quota, self.ties, without)
        admitted = self.outcomes(version) == OUTCOME_CODES.index("admitted")
        kept = admitted & (ranked.placings.outcomes == OUTCOME_CODES.index("admitted"))
        persons = self.people.persons
        return Resting(
            name, tuple(ids), Fraction(resting, persons * self.scale) if persons else None,
            Fraction(resting, everything) if everything else None,
            st.weight_of(admitted, self.weights), st.weight_of(kept, self.weights),
        )  # fmt: skip

    # -- caps

    @remembered
    def caps(self, version: int) -> list[st.AtCap]:
        """How many are at the cap of each item and group that has one."""
        policy = self.versions[version].policy
        sheet = self.scored[version].sheet
        grouped = {id_ for part in group_parts(policy) for id_ in part.ids}
        counters: dict[str, st.CapCounter] = {}
        for clause in policy.clauses.values():
            cap = _cap(clause)
            if (clause.is_item or clause.id in grouped) and cap is not None:
                cap_of = int(cap * self.scale)
                counters[clause.id] = st.CapCounter(clause.id, cap_of, self.scale)
        for places, parts in sheet.part_chunks(list(counters), self.people.cases, self.scale):
            own = None if self.weights is None else self.weights[places]
            for id_, (low, high) in parts.items():
                there = low > -UNBOUNDED  # a clause that does not apply is not scored
                if _deducts(policy, id_):
                    low, high = -high, -low
                some = None if own is None else own[there]
                counters[id_].add(low[there], high[there], some)
        return [counter.result() for counter in counters.values()]


def _cap(clause: Clause) -> Fraction | None:
    """The most that a clause can give, where the text states it."""
    for limit in (clause.cap, clause.full_marks):
        if isinstance(limit, Fraction):
            return limit
    return None


def _deducts(policy: Policy, id_: str) -> bool:
    """Whether a clause stands among deductions, whose points are negative."""
    parts = id_.split("/")
    return any(
        (clause := policy.clauses.get("/".join(parts[: n + 1]))) is not None
        and clause.kind == "deductions"
        for n in range(len(parts))
    )


def _assumed(policy: Policy, clause: Clause) -> list[str]:
    """The assumption sets that shaped an item, or a clause around it by adopting it."""
    parts = clause.id.split("/")
    around = [policy.clauses.get("/".join(parts[: n + 1])) for n in range(len(parts))]
    return [closing.assumption for each in around if each is not None for closing in each.closings]


def simulate(
    base: Target | Policy,
    drafts: Sequence[Target | Policy],
    population: Any,
    *,
    n: int | None = None,
    seed: int = 1,
    scene: str | None = None,
    quota: int | None = None,
    ties: Ties | None = None,
    by: str | None = None,
    assume: Targets = (),
    day: date | None = None,
    ignore: Sequence[str] = (),
    settings: Settings = DEFAULT,
    stage: Stage = silent,
) -> Simulation:
    """Score a population under a base and its drafts.

    See :func:`policydsl.simulation.drafts.versions_of` and
    :func:`policydsl.simulation.people.people_of` for what may be given.  Raises
    :class:`PolicyError`.
    """
    versions = versions_of(base, drafts, assume)
    policies = [version.policy for version in versions]
    people = people_of(
        population, policies, n, seed, by, day, ignore, lambda rows: stage("people", rows),
        matching(versions),
    )  # fmt: skip
    sheets = [
        Sheet(policy, rows, settings, case=partial(people.case, number))
        for number, (policy, rows) in enumerate(zip(policies, people.rows, strict=True))
    ]
    return Simulation(
        versions, people, sheets, scene=scene, quota=quota, ties=ties, by=by, settings=settings,
        stage=stage,
    )  # fmt: skip
