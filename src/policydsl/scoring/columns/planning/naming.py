"""Reasons as codes: slots whose values stand for the reasons of the exact evaluator.

Each part of a policy that can give a reason is asked for its reasons within what surrounds it: the
clauses it lies in have to apply, and what perhaps applies says so.  A rule that reads too much is
asked condition by condition and rule by rule.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Protocol

from policydsl.language.diagnostics import PolicyError
from policydsl.model import rules as r
from policydsl.model.policy import Blend, BlendPart, Clause, Policy
from policydsl.scoring.columns.plan import Ends, Flag, Slot
from policydsl.scoring.columns.planning.building import Builder
from policydsl.scoring.columns.planning.composing import FEW_WAYS, MANY_WAYS
from policydsl.scoring.columns.planning.keys import Key, Reading
from policydsl.scoring.columns.planning.probing import Tabulated, Told, TooMany
from policydsl.scoring.columns.planning.supposing import Supposed
from policydsl.scoring.exact import Certainty, Effect, Evaluator, Place, Probe, Reason, least_cap
from policydsl.scoring.ranges import ZERO, Range

STATUSES: tuple[r.Status, ...] = ("suspended", "void", "zeroed", "frozen")

Named = tuple[tuple[Reason, ...], ...]


class Host(Protocol):
    """The planner, as far as it is needed here."""

    policy: Policy
    evaluator: Evaluator
    build: Builder
    reading: Reading

    def table(
        self,
        what: Hashable,
        clause: str,
        parts: Sequence[object],
        ask: Callable[[Supposed], Told],
        more: Sequence[Key] = (),
        ways: int = ...,
    ) -> Tabulated:
        """What is asked of parts."""
        ...

    def counting(self) -> Host:
        """The same, with numbers told apart even where only reasons are asked for."""
        ...

    def today(self, clause: Clause) -> tuple[Key, ...]:
        """The date of assessment, where a clause reads it."""
        ...

    def refused(self, code: str, **details: str) -> PolicyError:
        """The error of a plan that cannot be made."""
        ...


@dataclass(frozen=True, slots=True)
class _Gate:
    """A condition of a rule around other rules."""

    rule: r.Rule
    place: Place


class Namer:
    """Collects slots of reasons; ``host`` reads for naming."""

    def __init__(self, host: Host):
        self.host, self.build = host, host.build
        self.reasons: dict[Slot, Named] = {}
        self.always: dict[Reason, None] = {}
        self.around: tuple[Clause, ...] = ()  # the clauses that lie around what is scored
        self.gates: tuple[Slot, ...] = ()  # flags of those that do not always apply
        self.entries: Slot | None = None  # which statuses were set, for certain and perhaps

    # -- asking

    def _note(
        self,
        what: Hashable,
        clause: str,
        parts: Sequence[object],
        tell: Callable[[Probe, bool], object],
        gates: tuple[_Gate, ...] = (),
        ways: int = MANY_WAYS,
        own: Clause | None = None,
        counting: bool = False,
    ) -> None:
        """Name what a part tells within the clauses around it and within ``gates``.

        ``tell`` is told whether what surrounds it only perhaps applies.  ``counting``: what it
        tells depends on the points, too.
        """
        around = self.around

        def ask(values: Supposed) -> Told:
            probe = Probe(self.host.evaluator, values, naming=True)
            found = _within(probe, around, gates)
            if found != "no":
                tell(probe, found == "maybe")
            return Told(reasons=tuple(probe.reasons))

        surrounding = [(x.applies_when, x.in_force, x.expires) for x in around]
        read = [*(x.applies_when for x in around), *(x.rule.condition for x in gates), *parts]
        dated = around if own is None else (*around, own)
        more = tuple(key for x in dated for key in self.host.today(x))
        host = self.host.counting() if counting else self.host
        table = host.table(
            ("reasons", what, tuple(surrounding), gates), clause, read, ask, more, ways
        )
        self._keep(table)

    def _keep(self, table: Tabulated) -> None:
        if not table.axes:
            self.always.update(dict.fromkeys(table.reasons[int(table.named[0])]))
        elif table.possible or any(table.reasons):
            slot = self.build.slot()
            self.build.number(slot, table.named, table)
            self.reasons[slot] = table.reasons

    def finish(self) -> dict[Slot, Named]:
        """All slots, one of them for what is said of every row."""
        if self.entries is not None:
            self.reasons[self.entries] = tuple(map(self._status_reasons, range(256)))
        if self.always:
            self.reasons[self.build.slot()] = (tuple(self.always),)
        return self.reasons

    # -- what is asked

    def root(self, root: Clause) -> None:
        """Reasons that every row has, and those for which the document applies or not."""
        self._note(("root", root), root.id, [], lambda probe, _: probe.introduce_root(root))
        if root.applies_when is not None:
            self._note(
                ("eligible", root.id),
                root.id,
                [root.applies_when],
                lambda probe, _: probe.eligible(root),
            )

    def whole(
        self,
        clause: Clause,
        deducts: bool,
        bonus: bool,
        bound: Fraction | None,
        ways: int = FEW_WAYS,
    ) -> bool:
        """The reasons of a clause in one slot, if it reads little enough."""
        if any(child.kind != "task" for child in clause.children):
            return False
        limits = (clause.cap, clause.full_marks, clause.floor)
        counting = any(isinstance(limit, r.OpenPoints) for limit in limits)

        def tell(probe: Probe, unsure: bool) -> None:
            probe.clause(clause, deducts, bonus, bound, unsure)

        try:
            self._note(
                ("clause", clause, deducts, bonus, bound), clause.id,
                [clause.applies_when, clause.rules], tell, ways=ways, own=clause,
                counting=counting,
            )  # fmt: skip
        except TooMany:
            return False
        return True

    def head(self, clause: Clause, beside: bool) -> None:
        """The reasons before the rules of a clause, which is not yet among those around."""
        try:
            self._note(
                ("head", clause, beside), clause.id, [clause.applies_when],
                lambda probe, _: probe.introduce(clause, beside), own=clause,
            )  # fmt: skip
        except TooMany as many:
            raise self._refused(clause.id, many) from None

    def rule(self, rule: r.Rule, place: Place) -> None:
        """The reasons of a rule."""
        try:
            self._rule(rule, place, ())
        except TooMany as many:
            raise self._refused(place.clause, many) from None

    def _refused(self, clause: str, many: TooMany) -> PolicyError:
        return self.host.refused("S506", clause=clause or self.host.policy.id, facts=str(many))

    def _rule(self, rule: r.Rule, place: Place, gates: tuple[_Gate, ...]) -> None:
        def tell(probe: Probe, unsure: bool) -> None:
            probe.rule(rule, place, unsure)

        inner = rule.action.rules if isinstance(rule.action, r.Combined) else ()
        divisible = bool(inner) and not rule.assumptions
        try:
            ways = FEW_WAYS if divisible else MANY_WAYS
            self._note(("rule", place), place.clause, [rule], tell, gates, ways)
        except TooMany:
            if not divisible:
                raise
        else:
            return
        if rule.condition is not None:
            self._note(
                ("condition", place, rule), place.clause, [rule.condition],
                lambda probe, _: probe.condition(rule, place), gates,
            )  # fmt: skip
            gates = (*gates, _Gate(r.Rule(rule.condition, r.Combined("sum", ())), place))
        for each in inner:
            self._rule(each, place, gates)

    def limits(self, clause: Clause, ends: Ends, deducts: bool) -> None:
        """Limits that the text leaves open, where the sum in ``ends`` makes them matter."""
        cap = clause.cap if clause.cap is not None else clause.full_marks
        # in a deduction group the amounts count downwards
        low, high, sign = (ends.high, ends.low, -1) if deducts else (ends.low, ends.high, 1)
        if isinstance(cap, r.OpenPoints):
            self._beyond(clause, high, sign, least_cap(clause), 1, deducts)
        if isinstance(clause.floor, r.OpenPoints):
            floor = clause.floor.high or Fraction(0)
            self._beyond(clause, low, -sign, -floor, -1, deducts)

    def _beyond(
        self, clause: Clause, slot: Slot, sign: int, limit: Fraction, side: int, deducts: bool
    ) -> None:
        """The reason of a limit where ``sign`` × slot is more than ``limit``."""
        probe = Probe(self.host.evaluator, Supposed(self.host.reading, {}), naming=True)
        amount = Fraction(side * (-1 if deducts else 1)) * 10**30
        probe.limits(clause, Range.exactly(amount), deducts)
        build = self.build
        amounts, place = build.slot(), build.slot()
        build.add(amounts, slot, sign)
        build.classify(place, amounts, [limit], 1)
        for gate in self.gates:
            build.clear_one_unless(place, gate, Flag.APPLIES)
        self.reasons[place] = ((), (), tuple(probe.reasons))

    # -- after the total

    def statuses(self, rules: Sequence[r.Rule], place: Place) -> None:
        """Note the statuses that rules set."""
        for rule in rules:
            if any(isinstance(x.action, r.SetStatus) for x in r.nested(rule)):
                self._entries(rule, place)

    def _entries(self, rule: r.Rule, place: Place) -> None:
        around = self.around

        def ask(values: Supposed) -> Told:
            probe = Probe(self.host.evaluator, values)
            found = _within(probe, around, ())
            if found == "no":
                return Told()
            effect = probe.rule(rule, place)
            return Told(flags=_entry_bits(effect, found == "maybe"))

        if self.entries is None:
            self.entries = self.build.slot()
        surrounding = tuple((x.applies_when, x.in_force, x.expires) for x in around)
        read = [*(x.applies_when for x in around), rule]
        more = tuple(key for x in around for key in self.host.today(x))
        try:
            table = self.host.table(("entries", place, surrounding), place.clause, read, ask, more)
        except TooMany as many:
            raise self._refused(place.clause, many) from None
        self.build.mark(self.entries, table)

    def _status_reasons(self, entries: int) -> tuple[Reason, ...]:
        probe = Probe(self.host.evaluator, Supposed(self.host.reading, {}), naming=True)
        for number, certainty in product(range(len(STATUSES)), ("maybe", "yes")):
            sure: Certainty = "yes" if certainty == "yes" else "maybe"
            if entries >> (2 * number + (sure == "yes")) & 1:
                probe.status_reason(STATUSES[number], sure)
        return tuple(probe.reasons)

    def blend(self, blend: Blend, parts: Sequence[str]) -> None:
        """The reasons of a weighted sum."""
        for part in blend.parts:
            self._blend_part(blend, part, dict.fromkeys(parts, ZERO))

    def _blend_part(self, blend: Blend, part: BlendPart, scored: dict[str, Range]) -> None:
        def tell(probe: Probe, _: bool) -> None:
            probe.blend_part(blend, part, scored)

        try:
            self._note(("blend", blend, part, tuple(scored)), blend.id, [part.expression], tell)
        except TooMany as many:
            raise self._refused(blend.id, many) from None


def _within(probe: Probe, around: Sequence[Clause], gates: Sequence[_Gate]) -> Certainty:
    """Whether all that surrounds a part applies."""
    result = probe.applies_all(around)
    for gate in gates:
        if result == "no":
            break
        naming, probe.naming = probe.naming, False
        found = probe.condition(gate.rule, gate.place).applied
        probe.naming = naming
        result = found if found != "yes" else result
    return result


def _entry_bits(effect: Effect, unsure: bool) -> int:
    """Two bits for each status: set perhaps, set for certain (both, where rules differ)."""
    found = 0
    for status, certainty in effect.statuses:
        sure = certainty == "yes" and not unsure
        found |= 1 << (2 * STATUSES.index(status) + sure)
    return found
