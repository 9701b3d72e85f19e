"""Items, groups, deductions, bonus, units, schedules, and the order of the phases."""

from __future__ import annotations

import pytest
from tests.scoring.desk import kinds, parts, scored, total, why

from policydsl.language.diagnostics import PolicyError
from policydsl.model import loads
from policydsl.scoring.cases import Case
from policydsl.scoring.exact import Evaluator, score_case

# -- items


def test_an_indicator_adds_up_from_nothing_and_is_capped() -> None:
    assert total("指标 甲 满分 10 分 { 每 1 次 次数 加 4 分 }", 次数=2) == "8"
    assert total("指标 甲 满分 10 分 { 每 1 次 次数 加 4 分 }", 次数=3) == "10"
    assert total("指标 甲 上限 10 分 { 每 1 次 次数 加 4 分 }", 次数=3) == "10"
    # a cap beside the full marks is what clips
    assert total("指标 甲 满分 10 分 上限 12 分 { 每 1 次 次数 加 4 分 }", 次数=9) == "12"


def test_an_item_of_an_assessment_starts_at_full_marks() -> None:
    body = "项 1 满分 10 分 { 每 1 次 次数 扣 4 分 }"
    assert [total(body, kind="考核", 次数=n) for n in (0, 1, 2, 3)] == ["10", "6", "2", "0"]
    assert total("项 1 满分 10 分 { 起评 0 分  每 篇 篇数 加 2 分 }", kind="考核", 篇数=3) == "6"
    assert total("项 1 满分 10 分 { 起评 5 分  每 1 次 次数 扣 2 分 }", kind="考核", 次数=1) == "3"


def test_an_indicator_of_a_scheme_can_start_at_full_marks() -> None:
    assert total("指标 甲 满分 10 分 起评 满分 { 每 1 次 次数 扣 4 分 }", 次数=1) == "6"


def test_floors() -> None:
    body = "项 1 满分 10 分 下限 3 分 { 每 1 次 次数 扣 4 分 }"
    assert [total(body, kind="考核", 次数=n) for n in (1, 2, 9)] == ["6", "3", "3"]
    assert total("指标 甲 下限 2 分 { 加 1 分 }") == "2"
    # nothing at all is less than any floor
    assert total("指标 甲 下限 2 分 { 加 1 分  不得分 }") == "0"


@pytest.mark.parametrize(
    ("rounding", "points"),
    [("四舍五入", "3"), ("舍去", "2"), ("进一", "3"), ("四舍五入 到 1 位", "2.5"), ("舍去 到 0.5 分", "2.5")],
)  # fmt: skip
def test_rounding_of_an_item(rounding: str, points: str) -> None:
    assert total(f"指标 甲 舍入 {rounding} {{ 加 1.25 分  加 1.25 分 }}") == points


def test_rounding_comes_before_the_cap() -> None:
    assert total("指标 甲 满分 2.6 分 舍入 进一 { 加 2.5 分 }") == "2.6"


def test_rounding_of_groups_and_of_the_total() -> None:
    body = (
        "舍入 四舍五入  组 子 舍入 舍去 到 1 位 { 指标 甲 { 加 1.26 分 }  指标 乙 { 加 1.28 分 } }"
    )
    assert total(body) == "3"  # 2.54 → 2.5 → 3


# -- groups


def test_caps_in_caps() -> None:
    body = """组 外 上限 25 分 {
      组 内 上限 12 分 { 指标 甲 满分 10 分 { 加 9 分 }  指标 乙 满分 10 分 { 每 1 次 次数 加 1 分 } }
      指标 丙 { 加 15 分 }
    }  指标 丁 { 加 2 分 }"""
    score = scored(body, 次数=2)
    assert parts(score) == {
        "外/内/甲": "9", "外/内/乙": "2", "外/内": "11", "外/丙": "15", "外": "25", "丁": "2",
    }  # fmt: skip
    assert str(score.total) == "27"
    assert parts(scored(body, 次数=9))["外/内"] == "12"


def test_rules_of_a_group_itself() -> None:
    body = "组 子 上限 10 分 { 指标 甲 { 加 6 分 }  持证：加 3 分  违法：扣 2 分 }"
    assert total(body, 持证=True, 违法=False) == "9"
    assert total(body, 持证=True, 违法=True) == "7"


def test_a_group_can_have_a_floor_and_a_start() -> None:
    assert total("组 子 下限 5 分 { 指标 甲 { 加 2 分 } }") == "5"
    assert total("组 子 满分 10 分 起评 10 分 { 违法：扣 4 分 }", 违法=True) == "6"


def test_a_clause_applies_only_when_its_condition_holds() -> None:
    body = "组 高学历 适用 学历 为 本科、硕士 { 指标 甲 { 加 5 分 } }  指标 乙 适用 非 持证 { 加 1 分 }"
    graduate = scored(body, 学历="本科", 持证=True)
    assert parts(graduate) == {"高学历/甲": "5", "高学历": "5", "乙": "0"}
    other = scored(body, 学历="大专", 持证=False)
    assert parts(other) == {"高学历": "0", "乙": "1"}


