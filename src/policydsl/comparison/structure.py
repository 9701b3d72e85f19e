"""How schemes are built: their parts with points, normalised to 100, and where points count.

Points of schemes with other totals are not of one currency: beside the raw points stands the
share of the scheme's total, times 100.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from policydsl.comparison.schemes import Scheme
from policydsl.model import policy as m
from policydsl.model.rules import OpenPoints
from policydsl.versions.comparing import Tally, tally
from policydsl.versions.effects.words import Pair
from policydsl.wording.sentences import clause_name

Area = Literal["province", "city", "district", "other", ""]
AREA_WORDS: Mapping[Area, Pair] = {
    "province": ("全省通用", "valid in the province"),
    "city": ("全市通用", "valid in the city"),
    "district": ("仅限本地", "valid in the district only"),
    "other": ("另有范围", "another area"),
    "": ("未写互认", "recognition not stated"),
}


def area_of(recognition: str | None) -> Area:
    """Where points count, from the words of a text (全省, 全市, 仅限海曙区)."""
    if not recognition:
        return ""
    if "仅" in recognition or "only" in recognition or "本区" in recognition:
        return "district"
    if "省" in recognition:
        return "province"
    if "市" in recognition:
        return "city"
    return "district" if "区" in recognition or "县" in recognition else "other"


@dataclass(frozen=True)
class Part:
    """An outermost group (unit, shared part …) of a scheme.

    ``points`` are open where the text does not state them; ``normal`` are its points in a
    scheme of 100.  ``tally`` counts its items.  ``locator`` is its source.
    """

    scheme: int
    clause: m.Clause
    table: str
    title: str
    kind: str
    points: m.Limit | None
    normal: Fraction | None
    area: Area
    recognition: str | None
    items: int
    discretionary: int
    open: int
    locator: str | None
    assumed: tuple[str, ...]


@dataclass(frozen=True)
class Structure:
    """The parts of all schemes, the tally of each, and its points by area."""

    parts: tuple[Part, ...]
    tallies: tuple[Tally, ...]
    areas: tuple[Mapping[Area, Fraction], ...]

    def of(self, scheme: int) -> list[Part]:
        """The parts of one scheme."""
        return [part for part in self.parts if part.scheme == scheme]


def structure_of(schemes: Sequence[Scheme]) -> Structure:
    """The parts of all schemes."""
    parts = [part for scheme in schemes for part in _parts(scheme)]
    areas = []
    for scheme in schemes:
        sums: dict[Area, Fraction] = {}
        for part in parts:
            own = part.scheme == scheme.number and part.kind == "group"
            if own and isinstance(part.points, Fraction):
                sums[part.area] = sums.get(part.area, Fraction(0)) + part.points
        areas.append(sums)
    return Structure(tuple(parts), tuple(tally(s.policy) for s in schemes), tuple(areas))


def _parts(scheme: Scheme) -> list[Part]:
    found: list[Part] = []
    for root in scheme.policy.roots:
        loose: list[m.Clause] = []
        for clause in root.children:
            if scheme.kind == "work_plan":
                continue  # its groups hold tasks, and no points
            if clause.is_item:
                loose.append(clause)
            else:
                points = clause.declared_maximum
                found.append(_part(scheme, root, clause, [*clause.walk()], points))
        if loose:
            known = [c.declared_maximum for c in loose]
            stated = [x for x in known if isinstance(x, Fraction)]
            points = sum(stated, Fraction(0)) if len(stated) == len(known) else OpenPoints()
            found.append(_part(scheme, root, loose[0], loose, points, loose=True))
    return found


def _part(
    scheme: Scheme,
    root: m.Clause,
    clause: m.Clause,
    inside: Sequence[m.Clause],
    points: m.Limit | None,
    loose: bool = False,
) -> Part:
    """A group, or all that stands outside groups (its ``title`` is empty)."""
    total = scheme.totals[root.id]
    raw = points if isinstance(points, Fraction) else None
    counted = clause.kind not in ("bonus", "deductions")
    normal = raw / total * 100 if raw is not None and total and counted else None
    items = [c for c in inside if c.is_item or c.kind == "task"]
    recognitions = {c.recognition for c in items} if loose else {clause.recognition}
    recognition = recognitions.pop() if len(recognitions) == 1 else None
    return Part(
        scheme.number, clause, root.label if root.kind == "schedule" else "",
        "" if loose else clause_name(clause), "group" if loose else clause.kind, points, normal,
        area_of(recognition), recognition, len(items), sum(c.discretionary for c in items),
        sum(c.open for c in items), root.locator if loose else clause.locator or root.locator,
        tuple(dict.fromkeys(x.assumption for c in items for x in c.closings)),
    )  # fmt: skip


def area_parts(scheme: Scheme) -> list[tuple[str, Area]]:
    """The outermost clauses that give points, with where these count."""
    found: list[tuple[str, Area]] = []
    for root in scheme.policy.roots:
        for clause in root.children:
            if clause.kind in ("group", "common", "unit", "indicator", "item", "bonus"):
                found.append((clause.id, area_of(clause.recognition)))
    return found
