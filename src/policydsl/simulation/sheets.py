"""A population scored under one version: plans for its tables, run once, and the ranking."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import lcm
from typing import cast

import numpy as np

from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.model import expressions as e
from policydsl.model.policy import Policy, Scene
from policydsl.scoring.cases import Case
from policydsl.scoring.columns.arrays import Codes, Numbers, Truths
from policydsl.scoring.columns.engines import numpy_blocks
from policydsl.scoring.columns.engines.running import Engine, Runner
from policydsl.scoring.columns.households import (
    Band,
    RankedHouseholds,
    ScoredRows,
    check_scene,
    rank_households,
    reads_total,
)
from policydsl.scoring.columns.placing import Ties
from policydsl.scoring.columns.plan import UNBOUNDED, Ends, Flag, Plan
from policydsl.scoring.columns.planning.derived import columns_of
from policydsl.scoring.columns.planning.planner import make_plan
from policydsl.scoring.exact import Evaluator
from policydsl.scoring.ranking import scene_of as stated_scene
from policydsl.simulation.one_by_one import announced
from policydsl.simulation.one_by_one import plans as looked_up
from policydsl.simulation.people import People, Rows

Quantity = Callable[[Plan], Ends | None]

CHUNK = 1 << 17
"""Cases at a time where many quantities are wanted at once."""

SMALL = 1 << 14
"""So many rows are scored step by step, without making a program for them."""

STATUSES = Flag.SUSPENDED.certain | Flag.VOID.certain | Flag.ZEROED.certain | Flag.FROZEN.certain


@dataclass(frozen=True)
class Settings:
    """How plans are run."""

    engine: Engine = "auto"
    threads: int | None = None


DEFAULT = Settings()


@dataclass
class _Table:
    """A table of the policy, the rows that it scores (``None``: all), and what its plan reads."""

    plan: Plan
    rows: Numbers | None
    columns: list[Codes]

    def at(self, rows: Numbers | slice) -> list[Codes]:
        return [column[rows] for column in self.columns]


class Sheet:
    """All rows of a population under one policy.

    Plans are made at once (:class:`PolicyError` S5xx where one cannot be); ``scale`` holds the
    points of all of them.  ``kept``: columns that earlier sheets of the same rows have read;
    ``plans``: those of the tables, if they are made already.

    With ``case``, which gives the case of a row, what no plan can hold is scored one by one
    (:mod:`policydsl.simulation.one_by_one`) and ``warning`` says so; ``instead`` is why that is to
    be done where plans can be made.
    """

    warning: Diagnostic | None = None

    def __init__(
        self,
        policy: Policy,
        rows: Rows,
        settings: Settings = DEFAULT,
        kept: dict[tuple[str, str, str], Codes] | None = None,
        plans: Sequence[Plan] | None = None,
        case: Callable[[int], Case] | None = None,
        instead: PolicyError | None = None,
    ):
        self.policy = policy
        self.rows = rows
        self.settings = settings
        self.number = rows.population.rows
        self.tables: list[_Table] = []
        try:
            if instead is not None:
                raise instead
            self._planned({} if kept is None else kept, plans)
        except PolicyError as problem:
            if case is None:
                raise
            self.warning = announced(policy, problem, int((rows.places >= 0).sum()))
            self._one_by_one(case)
        self.scale = lcm(*(table.plan.scale for table in self.tables))

    def _planned(
        self, kept: dict[tuple[str, str, str], Codes], plans: Sequence[Plan] | None
    ) -> None:
        rows = self.rows
        for place, (entity, unit) in enumerate(rows.tables):
            plan = (
                make_plan(self.policy, rows.population.schema, unit=unit, entity=entity)
                if plans is None
                else plans[place]
            )
            where = np.flatnonzero(rows.places == place)
            columns = self._columns(plan, kept)
            whole = len(where) == self.number
            self.tables.append(
                _Table(plan, None if whole else where,
                       columns if whole else [column[where] for column in columns])
            )  # fmt: skip

    def _one_by_one(self, case: Callable[[int], Case]) -> None:
        places = self.rows.places
        tables = [
            (np.flatnonzero(places == place), entity, unit)
            for place, (entity, unit) in enumerate(self.rows.tables)
        ]
        self.tables = [
            _Table(plan, rows, [column])
            for (plan, column), (rows, _, _) in zip(
                looked_up(self.policy, tables, case), tables, strict=True
            )
        ]

    def _columns(self, plan: Plan, kept: dict[tuple[str, str, str], Codes]) -> list[Codes]:
        """What the plan reads; ``kept`` columns are not made again, and the new ones are kept."""
        found: list[Codes] = []
        for each in plan.inputs:
            key = (each.owner, each.name, each.fact)
            column = kept.get(key) if each.owner != "derived" else None
            if column is None:
                (column,) = columns_of(replace(plan, inputs=(each,)), self.rows.population)
                if each.owner != "derived":
                    kept[key] = column
            found.append(column)
        return found

    # -- quantities of every row

    def band(self, quantity: Quantity, scale: int, scaled: bool = True) -> Band:
        """A quantity of each row in units of 1/``scale``; 0 where the table has none of it."""
        return self.bands([quantity], scale, [scaled])[0]

    def bands(
        self,
        quantities: Sequence[Quantity],
        scale: int,
        scaled: Sequence[bool] | None = None,
        only: Numbers | None = None,
    ) -> list[Band]:
        """Several quantities in one run of each plan.

        ``only``: the rows (ascending) that are wanted, the others have 0.
        """
        wanted = [True] * len(quantities) if scaled is None else scaled
        found: list[list[Numbers | None]] = [[None, None] for _ in quantities]
        for table in self.tables:
            ends = [quantity(table.plan) for quantity in quantities]
            slots = sorted({slot for each in ends if each is not None for slot in each})
            rows = table.rows
            if only is None:
                found_slots = self._run(table, slots)
            else:
                rows, found_slots = self._run_some(table, slots, only)
            held = dict(zip(slots, found_slots, strict=True))
            for place, each in enumerate(ends):
                if each is None:
                    continue
                factor = scale // table.plan.scale if wanted[place] else 1
                low = _scaled(held[each.low], factor)
                high = low if each.exact else _scaled(held[each.high], factor)
                self._put(found[place], rows, low, high)
        return [self._band(low, high) for low, high in found]

    def _put(
        self, into: list[Numbers | None], rows: Numbers | None, low: Numbers, high: Numbers
    ) -> None:
        if rows is None:
            into[:] = [low, high]
            return
        if into[0] is None:
            into[:] = [np.zeros(self.number, np.int64)] * 2
        if into[0] is into[1] and high is not low:
            assert into[0] is not None
            into[1] = into[0].copy()
        for end, values in zip(into, (low, high), strict=True):
            assert end is not None
            end[rows] = values

    def _band(self, low: Numbers | None, high: Numbers | None) -> Band:
        if low is None or high is None:
            nothing = np.zeros(self.number, np.int64)
            return Band(nothing, nothing)
        # ranges that no row has are none
        return Band(low, low) if low is not high and bool((low == high).all()) else Band(low, high)

    def _run(self, table: _Table, slots: Sequence[int]) -> list[Numbers]:
        rows = self.number if table.rows is None else len(table.rows)
        return self._ran(table.plan, slots, table.columns, rows)

    def _run_some(
        self, table: _Table, slots: Sequence[int], only: Numbers
    ) -> tuple[Numbers, list[Numbers]]:
        """The slots for those of the rows that the table scores."""
        if table.rows is None:
            return only, self._ran(table.plan, slots, table.at(only), len(only))
        places = np.flatnonzero(np.isin(table.rows, only))
        found = self._ran(table.plan, slots, table.at(places), len(places))
        return table.rows[places], found

    def _ran(
        self, plan: Plan, slots: Sequence[int], columns: Sequence[Codes], rows: int
    ) -> list[Numbers]:
        if rows <= SMALL:
            return numpy_blocks.run(plan, columns, slots, rows)
        try:
            runner = Runner.of(plan, slots, self.settings.engine, threads=self.settings.threads)
            return cast("list[Numbers]", runner.run(dict(enumerate(columns)), rows))
        except ImportError as error:
            details = {"format": self.settings.engine, "extra": "fast"}
            raise PolicyError([Diagnostic("D415", Source("", ""), None, details)]) from error

    def totals(self, scale: int) -> tuple[Band, Numbers]:
        """The usable totals, and the flags of the whole."""
        total, flags = self.bands(
            [lambda plan: plan.total, lambda plan: Ends(plan.flags, plan.flags)],
            scale,
            [True, False],
        )
        return total, flags.low

    # -- parts, chunk by chunk

    def part_chunks(
        self, ids: Sequence[str], cases: Numbers, scale: int
    ) -> Iterator[tuple[Numbers, dict[str, tuple[Numbers, Numbers]]]]:
        """For chunks of the cases: their places among ``cases``, and points of clauses.

        A clause that a table does not have is left out of its chunks.
        """
        positions = np.full(self.number, -1, np.int64)
        positions[cases] = np.arange(len(cases))
        for table in self.tables:
            rows = np.arange(self.number) if table.rows is None else table.rows
            there = np.flatnonzero(positions[rows] >= 0)
            known = [id_ for id_ in ids if id_ in table.plan.parts]
            slots = sorted({slot for id_ in known for slot in table.plan.parts[id_]})
            factor = scale // table.plan.scale
            for start in range(0, len(there), CHUNK):
                some = there[start : start + CHUNK]
                found = self._ran(table.plan, slots, table.at(some), len(some))
                held = dict(zip(slots, found, strict=True))
                parts = {}
                for id_ in known:
                    ends = table.plan.parts[id_]
                    low = _scaled(held[ends.low], factor)
                    parts[id_] = (low, low if ends.exact else _scaled(held[ends.high], factor))
                yield positions[rows[some]], parts

    # -- ranking

    def scored_rows(
        self, scene: Scene, scale: int, total: Band, flags: Numbers, only: Numbers | None = None
    ) -> ScoredRows:
        """What a scene needs of every row; keys of the rows ``only`` if it is given.

        Raises :class:`PolicyError` (S508, S520).
        """
        if self.warning is None or scene.household is not None or _reads_spouse(scene):
            check_scene(self.policy, scene)
        keys = [key for key in scene.keys if not reads_total(key)]
        for key in keys:
            for table in self.tables:
                if key.column not in table.plan.keys:
                    raise self._unfit(scene, key.text)
        # a key is compared with itself only; those that read scores have the unit of their plan
        scaled = [any(isinstance(x, e.ScoreRef) for x in e.walk(k.expression)) for k in keys]
        bands = self.bands([_key(key.column) for key in keys], scale, scaled, only) if keys else []
        named = {key.column: band for key, band in zip(keys, bands, strict=True)}
        return ScoredRows(total, flags, named, self._takes_part(scene))

    def _takes_part(self, scene: Scene) -> Truths | None:
        """Rows that the condition of the scene does not rule out."""
        if scene.applies_when is None:
            return None
        if any(scene.id not in table.plan.takes_part for table in self.tables):
            raise self._unfit(scene, "适用")
        slots = self.band(lambda plan: Ends(*2 * (plan.takes_part[scene.id],)), 1, False)
        part: Truths = (slots.low & Flag.APPLIES) != 0
        return part

    def _unfit(self, scene: Scene, what: str) -> PolicyError:
        details = {"clause": scene.id, "what": what}
        return PolicyError([Diagnostic("S520", self.policy.source, None, details)])


def _key(name: str) -> Quantity:
    return lambda plan: plan.keys[name]


def _reads_spouse(scene: Scene) -> bool:
    """Whether a key reads the score of the spouse."""
    expressions = [x for key in scene.keys for x in e.walk(key.expression)]
    return any(isinstance(x, e.ScoreRef) and x.role == "spouse" for x in expressions)


def _scaled(values: Numbers, factor: int) -> Numbers:
    if factor == 1 or not len(values):
        return values
    if abs(int(values.min())) < UNBOUNDED and abs(int(values.max())) < UNBOUNDED:
        return values * factor
    finite = np.abs(values) < UNBOUNDED
    # what is missing stays below what has no bound
    return np.where(finite, values * factor, values)


@dataclass
class Scored:
    """The cases of a population under a version: their points, flags and places."""

    sheet: Sheet
    total: Band
    flags: Numbers
    scene: Scene
    ranked: RankedHouseholds
    rows: ScoredRows
    cases: Numbers

    def again(
        self, quota: int | None, ties: Ties | None, total: Band | None = None
    ) -> RankedHouseholds:
        """The ranking with another quota, treatment of ties, or other totals of the rows."""
        rows = self.rows if total is None else replace(self.rows, total=total)
        return rank_households(
            self.scene, self.sheet.rows.population, rows, self.cases, quota, ties, True
        )


def scored(
    sheet: Sheet,
    people: People,
    version: int,
    scale: int,
    scene: Scene,
    quota: int | None,
    ties: Ties | None,
) -> Scored:
    """Score and rank; rows that the evaluator refuses are errors (:class:`PolicyError`)."""
    total, flags = sheet.totals(scale)
    check_refused(sheet, people, version, scene, flags)
    rows = sheet.scored_rows(scene, scale, total, flags)
    ranked = rank_households(scene, sheet.rows.population, rows, people.cases, quota, ties, True)
    cases = people.cases
    return Scored(sheet, total.at(cases), flags[cases], scene, ranked, rows, cases)


def check_refused(sheet: Sheet, people: People, version: int, scene: Scene, flags: Numbers) -> None:
    """Rows that the evaluator refuses are errors (:class:`PolicyError`)."""
    counts = np.zeros(sheet.number, np.bool_)
    counts[people.cases] = True
    if scene.household is not None or len(scene.keys) > 0:
        counts |= sheet.rows.places >= 0  # the spouse's score counts, too
    refused = np.flatnonzero(counts & ((flags & Flag.ERROR.both) != 0))
    if len(refused):
        _raise_refused(sheet.policy, people, version, refused)


def _raise_refused(policy: Policy, people: People, version: int, refused: Numbers) -> None:
    """Says what the exact evaluator says of the first rows."""
    evaluator = Evaluator(policy)
    problems = []
    for row in refused[:20].tolist():
        try:
            evaluator.score(people.case(version, row))
        except PolicyError as error:
            for problem in error.diagnostics:
                details = {**problem.details, "row": people.id(row)}
                problems.append(replace(problem, details=details))
    if len(refused) > len(problems):
        more = {"count": len(refused) - len(problems)}
        problems.append(Diagnostic("D499", None, None, more))
    raise PolicyError(problems)


def scene_of(policy: Policy, name: str | None, quota: int | None, ties: Ties | None) -> Scene:
    """The scene of that name; without one the only one, else everybody by points.

    Raises :class:`PolicyError` (S501) for an unknown name.
    """
    if name is None and len(policy.scenes) != 1:
        return Scene("", BY_POINTS, policy.roots[0], quota=quota, ties=ties or "open")
    return stated_scene(policy, name)


BY_POINTS = "按总分"
"""What a ranking is called that no scene states."""
