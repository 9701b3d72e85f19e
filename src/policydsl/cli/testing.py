"""The verb ``test``: runs the examples (示例) of policies, says what they exercise, makes more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from policydsl import checking
from policydsl.checking import Examined, Failure, Trial, Tried
from policydsl.cli import BAD_POLICY, FINDINGS, OK
from policydsl.cli.options import date_option, format_option
from policydsl.cli.output import (
    heading,
    language_option,
    print_table,
    say,
    settings,
    show_problems,
    warning,
)
from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.language.keywords import Language
from policydsl.scoring.explaining import trace_lines
from policydsl.scoring.ranges import Range
from policydsl.scoring.results import STATUS_WORDS, pick, range_record, show_range
from policydsl.scoring.writing import to_json

if TYPE_CHECKING:
    from policydsl.review.coverage.generating import Complete
    from policydsl.review.coverage.measuring import Coverage


@click.command("test")
@click.argument("targets", nargs=-1, metavar="[TARGET…]")
@click.option(
    "--coverage",
    "covering",
    is_flag=True,
    help="示例走到了哪些条款、档次、分支、界线 · What the examples exercise.",
)
@click.option(
    "--min-coverage",
    type=click.FloatRange(0, 100),
    metavar="N",
    help="走到的不足 N%，退出码为 1 · Exit with 1 below N percent.",
)
@click.option(
    "--generate",
    "wanted",
    type=click.IntRange(1, 400),
    metavar="N",
    help="至多再拟 N 个示例，走到的地方多的在前 · Make up to N more examples.",
)
@click.option(
    "--complete",
    is_flag=True,
    help="拟出示例，直到能走到的都走到 · Make examples until all that can be reached is.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="拟的示例（或 HTML 页面）存成新文件 · Where made examples (or the page) go.",
)
@click.option(
    "--accept",
    is_flag=True,
    help="把拟的示例加进策略文件，其余一字不动 · Add made examples to the policy's file.",
)
@date_option()
@click.option(
    "--seconds",
    type=click.FloatRange(0.1, 3600),
    default=30.0,
    show_default=True,
    help="每份策略最多算几秒 · Time limit for each policy.",
)
@format_option("text", "json", "html")
@language_option
@click.option("-v", "--verbose", is_flag=True, help="列出每个示例、每一处 · List everything.")
def test_command(
    targets: tuple[str, ...],
    covering: bool,
    min_coverage: float | None,
    wanted: int | None,
    complete: bool,
    out: Path | None,
    accept: bool,
    day: date | None,
    seconds: float,
    format_: str,
    verbose: bool,
) -> int:
    """运行策略和假设集中的示例；看示例走到了哪些地方；拟出更多的示例。有不符的，退出码为 1。

    Run the examples of policies and assumption sets (files, folders or bundled ids; without
    any, all bundled ones). Exits with 1 when an example does not hold. With --coverage say what
    they exercise, with --generate or --complete make more.
    """
    _check_usage(covering, min_coverage, wanted, complete, out, accept, format_)
    if wanted is not None or complete:
        return _generate(targets, wanted, out, accept, day, seconds, format_, verbose)
    trial = checking.try_examples(targets)
    language = settings().language
    covered = _measured(targets, day, seconds) if covering or min_coverage is not None else []
    if format_ == "json":
        record = _record(trial)
        if covered:
            record["coverage"] = [one.record() for one in covered]
        click.echo(to_json(record))
    elif format_ == "html":
        _page(covered, out)
        show_problems(trial.findings, language)
    else:
        show_problems(trial.findings, language)
        _show(trial, language, verbose)
        for one in covered:
            _show_coverage(one, language, verbose)
    if trial.findings:
        return BAD_POLICY
    enough = min_coverage is None or all(float(c.total.share) >= min_coverage for c in covered)
    if not enough and format_ == "text":
        say(f"有策略走到的不足 {min_coverage:g}%。", f"Below {min_coverage:g}% for some policy.")
    return OK if trial.ok and enough else FINDINGS


def _check_usage(
    covering: bool,
    min_coverage: float | None,
    wanted: int | None,
    complete: bool,
    out: Path | None,
    accept: bool,
    format_: str,
) -> None:
    making = wanted is not None or complete
    if wanted is not None and complete:
        raise click.UsageError("--generate 与 --complete 只能用一个 · use only one of them")
    if accept and not making:
        raise click.UsageError("--accept 要与 --generate 或 --complete 一起用 · needs one of them")
    if format_ == "html" and (making or not (covering or min_coverage is not None)):
        raise click.UsageError("--format html 用于 --coverage · is for --coverage")
    if (out is not None) != (format_ == "html") and not making:
        raise click.UsageError("--out 用于拟的示例和 HTML 页面 · is for made examples and the page")


# -- coverage


def _measured(targets: Sequence[str], day: date | None, seconds: float) -> list[Coverage]:
    from policydsl.review.coverage.measuring import coverage

    found, _ = checking.examined(targets)
    scored = [x for x in found if x.policy.kind in ("scheme", "assessment")]
    return [coverage(x.policy, day=day, seconds=seconds) for x in scored]


def _show_coverage(found: Coverage, language: Language, verbose: bool) -> None:
    from policydsl.review.coverage.measuring import shown_share
    from policydsl.review.coverage.showing import clause_rows, place_rows

    total = found.total
    if not total.reachable:
        return
    sets = f" + {'、'.join(found.policy.assumed)}" if found.policy.assumed else ""
    click.echo()
    heading(f"{found.policy.id}{sets}")
    say(
        f"{len(found.titles)} 个示例走到 {total.exercised}/{total.reachable} 处"
        f"（{shown_share(total)}）；另有 {total.unreachable} 处谁也走不到（已证明，不计）。",
        f"{len(found.titles)} examples exercise {total.exercised} of {total.reachable} places "
        f"({shown_share(total)}); {total.unreachable} more are proved to be out of reach.",
    )
    heads, rows = clause_rows(found, language)
    print_table(heads, rows, range(1, len(heads)))
    places = found.uncovered
    if places:
        click.echo()
        say(f"还没走到的 {len(places)} 处：", f"{len(places)} places are not exercised:")
        heads, rows = place_rows(found, places if verbose else places[:20], language)
        print_table(heads, rows, [0])
        if len(places) > 20 and not verbose:
            say(
                f"（还有 {len(places) - 20} 处，-v 全部列出；--complete 可拟出示例）",
                f"({len(places) - 20} more with -v; --complete makes examples)",
            )
    if found.unreachable and verbose:
        click.echo()
        say("谁也走不到的（已证明）：", "Out of reach (proved):")
        heads, rows = place_rows(found, found.unreachable, language)
        print_table(heads[:3], [row[:3] for row in rows], [0])


def _page(found: Sequence[Coverage], out: Path | None) -> None:
    from policydsl.files import write_text
    from policydsl.pages.html import render
    from policydsl.review.coverage.showing import page

    assert out is not None
    write_text(out, render(page(found)))
    say(f"已写入 {out}", f"Written to {out}")


# -- made examples


def _generate(
    targets: Sequence[str],
    wanted: int | None,
    out: Path | None,
    accept: bool,
    day: date | None,
    seconds: float,
    format_: str,
    verbose: bool,
) -> int:
    from policydsl.review.coverage.generating import generate

    found, errors = checking.examined(targets)
    if errors:
        raise PolicyError(errors)
    found = [x for x in found if x.policy.kind in ("scheme", "assessment")]
    if len(found) != 1:
        target = "、".join(targets) or "—"
        raise PolicyError([Diagnostic("R740", None, None, {"target": target})])
    (one,) = found
    if out is not None and out.exists():
        raise PolicyError([Diagnostic("R744", None, None, {"path": str(out)})])
    if accept:
        _own_file(one)
    made = generate(one.policy, wanted, day=day, seconds=seconds)
    if format_ == "json":
        click.echo(to_json(_made_record(made)))
    else:
        _show_made(made, one, quiet=accept or out is not None, verbose=verbose)
    _write_made(made, one, out, accept)
    return OK


def _own_file(one: Examined) -> Path:
    """The file of the user's own that examples can be added to."""
    from policydsl.model import loading

    folder = loading.bundled_folder().resolve()
    if one.path is None or folder in one.path.resolve().parents:
        raise PolicyError([Diagnostic("R745", None, None, {"id": one.document.id.text})])
    return one.path


