"""The graph of editions and clause versions.

Nodes are editions (documents; some known by title only) and clause versions: a clause as one
document states it, made once and never changed.  The key of an edition is its id, that of a
version ``edition#clause/id`` with the edition that made it.  Edges lead from the newer to the
older node, so the graph has no cycle; each carries its provenance.

What holds on a day is told in :mod:`policydsl.versions.timeline`; graphs of documents are
built by :mod:`policydsl.versions.history`.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Literal

import networkx as nx

from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, PolicyError, did_you_mean
from policydsl.model.amending.changes import Change
from policydsl.versions.dates import Dates, Stated, Suppositions, year_of_number
from policydsl.versions.lineage import Lineage, Link, Place, by_equal_ids, joined
from policydsl.versions.matching import match_clauses

Relation = Literal[
    # an edition and a version: it made it, made it anew, ended it, or does not show its fate
    "enacts", "inserts", "repeals", "not_seen",
    # a version and the one that it comes from
    "amends", "renames", "renumbers", "moves", "splits", "merges", "succeeds",
    # editions
    "replaces", "based_on", "implements",
    # an edition or version and the area in which its points count
    "recognises",
]  # fmt: skip

DESCENT: frozenset[Relation] = frozenset(
    {"amends", "renames", "renumbers", "moves", "splits", "merges", "succeeds"}
)
"""From a version to the one that it comes from."""

SAME: frozenset[Relation] = DESCENT - {"splits", "merges"}
"""Descent that keeps a clause the same clause."""

FOLLOWING: frozenset[Relation] = frozenset({"replaces", "based_on", "succeeds"})
"""Between editions that belong together, from the newer to the older."""

ENDINGS: frozenset[Relation] = DESCENT | {"repeals"}
"""What takes the place of a version, or ends it."""

RELATION_WORDS: Mapping[Relation, tuple[str, str]] = MappingProxyType({
    "enacts": ("载明", "states"), "inserts": ("新增", "adds"), "repeals": ("废止", "repeals"),
    "not_seen": ("未见", "not seen"), "amends": ("修改", "amends"), "renames": ("更名", "renames"),
    "renumbers": ("改号", "renumbers"), "moves": ("移动", "moves"), "splits": ("拆分", "splits"),
    "merges": ("合并", "merges"), "succeeds": ("承继", "succeeds"),
    "replaces": ("替代", "replaces"), "based_on": ("基于", "is based on"),
    "implements": ("依据", "implements"),
    "recognises": ("互认", "is recognised in"),
})  # fmt: skip

BECAME_WORDS: Mapping[Relation, tuple[str, str]] = MappingProxyType({
    "replaces": ("由后者替代", "replaced by"), "based_on": ("由后者修订", "amended by"),
    "implements": ("是后者的依据", "basis of"), "succeeds": ("由后者承继", "succeeded by"),
})  # fmt: skip
"""Relations of editions, told from the older to the newer."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where an edge comes from.

    ``document`` is the one that says so, ``place`` the instruction in it.  ``inferred`` says why
    it is taken to be so where the texts do not state it.  ``operation``: an instruction of an
    amendment, which may take effect and expire on days of its own (``when``, ``until``).
    """

    document: str
    place: Place | None = None
    inferred: str | None = None
    reason: str | None = None
    operation: bool = False
    when: n.When | None = None
    until: n.When | None = None
    transition: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edition:
    """A document; ``contents`` gives for each clause id in it the key of the clause's version.

    ``kind`` is that of the document, ``stub`` for one known by its title only.  An amendment's
    edition is the consolidated one; it is ``adopted`` when it states the day of its issue or
    effect, else a draft; ``changes`` are its operations.  ``document`` is the (consolidated)
    tree, ``written`` what stands in the file.
    """

    id: str
    title: str | None
    kind: str
    region: str | None = None
    issuer: tuple[str, ...] = ()
    base: str | None = None
    adopted: bool = True
    dates: Stated | None = None
    transition: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    changes: tuple[Change, ...] = field(default=(), repr=False, compare=False)
    contents: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    document: n.Document | None = field(default=None, repr=False, compare=False)
    written: n.Node | None = field(default=None, repr=False, compare=False)
    place: Place | None = field(default=None, repr=False, compare=False)

    @property
    def is_stub(self) -> bool:
        """Whether only the title is known."""
        return self.kind == "stub"

    @property
    def is_amendment(self) -> bool:
        """Whether it was made by an amendment of another edition."""
        return self.kind == "amendment"

    @property
    def stated(self) -> Stated:
        """What it says of its dates."""
        return self.dates or Stated(self.id)


@dataclass(frozen=True, slots=True)
class ClauseVersion:
    """A clause as an edition made it; ``id`` is its id there.

    ``node`` is the clause with all inside it; ``None`` where only the title is known.  Own days
    (施行, 失效 of the clause) are beside those of the edition.
    """

    edition: str
    id: str
    kind: str
    label: str
    title: str
    in_force: n.When | None = None
    expires: n.When | None = None
    node: n.Clause | None = field(default=None, repr=False, compare=False)
    place: Place | None = field(default=None, repr=False, compare=False)

    @property
    def key(self) -> str:
        """Its key in the graph."""
        return f"{self.edition}#{self.id}"


@dataclass(frozen=True, slots=True)
class Edge:
    """``newer`` and ``older`` are keys of nodes."""

    relation: Relation
    newer: str
    older: str
    provenance: Provenance


class HistoryGraph:
    """Editions, clause versions, and what became of what.

    ``network`` is the networkx graph: nodes carry ``kind`` (edition, version, area) and ``data``,
    edges carry ``relation`` and ``provenance``.  Nodes and edges are added by the methods only,
    which keep lists of the edges beside it: walking the network itself is several times slower.
    """

    def __init__(self) -> None:
        self.network: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        self.editions: dict[str, Edition] = {}
        self.versions: dict[str, ClauseVersion] = {}
        self.found: list[Diagnostic] = []
        self._to_older: defaultdict[str, list[Edge]] = defaultdict(list)
        self._to_newer: defaultdict[str, list[Edge]] = defaultdict(list)
        self._related: defaultdict[Relation, list[Edge]] = defaultdict(list)
        self._among: list[Edge] = []
        self._plain = frozenset(self.__dict__)

    # -- building

    def add_edition(self, edition: Edition) -> None:
        """Add an edition, after its base; its versions follow with :meth:`add_version`."""
        self._forget()
        self.editions[edition.id] = edition
        self.network.add_node(edition.id, kind="edition", data=edition)

    def add_version(self, version: ClauseVersion, provenance: Provenance) -> None:
        """Add a version made by its edition."""
        self._forget()
        key = version.key
        self.versions[key] = version
        self.network.add_node(key, kind="version", data=version)
        self.link("enacts", version.edition, key, provenance)

    def add_area(self, key: str) -> None:
        """Add an area in which points are recognised."""
        self.network.add_node(key, kind="area", data=key)

    def link(self, relation: Relation, newer: str, older: str, provenance: Provenance) -> None:
        """Add an edge; both nodes must be there, and several edges may say the same."""
        if newer not in self.network or older not in self.network:
            raise KeyError(newer if newer not in self.network else older)
        self._forget()
        edge = Edge(relation, newer, older, provenance)
        self._to_older[newer].append(edge)
        self._to_newer[older].append(edge)
        self._related[relation].append(edge)
        if newer in self.editions and older in self.editions:
            self._among.append(edge)
        self.network.add_edge(newer, older, relation=relation, provenance=provenance)

    def _forget(self) -> None:
        """Drop what was worked out from the graph as it stood (the cached properties)."""
        if len(self.__dict__) > len(self._plain) + 1:
            for name in self.__dict__.keys() - self._plain - {"_plain"}:
                del self.__dict__[name]

    # -- edges

    def to_older(self, key: str, relations: Container[Relation] | None = None) -> list[Edge]:
        """Edges from a node to older ones."""
        edges = self._to_older.get(key, [])
        return [e for e in edges if relations is None or e.relation in relations]

    def to_newer(self, key: str, relations: Container[Relation] | None = None) -> list[Edge]:
        """Edges from newer nodes to this one."""
        edges = self._to_newer.get(key, [])
        return [e for e in edges if relations is None or e.relation in relations]

    def edges(self, relations: Iterable[Relation] | None = None) -> Iterator[Edge]:
        """All edges of the given relations."""
        for relation in tuple(self._related) if relations is None else relations:
            yield from self._related.get(relation, ())

    # -- order

    @cached_property
    def _order(self) -> tuple[str, ...]:
        order: nx.DiGraph[str] = nx.DiGraph()
        order.add_nodes_from(self.editions)
        for old, new in self.sequence():
            order.add_edge(old, new)
        ranked = {id_: rank for rank, id_ in enumerate(sorted(self.editions))}
        try:
            return tuple(nx.lexicographical_topological_sort(order, key=ranked.__getitem__))
        except nx.NetworkXUnfeasible as error:
            raise PolicyError(self.cycles() or self.found) from error

    def order(self) -> tuple[str, ...]:
        """Ids of all editions, older ones first; :class:`PolicyError` (V620) for a cycle."""
        return self._order

    def sequence(self, citations: bool = True) -> Iterator[tuple[str, str]]:
        """Pairs (older, newer) of editions that are known to follow one another.

        With ``citations`` also those where the newer one cites the older as its basis.
        """
        for edge in self._among:
            if edge.relation in FOLLOWING or (citations and edge.relation == "implements"):
                yield edge.older, edge.newer

    def cycles(self) -> list[Diagnostic]:
        """A finding (V620) for each circle of editions."""
        order: nx.DiGraph[str] = nx.DiGraph(list(self.sequence()))
        findings = []
        for members in nx.strongly_connected_components(order):
            circle = order.subgraph(members)
            if not circle.number_of_edges():
                continue
            ring = [edge[0] for edge in nx.find_cycle(circle)]
            shown = " → ".join([*ring, ring[0]])
            places = [p for id_ in ring for p in self._said_between(id_, set(ring))]
            source, span = places[0] if places else (None, None)
            details = {"cycle": shown}
            findings.append(Diagnostic("V620", source, span, details, tuple(places[1:])))
        return findings

    def _said_between(self, id_: str, ring: set[str]) -> Iterator[Place]:
        for edge in self.to_older(id_):
            if edge.older in ring and edge.provenance.place is not None:
                yield edge.provenance.place

    def dates(self, suppose: Suppositions) -> Dates:
        """The dates of all editions."""
        order = [self.editions[id_] for id_ in self.order()]
        stated = [
            Stated(
                e.id, e.stated.issued, e.stated.in_force, e.stated.expires,
                year_of_number(f"{e.title} {e.id}") if e.is_stub else None,
            )
            for e in order
        ]  # fmt: skip
        return Dates(stated, self.sequence(), self.sequence(citations=False), suppose)

    # -- series and lines

    def series(self, id_: str) -> list[str]:
        """The editions that belong together with this one: replaced by, based on, succeeding."""
        around: defaultdict[str, list[str]] = defaultdict(list)
        for old, new in self.sequence(citations=False):
            around[old].append(new)
            around[new].append(old)
        seen = {id_}
        queue = [id_]
        while queue:
            for other in around[queue.pop()]:
                if other not in seen:
                    seen.add(other)
                    queue.append(other)
        return [other for other in self.order() if other in seen]

    def root(self, id_: str) -> str:
        """The edition that an amendment changes in the end; of any other edition, itself."""
        return self._roots[id_]

    @cached_property
    def _roots(self) -> Mapping[str, str]:
        # an edition is added after the one that it is based on, so there is no circle
        roots: dict[str, str] = {}
        for id_, edition in self.editions.items():
            roots[id_] = id_ if edition.base is None else roots.get(edition.base, id_)
        return roots

    def line(self, id_: str) -> list[str]:
        """An edition and those that it is based on, the newest first."""
        line = [id_]
        while (base := self.editions[line[-1]].base) in self.editions:
            line.append(base)
        return line

    @cached_property
    def _replacing(self) -> Mapping[str, tuple[Edge, ...]]:
        """For each root edition the edges by which editions of other lines replace its line."""
        result: defaultdict[str, list[Edge]] = defaultdict(list)
        for edge in self.edges(("replaces",)):
            if edge.older in self.editions and edge.newer in self.editions:
                root = self.root(edge.older)
                if self.root(edge.newer) != root:
                    result[root].append(edge)
        return {root: tuple(edges) for root, edges in result.items()}

    def replacing(self, id_: str) -> tuple[Edge, ...]:
        """The edges by which other editions replace this one, or what it amends."""
        return self._replacing.get(self.root(id_), ())

    # -- clauses

    @cached_property
    def _made(self) -> Mapping[str, tuple[str, ...]]:
        result: defaultdict[str, list[str]] = defaultdict(list)
        for key, version in self.versions.items():
            result[version.edition].append(key)
        return {id_: tuple(keys) for id_, keys in result.items()}

    def made_by(self, id_: str) -> tuple[str, ...]:
        """Keys of the versions that an edition made, in its order."""
        return self._made.get(id_, ())

    @cached_property
    def not_seen(self) -> frozenset[str]:
        """Keys of the versions of which a newer text at hand does not show what became."""
        return frozenset(edge.older for edge in self.edges(("not_seen",)))

    def edition(self, id_: str) -> Edition:
        """The edition of that id; :class:`PolicyError` (F008) when there is none."""
        found = self.editions.get(id_)
        if found is None:
            details = {"name": id_, "near": did_you_mean(id_, self.editions)}
            raise PolicyError([Diagnostic("F008", None, None, details)])
        return found

    def clause(self, text: str) -> ClauseVersion:
        """The version that ``edition#clause/id`` means, or an id or name alone if unambiguous.

        An id alone means its latest version.  Raises :class:`PolicyError` (V629, V630).
        """
        edition, separator, id_ = text.partition("#")
        if separator:
            contents = self.edition(edition).contents
            if id_ in contents:
                return self.versions[contents[id_]]
            candidates = self._named(id_, [edition])
        else:
            candidates = self._named(text, [e for e in self.order() if self.editions[e].adopted])
            candidates = candidates or self._named(text, list(self.order()))
        latest = [k for k in candidates if not self._has_newer_in(k, candidates)]
        if len(latest) == 1:
            return self.versions[latest[0]]
        if latest:
            options = "、".join(sorted(latest)[:8])
            raise PolicyError([Diagnostic("V630", None, None, {"ref": text, "options": options})])
        known = {v.id for v in self.versions.values()} | {v.title for v in self.versions.values()}
        details = {"ref": text, "near": did_you_mean(id_ or text, known)}
        raise PolicyError([Diagnostic("V629", None, None, details)])

    def _named(self, text: str, editions: Iterable[str]) -> list[str]:
        """Keys of the versions in these editions called so: by id, by its end, else by title."""
        wanted = [(self.editions[e].contents, e) for e in editions]
        for matches in (
            lambda id_, version: id_ == text,
            lambda id_, version: id_.endswith(f"/{text}"),
            lambda id_, version: text in (version.title, version.label),
        ):
            found = {
                key: None
                for contents, _ in wanted
                for id_, key in contents.items()
                if matches(id_, self.versions[key])
            }
            if found:
                return list(found)
        return []

    def _has_newer_in(self, key: str, candidates: list[str]) -> bool:
        """Whether another candidate comes from this version."""
        others = set(candidates) - {key}
        return bool(others) and any(k in others for k in self._reached(key, newer=True))

    def _reached(self, key: str, newer: bool) -> set[str]:
        """Keys of the versions that come from this one (or that it comes from)."""
        seen: set[str] = set()
        queue = [key]
        while queue:
            here = queue.pop()
            edges = self.to_newer(here, DESCENT) if newer else self.to_older(here, DESCENT)
            for edge in edges:
                other = edge.newer if newer else edge.older
                if other not in seen and other in self.versions:
                    seen.add(other)
                    queue.append(other)
        return seen

    def ancestors(self, key: str) -> set[str]:
        """Keys of the versions that this one comes from."""
        return self._reached(key, newer=False)

    def descendants(self, key: str) -> set[str]:
        """Keys of the versions that come from this one."""
        return self._reached(key, newer=True)

    @cached_property
    def _threads(self) -> Mapping[str, str]:
        """For each version the key of the first version of the same clause."""
        parent: dict[str, str] = {}

        def find(key: str) -> str:
            while parent.setdefault(key, key) != key:
                parent[key] = parent[parent[key]]
                key = parent[key]
            return key

        rank = {id_: index for index, id_ in enumerate(self.order())}
        for key in self.versions:
            for edge in self.to_older(key, SAME):
                if edge.older in self.versions:
                    one, other = find(key), find(edge.older)
                    if one != other:
                        # the oldest version gives the clause its name
                        first, second = sorted(
                            (one, other), key=lambda k: (rank[self.versions[k].edition], k)
                        )
                        parent[second] = first
        return {key: find(key) for key in self.versions}

    def thread(self, key: str) -> str:
        """What names the clause through its versions: the key of the first of them."""
        return self._threads[key]

    def threads(self) -> dict[str, list[str]]:
        """The versions of each clause, older editions first."""
        rank = {id_: index for index, id_ in enumerate(self.order())}
        result: defaultdict[str, list[str]] = defaultdict(list)
        for key in sorted(self.versions, key=lambda k: (rank[self.versions[k].edition], k)):
            result[self._threads[key]].append(key)
        return dict(result)

    # -- between two editions

    def between(self, older: str, newer: str) -> Lineage:
        """What became of the clauses of one edition in the other, along all steps between.

        Where nothing connects the two, clauses of equal ids or much alike belong together
        (inferred, :mod:`policydsl.versions.matching`).
        """
        old, new = self.edition(older), self.edition(newer)
        at_old: defaultdict[str, list[str]] = defaultdict(list)
        for id_, key in old.contents.items():
            at_old[key].append(id_)
        added: dict[str, str | None] = {}
        # by id(): the steps of a long history are many, and comparing them is slow
        pairs: dict[Place | str, tuple[list[str], list[str], dict[int, Provenance]]] = {}
        for id_, key in new.contents.items():
            ways = list(self._down(key, at_old))
            if not ways:
                added[id_] = self._why_added(key)
            for found, path in ways:
                place: Place | str = id_
                if len(path) == 1 and path[0][0].place is not None:
                    place = path[0][0].place
                olds, news, why = pairs.setdefault(place, ([], [], {}))
                olds.extend(o for o in at_old[found] if o not in olds)
                if id_ not in news:
                    news.append(id_)
                why.update((id(step), step) for steps in path for step in steps)
        if not pairs and not self._follows(older, newer):
            if old.document is None or new.document is None:
                return by_equal_ids(older, newer, old.contents, new.contents)
            return match_clauses(old.document, new.document)
        links = tuple(
            Link(
                tuple(olds),
                tuple(news),
                joined(p.inferred for p in why.values()),
                joined(p.reason for p in why.values()),
                next((p.place for p in why.values()), None),
            )
            for olds, news, why in pairs.values()
        )
        linked = {id_ for link in links for id_ in link.old}
        way = self._way(older, newer)
        not_seen: dict[str, str | None] = {}
        gone: dict[str, str | None] = {}
        for id_, key in old.contents.items():
            if id_ in linked:
                continue
            endings = [
                edge
                for version in (key, *self._reached(key, newer=True))
                for edge in self.to_newer(version, ("repeals", "not_seen"))
                if edge.newer in way
            ]
            for edge in endings:
                target = not_seen if edge.relation == "not_seen" else gone
                target[id_] = joined((target.get(id_), edge.provenance.reason))
        whole = joined(
            edge.provenance.reason
            for id_ in self.order()
            if id_ in way
            for edge in self.to_older(id_, DESCENT | {"based_on"})
            if edge.older in way or edge.older == older
        )
        return Lineage(older, newer, links, not_seen, gone, added, whole)

    def _why_added(self, key: str) -> str | None:
        """Why there is a version, and why it is as it is now."""
        keys = [key, *sorted(self._reached(key, newer=False))]
        made = [edge for k in keys for edge in self.to_newer(k, ("inserts",))]
        changed = [edge for k in reversed(keys) for edge in self.to_older(k, DESCENT)]
        return joined(edge.provenance.reason for edge in (*made, *changed))

    def _way(self, older: str, newer: str) -> set[str]:
        """The editions that lead from one to the other, the newer one included."""
        steps = list(self.sequence(citations=False))
        before = _reach(newer, ((new, old) for old, new in steps))
        after = _reach(older, steps)
        return {newer, *(before & after)}

    def _follows(self, older: str, newer: str) -> bool:
        steps = self.sequence(citations=False)
        return older in _reach(newer, ((new, old) for old, new in steps))

    def _down(
        self, key: str, goal: Mapping[str, list[str]]
    ) -> Iterator[tuple[str, list[list[Provenance]]]]:
        """The nearest versions in ``goal`` that a version comes from, with the steps to them.

        A step is all that is told of it: several operations may change one clause.
        """
        came: dict[str, tuple[str, list[Provenance]] | None] = {key: None}
        queue = deque([key])
        while queue:
            here = queue.popleft()
            if here in goal:
                path: list[list[Provenance]] = []
                step = came[here]
                while step is not None:
                    path.append(step[1])
                    step = came[step[0]]
                yield here, path[::-1]
                continue
            for edge in self.to_older(here, DESCENT):
                step = came.get(edge.older)
                if edge.older not in came:
                    came[edge.older] = (here, [edge.provenance])
                    queue.append(edge.older)
                elif step is not None and step[0] == here:
                    step[1].append(edge.provenance)


def _reach(start: str, steps: Iterable[tuple[str, str]]) -> set[str]:
    """What can be reached by steps (from, to)."""
    onward: defaultdict[str, list[str]] = defaultdict(list)
    for here, there in steps:
        onward[here].append(there)
    seen: set[str] = set()
    queue = [start]
    while queue:
        for other in onward[queue.pop()]:
            if other not in seen:
                seen.add(other)
                queue.append(other)
    return seen