def test_the_total_is_capped_and_does_not_fall_below_nothing() -> None:
    assert total("满分 20 分  指标 甲 满分 20 分 { 加 30 分 }") == "20"
    assert total("上限 5 分  指标 甲 { 加 30 分 }") == "5"
    assert total("下限 4 分  指标 甲 { 加 1 分 }") == "4"
    assert total("指标 甲 { 加 1 分 }  扣分 { 指标 乙 { 扣 5 分 } }") == "0"


# -- deductions and bonus


def test_deductions_are_taken_off_the_total_and_shown_below_nothing() -> None:
    body = """满分 30 分  指标 甲 满分 30 分 { 加 30 分 }
      扣分 违规 上限 12 分 {
        指标 处罚 { 每 1 次 次数 扣 5 分 }
        指标 失信 上限 6 分 { 违法：扣 20 分 }
      }"""
    clean = scored(body, 次数=0, 违法=False)
    assert (str(clean.total), parts(clean)["违规"]) == ("30", "0")
    once = scored(body, 次数=1, 违法=False)
    assert parts(once) == {"甲": "30", "违规/处罚": "-5", "违规/失信": "0", "违规": "-5"}
    worst = scored(body, 次数=2, 违法=True)
    assert parts(worst) == {"甲": "30", "违规/处罚": "-10", "违规/失信": "-6", "违规": "-12"}
    assert str(worst.total) == "18"


def test_an_award_in_a_deduction_group_only_makes_up_for_deductions() -> None:
    body = "指标 甲 {{ 加 30 分 }}  扣分 {{ 指标 乙 {{ 扣 {} 分  持证：加 4 分 }} }}"
    assert total(body.format(10), 持证=True) == "24"
    assert total(body.format(2), 持证=True) == "30"


def test_rounding_and_floors_of_deductions_are_about_the_amount() -> None:
    body = "指标 甲 { 加 30 分 }  扣分 { 指标 乙 舍入 进一 { 扣 2.1 分 } }"
    assert total(body) == "27"
    assert total("指标 甲 { 加 30 分 }  扣分 { 指标 乙 下限 5 分 { 扣 1 分 } }") == "25"


def test_bonus_comes_on_top_of_the_full_marks() -> None:
    body = """满分 20 分  项 1 满分 20 分 { 每 1 次 次数 扣 5 分 }
      加分 创新 上限 8 分 { 项 1 { 每 篇 篇数 加 3 分 } }"""
    assert total(body, kind="考核", 次数=0, 篇数=2) == "26"
    assert total(body, kind="考核", 次数=0, 篇数=9) == "28"
    # deductions come before the clip, the bonus behind it
    all_ = "满分 20 分  指标 甲 满分 20 分 { 加 30 分 }  扣分 { 指标 乙 { 扣 30 分 } }  加分 { 指标 丙 { 加 4 分 } }"
    assert total(all_) == "4"


def test_items_of_a_bonus_start_at_nothing_even_in_an_assessment() -> None:
    body = "项 1 满分 5 分 { 违法：扣 1 分 }  加分 { 项 1 满分 10 分 { 持证：加 4 分 } }"
    assert total(body, kind="考核", 持证=False, 违法=False) == "5"
    assert total(body, kind="考核", 持证=True, 违法=True) == "8"


# -- units and schedules

UNITS = """考核 t {
  事实 甲项：是否  事实 乙项：是否
  共同部分 基础 满分 3 分 { 项 1 满分 3 分 { 未开展 甲项：扣 1 分 } }
  单位 教育局 满分 7 分 { 项 1 满分 7 分 { 未开展 乙项：扣 5 分 } }
  单位 公安局 满分 7 分 { 项 1 满分 4 分 { 未开展 甲项：扣 4 分 }  项 2 满分 3 分 { 未开展 乙项：扣 3 分 } }
}"""


def test_a_department_is_scored_by_the_shared_part_and_its_own_table() -> None:
    policy = loads(UNITS)
    education = scored(policy, unit="教育局", 甲项=False, 乙项=False)
    assert parts(education) == {"基础/1": "2", "基础": "2", "教育局/1": "2", "教育局": "2"}
    police = scored(policy, unit="公安局", 甲项=False, 乙项=True)
    assert parts(police) == {
        "基础/1": "2", "基础": "2", "公安局/1": "0", "公安局/2": "3", "公安局": "3",
    }  # fmt: skip


def test_a_department_that_the_policy_does_not_know() -> None:
    policy = loads(UNITS)
    with pytest.raises(PolicyError) as unknown:
        score_case(policy, Case("1", {}, unit="教育厅"))
    assert [d.code for d in unknown.value.diagnostics] == ["D409"]
    assert "教育局" in unknown.value.diagnostics[0].message("zh")
    with pytest.raises(PolicyError) as none:
        score_case(policy, Case("1", {}))
    assert [d.code for d in none.value.diagnostics] == ["D414"]


