"""What a part does along one column of millions of codes, piece by piece."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import lcm

import numpy as np

from policydsl.language.diagnostics import PolicyError
from policydsl.scoring.columns.domains import MISSING, Grid
from policydsl.scoring.columns.planning.keys import Column, Effective, Key, Reading, Worked
from policydsl.scoring.columns.planning.lanes import Split
from policydsl.scoring.columns.planning.probing import ERROR, Told, TooMany
from policydsl.scoring.columns.planning.spans import NotSpanned, Span, explore_spans
from policydsl.scoring.columns.planning.supposing import Between, Codes, Supposed


@dataclass(frozen=True, slots=True)
class Piece:
    """What a part does for the codes from ``first`` to ``last`` of a wide key."""

    first: int
    last: int
    told: Told


@dataclass(frozen=True, slots=True)
class Spanned:
    """What a part does for every code of a wide key: for none, and from span to span."""

    key: Column | Effective | Worked
    missing: Piece
    pieces: tuple[Piece, ...]

    @property
    def exact(self) -> bool:
        """Whether low and high are always the same."""
        for piece in (self.missing, *self.pieces):
            low, high = piece.told.low, piece.told.high
            if isinstance(low, Span) and isinstance(high, Span):
                if not low.is_like(high):
                    return False
            elif isinstance(low, Span) or isinstance(high, Span) or low != high:
                return False
        return True

    @property
    def divisor(self) -> int:
        """All values are multiples of 1 over this."""
        ends = [x for p in (self.missing, *self.pieces) for x in (p.told.low, p.told.high)]
        return lcm(
            *(x.divisor if isinstance(x, Span) else x.denominator for x in ends if x is not None)
        )

    @property
    def open(self) -> bool:
        """Whether an end is somewhere without bound."""
        return any(
            x is None for p in (self.missing, *self.pieces) for x in (p.told.low, p.told.high)
        )


def tabulate_spans(reading: Reading, key: Key, ask: Callable[[Supposed], Told]) -> Spanned:
    """What ``ask`` says along the codes of a key that is too wide to try them all.

    Raises :class:`TooMany` where that does not go along spans.
    """
    if not isinstance(key, (Column, Effective, Worked)) or not isinstance(
        reading.domain(key), Grid
    ):
        raise TooMany

    def run(codes: Codes) -> Told:
        try:
            return ask(Supposed(reading, {key: codes}))
        except PolicyError as problem:
            if any(d.code not in ("D405", "S503") for d in problem.diagnostics):
                raise
            return ERROR

    last = reading.size(key) - 1
    try:
        found = [
            Piece(*found)
            for found in explore_spans(1, last, lambda low, high: run(Between(low, high)))
        ]
    except (NotSpanned, Split):
        raise TooMany from None
    return Spanned(key, Piece(MISSING, MISSING, run(np.zeros(1, np.int64))), tuple(found))
