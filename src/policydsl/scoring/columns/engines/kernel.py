"""The compiled kernel: runs the micro-operations of a program, block by block.

The kernel is compiled once for a machine, never for a policy: a program is data (see
:mod:`.engines.micro`).  For each block of rows and each operation there is a
loop that the compiler turns into vector instructions; the registers of a block stay in the
processor's cache.  Blocks do not depend on each other, so neither the size of a block nor
the number of threads changes a result.

This module needs numba and is imported only where it is wanted; see
:mod:`policydsl.scoring.columns.engines.running`.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import platformdirs
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from policydsl.scoring.columns.arrays import Array
from policydsl.scoring.columns.engines.micro import WIDTH, Op
from policydsl.scoring.columns.engines.program import Program, misfit

BLOCK = 1 << 14
"""Rows at a time: registers stay in the second cache, and columns are read in longer runs."""

NARROW = 8
"""With registers of so many bytes for a row between them, twice as many rows are taken."""

logger = logging.getLogger(__name__)

FILL, COPY, LOAD = int(Op.FILL), int(Op.COPY), int(Op.LOAD)
ADD, BEST, LEAST, CLIP = int(Op.ADD), int(Op.BEST), int(Op.LEAST), int(Op.CLIP)
SCALE, DIVIDE, ROUND = int(Op.SCALE), int(Op.DIVIDE), int(Op.ROUND)
STEP_1, STEP_2, STEP_4 = int(Op.STEP_1), int(Op.STEP_2), int(Op.STEP_4)
LINE, STAIR, TABLE = int(Op.LINE), int(Op.STAIR), int(Op.TABLE)
OR_BAND, OR_TABLE, OR = int(Op.OR_BAND), int(Op.OR_TABLE), int(Op.OR)
CLEAR, HULL_LOW, HULL_HIGH = int(Op.CLEAR), int(Op.HULL_LOW), int(Op.HULL_HIGH)
WEAKEN, CHECK, STORE = int(Op.WEAKEN), int(Op.CHECK), int(Op.STORE)
STAIR_16 = int(Op.STAIR_16)


@contextmanager
def _cache_folder() -> Iterator[None]:
    """While functions are declared: numba keeps their machine code in a folder of ours.

    A folder that the user chose for numba stays in force.  Where ours cannot be written, numba
    looks for one by itself.
    """
    before = numba.config.CACHE_DIR
    # numba sees when this file changes; what it takes from elsewhere are these numbers.
    numbers = repr([(op.name, op.value) for op in Op] + [WIDTH]).encode()
    name = f"kernel-{blake2b(numbers, digest_size=4).hexdigest()}"
    folder = Path(platformdirs.user_cache_dir("policydsl")) / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        usable = os.access(folder, os.W_OK)
    except OSError:
        usable = False
    if usable and not before:
        numba.config.CACHE_DIR = str(folder)
    try:
        yield
    finally:
        numba.config.CACHE_DIR = before


def compiled(function: Callable[..., Any]) -> Any:
    """Compiled once and kept; where no folder can be written, compiled in each process."""
    options = {"nogil": True, "error_model": "numpy"}
    with _cache_folder():
        try:
            return numba.njit(cache=True, **options)(function)
        except RuntimeError:
            logger.warning("no folder to keep the compiled kernel in: it is compiled each time")
            return numba.njit(**options)(function)


@intrinsic
def _pointer(context: Any, address: Any) -> Any:
    """An address as a pointer."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], ir.IntType(8).as_pointer())

    return types.voidptr(address), generate


@intrinsic
def _quotient(context: Any, number: Any, factor: Any, shift: Any) -> Any:
    """``number`` × ``factor`` >> 16 >> ``shift``: in 16 bits, which processors have operations for.

    Written in numba it would be done in 64 bits.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        wide = ir.IntType(32)
        factors = [builder.zext(argument, wide) for argument in arguments[:2]]
        upper = builder.lshr(builder.mul(*factors), ir.Constant(wide, 16))
        return builder.lshr(builder.trunc(upper, ir.IntType(16)), arguments[2])

    return types.uint16(types.uint16, types.uint16, types.uint16), generate


@intrinsic
def _fetch(context: Any, address: Any) -> Any:
    """Ask for the cache line of an address, which need not be one of ours."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = builder.inttoptr(arguments[0], ir.IntType(8).as_pointer())
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [pointer.type, number, number, number])
        prefetch = builder.module.declare_intrinsic("llvm.prefetch", [pointer.type], kind)
        builder.call(prefetch, [pointer, number(0), number(2), number(1)])
        return context.get_dummy_value()

    return types.none(address), generate


@numba.njit(inline="always")
def _column(address, kind, rows):
    return numba.carray(_pointer(address), rows, kind)


