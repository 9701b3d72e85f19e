"""Witnesses: cases that show a finding, scored by the exact evaluator before they are told."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from policydsl.language.diagnostics import PolicyError
from policydsl.model.expressions import Constant
from policydsl.model.policy import Clause, Member
from policydsl.review.context import Context
from policydsl.review.findings import Pair, Shown, Witness
from policydsl.scoring.cases import Case
from policydsl.scoring.exact import Score
from policydsl.scoring.ranges import ZERO, Range


def case_for(
    context: Context,
    clause: Clause | None,
    facts: Mapping[str, Constant],
    members: tuple[Member, ...] = (),
    id_: str = "例",
) -> Case:
    """A case that a clause is scored for: of its unit and schedule, else of the first ones."""
    roots = context.policy.roots
    chain = context.around(clause) if clause is not None else (roots[0],)
    root = chain[-1]
    unit = next((c.label for c in chain if c.kind == "unit"), None)
    if unit is None:
        unit = next((c.label for c in root.children if c.kind == "unit"), None)
    entity = (root.entity or root.label) if len(roots) > 1 else None
    return Case(id_, dict(facts), unit, entity, members)


def score(context: Context, case: Case) -> Score | None:
    """The exact score of a case; ``None`` where it cannot be scored (a required fact lacks)."""
    try:
        return context.evaluator.score(case)
    except PolicyError:
        return None


def points(context: Context, case: Case, clause: Clause | None) -> Range | None:
    """What a clause (``None``: the total) gives in a case."""
    found = score(context, case)
    if found is None:
        return None
    if clause is None or clause.kind == "root":
        return found.total
    return found.parts.get(clause.id, ZERO)


def shown(
    context: Context, case: Case, clause: Clause | None, label: Pair = ("", "")
) -> Shown | None:
    """The case with its exact score; ``None`` where it cannot be scored."""
    value = points(context, case, clause)
    if value is None:
        return None
    own = None if clause is None or clause.kind == "root" else clause.id
    return Shown(case, own, value, label)


def numbers(zh: str, en: str, **values: Fraction | int | str | None) -> Witness:
    """A witness that is nothing but numbers."""
    return Witness(
        (zh, en), (), {k: Fraction(v) if isinstance(v, int) else v for k, v in values.items()}
    )
