"""Tree → text, in Chinese or in English; the inverse of parsing.

:func:`print_file` writes a whole file in the one layout that all policy files have, and
:func:`print_node` a part of it for a message or a comparison.  What is printed parses to an
equal tree, whichever language is asked for: keywords and units are translated, names and
texts stay as their author wrote them.

Three things need care beyond spelling each node:

* **Names.**  A name that the lexer would not read as a name (a keyword, 十二, ``a b``) goes
  between 「 and 」.  The lexer's own patterns decide, so that both always agree.
* **Brackets.**  A tree made by a program may lack the brackets that its text needs.  They are
  added, and the text then parses to a tree that has them; :func:`strip_parentheses` makes the
  two comparable.
* **Neighbours.**  Statements need no end mark, and the grammar lets a statement take all that
  could still belong to it: after ``上限 30`` the word 社保月数 of the next line would be the
  unit.  Such a pair is parted by ``；``, and no other pair is (:func:`_takes`).

The order of attributes is part of the tree.  A clause's header shows the longest run of short
attributes that the tree begins with; all others follow in the body, before everything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any, assert_never

from policydsl.language import nodes as n
from policydsl.language.diagnostics import display_width
from policydsl.language.functions import ASSESSMENT_DATE, ASSESSMENT_DATE_ENGLISH, find_function
from policydsl.language.keywords import Language, grammar_files, spell, words
from policydsl.language.units import find_unit

WIDTH = 100
"""Columns of a line, as far as it can be broken; a Chinese character takes two."""

_STEP = "  "
_CONTINUED = "    "


def print_file(file: n.File, language: Language = "zh") -> str:
    """The text of a file.

    Raises :class:`ValueError` for what the language cannot write: a name that is empty, longer
    than 120 characters or holds 」; a negative number (that is ``Negative``) or one without a
    finite decimal; a text of several lines in another place than 原文.
    """
    return _Printer(language, WIDTH).file(file)


def print_node(node: n.Node, language: Language = "zh") -> str:
    """The text of one node without the comments around it.

    On one line where the node allows that: what has no block of its own (tiers, tables,
    clauses with several statements) is never broken.
    """
    return _Printer(language, None).node(node)


def strip_parentheses(node: n.Node) -> n.Node:
    """The same tree without ``Parenthesised`` nodes.

    Brackets say nothing that the shape of the tree does not say, so two trees that differ
    only in them have one meaning.
    """
    if isinstance(node, n.Parenthesised):
        return strip_parentheses(node.inner)

    def stripped(value: Any) -> Any:
        if isinstance(value, n.Node):
            return strip_parentheses(value)
        if isinstance(value, tuple):
            return tuple(stripped(one) for one in value)
        return value

    return replace(node, **{f.name: stripped(getattr(node, f.name)) for f in fields(node)})


# -- what the lexer would read ------------------------------------------------


@cache
def _terminal(name: str) -> re.Pattern[str]:
    """The pattern of a terminal that the grammar defines by one regular expression."""
    text = "\n".join(content for _, content in grammar_files())
    found = re.search(rf"^{name}(?:\.\d+)?: /(.+)/$", text, re.M)
    if found is None:
        raise LookupError(f"the grammar has no terminal {name} with one regular expression")
    return re.compile(found[1])


@cache
def _firsts(rule: str) -> frozenset[str]:
    """The terminals that the alternatives of a grammar rule begin with."""
    text = "\n".join(content for _, content in grammar_files())
    found = re.search(rf"^[!?]*{rule}:((?:.*\n)(?:[ \t]+\|.*\n)*)", text, re.M)
    if found is None:
        raise LookupError(f"the grammar has no rule {rule}")
    terminals: set[str] = set()
    for alternative in re.sub(r"\([^()]*\)", "", found[1]).split("|"):
        symbol = alternative.split()[0]
        terminals |= {symbol} if symbol.isupper() else _firsts(symbol)
    return frozenset(terminals)


_MARKS = {
    "（": "OPEN_PAREN", "(": "OPEN_PAREN", "-": "MINUS", "“": "STRING", '"': "STRING",
    "「": "QNAME", "<": "LESS", ">": "GREATER", "=": "EQUALS", "≠": "NOT_EQUALS",
    "!": "NOT_EQUALS", "≤": "LESS_EQ", "≥": "GREATER_EQ",
}  # fmt: skip


def _first_terminal(text: str) -> str:
    """The terminal that a printed statement, rule, tier or row begins with."""
    if text[:2] in ("<=", ">="):
        return _MARKS[text[0]] + "_EQ"
    if text[0] in _MARKS:
        return _MARKS[text[0]]
    for terminal in ("DATE", "NUMBER"):
        if _terminal(terminal).match(text):
            return terminal
    word = _terminal("NAME").match(text)
    return words().get(word[0], "NAME") if word else ""


def _value_of(written: str) -> Fraction | None:
    """What a number in its Chinese spelling (十二, 1.2万) means; ``None``: no number."""
    if not _terminal("NUMBER").fullmatch(written):
        return None
    if written[0].isdigit():
        multiple = {"万": 10_000, "亿": 100_000_000}.get(written[-1], 1)
        return Fraction(written if multiple == 1 else written[:-1]) * multiple
    import cn2an

    try:
        return Fraction(str(cn2an.cn2an(written.replace("〇", "零"), "smart")))
    except ValueError:
        return None


# -- the levels of expressions --------------------------------------------------

# An operand that binds less tightly than its place asks for needs brackets.
_EITHER, _BOTH, _NEGATION, _COMPARISON, _SUM, _TERM, _FACTOR = range(7)


def _level(node: n.Expression) -> int:
    match node:
        case n.Either():
            return _EITHER
        case n.Both():
            return _BOTH
        case n.Negated() | n.NotDone() | n.Provided() | n.TriggerOpen():
            return _NEGATION
        case n.Compare() | n.NumberBound() | n.Between() | n.FromBelow() | n.OneOf():
            return _COMPARISON
        case n.Arithmetic():
            return _SUM if node.operator in "+-" else _TERM
        case _:
            return _FACTOR


# -- what a statement could take from its successor -----------------------------

_NOTHING: frozenset[str] = frozenset()


def _takes(node: n.Statement | n.Tier | n.MatrixRow) -> frozenset[str]:
    """The terminals that, following ``node``, the parser would read as part of it.

    This mirrors where the grammar prefers to shift.  Commas, list commas and braces are left
    out: nothing that may follow begins with one.
    """
    notes = _firsts("rule_note")
    match node:
        case n.Attribute():
            return _attribute_takes(node)
        case n.Rule():
            return notes | (_NOTHING if node.notes else _outcome_takes(node))
        case n.Tier():
            return _NOTHING if node.notes else _outcome_takes(node)
        case n.MatrixRow():
            return _amount_takes(node.cells[-1])
        case n.Fact():
            return _fact_takes(node)
        case n.Measure():
            if node.english is not None:
                return _NOTHING
            return _number_takes(node.equals) | {"ENGLISH"}
        case n.Quota():
            return _number_takes(node.number)
        case n.Exclusion():
            return notes
        case n.Deadline():
            if node.notes or node.text is not None:
                return notes
            return notes | _number_takes(node.number) | {"STRING"}
        case n.Duty():
            if node.notes:
                return notes
            text = _NOTHING if node.parts or node.text is not None else frozenset({"STRING"})
            return notes | text | {"REVIEW"}
        case n.Target():
            return notes | (_NOTHING if node.notes else _condition_takes(node.condition))
        case n.BlendPart():
            return notes | (_NOTHING if node.notes else _number_takes(node.weight))
        case n.Modify() | n.SetClause():
            last, parts = node.parts[-1], _firsts("operation_part")
            if isinstance(last, n.Replacement):
                return parts | _number_takes(last.new)
            return parts | (_takes(last) if isinstance(last, n.Statement) else _NOTHING)
        case n.Stub() if node.title is None and not node.attributes:
            return _firsts("attribute") | {"STRING"}
        case n.Repeal() | n.NotSeen() | n.Succession() if not node.attributes:
            ref = node.new[-1] if isinstance(node, n.Succession) else node.target
            # a part that may stand without a name takes a following word for its name
            bare = ref.steps[-1].label is None and ref.steps[-1].kind != "STATUS_RULES"
            label = {"NAME", "QNAME", "NUMBER"} if bare else set()
            return _firsts("attribute") | _firsts("ref_step") | label
        case (
            n.Insert() | n.Repeal() | n.Move() | n.Rename() | n.Renumber() | n.Split() | n.Merge()
            | n.Succession() | n.NotSeen() | n.Stub()
        ):  # fmt: skip
            last_takes = _takes(node.attributes[-1]) if node.attributes else _NOTHING
            return _firsts("attribute") | last_takes
        case _:
            # blocks, and statements that end with a keyword
            return _NOTHING


def _number_takes(number: n.Number | None) -> frozenset[str]:
    # Without a unit, the number takes the next word for one.
    return _firsts("unit_word") if number is not None and number.unit is None else _NOTHING


def _amount_takes(amount: n.Amount | n.OpenAction) -> frozenset[str]:
    match amount:
        case n.FixedAmount():
            return _number_takes(amount.number)
        case n.OpenAmount() | n.OpenAction() if amount.low is None or amount.high is None:
            return frozenset({"OPEN_PAREN"})
        case _:
            return _NOTHING


def _operand_takes(node: n.Expression, least: int = _SUM) -> frozenset[str]:
    """What the last word of a sum could take."""
    if _level(node) < least:
        return _NOTHING  # it ends with a bracket
    match node:
        case n.Number():
            return _number_takes(node)
        case n.Reference():
            return frozenset({"OPEN_PAREN"})
        case n.Negative():
            return _operand_takes(node.operand, _FACTOR)
        case n.Arithmetic():
            return _operand_takes(node.right, _TERM if node.operator in "+-" else _FACTOR)
        case _:
            return _NOTHING


def _condition_takes(node: n.Expression, least: int = _EITHER) -> frozenset[str]:
    """What a condition could take: one more operand, or a number that bounds its last one."""
    if _level(node) < least or _level(node) >= _SUM:
        return _operand_takes(node) | {"MINUS", "NUMBER"}
    match node:
        case n.Either():
            return _condition_takes(node.right, _BOTH)
        case n.Both():
            return _condition_takes(node.right, _NEGATION)
        case n.Negated():
            return _condition_takes(node.operand, _NEGATION)
        case n.Compare():
            return _operand_takes(node.right) | {"MINUS"}
        case n.OneOf():
            return _operand_takes(node.values[-1]) | {"MINUS"}
        case n.Between() | n.FromBelow():
            return _number_takes(node.high)
        case _:
            return _NOTHING


def _outcome_takes(node: n.Rule | n.Tier) -> frozenset[str]:
    """What a rule or tier without notes could take, besides notes."""
    if node.modifiers:
        match node.modifiers[-1]:
            case n.UpTo() | n.AtLeastPoints() as bound:
                return _number_takes(bound.number)
            case n.Rounding() as rounding:
                return _number_takes(rounding.to)
            case _:
                return _NOTHING
    outcome = node.action if isinstance(node, n.Rule) else node.outcome
    match outcome:
        case n.FixedAmount() | n.ComputedAmount() | n.OpenAction():
            return _amount_takes(outcome)
        case n.Flat():
            return _amount_takes(outcome.amount)
        case n.PerStep() if outcome.amount is not None:
            return _amount_takes(outcome.amount)
        case n.StatusAction():
            duration = outcome.duration
            return frozenset({"NUMBER"}) if duration is None else _number_takes(duration)
        case _:
            return _NOTHING


def _attribute_takes(node: n.Attribute) -> frozenset[str]:
    text = {"STRING"} if node.key in ("CONCEPT", "CONVERSION") and not node.extra else _NOTHING
    match node.value:
        case n.FixedAmount() | n.OpenAmount() as amount:
            return _amount_takes(amount)
        case n.Rounding(to=number) | n.When(after=number):
            return _number_takes(number)
        case n.Number() as number if node.key == "CONVERSION":
            return (_NOTHING if node.extra else _number_takes(number)) | text
        case _ if node.key == "APPLIES_WHEN" and isinstance(node.value, n.Expression):
            return _condition_takes(node.value)
        case _:
            return _NOTHING | text


def _fact_takes(node: n.Fact) -> frozenset[str]:
    if node.options:
        last = node.options[-1]
        if last.key == "RANGE":
            between = last.value is not None and last.high is not None
            return _number_takes(last.high) if between else _NOTHING
        if last.key == "PRECISION" or isinstance(last.value, n.Number | n.Negative):
            value = last.value.operand if isinstance(last.value, n.Negative) else last.value
            return _number_takes(value) if isinstance(value, n.Number) else _NOTHING
        return _NOTHING
    if node.derived is not None:
        return _condition_takes(node.derived)
    scalar = node.type.word not in ("CHOICE", "ORDERED")
    return frozenset({"OPEN_PAREN"}) if scalar and node.type.unit is None else _NOTHING


def _patterns_take(patterns: Sequence[n.Pattern]) -> frozenset[str]:
    """What the columns of a table could take from its first row."""
    last = patterns[-1]
    if last.kind == "OR_MORE":
        return _firsts("below_word")
    end = last.high if last.kind in ("TO", "FROM_BELOW", "BEYOND_BOTH") else last.low
    open_number = _number_takes(end) if isinstance(end, n.Number) else _NOTHING
    if last.kind == "OR_LESS":
        return _NOTHING
    return open_number | _firsts("compare_word") if last.kind == "BEYOND" else open_number


# -- printing -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Marks:
    colon: str
    comma: str
    semicolon: str
    opening: str
    closing: str
    bar: str


_PUNCTUATION = {
    "zh": _Marks("：", "，", "；", "（", "）", "｜"),
    "en": _Marks(": ", ",", ";", "(", ")", "|"),
}
_COMPARISON_SIGNS = {
    "LESS": ("<", "<"), "LESS_EQ": ("≤", "<="), "GREATER": (">", ">"),
    "GREATER_EQ": ("≥", ">="), "EQUALS": ("=", "="), "NOT_EQUALS": ("≠", "!="),
}  # fmt: skip
_OPERATORS = {"+": ("+", "+"), "-": ("-", "-"), "*": ("×", "*"), "/": ("÷", "/")}
_HEADER_KEYS = frozenset(
    {"FULL_MARKS", "CAP", "FLOOR", "START", "REVIEW", "RECOGNITION", "CONCEPT"}
)

_Block = n.Tiers | n.Matrix | n.Combined


class _Printer:
    """Writes in one language; ``width`` ``None`` never breaks a line that need not be."""

    def __init__(self, language: Language, width: int | None):
        self.language = language
        self.width = width
        self.side = 0 if language == "zh" else 1  # in the tables that hold both spellings
        self.marks = _PUNCTUATION[language]
        self.comma = "，" if language == "zh" else ", "

    # -- files, documents, bodies: lists of lines without their indentation

    def file(self, file: n.File) -> str:
        parts = ["\n".join(self._commented(d, self.document(d))) for d in file.documents]
        if file.tail:
            parts.append("\n".join(map(_comment, file.tail)))
        return "\n\n".join(parts) + "\n" if parts else ""

    def node(self, node: n.Node) -> str:
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
        return [*lines, *_indented(self._body(body, tail, column + len(_STEP))), "}"]

    def _braced(
        self, before: str, body: Sequence[n.Statement], tail: Sequence[str], column: int
    ) -> list[str]:
        """Statements in braces behind ``before``, on its line if they are one plain rule."""
        line = self._one_line(before, body, tail, column)
        if line is not None:
            return [line]
        inner = self._body(body, tail, column + len(_STEP))
        return [f"{before} {{".lstrip(), *_indented(inner), "}"]

    def _one_line(
        self, before: str, body: Sequence[n.Statement], tail: Sequence[str], column: int
    ) -> str | None:
        inner = ""
        if tail or len(body) > 1:
            return None
        for rule in body:
            if not isinstance(rule, n.Rule) or not _is_plain(rule):
                return None
            inner = _joined(self._rule_pieces(rule)) + " "
        line = f"{before} {{ {inner}}}".lstrip()
        return line if self._fits(line, column) else None

    def _body(
        self, statements: Sequence[n.Statement], tail: Sequence[str], column: int
    ) -> list[str]:
        printed = [self.statement(one, column) for one in statements]
        lines: list[str] = []
        for index, statement in enumerate(statements):
            follower = printed[index + 1][0] if index + 1 < len(printed) else None
            if lines and statement.layout.blank_line:
                lines.append("")
            separated = self._separated(printed[index], _takes(statement), follower)
            lines.extend(self._commented(statement, separated))
        return lines + [_comment(one) for one in tail]

    def _separated(
        self, lines: list[str], takes: frozenset[str], follower: str | None
    ) -> list[str]:
        if follower is None or _first_terminal(follower) not in takes:
            return lines
        return [*lines[:-1], lines[-1] + self.marks.semicolon]

    def _commented(self, statement: n.Statement, lines: list[str]) -> list[str]:
        before, trailing = _comments(statement)
        if trailing is not None:
            lines = [*lines[:-1], f"{lines[-1]}  {_comment(trailing)}"]
        return [*map(_comment, before), *lines]

    def statement(self, node: n.Statement, column: int) -> list[str]:
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
            case n.Deadline():
                return self._filled(self._deadline_pieces(node), column)
            case n.Duty():
                return self._filled(self._duty_pieces(node), column)
            case n.Target():
                head = f"{self.word('TARGET')} {self.expression(node.condition)}"
                return self._filled([head, *map(self._note, node.notes)], column)
            case n.BlendPart():
                weight = self.word("OPEN") if node.weight is None else self.number(node.weight)
                head = f"{self.expression(node.expression, _SUM)} {self.word('WEIGHS')} {weight}"
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
            line = self._one_line(_joined(pieces), node.body, node.tail, column)
            if line is not None:
                return [line]
        return self._block_of(pieces, (*rest, *node.body), node.tail, column)

    def _label_number(self, number: str) -> str:
        if not _terminal("NUMBER").fullmatch(number):
            raise ValueError(f"{number!r} cannot be the number of a clause; make it a name")
        return number

    def attribute(self, node: n.Attribute) -> str:
        """A statement of a clause or document about itself, on one line unless it is 原文."""
        return _joined(self._attribute_pieces(node))

    def _attribute_pieces(self, node: n.Attribute) -> list[str]:
        # The further texts of 校读 and 免查 have a keyword before them, those of others none.
        keys = {"READING": ("READ_AS", "REASON"), "WAIVE": ("REASON",)}.get(node.key, ())
        heads = [*(f"{self.word(key)} " for key in keys), *([""] * len(node.extra))]
        first = f"{self.word(node.key)} {self._attribute_value(node)}"
        texts = zip(heads, node.extra, strict=False)
        return [first, *(head + self.text(text) for head, text in texts)]

    def _attribute_value(self, node: n.Attribute) -> str:
        match node.value:
            case n.TextValue(value=text):
                return self._long_text(text) if node.key == "FULL_TEXT" else self.text(text)
            case n.Name(text=name):
                return self._entity(name) if node.key == "ENTITY" else self.name(name)
            case n.FixedAmount() | n.ComputedAmount() | n.OpenAmount() as amount:
                return self.amount(amount)
            case n.When() as when:
                return self._when(when)
            case n.Rounding() as rounding:
                return self._modifier(rounding)
            case tuple() as items:
                return "、".join(self._item(item) for item in items)
            case "full":
                return self.word("FULL_MARKS")
            case None:
                return self.word("OPEN")
            case str():
                raise ValueError(f"{node.key} cannot be {node.value!r}")
            case _:
                return self.expression(node.value)

    def _item(self, item: n.Name | n.TextValue) -> str:
        return self.name(item.text) if isinstance(item, n.Name) else self.text(item.value)

    def _when(self, node: n.When) -> str:
        if node.date is not None:
            return self.date(node.date)
        if node.after is not None:
            return f"{self.word('AFTER_PUBLICATION')} {self.number(node.after)}"
        if node.event is not None:
            return self.text(node.event)
        return self.word("OPEN")

    # -- rules

    def rule(self, node: n.Rule, column: int) -> list[str]:
        if not isinstance(node.action, _Block):
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
        action: _Block,
        modifiers: Sequence[n.Modifier],
        notes: Sequence[n.RuleNote],
        column: int,
    ) -> list[str]:
        block = self._block(action, column)
        block[0] = head + block[0]
        ending = self._listed([block[-1], *map(self._modifier, modifiers)])
        return block[:-1] + self._filled([*ending, *map(self._note, notes)], column)

    def _block(self, node: _Block, column: int) -> list[str]:
        inner = column + len(_STEP)
        match node:
            case n.Combined():
                head, lines = self.word(node.word), self._body(node.rules, (), inner)
            case n.Tiers():
                head = f"{self.word('BY')} {self.expression(node.subject, _SUM)}"
                head += f" {self.word('SCORED')}"
                takes = [_takes(tier) for tier in node.tiers]
                lines = self._parted([self._tier(tier, inner) for tier in node.tiers], takes)
            case n.Matrix():
                head = (
                    f"{self.word('BY')} {self.expression(node.row_subject, _SUM)} "
                    f"{self.word('WITH')} {self.expression(node.column_subject, _SUM)} "
                    f"{self.word('SCORED')}"
                )
                columns = [self._patterns(patterns) for patterns in node.columns]
                rows = [self._barred([self.word("COLUMNS"), *columns])]
                rows.extend(map(self._row, node.rows))
                takes = [_patterns_take(node.columns[-1]), *map(_takes, node.rows)]
                lines = self._parted([[row] for row in rows], takes)
            case _:
                assert_never(node)
        return [f"{head} {{", *_indented(lines), "}"] if lines else [f"{head} {{ }}"]

    def _parted(self, items: list[list[str]], takes: Sequence[frozenset[str]]) -> list[str]:
        lines: list[str] = []
        for index, item in enumerate(items):
            follower = items[index + 1][0] if index + 1 < len(items) else None
            lines.extend(self._separated(item, takes[index], follower))
        return lines

    def _tier(self, node: n.Tier, column: int) -> list[str]:
        head = self._patterns(node.patterns) + self.marks.colon
        if isinstance(node.outcome, _Block):
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
            subject = self.expression(node.subject, _SUM)
            if not node.step_implicit and _first_terminal(subject) in _number_takes(step):
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
                ordinal = self.number(node.number, _firsts("plain_unit"))
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

    # -- facts, measures, scenes, procedure

    def _fact_pieces(self, node: n.Fact) -> list[str]:
        head = f"{self.word('FACT')} {self.name(node.name.text)}{self.marks.colon}"
        head += self._fact_type(node.type)
        if node.derived is not None:
            head += f" = {self.expression(node.derived)}"
        return self._listed([head, *map(self._fact_option, node.options)])

    def _fact_type(self, node: n.FactType) -> str:
        word = self.word(node.word)
        if node.word == "CHOICE":
            return f"{word} {{ {self.names(node.values)} }}"
        if node.word == "ORDERED":
            return f"{word} {{ {' < '.join(self.name(one.text) for one in node.values)} }}"
        if node.unit is None:
            return word
        return word + self._bracketed(self.unit(node.unit, node.unit_written))

    def _fact_option(self, node: n.FactOption) -> str:
        match node.key:
            case "RANGE":
                low = self.expression(node.value) if isinstance(node.value, n.Number) else None
                high = None if node.high is None else self.number(node.high)
                if low is not None and high is not None:
                    bounds = f"{low} {self.word('TO')} {high}"
                elif low is not None:
                    bounds = f"{low} {self.word('OR_MORE')}"
                elif high is not None:
                    bounds = f"{high} {self.word('OR_LESS')}"
                else:
                    raise ValueError("范围 needs a bound")
                return f"{self.word('RANGE')} {bounds}"
            case "REQUIRED" | "NO_EVIDENCE":
                return self._words("MISSING", node.key)
        head = f"{self.word('MISSING')} " if node.key == "TREATED_AS" else ""
        head += self.word(node.key)
        match node.value:
            case str():
                return f"{head} {self.text(node.value)}"
            case n.Name():
                name = node.value.text
                return f"{head} {self._entity(name) if node.key == 'ENTITY' else self.name(name)}"
            case None:
                raise ValueError(f"the option {node.key} of a fact needs a value")
            case _:
                return f"{head} {self.expression(node.value)}"

    def _measure(self, node: n.Measure) -> str:
        text = f"{self.word('MEASURE')} {self.name(node.name)}"
        if node.equals is not None:
            text += f" = {self.number(node.equals)}"
        if node.english is not None:
            text += f" {self.word('ENGLISH')} {self.text(node.english)}"
        return text

    def _ranking_pieces(self, node: n.Ranking) -> list[str]:
        keys = [self._ranking_key(key) for key in node.keys]
        if node.open_ended:
            keys.append(self._words("THEREAFTER", "OPEN"))
        if not keys:
            raise ValueError("排序 needs a key")
        return self._listed([f"{self.word('RANKING')} {keys[0]}", *keys[1:]])

    def _ranking_key(self, node: n.RankingKey) -> str:
        return f"{self.expression(node.expression, _SUM)} {self.word(node.order)}"

    def _quota(self, node: n.Quota) -> str:
        if node.number is not None:
            return f"{self.word('QUOTA')} {self.number(node.number)}"
        if node.set_by is not None:
            return f"{self._words('QUOTA', 'SET_BY')} {self.name(node.set_by.text)}"
        return self._words("QUOTA", "OPEN")

    def _deadline_pieces(self, node: n.Deadline) -> list[str]:
        name = self.name(node.name.text, _firsts("deadline_name"))
        head = f"{self.word('DEADLINE')} {name} "
        if node.word is not None:
            head += f"{self.compare_word(node.word)} "
        if node.number is not None:
            head += self.number(node.number)
        else:
            head += self.word("OPEN") if node.date is None else self.date(node.date)
        text = [] if node.text is None else [self.text(node.text)]
        return [head, *text, *map(self._note, node.notes)]

    def _duty_pieces(self, node: n.Duty) -> list[str]:
        head = f"{self.word('DUTY')} {self.name(node.unit.text)}"
        text = [] if node.text is None else [self.text(node.text)]
        parts = map(self._duty_part, node.parts)
        return [head, *text, *parts, *map(self._note, node.notes)]

    def _duty_part(self, node: n.DutyPart) -> str:
        return f"{self.word(node.word)} {'、'.join(map(self._item, node.items))}"

    # -- examples

    def _entries(self, head: str, entries: Sequence[n.Statement], column: int) -> list[str]:
        """Entries with commas between them, on one line if they fit."""
        if not entries:
            return [f"{head} {{ }}"]
        inner = column + len(_STEP)
        printed = [self.statement(entry, inner) for entry in entries]
        if all(len(lines) == 1 for lines in printed) and not _have_comments(entries):
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
        return [f"{head} {{", *_indented(lines), "}"]

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
                    text = _joined(self.statement(part, column))
                    lines = self._continued(lines, [text], column)
        return lines

    def _replacement(self, node: n.Replacement) -> str:
        old, new = self.number(node.old), self.number(node.new)
        return f"{self.word('REPLACE')} {old} {self.word('INTO')} {new}"

    # -- expressions

    def expression(self, node: n.Expression, least: int = _EITHER) -> str:
        """The expression, in brackets if it binds less tightly than ``least``."""
        text = self._expression(node)
        return text if _level(node) >= least else self._bracketed(text)

    def _expression(self, node: n.Expression) -> str:
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
                own = _level(node)
                sign = _OPERATORS[node.operator][self.side]
                left = self.expression(node.left, own)
                return f"{left} {sign} {self.expression(node.right, own + 1)}"
            case n.Negative():
                return f"-{self.expression(node.operand, _FACTOR)}"
            case n.Parenthesised():
                return self._bracketed(self.expression(node.inner))
            case n.Compare():
                left, right = self.expression(node.left, _SUM), self.expression(node.right, _SUM)
                return f"{left} {self.compare_word(node.word)} {right}"
            case n.NumberBound():
                subject = self.expression(node.subject, _SUM)
                return f"{subject} {self.number(node.number)} {self.word(node.word)}"
            case n.Between():
                bounds = f"{self.number(node.low)} {self.word('TO')} {self.number(node.high)}"
                return f"{self.expression(node.subject, _SUM)} {bounds}"
            case n.FromBelow():
                low = f"{self.number(node.low)} {self.word('OR_MORE')}"
                high = f"{self.word(node.word)} {self.number(node.high)}"
                return f"{self.expression(node.subject, _SUM)} {low} {high}"
            case n.OneOf():
                word = self.word("IS_NOT" if node.negated else "IS")
                values = "、".join(self.expression(value, _SUM) for value in node.values)
                return f"{self.expression(node.subject, _SUM)} {word} {values}"
            case n.NotDone():
                return f"{self.word(node.word)} {self.name(node.name.text)}"
            case n.Provided():
                word = self.word("NOT_PROVIDED" if node.negated else "PROVIDED")
                return f"{word} {self.name(node.name.text)}"
            case n.TriggerOpen():
                return self.word("TRIGGER_OPEN")
            case n.Both():
                left = self.expression(node.left, _BOTH)
                return f"{left} {self.word('AND')} {self.expression(node.right, _NEGATION)}"
            case n.Either():
                left = self.expression(node.left, _EITHER)
                return f"{left} {self.word('OR')} {self.expression(node.right, _BOTH)}"
            case n.Negated():
                return f"{self.word('NOT')} {self.expression(node.operand, _NEGATION)}"
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
                is_number = _terminal("NUMBER").fullmatch(step.label)
                parts.append(step.label if is_number else self.name(step.label))
        return " ".join(parts)

    # -- words, names, numbers, texts

    def word(self, terminal: str) -> str:
        return spell(terminal, self.language)

    def _entity(self, name: str) -> str:
        keyword = {"家庭": "HOUSEHOLD", "单位": "UNIT"}.get(name)
        return self.name(name) if keyword is None else self.word(keyword)

    def _function(self, name: str) -> str:
        """A built-in function in the language asked for; another name as it stands."""
        function = find_function(name)
        if function is None:
            return self.name(name)
        return function.chinese[0] if self.language == "zh" else function.english

    def _words(self, *terminals: str) -> str:
        return " ".join(map(self.word, terminals))

    def compare_word(self, word: str) -> str:
        signs = _COMPARISON_SIGNS.get(word)
        return self.word(word) if signs is None else signs[self.side]

    def name(self, text: str, bare: frozenset[str] = _NOTHING) -> str:
        """A name; keywords in ``bare`` are read as names in its place without 「」."""
        keyword = words().get(text)
        if keyword is not None:
            plain = keyword in bare
        else:
            # A name may begin like a number (三·八), and then the lexer would split it.
            plain = _terminal("NAME").fullmatch(text) is not None and not any(
                _terminal(terminal).match(text) for terminal in ("NUMBER", "DATE")
            )
        if plain:
            return text
        quoted = f"「{text}」"
        if not _terminal("QNAME").fullmatch(quoted):
            raise ValueError(f"{text!r} cannot be written as a name")
        return quoted

    def names(self, names: Iterable[n.Name]) -> str:
        return "、".join(self.name(one.text) for one in names)

    def number(self, node: n.Number, units: frozenset[str] | None = None) -> str:
        """A number with its unit; ``units`` are the keywords that are units in its place."""
        digits = self._digits(node)
        if node.unit is None:
            return digits
        unit = self.unit(node.unit, node.unit_written, units)
        return f"{digits}{unit}" if unit in ("%", "‰") else f"{digits} {unit}"

    def _digits(self, node: n.Number) -> str:
        # A program that changes the value may leave the old spelling behind.
        if self.language == "zh" and node.written and _value_of(node.written) == node.value:
            return node.written
        return _decimal(node.value)

    def unit(self, symbol: str, written: str | None, units: frozenset[str] | None = None) -> str:
        """A unit word, between 「 and 」 where it would be read as something else."""
        known = find_unit(symbol)
        word = symbol
        if self.language == "en":
            word = symbol if known is None else known.english
        elif written is not None and known is not None and find_unit(written) is known:
            word = written
        return word if word in ("%", "‰") else self.name(word, units or _firsts("unit_word"))

    def date(self, value: date) -> str:
        if self.language == "zh":
            return f"{value.year:04}年{value.month}月{value.day}日"
        return value.isoformat()

    def text(self, value: str) -> str:
        if "\n" in value:
            raise ValueError(f"only 原文 holds several lines: {value!r}")
        if self.language == "zh" and "”" not in value:
            return f"“{value}”"
        # The lexer reads full-width ＂ and ＼ as their ASCII twins.
        return '"' + re.sub(r'(["\\＂＼])', r"\\\1", value) + '"'

    def _long_text(self, value: str) -> str:
        if "\n" not in value:
            return self.text(value)
        if re.search(r'["＂]{3}|["＂]\Z', value):
            raise ValueError('a text of several lines can neither hold """ nor end with "')
        return f'"""{value}"""'

    # -- lines

    def _fits(self, line: str, column: int) -> bool:
        return self.width is None or column + display_width(line) <= self.width

    def _filled(self, pieces: Sequence[str], column: int) -> list[str]:
        return self._continued([pieces[0]], pieces[1:], column)

    def _continued(self, lines: list[str], pieces: Iterable[str], column: int) -> list[str]:
        """``lines`` with more pieces behind the last line, and below it where it is full."""
        lines = list(lines)
        for piece in pieces:
            line = _joined([lines[-1], piece])
            if self._fits(line.rpartition("\n")[2], column):
                lines[-1] = line
            else:
                lines.append(_CONTINUED + piece)
        return lines


