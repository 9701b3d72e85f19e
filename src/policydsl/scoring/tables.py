"""Cases from tables: columns are found, values checked, households put together.

A column is one that every table may have (:data:`COLUMNS`), a judgement (``评定:clause``), or a
fact of the policy by its name or English label.  Nothing is dropped or guessed: every cell that
cannot be taken as it stands is a diagnostic with its row and column, and all of them are
reported in one go.  An empty cell means: not handed in.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from policydsl.language.diagnostics import Diagnostic, PolicyError, Source, did_you_mean
from policydsl.model import expressions as e
from policydsl.model.expressions import Constant
from policydsl.model.policy import Clause, Fact, Member, Policy
from policydsl.scoring.cases import APPLICANT, SPOUSE, Case
from policydsl.scoring.cells import (
    Wrong,
    is_unit,
    plain,
    read_date,
    read_fact,
    read_number,
    read_text,
    read_weight,
    scalar,
    type_error,
)
from policydsl.scoring.exact import Evaluator, Score
from policydsl.scoring.formats import (
    DEFAULT_LIMITS,
    Limits,
    Problems,
    RawTable,
    Row,
    frame_table,
    read_table,
    records_table,
)
from policydsl.scoring.mapping import ColumnMapping
from policydsl.scoring.ranges import show_points

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "id": ("编号", "id"),
        "name": ("姓名", "名称", "name"),
        "unit": ("单位", "unit"),
        "entity": ("对象", "entity"),
        "household": ("户号", "household"),
        "role": ("角色", "role"),
        "date": ("评定日", "date"),
    }
)
"""The columns that are no facts, by what they mean; the first spelling is the usual one."""

ROLES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("本人", "申请人", "applicant", "self"), APPLICANT),
        **dict.fromkeys(("配偶", "spouse"), SPOUSE),
        **dict.fromkeys(("子女", "child"), "子女"),
    }
)
JUDGEMENT_PREFIXES = ("评定:", "judged:")
WEIGHT = ("权重", "weight")
"""The column that says for how many persons a row stands, unless a fact has that name."""

_RESERVED = {word: kind for kind, words in COLUMNS.items() for word in words}


@dataclass(frozen=True)
class CaseTable:
    """Cases in the order of their rows, with what a table says of them beside the facts.

    ``labels`` are names by the id of a case; ``rows`` tell where each case stands in ``name``.
    """

    name: str
    cases: tuple[Case, ...]
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    rows: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __len__(self) -> int:
        return len(self.cases)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a table is to be read.

    ``ignore`` names columns to leave aside, ``date`` is the date of assessment of rows that
    give none; ``encoding`` is for CSV, ``sheet`` for Excel.  ``mapping`` is applied first.
    """

    ignore: tuple[str, ...] = ()
    encoding: str | None = None
    sheet: str | None = None
    date: date | None = None
    limits: Limits = DEFAULT_LIMITS
    mapping: ColumnMapping | None = None


DEFAULT_READING = Reading()


def read_cases(
    policy: Policy,
    path: str | Path,
    reading: Reading = DEFAULT_READING,
    judgements: str | Path | None = None,
) -> CaseTable:
    """Cases from a file, with an assessor's judgements from a second one if there is one.

    Raises :class:`PolicyError` with every problem found (D4xx).
    """
    problems = Problems(str(path), reading.limits.problems)
    raw = read_table(path, problems, reading.encoding, reading.sheet, reading.limits)
    return cases_from_raw(policy, raw, reading, judgements, problems)


def cases_from_raw(
    policy: Policy,
    raw: RawTable,
    reading: Reading,
    judgements: str | Path | None,
    problems: Problems,
) -> CaseTable:
    """The same from a table that was read already; ``problems`` are those of reading it."""
    if reading.mapping is not None:
        raw = reading.mapping.apply(raw, problems)
    table = _Reader(policy, raw, reading, problems).cases()
    if judgements is not None:
        table = _with_judgements(policy, table, judgements, reading, problems)
    problems.raise_any()
    return table


