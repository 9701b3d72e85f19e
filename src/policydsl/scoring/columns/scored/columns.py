"""Scores of columns as the columns of a result, made by whole arrays.

They are those of :func:`policydsl.scoring.results.score_table`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from policydsl.language.keywords import Language
from policydsl.model.policy import Policy
from policydsl.scoring import results
from policydsl.scoring.columns.arrays import Numbers, Truths
from policydsl.scoring.columns.plan import UNBOUNDED, bounds
from policydsl.scoring.columns.scored.batch import Scores
from policydsl.scoring.columns.scored.objects import (
    alike_rows,
    grouped_by_reasons,
    statuses_of,
    united,
)
from policydsl.scoring.columns.scored.plans import Plans
from policydsl.scoring.columns.scored.points import OPEN, Gathering, Points
from policydsl.scoring.columns.tables.encoded import Encoded
from policydsl.scoring.columns.tables.sources import arrow
from policydsl.scoring.exact import Reason, Score
from policydsl.scoring.ranges import Range
from policydsl.scoring.results import Cell, Column, Unbounded, pick

REMEMBERED = 100_000
"""So many texts of reasons are kept."""


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
    gathering = Gathering(len(scores), scores.total.scale)
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
    keys, first = alike_rows([_ranked(column[special]) for column in columns], len(special))
    words = [""]
    for place in special[first].tolist():
        usable, before = total.range_at(place), points.range_at(place)
        assert usable is not None
        assert before is not None
        score = Score("", usable, before, _NO_PARTS, (), *statuses_of(int(scores.flags[place])))
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
    for own, groups, reasons in grouped_by_reasons(scores):
        places[own] = groups + len(why)
        for parts in reasons:
            key = (language, parts)
            if key not in scores.texts:
                if len(scores.texts) > REMEMBERED:
                    scores.texts.clear()
                scores.texts[key] = _wording(policy, united(parts), language)
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
