"""``score`` by columns: large tables, rejects and histograms, and that nobody notices otherwise."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from tests.cli.conftest import Command
from tests.scoring.columns.test_scoring import SCHEME, random_people

from policydsl.cli import columns

HAISHU = ("haishu-2022", "--assume", "haishu-demo", "--date", "2022-06-30")


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "people.policy"
    path.write_text(SCHEME, encoding="utf-8")
    return path


@pytest.fixture
def people(tmp_path: Path) -> Path:
    frame = pd.DataFrame(random_people(400))
    frame["登记日期"] = frame["登记日期"].dt.date
    path = tmp_path / "people.csv"
    frame.to_csv(path, index=False)
    return path


def texts(path: Path) -> list[list[str]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.reader(stream))
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path).active
        assert sheet is not None
        return [[str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    frame = pd.read_parquet(path)
    return [list(frame.columns), *frame.fillna("").astype(str).to_numpy().tolist()]


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".xlsx", ".json"])
def test_auto_gives_the_same_file_by_columns(
    run: Command, policy: Path, people: Path, tmp_path: Path, suffix: str,
    monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    exact, found = tmp_path / f"exact{suffix}", tmp_path / f"found{suffix}"
    words = ("score", policy, "--data", people, "--items", "--out")
    assert run(*words, exact, "--engine", "exact").code == 0
    monkeypatch.setattr(columns, "MANY", 100)
    taken: list[object] = []
    real = columns.scored

    def noticed(*arguments: object) -> object:
        taken.append(arguments)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(columns, "scored", noticed)
    assert run(*words, found).code == 0
    assert taken
    if suffix == ".json":
        assert found.read_bytes() == exact.read_bytes()
    else:
        assert texts(found) == texts(exact)


def test_auto_shows_the_same_table(run: Command, demo: Path, monkeypatch: pytest.MonkeyPatch):
    words = ("score", *HAISHU, "--facts", demo / "haishu-applicants.csv", "--format", "csv")
    expected = run(*words)
    monkeypatch.setattr(columns, "MANY", 1)
    assert run(*words) == expected


def test_small_tables_and_questions_stay_with_the_exact_evaluator(
    run: Command, policy: Path, people: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(columns, "scored", None)
    assert run("score", policy, "--data", people, "--format", "csv").code == 0
    monkeypatch.setattr(columns, "MANY", 100)
    assert run("score", policy, "--data", people, "--format", "json").code == 0
    assert run("score", policy, "--data", people, "--engine", "exact").code == 0


def test_one_case_of_many_is_explained(
    run: Command, policy: Path, people: Path, monkeypatch: pytest.MonkeyPatch
):
    words = ("score", policy, "--data", people, "--explain", "N0000007")
    expected = run(*words)
    monkeypatch.setattr(columns, "MANY", 100)
    assert run(*words) == expected
    assert run(*words[:-1], "N7").code == 3


def test_a_policy_that_columns_cannot_hold(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """``auto`` scores it all the same; asked for columns, the message names clause and way out."""
    policy = tmp_path / "wide.policy"
    policy.write_text(
        """积分 wide “宽” { 事实 甲：小数，范围 0 至 100000，到 2 位 事实 乙：小数，范围 0 至 100000，到 2 位
        指标 丁 { 加 （甲 × 乙） 分，四舍五入 } }""",
        encoding="utf-8",
    )
    data = tmp_path / "data.csv"
    data.write_text("编号,甲,乙\nA,0,0.01\nB,100000,100000\n", encoding="utf-8")
    monkeypatch.setattr(columns, "MANY", 1)
    assert run("score", policy, "--data", data, "--format", "csv").code == 0
    refused = run("score", policy, "--data", data, "--engine", "numpy")
    assert refused.code == 3
    assert "丁" in refused.err
    assert "--engine exact" in refused.err


def test_numbers_with_more_digits_than_columns_hold(
    run: Command, policy: Path, people: Path, monkeypatch: pytest.MonkeyPatch
):
    frame = pd.read_csv(people, dtype=str)
    frame.loc[3, "纳税"] = "1.00000000000000001"
    frame.to_csv(people, index=False)
    words = ("score", policy, "--data", people, "--format", "csv")
    expected = run(*words, "--engine", "exact")
    monkeypatch.setattr(columns, "MANY", 100)
    assert run(*words) == expected
    assert run(*words, "--engine", "numpy").code == 3


def test_rejects_and_histogram(run: Command, policy: Path, people: Path, tmp_path: Path):
    lines = people.read_text(encoding="utf-8").splitlines()
    lines[5] = lines[5].replace(lines[5].split(",")[1], "200", 1)
    people.write_text("\n".join(lines) + "\n", encoding="utf-8")
    words = ("score", policy, "--data", people, "--engine", "numpy", "--out", tmp_path / "o.csv")
    assert run(*words).code == 3
    assert not (tmp_path / "o.csv").exists()
    done = run(*words, "--rejects", tmp_path / "bad.csv", "--histogram", tmp_path / "h.csv")
    assert done.code == 0
    assert "1 行没有打分（D402 1）" in done.err
    assert len(texts(tmp_path / "o.csv")) == 400
    assert texts(tmp_path / "bad.csv")[1][:4] == ["6", "年龄", "200", "D402"]
    assert sum(int(row[1]) for row in texts(tmp_path / "h.csv")[1:]) == 399


def test_a_folder_of_part_files(run: Command, policy: Path, people: Path, tmp_path: Path):
    folder = tmp_path / "parts"
    assert run("score", policy, "--data", people, "--out", folder).code == 0
    assert sorted(path.name for path in folder.iterdir()) == ["_run.json", "part-00000.parquet"]
    again = tmp_path / "again.parquet"
    pd.read_csv(people).to_parquet(folder / "x.parquet")
    assert run("score", policy, "--data", folder / "x.parquet", "--out", again).code in (0, 3)


def test_wrong_usage(run: Command, policy: Path, people: Path, tmp_path: Path):
    words = ("score", policy, "--data", people)
    assert run(*words, "--engine", "exact", "--histogram", tmp_path / "h.csv").code == 2
    assert run(*words, "--engine", "numpy", "--judgements", people).code == 2
    assert run(*words, "--engine", "fast").code == 2
    assert run(*words, "--histogram", tmp_path / "h.xlsx").code == 3
    assert run(*words, "--rejects", tmp_path / "r.parquet").code == 3
    assert run(*words, "--histogram", tmp_path / "none" / "h.csv").code == 5
    assert run("score", policy, "--data", tmp_path / "none.csv", "--engine", "numpy").code == 3


def test_engines_give_the_same(run: Command, policy: Path, people: Path):
    words = ("score", policy, "--data", people, "--format", "csv", "--engine")
    pytest.importorskip("duckdb")
    assert run(*words, "duckdb") == run(*words, "numpy")


def test_spark_writes_a_folder_and_a_histogram(run: Command, policy: Path, tmp_path: Path):
    from policydsl.scoring.columns.sql import spark as spark_engine

    if not spark_engine.available():
        pytest.skip("Spark or Java is not installed")
    data = tmp_path / "people.parquet"
    pd.DataFrame(random_people(300)).to_parquet(data)
    words = ("score", policy, "--data", data, "--out", tmp_path / "by-spark")
    done = run(*words, "--histogram", tmp_path / "h.csv", "--engine", "spark")
    assert done.code == 0
    expected = run("score", policy, "--data", data, "--out", tmp_path / "out.parquet",
                   "--histogram", tmp_path / "own.csv", "--engine", "numpy")  # fmt: skip
    assert expected.code == 0
    ours = pd.read_parquet(tmp_path / "out.parquet").set_index("编号")
    theirs = pd.read_parquet(tmp_path / "by-spark").set_index("编号").loc[ours.index]
    for column in theirs.columns:
        assert list(theirs[column]) == list(ours[column]), column
    assert set(theirs.columns) >= {"得分", "得分下限", "得分上限", "共性", "个性"}
    assert (tmp_path / "h.csv").read_bytes() == (tmp_path / "own.csv").read_bytes()
    bad = pd.DataFrame(random_people(30)).assign(年龄=200)
    bad.to_parquet(data)
    assert run(*words, "--engine", "spark").code == 3
    assert run(*words[:-2], "--engine", "spark").code == 2
    assert run(*words, "--rejects", tmp_path / "r.csv", "--engine", "spark").code == 3
