"""Spouses and children of applicants, drawn so that families fit together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.scoring.columns.arrays import Numbers
from policydsl.simulation.drawing import Table, band_table, below, halves, key_of
from policydsl.simulation.fitting import (
    MAX_CELLS,
    Fit,
    Target,
    association,
    proportional,
    total,
)
from policydsl.simulation.specs import Alike, Children, Household, Spec


def preference(fit: Fit, alike: Alike, married: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """How much likelier than by chance spouses have a pair of bands.

    The couples' table has the married people's shares on both sides and the odds ratio between
    neighbouring bands; so being alike changes who marries whom, and not who is married.
    """
    shares = fit.margin(alike.name, weights=np.where(married, fit.shares, 0.0))
    shares = shares / float(total(shares))
    there = np.outer(shares, shares) > 0
    seed = association(alike.odds, len(shares), len(shares)) * there
    couples, _, _ = proportional(seed, [Target((0,), shares), Target((1,), shares)])
    return np.divide(couples, np.outer(shares, shares), out=np.zeros_like(couples), where=there)


class Spouses:
    """The joint table seen from a spouse: cells by sex, exact age and what spouses share.

    A spouse is drawn from the married of the other sex and the age that the difference of ages
    gives; where spouses are alike, cells near the applicant's own are more likely.
    """

    def __init__(self, spec: Spec, household: Household, fit: Fit, seed: int):
        self.household = household
        self.fit = fit
        self.keys = {name: key_of(seed, "配偶", name) for name in ("格", "年龄差")}
        self.older = band_table([household.older])
        self.axes = {
            name: fit.names.index(name) for name in (household.sex, household.age, household.status)
        }
        married = fit.low[:, self.axes[household.status]] == household.married
        self.alike = [
            (fit.names.index(alike.name), preference(fit, alike, married))
            for alike in household.alike
        ]
        self.ages = spec.attributes[household.age].domain.size
        self.tables: dict[int, Table] = {}
        self.candidates: dict[int, Numbers] = {}
        self.nearest: dict[int, Numbers] = {}
        self.feasible: dict[int, Numbers] = {}
        for sex in (household.male, household.female):
            self._prepare(spec, sex)

    def _prepare(self, spec: Spec, sex: int) -> None:
        """The cells that a spouse of this sex can be in, for every age."""
        fit, axes = self.fit, self.axes
        cells = np.flatnonzero(
            (fit.low[:, axes[self.household.sex]] == sex)
            & (fit.low[:, axes[self.household.status]] == self.household.married)
        )
        low, high = (bound[cells, axes[self.household.age]] for bound in (fit.low, fit.high))
        rows = [cells[(low <= age) & (age <= high)] for age in range(self.ages)]
        feasible = np.array([age for age in range(self.ages) if len(rows[age])], np.int64)
        if not len(feasible):
            problem = ("没有这样的已婚者", "nobody of that kind is married")
            details = {"where": self.household.age, "problem": problem}
            raise PolicyError([Diagnostic("D464", Source(spec.file, ""), None, details)])
        kinds = int(np.prod([len(matrix) for _, matrix in self.alike], dtype=np.int64))
        width = max(len(row) for row in rows)
        if len(feasible) * kinds * width > 4 * MAX_CELLS:
            size = {"count": len(feasible) * kinds * width, "limit": 4 * MAX_CELLS}
            raise PolicyError([Diagnostic("D467", Source(spec.file, ""), None, size)])
        candidates = np.full((len(feasible), width), -1, np.int64)
        weights = np.zeros((len(feasible), kinds, width))
        for position, age in enumerate(feasible):
            row = rows[age]
            candidates[position, : len(row)] = row
            span = fit.high[row, axes[self.household.age]] - fit.low[row, axes[self.household.age]]
            weights[position, :, : len(row)] = fit.shares[row] / (span + 1)
            index = np.arange(kinds)
            for axis, matrix in reversed(self.alike):
                own = index % len(matrix)
                index = index // len(matrix)
                factors = matrix[own][:, fit.bands[row, axis]]
                weights[position, :, : len(row)] *= factors
        self.tables[sex] = Table(weights.reshape(-1, width))
        self.candidates[sex] = candidates
        # for every age the position of the nearest one that such a spouse can have
        distance = np.abs(np.arange(self.ages)[:, None] - feasible[None, :])
        self.nearest[sex] = distance.argmin(axis=1).astype(np.int64)
        self.feasible[sex] = feasible

    def draw(
        self,
        start: int,
        count: int,
        own: Mapping[str, Numbers],
        cells: Numbers,
        households: Numbers,
    ) -> tuple[Numbers, Numbers]:
        """Cells and ages of the spouses of some of ``count`` households from ``start`` on.

        ``own`` are the codes of the applicants of ``households`` (positions in the part), and
        ``cells`` theirs in the joint table.
        """
        draws = halves(self.keys["年龄差"], start, count)[households]
        bands = self.household.older
        chosen = self.older.draw(draws)
        first = np.array([band.first for band in bands])[chosen]
        width = np.array([band.last - band.first + 1 for band in bands])[chosen]
        within = halves(key_within(self.keys["年龄差"]), start, count)[households]
        grid = self.household.older_domain
        years = int(grid.low) + first - 1 + below(within, width)
        is_male = own[self.household.sex] == self.household.male
        wanted = own[self.household.age] + np.where(is_male, -years, years)
        wanted = np.clip(wanted, 0, self.ages - 1)
        kind = np.zeros(len(households), np.int64)
        for axis, matrix in self.alike:
            kind = kind * len(matrix) + self.fit.bands[cells, axis]
        kinds = int(np.prod([len(matrix) for _, matrix in self.alike], dtype=np.int64))
        found, age = np.empty(len(households), np.int64), np.empty(len(households), np.int64)
        draws = halves(self.keys["格"], start, count)[households]
        for sex, mask in ((self.household.female, is_male), (self.household.male, ~is_male)):
            position = self.nearest[sex][wanted[mask]]
            outcome = self.tables[sex].draw(draws[mask], position * kinds + kind[mask])
            found[mask] = self.candidates[sex][position, outcome]
            age[mask] = self.feasible[sex][position]
        return found, age


def key_within(key: int) -> int:
    """A second stream beside that of a key."""
    return key ^ 1


def child_ages(
    children: Children, seed: int, start: int, count: int, number: int, youngest: Numbers
) -> Numbers:
    """Ages in years of the ``number``-th child, for parents of whom the younger is so old."""
    draws = halves(key_of(seed, "子女", str(number)), start, count)
    oldest = np.minimum(children.high, youngest - children.gap)
    width = np.maximum(oldest - children.low + 1, 1)
    return children.low + below(draws, width)
