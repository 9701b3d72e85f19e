"""What a typed rule or condition amounts to, whatever its wording: ranges, lists, distances.

These functions look at the model alone, so that a rule made by a program reads like one that
was parsed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from policydsl.language import nodes as n
from policydsl.model import expressions as e
from policydsl.model import rules as r
from policydsl.model.typing import operator_of
from policydsl.wording.phrases import Side


def bare(node: n.Node | None) -> n.Node | None:
    """The node without brackets around it."""
    while isinstance(node, n.Parenthesised):
        node = node.inner
    return node


# -- conditions and the nodes that they came from -----------------------------------


def parts_of(expr: e.All | e.AnyOf, node: n.Node | None) -> list[tuple[e.Expr, n.Node | None]]:
    """The members of a conjunction or disjunction, flattened, each with its node."""
    node = bare(node)
    joined = n.Both if isinstance(expr, e.All) else n.Either
    children: list[n.Node | None] = [None] * len(expr.parts)
    if isinstance(node, joined) and len(expr.parts) == 2:
        children = [node.left, node.right]
    elif isinstance(node, n.OneOf) and not node.negated and len(node.values) == len(expr.parts):
        children = [n.OneOf(node.subject, (value,)) for value in node.values]
    result: list[tuple[e.Expr, n.Node | None]] = []
    for part, child in zip(expr.parts, children, strict=True):
        if isinstance(part, type(expr)) and as_range(part) is None and as_list(part) is None:
            result.extend(parts_of(part, child))
        else:
            result.append((part, child))
    return result


@dataclass(frozen=True, slots=True)
class Bounds:
    """``subject`` from ``low`` (included) to ``high`` (included unless ``open``)."""

    subject: e.Expr
    low: e.Expr
    high: e.Expr
    open: bool


def as_range(expr: e.Expr) -> Bounds | None:
    """A conjunction of two comparisons of one subject with constants, the lower bound first."""
    if not isinstance(expr, e.All) or len(expr.parts) != 2:
        return None
    low, high = expr.parts
    if (
        isinstance(low, e.Compared)
        and isinstance(high, e.Compared)
        and low.left == high.left
        and not low.order
        and low.operator == ">="
        and high.operator in ("<=", "<")
        and isinstance(low.right, e.Const)
        and isinstance(high.right, e.Const)
    ):
        return Bounds(low.left, low.right, high.right, high.operator == "<")
    return None


def as_list(expr: e.Expr) -> tuple[e.Expr, tuple[e.Expr, ...], tuple[str, ...]] | None:
    """``subject`` is one of several values: (subject, values, order)."""
    if not isinstance(expr, e.AnyOf) or len(expr.parts) < 2:
        return None
    first = expr.parts[0]
    if not isinstance(first, e.Compared):
        return None
    values: list[e.Expr] = []
    for part in expr.parts:
        if not isinstance(part, e.Compared) or part.operator != "==" or part.left != first.left:
            return None
        if not isinstance(part.right, e.Const):
            return None
        values.append(part.right)
    return first.left, tuple(values), first.order


def sides(
    expr: e.Compared, node: n.Node | None
) -> tuple[str | None, n.Node | None, n.Node | None, str]:
    """The word of a comparison (``None``: none that fits), its two nodes, and its form.

    The form is ``"bound"`` for 18 岁 以上 / 以下, ``"plain"`` otherwise.
    """
    node = bare(node)
    if isinstance(node, n.Compare) and operator_of(node.word) == expr.operator:
        return node.word, node.left, node.right, "plain"
    if isinstance(node, n.NumberBound):
        operator = ">=" if node.word == "OR_MORE" else "<="
        if operator == expr.operator:
            return None, node.subject, node.number, "bound"
    if isinstance(node, n.OneOf) and len(node.values) == 1 and expr.operator in ("==", "!="):
        return None, node.subject, node.values[0], "plain"
    return None, None, None, "plain"


def negated(operator: e.Comparison) -> e.Comparison:
    """The comparison that holds where this one does not."""
    table: dict[e.Comparison, e.Comparison] = {
        "<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "==",
    }  # fmt: skip
    return table[operator]


# -- rules ---------------------------------------------------------------------------


def way_of(action: r.PerStep, condition: e.Expr | None) -> Side | None:
    """``"below"`` or ``"above"`` if the steps measure how far the condition's fact lies off."""
    subject = action.subject
    if not isinstance(subject, e.Arith) or subject.operator != "-":
        return None
    if not isinstance(condition, e.Compared) or condition.operator in ("==", "!="):
        return None
    if condition.operator in ("<", "<="):
        matches = (subject.left, subject.right) == (condition.right, condition.left)
        return "below" if matches else None
    matches = (subject.left, subject.right) == (condition.left, condition.right)
    return "above" if matches else None


def sign_of(rule: r.Rule) -> int:
    """1: the rule only gives points, −1: it only takes points, 0: both or neither."""
    signs: set[int] = set()
    for inner in r.nested(rule):
        action = inner.action
        if isinstance(action, r.Flat):
            # a tier that takes 0 points gives none either
            zero = isinstance(action.points, r.FixedPoints) and action.points.value == 0
            signs |= set() if zero else {action.sign}
        elif isinstance(action, (r.PerStep, r.Discretionary)):
            signs.add(action.sign)
        elif isinstance(action, r.Matrix):
            signs.add(1)
    return signs.pop() if len(signs) == 1 else 0


@dataclass(frozen=True, slots=True)
class Joined:
    """Flat rules over facts with a common ending: 区、市、省、国家 + 级推广."""

    heads: tuple[str, ...]
    ending: str
    sign: r.Sign
    amounts: tuple[Fraction, ...]
    modifiers: tuple[r.Modifier, ...]


def list_phrase(rule: r.Rule, action: r.Combined) -> str:
    """The key of the phrase that says which part of a combination counts.

    Of deductions alone the “highest” could be taken for the largest one, which 取高 does not mean.
    """
    deducts = action.how != "sum" and sign_of(rule) < 0
    return f"{action.how}_deduct" if deducts else action.how


def as_joined(best: r.Combined) -> Joined | None:
    """The best of two or more flat awards of one kind that one sentence can hold, or ``None``."""
    rules = best.rules
    if best.how != "best":
        return None
    names: list[str] = []
    amounts: list[Fraction] = []
    signs: set[r.Sign] = set()
    for rule in rules:
        action, condition = rule.action, rule.condition
        if not isinstance(action, r.Flat) or not isinstance(action.points, r.FixedPoints):
            return None
        if not isinstance(condition, e.FactRef) or condition.role != "self":
            return None
        if rule.modifiers != rules[0].modifiers or not action.points.value:
            return None
        names.append(condition.fact)
        amounts.append(action.points.value)
        signs.add(action.sign)
    if len(names) < 2 or signs != {1}:
        return None
    ending = _common_ending(names)
    heads = tuple(name.removesuffix(ending) for name in names)
    if len(ending) < 2 or not all(heads):
        return None
    return Joined(heads, ending, 1, tuple(amounts), rules[0].modifiers)


def _common_ending(names: Sequence[str]) -> str:
    """The longest ending that all names share."""
    shortest = min(names, key=len)
    starts = range(len(shortest))
    endings = (shortest[start:] for start in starts)
    return next((x for x in endings if all(name.endswith(x) for name in names)), "")
