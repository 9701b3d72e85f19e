"""Scores of a population: kept as integers, shown as the tables that the exact evaluator gives.

:func:`score_batch` runs the plans on an encoded batch.  What it gives has the same columns as
:func:`policydsl.scoring.results.score_table`, made by whole arrays, and can also be turned into
the evaluator's own :class:`~policydsl.scoring.exact.Score` objects for the few rows that a person
looks at.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from policydsl.language.diagnostics import PolicyError
from policydsl.language.keywords import Language
from policydsl.model.policy import Policy
from policydsl.scoring import results
from policydsl.scoring.cases import Case
from policydsl.scoring.cells import Wrong
from policydsl.scoring.columns.arrays import Codes, Numbers, Truths
from policydsl.scoring.columns.plan import LAST, UNBOUNDED, Ends, Flag, Plan, Slot, bounds
from policydsl.scoring.columns.population import Population, Schema
from policydsl.scoring.columns.tables.encoding import Encoded, Flaw
from policydsl.scoring.columns.tables.reading import Bad
from policydsl.scoring.columns.tables.sources import arrow
from policydsl.scoring.exact import Evaluator, Reason, Score
from policydsl.scoring.ranges import Range
from policydsl.scoring.results import Cell, Column, Unbounded, pick
from policydsl.scoring.tables import CaseTable
from policydsl.scoring.writing import cell_text, harmless, number_cells

if TYPE_CHECKING:
    import pandas as pd


OPEN = 1 << 62
"""Stands for *without bound* in :class:`Points`, negative for the low end."""
ABSENT = LAST + UNBOUNDED
"""Up to this a part of a plan is not scored, and a sum of others is missing."""
REMEMBERED = 100_000
"""So many texts of reasons are kept."""
EXPLAINED = 200
"""So many rows that the evaluator refuses are shown to it, to hear why."""
STATUS_FLAGS = (
    ("suspended", Flag.SUSPENDED),
    ("void", Flag.VOID),
    ("zeroed", Flag.ZEROED),
    ("frozen", Flag.FROZEN),
)


class Planner(Protocol):
    """Makes plans; :mod:`policydsl.scoring.columns.planning.planner` has the real one."""

    def make_plan(
        self,
        policy: Policy,
        schema: Schema,
        *,
        unit: str | None = None,
        entity: str | None = None,
        reasons: bool = False,
    ) -> Plan:
        """The plan for one table."""
        ...

    def columns_of(self, plan: Plan, population: Population) -> list[Codes]:
        """The columns that the plan reads."""
        ...

    def run(
        self, plan: Plan, columns: Sequence[Codes], wanted: Sequence[Slot], rows: int, engine: str
    ) -> list[Numbers]:
        """The wanted slots for all rows."""
        ...


@dataclass(frozen=True)
class Wanted:
    """What is asked for beside the total: groups, items, reasons."""

    groups: bool = True
    items: bool = False
    reasons: bool = False


class Plans:
    """The plans of a policy for one schema, made when they are first needed."""

    def __init__(self, policy: Policy, schema: Schema, planner: Planner, wanted: Wanted):
        self.policy = policy
        self.schema = schema
        self.planner = planner
        self.wanted = wanted
        self.made: dict[tuple[str | None, str | None], Plan] = {}
        self.scale = 1
        self.texts: dict[Any, tuple[str, str]] = {}

    def need(self, tables: Iterable[tuple[str | None, str | None]]) -> None:
        """Make the plans of tables; the common scale may grow."""
        for entity, unit in tables:
            if (entity, unit) not in self.made:
                plan = self.planner.make_plan(
                    self.policy, self.schema, unit=unit, entity=entity,
                    reasons=self.wanted.reasons,
                )  # fmt: skip
                self.made[entity, unit] = plan
                self.scale = math.lcm(self.scale, plan.scale)

    def all_tables(self) -> list[tuple[str | None, str | None]]:
        """Every table that the policy has."""
        found: list[tuple[str | None, str | None]] = []
        for root in self.policy.roots:
            entity = None if len(self.policy.roots) == 1 else root.entity or root.label
            units = [child.label for child in root.children if child.kind == "unit"]
            found += [(entity, unit) for unit in units] or [(entity, None)]
        return found

    def part_ids(self) -> list[str]:
        """The clauses whose points are wanted."""
        ids: list[str] = []
        if self.wanted.groups:
            ids += [id_ for part in results.group_parts(self.policy) for id_ in sorted(part.ids)]
        if self.wanted.items:
            scored = {id_ for plan in self.made.values() for id_ in plan.parts}
            ids += [clause.id for clause in self.policy.items if clause.id in scored]
        return list(dict.fromkeys(ids))


# -- points


@dataclass
class Points:
    """Points of rows in units of ``1 / scale``; an open end is ``±OPEN``.

    ``high`` is the same array as ``low`` where all are single numbers.  ``present``: which rows
    have any; ``None``: all.
    """

    low: Numbers
    high: Numbers
    scale: int
    present: Truths | None = None

    @property
    def exact(self) -> bool:
        """Whether every row has a single number."""
        return self.low is self.high or bool((self.low == self.high).all())

    def range_at(self, row: int) -> Range | None:
        """The points of a row."""
        if self.present is not None and not self.present[row]:
            return None
        low, high = int(self.low[row]), int(self.high[row])
        return Range(
            None if low <= -OPEN else Fraction(low, self.scale),
            None if high >= OPEN else Fraction(high, self.scale),
        )

    def taken(self, rows: Numbers) -> Points:
        """Some of the rows."""
        low = self.low[rows]
        high = low if self.low is self.high else self.high[rows]
        return Points(low, high, self.scale, None if self.present is None else self.present[rows])


class _Gathering:
    """Points of one quantity put together from the tables that score parts of the rows."""

    def __init__(self, rows: int, scale: int):
        self.rows = rows
        self.scale = scale
        self.low = np.zeros(rows, np.int64)
        self.high: Numbers | None = None
        self.present: Truths | None = np.zeros(rows, np.bool_)

    def put(self, where: Numbers, factor: int, low: Numbers, high: Numbers) -> None:
        """Take the ends of some rows, in units of a plan; those that are not scored stay empty."""
        if len(high) and int(high.min()) <= ABSENT:
            scored = high > ABSENT
            low, high = low[scored], low[scored] if high is low else high[scored]
            where = where[scored]
        self.low[where] = _scaled(low, factor)
        if self.high is not None or high is not low:
            if self.high is None:
                self.high = self.low.copy()
            self.high[where] = _scaled(high, factor)
        if self.present is not None:
            self.present[where] = True

    def points(self) -> Points:
        present = self.present
        if present is not None and present.all():
            present = None
        return Points(self.low, self.low if self.high is None else self.high, self.scale, present)


def _scaled(values: Numbers, factor: int) -> Numbers:
    if not len(values):
        return values
    if int(values.min()) > -UNBOUNDED and int(values.max()) < UNBOUNDED:
        return values if factor == 1 else values * factor
    result = np.where(values >= UNBOUNDED, OPEN, values * factor)
    return np.where(values <= -UNBOUNDED, -OPEN, result)


# -- a batch


@dataclass
class Scores:
    """Scores of the cases of a batch, in their order.  ``rows`` of the population.

    ``parts`` by clause, ``blends`` by id.  ``reasons`` by the plan that gave them: for each slot
    its codes.  ``refused`` are rows that the evaluator refuses.
    """

    policy: Policy
    encoded: Encoded
    rows: Numbers
    places: npt.NDArray[np.int32]
    plans: list[Plan]
    total: Points
    points: Points
    flags: Numbers
    parts: dict[str, Points]
    blends: dict[str, Points]
    reasons: list[dict[Slot, Numbers]] = field(default_factory=list)
    """By table, for its own rows in order."""
    wanted: Wanted = field(default_factory=Wanted)
    texts: dict[Any, tuple[str, str]] = field(default_factory=dict)
    """Texts of reasons that were worded already, shared by the batches of a run."""

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def weights(self) -> Numbers | None:
        """For how many persons each case stands."""
        weights = self.encoded.population.weights
        return None if weights is None else weights[self.rows]


def score_batch(encoded: Encoded, plans: Plans, engine: str = "auto") -> Scores:
    """Score the cases of a batch; rows that the evaluator refuses become flaws of the batch."""
    plans.need(encoded.tables[i] for i in sorted(set(encoded.places.tolist())))
    ids = plans.part_ids()
    count = len(encoded.cases)
    gather: dict[str, _Gathering] = {}
    flags = np.zeros(count, np.int64)
    kept_reasons: list[dict[Slot, Numbers]] = []
    used: list[Plan] = []
    numbers = np.zeros(count, np.int32)
    for table, key in enumerate(encoded.tables):
        where = np.flatnonzero(encoded.places == table)
        if not len(where):
            continue
        plan = plans.made[key]
        numbers[where] = len(used)
        quantities = _quantities(plan, ids)
        slots = {slot for ends in quantities.values() for slot in ends} | {plan.flags}
        slots |= set(plan.reasons) if plans.wanted.reasons else set()
        order = sorted(slots)
        rows = encoded.cases[where]
        columns = plans.planner.columns_of(plan, encoded.population)
        if len(rows) != encoded.population.rows or (rows != np.arange(len(rows))).any():
            columns = [column[rows] for column in columns]
        held = dict(
            zip(order, plans.planner.run(plan, columns, order, len(rows), engine), strict=True)
        )
        factor = plans.scale // plan.scale
        for name, ends in quantities.items():
            gathering = gather.setdefault(name, _Gathering(count, plans.scale))
            gathering.put(where, factor, held[ends.low], held[ends.high])
        flags[where] = held[plan.flags]
        kept_reasons.append({slot: held[slot] for slot in plan.reasons if slot in held})
        used.append(plan)
    found = {name: gathering.points() for name, gathering in gather.items()}
    empty = np.zeros(count, np.int64)
    nothing = Points(empty, empty, plans.scale)
    scores = Scores(
        plans.policy, encoded, encoded.cases, numbers, used,
        found.pop("total", nothing), found.pop("points", nothing), flags,
        {name[5:]: x for name, x in found.items() if name.startswith("part:")},
        {name[6:]: x for name, x in found.items() if name.startswith("blend:")},
        kept_reasons, plans.wanted, plans.texts,
    )  # fmt: skip
    return _without_refused(scores)


def _quantities(plan: Plan, ids: Sequence[str]) -> dict[str, Ends]:
    named = {"total": plan.total, "points": plan.points}
    named |= {f"part:{id_}": plan.parts[id_] for id_ in ids if id_ in plan.parts}
    return named | {f"blend:{id_}": ends for id_, ends in plan.blends.items()}


def _without_refused(scores: Scores) -> Scores:
    """Rows that the evaluator refuses (a division by zero, say) are flaws, not scores."""
    refused = np.flatnonzero(scores.flags & Flag.ERROR.both)
    if not len(refused):
        return scores
    encoded = scores.encoded
    evaluator = Evaluator(scores.policy)
    wrongs: list[Wrong] = []
    for place in refused[:EXPLAINED].tolist():
        try:
            evaluator.score(encoded.case(int(scores.rows[place])))
        except PolicyError as error:
            problem = error.diagnostics[0]
            details = {k: v for k, v in problem.details.items() if k != "row"}
            wrongs.append(Wrong(problem.code, **details))
        else:
            number = encoded.number(int(scores.rows[place]))
            raise AssertionError(f"the plan refuses row {number}, the evaluator does not")
    if len(refused) > len(wrongs):
        wrongs.append(Wrong("S513"))
    which = np.minimum(np.arange(len(refused)), len(wrongs) - 1)
    rows = encoded.rows[scores.rows[refused]]
    order = np.argsort(rows)
    bad = Bad(rows[order], which[order], wrongs)
    encoded.flaws.append(Flaw(len(encoded.batch.columns) + 1, "", bad))
    keep = np.ones(len(scores), np.bool_)
    keep[refused] = False
    return chosen_scores(scores, np.flatnonzero(keep))


def chosen_scores(scores: Scores, keep: Numbers) -> Scores:
    """Some of the cases."""
    reasons = []
    for table, codes in enumerate(scores.reasons):
        own = np.flatnonzero(scores.places == table)
        stay = np.isin(own, keep)
        reasons.append({slot: values[stay] for slot, values in codes.items()})
    return Scores(
        scores.policy, scores.encoded, scores.rows[keep], scores.places[keep], scores.plans,
        scores.total.taken(keep), scores.points.taken(keep), scores.flags[keep],
        {id_: points.taken(keep) for id_, points in scores.parts.items()},
        {id_: points.taken(keep) for id_, points in scores.blends.items()},
        reasons, scores.wanted, scores.texts,
    )  # fmt: skip


# -- back to the evaluator's own objects


def score_objects(scores: Scores) -> list[Score]:
    """A :class:`Score` for each case, for tables that a person looks at."""
    known: dict[tuple[int, int, int], Range] = {}

    def ranges(points: Points) -> list[Range | None]:
        lows, highs = points.low.tolist(), points.high.tolist()
        there = points.present
        result: list[Range | None] = []
        for row, (low, high) in enumerate(zip(lows, highs, strict=True)):
            if there is not None and not there[row]:
                result.append(None)
                continue
            key = (low, high, points.scale)
            value = known.get(key)
            if value is None:
                value = points.range_at(row)
                assert value is not None
                known[key] = value
            result.append(value)
        return result

    totals, points = ranges(scores.total), ranges(scores.points)
    parts = {id_: ranges(found) for id_, found in scores.parts.items()}
    blends = {id_: ranges(found) for id_, found in scores.blends.items()}
    reasons = _reasons(scores)
    made = []
    for row in range(len(scores)):
        flags = int(scores.flags[row])
        total, before = totals[row], points[row]
        assert total is not None
        assert before is not None
        own = {id_: found for id_, values in parts.items() if (found := values[row]) is not None}
        made.append(
            Score(
                scores.encoded.id(int(scores.rows[row])), total, before, MappingProxyType(own),
                reasons[row], *_flags(flags),
                MappingProxyType({id_: values[row] for id_, values in blends.items()}),
            )
        )  # fmt: skip
    return made


def _flags(flags: int) -> tuple[tuple[Any, ...], Any, bool | None]:
    """Statuses, veto and eligibility as a :class:`Score` has them."""
    statuses = tuple(name for name, flag in STATUS_FLAGS if flags & flag.certain)
    vetoed = "yes" if flags & Flag.VETO.certain else "maybe" if flags & Flag.VETO else "no"
    eligible: bool | None = True
    if flags & Flag.EXCLUDED.certain:
        eligible = False
    elif flags & (Flag.EXCLUDED | Flag.NOT_CHECKED.both):
        eligible = None
    return statuses, vetoed, eligible


def _reasons(scores: Scores) -> list[tuple[Reason, ...]]:
    """The reasons of each case."""
    found: list[tuple[Reason, ...]] = [()] * len(scores)
    for own, places, groups in _by_reasons(scores):
        made = [_united(plan_reasons) for plan_reasons in groups]
        for row, place in zip(own.tolist(), places.tolist(), strict=True):
            found[row] = made[place]
    return found


def _united(parts: Iterable[tuple[Reason, ...]]) -> tuple[Reason, ...]:
    return tuple(dict.fromkeys(reason for part in parts for reason in part))


Groups = list[tuple[tuple[Reason, ...], ...]]


def _by_reasons(scores: Scores) -> Iterator[tuple[Numbers, Numbers, Groups]]:
    """For each table its rows, which group each is in, and the reasons that a group has."""
    for table, codes in enumerate(scores.reasons):
        own = np.flatnonzero(scores.places == table)
        plan = scores.plans[table]
        slots = [slot for slot in plan.reasons if slot in codes]
        places, first = _groups([codes[slot] for slot in slots], len(own))
        columns = [
            [plan.reasons[slot][code] for code in codes[slot][first].tolist()] for slot in slots
        ]
        yield own, places, list(zip(*columns, strict=True)) if slots else [()] * len(first)


def _groups(columns: Sequence[Numbers], rows: int) -> tuple[Numbers, Numbers]:
    """For each row the number of those that are alike in all columns, and the first of each."""
    packed = np.zeros(rows, np.int64)
    room = 1
    for column in columns:
        if not rows:
            break
        span = int(column.max()) + 1
        if span == 1:
            continue
        if room * span >= 1 << 62:
            packed = np.unique(packed, return_inverse=True)[1].astype(np.int64)
            room = int(packed.max()) + 1
        packed = packed * span + column
        room *= span
    _, first, places = np.unique(packed, return_index=True, return_inverse=True)
    return places.astype(np.int64), first.astype(np.int64)


# -- columns of a result


@dataclass
class End:
    """One end of points as the cells of a column."""

    values: Numbers
    scale: int
    present: Truths | None
    low: bool = False

    def distinct(self) -> tuple[npt.NDArray[np.integer], list[Cell]]:
        """Places in the distinct cells, and these."""
        values = self.values
        if self.present is not None:
            values = np.where(self.present, values, -OPEN - 1)
        found, places = np.unique(values, return_inverse=True)
        cells: list[Cell] = []
        for value in found.tolist():
            if value == -OPEN - 1:
                cells.append(None)
            elif abs(value) >= OPEN:
                cells.append(Unbounded(value < 0))
            else:
                cells.append(Fraction(value, self.scale))
        return places, cells


@dataclass
class Out:
    """A column of a result: ends of points, or an Arrow array of texts or whole numbers."""

    column: Column
    cells: Any
    texts: bool | None = None
    """Whether points are to be texts; ``None``: the cells decide."""


def who(encoded: Encoded, cases: Numbers, fixed: bool = False) -> list[tuple[str, str, Any]]:
    """(key, Chinese title, texts) of what says who a case is; ``fixed``: empty columns too.

    ``cases``: their rows of the population.
    """
    pa = arrow()
    rows = pa.array(cases)
    ids = encoded.texts.get("id")
    if ids is None:
        numbers = encoded.rows[cases]
        if encoded.batch.numbers is None:
            shown = pa.array(numbers + (encoded.batch.first + 1)).cast(pa.string())
        else:
            shown = pa.array([encoded.batch.number(int(row)) for row in numbers], pa.string())
    else:
        shown = ids.take(rows)
    found = [("id", "编号", shown)]
    for key, zh in (("name", "姓名"), ("household", "户号"), ("unit", "单位"), ("entity", "对象")):
        texts = encoded.texts.get(key)
        if texts is not None:
            taken = texts.take(rows)
            if fixed or taken.null_count < len(taken):
                found.append((key, zh, taken))
    return found


def result_columns(
    scores: Scores, language: Language = "zh", fixed: Mapping[str, Shape] | None = None
) -> list[Out]:
    """The columns of :func:`policydsl.scoring.results.score_table`, for the cases of a batch.

    ``fixed`` says for each quantity what it may be (:func:`shapes_of`), so that all batches get
    the same columns; without it the cases at hand decide.
    """
    policy = scores.policy
    made: list[Out] = []

    def add(
        key: str, title: str, cells: Any, kind: Any = "text", texts: bool | None = None
    ) -> None:
        if any(out.column.title == title for out in made):
            title = f"{title}（{key}）"
        made.append(Out(Column(key, title, kind), cells, texts))

    def ends(key: str, title: str, points: Points, name: str, always: bool = False) -> None:
        exact = points.exact
        present = points.present
        single = present
        if not exact:
            same = points.low == points.high
            single = same if present is None else same & present
        shape = Shape(not exact) if fixed is None else fixed.get(name, Shape())
        texts = None if fixed is None else shape.open
        add(key, title, End(points.low, points.scale, single), "points",
            None if fixed is None else False)  # fmt: skip
        if always or shape.ranges:
            space = "" if always and language == "zh" else " "
            for end, zh, en, values in (
                ("low", "下限", "low", points.low),
                ("high", "上限", "high", points.high),
            ):
                cells = End(values, points.scale, present, end == "low")
                shown = pick(language, f"{title}{space}{zh}", f"{title} {en}")
                add(f"{key}_{end}", shown, cells, "points", texts)

    for key, zh, texts in who(scores.encoded, scores.rows, fixed is not None):
        add(key, pick(language, zh, key), texts)
    ends("score", pick(language, "得分", "score"), scores.total, "total", True)
    assumed, why = _texts_of_reasons(scores, language)
    if assumed is not None:
        add("assumptions", pick(language, "假设", "assumptions"), assumed)
    for part in _parts(scores, language, fixed is not None):
        points = _part_points(scores, part.ids)
        ends(part.key, part.title, points, f"part:{part.key}")
    add("status", pick(language, "状态", "status"), _status_texts(scores, language))
    for blend in policy.blends:
        if blend.id in scores.blends:
            label = blend.clause.english if language == "en" else None
            title = label or blend.clause.name or blend.clause.label
            ends(blend.id, title, scores.blends[blend.id], f"blend:{blend.id}")
    if why is not None:
        add("reasons", pick(language, "原因", "reasons"), why)
    return made


def _parts(scores: Scores, language: Language, fixed: bool) -> list[results.Part]:
    found: list[results.Part] = []
    if scores.wanted.groups:
        found += results.group_parts(scores.policy, language)
    if scores.wanted.items:
        used = set(scores.parts)
        if not fixed:
            used = {i for i, p in scores.parts.items() if p.present is None or p.present.any()}
        found += results.item_parts_of(scores.policy, used, language)
    return found


def _part_points(scores: Scores, ids: Iterable[str]) -> Points:
    """The points of a part, of which each case has one clause at most."""
    known = [scores.parts[id_] for id_ in sorted(ids) if id_ in scores.parts]
    if len(known) == 1:
        return known[0]
    gathering = _Gathering(len(scores), scores.total.scale)
    for points in known:
        there = np.arange(len(scores)) if points.present is None else np.flatnonzero(points.present)
        low = points.low[there]
        gathering.put(there, 1, low, low if points.low is points.high else points.high[there])
    return gathering.points()


def _status_texts(scores: Scores, language: Language) -> Any:
    """The words for statuses, made once for each combination that occurs."""
    pa = arrow()
    count = len(scores)
    special = np.flatnonzero(scores.flags)
    if not len(special):
        return pa.array([""], pa.string()).take(pa.array(np.zeros(count, np.int64)))
    total, points = scores.total, scores.points
    columns = [scores.flags, points.low, points.high, total.low, total.high]
    keys, first = _groups([_ranked(column[special]) for column in columns], len(special))
    words = [""]
    for place in special[first].tolist():
        usable, before = total.range_at(place), points.range_at(place)
        assert usable is not None
        assert before is not None
        score = Score("", usable, before, _NO_PARTS, (), *_flags(int(scores.flags[place])))
        words.append(results.status_text(score, language))
    places = np.zeros(count, np.int64)
    places[special] = keys + 1
    return pa.array(words, pa.string()).take(pa.array(places))


_NO_PARTS: Mapping[str, Range] = MappingProxyType({})


def _ranked(values: Numbers) -> Numbers:
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def _texts_of_reasons(scores: Scores, language: Language) -> tuple[Any, Any]:
    """The texts of assumptions and of the other reasons; ``None`` where they are not wanted."""
    pa = arrow()
    policy = scores.policy
    count = len(scores)
    if not scores.wanted.reasons:
        if not policy.assumed:
            return None, None
        # what rests on an assumption set says so in every row
        text = pick(language, "；", "; ").join(policy.assumed)
        return pa.array([text], pa.string()).take(pa.array(np.zeros(count, np.int64))), None
    places = np.zeros(count, np.int64)
    assumed: list[str] = []
    why: list[str] = []
    for own, groups, reasons in _by_reasons(scores):
        places[own] = groups + len(why)
        for parts in reasons:
            key = (language, parts)
            if key not in scores.texts:
                if len(scores.texts) > REMEMBERED:
                    scores.texts.clear()
                scores.texts[key] = _wording(policy, _united(parts), language)
            for texts, text in zip((assumed, why), scores.texts[key], strict=True):
                texts.append(text)
    at = pa.array(places)
    return pa.array(assumed, pa.string()).take(at), pa.array(why, pa.string()).take(at)


def _wording(policy: Policy, reasons: tuple[Reason, ...], language: Language) -> tuple[str, str]:
    zero = Range.exactly(0)
    score = Score("", zero, zero, _NO_PARTS, reasons)
    return (
        results.assumption_text(score, policy, language),
        results.reason_text(policy, reasons, language),
    )


@dataclass(frozen=True)
class Shape:
    """What a quantity may be for some row: a range, without bound."""

    ranges: bool = False
    open: bool = False

    def __or__(self, other: Shape) -> Shape:
        return Shape(self.ranges or other.ranges, self.open or other.open)


def shapes_of(plans: Plans) -> dict[str, Shape]:
    """For each quantity of a result (``total``, ``part:…``, ``blend:…``) what it may be."""
    found: dict[str, Shape] = {}
    groups = {id_: part.key for part in results.group_parts(plans.policy) for id_ in part.ids}
    for plan in plans.made.values():
        held, _ = bounds(plan)
        named = [("total", plan.total)]
        named += [(f"part:{id_}", ends) for id_, ends in plan.parts.items()]
        named += [(f"part:{groups[id_]}", plan.parts[id_]) for id_ in groups if id_ in plan.parts]
        named += [(f"blend:{id_}", ends) for id_, ends in plan.blends.items()]
        for name, ends in named:
            unbounded = held[ends.high].high >= UNBOUNDED or held[ends.low].low <= -UNBOUNDED
            shape = Shape(not ends.exact, unbounded)
            found[name] = found.get(name, Shape()) | shape
    return found


# -- columns → Arrow, CSV, DataFrame


def decimal_places(scale: int) -> int | None:
    """Places that hold every multiple of ``1 / scale``; ``None``: no finite number does."""
    rest, twos, fives = scale, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None


def arrow_column(out: Out, language: Language = "zh") -> Any:
    """A column as an Arrow array: decimals of 38 digits for points, texts where they are none."""
    pa = arrow()
    if not isinstance(out.cells, End):
        return out.cells
    ends = out.cells
    there = ends.values if ends.present is None else ends.values[ends.present]
    places = decimal_places(ends.scale)
    texts = out.texts
    if texts is None:
        texts = places is None or bool(len(there) and np.abs(there).max() >= OPEN)
    if texts or places is None:
        at, cells = ends.distinct()
        shown = [None if c is None else cell_text(c, language) for c in cells]
        return pa.array(shown, pa.string()).take(pa.array(at.astype(np.int64)))
    factor = 10**places // ends.scale
    values = ends.values * factor
    if ends.present is not None:
        values = np.where(ends.present, values, 0)
    if out.texts is None:  # all rows are here: as many places as they need
        while places and not (values % 10).any():
            values, places = values // 10, places - 1
    return decimals(values, places, ends.present)


def decimals(values: Numbers, places: int, present: Truths | None = None) -> Any:
    """Whole numbers of units of ``10 ** -places`` as a decimal128 array."""
    pa = arrow()
    words = np.empty((len(values), 2), np.int64)
    words[:, 0] = values
    words[:, 1] = values >> 63
    mask = None
    if present is not None:
        packed = np.packbits(present, bitorder="little")
        mask = pa.py_buffer(packed.tobytes())
    buffers = [mask, pa.py_buffer(words.tobytes())]
    return pa.Array.from_buffers(pa.decimal128(38, places), len(values), buffers)


def csv_head(columns: Sequence[Out]) -> str:
    """The titles as a line of CSV."""
    stream = io.StringIO()
    csv.writer(stream).writerow([harmless(out.column.title) for out in columns])
    return stream.getvalue()


def csv_text(columns: Sequence[Out], language: Language = "zh") -> str:
    """The rows as CSV, as :func:`policydsl.scoring.writing.to_csv` writes a table."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    lists: list[list[str]] = []
    for out in columns:
        if isinstance(out.cells, End):
            at, cells = out.cells.distinct()
            shown = [cell_text(cell, language) for cell in cells]
            lists.append([shown[i] for i in at.tolist()])
        else:
            encoded = out.cells.dictionary_encode()
            known = encoded.dictionary.to_pylist()
            shown = ["" if t is None else harmless(str(t)) for t in known]
            shown.append("")
            places = np.asarray(encoded.indices.fill_null(len(shown) - 1))
            lists.append([shown[i] for i in places.tolist()])
    writer.writerows(zip(*lists, strict=True))
    return stream.getvalue()


