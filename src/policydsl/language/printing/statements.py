"""Files, documents, clauses, examples and amendments (grammar/50, 60 and 70)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from policydsl.language import nodes as n
from policydsl.language.printing.declarations import DeclarationPrinter
from policydsl.language.printing.neighbours import SUM
from policydsl.language.printing.rules import Block, comment, has_comment, have_comments
from policydsl.language.printing.terminals import terminal
from policydsl.language.printing.words import STEP, indented, joined

_HEADER_KEYS = frozenset(
    {"FULL_MARKS", "CAP", "FLOOR", "START", "REVIEW", "RECOGNITION", "CONCEPT"}
)


class Printer(DeclarationPrinter):
    """Writes any node of the language."""

    def file(self, file: n.File) -> str:
        """The text of a file."""
        parts = ["\n".join(self._commented(d, self.document(d))) for d in file.documents]
        if file.tail:
            parts.append("\n".join(map(comment, file.tail)))
        return "\n\n".join(parts) + "\n" if parts else ""

    # One case for each node: parted, nobody would see at once that none is missing.
    def node(self, node: n.Node) -> str:  # noqa: C901
        """The text of any node, without comments around it."""
        match node:
            case n.File():
                return self.file(node)
            case n.Statement():
                return "\n".join(self.statement(node, 0))
            case n.NewBody():
                return "\n".join(self._braced("", node.statements, node.tail, 0))
            case n.Tiers() | n.Matrix() | n.Combined():
                return "\n".join(self._block(node, 0))
            case n.Tier():
                return "\n".join(self._tier(node, 0))
            case n.MatrixRow():
                return self._row(node)
            case n.Pattern():
                return self._pattern(node)
            case n.Name():
                return self.name(node.text)
            case n.TextValue():
                return self._long_text(node.value)
            case n.ClauseRef():
                return self.ref(node)
            case n.RefStep():
                return self.ref(n.ClauseRef((node,)))
            case n.FixedAmount() | n.ComputedAmount() | n.OpenAmount():
                return self.amount(node)
            case n.RuleNote():
                return self._note(node)
            case n.When():
                return self._when(node)
            case n.FactType():
                return self._fact_type(node)
            case n.FactOption():
                return self._fact_option(node)
            case n.RankingKey():
                return self._ranking_key(node)
            case n.DutyPart():
                return self._duty_part(node)
            case n.Replacement():
                return self._replacement(node)
            case n.Without():
                return self._words("WITHOUT", node.key)
        if isinstance(node, n.Modifier):
            return self._modifier(node)
        if isinstance(node, n.Expression):
            return self.expression(node)
        if isinstance(node, n.Action):
            return self._plain_action(node)
        raise TypeError(f"{type(node).__name__} is no node of the language")

    def document(self, node: n.Document) -> list[str]:
        """The lines of a document."""
        pieces = [f"{self.word(node.kind)} {self.name(node.id.text)}"]
        if node.title is not None:
            pieces.append(self.text(node.title))
        if node.based_on is not None:
            pieces.append(f"{self.word('BASED_ON')} {self.name(node.based_on.text)}")
        if node.applies_to:
            pieces.append(f"{self.word('APPLIES_TO')} {self.names(node.applies_to)}")
        if node.older is not None and node.newer is not None:
            older, newer = self.name(node.older.text), self.name(node.newer.text)
            pieces.append(f"{self.word('FROM')} {older} {self.word('TO')} {newer}")
        return self._block_of(pieces, (*node.attributes, *node.body), node.tail, 0)

    def _block_of(
        self, head: list[str], body: Sequence[n.Statement], tail: Sequence[str], column: int
    ) -> list[str]:
        """A head, broken where it is too long, and its statements in braces."""
        empty = not body and not tail
        lines = self._filled([*head[:-1], head[-1] + (" { }" if empty else " {")], column)
        if empty:
            return lines
        return [*lines, *indented(self._body(body, tail, column + len(STEP))), "}"]

    def _braced(
        self, before: str, body: Sequence[n.Statement], tail: Sequence[str], column: int
    ) -> list[str]:
        """Statements in braces behind ``before``, on its line if they are one plain rule."""
        line = self._one_line(before, body, tail, column)
        if line is not None:
            return [line]
        inner = self._body(body, tail, column + len(STEP))
        return [f"{before} {{".lstrip(), *indented(inner), "}"]

    def _one_line(
        self, before: str, body: Sequence[n.Statement], tail: Sequence[str], column: int
    ) -> str | None:
        inner = ""
        if tail or len(body) > 1:
            return None
        for rule in body:
            if not isinstance(rule, n.Rule) or not _is_plain(rule):
                return None
            inner = joined(self._rule_pieces(rule)) + " "
        line = f"{before} {{ {inner}}}".lstrip()
        return line if self._fits(line, column) else None

    # One case for each node: parted, nobody would see at once that none is missing.
    def statement(self, node: n.Statement, column: int) -> list[str]:  # noqa: C901
        """The lines of a statement whose first one stands at ``column``."""
        match node:
            case n.Document():
                return self.document(node)
            case n.Clause():
                return self.clause(node, column)
            case n.Rule():
                return self.rule(node, column)
            case n.Attribute():
                return self._filled(self._attribute_pieces(node), column)
            case n.Fact():
                return self._filled(self._fact_pieces(node), column)
            case n.Measure():
                return [self._measure(node)]
            case n.Household():
                return [self._words("HOUSEHOLD", node.word, node.scope)]
            case n.Ranking():
                return self._filled(self._ranking_pieces(node), column)
            case n.Quota():
                return [self._quota(node)]
            case n.Ties():
                return [self._words("TIES", node.word)]
            case n.Exclusion():
                head = (
                    f"{self.word('NOT_COUNTED')} {self.name(node.excluded.text)} "
                    f"{self.word('AT')} {self.name(node.from_fact.text)}"
                )
                return self._filled([head, *map(self._note, node.notes)], column)
            case n.Plausible():
                when = "" if node.when is None else self.expression(node.when) + self.marks.colon
                head = f"{self.word('PLAUSIBLE')} {when}{self.expression(node.condition)}"
                return self._filled([head, *map(self._note, node.notes)], column)
            case n.Deadline():
                return self._filled(self._deadline_pieces(node), column)
            case n.Duty():
                return self._filled(self._duty_pieces(node), column)
            case n.Target():
                head = f"{self.word('TARGET')} {self.expression(node.condition)}"
                return self._filled([head, *map(self._note, node.notes)], column)
            case n.BlendPart():
                weight = self.word("OPEN") if node.weight is None else self.number(node.weight)
                head = f"{self.expression(node.expression, SUM)} {self.word('WEIGHS')} {weight}"
                return self._filled([head, *map(self._note, node.notes)], column)
            case n.Example():
                head = f"{self.word('EXAMPLE')} {self.text(node.title)}"
                return self._entries(head, node.entries, column)
            case n.GivenMember():
                role = "SPOUSE" if node.role is None else "MEMBER"
                head = self.word(role) + (f" {self.name(node.role.text)}" if node.role else "")
                return self._entries(head, node.entries, column)
            case n.Given():
                return [f"{self.name(node.name.text)} {self.expression(node.value)}"]
            case n.GivenUnit():
                return [f"{self.word('UNIT')} {self.name(node.name.text)}"]
            case n.Judged():
                sign, number = self.word(node.sign), self.number(node.number)
                return [f"{self.word('JUDGED')} {self.ref(node.ref)} {sign} {number}"]
            case n.Expect():
                return [self._expect(node)]
            case n.ExpectStatus():
                return [self._words("STATUS", node.word)]
            case n.Succession():
                old, new = "、".join(map(self.ref, node.old)), "、".join(map(self.ref, node.new))
                head = f"{self.word('SUCCEEDED')} {old} {self.word('TO')} {new}"
                return self._filled([head, *map(self.attribute, node.attributes)], column)
            case n.NotSeen():
                head = f"{self.word('NOT_SEEN')} {self.ref(node.target)}"
                return self._filled([head, *map(self.attribute, node.attributes)], column)
            case n.Stub():
                head = f"{self.word('STUB')} {self.name(node.id.text)}"
                title = [] if node.title is None else [self.text(node.title)]
                return self._filled([head, *title, *map(self.attribute, node.attributes)], column)
        if isinstance(node, n.Operation):
            return self._operation(node, column)
        raise TypeError(f"{type(node).__name__} is no statement of the language")

    # -- clauses and attributes

    def clause(self, node: n.Clause, column: int, prefix: str = "") -> list[str]:
        """``prefix`` is the operation that makes the clause, as 新增."""
        header = _header_attributes(node.attributes)
        rest = node.attributes[len(header) :]
        heading = prefix + self.word(node.kind)
        if node.number is not None:
            heading += f" {self._label_number(node.number)}"
        if node.name is not None:
            heading += f" {self.name(node.name.text)}"
        pieces = [heading, *map(self.attribute, header)]
        if not rest:
            line = self._one_line(joined(pieces), node.body, node.tail, column)
            if line is not None:
                return [line]
        return self._block_of(pieces, (*rest, *node.body), node.tail, column)

    def _label_number(self, number: str) -> str:
        if not terminal("NUMBER").fullmatch(number):
            raise ValueError(f"{number!r} cannot be the number of a clause; make it a name")
        return number

    # -- examples

    def _entries(self, head: str, entries: Sequence[n.Statement], column: int) -> list[str]:
        """Entries with commas between them, on one line if they fit."""
        if not entries:
            return [f"{head} {{ }}"]
        inner = column + len(STEP)
        printed = [self.statement(entry, inner) for entry in entries]
        if all(len(lines) == 1 for lines in printed) and not have_comments(entries):
            line = f"{head} {{ {self.comma.join(lines[0] for lines in printed)} }}"
            if self._fits(line, column):
                return [line]
        lines: list[str] = []
        for index, (entry, own) in enumerate(zip(entries, printed, strict=True)):
            if lines and entry.layout.blank_line:
                lines.append("")
            if index + 1 < len(entries):
                own = [*own[:-1], own[-1] + self.marks.comma]
            lines.extend(self._commented(entry, own))
        return [f"{head} {{", *indented(lines), "}"]

    def _expect(self, node: n.Expect) -> str:
        parts = [self.word("GIVE")]
        if node.ref is not None:
            parts.append(self.ref(node.ref))
        parts.append(self._signed(node.low))
        if node.high is not None:
            parts += [self.word("TO"), self._signed(node.high)]
        elif node.unbounded:
            parts.append(self.word("OR_MORE"))
        return " ".join(parts)

    def _signed(self, number: n.Number) -> str:
        if number.value >= 0:
            return self.number(number)
        return "-" + self.number(replace(number, value=-number.value, written=None))

    # -- operations

    def _operation(self, node: n.Operation, column: int) -> list[str]:
        match node:
            case n.Modify():
                target = self.word("WHOLE") if node.target is None else self.ref(node.target)
                return self._parts(f"{self.word('MODIFY')} {target}", node, column)
            case n.SetClause():
                target = self.word("TOTAL") if node.target is None else self.ref(node.target)
                return self._parts(f"{self.word('SET')} {target}", node, column)
            case n.Insert():
                prefix = f"{self.word('INSERT')} "
                if node.target is not None and node.place is not None:
                    place = f"{self.ref(node.target)} {self.word(node.place)}"
                    prefix = f"{self.word('AT')} {place} {prefix}"
                lines = self.clause(node.clause, column, prefix)
            case n.Repeal():
                lines = [f"{self.word('REPEAL')} {self.ref(node.target)}"]
            case n.Move():
                to = f"{self.ref(node.destination)} {self.word(node.place)}"
                lines = [f"{self.word('MOVE')} {self.ref(node.target)} {self.word('TO')} {to}"]
            case n.Rename():
                into = f"{self.word('INTO')} {self.name(node.name.text)}"
                lines = [f"{self.word('RENAME')} {self.ref(node.target)} {into}"]
            case n.Renumber():
                into = f"{self.word('INTO')} {self._label_number(node.number)}"
                lines = [f"{self.word('RENUMBER')} {self.ref(node.target)} {into}"]
            case n.Split():
                head = f"{self.word('SPLIT')} {self.ref(node.target)} {self.word('INTO')}"
                lines = self._block_of([head], node.into, (), column)
            case n.Merge():
                targets = "、".join(map(self.ref, node.targets))
                prefix = f"{self.word('MERGE')} {targets} {self.word('INTO')} "
                lines = self.clause(node.into, column, prefix)
            case _:
                assert_never(node)
        return self._continued(lines, map(self.attribute, node.attributes), column)

    def _parts(self, head: str, node: n.Modify | n.SetClause, column: int) -> list[str]:
        if not node.parts:
            raise ValueError(f"{head} says nothing")
        lines = [head]
        for part in node.parts:
            match part:
                case n.NewBody():
                    block = self._braced(lines[-1], part.statements, part.tail, column)
                    lines = lines[:-1] + block
                case n.Replacement():
                    lines = self._continued(lines, [self._replacement(part)], column)
                case n.Without():
                    lines = self._continued(lines, [self._words("WITHOUT", part.key)], column)
                case _:
                    text = joined(self.statement(part, column))
                    lines = self._continued(lines, [text], column)
        return lines

    def _replacement(self, node: n.Replacement) -> str:
        old, new = self.number(node.old), self.number(node.new)
        return f"{self.word('REPLACE')} {old} {self.word('INTO')} {new}"


def _header_attributes(attributes: Sequence[n.Attribute]) -> tuple[n.Attribute, ...]:
    """The attributes that the header of a clause shows: the longest run of short ones."""
    count = 0
    for one in attributes:
        if one.key not in _HEADER_KEYS or one.extra or has_comment(one):
            break
        count += 1
    return tuple(attributes[:count])


def _is_plain(rule: n.Rule) -> bool:
    return not isinstance(rule.action, Block) and not has_comment(rule)
