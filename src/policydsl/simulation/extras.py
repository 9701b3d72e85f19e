"""Figures that cost more: contributions of clauses, sensitivity, typical persons; by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from policydsl.language.keywords import Language
from policydsl.scoring.results import ResultTable
from policydsl.simulation.runs import Simulation, Stage

Extra = Callable[[Simulation, Language, Stage], tuple[Any, dict[str, ResultTable]]]


def extra_tables(
    simulation: Simulation, name: str, language: Language, stage: Stage
) -> tuple[Any, dict[str, ResultTable]]:
    """The figures of an extra, as plain values and as tables."""
    return EXTRAS[name](simulation, language, stage)


EXTRAS: dict[str, Extra] = {}
"""By name; each one's module is imported below."""
