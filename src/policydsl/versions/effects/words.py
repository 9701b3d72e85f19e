"""An effect of a change, and the words for quantities, points and clauses in both languages."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from policydsl.language import nodes as n
from policydsl.language.printing import print_node
from policydsl.language.units import UNITS, Unit
from policydsl.model import policy as m
from policydsl.model import rules as r
from policydsl.scoring.ranges import show_points

EffectKind = Literal[
    "limit", "amount", "step", "threshold", "condition", "mechanism", "reach", "modifier",
    "tiers", "rule added", "rule removed", "fact", "review", "responsible", "entity", "applies",
    "target", "household", "ranking", "places", "ties", "weight", "deadline", "duty", "date",
    "inside", "rewritten",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect in Chinese and English; ``changed`` is false for what stays as it was."""

    kind: EffectKind
    zh: str
    en: str
    changed: bool = True


_COUNTERS = {"月": "个月", "季": "个季度", "百分点": "个百分点", "工作日": "个工作日"}


PERCENT, _POINT = UNITS["%"], UNITS["百分点"]


Pair = tuple[str, str]
"""A text in Chinese and in English."""


NOTHING: Pair = ("无", "none")


OPEN: Pair = ("未载明", "not stated")


def points(value: Fraction) -> Pair:
    """30 分; 30 points."""
    shown = show_points(value)
    return f"{shown} 分", f"{shown} {'point' if abs(value) == 1 else 'points'}"


def limit_text(limit: m.Limit | str | None) -> Pair:
    """A limit of a clause."""
    if limit is None:
        return NOTHING
    if limit == "full":
        return "满分", "full marks"
    if isinstance(limit, Fraction):
        return points(limit)
    assert isinstance(limit, r.OpenPoints)
    return _bounded(OPEN, limit.low, limit.high)


def _bounded(words: Pair, low: Fraction | None, high: Fraction | None) -> Pair:
    if high is None:
        return words
    a, b = show_points(low or Fraction(0)), show_points(high)
    return f"{words[0]}（{a} 至 {b} 分）", f"{words[1]} ({a} to {b} points)"


def quantity(value: Fraction, unit: Unit | None, span: bool = False) -> Pair:
    """A value in base units with its unit; ``span``: a distance, not a place on the scale."""
    if unit is None:
        shown = show_points(value)
        return shown, shown
    if span and unit.symbol == "%":
        unit = _POINT
    shown = show_points(value / unit.scale)
    if unit.symbol in ("%", "‰"):
        return f"{shown}{unit.symbol}", f"{shown}{unit.symbol}"
    english = unit.english.replace("_", " ")
    if value / unit.scale == 1 and english.endswith("s") and not english.startswith("years of"):
        english = english[:-1]
    return f"{shown} {_COUNTERS.get(unit.symbol, unit.symbol)}", f"{shown} {english}"


def written(node: n.Node | None, none: Pair = NOTHING) -> Pair:
    """A part of the text as the language writes it, without remarks."""
    if node is None:
        return none
    if isinstance(node, (n.Rule, n.Tier)):
        node = replace(node, notes=())
    # keywords of several words are easier to read apart: short_of → short of
    english = re.sub(r"(?<=[a-z])_(?=[a-z])", " ", print_node(node, "en"))
    return print_node(node, "zh"), english


def change(kind: EffectKind, what: Pair, old: Pair, new: Pair) -> Effect:
    """``what`` old → new."""
    zh, en = (f"{w} " if w else "" for w in what)
    return Effect(kind, f"{zh}{old[0]} → {new[0]}", f"{en}{old[1]} → {new[1]}")


def unchanged(kind: EffectKind, what: Pair, value: Pair) -> Effect:
    """``what`` value 不变."""
    return Effect(kind, f"{what[0]} {value[0]}不变", f"{what[1]} {value[1]} unchanged", False)


def amount_text(value: r.Points | None) -> Pair:
    """Points of a rule: a number, a range, a formula, or at discretion."""
    match value:
        case r.FixedPoints():
            return points(value.value)
        case r.OpenPoints():
            return _bounded(OPEN, value.low, value.high)
        case r.ComputedPoints():
            return "（算式）", "(formula)"
    return "酌情", "at discretion"
