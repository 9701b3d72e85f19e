"""The verb ``audit``: a document held against its policy."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from policydsl.cli import FINDINGS, OK
from policydsl.cli.options import assume_option, format_option
from policydsl.cli.output import (
    heading,
    language_option,
    print_table,
    say,
    settings,
    show_problems,
)
from policydsl.files import write_text
from policydsl.language.keywords import Language
from policydsl.model import loading
from policydsl.scoring.results import pick
from policydsl.scoring.writing import to_json


@click.command("audit")
@click.argument("target", metavar="POLICY")
@click.option(
    "--source", "source", required=True, type=click.Path(path_type=Path),
    help="原文：txt、docx、html、pdf、xlsx · The text that the policy encodes.",
)  # fmt: skip
@assume_option("先套用假设集 · Apply a set first.")
@format_option("table", "json", "html")
@click.option("--out", type=click.Path(path_type=Path), help="写到文件 · Write to a file.")
@click.option("--all", "all_", is_flag=True, help="也列出对得上的 · List what fits, too.")
@language_option
def audit_command(
    target: str, source: Path, assume: tuple[str, ...], format_: str, out: Path | None, all_: bool
) -> int:
    """原文与代码逐数对照：每个数字和计分用语各归哪一条，缺了、多了、不同的列出来。

    Hold every figure and scoring phrase of a text against the clauses of its policy. What is
    missing on either side, or differs, is listed, and the exit code is then 1. Garbled places are
    those that the policy declares (校读). POLICY is a file, file#id or the id of a bundled policy.
    """
    from policydsl.reading.files import read_file
    from policydsl.review.auditing import audit, showing

    policy = loading.load(target, assume)
    result = audit(policy, read_file(source))
    language = settings().language
    if format_ == "html":
        from policydsl.pages.html import render

        _put(render(showing.audit_page(result, language)), out)
    elif format_ == "json":
        _put(to_json(result.as_record()) + "\n", out)
    else:
        if out is not None:
            _put(_as_text(result, language), out)
        heading(f"{policy.id} ← {source.name}")
        show_problems(result.document.notes, language, sys.stdout)
        entries = result.entries if all_ else result.complaints
        if entries:
            heads = [pick(language, *head) for head in showing.HEADS]
            print_table(heads, showing.rows(result, entries, language))
        if result.readings:
            heading(pick(language, "校读", "Declared readings"))
            heads = [pick(language, *head) for head in showing.READING_HEADS]
            print_table(heads, showing.reading_rows(result, language))
        show_problems(
            [d for d in result.diagnostics() if d.code in ("R764", "R765")], language, sys.stdout
        )
        click.echo(showing.summary(result, language))
    if out is not None:
        say(f"已写到 {out}", f"Written to {out}", err=True)
    return OK if result.ok else FINDINGS


def _as_text(result: object, language: Language) -> str:
    from policydsl.cli.output import plain_table
    from policydsl.review.auditing import Audit, showing

    assert isinstance(result, Audit)
    heads = [pick(language, *head) for head in showing.HEADS]
    lines = list(plain_table(heads, showing.rows(result, result.entries, language), frozenset()))
    return "\n".join([*lines, showing.summary(result, language), ""])


def _put(text: str, out: Path | None) -> None:
    if out is None:
        click.echo(text.rstrip("\n"))
    else:
        write_text(out, text)
