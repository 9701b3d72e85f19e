"""酌情: points that an assessor decides without a bound, and their share of all points."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from policydsl.model import rules as r
from policydsl.model.policy import Clause
from policydsl.review.context import Context
from policydsl.review.findings import Finding, Witness
from policydsl.review.landscape import landscape, rules_of, widest_of
from policydsl.review.registry import check
from policydsl.review.witnesses import case_for, numbers, shown
from policydsl.review.words import facts_text, percent, points_text, range_text


def unbounded_rules(clause: Clause) -> list[r.Rule]:
    """The discretionary rules of a clause whose amount nothing bounds but the item itself."""
    found = []
    for rule in rules_of(clause):
        action = rule.action
        judged = isinstance(action, r.Discretionary) or (
            isinstance(action, r.PerStep) and action.points is None
        )
        if judged and not any(isinstance(m, r.PointsCap) for m in rule.modifiers):
            found.append(rule)
    return found


@check("R630", "discretion", "酌情有幅度", "discretion is bounded")
def discretion_is_bounded(context: Context) -> Iterator[Finding]:
    """酌情扣分 or 酌情加分 without 最高 N 分: from nothing to everything that the item holds."""
    for item in context.policy.items:
        rules = unbounded_rules(item)
        if not rules:
            continue
        limit = item.declared_maximum
        whole = limit if isinstance(limit, Fraction) else None
        worth = (
            (f"本项 {points_text(whole)} 分", f"the {points_text(whole)} points of the item")
            if whole is not None
            else ("没有上限的分", "points without a limit")
        )
        yield context.finding(
            "R630", "refuted", item, at=rules[0].node, worth=worth,
            witness=_spread(context, item),
        )  # fmt: skip


def _spread(context: Context, item: Clause) -> Witness:
    """The case whose score the assessor decides most freely."""
    place = landscape(context, item)
    widest = widest_of(place) if place.known else None
    if widest is None:
        return Witness(("分数由评定人决定", "an assessor decides the points"))
    found = shown(context, case_for(context, item, widest.facts), item)
    value = range_text(widest.value if found is None else found.points)
    facts = facts_text(context, widest.facts)
    who = (f"{facts[0]}：", f"{facts[1]}: ") if facts[0] else ("", "")
    return Witness(
        (f"{who[0]}得 {value[0]}，全凭评定", f"{who[1]}{value[1]}, as one judges"),
        () if found is None else (found,),
    )


@check("R631", "discretion", "酌情的分只占小部分", "most points do not depend on discretion")
def share_of_discretion(context: Context) -> Iterator[Finding]:
    """The full marks of items at discretion as a share of all items', and the units wholly so."""
    for root in context.policy.roots:
        tables = [c for c in root.children if c.kind == "unit"]
        parts = tables or [root]
        items = [
            c
            for part in parts
            for c in part.walk()
            if c.is_item and not any(x.kind in ("bonus", "deductions") for x in context.around(c))
        ]
        judged = [c for c in items if c.discretionary and unbounded_rules(c)]
        if not judged:
            continue
        all_points, judged_points = _points(items), _points(judged)
        wholly = [
            t
            for t in tables
            if all(c.discretionary and unbounded_rules(c) for c in t.walk() if c.is_item)
        ]
        share = percent(judged_points, all_points)
        units = (
            (f"，{len(tables)} 个单位中有 {len(wholly)} 个全部酌情",
             f"; {len(wholly)} of {len(tables)} units wholly so")
            if tables else ("", "")
        )  # fmt: skip
        names = "、".join(c.label for c in wholly)
        yield context.finding(
            "R631", "refuted", root, judged=str(len(judged)), items=str(len(items)),
            points=points_text(judged_points), all=points_text(all_points), share=share,
            units=units,
            witness=numbers(
                names or "、".join(context.label(c)[0] for c in judged[:10]),
                names or "; ".join(context.label(c)[1] for c in judged[:10]),
                judged=len(judged), items=len(items), points=judged_points, all=all_points,
                share=share, units=len(tables), wholly=len(wholly),
            ),
        )  # fmt: skip


def _points(items: list[Clause]) -> Fraction:
    return sum(
        (c.declared_maximum for c in items if isinstance(c.declared_maximum, Fraction)), Fraction(0)
    )
