"""Where the rows of a population come from: batches of Arrow columns, as often as they are wanted.

A source is read twice when what the planner must know of the data (ranges, places, duplicate
ids) does not stand in its head, so it gives its batches again from the start on request.  A file
is never held whole: Parquet comes by row groups and CSV by blocks, in *parts* of about a million
rows, which an interrupted run does not read again.

Cells are what the file has: texts of a CSV are not guessed to be numbers.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote

import numpy as np
import numpy.typing as npt

from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.scoring.formats import (
    DEFAULT_LIMITS,
    Limits,
    Problems,
    RawTable,
    decode_text,
    delimiter_of,
    read_table,
    records_table,
)

if TYPE_CHECKING:
    import pandas as pd

BATCH_ROWS = 1 << 17
PART_ROWS = 1 << 20
"""A part of the input has at least so many rows, where the file allows it."""
CSV_BLOCK = 1 << 24
NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True)
class Mixed:
    """A column of Python objects of several types, as places in a list of its distinct values.

    An index of −1 is an empty cell.
    """

    indices: npt.NDArray[np.int32]
    values: list[object]

    def __len__(self) -> int:
        return len(self.indices)


Cells = Any
"""A ``pyarrow.Array`` or :class:`Mixed`."""


@dataclass(frozen=True)
class Broken:
    """A row whose number of cells does not fit the head (D417)."""

    number: int
    found: int
    wanted: int
    text: str


@dataclass
class Batch:
    """Some rows.  ``columns`` by position among the titles; ``first`` counts rows from 0.

    ``numbers`` name the rows as the user's own program does; ``None``: from 1 on by ``first``;
    else a sequence.
    """

    part: int
    first: int
    rows: int
    columns: dict[int, Cells]
    numbers: Any = None
    broken: list[Broken] = field(default_factory=list)

    def number(self, row: int) -> str:
        """The name of a row (counted within the batch)."""
        return str(self.first + row + 1 if self.numbers is None else self.numbers[row])


class Table(Protocol):
    """A source of rows.

    ``identity`` tells whether a later run reads the same data.
    """

    @property
    def name(self) -> str:
        """What messages call it."""
        ...

    @property
    def titles(self) -> tuple[str, ...]:
        """The names of the columns as they stand there."""
        ...

    @property
    def rows(self) -> int | None:
        """How many rows there are, where that is known before reading."""
        ...

    @property
    def in_memory(self) -> bool:
        """Whether all rows are one batch."""
        ...

    def read(
        self, wanted: Collection[int] | None = None, skip: Collection[int] = ()
    ) -> Iterator[Batch]:
        """The batches of the wanted columns, without those of the parts to skip."""
        ...

    def statistics(self, column: int) -> tuple[object, object] | None:
        """The least and the greatest value of a column, where the file says so."""
        ...

    def type_of(self, column: int) -> Any:
        """The Arrow type of a column where all rows have it and it is known; else ``None``."""
        ...

    def identity(self) -> dict[str, object]:
        """What names the data in a run record."""
        ...


def arrow() -> Any:
    """The module pyarrow; :class:`PolicyError` (D415) where it is not installed."""
    try:
        import pyarrow as pa
        import pyarrow.compute
    except ImportError as error:
        details = {"format": "Arrow", "extra": "fast"}
        raise PolicyError([Diagnostic("D415", Source("", ""), None, details)]) from error
    return pa


# -- in memory


@dataclass
class MemoryTable:
    """A table that is in memory: one batch, one part."""

    name: str
    titles: tuple[str, ...]
    columns: list[Cells]
    rows: int
    numbers: Any = None
    in_memory: bool = True
    broken: list[Broken] = field(default_factory=list)

    def read(
        self, wanted: Collection[int] | None = None, skip: Collection[int] = ()
    ) -> Iterator[Batch]:
        """All rows at once."""
        if 0 not in skip:
            kept = {
                i: column for i, column in enumerate(self.columns) if wanted is None or i in wanted
            }
            yield Batch(0, 0, self.rows, kept, self.numbers, self.broken)

    def statistics(self, column: int) -> tuple[object, object] | None:
        """Not known: there is no cheaper way than to look."""
        return None

    def type_of(self, column: int) -> Any:
        """The type of the array."""
        found = self.columns[column]
        return None if isinstance(found, Mixed) else found.type

    def identity(self) -> dict[str, object]:
        """Data in memory has no name that lasts."""
        return {"name": self.name, "rows": self.rows}


_PLAIN_TYPES = (str, int, bool, float, Decimal, date, datetime)


def cells_of(values: Sequence[object]) -> Cells:
    """Python objects as an Arrow array where all are of one plain type, else as they are.

    ``None`` is an empty cell.  Arrow's own guess would turn a column of 1 and ``True`` or of
    dates with and without a time into something else.
    """
    pa = arrow()
    kinds = set(map(type, values)) - {type(None)}
    if not kinds:
        return pa.nulls(len(values))
    if len(kinds) == 1 and kinds <= set(_PLAIN_TYPES):
        try:
            return pa.array(values)
        except (pa.ArrowException, OverflowError, ValueError):
            pass  # too large a number, a date beyond what Arrow holds
    known: dict[tuple[type, object], int] = {}
    distinct: list[object] = []
    indices = np.empty(len(values), np.int32)
    for i, value in enumerate(values):
        if value is None:
            indices[i] = -1
            continue
        try:
            place = known.setdefault((type(value), value), len(distinct))
        except TypeError:  # a list or object where a value belongs
            place = len(distinct)
        if place == len(distinct):
            distinct.append(value)
        indices[i] = place
    return Mixed(indices, distinct)


def raw_source(raw: RawTable) -> MemoryTable:
    """A table that :mod:`policydsl.scoring.formats` has read (Excel, JSON, small files)."""
    width = len(raw.columns)
    columns = [cells_of([row.values[i] for row in raw.rows]) for i in range(width)]
    numbers = [row.number for row in raw.rows]
    return MemoryTable(raw.name, raw.columns, columns, len(raw.rows), numbers)


def frame_source(frame: pd.DataFrame, name: str = "DataFrame") -> MemoryTable:
    """A DataFrame; what pandas calls NA is empty, rows are named by the index."""
    import pandas as pd

    pa = arrow()
    columns: list[Cells] = []
    for position in range(frame.shape[1]):
        series = frame.iloc[:, position]
        if series.dtype == object:
            missing = series.isna().to_numpy()
            values = series.to_numpy(dtype=object, copy=True)
            values[missing] = None
            columns.append(cells_of([plain_scalar(v) for v in values.tolist()]))
            continue
        array = pa.Array.from_pandas(series)
        columns.append(array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array)
    index = frame.index
    plain_index = isinstance(index, pd.RangeIndex) and index.start == 0 and index.step == 1
    numbers: Any = range(len(frame)) if plain_index else index
    titles = tuple(str(column) for column in frame.columns)
    return MemoryTable(name, titles, columns, len(frame), numbers)


def plain_scalar(value: object) -> object:
    """A NumPy scalar or a pandas timestamp as the Python value that it stands for."""
    if isinstance(value, datetime):
        convert = getattr(value, "to_pydatetime", None)
        return value if convert is None else convert()
    item = getattr(value, "item", None)
    return item() if item is not None and type(value).__module__ == "numpy" else value


def arrow_source(table: Any, name: str = "Arrow") -> MemoryTable:
    """A ``pyarrow.Table`` or record batch."""
    pa = arrow()
    columns = []
    for column in table.columns:
        if isinstance(column, pa.ChunkedArray):
            column = column.unify_dictionaries().combine_chunks()
            if isinstance(column, pa.ChunkedArray):  # no chunk at all
                column = pa.array([], column.type)
        columns.append(column)
    return MemoryTable(name, tuple(map(str, table.schema.names)), columns, table.num_rows)


# -- Parquet


@dataclass(frozen=True)
class _File:
    path: Path
    groups: tuple[int, ...]
    """Rows of each row group."""
    partition: tuple[tuple[str, str | None], ...] = ()


class ParquetTable:
    """A Parquet file, a folder of them, or a data set with partitions (``a=1/b=2/x.parquet``)."""

    in_memory = False

    def __init__(self, path: Path):
        self.name = str(path)
        pa = arrow()
        self.path = path
        self.files: list[_File] = []
        self._heads: list[Any] = []
        paths = [path] if path.is_file() else _parquet_files(path)
        if not paths:
            raise _fatal(path, "D408", path=str(path))
        first: tuple[str, ...] | None = None
        for one in paths:
            metadata, schema = self._head(one)
            partition = () if path.is_file() else _partition(one.relative_to(path))
            names = tuple(n for n in map(str, schema.names) if not _INDEX.fullmatch(n))
            titles = (*names, *(key for key, _ in partition))
            if first is None:
                first = titles
            elif sorted(titles) != sorted(first):
                missing = "、".join(sorted(set(first) ^ set(titles)))
                raise _fatal(one, "D443", path=str(one), columns=missing)
            groups = tuple(metadata.row_group(i).num_rows for i in range(metadata.num_row_groups))
            self.files.append(_File(one, groups, partition))
            self._heads.append((metadata, schema))
        assert first is not None
        self.titles = first
        self.rows = sum(sum(file.groups) for file in self.files)
        self.texts: frozenset[int] = frozenset()
        """Columns of texts with few distinct values, to be read as such."""
        if not self.rows:
            raise _fatal(path, "D408", path=str(path))
        self._pa = pa
        self.parts = self._parts()

    def _head(self, path: Path) -> tuple[Any, Any]:
        with _reading_parquet(path):
            import pyarrow.parquet as pq

            with pq.ParquetFile(path) as file:
                return file.metadata, file.schema_arrow

    def _parts(self) -> list[tuple[int, tuple[int, ...]]]:
        """(number of the file, row groups) of each part."""
        parts: list[tuple[int, tuple[int, ...]]] = []
        for number, file in enumerate(self.files):
            groups: list[int] = []
            rows = 0
            for group, count in enumerate(file.groups):
                groups.append(group)
                rows += count
                if rows >= PART_ROWS:
                    parts.append((number, tuple(groups)))
                    groups, rows = [], 0
            if groups:
                parts.append((number, tuple(groups)))
        return parts

    def read(
        self, wanted: Collection[int] | None = None, skip: Collection[int] = ()
    ) -> Iterator[Batch]:
        """Batches of at most :data:`BATCH_ROWS` rows."""
        import pyarrow.parquet as pq

        positions = [i for i in range(len(self.titles)) if wanted is None or i in wanted]
        first = 0
        for part, (number, groups) in enumerate(self.parts):
            file = self.files[number]
            rows = sum(file.groups[group] for group in groups)
            if part in skip:
                first += rows
                continue
            constant = dict(file.partition)
            names = [self.titles[i] for i in positions if self.titles[i] not in constant]
            texts = [self.titles[i] for i in positions if i in self.texts]
            with (
                _reading_parquet(file.path),
                pq.ParquetFile(file.path, read_dictionary=texts, memory_map=True) as opened,
            ):
                for batch in opened.iter_batches(BATCH_ROWS, list(groups), names):
                    columns: dict[int, Cells] = {}
                    for i in positions:
                        title = self.titles[i]
                        if title in constant:
                            columns[i] = self._constant(constant[title], batch.num_rows)
                        else:
                            columns[i] = batch.column(names.index(title))
                    yield Batch(part, first, batch.num_rows, columns)
                    first += batch.num_rows

    def _constant(self, value: str | None, rows: int) -> Any:
        pa = self._pa
        if value is None:
            return pa.nulls(rows, pa.string())
        return pa.DictionaryArray.from_arrays(np.zeros(rows, np.int32), pa.array([value]))

    def statistics(self, column: int) -> tuple[object, object] | None:
        """From the row groups' statistics, if all of them have some."""
        lows, highs = [], []
        for metadata, schema in self._heads:
            index = schema.names.index(self.titles[column]) if (
                self.titles[column] in schema.names) else -1  # fmt: skip
            if index < 0 or metadata.num_columns != len(schema.names):
                return None
            for group in range(metadata.num_row_groups):
                chunk = metadata.row_group(group).column(index)
                found = chunk.statistics
                if found is None:
                    return None
                if found.has_null_count and found.null_count == chunk.num_values:
                    continue
                if not found.has_min_max:
                    if (
                        found.has_null_count
                        and found.null_count >= metadata.row_group(group).num_rows
                    ):
                        continue
                    return None
                lows.append(found.min)
                highs.append(found.max)
        return (min(lows), max(highs)) if lows else None

    def type_of(self, column: int) -> Any:
        """The type that the column has in every file."""
        title = self.titles[column]
        types = {
            schema.field(title).type if title in schema.names else None for _, schema in self._heads
        }
        return types.pop() if len(types) == 1 else None

    def identity(self) -> dict[str, object]:
        """Paths below the folder, sizes, times and row groups."""
        files = []
        for file in self.files:
            about = file.path.stat()
            files.append(
                [
                    file.path.name if file.path == self.path
                    else file.path.relative_to(self.path).as_posix(),
                    about.st_size, about.st_mtime_ns, list(file.groups),
                ]
            )  # fmt: skip
        return {"name": self.path.name, "rows": self.rows, "files": files}


