"""Fitted tables have their marginals and dependences, and contradictions are named."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.simulation.small import small

from policydsl.language.diagnostics import PolicyError
from policydsl.scoring.columns.arrays import Floats
from policydsl.simulation.fitting import (
    WEIGHT,
    Target,
    achieved,
    association,
    fit,
    proportional,
    rounded,
    total,
)
from policydsl.simulation.populations import Synthesis
from policydsl.simulation.reading import load_spec

SHARES = st.lists(st.integers(1, 50), min_size=2, max_size=5)


@given(SHARES, SHARES, st.fractions(Fraction(1, 4), 4))
@settings(max_examples=60, deadline=None)
def test_marginals_are_met_and_odds_ratios_kept(one: list[int], other: list[int], odds: Fraction):
    first, second = (np.array(shares) / sum(shares) for shares in (one, other))
    seed = association(odds, len(one), len(other))
    table, _, deviation = proportional(seed, [Target((0,), first), Target((1,), second)])
    assert deviation <= 1e-9
    assert np.abs(table.sum(axis=1) - first).max() < 1e-8
    assert np.abs(table.sum(axis=0) - second).max() < 1e-8
    ratios = table[1:, 1:] * table[:-1, :-1] / (table[1:, :-1] * table[:-1, 1:])
    assert np.allclose(ratios, float(odds), rtol=1e-6)


def naive(seed: Floats, margins: list[Floats]) -> Floats:
    """Fitting as it is told in textbooks."""
    table: Floats = seed / seed.sum()
    for _ in range(3_000):
        for axis, margin in enumerate(margins):
            others = tuple(a for a in range(table.ndim) if a != axis)
            shape = [-1 if a == axis else 1 for a in range(table.ndim)]
            table = table * (margin / table.sum(axis=others)).reshape(shape)
    return table


def test_three_dimensions_with_zeros_agree_with_the_textbook():
    random = np.random.default_rng(3)
    seed = random.integers(1, 9, (3, 4, 2)).astype(float)
    seed[0, 3, :] = 0
    seed[2, 0, 1] = 0
    margins = [np.array(x) for x in ([0.2, 0.3, 0.5], [0.1, 0.2, 0.3, 0.4], [0.45, 0.55])]
    table, _, _ = proportional(seed, [Target((axis,), m) for axis, m in enumerate(margins)])
    assert np.abs(table - naive(seed, margins)).max() < 1e-8


@given(st.lists(st.floats(1e-9, 1), min_size=1, max_size=40), st.integers(1, 10**6))
@settings(max_examples=60, deadline=None)
def test_rounding_keeps_the_sum_and_moves_nothing_by_more_than_one(shares: list[float], whole: int):
    exact = np.array(shares) / sum(shares)
    found = rounded(exact, whole)
    assert found.sum() == whole
    assert np.abs(found - exact * whole).max() <= 1 + 1e-6


def test_sums_do_not_depend_on_the_order():
    values = np.random.default_rng(1).random((40, 25)) / 1000
    there = total(values, (0,))
    again = total(values[:, ::-1], (0,))
    assert there.tobytes() == again.tobytes()


def test_the_small_population_fits():
    table = fit(small())
    assert table.deviation <= 1e-9
    assert table.weights.sum() == WEIGHT
    assert table.margin("年龄") == pytest.approx([0.4, 0.6], abs=1e-8)
    odds, gamma = achieved(table, "年龄", "居住月数")
    assert odds > 1.5
    assert gamma > 0


def test_a_stated_joint_table_is_met():
    joint = '[[联合]]\n属性 = ["婚姻状况", "性别"]\n表 = [ [ 20, 10 ], [ 32, 38 ] ]\n来源 = "census"\n\n'
    table = fit(small(("[[限制]]", joint + "[[限制]]")))
    expected = np.array([[0.2, 0.1], [0.32, 0.38]])
    assert np.abs(table.margin("婚姻状况", "性别") - expected).max() < 1e-8


def test_a_table_of_dependence_counts_by_its_odds_only():
    one, many = (
        fit(small((
            '[[依存]]\n属性 = [ "年龄", "居住月数" ]\n比数 = 2',
            f'[[依存]]\n属性 = [ "居住月数", "年龄" ]\n表 = [ [ {8 * k}, {2 * k} ], [ {4 * k}, {2 * k} ], [ {2 * k}, {2 * k} ] ]',
        )))
        for k in (1, 7)
    )  # fmt: skip
    assert np.abs(one.shares - many.shares).max() < 1e-12
    # 4 : 1, 2 : 1, 1 : 1 is an odds ratio of 2 throughout
    assert np.abs(one.shares - fit(small()).shares).max() < 1e-8


@pytest.mark.parametrize(("code", "old", "new", "says"), [
    # nobody younger than 20 can have lived here for 61 months
    ("D462", "{ 自 = 16, 至 = 29, 比例 = 40 }, { 自 = 30, 至 = 59, 比例 = 60", "{ 自 = 16, 至 = 19, 比例 = 90 }, { 自 = 20, 至 = 59, 比例 = 10", ""),
    # everybody married is excluded, and yet 70 % are to be
    ("D462", '属性 = "年龄"\n不低于 = 20', "排除 = true", "婚姻状况 已婚"),
    ("D462", "不低于 = 20", "不低于 = 60", "婚姻状况 已婚"),
    ("D463", "当 = { 婚姻状况 = \"已婚\" }\n属性 = \"年龄\"\n不低于 = 20", '当 = { 年龄 = { 至 = 24 }, 居住月数 = { 自 = 61 } }\n排除 = true', "年龄 16–29"),
    ("D464", "不超过 = [ \"居住月数\", \"年龄\" ]\n倍数 = 12\n加 = -192", '不超过 = [ "居住月数", "社保月数" ]', ""),
])  # fmt: skip
def test_what_cannot_be_is_named(code: str, old: str, new: str, says: str):
    spec = small((old, new))
    with pytest.raises(PolicyError) as caught:
        Synthesis(spec, 100, 1)
    problem = caught.value.diagnostics[0]
    assert problem.code == code
    assert says in problem.message("zh")
    assert problem.render("en")


def test_a_table_too_large_is_refused():
    more = "".join(
        f'[[属性]]\n名称 = "属性{i}"\n拟合 = true\n假定 = "多"\n分布 = [ '
        + ", ".join(f"{{ 值 = {j}, 比例 = 10 }}" for j in range(10))
        + " ]\n\n"
        for i in range(6)
    )
    with pytest.raises(PolicyError) as caught:
        fit(small(("[[依存]]", more + "[[依存]]")))
    assert [d.code for d in caught.value.diagnostics] == ["D467"]


def test_the_migrants_fit():
    table = fit(load_spec("yangtze-delta-migrants"))
    assert table.deviation <= 1e-9
    assert table.rounds < 200
    assert achieved(table, "居住月数", "社保月数")[1] > 0.5
