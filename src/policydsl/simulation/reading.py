"""Specification files: TOML with Chinese or English keys → :class:`Spec`.

docs/populations.md is the reference of what can stand in one.  Every key is read in either
language, every problem is reported with its place, and what nobody asked for is reported too.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

from policydsl.language.diagnostics import Diagnostic, PolicyError, Source, did_you_mean
from policydsl.model.loading import bundled_folder
from policydsl.scoring.columns.domains import Days, Domain, Grid, Listed, yes_no
from policydsl.scoring.ranges import show_points
from policydsl.scoring.toml_files import fatal, parse_toml, read_text
from policydsl.simulation.specs import (
    Alike,
    Attribute,
    Band,
    Basis,
    Children,
    Comparison,
    Condition,
    Dependence,
    Household,
    Joint,
    Kind,
    Limit,
    Part,
    Place,
    Reference,
    Spec,
    show_value,
)

MAX_CODES = 1 << 20
"""Values that a numeric attribute may have."""
MAX_CHILDREN = 50
"""Children of a household; ids have two places for its members."""
ROUNDING = Fraction(1, 10)
"""So much, in percentage points, published shares may miss 100 by."""


# -- finding and reading files


def folder() -> Path:
    """The folder of the specifications that come with the program."""
    return bundled_folder() / "populations"


def bundled_specs() -> dict[str, Path]:
    """The bundled specifications by id."""
    return {path.stem: path for path in sorted(folder().glob("*.toml"))}


def load_spec(target: str | Path) -> Spec:
    """A specification by its path or the id of a bundled one.

    Raises :class:`PolicyError` with everything that is wrong with it (D450 … D465).
    """
    known = bundled_specs()
    path = known.get(str(target)) or Path(target)
    if not path.is_file():
        if path.suffix.lower() == ".toml":
            raise fatal(str(path), "D429", path=str(path))
        near = did_you_mean(str(target), known)
        details = {"name": str(target), "near": near, "known": "、".join(known)}
        raise PolicyError([Diagnostic("D465", None, None, details)])
    return read_spec(read_text(path), str(path))


def read_spec(text: str, name: str = "<text>") -> Spec:
    """A specification from its text; see :func:`load_spec` for what is raised."""
    data = parse_toml(text, name)
    digest = hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()
    reader = _Reader(name)
    spec = reader.spec(data, digest)
    if reader.found:
        raise PolicyError(reader.found)
    assert spec is not None
    return spec


# -- reading tables


class _Bad(Exception):
    """A part that cannot be understood; what is wrong is recorded."""


_KINDS: Mapping[str, tuple[Any, Place]] = MappingProxyType(
    {
        "text": (str, ("文字", "a text")),
        "number": ((int, Decimal), ("数", "a number")),
        "whole": (int, ("整数", "a whole number")),
        "flag": (bool, ("true 或 false", "true or false")),
        "date": (date, ("日期（如 2022-06-30）", "a date (like 2022-06-30)")),
        "table": (dict, ("一段（{…}）", "a table {…}")),
        "list": (list, ("一列（[…]）", "a list […]")),
        "any": (object, ("", "")),
    }
)


class _Table:
    """A table of the file whose keys are read one by one, in either language."""

    def __init__(self, reader: _Reader, data: Mapping[str, Any], where: Place):
        self.reader = reader
        self.data = data
        self.where = where
        self.known: dict[str, str] = {}

    def has(self, zh: str, en: str) -> bool:
        """Whether a key is there."""
        return zh in self.data or en in self.data

    def get(self, zh: str, en: str, kind: str, default: Any = ...) -> Any:
        """The value of a key; D452 without one and without a default, D453 of another kind."""
        self.known[zh] = self.known[en] = zh
        if zh in self.data and en in self.data:
            self.reader.add("D459", name=f"{zh} = {en}")
        value = self.data.get(zh, self.data.get(en, default))
        if value is ...:
            self.reader.add("D452", where=self.where, key=(zh, en))
            raise _Bad
        if value is default:
            return value
        type_, wanted = _KINDS[kind]
        good = isinstance(value, type_) and (kind in ("flag", "any") or type(value) is not bool)
        if kind == "date" and isinstance(value, datetime):
            good = False
        if kind == "number" and isinstance(value, Decimal):
            good = _is_moderate(value)
        if kind in ("number", "whole") and isinstance(value, int):
            good = good and abs(value) < 10**15
        if not good:
            self.reader.add("D453", where=self.where, key=(zh, en), wanted=wanted)
            raise _Bad
        return Fraction(value) if kind == "number" else value

    def texts(self, zh: str, en: str) -> tuple[str, ...]:
        """A text or a list of texts."""
        value = self.get(zh, en, "any", ())
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, (list, tuple)) or not all(isinstance(v, str) for v in values):
            self.reader.add("D453", where=self.where, key=(zh, en), wanted=("文字", "texts"))
            raise _Bad
        return tuple(values)

    def tables(self, zh: str, en: str) -> Iterator[_Table]:
        """The tables of a list."""
        values = self.get(zh, en, "list", [])
        for number, value in enumerate(values, start=1):
            where = (
                f"{self.where[0]} › {zh} 第 {number} 项",
                f"{self.where[1]} › {en}, entry {number}",
            )
            if not isinstance(value, dict):
                self.reader.add("D453", where=self.where, key=(zh, en), wanted=_KINDS["table"][1])
                continue
            yield _Table(self.reader, value, where)

    def table(self, zh: str, en: str) -> _Table:
        """A table inside this one; an absent one is empty."""
        where = (f"{self.where[0]} › {zh}", f"{self.where[1]} › {en}")
        return _Table(self.reader, self.get(zh, en, "table", {}), where)

    def basis(self, required: bool = True) -> Basis | None:
        """Source and assumption; D455 without either, D456 for an unknown source."""
        source = self.get("来源", "source", "text", None)
        assumption = self.get("假定", "assumed", "text", None)
        if source is not None and source not in self.reader.sources:
            near = did_you_mean(source, self.reader.sources)
            self.reader.add("D456", where=self.where, name=source, near=near)
        if source is None and not (assumption or "").strip():
            if required:
                self.reader.add("D455", where=self.where)
            return Basis() if required else None
        return Basis(source, assumption)

    def done(self) -> None:
        """Report keys that nobody asked for (D451)."""
        for key in self.data:
            if key not in self.known:
                near = did_you_mean(key, self.known)
                self.reader.add("D451", where=self.where, key=key, near=near)


class _Reader:
    """One file on its way to a :class:`Spec`; problems are collected in ``found``."""

    def __init__(self, name: str):
        self.name = name
        self.found: list[Diagnostic] = []
        self.sources: dict[str, Reference] = {}
        self.attributes: dict[str, Attribute] = {}
        self.units: tuple[str, ...] = ()
        self.day: date | None = None

    def add(self, code: str, **details: object) -> None:
        """Record a problem."""
        self.found.append(Diagnostic(code, Source(self.name, ""), None, details))

    def spec(self, data: dict[str, Any], digest: str) -> Spec | None:
        """The whole file."""
        top = _Table(self, data, ("文件", "file"))
        try:
            self._sources(top)
            self.units = top.texts("单位", "units")
            self.day = top.get("评定日", "date", "date", None)
            for table in top.tables("属性", "attributes"):
                self._attribute(table)
            spec = Spec(
                id=top.get("标识", "id", "text"),
                title=top.get("名称", "title", "text"),
                english=top.get("英文", "english", "text", None),
                file=self.name,
                digest=digest,
                size=top.get("规模", "size", "whole", len(self.units) or ...),
                day=self.day,
                notes=top.texts("说明", "notes"),
                sources=MappingProxyType(self.sources),
                attributes=MappingProxyType(self.attributes),
                dependences=tuple(self._dependences(top)),
                joints=tuple(self._joints(top)),
                limits=tuple(self._limits(top)),
                household=self._household(top),
                units=self.units,
                size_basis=top.basis() or Basis(),
                comparisons=tuple(self._comparisons(top)),
            )
        except _Bad:
            return None
        top.done()
        if spec.size < 1:
            self.add("D453", where=top.where, key=("规模", "size"),
                     wanted=("正整数", "a positive whole number"))  # fmt: skip
        if not spec.attributes:
            self.add("D452", where=top.where, key=("属性", "attributes"))
        return spec

    def _sources(self, top: _Table) -> None:
        table = top.table("来源表", "sources")
        for id_, value in table.data.items():
            where = (f"来源 {id_}", f"source {id_}")
            if not isinstance(value, dict):
                self.add("D453", where=table.where, key=id_, wanted=_KINDS["table"][1])
                continue
            one = _Table(self, value, where)
            title, url = one.get("题名", "title", "text"), one.get("网址", "url", "text", None)
            self.sources[id_] = Reference(id_, title, url, one.get("说明", "note", "text", None))
            one.done()

    # -- attributes

    def _attribute(self, table: _Table) -> None:
        try:
            names = table.texts("名称", "name")
            if not names:
                table.get("名称", "name", "text")
            table.where = (f"属性 {names[0]}", f"attribute {names[0]}")
            made = self._made(table, names[0])
        except _Bad:
            return
        table.done()
        for name in names:
            if name in self.attributes:
                self.add("D459", name=name)
            self.attributes[name] = _renamed(made, name)

    def _made(self, table: _Table, name: str) -> Attribute:
        basis = table.basis() or Basis()
        units = table.texts("单位", "units")
        for unit in units:
            if unit not in self.units:
                near = did_you_mean(unit, self.units)
                self.add("D458", where=table.where, name="单位", value=unit, near=near)
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
            self.add("D453", where=table.where, key=("分布", "distribution"), wanted=wanted)
        return Attribute(
            name, kind, domain, parts, basis, fitted,
            table.get("内部", "internal", "flag", False),
            tuple(self._chances(table, "未提供", "missing")),
            months, units, table.get("英文", "english", "text", None),
        )  # fmt: skip

    def _raw_parts(self, table: _Table) -> Iterator[tuple[_Table, _Table | None]]:
        """The parts of a distribution as tables: (where the bands stand, where the condition)."""
        if table.has("条件分布", "conditional"):
            for part in table.tables("条件分布", "conditional"):
                yield part, part
        else:
            yield table, None

    def _domain(
        self,
        table: _Table,
        raw: Sequence[tuple[_Table, _Table | None]],
        step: Fraction,
        values: tuple[str, ...],
        span: _Table,
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
                return self._grid(table, entries, step, span)  # single numbers
            for value in seen:
                if values and value not in values:
                    near = did_you_mean(value, values)
                    self.add("D458", where=table.where, name="取值", value=value, near=near)
            return "choice", Listed(values or tuple(dict.fromkeys(seen)))
        return self._grid(table, entries, step, span)

    def _grid(
        self, table: _Table, entries: Sequence[_Table], step: Fraction, span: _Table
    ) -> tuple[Kind, Domain]:
        if not entries:
            raise _Bad  # what stands there is no table, and was reported
        ends = [_ends(entry) for entry in entries]
        low = min(span.get("自", "from", "number", ends[0][0]), *(first for first, _ in ends))
        high = max(span.get("至", "to", "number", ends[0][1]), *(last for _, last in ends))
        span.done()
        if step <= 0 or (high - low) / step >= MAX_CODES:
            wanted = (f"正数，且取值不超过 {MAX_CODES} 个", f"positive, for {MAX_CODES} values")
            self.add("D453", where=table.where, key=("步长", "step"), wanted=wanted)
            raise _Bad
        return "number", Grid(low, step, int((high - low) / step) + 1)

    def _days(self, table: _Table, months: str) -> Days:
        other = self._parent(table.where, months)
        if not isinstance(other.domain, Grid):
            wanted = ("以月计的数", "a number of months")
            self.add(
                "D453", where=table.where, key=("早于评定日", "months_before_date"), wanted=wanted
            )
            raise _Bad
        if self.day is None:
            self.add("D452", where=("文件", "file"), key=("评定日", "date"))
            raise _Bad
        return days_before(self.day, int(other.domain.value(other.domain.count)))

    def _parts(
        self, table: _Table, raw: Sequence[tuple[_Table, _Table | None]], kind: Kind, domain: Domain
    ) -> Iterator[Part]:
        for number, (part, conditional) in enumerate(raw, start=1):
            when: Condition = ()
            if conditional is not None:
                when = self._condition(conditional)
            if (number == len(raw)) != (not when):
                self.add("D461", where=part.where)
            bands = self._yes(part) if kind == "yes_no" else self._bands(part, kind, domain)
            basis = part.basis(required=False) if conditional is not None else None
            if conditional is not None:
                part.done()
            yield Part(when, tuple(bands), basis)

    def _yes(self, part: _Table, zh: str = "是", en: str = "yes") -> list[Band]:
        share = part.get(zh, en, "number")
        if not 0 <= share <= 100:
            self.add("D453", where=part.where, key=(zh, en), wanted=("0 至 100", "from 0 to 100"))
        return [Band(1, 1, 100 - share), Band(2, 2, share)]

    def _bands(self, part: _Table, kind: Kind, domain: Domain) -> list[Band]:
        bands: list[Band] = []
        for entry in part.tables("分布", "distribution"):
            share = entry.get("比例", "share", "number")
            if share < 0:
                self.add("D453", where=entry.where, key=("比例", "share"),
                         wanted=("不小于 0 的数", "a number from 0 on"))  # fmt: skip
            if kind == "choice":
                code = domain.code(str(entry.get("值", "value", "any")))
                first = last = code
                shown = str(entry.get("值", "value", "any"))
            else:
                low, high = _ends(entry)
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
                self.add("D460", where=part.where, band=shown)
                continue
            bands.append(Band(first, last, share, basis))
        total = sum((band.share for band in bands), Fraction(0))
        if not bands:
            self.add("D452", where=part.where, key=("分布", "distribution"))
        elif abs(total - 100) > ROUNDING:
            self.add("D454", where=part.where, total=show_points(total))
        return sorted(bands, key=lambda band: band.first)

    def _chances(self, table: _Table, zh: str, en: str) -> Iterator[Part]:
        """A percentage, or a list of percentages under conditions."""
        value = table.get(zh, en, "any", None)
        if value is None:
            return
        if not isinstance(value, list):
            yield Part((), tuple(self._yes(table, zh, en)))
            return
        parts = list(table.tables(zh, en))
        for number, part in enumerate(parts, start=1):
            when = self._condition(part)
            if (number == len(parts)) != (not when):
                self.add("D461", where=part.where)
            yield Part(when, tuple(self._yes(part)), part.basis(required=False))
            part.done()

    # -- conditions

    def _parent(self, where: Place, name: str) -> Attribute:
        if name not in self.attributes:
            near = did_you_mean(name, self.attributes)
            self.add("D457", where=where, name=name, near=near)
            raise _Bad
        return self.attributes[name]

    def _condition(self, table: _Table) -> Condition:
        tests = table.get("当", "when", "table", {})
        return tuple(
            (name, self._codes(table.where, self._parent(table.where, name), wanted))
            for name, wanted in tests.items()
        )

    def _codes(self, where: Place, attribute: Attribute, wanted: object) -> frozenset[int]:
        """The codes that a test of a condition names."""
        domain = attribute.domain
        if isinstance(wanted, dict):
            inner = _Table(self, wanted, where)
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
            self._no_value(where, attribute, f"{low}–{high}")
        found = {
            self._code(where, attribute, value)
            for value in (wanted if isinstance(wanted, list) else [wanted])
        }
        if not found:
            self._no_value(where, attribute, "[]")
        return frozenset(found)

    def _code(self, where: Place, attribute: Attribute, value: object) -> int:
        """The code of a single value in a condition; 是 and 否 stand for true and false."""
        domain, code = attribute.domain, None
        if attribute.kind == "yes_no" and value in ("是", "否"):
            value = value == "是"
        if isinstance(value, (bool, str)):
            code = domain.code(value)
        elif isinstance(value, int) or (isinstance(value, Decimal) and _is_moderate(value)):
            code = domain.code(Fraction(value))
        if code is None:
            self._no_value(where, attribute, value)
        return code or 0

    def _no_value(self, where: Place, attribute: Attribute, value: object) -> None:
        known = [str(v) for v in getattr(attribute.domain, "values", ())]
        near = did_you_mean(str(value), known)
        self.add("D458", where=where, name=attribute.name, value=str(value), near=near)
        raise _Bad

    # -- dependences and limits

    def _pair(self, table: _Table) -> tuple[Attribute, Attribute]:
        names = table.texts("属性", "attributes")
        if len(names) != 2 or names[0] == names[1]:
            self.add("D453", where=table.where, key=("属性", "attributes"),
                     wanted=("两个不同的属性", "two different attributes"))  # fmt: skip
            raise _Bad
        one, other = (self._fitted(table.where, name) for name in names)
        return one, other

    def _fitted(self, where: Place, name: str) -> Attribute:
        attribute = self._parent(where, name)
        if not attribute.fitted:
            wanted = ("拟合的属性（拟合 = true）", "a fitted attribute (fitted = true)")
            self.add("D453", where=where, key=name, wanted=wanted)
            raise _Bad
        return attribute

    def _matrix(
        self, table: _Table, one: Attribute, other: Attribute
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
            self.add("D453", where=table.where, key=("表", "table"), wanted=wanted)
            raise _Bad
        return tuple(tuple(Fraction(x) for x in row) for row in rows)

    def _dependences(self, top: _Table) -> Iterator[Dependence]:
        for table in top.tables("依存", "dependences"):
            one, other = self._pair(table)
            odds: Fraction | None = table.get("比数", "odds", "number", None)
            matrix: tuple[tuple[Fraction, ...], ...] = ()
            if odds is None:
                matrix = self._matrix(table, one, other)
            elif not 0 < odds <= 1000:
                self.add("D453", where=table.where, key=("比数", "odds"),
                         wanted=("正数", "a positive number"))  # fmt: skip
            basis = table.basis() or Basis()
            table.done()
            yield Dependence((one.name, other.name), basis, odds, matrix)

    def _joints(self, top: _Table) -> Iterator[Joint]:
        for table in top.tables("联合", "joint"):
            one, other = self._pair(table)
            matrix = self._matrix(table, one, other)
            total = sum((x for row in matrix for x in row), Fraction(0))
            if abs(total - 100) > ROUNDING:
                self.add("D454", where=table.where, total=show_points(total))
            basis = table.basis() or Basis()
            table.done()
            yield Joint((one.name, other.name), matrix, basis)

    def _limits(self, top: _Table) -> Iterator[Limit]:
        for table in top.tables("限制", "limits"):
            when = self._condition(table)
            shown = self._shown(when)
            names = table.texts("不超过", "at_most")
            low = high = None
            lesser = greater = None
            if names:
                if len(names) != 2 or names[0] == names[1]:
                    self.add("D453", where=table.where, key=("不超过", "at_most"),
                             wanted=("两个不同的属性", "two different attributes"))  # fmt: skip
                    raise _Bad
                lesser, greater = (self._whole(table.where, name) for name in names)
                factor, plus = self._factor(table), table.get("加", "plus", "number", Fraction(0))
                shown = f"{lesser} ≤ {greater}{f' × {factor}' if factor != 1 else ''}"
                shown += f" {'+' if plus > 0 else '−'} {abs(plus)}" if plus else ""
            elif table.has("属性", "attribute"):
                lesser = self._whole(table.where, table.get("属性", "attribute", "text"))
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
                self.add("D464", where=shown, problem=problem)
            if not (limit.lesser or (limit.excluded and when)) or limit.factor <= 0:
                problem = ("没有写限制什么", "it limits nothing")
                if limit.factor <= 0:
                    problem = ("倍数应是正数", "the factor must be positive")
                self.add("D464", where=shown or table.where, problem=problem)
                raise _Bad
            yield limit

    def _factor(self, table: _Table) -> Fraction:
        """A number, or a fraction in quotes: "1/12"."""
        value = table.get("倍数", "times", "any", 1)
        if isinstance(value, str) and re.fullmatch(r"\d{1,9}/[1-9]\d{0,8}", value):
            return Fraction(value)
        number: Fraction = table.get("倍数", "times", "number", Fraction(1))
        return number

    def _shown(self, when: Condition) -> str:
        """A condition as a person reads it."""
        words = []
        for name, codes in when:
            domain = self.attributes[name].domain
            values = [show_value(domain, code) for code in sorted(codes)]
            word = "、".join(values) if len(values) <= 8 else f"{values[0]}–{values[-1]}"
            words.append(f"{name} {word}")
        return "，".join(words)

    def _whole(self, where: Place, name: str) -> str:
        domain = self._parent(where, name).domain
        if not isinstance(domain, Grid) or domain.step.denominator * domain.low.denominator != 1:
            problem = (f"“{name}”不是整数", f"“{name}” is no whole number")
            self.add("D464", where=where, problem=problem)
            raise _Bad
        return name

    def _comparisons(self, top: _Table) -> Iterator[Comparison]:
        for table in top.tables("核对", "comparisons"):
            attribute = self._parent(table.where, table.get("属性", "attribute", "text"))
            if attribute.kind != "number":
                self.add("D453", where=table.where, key=("属性", "attribute"),
                         wanted=("数的属性", "a number"))  # fmt: skip
            mean = table.get("均值", "mean", "number")
            basis = table.basis() or Basis()
            table.done()
            yield Comparison(attribute.name, mean, basis)

    # -- households

    def _household(self, top: _Table) -> Household | None:
        if not top.has("家庭", "household"):
            top.known["家庭"] = top.known["household"] = "家庭"
            return None
        table = top.table("家庭", "household")
        table.where = ("家庭", "household")
        status, married = self._attribute_value(table.table("已婚", "married"))
        sex, male = self._attribute_value(table.table("夫", "husband"))
        other, female = self._attribute_value(table.table("妻", "wife"))
        age = self._fitted(table.where, self._whole(table.where, table.get("年龄", "age", "text")))
        if sex != other or male == female:
            wanted = ("同一属性的另一个值", "another value of the same attribute")
            self.add("D453", where=table.where, key=("妻", "wife"), wanted=wanted)
        entries = list(table.tables("夫比妻大", "husband_older"))
        if not entries and not table.get("夫比妻大", "husband_older", "list"):
            self.add("D452", where=table.where, key=("夫比妻大", "husband_older"))
        _, grid = self._grid(table, entries, Fraction(1), _Table(self, {}, table.where))
        assert isinstance(grid, Grid)
        bands = self._bands(
            _Table(self, {"分布": [entry.data for entry in entries]}, table.where), "number", grid
        )
        made = Household(
            status, married, sex, male, female, age.name,
            tuple(self._chances(table, "随迁", "along")), tuple(bands), grid,
            table.basis() or Basis(), tuple(self._alike(table)),
            tuple(self._parent(table.where, n).name for n in table.texts("共同", "shared")),
            self._children(table, age),
        )  # fmt: skip
        if not made.along:
            table.get("随迁", "along", "number")
        table.done()
        return made

    def _attribute_value(self, table: _Table) -> tuple[str, int]:
        name = table.get("属性", "attribute", "text")
        attribute = self._fitted(table.where, name)
        codes = self._codes(table.where, attribute, table.get("值", "value", "any"))
        table.done()
        return name, min(codes)

    def _alike(self, table: _Table) -> Iterator[Alike]:
        for one in table.tables("相近", "alike"):
            name = self._fitted(one.where, one.get("属性", "attribute", "text")).name
            odds = one.get("比数", "odds", "number")
            if not 0 < odds <= 1000:
                self.add("D453", where=one.where, key=("比数", "odds"),
                         wanted=("正数", "a positive number"))  # fmt: skip
            yield Alike(name, odds, one.basis() or Basis())
            one.done()

    def _children(self, household: _Table, age: Attribute) -> Children | None:
        if not household.has("子女", "children"):
            household.known["子女"] = household.known["children"] = "子女"
            return None
        table = household.table("子女", "children")
        count = self._whole(table.where, table.get("人数", "count", "text"))
        domain = self.attributes[count].domain
        assert isinstance(domain, Grid)
        if domain.low < 0 or domain.value(domain.count) > MAX_CHILDREN:
            wanted = (f"0 至 {MAX_CHILDREN} 的整数", f"whole numbers from 0 to {MAX_CHILDREN}")
            self.add("D453", where=table.where, key=("人数", "count"), wanted=wanted)
        low, high = _ends(table)
        gap = table.get("至少小", "years_younger", "whole")
        basis = table.basis() or Basis()
        rows = table.get("写成行", "as_rows", "flag", True)
        table.done()
        if any(age.domain.code(end) is None for end in (low, high)):
            self._no_value(table.where, age, f"{show_points(low)}–{show_points(high)}")
        return Children(count, int(low), int(high), gap, basis) if rows else None


def _ends(entry: _Table) -> tuple[Fraction, Fraction]:
    """The numbers from and to which a band goes; a single value is both."""
    if entry.has("值", "value"):
        value = entry.get("值", "value", "number")
        return value, value
    return entry.get("自", "from", "number"), entry.get("至", "to", "number")


def _is_moderate(value: Decimal) -> bool:
    """Whether a number is one that people write; huge exponents would take all memory."""
    return value.is_finite() and abs(value.adjusted()) < 20 and len(value.as_tuple().digits) < 40


def _renamed(attribute: Attribute, name: str) -> Attribute:
    return replace(attribute, name=name)


def days_before(day: date, months: int) -> Days:
    """The days up to ``day`` from the first of the month so many months before."""
    index = day.year * 12 + day.month - 1 - months
    first = date(max(index // 12, 1), index % 12 + 1, 1)
    return Days(first, (day - first).days + 1)
