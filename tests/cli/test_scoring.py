"""``score`` and ``rank`` from the table on the desk to the file that goes out."""

from __future__ import annotations

import csv
import io
import json
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from tests.cli.conftest import Command
from tests.golden import hold_against

from policydsl import cli

GOLDEN = Path(__file__).parent / "golden"
YUEQING = ("yueqing-2022", "--assume", "yueqing-demo")


def test_departments_in_a_table(run: Command, demo: Path):
    shown = run("score", "beilun-departments", "--facts", demo / "beilun-departments.csv")
    assert (shown.code, shown.err) == (0, "")
    hold_against(GOLDEN / "beilun-departments.txt", shown.out)


def test_departments_in_json(run: Command, demo: Path):
    shown = run(
        "score", "beilun-departments", "--facts", demo / "beilun-departments.csv",
        "--format", "json", "--items",
    )  # fmt: skip
    cases = {case["id"]: case for case in json.loads(shown.out)["cases"]}
    assert len(cases) == 34
    police = cases["BM10"]
    assert police["score"] == {"low": "103", "high": "103"}
    assert police["items"]["公安分局/1"] == {"low": "18", "high": "18"}
    assumed = [r["zh"] for r in police["reasons"] if r["kind"] == "assumption"]
    assert "原文没有写不足一个百分点如何计" in assumed
    # every countable failure under 经信局 leaves 20 + 30 points; here one of the two
    assert cases["BM02"]["items"]["区经济和信息化局/2"] == {"low": "30", "high": "30"}
    assert cases["BM03"]["score"] == {"low": "70", "high": "100"}
    assert [r["kind"] for r in cases["BM03"]["reasons"] if r["kind"] != "assumption"] == [
        "discretionary"
    ]
    assert cases["BM23"]["score"]["high"] is None
    missing = [r["fact"] for r in cases["BM27"]["reasons"] if r["kind"] == "missing"]
    assert missing == ["录用信息篇数", "领导干部履职审计"]


def test_csv_on_the_standard_output(run: Command, demo: Path):
    shown = run(
        "score", "beilun-departments", "--facts", demo / "beilun-departments.csv",
        "--format", "csv",
    )  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(shown.out)))
    assert len(rows) == 34
    assert rows[2]["得分"] == ""
    assert (rows[2]["得分下限"], rows[2]["得分上限"]) == ("70", "100")


def test_what_rests_on_assumptions_says_so_first(run: Command, demo: Path, tmp_path: Path):
    facts = demo / "yueqing-applicants.csv"
    shown = run("score", *YUEQING, "--facts", facts)
    assert shown.out.startswith("注意：以下结果依据假设集 yueqing-demo")
    record = json.loads(run("score", *YUEQING, "--facts", facts, "--format", "json").out)
    assert next(iter(record)) == "notice"
    assert "yueqing-demo" in record["notice"]["zh"][0]
    for name in ("r.csv", "r.xlsx", "r.json"):
        written = run("score", *YUEQING, "--facts", facts, "--out", tmp_path / name)
        assert (written.code, written.out) == (0, "")
        assert f"已写入 {tmp_path / name}（40 例）" in written.err
    rows = list(csv.DictReader((tmp_path / "r.csv").open(encoding="utf-8-sig")))
    assert {row["假设"].split("（")[0] for row in rows} == {"yueqing-demo"}
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx").active
    assert sheet is not None
    assert "yueqing-demo" in str(sheet["A1"].value)
    assert sheet["A2"].value == "编号"


def test_without_the_set_the_draft_gives_ranges(run: Command, demo: Path):
    facts = demo / "yueqing-applicants.csv"
    record = json.loads(run("score", "yueqing-2022", "--facts", facts, "--format", "json").out)
    assert record["policy"]["assumed"] == []
    (case, *_) = record["cases"]
    assert case["score"] == {"low": "0", "high": "300"}
    assert {"open"} <= {reason["kind"] for reason in case["reasons"]}


def test_explanation_of_the_demo_case(run: Command, demo: Path):
    shown = run(
        "score", *YUEQING, "--facts", demo / "yueqing-applicants.csv", "--explain", "Y032"
    )  # fmt: skip
    assert (shown.code, shown.err) == (0, "")
    hold_against(GOLDEN / "explanation-Y032.txt", shown.out)


