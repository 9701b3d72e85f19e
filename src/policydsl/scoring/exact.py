"""The exact evaluator: the definition of what a policy means.

Scores one case with exact fractions and returns a range, the reasons for everything that is
not plain arithmetic, and on request a trace down to each fact.  The phases and their order
stand in docs/semantics.md; the methods of :class:`Evaluator` follow them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import partial
from types import MappingProxyType
from typing import Literal

from policydsl.language import nodes
from policydsl.language.diagnostics import Diagnostic, PolicyError, did_you_mean
from policydsl.language.printing import print_node
from policydsl.model import expressions as e
from policydsl.model import rules as r
from policydsl.model.policy import (
    Blend,
    BlendPart,
    Clause,
    Closing,
    Fact,
    Limit,
    Policy,
    Target,
)
from policydsl.scoring.cases import Case
from policydsl.scoring.expressions import (
    Decided,
    Missing,
    Person,
    Undecided,
    Value,
    Values,
    outcomes_of,
)
from policydsl.scoring.ranges import ZERO, Range, highest, lowest, show_points, total

ReasonKind = Literal[
    "missing",
    "discretionary",
    "judgement",
    "open",
    "assumption",
    "veto",
    "no_points",
    "status",
    "not_eligible",
    "not_in_force",
    "no_table",
]
Certainty = Literal["no", "maybe", "yes"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a score is what it is, beyond arithmetic.  ``clause`` ``""``: the whole document."""

    kind: ReasonKind
    clause: str
    zh: str
    en: str
    fact: str | None = None
    assumption: str | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """How a number came about: a clause, rule or fact with its parts.

    ``value`` of a rule is what it contributes.  The values of a clause's children add up to its
    ``raw``, which rounding, cap and floor turn into its ``value``; where a clause gives nothing
    whatever its parts say (不得分, no evidence), ``detail`` says why.
    """

    kind: Literal["total", "clause", "rule", "fact", "step"]
    id: str
    label: str
    value: Range | None
    detail: str = ""
    children: tuple[Trace, ...] = ()
    raw: Range | None = None


@dataclass(frozen=True, slots=True)
class TargetResult:
    """A target of a clause: ``met`` ``None`` when its facts are missing or it is in words only.

    ``actual``, ``threshold`` and ``gap`` (actual − threshold) are in the measure's unit.
    """

    clause: str
    text: str
    met: bool | None
    measure: str | None = None
    actual: Fraction | None = None
    threshold: Fraction | None = None
    gap: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """The result for one case.

    ``points`` is the score before veto and status, ``total`` what can be used.  ``parts`` holds
    each clause that was scored, by id, deductions negative.  ``eligible`` is ``None`` where the
    condition of application could not be checked.
    """

    case: str
    total: Range
    points: Range
    parts: Mapping[str, Range]
    reasons: tuple[Reason, ...]
    statuses: tuple[r.Status, ...] = ()
    vetoed: Certainty = "no"
    eligible: bool | None = True
    blends: Mapping[str, Range | None] = field(default_factory=lambda: MappingProxyType({}))
    targets: tuple[TargetResult, ...] = ()
    trace: Trace | None = None

    @property
    def assumptions(self) -> tuple[str, ...]:
        """Names of the assumptions that the score rests on."""
        return tuple(dict.fromkeys(x.zh for x in self.reasons if x.kind == "assumption"))


class Evaluator:
    """Scores cases under one policy; holds no state between cases."""

    def __init__(self, policy: Policy):
        if policy.kind not in ("scheme", "assessment", "work_plan"):
            kinds = {
                "vocabulary": ("词汇", "a vocabulary"),
                "assumption": ("假设集", "an assumption set"),
                "amendment": ("修订", "an amendment"),
                "history": ("沿革", "a history"),
            }
            details = {"id": policy.id, "kind": kinds[policy.kind]}
            raise PolicyError([Diagnostic("S502", policy.source, None, details)])
        self.policy = policy

    def score(self, case: Case, trace: bool = False) -> Score:
        """Score a case.

        Raises :class:`PolicyError` for a case that the policy cannot place (unknown unit or
        entity), a required fact that is missing, a judgement out of bounds, or a division by zero.
        """
        return _Run(self, case, trace, Values(self.policy, case)).score()

    def root_of(self, case: Case) -> Clause:
        """The schedule that applies to the case."""
        roots = self.policy.roots
        if len(roots) == 1:
            return roots[0]
        if case.entity is not None:
            matches = [x for x in roots if x.entity == case.entity or x.label == case.entity]
        else:
            # without an entity, the unit tells; a case without a unit belongs where none is asked
            matches = [
                x for x in roots
                if case.unit in {c.label if c.kind == "unit" else None for c in x.children}
                and (case.unit is not None or all(c.kind != "unit" for c in x.children))
            ]  # fmt: skip
        if len(matches) != 1:
            details = {
                "row": case.id, "entity": case.entity or case.unit or "—",
                "entities": "、".join(x.entity or x.label for x in roots),
            }  # fmt: skip
            raise PolicyError([Diagnostic("S505", self.policy.source, None, details)])
        return matches[0]

    def check_unit(self, root: Clause, case: Case) -> None:
        """Raise :class:`PolicyError` for a case without one of the units of a schedule."""
        units = [c.label for c in root.children if c.kind == "unit"]
        if not units:
            return
        if case.unit is None:
            raise PolicyError([Diagnostic("D414", None, None, {"row": case.id})])
        if case.unit not in units:
            near = did_you_mean(case.unit, units)
            details = {"row": case.id, "value": case.unit, "near": near}
            raise PolicyError([Diagnostic("D409", None, None, details)])


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
        self.forfeits = _stronger(self.forfeits, other.forfeits)
        self.no_points = _stronger(self.no_points, other.no_points)
        self.add_consequences(other)

    def add_consequences(self, other: Effect) -> None:
        """Take over what concerns the total."""
        self.veto = _stronger(self.veto, other.veto)
        self.statuses.extend(other.statuses)


