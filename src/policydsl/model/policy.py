"""The typed policy: facts, clauses and documents, ready to be scored, compared and printed.

Made by :mod:`policydsl.model.compiling` from a tree; every clause keeps its node, so that
texts and places can be shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Literal

from policydsl.language import nodes
from policydsl.language.diagnostics import Diagnostic, Source
from policydsl.language.units import Unit
from policydsl.model.expressions import Constant, Expr
from policydsl.model.rules import OpenPoints, RoundTo, Rule, is_discretionary, is_open

FactKind = Literal[
    "integer", "decimal", "percentage", "yes_no", "date", "count", "choice", "ordered"
]
ClauseKind = Literal[
    "root",
    "schedule",
    "common",
    "unit",
    "group",
    "bonus",
    "deductions",
    "indicator",
    "item",
    "task",
    "scene",
    "status_rules",
    "blend",
]
DocumentKind = Literal[
    "scheme", "assessment", "work_plan", "assumption", "vocabulary", "amendment", "history"
]


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of a case; ``low``, ``high``, ``default``, ``missing_value`` in ``unit``.

    ``values`` lists the values of a choice, lowest first for an ordered one; ``typical`` is what
    an ordinary case has.  ``missing``: what
    no value means (``no_evidence``, ``value`` → ``missing_value``, ``required``).
    """

    name: str
    kind: FactKind
    unit: Unit | None = None
    values: tuple[str, ...] = ()
    low: Fraction | None = None
    high: Fraction | None = None
    default: Constant | None = None
    missing: Literal["no_evidence", "value", "required"] = "no_evidence"
    missing_value: Constant | None = None
    places: int | None = None
    typical: Constant | None = None
    derived: Expr | None = None
    concept: str | None = None
    entity: str | None = None
    note: str | None = None
    english: str | None = None
    locator: str | None = None
    assumptions: tuple[str, ...] = ()
    document: str = ""
    node: nodes.Fact | None = field(default=None, compare=False, repr=False)

    @property
    def is_number(self) -> bool:
        """Whether the fact is a number of any kind."""
        return self.kind in ("integer", "decimal", "percentage", "count")


@dataclass(frozen=True, slots=True)
class Reading:
    """A garbled place of the source, the reading taken, and why."""

    original: str
    read_as: str
    reason: str


@dataclass(frozen=True, slots=True)
class Closing:
    """An open point of a clause that an assumption set closes."""

    assumption: str
    clause: str
    what: str
    reason: str

    @property
    def what_en(self) -> str:
        """What is closed, in English; names stay as they are."""
        words = (_CLOSED.get(word, word) for word in self.what.split("、"))
        return ", ".join(word.replace("采用 ", "adopted from ") for word in words)


