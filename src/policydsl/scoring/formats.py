"""Tables in files: CSV, TSV, JSON, Excel and Parquet → rows of plain values.

Files are untrusted input: size, rows and columns are bounded before a file is read whole, and
whatever is wrong with one is a diagnostic.  What the values mean is the business of
:mod:`policydsl.scoring.tables`; here they only become exact: a binary floating-point number is
taken as the decimal that a person sees.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import math
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policydsl.language.diagnostics import Diagnostic, PolicyError, Source

if TYPE_CHECKING:
    import pandas as pd

READABLE = (".csv", ".tsv", ".json", ".xlsx", ".parquet")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a table may cost; ``size`` and ``unpacked`` in bytes."""

    size: int = 256_000_000
    unpacked: int = 500_000_000
    rows: int = 1_000_000
    columns: int = 2_000
    problems: int = 200


DEFAULT_LIMITS = Limits()


@dataclass(slots=True)
class Problems:
    """Everything that is wrong with a table: the first ones in full, the rest counted."""

    name: str
    limit: int = DEFAULT_LIMITS.problems
    found: list[Diagnostic] = field(default_factory=list)
    more: int = 0

    def add(self, code: str, **details: object) -> None:
        """Record a problem of this table."""
        self.append(Diagnostic(code, Source(self.name, ""), None, details))

    def append(self, problem: Diagnostic) -> None:
        """Record a problem that somebody else found."""
        if len(self.found) < self.limit:
            self.found.append(problem)
        else:
            self.more += 1

    def raise_any(self) -> None:
        """Raise :class:`PolicyError` with all problems when there are any."""
        if self.found:
            raise self.error()

    def error(self) -> PolicyError:
        """All problems as one error, with the number of those left out."""
        rest = Diagnostic("D499", Source(self.name, ""), None, {"count": self.more})
        return PolicyError([*self.found, *([rest] if self.more else [])])


@dataclass(frozen=True, slots=True)
class Row:
    """``number`` names the row as the user's own program does; ``values`` follow the columns.

    ``inner`` are records inside the record (成员 in JSON), ``judged`` an object of judgements.
    """

    number: str
    values: Sequence[object]
    inner: tuple[Mapping[str, object], ...] = ()
    judged: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table as it stands in its file; an empty cell is ``None`` or blank text."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[Row]


MEMBERS = ("成员", "members")
JUDGEMENTS = ("评定", "judged")


