"""What is specified of a synthetic population, and whether it fits a policy.

A specification says of each attribute how it is distributed, and of each figure where it comes
from: a source, or an assumption with its reason.  Values are codes of domains
(:mod:`policydsl.scoring.columns.domains`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.model.policy import Fact, Policy
from policydsl.scoring.columns.domains import Domain, Grid
from policydsl.scoring.ranges import show_points

Kind = Literal["choice", "yes_no", "number", "date"]
Place = tuple[str, str]
"""Where in a file, in Chinese and English."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A publication that figures come from."""

    id: str
    title: str
    url: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Basis:
    """What figures rest on: the id of a source, an assumption with its reason, or both."""

    source: str | None = None
    assumption: str | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """Codes ``first`` to ``last`` share ``share`` percent, all of them alike."""

    first: int
    last: int
    share: Fraction
    basis: Basis | None = None


Condition = tuple[tuple[str, frozenset[int]], ...]
"""For each attribute the codes that meet it; all must.  Empty: always met."""


@dataclass(frozen=True, slots=True)
class Part:
    """A distribution for those who meet a condition and none of the parts before."""

    when: Condition
    bands: tuple[Band, ...]
    basis: Basis | None = None


@dataclass(frozen=True, slots=True)
class Attribute:
    """What is drawn for each person.

    ``fitted``: part of the joint table.  ``internal``: used to draw others, not handed out.
    ``missing``: a yes/no distribution of whether the fact was not handed in.  ``months``: the
    attribute is the date so many whole months before the assessment.  ``units``: handed in by
    these units only.
    """

    name: str
    kind: Kind
    domain: Domain
    parts: tuple[Part, ...]
    basis: Basis
    fitted: bool = False
    internal: bool = False
    missing: tuple[Part, ...] = ()
    months: str | None = None
    units: tuple[str, ...] = ()
    english: str | None = None


