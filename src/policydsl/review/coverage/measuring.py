"""How much of a policy its examples exercise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from policydsl.language import nodes as n
from policydsl.language.diagnostics import PolicyError, Source
from policydsl.language.keywords import Language
from policydsl.language.paths import clause_label
from policydsl.model.policy import Example, Policy
from policydsl.review.coverage.places import GROUP_NAMES, GROUPS, Key, Place, Places
from policydsl.review.coverage.reaching import Ground, Reach
from policydsl.review.coverage.recording import record
from policydsl.review.examples import facts_line
from policydsl.review.proving.asking import SECONDS
from policydsl.scoring.cases import case_of
from policydsl.scoring.exact import Evaluator


@dataclass(frozen=True)
class Count:
    """``exercised`` of ``reachable`` places; ``unreachable`` ones are proved to be so."""

    exercised: int
    reachable: int
    unreachable: int = 0

    @property
    def share(self) -> Fraction:
        """Percent; 100 where there is nothing to exercise."""
        if not self.reachable:
            return Fraction(100)
        return Fraction(100 * self.exercised, self.reachable)

    def __add__(self, other: Count) -> Count:
        return Count(
            self.exercised + other.exercised,
            self.reachable + other.reachable,
            self.unreachable + other.unreachable,
        )


NONE = Count(0, 0)


@dataclass(frozen=True)
class Coverage:
    """What the examples of a policy exercise.

    ``by`` has for each place the number of examples (from 0) that go through it.  Places that are
    proved to be out of anybody's reach are not counted against the examples.
    """

    policy: Policy
    places: Places
    reaches: Mapping[Key, Reach]
    by: Mapping[Key, tuple[int, ...]]
    titles: tuple[str, ...]
    failed: tuple[str, ...] = ()

    def is_exercised(self, place: Place) -> bool:
        """Whether some example goes through a place."""
        return bool(self.by.get(place.key))

    def is_unreachable(self, place: Place) -> bool:
        """Whether it is proved that nobody goes through a place."""
        reach = self.reaches.get(place.key)
        return reach is not None and reach.verdict == "refuted" and not self.is_exercised(place)

    def counts(self, places: Sequence[Place] | None = None) -> Mapping[str, Count]:
        """The counts by group of places (:data:`.places.GROUPS`)."""
        found = dict.fromkeys(GROUP_NAMES, NONE)
        for place in self.places if places is None else places:
            one = (
                Count(0, 0, 1)
                if self.is_unreachable(place)
                else Count(int(self.is_exercised(place)), 1)
            )
            found[GROUPS[place.kind]] = found[GROUPS[place.kind]] + one
        return found

    @property
    def total(self) -> Count:
        """All places."""
        return sum(self.counts().values(), NONE)

    def clauses(self) -> Iterator[tuple[str, Mapping[str, Count]]]:
        """The counts of each clause that has places, in the order of the text."""
        for clause, places in self.places.by_clause.items():
            yield clause, self.counts(places)

    @property
    def uncovered(self) -> tuple[Place, ...]:
        """The places that could be exercised (or might) and are not."""
        return tuple(
            p for p in self.places if not self.is_exercised(p) and not self.is_unreachable(p)
        )

    @property
    def unreachable(self) -> tuple[Place, ...]:
        """The places that nobody ever goes through, as is proved."""
        return tuple(p for p in self.places if self.is_unreachable(p))

    def line(self, place: Place) -> tuple[str, int]:
        """The file and the line of a place (0: not in the text)."""
        return line_of(self.policy.source, place)

    def record(self) -> dict[str, Any]:
        """JSON-ready form."""
        total = self.total
        return {
            "policy": self.policy.id, "assumed": list(self.policy.assumed),
            "examples": list(self.titles), "not_scored": list(self.failed),
            "share": float(round(total.share, 2)), **_count(total),
            "groups": {name: _count(count) for name, count in self.counts().items()},
            "clauses": {
                clause: {name: _count(count) for name, count in counts.items()}
                for clause, counts in self.clauses()
            },
            "uncovered": [self._place(place) for place in self.uncovered],
            "unreachable": [self._place(place) for place in self.unreachable],
        }  # fmt: skip

    def _place(self, place: Place) -> dict[str, Any]:
        reach = self.reaches.get(place.key)
        case = None if reach is None or reach.case is None else facts_line(reach.case)
        return {
            "clause": place.clause, "kind": place.kind, "line": self.line(place)[1],
            "zh": place.text("zh"), "en": place.text("en"),
            "verdict": "undecided" if reach is None else reach.verdict, "case": case,
        }  # fmt: skip


def _count(count: Count) -> dict[str, int]:
    return {
        "exercised": count.exercised,
        "reachable": count.reachable,
        "unreachable": count.unreachable,
    }


def line_of(source: Source, place: Place) -> tuple[str, int]:
    """The file and the line of a place."""
    node = place.node
    if node is None or node.span.end > len(source.text) or not node.span.end:
        return source.name, 0
    # what an assumption set or an amendment brought in stands in another text
    there = "".join(source.text[node.span.start : node.span.end].split())
    words = place.clause.rsplit("/", 1)[-1] if not place.what else place.what
    if isinstance(node, (n.Clause, n.Document)):
        words = node.id.text if isinstance(node, n.Document) else clause_label(node)
    if words.split()[:1] and words.split()[0][:3] not in there:
        return source.name, 0
    return source.name, source.text.count("\n", 0, node.span.start) + 1


def coverage(
    policy: Policy,
    examples: Sequence[Example] | None = None,
    *,
    day: date | None = None,
    seconds: float = SECONDS,
    ground: Ground | None = None,
) -> Coverage:
    """What examples (by default the policy's own) exercise."""
    examples = policy.examples if examples is None else examples
    ground = ground or Ground(policy, day, seconds, Places(policy))
    places = ground.places
    evaluator = Evaluator(policy)
    by: dict[Key, list[int]] = {}
    failed = []
    for number, example in enumerate(examples):
        try:
            _, seen = record(evaluator, places, case_of(example))
        except PolicyError:
            failed.append(example.title)
            continue
        for key in seen:
            by.setdefault(key, []).append(number)
    reaches = {reach.place.key: reach for reach in ground.reaches()}
    return Coverage(
        policy, places, reaches, {key: tuple(numbers) for key, numbers in by.items()},
        tuple(example.title for example in examples), tuple(failed),
    )  # fmt: skip


def shown_share(count: Count) -> str:
    """A share as text, never rounded up to 100."""
    share = count.share
    if share == 100:
        return "100%"
    return f"{float(min(round(share, 1), Fraction(999, 10))):g}%"


def group_name(group: str, language: Language = "zh") -> str:
    """What a group of places is called."""
    return GROUP_NAMES[group][0 if language == "zh" else 1]
