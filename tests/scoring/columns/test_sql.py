"""Plans as SQL: the same integers as NumPy, and text that databases are fast with."""

from __future__ import annotations

import re

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.scoring.columns.random_plans import codes_for, plan_of, plans, tiers_plan

from policydsl.scoring.columns.engines import numpy_blocks as numpy_engine
from policydsl.scoring.columns.plan import (
    INFINITY,
    Add,
    Clear,
    Clip,
    Flag,
    Formula,
    In,
    Look,
    Mark,
    Plan,
    Round,
    Step,
)
from policydsl.scoring.columns.sql.bands import pieces_of
from policydsl.scoring.columns.sql.dialects import DUCKDB, SPARK
from policydsl.scoring.columns.sql.queries import Table, to_sql

ROWS = 120


def query(plan: Plan, dialect=DUCKDB) -> str:
    codes = {i: dialect.name_of(f"x{i}") for i in range(len(plan.inputs))}
    wanted = {f"s{slot}": slot for slot in range(plan.slots)}
    return to_sql(plan, Table(dialect.name_of("t"), codes), wanted, dialect)


def run(plan: Plan, columns: list[np.ndarray]) -> dict[str, np.ndarray]:
    with duckdb.connect() as connection:
        connection.register("t", pa.table({f"x{i}": c for i, c in enumerate(columns)}))
        found: dict[str, np.ndarray] = connection.sql(query(plan)).fetchnumpy()
        return found


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(plans(), st.integers(0, 1000))
def test_duckdb_gives_the_same_integers_as_numpy(plan: Plan, seed: int):
    columns = codes_for(plan, ROWS, seed)
    found = run(plan, columns)
    expected = numpy_engine.run(plan, columns, range(plan.slots), ROWS)
    for slot in range(plan.slots):
        assert found[f"s{slot}"].dtype == np.int64
        assert found[f"s{slot}"].tolist() == expected[slot].tolist(), (slot, query(plan))


def one(values: list[int], *steps: Step) -> list[int]:
    """What the steps make of each of the values, held in slot 0."""
    plan = plan_of([len(values)], [Look(0, In(0), np.asarray(values, np.int64)), *steps], 2)
    found: list[int] = run(plan, [np.arange(len(values))])["s0"].tolist()
    return found


def test_halves_go_away_from_zero_on_both_sides():
    values = [-25, -15, -14, -5, 0, 5, 14, 15, 25]
    assert one(values, Round(0, 10, "half_up")) == [-30, -20, -10, -10, 0, 10, 10, 20, 30]
    assert one(values, Round(0, 10, "down")) == [-20, -10, -10, 0, 0, 0, 10, 10, 20]
    assert one(values, Round(0, 10, "up")) == [-30, -20, -20, -10, 0, 10, 20, 20, 30]


def test_an_open_end_survives_and_negative_numbers_are_divided_downwards():
    ends = [-INFINITY, -1, INFINITY]
    assert one(ends, Clip(0, None, 5), Add(0, 0, -3)) == [2 * INFINITY, 2, -10]
    assert one([0, 0, 0], Formula(0, In(0), (("mul", -7), ("floordiv", 4)))) == [0, -2, -4]
    assert one(ends) == ends


def test_flags_clear_where_they_are_set():
    veto = np.asarray([0, Flag.VETO, Flag.VETO.both])
    steps = (Mark(1, In(0), veto), Clear(0, 1, Flag.VETO.certain))
    assert one([7, 8, 9], *steps) == [7, 8, 0]


@pytest.mark.parametrize(
    ("table", "pieces"),
    [
        ([0, 0, 0], 1),  # constant
        ([0, *range(0, 60, 3)], 2),  # 3 points each
        ([0, *(min(i // 12, 5) for i in range(100))], 3),  # 1 point for each 12, at most 5
        ([0, *(int(i * 1.25 + 0.5) for i in range(200)), 250, 250], 3),  # a rounded line
        ([50, *(-(i * 7 // 3) * 10 for i in range(80))], 2),  # going down, in tens
        ([3, 1, 4, 1, 9, 5, 2, 6], 8),  # irregular
    ],
)
def test_tables_are_few_pieces_where_they_are_regular(table: list[int], pieces: int):
    found = pieces_of(np.asarray(table), 0, 16)
    assert found is not None
    assert len(found) == pieces
    for code, value in enumerate(table):
        piece = [p for p in found if p.start <= code][-1]
        assert piece.at(code) == value


@given(st.lists(st.integers(-2, 3), min_size=1, max_size=7), st.integers(1, 9), st.integers(0, 5))
def test_pieces_say_what_the_table_says(rises: list[int], times: int, start: int):
    """Patterns that come again, which are lines in part only."""
    table = np.cumsum(rises * times)
    for weight in (len(table) * 3, 8):
        found = pieces_of(table, start, weight)
        assert found is not None or weight == 8
        for code, value in enumerate(table.tolist() if found else [], start=start):
            piece = [p for p in found or () if p.start <= code][-1]
            assert piece.at(code) == value


def test_the_text_holds_integers_only_and_each_state_once():
    for dialect in (DUCKDB, SPARK):
        text = query(tiers_plan(), dialect)
        assert not re.search(r"DOUBLE|DECIMAL|FLOAT|\d\.\d", text)
        # the sum of both indicators is worked out once, though its clip needs it three times
        assert len(re.findall(r"m\d+ \+ m\d+", text)) == 1


def test_long_sums_and_deep_chains_do_not_exceed_what_parsers_take():
    table = np.asarray([0, 5, 2, 9])
    wide = plan_of([4] * 300, [Look(0, In(i), table * (i + 1)) for i in range(300)], 2)
    columns = codes_for(wide, ROWS, 1)
    expected = numpy_engine.run(wide, columns, [0], ROWS)[0]
    assert run(wide, columns)["s0"].tolist() == expected.tolist()
    steps: list[Step] = [Look(0, In(0), table)]
    for i in range(150):
        steps += [Add(0, 0), Clip(0, 0, 40 + i), Round(0, 3, "up")]
    deep = plan_of([4], steps, 2)
    expected = numpy_engine.run(deep, columns[:1], [0], ROWS)[0]
    assert run(deep, columns[:1])["s0"].tolist() == expected.tolist()


@given(st.text(), st.sampled_from((DUCKDB, SPARK)))
def test_a_quoted_name_stays_one_name(name: str, dialect):
    quoted = dialect.name_of(name)
    mark = dialect.quote_mark
    assert quoted[0] == quoted[-1] == mark
    assert quoted[1:-1].replace(mark * 2, "") == name.replace(mark, "")
