"""Plans of small policies: what rows are refused, what a plan refuses, dates, scenes, reasons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scoring.columns.comparing import compare, ran
from tests.scoring.columns.populations import population_of
from tests.scoring.columns.test_planning import RANDOM, of_one_table, proper
from tests.scoring.desk import case_for, text
from tests.scoring.strategies import cases, drafts

from policydsl.language.diagnostics import PolicyError
from policydsl.model import Policy, loads
from policydsl.model.loading import load
from policydsl.scoring.columns.domains import Grid
from policydsl.scoring.columns.plan import Flag
from policydsl.scoring.columns.planning.lanes import Lane, day, explore, lane
from policydsl.scoring.columns.planning.planner import TABLES, _Planner, make_plan
from policydsl.scoring.columns.population import Schema


def rows(policy: Policy, *facts: Mapping[str, Any], **given: Any) -> list[Any]:
    return [case_for(policy, x, id_=str(n), **given) for n, x in enumerate(facts)]


# -- rows that are refused


def test_a_row_that_divides_by_zero_is_flagged_and_no_other() -> None:
    policy = loads(text("指标 甲 { 加 （篇数 ÷ 次数） 分 }"))
    found = rows(policy, {"篇数": 6, "次数": 0}, {"篇数": 6, "次数": 2}, {"篇数": 6}, {"次数": 0})
    plan = compare(policy, found)
    flags = ran(plan, population_of(policy, found)).slots[plan.flags]
    assert [bool(x & Flag.ERROR) for x in flags] == [True, False, False, False]


def test_a_row_without_a_required_fact_is_flagged() -> None:
    body = "事实 月数：整数（月），缺失 必填 指标 甲 { 每 1 个月 月数 加 1 分 } 指标 乙 { 次数 达到 2 次：加 （月数 ÷ 1 个月） 分 }"
    policy = loads(text(body))
    compare(policy, rows(policy, {"月数": 3, "次数": 3}, {"次数": 1}, {"次数": 4}, {}))


def test_a_required_fact_that_is_not_reached_is_not_missed() -> None:
    body = "事实 月数：整数（月），缺失 必填 指标 甲 { 次数 达到 2 次 且 月数 达到 3 月：加 2 分 }"
    policy = loads(text(body))
    compare(policy, rows(policy, {"次数": 1}, {"次数": 3}, {"次数": 3, "月数": 5}))


def test_a_target_can_miss_a_fact_too() -> None:
    body = "事实 率：百分比，缺失 必填 指标 甲 { 加 1 分 目标 率 达到 90% }"
    policy = loads(text(body))
    compare(policy, rows(policy, {"率": 95}, {}))


# -- dates


def test_clauses_that_are_not_in_force_give_nothing() -> None:
    body = "指标 甲 施行 2024-01-01 { 加 1 分 } 指标 乙 失效 2024-01-01 { 加 2 分 } 指标 丙 { 加 4 分 }"
    policy = loads(text(body))
    for on in ("2023-12-31", "2024-01-01", None):
        compare(policy, rows(policy, {}, on=on), reasons=True)


def test_ages_of_every_birthday_around_a_leap_day() -> None:
    body = "事实 岁：整数（岁） = 周岁（出生日期，评定日） 指标 甲 { 每 1 岁 岁 加 1 分 } 指标 乙 { 岁 达到 18 岁：加 5 分 }"
    policy = loads(text(body))
    births = [date(2000, 2, 20) + timedelta(days=n) for n in range(20)]
    births += [date(2006, 2, 20) + timedelta(days=n) for n in range(20)]
    for on in ("2024-02-28", "2024-02-29", "2024-03-01", "2025-02-28"):
        compare(policy, rows(policy, *({"出生日期": x.isoformat()} for x in births), on=on))


# -- scenes and status


def test_who_takes_part_in_a_scene() -> None:
    body = """指标 甲 { 每 1 次 次数 加 1 分 }
      场景 入学 { 适用 总分 达到 3 分 且 持证 排序 总分 高者先 名额 2 名 }
      场景 住房 { 排序 总分 高者先 名额 2 名 }"""
    policy = loads(text(body))
    found = rows(
        policy, {"次数": 3, "持证": True}, {"次数": 2, "持证": True}, {"次数": 3, "持证": False},
        {"次数": 5},
    )  # fmt: skip
    plan = compare(policy, found)
    assert set(plan.takes_part) == {policy.scenes[0].id}
    slot = plan.takes_part[policy.scenes[0].id]
    flags = ran(plan, population_of(policy, found)).slots[slot]
    assert [bool(x & Flag.APPLIES) for x in flags] == [True, False, False, True]


def test_a_status_rule_that_reads_scores() -> None:
    body = """指标 甲 { 每 1 次 次数 加 1 分 } 指标 乙 { 酌情加分，最高 2 分 }
      效力 { 总分 低于 3 分：暂时失效；得分（指标 甲） 超过 4 分 且 持证：冻结 }"""
    policy = loads(text(body))
    compare(
        policy, rows(policy, *({"次数": n, "持证": n % 2 == 0} for n in range(8))), reasons=True
    )


# -- households


def test_spouses_and_sums_over_the_household() -> None:
    body = """指标 甲 { 每 1 个月 家庭合计（社保月数） 加 1 分 }
      指标 乙 { 配偶 的 学历 为 本科：加 5 分 } 指标 丙 { 家庭人数（持证） 达到 2 人：加 3 分 }
      指标 丁 { 家庭最低（次数） 不足 2 次：扣 1 分 } 指标 戊 { 已提供 次数：加 7 分 }"""
    policy = loads(text(body))
    found = [
        case_for(policy, {"社保月数": 3, "持证": True}, id_="1"),
        case_for(policy, {"持证": True}, id_="2", spouse={"社保月数": 5, "学历": "本科"},
                 children=[{"社保月数": 2, "次数": 1}]),
        case_for(policy, {"次数": 4, "持证": False}, id_="3", spouse={"次数": 3, "持证": True},
                 children=[{"持证": True}, {"次数": 9}]),
    ]  # fmt: skip
    compare(policy, found)


# -- refusals


def test_points_that_need_too_fine_a_scale_are_refused_with_the_clause() -> None:
    body = "指标 甲 { 加 1 分 } 指标 乙 { 加 （篇数 ÷ 999983） 分 每 7919 篇 篇数 加 （1 ÷ 104729） 分，不足 7919 篇 按比例计 }"
    policy = loads(text(body))
    schema = Schema({"篇数": Grid(Fraction(0), Fraction(1), 50)})
    with pytest.raises(PolicyError) as refusal:
        make_plan(policy, schema)
    (diagnostic,) = refusal.value.diagnostics
    assert diagnostic.code == "S507"
    assert diagnostic.details["clause"] == "乙"


def test_a_refusal_of_what_stands_outside_all_clauses_names_the_document() -> None:
    policy = loads(text("指标 甲 { 加 1 分 }"))
    refusal = _Planner(policy, Schema({}), None, None, True).refused("S508", clause="", what="—")
    assert refusal.diagnostics[0].details["clause"] == policy.id


def test_a_household_larger_than_the_plan_provides_for_is_said() -> None:
    policy = loads(text("指标 甲 { 每 1 个月 家庭合计（社保月数） 加 1 分 }"))
    children = [{"社保月数": 1}] * 16
    with pytest.raises(PolicyError, match="S509"):
        compare(policy, [case_for(policy, {"社保月数": 3}, children=children)])
    compare(policy, [case_for(policy, {"社保月数": 3}, children=children[1:])])


def test_a_work_plan_has_a_plan_and_a_vocabulary_none() -> None:
    assert make_plan(load("yinzhou-workplan-2023"), Schema({})).total.exact
    with pytest.raises(PolicyError, match="S502"):
        make_plan(load("resident-vocabulary"), Schema({}))


# -- reasons


@settings(RANDOM, max_examples=20)
@given(st.data())
def test_reasons_are_those_of_the_exact_evaluator(data: st.DataObject) -> None:
    draft = data.draw(drafts())
    policy = loads(draft.text)
    drawn = [data.draw(cases(draft, id_=str(n))) for n in range(3)]
    for table in of_one_table(policy, drawn):
        proper(policy, table, reasons=True)


# -- tables and lanes


def test_a_changed_rule_is_the_only_one_that_is_asked_again() -> None:
    schema = Schema(
        {"次数": Grid(Fraction(0), Fraction(1), 20), "篇数": Grid(Fraction(0), Fraction(1), 9)}
    )
    body = "指标 甲 {{ 每 1 次 次数 加 {} 分 }} 指标 乙 {{ 每 1 篇 篇数 加 2 分 }}"
    TABLES.clear()
    make_plan(loads(text(body.format(1))), schema)
    before = len(TABLES)
    make_plan(loads(text(body.format(3))), schema)
    new = len(TABLES) - before
    assert 0 < new <= before // 2  # half of the tables are of the clause that is as it was
    make_plan(loads(text(body.format(1))), schema)
    assert len(TABLES) == before + new


def test_reasons_of_an_open_cap_depend_on_the_points() -> None:
    """In a deduction group awards push the amount back below the cap that is not stated."""
    policy = loads(
        text(
            "扣分 失管 上限 15 分 { 指标 甲 上限 未载明（1 至 15 分） {"
            " 未载明（0 至 10 分） 每 1 次 次数 加 1 分 } }"
        )
    )
    many = rows(policy, *({"次数": n} for n in (0, 8, 9, 10, 19)))
    proper(policy, many, reasons=True)


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=30), st.integers(1, 7))
@settings(max_examples=60, deadline=None)
def test_lanes_are_fractions_each_by_itself(numbers: list[int], divisor: int) -> None:
    def formula(x: Fraction) -> Fraction:
        whole = x - x % 1
        return abs(min(max(whole * Fraction(3, 4), Fraction(-2)), x + 5)) + (7 if x > 3 else 0)

    found = {}
    for lanes, result in explore(
        len(numbers), lambda at: formula(lane(np.array(numbers, np.int64)[at], divisor))
    ):
        for place, index in enumerate(lanes):
            one = result
            if isinstance(result, Lane):
                one = Fraction(int(result.numerators[place]), result.divisor)
            found[int(index)] = one
    assert found == {n: formula(Fraction(x, divisor)) for n, x in enumerate(numbers)}


def test_days_of_lanes() -> None:
    dates = [date(1999, 12, 31), date(2000, 2, 29), date(1960, 1, 1), date(2024, 12, 1)]
    ordinals = np.array([x.toordinal() for x in dates], np.int64)
    several: Any = day(ordinals)
    assert several.year.numerators.tolist() == [x.year for x in dates]
    assert several.month.numerators.tolist() == [x.month for x in dates]
    assert several.day.numerators.tolist() == [x.day for x in dates]
