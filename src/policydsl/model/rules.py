"""Typed rules: what gives and takes points, with all quantities in base units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from policydsl.language import nodes
from policydsl.model.expressions import Expr

Sign = Literal[1, -1]

Begun = Literal["whole", "pro_rata", "full"]
"""What a begun step counts: nothing, its share, as much as a whole one."""


@dataclass(frozen=True, slots=True)
class FixedPoints:
    """A stated number of points."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class ComputedPoints:
    """Points that an expression gives."""

    expression: Expr


@dataclass(frozen=True, slots=True)
class OpenPoints:
    """Not stated: between ``low`` and ``high``; ``None`` where the text gives no bound."""

    low: Fraction | None = None
    high: Fraction | None = None


Points = FixedPoints | ComputedPoints | OpenPoints


@dataclass(frozen=True, slots=True)
class RoundTo:
    """Round to a multiple of ``unit`` (0.01 for two places)."""

    mode: Literal["half_up", "down", "up"]
    unit: Fraction


@dataclass(frozen=True, slots=True)
class PointsCap:
    """最高 N 分."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class PointsFloor:
    """最低 N 分."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Scale:
    """减半 or 按 N% 计."""

    factor: Fraction


Modifier = RoundTo | PointsCap | PointsFloor | Scale


@dataclass(frozen=True, slots=True)
class Flat:
    """加, 扣 or 得 N 分."""

    sign: Sign
    points: Points


@dataclass(frozen=True, slots=True)
class PerStep:
    """``sign`` × ``points`` for each ``step`` of ``subject`` (both in base units).

    The count is taken of what lies beyond ``beyond`` and behind the first ``skip`` steps, at
    most ``most`` steps; ``partial`` says what a begun step counts; ``partial_stated`` whether
    the text says so.  ``points`` ``None``: the amount is discretionary.
    """

    sign: Sign
    subject: Expr
    step: Fraction
    points: Points | None
    partial: Begun = "whole"
    partial_stated: bool = True
    beyond: Fraction = Fraction(0)
    skip: Fraction = Fraction(0)
    most: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Discretionary:
    """酌情扣分 (``sign`` −1) or 酌情加分."""

    sign: Sign


@dataclass(frozen=True, slots=True)
class OpenRule:
    """Not stated: any value from ``low`` (nothing) to ``high`` (all that the item allows)."""

    low: Fraction | None = None
    high: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Veto:
    """一票否决: the total is 0."""


@dataclass(frozen=True, slots=True)
class NoPoints:
    """不得分: the item gives nothing."""


Status = Literal["suspended", "void", "zeroed", "frozen"]


@dataclass(frozen=True, slots=True)
class SetStatus:
    """A status of the points, with how long it lasts where stated."""

    status: Status
    duration: nodes.Number | None = None


@dataclass(frozen=True, slots=True)
class Tiers:
    """The first tier whose condition holds gives the outcome."""

    subject: Expr
    tiers: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """``cells[row][column]``; the first row and the first column whose conditions hold."""

    row_subject: Expr
    column_subject: Expr
    rows: tuple[Expr, ...]
    columns: tuple[Expr, ...]
    cells: tuple[tuple[Points, ...], ...]


@dataclass(frozen=True, slots=True)
class Combined:
    """取高, 累计 or 取低 over rules."""

    how: Literal["best", "sum", "least"]
    rules: tuple[Rule, ...]


Action = (
    Flat
    | PerStep
    | Discretionary
    | OpenRule
    | Veto
    | NoPoints
    | SetStatus
    | Tiers
    | Matrix
    | Combined
)


@dataclass(frozen=True, slots=True)
class Rule:
    """``condition`` (``None``: always), what happens then, and what qualifies it.

    ``node`` is the rule as it stands in the text (a tier for the outcome of a tier).
    """

    condition: Expr | None
    action: Action
    modifiers: tuple[Modifier, ...] = ()
    assumptions: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    locator: str | None = None
    node: nodes.Rule | nodes.Tier | None = field(default=None, compare=False, repr=False)


def nested(rule: Rule) -> Iterator[Rule]:
    """The rule and every rule inside it."""
    yield rule
    if isinstance(rule.action, Combined):
        for inner in rule.action.rules:
            yield from nested(inner)
    elif isinstance(rule.action, Tiers):
        for inner in rule.action.tiers:
            yield from nested(inner)


def is_discretionary(rule: Rule) -> bool:
    """Whether an assessor's judgement decides some amount of the rule."""
    return any(
        isinstance(r.action, Discretionary)
        or (isinstance(r.action, PerStep) and r.action.points is None)
        for r in nested(rule)
    )


def is_open(rule: Rule) -> bool:
    """Whether the text leaves an amount or a trigger of the rule open."""
    from policydsl.model.expressions import UnknownTrigger, walk

    for r in nested(rule):
        action = r.action
        if isinstance(action, OpenRule):
            return True
        if isinstance(action, (Flat, PerStep)) and isinstance(action.points, OpenPoints):
            return True
        if isinstance(action, Matrix) and any(
            isinstance(cell, OpenPoints) for row in action.cells for cell in row
        ):
            return True
        if any(isinstance(e, UnknownTrigger) for e in walk(r.condition)):
            return True
    return False
