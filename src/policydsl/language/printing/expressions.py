"""Conditions, calculations and paths to clauses (grammar/30_expressions.lark)."""

from __future__ import annotations

from typing import assert_never

from policydsl.language import nodes as n
from policydsl.language.functions import ASSESSMENT_DATE, ASSESSMENT_DATE_ENGLISH
from policydsl.language.printing.neighbours import BOTH, EITHER, FACTOR, NEGATION, SUM, level
from policydsl.language.printing.terminals import terminal
from policydsl.language.printing.words import WordPrinter

_OPERATORS = {"+": ("+", "+"), "-": ("-", "-"), "*": ("×", "*"), "/": ("÷", "/")}


class ExpressionPrinter(WordPrinter):
    """Writes expressions, in brackets where their place asks for them."""

    def expression(self, node: n.Expression, least: int = EITHER) -> str:
        """The expression, in brackets if it binds less tightly than ``least``."""
        text = self._expression(node)
        return text if level(node) >= least else self._bracketed(text)

    # One case for each node: parted, nobody would see at once that none is missing.
    def _expression(self, node: n.Expression) -> str:  # noqa: C901
        match node:
            case n.Number():
                return self.number(node)
            case n.DateValue():
                return self.date(node.value)
            case n.TextValue():
                return self.text(node.value)
            case n.Truth():
                return self.word("YES" if node.value else "NO")
            case n.Reference(name=n.Name(text=text)):
                if text == ASSESSMENT_DATE and self.language == "en":
                    return ASSESSMENT_DATE_ENGLISH
                return self.name(text)
            case n.SpouseFact():
                return f"{self._words('SPOUSE', 'OF')} {self.name(node.name.text)}"
            case n.SpouseTotal():
                return self._words("SPOUSE", "OF", "TOTAL")
            case n.TotalScore():
                return self.word("TOTAL")
            case n.ScoreOf():
                return self.word("SCORE_OF") + self._bracketed(self.ref(node.ref))
            case n.Call():
                arguments = self.comma.join(map(self.expression, node.arguments))
                return self._function(node.function.text) + self._bracketed(arguments)
            case n.Arithmetic():
                own = level(node)
                sign = _OPERATORS[node.operator][self.side]
                left = self.expression(node.left, own)
                return f"{left} {sign} {self.expression(node.right, own + 1)}"
            case n.Negative():
                return f"-{self.expression(node.operand, FACTOR)}"
            case n.Parenthesised():
                return self._bracketed(self.expression(node.inner))
            case n.Compare():
                left, right = self.expression(node.left, SUM), self.expression(node.right, SUM)
                return f"{left} {self.compare_word(node.word)} {right}"
            case n.NumberBound():
                subject = self.expression(node.subject, SUM)
                return f"{subject} {self.number(node.number)} {self.word(node.word)}"
            case n.Between():
                bounds = f"{self.number(node.low)} {self.word('TO')} {self.number(node.high)}"
                return f"{self.expression(node.subject, SUM)} {bounds}"
            case n.FromBelow():
                low = f"{self.number(node.low)} {self.word('OR_MORE')}"
                high = f"{self.word(node.word)} {self.number(node.high)}"
                return f"{self.expression(node.subject, SUM)} {low} {high}"
            case n.OneOf():
                word = self.word("IS_NOT" if node.negated else "IS")
                values = "、".join(self.expression(value, SUM) for value in node.values)
                return f"{self.expression(node.subject, SUM)} {word} {values}"
            case n.NotDone():
                return f"{self.word(node.word)} {self.name(node.name.text)}"
            case n.Provided():
                word = self.word("NOT_PROVIDED" if node.negated else "PROVIDED")
                return f"{word} {self.name(node.name.text)}"
            case n.TriggerOpen():
                return self.word("TRIGGER_OPEN")
            case n.Both():
                left = self.expression(node.left, BOTH)
                return f"{left} {self.word('AND')} {self.expression(node.right, NEGATION)}"
            case n.Either():
                left = self.expression(node.left, EITHER)
                return f"{left} {self.word('OR')} {self.expression(node.right, BOTH)}"
            case n.Negated():
                return f"{self.word('NOT')} {self.expression(node.operand, NEGATION)}"
            case _:
                assert_never(node)

    def _bracketed(self, text: str) -> str:
        return f"{self.marks.opening}{text}{self.marks.closing}"

    def ref(self, node: n.ClauseRef) -> str:
        """A path to a clause."""
        parts: list[str] = []
        for step in node.steps:
            parts.append(self.word(step.kind))
            if step.label is not None:
                is_number = terminal("NUMBER").fullmatch(step.label)
                parts.append(step.label if is_number else self.name(step.label))
        return " ".join(parts)
