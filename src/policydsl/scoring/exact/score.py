"""What scoring a case gives: the score, the reasons for it, the trace down to each fact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Literal

from policydsl.language import nodes
from policydsl.language.keywords import Language
from policydsl.language.printing import print_node
from policydsl.model import rules as r
from policydsl.scoring.ranges import Range

ReasonKind = Literal[
    "missing",
    "discretionary",
    "judgement",
    "open",
    "assumption",
    "veto",
    "no_points",
    "status",
    "not_eligible",
    "not_in_force",
    "no_table",
]
Certainty = Literal["no", "maybe", "yes"]
Pair = tuple[str, str]
"""Chinese and English."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a score is what it is, beyond arithmetic.  ``clause`` ``""``: the whole document."""

    kind: ReasonKind
    clause: str
    zh: str
    en: str
    fact: str | None = None
    assumption: str | None = None


def written(node: nodes.Node, language: Language = "zh") -> str:
    """A part of the text on one line."""
    return " ".join(print_node(node, language).split())


@dataclass(frozen=True, slots=True)
class Trace:
    """How a number came about: a clause, rule or fact with its parts.

    ``value`` of a rule is what it contributes.  The values of a clause's children add up to its
    ``raw``, which rounding, cap and floor turn into its ``value``; where a clause gives nothing
    whatever its parts say (不得分, no evidence), ``detail`` says why.

    ``label`` and ``detail`` are Chinese; :meth:`named` and :meth:`said` give them in either
    language.  What has no English of its own (names that a policy gives) stays as it is.
    """

    kind: Literal["total", "clause", "rule", "fact", "step"]
    id: str
    label: str
    value: Range | None
    detail: str = ""
    children: tuple[Trace, ...] = ()
    raw: Range | None = None
    label_en: str | None = None
    detail_en: str | None = None
    node: nodes.Node | None = field(default=None, compare=False, repr=False)

    def named(self, language: Language) -> str:
        """The label; of a rule or tier the text in the words of the language."""
        if language == "zh":
            return self.label
        if self.node is not None:
            return written(self.node, "en")
        return self.label if self.label_en is None else self.label_en

    def said(self, language: Language) -> str:
        """The detail."""
        return self.detail if language == "zh" or self.detail_en is None else self.detail_en

    def find(self, clause: str) -> Trace | None:
        """The trace of a clause in it; ``None`` where the clause was not scored."""
        if self.kind == "clause" and self.id == clause:
            return self
        return next((x for child in self.children if (x := child.find(clause))), None)


@dataclass(frozen=True, slots=True)
class TargetResult:
    """A target of a clause: ``met`` ``None`` when its facts are missing or it is in words only.

    ``actual``, ``threshold`` and ``gap`` (actual − threshold) are in the measure's unit.
    """

    clause: str
    text: str
    met: bool | None
    measure: str | None = None
    actual: Fraction | None = None
    threshold: Fraction | None = None
    gap: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """The result for one case.

    ``points`` is the score before veto and status, ``total`` what can be used.  ``parts`` holds
    each clause that was scored, by id, deductions negative.  ``eligible`` is ``None`` where the
    condition of application could not be checked.
    """

    case: str
    total: Range
    points: Range
    parts: Mapping[str, Range]
    reasons: tuple[Reason, ...]
    statuses: tuple[r.Status, ...] = ()
    vetoed: Certainty = "no"
    eligible: bool | None = True
    blends: Mapping[str, Range | None] = field(default_factory=lambda: MappingProxyType({}))
    targets: tuple[TargetResult, ...] = ()
    trace: Trace | None = None

    @property
    def assumptions(self) -> tuple[str, ...]:
        """Names of the assumptions that the score rests on."""
        return tuple(dict.fromkeys(x.zh for x in self.reasons if x.kind == "assumption"))
