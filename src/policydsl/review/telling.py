"""A review as text: first what came out in one sentence, then the findings clause by clause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import PurePath

from policydsl.language.catalogue import Severity
from policydsl.language.diagnostics import Source
from policydsl.language.keywords import Language
from policydsl.review.findings import Finding, Pair, Review, rank_of

SEVERITIES: dict[Severity, Pair] = {
    "error": ("错误", "error"),
    "warning": ("警告", "warning"),
    "note": ("提示", "note"),
}


def pick(language: Language, pair: Pair) -> str:
    """The text in the language."""
    return pair[0] if language == "zh" else pair[1]


def sentence(review: Review) -> Pair:
    """The result in one sentence."""
    count = review.summary
    title = review.title or review.id
    if count.complaints == 0:
        zh, en = "没有发现问题", "nothing was found"
    else:
        parts = [
            (count.errors, "处错误", "errors"),
            (count.warnings, "处警告", "warnings"),
            (count.notes, "处提示", "notes"),
        ]
        zh = "发现 " + "、".join(f"{n} {word}" for n, word, _ in parts if n)
        en = ", ".join(f"{n} {word if n > 1 else word[:-1]}" for n, _, word in parts if n)
    zh += f"；{count.checks} 项检查，{count.proved} 处查过并成立"
    checks, places = "s" * (count.checks != 1), "s" * (count.proved != 1)
    en += f"; {count.checks} check{checks}, {count.proved} place{places} in order"
    if count.undecided:
        zh += f"，{count.undecided} 处定不下来"
        en += f", {count.undecided} undecided"
    if count.waived:
        zh += f"，{count.waived} 处免查"
        en += f", {count.waived} suppressed"
    return f"《{title}》：{zh}。", f"“{review.english or title}”: {en}."


def together(reviews: Sequence[Review]) -> Pair:
    """Several reviews in one sentence."""
    errors = sum(r.summary.errors for r in reviews)
    warnings = sum(r.summary.warnings for r in reviews)
    notes = sum(r.summary.notes for r in reviews)
    clean = sum(r.summary.complaints == 0 for r in reviews)
    return (
        f"{len(reviews)} 份文件：{errors} 处错误、{warnings} 处警告、{notes} 处提示；"
        f"{clean} 份没有发现问题。",
        f"{len(reviews)} documents: {errors} errors, {warnings} warnings, {notes} notes; "
        f"nothing found in {clean}.",
    )


def chosen(
    review: Review, severity: Severity = "note", codes: Sequence[str] = (), passed: bool = False
) -> tuple[Finding, ...]:
    """The findings to show: complaints and suppressed ones of a severity and above, and passes."""
    return tuple(
        f
        for f in review.findings
        if (passed if f.verdict == "proved" else rank_of(f.severity) >= rank_of(severity))
        and (not codes or f.code in codes)
    )


def by_clause(findings: Sequence[Finding]) -> Iterator[tuple[Pair, list[Finding]]]:
    """The findings of each clause with its label, in the order of the text."""
    order: dict[str, int] = {}
    for finding in findings:
        order.setdefault(finding.clause, len(order))
    together = sorted(findings, key=lambda f: (f.clause != "", order[f.clause]))
    for _, group in groupby(together, key=lambda f: f.clause):
        found = sorted(group, key=lambda f: (-rank_of(f.severity), f.code))
        yield found[0].label, found


def reason(finding: Finding, language: Language) -> str:
    """原因, without the name of the clause where that stands above it."""
    text = finding.message(language)
    if finding.verdict == "proved":
        return pick(language, finding.holds)
    label = pick(language, finding.label)
    for mark in ("：", ": "):
        if text.startswith(label + mark):
            rest = text[len(label + mark) :]
            return rest if language == "zh" else rest[:1].upper() + rest[1:]
    return text


def lines(
    review: Review,
    language: Language,
    severity: Severity = "note",
    codes: Sequence[str] = (),
    passed: bool = False,
) -> Iterator[str]:
    """The whole review, line by line."""
    yield pick(language, sentence(review))
    many, single = repeated(chosen(review, severity, codes, passed))
    for alike in many:
        yield ""
        yield pick(language, (f"{len(alike)} 处相同", f"The same in {len(alike)} places"))
        yield from _lines_of_many(alike, language, review.file)
    for label, findings in by_clause(single):
        yield ""
        yield pick(language, label)
        for finding in findings:
            yield from _lines_of(finding, language, review.file)


ALIKE = 4
"""So many findings that say the same of different clauses are told once, with their places."""


def repeated(
    findings: Sequence[Finding],
) -> tuple[tuple[tuple[Finding, ...], ...], tuple[Finding, ...]]:
    """Findings that say the same of many clauses, put together, and all others."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for each in findings:
        if each.clause and each.verdict != "proved" and each.waived is None:
            key = each.code, each.verdict, reason(each, "zh"), each.remedy("zh"), each.why
            groups.setdefault(key, []).append(each)
    many = [x for x in groups.values() if len(x) >= ALIKE]
    told = {id(f) for group in many for f in group}
    many.sort(key=lambda x: (-rank_of(x[0].severity), -len(x)))
    return tuple(map(tuple, many)), tuple(f for f in findings if id(f) not in told)


