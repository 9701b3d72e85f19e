"""Whatever holds a table → a :class:`~policydsl.scoring.columns.tables.sources.Table`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from policydsl.scoring.columns.tables.csv_files import CsvTable
from policydsl.scoring.columns.tables.memory import (
    MemoryTable,
    arrow_source,
    frame_source,
    raw_source,
)
from policydsl.scoring.columns.tables.parquet import ParquetTable
from policydsl.scoring.columns.tables.sources import Table, arrow, fatal, unreadable
from policydsl.scoring.formats import (
    DEFAULT_LIMITS,
    Limits,
    Problems,
    RawTable,
    read_table,
    records_table,
)


def open_table(
    data: Any,
    encoding: str | None = None,
    sheet: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Table:
    """The table that ``data`` is or names.

    A path: CSV, TSV, Excel, JSON, Parquet, a folder of Parquet files.  A DataFrame, an Arrow
    table, a list of records.  Raises :class:`PolicyError` where nothing can be read (D407, D408,
    D413, D415, D416, D420, D426, D429, D443).
    """
    pa = arrow()
    if isinstance(data, (str, Path)) or hasattr(data, "__fspath__"):
        found = _file_table(Path(data), encoding, sheet, limits)
        if len(found.titles) > limits.columns:
            details = {"path": str(data), "limit": limits.columns, "what": (" 列", "columns")}
            raise fatal(Path(data), "D420", **details)
        return found
    table: MemoryTable
    if isinstance(data, (pa.Table, pa.RecordBatch)):
        table = arrow_source(data)
    elif hasattr(data, "iloc"):
        table = frame_source(data)
    else:
        raw = records_table(list(data), "<records>", limits)
        table = raw_source(_without_members(raw))
    if not table.rows:
        raise fatal(Path(table.name), "D408", path=table.name)
    return table


def _file_table(path: Path, encoding: str | None, sheet: str | None, limits: Limits) -> Table:
    if not path.exists():
        raise fatal(path, "D429", path=str(path))
    if path.is_dir():
        return ParquetTable(path)
    suffix = path.suffix.lower()
    try:
        if suffix == ".parquet":
            return ParquetTable(path)
        if suffix in (".csv", ".tsv"):
            return CsvTable(path, encoding)
    except OSError as error:
        problem = error.strerror or str(error)
        raise unreadable(path, suffix[1:].upper(), problem, problem) from error
    problems = Problems(str(path), limits.problems)
    raw = read_table(path, problems, encoding, sheet, limits)
    problems.raise_any()
    return raw_source(_without_members(raw))


def _without_members(raw: RawTable) -> RawTable:
    """Records inside records cannot be columns (S511)."""
    row = next((row for row in raw.rows if row.inner or row.judged), None)
    if row is not None:
        what = ("成员、评定写在记录里面", "members or judgements inside records")
        raise fatal(Path(raw.name), "S511", what=what)
    return raw
