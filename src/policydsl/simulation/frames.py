"""A simulation for a notebook: every table as a DataFrame, and the scored persons."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from policydsl.files import replacing_folder
from policydsl.language.diagnostics import Diagnostic, PolicyError, did_you_mean
from policydsl.language.keywords import Language
from policydsl.pages.charts import Chart
from policydsl.pages.html import render
from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.placing import OUTCOME_CODES
from policydsl.scoring.columns.plan import UNBOUNDED
from policydsl.scoring.columns.scored.formats import decimal_places
from policydsl.scoring.ranking import OUTCOMES
from policydsl.scoring.results import ResultTable, Unbounded, pick
from policydsl.scoring.writing import as_decimal, to_frame
from policydsl.simulation.extras import EXTRAS, Extra, Options, extra_tables, person_tables
from policydsl.simulation.persons import persons_in
from policydsl.simulation.records import RECORD, Made, Request, as_record, run_record, write_made
from policydsl.simulation.report.material import Material
from policydsl.simulation.report.pictures import pictures_of
from policydsl.simulation.report.writing import report_page
from policydsl.simulation.runs import Simulation, Stage, silent
from policydsl.simulation.statistics import in_points
from policydsl.simulation.tables import tables_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass
class SimulationResult:
    """What came out: ``frame(name)`` for each of ``names``, ``scored()`` for the persons.

    ``simulation`` has the exact figures and the arrays.  ``request``: what can be done again from
    files (``None`` where something was handed in by a program).
    """

    simulation: Simulation
    language: Language = "zh"
    request: Request | None = None
    stage: Stage = silent
    options: Options = field(default_factory=Options)
    _tables: dict[str, ResultTable] = field(default_factory=dict, repr=False)
    _extras: dict[str, Extra] = field(default_factory=dict, repr=False)

    @property
    def names(self) -> list[str]:
        """The tables there are; the last ones (:data:`EXTRAS`) take longer."""
        return list(dict.fromkeys([*self._plain_tables(), *self._tables, *EXTRAS]))

    def _plain_tables(self) -> dict[str, ResultTable]:
        if "summary" not in self._tables:
            self._tables = {**tables_of(self.simulation, self.language), **self._tables}
        return self._tables

    def table(self, name: str) -> ResultTable:
        """A table by name.  Raises :class:`PolicyError` (S604) for an unknown one."""
        extra = name.partition("_")[0]
        if extra in EXTRAS and name not in self._tables:
            found = extra_tables(self.simulation, extra, self.language, self.stage, self.options)
            self._extras[extra] = found
            self._tables |= found.tables
        tables = self._plain_tables()
        if name not in tables:
            details = {"name": name, "near": did_you_mean(name, self.names)}
            raise PolicyError([Diagnostic("S604", None, None, details)])
        return tables[name]

    def frame(self, name: str) -> pd.DataFrame:
        """A table as a DataFrame; points are ``Decimal``."""
        return to_frame(self.table(name))

    def figures(self) -> dict[str, Any]:
        """All figures, exact, as plain values; those of extras that were asked for, too."""
        extras = {name: extra.record for name, extra in self._extras.items()}
        return {**as_record(self.simulation), **extras}

    def persons(self, path: str | Path) -> pd.DataFrame:
        """Persons of a file, with their score under each version; why: ``persons_changes``.

        Raises :class:`PolicyError` with what is wrong with the file, or S551.
        """
        people = persons_in(self.simulation, path)
        found = person_tables(self.simulation, people, self.language)
        self._extras["persons"] = found
        self._tables |= found.tables
        if self.request is not None:
            self.request = replace(self.request, persons=str(path))
        return self.frame("persons")

    def report(self) -> str:
        """The report as one HTML page, of what was asked for so far.

        Raises :class:`PolicyError` (R701) where charts cannot be drawn.
        """
        return render(report_page(self._material()))

    def charts(self) -> dict[str, Chart]:
        """The charts of the report by name: a notebook shows them, ``.altair()`` changes them."""
        return pictures_of(self._material())

    def _material(self) -> Material:
        values = {name: extra.values for name, extra in self._extras.items()}
        record = None
        if self.request is not None:
            record = run_record(self._asked(), self.simulation, self.figures())
        return Material(self.simulation, self._plain_tables(), values, record, self.language,
                        tuple(name for name in self._extras if name in EXTRAS))  # fmt: skip

    def _asked(self) -> Request:
        assert self.request is not None
        names = tuple(name for name in self._extras if name in EXTRAS)
        return replace(self.request, extras=names, only=self.options.only)

    def scored(self, scaled: bool = False) -> pd.DataFrame:
        """The scored cases: the plain table that every figure can be computed from.

        For each version (numbered from 0) the ends of the score, the ends of the rank of the
        household (0: not ranked), and the outcome.  Points are ``Decimal``, or with ``scaled``
        whole numbers of which ``attrs["scale"]`` are a point.
        """
        import pandas as pd

        sim = self.simulation
        people = sim.people
        columns: dict[str, Any] = {}
        weights = sim.weights
        columns["weight"] = np.ones(len(people), np.int64) if weights is None else weights
        if sim.by is not None:
            labels = pd.Index(sim.by.labels)
            columns["group"] = pd.Categorical.from_codes(sim.by.codes.astype(np.int32), labels)
        words = pd.Index([pick(self.language, *OUTCOMES[code]) for code in OUTCOME_CODES])
        for version in sim.numbers:
            total = sim.total(version)
            for end, values in (("low", total.low), ("high", total.high)):
                shown = values if scaled else self._points(values)
                columns[f"{end}_{version}"] = shown
            best, worst = sim.ranks[version]
            columns[f"rank_{version}"], columns[f"worst_rank_{version}"] = best, worst
            outcomes = sim.outcomes(version).astype(np.int8)
            columns[f"outcome_{version}"] = pd.Categorical.from_codes(outcomes, words)
        ids = [people.id(row) for row in people.cases.tolist()]
        made = pd.DataFrame(columns, index=pd.Index(ids, name="id"))
        made.attrs |= {"scale": sim.scale, "versions": list(sim.labels)}
        return made

    def _points(self, values: Numbers) -> Any:
        found, places = np.unique(values, return_inverse=True)
        cells = np.empty(len(found), object)
        finite = decimal_places(self.simulation.scale) is not None
        for place, value in enumerate(found.tolist()):
            points = in_points(value, self.simulation.scale)
            if points is None:
                cells[place] = Unbounded(value <= -UNBOUNDED)
            else:
                cells[place] = as_decimal(points) if finite else points
        return cells[places]

    def save(self, folder: str | Path, report: bool = True) -> Made:
        """Write report, tables, figures and the run record, as ``policydsl simulate --out`` does.

        Raises :class:`PolicyError`: S603 where no record can be written, F007.
        """
        if self.request is None:
            what = ("策略或人口", "A policy or the population")
            raise PolicyError([Diagnostic("S603", None, None, {"what": what})])
        figures = self.figures()
        request = replace(self._asked(), report=report)
        values = {name: extra.values for name, extra in self._extras.items()}
        made = Made(run_record(request, self.simulation, figures), self._plain_tables(),
                    self.simulation, figures, values)  # fmt: skip
        with replacing_folder(Path(folder), RECORD) as temporary:
            return write_made(made, temporary, request)
