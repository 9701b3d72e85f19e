"""Forms that come back: .docx, .xlsx, .csv, filled in as people fill them in."""

from __future__ import annotations

import csv
import io
import time
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from tests.drafting.drafting_cases import DRAFT, grid, written

from policydsl.drafting.dates import Days
from policydsl.drafting.docxwriter import write_docx
from policydsl.drafting.feedback import (
    HEADS,
    TABLE,
    Feedback,
    place_text,
    read_feedback,
    summary_line,
    table_book,
    table_document,
    write_feedback,
)
from policydsl.drafting.grids import read_grids
from policydsl.drafting.letters import feedback_form
from policydsl.drafting.placing import Places
from policydsl.language.diagnostics import PolicyError
from policydsl.model.loading import load
from policydsl.model.policy import Policy

Line = tuple[str, str, str]


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load(DRAFT)


@pytest.fixture(scope="module")
def places(policy: Policy) -> Places:
    return Places(policy)


def form(policy: Policy, path: Path, unit: str, lines: list[Line]) -> Path:
    """The form as it was sent out, filled in with Word."""
    opened = docx.Document(io.BytesIO(write_docx(feedback_form(policy, Days()))))
    about, table = opened.tables
    about.cell(0, 1).text = unit
    for i, cells in enumerate(lines, start=1):
        for j, text in enumerate(cells, start=1):
            table.cell(i, j).text = text
    opened.save(str(path))
    return path


def csv_file(path: Path, rows: list[list[str]], encoding: str = "utf-8-sig") -> Path:
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def codes(error: pytest.ExceptionInfo[PolicyError]) -> list[str]:
    return [d.code for d in error.value.diagnostics]


# -- clauses


@pytest.mark.parametrize(("text", "key", "how"), [
    ("二、（二）6", "乐清市级个性指标/书香阅读", "number"),
    ("二（二）6.", "乐清市级个性指标/书香阅读", "number"),
    ("第二部分第（二）项第6点", "乐清市级个性指标/书香阅读", "number"),
    ("2.2.6", "乐清市级个性指标/书香阅读", "number"),
    ("二、（二）6.书香阅读", "乐清市级个性指标/书香阅读", "number"),
    ("二、（二）", "乐清市级个性指标", "number"),
    ("书香阅读", "乐清市级个性指标/书香阅读", "name"),
    ("“书香阅读”指标", "乐清市级个性指标/书香阅读", "name"),
    ("关于书香阅读分值的规定", "乐清市级个性指标/书香阅读", "name"),
    ("随迁子女入学", "随迁子女入学", "name"),
    ("三（一）", "随迁子女入学", "number"),
    ("四（三）", "@status/2", "number"),
    ("五、（四）复核答复", "@deadline//复核答复", "number"),
    ("复核答复", "@deadline//复核答复", "name"),
    ("施行日期", "@in_force", "name"),
    ("省级共性指标第4项", "省级共性指标/缴纳社保", "number"),
    ("乐清市级个性指标/书香阅读", "乐清市级个性指标/书香阅读", "number"),
    ("书香阅毒", "乐清市级个性指标/书香阅读", "guessed"),
    ("全文", None, "whole"), ("", None, "whole"), ("总体", None, "whole"),
    ("九、（九）", None, "unknown"),
    ("完全无关的事情写在这里", None, "unknown"),
    ("二、（二）6.缴纳社保", "省级共性指标/缴纳社保", "guessed"),
])  # fmt: skip
def test_which_clause(places: Places, text: str, key: str | None, how: str):
    place = places.place(text)
    assert (place.key, place.how) == (key, how)


def test_every_number_of_the_draft_leads_to_its_clause(places: Places):
    for numbers, key in places.numbers.items():
        assert places.place(".".join(map(str, numbers)) + ".").key == key


def test_items_of_departments():
    places = Places(load("beilun-departments"))
    assert places.place("公安分局第1项").key == "公安分局/1"
    assert places.place("公安分局 第三项").key == "公安分局/3"
    assert places.place("公安分局出租房屋管理").key == "公安分局/1"
    assert places.shown("公安分局/1") == "公安分局·出租房屋管理"


# -- forms


