"""Tables as an office sends them: what is read, and what is refused with its row and column."""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.model import Policy, loads
from policydsl.scoring.cases import APPLICANT, SPOUSE, Case
from policydsl.scoring.cells import value_of
from policydsl.scoring.exact import Evaluator
from policydsl.scoring.formats import Limits, Problems, read_table
from policydsl.scoring.tables import (
    CaseTable,
    Reading,
    cases_from_frame,
    cases_from_records,
    facts_read,
    read_cases,
    score_cases,
)

SCHEME = """
积分 people “测试” {
  事实 年龄：整数（岁），范围 0 岁 至 120 岁，英文 “age”
  事实 社保月数：计数（月），英文 “months insured”
  事实 登记率：百分比，范围 0% 至 100%
  事实 纳税：小数（万元），到 2 位
  事实 学历：有序 { 初中 < 高中 < 大专 < 本科 }
  事实 有证：是否
  事实 登记日期：日期
  事实 次数：计数
  指标 年龄 上限 100 分 { 每 1 岁 年龄 加 1 分 }
  指标 社保 上限 100 分 { 每 1 个月 社保月数 加 0.5 分 }
  指标 表现 上限 10 分 { 有证：酌情加分 }
  指标 家人 上限 10 分 { 配偶 的 有证：加 3 分 }
}
"""
ASSESSMENT = """
考核 units “测试” {
  事实 出租房屋登记率：百分比
  事实 未落实数：计数（项），缺失 必填
  事实 别处：计数（项），缺失 必填
  共同部分 基础 满分 30 分 { 项 1 满分 30 分 { 每 1 项 未落实数 扣 5 分 } }
  单位 公安分局 满分 70 分 { 项 1 满分 70 分 { 出租房屋登记率 低于 95%：扣 10 分 } }
  单位 教育局 满分 70 分 { 项 1 满分 70 分 { 每 1 项 别处 扣 10 分 } }
}
"""
SCHEDULES = """
考核 parts “测试” {
  附表 街道 对象 街道 满分 10 分 { 项 1 满分 10 分 { 事实 好：是否 非 好：扣 1 分 } }
  附表 部门 对象 部门 满分 20 分 { 项 1 满分 20 分 { 事实 快：是否 非 快：扣 1 分 } }
}
"""


@pytest.fixture(scope="module")
def people() -> Policy:
    return loads(SCHEME)


@pytest.fixture(scope="module")
def units() -> Policy:
    return loads(ASSESSMENT)


