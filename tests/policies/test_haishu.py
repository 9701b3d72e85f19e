"""Haishu's points scheme of 2022 against its drafting note, and with the demonstration set.

What the note states was read from it by hand: numbers of indicators, maxima of the three
tiers, seven names, ways of review, supersession, penalties.  All else must stay open.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from tests.applicants import HOUSEHOLD, ROLE, facts, households, months_since, rows
from tests.policies.worked import hold_examples

from policydsl.model import Policy, load
from policydsl.model.expressions import Constant
from policydsl.model.rules import OpenPoints, is_open
from policydsl.scoring.cases import Case
from policydsl.scoring.exact import Evaluator
from policydsl.scoring.ranges import Range
from policydsl.scoring.ranking import rank

LIST = "haishu-applicants.csv"
PROVINCIAL, MUNICIPAL, DISTRICT = "省级共性指标", "市级共性指标", "区级个性指标"
DEDUCTIONS = "市级扣分指标"
TIERS = {
    PROVINCIAL: (100, 5, "全省"),
    MUNICIPAL: (150, 10, "全市"),
    DISTRICT: (50, 7, "仅限海曙区"),
}
DISTRICT_NAMES = [
    "表彰奖励", "岗位贡献", "居住登记", "党员管理", "退役军人", "疫苗接种", "书香阅读",
]  # fmt: skip
ASSUMED = {
    PROVINCIAL: {"年龄": 20, "文化程度": 10, "职业技能": 10, "缴纳社保": 30, "居住时间": 30},
    MUNICIPAL: {
        "就业": 10, "住房": 20, "紧缺岗位": 15, "投资纳税": 25, "带动就业": 15, "发明创造": 15,
        "表彰奖励": 15, "参与公益": 15, "无偿献血": 10, "无偿捐献": 10,
    },
    DISTRICT: dict(zip(DISTRICT_NAMES, (10, 10, 5, 5, 5, 5, 10), strict=True)),
}  # fmt: skip


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load("haishu-2022")


@pytest.fixture(scope="module")
def assumed() -> Policy:
    return load("haishu-2022", ["haishu-demo"])


def exactly(points: str | int) -> Range:
    return Range.exactly(Fraction(points))


# -- the note ---------------------------------------------------------------------


def test_three_tiers_make_three_hundred(policy: Policy):
    root = policy.roots[0]
    assert root.full_marks == 300
    groups = {c.label: c for c in root.children if c.kind == "group"}
    assert list(groups) == list(TIERS)
    for label, (maximum, count, recognition) in TIERS.items():
        group = groups[label]
        assert (group.full_marks, group.recognition) == (Fraction(maximum), recognition)
        assert len(group.children) == count
    assert [c.label for c in groups[DISTRICT].children] == DISTRICT_NAMES
    (deductions,) = [c for c in root.children if c.kind == "deductions"]
    assert [c.label for c in deductions.children] == ["违法失信", "违法犯罪"]
    assert policy.diagnostics == ()


def test_no_indicator_has_a_figure(policy: Policy):
    for group, (_, count, _) in TIERS.items():
        items = policy.clauses[group].children
        assert len(items) == count
        for item in items:
            assert isinstance(item.full_marks, OpenPoints), item.id
            assert [is_open(rule) for rule in item.rules] == [True], item.id
            assert item.review == (), item.id
    for item in policy.clauses[DEDUCTIONS].children:
        assert all(is_open(rule) for rule in item.rules)


def test_borrowed_names_are_marked_as_borrowed(policy: Policy):
    """Only the seven district names stand in the note."""
    for item in policy.items:
        borrowed = not item.id.startswith(DISTRICT)
        assert ("名称见" in (item.locator or "")) == borrowed, item.id
    for group in (PROVINCIAL, MUNICIPAL, DEDUCTIONS):
        assert any("名称取自" in doubt for doubt in policy.clauses[group].doubts)
    assert not any("名称" in doubt for doubt in policy.clauses[DISTRICT].doubts)


def test_names_that_the_note_does_not_hold(policy: Policy, sources_dir: Path):
    text = (sources_dir / "haishu-drafting-note-2022.txt").read_text("utf-8")
    for name in DISTRICT_NAMES:
        assert f"“{name}”" in text
    # Municipal names that are also in the note's prose for another reason.
    elsewhere = {"就业", "住房", "表彰奖励"}
    for item in policy.clauses[MUNICIPAL].children:
        assert (item.label in text) <= (item.label in elsewhere), item.label
    for figure in ("300分", "总分100分", "总分150分", "总分50分", "设2个扣分指标", "设10个指标"):
        assert figure in text


def test_what_the_document_says_of_itself(policy: Policy):
    meta = policy.meta
    assert meta.replaces == ("haishu-2017",)
    assert len(meta.legal_basis) == 3
    assert meta.in_force is not None
    assert meta.in_force.after_unit is not None
    assert (meta.in_force.after, meta.in_force.after_unit.symbol) == (Fraction(30), "日")
    for period in (meta.issued, meta.expires):
        assert period is not None
        assert period.open
    assert len(meta.transition) == 3
    # Three ways of review, and which indicator is reviewed in which way is not said.
    ways = next(note for note in policy.notes if "评分方式有三种" in note)
    assert all(way in ways for way in ("自动", "材料", "人工"))
    assert any("评分方式" in doubt for doubt in policy.doubts)


def test_who_may_apply(policy: Policy):
    evaluator = Evaluator(policy)
    for lives_here, permit, recognised, wanted in (
        (True, True, False, True), (True, False, False, False),
        (False, True, False, False), (False, False, True, True),
    ):  # fmt: skip
        known = {"在本区居住": lives_here, "持有居住证": permit, "符合省内互认条件": recognised}
        assert evaluator.score(Case("某人", known)).eligible is wanted, known


def test_scenes_and_deadline_stay_open(policy: Policy):
    assert [s.name for s in policy.scenes] == ["义务教育", "公租房", "落户"]
    for scene in policy.scenes:
        assert (scene.quota, scene.quota_set_by, scene.ties) == (None, None, "open")
        assert (scene.keys, scene.keys_open, scene.household) == ((), True, None)
    assert [d.name for d in policy.deadlines] == ["旧指标停用", "旧指标停用", "复核"]
    assert all((d.number, d.date) == (None, None) for d in policy.deadlines)


def test_a_score_is_a_range_until_falsification(policy: Policy):
    evaluator = Evaluator(policy)
    known: dict[str, Constant] = {
        "在本区居住": True, "持有居住证": True, "年龄": Fraction(30), "文化程度": "本科",
    }  # fmt: skip
    score = evaluator.score(Case("某人", known))
    assert score.total == Range(Fraction(0), Fraction(300))
    assert {r.kind for r in score.reasons} >= {"open"}
    false = evaluator.score(Case("某人", known | {"提供虚假材料": True}))
    assert false.total == exactly(0)
    assert false.statuses == ("zeroed",)


def test_examples_hold(policy: Policy):
    hold_examples(policy, 3)


# -- with the demonstration set -----------------------------------------------------


def test_assumed_maxima_add_up(assumed: Policy):
    for group, maxima in ASSUMED.items():
        clause = assumed.clauses[group]
        assert {c.label: c.full_marks for c in clause.children} == maxima
        assert sum(maxima.values()) == clause.full_marks == TIERS[group][0]
    assert assumed.diagnostics == ()


def test_nothing_that_scores_is_open_any_more(assumed: Policy):
    assert not [c.id for c in assumed.clauses.values() if c.open]
    for scene in assumed.scenes:
        assert scene.quota is not None
        assert scene.ties != "open"
        assert not scene.keys_open


def test_every_changed_clause_names_the_set_and_its_reason(assumed: Policy):
    for item in assumed.items:
        assert {c.assumption for c in item.closings} == {"haishu-demo"}, item.id
        for closing in item.closings:
            assert "假定" in closing.reason, item.id
    for scene in assumed.scenes:
        assert scene.closings


def test_one_applicant_by_hand(assumed: Policy):
    row = next(r for r in rows(LIST) if r[HOUSEHOLD] == "G01" and r[ROLE] == "配偶")
    score = Evaluator(assumed).score(Case("G01", facts(assumed, row)))
    wanted = {
        "省级共性指标/年龄": "20",  # 35 years
        "省级共性指标/文化程度": "10",  # 本科
        "省级共性指标/职业技能": "10",  # 中级职称
        "省级共性指标/缴纳社保": "30",  # 96 months
        "省级共性指标/居住时间": "26.25",  # 105 months
        "市级共性指标/就业": "10",
        "市级共性指标/住房": "20",
        "市级共性指标/紧缺岗位": "15",
        "市级共性指标/无偿献血": "3",  # 600 ml: 1 + 4 × 0.5
        "区级个性指标/居住登记": "5",
        "区级个性指标/党员管理": "5",
        "区级个性指标/疫苗接种": "5",
        "区级个性指标/书香阅读": "3",  # 36 books
    }
    for item in assumed.items:
        assert score.parts[item.id] == exactly(wanted.get(item.id, "0")), item.id
    assert score.total == exactly("162.25")
    assert score.assumptions


@pytest.mark.parametrize(
    ("known", "status"),
    [({"失信被执行人": True}, "frozen"), ({"刑事犯罪记录": True}, "frozen")],
)
def test_offences_freeze(assumed: Policy, known: dict[str, Constant], status: str):
    base: dict[str, Constant] = {
        "年龄": Fraction(30), "社保月数": Fraction(60), "居住月数": Fraction(120),
    }  # fmt: skip
    score = Evaluator(assumed).score(Case("某人", base | known))
    assert score.statuses == (status,)
    # Frozen points are kept but cannot be used: 20 + 30 + 30, less 20 for the defaulter.
    assert score.points == exactly(60 if "失信被执行人" in known else 80)
    assert score.total == exactly(0)


@pytest.mark.parametrize(("times", "points"), [(0, 80), (1, 70), (3, 50), (9, 50)])
def test_penalties_deduct_up_to_thirty(assumed: Policy, times: int, points: int):
    known = {
        "年龄": Fraction(30), "社保月数": Fraction(60), "居住月数": Fraction(120),
        "行政处罚次数": Fraction(times),
    }  # fmt: skip
    assert Evaluator(assumed).score(Case("某人", known)).total == exactly(points)


def test_over_sixty_is_assumed_to_get_nothing(assumed: Policy):
    for age, points in ((60, 5), (61, 0)):
        score = Evaluator(assumed).score(Case("某人", {"年龄": Fraction(age)}))
        assert score.parts["省级共性指标/年龄"] == exactly(points)


def test_list_of_applicants(assumed: Policy):
    applicants = rows(LIST)
    assert len(applicants) == 10
    for row in applicants:
        assert int(row["居住月数"]) == months_since(row["居住登记日期"]), row


def test_places_at_school(assumed: Policy):
    result = rank(assumed, households(assumed, LIST), "义务教育")
    found = [(p.case, str(p.points), p.rank, p.outcome) for p in result.placements]
    assert found == [
        ("G01", "162.25", 1, "admitted"),
        ("G06", "151.75", 2, "admitted"),
        ("G05", "128.75", 3, "admitted"),
        ("G02", "116.75", 4, "admitted"),
        ("G03", "116.75", 4, "admitted"),
        ("G07", "36.5", 6, "not_admitted"),
        ("G04", "0", None, "not_eligible"),
        ("G08", "0", None, "not_eligible"),
    ]
    assert (result.quota, result.ties, result.tied_at_line) == (4, "admit_all", 2)
    assert {p.case for p in result.placements if "配偶" in p.chosen} == {"G01", "G05"}
    assert any(r.assumption == "haishu-demo" for r in result.reasons)


def test_places_for_settling_take_the_applicant_alone(assumed: Policy):
    result = rank(assumed, households(assumed, LIST), "落户")
    admitted = [p.case for p in result.placements if p.outcome == "admitted"]
    # Two tie for the second place, and the set admits none of them.
    assert admitted == ["G06"]
    assert result.tied_at_line == 2
