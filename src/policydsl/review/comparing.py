"""与另一份文件: do two policies score everybody alike, and who differs most."""

from __future__ import annotations

from collections.abc import Iterator

from policydsl.language.diagnostics import PolicyError
from policydsl.review.context import Context
from policydsl.review.findings import Finding, Pair, Witness
from policydsl.review.proving.results import Gap
from policydsl.review.registry import check
from policydsl.review.witnesses import shown
from policydsl.review.words import facts_text, range_text
from policydsl.scoring.ranges import Range

SECONDS = 20.0
"""How long two policies are compared before the question stays undecided."""


@check(
    "R690", "versions", "两份文件对每个人得分相同", "both documents score everybody alike",
    needs_other=True,
)  # fmt: skip
def scores_alike(context: Context) -> Iterator[Finding]:
    """Equality is proved; else the persons who gain and who lose most, scored under both."""
    from policydsl.review.proving.asking import differ

    other = context.other
    assert other is not None
    if {context.policy.kind, other.kind} - {"scheme", "assessment"}:
        return
    title = (f"《{other.title or other.id}》", f"“{other.title or other.id}”")
    try:
        found = differ(other, context.policy, seconds=SECONDS)
    except PolicyError as error:
        why = (error.diagnostics[0].message("zh"), error.diagnostics[0].message("en"))
        yield context.finding("R690", "undecided", None, other=title, most=("", ""), why=why)
        return
    told = [(gap, words) for gap, words in ((found.gain, _MORE), (found.loss, _LESS)) if gap]
    if found.verdict == "refuted" and told:
        texts = [_text(context, gap) for gap, _ in told]
        cases = [shown(context, gap.new.case, None) for gap, _ in told]
        most = [_most(gap, words) for gap, words in told]
        yield context.finding(
            "R690", "refuted", None, other=title,
            most=("；".join(m[0] for m in most), "; ".join(m[1] for m in most)),
            witness=Witness(
                ("；".join(t[0] for t in texts), "; ".join(t[1] for t in texts)),
                tuple(c for c in cases if c is not None),
            ),
        )  # fmt: skip
    elif found.verdict == "proved":
        yield context.finding("R690", "proved", None, other=title, most=("", ""))
    elif found.verdict == "refuted":
        part = next((c for c in found.clauses if c.verdict == "refuted"), None)
        what = ("总分相同，个别条款不同", "equal in the total, not in every clause")
        name = part.label if part is not None else ""
        yield context.finding(
            "R690", "refuted", None, other=title, most=what,
            witness=Witness((f"{name}：{what[0]}", f"{name}: {what[1]}")),
        )  # fmt: skip
    else:
        why = found.why or ("没有试完", "not all cases were tried")
        yield context.finding("R690", "undecided", None, other=title, most=("", ""), why=why)


_MORE: Pair = ("多", "more")
_LESS: Pair = ("少", "less")


def _most(gap: Gap, words: Pair) -> Pair:
    if gap.difference is None:
        return f"有人{words[0]}得的没有上界", f"somebody gets {words[1]} without bound"
    size = range_text(Range.exactly(abs(gap.difference)))
    return f"有人{words[0]}得 {size[0]}", f"somebody gets {size[1]} {words[1]}"


def _text(context: Context, gap: Gap) -> Pair:
    facts = facts_text(context, gap.new.case.facts)
    unit = gap.new.case.unit
    who = (f"{unit}，{facts[0]}", f"{unit}, {facts[1]}") if unit else facts
    before, after = gap.before, gap.after
    if before is None or after is None:
        return who
    one, two = range_text(before), range_text(after)
    return f"{who[0]}：那份 {one[0]}，本份 {two[0]}", f"{who[1]}: there {one[1]}, here {two[1]}"
