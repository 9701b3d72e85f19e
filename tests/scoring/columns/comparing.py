"""A plan and the exact evaluator, held to one another row by row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from tests.scoring.columns.populations import population_of

from policydsl.language.diagnostics import PolicyError
from policydsl.model import Policy
from policydsl.scoring import ranking
from policydsl.scoring.cases import Case
from policydsl.scoring.columns.engines import running as engines
from policydsl.scoring.columns.engines.numpy_blocks import run
from policydsl.scoring.columns.plan import LAST, Ends, Flag, Plan
from policydsl.scoring.columns.planning.derived import columns_of
from policydsl.scoring.columns.planning.planner import make_plan
from policydsl.scoring.columns.population import Population
from policydsl.scoring.exact import Evaluator, Score

STATUSES = {
    "suspended": Flag.SUSPENDED, "void": Flag.VOID, "zeroed": Flag.ZEROED, "frozen": Flag.FROZEN,
}  # fmt: skip


class Run(NamedTuple):
    """A plan and what NumPy makes of it for a population."""

    plan: Plan
    slots: Mapping[int, npt.NDArray[np.int64]]

    def ends(self, ends: Ends, row: int) -> tuple[int, int]:
        return int(self.slots[ends.low][row]), int(self.slots[ends.high][row])

    def range(self, ends: Ends, row: int) -> tuple[Fraction | None, Fraction | None]:
        low, high = self.ends(ends, row)
        return self.plan.value(low), self.plan.value(high)


def ran(plan: Plan, population: Population) -> Run:
    """Everything that can be asked of a plan, the same from all engines in this process."""
    wanted = sorted(plan.visible())
    columns = columns_of(plan, population)
    found = run(plan, columns, wanted, population.rows)
    for engine in engines.available():
        others = engines.run(plan, columns, wanted, population.rows, engine)
        for slot, one, other in zip(wanted, found, others, strict=True):
            assert np.array_equal(one, other), (engine, slot)
    return Run(plan, dict(zip(wanted, found, strict=True)))


def compare(policy: Policy, cases: Sequence[Case], reasons: bool = False) -> Plan:
    """Hold the plan of the cases (all of one table) to their exact scores."""
    population = population_of(policy, cases)
    unit, entity = cases[0].unit, cases[0].entity
    plan = make_plan(policy, population.schema, unit=unit, entity=entity, reasons=reasons)
    result = ran(plan, population)
    evaluator = Evaluator(policy)
    scores: dict[int, Score] = {}
    for row, case in enumerate(cases):
        flags = int(result.slots[plan.flags][row])
        try:
            score = evaluator.score(case)
        except PolicyError:
            assert flags & Flag.ERROR, f"{case} is refused by the exact evaluator"
            continue
        assert not flags & Flag.ERROR, case
        same_points(result, row, score)
        same_flags(flags, score)
        if reasons:
            same_reasons(result, row, score)
        scores[row] = score
    same_keys(policy, result, {row: (cases[row], score) for row, score in scores.items()})
    return plan


def same_points(result: Run, row: int, score: Score) -> None:
    plan = result.plan
    assert set(score.parts) <= set(plan.parts)
    for id_, ends in plan.parts.items():
        if id_ in score.parts:
            part = score.parts[id_]
            assert result.range(ends, row) == (part.low, part.high), id_
        else:
            assert result.ends(ends, row) == (LAST, LAST), id_
    assert result.range(plan.points, row) == (score.points.low, score.points.high)
    assert result.range(plan.total, row) == (score.total.low, score.total.high)
    for id_, blend in score.blends.items():
        if blend is None:
            assert result.ends(plan.blends[id_], row) == (LAST, LAST)
        else:
            assert result.range(plan.blends[id_], row) == (blend.low, blend.high), id_


def same_flags(flags: int, score: Score) -> None:
    veto = {0: "no", Flag.VETO: "maybe", Flag.VETO.both: "yes"}
    assert veto[flags & Flag.VETO.both] == score.vetoed
    assert {s for s, flag in STATUSES.items() if flags & flag.certain} == set(score.statuses)
    assert (score.eligible is False) == bool(flags & Flag.EXCLUDED.certain)
    unknown = flags & Flag.NOT_CHECKED or (flags & Flag.EXCLUDED and score.eligible is not False)
    assert (score.eligible is None) == bool(unknown)


def same_reasons(result: Run, row: int, score: Score) -> None:
    found = {
        reason
        for slot, reasons in result.plan.reasons.items()
        for reason in reasons[int(result.slots[slot][row])]
    }
    assert found == set(score.reasons)


def same_keys(policy: Policy, result: Run, scores: Mapping[int, tuple[Case, Score]]) -> None:
    """Keys sort rows as the exact ranking does."""
    evaluator = Evaluator(policy)
    for scene in policy.scenes:
        for key in scene.keys:
            if key.column not in result.plan.keys:
                continue
            exact: dict[int, ranking._Key] = {}
            for row, (case, score) in scores.items():
                values = ranking._values_after(evaluator, case, score, None, score.total)
                sign = 1 if key.highest_first else -1
                exact[row] = ranking._key(values, key.expression, score, sign)[0]
            ends = {row: result.ends(result.plan.keys[key.column], row) for row in exact}
            in_order([k.low for k in exact.values()], [x for x, _ in ends.values()])
            in_order([k.high for k in exact.values()], [x for _, x in ends.values()])


def in_order(exact: Sequence[tuple[int, Fraction]], coded: Iterable[int]) -> None:
    """Both rise together, and are equal together."""
    pairs = sorted(zip(exact, coded, strict=True))
    for (a, x), (b, y) in pairwise(pairs):
        assert (a < b, a == b) == (x < y, x == y), (a, b, x, y)
