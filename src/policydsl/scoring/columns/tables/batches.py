"""Batches cut and joined, so that a household stands in one."""

from __future__ import annotations

from typing import Any

import numpy as np

from policydsl.scoring.columns.tables.sources import Batch, Cells, arrow


def plain_column(column: Cells) -> Any:
    """The column with its values in place, not as places in a dictionary."""
    pa = arrow()
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def joined(first: Batch, second: Batch) -> Batch:
    """Two batches as one, as a part of the second one."""
    pa = arrow()
    columns: dict[int, Cells] = {}
    for position, column in second.columns.items():
        parts = [plain_column(first.columns[position]), plain_column(column)]
        if parts[0].type != parts[1].type:
            parts = [part.cast(pa.string()) for part in parts]
        columns[position] = pa.concat_arrays(parts)
    numbers = None
    if first.numbers is not None and second.numbers is not None:
        numbers = np.concatenate([first.numbers, second.numbers])
    rows = first.rows + second.rows
    return Batch(second.part, first.first, rows, columns, numbers, second.broken)


def cut_out(batch: Batch, start: int, stop: int) -> Batch:
    """The rows from ``start`` up to ``stop``."""
    columns = {i: column.slice(start, stop - start) for i, column in batch.columns.items()}
    numbers = None if batch.numbers is None else batch.numbers[start:stop]
    broken = batch.broken if start == 0 else []
    return Batch(batch.part, batch.first + start, stop - start, columns, numbers, broken)


def last_household(batch: Batch, position: int) -> int:
    """The row with which the last household of a batch begins."""
    if not batch.rows:
        return 0
    coded = plain_column(batch.columns[position]).dictionary_encode()
    codes = np.asarray(coded.indices.fill_null(-1))
    changes = np.flatnonzero(codes[1:] != codes[:-1])
    return int(changes[-1]) + 1 if len(changes) else 0
