"""Clauses with dates of their own, and schedules as parts of a score."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

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


def test_a_schedule_is_a_part_of_the_score():
    policy = loads(
        """
        考核 k {
          附表 街道 { 对象 街道 满分 10 分 项 1 满分 10 分 { 扣 2 分 } }
          附表 部门 { 对象 单位 满分 5 分 单位 甲局 满分 5 分 { 项 1 满分 5 分 { 扣 1 分 } } }
          示例 “街道” { 得 附表 街道 8 分 }
        }
        """
    )
    score = score_case(policy, Case("某街道", entity="街道"))
    assert score.parts["街道"].value == Fraction(8)