def examine(policy: Policy, raw: RawTable, reading: Reading, problems: Problems) -> None:
    """Record every problem that reading cases from a table has, without making use of them."""
    _Reader(policy, raw, reading, problems).cases()


def cases_from_records(
    policy: Policy,
    records: Iterable[Mapping[str, object]],
    reading: Reading = DEFAULT_READING,
    name: str = "<records>",
) -> CaseTable:
    """Cases from objects: the keys are columns, ``成员`` holds the other members of a household.

    Raises :class:`PolicyError` with every problem found.
    """
    problems = Problems(name, reading.limits.problems)
    raw = records_table(list(records), name, reading.limits)
    table = _Reader(policy, raw, reading, problems).cases()
    problems.raise_any()
    return table


def cases_from_frame(
    policy: Policy, frame: pd.DataFrame, reading: Reading = DEFAULT_READING, name: str = "DataFrame"
) -> CaseTable:
    """Cases from the rows of a DataFrame; without a column of ids the index is the id.

    Floats are taken as the shortest decimal that means them (93.5, not its binary neighbour).
    Raises :class:`PolicyError` with every problem found.
    """
    problems = Problems(name, reading.limits.problems)
    raw = frame_table(frame, name, reading.limits)
    table = _Reader(policy, raw, reading, problems).cases()
    problems.raise_any()
    return table


def score_cases(
    policy: Policy, table: CaseTable, trace: Iterable[str] = (), evaluator: Evaluator | None = None
) -> list[Score]:
    """Score every case; those whose id is in ``trace`` with a trace.

    Raises :class:`PolicyError` with the problems of all cases that cannot be scored.
    """
    traced = frozenset(trace)
    evaluator = evaluator or Evaluator(policy)
    problems = Problems(table.name)
    scores = []
    for case in table.cases:
        try:
            scores.append(evaluator.score(case, case.id in traced))
        except PolicyError as error:
            for problem in error.diagnostics:
                problems.append(placed(problem, table, case.id))
    problems.raise_any()
    return scores


def placed(problem: Diagnostic, table: CaseTable, case: str) -> Diagnostic:
    """A problem of a case, with the table and row it came from in place of the policy's file."""
    row = table.rows.get(case)
    where = f"{table.name}（{case}）" if row is None else f"{table.name}（第 {row} 行，{case}）"
    return replace(problem, source=Source(where, ""), span=None)


# -- columns


@dataclass(frozen=True, slots=True)
class FoundColumn:
    """What a column is.

    ``kind`` is a key of COLUMNS, ``fact``, ``judged``, ``weight`` or ``ignored``.
    """

    title: str
    kind: str
    fact: Fact | None = None
    clause: str | None = None

    @property
    def meaning(self) -> str:
        """The same for two columns that say the same."""
        return self.fact.name if self.fact else f"{self.kind}:{self.clause or ''}"


