"""Which of the rows of a leaf read most like a person, without a look at each of them.

A fact may have many thousands of values.  How ordinary each is (:mod:`policydsl.review.plausible`)
is estimated for all of them at once, in floating point; what is near the front by the estimate is
put in order by exact keys, so that the answer is the exact one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from policydsl.model.policy import Fact
from policydsl.review.plausible import Ordinary
from policydsl.review.proving.models import Model
from policydsl.review.proving.searching import Leaf
from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.domains import MISSING, Domain, Grid, Listed
from policydsl.scoring.columns.planning.derived import Derived

Key = tuple[int, int, Fraction, Fraction]
"""What is handed in, what is not as usual, how far that is off, how much it is."""
Floats = npt.NDArray[np.float64]

_NEAR = 1e-9
"""Beyond what floating point may be wrong by: distances are between 0 and 1."""
_LEAST, _MOST = 1e-12, 1 - 1e-12
"""What is between 0 and 1 is estimated as between these."""
_FEW = 16
"""So few rows are put in order as they are."""


@dataclass(frozen=True)
class Weighing:
    """The order of rows: what is not handed in first, then what is as usual or near to it."""

    model: Model
    ordinary: Ordinary
    start: Mapping[int, int]
    """The codes of the case that was found."""

    def first(self, leaf: Leaf, rows: Numbers, most: int) -> list[int]:
        """The most ordinary of some rows (ascending), the best first; not more than ``most``."""
        if len(rows) > max(most, _FEW):
            rows = self._front(leaf, rows, most)
        return sorted((int(x) for x in rows), key=lambda row: self.key(leaf, row))[:most]

    def key(self, leaf: Leaf, row: int) -> Key:
        """The exact key of a row: the less, the more ordinary."""
        given, changed, away, small = 0, 0, Fraction(0), Fraction(0)
        for number, codes in leaf.codes.items():
            each, code = self.model.known[number], int(codes[row])
            if isinstance(each, Derived) or code == MISSING or not each.fact:
                given += not each.fact and code > 1  # nobody has a spouse without need
                continue
            value = each.domain.value(code)
            off = self.ordinary.off(each.fact, value)
            given, changed, away = given + 1, changed + bool(off), away + off
            if self.ordinary.ideal(each.fact) is None:
                # nobody says what is usual: as it was found, or as little of it as will do
                changed += code != self.start.get(number, MISSING)
                small += code
        return given, changed, away, small

    def _front(self, leaf: Leaf, rows: Numbers, most: int) -> Numbers:
        """The rows that may be among the first, by estimated keys; in their order."""
        given, changed = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
        small, away = np.zeros(len(rows), np.int64), np.zeros(len(rows))
        sure = np.ones(len(rows), np.bool_)
        for number, all_codes in leaf.codes.items():
            each, codes = self.model.known[number], all_codes[rows]
            if isinstance(each, Derived) or not each.fact:
                given += (codes > 1) & (not each.fact)
                continue
            there = codes != MISSING
            given += there
            if self.ordinary.ideal(each.fact) is None:
                changed += there & (codes != self.start.get(number, MISSING))
                small += codes
            else:
                off = np.where(there, self._off(each.fact, each.domain, codes), 0.0)
                changed += off > 0
                away += off
                sure &= (off == 0) | (off == 1)
        order = np.lexsort((small, away, changed, given))
        last = order[most - 1]
        better = (given < given[last]) | ((given == given[last]) & (changed < changed[last]))
        level = (given == given[last]) & (changed == changed[last])
        kept = ~sure & (better | (level & (away <= away[last] + _NEAR)))
        kept[order[sure[order]][:most]] = True  # those whose estimates are exact are in order
        front: Numbers = rows[kept]
        return front

    def _off(self, name: str, domain: Domain, codes: Numbers) -> Floats:
        """How far values are out of the ordinary, nearly; 0 and 1 only where it is exactly that."""
        ideal, fact = self.ordinary.ideal(name), self.ordinary.policy.facts[name]
        if isinstance(domain, Listed):
            exact = [Fraction(0), *(self.ordinary.off(name, x) for x in domain.values)]
            listed: Floats = np.array([_estimate(x) for x in exact])[codes]
            return listed
        usual = None if ideal is None else domain.code(ideal)
        off: Floats = np.array(codes != (MISSING if usual is None else usual), np.float64)
        if isinstance(domain, Grid) and isinstance(ideal, Fraction):
            far = _apart(domain, ideal, fact, codes)
            if far is not None:
                off *= np.clip(far, _LEAST, _MOST)
        return off


def _estimate(off: Fraction) -> float:
    return float(off) if off in (0, 1) else min(max(float(off), _LEAST), _MOST)


def _apart(domain: Grid, ideal: Fraction, fact: Fact, codes: Numbers) -> Floats | None:
    """As :meth:`.plausible.Ordinary.off` has it; ``None``: 1 for all that differ."""
    usual, step = float((ideal - domain.low) / domain.step + 1), float(domain.step)
    if fact.low is not None and fact.high is not None and fact.low < ideal < fact.high:
        side = np.where(codes < usual, float(ideal - fact.low), float(fact.high - ideal))
    elif ideal == 0:
        return None
    else:
        values = float(domain.low) + (codes - 1) * step
        side = np.maximum(np.abs(values), abs(float(ideal)))
    off: Floats = np.abs(codes - usual) * step / side
    return off