def csv_file(folder: Path, text: str, name: str = "表.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def problems(error: pytest.ExceptionInfo[PolicyError]) -> list[Diagnostic]:
    return error.value.diagnostics


def codes(error: pytest.ExceptionInfo[PolicyError]) -> list[str]:
    return [problem.code for problem in problems(error)]


def refused(
    policy: Policy, path: Path, reading: Reading | None = None, judgements: Path | None = None
) -> list[Diagnostic]:
    """The problems of a table; each has both wordings and a remedy."""
    with pytest.raises(PolicyError) as error:
        read_cases(policy, path, reading or Reading(), judgements)
    for problem in problems(error):
        for language in ("zh", "en"):
            assert "{" not in problem.message(language) + problem.remedy(language)
            assert problem.remedy(language)
    return problems(error)


def facts_of(table: CaseTable) -> list[dict[str, object]]:
    return [dict(case.facts) for case in table.cases]


# -- what is read


def test_a_table_with_every_kind_of_value(people: Policy, tmp_path: Path):
    path = csv_file(
        tmp_path,
        "编号,姓名,年龄,社保月数,登记率,纳税,学历,有证,登记日期,次数,评定日,评定:表现\n"
        "A1,王某,34 岁,30 个月,93.5%,\"1,234.50\",大专,是,2022年4月6日,3 次,2022-06-30,2.5\n"
        "A2,李某,５２,30月,93.5,0.07,本科,no,20220406,3,,\n"
        "A3,,,,,,,,,,,\n",
    )  # fmt: skip
    table = read_cases(people, path, Reading(date=date(2022, 1, 1)))
    first, second, third = table.cases
    assert first.facts == {
        "年龄": Fraction(34), "社保月数": Fraction(30), "登记率": Fraction("93.5"),
        "纳税": Fraction("1234.5"), "学历": "大专", "有证": True,
        "登记日期": date(2022, 4, 6), "次数": Fraction(3),
    }  # fmt: skip
    assert first.judgements == {"表现": Fraction("2.5")}
    assert first.date == date(2022, 6, 30)
    assert second.facts["年龄"] == 52
    assert second.facts["登记率"] == Fraction("93.5")
    assert second.facts["纳税"] == Fraction(7, 100)
    assert second.facts["有证"] is False
    assert second.facts["登记日期"] == date(2022, 4, 6)
    assert second.date == date(2022, 1, 1)
    assert (third.facts, third.judgements) == ({}, {})
    assert table.labels == {"A1": "王某", "A2": "李某"}
    assert table.rows == {"A1": "2", "A2": "3", "A3": "4"}


def test_columns_by_english_label_full_width_and_unit(people: Policy, tmp_path: Path):
    path = csv_file(tmp_path, "ＩＤ,age,Months_Insured,次数（次）,评定：表现\n1,30,12,2,1\n")
    (case,) = read_cases(people, path).cases
    assert case.facts == {"年龄": 30, "社保月数": 12, "次数": 2}
    assert case.judgements == {"表现": 1}
    assert case.id == "1"


def test_row_numbers_stand_in_for_ids_and_blank_rows_are_no_cases(people: Policy, tmp_path: Path):
    path = csv_file(tmp_path, "年龄,学历\n30,高中\n,\n\n31,本科\n")
    assert [case.id for case in read_cases(people, path).cases] == ["2", "5"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.tsv", "编号\t年龄\nA\t30\n"),
        ("a.csv", "编号;年龄\nA;30\n"),
        ("a.csv", "编号\t年龄\r\nA\t30\r\n"),
        ("a.csv", "\ufeff编号,年龄\nA,30\n"),
    ],
)
def test_separators_and_marks(people: Policy, tmp_path: Path, name: str, text: str):
    assert facts_of(read_cases(people, csv_file(tmp_path, text, name))) == [{"年龄": 30}]


def test_other_encodings_when_asked_for(people: Policy, tmp_path: Path):
    path = csv_file(tmp_path, "编号,年龄,学历\n甲,30,高中\n", encoding="gb18030")
    (case,) = read_cases(people, path, Reading(encoding="gb18030")).cases
    assert (case.id, case.facts["学历"]) == ("甲", "高中")


def test_ignored_columns_are_left_aside(people: Policy, tmp_path: Path):
    path = csv_file(tmp_path, "编号,年龄,备注\nA,30,很好\n")
    assert facts_of(read_cases(people, path, Reading(("备注",)))) == [{"年龄": 30}]


def test_rows_of_a_household_are_one_case(people: Policy, tmp_path: Path):
    path = csv_file(
        tmp_path,
        "编号,户号,角色,年龄,有证\n"
        "1,H1,配偶,30,是\n2,H1,本人,34,否\n3,H1,子女,6,\n4,H2,applicant,50,\n",
    )
    first, second = read_cases(people, path).cases
    assert (first.id, first.household, second.id) == ("2", "H1", "4")
    assert [member.role for member in first.members] == [SPOUSE, "子女"]
    assert first.spouse is not None
    assert first.spouse.facts == {"年龄": 30, "有证": True}
    assert second.members == ()
    score = Evaluator(people).score(first)
    assert score.parts["家人"].value == 3


def test_json_keeps_decimals_members_and_judgements(people: Policy, tmp_path: Path):
    path = tmp_path / "表.json"
    path.write_text(
        '[{"编号": "A", "登记率": 93.10, "纳税": 0.07, "有证": true, "评定": {"表现": 1.5},'
        ' "成员": [{"角色": "配偶", "年龄": 30, "有证": "是"}]},'
        ' {"编号": "B", "年龄": null, "社保月数": 12}]',
        "utf-8",
    )
    first, second = read_cases(people, path).cases
    assert first.facts == {"登记率": Fraction("93.1"), "纳税": Fraction("0.07"), "有证": True}
    assert first.judgements == {"表现": Fraction(3, 2)}
    assert first.spouse is not None
    assert first.spouse.facts == {"年龄": 30, "有证": True}
    assert second.facts == {"社保月数": 12}


