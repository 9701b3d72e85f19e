"""Policies prepared for a comparison: their scored parts with all that a reader looks for.

An :class:`Element` is an indicator, an item or a task with what it inherits from the clauses
around it: concept, source, recognition, who reviews it.  Points stay fractions; what the text does
not state stays open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.model import expressions as e
from policydsl.model import policy as m
from policydsl.model import rules as r
from policydsl.model.loading import Target, Targets
from policydsl.simulation.drafts import Version, versions_of
from policydsl.wording import sentences as w
from policydsl.wording.annexes import place_name

MOST_SCHEMES = 60
"""A comparison of more is no longer one that anybody reads."""
COMPARABLE = {"scheme": "points", "assessment": "duties", "work_plan": "duties"}
"""Kinds that can stand side by side: schemes with schemes, assessments with work plans."""
KIND_WORDS = {
    "scheme": ("积分", "points scheme"),
    "assessment": ("考核", "assessment"),
    "work_plan": ("要点", "work plan"),
}


@dataclass(frozen=True)
class Element:
    """An indicator, item or task of one scheme.

    ``place`` is its path in words, ``unit`` and ``group`` the ids of the unit and of the
    outermost group around it.  ``total`` are the points of the table that it is part of.
    ``locator`` is its own source, else that of the nearest clause around it that has one.
    """

    scheme: int
    key: str
    clause: m.Clause
    title: str
    place: str
    concept: str | None
    locator: str | None
    unit: str | None
    group: str | None
    recognition: str | None
    review: tuple[str, ...]
    responsible: tuple[str, ...]
    lead: tuple[str, ...]
    deducts: bool
    bonus: bool
    total: Fraction | None

    @property
    def points(self) -> m.Limit | None:
        """The most it can give (take, in a group of deductions); open where not stated."""
        return self.clause.declared_maximum

    @property
    def share(self) -> Fraction | None:
        """Its points as a part of the total; ``None`` where either is not stated."""
        if self.bonus or self.deducts or not self.total or not isinstance(self.points, Fraction):
            return None
        return self.points / self.total

    @property
    def open(self) -> bool:
        """Whether the text leaves its points or its rules open."""
        return self.clause.open or (
            self.clause.kind != "task" and not self.clause.rules and not self.clause.targets
        )


@dataclass(frozen=True)
class Scheme:
    """A policy as a column of a comparison; ``label`` tells it from the others."""

    number: int
    label: str
    version: Version

    @property
    def policy(self) -> m.Policy:
        """The policy, with the assumption sets applied that are for it."""
        return self.version.policy

    @property
    def title(self) -> str:
        """The title of the document, else its id."""
        return self.policy.title or self.policy.id

    @property
    def kind(self) -> m.DocumentKind:
        """What kind of document it is."""
        return self.policy.kind

    @cached_property
    def parents(self) -> dict[str, m.Clause]:
        """The clause around each clause, by id."""
        return {
            inner.id: outer
            for root in self.policy.roots
            for outer in root.walk()
            for inner in outer.children
        }

    def around(self, clause: m.Clause) -> Iterator[m.Clause]:
        """The clause and those around it, from the inside out."""
        here: m.Clause | None = clause
        while here is not None:
            yield here
            here = self.parents.get(here.id)

    @cached_property
    def totals(self) -> dict[str, Fraction | None]:
        """The points of each table (root), as declared, else as its parts add up to."""
        return {root.id: _total(root) for root in self.policy.roots}

    @property
    def total(self) -> Fraction | None:
        """The points of the scheme; ``None`` where not stated or not the same in all tables."""
        found = set(self.totals.values())
        return found.pop() if len(found) == 1 else None

    @cached_property
    def elements(self) -> tuple[Element, ...]:
        """Indicators, items and tasks in document order."""
        found = []
        for root in self.policy.roots:
            for clause in root.walk():
                if clause.is_item or clause.kind == "task":
                    found.append(self._element(root, clause))
        return tuple(found)

    def _element(self, root: m.Clause, clause: m.Clause) -> Element:
        chain = list(self.around(clause))
        inside = [c for c in chain if c.kind != "root"]
        words = w.speaker(self.policy)
        tops = [c for c in inside if c.kind not in ("schedule", "indicator", "item", "task")]
        reviewers = tuple(duty.unit for duty in self.policy.duties if clause.id in duty.reviews)
        return Element(
            self.number, f"{self.policy.id}#{clause.id}", clause, w.clause_name(clause),
            place_name(clause, self.policy, words),
            next((c.concept for c in inside if c.concept), None),
            next((c.locator for c in chain if c.locator), None),
            next((c.id for c in inside if c.kind == "unit"), None),
            tops[-1].id if tops else None,
            next((c.recognition for c in inside if c.recognition), None),
            next((c.review for c in inside if c.review), ()),
            tuple(dict.fromkeys([
                *next((c.responsible for c in inside if c.responsible), ()), *reviewers,
            ])),
            next((c.lead for c in inside if c.lead), ()),
            any(c.kind == "deductions" for c in inside),
            any(c.kind == "bonus" for c in inside),
            self.totals[root.id],
        )  # fmt: skip


def _total(root: m.Clause) -> Fraction | None:
    """Declared points of a table, else the sum of its parts (of one unit, where there are any)."""
    if isinstance(root.declared_maximum, Fraction):
        return root.declared_maximum
    if root.declared_maximum is not None:
        return None
    units = [c for c in root.children if c.kind == "unit"]
    parts = [c for c in root.children if c.kind not in ("unit", "bonus", "deductions", "task")]
    sums = {_sum([*parts, unit]) for unit in units} if units else {_sum(parts)}
    return sums.pop() if len(sums) == 1 else None


def _sum(clauses: Sequence[m.Clause]) -> Fraction | None:
    known = [
        c.declared_maximum if c.declared_maximum is not None or not c.children else _total(c)
        for c in clauses
    ]
    if not known or any(not isinstance(x, Fraction) for x in known):
        return None
    return sum((x for x in known if isinstance(x, Fraction)), Fraction(0))


def schemes_of(policies: Sequence[Target | m.Policy], assume: Targets = ()) -> tuple[Scheme, ...]:
    """The schemes to compare, in the order given, with labels of their own.

    Raises :class:`PolicyError`: fewer than two (C901), too many (C902), of kinds that cannot be
    compared (C903), and whatever is wrong with one of them.
    """
    if len(policies) < 2:
        raise _refused("C901", count=len(policies))
    if len(policies) > MOST_SCHEMES:
        raise _refused("C902", count=len(policies), limit=MOST_SCHEMES)
    versions = versions_of(policies[0], policies[1:], assume)
    wrong = [v for v in versions if v.policy.kind not in COMPARABLE]
    if wrong:
        raise PolicyError(
            [Diagnostic("C904", v.policy.source, None, {"id": v.policy.id}) for v in wrong]
        )
    kinds = {COMPARABLE[v.policy.kind] for v in versions}
    if len(kinds) > 1:
        named = [(v.label, *KIND_WORDS[v.policy.kind]) for v in versions]
        what = (
            "、".join(f"{label}（{zh}）" for label, zh, _ in named),
            ", ".join(f"{label} ({en})" for label, _, en in named),
        )
        raise _refused("C903", what=what)
    return tuple(
        Scheme(i, label, v)
        for i, (label, v) in enumerate(zip(_labels(versions), versions, strict=True))
    )


def _labels(versions: Sequence[Version]) -> list[str]:
    """What the columns are called: the region, with the id where several are of one region."""
    regions = [v.policy.meta.region for v in versions]
    return [
        v.label if not region else region if regions.count(region) == 1 else f"{region} {v.label}"
        for v, region in zip(versions, regions, strict=True)
    ]


def _refused(code: str, **details: object) -> PolicyError:
    return PolicyError([Diagnostic(code, None, None, details)])


def facts_read(element: Element) -> list[str]:
    """The names of the facts that the rules of a part read, in order."""
    found: list[object] = []
    for rule in element.clause.rules:
        for inner in r.nested(rule):
            found.append(inner.condition)
            for name in ("subject", "row_subject", "column_subject"):
                found.append(getattr(inner.action, name, None))
    expressions = tuple(x for x in found if x is not None)
    return list(dict.fromkeys(x.fact for x in e.walk(expressions) if isinstance(x, e.FactRef)))


def is_open(limit: m.Limit | None) -> bool:
    """Whether a limit is not stated though the text has it."""
    return isinstance(limit, r.OpenPoints)
