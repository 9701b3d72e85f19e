"""What a rule does, in its place and over several possible outcomes; what modifiers make of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from policydsl.model import rules as r
from policydsl.scoring.exact.score import Certainty
from policydsl.scoring.ranges import ZERO, Range, highest, lowest


@dataclass
class Effect:
    """What a rule does: points (where it applies), and what goes beyond points.

    ``forfeits``: evidence is lacking on which full marks rest.  ``unproven``: it gives nothing
    because evidence is lacking.  ``judged``: an assessor's points, which nothing modifies.
    """

    points: Range = ZERO
    applied: Certainty = "no"
    forfeits: Certainty = "no"
    no_points: Certainty = "no"
    veto: Certainty = "no"
    statuses: list[tuple[r.Status, Certainty]] = field(default_factory=list)
    unproven: Certainty = "no"
    judged: bool = False

    @property
    def contribution(self) -> Range:
        """What it adds to a sum: nothing where it does not apply."""
        return self.points.hull(ZERO) if self.applied == "maybe" else self.points

    def add_flags(self, other: Effect) -> None:
        """Take over what goes beyond points."""
        self.forfeits = stronger(self.forfeits, other.forfeits)
        self.no_points = stronger(self.no_points, other.no_points)
        self.add_consequences(other)

    def add_consequences(self, other: Effect) -> None:
        """Take over what concerns the total."""
        self.veto = stronger(self.veto, other.veto)
        self.statuses.extend(other.statuses)


ORDER: dict[Certainty, int] = {"no": 0, "maybe": 1, "yes": 2}


def stronger(left: Certainty, right: Certainty) -> Certainty:
    """The surer of two."""
    return left if ORDER[left] >= ORDER[right] else right


def agreed(certainties: Sequence[Certainty]) -> Certainty:
    """The certainty of what happens in each of several possible outcomes."""
    return certainties[0] if len(set(certainties)) == 1 else "maybe"


def either(effects: Sequence[Effect]) -> Effect:
    """The effect when one of several outcomes will turn out to hold."""
    if len(effects) == 1:
        return effects[0]
    applied = [x.points for x in effects if x.applied != "no"]
    points = applied[0] if applied else ZERO
    for each in applied[1:]:
        points = points.hull(each)
    statuses: list[tuple[r.Status, Certainty]] = []
    for status in dict.fromkeys(s for x in effects for s, _ in x.statuses):
        sure = all((status, "yes") in x.statuses for x in effects)
        statuses.append((status, "yes" if sure else "maybe"))
    return Effect(
        points, agreed([x.applied for x in effects]), agreed([x.forfeits for x in effects]),
        agreed([x.no_points for x in effects]), agreed([x.veto for x in effects]), statuses,
        agreed([x.unproven for x in effects]),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where a rule stands: its clause, and what full marks and deductions mean there."""

    clause: str
    label: str
    starts_full: bool = False
    deducts: bool = False
    start: Range = ZERO


@dataclass
class Judging:
    """An assessor's points for a clause, handed to its discretionary rules one after another."""

    given: Fraction
    left: Fraction
    used: bool = False

    def take(self, sign: r.Sign, allowed: Range) -> Fraction:
        """What a discretionary rule of this sign gets, within what it allows."""
        self.used = True
        taken = self.left if self.left * sign > 0 else Fraction(0)
        if allowed.high is not None:
            taken = min(taken, allowed.high)
        if allowed.low is not None:
            taken = max(taken, allowed.low)
        self.left -= taken
        return taken


def signed(points: Range, sign: r.Sign) -> Range:
    """Points given or taken."""
    return points if sign > 0 else -points


def whole_steps(steps: Fraction, action: r.PerStep) -> Fraction:
    """Steps that count: whole ones, begun ones as whole, or in proportion."""
    if action.partial == "pro_rata":
        return steps
    return steps + -steps % 1 if action.partial == "full" else steps - steps % 1


def takes(rule: r.Rule) -> bool:
    """Whether the rule can take points away."""
    for inner in r.nested(rule):
        action = inner.action
        if isinstance(action, (r.Flat, r.PerStep, r.Discretionary)) and action.sign < 0:
            return True
        if isinstance(action, (r.NoPoints, r.OpenRule)):
            return True
    return False


def direction(rule: r.Rule, place: Place) -> r.Sign:
    """−1 for a rule that only deducts; its modifiers are about the amount of the deduction."""
    signs: set[int] = set()
    for inner in r.nested(rule):
        action = inner.action
        if isinstance(action, (r.Flat, r.PerStep, r.Discretionary)):
            signs.add(action.sign)
        elif isinstance(action, r.OpenRule):
            signs.add(-1 if place.starts_full or place.deducts else 1)
        elif isinstance(action, r.Matrix):
            signs.add(1)
    return -1 if signs == {-1} else 1


def modified(points: Range, rule: r.Rule, place: Place) -> Range:
    """Modifiers in the order in which they are written."""
    sign = direction(rule, place)
    value = signed(points, sign)
    for modifier in rule.modifiers:
        match modifier:
            case r.PointsCap():
                value = value.capped(modifier.value, modifier.value)
            case r.PointsFloor():
                value = value.floored(modifier.value, modifier.value)
            case r.Scale():
                value = value.scaled(modifier.factor)
            case r.RoundTo():
                value = value.rounded(modifier)
    return signed(value, sign)


def picked(how: str, sure: Sequence[Range], perhaps: Sequence[Range]) -> Range:
    """The best or least of what applies, where some may apply or not."""
    pick = highest if how == "best" else lowest
    if sure:
        return pick(sure).hull(pick([*sure, *perhaps]))
    if not perhaps:
        return ZERO
    result = pick(perhaps)
    for each in perhaps:
        result = result.hull(each)
    return result
