"""Amendments (修订) applied to a base edition, clause by clause.

References in an amendment name clauses as they stand in the base edition (or as the
amendment itself inserts them), so the order of operations does not matter and independent
amendments of one base commute.  Each operation leaves a *footprint*: what it touches.  Two
amendments whose footprints meet are in conflict.

The consolidated edition is an ordinary document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, cast

from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, Source, did_you_mean
from policydsl.language.paths import (
    Position,
    clause_key,
    clause_label,
    clauses,
    find,
    id_of,
    ref_text,
)

ChangeKind = Literal[
    "modify", "insert", "repeal", "move", "rename", "renumber", "split", "merge", "document"
]

# Attributes behind an operation that speak of the operation, not of the clause.
ABOUT_THE_CHANGE = frozenset({"REASON", "IN_FORCE", "EXPIRES", "INFERRED", "TRANSITION"})
_UPSERTED = (n.Fact, n.Measure, n.Deadline, n.Duty, n.Example, n.Exclusion)


@dataclass(frozen=True, slots=True)
class Footprint:
    """One thing that an operation touches: an aspect of a clause of the base (by id)."""

    clause: str
    aspect: str


@dataclass(frozen=True, slots=True)
class Change:
    """One operation carried out: clause ids in the base and in the result, and why.

    ``in_force`` is when the change itself takes effect, where the amendment says so for it.
    """

    kind: ChangeKind
    amendment: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    reason: str | None
    in_force: n.When | None
    footprints: tuple[Footprint, ...]
    node: n.Statement = field(compare=False, repr=False)


@dataclass(frozen=True)
class Consolidation:
    """``document``: the new edition.  ``origins``: for each clause id of it, the base's ids."""

    document: n.Document
    changes: tuple[Change, ...]
    origins: dict[str, tuple[str, ...]]


class _Part:
    """A clause of the edition in the making; ``statements`` mix statements and parts."""

    def __init__(self, clause: n.Clause, origin: tuple[str, ...], parent: _Part | None):
        self.clause = clause
        self.origin = origin
        self.parent = parent
        self.alive = True
        self.removed_by: n.Statement | None = None
        self.statements: list[n.Statement | _Part] = []

    def children(self) -> Iterator[_Part]:
        return (s for s in self.statements if isinstance(s, _Part))

    def freeze(self) -> n.Clause:
        return replace(self.clause, body=_freeze(self.statements))


def _freeze(statements: Iterable[n.Statement | _Part]) -> tuple[n.Statement, ...]:
    return tuple(s.freeze() if isinstance(s, _Part) else s for s in statements if _lives(s))


def _lives(statement: n.Statement | _Part) -> bool:
    return not isinstance(statement, _Part) or statement.alive


