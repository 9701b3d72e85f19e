"""What is not known: open numbers, discretion and its judgement, triggers that nobody states."""

from __future__ import annotations

from typing import Any

import pytest
from tests.scoring.desk import kinds, parts, rule, scored, total, why

from policydsl.language.diagnostics import PolicyError

# -- open amounts


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("加 未载明（2 至 5 分）", "2～5"),
        ("加 未载明", "0～+∞"),
        ("加 10 分  扣 未载明（2 至 5 分）", "5～8"),
        ("加 10 分  扣 未载明", "0～10"),
        ("加 未载明（2 至 5 分），减半，最高 2 分", "1～2"),
        ("加 未载明，最高 4 分", "0～4"),
        ("每 1 次 次数 加 未载明（1 至 2 分）", "3～6"),
        ("未载明", "0～+∞"),
        ("未载明（3 至 8 分）", "3～8"),
        ("取高 { 加 4 分  加 未载明（2 至 6 分） }", "4～6"),
        ("取低 { 加 4 分  加 未载明（2 至 6 分） }", "2～4"),
        ("累计 { 加 未载明（1 至 2 分）  加 未载明（1 至 2 分） }，四舍五入", "2～4"),
    ],
)
def test_open_amounts_give_a_range(text: str, points: str) -> None:
    score = scored(f"指标 甲 {{ {text} }}", 次数=3)
    assert str(score.total) == points
    assert why(score, "open") == ["甲：分值或标准未载明"]


def test_an_open_rule_takes_anything_from_full_marks() -> None:
    body = "项 1 满分 20 分 {{ {} }}"
    assert total(body.format("未载明"), kind="考核") == "0～20"
    assert total(body.format("未载明（5 至 15 分）"), kind="考核") == "5～15"
    assert total(body.format("未载明（5 至 15 分）  扣 2 分"), kind="考核") == "3～13"


def test_an_open_rule_among_deductions() -> None:
    body = "指标 甲 { 加 30 分 }  扣分 { 指标 乙 { 未载明（5 至 15 分） }  指标 丙 { 扣 未载明 } }"
    score = scored(body)
    assert parts(score) == {"甲": "30", "扣分/乙": "-15～-5", "扣分/丙": "-∞～0", "扣分": "-∞～-5"}
    assert str(score.total) == "0～25"


# -- open limits


def test_open_caps() -> None:
    body = "指标 甲 {} {{ 加 12 分 }}"
    assert total(body.format("上限 未载明（8 至 20 分）")) == "8～12"
    assert total(body.format("上限 未载明（8 至 10 分）")) == "8～10"
    assert total(body.format("上限 未载明（15 至 20 分）")) == "12"
    assert total(body.format("上限 未载明")) == "0～12"
    open_ = scored(body.format("上限 未载明"))
    assert why(open_, "open") == ["甲的上限未载明"]
    # where the cap does not matter it is not named
    assert not scored(body.format("上限 未载明（15 至 20 分）")).reasons


def test_open_full_marks_are_bounded_by_those_of_the_whole() -> None:
    """The parts add up to the full marks of the whole, so none of them is more."""
    body = "组 子 满分 50 分 { 指标 甲 满分 未载明 { 未载明 }  指标 乙 满分 未载明 { 加 60 分 } }"
    assert parts(scored(body)) == {"子/甲": "0～50", "子/乙": "0～50", "子": "0～50"}
    # a cap only clips the sum
    capped = "组 子 上限 50 分 { 指标 甲 满分 未载明 { 未载明 } }"
    assert parts(scored(capped)) == {"子/甲": "0～+∞", "子": "0～50"}


def test_open_floors_and_starts() -> None:
    low = scored("指标 甲 下限 未载明（0 至 5 分） { 加 2 分 }")
    assert (str(low.total), why(low, "open")) == ("2～5", ["甲的下限未载明"])
    start = scored("指标 甲 起评 未载明（1 至 3 分） { 加 2 分 }")
    assert (str(start.total), why(start, "open")) == ("3～5", ["甲的起评分未载明"])
    full = scored("项 1 满分 未载明（10 至 20 分） { 扣 4 分 }", kind="考核")
    assert str(full.total) == "6～16"
    assert total("下限 未载明  指标 甲 { 加 1 分 }  扣分 { 指标 乙 { 扣 6 分 } }") == "-5～0"


def test_a_total_without_bound_says_so() -> None:
    score = scored("指标 甲 { 加 未载明 }")
    assert score.total.high is None
    assert str(score.total) == "0～+∞"


