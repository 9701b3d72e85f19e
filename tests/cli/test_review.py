"""The verb ``review``, as a drafter calls it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Command

BAD = Path(__file__).parents[1] / "review" / "R620-deductions-exceed-the-item" / "bad.policy"
GOOD = BAD.with_name("good.policy")


def test_first_line_says_it_in_a_sentence(run: Command):
    done = run("review", BAD)
    assert done.code == 1
    first, *rest = done.out.splitlines()
    assert re.fullmatch(r"《考核办法》：发现 2 处警告；\d+ 项检查，\d+ 处查过并成立。", first)
    assert "第1项 租赁管理" in rest
    assert "      怎么改  写“下限 0 分”（扣完为止），或给扣分写“最高 N 分”，或少扣一些。" in rest


def test_english(run: Command):
    done = run("review", BAD, "--lang", "en")
    assert done.out.startswith("“考核办法”: 2 warnings; ")
    assert "  warning R620 (line 3)" in done.out


def test_a_clean_policy(run: Command):
    done = run("review", GOOD)
    assert (done.code, done.out.count("\n")) == (0, 1)
    assert "没有发现问题" in done.out


def test_passes_are_shown_on_request(run: Command):
    done = run("review", GOOD, "--passed")
    assert "  通过 R601（第 2 行）  各部分满分之和等于写明的满分" in done.out
    assert "30 + 20 = 50" in done.out


@pytest.mark.parametrize(
    ("words", "code"),
    [((), 1), (("--fail-on", "error"), 0), (("--fail-on", "note"), 1), (("--fail-on", "never"), 0)],
)
def test_exit_codes(run: Command, words: tuple[str, ...], code: int):
    assert run("review", BAD, *words).code == code


def test_severity_and_codes_choose_what_is_shown(run: Command):
    assert "R620" not in run("review", BAD, "--severity", "error").out
    only = run("review", "beilun-departments", "--code", "r622").out
    assert only.count("R622") == 2
    assert "R630" not in only


def test_a_folder(run: Command, tmp_path: Path):
    for name, path in (("a", BAD), ("b", GOOD)):
        text = path.read_text(encoding="utf-8").replace("sample", name)
        (tmp_path / f"{name}.policy").write_text(text, encoding="utf-8")
    done = run("review", tmp_path)
    assert (done.code, done.out.count("《考核办法》")) == (1, 2)
    assert done.out.startswith("2 份文件：0 处错误、2 处警告、0 处提示；1 份没有发现问题。")


def test_drafts_that_collide(run: Command):
    """Amended twice, and after a repeal: found in the folder that holds the drafts."""
    done = run("review", BAD.parents[2] / "versions" / "bad" / "conflicts")
    assert done.code == 1
    assert "错误 V623" in done.out
    assert "错误 V625" in done.out


def test_an_amendment_of_what_is_not_there(run: Command):
    path = BAD.parents[2] / "versions" / "bad_history" / "dangling-amendment.policy"
    done = run("review", path)
    assert done.code == 4
    assert "V601" in done.err


def test_an_amendment_is_reviewed_as_the_edition_that_it_makes(run: Command):
    done = run("review", "provincial-indicators-a-draft", "--against", "provincial-indicators-a",
               "--fail-on", "never")  # fmt: skip
    assert done.code == 0
    assert "R690" in done.out
    assert "有人多得 5 分" in done.out


def test_against_another(run: Command):
    folder = BAD.parents[1] / "R644-threshold-of-another-document"
    done = run("review", folder / "bad.policy", "--against", folder / "other.policy",
               "--fail-on", "note")  # fmt: skip
    assert done.code == 1
    assert "《邻区工作要点》基础 第1项 信息登记是 95%" in done.out


def test_json(run: Command):
    done = run("review", BAD, "--format", "json")
    found = json.loads(done.out)
    assert found["ok"] is False
    (document,) = found["documents"]
    counts = document["summary"]
    assert (counts["errors"], counts["warnings"], counts["suppressed"]) == (0, 2, 0)
    assert counts["proved"] >= 3
    first = document["findings"][0]
    assert (first["code"], first["verdict"], first["clause"]) == ("R620", "refuted", "1")
    (case,) = first["witness"]["cases"]
    assert case["facts"] == {"未落实事项": "4"}
    assert (case["clause"], case["low"], case["high"]) == ("1", "0", "0")


def test_html_is_a_page_of_its_own(run: Command, tmp_path: Path):
    out = tmp_path / "review.html"
    done = run("review", BAD, "--format", "html", "--out", out)
    assert (done.code, done.out) == (1, "")
    page = out.read_text(encoding="utf-8")
    assert "<title>" in page
    assert "未落实事项 4 项：应扣 40 分" in page
    assert "http://" not in page.replace("http://www.w3.org", "")


# -- SARIF


def test_sarif_has_the_shape_of_its_schema(run: Command):
    done = run("review", BAD, "--format", "sarif", "--passed")
    log = json.loads(done.out)
    check_sarif(log)
    (only,) = log["runs"]
    kinds = [r["kind"] for r in only["results"]]
    assert kinds.count("fail") == 2
    assert kinds.count("pass") >= 3
    region = only["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region["startLine"] >= 1


def test_sarif_tells_suppressions(run: Command, tmp_path: Path):
    path = tmp_path / "waived.policy"
    text = GOOD.parents[1] / "R600-needless-suppression" / "good.policy"
    path.write_text(text.read_text(encoding="utf-8"), encoding="utf-8")
    done = run("review", path, "--format", "sarif")
    assert done.code == 0
    log = json.loads(done.out)
    check_sarif(log)
    (result,) = log["runs"][0]["results"]
    assert result["suppressions"] == [{"kind": "inSource", "justification": "办公会议定保底"}]


def check_sarif(log: dict[str, Any]) -> None:
    """What the schema of SARIF 2.1.0 requires of the parts that are used here."""
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    for run_ in log["runs"]:
        driver = run_["tool"]["driver"]
        assert driver["name"]
        rules = [rule["id"] for rule in driver["rules"]]
        assert len(rules) == len(set(rules))
        assert run_["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
        for result in run_["results"]:
            assert result["message"]["text"]
            assert rules[result["ruleIndex"]] == result["ruleId"]
            assert result["kind"] in ("pass", "open", "fail")
            assert result["level"] in ("none", "note", "warning", "error")
            assert (result["level"] == "none") == (result["kind"] != "fail")
            for location in (*result["locations"], *result.get("relatedLocations", ())):
                region = location["physicalLocation"]["region"]
                assert region["startLine"] >= 1
                assert region["startColumn"] >= 1
                assert (region["endLine"], region["endColumn"]) >= (
                    region["startLine"], region["startColumn"],
                )  # fmt: skip
                assert " " not in location["physicalLocation"]["artifactLocation"]["uri"]
            for suppression in result.get("suppressions", ()):
                assert suppression["kind"] in ("inSource", "external")


# -- errors


def test_unknown_code(run: Command):
    done = run("review", BAD, "--code", "R699")
    assert done.code == 3
    assert "D550" in done.err
    assert "policydsl review --list" in done.err


def test_a_policy_with_errors_is_not_reviewed(run: Command, tmp_path: Path):
    path = tmp_path / "wrong.policy"
    path.write_text(
        "积分 甲 { 满分 10 分 指标 乙 满分 10 分 { 没有的事实：加 10 分 } }", encoding="utf-8"
    )
    done = run("review", path)
    assert done.code == 4
    assert "甲：有错误，没有审查。" in done.out


def test_a_total_that_does_not_add_up_hides_nothing_else(run: Command, tmp_path: Path):
    """The sum is told at its clause, and what does not rest on it as well."""
    path = tmp_path / "wrong.policy"
    path.write_text(
        """
        积分 甲 {
          满分 100 分
          组 基础 满分 60 分 {
            指标 社保 满分 30 分 { 事实 社保月数：计数（月） 每 1 个月 社保月数 加 0.5 分，最高 25 分 }
            指标 住房 满分 20 分 { 事实 自有住房：是否 自有住房：得 20 分 }
          }
          组 附加 满分 40 分 {
            指标 献血 满分 40 分 { 事实 献血次数：计数（次） 每 1 次 献血次数 加 5 分，最高 40 分 }
          }
        }
        """,
        encoding="utf-8",
    )
    done = run("review", path)
    assert done.code == 1
    assert (
        "错误 M208（第 4 行）  “基础”写明满分 60 分，各部分合计却是 50 分（30 + 20）。" in done.out
    )
    assert "满分 30 分，按规则至多得 25 分" in done.out
    assert "R601" not in done.out
    passed = run("review", path, "--passed").out
    assert "40 = 40" in passed
    assert "60 + 40" not in passed  # what the total is made of is not settled
    assert run("prove", path).code == 4  # nobody is scored by it


def test_a_file_that_cannot_be_read(run: Command, tmp_path: Path):
    path = tmp_path / "broken.policy"
    path.write_text("积分 甲 {", encoding="utf-8")
    assert run("review", path).code == 4
    assert run("review", "没有的").code == 4
    assert run("review", "--against", BAD).code == 2


def test_nothing_to_review(run: Command):
    done = run("review", "resident-vocabulary")
    assert done.code == 3
    assert "D551" in done.err


def test_list(run: Command):
    done = run("review", "--list")
    assert "R620  warning  扣分不会超过本项的分" in done.out


def test_explain(run: Command):
    done = run("review", "--explain", "r620")
    assert done.code == 0
    assert done.out.startswith("R620  扣分不会超过本项的分\n照字面能扣的分超过本项的分")
    assert "怎么改：写“下限 0 分”" in done.out
    assert run("review", "--explain", "R999").code == 3