_CLOSED: Mapping[str, str] = MappingProxyType(
    {
        "规则": "rules", "采用": "adopted", "家庭": "household", "排序": "ranking",
        "名额": "quota", "同分": "ties", "满分": "full marks", "上限": "cap", "下限": "floor",
        "起评分": "start", "审核方式": "review mode", "责任单位": "responsible unit",
        "舍入": "rounding", "折算": "conversion", "比重": "weights",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """A target to check (``condition``), or one in words only (``text``).

    ``measure``, ``operator`` and ``threshold`` (in the measure's unit) stand for targets of the
    form *fact reaches number*; they let gaps be computed and thresholds be compared.
    """

    condition: Expr | None
    text: str | None
    measure: str | None = None
    operator: str | None = None
    threshold: Fraction | None = None
    assumptions: tuple[str, ...] = ()
    node: nodes.Target | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Period:
    """A date, a delay after publication, an event in words, or not stated."""

    date: date | None = None
    after: Fraction | None = None
    after_unit: Unit | None = None
    event: str | None = None

    @property
    def open(self) -> bool:
        """Whether nothing is stated."""
        return self.date is None and self.after is None and self.event is None


Limit = Fraction | OpenPoints


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of the document with a heading of its own.

    ``id`` is the path of labels from the document (``公安分局/1``); it is stable under changes of
    other clauses.  Limits are points, or open.  ``start`` ``"full"``: the full marks.
    """

    id: str
    kind: ClauseKind
    label: str
    number: str | None = None
    name: str | None = None
    full_marks: Limit | None = None
    cap: Limit | None = None
    floor: Limit | None = None
    start: Limit | Literal["full"] | None = None
    rounding: RoundTo | None = None
    applies_when: Expr | None = None
    rules: tuple[Rule, ...] = ()
    targets: tuple[Target, ...] = ()
    children: tuple[Clause, ...] = ()
    entity: str | None = None
    review: tuple[str, ...] = ()
    responsible: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    recognition: str | None = None
    concept: str | None = None
    english: str | None = None
    locator: str | None = None
    summary: str | None = None
    full_text: str | None = None
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = ()
    waived: tuple[tuple[str, str], ...] = ()
    closings: tuple[Closing, ...] = ()
    conversion: tuple[Fraction | None, str | None] | None = None
    in_force: Period | None = None
    expires: Period | None = None
    node: nodes.Clause | nodes.Document | None = field(default=None, compare=False, repr=False)

    @property
    def is_item(self) -> bool:
        """Scored by rules of its own (指标, 项)."""
        return self.kind in ("indicator", "item")

    @property
    def declared_maximum(self) -> Limit | None:
        """The most that the text says the clause can give."""
        return self.full_marks if self.full_marks is not None else self.cap

    @property
    def discretionary(self) -> bool:
        """Whether an assessor decides some of its points."""
        return any(is_discretionary(rule) for rule in self.rules)

    @property
    def open(self) -> bool:
        """Whether the text leaves something open that the clause's score needs."""
        limits = (self.full_marks, self.cap, self.floor, self.start)
        return any(isinstance(x, OpenPoints) for x in limits) or any(map(is_open, self.rules))

    def walk(self) -> Iterator[Clause]:
        """The clause and all below it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Plausibility:
    """What holds of everybody one is likely to meet (常情); nothing is scored by it."""

    condition: Expr
    node: nodes.Plausible | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """``excluded`` is taken off ``fact`` (not below 0) before anything is scored."""

    excluded: str
    fact: str
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RankingKey:
    """What is compared at one step of a ranking; ``text`` as written."""

    expression: Expr
    highest_first: bool
    text: str

    @property
    def column(self) -> str:
        """What tells the key from others of the policy: its text, and which end comes first."""
        return self.text if self.highest_first else f"{self.text}（低者先）"


@dataclass(frozen=True, slots=True)
class Scene:
    """An occasion for which cases are ranked.  ``ties`` ``"open"``: not stated."""

    id: str
    name: str
    clause: Clause
    applies_when: Expr | None = None
    household: Literal["higher_of", "total_of"] | None = None
    household_scope: Literal["couple", "member"] = "couple"
    keys: tuple[RankingKey, ...] = ()
    keys_open: bool = False
    quota: int | None = None
    quota_set_by: str | None = None
    ties: Literal["admit_all", "admit_none", "lottery", "open"] = "open"
    closings: tuple[Closing, ...] = ()


@dataclass(frozen=True, slots=True)
class BlendPart:
    """``weight`` in percent; ``None``: not stated."""

    expression: Expr
    weight: Fraction | None
    text: str
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Blend:
    """A weighted sum beside the total, from 0 to ``maximum`` (the full marks) where open."""

    id: str
    name: str
    parts: tuple[BlendPart, ...]
    clause: Clause
    closings: tuple[Closing, ...] = ()


@dataclass(frozen=True, slots=True)
class Deadline:
    """``number`` of ``unit`` (usually 工作日), or a ``date``; all ``None``: not stated.

    ``clause`` is the id of the clause that states it, ``None`` for the document.
    """

    name: str
    comparison: str | None
    number: Fraction | None = None
    unit: Unit | None = None
    date: date | None = None
    text: str | None = None
    assumptions: tuple[str, ...] = ()
    locator: str | None = None
    clause: str | None = None
    node: nodes.Deadline | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Duty:
    """What a unit reviews (clause ids or texts) and which scenes it hosts."""

    unit: str
    text: str | None = None
    reviews: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    locator: str | None = None
    node: nodes.Duty | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Meta:
    """What a document says of itself; ``sections`` are the numbers of its sections (一、二 …)."""

    region: str | None = None
    issuer: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    legal_basis: tuple[str, ...] = ()
    source: str | None = None
    issued: Period | None = None
    in_force: Period | None = None
    expires: Period | None = None
    transition: tuple[str, ...] = ()
    sections: str | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """Another member of the household, with the facts known of him or her."""

    role: str
    facts: Mapping[str, Constant]


@dataclass(frozen=True, slots=True)
class Expectation:
    """``clause`` ``None``: the total.  ``high`` ``None``: without bound."""

    clause: str | None
    low: Fraction
    high: Fraction | None
    node: nodes.Expect | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Example:
    """An example with the case that it gives and the results that it expects."""

    title: str
    unit: str | None
    facts: Mapping[str, Constant]
    members: tuple[Member, ...]
    judgements: Mapping[str, Fraction]
    expectations: tuple[Expectation, ...]
    status: str | None
    node: nodes.Example | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Policy:
    """A document of any kind that can be scored or checked.

    ``roots`` are the schedules (附表), or one root for a document without schedules.
    ``diagnostics`` are its warnings; a policy with errors is never made.
    """

    id: str
    kind: DocumentKind
    title: str | None
    meta: Meta
    roots: tuple[Clause, ...]
    facts: Mapping[str, Fact]
    concepts: Mapping[str, str]
    exclusions: tuple[Exclusion, ...] = ()
    plausible: tuple[Plausibility, ...] = ()
    status_rules: tuple[Rule, ...] = ()
    scenes: tuple[Scene, ...] = ()
    blends: tuple[Blend, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    duties: tuple[Duty, ...] = ()
    examples: tuple[Example, ...] = ()
    readings: tuple[Reading, ...] = ()
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    waived: tuple[tuple[str, str], ...] = ()
    assumed: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    source: Source = field(default=Source("", ""), repr=False, compare=False)
    document: nodes.Document | None = field(default=None, repr=False, compare=False)

    @cached_property
    def clauses(self) -> Mapping[str, Clause]:
        """Every clause by its id, in document order."""
        return MappingProxyType({c.id: c for root in self.roots for c in root.walk()})

    @property
    def items(self) -> tuple[Clause, ...]:
        """The clauses with rules of their own kind (指标, 项), in document order."""
        return tuple(c for c in self.clauses.values() if c.is_item)

    @cached_property
    def units(self) -> tuple[str, ...]:
        """Names of the units that have a table of their own."""
        return tuple(c.label for c in self.clauses.values() if c.kind == "unit")

    def scene(self, name: str | None) -> Scene:
        """The scene of that name; the only one when there is no name.  ``KeyError`` if unknown."""
        if name is None:
            if len(self.scenes) != 1:
                raise KeyError(name)
            return self.scenes[0]
        return next((s for s in self.scenes if s.name == name), None) or _missing(name)


def _missing(name: str) -> Scene:
    raise KeyError(name)
