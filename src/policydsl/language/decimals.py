"""Exact numbers written out."""

from __future__ import annotations

from fractions import Fraction


def show_decimal(value: Fraction) -> str:
    """A number as an exact decimal (1/8 is 0.125); one with no finite decimal as a/b."""
    rest, counts = value.denominator, [0, 0]
    for index, prime in enumerate((2, 5)):
        while rest % prime == 0:
            rest //= prime
            counts[index] += 1
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    places = max(counts)
    if places == 0:
        return str(value.numerator)
    digits = f"{abs(value.numerator) * 10**places // value.denominator:0{places + 1}d}"
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"
