"""Ranking in columns: households put together from scored rows, keys, and places.

The meaning is that of :func:`policydsl.scoring.ranking.rank`; points are the integers of the
plan.  A household is known by the row of its applicant; the other members have rows of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.model import expressions as e
from policydsl.model.policy import Policy, RankingKey, Scene
from policydsl.scoring.columns.arrays import Numbers, Truths
from policydsl.scoring.columns.placing import Placings, Ties, pack, place, ranks
from policydsl.scoring.columns.plan import UNBOUNDED, Flag
from policydsl.scoring.columns.population import Population

_BARRED = (
    Flag.SUSPENDED.certain | Flag.VOID.certain | Flag.ZEROED.certain | Flag.FROZEN.certain
    | Flag.EXCLUDED.certain
)  # fmt: skip
"""With any of these for certain a row is not ranked."""


def barred(flags: Numbers) -> Truths:
    """Rows that a status, or the conditions of the document, keep from being ranked."""
    found: Truths = (flags & _BARRED) != 0
    return found


@dataclass(frozen=True)
class Band:
    """Numbers that may be ranges: the ends of each row, the same array where they are exact."""

    low: Numbers
    high: Numbers

    @property
    def exact(self) -> bool:
        """Whether no row has a range."""
        return self.low is self.high

    def at(self, rows: Numbers) -> Band:
        """The rows of these numbers, in that order."""
        low = self.low[rows]
        return Band(low, low if self.exact else self.high[rows])

    def plus(self, other: Band) -> Band:
        """Row by row; beyond ``UNBOUNDED`` there is no bound."""
        low = self.low + other.low
        exact = self.exact and other.exact
        return Band(low, low if exact else self.high + other.high)


@dataclass(frozen=True)
class ScoredRows:
    """What a scene needs of every row of a population, as if each person were the applicant.

    ``keys`` by :attr:`RankingKey.column`, for those that do not read the total; of more is
    better.  ``takes_part``: not ruled out by the condition of the scene.
    """

    total: Band
    flags: Numbers
    keys: Mapping[str, Band]
    takes_part: Truths | None = None

    def may_be_ranked(self) -> Truths:
        """Rows that no status and no condition rules out."""
        able = ~barred(self.flags)
        return able if self.takes_part is None else able & self.takes_part


@dataclass(frozen=True)
class RankedHouseholds:
    """One entry for each household, in the order of their applicants' rows.

    ``applicants`` and ``chosen``: the rows of the applicant and of the person whose points count.
    ``points`` are the household's.  ``keys`` are what was compared, the deciding one first.
    ``weights``: for how many households each one stands.
    """

    applicants: Numbers
    chosen: Numbers
    points: Band
    keys: tuple[Band, ...]
    eligible: Truths
    placings: Placings
    weights: Numbers | None = None

    def ranks(self) -> tuple[Numbers, Numbers]:
        """Best and worst competition rank of each household; 0 for those who are not ranked."""
        best = np.zeros(len(self.eligible), np.int64)
        worst = best.copy()
        weights = self.weights
        rows = np.flatnonzero(self.eligible if weights is None else self.eligible & (weights > 0))
        if len(rows):
            keys = [band.at(rows) for band in self.keys]
            packed = pack([k.low for k in keys], [k.high for k in keys])
            own = None if weights is None else weights[rows]
            best[rows], worst[rows] = ranks(*packed, own)
        return best, worst


def reads_total(key: RankingKey) -> bool:
    """Whether a key is worked out here, since it is the household's total or the spouse's."""
    return isinstance(key.expression, e.ScoreRef) and key.expression.clause is None


def check_scene(policy: Policy, scene: Scene) -> None:
    """Refuse keys that mix a total with something else: :class:`PolicyError` (S520)."""
    for key in scene.keys:
        totals = [
            x
            for x in e.walk(key.expression)
            if isinstance(x, e.ScoreRef) and (x.clause is None or x.role == "spouse")
        ]
        if totals and not reads_total(key):
            details = {"clause": scene.id, "what": key.text}
            raise PolicyError([Diagnostic("S520", policy.source, None, details)])


def rank_households(
    scene: Scene,
    population: Population,
    rows: ScoredRows,
    applicants: Numbers,
    quota: int | None = None,
    ties: Ties | None = None,
    weighted: bool = False,
) -> RankedHouseholds:
    """Rank the households of a population (:func:`check_scene` has passed).

    ``applicants``: the rows of those who are cases, one for each household.  ``quota`` and
    ``ties`` stand in for what the scene leaves open.  ``weighted``: a household stands for as
    many as the weight of its applicant's row says.
    """
    spouses = (
        np.full(len(applicants), -1, np.int64)
        if population.spouse is None
        else population.spouse[applicants]
    )
    weights = (
        population.weights[applicants] if weighted and population.weights is not None else None
    )
    able = rows.may_be_ranked()
    own_total = rows.total.at(applicants)
    spouse_total = _where_there(spouses, rows.total)
    if scene.household == "higher_of":
        points = _better(own_total, spouse_total, able[applicants], spouses, able)
        return _higher_of(
            scene,
            rows,
            able,
            applicants,
            spouses,
            points,
            quota,
            ties,
            (own_total, spouse_total),
            weights,
        )
    points = own_total
    if scene.household == "total_of":
        others = spouse_total
        if scene.household_scope != "couple":
            others = _other_members(population, rows.total, applicants)
        points = own_total.plus(others)
    keys = _keys(scene, rows, applicants, points, spouse_total)
    return _placed(
        scene, applicants, applicants, points, keys, able[applicants], quota, ties, weights
    )


def _where_there(members: Numbers, values: Band) -> Band:
    """Values of the rows of members, 0 where there is none."""
    there = members >= 0

    def taken(end: Numbers) -> Numbers:
        found = np.zeros(len(members), np.int64)
        found[there] = end[members[there]]
        return found

    low = taken(values.low)
    return Band(low, low if values.exact else taken(values.high))


def _other_members(population: Population, totals: Band, applicants: Numbers) -> Band:
    """The sum over all other members of each applicant's household."""
    household = population.household
    if household is None:
        nobody = np.zeros(len(applicants), np.int64)
        return Band(nobody, nobody)
    number = int(household.max()) + 1
    homes = household[applicants]

    def summed(end: Numbers) -> Numbers:
        # integers beyond 2^53 would not survive the floating point weights of bincount
        sums = np.zeros(number, np.int64)
        np.add.at(sums, household, end)
        return sums[homes] - end[applicants]

    low = summed(totals.low)
    return Band(low, low if totals.exact else summed(totals.high))