def _write_made(made: Complete, one: Examined, out: Path | None, accept: bool) -> None:
    from policydsl.files import write_text
    from policydsl.review.coverage.accepting import accept as add
    from policydsl.review.coverage.accepting import printed_examples

    examples = [x.example for x in made.examples]
    if not examples:
        return
    if out is not None:
        write_text(out, printed_examples(examples, settings().language) + "\n")
        say(f"已写入 {out}", f"Written to {out}", err=True)
    if accept:
        path = _own_file(one)
        note = pick(
            settings().language,
            "以下示例由 policydsl test 拟出，经逐例计分；核对无误即可保留",
            "made by policydsl test and scored; keep them where they are as intended",
        )
        add(path, one.document, one.source, examples, note)
        say(f"已把 {len(examples)} 个示例加进 {path}",
            f"Added {len(examples)} examples to {path}", err=True)  # fmt: skip


def _show_made(made: Complete, one: Examined, quiet: bool, verbose: bool) -> None:
    from policydsl.review.coverage.accepting import printed_examples
    from policydsl.review.coverage.measuring import shown_share
    from policydsl.review.coverage.showing import place_rows

    language = settings().language
    if not quiet and made.examples:
        click.echo(printed_examples([x.example for x in made.examples], language))
    total = made.before.total
    after = total.reachable - len(made.left)
    share = f"{float(made.share):.1f}".rstrip("0").rstrip(".")
    say(
        f"# 拟出 {len(made.examples)} 个示例：走到 {total.exercised}/{total.reachable} 处"
        f"（{shown_share(total)}）→ {after}/{total.reachable} 处（{share}%）。",
        f"# {len(made.examples)} examples made: {total.exercised} of {total.reachable} places "
        f"({shown_share(total)}) -> {after} ({share}%).",
        err=True,
    )
    if one.policy.assumed:
        sets = "、".join(one.policy.assumed)
        say(f"# 得分用到假设集 {sets}", f"# Scores rest on the assumption set {sets}", err=True)
    if made.left and verbose:
        heads, rows = place_rows(made.before, made.left, language)
        print_table(heads, rows, [0])
    elif made.left:
        say(f"# 还有 {len(made.left)} 处没有走到（-v 列出）。",
            f"# {len(made.left)} places are left (-v lists them).", err=True)  # fmt: skip
    if total.unreachable:
        say(f"# 另有 {total.unreachable} 处谁也走不到（已证明；test --coverage -v 列出）。",
            f"# {total.unreachable} more are proved to be out of reach.", err=True)  # fmt: skip


def _made_record(made: Complete) -> dict[str, Any]:
    from policydsl.review.examples import example_text
    from policydsl.review.proving.results import ends_record, plain

    return {
        "policy": made.before.policy.id, "before": made.before.record(),
        "share": float(round(made.share, 2)),
        "examples": [
            {
                "title": x.example.title, "text": example_text(x.example),
                "unit": x.case.unit, "facts": {k: plain(v) for k, v in x.case.facts.items()},
                "total": ends_record(x.score.total), "statuses": list(x.score.statuses),
                "shows": [{"clause": p.clause, "zh": p.text("zh"), "en": p.text("en")}
                          for p in x.shows],
            }
            for x in made.examples
        ],
        "left": [{"clause": p.clause, "zh": p.text("zh"), "en": p.text("en")} for p in made.left],
    }  # fmt: skip


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