_ORDER: dict[Certainty, int] = {"no": 0, "maybe": 1, "yes": 2}


def _stronger(left: Certainty, right: Certainty) -> Certainty:
    return left if _ORDER[left] >= _ORDER[right] else right


def _agreed(certainties: Sequence[Certainty]) -> Certainty:
    """The certainty of what happens in each of several possible outcomes."""
    return certainties[0] if len(set(certainties)) == 1 else "maybe"


def _either(effects: Sequence[Effect]) -> Effect:
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
        points, _agreed([x.applied for x in effects]), _agreed([x.forfeits for x in effects]),
        _agreed([x.no_points for x in effects]), _agreed([x.veto for x in effects]), statuses,
        _agreed([x.unproven for x in effects]),
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
class _Judging:
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


class _Run:
    """One case on its way through the phases."""

    def __init__(self, evaluator: Evaluator, case: Case, tracing: bool, values: Values):
        self.evaluator = evaluator
        self.policy = evaluator.policy
        self.case = case
        self.tracing = tracing
        self.values = values
        self.reasons: dict[Reason, None] = {}
        self.parts: dict[str, Range] = {}
        self.effects = Effect()
        self.judging: _Judging | None = None
        self.steps: list[Trace] = []
        self.unsure = False  # whether what is scored now depends on something undecided

    def because(
        self, kind: ReasonKind, clause: str, zh: str, en: str, fact: str | None = None,
        assumption: str | None = None,
    ) -> None:  # fmt: skip
        self.reasons.setdefault(Reason(kind, clause, zh, en, fact, assumption))

    # -- the whole

    def score(self) -> Score:
        root = self.evaluator.root_of(self.case)
        self.evaluator.check_unit(root, self.case)
        for text in self.policy.assumptions:
            self.because("assumption", "", text, text)
        self._name_assumptions(root)
        traces: list[Trace] = []
        eligible, excluded = self._eligible(root, traces)
        base, bonus = self._groups(root, traces)
        raw = base
        if root.rounding is not None:
            base = base.rounded(root.rounding)
        self._name_limits(root, base, deducts=False)
        base = _clipped(root, base, deducts=False, bound=None)
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
            trace = Trace("total", "", label, usable, detail, tuple(traces), raw)
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
            names = "、".join(sorted(missing[0].facts))
            self.because("missing", root.id, f"适用条件未能核对：未提供{names}",
                         f"eligibility not checked: {names} not handed in")  # fmt: skip
        if len(outcomes) > 1:
            self.because("open", root.id, "适用条件未能核对：适用情形未载明",
                         "eligibility not checked: the text does not say when")  # fmt: skip
        if False not in outcomes:
            return (None if missing else True), "no"
        if len(outcomes) > 1:
            return None, "maybe"
        self.because("not_eligible", root.id, "不符合适用条件", "does not meet the conditions")
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
                bound = None if child.kind == "deductions" else _bound_below(root, None)
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
            traces.append(Trace("step", "", "效力", None, "", tuple(rules)))
        for status, certainty in self.effects.statuses:
            self._name_status(status, certainty)
        return self.effects.statuses

    def _name_status(self, status: r.Status, certainty: Certainty) -> None:
        names = {
            "suspended": ("暂时失效", "suspended"), "void": ("永久失效", "void"),
            "zeroed": ("清零", "zeroed"), "frozen": ("冻结", "frozen"),
        }  # fmt: skip
        zh, en = names[status]
        may = ("可能", "may be ") if certainty == "maybe" else ("", "")
        self.because("status", "", f"积分{may[0]}{zh}", f"points {may[1]}{en}")

    def _total_detail(self, root: Clause, points: Range, usable: Range) -> str:
        detail = f"合计 {points}"
        if isinstance(root.full_marks, Fraction):
            detail += f"（满分 {show_points(root.full_marks)}）"
        if usable != points:
            detail += f"，可用 {usable}"
        return detail

    # -- clauses

    def _clause(
        self, clause: Clause, traces: list[Trace], deducts: bool = False, bonus: bool = False,
        bound: Fraction | None = None,
    ) -> Range:  # fmt: skip
        """Score a clause; ``bound`` is the least 满分 of what it lies in, if any.

        Its own 满分, where that is not stated, cannot be more.
        """
        deducts = deducts or clause.kind == "deductions"
        children: list[Trace] = []
        applies = self._applies(clause, children)
        if applies == "no":
            return self._finish(clause, ZERO, ZERO, traces, children, "不适用")
        self._name_assumptions(clause)
        outer, self.effects = self.effects, Effect()
        with self._perhaps(applies == "maybe"):
            raw, value, detail = self._scored(clause, children, deducts, bonus, bound)
        effects = self.effects if applies == "yes" else _either([self.effects, Effect()])
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
        return _agreed(["yes" if x is True else "no" for x in outcomes])

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
            self.because(
                "assumption",
                clause.id,
                f"{clause.label}：没有评定日，按施行期内计",
                f"{clause.label}: no date of assessment; counted as in force",
            )
            return True
        if start is not None and today < start:
            self.because("not_in_force", clause.id, f"{clause.label}：{start} 起施行",
                         f"{clause.label}: in force from {start}")  # fmt: skip
            return False
        if end is not None and today >= end:
            self.because("not_in_force", clause.id, f"{clause.label}：已于 {end} 失效",
                         f"{clause.label}: expired on {end}")  # fmt: skip
            return False
        return True

    def _condition(self, expr: e.Expr, clause: Clause, traces: list[Trace]) -> Value:
        """The value of a clause's condition, with the facts read for it among ``traces``."""
        with self._reading(clause.id, traces):
            return self.values.value(expr)

    @contextmanager
    def _reading(self, clause: str, traces: list[Trace]) -> Iterator[None]:
        """While something of a clause is evaluated; the facts read go to ``traces``."""
        before, self.values.reads = self.values.reads, {}
        where, self.values.where = self.values.where, clause or self.policy.id
        yield
        self._record_reads(clause, traces)
        self.values.reads, self.values.where = before, where

    @contextmanager
    def _perhaps(self, unsure: bool) -> Iterator[None]:
        before, self.unsure = self.unsure, self.unsure or unsure
        yield
        self.unsure = before

    def _finish(
        self, clause: Clause, raw: Range, value: Range, traces: list[Trace],
        children: Sequence[Trace], detail: str,
    ) -> Range:  # fmt: skip
        self.parts[clause.id] = value
        if self.tracing:
            label = clause.label if clause.name in (None, clause.label) else (
                f"{clause.label} {clause.name}"
            )  # fmt: skip
            traces.append(Trace("clause", clause.id, label, value, detail, tuple(children), raw))
        return value

    def _name_assumptions(self, clause: Clause) -> None:
        for text in clause.assumptions:
            self.because("assumption", clause.id, text, text)
        for closing in clause.closings:
            self.because("assumption", clause.id, *_closing_text(closing),
                         assumption=closing.assumption)  # fmt: skip

    def _scored(
        self, clause: Clause, traces: list[Trace], deducts: bool, bonus: bool,
        bound: Fraction | None,
    ) -> tuple[Range, Range, str]:  # fmt: skip
        """Sum before rounding and limits, value, and what to say of it."""
        start, starts_full = self._start(clause, deducts or bonus)
        self._start_trace(start, traces)
        raw = start
        below = _bound_below(clause, bound)
        for child in clause.children:
            if child.kind != "task":
                raw = raw + self._clause(child, traces, deducts, bonus, below)
        given = self.case.judgements.get(clause.id)
        judging = None if given is None else _Judging(given, given)
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
        value = _clipped(clause, value, deducts, bound)
        detail = ""
        if self.tracing:
            detail = f"起评 {start}；" if starts_full else ""
            detail += self._limit_detail(raw, value, clause)
        for certainty, text in (
            (effect.forfeits, "未提供材料，不得分"), (effect.no_points, "不得分"),
        ):  # fmt: skip
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
            return (ZERO, False) if limit is None else (_limit_range(limit), True)
        if isinstance(start, r.OpenPoints):
            self.because("open", clause.id, f"{clause.label}的起评分未载明",
                         f"the start of {clause.label} is not stated")  # fmt: skip
        return _limit_range(start), start == clause.full_marks and start != 0

    def _start_trace(self, start: Range, traces: list[Trace]) -> None:
        if self.tracing and start != ZERO:
            traces.append(Trace("step", "", "起评", start))

    def _check_judgement(
        self, clause: Clause, judging: _Judging, raw: Range, deducts: bool, bound: Fraction | None
    ) -> None:
        """The assessor's points must lie within what the clause leaves to judge."""
        given = judging.given
        if not judging.used:
            self.because(
                "judgement",
                clause.id,
                f"评定 {show_points(given)} 分未采用：无须酌情",
                f"the judgement of {show_points(given)} was not used: nothing to judge",
            )
            return
        amounts, upward = (-raw, -given) if deducts else (raw, given)
        highest_cap = _highest_cap(clause, bound)
        floor = Fraction(0) if clause.floor is None else clause.floor
        too_much = (
            upward > 0 and highest_cap is not None
            and amounts.low is not None and amounts.low > highest_cap
        )  # fmt: skip
        too_little = (
            upward < 0 and isinstance(floor, Fraction)
            and amounts.high is not None and amounts.high < floor
        )  # fmt: skip
        if judging.left != 0 or too_much or too_little:
            details = {"value": show_points(given), "clause": clause.id}
            raise PolicyError([Diagnostic("D418", None, None, details)])
        self.because("judgement", clause.id, f"经评定 {show_points(given)} 分",
                     f"judged at {show_points(given)} points")  # fmt: skip

    def _name_limits(self, clause: Clause, value: Range, deducts: bool) -> None:
        """Name limits that the text leaves open, where they matter for the value."""
        value = -value if deducts else value
        cap = clause.cap if clause.cap is not None else clause.full_marks
        if isinstance(cap, r.OpenPoints) and (value.high is None or value.high > least_cap(clause)):
            self.because("open", clause.id, f"{clause.label}的上限未载明",
                         f"the cap of {clause.label} is not stated")  # fmt: skip
        floor = clause.floor
        if isinstance(floor, r.OpenPoints) and (
            value.low is None or value.low < (floor.high or Fraction(0))
        ):
            self.because("open", clause.id, f"{clause.label}的下限未载明",
                         f"the floor of {clause.label} is not stated")  # fmt: skip

    def _limit_detail(self, raw: Range, value: Range, clause: Clause) -> str:
        if raw == value:
            return ""
        cap = clause.cap if clause.cap is not None else clause.full_marks
        shown = f"（上限 {show_points(cap)}）" if isinstance(cap, Fraction) else ""
        return f"{raw} 计为 {value}{shown}"

    # -- rules

    def _rule(self, rule: r.Rule, place: Place, traces: list[Trace] | None = None) -> Effect:
        """The effect of a rule; its trace goes to ``traces``, or below the rule around it."""
        outer, self.steps = self.steps, []
        facts: list[Trace] = []
        note = ""
        with self._reading(place.clause, facts):
            if rule.condition is None:
                effect = self._act(rule, place)
            else:
                condition = self.values.value(rule.condition)
                effect = self._for_each(condition, place, lambda x: self._given(x, rule, place))
                if condition is False:
                    note = "条件不成立"
                elif isinstance(condition, Missing):
                    note = "未提供材料"
        inner, self.steps = self.steps, outer
        if self.tracing:
            label = print_node(rule.node, "zh") if rule.node is not None else ""
            node = Trace("rule", "", " ".join(label.split()), effect.contribution, note,
                         (*facts, *inner))  # fmt: skip
            (outer if traces is None else traces).append(node)
        return effect

    def _given(self, condition: Decided, rule: r.Rule, place: Place) -> Effect:
        """The effect of a rule when its condition is known."""
        if isinstance(condition, Missing):
            return self._without_evidence(condition, rule, place)
        return self._act(rule, place) if condition else Effect()

    def _for_each(
        self, value: Value, place: Place, effect_of: Callable[[Decided], Effect]
    ) -> Effect:
        """The effect over everything that a value can turn out to be."""
        outcomes = outcomes_of(value)
        if len(outcomes) == 1:
            return effect_of(outcomes[0])
        self._say_undecided(value, place.clause, place.label)
        with self._perhaps(True):
            return _either(self._alternatives([partial(effect_of, x) for x in outcomes]))

    def _alternatives(self, runs: Sequence[Callable[[], Effect]]) -> list[Effect]:
        """Effects of which one will count: each of them may use up the assessor's points."""
        judging = self.judging
        if judging is None:
            return [run() for run in runs]
        before, smallest = judging.left, judging.left
        effects = []
        for run in runs:
            judging.left = before
            effects.append(run())
            smallest = min(smallest, judging.left, key=abs)
        judging.left = smallest
        return effects

    def _say_undecided(self, value: Value, clause: str, label: str) -> None:
        if isinstance(value, Undecided) and value.cause == "score":
            zh, en = f"{label}：得分未定，不能确定", f"{label}: rests on a score that is open"
        else:
            zh, en = f"{label}：适用情形未载明", f"{label}: the text does not say when this applies"
        self.because("open", clause, zh, en)

    # -- facts in traces and reasons

    def _record_reads(self, clause: str, traces: list[Trace]) -> None:
        """Name the assumptions that facts rest on, and trace the facts."""
        for (name, label), person in sorted(self.values.reads.items(), key=lambda x: x[0]):
            self._name_fact_assumptions(name, person, clause)
            if self.tracing:
                traces.append(self._fact_trace(name, label, person))

    def _inputs(self, name: str, person: Person) -> list[tuple[str, Person | None]]:
        """What a fact of a person was worked out from: excluded and underlying facts."""
        inputs: list[tuple[str, Person | None]] = [
            (x.excluded, person) for x in self.values.exclusions.get(name, ())
        ]
        fact = self.policy.facts[name]
        if fact.derived is not None and name not in person.given:
            inputs.extend(
                (other, self.values.owner(role, person))
                for other, role in sorted(e.facts_of(fact.derived))
            )
        return inputs

    def _name_fact_assumptions(self, name: str, person: Person | None, clause: str) -> None:
        if person is None or isinstance(self.values.peek(name, person), Missing):
            return
        texts = list(self.policy.facts[name].assumptions)
        for exclusion in self.values.exclusions.get(name, ()):
            # where nothing is taken off, nothing rests on how it is taken off
            excluded = self.values.peek(exclusion.excluded, person)
            if not isinstance(excluded, Missing) and excluded != 0:
                texts.extend(exclusion.assumptions)
        for text in texts:
            self.because("assumption", clause, text, text, fact=name)
        for other, owner in self._inputs(name, person):
            self._name_fact_assumptions(other, owner, clause)

    def _fact_trace(self, name: str, label: str, person: Person | None) -> Trace:
        value: Value = Missing(frozenset({name}))
        children: tuple[Trace, ...] = ()
        if person is not None:
            value = self.values.peek(name, person)
            children = tuple(
                self._fact_trace(other, "配偶的" if owner is None else owner.label, owner)
                for other, owner in self._inputs(name, person)
            )
        shown = show_value(value, self.policy.facts.get(name))
        return Trace("fact", name, f"{label}{name}", None, shown, children)

    def _step(self, text: Callable[[], str]) -> None:
        if self.tracing:
            self.steps.append(Trace("step", "", text(), None))

    def _without_evidence(self, missing: Missing, rule: r.Rule, place: Place) -> Effect:
        """No evidence gives no points (docs/semantics.md, Facts)."""
        self._missing(missing, place.clause, place.label)
        forfeits: Certainty = "yes" if place.starts_full and takes(rule) else "no"
        return Effect(forfeits=forfeits, unproven="yes")

    def _missing(self, missing: Missing, clause: str, label: str) -> None:
        for name in sorted(missing.facts):
            self.because("missing", clause, f"{label}：未提供“{name}”",
                         f"{label}: “{name}” was not handed in", fact=name)  # fmt: skip

    # -- actions

    def _act(self, rule: r.Rule, place: Place) -> Effect:
        effect = self._action(rule, place)
        if effect.applied == "no":
            return effect
        if rule.modifiers and not effect.judged:
            effect.points = _modified(effect.points, rule, place)
        for text in rule.assumptions:
            self.because("assumption", place.clause, text, text)
        return effect

    def _action(self, rule: r.Rule, place: Place) -> Effect:
        action = rule.action
        may = ("可能", "perhaps ") if self.unsure else ("", "")
        match action:
            case r.Flat():
                sign = action.sign
                return self._with_points(
                    action.points, rule, place, lambda x: Effect(_signed(x, sign), "yes")
                )
            case r.PerStep():
                subject = self.values.value(action.subject)
                return self._for_each(
                    subject, place, lambda x: self._per_step(action, x, rule, place)
                )
            case r.Discretionary():
                return self._discretion(action.sign, rule, place)
            case r.OpenRule():
                return self._open_rule(action, place)
            case r.Veto():
                self.because("veto", place.clause, f"{place.label}：{may[0]}一票否决",
                             f"{place.label}: {may[1]}veto")  # fmt: skip
                return Effect(applied="yes", veto="yes")
            case r.NoPoints():
                self.because("no_points", place.clause, f"{place.label}：{may[0]}不得分",
                             f"{place.label}: {may[1]}no points")  # fmt: skip
                return Effect(applied="yes", no_points="yes")
            case r.SetStatus():
                return Effect(applied="yes", statuses=[(action.status, "yes")])
            case r.Tiers():
                return self._bound(
                    [action.subject], rule, place, lambda: self._tier(action, rule, place)
                )
            case r.Matrix():
                return self._bound(
                    [action.row_subject, action.column_subject], rule, place,
                    lambda: self._cell(action, rule, place),
                )  # fmt: skip
            case r.Combined():
                return self._combined(action, place)

    def _with_points(
        self, points: r.Points, rule: r.Rule, place: Place, use: Callable[[Range], Effect]
    ) -> Effect:
        """The effect of an amount, which may be stated, open, or computed from facts."""
        match points:
            case r.FixedPoints():
                return use(Range.exactly(points.value))
            case r.OpenPoints():
                self._say_open(place)
                return use(Range(points.low or Fraction(0), points.high))
            case r.ComputedPoints():

                def use_number(value: Decided) -> Effect:
                    if isinstance(value, Missing):
                        return self._without_evidence(value, rule, place)
                    assert isinstance(value, Fraction)
                    self._step(lambda: f"= {show_points(value)} 分")
                    return use(Range.exactly(value))

                return self._for_each(self.values.value(points.expression), place, use_number)

    def _say_open(self, place: Place) -> None:
        self.because("open", place.clause, f"{place.label}：分值或标准未载明",
                     f"{place.label}: points or standard not stated")  # fmt: skip

    def _per_step(self, action: r.PerStep, subject: Decided, rule: r.Rule, place: Place) -> Effect:
        if isinstance(subject, Missing):
            return self._without_evidence(subject, rule, place)
        assert isinstance(subject, Fraction)
        steps = max(Fraction(0), subject - action.beyond) / action.step
        count = _whole_steps(steps, action)
        if not action.partial_stated:
            self._name_rest(count, steps, place)
        count = max(Fraction(0), count - action.skip)
        if action.most is not None:
            count = min(count, _whole_steps(action.most, action))
        if action.points is None:
            # no step at all is an amount too: nothing
            nothing = Effect(applied="yes")
            return self._discretion(action.sign, rule, place) if count > 0 else nothing

        def use(points: Range) -> Effect:
            self._step(lambda: f"{show_points(count)} × {points} 分")
            return Effect(_signed(points.scaled(count), action.sign), "yes")

        return self._with_points(action.points, rule, place, use)

    def _name_rest(self, count: Fraction, steps: Fraction, place: Place) -> None:
        if count != steps:
            self.because(
                "assumption",
                place.clause,
                f"{place.label}：不足一步的部分不计（条文未写明）",
                f"{place.label}: a part of a step is not counted (not stated)",
            )

    def _discretion(self, sign: r.Sign, rule: r.Rule, place: Place) -> Effect:
        points = Range(None, Fraction(0)) if sign < 0 else Range(Fraction(0), None)
        if self.judging is not None:
            taken = self.judging.take(sign, _modified(points, rule, place))
            return Effect(Range.exactly(taken), "yes", judged=True)
        zh = "扣分" if sign < 0 else "加分"
        en = "deduction" if sign < 0 else "award"
        self.because("discretionary", place.clause, f"{place.label}：酌情{zh}，尚待评定",
                     f"{place.label}: discretionary {en}, not yet judged")  # fmt: skip
        return Effect(points, "yes")

    def _open_rule(self, action: r.OpenRule, place: Place) -> Effect:
        """Any result that the item allows, or the bounds that the text gives for it."""
        self._say_open(place)
        if place.deducts:
            high = None if action.high is None else -action.high
            return Effect(Range(high, -(action.low or Fraction(0))), "yes")
        if not place.starts_full:
            return Effect(Range(action.low or Fraction(0), action.high), "yes")
        if place.start.low is None or place.start.high is None:
            return Effect(Range(None, Fraction(0)), "yes")
        low = None if action.low is None else action.low - place.start.low
        high_end = Fraction(0) if action.high is None else action.high - place.start.high
        return Effect(Range(low, high_end), "yes")

    def _bound(
        self, subjects: Sequence[e.Expr], rule: r.Rule, place: Place,
        effect_of: Callable[[], Effect],
    ) -> Effect:  # fmt: skip
        """The effect of a table, once its subjects are known (or for each that they may be)."""
        if not subjects:
            return effect_of()
        first, *rest = subjects

        def with_first(value: Decided) -> Effect:
            if isinstance(value, Missing):
                return self._without_evidence(value, rule, place)
            before = self.values.bindings
            if isinstance(subject, Undecided):
                self.values.bindings = {**before, first: value}
            effect = self._bound(rest, rule, place, effect_of)
            self.values.bindings = before
            return effect

        subject = self.values.value(first)
        return self._for_each(subject, place, with_first)

    def _tier(self, action: r.Tiers, rule: r.Rule, place: Place) -> Effect:
        """The outcome of the first tier that holds."""
        for tier in action.tiers:
            assert tier.condition is not None
            holds = self.values.value(tier.condition)
            if isinstance(holds, Missing):
                return self._without_evidence(holds, rule, place)
            if holds:
                if tier.node is not None:
                    self._step(partial(_written, tier.node))
                return self._act(tier, place)
        self._step(lambda: "没有对应的档次")
        return Effect()

    def _cell(self, action: r.Matrix, rule: r.Rule, place: Place) -> Effect:
        row, column = self._first(action.rows), self._first(action.columns)
        if row is None or column is None:
            self._step(lambda: "表中没有对应的格")
            return Effect()

        def use(points: Range) -> Effect:
            self._step(lambda: f"第 {row + 1} 行第 {column + 1} 列：{points} 分")
            return Effect(points, "yes")

        return self._with_points(action.cells[row][column], rule, place, use)

    def _first(self, conditions: Sequence[e.Expr]) -> int | None:
        for index, condition in enumerate(conditions):
            if self.values.value(condition) is True:
                return index
        return None

    def _combined(self, action: r.Combined, place: Place) -> Effect:
        runs = [partial(self._rule, rule, place) for rule in action.rules]
        effects = [run() for run in runs] if action.how == "sum" else self._alternatives(runs)
        result = Effect()
        for effect in effects:
            result.add_flags(effect)
            result.applied = _stronger(result.applied, effect.applied)
        if action.how == "sum":
            result.points = total(effect.contribution for effect in effects)
        else:
            sure = [x.points for x in effects if x.applied == "yes"]
            perhaps = [x.points for x in effects if x.applied == "maybe"]
            if action.how == "least":
                # the lesser of two, one of which was not shown, is nothing
                for effect, rule in zip(effects, action.rules, strict=True):
                    if effect.unproven != "no" and direction(rule, place) > 0:
                        result.applied = _stronger(result.applied, effect.unproven)
                        (sure if effect.unproven == "yes" else perhaps).append(ZERO)
            result.points = _picked(action.how, sure, perhaps)
        if result.applied == "no":
            result.unproven = max((x.unproven for x in effects), key=_ORDER.__getitem__)
        return result

    # -- after the total

    def _known_score(self, ref: e.ScoreRef, usable: Range) -> Range | None:
        if ref.role != "self":
            return None
        return usable if ref.clause is None else self.parts.get(ref.clause)

    def _blend(self, blend: Blend, traces: list[Trace]) -> Range | None:
        for closing in blend.closings:
            self.because("assumption", blend.id, *_closing_text(closing),
                         assumption=closing.assumption)  # fmt: skip
        facts: list[Trace] = []
        result: Range | None = ZERO
        with self._reading(blend.id, facts):
            for part in blend.parts:
                value = self._blend_part(blend, part)
                result = None if value is None or result is None else result + value
        if self.tracing:
            shown = "" if result is None else str(result)
            traces.append(Trace("step", blend.id, f"合成 {blend.name}", None, shown, tuple(facts)))
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
            self.because("assumption", blend.id, text, text)
        if part.weight is not None:
            return value.scaled(part.weight / 100)
        self.because(
            "open",
            blend.id,
            f"{blend.name}：“{part.text}”的权重未载明",
            f"{blend.name}: the weight of “{part.text}” is not stated",
        )
        return value.hull(ZERO)

    def _targets(self, root: Clause) -> tuple[TargetResult, ...]:
        return tuple(
            self._target(clause, target)
            for clause in _concerned(root, self.case.unit)
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


def _concerned(root: Clause, unit: str | None) -> Iterator[Clause]:
    """The clauses of a schedule but those of other units."""
    others = {c.id for c in root.children if c.kind == "unit" and c.label != unit}
    for clause in root.walk():
        if not any(clause.id == id_ or clause.id.startswith(f"{id_}/") for id_ in others):
            yield clause


def _written(node: nodes.Node) -> str:
    """A part of the text on one line."""
    return " ".join(print_node(node, "zh").split())


def _closing_text(closing: Closing) -> tuple[str, str]:
    zh = f"假设集 {closing.assumption}：{closing.clause}（{closing.what}）{closing.reason}"
    en = f"assumption set {closing.assumption}: {closing.clause}: {closing.reason}"
    return zh, en


def least_cap(clause: Clause) -> Fraction:
    """The smallest value that an open cap can have: its stated bound, or the full marks."""
    limits = [x.low or Fraction(0) for x in (clause.cap, clause.full_marks)
              if isinstance(x, r.OpenPoints)]  # fmt: skip
    if isinstance(clause.full_marks, Fraction):
        limits.append(clause.full_marks)
    return max(limits, default=Fraction(0))


def _bound_below(clause: Clause, bound: Fraction | None) -> Fraction | None:
    """The most that the 满分 of a part can be where it is not stated.

    The 满分 of the parts add up to that of the whole; an 上限 only clips their sum.
    """
    own = clause.full_marks
    if not isinstance(own, Fraction) or isinstance(clause.cap, r.OpenPoints):
        return bound
    own = own if clause.cap is None else max(own, clause.cap)
    return own if bound is None else min(own, bound)


def _highest_cap(clause: Clause, bound: Fraction | None) -> Fraction | None:
    """The largest value that the cap of a clause can have; ``None``: no bound."""
    cap = clause.cap if clause.cap is not None else clause.full_marks
    if not isinstance(cap, r.OpenPoints):
        return cap
    if cap.high is None and clause.cap is None and bound is not None:
        return max(bound, least_cap(clause))
    return cap.high


def _clipped(clause: Clause, value: Range, deducts: bool, bound: Fraction | None) -> Range:
    """Between floor and cap; in a deduction group the amounts count downwards."""
    if deducts:
        return -_clipped(clause, -value, False, bound)
    cap = clause.cap if clause.cap is not None else clause.full_marks
    if isinstance(cap, Fraction):
        value = value.capped(cap, cap)
    elif isinstance(cap, r.OpenPoints):
        value = value.capped(least_cap(clause), _highest_cap(clause, bound))
    floor = clause.floor
    if floor is None:
        return value.floored(Fraction(0), Fraction(0))
    if isinstance(floor, Fraction):
        return value.floored(floor, floor)
    return value.floored(floor.low, floor.high if floor.high is not None else Fraction(0))


def _limit_range(limit: Limit) -> Range:
    if isinstance(limit, Fraction):
        return Range.exactly(limit)
    return Range(limit.low or Fraction(0), limit.high)


def _signed(points: Range, sign: r.Sign) -> Range:
    return points if sign > 0 else -points


def _whole_steps(steps: Fraction, action: r.PerStep) -> Fraction:
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


def _modified(points: Range, rule: r.Rule, place: Place) -> Range:
    """Modifiers in the order in which they are written."""
    sign = direction(rule, place)
    value = _signed(points, sign)
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
    return _signed(value, sign)


def _picked(how: str, sure: Sequence[Range], perhaps: Sequence[Range]) -> Range:
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


def show_value(value: object, fact: Fact | None = None) -> str:
    """A fact's value as a reader writes it."""
    if isinstance(value, Missing):
        return "未提供"
    if isinstance(value, Undecided):
        return " 或 ".join(show_value(x, fact) for x in value.outcomes)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Fraction):
        unit = "" if fact is None else "%" if fact.kind == "percentage" else (
            f" {fact.unit.symbol}" if fact.unit else ""
        )  # fmt: skip
        return f"{show_points(value)}{unit}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


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


