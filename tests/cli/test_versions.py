"""``versions``: log, lineage, at, diff, consolidate, graph, check."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from tests.cli.conftest import Command

from policydsl.language.parsing import parse_path

OLD, NEW = "beilun-centre-older", "beilun-departments"

HISTORY = """积分 base “基” {
  施行 2020-01-01
  满分 10 分
  事实 月数：计数（月）
  指标 社保 满分 5 分 { 每 1 个月 月数 加 0.5 分，最高 5 分 }
  指标 学历 满分 5 分 { 月数 6 个月 以上：加 5 分 }
}
修订 first “提高社保” 基于 base {
  修改 指标 社保 将 0.5 分 改为 0.6 分 理由 “缴费不易”
}
修订 second “再提高社保” 基于 base {
  修改 指标 社保 将 0.5 分 改为 0.8 分 理由 “与邻区一致”
}
修订 other “学历” 基于 base {
  修改 指标 学历 将 6 个月 改为 3 个月 理由 “放宽”
}
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "history.policy"
    path.write_text(HISTORY, "utf-8")
    return path


# -- log and lineage


def test_log_tells_each_step_with_reason_and_place(run: Command):
    shown = run("versions", "log", f"{NEW}#公安分局/1")
    assert (shown.code, shown.err) == (0, "")
    assert "合并" in shown.out
    assert "推定：" in shown.out
    assert "[beilun-history.policy:" in shown.out


def test_log_as_json(run: Command):
    report = json.loads(run("versions", "log", "公安分局/1", "--format", "json").out)
    assert report["clause"]["key"] == f"{NEW}#公安分局/1"
    last = report["log"][-1]
    assert last["change"] == "merges"
    assert last["place"]["file"].endswith("beilun-history.policy")
    assert last["inferred"]


def test_lineage_in_english(run: Command):
    shown = run("versions", "lineage", f"{OLD}#部门/区综治办/1", "--lang", "en")
    assert shown.code == 0
    assert "became:\n  repeals  beilun-departments" in shown.out
    back = run("versions", "lineage", "区市场监管局/1", "--format", "json")
    assert len(json.loads(back.out)["older"]) == 3


def test_a_clause_that_is_not_there(run: Command):
    shown = run("versions", "log", "公安分居")
    assert (shown.code, shown.out) == (4, "")
    assert "V629" in shown.err
    assert "公安分局" in shown.err


def test_a_clause_that_is_not_the_only_one(run: Command):
    shown = run("versions", "lineage", "缴纳社保")
    assert shown.code == 4
    assert "V630" in shown.err
    assert "yueqing-2022#省级共性指标/缴纳社保" in shown.err


# -- at


def test_at_a_day_with_unknown_dates(run: Command):
    shown = run("versions", "at", "2022-04-01")
    assert shown.code == 0
    lines = {line.split()[0]: line for line in shown.out.splitlines() if line}
    assert "可能有效" in lines["haishu-2017"]
    assert "未施行" in lines["haishu-2022"]
    assert "不早于 2022-04-30" in lines["haishu-2022"]
    assert "草案" in lines["yueqing-2023-draft"]


def test_at_a_day_with_suppositions(run: Command):
    words = ("versions", "at", "2022-06-01", "--policy", "haishu-2017", "--format", "json")
    supposed = ("--issued", "haishu-2022=2022-04-20", "--event", "海曙区个性指标明确=2022-05-01")
    report = json.loads(run(*words, *supposed).out)
    states = {e["id"]: e["in_force"] for e in report["editions"]}
    assert states == {"haishu-2017": "no", "haishu-2022": "yes"}
    assert {c["edition"] for c in report["clauses"]} == {"haishu-2022"}
    assert report["editions"][1]["from"] == {
        "low": "2022-05-20", "high": "2022-05-20", "supposed": True
    }  # fmt: skip


def test_at_an_edition_order_alone_decides(run: Command):
    shown = run("versions", "at", NEW, "--policy", NEW)
    assert "有效 97 条，可能有效 28 条" in shown.out


