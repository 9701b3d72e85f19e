"""The real texts imported without help, held clause by clause against the policies made by hand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from policydsl.importing import Imported, import_document
from policydsl.model import policy as m
from policydsl.model.loading import bundled
from policydsl.reading.files import read_file
from policydsl.review.auditing.coded import code_items
from policydsl.review.auditing.items import CodeItem


@cache
def made(folder: Path, name: str) -> Imported:
    return import_document(read_file(folder / f"{name}.txt"))


def label(clause: str) -> str:
    """The unit and number of an item, whatever its schedule is called."""
    return "/".join(re.sub(r"[“”‘’「」、\s]", "", part) for part in clause.split("/")[-2:])


Key = tuple[object, ...]


def keys(policy: m.Policy, groups: Iterable[str]) -> Counter[Key]:
    """Each different rule (or threshold) of each clause: its kind, sign, points and step."""

    def key(item: CodeItem) -> Key:
        form = item.form if item.group in ("award", "deduct", "discretion") else ""
        return (label(item.clause), item.group, item.value, item.values, item.sign, form)

    return Counter({key(i) for i in code_items(policy) if i.group in groups and i.clause})


RULES = ("award", "deduct", "discretion", "amounts", "scale", "bound", "step")


def measured(one: Counter[Key], other: Counter[Key], what: str) -> tuple[float, float]:
    """Recall and precision of ``other`` against ``one``, printed for whoever runs with -s."""
    both = sum((one & other).values())
    recall, precision = both / sum(one.values()), both / sum(other.values())
    print(f"{what}: recall {both}/{sum(one.values())} = {recall:.3f}, "
          f"precision {both}/{sum(other.values())} = {precision:.3f}")  # fmt: skip
    for key in [*(one - other)]:
        print("  by hand only:", *key)
    for key in [*(other - one)]:
        print("  import only: ", *key)
    return recall, precision


# -- Beilun --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "items", "sums"), [("beilun-departments", 61, 35), ("beilun-centre-older", 68, 19)]
)
def test_every_row_is_found_and_every_sum_holds(
    sources_dir: Path, name: str, items: int, sums: int
):
    result = made(sources_dir, name)
    assert len(result.policy.items) == items
    assert len(result.sums) == sums
    assert all(one.fits for one in result.sums)


def test_34_departments_of_70_points(sources_dir: Path):
    policy = made(sources_dir, "beilun-departments").policy
    assert len(policy.units) == 34
    assert {policy.clauses[unit].full_marks for unit in policy.units} == {70}


@pytest.mark.parametrize("name", ["beilun-departments", "beilun-centre-older"])
def test_at_least_95_percent_of_the_scoring_phrases_become_rules(sources_dir: Path, name: str):
    result = made(sources_dir, name)
    print(f"{name}: {result.understood} of {result.phrases} scoring phrases became rules")
    assert result.phrases >= 60
    assert result.share >= 0.95


@pytest.mark.parametrize("name", ["beilun-departments", "beilun-centre-older"])
def test_against_the_policy_made_by_hand(sources_dir: Path, name: str):
    hand, result = bundled().policy(name), made(sources_dir, name).policy
    rules = measured(keys(hand, RULES), keys(result, RULES), f"{name} rules")
    limits = measured(keys(hand, ["threshold"]), keys(result, ["threshold"]), f"{name} thresholds")
    assert min(rules) >= 0.92
    assert min(limits) >= 0.85


def test_the_items_without_a_rule_are_left_to_a_person(sources_dir: Path):
    """13 of the 42 items of the older departments' table state no rule at all."""
    result = made(sources_dir, "beilun-centre-older")
    hand = bundled().policy("beilun-centre-older")
    without = {label(c.id) for c in hand.items if c.rules and not any(
        i.clause == c.id and i.group in RULES for i in code_items(hand)
    )}  # fmt: skip
    assert {label(one.clause) for one in result.by_hand} == without
    assert len(without) == 13
    assert all(one.locator.startswith("附件2 ") for one in result.by_hand)


def test_2013_is_resolved_by_the_sum_and_reported(sources_dir: Path):
    result = made(sources_dir, "beilun-centre-older")
    (guess,) = [one for one in result.guesses if one.taken.startswith("2013")]
    assert guess.taken == "2013 → 20"
    assert "20+30+20" in guess.reason[0]
    item = result.policy.clauses["附件2/区市场监督管理局/3"]
    assert item.full_marks == 20
    assert [(r.original, r.read_as) for r in item.readings] == [("2013", "20")]


def test_garbled_words_are_mended_and_told(sources_dir: Path):
    taken = [one.taken for one in made(sources_dir, "beilun-departments").guesses]
    assert "信息价2分 → 信息加2分" in taken
    assert sum(one.startswith("为落实") for one in taken) == 2


