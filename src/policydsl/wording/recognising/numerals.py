"""Numbers as documents write them, exact: 95%, 1.2万人, 一个百分点, 十二, 1,500家, 两位小数."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache

from policydsl.language.units import UNITS, Unit, unit_words
from policydsl.language.units import find_unit as built_in

ARABIC = r"\d{1,3}(?:,\d{3}){1,6}(?:\.\d{1,12})?|\d{1,18}(?:\.\d{1,12})?"
HAN = "零〇一二三四五六七八九十百千两"
NUMBER = rf"(?:(?:{ARABIC})(?:/\d+)?|[{HAN}]+)[万亿]?"
"""One number, with what multiplies it."""

_SIZES = {"万": 10_000, "亿": 100_000_000}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit; ``value`` is in base units (12 for 一年, 12000 for 1.2万人)."""

    value: Fraction
    unit: Unit | None
    number: Fraction
    """The number in front of the unit."""

    @property
    def dimension(self) -> str:
        """The dimension of the unit; ``""`` for a plain number."""
        return "" if self.unit is None else self.unit.dimension


@lru_cache(maxsize=4096)
def number_of(text: str) -> Fraction:
    """The exact value of what :data:`NUMBER` matches; ``ValueError`` for anything else."""
    text = text.replace(",", "")
    if text[-1:] in _SIZES and len(text) > 1:
        return number_of(text[:-1]) * _SIZES[text[-1]]
    if text[:1].isdigit():
        return Fraction(text)
    import cn2an

    return Fraction(str(cn2an.cn2an(text.replace("〇", "零"), "smart")))


_EXTRA = {"周岁": UNITS["岁"], "个": UNITS["个"], "条": Unit("条", "entries", "count"),
          "户": UNITS["家"], "千米": UNITS["公里"], "小时": UNITS["小时"],
          "分": UNITS["分"]}  # fmt: skip


def _longest_first(word: str) -> tuple[int, str]:
    return -len(word), word


@cache
def _words() -> tuple[str, ...]:
    chinese = [word for word in unit_words() if not word.isascii() or word in ("%", "ml")]
    counted = [
        f"个{w}" for w in ("月", "季度", "百分点", "工作日", "小区", "年度", "小时", "自然日")
    ]
    return tuple(sorted({*chinese, *_EXTRA, *counted, "%", "‰"}, key=_longest_first))


def unit_pattern(own: Mapping[str, Unit] | None = None) -> str:
    """An expression for the words of units, longest first; ``own`` are a policy's measures."""
    words = sorted({*_words(), *(own or {})}, key=_longest_first)
    return "|".join(re.escape(word) for word in words)


def find_unit(word: str, own: Mapping[str, Unit] | None = None) -> Unit | None:
    """The unit that a word spells, with or without 个 in front."""
    if own and word in own:
        return own[word]
    found = built_in(word) or _EXTRA.get(word)
    if found is None and word.startswith("个"):
        return find_unit(word[1:], own)
    return found


def quantity(number: str, word: str | None, own: Mapping[str, Unit] | None = None) -> Quantity:
    """The quantity that a number and the word behind it spell."""
    value = number_of(number)
    unit = find_unit(word, own) if word else None
    return Quantity(value * (unit.scale if unit is not None else 1), unit, value)
