"""Completion of names: policies after a magic, keywords and facts inside ``%%policy``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from policydsl.language.keywords import words
from policydsl.model.loading import bundled
from policydsl.model.policy import Policy
from policydsl.notebook.desk import SCORED, Desk

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

MAGICS = ("score", "explain", "simulate")
_WORD = re.compile(r"[\w-]+$")


def register(shell: InteractiveShell, desk: Desk) -> None:
    """Add our matcher to the shell's completer, once."""
    matchers = shell.Completer.custom_matchers
    matchers[:] = [each for each in matchers if not isinstance(each, Matcher)]
    matchers.append(Matcher(shell, desk))


class Matcher:
    """What fits the word before the cursor; asked by IPython for every completion."""

    matcher_api_version = 2
    matcher_priority = 90
    matcher_identifier = "policydsl"

    def __init__(self, shell: Any, desk: Desk) -> None:
        self.__qualname__ = "policydsl"  # IPython asks matchers for the name of a function
        self.shell = shell
        self.desk = desk

    def __call__(self, context: Any) -> dict[str, Any]:
        """The completions as IPython's second interface wants them."""
        from IPython.core.completer import SimpleCompletion

        before = context.full_text[: _offset(context)]
        found = _WORD.search(before)
        word = found[0] if found else ""
        fitting = sorted({x for x in self._names(before) if x.startswith(word) and x != word})
        return {
            "completions": [SimpleCompletion(text=text, type="policydsl") for text in fitting],
            "suppress": bool(fitting),
            "matched_fragment": word,
        }

    def _names(self, before: str) -> Iterator[str]:
        if before.lstrip().startswith("%%policy"):
            _, newline, body = before.partition("\n")
            if newline:
                yield from words()
                yield from re.findall(r"\b事实\s+([^\s：:，,]+)", body)
            return
        line = before.rpartition("\n")[2].lstrip()
        if re.match(rf"%({'|'.join(MAGICS)})\s", line):
            yield from (
                name for name, value in self.shell.user_ns.items()
                if isinstance(value, Policy) or (hasattr(value, "columns") and name[0] != "_")
            )  # fmt: skip
            yield from self.desk.library().ids(SCORED)
            yield from bundled().ids(SCORED)


def _offset(context: Any) -> int:
    """The cursor as an offset into the whole text of the cell."""
    lines = context.full_text.split("\n")
    within: int = context.cursor_position
    return sum(len(line) + 1 for line in lines[: context.cursor_line]) + within
