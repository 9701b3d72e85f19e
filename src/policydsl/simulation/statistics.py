"""Statistics of scores and places, each defined in docs/statistics.md.

Scores are integers, ``scale`` of them to a point; a person whose score is open has two ends, and
every statistic is made of each end.  Weights are integers: a row of weight *w* counts like *w*
rows.  Nothing here depends on the order of rows.  Everything is exact, a fraction at most;
decimals appear only where figures are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import pairwise
from math import isqrt
from typing import Literal

import numpy as np
import numpy.typing as npt

from policydsl.scoring.columns.arrays import Numbers, Truths
from policydsl.scoring.columns.histograms import Histogram, of
from policydsl.scoring.columns.placing import OUTCOME_CODES
from policydsl.scoring.columns.plan import INFINITY, UNBOUNDED
from policydsl.scoring.ranking import Outcome

SHARES = tuple(Fraction(n, 100) for n in (0, 1, 5, 10, 25, 50, 75, 90, 95, 99, 100))
"""The quantiles that a summary has."""


def weight_of(where: Truths, weights: Numbers | None) -> int:
    """How many persons rows stand for."""
    return int(np.count_nonzero(where) if weights is None else weights[where].sum())


# -- of one distribution


def variance(histogram: Histogram) -> Fraction | None:
    """The mean of the squared distances from the mean (divided by *n*, not by *n* − 1)."""
    n = histogram.size
    if not n:
        return None
    pairs = zip(histogram.values.tolist(), histogram.counts.tolist(), strict=True)
    squares = sum(count * value * value for value, count in pairs)
    return Fraction(n * squares - histogram.total() ** 2, n * n)


def gini(histogram: Histogram) -> Fraction | None:
    """Half the mean difference between two persons, over the mean.

    ``None`` of nothing, where somebody has less than 0, and where all have 0.
    """
    total = histogram.total()
    if not histogram.size or int(histogram.values[0]) < 0 or total == 0:
        return None
    below = summed = differences = 0
    for value, count in zip(histogram.values.tolist(), histogram.counts.tolist(), strict=True):
        differences += count * (value * below - summed)
        below += count
        summed += count * value
    return Fraction(differences, histogram.size * total)


def root(value: Fraction, places: int = 6) -> Decimal:
    """The square root, rounded down to so many decimal places."""
    scaled = isqrt(value.numerator * 10 ** (2 * places) // value.denominator)
    with localcontext() as context:
        context.prec = 60
        return Decimal(scaled).scaleb(-places)


@dataclass(frozen=True)
class Summary:
    """A distribution in figures, in points.

    ``open_ends``: how many have no bound; the mean, variance and Gini are ``None`` then, and so
    are quantiles that fall on one of them.
    """

    count: int
    open_ends: int
    mean: Fraction | None
    variance: Fraction | None
    gini: Fraction | None
    quantiles: Mapping[Fraction, Fraction | None]

    @property
    def deviation(self) -> Decimal | None:
        """The standard deviation."""
        return None if self.variance is None else root(self.variance)


def summarised(histogram: Histogram, scale: int, shares: Sequence[Fraction] = SHARES) -> Summary:
    """The figures of a distribution."""
    open_ = int(histogram.counts[np.abs(histogram.values) >= UNBOUNDED].sum())
    quantiles = {share: in_points(histogram.quantile(share), scale) for share in shares}
    mean = spread = relative = None
    if not open_:
        mean, spread = histogram.mean(), variance(histogram)
        mean = None if mean is None else mean / scale
        spread = None if spread is None else spread / scale**2
        relative = gini(histogram)
    return Summary(histogram.size, open_, mean, spread, relative, quantiles)


def in_points(value: int | None, scale: int) -> Fraction | None:
    """Points of an integer; ``None`` for none, and without bound."""
    return None if value is None or abs(value) >= UNBOUNDED else Fraction(value, scale)


@dataclass(frozen=True)
class Ends:
    """The distributions of the low and of the high ends; the same one where scores are exact."""

    low: Histogram
    high: Histogram

    @property
    def exact(self) -> bool:
        """Whether both are the same."""
        return self.low is self.high


def counted(low: Numbers, high: Numbers, weights: Numbers | None = None) -> Ends:
    """The distributions of both ends."""
    first = of(low, weights)
    return Ends(first, first if low is high else of(high, weights))


def counted_by(
    low: Numbers, high: Numbers, groups: Numbers, number: int, weights: Numbers | None = None
) -> list[Ends]:
    """The distributions in each of ``number`` groups; an empty group has empty ones."""
    found = []
    for group in range(number):
        rows = np.flatnonzero(groups == group)
        own = None if weights is None else weights[rows]
        ends = low[rows]
        found.append(counted(ends, ends if low is high else high[rows], own))
    return found


# -- who gains, who loses

ChangeKind = Literal["unchanged", "gains", "loses", "mixed"]
CHANGE_KINDS: tuple[ChangeKind, ...] = ("unchanged", "gains", "loses", "mixed")
"""What the codes of :func:`change_codes` mean."""


def difference(before: Numbers, after: Numbers) -> Numbers:
    """What is added; nothing between two open ends, without bound between open and finite."""
    result: Numbers = after - before
    opened, was = np.abs(after) >= UNBOUNDED, np.abs(before) >= UNBOUNDED
    if opened.any() or was.any():
        result = np.where(opened & was & (np.sign(after) == np.sign(before)), 0, result)
        result = np.clip(result, -INFINITY, INFINITY)
        result = np.where(opened ^ was, np.sign(result) * INFINITY, result)
    return result


def change_codes(low: Numbers, high: Numbers) -> npt.NDArray[np.uint8]:
    """A code of :data:`CHANGE_KINDS` for the differences of both ends.

    Who gains at one end and loses at the other has a mixed change.
    """
    up, down = (low > 0) | (high > 0), (low < 0) | (high < 0)
    codes: npt.NDArray[np.uint8] = (up + 2 * down).astype(np.uint8)
    return codes


@dataclass(frozen=True)
class Change:
    """What a draft does to scores; differences are draft − base, in integers of the scale.

    ``gained`` and ``lost`` are sums over gainers and losers at the low end, ``lost`` not negative.
    """

    counts: Mapping[ChangeKind, int]
    low: Histogram
    high: Histogram
    gained: int
    lost: int

    @property
    def size(self) -> int:
        """How many there are."""
        return sum(self.counts.values())


def changed(low: Numbers, high: Numbers, weights: Numbers | None = None) -> Change:
    """Counts who gains and who loses, from the differences of both ends."""
    codes = change_codes(low, high)
    counts = {kind: weight_of(codes == code, weights) for code, kind in enumerate(CHANGE_KINDS)}
    ends = counted(low, high, weights)
    finite = ends.low
    up, down = finite.values > 0, finite.values < 0
    return Change(
        counts,
        ends.low,
        ends.high,
        Histogram(finite.values[up], finite.counts[up]).total(),
        -Histogram(finite.values[down], finite.counts[down]).total(),
    )


# -- bands


def band_edges(histograms: Iterable[Histogram], scale: int, most: int = 12) -> tuple[int, ...]:
    """Edges of bands of one width (1, 2 or 5 times a power of ten), at most ``most`` of them.

    Finite scores only.  Band *k* reaches from edge *k* to before edge *k* + 1.
    """
    ends = [
        (int(known[0]), int(known[-1]))
        for h in histograms
        if len(known := h.values[np.abs(h.values) < UNBOUNDED])
    ]
    if not ends:
        return (0, scale)
    low, high = min(a for a, _ in ends), max(b for _, b in ends)
    width = next(w for w in _widths(scale) if high // w - low // w < most)
    return tuple(range(low // width * width, (high // width + 2) * width, width))


def _widths(scale: int) -> Iterable[int]:
    power = 1
    while True:
        for step in (1, 2, 5):
            yield step * power * scale
        power *= 10


def band_of(values: Numbers, edges: Sequence[int]) -> Numbers:
    """The band of each value: 0 below all edges, ``len(edges)`` from the last one on."""
    bands: Numbers = np.searchsorted(np.asarray(edges, np.int64), values, side="right")
    return bands


def transitions(
    before: Numbers, after: Numbers, number: int, weights: Numbers | None = None
) -> Numbers:
    """``[i, j]``: how many went from *i* to *j*; codes below ``number``."""
    cells = before.astype(np.int64) * number + after
    table = np.zeros(number * number, np.int64)
    np.add.at(table, cells, 1 if weights is None else weights)
    return table.reshape(number, number)


# -- the line of a quota

Certainty = Literal["in", "maybe", "out"]
_PLACE: Mapping[Outcome, Certainty] = {
    "admitted": "in", "tied_lottery": "maybe", "tied_open": "maybe", "possible": "maybe",
    "not_admitted": "out", "not_eligible": "out", "ranked": "out",
}  # fmt: skip
PLACES: tuple[Certainty, ...] = ("in", "maybe", "out")
_PLACE_OF = np.array([PLACES.index(_PLACE[x]) for x in OUTCOME_CODES], np.int64)


def places_of(outcomes: npt.NDArray[np.uint8]) -> Numbers:
    """Codes of :data:`PLACES`: a place for certain, perhaps (by lot, open), or not."""
    return _PLACE_OF[outcomes]


@dataclass(frozen=True)
class Line:
    """Where the line of a quota falls, in points.

    ``outcomes`` count households.  ``line`` is the least number of points with a certain place,
    ``tied`` how many hold the keys of the line and do not all fit.  ``level``: how many have the
    points of the line and no certain place.  ``below`` and ``above`` are the nearest numbers of
    points that anybody who is ranked has on either side of the line; ``margin`` is the
    way down to ``below``.
    """

    quota: int | None
    outcomes: Mapping[Outcome, int]
    line: Fraction | None
    tied: int
    level: int
    below: Fraction | None
    above: Fraction | None

    @property
    def margin(self) -> Fraction | None:
        """Points between the line and the next who are below."""
        return None if self.line is None or self.below is None else self.line - self.below

    @property
    def ranked(self) -> int:
        """How many took part."""
        return sum(n for outcome, n in self.outcomes.items() if outcome != "not_eligible")

    def placed(self, certainty: Certainty) -> int:
        """How many have a place for certain, perhaps, or not."""
        return sum(n for outcome, n in self.outcomes.items() if _PLACE[outcome] == certainty)


def line_of(
    low: Numbers,
    outcomes: npt.NDArray[np.uint8],
    line: int | None,
    tied: int,
    quota: int | None,
    scale: int,
    weights: Numbers | None = None,
) -> Line:
    """The line, from the low ends of the points of households and what became of them."""
    counts = {
        outcome: weight_of(outcomes == code, weights) for code, outcome in enumerate(OUTCOME_CODES)
    }
    below = above = None
    level = 0
    if line is not None:
        ranked = outcomes != OUTCOME_CODES.index("not_eligible")
        sure = outcomes == OUTCOME_CODES.index("admitted")
        points = low[ranked if weights is None else ranked & (weights > 0)]
        lower, higher = points[points < line], points[points > line]
        below = in_points(int(lower.max()), scale) if len(lower) else None
        above = in_points(int(higher.min()), scale) if len(higher) else None
        level = weight_of(ranked & ~sure & (low == line), weights)
    return Line(quota, counts, in_points(line, scale), tied, level, below, above)


# -- ranks


@dataclass(frozen=True)
class Churn:
    """How ranks move between two rankings, for those who are in both.

    ``moves``: old rank − new rank (more is better), by the best rank that is possible.
    """

    both: int
    only_before: int
    only_after: int
    moves: Histogram

    @property
    def moved(self) -> int:
        """How many have another rank."""
        return self.both - self.moves.at_least(0) + self.moves.above(0)

    @property
    def mean_move(self) -> Fraction | None:
        """The mean of the moves, up or down."""
        pairs = zip(self.moves.values.tolist(), self.moves.counts.tolist(), strict=True)
        total = sum(abs(move) * count for move, count in pairs)
        return Fraction(total, self.both) if self.both else None

    @property
    def largest(self) -> tuple[int, int]:
        """The furthest down and the furthest up, both not negative."""
        values = self.moves.values.tolist()
        return (max(0, -min(values, default=0)), max(0, max(values, default=0)))


def churn(before: Numbers, after: Numbers, weights: Numbers | None = None) -> Churn:
    """Moves between ranks; 0 is no rank."""
    was, is_ = before > 0, after > 0
    both = was & is_
    own = None if weights is None else weights[both]
    return Churn(
        weight_of(both, weights),
        weight_of(was & ~is_, weights),
        weight_of(is_ & ~was, weights),
        of(before[both] - after[both], own),
    )


def undecided_pairs(low: Numbers, high: Numbers, weights: Numbers | None = None) -> tuple[int, int]:
    """Of all pairs of rows that are ranked: those whose order is not certain, and all.

    A pair is certain where one is above the other whatever the open points become, or both have
    the same single number.  ``low`` and ``high`` are packed keys.
    """
    counts = np.ones(len(low), np.int64) if weights is None else weights
    everyone = int(counts.sum())
    pairs = everyone * (everyone - 1) // 2
    if low is high or not len(low):
        return 0, pairs
    order = np.argsort(low)
    summed = np.concatenate([[0], np.cumsum(counts[order])])
    above = summed[-1] - summed[np.searchsorted(low[order], high, side="right")]
    wide = object if everyone >= 1 << 31 else np.int64  # so that the products fit
    certain = int((above.astype(wide) * counts).sum())
    exact = low == high
    own = of(low[exact], None if weights is None else counts[exact])
    tied = sum(n * (n - 1) // 2 for n in own.counts.tolist())
    return pairs - certain - tied, pairs


# -- caps


@dataclass(frozen=True)
class AtCap:
    """How many have the most that a clause can give, for certain and possibly, and how many 0.

    ``scored``: those to whom the clause applies.  ``mean``: of the low and high ends, in points.
    """

    clause: str
    cap: Fraction
    scored: int
    certain: int
    possible: int
    nothing: int
    mean: tuple[Fraction | None, Fraction | None] = (None, None)


@dataclass
class CapCounter:
    """Counts chunk by chunk who is at the cap of a clause (an integer of the scale)."""

    clause: str
    cap: int
    scale: int
    scored: int = 0
    certain: int = 0
    possible: int = 0
    nothing: int = 0
    sums: list[int] = field(default_factory=lambda: [0, 0])
    unbounded: list[bool] = field(default_factory=lambda: [False, False])

    def add(self, low: Numbers, high: Numbers, weights: Numbers | None = None) -> None:
        """Take some rows."""
        counts = np.ones(len(low), np.int64) if weights is None else weights
        self.scored += int(counts.sum())
        self.certain += int(counts[low >= self.cap].sum())
        self.possible += int(counts[high >= self.cap].sum())
        self.nothing += int(counts[(low == 0) & (high == 0)].sum())
        for number, end in enumerate((low, high)):
            if len(end) and np.abs(end).max() >= UNBOUNDED:
                self.unbounded[number] = True
            elif len(end):
                # finite points stay below 2^43, so a chunk of 2^17 rows times its weights could
                # overflow in one sum: the histogram's is in whole numbers
                self.sums[number] += of(end, weights).total()

    def result(self) -> AtCap:
        """The figures."""
        means = [
            None if open_ or not self.scored else Fraction(total, self.scored * self.scale)
            for total, open_ in zip(self.sums, self.unbounded, strict=True)
        ]
        return AtCap(
            self.clause, Fraction(self.cap, self.scale), self.scored, self.certain,
            self.possible, self.nothing, (means[0], means[1]),
        )  # fmt: skip


# -- groups of persons


def quantile_cuts(histogram: Histogram, parts: int = 5) -> list[int]:
    """Values that cut a distribution into about equal parts; each begins the next part."""
    cuts = {histogram.quantile(Fraction(k, parts)) for k in range(1, parts)}
    first = int(histogram.values[0]) if len(histogram.values) else None
    return sorted(c for c in cuts if c is not None and c != first)


def labelled(cuts: Sequence[str]) -> list[str]:
    """Names of the bands between cuts: below the first, between two, from the last on."""
    if not cuts:
        return ["全部"]
    middle = [f"{a}–{b}" for a, b in pairwise(cuts)]
    return [f"<{cuts[0]}", *middle, f"≥{cuts[-1]}"]
