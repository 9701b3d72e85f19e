"""The kernel gives the integers that NumPy gives, whatever the plan, the block and the threads."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scoring.columns.plans import ENDS, FLAGS, SLOTS, Case, cases, column, empty, tables

from policydsl.scoring.columns.engines import micro
from policydsl.scoring.columns.engines import numpy_blocks as numpy_engine
from policydsl.scoring.columns.engines import running as engines
from policydsl.scoring.columns.engines.program import Width, from_plan
from policydsl.scoring.columns.plan import (
    INFINITY,
    Add,
    Classify,
    Clear,
    Clip,
    Flag,
    Formula,
    Hull,
    In,
    Look,
    Mark,
    Merge,
    Pick,
    Plan,
    Round,
    Step,
    Weaken,
)

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
        ([k // 3 * 20 for k in range(200)], [micro.Op.STAIR_16]),
        ([k // 1200 * 20 for k in range(60_000)], [micro.Op.STAIR_16]),
        ([k // 7 * 2 for k in range(50_000)], [micro.Op.STAIR]),
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


BITS = Flag.VETO | Flag.ZEROED.certain
TABLES = {0: (0, 1), 1: (2, 3), 5: (0, 4), 6: (2, 3)}
"""For each slot, the inputs that it reads (the first only, in plans that fold into tables)."""
STEPS: list[Step] = [
    *(Round(0, unit, mode) for unit in (7, 10, 300) for mode in ("half_up", "down", "up")),
    *(Clip(0, low, high) for low, high in [(None, 40), (-70, None), (-70, 40), (90, 20)]),
    *(Clear(0, flag, bits, no) for flag in (5, 6) for bits in (BITS, -1) for no in (True, False)),
    *(Hull(0, flag, BITS, end, no) for flag in (5, 6) for end in ENDS for no in (True, False)),
    *(Pick(0, 1, how) for how in ("max", "min")),
    *(Add(0, 1, factor) for factor in (1, -1, 5)),
    *(Weaken(5, 6, bits, keep) for bits in (1, BITS) for keep in (0, 2, 3)),
    *(Merge(5, 6, keep) for keep in (-1, BITS, 0)),
    Classify(0, 1, (-200, -20, 0, 35, 36, 77, 400), 11),
    Formula(0, 1, (("add", 3), ("mul", 7), ("min", -100), ("floordiv", 9))),
    Formula(0, 1, (("max", 30), ("floordiv", 4), ("mul", -6), ("max", -500), ("add", 1))),
    Formula(0, In(5), (("add", -1), ("mul", 125), ("add", 50), ("floordiv", 100), ("min", 900))),
    Formula(0, In(5), (("floordiv", 641), ("mul", 3))),
]


@pytest.mark.parametrize("step", STEPS, ids=str)
@pytest.mark.parametrize("folded", [True, False])
def test_each_step_alone(step: Step, folded: bool) -> None:
    rng = np.random.default_rng(11)
    sizes = [30, 9, 30, 200, 4, 200_000]
    begun: list[Step] = []
    for slot, inputs in TABLES.items():
        for number in (0, 0) if folded else inputs:
            if slot in FLAGS:
                table = rng.choice([0, 1, 3, BITS, 3 << 16], sizes[number])
                begun.append(Mark(slot, In(number), table))
            else:
                begun.append(Look(slot, In(number), rng.integers(-150, 150, sizes[number])))
    plan = replace(empty(sizes), steps=(*begun, step, Add(0, 0, 3)))
    columns = [column(rng, size, 3000) for size in sizes]
    expected = numpy_engine.run(plan, columns, [0, 5], 3000)
    for engine in ENGINES:
        found = engines.run(plan, columns, [0, 5], 3000, engine)
        assert all(np.array_equal(a, b) for a, b in zip(expected, found, strict=True)), engine


def test_what_low_and_high_scores_share_is_added_up_once() -> None:
    rng = np.random.default_rng(5)
    sizes = [30] * 8
    items = [rng.integers(0, 900, 30) for _ in sizes]
    shared: list[Step] = [Look(slot, In(n), items[n]) for n in range(6) for slot in (0, 1)]
    open_: list[Step] = [
        Look(0, In(6), items[6]),
        Look(1, In(6), items[6] * 2),
        Look(1, In(7), items[7]),
    ]
    ends: list[Step] = [Clip(0, 0, 4000), Clip(1, 0, 4000)]
    plan = replace(empty(sizes), steps=(*shared, *open_, *ends))
    program = from_plan(plan, [0, 1], dict.fromkeys(range(8), 1))
    assert Counter(program.ops[:, 0])[micro.Op.TABLE] == 6 + 3
    columns = [column(rng, 30, 999) for _ in sizes]
    expected = numpy_engine.run(plan, columns, [0, 1], 999)
    for engine in ENGINES:
        found = engines.run(plan, columns, [0, 1], 999, engine)
        assert all(np.array_equal(a, b) for a, b in zip(expected, found, strict=True))


def test_flags_that_nobody_reads_cost_nothing() -> None:
    marks: list[Step] = [
        Mark(5, In(n), np.array([0, 0, bit])) for n, bit in enumerate([1, 4, 16, 64])
    ]
    steps = (*marks, Look(0, In(4), np.arange(9)), Look(0, In(0), np.arange(3)), Clear(0, 5, 1))
    program = from_plan(
        replace(empty([3, 3, 3, 3, 9]), steps=steps), [0], dict.fromkeys(range(5), 1)
    )
    assert program.inputs == (0, 4)


def test_registers_are_as_wide_as_they_must_be() -> None:
    kinds = dict.fromkeys(range(5), 4)
    plan = _scheme(0).plan
    assert from_plan(plan, [0], kinds).dtype == np.int32
    assert from_plan(plan, [0], kinds).outputs == (np.dtype(np.int64),)
    assert from_plan(plan, [0], kinds, width="narrow").outputs == (np.dtype(np.int32),)
    unbounded = np.array([0, 0, INFINITY])
    opened = replace(plan, steps=(*plan.steps, Look(0, In(3), unbounded)))
    assert from_plan(opened, [0], kinds, width="narrow").outputs == (np.dtype(np.int64),)
    capped = replace(opened, steps=(Look(3, In(3), unbounded), Clip(3, 0, 500), Add(0, 3)))
    assert from_plan(capped, [0], kinds).dtype == np.int16


def test_narrow_registers_hold_what_a_cap_leaves() -> None:
    plan = empty([101, 101, 101])
    patents, models = np.arange(101) * 1000, np.arange(101) * 200
    first, second = Look(0, In(0), patents), Look(0, In(1), models)
    steps: tuple[Step, ...] = (first, second, Clip(0, None, 1500))
    narrow = from_plan(replace(plan, steps=steps), [0], dict.fromkeys(range(3), 1))
    assert narrow.dtype == np.int16
    uncapped = from_plan(replace(plan, steps=steps[:2]), [0], dict.fromkeys(range(3), 1))
    assert uncapped.dtype == np.int32


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.integers(-90, 90), min_size=1, max_size=9), min_size=2, max_size=4),
    st.none() | st.integers(-200, 200),
    st.none() | st.integers(-200, 200),
    st.sampled_from([1, -1]),
    st.booleans(),
)
def test_terms_of_a_limited_sum_end_where_the_limit_is_reached(
    looked: list[list[int]], low: int | None, high: int | None, sign: int, kept: bool
) -> None:
    rng = np.random.default_rng(len(looked))
    plan = empty([len(table) for table in looked])
    looks = [Look(1, In(k), np.array(table)) for k, table in enumerate(looked)]
    steps: tuple[Step, ...] = (*looks, Add(0, 1, sign), Clip(0, low, high))
    case = replace(plan, steps=steps)
    columns = [column(rng, len(table), 200) for table in looked]
    wanted = [0, 1] if kept else [0]
    expected = numpy_engine.run(case, columns, wanted, 200)
    for engine in ENGINES:
        found = engines.run(case, columns, wanted, 200, engine)
        assert all(np.array_equal(a, b) for a, b in zip(expected, found, strict=True))


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


@needs_kernel
def test_where_no_folder_can_be_written_it_compiles_in_each_process(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    kernel = engines.load_kernel()
    real = kernel.numba.njit

    def njit(**options: Any) -> Any:
        if options.get("cache"):
            raise RuntimeError("no locator available")
        return real(**options)

    monkeypatch.setattr(kernel.numba, "njit", njit)
    monkeypatch.setattr(kernel.platformdirs, "user_cache_dir", lambda name: "/dev/null/none")
    assert kernel.compiled(lambda number: number + 1)(1) == 2
    assert "no folder" in caplog.text


@needs_kernel
def test_machine_code_is_kept_in_the_users_cache_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kernel = engines.load_kernel()
    monkeypatch.setattr(kernel.platformdirs, "user_cache_dir", lambda name: str(tmp_path / name))
    monkeypatch.setattr(kernel.numba.config, "CACHE_DIR", "")
    compiled = kernel.compiled(kernel._tally_weighted)
    compiled(np.zeros(1, np.int32), np.ones(1, np.int64), 0, np.zeros(1, np.int64))
    assert list((tmp_path / "policydsl").rglob("*.nbi"))
    assert kernel.numba.config.CACHE_DIR == ""


def test_an_engine_that_is_not_installed_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    case = _scheme(10)
    assert engines.available() == ("numpy",)
    with pytest.raises(ImportError, match="policydsl\\[fast\\]"):
        engines.run(case.plan, case.columns, [0], case.rows, "kernel")


def test_small_populations_do_not_wait_for_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, engines.KERNEL, raising=False)
    choice = engines._Choice()
    assert not choice.worthwhile(nodes=70, rows=100_000)
    assert choice.worthwhile(nodes=70, rows=30_000_000) == ("kernel" in ENGINES)
    choice.spent = engines.LOADING
    assert choice.worthwhile(nodes=70, rows=1) == ("kernel" in ENGINES)


@pytest.mark.parametrize("factor", [1, -1])
def test_a_slope_that_is_rounded_is_a_line_with_stairs(factor: int) -> None:
    """1.25 points for a unit in hundredths, half up, at most 20 points, 300 units at most."""
    slope = np.minimum((5 * np.arange(30_001) + 2) // 4, 2000)
    table = factor * np.concatenate([[0], slope]).astype(np.int64)
    parts = micro.components(table)
    assert parts is not None
    assert [part.op for part in parts] == [micro.Op.LINE, micro.Op.STAIR_16]
    assert np.array_equal(micro.added_up(parts, len(table)), table)


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=40), st.integers(-4, 4))
@settings(max_examples=60)
def test_lines_with_anything_on_them_add_up(jumps: list[int], slope: int) -> None:
    table = np.cumsum([0, *(jump + slope for jump in jumps)])
    parts = micro.components(table)
    if parts is not None:
        assert np.array_equal(micro.added_up(parts, len(table)) + table[0], table)
