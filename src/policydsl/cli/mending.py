"""``policydsl review --fix``: what is safe is mended, what needs a choice is listed."""

from __future__ import annotations

import difflib
import re
import sys
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

import click

from policydsl.cli import BAD_POLICY, FINDINGS, OK
from policydsl.cli.output import coloured, heading, say, settings
from policydsl.files import write_text
from policydsl.language.catalogue import Severity
from policydsl.language.diagnostics import Diagnostic, PolicyError, Source, has_errors
from policydsl.language.keywords import Language
from policydsl.language.parsing import parse_path
from policydsl.model.loading import bundled, bundled_folder, policy_files
from policydsl.review.findings import rank_of
from policydsl.review.fixing.mending import Mended, fixes, mend, neighbours_of
from policydsl.review.telling import pick

_UNREADABLE = "F"
"""Codes of files that cannot be read at all."""


def mend_files(
    paths: Sequence[str],
    codes: Sequence[str],
    choices: Sequence[str],
    dry_run: bool,
    fail_on: str,
) -> int:
    """Mend files and folders; the exit code is that of a review of what is left."""
    language = settings().language
    chosen = _choices(choices)
    if not paths:
        raise PolicyError([Diagnostic("J973", None, None, {"path": "—"})])
    worst = OK
    for path in _files(paths):
        result = parse_path(path)
        if any(d.code.startswith(_UNREADABLE) for d in result.diagnostics):
            raise PolicyError(result.diagnostics)
        mended = mend(result.source, neighbours_of(path), codes, chosen)
        if mended.changed and not dry_run:
            _write(path, mended)
        _tell(path, mended, dry_run, language, codes)
        worst = max(worst, _exit(mended, fail_on))
    return worst


def _choices(given: Sequence[str]) -> dict[str, int]:
    chosen: dict[str, int] = {}
    for text in given:
        found = re.fullmatch(r"\s*([A-Za-z]\d{3})\s*[=＝:：]\s*(\d{1,2})\s*", text)
        if found is None:
            raise PolicyError([Diagnostic("J972", None, None, {"text": text})])
        chosen[found[1].upper()] = int(found[2])
    return chosen


def _files(paths: Sequence[str]) -> Iterator[Path]:
    ours, library = bundled_folder().resolve(), bundled()
    for each in paths:
        path = Path(each)
        if not path.exists():
            if library.find(each) is not None:
                raise PolicyError([Diagnostic("J970", None, None, {"path": each})])
            raise PolicyError([Diagnostic("J973", None, None, {"path": each})])
        for file in policy_files(path) if path.is_dir() else [path]:
            if ours in file.resolve().parents:
                raise PolicyError([Diagnostic("J970", None, None, {"path": str(file)})])
            yield file


def _write(path: Path, mended: Mended) -> None:
    """Only over what was read: somebody may be editing the file."""
    now = parse_path(path).source.text
    if now != mended.old.text:
        raise PolicyError([Diagnostic("F010", None, None, {"path": str(path)})])
    marked = path.read_bytes().startswith(BOM_UTF8) and not mended.text.startswith("\ufeff")
    write_text(path, mended.text, "utf-8-sig" if marked else "utf-8")


def _exit(mended: Mended, fail_on: str) -> int:
    left = [place.found if place.finding is None else place.finding for place in mended.left]
    if has_errors(x for x in left if isinstance(x, Diagnostic)):
        return BAD_POLICY
    if fail_on == "never":
        return OK
    level = rank_of(cast(Severity, fail_on))
    return FINDINGS if any(rank_of(x.severity) >= level for x in left) else OK


# -- what is shown


def _tell(
    path: Path, mended: Mended, dry_run: bool, language: Language, codes: Sequence[str]
) -> None:
    count = len(mended.steps)
    if not count:
        heading(pick(language, (f"{path}：没有拿得准的改动。", f"{path}: nothing safe to mend.")))
    elif dry_run:
        heading(pick(language, (f"{path}：可以改 {count} 处（没有写入）。",
                                f"{path}: {count} to mend (nothing written).")))  # fmt: skip
    else:
        heading(pick(language, (f"{path}：改了 {count} 处。", f"{path}: {count} mended.")))
    for step in mended.steps:
        click.echo(
            f"  {step.found.code}{_line(step.found, language)}  {pick(language, step.fix.title)}"
        )
    for line in _diff(mended.old, mended.text):
        click.echo(line)
    _tell_left(mended, language, codes)


def _line(found: Diagnostic, language: Language) -> str:
    place = found.place
    if place is None:
        return ""
    return pick(language, (f"（第 {place[0]} 行）", f" (line {place[0]})"))


def _diff(old: Source, new: str) -> Iterator[str]:
    colours: Mapping[str, str] = {"+": "green", "-": "red", "@": "cyan"}
    lines = difflib.unified_diff(
        old.text.splitlines(), new.splitlines(), old.name, old.name, lineterm="", n=2
    )
    for line in lines:
        shade = colours.get(line[:1]) if coloured(sys.stdout) else None
        yield click.style(line, fg=shade) if shade else line


def _tell_left(mended: Mended, language: Language, codes: Sequence[str]) -> None:
    """What is left, with the ways to mend it that one may choose from."""
    left = [place for place in mended.left if not codes or place.found.code in codes]
    if not left:
        return
    say(f"还有 {len(left)} 处：", f"{len(left)} left:")
    for place in left:
        found = place.found
        click.echo(f"  {found.code}{_line(found, language)}  {found.message(language)}")
        ways = fixes(place)
        for number, fix in enumerate(ways, 1):
            click.echo(f"      {number}  {pick(language, fix.title)}")
    say(
        "要选其中一种：--choose 代码=序号，例如 --choose R605=1。",
        "To choose one: --choose CODE=NUMBER, as in --choose R605=1.",
    )
