"""A document of the model as a .docx file.

The same document gives the same bytes: no time, user or machine goes into the file.  It is built
on a template, the plain one of :mod:`policydsl.drafting.template` or an office's own: whatever
styles, headers and footers that has stay; styles that it lacks are added.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from policydsl.drafting import pageformat as f
from policydsl.drafting import paging, template
from policydsl.drafting.paper import (
    Block,
    Cell,
    Document,
    Paragraph,
    Picture,
    Run,
    Section,
    Table,
    word_like,
)
from policydsl.drafting.xmlparts import TWIPS_PER_MM, element, emu, points, twips

AUTHOR = "policydsl"
CHANGED_AT = "2000-01-01T00:00:00Z"
"""Word wants an author and a time for tracked changes; these say nothing of anybody."""


def write_docx(document: Document, base: bytes | None = None) -> bytes:
    """The file as bytes; ``base`` is the office's own template.

    Raises :class:`PolicyError` (W903) for a template that is no .docx.
    """
    opened = template.opened(base)
    builder = _Body(opened)
    builder.add(document)
    template.clean_properties(opened, document.title)
    raw = io.BytesIO()
    opened.save(raw)
    return settled(raw.getvalue())


_TIMES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</)")


def settled(raw: bytes, fixed: str | None = None) -> bytes:
    """The same package with its parts in fixed order, without times (those in ``fixed`` too)."""
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as before,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        names = sorted(before.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in dict.fromkeys(names):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            info.create_system = 0
            content = before.read(name)
            if name == fixed:
                content = _TIMES.sub(rb"\g<1>2000-01-01T00:00:00Z\g<2>", content)
            after.writestr(info, content, compresslevel=6)
    return result.getvalue()


class _Body:
    """The body of one document on its way to XML."""

    def __init__(self, opened: Any):
        self.opened = opened
        self.body = opened.element.body
        self.changes = 0
        self.pictures = 0
        self.own_section = self.body.sectPr
        for child in list(self.body):
            if child is not self.own_section:
                self.body.remove(child)

    def add(self, document: Document) -> None:
        """All sections; the last one's page stands at the end of the body."""
        sections = document.sections or (Section(()),)
        for index, section in enumerate(sections):
            last = index == len(sections) - 1
            elements = list(self._blocks(section.blocks, section.landscape))
            page = self._page(section.landscape, index > 0)
            if not last:
                # the page of a section stands in its last paragraph
                if not elements or not elements[-1].tag.endswith("}p"):
                    elements.append(self._tiny())
                _paragraph_properties(elements[-1]).append(page)
            elif not elements or not elements[-1].tag.endswith("}p"):
                elements.append(self._tiny())
            for part in elements:
                self._append(part)
            if last:
                if self.own_section is not None:
                    self.body.replace(self.own_section, page)
                else:
                    self.body.append(page)

    def _append(self, part: Any) -> None:
        if self.own_section is not None:
            self.own_section.addprevious(part)
        else:
            self.body.append(part)

    def _page(self, landscape: bool, new_page: bool) -> Any:
        """sectPr: references to header and footers as the template has them, our page."""
        width, height = f.PAGE
        top, right, bottom, left = f.MARGINS
        if landscape:
            width, height = height, width
            top, right, bottom, left = left, top, right, bottom
        section = element("w:sectPr")
        for reference in template.references(self.own_section):
            section.append(reference)
        if new_page:
            section.append(element("w:type", val="nextPage"))
        size = element("w:pgSz", w=twips(width), h=twips(height))
        if landscape:
            size.set(template.q("w:orient"), "landscape")
        section.append(size)
        section.append(
            element(
                "w:pgMar", top=twips(top), right=twips(right), bottom=twips(bottom),
                left=twips(left), header=851, footer=twips(max(bottom - 11, 10)), gutter=0,
            )
        )  # fmt: skip
        section.append(element("w:cols", space=425))
        section.append(element("w:docGrid", type="lines", linePitch=f.GRID_PITCH))
        return section

    # -- blocks

    def _blocks(self, blocks: Iterable[Block], landscape: bool) -> Iterator[Any]:
        before: Block | None = None
        for block in blocks:
            if isinstance(block, Table) and isinstance(before, Table):
                yield self._tiny()  # or the two tables would become one
            match block:
                case Paragraph():
                    yield self._paragraph(block)
                case Table():
                    yield self._table(block, landscape)
                case Picture():
                    yield self._picture(block)
            before = block

    def _tiny(self) -> Any:
        properties = element(
            "w:pPr",
            element("w:snapToGrid", val="0"),
            element("w:spacing", before=0, after=0, line=20, lineRule="exact"),
        )
        return element("w:p", properties)

    def _paragraph(self, paragraph: Paragraph, align: str | None = None) -> Any:
        properties = element("w:pPr", element("w:pStyle", val=template.style_id(paragraph.kind)))
        if paragraph.keep:
            properties.append(element("w:keepNext"))
        if paragraph.new_page:
            properties.append(element("w:pageBreakBefore"))
        if align is not None:
            properties.append(element("w:jc", val=align))
        if paragraph.change is not None:
            properties.append(element("w:rPr", self._change(paragraph.change)))
        made = element("w:p", properties)
        only = paragraph.runs[0] if len(paragraph.runs) == 1 else None
        if only is not None and only.change is None and paragraph.change is None:
            text = f.balanced(only.text, paragraph.kind)
            paragraph = replace(paragraph, runs=(replace(only, text=text),))
        for run in paragraph.runs:
            made.append(self._run(run, paragraph))
        return made

    def _change(self, change: str, *inside: Any) -> Any:
        self.changes += 1
        tag = "w:ins" if change == "insert" else "w:del"
        return element(tag, *inside, id=self.changes, author=AUTHOR, date=CHANGED_AT)

    def _run(self, run: Run, paragraph: Paragraph) -> Any:
        change = run.change or paragraph.change
        made = element("w:r")
        looks = element("w:rPr")
        if run.fang:
            looks.append(template.fonts_of(f.FANG))
        if run.strong:
            looks.append(element("w:b"))
        if run.blank:
            looks.append(element("w:shd", val="clear", color="auto", fill="FFF2CC"))
        if len(looks):
            made.append(looks)
        tag = "w:delText" if change == "delete" else "w:t"
        for i, line in enumerate(word_like(run.text).split("\n")):
            if i:
                made.append(element("w:br"))
            for j, piece in enumerate(line.split("\t")):
                if j:
                    made.append(element("w:tab"))
                if piece:
                    made.append(template.text(tag, piece))
        return made if change is None else self._change(change, made)

    def _table(self, table: Table, landscape: bool) -> Any:
        room = f.text_area(landscape)[0]
        widths = [
            round(w * TWIPS_PER_MM)
            for w in paging.fitted([column.width for column in table.columns], room)
        ]
        made = element("w:tbl", _table_properties(sum(widths)))
        made.append(element("w:tblGrid", *(element("w:gridCol", w=w) for w in widths)))
        if not table.form:
            made.append(self._head(table, widths))
        above: list[tuple[int, Cell] | None] = [None] * len(widths)
        for row in table.rows:
            made.append(self._row(table, row, widths, above))
        return made

    def _head(self, table: Table, widths: list[int]) -> Any:
        properties = element("w:trPr", element("w:cantSplit"), element("w:tblHeader"))
        made = element("w:tr", properties)
        for column, width in zip(table.columns, widths, strict=True):
            title = Paragraph((Run(column.title),), "head")
            made.append(_cell(width, 1, None, [self._paragraph(title)]))
        return made

    def _row(
        self, table: Table, row: Any, widths: list[int], above: list[tuple[int, Cell] | None]
    ) -> Any:
        made = element("w:tr", element("w:trPr", element("w:cantSplit")))
        j = 0
        while j < len(widths):
            cell: Cell | None = row[j]
            going_on = above[j]
            if cell is not None:
                width = sum(widths[j : j + cell.columns])
                align = cell.align or table.columns[j].align
                texts = [self._paragraph(p, _JC[align]) for p in cell.paragraphs]
                merge = "restart" if cell.rows > 1 else None
                made.append(_cell(width, cell.columns, merge, texts or [self._empty()]))
                above[j] = (cell.rows - 1, cell) if cell.rows > 1 else None
                j += cell.columns
            elif going_on is not None:
                left, owner = going_on
                width = sum(widths[j : j + owner.columns])
                made.append(_cell(width, owner.columns, "continue", [self._empty()]))
                above[j] = (left - 1, owner) if left > 1 else None
                j += owner.columns
            else:  # pragma: no cover - a table whose cells do not fill its grid
                made.append(_cell(widths[j], 1, None, [self._empty()]))
                j += 1
        return made

    def _empty(self) -> Any:
        return self._paragraph(Paragraph((), "cell"))

    def _picture(self, picture: Picture) -> Any:
        self.pictures += 1
        part, image = self.opened.part.get_or_add_image(io.BytesIO(picture.png))
        width = emu(picture.width)
        height = round(width * image.px_height / image.px_width)
        properties = element("w:pPr", element("w:pStyle", val=template.style_id("caption")))
        properties.append(element("w:keepNext"))
        properties.append(element("w:spacing", before=60, after=0, line=240, lineRule="auto"))
        drawing = template.drawing(part, self.pictures, picture.alt, width, height)
        return element("w:p", properties, element("w:r", drawing))


