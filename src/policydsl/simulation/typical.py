"""Typical persons, with the score under each version and why it changed.

There is one for each stratum, and one for each kind of change that a draft makes.  The typical
person of a stratum is the case nearest to its middle: the sum, over the facts that the policies
read, of the distance from the weighted median (numbers and dates, over the span in the stratum)
or 0 and 1 for having the most frequent value or not.  Of several the one whose facts come first in
the order of their codes stands, so the order of rows does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from policydsl.language.keywords import Language
from policydsl.model.policy import Policy
from policydsl.scoring.cases import Case
from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.domains import MISSING, Listed
from policydsl.scoring.columns.histograms import of
from policydsl.scoring.exact import Evaluator, Score, Trace
from policydsl.scoring.exact.score import Pair
from policydsl.scoring.ranges import Range, show_points
from policydsl.scoring.results import show_range
from policydsl.simulation.people import NOT_GIVEN, Groups, People, read_by, shown_facts
from policydsl.simulation.runs import Simulation
from policydsl.simulation.statistics import (
    CHANGE_KINDS,
    PLACES,
    change_codes,
    labelled,
    places_of,
    quantile_cuts,
)

STRATA = 5
"""Without groups, the scores under the base are cut into so many parts of about one size."""


@dataclass(frozen=True)
class ClauseChange:
    """What a clause gives under the base and under a draft, and how (the lines of the trace).

    ``None``: the version has no such clause.
    """

    clause: str
    title: str
    before: Range | None
    after: Range | None
    how_before: tuple[Pair, ...]
    how_after: tuple[Pair, ...]


@dataclass(frozen=True)
class Typical:
    """A typical person of a stratum that stands for ``persons``.

    ``totals`` by version; ``changes`` by draft: the items and groups whose points differ.
    """

    stratum: str
    persons: int
    id: str
    facts: str
    totals: tuple[Range, ...]
    changes: tuple[tuple[ClauseChange, ...], ...]
    english: Pair = ("", "")
    """The stratum and the facts in English."""

    def group(self, language: Language) -> str:
        """The stratum."""
        return self.english[0] if language == "en" and self.english[0] else self.stratum

    def about(self, language: Language) -> str:
        """The facts."""
        return self.english[1] if language == "en" and self.english[1] else self.facts


def typical(simulation: Simulation) -> list[Typical]:
    """A typical person of each group of ``by``, else of each fifth of the scores of the base.

    Then one of those who gain by each draft, of those who lose, and of those who cross the line.
    """
    strata = simulation.by or _by_score(simulation)
    parts = [
        (
            (label, {NOT_GIVEN: "not given", "全部": "all"}.get(label, label)),
            np.flatnonzero(strata.codes == place),
        )
        for place, label in enumerate(strata.labels)
    ]
    for draft in simulation.drafts:
        parts += _moved(simulation, draft)
    policies = [version.policy for version in simulation.versions]
    found = []
    for label, rows in parts:
        weights = simulation.weights
        if weights is not None:
            rows = rows[weights[rows] > 0]
        if not len(rows):
            continue
        own = None if weights is None else weights[rows]
        persons = len(rows) if own is None else int(own.sum())
        row = int(simulation.people.cases[rows[middle_of(simulation.people, policies, rows, own)]])
        cases = [simulation.people.case(version, row) for version in simulation.numbers]
        found.append(explained(simulation, label, persons, cases))
    return found


def explained(
    simulation: Simulation, stratum: Pair, persons: int, cases: Sequence[Case]
) -> Typical:
    """A person, as a case for each version, with what each draft changes clause by clause."""
    policies = [version.policy for version in simulation.versions]
    scores = [
        Evaluator(policy).score(case, trace=True)
        for policy, case in zip(policies, cases, strict=True)
    ]
    changes = tuple(
        tuple(clause_changes(policies[0], scores[0], policies[draft], scores[draft]))
        for draft in simulation.drafts
    )
    totals = tuple(score.total for score in scores)
    facts, english = shown_facts(cases[0]), shown_facts(cases[0], "en")
    return Typical(stratum[0], persons, cases[0].id, facts, totals, changes, (stratum[1], english))


def _moved(simulation: Simulation, draft: int) -> list[tuple[Pair, Numbers]]:
    """Those whom a draft moves, in words of its kind."""
    band = simulation.differences(draft)
    codes = change_codes(band.low, band.high)
    before, after = (places_of(simulation.outcomes(version)) for version in (0, draft))
    kept, lost = PLACES.index("in"), PLACES.index("out")
    several = len(simulation.drafts) > 1
    label = simulation.labels[draft]
    persons = simulation.people.rows[0].population.units is None
    zh, en = ("人", "person") if persons else ("单位", "unit")
    parts = {
        (f"受益的{zh}", f"a {en} that gains"): codes == CHANGE_KINDS.index("gains"),
        (f"受损的{zh}", f"a {en} that loses"): codes == CHANGE_KINDS.index("loses"),
        (f"由无位变为有位的{zh}", f"a {en} that wins a place"): (before == lost) & (after == kept),
        (f"由有位变为无位的{zh}", f"a {en} that loses a place"): (before == kept) & (after == lost),
    }
    return [
        ((f"{label}：{zh}", f"{label}: {en}") if several else (zh, en), np.flatnonzero(where))
        for (zh, en), where in parts.items()
    ]


def _by_score(simulation: Simulation) -> Groups:
    low = simulation.total(0).low
    cuts = quantile_cuts(of(low, simulation.weights), STRATA)
    labels = labelled([show_points(Fraction(cut, simulation.scale)) for cut in cuts])
    return Groups("得分", tuple(labels), np.searchsorted(np.asarray(cuts), low, side="right"))


def middle_of(
    people: People, policies: Sequence[Policy], rows: Numbers, weights: Numbers | None
) -> int:
    """The place among ``rows`` (places among the cases) of the case nearest to their middle.

    ``policies`` say which facts count; ``weights`` are those of the rows.
    """
    population = people.rows[0].population
    read = set().union(*(read_by(policy) for policy in policies))
    names = sorted(read & set(population.columns))
    at = people.cases[rows]
    distance = np.zeros(len(rows), np.int64)
    columns = []
    for name in names:
        codes = population.columns[name][at].astype(np.int64)
        columns.append(codes)
        counts = of(codes, weights)
        if isinstance(population.schema.domains[name], Listed):
            common = int(counts.values[int(np.argmax(counts.counts))])
            distance += (codes != common) * _WHOLE
            continue
        known = codes != MISSING
        if not known.any():
            continue
        middle = of(codes[known], None if weights is None else weights[known]).quantile(
            Fraction(1, 2)
        )
        span = int(codes[known].max() - codes[known].min()) or 1
        assert middle is not None
        distance += np.where(known, np.abs(codes - middle) * _WHOLE // span, _WHOLE)
    nearest = np.flatnonzero(distance == distance.min())
    if len(nearest) == 1 or not columns:
        return int(nearest[0])
    order = np.lexsort([column[nearest] for column in reversed(columns)])
    alike = nearest[order]
    first = [column[alike[0]] for column in columns]
    same = [
        r for r in alike.tolist() if all(c[r] == f for c, f in zip(columns, first, strict=True))
    ]
    best: int = min(same, key=lambda r: people.id(int(at[r])))
    return best


_WHOLE = 1_000_000


# -- why it changed


def clause_changes(old: Policy, before: Score, new: Policy, after: Score) -> list[ClauseChange]:
    """The clauses that give a person other points under another policy; scores with a trace."""
    found = []
    for id_ in dict.fromkeys([*new.clauses, *old.clauses]):
        was, now = before.parts.get(id_), after.parts.get(id_)
        if was == now:
            continue
        clause = new.clauses.get(id_) or old.clauses[id_]
        found.append(
            ClauseChange(id_, clause.name or clause.label, was, now,
                         _how(before.trace, id_), _how(after.trace, id_))
        )  # fmt: skip
    return found


def _how(trace: Trace | None, id_: str) -> tuple[Pair, ...]:
    """The rules of a clause with what each of them gave, in Chinese and English."""
    clause = None if trace is None else trace.find(id_)
    if clause is None:
        return ()
    lines = []
    for child in clause.children:
        if child.kind == "rule" and child.value is not None:
            zh = f"（{child.detail}）" if child.detail else ""
            en = f" ({child.said('en')})" if child.detail else ""
            lines.append(
                (
                    f"{child.label}：{show_range(child.value)}{zh}",
                    f"{child.named('en')}: {show_range(child.value, 'en')}{en}",
                )
            )
    if clause.raw is not None and clause.raw != clause.value:
        raw, value = clause.raw, clause.value
        lines.append(
            (
                f"合计 {show_range(raw)}，计 {show_range(value)}",
                f"{show_range(raw, 'en')} in all, counts as {show_range(value, 'en')}",
            )
        )
    return tuple(lines)