# -- open triggers


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("情形未载明：加 3 分", "0～3"),
        ("情形未载明：加 未载明（1 至 3 分）", "0～3"),
        ("加 5 分  情形未载明：不得分", "0～5"),
        ("持证 且 情形未载明：加 3 分", "0～3"),
        ("非 持证 且 情形未载明：加 3 分", "0"),
        ("持证 或 情形未载明：加 3 分", "3"),
        ("非 持证 或 情形未载明：加 3 分", "0～3"),
        ("非 情形未载明：加 3 分", "0～3"),
        ("取高 { 情形未载明：加 3 分  加 1 分 }", "1～3"),
        ("取低 { 情形未载明：加 3 分  加 5 分 }", "3～5"),
        ("取高 { 情形未载明：加 3 分  情形未载明：加 5 分 }", "0～5"),
        ("加 9 分  取高 { 情形未载明：扣 3 分  情形未载明：扣 5 分 }", "4～9"),
        ("加 （取值（情形未载明，7，3）） 分", "3～7"),
        ("每 1 次 取值（情形未载明，次数，1 次） 加 2 分", "2～8"),
        ("按 取值（情形未载明，次数，0 次） 取分 { 4 次 以上：6 分  其他：1 分 }", "1～6"),
    ],
)
def test_a_trigger_that_is_not_stated(text: str, points: str) -> None:
    score = scored(f"指标 甲 {{ {text} }}", 持证=True, 次数=4)
    assert str(score.total) == points
    assert ("open" in kinds(score)) == ("～" in points)


def test_an_open_trigger_of_a_veto_or_status_leaves_the_points_in_doubt() -> None:
    veto = scored("指标 甲 { 加 5 分 }  扣分 { 指标 乙 { 情形未载明：一票否决 } }")
    assert (str(veto.total), str(veto.points), veto.vetoed) == ("0～5", "5", "maybe")
    assert why(veto, "veto") == ["乙：可能一票否决"]
    status = scored("指标 甲 { 加 5 分 }  效力 { 情形未载明：清零 }")
    assert (str(status.total), status.statuses) == ("0～5", ())
    assert why(status, "status") == ["积分可能清零"]


def test_a_clause_whose_condition_is_open() -> None:
    body = "组 子 适用 情形未载明 { 指标 甲 { 加 5 分  违法：一票否决 } }  指标 乙 { 加 1 分 }"
    assert parts(scored(body, 违法=False)) == {"子/甲": "5", "子": "0～5", "乙": "1"}
    doubtful = scored(body, 违法=True)
    assert (doubtful.vetoed, str(doubtful.total)) == ("maybe", "0～6")


def test_an_open_trigger_and_missing_evidence_together() -> None:
    """If the case is not one of those meant, the evidence is not needed."""
    body = "项 1 满分 10 分 { 情形未载明：每 1 次 次数 扣 3 分 }"
    score = scored(body, kind="考核")
    assert str(score.total) == "0～10"
    assert kinds(score) == {"missing", "open"}


# -- discretion


def test_discretion_goes_from_nothing_to_all_that_the_item_holds() -> None:
    assert total("项 1 满分 20 分 { 违法：酌情扣分 }", kind="考核", 违法=True) == "0～20"
    assert total("项 1 满分 20 分 { 违法：酌情扣分 }", kind="考核", 违法=False) == "20"
    assert total("项 1 满分 20 分 { 扣 5 分  酌情扣分，最高 8 分 }", kind="考核") == "7～15"
    assert total("项 1 满分 20 分 { 酌情扣分，最低 2 分 }", kind="考核") == "0～18"
    assert total("指标 甲 满分 20 分 { 加 5 分  酌情加分 }") == "5～20"
    assert rule("酌情加分") == "0～+∞"
    assert rule("酌情加分，最高 6 分，减半") == "0～3"
    assert rule("取高 { 加 3 分  酌情加分，最高 10 分 }") == "3～10"


def test_discretion_for_each_thing_that_was_not_done() -> None:
    body = "项 1 满分 20 分 { 每 1 次 次数 酌情扣分 }"
    assert total(body, kind="考核", 次数=0) == "20"
    some = scored(body, kind="考核", 次数=2)
    assert (str(some.total), why(some, "discretionary")) == ("0～20", ["1：酌情扣分，尚待评定"])


def test_a_judgement_closes_the_range() -> None:
    body = "项 1 满分 20 分 { 扣 5 分  违法：酌情扣分 }"
    judged = scored(body, kind="考核", 违法=True, judged={"1": -6})
    assert str(judged.total) == "9"
    assert why(judged, "judgement") == ["经评定 -6 分"]
    assert "discretionary" not in kinds(judged)
    assert total(body, kind="考核", 违法=True, judged={"1": 0}) == "15"
    assert total(body, kind="考核", 违法=True, judged={"1": -15}) == "0"
    assert total("指标 甲 满分 20 分 { 酌情加分 }", judged={"甲": "12.5"}) == "12.5"


