"""``versions``: the history of documents and clauses, drafts, and pictures of both."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from policydsl.cli import BAD_POLICY, FINDINGS, OK
from policydsl.cli.output import (
    Command,
    heading,
    language_option,
    plain_table,
    print_table,
    say,
    settings,
    show_problems,
    warning,
)
from policydsl.files import write_text
from policydsl.language.diagnostics import Diagnostic, PolicyError, did_you_mean, has_errors
from policydsl.language.keywords import Language
from policydsl.model.loading import Library, bundled, library_for, resolve
from policydsl.scoring.results import pick
from policydsl.scoring.writing import to_json
from policydsl.versions.amending import Change, ChangeKind
from policydsl.versions.checking import check_history
from policydsl.versions.dates import Bounds, Certainty, Suppositions
from policydsl.versions.graph import ClauseVersion, HistoryGraph, Provenance, Relation
from policydsl.versions.history import build, load_history
from policydsl.versions.summing import Summary, summarise
from policydsl.versions.timeline import EditionAt, PointInTime, Timeline
from policydsl.versions.tracing import LogEntry, Step, lineage, log, relation_word

if TYPE_CHECKING:
    from policydsl.versions.comparing import EditionDiff, Row
    from policydsl.versions.merging import Conflicts

_IN_FORCE: dict[Certainty, tuple[str, str]] = {
    "yes": ("有效", "in force"),
    "maybe": ("可能有效", "perhaps"),
    "no": ("—", "—"),
}


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
        "--in",
        "source",
        metavar="PATH",
        help="文件或文件夹，默认收录的策略 · File or folder; default: the bundled policies.",
    )(command)


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
        self,
        value: str | tuple[str, date],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, date]:
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
    graph: HistoryGraph,
    issued: Sequence[tuple[str, date]],
    in_force: Sequence[tuple[str, date]],
    event: Sequence[tuple[str, date]],
) -> Suppositions:
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


def _version_record(version: ClauseVersion) -> dict[str, Any]:
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
        "in_force": _bounds_record(dates.in_force[entry.edition]),
        "change": entry.relation,
        "clause": None if entry.version is None else _version_record(entry.version),
        "from": [_version_record(v) for v in entry.older],
        **_provenance_record(entry.provenance),
    }


def _step_record(step: Step) -> dict[str, Any]:
    assert step.edge is not None
    return {
        "depth": step.depth,
        "relation": step.edge.relation,
        **_version_record(step.version),
        **_provenance_record(step.edge.provenance),
    }


def _bounds_record(bounds: Bounds | None) -> dict[str, Any] | None:
    if bounds is None:
        return None
    low, high = bounds.low, bounds.high
    return {
        "low": low.isoformat() if low else None,
        "high": high.isoformat() if high else None,
        "supposed": bounds.supposed,
    }


# -- a point in time


@versions_command.command("at")
@click.argument("moment", metavar="DATE|EDITION")
@click.option("--policy", metavar="ID", help="只看这一系列，并列出条款 · One series, with clauses.")
@click.option(
    "--known",
    type=_Day(),
    metavar="DATE",
    help="只算这一天以前印发的 · Only what was issued by that day.",
)
@_supposing
@_source_option
@_format_option("table", "json")
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
                **_version_record(c.version),
                "in_force": c.in_force,
                "thread": graph.thread(c.version.key),
            }
            for c in point.clauses
        ]
    return record


# -- graph


@versions_command.command("graph")
@click.option("--policy", metavar="ID", help="只画这一系列 · Only the series of this edition.")
@click.option("--from", "older", metavar="ID", help="旧版 · The older edition.")
@click.option("--to", "newer", metavar="ID", help="新版 · The newer edition.")
@click.option(
    "--out",
    required=True,
    metavar="FILE",
    help="写入文件 · Write to a file: .svg .mmd .graphml .xml.",
)
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
    library = _library(source)
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


def _library(source: str | None) -> Library:
    return bundled() if source is None else library_for(Path(source))


# -- check


@versions_command.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH…]")
@_supposing
@_format_option("table", "json")
@language_option
def check_command(
    paths: tuple[str, ...],
    issued: Sequence[tuple[str, date]],
    in_force: Sequence[tuple[str, date]],
    event: Sequence[tuple[str, date]],
    format_: str,
) -> int:
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


# -- two editions


@versions_command.command("diff")
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
@_source_option
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

    library, (old_id, new_id) = _gathered(source, (older, newer))
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


def _gathered(source: str | None, targets: Sequence[str]) -> tuple[Library, list[str]]:
    """A library that holds all targets (ids, files, file#id), and their ids.

    Whether an id is known is left to whoever uses it.
    """
    library = _library(source)
    ids = []
    for target in targets:
        if not Path(target.partition("#")[0]).exists():
            ids.append(target)
            continue
        other, id_ = resolve(target)
        if library is bundled():
            library = other
        elif id_ not in library.entries:  # the file that is named, before any neighbour
            entry = other.find(id_)
            assert entry is not None
            library.entries[id_] = entry
        ids.append(id_)
    return library, ids


# -- drafts


@versions_command.command("consolidate")
@click.argument("base")
@click.argument("drafts", nargs=-1, required=True, metavar="DRAFT…")
@click.option("--out", required=True, metavar="FILE", help="写入 .policy 文件 · File to write.")
@click.option("--id", "id_", metavar="ID", help="合并后的标识 · Id of the edition.")
@click.option("--title", metavar="TEXT", help="合并后的名称 · Title of the edition.")
@_source_option
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

    library, (base_id, *draft_ids) = _gathered(source, (base, *drafts))
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
