"""How far a text has been read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from lark import Token

from policydsl.language.diagnostics import Source
from policydsl.language.lexing import SOFT, made_token, span_of
from policydsl.language.recovering.automaton import Automaton, Frame
from policydsl.language.tables import END


def token_behind(token: Token, kind: str, value: str) -> Token:
    """A token that the author left out: it takes no room, behind the one before it."""
    end = span_of(token).end
    line, column = token.end_line, token.end_column
    return Token(kind, value, end, line, column, line, column, end)


class Reading:
    """How far the tokens of a text have been read, and what the parser's stack was before each.

    ``tokens`` ends with the end mark; ``frames`` has one frame more than ``read``: the stack before
    the next token.
    """

    def __init__(self, automaton: Automaton, tokens: Sequence[Token], source: Source) -> None:
        self.automaton = automaton
        self.source = source
        end = token_behind(tokens[-1], END, "") if tokens else Token(END, "", 0, 1, 1, 1, 1, 0)
        self.tokens = [*tokens, end]
        self.written = Counter(t.value for t in tokens if t.type == "NAME")
        self.read: list[Token] = []
        self.frames: list[Frame] = [automaton.bottom]

    def feed(self, token: Token) -> bool:
        """Read a token, if it fits."""
        kind = "NAME" if token.type == SOFT else token.type
        frame = self.automaton.shift(self.frames[-1], kind, len(self.read))
        if frame is None:
            return False
        if token.type == SOFT:
            token = made_token("NAME", token.value, token)
        self.read.append(token)
        self.frames.append(frame)
        return True

    def read_or_next(self, at: int, position: int) -> Token:
        """The token read at a place; behind the last one, that of the text."""
        return self.read[at] if at < len(self.read) else self.tokens[position]

    def before(self, position: int) -> Token:
        """The token read last; at the start of the text, an empty one before it."""
        if self.read:
            return self.read[-1]
        token = self.tokens[position]
        start = token.start_pos
        return Token("", "", start, token.line, token.column, token.line, token.column, start)

    def original(self, token: Token) -> str:
        """How the author wrote a token."""
        span = span_of(token)
        return self.source.text[span.start : span.end]
