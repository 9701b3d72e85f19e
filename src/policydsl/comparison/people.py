"""The same people under every scheme: scores, shares, percentiles, rankings, what carries over.

Compared are the points before status and conditions of application: who is shut out, or whose
points are frozen, is counted beside them.  Points of different schemes are compared as shares of
the scheme's total (0 to 100).  A percentile is the share of persons with fewer points plus half of
those with as many.  Persons whose points are open under a scheme take no part in its percentiles
and rankings; a scheme under which most are open has none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from policydsl.comparison.agreement import Agreement
from policydsl.comparison.alignment import Row
from policydsl.comparison.crowd import Crowd, Favoured, Standing
from policydsl.comparison.schemes import Scheme
from policydsl.comparison.structure import Area, area_parts
from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.language.keywords import Language
from policydsl.scoring.cases import Case
from policydsl.scoring.exact import Evaluator, Score
from policydsl.scoring.ranges import Range
from policydsl.simulation.people import people_of, shown_facts
from policydsl.simulation.sheets import DEFAULT, Settings
from policydsl.simulation.units import matching

NAMES = "甲乙丙丁戊己庚辛壬癸"
"""What typical persons are called."""
MOST_PERSONS_SHOWN = 60
"""Persons of a file that are each shown; more are a population."""


@dataclass(frozen=True)
class Person:
    """Somebody under every scheme.

    ``scores`` by scheme (``None``: the scheme cannot place the person).  ``percentiles`` where
    there is a population.  ``parts``: by row of the comparison the points under each scheme;
    ``areas``: by scheme the points that count in each area.
    """

    name: str
    about: str
    stands_for: int | None
    scores: tuple[Score | None, ...]
    percentiles: tuple[Fraction | None, ...]
    parts: Mapping[str, tuple[Range | None, ...]]
    areas: tuple[Mapping[Area, Range], ...]
    about_en: str = ""


@dataclass(frozen=True)
class Peopled:
    """What the same people get: typical persons, the population, how far rankings agree."""

    about: Mapping[str, Any]
    persons: tuple[Person, ...]
    standings: tuple[Standing, ...] = ()
    agreements: Mapping[tuple[int, int], Agreement] = field(default_factory=dict)
    favoured: tuple[Favoured, ...] = ()
    told: tuple[tuple[str, Diagnostic], ...] = ()
    """How units were matched, by the label of the scheme."""

    def tau(self, one: int, other: int) -> Decimal | None:
        """Kendall's tau-b of two schemes; ``None`` where a ranking is open or has one place."""
        found = self.agreements.get((min(one, other), max(one, other)))
        return None if found is None else found.tau()


def peopled(
    schemes: Sequence[Scheme],
    rows: Sequence[Row],
    *,
    persons: Any = None,
    population: Any = None,
    n: int | None = None,
    seed: int = 1,
    settings: Settings = DEFAULT,
    done: Callable[[str, int], object] = lambda name, count: None,
) -> Peopled:
    """Scores the same people under all schemes.

    ``persons``: a table of persons that are each shown; without one, typical persons are taken
    from the ``population``, one for each fifth of the mean share.  Raises :class:`PolicyError`: no
    points to give (C907), too many persons to show (C909), and what is wrong with the data.
    """
    without = [s for s in schemes if s.kind == "work_plan"]
    if without:
        raise PolicyError(
            [Diagnostic("C907", s.policy.source, None, {"id": s.policy.id}) for s in without]
        )
    policies = [s.policy for s in schemes]
    shown: list[Person] = []
    units = matching([s.version for s in schemes])
    told: list[tuple[str, Diagnostic]] = []
    about: dict[str, Any] = {}
    crowd: Crowd | None = None
    if population is not None:
        people = people_of(
            population, policies, n, seed, done=lambda k: done("people", k), units=units
        )
        told += people.told
        about["population"] = people.about
        crowd = Crowd(schemes, people, rows, settings, done)
    if persons is not None:
        given = people_of(persons, policies, units=units)
        told += [each for each in given.told if each not in told]
        if len(given) > MOST_PERSONS_SHOWN:
            details = {"count": len(given), "limit": MOST_PERSONS_SHOWN}
            raise PolicyError([Diagnostic("C909", None, None, details)])
        about["persons"] = given.about
        for row in given.cases.tolist():
            cases = [given.case(s.number, int(row)) for s in schemes]
            shown.append(_person(schemes, rows, cases, None, crowd))
    elif crowd is not None:
        for (row, stands_for), name in zip(crowd.typical(), NAMES, strict=False):
            cases = [crowd.people.case(s.number, row) for s in schemes]
            shown.append(_person(schemes, rows, cases, stands_for, crowd, name))
    if crowd is None:
        return Peopled(about, tuple(shown), told=tuple(told))
    return Peopled(
        about, tuple(shown), crowd.standings(), crowd.agreements(), tuple(crowd.favoured()),
        tuple(told),
    )  # fmt: skip


def _person(
    schemes: Sequence[Scheme],
    rows: Sequence[Row],
    cases: Sequence[Case],
    stands_for: int | None,
    crowd: Crowd | None,
    name: str | None = None,
) -> Person:
    scores = [Evaluator(s.policy).score(c) for s, c in zip(schemes, cases, strict=True)]
    parts: dict[str, tuple[Range | None, ...]] = {}
    for row in rows:
        values: list[Range | None] = []
        for cell, score in zip(row.cells, scores, strict=True):
            found = [
                score.parts[m.element.clause.id] for m in cell if m.element.clause.id in score.parts
            ]
            values.append(sum(found[1:], found[0]) if found else None)
        parts[row.key] = tuple(values)
    areas = []
    for scheme, score in zip(schemes, scores, strict=True):
        sums: dict[Area, Range] = {}
        for id_, area in area_parts(scheme):
            if id_ in score.parts:
                known = sums.get(area)
                sums[area] = score.parts[id_] if known is None else known + score.parts[id_]
        areas.append(sums)
    percentiles: list[Fraction | None] = [None] * len(schemes)
    if crowd is not None:
        percentiles = [
            crowd.percentile_of(s.number, score.points)
            for s, score in zip(schemes, scores, strict=True)
        ]
    return Person(
        name or cases[0].id, _about(cases[0]), stands_for, tuple(scores), tuple(percentiles),
        parts, tuple(areas), _about(cases[0], "en"),
    )  # fmt: skip


def _about(case: Case, language: Language = "zh") -> str:
    """The facts of a person that are not no, nothing or none."""
    told = {
        name: value
        for name, value in case.facts.items()
        if value is not False and value != 0 and value != "无"
    }
    shown = shown_facts(replace(case, facts=told), language)
    left = len(case.facts) - len(told)
    if not left:
        return shown
    return (
        f"{shown}；其余 {left} 项为否、零或无"
        if language == "zh"
        else (f"{shown}; {left} more are no, zero or none")
    )
