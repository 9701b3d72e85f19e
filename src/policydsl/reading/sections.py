"""Sections of a document, and what a locator (出处) of a policy points at.

``附件2 公安分局 第1项`` is an item of a table, ``三（一）2`` a numbered paragraph,
``第四部分（九）`` a task.  A locator that names several places with ；or 、 points at all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from policydsl.reading.documents import Holder, ScoreTable, Section
from policydsl.wording.recognising.numerals import number_of
from policydsl.wording.recognising.passages import Passage

_HAN = "一二三四五六七八九十百"
_LEVELS = (
    re.compile(rf"(?<![第统唯单专万之{_HAN}])([{_HAN}]{{1,3}})、"),
    re.compile(rf"(?<![第款条项])（([{_HAN}]{{1,3}})）"),
    re.compile(r"(?<![\d.A-Za-z〔第])(\d{1,2})[.．](?![\d])"),
)


def table_sections(tables: Sequence[ScoreTable]) -> Iterator[Section]:
    """A section for each holder and each item of the tables."""
    for table in tables:
        for holder in table.holders:
            head = _head(holder)
            yield Section((table.schedule, holder.name), holder.name, head, None, holder)
            for row in holder.rows:
                path = (table.schedule, holder.name, str(row.number))
                yield Section(path, holder.name, row.text, row, holder)


def _head(holder: Holder) -> Passage:
    return holder.place


def prose_sections(passage: Passage) -> list[Section]:
    """The numbered paragraphs of a text, down to 1.; numbers that do not follow are no headings."""
    marks: list[tuple[int, int, int, str]] = []
    for level, pattern in enumerate(_LEVELS):
        marks += [(m.start(), m.end(), level, m[1]) for m in pattern.finditer(passage.text)]
    marks.sort()
    taken: list[tuple[int, int, tuple[str, ...], str]] = []
    counts: list[int] = []
    for start, end, level, word in marks:
        number = int(number_of(word))
        if len(counts) < level:
            if level == 2 and len(counts) == 1:
                counts.append(0)
            else:
                continue
        if len(counts) > level:
            following = number in (counts[level] + 1, counts[level] + 2)
            # tasks that are numbered through the whole document go on in the next part
            if not following and number != 1:
                continue
            counts = [*counts[:level], number]
        else:
            counts = [*counts, number]
        above = taken[-1][2] if taken else ()
        path = (*(above[i] if i < len(above) else "" for i in range(level)), word)
        taken.append((start, end, path, word))
    sections: list[Section] = []
    stops = _stops([(start, len(path)) for start, _, path, _ in taken], len(passage))
    for (begin, end, path, _), stop in zip(taken, stops, strict=True):
        body = passage.part(end, stop)
        heading = re.split(r"[。：，\s]", body.text, maxsplit=1)[0][:40]
        sections.append(Section(path, heading, body, mark=passage.part(begin, end)))
    return sections


def _stops(heads: Sequence[tuple[int, int]], end: int) -> list[int]:
    """Where each section ends, given start and depth of all: where the next as high begins."""
    stops: list[int] = []
    nearest: dict[int, int] = {}  # by depth
    for start, depth in reversed(heads):
        stops.append(min((at for level, at in nearest.items() if level <= depth), default=end))
        nearest[depth] = start
    return stops[::-1]


# -- locators


def located(
    locator: str, sections: Sequence[Section], inherited: Sequence[Section] = ()
) -> list[Section]:
    """The sections that a locator names, the finest that is found of each."""
    plain = re.sub(r"（空表）|（只写[^）]*）|（[^（）]*转载[^）]*）", "", locator)
    tabled = _in_tables(plain, sections)
    if tabled:
        return tabled
    found: list[Section] = []
    context: tuple[str, ...] = ()
    for part in re.split(
        r"[；;]|、(?=[一二三四五六七八九十]+（|[一二三四五六七八九十]+$)|[；]", plain
    ):
        path = _numbers(part, context)
        if path is None:
            continue
        context = path
        found += [s for s in sections if s.path == path and s not in found]
        more = re.search(r"(\d+)((?:、\d+)+)$", part.strip())
        for number in re.findall(r"\d+", more[2]) if more is not None else ():
            sibling = (*path[:-1], number)
            found += [s for s in sections if s.path == sibling and s not in found]
    return found or list(inherited)


def _in_tables(locator: str, sections: Sequence[Section]) -> list[Section]:
    words = locator.split()
    if not words:
        return []
    annexes = {s.path[0] for s in sections if s.row is not None or s.holder is not None}
    schedule = words[0] if words[0] in annexes else None
    rest = words[1:] if schedule is not None else words
    if not annexes or (schedule is None and len(annexes - {""}) > 0 and "" not in annexes):
        return []
    name = _plain(rest[0]) if rest else ""
    number = None
    for word in rest[1:]:
        item = re.fullmatch(r"第(\d+)[项段]", word)
        number = item[1] if item is not None else number
    found = [
        s for s in sections
        if s.holder is not None and s.path[0] == (schedule or "") and _same(s.path[1], name)
        and (s.path[2:] == (number,) if number is not None else len(s.path) == 2)
    ]  # fmt: skip
    return found


def _plain(name: str) -> str:
    return re.sub(r"[“”\"、\s「」]", "", name)


def _same(one: str, other: str) -> bool:
    return bool(other) and _plain(one) == _plain(other)


def _numbers(part: str, context: tuple[str, ...]) -> tuple[str, ...] | None:
    """三（一）2 → (三, 一, 2); 第四部分（九） → (四, 九)."""
    part = part.strip()
    found = re.search(
        rf"(?:第?([{_HAN}]+)(?:部分|、|章|[.．](?=\d)|(?=（)|$))?(?:（([{_HAN}]+)）)?[.．]?(\d+)?",
        part,
    )
    for found in re.finditer(rf"第?([{_HAN}]+)(?:部分|章)?(?:（([{_HAN}]+)）)?[.．]?(\d+)?", part):
        first, second, third = found.groups()
        if third and not second:
            return (first, "", third)
        return tuple(x for x in (first, second, third) if x)
    alone = re.fullmatch(r"（([一二三四五六七八九十]+)）", part)
    if alone is not None and context:
        return (context[0], alone[1])
    return None
