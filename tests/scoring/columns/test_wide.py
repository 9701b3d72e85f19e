"""Columns too wide for a table: money to the cent, and sums of it."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from tests.scoring.columns.comparing import compare

from policydsl.model import loads
from policydsl.scoring.cases import Case
from policydsl.scoring.columns.plan import Formula

FACTS = """
  事实 收入：小数（元），范围 0 至 50000000 元，到 2 位
  事实 税额：小数（元），范围 0 至 50000000 元，到 2 位
  事实 次数：计数（次），范围 0 至 9 次      事实 合格：是否
"""
EDGES = ["0", "0.01", "99.99", "100", "9999.99", "10000", "10000.01", "19999.99", "20000",
         "499999.99", "500000", "500000.01", "50000000"]  # fmt: skip

RULES = [
    "每 1 万元 收入 加 3 分，不足 1 万元 不计，最高 30 分",
    "每 1 万元 收入 加 3 分，不足 1 万元 按满计，最多 7 次",
    "每 1 万元 收入 加 0.5 分，不足 1 万元 按比例计，四舍五入 到 2 位",
    "每 1 万元 收入 加 0.7 分，从 第 3 次 起，最低 2 分，减半，进一 到 0.5 分",
    "每 1 万元 收入 扣 1 分，只计 超过 2 万元 部分",
    "收入 低于 50 万元：每 1 万元 扣 0.1 分",
    "收入 达到 1 万元：加 （收入 ÷ 10000 元 × 2 - 1） 分，最高 20 分，舍去 到 1 位",
    "按 收入 取分 { 不足 1 万元：0 分；1 万元 至 2 万元：5 分；超过 50 万元：20 分；其他：10 分 }",
    "取高 { 每 1 万元 收入 加 1 分，最高 9 分；次数 达到 3 次：加 4 分；每 2 万元 税额 加 3 分 }",
    "取低 { 每 1 万元 收入 加 1 分；每 1 万元 税额 加 2 分 }",
    "累计 { 每 1 万元 收入 加 1 分；每 1 万元 税额 加 2 分；次数 达到 3 次：加 4 分 }，最高 50 分",
    "次数 达到 3 次 且 税额 达到 1 万元：每 1 万元 收入 加 1 分",
    "若 （收入 达到 2 万元 或 税额 达到 1 万元） 且 合格：加 5 分",
    "每 1 万元 （收入 + 税额） 加 1 分，最高 60 分",
    "若 （收入 - 税额） 低于 100 元：加 8 分",
    "若 收入 超过 税额：加 8 分",
    "每 1 万元 收入 酌情加分",
    "情形未载明：每 1 万元 收入 加 1 分，最高 5 分",
    "每 1 万元 收入 加 未载明（1 至 2 分），最高 40 分",
    "收入 不足 100 元：一票否决",
]


def some_cases(seed: int) -> list[Case]:
    """Persons around all edges, some with facts missing."""
    random = Random(seed)
    found = []
    for number, edge in enumerate(EDGES * 4):
        facts: dict[str, object] = {"收入": Fraction(edge)}
        if number % 5 == 0:
            facts = {}
        if number % 3:
            cents = random.choice(
                [int(Fraction(x) * 100) for x in EDGES] + [random.randrange(10**9)]
            )
            facts["税额"] = Fraction(cents, 100)
        if number % 7:
            facts["次数"] = Fraction(random.randrange(10))
            facts["合格"] = random.random() < 0.5
        found.append(Case(str(number), facts))  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("head", ["指标 甲", "指标 甲 满分 60 分 起评 满分"])
def test_points_are_exact_to_the_cent(rule: str, head: str):
    policy = loads(
        f"积分 t “例” {{ {FACTS} {head} {{ {rule} }} 指标 乙 {{ 次数 达到 2 次：加 1 分 }} }}"
    )
    compare(policy, some_cases(len(rule)))


def test_a_wide_column_is_a_formula():
    policy = loads(f"积分 t “例” {{ {FACTS} 指标 甲 {{ {RULES[0]} }} }}")
    plan = compare(policy, some_cases(1))
    assert [x for x in plan.steps if isinstance(x, Formula)]
    assert all(x.table.nbytes < 1000 for x in plan.steps if hasattr(x, "table"))
