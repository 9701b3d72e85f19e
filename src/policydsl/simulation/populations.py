"""Synthetic populations: a specification, a number and a seed → columns of codes.

Household *i* of *n* is a function of the specification, the seed, *n* and *i* alone.  So the
result is the same to the byte on any machine, in chunks of any size and in any order, and takes
no more memory than a chunk.

The fitted attributes of the applicants are not drawn independently of each other: the joint table
is turned into *n* places by systematic sampling, which are dealt out in a random order.  So the
number of applicants in each cell is the fitted one, rounded up or down.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.model.policy import Policy
from policydsl.scoring.columns.arrays import Codes, Numbers
from policydsl.scoring.columns.domains import Days, Grid, Listed
from policydsl.scoring.columns.population import Population, Schema
from policydsl.simulation.drawing import (
    band_table,
    below,
    halves,
    key_of,
    shuffled,
    words,
)
from policydsl.simulation.fitting import WEIGHT, Bound, Fit, code_bounds, fit, order_of
from policydsl.simulation.households import Spouses, child_ages
from policydsl.simulation.specs import Attribute, Condition, Part, Spec, facts_of

MOST = 50_000_000
"""Households of one population: beyond, the places of the joint table would overflow."""
CHUNK = 1 << 16
"""Households at a time."""
MEMBERS = 100
"""Ids are the number of the household times this, plus the number of the member."""
ROLES = ("本人", "配偶", "子女")
"""What the codes 1, 2, 3 of :attr:`Chunk.roles` mean."""


@dataclass(frozen=True)
class Chunk:
    """Consecutive households of a population.

    ``first`` is the number of the first household, from 0 on.  ``roles`` are codes of
    :data:`ROLES`, ``members`` number the rows of a household from 1.
    """

    population: Population
    first: int
    roles: npt.NDArray[np.uint8]
    members: npt.NDArray[np.uint8]

    @property
    def households(self) -> Numbers:
        """The number of the household of each row, from 1 on."""
        if self.population.household is None:
            return self.first + np.arange(1, self.population.rows + 1)
        return self.population.household + self.first + 1

    @property
    def ids(self) -> Numbers:
        """An id for each row, the same for every division into chunks."""
        if self.population.household is None:
            return self.households
        return self.households * MEMBERS + self.members


class Synthesis:
    """A population to be: ``n`` households (or units) of a specification under a seed.

    ``facts``: the attributes wanted; ``None`` for all that are not internal.  Leaving some out
    changes nothing about the others.
    """

    def __init__(self, spec: Spec, n: int, seed: int, facts: Iterable[str] | None = None):
        if not 1 <= n <= MOST:
            details = {"value": n, "range": f"1–{MOST}"}
            raise PolicyError([Diagnostic("D468", Source(spec.file, ""), None, details)])
        self.spec = spec
        self.n = n
        self.seed = seed
        public = [a.name for a in spec.attributes.values() if not a.internal]
        wanted = set(public) if facts is None else set(facts)
        self.names = tuple(name for name in public if name in wanted)
        self.fit: Fit | None = fit(spec) if spec.fitted else None
        self.needed = self._needed()
        self.later = {
            name: _Later(spec, attribute, seed)
            for name, attribute in spec.attributes.items()
            if name in self.needed and not attribute.fitted
        }
        self.order = order_of(spec)
        self._check_limits()
        self.missing = {
            name: _Chance(spec, spec.attributes[name].missing, key_of(seed, "未提供", name))
            for name in self.names
            if spec.attributes[name].missing
        }
        household = spec.household
        self.along = household and _Chance(spec, household.along, key_of(seed, "随迁"))
        self.spouses = Spouses(spec, household, self.fit, seed) if household and self.fit else None

    def _needed(self) -> set[str]:
        """The attributes that must be drawn to have the wanted ones."""
        spec = self.spec
        todo = list(self.names)
        if spec.household is not None:
            todo += _looked_at(spec.household.along)
            if spec.household.children is not None:
                todo.append(spec.household.children.count)
        needed = {a.name for a in spec.fitted}
        while todo:
            name = todo.pop()
            if name in needed:
                continue
            needed.add(name)
            attribute = spec.attributes[name]
            todo += [*_looked_at(attribute.parts), *_looked_at(attribute.missing)]
            todo += [attribute.months] if attribute.months else []
            todo += [x.greater for x in spec.limits if x.lesser == name and x.greater]
        return needed

    def _check_limits(self) -> None:
        """Limits of attributes that are drawn later must leave at least their lowest value."""
        names = list(self.spec.attributes)
        for limit in self.spec.limits:
            if limit.lesser is None or self.spec.attributes[limit.lesser].fitted:
                continue
            problem = None
            if limit.greater is None:
                problem = ("只能用于拟合的属性", "only for fitted attributes")
            elif names.index(limit.greater) > names.index(limit.lesser):
                problem = (f"“{limit.greater}”写在后面", f"“{limit.greater}” stands further down")
            elif int(Bound.of(self.spec, limit).most(np.array([1]))[0]) < 1:
                problem = ("最小的值也超过了", "even the lowest value exceeds it")
            if problem is not None:
                details = {"where": limit.shown, "problem": problem}
                raise PolicyError([Diagnostic("D464", Source(self.spec.file, ""), None, details)])

    # -- what it is

    @cached_property
    def schema(self) -> Schema:
        """Domains of the facts, and whether there are households."""
        return Schema(
            {name: self.spec.attributes[name].domain for name in self.names},
            self.spec.day,
            Listed(self.spec.units) if self.spec.units else None,
            None,
            self.spec.household is not None,
            self._largest_household(),
        )

    def _largest_household(self) -> int:
        household = self.spec.household
        if household is None:
            return 1
        if household.children is None:
            return 2
        domain = self.spec.attributes[household.children.count].domain
        assert isinstance(domain, Grid)
        return 2 + int(domain.value(domain.count))

    @cached_property
    def edges(self) -> Numbers:
        """For each cell the number of places of it and all before: systematic sampling."""
        assert self.fit is not None
        summed = np.cumsum(self.fit.weights)
        offset = int(words(key_of(self.seed, "起点"), 0, 1)[0]) % WEIGHT
        edges: Numbers = -((offset - summed * self.n) // WEIGHT)
        return edges

    # -- making it

    def chunks(self, size: int = CHUNK) -> Iterator[Chunk]:
        """The population in parts of ``size`` households."""
        for start in range(0, self.n, size):
            yield self.part(start, min(start + size, self.n))

    def part(self, start: int, stop: int) -> Chunk:
        """The households from ``start`` to before ``stop``."""
        if self.spec.units:
            return self._units(start, stop)
        count = stop - start
        own, cells = self._applicants(start, count)
        household = self.spec.household
        empty = np.zeros(0, np.int64)
        with_spouse, theirs = empty, None
        if household is not None and self.along and self.spouses and cells is not None:
            along = self.along.draw(own, start, count) & (
                own[household.status] == household.married
            )
            with_spouse = np.flatnonzero(along)
            theirs = self._spouses(start, count, own, cells, with_spouse)
        handed = self._handed_in(own, start, count, "本人", None)
        handed_theirs = theirs and self._handed_in(theirs, start, count, "配偶", with_spouse)
        return self._assembled(start, count, own, handed, with_spouse, theirs, handed_theirs)

    def _applicants(self, start: int, count: int) -> tuple[dict[str, Numbers], Numbers | None]:
        codes: dict[str, Numbers] = {}
        cells = None
        if self.fit is not None:
            places = shuffled(
                key_of(self.seed, "顺序"), np.arange(start, start + count, dtype=np.int64), self.n
            )
            cells = np.searchsorted(self.edges, places, side="right")
            self._from_cells(codes, cells, start, count, "本人", None)
        for later in self.later.values():
            codes[later.name] = later.draw(codes, start, count, "本人", None)
        return codes, cells

    def _spouses(
        self, start: int, count: int, own: Mapping[str, Numbers], cells: Numbers, rows: Numbers
    ) -> dict[str, Numbers]:
        household = self.spec.household
        assert household is not None
        assert self.spouses is not None
        theirs_of = {name: column[rows] for name, column in own.items()}
        found, age = self.spouses.draw(start, count, theirs_of, cells[rows], rows)
        codes = {household.age: age}
        self._from_cells(codes, found, start, count, "配偶", rows)
        for name in household.shared:
            if name in theirs_of:
                codes[name] = theirs_of[name]
        for later in self.later.values():
            if later.name not in codes:
                codes[later.name] = later.draw(codes, start, count, "配偶", rows)
        return codes

    def _from_cells(
        self,
        codes: dict[str, Numbers],
        cells: Numbers,
        start: int,
        count: int,
        role: str,
        rows: Numbers | None,
    ) -> None:
        """Codes of the fitted attributes within the bounds of the cells; some may be known."""
        fitted = self.fit
        assert fitted is not None
        for name, bounds, others in self.order:
            if name in codes:
                continue
            axis = fitted.names.index(name)
            low = fitted.low[:, axis][cells]
            if not isinstance(self.spec.attributes[name].domain, Grid):
                codes[name] = low
                continue
            high = fitted.high[:, axis][cells]
            for bound, other in zip(bounds, others, strict=True):
                high = np.minimum(high, bound.most(codes[other]))
            draws = _chosen(halves(key_of(self.seed, role, name), start, count), rows)
            codes[name] = low + below(draws, high - low + 1)

    def _handed_in(
        self,
        codes: Mapping[str, Numbers],
        start: int,
        count: int,
        role: str,
        rows: Numbers | None,
    ) -> dict[str, Numbers]:
        """The codes that are handed out: 0 where a fact was not handed in."""
        result = {}
        for name in self.names:
            column = codes[name]
            if name in self.missing:
                column = np.where(
                    self.missing[name].draw(codes, start, count, role, rows), 0, column
                )
            result[name] = column
        return result

    def _assembled(
        self,
        start: int,
        count: int,
        own: Mapping[str, Numbers],
        handed: Mapping[str, Numbers],
        with_spouse: Numbers,
        theirs: Mapping[str, Numbers] | None,
        handed_theirs: Mapping[str, Numbers] | None,
    ) -> Chunk:
        """Rows in the order applicant, spouse, children, household by household."""
        household = self.spec.household
        if household is None:
            columns = {n: c.astype(code_type(self.spec.attributes[n])) for n, c in handed.items()}
            population = Population(self.schema, count, columns)
            return Chunk(population, start, np.ones(count, np.uint8), np.ones(count, np.uint8))
        sizes = np.ones(count, np.int64)
        sizes[with_spouse] += 1
        ahead = sizes.copy()  # rows of a household before its children
        children = household.children
        if children is not None:
            grid = self.spec.attributes[children.count].domain
            assert isinstance(grid, Grid)
            sizes += int(grid.low) + own[children.count] - 1
        ends = np.cumsum(sizes)
        first = ends - sizes
        rows = int(ends[-1]) if count else 0
        numbers = np.repeat(np.arange(count, dtype=np.int64), sizes)
        members = np.arange(rows, dtype=np.int64) - first[numbers]
        roles = np.full(rows, 3, np.uint8)
        roles[first], roles[first[with_spouse] + 1] = 1, 2
        columns = {}
        for name, codes in handed.items():
            column = np.zeros(rows, code_type(self.spec.attributes[name]))
            column[first] = codes
            if handed_theirs is not None:
                column[first[with_spouse] + 1] = handed_theirs[name]
            columns[name] = column
        if children is not None and household.age in columns:
            youngest = own[household.age].copy()
            if theirs is not None:
                youngest[with_spouse] = np.minimum(youngest[with_spouse], theirs[household.age])
            ages = self.spec.attributes[household.age].domain
            assert isinstance(ages, Grid)
            low = int(ages.low)
            for number in range(int((sizes - ahead).max(initial=0))):
                has = np.flatnonzero(sizes - ahead > number)
                drawn = child_ages(children, self.seed, start, count, number, youngest + low - 1)
                columns[household.age][first[has] + ahead[has] + number] = drawn[has] - low + 1
        spouse = np.full(rows, -1, np.int64)
        spouse[first[with_spouse]] = first[with_spouse] + 1
        spouse[first[with_spouse] + 1] = first[with_spouse]
        population = Population(
            self.schema, rows, columns, household=numbers, spouse=spouse, applicant=roles == 1
        )
        return Chunk(population, start, roles, (members + 1).astype(np.uint8))

    def _units(self, start: int, stop: int) -> Chunk:
        """Rows of units, one after the other, again and again."""
        count = stop - start
        units = np.arange(start, stop, dtype=np.int64) % len(self.spec.units)
        codes, _ = self._applicants(start, count)
        handed = self._handed_in(codes, start, count, "本人", None)
        columns = {}
        for name, column in handed.items():
            attribute = self.spec.attributes[name]
            if attribute.units:
                has = np.array([unit in attribute.units for unit in self.spec.units])
                column = np.where(has[units], column, 0)
            columns[name] = column.astype(code_type(attribute))
        unit_codes: Codes = (units + 1).astype(np.uint16)
        population = Population(self.schema, count, columns, units=unit_codes)
        return Chunk(population, start, np.ones(count, np.uint8), np.ones(count, np.uint8))

    def weights(self, start: int, stop: int) -> Numbers:
        """How many real households each of these stands for; all add up to the size."""
        edges = np.arange(start, stop + 1, dtype=np.int64) * self.spec.size // self.n
        return np.diff(edges)

    def whole(self, weighted: bool = False) -> Chunk:
        """All of it in memory; ``weighted``: each row counts for as many as in reality."""
        parts = list(self.chunks())
        made = joined(parts) if len(parts) > 1 else parts[0]
        if weighted:
            weights = self.weights(0, self.n)
            numbers = made.households - 1
            made.population.weights = weights[numbers]
        return made


def synthesise(
    spec: Spec,
    n: int | None = None,
    seed: int = 1,
    policy: Policy | None = None,
    weighted: bool = False,
) -> Population:
    """A population in memory, with the facts that ``policy`` knows if one is given.

    ``n``: households; by default as many as in reality.  Raises :class:`PolicyError`.
    """
    facts = None if policy is None else facts_of(spec, policy)
    return Synthesis(spec, n or spec.size, seed, facts).whole(weighted).population


def joined(parts: Sequence[Chunk]) -> Chunk:
    """Chunks as one."""
    populations = [part.population for part in parts]
    one = populations[0]
    columns: dict[str, Codes] = {
        name: np.concatenate([p.columns[name] for p in populations]) for name in one.columns
    }
    starts = np.cumsum([0, *(p.rows for p in populations)])
    made = Population(one.schema, int(starts[-1]), columns)
    if one.units is not None:
        made.units = np.concatenate([p.units for p in populations if p.units is not None])
    if one.household is not None:
        made.household = np.concatenate(
            [p.household + part.first for p, part in zip(populations, parts, strict=True)
             if p.household is not None]
        )  # fmt: skip
        made.spouse = np.concatenate(
            [np.where(p.spouse < 0, -1, p.spouse + start)
             for p, start in zip(populations, starts[:-1], strict=True) if p.spouse is not None]
        )  # fmt: skip
        made.applicant = np.concatenate(
            [p.applicant for p in populations if p.applicant is not None]
        )
    roles, members = (
        np.concatenate(x) for x in ([p.roles for p in parts], [p.members for p in parts])
    )
    return Chunk(made, parts[0].first, roles, members)


# -- attributes that are drawn one by one


class _Rows:
    """Which part of a conditional distribution is for whom."""

    def __init__(self, spec: Spec, parts: Sequence[Part]):
        self.parts = len(parts)
        self.tests: list[tuple[int, list[tuple[str, npt.NDArray[np.bool_]]]]] = []
        for number, part in enumerate(parts):
            if part.when:
                self.tests.append((number, [(n, _lookup(spec, n, c)) for n, c in part.when]))
        names = {name for _, tests in self.tests for name, _ in tests}
        self.only = next(iter(names)) if len(names) == 1 else None
        if self.only is not None:
            size = spec.attributes[self.only].domain.size
            self.table = self._of({self.only: np.arange(size)}, size)

    def of(self, codes: Mapping[str, Numbers], count: int) -> Numbers | int:
        """The number of the part for each row; 0 where there is only one."""
        if self.parts == 1:
            return 0
        if self.only is not None:
            found: Numbers = self.table[codes[self.only]]
            return found
        return self._of(codes, count)

    def _of(self, codes: Mapping[str, Numbers], count: int) -> Numbers:
        found = np.full(count, self.parts - 1, np.int64)
        for number, tests in reversed(self.tests):
            met = np.ones(count, np.bool_)
            for name, lookup in tests:
                met &= lookup[codes[name]]
            found[met] = number
        return found


def _lookup(spec: Spec, name: str, codes: frozenset[int]) -> npt.NDArray[np.bool_]:
    lookup = np.zeros(spec.attributes[name].domain.size, np.bool_)
    lookup[list(codes)] = True
    return lookup


class _Chance:
    """Something that is so with a probability that may depend on conditions."""

    def __init__(self, spec: Spec, parts: Sequence[Part], key: int):
        self.key = key
        self.rows = _Rows(spec, parts)
        self.table = band_table([part.bands for part in parts])

    def draw(
        self,
        codes: Mapping[str, Numbers],
        start: int,
        count: int,
        role: str = "本人",
        rows: Numbers | None = None,
    ) -> npt.NDArray[np.bool_]:
        """Whether it is so, for each row."""
        key = self.key if role == "本人" else self.key ^ 2
        draws = _chosen(halves(key, start, count), rows)
        chosen: npt.NDArray[np.bool_] = self.table.draw(draws, self.rows.of(codes, len(draws))) == 1
        return chosen


class _Later:
    """An attribute that is drawn once those that it depends on are known."""

    def __init__(self, spec: Spec, attribute: Attribute, seed: int):
        self.name = attribute.name
        self.keys = {role: key_of(seed, role, attribute.name) for role in ("本人", "配偶")}
        self.months = attribute.months
        self.bounds = [
            (limit.greater, Bound.of(spec, limit))
            for limit in spec.limits
            if limit.lesser == attribute.name and limit.greater is not None
        ]
        if attribute.months is not None:
            self._prepare_dates(spec, attribute)
            return
        parts = attribute.parts
        self.rows = _Rows(spec, parts)
        self.table = band_table([part.bands for part in parts])
        self.first = np.zeros((len(parts), self.table.outcomes), np.int64)
        self.width = np.ones_like(self.first)
        for row, part in enumerate(parts):
            for column, band in enumerate(part.bands):
                self.first[row, column] = band.first
                self.width[row, column] = band.last - band.first + 1
        self.wide = bool((self.width > 1).any())

    def _prepare_dates(self, spec: Spec, attribute: Attribute) -> None:
        """The first of the month so many months before, and the last day that counts."""
        day, domain = spec.day, attribute.domain
        months = spec.attributes[attribute.months or ""].domain
        assert day is not None
        assert isinstance(domain, Days)
        assert isinstance(months, Grid)
        back = int(months.low) - 1 + np.arange(months.size)
        index = day.year * 12 + day.month - 1 - back - 1970 * 12
        starts = index.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
        self.starts = starts - int(np.datetime64(domain.first, "D").astype(np.int64)) + 1
        # up to the day of the month of the assessment, all of which give that many whole months
        self.days = min(day.day, 28)

    def draw(
        self,
        codes: Mapping[str, Numbers],
        start: int,
        count: int,
        role: str,
        rows: Numbers | None,
    ) -> Numbers:
        """A code for each row."""
        if self.months is not None:
            draws = _chosen(halves(self.keys[role], start, count), rows)
            days = below(draws, np.full(len(draws), self.days))
            dates: Numbers = self.starts[codes[self.months]] + days
            return dates
        size = count if rows is None else len(rows)
        row = self.rows.of(codes, size)
        if self.wide:
            drawn = _chosen(words(self.keys[role], start, count), rows)
            outcome = self.table.draw((drawn >> np.uint64(32)).astype(np.uint32), row)
            within = below(drawn.astype(np.uint32), self.width[row, outcome])
            result = self.first[row, outcome] + within
        else:
            outcome = self.table.draw(_chosen(halves(self.keys[role], start, count), rows), row)
            result = self.first[row, outcome]
        for greater, bound in self.bounds:
            result = np.minimum(result, bound.most(codes[greater]))
        codes_: Numbers = result
        return codes_


_T = TypeVar("_T", bound=np.generic)


def _chosen(draws: npt.NDArray[_T], rows: Numbers | None) -> npt.NDArray[_T]:
    return draws if rows is None else draws[rows]


def _looked_at(parts: Sequence[Part]) -> list[str]:
    conditions: list[Condition] = [part.when for part in parts]
    return [name for condition in conditions for name, _ in condition]


def code_type(attribute: Attribute) -> type[np.unsignedinteger]:
    """The narrowest unsigned type for the codes of an attribute."""
    size = attribute.domain.size
    return np.uint8 if size <= 1 << 8 else np.uint16 if size <= 1 << 16 else np.uint32


# -- what it is known by


class Digest:
    """A hash of all columns that does not depend on how they were divided."""

    def __init__(self) -> None:
        self.hashes: dict[str, hashlib._Hash] = {}
        self.households = self.rows = 0

    def add(self, chunk: Chunk) -> None:
        """Take the next chunk in."""
        population = chunk.population
        columns: dict[str, npt.NDArray[np.generic]] = {
            "\0role": chunk.roles,
            "\0id": chunk.ids,
            **population.columns,
        }
        if population.units is not None:
            columns["\0unit"] = population.units
        for name, column in columns.items():
            little = np.ascontiguousarray(column, column.dtype.newbyteorder("<"))
            self.hashes.setdefault(name, hashlib.sha256()).update(little.data)
        self.rows += population.rows

    def hexdigest(self) -> str:
        """The hash as 64 digits."""
        outer = hashlib.sha256()
        for name, inner in sorted(self.hashes.items()):
            outer.update(name.encode() + b"\0" + inner.digest())
        return outer.hexdigest()


__all__ = ["Chunk", "Digest", "Synthesis", "code_bounds", "synthesise"]
