"""Plain text in which a table's cells lie one below the other, each behind a tab."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policydsl.reading.documents import Grid
from policydsl.wording.recognising.passages import Passage


def tabbed_grids(text: str) -> Iterator[Grid]:
    """The table of a text whose cells each begin a line with a tab; rows end with an empty line.

    A cell may go on over lines that have no tab.  Rows of other lengths than the first are kept.
    """
    first = text.find("\n\t")
    if not text.startswith("\t") and first < 0:
        return
    start = 0 if text.startswith("\t") else first + 1
    if text.count("\n\t", start) < 6:
        return
    rows: list[tuple[Passage | None, ...]] = []
    position = start
    for stop in [*re.finditer(r"\n[ \u3000]*\n(?=\t)", text[start:]), None]:
        end = len(text) if stop is None else start + stop.start()
        cells: list[Passage | None] = []
        begin = origin = position + 1
        for cell in [*re.finditer(r"\n\t", text[begin:end]), None]:
            cell_end = end if cell is None else begin + cell.start()
            cells.append(Passage.of(text, origin, cell_end))
            origin = cell_end + 2
        rows.append(tuple(cells))
        position = end + (0 if stop is None else stop.end() - stop.start())
    schedule, title = heading_before(text[:start])
    yield Grid(tuple(rows), schedule, title)


def heading_before(text: str) -> tuple[str, str]:
    """附件2 and the title of the table, from what stands before it."""
    lines = [re.sub(r"\s+", "", line) for line in text.splitlines() if line.strip()]
    for index in range(len(lines) - 1, max(-1, len(lines) - 6), -1):
        found = re.fullmatch(r"附件(\d*)：?(.*)", lines[index])
        if found is not None:
            below = lines[index + 1] if index + 1 < len(lines) else ""
            return f"附件{found[1]}", found[2] or below
    return "", lines[-1] if lines else ""
