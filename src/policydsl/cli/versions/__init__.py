"""``versions``: the history of documents and clauses, drafts, and pictures of both."""

from __future__ import annotations

import click

from policydsl.cli.output import language_option
from policydsl.cli.versions.checking import check_command
from policydsl.cli.versions.comparing import diff_command
from policydsl.cli.versions.drafts import consolidate_command
from policydsl.cli.versions.drawing import graph_command
from policydsl.cli.versions.timing import at_command
from policydsl.cli.versions.tracing import lineage_command, log_command


@click.group("versions")
@language_option
def versions_command() -> None:
    """沿革：条款的来历、某一天有效的条文、两版对照、草案的合并。

    History: where clauses come from, what is in force on a day, editions compared, drafts
    merged.  A clause is written edition#clause-id (beilun-departments#公安分局/1); its id or name
    alone is enough where it is the only one.
    """


for _command in (
    log_command,
    lineage_command,
    at_command,
    graph_command,
    check_command,
    diff_command,
    consolidate_command,
):
    versions_command.add_command(_command)
