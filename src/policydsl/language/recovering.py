"""Tokens that do not parse → tokens that do, with a finding for each repair.

The LALR automaton is run on states alone, so that trying something costs next to nothing
and leaves no trace.  Where a token does not fit, small repairs are tried near it (a keyword
misspelt, a mark left out or mistaken for another, two words run together …); the one after
which the text parses furthest is what the author most likely meant, and its finding says
so.  Where none helps, the unfinished statement is dropped and reading goes on at the next
line or closing brace.

Braces are looked at as a whole first, since one that is missing shifts the meaning of all that
follows: indentation tells which.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from lark import Token

from policydsl.language import keywords
from policydsl.language.diagnostics import Diagnostic, Source, near_words, shorten
from policydsl.language.lexing import SOFT, Report, lines_of, made_token, span_of
from policydsl.language.nodes import Span
from policydsl.language.tables import END, Tables

_LISTS = ("__start_star", "__body_star", "__example_body_star", "__action_star", "__operation_star")

# How many tokens behind an error are read to judge a repair, and how many must fit.
_HORIZON = 14
_ENOUGH = 3
# How far before an error its cause is looked for, in tokens.
_LOOK_BACK = 10

# What may have been left out, in the order in which it most likely was.
_LEFT_OUT = (
    "COLON", "OPEN_BRACE", "CLOSE_PAREN", "OPEN_PAREN", "POINT", "COMMA", "LIST_COMMA", "BAR", "IS",
    "REACHES",
)  # fmt: skip
# What stands for a word that was left out, so that reading can go on.
_PLACEHOLDERS = {"NAME": "未命名", "NUMBER": "0", "STRING": '""', "DATE": "1970-01-01"}
# Marks that are taken for one another.
_MARKS = frozenset(
    {"COLON", "COMMA", "LIST_COMMA", "BAR", "SEMICOLON", "FULL_STOP", "EQUALS", "MINUS"}
)
_INSTEAD = ("COLON", "BAR", "COMMA", "LIST_COMMA", "TO")

_SHOWN = {
    "COLON": ("：", ":"), "COMMA": ("，", ","), "LIST_COMMA": ("、", "、"), "BAR": ("｜", "|"),
    "SEMICOLON": ("；", ";"), "FULL_STOP": ("。", "。"), "OPEN_BRACE": ("{", "{"),
    "CLOSE_BRACE": ("}", "}"), "OPEN_PAREN": ("（", "("), "CLOSE_PAREN": ("）", ")"),
    "NAME": ("名称", "a name"), "QNAME": ("「名称」", "「name」"), "NUMBER": ("数字", "a number"),
    "STRING": ("“文字”", "“text”"), "TEXT_BLOCK": ('"""文字"""', '"""text"""'),
    "DATE": ("日期", "a date"), "PERCENT": ("%", "%"), "PER_MILLE": ("‰", "‰"),
    END: ("文件结束", "the end of the file"), "PLUS": ("+", "+"), "MINUS": ("-", "-"),
    "TIMES": ("×", "*"), "DIVIDE": ("÷", "/"), "LESS": ("<", "<"), "LESS_EQ": ("<=", "<="),
    "GREATER": (">", ">"), "GREATER_EQ": (">=", ">="), "EQUALS": ("=", "="),
    "NOT_EQUALS": ("!=", "!="),
}  # fmt: skip

# Kinds of words that are named together when all of them are possible: a list of thirty
# words helps nobody.
_GROUPS: tuple[tuple[frozenset[str], tuple[str, str]], ...] = (
    (
        frozenset({"PLUS", "MINUS", "TIMES", "DIVIDE"}),
        ("+ - × ÷", "+ - * /"),
    ),
    (frozenset({"PLUS", "MINUS"}), ("+ -", "+ -")),
    (
        frozenset(
            {"BELOW", "SHORT_OF", "UNDER", "ABOVE", "EXCEEDS", "REACHES", "NOT_BELOW", "NOT_FEWER",
             "NOT_ABOVE", "NOT_EXCEEDING", "EARLIER", "LATER", "LESS", "LESS_EQ", "GREATER",
             "GREATER_EQ", "EQUALS", "NOT_EQUALS"}
        ),
        ("比较（如 不低于、超过、低于）", "a comparison (such as not_below, exceeds, below)"),
    ),
    (frozenset({"IS", "IS_NOT"}), ("为、不为", "is, is_not")),
    (
        frozenset({"AWARD", "DEDUCT", "GIVE", "EACH", "BY", "BEST", "OPEN", "VETO"}),
        ("计分规则（如 加、扣、每、按、取高）", "a scoring rule (such as add, deduct, each, by)"),
    ),
    (
        frozenset({"FULL_MARKS", "CAP", "LOCATOR", "SUMMARY", "REVIEW", "CONCEPT"}),
        ("属性（如 满分、上限、出处、摘要）", "an attribute (such as full_marks, cap, locator)"),
    ),
    (
        frozenset({"GROUP", "INDICATOR", "ITEM", "UNIT", "SCENE", "STATUS_RULES"}),
        ("条款（如 组、指标、项、单位）", "a clause (such as group, indicator, item, unit)"),
    ),
    (
        frozenset({"MODIFY", "INSERT", "REPEAL", "MOVE", "RENAME"}),
        ("修订操作（如 修改、新增）", "an operation (such as modify, insert)"),
    ),
)  # fmt: skip
# What a group stands for besides the words that tell it.
_ALSO: dict[str, frozenset[str]] = {
    "AWARD": frozenset(
        {"DISCRETION_DEDUCT", "DISCRETION_AWARD", "NO_POINTS", "SUM", "LEAST", "SUSPENDED", "VOID",
         "ZEROED", "FROZEN", "IF"}
    ),
    "CAP": frozenset(
        {"FLOOR", "START", "ROUNDING", "RESPONSIBLE", "LEAD", "RECOGNITION", "FULL_TEXT", "NOTE",
         "ID", "ENGLISH", "READING", "WAIVE", "REASON", "DOUBTFUL", "APPLIES_WHEN", "CONVERSION",
         "ADOPTS", "ASSUMPTION", "REGION", "ISSUER", "REPLACES", "LEGAL_BASIS", "SOURCE", "USES",
         "ENTITY", "ISSUED", "IN_FORCE", "EXPIRES", "TRANSITION", "SECTIONS",
         "INFERRED"}
    ),
    "GROUP": frozenset(
        {"SCHEDULE", "COMMON", "BONUS", "DEDUCTIONS", "TASK", "BLEND", "FACT", "MEASURE",
         "DEADLINE", "DUTY", "TARGET", "EXAMPLE", "NOT_COUNTED", "HOUSEHOLD", "RANKING", "QUOTA",
         "TIES", "PLAUSIBLE"}
    ),
    "MODIFY": frozenset(
        {"SET", "AT", "RENUMBER", "SPLIT", "MERGE", "SUCCEEDED", "NOT_SEEN", "STUB"}
    ),
}  # fmt: skip
# Words that can begin a condition: named only where no more is known of what is meant.
_OPENERS = frozenset(
    {"NOT", "PROVIDED", "NOT_PROVIDED", "TRIGGER_OPEN", "NOT_CARRIED_OUT", "NOT_IMPLEMENTED",
     "NOT_COMPLETED", "NOT_REACHED", "NOT_MET", "NOT_ESTABLISHED", "NOT_GROWN", "NOT_RECTIFIED",
     "SCORE_OF", "SPOUSE", "TOTAL", "QNAME", "SEMICOLON", "FULL_STOP"}
)  # fmt: skip


def shown(terminal: str) -> tuple[str, str]:
    """How a terminal is named to a reader, in Chinese and English."""
    if terminal in _SHOWN:
        return _SHOWN[terminal]
    table = keywords.keyword_table()
    if terminal in table:
        return table[terminal][0], table[terminal][1]
    return terminal, terminal


def listed(terminals: Sequence[str], limit: int = 8) -> tuple[str, str]:
    """Terminals as a list to read, Chinese and English; usual words first."""
    left = list(dict.fromkeys(terminals))
    parts: list[tuple[str, str]] = []
    for members, name in _GROUPS:
        if not members <= set(left):
            continue
        parts.append(name)
        also: frozenset[str] = frozenset().union(*(_ALSO.get(m, ()) for m in members))
        left = [t for t in left if t not in members and t not in also]
    if parts or len(left) > limit:
        left = [t for t in left if t not in _OPENERS]
    if len(parts) > 2:  # at the start of a statement nearly everything is possible
        left = [
            t for t in left if t in ("NAME", "CLOSE_BRACE", "CLOSE_PAREN", END) or t not in _SHOWN
        ]
    order = {name: index for index, name in enumerate([*_SHOWN, *keywords.keyword_table()])}
    left.sort(key=lambda t: (t == END, order.get(t, len(order))))
    names = [*(_quoted(t) for t in left[:limit]), *parts]
    dots = " …" if len(left) > limit else ""
    return "、".join(n[0] for n in names) + dots, ", ".join(n[1] for n in names) + dots


def _quoted(terminal: str) -> tuple[str, str]:
    """A mark would be lost among the marks of a list."""
    zh, en = shown(terminal)
    return (f"“{zh}”", f"“{en}”") if len(zh) == 1 and not zh.isalnum() else (zh, en)


# -- the automaton ------------------------------------------------------------------


class Frame(NamedTuple):
    """One place of the parser's stack: ``made`` is how many tokens had been read by then."""

    state: int
    symbol: str
    made: int
    below: Frame | None


