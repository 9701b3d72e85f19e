"""More schemes than a page is wide, schemes with nothing in common, one scheme given twice."""

from __future__ import annotations

import zipfile
from pathlib import Path

from tests.comparison.desk import Indicator, built

from policydsl.comparison.comparing import compare
from policydsl.comparison.report import Report
from policydsl.comparison.tables import report_of
from policydsl.comparison.writing.excel import write_xlsx
from policydsl.comparison.writing.markdown import to_markdown
from policydsl.comparison.writing.word import MOST_COLUMNS, write_docx


def many(number: int) -> Report:
    schemes = [
        built(f"ban-{i}", [
            Indicator("年龄状况", "年龄", 10 + i, 1), Indicator(f"「事项{i}」", None, 5, 3)
        ])
        for i in range(1, number + 1)
    ]  # fmt: skip
    return report_of(compare(schemes))


def test_fourteen_schemes_fit_into_every_form(tmp_path: Path):
    report = many(14)
    assert len(report.table("points").heads) == 16
    text = to_markdown(report)
    assert "| ban-14 |" in text
    write_docx(report, tmp_path / "x.docx")
    with zipfile.ZipFile(tmp_path / "x.docx") as archive:
        document = archive.read("word/document.xml").decode()
    blocks = -(-14 // MOST_COLUMNS)
    # the first column stands in every block of columns
    assert document.count(">事项<") >= 2 * blocks
    write_xlsx(report, tmp_path / "x.xlsx")
    assert (tmp_path / "x.xlsx").stat().st_size > 5000


def test_nothing_in_common_is_a_table_of_gaps():
    one = built("jia", [Indicator("年龄状况", "年龄", 10, 1)], summaries=False)
    other = built("yi", [Indicator("守法情况", "守法", 10, 3)], summaries=False)
    made = compare([one, other])
    assert [[len(cell) for cell in row.cells] for row in made.rows] == [[1, 0], [0, 1]]
    report = report_of(made)
    assert report.lead[0] == "共 2 个事项：各方案都有的 0 个，有缺项的 2 个，完全相同的 0 个。"
    assert "没有一个数据在两份以上文件里有门槛。" in to_markdown(report)


def test_one_scheme_given_twice_has_two_columns_and_no_difference():
    report = report_of(compare(["haishu-2022", "haishu-2022"], assume=["haishu-demo"]))
    table = report.table("points")
    assert [head.title for head in table.heads][1:3] == [
        "海曙区 haishu-2022",
        "海曙区 haishu-2022（2）",
    ]
    assert {row[-1][0].text for row in table.rows} == {"相同"}


def test_what_a_drafter_writes_is_text_and_nothing_else(tmp_path: Path):
    """Mark-up, formulas and control characters in names and summaries do no harm."""
    import policydsl as pdl
    from policydsl.comparison.writing.html import to_html

    nasty = "=1+1|<script>alert(1)</script>"
    one, other = (
        pdl.loads(
            f"积分 {name} “{nasty}” {{ 来源 “{nasty}” 上限 10 分 指标 「{nasty}」 上限 10 分 "
            f"{{ 出处 “{nasty}” 加 1 分 }} }}"
        )
        for name in ("jia", "yi")
    )
    report = report_of(compare([one, other]))
    page = to_html(report)
    assert "<script>alert" not in page
    assert "\\|\\<script\\>" in to_markdown(report)
    write_xlsx(report, tmp_path / "x.xlsx")
    import openpyxl

    cells = [c for s in openpyxl.load_workbook(tmp_path / "x.xlsx") for row in s for c in row]
    assert all(c.data_type != "f" for c in cells)
