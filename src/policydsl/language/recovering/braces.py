"""Braces that do not pair: indentation tells which is missing or too many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lark import Token

from policydsl.language.lexing import Report, lines_of, span_of
from policydsl.language.recovering.reading import token_behind


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
                result.append(token_behind(result[-1], "CLOSE_BRACE", "}"))
                missing -= 1
        if token.type == "OPEN_BRACE":
            stack.append(token)
        elif token.type == "CLOSE_BRACE" and stack:
            stack.pop()
        result.append(token)
    for brace in reversed(stack[:missing] if missing else []):
        report("P103", span_of(brace))
        result.append(token_behind(result[-1], "CLOSE_BRACE", "}"))
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
