"""What cannot be scored: counted by kind, the first ones in full, all of them in a file if asked.

A row with a problem is never scored, nor is a household with such a row.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.language.keywords import Language
from policydsl.scoring.columns.tables.encoded import Encoded
from policydsl.scoring.columns.tables.sources import Batch, Mixed
from policydsl.scoring.formats import DEFAULT_LIMITS
from policydsl.scoring.results import pick
from policydsl.scoring.writing import harmless

_NUMBER = re.compile(r"[+-]?[\d.,]+%?", re.ASCII)


@dataclass
class Rejects:
    """The problems of a table.  ``counts`` by code, ``rows`` that are not scored."""

    name: str
    limit: int = DEFAULT_LIMITS.problems
    counts: dict[str, int] = field(default_factory=dict)
    rows: int = 0
    found: list[Diagnostic] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.counts)

    @property
    def problems(self) -> int:
        """How many there are."""
        return sum(self.counts.values())

    def take(self, encoded: Encoded) -> None:
        """Count the problems of a batch, and keep the first ones."""
        dropped = np.zeros(encoded.batch.rows, np.bool_)
        for flaw in encoded.flaws:
            dropped[flaw.bad.rows] = True
            for which, count in zip(*np.unique(flaw.bad.which, return_counts=True), strict=True):
                code = flaw.bad.wrongs[int(which)].code
                self.counts[code] = self.counts.get(code, 0) + int(count)
        broken = len(encoded.batch.broken)
        if broken:
            self.counts["D417"] = self.counts.get("D417", 0) + broken
        self.rows += int(dropped.sum()) + broken
        if len(self.found) < self.limit:
            for _, problem in problems_of(encoded, self.name, self.limit - len(self.found)):
                self.found.append(problem)

    def error(self) -> PolicyError:
        """The problems as an error, with the number of those that are not shown."""
        more = self.problems - len(self.found)
        rest = Diagnostic("D499", Source(self.name, ""), None, {"count": more})
        return PolicyError([*self.found, *([rest] if more > 0 else [])])

    def raise_any(self) -> None:
        """Raise :class:`PolicyError` when there is any problem."""
        if self:
            raise self.error()

    def merge(self, other: Rejects) -> None:
        """Add the problems of another part of the table."""
        for code, count in other.counts.items():
            self.counts[code] = self.counts.get(code, 0) + count
        self.rows += other.rows
        self.found.extend(other.found[: self.limit - len(self.found)])

    # -- in a run record

    def as_record(self) -> dict[str, object]:
        """For JSON."""
        return {
            "rows": self.rows,
            "counts": self.counts,
            "found": [[p.code, {k: _plain(v) for k, v in p.details.items()}] for p in self.found],
        }

    @classmethod
    def from_record(cls, name: str, record: Mapping[str, Any]) -> Rejects:
        """What :meth:`as_record` gave."""
        found = [
            Diagnostic(code, Source(name, ""), None,
                       {k: tuple(v) if isinstance(v, list) else v for k, v in details.items()})
            for code, details in record["found"]
        ]  # fmt: skip
        return cls(name, DEFAULT_LIMITS.problems, dict(record["counts"]), record["rows"], found)


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def problems_of(
    encoded: Encoded, name: str, limit: int | None = None
) -> Iterator[tuple[tuple[int, int], Diagnostic]]:
    """The problems of a batch in the order of its rows, each with (row, position of the column).

    Rows that do not fit the head come first, as row −1.
    """
    source = Source(name, "")
    for broken in encoded.batch.broken[:limit]:
        details = {"row": broken.number, "found": broken.found, "wanted": broken.wanted}
        yield (-1, -1), Diagnostic("D417", source, None, details)
    flaws = encoded.flaws
    if not flaws:
        return
    rows = np.concatenate([flaw.bad.rows for flaw in flaws])
    numbers = np.repeat(np.arange(len(flaws)), [len(flaw.bad) for flaw in flaws])
    entries = np.concatenate([np.arange(len(flaw.bad)) for flaw in flaws])
    positions = np.array([flaw.position for flaw in flaws])[numbers]
    order = np.lexsort((numbers, positions, rows))
    if limit is not None:
        order = order[: max(0, limit - len(encoded.batch.broken))]
    for place in order.tolist():
        flaw = flaws[numbers[place]]
        row = int(rows[place])
        code, details = flaw.details(int(entries[place]), encoded.batch.number(row))
        yield (row, flaw.position), Diagnostic(code, source, None, details)


def head(titles: Sequence[str], language: Language) -> list[str]:
    """The first line of a rejects file."""
    own = [("行", "row"), ("列", "column"), ("值", "value"), ("代码", "code"), ("问题", "problem")]
    return [*(pick(language, *words) for words in own), *map(harmless, titles)]


def reject_lines(
    encoded: Encoded, name: str, titles: Sequence[str], language: Language = "zh"
) -> str:
    """The lines of a rejects file for a batch: each problem, and the row as it stands."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    batch = encoded.batch
    broken = iter(batch.broken)
    cells: list[str] = []
    last = -1
    for (row, position), problem in problems_of(encoded, name):
        message = problem.message(language)
        if row < 0:
            bad = next(broken)
            writer.writerow([bad.number, "", "", problem.code, message, _safe(bad.text)])
            continue
        if row != last:
            cells, last = [_cell(batch, i, row) for i in range(len(titles))], row
        column = problem.details.get("column", "")
        value = cells[position] if position < len(titles) else ""
        writer.writerow(
            [batch.number(row), _safe(str(column)), value, problem.code, message, *cells]
        )
    return stream.getvalue()


def _cell(batch: Batch, position: int, row: int) -> str:
    column = batch.columns.get(position)
    if column is None:
        return ""
    if isinstance(column, Mixed):
        place = int(column.indices[row])
        value = None if place < 0 else column.values[place]
    else:
        value = column[row].as_py()
    return "" if value is None else _safe(str(value))


def _safe(text: str) -> str:
    return text if _NUMBER.fullmatch(text) else harmless(text)
