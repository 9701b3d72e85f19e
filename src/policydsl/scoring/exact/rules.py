"""Rules: their conditions, their actions, and the facts that they read.

:class:`RuleRun` scores one rule after another for one case.  What depends on something that is
not decided is worked out for each possible outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from functools import partial

from policydsl.language import nodes
from policydsl.model import expressions as e
from policydsl.model import rules as r
from policydsl.model.policy import Policy
from policydsl.scoring.cases import Case
from policydsl.scoring.exact import reasons
from policydsl.scoring.exact.effects import (
    ORDER,
    Effect,
    Judging,
    Place,
    direction,
    either,
    modified,
    picked,
    signed,
    stronger,
    takes,
    whole_steps,
)
from policydsl.scoring.exact.reasons import show_value
from policydsl.scoring.exact.score import Certainty, Pair, Reason, Trace, written
from policydsl.scoring.expressions import (
    Decided,
    Missing,
    Person,
    Undecided,
    Value,
    Values,
    outcomes_of,
)
from policydsl.scoring.ranges import ZERO, Range, show_points, total


class RuleRun:
    """One case on its way through the rules, and what was found so far."""

    def __init__(self, policy: Policy, case: Case, tracing: bool, values: Values):
        self.policy = policy
        self.case = case
        self.tracing = tracing
        self.values = values
        self.reasons: dict[Reason, None] = {}
        self.parts: dict[str, Range] = {}
        self.effects = Effect()
        self.judging: Judging | None = None
        self.steps: list[Trace] = []
        self.unsure = False  # whether what is scored now depends on something undecided

    def because(self, reason: Reason) -> None:
        """Note a reason, once."""
        self.reasons.setdefault(reason)

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

    # -- rules

    def _rule(self, rule: r.Rule, place: Place, traces: list[Trace] | None = None) -> Effect:
        """The effect of a rule; its trace goes to ``traces``, or below the rule around it."""
        outer, self.steps = self.steps, []
        facts: list[Trace] = []
        note = ("", "")
        with self._reading(place.clause, facts):
            if rule.condition is None:
                effect = self._act(rule, place)
            else:
                condition = self.values.value(rule.condition)
                effect = self._for_each(condition, place, lambda x: self._given(x, rule, place))
                if condition is False:
                    note = ("条件不成立", "condition not met")
                elif isinstance(condition, Missing):
                    note = ("未提供材料", "not handed in")
        inner, self.steps = self.steps, outer
        if self.tracing:
            label = written(rule.node) if rule.node is not None else ""
            node = Trace(
                "rule", "", label, effect.contribution, note[0], (*facts, *inner),
                detail_en=note[1], node=rule.node,
            )  # fmt: skip
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
            return either(self._alternatives([partial(effect_of, x) for x in outcomes]))

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
        self.because(reasons.undecided(clause, label, value))

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
            self.because(reasons.assumption(clause, text, name))
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
        fact = self.policy.facts.get(name)
        english = name if fact is None or not fact.english else f"{name} ({fact.english})"
        if label:
            owner = label.removesuffix("的")
            whose = {"配偶": "spouse", "子女": "child", "父母": "parent"}.get(owner, owner)
            english = f"{english} of the {whose}"
        return Trace(
            "fact", name, f"{label}{name}", None, show_value(value, fact), children,
            label_en=english.replace("_", " "), detail_en=show_value(value, fact, "en"),
        )  # fmt: skip

    def _step(self, text: Callable[[], Pair]) -> None:
        if self.tracing:
            zh, en = text()
            self.steps.append(Trace("step", "", zh, None, label_en=en))

    def _tier_step(self, node: nodes.Node) -> None:
        if self.tracing:
            self.steps.append(Trace("step", "", written(node), None, node=node))

    def _without_evidence(self, missing: Missing, rule: r.Rule, place: Place) -> Effect:
        """No evidence gives no points (docs/semantics.md, Facts)."""
        self._missing(missing, place.clause, place.label)
        forfeits: Certainty = "yes" if place.starts_full and takes(rule) else "no"
        return Effect(forfeits=forfeits, unproven="yes")

    def _missing(self, missing: Missing, clause: str, label: str) -> None:
        for name in sorted(missing.facts):
            self.because(reasons.missing(clause, label, name))

    # -- actions

    def _act(self, rule: r.Rule, place: Place) -> Effect:
        effect = self._action(rule, place)
        if effect.applied == "no":
            return effect
        if rule.modifiers and not effect.judged:
            effect.points = modified(effect.points, rule, place)
        for text in rule.assumptions:
            self.because(reasons.assumption(place.clause, text))
        return effect

    def _action(self, rule: r.Rule, place: Place) -> Effect:
        action = rule.action
        match action:
            case r.Flat():
                sign = action.sign
                return self._with_points(
                    action.points, rule, place, lambda x: Effect(signed(x, sign), "yes")
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
                self.because(reasons.veto(place.clause, place.label, self.unsure))
                return Effect(applied="yes", veto="yes")
            case r.NoPoints():
                self.because(reasons.no_points(place.clause, place.label, self.unsure))
                return Effect(applied="yes", no_points="yes")
            case r.SetStatus():
                return Effect(applied="yes", statuses=[(action.status, "yes")])
            case r.Tiers():
                return self._bound(
                    [action.subject], rule, place, lambda: self._tier(action, rule, place)
                )
            case r.Matrix():
                return self._bound(
                    [action.row_subject, action.column_subject],
                    rule,
                    place,
                    lambda: self._cell(action, rule, place),
                )
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
                    self._step(
                        lambda: (f"= {show_points(value)} 分", f"= {show_points(value)} points")
                    )
                    return use(Range.exactly(value))

                return self._for_each(self.values.value(points.expression), place, use_number)

    def _say_open(self, place: Place) -> None:
        self.because(reasons.amount_open(place.clause, place.label))

    def _per_step(self, action: r.PerStep, subject: Decided, rule: r.Rule, place: Place) -> Effect:
        if isinstance(subject, Missing):
            return self._without_evidence(subject, rule, place)
        assert isinstance(subject, Fraction)
        steps = max(Fraction(0), subject - action.beyond) / action.step
        count = whole_steps(steps, action)
        if not action.partial_stated:
            self._name_rest(count, steps, place)
        count = max(Fraction(0), count - action.skip)
        if action.most is not None:
            count = min(count, whole_steps(action.most, action))
        if action.points is None:
            # no step at all is an amount too: nothing
            nothing = Effect(applied="yes")
            return self._discretion(action.sign, rule, place) if count > 0 else nothing

        def use(points: Range) -> Effect:
            # only where the steps are told: the planner counts many cases at once
            self._step(lambda: _times(count, points))
            return Effect(signed(points.scaled(count), action.sign), "yes")

        return self._with_points(action.points, rule, place, use)

    def _name_rest(self, count: Fraction, steps: Fraction, place: Place) -> None:
        if count != steps:
            self.because(reasons.rest_of_step(place.clause, place.label))

    def _discretion(self, sign: r.Sign, rule: r.Rule, place: Place) -> Effect:
        points = Range(None, Fraction(0)) if sign < 0 else Range(Fraction(0), None)
        if self.judging is not None:
            taken = self.judging.take(sign, modified(points, rule, place))
            return Effect(Range.exactly(taken), "yes", judged=True)
        self.because(reasons.discretionary(place.clause, place.label, sign))
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
        self,
        subjects: Sequence[e.Expr],
        rule: r.Rule,
        place: Place,
        effect_of: Callable[[], Effect],
    ) -> Effect:
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
                    self._tier_step(tier.node)
                return self._act(tier, place)
        self._step(lambda: ("没有对应的档次", "no tier fits"))
        return Effect()

    def _cell(self, action: r.Matrix, rule: r.Rule, place: Place) -> Effect:
        row, column = self._first(action.rows), self._first(action.columns)
        if row is None or column is None:
            self._step(lambda: ("表中没有对应的格", "no cell of the table fits"))
            return Effect()

        def use(points: Range) -> Effect:
            self._step(
                lambda: (
                    f"第 {row + 1} 行第 {column + 1} 列：{points} 分",
                    f"row {row + 1}, column {column + 1}: {points} points",
                )
            )
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
            result.applied = stronger(result.applied, effect.applied)
        if action.how == "sum":
            result.points = total(effect.contribution for effect in effects)
        else:
            sure = [x.points for x in effects if x.applied == "yes"]
            perhaps = [x.points for x in effects if x.applied == "maybe"]
            if action.how == "least":
                # the lesser of two, one of which was not shown, is nothing
                for effect, rule in zip(effects, action.rules, strict=True):
                    if effect.unproven != "no" and direction(rule, place) > 0:
                        result.applied = stronger(result.applied, effect.unproven)
                        (sure if effect.unproven == "yes" else perhaps).append(ZERO)
            result.points = picked(action.how, sure, perhaps)
        if result.applied == "no":
            result.unproven = max((x.unproven for x in effects), key=ORDER.__getitem__)
        return result


def _times(count: Fraction, points: Range) -> tuple[str, str]:
    """How often points count, in words; a probe, which scores many cases at once, asks for none."""
    times = show_points(count)
    return f"{times} × {points} 分", f"{times} × {points} points"
