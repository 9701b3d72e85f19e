"""Where the rows of a table come to stand on pages, and merged cells that follow them.

A merged cell that goes on over a page leaves an empty cell at the top of the next one, and a
reader no longer sees whose row it is.  Lines in tables have an exact height and Chinese
characters one width, so the ends of pages can be worked out well enough to begin such a cell anew
there.  Where a word processor breaks one row earlier or later, the only harm is a name that is
repeated or missing on that page.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from policydsl.drafting import pageformat as f
from policydsl.drafting.paper import Cell, Paragraph, Row, Table

MM_PER_POINT = 25.4 / 72
BORDER = 0.5 * MM_PER_POINT
_NOT_FIRST = "。，；：、）》”’！？％%〕】…"


def across_pages(
    table: Table, used: float, landscape: bool, continued: str | None = "（续）"
) -> Table:
    """The table with merged cells that begin anew on each page.

    ``used``: the height above the table on its first page, mm.  The first text of a repeated
    cell gets ``continued`` where the cell is in the first column.
    """
    width, height = f.text_area(landscape)
    widths = fitted([column.width for column in table.columns], width)
    head = max(
        (lines_of(column.title, w) for column, w in zip(table.columns, widths, strict=True)),
        default=1,
    )
    line = f.TABLE_LINE * MM_PER_POINT
    full = height - head * line - 2 * BORDER - 0.5
    room = full - used
    starts: list[int] = []
    for index, tall in enumerate(row_heights(table, widths)):
        if room < tall and index:
            starts.append(index)
            room = full
        room -= tall + BORDER
    rows = list(table.rows)
    for start in starts:
        rows = _cut(rows, start, continued)
    return replace(table, rows=tuple(rows))


def row_heights(table: Table, widths: list[float]) -> list[float]:
    """The heights of the rows, mm; what a merged cell needs beyond its rows goes to the last."""
    line = f.TABLE_LINE * MM_PER_POINT
    heights = [line] * len(table.rows)
    wide: list[tuple[int, int, float]] = []
    for i, row in enumerate(table.rows):
        for j, cell in enumerate(row):
            if cell is None:
                continue
            own = sum(widths[j : j + cell.columns])
            need = line * sum(lines_of(p.text, own) for p in cell.paragraphs)
            if cell.rows == 1:
                heights[i] = max(heights[i], need)
            else:
                wide.append((i, cell.rows, need))
    for i, count, need in wide:
        short = need - sum(heights[i : i + count])
        if short > 0:
            heights[i + count - 1] += short
    return heights


def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in a cell of a width in mm."""
    size = f.TABLE_SIZE * MM_PER_POINT
    room = (width - 2 * f.CELL_MARGIN) / size
    return sum(_wrapped(line, room) for line in text.split("\n"))


def _wrapped(text: str, room: float) -> int:
    """Lines of a text without breaks: numbers and words stay whole, no line begins with 。."""
    count, used, last = 1, 0.0, 0.0  # last: what would go along to the next line
    for char in text:
        wide = unicodedata.east_asian_width(char) in "WFA"
        step = 1.0 if wide else 0.5
        stays = char in _NOT_FIRST or not (wide or char.isspace())
        if used + step > room + 1e-6:
            count += 1
            used = last if stays and last < room else 0.0
        used += step
        last = last + step if stays or (last and char in _NOT_FIRST) else step
        if not stays and not wide:
            last = 0.0  # a space: the line may break here
    return count


def fitted(widths: list[float], room: float) -> list[float]:
    """The widths in their proportions, to fill the room."""
    total = sum(widths)
    return [width * room / total for width in widths]


def _cut(rows: list[Row], start: int, continued: str | None) -> list[Row]:
    """The rows with every merged cell that reaches over ``start`` ended there and begun anew."""
    result = list(rows)
    for i in range(start):
        for j, cell in enumerate(rows[i]):
            if cell is None or i + cell.rows <= start:
                continue
            upper = list(result[i])
            upper[j] = replace(cell, rows=start - i)
            result[i] = tuple(upper)
            lower = list(result[start])
            rest = replace(cell, rows=cell.rows - (start - i))
            lower[j] = _continued(rest, continued) if j == 0 and continued else rest
            result[start] = tuple(lower)
    return result


def _continued(cell: Cell, word: str) -> Cell:
    first: Paragraph = cell.paragraphs[0]
    if not first.runs or first.text.endswith(word):
        return cell
    last = first.runs[-1]
    runs = (*first.runs[:-1], replace(last, text=last.text + word))
    return replace(cell, paragraphs=(replace(first, runs=runs), *cell.paragraphs[1:]))
