"""The older Beilun edition: sums, amounts, thresholds and open points as the text has them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from policydsl.model import Clause, Policy, load
from policydsl.model import expressions as e
from policydsl.model import rules as r
from policydsl.scoring.cases import Case, case_of
from policydsl.scoring.exact import Score, score_case
from policydsl.scoring.ranges import Range

POLICIES = Path(__file__).resolve().parents[2] / "policies"

# Clause, full marks, and what each of its rules gives or takes; /每 for each step.
ITEMS: list[tuple[str, object, str]] = [
    ("街道/基础工作/1", 5, "-1/每"),
    ("街道/基础工作/2", 3, "-1/每"),
    ("街道/基础工作/3", 6, "-2/每 -2/每 -2/每"),
    ("街道/基础工作/4", 4, "-2"),
    ("街道/重点工作/1", 6, "-3/每"),
    ("街道/重点工作/2", 5, "-2/每"),
    ("街道/重点工作/3", 12, "-8 +2/每"),
    ("街道/重点工作/4", 4, "-4"),
    ("街道/重点工作/5", 5, "-5"),
    ("街道/管理工作/1", 8, "-4 -4 -4 -4 -4"),
    ("街道/管理工作/2", 4, "-4"),
    ("街道/管理工作/3", 4, "-2 -2"),
    ("街道/管理工作/4", 4, "-2"),
    ("街道/服务工作/1", 6, "-3"),
    ("街道/服务工作/2", 4, "-4"),
    ("街道/服务工作/3", 3, "-3"),
    ("街道/服务工作/4", 3, "-2"),
    ("街道/服务工作/5", 2, "-2"),
    ("街道/服务工作/6", 2, "-2"),
    ("街道/融合工作/1", 4, "-2"),
    ("街道/融合工作/2", 6, "-2/每"),
    ("街道/创新工作/1", None, "+10 +20 +30 +40 +10×1/2 +20×1/2 +30×1/2 +40×1/2"),
    ("街道/创新工作/2", None, "酌情"),
    ("部门/基础工作/1", 12, "-3/每"),
    ("部门/基础工作/2", 8, "-2/每"),
    ("部门/基础工作/3", 10, "-2/每"),
    ("部门/区综治办/1", 40, "未载明"),
    ("部门/区综治办/2", 20, "未载明"),
    ("部门/区综治办/3", 10, "未载明"),
    ("部门/公安分局/1", 15, "-2/每 -5"),
    ("部门/公安分局/2", 10, "-5 -5/每"),
    ("部门/公安分局/3", 15, "-5/每 -5/每"),
    ("部门/公安分局/4", 30, "未载明"),
    ("部门/区住房和城乡建设局/1", 10, "-10"),
    ("部门/区住房和城乡建设局/2", 20, "-4/每 -10"),
    ("部门/区住房和城乡建设局/3", 30, "未载明"),
    ("部门/区住房和城乡建设局/4", 10, "未载明"),
    ("部门/区卫生计划生育局/1", 10, "-5/每 -5/每"),
    ("部门/区卫生计划生育局/2", 10, "-10"),
    ("部门/区卫生计划生育局/3", 10, "未载明"),
    ("部门/区卫生计划生育局/4", 10, "-4/每 -4/每"),
    ("部门/区卫生计划生育局/5", 10, "-5/每"),
    ("部门/区卫生计划生育局/6", 10, "-5/每 -5/每"),
    ("部门/区卫生计划生育局/7", 10, "-10"),
    ("部门/区人力资源和社会保障局/1", 10, "-10"),
    ("部门/区人力资源和社会保障局/2", 20, "-5"),
    ("部门/区人力资源和社会保障局/3", 20, "-10"),
    ("部门/区人力资源和社会保障局/4", 20, "-10"),
    ("部门/区教育局/1", 40, "-5/每 -5/每"),
    ("部门/区教育局/2", 30, "未载明"),
    ("部门/区发展和改革局/1", 20, "-5"),
    ("部门/区发展和改革局/2", 30, "未载明"),
    ("部门/区发展和改革局/3", 20, "-10"),
    ("部门/区市场监督管理局/1", 20, "-10"),
    ("部门/区市场监督管理局/2", 30, "-5"),
    ("部门/区市场监督管理局/3", 20, "-10"),
    ("部门/区综合执法局/1", 15, "-10"),
    ("部门/区综合执法局/2", 15, "-10"),
    ("部门/区综合执法局/3", 40, "-10"),
    ("部门/区交通运输局/1", 30, "-10 -5 -0"),
    ("部门/区交通运输局/2", 40, "-20"),
    ("部门/区民政局/1", 30, "-10/每"),
    ("部门/区民政局/2", 30, "未载明"),
    ("部门/区民政局/3", 10, "未载明"),
    ("部门/区新兴产业和服务业发展局/1", 30, "-10"),
    ("部门/区新兴产业和服务业发展局/2", 40, "-10/每"),
    ("部门/区文化广电新闻出版局/1", 40, "未载明"),
    ("部门/区文化广电新闻出版局/2", 30, "未载明"),
]


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load(POLICIES / "beilun" / "beilun-centre-older.policy")


def department_items(policy: Policy) -> list[Clause]:
    return [
        item for unit in policy.clauses.values() if unit.kind == "unit" for item in unit.children
    ]


def full_marks(clauses: Iterable[Clause]) -> Fraction:
    """The full marks of the clauses together; each must state them."""
    total = Fraction(0)
    for clause in clauses:
        assert isinstance(clause.full_marks, Fraction), clause.id
        total += clause.full_marks
    return total


def amount(rule: r.Rule) -> str:
    action = rule.action
    halved = "".join(f"×{m.factor}" for m in rule.modifiers if isinstance(m, r.Scale))
    if isinstance(action, (r.Flat, r.PerStep)):
        assert isinstance(action.points, r.FixedPoints)
        each = "/每" if isinstance(action, r.PerStep) else ""
        return f"{'-' if action.sign < 0 else '+'}{action.points.value}{each}{halved}"
    return {r.OpenRule: "未载明", r.Discretionary: "酌情"}[type(action)]


def amounts(clause: Clause) -> str:
    return " ".join(
        amount(rule)
        for outer in clause.rules
        for rule in r.nested(outer)
        if not isinstance(rule.action, (r.Combined, r.Tiers))
    )


def thresholds(clause: Clause) -> dict[str, Fraction]:
    """Bounds in the conditions of a clause's rules, by fact."""
    found: dict[str, Fraction] = {}
    for rule in clause.rules:
        for part in e.walk(rule.condition):
            if isinstance(part, e.Compared) and isinstance(part.left, e.FactRef):
                bound = part.right
                if isinstance(bound, e.Const) and type(bound.value) is Fraction:
                    found[part.left.fact] = bound.value
    return found


