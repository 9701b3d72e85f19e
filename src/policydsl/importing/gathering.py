"""What an import gathers on its way."""

from __future__ import annotations

from dataclasses import dataclass, field

from policydsl.importing.drafts import ByHand, Draft, Guess, Sum


@dataclass
class Made:
    """Drafts of clauses, statements for the head, types of facts, and what there is to tell."""

    drafts: list[Draft]
    attributes: list[str]
    facts: dict[str, str]
    sums: list[Sum]
    guesses: list[Guess]
    by_hand: list[ByHand]
    statements: list[str] = field(default_factory=list)
    """Statements behind the clauses: limits of time, duties."""