@numba.njit(nogil=True, error_model="numpy")
# One case for each step, in one function: numba compiles it as one loop without calls.
def _from_source(a, s, n, p, tables):  # noqa: C901
    """An operation on register ``a`` that reads codes ``s``."""
    code = p[0]
    number = a.dtype.type
    source = s.dtype.type
    zero = number(0)
    if code == STEP_1:
        c0, d0 = source(p[4]), number(p[5])
        for i in range(n):
            a[i] += d0 if s[i] >= c0 else zero
    elif code == STEP_2:
        c0, d0, c1, d1 = source(p[4]), number(p[5]), source(p[6]), number(p[7])
        for i in range(n):
            x = s[i]
            v = number(a[i] + (d0 if x >= c0 else zero))
            a[i] = number(v + (d1 if x >= c1 else zero))
    elif code == STEP_4:
        c0, d0, c1, d1 = source(p[4]), number(p[5]), source(p[6]), number(p[7])
        c2, d2, c3, d3 = source(p[8]), number(p[9]), source(p[10]), number(p[11])
        for i in range(n):
            x = s[i]
            v = number(a[i] + (d0 if x >= c0 else zero))
            v = number(v + (d1 if x >= c1 else zero))
            v = number(v + (d2 if x >= c2 else zero))
            a[i] = number(v + (d3 if x >= c3 else zero))
    elif code == LINE:
        low, high, d0, d1 = source(p[4]), source(p[5]), number(p[6]), number(p[7])
        for i in range(n):
            x = number(min(max(s[i], low), high))
            a[i] = number(a[i] + number(d0 * x)) + d1
    elif code == STAIR:
        low, high, d0 = source(p[4]), source(p[5]), number(p[6])
        offset, factor, shift = np.uint32(p[7]), np.uint32(p[8]), np.uint32(p[9])
        for i in range(n):
            x = np.uint32(min(max(s[i], low), high))
            x = np.uint32(np.uint32(x + offset) * factor)
            a[i] = number(a[i] + number(d0 * number(np.uint32(x >> shift))))
    elif code == STAIR_16:
        low, high, d0 = source(p[4]), source(p[5]), number(p[6])
        offset_16, factor_16, shift_16 = np.uint16(p[7]), np.uint16(p[8]), np.uint16(p[9])
        for i in range(n):
            y = np.uint16(np.uint16(min(max(s[i], low), high)) + offset_16)
            a[i] = number(a[i] + number(d0 * number(_quotient(y, factor_16, shift_16))))
    elif code == TABLE:
        table = tables[p[4] : p[4] + p[5]]
        for i in range(n):
            a[i] += table[np.uint32(s[i])]
    elif code == OR_BAND:
        low, high, d0 = source(p[4]), source(p[5]), number(p[6])
        for i in range(n):
            a[i] |= d0 if (s[i] >= low) & (s[i] <= high) else number(0)
    elif code == OR_TABLE:
        table = tables[p[4] : p[4] + p[5]]
        for i in range(n):
            a[i] |= table[np.uint32(s[i])]
    elif code == LOAD:
        for i in range(n):
            a[i] = number(s[i])


@numba.njit(nogil=True, error_model="numpy")
# One case for each step, in one function: numba compiles it as one loop without calls.
def _own(a, b, n, p):  # noqa: C901
    """An operation on register ``a`` that reads at most one other register, ``b``."""
    code = p[0]
    number = a.dtype.type
    if code == FILL:
        d0 = number(p[4])
        for i in range(n):
            a[i] = d0
    elif code == COPY:
        for i in range(n):
            a[i] = b[i]
    elif code == ADD:
        d0 = number(p[4])
        if p[4] == 1:
            for i in range(n):
                a[i] += b[i]
        elif p[4] == -1:
            for i in range(n):
                a[i] -= b[i]
        else:
            for i in range(n):
                a[i] += d0 * b[i]
    elif code == BEST:
        for i in range(n):
            a[i] = max(a[i], b[i])
    elif code == LEAST:
        for i in range(n):
            a[i] = min(a[i], b[i])
    elif code == CLIP:
        low, high = number(p[4]), number(p[5])
        for i in range(n):
            a[i] = max(min(a[i], high), low)
    elif code == SCALE:
        d0, d1 = number(p[4]), number(p[5])
        for i in range(n):
            a[i] = d0 * a[i] + d1
    elif code == DIVIDE:
        _divide(a, n, p)
    elif code == ROUND:
        _round(a, n, p)
    elif code == OR:
        d0 = number(p[4])
        for i in range(n):
            a[i] |= b[i] & d0
    elif code == CLEAR:
        bits, blank = number(p[4]), p[5] != 0
        for i in range(n):
            a[i] = number(0) if ((b[i] & bits) == 0) == blank else a[i]
    elif code == HULL_LOW:
        bits, blank = number(p[4]), p[5] != 0
        for i in range(n):
            a[i] = min(a[i], number(0)) if ((b[i] & bits) == 0) == blank else a[i]
    elif code == HULL_HIGH:
        bits, blank = number(p[4]), p[5] != 0
        for i in range(n):
            a[i] = max(a[i], number(0)) if ((b[i] & bits) == 0) == blank else a[i]
    elif code == WEAKEN:
        bits, keep = number(p[4]), number(p[6])
        for i in range(n):
            a[i] &= keep if (b[i] & bits) == 0 else number(-1)


