"""Texts brought to one width, character by character, so that places stay those of the original."""

from __future__ import annotations

import re

from policydsl.language.parsing import FULL_WIDTH

_TO_FULL = {ord(a): b for a, b in zip(",;:()?!", "，；：（）？！", strict=True)}
_QUOTES = {
    ord(a): b
    for a, b in {"「": "“", "」": "”", "『": "“", "』": "”", "‘": "“", "’": "”", "﹪": "%"}.items()
}
_THOUSANDS = re.compile(r"(?<=\d)，(?=\d{3}(?!\d))")


def fold(text: str) -> str:
    """Digits, letters and signs half-width, punctuation full-width; as long as ``text``.

    The comma of 1,500 stays a comma of digits.
    """
    plain = text.translate(FULL_WIDTH).translate(_TO_FULL).translate(_QUOTES)
    return _THOUSANDS.sub(",", plain)


_PAIRS = {"（": "）", "“": "”", "《": "》", "〔": "〕", "‘": "’"}


def split_outside(text: str, marks: str) -> list[tuple[int, int]]:
    """The spans between the marks that stand outside brackets and quotation marks."""
    spans: list[tuple[int, int]] = []
    closing: list[str] = []
    start = 0
    for position, character in enumerate(text):
        if closing and character == closing[-1]:
            closing.pop()
        elif character in _PAIRS and _PAIRS[character] in text[position:]:
            closing.append(_PAIRS[character])
        elif not closing and character in marks:
            spans.append((start, position))
            start = position + 1
    spans.append((start, len(text)))
    return spans


def pieces(text: str, marks: str) -> list[str]:
    """The texts between the marks that stand outside brackets and quotation marks."""
    return [text[start:end] for start, end in split_outside(text, marks)]
