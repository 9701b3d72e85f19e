"""Cases that are supposed: codes in the place of values, many at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import lcm
from typing import Any, NamedTuple

from policydsl.language.functions import ASSESSMENT_DATE
from policydsl.model import expressions as e
from policydsl.scoring.cases import SPOUSE, Case
from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.domains import MISSING, Days, Domain, Grid
from policydsl.scoring.columns.plan import Elementary
from policydsl.scoring.columns.planning.keys import (
    Column,
    Effective,
    HasSpouse,
    Key,
    Reading,
    Scored,
    Worked,
)
from policydsl.scoring.columns.planning.lanes import day, lane, same
from policydsl.scoring.columns.planning.spans import span
from policydsl.scoring.expressions import Missing, Person, Value, Values


class _Given(Mapping[str, Any]):
    """What a person has handed in, in each of several cases."""

    def __init__(self, codes: Mapping[str, tuple[Domain, Codes]]):
        self.codes = codes

    def __contains__(self, name: object) -> bool:
        return name in self.codes and _is_present(self.codes[str(name)][1])

    def __getitem__(self, name: str) -> Any:
        return decoded(*self.codes[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self.codes)

    def __len__(self) -> int:
        return len(self.codes)


def _one(codes: Codes) -> int:
    """The code that all have."""
    assert not isinstance(codes, Between)
    found: int = same(codes)
    return found


def _is_present(codes: Codes) -> bool:
    """Whether codes stand for values, which is the same for all of them."""
    return isinstance(codes, Between) or bool(same(codes != MISSING))


def decoded(domain: Domain, codes: Codes) -> Any:
    """The values of codes, none of which is missing."""
    if isinstance(domain, Grid):
        divisor = lcm(domain.low.denominator, domain.step.denominator)
        low, step = int(domain.low * divisor), int(domain.step * divisor)
        if isinstance(codes, Between):
            chain: tuple[Elementary, ...] = (("mul", step), ("add", low - step))
            return span(codes.low, codes.high, chain, divisor)
        return lane(low + (codes - 1) * step, divisor)
    assert not isinstance(codes, Between)
    match domain:
        case Days():
            return day(domain.first.toordinal() + codes - 1)
        case _:
            return domain.value(same(codes))


class Between(NamedTuple):
    """All codes from ``low`` to ``high``, none of which is missing."""

    low: int
    high: int


Codes = Numbers | Between


class Supposed(Values):
    """Values of several cases at once: an array of codes, one for each case, for each key.

    Or a span of codes for one key, and arrays of a single code for the others.
    """

    def __init__(self, reading: Reading, codes: Mapping[Key, Codes]):
        self.reading, self.codes = reading, codes
        self.of_another = False
        today = reading.schema.date
        if Column(ASSESSMENT_DATE) in codes:
            today = self._ahead(Column(ASSESSMENT_DATE), None)
        super().__init__(reading.policy, Case("", date=today))
        self.this = Person(self._given("self"))
        self._couple = Person(self._given("spouse"), f"{SPOUSE}的")
        self.worked = {key.expression for key in codes if isinstance(key, Worked)}
        ranges = [key for key in codes if isinstance(key, Scored)]
        self.scores = lambda ref: next(
            (k.range(_one(codes[k])) for k in ranges if k.clause == ref.clause), None
        )

    def _given(self, owner: e.Role) -> _Given:
        return _Given(
            {
                key.fact: (self.reading.domain(key), codes)
                for key, codes in self.codes.items()
                if isinstance(key, Column) and key.owner == owner
            }
        )

    def _ahead(self, key: Key, missing: Any) -> Any:
        codes = self.codes[key]
        return decoded(self.reading.domain(key), codes) if _is_present(codes) else missing

    def owner(self, role: e.Role, person: Person) -> Person | None:
        """Whose fact a reference means, seen from a person; ``None``: there is no spouse."""
        if role == "self":
            return person
        if person is not self.this:
            return self.this
        key = HasSpouse()
        return self._couple if key in self.codes and _one(self.codes[key]) == 2 else None

    def fact(self, name: str, person: Person) -> Value:
        """A fact of a person; nobody is asked for the required facts of another's."""
        if not self.of_another:
            return super().fact(name, person)
        if name not in person.known:
            person.known[name] = self._fact(name, person)
        return person.known[name]

    def _fact(self, name: str, person: Person) -> Value:
        key = Effective(name, "self" if person is self.this else "spouse")
        if key not in self.codes:
            return super()._fact(name, person)
        found: Value = self._ahead(key, Missing(frozenset({name})))
        if isinstance(found, Missing) and self.reading.naming:
            return super()._fact(name, person)  # which says what is missing in the end
        return found

    def value(self, expr: e.Expr, person: Person | None = None) -> Value:
        """The value of an expression; what is worked out ahead is taken as it is."""
        if self.worked and expr in self.worked:
            for name in self.reading.required(expr):
                self.fact(name, self.this)
            names = frozenset(name for name, _ in e.facts_of(expr))
            found: Value = self._ahead(Worked(expr), Missing(names))
            if self.reading.naming and not isinstance(expr, e.Aggregate):
                # what is read is noted, and what is missing in the end
                inner = super().value(expr, person)
                return inner if isinstance(found, Missing) else found
            return found
        return super().value(expr, person)
