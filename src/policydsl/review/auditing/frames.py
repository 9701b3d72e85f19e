"""What a notebook asks of text and code: ``policydsl.audit(policy, source)``, as tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policydsl.language.diagnostics import Diagnostic, PolicyError, did_you_mean
from policydsl.language.keywords import Language
from policydsl.review.auditing.results import Audit
from policydsl.review.auditing.showing import HEADS, READING_HEADS, reading_rows, rows, summary

if TYPE_CHECKING:
    import pandas as pd

NAMES = ("complaints", "entries", "readings")


@dataclass(frozen=True)
class AuditResult:
    """A document held against its policy; ``audit`` holds everything as values."""

    audit: Audit
    language: Language = "zh"

    @property
    def names(self) -> tuple[str, ...]:
        """The tables: what does not fit, everything, the declared readings."""
        return NAMES

    @property
    def ok(self) -> bool:
        """Whether text and policy say the same."""
        return self.audit.ok

    def table(self, name: str) -> tuple[list[str], list[list[str]]]:
        """Heads and rows of a table.  Raises :class:`PolicyError` (S604) for an unknown one."""
        at = 0 if self.language == "zh" else 1
        if name == "readings":
            return [x[at] for x in READING_HEADS], reading_rows(self.audit, self.language)
        if name not in NAMES:
            details = {"name": name, "near": did_you_mean(name, NAMES)}
            raise PolicyError([Diagnostic("S604", None, None, details)])
        entries = self.audit.entries if name == "entries" else self.audit.complaints
        return [x[at] for x in HEADS], rows(self.audit, entries, self.language)

    def frame(self, name: str) -> pd.DataFrame:
        """A table as a DataFrame.  Raises S604."""
        import pandas as pd

        heads, found = self.table(name)
        return pd.DataFrame(found, columns=heads)

    def __str__(self) -> str:
        return summary(self.audit, self.language)
