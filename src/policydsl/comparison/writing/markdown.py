"""A report as Markdown tables: lines of a cell are parted by ``<br>``."""

from __future__ import annotations

from collections.abc import Sequence

from policydsl.comparison.report import Cell, Report, Table


def to_markdown(report: Report, commands: Sequence[str] = ()) -> str:
    """The whole report; pictures are left out, their figures stand in the tables."""
    found = [f"# {_inline(report.title)}", "", _inline(report.subtitle), ""]
    if report.assumptions:
        found += [*(f"> {_inline(text)}" for text in report.assumptions), ""]
    found += [*(f"- {_inline(text)}" for text in report.lead), ""]
    for part in report.parts:
        found += [f"## {_inline(part.title)}", ""]
        for sentence in part.sentences:
            found += [_inline(sentence), ""]
        for table in part.tables:
            found += [f"### {_inline(table.title)}", "", *_table(table), ""]
            if table.note:
                found += [_inline(table.note), ""]
    found += [f"- {_inline(label)}：{_inline(text)}" for label, text in report.record]
    if commands:
        found += ["", "```text", *commands, "```"]
    return "\n".join(found).rstrip("\n") + "\n"


def _table(table: Table) -> list[str]:
    heads = "| " + " | ".join(_inline(head.title) or " " for head in table.heads) + " |"
    marks = (
        "| " + " | ".join("---:" if head.kind == "number" else "---" for head in table.heads) + " |"
    )
    return [heads, marks, *("| " + " | ".join(map(_cell, row)) + " |" for row in table.rows)]


def _cell(cell: Cell) -> str:
    shown = [
        f"**{_inline(line.text)}**" if line.role == "main" and len(cell) > 1 else _inline(line.text)
        for line in cell
    ]
    return "<br>".join(text.replace("\n", "<br>") for text in shown) or " "


def _inline(text: str) -> str:
    """A text that means itself: no mark-up, no cell of its own."""
    escaped = text.replace("\\", "\\\\")
    for mark in "|*_`<>[]#":
        escaped = escaped.replace(mark, "\\" + mark)
    return escaped.replace("\n", "<br>").strip()
