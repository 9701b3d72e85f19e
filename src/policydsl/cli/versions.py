"""``versions``: the history of documents and clauses, drafts, and pictures of both."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal

import click

from policydsl.cli import FINDINGS, OK
from policydsl.cli.output import (
    Command,
    heading,
    language_option,
    print_table,
    say,
    settings,
    show_problems,
    warning,
)
from policydsl.files import write_text
from policydsl.language.diagnostics import Diagnostic, PolicyError, did_you_mean, has_errors
from policydsl.language.keywords import Language
from policydsl.scoring.results import pick
from policydsl.scoring.writing import to_json
from policydsl.versions.checking import check_history
from policydsl.versions.dates import Bounds, Certainty, Suppositions
from policydsl.versions.graph import ClauseVersion, HistoryGraph, Provenance, Relation
from policydsl.versions.history import load_history
from policydsl.versions.timeline import EditionAt, PointInTime, Timeline
from policydsl.versions.tracing import LogEntry, Step, lineage, log, relation_word

_IN_FORCE: dict[Certainty, tuple[str, str]] = {
    "yes": ("有效", "in force"), "maybe": ("可能有效", "perhaps"), "no": ("—", "—"),
}  # fmt: skip


@click.group("versions")
@language_option
def versions_command() -> None:
    """沿革：条款的来历、某一天有效的条文、两版对照、草案的合并。

    History: where clauses come from, what is in force on a day, editions compared, drafts
    merged.  A clause is written edition#clause-id (beilun-departments#公安分局/1); its id or name
    alone is enough where it is the only one.
    """


def _source_option(command: Command) -> Command:
    return click.option(
        "--in", "source", metavar="PATH",
        help="文件或文件夹，默认收录的策略 · File or folder; default: the bundled policies.",
    )(command)  # fmt: skip


def _format_option(*kinds: str) -> Callable[[Command], Command]:
    return click.option(
        "--format", "format_", type=click.Choice(kinds), default=kinds[0], show_default=True,
        help="输出形式 · Form of the output.",
    )  # fmt: skip


class _Day(click.ParamType[date]):
    """A date as 2022-04-06."""

    name = "date"

    def convert(
        self, value: str | date, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}”：日期写成 2022-04-06 · write dates as 2022-04-06", param, ctx)


class _Supposed(click.ParamType[tuple[str, date]]):
    """``NAME=2022-04-06``."""

    name = "name=date"

    def convert(
        self, value: str | tuple[str, date], param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, date]:  # fmt: skip
        if isinstance(value, tuple):
            return value
        name, separator, day = value.rpartition("=")
        if not separator or not name:
            self.fail(f"“{value}”：写成 名称=2022-04-06 · write NAME=2022-04-06", param, ctx)
        return name, _Day().convert(day, param, ctx)


def _supposing(command: Command) -> Command:
    for option, words in (
        ("--event", "假设某事在某日发生 · Suppose the day of an event."),
        ("--in-force", "假设某版次（草案）在某日施行 · Suppose that an edition takes effect."),
        ("--issued", "假设某版次在某日印发 · Suppose that an edition is issued."),
    ):
        command = click.option(
            option, multiple=True, type=_Supposed(), metavar="NAME=DATE", help=words
        )(command)
    return command


def _suppositions(
    graph: HistoryGraph, issued: Sequence[tuple[str, date]],
    in_force: Sequence[tuple[str, date]], event: Sequence[tuple[str, date]],
) -> Suppositions:  # fmt: skip
    for id_, _ in (*issued, *in_force):
        graph.edition(id_)
    return Suppositions(dict(issued), dict(in_force), dict(event))


def _loaded(source: str | None) -> HistoryGraph:
    """The history; an error in it that keeps it from being told is raised."""
    graph = load_history(source)
    graph.order()
    return graph


# -- log and lineage


@versions_command.command("log")
@click.argument("clause")
@_source_option
@_format_option("table", "json")
@language_option
def log_command(clause: str, source: str | None, format_: str) -> int:
    """一个条款的来历：每一版怎样变动，出自哪里。

    What happened to a clause, edition by edition, and where it says so.
    """
    graph = _loaded(source)
    version = graph.clause(clause)
    entries = log(graph, version.key)
    language = settings().language
    if format_ == "json":
        records = [_entry_record(graph, entry) for entry in entries]
        click.echo(to_json({"clause": _version_record(version), "log": records}))
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


@versions_command.command("lineage")
@click.argument("clause")
@_source_option
@_format_option("table", "json")
@language_option
def lineage_command(clause: str, source: str | None, format_: str) -> int:
    """一个条款由哪些条款而来，又变成了哪些条款。

    The clauses that a clause comes from, and those that it became.
    """
    graph = _loaded(source)
    version = graph.clause(clause)
    older, newer = lineage(graph, version.key)
    language = settings().language
    if format_ == "json":
        records = {
            "clause": _version_record(version),
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
    if place and provenance.place is not None:
        source, span = provenance.place
        line, _ = source.place(span.start)
        parts.append(f"[{Path(source.name).name}:{line}]")
    return "；".join(parts[:-1]) + (" " if len(parts) > 1 else "") + parts[-1] if parts else ""


def _place_record(provenance: Provenance) -> dict[str, Any] | None:
    if provenance.place is None:
        return None
    source, span = provenance.place
    line, column = source.place(span.start)
    return {"file": source.name, "line": line, "column": column}


def _version_record(version: ClauseVersion) -> dict[str, Any]:
    return {
        "key": version.key, "edition": version.edition, "id": version.id, "title": version.title,
        "kind": version.kind.lower(),
    }  # fmt: skip


def _provenance_record(provenance: Provenance) -> dict[str, Any]:
    return {
        "document": provenance.document, "place": _place_record(provenance),
        "inferred": provenance.inferred, "reason": provenance.reason,
        "transition": list(provenance.transition),
    }  # fmt: skip


def _entry_record(graph: HistoryGraph, entry: LogEntry) -> dict[str, Any]:
    dates = graph.dates(Suppositions())
    return {
        "edition": entry.edition, "in_force": _bounds_record(dates.in_force[entry.edition]),
        "change": entry.relation,
        "clause": None if entry.version is None else _version_record(entry.version),
        "from": [_version_record(v) for v in entry.older],
        **_provenance_record(entry.provenance),
    }  # fmt: skip


def _step_record(step: Step) -> dict[str, Any]:
    assert step.edge is not None
    return {
        "depth": step.depth, "relation": step.edge.relation, **_version_record(step.version),
        **_provenance_record(step.edge.provenance),
    }  # fmt: skip


def _bounds_record(bounds: Bounds | None) -> dict[str, Any] | None:
    if bounds is None:
        return None
    low, high = bounds.low, bounds.high
    return {
        "low": low.isoformat() if low else None, "high": high.isoformat() if high else None,
        "supposed": bounds.supposed,
    }  # fmt: skip


# -- a point in time


@versions_command.command("at")
@click.argument("moment", metavar="DATE|EDITION")
@click.option("--policy", metavar="ID", help="只看这一系列，并列出条款 · One series, with clauses.")
@click.option(
    "--known", type=_Day(), metavar="DATE",
    help="只算这一天以前印发的 · Only what was issued by that day.",
)  # fmt: skip
@_supposing
@_source_option
@_format_option("table", "json")
@language_option
def at_command(
    moment: str, policy: str | None, known: date | None, issued: Sequence[tuple[str, date]],
    in_force: Sequence[tuple[str, date]], event: Sequence[tuple[str, date]],
    source: str | None, format_: str,
) -> int:  # fmt: skip
    """某一天（或某一版施行之时）哪些版次、哪些条款有效。

    What is in force on a day, or when an edition took effect.  Where dates are not stated the
    answer may be “perhaps”; naming an edition instead of a day lets order alone decide.
    """
    graph = _loaded(source)
    suppose = _suppositions(graph, issued, in_force, event)
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
    when = str(point.day) if point.day else pick(
        language, f"{point.as_of} 施行之时", f"when {point.as_of} took effect"
    )  # fmt: skip
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
            c.version.id, c.version.title, pick(language, *_IN_FORCE[c.in_force]),
            c.version.edition,
        ]
        for c in point.clauses
    ]  # fmt: skip
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
    return [
        at.edition.id, state, at.start.text(language), until, "、".join(at.ended_by), title
    ]  # fmt: skip


def _point_record(graph: HistoryGraph, point: PointInTime, clauses: bool) -> dict[str, Any]:
    record: dict[str, Any] = {
        "day": point.day.isoformat() if point.day else None, "as_of": point.as_of,
        "known": point.known.isoformat() if point.known else None,
        "editions": [
            {
                "id": e.edition.id, "title": e.edition.title, "stub": e.edition.is_stub,
                "draft": e.edition.is_amendment and not e.edition.adopted,
                "in_force": e.in_force, "from": _bounds_record(e.start),
                "until": _bounds_record(e.end), "replaced_by": list(e.ended_by),
                "transition": list(e.edition.transition),
            }
            for e in point.editions
        ],
        "conflicts": [list(keys) for keys in point.conflicts],
    }  # fmt: skip
    if clauses:
        record["clauses"] = [
            {
                **_version_record(c.version), "in_force": c.in_force,
                "thread": graph.thread(c.version.key),
            }
            for c in point.clauses
        ]  # fmt: skip
    return record


# -- graph


@versions_command.command("graph")
@click.option("--policy", metavar="ID", help="只画这一系列 · Only the series of this edition.")
@click.option("--from", "older", metavar="ID", help="旧版 · The older edition.")
@click.option("--to", "newer", metavar="ID", help="新版 · The newer edition.")
@click.option(
    "--out", required=True, metavar="FILE",
    help="写入文件 · Write to a file: .svg .mmd .graphml .xml.",
)  # fmt: skip
@_source_option
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
    graph = _loaded(source)
    language = settings().language
    for id_ in (policy, older, newer):
        if id_ is not None:
            graph.edition(id_)
    text = _drawn(graph, Path(out).suffix.lower(), policy, older, newer, source, language)
    write_text(Path(out), text)
    say(f"已写入 {out}", f"Written: {out}")
    return OK


def _drawn(
    graph: HistoryGraph, suffix: str, policy: str | None, older: str | None, newer: str | None,
    source: str | None, language: Language,
) -> str:  # fmt: skip
    from policydsl.versions.exporting import akoma_ntoso, graphml, mermaid, svg

    ids = graph.series(policy) if policy is not None else list(graph.order())
    if policy is not None:
        cited = {e.older for id_ in ids for e in graph.to_older(id_, ("implements",))}
        ids = [id_ for id_ in graph.order() if id_ in cited or id_ in ids]
    match suffix:
        case ".svg" if older is not None and newer is not None:
            return svg.lineage_svg(graph, older, newer, None, language)
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


def _official_wording(id_: str, source: str | None) -> Any:
    """The wording of an edition's clauses as documents print it; ``None`` if it has errors."""
    from policydsl.drafting.wording import (
        blend_text,
        clause_marks,
        deadline_text,
        duty_text,
        exclusion_text,
        particulars,
        scene_text,
        speaker,
    )
    from policydsl.versions.exporting.akoma_ntoso import as_written

    policy, _ = _library(source).compile(id_)
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


