"""What proofs say: verdicts, numbers, and the persons who show them.

A :class:`Person` is a case with what the exact evaluator makes of it; there is no other way to
make one than :func:`policydsl.review.proving.models.Model.person`, so nobody is shown who was
not scored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from policydsl.scoring.cases import Case
from policydsl.scoring.exact import Score
from policydsl.scoring.ranges import Range, show_points

Pair = tuple[str, str]
Verdict = Literal["proved", "refuted", "undecided"]
Direction = Literal["rising", "falling", "flat", "mixed"]


@dataclass(frozen=True)
class Person:
    """A case and its exact score."""

    case: Case
    score: Score
    unlikely: Pair | None = None
    """What is out of the ordinary about it (常情), if nobody more ordinary shows the same."""

    def points(self, clause: str | None) -> Range | None:
        """What a clause (``None``: the total) gives; ``None`` where it is not scored."""
        return self.score.total if clause is None else self.score.parts.get(clause)

    def record(self) -> dict[str, Any]:
        """JSON-ready form."""
        case = self.case
        return {
            "unit": case.unit,
            "entity": case.entity,
            "date": case.date.isoformat() if case.date else None,
            "facts": {name: plain(value) for name, value in case.facts.items()},
            "members": [
                {"role": m.role, "facts": {k: plain(v) for k, v in m.facts.items()}}
                for m in case.members
            ],
            "total": ends_record(self.score.total),
            "assumptions": list(self.score.assumptions),
            "unlikely": pair_record(self.unlikely),
        }


@dataclass(frozen=True)
class Bound:
    """The most or the least that a score can be.

    ``value`` ``None`` with ``verdict`` *proved*: there is no bound, and ``person`` has a score
    that grows from ``further`` on to any height.  ``person`` reaches the value.  ``undecided``:
    ``why``.
    """

    verdict: Verdict
    value: Fraction | None = None
    person: Person | None = None
    further: Person | None = None
    why: Pair | None = None

    @property
    def unbounded(self) -> bool:
        """Whether it is proved that there is no bound."""
        return self.verdict == "proved" and self.value is None

    def record(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "verdict": self.verdict,
            "value": None if self.value is None else show_points(self.value),
            "unbounded": self.unbounded,
            "person": None if self.person is None else self.person.record(),
            "why": pair_record(self.why),
        }


@dataclass(frozen=True)
class Extreme:
    """How much and how little a clause (``None``: the total) can give.

    ``most`` is the largest high end, ``least`` the smallest low end; ``sure_most`` and
    ``sure_least`` are the largest low end and the smallest high end, other than those only where
    scores are ranges.  ``declared`` is what the text says the most is.
    """

    clause: str | None
    label: str
    kind: str
    unit: str | None
    entity: str | None
    declared: Fraction | None
    most: Bound
    least: Bound
    sure_most: Bound
    sure_least: Bound

    def record(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "clause": self.clause, "label": self.label, "kind": self.kind, "unit": self.unit,
            "entity": self.entity,
            "declared": None if self.declared is None else show_points(self.declared),
            "most": self.most.record(), "least": self.least.record(),
            "sure_most": self.sure_most.record(), "sure_least": self.sure_least.record(),
        }  # fmt: skip


@dataclass(frozen=True)
class Monotone:
    """How a clause moves along one fact, all others being the same.

    *proved*: it only rises, only falls, or does not move.  *refuted*: it is mixed; ``rise`` and
    ``fall`` are then pairs of persons who differ in that fact alone, the second with more of it.
    """

    clause: str
    label: str
    fact: str
    verdict: Verdict
    direction: Direction | None
    rise: tuple[Person, Person] | None = None
    fall: tuple[Person, Person] | None = None
    why: Pair | None = None

    def record(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "clause": self.clause, "label": self.label, "fact": self.fact,
            "verdict": self.verdict, "direction": self.direction,
            "rise": None if self.rise is None else [p.record() for p in self.rise],
            "fall": None if self.fall is None else [p.record() for p in self.fall],
            "why": pair_record(self.why),
        }  # fmt: skip


@dataclass(frozen=True)
class Gap:
    """The person whose score differs most: from ``before`` to ``after``.

    ``end`` says which end of the ranges is compared.
    """

    difference: Fraction | None
    end: Literal["low", "high"]
    old: Person
    new: Person
    clause: str | None = None

    @property
    def before(self) -> Range | None:
        """The score under the first policy."""
        return self.old.points(self.clause)

    @property
    def after(self) -> Range | None:
        """The score under the second."""
        return self.new.points(self.clause)

    def record(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "difference": None if self.difference is None else show_points(self.difference),
            "end": self.end,
            "before": ends_record(self.before),
            "after": ends_record(self.after),
            "person": self.old.record(),
        }


@dataclass(frozen=True)
class Compared:
    """Whether a clause (``None``: the total) of two policies is the same for everybody.

    *proved*: it is; *refuted*: ``gain`` and ``loss`` are the persons with the greatest differences
    up and down.  ``only`` is the side that alone has the clause.
    """

    clause: str | None
    label: str
    verdict: Verdict
    gain: Gap | None = None
    loss: Gap | None = None
    only: Literal["old", "new"] | None = None
    why: Pair | None = None

    def record(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "clause": self.clause, "label": self.label, "verdict": self.verdict,
            "gain": None if self.gain is None else self.gain.record(),
            "loss": None if self.loss is None else self.loss.record(),
            "only": self.only, "why": pair_record(self.why),
        }  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """Two policies compared for every case that both can score.

    *proved*: equal, in the total, what leads to it (status, veto, eligibility) and every clause
    that both have.
    """

    old: str
    new: str
    verdict: Verdict
    totals: tuple[Compared, ...]
    clauses: tuple[Compared, ...]
    notes: tuple[Pair, ...] = ()
    why: Pair | None = None

    @property
    def gain(self) -> Gap | None:
        """The person who gains most."""
        found = [x.gain for x in self.totals if x.gain is not None]
        return max(found, key=lambda g: _amount(g.difference), default=None)

    @property
    def loss(self) -> Gap | None:
        """The person who loses most."""
        found = [x.loss for x in self.totals if x.loss is not None]
        return min(found, key=lambda g: -_amount(g.difference), default=None)

    def record(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "old": self.old, "new": self.new, "verdict": self.verdict,
            "totals": [x.record() for x in self.totals],
            "clauses": [x.record() for x in self.clauses],
            "notes": [pair_record(x) for x in self.notes], "why": pair_record(self.why),
        }  # fmt: skip


@dataclass(frozen=True)
class CanReach:
    """Whether somebody who meets a condition can have a total of at least ``threshold``.

    *proved*: yes, ``person`` has it.  *refuted*: nobody can; ``most`` is the most that one can
    have (``None``: nobody meets the condition).  ``surely``: with the low end of the score.
    """

    condition: str
    threshold: Fraction
    verdict: Verdict
    most: Bound
    person: Person | None = None
    surely: bool = False
    notes: tuple[Pair, ...] = ()
    why: Pair | None = None

    def record(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "condition": self.condition, "threshold": show_points(self.threshold),
            "verdict": self.verdict, "surely": self.surely, "most": self.most.record(),
            "person": None if self.person is None else self.person.record(),
            "notes": [pair_record(x) for x in self.notes], "why": pair_record(self.why),
        }  # fmt: skip


def _amount(value: Fraction | None) -> Fraction:
    return Fraction(10) ** 30 if value is None else abs(value)


def plain(value: object) -> object:
    """A fact's value in JSON: a truth value, or a text that is exact."""
    if isinstance(value, bool):
        return value
    return show_points(value) if isinstance(value, Fraction) else str(value)


def ends_record(value: Range | None) -> Mapping[str, str | None] | None:
    """A range in JSON."""
    if value is None:
        return None
    return {
        "low": None if value.low is None else show_points(value.low),
        "high": None if value.high is None else show_points(value.high),
    }


def pair_record(pair: Pair | None) -> Mapping[str, str] | None:
    """A text of two languages in JSON."""
    return None if pair is None else {"zh": pair[0], "en": pair[1]}
