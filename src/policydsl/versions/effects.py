"""What a change of rules does, in words: 每月 0.5 分 → 0.6 分, 满分所需 60 个月 → 50 个月.

Everything is read off the typed rules.  Two rules are the same when they are equal but for what
changes no score: assumptions, doubts and locators in words, and the names of facts that are
declared alike (:class:`Same`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from fractions import Fraction
from typing import Any, Literal, cast

from policydsl.language import nodes as n
from policydsl.language.printing import print_node
from policydsl.language.units import UNITS, Unit
from policydsl.model import expressions as e
from policydsl.model import policy as m
from policydsl.model import rules as r
from policydsl.model.kinds import spelt
from policydsl.scoring.ranges import show_points

EffectKind = Literal[
    "limit", "amount", "step", "threshold", "condition", "mechanism", "reach", "modifier",
    "tiers", "rule added", "rule removed", "fact", "review", "responsible", "entity", "applies",
    "target", "household", "ranking", "places", "ties", "weight", "deadline", "duty", "date",
    "inside", "rewritten",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect in Chinese and English; ``changed`` is false for what stays as it was."""

    kind: EffectKind
    zh: str
    en: str
    changed: bool = True


# -- equality of meaning ------------------------------------------------------------


class Same:
    """Whether parts of two policies mean the same.

    ``clauses`` leads ids of the newer policy to those of the older one.  A fact that only the
    older policy has and one that only the newer has are the same, if they are declared alike and
    stand in the same places; :attr:`renamed` collects such pairs (newer name → older name).
    """

    def __init__(self, old: m.Policy, new: m.Policy, clauses: Mapping[str, str]):
        self.old = old
        self.new = new
        self.clauses = clauses
        self.renamed: dict[str, str] = {}
        self._declared: dict[tuple[str, str], bool] = {}

    def __call__(self, a: object, b: object) -> bool:
        """Whether ``a`` of the older policy means what ``b`` of the newer means."""
        before = dict(self.renamed)
        if self._same(a, b):
            return True
        self.renamed = before  # what was only tried does not count
        return False

    def _same(self, a: object, b: object) -> bool:
        if isinstance(a, tuple) and isinstance(b, tuple):
            return len(a) == len(b) and all(self._same(x, y) for x, y in zip(a, b, strict=True))
        if type(a) is not type(b):
            return False
        match a, b:
            case e.FactRef(), e.FactRef():
                return (a.role, a.scale) == (b.role, b.scale) and self.facts(a.fact, b.fact)
            case e.IsProvided(), e.IsProvided():
                return a.role == b.role and self.facts(a.fact, b.fact)
            case e.ScoreRef(), e.ScoreRef():
                return a.role == b.role and self.clause(b.clause) == a.clause
            case r.Rule(), r.Rule():
                return self._same(
                    (a.condition, a.action, a.modifiers), (b.condition, b.action, b.modifiers)
                )
            case r.PerStep(), r.PerStep():
                # whether the text says what a begun step counts: the count is the same
                a, b = replace(a, partial_stated=True), replace(b, partial_stated=True)
                return self._same_fields(a, b)
            case m.Target(), m.Target():
                return (a.text == b.text) and self._same(a.condition, b.condition)
        if is_dataclass(a) and not isinstance(a, (n.Node, Unit)):
            return self._same_fields(a, b)
        return a == b

    def _same_fields(self, a: object, b: object) -> bool:
        return all(
            self._same(getattr(a, f.name), getattr(b, f.name))
            for f in fields(cast(Any, a))
            if f.compare
        )

    def clause(self, new: str | None) -> str | None:
        """The id in the older policy of a clause of the newer one."""
        return None if new is None else self.clauses.get(new, new)

    def facts(self, old: str, new: str) -> bool:
        """Whether a fact of the older policy and one of the newer are the same measure."""
        if self.renamed.get(new, old) != old:
            return False
        if old != new:
            if old in self.new.facts or new in self.old.facts or not self.declared(old, new):
                return False
            if old in (o for w, o in self.renamed.items() if w != new):
                return False
            self.renamed[new] = old
        return True

    def declared(self, old: str, new: str) -> bool:
        """Whether two facts are declared alike, whatever they are called."""
        key = (old, new)
        if key not in self._declared:
            self._declared[key] = True  # facts derived from one another
            a, b = self.old.facts.get(old), self.new.facts.get(new)
            self._declared[key] = a is b or (
                a is not None
                and b is not None
                # ranges and places say which values are believed, not what they score
                and (a.kind, a.values, a.default, a.missing, a.missing_value)
                == (b.kind, b.values, b.default, b.missing, b.missing_value)
                and _measure(a.unit) == _measure(b.unit)
                and self._same(a.derived, b.derived)
            )
        return self._declared[key]

    def changed_facts(self, old: object, new: object) -> list[tuple[str, str]]:
        """Pairs of facts that both sides read, declared otherwise; also those they rest on."""
        olds, news = _facts_below(self.old, old), _facts_below(self.new, new)
        pairs = [(self.renamed.get(name, name), name) for name in news]
        return [(a, b) for a, b in pairs if a in olds and not self.declared(a, b)]


