"""The joint table of a population: iterative proportional fitting to published marginals.

The table starts from the stated dependences (their odds ratios) with zeros where a hard limit
leaves no room, and is then scaled to one marginal after the other until all are met.  Scaling
keeps every odds ratio, so that the dependences hold in the result too.

Why not a library: the step itself is a few lines, and what matters here is around it.  Sums are
taken over integers, so that neither their order nor the processor's instructions change a bit of
the result; structural zeros are told from impossible targets; and what was reached is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.scoring.columns.arrays import Floats, Numbers
from policydsl.scoring.columns.domains import Grid
from policydsl.simulation.specs import Attribute, Dependence, Limit, Spec

WEIGHT = 1 << 36
"""The integer weights of all cells add up to this."""
MAX_CELLS = 4_000_000
TOLERANCE = 1e-9
"""Fitting ends when no marginal misses its target by more (as a share of all)."""
MOST_ROUNDS = 2_000
GOOD_ENOUGH = 1e-6
"""A fit that ends further away than this contradicts itself."""
_UNIT = float(1 << 52)


@dataclass(frozen=True)
class Target:
    """Shares that the table must have over one or two of its dimensions."""

    axes: tuple[int, ...]
    shares: Floats


Contradiction = Callable[[Target, int, float, float], Exception]
"""What to raise for a band of a target: (target, its index, the share wanted, the one possible)."""


@dataclass(frozen=True)
class Fit:
    """The fitted joint table, cell by cell.

    ``bands``: for each cell (row) and fitted attribute (column) the index of its band.
    ``low`` and ``high``: the values that an attribute can have in the cell, as codes, once the
    limits between attributes are taken into account.  ``shares`` add up to 1, ``weights`` are
    the same as integers that add up to :data:`WEIGHT`.  ``rounds`` and ``deviation`` say how
    fitting ended.
    """

    names: tuple[str, ...]
    shape: tuple[int, ...]
    bands: npt.NDArray[np.uint8]
    low: Numbers
    high: Numbers
    shares: Floats
    weights: Numbers
    rounds: int
    deviation: float
    impossible: int

    def margin(self, *names: str, weights: Floats | None = None) -> Floats:
        """The shares of the bands of one attribute, or of the pairs of bands of two.

        ``weights``: in place of the fitted shares, one for each cell, adding up to at most 1.
        """
        axes = [self.names.index(name) for name in names]
        sizes = [self.shape[axis] for axis in axes]
        index = np.ravel_multi_index([self.bands[:, axis].astype(np.intp) for axis in axes], sizes)
        values = self.shares if weights is None else weights
        summed = np.zeros(int(np.prod(sizes)), np.int64)
        np.add.at(summed, index, np.rint(values * _UNIT).astype(np.int64))
        return (summed / _UNIT).reshape(sizes)


@lru_cache(maxsize=8)
def _fitted(spec: _Key) -> Fit:
    return _fit(spec.spec)


@dataclass(frozen=True, eq=False)
class _Key:
    """A specification as a key: equal texts are fitted once."""

    spec: Spec

    def __hash__(self) -> int:
        return hash(self.spec.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.spec.digest == self.spec.digest


def fit(spec: Spec) -> Fit:
    """Fit the joint table of a specification.

    Raises :class:`PolicyError`: marginals that contradict each other or the limits (D462), limits
    that cut a band (D463) or that nothing can meet (D464), too many cells (D467).
    """
    return _fitted(_Key(spec))


def _fit(spec: Spec) -> Fit:
    attributes = spec.fitted
    shape = tuple(len(a.parts[0].bands) for a in attributes)
    count = int(np.prod(shape, dtype=object)) if shape else 1
    if count > MAX_CELLS:
        raise _error(spec, "D467", count=count, limit=MAX_CELLS)
    order_of(spec)  # a circle of limits is told as such, not as a contradiction
    names = tuple(a.name for a in attributes)
    grid = np.indices(shape, dtype=np.uint8).reshape(len(shape), -1).T
    low, high, possible = _bounds(spec, attributes, grid)
    seed = np.ones(shape)
    for dependence in spec.dependences:
        seed = seed * _seed(dependence, names, shape)
    seed = seed * possible.reshape(shape)
    targets = _targets(spec, attributes)
    table, rounds, deviation = proportional(
        seed, targets, lambda t, i, wanted, room: _contradiction(spec, t, i, wanted, room)
    )
    kept = table.reshape(-1) > 0
    shares = table.reshape(-1)[kept]
    return Fit(
        names, shape, np.ascontiguousarray(grid[kept]), low[kept], high[kept], shares,
        rounded(shares), rounds, deviation, int(count - possible.sum()),
    )  # fmt: skip


def _error(spec: Spec, code: str, **details: object) -> PolicyError:
    return PolicyError([Diagnostic(code, Source(spec.file, ""), None, details)])


# -- the table


def total(values: Floats, axes: tuple[int, ...] | None = None) -> Floats:
    """Sums over all other axes, exactly the same in whatever order a machine adds.

    Each value is rounded to a multiple of 2⁻⁵²; values must add up to less than 2¹⁰.
    """
    integers = np.rint(values * _UNIT).astype(np.int64)
    others = tuple(axis for axis in range(values.ndim) if axis not in (axes or ()))
    summed: Floats = integers.sum(axis=others) / _UNIT
    return summed


def proportional(
    seed: Floats,
    targets: Sequence[Target],
    contradiction: Contradiction | None = None,
) -> tuple[Floats, int, float]:
    """Iterative proportional fitting: (table, rounds, largest deviation of a marginal).

    Raises what ``contradiction`` makes (by default :class:`ValueError`): for a band that has no
    cells, and for the worst one when fitting ends further away than :data:`GOOD_ENOUGH`.
    """
    # adds up to at most 1, as sums need it; what it is does not matter
    table = seed / (max(float(seed.max()), np.finfo(np.float64).tiny) * seed.size)
    rounds, deviation, worst = 0, 0.0, None
    while targets and rounds < MOST_ROUNDS:
        rounds += 1
        for target in targets:
            margin = total(table, target.axes)
            empty = (margin == 0) & (target.shares > 0)
            if empty.any():
                index = int(np.flatnonzero(empty.reshape(-1))[0])
                raise _raised(contradiction, target, index, 0.0)
            factor = np.divide(target.shares, margin, out=np.zeros_like(margin), where=margin > 0)
            table = table * factor.reshape(
                [n if axis in target.axes else 1 for axis, n in enumerate(table.shape)]
            )
        deviation, worst = _deviation(table, targets)
        if deviation <= TOLERANCE:
            break
    if deviation > GOOD_ENOUGH and worst is not None:
        target, index = worst
        reached = float(total(table, target.axes).reshape(-1)[index])
        raise _raised(contradiction, target, index, reached)
    return table, rounds, deviation


def _deviation(table: Floats, targets: Sequence[Target]) -> tuple[float, tuple[Target, int] | None]:
    """The largest deviation, and the band that falls short the most."""
    largest, short, worst = 0.0, 0.0, None
    for target in targets:
        missing = (target.shares - total(table, target.axes)).reshape(-1)
        largest = max(largest, float(np.abs(missing).max()))
        if float(missing.max()) > short:
            short, worst = float(missing.max()), (target, int(missing.argmax()))
    return largest, worst


def _raised(
    contradiction: Contradiction | None, target: Target, index: int, reached: float
) -> Exception:
    wanted = float(target.shares.reshape(-1)[index])
    if contradiction is not None:
        return contradiction(target, index, wanted, reached)
    return ValueError(f"axes {target.axes}, band {index}: {wanted} wanted, {reached} possible")


def _contradiction(
    spec: Spec, target: Target, index: int, wanted: float, reached: float
) -> PolicyError:
    bands = []
    for axis, band in zip(target.axes, np.unravel_index(index, target.shares.shape), strict=True):
        attribute = spec.fitted[axis]
        shown = spec.label(attribute.name, attribute.parts[0].bands[int(band)])
        bands.append(f"{attribute.name} {shown}")
    return _error(
        spec, "D462", where="，".join(bands), wanted=f"{100 * wanted:.2f}",
        possible=f"{100 * reached:.2f}",
    )  # fmt: skip


def _targets(spec: Spec, attributes: Sequence[Attribute]) -> list[Target]:
    names = [a.name for a in attributes]
    targets = [
        Target((axis,), _normal([band.share for band in a.parts[0].bands]))
        for axis, a in enumerate(attributes)
    ]
    for joint in spec.joints:
        axes = tuple(names.index(name) for name in joint.pair)
        shares = np.array([[float(x) for x in row] for row in joint.table])
        shares = shares / float(total(shares / 1024) * 1024)
        if axes[0] > axes[1]:
            axes, shares = (axes[1], axes[0]), shares.T
        targets.append(Target(axes, shares))
    return targets


def _normal(shares: Sequence[Fraction]) -> Floats:
    whole = sum(shares)
    return np.array([float(share / whole) for share in shares])


def _seed(dependence: Dependence, names: Sequence[str], shape: Sequence[int]) -> Floats:
    """The odds ratios of a dependence as factors that broadcast over the table."""
    axes = [names.index(name) for name in dependence.pair]
    sizes = [shape[axis] for axis in axes]
    if dependence.odds is not None:
        matrix = association(dependence.odds, sizes[0], sizes[1])
    else:
        matrix = np.array([[float(x) for x in row] for row in dependence.table])
    if axes[0] > axes[1]:
        axes, matrix = axes[::-1], matrix.T
    return matrix.reshape([n if axis in axes else 1 for axis, n in enumerate(shape)])


def association(odds: Fraction, rows: int, columns: int) -> Floats:
    """``odds`` to the power row × column, scaled to at most 1: uniform association.

    Powers of fractions, not of floats: those differ between mathematical libraries.
    """
    powers = [[odds ** (i * j) for j in range(columns)] for i in range(rows)]
    most = max(power for row in powers for power in row)
    return np.array([[float(power / most) for power in row] for row in powers])


def rounded(shares: Floats, whole: int = WEIGHT) -> Numbers:
    """Shares as integers that add up to ``whole``, by largest remainders."""
    exact = shares / float(total(shares)) * float(whole)
    result = np.floor(exact).astype(np.int64)
    left = whole - int(result.sum())
    order = np.argsort(-(exact - result), kind="stable")
    result[order[: max(left, 0)]] += 1
    if left < 0:
        result[np.argmax(result)] += left
    return result


# -- limits


def _bounds(
    spec: Spec, attributes: Sequence[Attribute], grid: npt.NDArray[np.uint8]
) -> tuple[Numbers, Numbers, npt.NDArray[np.bool_]]:
    """The values that each attribute can have in each cell, and which cells are possible."""
    low = np.empty((len(grid), len(attributes)), np.int64)
    high = np.empty_like(low)
    for axis, attribute in enumerate(attributes):
        bands = attribute.parts[0].bands
        low[:, axis] = np.array([band.first for band in bands])[grid[:, axis]]
        high[:, axis] = np.array([band.last for band in bands])[grid[:, axis]]
    names = [a.name for a in attributes]
    possible = np.ones(len(grid), np.bool_)
    between = []
    for limit in spec.limits:
        if limit.lesser is not None and limit.lesser not in names:
            continue  # of an attribute that is drawn later: a bound at that time
        where = _met(spec, attributes, grid, limit)
        if limit.excluded:
            possible &= ~where
        elif limit.greater is not None:
            if limit.greater in names and limit.lesser is not None:
                between.append((limit, where))
        elif limit.lesser is not None:
            axis = names.index(limit.lesser)
            first, last = code_bounds(spec, limit)
            low[where, axis] = np.maximum(low[where, axis], first)
            high[where, axis] = np.minimum(high[where, axis], last)
    for _ in range(len(between) + 1):
        for limit, where in between:
            _between(spec, names, limit, where, low, high)
    possible &= (low <= high).all(axis=1)
    return low, high, possible


def _met(
    spec: Spec, attributes: Sequence[Attribute], grid: npt.NDArray[np.uint8], limit: Limit
) -> npt.NDArray[np.bool_]:
    """The cells in which the condition of a limit holds."""
    where = np.ones(len(grid), np.bool_)
    names = [a.name for a in attributes]
    for name, codes in limit.when:
        if name not in names:
            problem = (f"“{name}”不是拟合的属性", f"“{name}” is not fitted")
            raise _error(spec, "D464", where=limit.shown, problem=problem)
        axis = names.index(name)
        bands = attributes[axis].parts[0].bands
        inside = []
        for band in bands:
            met = sum(code in codes for code in range(band.first, band.last + 1))
            if met not in (0, band.last - band.first + 1):
                shown = spec.label(name, band)
                raise _error(spec, "D463", where=limit.shown, band=f"{name} {shown}")
            inside.append(met > 0)
        where &= np.array(inside)[grid[:, axis]]
    return where


def code_bounds(spec: Spec, limit: Limit) -> tuple[int, int]:
    """The first and the last code that a limit by numbers leaves."""
    domain = spec.attributes[limit.lesser or ""].domain
    assert isinstance(domain, Grid)
    first, last = 1, domain.count
    if limit.low is not None:
        first = max(first, int(-((domain.low - limit.low) // domain.step)) + 1)
    if limit.high is not None:
        last = min(last, int((limit.high - domain.low) // domain.step) + 1)
    return first, last


def _between(
    spec: Spec,
    names: Sequence[str],
    limit: Limit,
    where: npt.NDArray[np.bool_],
    low: Numbers,
    high: Numbers,
) -> None:
    """Narrow the bounds of two attributes by lesser ≤ factor · greater + plus."""
    one, other = names.index(limit.lesser or ""), names.index(limit.greater or "")
    scale = Bound.of(spec, limit)
    high[where, one] = np.minimum(high[where, one], scale.most(high[where, other]))
    low[where, other] = np.maximum(low[where, other], scale.least(low[where, one]))


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit between two attributes in codes: lesser ≤ ⌊(times · greater + plus) / by⌋."""

    times: int
    plus: int
    by: int

    @classmethod
    def of(cls, spec: Spec, limit: Limit) -> Bound:
        """The limit of values as one of codes."""
        one = spec.attributes[limit.lesser or ""].domain
        other = spec.attributes[limit.greater or ""].domain
        assert isinstance(one, Grid)
        assert isinstance(other, Grid)
        # low + (c − 1)·step on both sides, solved for the lesser's code
        factor = limit.factor * other.step / one.step
        constant = (limit.factor * other.low + limit.plus - one.low) / one.step - factor + 1
        by = factor.denominator * constant.denominator
        return cls(int(factor * by), int(constant * by), by)

    def most(self, greater: Numbers) -> Numbers:
        """The largest code of the lesser attribute for codes of the greater."""
        result: Numbers = (self.times * greater + self.plus) // self.by
        return result

    def least(self, lesser: Numbers) -> Numbers:
        """The smallest code of the greater attribute for codes of the lesser."""
        result: Numbers = -((self.plus - self.by * lesser) // self.times)
        return result


def order_of(spec: Spec) -> list[tuple[str, list[Bound], list[str]]]:
    """The fitted numeric attributes in the order of drawing, each with its bounds by others.

    Greater ones come first.  Raises :class:`PolicyError` (D464) when limits go in a circle.
    """
    names = [a.name for a in spec.fitted]
    above: dict[str, list[tuple[str, Bound]]] = {name: [] for name in names}
    for limit in spec.limits:
        if limit.lesser in names and limit.greater in names:
            above[limit.lesser].append((limit.greater, Bound.of(spec, limit)))
    result: list[tuple[str, list[Bound], list[str]]] = []
    placed: set[str] = set()
    while len(placed) < len(names):
        ready = [n for n in names if n not in placed and all(o in placed for o, _ in above[n])]
        if not ready:
            shown = "，".join(n for n in names if n not in placed)
            problem = ("绕了一圈", "it goes round in a circle")
            raise _error(spec, "D464", where=shown, problem=problem)
        for name in ready:
            result.append((name, [b for _, b in above[name]], [o for o, _ in above[name]]))
            placed.add(name)
    return result


# -- what was reached


def achieved(fitted: Fit, one: str, other: str) -> tuple[float, float]:
    """The odds ratios of neighbouring bands in the result: (median, Goodman and Kruskal's γ)."""
    table = fitted.margin(one, other)
    ratios = []
    for (a, b), (c, d) in (
        (left, right)
        for rows in pairwise(table)
        for left, right in pairwise(zip(*rows, strict=True))
    ):
        if min(a, b, c, d) > 0:
            ratios.append(a * d / (b * c))
    concordant = discordant = 0.0
    for i in range(table.shape[0]):
        for j in range(table.shape[1]):
            concordant += float(table[i, j] * table[i + 1 :, j + 1 :].sum())
            discordant += float(table[i, j] * table[i + 1 :, :j].sum())
    pairs = concordant + discordant
    gamma = (concordant - discordant) / pairs if pairs else 0.0
    return (float(np.median(ratios)) if ratios else 1.0), gamma
