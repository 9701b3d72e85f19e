"""Working days, the two kinds of procedure, the calendar file."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.drafting.drafting_cases import BASE, NEW, SMALL

from policydsl.drafting.dates import (
    day_text,
    days_after,
    is_working,
    plan_days,
    procedure_of,
    warnings,
    working_days_after,
)
from policydsl.drafting.schedule import calendar_file, handling, schedule_document, steps
from policydsl.language.diagnostics import PolicyError
from policydsl.model.loading import load, loads


@pytest.mark.parametrize(("start", "count", "end"), [
    # 乐清 2022: the letter of 6 April (after 清明) asked for answers by the 14th: six days after it
    (date(2022, 4, 6), 6, date(2022, 4, 14)),
    (date(2022, 4, 6), 7, date(2022, 4, 15)),
    # 24 April 2022, a Sunday, was a working day; 30 April to 4 May were free
    (date(2022, 4, 22), 1, date(2022, 4, 24)),
    (date(2022, 4, 29), 1, date(2022, 5, 5)),
    (date(2023, 9, 28), 1, date(2023, 10, 7)),
])  # fmt: skip
def test_working_days(start: date, count: int, end: date):
    assert working_days_after(start, count).day == end
    assert not working_days_after(start, count).presumed


def test_years_without_a_calendar_say_so():
    found = working_days_after(date(2031, 9, 29), 7)
    assert found.presumed
    assert found.day.weekday() < 5
    policy = load(BASE)
    assert any(
        "放假安排没有公布" in w for w in warnings(policy, plan_days(policy, date(2031, 9, 29)))
    )


@given(st.dates(date(2005, 1, 1), date(2026, 6, 1)), st.integers(1, 40))
def test_the_nth_working_day(start: date, count: int):
    end = working_days_after(start, count).day
    between = [start + timedelta(days=i) for i in range(1, (end - start).days + 1)]
    assert sum(is_working(day)[0] for day in between) == count
    assert is_working(end)[0]


def test_a_scheme_and_an_assessment_go_different_ways():
    scheme, assessment = load(BASE), load(NEW)
    assert (procedure_of(scheme.kind), procedure_of(assessment.kind)) == ("normative", "internal")
    published = date(2023, 6, 1)
    days = plan_days(scheme, date(2023, 4, 3), published=published)
    assert days.in_force_from == days_after(published, 30)
    assert days.filed_until == days_after(published, 15)
    names = [step.name for step in steps(scheme, days)]
    assert {"公开征求意见", "合法性审核", "集体讨论决定", "公布", "备案"} <= set(names)
    own = plan_days(assessment, date(2023, 4, 3), published=published)
    assert own.in_force_from is None
    assert not {"合法性审核", "备案", "公布"} & {s.name for s in steps(assessment, own)}


def test_what_the_drafter_is_warned_of():
    policy = load(BASE)
    days = plan_days(policy, date(2022, 4, 6), 5, date(2022, 6, 1), date(2022, 6, 10))
    found = "\n".join(warnings(policy, days))
    assert "征求意见5个工作日，少于通常的7个工作日" in found
    assert "施行日期2022年6月10日早于公布之日起30日后（2022年7月1日）" in found
    assert "策略文件写明“意见反馈”为2022年4月14日，按发文日期推算为2022年4月13日" in found


@pytest.mark.parametrize("given_", [
    {"issued": date(2023, 4, 3), "published": date(2023, 4, 4)},
    {"issued": date(2023, 4, 3), "in_force": date(2023, 1, 1)},
    {"issued": date(9999, 12, 30)},
    {"published": date(9999, 12, 30)},
])  # fmt: skip
def test_days_that_cannot_be(given_: dict[str, Any]):
    with pytest.raises(PolicyError) as error:
        plan_days(load(BASE), **given_)
    assert [d.code for d in error.value.diagnostics] == ["W911"]


def test_the_periods_of_a_document_one_after_the_other():
    policy = loads(SMALL)
    review, notice = handling(policy, date(2023, 7, 3))
    assert (review.name, review.end) == ("审核", date(2023, 7, 17))
    assert (notice.start, notice.end) == (date(2023, 7, 17), date(2023, 7, 24))
    assert all(step.start is None for step in handling(policy, None))


def test_the_calendar_is_one_that_programs_read():
    policy = load(BASE)
    days = plan_days(policy, date(2023, 4, 3), published=date(2023, 6, 1))
    data = calendar_file(policy, days, date(2023, 7, 3))
    assert data is not None
    assert data == calendar_file(policy, days, date(2023, 7, 3))
    assert b"\r\n" in data
    assert max(map(len, data.split(b"\r\n"))) <= 75
    read = icalendar.Calendar.from_ical(data)
    events = read.walk("VEVENT")
    assert not [e for e in events if e.errors]
    assert len({str(e["UID"]) for e in events}) == len(events)
    consult: Any = events[0]
    assert str(consult["SUMMARY"]).startswith("公开征求意见：乐清市")
    assert consult.start == date(2023, 4, 3)
    assert consult.end == date(2023, 4, 14)  # the day after the last one


def test_without_any_day_there_is_no_calendar_but_a_table():
    policy = loads(SMALL.replace("某某县新市民积分管理办法", "办法"))
    days = plan_days(policy)
    assert calendar_file(policy, days) is None
    first, second = schedule_document(policy, days).tables
    texts = [c.text for line in first.rows for c in line if c is not None]
    assert "〔日期〕" in texts
    assert len(second.rows) == 2


def test_days_in_words():
    assert day_text(date(2022, 4, 15), weekday=True) == "2022年4月15日（星期五）"
