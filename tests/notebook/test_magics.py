"""``%load_ext policydsl`` as an analyst uses it, in a shell without a screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from policydsl import Policy, PolicyError

POLICY = """积分 我区 “我区积分（举例）” {
  满分 30 分
  事实 社保月数：计数（月）
  指标 社保 满分 30 分 { 每 1 个月 社保月数 加 0.5 分，最高 30 分 }
}
"""


@pytest.fixture
def shell() -> Iterator[Any]:
    InteractiveShell.clear_instance()
    made = InteractiveShell.instance()
    made.run_line_magic("load_ext", "policydsl")
    yield made
    InteractiveShell.clear_instance()


def run(shell: Any, cell: str) -> tuple[Any, str]:
    """The value of a cell, and the HTML of everything that it showed."""
    with capture_output() as shown:
        result = shell.run_cell(cell)
    html = "".join(str(output.data.get("text/html", "")) for output in shown.outputs)
    return result, html + shown.stdout


def test_a_cell_keeps_its_policy_and_shows_it(shell: Any):
    _, html = run(shell, f"%%policy ours\n{POLICY}")
    assert isinstance(shell.user_ns["ours"], Policy)
    assert "社保月数每1个月加0.5分，最高得30分。" in html


def test_what_is_wrong_is_shown_with_the_line_marked_and_nothing_is_kept(shell: Any):
    run(shell, f"%%policy ours\n{POLICY}")
    _, html = run(
        shell, f"%%policy ours\n{POLICY.replace('每 1 个月 社保月数', '每 1 个月 社保月')}"
    )
    assert "社保月数" in html  # the name that was meant
    assert "ours:4:" in html
    assert "^" in html
    assert "ours" not in shell.user_ns


def test_a_cell_may_amend_the_policy_of_another(shell: Any):
    run(shell, f"%%policy ours\n{POLICY}")
    run(
        shell,
        "%%policy draft\n修订 草案 “提高”  基于 我区 { 修改 指标 社保 将 0.5 分 改为 0.6 分 }",
    )
    shell.user_ns["person"] = {"社保月数": 10}
    assert run(shell, "%score ours person")[0].result.total.low == 5
    assert run(shell, "%score draft person")[0].result.total.low == 6


def test_a_cell_run_again_takes_the_place_of_the_first(shell: Any):
    run(shell, f"%%policy ours\n{POLICY}")
    run(shell, f"%%policy ours\n{POLICY.replace('0.5', '0.25')}")
    shell.user_ns["person"] = {"社保月数": 10}
    assert run(shell, "%score 我区 person")[0].result.total.low == 2.5


def test_a_table_is_scored_with_a_bundled_policy(shell: Any):
    shell.user_ns["people"] = pd.DataFrame({"年龄": [34], "社保月数": [30]})
    scored = run(shell, "%score yueqing-2022 people --assume yueqing-demo")[0].result
    assert len(scored) == 1


def test_an_explanation(shell: Any):
    run(shell, f"%%policy ours\n{POLICY}")
    shell.user_ns["person"] = {"社保月数": 10}
    explained = run(shell, "%explain ours person")[0].result
    assert "0.5" in explained.text()


def test_a_simulation(shell: Any):
    command = (
        "%simulate yueqing-2022 yueqing-2023-draft -p yangtze-delta-migrants -n 200 "
        "--assume yueqing-demo"
    )
    result = run(shell, command)[0].result
    assert len(result.frame("summary")) >= 2


def test_an_unknown_name_is_told_without_a_traceback(shell: Any):
    shell.user_ns["people"] = pd.DataFrame({"社保月数": [30]})
    result, html = run(shell, "%score yueqing-2022 peopel")
    assert isinstance(result.error_in_exec, PolicyError)
    assert "J901" in html
    assert "people" in html
    assert "Traceback" not in html


def test_a_comparison(shell: Any):
    run(shell, f"%%policy ours\n{POLICY}")
    result, html = run(shell, "%compare ours provincial-indicators-a")
    assert "points" in result.result.names
    assert "我区" in html


def test_a_review_shows_witness_and_remedy(shell: Any):
    run(shell, "%%policy ours\n" + POLICY.replace("最高 30 分", "最高 20 分"))
    result, html = run(shell, "%review ours --code r603")
    assert {f.code for f in result.result.findings} == {"R603"}
    assert "例证" in html
    assert "满分为 20 分" in html
    in_english = run(shell, "%review ours --en")[1]
    assert "remedy" in in_english


def test_a_proof(shell: Any):
    run(shell, f"%%policy ours\n{POLICY}")
    assert "最多 30 分" in run(shell, "%prove ours")[1]
    can = run(shell, '%prove ours --can "社保月数 不满 10 个月" 20')[0].result
    assert can.can.verdict == "refuted"
    assert run(shell, "%prove ours --equal ours")[0].result.equal.verdict == "proved"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("%compare ours", "两份以上"),
        ("%compare ours nobody", "F00"),
        ("%review nobody", "F00"),
        ("%prove ours no-such-clause", "R730"),
        ('%prove ours --can "年龄 不满" 60', "P1"),
        ("%prove ours --can 社保月数 many", "R732"),
        ("%simulate ours -p nowhere", "nowhere"),
        ("%score ours ours", "J974"),
        ("%review ours --no-such-option", "no-such-option"),
        ("%review ours --code R999", "R999"),
    ],
)
def test_what_is_wrong_is_said_plainly(shell: Any, line: str, words: str):
    run(shell, f"%%policy --quiet ours\n{POLICY}")
    with capture_output() as shown:
        result = shell.run_cell(line)
    said = shown.stdout + shown.stderr + "".join(str(o.data) for o in shown.outputs)
    assert result.error_in_exec is not None or words in said
    assert words in said
    assert "Traceback" not in said


def complete(shell: Any, text: str) -> list[str]:
    with provisionalcompleter():
        return [each.text for each in shell.Completer.completions(text, len(text))]


def test_completion_knows_policies_keywords_and_facts(shell: Any):
    run(shell, f"%%policy ours\n{POLICY}")
    assert "ours" in complete(shell, "%score ou")
    assert "yueqing-2022" in complete(shell, "%score yueq")
    assert "酌情扣分" in complete(shell, "%%policy x\n积分 甲 { 指标 乙 { 酌")
    assert "社保月数" in complete(shell, "%%policy x\n  事实 社保月数：计数（月）\n 每 1 个月 社保")


def test_completion_knows_options_populations_scenes_and_clauses(shell: Any):
    run(shell, f"%%policy --quiet ours\n{POLICY}")
    assert "--quota" in complete(shell, "%simulate ours --q")
    assert "yangtze-delta-migrants" in complete(shell, "%simulate ours -p yang")
    assert "yueqing-demo" in complete(shell, "%score ours x --assume yueq")
    assert "随迁子女入学" in complete(shell, "%simulate yueqing-2022 --scene 随")
    assert "社保" in complete(shell, "%prove ours 社")
    assert "R620" in complete(shell, "%review ours --code R62")
    assert "ours" in complete(shell, "found = %review ou")


def test_completion_inside_a_cell_offers_only_what_may_stand_there(shell: Any):
    head = "%%policy x\n积分 甲 “甲” { 使用 resident-vocabulary "
    assert "resident-vocabulary" in complete(shell, "%%policy x\n积分 甲 “甲” { 使用 resi")
    assert "社保月数" in complete(shell, head + "指标 乙 { 每 1 个月 社")
    assert "加" in complete(shell, head + "指标 乙 { 每 1 个月 社保月数 ")
    assert "满分" not in complete(shell, head + "指标 乙 { 每 1 个月 社保月数 ")
    run(shell, f"%%policy --quiet ours\n{POLICY}")
    assert "我区" in complete(shell, "%%policy d\n修订 草案 “草案” 基于 我")
    assert "社保" in complete(shell, "%%policy d\n修订 草案 “草案” 基于 我区 { 修改 指标 社")
