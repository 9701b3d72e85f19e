"""The persons of a simulation: encoded once, and the same rows for every version of the policy."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from policydsl.language.diagnostics import Diagnostic, PolicyError, Source, did_you_mean
from policydsl.language.functions import ASSESSMENT_DATE
from policydsl.language.keywords import Language
from policydsl.model.expressions import facts_of as names_in
from policydsl.model.policy import Clause, Fact, Member, Policy
from policydsl.scoring.cases import SPOUSE, Case
from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.domains import MISSING, Days, Domain, Grid, Listed
from policydsl.scoring.columns.histograms import of
from policydsl.scoring.columns.planning.planner import place_of
from policydsl.scoring.columns.population import Population
from policydsl.scoring.columns.tables.encoded import Encoded
from policydsl.scoring.columns.tables.opening import open_table
from policydsl.scoring.columns.tables.rejects import Rejects
from policydsl.scoring.columns.tables.surveying import in_memory, prepare
from policydsl.scoring.exact import Evaluator
from policydsl.scoring.ranges import show_points
from policydsl.scoring.tables import facts_read, required_facts
from policydsl.simulation.populations import ROLES, Synthesis, joined
from policydsl.simulation.reading import load_spec
from policydsl.simulation.specs import Spec, facts_of, show_value
from policydsl.simulation.statistics import labelled, quantile_cuts
from policydsl.simulation.unit_tables import entity_known, renamed, unit_names
from policydsl.simulation.units import Matching, Units

Table = tuple[str | None, str | None]
Done = Callable[[int], object]
"""Told of rows that were just made."""

FEW_VALUES = 12
"""A number with at most so many different values is grouped by each of them."""
UNIT = "单位"
NOT_GIVEN = "未提供"


@dataclass
class Rows:
    """The population as one version of the policy sees it.

    ``places``: for each row the number of the table (entity, unit) that scores it; −1: none.
    """

    population: Population
    tables: list[Table]
    places: npt.NDArray[np.int32]


@dataclass
class People:
    """Who is simulated.

    ``rows`` by version.  ``cases`` are the rows of those who apply, in all versions the same;
    ``weights`` are theirs.  ``about`` says what the population is, for the run record, ``told``
    how its units were matched (by label of the version).
    """

    rows: list[Rows]
    cases: Numbers
    about: dict[str, Any]
    encoded: list[Encoded | None] = field(default_factory=list)
    told: tuple[tuple[str, Diagnostic], ...] = ()
    ids: npt.NDArray[Any] | None = None
    roles: npt.NDArray[np.uint8] | None = None

    def __len__(self) -> int:
        return len(self.cases)

    @property
    def weights(self) -> Numbers | None:
        """How many persons each case stands for."""
        weights = self.rows[0].population.weights
        return None if weights is None else weights[self.cases]

    @property
    def persons(self) -> int:
        """How many persons the cases stand for."""
        return len(self.cases) if self.weights is None else int(self.weights.sum())

    def id(self, row: int) -> str:
        """What a row is called."""
        encoded = self.encoded[0] if self.encoded else None
        if encoded is not None:
            return encoded.id(row)
        return str(row + 1) if self.ids is None else str(self.ids[row])

    def case(self, version: int, row: int) -> Case:
        """The case of a row, as the exact evaluator wants it under a version."""
        encoded = self.encoded[version] if self.encoded else None
        if encoded is not None:
            return encoded.case(row)
        rows = self.rows[version]
        population = rows.population
        members = []
        if population.household is not None:
            mates = np.flatnonzero(population.household == population.household[row])
            for other in mates.tolist():
                if other != row:
                    spouse = population.spouse is not None and population.spouse[row] == other
                    role = SPOUSE if spouse else self._role(other)
                    members.append(Member(role, _facts(population, other)))
        entity, unit = rows.tables[int(rows.places[row])]
        return Case(
            self.id(row),
            _facts(population, row),
            unit,
            entity,
            tuple(members),
            MappingProxyType({}),
            _day(population, row),
        )

    def _role(self, row: int) -> str:
        return ROLES[2] if self.roles is None else ROLES[int(self.roles[row]) - 1]

    # -- groups

    def groups(self, by: str) -> Groups:
        """The cases by a fact: ``年龄``, ``年龄:18,30,45,60``, ``单位``.

        A choice has a group for each of its values, whether anybody has it or not; a number or a
        date with many values has five bands that hold about as many persons each, unless cuts
        are given.  Raises :class:`PolicyError`: no such column (D442), bad cuts (S601).
        """
        name, _, cuts = by.replace("：", ":").partition(":")
        name = name.strip()
        if name == UNIT and self.rows[0].population.units is not None:
            codes = self.rows[0].population.units[self.cases].astype(np.int64)
            domain: Domain | None = self.rows[0].population.schema.units
        else:
            codes, domain = self._column(name)
        assert domain is not None
        if cuts.strip():
            return self._banded(name, codes, domain, _cuts(by, cuts, domain))
        if isinstance(domain, Listed):
            labels = [_shown(domain, code) for code in range(1, domain.size)]
            return self._labelled(name, codes - 1, labels, codes == MISSING)
        present = np.unique(codes[codes != MISSING])
        if len(present) <= FEW_VALUES:
            labels = [show_value(domain, int(code)) for code in present]
            return self._labelled(name, np.searchsorted(present, codes), labels, codes == MISSING)
        there = codes != MISSING
        own = None if self.weights is None else self.weights[there]
        return self._banded(name, codes, domain, quantile_cuts(of(codes[there], own)))

    def _column(self, name: str) -> tuple[Numbers, Domain]:
        for rows in self.rows:
            population = rows.population
            if name in population.columns:
                codes = population.columns[name][self.cases].astype(np.int64)
                return codes, population.schema.domains[name]
        known = {name for rows in self.rows for name in rows.population.columns}
        details = {"column": name, "near": did_you_mean(name, known)}
        raise PolicyError([Diagnostic("D442", Source("--by", ""), None, details)])

    def _banded(self, name: str, codes: Numbers, domain: Domain, cuts: Sequence[int]) -> Groups:
        bands = np.searchsorted(np.asarray(cuts, np.int64), codes, side="right")
        labels = labelled([show_value(domain, cut) for cut in cuts])
        return self._labelled(name, bands, labels, codes == MISSING)

    def _labelled(
        self, name: str, codes: Numbers, labels: list[str], missing: npt.NDArray[np.bool_]
    ) -> Groups:
        if missing.any():
            codes = np.where(missing, len(labels), codes)
            labels = [*labels, NOT_GIVEN]
        return Groups(name, tuple(labels), codes.astype(np.int64))


@dataclass(frozen=True)
class Groups:
    """``codes`` of the cases, places in ``labels``."""

    name: str
    labels: tuple[str, ...]
    codes: Numbers


def _shown(domain: Domain, code: int) -> str:
    return show_value(domain, code)


def _cuts(by: str, text: str, domain: Domain) -> list[int]:
    """Codes at which bands begin, from numbers in the fact's unit (years of dates)."""
    codes = []
    for word in text.replace("，", ",").split(","):
        code = _cut(word.strip(), domain)
        if code is None:
            details = {"value": word.strip(), "by": by}
            raise PolicyError([Diagnostic("S601", Source("--by", ""), None, details)])
        codes.append(code)
    if sorted(set(codes)) != codes:
        raise PolicyError([Diagnostic("S601", Source("--by", ""), None, {"value": text, "by": by})])
    return codes


