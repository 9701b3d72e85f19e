"""What examples exercise, and examples that exercise the rest, as a drafter sees them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.scoring.strategies import cases, drafts

from policydsl.checking import try_examples
from policydsl.language.diagnostics import PolicyError
from policydsl.model import Policy, loads
from policydsl.model.loading import load
from policydsl.review.coverage.accepting import accept, printed_examples, with_examples
from policydsl.review.coverage.generating import generate
from policydsl.review.coverage.measuring import coverage, shown_share
from policydsl.review.coverage.places import Place, Places
from policydsl.review.coverage.reaching import reachable
from policydsl.review.coverage.recording import record
from policydsl.scoring.cases import case_of
from policydsl.scoring.exact import Evaluator, score_case

SCHEME = """积分 p “积分办法” {
  # 这一行注释要留下
  满分 50 分
  事实 社保月数：计数（月）
  事实 年龄：整数（岁），范围 0 至 120
  事实 学历：有序 { 高中 < 大专 < 本科 }
  事实 居住证：是否
  事实 党员：是否，缺省 否
  事实 失信：是否，缺省 否
  适用 居住证
  指标 社保 上限 30 分 { 每 1 个月 社保月数 加 0.5 分，最高 30 分 }
  指标 学历 上限 10 分 { 按 学历 取分 { 本科：10 分；大专：8 分；高中：5 分 } }
  指标 年龄 上限 10 分 { 年龄 18 至 40 岁：加 10 分 }
  指标 荣誉 { 取高 { 党员：加 5 分；社保月数 达到 60 个月 且 学历 为 本科：加 8 分 } }
  效力 { 失信：冻结 }
  示例 “十二个月” { 居住证 是，社保月数 12，得 6 分 }   # 尾注也要留下
}
"""


def texts(places: tuple[Place, ...]) -> set[tuple[str, str]]:
    return {(p.clause, p.text()) for p in places}


def test_what_one_example_exercises():
    policy = loads(SCHEME)
    found = coverage(policy)
    assert found.titles == ("十二个月",)
    exercised = {(p.clause, p.kind) for p in found.places if found.is_exercised(p)}
    assert ("社保", "counted") in exercised
    assert ("社保", "capped") not in exercised
    assert ("学历", "tier") not in exercised
    assert 0 < found.total.share < 50
    missing = texts(found.uncovered)
    assert ("学历", "大专：8 分：落入该档") in missing
    assert ("年龄", "年龄 18 至 40 岁：加 10 分：恰在界线上") in missing
    for place in found.uncovered:
        line = found.line(place)[1]
        assert line
        assert (
            place.kind == "cap" or not place.what or place.what[:2] in SCHEME.splitlines()[line - 1]
        )


def test_what_nobody_can_reach_is_not_held_against_the_examples():
    found = coverage(loads(SCHEME))
    out = texts(found.unreachable)
    assert ("学历", "按 学历 取分 { 本科：10 分 大专：8 分 高中：5 分 }：不属任何一档") in out
    assert ("社保", "30 分：超出上限被封顶") in out
    assert found.total.reachable + len(found.unreachable) == len(found.places.all)


def test_generated_examples_exercise_all_that_can_be_reached():
    policy = loads(SCHEME)
    made = generate(policy)
    assert made.share == 100
    assert not made.left
    assert len(made.examples) <= 8
    titles = [x.example.title for x in made.examples]
    assert len(set(titles)) == len(titles)
    assert any("社保月数只差一点到 60 个月" in t for t in titles)
    for one in made.examples:
        assert score_case(policy, one.case).total == one.score.total
        assert one.shows


def test_only_as_many_as_asked_for_those_that_show_most_first():
    policy = loads(SCHEME)
    every = generate(policy)
    one = generate(policy, 1)
    assert len(one.examples) == 1
    assert one.share < 100
    assert len(one.examples[0].shows) >= max(len(x.shows) for x in every.examples[1:])


def test_accepted_examples_pass_and_nothing_else_changes(tmp_path: Path):
    path = tmp_path / "p.policy"
    path.write_text(SCHEME, "utf-8")
    policy = load(path)
    made = generate(policy)
    assert policy.document is not None
    accept(path, policy.document, policy.source, [x.example for x in made.examples], "拟出")
    text = path.read_text("utf-8")
    assert text.startswith(SCHEME.rstrip().rstrip("}").rstrip())
    assert "# 尾注也要留下" in text
    assert "# 拟出" in text
    trial = try_examples([path])
    assert trial.ok
    assert len(trial.examples) == 1 + len(made.examples)
    again = load(path)
    assert coverage(again).total.share == 100
    assert not generate(again).examples


def test_an_english_file_gets_english_examples(tmp_path: Path):
    from policydsl.language.parsing import parse_text
    from policydsl.language.printing import print_file

    path = tmp_path / "p.policy"
    path.write_text(print_file(parse_text(SCHEME).file, "en"), "utf-8")
    policy = load(path)
    assert policy.document is not None
    made = [x.example for x in generate(policy).examples]
    text = with_examples(policy.source, policy.document, made)
    assert text.count("example “") + text.count('example "') == 1 + len(made)


def test_a_file_that_was_changed_meanwhile_is_left_alone(tmp_path: Path):
    path = tmp_path / "p.policy"
    path.write_text(SCHEME, "utf-8")
    policy = load(path)
    assert policy.document is not None
    made = [x.example for x in generate(policy, 1).examples]
    path.write_text(SCHEME + "\n# 同事改过\n", "utf-8")
    with pytest.raises(PolicyError) as problem:
        accept(path, policy.document, policy.source, made)
    assert problem.value.diagnostics[0].code == "F010"
    path.write_text(SCHEME, "utf-8")
    accept(path, policy.document, policy.source, made)
    with pytest.raises(PolicyError) as problem:
        accept(path, policy.document, policy.source, made)
    assert problem.value.diagnostics[0].code == "F010"
    newer = load(path)
    assert newer.document is not None
    with pytest.raises(PolicyError) as problem:
        accept(path, newer.document, newer.source, made)
    assert problem.value.diagnostics[0].code == "R743"


def test_a_share_is_never_rounded_up_to_all():
    from policydsl.review.coverage.measuring import Count

    assert shown_share(Count(9999, 10000)) == "99.9%"
    assert shown_share(Count(5, 5)) == "100%"
    assert shown_share(Count(0, 0)) == "100%"


@pytest.mark.parametrize("policy_id", ["provincial-indicators-a", "provincial-indicators-b"])
def test_bundled_policies_are_completed(policy_id: str):
    made = generate(load(policy_id))
    assert made.before.total.share < 100
    assert made.share == 100


def test_every_unit_of_beilun_is_completed():
    policy = load("beilun-departments")
    made = generate(policy, seconds=60)
    assert made.share == 100
    assert len({x.case.unit for x in made.examples}) == 34


def test_watching_changes_nothing():
    for policy_id in ("beilun-departments", "provincial-indicators-a"):
        policy = load(policy_id)
        places = Places(policy)
        for example in policy.examples:
            score, seen = record(Evaluator(policy), places, case_of(example))
            assert score == score_case(policy, case_of(example))
            assert seen


RANDOM = settings(
    max_examples=12, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large,
                           HealthCheck.filter_too_much],
)  # fmt: skip


@RANDOM
@given(st.data())
def test_nobody_goes_where_nobody_can(data):
    """Places that are proved to be out of reach are exercised by no random case."""
    draft = data.draw(drafts(without={"household", "blends", "scenes"}))
    policy = loads(draft.text)
    places = Places(policy)
    never = {
        r.place.key for r in reachable(policy, places=places, seconds=1) if r.verdict == "refuted"
    }
    evaluator = Evaluator(policy)
    for _ in range(4):
        case = data.draw(cases(draft))
        try:
            score, seen = record(evaluator, places, case)
        except PolicyError:
            continue
        assert score == evaluator.score(case)
        # ranges of facts are stated for what is handed in; a drawn value may lie outside of it
        if all(_within(policy, name, value) for name, value in case.facts.items()):
            assert not seen & never, [places.all[k].text() for k in seen & never]


def _within(policy: Policy, name: str, value: object) -> bool:
    fact = policy.facts.get(name)
    if fact is None or not fact.is_number:
        return fact is None or fact.derived is None
    low_ok = fact.low is None or value >= fact.low  # type: ignore[operator]
    return low_ok and (fact.high is None or value <= fact.high) and fact.derived is None  # type: ignore[operator]


@settings(RANDOM, max_examples=5)
@given(st.data())
def test_generated_examples_of_random_policies_hold(data):
    draft = data.draw(drafts(without={"household", "blends", "scenes"}))
    policy = loads(draft.text)
    made = generate(policy, 3, seconds=1)
    if not made.examples:
        return
    examples = [x.example for x in made.examples]
    assert policy.document is not None
    text = with_examples(policy.source, policy.document, examples)
    again = loads(text)
    assert len(again.examples) == len(policy.examples) + len(examples)
    for example, one in zip(again.examples[len(policy.examples) :], made.examples, strict=True):
        score = score_case(again, case_of(example))
        assert score.total == one.score.total
        for expected in example.expectations:
            actual = score.total if expected.clause is None else score.parts[expected.clause]
            assert (actual.low, actual.high) == (expected.low, expected.high)
    before = made.before.total.exercised
    after = coverage(again, seconds=1).total.exercised
    assert after > before


def test_printed_examples_parse():
    made = generate(loads(SCHEME))
    text = printed_examples([x.example for x in made.examples])
    assert loads(SCHEME.rstrip().rstrip("}") + text + "\n}").examples
