"""What single rules give: amounts, steps, modifiers, and how rules combine."""

from __future__ import annotations

import pytest
from tests.scoring.desk import kinds, rule, scored, total, why

# -- flat amounts


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("加 5 分", "5"),
        ("得 5 分", "5"),
        ("加 2.5 分", "2.5"),
        ("加 0.25 分  加 0.1 分", "0.35"),
        ("加 十二 分", "12"),
        ("加 １２．５ 分", "12.5"),
        ("加 10 分  扣 4 分", "6"),
        ("扣 4 分", "0"),  # an item does not go below nothing
    ],
)
def test_flat_amounts(text: str, points: str) -> None:
    assert rule(text) == points


def test_all_rules_of_an_item_add_up() -> None:
    assert (
        rule("持证：加 10 分  培训：加 5 分  违法：扣 3 分", 持证=True, 培训=True, 违法=True)
        == "12"
    )


def test_amounts_are_exact_to_the_last_digit() -> None:
    """0.1 × 3 is 0.3, which binary floating point does not know."""
    assert rule("每 1 次 次数 加 0.1 分", 次数=3) == "0.3"
    assert rule("每 3 次 次数 加 1 分，不足 3 次 按比例计", 次数=1) == "1/3"


# -- each …


@pytest.mark.parametrize(
    ("months", "points"), [(0, "0"), (1, "0.5"), (30, "15"), (59, "29.5"), (60, "30"), (240, "30")]
)
def test_each_month_up_to_a_cap(months: int, points: str) -> None:
    assert rule("每 1 个月 社保月数 加 0.5 分，最高 30 分", 社保月数=months) == points


def test_each_with_the_counting_word_alone() -> None:
    assert rule("每 篇 篇数 加 2 分，最高 10 分", 篇数=3) == "6"
    assert rule("每 篇 篇数 加 2 分，最高 10 分", 篇数=6) == "10"


@pytest.mark.parametrize(
    ("modifier", "points"),
    [
        ("", "4"),
        ("，不足 1 年 不计", "4"),
        ("，不足 1 年 按比例计", "5"),
        ("，不足 1 年 按满计", "6"),
    ],
)
def test_a_part_of_a_step(modifier: str, points: str) -> None:
    """Two years and a half, two points for each year."""
    assert rule(f"每 1 年 居住月数 加 2 分{modifier}", 居住月数=30) == points


def test_whole_steps_are_named_as_an_assumption_where_the_text_is_silent() -> None:
    silent = scored("指标 甲 { 每 1 年 居住月数 加 2 分 }", 居住月数=30)
    assert kinds(silent) == {"assumption"}
    assert why(silent, "assumption") == ["甲：不足一步的部分不计（条文未写明）"]
    assert not scored("指标 甲 { 每 1 年 居住月数 加 2 分 }", 居住月数=24).reasons
    stated = "指标 甲 { 每 1 年 居住月数 加 2 分，不足 1 年 不计 }"
    assert not scored(stated, 居住月数=30).reasons
    # whole facts in steps of one leave nothing to interpret
    assert not scored("指标 甲 { 每 1 次 次数 加 2 分 }", 次数=3).reasons


@pytest.mark.parametrize(("times", "points"), [(0, "0"), (1, "0"), (2, "0"), (3, "5"), (5, "15")])
def test_from_the_third_time_on(times: int, points: str) -> None:
    assert rule("每 1 次 次数 加 5 分，从 第 3 次 起", 次数=times) == points


def test_only_what_lies_beyond_counts() -> None:
    """≥ 200 ml: 1 point, each further 100 ml: 0.5 (as Hangzhou counts blood donations)."""
    rules = "献血量 达到 200 毫升：加 1 分  每 100 毫升 献血量 加 0.5 分，只计 超过 200 毫升 部分，不足 100 毫升 不计"
    assert [rule(rules, 献血量=ml) for ml in (100, 200, 299, 300, 1000)] == [
        "0",
        "1",
        "1",
        "1.5",
        "5",
    ]