def test_explanations_of_all_in_full_and_in_json(run: Command, demo: Path):
    facts = demo / "haishu-applicants.csv"
    words = ("score", "haishu-2022", "--assume", "haishu-demo", "--facts", facts)
    brief, full = run(*words, "--explain").out, run(*words, "--full", "--explain").out
    assert brief.count("原因与依据") == full.count("原因与依据") == 8
    assert "另有 " in brief
    assert "另有 " not in full
    assert "条件不成立" in full
    record = json.loads(run(*words, "--format", "json", "--explain=S03").out)
    traces = {case["id"]: case.get("trace") for case in record["cases"]}
    assert traces["S01"] is None
    assert traces["S03"]["value"] == {"low": "116.75", "high": "116.75"}


def test_explaining_somebody_else(run: Command, demo: Path):
    shown = run(
        "score", *YUEQING, "--facts", demo / "yueqing-applicants.csv", "--explain", "Y03"
    )  # fmt: skip
    assert (shown.code, shown.out) == (cli.BAD_DATA, "")
    assert "D427" in shown.err


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "p.policy"
    path.write_text(
        "积分 p { 满分 20 分 事实 出生日期：日期 事实 年龄：整数（岁） = 周岁（出生日期，评定日）"
        " 指标 年龄 满分 10 分 { 年龄 18 岁 以上：加 10 分 }"
        " 指标 评议 满分 10 分 { 酌情加分 }"
        " 场景 一 { 排序 总分 高者先 名额 未载明 同分 未载明 } }",
        "utf-8",
    )
    return path


def test_the_date_of_assessment_is_given_never_guessed(run: Command, policy: Path, tmp_path: Path):
    facts = tmp_path / "t.csv"
    facts.write_text("编号,出生日期,评定日\nA,2004-06-30,\nB,2004-06-30,2022-06-29\n", "utf-8")

    def points(*words: str) -> list[str]:
        shown = run("score", policy, "--facts", facts, *words, "--format", "json")
        return [case["groups"]["年龄"]["low"] for case in json.loads(shown.out)["cases"]]

    assert points() == ["0", "0"]
    assert points("--date", "2022年6月30日") == ["10", "0"]


def test_judgements_from_a_file(run: Command, policy: Path, tmp_path: Path):
    facts, judged = tmp_path / "t.csv", tmp_path / "j.csv"
    facts.write_text("编号,出生日期\nA,2004-06-30\n", "utf-8")
    judged.write_text("编号,条款,评定\nA,评议,7.5\n", "utf-8")
    shown = run("score", policy, "--facts", facts, "--judgements", judged, "--format", "json")
    assert json.loads(shown.out)["cases"][0]["score"] == {"low": "7.5", "high": "7.5"}


def test_bad_data_is_reported_in_one_go_and_exits_with_3(
    run: Command, policy: Path, tmp_path: Path
):
    facts = tmp_path / "t.csv"
    facts.write_text("编号,出生日期,备注\nA,昨天,x\nA,2004-06-30,\n", "utf-8")
    out = tmp_path / "r.csv"
    shown = run("score", policy, "--facts", facts, "--out", out)
    assert (shown.code, shown.out) == (cli.BAD_DATA, "")
    for code in ("D401", "D404", "D406"):
        assert code in shown.err
    assert not out.exists()
    shown = run("score", policy, "--facts", facts, "--format", "json")
    assert (shown.code, shown.err) == (cli.BAD_DATA, "")
    record = json.loads(shown.out)
    assert record["ok"] is False
    assert sorted({d["code"] for d in record["diagnostics"]}) == ["D401", "D404", "D406"]


@pytest.mark.parametrize(
    ("words", "exit_code", "code"),
    [
        (["nothing", "--facts", "t.csv"], cli.BAD_POLICY, "F008"),
        (["p.policy", "--facts", "no.csv"], cli.BAD_DATA, "D429"),
        (["p.policy", "--facts", "t.doc"], cli.BAD_DATA, "D413"),
        (["p.policy", "--facts", "t.csv", "--out", "r.doc"], cli.BAD_DATA, "D413"),
        (["p.policy", "--facts", "t.csv", "--out", "no/r.csv"], cli.CANNOT_WRITE, "F007"),
        (["p.policy", "--facts", "t.csv", "--assume", "haishu-demo"], cli.BAD_POLICY, "A302"),
        (["haishu-demo", "--facts", "t.csv"], cli.BAD_DATA, "S502"),
    ],
)
def test_other_problems(
    run: Command, policy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    words: list[str], exit_code: int, code: str,
):  # fmt: skip
    (tmp_path / "t.csv").write_text("编号,出生日期\nA,2004-06-30\n", "utf-8")
    (tmp_path / "t.doc").write_text("x", "utf-8")
    monkeypatch.chdir(tmp_path)
    shown = run("score", *words)
    assert shown.code == exit_code
    assert code in shown.err


