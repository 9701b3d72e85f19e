"""Expressions of the tree → typed expressions: names, kinds and units.

A number without a unit takes the unit of what it is compared with or added to (年龄 18 至 40;
年收入 超过 5, where the fact is in 万元); two different dimensions never mix.  In products, and
beside a ratio, a percentage is its hundredth (总分 × 70%; 登记人数 ÷ 常住人数 低于 95%).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, Protocol

from policydsl.language import nodes as n
from policydsl.language.decimals import show_decimal
from policydsl.language.diagnostics import Diagnostic, Source, did_you_mean
from policydsl.language.functions import FUNCTIONS, find_function, function_names
from policydsl.language.keywords import keyword_table
from policydsl.language.units import UNITS, Unit, find_unit, unit_words
from policydsl.model import expressions as e
from policydsl.model.policy import Fact

Dimension = tuple[tuple[str, int], ...]
Kind = Literal["number", "truth", "date", "choice", "text", "unknown"]

PLAIN: Dimension = ()
POINTS: Dimension = (("points", 1),)
PERCENT: Dimension = (("percent", 1),)
PERCENTAGE_POINT: Dimension = (("percentage_point", 1),)
AGE: Dimension = (("age", 1),)
MONTH: Dimension = (("month", 1),)
DAY: Dimension = (("day", 1),)
COUNT: Dimension = (("count", 1),)


_KIND_NAMES: dict[Kind, tuple[str, str]] = {
    "number": ("数", "a number"),
    "truth": ("是否", "yes or no"),
    "date": ("日期", "a date"),
    "choice": ("选项", "a choice"),
    "text": ("文字", "a text"),
    "unknown": ("未知", "unknown"),
}
_OPERATORS: dict[str, e.Comparison] = {
    "REACHES": ">=", "NOT_BELOW": ">=", "NOT_FEWER": ">=", "GREATER_EQ": ">=",
    "NOT_ABOVE": "<=", "NOT_EXCEEDING": "<=", "LESS_EQ": "<=",
    "BELOW": "<", "SHORT_OF": "<", "UNDER": "<", "EARLIER": "<", "LESS": "<",
    "ABOVE": ">", "EXCEEDS": ">", "LATER": ">", "GREATER": ">",
    "EQUALS": "==", "NOT_EQUALS": "!=",
}  # fmt: skip
NOT_DONE = (
    "NOT_CARRIED_OUT", "NOT_IMPLEMENTED", "NOT_COMPLETED", "NOT_REACHED", "NOT_MET",
    "NOT_ESTABLISHED", "NOT_GROWN", "NOT_RECTIFIED",
)  # fmt: skip
DATE_WORDS = frozenset({"EARLIER", "LATER"})


@dataclass(frozen=True, slots=True)
class Typed:
    """An expression with its kind; ``dimension`` for numbers, ``fact`` for choices.

    ``bare``: a number written without a unit, which fits any dimension.  ``scale``: base units
    in one of the unit in which its figure is read, 10000 for a fact in 万元.
    """

    expr: e.Expr
    kind: Kind
    dimension: Dimension = PLAIN
    bare: bool = False
    fact: Fact | None = None
    scale: Fraction = Fraction(1)


BROKEN = Typed(e.Const(Fraction(0)), "unknown")


class Scope(Protocol):
    """What the names of an expression can mean."""

    facts: Mapping[str, Fact]
    measures: Mapping[str, Unit]

    def score(self, ref: n.ClauseRef | None) -> str | None:
        """Id of the clause that a score refers to; reports and returns ``None`` if unknown."""


def dimension_of(unit: Unit) -> Dimension:
    """The dimension of a single unit."""
    return ((unit.dimension, 1),)


_BASE_UNITS = {unit.dimension: unit for unit in reversed(list(UNITS.values())) if unit.scale == 1}


def show_dimension(dimension: Dimension) -> tuple[str, str]:
    """A dimension in the words of its base units, in Chinese and English."""
    if not dimension:
        return "无单位", "no unit"
    zh: list[str] = []
    en: list[str] = []
    for base, power in dimension:
        unit = _BASE_UNITS.get(base)
        raised = f"^{power}" if power != 1 else ""
        zh.append((unit.symbol if unit else base) + raised)
        en.append((unit.english if unit else base) + raised)
    return "·".join(zh), "·".join(en)


class Typer:
    """Compiles expressions of one document; reports into ``found``.

    ``scores_known``: whether scores exist where the expression is evaluated (not in the rules
    that make them).
    """

    def __init__(self, source: Source, scope: Scope, found: list[Diagnostic]):
        self.scores_known = False
        self.source = source
        self.scope = scope
        self.found = found

    # -- reporting

    def report(self, code: str, node: n.Node, **details: object) -> None:
        """Record a finding at a node."""
        self.found.append(Diagnostic(code, self.source, node.span, details))

    def unknown_name(self, name: n.Name, known: Iterable[str]) -> None:
        """Report a name that no fact bears, with the nearest that one does."""
        near = _keyword_in_name(name.text, known) or did_you_mean(name.text, known)
        self.report("M201", name, name=name.text, near=near)

    # -- entry points

    def condition(self, node: n.Expression) -> e.Expr:
        """The typed condition; reports anything that is not yes or no."""
        typed = self.typed(node)
        if typed.kind not in ("truth", "unknown"):
            self.wrong_kind(node, typed, "truth")
        return typed.expr

    def number(self, node: n.Expression) -> Typed:
        """The typed number; reports anything else."""
        typed = self.typed(node)
        if typed.kind not in ("number", "unknown"):
            self.wrong_kind(node, typed, "number")
            return BROKEN
        return typed

    def quantity(
        self, number: n.Number, dimension: Dimension | None = None, scale: Fraction = Fraction(1)
    ) -> Fraction:
        """The number in base units; with ``dimension``, its unit must have it.

        ``scale``: the size of the unit of a number that is written without one.
        """
        typed = self._number(number)
        if dimension is not None and not typed.bare and typed.dimension != dimension:
            self.mismatch(number, dimension, typed.dimension)
        assert isinstance(typed.expr, e.Const)
        assert isinstance(typed.expr.value, Fraction)
        return typed.expr.value * scale if typed.bare else typed.expr.value

    def unit(self, word: str, node: n.Node) -> Unit | None:
        """The unit that a word spells; reports an unknown one."""
        unit = find_unit(word) or self.scope.measures.get(word)
        if unit is None:
            near = did_you_mean(word, [*unit_words(), *self.scope.measures])
            self.report("M203", node, unit=word, near=near)
        return unit

    # -- expressions

    # One case for each node: parted, nobody would see at once that none is missing.
    def typed(self, node: n.Expression) -> Typed:  # noqa: C901
        """The typed form of any expression."""
        match node:
            case n.TotalScore() | n.SpouseTotal() | n.ScoreOf() if not self.scores_known:
                where = (
                    "计分规则、事实、家庭函数或条款的适用条件",
                    "a rule, a fact, a household function or a clause's condition",
                )
                self.report("M207", node, what=("得分", "a score"), where=where)
                return BROKEN
            case n.Number():
                return self._number(node)
            case n.DateValue():
                return Typed(e.Const(node.value), "date")
            case n.TextValue():
                return Typed(e.Const(node.value), "text")
            case n.Truth():
                return Typed(e.Const(node.value), "truth")
            case n.Reference():
                return self._reference(node.name, "self")
            case n.SpouseFact():
                return self._reference(node.name, "spouse")
            case n.TotalScore():
                return Typed(e.ScoreRef(None), "number", POINTS)
            case n.SpouseTotal():
                return Typed(e.ScoreRef(None, "spouse"), "number", POINTS)
            case n.ScoreOf():
                clause = self.scope.score(node.ref)
                return BROKEN if clause is None else Typed(e.ScoreRef(clause), "number", POINTS)
            case n.Parenthesised():
                return self.typed(node.inner)
            case n.Negative():
                inner = self.number(node.operand)
                return Typed(
                    e.Arith("-", e.Const(Fraction(0)), inner.expr),
                    inner.kind, inner.dimension, inner.bare, scale=inner.scale,
                )  # fmt: skip
            case n.Arithmetic():
                return self._arithmetic(node)
            case n.Call():
                return self._call(node)
            case n.Both() | n.Either():
                parts = (self.condition(node.left), self.condition(node.right))
                return Typed(e.All(parts) if isinstance(node, n.Both) else e.AnyOf(parts), "truth")
            case n.Negated():
                return Typed(e.Not(self.condition(node.operand)), "truth")
            case n.NotDone():
                return self._not_done(node)
            case n.Provided():
                if node.name.text not in self.scope.facts:
                    self.unknown_name(node.name, self.scope.facts)
                    return BROKEN
                provided = e.IsProvided(node.name.text)
                return Typed(e.Not(provided) if node.negated else provided, "truth")
            case n.TriggerOpen():
                return Typed(e.UnknownTrigger(), "truth")
            case n.Compare():
                return self._compared(node, node.left, _OPERATORS[node.word], node.right)
            case n.NumberBound():
                operator: e.Comparison = ">=" if node.word == "OR_MORE" else "<="
                return self._compared(node, node.subject, operator, node.number)
            case n.Between():
                low = _with_unit_of(node.low, node.high)
                if in_base_units(low) > in_base_units(node.high):
                    self.report("M221", node)
                return Typed(
                    e.All(
                        (
                            self._compared(node, node.subject, ">=", low).expr,
                            self._compared(node, node.subject, "<=", node.high).expr,
                        )
                    ),
                    "truth",
                )
            case n.FromBelow():
                low = _with_unit_of(node.low, node.high)
                if in_base_units(low) >= in_base_units(node.high):
                    self.report("M221", node)
                return Typed(
                    e.All(
                        (
                            self._compared(node, node.subject, ">=", low).expr,
                            self._compared(node, node.subject, "<", node.high).expr,
                        )
                    ),
                    "truth",
                )
            case n.OneOf():
                tests = tuple(
                    self._compared(node, node.subject, "==", value).expr for value in node.values
                )
                test: e.Expr = tests[0] if len(tests) == 1 else e.AnyOf(tests)
                return Typed(e.Not(test) if node.negated else test, "truth")

    def _number(self, node: n.Number) -> Typed:
        if node.unit is None:
            return Typed(e.Const(node.value), "number", PLAIN, bare=True)
        unit = self.unit(node.unit, node)
        if unit is None:
            return Typed(e.Const(node.value), "number", PLAIN, bare=True)
        value = e.Const(node.value * unit.scale)
        return Typed(value, "number", dimension_of(unit), scale=unit.scale)

    def _reference(self, name: n.Name, role: e.Role) -> Typed:
        fact = self.scope.facts.get(name.text)
        if fact is None:
            self.unknown_name(name, self.scope.facts)
            return BROKEN
        return self.fact(fact, role)

    def fact(self, fact: Fact, role: e.Role = "self") -> Typed:
        """The typed reference to a fact."""
        if fact.is_number:
            if fact.kind == "percentage":
                return Typed(e.FactRef(fact.name, role), "number", PERCENT, fact=fact)
            if fact.unit is None:
                # a count of nothing in particular compares with any counting word
                counted = (("count", 1),) if fact.kind == "count" else PLAIN
                return Typed(e.FactRef(fact.name, role), "number", counted, fact=fact)
            scale = fact.unit.scale
            dimension = dimension_of(fact.unit)
            ref = e.FactRef(fact.name, role, scale)
            return Typed(ref, "number", dimension, fact=fact, scale=scale)
        kinds: dict[str, Kind] = {
            "yes_no": "truth", "date": "date", "choice": "choice", "ordered": "choice",
        }  # fmt: skip
        return Typed(e.FactRef(fact.name, role), kinds[fact.kind], fact=fact)

    def _not_done(self, node: n.NotDone) -> Typed:
        typed = self._reference(node.name, "self")
        if typed.kind not in ("truth", "unknown"):
            self.wrong_kind(node.name, typed, "truth")
        return Typed(e.Not(typed.expr), "truth")

    def _arithmetic(self, node: n.Arithmetic) -> Typed:
        left, right = self.number(node.left), self.number(node.right)
        if "unknown" in (left.kind, right.kind):
            return BROKEN
        if node.operator in ("+", "-"):
            left, right = beside(left, right)
            dimension = self._common(node, left, right)
            if node.operator == "-" and PERCENTAGE_POINT not in (left.dimension, right.dimension):
                dimension = PERCENTAGE_POINT if dimension == PERCENT else dimension
            expr = e.Arith("+" if node.operator == "+" else "-", left.expr, right.expr)
            bare = left.bare and right.bare
            return Typed(expr, "number", dimension, bare, scale=left.scale)
        left, right = _as_ratio(left), _as_ratio(right)
        if node.operator == "*":
            dimension = _product(left.dimension, right.dimension, 1)
            scale = left.scale * right.scale
            expr = e.Arith("*", left.expr, right.expr)
        else:
            if isinstance(right.expr, e.Const) and right.expr.value == 0:
                self.report("M231", node)
                return BROKEN
            dimension = _product(left.dimension, right.dimension, -1)
            scale = left.scale / right.scale
            expr = e.Arith("/", left.expr, right.expr)
        if dimension == PLAIN:
            scale = Fraction(1)
        return Typed(expr, "number", dimension, left.bare and right.bare, scale=scale)

    def _common(self, node: n.Node, left: Typed, right: Typed) -> Dimension:
        """The dimension that two operands share; a bare number takes the other's."""
        if left.bare:
            return right.dimension
        if right.bare or left.dimension == right.dimension:
            return left.dimension
        pair = {left.dimension, right.dimension}
        if pair == {PERCENT, PERCENTAGE_POINT}:
            return PERCENT
        self.mismatch(node, left.dimension, right.dimension)
        return left.dimension

    def _compared(
        self,
        node: n.Node,
        left_node: n.Expression,
        operator: e.Comparison,
        right_node: n.Expression,
    ) -> Typed:
        left = self.typed(left_node)
        if left.kind == "unknown":
            return BROKEN
        if left.kind == "choice":
            return self._compared_choice(node, left, operator, right_node)
        right = self.typed(right_node)
        if right.kind == "unknown":
            return BROKEN
        if left.kind != right.kind:
            self.wrong_kind(right_node, right, left.kind)
            return BROKEN
        if left.kind == "number":
            left, right = beside(left, right)
            self.same_dimension(node, left, right)
        elif left.kind != "date" and operator not in ("==", "!="):
            self.wrong_kind(left_node, left, "number")
            return BROKEN
        return Typed(e.Compared(operator, left.expr, right.expr), "truth")

    def same_dimension(self, node: n.Node, left: Typed, right: Typed) -> None:
        """Report two numbers whose units do not go together."""
        if left.bare or right.bare or left.dimension == right.dimension:
            return
        self.mismatch(node, left.dimension, right.dimension)

    def _compared_choice(
        self, node: n.Node, left: Typed, operator: e.Comparison, right_node: n.Expression
    ) -> Typed:
        fact = left.fact
        assert fact is not None
        right: e.Expr
        if isinstance(right_node, n.Reference) and right_node.name.text in fact.values:
            right = e.Const(right_node.name.text)
        else:
            if isinstance(right_node, n.Reference) and right_node.name.text not in self.scope.facts:
                self.report(
                    "M220", right_node, value=right_node.name.text, fact=fact.name,
                    values="、".join(fact.values),
                    near=did_you_mean(right_node.name.text, fact.values),
                )  # fmt: skip
                return BROKEN
            other = self.typed(right_node)
            if other.fact is None or other.fact.values != fact.values:
                self.wrong_kind(right_node, other, "choice")
                return BROKEN
            right = other.expr
        if operator not in ("==", "!=") and fact.kind != "ordered":
            self.report("M222", node, fact=fact.name)
            return BROKEN
        return Typed(e.Compared(operator, left.expr, right, fact.values), "truth")

    def value_of(self, node: n.Expression, fact: Fact) -> e.Constant | None:
        """A value written for a fact (default, example), in the fact's own unit."""
        if fact.kind in ("choice", "ordered"):
            if isinstance(node, n.Reference) and node.name.text in fact.values:
                return node.name.text
            text = node.name.text if isinstance(node, n.Reference) else "…"
            near = did_you_mean(text, fact.values)
            self.report(
                "M220", node, value=text, fact=fact.name, values="、".join(fact.values), near=near
            )
            return None
        typed = self.typed(node)
        wanted = self.fact(fact)
        if typed.kind == "unknown":
            return None
        if typed.kind != wanted.kind:
            self.wrong_kind(node, typed, wanted.kind)
            return None
        expr = typed.expr
        if isinstance(expr, e.Arith):  # a negative number
            assert isinstance(expr.right, e.Const)
            assert isinstance(expr.right.value, Fraction)
            expr = e.Const(-expr.right.value)
        assert isinstance(expr, e.Const)
        value = expr.value
        if wanted.kind == "number":
            assert isinstance(value, Fraction)
            self.same_dimension(node, wanted, typed)
            if not typed.bare and fact.unit is not None:
                value = value / fact.unit.scale
            if not self._in_range(value, fact):
                self.report("M224", node, fact=fact.name, value=show_decimal(value))
            if fact.kind in ("integer", "count") and value.denominator != 1:
                self.report("M225", node, fact=fact.name, value=show_decimal(value))
        return value

    @staticmethod
    def _in_range(value: Fraction, fact: Fact) -> bool:
        low, high = fact.low, fact.high
        return (low is None or value >= low) and (high is None or value <= high)

    def _call(self, node: n.Call) -> Typed:
        function = find_function(node.function.text)
        if function is None:
            near = did_you_mean(node.function.text, function_names())
            listed = (
                "、".join(f.chinese[0] for f in FUNCTIONS.values()),
                ", ".join(FUNCTIONS),
            )
            written = node.function.text
            self.report("M211", node.function, name=written, near=near, functions=listed)
            return BROKEN
        name, wanted = function.english, function.arguments
        if (wanted is None and len(node.arguments) < 2) or (
            wanted is not None and len(node.arguments) != wanted
        ):
            number = "2+" if wanted is None else str(wanted)
            self.report("M212", node, name=node.function.text, wanted=number)
            return BROKEN
        known = self.scores_known
        # the members of a household have no scores of their own here
        self.scores_known = known and not name.startswith("household_")
        arguments = [self.typed(argument) for argument in node.arguments]
        self.scores_known = known
        if any(a.kind == "unknown" for a in arguments):
            return BROKEN
        exprs = tuple(a.expr for a in arguments)
        if name in ("min", "max"):
            return self._numeric_call(node, name, arguments)
        if name == "choose":
            self._expect(node.arguments[0], arguments[0], "truth")
            if arguments[1].kind != arguments[2].kind:
                self.wrong_kind(node.arguments[2], arguments[2], arguments[1].kind)
                return BROKEN
            dimension = PLAIN
            one, other = arguments[1:]
            if one.kind == "number":
                one, other = beside(one, other)
                dimension = self._common(node, one, other)
            return Typed(
                e.Func(name, (exprs[0], one.expr, other.expr)), one.kind, dimension,
                one.bare and other.bare, one.fact, one.scale,
            )  # fmt: skip
        if name in ("age", "whole_months", "whole_years", "days_between"):
            for argument_node, argument in zip(node.arguments, arguments, strict=True):
                self._expect(argument_node, argument, "date")
            dimensions = {"age": AGE, "whole_months": MONTH, "whole_years": MONTH}
            scale = UNITS["年"].scale if name == "whole_years" else Fraction(1)
            return Typed(e.Func(name, exprs), "number", dimensions.get(name, DAY), scale=scale)
        if name in ("household_count", "household_any"):
            self._expect(node.arguments[0], arguments[0], "truth")
            aggregate = e.Aggregate(name.removeprefix("household_"), exprs[0])
            if name == "household_any":
                return Typed(aggregate, "truth")
            return Typed(aggregate, "number", (("count", 1),))
        self._expect(node.arguments[0], arguments[0], "number")
        only = arguments[0]
        if name.startswith("household_"):
            aggregate = e.Aggregate(name.removeprefix("household_"), only.expr)
            return Typed(aggregate, "number", only.dimension, only.bare, scale=only.scale)
        return Typed(e.Func(name, exprs), "number", only.dimension, only.bare, scale=only.scale)

    def _numeric_call(self, node: n.Call, name: str, arguments: list[Typed]) -> Typed:
        for argument_node, argument in zip(node.arguments, arguments, strict=True):
            self._expect(argument_node, argument, "number")
        first = next((a for a in arguments if not a.bare), arguments[0])
        alike = [beside(argument, first)[0] for argument in arguments]
        for argument in alike:
            self.same_dimension(node, first, argument)
        exprs = tuple(a.expr for a in alike)
        return Typed(e.Func(name, exprs), "number", first.dimension, first.bare, scale=first.scale)

    # -- complaints

    def _expect(self, node: n.Node, typed: Typed, kind: Kind) -> None:
        if typed.kind not in (kind, "unknown"):
            self.wrong_kind(node, typed, kind)

    def wrong_kind(self, node: n.Node, typed: Typed, wanted: Kind) -> None:
        """Report a value of the wrong kind."""
        self.report("M209", node, found=_KIND_NAMES[typed.kind], wanted=_KIND_NAMES[wanted])

    def mismatch(self, node: n.Node, left: Dimension, right: Dimension) -> None:
        """Report two dimensions that do not go together."""
        self.report("M202", node, left=show_dimension(left), right=show_dimension(right))


