"""The exact evaluator: the definition of what a policy means.

Scores one case with exact fractions and returns a range, the reasons for everything that is
not plain arithmetic, and on request a trace down to each fact.  The phases and their order
stand in docs/semantics.md; the methods of :class:`Evaluator` follow them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Literal

from policydsl.language.diagnostics import Diagnostic, PolicyError, did_you_mean
from policydsl.language.printing import print_node
from policydsl.model import expressions as e
from policydsl.model import rules as r
from policydsl.model.policy import Clause, Closing, Fact, Limit, Policy
from policydsl.model.typing import ASSESSMENT_DATE
from policydsl.scoring.cases import Case
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
    """How a number came about: a clause, rule or fact with its parts."""

    kind: Literal["total", "clause", "rule", "fact", "step"]
    id: str
    label: str
    value: Range | None
    detail: str = ""
    children: tuple[Trace, ...] = ()


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


class _Missing:
    """A value that was not handed in; ``facts`` says which."""

    __slots__ = ("facts",)

    def __init__(self, facts: frozenset[str]):
        self.facts = facts


class _Unknown:
    """A truth value that the text or an open score leaves undecided."""

    __slots__ = ()


_UNKNOWN = _Unknown()
Value = e.Constant | _Missing | _Unknown


@dataclass
class _Effect:
    """What a rule does: points, and what goes beyond points."""

    points: Range = ZERO
    applied: Certainty = "no"
    forfeits: bool = False
    no_points: Certainty = "no"
    veto: Certainty = "no"
    statuses: list[tuple[r.Status, Certainty]] = field(default_factory=list)
    discretion_used: bool = False

    def add_flags(self, other: _Effect) -> None:
        self.forfeits = self.forfeits or other.forfeits
        self.no_points = _stronger(self.no_points, other.no_points)
        self.veto = _stronger(self.veto, other.veto)
        self.statuses.extend(other.statuses)
        self.discretion_used = self.discretion_used or other.discretion_used


_ORDER: dict[Certainty, int] = {"no": 0, "maybe": 1, "yes": 2}


def _stronger(left: Certainty, right: Certainty) -> Certainty:
    return left if _ORDER[left] >= _ORDER[right] else right


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a rule stands: its clause, and what full marks and deductions mean there."""

    clause: str
    label: str
    starts_full: bool = False
    deducts: bool = False
    start: Range = ZERO
    judged: bool = False


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
        self.exclusions = {x.fact: x for x in policy.exclusions}

    def score(self, case: Case, trace: bool = False) -> Score:
        """Score a case.

        Raises :class:`PolicyError` for a case that the policy cannot place (unknown unit or
        entity), a judgement out of bounds, or a division by zero.
        """
        return _Run(self, case, trace).score()

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


class _Person:
    """The facts of one person of the case, with defaults, derived facts and exclusions."""

    def __init__(self, run: _Run, given: Mapping[str, e.Constant]):
        self.run = run
        self.given = given
        self.known: dict[str, Value] = {}

    def value(self, name: str) -> Value:
        if name not in self.known:
            self.known[name] = self._value(name)
        return self.known[name]

    def _value(self, name: str) -> Value:
        value = self._plain(name)
        exclusion = self.run.evaluator.exclusions.get(name)
        if exclusion is None or not isinstance(value, Fraction):
            return value
        excluded = self._plain(exclusion.excluded)
        if not isinstance(excluded, Fraction):
            return value
        facts = self.run.policy.facts
        own, other = facts[name].unit, facts[exclusion.excluded].unit
        factor = (other.scale if other else Fraction(1)) / (own.scale if own else Fraction(1))
        return max(Fraction(0), value - excluded * factor)

    def _plain(self, name: str) -> Value:
        if name in self.given:
            return self.given[name]
        if name == ASSESSMENT_DATE and self.run.case.date is not None:
            return self.run.case.date
        fact = self.run.policy.facts[name]
        if fact.derived is not None:
            value = self.run.value(fact.derived, self)
            if not isinstance(value, _Missing):
                return value
        if fact.default is not None:
            return fact.default
        if fact.missing == "value" and fact.missing_value is not None:
            return fact.missing_value
        return _Missing(frozenset({name}))

    def provided(self, name: str) -> bool:
        return name in self.given


