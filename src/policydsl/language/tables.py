"""The grammar as tables: what Lark makes of it, kept, so that a start takes no time.

Lark reads the grammar and builds its LALR automaton in about a second.  The result is kept
as JSON in the user's cache folder, under a name that changes with the grammar and with Lark;
any trouble with it falls back to building.  Text is cut into tokens by one regular
expression, made of the grammar's terminals in Lark's order, and parsed by the loop in
:meth:`Tables.parse`; trees are built by Lark's own callbacks.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import lark
from lark import Lark, Token, Tree
from lark.grammar import NonTerminal, Rule, RuleOptions, Terminal
from lark.parse_tree_builder import ParseTreeBuilder

from policydsl.language import keywords

END = "$END"
"""The terminal behind the last token."""

_OPTIONS: dict[str, Any] = {
    "parser": "lalr", "lexer": "basic", "propagate_positions": True, "maybe_placeholders": False,
}  # fmt: skip


class Unfitting(Exception):
    """A token does not fit where it stands."""


class Rows(dict[int, dict[str, int]]):
    """The automaton: for each state what a symbol does.

    A number from 0 is the next state; ``~n`` says that rule ``n`` ends before the symbol.  Rows
    are decoded when they are asked for: a small file needs few of them.
    """

    def __init__(self, symbols: list[str], packed: list[str]) -> None:
        super().__init__()
        self._symbols = symbols
        self._packed = packed

    def __missing__(self, state: int) -> dict[str, int]:
        packed = iter(map(int, self._packed[state].split()))
        symbols = self._symbols
        row = {symbols[symbol]: step for symbol, step in zip(packed, packed, strict=True)}
        self[state] = row
        return row


class Callbacks(dict[int, Callable[[list[Any]], Any]]):
    """For each rule what makes a tree of its parts; made by Lark when asked for."""

    def __init__(self, rules: list[list[Any]]) -> None:
        super().__init__()
        self._rules = rules

    def __missing__(self, number: int) -> Callable[[list[Any]], Any]:
        rule = _rule(*self._rules[number])
        # Lark leaves this part of itself without types
        builder: Any = ParseTreeBuilder
        made: Callable[[list[Any]], Any]
        (made,) = builder([rule], Tree, propagate_positions=True).create_callback().values()
        self[number] = made
        return made


class Tables:
    """Lexer and parser of the language, from the data that :func:`_built` makes."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.rows = Rows(data["symbols"], data["rows"])
        self.start: int = data["start"]
        self.end: int = data["end"]
        self.reductions = [(rule[0], len(rule[1])) for rule in data["rules"]]
        """For each rule its name and how many symbols it takes."""
        self._callbacks = Callbacks(data["rules"])
        self._scan = re.compile(data["terminals"]).finditer

    def tokens(self, folded: str) -> Iterator[Token]:
        """The tokens of a text, white space and comments among them."""
        line, line_start = 1, 0
        for match in self._scan(folded):
            value, start = match[0], match.start()
            first, column = line, start - line_start + 1
            end = start + len(value)
            if "\n" in value:
                line += value.count("\n")
                line_start = start + value.rindex("\n") + 1
            kind = match.lastgroup
            assert kind is not None
            yield Token(kind, value, start, first, column, line, end - line_start + 1, end)

    def parse(self, tokens: Iterable[Token]) -> Tree[Any]:
        """The tree of these tokens; :class:`Unfitting` when they make no sentence."""
        rows, reductions, callbacks = self.rows, self.reductions, self._callbacks
        states = [self.start]
        values: list[Any] = []
        last = Token("", "", 0, 1, 1, 1, 1, 0)
        for token in tokens:
            last = token
            self._feed(rows, reductions, callbacks, states, values, token)
        tree: Tree[Any] = self._feed(
            rows, reductions, callbacks, states, values, Token.new_borrow_pos(END, "", last)
        )
        return tree

    def _feed(
        self,
        rows: Rows,
        reductions: list[tuple[str, int]],
        callbacks: Callbacks,
        states: list[int],
        values: list[Any],
        token: Token,
    ) -> Any:
        kind = token.type
        while True:
            step = rows[states[-1]].get(kind)
            if step is None:
                raise Unfitting(token)
            if step >= 0:
                states.append(step)
                values.append(token)
                return None
            name, size = reductions[~step]
            children: list[Any] = []
            if size:
                children = values[-size:]
                del values[-size:]
                del states[-size:]
            values.append(callbacks[~step](children))
            states.append(rows[states[-1]][name])
            if states[-1] == self.end and kind == END:
                return values[-1]


