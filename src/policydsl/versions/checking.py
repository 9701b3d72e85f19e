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
from datetime import date
from itertools import combinations

from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, in_order
from policydsl.versions.amending import Change, meets
from policydsl.versions.dates import NOTHING_SUPPOSED, Bounds, Dates, Suppositions
from policydsl.versions.graph import ENDINGS, Edge, Edition, HistoryGraph
from policydsl.versions.lineage import Place
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
    seen: set[tuple[str | None, str | None]] = set()
    for attribute, days, pairs in (
        ("issued", dates.issued, list(graph.sequence())),
        ("in_force", dates.in_force, list(graph.sequence(citations=False))),
    ):
        for older, newer in pairs:
            first, second = days[older], days[newer]
            if first.low is None or second.high is None or first.low <= second.high:
                continue
            one, other = first.low_from or older, second.high_from or newer
            if (one, other) in seen:
                continue
            seen.add((one, other))
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
                "V627", *both, one=f"{id_} 施行", first=start.low,
                other=f"{id_} 失效", second=expires.high,
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


def _drafts_in_conflict(graph: HistoryGraph) -> Iterator[Diagnostic]:
    """Drafts of one base that cannot both be carried out (a note)."""
    by_base: defaultdict[str, list[Edition]] = defaultdict(list)
    for edition in graph.editions.values():
        if edition.is_amendment and edition.base is not None:
            by_base[edition.base].append(edition)
    for base, drafts in by_base.items():
        for one, other in combinations(drafts, 2):
            if one.adopted and other.adopted:
                continue
            for mine, theirs in _meeting(one, other):
                places = [_of(one, mine), _of(other, theirs)]
                ref = next((f.clause for f in mine.footprints if f.clause), base)
                details = {"ref": ref, "one": one.id, "other": other.id, "base": base}
                yield _finding("V624", *places, **details)


def _of(edition: Edition, change: Change) -> Place | None:
    return None if edition.place is None else (edition.place[0], change.node.span)


def _meeting(one: Edition, other: Edition) -> Iterator[tuple[Change, Change]]:
    """Pairs of changes that get into each other's way."""
    for mine in one.changes:
        for theirs in other.changes:
            if any(meets(a, b) for a in mine.footprints for b in theirs.footprints):
                yield mine, theirs


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
    clashes: dict[tuple[str, str], tuple[date, list[str]]] = {}
    timeline = Timeline(graph, date.min, suppose=suppose)
    for day in sorted({*starting, *ending}):
        now = timeline.at(day)
        for key in starting.get(day, ()):
            running[graph.thread(key)].append(key)
        for thread in ending.get(day, ()):
            running[thread] = list(threads[thread])
        for thread in {*map(graph.thread, starting.get(day, ())), *ending.get(day, ())}:
            running[thread] = keys = [
                key for key in dict.fromkeys(running[thread]) if now.version(key) == "yes"
            ]
            for one, other in combinations(keys, 2):
                pair = (graph.versions[one].edition, graph.versions[other].edition)
                clashes.setdefault(pair, (day, []))[1].append(other)
    for (one, other), (day, keys) in clashes.items():
        versions = [graph.versions[key] for key in dict.fromkeys(keys)]
        yield _finding(
            "V626", versions[0].place or graph.editions[other].place, graph.editions[one].place,
            day=day, ref=versions[0].id, one=one, other=other, count=len(versions),
        )  # fmt: skip


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
