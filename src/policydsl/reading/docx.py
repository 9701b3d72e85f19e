"""Word documents: paragraphs with their automatic numbers, tables with merged cells.

Tracked insertions count as text, deletions do not, as if all changes were accepted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from policydsl.language.diagnostics import Diagnostic, Source
from policydsl.reading.archives import has_macros, opened, refused
from policydsl.reading.documents import SourceDocument
from policydsl.reading.laying import Layout
from policydsl.wording.quantities import chinese_number

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BLANKS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
MOST_BLOCKS = 60_000
MOST_COLUMNS = 64
MOST_LEVELS = 9


def read_docx(path: Path) -> SourceDocument:
    """The text and tables of a .docx (or .docm, whose programs stay unread)."""
    notes: list[Diagnostic] = []
    with opened(path) as (archive, part):
        if has_macros(archive):
            notes.append(Diagnostic("I820", Source(str(path), ""), None, {"path": str(path)}))
        tree = part("word/document.xml")
        if tree is None:
            raise refused("I803", path, problem="word/document.xml")
        numbering = _Numbering(part("word/numbering.xml"), part("word/styles.xml"))
        body = tree.find(f"{_W}body")
        layout = Layout()
        for count, block in enumerate(_blocks(body if body is not None else tree)):
            if count > MOST_BLOCKS:
                raise refused("I804", path, limit=f"{MOST_BLOCKS:,}", what=("段", "paragraphs"))
            if block.tag == f"{_W}p":
                layout.paragraph(numbering.label(block) + _text(block))
            else:
                layout.table(_rows(block, numbering))
    return layout.document(str(path), "docx", notes)


def _blocks(parent: Element) -> Iterator[Element]:
    """Paragraphs and tables in their order, also inside content controls and insertions."""
    for child in parent:
        if child.tag in (f"{_W}p", f"{_W}tbl"):
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
            yield from _blocks(child)


def _text(element: Element) -> str:
    """The text of a paragraph, a deletion left out, a text box not repeated."""
    parts: list[str] = []

    def walk(node: Element) -> None:
        for child in node:
            tag = child.tag
            if tag == f"{_W}t":
                parts.append(child.text or "")
            elif tag in _BLANKS:
                parts.append(_BLANKS[tag])
            elif tag in (f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}delText"):
                continue
            elif tag.endswith("}Fallback"):
                continue  # the same text box once more, for old programs
            elif tag != f"{_W}pPr":
                walk(child)

    walk(element)
    return "".join(parts)


def _rows(table: Element, numbering: _Numbering) -> list[list[str | None]]:
    rows: list[list[str | None]] = []
    for row in table.iter(f"{_W}tr"):
        if row.find(f"{_W}trPr/{_W}del") is not None:
            continue
        cells: list[str | None] = []
        before = row.find(f"{_W}trPr/{_W}gridBefore")
        cells += [""] * min(_whole(before, 0), MOST_COLUMNS)
        for cell in _cells(row):
            own = cell.find(f"{_W}tcPr")
            span = own.find(f"{_W}gridSpan") if own is not None else None
            merge = own.find(f"{_W}vMerge") if own is not None else None
            goes_on = merge is not None and merge.get(f"{_W}val", "continue") != "restart"
            text = "\n".join(
                numbering.label(p) + _text(p) for p in _blocks(cell) if p.tag == f"{_W}p"
            )
            cells.append(None if goes_on and not text.strip() else text)
            cells += [None] * (min(_whole(span, 1), MOST_COLUMNS) - 1)
        rows.append(cells)
    return rows


def _cells(row: Element) -> Iterator[Element]:
    for child in row:
        if child.tag == f"{_W}tc":
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent"):
            yield from _cells(child)


class _Numbering:
    """Automatic numbers: what Word shows before a paragraph and does not keep in its text."""

    def __init__(self, tree: Element | None, styles: Element | None):
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._of: dict[str, str] = {}
        self._counts: dict[str, list[int]] = {}
        self._styles: dict[str, tuple[str, int]] = {}
        if tree is not None:
            self._read(tree)
        for style in styles.iter(f"{_W}style") if styles is not None else ():
            found = _numbered(style.find(f"{_W}pPr"))
            if found is not None:
                self._styles[style.get(f"{_W}styleId", "")] = found

    def _read(self, tree: Element) -> None:
        for abstract in tree.iter(f"{_W}abstractNum"):
            levels: dict[int, tuple[str, str, int]] = {}
            for level in abstract.iter(f"{_W}lvl"):

                def value(name: str, default: str, level: Element = level) -> str:
                    found = level.find(f"{_W}{name}")
                    return found.get(f"{_W}val", default) if found is not None else default

                place = _number(level.get(f"{_W}ilvl"), 0)
                if place < MOST_LEVELS:
                    form, text = value("numFmt", "decimal"), value("lvlText", "")
                    levels[place] = form, text, _number(value("start", "1"), 1)
            self._levels[abstract.get(f"{_W}abstractNumId", "")] = levels
        for number in tree.iter(f"{_W}num"):
            abstract_id = number.find(f"{_W}abstractNumId")
            if abstract_id is not None:
                self._of[number.get(f"{_W}numId", "")] = abstract_id.get(f"{_W}val", "")

    def label(self, paragraph: Element) -> str:
        """一、 or （一） or 1. before a paragraph; ``""`` if it bears no number."""
        own = paragraph.find(f"{_W}pPr")
        found = _numbered(own)
        if found is None and own is not None:
            style = own.find(f"{_W}pStyle")
            found = self._styles.get(style.get(f"{_W}val", "")) if style is not None else None
        if found is None:
            return ""
        number, level = found
        abstract = self._of.get(number, "")
        levels = self._levels.get(abstract, {})
        if level not in levels:
            return ""
        counts = self._counts.setdefault(abstract, [])
        while len(counts) <= level:
            counts.append(levels.get(len(counts), ("", "", 1))[2] - 1)
        counts[level] += 1
        del counts[level + 1 :]
        _, text, _ = levels[level]
        return re.sub(
            r"%(\d)",
            lambda m: _format(
                levels.get(int(m[1]) - 1, ("decimal", "", 1))[0],
                counts[int(m[1]) - 1] if int(m[1]) <= len(counts) else 1,
            ),
            text,
        )


def _numbered(properties: Element | None) -> tuple[str, int] | None:
    found = properties.find(f"{_W}numPr") if properties is not None else None
    number = found.find(f"{_W}numId") if found is not None else None
    if found is None or number is None or number.get(f"{_W}val") == "0":
        return None
    return number.get(f"{_W}val", ""), _whole(found.find(f"{_W}ilvl"), 0)


def _whole(element: Element | None, default: int) -> int:
    """The whole number that an element holds; whoever wrote another thing meant the default."""
    return default if element is None else _number(element.get(f"{_W}val"), default)


def _number(text: str | None, default: int) -> int:
    short = text is not None and text.isdecimal() and len(text) < 10
    return int(text) if short and text is not None else default


def _chinese(number: int) -> str:
    return chinese_number(number) if number < 10_000 else str(number)


_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_FORMATS: dict[str, Callable[[int], str]] = {
    "chineseCounting": _chinese, "chineseCountingThousand": _chinese,
    "japaneseCounting": _chinese, "taiwaneseCounting": _chinese,
    "chineseLegalSimplified": _chinese, "ideographDigital": _chinese,
    "decimalEnclosedCircle": lambda n: _CIRCLED[n - 1] if n <= len(_CIRCLED) else str(n),
    "upperLetter": lambda n: chr(64 + n) if n <= 26 else str(n),
    "lowerLetter": lambda n: chr(96 + n) if n <= 26 else str(n),
    "bullet": lambda n: "", "none": lambda n: "",
}  # fmt: skip


def _format(kind: str, number: int) -> str:
    return _FORMATS.get(kind, str)(max(1, number))
