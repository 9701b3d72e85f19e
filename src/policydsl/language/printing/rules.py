"""Rules, their tiers and tables, and the blocks that hold statements (grammar/40_rules.lark)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import assert_never

from policydsl.language import nodes as n
from policydsl.language.printing.expressions import ExpressionPrinter
from policydsl.language.printing.neighbours import SUM, number_takes, patterns_take, takes
from policydsl.language.printing.terminals import first_terminal, firsts
from policydsl.language.printing.words import STEP, indented

Block = n.Tiers | n.Matrix | n.Combined


class RulePrinter(ExpressionPrinter):
    """Writes rules; what else stands in a block is written by :meth:`statement`."""

    def statement(self, node: n.Statement, column: int) -> list[str]:
        """The lines of a statement whose first one stands at ``column``."""
        raise NotImplementedError

    # -- lists of lines without their indentation

    def _body(
        self, statements: Sequence[n.Statement], tail: Sequence[str], column: int
    ) -> list[str]:
        printed = [self.statement(one, column) for one in statements]
        lines: list[str] = []
        for index, statement in enumerate(statements):
            follower = printed[index + 1][0] if index + 1 < len(printed) else None
            if lines and statement.layout.blank_line:
                lines.append("")
            separated = self._separated(printed[index], takes(statement), follower)
            lines.extend(self._commented(statement, separated))
        return lines + [comment(one) for one in tail]

    def _separated(
        self, lines: list[str], takes: frozenset[str], follower: str | None
    ) -> list[str]:
        if follower is None or first_terminal(follower) not in takes:
            return lines
        return [*lines[:-1], lines[-1] + self.marks.semicolon]

    def _commented(self, statement: n.Statement, lines: list[str]) -> list[str]:
        before, trailing = comments(statement)
        if trailing is not None:
            lines = [*lines[:-1], f"{lines[-1]}  {comment(trailing)}"]
        return [*map(comment, before), *lines]

    # -- rules

    def rule(self, node: n.Rule, column: int) -> list[str]:
        """The lines of a rule."""
        if not isinstance(node.action, Block):
            return self._filled(self._rule_pieces(node), column)
        return self._blocked(self._if(node), node.action, node.modifiers, node.notes, column)

    def _if(self, node: n.Rule) -> str:
        if node.condition is None:
            return ""
        return self.expression(node.condition) + self.marks.colon

    def _rule_pieces(self, node: n.Rule) -> list[str]:
        return self._outcome(self._if(node), node.action, node.modifiers, node.notes)

    def _outcome(
        self,
        head: str,
        outcome: n.Action | n.FixedAmount | n.ComputedAmount,
        modifiers: Sequence[n.Modifier],
        notes: Sequence[n.RuleNote],
    ) -> list[str]:
        """The parts of a rule or tier between which a line may be broken."""
        if isinstance(outcome, n.FixedAmount | n.ComputedAmount):
            first = head + self.amount(outcome)
        else:
            first = head + self._plain_action(outcome)
        return [*self._listed([first, *map(self._modifier, modifiers)]), *map(self._note, notes)]

    def _listed(self, pieces: Sequence[str]) -> list[str]:
        """The pieces with a comma behind each but the last."""
        return [piece + self.marks.comma for piece in pieces[:-1]] + [pieces[-1]]

    def _blocked(
        self,
        head: str,
        action: Block,
        modifiers: Sequence[n.Modifier],
        notes: Sequence[n.RuleNote],
        column: int,
    ) -> list[str]:
        block = self._block(action, column)
        block[0] = head + block[0]
        ending = self._listed([block[-1], *map(self._modifier, modifiers)])
        return block[:-1] + self._filled([*ending, *map(self._note, notes)], column)

    def _block(self, node: Block, column: int) -> list[str]:
        inner = column + len(STEP)
        match node:
            case n.Combined():
                head, lines = self.word(node.word), self._body(node.rules, (), inner)
            case n.Tiers():
                head = f"{self.word('BY')} {self.expression(node.subject, SUM)}"
                head += f" {self.word('SCORED')}"
                greedy = [takes(tier) for tier in node.tiers]
                lines = self._parted([self._tier(tier, inner) for tier in node.tiers], greedy)
            case n.Matrix():
                head = (
                    f"{self.word('BY')} {self.expression(node.row_subject, SUM)} "
                    f"{self.word('WITH')} {self.expression(node.column_subject, SUM)} "
                    f"{self.word('SCORED')}"
                )
                columns = [self._patterns(patterns) for patterns in node.columns]
                rows = [self._barred([self.word("COLUMNS"), *columns])]
                rows.extend(map(self._row, node.rows))
                greedy = [patterns_take(node.columns[-1]), *map(takes, node.rows)]
                lines = self._parted([[row] for row in rows], greedy)
            case _:
                assert_never(node)
        return [f"{head} {{", *indented(lines), "}"] if lines else [f"{head} {{ }}"]

    def _parted(self, items: list[list[str]], takes: Sequence[frozenset[str]]) -> list[str]:
        lines: list[str] = []
        for index, item in enumerate(items):
            follower = items[index + 1][0] if index + 1 < len(items) else None
            lines.extend(self._separated(item, takes[index], follower))
        return lines

    def _tier(self, node: n.Tier, column: int) -> list[str]:
        head = self._patterns(node.patterns) + self.marks.colon
        if isinstance(node.outcome, Block):
            return self._blocked(head, node.outcome, node.modifiers, node.notes, column)
        return self._filled(self._outcome(head, node.outcome, node.modifiers, node.notes), column)

    def _row(self, node: n.MatrixRow) -> str:
        return self._barred([self._patterns(node.patterns), *map(self.amount, node.cells)])

    def _barred(self, cells: Sequence[str]) -> str:
        return f" {self.marks.bar} ".join(cells)

    def _patterns(self, patterns: Sequence[n.Pattern]) -> str:
        return "、".join(map(self._pattern, patterns))

    def _pattern(self, node: n.Pattern) -> str:
        def operand(value: n.Expression | None) -> str:
            if value is None:
                raise ValueError(f"a pattern {node.kind} lacks an operand")
            if isinstance(value, n.Reference):
                return self.name(value.name.text, frozenset({"SPOUSE"}))
            return self.expression(value)

        def word(value: str | None) -> str:
            if value is None:
                raise ValueError(f"a pattern {node.kind} lacks a word of comparison")
            return self.compare_word(value)

        match node.kind:
            case "OTHERWISE":
                return self.word("OTHERWISE")
            case "EXACTLY":
                return operand(node.low)
            case "OR_MORE":
                return f"{operand(node.low)} {self.word('OR_MORE')}"
            case "OR_LESS":
                return f"{operand(node.high)} {self.word('OR_LESS')}"
            case "TO":
                return f"{operand(node.low)} {self.word('TO')} {operand(node.high)}"
            case "FROM_BELOW":
                low, high = operand(node.low), operand(node.high)
                return f"{low} {self.word('OR_MORE')} {word(node.word)} {high}"
            case "BEYOND":
                return f"{word(node.word)} {operand(node.low)}"
            case "BEYOND_BOTH":
                low, high = operand(node.low), operand(node.high)
                return f"{word(node.word)} {low} {word(node.word2)} {high}"
        raise ValueError(f"{node.kind} is no kind of pattern")

    def _plain_action(self, node: n.Action) -> str:
        match node:
            case n.Flat():
                return f"{self.word(node.sign)} {self.amount(node.amount)}"
            case n.PerStep():
                return self._per_step(node)
            case n.Discretionary():
                return self.word(node.word)
            case n.OpenAction():
                return self._open(node.low, node.high)
            case n.Veto():
                return self.word("VETO")
            case n.NoPoints():
                return self.word("NO_POINTS")
            case n.StatusAction():
                duration = "" if node.duration is None else f" {self.number(node.duration)}"
                return self.word(node.word) + duration
            case n.Tiers() | n.Matrix() | n.Combined():
                return "\n".join(self._block(node, 0))
            case _:
                assert_never(node)

    def _per_step(self, node: n.PerStep) -> str:
        step = node.step
        if node.step_implicit:
            if step.unit is None or step.value != 1:
                raise ValueError("a step that is only a unit stands for one of that unit")
            parts = [self.word("EACH"), self.unit(step.unit, step.unit_written)]
        else:
            parts = [self.word("EACH"), self.number(step)]
        if node.subject is not None:
            subject = self.expression(node.subject, SUM)
            if not node.step_implicit and first_terminal(subject) in number_takes(step):
                subject = self._bracketed(subject)
            parts.append(subject)
        if node.discretion is not None:
            parts.append(self.word(node.discretion))
        elif node.sign is None or node.amount is None:
            raise ValueError("每 needs a sign and an amount, or 酌情")
        else:
            parts += [self.word(node.sign), self.amount(node.amount)]
        return " ".join(parts)

    def _modifier(self, node: n.Modifier) -> str:
        match node:
            case n.UpTo():
                word = "MAX" if node.number.unit in (None, "分") else "MOST"
                return f"{self.word(word)} {self.number(node.number)}"
            case n.AtLeastPoints():
                return f"{self.word('MIN')} {self.number(node.number)}"
            case n.FromNth():
                # 起 ends the modifier, so as the unit of its number it is quoted.
                ordinal = self.number(node.number, firsts("plain_unit"))
                nth = f"{self.word('ORDINAL')} {ordinal}"
                return f"{self.word('FROM')} {nth} {self.word('ONWARD')}"
            case n.BeyondPart():
                beyond = f"{self.word('EXCEEDS')} {self.number(node.number)}"
                return f"{self.word('ONLY')} {beyond} {self.word('PART')}"
            case n.PartialStep():
                return f"{self.word('SHORT_OF')} {self.number(node.number)} {self.word(node.mode)}"
            case n.Halved():
                return self.word("HALF")
            case n.Scaled():
                return f"{self.word('BY')} {self.number(node.number)} {self.word('COUNTED')}"
            case n.Rounding():
                to = "" if node.to is None else f" {self.word('PRECISION')} {self.number(node.to)}"
                return self.word(node.word) + to
            case _:
                assert_never(node)

    def _note(self, node: n.RuleNote) -> str:
        return f"{self.word(node.kind)} {self.text(node.text)}"

    def amount(self, node: n.Amount) -> str:
        """An amount of points."""
        match node:
            case n.FixedAmount():
                return self.number(node.number)
            case n.ComputedAmount():
                return f"{self._bracketed(self.expression(node.expression))} {self.word('POINT')}"
            case n.OpenAmount():
                return self._open(node.low, node.high)
            case _:
                assert_never(node)

    def _open(self, low: n.Number | None, high: n.Number | None) -> str:
        if low is None or high is None:
            return self.word("OPEN")
        bounds = f"{self.number(low)} {self.word('TO')} {self.number(high)}"
        return self.word("OPEN") + self._bracketed(bounds)


def has_comment(statement: n.Statement) -> bool:
    """Whether a comment stands before or behind a statement."""
    return bool(statement.layout.before) or statement.layout.trailing is not None


def have_comments(statements: Iterable[n.Statement]) -> bool:
    """Whether any of the statements, or of what is inside them, has a comment."""
    return any(
        isinstance(node, n.Statement) and has_comment(node)
        for statement in statements
        for node in n.walk(statement)
    )


def comments(statement: n.Statement) -> tuple[tuple[str, ...], str | None]:
    """The comments before and behind a statement.

    An operation has no lines of its own for the comments of its parts, so they are shown
    where those of the operation are.
    """
    layout = statement.layout
    before, trailing = [*layout.before], layout.trailing
    inner = _inner_statements(statement)
    for index, part in enumerate(inner):
        before.extend(part.layout.before)
        behind = part.layout.trailing
        if behind is not None and index == len(inner) - 1 and trailing is None:
            trailing = behind
        elif behind is not None:
            before.append(behind)
    return tuple(before), trailing


def _inner_statements(statement: n.Statement) -> tuple[n.Statement, ...]:
    match statement:
        case n.Modify() | n.SetClause():
            return tuple(part for part in statement.parts if isinstance(part, n.Statement))
        case n.Insert():
            return (statement.clause, *statement.attributes)
        case n.Merge():
            return (statement.into, *statement.attributes)
        case (
            n.Repeal()
            | n.Move()
            | n.Rename()
            | n.Renumber()
            | n.Split()
            | n.Succession()
            | n.NotSeen()
            | n.Stub()
        ):
            return statement.attributes
        case _:
            return ()


def comment(text: str) -> str:
    """``# text``, whatever mark the comment had."""
    for mark in ("#", "＃", "//", "／／"):
        if text.startswith(mark):
            text = text.removeprefix(mark)
            break
    text = text.replace("\n", " ").rstrip()
    return f"#{text}" if not text or text[0].isspace() else f"# {text}"
