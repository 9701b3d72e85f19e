"""Which repair to take, and how to go on where none helps."""

from __future__ import annotations

from collections.abc import Container, Sequence

from lark import Token

from policydsl.language.diagnostics import Diagnostic, Source
from policydsl.language.lexing import SOFT, span_of
from policydsl.language.nodes import Span
from policydsl.language.recovering.automaton import Automaton, Frame, is_list, statement_lists
from policydsl.language.recovering.naming import listed
from policydsl.language.recovering.reading import Reading, token_behind
from policydsl.language.recovering.repairs import Repair, Repairs
from policydsl.language.tables import END

# How many tokens behind an error are read to judge a repair.
_HORIZON = 14


class Recovery:
    """One attempt to read the tokens of a text; ``found`` tells what was amiss.

    ``limit`` bounds the findings; ``mended`` holds the offsets of tokens that lexing put in the
    place of others, and reported.
    """

    def __init__(
        self,
        automaton: Automaton,
        tokens: Sequence[Token],
        source: Source,
        limit: int,
        mended: Container[int] = (),
    ) -> None:
        self.reading = Reading(automaton, tokens, source)
        self.repairs = Repairs(self.reading)
        self.found: list[Diagnostic] = []
        self._mended = mended
        self._limit = limit
        self._opened = 0  # blocks that repairs opened

    def run(self) -> list[Token]:
        """Tokens that the parser takes, without the end mark."""
        position = 0
        while position < len(self.reading.tokens) and len(self.found) < self._limit:
            token = self.reading.tokens[position]
            if self.reading.feed(token):
                position += 1
            elif token.type == SOFT or token.start_pos in self._mended:
                position += 1  # reported already, as a character that cannot stand here
            else:
                position = self._recover(position)
        if len(self.found) >= self._limit:
            return []
        return self.reading.read[:-1]

    def report(self, code: str, span: Span, **details: object) -> None:
        """Add a finding."""
        self.found.append(Diagnostic(code, self.reading.source, span, details))

    # -- choosing

    def _recover(self, position: int) -> int:
        token = self.reading.tokens[position]
        if token.type == "CLOSE_BRACE" and self._open_block() is None:
            self.report("P104", span_of(token))
            return position + 1
        for repairs in (self.repairs.small(position), self.repairs.cutting(position)):
            best: tuple[int, Repair] | None = None
            for repair in repairs:
                reached = self._reach(repair, position)
                enough = max(repair.goes_on, position + 1) + repair.enough - 1
                if repair.goes_on == position and self._starts_line(position):
                    enough = position + 1  # the sentence before this line is whole
                if reached >= min(len(self.reading.tokens), enough) and (
                    best is None or reached > best[0]
                ):
                    best = reached, repair
            if best is not None:
                return self._apply(best[1])
        return self._give_up(position)

    def _starts_line(self, position: int) -> bool:
        return (
            bool(self.reading.read)
            and self.reading.read[-1].end_line != self.reading.tokens[position].line
        )

    def _reach(self, repair: Repair, position: int) -> int:
        """The token up to which the text parses after a repair."""
        shift = self.reading.automaton.shift
        frame: Frame | None = self.reading.frames[repair.since]
        for token in repair.tokens:
            assert frame is not None
            frame = shift(frame, token.type, 0)
            if frame is None:
                return -1
        reached = repair.goes_on
        while reached < min(len(self.reading.tokens), position + _HORIZON):
            assert frame is not None
            kind = self.reading.tokens[reached].type
            after = shift(frame, "NAME" if kind == SOFT else kind, 0)
            if after is None and kind != SOFT:
                break
            frame = after or frame
            reached += 1
        return (
            len(self.reading.tokens) + _HORIZON if reached == len(self.reading.tokens) else reached
        )

    def _apply(self, repair: Repair) -> int:
        self._opened += repair.code == "P110" and repair.tokens[0].type == "OPEN_BRACE"
        self.report(repair.code, repair.span, **repair.details)
        del self.reading.read[repair.since :]
        del self.reading.frames[repair.since + 1 :]
        for token in repair.tokens:
            fitted = self.reading.feed(token)
            assert fitted, "the repair was tried before"
        return repair.goes_on

    # -- giving a statement up

    def _give_up(self, position: int) -> int:
        token = self.reading.tokens[position]
        if token.type in (END, "CLOSE_BRACE") or self._starts_line(position):
            block = self._open_block()
            if token.type == END and block is not None and self._closes(block):
                brace = span_of(self.reading.read[block.made - 1])
                if self._opened:
                    self._opened -= 1  # it was a repair that opened a block too many
                else:
                    self.report("P103", brace)
            else:
                zh, en = listed(self.reading.automaton.accepted(self.reading.frames[-1]))
                place = span_of(self.reading.before(position)).end
                self.report("P102", Span(place, place), expected=zh, expected_en=en)
        else:
            self._unexpected(position)
        if token.type == END:
            return self._end(position)
        opened = self._to_block(position)
        return self._resume(position) if opened is None else opened

    def _unexpected(self, position: int) -> None:
        repair = self.repairs.cut(position, position + 1)
        self.report(repair.code, repair.span, **repair.details)

    def _open_block(self) -> Frame | None:
        lists = statement_lists(self.reading.frames[-1])
        return next((frame for frame in lists if frame.symbol == "OPEN_BRACE"), None)

    def _closes(self, block: Frame) -> bool:
        return self.reading.automaton.shift(self.reading.frames[-1], "CLOSE_BRACE", 0) is not None

    def _unwind(self, frame: Frame, kind: str) -> bool:
        """Forget what was read since ``frame``, if a token of this kind can then be read."""
        shift = self.reading.automaton.shift
        made = frame.made
        wanted = shift(frame, kind, made)
        if wanted is None:
            return False
        # the stack as the parser will have it: what stands before is not reduced yet, and might
        # go on with the token (满分 100 ⏎ 总分 …: a unit of measure?), if nothing ends it
        before = self.reading.frames[made]
        if shift(before, kind, made) == wanted:
            parting = None
        else:
            ended = shift(before, "SEMICOLON", made)
            if ended is None or shift(ended, kind, made + 1) is None:
                return False
            parting = token_behind(self.reading.read[made - 1], "SEMICOLON", "；")
        del self.reading.read[made:]
        del self.reading.frames[made + 1 :]
        if parting is not None:
            self.reading.feed(parting)
        return True

    def _end(self, position: int) -> int:
        """At the end of the file: close what is open, so that what was read is kept."""
        closing = token_behind(self.reading.before(position), "CLOSE_BRACE", "}")
        if self.reading.feed(closing):
            return position
        for frame in statement_lists(self.reading.frames[-1]):
            if self._unwind(frame, "CLOSE_BRACE"):
                self.reading.feed(closing)
                return position
            if self._unwind(frame, END):
                return position
        return position + 1

    def _to_block(self, position: int) -> int | None:
        """A heading that went wrong still opens its block: go on inside the block."""
        line = self.reading.tokens[position].line
        at = position
        while self.reading.tokens[at].line == line and self.reading.tokens[at].type not in (
            "OPEN_BRACE",
            "CLOSE_BRACE",
            END,
        ):
            at += 1
        if self.reading.tokens[at].type != "OPEN_BRACE" or self.reading.tokens[at].line != line:
            return None
        frame: Frame | None = self.reading.frames[-1]
        while frame is not None and not is_list(frame):
            opened = self.reading.automaton.shift(frame, "OPEN_BRACE", 0)
            following = self.reading.tokens[at + 1].type
            if (
                opened
                and self.reading.automaton.shift(opened, following, 0)
                and self._unwind(frame, "OPEN_BRACE")
            ):
                return at
            frame = frame.below
        return None

    def _resume(self, position: int) -> int:
        """Drop the unfinished statement; go on at the start of a line or a closing brace."""
        depth = 0
        for ahead in range(position, len(self.reading.tokens)):
            token = self.reading.tokens[ahead]
            starts = ahead == 0 or self.reading.tokens[ahead - 1].end_line != token.line
            closes = token.type in ("CLOSE_BRACE", END)
            if depth == 0 and (closes or (starts and ahead > position)) and self._pop_to(token):
                return ahead
            if token.type == "OPEN_BRACE":
                depth += 1
            elif token.type == "CLOSE_BRACE":
                depth = max(0, depth - 1)
        return len(self.reading.tokens) - 1

    def _pop_to(self, token: Token) -> bool:
        """Unwind to the innermost list of statements in which the token can stand."""
        kind = "NAME" if token.type == SOFT else token.type
        ended = self.reading.automaton.shift(
            self.reading.frames[-1], "SEMICOLON", len(self.reading.read)
        )
        if (
            self.reading.read
            and ended is not None
            and self.reading.automaton.shift(ended, kind, 0) is not None
        ):
            # what was read last is a whole statement: it stays
            self.reading.feed(token_behind(self.reading.read[-1], "SEMICOLON", "；"))
            return True
        for frame in statement_lists(self.reading.frames[-1]):
            if self._unwind(frame, kind):
                return True
            if kind == "CLOSE_BRACE" and frame.symbol == "OPEN_BRACE":
                return False  # a brace closes the innermost open block or nothing
        return False
