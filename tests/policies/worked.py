"""The examples that a policy holds, worked by the evaluator."""

from __future__ import annotations

from policydsl.model.policy import Policy
from policydsl.scoring.cases import case_of
from policydsl.scoring.exact import Evaluator


def hold_examples(policy: Policy, least: int) -> None:
    """Every example of the policy comes out as it says; there are ``least`` or more."""
    evaluator = Evaluator(policy)
    assert len(policy.examples) >= least
    for example in policy.examples:
        score = evaluator.score(case_of(example))
        for wanted in example.expectations:
            found = score.total if wanted.clause is None else score.parts[wanted.clause]
            assert (found.low, found.high) == (wanted.low, wanted.high), example.title
        if example.status:
            assert example.status in score.statuses, example.title
