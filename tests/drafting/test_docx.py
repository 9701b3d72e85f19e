"""The Word file itself: page, styles, heads of tables, metadata, schema, bytes."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.drafting.drafting_cases import DRAFT, OLD, WANTED, grid, office, word

from policydsl.drafting import pdf
from policydsl.drafting.columns import OfficeColumns
from policydsl.drafting.docxwriter import write_docx
from policydsl.drafting.grids import document_texts
from policydsl.drafting.package import Package, make_package
from policydsl.drafting.pageformat import balanced
from policydsl.drafting.paper import (
    Column,
    Document,
    Picture,
    Section,
    Table,
    blank,
    document,
    merged,
    para,
    row,
)
from policydsl.drafting.scoretable import score_sections
from policydsl.drafting.template import plain_template
from policydsl.drafting.xmlparts import q
from policydsl.model.loading import load
from policydsl.pages import plots

SAMPLE = Document(
    "样张",
    (
        Section((para("标题", kind="title"), para("请填写", blank("联系人"), "。"))),
        Section(
            (
                para("附表", kind="annex"),
                Table((Column("单位", 30, "center"), Column("内容", 90)), tuple(
                    merged([row("公安分局", "第一项"), row("公安分局", "第二项")], 0, 0, 1))),
            ),
            landscape=True,
        ),
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def made() -> Package:
    return make_package(DRAFT, WANTED)


def test_every_document_of_a_package_is_valid(made: Package, tmp_path: Path):
    from openxml_audit import OpenXmlValidator

    validator = OpenXmlValidator()
    for name, one in made.documents.items():
        path = tmp_path / f"{name}.docx"
        path.write_bytes(write_docx(one))
        result = validator.validate(str(path))
        assert result.is_valid, (name, [str(error) for error in result.errors])


def test_the_same_document_gives_the_same_bytes(made: Package):
    again = make_package(DRAFT, WANTED)
    for name, one in made.documents.items():
        assert write_docx(one) == write_docx(again.documents[name]), name
    assert made.files == again.files


def test_nothing_tells_of_user_machine_or_time(made: Package):
    for one in made.documents.values():
        data = write_docx(one)
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            core = package.read("docProps/core.xml").decode()
            whole = b"".join(package.read(name) for name in package.namelist())
        assert "creator" not in core
        assert "lastModifiedBy" not in core
        assert not re.search(rb"<dcterms", whole)
        assert set(re.findall(rb'w:author="([^"]*)"', whole)) <= {b"policydsl"}
        assert set(re.findall(rb'w:date="([^"]*)"', whole)) <= {b"2000-01-01T00:00:00Z"}


def test_the_page_is_that_of_official_documents():
    opened = word(SAMPLE)
    upright, across = opened.sections
    assert [round(x.mm) for x in (upright.page_width, upright.page_height)] == [210, 297]
    assert [
        round(x.mm)
        for x in (upright.top_margin, upright.left_margin, upright.bottom_margin)
    ] == [37, 28, 35]  # fmt: skip
    assert [round(x.mm) for x in (across.page_width, across.page_height)] == [297, 210]
    for section in opened.sections:
        assert "PAGE" in section.footer._element.xml
        grid_ = section._sectPr.find(q("w:docGrid"))
        assert (grid_.get(q("w:type")), grid_.get(q("w:linePitch"))) == ("lines", "579")
    styles = {style.name: style for style in opened.styles}
    title, body = styles["公文标题"], styles["公文正文"]
    assert (title.font.size.pt, body.font.size.pt) == (22, 16)
    assert "方正小标宋简体" in title.element.xml
    assert "仿宋_GB2312" in body.element.xml
    with zipfile.ZipFile(io.BytesIO(plain_template())) as package:
        assert '<w:altName w:val="仿宋"/>' in package.read("word/fontTable.xml").decode()


def test_heads_are_repeated_and_rows_stay_whole():
    (table,) = word(SAMPLE).tables
    head, first, second = table.rows
    assert head._tr.find(f"{q('w:trPr')}/{q('w:tblHeader')}") is not None
    for line in (head, first, second):
        assert line._tr.find(f"{q('w:trPr')}/{q('w:cantSplit')}") is not None
    assert table.cell(1, 0)._tc is table.cell(2, 0)._tc
    assert grid(table) == [["单位", "内容"], ["公安分局", "第一项"], ["公安分局", "第二项"]]


AWKWARD = "<w:t>&amp; “引” ]]> \x00\x0b\ud800 𠮷 {{ x }} %s \u202e=cmd()"


def test_names_with_markup_and_odd_characters():
    document_ = document(AWKWARD, [para(AWKWARD), Table((Column(AWKWARD, 50),), (row(AWKWARD),))])
    opened = word(document_)
    kept = AWKWARD.replace("\x00", "").replace("\x0b", "").replace("\ud800", "")
    assert opened.paragraphs[0].text == kept
    assert opened.tables[0].cell(1, 0).text == kept


@settings(max_examples=40)
@given(st.lists(st.text(max_size=40), max_size=4))
def test_any_text_comes_back(texts: list[str]):
    opened = word(document("x", [para(text) for text in texts]))
    keep = [
        "".join(c for c in t.replace("\r\n", "\n").replace("\r", "\n")
                if c in "\n\t" or (c >= " " and c not in "\x7f\ufffe\uffff"
                                   and not "\ud800" <= c <= "\udfff"))
        for t in texts
    ]  # fmt: skip
    assert [p.text for p in opened.paragraphs[: len(texts)]] == keep


def test_a_picture_has_its_words():
    chart = plots.grouped_bars([{"甲": "一", "乙": 1}], "甲", "乙")
    data = write_docx(document("x", [Picture(chart.png(dpi=96), "人数“<1>”")]))
    opened = docx.Document(io.BytesIO(data))
    assert len(opened.inline_shapes) == 1
    assert opened.inline_shapes[0]._inline.docPr.get("descr") == "人数“<1>”"


def test_an_empty_document_opens():
    assert [p.text for p in word(Document("x", ())).paragraphs] == [""]


@pytest.mark.parametrize("title", [
    "关于公开征求《某某市新市民量化积分管理实施细则（征求意见稿）》意见的公告",
    "短标题", "无处可断" * 30, "",
])  # fmt: skip
def test_the_lines_of_a_title(title: str):
    lines = balanced(title, "title").split("\n")
    assert "".join(lines) == title
    if len(lines) > 1:
        assert max(map(len, lines)) <= 20
        assert min(map(len, lines)) > 3


# -- in a word processor


def texts_of(opened: Any) -> list[str]:
    """All texts of a file, those in tables too, without empty lines."""
    inside = [line for table in opened.tables for row_ in grid(table) for line in row_]
    return [t for t in (*(p.text for p in opened.paragraphs), *inside) if t.strip()]


SAVED = ("附件2 征求意见稿", "附件1 征求意见反馈单", "附件4 修改对照表", "修订标记稿")


@pytest.fixture(scope="module")
def again(made: Package, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path]]:
    """Documents as they were written, and as LibreOffice saved them again (it starts slowly)."""
    office()
    folder = tmp_path_factory.mktemp("again")
    (folder / "out").mkdir()
    paths = []
    for i, name in enumerate(SAVED):
        paths.append(folder / f"{i}.docx")
        paths[-1].write_bytes(write_docx(made.documents[name]))
    after = pdf.convert(paths, folder / "out", "docx")
    return dict(zip(SAVED, zip(paths, after, strict=True), strict=True))


@pytest.mark.parametrize("name", SAVED[:3])
def test_libreoffice_saves_again_without_loss(again: dict[str, tuple[Path, Path]], name: str):
    before, after = (texts_of(docx.Document(str(path))) for path in again[name])
    assert after == before


@pytest.mark.parametrize("reject", [False, True])
def test_libreoffice_keeps_tracked_changes(again: dict[str, tuple[Path, Path]], reject: bool):
    before, after = (
        [t for t in document_texts(path.read_bytes(), reject) if t] for path in again[SAVED[3]]
    )
    assert after == before


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Pages of a text of 1400 characters, and of Beilun's older table, as text."""
    office()
    folder = tmp_path_factory.mktemp("printed")
    table = Document("x", tuple(score_sections(load(OLD), OfficeColumns())))
    documents = {"lines": document("x", [para("为" * 28 * 50, kind="plain")]), "table": table}
    paths = []
    for name, one in documents.items():
        paths.append(folder / f"{name}.docx")
        paths[-1].write_bytes(write_docx(one))
    pages: dict[str, list[str]] = {}
    for path in pdf.convert(paths, folder):
        done = subprocess.run(
            ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
        )
        pages[path.stem] = done.stdout.split("\f")[:-1]
    return pages


def test_22_lines_of_28_characters(printed: dict[str, list[str]]):
    lines = [line.strip() for line in printed["lines"][0].splitlines() if "为" in line]
    assert [len(line) for line in lines] == [28] * 22


def test_merged_cells_begin_anew_on_each_page(printed: dict[str, list[str]]):
    """The first row of each page of the table has the name of its unit."""
    names = [c.label for c in load(OLD).clauses.values() if c.kind in ("unit", "group", "common")]
    assert len(printed["table"]) > 5
    for number, page in enumerate(printed["table"], start=1):
        flat = re.sub(r"\s", "", page)
        assert any(name in flat or name[:4] in flat for name in names), number
