"""Documents → the graph of their history.

Read are editions (积分, 考核, 要点), amendments (修订) and histories (沿革) with their stubs
(存目).  Attributes of the documents give replaced editions, legal bases and dates; amendments
and histories give what became of each clause.  Where one edition replaces another and no history
tells more, clauses of equal ids belong together, marked as inferred.
"""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source, did_you_mean, has_errors
from policydsl.language.paths import BARE_LABELS, clause_label, clauses, find, id_of, ref_text
from policydsl.model import editions
from policydsl.model.amending.changes import Change, ChangeKind
from policydsl.model.kinds import DOCUMENT_KINDS, spelt
from policydsl.model.loading import Entry, Library, bundled, library_for
from policydsl.versions.dates import Stated
from policydsl.versions.graph import (
    ClauseVersion,
    Edition,
    HistoryGraph,
    Provenance,
    Relation,
)
from policydsl.versions.lineage import around, by_equal_ids, joined

EDITIONS = ("SCHEME", "ASSESSMENT", "WORK_PLAN")
_NUMBER = re.compile(r"[^\s，,；;（(《]{1,60}〔\d{4}〕\s*\d+\s*号")
_BY_CHANGE: Mapping[ChangeKind, Relation] = {
    "modify": "amends", "rename": "renames", "renumber": "renumbers", "move": "moves",
    "split": "splits", "merge": "merges",
}  # fmt: skip


def load_history(target: str | os.PathLike[str] | None = None) -> HistoryGraph:
    """The history of the bundled policies, or of a file or folder.

    Of the bundled documents the latter holds only those that its own ones have to do with.
    Raises :class:`PolicyError` when a file cannot be read or has errors; what is wrong between
    the documents is left to :func:`policydsl.versions.checking.check_history`.
    """
    if target is None:
        return build(bundled())
    path = Path(target)
    if not path.exists():
        raise PolicyError([Diagnostic("F001", None, None, {"path": str(path)})])
    library = library_for(path)
    if path.is_dir() and not library.results:
        raise PolicyError([Diagnostic("F006", None, None, {"path": str(path)})])
    if has_errors(library.diagnostics):
        raise PolicyError([d for d in library.diagnostics if d.severity == "error"])
    return build_from(_with_connected(library))


def _with_connected(library: Library) -> list[Entry]:
    """The documents that a library holds itself, and those that they name or continue."""
    wanted = dict(library.entries)
    histories = [e for id_ in library.ids({"history"}) if (e := library.find(id_)) is not None]
    waiting = list(wanted.values())
    while waiting:
        document = waiting.pop().document
        named = [document.based_on, document.older, document.newer]
        named += [x for a in document.attributes for x in n.walk(a) if isinstance(x, n.Name)]
        near = [library.find(name.text) for name in named if name is not None]
        near += [h for h in histories if h.document.newer == document.id]
        for entry in near:
            if entry is not None and entry.document.id.text not in wanted:
                wanted[entry.document.id.text] = entry
                waiting.append(entry)
    return list(wanted.values())


def build(library: Library) -> HistoryGraph:
    """The graph of all documents of a library; problems are collected in ``found``."""
    entries = [entry for id_ in library.ids() if (entry := library.find(id_)) is not None]
    return build_from(entries)


def build_from(entries: Iterable[Entry]) -> HistoryGraph:
    """The graph of documents in any order."""
    every = list(entries)
    builder = _Builder(every)
    for entry in every:
        if entry.document.kind in EDITIONS:
            builder.add_whole(entry)
    histories = [e for e in every if e.document.kind == "HISTORY"]
    for entry in histories:
        builder.add_stubs(entry)
    builder.add_amendments([e for e in every if e.document.kind == "AMENDMENT"])
    for entry in every:
        if entry.document.kind in (*EDITIONS, "AMENDMENT"):
            builder.add_relations(entry)
    told = {pair for entry in histories if (pair := builder.add_history(entry)) is not None}
    builder.add_untold(told)
    return builder.graph


