"""Coverage as tables and as a page that can be sent to colleagues."""

from __future__ import annotations

from collections.abc import Sequence

from policydsl.language.keywords import Language
from policydsl.pages.page import Card, Cards, Column, Fold, Page, Paragraph, Section, Table
from policydsl.review.coverage.measuring import Count, Coverage, group_name, shown_share
from policydsl.review.coverage.places import GROUP_NAMES, MINOR, Place
from policydsl.review.examples import facts_line


def of(count: Count) -> str:
    """``exercised/reachable``; empty where there is nothing."""
    return f"{count.exercised}/{count.reachable}" if count.reachable else ""


def clause_rows(found: Coverage, language: Language = "zh") -> tuple[list[str], list[list[str]]]:
    """Heads and rows of the table: each clause, then the whole."""
    zh = language == "zh"
    heads = ["条款" if zh else "clause", *(group_name(g, language) for g in GROUP_NAMES),
             "合计" if zh else "all", "比例" if zh else "share"]  # fmt: skip
    rows = []
    titles = {root.id for root in found.policy.roots}
    for clause, counts in found.clauses():
        total = sum(counts.values(), Count(0, 0))
        if not total.reachable:
            continue
        name = clause if clause and clause not in titles else "全文" if zh else "whole document"
        rows.append([name, *(of(c) for c in counts.values()), of(total), shown_share(total)])
    counts, total = found.counts(), found.total
    rows.append(["合计" if zh else "total", *(of(c) for c in counts.values()), of(total),
                 shown_share(total)])  # fmt: skip
    return heads, rows


def place_rows(
    found: Coverage, places: Sequence[Place], language: Language = "zh"
) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of a list of places, with a person who would go through each."""
    zh = language == "zh"
    heads = ["行", "条款", "哪一处", "什么样的人"] if zh else ["line", "clause", "place", "who"]
    rows = []
    for place in places:
        reach = found.reaches.get(place.key)
        who = ""
        if reach is not None and reach.case is not None:
            who = facts_line(reach.case, language)
        elif reach is not None and reach.why is not None:
            who = reach.why[0 if zh else 1]
        line = found.line(place)[1]
        rows.append([str(line) if line else "", place.clause, place.text(language), who])
    return heads, rows


def page(found: Sequence[Coverage]) -> Page:
    """The page of the coverage of several policies."""
    sections = []
    for coverage in found:
        total = coverage.total
        heads, rows = clause_rows(coverage)
        english, _ = clause_rows(coverage, "en")
        sections.append(
            Section(
                coverage.policy.title or coverage.policy.id,
                (
                    Cards((
                        Card(("示例", "examples"), str(len(coverage.titles))),
                        Card(("走到", "exercised"), of(total), shown_share(total)),
                        Card(("还没走到", "not exercised"), str(len(coverage.uncovered))),
                        Card(("谁也走不到", "out of reach"), str(len(coverage.unreachable)),
                             ("已证明，不计入比例", "proved; not counted")),
                    )),
                    _table(heads, english, rows),
                    *_list(coverage, coverage.uncovered, ("还没走到的地方", "Not exercised"), True),
                    *_list(coverage, coverage.unreachable,
                           ("谁也走不到的地方（已证明）", "Out of reach (proved)"), False),
                ),
            )
        )  # fmt: skip
    return Page(
        ("示例覆盖", "What the examples exercise"), tuple(sections),
        lead=tuple(
            (f"{c.policy.id}：{len(c.titles)} 个示例走到 {shown_share(c.total)}。",
             f"{c.policy.id}: {len(c.titles)} examples exercise {shown_share(c.total)}.")
            for c in found
        ),
    )  # fmt: skip


def _table(zh: Sequence[str], en: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    columns = tuple(Column((a, b)) for a, b in zip(zh, en, strict=True))
    return Table(columns, tuple(tuple(row) for row in rows))


def _list(
    found: Coverage, places: Sequence[Place], title: tuple[str, str], open_: bool
) -> tuple[Fold | Paragraph, ...]:
    if not places:
        return ()
    zh, rows = place_rows(found, sorted(places, key=lambda p: p.kind in MINOR))
    en, _ = place_rows(found, ())
    return (Fold(title, (_table(zh, en, rows),), open_),)
