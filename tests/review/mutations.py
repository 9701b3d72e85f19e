"""Faults that slips of a drafter's hand make, one at a time, in policies that are in order.

Each is a change of the tree, printed as text again.  Whether the review finds it is for
``test_mutations.py``; here stands only what a slip does, without a look at what would be found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from policydsl.language import nodes as n
from policydsl.language.printing import print_node

KINDS = {
    "maximum": "满分写错",
    "cap-lower": "最高分写小",
    "cap-higher": "最高分写大",
    "gap": "漏了一档",
    "bound": "分档的界限写错",
    "swapped-points": "相邻两档的分写反",
    "swapped-tiers": "相邻两档的次序写反",
    "doubled-item": "一项写了两遍",
    "doubled-rule": "一条规则写了两遍",
    "dropped-unit": "数字漏了单位",
    "inverted": "低于写成高于",
    "tier-inverted": "以上写成以下",
    "sign": "扣写成加",
    "negated": "未开展写成开展",
    "less-deducted": "扣分写小",
    "step-points": "每步的分写小",
    "dropped-rule": "漏了规则",
    "dropped-otherwise": "漏了“其他”",
    "impossible": "门槛超出范围",
    "other-threshold": "同一门槛两处不同",
    "discretion": "扣几分写成酌情",
    "open": "分值漏写",
    "number": "编号跳号",
    "ties": "同分没有写",
    "threshold": "门槛的数写错（只写一处）",
    "lowest-tier": "最低一档漏了或者界限写错",
    "tier-points": "一档的分写错，次序没有乱",
    "typed-threshold": "门槛的数字颠倒或者错位",
    "typed-amount": "一档的分差 1",
    "typed-bound": "一档的界限差 1",
}
"""The kinds of slips with what they are called in the documentation."""

TRACELESS = frozenset(
    {"threshold", "lowest-tier", "tier-points", "typed-threshold", "typed-amount", "typed-bound"}
)
"""Slips that make another policy which is as sound as the first.