def is_open(clause: Clause) -> bool:
    return any(isinstance(rule.action, r.OpenRule) for rule in clause.rules)


def test_the_file_is_read_without_a_finding(policy: Policy):
    assert policy.diagnostics == ()


def test_two_schedules_for_streets_and_departments(policy: Policy):
    assert [(x.label, x.entity) for x in policy.roots] == [("街道", "街道"), ("部门", "单位")]
    assert [x.full_marks for x in policy.roots] == [100, 100]


def test_counts(policy: Policy):
    streets = [c for c in policy.items if c.id.startswith("街道/") and "/创新工作/" not in c.id]
    assert len(streets) == 21
    assert len(policy.units) == 13
    assert len(policy.clauses["部门/基础工作"].children) == 3
    assert len(department_items(policy)) == 42


def test_every_amount_stands_as_in_the_text(policy: Policy):
    assert [(c.id, c.full_marks, amounts(c)) for c in policy.items] == ITEMS


def test_the_five_street_groups_add_up_to_100(policy: Policy):
    street = policy.roots[0]
    groups = [c for c in street.children if c.kind == "group"]
    assert [g.full_marks for g in groups] == [18, 32, 20, 20, 10]
    for group in groups:
        assert full_marks(group.children) == group.full_marks


def test_the_common_part_is_30_and_each_department_70(policy: Policy):
    assert [i.full_marks for i in policy.clauses["部门/基础工作"].children] == [12, 8, 10]
    for clause in policy.clauses.values():
        if clause.kind == "unit":
            assert clause.full_marks == 70
            assert full_marks(clause.children) == 70