def test_forms_of_all_kinds(policy: Policy, tmp_path: Path):
    word = form(policy, tmp_path / "教育局.docx", "市教育局", [
        ("二、（二）6", "建议改为5分", "避免重复"), ("随迁子女入学", "由教育局定名额", ""),
    ])  # fmt: skip
    none = form(policy, tmp_path / "公安局.docx", "市公安局", [("", "无修改意见", "")])
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (["征求意见汇总"], ["单位", "条款", "修改意见", "理由"],
                 ["虹桥镇", "复核答复", "恢复为10个工作日", "人手不足"]):  # fmt: skip
        sheet.append(line)
    book.save(tmp_path / "乡镇.xlsx")
    text = csv_file(tmp_path / "其他.csv", [
        ["反馈单位", "条款", "意见建议", "依据"], ["柳市镇", "九（九）", "不清楚", ""], ["北白象镇", "全文", "同意", ""],
    ], "gb18030")  # fmt: skip
    found = read_feedback(policy, [word, none, tmp_path / "乡镇.xlsx", text])
    assert [(o.unit, o.key, o.how, o.text) for o in found.opinions] == [
        ("市教育局", "乐清市级个性指标/书香阅读", "number", "建议改为5分"),
        ("市教育局", "随迁子女入学", "name", "由教育局定名额"),
        ("虹桥镇", "@deadline//复核答复", "name", "恢复为10个工作日"),
        ("柳市镇", None, "unknown", "不清楚"),
    ]
    assert found.without == ("市公安局", "北白象镇")
    assert [o.unit for o in found.unknown] == ["柳市镇"]
    assert summary_line(found) == (
        "共收到5个单位的反馈：3个单位提出意见4条，2个单位无意见；待定4条。"
    )


def test_a_form_filled_in_with_changes_tracked(policy: Policy, tmp_path: Path):
    """python-docx does not see what was inserted; the reader does, and skips what was deleted."""
    from docx.oxml import parse_xml

    path = form(policy, tmp_path / "x.docx", "市教育局", [("书香阅读", "", "")])
    opened = docx.Document(str(path))
    ns = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    who = 'w:id="9" w:author="a" w:date="2023-04-05T00:00:00Z"'
    paragraph = opened.tables[1].cell(1, 2).paragraphs[0]._p
    paragraph.append(parse_xml(f"<w:del {ns} {who}><w:r><w:delText>旧的</w:delText></w:r></w:del>"))
    paragraph.append(parse_xml(f"<w:ins {ns} {who}><w:r><w:t>改为5分</w:t></w:r></w:ins>"))
    opened.save(str(path))
    (opinion,) = read_feedback(policy, [path]).opinions
    assert opinion.text == "改为5分"


def test_what_is_odd_in_a_form_is_told(policy: Policy, tmp_path: Path):
    other = form(load("beilun-departments"), tmp_path / "别的.docx", "", [("全文", "好", "")])
    empty = form(policy, tmp_path / "空白.docx", "市科技局", [])
    half = form(policy, tmp_path / "半.docx", "市财政局", [("书香阅读", "", "理由而已")])
    found = read_feedback(policy, [other, empty, half])
    told = "\n".join(found.notes)
    assert "反馈单是“beilun-departments”的" in told
    assert "空白.docx：没有填写任何意见" in told
    assert "市财政局有一行没有填修改意见" in told
    assert found.opinions[0].unit == "别的（单位未填）"


def test_the_same_form_twice_counts_once(policy: Policy, tmp_path: Path):
    paths = [
        form(policy, tmp_path / f"{i}.docx", "市教育局", [("书香阅读", "改", "")]) for i in (1, 2)
    ]
    assert len(read_feedback(policy, paths).opinions) == 1


@pytest.mark.parametrize(("name", "content"), [
    ("a.docx", b"no zip"), ("a.xlsx", b"PK"), ("a.doc", b"x"), ("a", b""), ("a.csv", b"\xff\xfe\x00\x81"),
    ("b.csv", "甲,乙\n1,2\n".encode()), ("c.csv", b""),
])  # fmt: skip
def test_files_that_cannot_be_read(policy: Policy, tmp_path: Path, name: str, content: bytes):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(PolicyError) as error:
        read_feedback(policy, [path])
    assert codes(error) == ["W908"]


def test_every_bad_file_is_told_in_one_go(policy: Policy, tmp_path: Path):
    bad = [written(tmp_path / f"{i}.txt", "x") for i in range(3)]
    with pytest.raises(PolicyError) as error:
        read_feedback(policy, [*bad, tmp_path / "nowhere.docx"])
    assert sorted(codes(error)) == ["F001", "W908", "W908", "W908"]


# -- the table


def decided(folder: Path, decisions: dict[str, tuple[str, str]]) -> None:
    """What the drafter writes into the table: a decision and a reason, by opinion."""
    path = folder / f"{TABLE}.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    for row in sheet.iter_rows(min_row=2):
        text = str(row[3].value)
        if text in decisions:
            row[5].value, row[6].value = decisions[text]
    book.save(path)


