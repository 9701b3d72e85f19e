"""Small office files for the tests: the same table as Word, Excel, web page, PDF and plain text.

A table is rows of texts; ``None`` continues the cell above (merged over rows).
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from html import escape
from pathlib import Path

Rows = Sequence[Sequence[str | None]]

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.wordprocessingml.document.main+xml"/></Types>'
)


def plain_text(path: Path, title: Sequence[str], tables: Sequence[Rows]) -> Path:
    """The table flattened: each cell behind a tab, rows parted by an empty line."""
    rows = "\n".join(
        "".join(f"\t{cell or ''}\n" for cell in row) for table in tables for row in table
    )
    path.write_text("\n".join(title) + "\n\n" + rows, "utf-8")
    return path


def paragraph(text: str, properties: str = "") -> str:
    return f'<w:p>{properties}<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def word_table(rows: Rows) -> str:
    """A table with cells merged over rows, as Word writes it."""
    out = ["<w:tbl>"]
    for index, row in enumerate(rows):
        out.append("<w:tr>")
        for column, cell in enumerate(row):
            below = index + 1 < len(rows) and column < len(rows[index + 1])
            merge = ""
            if cell is None:
                merge = "<w:vMerge/>"
            elif below and rows[index + 1][column] is None:
                merge = '<w:vMerge w:val="restart"/>'
            out.append(f"<w:tc><w:tcPr>{merge}</w:tcPr>{paragraph(cell or '')}</w:tc>")
        out.append("</w:tr>")
    return "".join([*out, "</w:tbl>"])


def word(path: Path, blocks: Sequence[str], extra: dict[str, bytes] | None = None) -> Path:
    """A .docx of these blocks."""
    body = "".join(blocks)
    xml = f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("word/document.xml", xml)
        for name, data in (extra or {}).items():
            archive.writestr(name, data)
    return path


def excel(path: Path, title: Sequence[str], tables: Sequence[Rows]) -> Path:
    """A workbook with the tables below each other on one sheet, cells merged."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in title:
        sheet.append([line])
    for table in tables:
        first = sheet.max_row + 1
        for row in table:
            sheet.append([_cell(x) for x in row])
        for column in range(len(table[0])):
            start = 0
            for index in range(1, len(table) + 1):
                if index == len(table) or table[index][column] is not None:
                    if index - start > 1:
                        sheet.merge_cells(
                            start_row=first + start, end_row=first + index - 1,
                            start_column=column + 1, end_column=column + 1,
                        )  # fmt: skip
                    start = index
    book.save(path)
    return path


def _cell(text: str | None) -> str | int | None:
    return int(text) if text is not None and text.isdigit() else text


def web_page(path: Path, title: Sequence[str], tables: Sequence[Rows]) -> Path:
    """A page with rowspans, a script and a comment."""
    parts = [f"<p>{escape(line)}</p>" for line in title]
    for table in tables:
        parts.append("<table>")
        for index, row in enumerate(table):
            parts.append("<tr>")
            for column, cell in enumerate(row):
                if cell is None:
                    continue
                span = 1
                while index + span < len(table) and table[index + span][column] is None:
                    span += 1
                parts.append(f'<td rowspan="{span}">{escape(cell)}</td>')
            parts.append("</tr>")
        parts.append("</table>")
    script = "<script>扣99分</script><!-- 扣98分 -->"
    path.write_text(f"<!DOCTYPE html><html><body>{script}{''.join(parts)}</body></html>", "utf-8")
    return path


def pdf(path: Path, title: Sequence[str], tables: Sequence[Rows], pages: int = 1) -> Path:
    """A PDF with ruled tables; Chinese text needs no embedded font to be read."""
    ops: list[str] = []
    y = 800.0
    for line in title:
        ops.append(_shown(60, y, line))
        y -= 20
    widths = [70, 40, 330, 40, 40]
    for table in tables:
        for row in table:
            lines = max(
                len(_wrapped(cell or "", width)) for cell, width in zip(row, widths, strict=False)
            )
            height = 12.0 * lines + 6
            x = 30.0
            for cell, width in zip(row, widths, strict=False):
                ops.append(f"{x} {y - height} {width} {height} re S")
                for number, part in enumerate(_wrapped(cell or "", width)):
                    ops.append(_shown(x + 3, y - 12 - 12 * number, part))
                x += width
            y -= height
        y -= 10
    return _pdf_file(path, "\n".join(ops), pages)


def _wrapped(text: str, width: int) -> list[str]:
    size = (width - 6) // 9
    return [text[i : i + size] for i in range(0, len(text), size)] or [""]


def _shown(x: float, y: float, text: str) -> str:
    return f"BT /F1 9 Tf {x} {y} Td <{text.encode('utf-16-be').hex()}> Tj ET"


def _pdf_file(path: Path, content: str, pages: int = 1) -> Path:
    """A PDF of one page, or of the same page many times over."""
    stream = content.encode("ascii")
    kids = b" ".join(b"%d 0 R" % (7 + i) for i in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H "
        b"/DescendantFonts [5 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo "
        b"<< /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /DW 1000 /FontDescriptor 6 0 R >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /FontBBox [0 -200 1000 900] "
        b"/ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 80 >>",
    ]
    objects += [
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R "
        b"/Resources << /Font << /F1 4 0 R >> >> >>"
    ] * pages
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, one in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )
    path.write_bytes(bytes(out))
    return path
