"""Figures that cost more, by name: contributions of clauses, sensitivity, typical persons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from policydsl.language.diagnostics import Diagnostic, PolicyError, Source, did_you_mean
from policydsl.language.keywords import Language
from policydsl.model.policy import Policy
from policydsl.scoring.ranges import show_points
from policydsl.scoring.results import Cell, Column, ResultTable, pick, show_range
from policydsl.simulation.contributions import METHOD_WORDS, Contribution, contributions
from policydsl.simulation.plain import plain
from policydsl.simulation.runs import Simulation, Stage
from policydsl.simulation.sensitivity import Effect, Figure, chosen, figures_in, sensitivity
from policydsl.simulation.tables import Head, clause_title, rounded
from policydsl.simulation.typical import Typical, typical

Tables = dict[str, ResultTable]


@dataclass(frozen=True)
class Options:
    """What extras can be told: ``only`` these clauses or numbers are moved by the sensitivity."""

    only: tuple[str, ...] = ()


@dataclass(frozen=True)
class Extra:
    """The figures of an extra: exact and plain for the record, as tables, and as values."""

    record: Any
    tables: Tables
    values: Any


def extra_tables(
    simulation: Simulation,
    name: str,
    language: Language,
    stage: Stage,
    options: Options = Options(),
) -> Extra:
    """The figures of an extra.  Raises :class:`PolicyError` (S550)."""
    return EXTRAS[name](simulation, language, stage, options)


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


def _contributions(
    simulation: Simulation, language: Language, stage: Stage, options: Options
) -> Extra:
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
    return Extra(
        plain(records), {"contributions": _table(title, heads, rows, language)}, tuple(records)
    )


def _contribution(part: Contribution) -> list[Cell]:
    values = [part.mean, part.line, part.admitted, *part.admitted_by]
    return [rounded(value) for value in values]


def _sensitivity(
    simulation: Simulation, language: Language, stage: Stage, options: Options
) -> Extra:
    heads: list[Head] = [
        ("version", "版本", "version", "text"), ("clause", "条款", "clause", "text"),
        ("what", "规定", "rule", "text"), ("value", "数值", "number", "text"),
        ("step", "改为", "to", "text"), ("mean", "均值变化", "mean", "points"),
        ("line", "录取线变化", "line", "points"), ("admitted", "有位变化", "admitted", "points"),
        *_group_heads(simulation), ("problem", "不成立", "no policy", "text"),
    ]  # fmt: skip
    _check_only(simulation, options.only)
    records = []
    rows: list[list[Cell]] = []
    for version in simulation.numbers:
        swings = sensitivity(
            simulation, version, lambda n: stage("sensitivity", n), only=options.only
        )
        records.append(swings)
        policy = simulation.versions[version].policy
        groups = 0 if simulation.by is None else len(simulation.by.labels)
        for swing in swings:
            figure = swing.figure
            for effect in (swing.down, swing.up):
                rows.append([
                    simulation.labels[version], clause_title(policy, figure.clause),
                    figure.rule(language), figure.amount(language), show_points(effect.value),
                    *_effect(effect, groups), effect.problem,
                ])  # fmt: skip
    title = pick(language, "每个数字动一步", "Each number one step")
    return Extra(plain(records), {"sensitivity": _table(title, heads, rows, language)}, records)


def _check_only(simulation: Simulation, only: Sequence[str]) -> None:
    """Every word must be for a number of some version."""
    known: dict[str, None] = {}
    numbers: list[tuple[Policy, list[Figure]]] = []
    for version, each in zip(simulation.versions, simulation.scored, strict=True):
        assert version.policy.document is not None
        figures = figures_in(version.policy.document, each.scene.name)
        numbers.append((version.policy, figures))
        known |= dict.fromkeys(clause_title(version.policy, f.clause) for f in figures)
    wrong = [
        word
        for word in only
        if not any(chosen(figures, (word,), policy) for policy, figures in numbers)
    ]
    if wrong:
        source = Source("--sensitivity-of", "")
        raise PolicyError(
            [
                Diagnostic("S550", source, None, {"what": word, "near": did_you_mean(word, known)})
                for word in wrong
            ]
        )


def _effect(effect: Effect, groups: int) -> list[Cell]:
    by: Sequence[Fraction | None] = effect.admitted_by or (None,) * groups
    return [rounded(x) for x in (effect.mean, effect.line, effect.admitted, *by)]


def _typical(simulation: Simulation, language: Language, stage: Stage, options: Options) -> Extra:
    people = typical(simulation)
    stage("typical", len(people))
    heads: list[Head] = [
        ("stratum", "层", "stratum", "text"),
        ("persons", "代表", "persons", "integer"),
        ("id", "编号", "id", "text"),
    ]
    who: list[list[Cell]] = [[each.group(language), each.persons, each.id] for each in people]
    titles = (("典型人", "Typical persons"), ("典型人：为什么变", "Typical persons: why"))
    tables = _told(simulation, people, heads, who, titles, language)
    named = dict(zip(("typical", "typical_changes"), tables, strict=True))
    return Extra(plain(people), named, people)


def person_tables(simulation: Simulation, people: Sequence[Typical], language: Language) -> Extra:
    """Persons that the user named, as tables."""
    heads: list[Head] = [
        ("name", "姓名", "name", "text"),
        ("id", "编号", "id", "text"),
    ]
    who: list[list[Cell]] = [[each.group(language), each.id] for each in people]
    titles = (("所给的人", "The persons given"), ("所给的人：为什么变", "The persons given: why"))
    tables = _told(simulation, people, heads, who, titles, language)
    named = dict(zip(("persons", "persons_changes"), tables, strict=True))
    return Extra(plain(people), named, people)


def _told(
    simulation: Simulation,
    people: Sequence[Typical],
    heads: Sequence[Head],
    who: Sequence[Sequence[Cell]],
    titles: tuple[tuple[str, str], tuple[str, str]],
    language: Language,
) -> tuple[ResultTable, ResultTable]:
    """Persons with their scores, and the clauses that give them more or less."""
    scores: list[Head] = [
        *heads,
        *((f"score_{i}", label, label, "text") for i, label in enumerate(simulation.labels)),
        ("facts", "事实", "facts", "text"),
    ]
    rows = [
        [*start, *(show_range(total, language) for total in each.totals), each.about(language)]
        for start, each in zip(who, people, strict=True)
    ]
    why: list[Head] = [
        heads[0], ("id", "编号", "id", "text"),
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
                    each.group(language), each.id, label, change.title,
                    "—" if change.before is None else show_range(change.before, language),
                    "—" if change.after is None else show_range(change.after, language),
                    _how(change.how_before, language), _how(change.how_after, language),
                ])  # fmt: skip
    return (
        _table(pick(language, *titles[0]), scores, rows, language),
        _table(pick(language, *titles[1]), why, reasons, language),
    )


def _how(lines: Sequence[tuple[str, str]], language: Language) -> str:
    return pick(language, "；", "; ").join(pick(language, *line) for line in lines)


EXTRAS: dict[str, Callable[[Simulation, Language, Stage, Options], Extra]] = {
    "contributions": _contributions,
    "sensitivity": _sensitivity,
    "typical": _typical,
}
"""By name."""
