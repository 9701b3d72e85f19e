"""Plain text, with tables flattened into it."""

from __future__ import annotations

from policydsl.language.diagnostics import Source
from policydsl.reading.documents import SourceDocument
from policydsl.reading.flattened import tabbed_grids
from policydsl.reading.glued import glued_tables
from policydsl.reading.scoring_tables import score_tables
from policydsl.reading.sections import prose_sections, table_sections
from policydsl.wording.recognising.passages import Passage


def read_text(text: str, name: str = "<text>") -> SourceDocument:
    """A document of plain text."""
    source = Source(name, text)
    passage = Passage.of(text)
    grids = tuple(tabbed_grids(text))
    return assembled(source, passage, "txt", grids)


def assembled(source: Source, passage: Passage, kind: str, grids: tuple) -> SourceDocument:
    tables = score_tables(grids)
    prose_end = len(passage)
    if not tables:
        glued = list(glued_tables(passage))
        tables = [table for table, _ in glued]
        prose_end = min((begin for _, begin in glued), default=prose_end)
    sections = [*table_sections(tables), *prose_sections(passage.part(0, prose_end))]
    return SourceDocument(source, passage, kind, tuple(grids), tuple(tables), tuple(sections))
