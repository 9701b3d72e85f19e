"""The same people under every scheme: scores, shares, percentiles, rankings, what carries over.

Compared are the points before status and conditions of application: who is shut out, or whose
points are frozen, is counted beside them.  Points of different schemes are compared as shares of
the scheme's total (0 to 100).  A percentile is the share of persons with fewer points plus half of
those with as many.  Persons whose points are open under a scheme take no part in its percentiles
and rankings; a scheme under which most are open has none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from policydsl.comparison.agreement import Agreement, agreement
from policydsl.comparison.alignment import Row
from policydsl.comparison.schemes import Scheme
from policydsl.comparison.structure import Area, area_of
from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.scoring.cases import Case
from policydsl.scoring.columns.domains import MISSING, Grid, Listed
from policydsl.scoring.columns.histograms import of
from policydsl.scoring.columns.plan import INFINITY, UNBOUNDED, Ends, Flag
from policydsl.scoring.exact import Evaluator, Score
from policydsl.scoring.ranges import Range
from policydsl.simulation.people import People, people_of, read_by, shown_facts
from policydsl.simulation.sheets import (
    DEFAULT,
    STATUSES,
    Settings,
    Sheet,
    check_refused,
    scene_of,
)
from policydsl.simulation.specs import show_value
from policydsl.simulation.statistics import quantile_cuts
from policydsl.simulation.typical import middle_of

Numbers = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

STRATA = 5
MOST_PERSONS_SHOWN = 60
"""Persons of a file that are each shown; more are a population."""
TRAITS = 4
"""How many facts tell who does well under a scheme."""


@dataclass(frozen=True)
class Person:
    """Somebody under every scheme.

    ``scores`` by scheme (``None``: the scheme cannot place the person).  ``percentiles`` where
    there is a population.  ``parts``: by row of the comparison the points under each scheme;
    ``areas``: by scheme the points that count in each area.
    """

    name: str
    about: str
    stands_for: int | None
    scores: tuple[Score | None, ...]
    percentiles: tuple[Fraction | None, ...]
    parts: Mapping[str, tuple[Range | None, ...]]
    areas: tuple[Mapping[Area, Range], ...]


@dataclass(frozen=True)
class Standing:
    """A population under one scheme: means in points of the scheme and as shares of its total.

    Means are exact; the two ends differ where scores are open.  ``areas``: the mean points
    that count in each area (low ends).
    """

    persons: int
    maximum: Fraction | None
    mean: Fraction | None
    mean_high: Fraction | None
    quantiles: tuple[Fraction | None, ...]
    open: int
    ineligible: int
    with_status: int
    areas: Mapping[Area, Fraction]

    @property
    def exact(self) -> bool:
        """Whether every score is a single number."""
        return self.open == 0


@dataclass(frozen=True)
class Trait:
    """A fact that stands out: its mean, or the share that has ``value``, there and overall."""

    fact: str
    value: str | None
    there: Fraction
    overall: Fraction


@dataclass(frozen=True)
class Favoured:
    """Those who stand higher under one scheme than under any other.

    ``reasons``: rows of the comparison with what they add to the advantage there, in points of
    a scheme of 100, the largest first; together with ``rest`` (caps, statuses, deductions of
    groups) they make ``advantage``.
    """

    scheme: int
    persons: int
    traits: tuple[Trait, ...]
    advantage: Fraction | None
    reasons: tuple[tuple[str, Fraction], ...]
    rest: Fraction | None


@dataclass(frozen=True)
class Peopled:
    """What the same people get: typical persons, the population, how far rankings agree."""

    about: Mapping[str, Any]
    persons: tuple[Person, ...]
    standings: tuple[Standing, ...] = ()
    agreements: Mapping[tuple[int, int], Agreement] = field(default_factory=dict)
    favoured: tuple[Favoured, ...] = ()

    def tau(self, one: int, other: int) -> Decimal | None:
        """Kendall's tau-b of two schemes; ``None`` where a ranking is open or has one place."""
        found = self.agreements.get((min(one, other), max(one, other)))
        return None if found is None else found.tau()


