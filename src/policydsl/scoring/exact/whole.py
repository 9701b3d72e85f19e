"""The whole score: what a schedule adds up to, veto and status, blends and targets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from types import MappingProxyType

from policydsl.language.diagnostics import Diagnostic, PolicyError, did_you_mean
from policydsl.language.printing import print_node
from policydsl.model import expressions as e
from policydsl.model import rules as r
from policydsl.model.policy import Blend, BlendPart, Clause, Policy, Target
from policydsl.scoring.cases import Case
from policydsl.scoring.exact import reasons
from policydsl.scoring.exact.clauses import ClauseRun
from policydsl.scoring.exact.effects import Place
from policydsl.scoring.exact.limits import bound_below, clipped
from policydsl.scoring.exact.score import Certainty, Pair, Score, TargetResult, Trace
from policydsl.scoring.expressions import Missing, Values, outcomes_of
from policydsl.scoring.ranges import ZERO, Range, show_points


class WholeRun(ClauseRun):
    """One case on its way through all phases.

    ``of_spouse``: it is scored for the applicant, whose own total it cannot wait for.
    """

    of_spouse = False

    def score(self) -> Score:
        """All phases; see :meth:`~policydsl.scoring.exact.Evaluator.score`."""
        root = root_of(self.policy, self.case)
        check_unit(root, self.case)
        for text in self.policy.assumptions:
            self.because(reasons.assumption("", text))
        self._name_assumptions(root)
        traces: list[Trace] = []
        eligible, excluded = self._eligible(root, traces)
        base, bonus = self._groups(root, traces)
        raw = base
        if root.rounding is not None:
            base = base.rounded(root.rounding)
        self._name_limits(root, base, deducts=False)
        base = clipped(root, base, deducts=False, bound=None)
        points = base + bonus
        self.values.scores = lambda ref: self._known_score(ref, points)
        statuses = self._status(root.label, traces)
        usable, veto = self._after_status(points, statuses, excluded)
        self.values.scores = lambda ref: self._known_score(ref, usable)
        blends = {blend.id: self._blend(blend, traces) for blend in self.policy.blends}
        trace = None
        if self.tracing:
            label = self.policy.title or self.policy.id
            detail = self._total_detail(root, points, usable)
            zh, en = detail
            trace = Trace("total", "", label, usable, zh, tuple(traces), raw, detail_en=en)
        return Score(
            self.case.id, usable, points, MappingProxyType(self.parts), tuple(self.reasons),
            tuple(dict.fromkeys(s for s, sure in statuses if sure == "yes")), veto, eligible,
            MappingProxyType(blends), self._targets(root), trace,
        )  # fmt: skip

    def _eligible(self, root: Clause, traces: list[Trace]) -> tuple[bool | None, Certainty]:
        """Whether the policy applies to the case (``None``: not known), and is known not to."""
        if root.applies_when is None:
            return True, "no"
        outcomes = outcomes_of(self._condition(root.applies_when, root, traces))
        missing = [x for x in outcomes if isinstance(x, Missing)]
        if missing:
            self.because(reasons.eligibility_missing(root.id, missing[0]))
        if len(outcomes) > 1:
            self.because(reasons.eligibility_open(root.id))
        if False not in outcomes:
            return (None if missing else True), "no"
        if len(outcomes) > 1:
            return None, "maybe"
        self.because(reasons.not_eligible(root.id))
        return False, "yes"

    def _groups(self, root: Clause, traces: list[Trace]) -> tuple[Range, Range]:
        """Start and sum of what counts towards the full marks, and the bonus groups."""
        base, bonus = ZERO, ZERO
        if root.start is not None:
            base, _ = self._start(root, beside=False)
            self._start_trace(base, traces)
        for child in root.children:
            if child.kind == "task" or (child.kind == "unit" and child.label != self.case.unit):
                continue
            if child.kind == "bonus":
                bonus = bonus + self._clause(child, traces, bonus=True)
            else:
                # deductions stand outside the full marks, so these do not bound them
                bound = None if child.kind == "deductions" else bound_below(root, None)
                base = base + self._clause(child, traces, bound=bound)
        return base, bonus

    def _after_status(
        self, points: Range, statuses: Sequence[tuple[r.Status, Certainty]], excluded: Certainty
    ) -> tuple[Range, Certainty]:
        """What can be used of the points, which may be nothing, and whether there is a veto."""
        usable = points
        veto = self.effects.veto
        for certainty in (veto, *(sure for _, sure in statuses), excluded):
            if certainty == "yes":
                usable = ZERO
            elif certainty == "maybe":
                usable = usable.hull(ZERO)
        return usable, veto

    def _status(self, label: str, traces: list[Trace]) -> list[tuple[r.Status, Certainty]]:
        rules: list[Trace] = []
        for rule in self.policy.status_rules:
            self.effects.add_consequences(self._rule(rule, Place("", label), rules))
        if rules:
            traces.append(
                Trace("step", "", "效力", None, "", tuple(rules), label_en="Status of the points")
            )
        for status, certainty in self.effects.statuses:
            self.because(reasons.status(status, certainty))
        return self.effects.statuses

    def _total_detail(self, root: Clause, points: Range, usable: Range) -> Pair:
        zh, en = f"合计 {points}", f"in all {points}"
        if isinstance(root.full_marks, Fraction):
            most = show_points(root.full_marks)
            zh, en = f"{zh}（满分 {most}）", f"{en} (full marks {most})"
        if usable != points:
            zh, en = f"{zh}，可用 {usable}", f"{en}, usable {usable}"
        return zh, en

    # -- after the total

    def _known_score(self, ref: e.ScoreRef, usable: Range) -> Range | None:
        if ref.role != "self":
            return self._spouse_total()
        return usable if ref.clause is None else self.parts.get(ref.clause)

    def _spouse_total(self) -> Range | None:
        """The spouse's usable total: 0 without one, ``None`` where each waits for the other."""
        case = self.case.as_spouse()
        if case is None:
            return ZERO
        if self.of_spouse:
            return None
        run = WholeRun(self.policy, case, False, Values(self.policy, case))
        run.of_spouse = True
        return run.score().total

    def _blend(self, blend: Blend, traces: list[Trace]) -> Range | None:
        for closing in blend.closings:
            self.because(reasons.closing(blend.id, closing))
        facts: list[Trace] = []
        result: Range | None = ZERO
        with self._reading(blend.id, facts):
            for part in blend.parts:
                value = self._blend_part(blend, part)
                result = None if value is None or result is None else result + value
        if self.tracing:
            shown = "" if result is None else str(result)
            label, english = f"合成 {blend.name}", f"Blend {blend.name}"
            traces.append(
                Trace("step", blend.id, label, None, shown, tuple(facts), label_en=english)
            )
        return result

    def _blend_part(self, blend: Blend, part: BlendPart) -> Range | None:
        value = self.values.range_of(part.expression)
        clause = part.expression.clause if isinstance(part.expression, e.ScoreRef) else None
        if clause is not None and clause not in self.parts:
            value = Missing(frozenset({clause}))
        if isinstance(value, Missing):
            self._missing(value, blend.id, blend.name)
            return None
        for text in part.assumptions:
            self.because(reasons.assumption(blend.id, text))
        if part.weight is not None:
            return value.scaled(part.weight / 100)
        self.because(reasons.weight_open(blend, part))
        return value.hull(ZERO)

    def _targets(self, root: Clause) -> tuple[TargetResult, ...]:
        return tuple(
            self._target(clause, target)
            for clause in concerned(root, self.case.unit)
            for target in clause.targets
        )

    def _target(self, clause: Clause, target: Target) -> TargetResult:
        text = target.text or ""
        if target.node is not None and not text:
            text = print_node(target.node.condition, "zh")
        met: bool | None = None
        if target.condition is not None:
            value = self.values.value(target.condition)
            met = value if isinstance(value, bool) else None
        actual = gap = None
        if target.measure is not None and target.threshold is not None:
            measured = self.values.fact(target.measure, self.values.this)
            if isinstance(measured, Fraction):
                actual, gap = measured, measured - target.threshold
        return TargetResult(clause.id, text, met, target.measure, actual, target.threshold, gap)


