"""What goes to the page: findings, refusals, exact numbers as texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from policydsl.language.diagnostics import Diagnostic, PolicyError, Source
from policydsl.scoring.ranges import Range, show_points

Data = dict[str, Any]


class Refused(PolicyError):
    """A request that is not carried out; ``status`` is the answer's, ``more`` goes with it."""

    def __init__(self, status: int, *diagnostics: Diagnostic, more: Data | None = None):
        super().__init__(diagnostics)
        self.status = status
        self.more = more or {}


def refused(status: int, code: str, **details: object) -> Refused:
    """A refusal for one reason."""
    return Refused(status, Diagnostic(code, Source("", ""), None, details))


def both(zh: str, en: str | None = None) -> Data:
    """A text in both languages; the Chinese one where there is no other."""
    return {"zh": zh, "en": zh if en is None else en}


def pair(texts: tuple[str, str]) -> Data:
    """The same of a pair."""
    return both(*texts)


def number(value: Fraction | int | None) -> str | None:
    """An exact number; ``None`` where there is none."""
    return None if value is None else show_points(Fraction(value))


def ends(value: Range | None) -> list[str | None] | None:
    """The ends of a range; a missing end is one without bound."""
    return None if value is None else [number(value.low), number(value.high)]


def finding(
    diagnostic: Diagnostic, kind: str = "check", clause: str | None = None,
    names: Mapping[str, str] | None = None,
) -> Data:  # fmt: skip
    """A finding with its place.  ``names``: what texts are called on the page, by their names."""
    record = diagnostic.as_record()
    file = record.pop("file")
    record.pop("related")
    shown = None if not file else (names or {}).get(file) or Path(file).name
    return {
        **record, "kind": kind, "clause": clause, "file": shown,
        "excerpt": diagnostic.marked_line() or None, **_offsets(diagnostic),
    }  # fmt: skip


def _offsets(diagnostic: Diagnostic) -> Data:
    span = diagnostic.span
    if span is None or diagnostic.source is None:
        return {"start": None, "end": None}
    return {"start": span.start, "end": span.end}


def findings(diagnostics: Iterable[Diagnostic], kind: str = "check") -> list[Data]:
    """Several findings without clauses."""
    return [finding(each, kind) for each in diagnostics]