@numba.njit(nogil=True, error_model="numpy")
def _divide(a, n, p):
    """Floor division: by a multiplication and a shift where the program proves that exact."""
    number = a.dtype.type
    base, divisor, shift = np.int64(p[4]), np.int64(p[5]), np.uint64(p[7])
    factor, least = np.uint64(p[6]), np.int64(p[8])
    if p[6] != 0:
        for i in range(n):
            a[i] = number(np.int64((np.uint64(np.int64(a[i]) - base) * factor) >> shift) + least)
    else:
        for i in range(n):
            a[i] = number(np.int64(a[i]) // divisor)


@numba.njit(nogil=True, error_model="numpy")
def _round(a, n, p):
    """Multiples of a unit: (times × size + more) // divisor × unit, with the sign put back."""
    number = a.dtype.type
    unit, times, more, divisor = np.int64(p[4]), np.int64(p[5]), np.int64(p[6]), np.int64(p[7])
    factor, shift = np.uint64(p[8]), np.uint64(p[9])
    if p[8] != 0:
        for i in range(n):
            x = np.int64(a[i])
            size = times * abs(x) + more
            y = np.int64((np.uint64(size) * factor) >> shift) * unit
            a[i] = number(-y if x < 0 else y)
    else:
        for i in range(n):
            x = np.int64(a[i])
            y = (times * abs(x) + more) // divisor * unit
            a[i] = number(-y if x < 0 else y)


@numba.njit(nogil=True, error_model="numpy")
def _move(a, b, n):
    number = a.dtype.type
    for i in range(n):
        a[i] = number(b[i])


@numba.njit(nogil=True, error_model="numpy")
def _within(s, n, limit):
    """Whether all codes are from 0 to ``limit``."""
    least = most = s.dtype.type(0)
    for i in range(n):
        most = max(most, s[i])
        least = min(least, s[i])
    return np.int64(most) <= limit and np.int64(least) >= 0


# One case for each step, in one function: numba compiles it as one loop without calls.
def _execute(ops, tables, scratch, columns, outputs, start, stop):  # noqa: C901
    """Run all operations for the rows from ``start`` to ``stop``.

    ``ops``: int64, one row for each operation.  ``tables`` and ``scratch`` (registers × rows of a
    block) have the type of the registers.  ``columns``, ``outputs``: the addresses of their first
    elements.  Returns the first row of a block with a code that is out of range, or −1.
    """
    block = scratch.shape[1]
    for at in range(start, stop, block):
        n = min(block, stop - at)
        for k in range(ops.shape[0]):
            p = ops[k]
            code, kind, which = p[0], p[2], p[3]
            a = scratch[p[1]]
            if p[12] != 0:
                # The processor foresees no jumps from column to column: fetch the next block.
                ahead = columns[which] + (at + block) * p[12]
                for line in range(0, n * p[12], 64):
                    _fetch(ahead + line)
            if code < STORE:
                _own(a, scratch[which], n, p)
            elif code == STORE:
                if kind == 1:
                    _move(_column(outputs[which] + at, np.uint8, n), a, n)
                elif kind == 2:
                    _move(_column(outputs[which] + at * 2, np.int16, n), a, n)
                elif kind == 4:
                    _move(_column(outputs[which] + at * 4, np.int32, n), a, n)
                else:
                    _move(_column(outputs[which] + at * 8, np.int64, n), a, n)
            elif kind == 1:
                codes = _column(columns[which] + at, np.uint8, n)
                if code != CHECK:
                    _from_source(a, codes, n, p, tables)
                elif not _within(codes, n, p[4]):
                    return at
            elif kind == 2:
                codes = _column(columns[which] + at * 2, np.uint16, n)
                if code != CHECK:
                    _from_source(a, codes, n, p, tables)
                elif not _within(codes, n, p[4]):
                    return at
            elif kind == 0:
                codes = scratch[which]
                if code != CHECK:
                    _from_source(a, codes, n, p, tables)
                elif not _within(codes, n, p[4]):
                    return at
            elif kind == 4:
                codes = _column(columns[which] + at * 4, np.uint32, n)
                if code != CHECK:
                    _move(a, codes, n)
                elif not _within(codes, n, p[4]):
                    return at
            elif kind == -2:
                _move(a, _column(columns[which] + at * 2, np.int16, n), n)
            elif kind == -4:
                _move(a, _column(columns[which] + at * 4, np.int32, n), n)
            else:
                codes = _column(columns[which] + at * 8, np.int64, n)
                if code != CHECK:
                    _move(a, codes, n)
                elif not _within(codes, n, p[4]):
                    return at
    return -1


execute = compiled(_execute)


class Bound:
    """A program with the columns that it reads, for any number of parts of their rows.

    ``columns``: those of ``program.inputs``, then those of ``program.states``, in the types for
    which the program was made, one element after the other.
    """

    def __init__(self, program: Program, columns: Sequence[Array]) -> None:
        self.program, self.columns = program, columns
        self._sources = np.array([0, *(_address(column) for column in columns)], np.int64)[1:]
        self._own = threading.local()

    def run(self, start: int, stop: int, results: Sequence[Array]) -> None:
        """The outputs for the rows from ``start`` to ``stop``, in one thread.

        ``results`` hold those rows only, in the types of ``program.outputs``.  Raises
        ``IndexError`` where a code is out of range.
        """
        program = self.program
        if [result.dtype for result in results] != list(program.outputs) or any(
            len(result) != stop - start for result in results
        ):
            raise ValueError("results are not of the types and the length of the program's")
        targets = [_address(result) - start * result.itemsize for result in results]
        scratch = self._scratch()
        at = execute(
            program.ops,
            program.tables,
            scratch,
            self._sources,
            np.array([0, *targets], np.int64)[1:],
            start,
            stop,
        )
        if at >= 0:
            raise IndexError(misfit(program, self.columns, at, at + scratch.shape[1]))

    def _scratch(self) -> Array:
        """The registers of this thread, each row of which begins on a cache line."""
        program = self.program
        width = program.registers * program.dtype.itemsize
        block = BLOCK if width > NARROW else 2 * BLOCK
        found: Array | None = getattr(self._own, "scratch", None)
        if found is None or found.shape[1] != block:
            size = width * block
            raw = np.empty(size + 64, np.uint8)
            start = -raw.ctypes.data % 64
            found = raw[start : start + size].view(program.dtype)
            found = self._own.scratch = found.reshape(program.registers, block)
        return found


def _address(array: Array) -> int:
    """Where the elements of an array begin in memory."""
    address: int = array.__array_interface__["data"][0]
    return address


def _tally(values, low, counts):
    """Count values; two tables in turn, because most scores are like the one before."""
    size = counts.shape[0]
    other = np.zeros(size if size <= 1 << 15 else 1, np.int64)
    second = other if size <= 1 << 15 else counts
    n = values.shape[0]
    for i in range(0, n - 1, 2):
        one, two = np.int64(values[i]) - low, np.int64(values[i + 1]) - low
        if not (0 <= one < size and 0 <= two < size):
            return False
        counts[one] += 1
        second[two] += 1
    if n % 2:
        one = np.int64(values[n - 1]) - low
        if not 0 <= one < size:
            return False
        counts[one] += 1
    if size <= 1 << 15:
        counts += other
    return True


def _tally_weighted(values, weights, low, counts):
    size = counts.shape[0]
    for i in range(values.shape[0]):
        place = np.int64(values[i]) - low
        if not 0 <= place < size:
            return False
        counts[place] += weights[i]
    return True


tally = compiled(_tally)
tally_weighted = compiled(_tally_weighted)


def count(values: Array, weights: Array | None, low: int, counts: npt.NDArray[np.int64]) -> None:
    """Add to ``counts[v − low]`` 1, or the weight, for each value.

    Raises ``IndexError`` where that is no place in it.
    """
    values = np.ascontiguousarray(values)
    if weights is None:
        fine = tally(values, low, counts)
    else:
        fine = tally_weighted(values, np.ascontiguousarray(weights, np.int64), low, counts)
    if not fine:
        raise IndexError("a value is out of the bounds of its histogram")


def prepare() -> None:
    """Compile what is not compiled yet: all of it for all types of registers."""
    none = np.empty(0, np.int64)
    for kind in (np.int16, np.int32, np.int64):
        ops, scratch = np.zeros((0, WIDTH), np.int64), np.zeros((1, BLOCK), kind)
        execute(ops, np.zeros(1, kind), scratch, none, none, 0, 0)
    for kind in (np.int32, np.int64):
        tally(np.zeros(1, kind), 0, np.zeros(1, np.int64))
        tally_weighted(np.zeros(1, kind), np.ones(1, np.int64), 0, np.zeros(1, np.int64))