def _measure(unit: Unit | None) -> tuple[str, Fraction] | None:
    return None if unit is None else (unit.dimension, unit.scale)


def _facts_below(policy: m.Policy, what: object) -> list[str]:
    """Names of the facts that rules or expressions read, and of those they are derived from."""
    waiting = sorted({name for expr in _expressions(what) for name, _ in e.facts_of(expr)})
    seen: list[str] = []
    while waiting:
        name = waiting.pop(0)
        fact = policy.facts.get(name)
        if name in seen or fact is None:
            continue
        seen.append(name)
        waiting.extend(sorted({other for other, _ in e.facts_of(fact.derived)}))
    return seen


def _expressions(what: object) -> Iterator[e.Expr]:
    """The outermost expressions of rules, targets and the like."""
    if isinstance(what, e.Expr):
        yield what
    elif isinstance(what, tuple):
        for item in what:
            yield from _expressions(item)
    elif is_dataclass(what) and not isinstance(what, (n.Node, type)):
        for f in fields(what):
            if f.compare:
                yield from _expressions(getattr(what, f.name))


# -- words ------------------------------------------------------------------------------

_COUNTERS = {"月": "个月", "季": "个季度", "百分点": "个百分点", "工作日": "个工作日"}
_PERCENT, _POINT = UNITS["%"], UNITS["百分点"]

Pair = tuple[str, str]
"""A text in Chinese and in English."""

NOTHING: Pair = ("无", "none")
OPEN: Pair = ("未载明", "not stated")
_DEFAULT: Pair = ("未另定", "as usual")


def points(value: Fraction) -> Pair:
    """30 分; 30 points."""
    shown = show_points(value)
    return f"{shown} 分", f"{shown} {'point' if abs(value) == 1 else 'points'}"


def limit_text(limit: m.Limit | str | None) -> Pair:
    """A limit of a clause."""
    if limit is None:
        return NOTHING
    if limit == "full":
        return "满分", "full marks"
    if isinstance(limit, Fraction):
        return points(limit)
    assert isinstance(limit, r.OpenPoints)
    return _bounded(OPEN, limit.low, limit.high)


def _bounded(words: Pair, low: Fraction | None, high: Fraction | None) -> Pair:
    if high is None:
        return words
    a, b = show_points(low or Fraction(0)), show_points(high)
    return f"{words[0]}（{a} 至 {b} 分）", f"{words[1]} ({a} to {b} points)"


def quantity(value: Fraction, unit: Unit | None, span: bool = False) -> Pair:
    """A value in base units with its unit; ``span``: a distance, not a place on the scale."""
    if unit is None:
        shown = show_points(value)
        return shown, shown
    if span and unit.symbol == "%":
        unit = _POINT
    shown = show_points(value / unit.scale)
    if unit.symbol in ("%", "‰"):
        return f"{shown}{unit.symbol}", f"{shown}{unit.symbol}"
    english = unit.english.replace("_", " ")
    if value / unit.scale == 1 and english.endswith("s") and not english.startswith("years of"):
        english = english[:-1]
    return f"{shown} {_COUNTERS.get(unit.symbol, unit.symbol)}", f"{shown} {english}"


def written(node: n.Node | None, none: Pair = NOTHING) -> Pair:
    """A part of the text as the language writes it, without remarks."""
    if node is None:
        return none
    if isinstance(node, (n.Rule, n.Tier)):
        node = replace(node, notes=())
    # keywords of several words are easier to read apart: short_of → short of
    english = re.sub(r"(?<=[a-z])_(?=[a-z])", " ", print_node(node, "en"))
    return print_node(node, "zh"), english


