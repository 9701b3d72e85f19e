"""Micro-operations: what the compiled kernel runs, written as numbers in an array.

A graph of values (:mod:`.engines.graph`) becomes a list of operations on a few
*registers*, arrays with one element for each row of a block.  Each operation changes one register
in place and is cheap for a processor that works on many rows at once.  Most tables of a points
scheme are not looked up at all: a few thresholds, a slope between two bounds and stairs of equal
width cost a fraction of a look-up.  :func:`components` takes a table apart and adds it up again
to see that nothing was lost.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from policydsl.scoring.columns.arrays import Numbers


class Op(IntEnum):
    """Operations: ``a`` is the register that changes, ``s`` what is read, ``p`` the parameters.

    An operation is a row of 13 integers: operation, a, kind of the source, number of the source,
    p0 … p7, and the bytes of an element where this is the first to read a column.  Kinds: 0 a
    register; 1, 2 columns of so many bytes; for ``LOAD`` and ``CHECK`` also 4, and −2, −4 and 8,
    which are signed.
    """

    FILL = 0
    """a = p0"""
    COPY = 1
    """a = s"""
    ADD = 2
    """a += p0 × s"""
    BEST = 3
    """a = max(a, s)"""
    LEAST = 4
    """a = min(a, s)"""
    CLIP = 5
    """a = max(min(a, p1), p0)"""
    SCALE = 6
    """a = p0 × a + p1"""
    DIVIDE = 7
    """a = ((a − p0) × p2 >> p3) + p4; where p2 is 0: a // p1, rounded down"""
    ROUND = 8
    """a = sign(a) × p0 × ((p1 × abs(a) + p2) // p3), by × p4 >> p5 unless p4 is 0"""
    OR = 9
    """a |= s & p0"""
    CLEAR = 10
    """a = 0 where s & p0 is not 0 (p1: where it is)"""
    HULL_LOW = 11
    """a = min(a, 0) there"""
    HULL_HIGH = 12
    """a = max(a, 0) there"""
    WEAKEN = 13
    """a &= p2 where s & p0 is 0"""
    STORE = 14
    """an output = a (kind: bytes of an element; number: which output)"""
    STEP_1 = 15
    """a += p1 where s ≥ p0"""
    STEP_2 = 16
    """the same for two pairs"""
    STEP_4 = 17
    """the same for four pairs"""
    LINE = 18
    """a += p2 × clip(s, p0, p1) + p3"""
    STAIR = 19
    """a += p2 × ((clip(s, p0, p1) + p3) × p4 >> p5), unsigned in 32 bits"""
    TABLE = 20
    """a += tables[p0 + s]; the table has p1 elements"""
    OR_BAND = 21
    """a |= p2 where p0 ≤ s ≤ p1"""
    OR_TABLE = 22
    """a |= tables[p0 + s]; the table has p1 elements"""
    LOAD = 23
    """a = s"""
    CHECK = 24
    """stop unless 0 ≤ s ≤ p0"""
    STAIR_16 = 25
    """a += p2 × ((clip(s, p0, p1) + p3) × p4 >> 16 >> p5), unsigned, factors of 16 bits"""


WIDTH = 13

COST: Mapping[Op, float] = {
    Op.STEP_1: 0.06,
    Op.STEP_2: 0.07,
    Op.STEP_4: 0.105,
    Op.LINE: 0.075,
    Op.STAIR: 0.22,
    Op.STAIR_16: 0.1,
    Op.TABLE: 0.46,
    Op.OR_BAND: 0.06,
    Op.OR_TABLE: 0.46,
}
"""Measured nanoseconds for a row, to choose by; they change no result."""

STAIR_FROM = 6
"""So many equal steps are dearer than a stair."""


class Part(NamedTuple):
    """One operation of a table that was taken apart: parameters p0, p1, … of the operation."""

    op: Op
    numbers: tuple[int, ...]


REMEMBERED = 2048
"""Larger tables are taken apart anew each time; the memory of smaller ones stays small."""


