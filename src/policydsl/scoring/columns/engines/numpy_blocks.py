"""The plan in NumPy, block by block: the plainest engine, and the measure of the others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from policydsl.scoring.columns.arrays import Codes, Numbers
from policydsl.scoring.columns.plan import (
    Add,
    Classify,
    Clear,
    Clip,
    Formula,
    Hull,
    In,
    Look,
    Mark,
    Merge,
    Pick,
    Plan,
    Round,
    Slot,
    Source,
    Weaken,
)

BLOCK = 1 << 15
"""Rows at a time: the slots of a block stay in the processor's cache."""


def run(plan: Plan, columns: Sequence[Codes], wanted: Sequence[Slot], rows: int) -> list[Numbers]:
    """The wanted slots for all rows.

    ``columns``: one array of codes for each input of the plan, each of ``rows`` elements.
    """
    results = [np.empty(rows, np.int64) for _ in wanted]
    plan = plan.only(wanted)
    for start in range(0, rows, BLOCK):
        block = [column[start : start + BLOCK] for column in columns]
        found = run_block(plan, block, wanted, min(BLOCK, rows - start))
        for result, values in zip(results, found, strict=True):
            result[start : start + BLOCK] = values
    return results


# One case for each step: parted, nobody would see at once that none is missing.
def run_block(  # noqa: C901
    plan: Plan, columns: Sequence[Codes], wanted: Sequence[Slot], rows: int
) -> list[Numbers]:
    """The wanted slots for the rows of a block, by all steps of the plan."""
    slots: dict[Slot, Numbers] = {}

    def slot(number: Slot) -> Numbers:
        if number not in slots:
            slots[number] = np.zeros(rows, np.int64)
        return slots[number]

    def codes(source: Source) -> Codes:
        return columns[source.number] if isinstance(source, In) else slot(source)

    for step in plan.steps:
        out = slot(step.out)
        match step:
            case Look():
                out += step.table[codes(step.source)]
            case Mark():
                out |= step.table[codes(step.source)]
            case Formula():
                out += chained(step, codes(step.source).astype(np.int64))
            case Add():
                out += slot(step.slot) if step.factor == 1 else step.factor * slot(step.slot)
            case Pick():
                pick = np.maximum if step.how == "max" else np.minimum
                pick(out, slot(step.slot), out=out)
            case Clip():
                if step.high is not None:
                    np.minimum(out, step.high, out=out)
                if step.low is not None:
                    np.maximum(out, step.low, out=out)
            case Round():
                out[:] = rounded(out, step)
            case Clear():
                out[_where(slot(step.flags), step.bits, step.unless)] = 0
            case Hull():
                where = _where(slot(step.flags), step.bits, step.unless)
                pick = np.minimum if step.end == "low" else np.maximum
                out[where] = pick(out[where], 0)
            case Merge():
                out |= slot(step.slot) & step.keep
            case Weaken():
                out[_where(slot(step.flags), step.bits, True)] &= step.keep
            case Classify():
                cuts = np.asarray(step.cuts, np.int64)
                out += step.stride * np.searchsorted(cuts, slot(step.slot), side="right")
    return [slot(number) for number in wanted]


def _where(flags: Numbers, bits: int, unless: bool) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = (flags & bits) == 0 if unless else (flags & bits) != 0
    return found


def chained(step: Formula, values: Numbers) -> Numbers:
    """The chain of a formula on an array, which it may change."""
    for name, number in step.chain:
        match name:
            case "mul":
                values = values * number
            case "add":
                values = values + number
            case "min":
                values = np.minimum(values, number)
            case "max":
                values = np.maximum(values, number)
            case "floordiv":
                values = values // number
    return values


def rounded(values: Numbers, step: Round) -> Numbers:
    """Values as multiples of the unit of a :class:`Round` step."""
    unit, size = step.unit, np.abs(values)
    count: Numbers
    if step.mode == "half_up":
        count = (2 * size + unit) // (2 * unit)
    elif step.mode == "down":
        count = size // unit
    else:
        count = (size + unit - 1) // unit
    result: Numbers = np.sign(values) * count * unit
    return result
