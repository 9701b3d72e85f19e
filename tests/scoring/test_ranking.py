"""Ranking for a scene: keys, places, ties, households, and ranks that are not certain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from policydsl.language.diagnostics import PolicyError
from policydsl.model import Policy, loads
from policydsl.model.policy import Member
from policydsl.scoring.cases import SPOUSE, Case
from policydsl.scoring.exact import Evaluator
from policydsl.scoring.ranking import OUTCOMES, Placement, RankingResult, rank

SCHEME = """积分 t {{
  事实 甲分：整数，范围 0 至 100   事实 乙分：整数，范围 0 至 100   事实 登记日期：日期
  事实 学历：有序 {{ 高中 < 大专 < 本科 }}   事实 持证：是否   事实 违法：是否，缺省 否
  {more}
  组 共性 上限 100 分 {{ 指标 甲 {{ 加 （甲分） 分  {rules} }} }}
  组 个性 {{ 指标 乙 {{ 加 （乙分） 分 }} }}
  {status}
  场景 入学 {{ {scene} }}
}}"""


def policy(scene: str, *, rules: str = "", more: str = "", status: str = "") -> Policy:
    return loads(SCHEME.format(scene=scene, rules=rules, more=more, status=status))


def person(id_: str, common: int, own: int = 0, spouse: Mapping[str, Any] | None = None,
           **facts: Any) -> Case:  # fmt: skip
    """A case with its points in common and own indicators; dates as texts."""

    def known(given: Mapping[str, Any]) -> Mapping[str, Any]:
        return MappingProxyType(
            {
                k: date.fromisoformat(v) if "日期" in k else Fraction(v) if isinstance(v, int)
                and not isinstance(v, bool) else v
                for k, v in given.items()
            }
        )  # fmt: skip

    members = () if spouse is None else (Member(SPOUSE, known(spouse)),)
    return Case(id_, known({"甲分": common, "乙分": own, **facts}), members=members)


def ranks(result: RankingResult) -> dict[str, int | None]:
    return {p.case: p.rank for p in result.placements}


def outcomes(result: RankingResult) -> dict[str, str]:
    return {p.case: p.outcome for p in result.placements}


# -- ranks


def test_competition_ranks() -> None:
    cases = [person("甲", 60), person("乙", 70), person("丙", 70), person("丁", 50)]
    result = rank(policy("排序 总分 高者先"), cases)
    assert ranks(result) == {"乙": 1, "丙": 1, "甲": 3, "丁": 4}
    assert set(outcomes(result).values()) == {"ranked"}
    assert [p.tied_with for p in result.placements] == [2, 2, 1, 1]
    assert (result.quota, result.line, result.tied_at_line) == (None, None, 0)


def test_keys_decide_one_after_another() -> None:
    keys = "排序 总分 高者先，得分（组 个性） 高者先，登记日期 早者先"
    cases = [
        person("甲", 60, 10, 登记日期="2019-05-01"), person("乙", 50, 20, 登记日期="2023-01-01"),
        person("丙", 60, 10, 登记日期="2018-05-01"), person("丁", 71, 0, 登记日期="2024-01-01"),
    ]  # fmt: skip
    result = rank(policy(keys), cases)
    assert ranks(result) == {"丁": 1, "乙": 2, "丙": 3, "甲": 4}
    assert result.placements[2].keys == ("70", "10", "2018-05-01")


@pytest.mark.parametrize(
    ("key", "first"),
    [
        ("甲分 高者先", "乙"), ("甲分 低者先", "甲"), ("登记日期 早者先", "甲"), ("登记日期 晚者先", "乙"),
        ("学历 高者先", "甲"), ("学历 低者先", "乙"), ("持证 高者先", "乙"), ("（甲分 - 乙分） 高者先", "乙"),
        ("得分（组 个性） 低者先", "乙"),
    ],
)  # fmt: skip
def test_kinds_of_keys(key: str, first: str) -> None:
    cases = [
        person("甲", 1, 5, 登记日期="2019-05-01", 学历="本科", 持证=False),
        person("乙", 2, 4, 登记日期="2020-05-01", 学历="大专", 持证=True),
    ]
    assert ranks(rank(policy(f"排序 {key}"), cases))[first] == 1


def test_who_did_not_hand_in_a_key_comes_last() -> None:
    cases = [person("甲", 60), person("乙", 60, 登记日期="2024-01-01"), person("丙", 50)]
    for order in ("早者先", "晚者先"):
        result = rank(policy(f"排序 总分 高者先，登记日期 {order}"), cases)
        assert ranks(result) == {"乙": 1, "甲": 2, "丙": 3}
        placed = next(p for p in result.placements if p.case == "甲")
        assert placed.keys == ("60", "未提供")
        assert any(r.zh == "排序依据“登记日期”未提供，排在最后" for r in placed.reasons)


def test_without_keys_the_total_ranks() -> None:
    assert ranks(rank(policy("名额 未载明"), [person("甲", 1), person("乙", 2)])) == {
        "乙": 1,
        "甲": 2,
    }


def test_further_keys_that_the_text_leaves_open_leave_ties() -> None:
    result = rank(policy("排序 总分 高者先，其后 未载明"), [person("甲", 1), person("乙", 1)])
    assert ranks(result) == {"甲": 1, "乙": 1}
    assert [r.kind for r in result.reasons] == ["open"]


# -- places


def three_tied(scene: str, quota: int | None = None) -> RankingResult:
    cases = [
        person("甲", 70),
        person("乙", 60),
        person("丙", 60),
        person("丁", 60),
        person("戊", 50),
    ]
    return rank(policy(f"排序 总分 高者先  {scene}"), cases, quota=quota)


@pytest.mark.parametrize(
    ("ties", "at_line", "line"),
    [("一并录取", "admitted", 60), ("不录取", "not_admitted", 70), ("抽签", "tied_lottery", 70),
     ("未载明", "tied_open", 70)],
)  # fmt: skip
def test_ties_at_the_line(ties: str, at_line: str, line: int) -> None:
    result = three_tied(f"名额 2 名  同分 {ties}")
    assert outcomes(result) == {
        "甲": "admitted", "乙": at_line, "丙": at_line, "丁": at_line, "戊": "not_admitted",
    }  # fmt: skip
    assert (result.line, result.tied_at_line) == (Fraction(line), 3)
    assert all(OUTCOMES[p.outcome][0] for p in result.placements)


@pytest.mark.parametrize("ties", ["一并录取", "不录取", "抽签", "未载明"])
def test_a_tie_that_fits_is_no_question(ties: str) -> None:
    result = three_tied(f"名额 4 名  同分 {ties}")
    admitted = {p.case for p in result.placements if p.outcome == "admitted"}
    assert admitted == {"甲", "乙", "丙", "丁"}
    assert (result.line, result.tied_at_line) == (Fraction(60), 0)


def test_quotas_at_the_ends() -> None:
    everyone = three_tied("同分 不录取", quota=99)
    assert set(outcomes(everyone).values()) == {"admitted"}
    assert (everyone.line, everyone.tied_at_line) == (Fraction(50), 0)
    nobody = three_tied("同分 一并录取", quota=0)
    assert set(outcomes(nobody).values()) == {"not_admitted"}
    assert (nobody.line, nobody.tied_at_line) == (None, 0)
    assert rank(policy("名额 2 名"), []).placements == ()
    one = rank(policy("名额 1 名"), [person("甲", 0)])
    assert outcomes(one) == {"甲": "admitted"}


def test_everyone_ties() -> None:
    cases = [person(f"第{k}", 60) for k in "甲乙丙丁戊"]
    all_in = rank(policy("名额 2 名  同分 一并录取"), cases)
    assert set(outcomes(all_in).values()) == {"admitted"}
    assert (all_in.line, all_in.tied_at_line) == (Fraction(60), 5)
    none = rank(policy("名额 2 名  同分 不录取"), cases)
    assert set(outcomes(none).values()) == {"not_admitted"}
    assert none.line is None


def test_a_quota_or_a_rule_for_ties_can_be_given_where_the_text_leaves_them_open() -> None:
    scheme = policy("名额 由 教育局  同分 未载明")
    cases = [person("甲", 60), person("乙", 60)]
    assert outcomes(rank(scheme, cases)) == {"甲": "ranked", "乙": "ranked"}
    assert outcomes(rank(scheme, cases, quota=1)) == {"甲": "tied_open", "乙": "tied_open"}
    given_ = rank(scheme, cases, quota=1, ties="admit_none")
    assert outcomes(given_) == {"甲": "not_admitted", "乙": "not_admitted"}
    assert given_.ties == "admit_none"


def test_an_unknown_scene() -> None:
    with pytest.raises(PolicyError) as error:
        rank(policy("名额 1 名"), [], "公租房")
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.code == "S501"
    assert "入学" in diagnostic.message("zh")


# -- who takes part


def test_who_is_not_eligible_or_has_no_usable_points_is_not_ranked() -> None:
    scheme = policy("适用 持证  排序 总分 高者先  名额 1 名", status="效力 { 违法：冻结 }")
    cases = [
        person("甲", 90, 持证=False), person("乙", 80, 持证=True, 违法=True), person("丙", 10, 持证=True),
        person("丁", 5),
    ]  # fmt: skip
    result = rank(scheme, cases)
    assert outcomes(result) == {
        "丙": "admitted", "丁": "not_admitted", "甲": "not_eligible", "乙": "not_eligible",
    }  # fmt: skip
    assert [(p.best, p.worst, p.rank) for p in result.placements[2:]] == [(None, None, None)] * 2
    # whose conditions cannot be checked takes part, and the reasons say so
    doubtful = next(p for p in result.placements if p.case == "丁")
    assert [r.zh for r in doubtful.reasons if r.kind == "missing"] == [
        "入学：适用条件未能核对：未提供持证"
    ]


def test_a_scene_can_ask_for_a_total() -> None:
    scheme = policy("适用 总分 达到 60 分 且 得分（组 个性） 超过 0 分")
    cases = [person("甲", 60, 1), person("乙", 80, 0), person("丙", 58, 1)]
    assert outcomes(rank(scheme, cases)) == {
        "甲": "ranked", "乙": "not_eligible", "丙": "not_eligible",
    }  # fmt: skip


def test_eligibility_of_the_whole_scheme() -> None:
    scheme = policy("排序 总分 高者先", more="适用 持证")
    result = rank(scheme, [person("甲", 60, 持证=False), person("乙", 50, 持证=True)])
    assert outcomes(result) == {"乙": "ranked", "甲": "not_eligible"}


# -- households


def couple(first: tuple[int, str], second: tuple[int, str], id_: str = "户") -> Case:
    """A couple with the points and the registration date of each."""
    spouse = {"甲分": second[0], "乙分": 0, "登记日期": second[1]}
    return person(id_, first[0], spouse=spouse, 登记日期=first[1])


HIGHER = "家庭 就高 夫妻  排序 总分 高者先，登记日期 早者先，配偶 的 总分 高者先"


def test_the_better_of_the_couple_counts() -> None:
    result = rank(policy(HIGHER), [couple((40, "2015-01-01"), (60, "2020-01-01"), "甲"),
                                   person("乙", 60, 登记日期="2018-01-01"),
                                   couple((60, "2020-01-01"), (50, "2020-01-01"), "丙")])  # fmt: skip
    assert ranks(result) == {"乙": 1, "丙": 2, "甲": 3}
    better = next(p for p in result.placements if p.case == "甲")
    assert (better.chosen, str(better.points)) == ("甲（配偶）", "60")
    # with the better total come the keys of the one who has it, and the other's total
    assert better.keys == ("60", "2020-01-01", "40")
    assert better.spouse_score is not None
    assert str(better.spouse_score.total) == "40"


def test_a_couple_with_equal_totals_counts_by_the_further_keys() -> None:
    result = rank(policy(HIGHER), [couple((60, "2020-01-01"), (60, "2015-01-01"), "甲"),
                                   person("乙", 60, 登记日期="2018-01-01")])  # fmt: skip
    assert ranks(result) == {"甲": 1, "乙": 2}


def test_the_sum_over_a_couple_and_over_all_members() -> None:
    case = replace(
        couple((40, "2020-01-01"), (30, "2020-01-01")),
        members=(
            Member(SPOUSE, {"甲分": Fraction(30), "乙分": Fraction(0)}),
            Member("子女", {"甲分": Fraction(5), "乙分": Fraction(0)}),
        ),
    )
    (own,) = rank(policy("排序 总分 高者先"), [case]).placements
    (pair,) = rank(policy("家庭 合计 夫妻  排序 总分 高者先"), [case]).placements
    (family,) = rank(policy("家庭 合计 成员  排序 总分 高者先"), [case]).placements
    assert [str(p.points) for p in (own, pair, family)] == ["40", "70", "75"]
    assert family.keys == ("75",)


def test_members_see_the_household_from_where_they_stand() -> None:
    """The child's household counts the applicant too; the mother is not the child's spouse."""
    scheme = policy(
        "家庭 合计 成员  排序 总分 高者先",
        rules="加 （家庭人数（甲分 达到 0）） 分  配偶 的 甲分 达到 1：加 100 分",
    )
    case = Case(
        "户", {"甲分": Fraction(1), "乙分": Fraction(0)},
        members=(Member(SPOUSE, {"甲分": Fraction(2), "乙分": Fraction(0)}),
                 Member("子女", {"甲分": Fraction(0), "乙分": Fraction(0)})),
    )  # fmt: skip
    (placed,) = rank(scheme, [case]).placements
    # 100 (at the cap) for each of the couple, 0 + 3 for the child
    assert str(placed.points) == "203"


def test_the_spouse_takes_the_place_of_one_who_is_not_eligible() -> None:
    scheme = policy(HIGHER, more="适用 持证")
    case = person("户", 90, spouse={"甲分": 0, "乙分": 0, "持证": True, "登记日期": "2020-01-01"},
                  持证=False, 登记日期="2010-01-01")  # fmt: skip
    (placed,) = rank(scheme, [case]).placements
    assert (placed.outcome, placed.chosen, str(placed.points)) == ("ranked", "户（配偶）", "0")


def test_a_spouse_without_points_of_the_scene_does_not_count() -> None:
    scheme = policy(f"适用 持证  {HIGHER}")
    case = person("户", 40, spouse={"甲分": 90, "乙分": 0, "持证": False, "登记日期": "2020-01-01"},
                  持证=True, 登记日期="2010-01-01")  # fmt: skip
    (placed,) = rank(scheme, [case]).placements
    assert (placed.chosen, str(placed.points)) == ("户", "40")


# -- ranks that are not certain


def test_open_scores_make_a_rank_a_range() -> None:
    scheme = policy("排序 总分 高者先  名额 2 名  同分 抽签", rules="持证：酌情加分，最高 10 分")
    cases = [
        person("甲", 70), person("乙", 60, 持证=True), person("丙", 65), person("丁", 50, 持证=True),
        person("戊", 20),
    ]  # fmt: skip
    result = rank(scheme, [replace(c, facts={"持证": False, **c.facts}) for c in cases])
    found = {p.case: (p.best, p.worst, p.outcome) for p in result.placements}
    assert found == {
        "甲": (1, 1, "admitted"),
        "丙": (2, 3, "possible"),
        "乙": (1, 3, "possible"),
        "丁": (3, 4, "not_admitted"),
        "戊": (5, 5, "not_admitted"),
    }
    assert result.line == 70


def test_a_rank_can_be_certain_among_open_ones() -> None:
    """The further keys of those who tie decide, whatever is open elsewhere."""
    scheme = policy(
        "排序 总分 高者先，登记日期 早者先  名额 1 名", rules="持证：酌情加分，最高 10 分"
    )
    cases = [
        person("甲", 60, 持证=False, 登记日期="2020-01-01"), person("乙", 60, 持证=False, 登记日期="2019-01-01"),
        person("丙", 10, 持证=True, 登记日期="2019-01-01"),
    ]  # fmt: skip
    result = rank(scheme, cases)
    assert ranks(result) == {"乙": 1, "甲": 2, "丙": 3}
    assert outcomes(result) == {"乙": "admitted", "甲": "not_admitted", "丙": "not_admitted"}


def test_a_score_without_bound_may_be_first_or_not() -> None:
    scheme = policy("排序 总分 高者先", more="指标 丙 { 持证：酌情加分 }")
    result = rank(scheme, [person("甲", 60, 持证=False), person("乙", 50, 持证=True)])
    found = {p.case: (p.best, p.worst) for p in result.placements}
    assert found == {"甲": (1, 2), "乙": (1, 2)}


def test_the_couple_of_which_either_may_count() -> None:
    """Whose keys come with an open total depends on whose total it will be."""
    scheme = policy(HIGHER, rules="持证：酌情加分，最高 30 分")
    open_couple = person(
        "户", 50, spouse={"甲分": 60, "乙分": 0, "持证": False, "登记日期": "2022-01-01"}, 持证=True,
        登记日期="2012-01-01",
    )  # fmt: skip
    other = person("邻", 60, 持证=False, 登记日期="2018-01-01")
    found = {p.case: (p.best, p.worst) for p in rank(scheme, [open_couple, other]).placements}
    assert found == {"户": (1, 2), "邻": (1, 2)}


# -- laws ---------------------------------------------------------------------------------------

LAWS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
DATES = st.sampled_from(["2018-01-01", "2019-06-30", "2020-01-01"])
TIES = st.sampled_from(["admit_all", "admit_none", "lottery", "open"])


@st.composite
def people(draw: st.DrawFn, open_: bool = False, single: bool = False) -> Sequence[Case]:
    """A few cases with few points, so that they tie often."""

    def facts() -> dict[str, Any]:
        found: dict[str, Any] = {
            "甲分": draw(st.integers(0, 3)), "乙分": draw(st.integers(0, 1)), "违法": draw(st.booleans()),
            "持证": open_ and draw(st.booleans()),
        }  # fmt: skip
        if draw(st.integers(0, 3)):
            found["登记日期"] = draw(DATES)
        return found

    cases = []
    for k in range(draw(st.integers(0, 6))):
        own = facts()
        spouse = None if single or draw(st.booleans()) else facts()
        cases.append(person(f"c{k}", own.pop("甲分"), own.pop("乙分"), spouse, **own))
    return cases


SCENES = st.sampled_from([
    "家庭 就高 夫妻  排序 总分 高者先，登记日期 早者先，配偶 的 总分 高者先",
    "排序 总分 高者先，得分（组 个性） 高者先",
    "家庭 合计 夫妻  排序 总分 高者先，登记日期 晚者先",
    "家庭 就高 夫妻  排序 得分（组 个性） 高者先，总分 低者先",
])  # fmt: skip


def shown(placement: Placement) -> tuple[Any, ...]:
    return (placement.best, placement.worst, placement.outcome, placement.tied_with, placement.keys)


@LAWS
@given(people(open_=True), SCENES, st.integers(0, 7), TIES, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(
    cases: Sequence[Case], scene: str, quota: int, ties: Any, random: Any
) -> None:
    scheme = policy(scene, rules="持证：酌情加分，最高 2 分", status="效力 { 违法：冻结 }")
    first = rank(scheme, cases, quota=quota, ties=ties)
    other = list(cases)
    random.shuffle(other)
    second = rank(scheme, other, quota=quota, ties=ties)
    assert first == second


@LAWS
@given(people(), SCENES, st.integers(0, 7), TIES)
def test_ranks_and_places_of_certain_scores(
    cases: Sequence[Case], scene: str, quota: int, ties: Any
) -> None:
    result = rank(policy(scene), cases, quota=quota, ties=ties)
    placements = result.placements
    assert sorted(p.case for p in placements) == sorted(c.id for c in cases)
    for placement in placements:
        assert placement.best == placement.worst
        same = [p for p in placements if p.keys == placement.keys and p.best == placement.best]
        assert placement.tied_with == len(same)
        assert placement.best == 1 + sum((p.best or 0) < (placement.best or 0) for p in placements)
    admitted = [p for p in placements if p.outcome == "admitted"]
    waiting = [p for p in placements if p.outcome.startswith("tied")]
    if ties == "admit_all":
        assert not waiting
        assert len(admitted) >= min(quota, len(placements))
    else:
        assert len(admitted) <= quota
    if ties == "admit_none":
        assert not waiting
    # those with a place stand above those without
    for inside in admitted:
        for outside in placements:
            if outside.outcome != "admitted":
                assert (inside.best or 0) < (outside.best or 0)
    # those who tie at the line do not all fit, and all that stand above them do
    for placement in waiting:
        assert placement.best is not None
        assert placement.best <= quota < placement.best + placement.tied_with - 1
        assert result.tied_at_line == placement.tied_with


@LAWS
@given(people(open_=True), st.integers(0, 1))
def test_the_better_of_a_couple_is_the_same_seen_from_either(
    cases: Sequence[Case], which: int
) -> None:
    """Whoever of the couple applies, the household stands in the same place."""
    scheme = policy(HIGHER, rules="持证：酌情加分，最高 2 分", status="效力 { 违法：冻结 }")
    turned = [c.as_spouse() for c in cases]
    assume(any(turned))
    others = [
        c if t is None or (which and k % 2) else replace(t, id=c.id)
        for k, (c, t) in enumerate(zip(cases, turned, strict=True))
    ]
    found = {p.case: shown(p) for p in rank(scheme, cases, quota=2).placements}
    assert found == {p.case: shown(p) for p in rank(scheme, others, quota=2).placements}


@LAWS
@given(people(open_=True, single=True), st.data(), st.integers(0, 6), TIES)
def test_a_range_of_ranks_contains_the_rank_of_every_resolution(
    cases: Sequence[Case], data: st.DataObject, quota: int, ties: Any
) -> None:
    scheme = policy("排序 总分 高者先，登记日期 早者先", rules="持证：酌情加分，最高 2 分")
    before = {p.case: p for p in rank(scheme, cases, quota=quota, ties=ties).placements}
    judged = []
    for case in cases:
        points = data.draw(st.sampled_from([Fraction(0), Fraction(1), Fraction(2)]))
        judged.append(replace(case, judgements={"共性/甲": points}))
    after = rank(scheme, judged, quota=quota, ties=ties)
    for placed in after.placements:
        wide = before[placed.case]
        assert placed.rank is not None
        assert wide.best is not None
        assert wide.worst is not None
        assert wide.best <= placed.rank <= wide.worst
        if wide.outcome in ("admitted", "not_admitted"):
            assert placed.outcome == wide.outcome
        if wide.outcome.startswith("tied"):
            assert placed.outcome == wide.outcome


@LAWS
@given(people(open_=True), SCENES)
def test_both_ends_of_a_rank_are_attained(cases: Sequence[Case], scene: str) -> None:
    """The best rank when all that is open goes one's way, the worst when it goes against one."""
    scheme = policy("排序 总分 高者先", rules="持证：酌情加分，最高 2 分")
    cases = [replace(c, members=()) for c in cases]
    evaluator = Evaluator(scheme)
    for placed in rank(scheme, cases).placements:
        ends = []
        for own, other in ((2, 0), (0, 2)):
            judged = [
                replace(c, judgements={"共性/甲": Fraction(own if c.id == placed.case else other)})
                for c in cases
            ]
            assert all(evaluator.score(c).total.is_exact for c in judged)
            ends.append(ranks(rank(scheme, judged))[placed.case])
        assert ends == [placed.best, placed.worst]
