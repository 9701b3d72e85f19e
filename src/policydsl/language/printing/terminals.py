"""What the lexer would read at the beginning of a printed text.

The grammar's own patterns and rules answer, so that printing and parsing always agree.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache

from policydsl.language.keywords import grammar_files, words


@cache
def terminal(name: str) -> re.Pattern[str]:
    """The pattern of a terminal that the grammar defines by one regular expression."""
    text = "\n".join(content for _, content in grammar_files())
    found = re.search(rf"^{name}(?:\.\d+)?: /(.+)/$", text, re.M)
    if found is None:
        raise LookupError(f"the grammar has no terminal {name} with one regular expression")
    return re.compile(found[1])


@cache
def firsts(rule: str) -> frozenset[str]:
    """The terminals that the alternatives of a grammar rule begin with."""
    text = "\n".join(content for _, content in grammar_files())
    found = re.search(rf"^[!?]*{rule}:((?:.*\n)(?:[ \t]+\|.*\n)*)", text, re.M)
    if found is None:
        raise LookupError(f"the grammar has no rule {rule}")
    terminals: set[str] = set()
    for alternative in re.sub(r"\([^()]*\)", "", found[1]).split("|"):
        symbol = alternative.split()[0]
        terminals |= {symbol} if symbol.isupper() else firsts(symbol)
    return frozenset(terminals)


_MARKS = {
    "（": "OPEN_PAREN", "(": "OPEN_PAREN", "-": "MINUS", "“": "STRING", '"': "STRING",
    "「": "QNAME", "<": "LESS", ">": "GREATER", "=": "EQUALS", "≠": "NOT_EQUALS",
    "!": "NOT_EQUALS", "≤": "LESS_EQ", "≥": "GREATER_EQ",
}  # fmt: skip


def first_terminal(text: str) -> str:
    """The terminal that a printed statement, rule, tier or row begins with."""
    if text[:2] in ("<=", ">="):
        return _MARKS[text[0]] + "_EQ"
    if text[0] in _MARKS:
        return _MARKS[text[0]]
    for kind in ("DATE", "NUMBER"):
        if terminal(kind).match(text):
            return kind
    word = terminal("NAME").match(text)
    return words().get(word[0], "NAME") if word else ""


def value_of(written: str) -> Fraction | None:
    """What a number in its Chinese spelling (十二, 1.2万) means; ``None``: no number."""
    if not terminal("NUMBER").fullmatch(written):
        return None
    if written[0].isdigit():
        multiple = {"万": 10_000, "亿": 100_000_000}.get(written[-1], 1)
        return Fraction(written if multiple == 1 else written[:-1]) * multiple
    import cn2an

    try:
        return Fraction(str(cn2an.cn2an(written.replace("〇", "零"), "smart")))
    except ValueError:
        return None
