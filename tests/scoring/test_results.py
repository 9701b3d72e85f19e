"""Result tables: every figure exact, every assumption named, in each format."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from policydsl.language.diagnostics import PolicyError
from policydsl.model import Policy, loads
from policydsl.scoring import results
from policydsl.scoring.ranges import Range
from policydsl.scoring.results import Column, ResultTable, Unbounded, score_table
from policydsl.scoring.tables import CaseTable, cases_from_records, score_cases
from policydsl.scoring.writing import as_decimal, to_csv, to_frame, write_table

TEXT = """
积分 base “办法” {
  满分 100 分
  事实 月数：计数（月）
  事实 好：是否
  组 基本 满分 90 分 {
    指标 社保 满分 60 分 { 每 1 个月 月数 加 0.25 分 }
    指标 三分 满分 30 分 { 好：加 0.5 分 }
  }
  组 表现 满分 10 分 { 指标 评议 满分 10 分 { 好：酌情加分 } }
  加分 另外 { 指标 创新 { 好：酌情加分 } }
  效力 { 好 且 月数 超过 400 个月：清零 }
}
"""


@pytest.fixture(scope="module")
def policy() -> Policy:
    return loads(TEXT)


@pytest.fixture(scope="module")
def table(policy: Policy) -> CaseTable:
    return cases_from_records(
        policy,
        [
            {"编号": "甲", "姓名": "=1+1", "月数": 9, "好": "否"},
            {"编号": "乙", "月数": 30, "好": "是"},
            {"编号": "丙", "好": "否"},
            {"编号": "丁", "月数": 401, "好": "是"},
        ],
    )


@pytest.fixture(scope="module")
def shown(policy: Policy, table: CaseTable) -> ResultTable:
    return score_table(policy, table, score_cases(policy, table), items=True)


def titles(table: ResultTable) -> list[str]:
    return [column.title for column in table.columns]


def test_columns_in_order(shown: ResultTable):
    assert titles(shown) == [
        "编号", "姓名", "得分", "得分下限", "得分上限", "假设",
        "基本", "表现", "表现 下限", "表现 上限", "另外", "另外 下限", "另外 上限",
        "基本/社保", "基本/三分", "表现/评议", "表现/评议 下限", "表现/评议 上限",
        "另外/创新", "另外/创新 下限", "另外/创新 上限", "状态", "原因",
    ]  # fmt: skip


def test_a_single_score_stands_alone_and_a_range_has_two_ends(shown: ResultTable):
    score, low, high = (shown.column(k) for k in ("score", "score_low", "score_high"))
    assert (score[0], low[0], high[0]) == (Fraction("2.25"),) * 3
    assert (score[1], low[1]) == (None, 8)
    assert isinstance(high[1], Unbounded)
    assert (score[3], low[3], high[3]) == (0, 0, 0)


def test_reasons_name_their_clause_and_statuses_the_points_before(shown: ResultTable):
    reasons, status = shown.column("reasons"), shown.column("status")
    assert reasons[2] == "社保：未提供“月数”"
    assert reasons[1] == "评议：酌情加分，尚待评定；创新：酌情加分，尚待评定"
    assert status[3] == "清零（原 60.5 以上（无上界））"
    assert status[0] == ""


def test_csv_is_exact_text_and_harmless_in_a_spreadsheet(shown: ResultTable):
    rows = list(csv.DictReader(io.StringIO(to_csv(shown))))
    assert rows[0]["得分"] == "2.25"
    assert rows[0]["姓名"] == "'=1+1"
    assert (rows[1]["得分"], rows[1]["得分下限"], rows[1]["得分上限"]) == ("", "8", "无上界")


def test_csv_file_has_a_byte_order_mark(shown: ResultTable, tmp_path: Path):
    write_table(tmp_path / "r.csv", shown, {})
    assert (tmp_path / "r.csv").read_bytes().startswith(b"\xef\xbb\xbf\xe7")


def test_xlsx_has_numbers_and_no_formulas(shown: ResultTable, tmp_path: Path):
    write_table(tmp_path / "r.xlsx", shown, {})
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx").active
    assert sheet is not None
    head, first, second, *_ = sheet.iter_rows()
    at = {cell.value: i for i, cell in enumerate(head)}
    assert (first[at["得分"]].value, first[at["得分"]].data_type) == (2.25, "n")
    assert (first[at["姓名"]].value, first[at["姓名"]].data_type) == ("=1+1", "s")
    assert second[at["得分上限"]].value == "无上界"


def test_parquet_has_decimals(shown: ResultTable, tmp_path: Path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    write_table(tmp_path / "r.parquet", shown, {})
    read = pq.read_table(tmp_path / "r.parquet")
    assert read.schema.field("得分").type == pa.decimal128(38, 2)
    assert read.column("得分").to_pylist()[:2] == [Decimal("2.25"), None]
    # a column in which something is unbounded is text
    assert read.column("得分上限").to_pylist()[:2] == ["2.25", "无上界"]


def test_json_keeps_every_end_as_text(policy: Policy, table: CaseTable):
    record = results.score_records(policy, table, score_cases(policy, table), items=True)
    read = json.loads(json.dumps(record, ensure_ascii=False))
    first, second, third, _ = read["cases"]
    assert first["score"] == {"low": "2.25", "high": "2.25"}
    assert second["score"] == {"low": "8", "high": None}
    assert second["items"]["表现/评议"] == {"low": "0", "high": "10"}
    assert third["reasons"] == [
        {
            "kind": "missing", "clause": "基本/社保", "zh": "社保：未提供“月数”",
            "en": "社保: “月数” was not handed in", "fact": "月数", "assumption": None,
        }
    ]  # fmt: skip
    assert read["notice"] == {"zh": [], "en": []}


def of_points(*cells: Any) -> ResultTable:
    return ResultTable("t", (), (Column("x", "x", "points"),), tuple((cell,) for cell in cells))


def test_thirds_stay_exact_everywhere(tmp_path: Path):
    import pyarrow.parquet as pq

    table = of_points(Fraction(1, 3), Fraction(1, 4), None)
    assert to_csv(table) == 'x\r\n1/3\r\n0.25\r\n""\r\n'
    assert list(to_frame(table)["x"]) == [Fraction(1, 3), Fraction(1, 4), None]
    write_table(tmp_path / "r.parquet", table, {})
    assert pq.read_table(tmp_path / "r.parquet").column("x").to_pylist() == ["1/3", "0.25", None]
    write_table(tmp_path / "r.xlsx", table, {})
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx").active
    assert sheet is not None
    assert [cell.value for cell in sheet["A"]] == ["x", "1/3", 0.25, None]


def test_frames_have_decimals_and_infinity():
    frame = to_frame(of_points(Fraction("92.25"), Unbounded(), Unbounded(low=True), None))
    assert list(frame["x"]) == [
        Decimal("92.25"), Decimal("Infinity"), Decimal("-Infinity"), None,
    ]  # fmt: skip


def test_as_decimal():
    assert as_decimal(Fraction("92.25")) == Decimal("92.25")
    assert as_decimal(Fraction(1, 3)) is None


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (Range.exactly(Fraction("92.25")), "92.25", "92.25"),
        (Range(Fraction(70), Fraction(100)), "70～100", "70～100"),
        (Range(Fraction(8), None), "8 以上（无上界）", "8 or more (no bound)"),
        (Range(None, Fraction(8)), "8 以下（无下界）", "8 or less (no bound)"),
        (Range(None, None), "无界", "unbounded"),
        (None, "—", "—"),
    ],
)
def test_how_ranges_read(value: Range | None, zh: str, en: str):
    assert results.show_range(value, "zh") == zh
    assert results.show_range(value, "en") == en


def test_no_two_columns_have_one_title():
    policy = loads(
        "积分 x { 事实 a：是否 组 「得分」 上限 5 分 { 指标 「状态」 上限 5 分 { a：加 1 分 } } }"
    )
    table = cases_from_records(policy, [{"a": True}])
    shown = score_table(policy, table, score_cases(policy, table))
    assert len(set(titles(shown))) == len(titles(shown))


def test_control_characters_of_an_id_do_not_break_a_workbook(policy: Policy, tmp_path: Path):
    table = cases_from_records(policy, [{"编号": "a\x07b", "月数": 1, "好": "否"}])
    shown = score_table(policy, table, score_cases(policy, table))
    write_table(tmp_path / "r.xlsx", shown, {})
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx").active
    assert sheet is not None
    assert sheet["A2"].value == "a\ufffdb"


def test_what_cannot_be_written_leaves_the_old_file(shown: ResultTable, tmp_path: Path):
    old = tmp_path / "r.xlsx"
    old.write_text("old", "utf-8")
    with pytest.raises(PolicyError) as error:
        write_table(tmp_path / "r.doc", shown, {})
    assert [d.code for d in error.value.diagnostics] == ["D413"]
    with pytest.raises(PolicyError) as error:
        write_table(tmp_path / "no folder" / "r.csv", shown, {})
    assert [d.code for d in error.value.diagnostics] == ["F007"]
    short = ResultTable("t", (), shown.columns, (*shown.rows, ("only one",)))
    with pytest.raises(IndexError):
        write_table(old, short, {})
    assert old.read_text("utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["r.xlsx"]
