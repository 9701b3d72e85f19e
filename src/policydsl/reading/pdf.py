"""PDF files that hold text: tables by their ruled lines, page numbers left out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from policydsl.reading.archives import refused
from policydsl.reading.documents import SourceDocument
from policydsl.reading.laying import Layout

MOST_PAGES = 200
_PAGE_NUMBER = re.compile(r"\s*(?:[-—–－]\s*)?\d{1,3}(?:\s*[-—–－])?\s*|第\s*\d+\s*页.*")


def read_pdf(path: Path) -> SourceDocument:
    """The text of a PDF; raises :class:`PolicyError` for scans, locked and overlong files."""
    try:
        import pdfplumber
        from pdfminer.pdfdocument import PDFPasswordIncorrect
    except ImportError as error:
        raise refused("I809", path) from error
    layout = Layout()
    letters = 0
    try:
        with pdfplumber.open(path) as book:
            if len(book.pages) > MOST_PAGES:
                raise refused("I804", path, limit=str(MOST_PAGES), what=("页", "pages"))
            for page in book.pages:
                letters += len(page.chars)
                _lay(page, layout)
                page.close()
    except Exception as error:
        from policydsl.language.diagnostics import PolicyError

        if isinstance(error, PolicyError):
            raise
        inner = error.args[0] if error.args else None
        if isinstance(error, PDFPasswordIncorrect) or isinstance(inner, PDFPasswordIncorrect):
            raise refused("I802", path) from error
        raise refused("I803", path, problem=str(error)[:120]) from error
    if letters < 20:
        raise refused("I807", path)
    return layout.document(str(path), "pdf")


def _lay(page: Any, layout: Layout) -> None:
    tables = sorted(page.find_tables(), key=lambda table: table.bbox[1])
    top = 0.0
    for table in tables:
        _lines(page, top, table.bbox[1], layout)
        layout.table(table.extract())
        top = max(top, table.bbox[3])
    _lines(page, top, float(page.height), layout)


def _lines(page: Any, top: float, bottom: float, layout: Layout) -> None:
    if bottom - top < 2:
        return
    text = (
        page.crop((0, max(top, 0), page.width, min(bottom, float(page.height)))).extract_text()
        or ""
    )
    lines = [line for line in text.splitlines() if not _PAGE_NUMBER.fullmatch(line)]
    for line in lines:
        layout.paragraph(line)
