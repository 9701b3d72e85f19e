"""``policydsl search``."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from policydsl.cli import main

DEMO = Path(__file__).parents[2] / "policies" / "demo" / "yueqing-applicants.csv"


def call(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(list(words))
    out = capsys.readouterr()
    return code, out.out, out.err


def search(capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str, str]:
    return call(
        capsys, "search", "yueqing-2022", "--assume", "yueqing-demo", "--population", str(DEMO),
        "--scene", "随迁子女入学", *more,
    )  # fmt: skip


MOVES = ("--move", "缴纳社保:0.5=0.3..0.8/0.1", "--move", "居住情况:10#2=5..20/5")


def test_drafts_are_found_shown_written_and_simulated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    folder = tmp_path / "方案"
    code, out, err = search(
        capsys, "--target", "均值>=101.5", "--target", "受损<=0%", *MOVES, "--alternatives", "2",
        "--out", str(folder),
    )  # fmt: skip
    assert code == 0, out + err
    assert "yueqing-demo" in out.split("目标")[0], "assumptions come first"
    for heading in ("目标", "方案", "改动", "试过的范围"):
        assert f"\n{heading}\n" in out
    assert "抽样由逐案计分核对" in out
    proposals = pd.read_csv(folder / "proposals.csv")
    assert list(proposals["方案"]) == ["现在", "yueqing-2022-方案1", "yueqing-2022-方案2"]
    assert list(proposals["改动数"]) == sorted(proposals["改动数"])
    record = json.loads((folder / "search.json").read_text(encoding="utf-8"))
    assert record["policy"]["assumed"] == ["yueqing-demo"]
    assert record["query"]["targets"] == ["均值>=101.5", "受损<=0%"]
    draft = folder / "yueqing-2022-方案1.policy"
    assert "依据假设集 yueqing-demo" in draft.read_text(encoding="utf-8")
    code, out, err = call(capsys, "check", str(draft))
    assert code == 0, out + err
    code, out, err = call(
        capsys, "simulate", "yueqing-2022", str(draft), "--assume", "yueqing-demo",
        "--population", str(DEMO), "--scene", "随迁子女入学", "--out", str(tmp_path / "s"),
    )  # fmt: skip
    assert code == 0, err
    summary = pd.read_csv(tmp_path / "s" / "summary.csv")
    assert float(summary["均值"][1]) == pytest.approx(float(proposals["均值"][1]), abs=1e-4)
    assert not list(tmp_path.glob(".*"))


def test_a_search_without_a_find_says_what_is_in_the_way(capsys: pytest.CaptureFixture[str]):
    code, out, _ = search(capsys, "--target", "均值>=500", "--target", "受损<=10%", *MOVES)
    assert code == 1
    assert "取舍" in out
    assert "哪个目标挡住了" in out
    assert "单独也达不到的：均值 ≥ 500" in out
    code, out, _ = call(
        capsys, "--lang", "en", "search", "yueqing-2022", "--assume", "yueqing-demo",
        "--population", str(DEMO), "--scene", "随迁子女入学", "--target", "mean>=500", *MOVES,
    )  # fmt: skip
    assert code == 1
    assert "not reached even alone: mean ≥ 500" in out


def test_nothing_to_change(capsys: pytest.CaptureFixture[str]):
    code, out, _ = search(capsys, "--target", "均值=不变", *MOVES)
    assert code == 0
    assert "现在就满足全部目标" in out


def test_numbers_are_listed_without_a_population(capsys: pytest.CaptureFixture[str]):
    code, out, _ = call(capsys, "search", "yueqing-2022", "--assume", "yueqing-demo", "--list")
    assert code == 0
    assert "缴纳社保:0.5" in out
    assert "居住情况:10#2" in out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--target", "均值>=1", "--move", "没有这条:1"), 3, "S561"),
        (("--target", "均值>=1"), 3, "S560"),
        (MOVES, 3, "S565"),
        (("--target", "高度>=1", *MOVES), 3, "S566"),
        (("--target", "占比(文化程度=博士后)>=1%", *MOVES), 3, "S570"),
        (("--target", "均值>=1", *MOVES, "--scene", "没有"), 3, "S501"),
    ],
)
def test_what_cannot_be_asked(
    words: tuple[str, ...], code: int, said: str, capsys: pytest.CaptureFixture[str]
):
    found, out, err = search(capsys, *words)
    assert found == code, out + err
    assert said in out + err


def test_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    code, _, err = call(capsys, "search", "yueqing-2022", "--target", "均值>=1")
    assert code == 2
    assert "--population" in err
    code, _, err = call(capsys, "simulate", "yueqing-2022")
    assert code == 2, "what simulate asks for stays as it is"
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "note.txt").write_text("mine", encoding="utf-8")
    code, out, err = search(capsys, "--target", "均值>=0", "--target", "均值>=101", *MOVES,
                            "--out", str(folder))  # fmt: skip
    assert code == 5, out + err
    assert (folder / "note.txt").read_text(encoding="utf-8") == "mine"


def test_a_recorded_search_is_done_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = tmp_path / "方案"
    code, out, err = search(
        capsys, "--target", "均值>=101.5", "--target", "受损<=0%", *MOVES, "--alternatives", "2",
        "--most", "2", "--seconds", "300", "--quota", "7", "--free-maxima", "--out", str(folder),
    )  # fmt: skip
    assert code == 0, out + err
    record = json.loads((folder / "search.json").read_text(encoding="utf-8"))
    limits = {"alternatives": 2, "most_changes": 2, "seconds": 300, "seed": 1}
    assert record["query"]["limits"] == limits
    assert (record["query"]["quota"], record["query"]["keep"]) == (7, False)
    for place in (folder, folder / "search.json"):
        code, out, err = call(capsys, "rerun", str(place), "--out", str(tmp_path / "again"))
        assert code == 0, out + err
        assert "与记录一致" in out
    again = json.loads((tmp_path / "again" / "search.json").read_text(encoding="utf-8"))
    assert again == record
    for draft in folder.glob("*.policy"):
        assert (tmp_path / "again" / draft.name).read_text("utf-8") == draft.read_text("utf-8")


def test_a_search_that_comes_out_otherwise_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    folder = tmp_path / "方案"
    code, out, err = search(capsys, "--target", "均值>=101.5", *MOVES, "--out", str(folder))
    assert code == 0, out + err
    file = folder / "search.json"
    record = json.loads(file.read_text(encoding="utf-8"))
    record["proposals"][0]["measures"]["mean"] = "1"
    file.write_text(json.dumps(record), encoding="utf-8")
    code, out, err = call(capsys, "rerun", str(folder))
    assert code == 1, err
    assert "方案：" in out
    assert "与记录不一致" in out


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "policydsl search 1", "query": {}}'])
def test_a_record_that_is_none_is_refused(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "search.json").write_text(text, encoding="utf-8")
    code, out, err = call(capsys, "rerun", str(tmp_path))
    assert (code, out) == (3, "")
    assert "S571" in err
