"""A second import: the office's new edition as an amendment (修订) of the policy of the old one."""

from __future__ import annotations

import re
from dataclasses import replace

from policydsl.importing.making import Imported
from policydsl.language import nodes as n
from policydsl.language.nodes import walk
from policydsl.language.parsing import parse_text
from policydsl.language.printing import print_file
from policydsl.model import policy as m
from policydsl.versions.diffing import diff
from policydsl.wording.recognising.folding import fold


def amendment(base: n.Document, made: Imported, old: m.Policy | None = None) -> str | None:
    """The text of a 修订 that leads from ``base`` to what was imported; ``None``: no change in meaning.

    Names that only an import gives (of facts, of items) are taken over from the base where the
    rules are the same but for them, so that a changed figure is a changed figure and no new clause.
    """
    new = parse_text(made.text, "<import>").file.documents[0]
    new = _named_like(base, new)
    new = replace(new, id=n.Name(_other_id(base.id.text, new.id.text)))
    change = diff(base, new)
    if not any(not isinstance(s, n.Attribute) for s in change.body):
        return None
    del old
    return print_file(n.File((change,)))


def _other_id(base: str, new: str) -> str:
    return new if new != base else f"{base}-new"


def _named_like(base: n.Document, new: n.Document) -> n.Document:
    """The new document with what the base calls the same things: facts by the place of their rule."""
    before, after = dict(_clauses(base)), dict(_clauses(new))
    names: dict[str, str] = {}
    for key, clause in after.items():
        old = before.get(key)
        if old is None:
            continue
        mine, theirs = _rules(clause), _rules(old)
        if len(mine) != len(theirs):
            continue
        for one, other in zip(mine, theirs, strict=True):
            fresh, known = _names_in(one), _names_in(other)
            if len(fresh) == len(known):
                for a, b in zip(fresh, known, strict=True):
                    names.setdefault(a, b)
    return _with_heads(_renamed(new, names), before)


def _clauses(document: n.Document) -> list[tuple[tuple[str, ...], n.Clause]]:
    found: list[tuple[tuple[str, ...], n.Clause]] = []

    def visit(holder: n.Document | n.Clause, path: tuple[str, ...]) -> None:
        for statement in holder.body:
            if isinstance(statement, n.Clause):
                own = statement.number or (
                    statement.name.text if statement.name is not None else statement.kind
                )
                key = (*path, re.sub(r"[\s“”、]", "", fold(own)))
                found.append((key, statement))
                visit(statement, key)

    visit(document, ())
    return found


def _rules(clause: n.Clause) -> list[n.Statement]:
    return [s for s in clause.body if isinstance(s, (n.Rule, n.Target))]


def _names_in(node: n.Node) -> list[str]:
    """The names of facts in a rule, in the order of the text."""
    return [
        x.name.text
        for x in walk(node)
        if isinstance(x, (n.Reference, n.NotDone, n.SpouseFact, n.Provided))
    ]


def _renamed(document: n.Document, names: dict[str, str]) -> n.Document:
    text = print_file(n.File((document,)))
    for old, new in sorted(names.items(), key=lambda pair: -len(pair[0])):
        if old != new:
            text = re.sub(
                rf"(?<![\w\u4e00-\u9fff「]){re.escape(old)}(?![\w\u4e00-\u9fff」])",
                f"「{new}」",
                text,
            )
            text = text.replace(f"「{old}」", f"「{new}」")
    return parse_text(text, "<import>").file.documents[0]


def _with_heads(document: n.Document, before: dict[tuple[str, ...], n.Clause]) -> n.Document:
    """Items keep the base's name and what only a person writes (摘要, 概念, 英文, 存疑)."""

    def visit(holder: n.Document | n.Clause, path: tuple[str, ...]) -> tuple[n.Statement, ...]:
        body: list[n.Statement] = []
        for statement in holder.body:
            if not isinstance(statement, n.Clause):
                body.append(statement)
                continue
            own = statement.number or (
                statement.name.text if statement.name is not None else statement.kind
            )
            key = (*path, re.sub(r"[\s“”、]", "", fold(own)))
            old = before.get(key)
            inside = visit(statement, key)
            if old is not None:
                statement = replace(statement, name=old.name, attributes=_kept(old, statement))
            body.append(replace(statement, body=inside))
        return tuple(body)

    return replace(document, body=visit(document, ()))


_FIGURES = frozenset({"FULL_MARKS", "CAP", "FLOOR", "START"})


def _kept(old: n.Clause, new: n.Clause) -> tuple[n.Attribute, ...]:
    """The attributes of the old clause with the figures of the new one."""
    mine = {a.key: a for a in new.attributes if a.key in _FIGURES}
    kept = [mine.pop(a.key, a) if a.key in _FIGURES else a for a in old.attributes]
    return (*kept, *mine.values())