def change(kind: EffectKind, what: Pair, old: Pair, new: Pair) -> Effect:
    """``what`` old → new."""
    zh, en = (f"{w} " if w else "" for w in what)
    return Effect(kind, f"{zh}{old[0]} → {new[0]}", f"{en}{old[1]} → {new[1]}")


def unchanged(kind: EffectKind, what: Pair, value: Pair) -> Effect:
    """``what`` value 不变."""
    return Effect(kind, f"{what[0]} {value[0]}不变", f"{what[1]} {value[1]} unchanged", False)


_LIMITS: tuple[tuple[str, Pair], ...] = (
    ("full_marks", ("满分", "full marks")),
    ("cap", ("上限", "cap")),
    ("floor", ("下限", "floor")),
    ("start", ("起评", "start")),
)


def limit_effects(old: m.Clause, new: m.Clause) -> list[Effect]:
    """Changes of full marks, cap, floor, start, rounding and conversion."""
    result = []
    for name, what in _LIMITS:
        a, b = getattr(old, name), getattr(new, name)
        if a != b:
            texts = [_DEFAULT if x is None and name == "start" else limit_text(x) for x in (a, b)]
            result.append(change("limit", what, texts[0], texts[1]))
    if old.rounding != new.rounding:
        what = ("得分舍入", "rounding of the score")
        result.append(change("limit", what, _rounding(old.rounding), _rounding(new.rounding)))
    if _factor(old) != _factor(new):
        texts = [_conversion(c) for c in (old, new)]
        result.append(change("limit", ("折算", "conversion"), texts[0], texts[1]))
    return result


def _factor(clause: m.Clause) -> tuple[Fraction | None] | None:
    return None if clause.conversion is None else (clause.conversion[0],)


def _conversion(clause: m.Clause) -> Pair:
    if clause.conversion is None:
        return NOTHING
    value = clause.conversion[0]
    return OPEN if value is None else (show_points(value), show_points(value))


_ROUNDINGS: dict[str, Pair] = {
    "half_up": ("四舍五入", "half up"),
    "down": ("舍去", "down"),
    "up": ("进一", "up"),
}


def _rounding(rounding: r.RoundTo | None) -> Pair:
    if rounding is None:
        return NOTHING
    zh, en = _ROUNDINGS[rounding.mode]
    to_zh, to_en = points(rounding.unit)
    return f"{zh}到 {to_zh}", f"{en} to {to_en}"


# -- mechanisms ---------------------------------------------------------------------------

_MECHANISMS: dict[str, Pair] = {
    "award": ("加分", "awards"), "deduct": ("扣分", "deductions"),
    "tiers": ("按档取分", "tiers"), "matrix": ("对照表取分", "two-way table"),
    "discretion award": ("酌情加分", "awards at discretion"),
    "discretion deduct": ("酌情扣分", "deductions at discretion"),
    "open": OPEN, "veto": ("一票否决", "veto"), "no points": ("不得分", "no points"),
    "status": ("效力", "status of the points"),
}  # fmt: skip


def mechanisms(rules: Sequence[r.Rule]) -> tuple[str, ...]:
    """How rules give and take points: keys of the table of mechanisms, in its order."""
    found: set[str] = set()
    for rule in rules:
        for inner in _outer_actions(rule):
            found.add(_mechanism(inner))
    return tuple(key for key in _MECHANISMS if key in found)


def _outer_actions(rule: r.Rule) -> Iterator[r.Action]:
    if isinstance(rule.action, r.Combined):
        for inner in rule.action.rules:
            yield from _outer_actions(inner)
    else:
        yield rule.action


def _mechanism(action: r.Action) -> str:
    match action:
        case r.Flat(points=r.OpenPoints()) | r.PerStep(points=r.OpenPoints()) | r.OpenRule():
            return "open"
        case r.PerStep(points=None) | r.Discretionary():
            return "discretion award" if action.sign == 1 else "discretion deduct"
        case r.Flat() | r.PerStep():
            return "award" if action.sign == 1 else "deduct"
        case r.Tiers():
            return "tiers"
        case r.Matrix():
            return "matrix"
        case r.Veto():
            return "veto"
        case r.NoPoints():
            return "no points"
    return "status"