class ColumnNames:
    """The names by which columns are found in a policy."""

    def __init__(self, policy: Policy, ignore: Sequence[str]):
        self.policy = policy
        self.ignored = {plain(name) for name in ignore}
        self.facts = {plain(fact.name): fact for fact in policy.facts.values()}
        labels = Counter(_word(fact.english) for fact in policy.facts.values() if fact.english)
        self.english = {
            _word(fact.english): fact
            for fact in policy.facts.values()
            if fact.english and labels[_word(fact.english)] == 1
        }

    def find(self, title: str, problems: Problems) -> FoundColumn | None:
        """The column of that title; unknown ones are reported."""
        name = plain(title)
        if name in self.ignored or title in self.ignored:
            return FoundColumn(title, "ignored")
        kind = _RESERVED.get(name) or _RESERVED.get(name.lower())
        if kind is not None:
            return FoundColumn(title, kind)
        if name.lower().startswith(JUDGEMENT_PREFIXES):
            return self._judgement(title, name, problems)
        fact = self.facts.get(name) or self.english.get(_word(name)) or self._with_unit(name)
        if fact is not None:
            return FoundColumn(title, "fact", fact)
        if name.lower() in WEIGHT:
            return FoundColumn(title, "weight")
        known = [
            *self.facts,
            *_RESERVED,
            *WEIGHT,
            *(f.english or "" for f in self.english.values()),
        ]
        problems.add("D404", column=title, near=did_you_mean(name, known))
        return None

    def _judgement(self, title: str, name: str, problems: Problems) -> FoundColumn | None:
        clause = name.split(":", 1)[1].strip()
        known = {plain(id_): id_ for id_ in self.policy.clauses}
        if clause not in known or not clause:
            judged = [c.id for c in self.policy.clauses.values() if c.discretionary]
            problems.add("D411", column=title, near=did_you_mean(clause, judged))
            return None
        return FoundColumn(title, "judged", None, known[clause])

    def _with_unit(self, name: str) -> Fact | None:
        """“社保月数（月）” is 社保月数 when 月 is its unit."""
        match = re.fullmatch(r"(.+?)\s*\((.+)\)", name)
        fact = self.facts.get(match[1]) if match else None
        if match is None or fact is None or not is_unit(match[2], fact):
            return None
        return fact


def find_columns(
    names: ColumnNames,
    titles: Sequence[str],
    holds: Callable[[int], str | None],
    problems: Problems,
) -> list[FoundColumn | None]:
    """What each column is; ``None`` for those without a name, and those that nobody knows.

    ``holds`` gives the first row that has something in a column (``None``: it is empty).
    Problems: D404, D410, D411, D423.
    """
    columns: list[FoundColumn | None] = []
    meanings: dict[str, str] = {}
    for position, title in enumerate(titles):
        if not title.strip():
            columns.append(None)
            row = holds(position)
            if row is not None:
                problems.add("D423", row=row, column=position + 1)
            continue
        column = names.find(title, problems)
        columns.append(column)
        if column is None or column.kind == "ignored":
            continue
        other = meanings.setdefault(column.meaning, title)
        if other != title or titles.index(title) != position:
            both = title if other == title else f"{other} = {title}"
            problems.add("D410", column=both)
    return columns


def _word(text: str | None) -> str:
    return re.sub(r"[\s_-]+", "_", plain(text or "").lower())


# -- rows


@dataclass(slots=True)
class _Person:
    """One row: who it is, and what is known of them."""

    row: str
    id: str
    about: dict[str, str]
    facts: dict[str, Constant]
    date: date | None
    judgements: dict[str, Fraction]
    role: str | None = None
    inner: list[_Person] = field(default_factory=list)


