"""A report as a Word file: landscape A4, tables that repeat their heads, charts as pictures.

Tables of many schemes are cut into blocks of columns that fit the page, the first columns
standing in each of them.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from policydsl.comparison.report import Cell, Part, Report, Role, Table
from policydsl.comparison.writing.charts import chart_of
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source

BODY, HEAD = "仿宋_GB2312", "黑体"
"""Fonts as offices have them; other machines put theirs in place of them."""
WIDTH = 247
"""Millimetres between the margins of the landscape page."""
MOST_COLUMNS = 5
"""Columns of schemes that fit beside each other."""
_COLOURS: Mapping[Role, str] = {
    "small": "444444", "source": "666666", "open": "9C3A0C", "flag": "9C3A0C",
    "assumed": "7A5B00", "gap": "888888",
}  # fmt: skip
_SIZES: Mapping[Role, float] = {"small": 7.5, "source": 7, "assumed": 7.5}


def write_docx(report: Report, path: Path, commands: Sequence[str] = ()) -> None:
    """Write the document to ``path`` as it is.

    Raises :class:`PolicyError`: no python-docx (D415), no library for charts (R701).
    """
    writer = _Writer()
    writer.title(report)
    for part in report.parts:
        writer.part(part)
    writer.record(report, commands)
    writer.document.save(str(path))


class _Writer:
    def __init__(self) -> None:
        try:
            import docx
        except ImportError as error:
            details = {"format": "docx", "extra": "compare"}
            raise PolicyError([Diagnostic("D415", Source("", ""), None, details)]) from error
        from docx.enum.section import WD_ORIENT
        from docx.shared import Mm, Pt

        self.document: Any = docx.Document()
        self.mm, self.pt = Mm, Pt
        section = self.document.sections[0]
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
        section.left_margin = section.right_margin = Mm(25)
        section.top_margin, section.bottom_margin = Mm(22), Mm(20)
        about = self.document.core_properties
        about.author = about.last_modified_by = "policydsl"
        about.comments = ""
        about.created = about.modified = datetime(2000, 1, 1)  # the same file every time
        _without_leftovers(self.document)
        style = self.document.styles["Normal"]
        style.font.size = Pt(10.5)
        self._font(style, BODY)
        for level, size in ((1, 15), (2, 12)):
            heading = self.document.styles[f"Heading {level}"]
            heading.font.size, heading.font.bold = Pt(size), False
            heading.font.color.rgb = None
            self._font(heading, HEAD)
        self._page_numbers(section)

    def _font(self, style: Any, name: str) -> None:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        style.font.name = "Times New Roman" if name == BODY else name
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{kind}"), None)
        fonts.set(qn("w:eastAsia"), name)
        properties = style.element.get_or_add_rPr()
        language = properties.find(qn("w:lang"))
        if language is None:
            language = OxmlElement("w:lang")
            properties.append(language)
        # without it, marks are set as in Taiwan where another font stands in
        language.set(qn("w:val"), "en-US")
        language.set(qn("w:eastAsia"), "zh-CN")

    def _page_numbers(self, section: Any) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        paragraph = section.footer.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run()
        for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
            if kind:
                mark = OxmlElement("w:fldChar")
                mark.set(qn("w:fldCharType"), kind)
            else:
                mark = OxmlElement("w:instrText")
                mark.text = text
            run._r.append(mark)

    # -- texts

    def title(self, report: Report) -> None:
        """Title, what matters, what it rests on."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        self.document.core_properties.title = report.title
        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._run(paragraph, report.title, 20, HEAD)
        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._run(paragraph, report.subtitle, 10.5)
        for text in report.assumptions:
            self._run(self.document.add_paragraph(), text, 10.5, colour=_COLOURS["assumed"])
        for text in report.lead:
            self._run(self.document.add_paragraph(), text, 12)

    def _run(
        self,
        paragraph: Any,
        text: str,
        size: float,
        font: str = BODY,
        colour: str = "",
        bold: bool = False,
    ) -> None:
        from docx.oxml.ns import qn
        from docx.shared import RGBColor

        run = paragraph.add_run(_clean(text))
        run.font.size = self.pt(size)
        run.font.name = "Times New Roman" if font == BODY else font
        run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
        if colour:
            run.font.color.rgb = RGBColor.from_string(colour)
        run.bold = bold or None

    def part(self, part: Part) -> None:
        """A chapter."""
        self.document.add_heading(part.title, 1)
        for sentence in part.sentences:
            self._run(self.document.add_paragraph(), sentence, 10.5)
        for picture in part.pictures:
            self._picture(chart_of(picture).png(dpi=200, titled=False), picture.title)
            if picture.caption:
                self._run(self.document.add_paragraph(), picture.caption, 9, colour="444444")
        for table in part.tables:
            self.document.add_heading(table.title, 2)
            for places in _blocks(table):
                self._table(table, places)
                self.document.add_paragraph().paragraph_format.space_after = self.pt(2)
            if table.note:
                self._run(self.document.add_paragraph(), table.note, 9, colour="444444")

    def _picture(self, png: bytes, title: str) -> None:
        import struct

        from docx.enum.text import WD_ALIGN_PARAGRAPH

        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        self._run(paragraph, title, 10.5, HEAD)
        width, height = struct.unpack(">II", png[16:24])
        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        wide = min(220.0, 145.0 * width / height)
        paragraph.add_run().add_picture(io.BytesIO(png), width=self.mm(wide))
        for shape in paragraph._p.iter(
            "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
        ):
            shape.set("descr", title)

    def record(self, report: Report, commands: Sequence[str]) -> None:
        """How it was made."""
        for label, text in report.record:
            self._run(self.document.add_paragraph(), f"{label}：{text}", 9, colour="444444")
        for text in commands:
            self._run(self.document.add_paragraph(), text, 9, colour="444444")

    # -- tables

    def _table(self, table: Table, places: Sequence[int]) -> None:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        made = self.document.add_table(rows=1, cols=len(places))
        made.style = "Table Grid"
        made.autofit = False
        widths = _widths(table, places)
        for column, width in zip(made.columns, widths, strict=True):
            column.width = self.mm(width)
        properties = made.rows[0]._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:tblHeader"))
        for spot, place, width in zip(made.rows[0].cells, places, widths, strict=True):
            spot.width = self.mm(width)
            shade = OxmlElement("w:shd")
            shade.set(qn("w:val"), "clear")
            shade.set(qn("w:fill"), "EEF1F4")
            spot._tc.get_or_add_tcPr().append(shade)
            self._fill(spot, table.heads[place].title, 9, table.heads[place].kind == "number")
        for row in table.rows:
            cells = made.add_row().cells
            for spot, place, width in zip(cells, places, widths, strict=True):
                spot.width = self.mm(width)
                self._lines(spot, row[place], table.heads[place].kind == "number")

    def _fill(self, spot: Any, text: str, size: float, right: bool) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        paragraph = spot.paragraphs[0]
        self._tight(paragraph)
        if right:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        self._run(paragraph, text, size, HEAD)

    def _tight(self, paragraph: Any) -> None:
        form = paragraph.paragraph_format
        form.space_before = form.space_after = self.pt(0.6)
        form.line_spacing = 1.1  # fonts that stand in for others are higher than these

    def _lines(self, spot: Any, cell: Cell, right: bool) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        first = True
        for line in cell:
            for text in line.text.split("\n"):
                paragraph = spot.paragraphs[0] if first else spot.add_paragraph()
                self._tight(paragraph)
                if right:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                if not first and line.role == "main":
                    paragraph.paragraph_format.space_before = self.pt(4)
                heading = line.role == "main" and len(cell) > 1
                self._run(
                    paragraph, text, _SIZES.get(line.role, 8.5), HEAD if heading else BODY,
                    _COLOURS.get(line.role, ""),
                )  # fmt: skip
                first = False
        if first:
            self._tight(spot.paragraphs[0])