def test_a_draft_in_force_from_a_supposed_day(run: Command, source: Path):
    at = ("versions", "at", "2021-01-01", "--policy", "base", "--in", source, "--format", "json")
    keys = {c["key"] for c in json.loads(run(*at).out)["clauses"]}
    assert keys == {"base#社保", "base#学历"}
    supposed = json.loads(run(*at, "--in-force", "first=2021-01-01").out)
    assert {c["key"] for c in supposed["clauses"]} == {"first#社保", "base#学历"}
    both = ("--in-force", "first=2021-01-01", "--in-force", "second=2020-06-01")
    clash = json.loads(run(*at, *both).out)
    assert clash["conflicts"] == [["second#社保", "first#社保"]]
    assert {c["key"] for c in clash["clauses"]} == {"first#社保", "base#学历"}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("2022-02-30",), 4, "V633"),
        (("没有这一版",), 4, "V633"),
        (("2022-01-01", "--policy", "nope"), 4, "F008"),
        (("2022-01-01", "--issued", "nope=2022-01-01"), 4, "F008"),
        (("2022-01-01", "--known", "yesterday"), 2, "2022-04-06"),
        (("2022-01-01", "--issued", "2022-01-01"), 2, "NAME=2022-04-06"),
        (("2022-01-01", "--in", "no/such/folder"), 4, "F001"),
    ],
)
def test_at_with_what_cannot_be(run: Command, words: tuple[str, ...], code: int, said: str):
    shown = run("versions", "at", *words)
    assert shown.code == code
    assert said in shown.err


# -- diff


def test_diff_gives_the_table_of_units(run: Command):
    shown = run("versions", "diff", OLD, NEW, "--parts")
    assert (shown.code, shown.err) == (0, "")
    line = next(x for x in shown.out.splitlines() if x.startswith("公安分局"))
    assert "70（15+10+15+30） → 70（20+15+20+15）" in line
    assert "嫌疑人信息登记率一项取消" in line
    centre = next(x for x in shown.out.splitlines() if x.startswith("区综治办"))
    assert "区社会治理中心" in centre
    assert "推定：" in centre
    assert "单位：延续 13（其中推定 2），新增 21，废止 0，未见 0" in shown.out
    assert "42 项中 29 项 → 56 项中 14 项" in shown.out
    assert "婚育证明查验率" in shown.out


def test_diff_tells_effects_and_not_characters(run: Command):
    words = ("versions", "diff", "provincial-indicators-a", "provincial-indicators-a-draft")
    shown = run(*words)
    lines = [line.strip() for line in shown.out.splitlines()]
    told = next(i for i, line in enumerate(lines) if "每月 0.5 分 → 0.6 分" in line)
    assert lines[told + 1 : told + 4] == [
        "最高 30 分不变", "满分所需 60 个月 → 50 个月", "满分 30 分不变",
    ]  # fmt: skip
    english = run(*words, "--lang", "en")
    assert english.code == 0
    for effect in (
        "per month 0.5 points → 0.6 points", "at most 30 points unchanged",
        "needed for the most 60 months → 50 months",
    ):  # fmt: skip
        assert effect in english.out


def test_diff_of_files_into_a_file(run: Command, source: Path, tmp_path: Path):
    page, record, table = (tmp_path / f"diff.{suffix}" for suffix in ("html", "json", "txt"))
    for out in (page, record, table):
        shown = run("versions", "diff", "base", "first", "--in", source, "--out", out)
        assert (shown.code, shown.err) == (0, "")
    assert page.read_text("utf-8").lstrip().lower().startswith("<!doctype html>")
    report = json.loads(record.read_text("utf-8"))
    assert report["older"]["id"] == "base"
    assert "summary" in report
    assert "0.5 分 → 0.6 分" in table.read_text("utf-8")
    whole = run("versions", "diff", f"{source}#base", f"{source}#other", "--format", "json")
    assert json.loads(whole.out)["newer"]["id"] == "other"


def test_diff_with_a_title_only(run: Command):
    shown = run("versions", "diff", "haishu-2017", "haishu-2022")
    assert shown.code == 4
    assert "V637" in shown.err


# -- consolidate


def test_drafts_that_do_not_meet_are_merged(run: Command, source: Path, tmp_path: Path):
    out = tmp_path / "merged.policy"
    shown = run(
        "versions", "consolidate", "base", "first", "other", "--in", source, "--out", out,
        "--id", "merged-2021", "--title", "合并稿",
    )  # fmt: skip
    assert (shown.code, shown.err) == (0, "")
    assert "缴费不易" in shown.out
    assert "放宽" in shown.out
    result = parse_path(out)
    assert result.ok
    (document,) = result.file.documents
    assert (document.id.text, document.title, document.kind) == ("merged-2021", "合并稿", "SCHEME")
    text = out.read_text("utf-8")
    assert "0.6 分" in text
    assert "3 个月" in text
    assert run("check", out, "--quiet").code == 0


def test_drafts_that_change_the_same_are_in_conflict(run: Command, source: Path, tmp_path: Path):
    out = tmp_path / "merged.policy"
    shown = run("versions", "consolidate", "base", "first", "second", "--in", source, "--out", out)
    assert shown.code == 4
    assert not out.exists()
    assert [p.name for p in tmp_path.iterdir()] == [source.name]
    assert "V615" in shown.err
    for text in ("原文", "缴费不易", "与邻区一致", "0.6 分", "0.8 分", "没有写入任何文件"):
        assert text in shown.err
    # both places, with their lines
    assert "history.policy:9:" in shown.err
    assert "history.policy:12:" in shown.err


