"""One table as Word, Excel, web page, PDF and flattened text gives one policy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.importing import office_files as office

from policydsl.importing import Imported, import_document
from policydsl.language.parsing import parse_text
from policydsl.language.printing import print_file
from policydsl.reading.files import read_file

HEAD: list[str | None] = ["单位", "分值", "考核内容", "基础分", "考核得分"]
FIRST: list[list[str | None]] = [
    HEAD,
    ["基础工作", "30", "做好计划，每项未落实的扣3分。", "10", ""],
    [None, None, "每录用一篇信息加2分，最高得10分。", "20", ""],
    [
        "区教育局",
        "70",
        "做好入学工作，普及率达到95%；每下降一个百分点扣2分，未开展培训的扣5分。",
        "40",
        "",
    ],
]
# the unit goes on behind a page break, with its header and its name once more
SECOND: list[list[str | None]] = [
    HEAD,
    ["区教育局", "70", "做好宣传工作，未落实的酌情扣分。", "30", ""],
]
TITLE = ["附件1", "某区流动人口工作考核评分细则"]

Maker = Callable[[Path], Path]


def as_text(folder: Path) -> Path:
    return office.plain_text(folder / "demo.txt", TITLE, [FIRST, SECOND])


def as_word(folder: Path) -> Path:
    blocks = [*map(office.paragraph, TITLE), office.word_table(FIRST), office.paragraph(""),
              office.word_table(SECOND)]  # fmt: skip
    return office.word(folder / "demo.docx", blocks)


def as_excel(folder: Path) -> Path:
    return office.excel(folder / "demo.xlsx", TITLE, [FIRST, SECOND])


def as_page(folder: Path) -> Path:
    return office.web_page(folder / "demo.html", TITLE, [FIRST, SECOND])


def as_pdf(folder: Path) -> Path:
    pytest.importorskip("pdfplumber")
    return office.pdf(folder / "demo.pdf", TITLE, [FIRST, SECOND])


def made(path: Path) -> Imported:
    return import_document(read_file(path), id_="demo")


def without_source(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if "来源" not in line)


@pytest.mark.parametrize("maker", [as_word, as_excel, as_page, as_pdf])
def test_every_format_gives_the_same_policy(maker: Maker, tmp_path: Path):
    expected = made(as_text(tmp_path))
    other = made(maker(tmp_path))
    assert without_source(other.text) == without_source(expected.text)


def test_what_the_table_says(tmp_path: Path):
    result = made(as_text(tmp_path))
    assert result.kind == "考核"
    assert [(s.name, str(s.declared), int(s.computed)) for s in result.sums] == [
        ("附件1 基础工作", "30", 30),
        ("附件1 区教育局", "70", 70),
    ]
    assert result.by_hand == ()
    assert result.share == 1
    assert result.audit.ok
    clauses = result.policy.clauses
    assert [c for c in clauses if c.startswith("区教育局/")] == ["区教育局/1", "区教育局/2"]
    assert clauses["区教育局/1"].locator == "附件1 区教育局 第1项"
    assert clauses["基础工作/2"].start == 0


def test_the_text_is_laid_out_and_parses(tmp_path: Path):
    text = made(as_text(tmp_path)).text
    result = parse_text(text)
    assert result.ok
    assert print_file(result.file) == text


def test_word_numbers_its_paragraphs(tmp_path: Path):
    """Automatic numbers are not in the text of a .docx."""
    level = '<w:lvl w:ilvl="{0}"><w:start w:val="1"/><w:numFmt w:val="{1}"/><w:lvlText w:val="{2}"/></w:lvl>'
    numbering = (
        f'<w:numbering xmlns:w="{office.W}"><w:abstractNum w:abstractNumId="1">'
        + level.format(0, "chineseCounting", "%1、")
        + level.format(1, "chineseCounting", "（%2）")
        + '</w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="1"/></w:num></w:numbering>'
    )

    def numbered(text: str, depth: int) -> str:
        return office.paragraph(
            text, f'<w:pPr><w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="7"/></w:numPr></w:pPr>'
        )

    path = office.word(
        tmp_path / "numbers.docx",
        [numbered("总则", 0), numbered("目的。", 1), numbered("范围。", 1), numbered("附则", 0),
         numbered("解释。", 1)],
        {"word/numbering.xml": numbering.encode()},
    )  # fmt: skip
    lines = read_file(path).source.text.splitlines()
    assert lines == ["一、总则", "（一）目的。", "（二）范围。", "二、附则", "（一）解释。"]


def test_tracked_changes_count_as_accepted(tmp_path: Path):
    block = (
        "<w:p><w:r><w:t>扣</w:t></w:r><w:del><w:r><w:delText>2</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>5</w:t></w:r></w:ins><w:r><w:t>分</w:t></w:r></w:p>"
    )
    path = office.word(tmp_path / "tracked.docx", [block])
    assert read_file(path).source.text.strip() == "扣5分"


def test_wide_cells(tmp_path: Path):
    wide = (
        "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"2\"/></w:tcPr>" + office.paragraph("甲乙")
        + "</w:tc><w:tc>" + office.paragraph("丙") + "</w:tc></w:tr></w:tbl>"
    )  # fmt: skip
    (grid,) = read_file(office.word(tmp_path / "wide.docx", [wide])).grids
    assert [c.text if c is not None else None for c in grid.cells[0]] == ["甲乙", None, "丙"]
