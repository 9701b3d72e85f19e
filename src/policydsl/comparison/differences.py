"""How the cells of a row differ: by kind, the same whatever the order of the schemes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from policydsl.comparison.alignment import Row
from policydsl.comparison.openness import ALL, STATED, left_open
from policydsl.comparison.schemes import Element, Scheme
from policydsl.comparison.structure import AREA_WORDS, area_of
from policydsl.comparison.thresholds import Threshold, thresholds_in
from policydsl.model import policy as m
from policydsl.model import rules as r
from policydsl.scoring.ranges import show_points
from policydsl.versions.effects.mechanisms import mechanism_text, mechanisms
from policydsl.versions.effects.words import Pair

Kind = Literal[
    "gap", "open", "points", "share", "rate", "threshold", "mechanism", "direction", "recognition"
]
KIND_WORDS: Mapping[Kind, Pair] = {
    "gap": ("缺项", "gap"), "open": ("未载明", "not stated"), "points": ("分值", "points"),
    "share": ("比重", "share"), "rate": ("计分标准", "rates"), "threshold": ("门槛", "threshold"),
    "mechanism": ("计分方式", "mechanism"), "direction": ("加扣方向", "direction"),
    "recognition": ("互认", "recognition"),
}  # fmt: skip
NOTHING_TOLD: Pair = ("都未载明，比不出", "not stated: cannot be told")
Direction = Literal["gains", "loses", "both", ""]
DIRECTION_WORDS: Mapping[Direction, Pair] = {
    "gains": ("从零加分", "earned from nothing"),
    "loses": ("从满分扣", "lost from full marks"),
    "both": ("有加有扣", "both ways"),
    "": ("无分值", "no points"),
}


@dataclass(frozen=True)
class Difference:
    """One kind of difference; ``values`` by scheme (``None``: has no such part)."""

    kind: Kind
    values: tuple[Pair | None, ...]


def differences(row: Row, schemes: Sequence[Scheme], currencies: bool) -> tuple[Difference, ...]:
    """All differences of a row.  ``currencies``: whether the schemes have other totals."""
    cells = [[member.element for member in cell] for cell in row.cells]
    found: list[Difference] = []
    if any(not cell for cell in cells):
        values = tuple(("有", "there") if cell else ("缺", "missing") for cell in cells)
        found.append(Difference("gap", values))
    scored = [
        [e for e in cell if e.clause.kind != "task"] for cell in cells
    ]  # a work plan has no points to compare
    found += _by_trait(
        "open", scored, lambda cell: left_open(cell, schemes), lambda cell: left_open(cell, schemes)
    )
    found += _by_trait("points", scored, _points, _points_text)
    if currencies:
        found += _by_trait("share", scored, _shares, _shares_text)
    if not any(d.kind == "points" for d in found):
        found += _by_trait("rate", scored, _rates, lambda cell: ("见规则", "see the rules"))
    found += _by_trait(
        "threshold",
        cells,
        lambda cell: _demands(cell, schemes),
        lambda cell: _demands_text(cell, schemes),
    )
    found += _by_trait("mechanism", scored, _mechanisms, _mechanisms_text)
    found += _by_trait(
        "direction",
        scored,
        lambda cell: _directions(cell, schemes),
        lambda cell: _directions_text(cell, schemes),
    )
    found += _by_trait("recognition", scored, _areas, _areas_text)
    return tuple(found)


def undecided(row: Row, schemes: Sequence[Scheme]) -> Pair | None:
    """What can not be told since everybody leaves it open: all of a matter, or the same part."""
    cells = [[m.element for m in cell if m.element.clause.kind != "task"] for cell in row.cells]
    known = {left_open(cell, schemes) for cell in cells if cell}
    if len(known) != 1 or known == {STATED} or sum(bool(cell) for cell in cells) < 2:
        return None
    (what,) = known
    return NOTHING_TOLD if what == ALL else (f"都是{what[0]}", f"in all: {what[1]}")


def _by_trait(
    kind: Kind,
    cells: Sequence[Sequence[Element]],
    trait: Callable[[Sequence[Element]], Hashable],
    text: Callable[[Sequence[Element]], Pair],
) -> list[Difference]:
    known: list[Hashable] = []
    values: list[Pair | None] = []
    for cell in cells:
        value = trait(cell) if cell else None
        known.append(value)
        values.append(None if value is None else text(cell))
    if len({value for value in known if value is not None}) < 2:
        return []
    return [Difference(kind, tuple(values))]


# -- traits: ``None`` where there is nothing to compare


def _points(cell: Sequence[Element]) -> Hashable:
    known = [e.points for e in cell]
    if any(not isinstance(x, Fraction) for x in known):
        return None
    return tuple(sorted((x for x in known if isinstance(x, Fraction)), reverse=True))


def _points_text(cell: Sequence[Element]) -> Pair:
    shown = " + ".join(show_points(e.points) for e in cell if isinstance(e.points, Fraction))
    return shown, shown


def _shares(cell: Sequence[Element]) -> Hashable:
    known = [e.share for e in cell]
    if any(x is None for x in known):
        return None
    return tuple(sorted((x for x in known if x is not None), reverse=True))


def _shares_text(cell: Sequence[Element]) -> Pair:
    shown = " + ".join(f"{percent(e.share)}" for e in cell if e.share is not None)
    return shown, shown


def _demands(cell: Sequence[Element], schemes: Sequence[Scheme]) -> Hashable:
    found = {(_measure(schemes[t.element.scheme], t), t.demand) for t in _all(cell, schemes)}
    return frozenset(found) if found else None


def _measure(scheme: Scheme, threshold: Threshold) -> str:
    fact = scheme.policy.facts[threshold.fact]
    unit = "" if threshold.unit is None else threshold.unit.dimension
    return f"{fact.concept or fact.name} {unit}"


def _demands_text(cell: Sequence[Element], schemes: Sequence[Scheme]) -> Pair:
    shown = dict.fromkeys(
        (f"{t.fact}{t.shown()[0]}", f"{t.fact} {t.shown()[1]}") for t in _all(cell, schemes)
    )
    return "；".join(zh for zh, _ in shown), "; ".join(en for _, en in shown)


def _all(cell: Sequence[Element], schemes: Sequence[Scheme]) -> Iterator[Threshold]:
    for element in cell:
        yield from thresholds_in(schemes[element.scheme], element)


def _mechanisms(cell: Sequence[Element]) -> Hashable:
    # what is not stated is no mechanism that could be another one
    keys = {key for e in cell for key in mechanisms(e.clause.rules)} - {"open"}
    return frozenset(keys) if keys else None


def _mechanisms_text(cell: Sequence[Element]) -> Pair:
    keys = {key for e in cell for key in mechanisms(e.clause.rules)}
    return mechanism_text([k for k in _MECHANISM_ORDER if k in keys])


_MECHANISM_ORDER = (
    "award", "deduct", "tiers", "matrix", "discretion award", "discretion deduct", "open", "veto",
    "no points", "status",
)  # fmt: skip


def direction_of(element: Element, kind: m.DocumentKind) -> Direction:
    """Whether points are earned from nothing or lost from full marks."""
    clause = element.clause
    if clause.kind == "task":
        return ""
    signs = {sign for rule in clause.rules for sign in _signs(rule)}
    start = clause.start
    if start is None:
        full = kind == "assessment" and not element.bonus and not element.deducts
    else:
        full = start == "full" or (isinstance(start, Fraction) and start > 0)
    if not signs:
        return ""
    if element.deducts:
        return "loses"
    if signs == {1, -1} or (full and 1 in signs and -1 not in signs):
        return "both"
    if full or signs == {-1}:
        return "loses"
    return "gains"


def _signs(rule: r.Rule) -> Iterator[int]:
    for inner in r.nested(rule):
        action = inner.action
        if isinstance(action, (r.Flat, r.PerStep, r.Discretionary)):
            if isinstance(action, r.Flat) and action.points == r.FixedPoints(Fraction(0)):
                continue
            yield action.sign
        elif isinstance(action, r.Matrix):
            yield 1
        elif isinstance(action, (r.Veto, r.NoPoints)):
            yield -1


def _directions(cell: Sequence[Element], schemes: Sequence[Scheme]) -> Hashable:
    found = {direction_of(e, schemes[e.scheme].kind) for e in cell} - {""}
    return frozenset(found) if found else None


def _directions_text(cell: Sequence[Element], schemes: Sequence[Scheme]) -> Pair:
    found = dict.fromkeys(direction_of(e, schemes[e.scheme].kind) for e in cell)
    words = [DIRECTION_WORDS[x] for x in DIRECTION_WORDS if x in found and x]
    return "、".join(zh for zh, _ in words), ", ".join(en for _, en in words)


def _areas(cell: Sequence[Element]) -> Hashable:
    found = {area_of(e.recognition) for e in cell} - {""}
    return frozenset(found) if found else None


def _areas_text(cell: Sequence[Element]) -> Pair:
    found = dict.fromkeys(area_of(e.recognition) for e in cell)
    words = [AREA_WORDS[x] for x in AREA_WORDS if x in found]
    return "、".join(zh for zh, _ in words), ", ".join(en for _, en in words)


def _rates(cell: Sequence[Element]) -> Hashable:
    """What rules give and take, without conditions: their thresholds are told apart."""
    if any(e.open or not e.clause.rules for e in cell):
        return None
    found = Counter(tuple(_rate(rule) for rule in e.clause.rules) for e in cell)
    return tuple(sorted(found.items(), key=repr))


def _rate(rule: r.Rule) -> Hashable:
    action = rule.action
    own: Hashable
    match action:
        case r.Combined():
            own = (action.how, tuple(map(_rate, action.rules)))
        case r.Tiers():
            own = ("tiers", tuple(map(_rate, action.tiers)))
        case r.PerStep():
            own = (
                "step", action.sign, action.step, action.points, action.partial, action.beyond,
                action.skip, action.most,
            )  # fmt: skip
        case r.Flat():
            computed = isinstance(action.points, r.ComputedPoints)
            own = ("flat", action.sign, "formula" if computed else action.points)
        case r.Matrix():
            own = ("matrix", action.cells)
        case _:
            own = action
    return own, rule.modifiers


def percent(value: Fraction | None, places: int = 1) -> str:
    """A share as a percentage, rounded half up."""
    if value is None:
        return "—"
    scaled = value * 100 * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return f"{show_points(Fraction(whole, 10**places))}%"
