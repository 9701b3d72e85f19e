"""Putting a plan together: slots, tables and constants in points, scaled to integers at the end."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Literal
from weakref import WeakKeyDictionary

import numpy as np

from policydsl.model.rules import RoundTo
from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.plan import (
    CERTAIN_BITS,
    INFINITY,
    UNBOUNDED,
    Add,
    Classify,
    Clear,
    Clip,
    Elementary,
    Ends,
    Flag,
    Formula,
    Hull,
    In,
    Look,
    Mark,
    Merge,
    Pick,
    Round,
    Slot,
    Source,
    Step,
    Weaken,
)
from policydsl.scoring.columns.planning.keys import OPEN, Key, Parted
from policydsl.scoring.columns.planning.probing import Axis, Tabulated, unsure_bits
from policydsl.scoring.columns.planning.spanned import Piece, Spanned
from policydsl.scoring.columns.planning.spans import Span

Which = Literal["low", "high"]


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity in slots; its values are multiples of ``1 / divisor``."""

    ends: Ends
    divisor: int = 1

    @property
    def exact(self) -> bool:
        """Whether low and high are one slot."""
        return self.ends.exact


class Builder:
    """Collects steps.  Points are fractions here; :meth:`finish` makes them integers."""

    def __init__(self) -> None:
        self.makers: list[Callable[[int], Step]] = []
        self.inputs: dict[Key, int] = {}
        self.sources: dict[Key, Slot] = {}  # keys that are worked out by steps
        self.slots = 0
        self.divisor = 1
        self.where = ""
        self.finest: list[tuple[int, str]] = []  # how much finer the scale became, and for what
        self.possible: dict[Slot, int] = {}
        self.unsure: dict[Slot, int] = {}
        self._code_slots: dict[Key, Slot] = {}
        self._indices: dict[tuple[tuple[Source, bytes], ...], Slot] = {}

    def slot(self) -> Slot:
        """A new slot, which holds 0."""
        self.slots += 1
        return self.slots - 1

    def need(self, *values: Fraction | int | None) -> None:
        """Make the scale fine enough for these numbers of points."""
        for value in values:
            if value is not None:
                self._finer(value.denominator)

    def _finer(self, divisor: int) -> None:
        before, self.divisor = self.divisor, lcm(self.divisor, divisor)
        if self.divisor > before:
            self.finest.append((self.divisor // before, self.where))

    def source(self, key: Key) -> Source:
        """Where the codes of a key are."""
        if isinstance(key, Parted) and key not in self.sources:
            slot = self.slot()
            self._classes(slot, self._codes(key.key), key.starts)
            self.sources[key] = slot
        if key in self.sources:
            return self.sources[key]
        return In(self.inputs.setdefault(key, len(self.inputs)))

    # -- tables

    def _place(self, axes: Sequence[Axis]) -> tuple[Source, Numbers]:
        """Where the place in a joint table is found, and the table's place for each code."""
        if len(axes) == 1:
            return self.source(axes[0].key), axes[0].classes
        count = 1
        for axis in axes:
            count *= axis.count
        known = tuple((self.source(axis.key), axis.classes.tobytes()) for axis in axes)
        if known not in self._indices:
            index = self._indices[known] = self.slot()
            stride = count
            for axis in axes:
                stride //= axis.count
                codes = axis.classes * stride
                self._plain(index, self.source(axis.key), codes)
        return self._indices[known], np.arange(count)

    def _plain(self, out: Slot, source: Source, table: Numbers) -> None:
        self.makers.append(lambda _: Look(out, source, table))

    def _codes(self, key: Key) -> Slot:
        """The codes of a key in a slot."""
        if key not in self._code_slots:
            self._code_slots[key] = self.slot()
            self._formula(self._code_slots[key], self.source(key), ())
        return self._code_slots[key]

    def _classes(self, out: Slot, slot: Slot, starts: tuple[int, ...]) -> None:
        self.makers.append(lambda _: Classify(out, slot, starts, 1))

    def look(self, out: Slot, table: Tabulated, end: Which) -> None:
        """Add one end of a table, which must depend on something."""
        numerators = table.low if end == "low" else table.high
        source, places = self._place(table.axes)
        self._finer(table.divisor)

        def make(scale: int) -> Look:
            def values() -> Numbers:
                return scaled(numerators[places], table.divisor, scale)

            return Look(out, source, _once(table, (end, scale), values))

        self.makers.append(make)

    def mark(self, out: Slot, table: Tabulated, keep: int = -1) -> None:
        """Set the flags of a table."""
        possible = table.possible & keep
        if not possible:
            return
        self.possible[out] = self.possible.get(out, 0) | possible
        self.unsure[out] = self.unsure.get(out, 0) | (table.unsure & keep)
        if not table.axes:
            constant = self.slot()
            flags = int(table.flags[0]) & keep
            self.makers.append(lambda _: Clip(constant, flags, flags))
            self.makers.append(lambda _: Merge(out, constant))
            return
        source, places = self._place(table.axes)
        bits = _once(table, ("flags", keep), lambda: table.flags[places] & keep)
        self.makers.append(lambda _: Mark(out, source, bits))

    def looked(self, table: Tabulated) -> Ends:
        """A table in slots of its own."""
        low = self.slot()
        ends = Ends(low, low if table.exact else self.slot())
        self.look_up(ends, table)
        return ends

    def look_up(self, ends: Ends, table: Tabulated) -> None:
        """Add both ends of a table; set them where the table depends on nothing."""
        names: tuple[Which, ...] = ("low",) if ends.exact else ("low", "high")
        for slot, name in zip(ends, names, strict=False):
            if table.axes:
                self.look(slot, table, name)
                continue
            numerator = int((table.low if name == "low" else table.high)[0])
            open_ = abs(numerator) >= OPEN
            value = None if open_ else Fraction(numerator, table.divisor)
            self.put(slot, value, INFINITY if numerator > 0 else -INFINITY)

    # -- arithmetic

    def put(self, out: Slot, value: Fraction | None, open_: int = INFINITY) -> None:
        """Set a slot to a number of points (``None``: without bound)."""
        if value == 0:
            return
        self.need(value)

        def maker(scale: int) -> Step:
            number = open_ if value is None else _whole(value, scale)
            return Clip(out, number, number)

        self.makers.append(maker)

    def add(self, out: Slot, slot: Slot, factor: int = 1) -> None:
        """Add a slot."""
        self.makers.append(lambda _: Add(out, slot, factor))

    def pick(self, out: Slot, slot: Slot, how: Literal["max", "min"]) -> None:
        """Take the larger or smaller of two slots."""
        self.makers.append(lambda _: Pick(out, slot, how))

    def clip(self, out: Slot, low: Fraction | None, high: Fraction | None) -> None:
        """Keep a slot within bounds."""
        if low is None and high is None:
            return
        self.need(low, high)
        self.makers.append(
            lambda scale: Clip(
                out,
                None if low is None else _whole(low, scale),
                None if high is None else _whole(high, scale),
            )
        )

    def round(self, out: Slot, rounding: RoundTo) -> None:
        """Round a slot."""
        self.need(rounding.unit)
        self.makers.append(lambda scale: Round(out, _whole(rounding.unit, scale), rounding.mode))

    def number(self, out: Slot, numerators: Numbers, table: Tabulated) -> None:
        """Add integers of a table's classes as they are."""
        source, places = self._place(table.axes)
        self._plain(out, source, numerators[places])

    def fixed(self, out: Slot, number: int) -> None:
        """Set a slot to an integer."""
        self.makers.append(lambda _: Clip(out, number, number))

    def scaled(self, ends: Ends, factor: Fraction, divisor: int, open_: bool) -> Ends:
        """Slots times a factor ≥ 0; the products are multiples of 1 / ``divisor``."""
        low = self.slot()
        result = Ends(low, low if ends.exact else self.slot())
        if factor == 0:
            return result  # nothing times an open end is nothing
        self.need(Fraction(1, divisor))
        for out, slot in {result.low: ends.low, result.high: ends.high}.items():
            by: tuple[Elementary, ...] = (
                ("mul", factor.numerator),
                ("floordiv", factor.denominator),
            )
            self._formula(out, slot, by)
            if open_:
                # what was without bound stays so
                self._formula(out, slot, (("add", -UNBOUNDED), ("max", 0)))
                self._formula(out, slot, (("add", UNBOUNDED), ("min", 0)))
        return result

    def _formula(self, out: Slot, source: Source, chain: tuple[Elementary, ...]) -> None:
        self.makers.append(lambda _: Formula(out, source, chain))

    def spanned(self, table: Spanned) -> tuple[Ends, Slot]:
        """A table of spans in slots: its ends, and its flags."""
        starts = tuple(piece.first for piece in table.pieces)
        place = self.source(Parted(table.key, starts))
        flags = self.slot()
        bits = np.array([x.told.flags for x in (table.missing, *table.pieces)], np.int64)
        self.possible[flags] = int(np.bitwise_or.reduce(bits))
        self.unsure[flags] = unsure_bits(bits)
        self.makers.append(lambda _: Mark(flags, place, bits))
        low = self.slot()
        ends = Ends(low, low if table.exact else self.slot())
        self._spans(
            ends.low, place, table, [x.told.low for x in (table.missing, *table.pieces)], -1
        )
        if not table.exact:
            highs = [x.told.high for x in (table.missing, *table.pieces)]
            self._spans(ends.high, place, table, highs, 1)
        return ends, flags

    def _spans(
        self,
        out: Slot,
        place: Source,
        table: Spanned,
        values: Sequence[Fraction | None],
        open_: int,
    ) -> None:
        """One end: every span goes along its chain within its codes, and stands still beyond.

        What the others stand at is taken off by the table of the spans' places.
        """
        pieces = (table.missing, *table.pieces)
        offsets: list[Fraction | None] = []
        for own, value in enumerate(values):
            if value is None:
                offsets.append(None)
                continue
            offset = Fraction(0) if isinstance(value, Span) else value
            for other, (piece, moving) in enumerate(zip(pieces, values, strict=True)):
                if isinstance(moving, Span) and other != own:
                    offset -= moving.at(piece.last if other < own else piece.first)
            offsets.append(offset)
        self.need(*(x for x in offsets if x is not None))
        for piece, moving in zip(pieces, values, strict=True):
            if isinstance(moving, Span):
                self.need(Fraction(1, moving.divisor))
                self._along(out, self.source(table.key), piece, moving)

        def maker(scale: int) -> Step:
            numbers = [open_ * INFINITY if x is None else _whole(x, scale) for x in offsets]
            return Look(out, place, np.array(numbers, np.int64))

        self.makers.append(maker)

    def _along(self, out: Slot, source: Source, piece: Piece, value: Span) -> None:
        within: tuple[Elementary, ...] = (("max", piece.first), ("min", piece.last))

        def maker(scale: int) -> Step:
            factor: tuple[Elementary, ...] = (("mul", scale // value.divisor),)
            return Formula(out, source, (*within, *value.chain, *factor))

        self.makers.append(maker)

    def classify(self, out: Slot, slot: Slot, cuts: Sequence[Fraction], stride: int) -> None:
        """Add ``stride`` times the place of a slot among cuts: below, at, above, at, …."""
        self.need(*cuts)
        self.makers.append(
            lambda scale: Classify(
                out, slot, tuple(_whole(c, scale) + k for c in cuts for k in (0, 1)), stride
            )
        )

    # -- flags

    def merge(self, out: Slot, slot: Slot, keep: int = -1) -> None:
        """Take over flags."""
        possible = self.possible.get(slot, 0) & keep
        if not possible or out == slot:
            return
        self.possible[out] = self.possible.get(out, 0) | possible
        self.unsure[out] = self.unsure.get(out, 0) | (self.unsure.get(slot, 0) & keep)
        self.makers.append(lambda _: Merge(out, slot, keep))

    def gate(self, out: Slot, flags: Slot, flag: Flag) -> None:
        """Flags of what happens only where ``flag`` is set: surely only where that is certain."""
        if self.unsure.get(flags, 0) & flag:
            self.unsure[out] = self.possible.get(out, 0) & ~CERTAIN_BITS
            self.makers.append(lambda _: Weaken(out, flags, flag.certain, ~CERTAIN_BITS))
        self.makers.append(lambda _: Clear(out, flags, flag, True))

    def only_where(self, ends: Ends, flags: Slot, flag: Flag) -> None:
        """Nothing where ``flag`` is not set, perhaps nothing where it is not certain."""
        if self.unsure.get(flags, 0) & flag:
            self._hulls(ends, flags, flag.certain, True)
        self.clear_unless(ends, flags, flag)

    def clear_unless(self, ends: Ends, flags: Slot, flag: int) -> None:
        """Nothing where a flag is not set."""
        for out in dict.fromkeys(ends):
            self.clear_one_unless(out, flags, flag)

    def clear_one_unless(self, out: Slot, flags: Slot, bits: int) -> None:
        """Nothing in a slot where none of the bits is set."""
        self.makers.append(lambda _: Clear(out, flags, bits, True))

    def clear_one_where(self, out: Slot, flags: Slot, bits: int) -> None:
        """Nothing in a slot where one of the bits is set."""
        self.makers.append(lambda _: Clear(out, flags, bits))

    def nothing_where(self, ends: Ends, flags: Slot, wanted: int) -> None:
        """Nothing where one of the flags is certain, perhaps nothing where one is possible."""
        possible = self.possible.get(flags, 0) & wanted
        if not possible:
            return
        unsure = self.unsure.get(flags, 0) & wanted
        if unsure:
            self._hulls(ends, flags, unsure, False)
        for out in dict.fromkeys(ends):
            self.clear_one_where(out, flags, possible & CERTAIN_BITS)

    def _hulls(self, ends: Ends, flags: Slot, bits: int, unless: bool) -> None:
        self.makers.append(lambda _: Hull(ends.low, flags, bits, "low", unless))
        self.makers.append(lambda _: Hull(ends.high, flags, bits, "high", unless))

    def finish(self) -> tuple[Step, ...]:
        """All steps, at the scale that was needed."""
        return tuple(make(self.divisor) for make in self.makers)


_MADE: WeakKeyDictionary[Tabulated, dict[Hashable, Numbers]] = WeakKeyDictionary()


def _once(table: Tabulated, what: Hashable, make: Callable[[], Numbers]) -> Numbers:
    """A column of a table; for the next draft that has the table the same array, not a copy.

    Whoever reads plans sees by that that nothing has changed there.
    """
    if len(table.axes) > 1:  # a new array each time is small then
        return make()
    made = _MADE.setdefault(table, {})
    found = made.get(what)
    if found is None:
        found = made[what] = make()
        found.flags.writeable = False
    return found


class TooFine(Exception):
    """The points do not fit into the integers of a plan."""


def _whole(value: Fraction, scale: int) -> int:
    number = int(value * scale)
    if abs(number) >= UNBOUNDED:
        raise TooFine
    return number


def scaled(numerators: Numbers, divisor: int, scale: int) -> Numbers:
    """Points of a table as integers of a plan."""
    open_ = np.abs(numerators) >= OPEN
    finite = np.where(open_, 0, numerators)
    factor = scale // divisor
    if int(np.abs(finite).max()) * factor >= UNBOUNDED:
        raise TooFine
    values = finite * factor
    return np.where(open_, np.sign(numerators) * INFINITY, values)