def test_2013_is_read_as_20(policy: Policy):
    item = policy.clauses["部门/区市场监督管理局/3"]
    assert item.full_marks == 20
    assert [(x.original, x.read_as) for x in item.readings] == [("2013", "20")]


def test_13_of_42_department_items_have_no_rule(policy: Policy):
    """320 of 910 points: what the text asks for there has no price."""
    items = department_items(policy)
    without = [item for item in items if is_open(item)]
    assert (len(without), len(items)) == (13, 42)
    assert full_marks(without) == 320
    assert full_marks(items) == 910
    assert all(len(item.rules) == 1 for item in without)


def test_29_department_items_state_a_deduction(policy: Policy):
    stated = [item for item in department_items(policy) if not is_open(item)]
    assert len(stated) == 29
    assert not any(item.discretionary for item in department_items(policy))


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("街道/管理工作/1", {"流动人口信息登记率": 90, "信息准确率": 90, "犯罪嫌疑人信息登记率": 45}),
        ("街道/管理工作/2", {"婚育证明查验率": 90, "育龄妇女服务管理率": 90}),
        (
            "街道/管理工作/3",
            {"怀孕生育对象管理服务率": 90, "育龄妇女信息接收率": 90, "育龄妇女信息反馈率": 90},
        ),
        ("街道/服务工作/1", {"义务教育普及率": 100}),
        ("街道/服务工作/2", {"教育培训占比": 12}),
        ("街道/服务工作/4", {"计划生育免费服务率": 95, "年查孕查环次数": 2}),
        ("街道/服务工作/5", {"孕产妇和儿童保健服务率": 90, "疫苗接种率": 90}),
        ("部门/基础工作/3", {"报送信息材料篇数": 6}),
        ("部门/公安分局/1", {"出租房屋登记率": 95}),
        ("部门/公安分局/2", {"犯罪嫌疑人信息登记率": 45}),
        ("部门/公安分局/3", {"流动人口信息登记率": 90, "信息准确率": 90}),
        ("部门/区住房和城乡建设局/2", {"居住房屋租赁登记率": 90}),
        ("部门/区卫生计划生育局/1", {"婚育证明查验率": 90, "育龄妇女服务管理率": 90}),
        ("部门/区卫生计划生育局/4", {"育龄妇女信息接收率": 90, "育龄妇女信息反馈率": 90}),
        ("部门/区卫生计划生育局/5", {"公共卫生服务网络覆盖率": 100}),
        ("部门/区卫生计划生育局/6", {"孕产妇和儿童保健服务率": 70, "疫苗接种率": 90}),
        ("部门/区人力资源和社会保障局/3", {"职业技能培训人数": 12_000}),
        ("部门/区人力资源和社会保障局/4", {"引进技术人才人数": 8_000}),
        ("部门/区教育局/1", {"义务教育普及率": 100, "公办学校接纳率": 80}),
        ("部门/区市场监督管理局/1", {"无证照餐饮整治家数": 100}),
        ("部门/区市场监督管理局/2", {"小作坊整治家数": 200}),
        ("部门/区综合执法局/1", {"取缔无证摊贩家数": 1_500}),
    ],
)  # fmt: skip
def test_thresholds(policy: Policy, clause: str, expected: dict[str, int]):
    assert thresholds(policy.clauses[clause]) == expected


def test_thresholds_without_a_price_are_targets(policy: Policy):
    targets: dict[str, tuple[str, object]] = {
        clause.id: (target.measure, target.threshold)
        for clause in policy.clauses.values()
        for target in clause.targets
        if target.measure
    }
    assert targets == {
        "街道/服务工作/3": ("年度招聘专场次数", 1),
        "部门/区卫生计划生育局/3": ("无证怀孕对象管理服务率", 100),
        "部门/区卫生计划生育局/4": ("年查孕查环次数", 2),
        "部门/区人力资源和社会保障局/2": ("劳动争议案件结案率", 90),
        "部门/区教育局/2": ("教育培训占比", 12),
        "部门/区文化广电新闻出版局/1": ("全区性文体活动次数", 1),
        "部门/区文化广电新闻出版局/2": ("每街道送文化次数", 1),
    }