def test_at_most_so_many_times() -> None:
    assert rule("每 1 次 次数 加 5 分，最多 3 次", 次数=7) == "15"
    # so many steps, whatever is counted
    assert rule("每 1 年 居住月数 加 5 分，最多 3 次", 居住月数=100) == "15"
    # or so much of what is counted, in whole steps
    assert rule("每 5 人 人数 加 1 分，最多 12 人", 人数=100) == "2"


def test_modifiers_of_the_count_come_before_those_of_the_points() -> None:
    text = "每 1 次 次数 加 5 分，最高 12 分，从 第 2 次 起，最多 4 次"
    assert [rule(text, 次数=n) for n in (1, 3, 9)] == ["0", "10", "12"]


@pytest.mark.parametrize(
    ("rate", "left"), [("95", "20"), ("94.9", "20"), ("94", "18"), ("93.5", "18"), ("80", "0")]
)
def test_each_percentage_point_below_a_threshold(rate: str, left: str) -> None:
    """Without a subject, what is counted is the distance from the threshold."""
    text = "登记率 低于 95% ：每 1 个百分点 扣 2 分，不足 1 个百分点 不计"
    assert rule(f"加 20 分  {text}", 登记率=rate) == left


def test_each_step_above_a_threshold() -> None:
    assert rule("登记率 超过 95%：每 1 个百分点 加 2 分", 登记率=98) == "6"
    assert rule("登记率 超过 95%：每 1 个百分点 加 2 分", 登记率=95) == "0"
    assert rule("人数 10 人 以上：每 5 人 加 1 分", 人数=21) == "2"
    assert rule("加 9 分  人数 10 人 以下：每 5 人 扣 1 分", 人数=0) == "7"


def test_each_with_arithmetic() -> None:
    assert rule("每 1 年 （社保月数 + 居住月数） 加 1 分", 社保月数=20, 居住月数=28) == "4"
    assert rule("每 1 个月 较小者（社保月数，居住月数） 加 1 分", 社保月数=20, 居住月数=28) == "20"
    # less than nothing is no step at all
    assert rule("每 1 个月 （社保月数 - 居住月数） 加 1 分", 社保月数=20, 居住月数=28) == "0"


# -- what qualifies an amount


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("加 10 分，减半", "5"),
        ("加 10 分，按 30% 计", "3"),
        ("加 10 分，最高 8 分，减半", "4"),  # in the order in which they are written
        ("加 10 分，减半，最高 8 分", "5"),
        ("加 1 分，最低 3 分", "3"),
        ("加 2.5 分，四舍五入", "3"),
        ("加 2.49 分，四舍五入", "2"),
        ("加 2.5 分，舍去", "2"),
        ("加 2.1 分，进一", "3"),
        ("加 2.345 分，四舍五入 到 2 位", "2.35"),
        ("加 2.345 分，舍去 到 2 位", "2.34"),
        ("加 2.3 分，四舍五入 到 0.5 分", "2.5"),
        ("加 5.5 分，减半，四舍五入 到 1 位", "2.8"),
    ],
)
def test_modifiers(text: str, points: str) -> None:
    assert rule(text) == points


def test_modifiers_of_a_deduction_are_about_its_amount() -> None:
    assert rule("加 20 分  每 1 次 次数 扣 5 分，最高 12 分", 次数=4) == "8"
    assert rule("加 20 分  扣 5 分，减半") == "17.5"
    assert rule("加 20 分  扣 2.5 分，四舍五入") == "17"
    assert rule("加 20 分  扣 1 分，最低 3 分") == "17"


def test_modifiers_do_nothing_where_the_rule_does_not_apply() -> None:
    assert rule("持证：加 1 分，最低 3 分", 持证=False) == "0"


# -- tables


@pytest.mark.parametrize(
    ("age", "points"), [(17, "0"), (18, "20"), (40, "20"), (41, "10"), (60, "10"), (61, "1")]
)
def test_tiers_over_a_number(age: int, points: str) -> None:
    text = "按 年龄 取分 { 不足 18 岁：0 分  18 至 40 岁：20 分  超过 40 岁 不超过 60 岁：10 分  其他：1 分 }"
    assert rule(text, 年龄=age) == points


