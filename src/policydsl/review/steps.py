"""Along each fact of an item: the steps at which its award rises or falls."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from policydsl.model.policy import Clause, Fact
from policydsl.review.context import Context
from policydsl.review.landscape import Landscape, Point, landscape


class Step(NamedTuple):
    """Two neighbouring values of a fact, and whether the item rises (1) or falls (−1) there."""

    one: Point
    other: Point
    sign: int


def steps_of(context: Context, item: Clause) -> tuple[tuple[Fact, Sequence[Step]], ...]:
    """For each fact, the steps along its values at which the item moves; worked out once.

    All other facts stay as they are; each surrounding that was tried is looked at.
    """
    found = context.remembered.get(("steps", item.id))
    if not isinstance(found, tuple):
        place = landscape(context, item)
        axes = [a for a in place.axes if a.fact.is_number or a.fact.kind in ("ordered", "yes_no")]
        found = tuple(
            (a.fact, _along(place, a.fact.name, {v: i for i, v in enumerate(a.values)}))
            for a in axes
        )
        context.remembered[("steps", item.id)] = found
    return found


def _along(place: Landscape, name: str, order: dict[object, int]) -> list[Step]:
    lines: dict[tuple[object, ...], list[Point]] = {}
    for point in place.points():
        rest = tuple(v for k, v in point.facts.items() if k != name)
        lines.setdefault(rest, []).append(point)
    steps: list[Step] = []
    for line in lines.values():
        line.sort(key=lambda p: order[p.facts[name]])
        for one, other in pairwise(line):
            sign = _moved(one, other)
            if sign:
                steps.append(Step(one, other, sign))
    return steps


def _moved(one: Point, other: Point) -> int:
    """1 if the value surely rises from one point to the other, −1 if it falls, else 0."""
    if not (one.value.is_exact and other.value.is_exact):
        return 0
    return (other.value.value > one.value.value) - (other.value.value < one.value.value)


def plainest_step(place: Landscape, steps: Sequence[Step]) -> Step:
    """Of steps that show the same, that of a person one might meet; of equals the first."""
    return min(
        steps,
        key=lambda s: (place.cost(s.one)[0] + place.cost(s.other)[0], place.cost(s.one)),
    )
