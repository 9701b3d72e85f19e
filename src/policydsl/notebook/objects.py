"""Policies and what is said of them, shown: each function gives HTML and plain text."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING, Any

from policydsl.language.diagnostics import Diagnostic
from policydsl.language.printing import print_node
from policydsl.notebook.markup import (
    assumed,
    bullets,
    fold,
    heading,
    lines,
    meta,
    picture,
    plain_table,
    table,
    text,
)
from policydsl.scoring.ranges import show_points
from policydsl.scoring.results import show_range, status_text

if TYPE_CHECKING:
    from policydsl.checking import Report, Sums
    from policydsl.model.policy import Clause, Fact, Policy
    from policydsl.scoring.exact import Score, Trace
    from policydsl.scoring.explaining import Explanation
    from policydsl.versions.graph import HistoryGraph
    from policydsl.versions.rows import EditionDiff

Both = tuple[str, str]
"""HTML and plain text."""


def policy(value: Policy) -> Both:
    """What it is, then its clauses in official wording, to fold and unfold."""
    from policydsl.wording.outline import policy_outline

    data = policy_outline(value)
    about = [value.id, data["meta"]["region"], *data["meta"]["issuer"]]
    shown = " · ".join(str(x) for x in about if x)
    parts = [part for root in data["clauses"] for part in (root["clauses"] or [root])]
    counts = (
        ("未载明 open", data["open_points"]), ("存疑 doubtful", data["doubts"]),
        ("假设 assumptions", data["assumptions"]),
    )  # fmt: skip
    lists = "".join(
        fold(f"{name}：{len(entries)}", bullets(e["zh"] for e in entries))
        for name, entries in counts if entries
    )  # fmt: skip
    sets = "、".join(value.assumed)
    said = assumed([f"假设 assumed：{sets}"]) if sets else ""
    title = data["title"]["zh"]
    html = heading(title) + meta(shown) + said + "".join(_outline(p, 0) for p in parts) + lists
    plain = [f"{title}（{shown}）", *([f"假设 assumed：{sets}"] if sets else [])]
    plain += [line for part in parts for line in _outline_lines(part, 1)]
    plain += [f"{name}：{len(entries)}" for name, entries in counts if entries]
    return html, "\n".join(plain)


def _outline(clause: dict[str, Any], depth: int) -> str:
    words = (("discretionary", "酌情"), ("open", "未载明"))
    marks = "".join(f' <span class="mark">{word}</span>' for key, word in words if clause[key])
    rules = [rule["text"]["zh"] for rule in (*clause["rules"], *clause["targets"])]
    inner = "".join(f'<p class="rule">{text(rule)}</p>' for rule in rules)
    inner += "".join(_outline(child, depth + 1) for child in clause["clauses"])
    state = " open" if inner and depth == 0 else ""
    head = f"<b>{text(clause['heading']['zh'])}</b>{marks}"
    return f"<details{state}><summary>{head}</summary>{inner}</details>"


def _outline_lines(clause: dict[str, Any], depth: int) -> Iterator[str]:
    indent = "  " * depth
    yield f"{indent}{clause['heading']['zh']}"
    for rule in (*clause["rules"], *clause["targets"]):
        yield f"{indent}  {rule['text']['zh']}"
    for child in clause["clauses"]:
        yield from _outline_lines(child, depth + 1)


def clause(value: Clause) -> Both:
    """A clause as its document writes it, with its points and who answers for it."""
    written = value.name if value.node is None else print_node(value.node)
    most = value.declared_maximum
    about = [f"{show_points(most)} 分"] if isinstance(most, Fraction) else []
    about += [
        f"{title} {'、'.join(names)}"
        for title, names in (("审核", value.review), ("责任单位", value.responsible)) if names
    ]  # fmt: skip
    if value.locator:
        about.append(f"出处 {value.locator}")
    name = value.name or value.label
    html = heading(name) + (meta(" · ".join(about)) if about else "")
    return html + f"<pre>{lines((written or name).splitlines())}</pre>", written or name


def fact(value: Fact) -> Both:
    """A fact as it is declared; what the program itself provides has no text."""
    unit = "" if value.unit is None else f"（{value.unit.symbol}）"
    written = f"{value.name}：{value.kind}{unit}"
    written = written if value.node is None else print_node(value.node)
    home = f"声明于 declared in {value.document}" if value.document else ""
    return f"<pre>{lines([written])}</pre>" + (meta(home) if home else ""), written


_REASONS = {
    "missing": "缺材料", "discretionary": "酌情", "judgement": "评定", "open": "未载明",
    "assumption": "假设",
}  # fmt: skip


def score(value: Score) -> Both:
    """The total, what each clause gave, and the reasons, kind by kind."""
    rows = [(id_, show_range(points)) for id_, points in value.parts.items()]
    status = status_text(value, "zh")
    head = f"{value.case}　{show_range(value.total)} 分".strip()
    sets = sorted({r.assumption for r in value.reasons if r.assumption})
    said = [f"假设 assumed：{'、'.join(sets)}"] if sets else []
    if value.assumptions and not sets:
        said = [f"结果依据 {len(value.assumptions)} 项假设"]
    kinds: dict[str, list[str]] = {}
    for each in value.reasons:
        kinds.setdefault(_REASONS.get(each.kind, "其他"), []).append(each.zh)
    heads = ("条款", "得分")
    html = heading(head) + assumed(said) + (f"<p>{text(status)}</p>" if status else "")
    html += table(heads, rows)
    html += "".join(
        fold(f"{kind}：{len(found)}", bullets(found), len(found) <= 5)
        for kind, found in kinds.items()
    )
    plain = [head, *said, *([status] if status else []), plain_table(heads, rows, len(rows))]
    plain += [f"- {kind}：{each}" for kind, found in kinds.items() for each in found]
    return html, "\n".join(plain)


def trace(value: Trace) -> Both:
    """The tree of a score, from the total down to the facts."""
    from policydsl.scoring.explaining import trace_lines

    found = list(trace_lines(value))
    return f"<pre>{lines(found)}</pre>", "\n".join(found)


def explanation(value: Explanation) -> Both:
    """Why a case has its score: its own page of HTML, in the style of the others."""
    return value._repr_html_(), value.text()


def diagnostic(value: Diagnostic) -> Both:
    """A finding with its line marked, its reason and its remedy."""
    where, marked = value.where(), value.marked_line()
    zh, en = value.remedy("zh"), value.remedy("en")
    remedy = (f"<div>→ {text(zh)}</div>" if zh else "") + (
        f'<div class="en" lang="en">→ {text(en)}</div>' if en else ""
    )
    return (
        f'<div class="{value.severity}"><b>{value.code}</b> {text(value.message("zh"))}'
        f'<div class="en" lang="en">{text(value.message("en"))}</div>'
        + (f"<pre>{text(where)}\n{lines(marked.splitlines())}</pre>" if marked else "")
        + f"{remedy}</div>"
    ), value.render()


def report(value: Report) -> Both:
    """What a check found, and how the points add up."""
    rows = [
        _sums(checked.id, part)
        for checked in value.documents
        for root in checked.sums
        for part in (root.whole, *root.parts, *([] if root.units is None else [root.units]))
    ]
    heads = ("部分 part", "写明 declared", "合计 computed", "项 items", "酌情 discretionary")
    findings = "".join(diagnostic(each)[0] for each in value.findings)
    head = str(value).partition("\n")[0]
    html = heading(head) + findings + (table(heads, rows) if rows else "")
    return html, f"{value}\n\n{plain_table(heads, rows, 60)}" if rows else str(value)


def _sums(document: str, part: Sums) -> tuple[str, ...]:
    computed = "—" if part.computed is None else show_points(part.computed)
    declared = show_points(part.declared) if isinstance(part.declared, Fraction) else "—"
    # the sum of all units has no clause of its own
    label = part.label or (document if part.kind == "root" else "小计 subtotal")
    return label, declared, computed, str(part.items), str(part.discretionary)


def diff(value: EditionDiff) -> Both:
    """Two editions side by side; the page of ``versions diff``, in a frame of its own."""
    from policydsl.versions.rendering import render_html, summary_texts
    from policydsl.versions.rows import STATUS_WORDS

    page = escape(render_html(value), quote=True)
    height = min(46, 12 + 3 * len(value.rows))
    title = f"{value.older.id} → {value.newer.id}"
    html = (
        f'<iframe sandbox srcdoc="{page}" title="{text(title)}" style="width:100%;'
        f'height:{height}rem;border:1px solid var(--rule);background:#fff"></iframe>'
    )
    counts = "，".join(f"{STATUS_WORDS[status][0]} {n}" for status, n in value.counts.items())
    return html, "\n".join([title, counts, *(zh for zh, _ in summary_texts(value))])


def history(value: HistoryGraph) -> Both:
    """The editions as a picture, older before newer, and what each does to which."""
    from policydsl.versions.exporting.svg import editions_svg
    from policydsl.versions.graph import RELATION_WORDS

    rows = []
    for id_ in value.order():
        edition = value.edition(id_)
        edges = [edge for edge in value.to_older(id_) if edge.older in value.editions]
        said = dict.fromkeys(f"{RELATION_WORDS[edge.relation][0]} {edge.older}" for edge in edges)
        rows.append((id_, edition.title or "", "；".join(said)))
    heads = ("版次 edition", "标题 title", "关系 relation")
    drawn = picture(editions_svg(value, list(value.order())), "文件沿革")
    return drawn + fold("列成表 as a table", table(heads, rows)), plain_table(heads, rows, 60)
