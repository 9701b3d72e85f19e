"""Days of a consultation: working days on China's official calendar, and what follows from them.

The calendar of a year is published in the autumn before.  For days beyond the last published one
Monday to Friday count, and whatever was worked out so says so (:attr:`Counted.presumed`).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.model import policy as m

USUAL_DAYS = 7
"""Working days for opinions: what is usual at least (docs/package.md has the source)."""
DAYS_TO_FORCE = 30
DAYS_TO_FILE = 15
WEEKDAYS = "一二三四五六日"
MOST_DAYS = 3660


@dataclass(frozen=True, slots=True)
class Counted:
    """A day that was counted to; ``presumed``: over days whose calendar is not published."""

    day: date
    presumed: bool = False


def is_working(day: date) -> tuple[bool, bool]:
    """Whether a day is a working day, and whether that is presumed from the weekday alone."""
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day)), False
    except NotImplementedError:
        return day.weekday() < 5, True


def working_days_after(start: date, count: int) -> Counted:
    """The ``count``-th working day after a day, which itself does not count."""
    day, presumed, left = start, False, count
    while left > 0:
        day = _next(day)
        works, guessed = is_working(day)
        presumed = presumed or guessed
        left -= works
    return Counted(day, presumed)


def days_after(start: date, count: int) -> Counted:
    """The ``count``-th day after a day."""
    try:
        return Counted(start + timedelta(days=count))
    except OverflowError as error:
        raise _too_late() from error


def _next(day: date) -> date:
    try:
        return day + timedelta(days=1)
    except OverflowError as error:
        raise _too_late() from error


def _too_late() -> PolicyError:
    problem = ("日期太晚", "the day is too late")
    return PolicyError([Diagnostic("W911", None, None, {"problem": problem})])


def day_text(day: date, weekday: bool = False) -> str:
    """2022年4月15日（星期五）."""
    text = f"{day.year}年{day.month}月{day.day}日"
    return f"{text}（星期{WEEKDAYS[day.weekday()]}）" if weekday else text


Procedure = Literal["normative", "internal"]


def procedure_of(kind: m.DocumentKind) -> Procedure:
    """Which way a document has to go.

    A points scheme gives and takes what residents may claim, so it goes the way of
    行政规范性文件; an assessment of offices and a work plan are matters within the administration.
    """
    return "normative" if kind == "scheme" else "internal"


@dataclass(frozen=True)
class Days:
    """The days of a consultation; ``None`` where the drafter has not said when it begins.

    ``issued``: when the draft is sent out; ``deadline``: the last day for opinions, ``days``
    working days after it; ``published`` and ``in_force`` of the final document.
    """

    issued: date | None = None
    days: int = USUAL_DAYS
    deadline: Counted | None = None
    published: date | None = None
    in_force: date | None = None
    in_force_from: Counted | None = None
    filed_until: Counted | None = None


def plan_days(
    policy: m.Policy,
    issued: date | None = None,
    days: int = USUAL_DAYS,
    published: date | None = None,
    in_force: date | None = None,
) -> Days:
    """The days that follow from those that are given.

    Raises :class:`PolicyError` (W911) where they are not in order.
    """
    deadline = None if issued is None else working_days_after(issued, days)
    normative = procedure_of(policy.kind) == "normative"
    earliest = filed = None
    if published is not None and normative:
        earliest = days_after(published, DAYS_TO_FORCE)
        filed = days_after(published, DAYS_TO_FILE)
    order = [
        (issued, "发文", "issued"),
        (None if deadline is None else deadline.day, "反馈截止", "the deadline for opinions"),
        (published, "公布", "published"),
        (in_force, "施行", "in force"),
    ]
    known = [(day, zh, en) for day, zh, en in order if day is not None]
    for (a, zh_a, en_a), (b, zh_b, en_b) in itertools.pairwise(known):
        if b < a:
            problem = (f"{zh_b}（{b}）早于{zh_a}（{a}）", f"{en_b} ({b}) is before {en_a} ({a})")
            raise PolicyError([Diagnostic("W911", None, None, {"problem": problem})])
    return Days(issued, days, deadline, published, in_force, earliest, filed)


def warnings(policy: m.Policy, days: Days) -> list[str]:
    """What the drafter should look at: short periods, holidays that are not known yet."""
    found: list[str] = []
    normative = procedure_of(policy.kind) == "normative"
    if normative and days.days < USUAL_DAYS:
        found.append(f"征求意见{days.days}个工作日，少于通常的{USUAL_DAYS}个工作日")
    early = days.in_force_from
    if normative and early is not None and days.in_force is not None and days.in_force < early.day:
        found.append(
            f"施行日期{day_text(days.in_force)}早于公布之日起{DAYS_TO_FORCE}日后"
            f"（{day_text(early.day)}），须有可以提前施行的理由"
        )
    for what, counted in (("反馈截止", days.deadline),):
        if counted is not None and counted.presumed:
            found.append(
                f"{what}日期所在年份的放假安排没有公布，按星期一至星期五推算，公布后请核对"
            )
    for deadline in policy.deadlines:
        if deadline.date is None or days.deadline is None or "反馈" not in deadline.name:
            continue
        if deadline.date != days.deadline.day:
            found.append(
                f"策略文件写明“{deadline.name}”为{day_text(deadline.date)}，按发文日期推算为"
                f"{day_text(days.deadline.day)}"
            )
    return found
