"""Ranking for a scene: households, keys, places, and ties at the line.

Ranks are competition ranks (1, 2, 2, 4) and depend on nothing but the keys: permuting the
cases permutes the result.  Where scores are ranges a rank is a range too, and a place is
certain, impossible or possible.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Literal

from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.model import expressions as e
from policydsl.model.policy import Policy, Scene
from policydsl.scoring.cases import Case
from policydsl.scoring.exact import Evaluator, Reason, Score, _Missing, _Run
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


@dataclass(frozen=True, slots=True)
class _Entry:
    case: Case
    chosen: Case
    points: Range
    score: Score
    spouse_score: Score | None
    keys: tuple[Range, ...]
    shown: tuple[str, ...]
    eligible: bool
    reasons: tuple[Reason, ...]


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
    try:
        chosen_scene = policy.scene(scene)
    except KeyError:
        names = "、".join(s.name for s in policy.scenes) or "—"
        details = {"scene": scene or "—", "scenes": names}
        raise PolicyError([Diagnostic("S501", policy.source, None, details)]) from None
    places = chosen_scene.quota if quota is None else quota
    if ties is not None:
        chosen_scene = replace(chosen_scene, ties=ties)
    evaluator = Evaluator(policy)
    entries = [_entry(evaluator, chosen_scene, case) for case in cases]
    ranked = [x for x in entries if x.eligible]
    bounds = _bounds(ranked)
    placements = [
        _place(entry, bound, ranked, places, chosen_scene)
        for entry, bound in zip(ranked, bounds, strict=True)
    ]
    placements.extend(
        _placement(entry, None, None, "not_eligible", 0) for entry in entries if not entry.eligible
    )
    placements.sort(key=_display_order)
    line, tied = _line(placements, places)
    return RankingResult(
        chosen_scene.name, places, chosen_scene.ties, tuple(placements), line, tied,
        _scene_reasons(chosen_scene),
    )  # fmt: skip


def _scene_reasons(scene: Scene) -> tuple[Reason, ...]:
    reasons = []
    for closing in scene.closings:
        zh = f"假设集 {closing.assumption}：场景 {scene.name}（{closing.what}）{closing.reason}"
        en = f"assumption set {closing.assumption}: scene {scene.name}: {closing.reason}"
        reasons.append(Reason("assumption", scene.id, zh, en, assumption=closing.assumption))
    if scene.keys_open:
        zh = f"{scene.name}：其后的排序依据未载明，同分者仍为同分"
        en = f"{scene.name}: further keys are not stated; ties stay ties"
        reasons.append(Reason("open", scene.id, zh, en))
    return tuple(reasons)


def _entry(evaluator: Evaluator, scene: Scene, case: Case) -> _Entry:
    own = evaluator.score(case)
    spouse_case = case.as_spouse()
    spouse = evaluator.score(spouse_case) if spouse_case is not None else None
    chosen, score, other = case, own, spouse
    points = own.total
    if scene.household == "higher_of" and spouse_case is not None and spouse is not None:
        points = highest([own.total, spouse.total])
        if _clearly_higher(spouse.total, own.total):
            chosen, score, other = spouse_case, spouse, own
    elif scene.household == "total_of":
        points = total([own.total, *_other_totals(evaluator, scene, case, spouse)])
    run = _Run(evaluator, chosen, False)
    eligible = _may_take_part(run, scene, score)
    keys: list[Range] = []
    shown: list[str] = []
    reasons = list(score.reasons)
    for key in scene.keys:
        value, text = _key(run, key.expression, points, score, other)
        if value is None:
            zh, en = (
                f"排序依据“{key.text}”未提供，排在最后",
                f"key “{key.text}” not handed in: last",
            )
            reasons.append(Reason("missing", scene.id, zh, en))
            value = Range(None, None) if text == "?" else _LAST
        elif not key.highest_first:
            value = -value
        keys.append(value)
        shown.append(text)
    if not keys:
        keys, shown = [points], [str(points)]
    return _Entry(
        case, chosen, points, score, other, tuple(keys), tuple(shown), eligible, tuple(reasons)
    )


_LAST = Range.exactly(Fraction(-(10**15)))


def _clearly_higher(left: Range, right: Range) -> bool:
    """Whether the spouse counts: the higher low end, then the higher high end."""

    def order(r: Range) -> tuple[Fraction, bool, Fraction]:
        high = r.high if r.high is not None else Fraction(0)
        return (r.low if r.low is not None else Fraction(0), r.high is None, high)

    return order(left) > order(right)


def _other_totals(
    evaluator: Evaluator, scene: Scene, case: Case, spouse: Score | None
) -> list[Range]:
    if scene.household_scope == "couple":
        return [] if spouse is None else [spouse.total]
    totals = []
    for member in case.members:
        others = tuple(m for m in case.members if m is not member)
        single = replace(
            case,
            id=f"{case.id}（{member.role}）",
            facts=member.facts,
            members=others,
            judgements={},
        )
        totals.append(evaluator.score(single).total)
    return totals


def _may_take_part(run: _Run, scene: Scene, score: Score) -> bool:
    if score.eligible is False or score.statuses:
        return False
    if scene.applies_when is None:
        return True
    run.scores = lambda ref: score.total if ref.clause is None else score.parts.get(ref.clause)
    return run.value(scene.applies_when, run.this) is not False


def _key(
    run: _Run, expr: e.Expr, points: Range, score: Score, other: Score | None
) -> tuple[Range | None, str]:
    """A key's value as an ordered range and as text; ``None`` when it is missing."""
    if isinstance(expr, e.ScoreRef):
        if expr.role == "spouse":
            value = Range.exactly(0) if other is None else other.total
        elif expr.clause is None:
            value = points
        else:
            part = score.parts.get(expr.clause)
            if part is None:
                return None, "—"
            value = part
        return value, str(value)
    value_ = run.value(expr, run.this)
    if isinstance(value_, _Missing):
        return None, "未提供"
    if isinstance(value_, bool):
        return Range.exactly(int(value_)), "是" if value_ else "否"
    if isinstance(value_, date):
        return Range.exactly(value_.toordinal()), value_.isoformat()
    if isinstance(value_, Fraction):
        return Range.exactly(value_), str(Range.exactly(value_))
    if isinstance(value_, str) and isinstance(expr, e.FactRef):
        values = run.policy.facts[expr.fact].values
        return Range.exactly(values.index(value_)), value_
    return None, "?"