class Automaton:
    """The LALR automaton on states alone; stacks are linked frames that are never changed."""

    def __init__(self, tables: Tables) -> None:
        self._rows = tables.rows
        self._reductions = tables.reductions
        self._end = tables.end
        self.bottom = Frame(tables.start, "", 0, None)

    def shift(self, frame: Frame, kind: str, made: int) -> Frame | None:
        """The stack after a token of this kind, or ``None`` when it does not fit."""
        rows = self._rows
        while True:
            step = rows[frame.state].get(kind)
            if step is None:
                return None
            if step >= 0:
                return Frame(step, kind, made + 1, frame)
            name, size = self._reductions[~step]
            for _ in range(size):
                assert frame.below is not None, "a rule's symbols are on the stack"
                frame = frame.below
            frame = Frame(rows[frame.state][name], name, made, frame)
            if kind == END and frame.state == self._end:
                return frame

    def accepted(self, frame: Frame) -> list[str]:
        """The terminals that fit."""
        return [
            name
            for name in self._rows[frame.state]
            if (name.isupper() or name == END) and self.shift(frame, name, 0)
        ]


def _is_list(frame: Frame) -> bool:
    return frame.symbol == "OPEN_BRACE" or frame.symbol.startswith(_LISTS)


def statement_lists(frame: Frame | None) -> Iterator[Frame]:
    """The lists of statements that a stack stands in, innermost first."""
    closed = 0  # blocks that were closed already, but not yet reduced
    while frame is not None:
        if frame.symbol == "CLOSE_BRACE":
            closed += 1
        elif closed:
            closed -= frame.symbol == "OPEN_BRACE"
        elif _is_list(frame) or frame.below is None:
            yield frame
        frame = frame.below


