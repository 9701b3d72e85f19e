"""Plans give what the exact evaluator gives: on random policies, and on the bundled ones."""

from __future__ import annotations

from datetime import date
from pathlib import Path

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
from policydsl.scoring.columns.planning import make_plan, place_of, plans
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
        tables.setdefault(place_of(policy, case.entity, case.unit), []).append(case)
    return list(tables.values())


@RANDOM
@given(st.data())
def test_a_plan_gives_what_the_exact_evaluator_gives(data: st.DataObject) -> None:
    draft = data.draw(drafts())
    policy = loads(draft.text)
    drawn = [data.draw(cases(draft, id_=str(n))) for n in range(4)]
    for rows in of_one_table(policy, drawn):
        try:
            compare(policy, rows)
        except PolicyError as refusal:
            # seldom: test_few_policies_are_refused
            assert {x.code for x in refusal.diagnostics} <= REFUSALS
            assert all(x.details["clause"] for x in refusal.diagnostics)


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
