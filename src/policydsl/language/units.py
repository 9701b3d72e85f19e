"""Units of measure that every policy may use without declaring them.

A unit has a canonical Chinese symbol (what trees hold), an English word (what the
English printer writes), other spellings that are read, a dimension and an exact scale
to the base of that dimension.  Counting words (篇, 次, 家 …) are dimensions of their own
kind ``count``: the documents use them as classifiers, so 3 篇 and 3 次 compare as numbers.
A policy adds units with 计量 (``Measure``).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure; one ``symbol`` is ``scale`` base units of ``dimension``."""

    symbol: str
    english: str
    dimension: str
    scale: Fraction = Fraction(1)
    aliases: tuple[str, ...] = ()


_TABLE = (
    Unit("分", "points", "points", aliases=("point",)),
    Unit("%", "%", "percent"),
    Unit("百分点", "percentage_points", "percentage_point", aliases=("个百分点",)),
    Unit("‰", "‰", "percent", Fraction(1, 10)),
    Unit("月", "months", "month", aliases=("个月", "month")),
    Unit("年", "years", "month", Fraction(12), aliases=("周年", "year", "个年度", "年度")),
    Unit("季", "quarters", "month", Fraction(3), aliases=("个季度", "季度", "quarter")),
    Unit("岁", "years_of_age", "age", aliases=("周岁", "year_of_age")),
    Unit("日", "days", "day", aliases=("天", "个自然日", "自然日", "day")),
    Unit("周", "weeks", "day", Fraction(7), aliases=("星期", "week")),
    Unit("工作日", "working_days", "working_day", aliases=("个工作日", "working_day")),
    Unit("小时", "hours", "minute", Fraction(60), aliases=("个小时", "hour")),
    Unit("分钟", "minutes", "minute", aliases=("minute",)),
    Unit("课时", "lessons", "lesson", aliases=("学时", "lesson", "个课时", "个学时")),
    Unit("元", "yuan", "money"),
    Unit("万元", "ten_thousand_yuan", "money", Fraction(10_000)),
    Unit("亿元", "hundred_million_yuan", "money", Fraction(100_000_000)),
    Unit("毫升", "millilitres", "volume", aliases=("ml", "millilitre")),
    Unit("平方米", "square_metres", "area", aliases=("平方", "square_metre")),
    Unit("公里", "kilometres", "distance", aliases=("千米", "kilometre")),
    Unit("个", "pieces", "count", aliases=("piece",)),
    Unit("人", "persons", "count", aliases=("名", "位人员", "person")),
    Unit("人次", "attendances", "count", aliases=("attendance",)),
    Unit("次", "times", "count", aliases=("time",)),
    Unit("项", "items", "count", aliases=("items_of_work",)),
    Unit("篇", "articles", "count", aliases=("article",)),
    Unit("家", "establishments", "count", aliases=("户", "establishment")),
    Unit("起", "cases", "count", aliases=("件", "case")),
    Unit("场", "sessions", "count", aliases=("场次", "session")),
    Unit("套", "dwellings", "count", aliases=("间", "dwelling")),
    Unit("小区", "estates", "count", aliases=("个小区", "estate")),
    Unit("类", "kinds", "count", aliases=("种", "kind")),
    Unit("门", "courses", "count", aliases=("course",)),
    Unit("位", "decimal_places", "places", aliases=("位小数", "places")),
)

UNITS = MappingProxyType({unit.symbol: unit for unit in _TABLE})
_BY_WORD = MappingProxyType(
    {word: unit for unit in _TABLE for word in (unit.symbol, unit.english, *unit.aliases)}
)


def find_unit(word: str) -> Unit | None:
    """The built-in unit that ``word`` spells in either language, or ``None``."""
    return _BY_WORD.get(word)


def unit_words() -> tuple[str, ...]:
    """Every spelling that is read, for completion and near-name search."""
    return tuple(_BY_WORD)
