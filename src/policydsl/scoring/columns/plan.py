"""The plan: a policy as a short list of steps over integer columns, and all that an engine sees.

A plan is made by :mod:`.planning.planner`, which tabulates the exact evaluator.
Engines run its steps block by block, in order, over *slots*: integer arrays with one element for
each row, 0 at the start.  There are no fractions and no special cases left:

- Points are integers, ``scale`` of them to a point.  An open end is ``INFINITY``: anything
  beyond ``UNBOUNDED`` in a result means *without bound*.
- A quantity that is a range has a slot for its low and one for its high end; one that is always
  exact has one slot that serves as both.
- Flags are bits in slots of their own.  What is certain has both bits of a pair, what is only
  possible the first (see :class:`Flag`).
- Inputs are columns of codes (:mod:`policydsl.scoring.columns.domains`).

The steps are few so that an engine is short, and each is elementwise, so that blocks, threads and
machines can share the rows in any way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntFlag
from fractions import Fraction
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from policydsl.scoring.columns.domains import Domain
from policydsl.scoring.exact import Reason

Table = npt.NDArray[np.int64]
Slot = int
"""Number of a slot."""

INFINITY = 1 << 44
UNBOUNDED = INFINITY >> 1
"""From here on a number of points means that there is no bound.  Finite ones stay below."""

LAST = -2 * INFINITY
"""A ranking key that is missing: below everything."""


class Flag(IntFlag):
    """What can be so of a row, each as a pair of bits: possible, and (the next bit) certain."""

    VETO = 0b01
    SUSPENDED = 0b01 << 2
    VOID = 0b01 << 4
    ZEROED = 0b01 << 6
    FROZEN = 0b01 << 8
    EXCLUDED = 0b01 << 10
    """Does not meet the conditions of the document."""
    FORFEITS = 0b01 << 12
    """Of a clause: evidence is lacking on which its full marks rest."""
    NO_POINTS = 0b01 << 14
    """Of a clause: 不得分."""
    APPLIES = 0b01 << 16
    """Of a clause whose conditions depend on the row."""
    NOT_CHECKED = 0b01 << 18
    """The conditions of the document could not be checked for lack of facts."""
    ERROR = 0b01 << 20
    """The exact evaluator refuses the row (a division by zero, say)."""

    @property
    def certain(self) -> int:
        """The bit of certainty of this flag."""
        return int(self) << 1

    @property
    def both(self) -> int:
        """Both bits of the pair."""
        return int(self) | int(self) << 1


CERTAIN_BITS = sum(flag.certain for flag in Flag)


@dataclass(frozen=True, slots=True)
class Input:
    """A column that the plan reads: codes of ``domain`` for a fact of somebody.

    ``owner``: ``self`` for the case, ``spouse``; ``derived`` for a column that the encoder works
    out from others before the plan runs (:class:`.planning.planner.Derived`).
    """

    name: str
    fact: str
    domain: Domain
    owner: Literal["self", "spouse", "derived"] = "self"

    @property
    def size(self) -> int:
        """How many codes there are."""
        return self.domain.size


class In(NamedTuple):
    """An input as a source, by its place in ``Plan.inputs``."""

    number: int


Source = In | Slot
"""Where a step reads codes: an input, or a slot that holds a joint index."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """``out += table[source]``."""

    out: Slot
    source: Source
    table: Table


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """``out |= table[source]``: flags."""

    out: Slot
    source: Source
    table: Table


Elementary = tuple[Literal["mul", "add", "min", "max", "floordiv"], int]


@dataclass(frozen=True, slots=True)
class Formula:
    """``out += f(source)``, ``f`` a chain of integer operations: for columns too wide to tabulate.

    A missing value (code 0) goes through the chain like any other; the plan clears its result.
    ``floordiv`` rounds down, its divisor is positive.
    """

    out: Slot
    source: Source
    chain: tuple[Elementary, ...]


@dataclass(frozen=True, slots=True)
class Add:
    """``out += factor × slot``."""

    out: Slot
    slot: Slot
    factor: int = 1


@dataclass(frozen=True, slots=True)
class Pick:
    """``out`` becomes the larger (or smaller) of itself and ``slot``."""

    out: Slot
    slot: Slot
    how: Literal["max", "min"]


@dataclass(frozen=True, slots=True)
class Clip:
    """``out`` becomes at most ``high``, then at least ``low`` (``None``: no bound)."""

    out: Slot
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Round:
    """``out`` becomes a multiple of ``unit``; halves go away from zero, down means towards it."""

    out: Slot
    unit: int
    mode: Literal["half_up", "down", "up"]


@dataclass(frozen=True, slots=True)
class Clear:
    """``out`` becomes 0 where ``flags`` has any of ``bits`` (``unless``: where it has none)."""

    out: Slot
    flags: Slot
    bits: int
    unless: bool = False


@dataclass(frozen=True, slots=True)
class Hull:
    """Where ``flags`` has any of ``bits``, ``out`` becomes at most (``low``) or at least 0.

    ``unless``: where it has none of them.
    """

    out: Slot
    flags: Slot
    bits: int
    end: Literal["low", "high"]
    unless: bool = False


@dataclass(frozen=True, slots=True)
class Merge:
    """``out |= slot & keep``: flags."""

    out: Slot
    slot: Slot
    keep: int = -1


@dataclass(frozen=True, slots=True)
class Weaken:
    """Where ``flags`` has none of ``bits``, ``out &= keep``: flags."""

    out: Slot
    flags: Slot
    bits: int
    keep: int


@dataclass(frozen=True, slots=True)
class Classify:
    """``out += stride × (how many of cuts are at most slot)``; ``cuts`` ascending."""

    out: Slot
    slot: Slot
    cuts: tuple[int, ...]
    stride: int


Step = Look | Mark | Formula | Add | Pick | Clip | Round | Clear | Hull | Merge | Weaken | Classify


def reads(step: Step) -> tuple[Slot, ...]:
    """The slots that a step reads beside the one that it changes."""
    match step:
        case Look() | Mark() | Formula():
            return () if isinstance(step.source, In) else (step.source,)
        case Add() | Pick() | Merge() | Classify():
            return (step.slot,)
        case Clear() | Hull() | Weaken():
            return (step.flags,)
        case Clip() | Round():
            return ()


class Ends(NamedTuple):
    """The slots of a quantity; the same one twice where it is always exact."""

    low: Slot
    high: Slot

    @property
    def exact(self) -> bool:
        """Whether every row has a single number."""
        return self.low == self.high


@dataclass(frozen=True)
class Plan:
    """What an engine runs for the rows of one table (one unit, one schedule).

    ``parts`` are the clauses by id, as in :class:`policydsl.scoring.exact.Score`, deductions
    negative.  ``flags`` is the slot of the flags of the whole.  ``keys`` and ``blends`` are what
    scenes rank by and what is reported beside the total.  ``takes_part`` has for each scene with a
    condition of its own, by id, a slot of flags: ``APPLIES`` unless the condition is known not to
    hold.  ``unplanned`` are the scenes (ids) and keys (texts) of which the plan knows nothing.
    ``reasons`` says for some slots what their value means: a row that holds ``k`` there has the
    reasons ``reasons[slot][k]``.
    ``scale`` integers are one point; ``largest`` is a bound, proved by interval arithmetic, of
    what any slot can hold in the course of a run.
    """

    policy: str
    inputs: tuple[Input, ...]
    steps: tuple[Step, ...]
    slots: int
    scale: int
    total: Ends
    points: Ends
    parts: Mapping[str, Ends]
    flags: Slot
    unit: str | None = None
    entity: str | None = None
    keys: Mapping[str, Ends] = field(default_factory=dict)
    blends: Mapping[str, Ends] = field(default_factory=dict)
    takes_part: Mapping[str, Slot] = field(default_factory=dict)
    unplanned: frozenset[str] = frozenset()
    reasons: Mapping[Slot, tuple[tuple[Reason, ...], ...]] = field(default_factory=dict)
    largest: int = 0

    @property
    def exact(self) -> bool:
        """Whether the total is a single number for every row."""
        return self.total.exact

    def value(self, number: int) -> Fraction | None:
        """Points of an integer of the plan; ``None`` without bound."""
        return None if abs(number) >= UNBOUNDED else Fraction(number, self.scale)

    def sliced(self, wanted: Iterable[Slot]) -> tuple[Step, ...]:
        """The steps that the wanted slots need, in order."""
        needed = set(wanted)
        kept: list[Step] = []
        for step in reversed(self.steps):
            if step.out in needed:
                kept.append(step)
                needed.update(reads(step))
        return tuple(reversed(kept))

    def only(self, wanted: Iterable[Slot]) -> Plan:
        """The same plan without the steps that the wanted slots do not need."""
        return replace(self, steps=self.sliced(wanted))

    def visible(self) -> frozenset[Slot]:
        """The slots that somebody can ask for."""
        quantities = (
            self.total, self.points, *self.parts.values(), *self.keys.values(),
            *self.blends.values(),
        )  # fmt: skip
        points = (slot for ends in quantities for slot in ends)
        return frozenset({self.flags, *self.takes_part.values(), *self.reasons, *points})

    def read_inputs(self) -> tuple[int, ...]:
        """Numbers of the inputs that the steps read."""
        return tuple(sorted({s.number for s in _sources(self.steps) if isinstance(s, In)}))


def _sources(steps: Sequence[Step]) -> Iterator[Source]:
    for step in steps:
        if isinstance(step, (Look, Mark, Formula)):
            yield step.source


class Interval(NamedTuple):
    """The least and the greatest value that a slot can hold."""

    low: int
    high: int


def bounds(plan: Plan) -> tuple[list[Interval], int]:
    """What each slot can hold at the end, and the largest magnitude anything has on the way.

    Interval arithmetic over the steps: a proof that no integer type at least that wide
    overflows.  Flags count as their bits.
    """
    held = [Interval(0, 0)] * plan.slots
    largest = 0
    for step in plan.steps:
        here = held[step.out]
        match step:
            case Look():
                here = Interval(here.low + int(step.table.min()), here.high + int(step.table.max()))
            case Mark():
                here = Interval(0, here.high | _ones(int(step.table.max())))
            case Formula():
                value, top = _through(step, _span(plan, held, step.source))
                largest = max(largest, top)
                here = Interval(here.low + value.low, here.high + value.high)
            case Add():
                ends = sorted(step.factor * x for x in held[step.slot])
                here = Interval(here.low + ends[0], here.high + ends[1])
            case Pick():
                other = held[step.slot]
                pick = max if step.how == "max" else min
                here = Interval(pick(here.low, other.low), pick(here.high, other.high))
            case Clip():
                here = Interval(_clip(here.low, step), _clip(here.high, step))
            case Round():
                here = Interval(here.low - step.unit, here.high + step.unit)
                # engines compute 2 × magnitude + unit on the way
                largest = max(largest, 2 * max(map(abs, here)) + step.unit)
            case Clear():
                here = Interval(min(here.low, 0), max(here.high, 0))
            case Hull(end="low"):
                here = Interval(min(here.low, 0), here.high)
            case Hull():
                here = Interval(here.low, max(here.high, 0))
            case Merge():
                here = Interval(0, here.high | _ones(held[step.slot].high))
            case Weaken():
                pass
            case Classify():
                here = Interval(here.low, here.high + step.stride * len(step.cuts))
        held[step.out] = here
        largest = max(largest, abs(here.low), abs(here.high))
    return held, largest


def _ones(number: int) -> int:
    return (1 << number.bit_length()) - 1


def _clip(value: int, step: Clip) -> int:
    if step.high is not None:
        value = min(value, step.high)
    return value if step.low is None else max(value, step.low)


def _span(plan: Plan, held: Sequence[Interval], source: Source) -> Interval:
    if isinstance(source, In):
        return Interval(0, plan.inputs[source.number].size - 1)
    return held[source]


def _through(step: Formula, value: Interval) -> tuple[Interval, int]:
    """The values of a chain over an interval, and the largest magnitude on the way."""
    largest = max(map(abs, value))
    for name, number in step.chain:
        ends = sorted(elementary(name, number, x) for x in value)
        value = Interval(ends[0], ends[1])
        largest = max(largest, abs(ends[0]), abs(ends[1]))
    return value, largest


def elementary(name: str, number: int, value: int) -> int:
    """One operation of a chain on one integer."""
    match name:
        case "mul":
            return value * number
        case "add":
            return value + number
        case "min":
            return min(value, number)
        case "max":
            return max(value, number)
        case "floordiv":
            return value // number
    raise ValueError(name)
