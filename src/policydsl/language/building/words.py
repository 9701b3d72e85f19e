"""Words, numbers, texts and comments: what every part of a tree is read with."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar, cast

from lark import Token, Tree

from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, Source
from policydsl.language.units import find_unit

T = TypeVar("T", bound=n.Statement)
Branch = Tree[Any]
Child = Branch | Token

_DATE = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})")
_MULTIPLE = {"万": 10_000, "亿": 100_000_000}


class WordBuilder:
    """Reads one file; ``found`` collects what is wrong with its words."""

    def __init__(self, source: Source, comments: Sequence[Token], digits: int):
        self.source = source
        self.found: list[Diagnostic] = []
        self._digits = digits
        self._comments = list(comments)
        self._starts = [token.start_pos or 0 for token in self._comments]
        self._claimed = [False] * len(self._comments)

    # -- words

    def _number(self, tree: Child) -> n.Number:
        return self._number_of(cast(Branch, tree).children)

    def _number_of(self, parts: Sequence[Child]) -> n.Number:
        """A number token and, where there is one, its unit."""
        token = cast(Token, parts[0])
        text = str(token)
        span = n.Span(span_of(token).start, span_of(parts[-1]).end)
        if sum(c.isdigit() for c in text) > self._digits or len(text) > 2 * self._digits:
            details = {"found": text[:20] + "…", "limit": self._digits}
            self.found.append(Diagnostic("P108", self.source, span_of(token), details))
            return n.Number(Fraction(0), span=span)
        value = self._numeric(text, token)
        written = None if text.isascii() else text
        if len(parts) == 1:
            return n.Number(value, None, written, span=span)
        unit, unit_written = self._unit(parts[1])
        return n.Number(value, unit, written, unit_written, span=span)

    def _numeric(self, text: str, token: Token) -> Fraction:
        if text[0].isdigit() and text[0].isascii():
            multiple = _MULTIPLE.get(text[-1], 1)
            return Fraction(text if multiple == 1 else text[:-1]) * multiple
        # Only texts with 中文数字 pay for the import.
        import cn2an

        try:
            return Fraction(str(cn2an.cn2an(text.replace("〇", "零"), "smart")))
        except ValueError:
            details = {"found": text}
            self.found.append(Diagnostic("P125", self.source, span_of(token), details))
            return Fraction(0)

    def _unit(self, tree: Child) -> tuple[str, str | None]:
        child: Child = tree
        while isinstance(child, Tree):
            child = child.children[0]
        word = self._unquoted(child)
        unit = find_unit(word)
        if unit is None:
            return word, None
        return unit.symbol, None if word.isascii() or word == unit.symbol else word

    def _unquoted(self, token: Token) -> str:
        """A word; between 「 and 」 as it was written, before folding."""
        if token.type != "QNAME":
            return str(token)
        span = span_of(token)
        return self.source.text[span.start + 1 : span.end].removesuffix("」")

    def _date(self, child: Child) -> date:
        token = cast(Token, child)
        match = _DATE.match(token)
        assert match is not None, "the DATE terminal has this form"
        try:
            return date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            details = {"found": str(token)}
            self.found.append(Diagnostic("P109", self.source, span_of(token), details))
            return date(1970, 1, 1)

    def _name(self, tree: Child) -> n.Name:
        token = cast(Token, cast(Branch, tree).children[0])
        return n.Name(self._unquoted(token), span=span_of(token))

    def _names(self, tree: Child) -> tuple[n.Name, ...]:
        return tuple(self._name(c) for c in self._branches(cast(Branch, tree)))

    def _text(self, child: Child) -> str:
        """The content of a text, from the original characters (not the folded ones)."""
        span = span_of(child)
        written = self.source.text[span.start : span.end]
        if isinstance(child, Token) and child.type == "TEXT_BLOCK":
            return written[3:-3]
        if written.startswith("“"):
            return written[1:].removesuffix("”")
        # a full-width ＂ opens and closes like its ASCII twin
        return re.sub(r"\\(.)", r"\1", written[1:-1])

    def _word(self, child: Child) -> str:
        """The keyword's terminal name, through the one-token rules that hold it."""
        while isinstance(child, Tree):
            child = child.children[0]
        return child.type

    # -- structure

    @staticmethod
    def _branches(tree: Branch) -> list[Branch]:
        return [child for child in tree.children if isinstance(child, Tree)]

    def _child(self, tree: Branch, name: str) -> Branch:
        return next(child for child in self._branches(tree) if child.data == name)

    def _child_in(self, tree: Branch, names: Sequence[str]) -> Branch:
        return next(child for child in self._branches(tree) if child.data in names)

    def _statement(
        self, tree: Branch, make: Callable[..., T], *values: Any, tail: bool = False
    ) -> T:
        """Make a statement with its span, its comments and the blank line before it."""
        span = span_of(tree)
        layout = self._layout(span, block=tail)
        if not tail:
            return make(*values, span=span, layout=layout)
        return make(*values, self._claim_all(span.start, span.end), span=span, layout=layout)

    def _layout(self, span: n.Span, block: bool) -> n.Layout:
        text = self.source.text
        start = span.start
        before: list[str] = []
        index = bisect_left(self._starts, start) - 1
        while index >= 0 and not self._claimed[index]:
            comment = self._comments[index]
            end = (comment.start_pos or 0) + len(comment)
            if text[end:start].strip() or not self._starts_line(self._starts[index]):
                break
            self._claimed[index] = True
            before.insert(0, self._comment(comment))
            start = self._starts[index]
            index -= 1
        if not block:
            # inside a plain statement there is no line of its own for a comment
            before.extend(self._claim_all(span.start, span.end))
        trailing: str | None = None
        index = bisect_left(self._starts, span.end)
        if index < len(self._starts) and not self._claimed[index]:
            between = text[span.end : self._starts[index]]
            if not between.strip(" \t,;，；。、") and "\n" not in between:
                self._claimed[index] = True
                trailing = self._comment(self._comments[index])
        gap_from = start
        while gap_from > 0 and text[gap_from - 1].isspace():
            gap_from -= 1
        blank = gap_from > 0 and text.count("\n", gap_from, start) > 1
        if not before and trailing is None and not blank:
            return n.NO_LAYOUT
        return n.Layout(tuple(before), trailing, blank)

    def _starts_line(self, offset: int) -> bool:
        text = self.source.text
        line_start = text.rfind("\n", 0, offset) + 1
        return not text[line_start:offset].strip()

    def _claim_all(self, start: int, end: int) -> tuple[str, ...]:
        """Comments within a range that no statement has taken."""
        taken: list[str] = []
        for index in range(bisect_left(self._starts, start), bisect_left(self._starts, end)):
            if not self._claimed[index]:
                self._claimed[index] = True
                taken.append(self._comment(self._comments[index]))
        return tuple(taken)

    def _comment(self, token: Token) -> str:
        start = token.start_pos or 0
        return self.source.text[start : start + len(token)].rstrip()


def span_of(child: Child) -> n.Span:
    """Where a part of the tree stands in the file."""
    if isinstance(child, Token):
        start = child.start_pos or 0
        return n.Span(start, start + len(child))
    meta = child.meta
    if meta.empty:
        return n.NOWHERE
    return n.Span(meta.start_pos, meta.end_pos)


def is_token(child: Child, kind: str) -> bool:
    """Whether a part of the tree is a token of a terminal."""
    return isinstance(child, Token) and child.type == kind
