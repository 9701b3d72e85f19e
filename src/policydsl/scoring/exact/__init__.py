"""The exact evaluator: the definition of what a policy means.

Scores one case with exact fractions and returns a range, the reasons for everything that is
not plain arithmetic, and on request a trace down to each fact.  The phases and their order
stand in docs/semantics.md.  One class follows them, built up in layers:

* :mod:`~policydsl.scoring.exact.rules`: conditions, actions, facts;
* :mod:`~policydsl.scoring.exact.clauses`: starts, parts, limits;
* :mod:`~policydsl.scoring.exact.whole`: the total, veto and status, blends, targets.

:class:`Evaluator` is its front door for cases, :class:`Probe` for planners.
"""

from __future__ import annotations

from policydsl.scoring.exact.effects import Effect, Place, direction, takes
from policydsl.scoring.exact.evaluator import Evaluator, score_case
from policydsl.scoring.exact.limits import least_cap
from policydsl.scoring.exact.probe import Frame, Probe
from policydsl.scoring.exact.reasons import show_value
from policydsl.scoring.exact.score import (
    Certainty,
    Reason,
    ReasonKind,
    Score,
    TargetResult,
    Trace,
)

__all__ = [
    "Certainty", "Effect", "Evaluator", "Frame", "Place", "Probe", "Reason", "ReasonKind", "Score",
    "TargetResult", "Trace", "direction", "least_cap", "score_case", "show_value", "takes",
]  # fmt: skip
