"""Random tables as an office sends them, for tests of what reads them by columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import composite
from tests.scoring.strategies import Draft, cases

from policydsl.model.expressions import Constant
from policydsl.scoring.cases import Case
from policydsl.scoring.ranges import show_points

Rows = list[dict[str, Any]]


def cell(value: Constant, spelling: int) -> object:
    """A value in one of several spellings that mean it."""
    if isinstance(value, bool):
        return (value, "是" if value else "否", "YES" if value else "no", int(value))[spelling % 4]
    if isinstance(value, Fraction):
        text = show_points(value)
        if spelling % 3 == 0:
            return Decimal(text)
        if spelling % 3 == 1:
            return int(value) if value.denominator == 1 else float(value)
        return f" {text}"
    if isinstance(value, date):
        return (value, value.isoformat(), f"{value.year}年{value.month}月{value.day}日",
                f"{value:%Y%m%d}")[spelling % 4]  # fmt: skip
    return value


def rows_of(drawn: Sequence[Case], facts: Sequence[str], spelling: Any) -> Rows:
    """One row for each person; every fact is a column."""
    households = any(case.members for case in drawn)
    rows: Rows = []
    for number, case in enumerate(drawn):
        people: list[tuple[str, Mapping[str, Constant]]] = [("本人", case.facts)]
        people += [(member.role, member.facts) for member in case.members]
        for place, (role, held) in enumerate(people):
            row: dict[str, Any] = {"编号": f"P{number}-{place}"}
            if households:
                row |= {"户号": f"H{number}", "角色": role}
            if place == 0:
                row |= {"单位": case.unit, "对象": case.entity}
            for name in facts:
                row[name] = cell(held[name], spelling()) if name in held else None
            rows.append(row)
    return rows


@composite
def tables(draw: st.DrawFn, draft: Draft, most: int = 6) -> Rows:
    """Rows for some cases of a draft."""
    count = draw(st.integers(1, most))
    drawn = [draw(cases(draft, id_=f"案{n}")) for n in range(count)]
    facts = [fact.name for fact in draft.facts]
    return rows_of(drawn, facts, lambda: draw(st.integers(0, 11)))
