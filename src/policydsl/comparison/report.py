"""What a comparison says, as tables of texts: the one form behind every output.

A cell is a column of lines with roles, so that a page can set sources small and a terminal can
leave them out.  Nothing here knows HTML, Word or Excel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Role = Literal["main", "text", "small", "source", "open", "assumed", "flag", "gap", "number"]
"""``source``: where it is written; ``flag``: kinds of difference; ``gap``: there is none."""


@dataclass(frozen=True)
class Line:
    """A line of a cell."""

    text: str
    role: Role = "text"


Cell = tuple[Line, ...]
EMPTY: Cell = ()


def cell(text: object = "", role: Role = "text") -> Cell:
    """A cell of one line."""
    return (Line(str(text), role),) if text not in ("", None) else EMPTY


def number(text: object) -> Cell:
    """A cell with a number."""
    return cell(text, "number")


@dataclass(frozen=True)
class Head:
    """A column: ``wide`` ones hold rules; ``scheme`` is the number of the scheme it is about."""

    title: str
    kind: Literal["text", "number"] = "text"
    wide: bool = False
    scheme: int | None = None


@dataclass(frozen=True)
class Table:
    """``fixed``: how many columns at the left stand beside any choice of the others.

    ``brief``: whether a terminal shows it.
    """

    id: str
    title: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    fixed: int = 1
    brief: bool = True


@dataclass(frozen=True)
class Picture:
    """A drawing of the figures ``rows`` (records); ``kind`` is how it is drawn."""

    id: str
    kind: Literal["bars", "heat", "slope", "dots"]
    title: str
    rows: tuple[Mapping[str, Any], ...]
    caption: str = ""


@dataclass(frozen=True)
class Part:
    """A chapter: sentences, pictures, tables."""

    id: str
    title: str
    sentences: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Report:
    """The whole comparison: ``lead`` says what matters, ``assumptions`` on what figures rest."""

    title: str
    subtitle: str
    lead: tuple[str, ...]
    assumptions: tuple[str, ...]
    parts: tuple[Part, ...]
    record: tuple[tuple[str, str], ...]

    @property
    def tables(self) -> tuple[Table, ...]:
        """All tables, in order."""
        return tuple(table for part in self.parts for table in part.tables)

    def table(self, id_: str) -> Table:
        """The table of that id.  ``KeyError`` if there is none."""
        for table in self.tables:
            if table.id == id_:
                return table
        raise KeyError(id_)
