"""The verb ``review``: what is wrong with a policy, with its witness and its remedy."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

import click

from policydsl.cli import BAD_POLICY, FINDINGS, OK
from policydsl.cli.options import format_option
from policydsl.cli.output import coloured, language_option, say, settings, show_problems
from policydsl.files import write_text
from policydsl.language.catalogue import CATALOGUE, Severity
from policydsl.language.diagnostics import Diagnostic, PolicyError, did_you_mean
from policydsl.language.keywords import Language
from policydsl.review.findings import Review
from policydsl.review.meanings import MEANINGS
from policydsl.review.registry import registered
from policydsl.review.running import Reviewed, review_targets
from policydsl.review.telling import chosen, lines, pick, together
from policydsl.scoring.writing import to_json

_SEVERITIES = ("error", "warning", "note")


@click.command("review")
@click.argument("paths", nargs=-1, metavar="[PATH…]")
@click.option("--against", metavar="OTHER", help="与另一份策略比 · Hold it against another policy.")
@format_option("table", "json", "html", "sarif")
@click.option(
    "--severity", type=click.Choice(_SEVERITIES), default="note", show_default=True,
    help="从哪一级起显示 · Show this level and above.",
)  # fmt: skip
@click.option(
    "--fail-on", type=click.Choice([*_SEVERITIES, "never"]), default="warning", show_default=True,
    help="有这一级以上的发现，退出码为 1 · Exit with 1 at this level and above.",
)  # fmt: skip
@click.option(
    "--code", "codes", multiple=True, metavar="R…", help="只查这几项 · Only these checks."
)
@click.option("--passed", is_flag=True, help="也列出查过并成立的 · Also list what holds.")
@click.option("--explain", metavar="R…", help="说明一种发现 · Explain a finding.")
@click.option("--list", "list_", is_flag=True, help="列出全部检查 · List the checks.")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="写入文件 · Write to a file."
)
@click.option(
    "--fix", is_flag=True, help="改正拿得准的，其余列出改法 · Mend what is safe, list the rest."
)
@click.option(
    "--dry-run", is_flag=True, help="与 --fix 合用：只显示改动 · With --fix: only show the changes."
)
@click.option(
    "--choose", "choices", multiple=True, metavar="R…=N",
    help="与 --fix 合用：这种发现用第 N 种改法 · With --fix: the N-th way for these findings.",
)  # fmt: skip
@language_option
def review_command(
    paths: tuple[str, ...],
    against: str | None,
    format_: str,
    severity: str,
    fail_on: str,
    codes: tuple[str, ...],
    passed: bool,
    explain: str | None,
    list_: bool,
    out: Path | None,
    fix: bool,
    dry_run: bool,
    choices: tuple[str, ...],
) -> int:
    """审查策略：找出分值、分档、扣分、酌情、门槛、程序上的问题，给出例证和改法。

    Review policies: faults of points, tiers, deductions, discretion, thresholds and procedure,
    each with a witness and a remedy. PATH is a file, a folder or the id of a bundled policy;
    without any, all bundled policies are reviewed. With --fix the files are mended: what changes
    nobody's points at once, what has several ways with --choose.
    """
    language = settings().language
    if list_:
        for code, each in registered().items():
            template = CATALOGUE[code]
            click.echo(
                f"{code}  {template.severity:<7}  {each.holds[0 if language == 'zh' else 1]}"
            )
        return OK
    if explain is not None:
        _explain(explain.upper(), language)
        return OK
    wanted = tuple(code.upper() for code in codes)
    _known(wanted)
    if fix:
        from policydsl.cli.mending import mend_files

        return mend_files(paths, wanted, choices, dry_run, fail_on)
    if dry_run or choices:
        raise click.UsageError("要与 --fix 合用 · goes with --fix")
    if against is not None and not paths:
        raise click.UsageError("--against 要写明审查哪一份 · --against needs a PATH")
    done = review_targets(paths, against, wanted)
    problems = [d for each in done for d in each.problems]
    level = cast(Severity, severity)
    if format_ == "table":
        texts = [text for each in done for text in _table(each, language, level, wanted, passed)]
        reviews = [each.review for each in done if each.review is not None]
        if len(reviews) > 1:
            texts = [pick(language, together(reviews)), "", *texts]
        _write("\n".join(texts).rstrip() + "\n", out, coloured(sys.stdout) and out is None)
        show_problems(problems, language)
    else:
        text = _machine(format_, done, language, level, wanted, passed, _command(paths, against))
        _write(text if text.endswith("\n") else text + "\n", out, False)
    if problems:
        return BAD_POLICY
    if fail_on == "never":
        return OK
    worst = [
        f for each in done if each.review for f in each.review.at_least(cast(Severity, fail_on))
    ]
    return FINDINGS if worst else OK


def _known(codes: Sequence[str]) -> None:
    for code in codes:
        if code not in registered() and code not in CATALOGUE:
            near = did_you_mean(code, registered())
            raise PolicyError([Diagnostic("D550", None, None, {"code": code, "near": near})])


def _explain(code: str, language: Language) -> None:
    """What a finding means, and what to do about it."""
    _known((code,))
    at = 0 if language == "zh" else 1
    if code in registered():
        click.echo(f"{code}  {registered()[code].holds[at]}")
    if code in MEANINGS:
        click.echo(MEANINGS[code][at])
    template = CATALOGUE[code]
    remedy = template.remedy_zh if language == "zh" else template.remedy_en
    blanks = re.sub(r"\{(\w+)\}", "…", remedy)
    say(f"怎么改：{blanks}", f"remedy: {blanks}")


def _command(paths: Sequence[str], against: str | None) -> str:
    words = ["policydsl", "review", *paths, *(("--against", against) if against else ())]
    return " ".join(words)


def _table(
    each: Reviewed, language: Language, severity: Severity, codes: Sequence[str], passed: bool
) -> Iterator[str]:
    if each.review is None:
        zh, en = f"{each.id}：有错误，没有审查。", f"{each.id}: not reviewed, it has errors."
        yield zh if language == "zh" else en
    else:
        yield from lines(each.review, language, severity, codes, passed)
    yield ""


def _machine(
    format_: str,
    done: Sequence[Reviewed],
    language: Language,
    severity: Severity,
    codes: Sequence[str],
    passed: bool,
    command: str,
) -> str:
    reviews = [each.review for each in done if each.review is not None]
    problems = [d for each in done for d in each.problems]
    if format_ == "json":
        documents = [_record(each, severity, codes, passed) for each in done]
        return to_json({"ok": not problems and not any(r.at_least("warning") for r in reviews),
                        "documents": documents})  # fmt: skip
    if format_ == "sarif":
        from policydsl.review.sarif import sarif

        found = [f for r in reviews for f in chosen(r, severity, codes, passed)]
        return to_json(sarif(found, problems, language))
    from policydsl.pages.html import render
    from policydsl.review.page import page

    return render(page(reviews, language, severity, codes, True, (command,)))


def _record(
    each: Reviewed, severity: Severity, codes: Sequence[str], passed: bool
) -> dict[str, object]:
    if each.review is None:
        return {"id": each.id, "findings": [], "problems": [d.as_record() for d in each.problems]}
    review: Review = each.review
    count = review.summary
    return {
        "id": review.id, "title": review.title, "file": review.file, "against": review.against,
        "summary": {
            "errors": count.errors, "warnings": count.warnings, "notes": count.notes,
            "undecided": count.undecided, "proved": count.proved, "suppressed": count.waived,
            "checks": count.checks,
        },
        "findings": [f.as_record() for f in chosen(review, severity, codes, passed)],
        "problems": [],
    }  # fmt: skip


def _write(text: str, out: Path | None, colours: bool) -> None:
    if out is not None:
        write_text(out, text)
        say(f"已写入 {out}", f"written to {out}", err=True)
        return
    if not colours:
        click.echo(text, nl=False)
        return
    shades = {"错误": "red", "error": "red", "警告": "yellow", "warning": "yellow",
              "提示": "cyan", "note": "cyan", "通过": "green", "holds": "green"}  # fmt: skip
    for line in text.splitlines():
        word = line.strip().split(" ")[0] if line.startswith("  ") else ""
        if word in shades and not line.startswith("   "):
            line = line.replace(word, click.style(word, fg=shades[word], bold=True), 1)
        elif line and not line.startswith(" "):
            line = click.style(line, bold=True)
        click.echo(line)