@dataclass(frozen=True)
class _About:
    """What attributes say of a document or stub."""

    issued: n.When | None = None
    in_force: n.When | None = None
    expires: n.When | None = None
    region: str | None = None
    issuer: tuple[str, ...] = ()
    transition: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    inferred: str | None = None
    reason: str | None = None


def _about(nodes: Iterable[n.Node]) -> _About:
    whens: dict[str, n.When] = {}
    words: dict[str, str] = {}
    several: defaultdict[str, list[str]] = defaultdict(list)
    issuer: tuple[str, ...] = ()
    for node in nodes:
        if not isinstance(node, n.Attribute):
            continue
        match node.value:
            case n.When():
                whens[node.key] = node.value
            case n.TextValue(value=text) if node.key in ("INFERRED", "REASON"):
                words[node.key] = text
            case n.TextValue(value=text):
                several[node.key].append(text)
            case n.Name(text=text):
                words[node.key] = text
            case tuple() if node.key == "ISSUER":
                issuer = tuple(name.text for name in node.value if isinstance(name, n.Name))
    return _About(
        whens.get("ISSUED"), whens.get("IN_FORCE"), whens.get("EXPIRES"), words.get("REGION"),
        issuer, tuple(several["TRANSITION"]), tuple(several["NOTE"]), words.get("INFERRED"),
        words.get("REASON"),
    )  # fmt: skip


