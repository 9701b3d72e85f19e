"""Bundled policies in a database: raw columns in, the same totals and parts as NumPy out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from tests.scoring.columns.populations import population_of

from policydsl.language.diagnostics import PolicyError
from policydsl.model import Policy
from policydsl.model.loading import load
from policydsl.scoring.cases import Case
from policydsl.scoring.columns.domains import Domain
from policydsl.scoring.columns.engines import numpy_blocks as numpy_engine
from policydsl.scoring.columns.plan import Plan
from policydsl.scoring.columns.planning.derived import columns_of
from policydsl.scoring.columns.planning.planner import make_plan
from policydsl.scoring.columns.sql.duckdb import score_duckdb
from policydsl.scoring.columns.sql.jobs import Job, outputs
from policydsl.scoring.tables import read_cases

DEMO = Path(__file__).resolve().parents[3] / "policies" / "demo"
BUNDLED: list[tuple[str, list[str], str]] = [
    ("yueqing-2022", ["yueqing-demo"], "yueqing-applicants.csv"),
    ("yueqing-2022", [], "yueqing-applicants.csv"),
    ("haishu-2022", ["haishu-demo"], "haishu-applicants.csv"),
    ("beilun-departments", [], "beilun-departments.csv"),
]
ROWS = 400


def tables_of(policy: Policy, cases: Sequence[Case]) -> list[Plan]:
    """The plans of the tables that the cases belong to, over all values of their facts."""
    schema = population_of(policy, cases).schema
    places = dict.fromkeys((case.entity, case.unit) for case in cases)
    return [make_plan(policy, schema, unit=unit, entity=entity) for entity, unit in places]


def raw(domain: Domain, codes: npt.NDArray[np.int64]) -> pa.Array:
    """A column as a database holds it: texts, truth values, dates, DECIMAL."""
    known = [None, *(domain.value(code) for code in range(1, domain.size))]
    values: list[Any] = [known[code] for code in codes.tolist()]
    if any(isinstance(value, Fraction) for value in values):
        exact = [None if v is None else Decimal(v.numerator) / v.denominator for v in values]
        return pa.array(exact, pa.decimal128(30, 6))
    return pa.array(values)


@pytest.mark.parametrize(("name", "assumed", "data"), BUNDLED)
def test_raw_columns_give_the_same_as_numpy_on_codes(name: str, assumed: list[str], data: str):
    policy = load(name, assume=assumed)
    random = np.random.default_rng(3)
    plans = tables_of(policy, read_cases(policy, DEMO / data).cases)
    scored = 0
    for plan in plans:
        columns = [random.integers(0, each.size, ROWS) for each in plan.inputs]
        wanted = outputs(plan, flags=True)
        expected = numpy_engine.run(plan, columns, list(wanted.values()), ROWS)
        pairs = list(zip(plan.inputs, columns, strict=True))
        coded = [each.name for each in plan.inputs if each.owner != "self"]
        table = pa.table(
            {x.name: c if x.name in coded else raw(x.domain, c) for x, c in pairs}
            | {"行": np.arange(ROWS)}
        )
        found = score_duckdb(Job(plan, wanted, coded=coded), table)
        for title, values in zip(wanted, expected, strict=True):
            assert found.column(title).to_pylist() == values.tolist(), (plan.unit, title)
        scored += 1
    assert scored == len(plans) > 0


def test_the_demonstration_data_itself_and_what_is_worked_out_before():
    policy = load("beilun-departments")
    cases = [
        case for case in read_cases(policy, DEMO / "beilun-departments.csv").cases
        if case.unit == "公安分局"
    ]  # fmt: skip
    population = population_of(policy, cases)
    plan = make_plan(policy, population.schema, unit="公安分局")
    derived = [each.name for each in plan.inputs if each.owner == "derived"]
    columns = columns_of(plan, population)
    table = pa.table({x.name: c for x, c in zip(plan.inputs, columns, strict=True)})
    wanted = {"low": plan.total.low}
    job = Job(plan, wanted, coded=[each.name for each in plan.inputs])
    (low,) = numpy_engine.run(plan, columns, [plan.total.low], population.rows)
    assert score_duckdb(job, table).column("low").to_pylist() == low.tolist()
    # a column of that name may hold something else, unless one says that it holds the codes
    assert derived
    with pytest.raises(PolicyError, match="S531"):
        score_duckdb(Job(plan, wanted), table)
