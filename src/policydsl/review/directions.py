"""Whether more of a fact is better: from the targets of the policy, else from the fact's name.

A name is a hint and no proof: what rests on it is said so.
"""

from __future__ import annotations

from typing import Literal

from policydsl.model.policy import Fact, Policy

Direction = Literal["up", "down"]
Ground = Literal["target", "name"]

_BAD = (
    "未", "不达标", "不合格", "不良", "违", "缺席", "旷", "逾期", "失信", "犯罪", "投诉", "事故",
    "发生", "虚假", "处罚", "中止", "注销", "停缴", "欠", "漏", "错", "差错", "黑",
)  # fmt: skip
_GOOD = (
    "登记率", "准确率", "覆盖率", "接种率", "普及率", "结案率", "服务率", "管理率", "服药率",
    "申报率", "接纳率", "建卡率", "查验率", "接收率", "反馈率", "合格率", "达标率", "完成率",
    "满意", "培训", "宣教", "宣传", "录用", "表彰", "志愿", "献血", "捐献", "纳税",
    "社保月数", "缴费月数", "居住月数", "获奖",
)  # fmt: skip


def direction_of(policy: Policy, fact: Fact) -> tuple[Direction, Ground] | None:
    """Which way is better, and how that is known; ``None`` where nothing tells."""
    for clause in policy.clauses.values():
        for target in clause.targets:
            if target.measure == fact.name and target.operator in (">", ">="):
                return "up", "target"
            if target.measure == fact.name and target.operator in ("<", "<="):
                return "down", "target"
    if any(word in fact.name for word in _BAD):
        return "down", "name"
    if any(word in fact.name for word in _GOOD):
        return "up", "name"
    return None
