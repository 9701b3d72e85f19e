"""The columns of a result as Arrow arrays, CSV text and DataFrames."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from policydsl.language.keywords import Language
from policydsl.scoring.columns.arrays import Numbers, Truths
from policydsl.scoring.columns.scored.columns import End, Out
from policydsl.scoring.columns.scored.points import OPEN
from policydsl.scoring.columns.tables.sources import arrow
from policydsl.scoring.writing import cell_text, harmless, number_cells

if TYPE_CHECKING:
    import pandas as pd


def decimal_places(scale: int) -> int | None:
    """Places that hold every multiple of ``1 / scale``; ``None``: no finite number does."""
    rest, twos, fives = scale, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None


def arrow_column(out: Out, language: Language = "zh") -> Any:
    """A column as an Arrow array: decimals of 38 digits for points, texts where they are none."""
    pa = arrow()
    if not isinstance(out.cells, End):
        return out.cells
    ends = out.cells
    there = ends.values if ends.present is None else ends.values[ends.present]
    places = decimal_places(ends.scale)
    texts = out.texts
    if texts is None:
        texts = places is None or bool(len(there) and np.abs(there).max() >= OPEN)
    if texts or places is None:
        at, cells = ends.distinct()
        shown = [None if c is None else cell_text(c, language) for c in cells]
        return pa.array(shown, pa.string()).take(pa.array(at.astype(np.int64)))
    factor = 10**places // ends.scale
    values = ends.values * factor
    if ends.present is not None:
        values = np.where(ends.present, values, 0)
    if out.texts is None:  # all rows are here: as many places as they need
        while places and not (values % 10).any():
            values, places = values // 10, places - 1
    return decimals(values, places, ends.present)


def decimals(values: Numbers, places: int, present: Truths | None = None) -> Any:
    """Whole numbers of units of ``10 ** -places`` as a decimal128 array."""
    pa = arrow()
    words = np.empty((len(values), 2), np.int64)
    words[:, 0] = values
    words[:, 1] = values >> 63
    mask = None
    if present is not None:
        packed = np.packbits(present, bitorder="little")
        mask = pa.py_buffer(packed.tobytes())
    buffers = [mask, pa.py_buffer(words.tobytes())]
    return pa.Array.from_buffers(pa.decimal128(38, places), len(values), buffers)


def csv_head(columns: Sequence[Out]) -> str:
    """The titles as a line of CSV."""
    stream = io.StringIO()
    csv.writer(stream).writerow([harmless(out.column.title) for out in columns])
    return stream.getvalue()


def csv_text(columns: Sequence[Out], language: Language = "zh") -> str:
    """The rows as CSV, as :func:`policydsl.scoring.writing.to_csv` writes a table."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    lists: list[list[str]] = []
    for out in columns:
        if isinstance(out.cells, End):
            at, cells = out.cells.distinct()
            shown = [cell_text(cell, language) for cell in cells]
            lists.append([shown[i] for i in at.tolist()])
        else:
            encoded = out.cells.dictionary_encode()
            known = encoded.dictionary.to_pylist()
            shown = ["" if t is None else harmless(str(t)) for t in known]
            shown.append("")
            places = np.asarray(encoded.indices.fill_null(len(shown) - 1))
            lists.append([shown[i] for i in places.tolist()])
    writer.writerows(zip(*lists, strict=True))
    return stream.getvalue()


def frame_of(columns: Sequence[Out], scaled: bool = False) -> pd.DataFrame:
    """The columns as a DataFrame; points are ``Decimal``, or with ``scaled`` whole numbers.

    ``attrs["scale"]``: so many of these are one point.
    """
    import pandas as pd

    made: dict[str, Any] = {}
    scale = 1
    for out in columns:
        if not isinstance(out.cells, End):
            if out.column.kind == "integer":
                there = np.asarray(out.cells.is_valid())
                numbers = np.asarray(out.cells.fill_null(0))
                made[out.column.title] = pd.Series(pd.arrays.IntegerArray(numbers, ~there))
                continue
            texts = out.cells.to_numpy(zero_copy_only=False)
            made[out.column.title] = pd.Series(texts, dtype=object)
            continue
        scale = out.cells.scale
        if scaled:
            values = pd.array(out.cells.values, dtype="Int64")
            gone = np.abs(out.cells.values) >= OPEN
            if out.cells.present is not None:
                gone |= ~out.cells.present
            if gone.any():
                values[gone] = pd.NA
            made[out.column.title] = values
            continue
        at, cells = out.cells.distinct()
        shown = np.empty(len(cells), object)
        shown[:] = number_cells(cells)
        made[out.column.title] = pd.Series(shown[at], dtype=object)
    frame = pd.DataFrame(made)
    if scaled:
        frame.attrs["scale"] = scale
    return frame
