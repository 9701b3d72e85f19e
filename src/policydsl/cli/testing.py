"""The verb ``test``: runs the examples (示例) that policies and assumption sets contain."""

from __future__ import annotations

from typing import Any

import click

from policydsl import checking
from policydsl.checking import Failure, Trial, Tried
from policydsl.cli import BAD_POLICY, FINDINGS, OK
from policydsl.cli.output import language_option, say, settings, show_problems, warning
from policydsl.language.keywords import Language
from policydsl.scoring.explaining import trace_lines
from policydsl.scoring.ranges import Range
from policydsl.scoring.results import STATUS_WORDS, pick, range_record, show_range
from policydsl.scoring.writing import to_json


@click.command("test")
@click.argument("targets", nargs=-1, metavar="[TARGET…]")
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="输出形式 · Form of the output.",
)  # fmt: skip
@language_option
@click.option("-v", "--verbose", is_flag=True, help="列出每个示例 · List every example.")
def test_command(targets: tuple[str, ...], format_: str, verbose: bool) -> int:
    """运行策略和假设集中的示例。有不符的，退出码为 1。

    Run the examples of policies and assumption sets (files, folders or bundled ids; without
    any, all bundled ones). Exits with 1 when an example does not hold.
    """
    trial = checking.try_examples(targets)
    language = settings().language
    if format_ == "json":
        click.echo(to_json(_record(trial)))
    else:
        show_problems(trial.findings, language)
        _show(trial, language, verbose)
    if trial.findings:
        return BAD_POLICY
    return OK if trial.ok else FINDINGS


def _show(trial: Trial, language: Language, verbose: bool) -> None:
    for example in trial.examples:
        if example.ok:
            if verbose:
                say(f"通过 {_name(example)}", f"ok {_name(example)}")
            continue
        warning(pick(language, f"不符 {_name(example)}", f"FAILED {_name(example)}"))
        click.echo(f"  {example.where}")
        for error in example.errors:
            click.echo(f"  {error.code} {error.message(language)}")
        for failure in example.failures:
            _show_failure(failure, language)
        click.echo()
    failed = sum(not example.ok for example in trial.examples)
    count = len(trial.examples)
    say(
        f"{count} 个示例：{count - failed} 个通过，{failed} 个不符。",
        f"{count} examples: {count - failed} hold, {failed} do not.",
    )


def _name(example: Tried) -> str:
    sets = f" + {'、'.join(example.sets)}" if example.sets else ""
    return f"{example.policy}{sets} “{example.title}”"


def _show_failure(failure: Failure, language: Language) -> None:
    if failure.marked:
        for line in failure.marked.split("\n"):
            click.echo(f"  {line}")
    what = failure.clause or pick(language, "总分", "total")
    expected, actual = _shown(failure.expected, language), _shown(failure.actual, language)
    say(
        f"  {what}：示例写 {expected}，算得 {actual}",
        f"  {what}: the example says {expected}, computed {actual}",
    )
    if failure.trace is not None:
        for line in trace_lines(failure.trace, language):
            click.echo(f"    {line}")


def _shown(value: Range | str | None, language: Language) -> str:
    if isinstance(value, str):
        words = STATUS_WORDS.get(value)
        return value if words is None else pick(language, *words)
    return pick(language, f"{show_range(value)} 分", f"{show_range(value, 'en')} points")


def _record(trial: Trial) -> dict[str, Any]:
    def value(one: Range | str | None) -> Any:
        return one if one is None or isinstance(one, str) else range_record(one)

    return {
        "ok": trial.ok,
        "passed": sum(example.ok for example in trial.examples),
        "failed": sum(not example.ok for example in trial.examples),
        "examples": [
            {
                "policy": example.policy, "assumed": list(example.sets),
                "title": example.title, "where": example.where, "ok": example.ok,
                "failures": [
                    {
                        "clause": f.clause, "where": f.where,
                        "expected": value(f.expected), "actual": value(f.actual),
                    }
                    for f in example.failures
                ],
                "errors": [error.as_record() for error in example.errors],
            }
            for example in trial.examples
        ],
        "diagnostics": [finding.as_record() for finding in trial.findings],
    }  # fmt: skip
