"""The verb ``import``: an office's document becomes a policy file, or an amendment of one."""

from __future__ import annotations

from pathlib import Path

import click

from policydsl.cli import FINDINGS, OK
from policydsl.cli.output import language_option, say, settings
from policydsl.files import write_text
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.scoring.writing import to_json


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option(
    "--kind",
    type=click.Choice(["考核", "积分", "要点"]),
    help="文件种类，不写时自动判断 · Kind of document; found out if not given.",
)
@click.option("--out", type=click.Path(path_type=Path), metavar="POLICY",
              help="写到哪个策略文件 · The policy file to write.")  # fmt: skip
@click.option("--id", "id_", metavar="ID", help="策略的标识 · Id of the policy.")
@click.option("--onto", metavar="POLICY", help="已有的旧版：写成修订 · An older edition to amend.")
@click.option("--force", is_flag=True, help="覆盖已有的文件 · Replace an existing file.")
@click.option("--report", type=click.Path(path_type=Path), metavar="JSON",
              help="导入报告另存为 JSON · Also write the report as JSON.")  # fmt: skip
@language_option
def import_command(
    file: Path,
    kind: str | None,
    out: Path | None,
    id_: str | None,
    onto: str | None,
    force: bool,
    report: Path | None,
) -> int:
    """从 Word、Excel、网页、PDF 或纯文本生成策略文件，并报告哪些要核对、哪些要手写。

    Make a policy file of a Word, Excel, HTML, PDF or text file, and report what is to be looked at
    and what is left to be written by hand. Exits with 1 when something is.
    """
    from policydsl.importing import import_document, reporting
    from policydsl.reading.files import read_file

    if out is not None and out.exists() and not force:
        raise PolicyError([Diagnostic("I813", Source(str(out), ""), None, {"path": str(out)})])
    made = import_document(read_file(file), kind, id_)
    text = made.text
    if onto is not None:
        found = _amendment(onto, made)
        if found is None:
            say(
                "内容没有变化，没有写修订。",
                "Nothing changed in meaning; no amendment was written.",
            )
            return OK
        text = found
    if out is not None:
        write_text(out, text)
    else:
        click.echo(text.rstrip("\n"))
    for line in reporting.lines(made, settings().language):
        click.echo(line, err=out is None)
    if report is not None:
        write_text(report, to_json(reporting.as_record(made)) + "\n")
    if out is not None:
        say(f"已写到 {out}", f"Written to {out}", err=True)
    left = made.by_hand or made.audit.complaints or any(not s.fits for s in made.sums)
    return FINDINGS if left else OK


def _amendment(onto: str, made: object) -> str | None:
    from policydsl.importing import Imported
    from policydsl.importing.amending import amendment
    from policydsl.model import loading

    assert isinstance(made, Imported)
    old = loading.load(onto)
    assert old.document is not None
    return amendment(old, made)
