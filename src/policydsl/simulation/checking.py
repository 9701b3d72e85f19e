"""How well a population meets its specification: wanted, fitted and generated side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.domains import Grid
from policydsl.simulation.fitting import achieved, fit
from policydsl.simulation.populations import Chunk, Synthesis
from policydsl.simulation.specs import Basis, Limit, Spec


@dataclass(frozen=True, slots=True)
class BandCheck:
    """Shares of a band: as specified, in the fitted table, among applicants, among spouses."""

    attribute: str
    band: str
    wanted: float
    fitted: float
    generated: float
    spouses: float | None
    tolerance: float
    basis: Basis

    @property
    def ok(self) -> bool:
        """Whether the generated share is as near as it is promised to be."""
        return abs(self.generated - self.wanted) <= self.tolerance


@dataclass(frozen=True, slots=True)
class DependenceCheck:
    """A stated odds ratio, the median of those reached, and Goodman and Kruskal's γ."""

    pair: tuple[str, str]
    stated: Fraction | None
    odds: float
    gamma: float


@dataclass(frozen=True, slots=True)
class MeanCheck:
    """A published mean that nothing was fitted to, and the generated one."""

    attribute: str
    published: Fraction
    generated: float


@dataclass(frozen=True)
class Report:
    """All that :func:`check` found.  ``violations`` counts the rows that break each limit."""

    spec: Spec
    households: int
    seed: int
    rows: int
    rounds: int
    deviation: float
    cells: int
    impossible: int
    bands: tuple[BandCheck, ...]
    dependences: tuple[DependenceCheck, ...]
    means: tuple[MeanCheck, ...]
    violations: tuple[tuple[str, int], ...]
    with_spouse: float

    @property
    def ok(self) -> bool:
        """Whether all shares are within tolerance and no limit is broken."""
        return all(band.ok for band in self.bands) and not any(n for _, n in self.violations)

    def as_record(self) -> dict[str, Any]:
        """The report as plain values; shares in percent."""
        return {
            "ok": self.ok, "population": self.spec.id, "households": self.households,
            "seed": self.seed, "rows": self.rows,
            "fit": {"rounds": self.rounds, "deviation": self.deviation, "cells": self.cells,
                    "impossible_cells": self.impossible},
            "with_spouse": self.with_spouse,
            "bands": [
                {"attribute": b.attribute, "band": b.band, "wanted": b.wanted, "fitted": b.fitted,
                 "generated": b.generated, "spouses": b.spouses, "tolerance": b.tolerance,
                 "ok": b.ok, "source": b.basis.source, "assumption": b.basis.assumption}
                for b in self.bands
            ],
            "dependences": [
                {"attributes": list(d.pair), "gamma": d.gamma, "odds": d.odds,
                 "stated": None if d.stated is None else float(d.stated)}
                for d in self.dependences
            ],
            "means": [
                {"attribute": m.attribute, "published": float(m.published),
                 "generated": m.generated} for m in self.means
            ],
            "violations": dict(self.violations),
            "assumptions": [{"of": w, "reason": r} for w, r in self.spec.assumptions()],
        }  # fmt: skip


