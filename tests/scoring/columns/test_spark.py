"""Plans in Spark: the same integers as NumPy, on one small session for the whole module."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from tests.scoring.columns.random_plans import (
    codes_for,
    identity_plan,
    plans,
    side_by_side,
    tiers_plan,
)

from policydsl.language.diagnostics import PolicyError
from policydsl.scoring.columns.domains import Days, Domain, Grid, choice, yes_no
from policydsl.scoring.columns.engines import numpy_blocks as numpy_engine
from policydsl.scoring.columns.plan import Plan
from policydsl.scoring.columns.sql import spark as spark_engine
from policydsl.scoring.columns.sql.jobs import Job, outputs
from policydsl.scoring.columns.sql.spark import (
    check_spark,
    histogram_spark,
    read_parquet,
    score_spark,
    write_spark,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("spark")]

PLANS = 12


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    if not spark_engine.available():
        # in CI its absence would hide that nothing was held against Spark
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no Spark or no Java")
    session = spark_engine.session("local[2]", memory=1024)
    session.conf.set("spark.sql.shuffle.partitions", "2")
    yield session
    session.stop()


def frame_of(spark: SparkSession, columns: dict[str, Any], types: str) -> DataFrame:
    return spark.createDataFrame(list(zip(*columns.values(), strict=True)), types)


def test_random_plans_give_the_same_integers_as_numpy(spark: SparkSession):
    """Drawn first and then scored in one go, since each query takes Spark a while."""
    drawn: list[Plan] = []

    @settings(
        max_examples=PLANS, phases=[Phase.generate], suppress_health_check=list(HealthCheck),
        deadline=None,
    )  # fmt: skip
    @given(plans())
    def draw(plan: Plan) -> None:
        drawn.append(plan)

    draw()
    assert len(drawn) >= PLANS / 2
    plan = side_by_side(drawn)
    columns = codes_for(plan, 150, 7)
    names = [each.name for each in plan.inputs]
    frame = frame_of(
        spark,
        {name: column.tolist() for name, column in zip(names, columns, strict=True)},
        ", ".join(f"`{name}` INT" for name in names),
    )
    wanted = {f"s{slot}": slot for slot in range(plan.slots)}
    rows = score_spark(Job(plan, wanted, coded=names), frame).collect()
    expected = numpy_engine.run(plan, columns, range(plan.slots), 150)
    found = np.asarray([tuple(row) for row in rows], np.int64)
    for slot in range(plan.slots):
        assert found[:, slot].tolist() == expected[slot].tolist(), (plan.sliced([slot]), slot)


def test_values_of_every_type_become_their_codes(spark: SparkSession):
    domains: dict[str, Domain] = {
        "年`龄": Grid(Fraction(0), Fraction(1), 121),
        "率": Grid(Fraction(0), Fraction(1, 100), 10001),
        "面积": Grid(Fraction(-5, 2), Fraction(1, 2), 20),
        "文字数": Grid(Fraction(0), Fraction(1, 10), 1000),
        "学历": choice(("大专", "本科", "O'R\\n")),
        "犯罪": yes_no(),
        "登记": Days(date(2000, 1, 1), 3000),
        "搬入": Days(date(2000, 1, 1), 3000),
    }
    frame = spark.createDataFrame(
        [
            (
                120,
                Decimal("93.50"),
                -2.5,
                "１，0 ",
                "O'R\\n",
                " Yes",
                date(2000, 1, 2),
                "2000年1月3日",
            ),
            (None, None, None, "", "　本科", "否", None, "20000104"),
            (0, Decimal("0.07"), 0.5, "7.50", "大专", None, date(2008, 3, 18), "2000-2-29"),
        ],
        "`年``龄` SMALLINT, `率` DECIMAL(20, 2), `面积` DOUBLE, `文字数` STRING, `学历` STRING, "
        "`犯罪` STRING, `登记` DATE, `搬入` STRING",
    )
    plan = identity_plan(domains)
    with pytest.raises(PolicyError, match="文字数"):
        score_spark(Job(plan, {"x": 3}), frame)
    frame = frame.replace("１，0 ", "９ ", ["文字数"])
    wanted = {f"{name} code": ends.low for name, ends in plan.parts.items()}
    assert [tuple(row) for row in score_spark(Job(plan, wanted), frame).collect()] == [
        (121, 9351, 1, 91, 3, 2, 2, 3),
        (0, 0, 0, 0, 2, 1, 0, 4),
        (1, 8, 7, 76, 1, 0, 3000, 60),
    ]


def test_bad_values_are_told_with_the_id_of_their_row(spark: SparkSession):
    plan = identity_plan({"年龄": Grid(Fraction(0), Fraction(1), 121), "学历": choice(("大专",))})
    frame = spark.createDataFrame(
        [("甲", 30, "大专"), ("乙", 130, "专科"), ("丙", -1, "大专")],
        "`编号` STRING, `年龄` INT, `学历` STRING",
    )
    job = Job(plan, {"年龄 code": 0, "学历 code": 1}, keep=["编号"], key="编号")
    with pytest.raises(PolicyError) as caught:
        score_spark(job, frame)
    found = {(d.code, d.details["row"], d.details["column"]) for d in caught.value.diagnostics}
    assert found == {("D402", "乙", "年龄"), ("D402", "丙", "年龄"), ("D403", "乙", "学历")}
    kept = Job(plan, job.wanted, keep=["编号"], key="编号", bad="leave_out")
    assert dict(check_spark(kept, frame).bad) == {"年龄": 2, "学历": 1}
    assert [tuple(row) for row in score_spark(kept, frame).collect()] == [("甲", 31, 1)]
    twice = frame.union(frame)
    with pytest.raises(PolicyError) as caught:
        score_spark(kept, twice)
    assert [d.code for d in caught.value.diagnostics] == ["D444"] * 3


def test_histograms_and_parquet(spark: SparkSession, tmp_path: Path):
    plan = tiers_plan()
    random = np.random.default_rng(5)
    months, degree = random.integers(0, 121, 5000), random.integers(0, 5, 5000)
    weights = random.integers(0, 9, 5000)
    frame = frame_of(
        spark,
        {"m": months.tolist(), "d": degree.tolist(), "w": weights.tolist()},
        "`社保月数` INT, `学历` INT, `人数` BIGINT",
    )
    (total,) = numpy_engine.run(plan, [months, degree], [plan.total.low], 5000)
    job = Job(plan, outputs(plan), coded=["社保月数", "学历"])
    counts = histogram_spark(job, frame)
    values, persons = np.unique(total, return_counts=True)
    assert counts.values.tolist() == values.tolist()
    assert counts.persons.tolist() == persons.tolist()
    weighted = histogram_spark(Job(plan, job.wanted, coded=job.coded, weight="人数"), frame)
    assert weighted.persons.sum() == weights.sum()

    out = tmp_path / "scored"
    write_spark(job, frame, out)
    assert sorted(row["total"] for row in read_parquet(out, spark).collect()) == sorted(total)
    assert [each.name for each in tmp_path.iterdir()] == ["scored"]
    with pytest.raises(PolicyError, match="F007"):
        write_spark(job, frame, out)
    with pytest.raises(PolicyError, match="D429"):
        read_parquet(tmp_path / "nothing", spark)
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(PolicyError, match="D407"):
        read_parquet(tmp_path / "broken.parquet", spark)
