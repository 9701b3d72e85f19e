"""How persons make households."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from policydsl.scoring.columns.domains import Grid
from policydsl.scoring.ranges import show_points
from policydsl.simulation.reading.attributes import Attributes
from policydsl.simulation.reading.known import Known
from policydsl.simulation.reading.tables import Table, ends_of
from policydsl.simulation.specs import Alike, Attribute, Basis, Children, Household

MAX_CHILDREN = 50
"""Children of a household; ids have two places for its members."""


class Households:
    """Reads how persons make households."""

    def __init__(self, known: Known, attributes: Attributes):
        self.known = known
        self.attributes = attributes

    def household(self, top: Table) -> Household | None:
        """How households are put together; ``None``: the file has none."""
        if not top.has("家庭", "household"):
            top.known["家庭"] = top.known["household"] = "家庭"
            return None
        table = top.table("家庭", "household")
        table.where = ("家庭", "household")
        status, married = self._attribute_value(table.table("已婚", "married"))
        sex, male = self._attribute_value(table.table("夫", "husband"))
        other, female = self._attribute_value(table.table("妻", "wife"))
        age = self.known.fitted(
            table.where, self.known.whole(table.where, table.get("年龄", "age", "text"))
        )
        if sex != other or male == female:
            wanted = ("同一属性的另一个值", "another value of the same attribute")
            self.known.add("D453", where=table.where, key=("妻", "wife"), wanted=wanted)
        entries = list(table.tables("夫比妻大", "husband_older"))
        if not entries and not table.get("夫比妻大", "husband_older", "list"):
            self.known.add("D452", where=table.where, key=("夫比妻大", "husband_older"))
        _, grid = self.attributes.grid(
            table, entries, Fraction(1), Table(self.known, {}, table.where)
        )
        assert isinstance(grid, Grid)
        bands = self.attributes.bands(
            Table(self.known, {"分布": [entry.data for entry in entries]}, table.where),
            "number",
            grid,
        )
        made = Household(
            status, married, sex, male, female, age.name,
            tuple(self.attributes.chances(table, "随迁", "along")), tuple(bands), grid,
            table.basis() or Basis(), tuple(self._alike(table)),
            tuple(self.known.parent(table.where, n).name for n in table.texts("共同", "shared")),
            self._children(table, age),
        )  # fmt: skip
        if not made.along:
            table.get("随迁", "along", "number")
        table.done()
        return made

    def _attribute_value(self, table: Table) -> tuple[str, int]:
        name = table.get("属性", "attribute", "text")
        attribute = self.known.fitted(table.where, name)
        codes = self.known.codes(table.where, attribute, table.get("值", "value", "any"))
        table.done()
        return name, min(codes)

    def _alike(self, table: Table) -> Iterator[Alike]:
        for one in table.tables("相近", "alike"):
            name = self.known.fitted(one.where, one.get("属性", "attribute", "text")).name
            odds = one.get("比数", "odds", "number")
            if not 0 < odds <= 1000:
                self.known.add("D453", where=one.where, key=("比数", "odds"),
                         wanted=("正数", "a positive number"))  # fmt: skip
            yield Alike(name, odds, one.basis() or Basis())
            one.done()

    def _children(self, household: Table, age: Attribute) -> Children | None:
        if not household.has("子女", "children"):
            household.known["子女"] = household.known["children"] = "子女"
            return None
        table = household.table("子女", "children")
        count = self.known.whole(table.where, table.get("人数", "count", "text"))
        domain = self.known.attributes[count].domain
        assert isinstance(domain, Grid)
        if domain.low < 0 or domain.value(domain.count) > MAX_CHILDREN:
            wanted = (f"0 至 {MAX_CHILDREN} 的整数", f"whole numbers from 0 to {MAX_CHILDREN}")
            self.known.add("D453", where=table.where, key=("人数", "count"), wanted=wanted)
        low, high = ends_of(table)
        gap = table.get("至少小", "years_younger", "whole")
        basis = table.basis() or Basis()
        rows = table.get("写成行", "as_rows", "flag", True)
        table.done()
        if any(age.domain.code(end) is None for end in (low, high)):
            self.known.no_value(table.where, age, f"{show_points(low)}–{show_points(high)}")
        return Children(count, int(low), int(high), gap, basis) if rows else None