def _better(own: Band, spouse: Band, own_able: Truths, spouses: Numbers, able: Truths) -> Band:
    """The better total of the couple; of those who may be ranked, if any may."""
    married = spouses >= 0
    spouse_able = np.zeros(len(spouses), np.bool_)
    spouse_able[married] = able[spouses[married]]
    # the total of one who may not be ranked counts only where the other may not either
    take_own = ~married | own_able | ~spouse_able
    take_spouse = married & (spouse_able | ~own_able)

    def end(a: Numbers, b: Numbers) -> Numbers:
        both = np.maximum(a, b)
        return np.where(take_own & take_spouse, both, np.where(take_own, a, b))

    low = end(own.low, spouse.low)
    return Band(low, low if own.exact and spouse.exact else end(own.high, spouse.high))


def _higher_of(
    scene: Scene,
    rows: ScoredRows,
    able: Truths,
    applicants: Numbers,
    spouses: Numbers,
    points: Band,
    quota: int | None,
    ties: Ties | None,
    totals: tuple[Band, Band],
    weights: Numbers | None,
) -> RankedHouseholds:
    """就高: the better total counts; the further keys decide between equal ones."""
    own_total, spouse_total = totals
    married = spouses >= 0
    partner = np.where(married, spouses, applicants)
    own_keys = _keys(scene, rows, applicants, points, spouse_total)
    other_keys = _keys(scene, rows, partner, points, own_total)
    own_able, other_able = able[applicants], able[partner] & married
    # as in the definition: who may be ranked, then the low ends, then the high ones
    own_low = [own_able.astype(np.int64), own_total.low, *(k.low for k in own_keys)]
    other_low = [other_able.astype(np.int64), spouse_total.low, *(k.low for k in other_keys)]
    own_high = [own_total.high, *(k.high for k in own_keys)]
    other_high = [spouse_total.high, *(k.high for k in other_keys)]
    to_spouse = _above([*other_low, *other_high], [*own_low, *own_high]) & married
    keys = []
    chosen_keys = [_chosen(a, b, to_spouse) for a, b in zip(own_keys, other_keys, strict=True)]
    left_keys = [_chosen(b, a, to_spouse) for a, b in zip(own_keys, other_keys, strict=True)]
    # who counts may depend on scores that are open, and so do the keys that come with that person
    left_able = np.where(to_spouse, own_able, other_able)
    left_high = [np.where(to_spouse, a, b) for a, b in zip(own_high, other_high, strict=True)]
    chosen_low = [
        np.where(to_spouse, b, a) for a, b in zip(own_low[1:], other_low[1:], strict=True)
    ]
    unsure = left_able & married & _above(left_high, chosen_low)
    for chosen, left in zip(chosen_keys, left_keys, strict=True):
        keys.append(_hulled(chosen, left, unsure))
    eligible = np.where(to_spouse, other_able, own_able)
    who = np.where(to_spouse, partner, applicants)
    return _placed(scene, applicants, who, points, keys, eligible, quota, ties, weights)


