"""Which of several cases reads as a person or a unit that one might meet.

A vocabulary says what an ordinary case has (常见) and what holds of everybody one is likely to meet
(常情).  Of the cases that show something, that one is told of which the fewest 常情 are broken, the
fewest facts are out of the ordinary, and these the least.  What is ordinary for a fact without
常见 is for the caller to say (``neutral``): mostly the value at which nothing happens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from policydsl.language import nodes as n
from policydsl.language.diagnostics import PolicyError
from policydsl.language.printing import print_node
from policydsl.model import expressions as e
from policydsl.model.policy import Fact, Member, Plausibility, Policy
from policydsl.scoring.cases import SPOUSE, Case
from policydsl.scoring.expressions import Values

Facts = Mapping[str, e.Constant]
Pair = tuple[str, str]
Cost = tuple[int, int, Fraction, int]
"""Broken 常情, facts out of the ordinary, how far these are off, numbers that are not whole."""


@dataclass(frozen=True)
class Ordinary:
    """What is ordinary under a policy; ``neutral``: for facts without 常见."""

    policy: Policy
    neutral: Facts = field(default_factory=dict)

    @cached_property
    def _by_fact(self) -> Mapping[str, tuple[tuple[Plausibility, frozenset[str]], ...]]:
        found: dict[str, list[tuple[Plausibility, frozenset[str]]]] = {}
        for each in self.policy.plausible:
            refs = [x for x in e.walk(each.condition) if isinstance(x, (e.FactRef, e.IsProvided))]
            names = frozenset(x.fact for x in refs)
            for name in names:
                found.setdefault(name, []).append((each, names))
        return {name: tuple(each) for name, each in found.items()}

    def ideal(self, name: str) -> e.Constant | None:
        """What is ordinary for a fact; ``None`` where nobody says."""
        fact = self.policy.facts.get(name)
        if fact is not None and fact.typical is not None:
            return fact.typical
        return self.neutral.get(name)

    def broken(self, facts: Facts, members: Sequence[Member] = ()) -> tuple[Plausibility, ...]:
        """The 常情 that a case contradicts; what was not handed in contradicts nothing."""
        known = dict.fromkeys([*facts, *(name for member in members for name in member.facts)])
        asked = dict.fromkeys(
            each
            for name in known
            for each, own in self._by_fact.get(name, ())
            if own <= known.keys() or any(self._said(x) for x in own - known.keys())
        )
        if not asked:
            return ()
        case = Case("", facts, members=tuple(members))
        seen = [Values(self.policy, case)]
        seen += [Values(self.policy, case.seen_from(m)) for m in members if m.role == SPOUSE]
        return tuple(x for x in asked if any(_is_false(values, x.condition) for values in seen))

    def _said(self, name: str) -> bool:
        """Whether a fact has a value although none is handed in."""
        fact = self.policy.facts.get(name)
        return fact is not None and (
            fact.default is not None or fact.derived is not None or fact.missing == "value"
        )

    def off(self, name: str, value: e.Constant) -> Fraction:
        """How far a value is out of the ordinary: 0 (not at all) to 1."""
        ideal, fact = self.ideal(name), self.policy.facts.get(name)
        if ideal is None or value == ideal or fact is None:
            return Fraction(0)
        if isinstance(value, Fraction) and isinstance(ideal, Fraction):
            return _apart(value, ideal, fact)
        if fact.kind == "ordered":
            places = [fact.values.index(str(x)) for x in (value, ideal)]
            return Fraction(abs(places[0] - places[1]), len(fact.values))
        return Fraction(1)

    def cost(self, facts: Facts, members: Sequence[Member] = ()) -> Cost:
        """The less, the more ordinary."""
        away = [self.off(name, value) for name, value in facts.items()]
        return (
            len(self.broken(facts, members)),
            sum(map(bool, away)),
            sum(away, Fraction(0)),
            ragged(facts),
        )


def ragged(facts: Facts) -> int:
    """How many numbers are not whole."""
    return sum(isinstance(v, Fraction) and v.denominator != 1 for v in facts.values())


def _apart(value: Fraction, ideal: Fraction, fact: Fact) -> Fraction:
    most = max(abs(value), abs(ideal))
    if fact.low is not None and fact.high is not None and fact.low < ideal < fact.high:
        # 59 % is nearer to 95 % than 0 %; an age of 0 is as far from 32 as one of 120
        side = ideal - fact.low if value < ideal else fact.high - ideal
        return min(abs(value - ideal) / side, Fraction(1))
    return min(abs(value - ideal) / most, Fraction(1))


def _is_false(values: Values, condition: e.Expr) -> bool:
    try:
        return values.value(condition) is False
    except (PolicyError, ZeroDivisionError):
        return False


def text_of(broken: Iterable[Plausibility]) -> Pair:
    """The 常情 that are broken, in words."""
    zh, en = [], []
    for each in broken:
        if each.node is not None:
            zh.append(_said(each.node, "zh"))
            en.append(_said(each.node, "en"))
    return "；".join(zh), "; ".join(en)


def _said(node: n.Plausible, language: str) -> str:
    bare = n.Plausible(node.condition, node.when)
    text = print_node(bare, "zh" if language == "zh" else "en")
    return " ".join(text.split())


def remark(broken: Sequence[Plausibility], only: bool) -> Pair:
    """What is said of a case that breaks 常情; ``only``: every case that shows it does."""
    if not broken:
        return ("", "")
    zh, en = text_of(broken)
    if only:
        return (
            f"（不合{zh}；合乎常情的例子没有）",
            f" (against: {en}; there is no ordinary case of it)",
        )
    return (
        f"（不合{zh}；没有找到更像样的例子）",
        f" (against: {en}; no more ordinary case was found)",
    )
