"""Numbers as drafters write them: read from options, and how round they are."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")


def folded(text: str) -> str:
    """Full-width letters, digits and signs as their narrow twins, without spaces around."""
    return unicodedata.normalize("NFKC", text).strip()


def read_number(text: str) -> Fraction | None:
    """A decimal number; ``None`` for anything else."""
    text = text.strip()
    return Fraction(text) if _NUMBER.fullmatch(text) else None


def roughness(value: Fraction) -> int:
    """How far a number is from those that officials like to write: less is rounder.

    0: a 1, 2 or 5 (or 0) with zeros or a decimal point (0.5, 1, 20, 500); 1: another single digit,
    or two that end in 5 (0.6, 3, 15, 0.25, 30); then one more for each further digit (12: 2,
    125: 3; a number without a finite decimal: 9).
    """
    if value == 0:
        return 0
    rest, places = value.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest, count = rest // prime, count + 1
        places = max(places, count)
    if rest != 1:
        return 9
    digits = str(abs(value.numerator) * 10**places // value.denominator).rstrip("0")
    if digits in ("1", "2", "5"):
        return 0
    if len(digits) == 1 or (len(digits) == 2 and digits[1] == "5"):
        return 1
    return len(digits)
