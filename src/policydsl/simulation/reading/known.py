"""What a file has told so far, and conditions on it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from policydsl.language.diagnostics import did_you_mean
from policydsl.scoring.columns.domains import Grid
from policydsl.simulation.reading.tables import Bad, Findings, Table, is_moderate
from policydsl.simulation.specs import Attribute, Condition, Place, show_value


class Known(Findings):
    """What a file has told so far: sources, attributes, units, the day."""

    def __init__(self, name: str):
        super().__init__(name)
        self.attributes: dict[str, Attribute] = {}
        self.units: tuple[str, ...] = ()
        self.day: date | None = None

    def parent(self, where: Place, name: str) -> Attribute:
        """The attribute of a name; D457 without one."""
        if name not in self.attributes:
            near = did_you_mean(name, self.attributes)
            self.add("D457", where=where, name=name, near=near)
            raise Bad
        return self.attributes[name]

    def fitted(self, where: Place, name: str) -> Attribute:
        """An attribute whose distribution is fitted (D453)."""
        attribute = self.parent(where, name)
        if not attribute.fitted:
            wanted = ("拟合的属性（拟合 = true）", "a fitted attribute (fitted = true)")
            self.add("D453", where=where, key=name, wanted=wanted)
            raise Bad
        return attribute

    def whole(self, where: Place, name: str) -> str:
        """The name of an attribute that counts in whole numbers (D464)."""
        domain = self.parent(where, name).domain
        if not isinstance(domain, Grid) or domain.step.denominator * domain.low.denominator != 1:
            problem = (f"“{name}”不是整数", f"“{name}” is no whole number")
            self.add("D464", where=where, problem=problem)
            raise Bad
        return name

    def condition(self, table: Table) -> Condition:
        """What 当 asks of attributes."""
        tests = table.get("当", "when", "table", {})
        return tuple(
            (name, self.codes(table.where, self.parent(table.where, name), wanted))
            for name, wanted in tests.items()
        )

    def codes(self, where: Place, attribute: Attribute, wanted: object) -> frozenset[int]:
        """The codes that a test of a condition names."""
        domain = attribute.domain
        if isinstance(wanted, dict):
            inner = Table(self, wanted, where)
            low = inner.get("自", "from", "number", None)
            high = inner.get("至", "to", "number", None)
            inner.done()
            if isinstance(domain, Grid):
                first = 1 if low is None else max(1, -((domain.low - low) // domain.step) + 1)
                last = domain.count
                if high is not None:
                    last = min(last, (high - domain.low) // domain.step + 1)
                if first <= last:
                    return frozenset(range(int(first), int(last) + 1))
            self.no_value(where, attribute, f"{low}–{high}")
        found = {
            self.code(where, attribute, value)
            for value in (wanted if isinstance(wanted, list) else [wanted])
        }
        if not found:
            self.no_value(where, attribute, "[]")
        return frozenset(found)

    def code(self, where: Place, attribute: Attribute, value: object) -> int:
        """The code of a single value in a condition; 是 and 否 stand for true and false."""
        domain, code = attribute.domain, None
        if attribute.kind == "yes_no" and value in ("是", "否"):
            value = value == "是"
        if isinstance(value, (bool, str)):
            code = domain.code(value)
        elif isinstance(value, int) or (isinstance(value, Decimal) and is_moderate(value)):
            code = domain.code(Fraction(value))
        if code is None:
            self.no_value(where, attribute, value)
        return code or 0

    def no_value(self, where: Place, attribute: Attribute, value: object) -> None:
        """D458: an attribute has no such value."""
        known = [str(v) for v in getattr(attribute.domain, "values", ())]
        near = did_you_mean(str(value), known)
        self.add("D458", where=where, name=attribute.name, value=str(value), near=near)
        raise Bad

    def shown(self, when: Condition) -> str:
        """A condition as a person reads it."""
        words = []
        for name, codes in when:
            domain = self.attributes[name].domain
            values = [show_value(domain, code) for code in sorted(codes)]
            word = "、".join(values) if len(values) <= 8 else f"{values[0]}–{values[-1]}"
            words.append(f"{name} {word}")
        return "，".join(words)
