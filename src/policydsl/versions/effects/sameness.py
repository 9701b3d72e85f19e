"""Whether two rules mean the same.

They do when they are equal but for what changes no score: assumptions, doubts and locators in
words, and the names of facts that are declared alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction
from typing import Any, cast

from policydsl.language import nodes as n
from policydsl.language.units import Unit
from policydsl.model import expressions as e
from policydsl.model import policy as m
from policydsl.model import rules as r


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
        olds, news = facts_below(self.old, old), facts_below(self.new, new)
        pairs = [(self.renamed.get(name, name), name) for name in news]
        return [(a, b) for a, b in pairs if a in olds and not self.declared(a, b)]


def _measure(unit: Unit | None) -> tuple[str, Fraction] | None:
    return None if unit is None else (unit.dimension, unit.scale)


def facts_below(policy: m.Policy, what: object) -> list[str]:
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
