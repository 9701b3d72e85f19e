"""The values of a graph: what each is made of."""

from __future__ import annotations

from typing import Literal, NamedTuple

from policydsl.scoring.columns.plan import Elementary

Id = int
"""Number of a node."""


Rounding = Literal["half_up", "down", "up"]
Change = Literal["clear", "low", "high", "weaken"]


class Const(NamedTuple):
    """A number."""

    number: int


class Code(NamedTuple):
    """The codes of an input of the plan."""

    number: int
    size: int


class State(NamedTuple):
    """A column of numbers that was worked out before, between ``low`` and ``high``."""

    number: int
    low: int
    high: int


class Table(NamedTuple):
    """``tables[table][source]``."""

    source: Id
    table: int


class Sum(NamedTuple):
    """``const`` + Σ factor × node."""

    const: int
    terms: tuple[tuple[Id, int], ...]


class Union(NamedTuple):
    """``const`` | the nodes, each with the bits to keep: flags."""

    const: int
    terms: tuple[tuple[Id, int], ...]


class Clipped(NamedTuple):
    """At most ``high``, then at least ``low``."""

    node: Id
    low: int | None
    high: int | None


class Rounded(NamedTuple):
    """As in :class:`policydsl.scoring.columns.plan.Round`."""

    node: Id
    unit: int
    mode: Rounding


class Best(NamedTuple):
    """The larger or smaller of two."""

    how: Literal["max", "min"]
    first: Id
    second: Id


class Gated(NamedTuple):
    """``node``, changed where ``flags`` has any of ``bits`` (``unless``: where it has none).

    ``clear``: to 0; ``low``, ``high``: to at most, at least 0; ``weaken``: to ``node & keep``.
    """

    change: Change
    node: Id
    flags: Id
    bits: int
    unless: bool
    keep: int


class Counted(NamedTuple):
    """``stride`` × how many of ``cuts`` are at most ``node``."""

    node: Id
    cuts: tuple[int, ...]
    stride: int


class Chained(NamedTuple):
    """A chain of elementary operations on ``node``."""

    node: Id
    chain: tuple[Elementary, ...]


Node = (
    Const
    | Code
    | State
    | Table
    | Sum
    | Union
    | Clipped
    | Rounded
    | Best
    | Gated
    | Counted
    | Chained
)


def children(node: Node) -> tuple[Id, ...]:
    """The nodes that a node is computed from."""
    match node:
        case Const() | Code() | State():
            return ()
        case Table():
            return (node.source,)
        case Sum() | Union():
            return tuple(term for term, _ in node.terms)
        case Clipped() | Rounded() | Counted() | Chained():
            return (node.node,)
        case Best():
            return (node.first, node.second)
        case Gated():
            return (node.node, node.flags)
