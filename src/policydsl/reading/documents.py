"""What a document holds, whatever its format: one text, and in it tables and sections.

Every format is turned into one plain text (``SourceDocument.source``); tables and sections refer to
stretches of it, so that a figure has a line and a character in all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from policydsl.language.diagnostics import Diagnostic, Source
from policydsl.wording.recognising.passages import Passage


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as it stands: ``cells[row][column]``; ``None`` continues a merged cell above or left.

    ``row_of_page`` is unknown for most formats; repeated headers are found by their words.
    """

    cells: tuple[tuple[Passage | None, ...], ...]
    schedule: str = ""
    """附件1, as the text before the table calls it."""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A number of points as a cell states it, and how it was read."""

    value: Fraction
    place: Passage


@dataclass(frozen=True, slots=True)
class Guess:
    """A reading that the program took: what stood there, what it was read as, and why."""

    original: str
    read_as: str
    reason: tuple[str, str]
    place: Passage


@dataclass(frozen=True, slots=True)
class Row:
    """One item of an assessment: whose, what is asked, how many points."""

    number: int
    text: Passage
    marks: Mark | None
    name: Passage | None = None
    guesses: tuple[Guess, ...] = ()
    extra: Mapping[str, Passage] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Holder:
    """A unit or group of a table with its items."""

    name: str
    place: Passage
    total: Mark | None
    rows: tuple[Row, ...]
    kind: Literal["unit", "group", "common", "bonus", "deductions"] = "group"
    guesses: tuple[Guess, ...] = ()
    repeats: tuple[Mark, ...] = ()
    """The total again where the table goes on at the next page."""

    @property
    def sum(self) -> Fraction:
        """What its items add up to."""
        return sum((row.marks.value for row in self.rows if row.marks is not None), Fraction(0))


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """A table of items with points; tables that continue over pages are one."""

    schedule: str
    title: str
    holders: tuple[Holder, ...]

    @property
    def rows(self) -> Sequence[tuple[Holder, Row]]:
        """Every item with its holder."""
        return [(holder, row) for holder in self.holders for row in holder.rows]


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch under a heading: ``path`` is 附件2, 公安分局, 1 or 三, （一）, 2."""

    path: tuple[str, ...]
    heading: str
    passage: Passage
    row: Row | None = None
    holder: Holder | None = None
    mark: Passage | None = None
    """The number in front of the heading: 三、, （一）, 2."""


@dataclass(frozen=True)
class SourceDocument:
    """A document that was read.  ``passage`` is its whole text, tidied up."""

    source: Source
    passage: Passage
    kind: str
    grids: tuple[Grid, ...] = ()
    tables: tuple[ScoreTable, ...] = ()
    sections: tuple[Section, ...] = ()
    notes: tuple[Diagnostic, ...] = ()