class _Reader:
    """One table on its way to cases."""

    def __init__(self, policy: Policy, raw: RawTable, reading: Reading, problems: Problems):
        self.policy = policy
        self.raw = raw
        self.reading = reading
        self.problems = problems
        self.columns = ColumnNames(policy, reading.ignore)
        self.evaluator = Evaluator(policy)
        # a population has far fewer values than cells
        self.known: dict[tuple[str, type, object], Constant | Wrong | None] = {}
        self.needs: dict[tuple[str, str | None], tuple[frozenset[str], frozenset[str]]] = {}

    def cases(self) -> CaseTable:
        """All cases; problems are recorded, and a case that has one is left out."""
        columns = find_columns(self.columns, self.raw.columns, self._holds, self.problems)
        kinds = {column.kind for column in columns if column is not None}
        people: list[_Person] = []
        seen: dict[str, str] = {}
        for row in self.raw.rows:
            people.append(self._person(row, columns, "id" in kinds, seen))
        if "role" in kinds:
            if "household" not in kinds and not any(person.inner for person in people):
                self.problems.add("D421")
                return CaseTable(self.raw.name, ())
            cases = self._households(people)
        else:
            cases = [self._case(person, person.inner) for person in people]
        labels = {p.id: p.about["name"] for p in people if "name" in p.about}
        rows = {person.id: person.row for person in people}
        return CaseTable(
            self.raw.name, tuple(cases), MappingProxyType(labels), MappingProxyType(rows)
        )

    def _holds(self, position: int) -> str | None:
        """The first row that has something in a column."""
        rows = (r.number for r in self.raw.rows if not _is_empty(r.values[position]))
        return next(rows, None)

    # -- a person

    def _person(
        self, row: Row, columns: Sequence[FoundColumn | None], has_ids: bool, seen: dict[str, str]
    ) -> _Person:
        person = _Person(row.number, "", {}, {}, None, {})
        self._read(person, zip(columns, row.values, strict=True))
        for clause, value in row.judged.items():
            column = self.columns.find(f"评定:{clause}", self.problems)
            if column is not None:
                self._read(person, [(column, value)])
        self._identify(person, has_ids, seen)
        for number, record in enumerate(row.inner, start=1):
            person.inner.append(self._inner(person, number, record, seen))
        return person

    def _inner(
        self, outer: _Person, number: int, record: Mapping[str, object], seen: dict[str, str]
    ) -> _Person:
        """A member inside a record (JSON)."""
        inner = _Person(f"{outer.row}.{number}", "", {}, {}, None, {})
        columns = self._inner_columns(record)
        self._read(inner, zip(columns, record.values(), strict=True))
        self._identify(inner, False, seen)
        if inner.role is None:
            self.problems.add("D405", row=inner.row, column="角色")
        return inner

    def _inner_columns(self, record: Mapping[str, object]) -> list[FoundColumn | None]:
        return [self.columns.find(str(title), self.problems) for title in record]

    def _read(self, person: _Person, cells: Iterable[tuple[FoundColumn | None, object]]) -> None:
        for column, value in cells:
            if column is None or column.kind == "ignored" or _is_empty(value):
                continue
            try:
                if column.fact is not None:
                    known = self._known(column.fact, value)
                    if known is not None:
                        person.facts[column.fact.name] = known
                elif column.kind == "judged":
                    number, rest = read_number(value, "points")
                    if rest not in ("", "分"):
                        raise type_error(value, "points")
                    person.judgements[column.clause or ""] = number
                elif column.kind == "date":
                    person.date = read_date(value)
                elif column.kind == "weight":
                    read_weight(value)  # scores do not depend on it
                elif column.kind == "role":
                    word = read_text(scalar(value))
                    person.role = ROLES.get(word.lower(), word)
                else:
                    person.about[column.kind] = read_text(scalar(value))
            except Wrong as wrong:
                details = {"row": person.row, "column": column.title, **wrong.details}
                self.problems.add(wrong.code, **details)

    def _known(self, fact: Fact, value: object) -> Constant | None:
        key = (fact.name, type(value), value)
        try:
            known = self.known[key]
        except TypeError:  # a list or object where a value belongs
            raise type_error(value, "text") from None
        except KeyError:
            try:
                known = read_fact(fact, value)
            except Wrong as wrong:
                known = wrong
            if len(self.known) < 200_000:
                self.known[key] = known
        if isinstance(known, Wrong):
            raise known
        return known

    def _identify(self, person: _Person, has_ids: bool, seen: dict[str, str]) -> None:
        person.id = person.about.get("id") or person.row
        if has_ids and "id" not in person.about:
            self.problems.add("D405", row=person.row, column="编号")
        if person.id in seen:
            self.problems.add("D406", value=person.id, row=person.row, other=seen[person.id])
        seen.setdefault(person.id, person.row)

    # -- households and cases

    def _households(self, people: Sequence[_Person]) -> list[Case]:
        families: dict[str, list[_Person]] = {}
        for person in people:
            household = person.about.get("household")
            if person.role is None:
                self.problems.add("D405", row=person.row, column="角色")
            elif household is None and not person.inner:
                self.problems.add("D405", row=person.row, column="户号")
            else:
                families.setdefault(household or f"\0{person.id}", []).append(person)
        cases = []
        for household, members in families.items():
            applicants = [person for person in members if person.role == APPLICANT]
            if len(applicants) != 1:
                count = len(applicants)
                self.problems.add("D412", household=household.strip("\0"), count=count)
                continue
            others = [person for person in members if person is not applicants[0]]
            cases.append(self._case(applicants[0], [*others, *applicants[0].inner]))
        return cases

    def _case(self, person: _Person, members: Sequence[_Person]) -> Case:
        spouses = sum(member.role == SPOUSE for member in members)
        household = person.about.get("household")
        if spouses > 1:
            self.problems.add("D422", household=household or person.id, count=spouses)
        for member in members:
            self._same_household(person, member)
        case = Case(
            person.id,
            MappingProxyType(person.facts),
            person.about.get("unit"),
            person.about.get("entity"),
            tuple(Member(m.role or "", MappingProxyType(m.facts)) for m in members),
            MappingProxyType(person.judgements),
            person.date or self.reading.date,
            household,
        )
        self._check_place(case, person.row)
        return case

    def _same_household(self, person: _Person, member: _Person) -> None:
        """What belongs to the case is said once, in the applicant's row."""
        for kind in ("unit", "entity"):
            value = member.about.get(kind)
            if value is not None and value != person.about.get(kind):
                self.problems.add("D428", row=member.row, column=COLUMNS[kind][0], value=value)
        if member.date is not None and member.date != person.date:
            self.problems.add("D428", row=member.row, column="评定日", value=member.date)
        for clause, points in member.judgements.items():
            shown = show_points(points)
            self.problems.add("D428", row=member.row, column=f"评定:{clause}", value=shown)

    def _check_place(self, case: Case, row: str) -> None:
        """Unit and entity against the policy, and required facts."""
        try:
            root = self.evaluator.root_of(case)
        except PolicyError as error:
            for problem in error.diagnostics:
                # the evaluator knows the case by its id, the user by its row
                details = {**problem.details, "row": row}
                self.problems.append(
                    replace(problem, source=Source(self.raw.name, ""), details=details)
                )
            return
        units = [clause.label for clause in root.children if clause.kind == "unit"]
        if units and case.unit is None:
            self.problems.add("D414", row=row)
            return
        if units and case.unit not in units:
            near = did_you_mean(case.unit or "", units)
            self.problems.add("D409", row=row, value=case.unit, near=near)
            return
        own, of_spouse = self._needed(root, case.unit)
        for name in sorted(own - set(case.facts)):
            self.problems.add("D405", row=row, column=name)
        if case.spouse is not None:
            for name in sorted(of_spouse - set(case.spouse.facts)):
                self.problems.add("D405", row=row, column=f"配偶的{name}")

    def _needed(self, root: Clause, unit: str | None) -> tuple[frozenset[str], frozenset[str]]:
        key = (root.id, unit)
        if key not in self.needs:
            self.needs[key] = required_facts(self.policy, root, unit)
        return self.needs[key]


