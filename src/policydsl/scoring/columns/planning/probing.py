"""Asking the exact evaluator what a part of a policy does, for all values of what it reads.

What a part reads are *keys*: columns of the case and of its spouse, whether there is a spouse,
and what is worked out of columns beforehand.  :func:`tabulate` supposes all combinations of their
codes at once (:mod:`.planning.lanes`), so a table is a record of what the exact
evaluator said, and nothing is said a second time here.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from fractions import Fraction
from math import gcd, lcm, prod
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from policydsl.language.diagnostics import PolicyError
from policydsl.language.functions import ASSESSMENT_DATE
from policydsl.model import expressions as e
from policydsl.model.policy import Policy
from policydsl.scoring.cases import SPOUSE, Case
from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.domains import MISSING, Days, Domain, Grid, yes_no
from policydsl.scoring.columns.plan import Elementary, Flag
from policydsl.scoring.columns.planning.lanes import (
    Lane,
    Places,
    Split,
    TooWide,
    day,
    explore,
    lane,
    same,
)
from policydsl.scoring.columns.planning.spans import NotSpanned, Span, explore_spans, span
from policydsl.scoring.columns.population import Schema
from policydsl.scoring.exact import Certainty, Reason
from policydsl.scoring.expressions import Missing, Person, Value, Values
from policydsl.scoring.ranges import Range

OPEN = 1 << 60
"""Stands for *without bound* among numerators."""
UNPROVEN = 1 << 22
"""Flag of a rule: it gives nothing for lack of evidence."""


@dataclass(frozen=True, slots=True)
class Column:
    """A fact as it was handed in."""

    fact: str
    owner: e.Role = "self"


@dataclass(frozen=True, slots=True)
class HasSpouse:
    """Whether there is a spouse."""


@dataclass(frozen=True, slots=True)
class Effective:
    """A fact as rules read it: derived, by default, less what is excluded."""

    fact: str
    owner: e.Role = "self"


@dataclass(frozen=True, slots=True)
class Worked:
    """The value of an expression for the case."""

    expression: e.Expr


@dataclass(frozen=True, slots=True)
class Scored:
    """Where a score lies with regard to ``cuts`` (ascending).

    Code ``n × low + high``, where low and high number the places of the two ends: below the first
    cut, at it, above it and below the second, and so on; ``n`` places in all.
    """

    clause: str | None
    cuts: tuple[Fraction, ...]

    @property
    def places(self) -> int:
        """How many places there are."""
        return 2 * len(self.cuts) + 1

    def range(self, code: int) -> Range:
        """A range whose ends lie in the places of a code."""
        low, high = divmod(code, self.places)
        return Range(self._at(low), self._at(high))

    def _at(self, place: int) -> Fraction:
        index, between = place // 2, place % 2 == 0
        if not between:
            return self.cuts[index]
        if index == 0:
            return self.cuts[0] - 1
        if index == len(self.cuts):
            return self.cuts[-1] + 1
        return (self.cuts[index - 1] + self.cuts[index]) / 2


@dataclass(frozen=True, slots=True)
class Parted:
    """Where a code of a wide key lies among ``starts`` (ascending, the first is 1; 0: missing)."""

    key: Column | Effective | Worked
    starts: tuple[int, ...]


Key = Column | HasSpouse | Effective | Worked | Scored | Parted


@dataclass(frozen=True, slots=True)
class Reading:
    """The facts of a policy as a population has them.

    ``ahead`` are the keys that are worked out before anything else: their values are taken as
    they are, and what they rest on is not read.  With ``naming`` it is read all the same, since
    reasons name what is missing in the end, and the assumptions that facts rest on.  Reasons do
    not tell numbers apart that are counted in the same way, unless they are ``counting``.
    """

    policy: Policy
    schema: Schema
    ahead: Mapping[Key, Domain]
    naming: bool = False
    counting: bool = False

    def with_ahead(self, more: Mapping[Key, Domain]) -> Reading:
        """The same with more keys worked out ahead."""
        return replace(self, ahead={**self.ahead, **more})

    def ways(self, key: Key) -> int:
        """About how many ways through a rule the values of a key make."""
        size = self.size(key)
        wide = not isinstance(key, Scored) and isinstance(self.domain(key), (Grid, Days))
        return min(size, 3) if wide else size  # missing, and either side of some number

    def size(self, key: Key) -> int:
        """How many codes a key has."""
        return key.places**2 if isinstance(key, Scored) else self.domain(key).size

    def codes(self, key: Key) -> Domain | None:
        """What tells the codes of a key from others of the same key."""
        return None if isinstance(key, Scored) else self.domain(key)

    def domain(self, key: Key) -> Domain:
        """What the codes of a key stand for."""
        if isinstance(key, Column):
            return self.schema.domains[key.fact]
        if isinstance(key, Parted):
            return self.domain(key.key)
        return yes_no() if isinstance(key, HasSpouse) else self.ahead[key]

    def keys(self, *parts: object) -> tuple[Key, ...]:
        """What rules, expressions … can read, in the order in which they read it."""
        found: dict[Key, None] = {}
        for part in parts:
            for expr in self._within(part):
                self._read(expr, "self", found)
        return tuple(found)

    def _within(self, part: object) -> Iterator[e.Expr]:
        """Facts, household functions and what is worked out ahead, anywhere in a part."""
        if isinstance(part, (tuple, list)):
            for item in part:
                yield from self._within(item)
        elif isinstance(part, (e.FactRef, e.IsProvided, e.Aggregate, e.ScoreRef)) or (
            self.ahead and isinstance(part, e.Expr) and Worked(part) in self.ahead
        ):
            yield part
        else:
            for held in inside(part):
                yield from self._within(held)

    def _read(self, expr: e.Expr, viewer: e.Role, found: dict[Key, None]) -> None:
        """What an expression of one of the couple reads."""
        match expr:
            case e.FactRef() | e.IsProvided():
                owner: e.Role = "self" if expr.role == viewer else "spouse"
                if owner == "spouse" and not self.schema.households:
                    return
                if owner == "spouse":
                    found.setdefault(HasSpouse())
                self._fact(expr.fact, owner, found, isinstance(expr, e.IsProvided))
            case e.ScoreRef():
                for key in self.ahead:
                    if isinstance(key, Scored) and key.clause == expr.clause:
                        found.setdefault(key)
            case _:
                found.setdefault(Worked(expr))
                if self.naming and not isinstance(expr, e.Aggregate):
                    for part in _references(expr):
                        self._read(part, viewer, found)
                for name in self.required(expr):
                    self._fact(name, "self", found)

    def _fact(
        self, name: str, owner: e.Role, found: dict[Key, None], provided: bool = False
    ) -> None:
        key = Effective(name, owner)
        if key in self.ahead:
            found.setdefault(key)
            if not provided and not self.naming:
                return
        column = Column(name, owner)
        if column in found:
            return
        if name in self.schema.domains:
            found.setdefault(column)
        derived = self.policy.facts[name].derived if name in self.policy.facts else None
        if key not in self.ahead or self.naming:
            for expr in self._within(derived):
                self._read(expr, owner, found)
            for exclusion in self.policy.exclusions:
                if exclusion.fact == name:
                    self._fact(exclusion.excluded, owner, found)

    def required(self, expr: e.Expr) -> tuple[str, ...]:
        """The applicant's required facts that an expression which is worked out ahead rests on."""
        names = sorted({name for name, role in e.facts_of(expr) if role == "self"})
        return tuple(x for x in names if self.policy.facts[x].missing == "required")

    def context(self, *parts: object) -> tuple[object, ...]:
        """What the meaning of a part rests on besides itself: equal contexts, equal tables."""
        names: dict[str, None] = {}
        pending = [x.fact for p in parts for x in _references(p)]
        while pending:
            name = pending.pop()
            if name in names or name not in self.policy.facts:
                continue
            names[name] = None
            pending.extend(x.fact for x in _references(self.policy.facts[name].derived))
            pending.extend(x.excluded for x in self.policy.exclusions if x.fact == name)
        facts = tuple(self.policy.facts[name] for name in sorted(names))
        exclusions = tuple(x for x in self.policy.exclusions if x.fact in names)
        return self.policy.kind, facts, exclusions, self.schema.date, (self.naming, self.counting)


