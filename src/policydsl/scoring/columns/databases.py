"""Plans run by a database on columns that the encoder has made.

So everything that the encoder reads (any file, households, facts that are worked out) can be
scored by DuckDB too.  A population that sits in a database is better scored there, by
:mod:`policydsl.scoring.columns.duckdb_engine` and :mod:`policydsl.scoring.columns.spark_engine`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from policydsl.scoring.columns.plan import Plan, Slot
from policydsl.scoring.columns.population import Codes
from policydsl.scoring.columns.sources import arrow

Numbers = npt.NDArray[np.int64]


def run(
    plan: Plan, columns: Sequence[Codes], wanted: Sequence[Slot], rows: int, engine: str
) -> list[Numbers]:
    """The wanted slots for all rows, in their order.  ``engine``: ``duckdb`` or ``spark``."""
    from policydsl.scoring.columns.sql_jobs import Job

    names = {each.name: f"c{i}" for i, each in enumerate(plan.inputs)}
    slots = {f"s{slot}": slot for slot in wanted}
    job = Job(plan, slots, columns=names, coded=frozenset(names))
    pa = arrow()
    # a plan without inputs still needs the rows
    arrays = [pa.array(column) for column in columns] + [pa.array(np.arange(rows))]
    table = pa.table(arrays, names=[*names.values(), "row"])
    from policydsl.scoring.columns.duckdb_engine import score_duckdb

    found = score_duckdb(job, table)
    return [
        found.column(f"s{slot}").combine_chunks().to_numpy(zero_copy_only=False) for slot in wanted
    ]
