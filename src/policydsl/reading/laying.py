"""Writes the one plain text of a document, and remembers where its cells went."""

from __future__ import annotations

from collections.abc import Sequence

from policydsl.language.diagnostics import Diagnostic, Source
from policydsl.reading.documents import Grid, SourceDocument
from policydsl.reading.flattened import heading_before
from policydsl.reading.glued import glued_tables
from policydsl.reading.scoring_tables import score_tables
from policydsl.reading.sections import prose_sections, table_sections
from policydsl.wording.recognising.passages import Passage

Cells = Sequence[Sequence[str | None]]
"""A table as texts; ``None`` continues a merged cell."""
Placed = tuple[tuple[tuple[int, int] | None, ...], ...]
"""Where the cells of a table are in the text."""


class Layout:
    """A text that grows paragraph by paragraph and table by table."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._tables: list[tuple[Placed, int]] = []
        self._prose: list[tuple[int, int]] = []

    def _write(self, text: str) -> tuple[int, int]:
        start = self._length
        self._parts.append(text)
        self._length += len(text)
        return start, self._length

    def paragraph(self, text: str) -> None:
        """A line of running text."""
        if text.strip():
            self._prose.append(self._write(text.strip("\n") + "\n"))

    def table(self, rows: Cells) -> None:
        """A table: each cell a line behind a tab, rows parted by an empty line."""
        begins = self._length
        placed: list[tuple[tuple[int, int] | None, ...]] = []
        for row in rows:
            spans: list[tuple[int, int] | None] = []
            for cell in row:
                if cell is None:
                    spans.append(None)
                    continue
                self._write("\t")
                spans.append(self._write(cell.strip("\n")))
                self._write("\n")
            placed.append(tuple(spans))
            self._write("\n")
        self._tables.append((tuple(placed), begins))

    def document(self, name: str, kind: str, notes: Sequence[Diagnostic] = ()) -> SourceDocument:
        """The document as laid out so far."""
        text = "".join(self._parts)
        grids: list[Grid] = []
        since = 0
        for placed, begins in self._tables:
            cells = tuple(
                tuple(None if span is None else Passage.of(text, *span) for span in row)
                for row in placed
            )
            schedule, title = heading_before(text[since:begins])
            since = _end_of(placed, since)
            grids.append(Grid(cells, schedule, title))
        prose = joined_prose(text, self._prose)
        return assembled(Source(name, text), Passage.of(text), kind, tuple(grids), notes, prose)


def _end_of(placed: Placed, before: int) -> int:
    """Where the running text behind a table begins; ``before``: where that before it began."""
    last = placed[-1][-1] if placed and placed[-1] else None
    return before if last is None else last[1]


def joined_prose(text: str, spans: Sequence[tuple[int, int]]) -> Passage:
    """The running text of a document without its tables."""
    from policydsl.wording.recognising.passages import joined

    return joined([Passage.of(text, start, end) for start, end in spans])


def assembled(
    source: Source,
    passage: Passage,
    kind: str,
    grids: tuple[Grid, ...],
    notes: Sequence[Diagnostic] = (),
    prose: Passage | None = None,
) -> SourceDocument:
    """A document with its tables of items and its sections found."""
    tables = score_tables(grids)
    running = passage if prose is None else prose
    end = len(running)
    if not tables:
        glued = list(glued_tables(running))
        tables = [table for table, _ in glued]
        end = min((begin for _, begin in glued), default=end)
    if prose is None and grids and tables:
        first = min(
            p for g in grids for row in g.cells for c in row if c is not None for p in c.places[:1]
        )
        end = sum(place < first for place in running.places)
    sections = [*table_sections(tables), *prose_sections(running.part(0, end))]
    return SourceDocument(
        source, passage, kind, grids, tuple(tables), tuple(sections), tuple(notes)
    )
