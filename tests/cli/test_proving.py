"""``prove``, and ``test`` with coverage and made examples, as a drafter types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Command
from tests.review.coverage.test_coverage import SCHEME

from policydsl import cli


@pytest.fixture
def scheme(tmp_path: Path) -> Path:
    path = tmp_path / "p.policy"
    path.write_text(SCHEME, "utf-8")
    return path


def test_the_most_and_the_least(run: Command, scheme: Path):
    shown = run("prove", scheme)
    assert shown.code == cli.OK
    assert "总分" in shown.out
    assert "示例 “例子” {" in shown.out
    record = json.loads(run("prove", scheme, "--max", "--clause", "社保", "--format", "json").out)
    (one,) = record["extremes"]
    assert (one["most"]["value"], one["most"]["verdict"]) == ("30", "proved")
    assert one["most"]["person"]["facts"]["社保月数"] == "60"
    english = run("--lang", "en", "prove", scheme, "--min")
    assert "least" in english.out


def test_what_is_never_used(run: Command, tmp_path: Path):
    path = tmp_path / "q.policy"
    path.write_text(
        "积分 q { 事实 年龄：整数（岁），范围 0 至 120 指标 甲 { 按 年龄 取分 { "
        "不足 18 岁：0 分；18 至 60 岁：5 分；20 至 30 岁：9 分；其他：1 分 } } }",
        "utf-8",
    )
    shown = run("prove", path, "--reach")
    assert shown.code == cli.FINDINGS
    assert "20 至 30 岁：9 分：落入该档" in shown.out
    assert "谁也用不上" in shown.out
    record = json.loads(run("prove", path, "--reach", "--format", "json").out)
    never = [x["zh"] for x in record["reach"] if x["verdict"] == "refuted"]
    assert [x for x in never if x.endswith("落入该档")] == ["20 至 30 岁：9 分：落入该档"]


def test_up_and_down(run: Command, scheme: Path):
    shown = run("prove", scheme, "--monotone")
    assert shown.code == cli.FINDINGS
    assert "有升有降" in shown.out
    assert "年龄 由前到后，降 10 → 0 分" in shown.out
    assert run("prove", scheme, "--monotone", "--clause", "社保").code == cli.OK


def test_two_policies(run: Command, scheme: Path, tmp_path: Path):
    other = tmp_path / "other" / "p2.policy"
    other.parent.mkdir()
    other.write_text(
        SCHEME.replace("大专：8 分", "大专：6 分").replace("积分 p ", "积分 p2 "), "utf-8"
    )
    shown = run("prove", scheme, "--equal", other)
    assert shown.code == cli.FINDINGS
    assert "减少最多的人（2 分）" in shown.out
    assert "没有人增加" in shown.out
    same = tmp_path / "same" / "p3.policy"
    same.parent.mkdir()
    same.write_text(SCHEME.replace("积分 p ", "积分 p3 "), "utf-8")
    shown = run("prove", scheme, "--equal", same)
    assert shown.code == cli.OK
    assert "对每个人都相同" in shown.out


def test_a_group(run: Command, scheme: Path):
    shown = run("prove", scheme, "--can", "学历 为 高中 且 年龄 不足 18 岁", "41")
    assert shown.code == cli.FINDINGS
    assert "最多 40 分" in shown.out
    assert run("prove", scheme, "--can", "学历 为 高中", "40").code == cli.OK


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--clause", "没有"], "R730"),
        (["--can", "社保 超过 3", "1"], "M201"),
        (["--can", "学历 为 高中", "很多"], "R732"),
        (["--equal", "没有这个文件.policy"], "F001"),
    ],
)
def test_what_a_user_can_get_wrong(run: Command, scheme: Path, words: list[str], code: str):
    shown = run("prove", scheme, *words)
    assert shown.code in (cli.BAD_POLICY, cli.BAD_DATA)
    assert code in shown.err


def test_coverage_and_its_threshold(run: Command, scheme: Path):
    shown = run("test", scheme, "--coverage")
    assert shown.code == cli.OK
    assert "1 个示例走到" in shown.out
    assert "还没走到的" in shown.out
    assert run("test", scheme, "--min-coverage", "90").code == cli.FINDINGS
    record = json.loads(run("test", scheme, "--coverage", "--format", "json").out)
    (one,) = record["coverage"]
    assert one["policy"] == "p"
    assert one["exercised"] < one["reachable"]
    assert one["uncovered"][0]["line"] > 0


def test_coverage_as_a_page(run: Command, scheme: Path, tmp_path: Path):
    out = tmp_path / "coverage.html"
    assert run("test", scheme, "--coverage", "--format", "html", "--out", out).code == cli.OK
    text = out.read_text("utf-8")
    assert "示例覆盖" in text
    assert "还没走到的地方" in text
    assert run("test", scheme, "--coverage", "--format", "html").code == cli.USAGE


def test_examples_are_made_shown_saved_and_accepted(run: Command, scheme: Path, tmp_path: Path):
    shown = run("test", scheme, "--generate", "1")
    assert shown.code == cli.OK
    assert shown.out.count("示例 “") == 1
    assert "拟出 1 个示例" in shown.err
    assert scheme.read_text("utf-8") == SCHEME
    out = tmp_path / "made.txt"
    assert run("test", scheme, "--complete", "--out", out).code == cli.OK
    assert "示例 “" in out.read_text("utf-8")
    again = run("test", scheme, "--complete", "--out", out)
    assert "R744" in again.err
    assert run("test", scheme, "--complete", "--accept").code == cli.OK
    assert run("test", scheme).code == cli.OK
    assert run("test", scheme, "--min-coverage", "100").code == cli.OK
    record = json.loads(run("test", scheme, "--complete", "--format", "json").out)
    assert record["examples"] == []


def test_bundled_policies_are_not_rewritten(run: Command):
    shown = run("test", "provincial-indicators-a", "--complete", "--accept")
    assert "R745" in shown.err


def test_examples_can_be_made_for_one_policy_at_a_time(run: Command, tmp_path: Path):
    assert "R740" in run("test", "resident-vocabulary", "--complete").err
    assert run("test", "--complete", "--generate", "3").code == cli.USAGE
    assert run("test", "provincial-indicators-a", "--accept").code == cli.USAGE
