"""Amendments (修订) applied to a base edition, clause by clause.

References in an amendment name clauses as they stand in the base edition (or as the amendment
itself inserts them), and a place beside a clause means: beside it, wherever it ends up.  So the
order of the operations does not matter, only that several clauses put into one place follow
each other as written.

Each operation leaves *footprints*: what it touches.  Two operations whose footprints meet
(:func:`meets`) cannot both be carried out; of one amendment that is an error, of two drafts a
conflict.

The consolidated edition is an ordinary document.  Where the base itself names clauses (得分（…）,
职责, 示例), the names follow renamed, renumbered and moved clauses.

What an operation does to a body:

* ``修改 X { … }`` puts the statements of the new body in the place of the old ones.  Facts and
  measures that the old body declares stay, unless the new one declares them anew; ``{ }`` clears
  them too.  Clauses inside X stay, unless the new body has clauses: then these replace them, and
  one of the same name carries the old one on.
* ``将 A 改为 B`` replaces a figure that occurs exactly once in the clause (clauses inside it and
  examples left aside).  Several are carried out at once, so two figures can change places.
* attributes replace those of their kind, 去除 takes one away; 理由, 施行, 失效, 过渡 and 推定
  outside the braces speak of the change itself.
* 事实, 计量, 期限, 职责, 示例 and 不计 replace the one of the same name, or are added.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal, cast

from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, Source, did_you_mean
from policydsl.language.paths import (
    Position,
    chain_of,
    clause_key,
    clause_label,
    clauses,
    find,
    id_of,
    ref_text,
    ref_to,
)
from policydsl.model.finding import ClauseIndex
from policydsl.model.footprints import SHARED, Footprint, meets
from policydsl.model.kinds import CLAUSE_KINDS, what_is, where_is
from policydsl.model.rewriting import (
    count_figure,
    inner_fields,
    joined,
    merged,
    same_items,
    statement_name,
    upserted,
    with_declarations,
    with_figures,
)

ChangeKind = Literal[
    "modify", "insert", "repeal", "move", "rename", "renumber", "split", "merge", "document"
]

# Attributes behind an operation that speak of the operation, not of the clause.
ABOUT_THE_CHANGE = frozenset({"REASON", "IN_FORCE", "EXPIRES", "INFERRED", "TRANSITION"})
# What an amendment says of its own text; all its other attributes are those of the new edition.
ABOUT_THE_AMENDMENT = frozenset(
    {"REASON", "INFERRED", "SOURCE", "NOTE", "DOUBTFUL", "ASSUMPTION", "READING", "LOCATOR",
     "SUMMARY", "FULL_TEXT", "ID"}
)  # fmt: skip
# Attributes of an amendment that join those of the base instead of replacing them.
_JOINING = frozenset({"USES", "WAIVE", "CONCEPT"})


@dataclass(frozen=True, slots=True)
class Change:
    """One operation carried out: clause ids in the base and in the result, and why.

    ``in_force`` and ``expires`` say when the change itself takes effect and ends, where the
    amendment says so for it; ``inferred`` why it is taken to be so where the text is silent.
    """

    kind: ChangeKind
    amendment: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    reason: str | None
    in_force: n.When | None
    footprints: tuple[Footprint, ...]
    node: n.Statement = field(compare=False, repr=False)
    expires: n.When | None = None
    inferred: str | None = None


@dataclass(frozen=True)
class Consolidation:
    """The new edition.

    ``origins``: for each clause id of it, the ids of the base that it carries on (none: new).
    ``sources``, by ``id()`` of a node: the text that it stands in, where that is not the base's.
    """

    document: n.Document
    changes: tuple[Change, ...]
    origins: dict[str, tuple[str, ...]]
    sources: Mapping[int, Source] = field(default_factory=dict, compare=False, repr=False)


Where = Literal["BEFORE", "AFTER", "INSIDE", "INSTEAD"]


class _Part:
    """A clause of the edition in the making; ``statements`` mix statements and parts.

    A part stands where its parent's statements have it, or where it was put: ``place``.
    """

    def __init__(self, clause: n.Clause, origin: tuple[str, ...], parent: _Part | None):
        self.clause = clause
        self.origin = origin
        self.parent = parent
        self.alive = True
        self.removed_by: n.Statement | None = None
        self.labelled_by: n.Statement | None = None
        self.statements: list[n.Statement | _Part] = []
        self.place: tuple[_Part, Where] | None = None
        self.put: dict[Where, list[_Part]] = {
            "BEFORE": [], "AFTER": [], "INSIDE": [], "INSTEAD": []
        }  # fmt: skip

    def children(self) -> Iterator[_Part]:
        """The living clauses inside, in order."""
        return (s for s in self.laid_out() if isinstance(s, _Part))

    def laid_out(self) -> Iterator[n.Statement | _Part]:
        """The body as it has become."""
        for statement in self.statements:
            if not isinstance(statement, _Part):
                yield statement
            elif statement.place is None:
                yield from statement._around()
        for part in self.put["INSIDE"]:
            yield from part._around()

    def _around(self) -> Iterator[_Part]:
        for part in self.put["BEFORE"]:
            yield from part._around()
        if self.alive:
            yield self
        for part in (*self.put["INSTEAD"], *self.put["AFTER"]):
            yield from part._around()

    def go(self, anchor: _Part, where: Where) -> None:
        """Put the part somewhere else."""
        if self.place is not None:
            old, old_where = self.place
            old.put[old_where].remove(self)
        self.place = (anchor, where)
        anchor.put[where].append(self)

    def plain(self) -> list[n.Statement]:
        """The statements that are no clauses."""
        return [s for s in self.statements if not isinstance(s, _Part)]


@dataclass
class _Operation:
    """An operation of an amendment with its references resolved."""

    kind: ChangeKind
    node: n.Statement
    targets: list[_Part]
    planted: list[_Part]
    about: Sequence[n.Node]
    refs: tuple[n.ClauseRef, ...] = ()
    anchor: _Part | None = None
    where: Where = "INSIDE"
    footprints: list[Footprint] = field(default_factory=list)
    amendment: str = ""
    anchor_ref: n.ClauseRef | None = None


class Amender:
    """Applies amendments to one base edition; several may be applied, one after the other.

    ``sources`` (by ``id()`` of a node) tells the texts of those nodes of the base that do not
    stand in ``source``.  Problems are collected in ``found``; what could not be applied is left
    out.
    """

    def __init__(
        self, base: n.Document, source: Source,
        sources: Mapping[int, Source] = MappingProxyType({}),
    ):  # fmt: skip
        self.base = base
        self.base_source = source
        self.found: list[Diagnostic] = []
        # the document itself, so that its clauses have a parent like all others
        self.root = _Part(n.Clause("SCHEDULE", None, None, base.attributes), ("",), None)
        self.parts: dict[str, _Part] = {}
        self.index = ClauseIndex(base)
        self._load(self.root, base, "")
        self.inserted: list[_Part] = []
        self.source = source
        self.amendment = ""
        self.header: list[tuple[Footprint, n.Attribute]] = []
        self._replaces_stated = False
        self._done: list[_Operation] = []
        self._new: set[int] = set()
        # nodes are kept, so that no id() is used again while it stands here
        self._from: dict[int, tuple[n.Node, Source]] = {}
        if sources:
            for node in n.walk(base):
                if id(node) in sources:
                    self._from[id(node)] = (node, sources[id(node)])

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
        places = tuple((self._source_of(other), other.span) for other in related)
        self.found.append(Diagnostic(code, self.source, node.span, details, places))

    def _source_of(self, node: n.Node) -> Source:
        known = self._from.get(id(node))
        return self.base_source if known is None else known[1]

    def _keep(self, old: n.Node, new: n.Node) -> None:
        """A node made from another one stands in the same text."""
        if old is not new and id(old) in self._from:
            self._from[id(new)] = (new, self._from[id(old)][1])

    # -- applying

    def apply(self, amendment: n.Document, source: Source) -> None:
        """Carry out an amendment; see :attr:`found` for what could not be done."""
        self.source = source
        self.amendment = amendment.id.text
        for node in n.walk(amendment):
            self._from[id(node)] = (node, source)
            self._new.add(id(node))
        self._apply_header(amendment)
        planted = {id(s): self._plant_new(s) for s in amendment.body}
        operations = []
        for statement in amendment.body:
            operation = self._resolved(statement, planted[id(statement)])
            if operation is not None:
                operation.amendment = self.amendment
                operations.append(operation)
        for operation in self._possible(operations):
            self._carry_out(operation)
            self._done.append(operation)
        self._check_labels(self.root, amendment)

    def _apply_header(self, amendment: n.Document) -> None:
        replaced: list[str] = []
        attributes = self.root.clause.attributes
        for attribute in amendment.attributes:
            key = attribute.key
            if key in ABOUT_THE_AMENDMENT:
                continue
            if key in _JOINING:
                attributes = joined(attributes, attribute)
            else:
                attributes = merged(attributes, (attribute,), replaced)
            self._replaces_stated |= key == "REPLACES"
            self.header.append((Footprint("", key), attribute))
        self._set_attributes(self.root, attributes)

    def _set_attributes(self, part: _Part, attributes: tuple[n.Attribute, ...]) -> None:
        old = part.clause
        part.clause = replace(old, attributes=attributes)
        self._keep(old, part.clause)

    def _check_labels(self, part: _Part, amendment: n.Document) -> None:
        """After renaming and renumbering, siblings must still be told apart."""
        seen: dict[str, _Part] = {}
        for child in part.children():
            key = clause_key(child.clause)
            other = seen.setdefault(key, child)
            if other is not child:
                pair = (child, other) if child.labelled_by is not None else (other, child)
                node = pair[0].labelled_by or amendment.id
                related = pair[1].labelled_by or pair[1].clause
                self.report("V607", node, related, label=key)
            self._check_labels(child, amendment)

    def result(self, id_: n.Name | None = None, title: str | None = None) -> Consolidation:
        """The edition after all amendments so far."""
        body = self._frozen(self.root)
        attributes = self.root.clause.attributes
        if id_ is not None and id_.text != self.base.id.text and not self._replaces_stated:
            replaces = n.Attribute("REPLACES", (n.Name(self.base.id.text),))
            attributes = merged(attributes, (replaces,), [])
        document = replace(
            self.base, id=id_ or self.base.id, title=title or self.base.title,
            attributes=attributes, body=body,
        )  # fmt: skip
        ids: dict[int, str] = {}
        origins: dict[str, tuple[str, ...]] = {}
        self._name(self.root, "", ids, origins)
        if any(o.kind in ("rename", "renumber", "move") for o in self._done) or any(
            f.aspect == "ID" for o in self._done for f in o.footprints
        ):
            document = self._with_followed_references(document, ids)
        changes = tuple(self._change(operation, ids) for operation in self._done)
        sources = {
            id(node): self._from[id(node)][1]
            for node in n.walk(document)
            if id(node) in self._from and self._from[id(node)][0] is node
        }
        return Consolidation(document, changes, origins, sources)

    def _frozen(self, part: _Part) -> tuple[n.Statement, ...]:
        """The body of a part; a clause that nothing touched is the very node of the base."""
        body: list[n.Statement] = []
        for statement in part.laid_out():
            if not isinstance(statement, _Part):
                body.append(statement)
                continue
            clause = statement.clause
            inner = self._frozen(statement)
            same = len(inner) == len(clause.body) and all(
                a is b for a, b in zip(inner, clause.body, strict=True)
            )
            if not same:
                clause = replace(clause, body=inner)
                self._keep(statement.clause, clause)
            body.append(clause)
        return tuple(body)

    def _name(
        self, part: _Part, prefix: str, ids: dict[int, str], origins: dict[str, tuple[str, ...]]
    ) -> None:
        for child in part.children():
            key = clause_key(child.clause)
            own = f"{prefix}/{key}" if prefix else key
            ids[id(child)] = own
            origins[own] = child.origin
            self._name(child, own, ids, origins)

    # -- references that the base makes to its own clauses

    def _with_followed_references(self, document: n.Document, ids: Mapping[int, str]) -> n.Document:
        """Scores, duties and examples of the base go on naming the clauses that they named."""
        names: dict[str, set[str]] = {}
        for id_, part in self.parts.items():
            new = ids.get(id(part))
            if new is not None:
                old_name, new_name = id_.rpartition("/")[2], new.rpartition("/")[2]
                names.setdefault(old_name, set()).add(new_name)
        return cast(n.Document, self._followed(document, document, ids, names))

    def _followed(
        self, node: object, document: n.Document, ids: Mapping[int, str],
        names: Mapping[str, set[str]],
    ) -> object:  # fmt: skip
        """The same tree with references led to where their clauses are now."""
        if isinstance(node, tuple):
            return tuple(self._followed(item, document, ids, names) for item in node)
        if not isinstance(node, n.Node):
            return node
        if isinstance(node, n.ClauseRef):
            return node if id(node) in self._new else self._followed_ref(node, document, ids)
        changes: dict[str, Any] = {}
        if isinstance(node, n.DutyPart) and id(node) not in self._new:
            items = tuple(self._followed_name(item, names) for item in node.items)
            changes = {} if same_items(items, node.items) else {"items": items}
        else:
            for name, value in inner_fields(node):
                new = self._followed(value, document, ids, names)
                if new is not value and not same_items(new, value):
                    changes[name] = new
        if not changes:
            return node
        rebuilt = replace(node, **changes)
        self._keep(node, rebuilt)
        return rebuilt

    def _followed_ref(
        self, ref: n.ClauseRef, document: n.Document, ids: Mapping[int, str]
    ) -> n.ClauseRef:
        before = self.index.find(ref)
        if len(before) != 1:
            return ref
        id_ = ids.get(id(self.parts[self.index.ids[before[0]]]))
        now = [id_of(document, position) for position in find(document, ref)]
        if id_ is None or now == [id_]:
            return ref
        position = next(p for p, other, _ in clauses(document) if other == id_)
        chain = chain_of(document, position)
        followed = ref_to(chain[-len(ref.steps) :])
        if len(find(document, followed)) != 1:
            followed = ref_to(chain)
        followed = replace(followed, span=ref.span)
        self._keep(ref, followed)
        return followed

    def _followed_name(
        self, item: n.Name | n.TextValue, names: Mapping[str, set[str]]
    ) -> n.Name | n.TextValue:
        """A duty names a clause by the last part of its id."""
        new = names.get(item.text, set()) if isinstance(item, n.Name) else set()
        if len(new) != 1 or new == {cast(n.Name, item).text}:
            return item
        changed = replace(cast(n.Name, item), text=next(iter(new)))
        self._keep(item, changed)
        return changed

    def _change(self, operation: _Operation, ids: Mapping[int, str]) -> Change:
        reason, inferred = None, None
        dates: dict[str, n.When] = {}
        for node in operation.about:
            if not isinstance(node, n.Attribute) or node.key not in ABOUT_THE_CHANGE:
                continue
            if node.key == "REASON":
                reason = cast(n.TextValue, node.value).value
            elif node.key == "INFERRED":
                inferred = cast(n.TextValue, node.value).value
            elif node.key in ("IN_FORCE", "EXPIRES"):
                dates[node.key] = cast(n.When, node.value)
        before = tuple(i for part in operation.targets for i in part.origin if i)
        after = operation.planted or [p for p in operation.targets if p.alive]
        return Change(
            operation.kind, operation.amendment, before,
            tuple(ids[id(part)] for part in after if id(part) in ids),
            reason, dates.get("IN_FORCE"), tuple(operation.footprints), operation.node,
            dates.get("EXPIRES"), inferred,
        )  # fmt: skip

    # -- references

    def _part(self, ref: n.ClauseRef) -> _Part | None:
        """The part that a reference names; reports what is unknown or ambiguous."""
        matches = [self.parts[self.index.ids[p]] for p in self.index.find(ref)]
        if not matches:
            for inserted in self.inserted:
                holder = n.Document("AMENDMENT", n.Name(""), body=(inserted.clause,))
                matches.extend(_descend(inserted, p) for p in find(holder, ref))
        if len(matches) == 1:
            return matches[0]
        shown = ref_text(ref)
        if matches:
            options = "、".join(part.origin[0] for part in matches[:5] if part.origin)
            self.report("M232", ref, ref=shown, options=options)
        else:
            known = [clause_label(c) for _, _, c in clauses(self.base)]
            near = did_you_mean(ref.steps[-1].label or shown, known)
            self.report("V601", ref, ref=shown, base=self.base.id.text, near=near)
        return None

    @staticmethod
    def _id(part: _Part) -> str:
        """What the footprint calls a part: its base id, else the label of what is new."""
        return part.origin[0] if part.origin else f"+{clause_label(part.clause)}"

    # -- from statements to operations

    def _plant_new(self, statement: n.Statement) -> list[_Part]:
        """The clauses that an operation brings along, not yet in any place."""
        match statement:
            case n.Insert():
                new = [statement.clause]
            case n.Merge():
                new = [statement.into]
            case n.Split():
                new = list(statement.into)
            case _:
                return []
        parts = [self._plant(clause, None, None) for clause in new]
        for part in parts:
            part.labelled_by = statement
        self.inserted.extend(parts)
        return parts

    def _plant(self, clause: n.Clause, parent: _Part | None, old: _Part | None) -> _Part:
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

    def _resolved(self, statement: n.Statement, planted: list[_Part]) -> _Operation | None:
        """The operation with its references resolved; ``None`` if one of them names nothing."""
        match statement:
            case n.Modify(target=None):
                operation = _Operation("document", statement, [self.root], [], statement.parts)
            case n.Modify():
                operation = _Operation("modify", statement, [], [], statement.parts)
            case n.Insert():
                operation = _Operation("insert", statement, [], planted, statement.attributes)
            case n.Repeal():
                operation = _Operation("repeal", statement, [], [], statement.attributes)
            case n.Move():
                operation = _Operation("move", statement, [], [], statement.attributes)
            case n.Rename():
                operation = _Operation("rename", statement, [], [], statement.attributes)
            case n.Renumber():
                operation = _Operation("renumber", statement, [], [], statement.attributes)
            case n.Split():
                operation = _Operation("split", statement, [], planted, statement.attributes)
            case n.Merge():
                operation = _Operation("merge", statement, [], planted, statement.attributes)
            case (
                n.Fact() | n.Measure() | n.Deadline() | n.Duty() | n.Example() | n.Exclusion()
                | n.Plausible()
            ):  # fmt: skip
                operation = _Operation("document", statement, [], [], ())
            case _:
                self.report("V604", statement)
                return None
        if isinstance(statement, n.Merge):
            operation.refs = statement.targets
        elif not isinstance(statement, n.Insert):
            target = getattr(statement, "target", None)
            operation.refs = () if target is None else (target,)
        for ref in operation.refs:
            part = self._part(ref)
            if part is None:
                return None
            operation.targets.append(part)
        if isinstance(statement, (n.Insert, n.Move)):
            beside = statement.target if isinstance(statement, n.Insert) else statement.destination
            operation.anchor = self.root if beside is None else self._part(beside)
            operation.anchor_ref = beside
            operation.where = cast(Where, statement.place or "INSIDE")
            if operation.anchor is None:
                return None
        return operation

    # -- what can be carried out

    def _possible(self, operations: list[_Operation]) -> list[_Operation]:
        """Those operations that do not get into each other's way; reports the others."""
        pending: dict[int, tuple[_Part, Where]] = {}
        killers: dict[int, _Operation] = {}
        for operation in operations:
            movable = operation.planted if operation.kind == "insert" else operation.targets
            if operation.kind in ("insert", "move"):
                assert operation.anchor is not None
                for part in movable:
                    pending.setdefault(id(part), (operation.anchor, operation.where))
            elif operation.kind in ("split", "merge"):
                for part in operation.planted:
                    pending[id(part)] = (operation.targets[0], "INSTEAD")
            if operation.kind in ("repeal", "split", "merge"):
                for part in operation.targets:
                    killers.setdefault(id(part), operation)
        possible = [
            operation for operation in operations
            if self._has_place(operation, pending) and self._lives(operation, pending, killers)
        ]  # fmt: skip
        for operation in possible:
            operation.footprints = self._footprints(operation, pending)
        return self._without_double(possible)

    def _has_place(self, operation: _Operation, pending: Mapping[int, tuple[_Part, Where]]) -> bool:
        """Whether a move leads somewhere, and not into the clause itself or in a circle."""
        if operation.kind != "move":
            return True
        (part,), anchor = operation.targets, operation.anchor
        up: _Part | None = anchor
        while up is not None:
            if up is part:
                self.report("V608", operation.node)
                return False
            up = up.parent
        passed = [part]
        node: _Part | None = anchor
        while node is not None and node is not part:
            if node in passed:
                return True  # another circle, reported at its own moves
            passed.append(node)
            node = self._up(node, pending)[0]
        if node is None:
            return True
        cycle = " → ".join(clause_label(p.clause) for p in (*passed, part))
        self.report("V609", operation.node, cycle=cycle)
        return False

    @staticmethod
    def _up(part: _Part, pending: Mapping[int, tuple[_Part, Where]]) -> tuple[_Part | None, bool]:
        """What the place of a part hangs on, and whether it stands inside of that."""
        place = pending.get(id(part), part.place)
        if place is None:
            return part.parent, True
        return place[0], place[1] == "INSIDE"

    def _containers(
        self, part: _Part, pending: Mapping[int, tuple[_Part, Where]]
    ) -> Iterator[_Part]:
        """The clauses around a part after the amendment, from the inside out."""
        seen: set[int] = set()
        node: _Part | None = part
        while node is not None and id(node) not in seen:
            seen.add(id(node))
            node, inside = self._up(node, pending)
            if inside and node is not None:
                yield node

    def _lives(
        self, operation: _Operation, pending: Mapping[int, tuple[_Part, Where]],
        killers: Mapping[int, _Operation],
    ) -> bool:  # fmt: skip
        """Whether everything that the operation names is still there after the amendment."""
        pairs = zip(operation.refs, operation.targets, strict=False)  # the document has no ref
        named = [(ref, part, True) for ref, part in pairs]
        if operation.anchor is not None and operation.anchor_ref is not None:
            # beside a clause that falls away there is still a place
            inside = operation.where == "INSIDE"
            named.append((operation.anchor_ref, operation.anchor, inside))
        for ref, part, itself in named:
            around = list(self._containers(part, pending))
            for gone in [part, *around] if itself else around:
                killer = killers.get(id(gone))
                if killer is not None and killer is not operation:
                    self.report("V602", ref, killer.node, ref=ref_text(ref))
                    return False
                if not gone.alive:
                    related = () if gone.removed_by is None else (gone.removed_by,)
                    self.report("V602", ref, *related, ref=ref_text(ref))
                    return False
        return True

    def _without_double(self, operations: list[_Operation]) -> list[_Operation]:
        """Leaves out what touches the same thing a second time."""
        kept: list[_Operation] = []
        by_clause: dict[str, list[tuple[Footprint, _Operation]]] = {}
        wide: list[tuple[Footprint, _Operation]] = []
        for operation in operations:
            # several clauses may go to one place; whether they are told apart is checked later
            own = [f for f in operation.footprints if not f.aspect.startswith(SHARED)]
            earlier = (
                (footprint, other)
                for f in own
                for footprint, other in by_clause.get(f.clause, ())
                if meets(f, footprint)
            )
            if self._is_double(operation, next(earlier, None)):
                continue
            kept.append(operation)
            for footprint in own:
                by_clause.setdefault(footprint.clause, []).append((footprint, operation))
                if footprint.aspect == "clauses":
                    wide.append((footprint, operation))
        # what replaces all inner clauses stands against whatever else concerns these
        return [
            operation for operation in kept
            if not self._is_double(operation, next((
                (footprint, other) for footprint, other in wide
                if other is not operation
                and any(meets(own, footprint) for own in operation.footprints)
            ), None))
        ]  # fmt: skip

    def _is_double(
        self, operation: _Operation, earlier: tuple[Footprint, _Operation] | None
    ) -> bool:
        if earlier is None:
            return False
        footprint, other = earlier
        ref = footprint.clause or self.base.id.text
        self.report("V603", operation.node, other.node, ref=ref)
        return True

    # -- footprints

    def _footprints(
        self, operation: _Operation, pending: Mapping[int, tuple[_Part, Where]]
    ) -> list[Footprint]:
        node = operation.node
        result: list[Footprint] = []
        match node:
            case n.Modify():
                result = self._modify_footprints(operation.targets[0], node)
            case n.Insert() | n.Move():
                anchor = operation.anchor
                assert anchor is not None
                moved = [] if isinstance(node, n.Insert) else operation.targets
                result.extend(Footprint(self._id(part), "place") for part in moved)
                if operation.where != "INSIDE":
                    result.append(Footprint(self._id(anchor), "beside"))
                result.append(self._gap(anchor, operation.where))
                for part in moved or operation.planted:
                    result.append(self._label(part, pending, clause_key(part.clause)))
            case n.Repeal() | n.Split() | n.Merge():
                result.extend(Footprint(self._id(part), "existence") for part in operation.targets)
                for part in operation.planted:
                    result.append(self._label(part, pending, clause_key(part.clause)))
            case n.Rename() | n.Renumber():
                part = operation.targets[0]
                result.append(Footprint(self._id(part), operation.kind))
                key = clause_key(_relabelled(part.clause, node))
                if key != clause_key(part.clause):
                    result.append(self._label(part, pending, key))
            case _:
                result.append(Footprint("", statement_name(node)))
        return list(dict.fromkeys(result))

    def _modify_footprints(self, part: _Part, node: n.Modify) -> list[Footprint]:
        id_ = self._id(part)
        result: list[Footprint] = []
        for piece in node.parts:
            match piece:
                case n.Attribute() if piece.key in ABOUT_THE_CHANGE:
                    pass
                case n.Attribute() | n.Without():
                    result.append(Footprint(id_, piece.key))
                case n.Replacement():
                    holders = [a.key for a in part.clause.attributes if count_figure(a, piece.old)]
                    result.append(Footprint(id_, holders[0] if holders else "rules"))
                case n.NewBody():
                    attributes = [s for s in piece.statements if isinstance(s, n.Attribute)]
                    result.extend(Footprint(id_, a.key) for a in attributes)
                    if any(isinstance(s, n.Clause) for s in piece.statements):
                        result.append(Footprint(id_, "clauses"))
                    if not piece.statements or any(
                        not isinstance(s, (n.Attribute, n.Clause)) for s in piece.statements
                    ):
                        result.append(Footprint(id_, "rules"))
                case _:
                    result.append(Footprint(id_, type(piece).__name__))
        return result

    def _gap(self, anchor: _Part, where: Where) -> Footprint:
        """The place between two clauses of the base, named alike from both sides."""
        if where == "INSIDE":
            keys = [clause_key(s.clause) for s in anchor.statements if isinstance(s, _Part)]
            return Footprint(self._id(anchor), f"gap {keys[-1] if keys else ''}|")
        parent = anchor.parent or self.root
        siblings = [s for s in parent.statements if isinstance(s, _Part)]
        keys = ["", *(clause_key(s.clause) for s in siblings), ""]
        if anchor not in siblings:
            return Footprint(self._id(anchor), f"gap {where}")
        index = siblings.index(anchor) + (where == "AFTER")
        return Footprint(self._id(parent), f"gap {keys[index]}|{keys[index + 1]}")

    def _label(
        self, part: _Part, pending: Mapping[int, tuple[_Part, Where]], key: str
    ) -> Footprint:
        parent = next(self._containers(part, pending), self.root)
        return Footprint(self._id(parent), f"label {key}")

    # -- carrying out

    def _carry_out(self, operation: _Operation) -> None:
        node = operation.node
        match node:
            case n.Modify():
                self._modify(operation.targets[0], node)
            case n.Insert() | n.Move():
                assert operation.anchor is not None
                for part in operation.planted or operation.targets:
                    part.go(operation.anchor, operation.where)
                    part.labelled_by = node
            case n.Repeal():
                self._remove(operation.targets, node)
            case n.Rename() | n.Renumber():
                part = operation.targets[0]
                changed = _relabelled(part.clause, node)
                if changed == part.clause:
                    self.report("V618", node, ref=ref_text(node.target))
                self._keep(part.clause, changed)
                part.clause = changed
                part.labelled_by = node
            case n.Split():
                self._remove(operation.targets, node)
                for part in operation.planted:
                    part.origin = operation.targets[0].origin
                    self._inherit(part, operation.targets[0])
                    part.go(operation.targets[0], "INSTEAD")
            case n.Merge():
                self._remove(operation.targets, node)
                merged = operation.planted[0]
                merged.origin = tuple(id_ for part in operation.targets for id_ in part.origin)
                for part in operation.targets:
                    self._inherit(merged, part)
                merged.go(operation.targets[0], "INSTEAD")
            case _:
                self._upsert(node)

    @staticmethod
    def _remove(parts: Iterable[_Part], node: n.Statement) -> None:
        for part in parts:
            part.alive = False
            part.removed_by = node

    @staticmethod
    def _inherit(new: _Part, old: _Part) -> None:
        """Inner clauses of the same key carry on those of the old clause."""
        known = {clause_key(p.clause): p for p in old.children()}
        for child in new.children():
            before = known.get(clause_key(child.clause))
            if before is not None:
                child.origin = (*child.origin, *before.origin)
                Amender._inherit(child, before)

    def _modify(self, part: _Part, operation: n.Modify) -> None:
        before = (part.clause, list(part.laid_out()))
        replaced: list[str] = []
        ref = self.base.id.text if operation.target is None else ref_text(operation.target)
        findings = len(self.found)
        self._replace_numbers(part, operation, ref)
        for piece in operation.parts:
            match piece:
                case n.Attribute() if piece.key in ABOUT_THE_CHANGE:
                    pass
                case n.Attribute():
                    self._set_attributes(part, merged(part.clause.attributes, (piece,), replaced))
                    self._note_replaces(part, piece.key)
                case n.Without():
                    kept = tuple(a for a in part.clause.attributes if a.key != piece.key)
                    if len(kept) == len(part.clause.attributes):
                        self.report("V605", piece, ref=ref)
                    self._set_attributes(part, kept)
                    self._note_replaces(part, piece.key)
                case n.NewBody():
                    self._new_body(part, piece)
                case n.Household() | n.Ranking() | n.Quota() | n.Ties():
                    if part.clause.kind != "SCENE":
                        kind = "root" if part is self.root else CLAUSE_KINDS[part.clause.kind]
                        self.report("M207", piece, what=what_is(piece), where=where_is(kind))
                        continue
                    part.statements = _with_statement(part.statements, piece, type(piece))
        if len(self.found) == findings and before == (part.clause, list(part.laid_out())):
            self.report("V618", operation, ref=ref)

    def _note_replaces(self, part: _Part, key: str) -> None:
        if part is self.root and key == "REPLACES":
            self._replaces_stated = True

    def _new_body(self, part: _Part, new: n.NewBody) -> None:
        attributes = [s for s in new.statements if isinstance(s, n.Attribute)]
        self._set_attributes(part, merged(part.clause.attributes, attributes, []))
        for attribute in attributes:
            self._note_replaces(part, attribute.key)
        plain = [s for s in new.statements if not isinstance(s, (n.Attribute, n.Clause))]
        inner = [s for s in new.statements if isinstance(s, n.Clause)]
        old_parts = [s for s in part.statements if isinstance(s, _Part)]
        if plain:
            part.statements = [*with_declarations(part.plain(), plain), *old_parts]
        elif not new.statements:
            part.statements = [*old_parts]
        if inner:
            known = {clause_key(p.clause): p for p in part.children()}
            replaced: list[n.Statement | _Part] = []
            for clause in inner:
                old = known.pop(clause_key(clause), None)
                replaced.append(self._plant(clause, part, old))
            for gone in known.values():
                gone.alive = False
            part.statements = [*part.plain(), *replaced]

    def _replace_numbers(self, part: _Part, operation: n.Modify, ref: str) -> None:
        """Carries out all 将 … 改为 … of an operation at once."""
        swaps: list[n.Replacement] = []
        for piece in operation.parts:
            if isinstance(piece, n.Replacement):
                stated = tuple(s for s in part.plain() if not isinstance(s, n.Example))
                held: tuple[object, ...] = (part.clause.attributes, stated)
                count = count_figure(held, piece.old)
                if count != 1:
                    self.report("V606", piece, ref=ref, count=count)
                else:
                    swaps.append(piece)
        if not swaps:
            return
        attributes = with_figures(part.clause.attributes, swaps, self._keep)
        self._set_attributes(part, attributes)
        part.statements = [
            s if isinstance(s, (_Part, n.Example)) else with_figures(s, swaps, self._keep)
            for s in part.statements
        ]

    def _upsert(self, statement: n.Statement) -> None:
        """A fact, deadline, duty … of the same name is replaced, another one added."""
        self.root.statements = upserted(self.root.statements, statement)


def _relabelled(clause: n.Clause, operation: n.Rename | n.Renumber) -> n.Clause:
    if isinstance(operation, n.Rename):
        return replace(clause, name=operation.name)
    return replace(clause, number=operation.number)


def _descend(part: _Part, position: Position) -> _Part:
    """The part inside an inserted one; the first step is the inserted part itself."""
    node = part
    for index in position[1:]:
        node = cast(_Part, node.statements[index])
    return node


def _with_statement(
    statements: list[n.Statement | _Part], new: n.Statement, kind: type[n.Statement]
) -> list[n.Statement | _Part]:
    for index, statement in enumerate(statements):
        if isinstance(statement, kind):
            return [*statements[:index], new, *statements[index + 1 :]]
    return [new, *statements]
