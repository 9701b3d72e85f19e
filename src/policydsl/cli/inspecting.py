"""Verbs that look at policies: ``check``, ``format``, ``show``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from policydsl import checking
from policydsl.checking import Checked, Report, RootSums, Sums
from policydsl.cli import BAD_POLICY, FINDINGS, OK
from policydsl.cli.options import assume_option, format_option
from policydsl.cli.output import heading, language_option, print_table, say, settings, show_problems
from policydsl.files import write_text
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source, did_you_mean
from policydsl.language.keywords import Language, keyword_table, pick
from policydsl.language.parsing import ParseResult, parse_bytes, parse_path, parse_text
from policydsl.model import loading
from policydsl.model.policy import Clause, Limit, Policy
from policydsl.scoring.ranges import show_points

# -- check


@click.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH…]")
@format_option("text", "json")
@click.option("--list", "list_", is_flag=True, help="只列出文件 · Only list the documents.")
@click.option("-q", "--quiet", is_flag=True, help="不显示合计表 · Without the tables of sums.")
@language_option
def check_command(paths: tuple[str, ...], format_: str, list_: bool, quiet: bool) -> int:
    """检查策略，并把各部分的分值加起来。有错误时退出码为 1。

    Check policies and add up their points. PATH is a file, a folder or the id of a bundled
    policy; without any, all bundled policies are checked. Exits with 1 when there is an error.
    """
    report = checking.check(paths)
    if format_ == "json":
        from policydsl.scoring.writing import to_json

        click.echo(to_json(_list_record(report) if list_ else report_record(report)))
        return OK if report.ok else FINDINGS
    language = settings().language
    show_problems(report.findings, language, sys.stdout)
    if list_:
        _show_list(report, language)
    else:
        if report.findings:
            click.echo()
        if not quiet:
            for document in report.documents:
                show_sums(document, language)
        show_verdict(report)
    return OK if report.ok else FINDINGS


def show_verdict(report: Report) -> None:
    """One line: how many documents, how many findings."""
    errors = sum(f.severity == "error" for f in report.findings)
    others = len(report.findings) - errors
    count = len(report.documents)
    zh = f"检查了 {count} 份文件：{errors} 处错误，{others} 处警告和提示。"
    en = f"{count} documents checked: {errors} errors, {others} warnings and notes."
    say(zh, en)


def _show_list(report: Report, language: Language) -> None:
    heads = pick(
        language, "标识|种类|名称|假设集·适用于|文件", "id|kind|title|sets / for|file"
    ).split("|")
    rows = [
        [
            d.id,
            pick(language, *checking.kind_words(d.kind)),
            d.title or "",
            "、".join(d.sets),
            d.file or "",
        ]
        for d in report.documents
    ]
    print_table(heads, rows)


def _title(document: Checked, language: Language) -> str:
    kind = pick(language, *checking.kind_words(document.kind))
    return f"{document.id}  {document.title or ''}（{kind}）"


def show_sums(document: Checked, language: Language) -> None:
    """A document's heading, and below it what its parts add up to."""
    heading(_title(document, language))
    if document.policy is None:
        say("  有错误，没有计算。", "  Not computed: it has errors.")
    elif document.kind == "work_plan":
        _show_tasks(document, language)
    elif document.sums:
        for root in document.sums:
            _show_root(root, language)
        if document.sets:
            names = "、".join(document.sets)
            say(f"  可用的假设集：{names}", f"  Assumption sets: {names}")
    elif document.kind == "assumption":
        names = "、".join(document.sets)
        say(f"  用于 {names}", f"  Applies to {names}")
    elif document.kind == "vocabulary":
        policy = document.policy
        own = sum(fact.document == policy.id for fact in policy.facts.values())
        say(
            f"  {own} 个事实，{len(policy.concepts)} 个概念",
            f"  {own} facts, {len(policy.concepts)} concepts",
        )
    click.echo()


def _points(value: Limit | None, language: Language) -> str:
    if value is None:
        return "—"
    return show_points(value) if isinstance(value, Fraction) else pick(language, "未载明", "open")


