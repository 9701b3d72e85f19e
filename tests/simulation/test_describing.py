"""A drafter's own table: what is understood of it, what is missing, and how it is mapped."""

from __future__ import annotations

from pathlib import Path

import pytest

from policydsl.language.diagnostics import PolicyError
from policydsl.model import loading
from policydsl.model.policy import Policy
from policydsl.scoring.mapping import parse_mapping, read_mapping
from policydsl.scoring.tables import Reading, read_cases, score_cases
from policydsl.simulation.describing import Description, describe, template

DEMO = Path(__file__).resolve().parents[2] / "policies" / "demo"

OWN = """登记号,家庭号,身份,年龄,学历,参保月数,居住月数,备注,住房类型,居住登记日期
1,A,本人,34,中专,30,48,老户,合法租赁,2018-06-01
2,A,配偶,x,本科,700,40,,租房,2019-02-03
3,B,本人,129,初中,,12,,宿舍,
"""


@pytest.fixture(scope="module")
def policy() -> Policy:
    return loading.load("yueqing-2022", ["yueqing-demo"])


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.csv"
    path.write_text(OWN, encoding="utf-8")
    return path


def facts(found: Description) -> dict[str, object]:
    return {column.fact.name: column for column in found.columns}


def test_what_is_there_and_what_is_not(policy: Policy, own: Path):
    found = describe(policy, own)
    assert found.rows == 3
    assert not found.ok
    assert list(facts(found)) == ["年龄", "居住月数", "住房类型", "居住登记日期"]
    unknown = {u.title: u.near for u in found.unknown}
    assert list(unknown) == ["登记号", "家庭号", "身份", "学历", "参保月数", "备注"]
    assert unknown["参保月数"] == "社保月数"
    assert found.unknown[3].examples == ("中专", "本科", "初中")
    absent = {a.fact.name: a for a in found.absent}
    assert absent["社保月数"].near == "参保月数"
    assert {"文化程度", "持有居住证", "失信被执行人"} <= set(absent)
    # nothing that the policy does not read
    assert "年度借阅册数" not in absent


def test_cells_that_cannot_be_taken_are_named_by_row_and_column(policy: Policy, own: Path):
    problems = {
        (p.code, p.details.get("row"), p.details.get("column"))
        for p in describe(policy, own).problems
    }
    assert ("D401", "3", "年龄") in problems
    assert ("D402", "4", "年龄") in problems
    assert ("D403", "3", "住房类型") in problems
    assert ("D404", None, "学历") in problems


def test_distributions(policy: Policy):
    found = describe(policy, DEMO / "yueqing-applicants.csv")
    assert found.ok
    assert found.unknown == ()
    columns = {column.fact.name: column for column in found.columns}
    age = columns["年龄"]
    assert age.given + age.missing == found.rows == 109
    assert [int(x) for x in age.quantiles] == sorted(int(x) for x in age.quantiles)
    assert sum(count for _, count in columns["文化程度"].values) == columns["文化程度"].given
    # an enumeration in its own order
    order = [value for value, _ in columns["文化程度"].values]
    assert order == [v for v in policy.facts["文化程度"].values if v in order]
    assert columns["居住登记日期"].mean is None
    assert columns["居住登记日期"].quantiles[0] < columns["居住登记日期"].quantiles[-1]


def test_quartiles_and_mean(policy: Policy, tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text("年龄\n" + "\n".join(["20", "30", "40", "50", "20"]), encoding="utf-8")
    (column,) = describe(policy, path).columns
    assert column.quantiles == ("20", "20", "30", "40", "50")
    assert column.mean == 32


def test_the_template_is_a_mapping_that_leaves_open_what_nobody_can_know(policy: Policy, own: Path):
    text = template(describe(policy, own))
    assert '"参保月数" = "社保月数"  # 待确认' in text
    assert '"租房" = "？"' in text
    mapping = parse_mapping(text)
    assert mapping.columns["参保月数"] == "社保月数"
    # what is open changes nothing: the table is as wrong as before
    found = describe(policy, own, Reading(mapping=mapping))
    assert ("D403", "租房") in {(p.code, p.details.get("value")) for p in found.problems}


MAPPING = """
[列]
登记号 = "编号"
家庭号 = "户号"
身份 = "角色"
学历 = "文化程度"
参保月数 = "社保月数"
备注 = ""

[值.文化程度]
中专 = "高中"
[值.住房类型]
租房 = "合法租赁"
[值.年龄]
x = "33"
129 = ""
[值.社保月数]
700 = "70"
"""


def test_a_table_is_scored_by_its_mapping(policy: Policy, own: Path, tmp_path: Path):
    path = tmp_path / "map.toml"
    path.write_text(MAPPING, encoding="utf-8")
    mapping = read_mapping(path)
    found = describe(policy, own, Reading(mapping=mapping))
    assert found.ok
    assert [kind for _, kind in found.other] == ["id", "household", "role"]
    table = read_cases(policy, own, Reading(mapping=mapping))
    first = table.cases[0]
    assert (first.id, first.household, first.facts["文化程度"]) == ("1", "A", "高中")
    assert first.spouse is not None
    assert (first.spouse.facts["年龄"], first.spouse.facts["社保月数"]) == (33, 70)
    assert "年龄" not in table.cases[1].facts
    assert len(score_cases(policy, table)) == 2
    # a template keeps what is decided
    again = parse_mapping(template(found, mapping))
    assert (again.columns, again.values) == (mapping.columns, mapping.values)


@pytest.mark.parametrize(("code", "text"), [
    ("D450", "[列"),
    ("D451", '[栏]\n学历 = "文化程度"'),
    ("D453", "[列]\n学历 = 3"),
    ("D453", "列 = 3"),
    ("D459", '[列]\n"学历" = "文化程度"\n"学历 " = "年龄"'),
])  # fmt: skip
def test_mistakes_in_a_mapping(code: str, text: str):
    with pytest.raises(PolicyError) as caught:
        parse_mapping(text)
    assert [d.code for d in caught.value.diagnostics] == [code]


def test_a_column_that_the_table_lacks(policy: Policy, own: Path):
    mapping = parse_mapping('[列]\n学力 = "文化程度"', "map.toml")
    with pytest.raises(PolicyError) as caught:
        read_cases(policy, own, Reading(mapping=mapping))
    problem = next(d for d in caught.value.diagnostics if d.code == "D469")
    assert problem.message("zh") == "列对照：列 “学力”不在数据表里。是否应为“学历”？"


def test_a_file_that_cannot_be_read_is_an_error(policy: Policy, tmp_path: Path):
    with pytest.raises(PolicyError) as caught:
        describe(policy, tmp_path / "none.csv")
    assert [d.code for d in caught.value.diagnostics] == ["D429"]
