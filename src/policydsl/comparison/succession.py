"""What the version graph says of schemes that are editions of one document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policydsl.comparison.schemes import Scheme
from policydsl.versions.graph import HistoryGraph
from policydsl.versions.history import build
from policydsl.versions.lineage import Lineage


@dataclass(frozen=True)
class Succession:
    """What became of the clauses of scheme ``older`` in scheme ``newer`` (numbers)."""

    older: int
    newer: int
    lineage: Lineage

    def pairs(self) -> Iterator[tuple[str, str, str | None]]:
        """(older clause id, newer clause id, why it is inferred)."""
        for link in self.lineage.links:
            for old in link.old:
                for new in link.new:
                    yield old, new, link.inferred


def successions(schemes: Sequence[Scheme]) -> list[Succession]:
    """Between all pairs of schemes that follow one another; the graph is made only for those."""
    found: list[Succession] = []
    graphs: dict[int, HistoryGraph] = {}
    for one in schemes:
        for other in schemes[one.number + 1 :]:
            if not _related(one, other):
                continue
            library = one.version.library
            graph = graphs.setdefault(id(library), build(library))
            ids = (one.policy.id, other.policy.id)
            if ids[0] == ids[1] or not set(ids) <= graph.editions.keys():
                continue
            series = graph.series(ids[0])
            if ids[1] not in series:
                continue
            older, newer = sorted((one, other), key=lambda s: series.index(s.policy.id))
            lineage = graph.between(older.policy.id, newer.policy.id)
            found.append(Succession(older.number, newer.number, lineage))
    return found


def _related(one: Scheme, other: Scheme) -> bool:
    if one.version.library is not other.version.library:
        return False
    return bool(_named(one) & {other.policy.id} or _named(other) & {one.policy.id}) or bool(
        _named(one) & _named(other)
    )


def _named(scheme: Scheme) -> set[str]:
    """The editions that a scheme replaces or is based on."""
    names = set(scheme.policy.meta.replaces)
    entry = scheme.version.library.find(scheme.policy.id)
    if entry is not None and entry.document.based_on is not None:
        names.add(entry.document.based_on.text)
    return names
