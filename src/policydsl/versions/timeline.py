"""What is in force at a point in time, and what was known of it on another day.

A version is in force when what made it has taken effect, nothing that takes its place has, and
neither it nor its edition has expired.  What amendments do is undone when a temporary amendment
expires; what a new edition replaces stays replaced.  Dates that are not known leave the answer
``maybe``; instead of a day an edition may be named: then order alone decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
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
    """An edition at a point in time.

    ``start`` and ``end`` bound its days; ``end`` ``None``: nothing ends it.  ``ended_by`` are
    the editions that replace it.
    """

    edition: Edition
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
        self, graph: HistoryGraph, moment: date | str, known: date | None = None,
        suppose: Suppositions = NOTHING_SUPPOSED,
    ):  # fmt: skip
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
        self._began: dict[str, Certainty] = {}
        self._blocked: dict[str, Certainty] = {}
        self._ended: dict[str, Certainty] = {}

    def at(self, day: date) -> Timeline:
        """The same history, suppositions and knowledge on another day."""
        other = Timeline.__new__(Timeline)
        other.__dict__.update(self.__dict__)
        other.day, other.as_of = day, None
        other._began, other._blocked, other._ended = {}, {}, {}
        return other

    def _pairs(self) -> Iterator[tuple[str, str]]:
        return self.graph.sequence(citations=False)

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
        if id_ not in self._began:
            for here in reversed(self._unanswered(id_, self._began)):
                self._began[here] = self._has_begun(here)
        return self._began[id_]

    def _unanswered(self, id_: str, answers: Mapping[str, Certainty]) -> list[str]:
        """An edition and those that it is based on, as far as they have no answer yet."""
        line = [id_]
        while (base := self.graph.editions[line[-1]].base) in self.graph.editions:
            if base in answers:
                break
            line.append(base)
        return line

    def _has_begun(self, id_: str) -> Certainty:
        if not self.adopted(id_):
            return "no"
        known: Certainty = "yes"
        if self.known is not None:
            known = self.dates.issued[id_].reached(self.known)
        base = self.graph.editions[id_].base
        if base is not None and base in self.graph.editions:
            known = every((known, self._began.get(base, "maybe")))
        if self.as_of is not None:
            if id_ in self._older:
                return known
            return "no" if id_ in self._newer else every((known, "maybe"))
        assert self.day is not None
        return every((known, self.dates.in_force[id_].reached(self.day)))

    def _expired(self, id_: str) -> Certainty:
        expires = self.dates.expires[id_]
        if expires is None:
            return "no"
        return "maybe" if self.day is None else expires.reached(self.day)

    def _line_ended(self, id_: str) -> Certainty:
        """Whether the edition, or what it amends, has been replaced or has expired."""
        for here in reversed(self._unanswered(id_, self._ended)) if id_ not in self._ended else ():
            answers = [self._expired(here)]
            base = self.graph.editions[here].base
            if base in self._ended:
                answers.append(self._ended[base])
            else:
                answers += [self.began(edge.newer) for edge in self.graph.replacing(here)]
            self._ended[here] = some(answers)
        return self._ended[id_]

    def edition(self, id_: str) -> EditionAt:
        """An edition at this point in time."""
        start = self.dates.in_force[id_]
        ends = [e for e in (self.dates.expires[id_],) if e is not None]
        replacing = [edge.newer for edge in self.graph.replacing(id_) if self._is_known(edge.newer)]
        ends += [self.dates.in_force[newer] for newer in replacing]
        state = every((self.began(id_), opposite(self._line_ended(id_))))
        return EditionAt(
            self.graph.editions[id_], state, start, _earliest(ends), tuple(dict.fromkeys(replacing))
        )

    def _is_known(self, id_: str) -> bool:
        return self.known is None or self.dates.issued[id_].reached(self.known) != "no"

    # -- versions

    def version(self, key: str) -> Certainty:
        """Whether a version is in force."""
        version = self.graph.versions[key]
        began = self.began(version.edition)
        if began == "no":
            return "no"
        if self._line_ended(version.edition) == "yes" and not self._unseen(key):
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

    def _unseen(self, key: str) -> bool:
        return any(True for _ in self.graph.to_newer(key, ("not_seen",)))

    def _version_ended(self, key: str) -> Certainty:
        version = self.graph.versions[key]
        line = self._line_ended(version.edition)
        if line == "yes" and self._unseen(key):
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
                for key in self.graph.made_by(id_):
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
