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
from policydsl.scoring.columns.histograms import Histogram, of
from policydsl.scoring.columns.households import (
    Band,
    barred,
    check_scene,
    rank_households,
    reads_total,
)
from policydsl.scoring.columns.plan import UNBOUNDED, Flag, Plan
from policydsl.scoring.columns.planning.planner import make_plan
from policydsl.scoring.columns.whatif import WhatIf
from policydsl.simulation import statistics as st
from policydsl.simulation.runs import Simulation
from policydsl.simulation.sheets import Truths, scene_of
from policydsl.simulation.worth import ADMITTED, Bench, Worth, mean_of, own

Codes = npt.NDArray[np.integer]


@dataclass(frozen=True)
class _Couples:
    """Whose points count in each household: the better of two rows, which may be one row.

    ``able``: whether the household may be ranked.  This rests on ``flags`` and the household rule.
    """

    flags: Codes
    rule: str | None
    one: st.Numbers
    other: st.Numbers | None
    able: Truths

    def points(self, totals: Codes) -> Codes:
        """The points of the households."""
        found = totals[self.one]
        return found if self.other is None else np.maximum(found, totals[self.other])


@dataclass
class QuickBench(Bench[Simulation]):
    """Works out the worth of variants of one version, for the population of a simulation."""

    _kept: dict[int, WhatIf] = field(default_factory=dict)
    _couples: _Couples | None = None

    def worth(self, policy: Policy) -> Worth:
        """The figures of a variant.  Raises :class:`PolicyError` where it cannot be scored."""
        found = self._quick(policy)
        return super().worth(policy) if found is None else found

    def _quick(self, policy: Policy) -> Worth | None:
        """The figures, or ``None`` where only the long way leads to them."""
        sim = self.simulation
        if sim.scored[self.version].sheet.warning is not None:
            return None  # it has no plan
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
        ends = of(low[sim.people.cases], sim.weights)
        admitted, line, by = self._placed(policy, scene, quota, plan, low, flags)
        mean = mean_of(ends, plan.scale)
        return Worth(mean, mean, st.in_points(line, plan.scale), admitted, by)

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
            policy = sim.versions[self.version].policy
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
    ) -> tuple[int, int | None, tuple[int, ...]]:  # fmt: skip
        """How many are admitted, the line, and how many of each group are."""
        sim = self.simulation
        weights, couples = sim.weights, self._households(scene, flags)
        points, ranked = couples.points(totals), couples.able
        if weights is not None:
            ranked = ranked & (weights > 0)
        every = bool(ranked.all())
        own_weights = weights if weights is None or every else weights[ranked]
        found = of(points if every else points[ranked], own_weights)
        cut = found.cut(quota)
        if cut.line is None:
            return 0, None, tuple(0 for _ in sim.by.labels) if sim.by is not None else ()
        ties = sim.ties or scene.ties
        all_in = cut.fits or (len(scene.keys) <= 1 and ties == "admit_all")
        admitted = ranked & (points >= cut.line if all_in else points > cut.line)
        line = cut.line if all_in else _above(found, cut.line)
        if not all_in and len(scene.keys) > 1:
            level = np.flatnonzero(ranked & (points == cut.line))
            among, at = self._among(policy, scene, quota - cut.above, plan, totals, flags, level)
            admitted[level] = among
            line = line if at is None else at
        groups: tuple[int, ...] = ()
        if sim.by is not None:
            size = len(sim.by.labels)
            inside = np.flatnonzero(admitted)
            counted = np.zeros(size, np.int64)
            np.add.at(counted, sim.by.codes[inside], 1 if weights is None else weights[inside])
            groups = tuple(counted.tolist())
        return st.weight_of(admitted, weights), line, groups

    def _among(
        self, policy: Policy, scene: Scene, left: int, plan: Plan, totals: Codes, flags: Codes,
        level: st.Numbers,
    ) -> tuple[Truths, int | None]:  # fmt: skip
        """Who of those level at the line has one of the places left, and the line among them."""
        sim = self.simulation
        rows = sim.people.rows[self.version]
        sheet = self._sheet(policy, [plan])
        some = members = sim.people.cases[level]
        if rows.population.spouse is not None:
            spouses = rows.population.spouse[some]
            members = np.unique(np.concatenate([some, spouses[spouses >= 0]]))
        wide = totals.astype(np.int64)
        scored = sheet.scored_rows(
            scene, plan.scale, Band(wide, wide), flags.astype(np.int64), members
        )
        among = rank_households(
            scene, rows.population, scored, some, left, sim.ties or scene.ties, True
        )
        return among.placings.outcomes == ADMITTED, among.placings.line


def _above(points: Histogram, line: int) -> int | None:
    """The lowest points above the line that anybody has."""
    place = int(np.searchsorted(points.values, line, side="right"))
    return int(points.values[place]) if place < len(points.values) else None


__all__ = ["QuickBench"]
