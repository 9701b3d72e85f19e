"""Tables → encoded populations: columns are found, checked and turned into codes by whole arrays.

The rules are those of :mod:`policydsl.scoring.tables`: the same columns, the same spellings, the
same households, the same messages.  What is wrong with a cell or a row is a :class:`Flaw`; a
case with one is not scored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from policydsl.language.diagnostics import Diagnostic, PolicyError, Source, did_you_mean
from policydsl.language.functions import ASSESSMENT_DATE
from policydsl.model.policy import Clause, Fact, Member, Policy
from policydsl.scoring.cases import APPLICANT, SPOUSE, Case
from policydsl.scoring.cells import Wrong
from policydsl.scoring.columns.arrays import Codes, Numbers, Truths
from policydsl.scoring.columns.domains import MISSING, Days, Domain, Listed
from policydsl.scoring.columns.population import Population, Schema
from policydsl.scoring.columns.tables.reading import (
    Bad,
    FactReader,
    Found,
    code_type,
    day,
    days_of,
    texts_of,
    weights_of,
)
from policydsl.scoring.columns.tables.sources import Batch, Table, arrow
from policydsl.scoring.exact import Evaluator
from policydsl.scoring.formats import Problems
from policydsl.scoring.tables import (
    COLUMNS,
    ROLES,
    WEIGHT,
    ColumnNames,
    FoundColumn,
    find_columns,
    required_facts,
)

NOBODY, OTHER, SPOUSE_ROLE, APPLICANT_ROLE = range(4)
ID_COLUMN = COLUMNS["id"][0]


@dataclass(frozen=True)
class Layout:
    """Which column of a table is what.

    ``facts`` by position; ``others``: positions of the kinds of :data:`COLUMNS`, and ``weight``.
    ``judged``: positions of judgements, with the clause.  ``ignored``: those to leave aside.
    """

    titles: tuple[str, ...]
    facts: Mapping[int, Fact]
    others: Mapping[str, int]
    judged: Mapping[int, str]
    ignored: frozenset[int]

    @property
    def households(self) -> bool:
        """Whether rows are put together by household."""
        return "role" in self.others

    @property
    def used(self) -> tuple[int, ...]:
        """The columns that have to be read."""
        return tuple(i for i in range(len(self.titles)) if i not in self.ignored)

    def title(self, kind: str) -> str:
        """What messages call a column that is no fact."""
        position = self.others.get(kind)
        if position is not None:
            return self.titles[position]
        return WEIGHT[0] if kind == "weight" else COLUMNS[kind][0]


def layout_of(policy: Policy, table: Table, ignore: Sequence[str] = ()) -> Layout:
    """The columns of a table; raises :class:`PolicyError` with all that is wrong with them.

    D404, D410, D411, D421, D423; S511 for columns that only the exact evaluator can use.
    """
    problems = Problems(table.name)

    def holds(position: int) -> str | None:
        for batch in table.read([position]):
            texts, _ = texts_of(batch.columns[position])
            rows = np.flatnonzero(np.asarray(texts.is_valid()))
            if len(rows):
                return batch.number(int(rows[0]))
        return None

    found = find_columns(ColumnNames(policy, ignore), table.titles, holds, problems)
    kinds = {column.kind for column in found if column is not None}
    if "role" in kinds and "household" not in kinds:
        problems.add("D421")
    problems.raise_any()
    layout = _layout(table.titles, found)
    for position, clause in layout.judged.items():
        if holds(position) is not None:
            what = (
                f"评定（列“{table.titles[position]}”，条款 {clause}）",
                f"judgements (column “{table.titles[position]}”, clause {clause})",
            )
            raise _refused("S511", table.name, what=what)
    return layout


def _layout(titles: tuple[str, ...], found: Sequence[FoundColumn | None]) -> Layout:
    facts: dict[int, Fact] = {}
    others: dict[str, int] = {}
    judged: dict[int, str] = {}
    ignored: set[int] = set()
    for position, column in enumerate(found):
        if column is None or column.kind == "ignored":
            ignored.add(position)
        elif column.fact is not None:
            facts[position] = column.fact
        elif column.kind == "judged":
            judged[position] = column.clause or ""
        else:
            others[column.kind] = position
    return Layout(titles, facts, others, judged, frozenset(ignored))


def _refused(code: str, name: str, **details: object) -> PolicyError:
    return PolicyError([Diagnostic(code, Source(name, ""), None, details)])


# -- what is wrong with rows


@dataclass
class Flaw:
    """What is wrong with some rows of a batch.

    ``position`` is that of the column, beyond the last one for what concerns the whole row.
    ``per_row`` gives further details of a message for a row.
    """

    position: int
    title: str
    bad: Bad
    per_row: Callable[[int], Mapping[str, object]] | None = None

    def details(self, entry: int, number: str) -> tuple[str, dict[str, object]]:
        """Code and details of the diagnostic for one of the bad rows."""
        wrong = self.bad.wrongs[int(self.bad.which[entry])]
        more = {} if self.per_row is None else self.per_row(int(self.bad.rows[entry]))
        return wrong.code, {"row": number, "column": self.title, **more, **wrong.details}


@dataclass
class Encoded:
    """A batch as a population, without the rows that cannot be taken.

    ``rows`` says for each row of the population which of the batch it is.  ``cases`` are the
    rows that are scored, in the order of their households' first rows; ``places`` says for each
    of them which of ``tables`` (entity, unit) does it.  ``texts`` are the columns that say who a
    row is, by kind.
    """

    batch: Batch
    population: Population
    rows: Numbers
    cases: Numbers
    texts: dict[str, Any]
    places: npt.NDArray[np.int32]
    tables: list[tuple[str | None, str | None]]
    flaws: list[Flaw]

    def case(self, row: int) -> Case:
        """The case of a row, as the exact evaluator wants it."""
        population = self.population
        day_codes = population.columns.get(ASSESSMENT_DATE)
        on = population.schema.date
        if day_codes is not None and ASSESSMENT_DATE in population.schema.domains:
            code = int(day_codes[row])
            known = population.schema.domains[ASSESSMENT_DATE].value(code) if code else None
            on = known if isinstance(known, date) else on
        members: list[Member] = []
        if population.household is not None:
            same = np.flatnonzero(population.household == population.household[row])
            roles = self.texts["role"]
            for other in same.tolist():
                if other != row:
                    role = _role_name(roles[other].as_py())
                    members.append(Member(role, self._facts(other)))
        return Case(
            self.id(row), self._facts(row), self.text("unit", row), self.text("entity", row),
            tuple(members), MappingProxyType({}), on, self.text("household", row),
        )  # fmt: skip

    def _facts(self, row: int) -> Mapping[str, Any]:
        facts = {}
        domains = self.population.schema.domains
        for name, codes in self.population.columns.items():
            code = int(codes[row])
            if code != MISSING and name != ASSESSMENT_DATE:
                facts[name] = domains[name].value(code)
        return MappingProxyType(facts)

    def text(self, kind: str, row: int) -> str | None:
        """What a row says of itself."""
        texts = self.texts.get(kind)
        return None if texts is None else texts[row].as_py()

    def id(self, row: int) -> str:
        """The id of a row, or its number."""
        return self.text("id", row) or self.number(row)

    def number(self, row: int) -> str:
        """How the user's own program names the row."""
        return self.batch.number(int(self.rows[row]))


