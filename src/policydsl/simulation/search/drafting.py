"""Drafts with other numbers, as amendments that a drafter could have written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.language.paths import Position, chain_of
from policydsl.model.finding import ClauseIndex
from policydsl.model.policy import Policy
from policydsl.model.rewriting import count_figure
from policydsl.simulation.drafts import Version, shaped_by_sets
from policydsl.simulation.search.moves import Move
from policydsl.simulation.sensitivity import Figure

Change = tuple[Move, Fraction]


class Drafter:
    """Writes amendments of one version."""

    def __init__(self, version: Version):
        self.version = version
        assert version.policy.document is not None
        self.document = version.policy.document

    @cached_property
    def _index(self) -> ClauseIndex:
        return ClauseIndex(self.document)

    def policy(self, changes: Sequence[Change]) -> Policy:
        """The version with other numbers.  Raises :class:`PolicyError` where that is not sound."""
        return self.version.amended(self.amendment(changes))

    def amendment(
        self,
        changes: Sequence[Change],
        id_: str = "",
        title: str | None = None,
        attributes: Sequence[n.Attribute] = (),
        reason: str | None = None,
    ) -> n.Document:
        """The amendment (修订) that makes the changes, one operation for each clause."""
        clauses: dict[Position, list[Change]] = {}
        for change in changes:
            clauses.setdefault(change[0].figure.position, []).append(change)
        why = () if reason is None else (n.Attribute("REASON", n.TextValue(reason)),)
        body = tuple(
            n.Modify(self._ref(position), (*self._parts(position, clauses[position]), *why))
            for position in sorted(clauses)
        )
        base = self.document.id
        return n.Document(
            "AMENDMENT", n.Name(id_ or f"{base.text}-变动"), title, base,
            attributes=tuple(attributes), body=body,
        )  # fmt: skip

    def _ref(self, position: Position) -> n.ClauseRef:
        ref = self._index.shortest(position)
        if ref is None:
            details = {"name": self._index.ids.get(position, "")}
            raise PolicyError([Diagnostic("S568", self.version.policy.source, None, details)])
        return ref

    def _parts(self, position: Position, changes: Sequence[Change]) -> list[n.OperationPart]:
        """将 0.5 分 改为 0.6 分 where the clause of the text has the number once; else all anew."""
        clause = chain_of(self.document, position)[-1]
        if not shaped_by_sets(self.version.policy, changes[0][0].figure.clause):
            stated = tuple(s for s in clause.body if not isinstance(s, (n.Clause, n.Example)))
            olds = [_at(clause, move.figure.path) for move, _ in changes]
            held: tuple[object, ...] = (clause.attributes, stated)
            if all(count_figure(held, old) == 1 for old in olds):
                return [
                    n.Replacement(old, _renewed(old, value))
                    for old, (_, value) in zip(olds, changes, strict=True)
                ]
        changed: Any = clause
        for move, value in changes:
            changed = _put(changed, move.figure.path, value)
        parts: list[n.OperationPart] = []
        attributes = {int(f.path[1]) for f in _figures(changes) if f.path[0] == "attributes"}
        parts += [changed.attributes[place] for place in sorted(attributes)]
        if any(figure.path[0] == "body" for figure in _figures(changes)):
            rest = tuple(s for s in changed.body if not isinstance(s, n.Clause))
            parts.append(n.NewBody(rest))
        return parts


def _figures(changes: Sequence[Change]) -> list[Figure]:
    return [move.figure for move, _ in changes]


def _at(node: Any, path: Sequence[str | int]) -> n.Number:
    for step in path:
        node = node[step] if isinstance(step, int) else getattr(node, step)
    assert isinstance(node, n.Number)
    return node


def _renewed(number: n.Number, value: Fraction) -> n.Number:
    return replace(number, value=value, written=None)


def _put(node: Any, path: Sequence[str | int], value: Fraction) -> Any:
    if not path:
        return _renewed(node, value)
    first, *rest = path
    if isinstance(first, int):
        return (*node[:first], _put(node[first], rest, value), *node[first + 1 :])
    return replace(node, **{first: _put(getattr(node, first), rest, value)})
