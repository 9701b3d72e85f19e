"""A review as SARIF 2.1.0, for editors and build servers.

What holds is a result of kind ``pass``, what is undecided ``open``, a complaint ``fail``; what a
suppression covers carries its reason.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from policydsl import __version__
from policydsl.language.catalogue import CATALOGUE
from policydsl.language.diagnostics import Diagnostic, Source
from policydsl.language.keywords import Language
from policydsl.language.nodes import Span
from policydsl.review.findings import Finding
from policydsl.review.meanings import MEANINGS
from policydsl.review.registry import registered
from policydsl.review.telling import particulars, pick

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_KINDS = {"proved": "pass", "refuted": "fail", "undecided": "open"}


def sarif(
    findings: Sequence[Finding], problems: Sequence[Diagnostic] = (), language: Language = "zh"
) -> dict[str, Any]:
    """One run with its rules and results; ``problems`` are errors of policies not reviewed."""
    codes = sorted({*registered(), *(f.code for f in findings), *(d.code for d in problems)})
    index = {code: i for i, code in enumerate(codes)}
    results = [_result(f, index[f.code], language) for f in findings]
    results += [_problem(d, index[d.code], language) for d in problems]
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "policydsl review",
                        "version": __version__,
                        "semanticVersion": __version__,
                        "language": "zh-CN" if language == "zh" else "en",
                        "rules": [_rule(code, language) for code in codes],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }


def _rule(code: str, language: Language) -> dict[str, Any]:
    check = registered().get(code)
    template = CATALOGUE[code]
    text = template.zh if language == "zh" else template.en
    short = pick(language, check.holds) if check is not None else _blank(text)
    help_ = template.remedy_zh if language == "zh" else template.remedy_en
    full = pick(language, MEANINGS[code]) if code in MEANINGS else _blank(text)
    return {
        "id": code,
        "shortDescription": {"text": short},
        "fullDescription": {"text": full},
        "help": {"text": _blank(help_)},
        "defaultConfiguration": {"level": template.severity},
    }


def _blank(template: str) -> str:
    """The words of a code without what is filled in."""
    return re.sub(r"\{\w+\}", "…", template)


def _result(finding: Finding, rule: int, language: Language) -> dict[str, Any]:
    told = "".join(f"\n{name}：{text}" for name, text in particulars(finding, language))
    kind = _KINDS[finding.verdict]
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "kind": kind,
        # anything but a failure has no level, says the standard
        "level": finding.severity if kind == "fail" else "none",
        "message": {"text": finding.message(language) + told},
        "locations": [_location(finding.source, finding.span, finding.clause)],
        "properties": {"severity": finding.severity, "verdict": finding.verdict},
    }
    if finding.related:
        result["relatedLocations"] = [_location(s, p) for s, p in finding.related]
    if finding.waived is not None:
        result["suppressions"] = [{"kind": "inSource", "justification": finding.waived}]
    return result


def _problem(problem: Diagnostic, rule: int, language: Language) -> dict[str, Any]:
    return {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "kind": "fail",
        "level": problem.severity,
        "message": {"text": f"{problem.message(language)}\n{problem.remedy(language)}"},
        "locations": [_location(problem.source, problem.span)],
    }


def _address(name: str) -> str:
    """A file as an address: relative below the working folder, as builds want it."""
    path = Path(name)
    if path.is_absolute():
        here = Path.cwd()
        return (
            quote(path.relative_to(here).as_posix()) if path.is_relative_to(here) else path.as_uri()
        )
    return quote(path.as_posix())


def _location(
    source: Source | None, span: Span | None, clause: str | None = None
) -> dict[str, Any]:
    location: dict[str, Any] = {}
    if source is not None and source.name:
        physical: dict[str, Any] = {"artifactLocation": {"uri": _address(source.name)}}
        if span is not None:
            (line, column), (end, last) = source.place(span.start), source.place(span.end)
            physical["region"] = {
                "startLine": line, "startColumn": column, "endLine": end, "endColumn": last,
            }  # fmt: skip
        location["physicalLocation"] = physical
    if clause:
        location["logicalLocations"] = [{"fullyQualifiedName": clause, "kind": "member"}]
    return location
