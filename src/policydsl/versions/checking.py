"""Findings about a history: what cannot be, or cannot be told, with the places of both sides.

* circles of documents (V620), amendments of each other (V612), what is named but not known
  (V611, V621, V622), and what stops an amendment from being carried out (V601 …);
* a clause amended twice from one base (V623, for drafts V624) or after its repeal (V625);
* two versions of a clause in force on one day (V626);
* dates out of order (V627), amendments of what has been replaced (V634), retroactive effect (V635).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source, in_order
from policydsl.model import editions
from policydsl.model.footprints import meets
from policydsl.versions.dates import NOTHING_SUPPOSED, Bounds, Dates, Suppositions
from policydsl.versions.graph import ENDINGS, Edge, Edition, HistoryGraph
from policydsl.versions.lineage import Place
from policydsl.versions.merging import Conflicts, merge
from policydsl.versions.timeline import Timeline


def check_history(
    graph: HistoryGraph, suppose: Suppositions = NOTHING_SUPPOSED
) -> list[Diagnostic]:
    """All findings, in the order of files and places."""
    found = list(graph.found)
    circles = graph.cycles()
    found += circles
    if not circles:
        dates = graph.dates(suppose)
        found += _out_of_order(graph, dates)
        found += _amended_twice(graph, dates)
        found += _drafts_in_conflict(graph)
        found += _bases_replaced(graph, dates)
        found += _both_in_force(graph, dates, suppose)
    return in_order(found)


def _finding(code: str, *places: Place | None, **details: object) -> Diagnostic:
    """A finding at the first place, with the others beside it."""
    known = [place for place in places if place is not None]
    source, span = known[0] if known else (None, None)
    return Diagnostic(code, source, span, details, tuple(known[1:]))


# -- dates


def _out_of_order(graph: HistoryGraph, dates: Dates) -> Iterator[Diagnostic]:
    seen: set[tuple[str, str, str]] = set()
    for attribute, days, pairs in (
        ("issued", dates.issued, list(graph.sequence())),
        ("in_force", dates.in_force, list(graph.sequence(citations=False))),
    ):
        for older, newer in pairs:
            first, second = days[older], days[newer]
            if first.low is None or second.high is None or first.low <= second.high:
                continue
            one, other = first.low_from or older, second.high_from or newer
            if (attribute, one, other) in seen:
                continue
            seen.add((attribute, one, other))
            yield _finding(
                "V627", _dated(graph, other, attribute), _dated(graph, one, attribute),
                one=one, first=first.low, other=other, second=second.high,
            )  # fmt: skip
    for id_, expires in dates.expires.items():
        start = dates.in_force[id_]
        if expires is None or expires.high is None or start.low is None:
            continue
        if expires.high <= start.low:
            both = (_dated(graph, id_, "expires"), _dated(graph, id_, "in_force"))
            yield _finding(
                "V627", *both, one=(f"{id_} 施行", f"{id_} in force"), first=start.low,
                other=(f"{id_} 失效", f"{id_} expires"), second=expires.high,
            )  # fmt: skip
    for id_ in graph.editions:
        issued, effect = dates.issued[id_].exact, dates.in_force[id_].exact
        if issued is not None and effect is not None and effect < issued:
            both = (_dated(graph, id_, "in_force"), _dated(graph, id_, "issued"))
            yield _finding("V635", *both, id=id_, first=effect, second=issued)


def _dated(graph: HistoryGraph, id_: str, attribute: str) -> Place | None:
    """The place where an edition states a date, else where it is named."""
    edition = graph.editions[id_]
    when: n.When | None = getattr(edition.stated, attribute)
    if when is None or edition.place is None:
        return edition.place
    return edition.place[0], when.span


# -- amendments


def _adopted(graph: HistoryGraph, edge: Edge) -> Edition | None:
    """The adopted amendment whose instruction the edge is."""
    document = graph.editions.get(edge.provenance.document)
    if edge.provenance.operation and document is not None and document.adopted:
        return document
    return None


def _amended_twice(graph: HistoryGraph, dates: Dates) -> Iterator[Diagnostic]:
    seen: set[tuple[str, str, str]] = set()
    for key, version in graph.versions.items():
        edges = [e for e in graph.to_newer(key, ENDINGS) if _adopted(graph, e) is not None]
        if len(edges) < 2:
            continue
        for one, other in combinations(edges, 2):
            first, second = one.provenance.document, other.provenance.document
            pair = (version.key, min(first, second), max(first, second))
            if first == second or pair in seen or _on_one_line(graph, first, second):
                continue
            seen.add(pair)
            if _takes_effect_first(dates, second, first):
                one, other, first, second = other, one, second, first
            places = (other.provenance.place, one.provenance.place)
            if one.relation == "repeals":
                yield _finding("V625", *places, ref=version.id, one=first, other=second)
            else:
                yield _finding("V623", *places, ref=version.id, one=first, other=second)


def _on_one_line(graph: HistoryGraph, one: str, other: str) -> bool:
    """Whether one of two amendments is based on the other."""
    return other in graph.line(one) or one in graph.line(other)


def _takes_effect_first(dates: Dates, one: str, other: str) -> bool:
    """Whether ``one`` takes effect before ``other``, as far as is known."""

    def middle(bounds: Bounds) -> date:
        return bounds.low or bounds.high or date.max

    return (middle(dates.in_force[one]), one) < (middle(dates.in_force[other]), other)


@dataclass(frozen=True)
class _Draft:
    """A draft as :func:`policydsl.versions.merging.merge` wants it."""

    document: n.Document
    source: Source
    problems: tuple[Diagnostic, ...] = ()


def _drafts_in_conflict(graph: HistoryGraph) -> Iterator[Diagnostic]:
    """Drafts of one base that do not merge (a note)."""
    by_base: defaultdict[str, list[Edition]] = defaultdict(list)
    for edition in graph.editions.values():
        if edition.is_amendment and edition.base is not None:
            by_base[edition.base].append(edition)
    for base, drafts in by_base.items():
        for one, other in combinations(drafts, 2):
            if not (one.adopted and other.adopted) and _meet(one, other):
                yield from _conflicts(graph.editions[base], one, other)


def _meet(one: Edition, other: Edition) -> bool:
    """Whether the drafts touch the same thing anywhere, so that merging them is worth a try."""
    return any(
        meets(a, b)
        for mine in one.changes
        for theirs in other.changes
        for a in mine.footprints
        for b in theirs.footprints
    )


def _conflicts(base: Edition, one: Edition, other: Edition) -> Iterator[Diagnostic]:
    assert base.document is not None
    assert base.place is not None
    drafts = []
    for edition in (one, other):
        assert isinstance(edition.written, n.Document)
        assert edition.place is not None
        drafts.append(_Draft(edition.written, edition.place[0]))
    whole = editions.Edition(base.document, base.place[0], (base.id,))
    try:
        merged = merge(whole, drafts)
    except PolicyError:
        return  # what is wrong with a draft by itself is reported with it
    if isinstance(merged, Conflicts):
        for conflict in merged.conflicts:
            yield _finding(
                "V624", conflict.right.place, conflict.left.place, ref=conflict.clause or base.id,
                one=one.id, other=other.id, base=base.id,
            )  # fmt: skip


def _bases_replaced(graph: HistoryGraph, dates: Dates) -> Iterator[Diagnostic]:
    for edition in graph.editions.values():
        if not edition.is_amendment or not edition.adopted:
            continue
        start = dates.in_force[edition.id]
        for edge in graph.replacing(edition.id):
            replaced = dates.in_force[edge.newer]
            if start.low is not None and replaced.high is not None and replaced.high < start.low:
                yield _finding(
                    "V634", edition.place, edge.provenance.place, one=edition.id,
                    first=start.low, other=edge.older, second=replaced.high,
                )  # fmt: skip


# -- two versions in force


def _both_in_force(
    graph: HistoryGraph, dates: Dates, suppose: Suppositions
) -> Iterator[Diagnostic]:
    """Versions of one clause that are in force together, at the days on which something starts.

    One finding for each pair of editions: the first clause, and how many there are.
    """
    starting: defaultdict[date, list[str]] = defaultdict(list)
    for key in graph.versions:
        for day in _starts(graph, dates, key):
            starting[day].append(key)
    # where a temporary change ends, what it took the place of is in force again
    ending: defaultdict[date, set[str]] = defaultdict(set)
    for edge in graph.edges(ENDINGS):
        for day in _ends(graph, dates, edge):
            ending[day].add(graph.thread(edge.older))
    threads = graph.threads() if ending else {}
    running: defaultdict[str, list[str]] = defaultdict(list)
    clashes: dict[tuple[str, str], tuple[date, list[tuple[str, str]]]] = {}
    timeline = Timeline(graph, date.min, suppose=suppose)
    for day in sorted({*starting, *ending}):
        now = timeline.at(day)
        fresh = dict.fromkeys(map(graph.thread, starting.get(day, ())))
        for key in starting.get(day, ()):
            running[graph.thread(key)].append(key)
        for thread in ending.get(day, ()):
            running[thread] = list(threads[thread])
        for thread in (*fresh, *sorted(ending.get(day, set()) - fresh.keys())):
            running[thread] = keys = [
                key for key in dict.fromkeys(running[thread]) if now.version(key) == "yes"
            ]
            for one, other in combinations(keys, 2):
                pair = (graph.versions[one].edition, graph.versions[other].edition)
                if not _rivals(graph, *pair):
                    clashes.setdefault(pair, (day, []))[1].append((one, other))
    for (first, second), (day, pairs) in clashes.items():
        mine, theirs = (graph.versions[key] for key in pairs[0])
        yield _finding(
            "V626", theirs.place or graph.editions[second].place,
            mine.place or graph.editions[first].place, day=day, ref=theirs.id, one=first,
            other=second, count=len(set(pairs)),
        )  # fmt: skip


def _rivals(graph: HistoryGraph, one: str, other: str) -> bool:
    """Whether both are amendments of one base, each by itself: that is reported as such (V623)."""
    both = graph.editions[one].is_amendment and graph.editions[other].is_amendment
    return both and not _on_one_line(graph, one, other)


def _ends(graph: HistoryGraph, dates: Dates, edge: Edge) -> Iterator[date]:
    """The days, as far as they are known, on which a temporary change ends."""
    if not edge.provenance.operation or edge.older not in graph.versions:
        return
    ends = [dates.expires[edge.provenance.document]]
    if edge.provenance.until is not None:
        ends.append(dates.when(edge.provenance.until, edge.provenance.document))
    yield from {end.high for end in ends if end is not None and end.high is not None}


def _starts(graph: HistoryGraph, dates: Dates, key: str) -> Iterator[date]:
    """The days, as far as they are known, from which a version may be in force."""
    version = graph.versions[key]
    days = [dates.in_force[version.edition].high]
    if version.in_force is not None:
        days.append(dates.when(version.in_force, version.edition).high)
    for edge in graph.to_newer(key, ("enacts",)):
        if edge.provenance.when is not None:
            days.append(dates.when(edge.provenance.when, version.edition).high)
    yield from {day for day in days if day is not None}