def _keyword_in_name(word: str, known: Iterable[str]) -> tuple[str, str] | None:
    """未开展业务培训 for 未开展 业务培训: a missing space makes another name of it."""
    names = set(known)
    for kind in ("PROVIDED", "NOT_PROVIDED", *NOT_DONE):
        for spelling in keyword_table().get(kind, ()):
            rest = word.removeprefix(spelling)
            if rest != word and rest in names:
                apart = f"{spelling} {rest}"
                return (
                    f"是否应为“{apart}”（中间空一格）？",
                    f"Did you mean “{apart}”, with a space?",
                )
    return None


def in_base_units(number: n.Number) -> Fraction:
    """A number in the base unit of the built-in unit that it is written in."""
    unit = find_unit(number.unit or "")
    return number.value if unit is None else number.value * unit.scale


def _with_unit_of(number: n.Number, other: n.Number) -> n.Number:
    """18 至 40 岁: the first number takes the unit of the second."""
    if number.unit is not None or other.unit is None:
        return number
    # what is wrong with the unit is wrong where it is written
    return n.Number(number.value, other.unit, span=other.span)


def beside(left: Typed, right: Typed) -> tuple[Typed, Typed]:
    """Two numbers side by side: one without a unit is read in the unit of the other.

    Beside a ratio (登记人数 ÷ 常住人数) a percentage is its hundredth.
    """
    if left.bare != right.bare:
        return (_read_in(left, right), right) if left.bare else (left, _read_in(right, left))
    if is_ratio(left) or is_ratio(right):
        return _as_ratio(left), _as_ratio(right)
    return left, right