def places_of(alike: Sequence[Finding]) -> Pair:
    """The clauses of findings that say the same, each with its line, and what shows it."""
    zh, en = [], []
    for each in alike:
        place = each.diagnostic.place
        zh.append(each.label[0] + ("" if place is None else f"（第 {place[0]} 行）"))
        en.append(each.label[1] + ("" if place is None else f" (line {place[0]})"))
    return "、".join(zh), "; ".join(en)


def witness_of(alike: Sequence[Finding]) -> Pair | None:
    """What shows findings that say the same: once, or that of the first."""
    texts = list(dict.fromkeys(f.witness.text for f in alike if f.witness is not None))
    if not texts or not texts[0][0]:
        return None
    if len(texts) == 1:
        return texts[0]
    first = alike[0].label
    return (f"{first[0]}：{texts[0][0]}", f"{first[1]}: {texts[0][1]}")


def _lines_of_many(alike: Sequence[Finding], language: Language, home: str | None) -> Iterator[str]:
    first = alike[0]
    kind = pick(language, verdict_word(first))
    yield f"  {kind} {first.code}  {reason(first, language)}"
    yield f"      {pick(language, ('处所', 'where'))}  {pick(language, places_of(alike))}"
    witness = witness_of(alike)
    if witness is not None:
        yield f"      {pick(language, ('例证', 'shown by'))}  {pick(language, witness)}"
    yield from (
        f"      {name}  {text}" for name, text in particulars(first, language)
        if name not in ("例证", "shown by", "另见", "see also")
    )  # fmt: skip


def _lines_of(finding: Finding, language: Language, home: str | None) -> Iterator[str]:
    kind = pick(language, verdict_word(finding))
    place = finding.diagnostic.place
    where = ""
    if place is not None:
        file = _elsewhere(finding.source, home)
        where = pick(language, (f"（{file}第 {place[0]} 行）", f" ({file}line {place[0]})"))
    yield f"  {kind} {finding.code}{where}  {reason(finding, language)}"
    for name, text in particulars(finding, language):
        yield f"      {name}  {text}"


def _elsewhere(source: Source | None, home: str | None) -> str:
    """The name of the file where it is not the policy's own: that of an amendment."""
    if source is None or source.name == (home or source.name):
        return ""
    return f"{PurePath(source.name).name} "


def verdict_word(finding: Finding) -> Pair:
    """错误, 警告, 提示; 通过 for what holds; 免查 for what is suppressed."""
    if finding.verdict == "proved":
        return "通过", "holds"
    if finding.waived is not None:
        return "免查", "suppressed"
    return SEVERITIES[finding.severity]


def particulars(finding: Finding, language: Language) -> Iterator[tuple[str, str]]:
    """(heading, text): 例证, 定不下来的原因, 另见, 怎么改, 免查理由."""
    if finding.witness is not None and finding.witness.text[0]:
        yield pick(language, ("例证", "shown by")), pick(language, finding.witness.text)
    if finding.verdict == "proved":
        return
    if finding.why is not None:
        yield pick(language, ("没有定论", "undecided")), pick(language, finding.why)
    for source, span in finding.related:
        line = source.place(span.start)[0]
        yield (
            pick(language, ("另见", "see also")),
            pick(language, (f"第 {line} 行", f"line {line}"))
            + f"  {' '.join(source.line(line).split())[:60]}",
        )
    if finding.waived is not None:
        yield pick(language, ("理由", "reason")), finding.waived
    else:
        yield pick(language, ("怎么改", "remedy")), finding.remedy(language)
