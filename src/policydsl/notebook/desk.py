"""The policies that a notebook keeps: those written in its cells, and everything they refer to."""

from __future__ import annotations

from dataclasses import dataclass, field

from policydsl.language.diagnostics import Diagnostic, has_errors, in_order
from policydsl.model.kinds import DOCUMENT_KINDS
from policydsl.model.loading import Library, bundled
from policydsl.model.policy import Policy

SCORED = frozenset({"scheme", "assessment", "work_plan", "amendment"})


@dataclass(frozen=True)
class Kept:
    """What came of a cell: its findings, and its last policy that can be scored, if it has one."""

    findings: tuple[Diagnostic, ...]
    policy: Policy | None


@dataclass
class Desk:
    """Texts by the name of their cell; each run of a cell takes the place of the one before."""

    texts: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, text: str) -> Kept:
        """Parse and check a text among the others; it is kept only where it has no error."""
        library = Library(bundled())
        for other, kept in self.texts.items():
            if other != name:
                library.add_text(kept, other)
        before = len(library.diagnostics)
        own = library.add_text(text, name)
        findings = list(library.diagnostics[before:])
        policy = None
        if not has_errors(findings):
            for document in own.file.documents:
                compiled, found = library.compile(document.id.text)
                findings.extend(each for each in found if each not in findings)
                if DOCUMENT_KINDS[document.kind] in SCORED:
                    policy = compiled
        if has_errors(findings):
            return Kept(tuple(in_order(findings)), None)
        self.texts[name] = text
        return Kept(tuple(in_order(findings)), policy)

    def library(self) -> Library:
        """The documents of all cells, with the bundled ones behind them."""
        library = Library(bundled())
        for name, text in self.texts.items():
            library.add_text(text, name)
        return library
