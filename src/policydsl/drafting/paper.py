"""The model of a document: paragraphs, tables with merged cells, pictures, marked changes.

It knows nothing of policies and nothing of Word.  Writers turn it into a file; what it leaves to
them is the look of each kind of paragraph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal[
    "title",  # 2号小标宋, centred
    "subtitle",  # （征求意见稿）: 楷体, centred
    "h1",  # 一、黑体
    "h2",  # （一）楷体
    "h3",  # 1.
    "h4",  # （1）
    "body",  # 3号仿宋, first line indented
    "plain",  # the same, not indented
    "address",  # 各有关单位：
    "right",  # signature and date
    "annexes",
    "annexes2",  # 附件：1. and the lines below it
    "annex",  # 附件1: 黑体, at the left
    "tabletitle",  # the title of a table on its own page
    "caption",  # below a picture, above a table in a text
    "note",  # small print below a table
    "cell",
    "head",  # inside a table
]
Change = Literal["insert", "delete"]
Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one look.

    ``blank``: a place that the drafter has to fill in, shown as one; ``fang``: in the letters of
    the text, behind a heading in the same line.
    """

    text: str
    change: Change | None = None
    blank: bool = False
    strong: bool = False
    fang: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """``key`` names the clause that it comes from, ``change`` marks the whole paragraph.

    ``keep``: on one page with what follows; ``new_page``: starts a page.
    """

    runs: tuple[Run, ...]
    kind: Kind = "body"
    key: str | None = None
    change: Change | None = None
    keep: bool = False
    new_page: bool = False

    @property
    def text(self) -> str:
        """All of its text, whatever its marks."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that spans ``rows`` and ``columns``."""

    paragraphs: tuple[Paragraph, ...]
    rows: int = 1
    columns: int = 1
    align: Align | None = None

    @property
    def text(self) -> str:
        """Its paragraphs as lines."""
        return "\n".join(paragraph.text for paragraph in self.paragraphs)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its head, its width in mm, and where its texts stand."""

    title: str
    width: float
    align: Align = "left"


Row = tuple[Cell | None, ...]
"""A cell for each column; ``None`` where a cell from the left or from above reaches in."""


@dataclass(frozen=True, slots=True)
class Table:
    """``form``: a form to fill in, without a head that is repeated on each page."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    form: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG of ``width`` mm; ``alt`` says what it shows."""

    png: bytes
    alt: str
    width: float = 150.0


Block = Paragraph | Table | Picture


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks on pages of one orientation."""

    blocks: tuple[Block, ...]
    landscape: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A document; ``title`` goes into its properties."""

    title: str
    sections: tuple[Section, ...]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """All blocks in order."""
        return tuple(block for section in self.sections for block in section.blocks)

    @property
    def tables(self) -> tuple[Table, ...]:
        """All tables in order."""
        return tuple(block for block in self.blocks if isinstance(block, Table))


BLANK_OPEN, BLANK_CLOSE = "〔", "〕"


def blank(what: str) -> Run:
    """A place for the drafter: 〔联系人〕."""
    return Run(f"{BLANK_OPEN}{what}{BLANK_CLOSE}", blank=True)


def runs(*parts: str | Run) -> tuple[Run, ...]:
    """Runs of texts and ready runs; texts of nothing are left out."""
    return tuple(
        Run(part) if isinstance(part, str) else part for part in parts if part not in ("", None)
    )


def para(*parts: str | Run, kind: Kind = "body", key: str | None = None) -> Paragraph:
    """A paragraph of texts and runs."""
    return Paragraph(runs(*parts), kind, key)


def cell(*parts: str | Run, rows: int = 1, columns: int = 1, align: Align | None = None) -> Cell:
    """A cell with one paragraph."""
    return Cell((para(*parts, kind="cell"),), rows, columns, align)


def row(*cells: str | Run | Cell) -> Row:
    """A row of plain cells."""
    return tuple(part if isinstance(part, Cell) else cell(part) for part in cells)


def merged(rows: Sequence[Row], column: int, first: int, last: int) -> list[Row]:
    """Rows in which the cell of ``first`` in a column reaches down to ``last``."""
    result = list(rows)
    for index in range(first, last + 1):
        cells = list(result[index])
        own = cells[column]
        assert own is not None
        cells[column] = replace(own, rows=last - first + 1) if index == first else None
        result[index] = tuple(cells)
    return result


def document(title: str, blocks: Iterable[Block], landscape: bool = False) -> Document:
    """A document of one section."""
    return Document(title, (Section(tuple(blocks), landscape),))


def resolved(table: Table) -> list[tuple[str, ...]]:
    """The texts of a table with merged cells repeated, one tuple for each row."""
    grid: list[list[str]] = [[""] * len(table.columns) for _ in table.rows]
    for i, j, here in placed(table):
        for down in range(i, i + here.rows):
            for right in range(j, j + here.columns):
                grid[down][right] = here.text
    return [tuple(line) for line in grid]


def placed(table: Table) -> Iterator[tuple[int, int, Cell]]:
    """The cells of a table with their row and column."""
    for i, cells in enumerate(table.rows):
        for j, here in enumerate(cells):
            if here is not None:
                yield i, j, here


def word_like(text: str) -> str:
    """The text without characters that no XML holds (kept: line breaks and tabs)."""
    return "".join(
        c
        for c in text.replace("\r\n", "\n").replace("\r", "\n")
        if c in "\n\t"
        or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\x7f\ufffe\uffff")
    )
