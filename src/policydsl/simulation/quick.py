"""The worth of many variants of a version, from what the version itself left behind.

A variant changes the totals of some persons and mostly nothing else: those come from the what-if
module (:mod:`policydsl.scoring.columns.whatif`).  Where households are ranked by their points and
a quota decides, the line follows from a histogram of the points, and the further keys are worked
out for those alone who are level at it.  Figures are those of :class:`Bench`, to the last digit;
what does not fit is left to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from policydsl.language.diagnostics import PolicyError
from policydsl.model.policy import Policy, Scene
from policydsl.scoring.columns.arrays import Codes, Numbers, Truths
from policydsl.scoring.columns.histograms import Histogram, of
from policydsl.scoring.columns.households import (
    Band,
    barred,
    check_scene,
    rank_households,
    reads_total,
)
from policydsl.scoring.columns.placing import AT_LINE, OUTCOME_CODES, Placings
from policydsl.scoring.columns.plan import UNBOUNDED, Flag, Plan
from policydsl.scoring.columns.planning.planner import make_plan
from policydsl.scoring.columns.whatif import WhatIf
from policydsl.simulation import statistics as st
from policydsl.simulation.runs import Simulation
from policydsl.simulation.sheets import scene_of
from policydsl.simulation.worth import ADMITTED, Bench, G, Placed, Worth, mean_of, own

_OUT, _NOT_RANKED = OUTCOME_CODES.index("not_admitted"), OUTCOME_CODES.index("not_eligible")


@dataclass(frozen=True)
class _Couples:
    """Whose points count in each household: the better of two rows, which may be one row.

    ``able``: whether the household may be ranked.  This rests on ``flags`` and the household rule.
    """

    flags: Codes
    rule: str | None
    one: Numbers
    other: Numbers | None
    able: Truths

    def points(self, totals: Codes) -> Codes:
        """The points of the households."""
        found = totals[self.one]
        return found if self.other is None else np.maximum(found, totals[self.other])


@dataclass(frozen=True)
class Read:
    """A variant whose totals are single numbers, and what its places hang on."""

    scene: Scene
    quota: int
    plan: Plan
    totals: Codes
    flags: Codes


@dataclass
class QuickBench(Bench[G]):
    """Works out the worth of variants of one version, for the population of a simulation."""

    _kept: dict[int, WhatIf] = field(default_factory=dict)
    _couples: _Couples | None = None

    def worth(self, policy: Policy) -> Worth:
        """The figures of a variant.  Raises :class:`PolicyError` where it cannot be scored."""
        found = self._quick(policy)
        return super().worth(policy) if found is None else found

    def placed(self, policy: Policy) -> Placed:
        """Totals and places under a variant.  Raises :class:`PolicyError`."""
        read = self._read(policy)
        if read is None:
            return super().placed(policy)
        settled = self._settled(policy, read)
        totals = read.totals[self.simulation.people.cases].astype(np.int64)
        return Placed(read.plan.scale, read.scene, Band(totals, totals), *settled)

    def _quick(self, policy: Policy) -> Worth | None:
        """The figures, or ``None`` where only the long way leads to them."""
        read = self._read(policy)
        if read is None:
            return None
        sim, scale = self.simulation, read.plan.scale
        ends = of(read.totals[sim.people.cases], sim.weights)
        admitted, line, by = self._placed(
            policy, read.scene, read.quota, read.plan, read.totals, read.flags
        )
        mean = mean_of(ends, scale)
        return Worth(mean, mean, st.in_points(line, scale), admitted, by)

    def _read(self, policy: Policy) -> Read | None:
        """The totals of a variant, or ``None`` where only the long way leads to its places."""
        sim = self.simulation
        if not self._has_plan():
            return None
        scene = scene_of(policy, sim.scene, sim.quota, sim.ties)
        quota = scene.quota if sim.quota is None else sim.quota
        by_points = bool(scene.keys) and reads_total(scene.keys[0]) and own(scene.keys[0])
        if not by_points or quota is None or scene.applies_when is not None:
            return None
        if scene.household not in (None, "higher_of") or not self._one_table():
            return None
        try:
            check_scene(policy, scene)
            plan = self._plan(policy, sim.scale)
        except PolicyError:
            return None  # the long way knows what to do
        study = self._study(plan)
        if study is None:
            return None
        low, high, flags = study.values(plan)
        unbounded = len(low) and max(abs(int(low.min())), abs(int(low.max()))) >= UNBOUNDED
        if unbounded or not (low is high or np.array_equal(low, high)):
            return None
        if self._refused(flags):
            return None  # the long way says who, and why
        return Read(scene, quota, plan, low, flags)

    def _has_plan(self) -> bool:
        sim = self.simulation
        if isinstance(sim, Simulation):
            return sim.scored[self.version].sheet.warning is None
        return True

    def _stands(self) -> Policy:
        """The policy that variants are read against."""
        sim = self.simulation
        assert isinstance(sim, Simulation)
        return sim.versions[self.version].policy

    def _one_table(self) -> bool:
        rows = self.simulation.people.rows[self.version]
        return len(rows.tables) == 1 and not rows.places.any()

    def _plan(self, policy: Policy, scale: int) -> Plan:
        rows = self.simulation.people.rows[self.version]
        entity, unit = rows.tables[0]
        return make_plan(policy, rows.population.schema, unit=unit, entity=entity, scale=scale)

    def _study(self, plan: Plan) -> WhatIf | None:
        """The version against which a plan is read, at its scale; ``None``: other columns."""
        sim = self.simulation
        if plan.scale not in self._kept:
            policy = self._stands()
            base = self._plan(policy, plan.scale)
            sheet, settings = self._sheet(policy, [base]), sim.settings
            (table,) = sheet.tables
            self._kept[plan.scale] = WhatIf(
                base, table.columns, sheet.number, None, settings.engine, settings.threads,
                beside=lambda plan: (plan.flags,),
            )  # fmt: skip
        study = self._kept[plan.scale]
        return study if plan.inputs == study.base.inputs else None

    def _refused(self, flags: Codes) -> bool:
        """Whether the evaluator refuses a row; those of the version were looked at before."""
        if self._couples is not None and flags is self._couples.flags:
            return False
        return bool(((flags.astype(np.int64) & Flag.ERROR.both) != 0).any())

    def _households(self, scene: Scene, flags: Codes) -> _Couples:
        known = self._couples
        if known is not None and flags is known.flags and scene.household == known.rule:
            return known
        sim = self.simulation
        cases, spouse = sim.people.cases, sim.people.rows[self.version].population.spouse
        able = ~barred(flags.astype(np.int64))
        if scene.household is None or spouse is None:
            found = _Couples(flags, scene.household, cases, None, able[cases])
        else:
            spouses = spouse[cases]
            partner = np.where(spouses >= 0, spouses, cases)
            first, second = able[cases], able[partner]
            # the total of one who may not be ranked counts only where the other may not either
            one = np.where(first | ~second, cases, partner)
            other = np.where(second | ~first, partner, cases)
            found = _Couples(flags, scene.household, one, other, first | second)
        if known is None:
            self._couples = found
        return found

    def _placed(
        self, policy: Policy, scene: Scene, quota: int, plan: Plan, totals: Codes, flags: Codes
    ) -> tuple[int, int | None, tuple[int, ...]]:
        """How many are admitted, the line, and how many of each group are."""
        sim = self.simulation
        outcomes, _, line, _ = self._settled(policy, Read(scene, quota, plan, totals, flags))
        admitted, weights = outcomes == ADMITTED, sim.weights
        groups: tuple[int, ...] = ()
        if sim.by is not None:
            size = len(sim.by.labels)
            inside = np.flatnonzero(admitted)
            counted = np.zeros(size, np.int64)
            np.add.at(counted, sim.by.codes[inside], 1 if weights is None else weights[inside])
            groups = tuple(counted.tolist())
        return st.weight_of(admitted, weights), line, groups

    def _settled(
        self, policy: Policy, read: Read
    ) -> tuple[npt.NDArray[np.uint8], Numbers, int | None, int]:
        """Outcomes of the cases' households, their points, the line, and how many tie at it."""
        sim, scene = self.simulation, read.scene
        weights, couples = sim.weights, self._households(scene, read.flags)
        points, ranked = couples.points(read.totals).astype(np.int64), couples.able
        if weights is not None:
            ranked = ranked & (weights > 0)
        every = bool(ranked.all())
        own_weights = weights if weights is None or every else weights[ranked]
        found = of(points if every else points[ranked], own_weights)
        cut = found.cut(read.quota)
        outcomes = np.where(ranked, _OUT, _NOT_RANKED).astype(np.uint8)
        if cut.line is None:
            return outcomes, points, None, 0
        ties = sim.ties or scene.ties
        one_key = len(scene.keys) <= 1
        all_in = cut.fits or (one_key and ties == "admit_all")
        outcomes[ranked & (points >= cut.line if all_in else points > cut.line)] = ADMITTED
        line, tied = cut.line if all_in else _above(found, cut.line), 0
        if one_key and not cut.fits:
            tied = cut.ties
            outcomes[ranked & (points == cut.line)] = OUTCOME_CODES.index(AT_LINE[ties])
        elif not all_in:
            level = np.flatnonzero(ranked & (points == cut.line))
            among = self._among(policy, read, read.quota - cut.above, level)
            outcomes[level] = among.outcomes
            line = line if among.line is None else among.line
            tied = among.tied_at_line
        return outcomes, points, line, tied

    def _among(self, policy: Policy, read: Read, left: int, level: Numbers) -> Placings:
        """Who of those level at the line has one of the places left, and the line among them."""
        sim = self.simulation
        rows = sim.people.rows[self.version]
        sheet = self._sheet(policy, [read.plan])
        some = members = sim.people.cases[level]
        if rows.population.spouse is not None:
            spouses = rows.population.spouse[some]
            members = np.unique(np.concatenate([some, spouses[spouses >= 0]]))
        wide = read.totals.astype(np.int64)
        scored = sheet.scored_rows(
            read.scene, read.plan.scale, Band(wide, wide), read.flags.astype(np.int64), members
        )
        among = rank_households(
            read.scene, rows.population, scored, some, left, sim.ties or read.scene.ties, True
        )
        return among.placings


def _above(points: Histogram, line: int) -> int | None:
    """The lowest points above the line that anybody has."""
    place = int(np.searchsorted(points.values, line, side="right"))
    return int(points.values[place]) if place < len(points.values) else None


__all__ = ["QuickBench", "Read"]
