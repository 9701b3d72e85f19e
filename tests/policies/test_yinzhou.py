"""Yinzhou's work plan 2023: 19 tasks, their units and the targets with figures."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from policydsl.model import Clause, Policy, load
from policydsl.scoring.cases import Case
from policydsl.scoring.exact import score_case

POLICIES = Path(__file__).resolve().parents[2] / "policies"

OFFICE = "区流动人口办公室"
TOWNS = ("各镇政府", "街道办事处")
MEMBERS = "区流动人口服务管理工作领导小组各成员单位"

LEADS: dict[str, tuple[str, ...]] = {
    "1": (OFFICE, "区司法局"),
    "2": ("区教育局",),
    "3": ("区人力社保局", "区司法局", "区总工会"),
    "4": ("区人力社保局", "区总工会"),
    "5": ("区住建局", "区自然资源规划分局"),
    "6": ("区住建局", "区自然资源规划分局"),
    "7": ("区住建局",),
    "8": ("公安分局",),
    "9": ("公安分局",),
    "10": ("区政法委", "公安分局"),
    "11": (OFFICE,),
    "12": (OFFICE, "区卫生健康局", "区医保局", "区民政局"),
    "13": ("区卫生健康局", "区医保局"),
    "14": ("区文广旅游体育局", "区委宣传部"),
    "15": (OFFICE, "区民宗局", "公安分局", "区总工会", "团区委", "区妇联"),
    "16": ("区委组织部", OFFICE),
    "17": (OFFICE, "区大数据中心", "区交通运输局", "团区委"),
    "18": (OFFICE,),
    "19": (OFFICE,),
}

TARGETS: list[tuple[str, str, object]] = [
    ("2", "公办学校接纳率", 100),
    ("4", "职业技能培训人次", 40_000),
    ("4", "新增高技能人才人数", 9_000),
    ("6", "新增保障性租赁住房", 7_000),
    ("9", "流动人口信息登记率", 95),
    ("9", "信息准确率", 95),
    ("9", "出租房屋登记率", 95),
    ("13", "孕产妇保健覆盖率", 94),
    ("13", "儿童健康管理率", 90),
    ("13", "儿童建卡率", 96),
    ("13", "疫苗接种率", 90),
    ("13", "严重精神障碍患者规范管理率", 95),
    ("13", "规律服药率", 90),
    ("14", "艺术培训场次", 4_000),
    ("14", "艺术培训受益人次", 200_000),
    ("18", "落实专人镇街数", 16),
]


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load(POLICIES / "yinzhou" / "yinzhou-workplan-2023.policy")


@pytest.fixture(scope="module")
def tasks(policy: Policy) -> list[Clause]:
    return [clause for clause in policy.clauses.values() if clause.kind == "task"]


def test_the_file_is_read_without_a_finding(policy: Policy):
    assert policy.diagnostics == ()
    assert policy.kind == "work_plan"


def test_six_parts_and_19_tasks_numbered_through(policy: Policy, tasks: list[Clause]):
    (root,) = policy.roots
    assert [len(part.children) for part in root.children] == [2, 2, 3, 3, 6, 3]
    assert [task.number for task in tasks] == [str(number) for number in range(1, 20)]


def test_lead_units(tasks: list[Clause]):
    assert {task.label: task.lead for task in tasks} == LEADS


def test_responsible_units(tasks: list[Clause]):
    for task in tasks:
        wanted = (*TOWNS, MEMBERS) if task.label in ("18", "19") else TOWNS
        assert task.responsible == wanted, task.id


def test_targets_with_figures(tasks: list[Clause]):
    found = [
        (task.label, t.measure, t.threshold) for task in tasks for t in task.targets if t.measure
    ]
    assert found == TARGETS
    assert {t.operator for task in tasks for t in task.targets if t.measure} == {">="}


def test_every_task_has_a_target(tasks: list[Clause]):
    assert all(task.targets for task in tasks)


def test_targets_in_words_stay_in_words(tasks: list[Clause]):
    """提高, 扩大, 逐步: no figure in the text, none here."""
    words = [target.text for task in tasks for target in task.targets if target.text]
    assert "提高新型居住证覆盖率" in words
    assert all(t.condition is None for task in tasks for t in task.targets if t.text)


def test_nothing_is_scored(policy: Policy):
    assert policy.items == ()
    assert all(clause.full_marks is None for clause in policy.clauses.values())


def test_issued(policy: Policy):
    assert policy.meta.region == "鄞州区"
    assert policy.meta.issuer == ("宁波市鄞州区人民政府办公室",)
    assert policy.meta.issued is not None
    assert str(policy.meta.issued.date) == "2023-04-24"


def test_gap_to_a_target(policy: Policy):
    """93 % of 95 %: not met, two percentage points short; what was not handed in stays open."""
    score = score_case(
        policy, Case("鄞州", {"信息准确率": Fraction(93), "儿童建卡率": Fraction(96)})
    )
    found = {target.measure: (target.met, target.gap) for target in score.targets if target.measure}
    assert found["信息准确率"] == (False, Fraction(-2))
    assert found["儿童建卡率"] == (True, Fraction(0))
    assert found["规律服药率"] == (None, None)


def test_deadlines(policy: Policy):
    start, end = policy.deadlines
    assert start.date is None
    assert start.number is None
    assert str(end.date) == "2023-12-31"


def test_measures_shared_with_beilun(policy: Policy):
    """The same names as in Beilun's editions, so that thresholds stand side by side."""
    for name in (
        "流动人口信息登记率",
        "信息准确率",
        "出租房屋登记率",
        "公办学校接纳率",
        "疫苗接种率",
    ):
        assert policy.facts[name].document == "assessment-vocabulary"


def test_every_clause_says_where_it_stands_and_what_it_is(policy: Policy):
    for clause in policy.clauses.values():
        if clause.kind != "root":
            assert clause.locator, clause.id
            assert clause.summary, clause.id


def test_garbled_places_are_quoted_as_the_source_has_them(policy: Policy, sources_dir: Path):
    text = (sources_dir / "yinzhou-workplan-2023.txt").read_text("utf-8")
    readings = [x for clause in policy.clauses.values() for x in clause.readings]
    assert len(readings) == 6
    assert all(reading.original in text for reading in readings)
