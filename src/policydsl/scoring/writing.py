"""Result tables → CSV, JSON, Excel, Parquet and DataFrames.

Exact in each: a number of points is a decimal text in CSV and JSON, a number cell in Excel, a
decimal column in Parquet, a ``Decimal`` in a DataFrame.  A fraction without a finite decimal
(1/3) is written as ``1/3``; a column of Parquet that has one is a column of texts, a column of
a DataFrame one of ``Fraction``.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policydsl.files import replacing, write_bytes
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source, display_width
from policydsl.language.keywords import Language
from policydsl.scoring.ranges import show_points
from policydsl.scoring.results import Cell, Column, ResultTable, Unbounded, pick

if TYPE_CHECKING:
    import pandas as pd

WRITABLE = (".csv", ".json", ".xlsx", ".parquet")
# A spreadsheet takes a text that begins like this for a formula.
_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")  # some spreadsheets fold full-width signs
# What XML, and so a workbook, cannot hold.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def as_decimal(value: Fraction) -> Decimal | None:
    """The exact decimal of a fraction; ``None`` when it has no finite one."""
    text = show_points(value)
    return None if "/" in text else Decimal(text)


def cell_text(cell: Cell, language: Language = "zh") -> str:
    """A cell as a reader sees it; empty for no value."""
    if cell is None:
        return ""
    if isinstance(cell, Unbounded):
        if cell.low:
            return pick(language, "无下界", "no bound")
        return pick(language, "无上界", "no bound")
    if isinstance(cell, bool):
        return pick(language, *(("是", "yes") if cell else ("否", "no")))
    if isinstance(cell, Fraction):
        return show_points(cell)
    return str(cell)


def write_table(
    path: Path, table: ResultTable, records: dict[str, Any], language: Language = "zh"
) -> None:
    """Write a result by the suffix of ``path``; ``records`` is its JSON form.

    Raises :class:`PolicyError`: an unknown suffix (D413), a missing component (D415), a place
    that cannot be written (F007).  An old file is replaced whole or not at all.
    """
    suffix = path.suffix.lower()
    if suffix == ".csv":
        # Excel takes a CSV without this mark for GBK
        write_bytes(path, ("\ufeff" + to_csv(table, language)).encode("utf-8"))
    elif suffix == ".json":
        write_bytes(path, (to_json(records) + "\n").encode("utf-8"))
    elif suffix == ".xlsx":
        with replacing(path) as temporary:
            _to_xlsx(temporary, table, language)
    elif suffix == ".parquet":
        with replacing(path) as temporary:
            _to_parquet(path, temporary, table, language)
    else:
        details = {"suffix": path.suffix or path.name}
        raise PolicyError([Diagnostic("D413", Source(str(path), ""), None, details)])


def to_json(records: Any) -> str:
    """Records as indented JSON text, Chinese as it is."""
    return json.dumps(records, ensure_ascii=False, indent=2)


def to_csv(table: ResultTable, language: Language = "zh") -> str:
    """The table as CSV text with CRLF line ends.

    A text that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow([harmless(column.title) for column in table.columns])
    for row in table.rows:
        writer.writerow(
            [harmless(cell) if isinstance(cell, str) else cell_text(cell, language) for cell in row]
        )
    return stream.getvalue()


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


# -- Excel


