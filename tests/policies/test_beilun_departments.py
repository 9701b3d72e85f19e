"""The encoded assessment of Beilun's 34 departments against what the document says.

The tables here were read from the document by hand, not from the encoding.
"""

from __future__ import annotations

import csv
import re
from fractions import Fraction
from pathlib import Path

import pytest

from policydsl.model import Clause, Policy, load
from policydsl.model.expressions import facts_of
from policydsl.model.rules import Combined, FixedPoints, Flat, PerStep, Rule, Scale, nested

POLICIES = Path(__file__).resolve().parents[2] / "policies"
DEMO = POLICIES / "demo" / "beilun-departments.csv"

PARTY_ORGANISATION = "区委组织部（区“两新”工委）"
PUBLICITY = "区委宣传部（区新闻办、区文明办）"
UNITED_FRONT = "区委统战部（区民宗局）"

# Full marks of each item, in the order of the document.
ITEMS = {
    "区发展和改革局": (20, 25, 25),
    "区经济和信息化局": (30, 40),
    "区教育局": (40, 30),
    "区民政局": (50, 20),
    "区司法局": (40, 30),
    "区人力资源和社会保障局": (20, 20, 20, 10),
    "区住建局": (20, 30, 20),
    "区综合执法局": (70,),
    "区交通局": (70,),
    "公安分局": (20, 15, 20, 15),
    "区卫生健康局": (15, 15, 20, 20),
    "开发区商务局": (70,),
    "区文化和广电旅游体育局": (25, 20, 25),
    "区市场监管局": (70,),
    "区应急管理局": (20, 30, 20),
    "区社会治理中心": (70,),
    PARTY_ORGANISATION: (70,),
    PUBLICITY: (40, 30),
    UNITED_FRONT: (70,),
    "区信访局": (70,),
    "区委编办": (70,),
    "区总工会": (70,),
    "团区委": (70,),
    "区妇联": (70,),
    "区财政局": (70,),
    "区科技局": (70,),
    "区审计局": (70,),
    "区统计局": (70,),
    "区农业农村局": (70,),
    "自然资源和规划分局": (70,),
    "生态环境分局": (70,),
    "区医疗保障局": (70,),
    "区大数据管理中心": (70,),
    "区传媒中心": (70,),
}

# The items with a stated amount: (how, points) of each rule.  "once" is lost at most once,
# "each" for every item, article or percentage point.
STATED = {
    "基础工作/1": [("each", -3)],
    "基础工作/2": [("each", -4)],
    "基础工作/3": [("each", 2)],
    "区发展和改革局/1": [("once", -5)],
    "区发展和改革局/3": [("once", -10)],
    "区经济和信息化局/1": [("once", -10)],
    "区经济和信息化局/2": [("once", -10)],
    "区人力资源和社会保障局/2": [("once", -5)],
    "区人力资源和社会保障局/3": [("once", -10)],
    "区人力资源和社会保障局/4": [("once", -5), ("once", -5)],
    "区住建局/1": [("once", -10)],
    "区住建局/2": [("each", -10)],
    "公安分局/1": [("each", -2), ("once", -5)],
    "公安分局/2": [("each", -5)],
    "公安分局/3": [("each", -5), ("each", -5), ("each", -5)],
    "公安分局/4": [("once", -5), ("once", -5), ("once", -5)],
    "区卫生健康局/2": [("once", -10)],
}

# What a total failure still leaves.
GUARANTEED = {
    "区发展和改革局/1": 15,
    "区发展和改革局/3": 15,
    "区经济和信息化局/1": 20,
    "区经济和信息化局/2": 30,
    "区人力资源和社会保障局/2": 15,
    "区人力资源和社会保障局/3": 10,
    "区住建局/1": 10,
    "区卫生健康局/2": 5,
}

# Measurable thresholds of items that do not price them.
TARGETS = {
    "区教育局/1": [("义务教育普及率", ">=", 100)],
    "区教育局/2": [("教育培训占比", ">=", 12), ("每学期宣教课时", ">=", 6)],
    "区人力资源和社会保障局/2": [("劳动争议案件结案率", ">=", 90)],
    "区综合执法局/1": [("环卫燃气课件课时", ">=", 2)],
    "公安分局/1": [("业务培训次数", ">=", 2)],
    "公安分局/2": [(None, None, None)],  # below last year's rate: no number
    "区卫生健康局/3": [("孕产妇保健覆盖率", ">=", 95)],
    "区卫生健康局/4": [("严重精神障碍患者规范管理率", ">=", 95), ("规律服药率", ">=", 90)],
    "区文化和广电旅游体育局/2": [("全区性文体活动次数", ">=", 1)],
    "区市场监管局/1": [("食品特种设备课件课时", ">=", 2)],
    "区应急管理局/2": [("安全生产课件课时", ">=", 3)],
    f"{PUBLICITY}/1": [("文明行为课件课时", ">=", 4)],
    f"{PUBLICITY}/2": [("有党报报道季度数", ">=", 4)],
    "区总工会/1": [("积分疗养名额", ">=", 20)],
    "区传媒中心/1": [("新区时刊报道月数", ">=", 12)],
}