@pytest.mark.parametrize(
    "name",
    ["beilun-departments", "beilun-centre-older", "yinzhou-workplan-2023",
     "haishu-drafting-note-2022", "yueqing-draft-2022"],
)  # fmt: skip
def test_every_figure_is_placed_or_listed(sources_dir: Path, name: str):
    """The supervision's 30 % of the older method, outside its tables, is the share of a blend."""
    result = made(sources_dir, name)
    left = {e.text.words for e in result.audit.complaints if e.text is not None}
    assert left == set()
    assert [e for e in result.audit.complaints if e.text is None] == []


# -- Yinzhou, Haishu, Yueqing ------------------------------------------------------------------------------


def test_yinzhou_has_19_tasks_with_units_and_targets(sources_dir: Path):
    result = made(sources_dir, "yinzhou-workplan-2023")
    assert result.kind == "要点"
    tasks = [c for c in result.policy.clauses.values() if c.kind == "task"]
    assert [c.number for c in tasks] == [str(i) for i in range(1, 20)]
    assert all(c.lead and "各镇政府" in c.responsible for c in tasks)
    hand = bundled().policy("yinzhou-workplan-2023")

    def targets(policy: m.Policy) -> Counter[tuple[object, ...]]:
        return Counter(
            (c.number, t.operator, t.threshold)
            for c in policy.clauses.values() for t in c.targets if t.threshold is not None
        )  # fmt: skip

    recall, precision = measured(
        Counter({("", *key): n for key, n in targets(hand).items()}),
        Counter({("", *key): n for key, n in targets(result.policy).items()}), "yinzhou targets",
    )  # fmt: skip
    assert recall >= 0.9
    assert precision >= 0.9


def test_haishu_gives_its_frame(sources_dir: Path):
    policy = made(sources_dir, "haishu-drafting-note-2022").policy
    groups = {c.id: (str(c.full_marks), len(c.children), c.recognition) for c in policy.clauses.values()
              if c.kind == "group"}  # fmt: skip
    assert groups == {
        "省级共性指标": ("100", 5, "全省"),
        "市级共性指标": ("150", 10, "全市"),
        "海曙区个性指标": ("50", 7, "仅限海曙区"),
    }
    root = policy.clauses[""]
    assert root.full_marks == 300
    assert root.review == ("自动", "材料", "人工")
    assert [c.name for c in policy.clauses["海曙区个性指标"].children][:2] == [
        "表彰奖励",
        "岗位贡献",
    ]
    assert policy.meta.in_force is not None
    assert policy.meta.in_force.after == 30
    assert [scene.name for scene in policy.scenes] == ["义务教育", "公租房保障", "落户"]
    assert [rule.action.status for rule in policy.status_rules] == ["zeroed"]  # type: ignore[union-attr]


def test_yueqing_gives_its_frame(sources_dir: Path):
    result = made(sources_dir, "yueqing-draft-2022")
    policy = result.policy
    assert {c.id: c.full_marks for c in policy.clauses.values() if c.kind == "group"} == {
        "省级共性指标": 100,
        "乐清市级个性指标": 200,
    }
    assert [c.name for c in policy.clauses["省级共性指标"].children] == [
        "年龄状况", "文化程度", "职业技能", "缴纳社保", "居住时间",
    ]  # fmt: skip
    assert len(policy.scenes) == 8
    school = policy.scene("随迁子女教育")
    assert school.household == "higher_of"
    assert [key.text for key in school.keys] == [
        "总分", "得分（组 乐清市级个性指标）", "办理居住登记日期", "社会服务分值", "配偶 的 总分",
    ]  # fmt: skip
    assert school.keys_open
    deadlines = {d.name: (d.comparison, d.number) for d in policy.deadlines}
    assert sorted(number for _, number in deadlines.values() if number) == [5, 5, 10, 10]
    hand = bundled().policy("yueqing-2022")
    assert {d.unit for d in policy.duties} >= {
        d.unit for d in hand.duties if d.unit.startswith("市") and "纪检" not in d.unit
    }
    statuses = [rule.action.status for rule in policy.status_rules]  # type: ignore[union-attr]
    assert statuses == ["suspended", "void", "zeroed"]


def test_the_share_of_supervision_is_a_blend_with_a_doubt(sources_dir: Path):
    """按30%比例计入年终考核; what the tables count for is not said, and stays open."""
    result = made(sources_dir, "beilun-centre-older")
    (blend,) = result.policy.blends
    assert blend.name == "年终考核"
    assert "督查成绩 占 30%" in result.text
    assert "总分 占 未载明" in result.text
    assert "存疑 “原文只写督查成绩占30%" in result.text
    assert [g for g in result.guesses if g.taken == "督查成绩 占 30%"]
    assert "合成" not in made(sources_dir, "beilun-departments").text
