"""Clauses of a tree by path: finding, replacing, inserting.

A clause's *key* names it among its siblings: its 标识, else an item's number, else its name.
The keys from the outside in, joined by ``/``, are its id.  Ids do not change when other
clauses do.  Trees are immutable; every change returns a new tree that shares the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar, cast

from policydsl.language import nodes as n

Position = tuple[int, ...]
"""Indexes into ``body``, from the document inwards."""

Holder = TypeVar("Holder", n.Document, n.Clause)

# What clauses without a heading are called.
BARE_LABELS = {
    "COMMON": "共同部分",
    "BONUS": "加分",
    "DEDUCTIONS": "扣分",
    "STATUS_RULES": "效力",
    "SCHEDULE": "附表",
}


def clause_label(clause: n.Clause) -> str:
    """What a reader calls the clause among its siblings: an item's number, else its name."""
    if clause.number is not None:
        return clause.number
    if clause.name is not None:
        return clause.name.text
    return BARE_LABELS[clause.kind]


def clause_key(clause: n.Clause) -> str:
    """The part of the id that belongs to the clause: its 标识, else its label."""
    for attribute in clause.attributes:
        if attribute.key == "ID":
            return cast(n.Name, attribute.value).text
    return clause_label(clause)


def clauses(holder: n.Document | n.Clause) -> Iterator[tuple[Position, str, n.Clause]]:
    """Position, id and node of every clause below, in reading order."""
    stack: list[tuple[Position, str, n.Document | n.Clause]] = [((), "", holder)]
    while stack:
        position, id_, node = stack.pop()
        if isinstance(node, n.Clause) and position:
            yield position, id_, node
        for index in range(len(node.body) - 1, -1, -1):
            child = node.body[index]
            if isinstance(child, n.Clause):
                key = clause_key(child)
                stack.append(((*position, index), f"{id_}/{key}" if id_ else key, child))


def find(holder: n.Document | n.Clause, ref: n.ClauseRef) -> list[Position]:
    """Positions of the clauses that a reference names; outer steps may be left out."""
    found: list[Position] = []
    for position, _, clause in clauses(holder):
        chain = chain_of(holder, position)
        if len(ref.steps) <= len(chain) and _is_named(clause, ref.steps[-1]):
            tail = chain[len(chain) - len(ref.steps) :]
            if all(_is_named(c, s) for c, s in zip(tail, ref.steps, strict=True)):
                found.append(position)
    return found


def id_of(holder: n.Document | n.Clause, position: Position) -> str:
    """The id of the clause at a position."""
    return "/".join(clause_key(clause) for clause in chain_of(holder, position))


def chain_of(holder: n.Document | n.Clause, position: Position) -> list[n.Clause]:
    """The clauses from the outside in that lead to a position, the last one included."""
    chain: list[n.Clause] = []
    node: n.Document | n.Clause = holder
    for index in position:
        node = cast(n.Clause, node.body[index])
        chain.append(node)
    return chain


def _is_named(clause: n.Clause, step: n.RefStep) -> bool:
    if clause.kind != step.kind:
        return False
    names = {clause_key(clause), clause_label(clause), clause.name.text if clause.name else None}
    return step.label is None or step.label in names


def ref_text(ref: n.ClauseRef) -> str:
    """A reference as a reader says it."""
    return " ".join(step.label or BARE_LABELS[step.kind] for step in ref.steps)


def ref_to(chain: Sequence[n.Clause]) -> n.ClauseRef:
    """The full reference to the last clause of a chain."""
    steps = []
    for clause in chain:
        # of the clauses without a heading, only 效力 can be named without a label: 加分 加分
        named = clause.number is not None or clause.name is not None
        bare = clause.kind == "STATUS_RULES" and not named
        steps.append(n.RefStep(clause.kind, None if bare else clause_label(clause)))
    return n.ClauseRef(tuple(steps))


def replace_at(holder: Holder, position: Position, new: n.Clause | None) -> Holder:
    """The tree with another clause at a position, or without it (``None``)."""
    index: int = position[0]
    rest = position[1:]
    if rest:
        new = replace_at(cast(n.Clause, holder.body[index]), rest, new)
    middle: tuple[n.Clause, ...] = () if new is None else (new,)
    return replace(holder, body=(*holder.body[:index], *middle, *holder.body[index + 1 :]))


def insert_at(holder: Holder, position: Position, new: n.Clause) -> Holder:
    """The tree with a clause inserted before the statement at a position."""
    index: int = position[0]
    rest = position[1:]
    if rest:
        child = insert_at(cast(n.Clause, holder.body[index]), rest, new)
        return replace(holder, body=(*holder.body[:index], child, *holder.body[index + 1 :]))
    return replace(holder, body=(*holder.body[:index], new, *holder.body[index:]))
