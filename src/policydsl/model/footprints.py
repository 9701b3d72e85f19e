"""What an operation of an amendment touches, and when two operations touch the same."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Footprint:
    """One thing that an operation touches: an aspect of a clause of the base (by id).

    ``aspect``: the keyword of an attribute; ``rules`` (the statements of its body), ``clauses``
    (all clauses inside it), ``Household`` and the like; ``existence``, ``place``, ``rename``,
    ``renumber``; ``beside`` (something is put next to it); ``gap a|b`` (something is put between
    its inner clauses a and b), ``label x`` (an inner clause is newly called x).  The document
    itself has the id ``""`` and further aspects ``fact x``, ``deadline x`` ….
    """

    clause: str
    aspect: str


def meets(a: Footprint, b: Footprint) -> bool:
    """Whether two operations with these footprints get into each other's way."""
    if a.clause == b.clause:
        if a.aspect == b.aspect:
            return a.aspect != "beside"  # before and behind a clause there is a place each
        return _meet(a.aspect, b.aspect) or _meet(b.aspect, a.aspect)
    outer, inner = (a, b) if len(a.clause) < len(b.clause) else (b, a)
    return outer.aspect in ("existence", "clauses") and inner.clause.startswith(
        f"{outer.clause}/" if outer.clause else ""
    )


IN_BODY = frozenset({"Household", "Ranking", "Quota", "Ties"})
# Aspects that several operations of one amendment may touch together.
SHARED = ("gap ", "label ", "beside")
_NAMED = ("fact ", "measure ", "deadline ", "duty ", "example ", "exclusion ")


def _meet(a: str, b: str) -> bool:
    """Whether two different aspects of one clause meet, in this order."""
    if a == "existence":
        return b != "beside"
    if a == "rules":
        return b in IN_BODY or b.startswith(_NAMED)
    if a == "place":
        return b == "beside"
    return a == "clauses" and b.startswith(("gap ", "label "))
