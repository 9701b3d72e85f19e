"""What a review says: findings with a verdict, a witness and a remedy.

A check (:mod:`policydsl.review.registry`) asserts a *property* of a policy ("the parts add up to
the full marks") and gives one
:class:`Finding` for each place where it looked.  The verdict is about the property: *proved* (it
holds), *refuted* (a witness shows that it does not), *undecided* (the text leaves open what is
needed to tell, or the question is too large; ``why`` says which).  Only what is proved is no
complaint; it is kept so that a drafter can ask what was looked at.

The words of a finding are those of its code in :mod:`policydsl.language.catalogue`, filled with
``details``; a pair (Chinese, English) in them is shown in the language asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from policydsl.language.catalogue import Severity
from policydsl.language.diagnostics import Diagnostic, Source
from policydsl.language.keywords import Language
from policydsl.language.nodes import Span
from policydsl.scoring.cases import Case
from policydsl.scoring.ranges import Range

Verdict = Literal["proved", "refuted", "undecided"]
Pair = tuple[str, str]
"""A text in Chinese and in English."""

TOPICS: dict[str, Pair] = {
    "sums": ("分值", "points"),
    "tiers": ("分档", "tiers"),
    "deductions": ("扣分", "deductions"),
    "discretion": ("酌情", "discretion"),
    "thresholds": ("门槛", "thresholds"),
    "openness": ("未载明", "what is open"),
    "references": ("对应关系", "references"),
    "process": ("程序", "procedure"),
    "versions": ("修订", "amendments"),
    "proofs": ("证明", "proofs"),
    "audit": ("文本与代码", "text and code"),
}
"""What a check is about; the order of docs/review.md."""


@dataclass(frozen=True)
class Shown:
    """A case of a witness with what the exact evaluator made of it.

    ``clause`` ``None``: the total.  Made by :func:`policydsl.review.witnesses.shown` only, so that
    no witness is told that was not scored.
    """

    case: Case
    clause: str | None
    points: Range
    label: Pair = ("", "")


@dataclass(frozen=True)
class Witness:
    """What shows a finding: cases with their scores, or the numbers themselves (in base units)."""

    text: Pair
    cases: tuple[Shown, ...] = ()
    numbers: Mapping[str, Fraction | str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """What a check says of one place.

    ``clause`` is the id of the clause (``""``: the document), ``label`` what it is called.
    ``waived`` is the reason of the suppression (免查) that covers it, ``holds`` the property of its
    check in words.
    """

    code: str
    verdict: Verdict
    clause: str
    label: Pair
    details: Mapping[str, object] = field(default_factory=dict)
    source: Source | None = field(default=None, repr=False)
    span: Span | None = None
    witness: Witness | None = None
    why: Pair | None = None
    related: tuple[tuple[Source, Span], ...] = ()
    waived: str | None = None
    holds: Pair = ("", "")

    @property
    def diagnostic(self) -> Diagnostic:
        """The same as a diagnostic: place, words and remedy."""
        return Diagnostic(self.code, self.source, self.span, self.details, self.related)

    @property
    def severity(self) -> Severity:
        """How serious it is; what is undecided is never more than a warning."""
        own = self.diagnostic.severity
        return "warning" if self.verdict == "undecided" and own == "error" else own

    @property
    def counts(self) -> bool:
        """Whether it is a complaint: neither proved nor suppressed."""
        return self.verdict != "proved" and self.waived is None

    def message(self, language: Language = "zh") -> str:
        """原因: what is wrong."""
        return self.diagnostic.message(language)

    def remedy(self, language: Language = "zh") -> str:
        """怎么改: what to do about it."""
        return self.diagnostic.remedy(language)

    def as_record(self) -> dict[str, Any]:
        """JSON-ready form."""
        record = self.diagnostic.as_record()
        return {
            "code": self.code, "severity": self.severity, "verdict": self.verdict,
            "clause": self.clause, "label": _both(self.label), "property": _both(self.holds),
            **{k: record[k] for k in ("file", "line", "column", "end_line", "end_column")},
            "message": record["message"], "witness": _witness(self.witness),
            "undecided_because": None if self.why is None else _both(self.why),
            "remedy": record["remedy"], "related": record["related"], "waived": self.waived,
        }  # fmt: skip


def _both(pair: Pair) -> dict[str, str]:
    return {"zh": pair[0], "en": pair[1]}


def _witness(witness: Witness | None) -> dict[str, Any] | None:
    if witness is None:
        return None
    return {
        "text": _both(witness.text),
        "numbers": {k: None if v is None else str(v) for k, v in witness.numbers.items()},
        "cases": [
            {
                "label": _both(one.label),
                "unit": one.case.unit,
                "entity": one.case.entity,
                "facts": {name: _plain(value) for name, value in one.case.facts.items()},
                "members": [
                    {"role": m.role, **{k: _plain(v) for k, v in m.facts.items()}}
                    for m in one.case.members
                ],
                "clause": one.clause,
                "low": None if one.points.low is None else str(one.points.low),
                "high": None if one.points.high is None else str(one.points.high),
            }
            for one in witness.cases
        ],
    }


def _plain(value: object) -> object:
    return value if isinstance(value, bool) else str(value)


# -- the result

_RANK: dict[Severity, int] = {"note": 0, "warning": 1, "error": 2}


def rank_of(severity: Severity) -> int:
    """The graver, the higher."""
    return _RANK[severity]


@dataclass(frozen=True)
class Summary:
    """Numbers of findings: by severity (complaints only), passes, undecided and suppressed ones."""

    errors: int
    warnings: int
    notes: int
    undecided: int
    proved: int
    waived: int
    checks: int

    @property
    def complaints(self) -> int:
        """Everything that is neither proved nor suppressed."""
        return self.errors + self.warnings + self.notes


@dataclass(frozen=True)
class Review:
    """Everything that was found in one policy; ``title`` as it stands in the text."""

    id: str
    title: str | None
    file: str | None
    findings: tuple[Finding, ...]
    checks: int = 0
    against: str | None = None
    english: str | None = None

    @property
    def complaints(self) -> tuple[Finding, ...]:
        """What is neither proved nor suppressed."""
        return tuple(f for f in self.findings if f.counts)

    @property
    def passed(self) -> tuple[Finding, ...]:
        """What was looked at and holds."""
        return tuple(f for f in self.findings if f.verdict == "proved")

    @property
    def waived(self) -> tuple[Finding, ...]:
        """What a suppression covers."""
        return tuple(f for f in self.findings if f.waived is not None)

    def of(self, *codes: str) -> tuple[Finding, ...]:
        """The complaints with these codes."""
        return tuple(f for f in self.complaints if f.code in codes)

    @property
    def summary(self) -> Summary:
        """The counts."""
        by = [f.severity for f in self.complaints]
        return Summary(
            by.count("error"), by.count("warning"), by.count("note"),
            sum(f.verdict == "undecided" for f in self.complaints), len(self.passed),
            len(self.waived), self.checks,
        )  # fmt: skip

    def at_least(self, severity: Severity) -> tuple[Finding, ...]:
        """The complaints of this severity and above."""
        return tuple(f for f in self.complaints if _RANK[f.severity] >= _RANK[severity])


def in_order(findings: Iterable[Finding]) -> Iterator[Finding]:
    """By place in the text; at one place the gravest first."""
    yield from sorted(
        findings,
        key=lambda f: (
            f.source.name if f.source else "",
            f.span.start if f.span else -1,
            -_RANK[f.severity],
            f.code,
        ),
    )
