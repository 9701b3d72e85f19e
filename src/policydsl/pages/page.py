"""A page as values: what a report says, before it is HTML.

A text is a string, or a pair (Chinese, English): a page that holds pairs has a switch between the
languages.  Everything is escaped when it is rendered; a page can hold no code of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from policydsl.language.keywords import Language
from policydsl.pages.charts import Chart
from policydsl.scoring.results import ResultTable, Unbounded

Text = str | tuple[str, str]


@dataclass(frozen=True)
class Term:
    """A word with its definition, shown when the mouse rests on it, and as a footnote."""

    text: Text
    definition: Text


@dataclass(frozen=True)
class Link:
    """A word that leads to a part of the page (``#id``), a file beside it, or an address."""

    text: Text
    href: str


@dataclass(frozen=True)
class Strong:
    """A word that stands out: a figure within a sentence."""

    text: Text
    tone: Literal["plain", "gain", "loss"] = "plain"


@dataclass(frozen=True)
class Line:
    """Several pieces, one after the other."""

    parts: tuple[Text | Term | Link | Strong, ...]


@dataclass(frozen=True)
class Lines:
    """A cell of several lines, each with how it is set."""

    lines: tuple[tuple[Text | Term | Link | Strong | Line, Setting], ...]


Setting = Literal["plain", "strong", "small", "source", "mark", "open", "assumed", "gap"]
"""``source``: where it is written; ``mark``: what the reader should look at."""
Rich = Text | Term | Link | Strong | Line
Cell = Rich | Lines | int | float | Fraction | Decimal | bool | Unbounded | None


def line(*parts: Text | Term | Link | Strong) -> Line:
    """Pieces of one line."""
    return Line(parts)


@dataclass(frozen=True)
class Column:
    """``number``: to the right, sorted by size; ``share``: the same with a bar, of 100.

    ``definition`` says what the figures of the column are.
    """

    title: Text
    kind: Literal["text", "number", "share"] = "text"
    definition: Text = ""


@dataclass(frozen=True)
class Table:
    """``marked``: numbers of rows that stand out.  ``shown``: more rows than these are folded.

    ``wide``: columns of sentences; the first one stays where it is while the others are moved
    sideways.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: Rich = ""
    note: Rich = ""
    links: tuple[Link, ...] = ()
    marked: frozenset[int] = frozenset()
    shown: int = 200
    wide: bool = False


@dataclass(frozen=True)
class Figure:
    """A chart (or SVG text from a trusted maker) with its caption.

    ``links`` lead to its files, ``table`` holds the figures that it draws, folded away.
    """

    chart: Chart | str
    title: Rich
    caption: Rich = ""
    links: tuple[Link, ...] = ()
    table: Table | None = None


@dataclass(frozen=True)
class Note:
    """A remark: ``note``, ``warning``, or ``assumption`` (what a figure rests on)."""

    text: Rich
    kind: Literal["note", "warning", "assumption"] = "note"


@dataclass(frozen=True)
class Paragraph:
    """A sentence or more."""

    text: Rich


@dataclass(frozen=True)
class Bullets:
    """A list."""

    items: tuple[Rich, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Card:
    """A figure that everybody looks for: what it is, how much, and compared with what."""

    label: Rich
    value: Text
    note: Rich = ""
    tone: Literal["plain", "gain", "loss"] = "plain"


@dataclass(frozen=True)
class Cards:
    """Figures side by side."""

    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Quote:
    """A clause in official wording."""

    text: Rich
    source: Rich = ""


@dataclass(frozen=True)
class Code:
    """A command or a policy, letter by letter."""

    text: str


@dataclass(frozen=True)
class Fold:
    """Something to be unfolded."""

    summary: Rich
    blocks: tuple[Block, ...]
    open: bool = False


@dataclass(frozen=True)
class Side:
    """Blocks side by side where there is room."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Section:
    """A part of the page; sections within it are on the next level.

    ``id`` is its address (``#id``); without one it is numbered.
    """

    title: Rich
    blocks: tuple[Block, ...] = ()
    id: str = ""


Block = Section | Paragraph | Note | Table | Figure | Bullets | Cards | Quote | Code | Fold | Side


@dataclass(frozen=True)
class Page:
    """A whole page.

    ``lead``: the sentences that matter, on the first screen; ``assumptions``: what the figures
    rest on, in a box above everything; ``record``: how it was made (label, value), at the end.
    """

    title: Text
    sections: tuple[Section, ...]
    subtitle: Rich = ""
    lead: tuple[Rich, ...] = ()
    cards: tuple[Card, ...] = ()
    assumptions: tuple[Rich, ...] = ()
    record: tuple[tuple[Text, Rich], ...] = ()
    commands: tuple[str, ...] = ()
    language: Language = "zh"


def of_result(
    table: ResultTable,
    *,
    definitions: Callable[[str], Text] | None = None,
    only: Iterable[str] | None = None,
    title: Rich | None = None,
    note: Rich = "",
    links: tuple[Link, ...] = (),
    shown: int = 200,
    hide_empty: bool = True,
) -> Table:
    """A table of results as one of a page.

    ``definitions`` gives the definition for the key of a column, ``only`` the keys that are
    wanted, in their order; ``hide_empty`` leaves out columns that hold nothing.
    """
    keys = [column.key for column in table.columns]
    wanted = keys if only is None else [key for key in only if key in keys]
    places = [keys.index(key) for key in wanted]
    if hide_empty:
        told = [i for i in places if any(row[i] not in (None, "") for row in table.rows)]
        places = told or places
    columns = tuple(
        Column(
            table.columns[i].title,
            "text" if table.columns[i].kind == "text" else "number",
            definitions(keys[i]) if definitions else "",
        )
        for i in places
    )
    rows = tuple(tuple(row[i] for i in places) for row in table.rows)
    heading = table.title if title is None else title
    return Table(columns, rows, heading, note, links, shown=shown)
