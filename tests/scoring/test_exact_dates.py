"""Clauses with dates of their own."""

from __future__ import annotations

from datetime import date

import pytest

from policydsl.model import loads
from policydsl.scoring.cases import Case
from policydsl.scoring.exact import Score, score_case

DATED = """
积分 t {
  指标 新项 上限 3 分 施行 2030-01-01 { 加 3 分 }
  指标 旧项 上限 2 分 失效 2025-01-01 { 加 2 分 }
}
"""


def on(day: date | None) -> Score:
    return score_case(loads(DATED), Case("甲", date=day))


@pytest.mark.parametrize(
    ("day", "points"),
    [
        (date(2024, 12, 31), 2),
        (date(2025, 1, 1), 0),
        (date(2029, 12, 31), 0),
        (date(2030, 1, 1), 3),
    ],
)
def test_a_clause_counts_from_its_first_day_to_the_day_before_it_ends(day: date, points: int):
    assert on(day).total.value == points


def test_a_clause_out_of_force_says_so():
    kinds = {(reason.kind, reason.clause) for reason in on(date(2027, 1, 1)).reasons}
    assert kinds == {("not_in_force", "新项"), ("not_in_force", "旧项")}


def test_without_a_date_the_clause_counts_and_that_is_an_assumption():
    score = on(None)
    assert score.total.value == 5
    assert [reason.kind for reason in score.reasons] == ["assumption", "assumption"]
