"""Tables that are in memory: rows, DataFrames, Arrow tables."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from policydsl.scoring.columns.tables.sources import Batch, Broken, Cells, Mixed, arrow
from policydsl.scoring.formats import RawTable

if TYPE_CHECKING:
    import pandas as pd


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
