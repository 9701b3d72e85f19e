"""Plans run by a database: DuckDB on columns that the encoder has made, Spark on files.

By way of the encoder everything that it reads (any file, households, facts that are worked out)
can be scored by DuckDB too.  Spark scores Parquet files where they are.  A population that sits
in a database is scored there by :mod:`policydsl.scoring.columns.sql.duckdb`.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from policydsl.files import refused, write_text
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.language.functions import ASSESSMENT_DATE
from policydsl.language.keywords import Language
from policydsl.model.policy import Policy
from policydsl.scoring import results
from policydsl.scoring.columns.arrays import Codes, Numbers
from policydsl.scoring.columns.histograms import Histogram
from policydsl.scoring.columns.plan import UNBOUNDED, Plan, Slot
from policydsl.scoring.columns.scored.formats import decimal_places
from policydsl.scoring.columns.scored.plans import Plans, Wanted
from policydsl.scoring.columns.tables.outputs import (
    RECORD,
    Options,
    Outputs,
    about_policy,
    check_ours,
    check_places,
)
from policydsl.scoring.columns.tables.parquet import ParquetTable
from policydsl.scoring.columns.tables.rejects import Rejects
from policydsl.scoring.columns.tables.sources import arrow
from policydsl.scoring.columns.tables.streaming import Summary
from policydsl.scoring.columns.tables.surveying import Prepared, prepare
from policydsl.scoring.columns.tables.tally import Tally, write_histogram
from policydsl.scoring.results import pick


def run(plan: Plan, columns: Sequence[Codes], wanted: Sequence[Slot], rows: int) -> list[Numbers]:
    """The wanted slots for all rows, in their order, by DuckDB."""
    from policydsl.scoring.columns.sql.duckdb import score_duckdb
    from policydsl.scoring.columns.sql.jobs import Job

    names = {each.name: f"c{i}" for i, each in enumerate(plan.inputs)}
    slots = {f"s{slot}": slot for slot in wanted}
    job = Job(plan, slots, columns=names, coded=frozenset(names))
    pa = arrow()
    # a plan without inputs still needs the rows
    arrays = [pa.array(column) for column in columns] + [pa.array(np.arange(rows))]
    table = pa.table(arrays, names=[*names.values(), "row"])
    found = score_duckdb(job, table)
    return [
        found.column(f"s{slot}").combine_chunks().to_numpy(zero_copy_only=False) for slot in wanted
    ]


def spark_file(
    policy: Policy,
    path: Path,
    plans_for: Callable[[Prepared, Wanted], Plans],
    outputs: Outputs,
    options: Options,
) -> Summary:
    """Score Parquet files by Spark: a folder of Parquet files, or only the histogram.

    The folder has who a row is, the score with its ends, and the groups, as decimals.  Raises
    :class:`PolicyError`: S511 for what cannot be done row by row, D4xx for the data.
    """
    table = ParquetTable(path) if path.is_dir() or path.suffix == ".parquet" else None
    if table is None or (outputs.table is not None and not outputs.is_folder):
        what = ("Spark 只读 Parquet、只写文件夹", "Spark reads Parquet and writes folders only")
        raise _refused(path, what)
    if outputs.rejects is not None:
        raise _refused(path, ("Spark 不写出不能打分的行", "Spark keeps no rejects"))
    check_places(outputs, table)
    prepared = prepare(policy, table, options.ignore, options.date)
    layout, domains = prepared.layout, prepared.schema.domains
    if layout.households:
        raise _refused(path, ("Spark 不按户计分", "Spark does not score households"))
    if ASSESSMENT_DATE in domains and options.date is not None:
        what = ("“评定日”列与 --date 同时给出", "a column of dates together with --date")
        raise _refused(path, what)
    plans = plans_for(prepared, Wanted(groups=options.wanted.groups))
    plans.need(plans.all_tables())
    if len(plans.made) > 1:
        raise _refused(path, ("分单位或对象的策略", "policies with units or entities"))
    (plan,) = plans.made.values()
    return _by_spark(prepared, plan, outputs, options)


def _by_spark(prepared: Prepared, plan: Plan, outputs: Outputs, options: Options) -> Summary:
    from policydsl.scoring.columns.sql import spark as spark_engine
    from policydsl.scoring.columns.sql.jobs import Job

    table, layout = prepared.table, prepared.layout
    titles = {fact.name: table.titles[position] for position, fact in layout.facts.items()}
    if "date" in layout.others:
        titles[ASSESSMENT_DATE] = layout.title("date")
    groups = results.group_parts(prepared.policy, options.language)
    wanted = {"total low": plan.total.low, "total high": plan.total.high}
    shown: dict[str, tuple[str, str]] = {}
    for part in groups if options.wanted.groups else ():
        for id_ in part.ids & set(plan.parts):
            ends = plan.parts[id_]
            wanted |= {f"{part.key} low": ends.low, f"{part.key} high": ends.high}
            shown[part.title] = (f"{part.key} low", f"{part.key} high")
    who = ("id", "name", "unit", "entity")
    keep = [layout.title(kind) for kind in who if kind in layout.others]
    job = Job(
        plan, wanted, columns=titles, keep=keep,
        key=layout.title("id") if "id" in layout.others else None,
        weight=layout.title("weight") if "weight" in layout.others else None,
    )  # fmt: skip
    spark = spark_engine.session()
    frame = spark_engine.read_parquet(prepared.table.name, spark)
    ends_ = ("total low",) if plan.total.exact else ("total low", "total high")
    counted = [spark_engine.histogram_spark(job, frame, end, table.name) for end in ends_]
    low, *high = [Histogram(np.asarray(c.values), np.asarray(c.persons)) for c in counted]
    tally = Tally(plan.scale, low, high[0] if high else None)
    rows = table.rows or 0
    about = {**about_policy(prepared.policy, options.language), "rows": rows, "engine": "spark"}
    if outputs.histogram is not None:
        write_histogram(outputs.histogram, tally, options.language, about)
    if outputs.table is not None:
        scored = spark_engine.score_spark(job, frame, table.name)
        score = pick(options.language, "得分", "score")
        columns = [f"`{_quoted(name)}`" for name in keep]
        for title, names in {score: ("total low", "total high"), **shown}.items():
            made = _points(plan, title, names, options.language)
            ranged = title == score or wanted[names[0]] != wanted[names[1]]
            columns += made if ranged else made[:1]
        _write_folder(scored.selectExpr(*columns), outputs.table, about)
    return Summary(
        rows, rows, tally, Rejects(table.name), results.notice(prepared.policy, options.language)
    )


def _points(plan: Plan, title: str, ends: tuple[str, str], language: Language) -> list[str]:
    """Expressions of a number of points, and of its two ends."""
    places = decimal_places(plan.scale)

    def number(column: str) -> str:
        if places is None:  # a text like 4/3, not reduced
            return f"concat({column}, '/{plan.scale}')"
        # exact: a whole number times a power of ten
        unit = f"CAST('1e-{places}' AS DECIMAL(10,{places}))"
        whole = f"CAST({column} * {10**places // plan.scale} AS DECIMAL(27,0))"
        return f"CAST({whole} * {unit} AS DECIMAL(38,{places}))"

    low, high = (f"`{_quoted(end)}`" for end in ends)
    space = "" if ends[0] == "total low" and language == "zh" else " "
    named = {
        title: f"CASE WHEN {low} = {high} THEN {number(low)} END",
        pick(language, f"{title}{space}下限", f"{title} low"): _bounded(low, number),
        pick(language, f"{title}{space}上限", f"{title} high"): _bounded(high, number),
    }
    return [f"{expression} AS `{_quoted(name)}`" for name, expression in named.items()]


def _bounded(column: str, number: Callable[[str], str]) -> str:
    """Empty without bound."""
    return f"CASE WHEN abs({column}) < {UNBOUNDED} THEN {number(column)} END"


def _quoted(name: str) -> str:
    return name.replace("`", "``")


def _write_folder(scored: Any, folder: Path, about: Mapping[str, Any]) -> None:
    """A folder that takes its name when it is complete, and the place of an old one of ours."""
    temporary = folder.with_name(f".{folder.name}.{os.urandom(6).hex()}.tmp")
    try:
        if folder.exists():
            check_ours(folder)
        scored.write.parquet(str(temporary))
        write_text(temporary / f"_{RECORD}", json.dumps(about, ensure_ascii=False, indent=2))
        if folder.exists():
            shutil.rmtree(folder)
        temporary.rename(folder)
    except OSError as error:
        raise refused(folder, error.strerror or str(error)) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _refused(path: Path, what: tuple[str, str]) -> PolicyError:
    return PolicyError([Diagnostic("S511", Source(str(path), ""), None, {"what": what})])
