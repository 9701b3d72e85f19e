"""Ranking for a scene: households, keys, places, and ties at the line.

Ranks are competition ranks (1, 2, 2, 4) and depend on nothing but the keys: permuting the
cases permutes the result.  Where scores are ranges a rank is a range too, and a place is
certain, impossible or possible.
"""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Literal

from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.model import expressions as e
from policydsl.model.policy import Policy, RankingKey, Scene
from policydsl.scoring.cases import Case
from policydsl.scoring.exact import Evaluator, Reason, Score, show_value
from policydsl.scoring.expressions import (
    Decided,
    Missing,
    Value,
    Values,
    is_of_scores,
    outcomes_of,
)
from policydsl.scoring.ranges import Range, highest, total

Outcome = Literal[
    "admitted", "not_admitted", "tied_lottery", "tied_open", "possible", "not_eligible", "ranked"
]
OUTCOMES: dict[Outcome, tuple[str, str]] = {
    "admitted": ("录取", "admitted"),
    "not_admitted": ("未录取", "not admitted"),
    "tied_lottery": ("线上同分，抽签", "tied at the line, by lot"),
    "tied_open": ("线上同分，办法未载明", "tied at the line, rule not stated"),
    "possible": ("可能录取，得分未定", "possible, score open"),
    "not_eligible": ("不参加排序", "not ranked"),
    "ranked": ("已排序", "ranked"),
}


@dataclass(frozen=True, slots=True)
class Placement:
    """One household (or single case) in the ranking.

    ``chosen`` is the case whose points count (the better of a couple under 就高), ``points`` the
    household's points.  ``best`` and ``worst`` bound the rank (equal when nothing is open);
    both are ``None`` for those who are not ranked.  ``keys`` are the key values as texts.
    ``tied_with`` counts those who hold the same keys for certain, this one included.
    """

    case: str
    chosen: str
    points: Range
    score: Score
    spouse_score: Score | None
    keys: tuple[str, ...]
    best: int | None
    worst: int | None
    outcome: Outcome
    tied_with: int
    reasons: tuple[Reason, ...]

    @property
    def rank(self) -> int | None:
        """The rank where it is certain, else ``None``."""
        return self.best if self.best == self.worst else None


@dataclass(frozen=True, slots=True)
class RankingResult:
    """All placements of a scene, best first.

    ``line``: the points of the last household with a certain place; ``tied_at_line``: how many
    households hold the keys of the line when they do not all fit.  ``None``: no line.
    """

    scene: str
    quota: int | None
    ties: str
    placements: tuple[Placement, ...]
    line: Fraction | None
    tied_at_line: int
    reasons: tuple[Reason, ...]


End = tuple[int, Fraction]
"""A value that sorts with what is open (±1), missing (−2: after all others) or known (0)."""


@dataclass(frozen=True, slots=True)
class _Key:
    """A ranking key: from ``low`` to ``high``, more is better."""

    low: End
    high: End

    @classmethod
    def of(cls, value: Range) -> _Key:
        low = (-1, Fraction(0)) if value.low is None else (0, value.low)
        high = (1, Fraction(0)) if value.high is None else (0, value.high)
        return cls(low, high)

    def hull(self, other: _Key) -> _Key:
        return _Key(min(self.low, other.low), max(self.high, other.high))