def _cut(word: str, domain: Domain) -> int | None:
    try:
        if isinstance(domain, Grid):
            place = (Fraction(word) - domain.low) / domain.step
            return int(-(-place.numerator // place.denominator)) + 1
        if isinstance(domain, Days):
            day = date(int(word), 1, 1) if len(word) == 4 else date.fromisoformat(word)
            return (day - domain.first).days + 1
    except (ValueError, ZeroDivisionError):
        return None
    return None


# -- facts of a row


def _facts(population: Population, row: int) -> Mapping[str, Any]:
    found = {}
    for name, codes in population.columns.items():
        code = int(codes[row])
        if code != MISSING and name != ASSESSMENT_DATE:
            found[name] = population.schema.domains[name].value(code)
    return MappingProxyType(found)


def _day(population: Population, row: int) -> date | None:
    codes = population.columns.get(ASSESSMENT_DATE)
    if codes is not None and codes[row] != MISSING:
        day = population.schema.domains[ASSESSMENT_DATE].value(int(codes[row]))
        assert isinstance(day, date)
        return day
    return population.schema.date


def shown_facts(case: Case, language: Language = "zh") -> str:
    """The facts of a case in a line."""
    between = "，" if language == "zh" else ", "
    return between.join(f"{k} {shown_value(value, language)}" for k, value in case.facts.items())


def shown_value(value: object, language: Language = "zh") -> str:
    """A value of a fact as text."""
    if isinstance(value, bool):
        return ("是" if value else "否") if language == "zh" else ("yes" if value else "no")
    return show_points(value) if isinstance(value, Fraction) else str(value)


# -- where they come from


def people_of(
    source: Any,
    policies: Sequence[Policy],
    n: int | None = None,
    seed: int = 1,
    by: str | Sequence[str] | None = None,
    day: date | None = None,
    ignore: Sequence[str] = (),
    done: Done = lambda rows: None,
    units: Matching | None = None,
) -> People:
    """The population for some policies.

    ``source``: an encoded :class:`Population`, a :class:`Spec`, a DataFrame, Arrow table or list
    of records, the path of a file, or the id of a bundled specification.  ``n`` and ``seed`` are
    for specifications.  ``units`` says what the units of the data are called in each policy;
    without it they must be those of all of them.  Raises :class:`PolicyError` with all that is
    wrong with the data.
    """
    if isinstance(source, Population) and n is None:
        return _given(source, policies, units)
    if isinstance(source, str):
        path = Path(source)
        source = path if path.exists() and path.suffix != ".toml" else load_spec(source)
    elif isinstance(source, Path) and source.suffix == ".toml":
        source = load_spec(source)
    if isinstance(source, Spec):
        return _synthetic(source, policies, n, seed, by, done, units)
    if n is not None:
        raise PolicyError([Diagnostic("S605", Source("-n", ""), None, {"value": n})])
    return _read(source, policies, day, ignore, units)


def _given(
    population: Population,
    policies: Sequence[Policy],
    units: Matching | None,
    ids: npt.NDArray[Any] | None = None,
) -> People:
    everyone = np.arange(population.rows, dtype=np.int64)
    cases = everyone if population.applicant is None else np.flatnonzero(population.applicant)
    matched = Units((None,) * len(policies))
    domain = population.schema.units
    if units is not None and domain is not None and population.units is not None:
        present = np.unique(population.units[population.units > 0]).tolist()
        matched = units(str(domain.value(code)) for code in present)
    rows = [
        _placed(population, policy, names)
        for policy, names in zip(policies, matched.names, strict=True)
    ]
    about = {"kind": "population", "rows": population.rows, "sha256": digest(population)}
    compared = np.logical_and.reduce([each.places >= 0 for each in rows])
    people = People(rows, cases[compared[cases]], about)
    people.ids = population.ids if ids is None else ids
    for policy, each in zip(policies, rows, strict=True):
        _check_places(people, policy, each)
    people.told = _told(matched, policies, rows)
    return people


def seen_by(people: People, policy: Policy) -> People:
    """The same persons for another policy, alone; those of tables are encoded for their own."""
    return replace(people, rows=[_placed(people.rows[0].population, policy, None)])


def _told(
    matched: Units, policies: Sequence[Policy], rows: Sequence[Rows]
) -> tuple[tuple[str, Diagnostic], ...]:
    """How units were matched, and which facts the data lack for those of another edition (D474)."""
    told = list(matched.told)
    for label, policy, each in zip(matched.labels, policies, rows, strict=False):
        lacking = _lacking(policy, each)
        if lacking:
            details = {"id": policy.id, "count": len(lacking), "facts": "、".join(lacking)}
            told.append((label, Diagnostic("D474", None, None, details)))
    return tuple(told)


def _lacking(policy: Policy, rows: Rows) -> list[str]:
    """Facts that the tables of a population read, that it has not, and that have no default."""
    wanted: set[str] = set()
    used = np.unique(rows.places[rows.places >= 0]).tolist()
    for place in used:
        entity, unit = rows.tables[place]
        root = Evaluator(policy).root_of(Case("", unit=unit, entity=entity))
        wanted |= {name for name, _ in facts_read(policy, root, unit)}
    return [
        name
        for name, fact in policy.facts.items()
        if name in wanted
        and name not in rows.population.columns
        and fact.derived is None
        and fact.default is None
    ]


def _check_places(people: People, policy: Policy, rows: Rows) -> None:
    """Each table must be one of the policy's: S505, D409, D414 with a case that has none."""
    problems: list[Diagnostic] = []
    for place, (entity, unit) in enumerate(rows.tables):
        there = np.flatnonzero(rows.places == place)
        if len(there):
            try:
                place_of(policy, Case(people.id(int(there[0])), unit=unit, entity=entity))
            except PolicyError as error:
                problems += error.diagnostics
    if problems:
        raise PolicyError(problems)


def _placed(population: Population, policy: Policy, names: Mapping[str, str | None] | None) -> Rows:
    """Which table scores each row, by the columns of units and entities.

    ``names``: what units are called in the policy; a row whose unit it has not is in no table.
    """
    number = population.rows
    none = np.zeros(number, np.int64)
    units = none if population.units is None else population.units.astype(np.int64)
    entities = none if population.entities is None else population.entities.astype(np.int64)
    keys, places = np.unique(entities * (1 << 32) + units, return_inverse=True)
    schema = population.schema

    def word(domain: Listed | None, code: int) -> str | None:
        return str(domain.value(code)) if domain is not None and code else None

    tables: list[Table] = []
    numbers: list[int] = []
    for key in keys.tolist():
        entity, unit = word(schema.entities, key >> 32), word(schema.units, key & ((1 << 32) - 1))
        if names is not None and unit is not None and unit in names:
            unit = names[unit]
            entity = entity if entity_known(policy, entity) else None
            if unit is None:
                numbers.append(-1)
                continue
        numbers.append(len(tables))
        tables.append((entity, unit if policy.units else None))
    return Rows(population, tables, np.array(numbers, np.int32)[places])


def _synthetic(
    spec: Spec,
    policies: Sequence[Policy],
    n: int | None,
    seed: int,
    by: str | Sequence[str] | None,
    done: Done,
    units: Matching | None,
) -> People:
    known: dict[str, Fact] = {}
    facts = [by] if isinstance(by, str) else by or ()
    wanted = {each.replace("：", ":").partition(":")[0].strip() for each in facts}
    for policy in policies:
        known |= facts_of(spec, policy)
        wanted |= read_by(policy)
    wanted |= wanted & {name for name, a in spec.attributes.items() if not a.internal}
    synthesis = Synthesis(spec, n or spec.size, seed, wanted & {*known, *spec.attributes})
    parts = []
    for chunk in synthesis.chunks():
        parts.append(chunk)
        done(len(chunk.households))
    whole = joined(parts) if len(parts) > 1 else parts[0]
    people = _given(whole.population, policies, units, whole.ids)
    people.roles = whole.roles
    people.about = {
        "kind": "specification",
        "id": spec.id,
        "file": spec.file,
        "specification": spec.digest,
        "households": synthesis.n,
        "seed": seed,
        "rows": whole.population.rows,
        "sha256": people.about["sha256"],
        "assumptions": [f"{what}：{reason}" for what, reason in spec.assumptions()],
    }
    return people


def _units(root: Clause) -> list[str | None]:
    """The units of a schedule, or one ``None``."""
    units: list[str | None] = [child.label for child in root.children if child.kind == "unit"]
    return units or [None]


def read_by(policy: Policy) -> set[str]:
    """The facts that scores and rankings of a policy read, derived ones followed."""
    found: set[str] = set()
    for root in policy.roots:
        for unit in _units(root):
            found |= {name for name, _ in facts_read(policy, root, unit)}
    for scene in policy.scenes:
        for part in (scene.applies_when, *(key.expression for key in scene.keys)):
            found |= {name for name, _ in names_in(part)} if part is not None else set()
    for blend in policy.blends:
        for each in blend.parts:
            found |= {name for name, _ in names_in(each.expression)}
    return found


# -- tables


def _read(
    source: Any,
    policies: Sequence[Policy],
    day: date | None,
    ignore: Sequence[str],
    units: Matching | None,
) -> People:
    table = in_memory(open_table(source))
    matched = Units((None,) * len(policies))
    if units is not None:
        matched = units(unit_names(table, ignore))
    left_out = matched.left_out
    known: dict[str, Fact] = {}
    for policy in reversed(policies):
        known |= policy.facts
    made: list[tuple[Policy, Mapping[str, str | None] | None, Encoded]] = []
    encoded: list[Encoded] = []
    for policy, names in zip(policies, matched.names, strict=True):
        whole = replace(policy, facts={**known, **policy.facts})
        found = next((e for p, n, e in made if n == names and _same_columns(p, whole)), None)
        if found is None:
            own = renamed(table, policy, names, left_out)
            prepared = prepare(whole, own, tuple(ignore), day)
            assert prepared.batch is not None
            found = prepared.encoder.encode(prepared.batch, prepared.read)
            rejects = Rejects(table.name)
            rejects.take(found)
            rejects.raise_any()
            made.append((whole, names, found))
        encoded.append(found)
    first = encoded[0]
    rows = [Rows(each.population, each.tables, _places(each)) for each in encoded]
    content = [digest(each.population) for each in encoded]
    about: dict[str, Any] = {"kind": "table", "name": table.name, "rows": first.population.rows}
    path = Path(table.name)
    if isinstance(source, Path) and path.is_file():
        about |= {"kind": "file", "file_sha256": file_hash(path)}
    about["sha256"] = content[0]
    return People(rows, first.cases, about, list(encoded), _told(matched, policies, rows))


def _same_columns(one: Policy, other: Policy) -> bool:
    """Whether tables are encoded in the same way for two policies."""
    if one.facts != other.facts or one.units != other.units:
        return False
    shapes = []
    for policy in (one, other):
        shape = []
        for root in policy.roots:
            shape.append(
                (
                    root.label,
                    root.entity,
                    [(unit, required_facts(policy, root, unit)) for unit in _units(root)],
                )
            )
        shapes.append(shape)
    return shapes[0] == shapes[1]


def _places(encoded: Encoded) -> npt.NDArray[np.int32]:
    """The table of each row; that of the applicant for the members of the household."""
    population = encoded.population
    places = np.full(population.rows, -1, np.int32)
    places[encoded.cases] = encoded.places
    if population.household is not None and len(encoded.cases):
        homes = np.full(int(population.household.max()) + 1, -1, np.int32)
        homes[population.household[encoded.cases]] = encoded.places
        inside = population.household >= 0
        places[inside] = homes[population.household[inside]]
    return places


# -- hashes


def digest(population: Population) -> str:
    """A hash of what a population holds: the values' codes, what these mean, who is whose."""
    outer = hashlib.sha256()
    schema = population.schema
    domains = sorted(schema.domains.items())
    outer.update(repr((domains, schema.date, schema.units, schema.entities)).encode())
    columns: dict[str, npt.NDArray[Any] | None] = dict(sorted(population.columns.items()))
    columns |= {
        "\0unit": population.units,
        "\0entity": population.entities,
        "\0weight": population.weights,
        "\0household": population.household,
        "\0spouse": population.spouse,
        "\0applicant": population.applicant,
    }
    for name, column in columns.items():
        if column is None:
            continue
        little = np.ascontiguousarray(column, column.dtype.newbyteorder("<"))
        inner = hashlib.sha256(little.view(np.uint8).data).digest()
        outer.update(name.encode() + b"\0" + inner)
    return outer.hexdigest()


def file_hash(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
