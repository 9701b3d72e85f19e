"""What a clause says of its points: full marks, cap, floor, rounding, share."""

from __future__ import annotations

from fractions import Fraction

from policydsl.model import policy as m
from policydsl.model import rules as r
from policydsl.scoring.ranges import show_points
from policydsl.versions.effects.words import NOTHING, OPEN, Effect, Pair, change, limit_text, points

_DEFAULT: Pair = ("未另定", "as usual")


_LIMITS: tuple[tuple[str, Pair], ...] = (
    ("full_marks", ("满分", "full marks")),
    ("cap", ("上限", "cap")),
    ("floor", ("下限", "floor")),
    ("start", ("起评", "start")),
)


def limit_effects(old: m.Clause, new: m.Clause) -> list[Effect]:
    """Changes of full marks, cap, floor, start, rounding and conversion."""
    result = []
    for name, what in _LIMITS:
        a, b = getattr(old, name), getattr(new, name)
        if a != b:
            texts = [_DEFAULT if x is None and name == "start" else limit_text(x) for x in (a, b)]
            result.append(change("limit", what, texts[0], texts[1]))
    if old.rounding != new.rounding:
        what = ("得分舍入", "rounding of the score")
        result.append(
            change("limit", what, rounding_text(old.rounding), rounding_text(new.rounding))
        )
    if _factor(old) != _factor(new):
        texts = [_conversion(c) for c in (old, new)]
        result.append(change("limit", ("折算", "conversion"), texts[0], texts[1]))
    return result


def _factor(clause: m.Clause) -> tuple[Fraction | None] | None:
    return None if clause.conversion is None else (clause.conversion[0],)


def _conversion(clause: m.Clause) -> Pair:
    if clause.conversion is None:
        return NOTHING
    value = clause.conversion[0]
    return OPEN if value is None else (show_points(value), show_points(value))


_ROUNDINGS: dict[str, Pair] = {
    "half_up": ("四舍五入", "half up"),
    "down": ("舍去", "down"),
    "up": ("进一", "up"),
}


def rounding_text(rounding: r.RoundTo | None) -> Pair:
    """How points are rounded, in words."""
    if rounding is None:
        return NOTHING
    zh, en = _ROUNDINGS[rounding.mode]
    to_zh, to_en = points(rounding.unit)
    return f"{zh}到 {to_zh}", f"{en} to {to_en}"
