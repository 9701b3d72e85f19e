"""Laws of the review, over random policies of every construct and random cases for them."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.scoring.strategies import cases, drafts

from policydsl.language.diagnostics import PolicyError
from policydsl.model.loading import loads
from policydsl.review.findings import Finding
from policydsl.review.running import review
from policydsl.review.telling import lines
from policydsl.scoring.exact import score_case
from policydsl.scoring.ranges import ZERO

SETTINGS = settings(
    max_examples=15, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip


@SETTINGS
@given(st.data())
def test_any_policy_can_be_reviewed(data: st.DataObject):
    """No crash, words in both languages, and witnesses that are what the evaluator says."""
    policy = loads(data.draw(drafts()).text)
    found = review(policy, codes=())
    for language in ("zh", "en"):
        assert list(lines(found, language, passed=True))
    for finding in found.findings:
        for one in finding.witness.cases if finding.witness else ():
            score = score_case(policy, one.case)
            own = score.total if one.clause is None else score.parts.get(one.clause, ZERO)
            assert own == one.points


@SETTINGS
@given(st.data())
def test_nobody_exceeds_what_is_said_to_be_the_most_or_falls_below_the_least(data: st.DataObject):
    draft = data.draw(drafts(without={"open", "trigger", "discretion"}))
    policy = loads(draft.text)
    found = [f for f in review(policy, codes=["R603", "R621"]).findings if f.clause]
    for _ in range(4):
        try:
            score = score_case(policy, data.draw(cases(draft, missing=0)))
        except PolicyError:
            continue
        for finding in found:
            _check(finding, score.parts.get(finding.clause))


def _check(finding: Finding, value: object) -> None:
    low, high = getattr(value, "low", None), getattr(value, "high", None)
    if low is None or high is None or finding.verdict == "undecided":
        return
    if finding.code == "R603" and finding.verdict == "refuted":
        most = Fraction(str(finding.details["most"]))
        assert max(high, -low) <= most, finding.message()
    if finding.code == "R621" and finding.verdict == "refuted":
        assert low >= Fraction(str(finding.details["left"])), finding.message()
