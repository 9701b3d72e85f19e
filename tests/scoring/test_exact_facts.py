"""Facts: conditions, units, dates, households, and what a missing value means."""

from __future__ import annotations

import pytest
from tests.scoring.desk import kinds, rule, scored, total, why

from policydsl.language.diagnostics import PolicyError


def holds(condition: str, **given: object) -> bool:
    """Whether a condition holds; it must be decided."""
    found = rule(f"{condition}：加 1 分", **given)
    assert found in ("0", "1")
    return found == "1"


# -- conditions


@pytest.mark.parametrize(
    ("word", "below", "at", "above"),
    [
        ("达到 12 个月", False, True, True), ("不低于 12 个月", False, True, True),
        ("不少于 12 个月", False, True, True), (">= 12 个月", False, True, True),
        ("≥ 12 个月", False, True, True), ("12 个月 以上", False, True, True),
        ("超过 12 个月", False, False, True), ("高于 12 个月", False, False, True),
        ("> 12 个月", False, False, True),
        ("不超过 12 个月", True, True, False), ("不高于 12 个月", True, True, False),
        ("≤ 12 个月", True, True, False), ("12 个月 以下", True, True, False),
        ("不足 12 个月", True, False, False), ("不满 12 个月", True, False, False),
        ("低于 12 个月", True, False, False), ("< 12 个月", True, False, False),
        ("= 12 个月", False, True, False), ("≠ 12 个月", True, False, True),
        ("12 至 12 个月", False, True, False), ("11 以上 不足 12 个月", True, False, False),
    ],
)  # fmt: skip
def test_words_that_include_the_number_and_words_that_do_not(
    word: str, below: bool, at: bool, above: bool
) -> None:
    found = [holds(f"社保月数 {word}", 社保月数=n) for n in (11, 12, 13)]
    assert found == [below, at, above]


def test_a_number_without_a_unit_takes_that_of_the_fact() -> None:
    assert holds("年龄 18 至 40 岁", 年龄=40)
    assert holds("登记率 达到 95", 登记率=95)
    assert holds("社保月数 达到 12", 社保月数=12)


def test_a_number_without_a_unit_is_read_in_the_unit_of_the_fact_not_in_its_base_unit() -> None:
    """5 beside a fact in 万元 is 50000 yuan, 3 beside one in 年 is 36 months."""
    assert not holds("纳税额 超过 5", 纳税额=3)
    assert holds("5 低于 纳税额", 纳税额=6)
    assert holds("纳税额 3 至 5", 纳税额=4)
    assert not holds("（纳税额 + 5） 超过 10", 纳税额=3)
    assert holds("较小者（纳税额，5） = 5 万元", 纳税额=7)
    assert holds("取值（持证，纳税额，5） = 5 万元", 纳税额=7, 持证=False)
    assert holds("志愿时长 × 2 达到 3", 志愿时长="1.5")
    assert holds("纳税额 ÷ 人数 达到 2", 纳税额=4, 人数=2)
    assert holds("整年数（登记日期，2022-01-01） 达到 2", 登记日期="2020-01-01")
    assert not holds("整年数（登记日期，2022-01-01） 达到 3", 登记日期="2020-01-01")
    tiers = "按 纳税额 取分 { 不足 5：1 分；5 至 8：2 分；其他：9 分 }"
    assert [rule(tiers, 纳税额=x) for x in (3, 5, 8, 9)] == ["1", "2", "2", "9"]
    assert rule("每 2 万元 纳税额 加 1 分，只计 超过 3 部分", 纳税额=7) == "2"
    assert rule("纳税额 超过 3：每 1 万元 加 1 分", 纳税额=7) == "4"
    assert rule("每 2 （纳税额 + 1） 加 1 分，不足 2 不计", 纳税额=7) == "4"


def test_a_ratio_beside_a_percentage() -> None:
    """登记人数 ÷ 常住人数 低于 95% compares a share with a share."""
    assert holds("次数 ÷ 人数 低于 95%", 次数=94, 人数=100)
    assert not holds("次数 ÷ 人数 低于 95%", 次数=95, 人数=100)
    assert holds("95% 超过 次数 ÷ 人数", 次数=94, 人数=100)
    assert holds("登记率 × 2 超过 99%", 登记率=50)
    assert holds("（登记率 + 结案率） ÷ 2 达到 93%", 登记率=94, 结案率=92)
    assert holds("1 - 次数 ÷ 人数 超过 5%", 次数=94, 人数=100)
    share = "事实 占比：百分比 = 次数 ÷ 人数  指标 甲 { {} }".replace("{} }", "{rules} }")
    rules = "占比 低于 95%：每 1 个百分点 扣 2 分，不足 1 个百分点 不计  加 9 分"
    assert total(share.replace("{rules}", rules), 次数=93, 人数=100) == "5"
    with pytest.raises(PolicyError) as caught:
        rule("系数 低于 95%：加 1 分", 系数=1)  # a plain number is no share of anything
    assert [d.code for d in caught.value.diagnostics] == ["M202"]


