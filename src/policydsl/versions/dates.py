"""Dates of editions: stated, following from what is stated, or unknown between two bounds.

Every edition has a day on which it was issued (became known) and one on which it takes effect.
Where a text gives none, order alone speaks: a document is not issued before those it replaces,
amends or cites, and takes effect neither before it is issued nor before what it replaces.  So an
unknown date still has an earliest and a latest day, and a question about a day is answered yes,
no, or maybe.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal

from policydsl.language import nodes as n
from policydsl.language.keywords import Language
from policydsl.language.units import find_unit

Certainty = Literal["no", "maybe", "yes"]
_RANK: dict[Certainty, int] = {"no": 0, "maybe": 1, "yes": 2}
_CERTAIN: tuple[Certainty, ...] = ("no", "maybe", "yes")


def every(answers: Iterable[Certainty]) -> Certainty:
    """Yes when all are yes, no as soon as one is no."""
    return _CERTAIN[min((_RANK[a] for a in answers), default=2)]


def some(answers: Iterable[Certainty]) -> Certainty:
    """Yes as soon as one is yes, no when all are no."""
    return _CERTAIN[max((_RANK[a] for a in answers), default=0)]


def opposite(answer: Certainty) -> Certainty:
    """No for yes, yes for no."""
    return _CERTAIN[2 - _RANK[answer]]


@dataclass(frozen=True, slots=True)
class Bounds:
    """A day known exactly (``low == high``), or to lie between two days, both included.

    ``None``: without bound on that side.  ``low_from`` and ``high_from`` are the editions whose
    dates give the bounds; ``supposed``: rests on a date that the asker supposed.
    """

    low: date | None = None
    high: date | None = None
    low_from: str | None = None
    high_from: str | None = None
    supposed: bool = False

    @property
    def exact(self) -> date | None:
        """The day, where it is known."""
        return self.low if self.low is not None and self.low == self.high else None

    def reached(self, day: date) -> Certainty:
        """Whether the day has come by ``day``, that day included."""
        if self.low is not None and self.low > day:
            return "no"
        return "yes" if self.high is not None and self.high <= day else "maybe"

    def text(self, language: Language = "zh") -> str:
        """2022-04-06, 不早于 2022-04-30 …, for tables."""
        zh = language == "zh"
        if self.exact is not None:
            shown = self.exact.isoformat()
        elif self.low is not None and self.high is not None:
            shown = f"{self.low} 至 {self.high}" if zh else f"{self.low} to {self.high}"
        elif self.low is not None:
            shown = f"不早于 {self.low}" if zh else f"not before {self.low}"
        elif self.high is not None:
            shown = f"不晚于 {self.high}" if zh else f"not after {self.high}"
        else:
            shown = "未载明" if zh else "not stated"
        return shown + (("（假设）" if zh else " (supposed)") if self.supposed else "")


UNKNOWN = Bounds()


@dataclass(frozen=True)
class Suppositions:
    """Dates that the asker supposes: by edition id, and of events by their words."""

    issued: Mapping[str, date] = field(default_factory=dict)
    in_force: Mapping[str, date] = field(default_factory=dict)
    events: Mapping[str, date] = field(default_factory=dict)


NOTHING_SUPPOSED = Suppositions()


@dataclass(frozen=True, slots=True)
class Stated:
    """What one edition says of its dates; ``year`` is that of its number (〔2017〕79号)."""

    id: str
    issued: n.When | None = None
    in_force: n.When | None = None
    expires: n.When | None = None
    year: int | None = None


def year_of_number(text: str) -> int | None:
    """The year in the number of a document, when the text holds exactly one number."""
    years = re.findall(r"〔(\d{4})〕", text)
    return int(years[0]) if len(years) == 1 else None


class Dates:
    """The dates of editions under suppositions.

    ``editions`` stand in order, older ones first.  ``issued_after`` and ``in_force_after`` are
    pairs (older, newer): the newer edition is not issued, or does not take effect, before the
    older one.
    """

    def __init__(
        self,
        editions: Sequence[Stated],
        issued_after: Iterable[tuple[str, str]],
        in_force_after: Iterable[tuple[str, str]],
        suppose: Suppositions = NOTHING_SUPPOSED,
    ):
        self.suppose = suppose
        self._order = [e.id for e in editions]
        self.issued = {e.id: self._own_issued(e) for e in editions}
        self._tighten(self.issued, issued_after)
        self.in_force = {e.id: self._own_in_force(e) for e in editions}
        self._tighten(self.in_force, in_force_after)
        self.expires = {
            e.id: None if e.expires is None or _is_open(e.expires) else self.when(e.expires, e.id)
            for e in editions
        }

    def when(self, when: n.When | None, edition: str) -> Bounds:
        """The day that ``when`` in that edition means; a delay counts from its issue."""
        if when is None or _is_open(when):
            return UNKNOWN
        if when.date is not None:
            return Bounds(when.date, when.date, edition, edition)
        if when.event is not None:
            supposed = self.suppose.events.get(when.event)
            if supposed is None:
                return UNKNOWN
            return Bounds(supposed, supposed, edition, edition, supposed=True)
        assert when.after is not None
        start = self.issued[edition]
        return replace(
            start,
            low=None if start.low is None else later(start.low, when.after),
            high=None if start.high is None else later(start.high, when.after),
        )

    def _own_issued(self, edition: Stated) -> Bounds:
        supposed = self.suppose.issued.get(edition.id)
        if supposed is not None:
            return Bounds(supposed, supposed, edition.id, edition.id, supposed=True)
        if edition.issued is not None and edition.issued.date is not None:
            day = edition.issued.date
            return Bounds(day, day, edition.id, edition.id)
        if edition.year is not None:
            first, last = date(edition.year, 1, 1), date(edition.year, 12, 31)
            return Bounds(first, last, edition.id, edition.id)
        return UNKNOWN

    def _own_in_force(self, edition: Stated) -> Bounds:
        supposed = self.suppose.in_force.get(edition.id)
        if supposed is not None:
            return Bounds(supposed, supposed, edition.id, edition.id, supposed=True)
        own = self.when(edition.in_force, edition.id)
        if own == UNKNOWN:
            issued = self.issued[edition.id]
            # nothing takes effect before it is issued; retroactive effect has to be stated
            return Bounds(issued.low, None, issued.low_from, None, issued.supposed)
        return own

    def _tighten(self, bounds: dict[str, Bounds], pairs: Iterable[tuple[str, str]]) -> None:
        """Carry earliest days forward and latest days back; what is stated stays as it is."""
        newer: dict[str, list[str]] = {}
        for old, new in pairs:
            newer.setdefault(old, []).append(new)
        for id_ in self._order:
            mine = bounds[id_]
            if mine.low is None:
                continue
            for other in newer.get(id_, ()):
                theirs = bounds[other]
                if theirs.exact is None and (theirs.low is None or theirs.low < mine.low):
                    bounds[other] = replace(
                        theirs,
                        low=mine.low,
                        low_from=mine.low_from,
                        supposed=theirs.supposed or mine.supposed,
                    )
        for id_ in reversed(self._order):
            mine = bounds[id_]
            if mine.exact is not None:
                continue
            for other in newer.get(id_, ()):
                theirs = bounds[other]
                if theirs.high is not None and (mine.high is None or mine.high > theirs.high):
                    mine = replace(
                        mine,
                        high=theirs.high,
                        high_from=theirs.high_from,
                        supposed=mine.supposed or theirs.supposed,
                    )
            bounds[id_] = mine


def _is_open(when: n.When) -> bool:
    return when.date is None and when.after is None and when.event is None


def later(start: date, delay: n.Number) -> date:
    """The day that lies ``delay`` after ``start`` (days, working days, months, years).

    “公布之日起 30 日后” is the thirtieth day after the day of publication.
    """
    count = int(delay.value)
    unit = find_unit(delay.unit or "日")
    if unit is not None and unit.dimension == "month":
        months = start.year * 12 + start.month - 1 + int(delay.value * unit.scale)
        year, month = divmod(months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        return date(year, month + 1, min(start.day, last))
    if unit is not None and unit.dimension == "working_day":
        return _working_days_later(start, count)
    scale = int(unit.scale) if unit is not None and unit.dimension == "day" else 1
    return start + timedelta(days=count * scale)


def _working_days_later(start: date, count: int) -> date:
    import chinese_calendar

    day = start
    while count:
        day += timedelta(days=1)
        try:
            works = chinese_calendar.is_workday(day)
        except NotImplementedError:  # a year for which no calendar is published yet
            works = day.weekday() < 5
        count -= works
    return day
