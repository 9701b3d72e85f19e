"""``versions check``: the faults of a history."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import date

import click

from policydsl.cli import FINDINGS, OK
from policydsl.cli.options import format_option
from policydsl.cli.output import language_option, say, settings, show_problems
from policydsl.cli.versions.shared import supposing, suppositions
from policydsl.language.diagnostics import Diagnostic, has_errors
from policydsl.scoring.writing import to_json
from policydsl.versions.checking import check_history
from policydsl.versions.history import load_history


@click.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH…]")
@supposing
@format_option("table", "json")
@language_option
def check_command(
    paths: tuple[str, ...],
    issued: Sequence[tuple[str, date]],
    in_force: Sequence[tuple[str, date]],
    event: Sequence[tuple[str, date]],
    format_: str,
) -> int:
    """检查沿革：循环、落空或重复的修改、同日两版有效、日期先后。有错误时退出码为 1。

    Check the history: circles, dangling or double amendments, amendments of what was repealed,
    two versions in force on a day, dates out of order.  Exits with 1 when there is an error.
    """
    findings: list[Diagnostic] = []
    counts: Mapping[str, int] = {}
    for path in paths or (None,):
        graph = load_history(path)
        suppose = suppositions(graph, issued, in_force, event)
        findings += check_history(graph, suppose)
        counts = {"editions": len(graph.editions), "versions": len(graph.versions)}
    wrong = has_errors(findings)
    if format_ == "json":
        records = [d.as_record() for d in findings]
        click.echo(to_json({"ok": not wrong, **counts, "diagnostics": records}))
        return FINDINGS if wrong else OK
    show_problems(findings, settings().language, sys.stdout)
    errors = sum(d.severity == "error" for d in findings)
    say(
        f"{counts['editions']} 个版次，{counts['versions']} 个条款版本：{errors} 处错误，"
        f"{len(findings) - errors} 处警告和提示。",
        f"{counts['editions']} editions, {counts['versions']} clause versions: {errors} errors, "
        f"{len(findings) - errors} warnings and notes.",
    )
    return FINDINGS if wrong else OK
