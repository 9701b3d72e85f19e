"""``policydsl population``: describe, make, check, list."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Command
from tests.simulation.small import CHINESE, changed


def test_list(run: Command):
    result = run("population", "list")
    assert result.code == 0
    assert "yangtze-delta-migrants" in result.out
    assert "beilun-departments-results" in result.out


def test_make_then_score(run: Command, tmp_path: Path):
    out = tmp_path / "people.csv"
    made = run("population", "make", "yangtze-delta-migrants", "-n", 60, "--seed", 3,
               "--policy", "yueqing-2022", "--out", out)  # fmt: skip
    assert made.code == 0
    assert "60 户" in made.err
    assert "没有一个真人" in made.err
    scored = run("score", "yueqing-2022", "--assume", "yueqing-demo", "--facts", out,
                 "--format", "json")  # fmt: skip
    assert scored.code == 0
    assert len(json.loads(scored.out)["cases"]) == 60


def test_make_of_ones_own_file(run: Command, tmp_path: Path):
    spec = tmp_path / "own.toml"
    spec.write_text(CHINESE, encoding="utf-8")
    assert run("population", "make", spec, "-n", 5, "--out", tmp_path / "a.parquet").code == 0
    assert (tmp_path / "a.parquet.json").exists()


def test_mistakes_have_their_exit_codes(run: Command, tmp_path: Path):
    out = tmp_path / "a.csv"
    assert run("population", "make", "yangtze-delta", "--out", out).code == 3
    assert run("population", "make", "yangtze-delta-migrants", "-n", 0, "--out", out).code == 3
    assert (
        run("population", "make", "yangtze-delta-migrants", "--out", tmp_path / "a.doc").code == 3
    )
    nowhere = tmp_path / "no" / "a.csv"
    made = run("population", "make", "yangtze-delta-migrants", "-n", 1, "--out", nowhere)
    assert made.code == 5
    bad = tmp_path / "bad.toml"
    bad.write_text(changed(("比数 = 2", "比数 = -2")), encoding="utf-8")
    checked = run("--lang", "en", "population", "check", bad)
    assert checked.code == 3
    assert "D453" in checked.err
    as_json = run("population", "check", bad, "--format", "json")
    assert json.loads(as_json.out)["diagnostics"][0]["code"] == "D453"


def test_check(run: Command, tmp_path: Path):
    spec = tmp_path / "own.toml"
    spec.write_text(CHINESE, encoding="utf-8")
    shown = run("population", "check", spec, "-n", 2000)
    assert shown.code == 0
    for words in ("要求%", "社保月数 ≤ 居住月数", "年龄—居住月数", "住得久的年纪大"):
        assert words in shown.out
    record = json.loads(run("population", "check", spec, "-n", 2000, "--format", "json").out)
    assert record["ok"] is True
    assert record["fit"]["deviation"] < 1e-8
    assert set(record["violations"].values()) == {0}
    english = run("population", "check", spec, "-n", 500, "--lang", "en")
    assert "Assumptions" in english.out


def test_describe(run: Command, tmp_path: Path, demo: Path):
    good = run("population", "describe", demo / "yueqing-applicants.csv", "--policy",
               "yueqing-2022")  # fmt: skip
    assert good.code == 0
    assert "文化程度" in good.out
    own = tmp_path / "own.csv"
    own.write_text("编号,年龄,参保月数\n1,34,30\n2,x,2\n", encoding="utf-8")
    mapping = tmp_path / "map.toml"
    shown = run("population", "describe", own, "--policy", "yueqing-2022", "--assume",
                "yueqing-demo", "--template", mapping)  # fmt: skip
    assert shown.code == 1
    assert "是不是“参保月数”列？" in shown.out
    assert "第 3 行“年龄”" in shown.out
    again = run("population", "describe", own, "--policy", "yueqing-2022", "--mapping", mapping,
                "--format", "json")  # fmt: skip
    record = json.loads(again.out)
    assert again.code == 1
    assert record["unknown"] == []
    assert [d["code"] for d in record["diagnostics"]] == ["D401"]
    own.write_text("编号,年龄,参保月数\n1,34,30\n2,35,2\n", encoding="utf-8")
    scored = run("score", "yueqing-2022", "--assume", "yueqing-demo", "--facts", own,
                 "--mapping", mapping)  # fmt: skip
    assert scored.code == 0