def workbook(path: Path, rows: Iterable[Iterable[object]]) -> Any:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))  # type: ignore[union-attr]
    book.save(path)
    return book


def test_excel_values_are_what_a_person_sees(people: Policy, tmp_path: Path):
    path = tmp_path / "表.xlsx"
    book = workbook(
        path,
        [
            ["编号", "年龄", "登记率", "纳税", "登记日期", "有证"],
            [1, 34, 0.935, 0.07, datetime(2022, 4, 6), True],
            [2.0, "34岁", 93.5, 2.35, date(2022, 4, 6), "否"],
        ],
    )
    book.active["C2"].number_format = "0.0%"
    # what a formula makes of 0.1 + 0.2; Excel shows and keeps 0.3
    book.active.append([3, None, 0.1 + 0.2, None, None, None])
    book.save(path)
    cases = read_cases(people, path).cases
    assert [case.id for case in cases] == ["1", "2", "3"]
    for case in cases[:2]:
        assert case.facts["年龄"] == 34
        assert case.facts["登记率"] == Fraction("93.5")
        assert case.facts["登记日期"] == date(2022, 4, 6)
    assert [case.facts["纳税"] for case in cases[:2]] == [Fraction("0.07"), Fraction("2.35")]
    assert cases[2].facts == {"登记率": Fraction("0.3")}


def test_excel_sheet_by_name(people: Policy, tmp_path: Path):
    path = tmp_path / "表.xlsx"
    book = workbook(path, [["说明"], ["第二张才是数据"]])
    sheet = book.create_sheet("数据")
    sheet.append(["编号", "年龄"])
    sheet.append(["A", 30])
    book.save(path)
    assert facts_of(read_cases(people, path, Reading(sheet="数据"))) == [{"年龄": 30}]


def test_parquet_keeps_decimals(people: Policy, tmp_path: Path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "表.parquet"
    table = pa.table(
        {
            "编号": ["A", "B"],
            "年龄": pa.array([34, None], pa.int16()),
            "登记率": pa.array([93.1, 0.3], pa.float32()),
            "纳税": pa.array([Decimal("0.07"), Decimal("1.20")], pa.decimal128(9, 2)),
            "有证": [True, None],
            "登记日期": pa.array([date(2022, 4, 6), None]),
            "学历": pa.array(["高中", None]).dictionary_encode(),
            "__index_level_0__": [0, 1],
        }
    )
    pq.write_table(table, path)
    first, second = read_cases(people, path).cases
    assert first.facts == {
        "年龄": 34, "登记率": Fraction("93.1"), "纳税": Fraction("0.07"), "有证": True,
        "登记日期": date(2022, 4, 6), "学历": "高中",
    }  # fmt: skip
    assert second.facts == {"登记率": Fraction("0.3"), "纳税": Fraction("1.2")}


def test_frames_use_the_index_and_take_na_for_missing(people: Policy):
    frame = pd.DataFrame(
        {
            "年龄": pd.array([34, None], dtype="Int64"),
            "登记率": [93.1, math.nan],
            "登记日期": [pd.Timestamp("2022-04-06"), pd.NaT],
            "学历": pd.Categorical(["高中", None]),
        },
        index=["甲", "乙"],
    )
    first, second = cases_from_frame(people, frame).cases
    assert (first.id, second.id) == ("甲", "乙")
    assert first.facts == {
        "年龄": 34, "登记率": Fraction("93.1"), "登记日期": date(2022, 4, 6), "学历": "高中",
    }  # fmt: skip
    assert second.facts == {}


@given(st.decimals(0, 100, places=4))
def test_percentages_are_exact_in_any_spelling(value: Decimal):
    fact = loads(SCHEME).facts["登记率"] if not _FACT else _FACT[0]
    _FACT[:] = [fact]
    exact = Fraction(value)
    for spelling in (f"{value:f}", f"{value:f}%", value, float(value), f" {value:f} ％"):
        assert value_of(fact, spelling) == exact


_FACT: list[Any] = []


# -- what is refused, by code


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("年龄", "三十"), ("年龄", "3.5"), ("年龄", "1e3"), ("年龄", "NaN"), ("年龄", "inf"),
        ("年龄", "30 头"), ("年龄", "9" * 70), ("年龄", "1,23"), ("次数", "0x10"),
        ("纳税", "1.234"), ("有证", "有"), ("有证", "2"), ("有证", "√"),
        ("登记日期", "2022-02-30"), ("登记日期", "44657"), ("登记日期", "昨天"),
        ("登记日期", "2022-04-06 08:30"), ("评定日", "x"), ("评定:表现", "两分"),
    ],
)  # fmt: skip
def test_d401_wrong_type(people: Policy, tmp_path: Path, column: str, value: str):
    path = csv_file(tmp_path, f'编号,{column}\nA,\nB,"{value}"\n')
    (problem,) = refused(people, path)
    assert problem.code == "D401"
    assert "第 3 行" in problem.message("zh")
    assert column in problem.message("zh")
    assert "Row 3" in problem.message("en")
    assert str(path) in problem.render()