def _references(part: object) -> Iterator[e.FactRef | e.IsProvided]:
    """All facts named anywhere in a part."""
    if isinstance(part, (tuple, list)):
        for item in part:
            yield from _references(item)
    elif isinstance(part, (e.FactRef, e.IsProvided)):
        yield part
    else:
        for held in inside(part):
            yield from _references(held)


_ATOMS = frozenset([type(None), bool, int, str, Fraction, date])


def inside(part: Any) -> list[object]:
    """What a dataclass holds that may hold something, besides its node of the syntax tree."""
    held = [getattr(part, name) for name in _names_in(type(part))]
    return [value for value in held if type(value) not in _ATOMS]


_NAMES: dict[type, tuple[str, ...]] = {}


def _names_in(kind: type) -> tuple[str, ...]:
    """The fields of a dataclass that :func:`inside` looks at; a plan asks for them often."""
    found = _NAMES.get(kind)
    if found is None:
        held = fields(kind) if is_dataclass(kind) else ()
        found = _NAMES[kind] = tuple(x.name for x in held if x.name != "node")
    return found


# -- suppositions


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


# -- tables


@dataclass(frozen=True, slots=True)
class Told:
    """What the evaluator said of some cases that went the same way."""

    low: Fraction | None = Fraction(0)
    high: Fraction | None = Fraction(0)
    flags: int = 0
    reasons: tuple[Reason, ...] = ()