_JC = {"left": "left", "center": "center", "right": "right"}


def _paragraph_properties(paragraph: Any) -> Any:
    found = paragraph.find(template.q("w:pPr"))
    if found is None:
        found = element("w:pPr")
        paragraph.insert(0, found)
    return found


def _table_properties(width: int) -> Any:
    edges = [
        element(f"w:{edge}", val="single", sz=4, space=0, color="000000")
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    ]
    side = round(f.CELL_MARGIN * TWIPS_PER_MM)
    return element(
        "w:tblPr",
        element("w:tblW", w=width, type="dxa"),
        element("w:jc", val="center"),
        element("w:tblBorders", *edges),
        element("w:tblLayout", type="fixed"),
        element(
            "w:tblCellMar",
            element("w:top", w=0, type="dxa"),
            element("w:left", w=side, type="dxa"),
            element("w:bottom", w=0, type="dxa"),
            element("w:right", w=side, type="dxa"),
        ),
    )


def _cell(width: int, columns: int, merge: str | None, paragraphs: list[Any]) -> Any:
    properties = element("w:tcPr", element("w:tcW", w=width, type="dxa"))
    if columns > 1:
        properties.append(element("w:gridSpan", val=columns))
    if merge is not None:
        properties.append(element("w:vMerge", val=merge))
    properties.append(element("w:vAlign", val="center"))
    return element("w:tc", properties, *paragraphs)


__all__ = ["points", "write_docx"]