def test_labels_of_tiers() -> None:
    def at(label: str, months: int) -> str:
        return rule(f"按 社保月数 取分 {{ {label}：1 分 }}", 社保月数=months)

    assert [at("12 个月 以上", m) for m in (11, 12, 13)] == ["0", "1", "1"]
    assert [at("12 个月 以下", m) for m in (11, 12, 13)] == ["1", "1", "0"]
    assert [at("超过 12 个月", m) for m in (12, 13)] == ["0", "1"]
    assert [at("不满 1 年", m) for m in (11, 12)] == ["1", "0"]
    assert [at("12 以上 不足 24 个月", m) for m in (11, 12, 23, 24)] == ["0", "1", "1", "0"]
    assert [at("1 至 2 年", m) for m in (11, 12, 24, 25)] == ["0", "1", "1", "0"]
    assert [at("12 个月、24 个月", m) for m in (12, 18, 24)] == ["1", "0", "1"]


def test_the_first_tier_that_holds_counts() -> None:
    assert rule("按 社保月数 取分 { 12 个月 以上：1 分  24 个月 以上：2 分 }", 社保月数=30) == "1"


@pytest.mark.parametrize(
    ("level", "points"),
    [("初中", "1"), ("高中", "3"), ("大专", "5"), ("本科", "10"), ("硕士", "10")],
)
def test_tiers_over_an_ordered_choice(level: str, points: str) -> None:
    text = "按 学历 取分 { 本科 以上：10 分  高中 至 大专：按 学历 取分 { 大专：5 分  其他：3 分 }  高中 以下：1 分 }"
    assert rule(text, 学历=level) == points


def test_tiers_over_a_choice_a_truth_and_a_date() -> None:
    housing = "按 住房 取分 { 自有：20 分  租住、宿舍：10 分 }"
    assert [rule(housing, 住房=x) for x in ("自有", "租住", "宿舍")] == ["20", "10", "10"]
    assert [rule("按 持证 取分 { 是：2 分  否：1 分 }", 持证=x) for x in (True, False)] == [
        "2",
        "1",
    ]
    dates = (
        "按 登记日期 取分 { 早于 2020-01-01：3 分  2020-01-01 至 2020年12月31日：2 分  其他：1 分 }"
    )
    assert [rule(dates, 登记日期=x) for x in ("2019-12-31", "2020-01-01", "2020-12-31", "2021-01-01")] == [
        "3", "2", "2", "1",
    ]  # fmt: skip


def test_a_tier_can_be_a_rule_of_its_own() -> None:
    text = "按 学历 取分 { 本科 以上：每 1 年 居住月数 加 2 分，最高 6 分  大专：加 5 分，减半  其他：不得分 }"
    assert rule(text, 学历="硕士", 居住月数=60) == "6"
    assert rule(text, 学历="大专", 居住月数=60) == "2.5"
    refused = scored(f"指标 甲 {{ 加 9 分  {text} }}", 学历="初中", 居住月数=60)
    assert str(refused.total) == "0"
    assert kinds(refused) == {"no_points"}


def test_a_tier_counts_from_its_own_threshold() -> None:
    text = "按 登记率 取分 { 低于 90%：每 1 个百分点 扣 1 分  其他：0 分 }"
    assert rule(f"加 20 分  {text}", 登记率=85) == "15"


def test_no_tier_gives_nothing_and_says_so_in_the_trace() -> None:
    assert rule("按 年龄 取分 { 18 岁 以上：5 分 }", 年龄=17) == "0"


MATRIX = """按 学历 与 居住月数 取分 {
  列 ｜ 不足 1 年 ｜ 1 年 以上 不足 3 年 ｜ 3 年 以上
  本科 以上 ｜ 5 分 ｜ 8 分 ｜ 10 分
  高中、大专 ｜ 3 分 ｜ 4 分 ｜ （居住月数 ÷ 1 年） 分
  其他 ｜ 0 分 ｜ 未载明（1 至 2 分） ｜ 2 分
}"""


@pytest.mark.parametrize(
    ("level", "months", "points"),
    [
        ("硕士", 11, "5"), ("本科", 12, "8"), ("本科", 36, "10"), ("大专", 0, "3"), ("高中", 35, "4"),
        ("高中", 60, "5"), ("初中", 11, "0"), ("初中", 24, "1～2"), ("初中", 36, "2"),
    ],
)  # fmt: skip
def test_a_table_over_two_facts(level: str, months: int, points: str) -> None:
    assert rule(MATRIX, 学历=level, 居住月数=months) == points