def _header_attributes(attributes: Sequence[n.Attribute]) -> tuple[n.Attribute, ...]:
    """The attributes that the header of a clause shows: the longest run of short ones."""
    count = 0
    for one in attributes:
        if one.key not in _HEADER_KEYS or one.extra or _has_comment(one):
            break
        count += 1
    return tuple(attributes[:count])


def _is_plain(rule: n.Rule) -> bool:
    return not isinstance(rule.action, _Block) and not _has_comment(rule)


def _has_comment(statement: n.Statement) -> bool:
    return bool(statement.layout.before) or statement.layout.trailing is not None


def _have_comments(statements: Iterable[n.Statement]) -> bool:
    return any(
        isinstance(node, n.Statement) and _has_comment(node)
        for statement in statements
        for node in n.walk(statement)
    )


def _comments(statement: n.Statement) -> tuple[tuple[str, ...], str | None]:
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


def _comment(text: str) -> str:
    """``# text``, whatever mark the comment had."""
    for mark in ("#", "＃", "//", "／／"):
        if text.startswith(mark):
            text = text.removeprefix(mark)
            break
    text = text.replace("\n", " ").rstrip()
    return f"#{text}" if not text or text[0].isspace() else f"# {text}"


def _joined(pieces: Sequence[str]) -> str:
    """The pieces on one line; a full-width comma brings its own space."""
    line = pieces[0]
    for piece in pieces[1:]:
        line += piece if line.endswith("，") else f" {piece}"
    return line


def _indented(lines: Iterable[str]) -> list[str]:
    return [_STEP + line if line else line for line in lines]


def _decimal(value: Fraction) -> str:
    """A number written out: ``1/8`` is 0.125."""
    if value < 0:
        raise ValueError(f"a number is never negative, write Negative(Number({-value}))")
    places, rest = 0, value.denominator
    while rest % 10 == 0:
        places, rest = places + 1, rest // 10
    for prime in (2, 5):
        while rest % prime == 0:
            places, rest = places + 1, rest // prime
    if rest != 1:
        raise ValueError(f"{value} has no finite decimal")
    digits = str(int(value * 10**places)).zfill(places + 1)
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits
