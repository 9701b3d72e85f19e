"""Places as editors count them: lines from 0, columns in UTF-16 units."""

from __future__ import annotations

from lsprotocol import types as lsp

from policydsl.language.diagnostics import Source
from policydsl.language.nodes import Span


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def position_of(source: Source, offset: int) -> lsp.Position:
    """An offset as a line and column."""
    line, column = source.place(offset)
    start = source.line_starts[line - 1]
    return lsp.Position(line - 1, _units(source.text[start : start + column - 1]))


def range_of(source: Source, span: Span) -> lsp.Range:
    """A span as a range."""
    return lsp.Range(
        position_of(source, span.start), position_of(source, max(span.start, span.end))
    )


def offset_of(source: Source, position: lsp.Position) -> int:
    """The offset of a line and column; beyond the end of a line, its end."""
    starts = source.line_starts
    if position.line >= len(starts):
        return len(source.text)
    start = starts[position.line]
    text = source.line(position.line + 1)
    if text.isascii():
        return start + min(position.character, len(text))
    units = 0
    for index, character in enumerate(text):
        if units >= position.character:
            return start + index
        units += 2 if character > "\uffff" else 1
    return start + len(text)