@pytest.mark.parametrize("value", [math.inf, math.nan, 10**80, True, [1], {"a": 1}])
def test_d401_values_that_are_no_numbers(people: Policy, value: object):
    with pytest.raises(PolicyError) as error:
        cases_from_records(people, [{"编号": "A", "年龄": value}])
    assert codes(error) == ["D401"]


def test_d401_nan_in_parquet_is_not_a_missing_value(people: Policy, tmp_path: Path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "表.parquet"
    pq.write_table(pa.table({"年龄": pa.array([30.0, math.nan, None])}), path)
    (problem,) = refused(people, path)
    assert (problem.code, problem.details["row"]) == ("D401", "2")


@pytest.mark.parametrize(
    ("column", "value"), [("年龄", "121"), ("年龄", "-1"), ("登记率", "100.01%"), ("次数", "-2")]
)
def test_d402_out_of_range(people: Policy, tmp_path: Path, column: str, value: str):
    (problem,) = refused(people, csv_file(tmp_path, f"编号,{column}\nA,{value}\n"))
    assert problem.code == "D402"


def test_d402_says_the_range(people: Policy, tmp_path: Path):
    (problem,) = refused(people, csv_file(tmp_path, "编号,年龄\nA,121\n"))
    assert "0～120 岁" in problem.message("zh")


def test_d403_unknown_value_with_the_nearest(people: Policy, tmp_path: Path):
    (problem,) = refused(people, csv_file(tmp_path, "编号,学历\nA,大專\n"))
    assert problem.code == "D403"
    assert "大专" in problem.message("zh")
    (problem,) = refused(people, csv_file(tmp_path, "编号,学历\nA,高\n"))
    assert "是否应为“高中”" in problem.message("zh")


def test_d404_unknown_column_with_the_nearest(people: Policy, tmp_path: Path):
    (problem,) = refused(people, csv_file(tmp_path, "编号,年令,年龄\nA,1,1\n"))
    assert problem.code == "D404"
    assert "是否应为“年龄”" in problem.message("zh")
    assert "--ignore" in problem.remedy("zh")


def test_d405_required_facts_and_ids(units: Policy, people: Policy, tmp_path: Path):
    path = csv_file(tmp_path, "编号,单位,未落实数,别处\nA,公安分局,,\nB,教育局,1,\nC,公安分局,1,\n")
    found = [(p.details["row"], p.details["column"]) for p in refused(units, path)]
    # 别处 is required too, but only 教育局 is scored by it
    assert found == [("2", "未落实数"), ("3", "别处")]
    (problem,) = refused(people, csv_file(tmp_path, "编号,年龄\n,30\n"))
    assert (problem.code, problem.details["column"]) == ("D405", "编号")


def test_d405_required_of_the_spouse(tmp_path: Path):
    policy = loads(
        "积分 x { 事实 证：是否，缺失 必填 指标 a 上限 5 分 { 配偶 的 证：加 5 分 } }"
    )  # fmt: skip
    path = csv_file(tmp_path, "编号,户号,角色,证\n1,H,本人,\n2,H,配偶,\n3,I,本人,\n")
    (problem,) = refused(policy, path)
    assert (problem.code, problem.details["column"]) == ("D405", "配偶的证")


def test_facts_read_follows_derived_facts_and_leaves_other_units_out(units: Policy):
    (root,) = units.roots
    assert facts_read(units, root, "公安分局") == {("未落实数", "self"), ("出租房屋登记率", "self")}
    policy = loads(
        "积分 x { 事实 生日：日期 事实 年龄：整数（岁） = 周岁（生日，评定日）"
        " 指标 a 上限 9 分 { 年龄 不足 18 岁：加 1 分 } }"
    )
    read = {name for name, _ in facts_read(policy, policy.roots[0], None)}
    assert {"年龄", "生日"} <= read


def test_d406_ids_twice(people: Policy, tmp_path: Path):
    (problem,) = refused(people, csv_file(tmp_path, "编号,年龄\nA,1\nB,1\nA,2\n"))
    assert problem.code == "D406"
    assert (problem.details["row"], problem.details["other"]) == ("4", "2")
    frame = pd.DataFrame({"年龄": [1, 2]}, index=["x", "x"])
    with pytest.raises(PolicyError) as error:
        cases_from_frame(people, frame)
    assert codes(error) == ["D406"]


def zip_without_workbook(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "x")


def truncated_parquet(path: Path) -> None:
    pd.DataFrame({"年龄": range(1000)}).to_parquet(path)
    path.write_bytes(path.read_bytes()[:-200])


def cut_in_the_middle(path: Path) -> None:
    workbook(path, [["编号", "年龄"], *([str(i), i % 100] for i in range(500))])
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a.xlsx", lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old xls")),
        ("b.xlsx", lambda path: path.write_text("编号,年龄", "utf-8")),
        ("c.xlsx", zip_without_workbook),
        ("d.xlsx", cut_in_the_middle),
        ("a.parquet", truncated_parquet),
        ("b.parquet", lambda path: path.write_bytes(b"PAR1")),
        ("c.parquet", lambda path: path.write_bytes(b"")),
        ("a.json", lambda path: path.write_text('[{"编号": "A"', "utf-8")),
        ("b.json", lambda path: path.write_text("[" * 100_000, "utf-8")),
        ("c.json", lambda path: path.write_text('{"cases": [{"编号": 1}]}', "utf-8")),
        ("d.json", lambda path: path.write_text("[1, 2]", "utf-8")),
        ("e.json", lambda path: path.write_text('[{"编号": "A", "成员": [3]}]', "utf-8")),
        ("f.json", lambda path: path.write_bytes(b"\x81\xff\xfe\x00")),
        ("a.csv", lambda path: path.write_bytes("编号,年龄\nA,\0\n".encode())),
        ("b.csv", lambda path: path.write_text('编号,年龄\nA,"3\n', "utf-8")),
        ("c.csv", lambda path: path.write_text(f"编号,年龄\nA,{'9' * 200_000}\n", "utf-8")),
        ("d.csv", lambda path: path.write_bytes(bytes(range(1, 256)))),
        ("e.csv", lambda path: path.mkdir()),
    ],
)
def test_d407_unreadable(people: Policy, tmp_path: Path, name: str, make: Any):
    path = tmp_path / name
    make(path)
    (problem,) = refused(people, path)
    assert problem.code == "D407"


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.csv", ""), ("a.csv", "编号,年龄\n"), ("a.csv", "编号,年龄\n,\n\n"), ("a.json", "[]")],
)
def test_d408_no_rows(people: Policy, tmp_path: Path, name: str, text: str):
    (problem,) = refused(people, csv_file(tmp_path, text, name))
    assert problem.code == "D408"


