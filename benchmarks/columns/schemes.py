"""The policies that are measured: the scheme, its drafts, a coarse one, and schemes of any size."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.columns.data import SCHEME, Column, choice, number, rare, rate, whole, yes_no

if TYPE_CHECKING:
    from policydsl.model.policy import Policy

FOLDER = Path(__file__).parent
SCALE = 100
"""Hundredths of a point hold every score of these schemes."""
TIERS = "无 五级 四级 三级 二级 一级"

# the rule that drafts change: text before, and where the points and the most stand in it
_RULES = {
    "scheme": (
        "每 1 个月 社保月数 加 0.25 分，最高 20 分",
        "每 1 个月 社保月数 加 {} 分，最高 {} 分",
    ),
    "coarse": (
        "每 12 个月 社保月数 加 5 分，不足 12 个月 不计，最高 20 分",
        "每 12 个月 社保月数 加 {} 分，不足 12 个月 不计，最高 {} 分",
    ),
}


def text_of(name: str) -> str:
    """The text of ``scheme`` or ``coarse``."""
    return (FOLDER / f"{name}.policy").read_text("utf-8")


def policy_of(text: str) -> Policy:
    """A text as a policy."""
    from policydsl.model.loading import loads

    return loads(text)


def columns_of(policy: Policy) -> tuple[Column, ...]:
    """The columns that a policy asks for."""
    return tuple(c for c in SCHEME if c.name in policy.facts)


def drafts(name: str, count: int) -> Iterator[str]:
    """Texts of so many drafts (at most 1,000), each with one rule changed; all differ.

    The points for a month of insurance go from 0.01 to 0.50 (five times that for a year in the
    coarse scheme), the most from 20 down to 1.  Examples are left out: they hold for the original.
    """
    assert count <= 1000
    before, after = _RULES[name]
    text = "\n".join([*text_of(name).partition("\n  示例 ")[0].splitlines(), "}", ""])
    assert before in text
    for number_ in range(count):
        hundredths = 1 + number_ % 50
        points = f"{hundredths / 100:g}" if name == "scheme" else f"{hundredths / 10:g}"
        yield text.replace(before, after.format(points, 20 - number_ // 50))


def scheme_of(count: int) -> tuple[str, tuple[Column, ...]]:
    """A scheme with so many indicators, each on a fact of its own, and the columns it asks for.

    Five kinds of rule take turns; ten indicators make a group.
    """
    columns: list[Column] = []
    lines = [f"积分 bench-{count} “{count} 个指标的积分办法（测量用）” {{"]
    groups: list[str] = []
    for i in range(count):
        kind = i % 5
        if kind == 0:
            column = number(f"月数{i}", 600, rare(0.8, 48))
            fact = "计数（月），范围 0 至 600 个月"
            rule = f"每 1 个月 「{column.name}」 加 0.25 分，最高 10 分"
        elif kind == 1:
            column = choice(f"等级{i}", TIERS, 60, 14, 12, 9, 4, 1)
            fact = f"有序 {{ {TIERS.replace(' ', ' < ')} }}"
            rule = f"按 「{column.name}」 取分 {{ 二级 以上：10 分；四级、三级：6 分；其他：0 分 }}"
        elif kind == 2:
            column = yes_no(f"证明{i}", 0.3)
            fact = "是否"
            rule = f"「{column.name}」：加 5 分"
        elif kind == 3:
            column = number(f"比率{i}", 1000, rate(93, 5, 90, 95), 10)
            fact = "百分比，范围 0% 至 100%，到 1 位"
            rule = f"按 「{column.name}」 取分 {{ 95% 以上：10 分；90% 以上：6 分；其他：0 分 }}"
        else:
            column = number(f"金额{i}", 20_000, whole(900, 700))
            fact = "整数（元），范围 0 至 20000 元"
            rule = f"每 100 元 「{column.name}」 加 0.5 分，不足 100 元 不计，最高 10 分"
        columns.append(column)
        lines.append(f"  事实 「{column.name}」：{fact}")
        if i % 10 == 0:
            groups.append(f"  组 「组{i // 10}」 上限 60 分 {{")
        groups.append(f"    指标 「指标{i}」 上限 10 分 {{ {rule} }}")
        if i % 10 == 9 or i == count - 1:
            groups.append("  }")
    return "\n".join([*lines, *groups, "}", ""]), tuple(columns)
