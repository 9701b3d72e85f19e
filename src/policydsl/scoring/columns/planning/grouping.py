"""Which values of a fact are alike for a rule, as its expressions show.

A fact that is only compared with constants has few classes, and one value of each is tried.  What
counts is how the fact is used: where its number itself goes into the result, every value is a
class of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from fractions import Fraction

import numpy as np

from policydsl.model import expressions as e
from policydsl.model import rules as r
from policydsl.model.policy import Policy
from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.domains import MISSING, Days, Domain, Grid
from policydsl.scoring.columns.planning.keys import (
    Column,
    Effective,
    HasSpouse,
    Key,
    Parted,
    Reading,
    Scored,
    Worked,
    inside,
)
from policydsl.scoring.columns.planning.lanes import Places, explore
from policydsl.scoring.columns.planning.probing import MOST_CODES, Grouping, Told, tabulate
from policydsl.scoring.columns.planning.supposing import Supposed
from policydsl.scoring.exact import Evaluator, Place, Probe


@dataclass
class _Use:
    """How a key is used: the constants it is compared with, in its own unit, or as it is."""

    cuts: set[Fraction | date] = field(default_factory=set)
    edges: set[int] = field(default_factory=set)
    """Codes from which on the class is another."""
    labels: list[Numbers] = field(default_factory=list)
    """For each code a number, equal where codes are alike for one of the uses."""
    whole: bool = False


def groupings(
    reading: Reading, keys: Sequence[Key], parts: Sequence[object]
) -> dict[Key, Grouping]:
    """For each of the keys, which codes are alike for the parts."""
    uses: dict[Key, _Use] = {key: _Use() for key in keys}
    seen: set[tuple[str, e.Role, frozenset[Fraction | date] | None]] = set()
    for part in parts:
        _walk(reading, part, "self", uses, seen)
    found: dict[Key, Grouping] = {}
    for key, use in uses.items():
        if not use.whole and isinstance(key, (Column, Effective, Worked)):
            grouping = _grouped(key, reading.domain(key), use)
            if grouping is not None:
                found[key] = grouping
    return found


def _grouped(key: Column | Effective | Worked, domain: Domain, use: _Use) -> Grouping | None:
    """The classes: missing, and what lies between the cuts or at them."""
    edges = {1, *use.edges}
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
    if domain.size > MOST_CODES:
        parted = Parted(key, tuple(starts.tolist()))
        firsts = np.concatenate([np.array([MISSING], np.int64), starts])
        return Grouping(np.arange(len(firsts)), firsts, parted)
    classes: Numbers = np.searchsorted(starts, np.arange(domain.size), side="right")
    for labels in use.labels:
        pairs = classes * (int(labels.max()) + 1) + labels
        pairs[MISSING] = -1
        classes = np.unique(pairs, return_inverse=True)[1]
    return Grouping(classes, np.unique(classes, return_index=True)[1])


# One case for each kind of expression: parted, nobody would see at once that none is missing.
def _walk(  # noqa: C901
    reading: Reading,
    part: object,
    viewer: e.Role,
    uses: dict[Key, _Use],
    seen: set[tuple[str, e.Role, frozenset[Fraction | date] | None]],
) -> None:
    """Note how a part uses the keys, wherever a fact stands."""
    unnumbered = reading.naming and not reading.counting
    if isinstance(part, (tuple, list)):
        for item in part:
            _walk(reading, item, viewer, uses, seen)
    elif isinstance(part, (r.Tiers, r.Matrix)) and all(map(_is_plain, _subjects(part))):
        # of a plain subject only whether it is missing counts; the labels compare it
        for subject in _subjects(part):
            _present(reading, subject, viewer, uses, seen)
        for each in fields(part):
            if each.name not in ("subject", "row_subject", "column_subject"):
                _walk(reading, getattr(part, each.name), viewer, uses, seen)
    elif (
        isinstance(part, r.Rule)
        and isinstance(part.action, r.PerStep)
        and _labelled(reading, part, part.action, viewer, uses)
    ):
        if reading.naming:
            # what the facts of the subject rest on is named, too
            _refs_present(reading, part.action.subject, viewer, uses, seen)
        _walk(reading, (part.condition, part.action.points), viewer, uses, seen)
    elif isinstance(part, r.PerStep) and unnumbered and _is_counted(part):
        # reasons tell only whether there is a number
        _present(reading, part.subject, viewer, uses, seen)
        _walk(reading, part.points, viewer, uses, seen)
    elif isinstance(part, r.ComputedPoints) and unnumbered and _plain_number(part.expression):
        _present(reading, part.expression, viewer, uses, seen)
    elif isinstance(part, e.Expr) and Worked(part) in reading.ahead:
        _of(uses, Worked(part)).whole = True
        for name in reading.required(part):
            _fact(reading, name, "self", set(), uses, seen)
        if reading.naming:
            _refs_present(reading, part, viewer, uses, seen)
    elif isinstance(part, e.Compared) and (pair := _constant_side(part)) is not None:
        reference, constant = pair
        if isinstance(constant, (bool, str)):
            _used(reading, reference, viewer, None, uses, seen)
        else:
            cut = constant / reference.scale if isinstance(constant, Fraction) else constant
            _used(reading, reference, viewer, {cut}, uses, seen)
    elif isinstance(part, e.Compared) and _compared(reading, part, viewer, uses):
        _refs_present(reading, part, viewer, uses, seen)
    elif isinstance(part, e.IsProvided):
        _used(reading, part, viewer, set(), uses, seen)
    elif isinstance(part, e.FactRef):
        _used(reading, part, viewer, None, uses, seen)
    elif isinstance(part, e.Aggregate):
        _of(uses, Worked(part)).whole = True
        for name in reading.required(part):
            _fact(reading, name, "self", set(), uses, seen)
    else:
        for held in inside(part):
            _walk(reading, held, viewer, uses, seen)


def _subjects(part: r.Tiers | r.Matrix) -> tuple[e.Expr, ...]:
    return (part.subject,) if isinstance(part, r.Tiers) else (part.row_subject, part.column_subject)


def _is_plain(expr: e.Expr) -> bool:
    return _plain_number(expr)


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
    reading: Reading,
    ref: e.Expr,
    viewer: e.Role,
    cuts: set[Fraction | date] | None,
    uses: dict[Key, _Use],
    seen: set[tuple[str, e.Role, frozenset[Fraction | date] | None]],
) -> None:
    assert isinstance(ref, (e.FactRef, e.IsProvided))
    owner: e.Role = "self" if ref.role == viewer else "spouse"
    _fact(reading, ref.fact, owner, cuts, uses, seen)


def _fact(
    reading: Reading,
    name: str,
    owner: e.Role,
    cuts: set[Fraction | date] | None,
    uses: dict[Key, _Use],
    seen: set[tuple[str, e.Role, frozenset[Fraction | date] | None]],
) -> None:
    """Note that a fact is compared at ``cuts`` (none: only whether it is missing), or read whole.

    Cuts of a fact that is worked out from others say nothing of these: they are read whole.
    """
    fact = reading.policy.facts.get(name)
    exclusions = [x for x in reading.policy.exclusions if x.fact == name]
    ahead = Effective(name, owner) in reading.ahead
    if Effective(name, owner) in uses:
        _note(uses[Effective(name, owner)], cuts)
    if ahead:
        cuts = set()  # of what it rests on, only whether it is there can count
    if Column(name, owner) in uses:
        # what is taken off a fact moves it against the cuts
        _note(uses[Column(name, owner)], None if exclusions and cuts else cuts)
    if fact is None or (ahead and not reading.naming):
        return
    mark = (name, owner, None if cuts is None else frozenset(cuts))
    if mark in seen:
        return
    seen.add(mark)
    plain = fact.derived is not None and _plain_number(fact.derived)
    if ahead or (plain and cuts is not None and not cuts):
        # a number that is worked out is there where all is that it is worked out from
        _refs_present(reading, fact.derived, owner, uses, seen)
    elif not (plain and cuts and _by_codes(reading, fact.derived, owner, cuts, uses)):
        _walk(reading, fact.derived, owner, uses, seen)
    for exclusion in exclusions:
        # reasons tell whether anything was taken off
        off: set[Fraction | date] | None = {Fraction(0)} if reading.naming else set()
        if cuts is None or cuts:
            off = None
        _fact(reading, exclusion.excluded, owner, off, uses, seen)


def _labelled(
    reading: Reading, rule: r.Rule, action: r.PerStep, viewer: e.Role, uses: dict[Key, _Use]
) -> bool:
    """Label the codes of the only key of a subject by how many steps they are.

    Says whether it could be done.
    """
    key = _only_key(reading, action.subject, viewer, uses)
    if key is None:
        return False
    alone = replace(rule, condition=None, assumptions=())
    if isinstance(action.points, r.ComputedPoints):
        alone = replace(
            alone, action=replace(action, points=r.FixedPoints(Fraction(1))), modifiers=()
        )
    evaluator = Evaluator(reading.policy)

    def ask(values: Supposed) -> Told:
        probe = Probe(evaluator, values, naming=reading.naming)
        effect = probe.rule(alone, Place("", ""))
        reasons = tuple(probe.reasons)
        if reading.naming and not reading.counting:
            return Told(reasons=reasons)
        applied = {"no": 0, "maybe": 1, "yes": 2}[effect.applied]
        return Told(effect.points.low, effect.points.high, applied, reasons)

    _label(reading, key, ask, uses)
    return True


def _compared(reading: Reading, expr: e.Compared, viewer: e.Role, uses: dict[Key, _Use]) -> bool:
    """Label the codes of the only key of a comparison by its truth.

    Says whether it could be done.
    """
    key = _only_key(reading, expr, viewer, uses)
    if key is None or not _plain_number(expr.left) or not _plain_number(expr.right):
        return False

    def ask(values: Supposed) -> Told:
        truth = values.value(expr)
        return Told(flags=1 + truth if isinstance(truth, bool) else 0)

    _label(reading, key, ask, uses)
    return True


def _only_key(reading: Reading, expr: e.Expr, viewer: e.Role, uses: dict[Key, _Use]) -> Key | None:
    """The key of an expression, if it is a single one whose codes can be tried."""
    keys = [key for key in replace(reading, naming=False).keys(expr) if key != HasSpouse()]
    if viewer != "self" or len(keys) != 1 or keys[0] not in uses or isinstance(keys[0], Scored):
        return None
    domain = reading.domain(keys[0])
    return keys[0] if isinstance(domain, (Grid, Days)) and domain.size <= MOST_CODES else None


def _label(
    reading: Reading, key: Key, ask: Callable[[Supposed], Told], uses: dict[Key, _Use]
) -> None:
    # a spouse is there where a fact of his or hers is
    table = tabulate(replace(reading, naming=False), [key], ask, given={HasSpouse(): 2})
    if not table.axes:
        return
    labels = np.zeros(len(table.low), np.int64)
    for column in (table.low, table.high, table.flags, table.named):
        if (column != column[0]).any():
            inverse = np.unique(column, return_inverse=True)[1]
            pairs = labels * (int(inverse.max()) + 1) + inverse
            labels = np.unique(pairs, return_inverse=True)[1]
    uses[key].labels.append(labels)


def _is_counted(action: r.PerStep) -> bool:
    """Whether reasons do not depend on how many steps there are."""
    return action.points is not None and action.partial_stated and _plain_number(action.subject)


def _present(
    reading: Reading,
    expr: e.Expr,
    viewer: e.Role,
    uses: dict[Key, _Use],
    seen: set[tuple[str, e.Role, frozenset[Fraction | date] | None]],
) -> None:
    """Note that of a number only whether it is missing counts."""
    if any(Worked(x) in reading.ahead for x in expressions_in(expr)):
        _walk(reading, expr, viewer, uses, seen)
    else:
        _refs_present(reading, expr, viewer, uses, seen)


def _refs_present(
    reading: Reading,
    part: object,
    viewer: e.Role,
    uses: dict[Key, _Use],
    seen: set[tuple[str, e.Role, frozenset[Fraction | date] | None]],
) -> None:
    for ref in expressions_in(part):
        if isinstance(ref, (e.FactRef, e.IsProvided)):
            _used(reading, ref, viewer, set(), uses, seen)


def _by_codes(
    reading: Reading,
    derived: e.Expr | None,
    owner: e.Role,
    cuts: set[Fraction | date],
    uses: dict[Key, _Use],
) -> bool:
    """Cuts of a fact that is worked out from one column, as edges among the codes of that.

    Says whether it could be done.
    """
    assert derived is not None
    plain = replace(reading, naming=False)
    keys = plain.keys(derived)
    if len(keys) != 1 or not isinstance(keys[0], Column) or keys[0].owner != "self":
        return False
    domain = reading.domain(keys[0])
    own = Column(keys[0].fact, owner)
    if not isinstance(domain, (Grid, Days)) or domain.size > MOST_CODES or own not in uses:
        return False
    classes = np.zeros(domain.size, np.int64)
    edges = sorted(x for x in cuts if isinstance(x, Fraction))

    def run(lanes: Places) -> int:
        value = Supposed(plain, {keys[0]: lanes}).value(derived)
        if not isinstance(value, Fraction):
            return -1
        return sum(bool(value > x) + bool(value >= x) for x in edges)

    for lanes, found in explore(domain.size, run):
        classes[lanes] = found
    changes = np.flatnonzero(np.diff(classes[1:])) + 2
    uses[own].edges.update(changes.tolist())
    return True


def _note(use: _Use, cuts: set[Fraction | date] | None) -> None:
    if cuts is None:
        use.whole = True
    else:
        use.cuts |= cuts


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
    facts = reading.policy.facts

    def visit(part: object, viewer: e.Role) -> None:
        for expr in expressions_in(part):
            if not isinstance(expr, e.FactRef) or expr.fact not in facts:
                continue
            derived = facts[expr.fact].derived
            owner: e.Role = "self" if expr.role == viewer else "spouse"
            if reading.naming and derived is not None:
                visit(derived, owner)
                if not _plain_number(derived):
                    continue  # what of it is missing cannot be told by what is there
            own = [k for k in reading.keys(e.FactRef(expr.fact)) if k != HasSpouse()]
            if derived is not None or len(own) > 1:
                found.setdefault(Effective(expr.fact, owner))

    visit(parts, "self")
    return list(found)


def _plain_number(expr: e.Expr) -> bool:
    """Whether an expression reads all of its facts in any case."""
    kinds = (e.Const, e.FactRef, e.Arith, e.Func)
    return all(
        isinstance(x, kinds)
        and not (isinstance(x, e.Func) and x.name == "choose")
        and not (isinstance(x, e.Arith) and x.operator == "/" and not isinstance(x.right, e.Const))
        for x in e.walk(expr)
    )


def composed_numbers(parts: Sequence[object], reading: Reading) -> list[Worked]:
    """Sums, differences … of several facts: the outermost ones."""
    return [
        Worked(x)
        for x in _outermost(parts, (e.Arith, e.Func))
        if len(reading.keys(x)) > 1 and (_plain_number(x) or not reading.naming)
    ]


def composed_conditions(parts: Sequence[object], reading: Reading) -> list[Worked]:
    """Conditions on several facts: the outermost ones."""
    if reading.naming:
        return []  # which of their facts are read depends on the others
    kinds = (e.Compared, e.All, e.AnyOf, e.Not)
    return [Worked(x) for x in _outermost(parts, kinds) if len(reading.keys(x)) > 1]


def expressions_in(part: object) -> Iterator[e.Expr]:
    """Every expression anywhere in a part."""
    if isinstance(part, (tuple, list)):
        for item in part:
            yield from expressions_in(item)
    else:
        if isinstance(part, e.Expr):
            yield part
        for held in inside(part):
            yield from expressions_in(held)


def _outermost(part: object, kinds: tuple[type, ...]) -> Iterator[e.Expr]:
    if isinstance(part, (tuple, list)):
        for item in part:
            yield from _outermost(item, kinds)
    elif isinstance(part, kinds):
        assert isinstance(part, e.Expr)
        yield part
    else:
        for held in inside(part):
            yield from _outermost(held, kinds)


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