# -- braces -------------------------------------------------------------------------


def balanced(tokens: Sequence[Token], report: Report) -> list[Token]:
    """The tokens with braces added or left out so that they pair, by indentation."""
    opened = sum(t.type == "OPEN_BRACE" for t in tokens)
    closed = sum(t.type == "CLOSE_BRACE" for t in tokens)
    if opened > closed:
        return _with_missing(tokens, opened - closed, report)
    if closed > opened:
        return _without_surplus(tokens, closed - opened, report)
    return list(tokens)


def _with_missing(tokens: Sequence[Token], missing: int, report: Report) -> list[Token]:
    """Closes blocks where the text goes on further to the left than they began."""
    indent = lines_of(tokens)
    stack: list[Token] = []
    result: list[Token] = []
    for token in tokens:
        line, column = token.line or 0, token.column or 0
        if indent[line] == column:
            # a new line: blocks that began at this indentation or further right are over,
            # but for the one that a closing brace of this line closes
            while missing and stack and stack[-1].line != line:
                begun = indent[stack[-1].line or 0]
                over = begun > column if token.type == "CLOSE_BRACE" else begun >= column
                if not over or (begun == column == 1 and _flat(stack, indent)):
                    break
                report("P103", span_of(stack.pop()))
                result.append(_behind(result[-1], "CLOSE_BRACE", "}"))
                missing -= 1
        if token.type == "OPEN_BRACE":
            stack.append(token)
        elif token.type == "CLOSE_BRACE" and stack:
            stack.pop()
        result.append(token)
    for brace in reversed(stack[:missing] if missing else []):
        report("P103", span_of(brace))
        result.append(_behind(result[-1], "CLOSE_BRACE", "}"))
    return result


def _flat(stack: Sequence[Token], indent: Mapping[int, int]) -> bool:
    """Whether a text is written without indentation, so that it tells nothing."""
    return len(stack) > 1 and all(indent[t.line or 0] == 1 for t in stack)


