"""Fewer steps for the same numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from policydsl.scoring.columns.plan import (
    Add,
    Clip,
    Formula,
    Look,
    Mark,
    Plan,
    Slot,
    Step,
    bounds,
    reads,
)


def optimised(plan: Plan, wanted: Iterable[Slot] | None = None) -> Plan:
    """The plan for the wanted slots (all that can be asked for), which hold the same numbers."""
    kept = frozenset(plan.visible() if wanted is None else wanted)
    plan = plan.only(kept)
    # a clip that is gone lets more terms go straight into their sum
    plan = replace(plan, steps=tuple(_without_idle_clips(plan)))
    plan = replace(plan, steps=tuple(_folded(plan.steps, kept)))
    plan = replace(plan, steps=tuple(_shared(plan.steps)))
    return replace(plan, largest=bounds(plan)[1])


def _without_idle_clips(plan: Plan) -> list[Step]:
    """Without the clips beyond which, as intervals prove, no number lies."""
    found: list[Step] = []
    for step in plan.steps:
        if isinstance(step, Clip):
            here = bounds(replace(plan, steps=tuple(found)))[0][step.out]
            low = None if step.low is not None and step.low <= here.low else step.low
            high = None if step.high is not None and step.high >= here.high else step.high
            if low is None and high is None:
                continue
            step = Clip(step.out, low, high)
        found.append(step)
    return found


def _folded(steps: Iterable[Step], kept: frozenset[Slot]) -> list[Step]:
    """Terms of a sum go straight into it, where nothing else is done with them.

    A slot that only takes up additions, and is only added once to another that has not been
    changed in any other way by then, is that other slot from the beginning.
    """
    found = list(steps)
    used = Counter(slot for step in found for slot in reads(step))
    changed = True
    while changed:
        changed = False
        for at, step in enumerate(found):
            if not isinstance(step, Add) or step.factor != 1:
                continue
            term = step.slot
            if term in kept or used[term] != 1 or term == step.out:
                continue
            of_term = [x for x in found[:at] if x.out == term]
            before = [x for x in found[:at] if x.out == step.out]
            additive = (Look, Formula, Add)
            if not all(isinstance(x, additive) for x in (*of_term, *before)):
                continue
            if any(x.out == term for x in found[at:]):
                continue
            if any(step.out in reads(x) for x in found[:at]):
                continue
            out = step.out
            found = [
                replace(x, out=out) if x.out == term else x
                for place, x in enumerate(found)
                if place != at
            ]
            used[term] = 0
            changed = True
            break
    return found


def _shared(steps: Iterable[Step]) -> list[Step]:
    """Equal tables are one array."""
    tables: dict[tuple[int, bytes], np.ndarray[tuple[int, ...], np.dtype[np.int64]]] = {}
    found: list[Step] = []
    for step in steps:
        if isinstance(step, (Look, Mark)):
            known = (len(step.table), step.table.tobytes())
            step = replace(step, table=tables.setdefault(known, step.table))
        found.append(step)
    return found
