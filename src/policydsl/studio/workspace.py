"""The folder of the studio: files read with a stamp, and written only where that still fits.

Every path is held inside the folder.  A stamp is a hash of a file's bytes: who saves says which
content he started from, and nothing is replaced that he has not seen.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from threading import RLock

from policydsl.files import write_bytes
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.language.parsing import DEFAULT_LIMITS, ParseResult, parse_bytes
from policydsl.model.loading import SUFFIX, Library, bundled, policy_files
from policydsl.studio.telling import Refused, refused

MOST_FILES = 500
"""A folder with more policy files is not an office's folder of policies."""

BUNDLED = "bundled:"
"""Begins the names of files that come with the program; no file of a folder can have such one."""

_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?")
_UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')


@dataclass(frozen=True)
class Paper:
    """A policy file as it is now.  ``name``: inside the folder, or of a bundled one its own."""

    name: str
    path: Path
    own: bool
    stamp: str
    result: ParseResult

    @property
    def text(self) -> str:
        """What stands in it."""
        return self.result.source.text


def stamp_of(content: bytes) -> str:
    """What tells one content of a file from another."""
    return hashlib.sha256(content).hexdigest()[:32]


class Workspace:
    """The policy files of a folder, and those that come with the program behind them."""

    def __init__(self, folder: Path):
        try:
            self.root = folder.resolve(strict=True)
        except (OSError, RuntimeError):
            raise PolicyError([Diagnostic("F001", None, None, {"path": str(folder)})]) from None
        if not self.root.is_dir():
            raise PolicyError([Diagnostic("J936", None, None, {"path": str(folder)})])
        self.lock = RLock()
        self._read: dict[Path, Paper] = {}
        bundled().entries  # noqa: B018 - read once, before several threads ask for parts of it

    # -- paths

    def path(self, name: str) -> Path:
        """A path in the folder by its name there.  Raises :class:`Refused` (J912)."""
        parts = PurePosixPath(name).parts
        bad = (
            not parts or len(name) > 200 or _UNFIT.search(name) is not None
            or name.startswith("/") or name != unicodedata.normalize("NFC", name)
            or any(_is_bad(part) for part in parts)
        )  # fmt: skip
        if bad:
            raise refused(400, "J912", path=name[:100])
        place = self.root.joinpath(*parts)
        try:
            inside = place.parent.resolve(strict=False)
            linked = place.is_symlink()
        except (OSError, RuntimeError, ValueError):
            raise refused(400, "J912", path=name[:100]) from None
        if linked or not inside.is_relative_to(self.root):
            raise refused(400, "J912", path=name[:100])
        return place

    def policy_path(self, name: str) -> Path:
        """The same for a policy file."""
        if not name.endswith(SUFFIX):
            raise refused(400, "J912", path=name[:100])
        return self.path(name)

    # -- reading

    def papers(self) -> list[Paper]:
        """The policy files of the folder."""
        with self.lock:
            return [paper for path in self._files() if (paper := self._paper(path)) is not None]

    def fingerprint(self) -> tuple[tuple[str, str], ...]:
        """What tells one state of the folder from another."""
        return tuple((paper.name, paper.stamp) for paper in self.papers())

    def _files(self) -> Iterator[Path]:
        count = 0
        for path in policy_files(self.root):
            if path.is_symlink() or not path.resolve().is_relative_to(self.root):
                continue  # a link may lead out of the folder
            count += 1
            if count > MOST_FILES:
                return
            yield path

    def _paper(self, path: Path) -> Paper | None:
        try:
            with path.open("rb") as stream:
                content = stream.read(DEFAULT_LIMITS.size + 1)
        except OSError:
            self._read.pop(path, None)
            return None
        stamp = stamp_of(content)
        known = self._read.get(path)
        if known is None or known.stamp != stamp:
            name = path.relative_to(self.root).as_posix()
            known = Paper(name, path, True, stamp, parse_bytes(content, name))
            self._read[path] = known
        return known

    def paper(self, ref: str) -> tuple[Paper, str]:
        """The file and the id that a ref (``file#id``, or the id of a bundled one) means."""
        name, _, id_ = ref.rpartition("#")
        if not name:
            return self._bundled(id_), id_
        path = self.policy_path(name)
        with self.lock:
            paper = self._paper(path)
        if paper is None:
            raise refused(404, "J915", ref=ref[:100])
        return paper, id_

    def _bundled(self, id_: str) -> Paper:
        entry = bundled().find(id_)
        if entry is None or entry.path is None:
            raise refused(404, "J915", ref=id_[:100])
        source = entry.source
        with self.lock:
            known = self._read.get(entry.path)
            if known is None or known.own:
                result = next(r for r in bundled().results if r.source is source)
                stamp = stamp_of(source.text.encode())
                known = Paper(f"{BUNDLED}{entry.path.name}", entry.path, False, stamp, result)
                self._read[entry.path] = known
        return known

    # -- libraries

    def library(self, draft: ParseResult | None = None, instead: str | None = None) -> Library:
        """The files of the folder before the bundled ones; before them all a draft.

        ``instead``: the name of the file that the draft stands for.
        """
        files = Library(bundled())
        for paper in self.papers():
            if paper.name != instead:
                files.add_parsed(paper.result)
        if draft is None:
            return files
        mine = Library(files)
        mine.add_parsed(draft)
        return mine

    # -- writing

    def save(self, name: str, text: str, replace: str | None) -> str:
        """Write a policy file; returns its stamp.

        ``replace`` is the stamp of the content that may be replaced, ``None`` for a new file.
        Raises :class:`Refused`: the file is there already (J914), or another content (J913).
        """
        path = self.policy_path(name)
        content = text.encode("utf-8")
        with self.lock:
            there = self._paper(path) if path.exists() else None
            if replace is None and path.exists():
                raise self.conflict("J914", name, there)
            if replace is not None and (there is None or there.stamp != replace):
                raise self.conflict("J913", name, there)
            path.parent.mkdir(parents=True, exist_ok=True)
            if replace is None:
                _claim(path)
            try:
                write_bytes(path, content)
            except PolicyError:
                if replace is None and path.stat().st_size == 0:
                    path.unlink(missing_ok=True)
                raise
            self._paper(path)
        return stamp_of(content)

    def conflict(self, code: str, name: str, there: Paper | None) -> Refused:
        """The refusal with what is there now."""
        now = None if there is None else {"stamp": there.stamp, "text": there.text}
        found = Diagnostic(code, Source(name, ""), None, {"path": name})
        return Refused(409, found, more={"now": now})


def _is_bad(part: str) -> bool:
    """A part of a path that is no name of a file, on some system at least."""
    return (
        part in ("", ".", "..") or part.startswith((".", "~")) or part.endswith((" ", "."))
        or _RESERVED.fullmatch(part) is not None or len(part.encode()) > 200
    )  # fmt: skip


def _claim(path: Path) -> None:
    """Take the name, so that nobody else's new file is replaced in between."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    except FileExistsError:
        raise refused(409, "J914", path=path.name) from None
    except OSError as error:
        details = {"path": path.name, "problem": error.strerror or str(error)}
        raise PolicyError([Diagnostic("F007", Source(path.name, ""), None, details)]) from error
