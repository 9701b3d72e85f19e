"""Simulation: ``simulate`` and ``rerun``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Literal

import click

from policydsl.cli import FINDINGS, OK
from policydsl.cli.options import (
    assume_option,
    date_option,
    engine_options,
    ignore_option,
    population_options,
    ties_option,
)
from policydsl.cli.output import (
    coloured,
    console,
    heading,
    language_option,
    print_table,
    say,
    settings,
    tell_population,
    warning,
)
from policydsl.scoring import results
from policydsl.scoring.results import ResultTable, pick
from policydsl.scoring.writing import cell_text
from policydsl.simulation.records import Made, Request, rerun, write_simulation
from policydsl.simulation.runs import Stage
from policydsl.simulation.search.rerunning import is_search, rerun_search
from policydsl.simulation.sheets import Settings

STAGES = {
    "people": ("准备人口", "population"), "score": ("打分排序", "scoring"),
    "figures": ("统计", "figures"), "contributions": ("各条款的作用", "contributions"),
    "sensitivity": ("敏感性", "sensitivity"), "typical": ("典型人", "typical persons"),
    "search": ("试各种改法", "looking at drafts"), "tradeoffs": ("取舍", "trade-offs"),
    "verify": ("核对方案", "checking drafts"),
    "report": ("报告", "report"),
}  # fmt: skip
SHOWN = ("summary", "changes", "lines", "crossings", "churn", "discretion", "assumptions")
EXTRAS = ("contributions", "sensitivity", "typical", "persons")
MOST_ROWS = 24


@click.command("simulate")
@click.argument("base", metavar="BASE")
@click.argument("drafts", metavar="[DRAFT]...", nargs=-1)
@population_options("合成多少户，默认为设定的规模 · Households to synthesise.", required=True)
@click.option("--scene", metavar="NAME", help="场景；不写时按总分排 · The scene; else by points.")
@click.option("--quota", type=click.IntRange(min=0), metavar="K", help="名额 · Number of places.")
@ties_option()
@click.option("--by", metavar="FACT", help="分组，如 年龄:18,30,45 · Groups by a fact.")
@assume_option()
@date_option()
@ignore_option()
@click.option(
    "--contributions", is_flag=True, help="每条改动的作用 · What each changed clause contributes."
)
@click.option(
    "--sensitivity", is_flag=True, help="每个数字动一步的影响 · Each number one step up and down."
)
@click.option(
    "--typical", is_flag=True, help="典型人，逐条说明 · Typical persons, clause by clause."
)
@click.option(
    "--sensitivity-of",
    "only",
    multiple=True,
    metavar="WHAT",
    help="只动这些：条款名、数、或 条款=数，可多次 · Only these clauses or numbers.",
)
@click.option(
    "--all", "everything", is_flag=True, help="以上三项都要 · Contributions, sensitivity, typical."
)
@click.option(
    "--persons",
    type=click.Path(),
    metavar="FILE",
    help="自己的典型人（CSV、Excel、JSON），逐条说明 · Persons of your own, clause by clause.",
)
@click.option(
    "--no-report", is_flag=True, help="不写 report.html 和图 · No report.html, no pictures."
)
@click.option("--parquet", is_flag=True, help="另写 Parquet · Parquet beside the CSV.")
@click.option("--out", metavar="DIR", help="写入文件夹 · Folder for tables and the run record.")
@language_option
@engine_options()
def simulate_command(
    base: str, drafts: tuple[str, ...], population: str, n: int | None, seed: int,
    scene: str | None, quota: int | None,
    ties: Literal["admit_all", "admit_none", "lottery", "open"] | None, by: str | None,
    assume: tuple[str, ...], day: date | None, ignore: tuple[str, ...], contributions: bool,
    sensitivity: bool, typical: bool, only: tuple[str, ...], everything: bool,
    persons: str | None, no_report: bool, parquet: bool, out: str | None,
    engine: Literal["auto", "kernel", "numpy"], threads: int | None,
) -> int:  # fmt: skip
    """草案对分布、录取线和人的影响。

    Score a population under BASE and any number of DRAFTs (policies, amendments, files) and show
    what changes: distribution, gainers and losers, the line of a quota, who crosses it.  With
    --out DIR a report (report.html) is written beside the tables and pictures.
    """
    chosen = {
        "contributions": contributions or everything,
        "sensitivity": sensitivity or everything or bool(only),
        "typical": typical or everything,
    }
    request = Request(
        base, drafts, population, n, seed, scene, quota, ties, by, assume,
        None if day is None else day.isoformat(), ignore,
        tuple(name for name, wanted in chosen.items() if wanted),
        ("csv", "parquet") if parquet else ("csv",), settings().language, only, persons,
        not no_report,
    )  # fmt: skip
    folder = None if out is None else Path(out)
    with progress_shown() as stage:
        made = write_simulation(request, folder, Settings(engine, threads), stage)
    _show(made)
    for finding in made.told:
        warning(finding.render(settings().language))
    if out is not None:
        if request.report and not made.told:
            page = f"{folder}/report.html"
            say(f"报告：{page}，用浏览器打开", f"report: {page}", err=True)
        say(f"已写入 {out}（run.json 可用 policydsl rerun 重做）",
            f"wrote {out} (run.json: policydsl rerun does it again)", err=True)  # fmt: skip
    return OK


@click.command("rerun")
@click.argument("record", metavar="RECORD")
@click.option("--out", metavar="DIR", help="写入文件夹 · Folder for what comes out now.")
@language_option
@engine_options()
def rerun_command(
    record: str, out: str | None, engine: Literal["auto", "kernel", "numpy"], threads: int | None
) -> int:
    """按运行记录重做一次模拟或找方案，核对结果；不一致时退出码为 1。

    Do a recorded simulation (run.json) or search (search.json) again and check that policies,
    persons and figures are the same.  Exits with 1 when they are not.
    """
    folder = None if out is None else Path(out)
    with progress_shown() as stage:
        if is_search(Path(record)):
            result, differences = rerun_search(Path(record), Settings(engine, threads), stage)
            if folder is not None:
                result.save(folder)
        else:
            _, differences = rerun(Path(record), Settings(engine, threads), stage, folder)
    for one in differences:
        line = f"{pick(settings().language, *one.what)}：{one.before} → {one.now}"
        (warning if one.matters else click.echo)(line)
    if any(one.matters for one in differences):
        say("与记录不一致。", "Not the same as recorded.")
        return FINDINGS
    say(
        "与记录一致：策略、人口、结果的哈希都相同。",
        "As recorded: policies, persons and figures have the same hashes.",
    )
    return OK


# -- what is shown


def _show(made: Made) -> None:
    language = settings().language
    simulation = made.simulation
    for version in simulation.versions:
        for line in results.notice(version.policy, language):
            warning(f"{version.label}：{line}")
    for label, found in simulation.warnings:
        space = "" if language == "zh" else " "
        text = f"{found.message(language)}{space}{found.remedy(language)}"
        warning(f"{label}：{found.code} {text}")
    tell_population(simulation.people.about, language)
    for name, table in made.tables.items():
        wanted = name in SHOWN or name.split("_")[0] in EXTRAS
        if wanted and table.rows:
            print_result(table)


def print_result(table: ResultTable) -> None:
    """Show a table: columns that hold something, and the first rows of a long one."""
    language = settings().language
    click.echo()
    heading(table.title)
    kept = [
        i
        for i, _ in enumerate(table.columns)
        if any(row[i] not in (None, "") for row in table.rows)
    ]
    rows = [[cell_text(row[i], language) for i in kept] for row in table.rows[:MOST_ROWS]]
    right = [at for at, i in enumerate(kept) if table.columns[i].kind != "text"]
    print_table([table.columns[i].title for i in kept], rows, right)
    left = len(table.rows) - MOST_ROWS
    if left > 0:
        say(f"…… 其余 {left} 行见 --out", f"… {left} more with --out")


@contextmanager
def progress_shown() -> Iterator[Stage]:
    """A bar on a terminal that says which stage it is and how far."""
    if not coloured(sys.stderr):
        yield lambda name, count: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns: Any = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console(sys.stderr), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def advance(name: str, count: int) -> None:
            if name not in tasks:
                for task in tasks.values():
                    bar.update(task, total=1, completed=1)
                title = pick(settings().language, *STAGES.get(name, (name, name)))
                tasks[name] = bar.add_task(title, total=None)
            bar.advance(tasks[name], count)

        yield advance
