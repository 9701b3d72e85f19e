"""Tables of units: which ones they name, and the same table under the names of another edition."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from policydsl.model.policy import Policy
from policydsl.scoring.cells import plain
from policydsl.scoring.columns.tables.memory import MemoryTable
from policydsl.scoring.columns.tables.reading import texts_of
from policydsl.scoring.columns.tables.sources import Mixed, Table, arrow
from policydsl.scoring.tables import COLUMNS

Names = Mapping[str, str | None]


def entity_known(policy: Policy, entity: str | None) -> bool:
    """Whether a policy has a schedule of that entity."""
    return entity in {name for root in policy.roots for name in (root.entity, root.label)}


def unit_names(table: Table, ignore: Collection[str] = ()) -> list[str]:
    """The units that a table names, in the order of its rows; none without such a column."""
    position = _position(table, "unit")
    if position is None or table.titles[position] in ignore:
        return []
    (batch,) = table.read([position])
    texts, _ = texts_of(batch.columns[position])
    return [name for name in texts.unique().to_pylist() if name is not None]


def renamed(table: Table, policy: Policy, names: Names | None, left_out: Collection[str]) -> Table:
    """The table with units as a policy calls them, without the rows of those left out.

    Rows keep the numbers that the user's own program shows.
    """
    position = _position(table, "unit")
    if position is None or (names is None and not left_out):
        return table
    (batch,) = table.read()
    units = texts_of(batch.columns[position])[0].to_pylist()
    rows = np.array([i for i, name in enumerate(units) if name not in left_out], np.int64)
    columns = [_taken(batch.columns[i], rows) for i in range(len(table.titles))]
    kept = [units[i] for i in rows.tolist()]
    if names is not None:
        kept = [names.get(name, name) if name is not None else None for name in kept]
        at = _position(table, "entity")
        if at is not None:
            known = [
                text if entity_known(policy, text) else None
                for text in texts_of(columns[at])[0].to_pylist()
            ]
            columns[at] = arrow().array(known, arrow().string())
    columns[position] = arrow().array(kept, arrow().string())
    numbers = [batch.number(i) for i in rows.tolist()]
    return MemoryTable(table.name, table.titles, columns, len(rows), numbers, broken=batch.broken)


def _position(table: Table, kind: str) -> int | None:
    for position, title in enumerate(table.titles):
        name = plain(title)
        if name in COLUMNS[kind] or name.lower() in COLUMNS[kind]:
            return position
    return None


def _taken(cells: Any, rows: Any) -> Any:
    if isinstance(cells, Mixed):
        return Mixed(cells.indices[rows], cells.values)
    return cells.take(arrow().array(rows))
