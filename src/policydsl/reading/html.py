"""Web pages: what is shown of them, tables with rowspan and colspan.  Nothing is fetched."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

from policydsl.reading.documents import SourceDocument
from policydsl.reading.laying import Layout

_SKIPPED = frozenset({"script", "style", "head", "noscript", "template", "svg", "iframe", "object"})
_LINES = frozenset({"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "section", "article",
                    "br",
                    "blockquote", "dd", "dt"})  # fmt: skip
MOST_SPAN = 500


def read_html(text: str, path: Path) -> SourceDocument:
    """A page as text and tables; ``text`` is its source."""
    parser = _Page()
    parser.feed(text)
    parser.close()
    parser.end_line()
    return parser.layout.document(str(path), "html")


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.layout = Layout()
        self._line: list[str] = []
        self._skipping = 0
        self._depth = 0
        self._rows: list[dict[int, str | None]] = []
        self._cell: list[str] | None = None
        self._at = (0, 0)
        self._spans = (1, 1)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SKIPPED and tag != "head":
            self._skipping += 1
        elif tag == "table":
            self.end_line()
            self._depth += 1
            if self._depth == 1:
                self._rows = []
        elif self._depth == 1 and tag == "tr":
            self._end_cell()
            self._row()
        elif self._depth == 1 and tag in ("td", "th"):
            self._end_cell()
            if not self._rows:
                self._row()
            own = dict(attrs)
            self._spans = (_span(own.get("rowspan")), _span(own.get("colspan")))
            self._cell = []
        elif tag in _LINES:
            if self._cell is not None:
                self._cell.append("\n")
            else:
                self.end_line()

    def handle_endtag(self, tag: str) -> None:
        if tag in _SKIPPED and tag != "head" and self._skipping:
            self._skipping -= 1
        elif tag in ("td", "th") and self._depth == 1:
            self._end_cell()
        elif tag == "table" and self._depth:
            self._end_cell()
            self._depth -= 1
            if self._depth == 0:
                self._end_table()
        elif tag in _LINES and self._cell is None:
            self.end_line()

    def handle_data(self, data: str) -> None:
        if self._skipping:
            return
        if self._cell is not None:
            self._cell.append(data)
        elif not self._depth:
            self._line.append(data)

    def end_line(self) -> None:
        """Close the line of running text that is open."""
        text = " ".join("".join(self._line).split())
        self._line = []
        if text:
            self.layout.paragraph(text)

    def _row(self) -> None:
        index = sum(1 for row in self._rows if row.get(-1) is not None)
        if len(self._rows) <= index:
            self._rows.append({})
        self._rows[index][-1] = "begun"

    def _end_cell(self) -> None:
        if self._cell is None or not self._rows:
            self._cell = None
            return
        text = "\n".join(
            " ".join(line.split()) for line in "".join(self._cell).split("\n") if line.strip()
        )
        self._cell = None
        index = sum(1 for row in self._rows if row.get(-1) is not None) - 1
        row = self._rows[index]
        column = next(i for i in range(MOST_SPAN * 2) if i not in row)
        down, across = self._spans
        for r in range(down):
            while len(self._rows) <= index + r:
                self._rows.append({})
            for c in range(across):
                self._rows[index + r].setdefault(column + c, text if (r, c) == (0, 0) else None)

    def _end_table(self) -> None:
        width = max((max(row, default=-1) + 1 for row in self._rows), default=0)
        rows = [
            [row.get(i, "") for i in range(width)] for row in self._rows if row.get(-1) is not None
        ]
        if rows and width:
            self.layout.table(rows)


def _span(value: str | None) -> int:
    return (
        min(max(int(value), 1), MOST_SPAN) if value is not None and value.strip().isdigit() else 1
    )
