"""CSV files, read block by block."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from policydsl.scoring.columns.tables.sources import (
    PART_ROWS,
    Batch,
    Broken,
    Cells,
    arrow,
    fatal,
    unreadable,
)
from policydsl.scoring.formats import decode_text, delimiter_of

CSV_BLOCK = 1 << 24


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
            raise unreadable(path, path.suffix[1:].upper(), str(error), str(error)) from error
        if not self.titles:
            raise fatal(path, "D408", path=str(path))
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
            raise unreadable(self.path, kind, text, text) from error
        except (pa.ArrowException, OSError, UnicodeError) as error:
            text = str(error).splitlines()[0]
            raise unreadable(self.path, kind, text, text) from error

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
