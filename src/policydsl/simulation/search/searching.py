"""Looking for drafts: one number changed, then two, then three, the roundest first.

Drafts of one size are looked at in the order in which they would be proposed: roundest numbers,
then smallest changes.  So the first that meet the targets are the best of that size, and a size
that was looked through without a find holds none.  What was looked at, and what was left out for
lack of time, is part of the result.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from math import prod

import numpy as np
import numpy.typing as npt

from policydsl.model.policy import Clause, Policy
from policydsl.simulation.search.measuring import Chosen, Ground
from policydsl.simulation.search.moves import Move
from policydsl.simulation.search.numbers import roughness
from policydsl.simulation.search.targets import Measures, Target

LISTED = 1_000_000
"""So many drafts of one size are put in order; of more, as many are drawn by lot."""

TRADED = 2_000
"""So many drafts are measured in full to show what can be traded, when none meets the targets."""

LOOKING, TRADING = "search", "tradeoffs"
Told = Callable[[str, int], object]


@dataclass(frozen=True)
class Limits:
    """How far to look: alternatives wanted, numbers that change at once, seconds, seed of lots."""

    alternatives: int = 5
    most_changes: int = 3
    seconds: int = 120
    seed: int = 1


@dataclass(frozen=True)
class Looked:
    """How much of the drafts with ``changes`` changed numbers was looked at.

    ``drafts``: how many there are; ``listed``: how many were put in order (fewer: by lot);
    ``looked``: how many of these, from the roundest on; ``met``: how many of them meet the targets.
    """

    changes: int
    drafts: int
    listed: int
    looked: int
    met: int

    @property
    def complete(self) -> bool:
        """Whether all were looked at."""
        return self.looked == self.drafts


@dataclass(frozen=True)
class Draft:
    """Numbers that change (places among the moves, with their values), and what that gives."""

    chosen: Chosen
    measures: Measures

    def rank(self, moves: Sequence[Move]) -> tuple[int, int, Fraction]:
        """Fewest changes, then roundest, then smallest."""
        return rank_of(moves, self.chosen)


@dataclass(frozen=True)
class Obstacle:
    """A target, and of the drafts measured how many meet it, and how many meet all the others."""

    target: Target
    met: int
    others_met: int


@dataclass(frozen=True)
class Found:
    """What a search found.

    ``drafts`` meet all targets, the best first.  Where there are none, ``tradeoffs`` are the drafts
    of which no other is at least as close to every target with no more changes, out of the
    ``measured`` that were measured in full, and ``obstacles`` tell which target is in the way.
    """

    targets: tuple[Target, ...]
    base: Measures
    drafts: tuple[Draft, ...]
    looked: tuple[Looked, ...]
    tradeoffs: tuple[Draft, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    measured: int = 0
    seconds: float = 0.0
    base_meets: bool = False
    notes: Mapping[str, int] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether every draft that may be proposed was looked at."""
        return all(each.complete for each in self.looked)


def change_of(move: Move, value: Fraction) -> Fraction:
    """The size of a change: relative to the number that is there; from 0, in its steps."""
    before = move.figure.value
    return abs(value - before) / (abs(before) if before else move.figure.step)


def rank_of(moves: Sequence[Move], chosen: Chosen) -> tuple[int, int, Fraction]:
    """What drafts are put in order by; less is better."""
    return (
        len(chosen),
        sum(roughness(value) for value in chosen.values()),
        sum((change_of(moves[place], value) for place, value in chosen.items()), Fraction(0)),
    )


Allowed = Callable[[Chosen], bool]


def search_space(
    ground: Ground, targets: Sequence[Target], limits: Limits, allowed: Allowed, done: Told
) -> Found:
    """Look for drafts that meet the targets.

    ``allowed`` is asked of those who do whether they may be proposed (the last word: a full run);
    ``done`` is told of the stage and of the number of drafts looked at.
    """
    started = time.monotonic()
    moves = ground.moves
    found: list[Draft] = []
    looked: list[Looked] = []
    base_meets = all(target.met(ground.base) for target in targets)
    if base_meets:
        return Found(tuple(targets), ground.base, (), (), base_meets=True)
    # some of the time is kept for the trade-offs
    until = started + limits.seconds * 0.7
    for size in range(1, min(limits.most_changes, len(moves)) + 1):
        drafts, listed, ordered = _ordered(moves, size, limits.seed)
        count = met = 0
        for chosen in ordered:
            if len(found) >= limits.alternatives or time.monotonic() > until:
                break
            count += 1
            done(LOOKING, 1)
            if any(each.chosen.items() <= chosen.items() for each in found):
                continue  # the same with a change that is not needed
            measures = ground.measures(chosen, targets)
            if measures is not None and allowed(chosen):
                met += 1
                found.append(Draft(chosen, measures))
        looked.append(Looked(size, drafts, listed, count, met))
        if len(found) >= limits.alternatives or time.monotonic() > until:
            break
    result = Found(
        tuple(targets), ground.base, tuple(found), tuple(looked),
        seconds=time.monotonic() - started, notes=dict(ground.looks),
    )  # fmt: skip
    if found:
        return result
    return _traded(ground, result, limits, started, done)


