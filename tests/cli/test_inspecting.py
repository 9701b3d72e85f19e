"""``check``, ``format`` and ``show``."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path

import pytest
from tests.cli.conftest import ROOT, Command

from policydsl import cli
from policydsl.language.parsing import parse_path
from policydsl.model.loading import bundled

GOOD = """积分 good “好” {
  满分 30 分
  事实 月数：计数（月）
  组 甲 满分 20 分 { 指标 社保 满分 20 分 { 每 1 个月 月数 加 1 分 } }
  组 乙 满分 10 分 { 指标 评议 满分 10 分 { 酌情加分 } }
}
"""
BAD = """积分 bad “坏” {
  满分 100 分
  事实 月数：计数（月）
  组 甲 满分 20 分 { 指标 社保 满分 30 分 { 每 1 个月 月书 加 1 分 } }
}
"""


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.policy"
    path.write_text(GOOD, "utf-8")
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad" / "bad.policy"
    path.parent.mkdir()
    path.write_text(BAD, "utf-8")
    return path


# -- check


def test_all_bundled_policies_pass(run: Command):
    shown = run("check", "--format", "json")
    assert (shown.code, shown.err) == (0, "")
    report = json.loads(shown.out)
    assert report["ok"] is True
    assert {d["id"] for d in report["documents"]} == set(bundled().entries)
    assert [d for d in report["diagnostics"] if d["severity"] == "error"] == []


def test_the_sums_are_those_of_the_documents(run: Command):
    documents = {
        d["id"]: d["sums"] for d in json.loads(run("check", "--format", "json").out)["documents"]
    }
    (beilun,) = documents["beilun-departments"]
    assert len(beilun["totals"]) == 34
    assert {(t["sum"], *t["parts"]) for t in beilun["totals"]} == {("100", "30", "70")}
    together = beilun["units_together"]
    assert (together["items"], together["points"]) == (56, "2380")
    assert (together["discretionary_items"], together["discretionary_points"]) == (42, "2080")
    streets, departments = documents["beilun-centre-older"]
    assert [t["parts"] for t in streets["totals"]] == [["18", "32", "20", "20", "10"]]
    assert len(departments["totals"]) == 13
    assert {(t["sum"], *t["parts"]) for t in departments["totals"]} == {("100", "30", "70")}
    assert documents["haishu-2022"][0]["totals"][0]["parts"] == ["100", "150", "50"]
    assert documents["yueqing-2022"][0]["totals"][0]["parts"] == ["100", "200"]
    (plan,) = documents["yinzhou-workplan-2023"]
    assert (plan["tasks"], plan["measurable_targets"]) == (19, 16)


def test_sums_in_text_are_computed_from_the_parts(run: Command, good: Path):
    shown = run("check", good)
    assert shown.code == 0
    lines = shown.out.splitlines()
    assert "组 甲    20    20     1       0       0       0" in lines
    assert "组 乙    10    10     1       1      10       0" in lines
    assert "  总分合计 20 + 10 = 30，写明 30" in lines


def test_errors_are_all_shown_with_their_lines_and_exit_with_1(run: Command, bad: Path):
    shown = run("check", bad)
    assert shown.code == cli.FINDINGS
    assert f"{bad}:2:3: 错误 error M208" in shown.out
    assert f"{bad}:4:40: 错误 error M201" in shown.out
    assert "是否应为“月数”" in shown.out
    assert "    4 |   组 甲" in shown.out
    record = json.loads(run("check", bad, "--format", "json").out)
    assert record["ok"] is False
    (first, *_) = record["diagnostics"]
    assert {"code", "line", "column", "message", "remedy"} <= set(first)


def test_a_folder_and_several_paths(run: Command, good: Path, bad: Path):
    shown = run("check", "-q", good.parent)
    assert shown.code == cli.FINDINGS
    assert "检查了 2 份文件" in shown.out
    assert "检查了 1 份文件：0 处错误" in run("check", "-q", good).out


def test_list(run: Command):
    shown = run("check", "--list")
    assert shown.code == 0
    for id_ in bundled().entries:
        assert id_ in shown.out
    record = json.loads(run("check", "--list", "--format", "json").out)
    sets = {d["id"]: d.get("assumption_sets") for d in record["documents"]}
    assert sets["yueqing-2022"] == ["yueqing-demo"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("没有.policy", None, "F001"),
        ("空.policy", b"", "P114"),
        ("二进制.policy", b"\x00\x01\x02", "F002"),
        ("国标.policy", "积分 甲 “测试文件的名称” { 满分 1 分 }".encode("gbk"), "F003"),
        ("大.policy", b"{" * 10_000_000, "F004"),
        ("深.policy", ("积分 x { " + "组 甲 { " * 10_000).encode(), "P107"),
        ("未完.policy", "积分 x {".encode(), "P103"),
    ],
)
def test_files_that_cannot_be_read(
    run: Command, tmp_path: Path, name: str, content: bytes | None, code: str
):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    shown = run("check", path)
    assert shown.code == cli.FINDINGS
    assert code in shown.out


def test_an_empty_folder(run: Command, tmp_path: Path):
    shown = run("check", tmp_path)
    assert shown.code == cli.FINDINGS
    assert "F006" in shown.out


def test_assumption_sets_are_checked_against_their_policies(run: Command, tmp_path: Path):
    (tmp_path / "p.policy").write_text(
        "积分 p { 满分 10 分 指标 甲 满分 10 分 { 未载明 } }", "utf-8"
    )
    path = tmp_path / "s.policy"
    path.write_text("假设 s 用于 p、q { 设 指标 乙 { 加 1 分 } 理由 “试” }", "utf-8")
    shown = run("check", path)
    assert shown.code == cli.FINDINGS
    assert "M215" in shown.out  # q does not exist
    assert "M216" in shown.out  # p has no 乙
    assert str(path) in shown.out


# -- format


def test_format_writes_the_common_layout_once(run: Command, good: Path):
    good.chmod(0o600)
    shown = run("format", "--check", good)
    assert (shown.code, shown.out.strip()) == (cli.FINDINGS, str(good))
    assert good.read_text("utf-8") == GOOD
    assert run("format", good).code == 0
    first = good.read_text("utf-8")
    assert first != GOOD
    assert good.stat().st_mode & 0o777 == 0o600
    assert run("format", good).code == 0
    assert good.read_text("utf-8") == first
    assert run("format", "--check", good).code == 0


def test_format_turns_one_language_into_the_other_and_keeps_it(run: Command, good: Path):
    before = parse_path(good).file
    assert run("format", "--lang", "en", good).code == 0
    english = good.read_text("utf-8")
    assert english.startswith("points_scheme good ")
    assert run("format", good).code == 0
    assert good.read_text("utf-8") == english
    assert run("format", "--lang", "zh", good).code == 0
    assert good.read_text("utf-8").startswith("积分 good ")
    assert parse_path(good).file == before


def test_format_to_the_standard_output(run: Command, good: Path):
    shown = run("format", "--stdout", "--lang", "en", good)
    assert shown.code == 0
    assert shown.out.startswith("points_scheme good ")
    assert good.read_text("utf-8") == GOOD


def test_a_file_with_errors_is_never_rewritten(run: Command, good: Path, tmp_path: Path):
    broken = tmp_path / "broken.policy"
    broken.write_text("积分 x { 满分 }", "utf-8")
    shown = run("format", good, broken)
    assert shown.code == cli.BAD_POLICY
    assert broken.read_text("utf-8") == "积分 x { 满分 }"
    assert str(broken) in shown.err
    # the others are done all the same
    assert good.read_text("utf-8") != GOOD


def test_a_folder_is_formatted_and_reads_as_before(run: Command, tmp_path: Path):
    shutil.copytree(ROOT / "policies", tmp_path / "policies")
    assert run("format", tmp_path / "policies").code == 0
    assert run("format", "--check", tmp_path / "policies").code == 0
    assert run("check", "-q", tmp_path / "policies").code == 0


def test_a_full_disk_leaves_the_old_file(run: Command, good: Path, monkeypatch: pytest.MonkeyPatch):
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("policydsl.files.os.fsync", full)
    shown = run("format", good)
    assert shown.code == cli.CANNOT_WRITE
    assert "F007" in shown.err
    assert good.read_text("utf-8") == GOOD
    assert [path.name for path in good.parent.iterdir()] == ["good.policy"]


# -- show


def test_show_a_policy_and_a_clause(run: Command):
    whole = run("show", "yueqing-2022")
    assert whole.code == 0
    assert "乐清市新市民量化积分管理实施细则" in whole.out
    clause = run("show", "beilun-departments", "公安分局/1")
    assert clause.code == 0
    assert "95%" in clause.out
    assert run("show", "beilun-departments", "出租房屋管理").out == clause.out
    english = run("show", "beilun-departments", "公安分局/1", "--lang", "en")
    assert english.out != clause.out


def test_show_as_json(run: Command):
    record = json.loads(run("show", "beilun-departments", "公安分局/1", "--format", "json").out)
    (clause,) = record["clauses"]
    assert (clause["id"], clause["full_marks"]) == ("公安分局/1", "20")
    assert record["text"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["nothing"], "F008"),
        (["beilun-departments", "没有这一条"], "M216"),
        (["beilun-departments", "1"], "M232"),
        (["yueqing-2022", "--assume", "haishu-demo"], "A302"),
    ],
)
def test_show_what_does_not_exist(run: Command, words: list[str], code: str):
    shown = run("show", *words)
    assert (shown.code, shown.out) == (cli.BAD_POLICY, "")
    assert code in shown.err
