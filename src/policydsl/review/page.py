"""A review as a page: what came out, then each clause with 原因, 例证 and 怎么改."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from policydsl.language.catalogue import Severity
from policydsl.language.keywords import Language
from policydsl.pages.page import (
    Block,
    Card,
    Column,
    Line,
    Page,
    Rich,
    Section,
    Strong,
    Table,
    Text,
)
from policydsl.review.findings import Finding, Review, rank_of
from policydsl.review.telling import (
    by_clause,
    chosen,
    places_of,
    reason,
    repeated,
    sentence,
    verdict_word,
    witness_of,
)

_COLUMNS = (
    Column(("级别", "level")), Column(("代码", "code")), Column(("行", "line"), "number"),
    Column(("原因", "what is wrong")), Column(("例证", "shown by")), Column(("怎么改", "remedy")),
)  # fmt: skip


def page(
    reviews: Sequence[Review],
    language: Language = "zh",
    severity: Severity = "note",
    codes: Sequence[str] = (),
    passed: bool = True,
    commands: tuple[str, ...] = (),
) -> Page:
    """One page for all reviews; what holds stands folded at the end of each."""
    total = [r.summary for r in reviews]
    cards = (
        Card(("错误", "errors"), str(sum(t.errors for t in total)), "",
             "loss" if any(t.errors for t in total) else "plain"),
        Card(("警告", "warnings"), str(sum(t.warnings for t in total))),
        Card(("提示", "notes"), str(sum(t.notes for t in total))),
        Card(("没有定论", "undecided"), str(sum(t.undecided for t in total))),
        Card(("查过并成立", "in order"), str(sum(t.proved for t in total))),
        Card(("免查", "suppressed"), str(sum(t.waived for t in total))),
    )  # fmt: skip
    title: Text = ("审查结果", "Review")
    if len(reviews) == 1:
        name = reviews[0].title or reviews[0].id
        title = (f"审查：《{name}》", f"Review: “{name}”")
    return Page(
        title, tuple(_section(r, severity, codes, passed, len(reviews) > 1) for r in reviews),
        lead=tuple(sentence(r) for r in reviews), cards=cards, commands=commands,
        language=language,
    )  # fmt: skip


def _section(
    review: Review, severity: Severity, codes: Sequence[str], passed: bool, named: bool
) -> Section:
    complaints = [f for f in chosen(review, severity, codes) if f.waived is None]
    many, single = repeated(complaints)
    blocks: list[Block] = []
    if many:
        blocks.append(Section(("多处相同", "The same in many places"), (_alike(many),)))
    blocks += [Section(label, (_table(found),)) for label, found in by_clause(single)]
    waived = [f for f in review.waived if not codes or f.code in codes]
    if waived:
        blocks.append(Section(("免查", "Suppressed"), (_table(waived),)))
    holding = [f for f in review.passed if not codes or f.code in codes]
    if passed and holding:
        blocks.append(Section(("查过并成立", "In order"), (_passes(holding),)))
    name = review.title or review.id
    heading: Text = f"《{name}》" if named else ("逐条结果", "Clause by clause")
    if complaints:
        blocks.insert(0, Section(("概览", "At a glance"), (_overview(complaints),)))
    return Section(heading, tuple(blocks))


def _overview(findings: Sequence[Finding]) -> Table:
    """How often each check complains; what it asserts."""
    count = Counter(f.code for f in findings)
    first = {f.code: f for f in reversed(findings)}
    columns = (
        Column(("级别", "level")),
        Column(("代码", "code")),
        Column(("应当", "what should hold")),
        Column(("处数", "places"), "number"),
    )
    codes = sorted(count, key=lambda c: (-rank_of(first[c].severity), -count[c], c))
    rows = []
    for code in codes:
        holds = first[code].holds if first[code].holds[0] else first[code].label
        rows.append((verdict_word(first[code]), code, holds, count[code]))
    return Table(columns, tuple(rows))


def _table(findings: Sequence[Finding]) -> Table:
    rows = []
    for finding in findings:
        place = finding.diagnostic.place
        tone: Literal["plain", "loss"] = "loss" if finding.severity == "error" else "plain"
        rows.append((
            Line((Strong(verdict_word(finding), tone),)),
            finding.code, None if place is None else place[0],
            (reason(finding, "zh"), reason(finding, "en")), _shown(finding), _remedy(finding),
        ))  # fmt: skip
    return Table(_COLUMNS, tuple(rows))


def _alike(groups: Sequence[Sequence[Finding]]) -> Table:
    """Findings that say the same of many clauses: one row for all of these."""
    columns = (*_COLUMNS[:2], Column(("处所", "where")), *_COLUMNS[3:])
    rows = []
    for alike in groups:
        first = alike[0]
        rows.append((
            Line((Strong(verdict_word(first), "loss" if first.severity == "error" else "plain"),)),
            first.code, places_of(alike), (reason(first, "zh"), reason(first, "en")),
            witness_of(alike) or ("", ""), _remedy(first),
        ))  # fmt: skip
    return Table(columns, tuple(rows))


def _shown(finding: Finding) -> Rich:
    """The witness, and what keeps it from being decided."""
    told = [p for p in (finding.witness.text if finding.witness else None, finding.why) if p]
    return ("；".join(zh for zh, _ in told), "; ".join(en for _, en in told))


def _remedy(finding: Finding) -> Rich:
    if finding.waived is not None:
        return (f"理由：{finding.waived}", f"reason: {finding.waived}")
    return (finding.remedy("zh"), finding.remedy("en"))


def _passes(findings: Sequence[Finding]) -> Table:
    columns = (
        Column(("代码", "code")),
        Column(("条款", "clause")),
        Column(("成立的性质", "what holds")),
        Column(("依据", "shown by")),
    )
    rows = tuple(
        (f.code, f.label, f.holds, f.witness.text if f.witness is not None else "")
        for f in findings
    )
    return Table(columns, rows, shown=10)