READINGS = {
    "基础工作/3": "信息价2分",
    "公安分局/4": "今鲜源工作",
    "区卫生健康局/4": "规律管理率",
    f"{PARTY_ORGANISATION}/1": "二新组织",
    PUBLICITY: "区、新闻办",
    "自然资源和规划分局/1": "为落实",
    "生态环境分局/1": "为落实",
}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load(POLICIES / "beilun" / "beilun-departments.policy")


def department_items(policy: Policy) -> list[Clause]:
    return [item for unit in policy.units for item in policy.clauses[unit].children]


def stated(rule: Rule) -> tuple[str, int]:
    action = rule.action
    assert isinstance(action, Flat | PerStep)
    assert isinstance(action.points, FixedPoints)
    assert action.points.value.denominator == 1
    return "once" if isinstance(action, Flat) else "each", action.sign * int(action.points.value)


def test_compiles_without_findings(policy: Policy) -> None:
    assert [d.render() for d in policy.diagnostics] == []


def test_meta(policy: Policy) -> None:
    assert policy.id == "beilun-departments"
    assert policy.meta.region == "北仑区"
    assert policy.meta.replaces == ("beilun-centre-older",)
    assert policy.meta.issued is not None
    assert policy.meta.issued.open
    assert policy.roots[0].full_marks == 100
    assert len(policy.doubts) >= 3  # floor, cap and rounding are not in the text


def test_units_and_full_marks(policy: Policy) -> None:
    assert policy.units == tuple(ITEMS)
    assert len(policy.units) == 34
    for unit, marks in ITEMS.items():
        clause = policy.clauses[unit]
        assert clause.full_marks == 70 == sum(marks)
        assert [item.id for item in clause.children] == [
            f"{unit}/{number}" for number in range(1, len(marks) + 1)
        ]
        assert tuple(item.full_marks for item in clause.children) == marks


def test_counts(policy: Policy) -> None:
    items = department_items(policy)
    assert len(items) == 56
    assert sum(marks for row in ITEMS.values() for marks in row) == 34 * 70


def test_shared_part(policy: Policy) -> None:
    shared = policy.clauses["基础工作"]
    assert shared.kind == "common"
    assert shared.full_marks == 30
    assert [item.full_marks for item in shared.children] == [10, 10, 10]
    # the third is earned from 0, the others are lost from full marks
    assert [item.start for item in shared.children] == [None, None, Fraction(0)]


def test_discretion(policy: Policy) -> None:
    items = department_items(policy)
    discretionary = [item for item in items if item.discretionary]
    assert len(discretionary) == 42
    marks = [item.full_marks for item in discretionary]
    assert sum(m for m in marks if isinstance(m, Fraction)) == 2080
    assert {item.id for item in items} - {item.id for item in discretionary} == {
        id_ for id_ in STATED if not id_.startswith("基础工作")
    }
    wholly = [u for u in policy.units if all(i.discretionary for i in policy.clauses[u].children)]
    assert len(wholly) == 28


def test_discretionary_items_have_no_stated_amount(policy: Policy) -> None:
    for item in department_items(policy):
        if item.discretionary:
            amounts = [r for r in item.rules if isinstance(r.action, Flat)]
            assert not amounts, item.id


@pytest.mark.parametrize("id_", STATED)
def test_stated_amounts(policy: Policy, id_: str) -> None:
    assert [stated(rule) for rule in policy.clauses[id_].rules] == STATED[id_]


def test_guaranteed_points(policy: Policy) -> None:
    guaranteed = {}
    for item in policy.items:
        amounts = [stated(rule) for rule in item.rules] if item.id in STATED else []
        if amounts and all(how == "once" for how, _ in amounts):
            assert isinstance(item.full_marks, Fraction)
            left = item.full_marks + sum(points for _, points in amounts)
            if left > 0:
                guaranteed[item.id] = left
    assert guaranteed == GUARANTEED


def test_targets(policy: Policy) -> None:
    found = {
        clause.id: [(t.measure, t.operator, t.threshold) for t in clause.targets]
        for clause in policy.clauses.values()
        if clause.targets
    }
    assert found == TARGETS


