"""Random plans, made directly of steps, with columns of codes: what every engine must agree on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Literal

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from policydsl.scoring.columns.domains import Domain, Grid, choice
from policydsl.scoring.columns.plan import (
    INFINITY,
    Add,
    Classify,
    Clear,
    Clip,
    Elementary,
    Ends,
    Flag,
    Formula,
    Hull,
    In,
    Input,
    Look,
    Mark,
    Merge,
    Pick,
    Plan,
    Round,
    Slot,
    Source,
    Step,
    Weaken,
    bounds,
)

LARGEST = 1 << 60
"""What a plan may reach on the way: a margin below 64 bits."""


def plan_of(sizes: Sequence[int], steps: Sequence[Step], slots: int) -> Plan:
    """A plan over inputs with so many codes each."""
    inputs = tuple(
        Input(f"事实{i}", f"事实{i}", Grid(Fraction(0), Fraction(1), size - 1))
        for i, size in enumerate(sizes)
    )
    ends = Ends(0, 0)
    return Plan("random", inputs, tuple(steps), slots, 1, ends, ends, {}, slots - 1)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Plans of all steps: number slots, flag slots behind them, and joint indexes.

    Values stay below ``LARGEST`` on the way; steps that would exceed it are left out.
    """
    sizes = draw(st.lists(st.integers(2, 60), min_size=1, max_size=4))
    if draw(st.integers(0, 4)) == 0:
        sizes.append(70_000)
    numbers, flags = draw(st.integers(1, 4)), draw(st.integers(1, 2))
    slots = numbers + flags
    steps: list[Step] = []
    joints: list[tuple[Slot, int]] = []

    def keep(*more: Step, size: int) -> None:
        largest = bounds(plan_of(sizes, [*steps, *more], size))[1]
        if largest < LARGEST:
            steps.extend(more)

    for _ in range(draw(st.integers(1, 14))):
        if draw(st.integers(0, 5)) == 0:
            joint = draw(_joints(sizes, slots))
            if joint is not None:
                more, size = joint
                steps.extend(more)
                joints.append((slots, size))
                slots += 1
        number = st.integers(0, numbers - 1)
        flag = st.integers(numbers, numbers + flags - 1)
        keep(draw(_steps(sizes, joints, number, flag)), size=slots)
    return plan_of(sizes, steps, slots)


@st.composite
def _joints(
    draw: st.DrawFn, sizes: Sequence[int], slot: Slot
) -> tuple[list[Step], int] | None:  # fmt: skip
    """An index over classes of two inputs in a slot of its own, and how many values it has."""
    small = [i for i, size in enumerate(sizes) if size <= 60]
    first, second = draw(st.sampled_from(small)), draw(st.sampled_from(small))
    classes = draw(st.integers(2, 5))
    steps: list[Step] = []
    for source, stride in ((first, 1), (second, classes)):
        size, of = sizes[source], st.integers(0, classes - 1)
        table = np.asarray(draw(st.lists(of, min_size=size, max_size=size)), np.int64)
        steps.append(Look(slot, In(source), table * stride))
    return steps, classes * classes