def test_a_percentage_less_percentage_points_is_a_percentage() -> None:
    assert holds("登记率 低于 （结案率 - 2 个百分点）", 登记率=92, 结案率=95)
    assert not holds("登记率 低于 （结案率 - 2 个百分点）", 登记率=93, 结案率=95)
    assert holds("登记率 达到 结案率 + 2 个百分点", 登记率=97, 结案率=95)
    assert holds("（登记率 - 结案率） 达到 2 个百分点", 登记率=97, 结案率=95)


def test_a_number_of_things_times_a_plain_number_is_one_of_things() -> None:
    assert holds("次数 低于 人数 × 10%", 次数=9, 人数=100)
    assert not holds("次数 低于 10% × 人数", 次数=10, 人数=100)
    assert holds("（次数 × 2 + 篇数） ÷ 3 超过 5 篇", 次数=6, 篇数=4)
    assert holds("纳税额 ÷ 人数 达到 2 万元", 纳税额=4, 人数=2)


def test_units_of_one_kind_are_converted() -> None:
    assert holds("社保月数 达到 1 年", 社保月数=12)
    assert not holds("社保月数 达到 1.5 年", 社保月数=17)
    assert holds("纳税额 达到 32500 元", 纳税额="3.25")
    assert holds("志愿时长 达到 90 分钟", 志愿时长="1.5")
    assert holds("社保月数 超过 2 季度", 社保月数=7)
    assert holds("登记率 超过 5‰", 登记率="0.6")


def test_measures_of_the_policys_own() -> None:
    body = "计量 学时包 = 45 分钟  事实 课时：整数（学时包）  指标 甲 {{ {} }}"
    assert total(body.format("课时 达到 1.5 小时：加 1 分"), 课时=2) == "1"
    assert total(body.format("每 90 分钟 课时 加 1 分"), 课时=5) == "2"


def test_choices_and_ordered_choices() -> None:
    assert holds("住房 为 租住、宿舍", 住房="宿舍")
    assert holds("住房 不为 租住、宿舍", 住房="自有")
    assert not holds("住房 不为 租住、宿舍", 住房="租住")
    assert [holds("学历 不低于 大专", 学历=x) for x in ("高中", "大专", "本科")] == [
        False,
        True,
        True,
    ]
    assert [holds("学历 低于 大专", 学历=x) for x in ("高中", "大专", "本科")] == [
        True,
        False,
        False,
    ]


def test_yes_and_no_in_the_words_of_the_documents() -> None:
    assert holds("持证", 持证=True)
    assert holds("持证 为 是", 持证=True)
    assert holds("持证 为 否", 持证=False)
    for verb in ("未开展", "未落实", "未完成", "未达到", "未达标", "未建立", "未增长", "未整治"):
        assert holds(f"{verb} 培训", 培训=False)
        assert not holds(f"{verb} 培训", 培训=True)
    assert holds("非 持证 且 非 （培训 或 违法）", 持证=False, 培训=False, 违法=False)


def test_dates() -> None:
    assert holds("登记日期 早于 2020-01-01", 登记日期="2019-12-31")
    assert not holds("登记日期 早于 2020年1月1日", 登记日期="2020-01-01")
    assert holds("登记日期 晚于 2020-01-01", 登记日期="2020-01-02")
    assert holds("登记日期 不超过 2020-01-01", 登记日期="2020-01-01")
    assert holds("登记日期 晚于 出生日期", 登记日期="2020-01-02", 出生日期="1990-05-05")


def test_comparing_facts_with_each_other() -> None:
    assert holds("居住月数 超过 社保月数", 居住月数=13, 社保月数=12)
    assert holds("结案率 低于 登记率", 结案率="94.9", 登记率=95)
    assert holds("（登记率 - 结案率） 超过 5 个百分点", 登记率=95, 结案率="89.9")
    assert not holds("（登记率 - 结案率） 超过 5 个百分点", 登记率=95, 结案率=90)


def test_whether_something_was_handed_in() -> None:
    assert holds("已提供 学历", 学历="初中")
    assert not holds("已提供 学历")
    assert holds("未提供 学历")
    assert not scored("指标 甲 { 未提供 学历：加 1 分 }").reasons