def _without_surplus(tokens: Sequence[Token], surplus: int, report: Report) -> list[Token]:
    """Leaves out closing braces that stand further to the right than what they would close."""
    indent = lines_of(tokens)
    stack: list[Token] = []
    result: list[Token] = []
    for token in tokens:
        if token.type == "OPEN_BRACE":
            stack.append(token)
        elif token.type == "CLOSE_BRACE":
            column = token.column or 0
            deeper = (
                bool(stack)
                and indent[token.line or 0] == column
                and stack[-1].line != token.line
                and indent[stack[-1].line or 0] < column
            )
            if surplus and (deeper or not stack):
                report("P104", span_of(token))
                surplus -= 1
                continue
            if stack:
                stack.pop()
        result.append(token)
    return result


def _behind(token: Token, kind: str, value: str) -> Token:
    """A token that the author left out: it takes no room, behind the one before it."""
    end = span_of(token).end
    line, column = token.end_line, token.end_column
    return Token(kind, value, end, line, column, line, column, end)


# -- repairs ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Repair:
    """From the ``since``-th token read on, read ``tokens``, and go on at token ``goes_on``."""

    since: int
    tokens: tuple[Token, ...]
    goes_on: int
    code: str
    span: Span
    details: Mapping[str, object] = field(default_factory=dict)
    enough: int = _ENOUGH


@cache
def _glue_words() -> tuple[tuple[str, str], ...]:
    """Keywords that join names and numbers in running text, longest first."""
    table = keywords.keyword_table()
    found = [
        (word, kind) for kind in _GLUABLE for word in table.get(kind, ()) if not word.isascii()
    ]
    return tuple(sorted(found, key=lambda pair: (-len(pair[0]), pair[0])))


# Other keywords are too common as parts of names (单位, 组) to tell a missing space.
_GLUABLE = (
    "BELOW", "SHORT_OF", "UNDER", "ABOVE", "EXCEEDS", "REACHES", "NOT_BELOW", "NOT_FEWER",
    "NOT_ABOVE", "NOT_EXCEEDING", "AWARD", "DEDUCT", "GIVE", "EACH", "ITEM", "DISCRETION_DEDUCT",
    "DISCRETION_AWARD", "NOT_CARRIED_OUT", "NOT_IMPLEMENTED", "NOT_COMPLETED", "NOT_REACHED",
    "NOT_MET", "NOT_ESTABLISHED", "NOT_GROWN", "NOT_RECTIFIED", "MAX", "MIN", "FULL_MARKS", "CAP",
    "MOST", "SCORED", "OR_MORE", "OR_LESS", "BY", "IS", "IS_NOT", "AND", "OR", "TO", "INDICATOR",
    "GROUP", "FACT",
)  # fmt: skip


def _cuts(word: str) -> Iterator[list[tuple[str, str]]]:
    """Ways to cut keywords off the ends of a word: (text, kind) for each part."""
    for head_count in range(4):
        head, rest = _taken(word, head_count, front=True)
        if len(head) < head_count:
            break
        for tail_count in range(3):
            if not head_count and not tail_count:
                continue
            tail, middle = _taken(rest, tail_count, front=False)
            if len(tail) < tail_count:
                break
            yield [*head, *([(middle, "NAME")] if middle else []), *reversed(tail)]


def _taken(word: str, count: int, *, front: bool) -> tuple[list[tuple[str, str]], str]:
    parts: list[tuple[str, str]] = []
    while len(parts) < count:
        for text, kind in _glue_words():
            if (word.startswith(text) if front else word.endswith(text)) and len(parts) < count:
                parts.append((text, kind))
                word = word[len(text) :] if front else word[: len(word) - len(text)]
                break
        else:
            break
    return parts, word


