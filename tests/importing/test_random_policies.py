"""Whole policies drawn at random, out as Word and in again: the same rules in the same places.

What is left to a person is counted; run with ``-s`` to see it.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from tests.importing.test_real_texts import RULES, keys
from tests.importing.test_round_trip import annex
from tests.wording.test_wording_properties import whole_rules
from tests.wording.wording_cases import FACTS, compiled

from policydsl.importing import import_document
from policydsl.reading.files import read_file

GROUPS = [*RULES, "threshold", "verdict", "limit"]
NAMES = "甲乙丙丁戊己庚辛壬"
EXAMPLES = 10
"""Of each kind; the figures of docs/importing.md are those of 40."""


@st.composite
def some_rules(draw: st.DrawFn) -> str:
    return "\n".join(draw(st.lists(whole_rules(), min_size=1, max_size=3)))


@st.composite
def schemes(draw: st.DrawFn) -> str:
    """One to three groups of one to three indicators of one to three rules."""
    names = iter(NAMES)
    groups = []
    for title in ("第一组", "第二组", "第三组")[: draw(st.integers(1, 3))]:
        count = draw(st.integers(1, 3))
        items = [
            f"指标 指标{next(names)} 满分 {10 * (i + 1)} 分 {{\n{draw(some_rules())}\n}}\n"
            for i in range(count)
        ]
        groups.append(f"组 {title} 满分 {5 * count * (count + 1)} 分 {{\n{''.join(items)}}}\n")
    return f"积分 样例 “样例积分办法” {{\n{''.join(groups)}{FACTS}}}"


@st.composite
def assessments(draw: st.DrawFn) -> str:
    """What all share, and one to three units, each with one to three items."""

    def items(count: int) -> str:
        return "".join(
            f"项 {i + 1} 工作{NAMES[i]} 满分 {10 * (i + 1)} 分 {{\n{draw(some_rules())}\n}}\n"
            for i in range(count)
        )

    shared, own = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    points, others = 5 * shared * (shared + 1), 5 * own * (own + 1)
    body = f"共同部分 基础工作 满分 {points} 分 {{\n{items(shared)}}}\n"
    for unit in ("区民政局", "区教育局", "区司法局")[: draw(st.integers(1, 3))]:
        body += f"单位 {unit} 满分 {others} 分 {{\n{items(own)}}}\n"
    return f"考核 样例 “样例考核细则” {{\n满分 {points + others} 分\n{body}{FACTS}}}"


@pytest.mark.parametrize(("kind", "drawn"), [("积分", schemes()), ("考核", assessments())])
def test_whole_policies_come_back(
    tmp_path_factory: pytest.TempPathFactory, kind: str, drawn: SearchStrategy[str]
):
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
              phases=[Phase.generate], suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(drawn)
    def check(text: str) -> None:
        policy = compiled(text)
        folder: Path = tmp_path_factory.mktemp("whole")
        result = import_document(read_file(annex(policy, folder)))
        assert result.kind == kind
        assert all(one.fits for one in result.sums)
        assert len(result.policy.items) == len(policy.items)
        came, went = keys(result.policy, GROUPS), keys(policy, GROUPS)
        changed = {key[0] for key in (came - went) + (went - came)}
        # a clause may differ only where a person is asked
        assert len(changed) <= len({one.clause for one in result.by_hand})
        counts.update(rules=result.phrases, left=result.phrases - result.understood)
        reasons.update(one.reason[0] for one in result.by_hand)

    check()
    print(f"{kind}: {counts['left']} of {counts['rules']} rules are left to a person", reasons)
    assert counts["left"] <= counts["rules"] * 0.15
