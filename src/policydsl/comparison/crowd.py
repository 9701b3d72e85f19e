"""A population scored once under each scheme: means, percentiles, who does well where."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from policydsl.comparison.agreement import Agreement, agreement
from policydsl.comparison.alignment import Row
from policydsl.comparison.schemes import Scheme
from policydsl.comparison.structure import Area, area_parts
from policydsl.scoring.columns.arrays import Floats, Numbers, Truths
from policydsl.scoring.columns.domains import MISSING, Grid, Listed
from policydsl.scoring.columns.histograms import of
from policydsl.scoring.columns.plan import INFINITY, UNBOUNDED, Ends, Flag
from policydsl.scoring.ranges import Range
from policydsl.simulation.people import People, read_by
from policydsl.simulation.sheets import STATUSES, Settings, Sheet, check_refused, scene_of
from policydsl.simulation.specs import show_value
from policydsl.simulation.statistics import quantile_cuts
from policydsl.simulation.typical import middle_of

STRATA = 5
TRAITS = 4
"""How many facts tell who does well under a scheme."""
QUANTILES = (Fraction(1, 10), Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(9, 10))


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


class Crowd:
    """A population, scored once under each scheme."""

    def __init__(
        self,
        schemes: Sequence[Scheme],
        people: People,
        rows: Sequence[Row],
        settings: Settings,
        done: Callable[[str, int], object],
    ):
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
                sheet.scale,
                [True, False],
            )
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
            s.number
            for s in self.schemes
            if self.people.persons and 2 * self._weigh(self.decided[s.number]) > self.people.persons
        ]

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

    def typical(self) -> list[tuple[int, int]]:
        """(row, persons it stands for): who is nearest to the middle of each fifth."""
        if not len(self.people):
            return []
        mean = np.round(self.shares().mean(axis=0) * 1_000_000).astype(np.int64)
        cuts = quantile_cuts(of(mean, self.weights), STRATA)
        strata = np.searchsorted(np.asarray(cuts, np.int64), mean, side="right")
        policies = [s.policy for s in self.schemes]
        found: list[tuple[int, int]] = []
        for place in range(len(cuts) + 1):
            rows = np.flatnonzero(strata == place)
            own = None
            if self.weights is not None:
                rows = rows[self.weights[rows] > 0]
                own = self.weights[rows]
            if len(rows):
                row = int(self.people.cases[rows[middle_of(self.people, policies, rows, own)]])
                found.append((row, len(rows) if own is None else int(own.sum())))
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
        parts = dict(area_parts(scheme))
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
        found: dict[tuple[int, int], Agreement] = {}
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
        # a group for each scheme, one for those who are best under several, one for the open ones
        groups = np.where(
            alone, ranks.argmax(axis=0), np.where(decided, len(known), len(known) + 1)
        )
        leads = {s: self._leads(self.schemes[s], groups, len(known)) for s in known}
        found: list[Favoured] = []
        for place, scheme in enumerate(known):
            where = alone & (groups == place)
            if self._weigh(where) == 0:
                found.append(Favoured(scheme, 0, (), None, (), None))
                continue
            others = [s for s in known if s != scheme]

            def lead(
                key: str, scheme: int = scheme, place: int = place, others: list[int] = others
            ) -> Fraction:
                """How much more the group has than everybody, here less than elsewhere."""
                nothing = [Fraction(0)] * len(known)
                elsewhere = sum((leads[s].get(key, nothing)[place] for s in others), Fraction(0))
                return leads[scheme].get(key, nothing)[place] - elsewhere / len(others)

            keys = dict.fromkeys(key for s in known for key in leads[s] if key)
            reasons = [(key, lead(key)) for key in keys]
            reasons.sort(key=lambda each: (-abs(each[1]), each[0]))
            advantage = lead("")
            rest = advantage - sum((value for _, value in reasons), Fraction(0))
            found.append(Favoured(
                scheme, self._weigh(where), tuple(self._traits(where)), advantage,
                tuple(each for each in reasons if each[1]), rest,
            ))  # fmt: skip
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

    def _leads(self, scheme: Scheme, groups: Numbers, number: int) -> dict[str, list[Fraction]]:
        """How much more than everybody's mean each group has, of 100, by row of the comparison.

        The key ``""`` is the whole score; nobody whose points are open takes part.
        """
        sheet, total = self.sheets[scheme.number], scheme.total
        if not total:
            return {}
        own = np.ones(len(groups), np.int64) if self.weights is None else self.weights
        sizes = self._sums(groups, own, number)
        sums = {"": self._sums(groups, self.low[scheme.number] * own, number)}
        home = {m.element.clause.id: row.key for row in self.rows for m in row.cells[scheme.number]}
        for places, parts in sheet.part_chunks(list(home), self.people.cases, sheet.scale):
            for id_, (low, _) in parts.items():
                points = np.where(np.abs(low) < UNBOUNDED, low, 0) * own[places]
                known = sums.setdefault(home[id_], np.zeros(number + 2, np.int64))
                known += self._sums(groups[places], points, number)
        found: dict[str, list[Fraction]] = {}
        everybody = int(sizes[: number + 1].sum())
        for key, each in sums.items():
            mean = Fraction(int(each[: number + 1].sum()), everybody)
            found[key] = [
                (Fraction(int(each[g]), int(sizes[g])) - mean) * 100 / (sheet.scale * total)
                if sizes[g]
                else Fraction(0)
                for g in range(number)
            ]
        return found

    @staticmethod
    def _sums(groups: Numbers, values: Numbers, number: int) -> Numbers:
        """The sum of values in each group, exact: in halves that floating point holds."""
        high, low = values >> 24, values & ((1 << 24) - 1)
        halves = [
            np.bincount(groups, weights=part.astype(np.float64), minlength=number + 2)
            for part in (high, low)
        ]
        result: Numbers = (halves[0].astype(np.int64) << 24) + halves[1].astype(np.int64)
        return result

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
