"""Ranking by columns against the definition, for random households."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policydsl.language.diagnostics import PolicyError
from policydsl.model import Policy, loads
from policydsl.scoring.columns.placing import OUTCOME_CODES, Ties
from policydsl.scoring.columns.ranked import ColumnRanking, rank_table
from policydsl.scoring.columns.tables.memory import frame_source
from policydsl.scoring.ranking import rank
from policydsl.scoring.tables import cases_from_records

SCHEME = """积分 t {{
  事实 甲分：整数，范围 0 至 6   事实 乙分：小数，范围 0 至 3，到 1 位   事实 登记日期：日期
  事实 学历：有序 {{ 高中 < 大专 < 本科 }}   事实 持证：是否   事实 违法：是否，缺省 否
  事实 待定：是否，缺省 否
  组 共性 上限 5 分 {{ 指标 甲 {{ 加 （甲分） 分  {rules} }} }}
  组 个性 {{ 指标 乙 {{ 加 （乙分） 分 }} }}
  效力 {{ 违法：冻结 }}
  场景 入学 {scene}
}}"""

SCENES = [
    "{ 排序 总分 高者先 同分 一并录取 }",
    "{ 排序 总分 高者先，登记日期 早者先 同分 抽签 }",
    "{ 家庭 就高 夫妻 排序 总分 高者先，登记日期 早者先，学历 高者先 同分 不录取 }",
    "{ 家庭 就高 夫妻 排序 总分 高者先，得分（组 个性） 高者先，配偶 的 总分 高者先 同分 未载明 }",
    "{ 家庭 合计 夫妻 排序 总分 高者先，乙分 低者先 同分 一并录取 }",
    "{ 家庭 合计 成员 排序 登记日期 晚者先，总分 低者先，其后 未载明 同分 抽签 }",
    "{ 家庭 合计 成员 同分 一并录取 }",
    "适用 持证 { 家庭 就高 夫妻 排序 总分 高者先，登记日期 早者先 同分 不录取 }",
    "适用 持证 且 总分 达到 3 分 { 家庭 就高 夫妻 排序 总分 高者先 同分 一并录取 }",
]
OPEN = "待定：未载明（0 至 2 分）"

FACTS = st.fixed_dictionaries(
    {
        "甲分": st.one_of(st.none(), st.integers(0, 6)),
        "乙分": st.one_of(st.none(), st.integers(0, 6).map(lambda x: x / 2)),
        "登记日期": st.sampled_from([None, "2020-01-01", "2020-05-01", "2021-01-01"]),
        "学历": st.sampled_from([None, "高中", "大专", "本科"]),
        "持证": st.sampled_from([None, "是", "否"]),
        "违法": st.sampled_from([None, None, None, "是"]),
        "待定": st.sampled_from([None, None, "是"]),
    }
)


@st.composite
def families(draw: st.DrawFn) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for home in range(draw(st.integers(1, 9))):
        roles = ["本人", *draw(st.sampled_from([[], [], ["配偶"], ["子女"], ["配偶", "子女"]]))]
        for role in draw(st.permutations(roles)):
            about = {"编号": f"{home}{role}", "户号": f"户{home}", "角色": role}
            rows.append(about | draw(FACTS))
    return draw(st.permutations(rows))


def policies() -> list[Policy]:
    return [
        loads(SCHEME.format(scene=scene, rules=rules)) for scene in SCENES for rules in ("", OPEN)
    ]


POLICIES = policies()


def by_columns(policy: Policy, rows: list[dict[str, Any]], **how: Any) -> ColumnRanking:
    return rank_table(policy, frame_source(pd.DataFrame(rows)), **how)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(range(len(POLICIES))), families(), st.one_of(st.none(), st.integers(0, 9)),
    st.sampled_from([None, "admit_all", "admit_none", "lottery", "open"]),
)  # fmt: skip
def test_places_are_those_of_the_definition(
    number: int, rows: list[dict[str, Any]], quota: int | None, ties: Ties | None
) -> None:
    policy = POLICIES[number]
    found = by_columns(policy, rows, quota=quota, ties=ties)
    given_rows = [{k: v for k, v in row.items() if v is not None} for row in rows]
    expected = rank(policy, cases_from_records(policy, given_rows).cases, None, quota, ties)
    places = {p.case: p for p in expected.placements}
    best, worst = found.ranked.ranks()
    ranked = found.ranked
    assert len(found) == len(places)
    assert (found.line, found.tied_at_line) == (expected.line, expected.tied_at_line)
    for i, row in enumerate(ranked.applicants.tolist()):
        place = places[found.encoded.id(row)]
        assert OUTCOME_CODES[ranked.placings.outcomes[i]] == place.outcome
        assert (best[i] or None, worst[i] or None) == (place.best, place.worst)
        points = (ranked.points.low[i] / found.scale, ranked.points.high[i] / found.scale)
        assert points == (place.points.low, place.points.high)
        assert (ranked.chosen[i] == row) == (place.chosen == place.case)


def test_the_frame_names_what_it_rests_on() -> None:
    rows = [
        {"编号": "a", "甲分": 3, "乙分": 1}, {"编号": "b", "甲分": 2, "乙分": 1},
        {"编号": "c", "甲分": 3, "乙分": 1},
    ]  # fmt: skip
    frame = by_columns(POLICIES[0], rows, quota=1, ties="lottery").frame()
    assert frame.index.tolist() == ["a", "c", "b"]
    assert frame["名次"].tolist() == [1, 1, 3]
    assert frame["结果"].tolist() == ["线上同分，抽签", "线上同分，抽签", "未录取"]
    assert frame["得分"].tolist() == [4, 4, 3]
    assert (frame.attrs["line"], frame.attrs["tied_at_line"], frame.attrs["quota"]) == (None, 2, 1)
    notes = by_columns(POLICIES[12], rows).frame().attrs["notes"]
    assert any("假定" in note for note in notes)


def test_keys_that_mix_totals_are_refused_by_name() -> None:
    scene = "{ 排序 总分 + 得分（组 个性） 高者先 }"
    policy = loads(SCHEME.format(scene=scene, rules=""))
    with pytest.raises(PolicyError) as error:
        by_columns(policy, [{"编号": "a", "甲分": 3, "乙分": 1}])
    assert error.value.diagnostics[0].code == "S520"


@pytest.mark.parametrize(("scene", "ranks"), [("一", [3, 2, 1]), ("二", [1, 2, 3])])
def test_two_scenes_may_compare_the_same_fact_in_opposite_order(
    scene: str, ranks: list[int]
) -> None:
    policy = loads("""积分 测 “测” {
      事实 甲：整数（元），范围 0 至 20 元  指标 积 { 甲 超过 30 元：加 1 分 }
      场景 一 { 排序 总分 高者先，甲 高者先 名额 1 名 同分 抽签 }
      场景 二 { 排序 总分 高者先，甲 低者先 名额 1 名 同分 抽签 } }""")
    rows = [{"编号": id_, "甲": amount} for id_, amount in (("a", 1), ("b", 2), ("c", 3))]
    frame = by_columns(policy, rows, scene=scene).frame()
    assert frame["名次"].loc[["a", "b", "c"]].tolist() == ranks
