"""Which values of a fact are alike for a rule, as its expressions show.

A fact that is only compared with constants has few classes, and one value of each is tried.  What
counts is how the fact is used: where its number itself goes into the result, every value is a
class of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from fractions import Fraction

import numpy as np

from policydsl.model import expressions as e
from policydsl.model import rules as r
from policydsl.model.policy import Policy
from policydsl.scoring.columns.domains import MISSING, Days, Domain, Grid
from policydsl.scoring.columns.lanes import Numbers
from policydsl.scoring.columns.probing import (
    Column,
    Effective,
    Grouping,
    HasSpouse,
    Key,
    Reading,
    Scored,
    Worked,
)


@dataclass
class _Use:
    """How a key is used: the constants it is compared with, in its own unit, or as it is."""

    cuts: set[Fraction | date] = field(default_factory=set)
    whole: bool = False


def groupings(
    reading: Reading, keys: Sequence[Key], parts: Sequence[object]
) -> dict[Key, Grouping]:
    """For each of the keys, which codes are alike for the parts."""
    uses: dict[Key, _Use] = {key: _Use() for key in keys}
    seen: set[tuple[object, e.Role, bool]] = set()
    for part in parts:
        _walk(reading, part, "self", uses, seen)
    found: dict[Key, Grouping] = {}
    for key, use in uses.items():
        if not use.whole and not isinstance(key, (HasSpouse, Scored)):
            grouping = _grouped(reading.domain(key), use)
            if grouping is not None:
                found[key] = grouping
    return found


def _grouped(domain: Domain, use: _Use) -> Grouping | None:
    """The classes: missing, and what lies between the cuts or at them."""
    edges: set[int] = {1}
    for cut in use.cuts:
        if isinstance(domain, Grid) and isinstance(cut, Fraction):
            at = (cut - domain.low) / domain.step + 1
            # a cut between two codes parts them; one at a code parts it from both neighbours
            below, above = -((-at.numerator) // at.denominator), at.numerator // at.denominator + 1
            edges.update((below, above))
        elif isinstance(domain, Days) and isinstance(cut, date):
            code = (cut - domain.first).days + 1
            edges.update((code, code + 1))
        else:
            return None
    if not isinstance(domain, (Grid, Days)):
        return None
    starts = np.array(sorted(x for x in edges if 1 <= x < domain.size), np.int64)
    classes: Numbers = np.searchsorted(starts, np.arange(domain.size), side="right")
    return Grouping(classes, np.concatenate([np.array([MISSING], np.int64), starts]))


def _walk(
    reading: Reading, part: object, viewer: e.Role, uses: dict[Key, _Use],
    seen: set[tuple[object, e.Role, bool]],
) -> None:  # fmt: skip
    """Note how a part uses the keys, wherever a fact stands."""
    if isinstance(part, (tuple, list)):
        for item in part:
            _walk(reading, item, viewer, uses, seen)
    elif isinstance(part, (r.Tiers, r.Matrix)) and all(map(_is_plain, _subjects(part))):
        # of a plain subject only whether it is missing counts; the labels compare it
        for subject in _subjects(part):
            _used(reading, subject, viewer, set(), uses, seen)
        for each in fields(part):
            if each.name not in ("subject", "row_subject", "column_subject"):
                _walk(reading, getattr(part, each.name), viewer, uses, seen)
    elif isinstance(part, e.Expr) and Worked(part) in reading.ahead:
        _of(uses, Worked(part)).whole = True
        for name in reading.required(part):
            _fact(reading, name, "self", set(), uses, seen)
    elif isinstance(part, e.Compared) and (pair := _constant_side(part)) is not None:
        reference, constant = pair
        if isinstance(constant, (bool, str)):
            _used(reading, reference, viewer, None, uses, seen)
        else:
            cut = constant / reference.scale if isinstance(constant, Fraction) else constant
            _used(reading, reference, viewer, {cut}, uses, seen)
    elif isinstance(part, e.IsProvided):
        _used(reading, part, viewer, set(), uses, seen)
    elif isinstance(part, e.FactRef):
        _used(reading, part, viewer, None, uses, seen)
    elif isinstance(part, e.Aggregate):
        _of(uses, Worked(part)).whole = True
        for name in reading.required(part):
            _fact(reading, name, "self", set(), uses, seen)
    elif is_dataclass(part):
        for each in fields(part):
            if each.name != "node":
                _walk(reading, getattr(part, each.name), viewer, uses, seen)


def _subjects(part: r.Tiers | r.Matrix) -> tuple[e.Expr, ...]:
    return (part.subject,) if isinstance(part, r.Tiers) else (part.row_subject, part.column_subject)


def _is_plain(expr: e.Expr) -> bool:
    return isinstance(expr, e.FactRef)


def _constant_side(expr: e.Compared) -> tuple[e.FactRef, e.Constant] | None:
    """A fact and the constant that it is compared with."""
    left, right = expr.left, expr.right
    if isinstance(left, e.FactRef) and isinstance(right, e.Const):
        return left, right.value
    if isinstance(right, e.FactRef) and isinstance(left, e.Const):
        return right, left.value
    return None


def _of(uses: dict[Key, _Use], key: Key) -> _Use:
    return uses.setdefault(key, _Use())


def _used(
    reading: Reading, ref: e.Expr, viewer: e.Role, cuts: set[Fraction | date] | None,
    uses: dict[Key, _Use], seen: set[tuple[object, e.Role, bool]],
) -> None:  # fmt: skip
    assert isinstance(ref, (e.FactRef, e.IsProvided))
    owner: e.Role = "self" if ref.role == viewer else "spouse"
    _fact(reading, ref.fact, owner, cuts, uses, seen)


def _fact(
    reading: Reading, name: str, owner: e.Role, cuts: set[Fraction | date] | None,
    uses: dict[Key, _Use], seen: set[tuple[object, e.Role, bool]],
) -> None:  # fmt: skip
    """Note that a fact is compared at ``cuts`` (none: only whether it is missing), or read whole.

    Cuts of a fact that is worked out from others say nothing of these: they are read whole.
    """
    fact = reading.policy.facts.get(name)
    exclusions = [x for x in reading.policy.exclusions if x.fact == name]
    ahead = Effective(name, owner) in reading.ahead
    for key in (Effective(name, owner), Column(name, owner)):
        if key in uses:
            # what is taken off a fact moves it against the cuts
            moved = isinstance(key, Column) and bool(exclusions) and not ahead and cuts
            if cuts is None or moved:
                uses[key].whole = True
            else:
                uses[key].cuts |= cuts
    if ahead or fact is None:
        return
    mark = (name, owner, bool(cuts) or cuts is None)
    if mark in seen:
        return
    seen.add(mark)
    _walk(reading, fact.derived, owner, uses, seen)
    for exclusion in exclusions:
        _fact(reading, exclusion.excluded, owner, None if cuts is None or cuts else set(),
              uses, seen)  # fmt: skip


# -- what is better worked out ahead


def household_functions(parts: Sequence[object], policy: Policy) -> list[Worked]:
    """Household functions, in the parts or in what their facts are derived from."""
    found: dict[Worked, None] = {}
    seen: set[str] = set()

    def visit(part: object) -> None:
        for expr in expressions_in(part):
            if isinstance(expr, e.Aggregate):
                found.setdefault(Worked(expr))
            elif isinstance(expr, (e.FactRef, e.IsProvided)) and expr.fact not in seen:
                seen.add(expr.fact)
                fact = policy.facts.get(expr.fact)
                visit(None if fact is None else fact.derived)
                visit([e.FactRef(x.excluded) for x in policy.exclusions if x.fact == expr.fact])

    visit(parts)
    return list(found)


def composed_facts(parts: Sequence[object], reading: Reading) -> list[Effective]:
    """Facts that rest on several columns, or are derived from one."""
    found: dict[Effective, None] = {}
    for expr in expressions_in(parts):
        if isinstance(expr, e.FactRef) and expr.fact in reading.policy.facts:
            derived = reading.policy.facts[expr.fact].derived is not None
            own = [k for k in reading.keys(e.FactRef(expr.fact)) if k != HasSpouse()]
            if derived or len(own) > 1:
                found.setdefault(Effective(expr.fact, expr.role))
    return list(found)


def composed_numbers(parts: Sequence[object], reading: Reading) -> list[Worked]:
    """Sums, differences … of several facts: the outermost ones."""
    return [Worked(x) for x in _outermost(parts, (e.Arith, e.Func)) if len(reading.keys(x)) > 1]


def composed_conditions(parts: Sequence[object], reading: Reading) -> list[Worked]:
    """Conditions on several facts: the outermost ones."""
    kinds = (e.Compared, e.All, e.AnyOf, e.Not)
    return [Worked(x) for x in _outermost(parts, kinds) if len(reading.keys(x)) > 1]


def expressions_in(part: object) -> Iterator[e.Expr]:
    """Every expression anywhere in a part."""
    if isinstance(part, (tuple, list)):
        for item in part:
            yield from expressions_in(item)
    elif is_dataclass(part):
        if isinstance(part, e.Expr):
            yield part
        for each in fields(part):
            if each.name != "node":
                yield from expressions_in(getattr(part, each.name))


def _outermost(part: object, kinds: tuple[type, ...]) -> Iterator[e.Expr]:
    if isinstance(part, (tuple, list)):
        for item in part:
            yield from _outermost(item, kinds)
    elif isinstance(part, kinds):
        assert isinstance(part, e.Expr)
        yield part
    elif is_dataclass(part):
        for each in fields(part):
            if each.name != "node":
                yield from _outermost(getattr(part, each.name), kinds)


def compared_scores(
    parts: Sequence[object], cannot: Callable[[str | None], Exception]
) -> dict[str | None, set[Fraction]]:
    """Scores of the case and the constants that parts compare them with.

    Raises ``cannot`` of the clause where a score is read in another way.
    """
    found: dict[str | None, set[Fraction]] = {}
    compared = 0
    for expr in expressions_in(parts):
        if isinstance(expr, e.Compared):
            pair = _constant_of(expr)
            if pair is not None:
                found.setdefault(pair[0].clause, set()).add(pair[1])
                compared += 1
        elif isinstance(expr, e.ScoreRef):
            compared -= 1
            if compared < 0 or expr.role != "self":
                raise cannot(expr.clause)
    return found


def _constant_of(expr: e.Compared) -> tuple[e.ScoreRef, Fraction] | None:
    for one, other in ((expr.left, expr.right), (expr.right, expr.left)):
        if isinstance(one, e.ScoreRef) and isinstance(other, e.Const):
            assert isinstance(other.value, Fraction)
            return one, other.value
    return None
