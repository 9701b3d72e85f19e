"""The measurements measure what they say: the same persons, the same scheme, the same scores."""

from __future__ import annotations

import importlib
import shutil
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from benchmarks.columns import checking, data, ours, schemes

from policydsl.api import check
from policydsl.scoring.cells import value_of
from policydsl.scoring.columns.scoring import score_data

PERSONS = 3_000
SAMPLE = np.arange(0, PERSONS, 12)


@pytest.fixture(scope="module")
def persons() -> data.Columns:
    (columns,) = data.chunks(data.SCHEME, PERSONS)
    return columns


@pytest.fixture(scope="module")
def exact(persons: data.Columns) -> data.Array:
    text = schemes.text_of("scheme")
    return checking.exact_hundredths(text, data.SCHEME, persons, SAMPLE, 1)


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")
@pytest.mark.parametrize("bits", [16, 32])
def test_the_c_program_gives_the_exact_scores(
    persons: data.Columns, exact: data.Array, tmp_path: Path, bits: int
):
    from benchmarks.columns.peers import fused

    totals = fused.hundredths(fused.score(fused.load(persons, 2, tmp_path, bits)))
    assert np.array_equal(totals[SAMPLE], exact)
    assert len(np.unique(exact)) > 200


@pytest.mark.parametrize("name", ["polars", "duckdb"])
def test_integer_peers_give_the_exact_scores(persons: data.Columns, exact: data.Array, name: str):
    pytest.importorskip(name)
    peer = importlib.import_module(f"benchmarks.columns.peers.{name}")
    totals = peer.hundredths(peer.score(peer.load(persons, 1)))
    assert np.array_equal(totals[SAMPLE], exact)


@pytest.mark.parametrize("name", ["numpy_float", "pandas"])
def test_peers_with_floats_miss_the_rounding_rule_by_a_hundredth_and_nothing_else(
    persons: data.Columns, exact: data.Array, name: str
):
    peer = importlib.import_module(f"benchmarks.columns.peers.{name}")
    totals = peer.hundredths(peer.score(peer.load(persons, 1)))[SAMPLE]
    half = persons["年纳税额"][SAMPLE].astype(np.int64) * 125 % 100 == 50
    assert np.array_equal(totals[~half], exact[~half])
    assert np.abs(totals[half] - exact[half]).max() == 1


def test_persons_are_the_same_whatever_their_number(persons: data.Columns):
    (few,) = data.chunks(data.SCHEME, 100)
    assert all(np.array_equal(few[name], persons[name][:100]) for name in persons)


def test_values_as_handed_in_are_those_of_the_columns(persons: data.Columns, tmp_path: Path):
    parquet = pytest.importorskip("pyarrow.parquet")
    facts = schemes.policy_of(schemes.text_of("scheme")).facts
    rows = parquet.read_table(data.write_parquet(tmp_path / "p.parquet", 200)).to_pylist()
    assert [row["编号"] for row in rows] == list(range(200))
    for column in data.SCHEME:
        for row, count in zip(rows, persons[column.name][:200].tolist(), strict=True):
            value = value_of(facts[column.name], row[column.name])
            if count == data.MISSING:
                assert value is None
            elif column.labels:
                assert value == column.labels[count]
            else:
                assert value == Fraction(count, column.unit)


@pytest.mark.parametrize("name", ["scheme", "coarse"])
def test_policies_are_clean_and_drafts_differ(name: str):
    assert not check(str(schemes.FOLDER / f"{name}.policy")).findings
    drafts = list(schemes.drafts(name, 1_000))
    assert len(set(drafts)) == 1_000
    for text in (drafts[0], drafts[-1]):
        assert schemes.policy_of(text).facts


@pytest.mark.parametrize("count", [10, 25, 200])
def test_schemes_have_as_many_indicators_as_asked(count: int):
    text, columns = schemes.scheme_of(count)
    policy = schemes.policy_of(text)
    assert sum(clause.is_item for root in policy.roots for clause in root.walk()) == count
    assert len(columns) == count
    assert all(column.name in policy.facts for column in columns)


# -- our engines ----------------------------------------------------------------------


def prepared(persons: data.Columns, name: str = "scheme", engine: str = "numpy") -> ours.Prepared:
    policy = schemes.policy_of(schemes.text_of(name))
    return ours.load(policy, persons, data.SCHEME, 1, engine)


@pytest.mark.parametrize("engine", ours.ENGINES)
def test_our_engines_give_the_exact_scores(persons: data.Columns, exact: data.Array, engine: str):
    pytest.importorskip({"kernel": "numba", "numpy": "numpy", "duckdb": "duckdb"}[engine])
    loaded = prepared(persons, engine=engine)
    assert np.array_equal(ours.hundredths(loaded, ours.score(loaded))[SAMPLE], exact)


def test_codes_are_those_that_the_encoder_gives(persons: data.Columns):
    pytest.importorskip("pyarrow")
    policy = schemes.policy_of(schemes.text_of("scheme"))
    encoded = score_data(policy, data.handed_in(persons)).population
    mine = ours.population_of(policy, persons, data.SCHEME)
    assert dict(mine.schema.domains) == dict(encoded.schema.domains)
    assert mine.columns.keys() == encoded.columns.keys()
    for name, codes in mine.columns.items():
        assert np.array_equal(codes, encoded.columns[name]), name
        assert codes.dtype == encoded.columns[name].dtype, name


@pytest.mark.parametrize("name", ["scheme", "coarse"])
def test_drafts_have_the_same_effects_in_every_way(persons: data.Columns, name: str):
    kept = ours.keep(prepared(persons, name))
    drafts = [schemes.policy_of(text) for text in schemes.drafts(name, 60)]
    full = ours.sweep(kept, drafts, "full")
    assert ours.sweep(kept, drafts, "kept") == full
    assert ours.sweep(kept, drafts, "together") == full
    assert len({effect.losers for effect in full}) > 10
    fresh = ours.redraft(kept.prepared, drafts[0])
    assert np.array_equal(ours.change(kept, kept.plan(drafts[0])), ours.score(fresh))


def test_a_file_gives_the_histogram_of_its_persons(persons: data.Columns, tmp_path: Path):
    parquet = pytest.importorskip("pyarrow.parquet")
    pytest.importorskip("numba")
    source = data.write_parquet(tmp_path / "p.parquet", PERSONS)
    policy = schemes.policy_of(schemes.text_of("scheme"))
    totals = ours.score(ours.load(policy, persons, data.SCHEME, 1, "numpy"))
    values, counts = np.unique(totals, return_counts=True)
    target = tmp_path / "scored.parquet"
    found = ours.stream(policy, source, target, 1)
    assert found == dict(zip(values.tolist(), counts.tolist(), strict=True))
    assert parquet.read_metadata(target).num_rows == PERSONS