def test_d408_empty_workbook(people: Policy, tmp_path: Path):
    path = tmp_path / "a.xlsx"
    workbook(path, [])
    (problem,) = refused(people, path)
    assert problem.code == "D408"


def test_d409_unknown_unit_with_the_nearest(units: Policy, tmp_path: Path):
    (problem,) = refused(units, csv_file(tmp_path, "编号,单位,未落实数\nA,公安局,1\n"))
    assert problem.code == "D409"
    assert "公安分局" in problem.message("zh")


@pytest.mark.parametrize("head", ["编号,年龄,年龄", "编号,年龄,age", "编号,id,年龄"])
def test_d410_column_twice(people: Policy, tmp_path: Path, head: str):
    (problem,) = refused(people, csv_file(tmp_path, f"{head}\n1,2,2\n"))
    assert problem.code == "D410"


def test_d410_key_twice(people: Policy, tmp_path: Path):
    (problem,) = refused(people, csv_file(tmp_path, '[{"年龄": 1, "年龄": 2}]', "a.json"))
    assert problem.code == "D410"


def test_d411_judgement_of_no_clause(people: Policy, tmp_path: Path):
    (problem,) = refused(people, csv_file(tmp_path, "编号,评定:表演\nA,1\n"))
    assert problem.code == "D411"
    assert "表现" in problem.message("zh")