@dataclass(frozen=True, slots=True)
class Dependence:
    """A stated dependence of two fitted attributes, of which fitting keeps the odds ratios.

    ``odds``: of any two neighbouring bands of the one and the other (uniform association); or
    ``table``: relative frequencies, one row for each band of the first.
    """

    pair: tuple[str, str]
    basis: Basis
    odds: Fraction | None = None
    table: tuple[tuple[Fraction, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Joint:
    """A published two-way table in percent of all, which fitting must meet."""

    pair: tuple[str, str]
    table: tuple[tuple[Fraction, ...], ...]
    basis: Basis


@dataclass(frozen=True, slots=True)
class Limit:
    """A hard limit: ``lesser`` ≤ ⌊``factor`` · ``greater`` + ``plus``⌋ where ``when`` holds.

    Without ``greater`` the bounds are the numbers ``low`` and ``high``; with ``excluded`` the
    condition itself cannot occur.
    """

    when: Condition
    basis: Basis
    lesser: str | None = None
    greater: str | None = None
    factor: Fraction = Fraction(1)
    plus: Fraction = Fraction(0)
    low: Fraction | None = None
    high: Fraction | None = None
    excluded: bool = False
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Alike:
    """How alike spouses are in a fitted attribute: an odds ratio of neighbouring bands."""

    name: str
    odds: Fraction
    basis: Basis


@dataclass(frozen=True, slots=True)
class Children:
    """Rows of children: as many as ``count`` says, with an age of ``low`` to ``high`` years."""

    count: str
    low: int
    high: int
    gap: int
    basis: Basis


@dataclass(frozen=True, slots=True)
class Household:
    """Who lives with an applicant.

    ``along``: whether the spouse of a married applicant belongs to the household.  ``older``:
    years that the husband is older than the wife, as codes of ``older_domain``.  ``shared``
    attributes are the applicant's for the spouse too.
    """

    status: str
    married: int
    sex: str
    male: int
    female: int
    age: str
    along: tuple[Part, ...]
    older: tuple[Band, ...]
    older_domain: Grid
    basis: Basis
    alike: tuple[Alike, ...] = ()
    shared: tuple[str, ...] = ()
    children: Children | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A published mean that nothing is fitted to, to hold the result against."""

    name: str
    mean: Fraction
    basis: Basis


@dataclass(frozen=True)
class Spec:
    """A specification; ``size`` is how many households (or units) there are in reality."""

    id: str
    title: str
    english: str | None
    file: str
    digest: str
    size: int
    day: date | None
    notes: tuple[str, ...]
    sources: Mapping[str, Reference]
    attributes: Mapping[str, Attribute]
    dependences: tuple[Dependence, ...] = ()
    joints: tuple[Joint, ...] = ()
    limits: tuple[Limit, ...] = ()
    household: Household | None = None
    units: tuple[str, ...] = ()
    size_basis: Basis = field(default_factory=Basis)
    comparisons: tuple[Comparison, ...] = ()

    @property
    def fitted(self) -> tuple[Attribute, ...]:
        """The attributes of the joint table, in order."""
        return tuple(a for a in self.attributes.values() if a.fitted)

    def assumptions(self) -> list[tuple[str, str]]:
        """Everything that is assumed: (what, why); a result rests on all of them."""
        return [(what, b.assumption) for what, b in self._bases() if b.assumption is not None]

    def references(self) -> list[tuple[str, Reference]]:
        """(what, publication) for every figure that has a source."""
        return [(what, self.sources[b.source]) for what, b in self._bases() if b.source]

    def _bases(self) -> Iterator[tuple[str, Basis]]:
        seen: set[tuple[str, Basis]] = set()
        for what, basis in self._all_bases():
            if basis is not None and (what, basis) not in seen:
                seen.add((what, basis))
                yield what, basis

    def _all_bases(self) -> Iterator[tuple[str, Basis | None]]:
        yield "规模", self.size_basis
        for attribute in self.attributes.values():
            yield attribute.name, attribute.basis
            for part in attribute.parts:
                yield attribute.name, part.basis
                for band in part.bands:
                    yield f"{attribute.name} {self.label(attribute.name, band)}", band.basis
            for part in attribute.missing:
                yield f"{attribute.name} 未提供", part.basis
        for dependence in self.dependences:
            yield "依存 " + "—".join(dependence.pair), dependence.basis
        for joint in self.joints:
            yield "联合 " + "—".join(joint.pair), joint.basis
        for limit in self.limits:
            yield f"限制 {limit.shown}", limit.basis
        if self.household is not None:
            yield "家庭", self.household.basis
            for part in self.household.along:
                yield "家庭 随迁", part.basis
            for alike in self.household.alike:
                yield f"家庭 相近 {alike.name}", alike.basis
            if self.household.children is not None:
                yield "家庭 子女", self.household.children.basis

    def label(self, name: str, band: Band) -> str:
        """A band as a person reads it: 本科, 20–29, 是."""
        domain = self.attributes[name].domain
        first, last = (show_value(domain, code) for code in (band.first, band.last))
        return first if first == last else f"{first}–{last}"


def show_value(domain: Domain, code: int) -> str:
    """The value of a code as text."""
    value = domain.value(code)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Fraction):
        return show_points(value)
    return str(value)


# -- against a policy


def facts_of(spec: Spec, policy: Policy) -> dict[str, Fact]:
    """The facts of a policy that a population has, by name.

    Raises :class:`PolicyError` (D466) where an attribute of that name has other values.
    """
    found: dict[str, Fact] = {}
    problems: list[Diagnostic] = []
    for name, attribute in spec.attributes.items():
        fact = policy.facts.get(name)
        if fact is None or attribute.internal:
            continue
        found[name] = fact
        problem = _misfit(attribute, fact)
        if problem is not None:
            details = {"population": spec.id, "policy": policy.id, "name": name}
            source = Source(spec.file, "")
            problems.append(Diagnostic("D466", source, None, {**details, "problem": problem}))
    if problems:
        raise PolicyError(problems)
    return found


def _misfit(attribute: Attribute, fact: Fact) -> Place | None:
    domain = attribute.domain
    kind: str = fact.kind
    if kind in ("choice", "ordered"):
        values = [v for v in getattr(domain, "values", ()) if isinstance(v, str)]
        strange = [v for v in values if v not in fact.values]
        if attribute.kind != "choice":
            return "应是取值", "a choice is wanted"
        if strange:
            return f"没有取值 {'、'.join(strange)}", f"no such values: {', '.join(strange)}"
        return None
    if kind in ("yes_no", "date"):
        wanted = {
            "yes_no": ("应是“是”或“否”", "yes or no is wanted"),
            "date": ("应是日期", "a date is wanted"),
        }
        return None if attribute.kind == kind else wanted[kind]
    if not isinstance(domain, Grid):
        return "应是数", "a number is wanted"
    low, high = domain.value(1), domain.value(domain.count)
    floor = Fraction(0) if kind == "count" and fact.low is None else fact.low
    if (floor is not None and low < floor) or (fact.high is not None and high > fact.high):
        shown = f"{show_points(low)}–{show_points(high)}"
        return f"{shown} 超出范围", f"{shown} is out of range"
    whole = (domain.low.denominator, domain.step.denominator) == (1, 1)
    if kind in ("integer", "count") and not whole:
        return "应是整数", "whole numbers are wanted"
    if fact.places is not None and any(
        (number * 10**fact.places).denominator != 1 for number in (domain.low, domain.step)
    ):
        return f"小数超过 {fact.places} 位", f"more than {fact.places} decimal places"
    return None
