"""Properties of the wording: no figure is lost, and the punctuation is that of an official text."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from tests.wording.wording_cases import rule_of, with_rule

from policydsl.language.keywords import Language
from policydsl.language.units import UNITS
from policydsl.model import expressions as e
from policydsl.model import policy as m
from policydsl.model import rules as r
from policydsl.model.loading import bundled
from policydsl.wording import sentences
from policydsl.wording.documents import policy_text

EDITIONS = [
    (id_, sets)
    for id_ in bundled().ids({"scheme", "assessment", "work_plan"})
    for sets in [(), *((x,) for x in bundled().assumptions_for(id_))]
]

# -- figures --------------------------------------------------------------------------------


def figures_of(rule: r.Rule) -> Iterator[Fraction]:
    """Every figure that the wording of a rule must show, in base units.

    Left out: a step of one (每项, 每篇) and an amount of nothing (不得分), which have words.
    """
    for inner in r.nested(rule):
        yield from _figures_of_action(inner.action)
        for modifier in inner.modifiers:
            match modifier:
                case r.PointsCap() | r.PointsFloor():
                    yield modifier.value
                case r.Scale():
                    if modifier.factor != Fraction(1, 2):
                        yield modifier.factor
                case r.RoundTo():
                    pass  # 保留两位小数: the places are words, and the table has them
        if inner.condition is not None:
            yield from _constants(inner.condition)


def _figures_of_action(action: r.Action) -> Iterator[Fraction]:
    match action:
        case r.Flat():
            yield from _points(action.points)
        case r.PerStep():
            if action.points is not None:
                yield from _points(action.points)
            scale = getattr(action.subject, "scale", Fraction(1))
            if action.step != scale:
                yield action.step
            if action.beyond:
                yield action.beyond
            if action.skip:
                yield action.skip + 1
            if action.most is not None:
                yield action.most * action.step
        case r.OpenRule():
            yield from (x for x in (action.low, action.high) if x)
        case r.Matrix():
            for row in action.cells:
                for cell in row:
                    yield from _points(cell)
            yield from _constants((action.rows, action.columns))
        case _:
            return


def _points(points: r.Points) -> Iterator[Fraction]:
    match points:
        case r.FixedPoints():
            if points.value:
                yield points.value
        case r.OpenPoints():
            yield from (x for x in (points.low, points.high) if x)
        case r.ComputedPoints():
            yield from _constants(points.expression)


def _constants(part: object) -> Iterator[Fraction]:
    """Numbers of an expression; the 100 that makes a share of a percentage is none of the text's."""
    shares = [
        expr
        for expr in e.walk(part)
        if isinstance(expr, e.Arith) and expr.operator == "/" and expr.right == _HUNDRED
    ]
    hundreds = len(shares)
    for expr in e.walk(part):
        if expr == _HUNDRED and hundreds:
            hundreds -= 1
        elif isinstance(expr, e.Const) and isinstance(expr.value, Fraction) and expr.value:
            yield expr.value


_HUNDRED = e.Const(Fraction(100))
_SIZES = {"": 1, "万": 10_000, "亿": 100_000_000}
_SCALES = {unit.scale for unit in UNITS.values()} | {Fraction(1, 100)}


def shown_figures(text: str) -> set[Fraction]:
    """The figures of a text, in every unit that they can have."""
    plain = text.replace(",", "")
    found = re.findall(r"(\d+(?:\.\d+)?(?:/\d+)?)([万亿]?)", plain)
    values = {Fraction(number) * _SIZES[size] for number, size in found}
    return {value * scale for value in values for scale in _SCALES}


def assert_no_figure_is_lost(rule: r.Rule, text: str) -> None:
    shown = shown_figures(text)
    lost = [x for x in figures_of(rule) if x not in shown and abs(x) not in shown]
    assert not lost, f"{text}: {lost}"


# -- punctuation --------------------------------------------------------------------------------

PAIRS = {"（": "）", "“": "”", "《": "》", "〔": "〕"}
WRONG_ZH = re.compile(r"，，|。；|；；|。。|：：|，。|；。|：。|、、|的的|  |（）|“”")
SPACE_AT_HAN = re.compile(r"[\u4e00-\u9fff，。；：（）] +[\u4e00-\u9fff\d]|\d +[\u4e00-\u9fff]")
WRONG_EN = re.compile(r",,|\.\.(?!\.)|;;|  | ,| ;|\(\)|\{|\}|_")


def unbalanced(text: str) -> list[str]:
    open_: list[str] = []
    for mark in text:
        if mark in PAIRS:
            open_.append(PAIRS[mark])
        elif mark in PAIRS.values() and (not open_ or open_.pop() != mark):
            return [mark]
    return open_


