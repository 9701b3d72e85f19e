"""What was worked out, shown: findings, proofs, comparisons, simulations, populations, scores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol

from policydsl.language.diagnostics import PolicyError
from policydsl.language.keywords import Language
from policydsl.notebook.markup import (
    assumed,
    bars,
    bullets,
    fold,
    heading,
    lines,
    meta,
    picture,
    plain_table,
    table,
    text,
    turned,
)
from policydsl.review.findings import Finding, Review
from policydsl.review.telling import by_clause, particulars, pick, reason, sentence, verdict_word
from policydsl.review.telling import lines as review_lines
from policydsl.scoring.ranges import show_points
from policydsl.scoring.results import notice

if TYPE_CHECKING:
    import pandas as pd

    from policydsl.comparison.frames import ComparisonResult
    from policydsl.pages.charts import Chart
    from policydsl.review.auditing.frames import AuditResult
    from policydsl.review.coverage.frames import CoverageResult
    from policydsl.review.proving.frames import ProofResult
    from policydsl.review.reviewing import ReviewResult
    from policydsl.scoring.columns.histograms import Histogram
    from policydsl.scoring.columns.population import Population
    from policydsl.scoring.columns.scoring import ColumnScores
    from policydsl.scoring.columns.tables.tally import Tally
    from policydsl.simulation.frames import SimulationResult
    from policydsl.simulation.search.proposals import Proposal, SearchResult
    from policydsl.simulation.specs import Spec

Both = tuple[str, str]
"""HTML and plain text."""

MOST_BARS = 40


# -- findings


def finding(value: Finding) -> Both:
    """A finding of the review: reason, witness, remedy."""
    return _finding(value, "zh"), "\n".join(_finding_lines(value, "zh"))


def _finding(value: Finding, language: Language) -> str:
    kind = pick(language, verdict_word(value))
    place = value.diagnostic.place
    where = "" if place is None else pick(language, (f"第 {place[0]} 行", f"line {place[0]}"))
    rows = "".join(
        f'<div><span class="en">{text(name)}</span>　{text(words)}</div>'
        for name, words in particulars(value, language)
    )
    tone = "pass" if value.verdict == "proved" or value.waived else value.severity
    return (
        f'<div class="{tone}"><b>{text(kind)} {value.code}</b> {text(reason(value, language))} '
        f'<span class="en">{text(where)}</span>{rows}</div>'
    )


def _finding_lines(value: Finding, language: Language) -> Iterable[str]:
    yield f"{pick(language, verdict_word(value))} {value.code}  {reason(value, language)}"
    for name, words in particulars(value, language):
        yield f"    {name}  {words}"


def plain_review(value: Review) -> Both:
    """A review clause by clause, the result in a sentence first."""
    return _review(value, "zh")


def review(value: ReviewResult) -> Both:
    """The same in the language of the result."""
    return _review(value.review, value.language)


def _review(value: Review, language: Language) -> Both:
    parts = []
    found = list(by_clause(value.complaints))
    for label, findings in found:
        inner = "".join(_finding(each, language) for each in findings)
        count = len(findings)
        grave = any(each.severity != "note" for each in findings)
        title = f"{pick(language, label)}（{count}）"
        parts.append(fold(title, inner, opened=grave and len(found) <= 12))
    html = heading(pick(language, sentence(value))) + "".join(parts)
    return html, "\n".join(review_lines(value, language))


TITLES = {
    "extremes": "最少与最多", "directions": "升降", "reach": "用得上吗", "equal": "两份是否同分",
    "can": "能否达到", "clauses": "逐条", "uncovered": "还没走到的", "unreachable": "谁也走不到的",
    "complaints": "对不上的", "entries": "逐处对照", "readings": "校读", "overview": "概况",
    "structure": "结构", "areas": "方面", "points": "分值", "concepts": "事项",
    "thresholds": "门槛", "single": "只有一份有的", "persons": "典型的人",
    "matters": "分值去向", "travelling": "互认范围", "population": "同样的人",
    "agreement": "名次的一致", "favoured": "在哪里占优", "summary": "概况",
    "changes": "改动与增减",
    "lines": "录取线", "targets": "目标", "proposals": "方案", "tradeoffs": "取舍",
    "obstacles": "障碍", "looked": "看过多少", "moves": "可动的数",
}  # fmt: skip
"""What tables are called; their names are what ``frame(…)`` takes."""


def _title(name: str, count: int) -> str:
    return f"{TITLES[name]} {name}（{count}）" if name in TITLES else f"{name}（{count}）"


class _Tabled(Protocol):
    """A result with tables of texts."""

    @property
    def names(self) -> Sequence[str]: ...

    def table(self, name: str) -> tuple[list[str], list[list[str]]]: ...


def _tables(value: _Tabled, names: Iterable[str], opened: int = 1) -> Both:
    """Tables by name, the first of them unfolded."""
    html, plain = [], []
    for number, name in enumerate(names):
        heads, rows = value.table(name)
        if not rows:
            continue
        html.append(fold(_title(name, len(rows)), table(heads, rows), number < opened))
        plain += [_title(name, len(rows)), plain_table(heads, rows)]
    return "".join(html), "\n".join(plain)


def proof(value: ProofResult) -> Both:
    """The answers in sentences, then with the persons who show them."""
    said = value.sentences()
    html, plain = _tables(value, value.names, 2)
    sets = [f"假设 assumed：{'、'.join(value.policy.assumed)}"] if value.policy.assumed else []
    head = heading(value.policy.title or value.policy.id)
    return head + assumed(sets) + bullets(said) + html, "\n".join([*sets, *said, plain])


def coverage(value: CoverageResult) -> Both:
    """The share in a sentence and a bar, then the counts and what is left."""
    share = value.share
    bar = (
        '<div style="height:.6rem;max-width:28rem;border:1px solid var(--rule);border-radius:3px">'
        f'<div style="height:100%;width:{share:.1f}%;background:#3f9a64"></div></div>'
    )
    html, plain = _tables(value, value.names)
    title = value.coverage.policy.title or value.coverage.policy.id
    return heading(title) + f"<p>{text(value)}</p>{bar}{html}", f"{value}\n{plain}"


def audit(value: AuditResult) -> Both:
    """Text against code: the sum first, then what does not fit, the readings, everything."""
    html, plain = _tables(value, ("complaints", "readings"), 2)
    heads, rows = value.table("entries")
    everything = fold(_title("entries", len(rows)), table(heads, rows))
    tone = "pass" if value.ok else "warning"
    title = value.audit.policy.title or value.audit.policy.id
    said = f'<div class="{tone}">{text(value)}</div>'
    return heading(title) + said + html + everything, f"{value}\n{plain}"


# -- comparisons, simulations


def _chart(make: Any, alt: str) -> str:
    """A chart as a picture; nothing where charts cannot be drawn (an extra that is missing)."""
    try:
        chart: Chart = make()
        return picture(chart.svg(), alt)
    except PolicyError:
        return ""


def _frame(frame: pd.DataFrame) -> tuple[list[str], list[list[object]]]:
    return [str(x) for x in frame.columns], frame.to_numpy(dtype=object).tolist()


def comparison(value: ComparisonResult) -> Both:
    """What it says first, a picture, the table of points; the other tables folded."""
    found = value.report
    lead = list(found.lead)
    drawn = _chart(lambda: value.chart(value.charts[0]), found.title) if value.charts else ""
    parts, plain = [], [*found.assumptions, *lead]
    for number, name in enumerate(value.names):
        heads, rows = _frame(value.frame(name))
        if rows:
            parts.append(fold(_title(name, len(rows)), table(heads, rows, 40), number == 0))
            if number == 0:
                plain += [_title(name, len(rows)), plain_table(heads, rows)]
    charts = f"chart(…)：{'、'.join(value.charts)}" if value.charts else ""
    foot = meta(f"frame(…)：{'、'.join(value.names)}　{charts}")
    html = heading(found.title) + assumed(found.assumptions) + bullets(lead) + drawn
    return html + "".join(parts) + foot, "\n".join(plain)


_FIRST = ("summary", "changes", "lines")


def simulation(value: SimulationResult) -> Both:
    """The distribution before and after, the figures of each version, who changes, the line."""
    sim = value.simulation
    drawn = _chart(lambda: value.charts()["distribution"], "得分分布") or picture(
        bars(_bands(sim.ends[-1].low, sim.scale), f"得分分布：{sim.labels[-1]}", "人")
    )
    said = list(_grounds(value))
    parts, plain = [], list(said)
    for name in (x for x in _FIRST if x in value.names):
        heads, rows = _frame(value.frame(name))
        parts.append(fold(_title(name, len(rows)), table(*turned(heads, rows)), True))
        plain += [_title(name, len(rows)), plain_table(*turned(heads, rows), 40)]
    title = " → ".join(sim.labels)
    foot = meta(f"frame(…)：{'、'.join(value.names)}")
    return heading(title) + assumed(said) + drawn + "".join(parts) + foot, "\n".join(plain)


def _grounds(value: SimulationResult) -> Iterable[str]:
    """What the figures rest on: assumption sets, a synthetic population."""
    sim = value.simulation
    yield from dict.fromkeys(
        line for version in sim.versions for line in notice(version.policy, value.language)
    )
    about = sim.people.about
    if about.get("kind") == "specification":
        yield (
            f"合成人口 {about['id']}（种子 {about['seed']}，{len(about['assumptions'])} 项假定），"
            "不是真实的人。"
        )


def search(value: SearchResult) -> Both:
    """The proposals with what each changes; where there is none, what can be traded."""
    parts, plain = [], []
    count = len(value.proposals)
    sentence_ = f"找到 {count} 份方案" if count else "没有满足全部目标的方案"
    said = list(next(iter(value.tables.values())).notice)
    for number, name in enumerate(value.names):
        heads, rows = _frame(value.frame(name))
        if rows:
            parts.append(fold(_title(name, len(rows)), table(heads, rows), number < 3))
            plain += [_title(name, len(rows)), plain_table(heads, rows)]
    texts = "".join(
        fold(each.id, f"<pre>{lines(each.text.splitlines())}</pre>") for each in value.proposals
    )
    html = heading(f"{sentence_}（{value.version.policy.title or value.version.policy.id}）")
    return html + assumed(said) + "".join(parts) + texts, "\n".join([sentence_, *said, *plain])


def proposal(value: Proposal) -> Both:
    """A proposal as the amendment that it is."""
    return f"{heading(value.id)}<pre>{lines(value.text.splitlines())}</pre>", value.text


# -- populations and scores


def specification(value: Spec) -> Both:
    """What a population is made from, and what of it is assumed."""
    rows = [(each.name, "联合分布" if each.fitted else "") for each in value.attributes.values()]
    sources = [f"{key}：{ref.title}" for key, ref in value.sources.items()]
    given = [f"{what}：{why}" for what, why in value.assumptions()]
    head = f"{value.title}（{value.id}，{value.size:,} 户）"
    html = heading(head) + bullets(value.notes)
    html += fold(f"数据：{len(rows)}", table(("事实", ""), rows))
    html += fold(f"来源：{len(sources)}", bullets(sources), True)
    html += fold(f"假定：{len(given)}", bullets(given))
    plain = [head, *value.notes, *sources, f"假定 {len(given)} 项", *given]
    return html, "\n".join(plain)


def population(value: Population) -> Both:
    """How many rows, of which facts, and how they are spread over their values."""
    cases = value.rows if value.applicant is None else int(value.applicant.sum())
    rows = []
    for name, codes in value.columns.items():
        domain = value.schema.domains.get(name)
        rows.append((name, type(domain).__name__ if domain is not None else "", codes.dtype.name))
    head = f"人口：{value.rows:,} 行，{cases:,} 例，{len(rows)} 个事实"
    heads = ("事实", "取值", "存为")
    return heading(head) + table(heads, rows), f"{head}\n{plain_table(heads, rows, 60)}"


def scores(value: ColumnScores) -> Both:
    """The distribution of the scores, and the first rows."""
    html, plain = tally(value.histogram())
    heads, rows = _frame(value.frame().head(10).reset_index())
    head = f"{value.policy.title or value.policy.id}：{len(value):,} 例"
    said = [f"假设 assumed：{'、'.join(value.policy.assumed)}"] if value.policy.assumed else []
    shown = fold("前 10 行", table(heads, rows), True)
    return heading(head) + assumed(said) + html + shown, f"{head}\n{plain}"


def tally(value: Tally) -> Both:
    """Both ends of the scores as distributions."""
    found = [("得分", value.low)]
    if value.high is not None and value.high != value.low:
        found = [("得分下限", value.low), ("得分上限", value.high)]
    parts = [_histogram(each, value.scale, title) for title, each in found]
    return "".join(p[0] for p in parts), "\n".join(p[1] for p in parts)


def histogram(value: Histogram) -> Both:
    """Counts as a drawing, with mean and quantiles, in the integers that were counted."""
    return _histogram(value, 1, "分布（计数的整数）")


def _histogram(value: Histogram, scale: int, title: str) -> Both:
    if not value.size:
        return meta(f"{title}：没有数据"), f"{title}：没有数据"
    bands = _bands(value, scale)
    mean = value.mean()
    middle = "" if mean is None else f"均值 {float(mean / scale):.2f}"
    ends = (
        f"最低 {_points(int(value.values[0]), scale)}，最高 {_points(int(value.values[-1]), scale)}"
    )
    about = f"{value.size:,} 人，{middle}，{ends}"
    plain = [f"{title}：{about}"]
    most = max(count for _, count in bands)
    plain += [f"{label:>8} {'█' * round(30 * count / most)} {count:,}" for label, count in bands]
    return picture(bars(bands, f"{title}：{about}", "人"), title), "\n".join(plain)


def _points(value: int, scale: int) -> str:
    return show_points(Fraction(value, scale))


def _bands(value: Histogram, scale: int) -> list[tuple[str, int]]:
    """(where it begins, count) of at most :data:`MOST_BARS` bands of one width."""
    if not value.size:
        return []
    low, high = int(value.values[0]), int(value.values[-1])
    width = 1
    for width in _widths(scale):
        if (high // width) - (low // width) < MOST_BARS:
            break
    counts: dict[int, int] = {}
    for each, count in zip(value.values.tolist(), value.counts.tolist(), strict=True):
        counts[each // width] = counts.get(each // width, 0) + count
    first, last = low // width, high // width
    if last - first > 4 * MOST_BARS:  # somebody without bound: only what there is
        return [(_points(k * width, scale), counts[k]) for k in sorted(counts)][:MOST_BARS]
    return [(_points(k * width, scale), counts.get(k, 0)) for k in range(first, last + 1)]


def _widths(scale: int) -> Iterable[int]:
    """Round widths, the least first: 1, 2, 5, 10 … integers, in points where that is more."""
    size = max(1, scale)
    for power in range(12):
        for step in (1, 2, 5):
            yield step * 10**power * size
