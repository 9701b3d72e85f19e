"""``versions diff``: two editions clause by clause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from policydsl.cli import OK
from policydsl.cli.output import heading, language_option, plain_table, print_table, say, settings
from policydsl.cli.versions.shared import gathered_library, source_option
from policydsl.files import write_text
from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.language.keywords import Language
from policydsl.scoring.results import pick
from policydsl.scoring.writing import to_json
from policydsl.versions.history import build
from policydsl.versions.summing import Summary, summarise

if TYPE_CHECKING:
    from policydsl.versions.comparing import EditionDiff, Row


@click.command("diff")
@click.argument("older", metavar="OLDER")
@click.argument("newer", metavar="NEWER")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "json", "html"]),
    help="输出形式，默认看 --out 的后缀，否则 table · Form; default: by --out, or table.",
)
@click.option("--out", metavar="FILE", help="写入文件 · Write to a file: .html .json .txt.")
@click.option("--parts", is_flag=True, help="只列单位、组，不列其中的条款 · Units and groups only.")
@click.option("--all", "everything", is_flag=True, help="未改的也列出 · What is unchanged too.")
@source_option
@language_option
def diff_command(
    older: str,
    newer: str,
    format_: Literal["table", "json", "html"] | None,
    out: str | None,
    parts: bool,
    everything: bool,
    source: str | None,
) -> int:
    """两个版次逐条对照：哪些延续、更名、合并、新增、废止，修改有什么影响。

    Two editions compared by what they mean.  OLDER and NEWER are ids or files; drafts are
    compared as the editions that they make.
    """
    from policydsl.versions.comparing import compare_editions
    from policydsl.versions.rendering import as_records, render_html

    library, (old_id, new_id) = gathered_library(source, (older, newer))
    graph = build(library)
    for id_ in (old_id, new_id):
        if graph.edition(id_).is_stub:
            raise PolicyError([Diagnostic("V637", None, None, {"id": id_})])
    diff = compare_editions(
        library.policy(old_id), library.policy(new_id), graph.between(old_id, new_id)
    )
    chosen = format_ or {".html": "html", ".htm": "html", ".json": "json"}.get(
        "" if out is None else Path(out).suffix.lower(), "table"
    )
    language = settings().language
    if chosen == "table" and out is None:
        _show_diff(diff, language, parts, everything)
        return OK
    if chosen == "html":
        text = render_html(diff, everything)
    elif chosen == "json":
        text = to_json({**as_records(diff), "summary": _summary_record(summarise(diff))}) + "\n"
    else:
        text = "\n".join(_diff_lines(diff, language, parts, everything)) + "\n"
    if out is None:
        click.echo(text, nl=False)
    else:
        write_text(Path(out), text)
        say(f"已写入 {out}", f"Written: {out}")
    return OK


def _show_diff(diff: EditionDiff, language: Language, parts: bool, everything: bool) -> None:
    from policydsl.versions.rendering import summary_texts

    heading(f"{diff.older.id} → {diff.newer.id}")
    heads, *rows = _diff_table(diff, language, parts, everything)
    print_table(heads, rows, in_lines=True)
    click.echo()
    for text in summary_texts(diff):
        click.echo(pick(language, *text))


def _diff_lines(
    diff: EditionDiff, language: Language, parts: bool, everything: bool
) -> Iterator[str]:
    from policydsl.versions.rendering import summary_texts

    yield f"{diff.older.id} → {diff.newer.id}"
    heads, *rows = _diff_table(diff, language, parts, everything)
    yield from plain_table(heads, rows, frozenset(), in_lines=True)
    yield ""
    yield from (pick(language, *text) for text in summary_texts(diff))


def _diff_table(
    diff: EditionDiff, language: Language, parts: bool, everything: bool
) -> list[list[str]]:
    """Head and rows; with ``parts`` a row for each unit, with what was said of its clauses."""
    from policydsl.versions.rendering import render_table

    if not parts:
        return [list(row) for row in render_table(diff, language, everything)]
    summary = summarise(diff)
    rows = [*summary.continued, *summary.added, *summary.repealed, *summary.not_seen]
    chosen = [r for r in diff.rows if any(r is row for row in rows)]
    table = render_table(replace(diff, rows=tuple(chosen)), language, everything=True)
    result = [[" + ".join(x.strip() for x in cell.split("\n")) for cell in row] for row in table]
    for cells, row in zip(result[1:], chosen, strict=True):
        said = [cells[-1], *(r.reason for r in diff.rows if _is_inside(r, row) and r.reason)]
        cells[-1] = pick(language, "；", "; ").join(dict.fromkeys(text for text in said if text))
    return result


def _is_inside(row: Row, part: Row) -> bool:
    """Whether a clause stands inside a part of the newer edition, or of the older one."""
    for inner, outer in ((row.new, part.new), (row.old, part.old)):
        if inner and outer:
            return any(i.id.startswith(f"{o.id}/") for i in inner for o in outer)
    return False


def _summary_record(summary: Summary) -> dict[str, Any]:
    def rows(chosen: Sequence[Row]) -> list[dict[str, Any]]:
        return [
            {
                "old": [s.id for s in row.old],
                "new": [s.id for s in row.new],
                "inferred": row.inferred,
                "reason": row.reason,
            }
            for row in chosen
        ]

    return {
        "continued": rows(summary.continued), "added": rows(summary.added),
        "repealed": rows(summary.repealed), "not_seen": rows(summary.not_seen),
        "no_longer_measured": list(summary.dropped), "newly_measured": list(summary.introduced),
    }  # fmt: skip