def components(table: Numbers) -> tuple[Part, ...] | None:
    """Steps, lines and stairs that add up to ``table`` − ``table[0]``.

    ``None`` where a look-up is cheaper.
    """
    if len(table) > REMEMBERED:
        return _taken_apart(table)
    return _remembered(np.ascontiguousarray(table, np.int64).tobytes())


@lru_cache(maxsize=1024)
def _remembered(table: bytes) -> tuple[Part, ...] | None:
    return _taken_apart(np.frombuffer(table, np.int64))


def _taken_apart(table: Numbers) -> tuple[Part, ...] | None:
    limit = lookup_cost(len(table))
    found = _jumps_apart(table, limit)
    line = _steady(table)
    if line is not None:
        # x + x // 4, say: a line, and stairs on it
        low, high, height = line
        rest = table - height * np.clip(np.arange(len(table)), low, high)
        limit = limit if found is None else _cost(found)
        more = _jumps_apart(rest, limit - COST[Op.LINE])
        if more is not None:
            found = (Part(Op.LINE, (low, high, height, -height * low)), *more)
    if found is not None and not np.array_equal(added_up(found, len(table)) + table[0], table):
        raise AssertionError("a table and its components differ")
    return found


def _steady(table: Numbers) -> tuple[int, int, int] | None:
    """Where a table rises (or falls) from code to code for longest, and by how much at least.

    ``None`` where it does so by the same each time, or not for long.
    """
    steps = np.diff(table)
    edges = np.flatnonzero(np.diff(np.sign(steps), prepend=0, append=0))
    if len(edges) < 2:
        return None
    lengths = np.diff(edges)
    lengths[steps[edges[:-1]] == 0] = 0
    longest = int(lengths.argmax())
    first, last = int(edges[longest]), int(edges[longest + 1])
    run = steps[first:last]
    if len(run) < STAIR_FROM or run.min() == run.max():
        return None
    return first, last, int(run[np.abs(run).argmin()])


def _cost(parts: Iterable[Part]) -> float:
    return sum(COST[part.op] for part in parts)


def _jumps_apart(table: Numbers, limit: float) -> tuple[Part, ...] | None:
    """Steps, lines and stairs of equal jumps; ``None`` where they cost more than ``limit``."""
    jumps = np.flatnonzero(np.diff(table)) + 1
    heights = table[jumps] - table[jumps - 1]
    gaps = np.diff(jumps)
    # Jump k goes on the run of jumps k − 2 and k − 1: as high, and as far from the one before.
    goes_on = np.zeros(len(jumps), np.bool_)
    goes_on[2:] = (gaps[1:] == gaps[:-1]) & (heights[2:] == heights[1:-1])
    breaks = np.flatnonzero(~goes_on)
    parts: list[Part] = []
    steps: list[tuple[int, int]] = []
    cost, start = 0.0, 0
    while start < len(jumps):
        first, height, count, gap = int(jumps[start]), int(heights[start]), 1, 0
        if start + 1 < len(jumps) and heights[start + 1] == height:
            later = breaks[np.searchsorted(breaks, start + 2) :]
            count = (int(later[0]) if len(later) else len(jumps)) - start
            gap = int(gaps[start])
        if gap == 1:
            low, high = first - 1, first - 1 + count
            parts.append(Part(Op.LINE, (low, high, height, -height * low)))
        elif count >= STAIR_FROM and (stair := _stair(first, gap, count, height)):
            parts.append(stair)
        else:
            count = 1
            steps.append((first, height))
        start += count
        cost = _cost(parts) + _steps_cost(len(steps))
        if cost > limit:
            return None
    return (*parts, *grouped(steps))


def lookup_cost(size: int) -> float:
    """What a look-up costs in a table of so many elements (large ones leave the first cache)."""
    return COST[Op.TABLE] * (1 if size <= 4096 else 2 if size <= 1 << 18 else 6)


def _steps_cost(count: int) -> float:
    rest = count % 4
    fours = count // 4 + (rest == 3)
    return fours * COST[Op.STEP_4] + (0, COST[Op.STEP_1], COST[Op.STEP_2], 0)[rest]


