"""The library as an analyst uses it: a few lines, DataFrames in and out."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

import policydsl as pdl

DEMO = Path(__file__).resolve().parents[1] / "policies" / "demo"
TEXT = """
积分 p “例” {
  满分 40 分
  事实 月数：计数（月）
  事实 有证：是否
  组 基本 满分 30 分 { 指标 社保 满分 30 分 { 每 1 个月 月数 加 0.5 分 } }
  组 表现 满分 10 分 { 指标 评议 满分 10 分 { 有证：酌情加分 } }
  场景 入学 { 排序 总分 高者先 名额 1 同分 一并录取 }
}
"""


@pytest.fixture(scope="module")
def policy() -> pdl.Policy:
    return pdl.loads(TEXT)


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {"月数": [31, 4, None], "有证": [False, True, None]}, index=["甲", "乙", "丙"]
    )


def test_every_public_name_exists_and_nothing_else():
    for name in pdl.__all__:
        assert getattr(pdl, name) is not None
        assert name in dir(pdl)
    with pytest.raises(AttributeError, match="no_such_name"):
        pdl.no_such_name  # noqa: B018  # reading it is the test


def test_one_assumption_set_needs_no_list():
    one = pdl.load("yueqing-2022", assume="yueqing-demo")
    several = pdl.load("yueqing-2022", assume=["yueqing-demo"])
    assert one.assumed == several.assumed != ()
    made = pdl.simulate(
        "yueqing-2022", population="yangtze-delta-migrants", n=50, assume="yueqing-demo"
    )
    assert "yueqing-demo" in str(made)


def test_importing_is_fast():
    code = "import policydsl, sys; print(len(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    plain = subprocess.run(
        [sys.executable, "-c", "import sys; print(len(sys.modules))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert int(loaded.stdout) - int(plain.stdout) < 30


def test_a_frame_is_scored_row_by_row_under_its_own_index(policy: pdl.Policy, frame: pd.DataFrame):
    scores = pdl.score(policy, frame)
    assert list(scores.index) == ["甲", "乙", "丙"]
    assert list(scores["得分"]) == [Decimal("15.5"), None, Decimal(0)]
    assert list(scores["得分下限"]) == [Decimal("15.5"), Decimal(2), Decimal(0)]
    assert list(scores["得分上限"]) == [Decimal("15.5"), Decimal(12), Decimal(0)]
    assert scores["原因"]["丙"] == "社保：未提供“月数”；评议：未提供“有证”"
    assert scores["得分下限"].astype(float).sum() == 17.5
    assert scores.attrs["notice"] == []


def test_english_columns(policy: pdl.Policy, frame: pd.DataFrame):
    scores = pdl.score(policy, frame, language="en")
    assert {"id", "score", "score low", "reasons"} <= set(scores.columns)


def test_items_and_ignored_columns(policy: pdl.Policy, frame: pd.DataFrame):
    frame["备注"] = "x"
    with pytest.raises(pdl.PolicyError) as error:
        pdl.score(policy, frame)
    assert [d.code for d in error.value.diagnostics] == ["D404"]
    scores = pdl.score(policy, frame, ignore=["备注"], items=True)
    assert "基本/社保" in scores.columns


def test_records_and_cases(policy: pdl.Policy):
    records = [{"编号": "a", "月数": 2}, {"编号": "b", "月数": 4}]
    from_records = pdl.score(policy, records)
    assert list(from_records.index) == ["a", "b"]
    cases = [pdl.Case("a", {"月数": Fraction(2)}), pdl.Case("b", {"月数": Fraction(4)})]
    assert from_records["得分"].equals(pdl.score(policy, cases)["得分"])
    nobody: list[pdl.Case] = []
    assert len(pdl.score(policy, nobody)) == 0


def test_one_case(policy: pdl.Policy):
    score = pdl.score(policy, {"月数": 7, "有证": "否"})
    assert isinstance(score, pdl.Score)
    assert score.total == pdl.Range.exactly(Fraction(7, 2))
    assert pdl.score(policy, pdl.Case("x", {"月数": Fraction(7)})).points.value == Fraction(7, 2)


def test_a_bundled_policy_by_its_id():
    score = pdl.score("provincial-indicators-a", {"年龄": 34, "文化程度": "高中"})
    assert score.total.value == 25


def test_families_from_a_frame():
    policy = pdl.load("yueqing-2022", assume=["yueqing-demo"])
    people = pd.read_csv(DEMO / "yueqing-applicants.csv")
    cases = pdl.cases_from_frame(policy, people, date=date(2022, 6, 30))
    assert len(cases) == 40
    scores = pdl.score(policy, people)
    assert list(scores.index) == [case.id for case in cases]
    assert "yueqing-demo" in scores.attrs["notice"][0]
    places = pdl.rank(policy, people, "随迁子女入学", quota=20)
    assert places.index.name == "编号"
    assert (places["结果"] == "录取").sum() == 21
    assert places["得分"].iloc[0] == Decimal("163.5")
    assert places.attrs["line"] == 127
    # ranks do not depend on the order of the rows
    families = [rows for _, rows in people.groupby("户号", sort=False)]
    turned = pdl.rank(policy, pd.concat(families[::-1]), "随迁子女入学", quota=20)
    assert turned["名次"].to_dict() == places["名次"].to_dict()


def test_the_only_scene_need_not_be_named(policy: pdl.Policy):
    places = pdl.rank(
        policy, [{"编号": "a", "月数": 2, "有证": "否"}, {"编号": "b", "月数": 4, "有证": "否"}]
    )
    assert places["结果"].to_dict() == {"b": "录取", "a": "未录取"}


def test_explanations_print_and_show_in_a_notebook(policy: pdl.Policy):
    explanation = pdl.explain(policy, {"编号": "<张某>", "月数": 7, "有证": True})
    text = str(explanation)
    assert text.splitlines()[0] == "<张某>：3.5～13.5 分"
    assert "每 1 个月 月数 加 0.5 分 → 3.5 分　［月数 7 月；7 × 0.5 分］" in text
    assert "酌情待评｜评议：酌情加分，尚待评定" in text
    html = explanation._repr_html_()
    assert "&lt;张某&gt;" in html
    assert "<张某>" not in html
    assert html.count("<details") == html.count("</details>") > 3
    assert explanation.trace.value == explanation.score.total
    assert explanation.record()["value"] == {"low": "3.5", "high": "13.5"}


def test_explanations_in_english():
    explanation = pdl.explain("provincial-indicators-a", {"年龄": 34}, language="en")
    assert "20 points" in str(explanation)
    assert "missing｜" in str(explanation)


def test_check_returns_everything(tmp_path: Path):
    report = pdl.check("beilun-departments")
    assert isinstance(report, pdl.Report)
    assert report.ok
    ((_, sums),) = [(d.id, d.sums) for d in report.documents]
    assert sums[0].units is not None
    assert sums[0].units.discretionary_points == 2080
    path = tmp_path / "p.policy"
    path.write_text("积分 p { 满分 10 分 指标 a 满分 9 分 { 加 1 分 } }", "utf-8")
    report = pdl.check(path)
    assert not report.ok
    assert "M208" in str(report)


def test_errors_carry_their_diagnostics(policy: pdl.Policy):
    rows: list[dict[str, object]] = [{"月数": "多"}, {"月书": 1}]
    with pytest.raises(pdl.PolicyError) as error:
        pdl.score(policy, rows)
    assert [d.code for d in error.value.diagnostics] == ["D401", "D404"]
    with pytest.raises(pdl.PolicyError):
        pdl.load("nothing")
    with pytest.raises(pdl.PolicyError):
        pdl.rank(policy, [{"月数": 1}], scene="没有")
