"""Text → tokens, with the comments set aside.

Lark's lexer never fails (the grammar has a terminal for any stray character); what it finds
amiss is reported here, and mended so that the parser is not misled: 【 stands for “{”, a
text in ‘…’ for a text, an invisible character inside a word is left out, a quotation inside
a quotation is one text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from lark import Token

from policydsl.language.diagnostics import Source, shorten, visible
from policydsl.language.nodes import Span

SOFT = "SOFT_NAME"
"""A stray character that may have been meant as a name; the parser may leave it out."""

# How far a text whose closing mark is missing is looked for: a text over several lines.
_LINES_OF_TEXT = 10

# What is written in place of the marks of the language, by the hand or by the input method.
_BRACKETS = {
    "【": ("OPEN_BRACE", "{"), "】": ("CLOSE_BRACE", "}"),
    "[": ("OPEN_BRACE", "{"), "]": ("CLOSE_BRACE", "}"),
    "〔": ("OPEN_PAREN", "（"), "〕": ("CLOSE_PAREN", "）"),
    "~": ("TO", "至"), "–": ("TO", "至"), "—": ("TO", "至"),
    "﹪": ("PERCENT", "%"), "﹕": ("COLON", "："), "∶": ("COLON", "："), "﹐": ("COMMA", "，"),
}  # fmt: skip
_ENGLISH = {"至": "to", "（": "(", "）": ")", "：": ":", "，": ","}
_TEXTS = {"‘": "’", "《": "》", "『": "』", "〈": "〉", "＇": "＇", "'": "'"}
_CLOSING = frozenset("”」’》』〉")


class Report(Protocol):
    """Takes a finding; may raise to end the run."""

    def __call__(self, code: str, span: Span, **details: object) -> None:
        """Report a finding of this code."""


@dataclass
class Lexed:
    """The tokens that the parser sees, and the comments; filled while lexing goes on."""

    tokens: list[Token] = field(default_factory=list)
    comments: list[Token] = field(default_factory=list)
    mended: set[int] = field(default_factory=set)
    """Offsets of tokens that stand for a mark of another language, and were reported."""


def span_of(token: Token) -> Span:
    """Where a token stands."""
    start = token.start_pos or 0
    end = token.end_pos
    return Span(start, start + len(token) if end is None else end)


def made_token(kind: str, value: str, start: Token, end: Token | None = None) -> Token:
    """A token of another kind in the place of one token, or of all from one to another."""
    last = start if end is None else end
    return Token(
        kind, value, start.start_pos, start.line, start.column,
        last.end_line, last.end_column, last.end_pos,
    )  # fmt: skip


class Lexing:
    """Reads raw tokens into ``result``; keywords are told from names by ``words``."""

    def __init__(
        self, source: Source, words: Mapping[str, str], report: Report, limit: int
    ) -> None:
        self.source = source
        self.result = Lexed()
        self._words = words
        self._report = report
        self._limit = limit
        self._skip_to = 0  # tokens before this offset belong to a text that was mended
        self._joint = -1  # where a name may go on behind a stray character
        self._in_block = False  # behind a \"\"\" that nothing closes

    def read(self, raw: Iterable[Token]) -> Lexed:
        """All tokens; stops with a finding when there are more than the limit."""
        for count, token in enumerate(raw):
            if count >= self._limit:
                self._report("P124", span_of(token), limit=self._limit)
                break
            if (token.start_pos or 0) >= self._skip_to:
                self._read(token)
        return self.result

    def _read(self, token: Token) -> None:
        kind = token.type
        kept = self.result.tokens
        if kind == "COMMENT":
            self.result.comments.append(token)
        elif kind == "WHITE_SPACE":
            self._white_space(token)
        elif self._in_block and not self._resumes(token):
            pass
        elif kind == "NAME":
            if self._joint == token.start_pos and self._continues(token):
                self._join(token)
                return
            token.type = self._words.get(token.value, "NAME")
            kept.append(token)
        elif kind == "UNCLOSED_TEXT":
            self._unclosed(token)
        elif kind == "STRAY":
            self._stray(token)
        else:
            kept.append(token)

    def _original(self, token: Token) -> str:
        span = span_of(token)
        return self.source.text[span.start : span.end]

    # -- names with something in them

    def _is_word(self, token: Token) -> bool:
        return token.type in ("NAME", SOFT) or token.value in self._words

    def _continues(self, token: Token) -> bool:
        """Whether the last kept word ends where the stray character before ``token`` did."""
        kept = self.result.tokens
        return bool(kept) and kept[-1].end_pos == token.start_pos and self._is_word(kept[-1])

    def _join(self, token: Token) -> None:
        kept = self.result.tokens
        value = kept[-1].value + token.value
        kept[-1] = made_token(self._words.get(value, "NAME"), value, kept[-1], token)

    def _white_space(self, token: Token) -> None:
        """Zero-width spaces are white space, except in the middle of a word."""
        text = token.value
        if text.strip("\u200b\ufeff"):
            return
        kept = self.result.tokens
        after = self.source.text[token.end_pos or 0 : (token.end_pos or 0) + 1]
        if (
            kept
            and kept[-1].end_pos == token.start_pos
            and self._is_word(kept[-1])
            and after.isalpha()
        ):
            self._invisible(token)

    def _invisible(self, token: Token) -> None:
        name = unicodedata.name(token.value[0], "")
        code = f"U+{ord(token.value[0]):04X}"
        self._report("P126", span_of(token), found=f"{code} {name}".strip())
        self._leave_out(token)

    def _leave_out(self, token: Token) -> None:
        kept = self.result.tokens
        if kept and kept[-1].end_pos == token.start_pos and self._is_word(kept[-1]):
            kept[-1].end_pos = token.end_pos
            self._joint = token.end_pos or 0

    # -- stray characters

    def _stray(self, token: Token) -> None:
        character = self._original(token)
        if character in _CLOSING:
            self._closing_mark(token, character)
        elif character in _TEXTS:
            self._other_marks(token, character)
        elif character in _BRACKETS or token.value in _BRACKETS:
            kind, instead = _BRACKETS.get(character) or _BRACKETS[token.value]
            quoted = (f"“{instead}”", f"“{_ENGLISH.get(instead, instead)}”")
            self._report("P118", span_of(token), found=character, instead=quoted)
            self.result.mended.add(token.start_pos or 0)
            self.result.tokens.append(made_token(kind, instead, token))
        elif unicodedata.category(character) in ("Cf", "Cc", "Cs", "Co", "Cn", "Mn", "Zl", "Zp"):
            self._invisible(token)
        else:
            name = unicodedata.name(character, "")
            self._report(
                "P106", span_of(token), found=visible(character), name=f"（{name}）" if name else ""
            )
            kept = self.result.tokens
            if kept and kept[-1].end_pos == token.start_pos and self._is_word(kept[-1]):
                self._join(token)
            else:
                kept.append(made_token(SOFT, token.value, token))
            self._joint = token.end_pos or 0

    def _closing_mark(self, token: Token, character: str) -> None:
        kept = self.result.tokens
        if character == "”":
            first = self._quotation_before(token)
            if first is not None:
                whole = made_token("STRING", "", kept[first], token)
                self._report("P116", span_of(whole), found=shorten(self._original(whole)))
                kept[first:] = [whole]
                return
            first = self._text_before(token)
            if first is not None:
                kept[first:] = [made_token("STRING", "", kept[first], token)]
                return
        self._report("P105", span_of(token), found=character)

    def _quotation_before(self, token: Token) -> int | None:
        """The first text of this line with a “ inside: its end was taken from within."""
        kept = self.result.tokens
        found = None
        for index in range(len(kept) - 1, -1, -1):
            if kept[index].line != token.line or kept[index].type in ("OPEN_BRACE", "CLOSE_BRACE"):
                break
            if kept[index].type == "STRING" and "“" in self._original(kept[index])[1:]:
                found = index
        return found

    def _text_before(self, token: Token) -> int | None:
        """An unclosed text a few lines above, with nothing but words in between."""
        kept = self.result.tokens
        for index in range(len(kept) - 1, -1, -1):
            one = kept[index]
            if (
                (token.line or 0) - (one.line or 0) > _LINES_OF_TEXT
                or one.type in ("OPEN_BRACE", "CLOSE_BRACE")
                or (one.type == "STRING" and self._original(one).endswith("”"))
            ):
                return None
            if one.type == "STRING" and self._original(one).startswith("“"):
                return index
        return None

    def _other_marks(self, token: Token, opening: str) -> None:
        """‘…’ and 《…》 for “…”, 『…』 for 「…」: read as what was meant."""
        text = self.source.text
        start = token.start_pos or 0
        line_end = text.find("\n", start)
        line_end = len(text) if line_end < 0 else line_end
        end = text.find(_TEXTS[opening], start + 1, line_end)
        if end < 0:
            self._report("P105", span_of(token), found=opening)
            return
        named = opening in ("『", "〈")
        whole = Token(
            "QNAME" if named else "STRING", text[start : end + 1], start, token.line, token.column,
            token.line, (token.column or 0) + end + 1 - start, end + 1,
        )  # fmt: skip
        instead = ("「」", "「 and 」") if named else ("双引号“ ”", "the quotation marks “ and ”")
        shown = shorten(self._original(whole))
        self._report("P118", span_of(whole), found=shown, instead=instead)
        self.result.tokens.append(whole)
        self._skip_to = end + 1

    # -- texts without end

    def _unclosed(self, token: Token) -> None:
        kept = self.result.tokens
        text = self._original(token)
        start = token.start_pos or 0
        if (
            kept
            and kept[-1].type == "STRING"
            and kept[-1].end_pos == start
            and len(kept[-1]) == 2
            and text.startswith(('"', "＂"))
        ):
            # \"\"\" that nothing closes: the rest is text up to the next line of the language
            self._report("P105", span_of(kept[-1]), found='"""')
            self._in_block = True
            return
        self._report("P105", span_of(token), found=shorten(text))
        token.type = "QNAME" if text.startswith("「") else "STRING"
        kept.append(token)

    def _resumes(self, token: Token) -> bool:
        text = self.source.text
        line_start = text.rfind("\n", 0, token.start_pos or 0) + 1
        if text[line_start : token.start_pos].strip():
            return False
        if token.type == "CLOSE_BRACE" or token.value in self._words:
            self._in_block = False
        return not self._in_block


def lines_of(tokens: Sequence[Token]) -> dict[int, int]:
    """Line → column of its first token."""
    first: dict[int, int] = {}
    for token in tokens:
        first.setdefault(token.line or 0, token.column or 0)
    return first
