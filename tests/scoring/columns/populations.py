"""Cases as an encoded population, and what the exact evaluator makes of them, for comparison.

Rows are the applicants of the cases; members that are no cases themselves are rows too, as in
a table of households.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from math import gcd

import numpy as np

from policydsl.model import Policy
from policydsl.model.expressions import Constant
from policydsl.model.policy import Fact
from policydsl.scoring.cases import SPOUSE, Case
from policydsl.scoring.columns.arrays import Codes
from policydsl.scoring.columns.domains import Days, Domain, Grid, choice, yes_no
from policydsl.scoring.columns.population import Population, Schema


def domain_of(fact: Fact, values: Sequence[Constant]) -> Domain:
    """What a column of a fact can hold: its declared range, else what occurs."""
    if fact.kind == "yes_no":
        return yes_no()
    if fact.kind in ("choice", "ordered"):
        return choice(fact.values)
    if fact.kind == "date":
        days = [x for x in values if isinstance(x, date)] or [date(2024, 1, 1)]
        first = min(days) - timedelta(days=3)
        return Days(first, (max(days) - first).days + 4)
    numbers = [x for x in values if isinstance(x, Fraction)] or [Fraction(0)]
    low = min([*numbers, *([] if fact.low is None else [fact.low])])
    high = max([*numbers, *([] if fact.high is None else [fact.high])])
    step = Fraction(1, 10 ** (fact.places or 0)) if fact.places or fact.high is not None else None
    for number in [low, *numbers]:
        step = number if step is None else common(step, number)
    step = step or Fraction(1)
    return Grid(low, step, int((high - low) / step) + 1)


def common(left: Fraction, right: Fraction) -> Fraction:
    """The largest number that both are multiples of."""
    whole = left.denominator * right.denominator
    return Fraction(gcd(int(left * whole), int(right * whole)), whole)


def population_of(policy: Policy, cases: Sequence[Case]) -> Population:
    """Rows for the cases and their members; the cases are the first rows."""
    people: list[Mapping[str, Constant]] = [case.facts for case in cases]
    household = list(range(len(cases)))
    spouse = [-1] * len(cases)
    for number, case in enumerate(cases):
        for member in case.members:
            if member.role == SPOUSE and spouse[number] < 0:
                spouse[number] = len(people)
                spouse.append(number)
            else:
                spouse.append(-1)
            people.append(member.facts)
            household.append(number)
    names = sorted({name for person in people for name in person})
    domains = {
        name: domain_of(policy.facts[name], [p[name] for p in people if name in p])
        for name in names
        if name in policy.facts
    }
    columns: dict[str, Codes] = {}
    for name, domain in domains.items():
        codes = [0 if name not in p else domain.code(p[name]) for p in people]
        assert None not in codes, (name, domain)
        columns[name] = np.array(codes, np.int64)
    households = any(case.members for case in cases)
    schema = Schema(domains, cases[0].date if cases else None, households=households)
    return Population(
        schema, len(people), columns,
        household=np.array(household) if households else None,
        spouse=np.array(spouse) if households else None,
        applicant=np.arange(len(people)) < len(cases),
    )  # fmt: skip