ERROR = Told(flags=Flag.ERROR.both)


def bits(certainty: Certainty, flag: int) -> int:
    """The pair of bits of a flag."""
    return {"no": 0, "maybe": flag, "yes": flag | flag << 1}[certainty]


@dataclass(frozen=True, eq=False)
class Axis:
    """A key and the class of each of its codes: codes of one class make no difference."""

    key: Key
    classes: Numbers
    count: int


@dataclass(frozen=True, eq=False)
class Tabulated:
    """What a part does for every combination of classes, in one array over all of them.

    ``low`` and ``high`` are numerators over ``divisor``, ``±OPEN`` without bound.  ``named`` are
    numbers of ``reasons``.
    """

    axes: tuple[Axis, ...]
    low: Numbers
    high: Numbers
    divisor: int
    flags: Numbers
    named: Numbers
    reasons: tuple[tuple[Reason, ...], ...]

    @property
    def exact(self) -> bool:
        """Whether low and high are always the same."""
        return bool((self.low == self.high).all())

    @property
    def size(self) -> int:
        """Bytes."""
        arrays = (self.low, self.high, self.flags, self.named, *(x.classes for x in self.axes))
        return 4096 + sum(x.nbytes for x in arrays)

    @property
    def possible(self) -> int:
        """All flags that occur."""
        return int(np.bitwise_or.reduce(self.flags))

    @property
    def unsure(self) -> int:
        """The flags (their lower bits) that are somewhere possible, but not certain."""
        return unsure_bits(self.flags)


def unsure_bits(flags: Numbers) -> int:
    """The lower bits of flags that are somewhere set without the upper one."""
    lower = int(sum(Flag)) | UNPROVEN
    return int(np.bitwise_or.reduce(flags & lower & ~(flags >> 1)))


@dataclass(frozen=True, slots=True)
class Piece:
    """What a part does for the codes from ``first`` to ``last`` of a wide key."""

    first: int
    last: int
    told: Told


