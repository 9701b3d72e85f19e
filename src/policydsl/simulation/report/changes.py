"""What a draft changes, clause by clause, in official wording."""

from __future__ import annotations

from dataclasses import dataclass

from policydsl.language.diagnostics import PolicyError, visible
from policydsl.language.keywords import Language
from policydsl.model.policy import Policy
from policydsl.scoring.results import pick
from policydsl.simulation.drafts import Version
from policydsl.versions.comparing import STATUS_WORDS, ClauseState, Row, compare_editions
from policydsl.versions.history import build
from policydsl.versions.lineage import Lineage
from policydsl.versions.rendering import rows_of
from policydsl.wording.sentences import clause_text, deadline_text, duty_text, scene_text


@dataclass(frozen=True)
class Changed:
    """A clause that a draft changes: its wording before and after (empty: it is not there).

    ``effects`` say what the change does, ``reason`` what the draft says of it.  ``scores``:
    whether points or places can change by it.
    """

    title: str
    status: str
    before: str
    after: str
    effects: tuple[str, ...]
    reason: str
    scores: bool


def changed_clauses(base: Version, draft: Version, language: Language) -> list[Changed]:
    """The clauses that are not as they were, in the order of the draft."""
    old, new = base.policy, draft.policy
    found = compare_editions(old, new, _lineage(base, draft))
    made = []
    for row in rows_of(found):
        if row.kind == "document" and not row.effects:
            continue  # that a draft has another title is no change of a clause
        states = row.new or row.old
        effects = tuple(
            visible(effect.zh if language == "zh" else effect.en)
            for effect in row.effects
            if effect.changed
        )
        words = [pick(language, *STATUS_WORDS[status]) for status in row.statuses]
        made.append(
            Changed(
                "、".join(visible(state.title) for state in states),
                "、".join(words) if language == "zh" else ", ".join(words),
                "\n".join(_wording(row, state, old, language) for state in row.old),
                "\n".join(_wording(row, state, new, language) for state in row.new),
                effects,
                visible(row.reason or ""),
                row.kind not in ("deadline", "duty"),
            )
        )
    return made


def _lineage(base: Version, draft: Version) -> Lineage | None:
    """What the documents themselves say of their clauses, reasons included."""
    try:
        return build(draft.library).between(base.policy.id, draft.policy.id)
    except (PolicyError, KeyError):
        return None  # handed in by a program: clauses are matched by what they say


def _wording(row: Row, state: ClauseState, policy: Policy, language: Language) -> str:
    if row.kind == "scene":
        scenes = [s for s in policy.scenes if s.clause.id == state.id]
        return visible(scene_text(scenes[0], policy, language)) if scenes else ""
    if row.kind == "deadline":
        deadlines = [d for d in policy.deadlines if d.name == state.title]
        return visible(deadline_text(deadlines[0], policy, language)) if deadlines else ""
    if row.kind == "duty":
        duties = [
            duty_text(d, policy, language)
            for d in policy.duties
            if state.title in duty_text(d, policy, language)
        ]
        return visible(duties[0]) if duties else ""
    clause = policy.clauses.get(state.id)
    return "" if clause is None or not state.id else visible(clause_text(clause, policy, language))
