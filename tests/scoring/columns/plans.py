"""Random plans made of steps, and random codes for them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from policydsl.scoring.columns.domains import Grid
from policydsl.scoring.columns.plan import (
    INFINITY,
    Add,
    Classify,
    Clear,
    Clip,
    Ends,
    Formula,
    Hull,
    In,
    Input,
    Interval,
    Look,
    Mark,
    Merge,
    Pick,
    Plan,
    Round,
    Source,
    Step,
    Weaken,
    bounds,
)

Array = npt.NDArray[np.integer]

NUMBERS = (0, 1, 2, 3, 4)
"""Slots that hold numbers; the others hold flags."""
FLAGS = (5, 6)
SLOTS = 7
SIZES = (2, 3, 5, 30, 200, 255, 256, 257, 1000, 65_535, 65_536, 65_537, 300_000)
MANY = 1 << 40
"""The size of a column that needs int64."""


class Case(NamedTuple):
    """A plan, columns for it, and how many rows they have."""

    plan: Plan
    columns: list[Array]
    rows: int


def empty(sizes: list[int]) -> Plan:
    """A plan without steps over inputs of these sizes."""
    inputs = tuple(
        Input(f"c{n}", f"c{n}", Grid(Fraction(0), Fraction(1), size - 1))
        for n, size in enumerate(sizes)
    )
    return Plan("p", inputs, (), SLOTS, 1, Ends(0, 0), Ends(1, 1), {}, FLAGS[0])


def column(rng: np.random.Generator, size: int, rows: int) -> Array:
    """Random codes in the narrowest type, the ends among them."""
    kinds = (np.uint8, np.uint16, np.uint32, np.int64)
    kind = next(kind for kind in kinds if size - 1 <= np.iinfo(kind).max)
    found = rng.integers(0, size, rows, dtype=kind)
    found[:1], found[1:2] = 0, size - 1
    return found


@st.composite
def tables(draw: st.DrawFn, size: int) -> npt.NDArray[np.int64]:
    """Tables like those of points schemes: slopes, stairs, tiers, and anything."""
    codes = np.arange(size, dtype=np.int64)
    table = np.full(size, draw(st.integers(-50, 50)), np.int64)
    for _ in range(draw(st.integers(0, 3))):
        low, high = sorted(draw(st.tuples(*[st.integers(0, size - 1)] * 2)))
        rate, width = draw(st.integers(-300, 300)), draw(st.integers(1, 9))
        match draw(st.sampled_from(["line", "stair", "tier", "spike", "any", "open"])):
            case "line":
                table += rate * np.clip(codes - low, 0, high - low)
            case "stair":
                table += rate * (np.clip(codes - low, 0, high - low) // width)
            case "tier":
                table += np.where(codes >= low, rate, 0)
            case "spike":
                table[low] += rate
            case "any":
                rng = np.random.default_rng(rate + 300)
                table += rng.integers(-1000, 1000, size)
            case "open":
                table[low:high] += draw(st.sampled_from([INFINITY, -INFINITY]))
    return table


@st.composite
def flags(draw: st.DrawFn, size: int) -> npt.NDArray[np.int64]:
    """Tables of flags."""
    table = np.zeros(size, np.int64)
    for _ in range(draw(st.integers(0, 3))):
        low, high = sorted(draw(st.tuples(*[st.integers(0, size)] * 2)))
        table[low:high] |= draw(bits)
    return table


bits = st.integers(0, 0xFF).map(lambda number: number & 0b11 | (number & 0b1111_1100) << 14)


@st.composite
def steps(draw: st.DrawFn, plan: Plan) -> Step:
    """A step that may come next."""
    held, _ = bounds(plan)
    out = draw(st.sampled_from(NUMBERS))
    slot = draw(st.sampled_from(NUMBERS))
    flag, other = draw(st.permutations(FLAGS))
    number = st.integers(-2000, 2000)
    small = [n for n, given in enumerate(plan.inputs) if given.size <= 70_000]
    lookable: list[tuple[Source, int]] = [(In(n), plan.inputs[n].size) for n in small]
    lookable += [(s, held[s].high + 1) for s in NUMBERS if _index(held[s]) and s != out]
    source, size = draw(st.sampled_from(lookable))
    match draw(st.sampled_from(KINDS)):
        case "look":
            return Look(out, source, draw(tables(size)))
        case "index":
            stride = draw(st.integers(1, 40))
            return Look(out, source, np.arange(size, dtype=np.int64) % 7 * stride)
        case "mark":
            return Mark(flag, source, draw(flags(size)))
        case "formula":
            any_source: list[Source] = [In(n) for n in range(len(plan.inputs))]
            chain = draw(st.lists(elementaries, min_size=1, max_size=4))
            return Formula(out, draw(st.sampled_from([*any_source, slot])), tuple(chain))
        case "add":
            return Add(out, slot, draw(st.sampled_from([1, 1, 1, -1, 2, -3])))
        case "pick":
            return Pick(out, slot, draw(st.sampled_from(["max", "min"])))
        case "clip":
            return Clip(out, draw(st.none() | number), draw(st.none() | number))
        case "round":
            mode = draw(st.sampled_from(ROUNDINGS))
            return Round(out, draw(st.integers(1, 300)), mode)
        case "clear":
            return Clear(out, flag, draw(bits), draw(st.booleans()))
        case "hull":
            end = draw(st.sampled_from(ENDS))
            return Hull(out, flag, draw(bits), end, draw(st.booleans()))
        case "merge":
            return Merge(flag, other, draw(st.just(-1) | bits))
        case "weaken":
            return Weaken(flag, draw(st.sampled_from(FLAGS)), draw(bits), draw(bits))
        case _:
            cuts = sorted(draw(st.sets(number, min_size=1, max_size=7)))
            return Classify(out, slot, tuple(cuts), draw(st.integers(1, 9)))


ROUNDINGS: tuple[Literal["half_up", "down", "up"], ...] = ("half_up", "down", "up")
ENDS: tuple[Literal["low", "high"], ...] = ("low", "high")
KINDS = (
    ["look"] * 5
    + ["index", "mark", "mark", "formula", "add", "add", "add", "pick", "clip", "clip"]
    + ["round", "clear", "hull", "merge", "weaken", "classify"]
)

elementaries: st.SearchStrategy[Any] = st.one_of(
    st.tuples(st.just("mul"), st.integers(-50, 50)),
    st.tuples(st.sampled_from(["add", "min", "max"]), st.integers(-3000, 3000)),
    st.tuples(st.just("floordiv"), st.integers(1, 700)),
)


def _index(interval: Interval) -> bool:
    return interval.low >= 0 and interval.high < 5000


@st.composite
def grown(draw: st.DrawFn, plan: Plan, most: int) -> Plan:
    """The plan with up to ``most`` more steps."""
    for _ in range(draw(st.integers(1, most))):
        longer = replace(plan, steps=(*plan.steps, draw(steps(plan))))
        if bounds(longer)[1] < 1 << 61:
            plan = longer
    return replace(plan, largest=bounds(plan)[1])


@st.composite
def beginnings(draw: st.DrawFn, sizes: list[int]) -> tuple[Step, ...]:
    """Steps after which no slot depends on one column only, so that nothing folds into a table."""
    rng = np.random.default_rng(draw(st.integers(0, 1 << 20)))
    small = [number for number, size in enumerate(sizes) if size <= 70_000]
    begun: list[Step] = []
    for slot in (*NUMBERS, *FLAGS):
        for number in draw(st.permutations(small))[:2]:
            if slot in FLAGS:
                table = rng.choice([0, 0, 1, 3, 1 << 16, 3 << 16, 3 << 20], sizes[number])
                begun.append(Mark(slot, In(number), table))
            else:
                low = draw(st.sampled_from([0, -900]))
                begun.append(Look(slot, In(number), rng.integers(low, 900, sizes[number])))
    return tuple(begun)


@st.composite
def cases(draw: st.DrawFn, most: int = 14, rows: tuple[int, int] = (0, 300)) -> Case:
    """A random plan with columns."""
    sizes = [draw(st.sampled_from([2, 3, 5, 30]))]
    sizes += [draw(st.sampled_from([4, 50, 300]))]
    sizes += draw(st.lists(st.sampled_from([*SIZES, MANY]), max_size=3))
    plan = empty(sizes)
    if draw(st.booleans()):
        plan = replace(plan, steps=draw(beginnings(sizes)))
    plan = draw(grown(plan, most))
    count = draw(st.integers(*rows))
    rng = np.random.default_rng(draw(st.integers(0, 1 << 20)))
    return Case(plan, [column(rng, size, count) for size in sizes], count)
