"""The province's five shared indicators, in the two copies that third parties published.

The tables here were worked out by hand from the copies, not from the encodings.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from tests.policies.worked import hold_examples

from policydsl.model import Policy, bundled, load
from policydsl.model.rules import is_open
from policydsl.scoring.cases import Case
from policydsl.scoring.exact import Evaluator
from policydsl.scoring.ranges import Range

GROUP = "省级共性指标"
MAXIMA = {"年龄": 20, "文化程度": 10, "职业技能": 10, "缴纳社保": 30, "居住时间": 30}
A, B = "provincial-indicators-a", "provincial-indicators-b"


@pytest.fixture(scope="module", params=[A, B])
def either(request: pytest.FixtureRequest) -> Policy:
    return load(str(request.param))


@pytest.fixture(scope="module")
def rui_an() -> Evaluator:
    return Evaluator(load(A))


@pytest.fixture(scope="module")
def beilun() -> Evaluator:
    return Evaluator(load(B))


def part(evaluator: Evaluator, indicator: str, **known: str | int) -> Range:
    """Points of one indicator; whole numbers may be given as int."""
    given = {k: Fraction(v) if isinstance(v, int) else v for k, v in known.items()}
    return evaluator.score(Case("某人", given)).parts[f"{GROUP}/{indicator}"]


def test_five_indicators_add_up_to_a_hundred(either: Policy):
    root = either.roots[0]
    assert root.full_marks == 100
    (group,) = root.children
    assert (group.id, group.recognition) == (GROUP, "全省")
    assert group.full_marks == 100
    assert {c.label: c.full_marks for c in group.children} == MAXIMA
    assert [c.label for c in group.children] == list(MAXIMA)
    assert sum(MAXIMA.values()) == 100
    assert either.diagnostics == ()


@pytest.mark.parametrize(
    ("id_", "urls"),
    [
        (A, ["http://m.gansulong.com/c/013025FUH024.html"]),
        (
            B,
            [
                "http://m.hunanyuer.com/baike/techan/1293127.html",
                "http://jingyanla.com/a/13/051319E0Q2023.html",
            ],
        ),
    ],
)
def test_provenance_names_the_third_party(id_: str, urls: list[str]):
    policy = load(id_)
    assert all(url in (policy.meta.source or "") for url in urls)
    assert "第三方转载" in (policy.title or "")
    for period in (policy.meta.issued, policy.meta.in_force):
        assert period is not None
        assert period.open
    for clause in policy.clauses.values():
        if clause.id:
            assert "第三方转载" in (clause.locator or "")
            assert clause.summary


@pytest.mark.parametrize(
    ("age", "education", "skill", "insured", "resident", "points"),
    [
        (34, "高中", "无", 30, 48, "52"),  # 20 + 5 + 0 + 15 + 12
        (52, "高中", "五级", 60, 120, "76"),  # 8 + 5 + 3 + 30 + 30
        (27, "本科", "二级", 24, 24, "58"),  # 20 + 10 + 10 + 12 + 6
        (40, "大专", "四级", 59, 119, "92.25"),  # 20 + 8 + 5 + 29.5 + 29.75
    ],
)
def test_worked_cases(
    rui_an: Evaluator, beilun: Evaluator, age: int, education: str, skill: str, insured: int,
    resident: int, points: str,
):  # fmt: skip
    case = Case(
        "手算",
        {
            "年龄": Fraction(age), "文化程度": education, "技能等级": skill,
            "社保月数": Fraction(insured), "居住月数": Fraction(resident),
        },
    )  # fmt: skip
    expected = Fraction(points)
    assert rui_an.score(case).total == Range.exactly(expected)
    # The Beilun copy says nothing of 高中: from none to all ten points instead of five.
    silent = education == "高中"
    wanted = Range(expected - 5, expected + 5) if silent else Range.exactly(expected)
    assert beilun.score(case).total == wanted


@pytest.mark.parametrize("id_", [A, B])
def test_age_table(id_: str):
    evaluator = Evaluator(load(id_))
    for age in range(0, 61):
        points = 5 if age >= 55 else min(20, 5 + 55 - age)
        assert part(evaluator, "年龄", 年龄=age) == Range.exactly(points), age
    for age in (61, 75, 120):
        assert part(evaluator, "年龄", 年龄=age) == Range(Fraction(0), Fraction(20))


@pytest.mark.parametrize("id_", [A, B])
def test_months_fill_their_columns(id_: str):
    evaluator = Evaluator(load(id_))
    for months, insured, resident in (
        (0, "0", "0"), (1, "0.5", "0.25"), (59, "29.5", "14.75"), (60, "30", "15"),
        (119, "30", "29.75"), (120, "30", "30"), (400, "30", "30"),
    ):  # fmt: skip
        assert part(evaluator, "缴纳社保", 社保月数=months) == Range.exactly(Fraction(insured))
        assert part(evaluator, "居住时间", 居住月数=months) == Range.exactly(Fraction(resident))


def test_what_each_copy_leaves_open():
    open_ = {
        id_: {c.label for c in load(id_).items if any(map(is_open, c.rules))} for id_ in (A, B)
    }
    assert open_ == {A: {"年龄"}, B: {"年龄", "文化程度"}}
    # No lower age is stated: both copies say so as a doubt.
    for id_ in (A, B):
        doubts = load(id_).clauses[f"{GROUP}/年龄"].doubts
        assert any("18" in doubt for doubt in doubts)
    # Only one copy writes the cap of 20 into the rule; the other has it in the points column.
    assert any("分值栏" in d for d in load(A).clauses[f"{GROUP}/年龄"].doubts)
    assert "最高限 20 分" not in (load(A).clauses[f"{GROUP}/年龄"].summary or "")
    assert "最高限 20 分" in (load(B).clauses[f"{GROUP}/年龄"].summary or "")


def test_copies_differ_exactly_in_education_and_special_skill(rui_an: Evaluator, beilun: Evaluator):
    facts = rui_an.policy.facts
    educations, skills, titles, specials = (
        facts[name].values for name in ("文化程度", "技能等级", "职称", "专项职业能力")
    )
    for education in educations:
        left = part(rui_an, "文化程度", 文化程度=education)
        right = part(beilun, "文化程度", 文化程度=education)
        if education in ("小学以下", "初中", "高中"):
            assert (left, right) == (Range.exactly(5), Range(Fraction(0), Fraction(10)))
        else:
            assert left == right == Range.exactly(8 if education == "大专" else 10)
    by_skill = {"无": 0, "五级": 3, "四级": 5, "三级": 8, "二级": 10, "一级": 10}
    by_title = {"无": 0, "初级": 8, "中级": 10, "副高": 10, "正高": 10}
    assert (set(by_skill), set(by_title)) == (set(skills), set(titles))
    differing = set()
    for skill, title, special in product(skills, titles, specials):
        known = {"技能等级": skill, "职称": title, "专项职业能力": special}
        left, right = (part(x, "职业技能", **known) for x in (rui_an, beilun))
        best = max(by_skill[skill], by_title[title])
        assert left == Range.exactly(max(best, {"无": 0, "普通": 3, "高级": 8}[special]))
        assert right == Range.exactly(max(best, {"无": 0, "普通": 3, "高级": 3}[special]))
        if left != right:
            differing.add((skill, title, special))
    assert differing == {(skill, "无", "高级") for skill in ("无", "五级", "四级")}


def test_the_other_three_indicators_are_the_same_in_both():
    left, right = load(A), load(B)
    for name in ("缴纳社保", "居住时间"):
        assert left.clauses[f"{GROUP}/{name}"].rules == right.clauses[f"{GROUP}/{name}"].rules


def test_no_evidence_gives_no_points(rui_an: Evaluator):
    score = rui_an.score(Case("什么都没交"))
    assert score.total == Range.exactly(0)
    assert {r.kind for r in score.reasons} == {"missing"}


def test_examples_hold(either: Policy):
    hold_examples(either, 9)


def test_vocabulary_explains_every_concept_and_asks_for_nothing():
    _, found = bundled().compile("resident-vocabulary")
    assert found == []
    policy = load(A)
    facts = [f for f in policy.facts.values() if f.document == "resident-vocabulary"]
    assert len(facts) >= 40
    for fact in facts:
        assert fact.note, fact.name
        assert fact.english, fact.name
        assert fact.concept in policy.concepts, fact.name
        assert policy.concepts[fact.concept or ""]
        assert (fact.missing, fact.derived) == ("no_evidence", None), fact.name
        assert not any(c.isdigit() for c in fact.name)
    # A default stands only where no record means that nothing happened.
    assert {f.name for f in facts if f.default is not None} == {
        "中止月数", "居住证中止", "转入本市户籍", "提供虚假材料", "失信被执行人", "行政处罚次数",
        "刑事犯罪记录",
    }  # fmt: skip
