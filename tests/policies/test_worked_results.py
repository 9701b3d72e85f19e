"""What the encoded documents must show, worked out by hand: one test for each promise.

The policy files have tests of their own; here stand only the results that a reader of the five
documents would check first.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from policydsl.model import Policy, bundled, load, loads
from policydsl.model.policy import Clause
from policydsl.scoring.cases import Case
from policydsl.scoring.exact import Evaluator, Score, score_case
from policydsl.scoring.ranges import Range

BEILUN, OLDER = "beilun-departments", "beilun-centre-older"
A, B = "provincial-indicators-a", "provincial-indicators-b"


def everything_failed(policy: Policy, unit: str) -> Case:
    """Nothing was done, every rate is at its worst, every count is as high as it can be."""
    facts: dict[str, object] = {}
    for name, fact in policy.facts.items():
        if fact.kind == "yes_no":
            facts[name] = False
        elif fact.is_number:
            # a count of what was left undone is high, a rate that should be high is low
            worst = fact.low or Fraction(0)
            if fact.kind == "count":
                worst = fact.high if fact.high is not None else Fraction(1000)
            facts[name] = worst
    facts["录用信息篇数"] = Fraction(0)  # the one count of which more is better
    return Case(unit, facts, unit=unit)  # type: ignore[arg-type]  # values of the facts' kinds


# -- sums ----------------------------------------------------------------------------------------


def full_marks(clause: Clause) -> Fraction:
    assert isinstance(clause.full_marks, Fraction)
    return clause.full_marks


def test_the_tables_add_up_as_computed_not_as_declared() -> None:
    departments = load(BEILUN)
    assert sum(full_marks(c) for c in departments.clauses["基础工作"].children) == 30
    assert len(departments.units) == 34
    for unit in departments.units:
        assert sum(full_marks(c) for c in departments.clauses[unit].children) == 70
    older = load(OLDER)
    streets, units = older.roots
    assert [sum(full_marks(c) for c in g.children) for g in streets.children if g.kind == "group"] == [
        18, 32, 20, 20, 10,
    ]  # fmt: skip
    tables = [c for c in units.children if c.kind == "unit"]
    assert [sum(full_marks(c) for c in t.children) for t in tables] == [70] * 13
    for id_, parts in (("haishu-2022", [100, 150, 50]), ("yueqing-2022", [100, 200])):
        root = load(id_).roots[0]
        groups = [full_marks(c) for c in root.children if c.kind == "group"]
        assert groups == parts
        assert root.full_marks == sum(parts) == 300


# -- Beilun --------------------------------------------------------------------------------------


def test_forty_two_of_fifty_six_items_are_left_to_discretion() -> None:
    """Counted by scoring each of the 34 departments with everything undone."""
    policy = load(BEILUN)
    evaluator = Evaluator(policy)
    items, discretionary = {}, set()
    for unit in policy.units:
        score = evaluator.score(everything_failed(policy, unit))
        for id_ in score.parts:
            if policy.clauses[id_].is_item and id_.startswith(f"{unit}/"):
                items[id_] = full_marks(policy.clauses[id_])
        discretionary |= {r.clause for r in score.reasons if r.kind == "discretionary"} & set(items)
        for id_ in discretionary & set(score.parts):
            assert score.parts[id_] == Range(Fraction(0), items[id_])
    assert len(items) == 56
    assert sum(items.values()) == 2380
    assert len(discretionary) == 42
    assert sum(items[id_] for id_ in discretionary) == 2080


def test_a_department_that_did_nothing_countable_keeps_its_guaranteed_points() -> None:
    policy = load(BEILUN)
    score = score_case(policy, everything_failed(policy, "区经济和信息化局"))
    assert score.parts["区经济和信息化局/1"] == Range.exactly(20)
    assert score.parts["区经济和信息化局/2"] == Range.exactly(30)
    assert score.parts["区经济和信息化局"] == Range.exactly(50)
    assert policy.clauses["区经济和信息化局"].full_marks == 70
    assert score.parts["基础工作"] == Range.exactly(0)


@pytest.mark.parametrize(
    ("rate", "left"), [("95", 20), ("94.9", 20), ("94", 18), ("93.5", 18), ("93", 16), ("85", 0)]
)
def test_part_percentage_points_rest_on_an_assumption(rate: str, left: int) -> None:
    policy = load(BEILUN)
    case = Case("公安", {"出租房屋登记率": Fraction(rate), "业务培训": True}, unit="公安分局")
    score = score_case(policy, case)
    assert score.parts["公安分局/1"] == Range.exactly(left)
    text = "原文没有写不足一个百分点如何计"
    named = [r.clause for r in score.reasons if r.kind == "assumption" and r.zh == text]
    assert ("公安分局/1" in named) == (Fraction(rate) < 95)
    assert (text in score.assumptions) == bool(named)


def test_without_its_papers_a_department_gets_nothing_where_it_starts_at_full_marks() -> None:
    policy = load(BEILUN)
    score = score_case(policy, Case("公安", {}, unit="公安分局"))
    assert score.parts["公安分局"] == Range.exactly(0)
    missing = {r.fact for r in score.reasons if r.kind == "missing" and r.clause == "公安分局/1"}
    assert missing == {"出租房屋登记率", "业务培训"}


def test_the_older_edition_leaves_the_year_end_blend_open_until_somebody_assumes_it() -> None:
    policy = load(OLDER)
    case = Case("海防", {"督查成绩": Fraction(90)}, entity="街道")
    score = score_case(policy, case)
    blend = score.blends["年终考核"]
    assert blend is not None
    assert not blend.is_exact
    assert any(r.kind == "open" and r.clause == "年终考核" for r in score.reasons)
    closed = score_case(load(OLDER, ["beilun-older-blend"]), case)
    found = closed.blends["年终考核"]
    assert found is not None
    assert found.is_exact == closed.total.is_exact
    assert any(r.assumption == "beilun-older-blend" for r in closed.reasons)


# -- the province's five indicators ------------------------------------------------------------------

WORKED = [
    (34, "高中", "无", 30, 48, "52"),
    (52, "高中", "五级", 60, 120, "76"),
    (27, "本科", "二级", 24, 24, "58"),
    (40, "大专", "四级", 59, 119, "92.25"),
]


def applicant(
    age: int, education: str, skill: str, insured: int, resident: int, speciality: str = "无"
) -> Case:
    return Case(
        "申请人",
        {
            "年龄": Fraction(age), "文化程度": education, "技能等级": skill, "职称": "无",
            "专项职业能力": speciality, "社保月数": Fraction(insured), "居住月数": Fraction(resident),
        },
    )  # fmt: skip


@pytest.mark.parametrize(("age", "education", "skill", "insured", "resident", "points"), WORKED)
def test_the_four_worked_cases(
    age: int, education: str, skill: str, insured: int, resident: int, points: str
) -> None:
    case = applicant(age, education, skill, insured, resident)
    score = score_case(load(A), case)
    assert score.total == Range.exactly(Fraction(points))
    assert not score.reasons


def test_the_two_copies_differ_exactly_in_two_places() -> None:
    """Education up to upper secondary, and the speciality certificate of the higher kind."""
    first, second = Evaluator(load(A)), Evaluator(load(B))
    differences: dict[tuple[str, str], tuple[str, str]] = {}
    for education in load(A).facts["文化程度"].values:
        for speciality in ("无", "普通", "高级"):
            case = applicant(30, education, "无", 12, 12, speciality)
            a, b = first.score(case).parts, second.score(case).parts
            assert set(a) == set(b)
            changed = {id_.rsplit("/", 1)[-1] for id_ in a if a[id_] != b[id_]}
            assert changed <= {"文化程度", "职业技能", "省级共性指标"}
            for label, given in (("文化程度", education), ("职业技能", speciality)):
                if label in changed:
                    id_ = f"省级共性指标/{label}"
                    differences[label, given] = (str(a[id_]), str(b[id_]))
    # the second copy does not say what less than a college diploma gives
    assert differences == {
        ("文化程度", "小学以下"): ("5", "0～10"),
        ("文化程度", "初中"): ("5", "0～10"),
        ("文化程度", "高中"): ("5", "0～10"),
        ("职业技能", "高级"): ("8", "3"),
    }
    # for ages, insurance and residence they agree everywhere
    for age in (16, 40, 41, 55, 60, 61):
        for months in (0, 1, 59, 60, 119, 120, 121):
            case = applicant(age, "本科", "二级", months, months)
            assert first.score(case).total == second.score(case).total


# -- what is missing and what is open -----------------------------------------------------------------


def test_a_missing_paper_gives_no_points_for_that_reason() -> None:
    policy = load(A)
    whole = applicant(34, "高中", "无", 30, 48)
    facts = {k: v for k, v in whole.facts.items() if k != "社保月数"}
    score = score_case(policy, Case("申请人", facts))
    assert score.total == Range.exactly(37)  # 52 less the 15 of the insurance
    (reason,) = score.reasons
    assert (reason.kind, reason.fact, reason.clause) == (
        "missing", "社保月数", "省级共性指标/缴纳社保",
    )  # fmt: skip
    assert reason.zh == "缴纳社保：未提供“社保月数”"


def test_an_open_number_gives_a_range() -> None:
    score = score_case(load(A), applicant(61, "本科", "二级", 60, 120))
    assert score.total == Range(Fraction(80), Fraction(100))
    assert [(r.kind, r.clause) for r in score.reasons] == [("open", "省级共性指标/年龄")]


@pytest.mark.parametrize(("id_", "groups"), [("haishu-2022", 3), ("yueqing-2022", 2)])
def test_empty_score_tables_give_the_range_that_the_text_allows(id_: str, groups: int) -> None:
    policy = load(id_)
    facts: dict[str, object] = {}
    for name, fact in policy.facts.items():
        if fact.kind == "yes_no":
            facts[name] = name in ("在本区居住", "持有居住证", "办理居住登记")
    score = score_case(policy, Case("申请人", facts))  # type: ignore[arg-type]  # all yes or no
    assert score.total == Range(Fraction(0), Fraction(300))
    shown = [c for c in policy.roots[0].children if c.kind == "group"]
    assert len(shown) == groups
    for group in shown:
        assert score.parts[group.id] == Range(Fraction(0), full_marks(group))
    assert {r.kind for r in score.reasons} == {"open"} | (
        {"veto"} if id_ == "yueqing-2022" else set()
    )  # fmt: skip


def test_where_no_bound_exists_it_says_so() -> None:
    score = score_case(loads("积分 t { 指标 甲 { 加 未载明 } }"), Case("x", {}))
    assert score.total == Range(Fraction(0), None)
    assert str(score.total) == "0～+∞"


def assumed_applicant(policy: Policy) -> Score:
    facts: dict[str, object] = {"在本区居住": True, "持有居住证": True, "办理居住登记": True}
    facts |= dict(applicant(34, "高中", "无", 30, 48).facts)
    return score_case(policy, Case("申请人", facts))  # type: ignore[arg-type]  # known kinds


@pytest.mark.parametrize(("id_", "set_"), [("haishu-2022", "haishu-demo"), ("yueqing-2022", "yueqing-demo")])  # fmt: skip
def test_an_assumption_set_makes_it_one_number_that_carries_its_name(id_: str, set_: str) -> None:
    assert bundled().find(set_) is not None
    score = assumed_applicant(load(id_, [set_]))
    assert score.total.is_exact
    assert score.parts["省级共性指标"] == Range.exactly(52)
    assert all(r.assumption == set_ for r in score.reasons if r.kind == "assumption")
    assert any(r.assumption == set_ for r in score.reasons)
    assert any(set_ in text for text in score.assumptions)