LAST: End = (-2, Fraction(0))
"""The end of a key that is missing."""
_LAST = _Key(LAST, LAST)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A member whose points may count for the household, with the keys that come with it."""

    case: Case
    score: Score
    other: Score | None
    keys: tuple[_Key, ...]
    shown: tuple[str, ...]
    eligible: bool
    reasons: tuple[Reason, ...]

    @property
    def low(self) -> tuple[End, ...]:
        return (_Key.of(self.score.total).low, *(key.low for key in self.keys))

    @property
    def high(self) -> tuple[End, ...]:
        return (_Key.of(self.score.total).high, *(key.high for key in self.keys))


@dataclass(frozen=True, slots=True)
class _Entry:
    case: Case
    chosen: Case
    points: Range
    score: Score
    spouse_score: Score | None
    keys: tuple[_Key, ...]
    shown: tuple[str, ...]
    eligible: bool
    reasons: tuple[Reason, ...]

    @property
    def low(self) -> tuple[End, ...]:
        return tuple(key.low for key in self.keys)

    @property
    def high(self) -> tuple[End, ...]:
        return tuple(key.high for key in self.keys)


@dataclass(frozen=True, slots=True)
class _Standing:
    """Best and worst rank, the place when every tie goes against it, and how many tie for sure."""

    best: int
    worst: int
    last: int
    tied: int


def rank(
    policy: Policy,
    cases: Sequence[Case],
    scene: str | None = None,
    quota: int | None = None,
    ties: Literal["admit_all", "admit_none", "lottery", "open"] | None = None,
) -> RankingResult:
    """Rank cases for a scene.

    ``quota`` and ``ties`` override what the scene says (an open one has to be given for
    places to be assigned).  Cases that stand for whole households carry the other members.
    Raises :class:`PolicyError` for an unknown scene.
    """
    chosen_scene = scene_of(policy, scene)
    places = chosen_scene.quota if quota is None else quota
    if ties is not None:
        chosen_scene = replace(chosen_scene, ties=ties)
    evaluator = Evaluator(policy)
    entries = [_entry(evaluator, chosen_scene, case) for case in cases]
    ranked = [x for x in entries if x.eligible]
    placements = [
        _placement(entry, standing, _outcome(standing, places, chosen_scene))
        for entry, standing in zip(ranked, _standings(ranked), strict=True)
    ]
    placements.extend(
        _placement(entry, None, "not_eligible") for entry in entries if not entry.eligible
    )
    placements.sort(key=_display_order)
    line, tied = _line(placements, places)
    return RankingResult(
        chosen_scene.name, places, chosen_scene.ties, tuple(placements), line, tied,
        scene_reasons(chosen_scene),
    )  # fmt: skip


def scene_of(policy: Policy, name: str | None) -> Scene:
    """The scene of that name, or the only one; :class:`PolicyError` (S501) if there is none."""
    try:
        return policy.scene(name)
    except KeyError:
        names = "、".join(s.name for s in policy.scenes) or "—"
        details = {"scene": name or "—", "scenes": names}
        raise PolicyError([Diagnostic("S501", policy.source, None, details)]) from None


def scene_reasons(scene: Scene) -> tuple[Reason, ...]:
    """What a ranking for the scene rests on: assumptions, and what is left open."""
    reasons = []
    for closing in scene.closings:
        zh = f"假设集 {closing.assumption}：场景 {scene.name}（{closing.what}）{closing.reason}"
        what = f"scene {scene.name} ({closing.what_en})"
        en = f"assumption set {closing.assumption}: {what}: {closing.reason}"
        reasons.append(Reason("assumption", scene.id, zh, en, assumption=closing.assumption))
    if not scene.keys:
        zh = f"{scene.name}：排序依据未载明，假定总分高者先"
        en = f"{scene.name}: no ranking keys are stated; the higher total is assumed to come first"
        reasons.append(Reason("assumption", scene.id, zh, en))
    elif scene.keys_open:
        zh = f"{scene.name}：其后的排序依据未载明，同分者仍为同分"
        en = f"{scene.name}: further keys are not stated; ties stay ties"
        reasons.append(Reason("open", scene.id, zh, en))
    return tuple(reasons)


def _entry(evaluator: Evaluator, scene: Scene, case: Case) -> _Entry:
    """The household of a case: whose points count, how many, and the keys."""
    own = evaluator.score(case)
    spouse_case = case.as_spouse()
    spouse = None if spouse_case is None else evaluator.score(spouse_case)
    points = own.total
    if scene.household == "total_of":
        points = total([own.total, *_other_totals(evaluator, scene, case, spouse)])
    elif scene.household == "higher_of" and spouse_case is not None and spouse is not None:
        return _higher_of(evaluator, scene, (case, own), (spouse_case, spouse))
    only = _candidate(evaluator, scene, case, own, spouse, points)
    return _Entry(
        case, case, points, own, spouse, only.keys, only.shown, only.eligible, only.reasons
    )


def _higher_of(
    evaluator: Evaluator, scene: Scene, own: tuple[Case, Score], spouse: tuple[Case, Score]
) -> _Entry:
    """就高: the better total of the couple; the further keys decide between equal ones."""
    scores = [own[1], spouse[1]]
    able = [s.total for (c, s) in (own, spouse) if _may_take_part(evaluator, scene, c, s)[0]]
    points = highest(able or [s.total for s in scores])
    both = [
        _candidate(evaluator, scene, *own, spouse[1], points),
        _candidate(evaluator, scene, *spouse, own[1], points),
    ]
    chosen = max(
        both, key=lambda x: (x.eligible, x.low, x.high)
    )  # the applicant where all is equal
    other = both[0] if chosen is both[1] else both[1]
    keys = chosen.keys
    if other.eligible and other.high > chosen.low:
        # who counts depends on scores that are open, and so do the keys that come with him or her
        keys = tuple(a.hull(b) for a, b in zip(chosen.keys, other.keys, strict=True))
    return _Entry(
        own[0], chosen.case, points, chosen.score, chosen.other, keys, chosen.shown,
        chosen.eligible, chosen.reasons,
    )  # fmt: skip


def _candidate(
    evaluator: Evaluator, scene: Scene, case: Case, score: Score, other: Score | None, points: Range
) -> _Candidate:
    eligible, reasons = _may_take_part(evaluator, scene, case, score)
    values = _values_after(evaluator, case, score, other, points)
    keys: list[_Key] = []
    shown: list[str] = []
    for key in scene.keys:
        value, text = _key(values, key.expression, score, 1 if key.highest_first else -1)
        if value == _LAST:
            zh, en = (
                f"排序依据“{key.text}”未提供，排在最后",
                f"key “{key.text}” not handed in: last",
            )
            reasons.append(Reason("missing", scene.id, zh, en))
        keys.append(value)
        shown.append(text)
    if not keys:
        keys, shown = [_Key.of(points)], [str(points)]
    return _Candidate(
        case, score, other, tuple(keys), tuple(shown), eligible, (*score.reasons, *reasons)
    )


def _other_totals(
    evaluator: Evaluator, scene: Scene, case: Case, spouse: Score | None
) -> list[Range]:
    if scene.household_scope == "couple":
        return [] if spouse is None else [spouse.total]
    return [evaluator.score(case.seen_from(member)).total for member in case.members]


def _values_after(
    evaluator: Evaluator, case: Case, score: Score, other: Score | None, points: Range
) -> Values:
    """Values of expressions once the scores are known; 总分 is the household's ``points``."""
    values = Values(evaluator.policy, case)

    def scores(ref: e.ScoreRef) -> Range | None:
        if ref.role == "spouse":
            return Range.exactly(0) if other is None else other.total
        return points if ref.clause is None else score.parts.get(ref.clause)

    values.scores = scores
    return values