def check(
    spec: Spec, n: int = 100_000, seed: int = 1, advance: Callable[[int], object] | None = None
) -> Report:
    """Generate ``n`` households and hold them against the specification.

    The tolerance of a share p is 4·√(p(1−p)/n) + 1/n: no more than the error of a simple random
    sample; places by systematic sampling stay well within it.
    """
    synthesis = Synthesis(spec, n, seed)
    names = [*(a.name for a in spec.fitted), *(x.name for x in spec.comparisons)]
    public = [a.name for a in spec.attributes.values()]
    # internal attributes are counted too
    synthesis.names = tuple(name for name in public if name in synthesis.needed)
    counts = {(role, name): np.zeros(spec.attributes[name].domain.size, np.int64)
              for name in set(names) for role in (1, 2)}  # fmt: skip
    broken = [0] * len(spec.limits)
    rows = 0
    for chunk in synthesis.chunks():
        rows += chunk.population.rows
        for (role, name), count in counts.items():
            codes = chunk.population.columns[name][chunk.roles == role]
            count += np.bincount(codes, minlength=len(count))
        for number, limit in enumerate(spec.limits):
            broken[number] += violations(spec, limit, chunk)
        if advance is not None:
            advance(int(np.count_nonzero(chunk.roles == 1)))
    spouses = max((int(c.sum()) for (role, _), c in counts.items() if role == 2), default=0)
    bands = _bands(spec, counts, n, spouses) if spec.fitted else ()
    table = fit(spec) if spec.fitted else None
    dependences = []
    for dependence in spec.dependences:
        assert table is not None
        odds, gamma = achieved(table, *dependence.pair)
        dependences.append(DependenceCheck(dependence.pair, dependence.odds, odds, gamma))
    means = [
        MeanCheck(x.name, x.mean, _mean(spec, x.name, counts[1, x.name])) for x in spec.comparisons
    ]
    return Report(
        spec, n, seed, rows,
        table.rounds if table else 0, table.deviation if table else 0.0,
        len(table.shares) if table else 0, table.impossible if table else 0,
        tuple(bands), tuple(dependences), tuple(means),
        tuple((limit.shown, count) for limit, count in zip(spec.limits, broken, strict=True)),
        spouses / n,
    )  # fmt: skip


def _bands(
    spec: Spec, counts: dict[tuple[int, str], Numbers], n: int, spouses: int
) -> list[BandCheck]:
    table = fit(spec)
    found = []
    for attribute in spec.fitted:
        bands = attribute.parts[0].bands
        whole = sum(band.share for band in bands)
        fitted = table.margin(attribute.name)
        for number, band in enumerate(bands):
            own, theirs = (
                int(counts[role, attribute.name][band.first : band.last + 1].sum())
                for role in (1, 2)
            )
            # what was not handed in is spread like the rest
            handed = int(counts[1, attribute.name][1:].sum()) or 1
            share = float(band.share / whole)
            found.append(BandCheck(
                attribute.name, spec.label(attribute.name, band), 100 * share,
                100 * float(fitted[number]), 100 * own / handed,
                100 * theirs / spouses if spouses else None,
                100 * (4 * (share * (1 - share) / n) ** 0.5 + 1 / n),
                band.basis or attribute.basis,
            ))  # fmt: skip
    return found


def _mean(spec: Spec, name: str, counts: Numbers) -> float:
    domain = spec.attributes[name].domain
    assert isinstance(domain, Grid)
    codes = np.arange(len(counts))
    handed = int(counts[1:].sum()) or 1
    mean_code = int((counts[1:] * codes[1:]).sum()) / handed
    return float(domain.low) + (mean_code - 1) * float(domain.step)


def violations(spec: Spec, limit: Limit, chunk: Chunk) -> int:
    """How many rows break a limit, worked out from the values and not as they were drawn."""
    population = chunk.population
    names = [name for name, _ in limit.when]
    names += [name for name in (limit.lesser, limit.greater) if name is not None]
    if any(name not in population.columns for name in names):
        return 0
    columns = {name: population.columns[name].astype(np.int64) for name in names}
    met = np.ones(population.rows, np.bool_)
    for column in columns.values():
        met &= column > 0  # a fact that was not handed in breaks nothing
    for name, codes in limit.when:
        met &= np.isin(columns[name], list(codes))
    if limit.excluded:
        return int(np.count_nonzero(met))
    assert limit.lesser is not None
    lesser = _values(spec, limit.lesser, columns)
    wrong = np.zeros(population.rows, np.bool_)
    if limit.greater is not None:
        by = limit.factor.denominator * limit.plus.denominator
        greater = _values(spec, limit.greater, columns)
        wrong |= by * lesser > int(limit.factor * by) * greater + int(limit.plus * by)
    if limit.low is not None:
        wrong |= lesser * limit.low.denominator < limit.low.numerator
    if limit.high is not None:
        wrong |= lesser * limit.high.denominator > limit.high.numerator
    return int(np.count_nonzero(wrong & met))


def _values(spec: Spec, name: str, columns: dict[str, Numbers]) -> Numbers:
    domain = spec.attributes[name].domain
    assert isinstance(domain, Grid)
    return int(domain.low) + (columns[name] - 1) * int(domain.step)