def test_a_table_needs_both_facts() -> None:
    assert rule(MATRIX, 学历="本科") == "0"
    assert rule(MATRIX, 居住月数=24) == "0"


def test_a_table_has_no_cell_for_some() -> None:
    text = "按 学历 与 持证 取分 { 列 ｜ 是  本科 ｜ 5 分 }"
    assert rule(text, 学历="本科", 持证=False) == "0"
    assert rule(text, 学历="大专", 持证=True) == "0"


def test_modifiers_of_a_table() -> None:
    assert rule(f"{MATRIX}，减半，四舍五入", 学历="本科", 居住月数=12) == "4"
    assert rule("按 年龄 取分 { 18 岁 以上：5 分 }，最高 3 分", 年龄=20) == "3"


# -- best of, least of, sum of


def test_best_of_least_of_and_sum_of() -> None:
    inner = "{ 持证：加 5 分  培训：加 8 分  加 2 分 }"
    assert rule(f"取高 {inner}", 持证=True, 培训=True) == "8"
    assert rule(f"取低 {inner}", 持证=True, 培训=True) == "2"
    assert rule(f"累计 {inner}", 持证=True, 培训=True) == "15"
    # only what applies is compared
    assert rule("取低 { 持证：加 5 分  培训：加 8 分 }", 持证=False, 培训=True) == "8"
    assert rule("取高 { 持证：加 5 分 }", 持证=False) == "0"


def test_nesting_with_a_cap_and_rounding_at_each_level() -> None:
    text = """取高 {
      累计 { 每 1 次 次数 加 1.5 分，最高 4 分   加 0.25 分 }，四舍五入 到 1 位，最高 4.2 分
      累计 { 取低 { 加 9 分  加 7 分 }，减半   加 1 分 }，舍去
    }，最高 4.1 分，进一 到 0.5 分"""
    # 3 + 0.25 = 3.25 → 3.3; 3.5 + 1 = 4.5 → 4; best 4; ≤ 4.1; up to a half → 4
    assert rule(text, 次数=2) == "4"
    # 4 + 0.25 = 4.25 → 4.3 → 4.2; best 4.2 → 4.1 → 4.5
    assert rule(text, 次数=5) == "4.5"


def test_best_of_deductions_is_the_smallest() -> None:
    assert rule("加 20 分  取高 { 扣 3 分  扣 5 分 }") == "17"
    assert rule("加 20 分  取低 { 扣 3 分  扣 5 分 }") == "15"


def test_a_cap_on_awards_and_deductions_together_caps_the_sum() -> None:
    mixed = "累计 { 每 1 次 次数 加 5 分  违法：扣 8 分 }，最高 10 分"
    assert rule(f"加 20 分  {mixed}", 次数=4, 违法=False) == "30"
    assert rule(f"加 20 分  {mixed}", 次数=4, 违法=True) == "30"
    assert rule(f"加 20 分  {mixed}", 次数=0, 违法=True) == "12"


def test_the_lesser_of_two_facts_and_of_two_rules() -> None:
    assert rule("每 1 个月 较小者（社保月数，居住月数） 加 1 分", 社保月数=7, 居住月数=9) == "7"
    both = "取低 { 每 1 个月 社保月数 加 1 分  每 1 个月 居住月数 加 2 分 }"
    assert rule(both, 社保月数=7, 居住月数=9) == "7"
    assert rule(both, 社保月数=20, 居住月数=9) == "18"


def test_the_lesser_of_two_with_one_not_shown_is_nothing() -> None:
    both = "取低 { 每 1 个月 社保月数 加 1 分  每 1 个月 居住月数 加 2 分 }"
    assert rule(both, 居住月数=9) == "0"
    assert (
        rule("取高 { 每 1 个月 社保月数 加 1 分  每 1 个月 居住月数 加 2 分 }", 居住月数=9) == "18"
    )
    assert rule("取低 { 取高 { 持证：加 5 分 }  加 3 分 }") == "0"
    # a deduction that is not on record takes nothing, so it is not the lesser one either
    assert rule("加 20 分  取低 { 每 1 次 次数 扣 2 分  扣 3 分 }") == "17"