def mechanism_text(keys: Sequence[str]) -> Pair:
    """Mechanisms in words."""
    if not keys:
        return "没有规则", "no rule"
    names = [_MECHANISMS[key] for key in keys]
    return "、".join(zh for zh, _ in names), ", ".join(en for _, en in names)


# -- pairs of rules -----------------------------------------------------------------------


@dataclass(frozen=True)
class Side:
    """One side of a comparison: the policy, and the clause in which a rule stands."""

    policy: m.Policy
    clause: m.Clause | None = None
    alone: bool = False


def align(
    old: Sequence[r.Rule], new: Sequence[r.Rule], same: Same
) -> tuple[list[tuple[r.Rule, r.Rule]], list[r.Rule], list[r.Rule]]:
    """Pairs of rules that differ, rules that fell away, rules that are new.

    Rules that are the same are left out.
    """
    olds, news = list(old), list(new)
    for a in old:
        match = next((b for b in news if same(a, b)), None)
        if match is not None:
            olds = [x for x in olds if x is not a]
            news = [x for x in news if x is not match]
    rated = sorted(
        (-_kinship(a, b, same), i, j) for i, a in enumerate(olds) for j, b in enumerate(news)
    )
    pairs: list[tuple[int, int]] = []
    for rate, i, j in rated:
        if -rate < _RELATED and not len(olds) == len(news) == 1:
            continue
        if all(i != x and j != y for x, y in pairs):
            pairs.append((i, j))
    paired = [(olds[i], news[j]) for i, j in sorted(pairs)]
    gone = [a for i, a in enumerate(olds) if all(i != x for x, _ in pairs)]
    added = [b for j, b in enumerate(news) if all(j != y for _, y in pairs)]
    return paired, gone, added


_RELATED = 3
"""Two rules that differ are the same rule amended, if they are as near as this."""


def _kinship(a: r.Rule, b: r.Rule, same: Same) -> int:
    """How near two rules are: what they read counts most, then what they do."""
    olds = set(_facts_below(same.old, a))
    news = {same.renamed.get(name, name) for name in _facts_below(same.new, b)}
    near = 3 * len(olds & news) if olds or news else 1
    if type(a.action) is type(b.action):
        near += 2 + same(a.action, b.action)
    if a.condition is not None and same(a.condition, b.condition):
        near += 2
    return near


def rule_effects(
    old: Sequence[r.Rule], new: Sequence[r.Rule], same: Same, left: Side, right: Side
) -> list[Effect]:
    """The effects of new rules in the place of old ones; empty when they are the same."""
    pairs, gone, added = align(old, new, same)
    result: list[Effect] = []
    before, after = mechanisms(old), mechanisms(new)
    if before != after:
        what = ("计分方式", "mechanism")
        result.append(change("mechanism", what, mechanism_text(before), mechanism_text(after)))
    several = len(old) > 1 or len(new) > 1
    left, right = (replace(left, alone=len(old) == 1), replace(right, alone=len(new) == 1))
    for a, b in pairs:
        result.extend(pair_effects(a, b, same, left, right, several))
    for rule in gone:
        zh, en = _rule_text(rule)
        result.append(Effect("rule removed", f"删去：{zh}", f"removed: {en}"))
    for rule in added:
        zh, en = _rule_text(rule)
        result.append(Effect("rule added", f"新增：{zh}", f"added: {en}"))
    return result


def _rule_text(rule: r.Rule) -> Pair:
    return written(rule.node, ("（由程序给出的规则）", "(a rule made by a program)"))


def pair_effects(
    a: r.Rule, b: r.Rule, same: Same, left: Side, right: Side, named: bool
) -> list[Effect]:
    """The effects of one rule in the place of another; ``named``: say what it counts."""
    result: list[Effect] = []
    if type(a.action) is not type(b.action):
        result.append(change("rewritten", ("规则", "rule"), _rule_text(a), _rule_text(b)))
        return result
    result.extend(_condition_effects(a, b, same))
    result.extend(_action_effects(a, b, same, left, right, named))
    result.extend(_modifier_effects(a, b))
    if any(effect.changed for effect in result):
        result.extend(reach_effects(a, b, left, right))
    if not any(effect.changed for effect in result) and not same(a, b):
        result.append(change("rewritten", ("规则", "rule"), _rule_text(a), _rule_text(b)))
    return result


