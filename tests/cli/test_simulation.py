"""``policydsl simulate`` and ``policydsl rerun``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import policydsl as pdl
from policydsl.cli import main

DEMO = Path(__file__).parents[2] / "policies" / "demo" / "yueqing-applicants.csv"


def call(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(list(words))
    out = capsys.readouterr()
    return code, out.out, out.err


def simulate(capsys: pytest.CaptureFixture[str], folder: Path, *more: str) -> tuple[int, str, str]:
    return call(
        capsys, "simulate", "yueqing-2022", "yueqing-2023-draft", "--population", str(DEMO),
        "--assume", "yueqing-demo", "--scene", "随迁子女入学", "--out", str(folder), *more,
    )  # fmt: skip


def test_simulate_writes_tables_and_a_record_that_rerun_repeats(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    folder = tmp_path / "out"
    code, out, _ = simulate(capsys, folder, "--by", "文化程度", "--contributions", "--typical")
    assert code == 0
    assert "yueqing-demo" in out.split("分布")[0], "assumptions come first"
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert record["population"]["file_sha256"]
    assert [v["policy"] for v in record["versions"]] == ["yueqing-2022", "yueqing-2023-draft"]
    summary = pd.read_csv(folder / "summary.csv")
    assert list(summary["版本"]) == ["yueqing-2022", "yueqing-2023-draft"]
    figures = json.loads((folder / "figures.json").read_text(encoding="utf-8"))
    assert figures["contributions"][0]["method"] == "shapley"
    assert not list(tmp_path.glob(".*"))
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert "谁得益" in report
    assert record["figures_sha256"] in report
    assert (folder / "figures" / "contributions_1.png").read_bytes()[:4] == b"\x89PNG"
    before = {p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    code, out, _ = call(
        capsys, "rerun", str(folder / "run.json"), "--engine", "numpy", "--threads", "1",
        "--out", str(folder),
    )  # fmt: skip
    assert code == 0, out
    assert "一致" in out
    assert {p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before


def test_rerun_sees_what_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = tmp_path / "out"
    simulate(capsys, folder, "--no-report")
    assert not (folder / "report.html").exists()
    file = folder / "run.json"
    record: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    record["population"]["sha256"] = "0" * 64
    record["software"]["numpy"] = "0.1"
    file.write_text(json.dumps(record), encoding="utf-8")
    code, out, _ = call(capsys, "--lang", "en", "rerun", str(folder))
    assert code == 1
    assert "population" in out
    assert "software numpy" in out


@pytest.mark.parametrize(
    "content", ["", "{}", '{"format": 9}', '{"format": 1, "request": {"x": 1}}']
)
def test_rerun_of_something_else(content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "run.json").write_text(content, encoding="utf-8")
    code, _, err = call(capsys, "rerun", str(tmp_path))
    assert code == 3
    assert "S602" in err


def test_a_folder_with_other_files_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    code, _, err = simulate(capsys, tmp_path, "--no-report")
    assert code == 5
    assert "F007" in err
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_draft_that_changes_what_only_an_assumption_set_states(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    draft = tmp_path / "social.policy"
    draft.write_text(
        "修订 social “社保” 基于 yueqing-2022 {\n"
        "  修改 组 省级共性指标 指标 缴纳社保 将 0.5 分 改为 0.6 分\n}\n", encoding="utf-8",
    )  # fmt: skip
    result = pdl.simulate(
        "yueqing-2022", draft, population=DEMO, assume=["yueqing-demo"], scene="随迁子女入学"
    )
    contributed = result.frame("contributions")
    assert "缴纳社保" in contributed["条款"][0]
    scored = result.scored()
    assert (scored["low_1"] >= scored["low_0"]).all()
    assert (scored["low_1"] > scored["low_0"]).any()
    assert result.frame("assumptions")["假设"].tolist() == ["yueqing-demo"] * 2
    result.frame("typical")
    made = result.save(tmp_path / "out", report=False)
    assert made.record["request"]["extras"] == ["contributions", "typical"]
    code, _, _ = call(capsys, "rerun", str(tmp_path / "out"))
    assert code == 0


def test_what_was_handed_in_by_a_program_has_no_record(tmp_path: Path):
    result = pdl.simulate("yueqing-2022", population=pd.read_csv(DEMO, dtype=str),
                          assume=["yueqing-demo"])  # fmt: skip
    with pytest.raises(pdl.PolicyError) as caught:
        result.save(tmp_path / "out")
    assert caught.value.diagnostics[0].code == "S603"
    with pytest.raises(pdl.PolicyError) as caught:
        result.frame("summry")
    assert caught.value.diagnostics[0].code == "S604"


def test_parquet_beside_the_csv(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    pytest.importorskip("pyarrow")
    code, _, _ = simulate(capsys, tmp_path / "out", "--parquet", "--no-report")
    assert code == 0
    table = pd.read_parquet(tmp_path / "out" / "changes.parquet")
    assert table["人数"].iloc[0] > 0


def test_persons_of_ones_own_and_some_numbers_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    persons = tmp_path / "persons.csv"
    pd.read_csv(DEMO, dtype=str).head(1).assign(年度借阅册数=8).to_csv(persons, index=False)
    folder = tmp_path / "out"
    code, out, _ = simulate(
        capsys, folder, "--persons", str(persons), "--sensitivity-of", "书香阅读=0.5",
        "--no-report",
    )  # fmt: skip
    assert code == 0
    assert "所给的人" in out
    moved = pd.read_csv(folder / "sensitivity.csv")
    assert set(moved["数值"]) == {"0.5分"}
    why = pd.read_csv(folder / "persons_changes.csv")
    assert dict(zip(why["条款"], why["现在"], strict=True))["书香阅读"] == 4
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert record["persons_sha256"]
    command = record["command"]
    assert command[command.index("--sensitivity-of") + 1] == "书香阅读=0.5"
    code, out, _ = call(capsys, "rerun", str(folder))
    assert code == 0, out


@pytest.mark.parametrize(
    ("words", "code"),
    [(("--sensitivity-of", "书香园"), "S550"), (("--persons", "nowhere.csv"), "D429")],
)
def test_what_is_asked_for_and_is_not_there(
    words: tuple[str, ...], code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    number, _, err = simulate(capsys, tmp_path / "out", *words, "--no-report")
    assert number in (3, 5)
    assert code in err
    assert "Traceback" not in err
    assert not (tmp_path / "out").exists()


def test_a_record_of_an_older_version_can_be_repeated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    simulate(capsys, tmp_path / "out", "--no-report")
    file = tmp_path / "out" / "run.json"
    record: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    for name in ("only", "persons", "report"):
        del record["request"][name]
    file.write_text(json.dumps(record), encoding="utf-8")
    code, out, _ = call(capsys, "rerun", str(file))
    assert code == 0, out
