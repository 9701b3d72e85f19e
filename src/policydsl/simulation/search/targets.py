"""What a draft is to reach: ``均值=不变``, ``录取线=130±2``, ``占比(学历=大专)>=30%`` …"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.language.keywords import Language
from policydsl.scoring.ranges import show_points
from policydsl.simulation.search.numbers import folded, read_number
from policydsl.simulation.tables import rounded

Kind = Literal["mean", "line", "share", "losers", "gainers"]
WORDS: dict[str, Kind] = {
    "均值": "mean", "平均分": "mean", "mean": "mean", "录取线": "line", "分数线": "line",
    "line": "line", "占比": "share", "share": "share", "受损": "losers", "losers": "losers",
    "受益": "gainers", "gainers": "gainers",
}  # fmt: skip
TITLES: dict[Kind, tuple[str, str]] = {
    "mean": ("均值", "mean"), "line": ("录取线", "line"), "share": ("占比", "share"),
    "losers": ("受损", "losers"), "gainers": ("受益", "gainers"),
}  # fmt: skip
SAME = ("不变", "same")
CLOSE = Fraction(1, 200)
"""不变 without a tolerance: the mean within this part of what it was; the line exactly."""
NEAR = Fraction(1, 100)
"""≈ without a tolerance: within this part of the number."""

_TARGET = re.compile(r"([^\W\d]+)\s*(?:\((.+)\))?\s*(>=|<=|=|≥|≤|≈|~)\s*([^=<>≥≤≈~]+)")
_WITHIN = re.compile(r"(.+?)\s*(?:±|\+-|\+/-)\s*(.+)")


@dataclass(frozen=True)
class Measures:
    """What is measured of a draft.

    ``mean`` and ``line`` in points; ``losers`` and ``gainers`` of all, ``shares`` of the admitted,
    by (fact, value), as parts of 1.  ``None``: there is none (an open score, nobody admitted).
    """

    mean: Fraction | None
    line: Fraction | None = None
    admitted: int | None = None
    losers: Fraction | None = None
    gainers: Fraction | None = None
    shares: Mapping[tuple[str, str], Fraction | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Target:
    """A quantity and the bounds, both included, that it is to stay within."""

    kind: Kind
    low: Fraction | None
    high: Fraction | None
    group: tuple[str, str] | None = None

    def value(self, measures: Measures) -> Fraction | None:
        """The quantity."""
        if self.kind == "share":
            assert self.group is not None
            return measures.shares[self.group]
        found: Fraction | None = getattr(measures, self.kind)
        return found

    def miss(self, measures: Measures) -> Fraction | None:
        """How far the quantity is outside; 0: met; ``None``: there is no such quantity."""
        value = self.value(measures)
        if value is None:
            return None
        if self.low is not None and value < self.low:
            return self.low - value
        if self.high is not None and value > self.high:
            return value - self.high
        return Fraction(0)

    def met(self, measures: Measures) -> bool:
        """Whether the quantity is within the bounds."""
        return self.miss(measures) == 0

    @property
    def is_share(self) -> bool:
        """Whether it is shown in percent."""
        return self.kind in ("share", "losers", "gainers")

    def shown(self, value: Fraction | None) -> str:
        """A value of the quantity, as it is read: rounded to 4 decimals (2 of a percentage)."""
        if self.is_share:
            return shown_share(value)
        return "—" if value is None else show_points(_cut(value, 4))

    def title(self, language: Language = "zh") -> str:
        """The quantity in words."""
        zh, en = TITLES[self.kind]
        if self.group is not None:
            fact, value = self.group[0].partition(":")[0], self.group[1]
            return f"录取者中{fact}为{value}的占比" if language == "zh" else (
                f"share of {fact} = {value} among the admitted"
            )  # fmt: skip
        return zh if language == "zh" else en

    def text(self, language: Language = "zh") -> str:
        """The target in words."""
        low, high = self.shown(self.low), self.shown(self.high)
        title = self.title(language)
        if self.low is None:
            return f"{title} ≤ {high}"
        if self.high is None:
            return f"{title} ≥ {low}"
        return f"{title} = {low}" if low == high else f"{title} {low}–{high}"


def shown_share(value: Fraction | None) -> str:
    """A part of 1 in percent."""
    return "—" if value is None else f"{show_points(_cut(100 * value, 2))}%"


def _cut(value: Fraction, places: int) -> Fraction:
    found = rounded(value, places)
    assert found is not None
    return found


@dataclass(frozen=True)
class Wanted:
    """A target as it is asked for; what it is relative to is not known yet."""

    text: str
    kind: Kind
    operator: str
    number: Fraction | None
    """``None``: what the base has (不变)."""
    upper: Fraction | None = None
    within: Fraction | None = None
    by: str | None = None
    """The groups of a share (``年龄:18,35``), and the one that is meant."""
    label: str | None = None

    def target(self, base: Measures) -> Target:
        """The target with its bounds."""
        group = None
        if self.kind == "share":
            assert self.by is not None
            assert self.label is not None
            group = (self.by, self.label)
        number = self.number
        if number is None:
            number = Target(self.kind, None, None, group).value(base)
            if number is None:
                raise _problem("S567", self.text)
        within = self.within
        if within is None:
            within = Fraction(0)
            if self.operator == "~":
                within = abs(number) * NEAR
            elif self.number is None and self.kind == "mean":
                within = abs(number) * CLOSE
        upper = number if self.upper is None else self.upper
        low = None if self.operator == "<=" else number - within
        high = None if self.operator == ">=" else upper + within
        return Target(self.kind, low, high, group)


def wanted_of(texts: Sequence[str]) -> tuple[Wanted, ...]:
    """Targets as they are asked for.  Raises :class:`PolicyError` (S565, S566)."""
    if not texts:
        raise _problem("S565", "--target")
    return tuple(_wanted(text) for text in texts)


def _wanted(text: str) -> Wanted:
    match = _TARGET.fullmatch(folded(text))
    kind = None if match is None else WORDS.get(match[1].lower())
    if match is None or kind is None or (kind == "share") != (match[2] is not None):
        raise _problem("S566", text)
    operator = {"≥": ">=", "≤": "<=", "≈": "~"}.get(match[3], match[3])
    by = label = None
    if kind == "share":
        by, equals, label = (part.strip() for part in match[2].partition("="))
        if not (by and equals and label):
            raise _problem("S566", text)
    percent = kind in ("share", "losers", "gainers")
    value = match[4].strip()
    within: Fraction | None = None
    if around := _WITHIN.fullmatch(value):
        value, within = around[1], _number(text, around[2], percent)
    number: Fraction | None = None
    upper: Fraction | None = None
    first, dots, second = value.partition("..")
    if first.strip() not in SAME:
        number = _number(text, first, percent)
    if dots:
        upper = _number(text, second, percent)
        if operator != "=" or within is not None or number is None or number > upper:
            raise _problem("S566", text)
    if within is not None and (within < 0 or operator in ("<=", ">=")):
        raise _problem("S566", text)
    return Wanted(text, kind, operator, number, upper, within, by, label)


def _number(text: str, written: str, percent: bool) -> Fraction:
    """A number; of a share a percentage, with or without its sign."""
    written = written.strip()
    number = read_number(written.removesuffix("%"))
    if number is None or (written.endswith("%") and not percent):
        raise _problem("S566", text)
    return number / 100 if percent else number


def _problem(code: str, where: str, **details: object) -> PolicyError:
    return PolicyError([Diagnostic(code, Source(where, ""), None, details)])
