"""What each changed clause contributes to the change of the mean, the line and who is admitted.

The difference of the two texts is an amendment; its operations are put together by clause.  With
few of them every subset is carried out and each clause gets its Shapley value, so that the order
does not matter and the contributions add up to the whole.  With many, each is left out once; what
the sum then lacks is their interaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from math import factorial
from typing import Literal

from policydsl.language import nodes as n
from policydsl.language.diagnostics import PolicyError
from policydsl.language.paths import clause_label, ref_text
from policydsl.model.policy import Policy
from policydsl.simulation.quick import QuickBench
from policydsl.simulation.runs import Simulation
from policydsl.simulation.worth import Worth, less
from policydsl.versions.diffing import diff

EXACT = 8
"""Up to so many changed clauses every subset is tried."""

Method = Literal["shapley", "leave_one_out"]
METHOD_WORDS: dict[Method, tuple[str, str]] = {
    "shapley": ("沙普利值（各种先后次序的平均）", "Shapley values (mean over all orders)"),
    "leave_one_out": ("逐条去掉", "leave-one-out"),
}
WHOLE = "全部改动"

# Attributes that say something about a clause and change no score.
_SAID = frozenset(
    {"LOCATOR", "SUMMARY", "FULL_TEXT", "NOTE", "DOUBTFUL", "ENGLISH", "REASON", "SOURCE",
     "READING", "CONCEPT", "RESPONSIBLE", "LEAD", "REVIEW", "WAIVE", "INFERRED", "ASSUMPTION",
     "RECOGNITION", "ISSUER", "ISSUED", "REPLACES", "USES", "ID", "REGION"}
)  # fmt: skip
_UNSCORED = (n.Deadline, n.Duty, n.Example, n.Measure, n.Target)


@dataclass(frozen=True)
class Contribution:
    """What one changed clause does: to the mean (low ends), the line, who is admitted.

    ``admitted_by``: in each group.  ``None``: the figure does not exist for some of the variants.
    """

    clause: str
    mean: Fraction | None
    line: Fraction | None
    admitted: Fraction | None
    admitted_by: tuple[Fraction | None, ...] = ()


@dataclass(frozen=True)
class Contributions:
    """The contributions by clause, and the whole change that they explain.

    ``interaction`` is what is left over: nothing for Shapley values.
    """

    method: Method
    parts: tuple[Contribution, ...]
    whole: Contribution
    interaction: Contribution


@dataclass(frozen=True)
class _Player:
    name: str
    operations: tuple[n.Statement, ...]


Value = Callable[[frozenset[int]], Worth]


def contributions(
    simulation: Simulation,
    draft: int,
    base: int = 0,
    done: Callable[[int], object] = lambda count: None,
) -> Contributions:
    """What each clause that a draft changes contributes.

    Variants are scored with the persons of the base.  Raises :class:`PolicyError` where the two
    texts are of different kinds.
    """
    before, after = simulation.versions[base], simulation.versions[draft]
    assert before.policy.document is not None
    assert after.policy.document is not None
    bench = QuickBench(simulation, base)
    ends = (bench.worth(before.policy), bench.worth(after.policy))
    done(2)
    amendment = diff(before.policy.document, after.policy.document)
    always, players = _players(amendment, before.policy)
    worths = _Worths(simulation, base, amendment, always, ends, done)
    while len(players) > 1:
        try:
            return _shared(players, worths)
        except _NoPolicy as problem:
            # some changes are right together only: they count as one
            players = worths.joined(players, problem.players)
    whole = _change(WHOLE, *ends)
    if not players:
        return Contributions("shapley", (), whole, whole)
    part = replace(whole, clause=players[0].name)
    return Contributions("shapley", (part,), whole, _rest(whole, (part,)))


class _NoPolicy(Exception):
    """The changes of some players alone make no sound policy."""

    def __init__(self, players: frozenset[int]):
        super().__init__()
        self.players = players


class _Worths:
    """The worths of the base with some of the changes."""

    def __init__(
        self,
        simulation: Simulation,
        base: int,
        amendment: n.Document,
        always: Sequence[n.Statement],
        ends: tuple[Worth, Worth],
        done: Callable[[int], object],
    ):
        self.version = simulation.versions[base]
        self.bench = QuickBench(simulation, base)
        self.amendment, self.always, self.ends, self.done = amendment, always, ends, done
        self.known: dict[frozenset[int], Worth | None] = {}

    def of(self, players: Sequence[_Player], chosen: frozenset[int]) -> Worth:
        """The worth with the changes of the chosen players; raises :class:`_NoPolicy`."""
        if not chosen or len(chosen) == len(players):
            return self.ends[bool(chosen)]
        found = self._of([players[place] for place in chosen])
        if found is None:
            raise _NoPolicy(chosen)
        return found

    def _of(self, players: Sequence[_Player]) -> Worth | None:
        kept = {id(op) for player in players for op in player.operations}
        key = frozenset(kept)
        if key not in self.known:
            kept |= {id(op) for op in self.always}
            body = tuple(op for op in self.amendment.body if id(op) in kept)
            try:
                policy = self.version.amended(replace(self.amendment, body=body))
                self.known[key] = self.bench.worth(policy)
            except PolicyError:
                self.known[key] = None
            self.done(1)
        return self.known[key]

    def joined(self, players: list[_Player], failed: frozenset[int]) -> list[_Player]:
        """Fewer players: one of those that failed with the one that was lacking, or with all."""
        chosen = [players[place] for place in sorted(failed)]
        others = [player for player in players if player not in chosen]
        alone = [player for player in chosen if self._of([player]) is None]
        first = (alone or chosen)[-1]
        for other in others:
            if self._of([*chosen, other]) is not None or len(others) == 1:
                both = _Player(
                    f"{first.name}、{other.name}", (*first.operations, *other.operations)
                )
                return [both if p is first else p for p in players if p is not other]
        names = "、".join(player.name for player in players)
        return [_Player(names, tuple(op for player in players for op in player.operations))]


def _shared(players: Sequence[_Player], worths: _Worths) -> Contributions:
    names = [player.name for player in players]
    whole = _change(WHOLE, *worths.ends)
    if len(players) <= EXACT:
        parts = tuple(_shapley(names, lambda chosen: worths.of(players, chosen)))
        return Contributions("shapley", parts, whole, _rest(whole, parts))
    everybody = frozenset(range(len(players)))
    parts = tuple(
        _change(name, worths.of(players, everybody - {place}), worths.ends[1])
        for place, name in enumerate(names)
    )
    return Contributions("leave_one_out", parts, whole, _rest(whole, parts))


def _shapley(names: Sequence[str], value: Value) -> list[Contribution]:
    count = len(names)
    found = []
    for place, name in enumerate(names):
        others = [other for other in range(count) if other != place]
        sum_: Contribution | None = None
        for size in range(count):
            weight = Fraction(factorial(size) * factorial(count - size - 1), factorial(count))
            for chosen in combinations(others, size):
                without = frozenset(chosen)
                step = _times(_change(name, value(without), value(without | {place})), weight)
                sum_ = step if sum_ is None else _plus(sum_, step)
        assert sum_ is not None
        found.append(sum_)
    return found


# -- differences of worths


def _change(name: str, before: Worth, after: Worth) -> Contribution:
    groups = zip(before.admitted_by, after.admitted_by, strict=True)
    return Contribution(
        name, less(after.mean, before.mean), less(after.line, before.line),
        less(after.admitted, before.admitted), tuple(less(b, a) for a, b in groups),
    )  # fmt: skip


def _times(one: Contribution, factor: Fraction) -> Contribution:
    def times(value: Fraction | None) -> Fraction | None:
        return None if value is None else value * factor

    return Contribution(
        one.clause, times(one.mean), times(one.line), times(one.admitted),
        tuple(map(times, one.admitted_by)),
    )  # fmt: skip


def _plus(one: Contribution, other: Contribution) -> Contribution:
    def plus(a: Fraction | None, b: Fraction | None) -> Fraction | None:
        return None if a is None or b is None else a + b

    groups = zip(one.admitted_by, other.admitted_by, strict=True)
    return Contribution(
        one.clause, plus(one.mean, other.mean), plus(one.line, other.line),
        plus(one.admitted, other.admitted), tuple(plus(a, b) for a, b in groups),
    )  # fmt: skip


def _rest(whole: Contribution, parts: Sequence[Contribution]) -> Contribution:
    rest = whole
    for part in parts:
        rest = _plus(rest, _times(part, Fraction(-1)))
    return replace(rest, clause="")


# -- who plays


def _players(amendment: n.Document, base: Policy) -> tuple[list[n.Statement], list[_Player]]:
    """Operations that every variant has, and those of each changed clause."""
    always: list[n.Statement] = []
    groups: dict[str, list[n.Statement]] = {}
    for operation in amendment.body:
        name = _subject(operation, base)
        if name is None:
            always.append(operation)
        else:
            groups.setdefault(name, []).append(operation)
    return always, [_Player(name, tuple(operations)) for name, operations in groups.items()]


def _subject(operation: n.Statement, base: Policy) -> str | None:
    """The clause that an operation changes; ``None`` where it changes no score by itself."""
    match operation:
        case n.Modify():
            if all(map(_is_said, operation.parts)):
                return None
            return "文件" if operation.target is None else ref_text(operation.target)
        case n.Insert():
            return clause_label(operation.clause)
        case n.Fact():
            # a fact that is new is there for the clauses that read it
            return f"事实 {operation.name.text}" if operation.name.text in base.facts else None
        case n.Repeal() | n.Move() | n.Rename() | n.Renumber() | n.Split():
            return ref_text(operation.target)
        case n.Merge():
            return "、".join(map(ref_text, operation.targets))
        case _:
            return None if isinstance(operation, _UNSCORED) else WHOLE


def _is_said(part: n.Node) -> bool:
    """Whether a part of a modification says something and changes no score."""
    match part:
        case n.Attribute():
            return part.key in _SAID
        case n.Without():
            return part.key in _SAID
        case n.NewBody():
            return bool(part.statements) and all(
                isinstance(s, (*_UNSCORED, n.Attribute))
                and (not isinstance(s, n.Attribute) or s.key in _SAID)
                for s in part.statements
            )
    return False
