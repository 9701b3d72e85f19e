"""An encoded batch scored by the plans: integers, flags and codes of reasons, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from policydsl.language.diagnostics import PolicyError
from policydsl.model.policy import Policy
from policydsl.scoring.cells import Wrong
from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.plan import Ends, Flag, Plan, Slot
from policydsl.scoring.columns.scored.plans import Plans, Wanted
from policydsl.scoring.columns.scored.points import Gathering, Points
from policydsl.scoring.columns.tables.encoded import Encoded, Flaw
from policydsl.scoring.columns.tables.reading import Bad
from policydsl.scoring.exact import Evaluator

EXPLAINED = 200
"""So many rows that the evaluator refuses are shown to it, to hear why."""


@dataclass
class Scores:
    """Scores of the cases of a batch, in their order.  ``rows`` of the population.

    ``parts`` by clause, ``blends`` by id.  ``reasons`` by the plan that gave them: for each slot
    its codes.  ``refused`` are rows that the evaluator refuses.
    """

    policy: Policy
    encoded: Encoded
    rows: Numbers
    places: npt.NDArray[np.int32]
    plans: list[Plan]
    total: Points
    points: Points
    flags: Numbers
    parts: dict[str, Points]
    blends: dict[str, Points]
    reasons: list[dict[Slot, Numbers]] = field(default_factory=list)
    """By table, for its own rows in order."""
    wanted: Wanted = field(default_factory=Wanted)
    texts: dict[Any, tuple[str, str]] = field(default_factory=dict)
    """Texts of reasons that were worded already, shared by the batches of a run."""

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def weights(self) -> Numbers | None:
        """For how many persons each case stands."""
        weights = self.encoded.population.weights
        return None if weights is None else weights[self.rows]


def score_batch(encoded: Encoded, plans: Plans, engine: str = "auto") -> Scores:
    """Score the cases of a batch; rows that the evaluator refuses become flaws of the batch."""
    plans.need(encoded.tables[i] for i in sorted(set(encoded.places.tolist())))
    ids = plans.part_ids()
    count = len(encoded.cases)
    gather: dict[str, Gathering] = {}
    flags = np.zeros(count, np.int64)
    kept_reasons: list[dict[Slot, Numbers]] = []
    used: list[Plan] = []
    numbers = np.zeros(count, np.int32)
    for table, key in enumerate(encoded.tables):
        where = np.flatnonzero(encoded.places == table)
        if not len(where):
            continue
        plan = plans.made[key]
        numbers[where] = len(used)
        quantities = _quantities(plan, ids)
        slots = {slot for ends in quantities.values() for slot in ends} | {plan.flags}
        slots |= set(plan.reasons) if plans.wanted.reasons else set()
        order = sorted(slots)
        rows = encoded.cases[where]
        columns = plans.planner.columns_of(plan, encoded.population)
        if len(rows) != encoded.population.rows or (rows != np.arange(len(rows))).any():
            columns = [column[rows] for column in columns]
        held = dict(
            zip(order, plans.planner.run(plan, columns, order, len(rows), engine), strict=True)
        )
        factor = plans.scale // plan.scale
        for name, ends in quantities.items():
            gathering = gather.setdefault(name, Gathering(count, plans.scale))
            gathering.put(where, factor, held[ends.low], held[ends.high])
        flags[where] = held[plan.flags]
        kept_reasons.append({slot: held[slot] for slot in plan.reasons if slot in held})
        used.append(plan)
    found = {name: gathering.points() for name, gathering in gather.items()}
    empty = np.zeros(count, np.int64)
    nothing = Points(empty, empty, plans.scale)
    scores = Scores(
        plans.policy, encoded, encoded.cases, numbers, used,
        found.pop("total", nothing), found.pop("points", nothing), flags,
        {name[5:]: x for name, x in found.items() if name.startswith("part:")},
        {name[6:]: x for name, x in found.items() if name.startswith("blend:")},
        kept_reasons, plans.wanted, plans.texts,
    )  # fmt: skip
    return _without_refused(scores)


def _quantities(plan: Plan, ids: Sequence[str]) -> dict[str, Ends]:
    named = {"total": plan.total, "points": plan.points}
    named |= {f"part:{id_}": plan.parts[id_] for id_ in ids if id_ in plan.parts}
    return named | {f"blend:{id_}": ends for id_, ends in plan.blends.items()}


def _without_refused(scores: Scores) -> Scores:
    """Rows that the evaluator refuses (a division by zero, say) are flaws, not scores."""
    refused = np.flatnonzero(scores.flags & Flag.ERROR.both)
    if not len(refused):
        return scores
    encoded = scores.encoded
    evaluator = Evaluator(scores.policy)
    wrongs: list[Wrong] = []
    for place in refused[:EXPLAINED].tolist():
        try:
            evaluator.score(encoded.case(int(scores.rows[place])))
        except PolicyError as error:
            problem = error.diagnostics[0]
            details = {k: v for k, v in problem.details.items() if k != "row"}
            wrongs.append(Wrong(problem.code, **details))
        else:
            number = encoded.number(int(scores.rows[place]))
            raise AssertionError(f"the plan refuses row {number}, the evaluator does not")
    if len(refused) > len(wrongs):
        wrongs.append(Wrong("S513"))
    which = np.minimum(np.arange(len(refused)), len(wrongs) - 1)
    rows = encoded.rows[scores.rows[refused]]
    order = np.argsort(rows)
    bad = Bad(rows[order], which[order], wrongs)
    encoded.flaws.append(Flaw(len(encoded.batch.columns) + 1, "", bad))
    keep = np.ones(len(scores), np.bool_)
    keep[refused] = False
    return chosen_scores(scores, np.flatnonzero(keep))


def chosen_scores(scores: Scores, keep: Numbers) -> Scores:
    """Some of the cases."""
    reasons = []
    for table, codes in enumerate(scores.reasons):
        own = np.flatnonzero(scores.places == table)
        stay = np.isin(own, keep)
        reasons.append({slot: values[stay] for slot, values in codes.items()})
    return Scores(
        scores.policy, scores.encoded, scores.rows[keep], scores.places[keep], scores.plans,
        scores.total.taken(keep), scores.points.taken(keep), scores.flags[keep],
        {id_: points.taken(keep) for id_, points in scores.parts.items()},
        {id_: points.taken(keep) for id_, points in scores.blends.items()},
        reasons, scores.wanted, scores.texts,
    )  # fmt: skip
