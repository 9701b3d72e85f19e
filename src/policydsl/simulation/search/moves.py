"""Which numbers may move, and to what: ``缴纳社保:0.5=0.3..0.8/0.1``.

A number is named by its clause and the value that it has now; where a clause has that value
several times, ``#2`` says which of them.  ``LOW..HIGH/STEP`` lists what it may become.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from policydsl.language.diagnostics import Diagnostic, PolicyError, Source, did_you_mean
from policydsl.scoring.ranges import show_points
from policydsl.simulation.search.numbers import folded, read_number
from policydsl.simulation.sensitivity import Figure

MOST_VALUES = 200
"""So many values a number can take, at most."""
ALL = ("all", "全部")

_RANGE = re.compile(r"(.+?)(?:\.\.|~|至|到)(.+?)(?:/(.+))?")
_NAMED = re.compile(r"(.+?)(?::([-+.\d]+)\s*([^\d#]*)(?:#(\d+))?)?")


@dataclass(frozen=True)
class Move:
    """A number that may become each of ``values`` (ascending, its own is not among them)."""

    name: str
    figure: Figure
    values: tuple[Fraction, ...]


def names_of(figures: Sequence[Figure]) -> list[str]:
    """How each number is addressed: ``缴纳社保:0.5``, with ``#2`` where the value stands twice."""
    short = _short_clauses(figures)
    alike: dict[tuple[str, Fraction], list[int]] = {}
    for place, figure in enumerate(figures):
        alike.setdefault((figure.clause, figure.value), []).append(place)
    names = []
    for place, figure in enumerate(figures):
        same = alike[figure.clause, figure.value]
        mark = f"#{same.index(place) + 1}" if len(same) > 1 else ""
        names.append(f"{short[figure.clause]}:{show_points(figure.value)}{mark}")
    return names


def _short_clauses(figures: Sequence[Figure]) -> dict[str, str]:
    """Ids without what stands around the clause, where that leaves no doubt."""
    ids = list(dict.fromkeys(figure.clause for figure in figures))
    last = [id_.rpartition("/")[2] for id_ in ids]
    return {
        id_: name if name and last.count(name) == 1 else id_
        for id_, name in zip(ids, last, strict=True)
    }


def moves_of(texts: Sequence[str], figures: Sequence[Figure]) -> tuple[Move, ...]:
    """The numbers that texts let move.  Raises :class:`PolicyError` (S560 to S563)."""
    found: dict[int, Move] = {}
    names = names_of(figures)
    for text in texts:
        named, _, bounds = folded(text).partition("=")
        for place in _places(text, named.strip(), figures, names):
            figure = figures[place]
            values = _values(text, bounds.strip(), figure)
            found[place] = Move(names[place], figure, values)
    if not found:
        raise _problem("S560", "--move", names="、".join(names[:12]))
    return tuple(found[place] for place in sorted(found))


def _places(text: str, named: str, figures: Sequence[Figure], names: Sequence[str]) -> list[int]:
    if named in ALL:
        return [place for place, figure in enumerate(figures) if _is_points(figure)]
    if named in names:
        return [names.index(named)]
    match = _NAMED.fullmatch(named)
    if match is None:
        raise _problem("S561", text, name=named, found="")
    wanted, value, unit, which = match.groups()
    wanted = wanted.strip()
    ids = dict.fromkeys(figure.clause for figure in figures)
    fitting = [id_ for id_ in ids if id_ == wanted or id_.endswith(f"/{wanted}")]
    if len(fitting) != 1:
        known = [*ids, *(id_.rpartition("/")[2] for id_ in ids)]
        listed = "、".join(fitting) if fitting else did_you_mean(wanted, known)
        code = "S562" if fitting else "S561"
        raise _problem(code, text, name=wanted, found=listed)
    inside = [place for place, figure in enumerate(figures) if figure.clause == fitting[0]]
    if value is None:
        wide = [place for place in inside if _is_points(figures[place])]
        return wide or inside
    number = read_number(value)
    alike = [
        place
        for place in inside
        if figures[place].value == number and (not unit.strip() or figures[place].unit == unit)
    ]
    if which is not None:
        alike = alike[int(which) - 1 : int(which)] if int(which) else []
    if len(alike) != 1:
        listed = "；".join(
            f"{names[place]}（{figures[place].what}）" for place in (alike or inside)
        )
        raise _problem("S562" if alike else "S561", text, name=named, found=listed)
    return alike


def _is_points(figure: Figure) -> bool:
    return figure.unit in ("分", "") and figure.value > 0


def _values(text: str, bounds: str, figure: Figure) -> tuple[Fraction, ...]:
    """What a number may become; without bounds half to one and a half of it, or a step."""
    step: Fraction | None = figure.step
    if not bounds:
        half = -(-figure.value / 2 // figure.step) * figure.step
        low: Fraction | None = max(min(half, figure.value - figure.step), Fraction(0))
        high: Fraction | None = max(figure.value * 3 / 2, figure.value + figure.step)
    else:
        match = _RANGE.fullmatch(bounds)
        if match is None:
            raise _problem("S563", text, value=bounds)
        low, high = read_number(match[1]), read_number(match[2])
        if match[3] is not None:
            step = read_number(match[3])
    if low is None or high is None or step is None or low < 0 or step <= 0 or low > high:
        raise _problem("S563", text, value=bounds)
    count = (high - low) // step + 1
    if count > MOST_VALUES:
        raise _problem("S564", text, value=bounds, count=count, limit=MOST_VALUES)
    values = (low + step * place for place in range(int(count)))
    found = tuple(value for value in values if value != figure.value)
    if not found:
        raise _problem("S563", text, value=bounds)
    return found


def _problem(code: str, where: str, **details: object) -> PolicyError:
    return PolicyError([Diagnostic(code, Source(where, ""), None, details)])