# -- conditions


def _condition_effects(a: r.Rule, b: r.Rule, same: Same) -> list[Effect]:
    if same(a.condition, b.condition):
        return []
    moved = thresholds(a.condition, b.condition, same)
    if moved is not None:
        return [
            change("threshold", (f"“{fact}”的界限", f"threshold of “{fact}”"), old, new)
            for fact, old, new in moved
        ]
    old, new = _condition_text(a), _condition_text(b)
    if old == new:  # the same words about a fact that is another one
        return []
    return [change("condition", ("条件", "condition"), old, new)]


def _condition_text(rule: r.Rule) -> Pair:
    node = rule.node
    if isinstance(node, n.Rule):
        return written(node.condition, ("任何情形", "always"))
    if isinstance(node, n.Tier):
        texts = [written(pattern) for pattern in node.patterns]
        return "、".join(zh for zh, _ in texts), ", ".join(en for _, en in texts)
    return ("任何情形", "always") if rule.condition is None else ("（条件）", "(condition)")


def thresholds(a: object, b: object, same: Same) -> list[tuple[str, Pair, Pair]] | None:
    """(fact, old value, new value) where two conditions differ in thresholds alone.

    ``None`` when they differ in anything else.
    """
    if isinstance(a, e.Compared) and isinstance(b, e.Compared):
        if a.operator != b.operator or a.order != b.order or not same(a.left, b.left):
            return None
        if same(a.right, b.right):
            return []
        if not isinstance(a.right, e.Const) or not isinstance(b.right, e.Const):
            return None
        fact = a.left.fact if isinstance(a.left, e.FactRef) else None
        unit = None if fact is None else _unit_of(same.old, fact)
        return [(fact or "条件", _constant(a.right, unit), _constant(b.right, unit))]
    if type(a) is not type(b):
        return None
    if isinstance(a, (e.All, e.AnyOf)) and isinstance(b, (e.All, e.AnyOf)):
        if len(a.parts) != len(b.parts):
            return None
        result: list[tuple[str, Pair, Pair]] = []
        for x, y in zip(a.parts, b.parts, strict=True):
            inner = thresholds(x, y, same)
            if inner is None:
                return None
            result.extend(inner)
        return result
    if isinstance(a, e.Not) and isinstance(b, e.Not):
        return thresholds(a.part, b.part, same)
    return [] if same(a, b) else None


def _unit_of(policy: m.Policy, fact: str) -> Unit | None:
    known = policy.facts.get(fact)
    if known is None:
        return None
    return _PERCENT if known.kind == "percentage" else known.unit


def _constant(const: e.Const, unit: Unit | None) -> Pair:
    value = const.value
    if isinstance(value, bool):
        return ("是", "yes") if value else ("否", "no")
    if isinstance(value, Fraction):
        return quantity(value, unit)
    return str(value), str(value)


# -- amounts


def _points(value: r.Points | None) -> Pair:
    match value:
        case r.FixedPoints():
            return points(value.value)
        case r.OpenPoints():
            return _bounded(OPEN, value.low, value.high)
        case r.ComputedPoints():
            return "（算式）", "(formula)"
    return "酌情", "at discretion"


def _signs(a: int, b: int) -> tuple[Pair, Pair]:
    words: dict[int, Pair] = {1: ("加", "add"), -1: ("扣", "deduct")}
    return words[a], words[b]


def _amount(kind: EffectKind, what: Pair, a: Any, b: Any) -> list[Effect]:
    """Effects on the amounts of two actions with ``sign`` and ``points``."""
    if (a.sign, a.points) == (b.sign, b.points):
        return []
    old, new = _points(a.points), _points(b.points)
    if a.sign != b.sign:
        x, y = _signs(a.sign, b.sign)
        old, new = (
            (f"{x[0]} {old[0]}", f"{x[1]} {old[1]}"),
            (f"{y[0]} {new[0]}", f"{y[1]} {new[1]}"),
        )
    if old == new:
        return []  # formulas: shown by the whole rule
    return [change(kind, what, old, new)]


