"""Conditions, calculations and paths to clauses (grammar/30_expressions.lark)."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from lark import Token, Tree

from policydsl.language import nodes as n
from policydsl.language.building.words import Branch, Child, WordBuilder, span_of
from policydsl.language.diagnostics import Diagnostic
from policydsl.language.functions import ASSESSMENT_DATE, ASSESSMENT_DATE_ENGLISH, find_function
from policydsl.language.keywords import spell


class ExpressionBuilder(WordBuilder):
    """Reads expressions; a method ``_x_…`` for each rule of the grammar."""

    def expression(self, tree: Child) -> n.Expression:
        """A condition or a calculation."""
        branch = cast(Branch, tree)
        method = cast(Callable[[Branch], n.Expression], getattr(self, f"_x_{branch.data}"))
        return method(branch)

    def _x_number(self, tree: Branch) -> n.Expression:
        return self._number(tree)

    def _x_reference(self, tree: Branch) -> n.Expression:
        name = self._name(tree.children[0])
        if name.text == ASSESSMENT_DATE_ENGLISH:
            name = n.Name(ASSESSMENT_DATE, span=name.span)
        return n.Reference(name, span=span_of(tree))

    def _x_spouse_word(self, tree: Branch) -> n.Expression:
        name = n.Name(str(tree.children[0]), span=span_of(tree))
        return n.Reference(name, span=span_of(tree))

    def _x_date_value(self, tree: Branch) -> n.Expression:
        return n.DateValue(self._date(tree.children[0]), span=span_of(tree))

    def _x_yes(self, tree: Branch) -> n.Expression:
        return n.Truth(True, span=span_of(tree))

    def _x_no(self, tree: Branch) -> n.Expression:
        return n.Truth(False, span=span_of(tree))

    def _x_text_value(self, tree: Branch) -> n.Expression:
        return n.TextValue(self._text(tree.children[0]), span=span_of(tree))

    def _x_total_score(self, tree: Branch) -> n.Expression:
        return n.TotalScore(span=span_of(tree))

    def _x_score_of(self, tree: Branch) -> n.Expression:
        return n.ScoreOf(self._ref(tree.children[2]), span=span_of(tree))

    def _x_spouse_fact(self, tree: Branch) -> n.Expression:
        return n.SpouseFact(self._name(tree.children[2]), span=span_of(tree))

    def _x_spouse_total(self, tree: Branch) -> n.Expression:
        return n.SpouseTotal(span=span_of(tree))

    def _x_call(self, tree: Branch) -> n.Expression:
        name = self._name(tree.children[0])
        function = find_function(name.text)
        if function is not None:
            name = n.Name(function.chinese[0], span=name.span)
        arguments = tuple(self.expression(c) for c in tree.children[1:] if isinstance(c, Tree))
        return n.Call(name, arguments, span=span_of(tree))

    def _x_group_expr(self, tree: Branch) -> n.Expression:
        return n.Parenthesised(self.expression(tree.children[1]), span=span_of(tree))

    def _x_negative(self, tree: Branch) -> n.Expression:
        return n.Negative(self.expression(tree.children[1]), span=span_of(tree))

    def _x_plus(self, tree: Branch) -> n.Expression:
        return self._arithmetic(tree, "+")

    def _x_minus(self, tree: Branch) -> n.Expression:
        return self._arithmetic(tree, "-")

    def _x_times(self, tree: Branch) -> n.Expression:
        return self._arithmetic(tree, "*")

    def _x_divided(self, tree: Branch) -> n.Expression:
        return self._arithmetic(tree, "/")

    def _arithmetic(self, tree: Branch, operator: str) -> n.Expression:
        left, right = self.expression(tree.children[0]), self.expression(tree.children[2])
        return n.Arithmetic(operator, left, right, span=span_of(tree))

    def _x_compared(self, tree: Branch) -> n.Expression:
        word = self._word(tree.children[1])
        if len(tree.children) > 3 and word != "REACHES":
            token = cast(Token, tree.children[3])
            written = str(cast(Branch, tree.children[1]).scan_values(lambda _: True).__next__())
            details = {
                "word": written,
                "word_en": spell(word, "en"),
                "surplus": spell("OR_MORE", "zh"),
                "surplus_en": spell("OR_MORE", "en"),
            }
            self.found.append(Diagnostic("P113", self.source, span_of(token), details))
        left, right = self.expression(tree.children[0]), self.expression(tree.children[2])
        return n.Compare(left, word, right, span=span_of(tree))

    def _x_one_of(self, tree: Branch) -> n.Expression:
        values = tuple(self.expression(c) for c in tree.children[2:] if isinstance(c, Tree))
        negated = self._word(tree.children[1]) == "IS_NOT"
        subject = self.expression(tree.children[0])
        return n.OneOf(subject, values, negated, span=span_of(tree))

    def _x_number_or_more(self, tree: Branch) -> n.Expression:
        return self._bound(tree, "OR_MORE")

    def _x_number_or_less(self, tree: Branch) -> n.Expression:
        return self._bound(tree, "OR_LESS")

    def _bound(self, tree: Branch, word: str) -> n.Expression:
        subject, number = self.expression(tree.children[0]), self._number(tree.children[1])
        return n.NumberBound(subject, number, word, span=span_of(tree))

    def _x_between(self, tree: Branch) -> n.Expression:
        return n.Between(
            self.expression(tree.children[0]),
            self._number(tree.children[1]),
            self._number(tree.children[3]),
            span=span_of(tree),
        )

    def _x_from_below(self, tree: Branch) -> n.Expression:
        return n.FromBelow(
            self.expression(tree.children[0]),
            self._number(tree.children[1]),
            self._word(tree.children[3]),
            self._number(tree.children[4]),
            span=span_of(tree),
        )

    def _x_not_done_fact(self, tree: Branch) -> n.Expression:
        return n.NotDone(
            self._word(tree.children[0]), self._name(tree.children[1]), span=span_of(tree)
        )

    def _x_provided(self, tree: Branch) -> n.Expression:
        return n.Provided(self._name(tree.children[1]), span=span_of(tree))

    def _x_not_provided(self, tree: Branch) -> n.Expression:
        return n.Provided(self._name(tree.children[1]), True, span=span_of(tree))

    def _x_trigger_open(self, tree: Branch) -> n.Expression:
        return n.TriggerOpen(span=span_of(tree))

    def _x_negated(self, tree: Branch) -> n.Expression:
        return n.Negated(self.expression(tree.children[1]), span=span_of(tree))

    def _x_both(self, tree: Branch) -> n.Expression:
        left, right = self.expression(tree.children[0]), self.expression(tree.children[2])
        return n.Both(left, right, span=span_of(tree))

    def _x_either(self, tree: Branch) -> n.Expression:
        left, right = self.expression(tree.children[0]), self.expression(tree.children[2])
        return n.Either(left, right, span=span_of(tree))

    def _ref(self, tree: Child) -> n.ClauseRef:
        steps: list[n.RefStep] = []
        for child in self._branches(cast(Branch, tree)):
            kind = self._word(child.children[0])
            label: str | None = None
            if child.data == "ref_named":
                part = child.children[1]
                label = str(part) if isinstance(part, Token) else self._name(part).text
            steps.append(n.RefStep(kind, label, span=span_of(child)))
        return n.ClauseRef(tuple(steps), span=span_of(tree))
