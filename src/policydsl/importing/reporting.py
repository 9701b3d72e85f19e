"""The report of an import: what adds up, what was guessed, what is left to a person."""

from __future__ import annotations

from typing import Any

from policydsl.importing.drafts import number
from policydsl.importing.making import Imported
from policydsl.language.keywords import Language
from policydsl.review.auditing.results import VERDICTS
from policydsl.review.auditing.showing import summary as audit_summary
from policydsl.scoring.results import pick


def lines(made: Imported, language: Language) -> list[str]:
    """The report as lines of text, the most important first."""
    zh = language == "zh"
    place = made.document.source.place

    def where(span: Any) -> str:
        return "{}:{} ".format(*place(span.start)) if span is not None else ""

    wrong = [s for s in made.sums if not s.fits]
    kind = made.kind
    clauses = sum(c.kind in ("item", "indicator", "task") for c in made.policy.clauses.values())
    share = f"{float(made.share):.0%}"
    result = [
        f"{kind}：{clauses} 个条款；计分用语 {made.phrases} 处，"
        f"其中 {made.understood} 处成为规则（{share}）。"
        if zh
        else f"{kind}: {clauses} clauses; {made.phrases} scoring phrases, "
        f"{made.understood} made rules ({share}).",
        f"合计核对 {len(made.sums)} 处，{len(made.sums) - len(wrong)} 处相符。"
        if zh
        else f"{len(made.sums)} totals checked, {len(made.sums) - len(wrong)} agree.",
    ]
    for one in wrong:
        declared = number(one.declared) if one.declared is not None else "—"
        result.append(
            f"  {one.name}：写明 {declared}，各项相加 {number(one.computed)}"
            if zh
            else f"  {one.name}: declared {declared}, the items add up to {number(one.computed)}"
        )
    result.append(audit_summary(made.audit, language))
    for entry in made.audit.complaints:
        text = (
            entry.text.words if entry.text is not None else "；".join(c.words for c in entry.code)
        )
        at = made.audit.place(entry)
        shown = f"{at[0]}:{at[1]} " if at else ""
        result.append(
            f"  {shown}{text} — {pick(language, *VERDICTS[entry.verdict])} "
            f"{made.audit.section_of(entry)}"
        )
    if made.guesses:
        result.append(f"推定 {len(made.guesses)} 处，请逐一核对：" if zh else
                      f"{len(made.guesses)} guesses, to be looked at one by one:")  # fmt: skip
        result += [
            f"  {where(g.span)}{g.clause}：{g.taken} — {pick(language, *g.reason)}"
            for g in made.guesses
        ]
    if made.by_hand:
        result.append(f"待手写 {len(made.by_hand)} 处：" if zh else
                      f"{len(made.by_hand)} places left to be written by hand:")  # fmt: skip
        result += [
            f"  {where(b.span)}{b.locator}：{b.text[:40]}{'…' if len(b.text) > 40 else ''} — "
            f"{pick(language, *b.reason)}"
            for b in made.by_hand
        ]
    return result


def as_record(made: Imported) -> dict[str, Any]:
    """JSON-ready form."""

    def where(span: Any) -> list[int] | None:
        return list(made.document.source.place(span.start)) if span is not None else None

    return {
        "kind": made.kind, "policy": made.policy.id, "source": made.document.source.name,
        "phrases": made.phrases, "understood": made.understood, "share": str(made.share),
        "sums": [
            {"name": s.name, "declared": None if s.declared is None else str(s.declared),
             "computed": str(s.computed), "fits": s.fits} for s in made.sums
        ],
        "guesses": [
            {"clause": g.clause, "taken": g.taken, "place": where(g.span),
             "reason": {"zh": g.reason[0], "en": g.reason[1]}} for g in made.guesses
        ],
        "by_hand": [
            {"clause": b.clause, "locator": b.locator, "text": b.text, "place": where(b.span),
             "reason": {"zh": b.reason[0], "en": b.reason[1]}} for b in made.by_hand
        ],
        "audit": made.audit.as_record(),
    }  # fmt: skip