def _may_take_part(
    evaluator: Evaluator, scene: Scene, case: Case, score: Score
) -> tuple[bool, list[Reason]]:
    """Whether a case is ranked for the scene; it is where the conditions cannot be checked."""
    if score.eligible is False or score.statuses:
        return False, []
    if scene.applies_when is None:
        return True, []
    value = _condition(evaluator, scene, case, score)
    missing = sorted(
        {name for x in outcomes_of(value) if isinstance(x, Missing) for name in x.facts}
    )
    if missing:
        names = "、".join(missing)
        zh = f"{scene.name}：适用条件未能核对：未提供{names}"
        en = f"{scene.name}: eligibility not checked: {names} not handed in"
        return True, [Reason("missing", scene.id, zh, en)]
    return value is not False, []


def _condition(evaluator: Evaluator, scene: Scene, case: Case, score: Score) -> Value:
    """What the condition of a scene is for a case."""
    assert scene.applies_when is not None
    return _values_after(evaluator, case, score, None, score.total).value(scene.applies_when)


def within(evaluator: Evaluator, scene: Scene, case: Case, score: Score) -> bool:
    """Whether the condition of a scene is not known to rule a case out."""
    return scene.applies_when is None or _condition(evaluator, scene, case, score) is not False


def key_ends(evaluator: Evaluator, case: Case, score: Score, key: RankingKey) -> tuple[End, End]:
    """The ends of a ranking key for a case alone; more is better."""
    values = _values_after(evaluator, case, score, None, score.total)
    found, _ = _key(values, key.expression, score, 1 if key.highest_first else -1)
    return found.low, found.high


