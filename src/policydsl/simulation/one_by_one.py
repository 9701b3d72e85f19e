"""Policies that no plan can hold: every case is scored by the exact evaluator.

What it says of the rows becomes a plan all the same, one that looks up each quantity by the number
of the row, so that everything after it is as it always is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import lcm

import numpy as np

from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.model.policy import Policy
from policydsl.scoring import ranking
from policydsl.scoring.cases import Case
from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.domains import Grid
from policydsl.scoring.columns.plan import (
    INFINITY,
    LAST,
    UNBOUNDED,
    Ends,
    Flag,
    In,
    Input,
    Look,
    Mark,
    Plan,
    Slot,
    Step,
)
from policydsl.scoring.exact import Evaluator, Score
from policydsl.scoring.ranges import Range

CASES = 20_000
"""So many cases are scored one by one, at most: some thousand a second."""

UNPLANNED = frozenset({"S506", "S507", "S508", "S520"})
"""Why there is no plan, or none for the ranking."""

_STATUSES = {
    "suspended": Flag.SUSPENDED, "void": Flag.VOID, "zeroed": Flag.ZEROED, "frozen": Flag.FROZEN,
}  # fmt: skip
_VETO = {"no": 0, "maybe": int(Flag.VETO), "yes": Flag.VETO.both}


def announced(policy: Policy, problem: PolicyError, count: int) -> Diagnostic:
    """The warning that so many cases are scored one by one, and why.

    Raises ``problem`` where it is no reason for that, and S540 where there are too many.
    """
    first = problem.diagnostics[0] if problem.diagnostics else None
    if first is None or first.code not in UNPLANNED:
        raise problem
    details = {
        "clause": str(first.details.get("clause", policy.id)),
        "count": f"{count:,}",
        "limit": f"{CASES:,}",
    }
    if count > CASES:
        more = Diagnostic("S540", first.source, first.span, details)
        raise PolicyError([*problem.diagnostics, more]) from problem
    return Diagnostic("S541", first.source, first.span, details)


def plans(
    policy: Policy,
    tables: Sequence[tuple[Numbers, str | None, str | None]],
    case: Callable[[int], Case],
) -> list[tuple[Plan, Numbers]]:
    """For each table (its rows, entity and unit) a plan and the column that it reads.

    Raises :class:`PolicyError` (S507) where the points do not fit into integers.
    """
    found = [_Scored(policy, rows, case) for rows, _, _ in tables]
    scale = lcm(*(each.scale for each in found))
    codes = _ordered(found)
    try:
        return [
            (each.plan(scale, codes, entity, unit), np.arange(1, len(rows) + 1))
            for each, (rows, entity, unit) in zip(found, tables, strict=True)
        ]
    except OverflowError:
        details = {"clause": policy.id, "scale": str(scale)}
        raise PolicyError([Diagnostic("S507", policy.source, None, details)]) from None


class _Scored:
    """The cases of a table with what the exact evaluator says of them."""

    def __init__(self, policy: Policy, rows: Numbers, case: Callable[[int], Case]):
        self.policy = policy
        self.evaluator = Evaluator(policy)
        self.scores: list[Score | None] = []
        self.keys: dict[str, list[tuple[ranking.End, ranking.End]]] = {}
        self.wanted = {key.column: key for scene in policy.scenes for key in scene.keys}
        self.takes_part: dict[str, list[bool]] = {}
        for row in rows.tolist():
            self._add(case(row))

    def _add(self, case: Case) -> None:
        try:
            score = self.evaluator.score(case)
        except PolicyError:  # who it is and why is said where refused rows are reported
            score = None
        self.scores.append(score)
        for column, key in self.wanted.items():
            ends = (
                (ranking.LAST, ranking.LAST)
                if score is None
                else ranking.key_ends(self.evaluator, case, score, key)
            )
            self.keys.setdefault(column, []).append(ends)
        for scene in self.policy.scenes:
            if scene.applies_when is not None:
                able = score is not None and ranking.within(self.evaluator, scene, case, score)
                self.takes_part.setdefault(scene.id, []).append(able)

    @property
    def scale(self) -> int:
        """So many integers of a point hold all of them."""
        ranges = [x for s in self.scores if s for x in (s.total, s.points, *s.parts.values())]
        ends = [end for each in ranges for end in (each.low, each.high) if end is not None]
        return lcm(*{end.denominator for end in ends})

    def plan(
        self,
        scale: int,
        codes: dict[str, dict[ranking.End, int]],
        entity: str | None,
        unit: str | None,
    ) -> Plan:
        """The plan that looks everything up."""
        steps: list[Step] = []
        size = len(self.scores)

        def look(values: list[int]) -> Slot:
            slot = len(steps)
            steps.append(Look(slot, In(0), np.array([0, *values], np.int64)))
            return slot

        def mark(values: list[int]) -> Slot:
            slot = len(steps)
            steps.append(Mark(slot, In(0), np.array([0, *values], np.int64)))
            return slot

        def ends(ranges: Sequence[Range | None]) -> Ends:
            low = [_integer(x.low, scale, -INFINITY) if x else LAST for x in ranges]
            high = [_integer(x.high, scale, INFINITY) if x else LAST for x in ranges]
            first = look(low)
            return Ends(first, first if low == high else look(high))

        def coded(text: str) -> Ends:
            lows, highs = ([codes[text][pair[end]] for pair in self.keys[text]] for end in (0, 1))
            first = look(lows)
            return Ends(first, first if lows == highs else look(highs))

        known = dict.fromkeys(id_ for score in self.scores if score for id_ in score.parts)
        nothing = Range.exactly(0)
        total = ends([nothing if score is None else score.total for score in self.scores])
        points = ends([nothing if score is None else score.points for score in self.scores])
        parts = {
            id_: ends([None if s is None else s.parts.get(id_) for s in self.scores])
            for id_ in known
        }
        keys = {text: coded(text) for text in self.keys}
        flags = mark([_flags(score) for score in self.scores])
        takes_part = {
            id_: mark([Flag.APPLIES.both if able else 0 for able in ables])
            for id_, ables in self.takes_part.items()
        }
        domain = Grid(Fraction(1), Fraction(1), size)
        largest = max(int(np.abs(s.table).max()) for s in steps if isinstance(s, (Look, Mark)))
        return Plan(
            self.policy.id, (Input("", "", domain),), tuple(steps), len(steps), scale, total,
            points, parts, flags, unit, entity, keys, takes_part=takes_part, largest=largest,
        )  # fmt: skip


def _ordered(tables: Sequence[_Scored]) -> dict[str, dict[ranking.End, int]]:
    """For each key, integers that sort like its ends, over all tables."""
    texts = dict.fromkeys(text for each in tables for text in each.keys)
    found = {}
    for text in texts:
        ends = {end for each in tables for pair in each.keys.get(text, ()) for end in pair}
        found[text] = {end: code for code, end in enumerate(sorted(ends))}
    return found


def _integer(value: Fraction | None, scale: int, without: int) -> int:
    if value is None:
        return without
    number = int(value * scale)
    if abs(number) >= UNBOUNDED:
        raise OverflowError
    return number


def _flags(score: Score | None) -> int:
    if score is None:
        return Flag.ERROR.both
    flags = _VETO[score.vetoed]
    for status in score.statuses:
        flags |= _STATUSES[status].both
    if score.eligible is False:
        flags |= Flag.EXCLUDED.both
    elif score.eligible is None:
        flags |= Flag.NOT_CHECKED.both
    return flags