def frame_of(columns: Sequence[Out], scaled: bool = False) -> pd.DataFrame:
    """The columns as a DataFrame; points are ``Decimal``, or with ``scaled`` whole numbers.

    ``attrs["scale"]``: so many of these are one point.
    """
    import pandas as pd

    made: dict[str, Any] = {}
    scale = 1
    for out in columns:
        if not isinstance(out.cells, End):
            if out.column.kind == "integer":
                there = np.asarray(out.cells.is_valid())
                numbers = np.asarray(out.cells.fill_null(0))
                made[out.column.title] = pd.Series(pd.arrays.IntegerArray(numbers, ~there))
                continue
            texts = out.cells.to_numpy(zero_copy_only=False)
            made[out.column.title] = pd.Series(texts, dtype=object)
            continue
        scale = out.cells.scale
        if scaled:
            values = pd.array(out.cells.values, dtype="Int64")
            gone = np.abs(out.cells.values) >= OPEN
            if out.cells.present is not None:
                gone |= ~out.cells.present
            if gone.any():
                values[gone] = pd.NA
            made[out.column.title] = values
            continue
        at, cells = out.cells.distinct()
        shown = np.empty(len(cells), object)
        shown[:] = number_cells(cells)
        made[out.column.title] = pd.Series(shown[at], dtype=object)
    frame = pd.DataFrame(made)
    if scaled:
        frame.attrs["scale"] = scale
    return frame


def case_table(scores: Scores, name: str) -> CaseTable:
    """The cases by id, without their facts, for what shows results."""
    encoded = scores.encoded
    lists = {
        kind: texts.take(arrow().array(scores.rows)).to_pylist()
        for kind, texts in encoded.texts.items()
    }
    empty: list[None] = [None] * len(scores)
    cases, labels, rows = [], {}, {}
    for i, row in enumerate(scores.rows.tolist()):
        id_ = encoded.id(row)
        cases.append(
            Case(id_, unit=lists.get("unit", empty)[i], entity=lists.get("entity", empty)[i],
                 household=lists.get("household", empty)[i])
        )  # fmt: skip
        label = lists.get("name", empty)[i]
        if label is not None:
            labels[id_] = label
        rows[id_] = encoded.number(row)
    return CaseTable(name, tuple(cases), MappingProxyType(labels), MappingProxyType(rows))
