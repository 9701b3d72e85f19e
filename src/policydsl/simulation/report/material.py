"""What a report is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from policydsl.language.keywords import Language
from policydsl.scoring.results import ResultTable, pick
from policydsl.simulation.runs import Simulation


@dataclass(frozen=True)
class Material:
    """A simulation with its tables, and the values of the extras that were asked for.

    ``record``: the run record, where there is one.  ``formats``: of the files of tables beside
    the report; none where it stands alone.
    """

    simulation: Simulation
    tables: Mapping[str, ResultTable]
    values: Mapping[str, Any]
    record: Mapping[str, Any] | None = None
    language: Language = "zh"
    extras: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()

    def say(self, zh: str, en: str) -> str:
        """The words of the report's language."""
        return pick(self.language, zh, en)

    @property
    def pairs(self) -> Iterator[tuple[int, int, str]]:
        """The base against each draft, then draft against draft, as in the tables."""
        labels = self.simulation.labels
        for base in self.simulation.numbers:
            for draft in self.simulation.numbers[base + 1 :]:
                yield base, draft, f"{labels[base]} → {labels[draft]}"

    @property
    def noun(self) -> tuple[str, str]:
        """What the cases are: persons, or units that are assessed."""
        assessed = self.simulation.people.rows[0].population.units is not None
        return ("个单位", "units") if assessed else ("人", "persons")

    @property
    def households(self) -> tuple[str, str]:
        """What takes a place: households where there are any."""
        population = self.simulation.people.rows[0].population
        return ("户", "households") if population.household is not None else self.noun

    @property
    def people(self) -> str:
        """The title of a column that counts them."""
        return self.say("单位数" if self.noun[0] != "人" else "人数", self.noun[1])
