"""A file of any kind that can be read → :class:`~policydsl.reading.documents.SourceDocument`."""

from __future__ import annotations

from pathlib import Path

from policydsl.reading.documents import SourceDocument
from policydsl.reading.plain import read_text


def read_file(path: Path) -> SourceDocument:
    return read_text(path.read_text("utf-8"), str(path))