class _Run:
    """One case on its way through the phases."""

    def __init__(self, evaluator: Evaluator, case: Case, tracing: bool):
        self.evaluator = evaluator
        self.policy = evaluator.policy
        self.case = case
        self.tracing = tracing
        self.reasons: dict[Reason, None] = {}
        self.parts: dict[str, Range] = {}
        self.effects = _Effect()
        self.steps: list[Trace] = []
        self.this = _Person(self, case.facts)
        spouse = case.spouse
        self.spouse = None if spouse is None else _Person(self, spouse.facts)
        self.scores: Callable[[e.ScoreRef], Range | None] = lambda _: None

    def because(
        self, kind: ReasonKind, clause: str, zh: str, en: str, fact: str | None = None,
        assumption: str | None = None,
    ) -> None:  # fmt: skip
        self.reasons.setdefault(Reason(kind, clause, zh, en, fact, assumption))

    # -- the whole

    def score(self) -> Score:
        root = self.evaluator.root_of(self.case)
        self._check_unit(root)
        traces: list[Trace] = []
        eligible = self._eligible(root)
        base, bonus = self._groups(root, traces)
        base = self._assumed_limits(root, base)
        if root.rounding is not None:
            base = base.rounded(root.rounding)
        base = self._clip(root, base, deducts=False)
        points = base + bonus
        statuses = self._status(root.label)
        usable, veto = self._after_status(points, statuses, eligible)
        self.scores = lambda ref: self._known_score(ref, usable)
        blends = {blend.id: self._blend(blend.id) for blend in self.policy.blends}
        trace = None
        if self.tracing:
            label = self.policy.title or self.policy.id
            trace = Trace("total", "", label, usable, self._total_detail(root, points, usable),
                          tuple(traces))  # fmt: skip
        return Score(
            self.case.id, usable, points, MappingProxyType(self.parts), tuple(self.reasons),
            tuple(dict.fromkeys(s for s, sure in statuses if sure == "yes")), veto, eligible,
            MappingProxyType(blends), self._targets(root), trace,
        )  # fmt: skip

    def _check_unit(self, root: Clause) -> None:
        units = [c.label for c in root.children if c.kind == "unit"]
        if not units:
            return
        if self.case.unit is None:
            raise PolicyError([Diagnostic("D414", None, None, {"row": self.case.id})])
        if self.case.unit not in units:
            near = did_you_mean(self.case.unit, units)
            details = {"row": self.case.id, "value": self.case.unit, "near": near}
            raise PolicyError([Diagnostic("D409", None, None, details)])

    def _eligible(self, root: Clause) -> bool | None:
        if root.applies_when is None:
            return True
        value = self.value(root.applies_when, self.this)
        if isinstance(value, _Missing):
            names = "、".join(sorted(value.facts))
            self.because("missing", root.id, f"适用条件未能核对：未提供{names}",
                         f"eligibility not checked: {names} not handed in")  # fmt: skip
            return None
        if isinstance(value, _Unknown):
            return None
        if not value:
            self.because("not_eligible", root.id, "不符合适用条件", "does not meet the conditions")
        return bool(value)

    def _groups(self, root: Clause, traces: list[Trace]) -> tuple[Range, Range]:
        """Sum of what counts towards the full marks, and of the bonus groups."""
        base, bonus = ZERO, ZERO
        for child in root.children:
            if child.kind == "unit" and child.label != self.case.unit:
                continue
            if child.kind == "task":
                continue
            value = self._clause(
                child, traces, bonus=child.kind == "bonus",
                bound=None if child.kind == "bonus" else _fixed_cap(root),
            )  # fmt: skip
            if child.kind == "bonus":
                bonus = bonus + value
            else:
                base = base + value
        return base, bonus

    def _after_status(
        self, points: Range, statuses: Sequence[tuple[r.Status, Certainty]], eligible: bool | None
    ) -> tuple[Range, Certainty]:
        usable = points
        veto = self.effects.veto
        if veto == "yes":
            usable = ZERO
        elif veto == "maybe":
            usable = usable.hull(ZERO)
        for _, certainty in statuses:
            usable = ZERO if certainty == "yes" else usable.hull(ZERO)
        if eligible is False:
            usable = ZERO
        return usable, veto

    def _status(self, label: str) -> list[tuple[r.Status, Certainty]]:
        place = _Place("", label)
        for rule in self.policy.status_rules:
            effect = self._rule(rule, place)
            self.effects.add_flags(effect)
        names = {
            "suspended": ("暂时失效", "suspended"), "void": ("永久失效", "void"),
            "zeroed": ("清零", "zeroed"), "frozen": ("冻结", "frozen"),
        }  # fmt: skip
        for status, certainty in self.effects.statuses:
            zh, en = names[status]
            may = ("可能", "may be ") if certainty == "maybe" else ("", "")
            self.because("status", "", f"积分{may[0]}{zh}", f"points {may[1]}{en}")
        return self.effects.statuses

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
        """Score a clause; ``bound`` is the tightest cap of what it lies in, if any."""
        deducts = deducts or clause.kind == "deductions"
        applies = True if clause.applies_when is None else self.value(clause.applies_when,
                                                                      self.this)  # fmt: skip
        if applies is False:
            return self._finish(clause, ZERO, traces, (), "不适用")
        if isinstance(applies, _Missing):
            self._missing(applies, clause.id, clause.label)
            return self._finish(clause, ZERO, traces, (), "适用条件未能核对")
        children: list[Trace] = []
        self._name_assumptions(clause)
        if clause.is_item:
            value, detail = self._item(clause, children, deducts, bonus)
        else:
            own = _fixed_cap(clause)
            inner = min((b for b in (own, bound) if b is not None), default=None)
            value, detail = self._group(clause, children, deducts, bonus, inner)
        if value.high is None and bound is not None:
            # no cap of its own, but what it lies in cannot hold more
            value = Range(value.low, max(bound, value.low or Fraction(0)))
        if isinstance(applies, _Unknown):
            value = value.hull(ZERO)
        return self._finish(clause, value, traces, tuple(children), detail)

    def _finish(
        self, clause: Clause, value: Range, traces: list[Trace], children: tuple[Trace, ...],
        detail: str,
    ) -> Range:  # fmt: skip
        self.parts[clause.id] = value
        if self.tracing:
            label = clause.label if clause.name in (None, clause.label) else (
                f"{clause.label} {clause.name}"
            )  # fmt: skip
            traces.append(Trace("clause", clause.id, label, value, detail, children))
        return value

    def _name_assumptions(self, clause: Clause) -> None:
        for text in clause.assumptions:
            self.because("assumption", clause.id, text, text)
        for closing in clause.closings:
            self.because("assumption", clause.id, *_closing_text(closing),
                         assumption=closing.assumption)  # fmt: skip

    def _group(
        self, clause: Clause, children: list[Trace], deducts: bool, bonus: bool,
        bound: Fraction | None,
    ) -> tuple[Range, str]:  # fmt: skip
        value = total(
            self._clause(child, children, deducts, bonus, bound)
            for child in clause.children
            if child.kind != "task"
        )
        if clause.rules:
            place = _Place(clause.id, clause.label, deducts=deducts)
            effect = self._rules(clause.rules, place, children)
            self.effects.add_flags(effect)
            value = value + effect.points
        raw = value
        if clause.rounding is not None:
            value = value.rounded(clause.rounding)
        value = self._clip(clause, self._assumed_limits(clause, value), deducts)
        return value, self._limit_detail(raw, value, clause)

    def _item(
        self, clause: Clause, children: list[Trace], deducts: bool, bonus: bool
    ) -> tuple[Range, str]:
        start, starts_full = self._start(clause, deducts or bonus)
        judged = clause.id in self.case.judgements
        place = _Place(clause.id, clause.label, starts_full, deducts, start, judged)
        effect = self._rules(clause.rules, place, children)
        self.effects.veto = _stronger(self.effects.veto, effect.veto)
        self.effects.statuses.extend(effect.statuses)
        if effect.forfeits:
            # what full marks rest on was not shown
            return ZERO.floored(None, Fraction(0)), "未提供材料，不得分"
        raw = start + effect.points
        if judged:
            raw = raw + self._judgement(clause, raw, effect, deducts)
        value = raw
        if clause.rounding is not None:
            value = value.rounded(clause.rounding)
        value = self._clip(clause, self._assumed_limits(clause, value), deducts)
        if effect.no_points == "yes":
            value = ZERO
        elif effect.no_points == "maybe":
            value = value.hull(ZERO)
        detail = f"起评 {start}；" if starts_full else ""
        return value, detail + self._limit_detail(raw, value, clause)

    def _start(self, clause: Clause, beside: bool) -> tuple[Range, bool]:
        """What the item starts at, and whether that is its full marks."""
        start = clause.start
        if start is None:
            full = self.policy.kind == "assessment" and not beside
            start = "full" if full and clause.full_marks is not None else Fraction(0)
        if start == "full":
            limit = clause.full_marks
            if limit is None:
                return ZERO, False
            return _limit_range(limit), True
        return _limit_range(start), False

    def _judgement(self, clause: Clause, raw: Range, effect: _Effect, deducts: bool) -> Range:
        """The assessor's points, which must lie within what the clause leaves to judge."""
        given = self.case.judgements[clause.id]
        if not effect.discretion_used:
            self.because(
                "judgement",
                clause.id,
                f"评定 {show_points(given)} 分未采用：无须酌情",
                f"the judgement of {show_points(given)} was not used: nothing to judge",
            )
            return ZERO
        signs = {
            rule.action.sign
            for outer in clause.rules
            for rule in r.nested(outer)
            if isinstance(rule.action, (r.Discretionary, r.PerStep)) and r.is_discretionary(rule)
        }
        down = raw.high is not None and -given > raw.high and not deducts
        if (given < 0 and -1 not in signs) or (given > 0 and 1 not in signs) or down:
            details = {"value": show_points(given), "clause": clause.id}
            raise PolicyError([Diagnostic("D418", None, None, details)])
        self.because("judgement", clause.id, f"经评定 {show_points(given)} 分",
                     f"judged at {show_points(given)} points")  # fmt: skip
        return Range.exactly(given)

    def _assumed_limits(self, clause: Clause, value: Range) -> Range:
        """Name limits that the text leaves open, when they matter for the value."""
        cap = clause.cap if clause.cap is not None else clause.full_marks
        if isinstance(cap, r.OpenPoints) and (
            value.high is None or value.high > _least_cap(clause)
        ):
            self.because("open", clause.id, f"{clause.label}的上限未载明",
                         f"the cap of {clause.label} is not stated")  # fmt: skip
        return value

    @staticmethod
    def _clip(clause: Clause, value: Range, deducts: bool) -> Range:
        """Between floor and cap; in a deduction group the amounts count downwards."""
        if deducts:
            return -_Run._clip(clause, -value, deducts=False)
        cap = clause.cap if clause.cap is not None else clause.full_marks
        if isinstance(cap, Fraction):
            value = value.capped(cap, cap)
        elif isinstance(cap, r.OpenPoints):
            value = value.capped(_least_cap(clause), cap.high)
        floor = clause.floor
        if floor is None:
            return value.floored(Fraction(0), Fraction(0))
        if isinstance(floor, Fraction):
            return value.floored(floor, floor)
        return value.floored(floor.low, floor.high if floor.high is not None else Fraction(0))

    def _limit_detail(self, raw: Range, value: Range, clause: Clause) -> str:
        if raw == value:
            return ""
        cap = clause.cap if clause.cap is not None else clause.full_marks
        shown = f"（上限 {show_points(cap)}）" if isinstance(cap, Fraction) else ""
        return f"{raw} 计为 {value}{shown}"

    # -- rules

    def _rules(self, rules: Sequence[r.Rule], place: _Place, traces: list[Trace]) -> _Effect:
        result = _Effect()
        for rule in rules:
            effect = self._rule(rule, place, traces)
            result.points = result.points + effect.points
            result.add_flags(effect)
        return result

    def _rule(self, rule: r.Rule, place: _Place, traces: list[Trace] | None = None) -> _Effect:
        outer, self.steps = self.steps, []
        condition: Value = True
        if rule.condition is not None:
            condition = self.value(rule.condition, self.this)
        note = ""
        if isinstance(condition, _Missing):
            effect, note = self._without_evidence(condition, rule, place), "未提供材料"
        elif condition is False:
            effect, note = _Effect(), "条件不成立"
        else:
            effect = self._act(rule, place)
            if isinstance(condition, _Unknown):
                self.because(
                    "open",
                    place.clause,
                    f"{place.label}：适用情形未载明",
                    f"{place.label}: the text does not say when this applies",
                )
                effect = _perhaps(effect)
        self._trace_rule(rule, effect, note, traces, outer)
        return effect

    def _trace_rule(
        self, rule: r.Rule, effect: _Effect, note: str, traces: list[Trace] | None,
        outer: list[Trace],
    ) -> None:  # fmt: skip
        inner, self.steps = self.steps, outer
        if not self.tracing:
            return
        label = print_node(rule.node, "zh") if rule.node is not None else ""
        facts = [self._fact_trace(name, role) for name, role in sorted(_facts_read(rule))]
        node = Trace("rule", "", " ".join(label.split()), effect.points, note,
                     (*facts, *inner))  # fmt: skip
        (outer if traces is None else traces).append(node)

    def _fact_trace(self, name: str, role: e.Role) -> Trace:
        person = self.this if role == "self" else self.spouse
        value = _Missing(frozenset({name})) if person is None else person.value(name)
        shown = show_value(value, self.policy.facts.get(name))
        owner = "" if role == "self" else "配偶的"
        return Trace("fact", name, f"{owner}{name}", None, shown)

    def _step(self, text: str) -> None:
        if self.tracing:
            self.steps.append(Trace("step", "", text, None))

    def _without_evidence(self, missing: _Missing, rule: r.Rule, place: _Place) -> _Effect:
        """No evidence gives no points (docs/semantics.md, Facts)."""
        self._missing(missing, place.clause, place.label)
        return _Effect(forfeits=place.starts_full and _takes(rule))

    def _missing(self, missing: _Missing, clause: str, label: str) -> None:
        for name in sorted(missing.facts):
            self.because("missing", clause, f"{label}：未提供“{name}”",
                         f"{label}: “{name}” was not handed in", fact=name)  # fmt: skip

    def _act(self, rule: r.Rule, place: _Place) -> _Effect:
        effect = self._action(rule, place)
        if rule.modifiers and effect.applied != "no":
            effect.points = _modified(effect.points, rule)
        if effect.applied != "no":
            for text in rule.assumptions:
                self.because("assumption", place.clause, text, text)
        return effect

    def _action(self, rule: r.Rule, place: _Place) -> _Effect:
        action = rule.action
        match action:
            case r.Flat():
                points = self._points(action.points, place)
                if isinstance(points, _Missing):
                    return self._without_evidence(points, rule, place)
                return _Effect(_signed(points, action.sign), "yes")
            case r.PerStep():
                return self._per_step(action, rule, place)
            case r.Discretionary():
                return self._discretion(action.sign, place)
            case r.OpenRule():
                return self._open_rule(action, place)
            case r.Veto():
                self.because("veto", place.clause, f"{place.label}：一票否决",
                             f"{place.label}: veto")  # fmt: skip
                return _Effect(applied="yes", veto="yes")
            case r.NoPoints():
                self.because("no_points", place.clause, f"{place.label}：不得分",
                             f"{place.label}: no points")  # fmt: skip
                return _Effect(applied="yes", no_points="yes")
            case r.SetStatus():
                return _Effect(applied="yes", statuses=[(action.status, "yes")])
            case r.Tiers():
                return self._tiers(action, rule, place)
            case r.Matrix():
                return self._matrix(action, rule, place)
            case r.Combined():
                return self._combined(action, place)

    def _points(self, points: r.Points, place: _Place) -> Range | _Missing:
        match points:
            case r.FixedPoints():
                return Range.exactly(points.value)
            case r.OpenPoints():
                self._say_open(place)
                return Range(points.low or Fraction(0), points.high)
            case r.ComputedPoints():
                value = self.value(points.expression, self.this, place)
                if isinstance(value, _Missing):
                    return value
                assert isinstance(value, Fraction)
                self._step(f"= {show_points(value)} 分")
                return Range.exactly(value)

    def _say_open(self, place: _Place) -> None:
        self.because("open", place.clause, f"{place.label}：分值或标准未载明",
                     f"{place.label}: points or standard not stated")  # fmt: skip

    def _per_step(self, action: r.PerStep, rule: r.Rule, place: _Place) -> _Effect:
        subject = self.value(action.subject, self.this, place)
        if isinstance(subject, _Missing):
            return self._without_evidence(subject, rule, place)
        assert isinstance(subject, Fraction)
        steps = max(Fraction(0), subject - action.beyond) / action.step
        whole = Fraction(math.floor(steps))
        count = {"whole": whole, "pro_rata": steps, "full": Fraction(math.ceil(steps))}[
            action.partial
        ]
        if count != steps and not action.partial_stated:
            self.because(
                "assumption",
                place.clause,
                f"{place.label}：不足一步的部分不计（条文未写明）",
                f"{place.label}: a part of a step is not counted (not stated)",
            )
        count = max(Fraction(0), count - action.skip)
        if action.most is not None:
            count = min(count, action.most)
        if action.points is None:
            return self._discretion(action.sign, place) if count > 0 else _Effect()
        points = self._points(action.points, place)
        if isinstance(points, _Missing):
            return self._without_evidence(points, rule, place)
        self._step(f"{show_points(count)} × {points} 分")
        return _Effect(_signed(points.scaled(count), action.sign), "yes")

    def _discretion(self, sign: r.Sign, place: _Place) -> _Effect:
        if place.judged:
            return _Effect(applied="yes", discretion_used=True)
        zh = "扣分" if sign < 0 else "加分"
        en = "deduction" if sign < 0 else "award"
        self.because("discretionary", place.clause, f"{place.label}：酌情{zh}，尚待评定",
                     f"{place.label}: discretionary {en}, not yet judged")  # fmt: skip
        points = Range(None, Fraction(0)) if sign < 0 else Range(Fraction(0), None)
        return _Effect(points, "yes", discretion_used=True)

    def _open_rule(self, action: r.OpenRule, place: _Place) -> _Effect:
        """Any result that the item allows, or the bounds that the text gives for it."""
        self._say_open(place)
        if place.deducts:
            high = None if action.high is None else -action.high
            return _Effect(Range(high, -(action.low or Fraction(0))), "maybe")
        if not place.starts_full:
            return _Effect(Range(action.low or Fraction(0), action.high), "maybe")
        if place.start.low is None or place.start.high is None:
            return _Effect(Range(None, Fraction(0)), "maybe")
        low = None if action.low is None else action.low - place.start.low
        high_end = Fraction(0) if action.high is None else action.high - place.start.high
        return _Effect(Range(low, high_end), "maybe")

    def _tiers(self, action: r.Tiers, rule: r.Rule, place: _Place) -> _Effect:
        subject = self.value(action.subject, self.this, place)
        if isinstance(subject, _Missing):
            return self._without_evidence(subject, rule, place)
        for tier in action.tiers:
            assert tier.condition is not None
            holds = self.value(tier.condition, self.this, place)
            if isinstance(holds, _Missing):
                return self._without_evidence(holds, rule, place)
            if holds:
                if tier.node is not None:
                    self._step(" ".join(print_node(tier.node, "zh").split()))
                return self._act(tier, place)
        self._step("没有对应的档次")
        return _Effect()

    def _matrix(self, action: r.Matrix, rule: r.Rule, place: _Place) -> _Effect:
        for subject in (action.row_subject, action.column_subject):
            value = self.value(subject, self.this, place)
            if isinstance(value, _Missing):
                return self._without_evidence(value, rule, place)
        row = self._first(action.rows, place)
        column = self._first(action.columns, place)
        if row is None or column is None:
            self._step("表中没有对应的格")
            return _Effect()
        points = self._points(action.cells[row][column], place)
        if isinstance(points, _Missing):
            return self._without_evidence(points, rule, place)
        self._step(f"第 {row + 1} 行第 {column + 1} 列：{points} 分")
        return _Effect(points, "yes")

    def _first(self, conditions: Sequence[e.Expr], place: _Place) -> int | None:
        for index, condition in enumerate(conditions):
            if self.value(condition, self.this, place) is True:
                return index
        return None

    def _combined(self, action: r.Combined, place: _Place) -> _Effect:
        effects = [self._rule(rule, place) for rule in action.rules]
        result = _Effect()
        for effect in effects:
            result.add_flags(effect)
            result.applied = _stronger(result.applied, effect.applied)
        if action.how == "sum":
            result.points = total(effect.points for effect in effects)
            return result
        pick = highest if action.how == "best" else lowest
        sure = [x.points for x in effects if x.applied == "yes"]
        perhaps = [x.points for x in effects if x.applied == "maybe"]
        if sure:
            result.points = pick(sure)
            if perhaps:
                result.points = result.points.hull(pick([*sure, *perhaps]))
        elif perhaps:
            result.points = ZERO.hull(pick(perhaps))
        return result

    # -- expressions

    def value(self, expr: e.Expr, person: _Person, place: _Place | None = None) -> Value:
        """The value of an expression for a person: a constant, missing or unknown."""
        match expr:
            case e.Const():
                return expr.value
            case e.FactRef():
                owner = person if expr.role == "self" else self._spouse_of(person)
                if owner is None:
                    return _Missing(frozenset({f"配偶的{expr.fact}"}))
                value = owner.value(expr.fact)
                if isinstance(value, Fraction):
                    return value * expr.scale
                return value
            case e.ScoreRef():
                known = self.scores(expr)
                if known is None or not known.is_exact:
                    return _UNKNOWN
                return known.value
            case e.Arith():
                return self._arith(expr, person, place)
            case e.Func():
                return self._func(expr, person, place)
            case e.Aggregate():
                return self._aggregate(expr)
            case e.Compared():
                return self._compared(expr, person, place)
            case e.IsProvided():
                owner = person if expr.role == "self" else self._spouse_of(person)
                return owner is not None and owner.provided(expr.fact)
            case e.UnknownTrigger():
                return _UNKNOWN
            case e.Not():
                value = self.value(expr.part, person, place)
                return value if isinstance(value, (_Missing, _Unknown)) else not value
            case e.All() | e.AnyOf():
                return self._logic(expr, person, place)

    def _spouse_of(self, person: _Person) -> _Person | None:
        if person is self.this:
            return self.spouse
        return self.this if person is self.spouse else None

    def _logic(self, expr: e.All | e.AnyOf, person: _Person, place: _Place | None) -> Value:
        """且 is false as soon as one side is, 或 true as soon as one side is."""
        decisive = isinstance(expr, e.AnyOf)
        missing: frozenset[str] = frozenset()
        unknown = False
        for part in expr.parts:
            value = self.value(part, person, place)
            if isinstance(value, _Missing):
                missing |= value.facts
            elif isinstance(value, _Unknown):
                unknown = True
            elif bool(value) is decisive:
                return decisive
        if missing:
            return _Missing(missing)
        return _UNKNOWN if unknown else not decisive

    def _pair(
        self, left: e.Expr, right: e.Expr, person: _Person, place: _Place | None
    ) -> tuple[e.Constant, e.Constant] | _Missing | _Unknown:
        a, b = self.value(left, person, place), self.value(right, person, place)
        if isinstance(a, _Missing) or isinstance(b, _Missing):
            sets = [x.facts for x in (a, b) if isinstance(x, _Missing)]
            return _Missing(frozenset().union(*sets))
        if isinstance(a, _Unknown) or isinstance(b, _Unknown):
            return _UNKNOWN
        return a, b

    def _arith(self, expr: e.Arith, person: _Person, place: _Place | None) -> Value:
        pair = self._pair(expr.left, expr.right, person, place)
        if isinstance(pair, (_Missing, _Unknown)):
            return pair
        a, b = pair
        assert isinstance(a, Fraction)
        assert isinstance(b, Fraction)
        if expr.operator == "+":
            return a + b
        if expr.operator == "-":
            return a - b
        if expr.operator == "*":
            return a * b
        if b == 0:
            where = place.clause if place else self.policy.id
            raise PolicyError([Diagnostic("S503", self.policy.source, None, {"clause": where})])
        return a / b

    def _compared(self, expr: e.Compared, person: _Person, place: _Place | None) -> Value:
        pair = self._pair(expr.left, expr.right, person, place)
        if isinstance(pair, (_Missing, _Unknown)):
            return pair
        a, b = pair
        if expr.operator == "==":
            return a == b
        if expr.operator == "!=":
            return a != b
        if expr.order:
            assert isinstance(a, str)
            assert isinstance(b, str)
            a, b = Fraction(expr.order.index(a)), Fraction(expr.order.index(b))
        if isinstance(a, date) and isinstance(b, date):
            a, b = Fraction(a.toordinal()), Fraction(b.toordinal())
        assert isinstance(a, Fraction)
        assert isinstance(b, Fraction)
        return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[expr.operator]

    def _func(self, expr: e.Func, person: _Person, place: _Place | None) -> Value:
        if expr.name == "choose":
            condition = self.value(expr.arguments[0], person, place)
            if isinstance(condition, (_Missing, _Unknown)):
                return condition
            return self.value(expr.arguments[1 if condition else 2], person, place)
        values = [self.value(argument, person, place) for argument in expr.arguments]
        missing = [v.facts for v in values if isinstance(v, _Missing)]
        if missing:
            return _Missing(frozenset().union(*missing))
        if any(isinstance(v, _Unknown) for v in values):
            return _UNKNOWN
        if expr.name in ("age", "whole_years", "whole_months", "days_between"):
            start, end = values
            assert isinstance(start, date)
            assert isinstance(end, date)
            return _elapsed(expr.name, start, end)
        numbers = [v for v in values if isinstance(v, Fraction)]
        match expr.name:
            case "min":
                return min(numbers)
            case "max":
                return max(numbers)
            case "floor":
                return Fraction(math.floor(numbers[0]))
            case "ceil":
                return Fraction(math.ceil(numbers[0]))
        return abs(numbers[0])

    def _aggregate(self, expr: e.Aggregate) -> Value:
        """Over the applicant and all other members; members without the fact are left out."""
        people = [self.this]
        for member in self.case.members:
            people.append(self.spouse if member is self.case.spouse and self.spouse
                          else _Person(self, member.facts))  # fmt: skip
        values = [self.value(expr.argument, person) for person in people]
        if expr.name in ("count", "any"):
            truths = [v for v in values if isinstance(v, bool)]
            return any(truths) if expr.name == "any" else Fraction(sum(truths))
        numbers = [v for v in values if isinstance(v, Fraction)]
        if not numbers:
            return _Missing(frozenset(name for name, _ in e.facts_of(expr.argument)))
        if expr.name == "sum":
            return sum(numbers, Fraction(0))
        return max(numbers) if expr.name == "max" else min(numbers)

    # -- after the total

    def _known_score(self, ref: e.ScoreRef, usable: Range) -> Range | None:
        if ref.role != "self":
            return None
        return usable if ref.clause is None else self.parts.get(ref.clause)

    def _blend(self, id_: str) -> Range | None:
        blend = next(b for b in self.policy.blends if b.id == id_)
        for closing in blend.closings:
            self.because("assumption", id_, *_closing_text(closing), assumption=closing.assumption)
        result = ZERO
        for part in blend.parts:
            value = self._blend_value(part.expression)
            if isinstance(value, _Missing):
                self._missing(value, id_, blend.name)
                return None
            for text in part.assumptions:
                self.because("assumption", id_, text, text)
            if part.weight is None:
                self.because(
                    "open",
                    id_,
                    f"{blend.name}：“{part.text}”的权重未载明",
                    f"{blend.name}: the weight of “{part.text}” is not stated",
                )
                result = result + Range(min(Fraction(0), value.low or Fraction(0)), value.high)
            else:
                result = result + value.scaled(part.weight / 100)
        return result

    def _blend_value(self, expr: e.Expr) -> Range | _Missing:
        if isinstance(expr, e.ScoreRef):
            known = self.scores(expr)
            return _Missing(frozenset({expr.clause or "总分"})) if known is None else known
        value = self.value(expr, self.this)
        if isinstance(value, _Missing):
            return value
        return Range.exactly(value) if isinstance(value, Fraction) else Range(None, None)

    def _targets(self, root: Clause) -> tuple[TargetResult, ...]:
        results: list[TargetResult] = []
        for clause in root.walk():
            if clause.kind == "unit" and clause.label != self.case.unit:
                continue
            unit = next(
                (
                    c
                    for c in root.children
                    if c.kind == "unit" and (clause.id == c.id or clause.id.startswith(f"{c.id}/"))
                ),
                None,
            )
            if unit is not None and unit.label != self.case.unit:
                continue
            for target in clause.targets:
                text = target.text or ""
                if target.node is not None and not text:
                    text = print_node(target.node.condition, "zh")
                met: bool | None = None
                if target.condition is not None:
                    value = self.value(target.condition, self.this)
                    met = None if isinstance(value, (_Missing, _Unknown)) else bool(value)
                actual = gap = None
                if target.measure is not None and target.threshold is not None:
                    measured = self.this.value(target.measure)
                    if isinstance(measured, Fraction):
                        actual, gap = measured, measured - target.threshold
                results.append(
                    TargetResult(
                        clause.id, text, met, target.measure, actual, target.threshold, gap
                    )
                )
        return tuple(results)


