"""Which name stands where, and what it means: the index behind definition, references, rename."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from policydsl.language import nodes as n
from policydsl.model.finding import ClauseIndex
from policydsl.model.policy import Policy

Kind = Literal["document", "clause", "fact", "value", "unit", "concept"]


@dataclass(frozen=True, slots=True)
class Symbol:
    """A thing with a name.  ``home`` is the document that declares it, ``""`` for all of them."""

    kind: Kind
    name: str
    home: str = ""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A place where a symbol is named; ``span`` covers the name, with its 「」."""

    symbol: Symbol
    span: n.Span
    definition: bool = False


_DOCUMENTS = frozenset({"REPLACES", "USES", "ADOPTS"})
_UNITS = frozenset({"RESPONSIBLE", "LEAD"})

Tree = Callable[[str], n.Document | None]
"""The consolidated tree of a document by id."""


def occurrences(document: n.Document, policy: Policy | None, tree: Tree) -> list[Occurrence]:
    """Every name of a document that means something, in reading order.

    ``policy`` tells which facts it knows; without it, those that it declares.
    """
    index = _Index(document, policy, tree)
    index.visit(document)
    return sorted(index.found, key=lambda one: (one.span.start, one.span.end))


class _Index:
    def __init__(self, document: n.Document, policy: Policy | None, tree: Tree) -> None:
        self.document = document
        self.id = document.id.text
        self.found: list[Occurrence] = []
        self.facts = _homes(document, policy)
        # an amendment and an assumption set speak of the clauses of another document
        base = document.based_on or next(iter(document.applies_to), None)
        self.base = self.id if base is None else base.text
        holder = document if base is None else tree(base.text)
        self.clauses = None if holder is None else ClauseIndex(holder)
        self.older = _named_tree(document.older, tree)
        self.newer = _named_tree(document.newer, tree)

    def visit(self, node: object) -> None:
        for each in n.walk(node):
            for found in self._of(each):
                if found.span.end > found.span.start:
                    self.found.append(found)

    # One case for each node: parted, nobody would see at once that none is missing.
    def _of(self, node: n.Node) -> Iterator[Occurrence]:  # noqa: C901
        match node:
            case n.Document():
                yield Occurrence(Symbol("document", node.id.text), node.id.span, True)
                named = (node.based_on, *node.applies_to, node.older, node.newer)
                yield from (self._document(name) for name in named if name is not None)
            case n.Clause(name=n.Name() as name, kind=kind):
                if kind == "UNIT":
                    yield Occurrence(Symbol("unit", name.text), name.span, True)
                elif self.clauses is not None and self.base == self.id:
                    yield from self._clause_heading(node, name)
            case n.Fact(name=name, type=type_):
                yield Occurrence(Symbol("fact", name.text, self.id), name.span, True)
                for value in type_.values:
                    yield Occurrence(Symbol("value", value.text, self.id), value.span, True)
            case n.Reference(name=name):
                yield self._fact(name)
            case n.SpouseFact(name=name) | n.NotDone(name=name) | n.Provided(name=name):
                yield self._fact(name)
            case n.Given(name=name):
                yield self._fact(name)
            case n.Exclusion(excluded=one, from_fact=other):
                yield self._fact(one)
                yield self._fact(other)
            case n.GivenUnit(name=name) | n.Duty(unit=name):
                yield Occurrence(Symbol("unit", name.text), name.span)
            case n.DutyPart(items=items):
                yield from (self._by_name(x) for x in items if isinstance(x, n.Name))
            case n.ClauseRef():
                yield from self._reference(node)
            case n.Attribute(key=key, value=value):
                yield from self._attribute(key, value)
            case n.FactOption(key="CONCEPT", value=n.Name() as name):
                yield Occurrence(Symbol("concept", name.text), name.span)
            case _:
                pass

    def _document(self, name: n.Name) -> Occurrence:
        return Occurrence(Symbol("document", name.text), name.span)

    def _fact(self, name: n.Name) -> Occurrence:
        home = self.facts.get(name.text)
        kind: Kind = "value" if home is None else "fact"
        return Occurrence(Symbol(kind, name.text, home or self.id), name.span)

    def _clause_heading(self, clause: n.Clause, name: n.Name) -> Iterator[Occurrence]:
        assert self.clauses is not None
        for id_, position in self.clauses.positions.items():
            if _at(self.document, position) is clause:
                yield Occurrence(Symbol("clause", id_, self.id), name.span, True)

    def _reference(self, ref: n.ClauseRef) -> Iterator[Occurrence]:
        for length in range(1, len(ref.steps) + 1):
            step = ref.steps[length - 1]
            part = n.ClauseRef(ref.steps[:length])
            if step.kind == "UNIT" and step.label is not None:
                yield Occurrence(Symbol("unit", step.label), step.span)
                continue
            for holder, home in (
                (self.clauses, self.base),
                (self.older, self._name(self.document.older)),
                (self.newer, self._name(self.document.newer)),
            ):
                positions = [] if holder is None else holder.find(part)
                if holder is not None and len(positions) == 1:
                    symbol = Symbol("clause", holder.ids[positions[0]], home)
                    yield Occurrence(symbol, step.span)
                    break

    def _by_name(self, name: n.Name) -> Occurrence:
        """A clause that a duty names without saying what kind of clause it is."""
        if self.clauses is not None:
            for id_ in self.clauses.positions:
                if id_.rpartition("/")[2] == name.text:
                    return Occurrence(Symbol("clause", id_, self.base), name.span)
        return Occurrence(Symbol("clause", name.text, self.base), name.span)

    def _name(self, name: n.Name | None) -> str:
        return "" if name is None else name.text

    def _attribute(self, key: str, value: object) -> Iterator[Occurrence]:
        names = value if isinstance(value, tuple) else (value,)
        for name in names:
            if not isinstance(name, n.Name):
                continue
            if key in _DOCUMENTS:
                yield self._document(name)
            elif key in _UNITS:
                yield Occurrence(Symbol("unit", name.text), name.span)
            elif key == "CONCEPT":
                declared = self.document.kind == "VOCABULARY"
                yield Occurrence(Symbol("concept", name.text), name.span, declared)


def _homes(document: n.Document, policy: Policy | None) -> Mapping[str, str]:
    own = {x.name.text: document.id.text for x in n.walk(document) if isinstance(x, n.Fact)}
    if policy is None:
        return own
    known = {name: fact.document or document.id.text for name, fact in policy.facts.items()}
    return {**known, **own}


def _named_tree(name: n.Name | None, tree: Tree) -> ClauseIndex | None:
    found = None if name is None else tree(name.text)
    return None if found is None else ClauseIndex(found)


def _at(document: n.Document, position: tuple[int, ...]) -> object:
    node: n.Document | n.Clause = document
    for index in position:
        child = node.body[index]
        assert isinstance(child, n.Clause)
        node = child
    return node
