"""What ties attributes to each other: dependences, joint tables, limits, comparisons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from policydsl.scoring.ranges import show_points
from policydsl.simulation.reading.attributes import ROUNDING
from policydsl.simulation.reading.known import Known
from policydsl.simulation.reading.tables import Bad, Table
from policydsl.simulation.specs import Attribute, Basis, Comparison, Dependence, Joint, Limit


class Links:
    """Reads what ties attributes to each other: dependences, joint tables, limits."""

    def __init__(self, known: Known):
        self.known = known

    def dependences(self, top: Table) -> Iterator[Dependence]:
        """How attributes depend on each other."""
        for table in top.tables("依存", "dependences"):
            one, other = self._pair(table)
            odds: Fraction | None = table.get("比数", "odds", "number", None)
            matrix: tuple[tuple[Fraction, ...], ...] = ()
            if odds is None:
                matrix = self._matrix(table, one, other)
            elif not 0 < odds <= 1000:
                self.known.add("D453", where=table.where, key=("比数", "odds"),
                         wanted=("正数", "a positive number"))  # fmt: skip
            basis = table.basis() or Basis()
            table.done()
            yield Dependence((one.name, other.name), basis, odds, matrix)

    def joints(self, top: Table) -> Iterator[Joint]:
        """Published tables of two attributes."""
        for table in top.tables("联合", "joint"):
            one, other = self._pair(table)
            matrix = self._matrix(table, one, other)
            total = sum((x for row in matrix for x in row), Fraction(0))
            if abs(total - 100) > ROUNDING:
                self.known.add("D454", where=table.where, total=show_points(total))
            basis = table.basis() or Basis()
            table.done()
            yield Joint((one.name, other.name), matrix, basis)

    def limits(self, top: Table) -> Iterator[Limit]:
        """What cannot be, or not at once."""
        for table in top.tables("限制", "limits"):
            when = self.known.condition(table)
            shown = self.known.shown(when)
            names = table.texts("不超过", "at_most")
            low = high = None
            lesser = greater = None
            if names:
                if len(names) != 2 or names[0] == names[1]:
                    self.known.add("D453", where=table.where, key=("不超过", "at_most"),
                             wanted=("两个不同的属性", "two different attributes"))  # fmt: skip
                    raise Bad
                lesser, greater = (self.known.whole(table.where, name) for name in names)
                factor, plus = self._factor(table), table.get("加", "plus", "number", Fraction(0))
                shown = f"{lesser} ≤ {greater}{f' × {factor}' if factor != 1 else ''}"
                shown += f" {'+' if plus > 0 else '−'} {abs(plus)}" if plus else ""
            elif table.has("属性", "attribute"):
                lesser = self.known.whole(table.where, table.get("属性", "attribute", "text"))
                low = table.get("不低于", "min", "number", None)
                high = table.get("不高于", "max", "number", None)
                ends = [
                    f"≥ {show_points(low)}" if low is not None else "",
                    f"≤ {show_points(high)}" if high is not None else "",
                ]
                shown = " ".join(word for word in (shown and f"{shown}：", lesser, *ends) if word)
            limit = Limit(
                when, table.basis() or Basis(), lesser, greater,
                self._factor(table), table.get("加", "plus", "number", Fraction(0)), low, high,
                table.get("排除", "excluded", "flag", False), shown,
            )  # fmt: skip
            table.done()
            if limit.greater and when:
                problem = ("“不超过”不能带条件", "“at_most” takes no condition")
                self.known.add("D464", where=shown, problem=problem)
            if not (limit.lesser or (limit.excluded and when)) or limit.factor <= 0:
                problem = ("没有写限制什么", "it limits nothing")
                if limit.factor <= 0:
                    problem = ("倍数应是正数", "the factor must be positive")
                self.known.add("D464", where=shown or table.where, problem=problem)
                raise Bad
            yield limit

    def comparisons(self, top: Table) -> Iterator[Comparison]:
        """Published means to compare with."""
        for table in top.tables("核对", "comparisons"):
            attribute = self.known.parent(table.where, table.get("属性", "attribute", "text"))
            if attribute.kind != "number":
                self.known.add("D453", where=table.where, key=("属性", "attribute"),
                         wanted=("数的属性", "a number"))  # fmt: skip
            mean = table.get("均值", "mean", "number")
            basis = table.basis() or Basis()
            table.done()
            yield Comparison(attribute.name, mean, basis)

    def _pair(self, table: Table) -> tuple[Attribute, Attribute]:
        names = table.texts("属性", "attributes")
        if len(names) != 2 or names[0] == names[1]:
            self.known.add("D453", where=table.where, key=("属性", "attributes"),
                     wanted=("两个不同的属性", "two different attributes"))  # fmt: skip
            raise Bad
        one, other = (self.known.fitted(table.where, name) for name in names)
        return one, other

    def _matrix(
        self, table: Table, one: Attribute, other: Attribute
    ) -> tuple[tuple[Fraction, ...], ...]:
        rows = table.get("表", "table", "list")
        height, width = len(one.parts[0].bands), len(other.parts[0].bands)
        good = len(rows) == height and all(
            isinstance(row, list)
            and len(row) == width
            and all(type(x) in (int, Decimal) and x >= 0 for x in row)
            for row in rows
        )
        if not good:
            wanted = (f"{height} 行 {width} 列不小于 0 的数", f"{height} × {width} numbers from 0")
            self.known.add("D453", where=table.where, key=("表", "table"), wanted=wanted)
            raise Bad
        return tuple(tuple(Fraction(x) for x in row) for row in rows)

    def _factor(self, table: Table) -> Fraction:
        """A number, or a fraction in quotes: "1/12"."""
        value = table.get("倍数", "times", "any", 1)
        if isinstance(value, str) and re.fullmatch(r"\d{1,9}/[1-9]\d{0,8}", value):
            return Fraction(value)
        number: Fraction = table.get("倍数", "times", "number", Fraction(1))
        return number