# -- missing evidence


@pytest.mark.parametrize(
    "text",
    [
        "持证：加 5 分", "每 1 次 次数 加 5 分", "学历 为 本科：加 5 分", "按 学历 取分 { 初中 以上：5 分 }",
        "按 学历 与 持证 取分 { 列 ｜ 是 ｜ 否  初中 以上 ｜ 5 分 ｜ 5 分 }", "加 （次数 × 5） 分",
        "取高 { 持证：加 5 分  培训：加 3 分 }", "持证 且 培训：加 5 分", "持证 或 培训：加 5 分", "非 持证：加 5 分",
        "每 1 个月 较小者（社保月数，居住月数） 加 1 分", "每 1 次 取值（持证，次数，3 次） 加 1 分", "未开展 培训：加 1 分",
        "登记率 达到 95%：每 1 个百分点 加 1 分", "每 1 次 次数 酌情加分", "配偶 的 持证：加 5 分",
        "家庭合计（次数） 达到 0 次：加 5 分", "家庭人数（持证） 达到 0 人：加 5 分",
    ],
)  # fmt: skip
def test_no_evidence_gives_no_points_and_says_which(text: str) -> None:
    score = scored(f"指标 甲 {{ {text} }}")
    assert str(score.total) == "0"
    assert kinds(score) == {"missing"}
    for reason in score.reasons:
        assert reason.clause == "甲"
        assert reason.fact is not None
        assert reason.zh == f"甲：未提供“{reason.fact}”"
        assert reason.en == f"甲: “{reason.fact}” was not handed in"


def test_evidence_that_decides_alone_is_enough() -> None:
    assert rule("持证 或 培训：加 5 分", 持证=True) == "5"
    assert not scored("指标 甲 { 持证 且 培训：加 5 分 }", 持证=False).reasons


@pytest.mark.parametrize(
    "text",
    ["违法：扣 5 分", "每 1 次 次数 扣 5 分", "违法：不得分", "每 1 次 次数 酌情扣分", "违法：未载明",
     "按 学历 取分 { 初中：扣 5 分 }", "登记率 低于 95%：每 1 个百分点 扣 2 分", "取高 { 违法：扣 5 分  扣 1 分 }"],
)  # fmt: skip
def test_full_marks_are_not_kept_without_evidence(text: str) -> None:
    """What was not shown is not credited."""
    body = f"项 1 满分 20 分 {{ {text} }}"
    score = scored(body, kind="考核")
    assert str(score.total) == "0"
    assert "missing" in kinds(score)
    # the same where the indicator of a scheme starts at its full marks
    for start in ("起评 满分", "起评 20 分"):
        assert total(f"指标 甲 满分 20 分 {start} {{ {text} }}") == "0"


def test_elsewhere_a_deduction_that_is_not_on_record_takes_nothing() -> None:
    assert rule("加 20 分  违法：扣 5 分") == "20"
    assert total("指标 甲 { 加 20 分 }  扣分 { 指标 乙 { 每 1 次 次数 扣 5 分 } }") == "20"
    assert total("指标 甲 满分 20 分 起评 10 分 { 违法：扣 5 分 }") == "10"
    assert total("项 1 满分 20 分 { 持证：加 1 分 }", kind="考核") == "20"


def test_missing_evidence_for_a_veto_or_status_changes_nothing_but_is_named() -> None:
    score = scored("指标 甲 { 加 5 分 }  扣分 { 指标 乙 { 违法：一票否决 } }  效力 { 持证：清零 }")
    assert (str(score.total), score.vetoed, score.statuses) == ("5", "no", ())
    assert {r.fact for r in score.reasons} == {"违法", "持证"}


def test_missing_evidence_for_a_clause() -> None:
    score = scored("组 子 适用 持证 { 指标 甲 { 加 5 分 } }")
    assert str(score.total) == "0"
    assert why(score, "missing") == ["子：未提供“持证”"]


def test_what_a_missing_value_means_is_part_of_the_fact() -> None:
    body = "事实 甲数：计数（次）{}  指标 甲 {{ 每 1 次 甲数 加 2 分 }}"
    assert total(body.format("，缺失 视为 3 次")) == "6"
    assert total(body.format("，缺省 4 次")) == "8"
    assert total(body.format("，缺失 视为 3 次"), 甲数=1) == "2"
    none = scored(body.format("，缺失 无材料"))
    assert (str(none.total), kinds(none)) == ("0", {"missing"})
    absent = "事实 犯罪：是否，缺省 否  项 1 满分 10 分 { 犯罪：扣 4 分 }"
    assert total(absent, kind="考核") == "10"


