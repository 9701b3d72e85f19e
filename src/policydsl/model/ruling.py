"""Rules of the tree → typed rules."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, cast

from policydsl.language import nodes as n
from policydsl.model import expressions as e
from policydsl.model import policy as m
from policydsl.model import rules as r
from policydsl.model.kinds import where_is
from policydsl.model.typing import (
    PERCENT,
    PERCENTAGE_POINT,
    POINTS,
    Dimension,
    Typed,
    Typer,
    beside,
    in_base_units,
    operator_of,
)

STATUSES: dict[str, r.Status] = {
    "SUSPENDED": "suspended", "VOID": "void", "ZEROED": "zeroed", "FROZEN": "frozen",
}  # fmt: skip


class RuleCompiler:
    """Compiles the rules and amounts of one document; ``typer`` resolves names and units."""

    def __init__(self, typer: Typer):
        self._typer = typer

    def limit(self, amount: n.Amount) -> m.Limit:
        """A limit of a clause: points, or open."""
        if isinstance(amount, n.FixedAmount):
            return self.points_number(amount.number)
        assert isinstance(amount, n.OpenAmount)
        return self._open_points(amount)

    def _open_points(self, amount: n.OpenAmount | n.OpenAction) -> r.OpenPoints:
        low = None if amount.low is None else self.points_number(amount.low, bare=True)
        high = None if amount.high is None else self.points_number(amount.high)
        if low is not None and high is not None and low > high:
            self._typer.report("M221", amount)
        return r.OpenPoints(low, high)

    def points_number(self, number: n.Number, bare: bool = False) -> Fraction:
        """A number of points: its unit must be 分."""
        if number.unit != "分" and not (bare and number.unit is None):
            found = number.unit or ("没有单位", "no unit")
            self._typer.report("M204", number, found=found)
        return number.value

    def rounding(self, node: n.Rounding) -> r.RoundTo:
        """The typed rounding; its precision is 2 位 or 0.5 分."""
        modes: dict[str, Any] = {
            "ROUND_HALF_UP": "half_up",
            "ROUND_DOWN": "down",
            "ROUND_UP": "up",
        }
        unit = Fraction(1)
        if node.to is not None:
            if node.to.unit == "位" and node.to.value.denominator == 1:
                unit = Fraction(1, 10 ** min(int(node.to.value), 12))
            elif node.to.unit == "分" and node.to.value > 0:
                unit = node.to.value
            else:
                self._typer.report("M236", node)
        return r.RoundTo(modes[node.word], unit)

    def rule(self, node: n.Rule, kind: str) -> r.Rule:
        """The typed rule; ``kind`` is the kind of clause that it stands in."""
        condition = None if node.condition is None else self._typer.condition(node.condition)
        return self._finish(node, node.condition, condition, kind)

    def _finish(
        self,
        node: n.Rule | n.Tier,
        condition_node: n.Expression | None,
        condition: e.Expr | None,
        kind: str,
    ) -> r.Rule:
        action_node = node.action if isinstance(node, n.Rule) else node.outcome
        if isinstance(action_node, (n.FixedAmount, n.ComputedAmount)):
            action_node = n.Flat("GIVE", action_node, span=action_node.span)
        assert isinstance(action_node, n.Action)
        if isinstance(action_node, n.StatusAction | n.Veto):
            pass
        elif kind == "status_rules":
            self._typer.report("M207", action_node, what=("给分", "points"), where=where_is(kind))
        action = self._action(action_node, condition_node, node.modifiers, kind)
        notes: dict[str, list[str]] = {"ASSUMPTION": [], "DOUBTFUL": [], "LOCATOR": [], "NOTE": []}
        for note in node.notes:
            notes[note.kind].append(note.text)
        return r.Rule(
            condition, action, self._modifiers(node.modifiers, action), tuple(notes["ASSUMPTION"]),
            tuple(notes["DOUBTFUL"]), "；".join(notes["LOCATOR"]) or None, node,
        )  # fmt: skip

    def _action(
        self,
        node: n.Action,
        condition: n.Expression | None,
        modifiers: Sequence[n.Modifier],
        kind: str,
    ) -> r.Action:
        match node:
            case n.Flat():
                return r.Flat(sign_of(node.sign), self._points(node.amount))
            case n.PerStep():
                return self._per_step(node, condition, modifiers)
            case n.Discretionary():
                return r.Discretionary(-1 if node.word == "DISCRETION_DEDUCT" else 1)
            case n.OpenAction():
                bounds = self._open_points(node)
                return r.OpenRule(bounds.low, bounds.high)
            case n.Veto():
                return r.Veto()
            case n.NoPoints():
                return r.NoPoints()
            case n.StatusAction():
                return r.SetStatus(STATUSES[node.word], node.duration)
            case n.Tiers():
                return self._tiers(node, kind)
            case n.Matrix():
                return self._matrix(node)
            case n.Combined():
                hows: dict[str, Any] = {"BEST": "best", "SUM": "sum", "LEAST": "least"}
                if not node.rules:
                    self._typer.report("M237", node)
                return r.Combined(
                    hows[node.word], tuple(self.rule(rule, kind) for rule in node.rules)
                )

    def _points(self, amount: n.Amount) -> r.Points:
        match amount:
            case n.FixedAmount():
                return r.FixedPoints(self.points_number(amount.number))
            case n.OpenAmount():
                return self._open_points(amount)
            case n.ComputedAmount():
                typed = self._typer.number(amount.expression)
                if typed.kind == "number" and not typed.bare:
                    # a plain ratio or count becomes points by the 分 behind the brackets
                    allowed: tuple[Dimension, ...] = ((), POINTS, (("count", 1),))
                    if typed.dimension not in allowed:
                        self._typer.mismatch(amount, POINTS, typed.dimension)
                return r.ComputedPoints(typed.expr)

    def _per_step(
        self, node: n.PerStep, condition: n.Expression | None, modifiers: Sequence[n.Modifier]
    ) -> r.PerStep:
        unit = None if node.step.unit is None else self._typer.unit(node.step.unit, node.step)
        subject = self._step_subject(node, condition)
        step = node.step.value * (unit.scale if unit else subject.scale)
        if step <= 0:
            self._typer.report("M238", node.step)
            step = Fraction(1)
        if subject.kind == "number" and unit is not None and not subject.bare:
            wanted = subject.dimension
            if wanted == PERCENT and node.subject is None:
                wanted = PERCENTAGE_POINT
            if wanted == PERCENT and unit.dimension == "percentage_point":
                wanted = PERCENTAGE_POINT
            if wanted != ((unit.dimension, 1),):
                self._typer.mismatch(node.step, wanted, ((unit.dimension, 1),))
        partial, stated = self._partial(node, modifiers, subject, step)
        beyond, skip, most = Fraction(0), Fraction(0), None
        for modifier in modifiers:
            if isinstance(modifier, n.BeyondPart):
                beyond = self._of_subject(modifier.number, subject)
            elif isinstance(modifier, n.FromNth):
                skip = max(Fraction(0), modifier.number.value - 1)
            elif isinstance(modifier, n.UpTo) and modifier.number.unit != "分":
                if modifier.number.unit == "次" and node.step.unit != "次":
                    most = modifier.number.value  # so many steps, whatever is counted
                else:
                    most = self._of_subject(modifier.number, subject) / step
        points = None
        sign: r.Sign = 1
        if node.discretion is not None:
            sign = -1 if node.discretion == "DISCRETION_DEDUCT" else 1
        else:
            assert node.sign is not None
            assert node.amount is not None
            sign, points = sign_of(node.sign), self._points(node.amount)
        return r.PerStep(sign, subject.expr, step, points, partial, stated, beyond, skip, most)

    def _of_subject(self, number: n.Number, subject: Typed) -> Fraction:
        """A quantity of what is counted, in base units."""
        dimension = subject.dimension
        if dimension == PERCENT and number.unit == "百分点":
            dimension = PERCENTAGE_POINT
        known = subject.kind == "number" and not subject.bare
        return self._typer.quantity(number, dimension if known else None, subject.scale)

    def _step_subject(self, node: n.PerStep, condition: n.Expression | None) -> Typed:
        """What is counted: the subject, or how far the condition's fact lies from its bound."""
        if node.subject is not None:
            return self._typer.number(node.subject)
        inner = condition
        while isinstance(inner, n.Parenthesised):
            inner = inner.inner
        pair: tuple[n.Expression, n.Expression] | None = None
        below = False
        if isinstance(inner, n.Compare):
            operator = operator_of(inner.word)
            if operator in ("<", "<=", ">", ">="):
                pair, below = (inner.left, inner.right), operator in ("<", "<=")
        elif isinstance(inner, n.NumberBound):
            pair, below = (inner.subject, inner.number), inner.word == "OR_LESS"
        if pair is None:
            self._typer.report("M210", node)
            return Typed(e.Const(Fraction(0)), "unknown")
        left, right = beside(self._typer.number(pair[0]), self._typer.number(pair[1]))
        high, low = (right, left) if below else (left, right)
        dimension = right.dimension if left.bare else left.dimension
        distance = e.Arith("-", high.expr, low.expr)
        return Typed(distance, "number", dimension, scale=left.scale)

    def _partial(
        self, node: n.PerStep, modifiers: Sequence[n.Modifier], subject: Typed, step: Fraction
    ) -> tuple[Any, bool]:
        modes = {"NOT_COUNTED": "whole", "PRO_RATA": "pro_rata", "COUNTED_FULL": "full"}
        for modifier in modifiers:
            if isinstance(modifier, n.PartialStep):
                if self._of_subject(modifier.number, subject) != step:
                    self._typer.report("M239", modifier)
                return modes[modifier.mode], True
        # Whole facts in whole steps of one leave nothing to interpret.
        whole = all(
            self._typer.scope.facts[name].kind in ("integer", "count")
            for name, _ in e.facts_of(subject.expr)
            if name in self._typer.scope.facts
        )
        return "whole", whole and step == 1

    def _modifiers(
        self, modifiers: Sequence[n.Modifier], action: r.Action
    ) -> tuple[r.Modifier, ...]:
        result: list[r.Modifier] = []
        for modifier in modifiers:
            match modifier:
                case n.UpTo():
                    if modifier.number.unit == "分":
                        result.append(r.PointsCap(modifier.number.value))
                    elif modifier.number.unit is None:
                        self.points_number(modifier.number)
                    elif not isinstance(action, r.PerStep):
                        self._typer.report("M241", modifier)
                case n.AtLeastPoints():
                    result.append(r.PointsFloor(self.points_number(modifier.number)))
                case n.Halved():
                    result.append(r.Scale(Fraction(1, 2)))
                case n.Scaled():
                    if modifier.number.unit != "%":
                        self._typer.report("M240", modifier)
                    result.append(r.Scale(modifier.number.value / 100))
                case n.Rounding():
                    result.append(self.rounding(modifier))
                case n.FromNth() | n.BeyondPart() | n.PartialStep():
                    if not isinstance(action, r.PerStep):
                        self._typer.report("M241", modifier)
        return tuple(result)

    def _tiers(self, node: n.Tiers, kind: str) -> r.Tiers:
        subject = self._typer.typed(node.subject)
        tiers: list[r.Rule] = []
        if not node.tiers:
            self._typer.report("M237", node)
        for position, tier in enumerate(node.tiers):
            condition = self._patterns(tier.patterns, node.subject, subject)
            last = position == len(node.tiers) - 1
            if any(p.kind == "OTHERWISE" for p in tier.patterns) and not last:
                self._typer.report("M218", tier)
            inner: n.Expression | None = None
            if len(tier.patterns) == 1:
                inner = _pattern_condition(tier.patterns[0], node.subject)
            tiers.append(self._finish(tier, inner, condition, kind))
        return r.Tiers(subject.expr, tuple(tiers))

    def _matrix(self, node: n.Matrix) -> r.Matrix:
        row_subject = self._typer.typed(node.row_subject)
        column_subject = self._typer.typed(node.column_subject)
        columns = tuple(
            self._patterns(patterns, node.column_subject, column_subject)
            for patterns in node.columns
        )
        rows: list[e.Expr] = []
        cells: list[tuple[r.Points, ...]] = []
        for row in node.rows:
            if len(row.cells) != len(columns):
                self._typer.report("M219", row, found=len(row.cells), wanted=len(columns))
            rows.append(self._patterns(row.patterns, node.row_subject, row_subject))
            cells.append(tuple(self._points(cell) for cell in row.cells))
        return r.Matrix(row_subject.expr, column_subject.expr, tuple(rows), columns, tuple(cells))

    def _patterns(
        self, patterns: Sequence[n.Pattern], subject_node: n.Expression, subject: Typed
    ) -> e.Expr:
        tests: list[e.Expr] = []
        for pattern in patterns:
            if pattern.kind == "OTHERWISE":
                return e.TRUE
            test = _pattern_condition(pattern, subject_node)
            assert test is not None
            self._in_order(pattern, subject)
            if subject.kind != "unknown":
                tests.append(self._typer.condition(test))
        return tests[0] if len(tests) == 1 else e.AnyOf(tuple(tests))

    def _in_order(self, pattern: n.Pattern, subject: Typed) -> None:
        """60 至 50 岁 holds for nobody, nor does 本科 至 大专."""
        low, high = pattern.low, pattern.high
        if pattern.kind not in ("TO", "FROM_BELOW") or low is None or high is None:
            return
        order = subject.fact.values if subject.fact is not None else ()
        if isinstance(low, n.Number) and isinstance(high, n.Number):
            low = _borrow_unit(low, high)
        one, other = _position(low, order), _position(high, order)
        if type(one) is not type(other) or one is None:
            return  # what is wrong with the kinds is said elsewhere
        if one > other or (one == other and pattern.kind != "TO"):
            self._typer.report("M221", pattern)


