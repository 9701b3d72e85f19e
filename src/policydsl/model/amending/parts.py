"""Clauses of an edition in the making, and the operations on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, cast

from policydsl.language import nodes as n
from policydsl.language.paths import Position, clause_label
from policydsl.model.amending.changes import ChangeKind
from policydsl.model.footprints import Footprint

Where = Literal["BEFORE", "AFTER", "INSIDE", "INSTEAD"]


class Part:
    """A clause of the edition in the making; ``statements`` mix statements and parts.

    A part stands where its parent's statements have it, or where it was put: ``place``.
    """

    def __init__(self, clause: n.Clause, origin: tuple[str, ...], parent: Part | None):
        self.clause = clause
        self.origin = origin
        self.parent = parent
        self.alive = True
        self.removed_by: n.Statement | None = None
        self.labelled_by: n.Statement | None = None
        self.statements: list[n.Statement | Part] = []
        self.place: tuple[Part, Where] | None = None
        self.put: dict[Where, list[Part]] = {"BEFORE": [], "AFTER": [], "INSIDE": [], "INSTEAD": []}

    def children(self) -> Iterator[Part]:
        """The living clauses inside, in order."""
        return (s for s in self.laid_out() if isinstance(s, Part))

    def laid_out(self) -> Iterator[n.Statement | Part]:
        """The body as it has become."""
        for statement in self.statements:
            if not isinstance(statement, Part):
                yield statement
            elif statement.place is None:
                yield from statement._around()
        for part in self.put["INSIDE"]:
            yield from part._around()

    def _around(self) -> Iterator[Part]:
        for part in self.put["BEFORE"]:
            yield from part._around()
        if self.alive:
            yield self
        for part in (*self.put["INSTEAD"], *self.put["AFTER"]):
            yield from part._around()

    def go(self, anchor: Part, where: Where) -> None:
        """Put the part somewhere else."""
        if self.place is not None:
            old, old_where = self.place
            old.put[old_where].remove(self)
        self.place = (anchor, where)
        anchor.put[where].append(self)

    def plain(self) -> list[n.Statement]:
        """The statements that are no clauses."""
        return [s for s in self.statements if not isinstance(s, Part)]


@dataclass
class Operation:
    """An operation of an amendment with its references resolved."""

    kind: ChangeKind
    node: n.Statement
    targets: list[Part]
    planted: list[Part]
    about: Sequence[n.Node]
    refs: tuple[n.ClauseRef, ...] = ()
    anchor: Part | None = None
    where: Where = "INSIDE"
    footprints: list[Footprint] = field(default_factory=list)
    amendment: str = ""
    anchor_ref: n.ClauseRef | None = None


def id_of_part(part: Part) -> str:
    """What the footprint calls a part: its base id, else the label of what is new."""
    return part.origin[0] if part.origin else f"+{clause_label(part.clause)}"


def descend(part: Part, position: Position) -> Part:
    """The part inside an inserted one; the first step is the inserted part itself."""
    node = part
    for index in position[1:]:
        node = cast(Part, node.statements[index])
    return node


def relabelled(clause: n.Clause, operation: n.Rename | n.Renumber) -> n.Clause:
    """A clause with its new name or number."""
    if isinstance(operation, n.Rename):
        return replace(clause, name=operation.name)
    return replace(clause, number=operation.number)
