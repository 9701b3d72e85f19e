"""What a policy is worth to a population, in the few figures that many variants are compared by."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm

from policydsl.model.policy import Policy
from policydsl.scoring.columns.histograms import Histogram
from policydsl.scoring.columns.placing import OUTCOME_CODES
from policydsl.scoring.columns.population import Codes
from policydsl.simulation import statistics as st
from policydsl.simulation.runs import Simulation
from policydsl.simulation.sheets import Sheet, scene_of, scored


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


@dataclass
class Bench:
    """Works out the worth of variants of one version, for the population of a simulation."""

    simulation: Simulation
    version: int
    _columns: dict[tuple[str, str, str], Codes] = field(default_factory=dict)

    def worth(self, policy: Policy) -> Worth:
        """The figures of a variant.  Raises :class:`PolicyError` where it cannot be scored."""
        sim = self.simulation
        sheet = Sheet(policy, sim.people.rows[self.version], sim.settings, self._columns)
        scene = scene_of(policy, sim.scene, sim.quota, sim.ties)
        scale = lcm(sheet.scale, sim.scale)
        found = scored(sheet, sim.people, self.version, scale, scene, sim.quota, sim.ties)
        ends = st.counted(found.total.low, found.total.high, sim.weights)
        low = _mean(ends.low, scale)
        high = low if ends.exact else _mean(ends.high, scale)
        placings = found.ranked.placings
        admitted = placings.outcomes == OUTCOME_CODES.index("admitted")
        groups: tuple[int, ...] = ()
        if sim.by is not None:
            groups = tuple(
                st.weight_of(admitted & (sim.by.codes == place), sim.weights)
                for place in range(len(sim.by.labels))
            )
        line = st.in_points(placings.line, scale)
        return Worth(low, high, line, st.weight_of(admitted, sim.weights), groups)


def _mean(histogram: Histogram, scale: int) -> Fraction | None:
    return st.summarised(histogram, scale, ()).mean


def less(after: Fraction | int | None, before: Fraction | int | None) -> Fraction | None:
    """The difference, where both are known."""
    return None if after is None or before is None else Fraction(after) - before


__all__ = ["Bench", "Worth", "less"]
