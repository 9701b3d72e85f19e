"""Scores of a sample of persons by the exact evaluator, in several processes."""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING

import numpy as np
from benchmarks.columns import schemes
from benchmarks.columns.data import MISSING, Array, Column, Columns

if TYPE_CHECKING:
    from policydsl.model.expressions import Constant

SHARE = 500
"""Persons that a process takes at a time."""

Given = dict[str, list[int]]


class _Exact:
    """The evaluator of one process, with the values of each column read only once."""

    def __init__(self, text: str, columns: tuple[Column, ...]):
        from policydsl.scoring.exact import Evaluator

        self.policy = schemes.policy_of(text)
        self.evaluator = Evaluator(self.policy)
        self.columns = columns
        self.read: dict[tuple[str, int], Constant | None] = {}

    def value(self, column: Column, count: int) -> Constant | None:
        """A value of a column, read as a cell of a table is read."""
        from policydsl.scoring.cells import value_of

        key = (column.name, count)
        if key not in self.read:
            cell: object = count
            if column.labels:
                cell = column.labels[count]
            elif column.yes_no:
                cell = bool(count)
            elif column.unit > 1:
                cell = count / column.unit
            self.read[key] = value_of(self.policy.facts[column.name], cell)
        return self.read[key]

    def hundredths(self, given: Given) -> list[int]:
        """The totals of some persons."""
        from policydsl.scoring.cases import Case

        totals = []
        for values in zip(*(given[c.name] for c in self.columns), strict=True):
            facts = {
                column.name: value
                for column, count in zip(self.columns, values, strict=True)
                if count != MISSING and (value := self.value(column, count)) is not None
            }
            total = self.evaluator.score(Case("1", facts)).total
            assert total.low is not None
            assert total.low == total.high
            points = total.low * schemes.SCALE
            assert points.denominator == 1
            totals.append(int(points))
        return totals


_exact: _Exact


def _start(text: str, columns: tuple[Column, ...]) -> None:
    global _exact
    _exact = _Exact(text, columns)


def _share(given: Given) -> list[int]:
    return _exact.hundredths(given)


def sample_of(count: int, size: int) -> Array:
    """Rows to check: a random sample without repetition, in order."""
    if size >= count:
        return np.arange(count)
    return np.sort(np.random.default_rng(0).choice(count, size, replace=False))


def exact_hundredths(
    text: str, kinds: tuple[Column, ...], columns: Columns, rows: Array, processes: int
) -> Array:
    """The exact totals of some rows, in hundredths of a point."""
    chosen = {c.name: columns[c.name][rows] for c in kinds}
    shares = (
        {name: values[start : start + SHARE].tolist() for name, values in chosen.items()}
        for start in range(0, len(rows), SHARE)
    )
    # columns hold functions that draw values: they reach the processes by forking
    context = multiprocessing.get_context("fork")
    with context.Pool(processes, _start, (text, kinds)) as pool:
        return np.array([x for part in pool.imap(_share, shares) for x in part], np.int32)
