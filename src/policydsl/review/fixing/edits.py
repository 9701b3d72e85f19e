"""Changes of a text: what is replaced by what, so that everything else stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from policydsl.language.nodes import Span
from policydsl.review.findings import Pair


@dataclass(frozen=True, slots=True)
class Edit:
    """The text of a span is replaced; an empty span inserts."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """One way to put a finding right.

    ``title`` says in plain words what will stand there.  ``safe``: nobody's points change, and
    no figure is chosen; of the fixes of a finding at most one is.
    """

    title: Pair
    edits: tuple[Edit, ...]
    safe: bool = False


def applied(text: str, edits: Iterable[Edit]) -> str:
    """The text after the edits.  ``ValueError`` where two of them touch the same place."""
    parts: list[str] = []
    behind = 0
    for each in sorted(edits, key=lambda e: (e.span.start, e.span.end)):
        if each.span.start < behind:
            raise ValueError("edits overlap")
        parts += (text[behind : each.span.start], each.text)
        behind = each.span.end
    return "".join([*parts, text[behind:]])


def apart(one: Iterable[Edit], other: Iterable[Edit]) -> bool:
    """Whether no edit of the one touches an edit of the other."""
    others = list(other)
    return all(a.span.end < b.span.start or b.span.end < a.span.start for a in one for b in others)


# What may hold a brace that opens nothing: texts, names in 「」, comments.
_OPAQUE = re.compile(
    r'"""[\s\S]*?"""|“[^”\n]*”|"(?:[^"\\\n]|\\.)*"|「[^」\n]*」|(?:[#＃]|//)[^\n]*|(?P<open>[{｛])'
)


def brace_of(text: str, span: Span) -> int | None:
    """Where the body of a clause or document begins: its ``{``."""
    for found in _OPAQUE.finditer(text, span.start, span.end):
        if found["open"]:
            return found.start()
    return None


def in_heading(text: str, span: Span, words: str) -> Edit | None:
    """Words at the end of a clause's heading."""
    brace = brace_of(text, span)
    if brace is None:
        return None
    lead = "" if text[brace - 1].isspace() else " "
    return Edit(Span(brace, brace), f"{lead}{words} ")


def in_body(text: str, span: Span, words: str) -> Edit | None:
    """A statement at the beginning of a body, on a line of its own where the body has lines."""
    brace = brace_of(text, span)
    if brace is None:
        return None
    line = re.compile(r"[ \t]*\n([ \t]*)").match(text, brace + 1)
    place = Span(brace + 1, brace + 1)
    return Edit(place, f"\n{line[1]}{words}" if line else f" {words}")


def behind(text: str, span: Span, words: str) -> Edit:
    """A statement behind another one: on the next line where that one stands alone on its own."""
    start = text.rfind("\n", 0, span.start) + 1
    indent = text[start : span.start]
    rest = text[span.end : _line_end(text, span.end)]
    alone = not indent.strip() and (not rest.strip() or rest.strip()[0] in "#＃")
    if not alone:
        return Edit(Span(span.end, span.end), f" {words}")
    end = _line_end(text, span.end)
    return Edit(Span(end, end), f"\n{indent}{words}")


def without(text: str, span: Span) -> Edit:
    """The text without a statement, without its lines where it stands alone on them."""
    start, end = span.start, span.end
    mark = re.compile(r"[ \t]*[;；。，,]").match(text, end)
    if mark:
        end = mark.end()
    first, last = text.rfind("\n", 0, start) + 1, _line_end(text, end)
    if not text[first:start].strip() and not text[end:last].strip():
        return Edit(Span(first, min(len(text), last + 1)), "")
    while start > 0 and text[start - 1] in " \t":
        start -= 1
    follows = text[end : end + 1]
    return Edit(Span(start, end), "" if not follows or follows.isspace() else " ")


def _line_end(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    return len(text) if end < 0 else end
