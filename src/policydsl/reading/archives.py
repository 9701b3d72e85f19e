"""Office files are zip archives of XML; they are opened with care: nothing is fetched or run."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

from policydsl.language.diagnostics import Diagnostic, PolicyError, Source

MOST_PARTS = 4_000
MOST_BYTES = 200 * 1024 * 1024
MOST_RATIO = 200
"""How many times larger than packed a part may be, once it is larger than a megabyte."""

_MARKS = tuple(
    word.encode(encoding)
    for word in ("<!DOCTYPE", "<!ENTITY")
    for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)


def refused(code: str, path: Path, **details: object) -> PolicyError:
    """The error for a file that cannot be read."""
    shown = {"path": str(path), **details}
    return PolicyError([Diagnostic(code, Source(str(path), ""), None, shown)])


@contextmanager
def opened(
    path: Path,
) -> Iterator[tuple[zipfile.ZipFile, Callable[[str], ElementTree.Element | None]]]:
    """The archive, and a function from the name of a part to its XML (``None``: no such part).

    Raises :class:`PolicyError`: I803 damaged, I805 too large when unpacked, I806 with entities.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_size(archive, path)

            def part(name: str) -> ElementTree.Element | None:
                try:
                    data = archive.read(name)
                except KeyError:
                    return None
                # an office never writes them; they can name files and addresses, or never end
                if any(mark in data for mark in _MARKS):
                    raise refused("I806", path, part=name)
                return ElementTree.fromstring(data)

            yield archive, part
    except (zipfile.BadZipFile, ElementTree.ParseError, EOFError, OSError, RuntimeError,
            NotImplementedError, ValueError) as error:  # fmt: skip
        if isinstance(error, FileNotFoundError):
            raise refused("F001", path) from error
        raise refused("I803", path, problem=str(error)[:120]) from error


def _check_size(archive: zipfile.ZipFile, path: Path) -> None:
    parts = archive.infolist()
    total = sum(part.file_size for part in parts)
    swollen = any(
        part.file_size > 1024 * 1024 and part.file_size > MOST_RATIO * max(1, part.compress_size)
        for part in parts
    )
    if len(parts) > MOST_PARTS or total > MOST_BYTES or swollen:
        raise refused("I805", path, size=f"{total:,}")


def has_macros(archive: zipfile.ZipFile) -> bool:
    """Whether there is a program in the file; it is left where it is."""
    return any(name.lower().endswith("vbaproject.bin") for name in archive.namelist())
