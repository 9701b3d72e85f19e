"""Simulations against plain pandas code over the scored table, and the exact evaluator."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as s

import policydsl as pdl
from policydsl.scoring.columns.placing import OUTCOME_CODES, Ties
from policydsl.scoring.ranking import rank as rank_exactly
from policydsl.scoring.tables import cases_from_records
from policydsl.simulation import statistics as st
from policydsl.simulation.runs import Simulation, simulate
from policydsl.simulation.sheets import Settings
from policydsl.simulation.tables import tables_of

BASE = """
积分 base “测试用” {
  事实 社保月数：计数（月），范围 0 个月 至 60 个月
  事实 年龄：整数（岁），范围 16 岁 至 70 岁
  事实 学历：有序 { 小学 < 初中 < 大学 }
  事实 失信：是否，缺省 否
  指标 社保 上限 20 分 { 每 1 个月 社保月数 加 0.5 分 }
  指标 学历分 上限 10 分 { 按 学历 取分 { 大学：10 分；初中：5 分；小学：0 分 } }
  指标 表现 上限 10 分 { %s }
  效力 { 失信：冻结 }
  场景 入学 { 排序 总分 高者先，社保月数 高者先 名额 3 名 同分 %s }
}
"""
EXACT = BASE % ("年龄 低于 40 岁：加 4 分", "一并录取")
OPEN = BASE % ("年龄 低于 40 岁：酌情加分，最高 4 分", "未载明")


def draft_of(text: str) -> pdl.Policy:
    changed = text.replace("积分 base", "积分 draft").replace("加 0.5 分", "加 0.6 分")
    return pdl.loads(changed.replace("大学：10 分", "大学：8 分"))


def record(months: int, age: int, school: str, bad: bool, weight: int = 1) -> dict[str, Any]:
    return {"社保月数": months, "年龄": age, "学历": school, "失信": "是" if bad else "否",
            "权重": weight}  # fmt: skip


RECORDS = s.lists(
    s.builds(
        record, s.integers(0, 50), s.integers(30, 45), s.sampled_from(["小学", "初中", "大学"]),
        s.booleans(), s.integers(1, 3),
    ),
    min_size=1, max_size=12,
)  # fmt: skip


def frame(records: list[dict[str, Any]], repeat: bool = False) -> pd.DataFrame:
    """The records as a table, each as often as its weight says with ``repeat``."""
    made = pd.DataFrame(records)
    if repeat:
        made = made.loc[made.index.repeat(made["权重"])].drop(columns="权重")
    made = made.reset_index(drop=True)
    made.insert(0, "编号", [f"A{i}" for i in range(len(made))])
    return made


def simulated(
    records: list[dict[str, Any]], text: str = EXACT, repeat: bool = True, **options: Any
) -> Simulation:
    return simulate(
        pdl.loads(text), [draft_of(text)], frame(records, repeat), scene="入学", **options
    )


def figures(simulation: Simulation) -> dict[str, object]:
    """All tables as texts; they are what is compared.

    Who is listed case by case has a line for each row, under a name that here is its place in the
    table: what is said of the cases is compared, not of which and how often.
    """
    found: dict[str, object] = {name: t.rows for name, t in tables_of(simulation).items()}
    cases = tables_of(simulation)["cases"].rows
    return {**found, "cases": sorted({(row[0], *row[2:]) for row in cases}, key=str)}


# -- every figure, by plain code


@settings(max_examples=20, deadline=None)
@given(RECORDS, s.sampled_from([EXACT, OPEN]))
def test_scores_are_those_of_the_exact_evaluator(records: list[dict[str, Any]], text: str):
    table = frame(records, repeat=True)
    sim = simulated(records, text)
    for version, policy in enumerate((pdl.loads(text), draft_of(text))):
        exact = pdl.score(policy, table)
        total = sim.total(version)
        for end, column in ((total.low, "得分下限"), (total.high, "得分上限")):
            assert [Fraction(int(v), sim.scale) for v in end] == [
                Fraction(x) for x in exact[column]
            ]


@settings(max_examples=20, deadline=None)
@given(RECORDS, s.sampled_from([EXACT, OPEN]))
def test_distribution_and_changes_by_pandas(records: list[dict[str, Any]], text: str):
    sim = simulated(records, text, by="学历")
    table = frame(records, repeat=True)
    scores = [pdl.score(p, table) for p in (pdl.loads(text), draft_of(text))]
    plain = pd.DataFrame({
        "group": table["学历"],
        **{f"{end}{v}": scores[v][f"得分{zh}"].map(Fraction)
           for v in (0, 1) for end, zh in (("low", "下限"), ("high", "上限"))},
    })  # fmt: skip
    n = len(plain)
    for version in (0, 1):
        for end, found in zip(("low", "high"), sim.summary(version), strict=True):
            column = plain[f"{end}{version}"]
            mean = sum(column) / Fraction(n)
            assert found.mean == mean
            assert found.variance == sum((x - mean) ** 2 for x in column) / n
            assert found.quantiles[Fraction(1, 2)] == sorted(column)[(n - 1) // 2]
    down, up = plain["low1"] - plain["low0"], plain["high1"] - plain["high0"]
    change = sim.change(1)
    assert change.counts["gains"] == ((down >= 0) & (up >= 0) & ((down > 0) | (up > 0))).sum()
    assert change.counts["loses"] == ((down <= 0) & (up <= 0) & ((down < 0) | (up < 0))).sum()
    assert change.counts["unchanged"] == ((down == 0) & (up == 0)).sum()
    assert Fraction(change.gained, sim.scale) == sum(x for x in down if x > 0)
    assert Fraction(change.lost, sim.scale) == -sum(x for x in down if x < 0)
    for group, (label, own_change) in zip(sim.groups, sim.change_by(1), strict=True):
        own = plain[plain["group"] == label]
        assert group.label == label
        assert group.persons == own_change.size == len(own)
        assert group.ends[1].low.size == len(own)
        if len(own):
            mean = group.ends[1].low.mean()
            assert mean is not None
            assert mean / sim.scale == sum(own["low1"]) / Fraction(len(own))
    bands = [st.band_of(sim.total(v).low, sim.edges) for v in (0, 1)]
    counted = Counter(zip(bands[0].tolist(), bands[1].tolist(), strict=True))
    moved = sim.transitions(1)
    assert {(i, j): moved[i, j] for i, j in zip(*np.nonzero(moved), strict=True)} == counted


@settings(max_examples=20, deadline=None)
@given(
    RECORDS, s.sampled_from([EXACT, OPEN]), s.integers(0, 40),
    s.sampled_from(["admit_all", "admit_none", "lottery", "open"]),
)  # fmt: skip
def test_places_are_those_of_the_exact_ranking(
    records: list[dict[str, Any]], text: str, quota: int, ties: Ties
):
    sim = simulated(records, text, quota=quota, ties=ties, by="学历")
    table = frame(records, repeat=True)
    words: list[list[str]] = []
    for version, policy in enumerate((pdl.loads(text), draft_of(text))):
        found = rank_exactly(
            policy,
            cases_from_records(
                policy, [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]
            ).cases,
            "入学",
            quota,
            ties,
        )
        by_case = {p.case: p for p in found.placements}
        line = sim.line(version)
        assert line.line == found.line
        assert line.tied == found.tied_at_line
        outcomes = [OUTCOME_CODES[code] for code in sim.outcomes(version)]
        assert outcomes == [by_case[id_].outcome for id_ in table["编号"]]
        assert dict(line.outcomes) == {code: outcomes.count(code) for code in OUTCOME_CODES}
        words.append(outcomes)
        best, worst = sim.ranks[version]
        for place, id_ in enumerate(table["编号"]):
            wanted = by_case[id_].best or 0, by_case[id_].worst or 0
            assert (best[place], worst[place]) == wanted
        if line.line is not None:
            points = [Fraction(int(x), sim.scale) for x in sim.total(version).low]
            ranked = [p for p, o in zip(points, outcomes, strict=True) if o != "not_eligible"]
            assert line.below == max((p for p in ranked if p < line.line), default=None)
            assert line.above == min((p for p in ranked if p > line.line), default=None)
    codes = [[st.PLACES[i] for i in st.places_of(sim.outcomes(v))] for v in (0, 1)]
    counted = Counter(zip(*codes, strict=True))
    crossing = sim.crossing(1)
    for i, before in enumerate(st.PLACES):
        for j, after in enumerate(st.PLACES):
            assert crossing[i, j] == counted[before, after]
    assert sum(table.sum() for _, table in sim.crossing_by(1)) == len(words[0])


# -- what must not matter


@settings(max_examples=12, deadline=None)
@given(RECORDS, s.sampled_from([EXACT, OPEN]), s.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(records: list[dict[str, Any]], text: str, random: Any):
    shuffled = list(records)
    random.shuffle(shuffled)
    assert figures(simulated(records, text, by="年龄")) == figures(
        simulated(shuffled, text, by="年龄")
    )


@settings(max_examples=12, deadline=None)
@given(RECORDS, s.sampled_from([EXACT, OPEN]), s.integers(0, 20))
def test_weights_are_repetitions(records: list[dict[str, Any]], text: str, quota: int):
    weighted = simulated(records, text, repeat=False, by="学历", quota=quota)
    repeated = simulated(records, text, repeat=True, by="学历", quota=quota)
    assert figures(weighted) == figures(repeated)


@pytest.mark.parametrize("engine", ["numpy", "kernel"])
@pytest.mark.parametrize("threads", [1, 3])
def test_engines_and_threads_do_not_matter(
    engine: Any, threads: int, monkeypatch: pytest.MonkeyPatch
):
    if engine == "kernel":
        pytest.importorskip("numba")
    options: dict[str, Any] = {
        "n": 400, "assume": ["yueqing-demo"], "scene": "随迁子女入学", "quota": 30, "by": "文化程度"
    }  # fmt: skip
    wanted = simulate("yueqing-2022", ["yueqing-2023-draft"], "yangtze-delta-migrants", **options)
    # chunks of another size, too
    monkeypatch.setattr("policydsl.simulation.sheets.CHUNK", 37)
    monkeypatch.setattr("policydsl.scoring.columns.histograms.CHUNK", 53)
    found = simulate(
        "yueqing-2022", ["yueqing-2023-draft"], "yangtze-delta-migrants",
        settings=Settings(engine, threads), **options,
    )  # fmt: skip
    assert figures(found) == figures(wanted)


# -- corners


def test_everybody_ties():
    records = [record(10, 35, "初中", False)] * 5
    for ties, counts in {
        "admit_all": (5, 0), "admit_none": (0, 0), "lottery": (0, 5), "open": (0, 5)
    }.items():  # fmt: skip
        line = simulated(records, ties=ties, quota=2).line(0)
        assert (line.placed("in"), line.placed("maybe")) == counts
        assert line.tied == 5
        assert line.margin is None
    gini = simulated(records).summary(0)[0].gini
    assert gini == 0


def test_a_quota_larger_than_the_population_and_none_at_all():
    records = [record(10, 35, "初中", False), record(20, 35, "初中", True)]
    everybody = simulated(records, quota=99).line(0)
    assert (everybody.placed("in"), everybody.line) == (1, Fraction(14))
    assert everybody.outcomes["not_eligible"] == 1
    nobody = simulated(records, quota=0).line(0)
    assert (nobody.placed("in"), nobody.line) == (0, None)


def test_one_person_and_an_empty_group():
    sim = simulated([record(10, 35, "初中", False)], by="学历")
    assert [(g.label, g.persons) for g in sim.groups] == [("小学", 0), ("初中", 1), ("大学", 0)]
    assert sim.churn(1).moved == 0
    tables = tables_of(sim)
    groups = tables["groups"]
    assert groups.column("mean")[:2] == (None, None)
    assert sim.discretion(0).pairs == (0, 0)
    assert sim.admitted_by(0) == [0, 1, 0]


def test_each_treatment_of_ties_is_shown():
    records = [record(10, 35, "初中", False)] * 4 + [record(30, 35, "初中", False)]
    rows = tables_of(simulated(records, quota=3))["lines"].rows[:4]
    assert [(row[2], row[5], row[6]) for row in rows] == [
        ("一并录取", 5, 0), ("若不录取", 1, 0), ("若抽签", 1, 4), ("若未载明", 1, 4),
    ]  # fmt: skip


def test_ranks_within_discretion():
    records = [record(40, 45, "小学", False), record(34, 35, "小学", False)]
    sim = simulated(records, OPEN)
    # 20, and 17 to 21: which of them is first depends on an assessor
    assert [x.tolist() for x in sim.ranks[0]] == [[1, 1], [2, 2]]
    found = sim.discretion(0)
    assert (found.open, found.pairs) == (1, (1, 1))
    assert found.width.quantiles[Fraction(1)] == 4


def test_groups_by_cuts():
    ages = [18, 29, 30, 44, 45, 60]
    sim = simulated([record(1, age, "小学", False) for age in ages], by="年龄:30,45")
    assert [(g.label, g.persons) for g in sim.groups] == [("<30", 2), ("30–45", 2), ("≥45", 2)]


@pytest.mark.parametrize(
    ("by", "code"),
    [("年纪", "D442"), ("年龄:45,30", "S601"), ("年龄:x", "S601"), ("学历:3", "S601")],
)
def test_groups_that_cannot_be(by: str, code: str):
    with pytest.raises(pdl.PolicyError) as caught:
        simulated([record(1, 20, "小学", False)], by=by)
    assert caught.value.diagnostics[0].code == code


def test_an_unknown_scene_and_bad_data():
    table = frame([record(1, 20, "小学", False)])
    with pytest.raises(pdl.PolicyError) as caught:
        simulate(pdl.loads(EXACT), [], table, n=5)
    assert caught.value.diagnostics[0].code == "S605"
    with pytest.raises(pdl.PolicyError) as caught:
        simulate(pdl.loads(EXACT), [], table, scene="入园")
    assert caught.value.diagnostics[0].code == "S501"
    table["社保月数"] = ["很多"]
    with pytest.raises(pdl.PolicyError) as caught:
        simulate(pdl.loads(EXACT), [], table)
    assert caught.value.diagnostics[0].code.startswith("D4")


def test_without_a_scene_the_points_rank():
    base = pdl.loads(EXACT)
    two = replace(base, scenes=(base.scenes[0], replace(base.scenes[0], id="乙", name="乙")))
    table = frame([record(40, 45, "小学", False), record(10, 45, "小学", False)])
    sim = simulate(two, [], table, quota=1)
    assert sim.scored[0].scene.name == "按总分"
    assert sim.line(0).line == 20


# -- Yueqing


@pytest.fixture(scope="module")
def yueqing() -> pdl.SimulationResult:
    return pdl.simulate(
        "yueqing-2022", "yueqing-2023-draft", population="yangtze-delta-migrants", n=300,
        assume=["yueqing-demo"], scene="随迁子女入学", quota=20, by="文化程度",
    )  # fmt: skip


def test_yueqing_from_the_plain_scored_table(yueqing: pdl.SimulationResult):
    scored = yueqing.scored()
    n = len(scored)
    summary = yueqing.frame("summary").set_index("版本")
    for version, label in enumerate(scored.attrs["versions"]):
        column = scored[f"low_{version}"]
        assert (scored[f"high_{version}"] == column).all()
        mean = Fraction(sum(column)) / n
        assert (
            summary.loc[label, "均值"] == Decimal(round(mean * 10**4 + Fraction(1, 10**9))) / 10**4
        )
        assert summary.loc[label, "50% 分位"] == sorted(column)[(n - 1) // 2]
    histogram = yueqing.frame("histogram").set_index("得分")
    assert histogram["yueqing-2022"].sum() == n
    change = scored["low_1"] - scored["low_0"]
    changes = yueqing.frame("changes").set_index("组")
    assert changes.loc["全部", "受益"] == (change > 0).sum()
    assert changes.loc["全部", "受损"] == (change < 0).sum()
    for label, own in change.groupby(scored["group"], observed=False):
        assert changes.loc[label, "人数"] == len(own)
        assert changes.loc[label, "受益"] == (own > 0).sum()
    lines = yueqing.frame("lines")
    assert lines.loc[0, "有位"] == (scored["outcome_0"] == "录取").sum()
    crossed = yueqing.frame("crossings").query("组 == '全部'")
    entered = ((scored["outcome_0"] == "未录取") & (scored["outcome_1"] == "录取")).sum()
    rows = crossed[(crossed["原来"] == "无位") & (crossed["现在"] == "有位")]
    assert rows["户数"].sum() == entered
    churn = yueqing.frame("churn").iloc[0]
    both = (scored["rank_0"] > 0) & (scored["rank_1"] > 0)
    moved = both & (scored["rank_0"] != scored["rank_1"])
    assert (churn["两边都排"], churn["名次变动"]) == (both.sum(), moved.sum())


def test_yueqing_persons_have_the_scores_of_the_exact_evaluator(yueqing: pdl.SimulationResult):
    from policydsl.scoring.exact import Evaluator

    sim = yueqing.simulation
    for version in sim.numbers:
        evaluator = Evaluator(sim.versions[version].policy)
        for place in range(0, len(sim.people), 17):
            case = sim.people.case(version, int(sim.people.cases[place]))
            low = sim.total(version).low[place]
            assert evaluator.score(case).total.value == Fraction(int(low), sim.scale)


def test_caps_and_assumptions_by_the_exact_evaluator(yueqing: pdl.SimulationResult):
    from policydsl.scoring.exact import Evaluator

    sim = yueqing.simulation
    policy = sim.versions[0].policy
    evaluator = Evaluator(policy)
    scores = [evaluator.score(sim.people.case(0, int(row))) for row in sim.people.cases]
    for found in sim.caps(0):
        points = [abs(score.parts[found.clause].value) for score in scores]
        assert found.certain == found.possible == sum(p >= found.cap for p in points)
        assert found.nothing == sum(p == 0 for p in points)
        assert found.mean[0] == Fraction(sum(points)) / len(points)
    (resting,) = sim.resting(0)
    assert resting.assumption == "yueqing-demo"
    points = [
        sum((abs(score.parts[id_].value) for id_ in resting.clauses), Fraction(0))
        for score in scores
    ]
    assert resting.points == Fraction(sum(points)) / len(points)
    assert resting.share == 1


# -- Beilun


def test_beilun_departments_within_discretion():
    sim = simulate(
        "beilun-departments", [], "beilun-departments-results", n=34, quota=10, by="单位"
    )
    total = sim.total(0)
    best, worst = sim.ranks[0]
    low, high = total.low.tolist(), total.high.tolist()
    open_ = [i for i in range(len(low)) if low[i] < high[i]]
    assert open_, "some departments have items that an assessor decides"
    for i in range(len(low)):
        others = [j for j in range(len(low)) if j != i]
        assert best[i] == 1 + sum(low[j] > high[i] for j in others)
        assert worst[i] == 1 + sum(high[j] > low[i] for j in others)
    found = sim.discretion(0)
    assert found.open == len(open_)
    assert 0 < found.pairs[0] < found.pairs[1] == 34 * 33 // 2
    assert found.ranks.quantiles[Fraction(1)] == max(worst - best)
    assert len(sim.groups) == 34
