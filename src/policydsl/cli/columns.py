"""``score`` by columns: which engine scores a table, and what it writes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from policydsl.cli.output import print_table, say, settings, show_problems, stages, warning
from policydsl.files import replacing, write_bytes
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.model.policy import Policy
from policydsl.scoring.formats import DEFAULT_LIMITS
from policydsl.scoring.results import pick

if TYPE_CHECKING:
    from policydsl.scoring.columns.placing import Ties
    from policydsl.scoring.columns.ranked import ColumnRanking
    from policydsl.scoring.columns.scoring import ColumnScores
    from policydsl.scoring.columns.tables.outputs import Options, Outputs
    from policydsl.scoring.columns.tables.sources import Table
    from policydsl.scoring.columns.tables.streaming import Summary

MANY = 2_000
"""From this number of rows on ``auto`` scores by columns."""
AT_HAND = 1_000_000
"""Up to so many rows are scored in memory; more are streamed."""
SHOWN = 20
"""Problems of rejected rows that are shown; the file has all."""
ENGINES = ("auto", "exact", "kernel", "numpy", "duckdb", "spark")
STAGES = {"survey": ("读表", "reading"), "score": ("打分", "scoring")}


@dataclass(frozen=True)
class Request:
    """What ``score`` was asked for, as far as columns are concerned."""

    data: str
    engine: str
    day: date | None
    judgements: str | None
    ignore: tuple[str, ...]
    encoding: str | None
    sheet: str | None
    items: bool
    target: Path | None
    histogram: Path | None
    rejects: Path | None
    as_json: bool
    explain_all: bool
    shows: bool = True
    """Whether scores are wanted, and not only their histogram."""

    @property
    def needs_columns(self) -> bool:
        """Whether only columns can do it."""
        folder = Path(self.data).is_dir() or (self.target is not None and not self.target.suffix)
        return bool(self.histogram or self.rejects or folder)


def rows_of(path: Path) -> int | None:
    """How many rows a file has about; ``None`` where only reading it would tell."""
    suffix = path.suffix.lower()
    if path.is_dir():
        return None
    if suffix == ".parquet":
        import pyarrow.parquet as pq

        return int(pq.read_metadata(path).num_rows)
    if suffix in (".csv", ".tsv"):
        with path.open("rb") as stream:
            return sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b""))
    return None


def takes_columns(policy: Policy, request: Request) -> bool:
    """Whether columns are to score the table; usage errors for what they cannot be asked.

    ``auto`` takes them where a table is large and nothing is asked that only the exact evaluator
    gives.
    """
    if request.engine == "exact":
        if request.needs_columns:
            raise click.UsageError(
                "--histogram、--rejects 和文件夹要用按列计分（不写 --engine exact）· "
                "--histogram, --rejects and folders need an engine of columns"
            )
        return False
    if request.judgements is not None and (request.engine != "auto" or request.needs_columns):
        raise click.UsageError(
            "--judgements 只能与 --engine exact 同用 · --judgements needs --engine exact"
        )
    if request.engine == "spark" and not request.needs_columns:
        raise click.UsageError(
            "--engine spark 要写 --out 文件夹 或 --histogram · "
            "--engine spark needs --out FOLDER or --histogram"
        )
    if request.engine != "auto" or request.needs_columns:
        return True
    if request.judgements is not None or request.explain_all or request.as_json:
        return False
    from policydsl.scoring.columns.scoring import has_targets

    try:
        rows = rows_of(Path(request.data))
    except Exception:  # the exact path says what is wrong with the file
        return False
    small = rows is None or rows < MANY
    too_many = rows is not None and rows > DEFAULT_LIMITS.rows
    return not small and (too_many or not has_targets(policy))


def scored(policy: Policy, request: Request) -> ColumnScores | Summary | None:
    """Score by columns: scores in memory, or what was written; ``None``: the exact one has to.

    That is the case for ``auto`` where no plan can hold the policy, or what columns need is not
    installed.
    """
    from policydsl.scoring.columns.scored.plans import Wanted
    from policydsl.scoring.columns.scoring import score_file
    from policydsl.scoring.columns.tables.opening import open_table
    from policydsl.scoring.columns.tables.outputs import Options, Outputs

    language = settings().language
    wanted = Wanted(items=request.items, reasons=True)
    if not request.shows:
        wanted = Wanted(groups=False)
    options = Options(wanted, request.engine, request.day, request.ignore, language)
    path = Path(request.data)
    outputs = Outputs(request.target, request.histogram, request.rejects)
    try:
        if request.engine == "spark":
            return score_file(policy, path, outputs, options)
        table = open_table(path, request.encoding, request.sheet)
        rows = table.rows if table.rows is not None else rows_of(path)
        if (not request.shows and not table.in_memory) or _streams(table, rows, outputs):
            with stages(rows, STAGES) as advance:
                return score_file(
                    policy, path, outputs, options, request.encoding, request.sheet, advance
                )
        return _at_hand(policy, table, outputs, options)
    except PolicyError as error:
        rows = rows_of(path) if path.is_file() else None
        small = rows is None or rows <= DEFAULT_LIMITS.rows
        if request.engine == "auto" and not request.needs_columns and small and _cannot(error):
            return None
        raise


def _cannot(error: PolicyError) -> bool:
    """Whether it is columns that cannot do it, and the exact evaluator perhaps can."""
    codes = {problem.code for problem in error.diagnostics if problem.severity == "error"}
    if codes & {"D431", "D432"}:
        return True  # more digits than columns hold
    arrow = any(problem.details.get("format") == "Arrow" for problem in error.diagnostics)
    return bool(codes) and (all(code.startswith("S") for code in codes) or arrow)


def _streams(table: Table, rows: int | None, outputs: Outputs) -> bool:
    if outputs.table is not None and outputs.table.suffix.lower() in (".xlsx", ".json"):
        return False
    if outputs.table is None and outputs.histogram is None:
        return False
    if outputs.is_folder:
        return True
    return not table.in_memory and (rows is None or rows > AT_HAND)


def _at_hand(policy: Policy, table: Table, outputs: Outputs, options: Options) -> ColumnScores:
    from policydsl.scoring.columns.scoring import score_table
    from policydsl.scoring.columns.tables.tally import write_histogram

    made = score_table(policy, table, options, outputs.rejects is not None)
    about = {"policy": policy.id, "rows": table.rows, "cases": len(made), "scale": made.scale}
    if outputs.rejects is not None:
        made.write_rejects(outputs.rejects, table.titles)
    if outputs.histogram is not None:
        write_histogram(outputs.histogram, made.histogram(), options.language, about)
    return made


def note_rejects(rejects: Any, path: Path | None) -> None:
    """Say on stderr what was not scored, and show the first problems."""
    if not rejects or path is None:
        return
    language = settings().language
    show_problems(rejects.found[:SHOWN], language)
    kinds = "，".join(f"{code} {count}" for code, count in sorted(rejects.counts.items()))
    say(
        f"{rejects.rows} 行没有打分（{kinds}），见 {path}",
        f"{rejects.rows} rows were not scored ({kinds}): see {path}",
        err=True,
    )


def check_files(request: Request) -> None:
    """Suffixes of the further outputs (D413), before anything is done."""
    for path, suffixes in (
        (request.histogram, (".csv", ".json")),
        (request.rejects, (".csv",)),
    ):
        if path is not None and path.suffix.lower() not in suffixes:
            details = {"suffix": path.suffix or path.name}
            raise PolicyError([Diagnostic("D413", Source(str(path), ""), None, details)])


def write_columns(path: Path, made: ColumnScores) -> None:
    """Write scores as CSV or Parquet, with the columns of the exact evaluator's result."""
    from policydsl.scoring.columns.scored.columns import result_columns
    from policydsl.scoring.columns.scored.formats import csv_head, csv_text

    if path.suffix.lower() == ".csv":
        columns = result_columns(made.scores, made.language)
        text = csv_head(columns) + csv_text(columns, made.language)
        write_bytes(path, ("\ufeff" + text).encode("utf-8"))
        return
    import pyarrow.parquet as pq

    frame = made.about()
    about = {"policydsl": json.dumps(frame, ensure_ascii=False)}
    with replacing(path) as temporary:
        pq.write_table(made.arrow().replace_schema_metadata(about), temporary)