def _closing_text(closing: Closing) -> tuple[str, str]:
    zh = f"假设集 {closing.assumption}：{closing.clause}（{closing.what}）{closing.reason}"
    en = f"assumption set {closing.assumption}: {closing.clause}: {closing.reason}"
    return zh, en


def _least_cap(clause: Clause) -> Fraction:
    """The smallest value that an open cap can have: its stated bound, or the full marks."""
    limits = [x.low or Fraction(0) for x in (clause.cap, clause.full_marks)
              if isinstance(x, r.OpenPoints)]  # fmt: skip
    if isinstance(clause.full_marks, Fraction):
        limits.append(clause.full_marks)
    return max(limits, default=Fraction(0))


def _fixed_cap(clause: Clause) -> Fraction | None:
    cap = clause.cap if clause.cap is not None else clause.full_marks
    return cap if isinstance(cap, Fraction) else None


def _limit_range(limit: Limit) -> Range:
    if isinstance(limit, Fraction):
        return Range.exactly(limit)
    return Range(limit.low or Fraction(0), limit.high)


def _signed(points: Range, sign: r.Sign) -> Range:
    return points if sign > 0 else -points


def _perhaps(effect: _Effect) -> _Effect:
    """The effect of a rule that may apply or not."""

    def soften(certainty: Certainty) -> Certainty:
        return "maybe" if certainty == "yes" else certainty

    return replace(
        effect, points=effect.points.hull(ZERO), applied=soften(effect.applied),
        no_points=soften(effect.no_points), veto=soften(effect.veto),
        statuses=[(status, soften(sure)) for status, sure in effect.statuses],
    )  # fmt: skip


