"""What a simulation leaves behind: figures, tables, and a record from which it can be repeated."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Any, Literal, cast

from policydsl import __version__
from policydsl.files import replacing_folder
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.language.keywords import Language
from policydsl.model.policy import Policy
from policydsl.scoring.columns.placing import Ties
from policydsl.scoring.columns.tables.outputs import policy_hash
from policydsl.scoring.results import ResultTable
from policydsl.scoring.writing import to_json, write_table
from policydsl.simulation.extras import Options, extra_tables, person_tables
from policydsl.simulation.people import file_hash
from policydsl.simulation.persons import persons_in
from policydsl.simulation.plain import plain
from policydsl.simulation.report.material import Material
from policydsl.simulation.report.writing import write_report
from policydsl.simulation.runs import Simulation, Stage, silent, simulate
from policydsl.simulation.sheets import DEFAULT, Settings
from policydsl.simulation.tables import tables_of

RECORD = "run.json"
FIGURES = "figures.json"
FORMAT = 1
TableFormat = Literal["csv", "parquet"]


@dataclass(frozen=True)
class Request:
    """What was asked for: all that a simulation needs, as plain values."""

    base: str
    drafts: tuple[str, ...]
    population: str
    n: int | None = None
    seed: int = 1
    scene: str | None = None
    quota: int | None = None
    ties: Ties | None = None
    by: str | None = None
    assume: tuple[str, ...] = ()
    day: str | None = None
    ignore: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    """Of ``contributions``, ``sensitivity``, ``typical``: what is made beside the rest."""
    formats: tuple[TableFormat, ...] = ("csv",)
    language: Language = "zh"
    only: tuple[str, ...] = ()
    """The clauses or numbers that the sensitivity moves; all without."""
    persons: str | None = None
    """A file with persons who are told one by one."""
    report: bool = True

    @property
    def options(self) -> Options:
        """What extras are told."""
        return Options(self.only)

    def run(self, settings: Settings, stage: Stage = silent) -> Simulation:
        """The simulation.  Raises :class:`PolicyError`."""
        day = None if self.day is None else date.fromisoformat(self.day)
        return simulate(
            self.base, self.drafts, self.population, n=self.n, seed=self.seed, scene=self.scene,
            quota=self.quota, ties=self.ties, by=self.by, assume=self.assume, day=day,
            ignore=self.ignore, settings=settings, stage=stage,
        )  # fmt: skip


# -- figures


def as_record(simulation: Simulation) -> dict[str, Any]:
    """All figures, exact; histograms and edges are in units of 1/``scale``."""
    sim = simulation
    record: dict[str, Any] = {
        "scale": sim.scale, "edges": list(sim.edges), "persons": sim.people.persons,
        "cases": len(sim.people), "versions": [], "comparisons": [],
    }  # fmt: skip
    for version in sim.numbers:
        low, high = sim.summary(version)
        record["versions"].append({
            "label": sim.labels[version], "policy": sim.versions[version].policy.id,
            "assumed": list(sim.versions[version].policy.assumed),
            "histogram": {"low": plain(sim.ends[version].low),
                          "high": plain(sim.ends[version].high)},
            "low": plain(low), "high": plain(high), "standing": plain(sim.standing(version)),
            "scene": sim.scored[version].scene.name, "ties": sim.ties_of(version),
            "line": plain(sim.line(version)), "admitted_by": sim.admitted_by(version),
            "discretion": plain(sim.discretion(version)), "caps": plain(sim.caps(version)),
            "resting": plain(sim.resting(version)),
        })  # fmt: skip
    if sim.by is not None:
        record["by"] = {"name": sim.by.name, "groups": plain(sim.groups)}
    for base in sim.numbers:
        for draft in sim.numbers[base + 1 :]:
            record["comparisons"].append({
                "base": sim.labels[base], "draft": sim.labels[draft],
                "change": plain(sim.change(draft, base)),
                "change_by": plain(sim.change_by(draft, base)),
                "transitions": plain(sim.transitions(draft, base)),
                "crossing": plain(sim.crossing(draft, base)),
                "crossing_by": plain(sim.crossing_by(draft, base)),
                "churn": plain(sim.churn(draft, base)),
            })  # fmt: skip
    return record


def digest_of(figures: Mapping[str, Any]) -> str:
    """A hash of all figures."""
    text = json.dumps(figures, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


# -- the run record


def run_record(
    request: Request, simulation: Simulation, figures: Mapping[str, Any]
) -> dict[str, Any]:
    """From what, with what and how the figures were made."""
    return {
        "format": FORMAT,
        "request": plain(request),
        "command": command_of(request),
        "versions": [
            {"label": v.label, "policy": v.policy.id, "title": v.policy.title,
             "target": v.target, "assume": list(v.assume), "sha256": meaning_of(v.policy)}
            for v in simulation.versions
        ],
        "warnings": [
            {"version": label, "code": x.code, "zh": x.message("zh"), "en": x.message("en")}
            for label, x in simulation.warnings
        ],
        "population": plain(simulation.people.about),
        "persons_sha256": None if request.persons is None else file_hash(Path(request.persons)),
        "software": software(),
        "figures_sha256": digest_of(figures),
    }  # fmt: skip


def meaning_of(policy: Policy) -> str:
    """A hash of what a policy says; warnings, which name places of files, are left out."""
    return policy_hash(replace(policy, diagnostics=()))


def software() -> dict[str, str]:
    """The versions of what computes."""
    found = {"policydsl": __version__, "python": sys.version.split()[0]}
    for name in ("numpy", "pandas", "pyarrow", "numba"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def command_of(request: Request) -> list[str]:
    """The command line that makes the same figures."""
    words = ["policydsl", "simulate", request.base, *request.drafts]
    words += ["--population", request.population]
    options: list[tuple[str, object]] = [
        ("-n", request.n), ("--seed", request.seed), ("--scene", request.scene),
        ("--quota", request.quota), ("--ties", request.ties), ("--by", request.by),
        ("--date", request.day), *(("--assume", name) for name in request.assume),
        *(("--ignore", name) for name in request.ignore), ("--persons", request.persons),
    ]  # fmt: skip
    for name, value in options:
        if value is not None:
            words += [name, str(value)]
    for name in request.extras:
        if name == "sensitivity" and request.only:
            words += [word for one in request.only for word in ("--sensitivity-of", one)]
        else:
            words.append(f"--{name}")
    return words


@dataclass(frozen=True)
class Made:
    """What was made: the run record, the tables, and all figures.

    ``values``: those of extras, by name; ``told``: what a user should hear of (R702).
    """

    record: dict[str, Any]
    tables: dict[str, ResultTable]
    simulation: Simulation
    figures: dict[str, Any]
    values: Mapping[str, Any] = field(default_factory=dict)
    told: tuple[Diagnostic, ...] = ()


def made_of(request: Request, simulation: Simulation, stage: Stage = silent) -> Made:
    """All that is asked for: figures, exact and as tables, with their record."""
    figures = as_record(simulation)
    stage("figures", 1)
    tables = tables_of(simulation, request.language)
    values: dict[str, Any] = {}
    for name in request.extras:
        found = extra_tables(simulation, name, request.language, stage, request.options)
        figures[name], values[name] = found.record, found.values
        tables |= found.tables
    if request.persons is not None:
        day = None if request.day is None else date.fromisoformat(request.day)
        people = persons_in(simulation, request.persons, day)
        found = person_tables(simulation, people, request.language)
        figures["persons"], values["persons"] = found.record, found.values
        tables |= found.tables
    return Made(run_record(request, simulation, figures), tables, simulation, figures, values)


def write_simulation(
    request: Request,
    folder: Path | None,
    settings: Settings = DEFAULT,
    stage: Stage = silent,
) -> Made:
    """Run a simulation and write all of it into a folder, which takes its place as a whole.

    Raises :class:`PolicyError`; the folder is as before then.
    """
    if folder is not None:
        with replacing_folder(folder, RECORD) as made:
            return _written(request, made, settings, stage)
    return _written(request, None, settings, stage)


def _written(request: Request, folder: Path | None, settings: Settings, stage: Stage) -> Made:
    made = made_of(request, request.run(settings, stage), stage)
    if folder is not None:
        made = write_made(made, folder, request, stage)
    return made


def write_made(made: Made, folder: Path, request: Request, stage: Stage = silent) -> Made:
    """Write tables, figures, the record and the report into a folder.

    Where charts cannot be drawn the report is left out, and the result says so (R702).
    """
    for name, table in made.tables.items():
        for suffix in request.formats:
            write_table(folder / f"{name}.{suffix}", table, {}, request.language)
    (folder / FIGURES).write_text(to_json(made.figures) + "\n", encoding="utf-8")
    (folder / RECORD).write_text(to_json(made.record) + "\n", encoding="utf-8")
    if not request.report:
        return made
    material = Material(
        made.simulation, made.tables, made.values, made.record, request.language,
        request.extras, request.formats,
    )  # fmt: skip
    try:
        write_report(material, folder, stage)
    except PolicyError as error:
        missing = [d for d in error.diagnostics if d.code == "R701"]
        if not missing:
            raise
        told = tuple(Diagnostic("R702", None, None, d.details) for d in missing)
        return replace(made, told=told)
    return made


# -- doing it again


@dataclass(frozen=True)
class Difference:
    """What is not as it was: ``what`` in Chinese and English, and both values."""

    what: tuple[str, str]
    before: str
    now: str
    matters: bool = True


def read_record(path: Path) -> dict[str, Any]:
    """A run record, from its file or the folder that has it; raises :class:`PolicyError` (S602)."""
    file = path / RECORD if path.is_dir() else path
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        if record["format"] != FORMAT:
            raise ValueError(f"format {record['format']}")
        request_of(record)
    except OSError as error:
        raise _unusable(file, error.strerror or str(error)) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unusable(file, str(error) or type(error).__name__) from error
    return cast("dict[str, Any]", record)


def _unusable(file: Path, problem: str) -> PolicyError:
    details = {"path": str(file), "problem": problem}
    return PolicyError([Diagnostic("S602", Source(str(file), ""), None, details)])


def request_of(record: Mapping[str, Any]) -> Request:
    """What a record asks for."""
    known = dict(record["request"])
    names = {each.name for each in fields(Request)}
    if not set(known) <= names:  # what an older record does not say is as by default
        raise ValueError(", ".join(sorted(set(known) - names)))
    for name, value in known.items():
        if isinstance(value, list):
            known[name] = tuple(value)
    return Request(**known)


def rerun(
    path: Path,
    settings: Settings = DEFAULT,
    stage: Stage = silent,
    folder: Path | None = None,
) -> tuple[Made, list[Difference]]:
    """Do a recorded simulation again and say what is not as it was.

    No difference that matters means: the same policies, the same persons, the same figures.
    """
    record = read_record(path)
    made = write_simulation(request_of(record), folder, settings, stage)
    found: list[Difference] = []

    def compare(what: tuple[str, str], before: object, now: object, matters: bool = True) -> None:
        if before != now:
            found.append(Difference(what, str(before), str(now), matters))

    for old, new in zip(record["versions"], made.record["versions"], strict=True):
        label = new["label"]
        compare((f"策略 {label}", f"policy {label}"), old["sha256"], new["sha256"])
    compare(("人口", "population"), record["population"].get("sha256"),
            made.record["population"].get("sha256"))  # fmt: skip
    found += software_differences(record, made.record)
    compare(("结果", "figures"), record["figures_sha256"], made.record["figures_sha256"])
    return made, found


def software_differences(record: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
    """Other versions of what computes: told, but no difference that matters."""
    before, after = record.get("software", {}), now["software"]
    return [
        Difference((f"软件 {name}", f"software {name}"), old, new, False)
        for name in sorted({*before, *after})
        if (old := before.get(name, "—")) != (new := after.get(name, "—"))
    ]