def _action_effects(
    a: r.Rule, b: r.Rule, same: Same, left: Side, right: Side, named: bool
) -> list[Effect]:
    match a.action, b.action:
        case r.Flat() as x, r.Flat() as y:
            what: Pair = ("", "")
            if named:
                zh, en = _condition_text(b)
                what = (f"{zh}：", f"{en}:")
            return _amount("amount", what, x, y)
        case r.PerStep() as x, r.PerStep() as y:
            return _step_effects(a, b, x, y, same, left, right, named)
        case r.Tiers() as x, r.Tiers() as y:
            return _tier_effects(x, y, same, left, right)
        case r.Matrix() as x, r.Matrix() as y:
            return _matrix_effects(a, b, x, y, same)
        case r.Combined() as x, r.Combined() as y:
            result = []
            if x.how != y.how:
                words = {"best": "BEST", "sum": "SUM", "least": "LEAST"}
                old, new = spelt(words[x.how]), spelt(words[y.how])
                result.append(change("mechanism", ("各项", "the rules"), old, new))
            inner = rule_effects(x.rules, y.rules, same, left, right)
            return [*result, *(i for i in inner if i.kind != "mechanism" or not i.changed)]
    return []


def _step_effects(
    a: r.Rule,
    b: r.Rule,
    x: r.PerStep,
    y: r.PerStep,
    same: Same,
    left: Side,
    right: Side,
    named: bool,
) -> list[Effect]:
    result: list[Effect] = []
    old, new = _step_text(a, x, left), _step_text(b, y, right)
    counted = _counted(y.subject) if named else None
    subject: Pair = ("", "") if counted is None else (f"{counted} ", f"{counted}, ")
    if x.step != y.step:
        what = (f"{subject[0]}每一步".strip(), f"{subject[1]}step".strip())
        result.append(change("step", what, old, new))
    each = (f"{subject[0]}每{_after_each(new[0])}", f"{subject[1]}per {_after_per(new[1])}")
    result.extend(_amount("amount", each, x, y))
    distance = _threshold_distance(a, x) and _threshold_distance(b, y)
    if not distance and not same(x.subject, y.subject):
        texts = _subject_text(a, x), _subject_text(b, y)
        if texts[0] != texts[1]:
            result.append(change("step", ("按什么计", "what is counted:"), *texts))
    if x.partial != y.partial:
        what = ("不足一步", "a begun step")
        result.append(change("step", what, _PARTIAL[x.partial], _PARTIAL[y.partial]))
    unit = _subject_unit(right.policy, y.subject)
    if x.beyond != y.beyond:
        what = ("只计超过", "counted beyond")
        result.append(change("step", what, quantity(x.beyond, unit), quantity(y.beyond, unit)))
    if x.skip != y.skip:
        what = ("起计次序", "counted from number")
        ordinals = [show_points(z.skip + 1) for z in (x, y)]
        result.append(change("step", what, (ordinals[0],) * 2, (ordinals[1],) * 2))
    if x.most != y.most:
        caps = [NOTHING if z.most is None else (show_points(z.most),) * 2 for z in (x, y)]
        what = ("最多计步数", "most steps counted")
        result.append(change("step", what, caps[0], caps[1]))
    return result


_PARTIAL: dict[str, Pair] = {
    "whole": ("不计", "not counted"),
    "pro_rata": ("按比例计", "pro rata"),
    "full": ("按满计", "counted in full"),
}


def _threshold_distance(rule: r.Rule, action: r.PerStep) -> bool:
    """Whether the steps measure how far the condition's fact lies from its threshold."""
    subject, condition = action.subject, rule.condition
    if not isinstance(subject, e.Arith) or not isinstance(condition, e.Compared):
        return False
    return {subject.left, subject.right} == {condition.left, condition.right}


def _counted(subject: e.Expr) -> str | None:
    return subject.fact if isinstance(subject, e.FactRef) else None


def _subject_text(rule: r.Rule, action: r.PerStep) -> Pair:
    node = rule.node
    step = node.action if isinstance(node, n.Rule) else node.outcome if node else None
    if _threshold_distance(rule, action):
        return "与界限的差距", "the distance from the threshold"
    if isinstance(step, n.PerStep) and step.subject is not None:
        return written(step.subject)
    name = _counted(action.subject)
    return (name, name) if name is not None else ("（算式）", "(formula)")


