"""What an amendment changed, as it is told to others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from policydsl.language import nodes as n
from policydsl.language.diagnostics import Source
from policydsl.model.footprints import Footprint

ChangeKind = Literal[
    "modify", "insert", "repeal", "move", "rename", "renumber", "split", "merge", "document"
]


# Attributes behind an operation that speak of the operation, not of the clause.
ABOUT_THE_CHANGE = frozenset({"REASON", "IN_FORCE", "EXPIRES", "INFERRED", "TRANSITION"})


@dataclass(frozen=True, slots=True)
class Change:
    """One operation carried out: clause ids in the base and in the result, and why.

    ``in_force`` and ``expires`` say when the change itself takes effect and ends, where the
    amendment says so for it; ``inferred`` why it is taken to be so where the text is silent.
    """

    kind: ChangeKind
    amendment: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    reason: str | None
    in_force: n.When | None
    footprints: tuple[Footprint, ...]
    node: n.Statement = field(compare=False, repr=False)
    expires: n.When | None = None
    inferred: str | None = None


@dataclass(frozen=True)
class Consolidation:
    """The new edition.

    ``origins``: for each clause id of it, the ids of the base that it carries on (none: new).
    ``sources``, by ``id()`` of a node: the text that it stands in, where that is not the base's.
    """

    document: n.Document
    changes: tuple[Change, ...]
    origins: dict[str, tuple[str, ...]]
    sources: Mapping[int, Source] = field(default_factory=dict, compare=False, repr=False)
