"""Ranking a table by columns: the same result as :mod:`policydsl.scoring.ranking`, for millions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.language.keywords import Language
from policydsl.model.policy import Policy, Scene
from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.households import (
    Band,
    RankedHouseholds,
    ScoredRows,
    check_scene,
    rank_households,
    reads_total,
)
from policydsl.scoring.columns.placing import OUTCOME_CODES, Ties
from policydsl.scoring.columns.plan import UNBOUNDED, Ends, Flag, Plan, Slot
from policydsl.scoring.columns.scored.columns import End, Out, who
from policydsl.scoring.columns.scored.formats import frame_of
from policydsl.scoring.columns.scored.plans import Plans
from policydsl.scoring.columns.scored.points import OPEN
from policydsl.scoring.columns.scoring import check_policy, plans_for
from policydsl.scoring.columns.tables.encoded import Encoded
from policydsl.scoring.columns.tables.outputs import DEFAULT_OPTIONS, Options
from policydsl.scoring.columns.tables.rejects import Rejects
from policydsl.scoring.columns.tables.sources import Table, arrow
from policydsl.scoring.columns.tables.surveying import in_memory, prepare
from policydsl.scoring.ranges import show_points
from policydsl.scoring.ranking import OUTCOMES, Outcome, scene_of, scene_reasons
from policydsl.scoring.results import Column, Kind, notice, pick

if TYPE_CHECKING:
    import pandas as pd


@dataclass
class ColumnRanking:
    """The places of the households of a table, in the order of the table.

    ``scale`` of the integers in ``ranked.points`` are one point.
    """

    policy: Policy
    scene: Scene
    quota: int | None
    encoded: Encoded
    ranked: RankedHouseholds
    scale: int
    rejects: Rejects
    language: Language = "zh"

    def __len__(self) -> int:
        return len(self.ranked.applicants)

    @property
    def line(self) -> Fraction | None:
        """The lowest points with a certain place."""
        line = self.ranked.placings.line
        return None if line is None else Fraction(line, self.scale)

    @property
    def tied_at_line(self) -> int:
        """How many hold the keys of the line for certain and do not all fit."""
        return self.ranked.placings.tied_at_line

    def counts(self) -> dict[Outcome, int]:
        """How many households have each outcome."""
        numbers = np.bincount(self.ranked.placings.outcomes, minlength=len(OUTCOME_CODES))
        return {name: int(n) for name, n in zip(OUTCOME_CODES, numbers, strict=True) if n}

    def notes(self) -> tuple[str, ...]:
        """What the scene leaves open or assumes."""
        return tuple(pick(self.language, r.zh, r.en) for r in scene_reasons(self.scene))

    def columns(self, ranks: bool = True) -> list[Out]:
        """One row for each household, best first; households of one rank in the table's order.

        Without ``ranks``, for which everybody has to be sorted, all are in the table's order.
        """
        pa, ranked = arrow(), self.ranked
        order: Numbers = np.arange(len(self), dtype=np.int64)
        made: list[Out] = []

        def add(key: str, zh: str, en: str, cells: Any, kind: Kind = "text") -> None:
            made.append(Out(Column(key, pick(self.language, zh, en), kind), cells))

        if ranks:
            best, worst = ranked.ranks()
            order = np.lexsort((worst, best, best == 0))
            there = best[order] > 0
            add("rank", "名次", "rank", _present(best[order], there), "integer")
            if (best != worst).any():
                add("worst_rank", "最后可能的名次", "worst rank", _present(worst[order], there),
                    "integer")  # fmt: skip
        for key, zh, texts in who(self.encoded, ranked.applicants[order]):
            add(key, zh, key, texts)
        words = pa.array([pick(self.language, *OUTCOMES[code]) for code in OUTCOME_CODES])
        add("outcome", "结果", "outcome", words.take(pa.array(ranked.placings.outcomes[order])))
        if self.scene.household == "higher_of":
            both = pa.array(
                [pick(self.language, "本人", "applicant"), pick(self.language, "配偶", "spouse")]
            )
            chosen = (ranked.chosen != ranked.applicants)[order].astype(np.int8)
            add("scored_by", "计分人", "scored by", both.take(pa.array(chosen)))
        low, high = (_open(end[order]) for end in (ranked.points.low, ranked.points.high))
        exact = low == high
        add("score", "得分", "score", End(low, self.scale, exact), "points")
        if not exact.all():
            add("score_low", "得分下限", "score low", End(low, self.scale, None, True), "points")
            add("score_high", "得分上限", "score high", End(high, self.scale, None), "points")
        return made

    def about(self) -> dict[str, Any]:
        """Scene, places and line, and what the result rests on."""
        line = self.line
        return {
            "scene": self.scene.name, "quota": self.quota, "ties": self.scene.ties,
            "line": None if line is None else show_points(line),
            "tied_at_line": self.tied_at_line, "outcomes": self.counts(),
            "notice": list(notice(self.policy, self.language)), "notes": list(self.notes()),
        }  # fmt: skip

    def frame(self, scaled: bool = False) -> pd.DataFrame:
        """The columns as a DataFrame by id; ``attrs`` hold scene, places, line and notes.

        Points are ``Decimal``; with ``scaled`` whole numbers, of which ``attrs["scale"]`` are one
        point.
        """
        columns = self.columns()
        frame = frame_of(columns, scaled)
        (title,) = (out.column.title for out in columns if out.column.key == "id")
        frame = frame.set_index(title)
        frame.attrs |= self.about()
        return frame


def _present(values: Numbers, there: npt.NDArray[np.bool_]) -> Any:
    return arrow().array(values, mask=~there)


def _open(values: Numbers) -> Numbers:
    """Points of a plan with the mark that results use for *without bound*."""
    result = np.where(values >= UNBOUNDED, OPEN, values)
    return np.where(values <= -UNBOUNDED, -OPEN, result)


def rank_table(
    policy: Policy,
    table: Table,
    scene: str | None = None,
    quota: int | None = None,
    ties: Ties | None = None,
    options: Options = DEFAULT_OPTIONS,
    rejects: bool = False,
) -> ColumnRanking:
    """Rank the households of a table in memory.

    Raises :class:`PolicyError` for an unknown scene, for one that columns cannot rank (S520), and
    for problems of the data unless ``rejects`` are allowed.
    """
    check_policy(policy)
    chosen = scene_of(policy, scene)
    check_scene(policy, chosen)
    table = in_memory(table)
    prepared = prepare(policy, table, options.ignore, options.date)
    assert prepared.batch is not None
    encoded = prepared.encoder.encode(prepared.batch, prepared.read)
    plans = plans_for(prepared, replace(options.wanted, items=False, reasons=False))
    rows, applicants, scale = scored_rows(encoded, plans, chosen, options.engine)
    found = Rejects(table.name)
    found.take(encoded)
    if not rejects:
        found.raise_any()
    ranked = rank_households(chosen, encoded.population, rows, applicants, quota, ties)
    if ties is not None:
        chosen = replace(chosen, ties=ties)
    places = chosen.quota if quota is None else quota
    return ColumnRanking(policy, chosen, places, encoded, ranked, scale, found, options.language)


def scored_rows(
    encoded: Encoded, plans: Plans, scene: Scene, engine: str = "auto"
) -> tuple[ScoredRows, Numbers, int]:
    """Every row that the scene needs, scored as if it were the applicant's.

    Returns with it the rows of the applicants and the scale of the points.
    """
    places = _tables_of_rows(encoded, scene)
    plans.need(encoded.tables[i] for i in np.unique(places[places >= 0]).tolist())
    count = encoded.population.rows
    names = [key.column for key in scene.keys if not reads_total(key)]
    held: dict[str, list[Numbers]] = {}
    exact: dict[str, bool] = {}
    flags, part = np.zeros(count, np.int64), np.ones(count, np.bool_)
    plan: Plan | None = None
    for table, place in enumerate(encoded.tables):
        where = np.flatnonzero(places == table)
        if not len(where):
            continue
        if plan is not None and plan.scale != plans.made[place].scale:
            raise _unfit(plans.policy, scene, "对象" if place[0] else "单位")
        plan = plans.made[place]
        quantities = {"": plan.total, **{x: _key(plans.policy, plan, scene, x) for x in names}}
        condition = _condition(plans.policy, plan, scene)
        wanted = {slot for ends in quantities.values() for slot in ends} | {plan.flags}
        order = sorted(wanted if condition is None else wanted | {condition})
        columns = plans.planner.columns_of(plan, encoded.population)
        if len(where) < count:
            columns = [column[where] for column in columns]
        values = plans.planner.run(plan, columns, order, len(where), engine)
        slots = dict(zip(order, values, strict=True))
        flags[where] = slots[plan.flags]
        if condition is not None:
            part[where] = (slots[condition] & Flag.APPLIES) != 0
        for name, ends in quantities.items():
            both = held.setdefault(name, [np.zeros(count, np.int64), np.zeros(count, np.int64)])
            exact[name] = exact.get(name, True) and ends.exact
            for end, slot in zip(both, ends, strict=True):
                end[where] = slots[slot]
    bands: Mapping[str, Band] = {
        name: Band(low, low if exact[name] else high) for name, (low, high) in held.items()
    }
    empty = Band(np.zeros(count, np.int64), np.zeros(count, np.int64))
    scored = ScoredRows(bands.get("", Band(empty.low, empty.low)), flags, bands, part)
    refused = (flags & Flag.ERROR.both) != 0
    applicants = _without_refused(encoded, refused)
    return scored, applicants, 1 if plan is None else plan.scale


def _tables_of_rows(encoded: Encoded, scene: Scene) -> npt.NDArray[np.int32]:
    """Which table scores each row: that of the household's applicant; −1 for rows not needed."""
    places = np.full(encoded.population.rows, -1, np.int32)
    places[encoded.cases] = encoded.places
    home = encoded.population.household
    members = scene.household is not None or any(map(reads_total, scene.keys))
    if home is not None and members:
        of_home = np.full(int(home.max(initial=-1)) + 1, -1, np.int32)
        of_home[home[encoded.cases]] = encoded.places
        inside = home >= 0
        places[inside] = of_home[home[inside]]
    return places


def _without_refused(encoded: Encoded, refused: npt.NDArray[np.bool_]) -> Numbers:
    """The applicants' rows; a household with a row that the evaluator refuses is a flaw."""
    if not refused.any():
        return encoded.cases
    # as long as nobody asks for more, one problem for the whole table is enough
    row = int(np.flatnonzero(refused)[0])
    raise PolicyError([Diagnostic("S521", None, None, {"row": encoded.number(row)})])


def _key(policy: Policy, plan: Plan, scene: Scene, name: str) -> Ends:
    if name not in plan.keys:
        raise _unfit(policy, scene, name)
    return plan.keys[name]


def _condition(policy: Policy, plan: Plan, scene: Scene) -> Slot | None:
    if scene.applies_when is None:
        return None
    if scene.id not in plan.takes_part:
        raise _unfit(policy, scene, "适用")
    return plan.takes_part[scene.id]


def _unfit(policy: Policy, scene: Scene, what: str) -> PolicyError:
    details = {"clause": scene.id, "what": what}
    return PolicyError([Diagnostic("S520", policy.source, None, details)])
