"""Plain text, with tables flattened into it."""

from __future__ import annotations

from policydsl.language.diagnostics import Source
from policydsl.reading.documents import SourceDocument
from policydsl.reading.flattened import tabbed_grids
from policydsl.reading.laying import assembled
from policydsl.wording.recognising.passages import Passage


def read_text(text: str, name: str = "<text>") -> SourceDocument:
    """A document of plain text."""
    return assembled(Source(name, text), Passage.of(text), "txt", tuple(tabbed_grids(text)))
