"""Which fixer goes with which code; a code is here, or in :data:`UNMENDED` with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from policydsl.review.findings import Pair
from policydsl.review.fixing.edits import Fix
from policydsl.review.fixing.place import Place

Fixer = Callable[[Place], Iterator[Fix]]

_FIXERS: dict[str, tuple[Fixer, ...]] = {}
_WAYS: dict[str, tuple[Pair, ...]] = {}


def fixer(*codes: str, zh: str, en: str, first: bool = False) -> Callable[[Fixer], Fixer]:
    """Register a function as a fixer of codes; ``zh`` and ``en`` say what it does.

    ``first``: what it offers stands before what others offer.
    """

    def register(run: Fixer) -> Fixer:
        for code in codes:
            known, ways = _FIXERS.get(code, ()), _WAYS.get(code, ())
            if run not in known:
                _FIXERS[code] = (run, *known) if first else (*known, run)
                _WAYS[code] = ((zh, en), *ways) if first else (*ways, (zh, en))
        return run

    return register


def ways(code: str) -> tuple[Pair, ...]:
    """What the fixers of a code do, in words."""
    return _WAYS.get(code, ())


def fixers(code: str) -> tuple[Fixer, ...]:
    """The fixers of a code."""
    return _FIXERS.get(code, ())


def mended_codes() -> list[str]:
    """The codes that have a fixer."""
    return sorted(_FIXERS)


SAFE = frozenset({
    *(f"P{n}" for n in (103, 104, 110, 112, 113, 115, 116, 117, 118, 120, 121, 122, 126, 127, 128)),
    "M204", "M218", "R600", "R602", "R620", "R643",
})  # fmt: skip
"""Codes with a fix that needs no choice; the tests hold the fixers to it."""


# -- why there is none

_WHY: dict[str, Pair] = {
    "figure": (
        "要写几分、几天、什么数，只有起草人能定",
        "a figure that only the drafter can settle",
    ),
    "words": (
        "这里想说什么，看不出来；可以写什么，列在“怎么改”里",
        "what was meant cannot be told; the remedy lists what may stand there",
    ),
    "meaning": (
        "几种改法意思不同，要先想好要哪一种",
        "there are several ways, of different meaning",
    ),
    "text": (
        "要补的是原文的内容，或者要回到原文核对",
        "the content itself is missing, or must be checked in the source",
    ),
    "others": (
        "由别的发现合起来说的，逐条改了它就没有了",
        "it sums up other findings, and goes with them",
    ),
    "elsewhere": (
        "要改的是另一份文件，或者两份文件之间的关系",
        "another document, or the relation of two, has to change",
    ),
    "program": ("程序的限度，不是写法的问题", "a limit of the program"),
}

_UNMENDED: dict[str, str] = {
    "words": "P102 P107 P111 P114 P119 P123 P125 M207 M209 M210",
    "figure": "P108 M202 M224 M225 M230 M231 M236 M238 M240 M242 R611 R651 R652 R654",
    "meaning": "M206 M212 M213 M222 M233 R623 R674 V602 V603 V606 V607 V608 V609 V619 V628",
    "text": "M244 R675 R676 V604 V610 V632 V636 V637",
    "others": "R631 R653",
    "elsewhere": "M214 M243 R690 V612 V613 V614 V615 V616 V617 V620 V623 V624 V625 V626 V627 V630 "
                 "V634 V635",
    "program": "P124 M246",
}  # fmt: skip

UNMENDED: dict[str, Pair] = {
    code: _WHY[why] for why, codes in _UNMENDED.items() for code in codes.split()
}
"""Codes without a fix of their own, and why; the review's may still be suppressed (免查)."""
