"""What the tests of documents share: small policies, and .docx files read by another library."""

from __future__ import annotations

import io
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.table import Table as WordTable

from policydsl.drafting.docxwriter import write_docx
from policydsl.drafting.package import Wanted
from policydsl.drafting.paper import Document

OLD, NEW = "beilun-centre-older", "beilun-departments"
BASE, DRAFT = "yueqing-2022", "yueqing-2023-draft"
ISSUED = date(2023, 4, 3)
WANTED = Wanted(base=BASE, issued=ISSUED, published=date(2023, 6, 1), start=date(2023, 7, 3))

SMALL = """
积分 small “某某县新市民积分管理办法” {
  地区 某某县
  满分 100 分
  事实 社保月数：计数（月）
  事实 居住月数：计数（月）
  组 基础 满分 60 分 {
    指标 社保 满分 40 分 审核 自动 责任单位 社保局 { 每 1 个月 社保月数 加 0.5 分，最高 40 分 }
    指标 居住 满分 20 分 { 居住月数 12 个月 以上：加 20 分 }
  }
  组 「其他」 满分 40 分 { 指标 志愿 满分 40 分 { 未载明 } }
  场景 入学 { 排序 总分 高者先 名额 10 名 同分 一并录取 }
  期限 审核 不超过 10 个工作日
  期限 公示 不少于 5 个工作日
}
"""


def word(document: Document) -> Any:
    """The document as python-docx reads it."""
    return docx.Document(io.BytesIO(write_docx(document)))


def grid(table: WordTable) -> list[list[str]]:
    """The texts of a Word table: a merged cell stands in each of its places (python-docx)."""
    width = len(table.columns)
    texts = [cell.text for cell in table._cells]  # table.cell() works the grid out each time
    return [texts[i : i + width] for i in range(0, len(texts), width)]


def office() -> str:
    """LibreOffice, or a loud skip."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        pytest.skip("NO LIBREOFFICE: how documents look in a word processor was not tested")
    return found


def written(path: Path, text: str) -> Path:
    """A policy file with a text."""
    path.write_text(text, "utf-8")
    return path