def required_facts(
    policy: Policy, root: Clause, unit: str | None
) -> tuple[frozenset[str], frozenset[str]]:
    """Required facts (缺失 必填) that the score of such a case reads, own and the spouse's."""
    read = facts_read(policy, root, unit)
    required = {
        fact.name
        for fact in policy.facts.values()
        if fact.missing == "required" and fact.default is None and fact.derived is None
    }
    return (
        frozenset(name for name, role in read if role == "self" and name in required),
        frozenset(name for name, role in read if role == "spouse" and name in required),
    )


def facts_read(policy: Policy, root: Clause, unit: str | None) -> frozenset[tuple[str, e.Role]]:
    """The facts that the score of a case under a root reads, derived ones followed."""
    found: set[tuple[str, e.Role]] = set()
    todo: list[object] = [*policy.status_rules, root.applies_when, *root.rules]
    for child in root.children:
        if child.kind == "unit" and child.label != unit:
            continue
        for clause in child.walk():
            todo += [clause.applies_when, *clause.rules]
    for part in todo:
        found |= _facts_in(part)
    excluded = {x.fact: x.excluded for x in policy.exclusions}
    queue = list(found)
    while queue:
        name, role = queue.pop()
        more: set[tuple[str, e.Role]] = set()
        fact = policy.facts.get(name)
        if fact is not None and fact.derived is not None:
            more |= {(n, role if r == "self" else r) for n, r in e.facts_of(fact.derived)}
        if name in excluded:
            more.add((excluded[name], role))
        queue.extend(more - found)
        found |= more
    return frozenset(found)


