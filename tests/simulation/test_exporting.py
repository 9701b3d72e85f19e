"""What is written is the population, byte for byte, and is scored as it is."""

from __future__ import annotations

import csv
import hashlib
import json
from fractions import Fraction
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.simulation.small import small

from policydsl.language.diagnostics import PolicyError
from policydsl.model import loading
from policydsl.scoring.columns.scoring import InProcess
from policydsl.scoring.tables import read_cases, score_cases
from policydsl.simulation.exporting import write_population
from policydsl.simulation.populations import Synthesis
from policydsl.simulation.reading import bundled_specs, load_spec, read_spec
from policydsl.simulation.specs import facts_of


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_csv_is_the_same_to_the_byte(tmp_path: Path):
    path = tmp_path / "people.csv"
    record = write_population(path, Synthesis(load_spec("yangtze-delta-migrants"), 500, 1))
    data = path.read_bytes()
    assert data.startswith("\ufeff编号,户号,角色,年龄".encode())
    assert data.endswith(b"\r\n")
    assert hashlib.sha256(data).hexdigest() == (
        "cedea6713bc253359c4d8032d0b55e23716b336560f21ec63307ee5a4241ec6f"
    )
    assert record["rows"] == len(rows_of(path))


def test_parquet_holds_the_same_as_csv(tmp_path: Path):
    synthesis = Synthesis(small(), 400, 1)
    write_population(tmp_path / "a.csv", synthesis, weighted=True)
    write_population(tmp_path / "a.parquet", synthesis, weighted=True)
    table = pq.read_table(tmp_path / "a.parquet")

    def text(value: object) -> str:
        if isinstance(value, bool):
            return "是" if value else "否"
        shown = "" if value is None else str(value)
        return shown.rstrip("0").rstrip(".") if "." in shown else shown

    parquet = [{k: text(v) for k, v in row.items()} for row in table.to_pylist()]
    assert parquet == rows_of(tmp_path / "a.csv")
    # words stay a dictionary, numbers are narrow
    assert str(table.schema.field("婚姻状况").type).startswith("dictionary")
    assert str(table.schema.field("年龄").type) == "int16"
    assert str(table.schema.field("居住登记日期").type) == "date32[day]"
    assert str(table.schema.field("年纳税额").type) == "decimal128(18, 2)"


def test_what_it_rests_on_stands_beside_it(tmp_path: Path):
    spec = small()
    path = tmp_path / "a.csv"
    write_population(path, Synthesis(spec, 50, 4))
    record = json.loads((tmp_path / "a.csv.json").read_text(encoding="utf-8"))
    assert record["synthetic"] is True
    assert (record["seed"], record["households"]) == (4, 50)
    assert record["specification_sha256"] == spec.digest
    assert [(a["of"], a["reason"]) for a in record["assumptions"]] == spec.assumptions()
    assert record["sources"][0]["url"] == "http://example.org/census"


def test_weights_of_applicants_add_up_to_the_real_size(tmp_path: Path):
    write_population(tmp_path / "a.csv", Synthesis(small(), 70, 1), weighted=True)
    rows = rows_of(tmp_path / "a.csv")
    assert sum(int(row["权重"]) for row in rows if row["角色"] == "本人") == 1000


def test_progress_counts_households(tmp_path: Path):
    steps: list[int] = []
    write_population(tmp_path / "a.csv", Synthesis(small(), 123, 1), advance=steps.append)
    assert sum(steps) == 123


@pytest.mark.parametrize("suffix", [".xlsx", ".txt", ""])
def test_other_formats_are_refused(tmp_path: Path, suffix: str):
    with pytest.raises(PolicyError) as caught:
        write_population(tmp_path / f"a{suffix}", Synthesis(small(), 5, 1))
    assert [d.code for d in caught.value.diagnostics] == ["D413"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "policy", "assume", "n"), [
    ("yangtze-delta-migrants", "yueqing-2022", ["yueqing-demo"], 150),
    ("yangtze-delta-migrants", "haishu-2022", ["haishu-demo"], 150),
    ("yangtze-delta-migrants", "provincial-indicators-a", [], 150),
    ("beilun-departments-results", "beilun-departments", [], 68),
])  # fmt: skip
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_it_is_scored_as_it_is(
    tmp_path: Path, name: str, policy: str, assume: list[str], n: int, suffix: str
):
    spec, scheme = load_spec(name), loading.load(policy, assume)
    path = tmp_path / f"people{suffix}"
    write_population(path, Synthesis(spec, n, 1, facts_of(spec, scheme)))
    table = read_cases(scheme, path)
    assert len(table) == n
    totals = {str(score.total) for score in score_cases(scheme, table)}
    assert len(totals) > 10


def test_households_are_read_as_they_were_made(tmp_path: Path):
    scheme = loading.load("yueqing-2022", ["yueqing-demo"])
    spec = load_spec("yangtze-delta-migrants")
    synthesis = Synthesis(spec, 300, 2, facts_of(spec, scheme))
    write_population(tmp_path / "a.csv", synthesis)
    cases = read_cases(scheme, tmp_path / "a.csv").cases
    whole = synthesis.whole()
    assert whole.population.spouse is not None
    with_spouse = whole.population.spouse[whole.roles == 1] >= 0
    assert [case.spouse is not None for case in cases] == with_spouse.tolist()
    domain = spec.attributes["年龄"].domain
    ages = whole.population.columns["年龄"][whole.roles == 1]
    assert [case.facts["年龄"] for case in cases] == [domain.value(code) for code in ages.tolist()]


@pytest.mark.parametrize("children", ["false", "true"])
def test_codes_go_straight_into_the_engines(tmp_path: Path, children: str):
    """No text on the way: the plan reads the population's own columns, with the same scores."""
    scheme = loading.load("yueqing-2022", ["yueqing-demo"])
    text = bundled_specs()["yangtze-delta-migrants"].read_text(encoding="utf-8")
    spec = read_spec(text.replace("写成行 = false", f"写成行 = {children}"))
    synthesis = Synthesis(spec, 300, 2, facts_of(spec, scheme))
    population = synthesis.whole().population
    assert population.applicant is not None
    inside = InProcess()
    plan = inside.make_plan(scheme, population.schema)
    wanted = [plan.total.low, plan.total.high]
    columns = inside.columns_of(plan, population)
    low, high = inside.run(plan, columns, wanted, population.rows, "numpy")
    path = tmp_path / "a.csv"
    write_population(path, synthesis)
    scores = score_cases(scheme, read_cases(scheme, path))
    ends = [(score.total.low, score.total.high) for score in scores]
    own = population.applicant
    assert len(ends) == 300
    assert [(Fraction(a, plan.scale), Fraction(b, plan.scale))
            for a, b in zip(low[own].tolist(), high[own].tolist(), strict=True)] == ends  # fmt: skip
