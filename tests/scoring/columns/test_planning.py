"""Plans give what the exact evaluator gives: on random policies, and on the bundled ones."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.scoring.columns.comparing import compare
from tests.scoring.columns.populations import population_of
from tests.scoring.strategies import cases, drafts

from policydsl.language.diagnostics import PolicyError
from policydsl.model import Policy, loads
from policydsl.model.loading import load
from policydsl.scoring.cases import Case, case_of
from policydsl.scoring.columns.plan import Look, Step
from policydsl.scoring.columns.planning import planner as planning
from policydsl.scoring.columns.planning.planner import make_plan, place_of, plans
from policydsl.scoring.tables import Reading, read_cases

REFUSALS = {"S506", "S507", "S508"}
POLICIES = Path(__file__).resolve().parents[3] / "policies"
RANDOM = settings(
    max_examples=40, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large,
                           HealthCheck.filter_too_much],
)  # fmt: skip


def of_one_table(policy: Policy, given_: list[Case]) -> list[list[Case]]:
    """Cases by the table that scores them."""
    tables: dict[tuple[str | None, str | None], list[Case]] = {}
    for case in given_:
        tables.setdefault(place_of(policy, case), []).append(case)
    return list(tables.values())


@RANDOM
@given(st.data())
def test_a_plan_gives_what_the_exact_evaluator_gives(data: st.DataObject) -> None:
    draft = data.draw(drafts())
    policy = loads(draft.text)
    drawn = [data.draw(cases(draft, id_=str(n))) for n in range(4)]
    for rows in of_one_table(policy, drawn):
        proper(policy, rows)


def proper(policy: Policy, rows: list[Case], reasons: bool = False) -> bool:
    """Whether there is a plan (which gives the same); a refusal names the clause."""
    try:
        compare(policy, rows, reasons)
    except PolicyError as error:
        refusal = error
    else:
        return True
    # seldom: test_few_policies_are_refused
    for diagnostic in refusal.diagnostics:
        assert diagnostic.code in REFUSALS
        assert diagnostic.details["clause"]
    return False


def test_few_policies_are_refused():
    """Of the same 60 random policies not more than two, and each with a reason."""
    refused = []

    @settings(RANDOM, max_examples=60, derandomize=True, database=None)
    @given(st.data())
    def planned(data: st.DataObject) -> None:
        draft = data.draw(drafts())
        policy = loads(draft.text)
        case = data.draw(cases(draft))
        try:
            make_plan(policy, population_of(policy, [case]).schema, unit=case.unit,
                      entity=case.entity)  # fmt: skip
        except PolicyError as refusal:
            refused.append(str(refusal))

    planned()
    assert len(refused) <= 2, refused


@pytest.mark.parametrize(
    ("policy", "assume", "table", "day"),
    [
        ("yueqing-2022", [], "yueqing-applicants.csv", date(2022, 6, 30)),
        ("yueqing-2022", ["yueqing-demo"], "yueqing-applicants.csv", date(2022, 6, 30)),
        ("haishu-2022", [], "haishu-applicants.csv", date(2022, 6, 30)),
        ("haishu-2022", ["haishu-demo"], "haishu-applicants.csv", date(2022, 6, 30)),
        ("beilun-departments", [], "beilun-departments.csv", None),
    ],
)  # fmt: skip
def test_the_demonstration_data(policy: str, assume: list[str], table: str, day: date | None):
    loaded = load(policy, assume=assume)
    found = read_cases(loaded, POLICIES / "demo" / table, Reading(date=day)).cases
    # an assessor's judgements are no columns
    unjudged = [Case(x.id, x.facts, x.unit, x.entity, x.members, {}, x.date) for x in found]
    for rows in of_one_table(loaded, unjudged):
        compare(loaded, rows)


@pytest.mark.parametrize(
    "policy",
    ["yueqing-2022", "haishu-2022", "beilun-departments", "beilun-centre-older",
     "provincial-indicators-a", "provincial-indicators-b", "yinzhou-workplan-2023"],
)  # fmt: skip
def test_the_examples_of_the_bundled_policies(policy: str):
    loaded = load(policy)
    found = [case_of(x) for x in loaded.examples if not x.judgements]
    nobody = Case("", unit=next(iter(loaded.units), None))
    for rows in of_one_table(loaded, [*found, nobody]):
        assert compare(loaded, rows).policy == policy


def test_there_is_a_plan_for_each_table():
    policy = load("beilun-departments")
    from policydsl.scoring.columns.population import Schema

    assert set(plans(policy, Schema({}))) == {(None, unit) for unit in policy.units}


DRAFTED = """积分 d “题” {{
  事实 学历：有序 {{ 高中 < 大专 < 本科 }}
  事实 社保月数：计数（月），范围 0 至 {months} 个月
  组 基本 上限 30 分 {{
    指标 学历 {{ 按 学历 取分 {{ 本科：{points} 分；其他：2 分 }} }}
    指标 社保 满分 20 分 {{ 每 1 个月 社保月数 加 0.5 分，最高 20 分 }}
  }}
}}
"""


@pytest.mark.parametrize(("points", "months"), [("10", 60), ("8.25", 60), ("10", 20)])
def test_a_draft_is_planned_as_if_nothing_were_remembered(points: str, months: int):
    base = loads(DRAFTED.format(points="10", months=60))
    draft = loads(DRAFTED.format(points=points, months=months))
    case = Case("1", {"学历": "本科", "社保月数": Fraction(7)})
    schemas = [population_of(x, [case]).schema for x in (base, draft)]
    planning.TABLES.clear()
    alone = make_plan(draft, schemas[1])
    planning.TABLES.clear()
    make_plan(base, schemas[0])
    after = make_plan(draft, schemas[1])
    assert [_shown(x) for x in after.steps] == [_shown(x) for x in alone.steps]
    assert after.scale == alone.scale == (4 if points == "8.25" else 2)


def _shown(step: Step) -> list[object]:
    values = [getattr(step, x.name) for x in fields(step)]
    return [type(step), *(x.tolist() if isinstance(x, np.ndarray) else x for x in values)]


def test_plans_can_be_made_on_one_scale():
    base = loads(DRAFTED.format(points="10", months=60))
    case = Case("1", {"学历": "本科", "社保月数": Fraction(7)})
    schema = population_of(base, [case]).schema
    assert make_plan(base, schema).scale == 2
    found = make_plan(base, schema, scale=100)
    assert found.scale == 100
    assert max(x.table.max() for x in found.steps if isinstance(x, Look)) == 2000


BLENDED = """
积分 demo-blended “合成” {{
  事实 甲：计数（次），范围 0 至 9
  指标 一 上限 40 分 {{ 每 1 次 甲 加 {points} 分 }}
  合成 综合 {{ 总分 占 37%；甲 占 63% }}
}}
"""


@pytest.mark.parametrize("points", ["1", "0.5", "0.125"])
@pytest.mark.parametrize("factor", [1, 2, 3, 7])
def test_the_scale_that_was_asked_for_does_not_grow_with_blends(points: str, factor: int):
    policy = loads(BLENDED.format(points=points))
    case = Case("1", {"甲": Fraction(7)})
    schema = population_of(policy, [case]).schema
    alone = make_plan(policy, schema)
    again = make_plan(policy, schema, scale=alone.scale * factor)
    assert again.scale == alone.scale * factor
    other = make_plan(policy, schema, scale=11)
    assert other.scale == alone.scale * 11
    compare(policy, [case], False)