def _facts_in(part: object) -> set[tuple[str, e.Role]]:
    """Facts anywhere in a rule or expression."""
    if part is None or isinstance(part, (str, int, Fraction, date)):
        return set()
    if isinstance(part, tuple):
        return {fact for one in part for fact in _facts_in(one)}
    if isinstance(part, e.Expr):
        return set(e.facts_of(part))
    fields = getattr(part, "__dataclass_fields__", {})
    return {fact for name in fields if name != "node" for fact in _facts_in(getattr(part, name))}


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


# -- judgements in a file of their own


def _with_judgements(
    policy: Policy, table: CaseTable, path: str | Path, reading: Reading, problems: Problems
) -> CaseTable:
    """Add an assessor's judgements: one row for each, with id, clause and points."""
    own = Problems(str(path), reading.limits.problems)
    raw = read_table(path, own, reading.encoding, None, reading.limits)
    spellings = {
        "编号": "id", "id": "id", "条款": "clause", "clause": "clause",
        "评定": "points", "分值": "points", "points": "points",
    }  # fmt: skip
    kinds = [spellings.get(plain(title).lower()) for title in raw.columns]
    for title, kind in zip(raw.columns, kinds, strict=True):
        if kind is None and plain(title) not in reading.ignore:
            own.add("D404", column=title, near=did_you_mean(title, spellings))
    ids = {case.id for case in table.cases}
    given: dict[str, dict[str, Fraction]] = {}
    for row in raw.rows:
        cells = {k: v for k, v in zip(kinds, row.values, strict=True) if k and not _is_empty(v)}
        missing = [name for name, kind in (("编号", "id"), ("条款", "clause"), ("评定", "points"))
                   if kind not in cells]  # fmt: skip
        for name in missing:
            own.add("D405", row=row.number, column=name)
        if missing:
            continue
        _judgement(policy, row, cells, ids, given, own)
    for problem in own.found:
        problems.append(problem)
    problems.more += own.more
    cases = []
    for case in table.cases:
        judgements = {**case.judgements, **given.get(case.id, {})}
        cases.append(replace(case, judgements=MappingProxyType(judgements)))
    return replace(table, cases=tuple(cases))


def _judgement(
    policy: Policy,
    row: Row,
    cells: Mapping[str, object],
    ids: set[str],
    given: dict[str, dict[str, Fraction]],
    problems: Problems,
) -> None:
    try:
        case, clause = read_text(scalar(cells["id"])), read_text(scalar(cells["clause"]))
        number, rest = read_number(scalar(cells["points"]), "points")
        if rest not in ("", "分"):
            raise type_error(cells["points"], "points")
    except Wrong as wrong:
        problems.add(wrong.code, **{"row": row.number, "column": "评定", **wrong.details})
        return
    if case not in ids:
        problems.add("D427", row=row.number, value=case, near=did_you_mean(case, ids))
        return
    if clause not in policy.clauses or not clause:
        judged = [c.id for c in policy.clauses.values() if c.discretionary]
        problems.add("D411", column=clause, near=did_you_mean(clause, judged))
        return
    if clause in given.setdefault(case, {}):
        problems.add("D406", value=f"{case} {clause}", row=row.number, other="—")
        return
    given[case][clause] = number