def _table(size: int, values: st.SearchStrategy[int]) -> st.SearchStrategy[Sequence[int]]:
    if size > 60:
        codes = np.arange(size)
        return st.lists(values, min_size=7, max_size=7).map(
            lambda few: (np.asarray(few)[codes * 7 // size] + codes // 100 * (few[0] % 3)).tolist()
        )
    free = st.lists(values, min_size=size, max_size=size)
    few = st.lists(values, min_size=size, max_size=size).map(sorted)
    steps = st.tuples(values, st.integers(0, 9), st.integers(1, 5), st.integers(1, size)).map(
        lambda t: [0] + [t[0] + min(i, t[3]) // t[2] * t[1] for i in range(size - 1)]
    )
    return st.one_of(free, few, steps)


_POINTS = st.one_of(
    st.integers(-9, 9), st.integers(-5000, 5000), st.sampled_from((INFINITY, -INFINITY, 0)),
    st.integers(-(1 << 33), 1 << 33),
)  # fmt: skip
_PLAIN = st.integers(-300, 300)
_BITS = st.lists(st.sampled_from([b for f in Flag for b in (int(f), f.certain)]), max_size=4).map(
    lambda bits: sum(set(bits))
)

_ENDS: st.SearchStrategy[Literal["low", "high"]] = st.sampled_from(("low", "high"))
_NAMES: st.SearchStrategy[Literal["mul", "add", "min", "max", "floordiv"]] = st.sampled_from(
    ("mul", "add", "min", "max", "floordiv")
)


@st.composite
def _steps(
    draw: st.DrawFn, sizes: Sequence[int], joints: Sequence[tuple[Slot, int]],
    number: st.SearchStrategy[Slot], flag: st.SearchStrategy[Slot],
) -> Step:  # fmt: skip
    out = draw(number)
    kind = draw(st.integers(0, 13))
    sources: list[tuple[Source, int]] = [(In(i), size) for i, size in enumerate(sizes)]
    sources += joints
    source, size = draw(st.sampled_from(sources))
    points = draw(st.sampled_from((_POINTS, _PLAIN, _PLAIN)))
    if kind <= 2:
        return Look(out, source, np.asarray(draw(_table(size, points)), np.int64))
    if kind <= 4:
        bits = draw(st.lists(_BITS, min_size=min(size, 60), max_size=min(size, 60)))
        table = np.resize(np.asarray(bits, np.int64), size)
        return Mark(draw(flag), source, table)
    match kind:
        case 5:
            chain = draw(st.lists(_elementary(), min_size=1, max_size=4))
            return Formula(out, source, tuple(chain))
        case 6:
            return Add(out, draw(number), draw(st.sampled_from((1, -1, 3, -7))))
        case 7:
            return Pick(out, draw(number), draw(st.sampled_from(("max", "min"))))
        case 8:
            end = st.one_of(st.none(), points)
            return Clip(out, draw(end), draw(end))
        case 9:
            unit = draw(st.sampled_from((1, 2, 3, 5, 10, 100, 250)))
            return Round(out, unit, draw(st.sampled_from(("half_up", "down", "up"))))
        case 10:
            return Clear(out, draw(flag), draw(_BITS), draw(st.booleans()))
        case 11:
            return Hull(out, draw(flag), draw(_BITS), draw(_ENDS), draw(st.booleans()))
        case 12:
            if draw(st.booleans()):
                return Merge(draw(flag), draw(flag), draw(st.one_of(st.just(-1), _BITS)))
            return Weaken(draw(flag), draw(flag), draw(_BITS), ~draw(_BITS))
    cuts = tuple(sorted(set(draw(st.lists(points, min_size=1, max_size=15)))))
    return Classify(out, draw(number), cuts, draw(st.sampled_from((1, 5, -2))))


@st.composite
def _elementary(draw: st.DrawFn) -> Elementary:
    name = draw(_NAMES)
    number = draw(st.integers(1, 40) if name == "floordiv" else st.integers(-200, 200))
    return name, number


def codes_for(plan: Plan, rows: int, seed: int) -> list[npt.NDArray[np.int64]]:
    """Random codes for every input, with both ends among them."""
    random = np.random.default_rng(seed)
    columns = []
    for each in plan.inputs:
        column = random.integers(0, each.size, rows)
        column[:2] = (0, each.size - 1)
        columns.append(column)
    return columns


def identity_plan(domains: Mapping[str, Domain]) -> Plan:
    """A plan whose part for each fact is the code of that fact's value."""
    inputs = tuple(Input(name, name, domain) for name, domain in domains.items())
    steps = tuple(Formula(i, In(i), (("mul", 1),)) for i in range(len(inputs)))
    parts = {name: Ends(i, i) for i, name in enumerate(domains)}
    ends = Ends(0, 0)
    return Plan("codes", inputs, steps, len(inputs) + 1, 1, ends, ends, parts, len(inputs))


def tiers_plan() -> Plan:
    """社保月数 (0.5 points each, at most 30) and 学历 (tiers), together at most 35; scale 2."""
    months = np.concatenate(([0], np.minimum(np.arange(120), 60)))
    inputs = (
        Input("社保月数", "社保月数", Grid(Fraction(0), Fraction(1), 120)),
        Input("学历", "学历", choice(("初中", "高中", "大专", "本科"))),
    )
    steps = (
        Look(0, In(0), months),
        Look(1, In(1), np.asarray([0, 0, 4, 10, 20])),
        Add(2, 0), Add(2, 1), Clip(2, 0, 70),
    )  # fmt: skip
    parts = {"社保": Ends(0, 0), "学历": Ends(1, 1)}
    return Plan("tiers", inputs, steps, 4, 2, Ends(2, 2), Ends(2, 2), parts, 3)


def side_by_side(several: Sequence[Plan]) -> Plan:
    """Plans as one, each with inputs and slots of its own: for an engine that is slow to start."""
    sizes: list[int] = []
    steps: list[Step] = []
    slots = 0
    for plan in several:
        steps += [_moved(step, slots, len(sizes)) for step in plan.steps]
        sizes += [each.size for each in plan.inputs]
        slots += plan.slots
    return plan_of(sizes, steps, slots)


def _moved(step: Step, by: int, inputs: int) -> Step:
    def source(one: Source) -> Source:
        return In(one.number + inputs) if isinstance(one, In) else one + by

    match step:
        case Look() | Mark() | Formula():
            return replace(step, out=step.out + by, source=source(step.source))
        case Add() | Pick() | Merge() | Classify():
            return replace(step, out=step.out + by, slot=step.slot + by)
        case Clear() | Hull() | Weaken():
            return replace(step, out=step.out + by, flags=step.flags + by)
        case Clip() | Round():
            return replace(step, out=step.out + by)
