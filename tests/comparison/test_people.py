"""The same people under every scheme."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.comparison.desk import assessment, scheme

import policydsl as pdl
from policydsl.comparison.agreement import MOST_PERSONS, agreement
from policydsl.comparison.comparing import Comparison, compare
from policydsl.comparison.people import Peopled
from policydsl.language.diagnostics import PolicyError

YOUNG = scheme("jia", """
  组 通用 满分 40 分 互认 全省 { 指标 年龄 满分 40 分 概念 年龄 { 年龄 不超过 40 岁：加 40 分 } }
  组 本地 满分 60 分 互认 仅限甲区 {
    指标 社保 满分 60 分 概念 社保 { 每 1 个月 社保月数 加 1 分，最高 60 分 }
  }
""")  # fmt: skip
LEARNED = scheme("yi", """
  组 通用 满分 100 分 互认 全省 {
    指标 年龄 满分 50 分 概念 年龄 { 年龄 不超过 40 岁：加 50 分 }
    指标 学历 满分 150 分 概念 学历 { 按 学历 取分 { 本科 以上：150 分；大专：75 分；其他：0 分 } }
  }
""".replace("满分 100 分 互认", "满分 200 分 互认"), 200)  # fmt: skip
PEOPLE = [
    {"编号": "甲", "年龄": 30, "学历": "高中", "社保月数": 60},
    {"编号": "乙", "年龄": 50, "学历": "本科", "社保月数": 0},
    {"编号": "丙", "年龄": 30, "学历": "本科", "社保月数": 30},
    {"编号": "丁", "年龄": 50, "学历": "高中", "社保月数": 10},
]


def people(made: Comparison) -> Peopled:
    assert made.people is not None
    return made.people


def test_persons_are_scored_exactly_under_each_scheme():
    found = people(compare([YOUNG, LEARNED], persons=PEOPLE))
    points = [[s.points.value for s in p.scores if s] for p in found.persons]
    assert points == [[100, 50], [0, 150], [70, 200], [10, 0]]
    assert [p.name for p in found.persons] == ["甲", "乙", "丙", "丁"]
    assert found.standings == ()


def test_the_population_has_means_percentiles_and_agreement():
    found = people(compare([YOUNG, LEARNED], persons=PEOPLE, population=PEOPLE))
    assert [s.mean for s in found.standings] == [45, 100]
    assert [p.percentiles for p in found.persons] == [
        (Fraction(175, 2), Fraction(75, 2)), (Fraction(25, 2), Fraction(125, 2)),
        (Fraction(125, 2), Fraction(175, 2)), (Fraction(75, 2), Fraction(25, 2)),
    ]  # fmt: skip
    # of six pairs 甲乙 and 甲丙, 乙丁 are turned round
    assert str(found.tau(0, 1)) == "0.0000"


def test_who_does_well_where_adds_up():
    found = people(compare([YOUNG, LEARNED], population=PEOPLE))
    assert [f.persons for f in found.favoured] == [2, 2]
    for each in found.favoured:
        assert each.advantage is not None
        assert each.rest is not None
        assert sum((v for _, v in each.reasons), each.rest) == each.advantage
    young = found.favoured[0]  # 甲 and 丁: what they have is social insurance
    assert young.reasons[0][0] == "学历"
    assert {t.fact for t in young.traits} >= {"学历"}


def test_what_carries_over():
    found = people(compare([YOUNG, LEARNED], persons=PEOPLE, population=PEOPLE))
    first = found.persons[0]
    assert {a: r.value for a, r in first.areas[0].items()} == {"province": 40, "district": 60}
    assert {a: r.value for a, r in first.areas[1].items()} == {"province": 50}
    assert found.standings[0].areas == {"province": 20, "district": 25}


def test_persons_whose_points_are_open_take_no_part_in_rankings():
    open_age = scheme(
        "bing", "指标 年龄 上限 100 分 { 年龄 不超过 40 岁：加 60 分；年龄 超过 49 岁：未载明 }"
    )
    some = [*PEOPLE, {"编号": "戊", "年龄": 45, "学历": "高中", "社保月数": 1}]
    found = people(compare([YOUNG, open_age], population=some, persons=some))
    assert [s.open for s in found.standings] == [0, 2]
    assert found.agreements[0, 1].pairs == 3
    assert [p.percentiles[1] is None for p in found.persons] == [False, True, False, True, False]
    assert found.standings[1].mean == 24
    assert found.standings[1].mean_high == 64


def test_open_everywhere_gives_ranges_and_no_ranking():
    found = people(compare(["haishu-2022", "yueqing-2022"], population="yangtze-delta-migrants",
                           n=50))  # fmt: skip
    assert found.agreements == {}
    assert found.favoured == ()
    assert all(s.mean == 0 for s in found.standings)
    assert [s.mean_high for s in found.standings] == [300, 300]
    assert all(p.percentiles == (None, None) for p in found.persons)


def test_typical_persons_stand_for_everybody_whatever_the_order_of_schemes():
    def shown(*schemes: str) -> list[tuple[str, int | None]]:
        made = compare(list(schemes), assume=["haishu-demo", "yueqing-demo"],
                       population="yangtze-delta-migrants", n=400)  # fmt: skip
        return [(p.about, p.stands_for) for p in people(made).persons]

    one = shown("haishu-2022", "yueqing-2022")
    assert one == shown("yueqing-2022", "haishu-2022")
    assert sum(n or 0 for _, n in one) == 400


def test_who_may_not_apply_is_counted_and_scored_all_the_same():
    made = compare(["haishu-2022", "yueqing-2022"], assume=["haishu-demo", "yueqing-demo"],
                   persons=[{"编号": "甲", "年龄": 30, "在本区居住": False, "持有居住证": True,
                             "办理居住登记": True, "符合省内互认条件": False}])  # fmt: skip
    (person,) = people(made).persons
    first = person.scores[0]
    assert first is not None
    assert first.eligible is False
    assert [first.total.value, first.points.value] == [0, 25]


@pytest.mark.parametrize(
    ("policies", "more", "code"),
    [
        (["beilun-departments", "yinzhou-workplan-2023"], {"persons": PEOPLE}, "C907"),
        (["haishu-2022", "yueqing-2022"],
         {"persons": [{"编号": str(i), "年龄": 30} for i in range(61)]}, "C909"),
        (["haishu-2022", "yueqing-2022"], {"population": "nothing"}, "D465"),
    ],
)  # fmt: skip
def test_people_that_cannot_be_scored(policies, more, code):
    with pytest.raises(PolicyError) as caught:
        compare(policies, **more)
    assert caught.value.diagnostics[0].code == code


def test_assessments_of_the_same_units_are_scored_too():
    texts = ["单位 甲局 满分 100 分 { 项 1 登记 满分 100 分 { 登记率 低于 95%：每 1 个百分点 扣 " + n + " 分 } }"
             for n in ("2", "5")]  # fmt: skip
    made = compare([assessment("jia", texts[0]), assessment("yi", texts[1])],
                   persons=[{"编号": "甲", "单位": "甲局", "登记率": 90}])  # fmt: skip
    assert [s.points.value for s in people(made).persons[0].scores if s] == [90, 75]


# -- agreement of rankings

ranking = st.lists(st.tuples(st.integers(-4, 4), st.integers(-4, 4), st.integers(1, 3)),
                   min_size=2, max_size=25)  # fmt: skip


@settings(max_examples=60)
@given(ranking)
def test_pairs_are_counted_as_by_hand(rows):
    persons = [(x, y) for x, y, weight in rows for _ in range(weight)]
    counted = [0, 0, 0, 0]
    for i, (x, y) in enumerate(persons):
        for a, b in persons[:i]:
            turn = (x > a) - (x < a), (y > b) - (y < b)
            counted[0] += turn[0] * turn[1] > 0
            counted[1] += turn[0] * turn[1] < 0
            counted[2] += turn[0] == 0
            counted[3] += turn[1] == 0
    columns = [np.array(column, np.int64) for column in zip(*rows, strict=True)]
    found = agreement(*columns)
    assert [found.concordant, found.discordant, found.tied_one, found.tied_other] == counted
    assert found.pairs == len(persons) * (len(persons) - 1) // 2


@settings(max_examples=60)
@given(ranking)
def test_tau_is_that_of_scipy(rows):
    stats = pytest.importorskip("scipy.stats")
    x, y = (np.array([row[i] for row in rows], np.int64) for i in (0, 1))
    found, theirs = agreement(x, y).tau(6), stats.kendalltau(x, y).statistic
    if found is None:
        assert np.isnan(theirs)
    else:
        assert abs(float(found) - theirs) < 1e-6


def test_tau_of_the_same_and_of_the_opposite_ranking():
    x = np.array([3, 1, 2, 2, 5], np.int64)
    assert str(agreement(x, x).tau()) == "1.0000"
    assert str(agreement(x, -x).tau()) == "-1.0000"
    assert agreement(x, np.zeros(5, np.int64)).tau() is None


def test_weights_beyond_what_can_be_counted():
    one = np.array([1, 2], np.int64)
    with pytest.raises(PolicyError) as caught:
        agreement(one, one, np.array([MOST_PERSONS, 1], np.int64))
    assert [d.code for d in caught.value.diagnostics] == ["C908"]


def test_a_notebook_gets_frames_charts_and_files(tmp_path):
    result = pdl.compare(YOUNG, LEARNED, persons=PEOPLE, population=PEOPLE)
    assert {"points", "concepts", "persons", "agreement", "favoured"} <= set(result.names)
    assert list(result.frame("points")["事项"]) == ["年龄", "社保", "学历"]
    assert set(result.charts) == {"bars", "heat", "slope"}
    assert result.save(tmp_path / "x.md").read_text("utf-8").startswith("# 政策并排比较")
    for call in (result.frame, result.chart):
        with pytest.raises(PolicyError) as caught:
            call("nothing")
        assert [d.code for d in caught.value.diagnostics] == ["S604"]
