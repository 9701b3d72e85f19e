"""The states of the slots of a plan as expressions, each once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

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
    Weaken,
)
from policydsl.scoring.columns.sql.dialects import INT32

LONG = 50
"""Sums longer than this are written in parts, for the same reason."""


Reference = int
"""Number of a node of the graph."""


class State(NamedTuple):
    """One state: what it is made of, and the least and greatest value that it can have.

    ``ones`` are the bits that can be set, ``wide`` says that 32 bits are not enough for it or on
    the way to it.
    """

    kind: str
    inputs: tuple[Reference, ...]
    data: Any
    low: int
    high: int
    ones: int
    wide: bool


class States:
    """The states of all slots, each only once."""

    def __init__(self, plan: Plan):
        self.plan = plan
        self.nodes: list[State] = []
        self.known: dict[object, Reference] = {}
        self.slots: dict[Slot, Reference] = {}
        self.tables: list[npt.NDArray[np.int64]] = []

    def held(self, slot: Slot) -> Reference:
        """The state of a slot after the steps so far."""
        return self.slots[slot] if slot in self.slots else self._number(0)

    def run(self, step: object) -> None:
        """Take one step."""
        match step:
            case Look():
                self._increase(step.out, 1, self._look(step.source, step.table))
            case Mark():
                self._merge(step.out, self._look(step.source, step.table))
            case Formula():
                self._increase(step.out, 1, self._chain(step))
            case Add():
                self._increase(step.out, step.factor, self.held(step.slot))
            case Pick():
                self._pick(step)
            case Clip():
                self.slots[step.out] = self._clipped(self.held(step.out), step.low, step.high)
            case Round():
                self._round(step)
            case Clear():
                self._clear(step)
            case Hull():
                self._hull(step)
            case Merge():
                self._merge(step.out, self._kept(self.held(step.slot), step.keep))
            case Weaken():
                self._weaken(step)
            case Classify():
                self._classify(step)
            case _:
                raise TypeError(step)

    # -- nodes

    def _add(
        self,
        kind: str,
        inputs: tuple[Reference, ...],
        data: Any,
        low: int,
        high: int,
        ones: int | None = None,
        top: int = 0,
    ) -> Reference:
        """A node; ``top`` is the largest magnitude on the way to its value."""
        key = (kind, inputs, data)
        if key not in self.known:
            if ones is None:
                ones = -1 if low < 0 else (1 << high.bit_length()) - 1
            top = max(top, abs(low), abs(high))
            # of a look-up the source is an index, not a part of the value
            parts = () if kind in ("look", "classes") else inputs
            wide = top > INT32 or any(self.nodes[one].wide for one in parts)
            self.known[key] = len(self.nodes)
            self.nodes.append(State(kind, inputs, data, low, high, ones, wide))
        return self.known[key]

    def _number(self, value: int) -> Reference:
        return self._add("number", (), value, value, value, value if value >= 0 else -1)

    def _source(self, source: In | Slot) -> Reference:
        if not isinstance(source, In):
            return self.held(source)
        size = self.plan.inputs[source.number].size
        return self._add("code", (), source.number, 0, size - 1)

    def _look(self, source: In | Slot, table: npt.NDArray[np.int64]) -> Reference:
        index = self._source(source)
        low, high = self.nodes[index].low, self.nodes[index].high
        if low < 0 or high >= len(table):
            raise ValueError(f"a table of {len(table)} is looked up by {low} … {high}")
        table = np.ascontiguousarray(table[low : high + 1], np.int64)
        least, most = int(table.min()), int(table.max())
        if least == most:
            return self._number(least)
        ones = int(np.bitwise_or.reduce(table)) if least >= 0 else None
        known = self.known.setdefault(("table", table.tobytes()), len(self.tables))
        if known == len(self.tables):
            self.tables.append(table)
        return self._add("look", (index,), known, least, most, ones)

    def _chain(self, step: Formula) -> Reference:
        value = self._source(step.source)
        for name, number in step.chain:
            match name:
                case "mul":
                    value = self._sum(((number, value),))
                case "add":
                    value = self._sum(((1, value), (1, self._number(number))))
                case "min":
                    value = self._clipped(value, None, number)
                case "max":
                    value = self._clipped(value, number, None)
                case "floordiv":
                    value = self._divided(value, number)
        return value

    def _divided(self, value: Reference, by: int) -> Reference:
        node = self.nodes[value]
        # shifted by a multiple of the divisor, so that what is divided is not negative
        shift = max(0, -(node.low // by))
        low, high = node.low // by, node.high // by
        if low == high:
            return self._number(low)
        return self._add("div", (value,), (by, shift), low, high, top=node.high + shift * by + by)

    def _sum(self, parts: Iterable[tuple[int, Reference]]) -> Reference:
        """Factors times states, added up: flat, and with equal terms put together."""
        terms: dict[Reference, int] = {}
        constant = 0
        for factor, reference in parts:
            node = self.nodes[reference]
            if node.kind == "number":
                constant += factor * node.data
            elif node.kind == "sum" and factor == 1 and not terms:
                constant += node.data[1]
                terms.update(zip(node.inputs, node.data[0], strict=True))
            else:
                terms[reference] = terms.get(reference, 0) + factor
        terms = {reference: factor for reference, factor in terms.items() if factor}
        if not terms:
            return self._number(constant)
        if constant == 0 and list(terms.values()) == [1]:
            return next(iter(terms))
        low = high = constant
        top = abs(constant)
        for reference, factor in terms.items():
            node = self.nodes[reference]
            ends = sorted((factor * node.low, factor * node.high))
            low, high = low + ends[0], high + ends[1]
            top += max(abs(ends[0]), abs(ends[1]), abs(factor))
        data = (tuple(terms.values()), constant)
        return self._add("sum", tuple(terms), data, low, high, top=top)

    def _increase(self, slot: Slot, factor: int, by: Reference) -> None:
        self.slots[slot] = self._sum(((1, self.held(slot)), (factor, by)))

    def _merge(self, slot: Slot, flags: Reference) -> None:
        parts: dict[Reference, None] = {}
        constant = 0
        for reference in (self.held(slot), flags):
            node = self.nodes[reference]
            if node.kind == "number":
                constant |= node.data
            elif node.kind == "or":
                constant |= node.data
                parts.update(dict.fromkeys(node.inputs))
            else:
                parts[reference] = None
        if not parts:
            self.slots[slot] = self._number(constant)
        elif len(parts) == 1 and not constant:
            self.slots[slot] = next(iter(parts))
        else:
            ones = constant
            for reference in parts:
                ones |= self.nodes[reference].ones
            self.slots[slot] = self._add("or", tuple(parts), constant, 0, ones, ones)

    def _kept(self, flags: Reference, keep: int) -> Reference:
        node = self.nodes[flags]
        ones = node.ones & keep
        if ones == node.ones:
            return flags
        if ones == 0 or node.kind == "number":
            return self._number(ones)
        return self._add("and", (flags,), keep & node.ones, 0, ones, ones)

    def _pick(self, step: Pick) -> None:
        mine, other = self.held(step.out), self.held(step.slot)
        a, b = self.nodes[mine], self.nodes[other]
        if step.how == "min":
            a, b, mine, other = b, a, other, mine
        if a.low >= b.high:
            self.slots[step.out] = mine if step.how == "max" else other
        elif b.low >= a.high:
            self.slots[step.out] = other if step.how == "max" else mine
        else:
            pick = max if step.how == "max" else min
            low, high = pick(a.low, b.low), pick(a.high, b.high)
            pair = (min(mine, other), max(mine, other))
            self.slots[step.out] = self._add("pick", pair, step.how, low, high)

    def _clipped(self, value: Reference, floor: int | None, cap: int | None) -> Reference:
        node = self.nodes[value]
        low, high = node.low, node.high
        at_most = at_least = None
        if cap is not None and cap < high:
            at_most, high, low = cap, cap, min(low, cap)
        if floor is not None and floor > low:
            at_least, low, high = floor, floor, max(high, floor)
        if low == high:  # also where the floor is above the cap
            return self._number(low)
        if at_most is None and at_least is None:
            return value
        return self._add("clip", (value,), (at_least, at_most), low, high)

    def _round(self, step: Round) -> None:
        held = self.held(step.out)
        node = self.nodes[held]
        if node.kind == "number" or step.unit == 1:
            value = rounded(node.low, step) if node.kind == "number" else None
            self.slots[step.out] = held if value is None else self._number(value)
            return
        low, high = rounded(node.low, step), rounded(node.high, step)
        top = 2 * max(abs(node.low), abs(node.high)) + 2 * step.unit
        data = (step.unit, step.mode)
        self.slots[step.out] = self._add("round", (held,), data, low, high, top=top)

    def _clear(self, step: Clear) -> None:
        held, flags = self.held(step.out), self.held(step.flags)
        certain = self._certainly(flags, step.bits, step.unless)
        if certain is None:
            node = self.nodes[held]
            low, high, ones = min(node.low, 0), max(node.high, 0), node.ones
            data = (step.bits, step.unless)
            self.slots[step.out] = self._add("clear", (held, flags), data, low, high, ones)
        elif certain:
            self.slots[step.out] = self._number(0)

    def _hull(self, step: Hull) -> None:
        held, flags = self.held(step.out), self.held(step.flags)
        node = self.nodes[held]
        certain = self._certainly(flags, step.bits, step.unless)
        idle = node.high <= 0 if step.end == "low" else node.low >= 0
        if certain is False or idle:
            return
        if certain:
            ends = (0, None) if step.end == "high" else (None, 0)
            self.slots[step.out] = self._clipped(held, *ends)
            return
        low, high = min(node.low, 0), max(node.high, 0)
        data = (step.bits, step.unless, step.end)
        self.slots[step.out] = self._add("hull", (held, flags), data, low, high)

    def _weaken(self, step: Weaken) -> None:
        held, flags = self.held(step.out), self.held(step.flags)
        node = self.nodes[held]
        certain = self._certainly(flags, step.bits, True)
        if certain is False or node.ones & step.keep == node.ones:
            return
        if certain:
            self.slots[step.out] = self._kept(held, step.keep)
            return
        data = (step.bits, step.keep & node.ones, node.ones)
        self.slots[step.out] = self._add("weaken", (held, flags), data, 0, node.high, node.ones)

    def _certainly(self, flags: Reference, bits: int, unless: bool) -> bool | None:
        """Whether a condition on flags holds for all rows (or none); ``None``: for some."""
        node = self.nodes[flags]
        if node.kind == "number":
            return ((node.data & bits) != 0) is not unless
        if node.ones & bits == 0:
            return unless
        if node.kind == "or" and node.data & bits:
            return not unless
        return None

    def _classify(self, step: Classify) -> None:
        value = self.held(step.slot)
        node = self.nodes[value]
        first = sum(cut <= node.low for cut in step.cuts)
        cuts = tuple(cut for cut in step.cuts if node.low < cut <= node.high)
        table = self._number(first * step.stride)
        if cuts:
            ends = sorted((first * step.stride, (first + len(cuts)) * step.stride))
            data = (cuts, first, step.stride)
            table = self._add("classes", (value,), data, ends[0], ends[1], top=abs(step.stride))
        self._increase(step.out, 1, table)


def rounded(value: int, step: Round) -> int:
    """A number as :class:`Round` makes it."""
    size, unit = abs(value), step.unit
    if step.mode == "half_up":
        count = (2 * size + unit) // (2 * unit)
    else:
        count = size // unit if step.mode == "down" else -(-size // unit)
    return (count if value >= 0 else -count) * unit
