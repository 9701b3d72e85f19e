"""Persons that the user brings in a file of their own: their score under each version, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.model.policy import Fact
from policydsl.scoring.cases import Case
from policydsl.scoring.tables import Reading, read_cases
from policydsl.simulation.runs import Simulation
from policydsl.simulation.typical import Typical, explained

MOST = 200
"""Persons are told one by one: a file with more of them is a population."""


def persons_in(
    simulation: Simulation, path: str | Path, day: date | None = None, ignore: Sequence[str] = ()
) -> list[Typical]:
    """The persons of a file (CSV, Excel, JSON, Parquet), explained clause by clause.

    The columns are those of a table of cases; facts that only some versions read may be there.
    Without a date of its own a person is assessed on ``day``, else on that of the population.
    Raises :class:`PolicyError`: what is wrong with the file, S551 where there are too many.
    """
    if day is None:
        day = simulation.people.rows[0].population.schema.date
    known: dict[str, Fact] = {}
    for version in reversed(simulation.versions):
        known |= version.policy.facts
    tables = [
        read_cases(
            replace(version.policy, facts={**known, **version.policy.facts}),
            path,
            Reading(tuple(ignore), date=day),
        )
        for version in simulation.versions
    ]
    first = tables[0]
    if len(first) > MOST:
        details = {"count": len(first), "limit": MOST}
        raise PolicyError([Diagnostic("S551", Source(str(path), ""), None, details)])
    found = []
    for place, case in enumerate(first.cases):
        cases: list[Case] = [table.cases[place] for table in tables]
        name = first.labels.get(case.id) or case.unit or case.id
        found.append(explained(simulation, (name, name), 1, cases))
    return found
