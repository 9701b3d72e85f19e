"""What a notebook asks for: ``policydsl.review(policy)``, and its findings as a DataFrame."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policydsl.language.catalogue import CATALOGUE, Severity
from policydsl.language.diagnostics import Diagnostic, PolicyError, did_you_mean
from policydsl.language.keywords import Language
from policydsl.model import loading
from policydsl.model.policy import Policy
from policydsl.review.findings import Finding, Review, Summary
from policydsl.review.registry import registered
from policydsl.review.running import review as run
from policydsl.review.telling import lines, pick, reason, sentence, verdict_word

if TYPE_CHECKING:
    import pandas as pd

PolicyLike = Policy | str | os.PathLike[str]


@dataclass(frozen=True)
class ReviewResult:
    """The review of one policy: print it, let a notebook show it, or take its ``frame()``."""

    review: Review
    language: Language = "zh"

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The complaints."""
        return self.review.complaints

    @property
    def summary(self) -> Summary:
        """The counts."""
        return self.review.summary

    @property
    def ok(self) -> bool:
        """Whether there is no error and no warning; notes are allowed."""
        return not self.review.at_least("warning")

    def frame(self, everything: bool = False) -> pd.DataFrame:
        """One row for each complaint; ``everything``: also what holds and what is suppressed."""
        import pandas as pd

        language = self.language
        rows = []
        for finding in self.review.findings if everything else self.review.complaints:
            place = finding.diagnostic.place
            witness = finding.witness
            rows.append({
                "code": finding.code, "severity": finding.severity, "verdict": finding.verdict,
                "level": pick(language, verdict_word(finding)), "clause": finding.clause,
                "label": pick(language, finding.label), "line": place[0] if place else None,
                "reason": reason(finding, language),
                "witness": "" if witness is None else pick(language, witness.text),
                "remedy": finding.remedy(language), "waived": finding.waived,
            })  # fmt: skip
        columns = ["code", "severity", "verdict", "level", "clause", "label", "line", "reason",
                   "witness", "remedy", "waived"]  # fmt: skip
        return pd.DataFrame(rows, columns=columns)

    def html(self) -> str:
        """The review as a self-contained page."""
        from policydsl.pages.html import render
        from policydsl.review.page import page

        return render(page([self.review], self.language))

    def __str__(self) -> str:
        return "\n".join(lines(self.review, self.language))

    def __repr__(self) -> str:
        return pick(self.language, sentence(self.review))

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(repr(self))}</p>{self.frame().to_html(index=False)}"


def review(
    policy: PolicyLike,
    against: PolicyLike | None = None,
    *,
    codes: Sequence[str] = (),
    language: Language = "zh",
) -> ReviewResult:
    """Review a policy (or a file, or a bundled id), alone or against another.

    ``codes`` limits the checks (``["R620"]``).  The result has ``findings``, ``summary``,
    ``frame()`` and ``html()``; printing it gives what ``policydsl review`` shows.  Raises
    :class:`PolicyError` (D550) for a code that no check has.
    """
    for code in codes:
        if code not in registered() and code not in CATALOGUE:
            near = did_you_mean(code, registered())
            raise PolicyError([Diagnostic("D550", None, None, {"code": code, "near": near})])
    library = None
    if not isinstance(policy, Policy):
        library, id_ = loading.resolve(policy)
        policy = library.policy(id_)
    other = against
    if other is not None and not isinstance(other, Policy):
        other = loading.load(other)
    return ReviewResult(run(policy, against=other, library=library, codes=codes), language)


__all__ = ["ReviewResult", "Severity", "review"]