def _to_xlsx(path: Path, table: ResultTable, language: Language) -> None:
    """One sheet: the notice if there is one, the head, the rows.

    Without a notice the head is the first row; with one it is the first row behind it.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    workbook = Workbook(write_only=True)
    sheet: Any = workbook.create_sheet(pick(language, "结果", "results"))
    head_row = len(table.notice) + 1
    sheet.freeze_panes = f"A{head_row + 1}"
    for position, width in enumerate(_widths(table, language), start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    last = get_column_letter(max(1, len(table.columns)))
    sheet.auto_filter.ref = f"A{head_row}:{last}{head_row + len(table.rows)}"

    def cell(value: object, **style: Any) -> Any:
        made: Any = WriteOnlyCell(sheet)
        if isinstance(value, str):
            # an id =1+1 of an applicant is a text, not a formula
            made._value, made.data_type = _CONTROL.sub("\ufffd", value), "s"
        else:
            made.value = value
        for name, setting in style.items():
            setattr(made, name, setting)
        return made

    warning = Font(bold=True, color="9C0006")
    for line in table.notice:
        sheet.append([cell(line, font=warning)])
    fill = PatternFill("solid", fgColor="DDEBF7")
    middle = Alignment(horizontal="center", vertical="center", wrap_text=True)
    bold = Font(bold=True)
    sheet.append([cell(c.title, font=bold, fill=fill, alignment=middle) for c in table.columns])
    top = Alignment(vertical="top", wrap_text=True)
    for row in table.rows:
        sheet.append([cell(_excel(value, language), alignment=top) for value in row])
    workbook.save(path)


def _excel(cell: Cell, language: Language) -> str | Decimal | int | None:
    if isinstance(cell, Fraction):
        exact = as_decimal(cell)
        return show_points(cell) if exact is None else exact
    if isinstance(cell, (bool, Unbounded)):
        return cell_text(cell, language)
    return cell or None if isinstance(cell, str) else cell


def _widths(table: ResultTable, language: Language) -> list[float]:
    """Column widths in characters, from the head and the first rows, within reason."""
    widths = []
    for position, column in enumerate(table.columns):
        shown = [cell_text(row[position], language) for row in table.rows[:200]]
        widest = max((display_width(text) for text in [column.title, *shown]), default=8)
        widths.append(float(min(max(widest + 2, 8), 60)))
    return widths


# -- Parquet and DataFrames


def _to_parquet(shown: Path, path: Path, table: ResultTable, language: Language) -> None:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        details = {"format": "Parquet", "extra": "parquet"}
        problem = Diagnostic("D415", Source(str(shown), ""), None, details)
        raise PolicyError([problem]) from error
    arrays = []
    for position, column in enumerate(table.columns):
        cells = [row[position] for row in table.rows]
        arrays.append(_array(pa, column, cells, language))
    made = pa.table(arrays, names=[column.title for column in table.columns])
    about = {"policydsl": json.dumps({"title": table.title, "notice": table.notice})}
    pq.write_table(made.replace_schema_metadata(about), path)


def _array(pa: Any, column: Column, cells: Sequence[Cell], language: Language) -> Any:
    if column.kind == "integer":
        return pa.array(cells, pa.int64())
    if column.kind == "points":
        decimals = [as_decimal(c) if isinstance(c, Fraction) else None for c in cells]
        exact = all(
            d is not None for c, d in zip(cells, decimals, strict=True) if isinstance(c, Fraction)
        )
        unbounded = any(isinstance(c, Unbounded) for c in cells)
        places = max((_places(d) for d in decimals if d is not None), default=0)
        digits = max((len(d.as_tuple().digits) for d in decimals if d is not None), default=1)
        if exact and not unbounded and digits + places < 38:
            return pa.array(decimals, pa.decimal128(38, places))
    return pa.array([None if c is None else cell_text(c, language) for c in cells], pa.string())


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def to_frame(table: ResultTable, index: Any = None) -> pd.DataFrame:
    """The table as a DataFrame whose columns have the titles of the table.

    Points are ``Decimal`` (``Infinity`` where nothing bounds them); in a column where one has
    no finite decimal all are ``Fraction``.  ``attrs`` hold title and notice.
    """
    import pandas as pd

    columns: dict[str, Any] = {}
    for position, column in enumerate(table.columns):
        cells = [row[position] for row in table.rows]
        if column.kind == "points":
            columns[column.title] = pd.Series(number_cells(cells), dtype=object)
        elif column.kind == "integer":
            columns[column.title] = pd.Series(cells, dtype="Int64")
        else:
            columns[column.title] = pd.Series(cells, dtype=object)
    frame = pd.DataFrame(columns)
    if index is not None:
        frame.index = index
    frame.attrs |= {"title": table.title, "notice": list(table.notice)}
    return frame


def number_cells(cells: Sequence[Cell]) -> list[object]:
    """Points as a DataFrame holds them: ``Decimal``, or fractions where some are no decimals."""
    decimals = {c: as_decimal(c) for c in cells if isinstance(c, Fraction)}
    exact = all(decimal is not None for decimal in decimals.values())
    numbers: list[object] = []
    for cell in cells:
        if isinstance(cell, Unbounded):
            numbers.append(Decimal("-Infinity" if cell.low else "Infinity"))
        elif isinstance(cell, Fraction):
            numbers.append(decimals[cell] if exact else cell)
        else:
            numbers.append(None)
    return numbers