def test_a_conflict_leaves_an_old_file_as_it_was(run: Command, source: Path, tmp_path: Path):
    out = tmp_path / "old.policy"
    out.write_text("旧", "utf-8")
    assert run(
        "versions", "consolidate", "base", "first", "second", "--in", source, "--out", out
    ).code == 4  # fmt: skip
    assert out.read_text("utf-8") == "旧"


@pytest.mark.parametrize(
    ("base", "drafts", "said"),
    [
        ("base", ["nope"], "F008"),
        ("nope", ["first"], "F008"),
        ("base", ["base"], "V610"),
        ("beilun-departments", ["first"], "V617"),
    ],
)
def test_what_cannot_be_consolidated(
    run: Command, source: Path, tmp_path: Path, base: str, drafts: list[str], said: str
):
    out = tmp_path / "x.policy"
    shown = run("versions", "consolidate", base, *drafts, "--in", source, "--out", out)
    assert shown.code == 4
    assert said in shown.err
    assert not out.exists()


# -- graph


@pytest.mark.parametrize(
    ("words", "name", "start"),
    [
        (("--from", OLD, "--to", NEW), "beilun.svg", "<?xml"),
        ((), "all.svg", "<?xml"),
        (("--policy", "haishu-2022"), "haishu.mmd", "flowchart LR"),
        (("--from", OLD, "--to", NEW), "beilun.mmd", "flowchart LR"),
        ((), "all.graphml", "<?xml"),
        (("--policy", "yueqing-2023-draft"), "draft.xml", "<?xml"),
    ],
)
def test_graph_writes_what_the_name_says(
    run: Command, tmp_path: Path, words: tuple[str, ...], name: str, start: str
):
    out = tmp_path / name
    shown = run("versions", "graph", *words, "--out", out)
    assert (shown.code, shown.err) == (0, "")
    text = out.read_text("utf-8")
    assert text.startswith(start)
    if start == "<?xml":
        ET.fromstring(text)


def test_the_law_in_xml_has_the_official_wording(run: Command, tmp_path: Path):
    out = tmp_path / "province.xml"
    assert (
        run("versions", "graph", "--policy", "provincial-indicators-a-draft", "--out", out).code
        == 0
    )
    text = out.read_text("utf-8")
    assert "0.6分" in text.replace(" ", "")
    assert "每 1 个月 社保月数" not in text, "not the language, but the wording of documents"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--out", "x.png"), 4),
        (("--out", "x"), 4),
        (("--from", OLD, "--out", "x.svg"), 2),
        (("--out", "x.xml"), 2),
        (("--policy", "haishu-2017", "--out", "x.xml"), 4),
        (("--policy", "nope", "--out", "x.svg"), 4),
        (("--out", "no/such/folder/x.svg"), 5),
    ],
)
def test_graph_refuses(
    run: Command, tmp_path: Path, words: tuple[str, ...], code: int,
    monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert run("versions", "graph", *words).code == code
    assert list(tmp_path.iterdir()) == []


# -- check


def test_the_bundled_history_passes(run: Command):
    shown = run("versions", "check")
    assert (shown.code, shown.err) == (0, "")
    assert "0 处错误" in shown.out


def test_findings_have_an_exit_code_and_both_places(run: Command, tmp_path: Path):
    path = tmp_path / "two.policy"
    path.write_text(
        "积分 a “甲” { 替代 b  指标 一 上限 5 分 { 加 1 分 } }\n"
        "积分 b “乙” { 替代 a  指标 一 上限 5 分 { 加 1 分 } }\n",
        "utf-8",
    )
    shown = run("versions", "check", path)
    assert shown.code == 1
    assert "V620" in shown.out
    assert "另见 see also" in shown.out
    report = json.loads(run("versions", "check", path, "--format", "json").out)
    assert report["ok"] is False
    assert report["diagnostics"][0]["related"]
    # and no other question is answered from such a history
    for words in (("at", "2022-01-01"), ("log", "一"), ("graph", "--out", tmp_path / "x.svg")):
        answer = run("versions", *words, "--in", path)
        assert answer.code == 4
        assert "V620" in answer.err


def test_conflicting_drafts_are_only_noted(run: Command, source: Path):
    shown = run("versions", "check", source)
    assert shown.code == 0
    assert "V624" in shown.out


def test_a_broken_file_is_reported_as_such(run: Command, tmp_path: Path):
    path = tmp_path / "bad.policy"
    path.write_text("积分 a “甲” {", "utf-8")
    shown = run("versions", "check", path)
    assert shown.code == 4
    assert "P103" in shown.err or "P102" in shown.err
