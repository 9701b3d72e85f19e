"""What is proved of random policies is what trying every case of a small world shows."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from tests.review.proving.brute import every_score, small_world
from tests.scoring.strategies import cases, drafts

from policydsl.language.diagnostics import PolicyError
from policydsl.model import loads
from policydsl.review.proving import differ, extremes
from policydsl.review.proving.worlds import Unlike
from policydsl.scoring.ranges import Range

RANDOM = settings(
    max_examples=12, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large,
                           HealthCheck.filter_too_much],
)  # fmt: skip
BIG = Fraction(10) ** 12


def low(value: Range) -> Fraction:
    return -BIG if value.low is None else value.low


def high(value: Range) -> Fraction:
    return BIG if value.high is None else value.high


@RANDOM
@given(st.data())
def test_the_most_and_the_least(data):
    draft = data.draw(drafts(without={"household"}))
    policy = loads(draft.text)
    seen = [data.draw(cases(draft)) for _ in range(3)]
    world = small_world([policy], seen, spouses=True)
    found = extremes(policy, world=world)
    assert found
    for extreme in found:
        if extreme.clause is not None and policy.units and extreme.unit is None:
            continue
        scores = list(every_score(policy, world, extreme.unit, extreme.entity))
        values = [
            s.total if extreme.clause is None else s.parts.get(extreme.clause) for s in scores
        ]
        known = [v for v in values if v is not None]
        expected = {
            "most": max(map(high, known), default=None),
            "least": min(map(low, known), default=None),
            "sure_most": max(map(low, known), default=None),
            "sure_least": min(map(high, known), default=None),
        }
        for name, value in expected.items():
            bound = getattr(extreme, name)
            if bound.verdict == "undecided":
                assert bound.why is not None
                assert value is None or "不符" not in bound.why[0], (name, bound.why, value)
                continue
            assert value is not None
            assert (None if abs(value) == BIG else value) == bound.value, (name, extreme.clause)


@RANDOM
@given(st.data())
def test_two_policies(data):
    draft = data.draw(drafts(without={"household", "spouse", "units"}))
    other = draft
    if data.draw(st.booleans()):
        other = data.draw(drafts(without={"household", "spouse", "units"}))
    values = [
        [data.draw(st.sampled_from([s.ends[0], min(s.ends[1], s.ends[0] + 3)])) for s in d.slots]
        for d in (draft, other)
    ]
    try:
        old, new = loads(draft.closed(values[0])), loads(other.closed(values[1]))
    except PolicyError:
        assume(False)  # the limits that were stated contradict each other
    seen = [data.draw(cases(draft)) for _ in range(3)]
    try:
        world = small_world([old, new], seen)
    except Unlike:
        assert differ(old, new).verdict == "undecided"
        return
    found = differ(old, new, world=world)
    before = list(every_score(old, world, None, None))
    after = list(every_score(new, world, None, None))
    if len(before) != len(after):
        return  # one refuses cases that the other scores: they are left aside
    if not before:
        return  # every case of this small world lacks a required fact: nobody to compare
    same = True
    gain, loss = Fraction(0), Fraction(0)
    for one, two in zip(before, after, strict=True):
        if (one.total, one.statuses, one.vetoed, one.eligible) != (
            two.total, two.statuses, two.vetoed, two.eligible
        ):  # fmt: skip
            same = False
        for end in (low, high):
            gain = max(gain, end(two.total) - end(one.total))
            loss = min(loss, end(two.total) - end(one.total))
    (total,) = found.totals
    if total.verdict == "undecided":
        assert total.why is not None
        assert "不符" not in total.why[0], total.why
        return
    assert (total.verdict == "proved") == same
    if not same and max(gain, -loss) < BIG / 2:
        assert (total.gain.difference if total.gain else 0) == gain
        assert (total.loss.difference if total.loss else 0) == loss