def _position(value: n.Expression, order: Sequence[str]) -> Any:
    """Where a written value stands among others of its kind; ``None``: that is not told."""
    match value:
        case n.Number():
            return in_base_units(value)
        case n.DateValue():
            return value.value
        case n.Reference() if value.name.text in order:
            return order.index(value.name.text)
    return None


def sign_of(word: str) -> r.Sign:
    """−1 for 扣, 1 for 加 and 得."""
    return -1 if word == "DEDUCT" else 1


def _pattern_condition(pattern: n.Pattern, subject: n.Expression) -> n.Expression | None:
    """The condition that a tier's label stands for."""
    span = pattern.span
    low, high = pattern.low, pattern.high
    match pattern.kind:
        case "OTHERWISE":
            return None
        case "EXACTLY":
            assert low is not None
            return n.OneOf(subject, (low,), span=span)
        case "OR_MORE":
            assert low is not None
            return n.Compare(subject, "NOT_BELOW", low, span=span)
        case "OR_LESS":
            assert high is not None
            return n.Compare(subject, "NOT_ABOVE", high, span=span)
        case "BEYOND":
            assert low is not None
            assert pattern.word is not None
            return n.Compare(subject, pattern.word, low, span=span)
        case "BEYOND_BOTH":
            assert low is not None
            assert high is not None
            assert pattern.word is not None
            assert pattern.word2 is not None
            if isinstance(low, n.Number) and isinstance(high, n.Number):
                low = _borrow_unit(low, high)
            return n.Both(
                n.Compare(subject, pattern.word, low, span=span),
                n.Compare(subject, pattern.word2, high, span=span),
                span=span,
            )
    assert low is not None
    assert high is not None
    if isinstance(low, n.Number) and isinstance(high, n.Number):
        low = _borrow_unit(low, high)
    upper = "NOT_ABOVE" if pattern.kind == "TO" else cast(str, pattern.word)
    return n.Both(
        n.Compare(subject, "NOT_BELOW", low, span=span),
        n.Compare(subject, upper, high, span=span),
        span=span,
    )


def _borrow_unit(number: n.Number, other: n.Number) -> n.Number:
    if number.unit is not None or other.unit is None:
        return number
    return n.Number(number.value, other.unit, span=other.span)
