"""Tables scored by columns give what the exact evaluator gives, cell by cell."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.scoring.columns.tables import Rows, tables
from tests.scoring.strategies import TODAY, drafts

import policydsl as pdl
from policydsl.model import load, loads
from policydsl.scoring import results
from policydsl.scoring.columns.scored.plans import Wanted
from policydsl.scoring.columns.scoring import ColumnScores, score_data
from policydsl.scoring.columns.tables.outputs import Options
from policydsl.scoring.results import ResultTable
from policydsl.scoring.tables import Reading, cases_from_records, read_cases, score_cases

ROOT = Path(__file__).resolve().parents[3]


def by_columns(policy: pdl.Policy, data: Any, **more: Any) -> ColumnScores:
    options = Options(Wanted(items=True, reasons=True), "numpy", **{"date": TODAY, **more})
    return score_data(policy, data, options)


def cells(table: ResultTable) -> dict[str, list[str]]:
    """The columns of a result by title, their cells as written."""
    return {
        column.title: [repr(shown(row[i])) for row in table.rows]
        for i, column in enumerate(table.columns)
    }


def shown(cell: object) -> object:
    return f"open {cell.low}" if isinstance(cell, results.Unbounded) else cell


def exactly(policy: pdl.Policy, rows: Rows) -> ResultTable:
    table = cases_from_records(policy, rows, Reading(date=TODAY))
    return results.score_table(policy, table, score_cases(policy, table), items=True)


@given(st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_random_tables_score_alike(data: st.DataObject):
    draft = data.draw(drafts())
    policy = loads(draft.text)
    rows = data.draw(tables(draft))
    expected = exactly(policy, rows)
    frame = data.draw(st.booleans())
    try:
        found = by_columns(policy, pd.DataFrame(rows) if frame else rows)
    except pdl.PolicyError as error:
        if {problem.code for problem in error.diagnostics} <= {"S506", "S507", "S508"}:
            return  # no plan can hold the policy, and it says so
        raise
    ours, theirs = cells(found.table(items=True)), cells(expected)
    if policy.exclusions:  # see the test below
        ours.pop("假设")
        theirs.pop("假设")
    assert ours == theirs


def test_the_assumption_of_an_exclusion_is_named():
    policy = loads("""积分 t “t” {
      事实 甲：整数（月），范围 0 至 60 月  事实 乙：整数（月），范围 0 至 12 月
      事实 率：百分比，范围 0% 至 100%，到 1 位  事实 次数：计数（次），范围 0 至 6 次
      不计 乙 于 甲 假设 “乙不计”
      指标 丙 { 每 1 个月 （甲 × 率） 得 （次数 × 0.5） 分 } }""")
    rows: Rows = [{"编号": "a", "甲": 30, "乙": 3, "率": 40, "次数": 2}]
    assert cells(by_columns(policy, rows).table(True)) == cells(exactly(policy, rows))


@given(st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_frames_and_arrow_tables_hold_the_same_cells(data: st.DataObject):
    """What is made by whole arrays is what is made row by row."""
    draft = data.draw(drafts(without={"blends"}))
    policy = loads(draft.text)
    rows = data.draw(tables(draft))
    try:
        found = by_columns(policy, rows)
    except pdl.PolicyError:
        return
    expected = found.table(items=True)
    frame = found.frame()
    table = found.arrow()
    assert list(frame.columns) == table.column_names
    for i, column in enumerate(expected.columns):
        for place, row in enumerate(expected.rows):
            cell, from_frame = row[i], frame[column.title].iloc[place]
            text = table.column(column.title)[place].as_py()
            if isinstance(cell, results.Unbounded):
                assert from_frame == Decimal("-Infinity" if cell.low else "Infinity")
                assert text in ("无上界", "无下界")
            elif isinstance(cell, Fraction):
                assert Fraction(from_frame) == cell
                assert Fraction(text) == cell
            else:
                assert (from_frame or None, text or None) == (cell or None, cell or None)


BUNDLED = [
    ("haishu-2022", "haishu-demo", "haishu-applicants.csv"),
    ("yueqing-2022", "yueqing-demo", "yueqing-applicants.csv"),
]


@pytest.mark.parametrize(("policy_name", "assumed", "file"), BUNDLED)
def test_the_bundled_data_score_alike(policy_name: str, assumed: str, file: str):
    policy = load(policy_name, [assumed])
    path = ROOT / "policies" / "demo" / file
    day = date(2022, 6, 30)
    table = read_cases(policy, path, Reading(date=day))
    expected = results.score_table(policy, table, score_cases(policy, table), items=True)
    found = by_columns(policy, path, date=day)
    assert cells(found.table(items=True)) == cells(expected)


SCHEME = """
积分 people “测试” {
  满分 300 分
  事实 年龄：整数（岁），范围 0 岁 至 120 岁
  事实 社保月数：计数（月）
  事实 登记率：百分比，范围 0% 至 100%，到 1 位
  事实 纳税：小数（万元）
  事实 学历：有序 { 初中 < 高中 < 大专 < 本科 }
  事实 有证：是否
  事实 登记日期：日期
  组 共性 上限 200 分 {
    指标 年龄 上限 100 分 { 每 1 岁 年龄 加 1 分 }
    指标 社保 上限 60 分 { 每 1 个月 社保月数 加 0.5 分 }
    指标 纳税 上限 40 分 { 每 1 万元 纳税 加 2 分 }
  }
  组 个性 上限 100 分 {
    指标 学历 上限 10 分 { 按 学历 取分 { 本科 以上：10 分；大专：8 分；其他：2 分 } }
    指标 证 上限 5 分 { 有证：加 5 分 }
    指标 率 上限 10 分 { 登记率 达到 95%：加 10 分 }
    指标 早 上限 10 分 { 登记日期 早于 2020-01-01：加 10 分 }
  }
}
"""


@pytest.fixture(scope="module")
def people() -> pdl.Policy:
    return loads(SCHEME)


def random_people(rows: int, seed: int = 1) -> dict[str, Any]:
    draw = np.random.default_rng(seed)
    days = np.datetime64("2010-01-01") + draw.integers(0, 5000, rows)
    return {
        "编号": [f"N{i:07d}" for i in range(rows)],
        "年龄": draw.integers(0, 121, rows),
        "社保月数": draw.integers(0, 400, rows),
        "登记率": draw.integers(0, 1001, rows) / 10,
        "纳税": draw.integers(0, 2500, rows) / 100,
        "学历": np.array(["初中", "高中", "大专", "本科"], object)[draw.integers(0, 4, rows)],
        "有证": draw.integers(0, 2, rows).astype(bool),
        "登记日期": days.astype("datetime64[D]"),
    }


def test_types_of_columns_do_not_matter(people: pdl.Policy):
    """Floats, decimals, texts and narrow types: one population, one result."""
    plain = random_people(300)
    expected = by_columns(people, pd.DataFrame(plain)).frame()
    pd.testing.assert_frame_equal(expected, pdl.score(people, pd.DataFrame(plain), items=True)
                                  [expected.columns])  # fmt: skip
    texts = {k: [str(x) for x in v] for k, v in plain.items()} | {"有证": [
        "是" if x else "否" for x in plain["有证"]]}  # fmt: skip
    variants = {
        "texts": pa.table(texts),
        "dictionaries": pa.table({k: pa.array(v).dictionary_encode() for k, v in texts.items()}),
        "decimals": pa.table(plain | {
            "登记率": pa.array([Decimal(str(x)) for x in plain["登记率"]], pa.decimal128(20, 5)),
            "纳税": pa.array([Decimal(str(x)) for x in plain["纳税"]], pa.decimal256(50, 4)),
            "社保月数": pa.array(plain["社保月数"].astype(float)),
        }),
        "narrow": pa.table(plain | {
            "年龄": pa.array(plain["年龄"], pa.uint8()),
            "社保月数": pa.array(plain["社保月数"], pa.int16()),
            "登记率": pa.array(plain["登记率"], pa.float32()),
            "纳税": pa.array(plain["纳税"].astype("f4"), pa.float32()),
            "登记日期": pa.array(plain["登记日期"]).cast(pa.timestamp("us")),
        }),
        "views": pa.table(plain | {"学历": pa.array(plain["学历"]).cast(pa.string_view()),
                                   "编号": pa.array(plain["编号"]).cast(pa.large_string())}),
    }  # fmt: skip
    for name, table in variants.items():
        found = by_columns(people, table).frame().reset_index(drop=True)
        pd.testing.assert_frame_equal(found, expected, obj=name)


def test_the_order_of_rows_does_not_matter(people: pdl.Policy):
    frame = pd.DataFrame(random_people(500))
    mixed = frame.sample(frac=1, random_state=3)
    one = by_columns(people, frame).frame().set_index("编号")
    other = by_columns(people, mixed).frame().set_index("编号")
    pd.testing.assert_frame_equal(one, other.loc[one.index])


def test_what_the_api_gives(people: pdl.Policy):
    frame = pd.DataFrame(random_people(50)).set_index(pd.Index(range(100, 150)))
    found = pdl.score_columns(people, frame, engine="numpy")
    exact = pdl.score(people, frame)
    assert list(found.frame().index) == list(frame.index)
    assert list(found.frame()["得分"]) == list(exact["得分"])
    scaled = found.frame(scaled=True)
    assert [Fraction(int(x), scaled.attrs["scale"]) for x in scaled["得分"]] == [
        Fraction(x) for x in exact["得分"]
    ]
    tally = found.histogram()
    assert tally.persons == 50
    assert sum(int(points * 0 == 0) for points in exact["得分"]) == sum(
        low for _, low, _ in tally.rows()
    )
    assert found.score("N0000003").total.value == Fraction(exact["得分"].iloc[3])
    assert (
        found.reasons(3)
        == pdl.explain(people, {str(k): v for k, v in frame.iloc[3].items()}).score.reasons
    )
    with pytest.raises(pdl.PolicyError, match="D427"):
        found.reasons("N9")


def test_weights_count_persons_and_change_no_score(people: pdl.Policy):
    plain = random_people(20)
    weights = list(range(20))
    weighted = by_columns(people, pd.DataFrame({**plain, "权重": weights}))
    alone = by_columns(people, pd.DataFrame(plain))
    assert list(weighted.frame()["得分"]) == list(alone.frame()["得分"])
    assert weighted.histogram().persons == sum(weights)
    assert pdl.score(people, pd.DataFrame({**plain, "权重": weights})) is not None


def test_engines_agree(people: pdl.Policy):
    frame = pd.DataFrame(random_people(400))
    expected = pdl.score_columns(people, frame, engine="numpy").frame()
    pytest.importorskip("duckdb")
    found = pdl.score_columns(people, frame, engine="duckdb").frame()
    pd.testing.assert_frame_equal(found, expected)


def test_dates_of_assessment_by_row():
    policy = loads("""积分 t “t” { 事实 生日：日期 事实 岁：整数（岁） = 周岁（生日，评定日）
      指标 甲 { 每 1 岁 岁 加 1 分 } }""")
    rows: Rows = [
        {"编号": "a", "生日": "2000-05-01", "评定日": "2020-04-30"},
        {"编号": "b", "生日": "2000-05-01", "评定日": "2020-05-01"},
        {"编号": "c", "生日": "2000-05-01", "评定日": None},
        {"编号": "d", "生日": None, "评定日": "2020-05-01"},
    ]
    assert cells(by_columns(policy, rows).table(True)) == cells(exactly(policy, rows))
    same = [{**row, "评定日": "2021-01-01"} for row in rows]
    assert by_columns(policy, same).population.schema.date == date(2021, 1, 1)
    assert cells(by_columns(policy, same).table(True)) == cells(exactly(policy, same))


def test_households_in_any_order():
    policy = loads("""积分 t “t” { 事实 月：计数（月），范围 0 至 99 事实 证：是否
      指标 甲 { 每 1 个月 月 加 1 分 } 指标 乙 { 配偶 的 证：加 5 分 }
      指标 丙 { 每 1 个月 家庭合计（月） 加 1 分 } }""")
    rows: Rows = [
        {"编号": "1", "户号": "B", "角色": "子女", "月": 1, "证": None},
        {"编号": "2", "户号": "A", "角色": "本人", "月": 2, "证": "否"},
        {"编号": "3", "户号": "B", "角色": "本人", "月": 4, "证": "否"},
        {"编号": "4", "户号": "A", "角色": "配偶", "月": None, "证": "是"},
        {"编号": "5", "户号": "C", "角色": "applicant", "月": 8, "证": "否"},
        {"编号": "6", "户号": "B", "角色": "spouse", "月": 16, "证": None},
    ]
    found = by_columns(policy, rows)
    assert found.ids == ["3", "2", "5"]
    assert cells(found.table(True)) == cells(exactly(policy, rows))
    population = found.population
    assert population.household is not None
    assert population.spouse is not None
    assert population.applicant is not None
    assert population.household.tolist() == [0, 1, 0, 1, 2, 0]
    assert population.spouse.tolist() == [-1, 3, 5, 1, -1, 2]
    assert population.applicant.tolist() == [False, True, True, False, True, False]
    assert found.score("3").total.value == Fraction(4 + 21)


def test_tables_by_unit_and_entity():
    policy = loads(
        """考核 t “t” {
      附表 街道 对象 街道 满分 10 分 { 项 1 满分 10 分 { 事实 好：是否 非 好：扣 1 分 } }
      附表 部门 对象 部门 满分 20 分 {
        共同部分 共同 满分 10 分 { 项 1 满分 10 分 { 事实 次：计数（次），范围 0 至 9 次 每 1 次 次 扣 0.3 分 } }
        单位 公安 满分 10 分 { 项 1 满分 10 分 { 每 1 次 次 扣 1/8 分 } }
        单位 教育 满分 10 分 { 项 1 满分 10 分 { 次 超过 3 次：酌情扣分 } } }
    }""".replace("1/8", "0.125")
    )
    rows: Rows = [
        {"编号": "a", "对象": "街道", "单位": None, "好": "否", "次": 4},
        {"编号": "b", "对象": "部门", "单位": "教育", "好": None, "次": 4},
        {"编号": "c", "对象": "部门", "单位": "公安", "好": None, "次": 4},
        {"编号": "d", "对象": None, "单位": "教育", "好": None, "次": 1},
        {"编号": "e", "对象": None, "单位": None, "好": "是", "次": None},
    ]
    found = by_columns(policy, rows)
    assert cells(found.table(True)) == cells(exactly(policy, rows))
    assert found.scale == 40