def test_a_required_fact_must_be_there() -> None:
    body = "事实 甲数：计数（次），缺失 必填  指标 甲 { 每 1 次 甲数 加 2 分 }  指标 乙 { 加 1 分 }"
    assert total(body, 甲数=2) == "5"
    with pytest.raises(PolicyError) as error:
        scored(body)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.code == "D405"
    assert "甲数" in diagnostic.message("zh")
    # only where it is needed
    needed = "事实 甲数：计数（次），缺失 必填  指标 甲 { 持证 且 甲数 达到 1 次：加 2 分 }"
    assert total(needed, 持证=False) == "0"
    # of other members it is evidence like any other
    spouse = "事实 甲数：计数（次），缺失 必填  指标 甲 { 配偶 的 甲数 达到 1 次：加 2 分 }"
    assert total(spouse, 甲数=1, spouse={}) == "0"
    assert scored(body, 甲数=1, trace=True).trace is not None


# -- derived facts


@pytest.mark.parametrize(
    ("born", "age"),
    [("1990-06-30", 34), ("1990-07-01", 33), ("1990-06-29", 34), ("2024-06-30", 0), ("2025-01-01", 0)],
)  # fmt: skip
def test_age_on_the_date_of_assessment(born: str, age: int) -> None:
    body = "事实 周岁数：整数（岁） = 周岁（出生日期，评定日）  指标 甲 { 每 1 岁 周岁数 加 1 分 }"
    assert total(body, on="2024-06-30", 出生日期=born) == str(age)


@pytest.mark.parametrize(
    ("since", "months", "years", "days"),
    [
        ("2024-05-30", 1, 0, 31), ("2024-05-31", 0, 0, 30), ("2022-06-30", 24, 2, 731),
        ("2022-07-01", 23, 1, 730), ("2024-06-30", 0, 0, 0), ("2024-07-30", 0, 0, 0),
    ],
)  # fmt: skip
def test_whole_months_years_and_days(since: str, months: int, years: int, days: int) -> None:
    def counted(fact: str, step: str) -> str:
        body = f"事实 数：整数（{step[2:]}） = {fact}  指标 甲 {{ 每 {step} 数 加 1 分 }}"
        return total(body, on="2024-06-30", 登记日期=since)

    assert counted("整月数（登记日期，评定日）", "1 月") == str(months)
    assert counted("整年数（登记日期，评定日）", "1 年") == str(years)
    assert counted("天数（登记日期，评定日）", "1 日") == str(days)


def test_a_fact_that_was_handed_in_goes_before_one_that_follows() -> None:
    body = "事实 周岁数：整数（岁） = 周岁（出生日期，评定日）  指标 甲 { 每 1 岁 周岁数 加 1 分 }"
    assert total(body, on="2024-06-30", 出生日期="1990-01-01", 周岁数=20) == "20"


def test_facts_that_follow_from_others() -> None:
    body = """事实 稳定：是否 = 社保月数 达到 12 个月 且 居住月数 达到 1 年
      事实 年均：小数（万元） = 纳税额 ÷ 3  事实 两倍：小数（万元） = 年均 × 2
      指标 甲 { 稳定：加 5 分  加 （两倍 ÷ 1 万元） 分 }"""
    assert total(body, 社保月数=12, 居住月数=12, 纳税额="1.5") == "6"
    lacking = scored(body, 社保月数=12, 纳税额="1.5")
    assert (str(lacking.total), why(lacking, "missing")) == ("1", ["甲：未提供“居住月数”"])
    # short of the months, the residence does not matter
    assert not scored(body, 社保月数=3, 纳税额="1.5").reasons


def test_a_derived_fact_with_a_default() -> None:
    body = "事实 周岁数：整数（岁） = 周岁（出生日期，评定日），缺省 30 岁  指标 甲 { 每 1 岁 周岁数 加 1 分 }"
    assert total(body, on="2024-06-30") == "30"
    assert total(body, on="2024-06-30", 出生日期="2000-01-01") == "24"


def test_whether_a_derived_fact_was_handed_in() -> None:
    body = "事实 周岁数：整数（岁） = 周岁（出生日期，评定日）  指标 甲 { 已提供 周岁数：加 1 分 }"
    assert total(body, on="2024-06-30", 出生日期="2000-01-01") == "1"
    assert total(body, on="2024-06-30", 周岁数=24) == "1"
    assert total(body, on="2024-06-30") == "0"


