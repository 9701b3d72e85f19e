"""A second import: the office's new edition as an amendment (修订) of the policy of the old one.

The new document is held against the old policy first.  A clause whose figures and phrases all stand
in the new text is kept as it is, whatever a person has made of it; where figures differ one for
one, they are put into it; only a clause that says something else is taken from the import.  The
difference of the two editions is then the amendment.  A table that no longer has a row no longer
has the item; running text (要点, and 积分 without its tables) only frames a policy, so there the
old edition stays the frame, and what could not be placed is said at the head of the amendment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any, TypeVar

from policydsl.importing.making import Imported
from policydsl.language import nodes as n
from policydsl.language.nodes import Span, walk
from policydsl.language.parsing import parse_text
from policydsl.language.printing import print_file, print_node
from policydsl.language.units import find_unit
from policydsl.model import policy as m
from policydsl.model.loading import Library, bundled
from policydsl.reading.documents import SourceDocument
from policydsl.review.auditing import Audit, Entry, audit
from policydsl.review.auditing.coded import code_items
from policydsl.review.auditing.items import CodeItem
from policydsl.review.auditing.results import numbered
from policydsl.versions.diffing import diff
from policydsl.wording.recognising.folding import fold

Key = tuple[str, ...]


def amendment(old: m.Policy, made: Imported) -> str | None:
    """The text of a 修订 that leads from ``old`` to the import; ``None``: nothing changed."""
    base = old.document
    assert base is not None
    new = parse_text(made.text, "<import>").file.documents[0]
    frame = _Edition(old, base, new, audit(old, made.document))
    framed = made.kind == "要点" or (made.kind == "积分" and not made.document.tables)
    edition = frame.framed(made.document) if framed else frame.document()
    if edition.id.text == base.id.text:
        edition = replace(edition, id=n.Name(f"{base.id.text}-new"))
    change = diff(base, edition)
    left = _unplaced(edition, made.document) if framed else []
    if not left and all(map(_about_the_file, change.body)):
        return None
    return "".join(f"# {line}\n" for line in left) + print_file(n.File((change,)))


def _unplaced(edition: n.Document, document: SourceDocument) -> list[str]:
    """What the edition and the document still say differently, a line for each."""
    library = Library(bundled())
    library.add_text(print_file(n.File((edition,))), "<edition>")
    policy, _ = library.compile(edition.id.text)
    if policy is None:
        return ["待核对：改后的策略有错误，请先检查。"]
    return [f"待核对：{_said(entry)}" for entry in audit(policy, document).complaints]


def _said(entry: Entry) -> str:
    place = numbered(entry.text.section.path) if entry.text and entry.text.section else ""
    text = f"文件{place}写“{' '.join(entry.text.words.split())}”" if entry.text else "文件没有写"
    code = "、".join(f"{one.clause or '全文'} {' '.join(one.words.split())}" for one in entry.code)
    return f"{text}，策略{f'是{code}' if code else '没有'}。"


def _about_the_file(statement: n.Statement) -> bool:
    """Whether a change only names another source file, or drops when the old one was issued."""
    if isinstance(statement, n.Attribute):
        return True
    if not isinstance(statement, n.Modify):
        return False
    of_the_old = [isinstance(x, n.Without) and x.key in _OF_THE_EDITION for x in statement.parts]
    source = [isinstance(x, n.Attribute) and x.key == "SOURCE" for x in statement.parts]
    return all(one or other for one, other in zip(of_the_old, source, strict=True))


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
        self.policy = policy
        self.items = code_items(policy)
        self.ids = {id_: _key_of_id(id_, policy) for id_ in policy.clauses}
        for entry in held.complaints:
            for key in {*_places(entry, self.ids)} or {()}:
                self.complaints.setdefault(key, []).append(entry)
        self.taken: list[n.Clause] = []

    def document(self) -> n.Document:
        """The edition as a document."""
        body = [
            s
            for s in self.base.body
            if not isinstance(s, n.Clause)
            # these belong to the old edition; what the new one has is to be written in
            and not (isinstance(s, n.Attribute) and _of_the_edition(s))
        ]
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

    def framed(self, document: SourceDocument) -> n.Document:
        """The old edition with the document's figures in it, and its tasks by their numbers."""
        edition: n.Document = self.base
        wrong = {id(x): x for entries in self.complaints.values() for x in entries}
        failed: set[Key] = set()
        for entry in _told_by_name(wrong.values(), self.policy, document):
            patched = _patched(edition, [entry])
            if patched is not None:
                edition = patched
            else:
                failed.update(_places(entry, self.ids))
        fresh = {c.number: c for c in walk(self.new) if isinstance(c, n.Clause) and c.number}
        known = {c.number for c in walk(edition) if isinstance(c, n.Clause) and c.number}
        body = [x for x in self._tasks(edition, (), failed, fresh)
                if not (isinstance(x, n.Attribute) and _of_the_edition(x))]  # fmt: skip
        sources = [s for s in self.new.body if isinstance(s, n.Attribute) and s.key == "SOURCE"]
        body = [
            sources[0] if isinstance(x, n.Attribute) and x.key == "SOURCE" and sources else x
            for x in body
        ]
        if known:
            added = [task for number, task in fresh.items() if number not in known]
            self.taken += added
            holders = [i for i, x in enumerate(body) if isinstance(x, n.Clause)]
            if added and holders:
                # behind the last part, where a yearly list grows
                last = body[holders[-1]]
                assert isinstance(last, n.Clause)
                if last.number is None:
                    body[holders[-1]] = replace(last, body=(*last.body, *added))
                else:
                    body[holders[-1] + 1 : holders[-1] + 1] = added
        facts = list(self._facts({s.name.text for s in walk(self.base) if isinstance(s, n.Fact)}))
        attributes = tuple(a for a in edition.attributes if not _of_the_edition(a))
        return replace(edition, id=self.new.id, attributes=attributes, body=(*facts, *body))

    def _tasks(
        self,
        holder: n.Document | n.Clause,
        above: Key,
        failed: set[Key],
        fresh: Mapping[str, n.Clause],
    ) -> Iterator[n.Statement]:
        """The statements of a clause; a numbered one as the document has it now."""
        for statement in holder.body:
            if not isinstance(statement, n.Clause):
                yield statement
                continue
            key = (*above, _label(statement))
            new = fresh.get(statement.number or "")
            if statement.number and fresh and new is None:
                continue
            if new is not None and key in failed:
                self.taken.append(new)
                yield replace(new, name=statement.name)
                continue
            kept = replace(statement, body=tuple(self._tasks(statement, key, failed, fresh)))
            changed = new is not None and statement != self.old.get(key)
            yield _quoting(kept, new) if changed and new is not None else kept

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
        patched = _patched(old, self._paired(wrong, key))
        if patched is not None:
            return _quoting(patched, new)
        self.taken.append(new)
        return replace(new, name=old.name)

    def _paired(self, wrong: list[Entry], key: Key) -> list[Entry]:
        """Complaints; a limit (最高37分) without a partner gets the only one of its clause.

        The old figure may have found another place in the document, so that nothing is missing.
        """
        lone = [x for x in wrong if x.verdict == "missing_in_code" and x.text is not None
                and x.text.group == "bound"]  # fmt: skip
        limits = [x for x in self.items if x.group == "bound" and self.ids.get(x.clause) == key]
        if len(lone) != 1 or len(limits) != 1:
            return wrong
        paired = replace(lone[0], verdict="different", code=(limits[0],))
        return [paired if entry is lone[0] else entry for entry in wrong]

    def _facts(self, known: set[str]) -> Iterator[n.Fact]:
        """Declarations for the clauses that were taken from the import."""
        wanted = {
            x.name.text
            for clause in self.taken
            for x in walk(clause)
            if isinstance(x, (n.Reference, n.NotDone, n.SpouseFact, n.Provided))
        }
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
        if section.row is not None and section.row.name is not None:
            # an indicator goes by its name, its row in the table has no number of its own
            place = (*place[:-1], _plain(section.row.name.text))
            yield from (key for key in ids.values() if key[-len(place) :] == place)


