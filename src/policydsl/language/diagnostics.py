"""Diagnostics: what is wrong, where, and what to do about it, in Chinese and English.

One catalogue (:mod:`policydsl.language.catalogue`) holds every code with its severity,
message and remedy.  Problems are collected values; passes add to a list and go on, so that
one run reports everything.  :class:`PolicyError` carries such a list to a caller who asked
for a result that cannot be had.
"""

from __future__ import annotations

import bisect
import difflib
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile
from operator import eq
from typing import Any, Literal

from policydsl.language.catalogue import CATALOGUE, Severity, Template
from policydsl.language.keywords import Language
from policydsl.language.nodes import Span


@dataclass(frozen=True)
class Source:
    """A text with a name to show for it (a path, or what the caller calls it)."""

    name: str
    text: str

    @cached_property
    def line_starts(self) -> list[int]:
        """Offsets at which the lines begin."""
        starts = [0]
        find = self.text.find
        position = find("\n")
        while position >= 0:
            starts.append(position + 1)
            position = find("\n", position + 1)
        return starts

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both counted from 1, in characters."""
        line = bisect.bisect_right(self.line_starts, min(max(offset, 0), len(self.text)))
        return line, offset - self.line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line (counted from 1), without its end."""
        starts = self.line_starts
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")


def display_width(text: str) -> int:
    """Columns that a text takes in a terminal: East Asian wide characters take two."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def visible(text: str) -> str:
    """The text with control and direction characters replaced, so that it is safe to show."""
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() or c in "\t\u3000\xa0" else " " if c in "\r\n" else "\ufffd"
        for c in text
    )


def shorten(text: str, limit: int = 40) -> str:
    """A text that fits into a message."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


@dataclass(frozen=True)
class Diagnostic:
    """One finding.  ``details`` fill the template of ``code``; ``related`` are further places."""

    code: str
    source: Source | None = None
    span: Span | None = None
    details: Mapping[str, object] = field(default_factory=dict)
    related: tuple[tuple[Source, Span], ...] = ()

    @property
    def template(self) -> Template:
        """The entry of the catalogue."""
        return CATALOGUE[self.code]

    @property
    def severity(self) -> Severity:
        """How serious the code is."""
        return self.template.severity

    def message(self, language: Language = "zh") -> str:
        """What is wrong, with the details filled in."""
        template = self.template
        text = template.zh if language == "zh" else template.en
        return text.format(**self._shown(language)).rstrip()

    def remedy(self, language: Language = "zh") -> str:
        """What to do about it."""
        template = self.template
        text = template.remedy_zh if language == "zh" else template.remedy_en
        return text.format(**self._shown(language))

    def _shown(self, language: Language) -> dict[str, object]:
        """Details as texts; a pair (Chinese, English) is shown in the language asked for."""
        chosen = 0 if language == "zh" else 1
        values = {
            key: value[chosen] if isinstance(value, tuple) else value
            for key, value in self.details.items()
        }
        return {k: visible(v) if isinstance(v, str) else v for k, v in values.items()}

    @property
    def place(self) -> tuple[int, int] | None:
        """Line and column, counted from 1; ``None`` when there is no place."""
        if self.source is None or self.span is None:
            return None
        return self.source.place(self.span.start)

    def where(self) -> str:
        """``file:line:column``, as far as it is known."""
        if self.source is None:
            return ""
        place = self.place
        return self.source.name if place is None else f"{self.source.name}:{place[0]}:{place[1]}"

    def marked_line(self) -> str:
        """The line with a marker under the place; empty when there is no place."""
        place = self.place
        if place is None or self.source is None or self.span is None:
            return ""
        number, column = place
        line = self.source.line(number)
        start = max(0, column - 1)
        length = max(1, min(self.span.end - self.span.start, len(line) - start, 60))
        # A very long line (a table on one line) is shown around the place only.
        left, right = max(0, start - 60), start + length + 60
        shown = visible(line[left:right]).replace("\t", " ")
        if left:
            shown = "…" + shown[1:]
        if right < len(line):
            shown = shown[:-1] + "…"
        marker_from = display_width(shown[: start - left])
        marked = shown[start - left : start - left + length]
        gutter = f"{number:>5} | "
        return (
            f"{gutter}{shown}\n"
            f"{' ' * (len(gutter) - 2)}| {' ' * marker_from}"
            f"{'^' * max(1, display_width(marked))}"
        )

    def render(self, language: Language | Literal["both"] = "both") -> str:
        """The whole finding as plain text."""
        languages: tuple[Language, ...] = ("zh", "en") if language == "both" else (language,)
        head = f"{self.where()}: " if self.where() else ""
        severity = self.severity if language == "en" else _SEVERITY[self.severity]
        lines = [f"{head}{severity} {self.code}"]
        marked = self.marked_line()
        if marked:
            lines.append(marked)
        for each in languages:
            arrow = "→" if each == "zh" else "->"
            lines.append(f"  {self.message(each)}")
            remedy = self.remedy(each)
            if remedy:
                lines.append(f"    {arrow} {remedy}")
        for source, span in self.related:
            line, column = source.place(span.start)
            text = visible(source.line(line).strip())
            see = "see also" if language == "en" else "另见 see also"
            lines.append(f"  {see} {source.name}:{line}:{column}  {text}")
        return "\n".join(lines)

    def as_record(self) -> dict[str, Any]:
        """JSON-ready form: a stable contract for editors and machines."""
        place = self.place
        end = None
        if self.source is not None and self.span is not None:
            end = self.source.place(max(self.span.end, self.span.start))
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.source.name if self.source else None,
            "line": place[0] if place else None,
            "column": place[1] if place else None,
            "end_line": end[0] if end else None,
            "end_column": end[1] if end else None,
            "message": {"zh": self.message("zh"), "en": self.message("en")},
            "remedy": {"zh": self.remedy("zh"), "en": self.remedy("en")},
            "related": [
                {"file": s.name, "line": s.place(p.start)[0], "column": s.place(p.start)[1]}
                for s, p in self.related
            ],
        }


