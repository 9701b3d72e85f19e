"""Statements of an amendment → operations on parts."""

from __future__ import annotations

from typing import cast

from policydsl.language import nodes as n
from policydsl.model.amending.edition import Edition
from policydsl.model.amending.parts import Operation, Part, Where


def resolved(edition: Edition, statement: n.Statement, planted: list[Part]) -> Operation | None:
    """The operation with its references resolved; ``None`` if one of them names nothing."""
    match statement:
        case n.Modify(target=None):
            operation = Operation("document", statement, [edition.root], [], statement.parts)
        case n.Modify():
            operation = Operation("modify", statement, [], [], statement.parts)
        case n.Insert():
            operation = Operation("insert", statement, [], planted, statement.attributes)
        case n.Repeal():
            operation = Operation("repeal", statement, [], [], statement.attributes)
        case n.Move():
            operation = Operation("move", statement, [], [], statement.attributes)
        case n.Rename():
            operation = Operation("rename", statement, [], [], statement.attributes)
        case n.Renumber():
            operation = Operation("renumber", statement, [], [], statement.attributes)
        case n.Split():
            operation = Operation("split", statement, [], planted, statement.attributes)
        case n.Merge():
            operation = Operation("merge", statement, [], planted, statement.attributes)
        case (
            n.Fact() | n.Measure() | n.Deadline() | n.Duty() | n.Example() | n.Exclusion()
            | n.Plausible()
        ):  # fmt: skip
            operation = Operation("document", statement, [], [], ())
        case _:
            edition.report("V604", statement)
            return None
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
