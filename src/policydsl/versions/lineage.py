"""What became of the clauses of one edition in another: the links between two editions.

A lineage is read from a 沿革 document or an amendment (:mod:`policydsl.versions.history`), or
taken from equal ids where nothing is stated.  Comparing and drawing two editions start from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from policydsl.language.diagnostics import Source
from policydsl.language.nodes import Span

Place = tuple[Source, Span]
"""Where something is written."""


@dataclass(frozen=True, slots=True)
class Link:
    """Clauses ``old`` of the older edition became ``new`` in the newer one (clause ids).

    One to one is a successor, many to one a merger, one to many a split.  ``inferred`` says why
    it is taken to be so where the texts do not state it; ``None``: stated.  ``reason`` is what
    the document says of the change.
    """

    old: tuple[str, ...]
    new: tuple[str, ...]
    inferred: str | None = None
    reason: str | None = None
    place: Place | None = None


@dataclass(frozen=True)
class Lineage:
    """All links between two editions.

    A clause in no link and not in ``not_seen`` (clause id → reason) was repealed (older edition)
    or added (newer edition).  ``not_seen`` names clauses of which the newer text at hand does not
    show what became; what stands inside such a clause is not seen either.  ``gone`` and
    ``added`` hold the reasons that documents give for repeals and for additions, ``whole`` those
    for changes of the document itself.
    """

    older: str
    newer: str
    links: tuple[Link, ...] = ()
    not_seen: Mapping[str, str | None] = field(default_factory=dict)
    gone: Mapping[str, str | None] = field(default_factory=dict)
    added: Mapping[str, str | None] = field(default_factory=dict)
    whole: str | None = None

    @cached_property
    def successors(self) -> Mapping[str, tuple[Link, ...]]:
        """Links by the ids of the older edition."""
        return _by((id_, link) for link in self.links for id_ in link.old)

    @cached_property
    def predecessors(self) -> Mapping[str, tuple[Link, ...]]:
        """Links by the ids of the newer edition."""
        return _by((id_, link) for link in self.links for id_ in link.new)

    def reason(self, id_: str) -> str | None:
        """What a document says of the change of a clause of the newer edition."""
        said = [link.reason for link in self.predecessors.get(id_, ())]
        return joined([*said, self.added.get(id_)])

    def is_not_seen(self, id_: str) -> bool:
        """Whether the clause of the older edition, or one around it, is marked not seen."""
        return any(outer in self.not_seen for outer in around(id_))


def around(id_: str) -> Iterator[str]:
    """The id itself and the ids of the clauses around it, from the inside out."""
    while id_:
        yield id_
        id_ = id_.rpartition("/")[0]


def joined(texts: Iterable[str | None]) -> str | None:
    """Reasons told of one change, each once; ``None`` when none is told."""
    return "；".join(dict.fromkeys(text for text in texts if text)) or None


def by_equal_ids(older: str, newer: str, old: Iterable[str], new: Iterable[str]) -> Lineage:
    """The lineage of two editions of which nothing is stated: equal ids, marked as inferred."""
    wanted = set(new)
    why = "两个版次的条款标识相同"
    links = tuple(Link((id_,), (id_,), inferred=why) for id_ in old if id_ in wanted)
    return Lineage(older, newer, links)


def _by(pairs: Iterable[tuple[str, Link]]) -> dict[str, tuple[Link, ...]]:
    result: dict[str, tuple[Link, ...]] = {}
    for id_, link in pairs:
        result[id_] = (*result.get(id_, ()), link)
    return result