def test_a_second_round_keeps_what_was_decided(policy: Policy, tmp_path: Path):
    first = form(
        policy, tmp_path / "1.docx", "市教育局", [("书香阅读", "改为5分", ""), ("随迁", "甲", "")]
    )
    none = form(policy, tmp_path / "0.docx", "市公安局", [("", "无意见", "")])
    out = tmp_path / "out"
    write_feedback(DRAFT, [first, none], out)
    decided(out, {"改为5分": ("部分采纳", "改为8分")})
    second = form(policy, tmp_path / "2.docx", "市卫健局", [("复核答复", "延长", "人手不足")])
    found, paths = write_feedback(DRAFT, [first, second], out)
    assert [p.name for p in paths] == [f"{TABLE}.xlsx", f"{TABLE}.docx"]
    kept = {o.text: (o.decision, o.why) for o in found.opinions}
    assert kept == {"改为5分": ("部分采纳", "改为8分"), "甲": ("", ""), "延长": ("", "")}
    assert found.without == ("市公安局",)
    assert "部分采纳1条，待定2条" in summary_line(found)
    (table,) = docx.Document(str(paths[1])).tables
    heads, *lines = grid(table)
    assert heads == list(HEADS[:7])
    assert next(line for line in lines if line[3] == "改为5分")[5:] == ["部分采纳", "改为8分"]
    again, _ = write_feedback(DRAFT, [second], out)  # nothing new: nothing lost
    assert {o.id for o in again.opinions} == {o.id for o in found.opinions}


def test_a_clause_that_the_drafter_corrected_stays(policy: Policy, tmp_path: Path):
    path = form(policy, tmp_path / "1.docx", "市教育局", [("书香阅毒", "改", "")])
    write_feedback(DRAFT, [path], tmp_path / "out")
    book = openpyxl.load_workbook(tmp_path / "out" / f"{TABLE}.xlsx")
    sheet = book.worksheets[0]
    sheet["J2"].value, sheet["H2"].value = "省级共性指标/年龄", "按编号"
    book.save(tmp_path / "out" / f"{TABLE}.xlsx")
    found, _ = write_feedback(DRAFT, [path], tmp_path / "out")
    assert [(o.key, o.how) for o in found.opinions] == [("省级共性指标/年龄", "number")]


def test_what_is_no_table_of_the_round_before(policy: Policy, tmp_path: Path):
    path = form(policy, tmp_path / "1.docx", "市教育局", [("书香阅读", "改", "")])
    book = openpyxl.Workbook()
    book.save(tmp_path / "x.xlsx")
    for wrong in (path, tmp_path / "x.xlsx"):
        with pytest.raises(PolicyError) as error:
            read_feedback(policy, [path], wrong)
        assert codes(error) == ["W909"]
    assert not (tmp_path / "out").exists()


def test_opinions_are_text_and_never_formulas(policy: Policy, tmp_path: Path):
    texts = ['=HYPERLINK("http://x")', "+1", "@x", "<b>&", "很长" * 3000]
    path = csv_file(
        tmp_path / "x.csv", [["单位", "条款", "意见"], *(["局", "书香阅读", t] for t in texts)]
    )
    found = read_feedback(policy, [path])
    sheet = openpyxl.load_workbook(io.BytesIO(table_book(found))).worksheets[0]
    cells = {sheet.cell(i, 4).value: sheet.cell(i, 4).data_type for i in range(2, 7)}
    assert cells == dict.fromkeys(texts, "s")
    assert len(docx.Document(io.BytesIO(write_docx(table_document(found)))).tables[0].rows) == 6


def test_the_table_is_the_same_each_time(policy: Policy, tmp_path: Path):
    path = form(
        policy,
        tmp_path / "1.docx",
        "市教育局",
        [("书香阅毒", "改", ""), ("不知哪条款项目", "乙", "")],
    )
    found = read_feedback(policy, [path])
    assert table_book(found) == table_book(read_feedback(policy, [path]))
    assert b"openpyxl" not in table_book(found)
    marks = [
        c for line in table_document(found).tables[0].rows for c in line if c and "※" in c.text
    ]
    assert len(marks) == 2


def test_how_a_place_is_told(policy: Policy):
    empty = Feedback(policy, (), (), (), Places(policy))
    assert summary_line(empty) == "共收到0个单位的反馈：0个单位提出意见0条，0个单位无意见。"
    from policydsl.drafting.feedback import Opinion

    opinion = Opinion("局", "二（二）6", "改", "", "x", "乐清市级个性指标/书香阅读", "number")
    assert place_text(opinion, empty) == "乐清市级个性指标·书香阅读（原写：二（二）6）"


def test_a_form_merged_over_a_whole_sheet_is_refused_at_once(tmp_path: Path):
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = "意见"
    book.save(tmp_path / "good.xlsx")
    merged = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    bad = tmp_path / "bad.xlsx"
    with zipfile.ZipFile(tmp_path / "good.xlsx") as good, zipfile.ZipFile(bad, "w") as out:
        for name in good.namelist():
            out.writestr(name, good.read(name).replace(b"</sheetData>", merged))
    started = time.process_time()
    with pytest.raises(PolicyError) as caught:
        read_grids(bad)
    assert [d.code for d in caught.value.diagnostics] == ["W908"]
    assert time.process_time() - started < 5
