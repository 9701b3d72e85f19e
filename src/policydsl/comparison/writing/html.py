"""A report as one page of the house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from policydsl.comparison.report import Cell, Part, Report, Role, Table
from policydsl.comparison.writing.charts import chart_of
from policydsl.language.keywords import Language
from policydsl.pages.html import render
from policydsl.pages.page import (
    Block,
    Column,
    Figure,
    Lines,
    Page,
    Paragraph,
    Section,
    Setting,
)
from policydsl.pages.page import Cell as PageCell
from policydsl.pages.page import Table as PageTable

_SETTINGS: Mapping[Role, Setting] = {
    "main": "strong", "text": "plain", "number": "plain", "small": "small", "source": "source",
    "open": "open", "assumed": "assumed", "flag": "mark", "gap": "gap",
}  # fmt: skip


def to_html(report: Report, commands: Sequence[str] = (), language: Language = "zh") -> str:
    """The page; raises :class:`PolicyError` (R701) where charts cannot be drawn."""
    page = Page(
        report.title, tuple(_section(part) for part in report.parts), report.subtitle,
        report.lead, (), report.assumptions, report.record, tuple(commands), language,
    )  # fmt: skip
    return render(page)


def _section(part: Part) -> Section:
    blocks: list[Block] = [Paragraph(sentence) for sentence in part.sentences]
    for picture in part.pictures:
        blocks.append(Figure(chart_of(picture), picture.title, picture.caption))
    blocks += [_table(table) for table in part.tables]
    return Section(part.title, tuple(blocks), part.id)


def _table(table: Table) -> PageTable:
    columns = tuple(
        Column(head.title, "number" if head.kind == "number" else "text") for head in table.heads
    )
    rows = tuple(tuple(map(_cell, row)) for row in table.rows)
    wide = any(head.wide for head in table.heads)
    return PageTable(columns, rows, table.title, table.note, wide=wide)


def _cell(cell: Cell) -> PageCell:
    if not cell:
        return ""
    if len(cell) == 1 and cell[0].role in ("text", "number"):
        return cell[0].text
    return Lines(tuple((line.text, _SETTINGS[line.role]) for line in cell))
