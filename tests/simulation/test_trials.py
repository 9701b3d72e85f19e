"""What a page shows of a draft is what ``simulate`` would tell, to the last digit."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from policydsl.language.diagnostics import PolicyError
from policydsl.model.loading import Library, bundled
from policydsl.model.policy import Policy
from policydsl.simulation.adjusting import adjustable
from policydsl.simulation.drafts import Version, versions_of
from policydsl.simulation.people import seen_by
from policydsl.simulation.runs import Simulation, simulate
from policydsl.simulation.search.drafting import Drafter
from policydsl.simulation.search.moves import Move
from policydsl.simulation.trials import (
    DraftEffect,
    Grounds,
    binned,
    effect_of,
    standing,
    typical_rows,
)

POPULATION, N = "yangtze-delta-migrants", 3_000
SETS = ["yueqing-demo"]


def effect(simulation: Simulation, grounds: Grounds) -> DraftEffect:
    before, after = (version.policy for version in simulation.versions)
    return effect_of(grounds, standing(grounds, before), standing(grounds, after))


def grounds_of(simulation: Simulation) -> Grounds:
    people = seen_by(simulation.people, simulation.versions[0].policy)
    return Grounds(people, simulation.scene, simulation.quota, simulation.ties, simulation.by)


def assert_equal(simulation: Simulation, found: DraftEffect) -> None:
    """Every figure of an effect is that of the simulation."""
    for version, side in enumerate((found.before, found.after)):
        low, high = simulation.summary(version)
        assert (side.mean, side.mean_high) == (low.mean, high.mean)
        assert side.line == simulation.line(version)
        factor = Fraction(1, found.scale) / Fraction(1, simulation.scale)
        for mine, theirs in ((side.ends.low, simulation.ends[version].low),
                             (side.ends.high, simulation.ends[version].high)):  # fmt: skip
            assert mine.counts.tolist() == theirs.counts.tolist()
            finite = np.abs(theirs.values) < 1 << 40
            assert [v * factor for v in mine.values[finite].tolist()] == theirs.values[
                finite
            ].tolist()
    assert dict(found.change.counts) == dict(simulation.change(1).counts)
    assert Fraction(found.change.gained, found.scale) == Fraction(
        simulation.change(1).gained, simulation.scale
    )
    assert found.crossing.tolist() == simulation.crossing(1).tolist()
    assert found.persons == simulation.people.persons
    if simulation.by is not None:
        groups = simulation.groups
        assert [g.label for g in found.groups] == [g.label for g in groups]
        assert [g.persons for g in found.groups] == [g.persons for g in groups]
        for which in (0, 1):
            assert [g.admitted[which] for g in found.groups] == simulation.admitted_by(which)


def changed(clause: str, value: str, new: str) -> tuple[Version, Policy]:
    """Yueqing with its assumption set, and with one number of it moved."""
    (version,) = versions_of("yueqing-2022", [], SETS)
    drafter = Drafter(version)
    entry = bundled().find("yueqing-2022")
    assert entry is not None
    numbers = adjustable(version, entry.document, entry.source)
    number = next(
        x for x in numbers
        if x.figure.clause.endswith(clause) and x.figure.value == Fraction(value)
    )  # fmt: skip
    wanted = Fraction(new)
    return version, drafter.policy([(Move("", number.figure, (wanted,)), wanted)])


@pytest.mark.parametrize(
    ("scene", "quota", "ties", "by"),
    [
        ("随迁子女入学", 150, None, "年龄:18,30,45"),
        ("随迁子女入学", 150, "admit_all", None),
        ("住房保障", 37, "admit_none", "文化程度"),
        ("技能培训", 500, "open", None),
        (None, 200, None, "文化程度"),
        ("随迁子女入学", 0, None, None),
        ("随迁子女入学", 99_999, None, None),
        ("随迁子女入学", None, None, None),
    ],
)
def test_the_bundled_draft_as_simulate_has_it(scene, quota, ties, by):
    simulation = simulate(
        "yueqing-2022", ["yueqing-2023-draft"], POPULATION, n=N, scene=scene, quota=quota,
        ties=ties, by=by, assume=SETS,
    )  # fmt: skip
    assert_equal(simulation, effect(simulation, grounds_of(simulation)))


@pytest.mark.parametrize(
    ("clause", "value", "new"),
    [
        ("缴纳社保", "0.5", "0.6"), ("缴纳社保", "0.5", "0.4"), ("缴纳社保", "0.5", "0.333"),
        ("居住时间", "0.25", "0.3"), ("文化程度", "8", "9"), ("违反诚信守法", "10", "5"),
        ("违反诚信守法", "20", "60"), ("就业情况", "15", "0"), ("年龄", "55", "45"),
    ],
)  # fmt: skip
def test_one_number_after_the_other_on_the_same_grounds(clause, value, new):
    version, draft = changed(clause, value, new)
    simulation = simulate(
        version.policy,
        [draft],
        POPULATION,
        n=N,
        scene="随迁子女入学",
        quota=120,
        by="年龄:18,30,45",
    )
    grounds = grounds_of(simulation)
    assert_equal(simulation, effect(simulation, grounds))
    # the draft again, after others that read other columns or need another scale
    other = changed("居住时间", "0.25", "0.07")[1]
    grounds.scored(other)
    assert_equal(simulation, effect(simulation, grounds))


def test_ranges_take_the_long_way_and_agree():
    simulation = simulate(
        "yueqing-2022", ["yueqing-2023-draft"], POPULATION, n=600, scene="随迁子女入学", quota=50
    )
    found = effect(simulation, grounds_of(simulation))
    assert not found.exact
    assert_equal(simulation, found)


def test_other_places_share_the_columns():
    simulation = simulate("yueqing-2022", ["yueqing-2023-draft"], POPULATION, n=600, assume=SETS,
                          scene="住房保障", quota=20)  # fmt: skip
    first = Grounds(seen_by(simulation.people, simulation.versions[0].policy), "随迁子女入学", 50)
    first.scored(simulation.versions[0].policy)
    assert_equal(simulation, effect(simulation, first.asked("住房保障", 20, None, None)))


def test_a_population_by_the_hand_of_the_drafter_with_weights():
    text = """
    积分 demo “示例” {
      事实 月数：计数（月）
      指标 社保 上限 30 分 { 每 1 个月 月数 加 1 分 }
    }
    修订 demo-2 “修订” 基于 demo { 修改 指标 社保 将 1 分 改为 2 分 }
    """
    library = Library(bundled())
    library.add_text(text, "demo.policy")
    before, after = library.policy("demo"), library.policy("demo-2")
    rows = [{"编号": str(i), "月数": i % 20, "权重": 1 + i % 3} for i in range(60)]
    simulation = simulate(before, [after], rows, quota=25)
    found = effect(simulation, grounds_of(simulation))
    assert_equal(simulation, found)
    bins = binned(found, 10)
    assert sum(bins.before) == sum(bins.after) == found.persons
    assert len(bins.edges) <= 10


def test_typical_rows_stand_for_a_fifth_each():
    simulation = simulate("yueqing-2022", [], POPULATION, n=600, assume=SETS)
    policy = simulation.versions[0].policy
    rows = typical_rows(Grounds(seen_by(simulation.people, policy)), policy)
    assert 2 <= len(rows) <= 5
    assert len({row for _, _, row in rows}) == len(rows)


def test_an_unknown_scene_is_refused_by_name():
    simulation = simulate("yueqing-2022", [], POPULATION, n=50, assume=SETS)
    policy = simulation.versions[0].policy
    grounds = Grounds(seen_by(simulation.people, policy), "没有的场景")
    with pytest.raises(PolicyError, match="S501"):
        grounds.scored(policy)
