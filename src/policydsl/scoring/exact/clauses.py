"""Clauses: whether they apply, what they start at, their rules and parts, and their limits."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.model import expressions as e
from policydsl.model import rules as r
from policydsl.model.policy import Clause
from policydsl.scoring.exact import reasons
from policydsl.scoring.exact.effects import Effect, Judging, Place, agreed, either
from policydsl.scoring.exact.limits import bound_below, clipped, highest_cap, least_cap, limit_range
from policydsl.scoring.exact.rules import RuleRun
from policydsl.scoring.exact.score import Certainty, Pair, Trace
from policydsl.scoring.expressions import Missing, Value, outcomes_of
from policydsl.scoring.ranges import ZERO, Range, show_points


class ClauseRun(RuleRun):
    """One case on its way through the clauses."""

    def _clause(
        self,
        clause: Clause,
        traces: list[Trace],
        deducts: bool = False,
        bonus: bool = False,
        bound: Fraction | None = None,
    ) -> Range:
        """Score a clause; ``bound`` is the least 满分 of what it lies in, if any.

        Its own 满分, where that is not stated, cannot be more.
        """
        deducts = deducts or clause.kind == "deductions"
        children: list[Trace] = []
        applies = self._applies(clause, children)
        if applies == "no":
            return self._finish(clause, ZERO, ZERO, traces, children, ("不适用", "does not apply"))
        self._name_assumptions(clause)
        outer, self.effects = self.effects, Effect()
        with self._perhaps(applies == "maybe"):
            raw, value, detail = self._scored(clause, children, deducts, bonus, bound)
        effects = self.effects if applies == "yes" else either([self.effects, Effect()])
        outer.add_consequences(effects)
        self.effects = outer
        if applies == "maybe":
            value = value.hull(ZERO)
        return self._finish(clause, raw, value, traces, children, detail)

    def _applies(self, clause: Clause, traces: list[Trace]) -> Certainty:
        """Whether a clause applies to the case; not where evidence for it is lacking."""
        if not self._is_in_force(clause):
            return "no"
        if clause.applies_when is None:
            return "yes"
        condition = self._condition(clause.applies_when, clause, traces)
        outcomes = outcomes_of(condition)
        for outcome in outcomes:
            if isinstance(outcome, Missing):
                self._missing(outcome, clause.id, clause.label)
        if len(outcomes) > 1:
            self._say_undecided(condition, clause.id, clause.label)
        return agreed(["yes" if x is True else "no" for x in outcomes])

    def _is_in_force(self, clause: Clause) -> bool:
        """Whether the clause's own dates (施行, 失效) include the date of assessment.

        The last day in force is the day before 失效.  Without a date of assessment, or where the
        text gives no date, the clause counts, and the reasons say on what assumption.
        """
        start = clause.in_force.date if clause.in_force is not None else None
        end = clause.expires.date if clause.expires is not None else None
        if start is None and end is None:
            return True
        today = self.case.date
        if today is None:
            self.because(reasons.no_date(clause))
            return True
        if start is not None and today < start:
            self.because(reasons.not_yet_in_force(clause, start))
            return False
        if end is not None and today >= end:
            self.because(reasons.expired(clause, end))
            return False
        return True

    def _condition(self, expr: e.Expr, clause: Clause, traces: list[Trace]) -> Value:
        """The value of a clause's condition, with the facts read for it among ``traces``."""
        with self._reading(clause.id, traces):
            return self.values.value(expr)

    def _finish(
        self,
        clause: Clause,
        raw: Range,
        value: Range,
        traces: list[Trace],
        children: Sequence[Trace],
        detail: Pair,
    ) -> Range:
        self.parts[clause.id] = value
        if self.tracing:
            label = (
                clause.label
                if clause.name in (None, clause.label)
                else (f"{clause.label} {clause.name}")
            )
            zh, en = detail
            traces.append(
                Trace("clause", clause.id, label, value, zh, tuple(children), raw, detail_en=en)
            )
        return value

    def _name_assumptions(self, clause: Clause) -> None:
        for text in clause.assumptions:
            self.because(reasons.assumption(clause.id, text))
        for closing in clause.closings:
            self.because(reasons.closing(clause.id, closing))

    def _scored(
        self,
        clause: Clause,
        traces: list[Trace],
        deducts: bool,
        bonus: bool,
        bound: Fraction | None,
    ) -> tuple[Range, Range, Pair]:
        """Sum before rounding and limits, value, and what to say of it."""
        start, starts_full = self._start(clause, deducts or bonus)
        self._start_trace(start, traces)
        raw = start
        below = bound_below(clause, bound)
        for child in clause.children:
            if child.kind != "task":
                raw = raw + self._clause(child, traces, deducts, bonus, below)
        given = self.case.judgements.get(clause.id)
        judging = None if given is None else Judging(given, given)
        outer, self.judging = self.judging, judging
        place = Place(clause.id, clause.label, starts_full, deducts, start)
        effect = Effect()
        for rule in clause.rules:
            each = self._rule(rule, place, traces)
            raw = raw + each.contribution
            effect.add_flags(each)
        self.judging = outer
        self.effects.add_consequences(effect)
        if judging is not None:
            self._check_judgement(clause, judging, raw, deducts, bound)
        value = raw if clause.rounding is None else raw.rounded(clause.rounding)
        self._name_limits(clause, value, deducts)
        value = clipped(clause, value, deducts, bound)
        detail = ("", "")
        if self.tracing:
            detail = self._limit_detail(raw, value, clause)
            if starts_full:
                detail = f"起评 {start}；{detail[0]}", f"starts at {start}; {detail[1]}"
        for certainty, text in (
            (effect.forfeits, ("未提供材料，不得分", "no evidence, no points")),
            (effect.no_points, ("不得分", "no points")),
        ):
            if certainty == "yes":
                return raw, ZERO, text
            if certainty == "maybe":
                value = value.hull(ZERO)
        return raw, value, detail

    def _start(self, clause: Clause, beside: bool) -> tuple[Range, bool]:
        """What the clause starts at, and whether that is its full marks."""
        start = clause.start
        if start is None:
            if self.policy.kind != "assessment" or beside or not clause.is_item:
                return ZERO, False
            start = "full"
        if start == "full":
            limit = clause.full_marks
            return (ZERO, False) if limit is None else (limit_range(limit), True)
        if isinstance(start, r.OpenPoints):
            self.because(reasons.start_open(clause))
        return limit_range(start), start == clause.full_marks and start != 0

    def _start_trace(self, start: Range, traces: list[Trace]) -> None:
        if self.tracing and start != ZERO:
            traces.append(Trace("step", "", "起评", start, label_en="Starts at"))

    def _check_judgement(
        self, clause: Clause, judging: Judging, raw: Range, deducts: bool, bound: Fraction | None
    ) -> None:
        """The assessor's points must lie within what the clause leaves to judge."""
        given = judging.given
        if not judging.used:
            self.because(reasons.judgement_unused(clause.id, given))
            return
        amounts, upward = (-raw, -given) if deducts else (raw, given)
        most = highest_cap(clause, bound)
        floor = Fraction(0) if clause.floor is None else clause.floor
        too_much = (
            upward > 0 and most is not None and amounts.low is not None and amounts.low > most
        )
        too_little = (
            upward < 0
            and isinstance(floor, Fraction)
            and amounts.high is not None
            and amounts.high < floor
        )
        if judging.left != 0 or too_much or too_little:
            details = {"value": show_points(given), "clause": clause.id}
            raise PolicyError([Diagnostic("D418", None, None, details)])
        self.because(reasons.judged(clause.id, given))

    def _name_limits(self, clause: Clause, value: Range, deducts: bool) -> None:
        """Name limits that the text leaves open, where they matter for the value."""
        value = -value if deducts else value
        cap = clause.cap if clause.cap is not None else clause.full_marks
        if isinstance(cap, r.OpenPoints) and (value.high is None or value.high > least_cap(clause)):
            self.because(reasons.cap_open(clause))
        floor = clause.floor
        if isinstance(floor, r.OpenPoints) and (
            value.low is None or value.low < (floor.high or Fraction(0))
        ):
            self.because(reasons.floor_open(clause))

    def _limit_detail(self, raw: Range, value: Range, clause: Clause) -> Pair:
        if raw == value:
            return "", ""
        cap = clause.cap if clause.cap is not None else clause.full_marks
        zh, en = f"{raw} 计为 {value}", f"{raw} counts as {value}"
        if isinstance(cap, Fraction):
            return f"{zh}（上限 {show_points(cap)}）", f"{en} (cap {show_points(cap)})"
        return zh, en