def sums_row(sums: Sums, label: str, language: Language) -> list[str]:
    """The cells of a part: label, declared, computed, items, discretion (items, points), open."""
    computed = _points(sums.computed, language)
    if sums.computed is None and sums.open:
        computed = pick(language, "未载明", "open")
    judged = show_points(sums.discretionary_points)
    if sums.unbounded:
        # items at discretion without full marks of their own
        beyond = pick(language, "无上限", "no cap")
        judged = beyond if not sums.discretionary_points else f"{judged} + {beyond}"
    return [
        label, _points(sums.declared, language), computed, str(sums.items),
        str(sums.discretionary), judged, str(sums.open),
    ]  # fmt: skip


def _label(sums: Sums, language: Language) -> str:
    words: dict[str, tuple[str, str]] = {
        "common": ("共同部分", "common part"), "unit": ("单位", "unit"), "bonus": ("加分", "bonus"),
        "deductions": ("扣分", "deductions"), "group": ("组", "group"),
        "indicator": ("指标", "indicator"), "item": ("项", "item"),
    }  # fmt: skip
    return f"{pick(language, *words.get(sums.kind, ('', '')))} {sums.label}".strip()


def _show_root(root: RootSums, language: Language) -> None:
    if root.whole.kind == "schedule":
        say(f"  附表 {root.whole.label}", f"  Schedule {root.whole.label}")
    heads = pick(
        language,
        "部分|写明|合计|项数|酌情项|酌情分|未载明",
        "part|declared|computed|items|discretionary|points at discretion|open",
    ).split("|")
    rows = [sums_row(part, _label(part, language), language) for part in root.parts]
    if root.units is not None:
        count = sum(part.kind == "unit" for part in root.parts)
        label = pick(language, f"{count} 个单位小计", f"{count} units together")
        position = max(i for i, part in enumerate(root.parts) if part.kind == "unit")
        rows.insert(position + 1, sums_row(root.units, label, language))
    if rows:
        print_table(heads, rows, range(1, len(heads)))
    click.echo(f"  {total_text(root, language)}")


def total_text(root: RootSums, language: Language) -> str:
    """How the parts make up the total: 合计 30 + 70 = 100（34 个单位都是），写明 100."""
    declared = _points(root.whole.declared, language)
    by_sum: dict[tuple[Fraction | None, tuple[Fraction, ...]], list[str]] = {}
    for unit, total, summands in root.totals:
        by_sum.setdefault((total, summands), []).append(unit or "")
    texts = []
    for (total, summands), units in by_sum.items():
        if total is None:
            text = pick(language, "合计未载明", "the sum is open")
        else:
            parts = " + ".join(show_points(x) for x in summands)
            text = f"{parts} = {show_points(total)}" if len(summands) > 1 else show_points(total)
        if len(units) > 1:
            text += pick(language, f"（{len(units)} 个单位都是）", f" (each of {len(units)} units)")
        elif units[0]:
            text += f"（{units[0]}）"
        texts.append(text)
    shown = pick(language, "；", "; ").join(texts)
    return pick(
        language, f"总分合计 {shown}，写明 {declared}", f"Total {shown}, declared {declared}"
    )


def _show_tasks(document: Checked, language: Language) -> None:
    heads = pick(language, "部分|任务|目标|可量", "part|tasks|targets|measurable").split("|")
    rows = []
    for root in document.sums:
        for part in [*root.parts, root.whole]:
            label = part.label if part is not root.whole else pick(language, "合计", "total")
            rows.append([label, str(part.tasks), str(part.targets), str(part.measurable)])
    print_table(heads, rows, (1, 2, 3))


def _list_record(report: Report) -> dict[str, Any]:
    return {"documents": [_document_record(d) for d in report.documents]}


def _document_record(document: Checked) -> dict[str, Any]:
    return {
        "id": document.id, "kind": document.kind, "title": document.title, "file": document.file,
        ("applies_to" if document.kind == "assumption" else "assumption_sets"): list(document.sets),
        "ok": document.ok,
    }  # fmt: skip


