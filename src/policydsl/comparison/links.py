"""Links between parts, units or measures of schemes, and what they put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from policydsl.versions.effects.words import Pair

How = Literal["concept", "decided", "stated", "inferred", "proposed", "attached", "name"]
HOW_WORDS: Mapping[How, Pair] = {
    "concept": ("概念相同", "same concept"), "decided": ("起草人确认", "decided by the drafter"),
    "stated": ("沿革写明", "stated by the history"), "inferred": ("沿革推定", "inferred lineage"),
    "proposed": ("建议对应", "proposed"), "attached": ("建议归入", "proposed, attached"),
    "name": ("名称相同", "same name"),
}  # fmt: skip
Node = tuple[int, str]
"""A part of a scheme: the scheme's number and an id."""
T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True)
class Link:
    """Why two parts (or units, or measures) are put together; ``score`` where they are alike."""

    one: Node
    other: Node
    how: How
    score: float | None = None
    reasons: tuple[Pair, ...] = ()

    @property
    def proposed(self) -> bool:
        """Whether the drafter is asked for a yes or no."""
        return self.how in ("proposed", "attached")


class Clusters(Generic[T]):
    """Things that were put together; pairs that must stay apart are kept apart."""

    def __init__(self, apart: Iterable[tuple[T, T]] = ()):
        self._home: dict[T, int] = {}
        self._inside: dict[int, list[T]] = {}
        self._apart: defaultdict[T, set[T]] = defaultdict(set)
        for a, b in apart:
            self._apart[a].add(b)
            self._apart[b].add(a)

    def add(self, thing: T) -> None:
        """A cluster of its own."""
        if thing not in self._home:
            self._home[thing] = len(self._inside)
            self._inside[len(self._inside)] = [thing]

    def of(self, thing: T) -> list[T]:
        """All that is together with a thing."""
        return self._inside[self._home[thing]]

    def together(self, a: T, b: T) -> bool:
        """Whether two are in one cluster."""
        return self._home[a] == self._home[b]

    def join(self, a: T, b: T) -> bool:
        """Put two clusters together, unless something in them must stay apart."""
        if self.together(a, b):
            return True
        into, from_ = sorted((self._home[a], self._home[b]))
        others = set(self._inside[from_])
        if any(self._apart[x] & others for x in self._inside[into]):
            return False
        for thing in self._inside.pop(from_):
            self._home[thing] = into
            self._inside[into].append(thing)
        return True

    def all(self) -> list[list[T]]:
        """Every cluster."""
        return list(self._inside.values())
