"""Which fixer goes with which code; a code is here, or in :data:`UNMENDED` with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from policydsl.review.fixing.edits import Fix
from policydsl.review.fixing.place import Place

Fixer = Callable[[Place], Iterator[Fix]]

_FIXERS: dict[str, tuple[Fixer, ...]] = {}


def fixer(*codes: str) -> Callable[[Fixer], Fixer]:
    """Register a function as a fixer of codes."""

    def register(run: Fixer) -> Fixer:
        for code in codes:
            known = _FIXERS.get(code, ())
            if run not in known:
                _FIXERS[code] = (*known, run)
        return run

    return register


def fixers(code: str) -> tuple[Fixer, ...]:
    """The fixers of a code."""
    return _FIXERS.get(code, ())


def mended_codes() -> list[str]:
    """The codes that have a fixer."""
    return sorted(_FIXERS)
