"""Small schemes from a drafter's desk, and a way to build random ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import policydsl as pdl
from policydsl.model.policy import Policy

FACTS = """
  事实 年龄：整数（岁），范围 0 至 120 岁，概念 年龄
  事实 学历：有序 { 高中 < 大专 < 本科 }，概念 学历
  事实 社保月数：计数（月），概念 社保
  事实 登记率：百分比，概念 登记率
  事实 达标：是否
"""
CONCEPTS = "\n".join(
    f"  概念 {name} “{name}”" for name in ("年龄", "学历", "社保", "登记率", "守法", "公益")
)


def scheme(id_: str, body: str, total: int = 100, about: str = "") -> Policy:
    """A points scheme with the facts and concepts of the desk."""
    text = f"积分 {id_} “{id_} 的办法” {{\n  {about}\n  上限 {total} 分\n{CONCEPTS}\n{FACTS}\n{body}\n}}"
    return pdl.loads(text)


def assessment(id_: str, body: str) -> Policy:
    """An assessment with the facts and concepts of the desk."""
    return pdl.loads(f"考核 {id_} “{id_} 的办法” {{\n{CONCEPTS}\n{FACTS}\n{body}\n}}")


@dataclass(frozen=True)
class Indicator:
    """A random indicator: ``rule`` is a place in ``RULES``."""

    name: str
    concept: str | None
    points: int
    rule: int

    def text(self, summary: str = "") -> str:
        """The indicator in the language."""
        concept = f"概念 {self.concept} " if self.concept else ""
        about = f"摘要 “{summary}” " if summary else ""
        rule = RULES[self.rule].format(points=self.points)
        return f"  指标 {self.name} 上限 {self.points} 分 {concept}{{ 出处 “第{self.points}条” {about}{rule} }}"


RULES = (
    "每 1 个月 社保月数 加 0.5 分，最高 {points} 分",
    "年龄 不超过 40 岁：加 {points} 分",
    "按 学历 取分 {{ 本科 以上：{points} 分；大专：1 分；其他：0 分 }}",
    "达标：加 {points} 分",
    "未载明",
    "登记率 不低于 95%：加 {points} 分",
)


def built(id_: str, indicators: Sequence[Indicator], summaries: bool = True) -> Policy:
    """A scheme of random indicators."""
    body = "\n".join(x.text(f"{x.name}的事项" if summaries else "") for x in indicators)
    return scheme(id_, body, 300)
