"""What reading a text finds, piece by piece: an edit costs one piece and not the file.

A text is cut between the outermost statements of its documents.  Each piece is read on its
own, behind the heading of its document, and what that finds is kept for as long as the piece
stays as it is.  The cuts go by braces and indentation and may be misled by a broken text; the
check of the whole, which follows at the next pause, has the last word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from policydsl.language.diagnostics import Diagnostic, Source, in_order
from policydsl.language.nodes import Span
from policydsl.language.parsing import fold_width, parse_text

_MARKS = re.compile(
    r'"""[\s\S]*?"""|“[^”\n]*”|"(?:[^"\\\n]|\\.)*"|「[^」\n]*」|(?:#|//)[^\n]*'
    r"|[{}]|\n(?=([ \t]*)\S)"
)
_EMPTY = re.compile(r"(?:[\s\ufeff]|(?:#|//|＃|／／)[^\n]*+)*+")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a text; ``head`` opens its document, or is empty for text outside of one."""

    head: str
    start: int
    end: int


def chunks(text: str) -> Iterator[Chunk]:
    """The pieces of a text, in their order, without a gap."""
    folded = fold_width(text)
    depth, start = 0, 0
    head, indent = "", ""
    for found in _MARKS.finditer(folded):
        mark = found[0]
        if mark == "{":
            depth += 1
            if depth == 1:
                blank = _EMPTY.match(folded, start)
                opened = blank.end() if blank else start
                yield Chunk("", start, opened)
                head = text[opened : found.end()]
                start, indent = found.end(), ""
        elif mark == "}":
            depth = max(0, depth - 1)
            if depth == 0 and head:
                yield Chunk(head, start, found.start())
                head, start = "", found.end()
        elif mark[0] == "\n" and depth == 1:
            begins = found[1] or ""
            indent = indent or begins
            # a deeper line goes on with the statement above it
            if len(begins) <= len(indent) and found.end() > start:
                yield Chunk(head, start, found.end())
                start = found.end()
    yield Chunk(head, start, len(text))


@dataclass
class Reader:
    """Reads a text again and again; ``findings`` of pieces that did not change are kept."""

    _known: dict[tuple[str, str], tuple[Diagnostic, ...]] = field(default_factory=dict)

    def findings(self, source: Source) -> list[Diagnostic]:
        """What reading the text finds, by its places in the whole."""
        kept: dict[tuple[str, str], tuple[Diagnostic, ...]] = {}
        result: list[Diagnostic] = []
        for chunk in chunks(source.text):
            text = source.text[chunk.start : chunk.end]
            if not text.strip():
                continue
            key = (chunk.head, text)
            found = self._known[key] if key in self._known else _read(chunk.head, text)
            kept[key] = found
            by = chunk.start - len(chunk.head)
            result.extend(_moved(each, source, by) for each in found)
        self._known = kept
        return in_order(result)


def _read(head: str, text: str) -> tuple[Diagnostic, ...]:
    if not head:
        # a heading on several lines, or comments between documents: left to the whole check
        return ()
    return parse_text(f"{head}{text}\n}}").diagnostics


def _moved(found: Diagnostic, source: Source, by: int) -> Diagnostic:
    span = found.span or Span()
    length = len(source.text)
    start, end = (min(max(0, place + by), length) for place in (span.start, span.end))
    return replace(found, source=source, span=Span(start, max(start, end)), related=())


def before(text: str, offset: int) -> str:
    """What of a text decides on what may stand at an offset: the heading, and the piece so far.

    Where a piece has only begun, the one before it too, for it may go on.
    """
    begun = [each for each in chunks(text) if each.start <= offset]
    last = begun[-1]
    if not last.head:
        return text[:offset]
    start = last.start
    for each in reversed(begun[:-1]):
        if not each.head or not _EMPTY.fullmatch(text, start, offset):
            break
        start = each.start
    return last.head + text[start:offset]
