"""Contributions, sensitivity and typical persons, by scoring every variant as a text."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from typing import Any

import pandas as pd
import pytest

import policydsl as pdl
from policydsl.language import nodes as n
from policydsl.language.printing import print_file
from policydsl.scoring.columns.placing import Ties
from policydsl.simulation.contributions import contributions
from policydsl.simulation.quick import QuickBench
from policydsl.simulation.runs import Simulation, simulate
from policydsl.simulation.sensitivity import NEGATIVE, figures_in, sensitivity, with_figure
from policydsl.simulation.typical import typical
from policydsl.simulation.worth import Bench

TEXT = """
积分 {id} “测试用” {{
  事实 社保月数：计数（月），范围 0 个月 至 60 个月
  事实 志愿时长：计数（小时），范围 0 小时 至 100 小时
  事实 借阅册数：计数（次），范围 0 次 至 50 次
  上限 {cap} 分
  指标 社保 上限 30 分 {{ 每 1 个月 社保月数 加 {rate} 分 }}
  指标 志愿 上限 10 分 {{ 每 10 小时 志愿时长 加 {hours} 分 }}
  {reading}
  场景 入学 {{ 排序 总分 高者先 名额 3 名 同分 一并录取 }}
}}
"""
READING = "指标 阅读 上限 10 分 { 每 1 次 借阅册数 加 0.5 分 }"
PEOPLE = [(60, 0, 0), (50, 100, 5), (40, 30, 50), (20, 80, 10), (10, 10, 40), (0, 0, 0)]


def policy(id_: str = "base", *, cap: str = "40", rate: str = "0.5", hours: str = "1",
           reading: str = "") -> pdl.Policy:  # fmt: skip
    return pdl.loads(TEXT.format(id=id_, cap=cap, rate=rate, hours=hours, reading=reading))


def table() -> pd.DataFrame:
    return pd.DataFrame(PEOPLE, columns=["社保月数", "志愿时长", "借阅册数"])


def run(*drafts: pdl.Policy, **options: Any) -> Simulation:
    return simulate(policy(), drafts, table(), scene="入学", **options)


def mean_of(policy: pdl.Policy) -> Fraction:
    known = table()
    return Fraction(sum(map(Fraction, pdl.score(policy, known)["得分"]))) / len(PEOPLE)


def test_shapley_values_are_means_over_all_orders():
    changes = {"社保": {"rate": "0.8"}, "志愿": {"hours": "2"}, "阅读": {"reading": READING}}
    together = {key: value for each in changes.values() for key, value in each.items()}
    sim = run(policy("draft", **together))
    found = contributions(sim, 1)
    assert found.method == "shapley"
    wanted = dict.fromkeys(changes, Fraction(0))
    orders = list(permutations(changes))
    for order in orders:
        so_far: dict[str, str] = {}
        for name in order:
            before = mean_of(policy(**so_far))
            so_far |= changes[name]
            wanted[name] += (mean_of(policy(**so_far)) - before) / len(orders)
    named = {part.clause.split()[-1]: part.mean or Fraction(0) for part in found.parts}
    assert named == wanted
    assert found.whole.mean == mean_of(policy(**together)) - mean_of(policy())
    # nothing is left over, though the cap makes the changes depend on each other
    assert sum(named.values()) == found.whole.mean
    assert found.interaction.mean == 0
    assert len(set(wanted.values())) == 3


def test_many_changes_are_left_out_one_by_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("policydsl.simulation.contributions.EXACT", 1)
    sim = run(policy("draft", rate="0.8", hours="2"))
    found = contributions(sim, 1)
    assert found.method == "leave_one_out"
    whole = mean_of(policy(rate="0.8", hours="2"))
    wanted = [whole - mean_of(policy(hours="2")), whole - mean_of(policy(rate="0.8"))]
    assert [part.mean for part in found.parts] == wanted
    assert found.interaction.mean == whole - mean_of(policy()) - sum(wanted)


def test_nothing_and_one_thing_changed():
    alike = contributions(run(policy("draft")), 1)
    assert not alike.parts
    assert alike.whole.mean == 0
    one = contributions(run(policy("draft", rate="0.6")), 1)
    assert [part.mean for part in one.parts] == [one.whole.mean]


def test_changes_that_are_right_together_only_count_as_one():
    sim = simulate(
        "yueqing-2022", ["yueqing-2023-draft"], "yangtze-delta-migrants", n=100,
        assume=["yueqing-demo"], scene="随迁子女入学", quota=10,
    )  # fmt: skip
    found = contributions(sim, 1)
    # the group's full marks fall away because of the new indicator
    assert {part.clause for part in found.parts} == {
        "缴纳社保", "随迁子女入学", "书香阅读、乐清市级个性指标",
    }  # fmt: skip
    assert sum(part.mean or 0 for part in found.parts) == found.whole.mean


def test_each_number_one_step_up_and_down():
    sim = run()
    swings = sensitivity(sim)
    found = {(s.figure.clause, s.figure.what, s.figure.value): s for s in swings}
    base = mean_of(policy())
    rate = next(s for s in swings if s.figure.value == Fraction(1, 2))
    assert rate.figure.step == Fraction(1, 10)
    assert (rate.down.mean, rate.up.mean) == (
        mean_of(policy(rate="0.4")) - base, mean_of(policy(rate="0.6")) - base,
    )  # fmt: skip
    hours = next(s for s in swings if s.figure.clause == "志愿" and s.figure.unit == "分"
                 and s.figure.what.startswith("每"))  # fmt: skip
    assert hours.up.mean == mean_of(policy(hours="2")) - base
    line = sorted(Fraction(x) for x in pdl.score(policy(rate="0.6"), table())["得分"])[-3]
    assert rate.up.line == line - (sim.line(0).line or 0)
    assert [s.width for s in swings] == sorted((s.width for s in swings), reverse=True)
    # 每 1 个月 cannot become 每 0 个月
    month = next(s for s in swings if s.figure.unit == "月" and s.figure.value == 1)
    assert month.down.problem == "M238"
    assert month.down.mean is None
    places = [s for s in swings if s.figure.what.startswith("名额")]
    assert [s.up.admitted for s in places] == [1]
    assert len(found) == len(swings)


def test_a_number_is_changed_by_an_amendment_that_can_be_printed():
    sim = run()
    version = sim.versions[0]
    assert version.policy.document is not None
    figures = figures_in(version.policy.document, "入学")
    cap = next(f for f in figures if f.clause == "志愿" and f.what == "上限")
    amendment = with_figure(version, cap, Fraction(12))
    text = print_file(n.File((amendment,)))
    assert "修改" in text
    assert "上限 12 分" in text
    assert version.amended(amendment).clauses["志愿"].cap == 12
    assert NEGATIVE == "<0"


def test_typical_persons_and_why_they_change():
    sim = run(policy("draft", rate="0.6"))
    people = typical(sim)
    strata = [each for each in people if not each.stratum.endswith("的人")]
    assert sum(each.persons for each in strata) == len(PEOPLE)
    counts = sim.change(1).counts
    kinds = {each.stratum: each.persons for each in people if each not in strata}
    assert kinds["受益的人"] == counts["gains"]
    assert ("受损的人" in kinds) == (counts["loses"] > 0)
    for each in people:
        (changes,) = each.changes
        moved = each.totals[0] != each.totals[1]
        assert moved <= ("社保" in {change.clause for change in changes})
        for change in changes:
            assert change.clause == "社保"
            assert change.before is not None
            assert change.after is not None
            assert change.after.value == min(change.before.value * Fraction(6, 5), 30)
            assert any("0.6 分" in zh and "0.6 points" in en for zh, en in change.how_after)
    again = simulate(policy(), [policy("draft", rate="0.6")], table()[::-1], scene="入学")
    assert [(p.stratum, p.facts) for p in typical(again)] == [(p.stratum, p.facts) for p in people]


@pytest.mark.parametrize("quota", [0, 1, 7, 40, 150, 400])
@pytest.mark.parametrize("ties", ["admit_all", "admit_none", "lottery", "open"])
def test_a_worth_is_what_the_whole_ranking_says(quota: int, ties: Ties):
    sim = simulate(
        "yueqing-2022", [], "yangtze-delta-migrants", n=300, assume=["yueqing-demo"],
        scene="随迁子女入学", quota=quota, ties=ties, by="文化程度",
    )  # fmt: skip
    found = Bench(sim, 0).worth(sim.versions[0].policy)
    line = sim.line(0)
    assert (found.line, found.admitted) == (line.line, line.placed("in"))
    assert found.mean == found.mean_high == sim.summary(0)[0].mean
    assert list(found.admitted_by) == sim.admitted_by(0)


@pytest.mark.parametrize("ties", ["admit_all", "admit_none", "lottery", "open"])
def test_a_worth_where_many_are_level(ties: Ties):
    """Points in steps of ten, so that the further key decides among many."""
    text = """
    积分 level “同分” {
      事实 甲：计数（次），范围 0 次 至 9 次
      事实 乙：计数（次），范围 0 次 至 3 次
      指标 一 上限 30 分 { 每 3 次 甲 加 10 分 }
      场景 入学 { 家庭 就高 夫妻 排序 总分 高者先，乙 高者先 名额 12 名 同分 未载明 }
    }
    """
    rows = [
        {"编号": f"{home}-{role}", "户号": str(home), "角色": role, "甲": (home * 7 + k) % 10,
         "乙": (home * 5 + k) % 4, "权重": 1 + home % 3}
        for home in range(30) for k, role in enumerate(["本人", "配偶"])
    ]  # fmt: skip
    for quota in (0, 1, 5, 12, 20, 33, 59, 60, 80):
        sim = simulate(
            pdl.loads(text), [], pd.DataFrame(rows), scene="入学", quota=quota, ties=ties
        )
        found = Bench(sim, 0).worth(sim.versions[0].policy)
        line = sim.line(0)
        assert (found.line, found.admitted) == (line.line, line.placed("in"))


@pytest.mark.parametrize("quota", [3, 40, 1000])
@pytest.mark.parametrize("ties", ["admit_all", "open"])
def test_the_quick_way_leads_to_the_same_worth(quota: int, ties: Ties):
    """Every sixth number of a scheme with couples and keys, one step up and one down."""
    sim = simulate(
        "yueqing-2022", [], "yangtze-delta-migrants", n=300, assume=["yueqing-demo"],
        scene="随迁子女入学", quota=quota, ties=ties, by="文化程度",
    )  # fmt: skip
    quick, slow = QuickBench(sim, 0), Bench(sim, 0)
    version = sim.versions[0]
    assert version.policy.document is not None
    assert quick._quick(version.policy) == slow.worth(version.policy)
    changed = 0
    for figure in figures_in(version.policy.document, "随迁子女入学")[::6]:
        for value in (figure.value - figure.step, figure.value + figure.step):
            try:
                policy = version.amended(with_figure(version, figure, value))
            except pdl.PolicyError:
                continue
            found = slow.worth(policy)
            assert quick.worth(policy) == found
            changed += quick._quick(policy) is not None
    assert changed > 5


@pytest.mark.parametrize("keys", ["总分 高者先", "总分 高者先，志愿时长 低者先", "志愿时长 高者先"])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_quick_way_with_weights_and_other_scenes(keys: str, weighted: bool):
    def own(**more: str) -> pdl.Policy:
        text = TEXT.replace("总分 高者先", keys)
        return pdl.loads(text.format(**{"id": "base", "cap": "40", "rate": "0.5", "hours": "1",
                                        "reading": READING, **more}))  # fmt: skip

    people = table()
    if weighted:
        people["权重"] = [3, 0, 2, 5, 1, 4]
    for quota in (0, 1, 3, 6, 9, 20):
        sim = simulate(own(), [], people, scene="入学", quota=quota, by="志愿时长:20,60")
        assert (sim.weights is not None) == weighted
        quick, slow = QuickBench(sim, 0), Bench(sim, 0)
        for more in ({}, {"rate": "0.6"}, {"hours": "2"}, {"cap": "30"}, {"reading": ""}):
            assert quick.worth(own(**more)) == slow.worth(own(**more))
