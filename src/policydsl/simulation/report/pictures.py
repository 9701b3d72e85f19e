"""The charts of a report, by the name of the file that each has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from policydsl.language.keywords import Language
from policydsl.pages import plots
from policydsl.pages.charts import Chart
from policydsl.scoring.columns.histograms import Histogram
from policydsl.scoring.columns.plan import UNBOUNDED
from policydsl.scoring.ranges import show_points
from policydsl.scoring.results import ResultTable
from policydsl.simulation import statistics as st
from policydsl.simulation.report.material import Material
from policydsl.simulation.report.words import count_text, rule_words
from policydsl.simulation.runs import Simulation
from policydsl.simulation.sensitivity import Figure
from policydsl.simulation.tables import clause_title
from policydsl.simulation.typical import Typical

MOST_BINS, MOST_BARS, MOST_ROWS = 48, 14, 15
CURVE = tuple(Fraction(n, 100) for n in (10, 25, 50, 75, 90))


def pictures_of(material: Material) -> dict[str, Chart]:
    """Every chart that the figures of a simulation have, in the order of the report."""
    return dict(_pictures(material)) if len(material.simulation.people) else {}


def _pictures(material: Material) -> Iterator[tuple[str, Chart]]:
    sim = material.simulation
    yield "distribution", distribution(material)
    if sim.drafts:
        yield from _of_changes(material)
    if sim.by is not None:
        yield "groups", groups(material)
    if sim.drafts and any(sim.line(version).line is not None for version in sim.numbers):
        for draft in sim.drafts:
            yield from _drawn(f"moves_{draft}", moves(material, draft))
    for number, record in enumerate(material.values.get("contributions", ()), 1):
        if len(record.parts):
            yield f"contributions_{number}", contributions(material, number)
    for version in sim.numbers if "sensitivity" in material.values else ():
        for what in ("mean", "line"):
            yield from _drawn(f"sensitivity_{what}_{version}", tornado(material, version, what))
    if "cases" in material.tables:
        yield from bands(material).items()
    yield from _drawn("caps", caps(material))
    for kind in ("typical", "persons"):
        for number, person in enumerate(material.values.get(kind, ()), 1):
            for draft in sim.drafts:
                if any(_low(c.after) != _low(c.before) for c in person.changes[draft - 1]):
                    yield f"{kind}_{number}_{draft}", steps_of(material, person, draft)


def _of_changes(material: Material) -> Iterator[tuple[str, Chart]]:
    yield "quantiles", quantiles(material)
    yield "changes", changes(material)
    for base, draft, label in material.pairs:
        if base == 0:
            yield from _drawn(f"differences_{draft}", differences(material, draft, label))
            yield f"transitions_{draft}", transitions(material, draft, label)


def _drawn(name: str, chart: Chart) -> Iterator[tuple[str, Chart]]:
    """The chart, if it has anything to show."""
    if chart.rows:
        yield name, chart


# -- distribution


def distribution(material: Material) -> Chart:
    """The scores of every version, over each other; of a base alone its low and high ends."""
    sim, say = material.simulation, material.say
    ends = sim.ends
    alone = len(ends) == 1
    edges = st.band_edges([h for e in ends for h in (e.low, e.high)], sim.scale, MOST_BINS)
    score, people, version = say("得分", "Points"), material.people, say("版本", "Version")
    series: list[tuple[str, Histogram]] = []
    for number, each in enumerate(ends):
        if alone and not each.exact:
            series += [
                (say("得分下限", "low end"), each.low),
                (say("得分上限", "high end"), each.high),
            ]
        else:
            series.append((sim.labels[number], each.low))
    rows: list[dict[str, Any]] = []
    for name, histogram in series:
        for edge, count in _binned(histogram, edges):
            rows.append({score: Fraction(edge, sim.scale), people: count, version: name})
    marks = []
    for number in sim.numbers:
        found = sim.line(number).line
        if found is not None:
            label = (
                say("录取线", "line")
                if alone
                else (say(f"{sim.labels[number]} 录取线", f"line, {sim.labels[number]}"))
            )
            marks.append((found, f"{label} {show_points(found)}"))
    return plots.steps(
        rows,
        score,
        people,
        version,
        width=Fraction(edges[1] - edges[0], sim.scale),
        marks=marks,
        title=say("得分分布", "Distribution of scores"),
    )


def _binned(histogram: Histogram, edges: Sequence[int]) -> list[tuple[int, int]]:
    """How many from each edge to before the next; scores without bound are left out."""
    known = np.abs(histogram.values) < UNBOUNDED
    values, counts = histogram.values[known], histogram.counts[known]
    places = np.searchsorted(np.asarray(edges, np.int64), values, side="right") - 1
    sums = np.zeros(len(edges), np.int64)
    np.add.at(sums, places, counts)
    return [(edge, int(n)) for edge, n in zip(edges[:-1], sums.tolist(), strict=False)]


def quantiles(material: Material) -> Chart:
    """Quantiles of each version beside each other."""
    sim, say = material.simulation, material.say
    what, points, version = say("分位", "Quantile"), say("得分", "Points"), say("版本", "Version")
    words = {Fraction(1, 2): say("中位数（50%）", "median (50%)")}
    rows = []
    for share in CURVE:
        name = words.get(share, f"{show_points(100 * share)}%")
        for number in sim.numbers:
            value = st.summarised(sim.ends[number].low, sim.scale, (share,)).quantiles[share]
            rows.append({what: name, points: value, version: sim.labels[number]})
    return plots.dots(rows, what, points, version, title=say("分位", "Quantiles"))


# -- changes


def changes(material: Material) -> Chart:
    """Who loses, stays, gains: all of them and each group, against the base."""
    sim, say = material.simulation, material.say
    words: dict[st.ChangeKind, str] = {
        "loses": say("受损", "lose"),
        "mixed": say("不定", "mixed"),
        "unchanged": say("不变", "same"),
        "gains": say("受益", "gain"),
    }
    tones = {"loses": plots.LOSS, "mixed": "#8b6f9e", "unchanged": plots.SAME, "gains": plots.GAIN}
    who, people, what = say("谁", "Who"), material.people, say("变化", "Change")
    rows: list[dict[str, Any]] = []
    for draft in sim.drafts:
        prefix = f"{sim.labels[draft]}：" if len(sim.drafts) > 1 else ""
        groups_ = [] if len(sim.drafts) > 1 else sim.change_by(draft)
        every = say("全部", "all")
        for label, change in [(every, sim.change(draft)), *groups_[:20]]:
            for kind, word in words.items():
                rows.append(
                    {
                        who: f"{prefix}{label}" if prefix else label,
                        what: word,
                        people: change.counts[kind],
                    }
                )
    used = [
        kind
        for kind, word in words.items()
        if kind != "mixed" or any(r[what] == word and r[people] for r in rows)
    ]
    rows = [r for r in rows if r[what] in {words[kind] for kind in used}]
    return plots.stacked_bars(
        rows,
        who,
        people,
        what,
        share=True,
        palette=[tones[kind] for kind in used],
        x_title=say("占本组的 %", "% of the group"),
        title=say("受益、不变与受损", "Who gains and who loses"),
    )


def differences(material: Material, draft: int, label: str) -> Chart:
    """How many get how much more or less; those who stay are left out."""
    sim, say = material.simulation, material.say
    found = sim.change(draft).low
    moved = (found.values != 0) & (np.abs(found.values) < UNBOUNDED)
    values, counts = found.values[moved], found.counts[moved]
    what, people = say("得分变化", "Change of points"), material.people
    rows: list[dict[str, Any]] = []
    if len(values) <= MOST_BARS:
        rows = [
            {
                what: f"{plots.shown(Fraction(v, sim.scale), 4, True)} {say('分', '')}".strip(),
                people: n,
            }
            for v, n in zip(values.tolist(), counts.tolist(), strict=True)
        ]
    else:
        edges = st.band_edges([Histogram(values, counts)], sim.scale, MOST_BARS)
        for (low, count), high in zip(
            _binned(Histogram(values, counts), edges), edges[1:], strict=False
        ):
            if count:
                ends = [plots.shown(Fraction(e, sim.scale), 4, True) for e in (low, high)]
                rows.append(
                    {
                        what: say(f"{ends[0]} 至 {ends[1]} 分", f"{ends[0]} to {ends[1]}"),
                        people: count,
                    }
                )
    return plots.grouped_bars(
        rows,
        what,
        people,
        places=0,
        title=say(f"得分变化的大小（{label}）", f"Size of changes ({label})"),
        subtitle=say("不变的人没有画出", "those who stay are left out"),
    )


def transitions(material: Material, draft: int, label: str) -> Chart:
    """How many go from which band to which."""
    sim, say = material.simulation, material.say
    before, after, people = (
        say("原来（分）", "before"),
        say("现在（分）", "after"),
        material.people,
    )
    table = sim.transitions(draft)
    names = st.labelled([show_points(Fraction(edge, sim.scale)) for edge in sim.edges])
    used = np.flatnonzero(table.any(axis=0) | table.any(axis=1))
    places = range(int(used[0]), int(used[-1]) + 1) if len(used) else range(0)
    rows = [
        {
            before: names[i],
            after: names[j],
            people: int(table[i, j]),
            "shown": _short(int(table[i, j]), material) if table[i, j] else "",
        }
        for i in places
        for j in places
    ]
    return plots.heat_map(
        rows,
        after,
        before,
        people,
        label="shown",
        cell=52,
        title=say(f"分段转移（{label}）", f"Bands ({label})"),
    )


def _short(number: int, material: Material) -> str:
    if material.language == "zh":
        return count_text(number).replace(" ", "")
    return f"{number:,}" if number < 10_000 else f"{number / 1000:,.0f}k"


def groups(material: Material) -> Chart:
    """The mean of each group under each version."""
    sim, say = material.simulation, material.say
    assert sim.by is not None
    group, mean, version = sim.by.name, say("均值（分）", "Mean"), say("版本", "Version")
    rows = []
    for each in sim.groups[:30]:
        for number, ends in enumerate(each.ends):
            value = st.summarised(ends.low, sim.scale, ()).mean
            if value is not None:
                rows.append({group: each.label, mean: value, version: sim.labels[number]})
    return plots.grouped_bars(
        rows, group, mean, version, title=say(f"按{group}的均值", f"Mean by {group}")
    )


# -- ranks

SIZES = (1, 10, 100, 1000, 10_000, 100_000, 1_000_000)


def moves(material: Material, draft: int) -> Chart:
    """How many move up or down by how many places."""
    say = material.say
    found = material.simulation.churn(draft).moves
    size, house, way = say("变动几名", "By how many"), material.people, say("方向", "Way")
    rows: list[dict[str, Any]] = []
    pairs = list(zip(found.values.tolist(), found.counts.tolist(), strict=True))
    for low, high in zip(SIZES, (*SIZES[1:], 10**12), strict=True):
        name = f"{low:,}～{high - 1:,}" if high < 10**12 else f"{low:,} +"
        sums = [sum(n for v, n in pairs if low <= sign * v < high) for sign in (1, -1)]
        if any(sums):
            rows += [
                {size: name, house: n, way: word}
                for n, word in zip(sums, (say("上升", "up"), say("下降", "down")), strict=True)
            ]
    return plots.grouped_bars(
        rows,
        size,
        house,
        way,
        places=0,
        palette=(plots.GAIN, plots.LOSS),
        title=say("名次变动", "Moves of ranks"),
    )


# -- why


def contributions(material: Material, draft: int) -> Chart:
    """From the mean of the base to that of the draft."""
    sim, say = material.simulation, material.say
    found = material.values["contributions"][draft - 1]
    what, points, kind = say("条款", "Clause"), say("均值（分）", "Mean"), "kind"
    ends = [sim.summary(v)[0].mean for v in (0, draft)]
    rows: list[dict[str, Any]] = [{what: sim.labels[0], points: ends[0], kind: "total"}]
    rows += [{what: p.clause, points: p.mean, kind: "change"} for p in found.parts]
    if found.interaction.mean:
        rows.append(
            {
                what: say("（相互作用）", "(interaction)"),
                points: found.interaction.mean,
                kind: "change",
            }
        )
    rows.append({what: sim.labels[draft], points: ends[1], kind: "total"})
    if any(row[points] is None for row in rows):
        return plots.nothing(say("各条款的作用", "Contributions"))
    return plots.waterfall(
        rows,
        what,
        points,
        kind,
        places=4,
        x_title=points,
        cut=say("，横轴不从 0 起", " (the axis does not start at 0)"),
        title=say("各条改动对均值的作用", "What each change adds to the mean"),
    )


def tornado(material: Material, version: int, what: str) -> Chart:
    """A step down and up of each number: what it does to the mean, or to the line."""
    sim, say = material.simulation, material.say
    policy = sim.versions[version].policy
    number, down, up = (
        say("条文里的数", "Number"),
        say("减一档", "one down"),
        say("加一档", "one up"),
    )
    rows = []
    for swing in material.values["sensitivity"][version]:
        effects = [getattr(swing.down, what), getattr(swing.up, what)]
        if any(effects):
            figure = swing.figure
            title = clause_title(policy, figure.clause)
            shown = _around(
                rule_words(policy, figure, material.language), figure, material.language
            )
            rows.append(
                {
                    number: f"{title}：{shown}",
                    down: effects[0],
                    up: effects[1],
                }
            )
    words = {
        "mean": say("均值的变化（分）", "Change of the mean"),
        "line": say("录取线的变化（分）", "Change of the line"),
    }
    label = sim.labels[version]
    rows = _numbered(rows, number)
    return plots.tornado(
        rows,
        number,
        down,
        up,
        most=MOST_ROWS,
        x_title=words[what],
        places=4,
        title=say(f"敏感性：{words[what]}（{label}）", f"Sensitivity: {words[what]} ({label})"),
    )


def _around(text: str, figure: Figure, language: Language) -> str:
    """The rule, short enough for an axis, with the number that is moved."""
    shown = figure.amount(language)
    text = text.rstrip("。.")
    return f"{text if len(text) <= 20 else text[:19] + '…'}〔{shown}〕"


def _numbered(rows: list[dict[str, Any]], column: str) -> list[dict[str, Any]]:
    """Names that occur twice get a number: a chart knows its rows by name."""
    seen: dict[str, int] = {}
    made = []
    for row in rows:
        name = row[column]
        seen[name] = seen.get(name, 0) + 1
        made.append({**row, column: name if seen[name] == 1 else f"{name}（{seen[name]}）"})
    return made


# -- what is open


def bands(material: Material) -> dict[str, Chart]:
    """Case by case: between which scores and which ranks each lies."""
    sim, say = material.simulation, material.say
    found = {}
    for version in sim.numbers:
        rows = _of(material.tables["cases"], version=sim.labels[version])
        rows = _numbered(rows, "case")
        if not any(r["low"] != r["high"] for r in rows):
            continue
        label = sim.labels[version]
        found[f"bands_{version}"] = plots.ranges(
            rows,
            "case",
            "low",
            "high",
            x_title=say("得分（分）", "Points"),
            title=say(f"得分所在的区间（{label}）", f"Between which scores ({label})"),
        )
        found[f"ranks_{version}"] = plots.ranges(
            rows,
            "case",
            "rank",
            "worst",
            rank=True,
            x_title=say("名次", "Rank"),
            places=0,
            title=say(f"可能的名次（{label}）", f"Possible ranks ({label})"),
        )
    return found


def caps(material: Material) -> Chart:
    """The clauses at whose cap most people are."""
    sim, say = material.simulation, material.say
    clause, share, version = (
        say("条款", "Clause"),
        say("到顶的 %", "% at the cap"),
        say("版本", "Version"),
    )
    rows: list[dict[str, Any]] = []
    table = _of(material.tables["caps"])
    most = max((r["persons"] for r in table), default=0)
    ids: dict[str, set[str]] = {}
    for r in table:
        ids.setdefault(r["title"], set()).add(r["clause"])
    for r in table:
        if r["share"] is None or 10 * r["persons"] < most:
            continue  # what is for a few alone says nothing of the scheme
        name = r["title"] if len(ids[r["title"]]) == 1 else r["clause"]
        rows.append({clause: name, share: r["share"], version: r["version"]})
    tops: dict[str, Fraction] = {}
    for row in rows:
        tops[row[clause]] = max(tops.get(row[clause], Fraction(0)), row[share])
    chosen = sorted(tops, key=lambda name: -tops[name])[:MOST_ROWS]
    rows = [r for r in rows if r[clause] in chosen and tops[r[clause]]]
    rows.sort(key=lambda r: chosen.index(r[clause]))
    return plots.grouped_bars(
        rows,
        clause,
        share,
        version if len(sim.numbers) > 1 else None,
        title=say("到顶的人", "At the caps"),
    )


# -- persons


def steps_of(material: Material, person: Typical, draft: int) -> Chart:
    """Item by item from the old score of a person to the new one (low ends)."""
    sim, say = material.simulation, material.say
    totals = [person.totals[0].low, person.totals[draft].low]
    what, points, kind = say("条款", "Clause"), say("得分", "Points"), "kind"
    if totals[0] is None or totals[1] is None:
        return plots.nothing(person.stratum)
    rows: list[dict[str, Any]] = [{what: sim.labels[0], points: totals[0], kind: "total"}]
    rest = totals[1] - totals[0]
    for change in items_of(sim, person, draft):
        step = _low(change.after) - _low(change.before)
        rest -= step
        if step:
            rows.append({what: change.title, points: step, kind: "change"})
    if rest:
        rows.append({what: say("封顶、效力等", "caps, statuses"), points: rest, kind: "change"})
    rows.append({what: sim.labels[draft], points: totals[1], kind: "total"})
    return plots.waterfall(
        rows,
        what,
        points,
        kind,
        x_title=points,
        title=say(f"{person.stratum}：得分怎么变", f"{person.english[0]}: how the score changes"),
        cut=say("，横轴不从 0 起", " (the axis does not start at 0)"),
    )


def items_of(sim: Simulation, person: Typical, draft: int) -> list[Any]:
    """The changes of items alone: those of groups are made of them."""
    known = [sim.versions[v].policy.clauses for v in (draft, 0)]
    return [
        change
        for change in person.changes[draft - 1]
        if any(c[change.clause].is_item for c in known if change.clause in c)
    ]


def _low(value: Any) -> Fraction:
    return Fraction(0) if value is None or value.low is None else value.low


def _of(table: ResultTable, **wanted: str) -> list[dict[str, Any]]:
    """The rows of a table as records by key, those that are wanted."""
    keys = [column.key for column in table.columns]
    rows = [dict(zip(keys, row, strict=True)) for row in table.rows]
    return [row for row in rows if all(row[key] == value for key, value in wanted.items())]
