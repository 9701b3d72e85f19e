"""Rules, their tiers, tables, modifiers and amounts (grammar/40_rules.lark)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, cast

from lark import Token, Tree

from policydsl.language import nodes as n
from policydsl.language.building.expressions import ExpressionBuilder
from policydsl.language.building.words import Branch, Child, is_token, span_of

PATTERNS = frozenset(
    {
        "any_other",
        "exactly",
        "at_least",
        "at_most",
        "within",
        "from_to_below",
        "beyond",
        "beyond_both",
    }
)


class RuleBuilder(ExpressionBuilder):
    """Reads rules; the statements inside them are read by :meth:`statement`."""

    def statement(self, tree: Branch) -> n.Statement:
        """The statement that a tree describes."""
        raise NotImplementedError

    # -- rules

    def _rule(self, tree: Branch) -> n.Rule:
        condition: n.Expression | None = None
        children = list(tree.children)
        if isinstance(children[0], Tree) and children[0].data == "rule_condition":
            condition = self.expression(children.pop(0).children[-2])
        action = self.action(cast(Branch, children[0]))
        return self._statement(
            tree, n.Rule, condition, action, self._modifiers(tree), self._notes(tree)
        )

    def action(self, tree: Branch) -> n.Action:
        """What a rule does."""
        span = span_of(tree)
        parts = tree.children
        name = str(tree.data)
        if name == "flat":
            return n.Flat(self._word(parts[0]), self._amount(parts[1]), span=span)
        if name in ("per_step", "per_step_discretion"):
            return self._per_step(tree)
        if name == "discretionary":
            return n.Discretionary(self._word(parts[0]), span=span)
        if name == "open_action":
            low, high = self._open_bounds(tree)
            return n.OpenAction(low, high, span=span)
        if name == "veto":
            return n.Veto(span=span)
        if name == "no_points":
            return n.NoPoints(span=span)
        if name == "status_action":
            duration = self._number(parts[1]) if len(parts) > 1 else None
            return n.StatusAction(self._word(parts[0]), duration, span=span)
        if name == "tiers":
            tiers = tuple(
                self._tier(child)
                for child in self._branches(tree)
                if child.data == "tier"
                if not (
                    isinstance(child.children[0], Tree) and child.children[0].data == "separator"
                )
            )
            return n.Tiers(self.expression(parts[1]), tiers, span=span)
        if name == "matrix":
            return self._matrix(tree)
        rules = tuple(
            cast(n.Rule, self.statement(child))
            for child in self._branches(tree)
            if child.data == "rule"
        )
        return n.Combined(self._word(parts[0]), rules, span=span)

    def _per_step(self, tree: Branch) -> n.PerStep:
        step_tree = cast(Branch, tree.children[1])
        implicit = step_tree.data == "step_unit"
        if implicit:
            unit, written = self._unit(step_tree.children[0])
            step = n.Number(Fraction(1), unit, None, written, span=span_of(step_tree))
        else:
            step = self._number(step_tree.children[0])
        rest = list(tree.children[2:])
        subject: n.Expression | None = None
        if not (isinstance(rest[0], Tree) and rest[0].data in ("sign", "discretion")):
            subject = self.expression(rest.pop(0))
        word = self._word(rest[0])
        if tree.data == "per_step_discretion":
            return n.PerStep(step, subject, None, None, word, implicit, span=span_of(tree))
        return n.PerStep(
            step, subject, word, self._amount(rest[1]), None, implicit, span=span_of(tree)
        )

    def _tier(self, tree: Branch) -> n.Tier:
        outcome_tree = cast(Branch, tree.children[2])
        head = cast(Branch, outcome_tree.children[0])
        flat = outcome_tree.data == "tier_amount"
        outcome: Any = self._amount(head) if flat else self.action(head)
        return n.Tier(
            self._patterns(tree.children[0]),
            outcome,
            self._modifiers(outcome_tree),
            self._notes(outcome_tree),
            span=span_of(tree),
        )

    def _matrix(self, tree: Branch) -> n.Matrix:
        head = self._child(tree, "matrix_head")
        columns = tuple(self._patterns(c) for c in self._branches(head) if c.data == "pattern_list")
        rows: list[n.MatrixRow] = []
        for row in self._branches(tree):
            if row.data != "matrix_row" or not self._is_pattern_list(row.children[0]):
                continue
            cells = tuple(self._amount(c) for c in row.children[1:] if not is_token(c, "BAR"))
            rows.append(n.MatrixRow(self._patterns(row.children[0]), cells, span=span_of(row)))
        return n.Matrix(
            self.expression(tree.children[1]),
            self.expression(tree.children[3]),
            columns,
            tuple(rows),
            span=span_of(tree),
        )

    @staticmethod
    def _is_pattern_list(child: Child) -> bool:
        return isinstance(child, Tree) and child.data == "pattern_list"

    def _patterns(self, tree: Child) -> tuple[n.Pattern, ...]:
        return tuple(
            self._pattern(c) for c in self._branches(cast(Branch, tree)) if c.data in PATTERNS
        )

    def _pattern(self, tree: Branch) -> n.Pattern:
        parts = tree.children
        span = span_of(tree)
        name = str(tree.data)
        if name == "any_other":
            return n.Pattern("OTHERWISE", span=span)
        if name == "exactly":
            return n.Pattern("EXACTLY", self.expression(parts[0]), span=span)
        if name == "at_least":
            return n.Pattern("OR_MORE", self.expression(parts[0]), span=span)
        if name == "at_most":
            return n.Pattern("OR_LESS", None, self.expression(parts[0]), span=span)
        if name == "within":
            low, high = self.expression(parts[0]), self.expression(parts[2])
            return n.Pattern("TO", low, high, span=span)
        if name == "from_to_below":
            low, high = self.expression(parts[0]), self.expression(parts[3])
            return n.Pattern("FROM_BELOW", low, high, self._word(parts[2]), span=span)
        if name == "beyond":
            return n.Pattern(
                "BEYOND", self.expression(parts[1]), None, self._word(parts[0]), span=span
            )
        return n.Pattern(
            "BEYOND_BOTH",
            self.expression(parts[1]),
            self.expression(parts[3]),
            self._word(parts[0]),
            self._word(parts[2]),
            span=span,
        )

    def _modifiers(self, tree: Branch) -> tuple[n.Modifier, ...]:
        for child in self._branches(tree):
            if child.data == "modifiers":
                return tuple(self._modifier(c) for c in self._branches(child))
        return ()

    def _modifier(self, tree: Branch) -> n.Modifier:
        span = span_of(tree)
        name = str(tree.data)
        if name == "halved":
            return n.Halved(span=span)
        if name == "rounding":
            return self._rounding(tree)
        if name == "partial_step":
            return n.PartialStep(
                self._number(tree.children[1]), self._word(tree.children[2]), span=span
            )
        if name == "from_nth":
            return n.FromNth(self._number_of(tree.children[2:-1]), span=span)
        number = next(self._number(c) for c in self._branches(tree) if c.data == "number")
        kinds: dict[str, type[Any]] = {
            "up_to": n.UpTo,
            "at_least_points": n.AtLeastPoints,
            "beyond_part": n.BeyondPart,
            "scaled": n.Scaled,
        }
        modifier: n.Modifier = kinds[name](number, span=span)
        return modifier

    def _rounding(self, tree: Branch) -> n.Rounding:
        numbers = [c for c in self._branches(tree) if c.data == "number"]
        return n.Rounding(
            self._word(tree.children[0]),
            self._number(numbers[0]) if numbers else None,
            span=span_of(tree),
        )

    def _notes(self, tree: Branch) -> tuple[n.RuleNote, ...]:
        return tuple(
            n.RuleNote(cast(Token, c.children[0]).type, self._text(c.children[1]), span=span_of(c))
            for c in self._branches(tree)
            if str(c.data).startswith("note_")
        )

    # -- amounts and expressions

    def _amount(self, tree: Child) -> n.Amount:
        branch = cast(Branch, tree)
        span = span_of(branch)
        if branch.data == "fixed_amount":
            return n.FixedAmount(self._number(branch.children[0]), span=span)
        if branch.data == "number":
            return n.FixedAmount(self._number(branch), span=span)
        if branch.data == "computed_amount":
            return n.ComputedAmount(self.expression(branch.children[1]), span=span)
        low, high = self._open_bounds(branch)
        return n.OpenAmount(low, high, span=span)

    def _open_bounds(self, tree: Branch) -> tuple[n.Number | None, n.Number | None]:
        for child in self._branches(tree):
            if child.data == "open_bounds":
                return self._number(child.children[1]), self._number(child.children[3])
        return None, None
