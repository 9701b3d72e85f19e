"""Attributes: values, distributions, conditions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from policydsl.language.diagnostics import did_you_mean
from policydsl.scoring.columns.domains import Days, Domain, Grid, Listed, yes_no
from policydsl.scoring.ranges import show_points
from policydsl.simulation.reading.known import Known
from policydsl.simulation.reading.tables import Bad, Table, ends_of
from policydsl.simulation.specs import Attribute, Band, Basis, Condition, Kind, Part

MAX_CODES = 1 << 20
"""Values that a numeric attribute may have."""


ROUNDING = Fraction(1, 10)
"""So much, in percentage points, published shares may miss 100 by."""


class Attributes:
    """Reads attributes: their values, distributions and conditions."""

    def __init__(self, known: Known):
        self.known = known

    def attribute(self, table: Table) -> None:
        """Add an attribute, under all its names."""
        try:
            names = table.texts("名称", "name")
            if not names:
                table.get("名称", "name", "text")
            table.where = (f"属性 {names[0]}", f"attribute {names[0]}")
            made = self._made(table, names[0])
        except Bad:
            return
        table.done()
        for name in names:
            if name in self.known.attributes:
                self.known.add("D459", name=name)
            self.known.attributes[name] = _renamed(made, name)

    def _made(self, table: Table, name: str) -> Attribute:
        basis = table.basis() or Basis()
        units = table.texts("单位", "units")
        for unit in units:
            if unit not in self.known.units:
                near = did_you_mean(unit, self.known.units)
                self.known.add("D458", where=table.where, name="单位", value=unit, near=near)
        months = table.get("早于评定日", "months_before_date", "text", None)
        fitted = table.get("拟合", "fitted", "flag", False)
        raw = list(self._raw_parts(table)) if months is None else []
        step = table.get("步长", "step", "number", Fraction(1))
        values = table.texts("取值", "values")
        span = table.table("范围", "range")
        kind: Kind
        domain: Domain
        if months is not None:
            kind, domain = "date", self._days(table, months)
            parts: tuple[Part, ...] = ()
        else:
            kind, domain = self._domain(table, raw, step, values, span)
            parts = tuple(self._parts(table, raw, kind, domain))
        if fitted and (len(parts) != 1 or parts[0].when):
            wanted = ("不带条件的分布", "without conditions where it is fitted")
            self.known.add("D453", where=table.where, key=("分布", "distribution"), wanted=wanted)
        return Attribute(
            name, kind, domain, parts, basis, fitted,
            table.get("内部", "internal", "flag", False),
            tuple(self.chances(table, "未提供", "missing")),
            months, units, table.get("英文", "english", "text", None),
        )  # fmt: skip

    def _raw_parts(self, table: Table) -> Iterator[tuple[Table, Table | None]]:
        """The parts of a distribution as tables: (where the bands stand, where the condition)."""
        if table.has("条件分布", "conditional"):
            for part in table.tables("条件分布", "conditional"):
                yield part, part
        else:
            yield table, None

    def _domain(
        self,
        table: Table,
        raw: Sequence[tuple[Table, Table | None]],
        step: Fraction,
        values: tuple[str, ...],
        span: Table,
    ) -> tuple[Kind, Domain]:
        entries = [entry for part, _ in raw for entry in part.tables("分布", "distribution")]
        if not entries:
            for part, _ in raw:
                part.get("是", "yes", "number")
            return "yes_no", yes_no()
        if all(entry.has("值", "value") for entry in entries):
            seen = [str(entry.get("值", "value", "any")) for entry in entries]
            if any(
                isinstance(entry.get("值", "value", "any"), (int, Decimal))
                and not isinstance(entry.get("值", "value", "any"), bool)
                for entry in entries
            ):
                return self.grid(table, entries, step, span)  # single numbers
            for value in seen:
                if values and value not in values:
                    near = did_you_mean(value, values)
                    self.known.add("D458", where=table.where, name="取值", value=value, near=near)
            return "choice", Listed(values or tuple(dict.fromkeys(seen)))
        return self.grid(table, entries, step, span)

    def grid(
        self, table: Table, entries: Sequence[Table], step: Fraction, span: Table
    ) -> tuple[Kind, Domain]:
        """Numbers from the least to the greatest that the bands name."""
        if not entries:
            raise Bad  # what stands there is no table, and was reported
        ends = [ends_of(entry) for entry in entries]
        low = min(span.get("自", "from", "number", ends[0][0]), *(first for first, _ in ends))
        high = max(span.get("至", "to", "number", ends[0][1]), *(last for _, last in ends))
        span.done()
        if step <= 0 or (high - low) / step >= MAX_CODES:
            wanted = (f"正数，且取值不超过 {MAX_CODES} 个", f"positive, for {MAX_CODES} values")
            self.known.add("D453", where=table.where, key=("步长", "step"), wanted=wanted)
            raise Bad
        return "number", Grid(low, step, int((high - low) / step) + 1)

    def _days(self, table: Table, months: str) -> Days:
        other = self.known.parent(table.where, months)
        if not isinstance(other.domain, Grid):
            wanted = ("以月计的数", "a number of months")
            self.known.add(
                "D453", where=table.where, key=("早于评定日", "months_before_date"), wanted=wanted
            )
            raise Bad
        if self.known.day is None:
            self.known.add("D452", where=("文件", "file"), key=("评定日", "date"))
            raise Bad
        return days_before(self.known.day, int(other.domain.value(other.domain.count)))

    def _parts(
        self, table: Table, raw: Sequence[tuple[Table, Table | None]], kind: Kind, domain: Domain
    ) -> Iterator[Part]:
        for number, (part, conditional) in enumerate(raw, start=1):
            when: Condition = ()
            if conditional is not None:
                when = self.known.condition(conditional)
            if (number == len(raw)) != (not when):
                self.known.add("D461", where=part.where)
            bands = self._yes(part) if kind == "yes_no" else self.bands(part, kind, domain)
            basis = part.basis(required=False) if conditional is not None else None
            if conditional is not None:
                part.done()
            yield Part(when, tuple(bands), basis)

    def _yes(self, part: Table, zh: str = "是", en: str = "yes") -> list[Band]:
        share = part.get(zh, en, "number")
        if not 0 <= share <= 100:
            self.known.add(
                "D453", where=part.where, key=(zh, en), wanted=("0 至 100", "from 0 to 100")
            )
        return [Band(1, 1, 100 - share), Band(2, 2, share)]

    def bands(self, part: Table, kind: Kind, domain: Domain) -> list[Band]:
        """The bands of a distribution as codes."""
        bands: list[Band] = []
        for entry in part.tables("分布", "distribution"):
            share = entry.get("比例", "share", "number")
            if share < 0:
                self.known.add("D453", where=entry.where, key=("比例", "share"),
                         wanted=("不小于 0 的数", "a number from 0 on"))  # fmt: skip
            if kind == "choice":
                code = domain.code(str(entry.get("值", "value", "any")))
                first = last = code
                shown = str(entry.get("值", "value", "any"))
            else:
                low, high = ends_of(entry)
                first, last = domain.code(low), domain.code(high)
                shown = f"{show_points(low)}–{show_points(high)}"
            basis = entry.basis(required=False)
            entry.done()
            if (
                first is None
                or last is None
                or last < first
                or any(band.first <= last and first <= band.last for band in bands)
            ):
                self.known.add("D460", where=part.where, band=shown)
                continue
            bands.append(Band(first, last, share, basis))
        total = sum((band.share for band in bands), Fraction(0))
        if not bands:
            self.known.add("D452", where=part.where, key=("分布", "distribution"))
        elif abs(total - 100) > ROUNDING:
            self.known.add("D454", where=part.where, total=show_points(total))
        return sorted(bands, key=lambda band: band.first)

    def chances(self, table: Table, zh: str, en: str) -> Iterator[Part]:
        """A percentage, or a list of percentages under conditions."""
        value = table.get(zh, en, "any", None)
        if value is None:
            return
        if not isinstance(value, list):
            yield Part((), tuple(self._yes(table, zh, en)))
            return
        parts = list(table.tables(zh, en))
        for number, part in enumerate(parts, start=1):
            when = self.known.condition(part)
            if (number == len(parts)) != (not when):
                self.known.add("D461", where=part.where)
            yield Part(when, tuple(self._yes(part)), part.basis(required=False))
            part.done()


def _renamed(attribute: Attribute, name: str) -> Attribute:
    return replace(attribute, name=name)


def days_before(day: date, months: int) -> Days:
    """The days up to ``day`` from the first of the month so many months before."""
    index = day.year * 12 + day.month - 1 - months
    first = date(max(index // 12, 1), index % 12 + 1, 1)
    return Days(first, (day - first).days + 1)
