"""Scores of columns as the evaluator's own objects, for the few rows that a person looks at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from policydsl.scoring.cases import Case
from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.plan import Flag
from policydsl.scoring.columns.scored.batch import Scores
from policydsl.scoring.columns.scored.points import Points
from policydsl.scoring.columns.tables.sources import arrow
from policydsl.scoring.exact import Reason, Score
from policydsl.scoring.ranges import Range
from policydsl.scoring.tables import CaseTable

STATUS_FLAGS = (
    ("suspended", Flag.SUSPENDED),
    ("void", Flag.VOID),
    ("zeroed", Flag.ZEROED),
    ("frozen", Flag.FROZEN),
)


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
                reasons[row], *statuses_of(flags),
                MappingProxyType({id_: values[row] for id_, values in blends.items()}),
            )
        )  # fmt: skip
    return made


def statuses_of(flags: int) -> tuple[tuple[Any, ...], Any, bool | None]:
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
    for own, places, groups in grouped_by_reasons(scores):
        made = [united(plan_reasons) for plan_reasons in groups]
        for row, place in zip(own.tolist(), places.tolist(), strict=True):
            found[row] = made[place]
    return found


def united(parts: Iterable[tuple[Reason, ...]]) -> tuple[Reason, ...]:
    """All reasons of several slots, each once."""
    return tuple(dict.fromkeys(reason for part in parts for reason in part))


Groups = list[tuple[tuple[Reason, ...], ...]]


def grouped_by_reasons(scores: Scores) -> Iterator[tuple[Numbers, Numbers, Groups]]:
    """For each table its rows, which group each is in, and the reasons that a group has."""
    for table, codes in enumerate(scores.reasons):
        own = np.flatnonzero(scores.places == table)
        plan = scores.plans[table]
        slots = [slot for slot in plan.reasons if slot in codes]
        places, first = alike_rows([codes[slot] for slot in slots], len(own))
        columns = [
            [plan.reasons[slot][code] for code in codes[slot][first].tolist()] for slot in slots
        ]
        yield own, places, list(zip(*columns, strict=True)) if slots else [()] * len(first)


def alike_rows(columns: Sequence[Numbers], rows: int) -> tuple[Numbers, Numbers]:
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