def test_exclusions() -> None:
    body = "事实 中止月数：整数（月）  {}  不计 中止月数 于 居住月数 假设 “只从居住月数里扣”  指标 甲 {{ 每 1 个月 居住月数 加 1 分 }}"
    assert total(body.format(""), 居住月数=30, 中止月数=6) == "24"
    assert total(body.format(""), 居住月数=3, 中止月数=6) == "0"
    assert total(body.format(""), 居住月数=30) == "30"
    assert why(scored(body.format(""), 居住月数=30, 中止月数=6), "assumption") == [
        "只从居住月数里扣"
    ]
    assert not scored(body.format(""), 居住月数=30).reasons
    two = body.format("事实 缺席年数：整数（年）  不计 缺席年数 于 居住月数")
    assert total(two, 居住月数=30, 中止月数=6, 缺席年数=1) == "12"
    inside = "事实 中止月数：整数（月）  指标 甲 { 每 1 个月 居住月数 加 1 分 }  效力 { 违法：清零  不计 中止月数 于 居住月数 }"
    assert total(inside, 居住月数=30, 中止月数=6, 违法=False) == "24"


# -- functions


def test_functions() -> None:
    assert rule("加 （较大者（次数，篇数，2）） 分", 次数=1, 篇数=3) == "3"
    assert rule("加 （取整（系数）） 分", 系数="2.9") == "2"
    assert rule("加 （向上取整（系数）） 分", 系数="2.1") == "3"
    assert rule("加 （绝对值（次数 - 篇数）） 分", 次数=1, 篇数=4) == "3"
    assert rule("每 1 个月 取值（持证，社保月数，居住月数） 加 1 分", 持证=True, 社保月数=5) == "5"
    assert holds("取值（持证，学历，学历） 为 本科", 持证=True, 学历="本科")


def test_division_by_zero_names_the_clause() -> None:
    with pytest.raises(PolicyError) as error:
        rule("加 （次数 ÷ 篇数） 分", 次数=1, 篇数=0)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.code == "S503"
    assert "“甲”" in diagnostic.message("zh")
    assert rule("篇数 超过 0 篇：加 （次数 ÷ 篇数） 分", 次数=1, 篇数=0) == "0"
    with pytest.raises(PolicyError):
        scored("指标 甲 { 加 1 分 }  合成 年终 { 总分 ÷ 次数 占 50% }", 次数=0)


# -- households


def test_the_spouses_facts() -> None:
    text = "配偶 的 学历 不低于 本科：加 5 分  每 1 年 配偶 的 社保月数 加 1 分，最高 3 分"
    assert rule(text, spouse={"学历": "硕士", "社保月数": 30}) == "7"
    assert rule(text, spouse={"学历": "高中", "社保月数": 11}) == "0"
    assert (
        rule("按 配偶 的 学历 取分 { 本科 以上：5 分  其他：1 分 }", spouse={"学历": "大专"}) == "1"
    )
    alone = scored("指标 甲 { 配偶 的 持证：加 5 分 }", 持证=True)
    assert (str(alone.total), why(alone, "missing")) == ("0", ["甲：未提供“配偶的持证”"])


def test_over_all_members_of_the_household() -> None:
    family = {"spouse": {"次数": 5, "持证": True}, "children": [{"次数": 1, "持证": False}, {}]}
    assert rule("加 （家庭合计（次数）） 分", 次数=2, **family) == "8"
    assert rule("加 （家庭最高（次数）） 分", 次数=2, **family) == "5"
    assert rule("加 （家庭最低（次数）） 分", 次数=2, **family) == "1"
    assert rule("加 （家庭人数（持证）） 分", 持证=True, **family) == "2"
    assert rule("加 （家庭人数（次数 达到 2 次）） 分", 次数=2, **family) == "2"
    assert rule("家庭任一（持证）：加 3 分", 持证=False, **family) == "3"
    assert rule("家庭任一（持证）：加 3 分", 持证=False) == "0"
    # members without the fact are left out; where nobody has it, it is missing
    assert rule("加 （家庭合计（次数）） 分", **family) == "6"
    assert rule("非 家庭任一（违法）：加 3 分", **family) == "0"


def test_derived_facts_of_members() -> None:
    body = "事实 周岁数：整数（岁） = 周岁（出生日期，评定日）  指标 甲 { 加 （家庭人数（周岁数 不满 18 岁）） 分 }"
    children = [{"出生日期": "2010-01-01"}, {"出生日期": "2000-01-01"}, {"周岁数": 3}]
    assert total(body, on="2024-06-30", 出生日期="1985-01-01", children=children) == "2"