class _Builder:
    """Builds a graph; the steps must be taken in the order of :func:`build_from`."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.graph = HistoryGraph()
        known = (*EDITIONS, "AMENDMENT")
        self.others = {e.document.id.text: e for e in entries if e.document.kind not in known}
        self.amendments: frozenset[str] = frozenset()
        self.consolidated: dict[str, editions.Edition] = {}

    def report(
        self, code: str, source: Source, node: n.Node, *related: tuple[Source, n.Node],
        **details: object,
    ) -> None:  # fmt: skip
        places = tuple((s, other.span) for s, other in related)
        self.graph.found.append(Diagnostic(code, source, node.span, details, places))

    # -- editions

    def add_whole(self, entry: Entry) -> None:
        """A document that stands by itself: each of its clauses is a version that it made."""
        document = entry.document
        id_ = document.id.text
        self.consolidated[id_] = editions.Edition(document, entry.source, (id_,))
        contents: dict[str, str] = {}
        self._edition(entry, document, contents, None)
        for _, clause_id, clause in clauses(document):
            why = Provenance(id_, (entry.source, clause.span))
            contents[clause_id] = self._version(id_, clause_id, clause, why)

    def _edition(
        self, entry: Entry, document: n.Document, contents: dict[str, str], base: str | None,
        changes: tuple[Change, ...] = (),
    ) -> None:  # fmt: skip
        own = _about(entry.document.attributes)
        id_ = entry.document.id.text
        known = [when is not None and when.date is not None for when in (own.issued, own.in_force)]
        self.graph.add_edition(
            Edition(
                id_, entry.document.title, DOCUMENT_KINDS[entry.document.kind],
                own.region or _about(document.attributes).region,
                own.issuer or _about(document.attributes).issuer, base,
                base is None or any(known),
                Stated(id_, own.issued, own.in_force, own.expires), own.transition, own.notes,
                changes, contents, document, entry.document, (entry.source, entry.document.id.span),
            )
        )  # fmt: skip

    def _version(self, edition: str, id_: str, clause: n.Clause, why: Provenance) -> str:
        when: dict[str, n.When] = {}
        for attribute in clause.attributes:
            if isinstance(attribute.value, n.When):
                when[attribute.key] = attribute.value
        label = clause_label(clause)
        version = ClauseVersion(
            edition, id_, clause.kind, label, label if clause.name is None else clause.name.text,
            when.get("IN_FORCE"), when.get("EXPIRES"), clause, why.place,
        )  # fmt: skip
        key = version.key
        self.graph.add_version(version, why)
        for attribute in clause.attributes:
            if attribute.key == "RECOGNITION" and isinstance(attribute.value, n.Name):
                area = f"@{attribute.value.text}"
                self.graph.add_area(area)
                self.graph.link("recognises", key, area, why)
        return key

    # -- stubs

    def add_stubs(self, entry: Entry) -> None:
        """The editions, and clauses of these, that a history knows by title only."""
        stubs = [s for s in entry.document.body if isinstance(s, n.Stub)]
        for stub in sorted(stubs, key=lambda s: "#" in s.id.text):
            edition, separator, clause = stub.id.text.partition("#")
            if separator:
                self._stub_clause(entry, stub, edition, clause)
            elif edition in self.graph.editions:
                self._known_stub(entry, stub)
            else:
                self._stub(edition, stub.title, stub.attributes, (entry.source, stub.span), stub)

    def _known_stub(self, entry: Entry, stub: n.Stub) -> None:
        known = self.graph.editions[stub.id.text]
        if not known.is_stub:
            assert known.place is not None
            source, span = known.place
            self.report("V631", entry.source, stub.id, (source, n.Node(span=span)), id=known.id)

    def _stub(
        self, id_: str, title: str | None, attributes: Iterable[n.Node],
        place: tuple[Source, n.Span], written: n.Node | None = None,
    ) -> None:  # fmt: skip
        own = _about(attributes)
        self.graph.add_edition(
            Edition(
                id_, title, "stub", own.region, own.issuer,
                dates=Stated(id_, own.issued, own.in_force, own.expires),
                transition=own.transition, notes=own.notes, written=written, place=place,
            )
        )  # fmt: skip

    def _stub_clause(self, entry: Entry, stub: n.Stub, edition: str, clause: str) -> None:
        known = self.graph.editions.get(edition)
        if known is None or not known.is_stub:
            near = did_you_mean(edition, self.graph.editions)
            self.report("V621", entry.source, stub.id, id=edition, near=near)
            return
        own = _about(stub.attributes)
        place = (entry.source, stub.span)
        label = clause.rpartition("/")[2]
        version = ClauseVersion(
            edition, clause, "stub", label, stub.title or label, own.in_force, own.expires,
            None, place,
        )  # fmt: skip
        cast(dict[str, str], known.contents)[clause] = version.key
        self.graph.add_version(version, Provenance(entry.document.id.text, place))

    # -- amendments

    def add_amendments(self, entries: list[Entry]) -> None:
        """Amendments after the editions that they change; those of a circle are left out."""
        waiting = {entry.document.id.text: entry for entry in entries}
        self.amendments = frozenset(waiting)
        while waiting:
            ready = [
                id_ for id_, entry in waiting.items()
                if entry.document.based_on is None or entry.document.based_on.text not in waiting
            ]  # fmt: skip
            if not ready:
                self._report_circles(waiting)
                return
            for id_ in ready:
                self._amendment(waiting.pop(id_))

    def _report_circles(self, waiting: Mapping[str, Entry]) -> None:
        """Amendments that are based on each other (V612), and those based on these."""
        seen: set[str] = set()
        for id_ in waiting:
            path: list[str] = []
            while id_ not in path and id_ not in seen:
                path.append(id_)
                base = waiting[id_].document.based_on
                assert base is not None
                id_ = base.text
            seen.update(path)
            if id_ in path:
                ring = path[path.index(id_) :]
                first, *others = [waiting[each] for each in ring]
                assert first.document.based_on is not None
                self.report(
                    "V612", first.source, first.document.based_on,
                    *((o.source, cast(n.Node, o.document.based_on)) for o in others),
                    cycle=" → ".join([*ring, ring[0]]),
                )  # fmt: skip

    def _amendment(self, entry: Entry) -> None:
        document = entry.document
        based_on = document.based_on
        if based_on is None:
            self.report("V610", entry.source, document.id, id=document.id.text)
            return
        base = self.graph.editions.get(based_on.text)
        if base is None or base.id not in self.consolidated:
            self._report_base(entry, based_on, base)
            return
        edition = editions.amended(self.consolidated[base.id], entry, self.graph.found)
        if edition is None or edition.consolidation is None:
            return
        self.consolidated[document.id.text] = edition
        result = edition.consolidation
        contents: dict[str, str] = {}
        self._edition(entry, result.document, contents, base.id, result.changes)
        here = document.id.text
        told = _about(entry.document.attributes)
        why = Provenance(here, (entry.source, based_on.span), told.inferred, told.reason)
        self.graph.link("based_on", here, base.id, why)
        _Changes(self, entry, base, contents, result.changes).record(
            result.document, result.origins
        )

    def _report_base(self, entry: Entry, name: n.Name, base: Edition | None) -> None:
        """Why an amendment has no base: nothing known (V611), or only its title (V637)."""
        if base is not None:
            self.report("V637", entry.source, name, id=base.id)
        elif name.text in self.others:
            kind = spelt(self.others[name.text].document.kind)
            self.report("V613", entry.source, name, base=name.text, kind=kind)
        elif name.text not in self.amendments:  # what is wrong with that one is reported there
            near = did_you_mean(name.text, self.consolidated)
            self.report("V611", entry.source, name, base=name.text, near=near)

    # -- what documents say of each other

    def add_relations(self, entry: Entry) -> None:
        """Replaced editions and legal bases, from the attributes of a document."""
        id_ = entry.document.id.text
        if id_ not in self.graph.editions:
            return
        for attribute in entry.document.attributes:
            place = (entry.source, attribute.span)
            if attribute.key == "REPLACES":
                for name in cast("tuple[n.Name, ...]", attribute.value):
                    if name.text not in self.graph.editions:
                        self._stub(name.text, None, (), (entry.source, name.span))
                    self.graph.link(
                        "replaces", id_, name.text, Provenance(id_, (entry.source, name.span))
                    )
            elif attribute.key == "LEGAL_BASIS":
                for text in cast("tuple[n.TextValue, ...]", attribute.value):
                    basis = self._basis(text.value, place)
                    self.graph.link("implements", id_, basis, Provenance(id_, place))

    def _basis(self, text: str, place: tuple[Source, n.Span]) -> str:
        """The edition that a legal basis names; a new stub when none is known."""
        for edition in self.graph.editions.values():
            if edition.id in text or (edition.title is not None and edition.title in text):
                return edition.id
        number = _NUMBER.search(text)
        title = re.search(r"《(.+?)》", text)
        id_ = number.group() if number else title.group(1) if title else text
        self._stub(id_, text if id_ != text else None, (), place)
        return id_

    # -- histories

    def add_history(self, entry: Entry) -> tuple[str, str] | None:
        """What a history tells; returns the pair of editions, ``None`` when one is unknown."""
        document = entry.document
        if document.older is None or document.newer is None:
            told = [s for s in document.body if isinstance(s, (n.Succession, n.NotSeen))]
            for statement in told[:1]:
                self.report("V632", entry.source, statement)
            return None
        pair = []
        for name in (document.older, document.newer):
            edition = self.graph.editions.get(name.text)
            if edition is None:
                near = did_you_mean(name.text, self.graph.editions)
                self.report("V621", entry.source, name, id=name.text, near=near)
            else:
                pair.append(edition)
        if len(pair) != 2:
            return None
        older, newer = pair
        if not self.graph.network.has_edge(newer.id, older.id):
            place = (entry.source, document.newer.span)
            self.graph.link("succeeds", newer.id, older.id, Provenance(document.id.text, place))
        _Telling(self, entry, older, newer).record()
        return older.id, newer.id

    def add_untold(self, told: set[tuple[str, str]]) -> None:
        """Clauses of equal ids, where one edition replaces another and no history is told."""
        for edge in list(self.graph.edges(("replaces",))):
            older, newer = self.graph.editions[edge.older], self.graph.editions[edge.newer]
            if (older.id, newer.id) in told or not older.contents or newer.base is not None:
                continue
            links = by_equal_ids(older.id, newer.id, older.contents, newer.contents).links
            same = {link.old[0]: link for link in links}
            for id_, key in newer.contents.items():
                if id_ in same:
                    why = replace(edge.provenance, inferred=same[id_].inferred)
                    self.graph.link("succeeds", key, older.contents[id_], why)
                else:
                    self.graph.link("inserts", newer.id, key, edge.provenance)
            for id_, key in older.contents.items():
                if id_ not in same:
                    self.graph.link("repeals", newer.id, key, edge.provenance)


class _Changes:
    """The versions that an amendment makes, and how they come from those of its base."""

    def __init__(
        self, builder: _Builder, entry: Entry, base: Edition, contents: dict[str, str],
        changes: tuple[Change, ...],
    ):  # fmt: skip
        self.builder = builder
        self.graph = builder.graph
        self.entry = entry
        self.id = entry.document.id.text
        self.base = base
        self.contents = contents
        self.changes = changes
        self.by_old: defaultdict[str, list[Change]] = defaultdict(list)
        self.by_new: defaultdict[str, list[Change]] = defaultdict(list)
        for change in changes:
            for id_ in change.before:
                self.by_old[id_].append(change)
            for id_ in change.after:
                self.by_new[id_].append(change)

    def record(self, document: n.Document, origins: Mapping[str, tuple[str, ...]]) -> None:
        """Versions that are carried over, new ones with their edges, and repeals."""
        assert self.base.document is not None
        old = {id_: clause for _, id_, clause in clauses(self.base.document)}
        kept: set[str] = set()
        for _, id_, clause in clauses(document):
            before = origins.get(id_, ())
            kept.update(before)
            changes = self.by_new.get(id_, [])
            same = len(before) == 1 and _own(old[before[0]]) == _own(clause)
            if same and not changes:
                self.contents[id_] = self.base.contents[before[0]]
                continue
            around_it = changes or self._outer(self.by_new, id_)
            made_by = self._why(*around_it)
            self.contents[id_] = key = self.builder._version(self.id, id_, clause, made_by)
            if not before:
                self.graph.link("inserts", self.id, key, made_by)
            for change in changes:
                relation = _BY_CHANGE.get(change.kind)
                if relation is not None:
                    for older in change.before:
                        self.graph.link(relation, key, self._key(older), self._why(change))
            if not changes:
                inside: Relation = "amends" if len(before) == 1 else "merges"
                for older in before:
                    self.graph.link(inside, key, self._key(older), made_by)
        for id_ in old:
            if id_ not in kept:
                found = self.by_old.get(id_) or self._outer(self.by_old, id_)
                why = self._why(*found)
                self.graph.link("repeals", self.id, self._key(id_), why)
        for change in self.changes:
            if change.kind == "document":
                self.graph.link("amends", self.id, self.base.id, self._why(change))

    def _key(self, base_id: str) -> str:
        return self.base.contents[base_id]

    @staticmethod
    def _outer(changes: Mapping[str, list[Change]], id_: str) -> list[Change]:
        """The changes of the nearest clause around this one."""
        return next((changes[outer] for outer in around(id_) if outer in changes), [])

    def _why(self, *changes: Change) -> Provenance:
        """Where a version comes from: the first operation, with what all of them say."""
        if not changes:
            place = (self.entry.source, self.entry.document.span)
            return Provenance(self.id, place, operation=True)
        change = changes[0]
        nodes: tuple[n.Node, ...] = getattr(change.node, "parts", ())
        nodes = nodes or getattr(change.node, "attributes", ())
        return Provenance(
            self.id, (self.entry.source, change.node.span),
            joined(c.inferred for c in changes), joined(c.reason for c in changes),
            operation=True, when=change.in_force, until=change.expires,
            transition=_about(nodes).transition,
        )  # fmt: skip


class _Telling:
    """The statements of a history about two editions."""

    def __init__(self, builder: _Builder, entry: Entry, older: Edition, newer: Edition):
        self.builder = builder
        self.graph = builder.graph
        self.entry = entry
        self.older = older
        self.newer = newer
        self.id = entry.document.id.text

    def record(self) -> None:
        """Edges for all statements, and for the clauses that no statement names."""
        pairs: list[tuple[str, str, n.Succession]] = []
        seen: dict[tuple[str, str], n.Succession] = {}
        not_seen: dict[str, n.NotSeen] = {}
        for statement in self.entry.document.body:
            if isinstance(statement, n.Succession):
                old = [id_ for ref in statement.old for id_ in self._id(self.older, ref)]
                new = [id_ for ref in statement.new for id_ in self._id(self.newer, ref)]
                for pair in ((o, w) for w in new for o in old):
                    if pair in seen:
                        self._twice(statement, seen[pair], pair[0])
                    else:
                        seen[pair] = statement
                        pairs.append((*pair, statement))
            elif isinstance(statement, n.NotSeen):
                for id_ in self._id(self.older, statement.target):
                    if id_ in not_seen:
                        self._twice(statement, not_seen[id_], id_)
                    not_seen.setdefault(id_, statement)
        for (old_id, _), stated in seen.items():
            if old_id in not_seen:
                self._twice(not_seen[old_id], stated, old_id)
        self._link(pairs)
        self._unnamed(pairs, not_seen)

    def _twice(self, statement: n.Statement, other: n.Statement, ref: str) -> None:
        source = self.entry.source
        self.builder.report("V628", source, statement, (source, other), ref=ref)

    def _id(self, edition: Edition, ref: n.ClauseRef) -> list[str]:
        """The id of the clause that a reference names in an edition, as a list of one or none."""
        shown = ref_text(ref)
        if edition.document is None:
            label = ref.steps[-1].label or BARE_LABELS[ref.steps[-1].kind]
            ids = [id_ for id_ in edition.contents if id_.rpartition("/")[2] == label]
        else:
            ids = [id_of(edition.document, place) for place in find(edition.document, ref)]
        if len(ids) > 1:
            options = "、".join(ids[:5])
            self.builder.report("M232", self.entry.source, ref, ref=shown, options=options)
            return []
        if not ids:
            known = {id_.rpartition("/")[2] for id_ in edition.contents}
            self.builder.report(
                "V622", self.entry.source, ref, ref=shown, id=edition.id,
                near=did_you_mean(shown, known),
            )  # fmt: skip
        return ids

    def _link(self, pairs: list[tuple[str, str, n.Succession]]) -> None:
        olds = Counter(new for _, new, _ in pairs)
        news = Counter(old for old, _, _ in pairs)
        for old, new, statement in pairs:
            relation: Relation = "succeeds"
            if olds[new] > 1:
                relation = "merges"
            elif news[old] > 1:
                relation = "splits"
            self.graph.link(
                relation, self.newer.contents[new], self.older.contents[old], self._why(statement)
            )

    def _why(self, statement: n.Succession | n.NotSeen) -> Provenance:
        own = _about(statement.attributes)
        place = (self.entry.source, statement.span)
        return Provenance(
            self.id, place, own.inferred, own.reason, when=own.in_force, transition=own.transition
        )

    def _unnamed(
        self, pairs: list[tuple[str, str, n.Succession]], not_seen: Mapping[str, n.NotSeen]
    ) -> None:
        """What neither side names: not seen with what it stands in, else repealed, or added."""
        continued = {old for old, _, _ in pairs}
        carried = {outer for old in continued for outer in around(old)}
        told = Provenance(self.id, (self.entry.source, self.entry.document.id.span))
        for id_, key in self.older.contents.items():
            if id_ in continued:
                continue
            unseen = next((not_seen[o] for o in around(id_) if o in not_seen), None)
            if unseen is not None:
                self.graph.link("not_seen", self.newer.id, key, self._why(unseen))
            elif not self.older.is_stub:
                reason = "本身不再单设，其中的条款另有去处" if id_ in carried else None
                self.graph.link("repeals", self.newer.id, key, replace(told, reason=reason))
        if not self.older.is_stub:
            known = {new for _, new, _ in pairs}
            for id_, key in self.newer.contents.items():
                if id_ not in known:
                    self.graph.link("inserts", self.newer.id, key, told)


def _own(clause: n.Clause) -> tuple[object, ...]:
    """What a clause says itself, without the clauses inside it."""
    body = tuple(s for s in clause.body if not isinstance(s, n.Clause))
    return clause.kind, clause.number, clause.name, clause.attributes, body