class Probe(_Run):
    """Parts of a policy, each worked out on its own for a case that is supposed.

    ``values`` gives the facts (and scores) of that case.  For planners, which ask of every part
    what it does for all values of what it reads.  Without ``naming`` no reasons are collected.
    """

    def __init__(self, evaluator: Evaluator, values: Values, naming: bool = False):
        super().__init__(evaluator, values.case, False, values)
        self.naming = naming

    def because(
        self, kind: ReasonKind, clause: str, zh: str, en: str, fact: str | None = None,
        assumption: str | None = None,
    ) -> None:  # fmt: skip
        """Note a reason, if wanted."""
        if self.naming:
            super().because(kind, clause, zh, en, fact, assumption)

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
        self, clause: Clause, deducts: bool = False, bonus: bool = False,
        bound: Fraction | None = None, unsure: bool = False,
    ) -> tuple[Range, Effect]:  # fmt: skip
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
            self.because("assumption", "", text, text)
        self._name_assumptions(root)
        if root.start is not None:
            self._start(root, False)

    def limits(self, clause: Clause, value: Range, deducts: bool) -> None:
        """Name the limits that the text leaves open, for a sum before limits."""
        self._name_limits(clause, value, deducts)

    def status_reason(self, status: r.Status, certainty: Certainty) -> None:
        """Name a status."""
        self._name_status(status, certainty)

    def blend_part(self, blend: Blend, part: BlendPart, scored: Mapping[str, Range]) -> None:
        """Name the reasons that a part of a blend has; ``scored`` are the parts of the score."""
        self.parts = dict(scored)
        for closing in blend.closings:
            self.because("assumption", blend.id, *_closing_text(closing),
                         assumption=closing.assumption)  # fmt: skip
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
        return _concerned(root, unit)

    def frame(
        self, clause: Clause, deducts: bool = False, bonus: bool = False,
        bound: Fraction | None = None,
    ) -> Frame:  # fmt: skip
        """What surrounds the rules of a clause."""
        start, starts_full = self._start(clause, deducts or bonus)
        place = Place(clause.id, clause.label, starts_full, deducts, start)
        # a limit shows in what becomes of amounts beyond all limits
        ends = [_clipped(clause, Range(x, x), deducts, bound) for x in (-_BEYOND, _BEYOND)]
        least, most = (
            tuple(None if x is None or abs(x) == _BEYOND else x for x in (end.low, end.high))
            for end in ends
        )
        return Frame(
            place, start, _bound_below(clause, bound), ((least[0], most[0]), (least[1], most[1]))
        )


_BEYOND = Fraction(10) ** 30


def score_case(policy: Policy, case: Case, trace: bool = False) -> Score:
    """Score one case; see :meth:`Evaluator.score`."""
    return Evaluator(policy).score(case, trace)