def test_a_judgement_stands_where_the_discretion_stands() -> None:
    """In 取高 it is compared with the other ways, not added to the best of them."""
    body = "指标 甲 { 取高 { 加 3 分  酌情加分，最高 10 分 } }"
    assert [total(body, judged={"甲": x}) for x in (0, 2, 8)] == ["3", "3", "8"]
    nested = "指标 甲 { 累计 { 酌情加分  加 4 分 }，最高 6 分 }"
    assert [total(nested, judged={"甲": x}) for x in (1, 5)] == ["5", "6"]


def test_a_judgement_covers_all_discretionary_rules_of_the_item() -> None:
    body = "项 1 满分 20 分 { 违法：酌情扣分，最高 4 分  未开展 培训：酌情扣分，最高 8 分 }"
    both: dict[str, Any] = {"违法": True, "培训": False}
    assert total(body, kind="考核", **both, judged={"1": -3}) == "17"
    assert total(body, kind="考核", **both, judged={"1": -12}) == "8"
    with pytest.raises(PolicyError):
        scored(body, kind="考核", **both, judged={"1": -13})
    # where only one of them applies, only its bound counts
    with pytest.raises(PolicyError):
        scored(body, kind="考核", 违法=True, 培训=True, judged={"1": -5})


@pytest.mark.parametrize(
    ("rules", "judgement"),
    [
        ("酌情扣分", -21),  # more than the item holds
        ("扣 15 分  酌情扣分", -6),  # more than it still holds
        ("酌情扣分", 1),  # the wrong way
        ("酌情扣分，最高 5 分", -6),
        ("酌情扣分，最低 5 分", -4),
        ("违法：酌情扣分  酌情加分", -3),  # the deduction does not apply
    ],
)
def test_a_judgement_beyond_what_is_left_to_judge(rules: str, judgement: int) -> None:
    body = f"项 1 满分 20 分 {{ {rules} }}"
    with pytest.raises(PolicyError) as error:
        scored(body, kind="考核", 违法=False, judged={"1": judgement})
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.code == "D418"
    assert str(judgement) in diagnostic.message("zh")
    assert "“1”" in diagnostic.message("zh")


def test_an_award_beyond_what_the_item_can_still_gain() -> None:
    body = "指标 甲 满分 10 分 { 加 6 分  酌情加分 }"
    assert total(body, judged={"甲": 4}) == "10"
    with pytest.raises(PolicyError):
        scored(body, judged={"甲": 5})
    # without full marks of its own, an item may gain anything
    assert total("组 子 上限 10 分 { 指标 甲 { 酌情加分 } }", judged={"子/甲": 50}) == "10"


def test_a_judgement_that_is_not_needed_is_not_used() -> None:
    body = "项 1 满分 20 分 { 违法：酌情扣分 }"
    score = scored(body, kind="考核", 违法=False, judged={"1": -6})
    assert str(score.total) == "20"
    assert why(score, "judgement") == ["评定 -6 分未采用：无须酌情"]


def test_a_judgement_of_a_deduction_group() -> None:
    body = "指标 甲 { 加 30 分 }  扣分 上限 10 分 { 酌情扣分 }"
    assert total(body) == "20～30"
    assert total(body, judged={"扣分": -7}) == "23"
    with pytest.raises(PolicyError):
        scored(body, judged={"扣分": -11})


# -- blends


def test_blends() -> None:
    body = "指标 甲 { 加 80 分 }  组 子 { 指标 乙 { 加 10 分 } }  合成 年终 { 总分 占 70%  登记率 占 30% }"
    assert str(scored(body, 登记率=60).blends["年终"]) == "81"  # 90 × 0.7 + 60 × 0.3
    part = "指标 甲 { 加 80 分 }  组 子 { 指标 乙 { 加 10 分 } }  合成 年终 { 得分（组 子） 占 50%  （总分 + 10 分） 占 10% }"
    assert str(scored(part).blends["年终"]) == "15"


def test_a_blend_with_an_open_weight() -> None:
    body = "指标 甲 { 加 80 分 }  合成 年终 { 总分 占 未载明  登记率 占 30% }"
    score = scored(body, 登记率=60)
    assert str(score.blends["年终"]) == "18～98"
    assert why(score, "open") == ["年终：“总分”的权重未载明"]