def report_record(report: Report) -> dict[str, Any]:
    """A report as JSON-ready values."""
    documents = []
    for document in report.documents:
        record = _document_record(document)
        record["sums"] = [_root_record(root) for root in document.sums]
        documents.append(record)
    return {
        "ok": report.ok,
        "documents": documents,
        "diagnostics": [finding.as_record() for finding in report.findings],
    }


def _root_record(root: RootSums) -> dict[str, Any]:
    return {
        **_sums_record(root.whole),
        "totals": [
            {
                "unit": unit,
                "sum": None if total is None else show_points(total),
                "parts": [show_points(x) for x in summands],
            }
            for unit, total, summands in root.totals
        ],
        "units_together": None if root.units is None else _sums_record(root.units),
        "parts": [_sums_record(part) for part in root.parts],
    }


def _sums_record(sums: Sums) -> dict[str, Any]:
    return {
        "id": sums.id, "label": sums.label, "kind": sums.kind,
        "declared": None if sums.declared is None else (
            show_points(sums.declared) if isinstance(sums.declared, Fraction) else "open"
        ),
        "computed": None if sums.computed is None else show_points(sums.computed),
        "items": sums.items, "points": show_points(sums.points),
        "discretionary_items": sums.discretionary,
        "discretionary_points": show_points(sums.discretionary_points),
        "discretionary_unbounded": sums.unbounded, "open_clauses": sums.open,
        "tasks": sums.tasks, "targets": sums.targets, "measurable_targets": sums.measurable,
    }  # fmt: skip


# -- format


@click.command("format")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option(
    "--check",
    is_flag=True,
    help="不改动，列出排版不一致的文件 · Change nothing; list files that would change.",
)
@click.option(
    "--lang",
    "to",
    type=click.Choice(["zh", "en"]),
    help="关键字用哪种语言（默认照原文件）· Language of the keywords (default: the file's own).",
)
@click.option("--stdout", is_flag=True, help="写到标准输出 · Write to the standard output.")
def format_command(paths: tuple[str, ...], check: bool, to: str | None, stdout: bool) -> int:
    """统一策略文件的排版；有语法错误的文件不改动。

    Lay out policy files in the one common way. PATH is a file, a folder, or - for the standard
    input. A file with errors is never changed. With --check the exit code is 1 when a file
    would change.
    """
    if stdout and len(paths) > 1:
        raise click.UsageError("--stdout 一次只排一个文件 · --stdout takes one file")
    problems: list[Diagnostic] = []
    changed: list[Path] = []
    for path in _policy_paths(paths, problems):
        if str(path) == "-":
            result = parse_bytes(sys.stdin.buffer.read(), "<stdin>")
        else:
            result = parse_path(path)
        if not result.ok:
            problems.extend(result.diagnostics)
            continue
        text = formatted(result, _language_of(result, to))
        if stdout or str(path) == "-":
            click.echo(text, nl=False)
        elif text != result.source.text:
            changed.append(path)
            if not check:
                write_text(path, text)
    show_problems(problems, settings().language)
    for path in changed:
        if check:
            click.echo(str(path))
        else:
            say(f"已排版 {path}", f"formatted {path}", err=True)
    if problems:
        return BAD_POLICY
    return FINDINGS if check and changed else OK


def _policy_paths(paths: Sequence[str], problems: list[Diagnostic]) -> list[Path]:
    found: list[Path] = []
    for name in paths:
        path = Path(name)
        if not path.is_dir():
            found.append(path)
            continue
        inside = loading.policy_files(path)
        if not inside:
            problems.append(Diagnostic("F006", Source(name, ""), None, {"path": name}))
        found.extend(inside)
    return found


def formatted(result: ParseResult, language: Language) -> str:
    """The text of a file in the common layout.

    Raises ``RuntimeError`` when that would not read back as the same tree: better a failure
    than a file that says something else.
    """
    from policydsl.language.printing import print_file, strip_parentheses

    text = print_file(result.file, language)
    again = parse_text(text, result.source.name)
    if not again.ok or strip_parentheses(again.file) != strip_parentheses(result.file):
        raise RuntimeError(f"{result.source.name}: the printed text reads back differently")
    return text