@dataclass(frozen=True, slots=True)
class Spanned:
    """What a part does for every code of a wide key: for none, and from span to span."""

    key: Column | Effective | Worked
    missing: Piece
    pieces: tuple[Piece, ...]

    @property
    def exact(self) -> bool:
        """Whether low and high are always the same."""
        for piece in (self.missing, *self.pieces):
            low, high = piece.told.low, piece.told.high
            if isinstance(low, Span) and isinstance(high, Span):
                if not low.is_like(high):
                    return False
            elif isinstance(low, Span) or isinstance(high, Span) or low != high:
                return False
        return True

    @property
    def divisor(self) -> int:
        """All values are multiples of 1 over this."""
        ends = [x for p in (self.missing, *self.pieces) for x in (p.told.low, p.told.high)]
        return lcm(
            *(x.divisor if isinstance(x, Span) else x.denominator for x in ends if x is not None)
        )

    @property
    def open(self) -> bool:
        """Whether an end is somewhere without bound."""
        return any(
            x is None for p in (self.missing, *self.pieces) for x in (p.told.low, p.told.high)
        )


def tabulate_spans(reading: Reading, key: Key, ask: Callable[[Supposed], Told]) -> Spanned:
    """What ``ask`` says along the codes of a key that is too wide to try them all.

    Raises :class:`TooMany` where that does not go along spans.
    """
    if not isinstance(key, (Column, Effective, Worked)) or not isinstance(
        reading.domain(key), Grid
    ):
        raise TooMany

    def run(codes: Codes) -> Told:
        try:
            return ask(Supposed(reading, {key: codes}))
        except PolicyError as problem:
            if any(d.code not in ("D405", "S503") for d in problem.diagnostics):
                raise
            return ERROR

    last = reading.size(key) - 1
    try:
        found = [
            Piece(*found)
            for found in explore_spans(1, last, lambda low, high: run(Between(low, high)))
        ]
    except (NotSpanned, Split):
        raise TooMany from None
    return Spanned(key, Piece(MISSING, MISSING, run(np.zeros(1, np.int64))), tuple(found))


@dataclass(frozen=True, eq=False)
class Grouping:
    """Which codes of a key are alike for a part, as its expressions show: one is tried of each."""

    classes: Numbers
    representatives: Numbers
    parted: Parted | None = None
    """For a key too wide for an array: the classes by where they start."""


class Tables:
    """Tables by what was asked; those not asked for longest go when ``room`` (bytes) is used up."""

    def __init__(self, room: int):
        self.room, self.used = room, 0
        self._tables: OrderedDict[Hashable, Tabulated] = OrderedDict()
        self._lock = Lock()

    def get(self, asked: Hashable) -> Tabulated | None:
        """The table, if it is known."""
        with self._lock:
            table = self._tables.get(asked)
            if table is not None:
                self._tables.move_to_end(asked)
            return table

    def put(self, asked: Hashable, table: Tabulated) -> None:
        """Keep a table."""
        with self._lock:
            if asked in self._tables:
                return
            self._tables[asked] = table
            self.used += table.size
            while self.used > self.room:
                self.used -= self._tables.popitem(last=False)[1].size

    def __len__(self) -> int:
        return len(self._tables)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._tables.clear()
            self.used = 0


class TooMany(Exception):
    """There are more combinations than can be tried one by one."""


MOST_COMBINATIONS = 1 << 18
MOST_CODES = 1 << 20


