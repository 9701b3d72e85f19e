"""Parts of a policy asked one by one, for planners: :class:`Probe`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from policydsl.model import rules as r
from policydsl.model.policy import Blend, BlendPart, Clause, Target
from policydsl.scoring.exact import reasons
from policydsl.scoring.exact.effects import Effect, Place
from policydsl.scoring.exact.evaluator import Evaluator
from policydsl.scoring.exact.limits import bound_below, clipped
from policydsl.scoring.exact.score import Certainty, Reason, TargetResult, Trace
from policydsl.scoring.exact.whole import WholeRun, concerned
from policydsl.scoring.expressions import Decided, Missing, Values
from policydsl.scoring.ranges import Range

_BEYOND = Fraction(10) ** 30


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds the rules of a clause, whatever the case.

    ``below`` bounds the 满分 of the clauses in it.  ``limits`` are, for the low and for the high
    end of its sum, the least and the most that rounding is followed by (``None``: no bound).
    """

    place: Place
    start: Range
    below: Fraction | None
    limits: tuple[tuple[Fraction | None, Fraction | None], tuple[Fraction | None, Fraction | None]]


class Probe(WholeRun):
    """Parts of a policy, each worked out on its own for a case that is supposed.

    ``values`` gives the facts (and scores) of that case.  For planners, which ask of every part
    what it does for all values of what it reads.  Without ``naming`` no reasons are collected.
    """

    def __init__(self, evaluator: Evaluator, values: Values, naming: bool = False):
        super().__init__(evaluator.policy, values.case, False, values)
        self.naming = naming

    def because(self, reason: Reason) -> None:
        """Note a reason, if wanted."""
        if self.naming:
            super().because(reason)

    def _name_rest(self, count: Fraction, steps: Fraction, place: Place) -> None:
        if self.naming:
            super()._name_rest(count, steps, place)

    def _record_reads(self, clause: str, traces: list[Trace]) -> None:
        if self.naming:
            super()._record_reads(clause, traces)

    def rule(self, rule: r.Rule, place: Place, unsure: bool = False) -> Effect:
        """What a rule does in its place; ``unsure``: if what surrounds it applies at all."""
        with self._perhaps(unsure):
            return self._rule(rule, place, [])

    def condition(self, rule: r.Rule, place: Place) -> Effect:
        """What the condition of a rule makes of it before its action: applied, or unproven."""
        assert rule.condition is not None

        def given(condition: Decided) -> Effect:
            if isinstance(condition, Missing):
                return self._without_evidence(condition, rule, place)
            return Effect(applied="yes" if condition else "no")

        with self._reading(place.clause, []):
            return self._for_each(self.values.value(rule.condition), place, given)

    def clause(
        self,
        clause: Clause,
        deducts: bool = False,
        bonus: bool = False,
        bound: Fraction | None = None,
        unsure: bool = False,
    ) -> tuple[Range, Effect]:
        """The value of a clause, and what it does to the total beyond that."""
        outer, self.effects = self.effects, Effect()
        with self._perhaps(unsure):
            value = self._clause(clause, [], deducts, bonus, bound)
        found, self.effects = self.effects, outer
        return value, found

    def applies(self, clause: Clause) -> Certainty:
        """Whether a clause applies."""
        return self._applies(clause, [])

    def applies_all(self, clauses: Sequence[Clause]) -> Certainty:
        """Whether each of several clauses applies; for what reasons is not collected."""
        naming, self.naming = self.naming, False
        result: Certainty = "yes"
        for clause in clauses:
            found = self._applies(clause, [])
            if found != "yes":
                result = found
            if found == "no":
                break
        self.naming = naming
        return result

    def introduce(self, clause: Clause, beside: bool) -> None:
        """Name the reasons that a clause has before its rules: for applying, and of its start."""
        if self._applies(clause, []) != "no":
            self._name_assumptions(clause)
            self._start(clause, beside)

    def introduce_root(self, root: Clause) -> None:
        """Name the reasons that all scores of a schedule have."""
        for text in self.policy.assumptions:
            self.because(reasons.assumption("", text))
        self._name_assumptions(root)
        if root.start is not None:
            self._start(root, False)

    def limits(self, clause: Clause, value: Range, deducts: bool) -> None:
        """Name the limits that the text leaves open, for a sum before limits."""
        self._name_limits(clause, value, deducts)

    def status_reason(self, status: r.Status, certainty: Certainty) -> None:
        """Name a status."""
        self.because(reasons.status(status, certainty))

    def blend_part(self, blend: Blend, part: BlendPart, scored: Mapping[str, Range]) -> None:
        """Name the reasons that a part of a blend has; ``scored`` are the parts of the score."""
        self.parts = dict(scored)
        for closing in blend.closings:
            self.because(reasons.closing(blend.id, closing))
        with self._reading(blend.id, []):
            self._blend_part(blend, part)

    def eligible(self, root: Clause) -> tuple[bool | None, Certainty]:
        """Whether the document applies (``None``: not known), and is known not to."""
        return self._eligible(root, [])

    def target(self, clause: Clause, target: Target) -> TargetResult:
        """A target of a clause."""
        return self._target(clause, target)

    def in_use(self, root: Clause, unit: str | None) -> Iterator[Clause]:
        """The clauses of a schedule that concern a unit."""
        return concerned(root, unit)

    def frame(
        self,
        clause: Clause,
        deducts: bool = False,
        bonus: bool = False,
        bound: Fraction | None = None,
    ) -> Frame:
        """What surrounds the rules of a clause."""
        start, starts_full = self._start(clause, deducts or bonus)
        place = Place(clause.id, clause.label, starts_full, deducts, start)
        # a limit shows in what becomes of amounts beyond all limits
        ends = [clipped(clause, Range(x, x), deducts, bound) for x in (-_BEYOND, _BEYOND)]
        least, most = (
            tuple(None if x is None or abs(x) == _BEYOND else x for x in (end.low, end.high))
            for end in ends
        )
        return Frame(
            place, start, bound_below(clause, bound), ((least[0], most[0]), (least[1], most[1]))
        )
