"""A comparison of two editions as rows: what became of each clause, and what that does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from policydsl.language.keywords import Language
from policydsl.model import policy as m
from policydsl.model import rules as r
from policydsl.scoring.ranges import show_points
from policydsl.scoring.results import pick
from policydsl.versions.effects.words import Effect, Pair, limit_text

if TYPE_CHECKING:
    import pandas as pd

Status = Literal[
    "unchanged", "wording", "amended", "renamed", "renumbered", "moved", "split", "merged",
    "added", "repealed", "not_seen",
]  # fmt: skip

STATUS_WORDS: dict[Status, Pair] = {
    "unchanged": ("未改", "unchanged"), "wording": ("仅文字", "wording only"),
    "amended": ("修改", "amended"), "renamed": ("更名", "renamed"),
    "renumbered": ("改号", "renumbered"), "moved": ("移动", "moved"),
    "split": ("拆分", "split"), "merged": ("合并", "merged"), "added": ("新增", "added"),
    "repealed": ("废止", "repealed"), "not_seen": ("未见", "not seen"),
}  # fmt: skip

RowKind = Literal[
    "document", "clause", "scene", "blend", "status rules", "exclusions", "deadline", "duty"
]


@dataclass(frozen=True, slots=True)
class ClauseState:
    """A clause as one edition has it.

    ``title`` is what a reader calls it (第1项 出租房屋), ``points`` its full marks, else its cap;
    ``parts`` the same of the items right inside it.  ``mechanism``: how its own rules give
    and take points.
    """

    id: str
    title: str
    kind: str
    points: m.Limit | None
    parts: tuple[m.Limit | None, ...]
    mechanism: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """What became of a clause.

    ``old`` and ``new``: the clause in each edition; empty for what was added or fell away,
    several where clauses were merged or split.  ``statuses``, the weightiest first: what
    happened to its place and label, then to its content.  ``inferred`` says why the two are
    taken for the same clause where no document states it; ``reason`` is what a document says of
    the change.  ``wording`` names what was put into other words.  ``depth``: how many clauses
    stand around it.
    """

    kind: RowKind
    old: tuple[ClauseState, ...]
    new: tuple[ClauseState, ...]
    statuses: tuple[Status, ...]
    inferred: str | None = None
    reason: str | None = None
    effects: tuple[Effect, ...] = ()
    wording: tuple[Pair, ...] = ()
    depth: int = 0

    @property
    def status(self) -> Status:
        """The weightiest status."""
        return self.statuses[0]

    @property
    def changes_effect(self) -> bool:
        """Whether anything but words and labels changed."""
        weighty = {"amended", "added", "repealed", "moved", "split", "merged"}
        return bool(weighty & {*self.statuses})


@dataclass(frozen=True, slots=True)
class Tally:
    """Of how many items the points are stated, left to discretion, or not stated."""

    items: int
    stated: int
    discretionary: int
    open: int


@dataclass(frozen=True)
class EditionDiff:
    """The rows in the order of the newer edition; what fell away stands where it stood.

    ``tallies`` count the items of the older and the newer edition: all of them (key ``""``) and
    those of the units (key ``unit``), where there are any.
    """

    older: m.Policy = field(repr=False)
    newer: m.Policy = field(repr=False)
    rows: tuple[Row, ...]
    tallies: Mapping[str, tuple[Tally, Tally]]

    def of(self, *statuses: Status) -> tuple[Row, ...]:
        """The rows that have one of the statuses."""
        return tuple(row for row in self.rows if set(statuses) & set(row.statuses))

    def row(self, id_: str) -> Row:
        """The row of a clause, by its id in either edition; ``KeyError`` if there is none."""
        for row in self.rows:
            if id_ in {state.id for state in (*row.new, *row.old)}:
                return row
        raise KeyError(id_)

    @property
    def counts(self) -> dict[Status, int]:
        """How many rows have each status; a row with two counts twice."""
        counted = Counter(status for row in self.rows for status in row.statuses)
        return {status: counted[status] for status in STATUS_WORDS if counted[status]}

    def frame(self, everything: bool = False, language: Language = "zh") -> pd.DataFrame:
        """One row for each clause with a change; ``everything``: also what did not change.

        ``old`` and ``new`` are clause ids (several joined by a comma), points exact texts;
        ``reason`` is what a document says of the change, ``inferred`` why the two are taken for
        the same clause where no document says so.
        """
        import pandas as pd

        separator = pick(language, "、", ", ")
        rows = [
            {
                "kind": row.kind,
                "old": ", ".join(state.id for state in row.old),
                "old_title": separator.join(state.title for state in row.old),
                "new": ", ".join(state.id for state in row.new),
                "new_title": separator.join(state.title for state in row.new),
                "status": separator.join(pick(language, *STATUS_WORDS[s]) for s in row.statuses),
                "old_points": _points_of(row.old, language),
                "new_points": _points_of(row.new, language),
                "effects": "\n".join(pick(language, e.zh, e.en) for e in row.effects),
                "reworded": separator.join(pick(language, *pair) for pair in row.wording),
                "reason": row.reason,
                "inferred": row.inferred,
                "depth": row.depth,
            }
            for row in self.rows
            if everything or row.statuses != ("unchanged",)
        ]
        return pd.DataFrame(rows, columns=_COLUMNS)


_COLUMNS = (
    "kind", "old", "old_title", "new", "new_title", "status", "old_points", "new_points",
    "effects", "reworded", "reason", "inferred", "depth",
)  # fmt: skip


def _points_of(states: tuple[ClauseState, ...], language: Language) -> str | None:
    """Full marks or caps of the clauses of one side, as an exact text."""
    texts = [
        show_points(state.points)
        if isinstance(state.points, Fraction)
        else pick(language, *limit_text(state.points))
        for state in states
        if state.points is not None
    ]
    return " + ".join(texts) or None


def tally(policy: m.Policy, inside: str | None = None) -> Tally:
    """Counts items by whether the text states their points.

    ``inside``: only items that stand in a clause of this kind.  An item is open when the text
    states no rule, or leaves something open in it; discretionary when an assessor decides any of
    its points; else stated.
    """
    items: list[m.Clause] = []
    for root in policy.roots:
        holders = [root] if inside is None else [c for c in root.walk() if c.kind == inside]
        items.extend(c for holder in holders for c in holder.walk() if c.is_item)
    judged = [c for c in items if c.discretionary]
    unstated = [
        c for c in items if not c.discretionary and (not c.rules or any(map(r.is_open, c.rules)))
    ]
    stated = len(items) - len(judged) - len(unstated)
    return Tally(len(items), stated, len(judged), len(unstated))
