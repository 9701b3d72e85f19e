"""The result of an audit: an entry for each figure and phrase, and what was read otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from policydsl.language.diagnostics import Diagnostic, Source
from policydsl.model.policy import Policy
from policydsl.reading.documents import SourceDocument
from policydsl.review.auditing.items import CodeItem, TextItem, shown
from policydsl.wording.sentences import clause_name

Verdict = Literal[
    "same", "read", "worded", "sum", "assumed", "elsewhere", "beside",
    "different", "missing_in_code", "missing_in_text", "undeclared", "uncited",
]  # fmt: skip

VERDICTS: Mapping[Verdict, tuple[str, str]] = {
    "same": ("一致", "same"),
    "read": ("按校读一致", "same as declared reading"),
    "worded": ("只写成文字", "in words only"),
    "sum": ("由各部分合计得出", "sum of the parts"),
    "assumed": ("依假设，原文没有", "assumed, not in the text"),
    "elsewhere": ("不在这份文件里", "not in this document"),
    "beside": ("与计分无关", "beside the scoring"),
    "different": ("不一致", "different"),
    "missing_in_code": ("代码缺", "missing in the code"),
    "missing_in_text": ("原文缺", "missing in the text"),
    "undeclared": ("读法未声明", "reading not declared"),
    "uncited": ("没有条款引用此处", "no clause cites this place"),
}
COMPLAINTS: tuple[Verdict, ...] = (
    "different", "missing_in_code", "missing_in_text", "undeclared", "uncited",
)  # fmt: skip
CODES: Mapping[str, str] = {
    "missing_in_code": "R760", "missing_in_text": "R761", "different": "R762",
    "undeclared": "R763", "uncited": "R766",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One figure or phrase: what the text says, what the policy says, and the verdict."""

    verdict: Verdict
    text: TextItem | None
    code: tuple[CodeItem, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """A declared reading (校读) and where it was applied; ``found`` false: not in the text."""

    original: str
    read_as: str
    reason: str
    clause: str
    places: tuple[int, ...] = ()

    @property
    def found(self) -> bool:
        """Whether the garbled words stand in the text."""
        return bool(self.places)


@dataclass(frozen=True)
class Audit:
    """A policy held against a document."""

    policy: Policy
    document: SourceDocument
    entries: tuple[Entry, ...]
    readings: tuple[Read, ...]
    lost: tuple[tuple[str, str], ...] = ()
    """(clause, locator) of locators that point at nothing in the document."""
    by: str = "locator"
    _names: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def source(self) -> Source:
        """The text that was audited."""
        return self.document.source

    @property
    def complaints(self) -> tuple[Entry, ...]:
        """What does not fit."""
        return tuple(entry for entry in self.entries if entry.verdict in COMPLAINTS)

    @property
    def scoring(self) -> tuple[Entry, ...]:
        """The entries of scoring sentences, limits and thresholds of the text."""
        return tuple(e for e in self.entries if e.text is not None and e.text.scoring)

    @property
    def stale(self) -> tuple[Read, ...]:
        """Declared readings whose words the text does not have."""
        return tuple(r for r in self.readings if not r.found)

    @property
    def ok(self) -> bool:
        """Whether text and code say the same."""
        return not self.complaints and not self.lost and not self.stale

    @property
    def counts(self) -> Counter[str]:
        """How many entries have each verdict."""
        return Counter(entry.verdict for entry in self.entries)

    def name_of(self, clause: str) -> str:
        """What a clause is called, with the one around it."""
        found = self.policy.clauses.get(clause)
        if found is None or found.kind == "root":
            return ""
        above = self.policy.clauses.get(clause.rpartition("/")[0])
        name = clause_name(found)
        number = f"第{found.number}项 " if found.number is not None and found.name else ""
        if above is None or above.kind == "root":
            return f"{number}{name}"
        return f"{clause_name(above)} {number}{name}"

    def place(self, entry: Entry) -> tuple[int, int] | None:
        """Line and character of the text."""
        return None if entry.text is None else self.source.place(entry.text.span.start)

    def diagnostics(self) -> list[Diagnostic]:
        """What does not fit as findings of the catalogue, at their places in the text or policy."""
        found: list[Diagnostic] = []
        for entry in self.complaints:
            text, code = entry.text, entry.code[0] if entry.code else None
            details = {
                "words": text.words if text is not None else "",
                "value": shown(text.value) if text is not None else "",
                "code": code.words if code is not None else "",
                "coded": shown(code.value) if code is not None else "",
                "clause": self.name_of(code.clause) if code is not None else self.section_of(entry),
                "section": self.section_of(entry),
            }
            if text is not None:
                found.append(Diagnostic(CODES[entry.verdict], self.source, text.span, details))
            elif code is not None:
                found.append(
                    Diagnostic(CODES[entry.verdict], self.policy.source, code.span, details)
                )
        for reading in self.stale:
            found.append(
                Diagnostic("R764", self.policy.source, None,
                           {"original": reading.original, "clause": self.name_of(reading.clause)})
            )  # fmt: skip
        for clause, locator in self.lost:
            node = self.policy.clauses[clause].node if clause in self.policy.clauses else None
            span = getattr(node, "span", None)
            found.append(
                Diagnostic("R765", self.policy.source, span,
                           {"locator": locator, "clause": self.name_of(clause)})
            )  # fmt: skip
        return found

    def section_of(self, entry: Entry) -> str:
        """The section of the text: 附件2 公安分局 第1项."""
        section = entry.text.section if entry.text is not None else None
        if section is None:
            return ""
        if section.holder is not None:
            item = f" 第{section.path[2]}项" if len(section.path) > 2 else ""
            return f"{section.path[0]} {section.path[1]}{item}".strip()
        return numbered(section.path) or section.heading

    def as_record(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "policy": self.policy.id,
            "source": self.source.name,
            "ok": self.ok,
            "matched_by": self.by,
            "summary": {key: self.counts.get(key, 0) for key in VERDICTS},
            "scoring_figures": len(self.scoring),
            "unexplained": len(self.complaints),
            "entries": [self._entry(entry) for entry in self.entries],
            "readings": [
                {
                    "original": r.original, "read_as": r.read_as, "reason": r.reason,
                    "clause": r.clause, "found": r.found,
                    "places": [list(self.source.place(at)) for at in r.places],
                }
                for r in self.readings
            ],
            "locators_not_found": [{"clause": c, "locator": x} for c, x in self.lost],
        }  # fmt: skip

    def _entry(self, entry: Entry) -> dict[str, Any]:
        place = self.place(entry)
        text = entry.text
        return {
            "verdict": entry.verdict,
            "line": place[0] if place else None,
            "column": place[1] if place else None,
            "text": text.words if text is not None else None,
            "value": shown(text.value) if text is not None and text.value is not None else None,
            "role": text.role or text.group if text is not None else None,
            "section": self.section_of(entry) or None,
            "clauses": sorted({c.clause for c in entry.code}),
            "code": [c.words for c in entry.code],
            "coded": [shown(c.value) for c in entry.code if c.value is not None],
            "why": entry.why or None,
        }


def numbered(path: tuple[str, ...]) -> str:
    """三（一）2 of ("三", "一", "2")."""
    first = path[0] if path else ""
    second = f"（{path[1]}）" if len(path) > 1 and path[1] else ""
    third = path[2] if len(path) > 2 else ""
    return f"{first}{second}{third}" if second else f"{first}.{third}" if third else first
