"""A comparison: everything that is known of schemes side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from policydsl.comparison.alignment import Alignment, Row, align
from policydsl.comparison.decisions import Decisions, read_decisions
from policydsl.comparison.differences import Difference, differences
from policydsl.comparison.likeness import Synonyms, bundled_synonyms, read_synonyms
from policydsl.comparison.links import Link
from policydsl.comparison.people import Peopled, peopled
from policydsl.comparison.schemes import Scheme, schemes_of
from policydsl.comparison.structure import Structure, structure_of
from policydsl.comparison.succession import Succession, successions
from policydsl.comparison.thresholds import MeasureRow, measure_key, measure_rows
from policydsl.comparison.units import UnitRow
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.model.loading import Target, Targets
from policydsl.model.policy import Policy
from policydsl.simulation.records import meaning_of
from policydsl.simulation.sheets import DEFAULT, Settings


@dataclass(frozen=True)
class Comparison:
    """Schemes side by side.

    ``rows`` are the concepts (and parts without one), ``measures`` the thresholds, ``units`` which
    units belong together.  ``notes`` are warnings: decisions that name nothing, and the like.
    """

    schemes: tuple[Scheme, ...]
    alignment: Alignment
    structure: Structure
    measures: tuple[MeasureRow, ...]
    measure_links: tuple[Link, ...]
    told: tuple[Succession, ...]
    people: Peopled | None = None
    notes: tuple[Diagnostic, ...] = ()
    decisions: Decisions = field(default_factory=Decisions)

    @property
    def rows(self) -> tuple[Row, ...]:
        """One row for each concept, then parts without one."""
        return self.alignment.rows

    @property
    def units(self) -> tuple[UnitRow, ...]:
        """Units that belong together."""
        return self.alignment.units

    def row(self, key: str) -> Row:
        """The row of a concept.  ``KeyError`` if there is none."""
        for row in self.rows:
            if row.key == key:
                return row
        raise KeyError(key)

    @cached_property
    def currencies(self) -> bool:
        """Whether the schemes have other totals, so that raw points are not of one currency."""
        return len({s.total for s in self.schemes if s.total is not None}) > 1

    @cached_property
    def differences(self) -> Mapping[str, tuple[Difference, ...]]:
        """The differences of each row, by its key."""
        return {row.key: differences(row, self.schemes, self.currencies) for row in self.rows}

    @property
    def assumed(self) -> dict[str, tuple[str, ...]]:
        """The assumption sets that schemes rest on, by label."""
        return {s.label: tuple(s.policy.assumed) for s in self.schemes if s.policy.assumed}

    def key_of(self, node: tuple[int, str], measure: bool = False) -> str:
        """What a decision calls a part, unit or measure."""
        scheme = self.schemes[node[0]]
        return measure_key(scheme, node[1]) if measure else f"{scheme.policy.id}#{node[1]}"

    def proposals(self) -> list[tuple[Link, tuple[str, str]]]:
        """All proposals that wait for a yes or no, with the keys of both ends."""
        found = []
        units = [link for row in self.units for link in row.links]
        for links, measure in ((self.alignment.links, False), (units, False),
                               (self.measure_links, True)):  # fmt: skip
            for link in links:
                if link.proposed:
                    keys = self.key_of(link.one, measure), self.key_of(link.other, measure)
                    found.append((link, keys))
        return found


def compare(
    policies: Sequence[Target | Policy],
    *,
    assume: Targets = (),
    persons: Any = None,
    population: Any = None,
    n: int | None = None,
    seed: int = 1,
    decisions: str | Path | Decisions | None = None,
    synonyms: str | Path | Synonyms | None = None,
    settings: Settings = DEFAULT,
    done: Callable[[str, int], object] = lambda name, count: None,
) -> Comparison:
    """Compare two or more policies of a kind, or assessments with work plans.

    Assumption sets are applied wherever they are for.  ``persons`` and ``population`` are as in
    :func:`policydsl.comparison.people.peopled`.  Raises :class:`PolicyError`.
    """
    answers = (
        decisions
        if isinstance(decisions, Decisions)
        else (Decisions() if decisions is None else read_decisions(Path(decisions)))
    )
    words = (
        synonyms
        if isinstance(synonyms, Synonyms)
        else (bundled_synonyms() if synonyms is None else read_synonyms(Path(synonyms)))
    )
    schemes = schemes_of(policies, assume)
    notes: list[Diagnostic] = []
    rank = _ranked(schemes)
    told = successions(schemes)
    try:
        alignment = align(schemes, told, answers, words, rank)
        measures, links = measure_rows(schemes, answers, words, rank)
    except PolicyError as error:
        # without the library for likeness everything is compared but what only it can propose
        if [d.code for d in error.diagnostics] != ["C910"]:
            raise
        notes.extend(error.diagnostics)
        alignment = align(schemes, told, answers, words, rank, False)
        measures, links = measure_rows(schemes, answers, words, rank, False)
    notes.extend(answers.problems(_known(schemes)))
    for pair in dict.fromkeys(alignment.refused):
        shown = "、".join(pair)
        notes.append(Diagnostic("C922", Source(answers.name, ""), None, {"pair": shown}))
    found = None
    if persons is not None or population is not None:
        found = peopled(
            schemes, alignment.rows, persons=persons, population=population, n=n, seed=seed,
            settings=settings, done=done,
        )  # fmt: skip
        notes.extend(each for _, each in found.told)
    return Comparison(
        schemes, alignment, structure_of(schemes), tuple(measures), tuple(links), tuple(told),
        found, tuple(notes), answers,
    )  # fmt: skip


def _ranked(schemes: Sequence[Scheme]) -> dict[int, int]:
    """An order of the schemes by what they are: by id, then by all that they say."""
    ids = [s.policy.id for s in schemes]
    keys = {
        s.number: (s.policy.id, tuple(s.policy.assumed),
                   meaning_of(s.policy) if ids.count(s.policy.id) > 1 else "")
        for s in schemes
    }  # fmt: skip
    ordered = sorted(schemes, key=lambda s: (keys[s.number], s.number))
    return {s.number: place for place, s in enumerate(ordered)}


def _known(schemes: Sequence[Scheme]) -> set[str]:
    """Everything that a decision can name."""
    found: set[str] = set()
    for scheme in schemes:
        policy = scheme.policy
        found.update(f"{policy.id}#{id_}" for id_ in policy.clauses)
        found.update(measure_key(scheme, name) for name in policy.facts)
    return found