class Amender:
    """Applies amendments to one base edition; several may be applied, one after the other.

    Problems are collected in ``found``; what could not be applied is left out.
    """

    def __init__(self, base: n.Document, source: Source):
        self.base = base
        self.base_source = source
        self.found: list[Diagnostic] = []
        self.changes: list[Change] = []
        self.attributes = base.attributes
        # the document itself, so that its clauses have a parent like all others
        self.root = _Part(n.Clause("SCHEDULE", None, None), (), None)
        self.parts: dict[str, _Part] = {}
        self._load(self.root, base, "")
        self.inserted: list[_Part] = []
        self.source = source
        self.amendment = ""
        self._pending: list[tuple[ChangeKind, tuple[str, ...], list[_Part], n.Statement,
                                  tuple[Footprint, ...], Sequence[n.Node]]] = []  # fmt: skip

    def _load(self, part: _Part, node: n.Document | n.Clause, id_: str) -> None:
        for statement in node.body:
            if not isinstance(statement, n.Clause):
                part.statements.append(statement)
                continue
            key = clause_key(statement)
            own = f"{id_}/{key}" if id_ else key
            child = _Part(statement, (own,), part)
            self.parts[own] = child
            part.statements.append(child)
            self._load(child, statement, own)

    def report(self, code: str, node: n.Node, *related: n.Node, **details: object) -> None:
        """Record a finding at a node of the amendment."""
        places = tuple((self.source, other.span) for other in related)
        self.found.append(Diagnostic(code, self.source, node.span, details, places))

    # -- applying

    def apply(self, amendment: n.Document, source: Source) -> None:
        """Carry out an amendment; see :attr:`found` for what could not be done."""
        self.source = source
        self.amendment = amendment.id.text
        seen: dict[Footprint, n.Statement] = {}
        for attribute in amendment.attributes:
            if attribute.key not in ABOUT_THE_CHANGE - {"IN_FORCE", "EXPIRES", "TRANSITION"}:
                self.attributes = _with_attribute(self.attributes, attribute)
        for statement in amendment.body:
            before = len(self._pending)
            self._statement(statement)
            for *_, footprints, _ in self._pending[before:]:
                for footprint in footprints:
                    if footprint in seen:
                        details = {"ref": footprint.clause or self.base.id.text}
                        self.report("V603", statement, seen[footprint], **details)
                    seen.setdefault(footprint, statement)
        self._check_labels(self.root, amendment)

    def _check_labels(self, part: _Part, amendment: n.Document) -> None:
        """After renaming and renumbering, siblings must still be told apart."""
        seen: set[str] = set()
        for child in part.children():
            if not child.alive:
                continue
            key = clause_key(child.clause)
            if key in seen:
                self.report("V607", amendment.id, label=key)
            seen.add(key)
            self._check_labels(child, amendment)

    def result(self, id_: n.Name | None = None, title: str | None = None) -> Consolidation:
        """The edition after all amendments so far."""
        body = _freeze(self.root.statements)
        attributes = self.attributes
        if id_ is not None and id_.text != self.base.id.text:
            replaced = n.Attribute("REPLACES", (n.Name(self.base.id.text),))
            stated = any(a.key == "REPLACES" and a not in self.base.attributes for a in attributes)
            if not stated:
                attributes = _with_attribute(attributes, replaced)
        document = replace(
            self.base, id=id_ or self.base.id, title=title or self.base.title,
            attributes=attributes, body=body,
        )  # fmt: skip
        ids = self._ids()
        origins = {ids[id(part)]: part.origin for part in self._living(self.root)}
        for kind, before, parts, node, footprints, about in self._pending:
            after = tuple(ids[id(part)] for part in parts if id(part) in ids)
            reason, when = _about(about)
            self.changes.append(
                Change(kind, self.amendment, before, after, reason, when, footprints, node)
            )
        self._pending.clear()
        return Consolidation(document, tuple(self.changes), origins)

    def _living(self, part: _Part) -> Iterator[_Part]:
        for child in part.children():
            if child.alive:
                yield child
                yield from self._living(child)

    def _ids(self) -> dict[int, str]:
        ids: dict[int, str] = {}

        def visit(part: _Part, prefix: str) -> None:
            for child in part.children():
                if child.alive:
                    key = clause_key(child.clause)
                    ids[id(child)] = f"{prefix}/{key}" if prefix else key
                    visit(child, ids[id(child)])

        visit(self.root, "")
        return ids

    # -- references

    def _part(self, ref: n.ClauseRef) -> _Part | None:
        """The part that a reference names; reports what is unknown, ambiguous or gone."""
        matches = [self.parts[id_of(self.base, p)] for p in find(self.base, ref)]
        if not matches:
            for inserted in self.inserted:
                holder = n.Document("AMENDMENT", n.Name("x"), body=(inserted.freeze(),))
                matches.extend(_descend(inserted, p) for p in find(holder, ref))
        if len(matches) != 1:
            shown = ref_text(ref)
            if matches:
                options = "、".join(part.origin[0] for part in matches[:5] if part.origin)
                self.report("M232", ref, ref=shown, options=options)
            else:
                known = [clause_label(c) for _, _, c in clauses(self.base)]
                self.report("V601", ref, ref=shown, base=self.base.id.text,
                            near=did_you_mean(shown, known))  # fmt: skip
            return None
        part = matches[0]
        gone: _Part | None = part
        while gone is not None:
            if not gone.alive:
                related = () if gone.removed_by is None else (gone.removed_by,)
                self.report("V602", ref, *related, ref=ref_text(ref))
                return None
            gone = gone.parent
        return part

    @staticmethod
    def _id(part: _Part) -> str:
        """What the footprint calls a part: its base id, else the label of what is new."""
        return part.origin[0] if part.origin else f"+{clause_label(part.clause)}"

    # -- operations

    def _statement(self, statement: n.Statement) -> None:
        match statement:
            case n.Modify():
                self._modify(statement)
            case n.Insert():
                self._insert(statement)
            case n.Repeal():
                self._repeal(statement)
            case n.Move():
                self._move(statement)
            case n.Rename() | n.Renumber():
                self._rename(statement)
            case n.Split():
                self._split(statement)
            case n.Merge():
                self._merge(statement)
            case n.Fact() | n.Measure() | n.Deadline() | n.Duty() | n.Example() | n.Exclusion():
                self._upsert(statement)
            case _:
                self.report("V604", statement)

    def _done(
        self, kind: ChangeKind, before: Iterable[_Part], after: list[_Part], node: n.Statement,
        footprints: Sequence[Footprint], about: Sequence[n.Node],
    ) -> None:  # fmt: skip
        ids = tuple(id_ for part in before for id_ in part.origin)
        self._pending.append((kind, ids, after, node, tuple(footprints), about))

    def _modify(self, operation: n.Modify) -> None:
        if operation.target is None:
            self._modify_document(operation)
            return
        part = self._part(operation.target)
        if part is None:
            return
        id_ = self._id(part)
        footprints: list[Footprint] = []
        braced: list[str] = []
        for piece in operation.parts:
            match piece:
                case n.Attribute() if piece.key in ABOUT_THE_CHANGE:
                    pass
                case n.Attribute():
                    part.clause = _with_attributes(part.clause, (piece,), braced)
                    footprints.append(Footprint(id_, piece.key))
                case n.Without():
                    kept = tuple(a for a in part.clause.attributes if a.key != piece.key)
                    if len(kept) == len(part.clause.attributes):
                        self.report("V605", piece, ref=ref_text(operation.target))
                    part.clause = replace(part.clause, attributes=kept)
                    footprints.append(Footprint(id_, piece.key))
                case n.Replacement():
                    self._replace_number(part, piece, operation)
                    footprints.append(Footprint(id_, "rules"))
                case n.NewBody():
                    footprints.extend(self._new_body(part, piece))
                case n.Household() | n.Ranking() | n.Quota() | n.Ties():
                    part.statements = _with_statement(part.statements, piece, type(piece))
                    footprints.append(Footprint(id_, type(piece).__name__))
        self._done("modify", [part], [part], operation, list(dict.fromkeys(footprints)),
                   operation.parts)  # fmt: skip

    def _new_body(self, part: _Part, new: n.NewBody) -> list[Footprint]:
        """Rules and other statements in place of the old ones; attributes by their keys.

        Clauses inside replace the clauses inside; without any, those that are there stay.
        """
        id_ = self._id(part)
        attributes = [s for s in new.statements if isinstance(s, n.Attribute)]
        footprints = [Footprint(id_, key) for key in dict.fromkeys(a.key for a in attributes)]
        part.clause = _with_attributes(part.clause, attributes, [])
        plain = [s for s in new.statements if not isinstance(s, (n.Attribute, n.Clause))]
        inner = [s for s in new.statements if isinstance(s, n.Clause)]
        if plain or not attributes or inner:
            footprints.append(Footprint(id_, "rules"))
            old_parts: list[n.Statement | _Part] = [
                s for s in part.statements if isinstance(s, _Part)
            ]
            part.statements = [*plain, *old_parts]
        if inner:
            footprints.append(Footprint(id_, "clauses"))
            known = {clause_key(p.clause): p for p in part.children() if p.alive}
            replaced: list[n.Statement | _Part] = []
            for clause in inner:
                old = known.pop(clause_key(clause), None)
                replaced.append(self._plant(clause, part, old))
            for gone in known.values():
                gone.alive = False
            part.statements = [*plain, *replaced]
        return footprints

    def _plant(self, clause: n.Clause, parent: _Part, old: _Part | None) -> _Part:
        """A new part for a clause; it carries on ``old``, and inner clauses of the same key."""
        part = _Part(clause, old.origin if old else (), parent)
        inner = {clause_key(p.clause): p for p in old.children()} if old else {}
        for statement in clause.body:
            if isinstance(statement, n.Clause):
                known = inner.get(clause_key(statement))
                part.statements.append(self._plant(statement, part, known))
            else:
                part.statements.append(statement)
        if old is not None:
            for id_ in old.origin:
                self.parts[id_] = part
        return part

    def _replace_number(self, part: _Part, piece: n.Replacement, operation: n.Modify) -> None:
        hits = _count(part.clause.attributes, piece.old)
        own: list[n.Statement] = [s for s in part.statements if not isinstance(s, _Part)]
        hits += _count(own, piece.old)
        assert operation.target is not None
        if hits != 1:
            self.report("V606", piece, ref=ref_text(operation.target), count=hits)
            return
        attributes = cast(
            "tuple[n.Attribute, ...]", _swap(part.clause.attributes, piece.old, piece.new)
        )
        part.clause = replace(part.clause, attributes=attributes)
        part.statements = [
            s if isinstance(s, _Part) else cast(n.Statement, _swap(s, piece.old, piece.new))
            for s in part.statements
        ]

    def _modify_document(self, operation: n.Modify) -> None:
        footprints: list[Footprint] = []
        braced: list[str] = []
        for piece in operation.parts:
            match piece:
                case n.Attribute() if piece.key == "REASON":
                    pass
                case n.Attribute():
                    self.attributes = _merged(self.attributes, (piece,), braced)
                    footprints.append(Footprint("", piece.key))
                case n.Without():
                    self.attributes = tuple(a for a in self.attributes if a.key != piece.key)
                    footprints.append(Footprint("", piece.key))
                case n.NewBody():
                    attributes = [s for s in piece.statements if isinstance(s, n.Attribute)]
                    self.attributes = _merged(self.attributes, attributes, [])
                    footprints.extend(Footprint("", a.key) for a in attributes)
                    plain = [
                        s for s in piece.statements if not isinstance(s, (n.Attribute, n.Clause))
                    ]
                    parts = [s for s in self.root.statements if isinstance(s, _Part)]
                    self.root.statements = [*plain, *parts]
                    footprints.append(Footprint("", "rules"))
                case _:
                    self.report("V604", piece)
        self._done("document", [], [], operation, list(dict.fromkeys(footprints)),
                   operation.parts)  # fmt: skip

    def _upsert(self, statement: n.Statement) -> None:
        """A fact, deadline, duty … of the same name is replaced, another one added."""
        name = _statement_name(statement)
        self.root.statements = [
            s for s in self.root.statements
            if isinstance(s, _Part) or _statement_name(s) != name
        ]  # fmt: skip
        self.root.statements.append(statement)
        self._done("document", [], [], statement, [Footprint("", name)], ())

    def _insert(self, operation: n.Insert) -> None:
        anchor: _Part | None = None
        if operation.target is not None:
            anchor = self._part(operation.target)
            if anchor is None:
                return
        if operation.place == "INSIDE" or anchor is None:
            parent = anchor or self.root
            index = len(parent.statements)
            at = Footprint(self._id(anchor) if anchor else "", "end")
        else:
            parent = anchor.parent or self.root
            index = parent.statements.index(anchor) + (operation.place == "AFTER")
            at = Footprint(self._id(anchor), str(operation.place))
        part = self._plant(operation.clause, parent, None)
        parent.statements.insert(index, part)
        self.inserted.append(part)
        self._done("insert", [], [part], operation, [at], operation.attributes)

    def _repeal(self, operation: n.Repeal) -> None:
        part = self._part(operation.target)
        if part is None:
            return
        part.alive = False
        part.removed_by = operation
        footprints = [Footprint(self._id(part), "existence")]
        self._done("repeal", [part], [], operation, footprints, operation.attributes)

    def _move(self, operation: n.Move) -> None:
        part, anchor = self._part(operation.target), self._part(operation.destination)
        if part is None or anchor is None:
            return
        up: _Part | None = anchor
        while up is not None:
            if up is part:
                self.report("V608", operation)
                return
            up = up.parent
        old_parent = part.parent or self.root
        old_parent.statements.remove(part)
        if operation.place == "INSIDE":
            part.parent = anchor
            anchor.statements.append(part)
        else:
            parent = anchor.parent or self.root
            part.parent = parent
            index = parent.statements.index(anchor) + (operation.place == "AFTER")
            parent.statements.insert(index, part)
        self._done("move", [part], [part], operation, [Footprint(self._id(part), "place")],
                   operation.attributes)  # fmt: skip

    def _rename(self, operation: n.Rename | n.Renumber) -> None:
        part = self._part(operation.target)
        if part is None:
            return
        if isinstance(operation, n.Rename):
            changed = replace(part.clause, name=operation.name)
            kind: ChangeKind = "rename"
        else:
            changed = replace(part.clause, number=operation.number)
            kind = "renumber"
        part.clause = changed
        self._done(kind, [part], [part], operation, [Footprint(self._id(part), kind)],
                   operation.attributes)  # fmt: skip

    def _split(self, operation: n.Split) -> None:
        part = self._part(operation.target)
        if part is None:
            return
        parent = part.parent or self.root
        index = parent.statements.index(part)
        part.alive = False
        part.removed_by = operation
        new: list[_Part] = []
        for offset, clause in enumerate(operation.into):
            child = self._plant(clause, parent, None)
            child.origin = part.origin
            self._inherit(child, part)
            parent.statements.insert(index + 1 + offset, child)
            new.append(child)
            self.inserted.append(child)
        footprints = [Footprint(self._id(part), "existence")]
        self._done("split", [part], new, operation, footprints, operation.attributes)

    @staticmethod
    def _inherit(new: _Part, old: _Part) -> None:
        """Inner clauses of the same key carry on those of the old clause."""
        known = {clause_key(p.clause): p for p in old.children()}
        for child in new.children():
            before = known.get(clause_key(child.clause))
            if before is not None:
                child.origin = (*child.origin, *before.origin)
                Amender._inherit(child, before)

    def _merge(self, operation: n.Merge) -> None:
        parts = [self._part(ref) for ref in operation.targets]
        old = [part for part in parts if part is not None]
        if len(old) != len(parts) or not old:
            return
        parent = old[0].parent or self.root
        index = parent.statements.index(old[0])
        merged = self._plant(operation.into, parent, None)
        merged.origin = tuple(id_ for part in old for id_ in part.origin)
        for part in old:
            self._inherit(merged, part)
            part.alive = False
            part.removed_by = operation
        parent.statements.insert(index, merged)
        self.inserted.append(merged)
        footprints = [Footprint(self._id(part), "existence") for part in old]
        self._done("merge", old, [merged], operation, footprints, operation.attributes)


