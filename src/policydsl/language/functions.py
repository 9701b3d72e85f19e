"""Built-in functions: their names in both languages and how many arguments they take.

What they compute stands in :mod:`policydsl.scoring.expressions`.  Trees hold the first
Chinese name, whichever was written.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

ASSESSMENT_DATE = "评定日"
"""The date of assessment, which the caller gives; in English ``assessment_date``."""
ASSESSMENT_DATE_ENGLISH = "assessment_date"


@dataclass(frozen=True, slots=True)
class Function:
    """``arguments`` ``None``: two or more."""

    english: str
    chinese: tuple[str, ...]
    arguments: int | None


_TABLE = (
    Function("min", ("较小者", "较小值"), None),
    Function("max", ("较大者", "较大值"), None),
    Function("floor_of", ("取整", "向下取整"), 1),
    Function("ceiling_of", ("向上取整",), 1),
    Function("abs", ("绝对值",), 1),
    Function("choose", ("取值",), 3),
    Function("age", ("周岁",), 2),
    Function("whole_months", ("整月数",), 2),
    Function("whole_years", ("整年数",), 2),
    Function("days_between", ("天数",), 2),
    Function("household_sum", ("家庭合计",), 1),
    Function("household_max", ("家庭最高",), 1),
    Function("household_min", ("家庭最低",), 1),
    Function("household_count", ("家庭人数",), 1),
    Function("household_any", ("家庭任一",), 1),
)

FUNCTIONS = MappingProxyType({function.english: function for function in _TABLE})
_BY_NAME = MappingProxyType(
    {name: function for function in _TABLE for name in (function.english, *function.chinese)}
)


def find_function(name: str) -> Function | None:
    """The function that a name of either language means, or ``None``."""
    return _BY_NAME.get(name)


def function_names() -> tuple[str, ...]:
    """Every name that is read, for completion and near-name search."""
    return tuple(_BY_NAME)
