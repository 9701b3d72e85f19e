"""What a policy is worth to a population, in the few figures that many variants are compared by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from math import lcm
from typing import Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from policydsl.language.diagnostics import PolicyError
from policydsl.model.expressions import ScoreRef
from policydsl.model.policy import Policy, RankingKey, Scene
from policydsl.scoring.columns.arrays import Codes, Numbers
from policydsl.scoring.columns.histograms import Histogram
from policydsl.scoring.columns.households import Band, check_scene, rank_households, reads_total
from policydsl.scoring.columns.placing import OUTCOME_CODES, Ties
from policydsl.scoring.columns.plan import UNBOUNDED, Plan
from policydsl.simulation import statistics as st
from policydsl.simulation.people import Groups, People
from policydsl.simulation.sheets import Settings, Sheet, check_refused, scene_of

ADMITTED, LEVEL = OUTCOME_CODES.index("admitted"), OUTCOME_CODES.index("tied_open")


@dataclass(frozen=True)
class Worth:
    """The means of the low and high ends (``None`` without bound), the line, who is admitted.

    ``admitted_by``: in each group, where there are groups.
    """

    mean: Fraction | None
    mean_high: Fraction | None
    line: Fraction | None
    admitted: int
    admitted_by: tuple[int, ...] = ()


@dataclass(frozen=True)
class Placed:
    """What a policy makes of the cases: totals (integers of ``scale``), places and the line.

    ``total`` is by case, ``outcomes`` are codes of ``OUTCOME_CODES``; ``points`` are the low ends
    of the points that the households are ranked by, ``tied`` how many hold the keys of the line
    and do not all fit.
    """

    scale: int
    scene: Scene
    total: Band
    outcomes: npt.NDArray[np.uint8]
    points: Numbers
    line: int | None
    tied: int


class Ground(Protocol):
    """Who is scored, and for which places: a simulation, or as much of one as is needed."""

    scene: str | None
    quota: int | None
    ties: Ties | None
    by: Groups | None
    scale: int
    people: People
    settings: Settings
    unplanned: list[PolicyError | None]

    @property
    def weights(self) -> Numbers | None:
        """For how many persons each case stands."""


G = TypeVar("G", bound=Ground)


@dataclass
class Bench(Generic[G]):
    """Works out the worth of variants of one version, for the population of a simulation.

    ``one_by_one``: what no plan can hold is scored all the same, case by case.
    """

    simulation: G
    version: int
    one_by_one: bool = field(default=True, kw_only=True)
    _columns: dict[tuple[str, str, str], Codes] = field(default_factory=dict)

    def worth(self, policy: Policy) -> Worth:
        """The figures of a variant.  Raises :class:`PolicyError` where it cannot be scored."""
        sim, placed = self.simulation, self.placed(policy)
        ends = st.counted(placed.total.low, placed.total.high, sim.weights)
        low = mean_of(ends.low, placed.scale)
        high = low if ends.exact else mean_of(ends.high, placed.scale)
        admitted = placed.outcomes == ADMITTED
        groups: tuple[int, ...] = ()
        if sim.by is not None:
            groups = tuple(
                st.weight_of(admitted & (sim.by.codes == place), sim.weights)
                for place in range(len(sim.by.labels))
            )
        line = st.in_points(placed.line, placed.scale)
        return Worth(low, high, line, st.weight_of(admitted, sim.weights), groups)

    def placed(self, policy: Policy) -> Placed:
        """Totals and places under a variant.  Raises :class:`PolicyError`."""
        sim = self.simulation
        sheet = self._sheet(policy)
        scene = scene_of(policy, sim.scene, sim.quota, sim.ties)
        scale = lcm(sheet.scale, sim.scale)
        total, flags = sheet.totals(scale)
        check_refused(sheet, sim.people, self.version, scene, flags)
        found = self._places(sheet, scene, scale, total, flags)
        return Placed(scale, scene, total.at(sim.people.cases), *found)

    def share(self, other: Bench[G]) -> None:
        """Read no column again that another bench of the same people has read."""
        self._columns = other._columns

    def _sheet(self, policy: Policy, plans: Sequence[Plan] | None = None) -> Sheet:
        """A variant with the population of the version."""
        sim = self.simulation
        case = partial(sim.people.case, self.version) if self.one_by_one else None
        rows = sim.people.rows[self.version]
        return Sheet(
            policy, rows, sim.settings, self._columns, plans, case, sim.unplanned[self.version]
        )

    def _places(
        self, sheet: Sheet, scene: Scene, scale: int, total: Band, flags: Numbers
    ) -> tuple[npt.NDArray[np.uint8], Numbers, int | None, int]:
        """Outcomes of the cases' households, their points, the line, and how many tie at it.

        Where points decide first and are single numbers, the further keys are worked out for
        those alone who are level at the line.
        """
        sim = self.simulation
        cases, population = sim.people.cases, sheet.rows.population
        quota = scene.quota if sim.quota is None else sim.quota
        ties = sim.ties or scene.ties
        first = scene.keys[0] if scene.keys else None
        by_points = first is not None and reads_total(first) and own(first)
        if not (by_points and total.exact and quota is not None):
            rows = sheet.scored_rows(scene, scale, total, flags)
            found = rank_households(scene, population, rows, cases, quota, ties, True)
            placings = found.placings
            return placings.outcomes, found.points.low, placings.line, placings.tied_at_line
        check_scene(sheet.policy, scene)
        alone = replace(scene, keys=scene.keys[:1])
        rows = sheet.scored_rows(alone, scale, total, flags)
        more = len(scene.keys) > 1
        ranked = rank_households(
            alone, population, rows, cases, quota, "open" if more else ties, True
        )
        outcomes, line = ranked.placings.outcomes, ranked.placings.line
        points, tied = ranked.points.low, ranked.placings.tied_at_line
        level = np.flatnonzero(outcomes == LEVEL)
        if not more or not len(level):
            return outcomes, points, line, tied
        left = quota - ranked.placings.count("admitted", sim.weights)
        some = cases[level]
        members = some
        if population.spouse is not None:
            spouses = population.spouse[some]
            members = np.unique(np.concatenate([some, spouses[spouses >= 0]]))
        rows = sheet.scored_rows(scene, scale, total, flags, members)
        among = rank_households(scene, population, rows, some, left, ties, True)
        outcomes = outcomes.copy()
        outcomes[level] = among.placings.outcomes
        at = line if among.placings.line is None else among.placings.line
        return outcomes, points, at, among.placings.tied_at_line


def own(key: RankingKey) -> bool:
    """Whether a key that reads a total reads the household's own, the higher first."""
    expression = key.expression
    return key.highest_first and isinstance(expression, ScoreRef) and expression.role == "self"


def mean_of(histogram: Histogram, scale: int) -> Fraction | None:
    """The mean in points; ``None`` of nothing, and where a score is without bound."""
    if bool((np.abs(histogram.values) >= UNBOUNDED).any()):
        return None
    mean = histogram.mean()
    return None if mean is None else mean / scale


def less(after: Fraction | int | None, before: Fraction | int | None) -> Fraction | None:
    """The difference, where both are known."""
    return None if after is None or before is None else Fraction(after) - before


__all__ = ["Bench", "Ground", "Placed", "Worth", "less"]