def _descend(part: _Part, position: Position) -> _Part:
    """The part inside an inserted one; the first step is the inserted part itself."""
    node = part
    for index in position[1:]:
        living = [s for s in node.statements if _lives(s)]
        node = cast(_Part, living[index])
    return node


def _about(nodes: Sequence[n.Node]) -> tuple[str | None, n.When | None]:
    """Reason and own date of an operation."""
    reason: str | None = None
    when: n.When | None = None
    for node in nodes:
        if isinstance(node, n.Attribute) and node.key == "REASON":
            reason = cast(n.TextValue, node.value).value
        elif isinstance(node, n.Attribute) and node.key == "IN_FORCE":
            when = cast(n.When, node.value)
    return reason, when


def _with_attributes(clause: n.Clause, new: Sequence[n.Attribute], replaced: list[str]) -> n.Clause:
    return replace(clause, attributes=_merged(clause.attributes, new, replaced))


def _merged(
    old: tuple[n.Attribute, ...], new: Sequence[n.Attribute], replaced: list[str]
) -> tuple[n.Attribute, ...]:
    """New attributes in the place of the old ones of their key; several of one key stay."""
    result = list(old)
    for attribute in new:
        places = [i for i, a in enumerate(result) if a.key == attribute.key]
        if not places:
            result.append(attribute)
        elif attribute.key in replaced:
            result.insert(places[-1] + 1, attribute)
        else:
            result[places[0]] = attribute
            for place in reversed(places[1:]):
                del result[place]
        if attribute.key not in replaced:
            replaced.append(attribute.key)
    return tuple(result)


