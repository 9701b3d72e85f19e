"""The parts of a report, one for each question of a drafter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from policydsl.pages import page as p
from policydsl.scoring.results import Cell, ResultTable
from policydsl.simulation.report.changes import changed_clauses
from policydsl.simulation.report.parts import Parts, absent
from policydsl.simulation.report.persons import assumptions, people
from policydsl.simulation.report.words import definition

KEY_FIGURES = (
    "version",
    "end",
    "persons",
    "mean",
    "deviation",
    "gini",
    "p5",
    "p25",
    "p50",
    "p75",
    "p95",
)
LINE_FIGURES = (
    "version",
    "ties",
    "quota",
    "ranked",
    "admitted",
    "maybe",
    "out",
    "line",
    "tied",
    "level",
    "below",
    "margin",
)


def sections(parts: Parts) -> tuple[p.Section, ...]:
    """All sections that a simulation has something to say for."""
    makers = (
        compared,
        spread,
        changed,
        grouped,
        places,
        ranks,
        causes,
        sensitivity,
        openness,
        caps,
        people,
        assumptions,
    )
    return tuple(section for make in makers if (section := make(parts)) is not None)


# -- what is compared


def compared(parts: Parts) -> p.Section:
    """The versions, the population, and what changes in official wording."""
    sim, say = parts.material.simulation, parts.say
    rows: list[tuple[p.Cell, ...]] = []
    for number, version in enumerate(sim.versions):
        role = say("原方案", "base") if number == 0 else say("草案", "draft")
        rows.append(
            (
                role,
                version.label,
                version.policy.title or "",
                "、".join(version.policy.assumed),
                sim.scored[number].scene.name,
            )
        )
    versions = p.Table(
        (
            p.Column(say("角色", "Role")),
            p.Column(say("标识", "Id")),
            p.Column(say("名称", "Title")),
            p.Column(say("假设集", "Assumption sets")),
            p.Column(say("场景", "Scene")),
        ),
        tuple(rows),
    )
    blocks: list[p.Block] = [versions, p.Paragraph(_population(parts))]
    for label, found in sim.warnings:
        words = f"{label}：{found.message(parts.material.language)}"
        blocks.append(p.Note(words, "warning"))
    standing = parts.material.tables["standing"]
    if any(cell for row in standing.rows for cell in row[2:]):
        blocks.append(parts.table("standing"))
    for draft in sim.drafts:
        blocks.append(_wording(parts, draft))
    title = say("比较的是什么", "What is compared")
    return p.Section(title, tuple(blocks), id="compared")


def _population(parts: Parts) -> str:
    say, sim = parts.say, parts.material.simulation
    about = sim.people.about
    noun = parts.material.noun
    many = f"{sim.people.persons:,}"
    if about["kind"] == "specification":
        size = say(f"{about['rows']:,} {noun[0]}", f"{about['rows']:,} {noun[1]}")
        if sim.people.rows[0].population.household is not None:
            size = say(
                f"{about['households']:,} 户、{about['rows']:,} 人",
                f"{about['households']:,} households, {about['rows']:,} persons",
            )
        return say(
            f"人口：合成人口“{about['id']}”，{size}（随机种子 {about['seed']}），"
            f"其中参加计分的 {many} {noun[0]}。",
            f"Population: synthetic “{about['id']}”, {size} (seed {about['seed']}); "
            f"{many} {noun[1]} are scored.",
        )
    name = about.get("name", "")
    weighted = "" if sim.weights is None else say("（按权重）", " (weighted)")
    return say(
        f"人口：数据表“{name}”，{about['rows']:,} 行，参加计分的 {many} {noun[0]}{weighted}。",
        f"Population: table “{name}”, {about['rows']:,} rows; {many} {noun[1]} are scored"
        f"{weighted}.",
    )


def _wording(parts: Parts, draft: int) -> p.Block:
    say, sim = parts.say, parts.material.simulation
    found = changed_clauses(sim.versions[0], sim.versions[draft], parts.material.language)
    rows = tuple(
        (
            each.title,
            each.status,
            each.before or "—",
            each.after or "—",
            "；".join(each.effects),
            each.reason,
        )
        for each in found
    )
    columns = tuple(
        p.Column(c)
        for c in (
            say("条款", "Clause"),
            say("变化", "Change"),
            say("原规定", "As it was"),
            say("现规定", "As it is"),
            say("影响", "Effect"),
            say("理由", "Reason"),
        )
    )
    kept = [i for i in range(len(columns)) if any(row[i] for row in rows)] or list(range(2))
    shown = tuple(tuple(row[i] for i in kept) for row in rows)
    label = f"{sim.labels[0]} → {sim.labels[draft]}"
    return p.Table(
        tuple(columns[i] for i in kept),
        shown,
        title=say(f"改了什么（{label}）", f"What changes ({label})"),
        note=say(
            "条文由规则生成，不是文件原文。",
            "The wording is made from the rules; it is not the document's.",
        ),
    )


# -- distribution, changes


def spread(parts: Parts) -> p.Section | None:
    """How scores lie."""
    say = parts.say
    blocks: list[p.Block] = [
        *parts.figure(
            "distribution",
            "histogram",
            data=True,
            pivot=(say("得分", "Points"), say("版本", "Version"), parts.people),
        ),
        parts.table("summary", only=KEY_FIGURES),
        *parts.figure("quantiles", "summary", ("quantile",)),
    ]
    return p.Section(say("分数分布", "Distribution"), tuple(blocks), id="distribution")


def changed(parts: Parts) -> p.Section | None:
    """Who gains and who loses, and how much."""
    sim, say = parts.material.simulation, parts.say
    if not sim.drafts:
        return None
    blocks: list[p.Block] = [*parts.figure("changes", "changes"), parts.table("changes")]
    for draft in sim.drafts:
        blocks += parts.figure(f"differences_{draft}", "differences", data=True)
        blocks += parts.figure(f"transitions_{draft}", "transitions", ("transitions",))
    return p.Section(say("谁得益，谁受损", "Who gains and who loses"), tuple(blocks), id="changes")


def grouped(parts: Parts) -> p.Section | None:
    """Group by group."""
    sim, say = parts.material.simulation, parts.say
    if sim.by is None or "groups" not in parts.material.tables:
        return None
    blocks: list[p.Block] = [*parts.figure("groups", "groups"), parts.table("groups")]
    empty = [group.label for group in sim.groups if not group.persons]
    if empty:
        names = "、".join(empty)
        blocks.append(
            p.Note(
                say(
                    f"没有人的组：{names}；这些组没有均值，图上不画。",
                    f"Groups without persons: {names}; they have no mean.",
                )
            )
        )
    title = say(f"按{sim.by.name}看", f"By {sim.by.name}")
    return p.Section(title, tuple(blocks), id="groups")


# -- places and ranks


def places(parts: Parts) -> p.Section | None:
    """The line, ties, who crosses."""
    sim, say = parts.material.simulation, parts.say
    if all(sim.line(version).quota is None for version in sim.numbers):
        return p.Section(
            say("录取线", "The line"),
            (
                p.Note(
                    say(
                        "没有给定名额：场景没有写名额，也没有用 --quota 给出，所以没有录取线。",
                        "No number of places is given (scene, --quota): there is no line.",
                    )
                ),
            ),
            id="line",
        )
    blocks: list[p.Block] = []
    for version in sim.numbers:
        found = sim.line(version)
        label = sim.labels[version]
        if found.quota is not None and found.quota >= found.ranked:
            blocks.append(
                p.Note(
                    say(
                        f"{label}：名额 {found.quota:,} 个，不少于参加排序的 {found.ranked:,} "
                        f"{parts.material.households[0]}，全部录取；录取线就是最低分。",
                        f"{label}: {found.quota:,} places for {found.ranked:,}: all are in, "
                        "and the line is the least score.",
                    ),
                    "warning",
                )
            )
    blocks.append(_lines(parts))
    outcomes = parts.material.tables["outcomes"]
    if outcomes.rows:
        blocks.append(p.Fold(say("各种结果的户数", "Outcomes"), (parts.table("outcomes"),)))
    if parts.material.tables["crossings"].rows:
        blocks.append(_crossings(parts))
    return p.Section(say("录取线", "The line"), tuple(blocks), id="line")


def _lines(parts: Parts) -> p.Table:
    """The lines; other treatments of ties only where somebody ties."""
    say, table = parts.say, parts.material.tables["lines"]
    keys = [column.key for column in table.columns]
    version = keys.index("version")
    figures = [keys.index(key) for key in ("admitted", "maybe", "line", "tied")]
    own: dict[object, tuple[Cell, ...]] = {}
    kept = []
    for row in table.rows:
        first = own.setdefault(row[version], row)
        if row is first or any(row[i] != first[i] for i in figures):
            kept.append(row)
    shown = ResultTable(table.title, (), table.columns, tuple(kept))
    made = parts.table("lines", table=shown, only=LINE_FIGURES)
    if len(kept) == len(table.rows):
        return made
    note = say(
        "没有列出的同分处理（一并录取、不录取、抽签、未载明），结果与上面相同。",
        "Treatments of ties that are not listed give the same.",
    )
    return replace(
        made, note=p.line(note + " ", *made.note.parts) if isinstance(made.note, p.Line) else note
    )


def _crossings(parts: Parts) -> p.Block:
    """Who crosses; those who stay where they were are left out."""
    say = parts.say
    table = parts.material.tables["crossings"]
    at = [column.key for column in table.columns]
    before, after = at.index("from"), at.index("to")
    moved = [row for row in table.rows if row[before] != row[after]]
    if not moved:
        return p.Paragraph(say("没有人跨线。", "Nobody crosses the line."))
    shown = ResultTable(table.title, (), table.columns, tuple(moved))
    title = say("谁跨线", "Who crosses the line")
    return parts.table("crossings", table=shown, title=title, foot=("crossings",))


def ranks(parts: Parts) -> p.Section | None:
    """How ranks move."""
    sim, say = parts.material.simulation, parts.say
    if not sim.drafts:
        return None
    blocks: list[p.Block] = [parts.table("churn")]
    for draft in sim.drafts:
        blocks += parts.figure(f"moves_{draft}", "churn", data=True)
    return p.Section(say("名次变动", "Ranks"), tuple(blocks), id="ranks")


# -- why


def causes(parts: Parts) -> p.Section | None:
    """What each changed clause adds."""
    sim, say = parts.material.simulation, parts.say
    if not sim.drafts:
        return None
    title = say("每条改动的作用", "What each change does")
    if "contributions" not in parts.material.tables:
        return absent(parts, title, "contributions")
    blocks: list[p.Block] = []
    for draft in sim.drafts:
        blocks += parts.figure(f"contributions_{draft}", "contributions")
    blocks.append(parts.table("contributions", foot=("contribution",)))
    return p.Section(title, tuple(blocks), id="contributions")


def sensitivity(parts: Parts) -> p.Section | None:
    """Which numbers matter."""
    sim, say = parts.material.simulation, parts.say
    title = say("哪个数最敏感", "Which number matters most")
    if "sensitivity" not in parts.material.tables:
        return absent(parts, title, "sensitivity")
    blocks: list[p.Block] = [p.Paragraph(definition("sensitivity", parts.material.language))]
    for version in reversed(sim.numbers):
        figures = [
            *parts.figure(f"sensitivity_mean_{version}", "sensitivity"),
            *parts.figure(f"sensitivity_line_{version}", "sensitivity"),
        ]
        if version == len(sim.versions) - 1:
            blocks += figures
        elif figures:
            blocks.append(
                p.Fold(
                    say(f"{sim.labels[version]} 的图", f"Charts of {sim.labels[version]}"),
                    tuple(figures),
                )
            )
    table = parts.table("sensitivity")
    blocks.append(p.Fold(say("全部数字", "All numbers"), (table,)))
    problem = [c.key for c in parts.material.tables["sensitivity"].columns].index("problem")
    if any(row[problem] for row in parts.material.tables["sensitivity"].rows):
        blocks.append(
            p.Note(
                say(
                    "“不成立”一栏有编号的，是改了以后方案自己就有错（例如合计不再等于满分），编号见错误手册。",
                    "A code under “no policy” means: with that step the policy contradicts itself.",
                )
            )
        )
    return p.Section(title, tuple(blocks), id="sensitivity")


# -- what is open


def openness(parts: Parts) -> p.Section | None:
    """How much rests on judgement, and the bands case by case where there are few."""
    sim, say = parts.material.simulation, parts.say
    noun = parts.material.noun
    blocks: list[p.Block] = []
    if all(not sim.discretion(version).open for version in sim.numbers):
        blocks.append(
            p.Paragraph(
                say(
                    "没有：每个人在每个版本里的得分都是确定的，名次不取决于酌情。",
                    "Nothing: every score is certain in every version.",
                )
            )
        )
    else:
        for version in sim.numbers:
            blocks += _candidates(parts, version)
            blocks += parts.figure(f"bands_{version}", "cases", ("width",))
            blocks += parts.figure(f"ranks_{version}", "cases", ("rank",))
        blocks.append(parts.table("discretion"))
    if "cases" in parts.material.tables:
        title = say(f"逐个的得分和名次（{len(sim.people)} {noun[0]}）", "Case by case")
        blocks.append(p.Fold(title, (parts.table("cases", title=""),)))
    return p.Section(say("酌情与未载明", "What is open"), tuple(blocks), id="discretion")


def _candidates(parts: Parts, version: int) -> Iterator[p.Block]:
    """Who may be first, and who may have a place, whatever becomes of the open points."""
    sim, say = parts.material.simulation, parts.say
    if "cases" not in parts.material.tables:
        return
    noun = parts.material.noun[0]
    best, worst = sim.ranks[version]
    ranked = best > 0
    first = int((ranked & (best == 1)).sum())
    sure = int((ranked & (best == worst)).sum())
    label = f"{sim.labels[version]}：" if len(sim.versions) > 1 else ""
    text = say(
        f"{label}可能排第一的有 {first} {noun}；名次完全确定的有 {sure} {noun}"
        f"（共 {int(ranked.sum())} {noun}）。",
        f"{label}{first} may come first; the rank of {sure} of {int(ranked.sum())} is certain.",
    )
    yield p.Paragraph(text)


def caps(parts: Parts) -> p.Section | None:
    """Who is at the cap of what."""
    say = parts.say
    if not parts.material.tables["caps"].rows:
        return None
    blocks: tuple[p.Block, ...] = (
        p.Paragraph(
            say(
                "很多人到顶的条款分不出高下；很少人得分的条款也是。",
                "A clause at whose cap many are tells nobody apart.",
            )
        ),
        *parts.figure("caps", "caps", ("caps",)),
        p.Fold(say("全部条款", "All clauses"), (parts.table("caps"),)),
    )
    return p.Section(say("到顶的人", "At the caps"), blocks, id="caps")
