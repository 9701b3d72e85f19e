"""Expressions that are linear in the applicant's facts: weights and a constant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from policydsl.model import expressions as e


@dataclass(frozen=True)
class Linear:
    """Σ weight × fact (in the unit of its declaration) + constant, in base units."""

    weights: Mapping[str, Fraction]
    constant: Fraction


def linear(expr: e.Expr) -> Linear | None:
    """The linear form of a number; ``None`` where there is none, or it reads other persons."""
    match expr:
        case e.Const() if isinstance(expr.value, Fraction):
            return Linear({}, expr.value)
        case e.FactRef() if expr.role == "self":
            return Linear({expr.fact: expr.scale}, Fraction(0))
        case e.Arith():
            return _combined(expr)
    return None


def _combined(expr: e.Arith) -> Linear | None:
    left, right = linear(expr.left), linear(expr.right)
    if left is None or right is None:
        return None
    if expr.operator in ("+", "-"):
        sign = 1 if expr.operator == "+" else -1
        weights = dict(left.weights)
        for name, weight in right.weights.items():
            weights[name] = weights.get(name, Fraction(0)) + sign * weight
        return Linear(weights, left.constant + sign * right.constant)
    if expr.operator == "*":
        if left.weights and right.weights:
            return None
        if right.weights:
            left, right = right, left
        return _scaled(left, right.constant)
    if right.weights or right.constant == 0:
        return None
    return _scaled(left, 1 / right.constant)


def _scaled(form: Linear, factor: Fraction) -> Linear:
    return Linear({n: w * factor for n, w in form.weights.items()}, form.constant * factor)
