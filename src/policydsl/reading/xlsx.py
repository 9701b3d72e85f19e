"""Excel workbooks: each sheet is a table, with what stands above its header as running text."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

from policydsl.language.diagnostics import Diagnostic, Source
from policydsl.reading.archives import has_macros, opened, refused
from policydsl.reading.documents import SourceDocument
from policydsl.reading.laying import Layout

MOST_CELLS = 400_000
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^<>]*?\bref="([^"<>]*)"')


def read_xlsx(path: Path) -> SourceDocument:
    """The visible sheets of a workbook as tables; formulas count with the values kept in it."""
    import openpyxl

    notes: list[Diagnostic] = []
    with opened(path) as (archive, part):
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                part(name)  # refuses what an office never writes
                if merged_cells(archive.read(name)) > MOST_CELLS:
                    raise refused("I804", path, limit=f"{MOST_CELLS:,}", what=("个单元格", "cells"))
        if has_macros(archive):
            notes.append(Diagnostic("I820", Source(str(path), ""), None, {"path": str(path)}))
        try:
            book = openpyxl.load_workbook(path, data_only=True)
        except Exception as error:  # whatever openpyxl stumbles over
            raise refused("I803", path, problem=str(error)[:120]) from error
    layout = Layout()
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible" or sheet.max_row is None:
            continue
        if sheet.max_row * sheet.max_column > MOST_CELLS:
            raise refused("I804", path, limit=f"{MOST_CELLS:,}", what=("个单元格", "cells"))
        hidden: set[tuple[int, int]] = set()
        for merged in sheet.merged_cells.ranges:
            hidden |= {
                (row, column)
                for row in range(merged.min_row, merged.max_row + 1)
                for column in range(merged.min_col, merged.max_col + 1)
            } - {(merged.min_row, merged.min_col)}
        rows: list[list[str | None]] = []
        for cells in sheet.iter_rows():
            row = [None if (c.row, c.column) in hidden else _shown(c.value) for c in cells]
            filled = [x for x in row if x]
            if not rows and len(filled) <= 1:
                layout.paragraph("".join(filled))
            elif filled:
                rows.append(row)
        if rows:
            layout.table(rows)
    book.close()
    return layout.document(str(path), "xlsx", notes)


def merged_cells(sheet: bytes) -> int:
    """Cells that the merged ranges of a sheet's XML cover; openpyxl visits every one of them."""
    from openpyxl.utils import range_boundaries

    count = 0
    for found in _MERGED.finditer(sheet):
        edges = range_boundaries(found[1].decode("ascii", "replace"))
        left, top, right, bottom = (x or 1_000_000 for x in edges)
        count += (right - left + 1) * (bottom - top + 1)
    return count


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{Decimal(repr(value)).normalize():f}"
    return str(value)
