"""What an editor shows within the lines: sums, and what can be reached at most."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from policydsl.editors.service.analysis import Analysis
from policydsl.language import nodes as n
from policydsl.language.nodes import Span
from policydsl.model.kinds import maxima
from policydsl.model.policy import Clause
from policydsl.review.findings import Review
from policydsl.review.fixing.mending import Looked
from policydsl.review.landscape import landscape
from policydsl.scoring.ranges import show_points

Hint = tuple[int, str, str]
"""(offset, label, tooltip)."""


def hints(analysis: Analysis, wanted: Span) -> list[Hint]:
    """What the parts of clauses add up to and can reach, beside what they declare."""
    result: list[Hint] = []
    for document in analysis.documents:
        policy = analysis.policies.get(document.id.text)
        if policy is None:
            continue
        most = analysis.most.get(policy.id, {})
        for clause in policy.clauses.values():
            node = clause.node
            if not isinstance(node, (n.Clause, n.Document)) or id(node) not in analysis.text.own:
                continue
            if wanted.start <= node.span.start < wanted.end:
                result.extend(_sum(node, clause))
                result.extend(_most(node, clause, most.get(clause.id)))
    return result


def _at(node: n.Clause | n.Document) -> int:
    name = node.id if isinstance(node, n.Document) else node.name
    return node.span.start if name is None else name.span.end


def _sum(node: n.Clause | n.Document, clause: Clause) -> Iterator[Hint]:
    if not clause.children:
        return
    at = _at(node)
    sums = {total for _, total, parts in maxima(clause) if parts}
    if len(sums) != 1:
        return
    total = sums.pop()
    if total is None:
        yield at, " ∑ 未载明", "有的部分没有写明分值 · some parts have no stated points"
        return
    declared = clause.declared_maximum
    same = isinstance(declared, Fraction) and declared == total
    mark = " ✓" if same else ("" if declared is None else " ≠ 写明的分")
    tip = f"各部分合计 {show_points(total)} 分 · the parts add up to {show_points(total)} points"
    yield at, f" ∑ {show_points(total)} 分{mark}", tip


def _most(node: n.Clause | n.Document, clause: Clause, most: Fraction | None) -> Iterator[Hint]:
    declared = clause.declared_maximum
    if most is None or most == declared:
        return
    shown = show_points(most)
    tip = f"按规则至多得 {shown} 分 · its rules give {shown} points at most"
    if isinstance(declared, Fraction):
        told = show_points(declared)
        tip = (
            f"写明 {told} 分，按规则至多得 {shown} 分 · declared {told}, attainable {shown} points"
        )
    yield _at(node), f" ≤ {shown} 分", tip


def attainable(looked: Looked) -> dict[str, dict[str, Fraction]]:
    """For each document what its clauses can reach at most.

    As the review proved it; of items that declare nothing, the best case of the exact evaluator.
    """
    return {
        review.id: dict(_of_review(review)) | dict(_undeclared(looked, review))
        for _, review in looked.reviews
    }


def _of_review(review: Review) -> Iterator[tuple[str, Fraction]]:
    for finding in review.findings:
        if finding.code == "R603" and finding.verdict != "undecided" and finding.witness:
            most = finding.witness.numbers.get("most")
            declared = finding.witness.numbers.get("declared")
            if isinstance(most, Fraction) and isinstance(declared, Fraction):
                # limits cut off what the rules give beyond the declared
                yield finding.clause, min(most, declared)


def _undeclared(looked: Looked, review: Review) -> Iterator[tuple[str, Fraction]]:
    for context, other in looked.reviews:
        if other is not review:
            continue
        for item in context.policy.items:
            if item.declared_maximum is not None or item.open or not item.rules:
                continue
            place = landscape(context, item)
            best = place.highest() if place.known and place.settled and not place.deducts else None
            bounded = not any(axis.open_ended for axis in place.axes)
            if best is not None and best.value.is_exact and bounded:
                yield item.id, best.value.value