@pytest.mark.parametrize("roles", [("配偶", "子女"), ("本人", "本人")])
def test_d412_one_applicant_in_a_household(people: Policy, tmp_path: Path, roles: tuple[str, str]):
    rows = "".join(f"{i},H,{role},30\n" for i, role in enumerate(roles))
    (problem,) = refused(people, csv_file(tmp_path, f"编号,户号,角色,年龄\n{rows}"))
    assert problem.code == "D412"
    assert problem.details["count"] == roles.count(APPLICANT)


def test_d413_other_formats(people: Policy, tmp_path: Path):
    for name in ("a.xls", "a.txt", "a"):
        (problem,) = refused(people, csv_file(tmp_path, "编号,年龄\nA,1\n", name))
        assert problem.code == "D413"


def test_d414_no_unit(units: Policy, tmp_path: Path):
    (problem,) = refused(units, csv_file(tmp_path, "编号,单位,未落实数\nA,,1\n"))
    assert (problem.code, problem.details["row"]) == ("D414", "2")


def test_d415_parquet_without_its_component(
    people: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1")
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
    (problem,) = refused(people, path)
    assert problem.code == "D415"
    assert "policydsl[parquet]" in problem.remedy("zh")


@pytest.mark.parametrize(
    ("encoding", "named"), [("gbk", "GBK"), ("big5", "Big5"), ("utf-16", "UTF-16")]
)
def test_d416_encoding_is_named(people: Policy, tmp_path: Path, encoding: str, named: str):
    text = "编号,年龄,學歷\n張三,30,高中畢業\n" if encoding == "big5" else "编号,年龄\n张三,30\n"
    text = text.replace("编号", "編號").replace("年龄", "年齡") if encoding == "big5" else text
    (problem,) = refused(people, csv_file(tmp_path, text, encoding=encoding))
    assert problem.code in ("D416",)
    # Big5 text may also be a text of GB 18030: some encoding is named, and it is not UTF-8
    assert named in problem.message("zh") or encoding == "big5"
    assert "--encoding" in problem.remedy("zh")


def test_d417_ragged_rows_and_everything_else_in_one_go(people: Policy, tmp_path: Path):
    path = csv_file(tmp_path, "编号,年龄,学历\nA,1\nB,1,高中,多\nC,三,小学\n")
    assert [(p.code, p.details["row"]) for p in refused(people, path)] == [
        ("D401", "4"), ("D403", "4"), ("D417", 2), ("D417", 3),
    ]  # fmt: skip


def test_d418_judgement_out_of_bounds_names_the_row(people: Policy, tmp_path: Path):
    path = csv_file(tmp_path, "编号,有证,评定:表现\nA,是,1\nB,是,-3\nC,是,-4\n")
    with pytest.raises(PolicyError) as error:
        score_cases(people, read_cases(people, path))
    assert codes(error) == ["D418", "D418"]
    assert "第 3 行" in problems(error)[0].where()


@pytest.mark.parametrize(
    ("column", "value"),
    [("年龄", "30 个月"), ("社保月数", "2 年"), ("纳税", "3 元"), ("登记率", "93 个百分点")],
)
def test_d419_other_unit(people: Policy, tmp_path: Path, column: str, value: str):
    (problem,) = refused(people, csv_file(tmp_path, f"编号,{column}\nA,{value}\n"))
    assert problem.code == "D419"


def test_d420_limits(people: Policy, tmp_path: Path):
    path = csv_file(tmp_path, "编号,年龄\nA,1\nB,2\nC,3\n")
    for limits in (Limits(rows=2), Limits(columns=1), Limits(size=10)):
        (problem,) = refused(people, path, Reading(limits=limits))
        assert problem.code == "D420"


def test_d420_a_small_file_that_unpacks_to_a_large_one(people: Policy, tmp_path: Path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 3_000_000)
    (problem,) = refused(people, path, Reading(limits=Limits(unpacked=1_000_000)))
    assert problem.code == "D420"


def test_d421_roles_without_households(people: Policy, tmp_path: Path):
    (problem,) = refused(people, csv_file(tmp_path, "编号,角色,年龄\nA,本人,1\n"))
    assert problem.code == "D421"


def test_d422_two_spouses(people: Policy, tmp_path: Path):
    path = csv_file(tmp_path, "编号,户号,角色\n1,H,本人\n2,H,配偶\n3,H,配偶\n")
    (problem,) = refused(people, path)
    assert problem.code == "D422"


def test_d423_column_without_a_name(people: Policy, tmp_path: Path):
    (problem,) = refused(people, csv_file(tmp_path, "编号,,年龄\nA,x,1\n"))
    assert (problem.code, problem.details["column"]) == ("D423", 2)
    # an empty column without a name is nothing
    assert facts_of(read_cases(people, csv_file(tmp_path, "编号,,年龄\nA,,1\n"))) == [{"年龄": 1}]


def test_d424_merged_cells(people: Policy, tmp_path: Path):
    path = tmp_path / "a.xlsx"
    book = workbook(path, [["编号", "年龄"], ["A", 1], ["B", None]])
    book.active.merge_cells("B2:B3")
    book.save(path)
    (problem,) = refused(people, path)
    assert problem.code == "D424"
    assert "B2:B3" in problem.message("zh")


def test_d425_formula_without_a_result(people: Policy, tmp_path: Path):
    path = tmp_path / "a.xlsx"
    workbook(path, [["编号", "年龄", "次数"], ["A", "=1+2", None]])
    (problem,) = refused(people, path)
    assert (problem.code, problem.details["column"]) == ("D425", "年龄")


def test_d426_unknown_sheet(people: Policy, tmp_path: Path):
    path = tmp_path / "a.xlsx"
    workbook(path, [["编号", "年龄"], ["A", 1]])
    (problem,) = refused(people, path, Reading(sheet="别的"))
    assert problem.code == "D426"


def test_judgements_from_a_file_and_d427(people: Policy, tmp_path: Path):
    facts = csv_file(tmp_path, "编号,有证\nA,是\nB,是\n")
    judged = csv_file(tmp_path, "编号,条款,评定\nA,表现,2\nB,表现,3 分\n", "评.csv")
    table = read_cases(people, facts, Reading(), judged)
    assert [dict(case.judgements) for case in table.cases] == [{"表现": 2}, {"表现": 3}]
    bad = csv_file(
        tmp_path, "编号,条款,评定,备注\nC,表现,2,\nA,没有,2,\nA,表现,x,\nA,表现,,\n", "评.csv"
    )
    found = refused(people, facts, Reading(), bad)
    assert [p.code for p in found] == ["D401", "D404", "D405", "D411", "D427"]


def test_d428_members_say_the_same_as_the_applicant(people: Policy, tmp_path: Path):
    path = csv_file(
        tmp_path,
        "编号,户号,角色,评定日,评定:表现\n1,H,本人,2022-01-01,\n2,H,配偶,2022-01-02,3\n",
    )
    assert [p.code for p in refused(people, path)] == ["D428", "D428"]


def test_d429_no_file(people: Policy, tmp_path: Path):
    (problem,) = refused(people, tmp_path / "没有.csv")
    assert problem.code == "D429"


def test_d499_problems_are_capped_and_counted(people: Policy, tmp_path: Path):
    rows = "".join(f"{i},x\n" for i in range(500))
    found = refused(people, csv_file(tmp_path, f"编号,年龄\n{rows}"))
    assert len(found) == 201
    assert found[-1].code == "D499"
    assert found[-1].details["count"] == 300


def test_s505_entity_of_no_schedule(tmp_path: Path):
    policy = loads(SCHEDULES)
    path = csv_file(tmp_path, "编号,对象,好\nA,街道,是\nB,村,是\n")
    (problem,) = refused(policy, path)
    assert (problem.code, problem.details["row"]) == ("S505", "3")
    (case,) = read_cases(policy, csv_file(tmp_path, "编号,entity,好\nA,街道,是\n")).cases
    assert case.entity == "街道"


def test_nothing_is_scored_as_something_else(people: Policy):
    """Whatever stands in a cell: a value of the fact, nothing, or a problem."""
    refusals: set[str] = set()

    @given(
        st.one_of(
            st.text(max_size=12), st.floats(), st.integers(), st.booleans(), st.none(),
            st.decimals(allow_nan=True), st.dates(), st.datetimes(), st.lists(st.integers()),
        )
    )  # fmt: skip
    def check(value: object) -> None:
        for fact in people.facts.values():
            try:
                read = value_of(fact, value)
            except PolicyError as error:
                refusals.update(d.code for d in error.diagnostics)
                continue
            if read is None:
                assert value is None or (isinstance(value, str) and not value.strip())
            elif fact.is_number:
                assert isinstance(read, Fraction)
                assert fact.low is None or read >= fact.low
                assert fact.high is None or read <= fact.high
            elif fact.kind == "yes_no":
                assert isinstance(read, bool)
            elif fact.kind == "date":
                assert isinstance(read, date)
            else:
                assert read in fact.values

    check()
    assert refusals == {"D401", "D402", "D403"}


def test_reading_a_table_without_a_policy_keeps_its_cells(tmp_path: Path):
    path = csv_file(tmp_path, "a,b\n1,\n")
    raw = read_table(path, Problems(str(path)))
    assert raw.columns == ("a", "b")
    assert [list(row.values) for row in raw.rows] == [["1", ""]]


def test_records_say_their_number(people: Policy):
    records: list[Mapping[str, object]] = [{"年龄": 1}, {"年龄": "x"}]
    with pytest.raises(PolicyError) as error:
        cases_from_records(people, records)
    assert problems(error)[0].details["row"] == "2"


def test_scoring_is_the_same_from_every_format(people: Policy, tmp_path: Path):
    rows = [
        {"编号": "A", "年龄": 34, "社保月数": 31, "登记率": 93.5, "有证": True},
        {"编号": "B", "年龄": 52, "社保月数": None, "登记率": 0.1, "有证": False},
    ]
    frame = pd.DataFrame(rows)
    frame["社保月数"] = frame["社保月数"].astype("Int64")
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_excel(tmp_path / "t.xlsx", index=False)
    frame.to_parquet(tmp_path / "t.parquet")
    (tmp_path / "t.json").write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
    seen: list[list[Case]] = [list(cases_from_frame(people, frame).cases)]
    for suffix in ("csv", "xlsx", "parquet", "json"):
        seen.append(list(read_cases(people, tmp_path / f"t.{suffix}").cases))
    for other in seen[1:]:
        assert [(c.id, dict(c.facts)) for c in other] == [(c.id, dict(c.facts)) for c in seen[0]]