def _blocks(table: Table) -> Iterator[list[int]]:
    """Columns in blocks that fit a page: fixed ones, some schemes, and what stands at the end."""
    schemes = [i for i, head in enumerate(table.heads) if head.scheme is not None]
    if len(schemes) <= MOST_COLUMNS:
        yield list(range(len(table.heads)))
        return
    before = [i for i in range(len(table.heads)) if i < schemes[0]]
    after = [i for i in range(len(table.heads)) if i > schemes[-1]]
    for start in range(0, len(schemes), MOST_COLUMNS):
        some = schemes[start : start + MOST_COLUMNS]
        last = start + MOST_COLUMNS >= len(schemes)
        yield [*before, *some, *(after if last else [])]


def _widths(table: Table, places: Sequence[int]) -> list[float]:
    """Columns of rules are wide, numbers are narrow; together they fill the page."""
    weights = []
    for place in places:
        head = table.heads[place]
        longest = max(
            [len(line.text) for row in table.rows for line in row[place]] + [len(head.title), 4]
        )
        least = 9.0 if head.kind == "text" else 6.0
        weights.append(min(26.0, max(least, longest)) * (1.5 if head.wide else 1.0))
    return [round(WIDTH * weight / sum(weights), 1) for weight in weights]


def _without_leftovers(document: Any) -> None:
    """Take out what python-docx's own template brings along: a thumbnail, styles of Word 2007."""
    for holder in (document.part, document.part.package):
        for id_, relation in list(holder.rels.items()):
            if relation.reltype.endswith(("/stylesWithEffects", "/thumbnail", "/customXml")):
                del holder.rels[id_]


def _clean(text: str) -> str:
    """Without the control characters that XML cannot hold."""
    return "".join(c for c in text if c >= " " or c in "\t\n")
