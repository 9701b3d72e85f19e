"""Asking the exact evaluator what a part of a policy does, for all values of what it reads.

What a part reads are *keys*: columns of the case and of its spouse, whether there is a spouse,
and what is worked out of columns beforehand.  :func:`tabulate` supposes all combinations of their
codes at once (:mod:`.planning.lanes`), so a table is a record of what the exact
evaluator said, and nothing is said a second time here.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, lcm, prod
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from policydsl.language.diagnostics import PolicyError
from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.plan import Flag
from policydsl.scoring.columns.planning.keys import OPEN, Key, Parted, Reading
from policydsl.scoring.columns.planning.lanes import Lane, Places, TooWide, explore
from policydsl.scoring.columns.planning.supposing import Supposed
from policydsl.scoring.exact import Certainty, Reason

UNPROVEN = 1 << 22
"""Flag of a rule: it gives nothing for lack of evidence."""


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
