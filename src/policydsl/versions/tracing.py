"""Where a clause comes from and what became of it: its log and its lineage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from policydsl.versions.graph import (
    DESCENT,
    RELATION_WORDS,
    ClauseVersion,
    Edge,
    HistoryGraph,
    Provenance,
    Relation,
)


@dataclass(frozen=True, slots=True)
class LogEntry:
    """Something that happened to a clause.

    ``edition`` made it happen.  ``version`` is what there is afterwards; ``None`` when the clause
    ended.  ``older`` are the versions that it comes from, or the one that ended.
    """

    edition: str
    relation: Relation
    version: ClauseVersion | None
    older: tuple[ClauseVersion, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Step:
    """A version in a lineage, ``depth`` steps away; ``edge`` leads from there to it.

    ``known``: the version was shown before, and what lies behind it is not shown again.
    """

    version: ClauseVersion
    edge: Edge | None
    depth: int
    known: bool = False


def log(graph: HistoryGraph, key: str) -> list[LogEntry]:
    """Everything that happened to a clause and to those that it comes from or became, in order."""
    related = {key} | graph.ancestors(key) | graph.descendants(key)
    rank = {id_: index for index, id_ in enumerate(graph.order())}
    entries: list[tuple[int, int, LogEntry]] = []
    for each in related:
        version = graph.versions[each]
        place = rank[version.edition]
        by_relation: dict[Relation, list[Edge]] = {}
        for edge in graph.to_older(each, DESCENT):
            by_relation.setdefault(edge.relation, []).append(edge)
        for relation, edges in by_relation.items():
            # several statements may tell of one merger; each keeps its own words
            for edge in edges:
                older = (graph.versions[edge.older],)
                entry = LogEntry(version.edition, relation, version, older, edge.provenance)
                entries.append((place, 1, entry))
        if not by_relation:
            made = [*graph.to_newer(each, ("inserts",)), *graph.to_newer(each, ("enacts",))][0]
            entry = LogEntry(version.edition, made.relation, version, (), made.provenance)
            entries.append((place, 0, entry))
        for edge in graph.to_newer(each, ("repeals", "not_seen")):
            entry = LogEntry(edge.newer, edge.relation, None, (version,), edge.provenance)
            entries.append((rank[edge.newer], 2, entry))
    entries.sort(key=lambda item: (item[0], item[1], _label(item[2])))
    return [entry for _, _, entry in entries]


def _label(entry: LogEntry) -> tuple[str, str]:
    keys = [v.key for v in (entry.version, *entry.older) if v is not None]
    return keys[0], keys[-1]


def lineage(graph: HistoryGraph, key: str) -> tuple[list[Step], list[Step]]:
    """What a version comes from, and what came from it; each list begins with the version."""
    return list(_steps(graph, key, older=True)), list(_steps(graph, key, older=False))


def _steps(graph: HistoryGraph, key: str, older: bool) -> Iterator[Step]:
    seen: set[str] = set()
    stack: list[tuple[str, Edge | None, int]] = [(key, None, 0)]
    while stack:
        here, edge, depth = stack.pop()
        known = here in seen
        yield Step(graph.versions[here], edge, depth, known)
        if known:
            continue
        seen.add(here)
        edges = graph.to_older(here, DESCENT) if older else graph.to_newer(here, DESCENT)
        following = [((e.older if older else e.newer), e) for e in edges]
        stack.extend((k, e, depth + 1) for k, e in reversed(following) if k in graph.versions)


def relation_word(relation: Relation, chinese: bool = True) -> str:
    """What a relation is called."""
    return RELATION_WORDS[relation][0 if chinese else 1]
