"""Watching the exact evaluator: which places a case (or many at once) goes through.

The evaluator itself is run, with its methods overridden to take notes; nothing of the meaning is
said a second time.  It works for single cases and for the planner's lanes alike: whatever a note
depends on is compared, and a comparison that is not the same for all lanes parts them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from policydsl.model import expressions as e
from policydsl.model import rules as r
from policydsl.model.policy import Clause, Policy
from policydsl.review.coverage.places import Boundary, Key, PlaceKind, Places
from policydsl.scoring.cases import Case
from policydsl.scoring.columns.planning.keys import Key as Column
from policydsl.scoring.columns.planning.keys import Reading
from policydsl.scoring.columns.planning.supposing import Codes, Supposed
from policydsl.scoring.exact import Certainty, Effect, Evaluator, Place, Probe, Score, Trace
from policydsl.scoring.exact.effects import modified, whole_steps
from policydsl.scoring.exact.whole import WholeRun
from policydsl.scoring.expressions import Decided, Missing, Person, Value, Values
from policydsl.scoring.ranges import Range

Exercised = dict[Key, None]


class _Watching(Values):
    """Values that note which parts of conditions hold, and which thresholds are met."""

    atoms: Mapping[int, e.Expr]
    boundaries: Mapping[int, Boundary]
    exercised: Exercised

    def watch(self, places: Places, exercised: Exercised) -> None:
        """Begin to take notes."""
        self.atoms, self.boundaries = places.atoms, places.boundaries
        self.exercised = exercised

    def value(self, expr: e.Expr, person: Person | None = None) -> Value:
        """The value, noted where the expression is watched."""
        found = super().value(expr, person)
        if not self.__dict__.get("boundaries") and not self.__dict__.get("atoms"):
            return found
        number = id(expr)
        if number in self.atoms and isinstance(found, bool):
            self._note("atom_true" if found else "atom_false", number)
        boundary = self.boundaries.get(number)
        if boundary is not None and isinstance(found, bool):
            assert isinstance(expr, e.Compared)
            compared = super().value(expr.right if boundary.flipped else expr.left, person)
            if isinstance(compared, Fraction):
                side = boundary.side(compared)
                if side is not None:
                    self._note(side, number)
        return found

    def _note(self, kind: PlaceKind, number: int) -> None:
        where = self.where if self.where != self.policy.id else ""
        for clause in (self.where, where, self.policy.roots[0].id):
            self.exercised.setdefault((clause, kind, number, ()), None)


class WatchedValues(_Watching):
    """Of one case."""


class WatchedCodes(_Watching, Supposed):
    """Of many cases at once."""


class _Notes(WholeRun):
    """A run that takes notes."""

    places: Places
    exercised: Exercised

    def _note(self, clause: str, kind: PlaceKind, of: object, part: tuple[int, ...] = ()) -> None:
        self.exercised.setdefault((clause, kind, 0 if of is None else id(of), part), None)

    # -- clauses

    def _applies(self, clause: Clause, traces: list[Trace]) -> Certainty:
        found = super()._applies(clause, traces)
        if found == "no":
            self._note(clause.id, "not_applied", None)
        else:
            self._note(clause.id, "scored", None)
        return found

    def _eligible(self, root: Clause, traces: list[Trace]) -> tuple[bool | None, Certainty]:
        found = super()._eligible(root, traces)
        if found[0] is not None:
            self._note(root.id, "eligible" if found[0] else "not_eligible", None)
        return found

    def _name_limits(self, clause: Clause, value: Range, deducts: bool) -> None:
        """Called with what a clause comes to before its limits."""
        super()._name_limits(clause, value, deducts)
        value = -value if deducts else value
        cap = clause.cap if clause.cap is not None else clause.full_marks
        if isinstance(cap, Fraction) and (value.high is None or value.high > cap):
            self._note(clause.id, "cap", None)
        floor = clause.floor if isinstance(clause.floor, Fraction) else Fraction(0)
        if value.low is None or value.low < floor:
            self._note(clause.id, "floor", None)

    # -- rules

    def _rule(self, rule: r.Rule, place: Place, traces: list[Trace] | None = None) -> Effect:
        effect = super()._rule(rule, place, traces)
        if rule.condition is None and effect.applied != "no":
            self._note(place.clause, "acts", rule)
        if self._frames:
            self._frames[-1].append((rule, effect))
        return effect

    @property
    def _frames(self) -> list[list[tuple[r.Rule, Effect]]]:
        found: list[list[tuple[r.Rule, Effect]]] = self.__dict__.setdefault("_inner", [])
        return found

    def _given(self, condition: Decided, rule: r.Rule, place: Place) -> Effect:
        if isinstance(condition, bool):
            self._note(place.clause, "holds" if condition else "fails", rule)
        return super()._given(condition, rule, place)

    def _act(self, rule: r.Rule, place: Place) -> Effect:
        effect = super()._act(rule, place)
        if effect.applied == "no":
            return effect
        self._note(place.clause, "tier", rule)
        if rule.modifiers and not effect.judged:
            self._limits(rule, place)
        return effect

    def _action(self, rule: r.Rule, place: Place) -> Effect:
        effect = super()._action(rule, place)
        self.__dict__.setdefault("_before", {})[id(rule)] = effect.points
        return effect

    def _limits(self, rule: r.Rule, place: Place) -> None:
        """Which 最高 and 最低 behind a rule make a difference."""
        before: Range = self.__dict__["_before"][id(rule)]
        for number, modifier in enumerate(rule.modifiers):
            if not isinstance(modifier, (r.PointsCap, r.PointsFloor)):
                continue
            one = modified(before, replace(rule, modifiers=rule.modifiers[:number]), place)
            two = modified(before, replace(rule, modifiers=rule.modifiers[: number + 1]), place)
            if one != two:
                kind: PlaceKind = "capped" if isinstance(modifier, r.PointsCap) else "raised"
                self._note(place.clause, kind, rule, (number,))

    def _per_step(self, action: r.PerStep, subject: Decided, rule: r.Rule, place: Place) -> Effect:
        if not isinstance(subject, Missing):
            assert isinstance(subject, Fraction)
            steps = max(Fraction(0), subject - action.beyond) / action.step
            count = max(Fraction(0), whole_steps(steps, action) - action.skip)
            self._note(place.clause, "counted" if count > 0 else "uncounted", rule)
            if action.most is not None and count > whole_steps(action.most, action):
                self._note(place.clause, "most", rule)
        return super()._per_step(action, subject, rule, place)

    def _tier(self, action: r.Tiers, rule: r.Rule, place: Place) -> Effect:
        effect = super()._tier(action, rule, place)
        if effect.applied == "no" and effect.unproven == "no":
            self._note(place.clause, "no_tier", rule)
        return effect

    def _cell(self, action: r.Matrix, rule: r.Rule, place: Place) -> Effect:
        row, column = self._first(action.rows), self._first(action.columns)
        if row is None or column is None:
            self._note(place.clause, "no_cell", rule)
        else:
            self._note(place.clause, "cell", rule, (row, column))
        return super()._cell(action, rule, place)

    def _combined(self, action: r.Combined, place: Place) -> Effect:
        frames = self._frames
        frames.append([])
        result = super()._combined(action, place)
        inner = frames.pop()
        if action.how != "sum":
            for rule, effect in inner:
                if effect.applied == "yes" and effect.points == result.points:
                    self._note(place.clause, "picked", rule)
        return result


class _Recorded(_Notes):
    """A run for one case."""


class Recorder(_Notes, Probe):
    """Parts of a policy for cases that are supposed."""

    def __init__(
        self,
        evaluator: Evaluator,
        places: Places,
        reading: Reading,
        codes: Mapping[Column, Codes],
    ):
        values = WatchedCodes(reading, codes)
        super().__init__(evaluator, values)
        self.places = places
        self.exercised = {}
        values.watch(places, self.exercised)


class CaseRecorder(_Notes, Probe):
    """Parts of a policy for one case."""

    def __init__(self, evaluator: Evaluator, places: Places, case: Case):
        values = WatchedValues(evaluator.policy, case)
        super().__init__(evaluator, values)
        self.places, self.exercised = places, {}
        values.watch(places, self.exercised)


def record(evaluator: Evaluator, places: Places, case: Case) -> tuple[Score, frozenset[Key]]:
    """The score of a case, and the places that it went through.

    Raises :class:`PolicyError` as :meth:`Evaluator.score` does.
    """
    policy: Policy = evaluator.policy
    values = WatchedValues(policy, case)
    run = _Recorded(policy, case, False, values)
    run.places, run.exercised = places, {}
    values.watch(places, run.exercised)
    score = run.score()
    return score, frozenset(key for key in run.exercised if key in places.all)