def root_of(policy: Policy, case: Case) -> Clause:
    """The schedule that applies to a case."""
    roots = policy.roots
    if len(roots) == 1:
        return roots[0]
    if case.entity is not None:
        matches = [x for x in roots if x.entity == case.entity or x.label == case.entity]
    else:
        # without an entity, the unit tells; a case without a unit belongs where none is asked
        matches = [
            x
            for x in roots
            if case.unit in {c.label if c.kind == "unit" else None for c in x.children}
            and (case.unit is not None or all(c.kind != "unit" for c in x.children))
        ]
    if len(matches) != 1:
        details = {
            "case": (f"第 {case.id} 例的", f"Case {case.id}: ") if case.id else ("", ""),
            "entity": case.entity or case.unit or "—",
            "entities": "、".join(x.entity or x.label for x in roots),
        }
        raise PolicyError([Diagnostic("S505", policy.source, None, details)])
    return matches[0]


def check_unit(root: Clause, case: Case) -> None:
    """Raise :class:`PolicyError` for a case without one of the units of a schedule."""
    units = [c.label for c in root.children if c.kind == "unit"]
    if not units:
        return
    if case.unit is None:
        raise PolicyError([Diagnostic("D414", None, None, {"row": case.id or "—"})])
    if case.unit not in units:
        near = did_you_mean(case.unit, units)
        details = {"row": case.id or "—", "value": case.unit, "near": near}
        raise PolicyError([Diagnostic("D409", None, None, details)])


def concerned(root: Clause, unit: str | None) -> Iterator[Clause]:
    """The clauses of a schedule but those of other units."""
    others = {c.id for c in root.children if c.kind == "unit" and c.label != unit}
    for clause in root.walk():
        if not any(clause.id == id_ or clause.id.startswith(f"{id_}/") for id_ in others):
            yield clause