def assert_well_set(text: str, language: Language) -> None:
    wrong = WRONG_ZH if language == "zh" else WRONG_EN
    assert not wrong.search(text), text
    assert not unbalanced(text), text
    if language == "zh":
        assert not SPACE_AT_HAN.search(text), text
        last = text.rstrip().splitlines()[-1]
        assert last.endswith("。") or "｜" in last, text


# -- bundled documents -------------------------------------------------------------------------


def rules_of(policy: m.Policy) -> list[r.Rule]:
    rules = [rule for clause in policy.clauses.values() for rule in clause.rules]
    return [*rules, *policy.status_rules]


@pytest.mark.parametrize(("id_", "sets"), EDITIONS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_rules_of_bundled_documents(id_: str, sets: tuple[str, ...], language: Language):
    policy = bundled().policy(id_, sets)
    for rule in rules_of(policy):
        text = sentences.rule_text(rule, policy, language)
        assert_well_set(text, language)
        assert_no_figure_is_lost(rule, text)


@pytest.mark.parametrize(("id_", "sets"), EDITIONS)
def test_limits_and_thresholds_of_bundled_documents(id_: str, sets: tuple[str, ...]):
    policy = bundled().policy(id_, sets)
    for clause in policy.clauses.values():
        limits = (clause.full_marks, clause.cap, clause.floor, clause.start)
        shown = shown_figures(sentences.heading_text(clause, policy))
        if clause.kind != "root":
            assert {x for x in limits if isinstance(x, Fraction)} <= shown | {0}
        for target in clause.targets:
            if target.threshold is not None:
                text = sentences.target_text(target, policy)
                assert target.threshold in shown_figures(text), text


# The source's own garbled words are quoted as they are.
_QUOTED = "附：校读"


@pytest.mark.parametrize("id_", bundled().ids())
def test_texts_of_bundled_documents_are_well_set(id_: str):
    text = policy_text(bundled().policy(id_)).partition(f"\n{_QUOTED}\n")[0]
    for line in text.splitlines():
        assert not WRONG_ZH.search(line), line
        assert not unbalanced(line), line
        assert not SPACE_AT_HAN.search(line), line
        # headings of parts have no mark, everything else is a sentence
        heading = re.match(
            r"^(附：|[一二三四五六七八九十百]+、|（[一二三四五六七八九十]+）|\d+\.)?[^。]*$", line
        )
        assert line.endswith("。") or heading, line


# -- made-up rules ----------------------------------------------------------------------------------

POINTS = st.integers(1, 400).map(lambda x: f"{Fraction(x, 4).__float__():g} 分")
WHOLE = st.integers(2, 99)


def conditions() -> SearchStrategy[str]:
    """Conditions over the facts of the cases, of every form."""
    words = st.sampled_from(
        [
            "达到",
            "不低于",
            "不少于",
            "不高于",
            "不超过",
            "低于",
            "不足",
            "不满",
            "高于",
            "超过",
            "<",
            ">=",
        ]
    )
    shares = st.builds(lambda w, x: f"登记率 {w} {x}%", words, WHOLE)
    ages = st.builds(lambda w, x: f"年龄 {w} {x} 岁", words, WHOLE)
    bounds = st.builds(lambda x, w: f"年龄 {x} 岁 {w}", WHOLE, st.sampled_from(["以上", "以下"]))
    ranges = st.builds(lambda x, y: f"年龄 {x} 至 {x + y} 岁", WHOLE, WHOLE)
    halves = st.builds(lambda x, y: f"年龄 {x} 岁 以上 不足 {x + y} 岁", WHOLE, WHOLE)
    counts = st.builds(lambda w, x: f"培训人数 {w} {x}00 人", words, WHOLE)
    truths = st.sampled_from(
        ["持有居住证", "中共党员", "未开展 业务培训", "非 优秀志愿者", "配偶 的 持有居住证",
         "文化程度 为 大专、本科", "文化程度 不为 初中", "已提供 登记率", "情形未载明"]
    )  # fmt: skip
    atoms = shares | ages | bounds | ranges | halves | counts | truths

    def larger(smaller: SearchStrategy[str]) -> SearchStrategy[str]:
        return st.one_of(
            st.builds("{} 且 {}".format, smaller, smaller),
            st.builds("（{} 或 {}）".format, smaller, smaller),
            st.builds("非 （{}）".format, smaller),
        )

    return st.recursive(atoms, larger, max_leaves=4)


def modifiers() -> SearchStrategy[str]:
    rounding = st.builds(
        "{} 到 {} 位".format, st.sampled_from(["四舍五入", "舍去", "进一"]), st.integers(1, 3)
    )
    one = st.one_of(
        st.builds("最高 {}".format, POINTS), st.builds("最低 {}".format, POINTS), st.just("减半"),
        st.builds("按 {}% 计".format, WHOLE), rounding,
    )  # fmt: skip
    return st.lists(one, max_size=2).map(lambda xs: "".join(f"，{x}" for x in xs))


def steps() -> SearchStrategy[str]:
    unit = st.sampled_from(
        [("个月", "社保月数"), ("小时", "服务时长"), ("次", "行政处罚次数"), ("项", "未落实责任事项"),
         ("篇", "录用信息篇数"), ("万元", "年纳税额"), ("个百分点", "登记率"), ("岁", "配偶 的 年龄")]
    )  # fmt: skip
    partial = st.sampled_from(["", "不计", "按比例计", "按满计"])

    def build(n: int, u: tuple[str, str], sign: str, points: str, part: str, skip: int) -> str:
        tail = f"，不足 {n} {u[0]} {part}" if part else ""
        tail += f"，从 第 {skip} 次 起" if skip > 1 else ""
        return f"每 {n} {u[0]} {u[1]} {sign} {points}{tail}"

    return st.builds(
        build, st.integers(1, 9), unit, st.sampled_from(["加", "扣"]), POINTS, partial,
        st.integers(0, 4),
    )  # fmt: skip


def actions() -> SearchStrategy[str]:
    flat = st.builds("{} {}".format, st.sampled_from(["加", "扣", "得"]), POINTS)
    plain = st.sampled_from(
        ["酌情扣分", "酌情加分", "未载明", "扣 未载明", "不得分", "一票否决", "冻结"]
    )
    labels = ["本科 以上", "大专", "高中 以下"]
    tiers = st.lists(POINTS, min_size=3, max_size=3).map(
        lambda xs: (
            "按 文化程度 取分 { "
            + "　".join(f"{a}：{b}" for a, b in zip(labels, xs, strict=True))
            + " }"
        )
    )
    ages = st.builds(
        lambda a, b, p, q: f"按 年龄 取分 {{ 不足 {a} 岁：{p}　{a} 至 {a + b} 岁：{q}　其他：酌情扣分 }}",
        WHOLE, WHOLE, POINTS, POINTS,
    )  # fmt: skip
    matrix = st.builds(
        lambda a, p, q: (
            f"按 住房 与 年龄 取分 {{ 列 ｜ 不足 {a} 岁 ｜ 其他　自有 ｜ {p} ｜ {q}　无 ｜ 0 分 ｜ 未载明 }}"
        ),
        WHOLE, POINTS, POINTS,
    )  # fmt: skip
    computed = st.builds(lambda a, b: f"加 （体能成绩 × {a}% + 面试成绩 ÷ {b}） 分", WHOLE, WHOLE)
    return flat | plain | tiers | ages | matrix | computed | steps()


def whole_rules() -> SearchStrategy[str]:
    lead = st.just("") | conditions().map(lambda x: f"{x}：")
    simple = st.builds("{}{}{}".format, lead, actions(), modifiers())

    def larger(smaller: SearchStrategy[str]) -> SearchStrategy[str]:
        rules = st.lists(smaller, min_size=1, max_size=3)
        word = st.sampled_from(["取高", "取低", "累计"])
        return st.builds(
            lambda w, xs, mods: w + " { " + "；".join(xs) + " }" + mods, word, rules, modifiers()
        )

    return st.recursive(simple, larger, max_leaves=4)


@settings(max_examples=150, deadline=None)
@given(whole_rules())
def test_made_up_rules_are_worded_completely(text: str):
    policy = with_rule(text)
    rule = rule_of(policy)
    languages: tuple[Language, ...] = ("zh", "en")
    for language in languages:
        shown = sentences.rule_text(rule, policy, language)
        assert_well_set(shown, language)
        assert_no_figure_is_lost(rule, shown)


@settings(max_examples=60, deadline=None)
@given(whole_rules())
def test_made_up_rules_need_no_tree(text: str):
    """A rule made by a program has no node behind it: the same figures are said."""
    policy = with_rule(text)
    rule = _bare(rule_of(policy))
    shown = sentences.rule_text(rule, policy)
    assert_well_set(shown, "zh")
    assert_no_figure_is_lost(rule, shown)


def _bare(rule: r.Rule) -> r.Rule:
    action = rule.action
    if isinstance(action, r.Tiers):
        action = dataclasses.replace(action, tiers=tuple(map(_bare, action.tiers)))
    elif isinstance(action, r.Combined):
        action = dataclasses.replace(action, rules=tuple(map(_bare, action.rules)))
    return dataclasses.replace(rule, action=action, node=None)


@settings(max_examples=60, deadline=None)
@given(whole_rules(), whole_rules())
def test_different_points_read_differently(one: str, other: str):
    """Two rules whose models differ in a figure cannot have one text."""
    first, second = with_rule(one), with_rule(other)
    a, b = _bare(rule_of(first)), _bare(rule_of(second))
    if sorted(figures_of(a)) != sorted(figures_of(b)):
        assert sentences.rule_text(a, first) != sentences.rule_text(b, second)