_SEVERITY = {"error": "错误 error", "warning": "警告 warning", "note": "提示 note"}


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any of them is an error, not a warning or note."""
    return any(d.severity == "error" for d in diagnostics)


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sorted by file and place, without exact repetitions."""
    seen: set[tuple[object, ...]] = set()
    result: list[Diagnostic] = []
    for one in sorted(
        diagnostics,
        key=lambda d: (d.source.name if d.source else "", d.span.start if d.span else -1, d.code),
    ):
        key = (one.code, one.where(), one.message("zh"))
        if key not in seen:
            seen.add(key)
            result.append(one)
    return result


class PolicyError(Exception):
    """A result cannot be had; ``diagnostics`` say why.  Never empty."""

    def __init__(self, diagnostics: Iterable[Diagnostic]):
        self.diagnostics = in_order(diagnostics)
        super().__init__("\n".join(d.render() for d in self.diagnostics))

    def as_json(self) -> str:
        """The findings as a JSON list of records."""
        return json.dumps([d.as_record() for d in self.diagnostics], ensure_ascii=False, indent=2)


def near_words(word: str, known: Iterable[str], count: int) -> list[str]:
    """Up to ``count`` known words close to ``word``, the closest first.

    Chinese words are short, so one shared character of two already counts (学历 → 文化学历).
    """
    if len(word) > 100:
        return []  # nobody means a name by that, and comparing would take its square
    matcher = difflib.SequenceMatcher(b=word)
    rated: list[tuple[float, int, str]] = []
    for candidate in set(known) - {word}:
        if len(candidate) > 100:
            continue
        matcher.set_seq1(candidate)
        if matcher.real_quick_ratio() < 0.5 or matcher.quick_ratio() < 0.5:
            continue
        ratio = matcher.ratio()
        if ratio >= 0.5:
            # of words equally near, the one that begins alike
            alike = sum(1 for _ in takewhile(bool, map(eq, candidate, word)))
            rated.append((-ratio, -alike, candidate))
    return [candidate for _, _, candidate in sorted(rated)[:count]]


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word closest to ``word``, or ``None`` when nothing is near."""
    matches = near_words(word, known, 1)
    return matches[0] if matches else None


def did_you_mean(word: str, known: Iterable[str]) -> tuple[str, str]:
    """A (Chinese, English) clause that proposes the nearest known name; empty when none is."""
    near = nearest(word, known)
    return (f"是否应为“{near}”？", f"Did you mean “{near}”? ") if near else ("", "")
