"""Which column of a table is what: id, unit, household, facts …"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.model.policy import Fact, Policy
from policydsl.scoring.columns.tables.reading import texts_of
from policydsl.scoring.columns.tables.sources import Table
from policydsl.scoring.formats import Problems
from policydsl.scoring.tables import COLUMNS, WEIGHT, ColumnNames, FoundColumn, find_columns

ID_COLUMN = COLUMNS["id"][0]


@dataclass(frozen=True)
class Layout:
    """Which column of a table is what.

    ``facts`` by position; ``others``: positions of the kinds of :data:`COLUMNS`, and ``weight``.
    ``judged``: positions of judgements, with the clause.  ``ignored``: those to leave aside.
    """

    titles: tuple[str, ...]
    facts: Mapping[int, Fact]
    others: Mapping[str, int]
    judged: Mapping[int, str]
    ignored: frozenset[int]

    @property
    def households(self) -> bool:
        """Whether rows are put together by household."""
        return "role" in self.others

    @property
    def used(self) -> tuple[int, ...]:
        """The columns that have to be read."""
        return tuple(i for i in range(len(self.titles)) if i not in self.ignored)

    def title(self, kind: str) -> str:
        """What messages call a column that is no fact."""
        position = self.others.get(kind)
        if position is not None:
            return self.titles[position]
        return WEIGHT[0] if kind == "weight" else COLUMNS[kind][0]


def layout_of(policy: Policy, table: Table, ignore: Sequence[str] = ()) -> Layout:
    """The columns of a table; raises :class:`PolicyError` with all that is wrong with them.

    D404, D410, D411, D421, D423; S511 for columns that only the exact evaluator can use.
    """
    problems = Problems(table.name)

    def holds(position: int) -> str | None:
        for batch in table.read([position]):
            texts, _ = texts_of(batch.columns[position])
            rows = np.flatnonzero(np.asarray(texts.is_valid()))
            if len(rows):
                return batch.number(int(rows[0]))
        return None

    found = find_columns(ColumnNames(policy, ignore), table.titles, holds, problems)
    kinds = {column.kind for column in found if column is not None}
    if "role" in kinds and "household" not in kinds:
        problems.add("D421")
    problems.raise_any()
    layout = _layout(table.titles, found)
    for position, clause in layout.judged.items():
        if holds(position) is not None:
            what = (
                f"评定（列“{table.titles[position]}”，条款 {clause}）",
                f"judgements (column “{table.titles[position]}”, clause {clause})",
            )
            raise refused_table("S511", table.name, what=what)
    return layout


def _layout(titles: tuple[str, ...], found: Sequence[FoundColumn | None]) -> Layout:
    facts: dict[int, Fact] = {}
    others: dict[str, int] = {}
    judged: dict[int, str] = {}
    ignored: set[int] = set()
    for position, column in enumerate(found):
        if column is None or column.kind == "ignored":
            ignored.add(position)
        elif column.fact is not None:
            facts[position] = column.fact
        elif column.kind == "judged":
            judged[position] = column.clause or ""
        else:
            others[column.kind] = position
    return Layout(titles, facts, others, judged, frozenset(ignored))


def refused_table(code: str, name: str, **details: object) -> PolicyError:
    """The error of a table as a whole."""
    return PolicyError([Diagnostic(code, Source(name, ""), None, details)])
