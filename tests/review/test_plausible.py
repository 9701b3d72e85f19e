"""Witnesses read like persons: ordinary where an ordinary case shows the same (常见, 常情)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from policydsl.language.parsing import parse_text
from policydsl.language.printing import print_node
from policydsl.model.loading import bundled, loads
from policydsl.review.plausible import Ordinary
from policydsl.review.proving import differ, extremes
from policydsl.review.running import review
from policydsl.scoring.cases import Case
from policydsl.scoring.exact import Evaluator

SCHEME = """
积分 sample “积分办法” {
  满分 100 分
  事实 年龄：整数（岁），范围 0 岁 至 120 岁，常见 32 岁
  事实 学历：有序 { 高中 < 大专 < 本科 }，常见 高中
  事实 社保月数：计数（月），范围 0 个月 至 600 个月，常见 24 个月
  常情 社保月数 不超过 (年龄 - 16 岁) × 12 个月 ÷ 1 岁 说明 “满十六岁才参保”
  常情 学历 为 本科：年龄 不低于 21 岁
  指标 社保 满分 70 分 { 每 1 个月 社保月数 加 0.2 分，最高 70 分 }
  指标 学历 满分 20 分 { 按 学历 取分 { 本科：20 分；大专：10 分；其他：0 分 } }
  指标 年龄 满分 10 分 { 年龄 不超过 50 岁：加 10 分 }
}
"""


def facts_of(facts: Mapping[str, object]) -> dict[str, int]:
    """The whole numbers of a case."""
    return {k: int(v) for k, v in facts.items() if isinstance(v, Fraction)}


def test_both_spellings_say_the_same():
    tree = parse_text(SCHEME, "sample").file.documents[0]
    english = print_node(tree, "en")
    assert "plausible 学历 is 本科: 年龄 not_below 21" in english
    assert "typical 24 months" in english
    assert parse_text(english, "sample").file.documents[0] == tree


def test_plausibility_changes_no_score():
    bare = "\n".join(x for x in SCHEME.splitlines() if "常情" not in x).replace("，常见 32 岁", "")
    found = differ(loads(SCHEME), loads(bare))
    assert found.verdict == "proved"


def test_whoever_has_most_could_be_met():
    """350 months of contributions ask for somebody of 46: he keeps 10 points up to 50."""
    (total, *_) = extremes(loads(SCHEME), [None])
    assert total.most.person is not None
    assert total.most.value == 100
    person = facts_of(total.most.person.case.facts)
    assert person["社保月数"] == 350
    assert 46 <= person["年龄"] <= 50
    assert total.most.person.unlikely is None


def test_the_usual_stays_where_it_makes_no_difference():
    (age,) = extremes(loads(SCHEME), ["年龄"])
    assert age.most.person is not None
    assert facts_of(age.most.person.case.facts) == {"年龄": 32}


def test_an_unlikely_person_is_called_so():
    """Where 350 months are needed at 30, nobody ordinary has them."""
    policy = loads(SCHEME.replace("不超过 50 岁：加", "不超过 30 岁：加"))
    (total, *_) = extremes(policy, [None])
    person = total.most.person
    assert person is not None
    assert total.most.value == 100
    assert person.unlikely is not None
    assert "常情 社保月数 不超过" in person.unlikely[0]
    assert "not_exceeding" in person.unlikely[1]
    assert "unlikely" in person.record()


def test_a_spouse_is_grown_up():
    policy = loads(
        """
        积分 sample “积分办法” {
          事实 年龄：整数（岁），范围 0 岁 至 120 岁
          常情 配偶 的 年龄 不低于 20 岁
          常情 年龄 不低于 16 岁
          指标 随迁 满分 10 分 { 配偶 的 年龄 不超过 40 岁：加 10 分 }
        }
        """
    )
    (total, *_) = extremes(policy, [None])
    assert total.most.person is not None
    (spouse,) = total.most.person.case.members
    assert 20 <= facts_of(spouse.facts)["年龄"] <= 40


def test_the_review_tells_of_the_same_people():
    text = SCHEME.replace("最高 70 分", "最高 60 分")
    (found,) = review(loads(text)).of("R603")[:1]
    assert found.witness is not None
    assert "社保月数 300 月" in found.witness.text[0]
    text = SCHEME.replace("加 10 分 }", "加 未载明 }").replace("不超过 50 岁", "不超过 12 岁")
    (found,) = review(loads(text.replace("常情 学历", "常情 年龄 不低于 16 岁\n  常情 学历"))).of(
        "R652"
    )
    assert found.witness is not None
    assert "不合常情 年龄 不低于 16 岁" in found.witness.text[0]


def test_bundled_witnesses_are_ordinary():
    library = bundled()
    for id_ in ("provincial-indicators-a", "provincial-indicators-b", "yueqing-2023-draft"):
        policy = library.policy(id_)
        ordinary = Ordinary(policy)
        for finding in review(policy, library=library).complaints:
            for shown in finding.witness.cases if finding.witness else ():
                assert not ordinary.broken(shown.case.facts), (id_, finding.code)


def test_usual_values_of_the_bundled_vocabularies_break_nothing():
    policy = bundled().policy("yueqing-2022")
    usual = {f.name: f.typical for f in policy.facts.values() if f.typical is not None}
    assert len(usual) > 30
    assert Ordinary(policy).broken(usual) == ()


# -- held to brute force


NUMBERS = st.integers(0, 5)


@st.composite
def schemes(draw: st.DrawFn) -> str:
    """A scheme over three small facts with some 常情 about them."""
    rows = [
        f"{n} 人：{draw(st.integers(0, 4))} 分" for n in sorted(draw(st.sets(NUMBERS, min_size=1)))
    ]
    likely = draw(
        st.lists(
            st.sampled_from(
                ["甲 不超过 乙", "乙 不低于 3 人", "甲 + 乙 不超过 6 人", "丙 为 高：甲 不低于 2 人",
                 "丙 为 低", "甲 不为 1 人", "乙 超过 2 人：丙 不为 低", "乙 不超过 甲 + 1 人"]
            ),
            max_size=3, unique=True,
        )
    )  # fmt: skip
    usual = [draw(st.one_of(st.just(""), NUMBERS.map(lambda n: f"，常见 {n} 人"))) for _ in "甲乙"]
    missing = draw(st.sampled_from(["，缺失 必填", ""]))
    return f"""
    积分 sample “积分办法” {{
      事实 甲：计数（人），范围 0 人 至 5 人{usual[0]}{missing}
      事实 乙：计数（人），范围 0 人 至 5 人{usual[1]}{missing}
      事实 丙：有序 {{ 低 < 中 < 高 }}{missing}
      {" ".join(f"常情 {x}" for x in likely)}
      指标 一 满分 10 分 {{ 按 甲 取分 {{ {"；".join(rows)}；其他：1 分 }} }}
      指标 二 满分 10 分 {{ 每 {draw(st.integers(1, 3))} 人 乙 加 1 分，最高 2 分 }}
      指标 三 满分 10 分 {{ 取高 {{ 丙 为 高：加 3 分
        乙 不低于 {draw(NUMBERS)} 人：加 {draw(st.integers(0, 3))} 分 }} }}
    }}
    """


@settings(max_examples=25, deadline=None)
@given(schemes())
def test_nobody_unlikely_is_told_of_where_somebody_ordinary_shows_the_same(text: str):
    policy = loads(text)
    evaluator, ordinary = Evaluator(policy), Ordinary(policy)
    required = policy.facts["甲"].missing == "required"
    numbers = [Fraction(n) for n in range(6)]
    options = [[*([] if required else [None]), *x] for x in (numbers, numbers, ["低", "中", "高"])]
    cases = []
    for values in product(*options):
        facts = {k: v for k, v in zip("甲乙丙", values, strict=True) if v is not None}
        cases.append((facts, evaluator.score(Case("x", facts))))
    for extreme in extremes(policy):
        for bound in (extreme.most, extreme.least):
            assert bound.verdict == "proved"
            person = bound.person
            assert person is not None
            points = person.points(extreme.clause)
            assert points is not None
            assert points.value == bound.value
            same = [
                facts for facts, score in cases
                if (score.total if extreme.clause is None else score.parts[extreme.clause]).value
                == bound.value
            ]  # fmt: skip
            exists = any(not ordinary.broken(facts) for facts in same)
            assert bool(ordinary.broken(person.case.facts)) is not exists
            assert (person.unlikely is None) is exists
            if not exists:
                assert person.unlikely is not None
                assert "例子没有" in person.unlikely[0]
