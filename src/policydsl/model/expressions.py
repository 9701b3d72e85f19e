"""Typed expressions: names resolved, units reduced to base units.

Numbers are exact fractions in the base unit of their dimension (months for 年 and 月, yuan
for 万元; a percentage is its figure, 95 for 95 %).  An expression over facts evaluates to a
number, truth value, date or text, or is missing; :mod:`policydsl.scoring.exact` says how.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction
from typing import Literal

Constant = Fraction | bool | date | str
Role = Literal["self", "spouse"]
Comparison = Literal["<", "<=", ">", ">=", "==", "!="]


@dataclass(frozen=True, slots=True)
class Const:
    """A value written in the text, in base units."""

    value: Constant


@dataclass(frozen=True, slots=True)
class FactRef:
    """A fact of the case or of its spouse; numbers times ``scale`` are in base units."""

    fact: str
    role: Role = "self"
    scale: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class ScoreRef:
    """The score of a clause (``None``: the total), of the case or of its spouse."""

    clause: str | None
    role: Role = "self"


@dataclass(frozen=True, slots=True)
class Arith:
    """Exact arithmetic of two numbers."""

    operator: Literal["+", "-", "*", "/"]
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Func:
    """``name`` is the English name of a function of :mod:`policydsl.language.functions`."""

    name: str
    arguments: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Over the members of the household, the case included: sum, max, min, count or any."""

    name: str
    argument: Expr


@dataclass(frozen=True, slots=True)
class Compared:
    """``order`` ranks the values of an ordered choice, lowest first."""

    operator: Comparison
    left: Expr
    right: Expr
    order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IsProvided:
    """Whether a value was handed in for a fact; never missing."""

    fact: str
    role: Role = "self"


@dataclass(frozen=True, slots=True)
class UnknownTrigger:
    """A condition that the text leaves open: it may hold or not."""


@dataclass(frozen=True, slots=True)
class All:
    """且: false as soon as one part is."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """或: true as soon as one part is."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """非; the verbs 未开展 … mean it too."""

    part: Expr


Expr = (
    Const
    | FactRef
    | ScoreRef
    | Arith
    | Func
    | Aggregate
    | Compared
    | IsProvided
    | UnknownTrigger
    | All
    | AnyOf
    | Not
)

TRUE = Const(True)


def walk(expr: object) -> Iterator[Expr]:
    """Every expression under and including ``expr``."""
    stack = [expr]
    while stack:
        item = stack.pop()
        if isinstance(item, tuple):
            stack.extend(reversed(item))
        elif isinstance(item, Expr):
            yield item
            stack.extend(getattr(item, f.name) for f in reversed(fields(item)))


def facts_of(expr: object) -> frozenset[tuple[str, Role]]:
    """The facts that an expression reads, with whose they are."""
    return frozenset((e.fact, e.role) for e in walk(expr) if isinstance(e, (FactRef, IsProvided)))
