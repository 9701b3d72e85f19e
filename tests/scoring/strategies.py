"""Random policies that can be scored, as text of the language, and random cases for them.

``drafts()`` draws a :class:`Draft`: a well-typed points scheme or assessment.  Its text loads
without errors.  What the draft leaves open stands in :class:`Slot` s, so that a test can put a
stated amount in each of them (:meth:`Draft.closed`) and see where the score falls.
``cases(draft)`` draws persons, households and departments for it.

Evaluators of one meaning are held to one another like this::

    @given(st.data())
    def test_same(data):
        draft = data.draw(drafts(without={"open"}))
        policy = loads(draft.text)
        case = data.draw(cases(draft))
        assert other_engine(policy, case) == score_case(policy, case).total

``without`` leaves features out; :data:`FEATURES` lists them.  Every kind of action, modifier,
condition and expression that the language has for scoring is drawn
(``test_laws.test_the_strategies_draw_every_construct`` counts them).

What is not drawn: facts with a precision of many digits, work plans (no points), amendments,
divisions by something that can be zero (an error, not a score).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from types import MappingProxyType
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy, composite

from policydsl.model.expressions import Constant
from policydsl.model.policy import Member
from policydsl.scoring.cases import SPOUSE, Case
from policydsl.scoring.ranges import show_points

FEATURES = MappingProxyType(
    {
        "open": "amounts, rules, caps, floors, starts and blend weights that the text leaves open",
        "trigger": "情形未载明: conditions that the text leaves open",
        "discretion": "酌情: what an assessor decides",
        "veto": "一票否决",
        "no_points": "不得分",
        "status": "效力, and 冻结 and the like inside items",
        "eligibility": "适用 of the whole document",
        "applies": "适用 of a clause",
        "deductions": "扣分 groups",
        "bonus": "加分 groups",
        "minus": "deducting rules",
        "nesting": "groups in groups; 取高, 取低 and 累计",
        "rounding": "舍入, and 四舍五入 and the like behind rules",
        "limits": "满分, 上限, 下限, 起评 of clauses",
        "modifiers": "最高, 最低, 减半 … behind rules",
        "tables": "按 … 取分, in one and in two ways",
        "spouse": "配偶 的 …",
        "household": "家庭合计 and the like over all members",
        "dates": "dates and what is derived from them",
        "units": "assessments with 单位, and 附表",
        "exclusions": "不计 A 于 B",
        "blends": "合成",
        "scenes": "场景 with a ranking",
        "absence": "未提供, 缺省 and 缺失 视为: what an absent value may mean",
    }
)

TODAY = date(2024, 6, 30)
BIG = Fraction(1_000_000)
"""Stands for an amount without bound."""

POINT_STEPS = [Fraction(n, 4) for n in (0, 1, 2, 4, 6, 10, 13, 20, 40, 60, 80)]

T = TypeVar("T")


# -- what is drawn --------------------------------------------------------------------


@dataclass(frozen=True)
class Slot:
    """A place that the text leaves open, and what may be stated there instead.

    ``closed`` holds ``{}`` for the number, which lies between ``low`` and ``high`` (``None``:
    without bound).  A trigger is closed with 0 (it does not hold) or 1.  ``lowers``: whether a
    larger number makes the score smaller.
    """

    kind: str
    written: str
    closed: str
    low: Fraction = Fraction(0)
    high: Fraction | None = None
    lowers: bool = False

    def stated(self, value: Fraction) -> str:
        """The text with a number in place of what is open."""
        if self.kind == "trigger":
            return "是" if value else "否"
        return self.closed.format(show_points(value))

    @property
    def ends(self) -> tuple[Fraction, Fraction]:
        """The smallest and the largest number, a big one where there is no bound."""
        return self.low, BIG if self.high is None else self.high


Text = tuple[str | Slot, ...]


def text(*parts: str | Slot | Text) -> Text:
    """One text of several."""
    result: list[str | Slot] = []
    for part in parts:
        if isinstance(part, tuple):
            result.extend(part)
        else:
            result.append(part)
    return tuple(result)


def lines(parts: Sequence[Text]) -> Text:
    """Each on a line of its own."""
    return text(*(text("\n", part) for part in parts))


@dataclass(frozen=True)
class FactSpec:
    """A fact as declared, and how to draw a value for it (in its own unit)."""

    name: str
    declaration: str
    values: SearchStrategy[Constant]
    kind: str
    unit: str = ""
    derived: bool = False


@dataclass(frozen=True)
class Draft:
    """A random policy.  ``units`` are the names of its 单位 (empty: none)."""

    parts: Text
    facts: tuple[FactSpec, ...]
    units: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    features: frozenset[str] = frozenset(FEATURES)

    @property
    def text(self) -> str:
        """The policy as drafted, with everything open that is open."""
        return "".join(p if isinstance(p, str) else p.written for p in self.parts)

    @property
    def slots(self) -> tuple[Slot, ...]:
        """What is open, in the order of the text."""
        return tuple(p for p in self.parts if isinstance(p, Slot))

    def closed(self, values: Sequence[Fraction]) -> str:
        """The policy with a stated number for each slot."""
        rest = iter(values)
        return "".join(p if isinstance(p, str) else p.stated(next(rest)) for p in self.parts)

    def __repr__(self) -> str:
        return f"Draft:\n{self.text}"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        # hypothesis shows the policy as a text that can be pasted into a test
        printer.text(repr(self))


@dataclass
class _Context:
    """What is being drafted; ``numbers`` by dimension, names of the other facts by kind."""

    draw: st.DrawFn
    features: frozenset[str]
    facts: list[FactSpec] = field(default_factory=list)
    items: int = 0
    groups: list[str] = field(default_factory=list)
    full: bool = False
    """Whether the item starts at its full marks, and what these are."""
    marks: Fraction | None = None
    deducts: bool = False
    beside: bool = False
    """Whether the group stands beside the full marks (加分, 扣分): its items start at nothing."""

    def has(self, feature: str) -> bool:
        return feature in self.features

    def one_of(self, *choices: T) -> T:
        return self.draw(st.sampled_from(choices))

    def chance(self, one_in: int) -> bool:
        return self.draw(st.integers(1, one_in)) == one_in

    def pick(self, options: Sequence[tuple[str | None, Callable[[], Text]]]) -> Text:
        """Draw one of the options whose feature is wanted."""
        wanted = [make for feature, make in options if feature is None or self.has(feature)]
        return wanted[self.draw(st.integers(0, len(wanted) - 1))]()

    def of_kind(self, *kinds: str) -> list[FactSpec]:
        return [f for f in self.facts if f.kind in kinds]


# -- facts ----------------------------------------------------------------------------


def _numbers(low: int, high: int, parts: int = 1) -> SearchStrategy[Constant]:
    return st.integers(low * parts, high * parts).map(lambda n: Fraction(n, parts))


def _fact_pool(c: _Context) -> list[FactSpec]:
    """Facts of every kind; each document declares them all."""

    def option(value: str) -> str:
        if not c.has("absence"):
            return ""
        return c.one_of(
            "", "", f"，缺省 {value}", f"，缺失 视为 {value}", "，缺失 无材料", "，缺失 必填"
        )

    pool = [
        FactSpec("次数", f"计数（次），范围 0 至 6 次{option('2 次')}", _numbers(0, 6), "number", "次"),
        FactSpec("件数", f"计数，范围 0 至 9{option('0')}", _numbers(0, 9), "number", "件"),
        FactSpec("人数", "计数（人），范围 0 至 30 人，缺失 视为 0 人" if c.has("absence")
                 else "计数（人），范围 0 至 30 人", _numbers(0, 30), "number", "人"),
        FactSpec("缴费月数", f"整数（月），范围 0 至 60 月{option('12 月')}", _numbers(0, 60), "number", "月"),
        FactSpec("停缴月数", "整数（月），范围 0 至 12 月", _numbers(0, 12), "number", "月"),
        FactSpec("岁数", f"整数（岁），范围 16 至 70 岁{option('40 岁')}", _numbers(16, 70), "number", "岁"),
        FactSpec("比率", f"百分比，范围 0% 至 100%，到 1 位{option('50%')}", _numbers(0, 100, 10),
                 "number", "%"),
        FactSpec("税额", "小数（万元），范围 0 至 9 万元，到 2 位", _numbers(0, 9, 100), "number", "万元"),
        FactSpec("课时数", "整数（学时包），范围 0 至 8 学时包", _numbers(0, 8), "number", "学时包"),
        FactSpec("系数", "小数，范围 0 至 3，到 1 位", _numbers(0, 3, 10), "number", ""),
        FactSpec("合格", f"是否{option('是')}", st.booleans(), "truth"),
        FactSpec("违规", "是否，缺省 否" if c.has("absence") else "是否", st.booleans(), "truth"),
        FactSpec("学历", f"有序 {{ 初中 < 高中 < 大专 < 本科 }}{option('高中')}",
                 st.sampled_from(["初中", "高中", "大专", "本科"]), "ordered"),
        FactSpec("类别", f"枚举 {{ 甲、乙、丙 }}{option('乙')}", st.sampled_from(["甲", "乙", "丙"]),
                 "choice"),
    ]  # fmt: skip
    if c.has("dates"):
        days = st.integers(0, 4000).map(lambda n: TODAY - timedelta(days=n))
        births = st.integers(6000, 25000).map(lambda n: TODAY - timedelta(days=n))
        pool += [
            FactSpec("登记日", "日期", days, "date"),
            FactSpec("出生日", "日期", births, "date"),
            FactSpec("周岁数", "整数（岁） = 周岁（出生日，评定日）", _numbers(16, 70), "number", "岁", True),
            FactSpec("居住月数", "整数（月） = 整月数（登记日，评定日）", _numbers(0, 130), "number", "月",
                     True),
            FactSpec("登记年", "整数（年） = 整年数（登记日，评定日）", _numbers(0, 10), "number", "年", True),
            FactSpec("登记天数", "整数（日） = 天数（登记日，评定日）", _numbers(0, 4000), "number", "日", True),
            FactSpec("资深", "是否 = 居住月数 达到 36 月 且 岁数 30 岁 以上", st.booleans(), "truth", "",
                     True),
        ]  # fmt: skip
    return pool


_DIMENSIONS = {
    "次": "count", "件": "count", "人": "count", "月": "month", "年": "month", "岁": "age",
    "%": "percent", "万元": "money", "学时包": "minute", "": "plain", "日": "day",
}  # fmt: skip
# For each dimension: (unit, steps, thresholds) as a drafter writes them.
_STEPS: dict[str, list[tuple[str, tuple[int, ...]]]] = {
    "count": [("次", (1, 2)), ("项", (1,)), ("人", (1, 5))],
    "month": [("个月", (1, 6)), ("年", (1,))],
    "age": [("岁", (1, 5))],
    "percent": [("%", (1, 5)), ("个百分点", (1, 2))],
    "money": [("万元", (1,)), ("元", (500, 1000))],
    "minute": [("分钟", (45, 60)), ("学时包", (1,))],
    "plain": [("", (1,))],
    "day": [("日", (30, 100))],
}
_THRESHOLDS = {
    "count": [("次", 2), ("项", 3), ("人", 6), ("个", 5)],
    "month": [("个月", 12), ("年", 2), ("月", 30)],
    "age": [("岁", 35), ("周岁", 45), ("岁", 18)],
    "percent": [("%", 50), ("%", 95), ("%", 12)],
    "money": [("万元", 3), ("元", 20000)],
    "minute": [("分钟", 100), ("学时包", 4), ("小时", 3)],
    "plain": [("", 1), ("", 2)],
    "day": [("日", 365), ("周", 100)],
}


def _quantity(number: Fraction | int, unit: str) -> str:
    shown = show_points(Fraction(number))
    return f"{shown}{unit}" if unit == "%" else f"{shown} {unit}".strip()


def _dimension(fact: FactSpec) -> str:
    return _DIMENSIONS[fact.unit]


# -- expressions ------------------------------------------------------------------------


def _number(c: _Context, depth: int = 1) -> tuple[Text, str]:
    """An expression with a number for a value, and its dimension."""
    fact = c.one_of(*c.of_kind("number"))
    dimension = _dimension(fact)
    return _of_dimension(c, dimension, depth, fact), dimension


def _of_dimension(c: _Context, dimension: str, depth: int, fact: FactSpec | None = None) -> Text:
    same = [f for f in c.of_kind("number") if _dimension(f) == dimension]
    fact = fact or c.one_of(*same)
    own = text(fact.name)
    if depth == 0 or c.draw(st.integers(0, 9)) < 5:
        return own

    def other() -> Text:
        return _of_dimension(c, dimension, depth - 1)

    unit, threshold = c.one_of(*_THRESHOLDS[dimension])
    number = _quantity(threshold, unit)
    minus = text("（", own, " - ", other(), "）")
    # in a product a percentage is its hundredth and counting words fall away
    loses = dimension in ("percent", "count")
    if dimension == "percent":
        # a difference of percentages is in percentage points
        minus = text("（", own, " + ", other(), "）")
    return c.pick(
        [
            (None, lambda: text("（", own, " + ", other(), "）")),
            (None, lambda: minus),
            (None, lambda: text("（", own, " + ", number, "）")),
            (
                None,
                lambda: text(
                    c.one_of("较小者", "较大者"), "（", own, "，", other(), "，", number, "）"
                ),
            ),
            (None, lambda: text("绝对值（", minus, "）")),
            (None, lambda: text(c.one_of("取整", "向上取整"), "（", own, "）")),
            (None, lambda: own if loses else text(own, " × ", c.one_of("2", "0.5", "系数"))),
            (None, lambda: own if loses else text(own, " ÷ 4")),
            (None, lambda: own if loses else text("（", own, " × 比率）")),
            (None, lambda: text("取值（", _condition(c, 0), "，", own, "，", other(), "）")),
            ("spouse", lambda: text(f"配偶 的 {fact.name}")),
            (
                "household",
                lambda: text(c.one_of("家庭合计", "家庭最高", "家庭最低"), "（", fact.name, "）"),
            ),
        ]
    )


_BELOW = ("低于", "不足", "不满", "<", "不超过", "不高于", "<=")
_ABOVE = ("达到", "不低于", "不少于", "超过", "高于", ">", ">=")
_BELOW_ONLY = ("低于", "不足", "不满")


def _comparison(c: _Context, words: Sequence[str] | None = None) -> tuple[Text, str, Fraction, str]:
    """Number against threshold: the text, the dimension, the threshold and its unit."""
    left, dimension = _number(c)
    unit, threshold = c.one_of(*_THRESHOLDS[dimension])
    word = c.one_of(*(words or (*_BELOW, *_ABOVE, "=", "!=")))
    return (
        text(left, f" {word} {_quantity(threshold, unit)}"),
        dimension,
        Fraction(threshold),
        unit,
    )


def _between(c: _Context) -> Text:
    left, dimension = _number(c)
    unit, threshold = c.one_of(*_THRESHOLDS[dimension])
    low, high = show_points(Fraction(threshold, 2)), _quantity(threshold, unit)
    return text(
        left,
        c.one_of(
            f" {low} 至 {high}",
            f" {low} 以上 {c.one_of(*_BELOW_ONLY)} {high}",
            f" {high} 以上",
            f" {high} 以下",
        ),
    )


def _simple_condition(c: _Context) -> Text:
    def one_of() -> Text:
        fact = c.one_of(*c.of_kind("ordered", "choice"))
        values = ["初中", "高中", "大专", "本科"] if fact.kind == "ordered" else ["甲", "乙", "丙"]
        chosen = c.draw(st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True))
        return text(f"{fact.name} {c.one_of('为', '不为')} {'、'.join(chosen)}")

    def not_done() -> Text:
        verb = c.one_of(
            "未开展", "未落实", "未完成", "未达到", "未达标", "未建立", "未增长", "未整治"
        )  # fmt: skip
        return text(f"{verb} {c.one_of(*c.of_kind('truth')).name}")

    def known() -> Text:
        return text(f"{c.one_of('已提供', '未提供')} {c.one_of(*c.facts).name}")

    def dated() -> Text:
        day = TODAY - timedelta(days=c.draw(st.integers(0, 4000)))
        word = c.one_of("早于", "晚于", "不超过", "达到", "=")
        return text(f"登记日 {word} {day.isoformat()}")

    return c.pick(
        [
            (None, lambda: _comparison(c)[0]),
            (None, lambda: _between(c)),
            (None, one_of),
            (None, lambda: text(f"学历 {c.one_of(*_BELOW, *_ABOVE)} {c.one_of('高中', '大专')}")),
            (None, lambda: text(c.one_of(*c.of_kind("truth")).name)),
            (None, lambda: text(c.one_of("是", "否")) if c.chance(4) else text("合格 为 是")),
            (None, not_done),
            (None, lambda: text("次数 超过 件数")),
            ("absence", known),
            ("dates", dated),
            ("spouse", lambda: text(c.one_of("配偶 的 合格", "配偶 的 学历 为 本科", "配偶 的 岁数 30 岁 以上"))),
            ("household", lambda: text(c.one_of("家庭人数（合格） 达到 2 人", "家庭任一（违规）"))),
            ("trigger", lambda: text(Slot("trigger", "情形未载明", "", high=Fraction(1)))),
        ]
    )  # fmt: skip


def _condition(c: _Context, depth: int = 1) -> Text:
    if depth == 0 or c.draw(st.integers(0, 9)) < 6:
        return _simple_condition(c)
    left, right = _condition(c, depth - 1), _condition(c, depth - 1)
    return c.one_of(
        text("（", left, " 且 ", right, "）"),
        text("（", left, " 或 ", right, "）"),
        text("（非 ", _simple_condition(c), "）"),
    )


# -- rules ------------------------------------------------------------------------------


def _points(c: _Context) -> Fraction:
    return c.draw(st.sampled_from(POINT_STEPS))


def _open(c: _Context, kind: str, closed: str, lowers: bool, prefix: str = "") -> Text:
    """A slot, with or without bounds."""
    low, high = sorted((_points(c), _points(c)))
    written = f"{prefix}未载明"
    bounds: tuple[Fraction, Fraction | None] = (Fraction(0), None)
    if not c.chance(3):
        written += f"（{show_points(low)} 至 {show_points(high)} 分）"
        bounds = (low, high)
    return text(Slot(kind, written, closed, *bounds, lowers))


def _amount(c: _Context, lowers: bool) -> Text:
    def computed() -> Text:
        inner = c.one_of(
            text("次数 × 0.5"), text("税额 ÷ 1 万元"), text("较小者（次数，件数）"),
            text("10 - 系数 × 2"), text("3 + 缴费月数 ÷ 12 个月"), text("-系数 + 5"),
        )  # fmt: skip
        return text("（", inner, "） 分")

    def stated() -> Text:
        return text(f"{show_points(_points(c))} 分")

    return c.pick(
        [
            (None, stated), (None, stated), (None, stated), (None, computed),
            ("open", lambda: _open(c, "amount", "{} 分", lowers)),
        ]
    )  # fmt: skip


def _sign(c: _Context) -> str:
    awards = ["加", "得"]
    if not c.has("minus"):
        return c.one_of(*awards)
    return c.one_of(*(["扣", "扣", "扣", *awards] if c.full or c.deducts else ["扣", *awards * 2]))


def _modifiers(c: _Context, most: int = 2) -> Text:
    """Modifiers that any rule may have."""
    if not c.has("modifiers"):
        return text()
    chosen = []
    for _ in range(c.draw(st.integers(0, most))):
        points = show_points(_points(c))
        options = [f"最高 {points} 分", f"最低 {points} 分", "减半", "按 30% 计"]
        if c.has("rounding"):
            options += ["四舍五入", "舍去 到 1 位", "进一 到 0.5 分"]
        chosen.append("，" + c.one_of(*options))
    return text(*chosen)


def _step(c: _Context, dimension: str) -> tuple[int, str]:
    unit, sizes = c.one_of(*_STEPS[dimension])
    return c.one_of(*sizes), unit


def _step_modifiers(c: _Context, step: int, unit: str, dimension: str) -> Text:
    if not c.has("modifiers"):
        return text()
    written = _quantity(step, unit)
    options = [
        "", "", f"，不足 {written} 不计", f"，不足 {written} 按比例计", f"，不足 {written} 按满计",
        "，从 第 2 次 起", "，最多 3 次",
    ]  # fmt: skip
    threshold_unit, threshold = c.one_of(*_THRESHOLDS[dimension])
    if dimension not in ("percent", "plain"):
        options.append(f"，只计 超过 {_quantity(threshold, threshold_unit)} 部分")
        options.append(f"，最多 {_quantity(threshold, threshold_unit)}")
    chosen = c.draw(st.lists(st.sampled_from(options), max_size=2, unique=True))
    if sum("不足" in x for x in chosen) > 1 or sum("最多" in x for x in chosen) > 1:
        chosen = chosen[:1]
    return text(*chosen)


def _per_step(c: _Context, conditional: bool = True) -> Text:
    """每 …, with a subject, or counted from the threshold of its condition."""
    discretion = c.has("discretion") and c.chance(5)
    deficit = conditional and c.chance(3)
    condition = text()
    if deficit:
        words = c.one_of(_BELOW, _ABOVE)
        if c.chance(3):
            left, dimension = _number(c, 0)
            unit, threshold = c.one_of(*_THRESHOLDS[dimension])
            tail = c.one_of("以上", "以下")
            condition = _guard(text(left, f" {_quantity(threshold, unit)} {tail}"))
        else:
            condition, dimension, _, _ = _comparison(c, words)
            condition = _guard(condition)
        step, unit = _step(c, dimension)
        if dimension == "percent":
            step, unit = c.one_of(1, 2), "个百分点"
        subject = text()
    else:
        subject, dimension = _number(c)
        if dimension == "percent" and any("+" in str(p) or "×" in str(p) for p in subject):
            subject = text("比率")
        step, unit = _step(c, dimension)
        # a number takes the word behind it for its unit
        subject = text(" （", subject, "）") if dimension == "plain" else text(" ", subject)
    each = "每 项" if (step, unit) == (1, "项") and c.chance(2) else f"每 {_quantity(step, unit)}"
    if discretion:
        sign = c.one_of("扣", "加") if c.has("minus") else "加"
        slot = Slot("discretion", f"酌情{sign}分", f"{sign} {{}} 分", lowers=sign == "扣")
        return text(condition, each, subject, " ", slot)
    sign = _sign(c)
    modifiers = text(_step_modifiers(c, step, unit, dimension), _modifiers(c, 1))
    return text(condition, each, subject, f" {sign} ", _amount(c, sign == "扣"), modifiers)


def _guard(condition: Text) -> Text:
    """A condition before a rule; 若 where it begins with a bracket, which 未载明 would take."""
    starts = condition[0] if isinstance(condition[0], str) else ""
    return text("若 " if starts.startswith("（") else "", condition, "：")


def _flat(c: _Context) -> Text:
    sign = _sign(c)
    return text(f"{sign} ", _amount(c, sign == "扣"), _modifiers(c))


def _discretionary(c: _Context) -> Text:
    sign = c.one_of("扣", "加") if c.has("minus") else "加"
    slot = Slot("discretion", f"酌情{sign}分", f"{sign} {{}} 分", lowers=sign == "扣")
    bound = text(f"，最高 {show_points(_points(c))} 分") if c.chance(2) else text()
    return text(slot, bound)


def _open_rule(c: _Context) -> Text:
    """A rule whose whole result is open; it is stated as an award, or a deduction."""
    if c.full and not c.has("minus"):
        return _flat(c)
    if c.deducts:
        return _open(c, "rule", "扣 {} 分", True)
    if not c.full:
        return _open(c, "rule", "加 {} 分", False)
    # any result from a to b of the full marks: what is stated is what is taken off
    assert c.marks is not None
    low, high = sorted((_points(c), _points(c)))
    low, high = min(low, c.marks), min(high, c.marks)
    written = f"未载明（{show_points(low)} 至 {show_points(high)} 分）"
    slot = Slot("rule", written, "扣 {} 分", c.marks - high, c.marks - low, True)
    whole = Slot("rule", "未载明", "扣 {} 分", Fraction(0), None, True)
    return text(c.one_of(slot, whole))


def _outcome(c: _Context) -> Text:
    """What a tier gives: an amount, or an action of its own."""
    if c.chance(4):
        return c.pick(
            [
                (None, lambda: _flat(c)),
                (None, lambda: text("每 1 次 次数 ", _sign(c), " 1 分，最高 3 分")),
                ("no_points", lambda: text("不得分")),
                ("discretion", lambda: text(_discretionary(c))),
                ("nesting", lambda: text("取高 { ", _flat(c), "； ", _flat(c), " }")),
            ]
        )
    return text(f"{show_points(_points(c))} 分", _modifiers(c, 1))


def _number_patterns(c: _Context) -> tuple[str, list[str]]:
    """A fact and labels for its values, highest first."""
    fact, unit, cuts = c.one_of(
        ("岁数", "岁", (60, 45, 30)), ("缴费月数", "个月", (48, 24, 12)), ("比率", "%", (95, 80, 50)),
        ("税额", "万元", (5, 3, 1)), ("次数", "次", (4, 2, 1)), ("课时数", "学时包", (6, 4, 1)),
    )  # fmt: skip
    top, middle, bottom = (_quantity(n, unit) for n in cuts)
    return fact, [
        c.one_of(f"{top} 以上", f"达到 {top}", f"超过 {top}"),
        c.one_of(
            f"{cuts[1]} 至 {top}", f"{cuts[1]} 以上 不足 {top}", f"不低于 {middle} 低于 {top}",
            f"{middle}、{top}",
        ),
        c.one_of(bottom, f"{bottom} 以下", f"不足 {middle}"),
    ]  # fmt: skip


def _patterns(c: _Context) -> tuple[str, list[str]]:
    """A subject and labels for it."""
    kinds = ["number", "number", "ordered", "choice", "truth"]
    if c.has("dates"):
        kinds.append("date")
    if c.has("spouse"):
        kinds.append("spouse")
    match c.one_of(*kinds):
        case "number":
            return _number_patterns(c)
        case "ordered":
            return "学历", [
                c.one_of("本科 以上", "本科"),
                c.one_of("高中 至 大专", "大专"),
                "初中 以下",
            ]
        case "choice":
            return "类别", ["甲", c.one_of("乙、丙", "乙")]
        case "truth":
            return "合格", ["是", "否"]
        case "date":
            return "登记日", [
                "早于 2016-01-01", "2016-01-01 至 2019-12-31", "2020年1月1日 以上 不足 2022-01-01",
                "2022-01-01",
            ]  # fmt: skip
    return "配偶 的 学历", ["大专 以上", "初中"]


def _tiers(c: _Context) -> Text:
    subject, labels = _patterns(c)
    labels = labels[: c.draw(st.integers(1, len(labels)))]
    if c.chance(2):
        labels = [*labels, "其他"]
    rows = [text(f"\n    {label}：", _outcome(c)) for label in labels]
    return text(f"按 {subject} 取分 {{", *rows, "\n  }", _modifiers(c, 1))


def _matrix(c: _Context) -> Text:
    rows, row_labels = _patterns(c)
    columns, column_labels = _patterns(c)
    head = "".join(f" | {label}" for label in [*column_labels, "其他"])
    body = [
        text(f"\n    {label}", *(text(" | ", _amount(c, False)) for _ in [*column_labels, ""]))
        for label in row_labels
    ]
    return text(f"按 {rows} 与 {columns} 取分 {{\n    列{head}", *body, "\n  }", _modifiers(c, 1))


def _combined(c: _Context, depth: int) -> Text:
    inner = [_rule(c, depth - 1) for _ in range(c.draw(st.integers(1, 3)))]
    return text(
        c.one_of("取高", "取高", "累计", "取低"), " {", *(text("\n    ", r) for r in inner), "\n  }",
        _modifiers(c),
    )  # fmt: skip


def _rule(c: _Context, depth: int = 2) -> Text:
    """A rule of an item, with or without a condition."""
    condition = _guard(_condition(c)) if c.chance(2) else text()
    rule = c.pick(
        [
            (None, lambda: text(condition, _flat(c))),
            (None, lambda: text(condition, _flat(c))),
            (None, lambda: _per_step(c)),
            (None, lambda: text(condition, _per_step(c, conditional=False))),
            ("tables", lambda: text(condition, _tiers(c))),
            ("tables", lambda: text(condition, _matrix(c))),
            ("nesting", lambda: text(condition, _combined(c, depth)) if depth else _flat(c)),
            ("discretion", lambda: text(condition, _discretionary(c))),
            ("open", lambda: text(condition, _open_rule(c))),
            ("veto", lambda: text(_guard(_condition(c)), "一票否决") if c.chance(4) else _flat(c)),
            (
                "no_points",
                lambda: text(_guard(_condition(c)), "不得分") if c.chance(2) else _flat(c),
            ),
            ("status", lambda: text("违规：冻结") if c.chance(4) else _flat(c)),
        ]
    )
    return text(rule, c.one_of("", "", "", " 假设 “作此理解”", " 说明 “备注”"))


# -- clauses ----------------------------------------------------------------------------


def _limits(c: _Context, full: Fraction | None) -> Text:
    """满分 (if any), 上限, 下限, 舍入 of a clause."""
    parts: list[Text] = []
    if full is not None:
        parts.append(text(f" 满分 {show_points(full)} 分"))
    if not c.has("limits"):
        return text(*parts)
    if full is None and c.chance(3):
        parts.append(
            _open(c, "cap", " 上限 {} 分", c.deducts, " 上限 ")
            if c.has("open") and c.chance(3)
            else text(f" 上限 {show_points(_points(c) + 5)} 分")
        )
    if c.chance(6):
        highest = full if full is not None else Fraction(1)
        parts.append(
            text(
                Slot(
                    "floor",
                    " 下限 未载明（0 至 1 分）",
                    " 下限 {} 分",
                    Fraction(0),
                    Fraction(1),
                    c.deducts,
                )
            )
            if c.has("open") and c.chance(2) and highest >= 1
            else text(f" 下限 {show_points(min(highest, Fraction(1, 2)))} 分")
        )
    if c.has("rounding") and c.chance(5):
        parts.append(text(f" 舍入 {c.one_of('四舍五入', '舍去 到 1 位', '进一 到 0.5 分')}"))
    return text(*parts)


def _applies(c: _Context) -> Text:
    if c.has("applies") and c.chance(6):
        return text(" 适用 ", _condition(c))
    return text()


def _item(c: _Context, assessment: bool, declared: bool) -> tuple[Text, Fraction | None]:
    """An item and its 满分 (``None``: not declared, or open)."""
    c.items += 1
    full = max(_points(c), Fraction(1)) if declared else None
    start = text()
    c.full, c.marks = False, None
    if c.beside:
        pass
    elif c.has("limits"):
        if assessment and full is not None:
            start = c.one_of(text(), text(), text(" 起评 0 分"), text(" 起评 满分"))
            c.full = start != text(" 起评 0 分")
        elif full is not None and c.chance(4):
            start, c.full = text(" 起评 满分"), True
        elif c.chance(6):
            start = text(" 起评 2 分")
        elif c.has("open") and c.chance(8):
            start = _open(c, "start", " 起评 {} 分", False, " 起评 ")
    elif assessment and full is not None:
        c.full = True
    if c.full:
        c.marks = full
    if c.has("open") and full is not None and not c.full and not declared and c.chance(6):
        full = None
    head = text(
        f"{c.one_of('指标', '项')} 条目{_numeral(c.items)}", _limits(c, full), start, _applies(c)
    )
    rules = [_rule(c) for _ in range(c.draw(st.integers(1, 3)))]
    c.full, c.marks = False, None
    return text(head, " {", *(text("\n  ", r) for r in rules), "\n}"), full


def _numeral(number: int) -> str:
    """A number in letters, since names hold no digits."""
    return "".join("甲乙丙丁戊己庚辛壬癸"[int(d)] for d in str(number))


def _open_marks_item(c: _Context) -> Text:
    """An item whose 满分 the text does not say."""
    c.items += 1
    low, high = Fraction(2), Fraction(8)
    slot = Slot("full", " 满分 未载明（2 至 8 分）", " 满分 {} 分", low, high)
    return text(f"指标 条目{_numeral(c.items)}", slot, " {\n  ", _flat(c), "\n  ", _flat(c), "\n}")


def _group(c: _Context, assessment: bool, kind: str, depth: int) -> tuple[Text, Fraction | None]:
    """A group and its 满分; ``kind`` is its heading without the name."""
    declared = c.has("limits") and not c.beside and c.chance(2)
    c.items += 1
    name = _numeral(c.items)
    parts: list[Text] = []
    maxima: list[Fraction | None] = []
    for _ in range(c.draw(st.integers(1, 3))):
        if c.has("nesting") and depth and c.chance(4):
            part, full = _group(c, assessment, "组", depth - 1)
        else:
            part, full = _item(c, assessment, declared or (assessment and not c.beside))
        parts.append(part)
        maxima.append(full)
    if c.has("open") and not declared and not c.beside and not assessment and c.chance(5):
        parts.append(_open_marks_item(c))
        maxima.append(None)
    if c.chance(6):
        parts.append(_rule(c, 1))
    known = [x for x in maxima if x is not None]
    full = sum(known, Fraction(0)) if declared and len(known) == len(maxima) else None
    head = text(f"{kind} 分组{name}", _limits(c, full), _applies(c))
    return text(head, " {", lines(parts), "\n}"), full


def _special_group(c: _Context, assessment: bool, kind: str) -> Text:
    c.deducts, c.beside = kind == "扣分", True
    group, _ = _group(c, assessment, kind, 0)
    c.deducts = c.beside = False
    return group


def _status_rules(c: _Context) -> Text:
    words = ("暂时失效", "永久失效", "清零", "冻结 2 年")
    rules = [
        text("\n  ", _guard(_condition(c)), c.one_of(*words, "一票否决"))
        for _ in range(c.draw(st.integers(1, 2)))
    ]
    if c.has("blends") and c.chance(3):
        rules.append(text("\n  总分 低于 3 分：暂时失效"))
    return text("效力 {", *rules, "\n}")


def _blend(c: _Context) -> Text:
    weight = text("未载明") if c.has("open") and c.chance(3) else text("70%")
    if weight == text("未载明"):
        weight = text(Slot("weight", "未载明", "{}%", Fraction(0), Fraction(100)))
    rows = ["次数 占 30%", "（总分 + 次数 × 1 分 ÷ 1 次） 占 10%"]
    if c.groups:
        rows.append(f"得分（组 {c.groups[0]}） 占 20%")
    return text("合成 年终 {\n  总分 占 ", weight, *(f"\n  {row}" for row in rows), "\n}")


def _scene(c: _Context) -> Text:
    keys = ["总分 高者先"]
    options = ["岁数 低者先", "学历 高者先", "合格 高者先", "配偶 的 总分 高者先"]
    if c.has("dates"):
        options.append("登记日 早者先")
    keys += c.draw(st.lists(st.sampled_from(options), max_size=2, unique=True))
    household = c.one_of("", "家庭 就高 夫妻", "家庭 合计 夫妻", "家庭 合计 成员")
    ties = c.one_of("一并录取", "不录取", "抽签", "未载明")
    return text(
        f"场景 入学 {{\n  {household}\n  排序 {'，'.join(keys)}\n  名额 {c.one_of('2 名', '未载明')}\n"
        f"  同分 {ties}\n}}"
    )


def _body(c: _Context, assessment: bool) -> tuple[list[Text], tuple[str, ...]]:
    """The scored parts of a document or schedule, and its units."""
    parts: list[Text] = []
    units: tuple[str, ...] = ()
    for _ in range(c.draw(st.integers(1, 2))):
        if c.chance(2):
            part, _ = _group(c, assessment, "组", 1)
            assert isinstance(part[0], str)
            c.groups.append(_name_of(part[0]))
        else:
            part, _ = _item(c, assessment, assessment)
        parts.append(part)
    if assessment and c.has("units"):
        units = ("教育局", "公安局")
        parts.insert(0, _group(c, assessment, "共同部分", 0)[0])
        for unit in units:
            group, _ = _group(c, assessment, "单位", 0)
            head, *rest = group
            assert isinstance(head, str)
            parts.append(text(f"单位 {unit}", head[head.index(_name_of(head)) + len(_name_of(head)) :],
                              *rest))  # fmt: skip
    if c.has("deductions") and c.has("minus") and c.chance(2):
        parts.append(_special_group(c, assessment, "扣分"))
    if c.has("bonus") and c.chance(3):
        parts.append(_special_group(c, assessment, "加分"))
    return parts, units


def _name_of(head: str) -> str:
    """The name in 单位 分组甲 …."""
    return head.split()[1]


@composite
def drafts(draw: st.DrawFn, without: frozenset[str] | set[str] = frozenset()) -> Draft:
    """A random policy with all features but those in ``without``."""
    unknown = set(without) - set(FEATURES)
    assert not unknown, unknown
    c = _Context(draw, frozenset(FEATURES) - frozenset(without))
    c.facts = _fact_pool(c)
    assessment = draw(st.booleans())
    parts: list[Text] = [text("计量 学时包 = 45 分钟")]
    parts += [text(f"事实 {f.name}：{f.declaration}") for f in c.facts]
    if c.has("exclusions"):
        parts.append(text("不计 停缴月数 于 缴费月数 假设 “停缴的月数不计”"))
    if c.has("eligibility") and c.chance(4):
        parts.insert(0, text("适用 ", _condition(c)))
    entities: tuple[str, ...] = ()
    if assessment and c.has("units") and c.chance(4):
        entities = ("街道", "部门")
        first, _ = _body(_without_units(c), True)
        second, units = _body(c, True)
        parts.append(text("附表 一 { 对象 街道", lines(first), "\n}"))
        parts.append(text("附表 二 { 对象 部门", lines(second), "\n}"))
    else:
        body, units = _body(c, assessment)
        parts += body
    limits = _limits(c, None) if not entities else text()
    if c.has("status") and c.chance(3):
        parts.append(_status_rules(c))
    if c.has("blends") and c.chance(3):
        c.groups = [] if entities else c.groups
        parts.append(_blend(c))
    if c.has("scenes") and c.chance(2):
        parts.append(_scene(c))
    kind = "考核" if assessment else "积分"
    whole = text(f"{kind} 样例 “随机的样例” {{\n", limits, lines(parts), "\n}\n")
    return Draft(whole, tuple(c.facts), units, entities, c.features)


def _without_units(c: _Context) -> _Context:
    """The same drafting without 单位; numbering goes on in the other."""
    other = _Context(c.draw, c.features - {"units"}, c.facts, items=c.items + 50)
    return other


# -- cases ------------------------------------------------------------------------------


@composite
def people(draw: st.DrawFn, draft: Draft, missing: int = 4) -> dict[str, Constant]:
    """Facts of one person; one in ``missing`` is not handed in (0: all are)."""
    facts: dict[str, Constant] = {}
    for fact in draft.facts:
        required = "必填" in fact.declaration
        absent = missing and draw(st.integers(1, missing)) == missing and not required
        # what follows from dates is seldom handed in as well
        if absent or (fact.derived and bool(draw(st.integers(0, 3)))):
            continue
        facts[fact.name] = draw(fact.values)
    return facts


@composite
def cases(draw: st.DrawFn, draft: Draft, missing: int = 4, id_: str = "甲") -> Case:
    """A case that the draft can place: its unit, its schedule, its household."""
    members: list[Member] = []
    if draft.features & {"spouse", "household", "scenes"}:
        if draw(st.booleans()):
            members.append(Member(SPOUSE, MappingProxyType(draw(people(draft, missing)))))
        members += [
            Member("子女", MappingProxyType(draw(people(draft, missing))))
            for _ in range(draw(st.integers(0, 2)))
        ]
    entity = draw(st.sampled_from(draft.entities)) if draft.entities else None
    unit = None
    if draft.units and entity != "街道":
        unit = draw(st.sampled_from(draft.units))
    return Case(
        id_, MappingProxyType(draw(people(draft, missing))), unit, entity, tuple(members),
        MappingProxyType({}), TODAY,
    )  # fmt: skip
