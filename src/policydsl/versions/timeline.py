"""What is in force at a point in time, and what was known of it on another day.

A version is in force when what made it has taken effect, nothing that takes its place has, and
neither it nor its edition has expired.  What amendments do is undone when a temporary amendment
expires; what a new edition replaces stays replaced.  Dates that are not known leave the answer
``maybe``; instead of a day an edition may be named: then order alone decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from policydsl.language import nodes as n
from policydsl.versions.dates import (
    NOTHING_SUPPOSED,
    Bounds,
    Certainty,
    Suppositions,
    every,
    opposite,
    some,
)
from policydsl.versions.graph import (
    DESCENT,
    ENDINGS,
    ClauseVersion,
    Edge,
    Edition,
    HistoryGraph,
    Provenance,
)


@dataclass(frozen=True, slots=True)
class EditionAt:
    """An edition at a point in time: whether it has taken effect, and whether it still is in force.

    ``start`` and ``end`` bound its days; ``end`` ``None``: nothing ends it.  ``ended_by`` are
    the editions that replace it.
    """

    edition: Edition
    began: Certainty
    in_force: Certainty
    start: Bounds
    end: Bounds | None
    ended_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClauseAt:
    """A clause version that is, or may be, in force; ``id`` is its id in its edition."""

    version: ClauseVersion
    in_force: Certainty


@dataclass(frozen=True)
class PointInTime:
    """What is in force on ``day`` (or when the edition ``as_of`` took effect).

    ``clauses`` holds those that are or may be in force, at most one surely in force for each
    clause.  ``conflicts`` are keys of versions of one clause that would all be in force: the
    last of them is taken.
    """

    day: date | None
    as_of: str | None
    known: date | None
    editions: tuple[EditionAt, ...]
    clauses: tuple[ClauseAt, ...]
    conflicts: tuple[tuple[str, ...], ...] = ()


class Timeline:
    """Answers for one point in time: a day, or the moment when an edition took effect.

    ``known``: only what was issued by that day counts.  ``suppose``: dates that the asker
    supposes; an amendment that is supposed to be issued or in force counts as adopted.
    """

    def __init__(
        self,
        graph: HistoryGraph,
        moment: date | str,
        known: date | None = None,
        suppose: Suppositions = NOTHING_SUPPOSED,
    ):
        self.graph = graph
        self.day = moment if isinstance(moment, date) else None
        self.as_of = moment if isinstance(moment, str) else None
        self.known = known
        self.suppose = suppose
        self.dates = graph.dates(suppose)
        self._older = {self.as_of} if self.as_of is not None else set()
        self._newer: set[str] = set()
        if self.as_of is not None:
            graph.edition(self.as_of)
            self._older |= _connected(self.as_of, ((new, old) for old, new in self._pairs()))
            self._newer |= _connected(self.as_of, self._pairs())
        self._start, self._finish = self._spans()
        self._blocked: dict[str, Certainty] = {}

    def at(self, day: date) -> Timeline:
        """The same history, suppositions and knowledge on another day."""
        other = Timeline.__new__(Timeline)
        other.__dict__.update(self.__dict__)
        other.day, other.as_of, other._blocked = day, None, {}
        return other

    def _pairs(self) -> Iterator[tuple[str, str]]:
        return self.graph.sequence(citations=False)

    def _spans(self) -> tuple[dict[str, Bounds | None], dict[str, Bounds | None]]:
        """When each edition takes effect and when it, or the whole of what it amends, ends.

        An amendment takes effect with its base at the earliest.  ``None``: never.
        """
        start: dict[str, Bounds | None] = {}
        for id_ in self.graph.order():
            own: Bounds | None = self.dates.in_force[id_]
            known = self._is_known(id_)
            if not self.adopted(id_) or known == "no" or own is None:
                own = None
            elif known == "maybe":
                own = replace(own, high=None)
            base = self.graph.editions[id_].base
            if own is not None and base in start:
                before = start[base]
                own = None if before is None else _latest(own, before)
            start[id_] = own
        finish: dict[str, Bounds | None] = {}
        for id_ in self.graph.order():
            root = self.graph.root(id_)
            ends = [self.dates.expires[id_]]
            if root in finish:
                # a temporary amendment ends by itself; what is based on it stays
                ends.append(finish[root])
            else:
                ends += [start[edge.newer] for edge in self.graph.replacing(id_)]
            finish[id_] = _earliest(end for end in ends if end is not None)
        return start, finish

    def _is_known(self, id_: str) -> Certainty:
        return "yes" if self.known is None else self.dates.issued[id_].reached(self.known)

    # -- editions

    def adopted(self, id_: str) -> bool:
        """Whether an edition counts: no draft, or one that is supposed to take effect."""
        return (
            self.graph.editions[id_].adopted
            or id_ in self.suppose.issued
            or id_ in self.suppose.in_force
            or (self.as_of is not None and id_ in self._older)
        )

    def began(self, id_: str) -> Certainty:
        """Whether an edition has taken effect (it may have been replaced since)."""
        start = self._start[id_]
        if start is None:
            return "no"
        if self.day is not None:
            return start.reached(self.day)
        if id_ in self._older:
            return self._is_known(id_)
        return "no" if id_ in self._newer else "maybe"

    def _expired(self, id_: str) -> Certainty:
        expires = self.dates.expires[id_]
        if expires is None:
            return "no"
        return "maybe" if self.day is None else expires.reached(self.day)

    def _line_ended(self, id_: str) -> Certainty:
        """Whether the edition, or the whole of what it amends, was replaced or has expired."""
        finish = self._finish[id_]
        if finish is None:
            return "no"
        if self.day is not None:
            return finish.reached(self.day)
        replaced = [self.began(edge.newer) for edge in self.graph.replacing(id_)]
        return some((*replaced, self._expired(id_), self._expired(self.graph.root(id_))))

    def edition(self, id_: str) -> EditionAt:
        """An edition at this point in time."""
        replacing = [
            edge.newer for edge in self.graph.replacing(id_) if self._is_known(edge.newer) != "no"
        ]
        ends = [self.dates.expires[id_], *(self.dates.in_force[newer] for newer in replacing)]
        began = self.began(id_)
        return EditionAt(
            self.graph.editions[id_], began, every((began, opposite(self._line_ended(id_)))),
            self.dates.in_force[id_], _earliest(end for end in ends if end is not None),
            tuple(dict.fromkeys(replacing)),
        )  # fmt: skip

    # -- versions

    def version(self, key: str) -> Certainty:
        """Whether a version is in force."""
        version = self.graph.versions[key]
        began = self.began(version.edition)
        if began == "no":
            return "no"
        if self._line_ended(version.edition) == "yes" and key not in self.graph.not_seen:
            return "no"
        return every(
            (
                began,
                self._reached(version.in_force, version.edition),
                *(self._active(edge.provenance) for edge in self._making(key)),
                opposite(self._version_ended(key)),
                opposite(self.blocked(key)),
            )
        )

    def _making(self, key: str) -> Iterator[Edge]:
        """The instruction of an amendment that made a version, if one did."""
        return (e for e in self.graph.to_newer(key, ("enacts",)) if e.provenance.operation)

    def _version_ended(self, key: str) -> Certainty:
        version = self.graph.versions[key]
        line = self._line_ended(version.edition)
        if line == "yes" and key in self.graph.not_seen:
            line = "maybe"
        if version.expires is None:
            return line
        return some((line, self._reached(version.expires, version.edition)))

    def _reached(self, when: n.When | None, edition: str) -> Certainty:
        """Whether an own day of a clause or instruction has come; none is no condition."""
        if when is None:
            return "yes"
        if self.day is None:
            return "maybe"
        return self.dates.when(when, edition).reached(self.day)

    def blocked(self, key: str) -> Certainty:
        """Whether an amendment in force has taken the version's place or repealed it."""
        todo = [key]
        while todo:
            here = todo[-1]
            if here in self._blocked:
                todo.pop()
                continue
            edges = [e for e in self.graph.to_newer(here, ENDINGS) if e.provenance.operation]
            newer = [e.newer for e in edges if e.relation in DESCENT]
            waiting = [other for other in newer if other not in self._blocked]
            if waiting:
                todo.extend(waiting)
                continue
            answers = [self._active(e.provenance) for e in edges]
            answers += [self._blocked[other] for other in newer]
            self._blocked[here] = some(answers)
            todo.pop()
        return self._blocked[key]

    def _active(self, why: Provenance) -> Certainty:
        """Whether an instruction of an amendment is in effect."""
        until: Certainty = "no"
        if why.until is not None:
            until = self._reached(why.until, why.document)
        ended = some((self._expired(why.document), until))
        return every(
            (self.began(why.document), self._reached(why.when, why.document), opposite(ended))
        )

    # -- all of it

    def point(self, editions: Iterable[str] | None = None) -> PointInTime:
        """Everything at this point in time, in all editions or the given ones."""
        order = self.graph.order()
        wanted = set(order if editions is None else editions)
        shown = tuple(self.edition(id_) for id_ in order if id_ in wanted)
        clauses: list[ClauseAt] = []
        for id_ in order:
            if id_ in wanted and self.began(id_) != "no":
                over = self._line_ended(id_) == "yes"
                for key in self.graph.made_by(id_):
                    if over and key not in self.graph.not_seen:
                        continue
                    state = self.version(key)
                    if state != "no":
                        clauses.append(ClauseAt(self.graph.versions[key], state))
        conflicts = self._conflicts(clauses)
        beaten = {key for keys in conflicts for key in keys[:-1]}
        return PointInTime(
            self.day, self.as_of, self.known, shown,
            tuple(c for c in clauses if c.version.key not in beaten), conflicts,
        )  # fmt: skip

    def _conflicts(self, clauses: Iterable[ClauseAt]) -> tuple[tuple[str, ...], ...]:
        """Versions of one clause that are all surely in force, the last to take effect last."""
        by_thread: defaultdict[str, list[str]] = defaultdict(list)
        for clause in clauses:
            if clause.in_force == "yes":
                by_thread[self.graph.thread(clause.version.key)].append(clause.version.key)
        rank = {id_: index for index, id_ in enumerate(self.graph.order())}

        def start(key: str) -> tuple[date, int]:
            edition = self.graph.versions[key].edition
            return self.dates.in_force[edition].high or date.min, rank[edition]

        return tuple(tuple(sorted(keys, key=start)) for keys in by_thread.values() if len(keys) > 1)


def _earliest(ends: Iterable[Bounds]) -> Bounds | None:
    """The bounds of the first of several days."""
    result: Bounds | None = None
    for end in ends:
        if result is None:
            result = end
            continue
        low = None if result.low is None or end.low is None else min(result.low, end.low)
        highs = [high for high in (result.high, end.high) if high is not None]
        supposed = result.supposed or end.supposed
        result = Bounds(low, min(highs, default=None), supposed=supposed)
    return result


def _latest(one: Bounds, other: Bounds) -> Bounds:
    """The bounds of the later of two days."""
    lows = [low for low in (one.low, other.low) if low is not None]
    high = None if one.high is None or other.high is None else max(one.high, other.high)
    return Bounds(max(lows, default=None), high, supposed=one.supposed or other.supposed)


def _connected(start: str, pairs: Iterable[tuple[str, str]]) -> set[str]:
    """What can be reached from ``start`` along the pairs."""
    following: defaultdict[str, list[str]] = defaultdict(list)
    for one, other in pairs:
        following[one].append(other)
    seen: set[str] = set()
    queue = [start]
    while queue:
        for other in following[queue.pop()]:
            if other not in seen:
                seen.add(other)
                queue.append(other)
    return seen
