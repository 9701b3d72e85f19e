"""The registry of checks: one function for each finding, in modules by topic."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from policydsl.review.context import Context
from policydsl.review.findings import TOPICS, Finding, Pair

Run = Callable[[Context], Iterable[Finding]]


@dataclass(frozen=True)
class Check:
    """A check by its code: the property that it asserts, and the function that looks.

    ``needs_other``: it compares with another policy (``--against``) and is left out without one.
    """

    code: str
    topic: str
    holds: Pair
    run: Run
    needs_other: bool = False


_CHECKS: dict[str, Check] = {}


def check(
    code: str, topic: str, zh: str, en: str, needs_other: bool = False
) -> Callable[[Run], Run]:
    """Register a function as the check of a code; ``zh`` and ``en`` say the property."""

    def register(run: Run) -> Run:
        assert topic in TOPICS, topic
        assert code not in _CHECKS or _CHECKS[code].run is run, code
        _CHECKS[code] = Check(code, topic, (zh, en), run, needs_other)
        return run

    return register


def registered() -> Mapping[str, Check]:
    """The checks of the modules that were imported, by code."""
    return dict(sorted(_CHECKS.items()))
