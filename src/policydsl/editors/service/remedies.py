"""Findings of the review as an editor shows them, and remedies that it can carry out."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types as lsp

from policydsl.editors.service.analysis import Analysis
from policydsl.editors.service.positions import range_of
from policydsl.language.diagnostics import Source
from policydsl.language.keywords import Language
from policydsl.language.nodes import Span
from policydsl.review.fixing.edits import Fix
from policydsl.review.fixing.mending import fixes
from policydsl.review.fixing.place import Place
from policydsl.review.telling import pick

MOST_SHOWN = 400
"""So many findings of the review are shown; the rest is for ``policydsl review``."""

# What is there without any effect: editors show it faded.
_IDLE = frozenset({"R600", "R608", "R660"})


def reviewed(analysis: Analysis, language: Language) -> list[lsp.Diagnostic]:
    """The findings of the review that stand in the text: never more than warnings."""
    places = [] if analysis.looked is None else [
        place for place in analysis.looked.places
        if place.finding is not None and place.found.code.startswith("R")
        and place.found.source is not None and place.found.source.name == analysis.source.name
    ]  # fmt: skip
    return [_shown(place, analysis.source, language) for place in places[:MOST_SHOWN]]


def _shown(place: Place, source: Source, language: Language) -> lsp.Diagnostic:
    finding = place.finding
    assert finding is not None
    lines = [finding.message(language)]
    if finding.witness is not None and finding.witness.text[0]:
        lines.append(
            pick(language, ("例证：", "Shown by: ")) + pick(language, finding.witness.text)
        )
    if finding.why is not None:
        lines.append(pick(language, ("没有定论：", "Undecided: ")) + pick(language, finding.why))
    lines.append(f"→ {finding.remedy(language)}")
    severity = lsp.DiagnosticSeverity.Warning
    if finding.severity == "note":
        severity = lsp.DiagnosticSeverity.Information
    return lsp.Diagnostic(
        range_of(source, finding.span or Span(0, 0)), "\n".join(lines), severity,
        code=finding.code, source="policydsl review",
        tags=[lsp.DiagnosticTag.Unnecessary] if finding.code in _IDLE else None,
    )  # fmt: skip


def actions(analysis: Analysis, wanted: Span) -> Iterator[tuple[Place, Fix]]:
    """The remedies of the findings in a range, those of one finding together."""
    for place in analysis.places:
        span = place.found.span
        if span is None or span.start > wanted.end or span.end < wanted.start:
            continue
        for fix in fixes(place):
            yield place, fix
