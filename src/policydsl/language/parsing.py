"""Text → tree.

Three steps: fold full-width characters to ASCII one for one (positions stay those of the
original), lex the whole text, and drive the grammar's LALR parser over the tokens.  When a token
does not fit, :mod:`policydsl.language.recovering` finds out what was meant and mends the
tokens, so that one run reports all errors of a file.

Limits (:class:`Limits`) bound size, nesting, digits and the number of errors: policy
files are untrusted input.
"""

from __future__ import annotations

import contextlib
import os
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lark import Token, Tree

from policydsl.language import keywords
from policydsl.language.building import Builder
from policydsl.language.diagnostics import Diagnostic, Source, in_order, nearest, shorten
from policydsl.language.lexing import SOFT, Lexed, Lexing, span_of
from policydsl.language.nodes import File, Span
from policydsl.language.tables import Unfitting, tables


@dataclass(frozen=True, slots=True)
class Limits:
    """What a policy file may cost; ``size`` in bytes of UTF-8, ``words`` counts all tokens."""

    size: int = 4_000_000
    words: int = 200_000
    depth: int = 60
    digits: int = 30
    errors: int = 60


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class ParseResult:
    """The tree of what could be read, and what could not.

    With errors, ``file`` holds the statements that were understood; it is for editors and
    further checks, not for scoring.
    """

    source: Source
    file: File
    diagnostics: tuple[Diagnostic, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong with the text."""
        return not any(d.severity == "error" for d in self.diagnostics)


# U+FF01–U+FF5E are the full-width twins of ASCII 0x21–0x7E; the others are spaces of various
# widths, which come along when text is pasted from Word or from a web page.
_SPACES = (0x3000, 0x00A0, 0x2007, 0x202F, *range(0x2000, 0x2007), *range(0x2008, 0x200B), 0x205F)
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | dict.fromkeys(_SPACES, 0x20)

_FOLDED = {chr(wide): chr(narrow) for wide, narrow in FULL_WIDTH.items()}


def fold_width(text: str) -> str:
    """Full-width letters, digits and punctuation as ASCII, all spaces alike; same positions."""
    # a text has few different ones of them: one pass for each is three times faster than translate
    for wide in _FOLDED.keys() & set(text):
        text = text.replace(wide, _FOLDED[wide])
    return text


def parse_text(text: str, name: str = "<text>", limits: Limits = DEFAULT_LIMITS) -> ParseResult:
    """Parse a policy text; never raises for what the text contains."""
    source = Source(name, text)
    if len(text) > limits.size:
        problem = Diagnostic(
            "F004", source, Span(0, 0), {"path": name, "size": len(text), "limit": limits.size}
        )
        return ParseResult(source, File(()), (problem,))
    return _Run(source, limits).result()


def parse_bytes(data: bytes, name: str, limits: Limits = DEFAULT_LIMITS) -> ParseResult:
    """Parse the content of a file: names a binary file and a wrong encoding as such."""
    source = Source(name, "")

    def refuse(code: str, **details: object) -> ParseResult:
        return ParseResult(source, File(()), (Diagnostic(code, source, None, details),))

    if len(data) > limits.size:
        return refuse("F004", path=name, size=len(data), limit=limits.size)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return refuse("F003", path=name, encoding="UTF-16")
    if b"\0" in data:
        encoding = _guess(data, (("utf-16-le", "UTF-16"), ("utf-16-be", "UTF-16")))
        return (
            refuse("F003", path=name, encoding=encoding) if encoding else refuse("F002", path=name)
        )
    try:
        return parse_text(data.decode("utf-8-sig"), name, limits)
    except UnicodeDecodeError:
        encoding = _guess(data, (("gb18030", "GBK/GB18030"), ("big5", "Big5")))
        return (
            refuse("F003", path=name, encoding=encoding) if encoding else refuse("F002", path=name)
        )


def parse_path(path: str | Path, limits: Limits = DEFAULT_LIMITS) -> ParseResult:
    """Parse a file; what keeps it from being read is a diagnostic, not an exception."""
    name = str(path)
    source = Source(name, "")
    try:
        # One byte more than the limit tells that a file is too large without reading it all.
        with Path(path).open("rb") as stream:
            data = stream.read(limits.size + 1)
            if len(data) > limits.size:
                size = os.fstat(stream.fileno()).st_size
                details = {"path": name, "size": size, "limit": limits.size}
                return ParseResult(source, File(()), (Diagnostic("F004", source, None, details),))
    except FileNotFoundError:
        problem = Diagnostic("F001", source, None, {"path": name})
        return ParseResult(source, File(()), (problem,))
    except OSError as error:
        details = {"path": name, "problem": error.strerror or str(error)}
        return ParseResult(source, File(()), (Diagnostic("F005", source, None, details),))
    return parse_bytes(data, name, limits)


# Frequent characters that are written alike in simplified and traditional Chinese.
_FREQUENT = frozenset(
    "的一是在不有和人中大上以用生到作地出分成可主年工同能下子面而方多定行法所民得三之等部度家力如"
    "水化高自二理小物加都制使本去把性好合因由其些然前外天政四日社事平形相全表重新心明原利比或第向"
    "道命此只意建月公情者最立代提直程展五果料位入常文次品式活及管特件求老基流路少山知手角期根九放"
    "西做必先回任取南色光北百口世金市項级組指扣加满满积积單位，。：“”、（）\n"
)


def _guess(data: bytes, encodings: Sequence[tuple[str, str]]) -> str | None:
    """The encoding in which the bytes read most like a Chinese text, or ``None``."""
    best, label = 0, None
    for encoding, name in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Random bytes decode to unassigned or private characters; Chinese text does not.
        strange = sum(
            unicodedata.category(c) in ("Co", "Cn", "Cc") and c not in "\r\n\t\f" for c in text
        )
        usual = sum(c in _FREQUENT for c in text)
        if strange * 50 <= len(text) and usual > best:
            best, label = usual, name
    return label


# -- one run --------------------------------------------------------------------


@cache
def _document_kinds() -> frozenset[str]:
    """The keywords that a file can begin with."""
    known = tables()
    return frozenset(known.rows[known.start]) & keywords.keyword_table().keys()


class _Unreadable(Exception):
    """There is nothing to gain from reading on; the findings tell why."""


class _Run:
    """State of one parse: tokens, comments, findings."""

    def __init__(self, source: Source, limits: Limits):
        self.source = source
        self.limits = limits
        self.found: list[Diagnostic] = []

    def result(self) -> ParseResult:
        tree: Tree[Any] | None = None
        lexing = Lexing(self.source, keywords.words(), self._report, self.limits.words)
        lexed = lexing.result
        try:
            lexing.read(tables().tokens(fold_width(self.source.text)))
            if self._is_policy(lexed) and self._nesting_is_sane(lexed.tokens):
                tree = self._parse(lexed)
        except _Unreadable:
            self._is_policy(lexed)
        file = File(())
        if tree is not None:
            builder = Builder(self.source, lexed.comments, self.limits.digits)
            file = builder.file(tree)
            self.found.extend(builder.found)
            if not file.documents and not self.found:
                self._report("P114", Span(0, 0))
        found = in_order(self.found)
        if len(found) > self.limits.errors + 1:
            found = found[: self.limits.errors]
            limit = {"limit": self.limits.errors}
            found.append(Diagnostic("P111", self.source, found[-1].span, limit))
        return ParseResult(self.source, file, tuple(found))

    def _report(self, code: str, span: Span, **details: object) -> None:
        self.found.append(Diagnostic(code, self.source, span, details))
        if code == "P124":
            raise _Unreadable  # half a text would only show where it was cut
        self._check_count(span)

    def _check_count(self, span: Span) -> None:
        if len(self.found) >= self.limits.errors:
            del self.found[self.limits.errors :]
            limit = {"limit": self.limits.errors}
            self.found.append(Diagnostic("P111", self.source, span, limit))
            raise _Unreadable

    def _is_policy(self, lexed: Lexed) -> bool:
        """Whether any document begins in the text; if not, that is all there is to say."""
        tokens = lexed.tokens
        if not tokens or any(token.type in _document_kinds() for token in tokens):
            return True
        table = keywords.keyword_table()
        kinds = [word for kind in _document_kinds() for word in table[kind]]
        if nearest(tokens[0].value, kinds) is not None:
            return True
        found = shorten(self.source.line(tokens[0].line or 1).strip(), 20)
        self.found = [Diagnostic("P123", self.source, span_of(tokens[0]), {"found": found})]
        return False

    def _nesting_is_sane(self, tokens: Sequence[Token]) -> bool:
        """Bounds the depth of the tree, so that walking it never runs out of stack.

        Braces and brackets nest, and so does each operator of a chain.
        """
        depth, chain = 0, 0
        chains: list[int] = []  # operators before each open bracket
        for token in tokens:
            kind = token.type
            if kind in ("OPEN_BRACE", "OPEN_PAREN"):
                depth += 1
                chain = chain if kind == "OPEN_PAREN" else 0
                chains.append(chain)
            elif kind in ("CLOSE_BRACE", "CLOSE_PAREN"):
                depth = max(0, depth - 1)
                chain = chains.pop() if chains else 0
                chain = chain if kind == "CLOSE_PAREN" else 0
            elif kind in _FRESH:
                chain = chains[-1] if chains else 0
            elif kind in _CHAINING:
                chain += 1
            if depth > self.limits.depth or chain > 2 * self.limits.depth:
                limit = self.limits.depth if depth > self.limits.depth else 2 * self.limits.depth
                self._report("P107", span_of(token), limit=limit)
                return False
        return True

    # -- driving the LALR parser

    def _parse(self, lexed: Lexed) -> Tree[Any] | None:
        tokens = lexed.tokens
        if not any(token.type == SOFT for token in tokens):
            with contextlib.suppress(Unfitting):
                return tables().parse(tokens)
        tries = [self._recovered(lexed, balance=False)]
        braces = [token.type for token in tokens]
        if braces.count("OPEN_BRACE") != braces.count("CLOSE_BRACE"):
            # as the author indented it, if that explains the text at least as well
            tries.insert(0, self._recovered(lexed, balance=True))
        found, mended = min(tries, key=lambda one: len(one[0]))
        self.found.extend(found)
        self._check_count(found[-1].span or Span() if found else Span())
        with contextlib.suppress(Unfitting):
            return tables().parse(mended)
        return None  # a repair was wrong; the findings stand, only the tree is lost

    def _recovered(self, lexed: Lexed, *, balance: bool) -> tuple[list[Diagnostic], list[Token]]:
        found: list[Diagnostic] = []

        def report(code: str, span: Span, **details: object) -> None:
            found.append(Diagnostic(code, self.source, span, details))

        # most files have no error, and a start of the program should not pay for it
        from policydsl.language.recovering.automaton import Automaton
        from policydsl.language.recovering.braces import balanced
        from policydsl.language.recovering.recovery import Recovery

        tokens = balanced(lexed.tokens, report) if balance else lexed.tokens
        recovery = Recovery(
            Automaton(tables()), tokens, self.source, self.limits.errors, lexed.mended
        )
        mended = recovery.run()
        return found + recovery.found, mended


_CHAINING = frozenset({"PLUS", "MINUS", "TIMES", "DIVIDE", "AND", "OR", "NOT"})
# Behind these a new expression begins.
_FRESH = frozenset(
    {"COLON", "SEMICOLON", "COMMA", "FULL_STOP", "TARGET", "RANKING", "APPLIES_WHEN", "EACH",
     "AWARD", "DEDUCT", "GIVE", "BY", "WITH", "WEIGHS", "PLAUSIBLE"}
)  # fmt: skip