class Recovery:
    """One attempt to read the tokens of a text; ``found`` tells what was amiss.

    ``limit`` bounds the findings; ``mended`` holds the offsets of tokens that lexing put in the
    place of others, and reported.
    """

    def __init__(
        self, automaton: Automaton, tokens: Sequence[Token], source: Source, limit: int,
        mended: Container[int] = (),
    ) -> None:  # fmt: skip
        self.automaton = automaton
        self._mended = mended
        self.source = source
        self.found: list[Diagnostic] = []
        self._limit = limit
        end = _behind(tokens[-1], END, "") if tokens else Token(END, "", 0, 1, 1, 1, 1, 0)
        self._tokens = [*tokens, end]
        self._written = Counter(t.value for t in tokens if t.type == "NAME")
        self._opened = 0  # blocks that repairs opened
        self._read: list[Token] = []
        # before each token that was read, and before the next
        self._frames: list[Frame] = [automaton.bottom]

    def run(self) -> list[Token]:
        """Tokens that the parser takes, without the end mark."""
        position = 0
        while position < len(self._tokens) and len(self.found) < self._limit:
            token = self._tokens[position]
            if self._feed(token):
                position += 1
            elif token.type == SOFT or token.start_pos in self._mended:
                position += 1  # reported already, as a character that cannot stand here
            else:
                position = self._recover(position)
        if len(self.found) >= self._limit:
            return []
        return self._read[:-1]

    def _feed(self, token: Token) -> bool:
        kind = "NAME" if token.type == SOFT else token.type
        frame = self.automaton.shift(self._frames[-1], kind, len(self._read))
        if frame is None:
            return False
        if token.type == SOFT:
            token = made_token("NAME", token.value, token)
        self._read.append(token)
        self._frames.append(frame)
        return True

    def report(self, code: str, span: Span, **details: object) -> None:
        """Add a finding."""
        self.found.append(Diagnostic(code, self.source, span, details))

    # -- choosing

    def _recover(self, position: int) -> int:
        token = self._tokens[position]
        if token.type == "CLOSE_BRACE" and self._open_block() is None:
            self.report("P104", span_of(token))
            return position + 1
        for repairs in (self._small(position), self._cutting(position)):
            best: tuple[int, _Repair] | None = None
            for repair in repairs:
                reached = self._reach(repair, position)
                enough = max(repair.goes_on, position + 1) + repair.enough - 1
                if repair.goes_on == position and self._starts_line(position):
                    enough = position + 1  # the sentence before this line is whole
                if reached >= min(len(self._tokens), enough) and (
                    best is None or reached > best[0]
                ):
                    best = reached, repair
            if best is not None:
                return self._apply(best[1])
        return self._give_up(position)

    def _starts_line(self, position: int) -> bool:
        return bool(self._read) and self._read[-1].end_line != self._tokens[position].line

    def _reach(self, repair: _Repair, position: int) -> int:
        """The token up to which the text parses after a repair."""
        shift = self.automaton.shift
        frame: Frame | None = self._frames[repair.since]
        for token in repair.tokens:
            assert frame is not None
            frame = shift(frame, token.type, 0)
            if frame is None:
                return -1
        reached = repair.goes_on
        while reached < min(len(self._tokens), position + _HORIZON):
            assert frame is not None
            kind = self._tokens[reached].type
            after = shift(frame, "NAME" if kind == SOFT else kind, 0)
            if after is None and kind != SOFT:
                break
            frame = after or frame
            reached += 1
        return len(self._tokens) + _HORIZON if reached == len(self._tokens) else reached

    def _apply(self, repair: _Repair) -> int:
        self._opened += repair.code == "P110" and repair.tokens[0].type == "OPEN_BRACE"
        self.report(repair.code, repair.span, **repair.details)
        del self._read[repair.since :]
        del self._frames[repair.since + 1 :]
        for token in repair.tokens:
            fitted = self._feed(token)
            assert fitted, "the repair was tried before"
        return repair.goes_on

    def _original(self, token: Token) -> str:
        span = span_of(token)
        return self.source.text[span.start : span.end]

    # -- what may have been meant

    def _small(self, position: int) -> Iterator[_Repair]:
        """Repairs of one word or mark, the likeliest first."""
        later: list[_Repair] = []
        for repair in self._misspelt(position):
            # a word that is written again and again is no slip of the pen
            if self._written[self._read_or_next(repair.since, position).value] > 1:
                later.append(repair)
            else:
                yield repair
        yield from self._bound_twice(position)
        yield from self._digits_in_name(position)
        yield from self._glued(position)
        yield from self._number_in_words(position)
        yield from self._left_out(position)
        yield from self._other_mark(position)
        yield from self._keyword_as_name(position)
        yield from self._word_left_out(position)
        yield from later
        yield from self._one_too_many(position)
        yield from self._swapped(position)

    def _read_or_next(self, at: int, position: int) -> Token:
        return self._read[at] if at < len(self._read) else self._tokens[position]

    def _window(self) -> range:
        """Places of this statement's tokens before the error, nearest first, and the error's."""
        begin = next(statement_lists(self._frames[-1])).made
        return range(len(self._read), max(begin, len(self._read) - _LOOK_BACK) - 1, -1)

    def _names_near(self, position: int) -> Iterator[tuple[int, Token, tuple[Token, ...], int]]:
        """(place, name, tokens read behind it, where to go on) for names up to the error."""
        for at in self._window():
            token = self._read_or_next(at, position)
            goes_on = position + 1 if at == len(self._read) else position
            if token.type == "NAME":
                yield at, token, tuple(self._read[at + 1 :]), goes_on

    def _misspelt(self, position: int) -> Iterator[_Repair]:
        table, words = keywords.keyword_table(), keywords.words()
        for at, token, behind, goes_on in self._names_near(position):
            fitting = self.automaton.accepted(self._frames[at])
            spellings = [word for kind in fitting for word in table.get(kind, ())]
            for near in near_words(token.value, spellings, 3):
                instead = made_token(words[near], token.value, token)
                yield _Repair(
                    at, (instead, *behind), goes_on, "P117", span_of(token),
                    {"found": token.value, "near": near},
                )  # fmt: skip

    def _digits_in_name(self, position: int) -> Iterator[_Repair]:
        """某部门1: digits are words of their own, so that 扣2分 needs no spaces."""
        token = self._tokens[position]
        if not self._read or token.type not in ("NUMBER", "DATE", "NAME"):
            return
        at, goes_on, last = len(self._read) - 1, position + 1, token
        if self._read[at].end_pos != token.start_pos:
            return
        if self._read[at].type == "NUMBER" and at:
            # the name went on behind its digits, as if they had a unit: 某县1中
            at -= 1
            if self._read[at].end_pos != self._read[at + 1].start_pos:
                return
        first = self._read[at]
        if first.type != "NAME":
            return
        following = self._tokens[goes_on]
        if following.type == "NAME" and following.start_pos == last.end_pos:
            last, goes_on = following, goes_on + 1
        written = self.source.text[first.start_pos : last.end_pos]
        whole = made_token("NAME", written, first, last)
        yield _Repair(at, (whole,), goes_on, "P128", span_of(whole), {"found": written})

    def _bound_twice(self, position: int) -> Iterator[_Repair]:
        """不低于 95% 以上: the bound is said twice."""
        token = self._tokens[position]
        if token.type not in ("OR_MORE", "OR_LESS"):
            return
        for at in self._window():
            if at < len(self._read) and self._read[at].type in _COMPARISONS:
                word = self._read[at]
                spelt = keywords.keyword_table()[token.type]
                details = {
                    "word": word.value, "word_en": shown(word.type)[1],
                    "surplus": spelt[0], "surplus_en": spelt[1],
                }  # fmt: skip
                yield _Repair(len(self._read), (), position + 1, "P113", span_of(token), details)
                return

    def _glued(self, position: int) -> Iterator[_Repair]:
        for at, token, behind, goes_on in self._names_near(position):
            if not 2 <= len(token.value) <= 60 or token.value.isascii():
                continue
            for parts in _cuts(token.value):
                start, cut = token.start_pos or 0, []
                for text, kind in parts:
                    piece = Token(
                        kind, text, start, token.line, token.column, token.line,
                        token.end_column, start + len(text),
                    )  # fmt: skip
                    cut.append(piece)
                    start += len(text)
                proposal = " ".join(text for text, _ in parts)
                yield _Repair(
                    at, (*cut, *behind), goes_on, "P112", span_of(token),
                    {"found": token.value, "proposal": proposal},
                )  # fmt: skip

    def _number_in_words(self, position: int) -> Iterator[_Repair]:
        """百分之五 is a name to the lexer."""
        token = self._tokens[position]
        if token.type == "NAME" and token.value.startswith(("百分之", "千分之", "万分之")):
            numeral = made_token("NUMBER", "0", token)
            yield _Repair(
                len(self._read), (numeral,), position + 1, "P120", span_of(token),
                {"found": token.value},
            )  # fmt: skip

    def _left_out(self, position: int) -> Iterator[_Repair]:
        before = self._before(position)
        place = span_of(before).end
        for kind in _LEFT_OUT:
            zh, en = shown(kind)
            yield _Repair(
                len(self._read), (_behind(before, kind, zh),), position, "P110",
                Span(place, place), {"missing": zh, "missing_en": en},
            )  # fmt: skip

    def _word_left_out(self, position: int) -> Iterator[_Repair]:
        before = self._before(position)
        place = span_of(before).end
        fitting = set(self.automaton.accepted(self._frames[-1]))
        names = [shown(kind) for kind in _PLACEHOLDERS if kind in fitting]
        zh, en = "或".join(n[0] for n in names), " or ".join(n[1] for n in names)
        if len(names) > 2:
            zh, en = "一个值", "a value"
        for kind, value in _PLACEHOLDERS.items():
            yield _Repair(
                len(self._read), (_behind(before, kind, value),), position, "P119",
                Span(place, place), {"missing": zh, "missing_en": en},
            )  # fmt: skip

    def _other_mark(self, position: int) -> Iterator[_Repair]:
        token = self._tokens[position]
        if token.type not in _MARKS:
            return
        for kind in _INSTEAD:
            if kind == token.type:
                continue
            zh, en = shown(kind)
            yield _Repair(
                len(self._read), (made_token(kind, zh, token),), position + 1, "P121",
                span_of(token),
                {"found": self._original(token), "wanted": zh, "wanted_en": en},
            )  # fmt: skip

    def _keyword_as_name(self, position: int) -> Iterator[_Repair]:
        token = self._tokens[position]
        code = "P127" if token.type == "NUMBER" else "P115"
        if code == "P127" or token.type in keywords.keyword_table():
            yield _Repair(
                len(self._read), (made_token("NAME", token.value, token),), position + 1, code,
                span_of(token), {"found": self._original(token)},
                # 一、二、三: each of them is wrong by itself
                2 if code == "P127" else _ENOUGH,
            )  # fmt: skip

    def _one_too_many(self, position: int) -> Iterator[_Repair]:
        if self._tokens[position].type not in (END, "OPEN_BRACE", "CLOSE_BRACE"):
            yield self._cut(position, position + 1)

    def _swapped(self, position: int) -> Iterator[_Repair]:
        """The word at the error and the one before or behind it."""
        token = self._tokens[position]
        pairs = []
        if self._read:
            pairs.append((len(self._read) - 1, self._read[-1], token, position + 1))
        if position + 1 < len(self._tokens):
            pairs.append((len(self._read), token, self._tokens[position + 1], position + 2))
        for since, first, second, goes_on in pairs:
            if first.line != second.line or {first.type, second.type} & _NOT_SWAPPED:
                continue
            yield _Repair(
                since, (second, first), goes_on, "P122",
                Span(span_of(first).start, span_of(second).end),
                {"first": self._original(first), "second": self._original(second)},
            )  # fmt: skip

    def _cut(self, position: int, goes_on: int) -> _Repair:
        zh, en = listed(self.automaton.accepted(self._frames[-1]))
        last = span_of(self._tokens[goes_on - 1])
        span = Span(span_of(self._tokens[position]).start, last.end)
        found = shorten(self.source.text[span.start : span.end])
        details = {"found": found, "expected": zh, "expected_en": en}
        return _Repair(len(self._read), (), goes_on, "P101", span, details)

    def _cutting(self, position: int) -> Iterator[_Repair]:
        """Leave out several words of the line."""
        line = self._tokens[position].line
        if self._tokens[position].type in ("OPEN_BRACE", "CLOSE_BRACE"):
            return
        for goes_on in range(position + 2, min(len(self._tokens), position + 40)):
            left_out = self._tokens[goes_on - 1]
            if left_out.line != line or left_out.type in ("OPEN_BRACE", "CLOSE_BRACE", END):
                return
            yield self._cut(position, goes_on)

    def _before(self, position: int) -> Token:
        if self._read:
            return self._read[-1]
        token = self._tokens[position]
        start = token.start_pos
        return Token("", "", start, token.line, token.column, token.line, token.column, start)

    # -- giving a statement up

    def _give_up(self, position: int) -> int:
        token = self._tokens[position]
        if token.type in (END, "CLOSE_BRACE") or self._starts_line(position):
            block = self._open_block()
            if token.type == END and block is not None and self._closes(block):
                brace = span_of(self._read[block.made - 1])
                if self._opened:
                    self._opened -= 1  # it was a repair that opened a block too many
                else:
                    self.report("P103", brace)
            else:
                zh, en = listed(self.automaton.accepted(self._frames[-1]))
                place = span_of(self._before(position)).end
                self.report("P102", Span(place, place), expected=zh, expected_en=en)
        else:
            self._unexpected(position)
        if token.type == END:
            return self._end(position)
        opened = self._to_block(position)
        return self._resume(position) if opened is None else opened

    def _unexpected(self, position: int) -> None:
        repair = self._cut(position, position + 1)
        self.report(repair.code, repair.span, **repair.details)

    def _open_block(self) -> Frame | None:
        lists = statement_lists(self._frames[-1])
        return next((frame for frame in lists if frame.symbol == "OPEN_BRACE"), None)

    def _closes(self, block: Frame) -> bool:
        return self.automaton.shift(self._frames[-1], "CLOSE_BRACE", 0) is not None

    def _unwind(self, frame: Frame, kind: str) -> bool:
        """Forget what was read since ``frame``, if a token of this kind can then be read."""
        shift = self.automaton.shift
        made = frame.made
        wanted = shift(frame, kind, made)
        if wanted is None:
            return False
        # the stack as the parser will have it: what stands before is not reduced yet, and might
        # go on with the token (满分 100 ⏎ 总分 …: a unit of measure?), if nothing ends it
        before = self._frames[made]
        if shift(before, kind, made) == wanted:
            parting = None
        else:
            ended = shift(before, "SEMICOLON", made)
            if ended is None or shift(ended, kind, made + 1) is None:
                return False
            parting = _behind(self._read[made - 1], "SEMICOLON", "；")
        del self._read[made:]
        del self._frames[made + 1 :]
        if parting is not None:
            self._feed(parting)
        return True

    def _end(self, position: int) -> int:
        """At the end of the file: close what is open, so that what was read is kept."""
        closing = _behind(self._before(position), "CLOSE_BRACE", "}")
        if self._feed(closing):
            return position
        for frame in statement_lists(self._frames[-1]):
            if self._unwind(frame, "CLOSE_BRACE"):
                self._feed(closing)
                return position
            if self._unwind(frame, END):
                return position
        return position + 1

    def _to_block(self, position: int) -> int | None:
        """A heading that went wrong still opens its block: go on inside the block."""
        line = self._tokens[position].line
        at = position
        while self._tokens[at].line == line and self._tokens[at].type not in (
            "OPEN_BRACE", "CLOSE_BRACE", END,
        ):  # fmt: skip
            at += 1
        if self._tokens[at].type != "OPEN_BRACE" or self._tokens[at].line != line:
            return None
        frame: Frame | None = self._frames[-1]
        while frame is not None and not _is_list(frame):
            opened = self.automaton.shift(frame, "OPEN_BRACE", 0)
            following = self._tokens[at + 1].type
            if (
                opened
                and self.automaton.shift(opened, following, 0)
                and self._unwind(frame, "OPEN_BRACE")
            ):
                return at
            frame = frame.below
        return None

    def _resume(self, position: int) -> int:
        """Drop the unfinished statement; go on at the start of a line or a closing brace."""
        depth = 0
        for ahead in range(position, len(self._tokens)):
            token = self._tokens[ahead]
            starts = ahead == 0 or self._tokens[ahead - 1].end_line != token.line
            closes = token.type in ("CLOSE_BRACE", END)
            if depth == 0 and (closes or (starts and ahead > position)) and self._pop_to(token):
                return ahead
            if token.type == "OPEN_BRACE":
                depth += 1
            elif token.type == "CLOSE_BRACE":
                depth = max(0, depth - 1)
        return len(self._tokens) - 1

    def _pop_to(self, token: Token) -> bool:
        """Unwind to the innermost list of statements in which the token can stand."""
        kind = "NAME" if token.type == SOFT else token.type
        ended = self.automaton.shift(self._frames[-1], "SEMICOLON", len(self._read))
        if self._read and ended is not None and self.automaton.shift(ended, kind, 0) is not None:
            # what was read last is a whole statement: it stays
            self._feed(_behind(self._read[-1], "SEMICOLON", "；"))
            return True
        for frame in statement_lists(self._frames[-1]):
            if self._unwind(frame, kind):
                return True
            if kind == "CLOSE_BRACE" and frame.symbol == "OPEN_BRACE":
                return False  # a brace closes the innermost open block or nothing
        return False


_NOT_SWAPPED = frozenset({END, SOFT, "OPEN_BRACE", "CLOSE_BRACE"})
_COMPARISONS = frozenset(
    {"REACHES", "NOT_BELOW", "NOT_FEWER", "NOT_ABOVE", "NOT_EXCEEDING", "BELOW", "SHORT_OF",
     "UNDER", "ABOVE", "EXCEEDS", "EARLIER", "LATER", "LESS", "LESS_EQ", "GREATER", "GREATER_EQ",
     "EQUALS", "NOT_EQUALS"}
)  # fmt: skip