def _traded(ground: Ground, result: Found, limits: Limits, started: float, done: Told) -> Found:
    """The best that can be had, when not all targets can."""
    targets = result.targets
    until = started + limits.seconds
    measured = [Draft({}, ground.base)]
    sizes = range(1, min(limits.most_changes, len(ground.moves)) + 1)
    for size in sizes:
        most = TRADED // len(sizes)
        drafts, _, ordered = _ordered(ground.moves, size, limits.seed)
        wanted = None if drafts <= most else _lots(drafts, most, limits.seed)
        for place, chosen in enumerate(ordered):
            if time.monotonic() > until:
                break
            if wanted is not None and place not in wanted:
                continue
            done(TRADING, 1)
            measures = ground.measures(chosen)
            if measures is not None:
                measured.append(Draft(chosen, measures))
    front = _front(measured, targets)
    order = sorted(
        front, key=lambda d: (sum(not t.met(d.measures) for t in targets), d.rank(ground.moves))
    )
    obstacles = tuple(
        Obstacle(
            target,
            sum(target.met(d.measures) for d in measured),
            sum(all(t.met(d.measures) for t in targets if t is not target) for d in measured),
        )
        for target in targets
    )
    return Found(
        targets, result.base, (), result.looked, tuple(order), obstacles, len(measured),
        time.monotonic() - started, notes=dict(ground.looks),
    )  # fmt: skip


def _lots(number: int, wanted: int, seed: int) -> set[int]:
    """Places drawn by lot."""
    return set(np.random.default_rng(seed).choice(number, wanted, replace=False).tolist())


def _front(drafts: Sequence[Draft], targets: Sequence[Target]) -> list[Draft]:
    """The drafts of which no other is at least as good in everything and better in something."""
    costs = []
    kept: list[Draft] = []
    for draft in drafts:
        misses = [target.miss(draft.measures) for target in targets]
        if any(miss is None for miss in misses):
            continue
        kept.append(draft)
        costs.append([*(float(m or 0) for m in misses), float(len(draft.chosen))])
    table = np.array(costs, float).reshape(len(kept), len(targets) + 1)
    front: list[Draft] = []
    seen: set[tuple[float, ...]] = set()
    for place, draft in enumerate(kept):
        own = table[place]
        better = (table <= own).all(axis=1) & (table < own).any(axis=1)
        if not better.any() and tuple(own) not in seen:
            seen.add(tuple(own))
            front.append(draft)
    return front


def _ordered(
    moves: Sequence[Move], size: int, seed: int
) -> tuple[int, int, Iterator[dict[int, Fraction]]]:
    """All drafts with so many changes: how many, how many are listed, and these in order."""
    rough = [np.array([roughness(v) for v in m.values], np.int64) for m in moves]
    change = [np.array([float(change_of(m, v)) for v in m.values]) for m in moves]
    sets = list(combinations(range(len(moves)), size))
    counts = np.array([prod(len(moves[i].values) for i in one) for one in sets], np.int64)
    total = int(counts.sum())
    ends = np.cumsum(counts)
    listed: npt.NDArray[np.int64] | None = None
    if total > LISTED:
        lots = np.random.default_rng(seed)
        listed = np.unique(lots.integers(0, total, LISTED))
    keys_rough: list[npt.NDArray[np.int64]] = []
    keys_change: list[npt.NDArray[np.float64]] = []
    for place, one in enumerate(sets):
        shape = [len(moves[i].values) for i in one]
        start = int(ends[place] - counts[place])
        if listed is None:
            inside = np.arange(int(counts[place]))
        else:
            first, last = np.searchsorted(listed, [start, int(ends[place])])
            inside = listed[first:last] - start
        at = np.unravel_index(inside, shape)
        keys_rough.append(np.add.reduce([rough[i][x] for i, x in zip(one, at, strict=True)]))
        keys_change.append(np.add.reduce([change[i][x] for i, x in zip(one, at, strict=True)]))
    every = np.arange(total) if listed is None else listed
    # equal sums of decimals are equal: the last digits of a float do not decide
    smallest = np.round(np.concatenate(keys_change), 9)
    order = np.lexsort((every, smallest, np.concatenate(keys_rough)))

    def drafts() -> Iterator[dict[int, Fraction]]:
        for number in every[order].tolist():
            place = int(np.searchsorted(ends, number, side="right"))
            one = sets[place]
            inside = number - int(ends[place] - counts[place])
            at = np.unravel_index(inside, [len(moves[i].values) for i in one])
            yield {i: moves[i].values[int(x)] for i, x in zip(one, at, strict=True)}

    return total, len(every), drafts()


# -- what stays as it is


def keeps_maxima(base: Policy, draft: Policy) -> bool:
    """Whether the maxima of the whole and of the groups stay, and what their parts add up to."""
    for id_, clause in base.clauses.items():
        if clause.is_item or not clause.children:
            continue
        other = draft.clauses.get(id_)
        if other is None or other.declared_maximum != clause.declared_maximum:
            return False
        if _parts(other) != _parts(clause):
            return False
    return True


def _parts(clause: Clause) -> Fraction:
    """What the maxima of the parts add up to, as far as they are stated."""
    maxima = (child.declared_maximum for child in clause.children)
    return sum((each for each in maxima if isinstance(each, Fraction)), Fraction(0))
