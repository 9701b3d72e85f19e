"""Tables of files as grids of texts: .docx (with tracked changes accepted), .xlsx, .csv."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policydsl.drafting.template import check_package
from policydsl.drafting.xmlparts import q
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.reading.xlsx import merged_cells

Grid = list[list[str]]
MAX_BYTES = 20_000_000
MAX_ROWS = 5_000
MAX_COLUMNS = 60
MAX_TEXT = 20_000


@dataclass(frozen=True)
class Grids:
    """The tables of a file, merged cells repeated, and its other text."""

    tables: tuple[Grid, ...]
    text: str = ""


def read_grids(path: Path, code: str = "W908") -> Grids:
    """The tables of a file by its suffix.  Raises :class:`PolicyError` (``code``, F001)."""
    readers = {".docx": _docx, ".xlsx": _xlsx, ".csv": _csv}
    reader = readers.get(path.suffix.lower())
    if not path.exists():
        raise PolicyError([Diagnostic("F001", None, None, {"path": str(path)})])
    if reader is None:
        zh = f"不能读 {path.suffix or '没有后缀的文件'}，.doc、.wps 请先另存为 .docx"
        raise unreadable(path, zh, f"{path.suffix or 'no suffix'} cannot be read", code)
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        said = error.strerror or str(error)
        raise unreadable(path, said, said, code) from error
    if len(data) > MAX_BYTES:
        raise unreadable(path, f"超过 {MAX_BYTES} 字节", f"more than {MAX_BYTES} bytes", code)
    try:
        return reader(data)
    except PolicyError as error:
        if code != "W908" or error.diagnostics[0].code not in ("W903",):
            raise
        raise unreadable(path, "文件过大", "it is too large", code) from error
    except Exception as error:  # zip, XML and spreadsheet readers raise whatever they meet
        zh = "文件损坏，或不是它的后缀所说的类型"
        raise unreadable(path, zh, "it is damaged, or not what its suffix says", code) from error


def unreadable(path: Path, zh: str, en: str, code: str = "W908") -> PolicyError:
    """The error for a file of which nothing can be made."""
    details = {"path": str(path), "problem": (zh, en)}
    return PolicyError([Diagnostic(code, Source(str(path), ""), None, details)])


# -- .docx


def _docx(data: bytes) -> Grids:
    import docx

    check_package(data)
    body = docx.Document(io.BytesIO(data)).element.body
    tables = tuple(table_grid(table) for table in body.iter(q("w:tbl")))
    outside = [text_of(p) for p in body.findall(q("w:p"))]
    return Grids(tables, "\n".join(outside))


def table_grid(table: Any) -> Grid:
    """The texts of a w:tbl; a merged cell has its text in each of its places."""
    rows: Grid = []
    for line in table.findall(q("w:tr"))[:MAX_ROWS]:
        if _is_deleted(line):
            continue
        texts: list[str] = []
        for cell in _cells(line):
            properties = cell.find(q("w:tcPr"))
            span, goes_on = 1, False
            if properties is not None:
                wide = properties.find(q("w:gridSpan"))
                span = min(int(wide.get(q("w:val"))), MAX_COLUMNS) if wide is not None else 1
                merge = properties.find(q("w:vMerge"))
                goes_on = merge is not None and merge.get(q("w:val")) != "restart"
            here = len(texts)
            above = rows[-1] if rows else []
            own = "\n".join(text_of(p) for p in cell.findall(q("w:p")))[:MAX_TEXT]
            for k in range(span):
                kept = above[here + k] if goes_on and here + k < len(above) else own
                texts.append(kept)
        rows.append(texts[:MAX_COLUMNS])
    return rows


def _cells(line: Any) -> Iterable[Any]:
    """The cells of a row, those inside content controls too."""
    for child in line:
        if child.tag == q("w:tc"):
            yield child
        elif child.tag == q("w:sdt"):
            yield from child.iter(q("w:tc"))


def _is_deleted(line: Any) -> bool:
    properties = line.find(q("w:trPr"))
    return properties is not None and properties.find(q("w:del")) is not None


def text_of(paragraph: Any, reject: bool = False) -> str:
    """The text of a w:p with all its tracked changes accepted (or rejected)."""
    texts: list[str] = []
    out = (q("w:ins"), q("w:moveTo")) if reject else (q("w:del"), q("w:moveFrom"))
    wanted = {q("w:t"), q("w:delText")} if reject else {q("w:t")}

    def walk(node: Any) -> None:
        for child in node:
            if child.tag in out:
                continue
            if child.tag in wanted:
                texts.append(child.text or "")
            elif child.tag == q("w:tab"):
                texts.append("\t")
            elif child.tag in (q("w:br"), q("w:cr")):
                texts.append("\n")
            elif child.tag != q("w:pPr"):
                walk(child)

    walk(paragraph)
    return "".join(texts)


def document_texts(data: bytes, reject: bool = False) -> list[str]:
    """The paragraphs of a .docx (not those in tables) with changes accepted or rejected."""
    import docx

    body = docx.Document(io.BytesIO(data)).element.body
    gone = "w:ins" if reject else "w:del"
    result: list[str] = []
    before = ""
    for paragraph in body.findall(q("w:p")):
        text = before + text_of(paragraph, reject)
        mark = paragraph.find(f"{q('w:pPr')}/{q('w:rPr')}/{q(gone)}")
        if mark is not None:  # its end is not there: it runs on into the next one
            before = text
            continue
        before = ""
        result.append(text)
    return [*result, before] if before else result


# -- .xlsx and .csv


def _xlsx(data: bytes) -> Grids:
    import openpyxl

    check_package(data)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        sheets = [x for x in package.namelist() if x.startswith("xl/worksheets/")]
        if any(merged_cells(package.read(sheet)) > MAX_ROWS * MAX_COLUMNS for sheet in sheets):
            problem = ("合并的单元格过多", "too many merged cells")
            raise PolicyError([Diagnostic("W903", None, None, {"problem": problem})])
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    grids: list[Grid] = []
    for sheet in book.worksheets:
        rows, columns = min(sheet.max_row, MAX_ROWS), min(sheet.max_column, MAX_COLUMNS)
        grid = [
            [_shown(sheet.cell(i, j).value) for j in range(1, columns + 1)]
            for i in range(1, rows + 1)
        ]
        for merged in sheet.merged_cells.ranges:
            text = _shown(sheet.cell(merged.min_row, merged.min_col).value)
            for i in range(merged.min_row - 1, min(merged.max_row, rows)):
                for j in range(merged.min_col - 1, min(merged.max_col, columns)):
                    grid[i][j] = text
        grids.append(grid)
    return Grids(tuple(grids))


def _shown(value: object) -> str:
    return "" if value is None else str(value)[:MAX_TEXT]


def _csv(data: bytes) -> Grids:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise ValueError("encoding")
    rows = [
        [cell[:MAX_TEXT] for cell in row[:MAX_COLUMNS]]
        for _, row in zip(range(MAX_ROWS), csv.reader(io.StringIO(text)), strict=False)
    ]
    return Grids((rows,))
