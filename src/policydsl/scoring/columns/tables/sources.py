"""Where the rows of a population come from: batches of Arrow columns, as often as they are wanted.

A source is read twice when what the planner must know of the data (ranges, places, duplicate
ids) does not stand in its head, so it gives its batches again from the start on request.  A file
is never held whole: Parquet comes by row groups and CSV by blocks, in *parts* of about a million
rows, which an interrupted run does not read again.

Cells are what the file has: texts of a CSV are not guessed to be numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from policydsl.language.diagnostics import Diagnostic, PolicyError, Source

PART_ROWS = 1 << 20
"""A part of the input has at least so many rows, where the file allows it."""


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


def fatal(file: Path, code: str, **details: object) -> PolicyError:
    """The error of a file that cannot be read at all."""
    return PolicyError([Diagnostic(code, Source(str(file), ""), None, details)])


def unreadable(path: Path, format_: str, zh: str, en: str) -> PolicyError:
    """D407: what ``format_`` finds wrong with the file, in both languages."""
    return fatal(path, "D407", path=str(path), format=format_, problem=(zh, en))
