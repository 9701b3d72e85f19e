"""Drafts whose mean cannot meet the targets are ruled out unmeasured, and no other is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import policydsl as pdl
from policydsl.simulation.search.bounding import Bound, Means
from policydsl.simulation.search.measuring import Chosen, Ground
from policydsl.simulation.search.targets import Target

TEXT = """
积分 招生积分 “测试用” {{
  事实 社保月数：计数（月），范围 0 个月 至 60 个月
  事实 志愿时长：计数（小时），范围 0 小时 至 100 小时
  事实 处罚次数：计数（次），范围 0 次 至 5 次
  事实 获奖次数：计数（次），范围 0 次 至 5 次
  事实 犯罪记录：是否
  组 基础 {group} {{
    指标 社保 {item} {{ 每 1 个月 社保月数 加 0.5 分 }}
    指标 志愿 {{ 每 10 小时 志愿时长 加 1 分 每 1 个月 社保月数 加 0.25 分 }}
  }}
  加分 附加 {{ 指标 获奖 {bonus} {{ 每 1 次 获奖次数 加 2 分 }} }}
  扣分 扣减 {{
    指标 处罚 {{ 每 1 次 处罚次数 扣 5 分 }}
    指标 犯罪 {{ 犯罪记录：一票否决 }}
  }}
}}
"""
MOVES = [
    "社保:0.5=0.25..1/0.25", "志愿:1#1=0..3/1", "志愿:0.25=0..0.5/0.25", "获奖:2=0..4/2",
    "处罚:5=2..8/3",
]  # fmt: skip
FACTS = ["社保月数", "志愿时长", "获奖次数", "处罚次数", "犯罪记录"]

limits = st.integers(3, 40)
people = st.lists(
    st.tuples(
        st.integers(0, 60), st.integers(0, 100), st.integers(0, 5), st.integers(0, 5),
        st.sampled_from(["是", "否", "否", "否"]), st.integers(1, 9),
    ),
    min_size=1, max_size=12,
)  # fmt: skip


def asked(data: st.DataObject) -> dict[str, Any]:
    """A policy with or without bounds around what moves, persons, and a target for the mean."""

    def maybe(word: str) -> str:
        most = data.draw(st.none() | limits)
        return "" if most is None else f"{word} {most} 分"

    text = TEXT.format(group=maybe("上限"), item=maybe("上限"), bonus=maybe("上限"))
    rows = data.draw(people)
    frame = pd.DataFrame([row[:5] for row in rows], columns=FACTS)
    if data.draw(st.booleans()):
        frame["权重"] = [row[5] for row in rows]
    low = data.draw(st.integers(-10, 60))
    target = data.draw(
        st.sampled_from([f"均值={low}±1", f"均值>={low}", f"均值<={low}", "均值=不变"])
    )
    return {
        "base": pdl.loads(text), "population": frame, "moves": MOVES, "targets": [target],
        "most_changes": 3, "alternatives": 3,
    }  # fmt: skip


def _measuring_all(self: Ground, tree: Any, chosen: Chosen, targets: Sequence[Target]) -> bool:
    return False


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_what_is_ruled_out_misses_and_what_is_found_is_what_measuring_all_finds(data: Any):
    question = asked(data)
    told = Ground._out_of_reach

    def compared(self: Ground, tree: Any, chosen: Chosen, targets: Sequence[Target]) -> bool:
        measures = self._quick_measures(tree, chosen, ())
        assert measures is not None
        assert measures.mean is not None
        low, high = tree.sums(chosen)
        total = measures.mean * self.simulation.people.persons * tree.plan.scale
        assert low <= total <= high
        out = told(self, tree, chosen, targets)
        assert not (out and all(target.met(measures) for target in targets))
        return out

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Ground, "_out_of_reach", compared)
        bounded = pdl.search(**question).found
        patched.setattr(Ground, "_out_of_reach", _measuring_all)
        every = pdl.search(**question).found
    assert bounded.drafts == every.drafts
    assert bounded.looked == every.looked
    assert (bounded.tradeoffs, bounded.obstacles) == (every.tradeoffs, every.obstacles)


@settings(max_examples=60)
@given(data=st.data())
def test_bounds_hold_for_clauses_within_clauses(data: Any):
    """A root around a group, parts in both, and one beside: against adding up by hand."""
    size = data.draw(st.integers(1, 8))
    numbers = st.lists(st.integers(-20, 20), min_size=size, max_size=size)

    def column() -> np.ndarray[Any, np.dtype[np.int32]]:
        return np.array(data.draw(numbers), np.int32)

    ends = st.none() | st.integers(-15, 15)
    group, whole = [(data.draw(ends), data.draw(ends)) for _ in range(2)]
    weights = data.draw(st.none() | st.lists(st.integers(0, 5), min_size=size, max_size=size))
    counted = data.draw(st.lists(st.integers(0, size - 1), unique=True))

    def clip(x: Any, low: int | None, high: int | None) -> Any:
        x = x if high is None else np.minimum(x, high)
        return x if low is None else np.maximum(x, low)

    inner, outer, added = column(), column(), column()

    def total(inside: Any, outside: Any, beside: Any) -> int:
        points = clip(outer + clip(inner + inside, *group) + outside, *whole) + added + beside
        own = points[counted]
        return int(own.sum() if weights is None else (own * np.array(weights)[counted]).sum())

    nothing = np.zeros(size, np.int32)
    means = Means(
        np.array(counted, np.intp),
        None if weights is None else np.array(weights)[counted],
        total(nothing, nothing, nothing),
        {"g/a": "g", "g": "r", "b": "r", "c": "r"}, "r", ["c"],
    )  # fmt: skip
    means.add("g", *group, inner)
    means.add("r", *whole, outer + clip(inner, *group))
    moves = {"g/a": column(), "b": column(), "c": column()}
    shifts: dict[object, Any] = {p: (p, means.shift(change)) for p, change in moves.items()}
    exact = total(*moves.values())
    low, high = means.between(shifts)
    assert low <= exact <= high
    if (*group, *whole) == (None,) * 4:
        assert low == exact == high
    for place, part in enumerate(moves):
        alone = [nothing, nothing, nothing]
        alone[place] = moves[part]
        means.learn(part, total(*alone))
    closer = means.between(shifts)
    assert low <= closer[0] <= exact <= closer[1] <= high


def test_a_cap_takes_away_what_is_above_it():
    """Three persons with 5, 8 and 12 points under a cap of 10; all get 3 more."""
    cap = Bound(None, 10, np.array([5, 8, 12]), np.array([1, 1, 1]))
    assert cap.clipped(0) == 2
    assert cap.clipped(3) == 6
    means = Means(np.arange(3), None, 23, {"甲": "总"}, "总", [])
    means.add("总", None, 10, np.array([5, 8, 12], np.int32))
    assert means.between({1: ("甲", means.shift(np.array([3, 3, 3])))}) == (28, 28)


def test_most_drafts_of_yueqing_are_ruled_out():
    found = pdl.search(
        "yueqing-2022", assume=["yueqing-demo"], population="yangtze-delta-migrants", n=300,
        quota=30, ties="admit_all", targets=["均值=不变", "受损<=0%", "受益>=99%"],
        moves=["缴纳社保:0.5=0.3..0.8/0.1", "居住时间:0.25=0.1..0.5/0.05", "文化程度:8=5..10/1"],
    ).found  # fmt: skip
    looked = sum(each.looked for each in found.looked)
    assert found.drafts == ()
    assert found.notes["bounded"] > looked / 2
