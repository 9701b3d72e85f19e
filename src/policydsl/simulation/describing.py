"""A user's own table seen with the eyes of a policy: what is there, missing, or not understood.

Nothing is scored, and nothing stops at the first problem: every column is described, every cell
that cannot be taken as it stands is reported by row and column, and a mapping can be proposed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from policydsl.language.diagnostics import Diagnostic, nearest
from policydsl.model.expressions import Constant, facts_of
from policydsl.model.policy import Fact, Policy
from policydsl.scoring.cells import Wrong, plain, read_fact, read_text, scalar
from policydsl.scoring.formats import Problems, RawTable, read_table
from policydsl.scoring.mapping import OPEN, ColumnMapping
from policydsl.scoring.ranges import show_points
from policydsl.scoring.tables import (
    COLUMNS,
    DEFAULT_READING,
    ColumnNames,
    Reading,
    examine,
    facts_read,
)
from policydsl.scoring.toml_files import quote

MOST_VALUES = 12
"""So many different values of a fact are counted one by one."""


@dataclass(frozen=True)
class FactColumn:
    """A column that is a fact: how many rows have it, and how its values are distributed.

    ``values`` are the most frequent ones with their numbers of rows; ``quantiles`` of numbers and
    dates are the least, the quartiles and the greatest, ``mean`` that of numbers.
    """

    title: str
    fact: Fact
    given: int
    missing: int
    wrong: int
    values: tuple[tuple[str, int], ...]
    distinct: int
    quantiles: tuple[str, ...] = ()
    mean: Fraction | None = None


@dataclass(frozen=True)
class AbsentFact:
    """A fact that the policy reads and the table lacks.

    ``near``: a column that is not understood and whose nearest name it is.
    """

    fact: Fact
    near: str | None


@dataclass(frozen=True)
class UnknownColumn:
    """A column that is not understood, the nearest name, and its most frequent values."""

    title: str
    near: str | None
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Description:
    """All that can be said of a table under a policy."""

    policy: Policy
    file: str
    rows: int
    columns: tuple[FactColumn, ...]
    other: tuple[tuple[str, str], ...]
    ignored: tuple[str, ...]
    absent: tuple[AbsentFact, ...]
    unknown: tuple[UnknownColumn, ...]
    problems: tuple[Diagnostic, ...]
    more_problems: int
    strange: dict[str, tuple[str, ...]]
    """For each fact with named values: what its column holds that is none of them."""

    @property
    def ok(self) -> bool:
        """Whether the table can be scored as it is."""
        return not self.problems

    def as_record(self) -> dict[str, Any]:
        """The description as plain values."""
        return {
            "ok": self.ok, "policy": self.policy.id, "file": self.file, "rows": self.rows,
            "facts": [
                {"column": c.title, "fact": c.fact.name, "kind": c.fact.kind, "given": c.given,
                 "missing": c.missing, "wrong": c.wrong, "distinct": c.distinct,
                 "values": [list(pair) for pair in c.values], "quantiles": list(c.quantiles),
                 "mean": None if c.mean is None else show_mean(c.mean)}
                for c in self.columns
            ],
            "other_columns": [{"column": title, "kind": kind} for title, kind in self.other],
            "ignored": list(self.ignored),
            "absent": [
                {"fact": a.fact.name, "required": a.fact.missing == "required",
                 "default": None if a.fact.default is None else show(a.fact.default),
                 "near": a.near}
                for a in self.absent
            ],
            "unknown": [
                {"column": u.title, "near": u.near, "examples": list(u.examples)}
                for u in self.unknown
            ],
            "diagnostics": [problem.as_record() for problem in self.problems],
            "more_diagnostics": self.more_problems,
        }  # fmt: skip


def describe(
    policy: Policy,
    path: str | Path,
    reading: Reading = DEFAULT_READING,
    advance: Callable[[int], object] | None = None,
) -> Description:
    """Describe a file under a policy.

    Raises :class:`PolicyError` only where the file cannot be read at all.
    """
    problems = Problems(str(path), reading.limits.problems)
    raw = read_table(path, problems, reading.encoding, reading.sheet, reading.limits)
    if reading.mapping is not None:
        raw = reading.mapping.apply(raw, problems)
    return describe_table(policy, raw, reading, problems, advance)


def describe_table(
    policy: Policy,
    raw: RawTable,
    reading: Reading,
    problems: Problems,
    advance: Callable[[int], object] | None = None,
) -> Description:
    """The same for a table that was read; its problems so far are kept."""
    titled = [i for i, title in enumerate(raw.columns) if title.strip()]
    titles = [raw.columns[i] for i in titled]
    names = ColumnNames(policy, reading.ignore)
    found_columns = [names.find(title, Problems(raw.name)) for title in titles]
    meanings = [None if each is None else (each.kind, each.fact) for each in found_columns]
    absent_names = _wanted(policy) - {m[1].name for m in meanings if m and m[1]}
    kinds = {m[0] for m in meanings if m}
    used = {m[1].name for m in meanings if m and m[1]}
    known = [name for name in policy.facts if name not in used]
    known += [words[0] for kind, words in COLUMNS.items() if kind not in kinds]
    columns, other, ignored, unknown = [], [], [], []
    strange: dict[str, tuple[str, ...]] = {}
    for position, title, meaning in zip(titled, titles, meanings, strict=True):
        cells = Counter(_key(row.values[position]) for row in raw.rows)
        if meaning is None:
            examples = [read_shown(key[1]) for key, _ in cells.most_common(4) if key[1] is not None]
            near = nearest(plain(title), known)
            unknown.append(UnknownColumn(title, near, tuple(x for x in examples if x)[:3]))
        elif meaning[0] == "ignored":
            ignored.append(title)
        elif meaning[1] is None:
            other.append((title, meaning[0]))
        else:
            column, odd = _fact_column(title, meaning[1], cells)
            columns.append(column)
            if odd:
                strange[meaning[1].name] = odd
        if advance is not None:
            advance(len(raw.rows))
    absent = tuple(
        AbsentFact(policy.facts[name], next((u.title for u in unknown if u.near == name), None))
        for name in policy.facts
        if name in absent_names
    )
    examine(policy, raw, reading, problems)
    return Description(
        policy, raw.name, len(raw.rows), tuple(columns), tuple(other), tuple(ignored), absent,
        tuple(unknown), tuple(problems.found), problems.more, strange,
    )  # fmt: skip


def _wanted(policy: Policy) -> set[str]:
    """The facts that a table can give and the score of some case reads."""
    found: set[str] = set()
    for root in policy.roots:
        units = [clause.label for clause in root.children if clause.kind == "unit"]
        wanted: list[str | None] = [*units] or [None]
        for unit in wanted:
            found |= {name for name, _ in facts_read(policy, root, unit)}
        targets = [target.condition for clause in root.walk() for target in clause.targets]
        found |= {name for each in targets if each is not None for name, _ in facts_of(each)}
    return {name for name in found if name in policy.facts and policy.facts[name].derived is None}


Key = tuple[type, Any]


def _key(value: object) -> Key:
    """A cell as a key: equal ones of one type are looked at once."""
    try:
        hash(value)
    except TypeError:
        return (object, str(value))
    return (type(value), value)


def _fact_column(title: str, fact: Fact, cells: Counter[Key]) -> tuple[FactColumn, tuple[str, ...]]:
    """A column's distribution, and what in it is no value of an enumeration."""
    known: Counter[Constant] = Counter()
    missing = wrong = 0
    odd: dict[str, int] = {}
    for (_, value), count in cells.items():
        try:
            constant = read_fact(fact, value)
        except Wrong as problem:
            wrong += count
            if problem.code in ("D403", "D401") and fact.kind in ("choice", "ordered", "yes_no"):
                odd[read_shown(value)] = odd.get(read_shown(value), 0) + count
            continue
        if constant is None:
            missing += count
        else:
            known[constant] += count
    quantiles: tuple[str, ...] = ()
    mean = None
    given = sum(known.values())
    if fact.is_number or fact.kind == "date":
        quantiles = tuple(show(x) for x in _quartiles(known, given))
    if fact.is_number and given:
        summed = sum((Fraction(str(x)) * n for x, n in known.items()), Fraction(0))
        mean = summed / given
    if fact.kind in ("choice", "ordered"):
        order = {value: position for position, value in enumerate(fact.values)}
        listed = sorted(known.items(), key=lambda pair: order.get(str(pair[0]), 0))
    else:
        listed = known.most_common(MOST_VALUES)
    return (
        FactColumn(title, fact, given, missing, wrong,
                   tuple((show(value), count) for value, count in listed), len(known),
                   quantiles, mean),
        tuple(sorted(odd, key=lambda word: -odd[word])),
    )  # fmt: skip


