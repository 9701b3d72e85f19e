"""``versions log`` and ``versions lineage``: what became of a clause, and where it comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from policydsl.cli import OK
from policydsl.cli.options import format_option
from policydsl.cli.output import heading, language_option, print_table, settings
from policydsl.cli.versions.shared import loaded_history, source_option
from policydsl.language.keywords import Language
from policydsl.scoring.results import pick
from policydsl.scoring.writing import to_json
from policydsl.versions.dates import Bounds, Suppositions
from policydsl.versions.graph import ClauseVersion, HistoryGraph, Provenance, Relation
from policydsl.versions.tracing import LogEntry, Step, lineage, log, relation_word


@click.command("log")
@click.argument("clause")
@source_option
@format_option("table", "json")
@language_option
def log_command(clause: str, source: str | None, format_: str) -> int:
    """一个条款的来历：每一版怎样变动，出自哪里。

    What happened to a clause, edition by edition, and where it says so.
    """
    graph = loaded_history(source)
    version = graph.clause(clause)
    entries = log(graph, version.key)
    language = settings().language
    if format_ == "json":
        records = [_entry_record(graph, entry) for entry in entries]
        click.echo(to_json({"clause": version_record(version), "log": records}))
        return OK
    heading(f"{version.key}  {version.title}")
    dates = graph.dates(Suppositions())
    heads = pick(
        language, "版次|施行|变动|条款|来自|依据和理由", "edition|in force|change|clause|from|why"
    ).split("|")
    rows = []
    for entry in entries:
        shown = entry.version or entry.older[0]
        rows.append(
            [
                entry.edition,
                dates.in_force[entry.edition].text(language),
                relation_word(entry.relation, language == "zh"),
                f"{shown.id} {shown.title}" if shown.title != shown.label else shown.id,
                "、".join(v.key for v in entry.older) if entry.version else "",
                _why(entry.provenance, language),
            ]
        )
    print_table(heads, rows)
    return OK


@click.command("lineage")
@click.argument("clause")
@source_option
@format_option("table", "json")
@language_option
def lineage_command(clause: str, source: str | None, format_: str) -> int:
    """一个条款由哪些条款而来，又变成了哪些条款。

    The clauses that a clause comes from, and those that it became.
    """
    graph = loaded_history(source)
    version = graph.clause(clause)
    older, newer = lineage(graph, version.key)
    language = settings().language
    if format_ == "json":
        records = {
            "clause": version_record(version),
            "older": [_step_record(step) for step in older[1:]],
            "newer": [_step_record(step) for step in newer[1:]],
        }
        click.echo(to_json(records))
        return OK
    heading(f"{version.key}  {version.title}")
    for way, title, steps in (
        ("older", pick(language, "由来：", "comes from:"), older[1:]),
        ("newer", pick(language, "去向：", "became:"), newer[1:]),
    ):
        click.echo(title)
        for step in steps:
            click.echo(_step_line(step, language))
        if not steps:
            click.echo(f"  {_end_of(graph, version, way == 'older', language)}")
    return OK


def _step_line(step: Step, language: Language) -> str:
    assert step.edge is not None
    word = relation_word(step.edge.relation, language == "zh")
    why = _why(step.edge.provenance, language, place=False)
    again = pick(language, "（见上）", " (see above)") if step.known else ""
    shown = f"{step.version.key}  {step.version.title}{again}"
    return f"{'  ' * step.depth}{word}  {shown}" + (f"  {why}" if why else "")


def _end_of(graph: HistoryGraph, version: ClauseVersion, older: bool, language: Language) -> str:
    """Why there is nothing older or newer."""
    relations: tuple[Relation, ...] = ("inserts",) if older else ("repeals", "not_seen")
    for edge in graph.to_newer(version.key, relations):
        word = relation_word(edge.relation, language == "zh")
        why = _why(edge.provenance, language, place=False)
        return f"{word}  {edge.newer}" + (f"  {why}" if why else "")
    return "—"


def _why(provenance: Provenance, language: Language, place: bool = True) -> str:
    """Inference, reason, transition and place, for a cell."""
    parts = []
    if provenance.inferred:
        parts.append(pick(language, "推定：", "inferred: ") + provenance.inferred)
    if provenance.reason:
        parts.append(provenance.reason)
    parts += [pick(language, "过渡：", "transition: ") + text for text in provenance.transition]
    text = pick(language, "；", "; ").join(parts)
    if place and provenance.place is not None:
        source, span = provenance.place
        line, _ = source.place(span.start)
        text = f"{text} [{Path(source.name).name}:{line}]".lstrip()
    return text


def _place_record(provenance: Provenance) -> dict[str, Any] | None:
    if provenance.place is None:
        return None
    source, span = provenance.place
    line, column = source.place(span.start)
    return {"file": source.name, "line": line, "column": column}


def version_record(version: ClauseVersion) -> dict[str, Any]:
    """A version of a clause for JSON."""
    return {
        "key": version.key, "edition": version.edition, "id": version.id, "title": version.title,
        "kind": version.kind.lower(),
    }  # fmt: skip


def _provenance_record(provenance: Provenance) -> dict[str, Any]:
    return {
        "document": provenance.document,
        "place": _place_record(provenance),
        "inferred": provenance.inferred,
        "reason": provenance.reason,
        "transition": list(provenance.transition),
    }


def _entry_record(graph: HistoryGraph, entry: LogEntry) -> dict[str, Any]:
    dates = graph.dates(Suppositions())
    return {
        "edition": entry.edition,
        "in_force": bounds_record(dates.in_force[entry.edition]),
        "change": entry.relation,
        "clause": None if entry.version is None else version_record(entry.version),
        "from": [version_record(v) for v in entry.older],
        **_provenance_record(entry.provenance),
    }


def _step_record(step: Step) -> dict[str, Any]:
    assert step.edge is not None
    return {
        "depth": step.depth,
        "relation": step.edge.relation,
        **version_record(step.version),
        **_provenance_record(step.edge.provenance),
    }


def bounds_record(bounds: Bounds | None) -> dict[str, Any] | None:
    """Bounds of a date for JSON."""
    if bounds is None:
        return None
    low, high = bounds.low, bounds.high
    return {
        "low": low.isoformat() if low else None,
        "high": high.isoformat() if high else None,
        "supposed": bounds.supposed,
    }
