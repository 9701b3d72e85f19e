"""The verb ``compare``: policies side by side."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal

import click

from policydsl.cli import OK
from policydsl.cli.options import assume_option, engine_options, population_options
from policydsl.cli.output import (
    heading,
    language_option,
    print_table,
    say,
    settings,
    show_problems,
    stages,
    warning,
)
from policydsl.comparison.comparing import Comparison, compare
from policydsl.comparison.decisions import write_proposals
from policydsl.comparison.report import Line, Report, Table
from policydsl.comparison.tables import report_of
from policydsl.comparison.writing.files import check_suffix, write_comparison
from policydsl.language.diagnostics import has_errors
from policydsl.scoring.results import pick
from policydsl.simulation.sheets import Settings

STAGES = {"people": ("准备人口", "population"), "score": ("打分", "scoring")}
MOST_ROWS = 60
MOST_WIDTH = 40
"""Longer cells are cut on a terminal; nothing is cut in a file."""


@click.command("compare")
@click.argument("policies", metavar="A B [C]...", nargs=-1)
@assume_option("假设集的标识或文件，可多次；用于它所适用的策略 · Assumption set, may be repeated.")
@click.option(
    "--persons", metavar="FILE", help="逐个列出的人（数据表） · Persons shown one by one (a table)."
)
@population_options()
@click.option(
    "--decisions",
    metavar="FILE",
    help="起草人对建议对应的是否（TOML） · The drafter's yes and no to proposals (TOML).",
)
@click.option(
    "--proposals",
    metavar="FILE",
    help="把待定的对应写进这个文件，已有的不动 · Add proposals to this file for an answer.",
)
@click.option(
    "--synonyms", metavar="FILE", help="另用一张同义词表 · Another table of synonyms (TOML)."
)
@click.option(
    "--out",
    "outs",
    multiple=True,
    metavar="FILE",
    help="写入 .html、.xlsx、.docx、.md 或 .json，可多次 · Write to a file, may be repeated.",
)
@click.option("--full", is_flag=True, help="屏幕上也显示每格全文 · Whole cells on the screen, too.")
@engine_options()
@language_option
def compare_command(
    policies: tuple[str, ...],
    assume: tuple[str, ...],
    persons: str | None,
    population: str | None,
    n: int | None,
    seed: int,
    decisions: str | None,
    proposals: str | None,
    synonyms: str | None,
    outs: tuple[str, ...],
    full: bool,
    engine: Literal["auto", "kernel", "numpy"],
    threads: int | None,
) -> int:
    """几份策略并排比较：事项、分值、门槛，同样的人各得多少分。

    Put two or more policies of a kind side by side, or assessments beside work plans: matter by
    matter, thresholds, and what the same people get.
    """
    for out in outs:
        check_suffix(Path(out))
    with _progress() as stage:
        made = compare(
            policies, assume=assume, persons=None if persons is None else Path(persons),
            population=population, n=n, seed=seed, decisions=decisions, synonyms=synonyms,
            settings=Settings(engine, threads), done=stage,
        )  # fmt: skip
    language = settings().language
    report = report_of(made, language)
    show(report, full)
    show_problems(made.notes, language)
    if proposals is not None:
        _propose(made, Path(proposals))
    command = _command(policies, assume, persons, population, n, seed, decisions, synonyms)
    for out in outs:
        write_comparison(made, Path(out), language, (command,), report)
        say(f"已写入 {out}", f"wrote {out}", err=True)
    assert not has_errors(made.notes)
    return OK


def show(report: Report, full: bool = False) -> None:
    """Print what a terminal can show; ``full``: every table and every line of a cell."""
    heading(pick(settings().language, f"{report.title}：", f"{report.title}: ") + report.subtitle)
    for text in report.assumptions:
        warning(text)
    for text in report.lead:
        click.echo(text)
    for part in report.parts:
        tables = [t for t in part.tables if t.rows and (full or t.brief)]
        if not tables and not part.sentences:
            continue
        for table in tables:
            click.echo()
            heading(table.title)
            _print(table, full)
        if part.sentences:
            click.echo()
            for sentence in part.sentences:
                click.echo(sentence)


def _print(table: Table, full: bool) -> None:
    """A table; without ``full`` sources and remarks are left out, and columns that hold no more."""
    aside = () if full else ("small", "source", "assumed")
    chosen = table.rows if full else table.rows[:MOST_ROWS]
    rows = [
        [_text([x for x in cell if x.role not in aside], full) for cell in row] for row in chosen
    ]
    kept = [i for i, _ in enumerate(table.heads) if full or any(row[i] for row in rows)]
    right = [at for at, i in enumerate(kept) if table.heads[i].kind == "number"]
    heads = [table.heads[i].title for i in kept]
    print_table(heads, [[row[i] for i in kept] for row in rows], right, in_lines=True)
    left = len(table.rows) - len(rows)
    if left > 0:
        say(f"…… 其余 {left} 行见 --out", f"… {left} more with --out")


def _text(lines: list[Line], full: bool) -> str:
    if full:
        return "\n".join(line.text for line in lines)
    shown = dict.fromkeys(
        x.text if len(x.text) <= MOST_WIDTH or x.role == "flag" else f"{x.text[: MOST_WIDTH - 1]}…"
        for x in lines
    )  # the same threshold of two clauses is one line
    return "\n".join(shown)


def _propose(made: Comparison, path: Path) -> None:
    remarks = []
    for link, keys in made.proposals():
        reasons = "；".join(zh for zh, _ in link.reasons)
        remarks.append((keys, f"{link.score or 0:.2f} {reasons}"))
    added = write_proposals(path, remarks)
    say(f"{path}：写入 {added} 条待定的对应", f"{path}: {added} proposals added", err=True)


def _command(
    policies: tuple[str, ...],
    assume: tuple[str, ...],
    persons: str | None,
    population: str | None,
    n: int | None,
    seed: int,
    decisions: str | None,
    synonyms: str | None,
) -> str:
    words = ["policydsl", "compare", *policies]
    for name in assume:
        words += ["--assume", name]
    for option, value in (
        ("--persons", persons),
        ("--population", population),
        ("-n", n),
        ("--decisions", decisions),
        ("--synonyms", synonyms),
    ):
        if value is not None:
            words += [option, str(value)]
    if population is not None and seed != 1:
        words += ["--seed", str(seed)]
    return shlex.join(words)


def _progress() -> AbstractContextManager[Callable[[str, int], None]]:
    return stages(None, STAGES)
