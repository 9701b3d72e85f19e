"""Parquet files and folders of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np

from policydsl.scoring.columns.tables.sources import (
    PART_ROWS,
    Batch,
    Cells,
    arrow,
    fatal,
    unreadable,
)

BATCH_ROWS = 1 << 17

NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"


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
            raise fatal(path, "D408", path=str(path))
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
                raise fatal(one, "D443", path=str(one), columns=missing)
            groups = tuple(metadata.row_group(i).num_rows for i in range(metadata.num_row_groups))
            self.files.append(_File(one, groups, partition))
            self._heads.append((metadata, schema))
        assert first is not None
        self.titles = first
        self.rows = sum(sum(file.groups) for file in self.files)
        self.texts: frozenset[int] = frozenset()
        """Columns of texts with few distinct values, to be read as such."""
        if not self.rows:
            raise fatal(path, "D408", path=str(path))
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
            raise unreadable(self.path, "Parquet", text, text) from error
