"""What may stand at a place of an unfinished text: for editors that complete words."""

from __future__ import annotations

from collections.abc import Sequence

from lark import Token

from policydsl.language.diagnostics import Source
from policydsl.language.keywords import words
from policydsl.language.lexing import SOFT, Lexing
from policydsl.language.parsing import DEFAULT_LIMITS, fold_width
from policydsl.language.recovering.automaton import Automaton, Frame, statement_lists
from policydsl.language.tables import tables


def tokens_before(text: str, offset: int) -> Sequence[Token]:
    """The tokens that end before an offset; what cannot be read is left out."""

    def ignore(code: str, span: object, **details: object) -> None:
        return None

    lexing = Lexing(Source("", text), words(), ignore, DEFAULT_LIMITS.words)
    return lexing.read(tables().tokens(fold_width(text[:offset]))).tokens


def expected(tokens: Sequence[Token]) -> frozenset[str]:
    """The terminals of the grammar that may come after these tokens.

    Where the tokens themselves do not fit, the statement that they spoil is given up, and the
    list of statements around it goes on.
    """
    automaton = Automaton(tables())
    frame = automaton.bottom
    for position, token in enumerate(tokens):
        kind = "NAME" if token.type == SOFT else token.type
        after = automaton.shift(frame, kind, position)
        frame = after or _given_up(automaton, frame, kind, position)
    return frozenset(automaton.accepted(frame))


def _given_up(automaton: Automaton, frame: Frame, kind: str, position: int) -> Frame:
    """The stack after a token that does not fit: a new statement begins with it, or it is left."""
    for outer in statement_lists(frame):
        after = automaton.shift(outer, kind, position)
        if after is not None:
            return after
    return frame
