"""What a drafter asks of a policy: how much can one get, who, and is the reprint the same."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.scoring.columns.test_planning import POLICIES

from policydsl.language.diagnostics import PolicyError
from policydsl.language.parsing import parse_text
from policydsl.language.printing import print_file
from policydsl.model import loads
from policydsl.model.loading import load
from policydsl.review.proving import can_reach, differ, extremes, monotone
from policydsl.review.proving.conditions import condition_of
from policydsl.review.proving.results import Extreme
from policydsl.scoring.exact import score_case

SCHEME = """
积分 p “积分办法” {
  事实 社保月数：计数（月）
  事实 学历：有序 { 高中 < 大专 < 本科 }
  事实 年龄：整数（岁），范围 0 至 120
  事实 发明：计数（项）
  事实 违章次数：计数（次），缺省 0
  事实 失信：是否，缺省 否
  事实 居住证：是否
  组 基础 上限 50 分 {
    指标 社保 上限 30 分 { 每 1 个月 社保月数 加 0.5 分 }
    指标 学历 上限 10 分 { 按 学历 取分 { 本科：10 分；大专：8 分；其他：2 分 } }
    指标 年龄 上限 20 分 { 按 年龄 取分 { 不足 18 岁：0 分；18 至 40 岁：20 分；其他：5 分 } }
    指标 居住 { 居住证：加 5 分 }
  }
  扣分 失管 { 指标 违章 上限 8 分 { 每 1 次 违章次数 扣 3 分 } }
  加分 荣誉 上限 15 分 { 指标 发明 { 每 1 项 发明 加 10 分 } }
  效力 { 失信：一票否决 }
}
"""


def by_clause(found: tuple[Extreme, ...]) -> dict[str | None, Extreme]:
    return {extreme.clause: extreme for extreme in found}


def test_the_most_of_every_part_with_a_person_who_has_it():
    policy = loads(SCHEME)
    found = by_clause(extremes(policy))
    most = {clause: extreme.most.value for clause, extreme in found.items()}
    assert most == {
        None: 65, "基础": 50, "基础/社保": 30, "基础/学历": 10, "基础/年龄": 20, "基础/居住": 5,
        "失管": 0, "失管/违章": 0, "荣誉": 15, "荣誉/发明": None,
    }  # fmt: skip
    assert found["荣誉/发明"].most.unbounded
    assert found["失管"].least.value == -8
    assert found[None].least.value == 0
    for clause, extreme in found.items():
        for bound in (extreme.most, extreme.least):
            assert bound.verdict == "proved"
            person = bound.person
            assert person is not None
            again = score_case(policy, person.case)
            assert again == person.score
            if bound.value is not None:
                points = person.points(clause)
                assert points is not None
                assert bound.value in (points.low, points.high)


def test_without_a_bound_a_person_shows_how_it_goes_on():
    bound = by_clause(extremes(loads(SCHEME), ["荣誉/发明"]))["荣誉/发明"].most
    assert bound.further is not None
    assert bound.person is not None
    first, second = (p.points("荣誉/发明") for p in (bound.further, bound.person))
    assert first is not None
    assert second is not None
    assert second.value > first.value


def test_the_ends_of_a_range_are_questions_of_their_own():
    policy = loads("""
    考核 q “考核” {
      满分 100 分
      项 1 满分 70 分 {
        事实 宣传：是否
        未开展 宣传：酌情扣分，最高 15 分
      }
      项 2 满分 30 分 { 事实 次数：计数（次） 每 1 次 次数 扣 10 分 }
    }
    """)
    total = by_clause(extremes(policy))[None]
    assert [total.most.value, total.least.value] == [100, 0]
    item = by_clause(extremes(policy))["1"]
    # no evidence leaves the item without points; with it, discretion takes 15 at most
    assert [item.most.value, item.sure_most.value] == [70, 70]
    assert [item.least.value, item.sure_least.value] == [0, 0]


def test_what_falls_as_a_fact_improves():
    policy = loads(SCHEME)
    found = {(m.clause, m.fact): m for m in monotone(policy)}
    assert found["基础/社保", "社保月数"].direction == "rising"
    assert found["失管/违章", "违章次数"].direction == "falling"
    age = found["基础/年龄", "年龄"]
    assert [age.verdict, age.direction] == ["refuted", "mixed"]
    assert age.fall is not None
    older, oldest = age.fall
    assert [older.case.facts["年龄"], oldest.case.facts["年龄"]] == [40, 41]
    assert [str(p.points("基础/年龄")) for p in age.fall] == ["20", "5"]


def test_a_group_that_cannot_pass_a_line():
    policy = loads(SCHEME)
    line = Fraction(46)
    who = "居住证 为 否 且 学历 不高于 高中"
    found = can_reach(policy, condition_of(policy, who), line, text=who)
    assert found.verdict == "proved"  # 50 + 15 all the same: the group cap hides it
    who = "居住证 为 否 且 年龄 超过 40 岁 且 发明 为 0"
    found = can_reach(policy, condition_of(policy, who), line, text=who)
    assert [found.verdict, found.most.value] == ["refuted", 45]
    assert found.person is not None
    assert found.person.score.total.value == 45
    assert found.person.case.facts["居住证"] is False
    assert can_reach(policy, condition_of(policy, who), Fraction(45)).verdict == "proved"


def test_a_condition_that_nobody_meets():
    policy = loads(SCHEME)
    found = can_reach(policy, condition_of(policy, "年龄 超过 200 岁"), Fraction(1))
    assert found.verdict == "refuted"
    assert found.why is not None
    assert "没有" in found.why[0]


@pytest.mark.parametrize(
    "text", ["得分 超过 3", "年龄", "社保 超过 3", "} 指标 甲 { 加 5 分", "是 满分 3 分"]
)
def test_a_condition_that_is_none_is_refused(text: str):
    with pytest.raises(PolicyError) as problem:
        condition_of(loads(SCHEME), text)
    assert problem.value.diagnostics


def test_a_draft_that_takes_and_gives():
    old = loads(SCHEME)
    new = loads(SCHEME.replace("大专：8 分", "大专：5 分").replace(
        "指标 居住 { 居住证：加 5 分 }", "指标 居住 { 居住证：加 7 分 }"))  # fmt: skip
    found = differ(old, new)
    assert found.verdict == "refuted"
    assert found.gain is not None
    assert found.loss is not None
    assert [found.gain.difference, found.loss.difference] == [2, -3]
    assert found.loss.old.case.facts["学历"] == "大专"
    assert score_case(old, found.loss.old.case) == found.loss.old.score
    assert score_case(new, found.loss.new.case) == found.loss.new.score
    clauses = {x.clause: x.verdict for x in found.clauses}
    assert clauses["基础/学历"] == clauses["基础/居住"] == "refuted"
    assert clauses["基础/社保"] == "proved"


def test_written_in_another_way_but_the_same():
    """0.5 a month is 1.5 a quarter where every month counts in proportion."""
    one = loads("积分 a { 事实 月：计数（月） 指标 甲 上限 30 分 { 每 1 个月 月 加 0.5 分 } }")
    two = loads(
        "积分 b { 事实 月：计数（月） 指标 甲 { 每 1 季 月 加 1.5 分，不足 1 季 按比例计，最高 30 分 } }"
    )
    three = loads(
        "积分 c { 事实 月：计数（月） 指标 甲 { 每 1 季 月 加 1.5 分，不足 1 季 不计，最高 30 分 } }"
    )
    assert differ(one, two).verdict == "proved"
    found = differ(one, three)
    assert found.loss is not None
    assert found.loss.difference == -1


def test_equal_points_with_another_status_are_not_equal():
    text = "积分 a {{ 事实 假：是否，缺省 否 指标 甲 {{ 加 5 分 }} 效力 {{ 假：{status} }} }}"
    found = differ(loads(text.format(status="清零")), loads(text.format(status="永久失效")))
    assert found.verdict == "refuted"
    assert found.gain is not None
    assert found.gain.old.score.statuses != found.gain.new.score.statuses


def test_a_fact_that_is_declared_otherwise_is_undecided():
    one = loads("积分 a { 事实 甲：计数（次） 指标 甲 { 每 1 次 甲 加 1 分 } }")
    two = loads("积分 b { 事实 甲：是否 指标 甲 { 甲：加 1 分 } }")
    found = differ(one, two)
    assert found.verdict == "undecided"
    assert found.why is not None


def test_yueqing_and_its_english_reprint_are_the_same_for_everybody(tmp_path):
    file = POLICIES / "yueqing" / "yueqing-2022.policy"
    printed = print_file(parse_text(file.read_text("utf-8")).file, "en")
    assert "points_scheme yueqing-2022" in printed
    copy = tmp_path / "reprint.policy"
    copy.write_text(printed, "utf-8")
    for sets in ((), ("yueqing-demo",)):
        found = differ(load("yueqing-2022", sets), load(copy, sets))
        assert found.verdict == "proved"
        assert all(x.verdict == "proved" for x in (*found.totals, *found.clauses))


def test_who_gains_and_who_loses_under_the_draft():
    old, new = load("yueqing-2022", ["yueqing-demo"]), load("yueqing-2023-draft", ["yueqing-demo"])
    found = differ(old, new)
    assert found.gain is not None
    assert found.gain.difference == 15  # of the bundled draft
    assert score_case(old, found.gain.old.case).total == found.gain.before
    assert score_case(new, found.gain.new.case).total == found.gain.after
    assert found.loss is None  # nobody loses: it is proved
    shared = differ(load("provincial-indicators-a"), load("provincial-indicators-a-draft"))
    assert shared.verdict == "refuted"


def test_seeded_differences_are_never_taken_for_equal():
    """Every number of the scheme changed by a little: found, or undecided, never equal."""
    policy = loads(SCHEME)
    seeds = [
        ("0.5 分", "0.4 分"), ("本科：10 分", "本科：9 分"), ("大专：8 分", "大专：8.5 分"),
        ("其他：2 分", "其他：1 分"), ("18 至 40", "18 至 39"), ("不足 18 岁", "不足 19 岁"),
        ("上限 30 分", "上限 29 分"), ("上限 50 分", "上限 49 分"), ("上限 8 分", "上限 9 分"),
        ("扣 3 分", "扣 2 分"), ("上限 15 分", "上限 20 分"), ("加 10 分", "加 9 分"),
        ("一票否决", "冻结"), ("居住证：加 5 分", "非 居住证：加 5 分"), ("缺省 0", "缺省 1"),
        ("其他：5 分", "其他：5.5 分"),
    ]  # fmt: skip
    for before, after in seeds:
        assert before in SCHEME
        other = loads(SCHEME.replace(before, after))
        assert differ(policy, other).verdict == "refuted", (before, after)
    assert differ(policy, loads(SCHEME)).verdict == "proved"


def test_time_is_limited():
    found = extremes(load("yueqing-2022", ["yueqing-demo"]), seconds=0.000001)
    late = [x for x in found if x.most.verdict == "undecided"]
    assert late
    assert all("秒" in (x.most.why or ("", ""))[0] for x in late)


def test_dates_make_a_consistent_person():
    policy = loads("""
    积分 d {
      事实 出生日期：日期
      事实 年龄：整数（岁） = 周岁（出生日期，评定日）
      事实 成年：是否 = 出生日期 早于 2006-01-01
      指标 甲 { 年龄 达到 18 岁：加 5 分 }
      指标 乙 { 成年：加 5 分 }
      指标 丙 { 年龄 不足 18 岁 且 成年：加 100 分 }
    }
    """)
    from datetime import date

    # on this day everybody born before 2006 is 18: nobody gets the hundred points
    found = by_clause(extremes(policy, day=date(2024, 6, 30)))
    assert found[None].most.value == 10
    early = by_clause(extremes(policy, day=date(2020, 6, 30)))
    assert early[None].most.value == 105
    person = early[None].most.person
    assert person is not None
    assert date(2002, 6, 30) < person.case.facts["出生日期"] < date(2006, 1, 1)  # type: ignore[operator]


def test_a_spouse_and_a_household_are_facts_of_their_own():
    policy = loads("""
    积分 h {
      事实 社保月数：计数（月），范围 0 至 24
      事实 房产：计数（套），范围 0 至 3
      指标 本人 { 每 1 个月 社保月数 加 1 分 }
      指标 爱人 { 配偶 的 社保月数 达到 12 个月：加 10 分 }
      指标 住房 { 家庭合计（房产） 达到 2 套：加 7 分 }
    }
    """)
    total = by_clause(extremes(policy))[None]
    assert [total.most.verdict, total.most.value] == ["proved", 41]
    person = total.most.person
    assert person is not None
    assert person.score.total.value == 41
