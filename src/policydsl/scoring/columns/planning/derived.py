"""Columns that a plan reads and a table does not have: the spouse's, and what is worked out.

What is worked out (a fact less what is excluded from it, a household's sum, the sum of two wide
facts) is computed by the exact evaluator for many rows at once, before the plan runs.  The planner
has to know beforehand what it can be: :func:`domain_of`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from math import gcd, lcm, prod

import numpy as np
import numpy.typing as npt

from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.language.functions import ASSESSMENT_DATE
from policydsl.model import expressions as e
from policydsl.scoring.columns.arrays import Codes, Numbers
from policydsl.scoring.columns.domains import MISSING, Days, Domain, Grid, Listed, choice, yes_no
from policydsl.scoring.columns.plan import Input, Plan
from policydsl.scoring.columns.planning.keys import (
    Column,
    Effective,
    HasSpouse,
    Key,
    Reading,
    Worked,
)
from policydsl.scoring.columns.planning.lanes import Day, Lane, Places, explore
from policydsl.scoring.columns.planning.supposing import Supposed
from policydsl.scoring.columns.population import Population
from policydsl.scoring.expressions import Missing, Value

WIDEST = 1 << 22
"""So many combinations are worked out once, and looked up for each row."""


MOST = 1 << 40
"""Codes of a column that is worked out."""


class NotWorkedOut(Exception):
    """Something that cannot be worked out ahead."""


@dataclass(frozen=True, slots=True)
class Derived(Input):
    """An input that :func:`columns_of` works out; ``reading`` says of which policy and how."""

    key: Key = field(default_factory=HasSpouse, compare=False, repr=False)
    reading: Reading | None = field(default=None, compare=False, repr=False)


# -- what it can be


@dataclass(frozen=True, slots=True)
class Lattice:
    """Multiples of ``unit`` from ``low`` to ``high``."""

    low: Fraction
    high: Fraction
    unit: Fraction

    def hull(self, other: Lattice) -> Lattice:
        """Both."""
        low, high = min(self.low, other.low), max(self.high, other.high)
        return Lattice(low, high, common(self.unit, other.unit))

    def domain(self) -> Grid:
        """Codes for its numbers."""
        unit = self.unit or Fraction(1)
        return Grid(self.low, unit, int((self.high - self.low) / unit) + 1)


def common(left: Fraction, right: Fraction) -> Fraction:
    """The largest number that both are multiples of; 0 is a multiple of everything."""
    whole = lcm(left.denominator, right.denominator)
    return Fraction(gcd(int(left * whole), int(right * whole)), whole)


Possible = Lattice | Listed | Days


def domain_of(reading: Reading, key: Effective | Worked) -> Domain:
    """The domain of a key that is to be worked out ahead.

    Raises :class:`NotWorkedOut` where its values cannot be bounded.
    """
    if isinstance(key, Effective):
        found = _fact(reading, key.fact)
    else:
        found = _possible(reading, key.expression)
    domain = found.domain() if isinstance(found, Lattice) else found
    if domain.size > MOST:
        raise NotWorkedOut
    return domain


def _fact(reading: Reading, name: str) -> Possible:
    """What a fact can be."""
    facts = reading.policy.facts
    if name == ASSESSMENT_DATE and name not in reading.schema.domains:
        if reading.schema.date is None:
            return Days(date(2000, 1, 1), 1)
        return Days(reading.schema.date, 1)
    fact = facts[name]
    found: list[Possible] = []
    if name in reading.schema.domains:
        found.append(_of_domain(reading.schema.domains[name]))
    found.extend(
        _of_constant(x, fact.values) for x in (fact.default, fact.missing_value) if x is not None
    )
    if fact.derived is not None:
        found.append(_possible(reading, fact.derived))
    if not found:
        # never known: any domain will do
        return yes_no() if fact.kind == "yes_no" else (
            choice(fact.values) if fact.values else Days(date(2000, 1, 1), 1)
            if fact.kind == "date" else Lattice(Fraction(0), Fraction(0), Fraction(1))
        )  # fmt: skip
    result = _hull(found)
    for exclusion in reading.policy.exclusions:
        if exclusion.fact == name and isinstance(result, Lattice):
            off = _fact(reading, exclusion.excluded)
            own, other = fact.unit, facts[exclusion.excluded].unit
            factor = (other.scale if other else 1) / Fraction(own.scale if own else 1)
            assert isinstance(off, Lattice)
            less = _minus(result, _times(off, Lattice(factor, factor, factor)))
            zero = Fraction(0)
            less = Lattice(zero, max(zero, less.high), less.unit)
            result = result.hull(less)
    return result


def _of_domain(domain: Domain) -> Possible:
    if isinstance(domain, Grid):
        high = domain.low + (domain.count - 1) * domain.step
        return Lattice(domain.low, high, common(domain.low, domain.step))
    return domain


def _of_constant(value: e.Constant, order: Sequence[str] = ()) -> Possible:
    if isinstance(value, bool):
        return yes_no()
    if isinstance(value, Fraction):
        return Lattice(value, value, abs(value))
    if isinstance(value, date):
        return Days(value, 1)
    return choice(order) if order else Listed((value,))


def _hull(found: Sequence[Possible]) -> Possible:
    first, *rest = found
    for other in rest:
        if isinstance(first, Lattice) and isinstance(other, Lattice):
            first = first.hull(other)
        elif isinstance(first, Days) and isinstance(other, Days):
            start = min(first.first, other.first)
            end = max(first.value(first.count), other.value(other.count))
            first = Days(start, (end - start).days + 1)
        elif isinstance(first, Listed) and isinstance(other, Listed):
            first = Listed(tuple(dict.fromkeys((*first.values, *other.values))))
        else:
            raise NotWorkedOut
    return first


def _number(found: Possible) -> Lattice:
    if not isinstance(found, Lattice):
        raise NotWorkedOut
    return found


def _minus(left: Lattice, right: Lattice) -> Lattice:
    return Lattice(left.low - right.high, left.high - right.low, common(left.unit, right.unit))


def _times(left: Lattice, right: Lattice) -> Lattice:
    corners = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
    return Lattice(min(corners), max(corners), left.unit * right.unit)


def _possible(reading: Reading, expr: e.Expr) -> Possible:
    """What an expression can be, if it is known."""
    match expr:
        case e.Const():
            return _of_constant(expr.value)
        case e.FactRef():
            found = _fact(reading, expr.fact)
            scale = Lattice(expr.scale, expr.scale, abs(expr.scale))
            return _times(found, scale) if isinstance(found, Lattice) else found
        case e.Arith():
            left = _number(_possible(reading, expr.left))
            right = _number(_possible(reading, expr.right))
            return _arithmetic(expr.operator, left, right)
        case e.Func():
            return _function(reading, expr)
        case e.Aggregate():
            return _aggregate(reading, expr)
        case e.Compared() | e.IsProvided() | e.Not() | e.All() | e.AnyOf():
            if any(isinstance(x, (e.UnknownTrigger, e.ScoreRef)) for x in e.walk(expr)):
                raise NotWorkedOut
            return yes_no()
        case e.ScoreRef() | e.UnknownTrigger():
            raise NotWorkedOut


def _arithmetic(operator: str, left: Lattice, right: Lattice) -> Lattice:
    if operator == "+":
        unit = common(left.unit, right.unit)
        return Lattice(left.low + right.low, left.high + right.high, unit)
    if operator == "-":
        return _minus(left, right)
    if operator == "/":
        if right.low != right.high or right.low == 0:
            raise NotWorkedOut
        factor = 1 / right.low
        right = Lattice(factor, factor, abs(factor))
    return _times(left, right)


def _function(reading: Reading, expr: e.Func) -> Possible:
    if expr.name == "choose":
        _possible(reading, expr.arguments[0])
        return _hull([_possible(reading, x) for x in expr.arguments[1:]])
    parts = [_possible(reading, x) for x in expr.arguments]
    zero, one = Fraction(0), Fraction(1)
    if expr.name in ("age", "whole_years", "whole_months", "days_between"):
        start, end = parts
        if not isinstance(start, Days) or not isinstance(end, Days):
            raise NotWorkedOut
        days = max(0, (end.value(end.count) - start.first).days)
        if expr.name == "days_between":
            return Lattice(zero, Fraction(days), one)
        months = days // 28 + 1
        size = 12 if expr.name == "whole_years" else 1
        return Lattice(zero, Fraction(months // size * size + size), Fraction(size))
    numbers = [_number(x) for x in parts]
    if expr.name in ("min", "max"):
        pick = min if expr.name == "min" else max
        unit = numbers[0].unit
        for each in numbers[1:]:
            unit = common(unit, each.unit)
        return Lattice(pick(x.low for x in numbers), pick(x.high for x in numbers), unit)
    only = numbers[0]
    if expr.name == "abs":
        return Lattice(zero, max(abs(only.low), abs(only.high)), only.unit)
    low, high = only.low // 1, -(-only.high // 1)
    return Lattice(Fraction(low), Fraction(high), one)


def _aggregate(reading: Reading, expr: e.Aggregate) -> Possible:
    inner = _possible(reading, expr.argument)
    if any(role == "spouse" for _, role in e.facts_of(expr.argument)) or any(
        isinstance(x, e.Aggregate) or (isinstance(x, e.Arith) and x.operator == "/")
        for x in e.walk(expr.argument)
    ):
        raise NotWorkedOut
    if expr.name == "any":
        return yes_no()
    most = reading.schema.largest_household
    if expr.name == "count":
        return Lattice(Fraction(0), Fraction(most), Fraction(1))
    number = _number(inner)
    if expr.name != "sum":
        return number
    low, high = min(number.low, number.low * most), max(number.high, number.high * most)
    return Lattice(low, high, number.unit)


# -- what it is


def columns_of(plan: Plan, population: Population) -> list[Codes]:
    """One array of codes for each input of the plan.

    Raises :class:`PolicyError` (S509) for a household that is larger than the plan provides for.
    """
    return [_column(each, population) for each in plan.inputs]


def _column(each: Input, population: Population) -> Codes:
    if isinstance(each, Derived):
        assert each.reading is not None
        return _worked_out(each.reading, each.key, each.domain, population)
    key = Column(each.fact, "spouse" if each.owner == "spouse" else "self")
    return _codes(key if each.fact else HasSpouse(), population)


def _codes(key: Column | HasSpouse, population: Population) -> Codes:
    if isinstance(key, Column) and key.owner == "self":
        return population.columns[key.fact]
    spouse = population.spouse
    if spouse is None:
        spouse = np.full(population.rows, -1)
    if isinstance(key, HasSpouse):
        return np.where(spouse < 0, 1, 2).astype(np.uint8)
    codes = population.columns[key.fact]
    found: Codes = np.where(spouse < 0, codes.dtype.type(MISSING), codes[spouse])
    return found


def _worked_out(reading: Reading, key: Key, domain: Domain, population: Population) -> Codes:
    own_keys = {key, Effective(key.fact)} if isinstance(key, Effective) else {key}
    rest = {k: v for k, v in reading.ahead.items() if k not in own_keys}
    reading = replace(reading, ahead=rest)
    if isinstance(key, Effective) and key.owner == "spouse":
        own = _worked_out(reading, Effective(key.fact), domain, population)
        spouse = population.spouse
        if spouse is None:
            return np.zeros(population.rows, own.dtype)
        found: Codes = np.where(spouse < 0, own.dtype.type(MISSING), own[spouse])
        return found
    if isinstance(key, Worked) and isinstance(key.expression, e.Aggregate):
        return _over_households(reading, key.expression, domain, population)
    if isinstance(key, Effective):
        name = key.fact
        keys = reading.keys(e.FactRef(name))
        return _by_rows(reading, keys, lambda v: v._fact(name, v.this), domain, population)
    assert isinstance(key, Worked)
    expression = key.expression
    keys = reading.keys(expression)
    return _by_rows(reading, keys, lambda v: v.value(expression), domain, population)


def _by_rows(
    reading: Reading,
    keys: Sequence[Key],
    ask: Callable[[Supposed], Value],
    domain: Domain,
    population: Population,
) -> Codes:
    """The codes of what is asked, for each row."""
    dtype = _dtype(domain)
    columns = [_key_codes(reading, key, population) for key in keys]
    sizes = [reading.size(key) for key in keys]
    if prod(sizes) <= min(WIDEST, max(population.rows, 1 << 12)):
        table = _evaluated(
            reading, keys, [x.reshape(-1) for x in np.indices(sizes, np.int64)], ask, domain, dtype
        )
        place = np.zeros(population.rows, np.int64)
        for column, size in zip(columns, sizes, strict=True):
            place *= size
            place += column
        found: Codes = table[place]
        return found
    return _evaluated(reading, keys, columns, ask, domain, dtype)


def _dtype(domain: Domain) -> np.dtype[np.integer]:
    """The narrowest type of codes."""
    return np.dtype(np.int64 if domain.size > 1 << 32 else np.min_scalar_type(domain.size - 1))


def _key_codes(reading: Reading, key: Key, population: Population) -> Codes:
    if isinstance(key, (Column, HasSpouse)):
        return _codes(key, population)
    return _worked_out(reading, key, reading.domain(key), population)


def _evaluated(
    reading: Reading,
    keys: Sequence[Key],
    columns: Sequence[Codes],
    ask: Callable[[Supposed], Value],
    domain: Domain,
    dtype: np.dtype[np.integer],
) -> Codes:
    rows = len(columns[0]) if columns else 1
    result = np.zeros(rows, dtype)

    def run(lanes: Places) -> Value:
        codes: Mapping[Key, Numbers] = {
            key: column[lanes].astype(np.int64) for key, column in zip(keys, columns, strict=True)
        }
        try:
            return ask(Supposed(reading, codes))
        except PolicyError:
            return Missing(frozenset())  # the plan meets the same error by itself

    for lanes, value in explore(rows, run) if rows else ():
        result[lanes] = _encoded(value, domain)
    return result


def _encoded(value: Value, domain: Domain) -> npt.NDArray[np.int64] | int:
    """Codes of a value, or of the values of several lanes."""
    if isinstance(value, Missing):
        return MISSING
    if isinstance(value, Lane) and isinstance(domain, Grid):
        place = (value - domain.low) / domain.step + 1
        return place.numerators // place.divisor if isinstance(place, Lane) else int(place)
    if isinstance(value, Day) and isinstance(domain, Days):
        return value.ordinals - domain.first.toordinal() + 1
    assert isinstance(value, (bool, str, Fraction, date))
    code = domain.code(value)
    assert code is not None, (value, domain)
    return code


def _over_households(
    reading: Reading, expr: e.Aggregate, domain: Domain, population: Population
) -> Codes:
    """A household function, the same for all rows of a household."""
    rows = population.rows
    household = population.household
    if household is None:
        household = np.arange(rows)
    groups = int(household.max()) + 1 if rows else 0
    inner = _possible(reading, expr.argument)
    inner_domain = inner.domain() if isinstance(inner, Lattice) else inner
    keys = reading.keys(expr.argument)
    # required facts are the applicant's duty; another member's are left out
    codes = _by_rows(
        reading, keys, lambda v: _unasked(v, expr.argument), inner_domain, population
    ).astype(np.int64)
    known = codes != MISSING
    at = household[known]
    present = np.zeros(groups, np.bool_)
    present[at] = True
    values = codes[known]
    members = np.zeros(groups, np.int64)
    np.add.at(members, at, 1)
    if (
        isinstance(domain, Grid)
        and expr.name in ("sum", "count")
        and (groups and members.max() > reading.schema.largest_household)
    ):
        details = {"count": int(members.max()), "limit": reading.schema.largest_household}
        raise PolicyError([Diagnostic("S509", None, None, details)])
    found = np.zeros(groups, np.int64)
    if expr.name in ("any", "count"):
        np.add.at(found, at, values - 1)  # 否 is 1, 是 is 2
        coded = np.minimum(found, 1) + 1 if expr.name == "any" else found + 1
    else:
        assert isinstance(inner_domain, Grid)
        assert isinstance(domain, Grid)
        if expr.name == "sum":
            np.add.at(found, at, values - 1)
            divisor = lcm(inner_domain.step.denominator, inner_domain.low.denominator,
                          domain.step.denominator, domain.low.denominator)  # fmt: skip
            total = found * int(inner_domain.step * divisor)
            total += members * int(inner_domain.low * divisor) - int(domain.low * divisor)
            coded = total // int(domain.step * divisor) + 1
        else:
            if expr.name == "max":
                np.maximum.at(found, at, values)
            else:
                found += inner_domain.size
                np.minimum.at(found, at, values)
            coded = found
    coded = np.where(present, coded, MISSING)
    result: Codes = coded[household].astype(_dtype(domain))
    return result


def _unasked(values: Supposed, expr: e.Expr) -> Value:
    """The value of an expression for somebody who is not the applicant."""
    values.of_another = True
    return values.value(expr)
