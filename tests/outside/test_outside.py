"""Schemes from outside the five documents, to hold the language to its claim of being general.

``express-entry-crs.policy`` is Canada's points grid in English keywords,
``shanghai-residence-points.policy`` Shanghai's points for residence permits in Chinese ones.  Their
examples were worked out by hand from the published tables.  The Canadian grid is also written out
here a second time, as plain arithmetic, and both are held to each other on random persons.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policydsl.language.parsing import parse_path
from policydsl.language.printing import print_file
from policydsl.model import Policy, load, loads
from policydsl.model.policy import Example, Member
from policydsl.model.rules import Combined, Matrix, nested
from policydsl.scoring.cases import SPOUSE, Case, case_of
from policydsl.scoring.exact import Evaluator, score_case
from policydsl.scoring.ranges import Range

HERE = Path(__file__).parent
CRS = HERE / "express-entry-crs.policy"
SHANGHAI = HERE / "shanghai-residence-points.policy"


def examples(path: Path) -> list[Any]:
    return [pytest.param(path, x, id=x.title) for x in load(path).examples]


@pytest.mark.parametrize(("path", "example"), [*examples(CRS), *examples(SHANGHAI)])
def test_worked_examples(path: Path, example: Example) -> None:
    assert example.expectations
    score = Evaluator(load(path)).score(case_of(example))
    for expected in example.expectations:
        found = score.total if expected.clause is None else score.parts[expected.clause]
        assert found == Range(expected.low, expected.high), expected.clause or "total"


@pytest.mark.parametrize("path", [CRS, SHANGHAI])
def test_no_findings(path: Path) -> None:
    assert [d.render() for d in load(path).diagnostics] == []


@pytest.mark.parametrize("path", [CRS, SHANGHAI])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_printed_in_either_language_they_say_the_same(path: Path, language: Any) -> None:
    file = parse_path(path).file
    printed = print_file(file, language)
    again = loads(printed)
    policy = load(path)
    for example, other in zip(policy.examples, again.examples, strict=True):
        assert score_case(policy, case_of(example)) == score_case(again, case_of(other))


def test_what_the_canadian_grid_asks_of_the_language() -> None:
    """Two-way tables, caps within caps, the spouse's facts, the lesser of two."""
    policy = load(CRS)
    rules = [inner for c in policy.items for rule in c.rules for inner in nested(rule)]
    assert sum(isinstance(r.action, Matrix) for r in rules) == 11
    assert any(isinstance(r.action, Combined) and r.action.how == "least" for r in rules)
    limits = {c.id: c.declared_maximum for c in policy.clauses.values() if c.kind != "item"}
    assert limits[""] == 1200
    assert limits["core_and_spouse"] == 500
    assert limits["core_and_spouse/human_capital"] == 500
    assert limits["core_and_spouse/spouse_factors"] == 40
    assert limits["transferability"] == 100
    assert limits["transferability/education_transfer"] == 50
    assert limits["additional"] == 600


# -- the grid a second time ----------------------------------------------------------------------

SCHOOL = ["less_than_secondary", "secondary", "one_year", "two_year", "bachelor", "two_or_more",
          "master", "doctorate"]  # fmt: skip
ABILITIES = ("speaking", "listening", "reading", "writing")


def step(value: int, *cuts: tuple[int, int]) -> int:
    """Points of the highest cut that the value reaches."""
    return next((points for cut, points in sorted(cuts, reverse=True) if value >= cut), 0)


