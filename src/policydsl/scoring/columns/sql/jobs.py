"""What a database is asked to do: which plan, of which columns, with what in the result.

Shared by the engines for DuckDB and Spark.  A job is bound to the columns that a table has; the
bound job writes three queries: how many values are bad, which are the first of them, and the
scores of the rows that are in order.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from policydsl.language.diagnostics import Diagnostic, PolicyError, Source, did_you_mean
from policydsl.scoring.cells import Wrong, read_date, read_number
from policydsl.scoring.columns.domains import Days, Domain, Grid, Listed
from policydsl.scoring.columns.plan import Plan, Slot
from policydsl.scoring.columns.sql.codes import BAD, Column, code, ready_code
from policydsl.scoring.columns.sql.dialects import Dialect
from policydsl.scoring.columns.sql.queries import Layer, Table, layers, to_sql
from policydsl.scoring.ranges import show_points

SHOWN = 10
"""Bad values that are shown one by one; the others are counted."""

MOST_WEIGHT = 1 << 40
PROBLEMS = "问题列"
"""The column of rejected rows that names the columns with bad values."""

_WEIGHTS = Grid(Fraction(0), Fraction(1), MOST_WEIGHT + 1)


class Counts(NamedTuple):
    """How many persons have a value, for each value that occurs, the lowest first."""

    values: npt.NDArray[np.int64]
    persons: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Job:
    """A plan for the rows of a table.

    ``wanted`` are slots by the names that their columns get; ``columns`` say which column of the
    table an input is read from, where it is not called like the input; ``coded`` are inputs whose
    columns hold codes already (the encoder's).  ``keep`` are columns that are handed through.
    ``key`` is the column of ids: no id may be empty or occur twice.  ``only`` keeps the rows that
    have these texts in these columns (unit and entity).  ``weight`` is the column that says for
    how many persons a row stands.  ``bad`` values are refused with a :class:`PolicyError`, or
    the rows that have one are left out.
    """

    plan: Plan
    wanted: Mapping[str, Slot]
    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    coded: Collection[str] = ()
    keep: Sequence[str] = ()
    key: str | None = None
    only: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    weight: str | None = None
    bad: Literal["refuse", "leave_out"] = "refuse"


def outputs(plan: Plan, parts: Iterable[str] | None = None, flags: bool = False) -> dict[str, Slot]:
    """The usual columns: ``total``, ``points``, and each part, by name.

    What can be a range is two columns, ``… low`` and ``… high``.  ``parts``: which clauses
    (``None``: all of them).  ``flags`` adds the flags of the whole.
    """
    chosen = plan.parts if parts is None else {part: plan.parts[part] for part in parts}
    found: dict[str, Slot] = {}
    for name, ends in ({"total": plan.total, "points": plan.points} | dict(chosen)).items():
        if ends.exact:
            found[name] = ends.low
        else:
            found |= {f"{name} low": ends.low, f"{name} high": ends.high}
    return found | ({"flags": plan.flags} if flags else {})


class Check(NamedTuple):
    """A column that is read; ``code`` is an expression that is ``BAD`` for bad values."""

    column: Column
    domain: Domain | None
    code: str


@dataclass(frozen=True)
class Bound:
    """A job whose columns were found in a table.  ``inputs`` by the number of the plan's input.

    ``rows`` is the table as a FROM item.
    """

    job: Job
    name: str
    rows: str
    dialect: Dialect
    inputs: Mapping[int, Column]
    weight: Column | None
    key: Column | None

    # -- scores

    def scores(self) -> str:
        """The query of the kept columns and wanted slots."""
        return to_sql(self.job.plan, self.table(), self.job.wanted, self.dialect)

    def layers(self) -> tuple[Layer, ...]:
        """The same as layers, the first of which reads the table."""
        return layers(self.job.plan, self.table(), self.job.wanted, self.dialect)

    def histogram(self, column: str) -> str:
        """The query of how many persons have each value of a wanted slot: ``value, persons``."""
        persons = "count(*)"
        job = replace(self.job, keep=(), wanted={"value": self.job.wanted[column]})
        if self.weight is not None:
            job = replace(job, keep=(self.weight.name,))
            persons = f"CAST(sum({self.dialect.name_of(self.weight.name)}) AS BIGINT)"
        scores = replace(self, job=job).scores()
        value = self.dialect.name_of("value")
        return (
            f"SELECT {value} AS value, {persons} AS persons FROM ({scores}) AS scores "
            f"GROUP BY {value} ORDER BY 1"
        )

    def table(self) -> Table:
        """Codes of the columns, and the columns to keep."""
        # bad values are looked for first; should the table change behind that, the query stops
        message = f"{self.name}: a value is in no domain of the policy"
        bad = self.dialect.fail(self.dialect.text(message))
        codes = {number: self._code(number, bad) for number in self.inputs}
        kept = {name: self.dialect.name_of(name) for name in self.job.keep}
        return Table(self.source(), codes, kept)

    def source(self) -> str:
        """The FROM item of the rows to score."""
        conditions = self.chosen
        if self.job.bad == "leave_out":
            conditions += self.valid
        return self._where(conditions)

    def _where(self, conditions: Sequence[str]) -> str:
        if not conditions:
            return self.rows
        return f"(SELECT * FROM {self.rows} WHERE {' AND '.join(conditions)}) AS chosen"

    @property
    def chosen(self) -> tuple[str, ...]:
        """The conditions of the rows that the job is about."""
        quote, text = self.dialect.name_of, self.dialect.text
        only = self.job.only.items()
        return tuple(f"trim({quote(name)}) = {text(value)}" for name, value in only)

    @property
    def valid(self) -> tuple[str, ...]:
        """The conditions of a row that has no bad value."""
        return tuple(f"{check.code} <> {BAD}" for check in self.checks)

    # -- bad values

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """All columns that are read, with what makes a value bad."""
        found = [
            Check(column, self.job.plan.inputs[number].domain, self._code(number, str(BAD)))
            for number, column in self.inputs.items()
        ]
        if self.weight is not None:
            text = code(_WEIGHTS, self.weight, self.dialect, str(BAD))
            quoted = self.dialect.name_of(self.weight.name)
            text = f"CASE WHEN {quoted} IS NULL THEN {BAD} ELSE {text} END"
            found.append(Check(self.weight, _WEIGHTS, text))
        if self.key is not None:
            quoted = self.dialect.name_of(self.key.name)
            empty = f"trim(CAST({quoted} AS {self.dialect.text_type})) = ''"
            text = f"CASE WHEN {quoted} IS NULL OR {empty} THEN {BAD} ELSE 0 END"
            found.append(Check(self.key, None, text))
        return tuple(found)

    def counts(self) -> str:
        """The query of one row: how many rows there are, and of each check how many are bad."""
        bad = [
            f"CAST(coalesce(sum(CASE WHEN {check.code} = {BAD} THEN 1 ELSE 0 END), 0) AS BIGINT)"
            f" AS b{i}"
            for i, check in enumerate(self.checks)
        ]
        return f"SELECT {', '.join(['count(*) AS n', *bad])} FROM {self._where(self.chosen)}"

    def first_bad(self, check: Check, number: str | None) -> str:
        """The query of the first bad values of a column: where they stand, and the values.

        ``number`` is an expression that numbers the rows as they stand in the table.
        """
        text = self.dialect.text_type
        rows, place = self.rows, "NULL"
        if number is not None:
            rows = f"(SELECT *, {number} AS row_of_table FROM {rows}) AS numbered"
            place = f"CAST(row_of_table AS {text})"
        elif self.key is not None:
            place = f"CAST({self.dialect.name_of(self.key.name)} AS {text})"
        value = f"CAST({self.dialect.name_of(check.column.name)} AS {text})"
        where = " AND ".join((*self.chosen, f"{check.code} = {BAD}"))
        return f"SELECT {place} AS place, {value} AS value FROM {rows} WHERE {where} LIMIT {SHOWN}"

    def repeated(self) -> str | None:
        """The query of the first ids that occur more than once, and how often; ``None``: no ids."""
        if self.key is None:
            return None
        key = self.dialect.name_of(self.key.name)
        return (
            f"SELECT CAST({key} AS {self.dialect.text_type}) AS id, count(*) AS times "
            f"FROM {self._where(self.chosen)} WHERE {key} IS NOT NULL GROUP BY {key} "
            f"HAVING count(*) > 1 ORDER BY 1 LIMIT {SHOWN}"
        )

    def rejected(self) -> str:
        """The query of the rows with bad values, and (last column) which columns have them."""
        text = self.dialect.text
        names = ", ".join(
            f"CASE WHEN {check.code} = {BAD} THEN {text(check.column.name)} END"
            for check in self.checks
        )
        conditions = " OR ".join(f"{check.code} = {BAD}" for check in self.checks) or "FALSE"
        where = " AND ".join((*self.chosen, f"({conditions})"))
        column = self.dialect.name_of(PROBLEMS)
        return f"SELECT *, concat_ws('、', {names}) AS {column} FROM {self.rows} WHERE {where}"

    def problem(self, check: Check, place: str | None, value: str | None) -> Diagnostic:
        """The message for a bad value."""
        kind, details = "D405", dict[str, object]()
        if value is not None and check.domain is not None:
            kind, details = wrong(check.domain, value)
        details = {"row": place or "—", "column": check.column.name, "value": value} | details
        return Diagnostic(kind, Source(self.name, ""), None, details)

    def _code(self, number: int, bad: str) -> str:
        each, column = self.job.plan.inputs[number], self.inputs[number]
        if each.name in self.job.coded:
            return ready_code(each.size, column, self.dialect, bad)
        text = code(each.domain, column, self.dialect, bad)
        assert text is not None  # bind() saw to it
        return text


def bind(job: Job, available: Iterable[Column], rows: str, dialect: Dialect, name: str) -> Bound:
    """Find the columns of a job.  ``rows`` is the table as a FROM item, ``name`` its own.

    Raises :class:`PolicyError`: D410 when two columns of the result have one name, D441 for a
    type that a fact cannot be read from, D442 for a column that is not there, S531 for a column
    that has to be worked out before.
    """
    columns = {column.name: column for column in available}
    problems: list[Diagnostic] = []

    def report(kind: str, **details: object) -> None:
        problems.append(Diagnostic(kind, Source(name, ""), None, details))

    def find(title: str) -> Column | None:
        if title not in columns:
            report("D442", column=title, near=did_you_mean(title, columns))
        return columns.get(title)

    inputs: dict[int, Column] = {}
    plan = job.plan.only(job.wanted.values())
    for number in plan.read_inputs():
        each = plan.inputs[number]
        title = job.columns.get(each.name, each.name)
        if each.owner != "self" and each.name not in job.coded:
            report("S531", column=each.name)
            continue
        column = find(title)
        if column is None:
            continue
        inputs[number] = column
        if each.name in job.coded:
            if column.kind != "integer":
                report("D441", column=title, type=column.type, wanted=("代码", "codes"))
        elif code(each.domain, column, dialect, "0") is None:
            wanted = _WANTED[type(each.domain)]
            report("D441", column=title, type=column.type, wanted=wanted)
    weight = None if job.weight is None else find(job.weight)
    if weight is not None and weight.kind not in ("integer", "decimal"):
        report("D441", column=weight.name, type=weight.type, wanted=("权重", "weights"))
    key = None if job.key is None else find(job.key)
    for title in (*job.keep, *job.only):
        find(title)
    seen: set[str] = set()
    for title in (*job.keep, *job.wanted):
        if title.lower() in seen:  # databases do not tell A from a
            report("D410", column=title)
        seen.add(title.lower())
    if problems:
        raise PolicyError(problems)
    return Bound(replace(job, plan=plan), name, rows, dialect, inputs, weight, key)


_WANTED: Mapping[type[Domain], tuple[str, str]] = MappingProxyType(
    {
        Grid: ("数", "numbers"),
        Listed: ("选项", "choices"),
        Days: ("日期", "dates"),
    }
)


def wrong(domain: Domain, value: str) -> tuple[str, dict[str, object]]:
    """The code and details of the message for a text that is no value of a domain."""
    match domain:
        case Listed() if all(isinstance(known, str) for known in domain.values):
            names = [str(known) for known in domain.values]
            return "D403", {"values": "、".join(names), "near": did_you_mean(value, names)}
        case Listed():
            return "D401", {"wanted": ("“是”或“否”", "yes or no")}
        case Days():
            last_day = domain.value(domain.count)
            try:
                read_date(int(value) if value.isdecimal() else value)
            except Wrong as error:
                return error.code, error.details
            return "D402", {"range": f"{domain.first}～{last_day}"}
    last = domain.value(domain.count)
    try:
        number, unit = read_number(value, "decimal")
    except Wrong as error:
        return error.code, error.details
    if unit:
        return "D401", {"wanted": ("不带单位的数", "a number without a unit")}
    if domain.low <= number <= last:
        step = show_points(domain.step)
        return "D401", {"wanted": (f"以 {step} 为步长的数", f"a number in steps of {step}")}
    return "D402", {"range": f"{show_points(domain.low)}～{show_points(last)}"}


@dataclass(frozen=True)
class Checked:
    """What was found in a table before it is scored.

    ``bad`` counts the bad values of each column that has any.  ``problems`` are the first of
    them, and say how many more there are.
    """

    rows: int
    bad: Mapping[str, int]
    problems: tuple[Diagnostic, ...]


def guarded(bound: Bound) -> bool:
    """Whether the query of the scores itself stops at whatever is wrong with the data.

    It does not know what is wrong, but where all is well it saves looking first.
    """
    return bound.job.bad == "refuse" and bound.weight is None and bound.key is None


Ask = Callable[[str], Sequence[Sequence[Any]]]
"""Runs a query and returns its rows."""


def check(bound: Bound, ask: Ask, number: str | None) -> Checked:
    """Look for bad values.  ``number``: an expression that numbers rows, if there is one.

    Raises :class:`PolicyError` for an empty table (D408), for ids that occur twice (D444), and,
    unless rows with bad values are to be left out, for these (D401, D402, D403, D405).
    """
    source = Source(bound.name, "")
    rows, *counted = ask(bound.counts())[0]
    if rows == 0:
        raise PolicyError([Diagnostic("D408", source, None, {"path": bound.name})])
    bad: dict[str, int] = {}
    problems: list[Diagnostic] = []
    for each, count in zip(bound.checks, counted, strict=True):
        if count:
            bad[each.column.name] = bad.get(each.column.name, 0) + count
            problems += [
                bound.problem(each, *found) for found in ask(bound.first_bad(each, number))
            ]
    if sum(bad.values()) > len(problems):
        more = sum(bad.values()) - len(problems)
        problems.append(Diagnostic("D499", source, None, {"count": more}))
    twice = bound.repeated()
    repeated = [
        Diagnostic("D444", source, None, {"value": value, "count": times})
        for value, times in ([] if twice is None else ask(twice))
    ]
    refused = [*repeated, *(problems if bound.job.bad == "refuse" else [])]
    if refused:
        raise PolicyError(refused)
    return Checked(rows, MappingProxyType(bad), tuple(problems))