_INDEX = re.compile(r"__index_level_\d+__")


def _parquet_files(folder: Path) -> list[Path]:
    """The files of a data set by name; hidden ones and those that begin with ``_`` are no data."""
    found = []
    for path in sorted(folder.rglob("*.parquet")):
        inner = path.relative_to(folder).parts
        if path.is_file() and not any(part.startswith((".", "_")) for part in inner):
            found.append(path)
    return found


def _partition(path: Path) -> tuple[tuple[str, str | None], ...]:
    pairs = []
    for part in path.parts[:-1]:
        key, equals, value = part.partition("=")
        if equals:
            text = unquote(value)
            pairs.append((unquote(key), None if text == NULL_PARTITION else text))
    return tuple(pairs)


class _reading_parquet:
    """Within, what is wrong with a Parquet file is a diagnostic (D407)."""

    def __init__(self, path: Path):
        self.path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        pa = arrow()
        if isinstance(error, (pa.ArrowException, OSError)):
            text = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise _unreadable(self.path, "Parquet", text, text) from error


# -- CSV


class CsvTable:
    """A CSV or TSV file, read in blocks; all cells are texts.

    Rows are numbered as records of the file, the head included, as the exact evaluator does.
    """

    in_memory = False

    def __init__(self, path: Path, encoding: str | None = None):
        self.name = str(path)
        self.path = path
        self.encoding = encoding or "utf-8"
        self._pa = arrow()
        sample = self._sample()
        # the sample may end within a character or a row; only its beginning is looked at
        text = decode_text(path, sample, encoding)
        self.delimiter = delimiter_of(path, text)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter)
        self.titles: tuple[str, ...] = ()
        self._records = 0
        try:
            for record in reader:
                self._records += 1
                if any(cell.strip() for cell in record):
                    self.titles = tuple(record)
                    break
        except csv.Error as error:
            raise _unreadable(path, path.suffix[1:].upper(), str(error), str(error)) from error
        if not self.titles:
            raise _fatal(path, "D408", path=str(path))
        self._lines = reader.line_num
        self.rows: int | None = None
        self.plain: frozenset[int] = frozenset()
        """Columns whose texts are mostly different ones."""

    def _sample(self) -> bytes:
        with self.path.open("rb") as stream:
            sample = stream.read(1 << 20)
            whole = not stream.read(1)
        if whole or self.encoding.startswith("utf-16"):
            return sample
        cut = sample.rfind(b"\n")
        return sample if cut < 0 else sample[: cut + 1]

    def read(
        self, wanted: Collection[int] | None = None, skip: Collection[int] = ()
    ) -> Iterator[Batch]:
        """Batches by blocks of the file; parts of :data:`PART_ROWS` rows or a little more."""
        import pyarrow.csv as pc

        pa = self._pa
        positions = [i for i in range(len(self.titles)) if wanted is None or i in wanted]
        invalid: list[Broken] = []

        def broken(row: Any) -> str:
            invalid.append(Broken(row.number, row.actual_columns, row.expected_columns, row.text))
            return "skip"

        names = [f"c{i}" for i in range(len(self.titles))]
        few = pa.dictionary(pa.int32(), pa.string())
        types = {names[i]: pa.string() if i in self.plain else few for i in positions}
        kind = self.path.suffix[1:].upper()
        try:
            stream = pc.open_csv(
                self.path,
                pc.ReadOptions(use_threads=False, block_size=CSV_BLOCK, skip_rows=self._lines,
                               column_names=names, encoding=self.encoding),
                pc.ParseOptions(delimiter=self.delimiter, newlines_in_values=True,
                                ignore_empty_lines=False, invalid_row_handler=broken),
                pc.ConvertOptions(column_types=types, include_columns=[names[i] for i in positions],
                                  check_utf8=True),
            )  # fmt: skip
            first, part, in_part = 0, 0, 0
            record = self._records  # the last record that was counted
            for chunk in stream:
                numbers, record = _numbered(record, chunk.num_rows, invalid)
                columns = {i: chunk.column(k) for k, i in enumerate(positions)}
                rows = chunk.num_rows
                columns, numbers, rows = _without_blank(columns, numbers, rows)
                if part not in skip and (rows or invalid):
                    yield Batch(part, first, rows, columns, numbers, list(invalid))
                invalid.clear()
                first += rows
                in_part += rows
                if in_part >= PART_ROWS:
                    part, in_part = part + 1, 0
            if invalid and part not in skip:
                columns = {i: pa.array([], pa.string()) for i in positions}
                yield Batch(part, first, 0, columns, [], list(invalid))
        except pa.ArrowInvalid as error:
            text = str(error).splitlines()[0]
            if "empty" in text.lower() and "csv" in text.lower():
                return  # a head without rows
            raise _unreadable(self.path, kind, text, text) from error
        except (pa.ArrowException, OSError, UnicodeError) as error:
            text = str(error).splitlines()[0]
            raise _unreadable(self.path, kind, text, text) from error

    def statistics(self, column: int) -> tuple[object, object] | None:
        """Not known."""
        return None

    def type_of(self, column: int) -> Any:
        """Texts."""
        return self._pa.string()

    def identity(self) -> dict[str, object]:
        """Size and time of the file."""
        about = self.path.stat()
        return {"name": self.path.name, "size": about.st_size, "time": about.st_mtime_ns,
                "encoding": self.encoding}  # fmt: skip


