"""Rules that read too much for one table, from tables of their parts.

What a rule does is then in slots: the points where it applies, and flags that say whether it does.
The best, the least and the sum of rules, conditions before them and modifiers behind them
are steps; everything below that is tables of the exact evaluator.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm
from typing import Literal, Protocol, TypeVar

import numpy as np

from policydsl.model import rules as r
from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.plan import INFINITY, Ends, Flag, Slot
from policydsl.scoring.columns.planning.building import Builder
from policydsl.scoring.columns.planning.keys import OPEN
from policydsl.scoring.columns.planning.probing import UNPROVEN, Tabulated, TooMany
from policydsl.scoring.columns.planning.spanned import Piece, Spanned
from policydsl.scoring.exact import Place, direction, takes

APPLIES = Flag.APPLIES
F = TypeVar("F", int, Numbers)


class Effects(Protocol):
    """Tabulates what a rule does, if there are no more than ``ways`` through it."""

    def __call__(self, rule: r.Rule, place: Place, ways: int = ...) -> Tabulated:
        """The table."""
        ...


FEW_WAYS = 1 << 6
"""A rule of several is one table up to so many ways through it."""
MANY_WAYS = 1 << 18
"""More ways through a rule are not tried (most of them are the same way in the end)."""


def ways_of(rule: r.Rule) -> int:
    """How many ways through a rule are tried before it is put together from its parts."""
    whole = rule.condition is None and isinstance(rule.action, (r.Flat, r.PerStep, r.Discretionary))
    return MANY_WAYS if whole else FEW_WAYS


Tabulate = Callable[[r.Rule, Place], Tabulated]


@dataclass(frozen=True, slots=True)
class Slotted:
    """A rule in slots: points where it applies (0 elsewhere), multiples of 1/``divisor``.

    ``flags`` hold among others whether it applies.
    """

    ends: Ends
    flags: Slot
    divisor: int
    open: bool
    """Whether an end can be without bound."""


@dataclass
class Composer:
    """``effects`` tabulates what a rule does, ``conditions`` what its condition makes of it.

    ``spans`` does the first for a rule that reads a single wide column.  All raise
    :class:`TooMany`.
    """

    build: Builder
    effects: Effects
    spans: Callable[[r.Rule, Place], Spanned]
    conditions: Tabulate

    def contribution(self, rule: r.Rule, place: Place) -> Slotted:
        """What a rule adds to a sum, with its flags.  Raises :class:`TooMany`."""
        return self._added(self._rule(rule, place))

    def _added(self, found: Slotted) -> Slotted:
        """Points as they enter a sum: perhaps nothing where the rule perhaps applies."""
        unsure = self.build.unsure.get(found.flags, 0) & APPLIES
        ends = found.ends
        if unsure and ends.exact:
            ends = self._copied(ends, exact=False)
        if unsure:
            self.build.only_where(ends, found.flags, APPLIES)
        return replace(found, ends=ends)

    def _copied(self, ends: Ends, exact: bool) -> Ends:
        build = self.build
        low = build.slot()
        copy = Ends(low, low if exact else build.slot())
        for out, slot in {copy.low: ends.low, copy.high: ends.high}.items():
            build.add(out, slot)
        return copy

    def _rule(self, rule: r.Rule, place: Place) -> Slotted:
        try:
            return self._from_table(self.effects(rule, place, ways_of(rule)))
        except TooMany:
            pass
        try:
            return self._from_spans(self.spans(rule, place))
        except TooMany:
            pass
        try:
            return self._in_parts(rule, place)
        except TooMany:
            return self._from_table(self.effects(rule, place))

    def _in_parts(self, rule: r.Rule, place: Place) -> Slotted:
        if rule.condition is not None:
            return self._conditional(rule, place)
        match rule.action:
            case r.Combined():
                found = self._combined(rule.action, place)
            case r.Tiers():
                found = self._chosen(rule, rule.action.tiers, place)
            case r.Matrix():
                cells = [points for row in rule.action.cells for points in row]
                outcomes = [r.Rule(None, r.Flat(1, points)) for points in cells]
                found = self._chosen(rule, outcomes, place)
            case _:
                raise TooMany(rule)
        return self._modified(found, rule, place) if rule.modifiers else found

    def _from_table(self, table: Tabulated, keep: int = -1) -> Slotted:
        flags = self.build.slot()
        self.build.mark(flags, table, keep)
        ends = self.build.looked(table)
        return Slotted(ends, flags, table.divisor, _is_open(table))

    def _from_spans(self, table: Spanned) -> Slotted:
        ends, flags = self.build.spanned(table)
        return Slotted(ends, flags, table.divisor, table.open)

    def _conditional(self, rule: r.Rule, place: Place) -> Slotted:
        build = self.build
        condition = self.conditions(rule, place)
        found = self._rule(replace(rule, condition=None), place)
        if (
            condition.unsure & APPLIES
            and condition.possible & Flag.FORFEITS.both
            and (build.possible.get(found.flags, 0) & Flag.FORFEITS)
        ):
            raise TooMany(rule)  # whether both lack evidence is not kept apart
        gate = build.slot()
        build.mark(gate, condition)
        flags = build.slot()
        build.merge(flags, found.flags)
        build.gate(flags, gate, APPLIES)
        build.merge(flags, gate, ~APPLIES.both)
        ends = self._copied(found.ends, found.ends.exact)
        build.clear_unless(ends, gate, APPLIES)
        return replace(found, ends=ends, flags=flags)

    def _chosen(self, rule: r.Rule, outcomes: Sequence[r.Rule], place: Place) -> Slotted:
        """The one of several outcomes that the labels of a table choose."""
        build = self.build
        choice = self.effects(_numbered(rule), place)
        numbers = np.where(choice.flags & APPLIES, np.abs(choice.low), 0) // choice.divisor
        if not choice.exact or choice.unsure & APPLIES:
            raise TooMany(rule)  # the subject is not certain
        flags = build.slot()
        build.mark(flags, choice, ~APPLIES.both)
        chosen: list[Ends] = []
        divisor, open_ = 1, False
        for number, outcome in enumerate(outcomes, start=1):
            here = np.where(numbers == number, int(APPLIES.both), 0)
            if not here.any():
                continue
            found = self._rule(replace(outcome, condition=None), place)
            gate = build.slot()
            build.mark(gate, replace(choice, flags=here))
            own = build.slot()
            build.merge(own, found.flags)
            build.gate(own, gate, APPLIES)
            build.merge(flags, own)
            points = self._copied(found.ends, found.ends.exact)
            build.clear_unless(points, gate, APPLIES)
            chosen.append(points)
            divisor, open_ = lcm(divisor, found.divisor), open_ or found.open
        return Slotted(self._total(chosen), flags, divisor, open_)

    def _modified(self, found: Slotted, rule: r.Rule, place: Place) -> Slotted:
        """Modifiers in the order in which they are written."""
        build = self.build
        sign = direction(rule, place)
        ends, divisor = self._copied(found.ends, found.ends.exact), found.divisor
        for modifier in rule.modifiers:
            match modifier:
                case r.PointsCap() | r.PointsFloor():
                    bound = sign * modifier.value
                    caps = isinstance(modifier, r.PointsCap) == (sign > 0)
                    for out in dict.fromkeys(ends):
                        build.clip(out, None if caps else bound, bound if caps else None)
                    divisor = _lcm(divisor, bound)
                case r.RoundTo():
                    for out in dict.fromkeys(ends):
                        build.round(out, modifier)
                    divisor = _lcm(divisor, modifier.unit)
                case r.Scale():
                    divisor *= modifier.factor.denominator
                    ends = build.scaled(ends, modifier.factor, divisor, found.open)
        build.clear_unless(ends, found.flags, APPLIES)
        return replace(found, ends=ends, divisor=divisor)

    # -- several rules

    def _combined(self, action: r.Combined, place: Place) -> Slotted:
        if action.how == "least":
            inner = [self._shown(rule, place) for rule in action.rules]
        else:
            inner = [self._rule(rule, place) for rule in action.rules]
        build = self.build
        flags = build.slot()
        for each in inner:
            build.merge(flags, each.flags)
        divisor = 1
        for each in inner:
            divisor = _lcm(divisor, Fraction(1, each.divisor))
        open_ = any(each.open for each in inner)
        if action.how == "sum":
            ends = self._total([self._added(each).ends for each in inner])
        else:
            ends = self._pick(action.how, inner, flags)
        return Slotted(ends, flags, divisor, open_)

    def _shown(self, rule: r.Rule, place: Place) -> Slotted:
        """A rule among which the least counts: one that awards and was not shown gives nothing."""
        awards = direction(rule, place) > 0
        try:
            table = self.effects(rule, place)
        except TooMany:
            spans = self.spans(rule, place)
            return self._from_spans(_with_unproven(spans) if awards else spans)
        if awards and table.possible & UNPROVEN:
            table = replace(table, flags=table.flags | _unproven(table.flags))
        return self._from_table(table)

    def _total(self, added: Sequence[Ends]) -> Ends:
        build = self.build
        low = build.slot()
        ends = Ends(low, low if all(x.exact for x in added) else build.slot())
        for each in added:
            for out, slot in {ends.low: each.low, ends.high: each.high}.items():
                build.add(out, slot)
        return ends

    def _pick(self, how: Literal["best", "least"], inner: Sequence[Slotted], flags: Slot) -> Ends:
        """The best (least) of what applies.

        Of what applies for certain, one end of the best; where nothing does, the best may be any
        of what perhaps applies.
        """
        build = self.build
        unsure = build.unsure.get(flags, 0) & APPLIES
        exact = not unsure and all(each.ends.exact for each in inner)
        outer: Literal["max", "min"] = "max" if how == "best" else "min"
        other: Literal["max", "min"] = "min" if how == "best" else "max"
        lows, highs = [x.ends.low for x in inner], [x.ends.high for x in inner]
        near, far = (lows, highs) if how == "best" else (highs, lows)
        # far: the end that what is only possible moves too; near: the other one
        far_slot = self._picked(outer, far, inner, APPLIES)
        build.clear_one_unless(far_slot, flags, APPLIES)
        if exact:
            return Ends(far_slot, far_slot)
        near_slot = self._picked(outer, near, inner, APPLIES.certain)
        build.clear_one_unless(near_slot, flags, APPLIES.certain)
        if unsure:
            perhaps = self._picked(other, near, inner, APPLIES)
            build.clear_one_where(perhaps, flags, APPLIES.certain)
            build.clear_one_unless(perhaps, flags, APPLIES)
            build.add(near_slot, perhaps)
        return Ends(near_slot, far_slot) if how == "best" else Ends(far_slot, near_slot)

    def _picked(
        self, how: Literal["max", "min"], slots: Sequence[Slot], inner: Sequence[Slotted], bit: int
    ) -> Slot:
        """The largest (smallest) of the slots whose rules have a flag."""
        build = self.build
        worst = -INFINITY if how == "max" else INFINITY
        result = build.slot()
        build.put(result, None, worst)
        for slot, each in zip(slots, inner, strict=True):
            candidate = build.slot()
            build.put(candidate, None, worst)
            build.clear_one_where(candidate, each.flags, bit)
            build.add(candidate, slot)  # which leaves the worst without bound
            build.pick(result, candidate, how)
        return result


def _unproven(flags: F) -> F:
    """What is unproven, as applying."""
    return (flags // UNPROVEN & 0b11) * int(APPLIES)


def _with_unproven(table: Spanned) -> Spanned:
    def shown(piece: Piece) -> Piece:
        told = piece.told
        return replace(piece, told=replace(told, flags=told.flags | _unproven(told.flags)))

    return replace(table, missing=shown(table.missing), pieces=tuple(map(shown, table.pieces)))


def _numbered(rule: r.Rule) -> r.Rule:
    """The same table with the number of each outcome for its points."""
    sign: r.Sign = -1 if takes(rule) else 1  # for lack of evidence it gives the same
    action = rule.action
    if isinstance(action, r.Tiers):
        tiers = [
            replace(tier, action=r.Flat(sign, r.FixedPoints(Fraction(number))), modifiers=())
            for number, tier in enumerate(action.tiers, start=1)
        ]
        return replace(rule, action=replace(action, tiers=tuple(tiers)), modifiers=())
    assert isinstance(action, r.Matrix)
    width = len(action.columns)
    cells = tuple(
        tuple(r.FixedPoints(Fraction(row * width + column + 1)) for column in range(width))
        for row in range(len(action.rows))
    )
    return replace(rule, action=replace(action, cells=cells), modifiers=())


def _is_open(table: Tabulated) -> bool:
    return bool((np.abs(table.low) >= OPEN).any() or (np.abs(table.high) >= OPEN).any())


def _lcm(divisor: int, value: Fraction) -> int:
    return lcm(divisor, value.denominator)