# -- computed amounts


def test_amounts_from_arithmetic() -> None:
    assert rule("加 （次数 × 0.5 + 1） 分", 次数=4) == "3"
    assert rule("加 （纳税额 ÷ 1 万元 × 2） 分，最高 9 分", 纳税额="3.25") == "6.5"
    assert rule("加 （纳税额 ÷ 1 万元 × 2） 分，最高 9 分", 纳税额="5") == "9"
    assert rule("加 （10 - 系数 × 4） 分", 系数="1.5") == "4"
    assert rule("加 20 分  扣 （系数 × 4） 分，最高 5 分", 系数="1.5") == "15"
    assert rule("加 （-系数 + 5） 分", 系数="1.5") == "3.5"
    assert rule("加 （结案率 × 20） 分", 结案率="87.5") == "17.5"  # in a product 87.5 % is 0.875
    assert rule("加 （较小者（次数，3） × 2） 分", 次数=9) == "6"
    assert rule("加 （取值（持证，7，3）） 分", 持证=False) == "3"


# -- veto, no points, status


def test_no_points_for_the_item_only() -> None:
    body = "指标 甲 { 加 5 分  违法：不得分 }  指标 乙 { 加 3 分 }"
    assert total(body, 违法=True) == "3"
    assert total(body, 违法=False) == "8"
    assert why(scored(body, 违法=True), "no_points") == ["甲：不得分"]


def test_no_points_for_a_group() -> None:
    body = "组 子 { 违法：不得分  指标 甲 { 加 5 分 }  指标 乙 { 加 3 分 } }  指标 丙 { 加 1 分 }"
    assert total(body, 违法=True) == "1"
    assert total(body, 违法=False) == "9"


def test_veto_makes_the_total_nothing() -> None:
    body = "指标 甲 { 加 5 分 }  扣分 { 指标 乙 { 违法：一票否决 } }  加分 { 指标 丙 { 加 2 分 } }"
    vetoed = scored(body, 违法=True)
    assert (str(vetoed.total), str(vetoed.points), vetoed.vetoed) == ("0", "7", "yes")
    assert kinds(vetoed) == {"veto"}
    clean = scored(body, 违法=False)
    assert (str(clean.total), clean.vetoed) == ("7", "no")


@pytest.mark.parametrize(
    ("word", "status"),
    [("暂时失效", "suspended"), ("永久失效", "void"), ("清零", "zeroed"), ("冻结", "frozen"),
     ("冻结 2 年", "frozen")],
)  # fmt: skip
def test_status_of_the_points(word: str, status: str) -> None:
    body = f"指标 甲 {{ 加 5 分 }}  效力 {{ 违法：{word} }}"
    hit = scored(body, 违法=True)
    assert (str(hit.total), str(hit.points), hit.statuses) == ("0", "5", (status,))
    assert kinds(hit) == {"status"}
    free = scored(body, 违法=False)
    assert (str(free.total), free.statuses) == ("5", ())


def test_a_status_can_follow_from_an_indicator() -> None:
    body = "指标 甲 { 加 5 分 }  扣分 { 指标 乙 { 违法：扣 2 分  违法：冻结 } }"
    hit = scored(body, 违法=True)
    assert (str(hit.total), str(hit.points), hit.statuses) == ("0", "3", ("frozen",))


def test_a_status_can_depend_on_the_total() -> None:
    body = "指标 甲 { 每 1 次 次数 加 1 分 }  效力 { 总分 低于 3 分：暂时失效 }"
    assert scored(body, 次数=2).statuses == ("suspended",)
    assert scored(body, 次数=3).statuses == ()
    # an open total decides where it can
    open_ = "指标 甲 {{ 加 {} 分 酌情加分，最高 2 分 }}  效力 {{ 总分 低于 3 分：暂时失效 }}"
    assert scored(open_.format(3)).statuses == ()
    assert scored(open_.format("0.5")).statuses == ("suspended",)
    perhaps = scored(open_.format(1))
    assert perhaps.statuses == ()
    assert str(perhaps.total) == "0～3"
    assert why(perhaps, "status") == ["积分可能暂时失效"]
