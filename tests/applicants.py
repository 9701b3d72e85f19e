"""The bundled lists of invented applicants, read as cases.

A plain reader of its own, so that the tests of the policies rest on nothing but the model and
the exact evaluator.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path

from policydsl.model import Fact, Policy
from policydsl.model.expressions import Constant
from policydsl.model.policy import Member
from policydsl.scoring.cases import APPLICANT, Case

DEMO = Path(__file__).resolve().parents[1] / "policies" / "demo"
ASSESSED_ON = date(2022, 6, 30)
NUMBER, HOUSEHOLD, ROLE = "编号", "户号", "角色"
ABOUT_THE_ROW = (NUMBER, HOUSEHOLD, ROLE)


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a list, as texts."""
    with (DEMO / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def constant(fact: Fact, text: str) -> Constant:
    """A cell as a value of its fact."""
    if fact.values:
        assert text in fact.values, (fact.name, text)
        return text
    if fact.kind == "yes_no":
        return {"是": True, "否": False}[text]
    if fact.kind == "date":
        return date.fromisoformat(text)
    return Fraction(text)


def facts(policy: Policy, row: Mapping[str, str]) -> dict[str, Constant]:
    """What a row says; empty cells are left out."""
    return {
        name: constant(policy.facts[name], text)
        for name, text in row.items()
        if name not in ABOUT_THE_ROW and text
    }


def households(policy: Policy, name: str) -> list[Case]:
    """One case for each household, named by it, with the other members inside."""
    families: dict[str, list[dict[str, str]]] = {}
    for row in rows(name):
        families.setdefault(row[HOUSEHOLD], []).append(row)
    cases = []
    for household, members in families.items():
        first, *others = members
        assert first[ROLE] == APPLICANT, household
        cases.append(
            Case(
                household,
                facts(policy, first),
                members=tuple(Member(row[ROLE], facts(policy, row)) for row in others),
                date=ASSESSED_ON,
                household=household,
            )
        )
    return cases


def months_since(registered: str) -> int:
    """Whole months from a date to the day of assessment."""
    day = date.fromisoformat(registered)
    months = (ASSESSED_ON.year - day.year) * 12 + ASSESSED_ON.month - day.month
    return months - (ASSESSED_ON.day < day.day)
