"""What a sentence of a policy means, free of its spelling.

The recogniser makes a :class:`Meaning` of a text, :func:`~policydsl.wording.recognising.spoken.
meaning_of` makes one of a typed rule; both are equal for every sentence that the wording writes.
Numbers are exact and in base units.  What a sentence is *about* stays in words: the document's own
(``subject``, ``condition``), since names of facts do not stand in documents.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

Span = tuple[int, int]

Kind = Literal[
    "flat", "step", "discretion", "open", "veto", "no_points", "status", "tiers", "matrix",
    "best", "least", "sum", "respectively",
]  # fmt: skip


Way = Literal["", "below", "above"]
"""On which side of a threshold the distance from it counts; ``""``: no distance is counted."""

Partial = Literal["", "whole", "pro_rata", "full"]
"""What a begun step counts; ``""``: the text does not say."""


@dataclass(frozen=True, slots=True)
class Amount:
    """Points: fixed (``low`` = ``high``), a range or open (not stated), or ``words`` (computed)."""

    low: Fraction | None
    high: Fraction | None
    stated: bool = True
    words: str | None = None

    @classmethod
    def fixed(cls, value: Fraction) -> Amount:
        """A stated number."""
        return cls(value, value)

    @property
    def value(self) -> Fraction | None:
        """The stated number, if it is one."""
        return self.low if self.stated and self.words is None else None


@dataclass(frozen=True, slots=True)
class Threshold:
    """A comparison in words (``subject``) with a number in base units.

    ``operator`` is as said; ``""`` where the text gives the number alone.
    """

    subject: str
    operator: str
    value: Fraction
    dimension: str
    span: Span = field(default=(0, 0), compare=False)
    unit: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Step:
    """每…: the size of a step and how begun, skipped and surplus steps count.

    ``way``: the distance from a threshold is counted (``below``, ``above``).  ``unit`` is the
    word of the text (篇, 个百分点), which may be a synonym of what the policy says.
    """

    size: Fraction
    subject: str
    way: Way = ""
    partial: Partial = ""
    beyond: Fraction = Fraction(0)
    skip: Fraction = Fraction(0)
    most: Fraction | None = None
    unit: str = field(default="", compare=False)
    dimension: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Modifier:
    """What qualifies an amount: cap, floor, scale, round_half_up, round_down, round_up."""

    kind: str
    value: Fraction


@dataclass(frozen=True, slots=True)
class Meaning:
    """One rule as read.  ``sign``: 1 gives points, −1 takes them, 0 does neither or both.

    ``parts`` are the members of a list, the tiers, or the rows of a table; ``amounts`` and
    ``heads`` belong to 分别加10、20分.  ``span`` is the place in the text that was read,
    ``figures`` the place of each number in it.
    """

    kind: Kind
    sign: int = 0
    amount: Amount | None = None
    condition: str = ""
    step: Step | None = None
    subject: str = ""
    status: str = ""
    duration: Fraction | None = None
    lasting: str = field(default="", compare=False)
    """The duration as written: 6个月."""
    modifiers: tuple[Modifier, ...] = ()
    parts: tuple[Meaning, ...] = ()
    heads: tuple[str, ...] = ()
    amounts: tuple[Fraction, ...] = ()
    cells: tuple[tuple[Amount, ...], ...] = ()
    labels: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    span: Span = field(default=(0, 0), compare=False)
    phrase: str = field(default="", compare=False)
    """The key of the phrase table that the consequence was read with."""

    def walk(self) -> Iterator[Meaning]:
        """The meaning and every one inside it."""
        yield self
        for part in self.parts:
            yield from part.walk()


def only_deducts(meaning: Meaning) -> bool:
    """Whether a rule takes points and never gives any."""
    signs = set()
    for each in meaning.walk():
        nothing = each.amount is not None and each.amount.value == 0
        if each.kind in ("flat", "step", "discretion", "respectively") and not nothing:
            signs.add(each.sign)
        elif each.kind == "matrix":
            signs.add(1)
    return signs == {-1}