QUANTILES = (Fraction(1, 10), Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(9, 10))


def peopled(
    schemes: Sequence[Scheme], rows: Sequence[Row], *, persons: Any = None, population: Any = None,
    n: int | None = None, seed: int = 1, settings: Settings = DEFAULT,
    done: Callable[[str, int], object] = lambda name, count: None,
) -> Peopled:  # fmt: skip
    """Scores the same people under all schemes.

    ``persons``: a table of persons that are each shown; without one, typical persons are taken
    from the ``population``, one for each fifth of the mean share.  Raises :class:`PolicyError`: no
    points to give (C907), too many persons to show (C909), and what is wrong with the data.
    """
    without = [s for s in schemes if s.kind == "work_plan"]
    if without:
        raise PolicyError([
            Diagnostic("C907", s.policy.source, None, {"id": s.policy.id}) for s in without
        ])  # fmt: skip
    policies = [s.policy for s in schemes]
    shown: list[Person] = []
    about: dict[str, Any] = {}
    crowd: _Crowd | None = None
    if population is not None:
        people = people_of(population, policies, n, seed, done=lambda k: done("people", k))
        about["population"] = people.about
        crowd = _Crowd(schemes, people, rows, settings, done)
    if persons is not None:
        given = people_of(persons, policies)
        if len(given) > MOST_PERSONS_SHOWN:
            details = {"count": len(given), "limit": MOST_PERSONS_SHOWN}
            raise PolicyError([Diagnostic("C909", None, None, details)])
        about["persons"] = given.about
        for row in given.cases.tolist():
            cases = [given.case(s.number, int(row)) for s in schemes]
            shown.append(_person(schemes, rows, cases, None, crowd))
    elif crowd is not None:
        shown = crowd.typical()
    if crowd is None:
        return Peopled(about, tuple(shown))
    return Peopled(
        about, tuple(shown), crowd.standings(), crowd.agreements(), tuple(crowd.favoured())
    )


def _person(
    schemes: Sequence[Scheme], rows: Sequence[Row], cases: Sequence[Case], stands_for: int | None,
    crowd: _Crowd | None, name: str | None = None,
) -> Person:  # fmt: skip
    scores = [Evaluator(s.policy).score(c) for s, c in zip(schemes, cases, strict=True)]
    parts: dict[str, tuple[Range | None, ...]] = {}
    for row in rows:
        values: list[Range | None] = []
        for cell, score in zip(row.cells, scores, strict=True):
            found = [score.parts[m.element.clause.id] for m in cell
                     if m.element.clause.id in score.parts]  # fmt: skip
            values.append(sum(found[1:], found[0]) if found else None)
        parts[row.key] = tuple(values)
    areas = []
    for scheme, score in zip(schemes, scores, strict=True):
        sums: dict[Area, Range] = {}
        for id_, area in _area_parts(scheme):
            if id_ in score.parts:
                known = sums.get(area)
                sums[area] = score.parts[id_] if known is None else known + score.parts[id_]
        areas.append(sums)
    percentiles: list[Fraction | None] = [None] * len(schemes)
    if crowd is not None:
        percentiles = [
            crowd.percentile_of(s.number, score.points) for s, score in zip(
                schemes, scores, strict=True)
        ]  # fmt: skip
    return Person(
        name or cases[0].id, shown_facts(cases[0]), stands_for, tuple(scores), tuple(percentiles),
        parts, tuple(areas),
    )  # fmt: skip


def _area_parts(scheme: Scheme) -> list[tuple[str, Area]]:
    """The outermost clauses that give points, with where these count."""
    found: list[tuple[str, Area]] = []
    for root in scheme.policy.roots:
        for clause in root.children:
            if clause.kind in ("group", "common", "unit", "indicator", "item", "bonus"):
                found.append((clause.id, area_of(clause.recognition)))
    return found