def _above(left: Sequence[Numbers], right: Sequence[Numbers]) -> Truths:
    """Where the first tuple is greater than the second, element by element."""
    above = np.zeros(len(left[0]), np.bool_)
    level = np.ones(len(left[0]), np.bool_)
    for a, b in zip(left, right, strict=True):
        above |= level & (a > b)
        level &= a == b
    return above


def _chosen(own: Band, other: Band, to_other: Truths) -> Band:
    low = np.where(to_other, other.low, own.low)
    if own.exact and other.exact:
        return Band(low, low)
    return Band(low, np.where(to_other, other.high, own.high))


def _hulled(band: Band, other: Band, where: Truths) -> Band:
    if not where.any():
        return band
    low = np.where(where, np.minimum(band.low, other.low), band.low)
    high = np.where(where, np.maximum(band.high, other.high), band.high)
    return Band(low, low if (low == high).all() else high)


def _keys(
    scene: Scene, rows: ScoredRows, of: Numbers, points: Band, other_total: Band
) -> list[Band]:
    """The keys of the persons in these rows; 总分 is the household's."""
    keys: list[Band] = []
    for key in scene.keys:
        if not reads_total(key):
            keys.append(rows.keys[key.column].at(of))
            continue
        assert isinstance(key.expression, e.ScoreRef)
        band = other_total if key.expression.role == "spouse" else points
        keys.append(band if key.highest_first else _negated(band))
    return keys or [points]


def _negated(band: Band) -> Band:
    low = -band.high
    return Band(low, low if band.exact else -band.low)


def _placed(
    scene: Scene,
    applicants: Numbers,
    chosen: Numbers,
    points: Band,
    keys: Sequence[Band],
    eligible: Truths,
    quota: int | None,
    ties: Ties | None,
    weights: Numbers | None,
) -> RankedHouseholds:
    places = scene.quota if quota is None else quota
    # a place without a bound below has no line
    bounded = np.where(points.low <= -UNBOUNDED, np.iinfo(np.int64).max, points.low)
    placings = place(
        [k.low for k in keys], [k.high for k in keys], eligible, bounded, places,
        ties or scene.ties, weights,
    )  # fmt: skip
    return RankedHouseholds(applicants, chosen, points, tuple(keys), eligible, placings, weights)
