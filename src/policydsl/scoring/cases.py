"""What is scored: a person, household or unit, with the facts that are known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from types import MappingProxyType

from policydsl.model.expressions import Constant
from policydsl.model.policy import Example, Member

SPOUSE = "配偶"
APPLICANT = "本人"
_NOTHING: Mapping[str, Constant] = MappingProxyType({})


@dataclass(frozen=True)
class Case:
    """One case.

    ``facts`` are in the units of their declarations; what is absent was not handed in.
    ``unit`` says whose table applies, ``entity`` which schedule.  ``members`` are the other
    members of the household.  ``judgements`` are an assessor's points on discretionary clauses,
    by clause id, negative for deductions.  ``date`` is the date of assessment (评定日).
    """

    id: str
    facts: Mapping[str, Constant] = field(default_factory=lambda: _NOTHING)
    unit: str | None = None
    entity: str | None = None
    members: tuple[Member, ...] = ()
    judgements: Mapping[str, Fraction] = field(default_factory=lambda: MappingProxyType({}))
    date: date | None = None
    household: str | None = None

    @property
    def spouse(self) -> Member | None:
        """The member whose role is 配偶, if any."""
        return next((m for m in self.members if m.role == SPOUSE), None)

    def as_spouse(self) -> Case | None:
        """The same household seen from the spouse; ``None`` without a spouse."""
        return None if self.spouse is None else self.seen_from(self.spouse)

    def seen_from(self, member: Member) -> Case:
        """The same household with a member as the applicant.

        Only the spouse has the applicant for a spouse.  Judgements stay with the applicant.
        """
        others = [m for m in self.members if m is not member]
        applicant = Member(APPLICANT, self.facts)
        if member is self.spouse:
            applicant = Member(SPOUSE, self.facts)
        else:
            others = [Member(f"{APPLICANT}的{m.role}", m.facts) for m in others]
        return Case(
            f"{self.id}（{member.role}）", member.facts, self.unit, self.entity,
            (applicant, *others), {}, self.date, self.household,
        )  # fmt: skip


def case_of(example: Example) -> Case:
    """The case that an example (示例) describes."""
    return Case(
        example.title, example.facts, example.unit, None, example.members, example.judgements
    )
