"""Words for findings: facts with values, points, lists, in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from policydsl.model.expressions import Constant
from policydsl.model.policy import Fact
from policydsl.review.context import Context
from policydsl.review.findings import Pair
from policydsl.scoring.exact import show_value
from policydsl.scoring.ranges import Range, show_points

_YES_NO = {"是": "yes", "否": "no"}


def points_text(value: Fraction | None) -> str:
    """A number of points without its unit."""
    return "∞" if value is None else show_points(value)


def value_text(value: Constant, fact: Fact | None) -> Pair:
    """A value of a fact with its unit: 87%, 30 个月, 是."""
    shown = show_value(value, fact)
    if isinstance(value, bool):
        return shown, _YES_NO[shown]
    if isinstance(value, Fraction) and fact is not None and fact.unit is not None:
        return shown, f"{show_points(value)} {fact.unit.english.replace('_', ' ')}"
    return shown, shown


def fact_name(fact: Fact | None, name: str) -> Pair:
    """What a fact is called."""
    return name, (fact.english if fact is not None and fact.english else name)


def facts_text(context: Context, facts: Mapping[str, Constant]) -> Pair:
    """登记率 87%，业务培训 否."""
    zh, en = [], []
    for name, value in facts.items():
        fact = context.policy.facts.get(name)
        shown, named = value_text(value, fact), fact_name(fact, name)
        zh.append(f"{named[0]} {shown[0]}")
        en.append(f"{named[1]} {shown[1]}")
    return "，".join(zh), ", ".join(en)


def range_text(value: Range) -> Pair:
    """20 分, or 0 至 20 分."""
    if value.is_exact:
        shown = show_points(value.value)
        return f"{shown} 分", f"{shown} point{'' if shown == '1' else 's'}"
    low, high = points_text(value.low), points_text(value.high)
    if value.low is None:
        return f"{high} 分以下，没有下界", f"{high} points or less, without bound"
    if value.high is None:
        return f"{low} 分以上，没有上界", f"{low} points or more, without bound"
    return f"{low} 至 {high} 分", f"{low} to {high} points"


def listed(names: Iterable[str]) -> Pair:
    """甲、乙、丙."""
    items = list(names)
    return "、".join(items), ", ".join(items)


def quoted(pair: Pair) -> Pair:
    """In quotation marks."""
    return f"“{pair[0]}”", f"“{pair[1]}”"


def percent(part: Fraction, whole: Fraction) -> str:
    """87.4: a share in percent, to one place."""
    if whole == 0:
        return "0"
    tenths = int(part * 1000 / whole + Fraction(1, 2))
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)
