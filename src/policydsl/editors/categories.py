"""Which keywords belong together, as the headings of ``grammar/10_keywords.lark`` say."""

from __future__ import annotations

import re
from functools import cache
from types import MappingProxyType
from typing import Literal

from policydsl.language.keywords import grammar_files, keyword_table

Category = Literal["document", "clause", "attribute", "rule", "condition", "other"]

_HEADING = re.compile(r"^// -- ([^:\n]+)", re.M)
_TERMINAL = re.compile(r"^([A-Z_]+)(?:\.-?\d+)?:", re.M)

# Headings that have a colour of their own; the words under the others share one.
CATEGORIES: dict[str, Category] = {
    "kinds of document": "document",
    "what a document says of itself": "attribute",
    "clauses": "clause",
    "attributes of a clause": "attribute",
    "rules": "rule",
    "modifiers of a rule": "rule",
    "conditions": "condition",
    "amendments and assumption sets": "clause",
}


@cache
def headings() -> tuple[str, ...]:
    """The headings of the keyword table, in their order."""
    return tuple(_HEADING.findall(dict(grammar_files())["10_keywords.lark"]))


@cache
def categories() -> MappingProxyType[str, Category]:
    """Every spelling of every keyword → its category."""
    text = dict(grammar_files())["10_keywords.lark"]
    marks = [(found.start(), found[1]) for found in _HEADING.finditer(text)]
    found: dict[str, Category] = {}
    for terminal in _TERMINAL.finditer(text):
        heading = next((name for start, name in reversed(marks) if start < terminal.start()), "")
        for word in keyword_table().get(terminal[1], ()):
            found[word] = CATEGORIES.get(heading, "other")
    return MappingProxyType(found)
