"""``versions graph``: pictures of a history."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from policydsl.cli import OK
from policydsl.cli.output import language_option, say, settings
from policydsl.cli.versions.shared import library_of, loaded_history, source_option
from policydsl.files import write_text
from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.language.keywords import Language
from policydsl.versions.graph import HistoryGraph


@click.command("graph")
@click.option("--policy", metavar="ID", help="只画这一系列 · Only the series of this edition.")
@click.option("--from", "older", metavar="ID", help="旧版 · The older edition.")
@click.option("--to", "newer", metavar="ID", help="新版 · The newer edition.")
@click.option(
    "--out",
    required=True,
    metavar="FILE",
    help="写入文件 · Write to a file: .svg .mmd .graphml .xml.",
)
@source_option
@language_option
def graph_command(
    policy: str | None, older: str | None, newer: str | None, out: str, source: str | None
) -> int:
    """画出沿革：.svg 给人看，.mmd 和 .graphml 给别的程序；.xml 是一个版次的 Akoma Ntoso。

    Draw the history.  With --from and --to, what became of each clause between two editions;
    else the documents (with --policy those of one series).  An .xml is one edition (--policy) as
    Akoma Ntoso, the standard for legal documents.
    """
    if (older is None) != (newer is None):
        raise click.UsageError("--from 和 --to 要一起写 · --from and --to belong together")
    graph = loaded_history(source)
    language = settings().language
    for id_ in (policy, older, newer):
        if id_ is not None:
            graph.edition(id_)
    text = _drawn(graph, Path(out).suffix.lower(), policy, older, newer, source, language)
    write_text(Path(out), text)
    say(f"已写入 {out}", f"Written: {out}")
    return OK


def _drawn(
    graph: HistoryGraph,
    suffix: str,
    policy: str | None,
    older: str | None,
    newer: str | None,
    source: str | None,
    language: Language,
) -> str:
    from policydsl.versions.exporting import akoma_ntoso, graphml, mermaid, svg

    ids = graph.series(policy) if policy is not None else list(graph.order())
    if policy is not None:
        cited = {e.older for id_ in ids for e in graph.to_older(id_, ("implements",))}
        ids = [id_ for id_ in graph.order() if id_ in cited or id_ in ids]
    match suffix:
        case ".svg" if older is not None and newer is not None:
            verdicts = _verdicts(graph, older, newer, source)
            return svg.lineage_svg(graph, older, newer, verdicts, language)
        case ".svg":
            return svg.editions_svg(graph, ids, language)
        case ".mmd" if older is not None and newer is not None:
            return mermaid.lineage_mermaid(graph, older, newer, language)
        case ".mmd":
            return mermaid.editions_mermaid(graph, ids, language)
        case ".graphml":
            pair = [id_ for id_ in (older, newer) if id_ is not None]
            return graphml.graphml(graph, pair or ids)
        case ".xml" if policy is not None:
            return akoma_ntoso.akoma_ntoso(graph, policy, _official_wording(policy, source))
        case ".xml":
            raise click.UsageError(".xml 要用 --policy 指定一个版次 · .xml needs --policy")
    raise PolicyError([Diagnostic("V636", None, None, {"suffix": suffix or "—"})])


def _verdicts(graph: HistoryGraph, older: str, newer: str, source: str | None) -> Any:
    """What changed in effect; ``None`` where an edition cannot be compared by its meaning."""
    from policydsl.versions.comparing import compare_editions
    from policydsl.versions.exporting.svg import judged_by

    if graph.edition(older).document is None or graph.edition(newer).document is None:
        return None
    library = library_of(source)
    old, new = library.compile(older)[0], library.compile(newer)[0]
    if old is None or new is None:
        return None
    return judged_by(compare_editions(old, new, graph.between(older, newer)))


def _official_wording(id_: str, source: str | None) -> Any:
    """The wording of an edition's clauses as documents print it; ``None`` if it has errors."""
    from policydsl.versions.exporting.akoma_ntoso import as_written
    from policydsl.wording.sentences import (
        blend_text,
        clause_marks,
        deadline_text,
        duty_text,
        exclusion_text,
        particulars,
        scene_text,
        speaker,
    )

    policy, _ = library_of(source).compile(id_)
    if policy is None:
        return None
    words = speaker(policy)
    scenes = {scene.id: scene for scene in policy.scenes}
    blends = {blend.id: blend for blend in policy.blends}

    def wording(clause_id: str, node: Any) -> list[str]:
        if not clause_id:
            return [
                *(exclusion_text(x, policy) for x in policy.exclusions),
                *(deadline_text(x, policy) for x in policy.deadlines),
                *(duty_text(x, policy) for x in policy.duties),
            ]
        if clause_id in scenes:
            return [scene_text(scenes[clause_id], policy)]
        if clause_id in blends:
            return [blend_text(blends[clause_id], policy)]
        clause = policy.clauses.get(clause_id)
        if clause is None:
            return as_written(clause_id, node)
        marks = "；".join(clause_marks(clause, policy))
        return [text for text in (marks, particulars(clause, words)) if text]

    return wording