def ranked(
    policy: Policy, request: Request, scene: str | None, quota: int | None, ties: Ties | None
) -> ColumnRanking | None:
    """Rank by columns; ``None``: the exact evaluator has to (as in :func:`scored`)."""
    from policydsl.scoring.columns.ranked import rank_table
    from policydsl.scoring.columns.tables.opening import open_table
    from policydsl.scoring.columns.tables.outputs import Options

    options = Options(
        engine=request.engine,
        date=request.day,
        ignore=request.ignore,
        language=settings().language,
    )
    try:
        table = open_table(Path(request.data), request.encoding, request.sheet)
        return rank_table(policy, table, scene, quota, ties, options)
    except PolicyError as error:
        if request.engine == "auto" and _cannot(error):
            return None
        raise


def write_ranking(path: Path, made: ColumnRanking) -> None:
    """Write a ranking as CSV or Parquet."""
    from policydsl.scoring.columns.scored.formats import arrow_column, csv_head, csv_text

    columns = made.columns()
    if path.suffix.lower() == ".csv":
        text = csv_head(columns) + csv_text(columns, made.language)
        write_bytes(path, ("\ufeff" + text).encode("utf-8"))
        return
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays = [arrow_column(column, made.language) for column in columns]
    table = pa.table(arrays, names=[column.column.title for column in columns])
    about = {"policydsl": json.dumps(made.about(), ensure_ascii=False)}
    with replacing(path) as temporary:
        pq.write_table(table.replace_schema_metadata(about), temporary)


