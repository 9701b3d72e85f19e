"""``versions at``: what is in force on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import click

from policydsl.cli import OK
from policydsl.cli.options import format_option
from policydsl.cli.output import heading, language_option, print_table, say, settings, warning
from policydsl.cli.versions.shared import (
    Day,
    loaded_history,
    source_option,
    supposing,
    suppositions,
)
from policydsl.cli.versions.tracing import bounds_record, version_record
from policydsl.language.diagnostics import Diagnostic, PolicyError, did_you_mean
from policydsl.language.keywords import Language
from policydsl.scoring.results import pick
from policydsl.scoring.writing import to_json
from policydsl.versions.dates import Certainty
from policydsl.versions.graph import HistoryGraph
from policydsl.versions.timeline import EditionAt, PointInTime, Timeline

_IN_FORCE: dict[Certainty, tuple[str, str]] = {
    "yes": ("有效", "in force"),
    "maybe": ("可能有效", "perhaps"),
    "no": ("—", "—"),
}


@click.command("at")
@click.argument("moment", metavar="DATE|EDITION")
@click.option("--policy", metavar="ID", help="只看这一系列，并列出条款 · One series, with clauses.")
@click.option(
    "--known",
    type=Day(),
    metavar="DATE",
    help="只算这一天以前印发的 · Only what was issued by that day.",
)
@supposing
@source_option
@format_option("table", "json")
@language_option
def at_command(
    moment: str,
    policy: str | None,
    known: date | None,
    issued: Sequence[tuple[str, date]],
    in_force: Sequence[tuple[str, date]],
    event: Sequence[tuple[str, date]],
    source: str | None,
    format_: str,
) -> int:
    """某一天（或某一版施行之时）哪些版次、哪些条款有效。

    What is in force on a day, or when an edition took effect.  Where dates are not stated the
    answer may be “perhaps”; naming an edition instead of a day lets order alone decide.
    """
    graph = loaded_history(source)
    suppose = suppositions(graph, issued, in_force, event)
    timeline = Timeline(graph, _moment(graph, moment), known, suppose)
    if policy is not None:
        graph.edition(policy)
    wanted = graph.series(policy) if policy is not None else list(graph.order())
    point = timeline.point(wanted)
    if format_ == "json":
        click.echo(to_json(_point_record(graph, point, policy is not None)))
        return OK
    _show_point(graph, point, policy is not None)
    return OK


def _moment(graph: HistoryGraph, text: str) -> date | str:
    """A date, or the id of an edition; V633 for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        if text in graph.editions:
            return text
    details = {"value": text, "near": did_you_mean(text, graph.editions)}
    raise PolicyError([Diagnostic("V633", None, None, details)])


def _show_point(graph: HistoryGraph, point: PointInTime, clauses: bool) -> None:
    language = settings().language
    when = (
        str(point.day)
        if point.day
        else pick(language, f"{point.as_of} 施行之时", f"when {point.as_of} took effect")
    )
    if point.known is not None:
        when += pick(language, f"（以 {point.known} 所知）", f" (as known on {point.known})")
    heading(when)
    heads = pick(
        language, "版次|状态|施行|终止|由谁替代|名称", "edition|state|from|until|replaced by|title"
    ).split("|")
    shown = [e for e in point.editions if clauses or not e.edition.is_stub or e.in_force != "no"]
    print_table(heads, [_edition_row(e, language) for e in shown])
    for edition in shown:
        for text in edition.edition.transition:
            mark = pick(language, "过渡", "transition")
            click.echo(f"  {mark} {edition.edition.id}: {text}")
    for keys in point.conflicts:
        text = "、".join(keys)
        warning(pick(language, f"同时有效：{text}", f"in force together: {text}"))
    if not clauses:
        return
    click.echo()
    heads = pick(language, "条款|名称|状态|版次", "clause|title|state|made by").split("|")
    rows = [
        [
            c.version.id,
            c.version.title,
            pick(language, *_IN_FORCE[c.in_force]),
            c.version.edition,
        ]
        for c in point.clauses
    ]
    print_table(heads, rows)
    sure = sum(c.in_force == "yes" for c in point.clauses)
    perhaps = len(point.clauses) - sure
    say(
        f"有效 {sure} 条" + (f"，可能有效 {perhaps} 条" if perhaps else ""),
        f"{sure} clauses in force" + (f", {perhaps} perhaps" if perhaps else ""),
    )


def _edition_row(at: EditionAt, language: Language) -> list[str]:
    state = pick(language, *_IN_FORCE[at.in_force])
    if at.in_force == "no":
        draft = at.edition.is_amendment and not at.edition.adopted
        words = ("草案", "draft") if draft else ("未施行", "not yet")
        state = pick(language, *(words if at.began == "no" else ("已失效", "no longer")))
    until = "—" if at.end is None else at.end.text(language)
    title = at.edition.title or ""
    if at.edition.is_stub:
        title += pick(language, "（存目）", " (title only)")
    return [at.edition.id, state, at.start.text(language), until, "、".join(at.ended_by), title]


def _point_record(graph: HistoryGraph, point: PointInTime, clauses: bool) -> dict[str, Any]:
    record: dict[str, Any] = {
        "day": point.day.isoformat() if point.day else None, "as_of": point.as_of,
        "known": point.known.isoformat() if point.known else None,
        "editions": [
            {
                "id": e.edition.id, "title": e.edition.title, "stub": e.edition.is_stub,
                "draft": e.edition.is_amendment and not e.edition.adopted,
                "in_force": e.in_force, "from": bounds_record(e.start),
                "until": bounds_record(e.end), "replaced_by": list(e.ended_by),
                "transition": list(e.edition.transition),
            }
            for e in point.editions
        ],
        "conflicts": [list(keys) for keys in point.conflicts],
    }  # fmt: skip
    if clauses:
        record["clauses"] = [
            {
                **version_record(c.version),
                "in_force": c.in_force,
                "thread": graph.thread(c.version.key),
            }
            for c in point.clauses
        ]
    return record
