"""How values show themselves in a notebook: as HTML that needs nothing from outside.

:func:`register` tells IPython the types by name, so that nothing is imported before a value is
there to be shown.  Elsewhere (a console, a log) the values keep their plain text.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING, Any

from policydsl.language.diagnostics import Diagnostic, PolicyError, visible
from policydsl.language.printing import print_node
from policydsl.scoring.ranges import show_points
from policydsl.scoring.results import show_range, status_text

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from policydsl.checking import Report, Sums
    from policydsl.model.policy import Clause, Policy
    from policydsl.scoring.exact import Score, Trace
    from policydsl.simulation.frames import SimulationResult
    from policydsl.versions.comparing import EditionDiff
    from policydsl.versions.graph import HistoryGraph

STYLE = """<style>
.policydsl{font-family:"Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei","PingFang SC",
sans-serif;line-height:1.55;max-width:72rem}
.policydsl h4{margin:.2rem 0}
.policydsl .meta{color:var(--jp-ui-font-color2,#5a5a5a);margin:0 0 .4rem}
.policydsl details{margin:.15rem 0 .15rem .9rem}.policydsl summary{cursor:pointer}
.policydsl summary b{font-weight:600}.policydsl .points{font-variant-numeric:tabular-nums}
.policydsl p.rule{margin:.1rem 0 .1rem 1.1rem}
.policydsl .mark{border:1px solid currentColor;border-radius:.6rem;padding:0 .4rem;font-size:.8em}
.policydsl pre{margin:.3rem 0;white-space:pre-wrap}
.policydsl .error{border-left:4px solid #b3261e;padding-left:.6rem;margin:.4rem 0}
.policydsl .warning{border-left:4px solid #b26a00;padding-left:.6rem;margin:.4rem 0}
.policydsl .note{border-left:4px solid #4a6fa5;padding-left:.6rem;margin:.4rem 0}
.policydsl .en{color:var(--jp-ui-font-color2,#5a5a5a);font-size:.9em}
.policydsl table{border-collapse:collapse}.policydsl table td,.policydsl table th{
padding:.15rem .6rem;text-align:left;border-bottom:1px solid var(--jp-border-color2,#ddd)}
.policydsl table td.points,.policydsl table th.points{text-align:right}
</style>"""

_TYPES: tuple[tuple[str, str, str], ...] = (
    ("policydsl.model.policy", "Policy", "policy_html"),
    ("policydsl.model.policy", "Clause", "clause_html"),
    ("policydsl.scoring.exact", "Score", "score_html"),
    ("policydsl.scoring.exact", "Trace", "trace_html"),
    ("policydsl.language.diagnostics", "Diagnostic", "diagnostic_html"),
    ("policydsl.checking", "Report", "report_html"),
    ("policydsl.versions.comparing", "EditionDiff", "diff_html"),
    ("policydsl.versions.graph", "HistoryGraph", "history_html"),
    ("policydsl.simulation.frames", "SimulationResult", "simulation_html"),
)


def register(shell: InteractiveShell) -> None:
    """Tell a shell how the values of this package look."""
    assert shell.display_formatter is not None
    formatter = shell.display_formatter.formatters["text/html"]
    for module, name, function in _TYPES:
        formatter.for_type_by_name(module, name, _showing(function))
    shell.set_custom_exc((PolicyError,), _show_error)


def _showing(name: str) -> Callable[[Any], str]:
    def show(value: Any) -> str:
        shown: str = globals()[name](value)
        return shown

    return show


def _show_error(shell: Any, kind: type, error: PolicyError, trace: Any, **_: Any) -> None:
    """A :class:`PolicyError` tells the user what to do; a traceback would hide it."""
    from IPython.display import display

    display(Diagnostics(error.diagnostics))


class Diagnostics(tuple[Diagnostic, ...]):
    """Findings that show themselves one below the other."""

    def __new__(cls, found: Iterable[Diagnostic]) -> Diagnostics:
        """Any diagnostics, in the order in which they are to be shown."""
        return super().__new__(cls, tuple(found))

    def __repr__(self) -> str:
        return "\n\n".join(each.render() for each in self)

    def _repr_html_(self) -> str:
        return _box("".join(_diagnostic(each) for each in self))


# -- one function for each type


def policy_html(policy: Policy) -> str:
    """A policy: what it is, then its clauses in official wording, to fold and unfold."""
    from policydsl.wording.outline import policy_outline

    data = policy_outline(policy)
    meta = data["meta"]
    about = [policy.id, meta["region"], *meta["issuer"]]
    if policy.assumed:
        about.append(f"假设 assumed: {'、'.join(policy.assumed)}")
    head = f"<h4>{_text(data['title']['zh'])}</h4>"
    head += f'<p class="meta">{" · ".join(_text(x) for x in about if x)}</p>'
    parts = [part for root in data["clauses"] for part in (root["clauses"] or [root])]
    clauses = "".join(_clause(clause, depth=0) for clause in parts)
    counts = (
        ("未载明 open", data["open_points"]),
        ("存疑 doubtful", data["doubts"]),
        ("假设 assumptions", data["assumptions"]),
    )
    lists = "".join(_list(f"{name}：{len(entries)}", entries) for name, entries in counts)
    return _box(head + clauses + lists)


def clause_html(clause: Clause) -> str:
    """A clause as its document writes it."""
    text = clause.name if clause.node is None else print_node(clause.node)
    return _box(f"<pre>{_text(text or clause.label)}</pre>")


def score_html(score: Score) -> str:
    """A score: the total, what each clause gave, and the reasons."""
    rows = "".join(
        f'<tr><td>{_text(id_)}</td><td class="points">{_text(show_range(value))}</td></tr>'
        for id_, value in score.parts.items()
    )
    reasons = "".join(f"<li>{_text(reason.zh)}</li>" for reason in score.reasons)
    head = f"<h4>{_text(score.case)}　{_text(show_range(score.total))} 分</h4>"
    status = status_text(score, "zh")
    return _box(
        head
        + (f"<p>{_text(status)}</p>" if status else "")
        + f'<table><tr><th>条款</th><th class="points">得分</th></tr>{rows}</table>'
        + (f"<ul>{reasons}</ul>" if reasons else "")
    )


def trace_html(trace: Trace) -> str:
    """The tree of a score, from the total down to the facts."""
    from policydsl.scoring.explaining import trace_lines

    return _box(f"<pre>{_text_lines(trace_lines(trace))}</pre>")


def diagnostic_html(found: Diagnostic) -> str:
    """A finding with its line marked, its reason and its remedy."""
    return _box(_diagnostic(found))


def report_html(report: Report) -> str:
    """What a check found, and how the points add up."""
    rows = "".join(
        _sums(checked.id, part)
        for checked in report.documents
        for root in checked.sums
        for part in (root.whole, *root.parts, *([] if root.units is None else [root.units]))
    )
    names = ("写明 declared", "合计 computed", "项 items", "酌情 discretionary")
    heads = "".join(f'<th class="points">{name}</th>' for name in names)
    table = f"<table><tr><th>部分 part</th>{heads}</tr>{rows}</table>" if rows else ""
    line = str(report).partition("\n")[0]
    findings = "".join(_diagnostic(each) for each in report.findings)
    return _box(f"<h4>{_text(line)}</h4>{findings}{table}")


def diff_html(diff: EditionDiff) -> str:
    """Two editions side by side; the page of ``versions diff``, in a frame of its own."""
    from policydsl.versions.rendering import render_html

    page = escape(render_html(diff), quote=True)
    height = min(46, 12 + 3 * len(diff.rows))
    return (
        f'<iframe sandbox srcdoc="{page}" title="{_text(diff.older.id)} → {_text(diff.newer.id)}" '
        f'style="width:100%;height:{height}rem;border:1px solid #ccc"></iframe>'
    )


def history_html(graph: HistoryGraph) -> str:
    """The editions of a history, older before newer, and what each does to which."""
    from policydsl.versions.graph import RELATION_WORDS

    rows = []
    for id_ in graph.order():
        edition = graph.edition(id_)
        edges = [edge for edge in graph.to_older(id_) if edge.older in graph.editions]
        said = [f"{RELATION_WORDS[edge.relation][0]} {edge.older}" for edge in edges]
        cells = (id_, edition.title or "", "；".join(dict.fromkeys(said)))
        rows.append("<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in cells) + "</tr>")
    heads = "<tr><th>版次 edition</th><th>标题 title</th><th>关系 relation</th></tr>"
    return _box(f"<table>{heads}{''.join(rows)}</table>")


def simulation_html(result: SimulationResult) -> str:
    """What came out of a simulation: figures of each version, the distribution, the tables."""
    parts = [result.frame(name).to_html(index=False) for name in ("summary", "changes", "lines")
             if name in result.names]  # fmt: skip
    names = "、".join(result.names)
    foot = f'<p class="meta">result.frame("…")：{_text(names)}</p>'
    return _box("".join(parts) + foot)


def picture(svg: str) -> str:
    """An SVG as an image that cannot run anything."""
    data = b64encode(svg.encode()).decode("ascii")
    return f'<img alt="" style="max-width:100%" src="data:image/svg+xml;base64,{data}">'


# -- parts


def _box(inner: str) -> str:
    return f'{STYLE}<div class="policydsl">{inner}</div>'


def _text(text: str) -> str:
    return escape(visible(str(text)))


def _text_lines(lines: Sequence[str]) -> str:
    return "\n".join(_text(line) for line in lines)


def _sums(document: str, part: Sums) -> str:
    computed = "—" if part.computed is None else show_points(part.computed)
    declared = show_points(part.declared) if isinstance(part.declared, Fraction) else "—"
    cells = (declared, computed, str(part.items), str(part.discretionary))
    shown = "".join(f'<td class="points">{_text(cell)}</td>' for cell in cells)
    # the sum of all units has no clause of its own
    label = part.label or (document if part.kind == "root" else "小计 subtotal")
    return f"<tr><td>{_text(label)}</td>{shown}</tr>"


def _clause(clause: dict[str, Any], depth: int) -> str:
    marks = []
    if clause["discretionary"]:
        marks.append("酌情")
    if clause["open"]:
        marks.append("未载明")
    shown = "".join(f' <span class="mark">{mark}</span>' for mark in marks)
    rules = [rule["text"]["zh"] for rule in (*clause["rules"], *clause["targets"])]
    inner = "".join(f'<p class="rule">{_text(rule)}</p>' for rule in rules)
    inner += "".join(_clause(child, depth + 1) for child in clause["clauses"])
    head = f"<b>{_text(clause['heading']['zh'])}</b>{shown}"
    if not inner:
        return f"<details><summary>{head}</summary></details>"
    opened = " open" if depth == 0 else ""
    return f"<details{opened}><summary>{head}</summary>{inner}</details>"


def _list(title: str, entries: Sequence[dict[str, str]]) -> str:
    if not entries:
        return ""
    lines = "".join(f"<li>{_text(entry['zh'])}</li>" for entry in entries)
    return f"<details><summary>{_text(title)}</summary><ul>{lines}</ul></details>"


def _diagnostic(found: Diagnostic) -> str:
    where, marked = found.where(), found.marked_line()
    zh, en = found.remedy("zh"), found.remedy("en")
    remedy = (f"<div>→ {_text(zh)}</div>" if zh else "") + (
        f'<div class="en" lang="en">→ {_text(en)}</div>' if en else ""
    )
    return (
        f'<div class="{found.severity}"><b>{found.code}</b> {_text(found.message("zh"))}'
        f'<div class="en" lang="en">{_text(found.message("en"))}</div>'
        + (f"<pre>{_text(where)}\n{_text_lines(marked.splitlines())}</pre>" if marked else "")
        + f"{remedy}</div>"
    )
