"""未载明: maxima, rules, amounts and limits of time that the text does not state."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from policydsl.language import nodes as n
from policydsl.model import expressions as e
from policydsl.model import rules as r
from policydsl.model.policy import Clause
from policydsl.review.context import Context, attribute
from policydsl.review.findings import Finding, Pair, Witness
from policydsl.review.landscape import Point, landscape, rules_of, widest_of
from policydsl.review.registry import check
from policydsl.review.witnesses import case_for, numbers, shown
from policydsl.review.words import facts_text, percent, points_text, range_text
from policydsl.wording.sentences import declared_in

NAMED = 6
"""So many items without a rule are named in one finding; each has one of its own."""
_LIMITS: dict[str, Pair] = {
    "full_marks": ("满分", "full marks"),
    "cap": ("上限", "cap"),
    "floor": ("下限", "floor"),
    "start": ("起评分", "start"),
}


def _spread(context: Context, clause: Clause) -> Witness:
    """What one knows of a score while this is open: its widest range, scored."""
    widest: Point | None = None
    if clause.is_item:
        place = landscape(context, clause)
        widest = widest_of(place) if place.known else None
    if widest is None:
        text = ("缺这个数，算不出准确的分", "without it no exact score can be worked out")
        return Witness(text)
    found = shown(context, case_for(context, clause, widest.facts), clause)
    # the evaluator knows bounds that the item alone does not (the full marks of its group)
    value = range_text(widest.value if found is None else found.points)
    facts = facts_text(context, widest.facts)
    text = (f"得分只知道是 {value[0]}", f"all one knows of the score: {value[1]}")
    if facts[0]:
        text = (f"{facts[0]}：{text[0]}", f"{facts[1]}: {text[1]}")
    return Witness(text, () if found is None else (found,))


@check("R650", "openness", "满分、上限、下限都写明了", "full marks, caps and floors are stated")
def limits_are_stated(context: Context) -> Iterator[Finding]:
    """满分 未载明 and the like."""
    for clause in context.policy.clauses.values():
        for key, name in _LIMITS.items():
            if isinstance(getattr(clause, key), r.OpenPoints):
                yield context.finding(
                    "R650", "refuted", clause, at=attribute(clause, key.upper()), what=name,
                    witness=_spread(context, clause),
                )  # fmt: skip


@check("R651", "openness", "每一项都有计分规则", "every item has a rule")
def items_have_rules(context: Context) -> Iterator[Finding]:
    """An item with points and no way to earn or to lose them."""
    for item in context.policy.items:
        if _without_rule(item):
            worth = item.declared_maximum
            points = (
                (f"{points_text(worth)} 分", f"{points_text(worth)} points")
                if isinstance(worth, Fraction)
                else ("分值", "points")
            )
            at = item.rules[0].node if item.rules else None
            yield context.finding(
                "R651", "refuted", item, at=at, worth=points, witness=_spread(context, item)
            )


def _without_rule(item: Clause) -> bool:
    return not item.rules or all(isinstance(rule.action, r.OpenRule) for rule in item.rules)


@check("R652", "openness", "规则里的数都写明了", "the figures of rules are stated")
def amounts_are_stated(context: Context) -> Iterator[Finding]:
    """扣 未载明, a trigger that is not stated, an open cell of a table."""
    for clause in context.policy.clauses.values():
        for rule in rules_of(clause):
            if isinstance(rule.action, r.OpenRule) and clause.is_item and _without_rule(clause):
                continue  # the whole item: R651
            what = _open_part(rule)
            if what is not None:
                yield context.finding(
                    "R652", "refuted", clause, at=rule.node, what=what,
                    witness=_spread(context, clause),
                )  # fmt: skip


def _open_part(rule: r.Rule) -> Pair | None:
    action = rule.action
    if isinstance(action, r.OpenRule):
        return ("得几分", "the points")
    if isinstance(action, (r.Flat, r.PerStep)) and isinstance(action.points, r.OpenPoints):
        return ("扣几分", "the deduction") if action.sign < 0 else ("加几分", "the award")
    if isinstance(action, r.Matrix) and any(
        isinstance(cell, r.OpenPoints) for row in action.cells for cell in row
    ):
        return ("表里的分值", "a cell of the table")
    trigger = any(isinstance(x, e.UnknownTrigger) for x in e.walk(rule.condition))
    if trigger and not isinstance(action, r.Veto):
        return ("什么情形适用", "when it applies")
    return None


@check("R653", "openness", "没有规则的分只占小部分", "most points have a rule")
def share_without_rules(context: Context) -> Iterator[Finding]:
    """Items without a rule: how many, and their share of the points of each schedule."""
    for root in context.policy.roots:
        tables = [c for c in root.children if c.kind == "unit"] or [root]
        items = [c for part in tables for c in part.walk() if c.is_item]
        bare = [c for c in items if _without_rule(c)]
        if not bare:
            continue
        worth, whole = _points(bare), _points(items)
        share = percent(worth, whole)
        amount = (
            (f"，{points_text(whole)} 分中的 {points_text(worth)} 分（{share}%）",
             f", {points_text(worth)} of {points_text(whole)} points ({share}%)")
            if whole else ("", "")
        )  # fmt: skip
        left = len(bare) - NAMED
        more = ("", "") if left <= 0 else (f" 等 {len(bare)} 项", f"; and {left} more")
        yield context.finding(
            "R653", "refuted", root, bare=str(len(bare)), items=str(len(items)), amount=amount,
            witness=numbers(
                "、".join(context.label(c)[0] for c in bare[:NAMED]) + more[0],
                "; ".join(context.label(c)[1] for c in bare[:NAMED]) + more[1],
                bare=len(bare), items=len(items), points=worth, all=whole,
            ),
        )  # fmt: skip


def _points(items: list[Clause]) -> Fraction:
    return sum(
        (c.declared_maximum for c in items if isinstance(c.declared_maximum, Fraction)), Fraction(0)
    )


@check(
    "R654",
    "openness",
    "日期、期限、名额、权重都写明了",
    "dates, limits, places and weights are stated",
)
def procedure_is_stated(context: Context) -> Iterator[Finding]:
    """What the document itself writes as 未载明 outside its points."""
    policy = context.policy
    document = policy.document
    nodes = {} if document is None else {a.key: a for a in document.attributes}
    for key, period, name in (
        ("ISSUED", policy.meta.issued, ("印发日期", "date of issue")),
        ("IN_FORCE", policy.meta.in_force, ("施行日期", "date of taking effect")),
        ("EXPIRES", policy.meta.expires, ("有效期", "end of validity")),
    ):
        if period is not None and period.open:
            yield _open(context, None, name, nodes.get(key))
    names = [deadline.name for deadline in policy.deadlines]
    for deadline in policy.deadlines:
        # where one matter has several limits, R673 tells
        if deadline.number is None and deadline.date is None and names.count(deadline.name) == 1:
            name = (f"期限“{deadline.name}”", f"the limit “{deadline.name}”")
            yield _open(context, _at(context, deadline.clause), name, deadline.node)
    for scene in policy.scenes:
        if n.Quota in declared_in(scene) and scene.quota is None and scene.quota_set_by is None:
            yield _open(context, scene.clause, ("名额", "the number of places"), scene.clause.node)
    for blend in policy.blends:
        for part in blend.parts:
            if part.weight is None:
                name = (f"“{part.text}”的权重", f"the weight of “{part.text}”")
                yield _open(context, blend.clause, name, blend.clause.node)
    for clause in policy.clauses.values():
        if clause.conversion is not None and clause.conversion[0] is None:
            at = attribute(clause, "CONVERSION")
            yield _open(context, clause, ("折算办法", "the conversion"), at)


def _at(context: Context, clause: str | None) -> Clause | None:
    return None if clause is None else context.policy.clauses.get(clause)


def _open(context: Context, clause: Clause | None, what: Pair, at: n.Node | None) -> Finding:
    return context.finding(
        "R654", "refuted", clause, at=at, what=what,
        witness=Witness((f"{what[0]}：未载明", f"{what[1]}: not stated")),
    )  # fmt: skip
