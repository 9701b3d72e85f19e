"""The review from a notebook; suppressions; verdicts."""

from __future__ import annotations

from pathlib import Path

import policydsl
from policydsl.model.loading import loads
from policydsl.review.running import review

HERE = Path(__file__).parent
BAD = HERE / "R621-points-that-stay" / "bad.policy"


def with_waiver(where: str, code: str = "R621") -> str:
    """The policy of :data:`BAD` with a suppression in its item or at its head."""
    text = BAD.read_text(encoding="utf-8")
    waiver = f"免查 {code} 理由 “局长办公会议定保底”"
    line = "项 1 园区服务管理 满分 40 分 {" if where == "item" else "满分 40 分\n"
    assert line in text
    return text.replace(line, f"{line} {waiver}\n", 1)


def test_a_suppression_in_a_clause_and_at_the_head():
    for where in ("item", "document"):
        found = review(loads(with_waiver(where)))
        assert found.complaints == ()
        (waived,) = found.waived
        assert (waived.code, waived.waived) == ("R621", "局长办公会议定保底")
        assert found.summary.waived == 1


def test_a_suppression_covers_its_code_and_place_only():
    found = review(loads(with_waiver("item", "R620")))
    assert {f.code for f in found.complaints} == {"R621", "R600"}
    elsewhere = with_waiver("item").replace("满分 40 分\n", "满分 80 分\n", 1).rstrip()[:-1] + (
        "  项 2 消防检查 满分 40 分 { 事实 消防检查：是否 未开展 消防检查：扣 10 分 }\n}\n"
    )
    found = review(loads(elsewhere))
    assert [(f.code, f.clause) for f in found.complaints] == [("R621", "2")]
    assert [f.clause for f in found.waived] == ["1"]


def test_suppressed_findings_do_not_hide_passes():
    found = review(loads(with_waiver("item", "R603").replace("扣 10 分", "扣 40 分")))
    assert [f.code for f in found.complaints] == ["R600"]
    assert any(f.code == "R603" for f in found.passed)


def test_from_a_notebook():
    result = policydsl.review(BAD)
    assert not result.ok
    assert repr(result).startswith("《考核办法》：发现 1 处警告")
    frame = result.frame()
    assert list(frame["code"]) == ["R621"]
    assert list(frame["clause"]) == ["1"]
    assert "仍得 30 分" in frame["witness"][0]
    assert set(result.frame(everything=True)["verdict"]) == {"refuted", "proved"}
    assert "怎么改" in str(result)
    assert "<table" in result._repr_html_()
    assert "全都没有做到" in result.html()


def test_the_function_stays_a_function():
    """The package of the same name is imported by then."""
    from policydsl.review import findings

    assert callable(policydsl.review)
    assert policydsl.review("provincial-indicators-b", codes=["R652"]).summary.warnings == 2
    assert findings.Review is not None


def test_only_some_checks():
    result = policydsl.review("beilun-departments", codes=["R622"])
    assert [f.clause for f in result.findings] == ["基础工作/1", "基础工作/2"]
    assert result.summary.checks == 1


def test_against_a_policy():
    equal = policydsl.review("provincial-indicators-a", against="provincial-indicators-a",
                             codes=["R690"])  # fmt: skip
    assert equal.ok
    assert [f.verdict for f in equal.review.findings] == ["proved"]
    other = policydsl.review("provincial-indicators-a", "provincial-indicators-b", codes=["R690"])
    (finding,) = other.findings
    assert finding.witness is not None
    assert finding.witness.cases


def test_three_verdicts_are_told_apart():
    text = """
考核 sample “考核办法” {
  满分 20 分
  项 1 整治 满分 20 分 { 事实 群租整治：是否 群租整治：扣 20 分 }
}
"""
    found = review(loads(text))
    (only,) = found.complaints
    assert (only.code, only.verdict) == ("R610", "undecided")
    assert only.why == ("只从名称推断哪个方向是好", "what is better is inferred from the name")
    with_target = text.replace("群租整治：扣", "目标 整治户数 达到 10 户 事实 整治户数：计数（户） "
                               "整治户数 10 户 以上：扣")  # fmt: skip
    with_target = with_target.replace("事实 群租整治：是否 ", "")
    found = review(loads(with_target))
    assert [(f.code, f.verdict) for f in found.of("R610")] == [("R610", "refuted")]
