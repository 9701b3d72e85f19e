"""A file of any kind that can be read → :class:`~policydsl.reading.documents.SourceDocument`.

The kind is told by what the file begins with, not by its name.  Nothing in a file is run, nothing
that it refers to is fetched, and size, nesting and pages are bounded.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from policydsl.reading.archives import refused
from policydsl.reading.documents import SourceDocument
from policydsl.reading.plain import read_text

MOST_BYTES = 40 * 1024 * 1024
MOST_CHARACTERS = 3_000_000
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_file(path: Path) -> SourceDocument:
    """The document in a file: txt, docx, xlsx, html, pdf.

    Raises :class:`PolicyError`: F001 missing, I801 … I810 what cannot be read and why.
    """
    if path.is_dir():
        raise refused("I801", path, kind=("文件夹", "a folder"))
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(4096)
    except FileNotFoundError as error:
        raise refused("F001", path) from error
    except OSError as error:
        raise refused("I803", path, problem=error.strerror or str(error)) from error
    if size > MOST_BYTES:
        raise refused("I804", path, limit=f"{MOST_BYTES // 1024 // 1024} MB", what=("", ""))
    if not size:
        raise refused("I810", path)
    if head.startswith(_OLD_OFFICE):
        # an encrypted .docx is wrapped in the old format
        locked = "EncryptedPackage".encode("utf-16-le") in path.read_bytes()
        raise refused("I802" if locked else "I808", path)
    if head.startswith(b"PK"):
        return _office(path)
    if head.startswith(b"%PDF"):
        from policydsl.reading.pdf import read_pdf

        return read_pdf(path)
    text = _decoded(path)
    if len(text) > MOST_CHARACTERS:
        raise refused("I804", path, limit=f"{MOST_CHARACTERS:,}", what=("个字", "characters"))
    start = text[:2000].lstrip().lower()
    if start.startswith(("<!doctype html", "<html")) or path.suffix.lower() in (".html", ".htm"):
        from policydsl.reading.html import read_html

        document = read_html(text, path)
    else:
        document = read_text(text, str(path))
    if not document.passage.text.strip():
        raise refused("I810", path)
    return document


def _office(path: Path) -> SourceDocument:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise refused("I803", path, problem=str(error)[:120]) from error
    if any(name.startswith("word/") for name in names):
        from policydsl.reading.docx import read_docx

        document = read_docx(path)
    elif any(name.startswith("xl/") for name in names):
        from policydsl.reading.xlsx import read_xlsx

        document = read_xlsx(path)
    else:
        raise refused("I801", path, kind=("压缩包", "an archive"))
    if not document.passage.text.strip():
        raise refused("I810", path)
    return document


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise refused("I801", path, kind=("二进制文件", "a binary file"))
