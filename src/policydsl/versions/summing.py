"""A comparison of two editions in a few lines: its units or groups, and what is measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass

from policydsl.model import expressions as e
from policydsl.model import policy as m
from policydsl.versions.comparing import EditionDiff, Row

_INNER = frozenset({"indicator", "item", "task"})


@dataclass(frozen=True)
class Summary:
    """What became of the parts of an edition (units, groups, scenes …; not what is inside them).

    ``continued`` have clauses on both sides.  ``dropped`` and ``introduced`` are the figures
    (rates, counts, amounts) that only the older or only the newer edition measures; those of
    parts that are not seen are left aside.
    """

    continued: tuple[Row, ...]
    added: tuple[Row, ...]
    repealed: tuple[Row, ...]
    not_seen: tuple[Row, ...]
    dropped: tuple[str, ...]
    introduced: tuple[str, ...]

    @property
    def inferred(self) -> tuple[Row, ...]:
        """The continued parts of which no text states that they are."""
        return tuple(row for row in self.continued if row.inferred is not None)


def summarise(diff: EditionDiff, kinds: Iterable[str] | None = None) -> Summary:
    """The summary of a comparison; ``kinds``: only parts of these kinds (unit, group …)."""
    wanted = None if kinds is None else frozenset(kinds)
    parts = [row for row in diff.rows if _is_part(row, wanted)]
    unseen = {state.id for row in diff.of("not_seen") for state in row.old}
    before = _measured(diff.older, unseen)
    after = _measured(diff.newer, frozenset())
    return Summary(
        tuple(r for r in parts if r.old and r.new),
        tuple(r for r in parts if not r.old),
        tuple(r for r in parts if "repealed" in r.statuses),
        tuple(r for r in parts if "not_seen" in r.statuses),
        tuple(name for name in before if name not in after),
        tuple(name for name in after if name not in before),
    )


def _is_part(row: Row, wanted: frozenset[str] | None) -> bool:
    states = (*row.new, *row.old)
    if row.kind not in ("clause", "scene", "blend", "status rules") or not states:
        return False
    kinds = {state.kind for state in states}
    if wanted is not None:
        return bool(kinds & wanted)
    # a group inside a group counts with it
    return not kinds & (_INNER | {"schedule"}) and not _nested(states[0].id)


def _nested(id_: str) -> bool:
    return id_.count("/") > 1


def _measured(policy: m.Policy, without: Iterable[str]) -> dict[str, None]:
    """Names of the numbers that rules and targets look at, in document order."""
    aside = set(without)
    found: dict[str, None] = {}
    for clause in policy.clauses.values():
        if clause.id in aside:
            continue
        for name in _facts((clause.rules, clause.targets)):
            fact = policy.facts.get(name)
            if fact is not None and fact.is_number:
                found.setdefault(name)
    return found


def _facts(part: object) -> Iterator[str]:
    """Names of the facts that rules, targets or expressions refer to."""
    stack = [part]
    while stack:
        here = stack.pop()
        if isinstance(here, e.FactRef):
            yield here.fact
        elif isinstance(here, (tuple, list)):
            stack.extend(reversed(here))
        elif is_dataclass(here) and not isinstance(here, type):
            stack.extend(getattr(here, f.name) for f in reversed(fields(here)) if f.name != "node")


__all__ = ["Summary", "summarise"]
