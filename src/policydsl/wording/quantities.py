"""Numbers, units and dates in the style of the documents: 95%, 1.2万人, 60周岁, 两位小数."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from policydsl.language import nodes as n
from policydsl.language.keywords import Language
from policydsl.language.units import UNITS, Unit, find_unit
from policydsl.scoring.ranges import show_points
from policydsl.wording.phrases import COUNTERS, EN_MONTHS

PERCENT = UNITS["%"]
PERCENTAGE_POINT = UNITS["百分点"]
POINTS = UNITS["分"]

EACH_TIME = "occurrence"
"""What 每次 counts, in English: not times."""

_WAN = 10_000
_YI = 100_000_000


def is_counter(unit: Unit | None) -> bool:
    """Whether the unit is a classifier (篇, 次, 项 …): its 1 may be left out."""
    return unit is not None and unit.dimension == "count"


def number_text(
    value: Fraction, language: Language, unit: Unit | None = None, written: str | None = None
) -> str:
    """A number as an exact decimal; large counts in 万 and 亿 (Chinese), with commas (English).

    ``written`` is how the text spells the number: 0.8万 stays in 万, though 8000 is short.
    """
    large = unit is None or unit.dimension not in ("percent", "points")
    if language == "en":
        whole, _, places = show_points(value).partition(".")
        if large and whole.lstrip("-").isdigit():
            whole = f"{int(whole):,}"
        return f"{whole}.{places}" if places else whole
    for size, word in ((_YI, "亿"), (_WAN, "万")):
        # 1.2万 but not 1.2345万: more than two places are harder to read than the plain number
        as_written = written is not None and written.endswith(word)
        enough = abs(value) >= size and (value / size * 100).denominator == 1
        if large and (enough or as_written):
            return show_points(value / size) + word
    return show_points(value)


def in_unit(
    value: Fraction, unit: Unit | None, hint: n.Number | None
) -> tuple[Fraction, Unit | None]:
    """A value in base units as (number, unit): in the unit of ``hint`` if it means the same.

    ``hint`` is the number of the text that the value came from; one that does not mean the
    value any more is not used.
    """
    if hint is not None and hint.unit is not None:
        written = find_unit(hint.unit)
        if written is None and unit is not None and unit.symbol == hint.unit:
            written = unit
        if (
            written is not None
            and hint.value * written.scale == value
            and (unit is None or unit.dimension == written.dimension or is_counter(written))
        ):
            return hint.value, written
    if unit is None:
        return value, None
    return value / unit.scale, unit


def unit_word(unit: Unit, number: Fraction, language: Language, span: bool = False) -> str:
    """The unit behind a number; ``span``: a distance (1岁), not an age reached (18周岁)."""
    if language == "zh":
        if unit.symbol == "岁":
            return "岁" if span else "周岁"
        return COUNTERS.get(unit.symbol, unit.symbol)
    words = "years" if unit.symbol == "岁" else unit.english.replace("_", " ")
    if number != 1 or not words.isascii():
        return words
    first, _, rest = words.partition(" of ")
    if first.endswith("s") and not first.endswith("ss"):
        first = first[:-1]
    return f"{first} of {rest}" if rest else first


def quantity_text(
    value: Fraction,
    unit: Unit | None,
    language: Language,
    hint: n.Number | None = None,
    span: bool = False,
) -> str:
    """A value given in base units, with its unit: 95%, 6课时, 1.2万人; ``6 lessons``."""
    number, shown = in_unit(value, unit, hint)
    if language == "en" and shown is not None and shown.dimension == "money":
        number, shown = number * shown.scale, UNITS["元"]  # not 0.1 ten thousand yuan
    written = hint.written if hint is not None and hint.value == number else None
    digits = number_text(number, language, shown, written)
    if shown is None:
        return digits
    if shown.symbol in ("%", "‰"):
        return digits + shown.symbol
    word = unit_word(shown, number, language, span)
    return digits + word if language == "zh" else f"{digits} {word}"


def step_text(
    value: Fraction, unit: Unit | None, language: Language, hint: n.Number | None, implicit: bool
) -> str:
    """The step of 每…: 1个百分点, 项 (``implicit``: without its 1); ``percentage point``."""
    number, shown = in_unit(value, unit, hint)
    if language == "en":
        if number == 1 and shown is not None and shown.symbol == "次":
            return EACH_TIME
        if number == 1 and shown is not None and shown.dimension != "money":
            return unit_word(shown, number, language, span=True)
    elif number == 1 and shown is not None and implicit:
        return unit_word(shown, number, language, span=True)
    return quantity_text(value, unit, language, hint, span=True)


def points_text(value: Fraction, language: Language) -> str:
    """Points: the bare number in Chinese (the phrase has 分), ``1 point`` in English."""
    shown = show_points(value)
    if language == "zh":
        return shown
    return f"{shown} {'point' if abs(value) == 1 else 'points'}"


def date_text(value: date, language: Language) -> str:
    """2022年4月6日; ``6 April 2022``."""
    if language == "zh":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {EN_MONTHS[value.month - 1]} {value.year}"


_DIGITS = "零一二三四五六七八九"


def chinese_number(value: int) -> str:
    """1 to 9999 in Chinese numerals: 一, 十二, 一百零三."""
    if not 0 < value < 10_000:
        raise ValueError(value)
    words, zero = "", False
    for size, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, size)
        if digit:
            words += ("零" if zero else "") + _DIGITS[digit] + word
        zero = bool(words) and digit == 0
        if not value:
            break
    return words.removeprefix("一") if words.startswith("一十") else words


def places_text(places: int, language: Language) -> str:
    """两位小数; ``2 decimal places``."""
    if language == "zh":
        return "两" if places == 2 else chinese_number(places)
    return f"{places} decimal {'place' if places == 1 else 'places'}"