def _numbered(last: int, rows: int, invalid: Sequence[Broken]) -> tuple[npt.NDArray[np.int64], int]:
    """Numbers of the good records behind record ``last``, and the last number used."""
    bad = np.array(sorted(row.number for row in invalid), np.int64)
    numbers = np.arange(last + 1, last + 1 + rows + len(bad), dtype=np.int64)
    end = last + rows + len(bad)
    if len(bad):
        numbers = numbers[~np.isin(numbers, bad)]
        if len(numbers) < rows:  # a bad record beyond the last good one of the block
            more = np.arange(end + 1, end + 1 + rows - len(numbers), dtype=np.int64)
            numbers, end = np.concatenate([numbers, more]), int(more[-1])
    return numbers[:rows], end


def _without_blank(
    columns: dict[int, Cells], numbers: npt.NDArray[np.int64], rows: int
) -> tuple[dict[int, Cells], npt.NDArray[np.int64], int]:
    """The rows that hold anything; a spreadsheet leaves rows of commas behind."""
    import pyarrow.compute as pc

    candidates: Any = None
    for column in columns.values():
        texts = column.dictionary if hasattr(column, "dictionary") else column
        blank = np.asarray(pc.equal(pc.utf8_trim_whitespace(texts), "").fill_null(True))
        if hasattr(column, "dictionary"):
            indices = column.indices
            empty = np.asarray(indices.is_null())
            if blank.any():
                places = np.asarray(indices.fill_null(0))
                empty = empty | blank[places]
        else:
            empty = blank
        candidates = empty if candidates is None else candidates & empty
        if not candidates.any():
            return columns, numbers, rows
    if candidates is None:
        return columns, numbers, rows
    keep = ~candidates
    mask = arrow().array(keep)
    return {i: c.filter(mask) for i, c in columns.items()}, numbers[keep], int(keep.sum())


# -- any


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
            raise _fatal(Path(data), "D420", **details)
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
        raise _fatal(Path(table.name), "D408", path=table.name)
    return table


def _file_table(path: Path, encoding: str | None, sheet: str | None, limits: Limits) -> Table:
    if not path.exists():
        raise _fatal(path, "D429", path=str(path))
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
        raise _unreadable(path, suffix[1:].upper(), problem, problem) from error
    problems = Problems(str(path), limits.problems)
    raw = read_table(path, problems, encoding, sheet, limits)
    problems.raise_any()
    return raw_source(_without_members(raw))


def _without_members(raw: RawTable) -> RawTable:
    """Records inside records cannot be columns (S511)."""
    row = next((row for row in raw.rows if row.inner or row.judged), None)
    if row is not None:
        what = ("成员、评定写在记录里面", "members or judgements inside records")
        raise _fatal(Path(raw.name), "S511", what=what)
    return raw


def _fatal(file: Path, code: str, **details: object) -> PolicyError:
    return PolicyError([Diagnostic(code, Source(str(file), ""), None, details)])


def _unreadable(path: Path, format_: str, zh: str, en: str) -> PolicyError:
    return _fatal(path, "D407", path=str(path), format=format_, problem=(zh, en))
