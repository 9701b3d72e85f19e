"""Verbs that score: ``score`` and ``rank``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal

import click

from policydsl.cli import OK, columns
from policydsl.cli.options import (
    Encoding,
    assume_option,
    date_option,
    ignore_option,
    sheet_option,
    ties_option,
)
from policydsl.cli.output import (
    Command,
    heading,
    language_option,
    print_table,
    progress,
    say,
    settings,
    warning,
)
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source, did_you_mean
from policydsl.language.keywords import Language
from policydsl.model import loading
from policydsl.model.policy import Policy
from policydsl.scoring import results
from policydsl.scoring.cases import Case
from policydsl.scoring.exact import Evaluator, Score
from policydsl.scoring.explaining import Explanation
from policydsl.scoring.formats import Problems
from policydsl.scoring.mapping import read_mapping
from policydsl.scoring.ranking import RankingResult
from policydsl.scoring.ranking import rank as rank_cases
from policydsl.scoring.results import ResultTable, pick
from policydsl.scoring.tables import CaseTable, Reading, placed, read_cases
from policydsl.scoring.writing import WRITABLE, cell_text, to_csv, to_json, write_table

ALL = "*"
MOST_LINES = 60
"""So many reasons are listed below a table on the screen; files have all of them."""


def table_options(command: Command) -> Command:
    """The options of a verb that reads a table of cases."""
    for option in reversed(
        (
            click.argument("policy_name", metavar="POLICY"),
            click.option(
                "--facts",
                "--data",
                "facts",
                required=True,
                metavar="FILE",
                help="数据表 · The table of cases: .csv .tsv .json .xlsx .parquet.",
            ),
            assume_option(),
            date_option("评定日，用于没写“评定日”的行 · Date of assessment of rows without one."),
            click.option(
                "--judgements",
                metavar="FILE",
                help="评定表：编号、条款、评定 · An assessor's points: id, clause, points.",
            ),
            click.option(
                "--mapping",
                metavar="FILE",
                help="列对照文件，见 population describe · Which column is which fact.",
            ),
            ignore_option("不用的列，可多次 · Leave a column aside, may be repeated."),
            click.option(
                "--encoding",
                type=Encoding(),
                metavar="NAME",
                help="CSV 的编码，如 GBK · Encoding of a CSV that is not UTF-8.",
            ),
            sheet_option(),
            click.option(
                "--format",
                "format_",
                type=click.Choice(["table", "json", "csv"]),
                help="输出形式，默认 table · Form of the output, default table.",
            ),
            click.option(
                "--out",
                metavar="FILE",
                help="写入文件 · Write to a file: .csv .json .xlsx .parquet.",
            ),
        )
    ):
        command = option(command)
    return language_option(command)


def read_table(
    policy: Policy,
    facts: str,
    day: date | None,
    judgements: str | None,
    ignore: Sequence[str],
    encoding: str | None,
    sheet: str | None,
    mapping: str | None = None,
) -> CaseTable:
    """The cases of a table as the options say."""
    own = None if mapping is None else read_mapping(mapping)
    reading = Reading(tuple(ignore), encoding, sheet, day, mapping=own)
    return read_cases(policy, facts, reading, judgements)


# -- score


@click.command("score")
@table_options
@click.option("--items", is_flag=True, help="每一项也列出 · A column for each item too.")
@click.option(
    "--explain", is_flag=False, flag_value=ALL, metavar="[ID]",
    help="说明得分的由来（一例，或全部）· Explain one case, or all.",
)  # fmt: skip
@click.option("--full", is_flag=True, help="说明中也列出不成立的规则 · Explain every rule.")
@click.option(
    "--engine", type=click.Choice(columns.ENGINES), default="auto", show_default=True,
    help="逐例打分（exact）还是按列打分 · Case by case (exact), or by columns.",
)  # fmt: skip
@click.option(
    "--histogram",
    metavar="FILE",
    help="各得分的人数写入 .csv 或 .json · How many persons have each score.",
)
@click.option(
    "--rejects",
    metavar="FILE",
    help="不能打分的行写入 .csv，其余照常打分 · Keep bad rows in a file, score the others.",
)
def score_command(
    policy_name: str,
    facts: str,
    assume: tuple[str, ...],
    day: date | None,
    judgements: str | None,
    mapping: str | None,
    ignore: tuple[str, ...],
    encoding: str | None,
    sheet: str | None,
    format_: Literal["table", "json", "csv"] | None,
    out: str | None,
    items: bool,
    explain: str | None,
    full: bool,
    engine: str,
    histogram: str | None,
    rejects: str | None,
) -> int:
    """按数据表逐例打分。

    Score the cases of a table under POLICY (a file, file#id or the id of a bundled policy).
    Facts are columns by their names; an empty cell means: not handed in. With --out the result
    goes to a file and the table is not shown unless --format asks for it.
    """
    target = check_target(out, engine != "exact")
    if explain is not None and format_ == "csv":
        raise click.UsageError("--explain 不能与 --format csv 同用 · --explain needs table or json")
    language = settings().language
    with reporting(format_ == "json"):
        policy = loading.load(policy_name, assume)
        engine = mapped_engine(engine, mapping)
        request = columns.Request(
            facts, engine, day, judgements, tuple(ignore), encoding, sheet, items, target,
            None if histogram is None else Path(histogram),
            None if rejects is None else Path(rejects), format_ == "json", explain == ALL,
            not (histogram and target is None and format_ is None and explain is None),
        )  # fmt: skip
        columns.check_files(request)
        if columns.takes_columns(policy, request):
            done = score_by_columns(policy, request, format_, explain, full)
            if done:
                return OK
        if target is not None and not target.suffix:
            check_target(out)
        table = read_table(policy, facts, day, judgements, ignore, encoding, sheet, mapping)
        wanted = explained_ids(table, explain)
        scores = score_all(policy, table, wanted)
        shown = results.score_table(policy, table, scores, items, language)
        records: dict[str, Any] = {}
        if format_ == "json" or (target is not None and target.suffix.lower() == ".json"):
            records = results.score_records(policy, table, scores, items)
            add_traces(records, scores)
        if target is not None:
            write_table(target, shown, records, language)
            note_written(target, len(table))
    explanations = [
        Explanation(policy, case, score, table.labels.get(case.id), language)
        for case, score in zip(table.cases, scores, strict=True)
        if case.id in wanted
    ]
    if format_ == "json":
        click.echo(to_json(records))
    elif format_ == "csv":
        click.echo(to_csv(shown, language), nl=False)
    elif format_ == "table" or (target is None and explain is None):
        show_scores(policy, table, scores, language, items)
    if format_ != "json":
        for position, explanation in enumerate(explanations):
            if position or format_ == "table":
                click.echo()
            click.echo(explanation.text(full))
    return OK


def score_by_columns(
    policy: Policy,
    request: columns.Request,
    format_: Literal["table", "json", "csv"] | None,
    explain: str | None,
    full: bool,
) -> bool:
    """Score by columns and show the result as ever; whether that was possible."""
    from policydsl.scoring.columns.tables.streaming import Summary

    language = settings().language
    target = request.target
    found = columns.scored(policy, request)
    if found is None:
        return False
    columns.note_rejects(found.rejects, request.rejects)
    if isinstance(found, Summary):
        columns.show_summary(found, [target, request.histogram])
        return True
    small = format_ is not None or (target is None and request.histogram is None)
    needed = small or (target is not None and target.suffix.lower() in (".json", ".xlsx"))
    table, scores = found.objects() if needed else (CaseTable(request.data, ()), [])
    records: dict[str, Any] = {}
    if format_ == "json" or (target is not None and target.suffix.lower() == ".json"):
        records = results.score_records(policy, table, scores, request.items)
    if target is not None:
        if target.suffix.lower() in (".json", ".xlsx"):
            shown = results.score_table(policy, table, scores, request.items, language)
            write_table(target, shown, records, language)
        else:
            columns.write_columns(target, found)
        note_written(target, len(found))
    if request.histogram is not None:
        note_written(request.histogram, len(found))
    if format_ == "json":
        click.echo(to_json(records))
    elif format_ == "csv":
        shown = results.score_table(policy, table, scores, request.items, language)
        click.echo(to_csv(shown, language), nl=False)
    elif format_ == "table" or (small and explain is None):
        show_scores(policy, table, scores, language, request.items)
    if explain is not None and format_ != "json":
        for position, id_ in enumerate(found.ids if explain == ALL else [explain]):
            if position or format_ == "table":
                click.echo()
            case, score = found.explained(id_)
            click.echo(Explanation(policy, case, score, None, language).text(full))
    return True


def mapped_engine(engine: str, mapping: str | None) -> str:
    """The engine for a table with a mapping: columns read a table as it is."""
    if mapping is None:
        return engine
    if engine not in ("auto", "exact"):
        raise click.UsageError(
            "--mapping 只能与 --engine exact 同用 · --mapping needs --engine exact"
        )
    return "exact"


def check_target(out: str | None, folders: bool = False) -> Path | None:
    """The file to write; D413 for a suffix that cannot be written, before anything is done.

    ``folders``: no suffix means a folder of Parquet files.
    """
    if out is None:
        return None
    path = Path(out)
    if folders and not path.suffix:
        return path
    if path.suffix.lower() not in WRITABLE:
        details = {"suffix": path.suffix or path.name}
        raise PolicyError([Diagnostic("D413", Source(out, ""), None, details)])
    return path


class reporting:
    """Within, problems go to the standard output as JSON when that is what is asked for."""

    def __init__(self, as_json: bool):
        self.as_json = as_json

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if self.as_json and isinstance(error, PolicyError):
            from policydsl.cli import exit_code

            records = [problem.as_record() for problem in error.diagnostics]
            click.echo(to_json({"ok": False, "diagnostics": records}))
            raise click.exceptions.Exit(exit_code(error))


def note_written(path: Path, count: int) -> None:
    """Say on stderr what was written, so that the standard output stays as it is."""
    say(f"已写入 {path}（{count} 例）", f"wrote {path} ({count} cases)", err=True)


def explained_ids(table: CaseTable, explain: str | None) -> frozenset[str]:
    """The ids of the cases to explain; D427 for one that does not exist."""
    if explain is None:
        return frozenset()
    ids = [case.id for case in table.cases]
    if explain == ALL:
        return frozenset(ids)
    if explain not in ids:
        details = {"row": "—", "value": explain, "near": did_you_mean(explain, ids)}
        raise PolicyError([Diagnostic("D427", Source(table.name, ""), None, details)])
    return frozenset({explain})


def score_all(policy: Policy, table: CaseTable, traced: Iterable[str] = ()) -> list[Score]:
    """Score every case, with a bar on a terminal when they are many."""
    evaluator = Evaluator(policy)
    wanted = frozenset(traced)
    problems = Problems(table.name)
    scores: list[Score] = []
    with progress(len(table), "打分", "scoring") as advance:
        for case in table.cases:
            try:
                scores.append(evaluator.score(case, case.id in wanted))
            except PolicyError as error:
                for problem in error.diagnostics:
                    problems.append(placed(problem, table, case.id))
            advance(1)
    problems.raise_any()
    return scores


def add_traces(records: dict[str, Any], scores: Sequence[Score]) -> None:
    """Add the traces that were asked for to the JSON form."""
    from policydsl.scoring.explaining import trace_record

    for record, score in zip(records["cases"], scores, strict=True):
        if score.trace is not None:
            record["trace"] = trace_record(score.trace)


def show_scores(
    policy: Policy,
    table: CaseTable,
    scores: Sequence[Score],
    language: Language,
    items: bool = False,
) -> None:
    """The scores as a table for the eye: ranges in one column, reasons counted."""
    for line in results.notice(policy, language):
        warning(line)
    parts = results.group_parts(policy, language)
    if items:
        parts = [*parts, *results.item_parts(policy, scores, language)]
    who = who_columns(table, table.cases, language)
    heads = [head for head, _ in who] + [pick(language, "得分", "score")]
    heads += [part.title for part in parts]
    extra: list[tuple[str, list[str]]] = [
        (results.pick(language, "状态", "status"),
         [results.status_text(score, language) for score in scores]),
        (results.pick(language, "原因", "reasons"),
         [results.reason_counts(score.reasons, language) for score in scores]),
    ]  # fmt: skip
    if any(score.targets for score in scores):
        extra.insert(0, (pick(language, "达到目标", "targets met"), [_targets(s) for s in scores]))
    for blend in policy.blends:
        values = [results.show_range(score.blends.get(blend.id), language) for score in scores]
        extra.insert(0, (blend.name, values))
    extra = [(head, values) for head, values in extra if any(values)]
    rows = []
    for position, score in enumerate(scores):
        row = [values[position] for _, values in who]
        row.append(results.show_range(score.total, language))
        for part in parts:
            value = results.part_value(score, part)
            row.append("" if value is None else results.show_range(value, language))
        rows.append([*row, *(values[position] for _, values in extra)])
    numbers = range(len(who), len(who) + 1 + len(parts))
    print_table([*heads, *(head for head, _ in extra)], rows, numbers)
    show_reasons(policy, table, scores, language)


def show_reasons(
    policy: Policy, table: CaseTable, scores: Sequence[Score], language: Language
) -> None:
    """Below a table of scores: why some are ranges or nothing, and what all rest on."""
    for zh, en, lines in (
        ("原因", "Reasons", results.reason_lines(policy, table, scores, language)),
        ("依据的假设", "Assumptions", results.assumption_lines(policy, scores, language)),
    ):
        if not lines:
            continue
        heading(pick(language, zh, en))
        for line in lines[:MOST_LINES]:
            click.echo(f"  {line}")
        if len(lines) > MOST_LINES:
            more = len(lines) - MOST_LINES
            say(f"  …… 其余 {more} 行见 --format json", f"  … {more} more: see --format json")


def _targets(score: Score) -> str:
    met = sum(t.met is True for t in score.targets)
    return f"{met}/{len(score.targets)}" if score.targets else ""


def who_columns(
    table: CaseTable, cases: Sequence[Case], language: Language
) -> list[tuple[str, list[str]]]:
    """Columns that say who a case is: id, and what else any of them has."""
    columns = [(pick(language, "编号", "id"), [case.id for case in cases])]
    if table.labels:
        names = [table.labels.get(case.id, "") for case in cases]
        columns.append((pick(language, "姓名", "name"), names))
    for key, zh in (("household", "户号"), ("unit", "单位"), ("entity", "对象")):
        values = [getattr(case, key) or "" for case in cases]
        if any(values):
            columns.append((pick(language, zh, key), values))
    return columns


# -- rank


COLUMN_FILES = (".csv", ".parquet")
"""What a ranking by columns is written to."""


@click.command("rank")
@table_options
@click.option("--scene", metavar="NAME", help="场景；只有一个时可省 · The scene.")
@click.option("--quota", type=click.IntRange(min=0), metavar="N", help="名额 · Number of places.")
@click.option(
    "--engine", type=click.Choice(("auto", "exact", "kernel", "numpy")), default="auto",
    show_default=True, help="逐户排序（exact）还是按列 · Case by case (exact), or by columns.",
)  # fmt: skip
@ties_option()
def rank_command(
    policy_name: str,
    facts: str,
    assume: tuple[str, ...],
    day: date | None,
    judgements: str | None,
    mapping: str | None,
    ignore: tuple[str, ...],
    encoding: str | None,
    sheet: str | None,
    format_: Literal["table", "json", "csv"] | None,
    out: str | None,
    scene: str | None,
    quota: int | None,
    engine: str,
    ties: Literal["admit_all", "admit_none", "lottery", "open"] | None,
) -> int:
    """按场景给各例（各户）排序，分配名额，处理同分。

    Rank cases (or households) for a scene of POLICY, assign its places and treat ties as the
    scene says. --quota and --ties stand in for what the text leaves open.
    """
    target = check_target(out)
    language = settings().language
    with reporting(format_ == "json"):
        policy = loading.load(policy_name, assume)
        engine = mapped_engine(engine, mapping)
        request = columns.Request(
            facts, engine, day, judgements, tuple(ignore), encoding, sheet, False, target, None,
            None, format_ is not None or (target is not None and target.suffix not in COLUMN_FILES),
            False,
        )  # fmt: skip
        if columns.takes_columns(policy, request):
            made = columns.ranked(policy, request, scene, quota, ties)
            if made is not None and target is not None:
                columns.write_ranking(target, made)
                note_written(target, len(made))
                return OK
            if made is not None:
                columns.show_ranking(made)
                return OK
        table = read_table(policy, facts, day, judgements, ignore, encoding, sheet, mapping)
        result = ranked(policy, table, scene, quota, ties)
        shown = results.ranking_table(policy, table, result, language)
        records = results.ranking_record(policy, table, result)
        if target is not None:
            write_table(target, shown, records, language)
            note_written(target, len(table))
    if format_ == "json":
        click.echo(to_json(records))
    elif format_ == "csv":
        click.echo(to_csv(shown, language), nl=False)
    elif target is None or format_ == "table":
        show_ranking(policy, table, result, language)
    return OK


def ranked(
    policy: Policy,
    table: CaseTable,
    scene: str | None,
    quota: int | None,
    ties: Literal["admit_all", "admit_none", "lottery", "open"] | None,
) -> RankingResult:
    """The ranking; problems of a case name its row."""
    # cases that cannot be scored are all reported, not only the first
    score_all(policy, table)
    return rank_cases(policy, table.cases, scene, quota, ties)


def show_ranking(
    policy: Policy,
    table: CaseTable,
    result: RankingResult,
    language: Language,
    most: int | None = None,
) -> None:
    """The ranking as a table for the eye; ``most``: only so many rows."""
    for line in results.notice(policy, language):
        warning(line)
    for line in results.ranking_notes(result, language):
        click.echo(line)
    shown = narrowed(results.ranking_table(policy, table, result, language))
    alone = {i for i, column in enumerate(shown.columns) if column.key == "tied_with"}
    rows = [
        [
            "" if i in alone and cell == 1 else cell_text(cell, language)
            for i, cell in enumerate(row)
        ]
        for row in shown.rows
    ]
    left = 0 if most is None else len(rows) - most
    numbers = [i for i, c in enumerate(shown.columns) if c.kind != "text" or c.key == "rank"]
    print_table([c.title for c in shown.columns], rows[:most], numbers)
    if left > 0:
        say(f"…… 其余 {left} 户从略", f"… {left} more")


def narrowed(table: ResultTable) -> ResultTable:
    """Without the long texts, which a screen has no room for."""
    kept = [
        i for i, column in enumerate(table.columns) if column.key not in ("reasons", "assumptions")
    ]
    kept = [i for i in kept if i == 0 or any(row[i] not in (None, "") for row in table.rows)]
    return ResultTable(
        table.title,
        table.notice,
        tuple(table.columns[i] for i in kept),
        tuple(tuple(row[i] for i in kept) for row in table.rows),
    )
