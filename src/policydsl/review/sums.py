"""分值: do the parts add up, can caps and full marks be reached, is nothing scored twice."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from policydsl.language.diagnostics import PolicyError
from policydsl.model import expressions as e
from policydsl.model import rules as r
from policydsl.model.kinds import maxima
from policydsl.model.policy import Clause
from policydsl.review.context import Context, attribute, concerned
from policydsl.review.findings import Finding, Verdict, Witness
from policydsl.review.landscape import landscape, lifetime
from policydsl.review.registry import check
from policydsl.review.witnesses import case_for, numbers, shown
from policydsl.review.words import facts_text, points_text, range_text
from policydsl.scoring.ranges import Range
from policydsl.wording.facts import expressions_of

MOST_ITEMS = 60
SECONDS = 10.0
"""Schemes of so many items are asked for their best cases, for so long."""


@check(
    "R601", "sums", "各部分满分之和等于写明的满分", "the parts add up to the declared full marks"
)
def parts_add_up(context: Context) -> Iterator[Finding]:
    """A sum that is wrong is M208, an error: the policy cannot be scored.  So these hold."""
    for root in context.policy.roots:
        for clause in root.walk():
            if not clause.children or not isinstance(clause.full_marks, Fraction):
                continue
            for unit, total, parts in maxima(clause):
                known = sum(parts, Fraction(0))
                shown_parts = " + ".join(map(points_text, parts)) or "0"
                name = (f"（{unit}）", f" ({unit})") if unit else ("", "")
                details: dict[str, Any] = {
                    "declared": points_text(clause.full_marks),
                    "parts": shown_parts,
                    "total": points_text(known),
                    "unit": name,
                }
                at = attribute(clause, "FULL_MARKS")
                text = f"{shown_parts} = {points_text(known)}"
                witness = numbers(text, text, declared=clause.full_marks, total=known)
                if total == clause.full_marks:
                    yield context.finding(
                        "R601", "proved", clause, at=at, witness=witness, **details
                    )
                elif total is None and known > clause.full_marks:
                    yield context.finding(
                        "R601", "refuted", clause, at=at, witness=witness, **details
                    )


@check("R602", "sums", "写明的上限够得着", "every stated cap can be reached")
def caps_reached(context: Context) -> Iterator[Finding]:
    """A cap above what the parts or the full marks allow says nothing, or is a slip."""
    for clause in context.policy.clauses.values():
        if isinstance(clause.cap, Fraction):
            most = _most_below(clause)
            if most is not None and most < clause.cap:
                yield _cap(context, clause, clause.cap, most)
        if not clause.is_item:
            continue
        limit = clause.declared_maximum
        if not isinstance(limit, Fraction):
            continue
        for rule in clause.rules:
            caps = [x.value for x in rule.modifiers if isinstance(x, r.PointsCap)]
            if caps and _awards(rule) and caps[0] > limit:
                yield _cap(context, clause, caps[0], limit, rule)


def _cap(
    context: Context, clause: Clause, cap: Fraction, most: Fraction, rule: r.Rule | None = None
) -> Finding:
    at = attribute(clause, "CAP") if rule is None else rule.node
    witness = numbers(
        f"上限 {points_text(cap)} 分，至多 {points_text(most)} 分",
        f"the cap is {points_text(cap)}, the most is {points_text(most)}",
        cap=cap,
        most=most,
    )
    return context.finding(
        "R602", "refuted", clause, at=at, witness=witness,
        cap=points_text(cap), most=points_text(most),
    )  # fmt: skip


def _awards(rule: r.Rule) -> bool:
    action = rule.action
    if isinstance(action, (r.Flat, r.PerStep, r.Discretionary)):
        return action.sign > 0
    return isinstance(action, (r.Tiers, r.Matrix, r.Combined))


def _most_below(clause: Clause) -> Fraction | None:
    """What full marks or parts allow at most; ``None`` where that is not stated."""
    if isinstance(clause.full_marks, Fraction):
        return clause.full_marks
    if not clause.children or clause.rules or clause.start is not None:
        return None
    totals = [total for _, total, _ in maxima(clause)]
    known = [t for t in totals if t is not None]
    return max(known) if known and len(known) == len(totals) else None


@check("R603", "sums", "满分够得着", "the full marks can be reached")
def full_marks_reached(context: Context) -> Iterator[Finding]:
    """The best case of each item, scored; what its rules give at most against what it declares."""
    for item in context.policy.items:
        declared = item.declared_maximum
        if not isinstance(declared, Fraction) or item.open or not item.rules:
            continue
        place = landscape(context, item)
        if not place.known:
            continue
        # what a deduction group takes at most is the most negative sum
        best = place.lowest() if place.deducts else place.highest()
        if best is None:
            continue
        ends = [
            (-x.low if x.low is not None else None) if place.deducts else x.high
            for x in (best.value, best.raw)
        ]
        if None in ends:
            continue
        # limits may lift a sum (最低, 下限), and cut it: what is cut was reached
        reached = max(x for x in ends if x is not None)
        case = case_for(context, item, best.facts)
        seen = shown(context, case, item)
        facts = facts_text(context, best.facts)
        if any(lifetime(axis.fact) == best.facts[axis.fact.name] for axis in place.axes):
            facts = (f"{facts[0]}（时间至多按 60 年算）", f"{facts[1]} (times of 60 years at most)")
        value = range_text(best.value)
        witness = Witness(
            (f"最好的情形：{facts[0] or '没有条件'}，得 {value[0]}",
             f"at best: {facts[1] or 'no condition'}: {value[1]}"),
            () if seen is None else (seen,), {"declared": declared, "most": reached},
        )  # fmt: skip
        details: dict[str, Any] = {"declared": points_text(declared), "most": points_text(reached)}
        if reached >= declared:
            yield context.finding("R603", "proved", item, witness=witness, **details)
        elif place.settled:
            yield context.finding("R603", "refuted", item, witness=witness, **details)
        else:
            why = ("没有试遍所有的情形", "not all cases were tried")
            yield context.finding("R603", "undecided", item, witness=witness, why=why, **details)
    yield from _wholes(context)


def _wholes(context: Context) -> Iterator[Finding]:
    """The same for groups and the total: two indicators may not both be at their best.

    Asked of the prover, for points schemes whose text leaves nothing open.
    """
    policy = context.policy
    if policy.kind != "scheme" or any(c.open for c in policy.clauses.values()):
        return
    groups = [
        c for c in policy.clauses.values()
        if not c.is_item and c.children and isinstance(c.full_marks, Fraction)
        and c.kind in ("group", "root") and len(policy.items) <= MOST_ITEMS
    ]  # fmt: skip
    if not groups:
        return
    from policydsl.review.proving.asking import extremes

    try:
        found = extremes(
            policy, [c.id or None for c in groups], seconds=SECONDS, go_on=context.go_on
        )
    except PolicyError:
        return  # what cannot be planned is told by the prover itself (policydsl prove)
    for clause, extreme in zip(groups, found, strict=False):
        declared, bound = clause.full_marks, extreme.most
        if not isinstance(declared, Fraction) or bound.value is None or bound.person is None:
            continue
        case = bound.person.case
        seen = shown(context, case, clause)
        facts = facts_text(context, case.facts)
        value = range_text(Range.exactly(bound.value))
        witness = Witness(
            (f"最好的情形：{facts[0]}，得 {value[0]}", f"at best: {facts[1]}: {value[1]}"),
            () if seen is None else (seen,),
            {"declared": declared, "most": bound.value},
        )
        verdict: Verdict = bound.verdict
        if verdict == "proved":
            verdict = "proved" if bound.value >= declared else "refuted"
        yield context.finding(
            "R603", verdict, clause, witness=witness, why=bound.why,
            declared=points_text(declared), most=points_text(bound.value),
        )  # fmt: skip


@check("R604", "sums", "同一规定不重复计分", "nothing is scored twice")
def nothing_twice(context: Context) -> Iterator[Finding]:
    """The same rule over the same facts in two places that count for one case."""
    seen: dict[object, list[tuple[Clause, r.Rule]]] = {}
    for item in context.policy.items:
        for rule in item.rules:
            names = sorted({name for name, _ in e.facts_of(tuple(_reads(rule)))})
            if not names or isinstance(rule.action, (r.OpenRule, r.Discretionary, r.Veto)):
                continue
            before = seen.setdefault((rule.condition, rule.action, rule.modifiers), [])
            first = next((x for x in before if concerned(context, x[0], item)), None)
            if first is not None:
                fact = "、".join(names)
                yield context.finding(
                    "R604", "refuted", item, at=rule.node, also=(first[1].node,),
                    other=context.label(first[0]), fact=fact,
                    witness=numbers(
                        f"两处都按“{fact}”计分，算法相同",
                        f"both score “{fact}” in the same way", first=first[0].id, second=item.id,
                    ),
                )  # fmt: skip
            before.append((item, rule))


def _reads(rule: r.Rule) -> Iterator[object]:
    for each in r.nested(rule):
        yield each.condition
        yield expressions_of(each.action)
