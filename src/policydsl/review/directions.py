"""Whether more of a fact is better: from the targets of the policy, else from the fact's name.

A name is a hint and no proof: what rests on it is said so.
"""

from __future__ import annotations

from typing import Literal

from policydsl.model.policy import Fact, Policy

Direction = Literal["up", "down"]
Ground = Literal["target", "name"]

# In this order: what a name begins or ends with says more than what stands in its middle
# (未整治 … is bad, … 专项整治 good, … 违法犯罪率 bad, 犯罪嫌疑人 … 登记率 good).
_NOT = ("未", "无故", "不", "漏", "欠", "停缴", "中止", "逾期", "缺席", "缺勤")
_GOOD_ENDS = (
    "登记率", "准确率", "覆盖率", "接种率", "普及率", "结案率", "服务率", "管理率", "服药率",
    "申报率", "接纳率", "建卡率", "查验率", "接收率", "反馈率", "合格率", "达标率", "完成率",
    "满意度", "满意率", "整治", "查处", "治理", "防控", "管控", "保护", "救助", "培训", "宣教",
    "宣传", "社保月数", "缴费月数", "居住月数",
)  # fmt: skip
_BAD = (
    "违", "旷", "失信", "犯罪", "投诉", "事故", "发生", "虚假", "处罚", "处分", "注销", "差错",
    "判处", "拘留", "吊销", "隐瞒", "伪造", "造假", "传染病", "受", "被", "吸毒",
    "转入", "刑", "欺",
)  # fmt: skip
_GOOD = ("录用", "表彰", "志愿", "献血", "捐献", "纳税", "获奖", "培训")


def direction_of(policy: Policy, fact: Fact) -> tuple[Direction, Ground] | None:
    """Which way is better, and how that is known; ``None`` where nothing tells."""
    for clause in policy.clauses.values():
        for target in clause.targets:
            if target.measure == fact.name and target.operator in (">", ">="):
                return "up", "target"
            if target.measure == fact.name and target.operator in ("<", "<="):
                return "down", "target"
    if fact.name.startswith("上年"):
        return None  # what this year is held against
    if any(word in fact.name for word in _NOT):
        return "down", "name"
    if fact.name.endswith(_GOOD_ENDS):
        return "up", "name"
    if any(word in fact.name for word in _BAD):
        return "down", "name"
    if any(word in fact.name for word in _GOOD):
        return "up", "name"
    return None


def to_be_done(policy: Policy, fact: Fact) -> bool:
    """Whether a yes-or-no fact is something to do in an assessment (法律援助：是否).

    It is taken for that where nothing in its name says that it is bad.
    """
    bad = any(word in fact.name for word in (*_NOT, *_BAD))
    return policy.kind == "assessment" and fact.kind == "yes_no" and not bad
