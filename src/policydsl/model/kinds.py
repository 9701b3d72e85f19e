"""Kinds of documents and clauses: their names, and what may stand where."""

from __future__ import annotations

from fractions import Fraction

from policydsl.language import nodes as n
from policydsl.language.keywords import spell
from policydsl.model import policy as m

CLAUSE_KINDS: dict[str, m.ClauseKind] = {
    "SCHEDULE": "schedule", "COMMON": "common", "UNIT": "unit", "GROUP": "group",
    "BONUS": "bonus", "DEDUCTIONS": "deductions", "INDICATOR": "indicator", "ITEM": "item",
    "TASK": "task", "SCENE": "scene", "STATUS_RULES": "status_rules", "BLEND": "blend",
}  # fmt: skip

DOCUMENT_KINDS: dict[str, m.DocumentKind] = {
    "SCHEME": "scheme", "ASSESSMENT": "assessment", "WORK_PLAN": "work_plan",
    "ASSUMPTION": "assumption", "VOCABULARY": "vocabulary", "AMENDMENT": "amendment",
    "HISTORY": "history",
}  # fmt: skip


SCORED_KINDS = frozenset({"unit", "common", "group", "bonus", "deductions", "indicator", "item"})

# Which kinds of clause may stand inside which; "root" is the document itself.
CONTAINERS: dict[str, frozenset[str]] = {
    "root": frozenset(
        {"schedule", "common", "unit", "group", "bonus", "deductions", "indicator", "item",
         "task", "scene", "status_rules", "blend"}
    ),
    "schedule": frozenset(
        {"common", "unit", "group", "bonus", "deductions", "indicator", "item", "status_rules"}
    ),
    "common": frozenset({"group", "indicator", "item"}),
    "unit": frozenset({"group", "indicator", "item"}),
    "group": frozenset({"group", "indicator", "item", "task"}),
    "bonus": frozenset({"group", "indicator", "item"}),
    "deductions": frozenset({"group", "indicator", "item"}),
}  # fmt: skip

# Attributes by where they mean something.
_ANYWHERE = frozenset(
    {"LOCATOR", "SUMMARY", "FULL_TEXT", "NOTE", "DOUBTFUL", "ASSUMPTION", "ENGLISH", "ID",
     "READING", "WAIVE", "REASON", "CONCEPT", "IN_FORCE", "EXPIRES"}
)  # fmt: skip

_LIMITS = frozenset({"FULL_MARKS", "CAP", "FLOOR", "ROUNDING"})

_SCORED = _ANYWHERE | _LIMITS | {
    "START", "REVIEW", "RESPONSIBLE", "LEAD", "RECOGNITION", "APPLIES_WHEN", "CONVERSION",
}  # fmt: skip

_DOCUMENT = _ANYWHERE | _LIMITS | {
    "REGION", "ISSUER", "REPLACES", "LEGAL_BASIS", "SOURCE", "ISSUED", "TRANSITION", "USES",
    "SECTIONS",
    "ENTITY", "CONVERSION", "RECOGNITION", "REVIEW", "RESPONSIBLE", "LEAD",
}  # fmt: skip

REPEATABLE = frozenset(
    {"NOTE", "DOUBTFUL", "ASSUMPTION", "READING", "WAIVE", "LEGAL_BASIS", "TRANSITION", "USES",
     "LOCATOR", "CONCEPT"}
)  # fmt: skip


def allowed_attributes(kind: str) -> frozenset[str]:
    """Keyword names of the attributes that a kind of clause (or "root") may have."""
    if kind == "root":
        return _DOCUMENT | {"APPLIES_WHEN"}
    if kind == "schedule":
        return _SCORED | {"ENTITY"}
    if kind in SCORED_KINDS:
        return _SCORED
    if kind == "task":
        return _ANYWHERE | {"RESPONSIBLE", "LEAD"}
    if kind == "scene":
        return _ANYWHERE | {"APPLIES_WHEN", "RESPONSIBLE", "LEAD"}
    return _ANYWHERE


def maxima(clause: m.Clause) -> list[tuple[str | None, Fraction | None, list[Fraction]]]:
    """Declared maxima of the parts of a clause, added up.

    One entry for each unit table (label, sum, summands), or one with label ``None``.  The sum is
    ``None`` where a part's maximum is open or not declared.  Bonus and deduction groups stand
    outside the sum.
    """
    others = [c for c in clause.children if c.kind not in ("unit", "bonus", "deductions", "task")]
    tables: list[list[m.Clause]] = [[c] for c in clause.children if c.kind == "unit"] or [[]]
    results: list[tuple[str | None, Fraction | None, list[Fraction]]] = []
    for table in tables:
        parts = [c.declared_maximum for c in [*others, *table]]
        known = [p for p in parts if isinstance(p, Fraction)]
        total = sum(known, Fraction(0)) if known and len(known) == len(parts) else None
        results.append((table[0].label if table else None, total, known))
    return results


def spelt(keyword: str) -> tuple[str, str]:
    """A keyword in Chinese and English, for messages."""
    return spell(keyword, "zh"), spell(keyword, "en")


_STATEMENT_NAMES: dict[type[n.Statement], tuple[str, str]] = {
    n.Rule: ("计分规则", "a scoring rule"), n.Fact: ("事实", "a fact"),
    n.Target: ("目标", "a target"), n.Household: ("家庭规则", "a household rule"),
    n.Ranking: ("排序", "a ranking"), n.Quota: ("名额", "a quota"), n.Ties: ("同分", "a tie rule"),
    n.Plausible: ("常情", "a plausibility"),
    n.Exclusion: ("不计", "an exclusion"), n.Deadline: ("期限", "a deadline"),
    n.Duty: ("职责", "a duty"), n.BlendPart: ("合成权重", "a blend weight"),
    n.Example: ("示例", "an example"), n.Measure: ("计量", "a measure"),
    n.GivenMember: ("成员", "a member"), n.Judged: ("评定", "a judgement"),
    n.Expect: ("得分预期", "an expected score"), n.GivenUnit: ("单位", "a unit"),
    n.ExpectStatus: ("状态预期", "an expected status"),
}  # fmt: skip


def what_is(statement: n.Statement) -> tuple[str, str]:
    """What a statement is called in messages, in Chinese and English."""
    if isinstance(statement, n.Clause):
        return _WHERE[CLAUSE_KINDS[statement.kind]]
    if isinstance(statement, n.Operation):
        return ("修订操作", "an amending operation")
    return _STATEMENT_NAMES.get(type(statement), ("这句话", "this statement"))


_WHERE: dict[str, tuple[str, str]] = {
    "root": ("文件", "a document"), "schedule": ("附表", "a schedule"),
    "common": ("共同部分", "a common part"), "unit": ("单位", "a unit"), "group": ("组", "a group"),
    "bonus": ("加分", "a bonus group"), "deductions": ("扣分", "a deduction group"),
    "indicator": ("指标", "an indicator"), "item": ("项", "an item"), "task": ("任务", "a task"),
    "scene": ("场景", "a scene"), "status_rules": ("效力", "status rules"),
    "blend": ("合成", "a blend"),
}  # fmt: skip


def where_is(kind: str) -> tuple[str, str]:
    """What a kind of clause is called in messages, in Chinese and English."""
    return _WHERE[kind]
