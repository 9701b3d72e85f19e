"""Statements of an amendment → operations on parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from policydsl.language import nodes as n
from policydsl.model.amending.changes import ChangeKind
from policydsl.model.amending.edition import Edition
from policydsl.model.amending.parts import Operation, Part, Where

_KINDS: Mapping[type[n.Statement], ChangeKind] = {
    n.Modify: "modify",
    n.Insert: "insert",
    n.Repeal: "repeal",
    n.Move: "move",
    n.Rename: "rename",
    n.Renumber: "renumber",
    n.Split: "split",
    n.Merge: "merge",
}
_DECLARATIONS = (n.Fact, n.Measure, n.Deadline, n.Duty, n.Example, n.Exclusion, n.Plausible)


def _kind_of(statement: n.Statement) -> ChangeKind | None:
    whole = isinstance(statement, n.Modify) and statement.target is None
    if whole or isinstance(statement, _DECLARATIONS):
        return "document"
    return _KINDS.get(type(statement))


def _attributes_of(statement: n.Statement, kind: ChangeKind) -> Sequence[n.Node]:
    return () if kind == "document" else getattr(statement, "attributes", ())


def resolved(edition: Edition, statement: n.Statement, planted: list[Part]) -> Operation | None:
    """The operation with its references resolved; ``None`` if one of them names nothing."""
    kind = _kind_of(statement)
    if kind is None:
        edition.report("V604", statement)
        return None
    about = statement.parts if isinstance(statement, n.Modify) else _attributes_of(statement, kind)
    operation = Operation(kind, statement, [], planted, about)
    if isinstance(statement, n.Modify) and statement.target is None:
        operation.targets.append(edition.root)
    if isinstance(statement, n.Merge):
        operation.refs = statement.targets
    elif not isinstance(statement, n.Insert):
        target = getattr(statement, "target", None)
        operation.refs = () if target is None else (target,)
    for ref in operation.refs:
        part = edition.part(ref)
        if part is None:
            return None
        operation.targets.append(part)
    if isinstance(statement, (n.Insert, n.Move)):
        beside = statement.target if isinstance(statement, n.Insert) else statement.destination
        operation.anchor = edition.root if beside is None else edition.part(beside)
        operation.anchor_ref = beside
        operation.where = cast(Where, statement.place or "INSIDE")
        if operation.anchor is None:
            return None
    return operation
