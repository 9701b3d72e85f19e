"""What both languages share: names, units, limits, modifiers, and the frame of a rule.

A :class:`Speaker` turns typed rules into sentences of the controlled wording.  It reads the
model; the tree behind a rule (``rule.node``) only lends its words (不足 or 低于, 个月 or 月) where
they still mean what the model says.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType

from policydsl.language import nodes as n
from policydsl.language.keywords import Language
from policydsl.language.units import UNITS, Unit, find_unit
from policydsl.model import expressions as e
from policydsl.model import policy as m
from policydsl.model import rules as r
from policydsl.model.typing import operator_of
from policydsl.wording import quantities as q
from policydsl.wording import shapes
from policydsl.wording.phrases import (
    COMPARISON_WORDS,
    DATE_WORDS,
    DEFAULT_WORDS,
    Measured,
    Phrase,
    say,
)

_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2}
_UNIT_OF_FUNCTION = {
    "age": UNITS["岁"],
    "whole_months": UNITS["月"],
    "whole_years": UNITS["年"],
    "days_between": UNITS["日"],
}
_SYMBOLS = frozenset({"LESS", "LESS_EQ", "GREATER", "GREATER_EQ", "EQUALS", "NOT_EQUALS"})


def _as_written(unit: Unit | None, node: n.Node | None) -> Unit | None:
    """The unit of a number in a sum: 2 个百分点 less are not 2%."""
    node = shapes.bare(node)
    if unit == q.PERCENT and isinstance(node, n.Number):
        return q.PERCENTAGE_POINT if find_unit(node.unit or "") == q.PERCENTAGE_POINT else unit
    return unit


class Speaker(ABC):
    """Words the rules of one policy in one language; holds no state between calls."""

    language: Language

    def __init__(
        self,
        facts: Mapping[str, m.Fact] = MappingProxyType({}),
        clauses: Mapping[str, str] = MappingProxyType({}),
    ):
        self.facts = facts
        self.clauses = clauses

    # -- to be said in each language

    @abstractmethod
    def condition(self, expr: e.Expr, node: n.Node | None = None) -> str:
        """A condition as a predicate, without what joins it to a consequence."""

    @abstractmethod
    def rule(self, rule: r.Rule, depth: int = 0) -> str:
        """A rule without its full stop; ``depth`` counts the lists that it stands in."""

    @abstractmethod
    def fact_name(self, name: str, role: e.Role = "self") -> str:
        """How a fact is named in a sentence."""

    @abstractmethod
    def sentence(self, text: str) -> str:
        """The text as a sentence, with one full stop."""

    @abstractmethod
    def listed(self, items: Sequence[str]) -> str:
        """Names side by side."""

    # -- small words

    def say(self, key: str, /, **fields: str) -> str:
        """A phrase of the table in this language."""
        return say(key, self.language, **fields)

    def word(self, phrase: Phrase) -> str:
        """A pair of words in this language."""
        return phrase.zh if self.language == "zh" else phrase.en

    def points(self, value: Fraction) -> str:
        """A number of points as the phrases take it."""
        return q.points_text(value, self.language)

    def clause_name(self, id_: str) -> str:
        """The name of a clause by its id."""
        return self.clauses.get(id_, id_.rpartition("/")[2])

    # -- units

    def unit_of(self, expr: e.Expr) -> Unit | None:
        """The unit in which a value is shown; ``None`` for a plain number."""
        match expr:
            case e.FactRef():
                fact = self.facts.get(expr.fact)
                if fact is None:
                    return None
                return q.PERCENT if fact.kind == "percentage" else fact.unit
            case e.ScoreRef():
                return q.POINTS
            case e.Arith():
                if expr.operator in ("*", "/"):
                    return self._unit_of_product(expr)
                unit = self.unit_of(expr.left) or self.unit_of(expr.right)
                minus = expr.operator == "-"
                return q.PERCENTAGE_POINT if minus and unit == q.PERCENT else unit
            case e.Func():
                known = _UNIT_OF_FUNCTION.get(expr.name)
                if known is not None:
                    return known
                values = expr.arguments[1:] if expr.name == "choose" else expr.arguments
                return next((u for u in map(self.unit_of, values) if u is not None), None)
            case e.Aggregate():
                return UNITS["人"] if expr.name == "count" else self.unit_of(expr.argument)
        return None

    def _unit_of_product(self, expr: e.Arith) -> Unit | None:
        """As units are typed: shares have none, counting words fall away beside other units."""
        units = [self.unit_of(side) for side in (expr.left, expr.right)]
        left, right = (None if u in (q.PERCENT, q.PERCENTAGE_POINT) else u for u in units)
        if self._is_ratio(expr):
            return None
        if expr.operator == "/":
            counted = q.is_counter(right) and not q.is_counter(left)
            return left if right is None or counted else None
        if left is None or right is None:
            return left or right
        if q.is_counter(left) == q.is_counter(right):
            return None
        return right if q.is_counter(left) else left

    def kind_of(self, expr: e.Expr) -> str | None:
        """The kind of a fact; ``None`` for what is no fact."""
        fact = self.facts.get(expr.fact) if isinstance(expr, e.FactRef) else None
        return None if fact is None else fact.kind

    def measured(self, expr: e.Compared) -> Measured:
        """What a comparison compares, for the choice of its word."""
        if expr.order:
            return "rank"
        if any(self._is_date(side) for side in (expr.left, expr.right)):
            return "date"
        unit = self.unit_of(expr.left) or self.unit_of(expr.right)
        shares = ("percent", "percentage_point", "points")
        return "percent" if unit is not None and unit.dimension in shares else "other"

    def _is_date(self, expr: e.Expr) -> bool:
        if isinstance(expr, e.Const):
            return not isinstance(expr.value, (Fraction, bool, str))
        return self.kind_of(expr) == "date"

    def comparison(self, expr: e.Compared, node: n.Node | None) -> str:
        """登记率低于95%: a comparison of two values, each with the unit of the other."""
        word, left_node, right_node, form = shapes.sides(expr, node)
        unit = self.unit_of(expr.left) or self.unit_of(expr.right)
        left = self.compared_value(expr.left, left_node, unit)
        right = self.compared_value(expr.right, right_node, unit)
        if expr.operator in ("==", "!="):
            key = "is_one_of" if expr.operator == "==" else "is_none_of"
            return self.say(key, subject=left, values=right)
        if form == "bound":
            key = "or_more" if expr.operator == ">=" else "or_less"
            return self.say(key, subject=left, value=right)
        dated = self.date_word(expr)
        phrase = dated or COMPARISON_WORDS[self.comparison_key(expr, word)]
        shown = phrase.zh if self.language == "zh" else phrase.en
        return self.say("compared", left=left, word=shown, right=right)

    def comparison_key(self, expr: e.Compared, keyword: str | None) -> str:
        """The keyword whose word a comparison (not ``==``, ``!=``) is said with.

        ``keyword`` is the one of the text; it is kept if it still means the comparison.
        """
        if keyword is None or keyword in _SYMBOLS or operator_of(keyword) != expr.operator:
            return DEFAULT_WORDS[self.measured(expr)][expr.operator]
        return keyword

    def date_word(self, expr: e.Compared) -> Phrase | None:
        """The word of a comparison of dates, which no keyword spells (不晚于)."""
        return DATE_WORDS.get(expr.operator) if self.measured(expr) == "date" else None

    # -- values

    def value(self, expr: e.Expr, node: n.Node | None = None, unit: Unit | None = None) -> str:
        """A value; ``unit`` is the one to show a bare number in."""
        node = shapes.bare(node)
        match expr:
            case e.Const():
                return self.constant(expr.value, node, unit)
            case e.FactRef():
                return self.fact_name(expr.fact, expr.role)
            case e.ScoreRef():
                if expr.clause is None:
                    return self.say("total" if expr.role == "self" else "spouse_total")
                return self.say("score_of", clause=self.clause_name(expr.clause))
            case e.Arith():
                return self._arithmetic(expr, node, unit)
            case e.Func():
                return self._function(expr, node, unit)
            case e.Aggregate():
                return self._aggregate(expr, node)
        return f"“{self.condition(expr, node)}”"

    def constant(
        self, value: e.Constant, node: n.Node | None = None, unit: Unit | None = None
    ) -> str:
        """A number in its unit, a date, a choice, or yes and no."""
        if isinstance(value, bool):
            return self.say("yes" if value else "no")
        if isinstance(value, Fraction):
            hint = node if isinstance(node, n.Number) else None
            if hint is not None and hint.unit == "%" and unit is None and hint.value == value * 100:
                return f"{q.number_text(hint.value, self.language, q.PERCENT)}%"  # × 70%
            return q.quantity_text(value, unit, self.language, hint)
        if isinstance(value, str):
            return value
        return q.date_text(value, self.language)

    def _arithmetic(self, expr: e.Arith, node: n.Node | None, unit: Unit | None) -> str:
        if expr.operator == "-" and expr.left == e.Const(Fraction(0)):
            inner = node.operand if isinstance(node, n.Negative) else None
            return f"-{self._operand(expr.right, inner, unit, 2, False)}"
        left_node, right_node = None, None
        if isinstance(node, n.Arithmetic) and node.operator == expr.operator:
            left_node, right_node = node.left, node.right
        if self._is_ratio(expr):
            return self.value(expr.left, node)  # 登记率 in a product: its hundredth
        mine = _PRECEDENCE[expr.operator]
        beside = unit or self.unit_of(expr) if mine == 1 else None
        if beside == q.PERCENTAGE_POINT:
            beside = q.PERCENT
        left = self._operand(expr.left, left_node, _as_written(beside, left_node), mine, False)
        unit = _as_written(beside, right_node)
        right = self._operand(expr.right, right_node, unit, mine, expr.operator in "-/")
        operator = {"*": "×", "/": "÷"}.get(expr.operator, expr.operator)
        space = "" if self.language == "zh" else " "
        return f"{left}{space}{operator}{space}{right}"

    def _is_ratio(self, expr: e.Expr) -> bool:
        return (
            isinstance(expr, e.Arith)
            and expr.operator == "/"
            and expr.right == e.Const(Fraction(100))
            and self.unit_of(expr.left) in (q.PERCENT, q.PERCENTAGE_POINT)
        )

    def _operand(
        self, expr: e.Expr, node: n.Node | None, unit: Unit | None, outer: int, strict: bool
    ) -> str:
        text = self.compared_value(expr, node, unit)
        if not isinstance(expr, e.Arith) or self._is_ratio(expr):
            return text
        inner = _PRECEDENCE[expr.operator]
        if inner < outer or (strict and inner == outer) or text.startswith("-"):
            return self.bracketed(text)
        return text

    def compared_value(
        self, expr: e.Expr, node: n.Node | None = None, unit: Unit | None = None
    ) -> str:
        """A side of a comparison; one with cases of its own stands in brackets."""
        text = self.value(expr, node, unit)
        chosen = isinstance(expr, e.Func) and expr.name == "choose"
        return self.bracketed(text) if chosen else text

    def bracketed(self, text: str) -> str:
        """The text in the brackets of the language."""
        return f"（{text}）" if self.language == "zh" else f"({text})"

    def _function(self, expr: e.Func, node: n.Node | None, unit: Unit | None) -> str:
        nodes: Sequence[n.Node | None] = [None] * len(expr.arguments)
        if isinstance(node, n.Call) and len(node.arguments) == len(expr.arguments):
            nodes = node.arguments
        unit = self.unit_of(expr) or unit
        if expr.name == "choose":
            return self.say(
                "choose",
                condition=self.condition(expr.arguments[0], nodes[0]),
                value=self.value(expr.arguments[1], nodes[1], unit),
                other=self.value(expr.arguments[2], nodes[2], unit),
            )
        if expr.name in ("min", "max"):
            both = self._of_the_couple(expr)
            if both is not None:
                return self.say(f"{expr.name}_spouses", fact=both)
            values = [self.value(a, x, unit) for a, x in zip(expr.arguments, nodes, strict=True)]
            key = f"{expr.name}_two" if len(values) == 2 else expr.name
            return self.say(key, values=self.listed(values))
        if expr.name in ("floor_of", "ceiling_of", "abs"):
            value = self.value(expr.arguments[0], nodes[0], unit)
            inside = isinstance(expr.arguments[0], e.Arith)
            return self.say(expr.name, value=self.bracketed(value) if inside else value)
        start, end = (self.value(a, x) for a, x in zip(expr.arguments, nodes, strict=True))
        return self.say(expr.name, start=start, end=end)

    def _of_the_couple(self, expr: e.Func) -> str | None:
        """The fact of which the applicant's and the spouse's are compared."""
        if len(expr.arguments) != 2:
            return None
        one, other = expr.arguments
        if (
            isinstance(one, e.FactRef)
            and isinstance(other, e.FactRef)
            and one.fact == other.fact
            and one.role != other.role
        ):
            return self.fact_name(one.fact)
        return None

    def _aggregate(self, expr: e.Aggregate, node: n.Node | None) -> str:
        inner = node.arguments[0] if isinstance(node, n.Call) and node.arguments else None
        key = f"household_{expr.name}"
        if expr.name in ("count", "any"):
            return self.say(key, condition=self.condition(expr.argument, inner))
        return self.say(key, value=self.value(expr.argument, inner))

    # -- amounts

    def amount(self, sign: int, points: r.Points, node: n.Node | None, word: str | None) -> str:
        """加5分, 扣2分, 得10分: ``word`` is the keyword of the text, if there is one."""
        key = "deduct" if sign < 0 else "give" if word == "GIVE" else "award"
        match points:
            case r.FixedPoints():
                if points.value == 0:
                    return self.say(f"{key}_nothing")
                return self.say(key, n=self.points(points.value))
            case r.OpenPoints():
                return self._open(key, points)
            case r.ComputedPoints():
                inner = node.expression if isinstance(node, n.ComputedAmount) else None
                return self.say(f"{key}_computed", value=self.value(points.expression, inner))

    def _open(self, key: str, points: r.OpenPoints | r.OpenRule) -> str:
        if points.low is None and points.high is None:
            return self.say(f"{key}_open" if isinstance(points, r.OpenPoints) else key)
        key = f"{key}_between"
        return self.say(key, **self.bounds(points))

    def bounds(self, points: r.OpenPoints | r.OpenRule) -> dict[str, str]:
        """The two ends of an open amount; the text gives both or none."""
        low = points.low or Fraction(0)
        high = points.high if points.high is not None else low
        return {
            "low": q.number_text(low, "zh", q.POINTS),
            "high": q.number_text(high, "zh", q.POINTS),
        }

    def simple_action(self, rule: r.Rule, bare: bool, tier: bool = False) -> str | None:
        """The action of a rule that is one short verb.

        ``bare``: it has no condition; ``tier``: it is the outcome of a tier (得10分).
        """
        action, node = rule.action, action_node(rule)
        match action:
            case r.Flat():
                amount = node.amount if isinstance(node, n.Flat) else node
                word = node.sign if isinstance(node, n.Flat) else None
                if word is None and tier:
                    word = "GIVE"
                return self.amount(action.sign, action.points, amount, word)
            case r.Discretionary():
                return self.say("discretion_deduct" if action.sign < 0 else "discretion_award")
            case r.OpenRule():
                return self._open("open_rule" if bare else "open_outcome", action)
            case r.Veto():
                return self.say("veto")
            case r.NoPoints():
                return self.say("no_points")
            case r.SetStatus():
                return self._status(action)
        return None

    def _status(self, action: r.SetStatus) -> str:
        status = self.say(action.status)
        if action.duration is None:
            return status
        digits = q.number_text(action.duration.value, self.language)
        unit = UNITS.get(action.duration.unit or "")
        if unit is not None:
            word = q.unit_word(unit, action.duration.value, self.language)
        else:
            word = action.duration.unit or ""
        space = "" if self.language == "zh" else " "
        return self.say("status_for", status=status, duration=f"{digits}{space}{word}".strip())

    # -- modifiers

    def modifiers(self, rule: r.Rule, modifiers: Sequence[r.Modifier] | None = None) -> list[str]:
        """What qualifies the amount of a rule, in the order of the text."""
        side = {1: "award", -1: "deduct"}.get(shapes.sign_of(rule), "either")
        result: list[str] = []
        for modifier in rule.modifiers if modifiers is None else modifiers:
            match modifier:
                case r.PointsCap():
                    result.append(self.say(f"cap_{side}", n=self.points(modifier.value)))
                case r.PointsFloor():
                    result.append(self.say(f"floor_{side}", n=self.points(modifier.value)))
                case r.Scale():
                    result.append(self._scaled(modifier.factor))
                case r.RoundTo():
                    result.append(self.rounding(modifier))
        return result

    def _scaled(self, factor: Fraction) -> str:
        if factor == Fraction(1, 2):
            return self.say("halved")
        percent = f"{q.number_text(factor * 100, self.language, q.PERCENT)}%"
        return self.say("scaled", percent=percent)

    def rounding(self, rounding: r.RoundTo) -> str:
        """四舍五入保留两位小数, 舍去尾数取整数, 进一至0.5分的整数倍."""
        key = f"round_{rounding.mode}"
        if rounding.unit == 1:
            return self.say(f"{key}_whole")
        places = _places(rounding.unit)
        if places is not None:
            return self.say(f"{key}_places", places=q.places_text(places, self.language))
        return self.say(f"{key}_multiple", n=self.points(rounding.unit))

    # -- steps

    def step_unit(self, action: r.PerStep, hint: n.Number | None) -> Unit | None:
        """The unit of the steps; shares are counted in percentage points."""
        unit = self.unit_of(action.subject)
        if unit == q.PERCENT and (hint is None or hint.unit != "%"):
            return q.PERCENTAGE_POINT
        return unit

    def stated_partial(self, rule: r.Rule, action: r.PerStep) -> r.Begun | None:
        """The mode of a begun step, if the text has to say it."""
        if action.partial != "whole":
            return action.partial
        if rule.node is not None:
            said = any(isinstance(x, n.PartialStep) for x in rule.node.modifiers)
            return "whole" if said else None
        return "whole" if action.partial_stated and not self.whole_anyway(action) else None

    def whole_anyway(self, action: r.PerStep) -> bool:
        """Whole facts in whole steps of one: there is no part of a step."""
        subject = action.subject
        if isinstance(subject, e.FactRef):
            kind = self.kind_of(subject)
            fits = (subject.scale / action.step).denominator == 1
            return kind in ("integer", "count") and fits
        kinds = {self.kind_of(e.FactRef(name)) for name, _ in e.facts_of(subject)}
        return kinds <= {"integer", "count"} and action.step == 1

    def partial_text(self, rule: r.Rule, action: r.PerStep, step: str) -> str:
        """（不足1个百分点的不计）, or nothing where the text is silent."""
        keys = {"whole": "part_not_counted", "pro_rata": "part_pro_rata", "full": "part_full"}
        mode = self.stated_partial(rule, action)
        return "" if mode is None else self.say(keys[mode], step=step)

    # -- tiers

    def tier_labels(self, tier: r.Rule, subject: e.Expr) -> tuple[list[str], bool] | None:
        """The labels of a tier; see :meth:`labels`."""
        assert tier.condition is not None
        patterns = tier.node.patterns if isinstance(tier.node, n.Tier) else ()
        return self.labels(tier.condition, patterns, subject)

    def labels(
        self, condition: e.Expr, patterns: Sequence[n.Pattern | None], subject: e.Expr
    ) -> tuple[list[str], bool] | None:
        """The labels that a condition on the subject stands for (本科及以上, 18至40周岁, 其他).

        With them, whether they are plain names.  ``None``: the condition is about something else.
        """
        if condition == e.TRUE:
            return [self.say("otherwise")], True
        tests = condition.parts if isinstance(condition, e.AnyOf) else (condition,)
        if len(patterns) != len(tests):
            patterns = [None] * len(tests)
        labels: list[str] = []
        plain = True
        for test, pattern in zip(tests, patterns, strict=True):
            label = self._label(test, subject, pattern)
            if label is None:
                return None
            labels.append(label)
            plain = plain and isinstance(test, e.Compared) and _is_name(test.right)
        return labels, plain

    def matrix_cells(self, action: r.Matrix, node: n.Matrix | None) -> list[list[str]]:
        """A two-way table as texts: the corner and the column labels, then each row."""
        column_patterns: Sequence[Sequence[n.Pattern]] = [()] * len(action.columns)
        row_patterns: Sequence[Sequence[n.Pattern]] = [()] * len(action.rows)
        if node is not None and len(node.columns) == len(action.columns):
            column_patterns = node.columns
        if node is not None and len(node.rows) == len(action.rows):
            row_patterns = [row.patterns for row in node.rows]
        titles = [
            self._axis_label(test, patterns, action.column_subject)
            for test, patterns in zip(action.columns, column_patterns, strict=True)
        ]
        corner = self.say(
            "matrix_corner",
            rows=self.value(action.row_subject),
            columns=self.value(action.column_subject),
        )
        table = [[corner, *titles]]
        for test, patterns, cells in zip(action.rows, row_patterns, action.cells, strict=True):
            label = self._axis_label(test, patterns, action.row_subject)
            table.append([label, *(self.cell(cell) for cell in cells)])
        return table

    def _axis_label(self, test: e.Expr, patterns: Sequence[n.Pattern], subject: e.Expr) -> str:
        found = self.labels(test, patterns, subject)
        return self.condition(test) if found is None else self.listed(found[0])

    def cell(self, points: r.Points) -> str:
        """A cell of a two-way table: 5分, or that the text does not say."""
        match points:
            case r.FixedPoints():
                return self.say("cell", n=self.points(points.value))
            case r.OpenPoints():
                return self._open("cell", points)
            case r.ComputedPoints():
                return self.value(points.expression)

    def _label(self, test: e.Expr, subject: e.Expr, pattern: n.Pattern | None) -> str | None:
        unit = self.unit_of(subject)
        low_node = pattern.low if pattern is not None else None
        high_node = pattern.high if pattern is not None else None
        if isinstance(test, e.All) and len(test.parts) == 2:
            low, high = test.parts
            if not isinstance(low, e.Compared) or not isinstance(high, e.Compared):
                return None
            if low.left != subject or high.left != subject:
                return None
            return self._label_between(low, high, pattern, unit)
        if not isinstance(test, e.Compared) or test.left != subject:
            return None
        node = high_node if pattern is not None and pattern.kind == "OR_LESS" else low_node
        value = self.value(test.right, node, unit)
        if test.operator in ("==", "!="):
            return value if test.operator == "==" else self.label_word("NOT_EQUALS", value)
        if self.measured(test) == "date":
            return self.label_date(test.operator, value)
        word = pattern.word if pattern is not None and pattern.kind == "BEYOND" else None
        if word is None and test.operator in (">=", "<="):
            ranked = "rank_" if test.order else ""
            bound = "more" if test.operator == ">=" else "less"
            return self.say(f"label_{ranked}or_{bound}", value=value)
        return self.label_word(self.comparison_key(test, word), value)

    def _label_between(
        self, low: e.Compared, high: e.Compared, pattern: n.Pattern | None, unit: Unit | None
    ) -> str:
        low_node = pattern.low if pattern is not None else None
        high_node = pattern.high if pattern is not None else None
        high_text = self.value(high.right, high_node, unit)
        if pattern is not None and pattern.kind == "BEYOND_BOTH":
            first = self.label_word(
                self.comparison_key(low, pattern.word), self.value(low.right, low_node, unit)
            )
            second = self.label_word(self.comparison_key(high, pattern.word2), high_text)
            return self.conjoined(first, second)
        if low.operator == ">=" and high.operator == "<=":
            upper = (high.right, high_node)
            low_text = self.first_of_range(low.right, low_node, unit, upper)
            return self.say("label_range", low=low_text, high=high_text)
        low_text = self.value(low.right, low_node, unit)
        if low.operator == ">=" and high.operator == "<":
            key = self.comparison_key(high, pattern.word if pattern is not None else None)
            return self.say(
                "label_range_open", low=low_text, below=self.label_word(key, ""), high=high_text
            )
        first = self.label_word(self.comparison_key(low, None), low_text)
        return self.conjoined(first, self.label_word(self.comparison_key(high, None), high_text))

    def label_date(self, operator: e.Comparison, value: str) -> str:
        """早于2022年4月6日: a comparison of dates without its subject."""
        word = self.word(DATE_WORDS[operator])
        return f"{word}{value}" if self.language == "zh" else f"{word.removeprefix('is ')} {value}"

    @abstractmethod
    def label_word(self, keyword: str, value: str) -> str:
        """不足18周岁: a comparison without its subject."""

    @abstractmethod
    def conjoined(self, first: str, second: str) -> str:
        """Two labels that hold together."""

    def ranged(self, bounds: shapes.Bounds, node: n.Node | None) -> str:
        """A value between two bounds."""
        low_node = high_node = None
        if isinstance(node, (n.Between, n.FromBelow)):
            low_node, high_node = node.low, node.high
        unit = self.unit_of(bounds.subject)
        subject = self.value(bounds.subject)
        high = self.value(bounds.high, high_node, unit)
        if not bounds.open:
            low = self.first_of_range(bounds.low, low_node, unit, (bounds.high, high_node))
            return self.say("range", subject=subject, low=low, high=high)
        upper = e.Compared("<", bounds.subject, bounds.high)
        keyword = node.word if isinstance(node, n.FromBelow) else None
        below = self.label_word(self.comparison_key(upper, keyword), "")
        low = self.value(bounds.low, low_node, unit)
        return self.say("range_open", subject=subject, low=low, below=below, high=high)

    def first_of_range(
        self,
        expr: e.Expr,
        node: n.Node | None,
        unit: Unit | None,
        upper: tuple[e.Expr, n.Node | None],
    ) -> str:
        """The lower end of a range, without the unit that the upper end bears."""
        if not isinstance(expr, e.Const) or not isinstance(expr.value, Fraction):
            return self.value(expr, node, unit)
        hint = node if isinstance(node, n.Number) else None
        number, shown = q.in_unit(expr.value, unit, hint)
        high, high_node = upper
        if isinstance(high, e.Const) and isinstance(high.value, Fraction):
            high_hint = high_node if isinstance(high_node, n.Number) else None
            borne = q.in_unit(high.value, unit, high_hint)[1]
            if borne is not None and borne != shown:
                # 50 至 100 分钟 of a fact that is counted in lessons: both ends are minutes
                number, shown = expr.value / borne.scale, borne
        if shown is not None and shown.symbol in ("%", "‰"):
            return self.value(expr, node, unit)
        return q.number_text(number, self.language, shown)

    # -- limits

    def limit(self, key: str, limit: m.Limit) -> str:
        """满分20分; an open limit says so."""
        if isinstance(limit, Fraction):
            return self.say(key, n=self.points(limit))
        if limit.low is None and limit.high is None:
            return self.say(f"{key}_open")
        return self.say(f"{key}_between", **self.bounds(limit))


def action_node(rule: r.Rule) -> n.Node | None:
    """The node of a rule's action (the amount itself for a tier with a bare amount)."""
    if isinstance(rule.node, n.Tier):
        return rule.node.outcome
    return rule.node.action if rule.node is not None else None


def condition_node(rule: r.Rule) -> n.Node | None:
    """The node of a rule's condition."""
    return rule.node.condition if isinstance(rule.node, n.Rule) else None


def _is_name(expr: e.Expr) -> bool:
    return isinstance(expr, e.Const) and isinstance(expr.value, str)


def _places(unit: Fraction) -> int | None:
    """Decimal places of a rounding unit 0.1, 0.01 …; ``None`` for another one."""
    places = len(str(unit.denominator)) - 1
    return places if unit == Fraction(1, 10**places) and places else None