def _bounds(entries: Sequence[_Entry]) -> list[tuple[int, int]]:
    """Best and worst competition rank of each entry."""
    if all(key.is_exact for entry in entries for key in entry.keys):
        ordered = sorted((tuple(k.value for k in x.keys) for x in entries), reverse=True)
        first: dict[tuple[Fraction, ...], int] = {}
        for position, keys in enumerate(ordered, start=1):
            first.setdefault(keys, position)
        return [(first[tuple(k.value for k in x.keys)],) * 2 for x in entries]
    # With open scores only the first key decides: who is surely above, who may be.
    low_end, high_end = Fraction(-(10**18)), Fraction(10**18)
    lows = sorted(low_end if x.keys[0].low is None else x.keys[0].low for x in entries)
    highs = sorted(high_end if x.keys[0].high is None else x.keys[0].high for x in entries)
    result = []
    for entry in entries:
        low = low_end if entry.keys[0].low is None else entry.keys[0].low
        high = high_end if entry.keys[0].high is None else entry.keys[0].high
        surely_above = len(lows) - bisect.bisect_right(lows, high)
        # all others whose high end reaches this low end may stand above (itself excluded)
        maybe_above = len(highs) - bisect.bisect_left(highs, low) - 1
        result.append((1 + surely_above, 1 + max(surely_above, maybe_above)))
    return result


def _place(
    entry: _Entry, bound: tuple[int, int], ranked: Sequence[_Entry], quota: int | None, scene: Scene
) -> Placement:
    best, worst = bound
    exact = all(key.is_exact for x in ranked for key in x.keys)
    tied = sum(1 for x in ranked if x.keys == entry.keys) if exact else 1
    if quota is None:
        return _placement(entry, best, worst, "ranked", tied)
    if not exact:
        outcome: Outcome = "possible"
        if worst <= quota:
            outcome = "admitted"
        elif best > quota:
            outcome = "not_admitted"
        return _placement(entry, best, worst, outcome, tied)
    if best > quota:
        return _placement(entry, best, worst, "not_admitted", tied)
    if best + tied - 1 <= quota:
        return _placement(entry, best, worst, "admitted", tied)
    at_line: dict[str, Outcome] = {
        "admit_all": "admitted", "admit_none": "not_admitted", "lottery": "tied_lottery",
        "open": "tied_open",
    }  # fmt: skip
    return _placement(entry, best, worst, at_line[scene.ties], tied)


def _placement(
    entry: _Entry, best: int | None, worst: int | None, outcome: Outcome, tied: int
) -> Placement:
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
        p for p in placements
        if p.best is not None and p.best == p.worst
        and p.best <= quota < p.best + p.tied_with - 1
    ]  # fmt: skip
    return (min(admitted) if admitted else None), len(straddling)


__all__ = ["OUTCOMES", "Outcome", "Placement", "RankingResult", "rank"]
