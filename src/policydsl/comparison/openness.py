"""What a part leaves open, in words: all of it, or the points of one case."""

from __future__ import annotations

from collections.abc import Sequence

from policydsl.comparison.schemes import Element, Scheme, is_open
from policydsl.language.keywords import Language
from policydsl.model import expressions as e
from policydsl.model import rules as r
from policydsl.versions.effects.words import Pair
from policydsl.wording.sentences import condition_text

ALL: Pair = ("未载明", "not stated")
STATED: Pair = ("写明", "stated")
_LIMITS: tuple[tuple[str, Pair], ...] = (
    ("full_marks", ("满分", "full marks")),
    ("cap", ("最高分", "cap")),
    ("floor", ("最低分", "floor")),
    ("start", ("起评分", "start")),
)
_LANGUAGES: tuple[Language, Language] = ("zh", "en")


def left_open(cell: Sequence[Element], schemes: Sequence[Scheme]) -> Pair:
    """What the parts of a cell leave open: ``STATED``, ``ALL``, or what it is."""
    found = [_of(element, schemes[element.scheme]) for element in cell if element.open]
    if not found:
        return STATED
    if len(found) == len(cell) and all(x is None for x in found):
        return ALL
    zh = list(dict.fromkeys(text[0] for x in found if x for text in x))
    en = list(dict.fromkeys(text[1] for x in found if x for text in x))
    whole = sum(x is None for x in found)
    if whole:
        zh.insert(0, f"{whole}/{len(cell)} 项")
        en.insert(0, f"{whole} of {len(cell)} items")
    return f"{'、'.join(zh)}未载明", f"{', '.join(en)} not stated"


def _of(element: Element, scheme: Scheme) -> list[Pair] | None:
    """What a part leaves open; ``None`` for all of it."""
    rules = [inner for rule in element.clause.rules for inner in r.nested(rule)]
    whole = all(isinstance(x.action, r.OpenRule) and x.condition is None for x in rules)
    trigger = any(isinstance(y, e.UnknownTrigger) for x in rules for y in e.walk(x.condition))
    if whole or (trigger and all(_amount_open(x) for x in rules)):
        return None
    found = [words for name, words in _LIMITS if is_open(getattr(element.clause, name))]
    if trigger:
        found.append(("适用情形", "when it applies"))
    for rule in rules:
        if _amount_open(rule) and not isinstance(rule.action, (r.Combined, r.Tiers)):
            found.append(_case(rule, scheme))
    return found


def _amount_open(rule: r.Rule) -> bool:
    action = rule.action
    if isinstance(action, r.OpenRule):
        return True
    if isinstance(action, r.Matrix):
        return any(isinstance(cell, r.OpenPoints) for row in action.cells for cell in row)
    return isinstance(action, (r.Flat, r.PerStep)) and isinstance(action.points, r.OpenPoints)


def _case(rule: r.Rule, scheme: Scheme) -> Pair:
    if rule.condition is None:
        return "分值", "points"
    zh, en = (condition_text(rule.condition, scheme.policy, x) for x in _LANGUAGES)
    return f"{zh}的分值", f"points where {en}"
