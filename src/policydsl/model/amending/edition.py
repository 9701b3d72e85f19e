"""An edition in the making: its parts, the texts they come from, what references name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, Source, did_you_mean
from policydsl.language.paths import clause_key, clause_label, clauses, find, ref_text
from policydsl.model.amending.parts import Part, descend
from policydsl.model.finding import ClauseIndex


class Edition:
    """An edition in the making: the parts of the base, as amendments have left them so far.

    ``sources`` (by ``id()`` of a node) tells the texts of those nodes of the base that do not
    stand in ``source``.  Problems are collected in ``found``.
    """

    def __init__(self, base: n.Document, source: Source, sources: Mapping[int, Source]):
        self.base = base
        self.base_source = source
        self.found: list[Diagnostic] = []
        # the document itself, so that its clauses have a parent like all others
        self.root = Part(n.Clause("SCHEDULE", None, None, base.attributes), ("",), None)
        self.parts: dict[str, Part] = {}
        self.index = ClauseIndex(base)
        self._load(self.root, base, "")
        self.inserted: list[Part] = []
        self.source = source
        self.amendment = ""
        self.replaces_stated = False
        self.new: set[int] = set()
        # nodes are kept, so that no id() is used again while it stands here
        self._from: dict[int, tuple[n.Node, Source]] = {}
        if sources:
            for node in n.walk(base):
                if id(node) in sources:
                    self._from[id(node)] = (node, sources[id(node)])

    def begin(self, amendment: n.Document, source: Source) -> None:
        """From here on the nodes of an amendment go into the edition."""
        self.source = source
        self.amendment = amendment.id.text
        for node in n.walk(amendment):
            self._from[id(node)] = (node, source)
            self.new.add(id(node))

    def sources_of(self, document: n.Document) -> dict[int, Source]:
        """By ``id()``, the texts of nodes that are known not to stand in the base's own."""
        return {
            id(node): self._from[id(node)][1]
            for node in n.walk(document)
            if id(node) in self._from and self._from[id(node)][0] is node
        }

    def _load(self, part: Part, node: n.Document | n.Clause, id_: str) -> None:
        for statement in node.body:
            if not isinstance(statement, n.Clause):
                part.statements.append(statement)
                continue
            key = clause_key(statement)
            own = f"{id_}/{key}" if id_ else key
            child = Part(statement, (own,), part)
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

    def keep(self, old: n.Node, new: n.Node) -> None:
        """A node made from another one stands in the same text."""
        if old is not new and id(old) in self._from:
            self._from[id(new)] = (new, self._from[id(old)][1])

    def set_attributes(self, part: Part, attributes: tuple[n.Attribute, ...]) -> None:
        """Give a part other attributes."""
        old = part.clause
        part.clause = replace(old, attributes=attributes)
        self.keep(old, part.clause)

    def note_replaces(self, part: Part, key: str) -> None:
        """Remember that an amendment says itself what the edition replaces."""
        if part is self.root and key == "REPLACES":
            self.replaces_stated = True

    def frozen(self, part: Part) -> tuple[n.Statement, ...]:
        """The body of a part; a clause that nothing touched is the very node of the base."""
        body: list[n.Statement] = []
        for statement in part.laid_out():
            if not isinstance(statement, Part):
                body.append(statement)
                continue
            clause = statement.clause
            inner = self.frozen(statement)
            same = len(inner) == len(clause.body) and all(
                a is b for a, b in zip(inner, clause.body, strict=True)
            )
            if not same:
                clause = replace(clause, body=inner)
                self.keep(statement.clause, clause)
            body.append(clause)
        return tuple(body)

    def part(self, ref: n.ClauseRef) -> Part | None:
        """The part that a reference names; reports what is unknown or ambiguous."""
        matches = [self.parts[self.index.ids[p]] for p in self.index.find(ref)]
        if not matches:
            for inserted in self.inserted:
                holder = n.Document("AMENDMENT", n.Name(""), body=(inserted.clause,))
                matches.extend(descend(inserted, p) for p in find(holder, ref))
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

    def plant_new(self, statement: n.Statement) -> list[Part]:
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
        parts = [self.plant(clause, None, None) for clause in new]
        for part in parts:
            part.labelled_by = statement
        self.inserted.extend(parts)
        return parts

    def plant(self, clause: n.Clause, parent: Part | None, old: Part | None) -> Part:
        """A new part for a clause; it carries on ``old``, and inner clauses of the same key."""
        part = Part(clause, old.origin if old else (), parent)
        inner = {clause_key(p.clause): p for p in old.children()} if old else {}
        for statement in clause.body:
            if isinstance(statement, n.Clause):
                known = inner.get(clause_key(statement))
                part.statements.append(self.plant(statement, part, known))
            else:
                part.statements.append(statement)
        if old is not None:
            for id_ in old.origin:
                self.parts[id_] = part
        return part
