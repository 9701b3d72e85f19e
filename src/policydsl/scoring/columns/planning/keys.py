"""What a part of a policy reads: columns, spouses, what is worked out beforehand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from policydsl.model import expressions as e
from policydsl.model.policy import Policy
from policydsl.scoring.columns.domains import Days, Domain, Grid, yes_no
from policydsl.scoring.columns.population import Schema
from policydsl.scoring.ranges import Range

OPEN = 1 << 60
"""Stands for *without bound* among numerators."""


@dataclass(frozen=True, slots=True)
class Column:
    """A fact as it was handed in."""

    fact: str
    owner: e.Role = "self"


@dataclass(frozen=True, slots=True)
class HasSpouse:
    """Whether there is a spouse."""


@dataclass(frozen=True, slots=True)
class Effective:
    """A fact as rules read it: derived, by default, less what is excluded."""

    fact: str
    owner: e.Role = "self"


@dataclass(frozen=True, slots=True)
class Worked:
    """The value of an expression for the case."""

    expression: e.Expr


@dataclass(frozen=True, slots=True)
class Scored:
    """Where a score lies with regard to ``cuts`` (ascending).

    Code ``n × low + high``, where low and high number the places of the two ends: below the first
    cut, at it, above it and below the second, and so on; ``n`` places in all.
    """

    clause: str | None
    cuts: tuple[Fraction, ...]

    @property
    def places(self) -> int:
        """How many places there are."""
        return 2 * len(self.cuts) + 1

    def range(self, code: int) -> Range:
        """A range whose ends lie in the places of a code."""
        low, high = divmod(code, self.places)
        return Range(self._at(low), self._at(high))

    def _at(self, place: int) -> Fraction:
        index, between = place // 2, place % 2 == 0
        if not between:
            return self.cuts[index]
        if index == 0:
            return self.cuts[0] - 1
        if index == len(self.cuts):
            return self.cuts[-1] + 1
        return (self.cuts[index - 1] + self.cuts[index]) / 2


@dataclass(frozen=True, slots=True)
class Parted:
    """Where a code of a wide key lies among ``starts`` (ascending, the first is 1; 0: missing)."""

    key: Column | Effective | Worked
    starts: tuple[int, ...]


Key = Column | HasSpouse | Effective | Worked | Scored | Parted


@dataclass(frozen=True, slots=True)
class Reading:
    """The facts of a policy as a population has them.

    ``ahead`` are the keys that are worked out before anything else: their values are taken as
    they are, and what they rest on is not read.  With ``naming`` it is read all the same, since
    reasons name what is missing in the end, and the assumptions that facts rest on.  Reasons do
    not tell numbers apart that are counted in the same way, unless they are ``counting``.
    """

    policy: Policy
    schema: Schema
    ahead: Mapping[Key, Domain]
    naming: bool = False
    counting: bool = False

    def with_ahead(self, more: Mapping[Key, Domain]) -> Reading:
        """The same with more keys worked out ahead."""
        return replace(self, ahead={**self.ahead, **more})

    def ways(self, key: Key) -> int:
        """About how many ways through a rule the values of a key make."""
        size = self.size(key)
        wide = not isinstance(key, Scored) and isinstance(self.domain(key), (Grid, Days))
        return min(size, 3) if wide else size  # missing, and either side of some number

    def size(self, key: Key) -> int:
        """How many codes a key has."""
        return key.places**2 if isinstance(key, Scored) else self.domain(key).size

    def codes(self, key: Key) -> Domain | None:
        """What tells the codes of a key from others of the same key."""
        return None if isinstance(key, Scored) else self.domain(key)

    def domain(self, key: Key) -> Domain:
        """What the codes of a key stand for."""
        if isinstance(key, Column):
            return self.schema.domains[key.fact]
        if isinstance(key, Parted):
            return self.domain(key.key)
        return yes_no() if isinstance(key, HasSpouse) else self.ahead[key]

    def keys(self, *parts: object) -> tuple[Key, ...]:
        """What rules, expressions … can read, in the order in which they read it."""
        found: dict[Key, None] = {}
        for part in parts:
            for expr in self._within(part):
                self._read(expr, "self", found)
        return tuple(found)

    def _within(self, part: object) -> Iterator[e.Expr]:
        """Facts, household functions and what is worked out ahead, anywhere in a part."""
        if isinstance(part, (tuple, list)):
            for item in part:
                yield from self._within(item)
        elif isinstance(part, (e.FactRef, e.IsProvided, e.Aggregate, e.ScoreRef)) or (
            self.ahead and isinstance(part, e.Expr) and Worked(part) in self.ahead
        ):
            yield part
        else:
            for held in inside(part):
                yield from self._within(held)

    def _read(self, expr: e.Expr, viewer: e.Role, found: dict[Key, None]) -> None:
        """What an expression of one of the couple reads."""
        match expr:
            case e.FactRef() | e.IsProvided():
                owner: e.Role = "self" if expr.role == viewer else "spouse"
                if owner == "spouse" and not self.schema.households:
                    return
                if owner == "spouse":
                    found.setdefault(HasSpouse())
                self._fact(expr.fact, owner, found, isinstance(expr, e.IsProvided))
            case e.ScoreRef():
                for key in self.ahead:
                    if isinstance(key, Scored) and key.clause == expr.clause:
                        found.setdefault(key)
            case _:
                found.setdefault(Worked(expr))
                if self.naming and not isinstance(expr, e.Aggregate):
                    for part in _references(expr):
                        self._read(part, viewer, found)
                for name in self.required(expr):
                    self._fact(name, "self", found)

    def _fact(
        self, name: str, owner: e.Role, found: dict[Key, None], provided: bool = False
    ) -> None:
        key = Effective(name, owner)
        if key in self.ahead:
            found.setdefault(key)
            if not provided and not self.naming:
                return
        column = Column(name, owner)
        if column in found:
            return
        if name in self.schema.domains:
            found.setdefault(column)
        derived = self.policy.facts[name].derived if name in self.policy.facts else None
        if key not in self.ahead or self.naming:
            for expr in self._within(derived):
                self._read(expr, owner, found)
            for exclusion in self.policy.exclusions:
                if exclusion.fact == name:
                    self._fact(exclusion.excluded, owner, found)

    def required(self, expr: e.Expr) -> tuple[str, ...]:
        """The applicant's required facts that an expression which is worked out ahead rests on."""
        names = sorted({name for name, role in e.facts_of(expr) if role == "self"})
        return tuple(x for x in names if self.policy.facts[x].missing == "required")

    def context(self, *parts: object) -> tuple[object, ...]:
        """What the meaning of a part rests on besides itself: equal contexts, equal tables."""
        names: dict[str, None] = {}
        pending = [x.fact for p in parts for x in _references(p)]
        while pending:
            name = pending.pop()
            if name in names or name not in self.policy.facts:
                continue
            names[name] = None
            pending.extend(x.fact for x in _references(self.policy.facts[name].derived))
            pending.extend(x.excluded for x in self.policy.exclusions if x.fact == name)
        facts = tuple(self.policy.facts[name] for name in sorted(names))
        exclusions = tuple(x for x in self.policy.exclusions if x.fact in names)
        return self.policy.kind, facts, exclusions, self.schema.date, (self.naming, self.counting)


def _references(part: object) -> Iterator[e.FactRef | e.IsProvided]:
    """All facts named anywhere in a part."""
    if isinstance(part, (tuple, list)):
        for item in part:
            yield from _references(item)
    elif isinstance(part, (e.FactRef, e.IsProvided)):
        yield part
    else:
        for held in inside(part):
            yield from _references(held)


_ATOMS = frozenset([type(None), bool, int, str, Fraction, date])


def inside(part: Any) -> list[object]:
    """What a dataclass holds that may hold something, besides its node of the syntax tree."""
    held = [getattr(part, name) for name in _names_in(type(part))]
    return [value for value in held if type(value) not in _ATOMS]


_NAMES: dict[type, tuple[str, ...]] = {}


def _names_in(kind: type) -> tuple[str, ...]:
    """The fields of a dataclass that :func:`inside` looks at; a plan asks for them often."""
    found = _NAMES.get(kind)
    if found is None:
        held = fields(kind) if is_dataclass(kind) else ()
        found = _NAMES[kind] = tuple(x.name for x in held if x.name != "node")
    return found
