"""The figures and rules of a policy as items of the audit, each with its clause and place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import TypedDict, Unpack

from policydsl.language import nodes as n
from policydsl.language.nodes import NOWHERE, Span
from policydsl.language.units import Unit
from policydsl.model import expressions as e
from policydsl.model import policy as m
from policydsl.model import rules as r
from policydsl.review.auditing.items import CodeItem, Group
from policydsl.wording import sentences, shapes
from policydsl.wording.chinese import Chinese


def code_items(policy: m.Policy) -> list[CodeItem]:
    """Every figure of the policy that a text has to state, and every rule without a figure."""
    return list(_Coded(policy).items())


class _More(TypedDict, total=False):
    """What an item may say beyond its group, place and words."""

    form: str
    subject: str
    sign: int
    assumed: tuple[str, ...]
    locator: str | None
    sums: bool


class _Coded:
    def __init__(self, policy: m.Policy):
        self.policy = policy
        self.words = sentences.speaker(policy)
        assert isinstance(self.words, Chinese)

    def items(self) -> Iterator[CodeItem]:
        """What the clauses say, then derived facts, statuses, dates, blends and places."""
        for clause in self.policy.clauses.values():
            yield from self._clause(clause)
        yield from self._derived_facts()
        for rule in self.policy.status_rules:
            yield from self._rule(rule, "", rule.locator)
        yield from self._dates_of_document()
        for deadline in self.policy.deadlines:
            yield from self._deadline(deadline)
        yield from self._blends_and_scenes()
        period = self.policy.meta.in_force
        if period is not None and period.after is not None:
            value, dimension = _in_base_units(period.after, period.after_unit)
            yield self._item("threshold", value, "", dimension, "施行", NOWHERE)

    def _clause(self, clause: m.Clause) -> Iterator[CodeItem]:
        yield from self._limits(clause)
        for rule in clause.rules:
            yield from self._rule(rule, clause.id, clause.locator)
        for target in clause.targets:
            yield from self._target(target, clause)
        if clause.conversion is not None and clause.conversion[0] is not None:
            share, span = clause.conversion[0] * 100, _span(clause.node)
            yield self._item(
                "share", share, clause.id, "percent", "折算", span, locator=clause.locator
            )

    def _dates_of_document(self) -> Iterator[CodeItem]:
        for key in ("issued", "in_force", "expires"):
            when: m.Period | None = getattr(self.policy.meta, key)
            if when is not None and when.date is not None:
                yield self._dated(when.date, key, NOWHERE)

    def _deadline(self, deadline: m.Deadline) -> Iterator[CodeItem]:
        span = _span(deadline.node)
        if deadline.date is not None:
            yield self._dated(deadline.date, deadline.name, span, deadline.locator)
        if deadline.number is not None:
            value, dimension = _in_base_units(deadline.number, deadline.unit)
            number = self.words.points(deadline.number)
            words = f"{deadline.name} {number}{deadline.unit.symbol if deadline.unit else ''}"
            yield self._item(
                "threshold", value, deadline.clause or "", dimension, words, span,
                subject=deadline.name, locator=deadline.locator, assumed=deadline.assumptions,
            )  # fmt: skip

    def _blends_and_scenes(self) -> Iterator[CodeItem]:
        for blend in self.policy.blends:
            span, locator = _span(blend.clause.node), blend.clause.locator
            for part in blend.parts:
                if part.weight is not None:
                    yield self._item(
                        "share", part.weight, "", "percent", part.text, span,
                        assumed=part.assumptions, locator=locator,
                    )  # fmt: skip
        for scene in self.policy.scenes:
            if scene.quota is not None:
                quota, span = Fraction(scene.quota), _span(scene.clause.node)
                yield self._item(
                    "threshold", quota, "", "count", "名额", span, locator=scene.clause.locator
                )

    def _item(
        self,
        group: Group,
        value: Fraction | None,
        clause: str,
        dimension: str,
        words: str,
        span: Span,
        **more: Unpack[_More],
    ) -> CodeItem:
        return CodeItem(group, value, (), dimension, words, clause, span, **more)

    def _dated(self, day: date, words: str, span: Span, locator: str | None = None) -> CodeItem:
        value = Fraction(day.year * 10_000 + day.month * 100 + day.day)
        words = f"{words} {day.isoformat()}"
        return self._item("date", value, "", "", words, span, locator=locator)

    # -- limits, targets

    def _limits(self, clause: m.Clause) -> Iterator[CodeItem]:
        limits = (
            ("full_marks", clause.full_marks),
            ("cap", clause.cap),
            ("start", clause.start),
            ("floor_limit", clause.floor),
        )
        for key, limit in limits:
            if not isinstance(limit, Fraction) or not limit:
                continue
            parts = [
                c.full_marks
                for c in clause.children
                if isinstance(c.full_marks, Fraction) and c.kind not in ("bonus", "deductions")
            ]
            units = [c.full_marks for c in clause.children
                     if c.kind == "unit" and isinstance(c.full_marks, Fraction)]  # fmt: skip
            others = [c.full_marks for c in clause.children
                      if c.kind not in ("unit", "bonus", "deductions")
                      and isinstance(c.full_marks, Fraction)]  # fmt: skip
            total = sum(others, Fraction(0)) + (units[0] if units else Fraction(0))
            sums = bool(parts) and total == limit and len(set(units)) <= 1
            yield self._item(
                "limit", limit, clause.id, "points", self.words.limit(key, limit),
                _limit_span(clause, key), locator=clause.locator, assumed=clause.assumptions,
                sums=sums,
            )  # fmt: skip

    def _target(self, target: m.Target, clause: m.Clause) -> Iterator[CodeItem]:
        if target.condition is None:
            return
        for subject, value, dimension in self._constants(target.condition):
            yield self._item(
                "threshold", value, clause.id, dimension, self.words.condition(target.condition),
                _span(target.node), subject=subject, assumed=target.assumptions,
                locator=clause.locator,
            )  # fmt: skip

    # -- rules

    def _rule(self, rule: r.Rule, clause: str, locator: str | None) -> Iterator[CodeItem]:
        joined = shapes.as_joined(rule.action) if isinstance(rule.action, r.Combined) else None
        if joined is not None:
            yield CodeItem(
                "amounts", None, joined.amounts, "points", self.words.rule(rule), clause,
                _span(rule.node), sign=joined.sign, assumed=rule.assumptions,
                locator=rule.locator or locator,
            )  # fmt: skip
            first = rule.action.rules[0] if isinstance(rule.action, r.Combined) else rule
            stand_in = r.Rule(
                None, r.Veto(), joined.modifiers, rule.assumptions, (), None, first.node
            )
            yield from self._modifiers(stand_in, clause, rule.locator or locator)
            return
        yield from self._one(rule, clause, rule.locator or locator)
        inner: tuple[r.Rule, ...] = ()
        if isinstance(rule.action, r.Combined):
            inner = rule.action.rules
        elif isinstance(rule.action, r.Tiers):
            inner = rule.action.tiers
        for each in inner:
            if not each.assumptions and rule.assumptions:
                each = replace(each, assumptions=rule.assumptions)
            yield from self._rule(each, clause, rule.locator or locator)

    def _one(self, rule: r.Rule, clause: str, locator: str | None) -> Iterator[CodeItem]:
        """What a rule says itself, without the rules inside it."""
        said = CodeItem(
            "verdict", None, (), "", self.words.rule(rule), clause, _span(rule.node),
            assumed=rule.assumptions, locator=locator,
        )  # fmt: skip
        yield from self._thresholds(said, rule.condition)
        match rule.action:
            case r.Flat() as action:
                yield from self._points(said, action.points, action.sign, "flat")
            case r.PerStep() as action:
                yield from self._steps(said, rule, action)
            case r.Discretionary() as action:
                yield replace(said, group="discretion", sign=action.sign, form="flat")
            case r.Veto():
                yield replace(said, form="veto")
            case r.NoPoints():
                yield replace(said, form="no_points")
            case r.SetStatus() as action:
                yield replace(said, form=action.status)
            case r.Matrix() as action:
                for row in action.cells:
                    for cell in row:
                        yield from self._points(said, cell, 1, "flat")
                yield from self._thresholds(said, (action.rows, action.columns))
            case r.OpenRule() as action:
                for bound in (action.low, action.high):
                    if bound:
                        yield replace(said, group="award", value=bound, dimension="points")
            case _:
                pass
        yield from self._modifiers(rule, clause, locator)

    def _steps(self, said: CodeItem, rule: r.Rule, action: r.PerStep) -> Iterator[CodeItem]:
        written = rule.node.action if isinstance(rule.node, n.Rule) else None
        hint = written.step if isinstance(written, n.PerStep) else None
        unit = self.words.step_unit(action, hint)
        dimension = "" if unit is None else unit.dimension
        form = f"step {dimension}"
        yield replace(said, group="step", value=action.step, dimension=dimension, form=form)
        if action.points is None:
            yield replace(said, group="discretion", sign=action.sign, form=form)
        else:
            yield from self._points(said, action.points, action.sign, form)
        if shapes.way_of(action, rule.condition) is None:
            yield from self._thresholds(said, action.subject)
        most = action.most * action.step if action.most else None
        first = action.skip + 1 if action.skip else None
        for bound in (action.beyond, most, first):
            if bound:
                yield replace(said, group="threshold", value=bound, dimension=dimension)

    def _thresholds(self, said: CodeItem, expr: object) -> Iterator[CodeItem]:
        for subject, value, dimension in self._constants(expr):
            yield replace(
                said, group="threshold", value=value, dimension=dimension, subject=subject
            )

    def _points(self, said: CodeItem, points: r.Points, sign: int, form: str) -> Iterator[CodeItem]:
        values: tuple[Fraction | None, ...] = ()
        match points:
            case r.FixedPoints():
                values = (points.value,)
            case r.OpenPoints():
                values = (points.low, points.high)
            case r.ComputedPoints():
                yield from self._thresholds(said, points.expression)
        group: Group = "deduct" if sign < 0 else "award"
        for value in values:
            if value:
                yield replace(
                    said, group=group, value=value, dimension="points", form=form, sign=sign
                )

    def _modifiers(self, rule: r.Rule, clause: str, locator: str | None) -> Iterator[CodeItem]:
        for modifier in rule.modifiers:
            if isinstance(modifier, r.RoundTo):
                continue
            group: Group = "scale" if isinstance(modifier, r.Scale) else "bound"
            value = modifier.factor if isinstance(modifier, r.Scale) else modifier.value
            yield self._item(group, value, clause, "points", self.words.rule(rule) if
                             not isinstance(rule.action, r.Veto) else "减半计算", _span(rule.node),
                             assumed=rule.assumptions, locator=locator)  # fmt: skip

    # -- numbers in expressions

    def _constants(self, expr: object) -> Iterator[tuple[str, Fraction, str]]:
        """(what it is compared with, the number, its dimension) of each number."""
        seen: set[int] = set()
        for part in e.walk(expr):
            if isinstance(part, e.Compared):
                unit = self.words.unit_of(part.left) or self.words.unit_of(part.right)
                for side, other in ((part.left, part.right), (part.right, part.left)):
                    if isinstance(side, e.Const) and isinstance(side.value, Fraction):
                        seen.add(id(side))
                        yield self.words.value(other), side.value, unit.dimension if unit else ""
        ratios = {
            id(part.right)
            for part in e.walk(expr)
            if isinstance(part, e.Arith)
            and part.operator == "/"
            and part.right == e.Const(Fraction(100))
        }
        for part in e.walk(expr):
            if not isinstance(part, e.Const) or not isinstance(part.value, Fraction):
                continue
            if part.value and id(part) not in seen | ratios:
                yield "", part.value, ""

    def _derived_facts(self) -> Iterator[CodeItem]:
        for fact in self.policy.facts.values():
            if fact.derived is None or fact.document != self.policy.id:
                continue
            unit = fact.unit.dimension if fact.unit is not None else ""
            for _, value, dimension in self._constants(fact.derived):
                yield self._item("threshold", value, self._home(fact), dimension or unit, fact.name,
                                 _span(fact.node), subject=fact.name, assumed=fact.assumptions,
                                 locator=fact.locator or self._locator(fact))  # fmt: skip

    def _home(self, fact: m.Fact) -> str:
        """The clause in which a fact is declared."""
        best = ""
        at = _span(fact.node)
        for clause in self.policy.clauses.values():
            around = _span(clause.node)
            if around.start <= at.start and at.end <= around.end and at != NOWHERE:
                best = clause.id
        return best

    def _locator(self, fact: m.Fact) -> str | None:
        clause = self.policy.clauses.get(self._home(fact))
        return clause.locator if clause is not None else None


def _in_base_units(number: Fraction, unit: Unit | None) -> tuple[Fraction, str]:
    """The number in base units, and the dimension of its unit."""
    return (number, "") if unit is None else (number * unit.scale, unit.dimension)


def _span(node: object) -> Span:
    found = getattr(node, "span", NOWHERE)
    return found if isinstance(found, Span) else NOWHERE


def _limit_span(clause: m.Clause, key: str) -> Span:
    wanted = {"full_marks": "FULL_MARKS", "cap": "CAP", "start": "START", "floor_limit": "FLOOR"}[
        key
    ]
    node = clause.node
    for attribute in getattr(node, "attributes", ()):
        if attribute.key == wanted:
            return _span(attribute)
    for statement in getattr(node, "body", ()):
        if isinstance(statement, n.Attribute) and statement.key == wanted:
            return _span(statement)
    return _span(node)
