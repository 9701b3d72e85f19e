"""What the integer codes of a column stand for.

Engines see codes only: 0 is *not handed in*, 1, 2, 3 … are the values of a domain in order.
Domains translate: the planner asks for the value of a code to tabulate the exact evaluator, the
encoder for the codes of values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from policydsl.model.expressions import Constant

MISSING = 0
"""The code of a value that was not handed in."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Values that are named one by one: yes/no (False first), choices, units, entities."""

    values: tuple[Constant, ...]

    @property
    def size(self) -> int:
        """How many codes there are, the one for missing included."""
        return len(self.values) + 1

    def value(self, code: int) -> Constant:
        """The value of a code from 1 on."""
        return self.values[code - 1]

    def code(self, value: Constant) -> int | None:
        """The code of a value; ``None`` when it is not in the domain."""
        for index, known in enumerate(self.values):
            if known == value and type(known) is type(value):
                return index + 1
        return None


@dataclass(frozen=True, slots=True)
class Grid:
    """``low``, ``low + step``, … : ``count`` numbers, in the unit of the fact's declaration."""

    low: Fraction
    step: Fraction
    count: int

    @property
    def size(self) -> int:
        """How many codes there are, the one for missing included."""
        return self.count + 1

    def value(self, code: int) -> Fraction:
        """The value of a code from 1 on."""
        return self.low + (code - 1) * self.step

    def code(self, value: Constant) -> int | None:
        """The code of a value; ``None`` when it is not in the domain."""
        if isinstance(value, bool) or not isinstance(value, Fraction):
            return None
        index = (value - self.low) / self.step
        inside = index.denominator == 1 and 0 <= index < self.count
        return int(index) + 1 if inside else None


@dataclass(frozen=True, slots=True)
class Days:
    """``count`` days from ``first`` on."""

    first: date
    count: int

    @property
    def size(self) -> int:
        """How many codes there are, the one for missing included."""
        return self.count + 1

    def value(self, code: int) -> date:
        """The value of a code from 1 on."""
        return self.first + timedelta(days=code - 1)

    def code(self, value: Constant) -> int | None:
        """The code of a value; ``None`` when it is not in the domain."""
        if not isinstance(value, date):
            return None
        index = (value - self.first).days
        return index + 1 if 0 <= index < self.count else None


Domain = Listed | Grid | Days


def yes_no() -> Listed:
    """否 is 1, 是 is 2."""
    return Listed((False, True))


def choice(values: Sequence[str]) -> Listed:
    """Values of an enumeration, lowest first for an ordered one."""
    return Listed(tuple(values))
