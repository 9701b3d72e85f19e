"""Tables of a file whose keys are read one by one, in either language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from policydsl.language.diagnostics import Diagnostic, Source, did_you_mean
from policydsl.simulation.specs import Basis, Place, Reference


class Bad(Exception):
    """A part that cannot be understood; what is wrong is recorded."""


KINDS: Mapping[str, tuple[Any, Place]] = MappingProxyType(
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


class Table:
    """A table of the file whose keys are read one by one, in either language."""

    def __init__(self, findings: Findings, data: Mapping[str, Any], where: Place):
        self.findings = findings
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
            self.findings.add("D459", name=f"{zh} = {en}")
        value = self.data.get(zh, self.data.get(en, default))
        if value is ...:
            self.findings.add("D452", where=self.where, key=(zh, en))
            raise Bad
        if value is default:
            return value
        type_, wanted = KINDS[kind]
        good = isinstance(value, type_) and (kind in ("flag", "any") or type(value) is not bool)
        if kind == "date" and isinstance(value, datetime):
            good = False
        if kind == "number" and isinstance(value, Decimal):
            good = is_moderate(value)
        if kind in ("number", "whole") and isinstance(value, int):
            good = good and abs(value) < 10**15
        if not good:
            self.findings.add("D453", where=self.where, key=(zh, en), wanted=wanted)
            raise Bad
        return Fraction(value) if kind == "number" else value

    def texts(self, zh: str, en: str) -> tuple[str, ...]:
        """A text or a list of texts."""
        value = self.get(zh, en, "any", ())
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, (list, tuple)) or not all(isinstance(v, str) for v in values):
            self.findings.add("D453", where=self.where, key=(zh, en), wanted=("文字", "texts"))
            raise Bad
        return tuple(values)

    def tables(self, zh: str, en: str) -> Iterator[Table]:
        """The tables of a list."""
        values = self.get(zh, en, "list", [])
        for number, value in enumerate(values, start=1):
            where = (
                f"{self.where[0]} › {zh} 第 {number} 项",
                f"{self.where[1]} › {en}, entry {number}",
            )
            if not isinstance(value, dict):
                self.findings.add("D453", where=self.where, key=(zh, en), wanted=KINDS["table"][1])
                continue
            yield Table(self.findings, value, where)

    def table(self, zh: str, en: str) -> Table:
        """A table inside this one; an absent one is empty."""
        where = (f"{self.where[0]} › {zh}", f"{self.where[1]} › {en}")
        return Table(self.findings, self.get(zh, en, "table", {}), where)

    def basis(self, required: bool = True) -> Basis | None:
        """Source and assumption; D455 without either, D456 for an unknown source."""
        source = self.get("来源", "source", "text", None)
        assumption = self.get("假定", "assumed", "text", None)
        if source is not None and source not in self.findings.sources:
            near = did_you_mean(source, self.findings.sources)
            self.findings.add("D456", where=self.where, name=source, near=near)
        if source is None and not (assumption or "").strip():
            if required:
                self.findings.add("D455", where=self.where)
            return Basis() if required else None
        return Basis(source, assumption)

    def done(self) -> None:
        """Report keys that nobody asked for (D451)."""
        for key in self.data:
            if key not in self.known:
                near = did_you_mean(key, self.known)
                self.findings.add("D451", where=self.where, key=key, near=near)


class Findings:
    """What is wrong with a file, and the sources that it names."""

    def __init__(self, name: str):
        self.name = name
        self.found: list[Diagnostic] = []
        self.sources: dict[str, Reference] = {}

    def add(self, code: str, **details: object) -> None:
        """Record a problem."""
        self.found.append(Diagnostic(code, Source(self.name, ""), None, details))


def ends_of(entry: Table) -> tuple[Fraction, Fraction]:
    """The numbers from and to which a band goes; a single value is both."""
    if entry.has("值", "value"):
        value = entry.get("值", "value", "number")
        return value, value
    return entry.get("自", "from", "number"), entry.get("至", "to", "number")


def is_moderate(value: Decimal) -> bool:
    """Whether a number is one that people write; huge exponents would take all memory."""
    return value.is_finite() and abs(value.adjusted()) < 20 and len(value.as_tuple().digits) < 40