def _rule(
    origin: str,
    symbols: list[tuple[str, bool, bool]],
    order: int,
    alias: str | None,
    keep_all: bool,
    expand: bool,
) -> Rule:
    expansion = [
        Terminal(name, filter_out) if terminal else NonTerminal(name)
        for name, terminal, filter_out in symbols
    ]
    return Rule(NonTerminal(origin), expansion, order, alias, RuleOptions(keep_all, expand))


@cache
def lark_parser() -> Lark:
    """The parser as Lark builds it from the grammar; what this module keeps is made from it."""
    text = "\n".join(content for _, content in keywords.grammar_files())
    return Lark(text, **_OPTIONS)


@cache
def tables() -> Tables:
    """The tables of the grammar, kept from an earlier run where there was one."""
    path = cache_folder() / f"grammar-{_stamp()}.json"
    # whatever is wrong with what was kept: it is only a copy
    with contextlib.suppress(Exception):
        return Tables(json.loads(path.read_text("utf-8")))
    data = _built()
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".grammar-")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(data, stream, separators=(",", ":"))
        Path(temporary).replace(path)
    return Tables(data)


def cache_folder() -> Path:
    """The user's cache folder for this program."""
    from platformdirs import user_cache_path

    return user_cache_path("policydsl", appauthor=False)


def _stamp() -> str:
    """A name for what the tables are made from: the grammar, Lark, and the form kept here."""
    text = "\n".join(content for _, content in keywords.grammar_files())
    here = Path(__file__).read_bytes()
    return hashlib.sha256(f"{lark.__version__}\n{text}\n".encode() + here).hexdigest()[:24]


def _built() -> dict[str, Any]:
    """The data of :class:`Tables`, in a form for JSON."""
    parser = lark_parser()
    conf = parser.parse_interactive("").parser_state.parse_conf
    rules = list(dict.fromkeys(parser.rules))
    rule_numbers = {rule: number for number, rule in enumerate(rules)}
    states = list(dict.fromkeys([conf.start_state, *conf.states]))
    state_numbers = {state: number for number, state in enumerate(states)}
    symbols: dict[str, int] = {}
    rows: list[str] = []
    for state in states:
        row: list[int] = []
        for symbol, (action, argument) in conf.states[state].items():
            shift = str(action) == "Shift"
            step = state_numbers[argument] if shift else ~rule_numbers[argument]
            row += [symbols.setdefault(str(symbol), len(symbols)), step]
        rows.append(" ".join(map(str, row)))
    return {
        "symbols": list(symbols),
        "rows": rows,
        "start": state_numbers[conf.start_state],
        "end": state_numbers[conf.end_state],
        "rules": [
            [
                str(rule.origin.name),
                [[str(s.name), s.is_term, getattr(s, "filter_out", False)] for s in rule.expansion],
                rule.order,
                None if rule.alias is None else str(rule.alias),
                bool(rule.options.keep_all_tokens),
                bool(rule.options.expand1),
            ]
            for rule in rules
        ],
        "terminals": _terminals(parser),
    }


def _terminals(parser: Lark) -> str:
    """One expression for all terminals but the keywords, in the order in which Lark tries them.

    Keywords are names to the lexer; :mod:`policydsl.language.lexing` looks them up.
    """
    lexer = parser._build_lexer(True)
    known = keywords.keyword_table()
    return "|".join(
        f"(?P<{terminal.name}>{terminal.pattern.to_regexp()})"
        for terminal in lexer.terminals
        if terminal.name not in known
    )
