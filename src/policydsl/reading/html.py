"""Web pages: what is shown of them, tables with rowspan and colspan.  Nothing is fetched."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from policydsl.reading.archives import refused
from policydsl.reading.documents import SourceDocument
from policydsl.reading.laying import Layout

_SKIPPED = frozenset({"script", "style", "noscript", "template", "svg", "iframe", "object"})
_LINES = frozenset({
    "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "section", "article", "br",
    "blockquote", "dd", "dt",
})  # fmt: skip
MOST_SPAN = 500
MOST_COLUMNS = 4_000
MOST_CELLS = 400_000
"""In all tables of a page together, merged ones counted as often as they are wide and high."""


def read_html(text: str, path: Path) -> SourceDocument:
    """A page as text and tables; ``text`` is its source.

    Raises :class:`PolicyError`: I803 a page that nests without end, I804 too many cells.
    """
    page = _Page(path)
    # libxml2 reads a page in one go, whatever is left open in it
    parser = etree.HTMLParser(target=page, no_network=True)
    try:
        parser.feed(text)
        parser.close()
    except etree.ParseError as error:
        raise refused("I803", path, problem=str(error)[:120]) from error
    return page.layout.document(str(path), "html")


class _Page:
    """What the parser tells of a page: tags and texts in their order."""

    def __init__(self, path: Path) -> None:
        self.layout = Layout()
        self._path = path
        self._line: list[str] = []
        self._skipping = 0
        self._depth = 0
        self._rows: list[dict[int, str | None]] = []
        self._begun = 0  # rows that have begun; later ones hold what reaches down into them
        self._cells = 0
        self._cell: list[str] | None = None
        self._spans = (1, 1)

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """A tag opens."""
        if tag in _SKIPPED:
            self._skipping += 1
        elif tag == "table":
            self._end_line()
            self._depth += 1
            if self._depth == 1:
                self._rows, self._begun = [], 0
        elif self._depth == 1 and tag == "tr":
            self._end_cell()
            self._row()
        elif self._depth == 1 and tag in ("td", "th"):
            self._end_cell()
            if not self._begun:
                self._row()
            self._spans = _span(attributes.get("rowspan")), _span(attributes.get("colspan"))
            self._cell = []
        elif tag in _LINES:
            if self._cell is not None:
                self._cell.append("\n")
            else:
                self._end_line()

    def end(self, tag: str) -> None:
        """A tag closes, by itself where the page leaves it open."""
        if tag in _SKIPPED and self._skipping:
            self._skipping -= 1
        elif tag in ("td", "th") and self._depth == 1:
            self._end_cell()
        elif tag == "table" and self._depth:
            self._end_cell()
            self._depth -= 1
            if self._depth == 0:
                self._end_table()
        elif tag in _LINES and self._cell is None:
            self._end_line()

    def data(self, data: str) -> None:
        """Text between tags."""
        if self._skipping:
            return
        if self._cell is not None:
            self._cell.append(data)
        elif not self._depth:
            self._line.append(data)

    def close(self) -> None:
        """The page ends."""
        self._end_line()

    def _end_line(self) -> None:
        text = " ".join("".join(self._line).split())
        self._line = []
        if text:
            self.layout.paragraph(text)

    def _row(self) -> None:
        self._begun += 1
        while len(self._rows) < self._begun:
            self._rows.append({})

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        text = "\n".join(
            " ".join(line.split()) for line in "".join(self._cell).split("\n") if line.strip()
        )
        self._cell = None
        down, across = self._spans
        self._count(
            down * across if len(self._rows[self._begun - 1]) < MOST_COLUMNS else MOST_CELLS
        )
        first = self._begun - 1
        # rows are filled from the left, but for what reaches down into them
        column = len(self._rows[first])
        column = next((i for i in range(column) if i not in self._rows[first]), column)
        while len(self._rows) < first + down:
            self._rows.append({})
        for below in range(down):
            for beside in range(across):
                shown = text if (below, beside) == (0, 0) else None
                self._rows[first + below].setdefault(column + beside, shown)

    def _count(self, cells: int) -> None:
        self._cells += cells
        if self._cells > MOST_CELLS:
            limit = f"{MOST_CELLS:,}"
            raise refused("I804", self._path, limit=limit, what=("个单元格", "cells"))

    def _end_table(self) -> None:
        rows = self._rows[: self._begun]
        width = max((max(row, default=-1) + 1 for row in rows), default=0)
        self._count(width * len(rows) - sum(map(len, rows)))
        if rows and width:
            self.layout.table([[row.get(i, "") for i in range(width)] for row in rows])


def _span(value: str | None) -> int:
    number = (value or "").strip()
    return min(max(int(number), 1), MOST_SPAN) if number.isdecimal() and len(number) < 9 else 1
