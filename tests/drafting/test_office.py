"""An office's own template and columns."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.shared import Pt
from tests.drafting.drafting_cases import NEW, grid, written

from policydsl.drafting.columns import read_columns
from policydsl.drafting.docxwriter import write_docx
from policydsl.drafting.package import Wanted, make_package, write_package
from policydsl.drafting.paper import Document, document, para
from policydsl.language.diagnostics import PolicyError

COLUMNS = """
[考核]
横排 = true

[[考核.列]]
名称 = "序"
内容 = "序号"
宽 = 10
对齐 = "中"

[[考核.列]]
名称 = "责任部门"
内容 = "单位"
宽 = 30

[[考核.列]]
名称 = "考核内容和标准"
内容 = "考核内容"
宽 = 120

[[考核.列]]
名称 = "标准分"
内容 = "基础分"
宽 = 15
"""


def own_template() -> bytes:
    """What an office might have: its own 公文标题, a header, and traces of who made it."""
    made = docx.Document()
    title = made.styles.add_style("公文标题", 1)
    title.font.size = Pt(26)
    made.sections[0].header.paragraphs[0].text = "某某区流动人口服务中心"
    made.add_paragraph("模板里的说明文字")
    made.core_properties.author = "张三"
    made.core_properties.last_modified_by = "李四"
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_an_office_template_keeps_its_styles_and_header():
    data = write_docx(document("标题", [para("标题", kind="title"), para("正文")]), own_template())
    opened: Any = docx.Document(io.BytesIO(data))
    assert [p.text for p in opened.paragraphs] == ["标题", "正文"]
    assert opened.paragraphs[0].style.name == "公文标题"
    assert opened.paragraphs[0].style.font.size == Pt(26)  # theirs
    assert opened.paragraphs[1].style.font.size == Pt(16)  # ours, which they did not have
    assert opened.sections[0].header.paragraphs[0].text == "某某区流动人口服务中心"
    assert opened.core_properties.author == ""
    assert b"\xe5\xbc\xa0\xe4\xb8\x89" not in data
    assert data == write_docx(
        document("标题", [para("标题", kind="title"), para("正文")]), own_template_again()
    )


def own_template_again() -> bytes:
    return own_template()


def test_a_package_on_a_template(tmp_path: Path):
    template = tmp_path / "模板.docx"
    template.write_bytes(own_template())
    write_package(NEW, tmp_path / "out", Wanted(template=template))
    opened = docx.Document(str(tmp_path / "out" / "附件2 征求意见稿.docx"))
    assert all("某某区" in s.header.paragraphs[0].text for s in opened.sections)


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_template(tmp_path: Path, content: bytes):
    path = tmp_path / "t.docx"
    path.write_bytes(content)
    with pytest.raises(PolicyError) as error:
        write_package(NEW, tmp_path / "out", Wanted(template=path))
    assert [d.code for d in error.value.diagnostics] == ["W903"]
    assert not (tmp_path / "out").exists()
    with pytest.raises(PolicyError) as error:
        write_package(NEW, tmp_path / "out", Wanted(template=tmp_path / "nowhere.docx"))
    assert [d.code for d in error.value.diagnostics] == ["W903"]


def test_own_columns(tmp_path: Path):
    path = written(tmp_path / "columns.toml", COLUMNS)
    made = make_package(NEW, Wanted(columns=path))
    sections = made.documents["附件2 征求意见稿"].sections
    assert sections[1].landscape
    opened = docx.Document(io.BytesIO(write_docx(Document("x", sections[1:]))))
    heads, first, second, *_ = grid(opened.tables[0])
    assert heads == ["序", "责任部门", "考核内容和标准", "标准分"]
    assert (first[0], first[1], first[3]) == ("1", "基础工作", "10")
    assert second[1] == "基础工作"


@pytest.mark.parametrize(("text", "told"), [
    ("", "空的文件"),
    ("[其他]\n横排 = true", "其他"),
    ("[考核]\n横排 = 1", "true 或 false"),
    ("[考核]\n列 = []", "1 至 12 列"),
    ("[考核]\n列 = [1]", "名称、内容、宽、对齐"),
    ("[考核]\n[[考核.列]]\n内容 = '单位'", "名称"),
    ("[考核]\n[[考核.列]]\n名称 = '甲'\n内容 = '乙'", "乙"),
    ("[考核]\n[[考核.列]]\n名称 = '单位'\n宽 = 1", "5 至 250"),
    ("[考核]\n[[考核.列]]\n名称 = '单位'\n对齐 = '上'", "左、中 或 右"),
    ("[考核]\n未知 = 1", "列 和 横排"),
])  # fmt: skip
def test_wrong_columns_are_told(tmp_path: Path, text: str, told: str):
    path = written(tmp_path / "columns.toml", text)
    with pytest.raises(PolicyError) as error:
        read_columns(path)
    assert [d.code for d in error.value.diagnostics] == ["W906"]
    assert told in error.value.diagnostics[0].render()
