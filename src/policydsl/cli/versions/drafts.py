"""``versions consolidate``: drafts carried out on their base, one upon the other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from policydsl.cli import BAD_POLICY, OK
from policydsl.cli.output import language_option, print_table, say, settings, show_problems
from policydsl.cli.versions.shared import gathered_library, source_option
from policydsl.language.diagnostics import PolicyError
from policydsl.language.keywords import Language
from policydsl.model.amending.changes import Change, ChangeKind
from policydsl.scoring.results import pick

if TYPE_CHECKING:
    from policydsl.versions.merging import Conflicts


@click.command("consolidate")
@click.argument("base")
@click.argument("drafts", nargs=-1, required=True, metavar="DRAFT…")
@click.option("--out", required=True, metavar="FILE", help="写入 .policy 文件 · File to write.")
@click.option("--id", "id_", metavar="ID", help="合并后的标识 · Id of the edition.")
@click.option("--title", metavar="TEXT", help="合并后的名称 · Title of the edition.")
@source_option
@language_option
def consolidate_command(
    base: str,
    drafts: tuple[str, ...],
    out: str,
    id_: str | None,
    title: str | None,
    source: str | None,
) -> int:
    """把一份或几份草案合进基础文件，得到完整的一版。改了同一处时退出码为 4，什么都不写。

    Carry out drafts on a base: those on the same base are merged, a draft on another draft is
    stacked on it.  Drafts that change the same thing are in conflict: both sides are shown with
    their reasons, nothing is written, and the exit code is 4.
    """
    from policydsl.versions.consolidating import consolidate, write_edition
    from policydsl.versions.merging import Conflicts

    library, (base_id, *draft_ids) = gathered_library(source, (base, *drafts))
    result = consolidate(library, base_id, draft_ids, id_, title)
    language = settings().language
    if isinstance(result, Conflicts):
        _show_conflicts(result, language)
        return BAD_POLICY
    if result.policy is None:
        raise PolicyError([d for d in result.findings if d.severity == "error"])
    write_edition(result.edition, Path(out), language)
    show_problems(result.findings, language)
    heads = pick(language, "草案|变动|条款|理由", "draft|change|clause|reason").split("|")
    rows = [
        [
            change.amendment,
            pick(language, *_CHANGES[change.kind]),
            "、".join(change.after or change.before) or _of_document(change, language),
            change.reason or "",
        ]
        for step in result.steps
        for change in step.changes
    ]
    print_table(heads, rows)
    say(f"已写入 {out}：{result.document.id.text}", f"Written: {out}: {result.document.id.text}")
    return OK


def _of_document(change: Change, language: Language) -> str:
    """What an operation on the document itself is about: 期限“审核”, 上限."""
    from policydsl.versions.merging import aspect_words

    aspects = dict.fromkeys(f.aspect for f in change.footprints)
    names = [pick(language, *aspect_words(aspect)) for aspect in aspects]
    return pick(language, "、", ", ").join(names)


_CHANGES: dict[ChangeKind, tuple[str, str]] = {
    "modify": ("修改", "modify"), "insert": ("新增", "insert"), "repeal": ("废止", "repeal"),
    "move": ("移动", "move"), "rename": ("更名", "rename"), "renumber": ("改号", "renumber"),
    "split": ("拆分", "split"), "merge": ("合并", "merge"), "document": ("全文", "document"),
}  # fmt: skip


def _show_conflicts(conflicts: Conflicts, language: Language) -> None:
    """Each conflict: what the base says, what both drafts make of it, and why."""
    for conflict in conflicts.conflicts:
        show_problems([conflict.diagnostic()], language)
        for title, text, reason in (
            (pick(language, "原文", "base"), conflict.base, None),
            (conflict.left.draft, conflict.left.text, conflict.left.reason),
            (conflict.right.draft, conflict.right.text, conflict.right.reason),
        ):
            click.echo(f"  {title}", err=True)
            for line in text.splitlines():
                click.echo(f"    {line}", err=True)
            if reason:
                mark = pick(language, "理由：", "reason: ")
                click.echo(f"    {mark}{reason}", err=True)
    say("没有写入任何文件。", "Nothing was written.", err=True)