Only the text that was meant can show them (``policydsl audit``), or the figures around: a row that
is even but for one, thresholds that are alike but for one.
"""


@dataclass(frozen=True)
class Mutant:
    """A slip of a kind, and the whole text with it."""

    kind: str
    where: str
    text: str


def mutants(document: n.Document) -> Iterator[Mutant]:
    """Every slip at every place of a document where it can happen."""
    for kind, old, new in _slips(document):
        changed = _replaced(document, old, new)
        yield Mutant(kind, _shown(old), print_node(changed, "zh"))


def _shown(node: n.Node) -> str:
    return " ".join(print_node(node, "zh").split())[:60]


def _replaced(part: Any, old: n.Node, new: tuple[n.Node, ...]) -> Any:
    """The tree with a node exchanged for none, one or several."""
    if part is old:
        return new[0]
    if isinstance(part, tuple):
        result: list[Any] = []
        for each in part:
            result.extend(new if each is old else (_replaced(each, old, new),))
        return tuple(result)
    if not isinstance(part, n.Node):
        return part
    changes = {}
    for each in fields(part):
        value = getattr(part, each.name)
        if isinstance(value, (n.Node, tuple)) and each.init:
            changed = _replaced(value, old, new)
            if changed is not value and changed != value:
                changes[each.name] = changed
    return replace(part, **changes) if changes else part


def _slips(document: n.Document) -> Iterator[tuple[str, n.Node, tuple[n.Node, ...]]]:
    thresholds: dict[str, int] = {}
    for node in n.walk(document):
        match node:
            case n.Clause() if node.kind in ("ITEM", "INDICATOR"):
                yield from _of_item(node)
            case n.Clause() if node.kind in ("GROUP", "UNIT", "COMMON"):
                yield from _of_maximum(node)
            case n.Rule():
                yield from _of_rule(node)
            case n.Tiers():
                yield from _of_tiers(node)
            case n.Ties() if node.word != "OPEN":
                yield "ties", node, (replace(node, word="OPEN"),)
            case n.Compare() if isinstance(node.left, n.Reference):
                name = node.left.name.text
                thresholds[name] = thresholds.get(name, 0) + 1
                yield from _of_comparison(node, again=thresholds[name] > 1)


def _scaled(number: n.Number, factor: Fraction) -> n.Number:
    return n.Number(number.value * factor, number.unit)


def _of_maximum(clause: n.Clause) -> Iterator[tuple[str, n.Node, tuple[n.Node, ...]]]:
    for attribute in clause.attributes:
        value = attribute.value
        if attribute.key == "FULL_MARKS" and isinstance(value, n.FixedAmount):
            more = n.FixedAmount(n.Number(value.number.value + 5, value.number.unit))
            yield "maximum", attribute, (replace(attribute, value=more),)


def _of_item(item: n.Clause) -> Iterator[tuple[str, n.Node, tuple[n.Node, ...]]]:
    yield from _of_maximum(item)
    if item.name is not None:
        twin = replace(
            item, number=None if item.number is None else "99",
            name=n.Name(f"{item.name.text}又"),
            body=tuple(x for x in item.body if not isinstance(x, n.Fact)),
        )  # fmt: skip
        yield "doubled-item", item, (item, twin)
    if item.number is not None and item.number != "1":
        yield "number", item, (replace(item, number=str(int(item.number) + 5)),)
    rules = [x for x in item.body if isinstance(x, n.Rule)]
    if rules:
        yield "dropped-rule", rules[0], ()
    for rule in rules:
        yield "doubled-rule", rule, (rule, rule)


def _of_rule(rule: n.Rule) -> Iterator[tuple[str, n.Node, tuple[n.Node, ...]]]:
    action = rule.action
    for modifier in rule.modifiers:
        if isinstance(modifier, n.UpTo) and modifier.number.unit == "分":
            for kind, factor in (("cap-lower", Fraction(1, 2)), ("cap-higher", Fraction(2))):
                changed = replace(modifier, number=_scaled(modifier.number, factor))
                yield kind, modifier, (changed,)
    if isinstance(action, n.Flat) and isinstance(action.amount, n.FixedAmount):
        number = action.amount.number
        if action.sign == "DEDUCT":
            half = n.FixedAmount(_scaled(number, Fraction(1, 2)))
            yield "less-deducted", action, (replace(action, amount=half),)
            yield "discretion", action, (n.Discretionary("DISCRETION_DEDUCT"),)
        other = "AWARD" if action.sign == "DEDUCT" else "DEDUCT"
        yield "sign", action, (replace(action, sign=other),)
        yield "open", action.amount, (n.OpenAmount(),)
    if isinstance(action, n.PerStep) and isinstance(action.amount, n.FixedAmount):
        tenth = n.FixedAmount(_scaled(action.amount.number, Fraction(1, 10)))
        yield "step-points", action, (replace(action, amount=tenth),)
        other = "AWARD" if action.sign == "DEDUCT" else "DEDUCT"
        yield "sign", action, (replace(action, sign=other),)
        yield "open", action.amount, (n.OpenAmount(),)
    if isinstance(rule.condition, n.NotDone):
        yield "negated", rule.condition, (n.Reference(rule.condition.name),)


_OPPOSITE = {"BELOW": "ABOVE", "SHORT_OF": "EXCEEDS", "ABOVE": "BELOW", "EXCEEDS": "SHORT_OF"}


def _of_comparison(
    node: n.Compare, again: bool
) -> Iterator[tuple[str, n.Node, tuple[n.Node, ...]]]:
    if node.word in _OPPOSITE:
        yield "inverted", node, (replace(node, word=_OPPOSITE[node.word]),)
    if isinstance(node.right, n.Number) and node.right.unit == "%":
        yield "dropped-unit", node.right, (n.Number(node.right.value, None),)
        yield "impossible", node.right, (n.Number(node.right.value + 100, "%"),)
        kind = "other-threshold" if again else "threshold"
        yield kind, node.right, (n.Number(node.right.value - 20, "%"),)
        turned = Fraction(str(node.right.value)[::-1])
        if not again and turned != node.right.value:
            for typed in {turned, node.right.value / 10}:
                yield "typed-threshold", node.right, (n.Number(typed, "%"),)


def _typed(tiers: tuple[n.Tier, ...]) -> Iterator[tuple[str, n.Node, tuple[n.Node, ...]]]:
    """A figure of an inner tier off by one."""
    for tier in tiers[1:-1]:
        pattern, worth = tier.patterns[0], tier.outcome
        if isinstance(worth, n.FixedAmount):
            for off in (-1, 1):
                amount = n.FixedAmount(n.Number(worth.number.value + off, "分"))
                yield "typed-amount", tier, (replace(tier, outcome=amount),)
        if pattern.kind == "OR_MORE" and isinstance(pattern.low, n.Number):
            low = n.Number(pattern.low.value + 1, pattern.low.unit)
            yield "typed-bound", pattern, (replace(pattern, low=low),)


def _of_tiers(node: n.Tiers) -> Iterator[tuple[str, n.Node, tuple[n.Node, ...]]]:
    tiers = node.tiers
    numeric = any(isinstance(p.low or p.high, n.Number) for t in tiers for p in t.patterns)
    bounded = [t for t in tiers if t.patterns[0].kind == "TO"]
    for tier in bounded:
        pattern, lowest = tier.patterns[0], tier is bounded[-1]
        yield "lowest-tier" if lowest else "gap", tier, ()
        if isinstance(pattern.low, n.Number):
            for shift in (-1, 2):
                low = n.Number(pattern.low.value + shift, pattern.low.unit)
                kind = "lowest-tier" if lowest else "bound"
                yield kind, pattern, (replace(pattern, low=low),)
    for one, other in pairwise(tiers):
        last = other.patterns[0].kind == "OTHERWISE"
        if one.outcome != other.outcome:
            first = replace(one, outcome=other.outcome)
            second = replace(other, outcome=one.outcome)
            changed = tuple(
                first if t is one else second if t is other else t for t in tiers
            )  # fmt: skip
            yield "swapped-points", node, (replace(node, tiers=changed),)
        if not last and numeric and one.patterns[0].kind == other.patterns[0].kind == "OR_MORE":
            changed = tuple(other if t is one else one if t is other else t for t in tiers)
            yield "swapped-tiers", node, (replace(node, tiers=changed),)
    for better, worse in pairwise(tiers):
        more, less = better.outcome, worse.outcome
        if isinstance(more, n.FixedAmount) and isinstance(less, n.FixedAmount):
            between = (more.number.value + less.number.value) / 2
            if tiers.index(worse) > 0 and less.number.value > 0:
                amount = n.FixedAmount(n.Number(between, "分"))
                yield "tier-points", worse, (replace(worse, outcome=amount),)
    yield from _typed(tiers)
    for tier in tiers:
        pattern = tier.patterns[0]
        if pattern.kind == "OR_MORE" and isinstance(pattern.low, n.Number):
            flipped = replace(pattern, kind="OR_LESS", low=None, high=pattern.low)
            yield "tier-inverted", pattern, (flipped,)
            if pattern.low.unit == "%":
                bare = n.Number(pattern.low.value, None)
                yield "dropped-unit", pattern, (replace(pattern, low=bare),)
        # behind falling bounds 其他：0 分 says what holds without it
        if pattern.kind == "OTHERWISE" and len(tiers) > 2 and not numeric:
            yield "dropped-otherwise", tier, ()
