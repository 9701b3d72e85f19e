"""Fewer steps, the same numbers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scoring.columns.populations import population_of
from tests.scoring.columns.test_planning import RANDOM
from tests.scoring.strategies import cases, drafts

from policydsl.language.diagnostics import PolicyError
from policydsl.model import loads
from policydsl.scoring.columns.derived import columns_of
from policydsl.scoring.columns.domains import Grid
from policydsl.scoring.columns.numpy_engine import run
from policydsl.scoring.columns.optimising import optimised
from policydsl.scoring.columns.plan import Add, Clip, bounds
from policydsl.scoring.columns.planning import make_plan
from policydsl.scoring.columns.population import Schema


@settings(RANDOM, max_examples=30)
@given(st.data())
def test_the_same_numbers(data: st.DataObject) -> None:
    draft = data.draw(drafts())
    policy = loads(draft.text)
    case = data.draw(cases(draft))
    population = population_of(policy, [case])
    try:
        plan = make_plan(policy, population.schema, unit=case.unit, entity=case.entity)
    except PolicyError:
        return
    columns = columns_of(plan, population)
    for wanted in (plan.visible(), {*plan.total, plan.flags}):
        slots = sorted(wanted)
        fewer = optimised(plan, wanted)
        assert len(fewer.steps) <= len(plan.steps)
        assert fewer.largest == bounds(fewer)[1] <= max(plan.largest, 0)
        before = run(plan, columns, slots, population.rows)
        after = run(fewer, columns, slots, population.rows)
        assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


def test_items_go_straight_into_their_group_when_only_the_total_is_wanted() -> None:
    text = """积分 t “例” {
      事实 甲数：计数（次），范围 0 至 9 次   事实 乙数：计数（次），范围 0 至 9 次
      组 丙 上限 90 分 {
        指标 甲 { 每 1 次 甲数 加 1 分 }
        指标 乙 { 每 1 次 乙数 加 2 分 }
      }
    }"""
    number = Grid(Fraction(0), Fraction(1), 10)
    plan = make_plan(loads(text), Schema({"甲数": number, "乙数": number}))
    fewer = optimised(plan, [plan.total.low])
    # two look-ups: no sum in between, no cap that 27 points could reach, no floor below 0
    assert not [x for x in fewer.steps if isinstance(x, (Add, Clip))]
    assert len(fewer.steps) == 2
