"""``test``: the examples of policies and of assumption sets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Command

from policydsl import cli
from policydsl.checking import try_examples

POLICY = """积分 p “例” {{
  满分 10 分
  事实 月数：计数（月）
  事实 假：是否，缺省 否
  指标 社保 满分 10 分 {{ 每 1 个月 月数 加 1 分 }}
  效力 {{ 假：清零 }}
  示例 “三个月” {{ 月数 3，得 {points} 分，得 指标 社保 3 分 }}
  示例 “造假” {{ 月数 3，假 是，状态 {status} }}
}}
"""


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    path = tmp_path / "p.policy"
    path.write_text(POLICY.format(points=4, status="冻结"), "utf-8")
    return path


def test_bundled_examples_hold(run: Command):
    shown = run("test")
    assert (shown.code, shown.err) == (0, "")
    assert "0 个不符" in shown.out
    record = json.loads(run("test", "--format", "json").out)
    assert record["ok"] is True
    assert record["passed"] == len(record["examples"]) >= 80


def test_examples_that_hold_can_be_listed(run: Command):
    shown = run("test", "-v", "provincial-indicators-a")
    assert shown.out.count("通过 provincial-indicators-a “") >= 9


def test_an_amendment_is_tried_by_its_own_examples(run: Command, tmp_path: Path):
    """Those of the base tell of the base; the edition is what the amendment makes of it."""
    path = tmp_path / "p.policy"
    draft = """修订 d 基于 p {{
      修改 指标 社保 将 1 分 改为 2 分
      示例 “三个月，加倍” {{ 月数 3，得 {points} 分 }}
    }}
    """
    path.write_text(POLICY.format(points=3, status="清零") + draft.format(points=6), "utf-8")
    shown = run("test", "-v", path)
    assert shown.code == 0
    assert "通过 d “三个月，加倍”" in shown.out
    assert "3 个示例：3 个通过" in shown.out
    path.write_text(POLICY.format(points=3, status="清零") + draft.format(points=3), "utf-8")
    wrong = run("test", path)
    assert wrong.code == cli.FINDINGS
    assert f"{path}:12:7" in wrong.out
    assert "总分：示例写 3 分，算得 6 分" in wrong.out


def test_failures_show_place_expectation_result_and_trace(run: Command, wrong: Path):
    shown = run("test", wrong)
    assert shown.code == cli.FINDINGS
    for line in (
        "不符 p “三个月”",
        f"  {wrong}:7:3",
        "  总分：示例写 4 分，算得 3 分",
        "不符 p “造假”",
        "：示例写 冻结，算得 清零",
        "2 个示例：0 个通过，2 个不符。",
    ):
        assert line in shown.out
    assert "每 1 个月 月数 加 1 分 → 3 分　［月数 3 月；3 × 1 分］" in shown.out
    english = run("test", wrong, "--lang", "en")
    assert "total: the example says 4 points, computed 3 points" in english.out


def test_failures_in_json(run: Command, wrong: Path):
    shown = run("test", wrong, "--format", "json")
    assert shown.code == cli.FINDINGS
    record = json.loads(shown.out)
    assert (record["passed"], record["failed"]) == (0, 2)
    (failure,) = record["examples"][0]["failures"]
    assert failure["expected"] == {"low": "4", "high": "4"}
    assert failure["actual"] == {"low": "3", "high": "3"}
    assert failure["where"].startswith(f"{wrong}:7:")


def test_right_examples_pass(run: Command, wrong: Path):
    wrong.write_text(POLICY.format(points=3, status="清零"), "utf-8")
    assert run("test", wrong).code == 0


def test_a_range_must_be_met_exactly(tmp_path: Path):
    path = tmp_path / "p.policy"
    text = "积分 p {{ 满分 10 分 指标 a 满分 10 分 {{ 酌情加分 }} 示例 “x” {{ 得 {} }} }}"
    for expected, holds in (
        ("0 分 至 10 分", True), ("0 分 至 9 分", False), ("1 分 至 10 分", False), ("0 分", False),
    ):  # fmt: skip
        path.write_text(text.format(expected), "utf-8")
        assert try_examples([path]).ok is holds


def test_an_example_that_cannot_be_scored_fails(run: Command, tmp_path: Path):
    path = tmp_path / "p.policy"
    path.write_text(
        "考核 p { 单位 甲 满分 5 分 { 项 1 满分 5 分 { 事实 a：是否 未开展 a：扣 1 分 } }"
        " 示例 “没写单位” { a 是，得 5 分 } }",
        "utf-8",
    )
    shown = run("test", path)
    assert shown.code == cli.FINDINGS
    assert "D414" in shown.out


def test_a_file_that_cannot_be_loaded(run: Command, tmp_path: Path):
    path = tmp_path / "p.policy"
    path.write_text("积分 p { 满分 }", "utf-8")
    shown = run("test", path)
    assert shown.code == cli.BAD_POLICY
    assert str(path) in shown.err


SET = """假设 s “设” 用于 p {{
  设 指标 甲 {{ 每 1 个月 月数 加 2 分 }} 理由 “试”
  示例 “三个月” {{ 月数 {months}，得 {points} 分 }}
}}
"""


def test_examples_of_an_assumption_set_run_with_the_set(run: Command, tmp_path: Path):
    (tmp_path / "p.policy").write_text(
        "积分 p { 满分 10 分 事实 月数：计数（月） 指标 甲 满分 10 分 { 未载明 }"
        " 示例 “本身” { 月数 3，得 0 分 至 10 分 } }",
        "utf-8",
    )
    path = tmp_path / "s.policy"
    path.write_text(SET.format(months=3, points=6), "utf-8")
    assert run("check", path).code == 0
    shown = run("test", "-v", path)
    assert shown.code == 0
    assert "通过 p + s “三个月”" in shown.out
    path.write_text(SET.format(months=3, points=7), "utf-8")
    shown = run("test", path)
    assert shown.code == cli.FINDINGS
    assert f"{path}:3:" in shown.out
    assert "示例写 7 分，算得 6 分" in shown.out


def test_an_example_of_a_set_with_an_unknown_fact_is_reported_in_the_set(
    run: Command, tmp_path: Path
):
    (tmp_path / "p.policy").write_text(
        "积分 p { 满分 10 分 事实 月数：计数（月） 指标 甲 满分 10 分 { 未载明 } }", "utf-8"
    )
    path = tmp_path / "s.policy"
    path.write_text(SET.format(months=3, points=6).replace("{ 月数", "{ 月书"), "utf-8")
    shown = run("check", path)
    assert shown.code == cli.FINDINGS
    assert f"{path}:3:" in shown.out
    assert "M201" in shown.out