def test_gbk_is_named_and_read_when_asked_for(run: Command, policy: Path, tmp_path: Path):
    facts = tmp_path / "t.csv"
    facts.write_bytes("编号,出生日期\n张三,2004-06-30\n".encode("gbk"))
    shown = run("score", policy, "--facts", facts)
    assert shown.code == cli.BAD_DATA
    assert "--encoding GBK" in shown.err
    assert "张三" in run("score", policy, "--facts", facts, "--encoding", "GBK").out


# -- rank


def test_families_are_ranked_with_ties_at_the_line(run: Command, demo: Path):
    shown = run(
        "rank", *YUEQING, "--facts", demo / "yueqing-applicants.csv", "--date", "2022-06-30",
        "--scene", "随迁子女入学",
    )  # fmt: skip
    assert (shown.code, shown.err) == (0, "")
    hold_against(GOLDEN / "ranking.txt", shown.out)


def test_ranking_in_json_and_files(run: Command, demo: Path, tmp_path: Path):
    words = (
        "rank", *YUEQING, "--facts", demo / "yueqing-applicants.csv", "--scene", "随迁子女入学",
    )  # fmt: skip
    record = json.loads(run(*words, "--format", "json").out)
    assert (record["quota"], record["line"], record["tied_at_line"]) == (20, "127", 2)
    admitted = [p for p in record["placements"] if p["outcome"] == "admitted"]
    assert len(admitted) == 21
    assert Fraction(admitted[0]["score"]["low"]) == Fraction("163.5")
    by_lot = json.loads(run(*words, "--ties", "lottery", "--format", "json").out)
    assert sum(p["outcome"] == "tied_lottery" for p in by_lot["placements"]) == 2
    five = json.loads(run(*words, "--quota", "5", "--format", "json").out)
    assert sum(p["outcome"] == "admitted" for p in five["placements"]) == 5
    assert run(*words, "--out", tmp_path / "r.csv").out == ""
    rows = list(csv.DictReader((tmp_path / "r.csv").open(encoding="utf-8-sig")))
    assert (rows[0]["名次"], rows[0]["得分"]) == ("1", "163.5")
    assert rows[0]["假设"].startswith("yueqing-demo")


def test_places_that_nobody_stated(run: Command, policy: Path, tmp_path: Path):
    facts = tmp_path / "t.csv"
    facts.write_text(
        "编号,出生日期,评定日,评定:评议\nA,2000-01-01,2022-01-01,3\nB,2000-01-01,2022-01-01,3\n",
        "utf-8",
    )
    assert "名额未定" in run("rank", policy, "--facts", facts).out
    shown = run("rank", policy, "--facts", facts, "--quota", "1").out
    assert "线上同分，办法未载明" in shown


def test_unknown_scene_and_bad_rows(run: Command, demo: Path, policy: Path, tmp_path: Path):
    shown = run(
        "rank", *YUEQING, "--facts", demo / "yueqing-applicants.csv", "--scene", "入学"
    )  # fmt: skip
    assert shown.code == cli.BAD_DATA
    assert "S501" in shown.err
    facts = tmp_path / "t.csv"
    facts.write_text("编号,出生日期,评定:评议\nA,2000-01-01,-3\nB,2000-01-01,11\n", "utf-8")
    shown = run("rank", policy, "--facts", facts)
    assert shown.code == cli.BAD_DATA
    assert "第 2 行" in shown.err


def test_ranking_by_columns_has_the_places_of_the_exact_one(
    run: Command, demo: Path, tmp_path: Path
):
    both = []
    for engine in ("exact", "numpy"):
        out = tmp_path / f"{engine}.csv"
        done = run(
            "rank", *YUEQING, "--facts", demo / "yueqing-applicants.csv", "--engine", engine,
            "--scene", "随迁子女入学", "--quota", "10", "--out", out,
        )  # fmt: skip
        assert done.code == 0
        with out.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream)
            both.append({r["编号"]: (r["名次"], r["结果"], r["计分人"], r["得分"]) for r in rows})
    assert both[0] == both[1]
    assert len(both[0]) == 40