def _library(source: str | None) -> Any:
    from policydsl.model.loading import bundled, library_for

    return bundled() if source is None else library_for(Path(source))


# -- check


@versions_command.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH…]")
@_supposing
@_format_option("table", "json")
@language_option
def check_command(
    paths: tuple[str, ...], issued: Sequence[tuple[str, date]],
    in_force: Sequence[tuple[str, date]], event: Sequence[tuple[str, date]], format_: str,
) -> int:  # fmt: skip
    """检查沿革：循环、落空或重复的修改、同日两版有效、日期先后。有错误时退出码为 1。

    Check the history: circles, dangling or double amendments, amendments of what was repealed,
    two versions in force on a day, dates out of order.  Exits with 1 when there is an error.
    """
    findings: list[Diagnostic] = []
    counts: Mapping[str, int] = {}
    for path in paths or (None,):
        graph = load_history(path)
        suppose = _suppositions(graph, issued, in_force, event)
        findings += check_history(graph, suppose)
        counts = {"editions": len(graph.editions), "versions": len(graph.versions)}
    wrong = has_errors(findings)
    if format_ == "json":
        records = [d.as_record() for d in findings]
        click.echo(to_json({"ok": not wrong, **counts, "diagnostics": records}))
        return FINDINGS if wrong else OK
    show_problems(findings, settings().language, sys.stdout)
    errors = sum(d.severity == "error" for d in findings)
    say(
        f"{counts['editions']} 个版次，{counts['versions']} 个条款版本：{errors} 处错误，"
        f"{len(findings) - errors} 处警告和提示。",
        f"{counts['editions']} editions, {counts['versions']} clause versions: {errors} errors, "
        f"{len(findings) - errors} warnings and notes.",
    )
    return FINDINGS if wrong else OK


Kind = Literal["table", "json", "html"]
