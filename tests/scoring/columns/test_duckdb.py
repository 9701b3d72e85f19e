"""Plans in DuckDB: codes from columns of any type, bad values, tables, Parquet."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scoring.columns.random_plans import identity_plan, tiers_plan

from policydsl.language.diagnostics import PolicyError
from policydsl.scoring.columns.domains import Days, Domain, Grid, choice, yes_no
from policydsl.scoring.columns.engines import numpy_blocks as numpy_engine
from policydsl.scoring.columns.sql.duckdb import (
    DatabaseTable,
    Options,
    check_duckdb,
    histogram_duckdb,
    reject_duckdb,
    score_duckdb,
    write_duckdb,
)
from policydsl.scoring.columns.sql.jobs import PROBLEMS, Job, outputs

AGE = Grid(Fraction(0), Fraction(1), 121)
RATE = Grid(Fraction(0), Fraction(1, 100), 10001)
AREA = Grid(Fraction(-5, 2), Fraction(1, 2), 20)
THIRDS = Grid(Fraction(-1, 3), Fraction(1, 3), 9)
DEGREE = choice(("大专", "本科", "O'R"))
DAYS = Days(date(2000, 1, 1), 3000)


def codes(domain: Domain, column: Any) -> list[int]:
    """The codes that DuckDB finds for the values of a column."""
    plan = identity_plan({"事实": domain})
    table = pa.table({"事实": column})
    found: list[int] = score_duckdb(Job(plan, {"code": 0}), table).column("code").to_pylist()
    return found


def problems(domain: Domain, column: Any) -> list[tuple[str, str]]:
    """The code and row of each message about the values of a column."""
    with pytest.raises(PolicyError) as caught:
        codes(domain, column)
    return [(d.code, str(d.details.get("row"))) for d in caught.value.diagnostics]


def test_numbers_of_every_type():
    assert codes(AGE, pa.array([0, 5, 120, None], pa.int8())) == [1, 6, 121, 0]
    assert codes(AGE, pa.array([0, 120], pa.uint64())) == [1, 121]
    assert codes(AGE, ["0", " ５ ", "", "０12.0", None, "+7"]) == [1, 6, 0, 13, 0, 8]
    assert codes(AGE, [7.0, None]) == [8, 0]
    wide = pa.decimal128(38, 2)
    assert codes(RATE, pa.array([Decimal("93.50"), Decimal("100.00")], wide)) == [9351, 10001]
    assert codes(RATE, ["93.5", ".07", "1.100"]) == [9351, 8, 111]
    assert codes(RATE, [93.5, 0.07, 0.29, 28.999999999999996]) == [9351, 8, 30, 2901]
    assert codes(RATE, pa.array([0.1, 93.55], pa.float32())) == [11, 9356]
    assert codes(AREA, ["-2.5", "−2.0", "7"]) == [1, 2, 20]
    assert codes(THIRDS, [-1 / 3, 0.0, 7 / 3]) == [1, 2, 9]
    assert codes(THIRDS, pa.array([0, 1, 2])) == [2, 5, 8]
    large = Grid(Fraction(0), Fraction(1, 10), 20_001)
    assert codes(large, ["1,999.9", "2000"]) == [20_000, 20_001]


def test_choices_answers_and_days():
    assert codes(DEGREE, ["大专", "　本科 ", "Ｏ'R", "", None]) == [1, 2, 3, 0, 0]
    assert codes(DEGREE, pa.array(["本科", None]).dictionary_encode()) == [2, 0]
    assert codes(choice(("1", "2")), pa.array([2, 1])) == [2, 1]
    assert codes(yes_no(), [True, False, None]) == [2, 1, 0]
    assert codes(yes_no(), pa.array([1, 0, None], pa.int8())) == [2, 1, 0]
    assert codes(yes_no(), ["是", " ＮＯ", "True", ""]) == [2, 1, 2, 0]
    assert codes(DAYS, [date(2000, 1, 1), date(2008, 3, 18), None]) == [1, 3000, 0]
    assert codes(DAYS, [datetime(2000, 1, 2), None]) == [2, 0]
    texts = ["2000-1-2", "2000/01/02", "2000.1.02", "２０００年1月2日", "20000102", " "]
    assert codes(DAYS, texts) == [2, 2, 2, 2, 2, 0]
    assert codes(DAYS, pa.array([20000102])) == [2]


def test_what_is_in_no_domain_is_told_with_its_row():
    assert problems(AGE, pa.array([1, -1, 121, 2**40])) == [
        ("D402", "2"),
        ("D402", "3"),
        ("D402", "4"),
    ]
    assert problems(AGE, [0.5, float("nan"), float("inf"), 7.0]) == [
        ("D401", str(i)) for i in (1, 2, 3)
    ]
    assert problems(AGE, ["1.5", "x", "12 岁", "1,20", "5."]) == [
        ("D401", str(i)) for i in range(1, 6)
    ]
    assert problems(AGE, ["9" * 60]) == [("D402", "1")]
    assert problems(RATE, pa.array([Decimal("0.001"), Decimal("7e30")], pa.decimal128(38, 3))) == [
        ("D401", "1"),
        ("D402", "2"),
    ]
    assert problems(RATE, [0.005, 0.07000001]) == [("D401", "1"), ("D401", "2")]
    assert problems(THIRDS, [0.3]) == [("D401", "1")]
    assert problems(DEGREE, ["本", "大专"]) == [("D403", "1")]
    assert problems(yes_no(), ["2", "有"]) == [("D401", "1"), ("D401", "2")]
    assert problems(yes_no(), [2, 1]) == [("D401", "1")]
    assert problems(DAYS, ["2000-02-30", "2000-1/2", "1999-12-31"]) == [
        ("D401", "1"),
        ("D401", "2"),
        ("D402", "3"),
    ]
    assert problems(DAYS, [datetime(2000, 1, 2, 8)]) == [("D401", "1")]
    many = problems(AGE, [200] * 500)
    assert many == [*(("D402", str(i)) for i in range(1, 11)), ("D499", "None")]
    for domain, column in (
        (AGE, [date(2000, 1, 1)]), (DEGREE, [1.5]), (DAYS, [1.5]), (yes_no(), [b"1"]),
    ):  # fmt: skip
        assert [code for code, _ in problems(domain, column)] == ["D441"]


@settings(max_examples=40)
@given(st.lists(st.fractions(-3, 8, max_denominator=6), min_size=1, max_size=30))
def test_a_number_has_the_code_of_its_domain_or_none(values: list[Fraction]):
    plan = identity_plan({"事实": AREA})
    job = Job(plan, {"code": 0}, keep=["i"], bad="leave_out")
    texts = [str(Decimal(v.numerator) / Decimal(v.denominator)) for v in values]
    exact = [Fraction(text) for text in texts]
    for column in (texts, [float(v) for v in values]):
        table = pa.table({"事实": column, "i": range(len(values))})
        found = score_duckdb(job, table)
        pairs = zip(found.column("i").to_pylist(), found.column("code").to_pylist(), strict=True)
        expected = {i: AREA.code(v) for i, v in enumerate(exact) if AREA.code(v) is not None}
        assert dict(pairs) == expected


def test_names_of_columns_are_names_and_nothing_else():
    evil = 'x" FROM t; DROP TABLE t; --'
    plan = identity_plan({evil: AGE})
    table = pa.table({evil: [1, 2]})
    found = score_duckdb(Job(plan, {"'); --": 0}, keep=[evil]), table)
    assert found.to_pydict() == {evil: [1, 2], "'); --": [2, 3]}
    other = score_duckdb(Job(plan, {"c": 0}, columns={evil: "a b"}), pa.table({"a b": [7]}))
    assert other.to_pydict() == {"c": [8]}


def test_columns_that_are_missing_or_clash_are_named():
    plan = identity_plan({"年龄": AGE})
    with pytest.raises(PolicyError, match="D442") as caught:
        score_duckdb(Job(plan, {"c": 0}), pa.table({"年令": [1]}))
    assert "是否应为“年令”" in str(caught.value)
    with pytest.raises(PolicyError, match="D410"):
        score_duckdb(Job(plan, {"Total": 0}, keep=["total"]), pa.table({"年龄": [1], "total": [1]}))
    with pytest.raises(PolicyError, match="D408"):
        score_duckdb(Job(plan, {"c": 0}), pa.table({"年龄": pa.array([], pa.int8())}))


def test_ids_rows_of_one_unit_and_rejected_rows(tmp_path: Path):
    plan = identity_plan({"年龄": AGE, "学历": DEGREE})
    frame = pd.DataFrame(
        {
            "编号": ["甲", "乙", "丙", "丁"],
            "单位": ["公安", "公安 ", "教育", "公安"],
            "年龄": [30, 130, 500, 40],
            "学历": ["大专", "专科", "本科", None],
        }
    )
    wanted = {"年龄 code": 0, "学历 code": 1}
    job = Job(plan, wanted, keep=["编号"], key="编号", only={"单位": "公安"}, bad="leave_out")
    checked = check_duckdb(job, frame)
    assert (checked.rows, dict(checked.bad)) == (3, {"年龄": 1, "学历": 1})
    assert [d.details["row"] for d in checked.problems] == ["2", "2"]
    assert score_duckdb(job, frame).column("编号").to_pylist() == ["甲", "丁"]
    reject_duckdb(job, frame, tmp_path / "rejects.parquet")
    rejected = pq.read_table(tmp_path / "rejects.parquet").to_pylist()
    assert [(row["编号"], row[PROBLEMS]) for row in rejected] == [("乙", "年龄、学历")]
    with pytest.raises(PolicyError, match="D444"):
        score_duckdb(job, pd.concat([frame, frame]))


def population(rows: int, seed: int) -> pa.Table:
    random = np.random.default_rng(seed)
    names = np.asarray([None, "初中", "高中", "大专", "本科"], object)
    return pa.table(
        {
            "编号": np.arange(rows),
            "社保月数": pa.array(random.integers(0, 120, rows), mask=random.random(rows) < 0.1),
            "学历": pa.array(names[random.integers(0, 5, rows)]),
            "人数": random.integers(0, 4, rows),
        }
    )


def expected(table: pa.Table) -> np.ndarray:
    months = table.column("社保月数").to_pandas().add(1).fillna(0).to_numpy(np.int64)
    names = [None, "初中", "高中", "大专", "本科"]
    degree = np.asarray([names.index(x) for x in table.column("学历").to_pylist()])
    return numpy_engine.run(tiers_plan(), [months, degree], [2], len(table))[0]


def test_tables_parquet_databases_and_their_histograms(tmp_path: Path):
    table = population(4000, 1)
    total = expected(table)
    folder = tmp_path / "地区=x [a]*?"
    folder.mkdir()
    pq.write_table(table.slice(0, 1500), folder / "a [0-9]'.parquet", row_group_size=700)
    pq.write_table(table.slice(1500), folder / "b.parquet")
    (folder / "_SUCCESS.parquet").write_bytes(b"")
    with duckdb.connect(tmp_path / "people.db") as connection:
        connection.register("given", table)
        connection.sql('CREATE TABLE "人 口" AS SELECT * FROM given')
    plan = tiers_plan()
    job = Job(plan, outputs(plan), keep=["编号"])
    sources = (
        table, table.to_pandas(), folder, tmp_path, DatabaseTable(tmp_path / "people.db", "人 口"),
    )  # fmt: skip
    values, persons = np.unique(total, return_counts=True)
    for source in sources:
        scored = score_duckdb(job, source)
        assert scored.column("编号").to_pylist() == list(range(4000))
        assert scored.column("total").to_pylist() == total.tolist()
        counts = histogram_duckdb(job, source)
        assert counts.values.tolist() == values.tolist()
        assert counts.persons.tolist() == persons.tolist()
    weighted = histogram_duckdb(Job(plan, outputs(plan), weight="人数"), table)
    weights = table.column("人数").to_numpy()
    assert weighted.persons.tolist() == [int(weights[total == v].sum()) for v in values]

    out = tmp_path / "out.parquet"
    write_duckdb(job, folder, out, Options(memory=200, threads=2))
    written = pq.read_table(out)
    assert written.column("total").to_pylist() == total.tolist()
    assert json.loads(written.schema.metadata[b"policydsl"])["scale"] == 2


def test_what_cannot_be_read_or_written_leaves_nothing_behind(tmp_path: Path):
    plan = tiers_plan()
    job = Job(plan, outputs(plan))
    good = tmp_path / "good.parquet"
    pq.write_table(population(10, 1), good)
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(good.read_bytes()[:300])
    with pytest.raises(PolicyError, match="D407"):
        score_duckdb(job, broken)
    with pytest.raises(PolicyError, match="D429"):
        score_duckdb(job, tmp_path / "nothing.parquet")
    with pytest.raises(PolicyError, match="D407"):
        score_duckdb(job, DatabaseTable(broken, "t"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(PolicyError, match="D408"):
        score_duckdb(job, tmp_path / "empty")
    mixed = tmp_path / "mixed"
    mixed.mkdir()
    pq.write_table(population(10, 1), mixed / "a.parquet")
    other = population(10, 1).set_column(1, "社保月数", pa.array([0.5] * 10))
    pq.write_table(other, mixed / "b.parquet")
    with pytest.raises(PolicyError, match=r"D443\n.*（社保月数）") as caught:
        score_duckdb(job, mixed)
    assert len(caught.value.diagnostics) == 1
    with pytest.raises(PolicyError, match="F007"):
        write_duckdb(job, good, tmp_path / "no such folder" / "out.parquet")
    with pytest.raises(PolicyError, match="F007"):
        write_duckdb(job, good, tmp_path / "empty")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "broken.parquet", "empty", "good.parquet", "mixed",
    ]  # fmt: skip


def test_without_duckdb_the_message_says_what_to_install():
    code = (
        "import sys; sys.modules['duckdb'] = None\n"
        "from policydsl.scoring.columns.sql.duckdb import score_duckdb\n"
        "from policydsl.scoring.columns.sql.jobs import Job\n"
        "from tests.scoring.columns.random_plans import tiers_plan\n"
        "score_duckdb(Job(tiers_plan(), {}), 'x')"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "D415" in ran.stderr
    assert "policydsl[sql]" in ran.stderr