def show_ranking(made: ColumnRanking, most: int = 20) -> None:
    """Notes, outcomes and the first places, for the eye."""
    import pandas as pd

    from policydsl.scoring.ranking import OUTCOMES

    language = settings().language
    about = made.about()
    for line in about["notice"]:
        warning(line)
    counts = "，".join(
        f"{pick(language, *OUTCOMES[outcome])} {n}" for outcome, n in made.counts().items()
    )
    line = "—" if about["line"] is None else about["line"]
    quota = "—" if made.quota is None else made.quota
    say(
        f"{made.scene.name}：{len(made)} 户，名额 {quota}，录取线 {line}，"
        f"线上同分 {made.tied_at_line} 户；{counts}。",
        f"{made.scene.name}: {len(made)} households, {quota} places, line {line}, "
        f"{made.tied_at_line} tied at the line; {counts}.",
    )
    for note in made.notes():
        click.echo(note)
    frame = made.frame().reset_index()
    rows = [
        ["" if x is None or x is pd.NA else str(x) for x in row]
        for row in frame.head(most).to_numpy()
    ]
    print_table([str(title) for title in frame.columns], rows)
    left = len(frame) - most
    if left > 0:
        say(f"…… 还有 {left} 户，用 --out 写入文件。", f"… {left} more: use --out.")


def show_summary(summary: Summary, paths: Sequence[Path | None]) -> None:
    """What a streamed run did."""
    written = "、".join(str(path) for path in paths if path is not None)
    count, parts = summary.cases, summary.resumed
    if parts:
        zh = f"接着上次中断的运行：{parts} 个部分已做过"
        say(zh, f"went on with an interrupted run: {parts} parts had been done", err=True)
    say(f"已写入 {written}（{count} 例）", f"wrote {written} ({count} cases)", err=True)