def _with_attribute(old: tuple[n.Attribute, ...], new: n.Attribute) -> tuple[n.Attribute, ...]:
    return _merged(old, (new,), [])


def _with_statement(
    statements: list[n.Statement | _Part], new: n.Statement, kind: type[n.Statement]
) -> list[n.Statement | _Part]:
    for index, statement in enumerate(statements):
        if isinstance(statement, kind):
            return [*statements[:index], new, *statements[index + 1 :]]
    return [new, *statements]


def _statement_name(statement: n.Statement) -> str:
    """What a statement outside the clauses is known by."""
    match statement:
        case n.Fact():
            return f"fact {statement.name.text}"
        case n.Measure():
            return f"measure {statement.name}"
        case n.Deadline():
            return f"deadline {statement.name.text}"
        case n.Duty():
            return f"duty {statement.unit.text}"
        case n.Example():
            return f"example {statement.title}"
        case n.Exclusion():
            return f"exclusion {statement.excluded.text} {statement.from_fact.text}"
    return f"{type(statement).__name__} {id(statement)}"


def _count(node: object, number: n.Number) -> int:
    if isinstance(node, (list, tuple)):
        return sum(_count(item, number) for item in node)
    return sum(1 for found in n.walk(node) if found == number)


def _swap(node: object, old: n.Number, new: n.Number) -> object:
    """The same tree with one number in place of another."""
    if isinstance(node, tuple):
        return tuple(_swap(item, old, new) for item in node)
    if not isinstance(node, n.Node):
        return node
    if node == old:
        return replace(new, span=node.span)
    changes = {}
    for name in type(node).__dataclass_fields__:
        value = getattr(node, name)
        if isinstance(value, (n.Node, tuple)):
            swapped = _swap(value, old, new)
            if swapped is not value and swapped != value:
                changes[name] = swapped
    return replace(node, **changes) if changes else node