def _takes(rule: r.Rule) -> bool:
    """Whether the rule can take points away."""
    for inner in r.nested(rule):
        action = inner.action
        if isinstance(action, (r.Flat, r.PerStep, r.Discretionary)) and action.sign < 0:
            return True
        if isinstance(action, (r.NoPoints, r.OpenRule)):
            return True
    return False


def _modified(points: Range, rule: r.Rule) -> Range:
    """Modifiers in the order in which they are written; on the amount of a deduction."""
    down = _takes(rule) and points.high is not None and points.high <= 0
    value = -points if down else points
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
    return -value if down else value


def _facts_read(rule: r.Rule) -> frozenset[tuple[str, e.Role]]:
    """Facts of a rule's own condition and action; inner rules trace their own."""
    action = rule.action
    own: list[object] = [rule.condition]
    match action:
        case r.Flat():
            own.append(action.points.expression if isinstance(action.points, r.ComputedPoints)
                       else None)  # fmt: skip
        case r.PerStep():
            own.append(action.subject)
        case r.Tiers():
            own.append(action.subject)
        case r.Matrix():
            own.extend((action.row_subject, action.column_subject))
    return frozenset(name for part in own for name in e.facts_of(part))


def _elapsed(function: str, start: date, end: date) -> Fraction:
    """Whole years (as months for 整年数), months or days from ``start`` to ``end``; not below 0."""
    if function == "days_between":
        return Fraction(max(0, (end - start).days))
    months = (end.year - start.year) * 12 + end.month - start.month
    if end.day < start.day:
        months -= 1
    months = max(0, months)
    if function == "age":
        return Fraction(months // 12)
    if function == "whole_years":
        return Fraction(months // 12 * 12)
    return Fraction(months)


def show_value(value: object, fact: Fact | None = None) -> str:
    """A fact's value as a reader writes it."""
    if isinstance(value, _Missing):
        return "未提供"
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


def score_case(policy: Policy, case: Case, trace: bool = False) -> Score:
    """Score one case; see :meth:`Evaluator.score`."""
    return Evaluator(policy).score(case, trace)