SCHEDULES = """考核 t {
  事实 甲项：是否
  附表 街道 满分 10 分 { 对象 街道  项 1 满分 10 分 { 未开展 甲项：扣 4 分 } }
  附表 部门 { 对象 单位
    共同部分 满分 3 分 { 项 1 满分 3 分 { 未开展 甲项：扣 1 分 } }
    单位 教育局 满分 7 分 { 项 1 满分 7 分 { 未开展 甲项：扣 5 分 } }
  }
}"""


def test_the_entity_or_the_unit_decides_the_schedule() -> None:
    evaluator = Evaluator(loads(SCHEDULES))
    street = Case("1", {"甲项": False}, entity="街道")
    assert str(evaluator.score(street).total) == "6"
    unit = Case("1", {"甲项": False}, unit="教育局")
    assert str(evaluator.score(unit).total) == "4"
    assert (
        str(evaluator.score(Case("1", {"甲项": True}, unit="教育局", entity="单位")).total) == "10"
    )
    # without an entity and a unit, the only table that asks for no unit
    assert str(evaluator.score(Case("1", {"甲项": False})).total) == "6"


def test_an_entity_that_no_schedule_is_for() -> None:
    evaluator = Evaluator(loads(SCHEDULES))
    for case in (Case("7", {}, entity="企业"), Case("7", {}, unit="公安局")):
        with pytest.raises(PolicyError) as error:
            evaluator.score(case)
        assert [d.code for d in error.value.diagnostics] == ["S505"]
        assert "街道、单位" in error.value.diagnostics[0].message("zh")


# -- eligibility


def test_who_does_not_meet_the_conditions_gets_no_usable_points() -> None:
    body = "适用 持证 或 居住月数 达到 12 个月  指标 甲 { 加 5 分 }"
    assert (total(body, 持证=True), total(body, 持证=False, 居住月数=12)) == ("5", "5")
    out = scored(body, 持证=False, 居住月数=3)
    assert (str(out.total), str(out.points), out.eligible) == ("0", "5", False)
    assert kinds(out) == {"not_eligible"}


def test_conditions_that_cannot_be_checked_are_named() -> None:
    score = scored("适用 持证  指标 甲 { 加 5 分 }")
    assert (str(score.total), score.eligible) == ("5", None)
    assert why(score, "missing") == ["适用条件未能核对：未提供持证"]


def test_conditions_that_the_text_leaves_open_make_a_range() -> None:
    score = scored("适用 持证 且 情形未载明  指标 甲 { 加 5 分 }", 持证=True)
    assert (str(score.total), score.eligible) == ("0～5", None)
    assert kinds(score) == {"open"}


# -- the order of the phases


def test_phases_come_in_their_fixed_order() -> None:
    """Items, groups, total, bonus, veto, status: each on what the one before left."""
    body = """满分 50 分
      组 子 上限 40 分 { 指标 甲 满分 30 分 { 加 45 分 }  指标 乙 { 加 25 分 } }
      组 丑 { 指标 丙 { 加 40 分 } }
      扣分 { 指标 丁 { 扣 10 分 } }
      加分 { 指标 戊 { 加 3 分 } }
      效力 { 违法：冻结  持证：一票否决 }
      合成 年终 { 总分 占 50%  次数 占 100% }"""
    plain = scored(body, 违法=False, 持证=False, 次数=4)
    # 30 + 25 → 40; 40 + 40 − 10 = 70 → 50; + 3
    assert (str(plain.points), str(plain.total)) == ("53", "53")
    assert str(plain.blends["年终"]) == "30.5"
    frozen = scored(body, 违法=True, 持证=False, 次数=4)
    assert (str(frozen.points), str(frozen.total)) == ("53", "0")
    assert str(frozen.blends["年终"]) == "4"  # of the usable points
    vetoed = scored(body, 违法=False, 持证=True, 次数=4)
    assert (str(vetoed.points), str(vetoed.total), vetoed.vetoed) == ("53", "0", "yes")


def test_a_work_plan_has_targets_and_no_points() -> None:
    text = """要点 t { 事实 登记率：百分比  事实 场数：计数（场）
      任务 一 “登记” { 目标 登记率 达到 95%  目标 “常态化” }  任务 二 { 目标 场数 不少于 4000 场 } }"""
    score = scored(loads(text.replace("任务 一 “登记”", "任务 一")), 登记率="93.5", 场数=4100)
    assert str(score.total) == "0"
    assert [(t.clause, t.met, t.gap) for t in score.targets] == [
        ("一", False, -1.5), ("一", None, None), ("二", True, 100),
    ]  # fmt: skip


def test_vocabularies_are_not_scored() -> None:
    with pytest.raises(PolicyError) as error:
        loads("词汇 t { 事实 甲：是否 }")
    assert [d.code for d in error.value.diagnostics] == ["F009"]
