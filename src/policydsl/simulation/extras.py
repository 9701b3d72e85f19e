"""Figures that cost more, by name: contributions of clauses, sensitivity, typical persons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from policydsl.language.keywords import Language
from policydsl.scoring.ranges import show_points
from policydsl.scoring.results import Cell, Column, ResultTable, pick, show_range
from policydsl.simulation.contributions import METHOD_WORDS, Contribution, contributions
from policydsl.simulation.plain import plain
from policydsl.simulation.runs import Simulation, Stage
from policydsl.simulation.sensitivity import Effect, sensitivity
from policydsl.simulation.tables import Head, clause_title, rounded
from policydsl.simulation.typical import typical

Tables = dict[str, ResultTable]
Extra = Callable[[Simulation, Language, Stage], tuple[Any, Tables]]


def extra_tables(
    simulation: Simulation, name: str, language: Language, stage: Stage
) -> tuple[Any, Tables]:
    """The figures of an extra, exact, and as tables."""
    return EXTRAS[name](simulation, language, stage)


def _table(
    title: str, heads: Sequence[Head], rows: Sequence[Sequence[Cell]], language: Language
) -> ResultTable:
    columns = tuple(Column(key, pick(language, zh, en), kind) for key, zh, en, kind in heads)
    return ResultTable(title, (), columns, tuple(map(tuple, rows)))


def _group_heads(simulation: Simulation) -> list[Head]:
    labels = () if simulation.by is None else simulation.by.labels
    return [
        (f"admitted_{i}", f"有位：{label}", f"admitted: {label}", "points")
        for i, label in enumerate(labels)
    ]


def _contributions(simulation: Simulation, language: Language, stage: Stage) -> tuple[Any, Tables]:
    heads: list[Head] = [
        ("change", "对比", "comparison", "text"), ("clause", "条款", "clause", "text"),
        ("mean", "均值", "mean", "points"), ("line", "录取线", "line", "points"),
        ("admitted", "有位", "admitted", "points"), *_group_heads(simulation),
    ]  # fmt: skip
    records = []
    rows: list[list[Cell]] = []
    methods = []
    for draft in simulation.drafts:
        found = contributions(simulation, draft, 0, lambda n: stage("contributions", n))
        records.append(found)
        label = f"{simulation.labels[0]} → {simulation.labels[draft]}"
        methods.append(pick(language, *METHOD_WORDS[found.method]))
        for part in found.parts:
            rows.append([label, part.clause, *_contribution(part)])
        if found.method != "shapley":
            rest = pick(language, "（相互作用）", "(interaction)")
            rows.append([label, rest, *_contribution(found.interaction)])
        whole = pick(language, "全部改动", "all changes")
        rows.append([label, whole, *_contribution(found.whole)])
    how = "；".join(dict.fromkeys(methods))
    title = pick(language, f"各条款的作用：{how}", f"Contributions: {how}")
    return plain(records), {"contributions": _table(title, heads, rows, language)}


def _contribution(part: Contribution) -> list[Cell]:
    values = [part.mean, part.line, part.admitted, *part.admitted_by]
    return [rounded(value) for value in values]


def _sensitivity(simulation: Simulation, language: Language, stage: Stage) -> tuple[Any, Tables]:
    heads: list[Head] = [
        ("version", "版本", "version", "text"), ("clause", "条款", "clause", "text"),
        ("what", "规定", "rule", "text"), ("value", "数值", "number", "text"),
        ("step", "改为", "to", "text"), ("mean", "均值变化", "mean", "points"),
        ("line", "录取线变化", "line", "points"), ("admitted", "有位变化", "admitted", "points"),
        *_group_heads(simulation), ("problem", "不成立", "no policy", "text"),
    ]  # fmt: skip
    records = []
    rows: list[list[Cell]] = []
    for version in simulation.numbers:
        swings = sensitivity(simulation, version, lambda n: stage("sensitivity", n))
        records.append(swings)
        policy = simulation.versions[version].policy
        groups = 0 if simulation.by is None else len(simulation.by.labels)
        for swing in swings:
            figure = swing.figure
            for effect in (swing.down, swing.up):
                rows.append([
                    simulation.labels[version], clause_title(policy, figure.clause), figure.what,
                    f"{show_points(figure.value)}{figure.unit}", show_points(effect.value),
                    *_effect(effect, groups), effect.problem,
                ])  # fmt: skip
    title = pick(language, "每个数字动一步", "Each number one step")
    return plain(records), {"sensitivity": _table(title, heads, rows, language)}


def _effect(effect: Effect, groups: int) -> list[Cell]:
    by: Sequence[Fraction | None] = effect.admitted_by or (None,) * groups
    return [rounded(x) for x in (effect.mean, effect.line, effect.admitted, *by)]


def _typical(simulation: Simulation, language: Language, stage: Stage) -> tuple[Any, Tables]:
    people = typical(simulation)
    stage("typical", len(people))
    heads: list[Head] = [
        ("stratum", "层", "stratum", "text"), ("persons", "代表", "persons", "integer"),
        ("id", "编号", "id", "text"),
        *((f"score_{i}", label, label, "text") for i, label in enumerate(simulation.labels)),
        ("facts", "事实", "facts", "text"),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [each.stratum, each.persons, each.id,
         *(show_range(total, language) for total in each.totals), each.facts]
        for each in people
    ]  # fmt: skip
    why: list[Head] = [
        ("stratum", "层", "stratum", "text"), ("id", "编号", "id", "text"),
        ("change", "对比", "comparison", "text"), ("clause", "条款", "clause", "text"),
        ("before", "原来", "before", "text"), ("after", "现在", "after", "text"),
        ("how_before", "原来怎样算", "how, before", "text"),
        ("how_after", "现在怎样算", "how, after", "text"),
    ]  # fmt: skip
    reasons: list[list[Cell]] = []
    for each in people:
        for draft, changes in zip(simulation.drafts, each.changes, strict=True):
            label = f"{simulation.labels[0]} → {simulation.labels[draft]}"
            for change in changes:
                reasons.append([
                    each.stratum, each.id, label, change.title,
                    "—" if change.before is None else show_range(change.before, language),
                    "—" if change.after is None else show_range(change.after, language),
                    "；".join(change.how_before), "；".join(change.how_after),
                ])  # fmt: skip
    return plain(people), {
        "typical": _table(pick(language, "典型人", "Typical persons"), heads, rows, language),
        "typical_changes": _table(
            pick(language, "典型人：为什么变", "Typical persons: why it changed"), why, reasons,
            language,
        ),
    }  # fmt: skip


EXTRAS: dict[str, Extra] = {
    "contributions": _contributions, "sensitivity": _sensitivity, "typical": _typical,
}  # fmt: skip
"""By name."""
