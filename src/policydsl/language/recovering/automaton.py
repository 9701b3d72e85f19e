"""The LALR automaton run on states alone.

So trying something costs next to nothing and leaves no trace.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from policydsl.language.tables import END, Tables

_LISTS = ("__start_star", "__body_star", "__example_body_star", "__action_star", "__operation_star")


class Frame(NamedTuple):
    """One place of the parser's stack: ``made`` is how many tokens had been read by then."""

    state: int
    symbol: str
    made: int
    below: Frame | None


class Automaton:
    """The LALR automaton on states alone; stacks are linked frames that are never changed."""

    def __init__(self, tables: Tables) -> None:
        self._rows = tables.rows
        self._reductions = tables.reductions
        self._end = tables.end
        self.bottom = Frame(tables.start, "", 0, None)

    def shift(self, frame: Frame, kind: str, made: int) -> Frame | None:
        """The stack after a token of this kind, or ``None`` when it does not fit."""
        rows = self._rows
        while True:
            step = rows[frame.state].get(kind)
            if step is None:
                return None
            if step >= 0:
                return Frame(step, kind, made + 1, frame)
            name, size = self._reductions[~step]
            for _ in range(size):
                assert frame.below is not None, "a rule's symbols are on the stack"
                frame = frame.below
            frame = Frame(rows[frame.state][name], name, made, frame)
            if kind == END and frame.state == self._end:
                return frame

    def accepted(self, frame: Frame) -> list[str]:
        """The terminals that fit."""
        return [
            name
            for name in self._rows[frame.state]
            if (name.isupper() or name == END) and self.shift(frame, name, 0)
        ]


def is_list(frame: Frame) -> bool:
    """Whether statements follow each other here."""
    return frame.symbol == "OPEN_BRACE" or frame.symbol.startswith(_LISTS)


def statement_lists(frame: Frame | None) -> Iterator[Frame]:
    """The lists of statements that a stack stands in, innermost first."""
    closed = 0  # blocks that were closed already, but not yet reduced
    while frame is not None:
        if frame.symbol == "CLOSE_BRACE":
            closed += 1
        elif closed:
            closed -= frame.symbol == "OPEN_BRACE"
        elif is_list(frame) or frame.below is None:
            yield frame
        frame = frame.below