def test_percentage_point_rules_say_what_a_part_of_a_point_counts(policy: Policy) -> None:
    steps = [
        rule
        for id_ in ("公安分局/1", "公安分局/2", "公安分局/3")
        for rule in policy.clauses[id_].rules
        if isinstance(rule.action, PerStep)
    ]
    assert len(steps) == 5
    for rule in steps:
        assert isinstance(rule.action, PerStep)
        assert rule.action.partial == "whole"
        assert rule.action.partial_stated
        assert rule.assumptions


def test_bonus(policy: Policy) -> None:
    bonus = policy.clauses["创新工作"]
    assert bonus.kind == "bonus"
    assert bonus.declared_maximum is None
    promoted, endorsed = policy.clauses["创新工作/1"].rules
    for rule, amounts in ((promoted, [10, 20, 30, 40]), (endorsed, [5, 10, 15, 20])):
        assert isinstance(rule.action, Combined)
        assert rule.action.how == "best"
        assert rule.assumptions
        inner = [r for r in nested(rule) if r is not rule]
        points = []
        for part in inner:
            factor = Fraction(1)
            for modifier in part.modifiers:
                assert isinstance(modifier, Scale)
                factor *= modifier.factor
            points.append(stated(part)[1] * factor)
        assert points == amounts
    (other,) = policy.clauses["创新工作/2"].rules
    assert policy.clauses["创新工作/2"].discretionary
    assert not other.modifiers  # without bound


def test_every_clause_has_its_place_and_a_summary(policy: Policy) -> None:
    for clause in policy.clauses.values():
        if clause.kind == "root":
            continue
        assert clause.locator, clause.id
        assert clause.summary, clause.id
        if clause.is_item:
            concept = clause.concept or policy.clauses[clause.id.rsplit("/", 1)[0]].concept
            assert concept in policy.concepts, clause.id


def test_readings(policy: Policy) -> None:
    found = {c.id: c.readings[0].original for c in policy.clauses.values() if c.readings}
    assert found == READINGS


def test_readings_and_units_stand_in_the_source(policy: Policy, sources_dir: Path) -> None:
    text = re.sub(r"\s", "", (sources_dir / "beilun-departments.txt").read_text("utf-8"))
    for original in READINGS.values():
        assert original in text
    for unit in policy.units:
        assert unit.replace("区新闻办", "区、新闻办") in text
    # 56 department items and 3 shared ones; the rules are in words of their own
    for clause in policy.clauses.values():
        for phrase in re.findall(r"[^，。；：、“”‘’]{16,}", clause.summary or ""):
            assert phrase not in text, (clause.id, phrase)


def test_examples_are_plenty(policy: Policy) -> None:
    assert len(policy.examples) >= 15
    assert {e.unit for e in policy.examples} <= set(policy.units)


# -- the demonstration data


def demo_rows() -> list[dict[str, str]]:
    with DEMO.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_demo_has_a_row_for_each_department(policy: Policy) -> None:
    rows = demo_rows()
    assert tuple(row["单位"] for row in rows) == policy.units
    assert len({row["编号"] for row in rows}) == 34


def test_demo_columns_are_facts_or_judgements(policy: Policy) -> None:
    rows = demo_rows()
    judged = 0
    for column in rows[0]:
        if column in ("编号", "单位"):
            continue
        values = [row[column] for row in rows if row[column]]
        if column.startswith("评定:"):
            assert policy.clauses[column.removeprefix("评定:")].discretionary, column
            judged += sum(1 for value in values if Fraction(value))
            continue
        fact = policy.facts[column]
        if fact.kind == "yes_no":
            assert set(values) <= {"是", "否"}, column
            continue
        for value in values:
            number = Fraction(value)
            assert fact.low is None or number >= fact.low, column
            assert fact.high is None or number <= fact.high, column
    assert judged == 5


def test_demo_has_gaps_only_where_evidence_is_missing(policy: Policy) -> None:
    gaps = set()
    for row in demo_rows():
        clauses = [*policy.clauses["基础工作"].children, *policy.clauses[row["单位"]].children]
        for clause in clauses:
            for rule in clause.rules:
                used = {name for name, _ in facts_of(rule.condition)} if rule.condition else set()
                if isinstance(rule.action, PerStep):
                    used |= {name for name, _ in facts_of(rule.action.subject)}
                gaps |= {(row["单位"], name) for name in used if not row[name]}
    assert gaps == {("区审计局", "录用信息篇数"), ("区审计局", "领导干部履职审计")}
