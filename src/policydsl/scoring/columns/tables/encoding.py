"""Tables → encoded populations: columns are found, checked and turned into codes by whole arrays.

The rules are those of :mod:`policydsl.scoring.tables`: the same columns, the same spellings, the
same households, the same messages.  What is wrong with a cell or a row is a :class:`Flaw`; a
case with one is not scored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from policydsl.language.diagnostics import Diagnostic, PolicyError, did_you_mean
from policydsl.language.functions import ASSESSMENT_DATE
from policydsl.model.policy import Clause, Policy
from policydsl.scoring.cases import SPOUSE, Case
from policydsl.scoring.cells import Wrong
from policydsl.scoring.columns.arrays import Codes, Numbers, Truths
from policydsl.scoring.columns.domains import MISSING, Days, Domain, Listed
from policydsl.scoring.columns.population import Population, Schema
from policydsl.scoring.columns.tables.coded_texts import coded_texts, known_codes
from policydsl.scoring.columns.tables.encoded import Encoded, Flaw, chosen
from policydsl.scoring.columns.tables.families import Families, families_of
from policydsl.scoring.columns.tables.layout import ID_COLUMN, Layout, refused_table
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
from policydsl.scoring.tables import COLUMNS, required_facts


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
            families = families_of(texts, batch.rows)
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
        families: Families,
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
        entities, units = (
            coded_texts(texts.get("entity"), rows),
            coded_texts(texts.get("unit"), rows),
        )
        population.units = known_codes(units, population.schema.units)
        population.entities = known_codes(entities, population.schema.entities)
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
                raise refused_table("D435", self.name, column=name)
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
