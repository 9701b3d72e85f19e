"""A report as a workbook: a sheet for what matters and one for each table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from policydsl.comparison.report import Cell, Report, Table
from policydsl.language.diagnostics import display_width
from policydsl.scoring.writing import harmless

_WIDEST = 60
_MOST = 32_000
"""Excel holds so many characters in a cell."""
_NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,6})?")


def write_xlsx(report: Report, path: Path, commands: Sequence[str] = ()) -> None:
    """Write the workbook to ``path`` as it is."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    book.properties.creator = "policydsl"
    book.properties.title = report.title
    # the same comparison gives the same file
    book.properties.created = book.properties.modified = datetime(2000, 1, 1)
    sheet = book.active
    assert sheet is not None
    sheet.title = "要点" if re.search("[一-鿿]", report.title) else "summary"
    lines = [report.title, report.subtitle, "", *report.assumptions, "", *report.lead, ""]
    lines += [f"{label}：{text}" for label, text in report.record]
    lines += list(commands)
    for number, text in enumerate(lines, 1):
        spot = sheet.cell(number, 1, harmless(text))
        spot.alignment = Alignment(wrap_text=True, vertical="top")
        if number == 1:
            spot.font = Font(bold=True, size=14)
    sheet.column_dimensions["A"].width = 110
    names = {sheet.title}
    for table in report.tables:
        name = _name(table.title, names)
        names.add(name)
        _sheet(book.create_sheet(name), table)
    book.save(path)


def _sheet(sheet: object, table: Table) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.worksheet import Worksheet

    assert isinstance(sheet, Worksheet)
    for place, head in enumerate(table.heads, 1):
        top = sheet.cell(1, place, harmless(head.title))
        top.font = Font(bold=True)
        top.fill = PatternFill("solid", fgColor="EEF1F4")
        top.alignment = Alignment(wrap_text=True, vertical="top")
    for number, row in enumerate(table.rows, 2):
        for place, cell in enumerate(row, 1):
            spot: Any = sheet.cell(number, place)
            spot.value = _value(cell)
            right = table.heads[place - 1].kind == "number"
            spot.alignment = Alignment(
                wrap_text=True, vertical="top", horizontal="right" if right else None
            )
            if any(line.role == "flag" for line in cell):
                spot.font = Font(color="B3430F")
            if any(line.role == "assumed" for line in cell):
                spot.fill = PatternFill("solid", fgColor="FFF7E0")
    if table.note:
        sheet.cell(len(table.rows) + 3, 1, harmless(table.note))
    for place in range(1, len(table.heads) + 1):
        texts = [line.text for row in table.rows for line in row[place - 1]]
        widest = max(map(display_width, [*texts, table.heads[place - 1].title]))
        sheet.column_dimensions[get_column_letter(place)].width = min(_WIDEST, max(8, widest + 2))
    sheet.freeze_panes = f"{get_column_letter(min(table.fixed, len(table.heads)) + 1)}2"


def _value(cell: Cell) -> str | float | int | None:
    if not cell:
        return None
    if len(cell) == 1 and cell[0].role == "number" and _NUMBER.fullmatch(cell[0].text):
        text = cell[0].text
        return float(text) if "." in text else int(text)
    return harmless("\n".join(line.text for line in cell)[:_MOST])


def _name(title: str, known: set[str]) -> str:
    """A name that Excel takes: short, of its own, without its marks."""
    base = re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:28] or "table"
    name, number = base, 1
    while name in known:
        number += 1
        name = f"{base[:26]} {number}"
    return name