def grouped(steps: list[tuple[int, int]]) -> Iterator[Part]:
    """Steps (cut, height) by fours, and what is left by one, two or four (one of height 0)."""
    for at in range(0, len(steps), 4):
        group = steps[at : at + 4]
        if len(group) == 3:
            group = [*group, (0, 0)]
        op = {1: Op.STEP_1, 2: Op.STEP_2, 4: Op.STEP_4}[len(group)]
        yield Part(op, tuple(number for pair in group for number in pair))


def _stair(first: int, gap: int, count: int, height: int) -> Part | None:
    """``count`` jumps of ``height`` at ``first``, ``first + gap``, …"""
    low, high, offset = max(first - gap, 0), first + (count - 1) * gap, gap - first
    # What is added to an unsigned number may be negative: it wraps around as it should.
    if magic := _reciprocal(gap, count * gap, 16):
        factor, shift = magic
        return Part(Op.STAIR_16, (low, high, height, offset % (1 << 16), factor, shift - 16))
    if magic := _reciprocal(gap, count * gap, 32):
        return Part(Op.STAIR, (low, high, height, offset % (1 << 32), *magic))
    return None


@lru_cache(maxsize=1024)
def _reciprocal(divisor: int, largest: int, bits: int) -> tuple[int, int] | None:
    """Factor and shift with n × factor >> shift == n // divisor for all n up to ``largest``.

    All products stay below 2³²; with 16 ``bits`` the factor is below 2¹⁶ and the shift at least
    16.  Found by trying all n.
    """
    if largest >= 1 << 16:
        return None
    numbers = np.arange(largest + 1, dtype=np.uint64)
    for shift in range(32 - bits, 32):
        factor = -(-(1 << shift) // divisor)
        if factor >= 1 << bits or factor * largest >= 1 << 32:
            return None
        found = (numbers * np.uint64(factor)) >> np.uint64(shift)
        if np.array_equal(found, numbers // np.uint64(divisor)):
            return factor, shift
    return None


def added_up(parts: Iterable[Part], size: int) -> Numbers:
    """The table that parts stand for."""
    codes = np.arange(size, dtype=np.int64)
    table = np.zeros(size, np.int64)
    for op, numbers in parts:
        match op:
            case Op.LINE:
                low, high, height, more = numbers
                table += height * np.clip(codes, low, high) + more
            case Op.STAIR:
                low, high, height, offset, factor, shift = numbers
                inside = (np.clip(codes, low, high) + offset) % (1 << 32)
                table += height * (((inside * factor) % (1 << 32)) >> shift)
            case Op.STAIR_16:
                low, high, height, offset, factor, shift = numbers
                inside = (np.clip(codes, low, high) + offset) % (1 << 16)
                table += height * (inside * factor >> 16 >> shift)
            case Op.OR_BAND:
                low, high, bits = numbers
                table |= np.where((codes >= low) & (codes <= high), bits, 0)
            case _:
                for cut, height in zip(numbers[::2], numbers[1::2], strict=True):
                    table += np.where(codes >= cut, height, 0)
    return table


def bands(table: Numbers) -> tuple[Part, ...] | None:
    """A table of flags as bands of codes; ``None`` where a look-up is cheaper."""
    edges = [0, *map(int, np.flatnonzero(np.diff(table)) + 1), len(table)]
    parts = tuple(
        Part(Op.OR_BAND, (start, stop - 1, int(table[start])))
        for start, stop in itertools.pairwise(edges)
        if table[start]
    )
    return parts if len(parts) * COST[Op.OR_BAND] <= COST[Op.OR_TABLE] else None


def multiplier(divisor: int, largest: int) -> tuple[int, int]:
    """Factor and shift for a division of 0 … ``largest`` in 64 bits; (0, 0): there are none.

    For n < 2^N and a factor of ceil(2^s / divisor) with s = N + ceil(log2 divisor), n × factor >> s
    is n // divisor (Granlund and Montgomery, Division by invariant integers using multiplication,
    PLDI 1994, theorem 4.2); for N ≤ 31 the product is below 2⁶³.
    """
    size = largest.bit_length()
    if size > 31:
        return 0, 0
    shift = size + (divisor - 1).bit_length()
    if shift > 62:
        return 0, 0
    return -(-(1 << shift) // divisor), shift