def test_missing_unit_of_45_is_an_assumption(policy: Policy):
    """45 以上, without a unit, stands in both annexes."""
    for id_ in ("街道/管理工作/1", "部门/公安分局/2"):
        clause = policy.clauses[id_]
        rule = next(x for x in clause.rules if "犯罪嫌疑人信息登记率" in str(x.condition))
        assert any("缺单位" in text for text in rule.assumptions)
        assert any("45" in reading.original for reading in clause.readings)


def test_which_school_rate_is_meant_is_an_assumption(policy: Policy):
    school = policy.clauses["部门/区教育局/1"]
    assert all(any("哪一率" in text for text in rule.assumptions) for rule in school.rules)
    assert school.doubts


def test_grades_of_the_ledger_exclude_each_other(policy: Policy):
    (rule,) = policy.clauses["部门/区交通运输局/1"].rules
    assert isinstance(rule.action, r.Tiers)


def test_estates_put_in_order_have_no_stated_cap(policy: Policy):
    for id_ in ("街道", "街道/重点工作", "街道/重点工作/3"):
        assert policy.clauses[id_].cap == r.OpenPoints()


def test_bonus_stands_in_the_street_schedule_only(policy: Policy):
    assert [c.id for c in policy.clauses.values() if c.kind == "bonus"] == ["街道/创新工作"]


def test_annual_score_and_supervision(policy: Policy):
    """30 % is stated; what the annual score weighs is not, until an assumption set says it."""
    (blend,) = policy.blends
    assert [(part.text, part.weight) for part in blend.parts] == [("总分", None), ("督查成绩", 30)]
    assert policy.facts["督查成绩"].derived is not None
    assert policy.facts["督查成绩"].assumptions


def test_assumption_set_closes_the_blend():
    closed = load(
        POLICIES / "beilun" / "beilun-centre-older.policy",
        assume=[POLICIES / "assumptions" / "beilun-older-blend.policy"],
    )
    (blend,) = closed.blends
    assert [part.weight for part in blend.parts] == [70, 30]
    assert [closing.assumption for closing in blend.closings] == ["beilun-older-blend"]


def test_conversion_to_the_target_assessment_is_open(policy: Policy):
    assert [root.conversion[0] for root in policy.roots if root.conversion] == [None, None]


def test_every_clause_says_where_it_stands_and_what_it_is(policy: Policy):
    for clause in policy.clauses.values():
        assert clause.locator, clause.id
        assert clause.summary, clause.id


def test_garbled_places_are_quoted_as_the_source_has_them(policy: Policy, sources_dir: Path):
    text = (sources_dir / "beilun-centre-older.txt").read_text("utf-8")
    readings = [x for clause in policy.clauses.values() for x in clause.readings]
    assert len(readings) == 14
    for reading in readings:
        assert reading.original.replace("‘", "“").replace("’", "”") in text


TRANSPORT: dict[str, e.Constant] = {
    "未落实责任事项": Fraction(0),
    "未达到活动任务": Fraction(0),
    "报送信息材料篇数": Fraction(6),
    "黑车台账状况": "台账健全",
    "黑车专项整治": True,
    "首次督查成绩": Fraction(80),
    "再次督查成绩": Fraction(90),
}

STREET: dict[str, e.Constant] = {
    "未开展部署检查": Fraction(0),
    "未落实体制工作": Fraction(0),
    "街道名称": "小港街道",
    "报送信息材料篇数": Fraction(15),
    "街道业务培训": True,
    "不达标登记措施": Fraction(0),
    "未按规定办理事项": Fraction(0),
    "群租群居整治": True,
    "整治小区数": Fraction(0),
    "行业违法经营整治": True,
    "重点集聚区整治": True,
    "网格化管理与居住登记": True,
    "高危人员动态管控": True,
    "流动人口信息登记率": Fraction(90),
    "信息准确率": Fraction(90),
    "犯罪嫌疑人信息登记率": Fraction(45),
    "婚育证明查验率": Fraction(90),
    "育龄妇女服务管理率": Fraction(90),
    "怀孕生育对象管理服务率": Fraction(90),
    "育龄妇女信息接收率": Fraction(90),
    "育龄妇女信息反馈率": Fraction(90),
    "调处机制和应急预案": True,
    "同住子女就学安排": True,
    "义务教育普及率": Fraction(100),
    "教育培训占比": Fraction(12),
    "招聘与劳动监察": True,
    "计划生育免费服务率": Fraction(95),
    "年查孕查环次数": Fraction(2),
    "孕产妇和儿童保健服务率": Fraction(90),
    "疫苗接种率": Fraction(90),
    "融合宣传教育": True,
    "未开展共建活动": Fraction(0),
}