def _subject_unit(policy: m.Policy, subject: e.Expr) -> Unit | None:
    """The unit in which the text counts the subject."""
    for expr in e.walk(subject):
        if isinstance(expr, e.FactRef):
            return _unit_of(policy, expr.fact)
    return None


def _step_text(rule: r.Rule, action: r.PerStep, side: Side) -> Pair:
    """The step as written if it stands in the text, else in the unit of what is counted."""
    node = rule.node
    step = node.action if isinstance(node, n.Rule) else node.outcome if node else None
    if isinstance(step, n.PerStep) and step.step.unit is not None:
        unit = UNITS.get(step.step.unit)
        if unit is not None and step.step.value * unit.scale == action.step:
            return quantity(action.step, unit, span=True)
        if unit is None:
            return written(step.step)
    return quantity(action.step, _subject_unit(side.policy, action.subject), span=True)


def _after_each(step: str) -> str:
    """每月, 每次, 每个百分点; 每 2 个月."""
    number, _, unit = step.partition(" ")
    if number != "1" or not unit:
        return f" {step}"
    return "月" if unit == "个月" else unit


def _after_per(step: str) -> str:
    number, _, unit = step.partition(" ")
    return unit if number == "1" and unit else step


# -- tiers and tables


def _tier_effects(x: r.Tiers, y: r.Tiers, same: Same, left: Side, right: Side) -> list[Effect]:
    if not same(x.subject, y.subject):
        return []  # another table: shown by the whole rule
    result: list[Effect] = []
    news = list(y.tiers)
    for tier in x.tiers:
        match = next((t for t in news if same(tier.condition, t.condition)), None)
        zh, en = _condition_text(tier)
        if match is None:
            old = _outcome(tier)
            words = (f"删去档次：{zh} {old[0]}", f"tier removed: {en} {old[1]}")
            result.append(Effect("tiers", *words))
            continue
        news.remove(match)
        if not same(tier, match):
            old, new = _outcome(tier), _outcome(match)
            if old != new:
                result.append(change("tiers", (f"{zh}：", f"{en}:"), old, new))
            else:
                result.extend(pair_effects(tier, match, same, left, right, True))
    for tier in news:
        zh, en = _condition_text(tier)
        new = _outcome(tier)
        result.append(Effect("tiers", f"新增档次：{zh} {new[0]}", f"tier added: {en} {new[1]}"))
    if not result and not same(x, y):
        order = ("档次的次序改变", "the order of the tiers changes")
        result.append(Effect("tiers", *order))
    return result


def _outcome(tier: r.Rule) -> Pair:
    action = tier.action
    if isinstance(action, r.Flat) and not tier.modifiers:
        zh, en = _points(action.points)
        return (f"扣 {zh}", f"deduct {en}") if action.sign == -1 else (zh, en)
    if isinstance(tier.node, n.Tier):
        return written(replace(tier.node, patterns=()).outcome)
    return mechanism_text(mechanisms([tier]))


def _matrix_effects(a: r.Rule, b: r.Rule, x: r.Matrix, y: r.Matrix, same: Same) -> list[Effect]:
    heads = ("row_subject", "column_subject", "rows", "columns")
    if not all(same(getattr(x, head), getattr(y, head)) for head in heads):
        return []  # another table: shown by the whole rule
    labels = _matrix_labels(b)
    result = []
    for i, (olds, news) in enumerate(zip(x.cells, y.cells, strict=True)):
        for j, (old, new) in enumerate(zip(olds, news, strict=True)):
            if not same(old, new) and _points(old) != _points(new):
                zh, en = labels(i, j)
                result.append(change("tiers", (f"{zh}：", f"{en}:"), _points(old), _points(new)))
    return result


def _matrix_labels(rule: r.Rule) -> Any:
    node = rule.node
    action = node.action if isinstance(node, n.Rule) else node.outcome if node else None

    def patterns(found: Sequence[n.Pattern]) -> Pair:
        texts = [written(p) for p in found]
        return "、".join(zh for zh, _ in texts), ", ".join(en for _, en in texts)

    def label(row: int, column: int) -> Pair:
        if not isinstance(action, n.Matrix):
            return f"第 {row + 1} 行第 {column + 1} 列", f"row {row + 1}, column {column + 1}"
        first, second = patterns(action.rows[row].patterns), patterns(action.columns[column])
        return f"{first[0]} × {second[0]}", f"{first[1]} × {second[1]}"

    return label