def _role_name(text: str | None) -> str:
    return ROLES.get((text or "").lower(), text or "")


# -- the encoder


class Encoder:
    """Encodes the batches of a table under a policy.

    First :meth:`survey`, then :meth:`encode` batch by batch.  ``repeated`` are ids that occur
    more than once, with the numbers of their first two rows; ``scattered`` are households whose
    rows do not stand together, with the number of the row where they occur again.
    """

    def __init__(self, policy: Policy, layout: Layout, name: str, day: date | None = None):
        self.policy = policy
        self.layout = layout
        self.name = name
        self.day = day
        self.evaluator = Evaluator(policy)
        self.readers = {position: FactReader(fact) for position, fact in layout.facts.items()}
        self.repeated: dict[str, tuple[str, str]] = {}
        self.scattered: dict[str, str] = {}
        self.largest_household = 1
        self.schema: Schema | None = None
        self._dates: tuple[int, int] | None = None
        self._undated = False
        self._places: dict[tuple[str | None, str | None], _Place | PolicyError] = {}

    # -- survey

    @property
    def to_survey(self) -> tuple[int, ...]:
        """Columns of which the data must be seen before anything is encoded."""
        wanted = [p for p, reader in self.readers.items() if reader.needs_survey]
        if "date" in self.layout.others:
            wanted.append(self.layout.others["date"])
        return tuple(wanted)

    def told(self, table: Table) -> tuple[int, ...]:
        """Take what the head of a file says; the columns that are left to survey."""
        left = []
        for position in self.to_survey:
            reader = self.readers.get(position)
            known = reader is not None and _told(reader, table, position)
            if not known:
                left.append(position)
        return tuple(left)

    def observe(self, batch: Batch, positions: Iterable[int]) -> dict[int, Found]:
        """Take note of the values in a batch; what was read of its facts."""
        found: dict[int, Found] = {}
        for position in positions:
            reader = self.readers.get(position)
            if reader is not None:
                found[position] = reader.read(batch.columns[position])
                reader.observe(found[position])
            elif position == self.layout.others.get("date"):
                dates = days_of(batch.columns[position])
                good = dates.good()
                self._undated |= len(good) < len(dates.values)
                if len(good):
                    ends = (int(good.min()), int(good.max()))
                    old = self._dates or ends
                    self._dates = (min(old[0], ends[0]), max(old[1], ends[1]))
        return found

    def settle(self) -> Schema:
        """The schema, from now on fixed."""
        domains: dict[str, Domain] = {}
        for position, reader in self.readers.items():
            domain = reader.settle()
            if domain.size > 1:  # of an empty column nobody handed in anything
                domains[self.layout.facts[position].name] = domain
        on = self.day
        if self._dates is not None:
            low, high = self._dates
            if self._undated and self.day is not None:
                own = (self.day - day(0)).days
                low, high = min(low, own), max(high, own)
            if low == high and not (self._undated and self.day is None):
                on = day(low)
            else:
                domains[ASSESSMENT_DATE] = Days(day(low), high - low + 1)
        units, entities = self.policy.units, _entities(self.policy)
        self.schema = Schema(
            MappingProxyType(domains),
            on,
            Listed(units) if units and "unit" in self.layout.others else None,
            Listed(entities) if entities and "entity" in self.layout.others else None,
            self.layout.households,
            max(1, self.largest_household),
        )
        return self.schema

    # -- encoding

    def encode(self, batch: Batch, read: Mapping[int, Found] | None = None) -> Encoded:
        """The batch as codes; ``read`` is what :meth:`observe` gave for it, if it is at hand."""
        schema = self.schema or self.settle()
        flaws: list[Flaw] = []
        columns: dict[str, Codes] = {}
        for position, reader in self.readers.items():
            found = (read or {}).get(position) or reader.read(batch.columns[position])
            codes, bad = reader.codes(found)
            name = self.layout.facts[position].name
            if name in schema.domains:
                columns[name] = codes
            if len(bad):
                flaws.append(Flaw(position, self.layout.titles[position], bad))
        texts = self._texts(batch, flaws)
        population = Population(schema, batch.rows, columns)
        self._weigh(batch, population, flaws)
        dates = self._date(batch, population, flaws)
        self._identify(batch, texts, flaws)
        if self.layout.households:
            families = _families(texts, batch.rows)
            self._put_together(batch, population, texts, dates, families, flaws)
            candidates = families.applicants
        else:
            candidates = np.arange(batch.rows)
        places, tables = self._place(batch, population, texts, candidates, flaws)
        good = self._good(batch, population, flaws)
        kept = good[candidates]
        cases, places = candidates[kept], places[kept]
        rows = np.arange(batch.rows)
        if not good.all():
            rows = np.flatnonzero(good)
            moved = np.cumsum(good) - 1
            population, cases = chosen(population, rows), moved[cases]
            mask = arrow().array(good)
            texts = {kind: column.filter(mask) for kind, column in texts.items()}
        return Encoded(batch, population, rows, cases, texts, places, tables, flaws)

    def _texts(self, batch: Batch, flaws: list[Flaw]) -> dict[str, Any]:
        texts = {}
        for kind in ("id", "name", "unit", "entity", "household", "role"):
            position = self.layout.others.get(kind)
            if position is not None:
                texts[kind], bad = texts_of(batch.columns[position])
                if len(bad):
                    flaws.append(Flaw(position, self.layout.titles[position], bad))
        return texts

    def _weigh(self, batch: Batch, population: Population, flaws: list[Flaw]) -> None:
        position = self.layout.others.get("weight")
        if position is None:
            return
        found = weights_of(batch.columns[position])
        weights = found.values
        if found.valid is not None:
            weights = np.where(found.valid, weights, 1)
        population.weights = weights
        if len(found.bad):
            flaws.append(Flaw(position, self.layout.titles[position], found.bad))

    def _date(self, batch: Batch, population: Population, flaws: list[Flaw]) -> Found | None:
        position = self.layout.others.get("date")
        if position is None:
            return None
        found = days_of(batch.columns[position])
        if len(found.bad):
            flaws.append(Flaw(position, self.layout.titles[position], found.bad))
        domain = population.schema.domains.get(ASSESSMENT_DATE)
        if isinstance(domain, Days):
            codes = found.values - ((domain.first - day(0)).days - 1)
            if found.valid is not None:
                own = MISSING if self.day is None else domain.code(self.day) or MISSING
                codes = np.where(found.valid, codes, own)
            population.columns[ASSESSMENT_DATE] = codes.astype(code_type(domain.size))
        return found

    def _identify(self, batch: Batch, texts: dict[str, Any], flaws: list[Flaw]) -> None:
        ids = texts.get("id")
        end = len(self.layout.titles)
        if ids is None:
            return
        if ids.null_count:
            rows = np.flatnonzero(np.asarray(ids.is_null()))
            wrong = Wrong("D405", column=ID_COLUMN)
            flaws.append(Flaw(end, ID_COLUMN, Bad.same(rows, wrong)))
        if self.repeated:
            import pyarrow.compute as pc

            known = arrow().array(list(self.repeated), arrow().string())
            rows = np.flatnonzero(np.asarray(pc.is_in(ids, known)))

            def others(row: int) -> Mapping[str, object]:
                text = ids[row].as_py()
                first, second = self.repeated[text]
                own = batch.number(row)
                return {"value": text, "other": first if own != first else second}

            if len(rows):
                flaws.append(Flaw(end, ID_COLUMN, Bad.same(rows, Wrong("D406")), others))

    # -- households

    def _put_together(
        self,
        batch: Batch,
        population: Population,
        texts: dict[str, Any],
        dates: Found | None,
        families: _Families,
        flaws: list[Flaw],
    ) -> None:
        """Households: who is the case, who is whose spouse, and what does not fit together."""
        end = len(self.layout.titles)
        for rows, kind in ((families.no_role, "role"), (families.no_household, "household")):
            if len(rows):
                title = COLUMNS[kind][0]
                flaws.append(Flaw(end, title, Bad.same(rows, Wrong("D405", column=title))))
        names = texts["household"]
        if self.scattered:
            self._apart(names, flaws)
        for code, rows, counts in (
            ("D412", families.no_applicant, families.applicant_counts),
            ("D422", families.many_spouses, families.spouse_counts),
        ):
            if len(rows):

                def about(row: int, counts: Numbers = counts) -> Mapping[str, object]:
                    family = int(families.numbers[row])
                    return {"household": names[row].as_py(), "count": int(counts[family])}

                flaws.append(Flaw(end, COLUMNS["household"][0], Bad.same(rows, Wrong(code)), about))
        population.household = families.numbers
        population.spouse = families.spouses
        population.applicant = np.zeros(batch.rows, np.bool_)
        population.applicant[families.applicants] = True
        owner = families.owner
        for kind in ("unit", "entity"):
            if kind in texts:
                self._same(texts[kind], owner, kind, flaws)
        if dates is not None:
            self._same_date(dates, owner, flaws)
            codes = population.columns.get(ASSESSMENT_DATE)
            if codes is not None:
                population.columns[ASSESSMENT_DATE] = np.where(owner >= 0, codes[owner], codes)

    def _apart(self, names: Any, flaws: list[Flaw]) -> None:
        """Households of a large table whose rows do not stand together (D433)."""
        import pyarrow.compute as pc

        known = arrow().array(list(self.scattered), arrow().string())
        rows = np.flatnonzero(np.asarray(pc.is_in(names, known)))

        def about(row: int) -> Mapping[str, object]:
            name = names[row].as_py()
            return {"household": name, "row": self.scattered[name]}

        if len(rows):
            title = COLUMNS["household"][0]
            flaws.append(Flaw(len(self.layout.titles), title, Bad.same(rows, Wrong("D433")), about))

    def _same(self, texts: Any, owner: Numbers, kind: str, flaws: list[Flaw]) -> None:
        """A member's unit and entity are those of the applicant, or not written (D428)."""
        encoded = texts.dictionary_encode()
        codes = np.asarray(encoded.indices.fill_null(-1))
        rows = np.flatnonzero((owner >= 0) & (codes >= 0) & (codes != codes[owner]))
        if len(rows):
            title = COLUMNS[kind][0]
            flaws.append(
                Flaw(
                    len(self.layout.titles),
                    title,
                    Bad.same(rows, Wrong("D428")),
                    lambda row: {"column": title, "value": texts[row].as_py()},
                )
            )

    def _same_date(self, dates: Found, owner: Numbers, flaws: list[Flaw]) -> None:
        valid = np.ones(len(owner), np.bool_) if dates.valid is None else dates.valid
        own = np.where(valid[owner], dates.values[owner], -(1 << 40))
        rows = np.flatnonzero((owner >= 0) & valid & (dates.values != own))
        if len(rows):
            flaws.append(
                Flaw(
                    len(self.layout.titles),
                    ASSESSMENT_DATE,
                    Bad.same(rows, Wrong("D428")),
                    lambda row: {"column": ASSESSMENT_DATE, "value": day(int(dates.values[row]))},
                )
            )

    # -- which table scores a row

    def _place(
        self,
        batch: Batch,
        population: Population,
        texts: dict[str, Any],
        candidates: Numbers,
        flaws: list[Flaw],
    ) -> tuple[npt.NDArray[np.int32], list[tuple[str | None, str | None]]]:
        """For each candidate the number of its table, −1 for those without one."""
        rows = batch.rows
        entities, units = _coded(texts.get("entity"), rows), _coded(texts.get("unit"), rows)
        population.units = _known_codes(units, population.schema.units)
        population.entities = _known_codes(entities, population.schema.entities)
        keys = entities.codes.astype(np.int64) * (len(units.values) + 1) + units.codes
        occurring, places = np.unique(keys[candidates], return_inverse=True)
        places = places.astype(np.int32)
        tables: list[tuple[str | None, str | None]] = []
        end = len(self.layout.titles)
        for number, key in enumerate(occurring.tolist()):
            entity = entities.value(key // (len(units.values) + 1))
            unit = units.value(key % (len(units.values) + 1))
            place = self._place_of(entity, unit)
            own = candidates[places == number]
            if isinstance(place, PolicyError):
                problem = place.diagnostics[0]
                details = {k: v for k, v in problem.details.items() if k != "row"}
                wrong = Wrong(problem.code, **details)
                flaws.append(Flaw(end, COLUMNS["unit"][0], Bad.same(own, wrong)))
                places[places == number] = -1
                tables.append((entity, unit))
                continue
            tables.append(place.key)
            self._require(place, own, population, flaws)
        return places, tables

    def _place_of(self, entity: str | None, unit: str | None) -> _Place | PolicyError:
        key = (entity, unit)
        if key not in self._places:
            try:
                self._places[key] = self._found_place(entity, unit)
            except PolicyError as error:
                self._places[key] = error
        return self._places[key]

    def _found_place(self, entity: str | None, unit: str | None) -> _Place:
        case = Case("", unit=unit, entity=entity)
        root = self.evaluator.root_of(case)
        units = [clause.label for clause in root.children if clause.kind == "unit"]
        if units and unit is None:
            raise PolicyError([Diagnostic("D414", None, None, {"row": "—"})])
        if units and unit not in units:
            near = did_you_mean(unit or "", units)
            details = {"row": "—", "value": unit, "near": near}
            raise PolicyError([Diagnostic("D409", None, None, details)])
        own, of_spouse = required_facts(self.policy, root, unit)
        key = (_entity(self.policy, root), unit if units else None)
        return _Place(key, tuple(sorted(own)), tuple(sorted(of_spouse)))

    def _require(
        self, place: _Place, rows: Numbers, population: Population, flaws: list[Flaw]
    ) -> None:
        """Required facts (缺失 必填) must have been handed in; D435 where no column has them."""
        end = len(self.layout.titles)
        held = {fact.name for fact in self.layout.facts.values()}
        asked = [(rows, name, name) for name in place.own]
        if population.spouse is not None:
            spouses = population.spouse[rows]
            married = rows[spouses >= 0]
            asked += [(married, name, f"{SPOUSE}的{name}") for name in place.of_spouse]
        for people, name, title in asked:
            if not len(people):
                continue
            if name not in held and name != ASSESSMENT_DATE:
                raise _refused("D435", self.name, column=name)
            codes = population.columns.get(name)
            if codes is None:
                lacking = people
            elif title == name:
                lacking = people[codes[people] == MISSING]
            else:
                assert population.spouse is not None
                lacking = people[codes[population.spouse[people]] == MISSING]
            if name == ASSESSMENT_DATE and codes is None and population.schema.date is not None:
                continue
            if len(lacking):
                flaws.append(Flaw(end, title, Bad.same(lacking, Wrong("D405", column=title))))

    def _good(self, batch: Batch, population: Population, flaws: list[Flaw]) -> Truths:
        """Rows without a flaw, in households without one; the others are named (D434)."""
        good = np.ones(batch.rows, np.bool_)
        for flaw in flaws:
            good[flaw.bad.rows] = False
        if population.household is None or good.all():
            return good
        families = population.household
        count = int(families.max()) + 1 if len(families) else 0
        bad_rows = np.flatnonzero(~good)
        first = np.full(count, -1, np.int64)
        within = bad_rows[families[bad_rows] >= 0]
        first[families[within][::-1]] = within[::-1]
        culprit = np.where(families >= 0, first[families], -1)
        others = np.flatnonzero(good & (culprit >= 0))
        if len(others):
            flaws.append(Flaw(
                len(self.layout.titles), COLUMNS["household"][0],
                Bad.same(others, Wrong("D434")),
                lambda row: {"other": batch.number(int(culprit[row]))},
            ))  # fmt: skip
            good[others] = False
        return good


def chosen(population: Population, rows: Numbers) -> Population:
    """The population of some rows, in ascending order; whole households only."""

    def taken(values: Any) -> Any:
        return None if values is None else values[rows]

    household, spouse = taken(population.household), taken(population.spouse)
    if household is not None:
        # numbered anew in the same order, so that there are no gaps
        household = np.unique(household, return_inverse=True)[1].astype(np.int64)
    if spouse is not None:
        places = np.full(population.rows + 1, -1, np.int64)  # the last one is for "none"
        places[rows] = np.arange(len(rows))
        spouse = places[spouse]
    return Population(
        population.schema, len(rows),
        {name: codes[rows] for name, codes in population.columns.items()},
        taken(population.ids), taken(population.units), taken(population.entities),
        taken(population.weights), household, spouse, taken(population.applicant),
        {name: codes[rows] for name, codes in population.extra.items()},
    )  # fmt: skip


def _told(reader: FactReader, table: Table, position: int) -> bool:
    """Whether the head of a file says all that has to be known of a column."""
    kind = table.type_of(position)
    ends = table.statistics(position) if kind is not None else None
    if kind is None or ends is None:
        return False
    types = arrow().types
    low: Any
    high: Any
    low, high = ends
    if reader.fact.kind == "date" and types.is_date32(kind):
        reader.told(Fraction((low - day(0)).days), Fraction((high - day(0)).days), 0)
        return True
    whole = types.is_integer(kind) or (reader.places is not None and types.is_decimal(kind))
    if reader.fact.is_number and whole:
        reader.told(Fraction(low), Fraction(high), 0)
        return True
    return False


@dataclass(frozen=True)
class _Place:
    """A table of the policy: (entity, unit), and the facts that it requires."""

    key: tuple[str | None, str | None]
    own: tuple[str, ...]
    of_spouse: tuple[str, ...]


def _entity(policy: Policy, root: Clause) -> str | None:
    return None if len(policy.roots) == 1 else root.entity or root.label


def _entities(policy: Policy) -> tuple[str, ...]:
    if len(policy.roots) == 1:
        return ()
    words = [word for root in policy.roots for word in (root.entity, root.label) if word]
    return tuple(dict.fromkeys(words))


@dataclass
class _CodedTexts:
    """Texts as codes: 0 is none, ``values`` from 1 on."""

    codes: npt.NDArray[np.int32]
    values: list[str]

    def value(self, code: int) -> str | None:
        return self.values[code - 1] if code else None


def _coded(texts: Any, rows: int) -> _CodedTexts:
    if texts is None:
        return _CodedTexts(np.zeros(rows, np.int32), [])
    encoded = texts.dictionary_encode()
    codes = np.asarray(encoded.indices.fill_null(-1)) + 1
    return _CodedTexts(codes.astype(np.int32), encoded.dictionary.to_pylist())


def _known_codes(coded: _CodedTexts, domain: Listed | None) -> Codes | None:
    if domain is None:
        return None
    known = np.array([0, *(domain.code(value) or 0 for value in coded.values)], np.int64)
    codes: Codes = known[coded.codes].astype(code_type(domain.size))
    return codes


@dataclass
class _Families:
    """The rows of a batch by household.

    ``numbers``: of the household from 0 by first row, −1 without one; ``owner``: the applicant's
    row for the other members; ``spouses``: the row of the spouse; −1 where there is none.
    """

    numbers: Numbers
    owner: Numbers
    spouses: Numbers
    applicants: Numbers
    no_role: Numbers
    no_household: Numbers
    no_applicant: Numbers
    many_spouses: Numbers
    applicant_counts: Numbers
    spouse_counts: Numbers


def _families(texts: dict[str, Any], rows: int) -> _Families:
    roles = _role_codes(texts["role"])
    coded = _coded(texts["household"], rows)
    named = coded.codes > 0
    members = named & (roles != NOBODY)
    # numbered by first row among the rows that count
    at = np.flatnonzero(members)
    _, first, inverse = np.unique(coded.codes[at], return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    numbers = np.full(rows, -1, np.int64)
    numbers[at] = rank[inverse]
    count = len(first)
    first_row = np.empty(count, np.int64)
    first_row[rank] = at[first]
    applicants = np.flatnonzero(members & (roles == APPLICANT_ROLE))
    spouses = np.flatnonzero(members & (roles == SPOUSE_ROLE))
    applicant_counts = np.bincount(numbers[applicants], minlength=count)
    spouse_counts = np.bincount(numbers[spouses], minlength=count)
    one = applicant_counts == 1
    applicant_of = np.full(count, -1, np.int64)
    applicant_of[numbers[applicants]] = applicants
    applicant_of[~one] = -1
    spouse_of = np.full(count, -1, np.int64)
    spouse_of[numbers[spouses][::-1]] = spouses[::-1]  # the first one counts
    owner = np.where(numbers >= 0, applicant_of[numbers] if count else -1, -1)
    spouse = np.full(rows, -1, np.int64)
    both = np.flatnonzero((applicant_of >= 0) & (spouse_of >= 0))
    spouse[applicant_of[both]] = spouse_of[both]
    spouse[spouse_of[both]] = applicant_of[both]
    owner[applicant_of[applicant_of >= 0]] = -1
    cases = applicant_of[applicant_of >= 0]  # households are numbered by first row
    return _Families(
        numbers, owner, spouse, cases,
        np.flatnonzero(roles == NOBODY),
        np.flatnonzero((roles != NOBODY) & ~named),
        first_row[~one], first_row[one & (spouse_counts > 1)],
        applicant_counts, spouse_counts,
    )  # fmt: skip


def _role_codes(texts: Any) -> npt.NDArray[np.int8]:
    coded = _coded(texts, len(texts))
    meaning = [NOBODY]
    for value in coded.values:
        role = _role_name(value)
        meaning.append(
            APPLICANT_ROLE if role == APPLICANT else SPOUSE_ROLE if role == SPOUSE else OTHER
        )
    return np.array(meaning, np.int8)[coded.codes]