def department(policy: Policy, unit: str, facts: dict[str, e.Constant]) -> Score:
    return score_case(policy, Case(unit, facts, unit=unit))


def street(policy: Policy, **changes: e.Constant) -> Score:
    return score_case(policy, Case("街道", STREET | changes, entity="街道"))


def bounds(found: Range | None) -> tuple[object, object]:
    assert found is not None
    return found.low, found.high


def test_a_street_that_reaches_every_threshold_has_100(policy: Policy):
    assert street(policy).total.value == 100


def test_three_estates_put_in_order(policy: Policy):
    """6 points on top, if the item may pass its 12; the text does not say."""
    score = street(policy, 整治小区数=Fraction(3))
    assert bounds(score.parts["街道/重点工作/3"]) == (12, 18)
    assert bounds(score.total) == (100, 106)
    assert any(reason.kind == "open" for reason in score.reasons)


@pytest.mark.parametrize(
    ("name", "reports", "points"),
    [
        ("新碶街道", 15, 6),
        ("大碶街道", 14, 4),
        ("小港街道", 10, 0),
        ("其他各街道", 10, 6),
        ("其他各街道", 8, 2),
    ],
)
def test_reports_due_depend_on_the_street(policy: Policy, name: str, reports: int, points: int):
    score = street(policy, 街道名称=name, 报送信息材料篇数=Fraction(reports))
    assert score.parts["街道/基础工作/3"].value == points


def test_bonus_goes_beyond_100(policy: Policy):
    """Promoted in the district (10) and noted by the city's leaders (20, halved)."""
    assert street(policy, 区级推广=True, 市领导批示=True).total.value == 120


def test_absence_of_a_record_is_no_epidemic_and_no_finding(policy: Policy):
    assert street(policy).parts["街道/服务工作/6"].value == 2
    score = department(policy, "区新兴产业和服务业发展局", {})
    assert score.parts["部门/区新兴产业和服务业发展局/2"].value == 40


@pytest.mark.parametrize(
    ("state", "points"), [("台账未建立", 20), ("台账不健全", 25), ("台账健全", 30)]
)
def test_ledger(policy: Policy, state: str, points: int):
    score = department(policy, "区交通运输局", TRANSPORT | {"黑车台账状况": state})
    assert score.parts["部门/区交通运输局/1"].value == points


def test_whole_failure_leaves_points(policy: Policy):
    """40 of 70 are left to 区综合执法局 when nothing was done."""
    score = department(
        policy,
        "区综合执法局",
        {"取缔无证摊贩家数": Fraction(0), "违法搭建查处": False, "群租车棚整治配合": False},
    )
    assert score.parts["部门/区综合执法局"].value == 40


def test_blend_is_a_range_while_the_weight_is_open(policy: Policy):
    """30 % of the mean of 80 and 90 is 25.5; the total of 100 weighs anything."""
    score = department(policy, "区交通运输局", TRANSPORT)
    assert score.total.value == 100
    low, high = bounds(score.blends["年终考核"])
    assert low == Fraction("25.5")
    assert high is None or high == Fraction("125.5")


def test_blend_under_the_assumption():
    closed = load(
        POLICIES / "beilun" / "beilun-centre-older.policy",
        assume=[POLICIES / "assumptions" / "beilun-older-blend.policy"],
    )
    score = department(closed, "区交通运输局", TRANSPORT)
    assert bounds(score.blends["年终考核"]) == (Fraction("95.5"), Fraction("95.5"))
    assert any(reason.assumption == "beilun-older-blend" for reason in score.reasons)


def test_examples_of_streets_and_departments(policy: Policy):
    """Every example holds; one without a unit is a street."""
    assert len(policy.examples) == 33
    for example in policy.examples:
        case = case_of(example)
        score = score_case(policy, case if case.unit else replace(case, entity="街道"))
        for wanted in example.expectations:
            found = score.total if wanted.clause is None else score.parts[wanted.clause]
            assert bounds(found) == (wanted.low, wanted.high), (example.title, wanted.clause)
