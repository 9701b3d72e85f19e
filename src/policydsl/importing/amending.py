"""A second import: the office's new edition as an amendment (修订) of the policy of the old one.

The new document is held against the old policy first.  A clause whose figures and phrases all stand
in the new text is kept as it is, whatever a person has made of it; where figures differ one for
one, they are put into it; only a clause that says something else is taken from the import.  The
difference of the two editions is then the amendment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from policydsl.importing.making import Imported
from policydsl.language import nodes as n
from policydsl.language.nodes import Span, walk
from policydsl.language.parsing import parse_text
from policydsl.language.printing import print_file, print_node
from policydsl.language.units import find_unit
from policydsl.model import policy as m
from policydsl.review.auditing import Audit, Entry, audit
from policydsl.versions.diffing import diff
from policydsl.wording.recognising.folding import fold

Key = tuple[str, ...]


def amendment(old: m.Policy, made: Imported) -> str | None:
    """The text of a 修订 that leads from ``old`` to the import; ``None``: nothing changed."""
    base = old.document
    assert base is not None
    new = parse_text(made.text, "<import>").file.documents[0]
    edition = _Edition(old, base, new, audit(old, made.document)).document()
    if edition.id.text == base.id.text:
        edition = replace(edition, id=n.Name(f"{base.id.text}-new"))
    change = diff(base, edition)
    if not any(not _about_the_file(statement) for statement in change.body):
        return None
    return print_file(n.File((change,)))


def _about_the_file(statement: n.Statement) -> bool:
    """Whether a change only names another source file."""
    if isinstance(statement, n.Attribute):
        return True
    if not isinstance(statement, n.Modify):
        return False
    parts = [x for x in walk(statement) if isinstance(x, n.Attribute)]
    return bool(parts) and all(x.key == "SOURCE" for x in parts)


_OF_THE_EDITION = frozenset({"REPLACES", "ISSUED", "IN_FORCE", "EXPIRES", "TRANSITION"})


def _of_the_edition(attribute: n.Attribute) -> bool:
    return attribute.key in _OF_THE_EDITION and "未载明" not in print_node(attribute)


class _Edition:
    """The new edition, with as much of the old one's wording as still holds."""

    def __init__(self, policy: m.Policy, base: n.Document, new: n.Document, held: Audit):
        self.base = base
        self.new = new
        self.old = dict(_clauses(base))
        self.complaints: dict[Key, list[Entry]] = {}
        ids = {id_: _key_of_id(id_, policy) for id_ in policy.clauses}
        for entry in held.complaints:
            for key in set(_places(entry, ids)):
                self.complaints.setdefault(key, []).append(entry)
        self.taken: list[n.Clause] = []

    def document(self) -> n.Document:
        """The edition as a document."""
        body = [
            s for s in self.base.body
            if not isinstance(s, n.Clause)
            # these belong to the old edition; what the new one has is to be written in
            and not (isinstance(s, n.Attribute) and _of_the_edition(s))
        ]  # fmt: skip
        sources = [s for s in self.new.body if isinstance(s, n.Attribute) and s.key == "SOURCE"]
        for index, statement in enumerate(body):
            if isinstance(statement, n.Attribute) and statement.key == "SOURCE" and sources:
                body[index] = sources[0]
        children = [self._clause(child, ()) for child in _children(self.new)]
        kept = [c for c in _children(self.base) if c.kind in ("STATUS_RULES", "SCENE", "BLEND")
                and not any(c.kind == x.kind for x in children)]  # fmt: skip
        facts = self._facts({s.name.text for s in walk(self.base) if isinstance(s, n.Fact)})
        attributes = tuple(a for a in self.base.attributes if not _of_the_edition(a))
        return replace(
            self.base, id=self.new.id, attributes=attributes, body=(*body, *facts, *children, *kept)
        )

    def _clause(self, new: n.Clause, above: Key) -> n.Clause:
        key = (*above, _label(new))
        old = self.old.get(key)
        if old is None:
            self.taken.append(new)
            return new
        inner = _children(new)
        wrong = self.complaints.get(key, [])
        if inner:
            kept = _patched(old, wrong) or old
            body = [s for s in kept.body if not isinstance(s, n.Clause)]
            return replace(kept, body=(*body, *(self._clause(c, key) for c in inner)))
        if not wrong:
            return old
        patched = _patched(old, wrong)
        if patched is not None:
            return patched
        self.taken.append(new)
        return replace(new, name=old.name)

    def _facts(self, known: set[str]) -> Iterator[n.Fact]:
        """Declarations for the clauses that were taken from the import."""
        wanted = {
            x.name.text for clause in self.taken for x in walk(clause)
            if isinstance(x, (n.Reference, n.NotDone, n.SpouseFact, n.Provided))
        }  # fmt: skip
        for statement in self.new.body:
            if isinstance(statement, n.Fact) and statement.name.text in wanted - known:
                yield statement


