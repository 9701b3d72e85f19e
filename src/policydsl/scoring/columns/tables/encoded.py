"""A batch as a population, with what is wrong with its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from policydsl.language.functions import ASSESSMENT_DATE
from policydsl.model.policy import Member
from policydsl.scoring.cases import Case
from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.domains import MISSING
from policydsl.scoring.columns.population import Population
from policydsl.scoring.columns.tables.reading import Bad
from policydsl.scoring.columns.tables.sources import Batch
from policydsl.scoring.tables import ROLES


@dataclass
class Flaw:
    """What is wrong with some rows of a batch.

    ``position`` is that of the column, beyond the last one for what concerns the whole row.
    ``per_row`` gives further details of a message for a row.
    """

    position: int
    title: str
    bad: Bad
    per_row: Callable[[int], Mapping[str, object]] | None = None

    def details(self, entry: int, number: str) -> tuple[str, dict[str, object]]:
        """Code and details of the diagnostic for one of the bad rows."""
        wrong = self.bad.wrongs[int(self.bad.which[entry])]
        more = {} if self.per_row is None else self.per_row(int(self.bad.rows[entry]))
        return wrong.code, {"row": number, "column": self.title, **more, **wrong.details}


@dataclass
class Encoded:
    """A batch as a population, without the rows that cannot be taken.

    ``rows`` says for each row of the population which of the batch it is.  ``cases`` are the
    rows that are scored, in the order of their households' first rows; ``places`` says for each
    of them which of ``tables`` (entity, unit) does it.  ``texts`` are the columns that say who a
    row is, by kind.
    """

    batch: Batch
    population: Population
    rows: Numbers
    cases: Numbers
    texts: dict[str, Any]
    places: npt.NDArray[np.int32]
    tables: list[tuple[str | None, str | None]]
    flaws: list[Flaw]

    def case(self, row: int) -> Case:
        """The case of a row, as the exact evaluator wants it."""
        population = self.population
        day_codes = population.columns.get(ASSESSMENT_DATE)
        on = population.schema.date
        if day_codes is not None and ASSESSMENT_DATE in population.schema.domains:
            code = int(day_codes[row])
            known = population.schema.domains[ASSESSMENT_DATE].value(code) if code else None
            on = known if isinstance(known, date) else on
        members: list[Member] = []
        if population.household is not None:
            same = np.flatnonzero(population.household == population.household[row])
            roles = self.texts["role"]
            for other in same.tolist():
                if other != row:
                    role = role_name(roles[other].as_py())
                    members.append(Member(role, self._facts(other)))
        return Case(
            self.id(row), self._facts(row), self.text("unit", row), self.text("entity", row),
            tuple(members), MappingProxyType({}), on, self.text("household", row),
        )  # fmt: skip

    def _facts(self, row: int) -> Mapping[str, Any]:
        facts = {}
        domains = self.population.schema.domains
        for name, codes in self.population.columns.items():
            code = int(codes[row])
            if code != MISSING and name != ASSESSMENT_DATE:
                facts[name] = domains[name].value(code)
        return MappingProxyType(facts)

    def text(self, kind: str, row: int) -> str | None:
        """What a row says of itself."""
        texts = self.texts.get(kind)
        return None if texts is None else texts[row].as_py()

    def id(self, row: int) -> str:
        """The id of a row, or its number."""
        return self.text("id", row) or self.number(row)

    def number(self, row: int) -> str:
        """How the user's own program names the row."""
        return self.batch.number(int(self.rows[row]))


def role_name(text: str | None) -> str:
    """The name of a role in the language of the policy; what is unknown stays as it is."""
    return ROLES.get((text or "").lower(), text or "")


def chosen(population: Population, rows: Numbers) -> Population:
    """The population of some rows, in ascending order; whole households only."""

    def taken(values: Any) -> Any:
        return None if values is None else values[rows]

    household, spouse = taken(population.household), taken(population.spouse)
    if household is not None:
        # numbered anew in the same order, so that there are no gaps
        household = np.unique(household, return_inverse=True)[1].astype(np.int64)
    if spouse is not None:
        places = np.full(population.rows + 1, -1, np.int64)  # the last one is for "none"
        places[rows] = np.arange(len(rows))
        spouse = places[spouse]
    return Population(
        population.schema, len(rows),
        {name: codes[rows] for name, codes in population.columns.items()},
        taken(population.ids), taken(population.units), taken(population.entities),
        taken(population.weights), household, spouse, taken(population.applicant),
        {name: codes[rows] for name, codes in population.extra.items()},
    )  # fmt: skip