def _quoting(clause: n.Clause, new: n.Clause) -> n.Clause:
    """The clause quoting the new edition's words, if it quoted the old one's."""
    quote = next((a for a in (*new.attributes, *new.body) if _is_quote(a)), None)
    if not isinstance(quote, n.Attribute):
        return clause
    return replace(
        clause,
        body=tuple(quote if _is_quote(x) else x for x in clause.body),
        attributes=tuple(quote if _is_quote(a) else a for a in clause.attributes),
    )


def _is_quote(node: n.Node) -> bool:
    return isinstance(node, n.Attribute) and node.key == "FULL_TEXT"


# -- figures put into a clause


def _told_by_name(
    entries: Iterable[Entry], policy: m.Policy, document: SourceDocument
) -> Iterator[Entry]:
    """Complaints about limits, each with the limit of the clause that the text names before it.

    甲组最高分值250分 is about 甲组 and 总分350分 about the whole, however near their numbers are.
    """
    limits: dict[str | None, CodeItem] = {
        item.clause: item for item in code_items(policy) if item.group == "limit"
    }
    names = {
        clause.name: id_ for id_, clause in policy.clauses.items() if clause.name and id_ in limits
    }
    for entry in entries:
        text = entry.text
        if text is None or text.group != "limit":
            yield entry
            continue
        sentence = document.source.text[: text.span.start].rsplit("。", 1)[-1]
        own = re.split("[，；,;]", sentence)[-1]
        whole = "" if re.search("组成|构成", sentence) else None
        said = _last_named(own, names) or (_last_named(sentence, names) if whole is None else None)
        code = limits.get(names[said] if said else whole)
        yield replace(entry, verdict="different", code=(code,)) if code is not None else entry


def _last_named(text: str, names: Iterable[str]) -> str | None:
    """The name that stands last in a text, the longer of two at one end."""
    found = [(text.rfind(name) + len(name), len(name), name) for name in names if name in text]
    return max(found)[2] if found else None


Patched = TypeVar("Patched", n.Clause, n.Document)


def _patched(clause: Patched, wrong: Iterable[Entry]) -> Patched | None:
    """The clause with other figures; ``None`` if more than figures differ."""
    result: Any = clause
    for entry in wrong:
        text, code = entry.text, entry.code[0] if entry.code else None
        if entry.verdict != "different" or text is None or code is None:
            return None
        if text.value is None or code.value is None or text.values or code.values:
            return None
        changed = _with_number(result, code.span, partial(_changed, code.value, text.value))
        if changed is None:
            return None
        result = changed
    assert isinstance(result, type(clause))
    return result


def _changed(old: Fraction, fresh: Fraction, number: n.Number) -> n.Number | None:
    """A number with another value in its own unit; ``None`` if it is not the one that is meant."""
    unit = find_unit(number.unit or "")
    scale = unit.scale if unit is not None else Fraction(1)
    if number.value * scale != old:
        return None
    return replace(number, value=fresh / scale, written=None)


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
