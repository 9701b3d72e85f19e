"""Completion: names and options behind a magic, keywords and names inside ``%%policy``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from policydsl.language import nodes as n
from policydsl.language.expecting import expected, tokens_before
from policydsl.language.functions import FUNCTIONS
from policydsl.language.keywords import keyword_table, words
from policydsl.model.kinds import DOCUMENT_KINDS
from policydsl.model.loading import Library, bundled, bundled_folder
from policydsl.model.policy import Policy
from policydsl.notebook.desk import SCORED, Desk

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

MAGICS = ("score", "explain", "simulate", "compare", "review", "prove")
_WORD = re.compile(r"[\w.-]+$")
_REFERRING = frozenset({"INDICATOR", "ITEM", "GROUP", "COMMON", "SCHEDULE", "SCENE", "TASK"})
_LINKING = frozenset({"BASED_ON", "REPLACES", "APPLIES_TO", "ADOPTS"})


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
        fitting = sorted({x for x in self._names(before, word) if x.startswith(word) and x != word})
        return {
            "completions": [SimpleCompletion(text=text, type="policydsl") for text in fitting],
            "suppress": bool(fitting),
            "matched_fragment": word,
        }

    def _names(self, before: str, word: str) -> Iterator[str]:
        if before.lstrip().startswith("%%policy"):
            head, newline, body = before.partition("\n")
            if newline:
                yield from self._in_policy(body[: len(body) - len(word)])
            elif " -" in head:
                yield from ("--quiet",)
            return
        line = before.rpartition("\n")[2]
        found = re.match(rf"\s*(?:\w+\s*=\s*)?%({'|'.join(MAGICS)})\s(.*)$", line)
        if found:
            yield from self._behind(found[1], found[2], word)

    # -- behind a magic

    def _behind(self, magic: str, line: str, word: str) -> Iterator[str]:
        given = line[: len(line) - len(word)].split()
        last = given[-1] if given else ""
        if word.startswith("-"):
            yield from self._options(magic)
        elif last in ("-p", "--population"):
            yield from self._variables(tables=True)
            yield from (path.stem for path in _populations())
        elif last == "--assume":
            yield from self.desk.library().ids(["assumption"])
            yield from bundled().ids(["assumption"])
        elif last == "--scene":
            yield from self._scenes(given)
        elif last == "--code":
            from policydsl.review.meanings import MEANINGS

            yield from MEANINGS
        elif last in ("-n", "--seed", "--quota", "--by", "--seconds"):
            return
        else:
            if magic == "prove" and given:
                yield from self._clauses(given[0])
            yield from self._variables(tables=magic in ("score", "explain"))
            yield from self.desk.library().ids(SCORED)
            yield from bundled().ids(SCORED)

    def _options(self, magic: str) -> Iterator[str]:
        parser = self.shell.magics_manager.magics["line"][magic].parser
        for action in parser._actions:
            yield from (x for x in action.option_strings if x.startswith("--") and x != "--help")

    def _variables(self, tables: bool) -> Iterator[str]:
        for name, value in list(self.shell.user_ns.items()):
            if name.startswith("_"):
                continue
            if isinstance(value, Policy) or (
                tables and (isinstance(value, dict) or hasattr(value, "columns"))
            ):
                yield name

    def _policy(self, name: str) -> n.Document | None:
        value = self.shell.user_ns.get(name)
        if isinstance(value, Policy):
            return value.document
        entry = self.desk.library().find(name)
        return None if entry is None else entry.document

    def _scenes(self, given: list[str]) -> Iterator[str]:
        for word in given:
            for node in n.walk(self._policy(word)):
                if isinstance(node, n.Clause) and node.kind == "SCENE" and node.name is not None:
                    yield node.name.text

    def _clauses(self, name: str) -> Iterator[str]:
        value = self.shell.user_ns.get(name)
        if isinstance(value, Policy):
            yield from value.clauses
            return
        library = self.desk.library()
        if library.find(name) is not None:
            policy, _ = library.compile(name)
            yield from () if policy is None else policy.clauses

    # -- inside a policy

    def _in_policy(self, body: str) -> Iterator[str]:
        """What may stand behind a text: keywords that fit, and the names that are known there."""
        kinds = {word for kind in DOCUMENT_KINDS for word in keyword_table()[kind]}
        if not kinds & set(body.split()):
            # a piece of a policy: nobody can tell what fits there
            yield from words()
            yield from _declared(body, "(?:事实|fact)")
            return
        tokens = tokens_before(body, len(body))
        fitting = expected(tokens)
        table = keyword_table()
        english = re.match(r"\s*[A-Za-z_]", body) is not None
        yield from (table[kind][1 if english else 0] for kind in fitting & table.keys())
        if "NAME" not in fitting:
            return
        library = self.desk.library()
        last = tokens[-1].type if tokens else ""
        if last == "USES":
            yield from library.ids(["vocabulary"])
            return
        if last in _LINKING:
            yield from library.ids()
            return
        if last in _REFERRING:
            yield from _declared(body, r"(?:组|指标|任务|场景|单位)")
            yield from self._base_clauses(body, library)
            return
        yield from _declared(body, "(?:事实|fact)")
        yield from _shared(body, library)
        yield from (function.chinese[0] for function in FUNCTIONS.values())

    def _base_clauses(self, body: str, library: Library) -> Iterator[str]:
        for id_ in re.findall(r"(?:基于|based_on)\s+([\w.-]+)", body):
            entry = library.find(id_)
            for node in n.walk(None if entry is None else entry.document):
                if isinstance(node, n.Clause) and node.name is not None:
                    yield node.name.text


def _declared(body: str, keyword: str) -> Iterator[str]:
    yield from re.findall(rf"{keyword}\s+([^\s：:，,{{}}]+)", body)


def _shared(body: str, library: Library) -> Iterator[str]:
    """The facts of the vocabularies that a text uses, with their values."""
    for ids in re.findall(r"(?:使用|uses)\s+([\w.、-]+)", body):
        for id_ in ids.split("、"):
            entry = library.find(id_)
            for node in n.walk(None if entry is None else entry.document):
                if isinstance(node, n.Fact):
                    yield node.name.text
                    yield from (value.text for value in node.type.values)


def _populations() -> list[Any]:
    return sorted((bundled_folder() / "populations").glob("*.toml"))


def _offset(context: Any) -> int:
    """The cursor as an offset into the whole text of the cell."""
    lines = context.full_text.split("\n")
    within: int = context.cursor_position
    return sum(len(line) + 1 for line in lines[: context.cursor_line]) + within
