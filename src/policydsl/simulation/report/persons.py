"""Persons clause by clause, and the assumptions in full."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policydsl.model.policy import Clause
from policydsl.pages import page as p
from policydsl.scoring.results import Cell, ResultTable, show_range
from policydsl.simulation.report.parts import SHOWN, Parts, absent
from policydsl.simulation.report.words import count_of, definition
from policydsl.simulation.typical import Typical


def people(parts: Parts) -> p.Section | None:
    """Persons, clause by clause: those of the user first, then the typical ones."""
    say, values = parts.say, parts.material.values
    blocks: list[p.Block] = []
    if "persons" in values:
        own = tuple(
            _person(parts, "persons", n, each) for n, each in enumerate(values["persons"], 1)
        )
        heads = _short_heads(parts, "persons")
        blocks.append(
            p.Section(
                say("所给的人", "The persons given"),
                (parts.table("persons", only=heads, rests=parts.person_rests), *own),
            )
        )
    if "typical" in values:
        found = tuple(
            _person(parts, "typical", n, each) for n, each in enumerate(values["typical"], 1)
        )
        intro = p.Paragraph(definition("typical", parts.material.language))
        table = parts.table("typical", only=_short_heads(parts, "typical"))
        if blocks:
            blocks.append(p.Section(say("典型人", "Typical persons"), (intro, table, *found)))
        else:
            blocks += [intro, table, *found]
    title = say("具体的人", "Persons")
    if not blocks:
        return absent(parts, title, "typical")
    return p.Section(title, tuple(blocks), id="persons")


def _short_heads(parts: Parts, name: str) -> list[str]:
    """Without the facts, which are told with each person."""
    return [c.key for c in parts.material.tables[name].columns if c.key != "facts"]


def _person(parts: Parts, kind: str, number: int, person: Typical) -> p.Section:
    sim, say = parts.material.simulation, parts.say
    language = parts.material.language
    table = parts.material.tables[f"{kind}_changes"]
    keys = [column.key for column in table.columns]
    who = say(f"编号 {person.id}", f"id {person.id}")
    if kind == "typical":
        who += say(
            f"，代表 {count_of(person.persons, parts.material.noun[0])}",
            f", stands for {person.persons:,}",
        )
    rests = parts.person_rests if kind == "persons" else parts.rests
    blocks: list[p.Block] = [p.Paragraph(say(f"{who}。", f"{who}."))]
    if not sim.drafts:
        blocks.append(
            p.Paragraph(
                say(
                    f"{sim.labels[0]}：{show_range(person.totals[0])} 分。",
                    f"{sim.labels[0]}: {show_range(person.totals[0], 'en')}.",
                )
            )
        )
    for draft in sim.drafts:
        label = f"{sim.labels[0]} → {sim.labels[draft]}"
        old, new = (show_range(person.totals[v], language) for v in (0, draft))
        end = say("不变", "as it was") if old == new else p.Strong(say(f"{new} 分", new))
        blocks.append(p.Paragraph(p.line(say(f"{label}：{old} 分 → ", f"{label}: {old} → "), end)))
        blocks += parts.figure(f"{kind}_{number}_{draft}", f"{kind}_changes", rests=rests)
        rows = [
            row
            for row in table.rows
            if row[keys.index("id")] == person.id
            and row[keys.index("change")] == label
            and row[0] == person.group(parts.material.language)
        ]
        if rows:
            own = ResultTable("", (), table.columns, tuple(rows))
            heads = ("clause", "before", "after", "how_before", "how_after")
            blocks.append(p.of_result(own, only=heads))
    blocks.append(
        p.Fold(say("事实", "Facts"), (p.Paragraph(person.about(parts.material.language)),))
    )
    return p.Section(person.group(parts.material.language), tuple(blocks), id=f"{kind}-{number}")


# -- what it rests on


def assumptions(parts: Parts) -> p.Section | None:
    """Each assumption in full, and how much rests on it."""
    sim, say = parts.material.simulation, parts.say
    blocks: list[p.Block] = []
    if parts.material.tables["assumptions"].rows:
        blocks.append(parts.table("assumptions"))
    for version in sim.versions[:1]:
        blocks += _closings(parts, version.policy.clauses.values())
    about = sim.people.about
    if about["kind"] == "specification" and about["assumptions"]:
        items = tuple(about["assumptions"])
        blocks.append(
            p.Fold(
                say(
                    f"合成人口的 {len(items)} 项假定",
                    f"The {len(items)} assumptions of the population",
                ),
                (p.Bullets(items, numbered=True),),
            )
        )
    if not blocks:
        return None
    return p.Section(say("假设的明细", "The assumptions in full"), tuple(blocks), id="assumptions")


def _closings(parts: Parts, clauses: Iterable[Clause]) -> Iterator[p.Block]:
    say = parts.say
    rows: list[tuple[Cell, ...]] = []
    for clause in clauses:
        for closing in clause.closings:
            rows.append(
                (
                    closing.assumption,
                    clause.name or clause.label,
                    say(closing.what, closing.what_en),
                    closing.reason,
                )
            )
    if rows:
        columns = tuple(
            p.Column(c)
            for c in (
                say("假设集", "Set"),
                say("条款", "Clause"),
                say("补足的是", "What"),
                say("理由", "Reason"),
            )
        )
        table = p.Table(columns, tuple(rows), shown=SHOWN)
        yield p.Fold(
            say(
                f"原文没有写、由假设补足的 {len(rows)} 处",
                f"{len(rows)} places that the text leaves open",
            ),
            (table,),
        )
