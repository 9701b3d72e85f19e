"""What an amendment says of a change (理由) reaches every place where the change is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

import policydsl as pdl
from policydsl.cli import main
from policydsl.drafting.changes import change_rows
from policydsl.versions.comparing import EditionDiff
from policydsl.versions.rendering import as_records, render_html, render_table

BASE = """
积分 points-old “积分办法” {
  事实 社保月数：计数（月）
  事实 失信：是否，缺省 否
  组 基础 {
    指标 社保 上限 30 分 { 每 1 个月 社保月数 加 1 分 }
    指标 居住 上限 30 分 { 每 1 个月 社保月数 加 0.5 分 }
  }
  组 附加 { 指标 志愿 上限 40 分 { 加 2 分 } }
  组 旧例 { 指标 老区 上限 3 分 { 加 3 分 } }
  效力 { 失信：冻结 }
}
"""

DRAFT = """
修订 points-new “积分办法（草案）” 基于 points-old {
  于 组 附加 之内 新增 指标 献血 上限 10 分 { 加 5 分 } 理由 “鼓励献血”
  新增 组 应急 { 指标 抢险 上限 10 分 { 加 10 分 } } 理由 “新设应急加分”
  废止 指标 居住 理由 “与社保重复”
  废止 组 旧例 理由 “政策到期”
  移动 指标 志愿 至 组 基础 之内 理由 “归入基础分”
  修改 组 附加 下限 1 分 理由 “保底”
  修改 组 附加 上限 50 分 理由 “封顶”
  修改 效力 { 失信：清零 } 理由 “加重惩戒”
  修改 全文 上限 120 分 理由 “总分调整”
}
"""

REASONS = {
    "附加/献血": "鼓励献血",
    "应急": "新设应急加分",
    "应急/抢险": "新设应急加分",
    "基础/居住": "与社保重复",
    "旧例": "政策到期",
    "旧例/老区": "政策到期",
    "基础/志愿": "归入基础分",
    "附加": "保底；封顶",
}

SECOND = """
修订 points-newer “积分办法（二稿）” 基于 points-new {
  修改 指标 献血 上限 8 分 理由 “与省里一致”
  修改 指标 社保 上限 25 分 理由 “减轻权重”
  废止 指标 志愿 理由 “难以核实”
}
修订 points-other “积分办法（另一稿）” 基于 points-new {
  废止 指标 社保 理由 “另一稿的理由”
}
"""


@pytest.fixture
def compared(tmp_path: Path) -> EditionDiff:
    (tmp_path / "a.policy").write_text(BASE + DRAFT + SECOND, encoding="utf-8")
    return pdl.diff("points-old", "points-new", tmp_path / "a.policy")


def test_each_kind_of_change_carries_the_reason_that_the_amendment_states(compared):
    assert {id_: compared.row(id_).reason for id_ in REASONS} == REASONS
    document, status = (
        next(row for row in compared.rows if row.kind == kind)
        for kind in ("document", "status rules")
    )
    assert (document.reason, status.reason) == ("总分调整", "加重惩戒")


def test_what_did_not_change_has_no_reason(compared):
    assert compared.row("基础/社保").reason is None


def test_the_reasons_stand_in_every_form_of_the_comparison(compared):
    wanted = {*REASONS.values(), "总分调整", "加重惩戒"}
    table = {row[5] for row in render_table(compared)}
    page = render_html(compared)
    records = {row["reason"] for row in as_records(compared)["rows"]}
    frame = compared.frame()
    for reason in wanted:
        assert reason in table
        assert reason in page
        assert reason in records
        assert reason in set(frame["reason"])
    added = frame[frame["new"] == "附加/献血"].iloc[0]
    assert (added["status"], added["new_points"], added["reason"]) == ("新增", "10", "鼓励献血")
    assert len(compared.frame(everything=True)) == len(compared.rows)
    english = compared.frame(language="en")
    assert "added" in set(english["status"])


def test_the_table_of_changes_of_a_package_gives_them_too(compared):
    table = change_rows(compared)
    moved = next(row for row in table if row.reason == "归入基础分")
    assert moved.new == f"（移至基础）{moved.old}"
    rows = {row.reason for row in table}
    assert {"鼓励献血", "与社保重复", "归入基础分", "政策到期", "加重惩戒"} <= rows


def test_over_several_drafts_the_reasons_of_all_of_them_and_of_no_other(tmp_path):
    (tmp_path / "a.policy").write_text(BASE + DRAFT + SECOND, encoding="utf-8")
    diff = pdl.diff("points-old", "points-newer", tmp_path / "a.policy")
    assert diff.row("附加/献血").reason == "鼓励献血；与省里一致"
    assert diff.row("附加/志愿").reason == "难以核实"
    assert diff.row("基础/社保").reason == "减轻权重"  # not that of the other draft
    assert diff.row("基础/居住").reason == "与社保重复"


def test_the_verb_shows_them(tmp_path, capsys):
    (tmp_path / "a.policy").write_text(BASE + DRAFT, encoding="utf-8")
    code = main(
        ["versions", "diff", "points-old", "points-new", "--in", str(tmp_path / "a.policy")]
    )
    assert code == 0
    shown = capsys.readouterr().out
    for reason in ("鼓励献血", "与社保重复", "归入基础分", "新设应急加分"):
        assert reason in shown
