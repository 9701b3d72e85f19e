"""Writing files so that an old one is replaced whole or not at all.

The new content goes to a temporary file in the same folder, which then takes the place of the
old one in a single step: whoever reads meanwhile, or finds the machine switched off halfway,
has either the old content or the new.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from policydsl.language.diagnostics import Diagnostic, PolicyError, Source


def refused(path: Path, problem: str | tuple[str, str]) -> PolicyError:
    """The error (F007) for a file that cannot be written."""
    details = {"path": str(path), "problem": problem}
    return PolicyError([Diagnostic("F007", Source(str(path), ""), None, details)])


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path to write to; when the block ends well, that file takes the place of ``path``.

    A link is followed, the permissions of an existing file are kept.  Raises
    :class:`PolicyError` (F007) when the folder or file cannot be written; then, and when the
    block raises, ``path`` is as before and nothing is left behind.
    """
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise refused(path, ("它是一个文件夹", "it is a folder"))
    if target.exists() and not target.is_file():
        raise refused(path, ("它不是普通文件", "it is no regular file"))
    temporary = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.tmp")
    try:
        try:
            # as the user's umask wants it; tempfile would make it readable by its owner alone
            os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
            yield temporary
            _keep_mode(target, temporary)
            _flush(temporary)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise refused(path, error.strerror or str(error)) from error


def _keep_mode(old: Path, new: Path) -> None:
    if old.exists():
        # a file system without permissions keeps its own
        with contextlib.suppress(OSError):
            new.chmod(stat.S_IMODE(old.stat().st_mode))


def _flush(path: Path) -> None:
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def write_text(path: Path, text: str, encoding: str = "utf-8") -> None:
    """Write a text as it is; see :func:`replacing` for what is raised."""
    write_bytes(path, text.encode(encoding))


def write_bytes(path: Path, content: bytes) -> None:
    """Write bytes; see :func:`replacing` for what is raised."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def writable_folder(path: Path) -> Path:
    """The folder, made if it does not exist; raises :class:`PolicyError` (F007)."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refused(path, error.strerror or str(error)) from error
    return path


@contextlib.contextmanager
def replacing_folder(path: Path, mark: str) -> Iterator[Path]:
    """A folder to fill; when the block ends well, it takes the place of ``path``.

    An old folder there is replaced only if it holds a file called ``mark``: one that the program
    has written.  Raises :class:`PolicyError` (F007) otherwise; then, and when the block raises,
    ``path`` is as before.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_dir():
        raise refused(path, ("它是一个文件", "it is a file"))
    if target.is_dir() and any(target.iterdir()) and not (target / mark).is_file():
        raise refused(path, ("文件夹里有别的文件", "the folder holds other files"))
    made = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.tmp")
    old = made.with_suffix(".old")
    try:
        try:
            made.mkdir(parents=True)
            yield made
            if target.exists():
                target.replace(old)
            made.replace(target)
        except BaseException:
            if old.exists() and not target.exists():
                old.replace(target)
            raise
        finally:
            shutil.rmtree(made, ignore_errors=True)
            shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise refused(path, error.strerror or str(error)) from error