def is_ratio(typed: Typed) -> bool:
    """Whether a number is a share of something: a quotient or product without a unit."""
    shares = (x for x in e.walk(typed.expr) if isinstance(x, e.Arith) and x.operator in ("*", "/"))
    return typed.dimension == PLAIN and not typed.bare and any(shares)


def _read_in(number: Typed, other: Typed) -> Typed:
    """A number without a unit, in base units: 5 beside a fact in 万元 is 50000."""
    scale = other.scale
    if scale == 1:
        return number
    expr: e.Expr = e.Arith("*", number.expr, e.Const(scale))
    if isinstance(number.expr, e.Const) and isinstance(number.expr.value, Fraction):
        expr = e.Const(number.expr.value * scale)
    return replace(number, expr=expr, scale=scale)


def _as_ratio(typed: Typed) -> Typed:
    """In a product a percentage is its hundredth."""
    if typed.dimension not in (PERCENT, PERCENTAGE_POINT):
        return typed
    expr = e.Arith("/", typed.expr, e.Const(Fraction(100)))
    if isinstance(typed.expr, e.Const) and isinstance(typed.expr.value, Fraction):
        return Typed(e.Const(typed.expr.value / 100), "number", PLAIN, bare=False)
    return Typed(expr, "number", PLAIN)


def _product(left: Dimension, right: Dimension, sign: int) -> Dimension:
    """Dimension of a product or quotient.

    Counting words fall away (元 per 人 is 元) but where a number of things is multiplied or
    divided by a plain number: 常住人数 × 10% are persons.
    """
    if left == COUNT and right == PLAIN:
        return COUNT
    if sign > 0 and left == PLAIN and right == COUNT:
        return COUNT
    powers = {base: power for base, power in left if base != "count"}
    for base, power in right:
        if base != "count":
            powers[base] = powers.get(base, 0) + sign * power
    return tuple(sorted((base, power) for base, power in powers.items() if power))


def operator_of(word: str) -> e.Comparison:
    """The comparison that a keyword means."""
    return _OPERATORS[word]
