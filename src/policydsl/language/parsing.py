"""Text → tree.

Three steps: fold full-width characters to ASCII one for one (positions stay those of the
original), lex the whole text, and drive Lark's LALR parser over the tokens.  When a token
does not fit, the parser reports it and goes on: first it looks for the next fitting token
of the same line, then it drops the unfinished statement and resumes at the next line or
closing brace.  So one run reports all errors of a file.

Limits (:class:`Limits`) bound size, nesting, digits and the number of errors: policy
files are untrusted input.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import pickle
import tempfile
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import lark
from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedToken
from lark.lexer import LexerThread
from lark.parsers.lalr_analysis import Shift
from lark.parsers.lalr_parser_state import ParserState

from policydsl.language import keywords
from policydsl.language.building import Builder
from policydsl.language.diagnostics import Diagnostic, Source, did_you_mean, in_order, nearest
from policydsl.language.nodes import File, Span


@dataclass(frozen=True, slots=True)
class Limits:
    """What a policy file may cost; ``size`` in bytes of UTF-8."""

    size: int = 4_000_000
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


# U+FF01–U+FF5E are the full-width twins of ASCII 0x21–0x7E; U+3000 is the wide space.
_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def fold_width(text: str) -> str:
    """Full-width letters, digits and punctuation as ASCII; same length, same positions."""
    return text.translate(_FOLD)


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
        return refuse("F002", path=name)
    try:
        return parse_text(data.decode("utf-8-sig"), name, limits)
    except UnicodeDecodeError:
        encoding = _guess_encoding(data)
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


def _guess_encoding(data: bytes) -> str | None:
    """The Chinese encoding that a text that is no UTF-8 most likely has."""
    for encoding, label in (("gb18030", "GBK/GB18030"), ("big5", "Big5")):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Random bytes decode to unassigned or private characters; Chinese text does not.
        strange = sum(
            unicodedata.category(c) in ("Co", "Cn", "Cc") and c not in "\r\n\t\f" for c in text
        )
        if strange * 50 <= len(text):
            return label
    return None


# -- the parser's tables --------------------------------------------------------


@cache
def lark_parser() -> Lark:
    """The LALR parser of the grammar; its tables are kept in the user's cache folder.

    Building the tables takes most of a second, loading them a few milliseconds.  The cache
    is an optimisation only: any trouble with it falls back to building.
    """
    text = "\n".join(content for _, content in keywords.grammar_files())
    stamp = hashlib.sha256(f"{lark.__version__}\n{text}".encode()).hexdigest()[:24]
    path = _cache_folder() / f"grammar-{stamp}.pickle"
    with contextlib.suppress(Exception), path.open("rb") as stored:
        return Lark.load(stored)
    parser = Lark(
        text, parser="lalr", lexer="basic", propagate_positions=True, maybe_placeholders=False
    )
    with contextlib.suppress(OSError, pickle.PickleError):
        path.parent.mkdir(parents=True, exist_ok=True)
        buffer = io.BytesIO()
        parser.save(buffer)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".grammar-")
        with os.fdopen(handle, "wb") as stream:
            stream.write(buffer.getvalue())
        Path(temporary).replace(path)
    return parser


def _cache_folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("policydsl", appauthor=False)


@cache
def _lexer() -> Callable[[str], Sequence[Token]]:
    parser = lark_parser()
    lexer = parser._build_lexer(True)  # the public Lark.lex builds a new lexer on each call

    def lex(text: str) -> Sequence[Token]:
        thread = LexerThread.from_text(lexer, text)
        return list(thread.lex(None))  # type: ignore[no-untyped-call]  # Lark leaves it untyped

    return lex


# -- one run --------------------------------------------------------------------

_END = "$END"
_LISTS = ("__start_star", "__body_star", "__example_body_star", "__action_star", "__operation_star")
# What a missing token may be, in the order in which the reader is most likely to have
# forgotten it.
_INSERTABLE = ("COLON", "OPEN_BRACE", "CLOSE_PAREN", "COMMA", "POINT")
_PUNCTUATION = {
    "COLON": ("：", ":"),
    "COMMA": ("，", ","),
    "LIST_COMMA": ("、", "、"),
    "BAR": ("｜", "|"),
    "SEMICOLON": ("；", ";"),
    "FULL_STOP": ("。", "。"),
    "OPEN_BRACE": ("{", "{"),
    "CLOSE_BRACE": ("}", "}"),
    "OPEN_PAREN": ("（", "("),
    "CLOSE_PAREN": ("）", ")"),
    "NAME": ("名称", "a name"),
    "QNAME": ("「名称」", "「name」"),
    "NUMBER": ("数字", "a number"),
    "STRING": ("“文字”", "“text”"),
    "TEXT_BLOCK": ('"""文字"""', '"""text"""'),
    "DATE": ("日期", "a date"),
    "PERCENT": ("%", "%"),
    "PER_MILLE": ("‰", "‰"),
    _END: ("文件结束", "the end of the file"),
    "PLUS": ("+", "+"),
    "MINUS": ("-", "-"),
    "TIMES": ("×", "*"),
    "DIVIDE": ("÷", "/"),
    "LESS": ("<", "<"),
    "LESS_EQ": ("<=", "<="),
    "GREATER": (">", ">"),
    "GREATER_EQ": (">=", ">="),
    "EQUALS": ("=", "="),
    "NOT_EQUALS": ("!=", "!="),
}


def shown(terminal: str) -> tuple[str, str]:
    """How a terminal is named to a reader, in Chinese and English."""
    if terminal in _PUNCTUATION:
        return _PUNCTUATION[terminal]
    table = keywords.keyword_table()
    if terminal in table:
        return table[terminal][0], table[terminal][1]
    return terminal, terminal


class _TooManyErrors(Exception):
    pass


class _Run:
    """State of one parse: tokens, comments, findings."""

    def __init__(self, source: Source, limits: Limits):
        self.source = source
        self.limits = limits
        self.found: list[Diagnostic] = []
        self.comments: list[Token] = []

    def result(self) -> ParseResult:
        tree: Tree[Any] | None = None
        try:
            tokens = self._tokens()
            if self._nesting_is_sane(tokens):
                tree = self._drive(tokens)
        except _TooManyErrors:
            pass
        file = File(())
        if tree is not None:
            builder = Builder(self.source, self.comments, self.limits.digits)
            file = builder.file(tree)
            self.found.extend(builder.found)
            if not file.documents and not self.found:
                self._report("P114", Span(0, 0))
        return ParseResult(self.source, file, tuple(in_order(self.found)))

    def _report(self, code: str, span: Span, **details: object) -> None:
        self.found.append(Diagnostic(code, self.source, span, details))
        if len(self.found) >= self.limits.errors:
            limit = {"limit": self.limits.errors}
            self.found.append(Diagnostic("P111", self.source, span, limit))
            raise _TooManyErrors

    # -- lexing

    def _tokens(self) -> list[Token]:
        words = keywords.words()
        kept: list[Token] = []
        for token in _lexer()(fold_width(self.source.text)):
            kind = token.type
            if kind == "WHITE_SPACE":
                continue
            if kind == "NAME":
                token.type = words.get(token.value, "NAME")
            elif kind == "COMMENT":
                self.comments.append(token)
                continue
            elif kind == "UNCLOSED_TEXT":
                shown_text = self._original(token)
                self._report("P105", _span(token), found=_short(shown_text))
                token.type = "QNAME" if shown_text.startswith("「") else "STRING"
            elif kind == "STRAY":
                character = self._original(token)
                name = unicodedata.name(character, f"U+{ord(character):04X}")
                self._report("P106", _span(token), found=_visible(character), name=name)
                continue
            kept.append(token)
        return kept

    def _original(self, token: Token) -> str:
        span = _span(token)
        return self.source.text[span.start : span.end]

    def _nesting_is_sane(self, tokens: Sequence[Token]) -> bool:
        depth = 0
        for token in tokens:
            if token.type in ("OPEN_BRACE", "OPEN_PAREN"):
                depth += 1
                if depth > self.limits.depth:
                    self._report("P107", _span(token), limit=self.limits.depth)
                    return False
            elif token.type in ("CLOSE_BRACE", "CLOSE_PAREN"):
                depth = max(0, depth - 1)
        return self._operators_are_sane(tokens)

    def _operators_are_sane(self, tokens: Sequence[Token]) -> bool:
        """A chain of operators nests the tree as brackets do; bound its length per line."""
        run = 0
        for token in tokens:
            if token.type in ("COLON", "OPEN_BRACE", "CLOSE_BRACE", "SEMICOLON"):
                run = 0
            elif token.type in ("PLUS", "MINUS", "TIMES", "DIVIDE", "AND", "OR", "NOT"):
                run += 1
                if run > 4 * self.limits.depth:
                    self._report("P107", _span(token), limit=4 * self.limits.depth)
                    return False
        return True

    # -- driving the LALR parser

    def _drive(self, tokens: list[Token]) -> Tree[Any] | None:
        state = lark_parser().parse_interactive("").parser_state
        position = 0
        while position < len(tokens):
            token = tokens[position]
            try:
                state.feed_token(token)
                position += 1
            except UnexpectedToken:
                position = self._recover(state, tokens, position)
        return self._finish(state, tokens)

    def _finish(self, state: ParserState[Any], tokens: list[Token]) -> Tree[Any] | None:
        last = tokens[-1] if tokens else Token("", "", 0, 1, 1, 1, 1, 0)
        end = Token.new_borrow_pos(_END, "", last)
        braces = self._unclosed(tokens)
        for brace in braces:
            self._report("P103", _span(brace))
        # Close what is open, so that everything that was understood is still in the tree.
        for _ in range(len(braces) + 1):
            if self._fits(state, end):
                result: Tree[Any] = state.feed_token(end, True)
                return result
            closing = Token.new_borrow_pos("CLOSE_BRACE", "}", last)
            if not self._fits(state, closing):
                if not braces and not self.found:
                    self._unexpected(state, end, tokens, len(tokens))
                if not self._pop_to_list(state, closing) and not self._pop_to_list(state, end):
                    return None
                if self._fits(state, end):
                    continue
            state.feed_token(closing)
        return state.feed_token(end, True) if self._fits(state, end) else None

    def _recover(self, state: ParserState[Any], tokens: list[Token], position: int) -> int:
        """Report the token at ``position`` and return where to go on."""
        token = tokens[position]
        if token.type == "CLOSE_BRACE" and not self._open_brace_on_stack(state):
            self._report("P104", _span(token))
            return position + 1
        keyword = self._misspelt(state, tokens, position)
        if keyword is not None:
            self._unexpected(state, token, tokens, position)
            state.feed_token(Token.new_borrow_pos(keyword, token.value, token))
            return position + 1
        inserted = self._insertion(state, tokens, position)
        if inserted is not None:
            zh, en = shown(inserted)
            before = tokens[position - 1] if position else token
            self._report("P110", _span(before), missing=zh, missing_en=en)
            state.feed_token(Token.new_borrow_pos(inserted, zh, token))
            return position
        self._unexpected(state, token, tokens, position)
        # The next token of this line that fits where the parser stands, and whose successor
        # fits as well.
        for ahead in range(position + 1, len(tokens)):
            candidate = tokens[ahead]
            if candidate.line != token.line:
                break
            if candidate.type in ("CLOSE_BRACE",):
                break
            if self._fits(state, candidate, tokens[ahead + 1] if ahead + 1 < len(tokens) else None):
                return ahead
        opened = self._to_block(state, tokens, position)
        return self._resume(state, tokens, position) if opened is None else opened

    def _to_block(
        self, state: ParserState[Any], tokens: Sequence[Token], position: int
    ) -> int | None:
        """A heading that went wrong still opens its block: go on inside the block."""
        line = tokens[position].line
        at = position
        while at < len(tokens) and tokens[at].line == line and tokens[at].type != "OPEN_BRACE":
            at += 1
        if at + 1 >= len(tokens) or tokens[at].line != line:
            return None
        for size in range(len(state.value_stack), 0, -1):
            if self._is_list(state.value_stack[size - 1]):
                return None
            if self._fits(state, tokens[at], tokens[at + 1], depth=size + 1):
                del state.value_stack[size:]
                del state.state_stack[size + 1 :]
                return at
        return None

    @staticmethod
    def _is_list(value: Any) -> bool:
        if isinstance(value, Token):
            return bool(value.type == "OPEN_BRACE")
        return isinstance(value, Tree) and str(value.data).startswith(_LISTS)

    def _misspelt(
        self, state: ParserState[Any], tokens: Sequence[Token], position: int
    ) -> str | None:
        """The keyword that a name was meant to be: near in spelling, and it fits here."""
        token = tokens[position]
        if token.type != "NAME":
            return None
        follower = tokens[position + 1] if position + 1 < len(tokens) else None
        accepted = set(self._accepted(state))
        spellings = [s for t in accepted for s in keywords.keyword_table().get(t, ())]
        near = nearest(token.value, spellings)
        kind = keywords.words()[near] if near else None
        if kind is None:
            return None
        return kind if self._fits(state, Token.new_borrow_pos(kind, "", token), follower) else None

    def _resume(self, state: ParserState[Any], tokens: list[Token], position: int) -> int:
        """Drop the unfinished statement; go on at a line start or a closing brace."""
        depth = 0
        for ahead in range(position, len(tokens)):
            token = tokens[ahead]
            line_start = ahead == 0 or tokens[ahead - 1].line != token.line
            if (
                depth == 0
                and (ahead > position or token.type == "CLOSE_BRACE")
                and (line_start or token.type == "CLOSE_BRACE")
                and self._pop_to_list(state, token)
            ):
                return ahead
            if token.type == "OPEN_BRACE":
                depth += 1
            elif token.type == "CLOSE_BRACE":
                depth = max(0, depth - 1)
        return len(tokens)

    def _pop_to_list(self, state: ParserState[Any], token: Token) -> bool:
        """Unwind to the innermost list of statements in which ``token`` can stand."""
        for size in range(len(state.value_stack), -1, -1):
            if size and not self._is_list(state.value_stack[size - 1]):
                continue
            if self._fits(state, token, depth=size + 1):
                del state.value_stack[size:]
                del state.state_stack[size + 1 :]
                return True
            if (
                token.type == "CLOSE_BRACE"
                and size
                and isinstance(state.value_stack[size - 1], Token)
            ):
                return False  # a brace closes the innermost open block or nothing
        return False

    @staticmethod
    def _fits(state: ParserState[Any], *tokens: Token | None, depth: int | None = None) -> bool:
        """Whether the parser, with its stack cut to ``depth`` states, takes these tokens.

        Runs the automaton on states alone: Lark's reductions change the values in place, so a
        trial on a copied parser would leave its traces in the real tree.
        """
        table = state.parse_conf.parse_table.states
        end_state = state.parse_conf.end_state
        stack = list(state.state_stack[:depth])
        for token in tokens:
            if token is None:
                continue
            while True:
                step = table[stack[-1]].get(token.type)
                if step is None:
                    return False
                action, argument = step
                if action is Shift:
                    stack.append(argument)
                    break
                size = len(argument.expansion)
                if size:
                    del stack[-size:]
                stack.append(table[stack[-1]][argument.origin.name][1])
                if token.type == _END and stack[-1] == end_state:
                    break
        return True

    def _insertion(self, state: ParserState[Any], tokens: list[Token], position: int) -> str | None:
        token = tokens[position]
        follower = tokens[position + 1] if position + 1 < len(tokens) else None
        for kind in _INSERTABLE:
            extra = Token.new_borrow_pos(kind, shown(kind)[0], token)
            if self._fits(state, extra, token, follower):
                return kind
        return None

    @staticmethod
    def _open_brace_on_stack(state: ParserState[Any]) -> bool:
        return any(
            isinstance(value, Token) and value.type == "OPEN_BRACE" for value in state.value_stack
        )

    @staticmethod
    def _unclosed(tokens: Sequence[Token]) -> list[Token]:
        """Opening braces without a partner.

        When braces are missing, indentation tells which: a closing brace that starts its
        line stands under the line of the brace that it closes.
        """
        indent: dict[int, int] = {}
        for token in tokens:
            indent.setdefault(token.line or 0, token.column or 0)
        stack: list[Token] = []
        suspects: list[Token] = []
        for token in tokens:
            if token.type == "OPEN_BRACE":
                stack.append(token)
            elif token.type == "CLOSE_BRACE" and stack:
                first_of_line = indent[token.line or 0] == token.column
                while (
                    first_of_line
                    and len(stack) > 1
                    and stack[-1].line != token.line
                    and indent[stack[-1].line or 0] > (token.column or 0)
                ):
                    suspects.append(stack.pop())
                stack.pop()
        missing = sum(
            1 if t.type == "OPEN_BRACE" else -1 if t.type == "CLOSE_BRACE" else 0 for t in tokens
        )
        if missing <= 0:
            return []
        return (suspects + stack)[:missing]

    # -- messages

    def _unexpected(
        self, state: ParserState[Any], token: Token, tokens: Sequence[Token], position: int
    ) -> None:
        accepted = self._accepted(state)
        glued = self._glued(tokens, position)
        if glued is not None:
            culprit, proposal = glued
            self._report("P112", _span(culprit), found=culprit.value, proposal=proposal)
            return
        expected = _listed([shown(t)[0] for t in accepted])
        expected_en = _listed([shown(t)[1] for t in accepted])
        if token.type == _END:
            self._report("P102", _span(token), expected=expected, expected_en=expected_en)
            return
        if "NAME" in accepted and token.type in keywords.keyword_table():
            self._report("P115", _span(token), found=self._original(token))
            return
        near = ("", "")
        if token.type == "NAME":
            spellings = [s for t in accepted for s in keywords.keyword_table().get(t, ())]
            near = did_you_mean(token.value, spellings)
        self._report(
            "P101",
            _span(token),
            found=_short(self._original(token)),
            near=near,
            expected=expected,
            expected_en=expected_en,
        )

    def _accepted(self, state: ParserState[Any]) -> list[str]:
        table = state.parse_conf.parse_table.states[state.position]
        return [
            name
            for name in table
            if name.isupper() or name == _END
            if self._fits(state, Token(name, "", 0, 1, 1, 1, 1, 0))
        ]

    @staticmethod
    def _glued(tokens: Sequence[Token], position: int) -> tuple[Token, str] | None:
        """A name of the same line, at or before the error, that hides a keyword."""
        line = tokens[min(position, len(tokens) - 1)].line
        words = keywords.words()
        at = min(position, len(tokens) - 1)
        while at >= 0 and tokens[at].line == line:
            token = tokens[at]
            at -= 1
            if token.type != "NAME" or len(token.value) < 3:
                continue
            text = token.value
            for size in range(min(6, len(text) - 1), 0, -1):
                for word, split in (
                    (text[-size:], f"{text[:-size]} {text[-size:]}"),
                    (text[:size], f"{text[:size]} {text[size:]}"),
                ):
                    if word in words and not word.isascii() and words[word] in _GLUABLE:
                        return token, split
        return None


# Keywords that join a name and a number in running text; other keywords are too common as
# parts of names (单位, 组, 项) to tell a missing space.
_GLUABLE = frozenset({
    "BELOW", "SHORT_OF", "UNDER", "ABOVE", "EXCEEDS", "REACHES", "NOT_BELOW", "NOT_FEWER",
    "NOT_ABOVE", "NOT_EXCEEDING", "AWARD", "DEDUCT", "GIVE", "EACH", "DISCRETION_DEDUCT",
    "DISCRETION_AWARD", "NOT_CARRIED_OUT", "NOT_IMPLEMENTED", "NOT_COMPLETED", "NOT_REACHED",
    "NOT_MET", "NOT_ESTABLISHED", "NOT_GROWN", "NOT_RECTIFIED", "MAX", "FULL_MARKS", "SCORED",
    "OR_MORE", "OR_LESS",
})  # fmt: skip


def _span(token: Token) -> Span:
    start = token.start_pos or 0
    end = token.end_pos
    return Span(start, start + len(token) if end is None else end)


def _short(text: str, limit: int = 40) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _visible(character: str) -> str:
    return character if character.isprintable() else f"U+{ord(character):04X}"


def _listed(items: Sequence[str], limit: int = 12) -> str:
    unique = list(dict.fromkeys(items))
    return "、".join(unique[:limit]) + (" …" if len(unique) > limit else "")
