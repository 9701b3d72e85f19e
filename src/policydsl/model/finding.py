"""Finding clauses by reference again and again: an index of the clauses of one document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from policydsl.language import nodes as n
from policydsl.language.paths import (
    Position,
    chain_of,
    clause_key,
    clause_label,
    clauses,
    find,
    ref_to,
)


class ClauseIndex:
    """Answers what :func:`policydsl.language.paths.find` answers, without a walk each time."""

    def __init__(self, holder: n.Document | n.Clause):
        self.holder = holder
        self.positions: dict[str, Position] = {}
        self.ids: dict[Position, str] = {}
        self._named: defaultdict[tuple[str, str | None], list[Position]] = defaultdict(list)
        for position, id_, clause in clauses(holder):
            self.positions.setdefault(id_, position)
            self.ids[position] = id_
            for label in _names(clause):
                self._named[clause.kind, label].append(position)

    def find(self, ref: n.ClauseRef) -> list[Position]:
        """Positions of the clauses that a reference names; outer steps may be left out."""
        last = ref.steps[-1]
        if last.label is None:
            return find(self.holder, ref)
        return [
            position
            for position in self._named.get((last.kind, last.label), ())
            if len(ref.steps) <= len(position) and self._fits(position, ref.steps)
        ]

    def _fits(self, position: Position, steps: Sequence[n.RefStep]) -> bool:
        chain = chain_of(self.holder, position)[-len(steps) :]
        return all(
            clause.kind == step.kind and (step.label is None or step.label in _names(clause))
            for clause, step in zip(chain, steps, strict=True)
        )

    def shortest(self, position: Position) -> n.ClauseRef | None:
        """The shortest reference that names the clause and no other; ``None`` if there is none."""
        full = ref_to(chain_of(self.holder, position))
        for length in range(1, len(full.steps) + 1):
            ref = n.ClauseRef(full.steps[-length:])
            # a bare number says nothing without the clause around it
            if length < len(full.steps) and (ref.steps[0].label or "").isdigit():
                continue
            if self.find(ref) == [position]:
                return ref
        return None


def _names(clause: n.Clause) -> set[str]:
    names = {clause_key(clause), clause_label(clause)}
    if clause.name is not None:
        names.add(clause.name.text)
    return names