# -- modifiers


def _modifier_effects(a: r.Rule, b: r.Rule) -> list[Effect]:
    result: list[Effect] = []
    for kind, what in _MODIFIERS:
        old = [x for x in a.modifiers if isinstance(x, kind)]
        new = [x for x in b.modifiers if isinstance(x, kind)]
        if old != new:
            texts = (_modifier_text(old), _modifier_text(new))
            result.append(change("modifier", what, *texts))
        elif kind is r.PointsCap and old:
            result.append(unchanged("modifier", what, _modifier_text(old)))
    changed = any(effect.changed for effect in result)
    if not changed and a.modifiers != b.modifiers:
        words = ("计算次序改变", "the order of the computation changes")
        result.append(Effect("modifier", *words))
    return result


_MODIFIERS: tuple[tuple[type[Any], Pair], ...] = (
    (r.PointsCap, ("最高", "at most")),
    (r.PointsFloor, ("最低", "at least")),
    (r.Scale, ("折算", "counted at")),
    (r.RoundTo, ("舍入", "rounding")),
)


def _modifier_text(modifiers: Sequence[r.Modifier]) -> Pair:
    if not modifiers:
        return NOTHING
    texts: list[Pair] = []
    for modifier in modifiers:
        match modifier:
            case r.PointsCap() | r.PointsFloor():
                texts.append(points(modifier.value))
            case r.Scale():
                texts.append((f"{show_points(modifier.factor * 100)}%",) * 2)
            case r.RoundTo():
                texts.append(_rounding(modifier))
    return "、".join(zh for zh, _ in texts), ", ".join(en for _, en in texts)


# -- how far one must go


def reach_effects(a: r.Rule, b: r.Rule, left: Side, right: Side) -> list[Effect]:
    """满分所需 60 个月 → 50 个月: how much of the fact brings the most that the rule can give."""
    old, new = reach(a, left), reach(b, right)
    if old is None or new is None:
        return []
    (x, deducts, unit), (y, also, _) = old, new
    if deducts != also:
        return []
    what: Pair = ("满分所需", "needed for the most")
    if deducts:
        what = ("扣完所需", "needed to lose all")
    if x == y:
        return [unchanged("reach", what, quantity(x, unit, span=deducts))]
    texts = quantity(x, unit, span=deducts), quantity(y, unit, span=deducts)
    return [change("reach", what, *texts)]


def reach(rule: r.Rule, side: Side) -> tuple[Fraction, bool, Unit | None] | None:
    """How much of what is counted brings the rule to its cap: (base units, deducts, unit).

    ``None`` where nothing caps it, or the cap depends on more than this rule.
    """
    action = rule.action
    if not isinstance(action, r.PerStep) or not isinstance(action.points, r.FixedPoints):
        return None
    each = action.points.value
    caps = [x.value for x in rule.modifiers if isinstance(x, r.PointsCap)]
    if len(caps) != len(rule.modifiers) or each <= 0:
        return None
    deducts = action.sign == -1
    limit: m.Limit | None = min(caps) if caps else None
    if limit is None and side.alone and side.clause is not None:
        limit = _room(side.clause, deducts, side.policy.kind == "assessment")
    if not isinstance(limit, Fraction) or limit <= 0:
        return None
    steps = limit / each
    if action.partial == "whole":
        steps = Fraction(math.ceil(steps))
    elif action.partial == "full":
        return None  # a begun step counts: there is no least amount
    if action.most is not None and action.most < steps:
        return None
    need = action.beyond + (action.skip + steps) * action.step
    return need, deducts, _subject_unit(side.policy, action.subject)


def _room(clause: m.Clause, deducts: bool, assessed: bool) -> m.Limit | None:
    """What the only rule of a clause can give or take at most.

    Items of an assessment start at their full marks where nothing else is said.
    """
    start = clause.start
    if start is None:
        start = "full" if assessed else Fraction(0)
    if deducts:
        return clause.full_marks if start == "full" else start
    most = clause.cap if clause.cap is not None else clause.full_marks
    if isinstance(start, Fraction) and isinstance(most, Fraction):
        return most - start
    return None