def _key(values: Values, expr: e.Expr, score: Score, sign: int) -> tuple[_Key, str]:
    """A key's value, more being better, and how it is shown; ``_LAST`` when it is missing.

    ``sign`` is −1 where less is better.
    """
    if is_of_scores(expr):
        if isinstance(expr, e.ScoreRef) and expr.clause and expr.clause not in score.parts:
            return _LAST, "—"
        found = values.range_of(expr)
        if isinstance(found, Missing):
            return _LAST, "未提供"
        return _Key.of(found if sign > 0 else -found), str(found)
    result: _Key | None = None
    shown: list[str] = []
    for value in outcomes_of(values.value(expr)):
        order: tuple[str, ...] = ()
        if isinstance(expr, e.FactRef):
            order = values.policy.facts[expr.fact].values
        number = _number(value, order)
        key = _LAST if number is None else _Key.of(Range.exactly(sign * number))
        result = key if result is None else result.hull(key)
        shown.append(show_value(value))
    assert result is not None
    return result, " 或 ".join(shown)


def _number(value: Decided, order: tuple[str, ...]) -> Fraction | None:
    """A key as a number that sorts like it; ``None`` when it is missing."""
    if isinstance(value, Missing):
        return None
    if isinstance(value, date):
        return Fraction(value.toordinal())
    if isinstance(value, str):
        return Fraction(order.index(value))
    return Fraction(value)


def _standings(entries: Sequence[_Entry]) -> list[_Standing]:
    """Where each entry stands, key by key; ranges make it possible to stand in several places."""
    lows, highs = sorted(x.low for x in entries), sorted(x.high for x in entries)
    exact = Counter(x.low for x in entries if x.low == x.high)
    number = len(entries)
    result = []
    for entry in entries:
        surely_above = number - bisect.bisect_right(lows, entry.high)
        perhaps_above = number - bisect.bisect_right(highs, entry.low)
        perhaps_above -= entry.high > entry.low  # not itself
        last = number - bisect.bisect_left(highs, entry.low)
        tied = exact[entry.low] if entry.low == entry.high else 1
        result.append(_Standing(1 + surely_above, 1 + perhaps_above, last, tied))
    return result


def _outcome(standing: _Standing, quota: int | None, scene: Scene) -> Outcome:
    if quota is None:
        return "ranked"
    if standing.best > quota:
        return "not_admitted"
    if standing.last <= quota:
        return "admitted"
    certain = standing.best == standing.worst
    if certain and standing.last == standing.best + standing.tied - 1:
        # those who tie for sure do not all fit
        at_line: dict[str, Outcome] = {
            "admit_all": "admitted",
            "admit_none": "not_admitted",
            "lottery": "tied_lottery",
            "open": "tied_open",
        }
        return at_line[scene.ties]
    if scene.ties == "admit_all" and standing.worst <= quota:
        return "admitted"
    return "possible"


def _placement(entry: _Entry, standing: _Standing | None, outcome: Outcome) -> Placement:
    best = worst = None
    tied = 0
    if standing is not None:
        best, worst, tied = standing.best, standing.worst, standing.tied
    return Placement(
        entry.case.id, entry.chosen.id, entry.points, entry.score, entry.spouse_score, entry.shown,
        best, worst, outcome, tied, entry.reasons,
    )  # fmt: skip


def _display_order(placement: Placement) -> tuple[bool, int, int, str]:
    return (
        placement.best is None, placement.best or 0, placement.worst or 0, placement.case,
    )  # fmt: skip


def _line(placements: Sequence[Placement], quota: int | None) -> tuple[Fraction | None, int]:
    """The lowest points with a certain place, and the size of a tie that straddles the line."""
    if quota is None:
        return None, 0
    admitted = [
        p.points.low for p in placements if p.outcome == "admitted" and p.points.low is not None
    ]
    straddling = [
        p
        for p in placements
        if p.best is not None and p.best == p.worst and p.best <= quota < p.best + p.tied_with - 1
    ]
    return (min(admitted) if admitted else None), len(straddling)


__all__ = ["OUTCOMES", "Outcome", "Placement", "RankingResult", "rank"]
