"""The engines that run a plan in this process, and the choice between them.

All give the same integers.  The kernel needs numba (the extra ``fast``) and about a second to
load; NumPy is always there.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import numpy as np

from policydsl.scoring.columns.arrays import Array
from policydsl.scoring.columns.engines.evaluating import evaluate
from policydsl.scoring.columns.engines.graph import Graph
from policydsl.scoring.columns.engines.nodes import Id
from policydsl.scoring.columns.engines.program import Program, Width, assemble, fitting, simplified
from policydsl.scoring.columns.engines.reading import Reader
from policydsl.scoring.columns.plan import Plan, Slot

Engine = Literal["auto", "kernel", "numpy"]

BLOCK = 1 << 14
"""Rows at a time in NumPy."""

CHUNK = 1 << 17
"""Rows that a thread takes at once."""

LOADING = 1.0
"""Seconds that it takes to load the kernel, about (to compile it, once for a machine, some 10)."""

KERNEL = "policydsl.scoring.columns.engines.kernel"
"""The module of the kernel."""

SHIFTING = "policydsl.scoring.columns.engines.shifting"
"""The compiled loops of sweeps, which are loaded where the kernel is."""

Own = TypeVar("Own")
Part = Callable[[int, int, Sequence[Array]], None]


def available() -> tuple[Engine, ...]:
    """The engines that are installed, the fastest first."""
    return ("kernel", "numpy") if importlib.util.find_spec("numba") else ("numpy",)


def cores() -> int:
    """How many threads can run at once in this process."""
    allowed = getattr(os, "sched_getaffinity", None)  # where the system has such a thing
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def run(
    plan: Plan,
    columns: Sequence[Array],
    wanted: Sequence[Slot],
    rows: int,
    engine: Engine = "auto",
    *,
    width: Width = "wide",
    threads: int | None = None,
) -> list[Array]:
    """The wanted slots for all rows; see :class:`Runner`.

    ``columns``: one array of codes for each input of the plan, each of ``rows`` elements; those
    that the wanted slots do not depend on are not read.
    """
    runner = Runner.of(plan, wanted, engine, width=width, threads=threads)
    return runner.run(dict(enumerate(columns)), rows)


@dataclass
class Runner:
    """Computes the roots of a graph for any number of populations.

    ``width`` says of which types results are, ``threads`` how many run (all cores if ``None``).
    What is made for a population (the kernel's program) is kept for the next one whose columns
    have the same types.
    """

    graph: Graph
    roots: Sequence[Id]
    engine: Engine = "auto"
    width: Width = "wide"
    threads: int | None = None
    _programs: dict[tuple[object, ...], Program] = field(default_factory=dict)
    _simple: tuple[Graph, list[Id]] | None = None

    @classmethod
    def of(
        cls,
        plan: Plan,
        wanted: Sequence[Slot],
        engine: Engine = "auto",
        *,
        width: Width = "wide",
        threads: int | None = None,
    ) -> Runner:
        """For the wanted slots of a plan."""
        reader = Reader()
        return cls(reader.graph, reader.read(plan, wanted), engine, width, threads)

    def run(
        self,
        columns: Mapping[int, Array],
        rows: int,
        states: Mapping[int, Array] | None = None,
    ) -> list[Array]:
        """The roots for all rows.

        ``columns`` are codes, by the number of the input; ``states`` kept numbers (int32 or
        int64).  Raises ``IndexError`` where a code is out of range, ``ImportError`` when the
        kernel is asked for and not installed.
        """
        threads = cores() if self.threads is None else self.threads
        over, fits = self._over(columns, rows, states or {})
        results = [np.empty(rows, dtype) for dtype in fits]

        def part(start: int, _: None) -> None:
            stop = min(start + CHUNK, rows)
            over(start, stop, [result[start:stop] for result in results])

        share(part, range(0, rows, CHUNK), threads, lambda: None)
        return results

    def over(
        self, columns: Mapping[int, Array], rows: int, states: Mapping[int, Array] | None = None
    ) -> Callable[[int, int], list[Array]]:
        """A function that gives the roots for the rows from ``start`` to ``stop``, in one thread.

        For what is computed from scores while they are in the processor's cache: what it returns
        is overwritten when the same thread calls it again.
        """
        over, fits = self._over(columns, rows, states or {})
        own = threading.local()

        def part(start: int, stop: int) -> list[Array]:
            if not hasattr(own, "results") or any(len(r) < stop - start for r in own.results):
                own.results = [np.empty(stop - start, dtype) for dtype in fits]
            results = [result[: stop - start] for result in own.results]
            over(start, stop, results)
            return results

        return part

    def simplified(self) -> tuple[Graph, list[Id]]:
        """The graph as it is run."""
        if self._simple is None:
            self._simple = simplified(self.graph, self.roots)
        return self._simple

    def _over(
        self, columns: Mapping[int, Array], rows: int, states: Mapping[int, Array]
    ) -> tuple[Part, list[np.dtype[np.integer]]]:
        """What fills results for some rows, and the types of those."""
        graph, roots = self.simplified()
        sizes = graph.inputs(roots)
        if any(len(columns[number]) != rows for number in sizes):
            raise ValueError("columns differ in length")
        fits = [fitting(graph.intervals[root], self.width) for root in roots]
        kernel = self.engine == "kernel" or (
            self.engine == "auto" and _choice.worthwhile(len(graph.reachable(roots)), rows)
        )
        if kernel:
            return self._kernel_over({n: codes(columns[n]) for n in sizes}, states), fits

        def block(start: int, stop: int, results: Sequence[Array]) -> None:
            begun = time.perf_counter()
            for at in range(start, stop, BLOCK):
                end = min(at + BLOCK, stop)
                parts = {number: columns[number][at:end] for number in sizes}
                for number, part in parts.items():
                    _check(number, part, sizes[number], at)
                kept = {number: column[at:end] for number, column in states.items()}
                found = evaluate(graph, roots, parts, kept, end - at)
                for result, values in zip(results, found, strict=True):
                    result[at - start : end - start] = values
            _choice.spent += time.perf_counter() - begun

        return block, fits

    def _kernel_over(self, columns: Mapping[int, Array], states: Mapping[int, Array]) -> Part:
        kernel = load_kernel()
        kinds = {number: column.dtype.itemsize for number, column in columns.items()}
        types = {number: column.dtype for number, column in states.items()}
        key = (
            *sorted(kinds.items()),
            *sorted((number, kind.name) for number, kind in types.items()),
        )
        if key not in self._programs:
            graph, roots = self.simplified()
            self._programs[key] = assemble(graph, roots, kinds, types, self.width)
        program = self._programs[key]
        read = [columns[number] for number in program.inputs]
        read += [np.ascontiguousarray(states[number]) for number in program.states]
        found: Part = kernel.Bound(program, read).run
        return found


def share(
    work: Callable[[int, Own], None], items: range, threads: int, prepare: Callable[[], Own]
) -> None:
    """Call ``work(item, own)`` for all items, in some threads; ``prepare`` makes what each owns.

    Raises what ``work`` raised first; the rest is not begun then.
    """
    numbers = iter(items)
    failures: list[BaseException] = []

    def worker() -> None:
        own = prepare()
        # ``next`` of an iterator over a range is one step of the interpreter: no item comes twice
        for item in numbers:
            if failures:
                return
            try:
                work(item, own)
            except BaseException as error:
                failures.append(error)
                return

    threads = min(threads, len(items))
    if threads <= 1:
        worker()
    else:
        with ThreadPoolExecutor(threads - 1) as pool:
            others = [pool.submit(worker) for _ in range(threads - 1)]
            worker()
            for other in others:
                other.result()
    if failures:
        raise failures[0]


def codes(column: Array) -> Array:
    """A column of codes as the kernel reads it: one after the other, in u8, u16, u32 or int64."""
    if column.dtype == np.bool_:
        column = column.view(np.uint8)
    elif column.dtype not in (np.uint8, np.uint16, np.uint32, np.int64):
        column = column.astype(np.int64)
    return np.ascontiguousarray(column)


def _check(number: int, part: Array, size: int, start: int) -> None:
    """Refuse codes that are out of range."""
    if len(part) and (part.max() >= size or part.min() < 0):
        row = int(np.flatnonzero((part < 0) | (part >= size))[0])
        raise IndexError(f"input {number}, row {start + row}: code {part[row]} is not below {size}")


def load_kernel() -> Any:
    """The module of the kernel.  Raises ``ImportError`` with what to do where numba is missing."""
    if importlib.util.find_spec("numba") is None:
        raise ImportError("the compiled kernel needs numba: pip install 'policydsl[fast]'")
    return importlib.import_module(KERNEL)


def prepare() -> None:
    """Load the kernel, and compile what of it this machine has not compiled yet."""
    load_kernel().prepare()
    importlib.import_module(SHIFTING).prepare()


@dataclass
class _Choice:
    """When the kernel pays: it takes about a second to load, which NumPy may not need at all.

    NumPy runs until it has cost as much as loading the kernel would have, or is about to: so the
    two together never cost twice what the better of them would have.
    """

    spent: float = 0.0

    def worthwhile(self, nodes: int, rows: int) -> bool:
        """Whether the kernel should run ``rows`` of a graph of so many nodes."""
        if KERNEL in sys.modules:
            return True
        expected = NANOSECONDS * 1e-9 * rows * nodes
        return self.spent + expected > LOADING and "kernel" in available()


NANOSECONDS = 1.5
"""What a node of a graph costs in NumPy for each row, about."""

_choice = _Choice()
