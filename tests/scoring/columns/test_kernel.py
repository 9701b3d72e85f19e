"""The kernel gives the integers that NumPy gives, whatever the plan, the block and the threads."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scoring.columns.plans import SLOTS, Case, cases, column, empty, tables

from policydsl.scoring.columns import engines, micro, numpy_engine
from policydsl.scoring.columns.plan import (
    INFINITY,
    Add,
    Clip,
    Flag,
    Formula,
    In,
    Look,
    Mark,
    Plan,
    Step,
)
from policydsl.scoring.columns.program import Width, from_plan

ENGINES = engines.available()
needs_kernel = pytest.mark.skipif("kernel" not in ENGINES, reason="needs numba")


@settings(max_examples=60, deadline=None)
@given(
    cases(),
    st.sets(st.integers(0, SLOTS - 1), min_size=1),
    st.sampled_from(["wide", "narrow", "tight"]),
)
def test_engines_agree_on_any_plan(case: Case, wanted: set[int], width: Width) -> None:
    expected = numpy_engine.run(case.plan, case.columns, sorted(wanted), case.rows)
    for engine in ENGINES:
        found = engines.run(case.plan, case.columns, sorted(wanted), case.rows, engine, width=width)
        for slot, one, other in zip(sorted(wanted), expected, found, strict=True):
            assert np.array_equal(one, other), (engine, slot)
            assert width != "wide" or other.dtype == np.int64


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 70_000).flatmap(tables))
def test_components_add_up(table: np.ndarray) -> None:
    parts = micro.components(table)
    if parts is not None:
        assert np.array_equal(micro.added_up(parts, len(table)) + table[0], table)


@pytest.mark.parametrize(
    ("table", "ops"),
    [
        ([7] * 40, []),
        ([0, *range(0, 300, 5), *[300] * 20], [micro.Op.LINE]),
        ([k // 3 * 20 for k in range(200)], [micro.Op.STAIR]),
        ([0] * 30 + [5] * 20 + [20] * 100, [micro.Op.STEP_2]),
        ([0, 0, 4] + [4] * 200, [micro.Op.STEP_1]),
    ],
)
def test_regular_tables_need_no_look_up(table: list[int], ops: list[micro.Op]) -> None:
    parts = micro.components(np.array(table, np.int64))
    assert parts is not None
    assert [part.op for part in parts] == ops


def test_irregular_tables_are_looked_up() -> None:
    assert micro.components(np.random.default_rng(1).integers(0, 900, 100)) is None


@pytest.mark.parametrize("divisor", [1, 2, 3, 7, 10, 641, 1000, 65_535, (1 << 31) - 1])
def test_multipliers_divide_exactly(divisor: int) -> None:
    for largest in (1, 99, 65_535, (1 << 31) - 1):
        factor, shift = micro.multiplier(divisor, largest)
        near = {k * divisor + d for k in (0, 1, 2, largest // divisor) for d in (-1, 0, 1)}
        for number in {0, 1, largest - 1, largest, *near}:
            if 0 <= number <= largest:
                assert number * factor >> shift == number // divisor
                assert number * factor < 1 << 63


def _scheme(rows: int) -> Case:
    rng = np.random.default_rng(3)
    sizes = [101, 400, 90_000, 3, 40]
    plan = empty(sizes)
    veto = np.array([0, 0, Flag.VETO.both])
    steps: tuple[Step, ...] = (
        Look(0, In(0), np.minimum(np.arange(101) * 25, 1000)),
        Look(0, In(1), np.arange(400) // 12 * 100),
        Formula(1, In(2), (("add", -1), ("mul", 125), ("floordiv", 100), ("min", 3000))),
        Look(2, In(4), rng.integers(0, 2000, 40)),
        Clip(0, None, 3000),
        Add(0, 1),
        Add(0, 2),
        Mark(5, In(3), veto),
    )
    return Case(replace(plan, steps=steps), [column(rng, n, rows) for n in sizes], rows)


@needs_kernel
def test_blocks_and_threads_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = engines.load_kernel()
    case = _scheme(20_000)
    expected = numpy_engine.run(case.plan, case.columns, [0, 5], case.rows)
    for block, chunk, threads in [(4096, 8192, 1), (64, 64, 3), (1000, 3000, 2), (7, 7, 4)]:
        monkeypatch.setattr(kernel, "BLOCK", block)
        monkeypatch.setattr(engines, "CHUNK", chunk)
        found = engines.run(case.plan, case.columns, [0, 5], case.rows, "kernel", threads=threads)
        assert all(np.array_equal(a, b) for a, b in zip(expected, found, strict=True))


@needs_kernel
def test_a_plan_needs_no_compilation_of_its_own() -> None:
    kernel = engines.load_kernel()
    case = _scheme(100)
    engines.run(case.plan, case.columns, [0], case.rows, "kernel")
    before = len(kernel.execute.signatures)
    draft = replace(case.plan, steps=(*case.plan.steps, Clip(0, 100, 2000), Add(0, 2, 3)))
    engines.run(draft, case.columns, [0], case.rows, "kernel")
    assert len(kernel.execute.signatures) == before


def test_registers_are_as_wide_as_they_must_be() -> None:
    kinds = dict.fromkeys(range(5), 4)
    plan = _scheme(0).plan
    assert from_plan(plan, [0], kinds).dtype == np.int32
    assert from_plan(plan, [0], kinds).outputs == (np.int64,)
    assert from_plan(plan, [0], kinds, width="narrow").outputs == (np.int32,)
    unbounded = np.array([0, 0, INFINITY])
    opened = replace(plan, steps=(*plan.steps, Look(0, In(3), unbounded)))
    assert from_plan(opened, [0], kinds, width="narrow").outputs == (np.int64,)
    capped = replace(opened, steps=(Look(3, In(3), unbounded), Clip(3, 0, 500), Add(0, 3)))
    assert from_plan(capped, [0], kinds).dtype == np.int32


def test_what_is_not_wanted_is_not_read() -> None:
    case = _scheme(50)
    program = from_plan(case.plan, [5], dict.fromkeys(range(5), 4))
    assert program.inputs == (3,)
    columns = [c if n == 3 else c[:0] for n, c in enumerate(case.columns)]
    for engine in ENGINES:
        (found,) = engines.run(case.plan, columns, [5], case.rows, engine)
        assert len(found) == 50


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("number", [0, 1, 2, 3, 4])
def test_codes_out_of_range_are_refused(engine: engines.Engine, number: int) -> None:
    case = _scheme(9000)
    columns = list(case.columns)
    columns[number] = columns[number].copy()
    columns[number][8765] = case.plan.inputs[number].size
    with pytest.raises(IndexError, match=f"input {number}, row 8765"):
        engines.run(case.plan, columns, [0, 5], case.rows, engine, threads=2)


@pytest.mark.parametrize("engine", ENGINES)
def test_columns_may_be_of_any_integer_type_and_layout(engine: engines.Engine) -> None:
    case = _scheme(500)
    expected = engines.run(case.plan, case.columns, [0, 5], case.rows, "numpy")
    for kind in (np.int32, np.int64, np.uint32, np.uint64):
        columns = [np.repeat(column.astype(kind), 2)[::2] for column in case.columns]
        found = engines.run(case.plan, columns, [0, 5], case.rows, engine)
        assert all(np.array_equal(a, b) for a, b in zip(expected, found, strict=True))


@pytest.mark.parametrize("engine", ENGINES)
def test_columns_of_different_length_are_refused(engine: engines.Engine) -> None:
    case = _scheme(500)
    with pytest.raises(ValueError, match="length"):
        engines.run(case.plan, [c[:-1] for c in case.columns], [0], case.rows, engine)


def test_plans_without_steps_give_zeros() -> None:
    plan: Plan = empty([3])
    for engine in ENGINES:
        (found,) = engines.run(plan, [np.zeros(4, np.uint8)], [2], 4, engine)
        assert found.tolist() == [0, 0, 0, 0]
