"""Codes from the columns of a database, in SQL and without a float where there was none.

What :mod:`policydsl.scoring.columns.domains` says of values in Python is said here as
expressions over columns as databases hold them.  Every value is in the domain of its input,
missing, or *bad*; a bad one is never taken for something else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from math import ceil, floor, lcm
from typing import Literal

from policydsl.language.parsing import FULL_WIDTH
from policydsl.scoring.cells import YES_NO, plain
from policydsl.scoring.columns.domains import Days, Domain, Grid, Listed
from policydsl.scoring.columns.sql.dialects import Dialect

Kind = Literal["integer", "decimal", "float", "single", "boolean", "text", "date", "time", "other"]

BAD = -1
"""Stands for a value that is in no domain, where bad values are looked for."""

_NEAR = Fraction(1, 10**9)
"""How far a binary number may be from the point of the grid that it means, relatively."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its name, its type as the database calls it, and what kind that is.

    ``places`` are those of a decimal type.
    """

    name: str
    type: str
    kind: Kind
    places: int = 0


def column_of(name: str, type_: str) -> Column:
    """A column by the type that DuckDB or Spark gives it."""
    word = type_.strip().upper()
    decimal = re.fullmatch(r"(?:DECIMAL|NUMERIC)\((\d+), ?(\d+)\)", word)
    if decimal:
        return Column(name, type_, "decimal", int(decimal[2]))
    if word.startswith("ENUM("):
        return Column(name, type_, "text")
    return Column(name, type_, _KINDS.get(word, "other"))


_KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INT", "INTEGER", "BIGINT", "HUGEINT"), "integer"),
    **dict.fromkeys(("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"), "integer"),
    "DOUBLE": "float",
    "FLOAT": "single",
    "BOOLEAN": "boolean",
    **dict.fromkeys(("VARCHAR", "STRING"), "text"),
    "DATE": "date",
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP_NTZ", "TIMESTAMP_S", "TIMESTAMP_MS"), "time"),
    "TIMESTAMP_NS": "time",
}


def code(domain: Domain, column: Column, dialect: Dialect, bad: str) -> str | None:
    """The code of a column's value; ``bad`` is what stands for values that have none.

    ``None`` where the domain cannot be read from a column of that type.
    """
    name = dialect.name_of(column.name)
    # a constant that is no member of an ENUM cannot be compared with it
    plainly = column.type.upper() in ("VARCHAR", "STRING") or column.kind != "text"
    x = name if plainly else f"CAST({name} AS {dialect.text_type})"
    if isinstance(domain, Listed):
        found = _listed(domain, x, column, dialect, bad)
    elif isinstance(domain, Grid):
        found = _grid(domain, x, column, dialect, bad)
    else:
        found = _days(domain, x, column, dialect, bad)
    return found and f"CASE WHEN {name} IS NULL THEN 0 {found} END"


def ready_code(size: int, column: Column, dialect: Dialect, bad: str) -> str:
    """The code of a column that holds codes already."""
    x = dialect.name_of(column.name)
    return f"CASE WHEN {x} BETWEEN 0 AND {size - 1} THEN {x} ELSE {bad} END"


# -- values by name


def _listed(domain: Listed, x: str, column: Column, dialect: Dialect, bad: str) -> str | None:
    if all(isinstance(value, bool) for value in domain.values):
        no, yes = (bad if c is None else str(c) for c in map(domain.code, (False, True)))
        if column.kind == "boolean":
            return f"WHEN {x} THEN {yes} ELSE {no}"
        if column.kind in ("integer", "decimal", "float", "single"):
            return f"WHEN {x} = 0 THEN {no} WHEN {x} = 1 THEN {yes} ELSE {bad}"
        words = {word: yes if value else no for word, value in YES_NO.items()}
        folded = f"lower({_trimmed(x, dialect)})"
    else:
        words = {plain(str(v)): str(i) for i, v in enumerate(domain.values, start=1)}
        if column.kind == "integer":
            x = f"CAST({x} AS {dialect.text_type})"
        folded = _trimmed(x, dialect)
    if column.kind not in ("text", "integer") or not all(
        isinstance(value, (bool, str)) for value in domain.values
    ):
        return None
    # words as they stand; only where they are none of them, folded and trimmed
    pairs = [(dialect.text(word), found) for word, found in words.items()]
    plainly = " ".join(f"WHEN {x} = {word} THEN {found}" for word, found in pairs)
    branches = " ".join(f"WHEN {word} THEN {found}" for word, found in pairs)
    return f"{plainly} ELSE CASE {folded} {branches} WHEN '' THEN 0 ELSE {bad} END"


def _trimmed(x: str, dialect: Dialect) -> str:
    """A text in half-width characters, without spaces around it."""
    foreign = "".join(map(chr, FULL_WIDTH)) + "\t\r\n"
    usual = "".join(map(chr, FULL_WIDTH.values())) + "   "
    return f"trim(translate({x}, {dialect.text(foreign)}, {dialect.text(usual)}))"


# -- numbers


def _grid(domain: Grid, x: str, column: Column, dialect: Dialect, bad: str) -> str | None:
    if column.kind in ("float", "single"):
        return _float_grid(domain, x, column.kind == "single", dialect, bad)
    if column.kind == "integer":
        return _exact_grid(domain, x, 0, dialect, bad)
    if column.kind == "decimal":
        return _exact_grid(domain, x, column.places, dialect, bad)
    if column.kind != "text":
        return None
    places = _places(domain)
    written = f"replace({_trimmed(x, dialect)}, '−', '-')"
    trimmed = f"replace({written}, ',', '')"
    number = f"TRY_CAST({trimmed} AS DECIMAL({_digits(domain) + places + 1}, {places}))"
    found = _exact_grid(domain, number, places, dialect, bad)
    if found is None:
        return None
    # what has more places than the grid is not on it, what has more digits is out of its range
    behind = f"([0-9]{{1,{places}}}0*|0+)" if places else "0+"
    pattern = f"^[+-]?([0-9]+([.]{behind})?|[.]{behind})$"
    grouped = "^([^,]*|[+-]?[0-9]{1,3}(,[0-9]{3})+([.][0-9]*)?)$"
    return (
        f"WHEN {trimmed} = '' THEN 0 "
        f"WHEN NOT {dialect.regex(written, dialect.text(grouped))} THEN {bad} "
        f"WHEN NOT {dialect.regex(trimmed, dialect.text(pattern))} THEN {bad} {found}"
    )


def _places(domain: Grid) -> int:
    """Decimal places of the values of a grid, as far as they have finitely many, at most 9."""
    ends = (domain.low, domain.step)
    return next((p for p in range(9) if all((v * 10**p).denominator == 1 for v in ends)), 9)


def _digits(domain: Grid) -> int:
    """Digits before the point that hold every value of a grid."""
    return len(str(ceil(max(abs(domain.low), abs(_last(domain))))))


def _last(domain: Grid) -> Fraction:
    return domain.low + (domain.count - 1) * domain.step


def _exact_grid(domain: Grid, x: str, places: int, dialect: Dialect, bad: str) -> str | None:
    """From an integer or decimal: counted in units of its last place, all in integers."""
    tens: int = 10**places
    low, step = domain.low * tens, domain.step * tens
    least, most = ceil(low), floor(_last(domain) * tens)
    # code − 1 = (units × shared − first) / stride
    shared = lcm(low.denominator, step.denominator)
    first, stride = int(low * shared), int(step * shared)
    digits = _digits(domain) + places + 1
    if max(abs(least), abs(most)) * shared + abs(first) >= 1 << 62:
        return None
    if digits + len(str(tens)) > 38:
        return None
    if most < least:
        return f"ELSE {bad}"
    units = f"CAST({x} AS BIGINT)"
    if places:
        units = f"CAST(CAST({x} AS DECIMAL({digits}, {places})) * {tens} AS BIGINT)"
    index = units if shared == 1 else f"({units} * {shared})"
    index = f"({index} - ({first}))" if first else index
    inside = f"{x} >= {_decimal(least, places)} AND {x} <= {_decimal(most, places)}"
    if stride == 1:
        return f"WHEN {inside} THEN {index} + 1 ELSE {bad}"
    off = f"{dialect.remainder(index, stride)} <> 0"
    code = f"{dialect.divide(index, stride)} + 1"
    return f"WHEN {inside} THEN CASE WHEN {off} THEN {bad} ELSE {code} END ELSE {bad}"


def _decimal(units: int, places: int) -> str:
    """A literal: so many units of the last of some decimal places."""
    digits = str(abs(units)).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"(-{text})" if units < 0 else text


def _float_grid(domain: Grid, x: str, single: bool, dialect: Dialect, bad: str) -> str | None:
    """From a binary number: the point of the grid next to it, if it is as good as that point."""
    shared = lcm(domain.low.denominator, domain.step.denominator)
    first, stride = int(domain.low * shared), int(domain.step * shared)
    if domain.step * 1000 < _NEAR or (abs(first) + stride * domain.count) >= 1 << 53:
        return None  # a binary number cannot tell its points apart
    wide = f"CAST({x} AS DOUBLE)"
    index = f"CAST(round(({wide} * {shared} - ({first})) / {stride}) AS BIGINT)"
    point = f"(CAST({index} * {stride} + ({first}) AS DOUBLE) / {shared})"
    near = f"abs({wide} - {point}) <= {float(_NEAR)!r} * (1 + abs({wide}))"
    if single:
        near = f"{x} = CAST({point} AS FLOAT)"
    low, high = (repr(float(end)) for end in (domain.low - _NEAR, _last(domain) + _NEAR))
    inside = f"{wide} >= CAST('{low}' AS DOUBLE) AND {wide} <= CAST('{high}' AS DOUBLE)"
    return (
        f"WHEN {inside} THEN CASE WHEN {index} BETWEEN 0 AND {domain.count - 1} AND {near} "
        f"THEN {index} + 1 ELSE {bad} END ELSE {bad}"
    )


# -- days


def _days(domain: Days, x: str, column: Column, dialect: Dialect, bad: str) -> str | None:
    def within(day: str) -> str:
        last = domain.first + timedelta(days=domain.count - 1)
        return f"{day} BETWEEN DATE '{domain.first}' AND DATE '{last}'"

    def found(day: str) -> str:
        return f"{dialect.days_since(day, domain.first.isoformat())} + 1"

    if column.kind == "date":
        return f"WHEN {within(x)} THEN {found(x)} ELSE {bad}"
    if column.kind == "time":
        day = f"CAST({x} AS DATE)"
        return f"WHEN {x} <> {day} THEN {bad} WHEN {within(day)} THEN {found(day)} ELSE {bad}"
    if column.kind == "integer":
        text = f"CAST({x} AS {dialect.text_type})"
    elif column.kind == "text":
        text = _trimmed(x, dialect)
    else:
        return None
    two = "[0-9]{1,2}"
    eight = dialect.regex(text, dialect.text("^[0-9]{8}$"))
    apart = dialect.regex(
        text,
        dialect.text(f"^[0-9]{{4}}(-{two}-{two}|/{two}/{two}|[.]{two}[.]{two}|年{two}月{two}日)$"),
    )
    dashed = text
    for mark, by in (("/", "-"), (".", "-"), ("年", "-"), ("月", "-"), ("日", "")):
        dashed = f"replace({dashed}, '{mark}', '{by}')"
    close = f"substr({text}, 1, 4) || '-' || substr({text}, 5, 2) || '-' || substr({text}, 7, 2)"
    parts = [f"WHEN {text} = '' THEN 0"] if column.kind == "text" else []
    for condition, written in ((eight, close), (apart, dashed)):
        day = f"TRY_CAST({written} AS DATE)"
        parts.append(
            f"WHEN {condition} THEN CASE WHEN {within(day)} THEN {found(day)} ELSE {bad} END"
        )
    return f"{' '.join(parts)} ELSE {bad}"