def test_a_blend_of_an_open_total() -> None:
    body = "指标 甲 { 加 未载明（60 至 80 分） }  合成 年终 { （总分 × 2 - 20 分） 占 50% }"
    assert str(scored(body).blends["年终"]) == "50～70"
    assert str(scored("指标 甲 { 酌情加分 }  合成 年终 { 总分 占 50% }").blends["年终"]) == "0～+∞"


def test_a_blend_without_its_facts() -> None:
    score = scored("指标 甲 { 加 80 分 }  合成 年终 { 总分 占 70%  登记率 占 30% }")
    assert score.blends["年终"] is None
    assert why(score, "missing") == ["年终：未提供“登记率”"]


# -- functions of scores


def test_functions_of_a_score() -> None:
    blended = "指标 甲 { 加 10.7 分 }  合成 年终 { {} 占 100% }".replace("{} 占", "VALUE 占")
    worth = {
        "取整（总分）": "10", "向上取整（总分）": "11", "绝对值（总分 - 20 分）": "9.3",
        "较大者（总分，12 分）": "12", "取值（总分 超过 10 分，总分，0 分）": "10.7",
        "取值（总分 超过 11 分，总分，0 分）": "0",
    }  # fmt: skip
    for expression, points in worth.items():
        found = scored(blended.replace("VALUE", expression)).blends["年终"]
        assert (expression, str(found)) == (expression, points)


def test_functions_of_an_open_score() -> None:
    body = "指标 甲 { 加 未载明（3.5 至 6.5 分） }  合成 年终 { VALUE 占 100% }"
    worth = {
        "取整（总分）": "3～6", "向上取整（总分）": "4～7", "绝对值（总分 - 5 分）": "0～1.5",
        "绝对值（总分 - 9 分）": "2.5～5.5", "取值（总分 超过 4 分，总分 + 1 分，0 分）": "0～7.5",
        "得分（指标 甲） × 得分（指标 甲）": "12.25～42.25", "20 ÷ 得分（指标 甲）": "40/13～40/7",
        "20 ÷ （得分（指标 甲） - 5 分）": "-∞～+∞",
    }  # fmt: skip
    for expression, points in worth.items():
        found = scored(body.replace("VALUE", expression)).blends["年终"]
        assert (expression, str(found)) == (expression, points)


def test_a_status_that_depends_on_a_function_of_the_total() -> None:
    body = "指标 甲 { 加 10.7 分 }  效力 { 取整（总分） 超过 10：冻结 }"
    assert total(body) == "10.7"
    assert total(body.replace("超过", "达到")) == "0"


def test_a_date_or_choice_that_depends_on_the_total() -> None:
    dated = "指标 甲 { 加 3 分 }  效力 { 取值（总分 超过 1 分，出生日期，登记日期） 早于 2020-01-01：冻结 }"
    days = {"出生日期": "2019-12-31", "登记日期": "2020-01-01"}
    assert total(dated, **days) == "0"
    assert total(dated.replace("超过 1", "超过 3"), **days) == "3"
    assert total(dated.replace("加 3 分", "加 未载明（0 至 3 分）"), **days) == "0～3"
    chosen = "指标 甲 { 加 3 分 }  效力 { 取值（总分 超过 1 分，持证，培训） 为 是：冻结 }"
    assert total(chosen, 持证=True, 培训=False) == "0"
    assert total(chosen, 持证=False, 培训=True) == "3"


def test_the_members_of_a_household_have_no_scores_of_their_own() -> None:
    for read in ("家庭合计（总分） 超过 2 分", "家庭任一（得分（指标 甲） 超过 2 分）"):
        with pytest.raises(PolicyError) as caught:
            scored(f"指标 甲 {{ 加 3 分 }}  效力 {{ {read}：冻结 }}")
        assert [d.code for d in caught.value.diagnostics] == ["M207"]


def test_the_total_of_the_spouse_in_blends_and_status_rules() -> None:
    body = "指标 甲 { 每 1 次 次数 加 1 分 }  合成 一家 { 总分 占 50%  配偶 的 总分 占 50% }"
    assert str(scored(body, 次数=3).blends["一家"]) == "1.5"  # 0 without a spouse
    assert str(scored(body, 次数=3, spouse={"次数": 5}).blends["一家"]) == "4"
    status = "指标 甲 { 每 1 次 次数 加 1 分 }  效力 { 配偶 的 总分 超过 4 分：冻结 }"
    assert total(status, 次数=3) == "3"
    assert total(status, 次数=3, spouse={"次数": 4}) == "3"
    # whether the spouse's five can be used depends on the applicant's, and so on
    assert total(status, 次数=3, spouse={"次数": 5}) == "0～3"