def read_table(
    path: str | Path,
    problems: Problems,
    encoding: str | None = None,
    sheet: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> RawTable:
    """Read a table from a file, by its suffix.

    ``encoding`` is for CSV and TSV, ``sheet`` for Excel (default: the first one).  Adds rows
    that do not fit (D417, D423, D424, D425) to ``problems``; raises :class:`PolicyError` where
    nothing can be read (D407, D408, D413, D415, D416, D420, D426, D429).
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in READABLE:
        raise _fatal(path, "D413", suffix=path.suffix or path.name)
    try:
        if not path.exists():
            raise _fatal(path, "D429", path=str(path))
        if not path.is_file():
            raise _unreadable(path, suffix[1:].upper(), "不是文件", "it is no file")
        if path.stat().st_size > limits.size:
            raise _too_many(path, limits.size, " 字节", "bytes")
        if suffix == ".xlsx":
            table = _read_xlsx(path, sheet, problems, limits)
        elif suffix == ".parquet":
            table = _read_parquet(path, limits)
        elif suffix == ".json":
            table = _read_json(path, path.read_bytes(), limits)
        else:
            table = _read_csv(path, path.read_bytes(), encoding, problems, limits)
    except OSError as error:
        problem = error.strerror or str(error)
        raise _unreadable(path, suffix[1:].upper(), problem, problem) from error
    if not table.rows and not problems.found:
        raise _fatal(path, "D408", path=str(path))
    return table


def _fatal(file: Path, code: str, **details: object) -> PolicyError:
    return PolicyError([Diagnostic(code, Source(str(file), ""), None, details)])


def _unreadable(path: Path, format_: str, zh: str, en: str) -> PolicyError:
    return _fatal(path, "D407", path=str(path), format=format_, problem=(zh, en))


def _too_many(path: Path, limit: int, zh: str, en: str) -> PolicyError:
    return _fatal(path, "D420", path=str(path), limit=limit, what=(zh, en))


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


# -- CSV and TSV


def _read_csv(
    path: Path, data: bytes, encoding: str | None, problems: Problems, limits: Limits
) -> RawTable:
    text = decode_text(path, data, encoding)
    kind = path.suffix[1:].upper()
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter_of(path, text), strict=True
    )
    columns: tuple[str, ...] | None = None
    rows: list[Row] = []
    try:
        for number, record in enumerate(reader, start=1):
            if all(_is_blank(value) for value in record):
                continue
            if columns is None:
                columns = tuple(record)
                _check_width(path, columns, limits)
            elif len(record) != len(columns):
                problems.add("D417", row=number, found=len(record), wanted=len(columns))
            else:
                rows.append(Row(str(number), record))
            if len(rows) > limits.rows:
                raise _too_many(path, limits.rows, " 行", "rows")
    except csv.Error as error:
        zh, en = f"第 {reader.line_num} 行：{error}", f"line {reader.line_num}: {error}"
        raise _unreadable(path, kind, zh, en) from error
    return RawTable(str(path), columns or (), rows)


def decode_text(path: Path, data: bytes, encoding: str | None) -> str:
    """The text of a CSV or TSV; raises :class:`PolicyError` (D407, D416)."""
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) and encoding is None:
        raise _fatal(path, "D416", path=str(path), encoding="UTF-16")
    try:
        text = data.decode("utf-8-sig" if encoding in (None, "utf-8") else encoding or "")
    except (UnicodeDecodeError, LookupError) as error:
        guess = None if encoding else _guess_encoding(data)
        if guess is not None:
            raise _fatal(path, "D416", path=str(path), encoding=guess) from error
        what = encoding or "UTF-8"
        kind = path.suffix[1:].upper()
        raise _unreadable(path, kind, f"不是 {what} 文本", f"it is no {what} text") from error
    if "\0" in text:
        kind = path.suffix[1:].upper()
        raise _unreadable(path, kind, "含二进制内容", "binary content")
    return text.removeprefix("\ufeff")


def _guess_encoding(data: bytes) -> str | None:
    """The Chinese encoding that a table which is no UTF-8 most likely has."""
    for encoding in ("gb18030", "big5"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Random bytes decode to rare characters; the words of a table are common ones.
        foreign = [c for c in text if ord(c) > 0x7F]
        common = sum("\u4e00" <= c <= "\u9fff" or "\u3000" <= c <= "\u303f" for c in foreign)
        control = any(ord(c) < 0x20 and c not in "\t\r\n" for c in text)
        if foreign and not control and common >= 0.6 * len(foreign):
            return "GBK" if encoding == "gb18030" else "Big5"
    return None


def delimiter_of(path: Path, text: str) -> str:
    """What separates cells: in a TSV the tab.

    In a CSV the comma, unless the first line has only tabs or semicolons.
    """
    if path.suffix.lower() == ".tsv":
        return "\t"
    head = text.lstrip("\r\n").split("\n", 1)[0]
    return next((mark for mark in (",", "\t", ";") if mark in head), ",")


def _check_width(path: Path, columns: Sequence[str], limits: Limits) -> None:
    if len(columns) > limits.columns:
        raise _too_many(path, limits.columns, " 列", "columns")


# -- JSON


class _Repeated(ValueError):
    """A key that occurs twice in one object."""


def _read_json(path: Path, data: bytes, limits: Limits) -> RawTable:
    """A list of objects; numbers stay the decimals that they are written as."""

    def pairs(items: list[tuple[str, object]]) -> dict[str, object]:
        record = dict(items)
        if len(record) != len(items):
            names = [key for key, _ in items]
            raise _Repeated(next(key for key in names if names.count(key) > 1))
        return record

    try:
        content = json.loads(
            data.decode("utf-8-sig"), object_pairs_hook=pairs, parse_float=Decimal,
            parse_int=Decimal, parse_constant=lambda word: word,
        )  # fmt: skip
    except UnicodeDecodeError as error:
        guess = _guess_encoding(data)
        if guess is not None:
            raise _fatal(path, "D416", path=str(path), encoding=guess) from error
        raise _unreadable(path, "JSON", "不是 UTF-8 文本", "it is no UTF-8 text") from error
    except _Repeated as error:
        raise _fatal(path, "D410", column=str(error)) from error
    except json.JSONDecodeError as error:
        zh = f"第 {error.lineno} 行第 {error.colno} 列：{error.msg}"
        en = f"line {error.lineno} column {error.colno}: {error.msg}"
        raise _unreadable(path, "JSON", zh, en) from error
    except RecursionError as error:
        raise _unreadable(path, "JSON", "嵌套过深", "nested too deeply") from error
    if isinstance(content, dict) and not _is_case(content):
        raise _unreadable(path, "JSON", "应是对象的列表", "a list of objects is wanted")
    records = [content] if isinstance(content, dict) else content
    if not isinstance(records, list) or not all(isinstance(r, dict) for r in records):
        raise _unreadable(path, "JSON", "应是对象的列表", "a list of objects is wanted")
    if len(records) > limits.rows:
        raise _too_many(path, limits.rows, " 行", "rows")
    return records_table(records, str(path), limits)


def _is_case(content: dict[str, object]) -> bool:
    """Whether an object is a single case, not a wrapper around a list of them."""
    return all(
        not isinstance(value, (dict, list)) or key in (*MEMBERS, *JUDGEMENTS)
        for key, value in content.items()
    )


def records_table(
    records: Sequence[Mapping[str, object]], name: str, limits: Limits = DEFAULT_LIMITS
) -> RawTable:
    """Objects as a table: its columns are all keys, in the order in which they first occur."""
    nested = {*MEMBERS, *JUDGEMENTS}
    columns = list(dict.fromkeys(str(k) for record in records for k in record if k not in nested))
    _check_width(Path(name), columns, limits)
    rows = []
    for number, record in enumerate(records, start=1):
        members = next((record[key] for key in MEMBERS if key in record), None) or ()
        judged = next((record[key] for key in JUDGEMENTS if key in record), None) or {}
        if not isinstance(members, (list, tuple)) or not all(
            isinstance(m, Mapping) for m in members
        ):
            zh, en = f"第 {number} 例的“成员”应是对象的列表", f"case {number}: members: no objects"
            raise _unreadable(Path(name), "JSON", zh, en)
        if not isinstance(judged, Mapping):
            zh, en = f"第 {number} 例的“评定”应是一个对象", f"case {number}: judged: no object"
            raise _unreadable(Path(name), "JSON", zh, en)
        values = [record.get(column) for column in columns]
        rows.append(Row(str(number), values, tuple(members), judged))
    return RawTable(name, tuple(columns), rows)


# -- Excel


def _read_xlsx(path: Path, sheet: str | None, problems: Problems, limits: Limits) -> RawTable:
    from openpyxl import load_workbook

    with path.open("rb") as stream:
        if stream.read(8) == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            zh, en = "是旧版 .xls 或加了密码", "it is an old .xls or has a password"
            raise _unreadable(path, "Excel", zh, en)
    try:
        with zipfile.ZipFile(path) as archive:
            # a small file may unpack to gigabytes
            if sum(entry.file_size for entry in archive.infolist()) > limits.unpacked:
                raise _too_many(path, limits.unpacked, " 字节（解压后）", "bytes unpacked")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and validations, which mean nothing here
            workbook = load_workbook(path, read_only=True, data_only=True, keep_links=False)
            try:
                return _sheet(path, workbook, sheet, problems, limits)
            finally:
                workbook.close()
    except (PolicyError, OSError):
        raise
    except Exception as error:
        # openpyxl answers a damaged file with whatever its parsers raise
        text = str(error) or type(error).__name__
        raise _unreadable(path, "Excel", text, text) from error


def _sheet(
    path: Path, workbook: Any, wanted: str | None, problems: Problems, limits: Limits
) -> RawTable:
    names = [ws.title for ws in workbook.worksheets]
    if not names:
        raise _fatal(path, "D408", path=str(path))
    if wanted is not None and wanted not in names:
        raise _fatal(path, "D426", sheet=wanted, sheets="、".join(names))
    title = wanted or names[0]
    worksheet = workbook[title]
    worksheet.reset_dimensions()  # what a file says of its size need not be true
    formulas, merged = _hidden_traps(path, worksheet._worksheet_path)
    if merged:
        problems.add("D424", sheet=title, cells="、".join(merged))
    columns: tuple[str, ...] | None = None
    empty: list[tuple[int, int]] = []
    rows: list[Row] = []
    for number, cells in enumerate(worksheet.iter_rows(), start=1):
        if number > limits.rows + 1:
            raise _too_many(path, limits.rows, " 行", "rows")
        values = [_excel_value(cell) for cell in cells]
        while values and _is_blank(values[-1]):
            values.pop()
        if not values:
            continue
        if columns is None:
            columns = tuple("" if v is None else str(v) for v in values)
            _check_width(path, columns, limits)
            continue
        if len(values) > len(columns):
            problems.add("D423", row=number, column=len(columns) + 1)
            continue
        values += [None] * (len(columns) - len(values))
        if formulas:
            empty += [(number, i) for i, value in enumerate(values) if value is None]
        rows.append(Row(str(number), values))
    if formulas and empty:
        _unsaved_formulas(path, title, empty, columns or (), problems)
    return RawTable(str(path), columns or (), rows)


def _hidden_traps(path: Path, part: str) -> tuple[bool, list[str]]:
    """Whether a sheet has formulas, and the first of its merged cells."""
    with zipfile.ZipFile(path) as archive:
        content = archive.read(part.lstrip("/"))
    merged = re.findall(rb'<mergeCell\s[^>]*?ref="([A-Z0-9:]+)"', content)
    has_formulas = re.search(rb"<f[\s>/]", content) is not None
    return has_formulas, [ref.decode("ascii") for ref in merged[:5]]


def _unsaved_formulas(
    path: Path,
    title: str,
    empty: Sequence[tuple[int, int]],
    columns: Sequence[str],
    problems: Problems,
) -> None:
    """Report empty cells that hold a formula: their value is not missing, it is not stored."""
    from openpyxl import load_workbook

    workbook = load_workbook(path, read_only=True, data_only=False, keep_links=False)
    wanted = set(empty)
    try:
        worksheet: Any = workbook[title]
        worksheet.reset_dimensions()
        for number, cells in enumerate(worksheet.iter_rows(), start=1):
            for index, cell in enumerate(cells[: len(columns)]):
                if (number, index) in wanted and cell.data_type == "f":
                    problems.add("D425", row=number, column=columns[index])
    finally:
        workbook.close()


def _excel_value(cell: Any) -> object:
    """The value that a person sees: 93.5% for 0.935 in a cell of percentages."""
    value = cell.value
    if isinstance(value, float) and math.isfinite(value):
        # Excel keeps 15 significant digits; what a binary number has beyond them is noise
        value = Decimal(f"{value:.15g}")
    if (
        isinstance(value, (int, Decimal))
        and not isinstance(value, bool)
        and "%" in re.sub(r'"[^"]*"', "", str(cell.number_format or ""))
    ):
        return f"{(value * 100):f}%"
    return value


# -- Parquet and DataFrames


def _read_parquet(path: Path, limits: Limits) -> RawTable:
    try:
        import pyarrow.parquet as pq
    except ImportError as error:
        details = {"format": "Parquet", "extra": "parquet"}
        raise _fatal(path, "D415", **details) from error
    try:
        with pq.ParquetFile(path) as file:
            metadata = file.metadata
            if metadata.num_rows > limits.rows:
                raise _too_many(path, limits.rows, " 行", "rows")
            if metadata.num_columns > limits.columns:
                raise _too_many(path, limits.columns, " 列", "columns")
            size = sum(
                metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups)
            )
            if size > limits.unpacked:
                raise _too_many(path, limits.unpacked, " 字节（解压后）", "bytes unpacked")
            table = file.read()
    except PolicyError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the file system's; a damaged file gives errors of pyarrow's own
        text = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise _unreadable(path, "Parquet", text, text) from error
    names = [str(name) for name in table.column_names]
    # pandas keeps the index of a frame in columns of its own
    kept = [i for i, name in enumerate(names) if not re.fullmatch(r"__index_level_\d+__", name)]
    columns = [arrow_values(table.column(i)) for i in kept]
    rows = [
        Row(str(number), values)
        for number, values in enumerate(zip(*columns, strict=True), start=1)
    ]
    return RawTable(str(path), tuple(names[i] for i in kept), rows)


def arrow_values(column: Any) -> list[object]:
    """The values of an Arrow column; a narrow float is the shortest decimal that means it."""
    values: list[object] = column.to_pylist()
    if str(column.type) in ("float", "halffloat"):
        return [None if v is None else _short_float(v, str(column.type)) for v in values]
    return values


def _short_float(value: Any, type_: str) -> object:
    """A 32-bit (or 16-bit) number as the shortest decimal that means it: 0.3, not 0.30000001."""
    import numpy as np

    narrow = np.float32(value) if type_ in ("float", "float32") else np.float16(value)
    return Decimal(str(narrow)) if math.isfinite(value) else float(value)


def frame_table(frame: pd.DataFrame, name: str, limits: Limits = DEFAULT_LIMITS) -> RawTable:
    """A DataFrame as a table; rows are named by the index, what pandas calls NA is empty."""
    import pandas as pd

    if len(frame) > limits.rows:
        raise _too_many(Path(name), limits.rows, " 行", "rows")
    names = tuple(str(column) for column in frame.columns)
    _check_width(Path(name), names, limits)
    columns: list[list[object]] = []
    for position in range(len(names)):
        series = frame.iloc[:, position]
        missing = series.isna().tolist()
        values: list[object] = series.tolist()
        narrow = str(series.dtype).lower()
        if narrow in ("float32", "float16"):
            values = [
                v if gone else _short_float(v, narrow)
                for v, gone in zip(values, missing, strict=True)
            ]
        columns.append([None if gone else v for v, gone in zip(values, missing, strict=True)])
    labels = [str(label) for label in pd.Index(frame.index)]
    return RawTable(name, names, [
        Row(label, values) for label, values in zip(labels, _transposed(columns, len(frame)),
                                                    strict=True)
    ])  # fmt: skip


def _transposed(columns: Sequence[Sequence[object]], rows: int) -> Iterator[Sequence[object]]:
    if not columns:
        return iter([()] * rows)
    return zip(*columns, strict=True)
