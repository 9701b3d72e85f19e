"""How cells differ, and what the same measure is held to."""

from __future__ import annotations

import pytest
from tests.comparison.desk import assessment, scheme

from policydsl.comparison.comparing import Comparison, compare
from policydsl.comparison.structure import area_of


def kinds(made: Comparison, key: str) -> list[str]:
    return [each.kind for each in made.differences[key]]


def pair(one: str, other: str) -> Comparison:
    return compare([scheme("jia", one), scheme("yi", other)])


AGE = "指标 年龄 上限 20 分 概念 年龄 {{ {} }}"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (AGE.format("年龄 不超过 40 岁：加 20 分"), AGE.format("年龄 不超过 40 岁：加 20 分"), []),
        (AGE.format("年龄 不超过 40 岁：加 20 分"), AGE.format("年龄 不超过 35 岁：加 20 分"),
         ["threshold"]),
        (AGE.format("年龄 不超过 40 岁：加 20 分"), AGE.format("年龄 不超过 40 岁：加 15 分"), ["rate"]),
        (AGE.format("年龄 不超过 40 岁：加 20 分"),
         AGE.format("年龄 不超过 40 岁：加 20 分").replace("上限 20", "上限 30"), ["points"]),
        (AGE.format("达标：加 20 分"), AGE.format("起评 20 分 未达标 达标：扣 20 分"),
         ["rate", "mechanism", "direction"]),
        (AGE.format("达标：加 20 分"), AGE.format("未载明"), ["open"]),
        (AGE.format("未载明"), AGE.format("未载明"), []),
        (AGE.format("达标：加 20 分"), "指标 别的 上限 5 分 概念 公益 { 达标：加 5 分 }", ["gap"]),
        (AGE.format("每 1 个月 社保月数 加 0.5 分，最高 20 分"),
         AGE.format("每 1 个月 社保月数 加 0.4 分，最高 20 分"), ["rate", "threshold"]),
        (AGE.format("达标：加 20 分"), AGE.format("达标：酌情加分"), ["rate", "mechanism"]),
    ],
)  # fmt: skip
def test_differences_are_marked_by_kind(one: str, other: str, expected: list[str]):
    assert kinds(pair(one, other), "年龄") == expected


def test_points_of_schemes_with_other_totals_are_compared_by_their_share():
    made = compare([
        scheme("jia", AGE.format("达标：加 20 分"), 100),
        scheme("yi", AGE.format("达标：加 20 分"), 200),
    ])  # fmt: skip
    assert made.currencies
    assert kinds(made, "年龄") == ["share"]
    assert made.differences["年龄"][0].values == (("20%", "20%"), ("10%", "10%"))


def test_a_matter_that_is_counted_within_another_is_no_plain_gap():
    from policydsl.comparison.cells import row_cell

    made = compare(["haishu-2022", "yueqing-2022"], assume=["haishu-demo", "yueqing-demo"])
    cell = row_cell(made.row("献血"), made.schemes[1], "zh")
    assert [line.text for line in cell][:2] == ["—— 没有这一项 ——", "不单列，在“社会公益”里计"]


@pytest.mark.parametrize(
    ("words", "area"),
    [("全省", "province"), ("全市", "city"), ("仅限海曙区", "district"), (None, ""),
     ("长三角", "other"), ("本区", "district")],
)  # fmt: skip
def test_where_points_count(words: str | None, area: str):
    assert area_of(words) == area


# -- thresholds


def test_what_is_deducted_below_and_a_target_demand_the_same():
    made = compare([
        assessment("jia", "项 1 登记 满分 100 分 { 登记率 低于 95%：每 1 个百分点 扣 2 分 }"),
        assessment("yi", "项 1 登记 满分 100 分 { 达标：加 1 分 目标 登记率 达到 95% }"),
    ])  # fmt: skip
    (row,) = [m for m in made.measures if m.documents == 2]
    assert row.key == "登记率"
    assert row.verdict == "same"
    assert [[t.shown()[0] for t in cell] for cell in row.cells] == [["≥95%"], ["≥95%"]]
    assert [[t.worth for t in cell] for cell in row.cells] == [["priced"], ["target"]]


BEILUN = ("beilun-departments", "beilun-centre-older", "yinzhou-workplan-2023")


@pytest.fixture(scope="module")
def duties() -> Comparison:
    return compare(list(BEILUN))


@pytest.mark.parametrize(
    ("measure", "cells", "verdict"),
    [
        ("出租房屋登记率", [["≥95%"], ["≥95%"], ["≥95%"]], "same"),
        ("流动人口信息登记率", [["≥95%"], ["≥90%", "≥90%"], ["≥95%"]], "different"),
        ("信息准确率", [["≥90%"], ["≥90%", "≥90%"], ["≥95%"]], "different"),
        ("孕产妇保健覆盖率", [["≥95%"], ["≥90%", "≥70%"], ["≥94%"]], "different"),
        ("教育培训占比", [["≥12%"], ["≥12%", "≥12%"], []], "same"),
        ("职业技能培训", [["≥1万人"], ["≥1.2万人"], ["≥4万人次"]], "different"),
        ("高技能人才", [[], ["≥8000人"], ["≥9000人"]], "different"),
        ("公办学校接纳率", [[], ["≥80%"], ["≥100%"]], "different"),
        ("网上申报率", [["≥50%"], [], []], "single"),
    ],
)
def test_the_thresholds_of_three_documents(duties: Comparison, measure, cells, verdict):
    row = next(m for m in duties.measures if m.key == measure)
    assert [[t.shown()[0] for t in cell] for cell in row.cells] == cells
    assert row.verdict == verdict


def test_persons_and_attendances_are_not_measured_alike(duties: Comparison):
    row = next(m for m in duties.measures if m.key == "职业技能培训")
    assert [row.alike(cell[0]) for cell in row.cells] == [True, True, False]


def test_every_threshold_and_every_cell_has_its_source(duties: Comparison):
    assert all(t.element.locator for m in duties.measures for c in m.cells for t in c)
    assert all(m.element.locator for row in duties.rows for m in row.members)


def test_measures_without_a_concept_meet_by_name_or_as_a_proposal():
    one = assessment("jia", """
      事实 培训课时：整数（课时）
      事实 租赁备案率：百分比
      项 1 甲 满分 50 分 { 培训课时 不足 4 课时：扣 5 分 }
      项 2 乙 满分 50 分 { 租赁备案率 低于 90%：扣 5 分 }
    """)  # fmt: skip
    other = assessment("yi", """
      事实 培训课时：整数（课时）
      事实 房屋租赁备案率：百分比
      项 1 甲 满分 50 分 { 培训课时 不足 6 课时：扣 5 分 }
      项 2 乙 满分 50 分 { 房屋租赁备案率 低于 90%：扣 5 分 }
    """)  # fmt: skip
    made = compare([one, other])
    shared = {m.title: m for m in made.measures if m.documents == 2}
    assert [x.how for x in shared["培训课时"].links] == ["name"]
    assert [x.how for x in shared["租赁备案率"].links] == ["proposed"]
    assert shared["培训课时"].verdict == "different"
    assert ("jia#租赁备案率", "yi#房屋租赁备案率") in [keys for _, keys in made.proposals()]