def _language_of(result: ParseResult, wanted: str | None) -> Language:
    """The language of a file's keywords: that of the word its first document begins with."""
    if wanted is not None:
        return "en" if wanted == "en" else "zh"
    for document in result.file.documents:
        start = result.source.text[document.span.start :]
        if start.startswith(keyword_table()[document.kind][1]):
            return "en"
        break
    return "zh"


# -- show


@click.command("show")
@click.argument("target", metavar="TARGET")
@click.argument("clause", required=False, metavar="[CLAUSE]")
@click.option(
    "--lang",
    "to",
    type=click.Choice(["zh", "en"]),
    help="文字的语言（默认同 policydsl --lang）· Language of the wording.",
)
@assume_option("先套用假设集 · Apply a set first.")
@format_option("text", "json")
def show_command(
    target: str, clause: str | None, to: str | None, assume: tuple[str, ...], format_: str
) -> int:
    """用规范的公文文字显示策略，或其中一个条款。

    Show a policy, or one clause of it (its id or name), in controlled official wording that is
    generated from the rules. TARGET is a file, file#id or the id of a bundled policy.
    """
    policy = loading.load(target, assume)
    language: Language = settings().language if to is None else "en" if to == "en" else "zh"
    chosen = None if clause is None else find_clause(policy, clause)
    if format_ == "json":
        from policydsl.scoring.writing import to_json

        click.echo(to_json(_policy_record(policy, chosen, language)))
    else:
        click.echo(_wording(policy, chosen, language).rstrip("\n"))
    return OK


def find_clause(policy: Policy, name: str) -> Clause:
    """The clause of that id, or the only one of that name; :class:`PolicyError` (M216, M232)."""
    if name in policy.clauses:
        return policy.clauses[name]
    matches = [
        c
        for c in policy.clauses.values()
        if c.id and (name in (c.label, c.name) or c.id.endswith(f"/{name}"))
    ]
    if len(matches) == 1:
        return matches[0]
    if matches:
        details = {"ref": name, "options": "、".join(c.id for c in matches[:5])}
        raise PolicyError([Diagnostic("M232", policy.source, None, details)])
    known = {word for c in policy.clauses.values() for word in (c.id, c.label, c.name) if word}
    near = did_you_mean(name, known)
    raise PolicyError([Diagnostic("M216", policy.source, None, {"ref": name, "near": near})])


def _wording(policy: Policy, clause: Clause | None, language: Language) -> str:
    from policydsl.wording.documents import policy_text
    from policydsl.wording.sentences import clause_text

    if clause is None:
        return policy_text(policy, language)
    return clause_text(clause, policy, language)


def _policy_record(policy: Policy, clause: Clause | None, language: Language) -> dict[str, Any]:
    roots = list(policy.roots) if clause is None else [clause]
    return {
        "id": policy.id,
        "kind": policy.kind,
        "title": policy.title,
        "assumed": list(policy.assumed),
        "language": language,
        "text": _wording(policy, clause, language),
        "clauses": [_clause_record(c) for root in roots for c in root.walk() if c.kind != "root"],
    }


def _clause_record(clause: Clause) -> dict[str, Any]:
    def limit(value: Limit | str | None) -> str | None:
        if value is None or isinstance(value, str):
            return value
        return show_points(value) if isinstance(value, Fraction) else "open"

    return {
        "id": clause.id, "kind": clause.kind, "label": clause.label, "name": clause.name,
        "english": clause.english, "full_marks": limit(clause.full_marks),
        "cap": limit(clause.cap), "floor": limit(clause.floor), "start": limit(clause.start),
        "locator": clause.locator, "summary": clause.summary,
        "discretionary": clause.discretionary, "open": clause.open,
        "responsible": list(clause.responsible), "review": list(clause.review),
        "rules": len(clause.rules), "targets": len(clause.targets),
        "assumptions": [
            *clause.assumptions, *(f"{c.assumption}: {c.reason}" for c in clause.closings)
        ],
    }  # fmt: skip
