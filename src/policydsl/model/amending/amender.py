"""Amendments applied to a base edition, one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import cast

from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, Source
from policydsl.language.paths import clause_key
from policydsl.model.amending.carrying import carry_out
from policydsl.model.amending.changes import ABOUT_THE_CHANGE, Change, Consolidation
from policydsl.model.amending.checking import possible
from policydsl.model.amending.edition import Edition
from policydsl.model.amending.following import followed
from policydsl.model.amending.parts import Operation, Part
from policydsl.model.amending.resolving import resolved
from policydsl.model.footprints import Footprint
from policydsl.model.rewriting import joined, merged

# What an amendment says of its own text; all its other attributes are those of the new edition.
ABOUT_THE_AMENDMENT = frozenset(
    {"REASON", "INFERRED", "SOURCE", "NOTE", "DOUBTFUL", "ASSUMPTION", "READING", "LOCATOR",
     "SUMMARY", "FULL_TEXT", "ID"}
)  # fmt: skip
# Attributes of an amendment that join those of the base instead of replacing them.
_JOINING = frozenset({"USES", "WAIVE", "CONCEPT"})


class Amender:
    """Applies amendments to one base edition; several may be applied, one after the other.

    ``sources`` (by ``id()`` of a node) tells the texts of those nodes of the base that do not
    stand in ``source``.  Problems are collected in ``found``; what could not be applied is left
    out.
    """

    def __init__(
        self,
        base: n.Document,
        source: Source,
        sources: Mapping[int, Source] = MappingProxyType({}),
    ):
        self.edition = Edition(base, source, sources)
        self.header: list[tuple[Footprint, n.Attribute]] = []
        self._done: list[Operation] = []

    @property
    def found(self) -> list[Diagnostic]:
        """What is wrong with the amendments so far."""
        return self.edition.found

    def apply(self, amendment: n.Document, source: Source) -> None:
        """Carry out an amendment; see :attr:`found` for what could not be done."""
        self.edition.begin(amendment, source)
        self._apply_header(amendment)
        planted = {id(s): self.edition.plant_new(s) for s in amendment.body}
        operations = []
        for statement in amendment.body:
            operation = resolved(self.edition, statement, planted[id(statement)])
            if operation is not None:
                operation.amendment = self.edition.amendment
                operations.append(operation)
        for operation in possible(self.edition, operations):
            carry_out(self.edition, operation)
            self._done.append(operation)
        self._check_labels(self.edition.root, amendment)

    def _apply_header(self, amendment: n.Document) -> None:
        replaced: list[str] = []
        attributes = self.edition.root.clause.attributes
        for attribute in amendment.attributes:
            key = attribute.key
            if key in ABOUT_THE_AMENDMENT:
                continue
            if key in _JOINING:
                attributes = joined(attributes, attribute)
            else:
                attributes = merged(attributes, (attribute,), replaced)
            self.edition.replaces_stated |= key == "REPLACES"
            self.header.append((Footprint("", key), attribute))
        self.edition.set_attributes(self.edition.root, attributes)

    def _check_labels(self, part: Part, amendment: n.Document) -> None:
        """After renaming and renumbering, siblings must still be told apart."""
        seen: dict[str, Part] = {}
        for child in part.children():
            key = clause_key(child.clause)
            other = seen.setdefault(key, child)
            if other is not child:
                pair = (child, other) if child.labelled_by is not None else (other, child)
                node = pair[0].labelled_by or amendment.id
                related = pair[1].labelled_by or pair[1].clause
                self.edition.report("V607", node, related, label=key)
            self._check_labels(child, amendment)

    def result(self, id_: n.Name | None = None, title: str | None = None) -> Consolidation:
        """The edition after all amendments so far."""
        base = self.edition.base
        body = self.edition.frozen(self.edition.root)
        attributes = self.edition.root.clause.attributes
        if id_ is not None and id_.text != base.id.text and not self.edition.replaces_stated:
            replaces = n.Attribute("REPLACES", (n.Name(base.id.text),))
            attributes = merged(attributes, (replaces,), [])
        document = replace(
            base,
            id=id_ or base.id,
            title=title or base.title,
            attributes=attributes,
            body=body,
        )
        ids: dict[int, str] = {}
        origins: dict[str, tuple[str, ...]] = {}
        _name(self.edition.root, "", ids, origins)
        if any(o.kind in ("rename", "renumber", "move") for o in self._done) or any(
            f.aspect == "ID" for o in self._done for f in o.footprints
        ):
            document = followed(self.edition, document, ids)
        changes = tuple(_change(operation, ids) for operation in self._done)
        sources = self.edition.sources_of(document)
        return Consolidation(document, changes, origins, sources)


def _name(
    part: Part, prefix: str, ids: dict[int, str], origins: dict[str, tuple[str, ...]]
) -> None:
    for child in part.children():
        key = clause_key(child.clause)
        own = f"{prefix}/{key}" if prefix else key
        ids[id(child)] = own
        origins[own] = child.origin
        _name(child, own, ids, origins)


def _change(operation: Operation, ids: Mapping[int, str]) -> Change:
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
