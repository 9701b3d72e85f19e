"""Polars with a look-up table for each fact, in one lazy query; exact, in integers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from benchmarks.columns.data import Array, Columns
from benchmarks.columns.peers import tables as t


def load(columns: Columns, threads: int) -> pl.DataFrame:
    """Positions in the tables: one more than the value, so that -1 is the first entry.

    Polars takes unsigned positions without a pass to look for negative ones.  The number of
    threads is set by the environment of the process.
    """
    unsigned = {np.dtype(np.int8): np.uint8, np.dtype(np.int16): np.uint16}
    return pl.DataFrame(
        {name: (values + 1).astype(unsigned[values.dtype]) for name, values in columns.items()}
    )


def looked_up(name: str, table: Array) -> pl.Expr:
    """Points of a fact."""
    return pl.lit(pl.Series(np.concatenate([[0], table]).astype(np.int16))).gather(pl.col(name))


def added(part: Mapping[str, Array]) -> pl.Expr:
    """The sum over the facts of a part."""
    total, *rest = (looked_up(name, table) for name, table in part.items())
    for one in rest:
        total = total + one
    return total


def score(frame: pl.DataFrame) -> pl.Series:
    """Every person's total in hundredths; 16 bits hold every sum of this scheme."""
    best = pl.max_horizontal(looked_up("技能等级", t.SKILL), looked_up("职称", t.TITLE))
    shared = (added(t.SHARED) + best).clip(upper_bound=10_000)
    city = (added(t.CITY) + added(t.PATENTS).clip(upper_bound=1_500)).clip(upper_bound=15_000)
    district = added(t.DISTRICT).clip(upper_bound=5_000)
    total = (shared + city + district - added(t.LOST)).clip(lower_bound=0)
    kept = pl.when(pl.col("刑事犯罪记录") == 2).then(0).otherwise(total).alias("total")
    return frame.lazy().select(kept).collect(engine="in-memory")["total"]


def hundredths(result: pl.Series) -> Array:
    """As they are."""
    return result.to_numpy().astype(np.int32)