def _quartiles(known: Counter[Constant], given: int) -> list[Constant]:
    """Least, lower quartile, median, upper quartile, greatest: the values at those places."""
    found: list[Constant] = []
    places = [0, given // 4, given // 2, given - 1 - given // 4, given - 1] if given else []
    passed = 0
    ordered: list[Any] = list(known)
    for value in sorted(ordered):
        passed += known[value]
        while len(found) < len(places) and places[len(found)] < passed:
            found.append(value)
    return found


def show(value: Constant) -> str:
    """A value as text."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return show_points(value) if isinstance(value, Fraction) else str(value)


def show_mean(mean: Fraction) -> str:
    """A mean to two decimal places, half up."""
    hundredths = (abs(mean) * 200 + 1) // 2
    return f"{'-' if mean < 0 else ''}{hundredths // 100}.{hundredths % 100:02d}"


def read_shown(value: object) -> str:
    """A cell as a person sees it."""
    try:
        return read_text(scalar(value))
    except Wrong:
        return str(value)


# -- a mapping to begin with


def template(description: Description, old: ColumnMapping | None = None) -> str:
    """A mapping file for the table: what is understood, and proposals for what is not.

    Everything proposed is marked, for a person to confirm; values are never proposed, only named
    beside what stays open.  ``old`` is the mapping in use.
    """
    policy = description.policy
    lines = [
        f"# 列对照：{Path(description.file).name} → {policy.id}",
        '# 左边是表里的写法，右边是策略里的写法；""：不用这一列，或者值算未提供；？：还没有定。',
        '# Own name on the left, the policy\'s on the right; "" leaves it out, ？ is open.',
        "",
        "[列]",
    ]
    for own, name in (old.columns if old else {}).items():
        lines.append(f"{quote(own)} = {quote(name)}")
    taken = set((old.columns if old else {}).values())
    for title in description.ignored:
        lines.append(f'{quote(title)} = ""')
    for column in description.unknown:
        name = column.near or OPEN
        examples = "、".join(column.examples)
        mark = "不认识 not understood" if name == OPEN else "待确认 to confirm"
        lines.append(f"{quote(column.title)} = {quote(name)}  # {mark}；例 e.g. {examples}"
                     .replace("\n", " "))  # fmt: skip
    understood = [c.title for c in description.columns if c.title not in taken]
    if understood:
        lines += ["", "# 已认识 understood: " + "、".join(understood).replace("\n", " ")]
    known = old.values if old else {}
    for name in dict.fromkeys([*known, *description.strange]):
        fact = policy.facts.get(name)
        values = fact.values if fact is not None and fact.values else ("是", "否")
        lines += ["", f"[值.{quote(name)}]", f"# 取值 values: {'、'.join(values)}"]
        lines += [f"{quote(own)} = {quote(word)}" for own, word in known.get(name, {}).items()]
        for word in description.strange.get(name, ()):
            near = nearest(word, values)
            mark = f"最接近 nearest: {near}" if near else "不认识 not understood"
            lines.append(f"{quote(word)} = {quote(OPEN)}  # {mark}")
    return "\n".join(lines) + "\n"
