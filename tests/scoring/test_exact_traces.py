"""Reasons, traces and targets: what a score says about itself."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from tests.scoring.desk import case_for, kinds, scored, shown, text, why

from policydsl.model import loads
from policydsl.scoring.exact import score_case

# -- assumptions


def test_an_assumption_of_a_rule_is_named_when_the_rule_applies() -> None:
    body = "项 1 满分 20 分 { 登记率 低于 95%：每 1 个百分点 扣 2 分，不足 1 个百分点 不计 假设 “不足一个百分点不计” }"
    below = scored(body, kind="考核", 登记率="93.5")
    assert (str(below.total), below.assumptions) == ("18", ("不足一个百分点不计",))
    assert scored(body, kind="考核", 登记率=96).assumptions == ()


def test_assumptions_of_clauses_documents_and_facts() -> None:
    body = """假设 “全文按此理解”  事实 甲数：计数（次），假设 “数作五项”
      事实 乙数：计数（次） = 甲数 × 2，假设 “每项算两次”
      组 子 { 假设 “合计封顶”  指标 甲 { 每 1 次 乙数 加 1 分 }  指标 乙 { 每 1 次 次数 加 1 分 } }"""
    score = scored(body.replace(" × 2", " + 甲数"), 甲数=2, 次数=1)
    assert score.assumptions == ("全文按此理解", "合计封顶", "每项算两次", "数作五项")
    by_clause = {r.zh: r.clause for r in score.reasons}
    assert by_clause == {
        "全文按此理解": "", "合计封顶": "子", "每项算两次": "子/甲", "数作五项": "子/甲",
    }  # fmt: skip
    # what was not handed in rests on nothing
    assert scored(body.replace(" × 2", " + 甲数"), 次数=1).assumptions == (
        "全文按此理解",
        "合计封顶",
    )


def test_assumption_sets_are_named_by_what_rests_on_them() -> None:
    document = f"""{text("组 子 满分 未载明 { 指标 甲 满分 10 分 { 未载明 }  指标 乙 { 加 1 分 } }")}
      假设 我方假定 用于 t {{
        设 组 子 满分 12 分 理由 “比照邻区”
        设 组 子 指标 甲 {{ 持证：加 6 分 }} 理由 “持证即得”
        设 总分 上限 20 分 理由 “通常做法”
      }}"""
    plain = loads(document)
    assert str(score_case(plain, case_for(plain, {"持证": True})).total) == "0～11"
    closed = loads(document, assume=["我方假定"])
    score = score_case(closed, case_for(closed, {"持证": True}))
    assert str(score.total) == "7"
    named = {r.clause: r.zh for r in score.reasons}
    assert set(named) == {"", "子", "子/甲"}
    assert all(r.assumption == "我方假定" and r.kind == "assumption" for r in score.reasons)
    assert "比照邻区" in named["子"]
    assert "通常做法" in named[""]


# -- traces


def test_a_trace_tells_how_the_number_came_about() -> None:
    body = """满分 20 分
      组 省级 上限 20 分 {
        指标 社保 满分 15 分 { 每 1 个月 社保月数 加 0.5 分，最高 12 分  取高 { 持证：加 5 分  培训：加 2 分 } }
        指标 学历分 { 按 学历 取分 { 本科 以上：10 分  大专：8 分 } }
      }
      扣分 { 指标 处罚 { 每 1 次 次数 扣 4 分 } }"""
    score = scored(body, trace=True, 社保月数=30, 持证=True, 学历="大专", 次数=1)
    assert shown(score.trace) == [
        "total 例 = 16（合计 16（满分 20））",
        "  clause 省级 = 20（23 计为 20（上限 20））",
        "    clause 社保 = 15（17 计为 15（上限 15））",
        "      rule 每 1 个月 社保月数 加 0.5 分，最高 12 分 = 12",
        "        fact 社保月数（30 月）",
        "        step 30 × 0.5 分",
        "      rule 取高 { 持证：加 5 分 培训：加 2 分 } = 5",
        "        rule 持证：加 5 分 = 5",
        "          fact 持证（是）",
        "        rule 培训：加 2 分 = 0（未提供材料）",
        "          fact 培训（未提供）",
        "    clause 学历分 = 8",
        "      rule 按 学历 取分 { 本科 以上：10 分 大专：8 分 } = 8",
        "        fact 学历（大专）",
        "        step 大专：8 分",
        "  clause 扣分 = -4",
        "    clause 处罚 = -4",
        "      rule 每 1 次 次数 扣 4 分 = -4",
        "        fact 次数（1 次）",
        "        step 1 × 4 分",
    ]


def test_a_trace_goes_down_to_what_a_fact_was_worked_out_from() -> None:
    body = """事实 周岁数：整数（岁） = 周岁（出生日期，评定日）  事实 中止月数：整数（月）  不计 中止月数 于 居住月数
      适用 非 违法
      指标 甲 适用 周岁数 达到 18 岁 { 每 1 年 居住月数 加 1 分，不足 1 年 不计  配偶 的 持证：加 1 分 }
      指标 乙 适用 违法 { 加 9 分 }
      效力 { 违法：清零 }  合成 年终 { 总分 占 50%  登记率 占 50% }"""
    given: dict[str, Any] = {
        "出生日期": "1990-01-01",
        "居住月数": 30,
        "中止月数": 6,
        "违法": False,
        "登记率": 90,
    }
    score = scored(body, trace=True, on="2024-06-30", spouse={"持证": True}, **given)
    assert shown(score.trace) == [
        "total 例 = 3（合计 3）",
        "  fact 违法（否）",
        "  clause 甲 = 3",
        "    fact 周岁数（34 岁）",
        "      fact 出生日期（1990-01-01）",
        "      fact 评定日（2024-06-30）",
        "    rule 每 1 年 居住月数 加 1 分，不足 1 年 不计 = 2",
        "      fact 居住月数（24 月）",
        "        fact 中止月数（6 月）",
        "      step 2 × 1 分",
        "    rule 配偶 的 持证：加 1 分 = 1",
        "      fact 配偶的持证（是）",
        "  clause 乙 = 0（不适用）",
        "    fact 违法（否）",
        "  step 效力",
        "    rule 违法：清零 = 0（条件不成立）",
        "      fact 违法（否）",
        "  step 合成 年终（46.5）",
        "    fact 登记率（90%）",
    ]


def test_a_trace_shows_starts_ranges_and_lack_of_evidence() -> None:
    body = (
        "项 1 办班 满分 20 分 { 未开展 培训：酌情扣分 }  项 2 满分 10 分 { 每 1 次 次数 扣 3 分 }"
    )
    score = scored(body, kind="考核", trace=True, 培训=False)
    assert shown(score.trace) == [
        "total 例 = 0～20（合计 0～20）",
        "  clause 1 办班 = 0～20（起评 20；-∞～20 计为 0～20（上限 20））",
        "    step 起评 = 20",
        "    rule 未开展 培训：酌情扣分 = -∞～0",
        "      fact 培训（否）",
        "  clause 2 = 0（未提供材料，不得分）",
        "    step 起评 = 10",
        "    rule 每 1 次 次数 扣 3 分 = 0",
        "      fact 次数（未提供）",
    ]


def test_members_of_a_household_are_told_apart() -> None:
    score = scored("指标 甲 { 加 （家庭合计（次数）） 分 }", trace=True, 次数=1, spouse={"次数": 2},
                   children=[{"次数": 4}])  # fmt: skip
    assert shown(score.trace)[2:6] == [
        "    rule 加 （家庭合计（次数）） 分 = 7",
        "      fact 次数（1 次）",
        "      fact 子女的次数（4 次）",
        "      fact 配偶的次数（2 次）",
    ]


def test_scoring_is_the_same_with_and_without_a_trace() -> None:
    body = "指标 甲 { 持证：酌情加分，最高 5 分  每 1 次 次数 加 1 分 }"
    with_trace = scored(body, trace=True, 持证=True, 次数=2)
    without = scored(body, 持证=True, 次数=2)
    assert without.trace is None
    assert (with_trace.total, with_trace.reasons) == (without.total, without.reasons)


# -- reasons


def test_reasons_are_in_both_languages_and_name_their_clause() -> None:
    body = """指标 甲 { 持证：加 5 分 }  指标 乙 { 加 未载明（1 至 2 分） }  指标 丙 { 酌情加分，最高 3 分 }
      扣分 { 指标 丁 { 违法：一票否决 } }"""
    score = scored(body, 违法=True)
    assert [(r.kind, r.clause) for r in score.reasons] == [
        ("missing", "甲"), ("open", "乙"), ("discretionary", "丙"), ("veto", "扣分/丁"),
    ]  # fmt: skip
    assert [r.en for r in score.reasons] == [
        "甲: “持证” was not handed in", "乙: points or standard not stated",
        "丙: discretionary award, not yet judged", "丁: veto",
    ]  # fmt: skip


def test_a_reason_is_given_once() -> None:
    body = "指标 甲 { 持证：加 5 分  持证：加 3 分  取高 { 持证：加 1 分 } }"
    assert why(scored(body), "missing") == ["甲：未提供“持证”"]


# -- targets


def test_targets_are_met_or_not_and_by_how_much() -> None:
    body = """指标 甲 { 加 1 分  目标 登记率 达到 95%  目标 社保月数 达到 2 年  目标 次数 不超过 3 次
      目标 “落实专人”  目标 登记率 达到 95% 且 持证  目标 总分 达到 1 分 }"""
    score = scored(body, 登记率="93.5", 社保月数=30, 次数=2, 持证=True)
    found = [(t.text, t.met, t.actual, t.threshold, t.gap) for t in score.targets]
    assert found == [
        ("登记率 达到 95%", False, 93.5, 95, -1.5),
        ("社保月数 达到 2 年", True, 30, 24, 6),
        ("次数 不超过 3 次", True, 2, 3, -1),
        ("落实专人", None, None, None, None),
        ("登记率 达到 95% 且 持证", False, None, None, None),
        ("总分 达到 1 分", True, None, None, None),
    ]
    assert str(score.total) == "1"  # targets carry no points
    assert all(t.clause == "甲" for t in score.targets)


def test_a_target_without_its_fact_is_neither_met_nor_missed() -> None:
    (target,) = scored("指标 甲 { 加 1 分  目标 登记率 达到 95% }").targets
    found = (target.met, target.actual, target.threshold, target.gap)
    assert found == (None, None, Fraction(95), None)
    assert not kinds(scored("指标 甲 { 加 1 分  目标 登记率 达到 95% }"))


def test_only_the_targets_of_the_own_unit_are_checked() -> None:
    body = """单位 甲局 满分 5 分 { 项 1 满分 5 分 { 扣 1 分  目标 次数 达到 1 次 } }
      单位 乙局 满分 5 分 { 项 1 满分 5 分 { 扣 1 分  目标 篇数 达到 1 篇 } }"""
    score = scored(body, kind="考核", unit="乙局", 次数=1, 篇数=0)
    assert [(t.clause, t.met) for t in score.targets] == [("乙局/1", False)]