def crs(me: Mapping[str, Any], spouse: Mapping[str, Any] | None) -> int:
    """The score in plain arithmetic; ``spouse`` only where one comes along."""
    with_spouse = bool(me["accompanied"])
    k = 0 if with_spouse else 1
    falling = {30: (95, 105), 31: (90, 99), 32: (85, 94), 33: (80, 88), 34: (75, 83), 35: (70, 77),
               36: (65, 72), 37: (60, 66), 38: (55, 61), 39: (50, 55), 40: (45, 50), 41: (35, 39),
               42: (25, 28), 43: (15, 17), 44: (5, 6), 18: (90, 99), 19: (95, 105)}  # fmt: skip
    age = me["age"]
    points: int = (100, 110)[k] if 20 <= age <= 29 else falling.get(age, (0, 0))[k]
    level = SCHOOL.index(me["education"])
    points += ((0, 28, 84, 91, 112, 119, 126, 140), (0, 30, 90, 98, 120, 128, 135, 150))[k][level]
    first = [me[f"first_{a}"] for a in ABILITIES]
    second = [me[f"second_{a}"] for a in ABILITIES]
    tables = (
        ((4, 6), (6, 8), (7, 16), (8, 22), (9, 29), (10, 32)),
        ((4, 6), (6, 9), (7, 17), (8, 23), (9, 31), (10, 34)),
    )
    points += sum(step(clb, *tables[k]) for clb in first)
    points += min((22, 24)[k], sum(step(clb, (5, 1), (7, 3), (9, 6)) for clb in second))
    years = me["canadian_work"]
    points += ((0, 35, 46, 56, 63, 70), (0, 40, 53, 64, 72, 80))[k][min(years, 5)]
    if with_spouse and spouse is not None:
        points += (0, 2, 6, 7, 8, 9, 10, 10)[SCHOOL.index(spouse["education"])]
        points += sum(
            step(spouse[f"first_{a}"], (5, 1), (7, 3), (9, 5)) for a in ABILITIES
        )  # fmt: skip
        points += (0, 5, 7, 8, 9, 10)[min(spouse["canadian_work"], 5)]
    good, lesser = min(first), 0
    worth = {0: (0, 0), 1: (13, 25), 2: (25, 50)}
    degree = 2 if level >= 5 else 1 if level >= 2 else 0
    abroad = 2 if me["foreign_work"] >= 3 else 1 if me["foreign_work"] else 0
    for what in (degree, abroad):
        by_language = worth[what][1] if good >= 9 else worth[what][0] if good >= 7 else 0
        by_work = worth[what][1] if years >= 2 else worth[what][0] if years == 1 else 0
        lesser += min(50, by_language + by_work)
    if me["trade_certificate"]:
        lesser += step(good, (5, 25), (7, 50))
    points += min(100, lesser)
    french, english = first, second
    if me["first_language"] == "English":
        french, english = second, first
    more = 15 * me["sibling_in_canada"] + 600 * me["provincial_nomination"]
    if min(french) >= 7:
        more += 50 if min(english) >= 5 else 25
    more += {"none": 0, "one_or_two_years": 15, "three_years_or_more": 30}[me["study_in_canada"]]
    more += {"none": 0, "senior_management": 200, "other_skilled": 50}[me["arranged_employment"]]
    return int(points + min(600, more))


@st.composite
def persons(draw: st.DrawFn) -> dict[str, Any]:
    level = st.integers(3, 12)
    person: dict[str, Any] = {
        "age": draw(st.integers(15, 48)),
        "accompanied": draw(st.booleans()),
        "education": draw(st.sampled_from(SCHOOL)),
        "first_language": draw(st.sampled_from(["English", "French"])),
        "canadian_work": draw(st.integers(0, 7)),
        "foreign_work": draw(st.integers(0, 5)),
        "study_in_canada": draw(
            st.sampled_from(["none", "one_or_two_years", "three_years_or_more"])
        ),
        "arranged_employment": draw(
            st.sampled_from(["none", "senior_management", "other_skilled"])
        ),
    }
    for key in ("trade_certificate", "sibling_in_canada", "provincial_nomination"):
        person[key] = draw(st.booleans())
    for which in ("first", "second"):
        # abilities lie close together, so that the weakest of them is not always low
        base = draw(level)
        for ability in ABILITIES:
            person[f"{which}_{ability}"] = min(12, base + draw(st.integers(0, 2)))
    return person


def known(person: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(
        {k: Fraction(v) if type(v) is int else v for k, v in person.items()}
    )  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(persons(), persons())
def test_the_canadian_grid_against_plain_arithmetic(
    me: Mapping[str, Any], spouse: Mapping[str, Any]
) -> None:
    case = Case("x", known(me), members=(Member(SPOUSE, known(spouse)),))
    assert score_case(crs_policy(), case).total == Range.exactly(crs(me, spouse))


@cache
def crs_policy() -> Policy:
    """The grid, loaded once."""
    return load(CRS)