def _children(holder: n.Document | n.Clause) -> list[n.Clause]:
    return [s for s in holder.body if isinstance(s, n.Clause)]


def _label(clause: n.Clause) -> str:
    """What a clause is matched by; a schedule by its place (附件1), whatever it is called."""
    name = clause.name.text if clause.name is not None else clause.kind
    if clause.kind == "SCHEDULE":
        own = [a for a in (*clause.attributes, *clause.body) if isinstance(a, n.Attribute)]
        found = [
            a.value.value for a in own if a.key == "LOCATOR" and isinstance(a.value, n.TextValue)
        ]
        name = found[0] if found else name
    return _plain(clause.number or name)


def _plain(text: str) -> str:
    return re.sub(r"[\s“”、「」‘’]", "", fold(text))


def _clauses(document: n.Document) -> Iterator[tuple[Key, n.Clause]]:
    def visit(holder: n.Document | n.Clause, path: Key) -> Iterator[tuple[Key, n.Clause]]:
        for clause in _children(holder):
            key = (*path, _label(clause))
            yield key, clause
            yield from visit(clause, key)

    yield from visit(document, ())


def _key_of_id(id_: str, policy: m.Policy) -> Key:
    parts = [part for part in id_.split("/") if part]
    first = policy.clauses.get(parts[0]) if parts else None
    if first is not None and first.kind == "schedule" and first.locator:
        parts[0] = first.locator
    return tuple(_plain(part) for part in parts)


def _places(entry: Entry, ids: dict[str, Key]) -> Iterable[Key]:
    """The clauses that an entry is about: those of the code, and the one at that place."""
    for code in entry.code:
        yield ids.get(code.clause, ())
    section = entry.text.section if entry.text is not None else None
    if section is not None and section.holder is not None:
        place = tuple(_plain(part) for part in section.path[1:])
        yield from (key for key in ids.values() if key[-len(place) :] == place)


# -- figures put into a clause


def _patched(clause: n.Clause, wrong: Iterable[Entry]) -> n.Clause | None:
    """The clause with other figures; ``None`` if more than figures differ."""
    result: Any = clause
    for entry in wrong:
        text, code = entry.text, entry.code[0] if entry.code else None
        if entry.verdict != "different" or text is None or code is None:
            return None
        if text.value is None or code.value is None or text.values or code.values:
            return None
        old, fresh = code.value, text.value

        def change(number: n.Number, old: Any = old, fresh: Any = fresh) -> n.Number | None:
            unit = find_unit(number.unit or "")
            scale = unit.scale if unit is not None else 1
            if number.value * scale != old:
                return None
            return replace(number, value=fresh / scale, written=None)

        changed = _with_number(result, code.span, change)
        if changed is None:
            return None
        result = changed
    assert isinstance(result, n.Clause)
    return result


def _with_number(node: Any, span: Span, change: Callable[[n.Number], n.Number | None]) -> Any:
    """The tree with the first fitting number inside a span changed; ``None`` if there is none."""
    if isinstance(node, n.Number):
        return change(node) if span.start <= node.span.start and node.span.end <= span.end else None
    for field in fields(node):
        value = getattr(node, field.name)
        parts = value if isinstance(value, tuple) else (value,)
        for index, part in enumerate(parts):
            if not (is_dataclass(part) and isinstance(part, n.Node)):
                continue
            changed = _with_number(part, span, change)
            if changed is None:
                continue
            if isinstance(value, tuple):
                changed = (*value[:index], changed, *value[index + 1 :])
            return replace(node, **{field.name: changed})
    return None
