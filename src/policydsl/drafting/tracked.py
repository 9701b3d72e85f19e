"""Two texts as one with marked changes: accepted it reads as the new one, rejected as the old.

Paragraphs are paired by the clauses that they come from, then by likeness; inside a pair the
changes are marked by words, numbers whole (3 → 5, never 3% → 5%'s first digit).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from policydsl.drafting.paper import Change, Paragraph, Run

_TOKEN = re.compile(r"\d+(?:\.\d+)?[%‰]?|[A-Za-z]+|[^\S\n]+|.", re.DOTALL)
ALIKE = 0.4
"""From this likeness on two paragraphs are shown as one with changes inside."""

Token = tuple[str, bool, bool, bool]


def tracked(
    old: Sequence[Paragraph],
    new: Sequence[Paragraph],
    same: Callable[[str], str] = lambda key: key,
) -> list[Paragraph]:
    """The paragraphs of both with marks; ``same`` leads keys of the old text to the new one's."""
    left = [_anchor(p, same) for p in old]
    right = [_anchor(p, lambda key: key) for p in new]
    result: list[Paragraph] = []
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            result += [merged_text(a, b) for a, b in zip(old[i1:i2], new[j1:j2], strict=True)]
        else:
            result += _between(old[i1:i2], new[j1:j2])
    return result


def _anchor(paragraph: Paragraph, same: Callable[[str], str]) -> tuple[str, str]:
    if paragraph.key is not None:
        return "key", same(paragraph.key)
    return paragraph.kind, re.sub(r"^（?[一二三四五六七八九十\d]+[、）.]", "", paragraph.text)


def _between(old: Sequence[Paragraph], new: Sequence[Paragraph]) -> list[Paragraph]:
    """Paragraphs that no clause pairs: alike ones in order, the others out or in."""
    result: list[Paragraph] = []
    start = 0
    for b in new:
        near = [
            (ratio, i)
            for i in range(start, len(old))
            if old[i].kind == b.kind and (ratio := likeness(old[i].text, b.text)) >= 0.6
        ]
        if near and b.key is None:
            _, best = max(near, key=lambda found: (found[0], -found[1]))
            result += [_all(p, "delete") for p in old[start:best]]
            result.append(merged_text(old[best], b))
            start = best + 1
        else:
            result.append(_all(b, "insert"))
    return result + [_all(p, "delete") for p in old[start:]]


def likeness(a: str, b: str) -> float:
    """From 0 to 1: how much two texts have in common."""
    return difflib.SequenceMatcher(None, a, b, autojunk=False).ratio()


def _all(paragraph: Paragraph, change: Change) -> Paragraph:
    runs = tuple(replace(run, change=change) for run in paragraph.runs)
    return replace(paragraph, runs=runs, change=change)


def merged_text(old: Paragraph, new: Paragraph) -> Paragraph:
    """One paragraph with the changes from one to the other."""
    return replace(new, runs=marked(old.runs, new.runs))


def marked(old: Sequence[Run], new: Sequence[Run]) -> tuple[Run, ...]:
    """The runs of both texts, those of only one of them marked."""
    left, right = tokens(old), tokens(new)
    matcher = difflib.SequenceMatcher(None, [t[0] for t in left], [t[0] for t in right], False)
    if left != right and matcher.ratio() < ALIKE:
        return (*runs_of(left, "delete"), *runs_of(right, "insert"))
    result: list[Run] = []
    for tag, i1, i2, j1, j2 in _quiet(matcher.get_opcodes()):
        if tag == "equal":
            result += runs_of(right[j1:j2], None)
        else:
            result += runs_of(left[i1:i2], "delete")
            result += runs_of(right[j1:j2], "insert")
    return tuple(result)


Opcode = tuple[str, int, int, int, int]


def _quiet(opcodes: Iterable[Opcode]) -> list[Opcode]:
    """Opcodes in which a single character that stays between two changes goes with them."""
    codes = list(opcodes)
    result: list[Opcode] = []
    for k, (tag, i1, i2, j1, j2) in enumerate(codes):
        inside = 0 < k < len(codes) - 1
        if tag == "equal" and inside and i2 - i1 == 1:
            tag = "replace"
        if tag != "equal" and result and result[-1][0] != "equal":
            last = result.pop()
            i1, j1 = last[1], last[3]
            tag = "replace"
        result.append((tag, i1, i2, j1, j2))
    return result


def tokens(runs: Iterable[Run]) -> list[Token]:
    """Words of runs with their look: numbers whole, Chinese characters one by one."""
    return [
        (piece, run.blank, run.strong, run.fang)
        for run in runs
        for piece in _TOKEN.findall(run.text)
    ]


def runs_of(pieces: Sequence[Token], change: Change | None) -> list[Run]:
    """Runs of one look each."""
    result: list[Run] = []
    for text, blank, strong, fang in pieces:
        last = result[-1] if result else None
        if last is not None and (last.blank, last.strong, last.fang) == (blank, strong, fang):
            result[-1] = replace(last, text=last.text + text)
        else:
            result.append(Run(text, change, blank, strong, fang))
    return result


def accepted(paragraphs: Iterable[Paragraph]) -> list[str]:
    """The texts when all changes are accepted."""
    return _without(paragraphs, "delete")


def rejected(paragraphs: Iterable[Paragraph]) -> list[str]:
    """The texts when all changes are rejected."""
    return _without(paragraphs, "insert")


def _without(paragraphs: Iterable[Paragraph], change: Change) -> list[str]:
    return [
        "".join(run.text for run in p.runs if run.change != change)
        for p in paragraphs
        if p.change != change
    ]