def tabulate(
    reading: Reading,
    keys: Sequence[Key],
    ask: Callable[[Supposed], Told],
    groups: Mapping[Key, Grouping] | None = None,
    given: Mapping[Key, int] | None = None,
) -> Tabulated:
    """What ``ask`` says for every combination of codes of ``keys``; ``given`` keys have one code.

    Raises :class:`TooMany` where there are too many of them.
    """
    groups = groups or {}
    shape = tuple(len(groups[k].representatives) if k in groups else reading.size(k) for k in keys)
    count = prod(shape)
    if count > (MOST_CODES if len(keys) == 1 else MOST_COMBINATIONS):
        raise TooMany
    tried = [
        groups[k].representatives if k in groups else np.arange(n)
        for k, n in zip(keys, shape, strict=True)
    ]

    def run(lanes: Places) -> Told:
        where = np.unravel_index(lanes, shape) if shape else ()
        codes = {k: np.full(len(lanes), code) for k, code in (given or {}).items()}
        codes.update((k, x[w]) for k, x, w in zip(keys, tried, where, strict=True))
        try:
            return ask(Supposed(reading, codes))
        except PolicyError as problem:
            if any(d.code not in ("D405", "S503") for d in problem.diagnostics):
                raise
            return ERROR

    try:
        found = list(explore(count, run))
    except TooWide:
        raise TooMany from None
    divisor = lcm(*(x for _, told in found for x in _divisors(told)))
    low, high = np.empty(count, np.int64), np.empty(count, np.int64)
    flags, named = np.zeros(count, np.int64), np.zeros(count, np.int64)
    reasons: dict[tuple[Reason, ...], int] = {}
    for lanes, told in found:
        low[lanes] = _numerators(told.low, divisor, -OPEN)
        high[lanes] = _numerators(told.high, divisor, OPEN)
        flags[lanes] = told.flags
        named[lanes] = reasons.setdefault(told.reasons, len(reasons))
    low, high, divisor = _reduced(low, high, divisor)
    axes = [
        Axis(groups[k].parted or k, groups[k].classes, n)
        if k in groups
        else Axis(k, np.arange(n), n)
        for k, n in zip(keys, shape, strict=True)
    ]
    return _compressed(Tabulated(tuple(axes), low, high, divisor, flags, named, tuple(reasons)))


def _divisors(told: Told) -> Iterator[int]:
    for end in (told.low, told.high):
        if end is not None:
            yield end.divisor if isinstance(end, Lane) else end.denominator


def _numerators(end: Fraction | None, divisor: int, open_: int) -> Any:
    if end is None:
        return open_
    if isinstance(end, Lane):
        return end.numerators * (divisor // end.divisor)
    return int(end * divisor)


def _reduced(low: Numbers, high: Numbers, divisor: int) -> tuple[Numbers, Numbers, int]:
    """The same numbers over the least divisor."""
    finite = np.concatenate([x[np.abs(x) < OPEN] for x in (low, high)])
    factor = gcd(divisor, int(np.gcd.reduce(finite))) if len(finite) else divisor
    if factor == 1:
        return low, high, divisor
    ends = [np.where(np.abs(x) < OPEN, x // factor, x) for x in (low, high)]
    return ends[0], ends[1], divisor // factor


def _compressed(table: Tabulated) -> Tabulated:
    """The same with codes put into one class wherever they make no difference."""
    shape = tuple(axis.count for axis in table.axes)
    columns = [table.low, table.high, table.flags, table.named]
    columns = [x for x in columns if (x != x[0]).any()]
    kept = np.arange(len(table.low)).reshape(shape)
    if not columns:
        return _taken(table, (), kept.reshape(-1)[:1])
    if len(shape) == 1:
        return table
    arrays = [x.reshape(shape) for x in columns]
    axes: list[Axis] = []
    for number, axis in enumerate(table.axes):
        rows = [np.moveaxis(x, number, 0).reshape(axis.count, -1) for x in arrays]
        seen: dict[bytes, int] = {}
        classes = np.array(
            [
                seen.setdefault(b"".join(x.tobytes() for x in row), len(seen))
                for row in zip(*rows, strict=True)
            ]
        )
        first = np.unique(classes, return_index=True)[1]
        arrays = [np.take(x, first, axis=number) for x in arrays]
        kept = np.take(kept, first, axis=number)
        axes.append(Axis(axis.key, classes[axis.classes], len(first)))
    return _taken(table, tuple(x for x in axes if x.count > 1), kept.reshape(-1))


def _taken(table: Tabulated, axes: tuple[Axis, ...], places: npt.NDArray[np.intp]) -> Tabulated:
    return replace(
        table, axes=axes, low=table.low[places], high=table.high[places],
        flags=table.flags[places], named=table.named[places],
    )  # fmt: skip
