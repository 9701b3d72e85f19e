"""Laws of the exact evaluator, on random policies and cases.

Each law says something that a drafter relies on without thinking of it.  The policies come from
:mod:`tests.scoring.strategies`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction
from itertools import product
from random import Random
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from tests.scoring.strategies import BIG, Draft, Slot, cases, drafts

from policydsl.language import nodes as n
from policydsl.language.diagnostics import PolicyError
from policydsl.language.parsing import parse_text
from policydsl.language.printing import print_file
from policydsl.model import Policy, loads
from policydsl.model.expressions import Constant
from policydsl.model.policy import Clause, Member
from policydsl.model.rules import OpenPoints, RoundTo
from policydsl.scoring.cases import Case
from policydsl.scoring.exact import Evaluator, Score, Trace, score_case
from policydsl.scoring.expressions import Person, Values
from policydsl.scoring.ranges import Range, round_points, total

LAWS = settings(
    max_examples=40,
    deadline=None,
    # a policy takes minutes to shrink, and what is left of it no longer reads like one
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large,
                           HealthCheck.filter_too_much],
)  # fmt: skip
UNKNOWN = {"open", "trigger", "discretion"}


def tree(draft: Draft) -> n.File:
    return parse_text(draft.text, "draft").file


def reload(file: n.File) -> Policy:
    return loads(print_file(file))


def within(inner: Range, outer: Range) -> bool:
    low = outer.low is None or (inner.low is not None and inner.low >= outer.low)
    return low and (outer.high is None or (inner.high is not None and inner.high <= outer.high))


def same(left: Score, right: Score) -> None:
    assert (left.total, left.points) == (right.total, right.points)
    assert dict(left.parts) == dict(right.parts)
    assert dict(left.blends) == dict(right.blends)
    assert (left.vetoed, left.eligible) == (right.vetoed, right.eligible)
    assert set(left.statuses) == set(right.statuses)


# -- ranges ----------------------------------------------------------------------------


def chosen_for(slot: Slot) -> st.SearchStrategy[Fraction]:
    """A number that may be stated for what a slot leaves open."""
    if slot.kind == "trigger":
        return st.sampled_from([Fraction(0), Fraction(1)])
    high = slot.low + 60 if slot.high is None else slot.high
    quarters = st.integers(0, int((high - slot.low) * 4)).map(lambda k: slot.low + Fraction(k, 4))
    return quarters | st.sampled_from([slot.low, high])


@LAWS
@given(st.data())
def test_a_range_contains_every_resolution(data: st.DataObject) -> None:
    """Whatever the text turns out to say, the score lies in the range."""
    draft = data.draw(drafts())
    assume(draft.slots)
    case = data.draw(cases(draft))
    values = [data.draw(chosen_for(slot)) for slot in draft.slots]
    try:
        closed = loads(draft.closed(values))
    except PolicyError:
        assume(False)  # what was chosen contradicts itself: a floor above the cap
        raise
    left_open = score_case(loads(draft.text), case)
    stated = score_case(closed, case)
    assert stated.total.is_exact
    assert within(stated.total, left_open.total), (stated.total, left_open.total)
    assert within(stated.points, left_open.points)
    for id_, part in stated.parts.items():
        assert within(part, left_open.parts[id_]), id_
    for id_, blend in stated.blends.items():
        outer = left_open.blends[id_]
        assert (blend is None) == (outer is None)
        assert blend is None or outer is None or within(blend, outer)


def resolutions(draft: Draft, best: bool) -> Iterator[list[Fraction]]:
    """Every amount at the end that makes scores largest (or smallest), triggers all ways."""
    ends: list[tuple[Fraction, ...]] = []
    for slot in draft.slots:
        low, high = slot.ends
        if slot.kind == "trigger":
            ends.append((low, high))
        else:
            ends.append((high,) if best != slot.lowers else (low,))
    for values in product(*ends):
        yield list(values)


@LAWS
@given(st.data())
def test_both_ends_of_a_range_are_attained(data: st.DataObject) -> None:
    """A range is no wider than what the text can turn out to say."""
    draft = data.draw(drafts(without={"blends"}))
    assume(draft.slots)
    assume(sum(slot.kind == "trigger" for slot in draft.slots) <= 3)
    case = data.draw(cases(draft))
    found = score_case(loads(draft.text), case).total
    lows: list[Fraction] = []
    highs: list[Fraction] = []
    for best, totals in ((False, lows), (True, highs)):
        for values in resolutions(draft, best):
            try:
                totals.append(score_case(loads(draft.closed(values)), case).total.value)
            except PolicyError:
                assume(False)
    if found.low is None:
        assert min(lows) < -BIG / 1000
    else:
        assert min(lows) == found.low
    if found.high is None:
        assert max(highs) > BIG / 1000
    else:
        assert max(highs) == found.high


@LAWS
@given(st.data())
def test_a_judgement_gives_a_score_in_the_range(data: st.DataObject) -> None:
    draft = data.draw(drafts(without={"open", "trigger"}))
    policy = loads(draft.text)
    case = data.draw(cases(draft))
    before = score_case(policy, case)
    waiting = sorted({r.clause for r in before.reasons if r.kind == "discretionary"})
    assume(waiting)
    judgements: dict[str, Fraction] = {}
    for clause in waiting:
        points = data.draw(st.integers(-40, 40).map(lambda k: Fraction(k, 4)))
        judged = replace(case, judgements=MappingProxyType({**judgements, clause: points}))
        try:
            after = score_case(policy, judged)
        except PolicyError as error:
            codes = [d.code for d in error.diagnostics]
            if codes != ["D418"]:
                raise
            continue
        judgements[clause] = points
        assert not any(r.kind == "discretionary" and r.clause == clause for r in after.reasons)
        assert within(after.total, before.total)
        for id_, part in after.parts.items():
            assert within(part, before.parts[id_]), id_
    if set(judgements) == set(waiting):
        done = score_case(policy, replace(case, judgements=MappingProxyType(judgements)))
        assert done.total.is_exact


@LAWS
@given(st.data())
def test_nothing_open_gives_one_number(data: st.DataObject) -> None:
    draft = data.draw(drafts(without=UNKNOWN))
    score = score_case(loads(draft.text), data.draw(cases(draft)))
    assert score.total.is_exact
    assert all(part.is_exact for part in score.parts.values())
    assert not {r.kind for r in score.reasons} & {"open", "discretionary"}


@LAWS
@given(st.data())
def test_a_range_has_its_reason(data: st.DataObject) -> None:
    draft = data.draw(drafts())
    score = score_case(loads(draft.text), data.draw(cases(draft)))
    reasons = {r.kind for r in score.reasons}
    ranges = [score.total, *score.parts.values(), *(b for b in score.blends.values() if b)]
    if not all(x.is_exact for x in ranges):
        assert reasons & {"open", "discretionary"}


# -- limits ----------------------------------------------------------------------------


def limits(clause: Clause) -> tuple[Fraction | None, Fraction | None]:
    """The lowest floor and the highest cap of a clause."""
    cap = clause.cap if clause.cap is not None else clause.full_marks
    highest = cap.high if isinstance(cap, OpenPoints) else cap
    floor = Fraction(0) if clause.floor is None else clause.floor
    lowest = floor.low if isinstance(floor, OpenPoints) else floor
    return lowest, highest


@LAWS
@given(st.data())
def test_every_part_keeps_its_floor_and_cap(data: st.DataObject) -> None:
    draft = data.draw(drafts())
    policy = loads(draft.text)
    score = score_case(policy, data.draw(cases(draft)))
    deducting = [c.id for c in policy.clauses.values() if c.kind == "deductions"]
    for id_, part in score.parts.items():
        clause = policy.clauses[id_]
        inside = any(id_ == d or id_.startswith(f"{d}/") for d in deducting)
        amount = -part if inside else part
        floor, cap = limits(clause)
        if cap is not None and (floor is None or floor <= cap):
            assert amount.high is not None
            assert amount.high <= cap
        # nothing at all is what 不得分, a clause that does not apply or lacking evidence give
        if floor is not None and amount.low != 0:
            assert amount.low is not None
            assert amount.low >= floor


def with_award(text: str, index: int, rule: str) -> str | None:
    """The text with one more rule in the item of that number."""
    heads = [
        k for k, line in enumerate(text.split("\n"))
        if line.startswith(("指标 条目", "项 条目")) and line.endswith("{")
    ]  # fmt: skip
    if not heads:
        return None
    rows = text.split("\n")
    rows.insert(heads[index % len(heads)] + 1, f"  {rule}")
    return "\n".join(rows)


@LAWS
@given(st.data())
def test_one_more_award_never_lowers_a_score(data: st.DataObject) -> None:
    draft = data.draw(drafts())
    case = data.draw(cases(draft))
    rule = data.draw(
        st.sampled_from(["加 3 分", "合格：加 1.5 分", "每 1 次 次数 加 0.5 分，最高 2 分"])
    )
    more = with_award(draft.text, data.draw(st.integers(0, 9)), rule)
    assume(more is not None)
    assert more is not None
    before, after = score_case(loads(draft.text), case).points, score_case(loads(more), case).points
    assert after.low is None if before.low is None else after.low is not None
    if before.low is not None and after.low is not None:
        assert after.low >= before.low
    assert after.high is None or (before.high is not None and after.high >= before.high)


@LAWS
@given(st.data())
def test_a_higher_cap_never_lowers_a_score(data: st.DataObject) -> None:
    draft = data.draw(drafts(without={"deductions"}))
    file = tree(draft)
    caps = [
        a for a in n.walk(file)
        if isinstance(a, n.Attribute) and a.key == "CAP" and isinstance(a.value, n.FixedAmount)
    ]  # fmt: skip
    assume(caps)
    raised = data.draw(st.sampled_from(caps))
    assert isinstance(raised.value, n.FixedAmount)
    number = raised.value.number
    higher = replace(raised, value=n.FixedAmount(replace(number, value=number.value + 2)))
    case = data.draw(cases(draft))
    before = score_case(loads(draft.text), case).points
    after = score_case(reload(substituted(file, {id(raised): higher})), case).points
    for low, high in ((before.low, after.low), (before.high, after.high)):
        assert high is None or low is None or high >= low


# -- what must not matter ------------------------------------------------------------------


def substituted(node: Any, new: Mapping[int, Any]) -> Any:
    """The tree with some nodes, named by ``id()``, replaced."""
    if id(node) in new:
        return new[id(node)]
    if isinstance(node, tuple):
        return tuple(substituted(child, new) for child in node)
    if is_dataclass(node) and not isinstance(node, type):
        return replace(
            node, **{f.name: substituted(getattr(node, f.name), new) for f in fields(node)}
        )
    return node


def shuffled(node: Any, random: Random) -> Any:
    """The tree with its rules, items and groups in another order."""
    if isinstance(node, tuple):
        return tuple(shuffled(child, random) for child in node)
    if not is_dataclass(node) or isinstance(node, type):
        return node
    changed = {f.name: shuffled(getattr(node, f.name), random) for f in fields(node)}
    for key in {"body": (n.Document, n.Clause), "rules": (n.Combined,)}:
        if key in changed and isinstance(node, (n.Document, n.Clause, n.Combined)):
            parts = list(changed[key])
            random.shuffle(parts)
            changed[key] = tuple(parts)
    return replace(node, **changed)


@LAWS
@given(st.data())
def test_the_order_of_rules_items_and_groups_does_not_matter(data: st.DataObject) -> None:
    draft = data.draw(drafts())
    case = data.draw(cases(draft))
    other = shuffled(tree(draft), data.draw(st.randoms(use_true_random=False)))
    left, right = score_case(loads(draft.text), case), score_case(reload(other), case)
    same(left, right)
    assert set(left.reasons) == set(right.reasons)


@LAWS
@given(st.data())
def test_the_names_of_facts_do_not_matter(data: st.DataObject) -> None:
    draft = data.draw(drafts())
    case = data.draw(cases(draft))
    file = tree(draft)
    names = {fact.name: f"改名{fact.name}" for fact in draft.facts}
    new = {
        id(node): n.Name(names[node.text])
        for node in n.walk(file)
        if isinstance(node, n.Name) and node.text in names
    }
    renamed = replace(
        case,
        facts={names[k]: v for k, v in case.facts.items()},
        members=tuple(
            Member(m.role, {names[k]: v for k, v in m.facts.items()}) for m in case.members
        ),
    )
    same(
        score_case(loads(draft.text), case), score_case(reload(substituted(file, new)), renamed)
    )  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
@LAWS
@given(st.data())
def test_printing_a_policy_keeps_its_scores(language: Any, data: st.DataObject) -> None:
    draft = data.draw(drafts())
    case = data.draw(cases(draft))
    printed = loads(print_file(tree(draft), language))
    left, right = score_case(loads(draft.text), case), score_case(printed, case)
    same(left, right)
    assert left.reasons == right.reasons


@LAWS
@given(st.data())
def test_one_evaluator_scores_many_cases_like_each_alone(data: st.DataObject) -> None:
    draft = data.draw(drafts())
    policy = loads(draft.text)
    evaluator = Evaluator(policy)
    for case in data.draw(st.lists(cases(draft), min_size=2, max_size=4)):
        assert evaluator.score(case, trace=True) == score_case(policy, case, trace=True)
        assert evaluator.score(case) == replace(score_case(policy, case, trace=True), trace=None)


# -- evidence ----------------------------------------------------------------------------

FINITE: dict[str, list[Constant]] = {
    "次数": [Fraction(k) for k in range(7)],
    "件数": [Fraction(k) for k in range(10)],
    "课时数": [Fraction(k) for k in range(9)],
    "停缴月数": [Fraction(k) for k in range(13)],
    "岁数": [Fraction(k) for k in range(16, 71)],
    "系数": [Fraction(k, 10) for k in range(31)],
    "合格": [True, False],
    "违规": [True, False],
    "学历": ["初中", "高中", "大专", "本科"],
    "类别": ["甲", "乙", "丙"],
}


@LAWS
@given(st.data())
def test_a_missing_fact_never_scores_higher_than_the_best_value(data: st.DataObject) -> None:
    """No evidence gives no points: an applicant gains nothing by holding a paper back.

    Awards only.  A record that was not handed in takes nothing away (docs/semantics.md), and
    members without a fact are left out of what is counted over the household.
    """
    unlike = {"minus", "deductions", "veto", "no_points", "status", "eligibility", "absence",
              "household"}  # fmt: skip
    draft = data.draw(drafts(without=UNKNOWN | unlike))
    policy = loads(draft.text)
    case = data.draw(cases(draft))
    name = data.draw(st.sampled_from(sorted(FINITE)))
    others = {k: v for k, v in case.facts.items() if k != name}
    without = score_case(policy, replace(case, facts=others))
    present = [score_case(policy, replace(case, facts={**others, name: v})) for v in FINITE[name]]
    assert without.points.value <= max(score.points.value for score in present)
    for id_, part in without.parts.items():
        assert part.value <= max(score.parts[id_].value for score in present), id_


@LAWS
@given(st.data())
def test_full_marks_are_not_kept_without_evidence(data: st.DataObject) -> None:
    """An item that starts at full marks gives no more without the evidence than with the best."""
    unlike = {"absence", "applies", "household"}
    draft = data.draw(drafts(without=UNKNOWN | unlike))
    policy = loads(draft.text)
    full = [c for c in policy.items if c.start == "full" or (c.start is None and c.full_marks)]
    assume(policy.kind == "assessment" and full)
    case = data.draw(cases(draft))
    name = data.draw(st.sampled_from(sorted(FINITE)))
    others = {k: v for k, v in case.facts.items() if k != name}
    without = score_case(policy, replace(case, facts=others))
    present = [score_case(policy, replace(case, facts={**others, name: v})) for v in FINITE[name]]
    deducting = tuple(f"{c.id}/" for c in policy.roots[0].children
                      if c.kind in ("deductions", "bonus"))  # fmt: skip
    for clause in full:
        if clause.id in without.parts and not clause.id.startswith(deducting or ("?",)):
            best = max(score.parts[clause.id].value for score in present)
            assert without.parts[clause.id].value <= best, clause.id


# -- traces ------------------------------------------------------------------------------


def flat(trace: Trace) -> Iterator[Trace]:
    yield trace
    for child in trace.children:
        yield from flat(child)


def clipped(clause: Clause, raw: Range, deducts: bool) -> list[Range]:
    """What a clause can make of the sum of its parts, by its stated limits."""
    value = raw if clause.rounding is None else raw.rounded(clause.rounding)
    value = -value if deducts else value
    cap = clause.cap if clause.cap is not None else clause.full_marks
    if isinstance(cap, Fraction):
        value = value.capped(cap, cap)
    floor = clause.floor or Fraction(0)
    assert isinstance(floor, Fraction)
    value = value.floored(floor, floor)
    return [-value if deducts else value]


@LAWS
@given(st.data())
def test_the_parts_of_a_trace_add_up(data: st.DataObject) -> None:
    draft = data.draw(drafts())
    policy = loads(draft.text)
    score = score_case(policy, data.draw(cases(draft)), trace=True)
    assert score.trace is not None
    deducting = tuple(c.id for c in policy.clauses.values() if c.kind == "deductions")
    for node in flat(score.trace):
        if node.kind != "clause":
            continue
        assert node.raw is not None
        values = [child.value for child in node.children if child.value is not None]
        assert total(values) == node.raw, node.id
        clause = policy.clauses[node.id]
        open_limit = any(
            isinstance(x, OpenPoints) for x in (clause.cap, clause.full_marks, clause.floor)
        )
        if open_limit or node.value == node.raw:
            continue
        inside = any(node.id == d or node.id.startswith(f"{d}/") for d in deducting)
        (expected,) = clipped(clause, node.raw, inside)
        nothing = ("不得分", "未提供材料，不得分", "不适用")
        assert node.value == expected or node.detail in nothing or (
            node.value == expected.hull(Range.exactly(0))
        )  # fmt: skip


@LAWS
@given(st.data())
def test_a_trace_holds_every_fact_read_and_every_clause_scored(data: st.DataObject) -> None:
    draft = data.draw(drafts())
    policy = loads(draft.text)
    case = data.draw(cases(draft))
    read: set[str] = set()
    original = Values._recorded

    def recorded(self: Values, name: str, person: Person) -> Any:
        read.add(f"{person.label}{name}")
        return original(self, name, person)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Values, "_recorded", recorded)
        score_case(policy, case)
    score = score_case(policy, case, trace=True)
    assert score.trace is not None
    shown = {node.label for node in flat(score.trace) if node.kind == "fact"}
    assert read <= shown, read - shown
    clauses = [node.id for node in flat(score.trace) if node.kind == "clause"]
    assert Counter(clauses) == Counter(list(score.parts))
    for node in flat(score.trace):
        if node.kind == "clause":
            assert node.value == score.parts[node.id]


@LAWS
@given(st.data())
def test_every_missing_fact_is_named(data: st.DataObject) -> None:
    draft = data.draw(drafts(without={"absence"}))
    case = data.draw(cases(draft, missing=2))
    for reason in score_case(loads(draft.text), case).reasons:
        assert reason.zh
        assert reason.en
        if reason.kind == "missing" and reason.fact is not None and "的" not in reason.fact:
            people = [case.facts, *(m.facts for m in case.members)]
            assert any(reason.fact not in facts for facts in people)


# -- rounding ------------------------------------------------------------------------------

NUMBERS = st.fractions(min_value=-1000, max_value=1000, max_denominator=1000)
ROUNDINGS = st.builds(
    RoundTo,
    st.sampled_from(["half_up", "down", "up"]),
    st.sampled_from([Fraction(1), Fraction(1, 10), Fraction(1, 100), Fraction(1, 2), Fraction(5)]),
)


@given(NUMBERS, NUMBERS, ROUNDINGS)
def test_rounding(left: Fraction, right: Fraction, rounding: RoundTo) -> None:
    rounded = round_points(left, rounding)
    unit = rounding.unit
    assert (rounded / unit).denominator == 1
    assert abs(rounded - left) < unit
    assert round_points(rounded, rounding) == rounded
    assert round_points(-left, rounding) == -rounded
    if left <= right:
        assert rounded <= round_points(right, rounding)
    down = round_points(left, RoundTo("down", unit))
    up = round_points(left, RoundTo("up", unit))
    assert abs(down) <= abs(rounded) <= abs(up)
    if rounding.mode == "half_up":
        assert abs(rounded - left) <= unit / 2


def test_halves_go_away_from_zero() -> None:
    half = RoundTo("half_up", Fraction(1))
    assert [round_points(Fraction(k, 2), half) for k in (-5, -3, -1, 1, 3, 5)] == [
        -3,
        -2,
        -1,
        1,
        2,
        3,
    ]


# -- logic ---------------------------------------------------------------------------------

TRUTHS = ("是", "否", "缺", "未")
"""Yes, no, not handed in, and left open by the text."""

BOTH = {
    ("是", "是"): {"是"}, ("是", "否"): {"否"}, ("是", "缺"): {"缺"}, ("是", "未"): {"是", "否"},
    ("否", "否"): {"否"}, ("否", "缺"): {"否"}, ("否", "未"): {"否"},
    ("缺", "缺"): {"缺"}, ("缺", "未"): {"缺", "否"}, ("未", "未"): {"是", "否"},
}  # fmt: skip
NEGATED = {"是": "否", "否": "是", "缺": "缺"}


def outcomes(operator: str, left: str, right: str) -> set[str]:
    """What the table of three-valued logic says, with the open kept apart from the missing."""
    if operator == "或":  # by De Morgan
        both = outcomes("且", *({**NEGATED, "未": "未"}[x] for x in (left, right)))
        return {NEGATED[x] for x in both}
    return BOTH.get((left, right)) or BOTH[right, left]


@pytest.mark.parametrize("operator", ["且", "或"])
@pytest.mark.parametrize("left", TRUTHS)
@pytest.mark.parametrize("right", TRUTHS)
def test_three_valued_logic(operator: str, left: str, right: str) -> None:
    condition = f"{'情形未载明' if left == '未' else '甲'} {operator} {'情形未载明' if right == '未' else '乙'}"
    policy = loads(f"积分 t {{ 事实 甲：是否 事实 乙：是否 指标 A {{ {condition}：加 1 分 }} }}")
    facts = {
        name: value == "是"
        for name, value in (("甲", left), ("乙", right))
        if value in ("是", "否")
    }
    score = score_case(policy, Case("x", facts))
    expected = outcomes(operator, left, right)
    points = [Fraction(x == "是") for x in expected]
    assert score.total == Range(min(points), max(points))
    kinds = {r.kind for r in score.reasons}
    assert ("missing" in kinds) == ("缺" in expected)
    assert ("open" in kinds) == (len(expected) > 1)


# -- the strategies themselves ----------------------------------------------------------------

# What has no part in scoring one case, or cannot stand in a document that is scored.
_ELSEWHERE = {
    "Node", "Statement", "Document", "File", "Deadline", "Duty", "DutyPart", "Example", "Expect",
    "ExpectStatus", "Given", "GivenMember", "GivenUnit", "Judged", "Target", "When", "Insert",
    "Merge", "Modify", "Move", "NewBody", "Rename", "Renumber", "Repeal", "Replacement",
    "SetClause", "Split", "Succession", "NotSeen", "Stub", "Without", "TextValue", "Plausible",
}  # fmt: skip


def test_the_strategies_draw_every_construct() -> None:
    """Every kind of node that scoring knows, and every word for it, is drawn sooner or later."""
    seen: set[Any] = set()

    def look(draft: Draft) -> bool:
        for node in n.walk(tree(draft)):
            seen.add(type(node).__name__)
            for key in ("word", "mode", "sign", "kind", "operator", "scope", "order", "discretion"):
                value = getattr(node, key, None)
                if isinstance(value, str):
                    seen.add((type(node).__name__, value))
            if isinstance(node, n.Call):
                seen.add(node.function.text)
            if isinstance(node, n.Attribute):
                seen.add(node.key)
            if isinstance(node, n.FactOption):
                seen.add(node.key)
        return False

    kinds = {
        name for name, kind in vars(n).items()
        if isinstance(kind, type) and issubclass(kind, n.Node) and name not in _ELSEWHERE
    }  # fmt: skip
    wanted: set[Any] = kinds | {
        "取整", "向上取整", "绝对值", "取值", "较小者", "较大者", "周岁", "整月数", "整年数", "天数",
        "家庭合计", "家庭最高", "家庭最低", "家庭人数", "家庭任一", "DEFAULT", "TREATED_AS", "REQUIRED",
        "NO_EVIDENCE", "RANGE", "PRECISION", "FULL_MARKS", "CAP", "FLOOR", "START", "ROUNDING",
        "APPLIES_WHEN", "ENTITY",
    }  # fmt: skip
    wanted |= {("Combined", w) for w in ("BEST", "SUM", "LEAST")}
    wanted |= {("PartialStep", w) for w in ("NOT_COUNTED", "PRO_RATA", "COUNTED_FULL")}
    wanted |= {("Rounding", w) for w in ("ROUND_HALF_UP", "ROUND_DOWN", "ROUND_UP")}
    wanted |= {("StatusAction", w) for w in ("SUSPENDED", "VOID", "ZEROED", "FROZEN")}
    wanted |= {("Flat", w) for w in ("AWARD", "DEDUCT", "GIVE")}
    wanted |= {("Arithmetic", w) for w in "+-*/"}
    wanted |= {
        ("Pattern", w)
        for w in ("EXACTLY", "OR_MORE", "OR_LESS", "TO", "FROM_BELOW", "BEYOND", "BEYOND_BOTH",
                  "OTHERWISE")
    }  # fmt: skip
    wanted |= {
        ("Clause", w)
        for w in ("SCHEDULE", "COMMON", "UNIT", "GROUP", "BONUS", "DEDUCTIONS", "INDICATOR",
                  "ITEM", "SCENE", "STATUS_RULES", "BLEND")
    }  # fmt: skip
    wanted |= {
        ("FactType", w)
        for w in ("INTEGER", "DECIMAL", "PERCENTAGE", "YES_NO", "DATE_TYPE", "COUNT", "CHOICE",
                  "ORDERED")
    }  # fmt: skip
    wanted |= {
        ("NotDone", w)
        for w in ("NOT_CARRIED_OUT", "NOT_IMPLEMENTED", "NOT_COMPLETED", "NOT_REACHED", "NOT_MET",
                  "NOT_ESTABLISHED", "NOT_GROWN", "NOT_RECTIFIED")
    }  # fmt: skip
    wanted |= {
        ("Compare", w)
        for w in ("REACHES", "NOT_BELOW", "NOT_FEWER", "NOT_ABOVE", "NOT_EXCEEDING", "BELOW",
                  "SHORT_OF", "UNDER", "ABOVE", "EXCEEDS", "EARLIER", "LATER", "LESS", "LESS_EQ",
                  "GREATER", "GREATER_EQ", "EQUALS", "NOT_EQUALS")
    }  # fmt: skip

    @settings(LAWS, max_examples=400)
    @given(drafts())
    def draw(draft: Draft) -> None:
        look(draft)
        if wanted <= seen:
            raise StopIteration

    with pytest.raises((StopIteration, RuntimeError)):
        draw()
    assert wanted <= seen, wanted - seen
