"""What no plan can hold is scored case by case, and everything after it is the same."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import policydsl as pdl
from policydsl.cli import main
from policydsl.language.diagnostics import Diagnostic
from policydsl.scoring.columns.placing import OUTCOME_CODES
from policydsl.scoring.columns.plan import CERTAIN_BITS
from policydsl.scoring.ranking import rank
from policydsl.simulation import one_by_one, sheets
from policydsl.simulation.runs import Simulation, simulate
from policydsl.simulation.sensitivity import sensitivity

TEXT = """
积分 {id} “测试用” {{
  事实 甲：整数（元），范围 0 至 2000 元
  事实 乙：整数（岁），范围 0 至 2000 岁
  事实 丙：计数（次），范围 0 至 2000 次
  组 全部 上限 25 分 {{
    指标 积 上限 30 分 {{
      （甲 ÷ 1 元 × （乙 ÷ 1 岁） × （丙 ÷ 1 次）） 超过 {least}：加 （甲 ÷ 1 元 ÷ 100） 分，四舍五入 到 1 位
    }}
  }}
  场景 入学 {{ {applies} 排序 {keys} 名额 20 名 同分 一并录取 }}
}}
"""
KEYS = "总分 高者先，丙 低者先"


def policy(
    id_: str = "甲稿", least: int = 10**8, keys: str = KEYS, applies: str = ""
) -> pdl.Policy:
    return pdl.loads(TEXT.format(id=id_, least=least, keys=keys, applies=applies))


def people(count: int = 300) -> pd.DataFrame:
    draw = random.Random(7)
    rows = [[f"p{i}", *(draw.randint(0, 2000) for _ in range(3))] for i in range(count)]
    return pd.DataFrame(rows, columns=["编号", "甲", "乙", "丙"])


def exact(policy: pdl.Policy) -> list[Fraction]:
    return [Fraction(x) for x in pdl.score(policy, people())["得分"]]


def points(sim: Simulation, version: int = 0) -> list[Fraction]:
    return [Fraction(int(x), sim.scale) for x in sim.total(version).low]


@pytest.mark.parametrize("keys", [KEYS, "总分 + 得分（组 全部） 高者先，丙 低者先"])
@pytest.mark.parametrize("applies", ["", "适用 乙 达到 100 岁"])
def test_scores_and_places_are_the_exact_ones(keys: str, applies: str):
    draft = policy("乙稿", 10**6, keys, applies)
    sim = simulate(policy(keys=keys, applies=applies), [draft], people(), scene="入学")
    warned = [(label, found.code) for label, found in sim.warnings]
    assert warned == [("甲稿", "S541"), ("乙稿", "S541")]
    for version, one in enumerate(sim.versions):
        assert points(sim, version) == exact(one.policy)
        cases = [sim.people.case(version, row) for row in range(300)]
        places = {each.case: each for each in rank(one.policy, cases, "入学").placements}
        best, worst = sim.ranks[version]
        for row, code in enumerate(sim.outcomes(version).tolist()):
            expected = places[sim.people.id(row)]
            assert OUTCOME_CODES[code] == expected.outcome
            assert (best[row] or None, worst[row] or None) == (expected.best, expected.worst)
    changed = [after - before for before, after in zip(points(sim), points(sim, 1), strict=True)]
    assert sim.change(1).counts["gains"] == sum(x > 0 for x in changed)


def test_the_warning_names_the_clause_and_how_many_may_be_scored_so():
    sim = simulate(policy(), [], people(), scene="入学")
    ((_, found),) = sim.warnings
    assert "“全部/积”" in found.message("zh")
    assert "300" in found.message("zh")
    assert "20,000" in found.message("en")


def test_more_cases_than_that_are_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(one_by_one, "CASES", 200)
    with pytest.raises(pdl.PolicyError) as refusal:
        simulate(policy(), [], people(), scene="入学")
    assert [each.code for each in refusal.value.diagnostics] == ["S506", "S540"]
    assert "200" in refusal.value.diagnostics[1].message("zh")


def test_each_number_moves_what_it_moves():
    sim = simulate(policy(), [], people(), scene="入学")
    swings = {(s.figure.clause, s.figure.what, s.figure.value): s for s in sensitivity(sim)}
    cap = swings["全部", "上限", Fraction(25)]
    lower = pdl.loads(
        TEXT.format(id="甲稿", least=10**8, keys=KEYS, applies="").replace("25", "24")
    )
    assert cap.down.mean == (sum(exact(lower)) - sum(exact(policy()))) / 300


def test_the_command_warns_and_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    text, data = tmp_path / "甲稿.policy", tmp_path / "人.csv"
    text.write_text(TEXT.format(id="甲稿", least=10**8, keys=KEYS, applies=""), "utf-8")
    people().to_csv(data, index=False)
    out = tmp_path / "out"
    words = ["simulate", str(text), "--population", str(data), "--scene", "入学", "--out", str(out)]
    code = main(words)
    shown = capsys.readouterr().out
    assert code == 0
    (noted,) = json.loads((out / "run.json").read_text("utf-8"))["warnings"]
    assert (noted["version"], noted["code"]) == ("甲稿", "S541")
    assert "S541 “全部/积”不能按列计分，300 例全部逐例计算" in shown


def test_one_by_one_is_what_the_plan_gives(monkeypatch: pytest.MonkeyPatch):
    """A scheme with spouses, statuses and every kind of key, both ways."""

    def ran() -> Simulation:
        return simulate(
            "yueqing-2022", ["yueqing-2023-draft"], "yangtze-delta-migrants", n=200,
            assume=["yueqing-demo"], scene="随迁子女入学", quota=20, by="文化程度",
        )  # fmt: skip

    planned = ran()

    def refused(*args: Any, **more: Any) -> Any:
        raise pdl.PolicyError([Diagnostic("S506", None, None, {"clause": "社保", "facts": "—"})])

    monkeypatch.setattr(sheets, "make_plan", refused)
    found = ran()
    assert not planned.warnings
    assert len(found.warnings) == 2
    for version in (0, 1):
        one, other = planned.scored[version], found.scored[version]
        assert points(planned, version) == points(found, version)
        assert np.array_equal(one.flags & CERTAIN_BITS, other.flags & CERTAIN_BITS)
        assert np.array_equal(planned.outcomes(version), found.outcomes(version))
        for left, right in zip(planned.ranks[version], found.ranks[version], strict=True):
            assert np.array_equal(left, right)
        assert planned.admitted_by(version) == found.admitted_by(version)
        assert planned.caps(version) == found.caps(version)
