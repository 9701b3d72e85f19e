""".docx → PDF through LibreOffice, offline.

Each call has a profile of its own, so that it neither meets nor changes the user's, and a font
configuration that leads the fonts of official documents to those that are there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from policydsl.drafting import pageformat as f
from policydsl.language.diagnostics import Diagnostic, PolicyError

PROGRAMS = ("soffice", "libreoffice")
SECONDS_EACH = 30
SERIF = ("FandolFang R", "FandolSong", "Noto Serif CJK SC", "Source Han Serif SC", "Songti SC")
SANS = ("FandolHei", "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC")
STANDS_FOR = {
    f.SONG_TITLE.name: ("方正小标宋_GBK", "FandolSong", *SERIF[1:]),
    f.FANG.name: ("仿宋", "FangSong", *SERIF),
    f.HEI.name: ("SimHei", *SANS),
    f.KAI.name: ("楷体", "KaiTi", "FandolKai", *SERIF[2:]),
    f.SONG.name: ("SimSun", *SERIF[1:]),
}
"""What is used, in this order, where a font is missing."""


def program() -> str | None:
    """LibreOffice, if it is on this machine."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def needed() -> str:
    """LibreOffice; raises :class:`PolicyError` (W902) where there is none."""
    found = program()
    if found is None:
        raise PolicyError([Diagnostic("W902", None, None, {})])
    return found


def convert(files: Sequence[Path], folder: Path, form: str = "pdf") -> list[Path]:
    """The files in another form, in a folder; raises :class:`PolicyError` (W902, W904)."""
    office = needed()
    if not files:
        return []
    with tempfile.TemporaryDirectory(prefix="policydsl-office-") as name:
        own = Path(name)
        fonts = own / "fonts.conf"
        fonts.write_text(_fonts(), encoding="utf-8")
        profile = (own / "profile").as_uri()
        command = [office, f"-env:UserInstallation={profile}", "--headless", "--norestore",
                   "--convert-to", form, "--outdir", str(folder), *map(str, files)]  # fmt: skip
        environment = {**os.environ, "FONTCONFIG_FILE": str(fonts), "HOME": name}
        try:
            done = subprocess.run(
                command, capture_output=True, timeout=60 + SECONDS_EACH * len(files), check=False,
                stdin=subprocess.DEVNULL, env=environment,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _failed(str(error)[:200]) from error
    made = [folder / f"{file.stem}.{form}" for file in files]
    missing = [path.name for path in made if not path.is_file()]
    if missing:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise _failed(f"{'、'.join(missing)} {said[-1] if said else ''}".strip()[:300])
    return made


def _failed(problem: str) -> PolicyError:
    return PolicyError([Diagnostic("W904", None, None, {"problem": problem})])


def _fonts() -> str:
    """A font configuration: the system's, and what stands for what."""
    aliases = "".join(
        f'<alias binding="same"><family>{escape(name)}</family><accept>'
        + "".join(f"<family>{escape(other)}</family>" for other in others)
        + "</accept></alias>"
        for name, others in STANDS_FOR.items()
    )
    return (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f'{aliases}<include ignore_missing="yes">/etc/fonts/fonts.conf</include></fontconfig>'
    )
