"""How schemes are built: their parts with points, normalised to 100, and where points count.

Points of schemes with other totals are not of one currency: beside the raw points stands the
share of the scheme's total, times 100.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from policydsl.comparison.schemes import Element, Scheme
from policydsl.model import policy as m
from policydsl.versions.comparing import Tally, tally
from policydsl.versions.effects import Pair
from policydsl.wording.sentences import clause_name

Area = Literal["province", "city", "district", "other", ""]
AREA_WORDS: Mapping[Area, Pair] = {
    "province": ("全省通用", "valid in the province"), "city": ("全市通用", "valid in the city"),
    "district": ("仅限本地", "valid in the district only"), "other": ("另有范围", "another area"),
    "": ("未写互认", "recognition not stated"),
}  # fmt: skip


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
    found = []
    for root in scheme.policy.roots:
        total = scheme.totals[root.id]
        for clause in root.children:
            if clause.kind == "task":
                continue
            inside = [c for c in clause.walk() if c.is_item or c.kind == "task"]
            points = clause.declared_maximum
            raw = points if isinstance(points, Fraction) else None
            counted = clause.kind not in ("bonus", "deductions")
            normal = raw / total * 100 if raw is not None and total and counted else None
            found.append(
                Part(
                    scheme.number, clause, root.label if root.kind == "schedule" else "",
                    clause_name(clause), clause.kind, points, normal,
                    area_of(clause.recognition), clause.recognition, len(inside),
                    sum(c.discretionary for c in inside), sum(c.open for c in inside),
                    clause.locator or root.locator,
                    tuple(dict.fromkeys(x.assumption for c in inside for x in c.closings)),
                )
            )  # fmt: skip
    return found


def by_area(elements: Sequence[Element]) -> dict[Area, list[Element]]:
    """Parts by where their points count."""
    found: dict[Area, list[Element]] = {}
    for element in elements:
        found.setdefault(area_of(element.recognition), []).append(element)
    return found
