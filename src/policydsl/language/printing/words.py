"""Words, names, numbers, texts and lines: what every printed node is put together from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from policydsl.language import nodes as n
from policydsl.language.decimals import show_decimal
from policydsl.language.diagnostics import display_width
from policydsl.language.functions import find_function
from policydsl.language.keywords import Language, spell, words
from policydsl.language.printing.terminals import firsts, terminal, value_of
from policydsl.language.units import find_unit

STEP = "  "
CONTINUED = "    "


@dataclass(frozen=True, slots=True)
class _Marks:
    colon: str
    comma: str
    semicolon: str
    opening: str
    closing: str
    bar: str


PUNCTUATION = {
    "zh": _Marks("：", "，", "；", "（", "）", "｜"),
    "en": _Marks(": ", ",", ";", "(", ")", "|"),
}
COMPARISON_SIGNS = {
    "LESS": ("<", "<"), "LESS_EQ": ("≤", "<="), "GREATER": (">", ">"),
    "GREATER_EQ": ("≥", ">="), "EQUALS": ("=", "="), "NOT_EQUALS": ("≠", "!="),
}  # fmt: skip


class WordPrinter:
    """Writes in one language; ``width`` ``None`` never breaks a line that need not be."""

    def __init__(self, language: Language, width: int | None):
        self.language = language
        self.width = width
        self.side = 0 if language == "zh" else 1  # in the tables that hold both spellings
        self.marks = PUNCTUATION[language]
        self.comma = "，" if language == "zh" else ", "

    # -- words, names, numbers, texts

    def word(self, terminal: str) -> str:
        """A keyword, by its terminal."""
        return spell(terminal, self.language)

    def _entity(self, name: str) -> str:
        keyword = {"家庭": "HOUSEHOLD", "单位": "UNIT"}.get(name)
        return self.name(name) if keyword is None else self.word(keyword)

    def _function(self, name: str) -> str:
        """A built-in function in the language asked for; another name as it stands."""
        function = find_function(name)
        if function is None:
            return self.name(name)
        return function.chinese[0] if self.language == "zh" else function.english

    def _words(self, *terminals: str) -> str:
        return " ".join(map(self.word, terminals))

    def compare_word(self, word: str) -> str:
        """A sign or word of comparison."""
        signs = COMPARISON_SIGNS.get(word)
        return self.word(word) if signs is None else signs[self.side]

    def name(self, text: str, bare: frozenset[str] = frozenset()) -> str:
        """A name; keywords in ``bare`` are read as names in its place without 「」."""
        keyword = words().get(text)
        if keyword is not None:
            plain = keyword in bare
        else:
            # A name may begin like a number (三·八), and then the lexer would split it.
            plain = terminal("NAME").fullmatch(text) is not None and not any(
                terminal(kind).match(text) for kind in ("NUMBER", "DATE")
            )
        if plain:
            return text
        quoted = f"「{text}」"
        if not terminal("QNAME").fullmatch(quoted):
            raise ValueError(f"{text!r} cannot be written as a name")
        return quoted

    def names(self, names: Iterable[n.Name]) -> str:
        """Names in a list."""
        return "、".join(self.name(one.text) for one in names)

    def number(self, node: n.Number, units: frozenset[str] | None = None) -> str:
        """A number with its unit; ``units`` are the keywords that are units in its place."""
        digits = self._digits(node)
        if node.unit is None:
            return digits
        unit = self.unit(node.unit, node.unit_written, units)
        return f"{digits}{unit}" if unit in ("%", "‰") else f"{digits} {unit}"

    def _digits(self, node: n.Number) -> str:
        # A program that changes the value may leave the old spelling behind.
        if self.language == "zh" and node.written and value_of(node.written) == node.value:
            return node.written
        return decimal(node.value)

    def unit(self, symbol: str, written: str | None, units: frozenset[str] | None = None) -> str:
        """A unit word, between 「 and 」 where it would be read as something else."""
        known = find_unit(symbol)
        word = symbol
        if self.language == "en":
            word = symbol if known is None else known.english
        elif written is not None and known is not None and find_unit(written) is known:
            word = written
        return word if word in ("%", "‰") else self.name(word, units or firsts("unit_word"))

    def date(self, value: date) -> str:
        """A date."""
        if self.language == "zh":
            return f"{value.year:04}年{value.month}月{value.day}日"
        return value.isoformat()

    def text(self, value: str) -> str:
        """A text of one line between quotation marks."""
        if "\n" in value:
            raise ValueError(f"only 原文 holds several lines: {value!r}")
        if self.language == "zh" and "”" not in value:
            return f"“{value}”"
        # The lexer reads full-width ＂ and ＼ as their ASCII twins.
        return '"' + re.sub(r'(["\\＂＼])', r"\\\1", value) + '"'

    def _long_text(self, value: str) -> str:
        if "\n" not in value:
            return self.text(value)
        if re.search(r'["＂]{3}|["＂]\Z', value):
            raise ValueError('a text of several lines can neither hold """ nor end with "')
        return f'"""{value}"""'

    # -- lines

    def _fits(self, line: str, column: int) -> bool:
        return self.width is None or column + display_width(line) <= self.width

    def _filled(self, pieces: Sequence[str], column: int) -> list[str]:
        return self._continued([pieces[0]], pieces[1:], column)

    def _continued(self, lines: list[str], pieces: Iterable[str], column: int) -> list[str]:
        """``lines`` with more pieces behind the last line, and below it where it is full."""
        lines = list(lines)
        for piece in pieces:
            line = joined([lines[-1], piece])
            if self._fits(line.rpartition("\n")[2], column):
                lines[-1] = line
            else:
                lines.append(CONTINUED + piece)
        return lines


def joined(pieces: Sequence[str]) -> str:
    """The pieces on one line; a full-width comma brings its own space."""
    line = pieces[0]
    for piece in pieces[1:]:
        line += piece if line.endswith("，") else f" {piece}"
    return line


def indented(lines: Iterable[str]) -> list[str]:
    """The lines of a block."""
    return [STEP + line if line else line for line in lines]


def decimal(value: Fraction) -> str:
    """A number of the language: not negative, and with a finite decimal."""
    if value < 0:
        raise ValueError(f"a number is never negative, write Negative(Number({-value}))")
    written = show_decimal(value)
    if "/" in written:
        raise ValueError(f"{value} has no finite decimal")
    return written
