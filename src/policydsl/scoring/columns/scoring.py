"""Scoring by columns from start to end: a policy and a table in, scores or files out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from policydsl.files import write_bytes
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source, did_you_mean
from policydsl.language.keywords import Language
from policydsl.model.policy import Policy
from policydsl.scoring import results
from policydsl.scoring.cases import Case
from policydsl.scoring.columns.arrays import Codes, Numbers
from policydsl.scoring.columns.plan import Plan, Slot
from policydsl.scoring.columns.population import Population, Schema
from policydsl.scoring.columns.scored.batch import Scores, score_batch
from policydsl.scoring.columns.scored.columns import result_columns
from policydsl.scoring.columns.scored.formats import arrow_column, frame_of
from policydsl.scoring.columns.scored.objects import case_table, score_objects
from policydsl.scoring.columns.scored.plans import Plans, Wanted
from policydsl.scoring.columns.scored.points import Points
from policydsl.scoring.columns.tables.opening import open_table
from policydsl.scoring.columns.tables.outputs import (
    DEFAULT_OPTIONS,
    Options,
    Outputs,
    csv_line,
    results_title,
)
from policydsl.scoring.columns.tables.rejects import Rejects, head, reject_lines
from policydsl.scoring.columns.tables.sources import Table, arrow
from policydsl.scoring.columns.tables.streaming import Stage, Summary, stream
from policydsl.scoring.columns.tables.surveying import Prepared, in_memory, prepare
from policydsl.scoring.columns.tables.tally import Tally
from policydsl.scoring.exact import Evaluator, Reason, Score
from policydsl.scoring.results import ResultTable
from policydsl.scoring.tables import CaseTable

if TYPE_CHECKING:
    import pandas as pd

Engine = Literal["auto", "kernel", "numpy", "duckdb"]


class InProcess:
    """Plans made and run in this process."""

    def __init__(self) -> None:
        self._runners: dict[tuple[int, tuple[Slot, ...], str], Any] = {}
        self._plans: list[Plan] = []

    def make_plan(
        self,
        policy: Policy,
        schema: Schema,
        *,
        unit: str | None = None,
        entity: str | None = None,
        reasons: bool = False,
    ) -> Plan:
        """The plan for one table."""
        from policydsl.scoring.columns.planning.planner import make_plan

        plan = make_plan(policy, schema, unit=unit, entity=entity, reasons=reasons)
        self._plans.append(plan)  # so that no other gets its id
        return plan

    def columns_of(self, plan: Plan, population: Population) -> list[Codes]:
        """The columns that the plan reads."""
        from policydsl.scoring.columns.planning.derived import columns_of

        return list(columns_of(plan, population))

    def run(
        self, plan: Plan, columns: Sequence[Codes], wanted: Sequence[Slot], rows: int, engine: str
    ) -> list[Numbers]:
        """The wanted slots for all rows."""
        if engine == "duckdb":
            from policydsl.scoring.columns.sql import databases

            return databases.run(plan, columns, wanted, rows)
        from policydsl.scoring.columns.engines import running as engines

        key = (id(plan), tuple(wanted), engine)
        if key not in self._runners:
            chosen = cast(engines.Engine, engine)
            self._runners[key] = engines.Runner.of(plan, wanted, chosen)
        try:
            found = self._runners[key].run(dict(enumerate(columns)), rows)
        except ImportError as error:
            details = {"format": engine, "extra": "fast"}
            raise PolicyError([Diagnostic("D415", Source("", ""), None, details)]) from error
        return cast("list[Numbers]", found)


def check_policy(policy: Policy) -> None:
    """Refuse what columns do not compute: :class:`PolicyError` (S502, S511)."""
    Evaluator(policy)
    if policy.kind == "work_plan":
        what = ("要点的目标", "the targets of a work plan")
        raise PolicyError([Diagnostic("S511", policy.source, None, {"what": what})])


def has_targets(policy: Policy) -> bool:
    """Whether some clause states targets, which columns do not check."""
    return any(clause.targets for clause in policy.clauses.values())


def plans_for(prepared: Prepared, wanted: Wanted) -> Plans:
    """The plans for a table that was surveyed."""
    return Plans(prepared.policy, prepared.schema, InProcess(), wanted)


# -- in memory


@dataclass
class ColumnScores:
    """The scores of a table, in the order of its cases.

    ``scores`` are the integers (``scale`` of them a point) that everything else is made from;
    ``rejects`` what could not be scored, if that was allowed.
    """

    policy: Policy
    scores: Scores
    rejects: Rejects
    language: Language = "zh"
    index: Any = None
    name: str = "DataFrame"
    _ids: dict[str, int] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.scores)

    @property
    def scale(self) -> int:
        """So many of the integers are one point."""
        return self.scores.total.scale

    @property
    def total(self) -> Points:
        """What can be used: ``low`` and ``high`` as int64 arrays, in units of ``1 / scale``."""
        return self.scores.total

    @property
    def points(self) -> Points:
        """The points before veto and status."""
        return self.scores.points

    @property
    def parts(self) -> dict[str, Points]:
        """Points by clause id, for those that were asked for."""
        return self.scores.parts

    @property
    def population(self) -> Population:
        """The encoded rows; ``scores.rows`` are the places of the cases among them."""
        return self.scores.encoded.population

    @cached_property
    def ids(self) -> list[str]:
        """The ids of the cases."""
        return [self.scores.encoded.id(row) for row in self.scores.rows.tolist()]

    def frame(self, scaled: bool = False) -> pd.DataFrame:
        """A DataFrame with the columns of :func:`policydsl.score`.

        Points are ``Decimal``; with ``scaled`` they are whole numbers, of which
        ``attrs["scale"]`` are one point.
        """
        made = frame_of(result_columns(self.scores, self.language), scaled)
        made.index = self._index()
        made.attrs |= self.about()
        return made

    def about(self) -> dict[str, Any]:
        """What a file with these scores says of them."""
        return {
            "title": results_title(self.policy, self.language),
            "notice": list(results.notice(self.policy, self.language)),
        }

    def write_rejects(self, path: Path, titles: Sequence[str]) -> None:
        """Write what could not be scored as CSV; ``titles`` are those of the table."""
        lines = csv_line(head(titles, self.language))
        lines += reject_lines(self.scores.encoded, self.name, titles, self.language)
        write_bytes(path, ("\ufeff" + lines).encode("utf-8"))

    def _index(self) -> Any:
        import pandas as pd

        if self.index is not None and self.scores.encoded.population.applicant is None:
            batch_rows = self.scores.encoded.rows[self.scores.rows]
            return self.index[batch_rows]
        return pd.Index(self.ids, name="case")

    def arrow(self) -> Any:
        """A ``pyarrow.Table`` with the same columns; points are decimals."""
        columns = result_columns(self.scores, self.language)
        arrays = [arrow_column(column, self.language) for column in columns]
        return arrow().table(arrays, names=[column.column.title for column in columns])

    def histogram(self) -> Tally:
        """How many persons hold each number of points."""
        tally = Tally(self.scale)
        tally.add(self.scores.total, self.scores.weights)
        return tally

    def explained(self, row: int | str) -> tuple[Case, Score]:
        """A case and its score by the exact evaluator, with its trace; by place or id."""
        place = self._place(row)
        case = self.scores.encoded.case(int(self.scores.rows[place]))
        return case, Evaluator(self.policy).score(case, trace=True)

    def score(self, row: int | str) -> Score:
        """The score of a case by the exact evaluator, with its trace; by place or id."""
        return self.explained(row)[1]

    def reasons(self, row: int | str) -> tuple[Reason, ...]:
        """Why a case has the score it has, beyond arithmetic; by place or id."""
        return self.score(row).reasons

    def _place(self, row: int | str) -> int:
        if isinstance(row, int):
            return range(len(self))[row]
        if not self._ids:
            self._ids.update({id_: place for place, id_ in enumerate(self.ids)})
        if row not in self._ids:
            details = {"row": "—", "value": row, "near": did_you_mean(row, self._ids)}
            raise PolicyError([Diagnostic("D427", Source(self.name, ""), None, details)])
        return self._ids[row]

    # -- as the exact evaluator gives them

    def objects(self) -> tuple[CaseTable, list[Score]]:
        """Cases (without their facts) and scores, for what shows results."""
        return case_table(self.scores, self.name), score_objects(self.scores)

    def table(self, items: bool = False) -> ResultTable:
        """The result as :func:`policydsl.scoring.results.score_table` makes it."""
        cases, found = self.objects()
        return results.score_table(self.policy, cases, found, items, self.language)


def score_table(
    policy: Policy,
    table: Table,
    options: Options = DEFAULT_OPTIONS,
    rejects: bool = False,
    prepared: Prepared | None = None,
) -> ColumnScores:
    """Score a table in memory.

    Raises :class:`PolicyError` with all problems of the data unless ``rejects`` are allowed, and
    S5xx where no plan can hold the policy.
    """
    check_policy(policy)
    table = in_memory(table)
    prepared = prepared or prepare(policy, table, options.ignore, options.date)
    batch = prepared.batch
    assert batch is not None
    encoded = prepared.encoder.encode(batch, prepared.read)
    found = Rejects(table.name)
    if not rejects:
        found.take(encoded)
        found.raise_any()
    scores = score_batch(encoded, plans_for(prepared, options.wanted), options.engine)
    found = Rejects(table.name)
    found.take(encoded)
    if not rejects:
        found.raise_any()
    return ColumnScores(policy, scores, found, options.language, name=table.name)


def score_data(
    policy: Policy,
    data: Any,
    options: Options = DEFAULT_OPTIONS,
    rejects: bool = False,
    encoding: str | None = None,
    sheet: str | None = None,
) -> ColumnScores:
    """Score a DataFrame, an Arrow table, records, or the rows of a file, in memory."""
    table = open_table(data, encoding, sheet)
    made = score_table(policy, table, options, rejects)
    if hasattr(data, "iloc") and hasattr(data, "index"):
        made.index = data.index
    return made


# -- out of core


def score_file(
    policy: Policy,
    path: Path,
    outputs: Outputs,
    options: Options = DEFAULT_OPTIONS,
    encoding: str | None = None,
    sheet: str | None = None,
    stage: Stage = lambda name, rows: None,
) -> Summary:
    """Score a file of any size into files; see :mod:`.tables.streaming`."""
    check_policy(policy)
    if options.engine == "spark":
        from policydsl.scoring.columns.sql.databases import spark_file

        return spark_file(policy, path, plans_for, outputs, options)
    table = open_table(path, encoding, sheet)
    return stream(policy, table, plans_for, outputs, options, stage)
