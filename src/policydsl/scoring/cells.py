"""Cells of a table → values of facts, exactly or not at all.

A cell is text (CSV), or what a spreadsheet, JSON or a DataFrame holds: numbers, truth values,
dates.  What cannot be taken as it stands raises :class:`Wrong` with the diagnostic that says
so; the caller knows the row.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from policydsl.language.diagnostics import Diagnostic, PolicyError, did_you_mean
from policydsl.language.parsing import fold_width
from policydsl.language.units import find_unit
from policydsl.model.expressions import Constant
from policydsl.model.policy import Fact
from policydsl.scoring.ranges import show_points

DIGITS = 30
"""Digits that a number may have before or behind the point, as in the language."""

YES_NO = {
    **dict.fromkeys(("是", "yes", "true", "1"), True),
    **dict.fromkeys(("否", "no", "false", "0"), False),
}
_NUMBER = re.compile(r"([+-]?)((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+)\s*(\D*)", re.ASCII)
_DATE = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})"
    r"|年(\d{1,2})月(\d{1,2})日|(\d{2})(\d{2}))",
    re.ASCII,
)
_WANTED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "integer": ("整数", "a whole number"),
        "count": ("整数", "a whole number"),
        "decimal": ("数", "a number"),
        "percentage": ("百分比（写 93.5 或 93.5%）", "a percentage (93.5 or 93.5%)"),
        "yes_no": ("“是”或“否”", "yes or no"),
        "date": ("日期（如 2022-04-06）", "a date (like 2022-04-06)"),
        "text": ("文字", "a text"),
        "points": ("分值", "points"),
    }
)
_WHOLE_DAY = time()


def plain(text: str) -> str:
    """A name as it is compared: half-width, without spaces around it."""
    return fold_width(text).strip()


class Wrong(Exception):
    """A value that cannot be taken: the code, and what fills its message beside the place."""

    def __init__(self, code: str, **details: object):
        super().__init__(code)
        self.code = code
        self.details = details


def value_of(fact: Fact, value: object) -> Constant | None:
    """A cell as a value of its fact, in the fact's own unit; ``None`` for an empty cell.

    Raises :class:`PolicyError` (D401, D402, D403, D419) when it is none.
    """
    try:
        return read_fact(fact, value)
    except Wrong as wrong:
        details = {"row": "—", "column": fact.name, **wrong.details}
        raise PolicyError([Diagnostic(wrong.code, None, None, details)]) from None


def read_fact(fact: Fact, value: object) -> Constant | None:
    """The same as :func:`value_of`, for a caller who knows the row; raises :class:`Wrong`."""
    value = scalar(value)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if not _is_finite(value):
        raise type_error(value, fact.kind if fact.kind in _WANTED else "text")
    if fact.kind in ("choice", "ordered"):
        return _choice(fact, value)
    if fact.kind == "yes_no":
        return _truth(value)
    if fact.kind == "date":
        return read_date(value)
    return _quantity(fact, value)


def _is_finite(value: object) -> bool:
    """Whether a value is no NaN and no infinity; those cannot even be compared safely."""
    if isinstance(value, Decimal):
        return value.is_finite()
    return not isinstance(value, float) or math.isfinite(value)


def scalar(value: object) -> object:
    """A NumPy scalar as the Python value it stands for."""
    item = getattr(value, "item", None)
    if item is not None and type(value).__module__ == "numpy":
        return item()
    return value


def _shown(value: object) -> str:
    if isinstance(value, int) and abs(value) > 10 ** (2 * DIGITS):
        return "…"  # Python refuses to write out numbers of thousands of digits
    text = str(value)
    return text if len(text) <= 40 else f"{text[:40]}…"


def type_error(value: object, wanted: str) -> Wrong:
    """The error (D401) of a value that is not what ``wanted`` (a key of _WANTED) says."""
    return Wrong("D401", value=_shown(value), wanted=_WANTED[wanted])


def _choice(fact: Fact, value: object) -> str:
    text = plain(read_text(value))
    if text in fact.values:
        return text
    by_plain = {plain(known): known for known in fact.values}
    if text in by_plain:
        return by_plain[text]
    near = did_you_mean(text, fact.values)
    raise Wrong("D403", value=_shown(value), values="、".join(fact.values), near=near)


def _truth(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float, Decimal)) and value in (0, 1):
        return bool(value)
    known = YES_NO.get(plain(value).lower()) if isinstance(value, str) else None
    if known is None:
        raise type_error(value, "yes_no")
    return known


def read_date(value: object) -> date:
    """A date: as such, at midnight, or 2022-4-6, 2022/4/6, 2022年4月6日, 20220406 in text."""
    if isinstance(value, datetime):
        if value.time() != _WHOLE_DAY:
            raise type_error(value, "date")
        return value.date()
    if isinstance(value, date):
        return value
    text = plain(value) if isinstance(value, str) else ""
    if (
        isinstance(value, (int, Decimal))
        and _is_finite(value)
        and 10_000_000 <= value < 100_000_000
    ):
        text = str(value)  # 20220406, as many registers write it
    match = _DATE.fullmatch(text)
    if match is None:
        raise type_error(value, "date")
    year, month, day = (int(group) for group in match.groups() if group is not None)
    try:
        return date(year, month, day)
    except ValueError:
        raise type_error(value, "date") from None


def _quantity(fact: Fact, value: object) -> Fraction:
    number, rest = read_number(value, fact.kind)
    if rest:
        _check_unit(fact, value, rest)
    if fact.kind in ("integer", "count") and number.denominator != 1:
        raise type_error(value, fact.kind)
    if fact.places is not None and (number * 10**fact.places).denominator != 1:
        zh, en = f"至多 {fact.places} 位小数的数", f"a number with at most {fact.places} places"
        raise Wrong("D401", value=_shown(value), wanted=(zh, en))
    low = Fraction(0) if fact.kind == "count" and fact.low is None else fact.low
    if (low is not None and number < low) or (fact.high is not None and number > fact.high):
        ends = ["" if end is None else show_points(end) for end in (low, fact.high)]
        unit = "%" if fact.kind == "percentage" else fact.unit.symbol if fact.unit else ""
        shown = f"≥ {ends[0]}" if ends[0] else f"≤ {ends[1]}"
        if all(ends):
            shown = "～".join(ends)
        raise Wrong("D402", value=_shown(value), range=f"{shown}{unit and ' ' + unit}")
    return number


def read_number(value: object, wanted: str) -> tuple[Fraction, str]:
    """A number and the unit written behind it."""
    if isinstance(value, bool):
        raise type_error(value, wanted)
    if isinstance(value, (int, float, Decimal)):
        # a number with a thousand digits is a mistake or an attack, and slow either way
        if isinstance(value, int) and abs(value) > 10**DIGITS:
            raise type_error(value, wanted)
        exact = value if isinstance(value, Decimal) else Decimal(repr(value))
        if (
            not _is_finite(exact)
            or abs(exact.adjusted()) > DIGITS
            or len(exact.as_tuple().digits) > 2 * DIGITS
        ):
            raise type_error(value, wanted)
        return Fraction(exact), ""
    if isinstance(value, Fraction):
        return value, ""
    if not isinstance(value, str):
        raise type_error(value, wanted)
    text = plain(value).replace("−", "-")
    match = _NUMBER.fullmatch(text)
    if match is None or sum(c.isdigit() for c in text) > 2 * DIGITS:
        raise type_error(value, wanted)
    number = Fraction(match[2].replace(",", ""))
    return (-number if match[1] == "-" else number), match[3].strip()


MOST_WEIGHT = 1 << 40


def read_weight(value: object) -> int:
    """For how many persons a row stands: a whole number from 0 on."""
    number, rest = read_number(scalar(value), "count")
    if rest or number.denominator != 1 or not 0 <= number <= MOST_WEIGHT:
        raise type_error(value, "count")
    return int(number)


def _check_unit(fact: Fact, value: object, word: str) -> None:
    if is_unit(word, fact):
        return
    wanted = "%" if fact.kind == "percentage" else fact.unit.symbol if fact.unit else None
    if wanted is None or (find_unit(word) is None and word not in ("%", "‰")):
        raise type_error(value, fact.kind)
    raise Wrong("D419", value=_shown(value), found=word, wanted=wanted)


def is_unit(word: str, fact: Fact) -> bool:
    """Whether a word spells the unit in which a fact is given."""
    if fact.kind == "percentage":
        return word == "%"
    if fact.unit is None:
        # a count without a unit of its own takes any counting word: 3 项, 3 次
        built_in = find_unit(word)
        return fact.kind == "count" and built_in is not None and built_in.dimension == "count"
    unit = fact.unit
    return word in (unit.symbol, f"个{unit.symbol}", unit.english, *unit.aliases)


def read_text(value: object) -> str:
    """A cell as a text: an id 1.0 of a spreadsheet is 1."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        if not math.isfinite(value):
            raise type_error(value, "text")
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        if not value.is_finite() or abs(value.adjusted()) > DIGITS:
            raise type_error(value, "text")
        whole = value.to_integral_value()
        return f"{whole if value == whole else value:f}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == _WHOLE_DAY else value.isoformat(" ")
    if isinstance(value, (str, int, date)):
        return str(value).strip()
    raise type_error(value, "text")
