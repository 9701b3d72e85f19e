"""The appendix tables, read again from the .docx, hold the policy's items, points and figures."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.drafting.drafting_cases import grid, word
from tests.scoring.strategies import drafts
from tests.wording.test_wording_properties import figures_of, shown_figures

from policydsl.drafting.columns import OfficeColumns
from policydsl.drafting.paper import Document
from policydsl.drafting.scoretable import ASSUMED, score_sections
from policydsl.model import policy as m
from policydsl.model.loading import bundled, loads
from policydsl.scoring.ranges import show_points
from policydsl.wording import sentences as w

EDITIONS = [
    (id_, sets)
    for id_ in bundled().ids({"scheme", "assessment", "work_plan"})
    for sets in [(), *((x,) for x in bundled().assumptions_for(id_))]
]
OPEN = "〔待定〕"


def read_back(policy: m.Policy) -> list[dict[str, str]]:
    """The rows of the appendix tables by the heads of their columns, from the Word file."""
    sections = score_sections(policy, OfficeColumns(), "generated")
    rows: list[dict[str, str]] = []
    for section in sections:
        (table,) = word(Document("t", (section,))).tables
        heads, *lines = grid(table)
        rows += [dict(zip(heads, line, strict=True)) for line in lines]
    return rows


def rows_wanted(policy: m.Policy) -> list[m.Clause]:
    """Every clause that says something, in the order of the document."""
    return [
        c
        for c in policy.clauses.values()
        if c.is_item
        or c.kind == "task"
        or (c.kind in ("root", "schedule") and c.rules)
        or (
            c.kind not in ("root", "schedule")
            and (c.rules or c.targets or c.applies_when is not None or not c.children)
        )
    ]


def outermost(policy: m.Policy, clause: m.Clause) -> m.Clause:
    """The group right below the document or schedule."""
    above = [c for c in policy.clauses.values() if clause.id.startswith(f"{c.id}/")]
    groups = [c for c in above if c.kind not in ("root", "schedule")]
    return groups[0] if groups else clause


def marked(limit: m.Limit | None) -> str | None:
    """The points as a table has them; ``None``: nothing is declared."""
    if limit is None:
        return None
    return show_points(limit) if isinstance(limit, Fraction) else OPEN


def scales_of(policy: m.Policy) -> set[Fraction]:
    """The sizes of units that a policy declares itself (计量 学时包 = 45 分钟)."""
    return {fact.unit.scale for fact in policy.facts.values() if fact.unit is not None}


def assert_same(policy: m.Policy) -> None:
    rows = read_back(policy)
    clauses = rows_wanted(policy)
    assert len(rows) == len(clauses)
    for row, clause in zip(rows, clauses, strict=True):
        top = outermost(policy, clause)
        text = row.get("考核内容") or row.get("评分标准") or row.get("目标") or ""
        name = w.clause_name(clause)
        points = marked(clause.declared_maximum)
        assumed = False
        for head in ("分值", "基础分"):
            if row.get(head, "").endswith(ASSUMED):
                row[head], assumed = row[head].removesuffix(ASSUMED), True
        if "单位" in row:
            assert row["单位"].removesuffix("（续）") == w.clause_name(top)
            own = marked(top.declared_maximum)
            assert row["分值"] == own or (own is None and not row["分值"].isdigit())
            assert row["基础分"] == points or (points is None and not row["基础分"].isdigit())
            assert (row["自评分"], row["考核得分"]) == ("", "")
            assert name.startswith("第") or name in text
        elif "一级指标" in row:
            assert row["一级指标"].startswith(w.clause_name(top))
            assert row["分值"] == points or (points is None and not row["分值"].isdigit())
            assert clause is top or name in row["二级指标"] or row["二级指标"] == "（本组）"
            assert assumed == bool(clause.closings and points)
            if clause.responsible:
                assert row["责任单位"] == "、".join(clause.responsible)
        else:
            assert row["任务"] == name
        shown = shown_figures(text)
        shown |= {value * scale for value in shown for scale in scales_of(policy)}
        for rule in clause.rules:
            lost = [x for x in figures_of(rule) if x not in shown and abs(x) not in shown]
            assert not lost, (text, lost)
        for target in clause.targets:
            if target.threshold is not None:
                assert target.threshold in shown_figures(text)


@pytest.mark.parametrize(("id_", "sets"), EDITIONS)
def test_bundled_policies(id_: str, sets: tuple[str, ...]):
    assert_same(bundled().policy(id_, sets))


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)  # fmt: skip
@given(st.data())
def test_random_policies(data: st.DataObject):
    assert_same(loads(data.draw(drafts()).text))


def test_the_totals_of_beilun_come_out_of_the_word_file():
    rows = read_back(bundled().policy("beilun-departments"))
    sums: dict[str, int] = {}
    declared: dict[str, str] = {}
    for row in rows:
        unit = row["单位"].removesuffix("（续）")
        declared[unit] = row["分值"]
        if row["基础分"].isdigit():
            sums[unit] = sums.get(unit, 0) + int(row["基础分"])
    assert len(rows) == 61
    assert sums.pop("基础工作") == 30
    assert len(sums) == 34
    assert set(sums.values()) == {70}
    assert declared["公安分局"] == "70"


def test_a_changed_rule_changes_its_row():
    text = "考核 x “某区考核办法” {{ 事实 次数：计数（次） 单位 甲局 满分 {n} 分 {{ 项 1 巡查 满分 {n} 分 {{ 每 1 次 次数 扣 {k} 分 }} }} }}"
    before, after = (read_back(loads(text.format(n=n, k=k))) for n, k in ((70, 3), (60, 4)))
    assert before[0]["考核内容"] == "巡查。次数每1次扣3分。"
    assert after[0]["考核内容"] == "巡查。次数每1次扣4分。"
    assert (before[0]["基础分"], after[0]["分值"]) == ("70", "60")
