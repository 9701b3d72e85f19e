"""Small repairs near a token that does not fit.

A word misspelt, a mark left out or mistaken for another, two words run together …
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from lark import Token

from policydsl.language import keywords
from policydsl.language.diagnostics import near_words, shorten
from policydsl.language.lexing import SOFT, made_token, span_of
from policydsl.language.nodes import Span
from policydsl.language.recovering.automaton import statement_lists
from policydsl.language.recovering.naming import listed, shown
from policydsl.language.recovering.reading import Reading, token_behind
from policydsl.language.tables import END

# How many tokens behind a repair must fit.
_ENOUGH = 3
# How far before an error its cause is looked for, in tokens.
_LOOK_BACK = 10


# What may have been left out, in the order in which it most likely was.
_LEFT_OUT = (
    "COLON", "OPEN_BRACE", "CLOSE_PAREN", "OPEN_PAREN", "POINT", "COMMA", "LIST_COMMA", "BAR", "IS",
    "REACHES",
)  # fmt: skip
# What stands for a word that was left out, so that reading can go on.
_PLACEHOLDERS = {"NAME": "未命名", "NUMBER": "0", "STRING": '""', "DATE": "1970-01-01"}
# Marks that are taken for one another.
_MARKS = frozenset(
    {"COLON", "COMMA", "LIST_COMMA", "BAR", "SEMICOLON", "FULL_STOP", "EQUALS", "MINUS"}
)
_INSTEAD = ("COLON", "BAR", "COMMA", "LIST_COMMA", "TO")


@dataclass(frozen=True, slots=True)
class Repair:
    """From the ``since``-th token read on, read ``tokens``, and go on at token ``goes_on``."""

    since: int
    tokens: tuple[Token, ...]
    goes_on: int
    code: str
    span: Span
    details: Mapping[str, object] = field(default_factory=dict)
    enough: int = _ENOUGH


@cache
def _glue_words() -> tuple[tuple[str, str], ...]:
    """Keywords that join names and numbers in running text, longest first."""
    table = keywords.keyword_table()
    found = [
        (word, kind) for kind in _GLUABLE for word in table.get(kind, ()) if not word.isascii()
    ]
    return tuple(sorted(found, key=lambda pair: (-len(pair[0]), pair[0])))


# Other keywords are too common as parts of names (单位, 组) to tell a missing space.
_GLUABLE = (
    "BELOW", "SHORT_OF", "UNDER", "ABOVE", "EXCEEDS", "REACHES", "NOT_BELOW", "NOT_FEWER",
    "NOT_ABOVE", "NOT_EXCEEDING", "AWARD", "DEDUCT", "GIVE", "EACH", "ITEM", "DISCRETION_DEDUCT",
    "DISCRETION_AWARD", "NOT_CARRIED_OUT", "NOT_IMPLEMENTED", "NOT_COMPLETED", "NOT_REACHED",
    "NOT_MET", "NOT_ESTABLISHED", "NOT_GROWN", "NOT_RECTIFIED", "MAX", "MIN", "FULL_MARKS", "CAP",
    "MOST", "SCORED", "OR_MORE", "OR_LESS", "BY", "IS", "IS_NOT", "AND", "OR", "TO", "INDICATOR",
    "GROUP", "FACT",
)  # fmt: skip


def _cuts(word: str) -> Iterator[list[tuple[str, str]]]:
    """Ways to cut keywords off the ends of a word: (text, kind) for each part."""
    for head_count in range(4):
        head, rest = _taken(word, head_count, front=True)
        if len(head) < head_count:
            break
        for tail_count in range(3):
            if not head_count and not tail_count:
                continue
            tail, middle = _taken(rest, tail_count, front=False)
            if len(tail) < tail_count:
                break
            yield [*head, *([(middle, "NAME")] if middle else []), *reversed(tail)]


def _taken(word: str, count: int, *, front: bool) -> tuple[list[tuple[str, str]], str]:
    parts: list[tuple[str, str]] = []
    while len(parts) < count:
        for text, kind in _glue_words():
            if (word.startswith(text) if front else word.endswith(text)) and len(parts) < count:
                parts.append((text, kind))
                word = word[len(text) :] if front else word[: len(word) - len(text)]
                break
        else:
            break
    return parts, word


class Repairs:
    """What may have been meant where a token does not fit."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    def small(self, position: int) -> Iterator[Repair]:
        """Repairs of one word or mark, the likeliest first."""
        later: list[Repair] = []
        for repair in self._misspelt(position):
            # a word that is written again and again is no slip of the pen
            if self.reading.written[self.reading.read_or_next(repair.since, position).value] > 1:
                later.append(repair)
            else:
                yield repair
        yield from self._bound_twice(position)
        yield from self._digits_in_name(position)
        yield from self._glued(position)
        yield from self._number_in_words(position)
        yield from self._left_out(position)
        yield from self._other_mark(position)
        yield from self._keyword_as_name(position)
        yield from self._word_left_out(position)
        yield from later
        yield from self._one_too_many(position)
        yield from self._swapped(position)

    def _window(self) -> range:
        """Places of this statement's tokens before the error, nearest first, and the error's."""
        begin = next(statement_lists(self.reading.frames[-1])).made
        return range(
            len(self.reading.read), max(begin, len(self.reading.read) - _LOOK_BACK) - 1, -1
        )

    def _names_near(self, position: int) -> Iterator[tuple[int, Token, tuple[Token, ...], int]]:
        """(place, name, tokens read behind it, where to go on) for names up to the error."""
        for at in self._window():
            token = self.reading.read_or_next(at, position)
            goes_on = position + 1 if at == len(self.reading.read) else position
            if token.type == "NAME":
                yield at, token, tuple(self.reading.read[at + 1 :]), goes_on

    def _misspelt(self, position: int) -> Iterator[Repair]:
        table, words = keywords.keyword_table(), keywords.words()
        for at, token, behind, goes_on in self._names_near(position):
            fitting = self.reading.automaton.accepted(self.reading.frames[at])
            spellings = [word for kind in fitting for word in table.get(kind, ())]
            for near in near_words(token.value, spellings, 3):
                instead = made_token(words[near], token.value, token)
                yield Repair(
                    at, (instead, *behind), goes_on, "P117", span_of(token),
                    {"found": token.value, "near": near},
                )  # fmt: skip

    def _digits_in_name(self, position: int) -> Iterator[Repair]:
        """某部门1: digits are words of their own, so that 扣2分 needs no spaces."""
        token = self.reading.tokens[position]
        if not self.reading.read or token.type not in ("NUMBER", "DATE", "NAME"):
            return
        at, goes_on, last = len(self.reading.read) - 1, position + 1, token
        if self.reading.read[at].end_pos != token.start_pos:
            return
        if self.reading.read[at].type == "NUMBER" and at:
            # the name went on behind its digits, as if they had a unit: 某县1中
            at -= 1
            if self.reading.read[at].end_pos != self.reading.read[at + 1].start_pos:
                return
        first = self.reading.read[at]
        if first.type != "NAME":
            return
        following = self.reading.tokens[goes_on]
        if following.type == "NAME" and following.start_pos == last.end_pos:
            last, goes_on = following, goes_on + 1
        written = self.reading.source.text[first.start_pos : last.end_pos]
        whole = made_token("NAME", written, first, last)
        yield Repair(at, (whole,), goes_on, "P128", span_of(whole), {"found": written})

    def _bound_twice(self, position: int) -> Iterator[Repair]:
        """不低于 95% 以上: the bound is said twice."""
        token = self.reading.tokens[position]
        if token.type not in ("OR_MORE", "OR_LESS"):
            return
        for at in self._window():
            if at < len(self.reading.read) and self.reading.read[at].type in _COMPARISONS:
                word = self.reading.read[at]
                spelt = keywords.keyword_table()[token.type]
                details = {
                    "word": word.value,
                    "word_en": shown(word.type)[1],
                    "surplus": spelt[0],
                    "surplus_en": spelt[1],
                }
                yield Repair(
                    len(self.reading.read), (), position + 1, "P113", span_of(token), details
                )
                return

    def _glued(self, position: int) -> Iterator[Repair]:
        for at, token, behind, goes_on in self._names_near(position):
            if not 2 <= len(token.value) <= 60 or token.value.isascii():
                continue
            for parts in _cuts(token.value):
                start, cut = token.start_pos or 0, []
                for text, kind in parts:
                    piece = Token(
                        kind, text, start, token.line, token.column, token.line,
                        token.end_column, start + len(text),
                    )  # fmt: skip
                    cut.append(piece)
                    start += len(text)
                proposal = " ".join(text for text, _ in parts)
                yield Repair(
                    at, (*cut, *behind), goes_on, "P112", span_of(token),
                    {"found": token.value, "proposal": proposal},
                )  # fmt: skip

    def _number_in_words(self, position: int) -> Iterator[Repair]:
        """百分之五 is a name to the lexer."""
        token = self.reading.tokens[position]
        if token.type == "NAME" and token.value.startswith(("百分之", "千分之", "万分之")):
            numeral = made_token("NUMBER", "0", token)
            yield Repair(
                len(self.reading.read), (numeral,), position + 1, "P120", span_of(token),
                {"found": token.value},
            )  # fmt: skip

    def _left_out(self, position: int) -> Iterator[Repair]:
        before = self.reading.before(position)
        place = span_of(before).end
        for kind in _LEFT_OUT:
            zh, en = shown(kind)
            yield Repair(
                len(self.reading.read), (token_behind(before, kind, zh),), position, "P110",
                Span(place, place), {"missing": zh, "missing_en": en},
            )  # fmt: skip

    def _word_left_out(self, position: int) -> Iterator[Repair]:
        before = self.reading.before(position)
        place = span_of(before).end
        fitting = set(self.reading.automaton.accepted(self.reading.frames[-1]))
        names = [shown(kind) for kind in _PLACEHOLDERS if kind in fitting]
        zh, en = "或".join(n[0] for n in names), " or ".join(n[1] for n in names)
        if len(names) > 2:
            zh, en = "一个值", "a value"
        for kind, value in _PLACEHOLDERS.items():
            yield Repair(
                len(self.reading.read), (token_behind(before, kind, value),), position, "P119",
                Span(place, place), {"missing": zh, "missing_en": en},
            )  # fmt: skip

    def _other_mark(self, position: int) -> Iterator[Repair]:
        token = self.reading.tokens[position]
        if token.type not in _MARKS:
            return
        for kind in _INSTEAD:
            if kind == token.type:
                continue
            zh, en = shown(kind)
            yield Repair(
                len(self.reading.read), (made_token(kind, zh, token),), position + 1, "P121",
                span_of(token),
                {"found": self.reading.original(token), "wanted": zh, "wanted_en": en},
            )  # fmt: skip

    def _keyword_as_name(self, position: int) -> Iterator[Repair]:
        token = self.reading.tokens[position]
        code = "P127" if token.type == "NUMBER" else "P115"
        if code == "P127" or token.type in keywords.keyword_table():
            yield Repair(
                len(self.reading.read), (made_token("NAME", token.value, token),), position + 1,
                code, span_of(token), {"found": self.reading.original(token)},
                # 一、二、三: each of them is wrong by itself
                2 if code == "P127" else _ENOUGH,
            )  # fmt: skip

    def _one_too_many(self, position: int) -> Iterator[Repair]:
        if self.reading.tokens[position].type not in (END, "OPEN_BRACE", "CLOSE_BRACE"):
            yield self.cut(position, position + 1)

    def _swapped(self, position: int) -> Iterator[Repair]:
        """The word at the error and the one before or behind it."""
        token = self.reading.tokens[position]
        pairs = []
        if self.reading.read:
            pairs.append((len(self.reading.read) - 1, self.reading.read[-1], token, position + 1))
        if position + 1 < len(self.reading.tokens):
            pairs.append(
                (len(self.reading.read), token, self.reading.tokens[position + 1], position + 2)
            )
        for since, first, second, goes_on in pairs:
            if first.line != second.line or {first.type, second.type} & _NOT_SWAPPED:
                continue
            yield Repair(
                since, (second, first), goes_on, "P122",
                Span(span_of(first).start, span_of(second).end),
                {"first": self.reading.original(first), "second": self.reading.original(second)},
            )  # fmt: skip

    def cut(self, position: int, goes_on: int) -> Repair:
        """Leave out the tokens of the text from ``position`` up to ``goes_on``."""
        zh, en = listed(self.reading.automaton.accepted(self.reading.frames[-1]))
        last = span_of(self.reading.tokens[goes_on - 1])
        span = Span(span_of(self.reading.tokens[position]).start, last.end)
        found = shorten(self.reading.source.text[span.start : span.end])
        details = {"found": found, "expected": zh, "expected_en": en}
        return Repair(len(self.reading.read), (), goes_on, "P101", span, details)

    def cutting(self, position: int) -> Iterator[Repair]:
        """Leave out several words of the line."""
        line = self.reading.tokens[position].line
        if self.reading.tokens[position].type in ("OPEN_BRACE", "CLOSE_BRACE"):
            return
        for goes_on in range(position + 2, min(len(self.reading.tokens), position + 40)):
            left_out = self.reading.tokens[goes_on - 1]
            if left_out.line != line or left_out.type in ("OPEN_BRACE", "CLOSE_BRACE", END):
                return
            yield self.cut(position, goes_on)


_NOT_SWAPPED = frozenset({END, SOFT, "OPEN_BRACE", "CLOSE_BRACE"})
_COMPARISONS = frozenset(
    {"REACHES", "NOT_BELOW", "NOT_FEWER", "NOT_ABOVE", "NOT_EXCEEDING", "BELOW", "SHORT_OF",
     "UNDER", "ABOVE", "EXCEEDS", "EARLIER", "LATER", "LESS", "LESS_EQ", "GREATER", "GREATER_EQ",
     "EQUALS", "NOT_EQUALS"}
)  # fmt: skip