class _Crowd:
    """A population, scored once under each scheme."""

    def __init__(
        self, schemes: Sequence[Scheme], people: People, rows: Sequence[Row], settings: Settings,
        done: Callable[[str, int], object],
    ):  # fmt: skip
        self.schemes = schemes
        self.people = people
        self.rows = rows
        self.weights = people.weights
        self.sheets: list[Sheet] = []
        self.low: list[Numbers] = []
        self.high: list[Numbers] = []
        self.flags: list[Numbers] = []
        self.decided: list[Truths] = []
        for scheme in schemes:
            sheet = Sheet(scheme.policy, people.rows[scheme.number], settings)
            found, flags = sheet.bands(
                [lambda plan: plan.points, lambda plan: Ends(plan.flags, plan.flags)],
                sheet.scale, [True, False],
            )  # fmt: skip
            scene = scene_of(scheme.policy, None, None, None)
            check_refused(sheet, people, scheme.number, scene, flags.low)
            cases = found.at(people.cases)
            self.sheets.append(sheet)
            self.low.append(cases.low)
            self.high.append(cases.high)
            self.decided.append(cases.low == cases.high)
            self.flags.append(flags.low[people.cases])
            done("score", 1)

    def known(self) -> list[int]:
        """The schemes under which most persons have a single number of points."""
        return [
            s.number for s in self.schemes
            if self.people.persons and 2 * self._weigh(self.decided[s.number]) > self.people.persons
        ]  # fmt: skip

    def _weigh(self, where: Truths) -> int:
        if self.weights is None:
            return int(np.count_nonzero(where))
        return int(self.weights[where].sum())

    def percentile_of(self, scheme: int, total: Range) -> Fraction | None:
        """Where a score stands among the population's, from 0 to 100."""
        where = self.decided[scheme]
        persons = self._weigh(where)
        if not total.is_exact or scheme not in self.known():
            return None
        scaled = total.value * self.sheets[scheme].scale
        low = np.where(where, self.low[scheme], INFINITY)
        whole = scaled.numerator // scaled.denominator
        below = self._weigh(low < whole) if scaled.denominator == 1 else self._weigh(low <= whole)
        level = self._weigh(low == whole) if scaled.denominator == 1 else 0
        return (below + Fraction(level, 2)) * 100 / persons

    def shares(self) -> Floats:
        """[scheme, case]: the share of the total, for choosing typical persons."""
        made = []
        for scheme, low in zip(self.schemes, self.low, strict=True):
            total = scheme.total or Fraction(1)
            made.append(np.round(low / float(total * self.sheets[scheme.number].scale), 9))
        return np.array(made)

    def typical(self) -> list[Person]:
        """The person nearest to the middle of each fifth of the mean share."""
        if not len(self.people):
            return []
        mean = np.round(self.shares().mean(axis=0) * 1_000_000).astype(np.int64)
        cuts = quantile_cuts(of(mean, self.weights), STRATA)
        strata = np.searchsorted(np.asarray(cuts, np.int64), mean, side="right")
        policies = [s.policy for s in self.schemes]
        found = []
        for place in range(len(cuts) + 1):
            rows = np.flatnonzero(strata == place)
            own = None
            if self.weights is not None:
                rows = rows[self.weights[rows] > 0]
                own = self.weights[rows]
            if not len(rows):
                continue
            persons = len(rows) if own is None else int(own.sum())
            row = int(self.people.cases[rows[middle_of(self.people, policies, rows, own)]])
            cases = [self.people.case(s.number, row) for s in self.schemes]
            letter = "甲乙丙丁戊己庚辛壬癸"[len(found)]
            found.append(_person(self.schemes, self.rows, cases, persons, self, letter))
        return found

    # -- the population

    def standings(self) -> tuple[Standing, ...]:
        """Everybody under each scheme."""
        return tuple(self._standing(s) for s in self.schemes)

    def _standing(self, scheme: Scheme) -> Standing:
        low, high = self.low[scheme.number], self.high[scheme.number]
        scale, flags = self.sheets[scheme.number].scale, self.flags[scheme.number]
        bounded = bool((np.abs(high) < UNBOUNDED).all() and (np.abs(low) < UNBOUNDED).all())
        ends = of(low, self.weights), of(high, self.weights)
        means = [None if m is None or not bounded else m / scale for m in (e.mean() for e in ends)]
        quantiles: tuple[Fraction | None, ...] = (None,) * len(QUANTILES)
        if scheme.number in self.known():
            where = self.decided[scheme.number]
            decided = of(low[where], None if self.weights is None else self.weights[where])
            quantiles = tuple(
                None if (v := decided.quantile(share)) is None else Fraction(v, scale)
                for share in QUANTILES
            )
        return Standing(
            self.people.persons, scheme.total, means[0], means[1], quantiles,
            self._weigh(low != high), self._weigh((flags & Flag.EXCLUDED.certain) != 0),
            self._weigh((flags & STATUSES) != 0), self._mean_areas(scheme),
        )  # fmt: skip

    def _mean_areas(self, scheme: Scheme) -> dict[Area, Fraction]:
        sums: dict[Area, int] = {}
        parts = dict(_area_parts(scheme))
        sheet = self.sheets[scheme.number]
        for places, found in sheet.part_chunks(list(parts), self.people.cases, sheet.scale):
            own = None if self.weights is None else self.weights[places]
            for id_, (low, _) in found.items():
                points = np.where(np.abs(low) < UNBOUNDED, low, 0)
                sums[parts[id_]] = sums.get(parts[id_], 0) + of(points, own).total()
        persons = self.people.persons
        return {a: Fraction(v, persons * sheet.scale) for a, v in sums.items()} if persons else {}

    def agreements(self) -> dict[tuple[int, int], Agreement]:
        """Of each two schemes, over the persons whose points are single numbers in both."""
        known = self.known()
        found = {}
        for a in known:
            for b in known:
                if a < b:
                    where = self.decided[a] & self.decided[b]
                    own = None if self.weights is None else self.weights[where]
                    found[a, b] = agreement(self.low[a][where], self.low[b][where], own)
        return found

    # -- who does well where

    def favoured(self) -> list[Favoured]:
        """For each scheme those whose percentile there is the highest of all."""
        known = self.known()
        if len(known) < 2:
            return []
        decided = np.logical_and.reduce([self.decided[s] for s in known])
        if self._weigh(decided) == 0:
            return []
        ranks = np.array([self._twice_below(s, decided) for s in known])
        best = ranks.max(axis=0)
        alone = decided & ((ranks == best).sum(axis=0) == 1)
        parts = {s: self._row_points(self.schemes[s]) for s in known}
        found = []
        for place, scheme in enumerate(known):
            where = alone & (ranks[place] == best)
            if self._weigh(where) == 0:
                found.append(Favoured(scheme, 0, (), None, (), None))
                continue
            found.append(self._favoured(scheme, known, where, decided, parts))
        return found

    def _twice_below(self, scheme: int, decided: Truths) -> Numbers:
        """For each case twice the number of persons below plus those level: its percentile."""
        values, place = np.unique(self.low[scheme], return_inverse=True)
        counts = np.zeros(len(values), np.int64)
        own = np.ones(len(decided), np.int64) if self.weights is None else self.weights
        np.add.at(counts, place, np.where(decided, own, 0))
        below = np.cumsum(counts) - counts
        result: Numbers = (2 * below + counts)[place]
        return result

    def _row_points(self, scheme: Scheme) -> dict[str, Numbers]:
        """By row of the comparison, the points of each case (in units of the sheet)."""
        sheet = self.sheets[scheme.number]
        home = {
            m.element.clause.id: row.key
            for row in self.rows for m in row.cells[scheme.number]
        }  # fmt: skip
        found: dict[str, Numbers] = {}
        for places, parts in sheet.part_chunks(list(home), self.people.cases, sheet.scale):
            for id_, (low, _) in parts.items():
                sums = found.setdefault(home[id_], np.zeros(len(self.people), np.int64))
                sums[places] += np.where(np.abs(low) < UNBOUNDED, low, 0)
        return found

    def _favoured(
        self, scheme: int, known: Sequence[int], where: Truths, decided: Truths,
        parts: Mapping[int, Mapping[str, Numbers]],
    ) -> Favoured:  # fmt: skip
        others = [s for s in known if s != scheme]

        def lead(values: Mapping[int, Numbers | None]) -> Fraction:
            """How much more (of 100) the group has than everybody, here less than elsewhere."""
            gaps = {s: self._lead(s, values[s], where, decided) for s in known}
            return gaps[scheme] - sum((gaps[s] for s in others), Fraction(0)) / len(others)

        advantage = lead({s: self.low[s] for s in known})
        keys = dict.fromkeys(key for s in known for key in parts[s])
        reasons = [(key, lead({s: parts[s].get(key) for s in known})) for key in keys]
        rest = advantage - sum((value for _, value in reasons), Fraction(0))
        reasons.sort(key=lambda each: (-abs(each[1]), each[0]))
        return Favoured(
            scheme, self._weigh(where), tuple(self._traits(where)), advantage,
            tuple(each for each in reasons if each[1]), rest,
        )  # fmt: skip

    def _lead(
        self, scheme: int, values: Numbers | None, where: Truths, decided: Truths
    ) -> Fraction:
        total = self.schemes[scheme].total
        if values is None or not total:
            return Fraction(0)
        group, whole = (
            of(values[some], None if self.weights is None else self.weights[some]).mean()
            for some in (where, decided)
        )
        if group is None or whole is None:
            return Fraction(0)
        return (group - whole) * 100 / (self.sheets[scheme].scale * total)

    def _traits(self, where: Truths) -> list[Trait]:
        """The facts by which a group differs most from everybody."""
        population = self.people.rows[0].population
        wanted = set().union(*(read_by(s.policy) for s in self.schemes))
        rated: list[tuple[float, Trait]] = []
        for name in sorted(wanted & set(population.columns)):
            domain = population.schema.domains[name]
            codes = population.columns[name][self.people.cases].astype(np.int64)
            trait = None
            if isinstance(domain, Grid):
                trait = self._mean_trait(name, codes, domain, where)
            elif isinstance(domain, Listed):
                trait = self._common_trait(name, codes, domain, where)
            if trait is not None:
                rated.append(trait)
        rated.sort(key=lambda each: (-each[0], each[1].fact))
        return [trait for rate, trait in rated[:TRAITS] if rate > 0]

    def _mean_trait(
        self, name: str, codes: Numbers, domain: Grid, where: Truths
    ) -> tuple[float, Trait] | None:
        there = codes != MISSING
        if not (there & where).any():
            return None
        own = None if self.weights is None else self.weights[there]
        everybody = of(codes[there], own)
        inside = there & where
        group = of(codes[inside], None if self.weights is None else self.weights[inside])
        a, b = group.mean(), everybody.mean()
        if a is None or b is None:
            return None
        spread = float(np.std(codes[there]))
        if not spread:
            return None

        def value(code: Fraction) -> Fraction:
            return domain.low + (code - 1) * domain.step

        return abs(float(a - b)) / spread, Trait(name, None, value(a), value(b))

    def _common_trait(
        self, name: str, codes: Numbers, domain: Listed, where: Truths
    ) -> tuple[float, Trait] | None:
        best: tuple[float, Trait] | None = None
        inside = self._weigh(where)
        for code in range(1, domain.size):
            a = Fraction(self._weigh(where & (codes == code)), inside)
            b = Fraction(self._weigh(codes == code), self.people.persons)
            spread = float(b * (1 - b)) ** 0.5
            if not spread:
                continue
            rate = float(a - b) / spread
            if best is None or rate > best[0]:
                best = rate, Trait(name, show_value(domain, code), a, b)
        return best
