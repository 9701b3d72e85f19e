"""The front door of the exact evaluator."""

from __future__ import annotations

from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.model.policy import Clause, Policy
from policydsl.scoring.cases import Case
from policydsl.scoring.exact.score import Score
from policydsl.scoring.exact.whole import WholeRun, check_unit, root_of
from policydsl.scoring.expressions import Values


class Evaluator:
    """Scores cases under one policy; holds no state between cases."""

    def __init__(self, policy: Policy):
        if policy.kind not in ("scheme", "assessment", "work_plan"):
            kinds = {
                "vocabulary": ("词汇", "a vocabulary"),
                "assumption": ("假设集", "an assumption set"),
                "amendment": ("修订", "an amendment"),
                "history": ("沿革", "a history"),
            }
            details = {"id": policy.id, "kind": kinds[policy.kind]}
            raise PolicyError([Diagnostic("S502", policy.source, None, details)])
        self.policy = policy

    def score(self, case: Case, trace: bool = False) -> Score:
        """Score a case.

        Raises :class:`PolicyError` for a case that the policy cannot place (unknown unit or
        entity), a required fact that is missing, a judgement out of bounds, or a division by zero.
        """
        return WholeRun(self.policy, case, trace, Values(self.policy, case)).score()

    def root_of(self, case: Case) -> Clause:
        """The schedule that applies to the case; :class:`PolicyError` if that is not told."""
        return root_of(self.policy, case)

    def check_unit(self, root: Clause, case: Case) -> None:
        """Raise :class:`PolicyError` for a case without one of the units of a schedule."""
        check_unit(root, case)


def score_case(policy: Policy, case: Case, trace: bool = False) -> Score:
    """Score one case; see :meth:`Evaluator.score`."""
    return Evaluator(policy).score(case, trace)
