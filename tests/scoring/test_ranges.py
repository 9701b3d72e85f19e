"""Ranges of points: every step of a score, worked on both ends."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policydsl.model.rules import RoundTo
from policydsl.scoring.ranges import ZERO, Range, highest, lowest, round_points, show_points, total

NUMBERS = st.integers(-40, 40).map(lambda k: Fraction(k, 4))
POSITIVE = st.integers(0, 40).map(lambda k: Fraction(k, 4))


@st.composite
def ranges(draw: st.DrawFn, closed: bool = False) -> tuple[Range, Fraction]:
    """A range and a number in it."""
    low, inside, high = sorted(draw(st.tuples(NUMBERS, NUMBERS, NUMBERS)))
    open_low = not closed and draw(st.booleans())
    open_high = not closed and draw(st.booleans())
    return Range(None if open_low else low, None if open_high else high), inside


def contains(outer: Range, number: Fraction) -> bool:
    return (outer.low is None or outer.low <= number) and (
        outer.high is None or number <= outer.high
    )


# -- containment: whatever is in the ranges, the result is in the result ----------------------


@given(ranges(), ranges())
def test_sums_and_negatives(left: tuple[Range, Fraction], right: tuple[Range, Fraction]) -> None:
    (a, x), (b, y) = left, right
    assert contains(a + b, x + y)
    assert contains(-a, -x)
    assert a.scaled(Fraction(1)) == a
    assert -Range(a.low, a.high) + ZERO == -a
    assert contains(a.hull(b), x)
    assert contains(a.hull(b), y)
    assert a.hull(b) == b.hull(a)
    assert a + b == b + a == total([a, b])


@given(ranges(), POSITIVE, NUMBERS, NUMBERS)
def test_scaling_and_clipping(
    one: tuple[Range, Fraction], factor: Fraction, low: Fraction, high: Fraction
) -> None:
    a, x = one
    low, high = sorted((low, high))
    assert contains(a.scaled(factor), x * factor)
    # the limit itself may be anywhere from low to high
    for limit in (low, high, (low + high) / 2):
        assert contains(a.capped(low, high), min(x, limit))
        assert contains(a.floored(low, high), max(x, limit))
    assert contains(a.capped(low, None), min(x, high + 100))
    assert contains(a.floored(None, high), max(x, low - 100))


@given(st.lists(ranges(), min_size=1, max_size=4))
def test_best_and_least(many: list[tuple[Range, Fraction]]) -> None:
    boxes, numbers = [a for a, _ in many], [x for _, x in many]
    assert contains(highest(boxes), max(numbers))
    assert contains(lowest(boxes), min(numbers))


@given(ranges(), st.sampled_from(["half_up", "down", "up"]), st.sampled_from(["1", "0.1", "0.5"]))
def test_rounding(one: tuple[Range, Fraction], mode: str, unit: str) -> None:
    a, x = one
    rounding = RoundTo(mode, Fraction(unit))  # type: ignore[arg-type]  # one of the three modes
    assert contains(a.rounded(rounding), round_points(x, rounding))


# -- tightness: both ends are reached by numbers in the ranges ----------------------------------

STEPS: list[Callable[[Range], Range]] = [
    lambda a: a.capped(Fraction(2), Fraction(2)),
    lambda a: a.floored(Fraction(-1), Fraction(-1)),
    lambda a: a.scaled(Fraction(1, 3)),
    lambda a: a.rounded(RoundTo("half_up", Fraction(1))),
    lambda a: a + Range.exactly(3),
    lambda a: highest([a, Range.exactly(1)]),
    lambda a: lowest([a, Range.exactly(1)]),
]


@given(ranges(closed=True), st.sampled_from(STEPS))
def test_the_ends_come_from_the_ends(
    one: tuple[Range, Fraction], step: Callable[[Range], Range]
) -> None:
    a, _ = one
    assert a.low is not None
    assert a.high is not None
    assert step(a) == Range(step(Range.exactly(a.low)).low, step(Range.exactly(a.high)).high)
    assert step(Range.exactly(a.low)).is_exact


# -- examples -------------------------------------------------------------------------------------


def test_open_ends() -> None:
    up, down = Range(Fraction(2), None), Range(None, Fraction(3))
    assert up + down == Range(None, None)
    assert up.capped(Fraction(5), Fraction(5)) == Range(Fraction(2), Fraction(5))
    assert down.floored(Fraction(0), Fraction(0)) == Range(Fraction(0), Fraction(3))
    assert up.scaled(Fraction(0)) == ZERO
    assert highest([up, Range.exactly(4)]) == Range(Fraction(4), None)
    assert lowest([up, Range.exactly(4)]) == Range(Fraction(2), Fraction(4))
    assert highest([down, Range(None, Fraction(9))]) == Range(None, Fraction(9))
    assert total([]) == ZERO


def test_a_single_number() -> None:
    five = Range.exactly(5)
    assert five.is_exact
    assert five.value == 5
    for unsure in (Range(Fraction(1), Fraction(2)), Range(None, None), Range(None, Fraction(1))):
        assert not unsure.is_exact
        with pytest.raises(ValueError, match="not a single number"):
            _ = unsure.value


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("0", "0"), ("5", "5"), ("-3", "-3"), ("0.5", "0.5"), ("-0.25", "-0.25"), ("12.50", "12.5"),
        ("1/3", "1/3"), ("-7/6", "-7/6"), ("92.25", "92.25"), ("0.0001", "0.0001"), ("1/8", "0.125"),
        ("100", "100"), ("1/1024", "0.0009765625"),
    ],
)  # fmt: skip
def test_points_are_shown_as_exact_decimals(number: str, shown: str) -> None:
    assert show_points(Fraction(number)) == shown


def test_ranges_are_shown() -> None:
    assert str(Range(Fraction(1, 2), Fraction(3))) == "0.5～3"
    assert str(Range(None, Fraction(3))) == "-∞～3"
    assert str(Range(Fraction(0), None)) == "0～+∞"
    assert str(Range.exactly(Fraction(5, 2))) == "2.5"


@given(st.fractions(max_denominator=10_000))
def test_what_is_shown_is_the_number(number: Fraction) -> None:
    assert Fraction(show_points(number)) == number
