"""What a draft changes is the same however it is worked out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scoring.columns.plans import Case, cases, column, empty, grown, tables

from policydsl.scoring.columns import residual, sweeping, whatif
from policydsl.scoring.columns.engines import numpy_blocks as numpy_engine
from policydsl.scoring.columns.engines import running as engines
from policydsl.scoring.columns.histograms import of
from policydsl.scoring.columns.plan import (
    INFINITY,
    Add,
    Clear,
    Clip,
    Ends,
    Flag,
    In,
    Look,
    Mark,
    Plan,
    Step,
)
from policydsl.scoring.columns.whatif import Change, WhatIf

Way = Literal["state", "whole"]
WAYS: tuple[Way, ...] = ("state", "whole")


@contextmanager
def forced(way: Way) -> Iterator[None]:
    """All drafts go one way."""

    def cost(variant: residual.Variant) -> float:
        return float(bool(variant.kept) == (way == "whole"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(residual.Variant, "cost", cost)
        yield


def expected(
    base: Plan, draft: Plan, case: Case, weights: np.ndarray | None = None
) -> list[Change]:
    """The changes by full runs in NumPy."""
    changes = []
    for was, now in zip(base.total, draft.total, strict=True):
        before = numpy_engine.run(base, case.columns, [was], case.rows)[0]
        after = numpy_engine.run(draft, case.columns, [now], case.rows)[0]
        changes.append(Change(of(after, weights), of(after - before, weights)))
    return changes


@st.composite
def drafts(draw: st.DrawFn, base: Plan) -> Plan:
    """A plan with a step changed, left out or put in."""
    steps = list(base.steps)
    looks = [at for at, step in enumerate(steps) if isinstance(step, Look)]
    what = draw(st.sampled_from(["table", "table", "out", "in"]))
    if what == "table" and looks:
        at = draw(st.sampled_from(looks))
        step = steps[at]
        assert isinstance(step, Look)
        # within the old bounds: what looks up by this slot finds a place in its table
        table = draw(tables(len(step.table))).clip(step.table.min(), step.table.max())
        steps[at] = replace(step, table=table)
    elif what == "out" and steps:
        at = draw(st.sampled_from(range(len(steps))))
        if isinstance(steps[at], (Mark, Clear)):
            del steps[at]
    else:
        return draw(grown(base, 2))
    return replace(base, steps=tuple(steps))


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from(WAYS), st.booleans(), st.booleans())
def test_changes_are_those_of_full_runs(
    data: st.DataObject, way: Way, weighted: bool, ranges: bool
) -> None:
    case = data.draw(cases())
    base = replace(case.plan, total=Ends(0, 1 if ranges else 0))
    found = [data.draw(drafts(base)) for _ in range(2)]
    found = [found[0], found[1], found[0], found[0], found[1]]
    weights = np.arange(case.rows) % 4 if weighted else None
    engine = data.draw(st.sampled_from(engines.available()))
    with forced(way):
        study = WhatIf(base, case.columns, case.rows, weights, engine)
        one = study.change(found[0])
        columns = study.column(found[0])
        sweep = list(study.sweep(found))
    for slot, end in zip(found[0].total, columns, strict=True):
        assert np.array_equal(end, numpy_engine.run(found[0], case.columns, [slot], case.rows)[0])
    assert [one.low, one.high] == expected(base, found[0], case, weights)
    for draft, changes in zip(found, sweep, strict=True):
        assert [changes.low, changes.high] == expected(base, draft, case, weights)


def scheme(rows: int, sizes: list[int]) -> Case:
    """Two capped groups, a veto, and a total of at least 0."""
    rng = np.random.default_rng(7)
    steps: list[Step] = []
    for number, size in enumerate(sizes):
        item = number % 5 if number % 5 < 2 else 0
        table = np.minimum(np.arange(size) * (number + 1), 40)
        steps.append(Look(item, In(number), table))
    steps += [Clip(0, None, 90), Clip(1, None, 30), Add(2, 0), Add(2, 1), Clip(2, 0, None)]
    steps += [Mark(5, In(0), np.array([0] + [Flag.VETO.both] + [0] * (sizes[0] - 2)))]
    steps += [Clear(2, 5, Flag.VETO)]
    plan = replace(empty(sizes), steps=tuple(steps), total=Ends(2, 2))
    return Case(plan, [column(rng, size, rows) for size in sizes], rows)


def changed(plan: Plan, number: int, table: np.ndarray) -> Plan:
    """A draft with another table for an input."""
    steps = [
        replace(step, table=table) if isinstance(step, Look) and step.source == In(number) else step
        for step in plan.steps
    ]
    return replace(plan, steps=tuple(steps))


def test_one_changed_rule_reads_the_state_and_its_own_column() -> None:
    case = scheme(2000, [5, 40, 9, 30, 200, 17, 50])
    study = WhatIf(case.plan, case.columns, case.rows)
    draft = changed(case.plan, 3, np.arange(30) * 2)
    full = study._whole(draft, draft.total)
    variant = residual.Residual(study._graph, full.graph, study._known).of(full.roots)
    # of the rest of the changed group, the other group, and the flags
    assert variant.inputs <= {0, 3}
    assert len(variant.kept) == 2
    assert variant.cost() < full.cost()
    assert residual.expressed(study._graph, study._base_roots, variant) is not None


def test_the_state_is_made_once_it_pays_and_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    case = scheme(2000, [5, 40, 9, 30, 200, 17] * 3)
    study = WhatIf(case.plan, case.columns, case.rows)
    study.change(changed(case.plan, 3, np.arange(30)))
    assert len(study._kept) == 1  # the baseline
    study.change(changed(case.plan, 3, np.arange(30) * 2))
    study.change(changed(case.plan, 3, np.arange(30) * 3))
    held = set(study._kept)
    assert len(held) > 1
    others = [changed(case.plan, 4, np.arange(200) * k) for k in range(9)]
    list(study.sweep(others))
    assert held <= set(study._kept)
    monkeypatch.setattr(whatif, "STATES", 1)
    list(study.sweep(others))
    assert held - set(study._kept)
    assert set(study._base_roots) <= set(study._kept)


@pytest.mark.parametrize("engine", engines.available())
def test_coarse_schemes_are_counted_once(engine: engines.Engine) -> None:
    case = scheme(60_000, [3, 4, 3, 6])
    study = WhatIf(case.plan, case.columns, case.rows, None, engine)
    variants = [changed(case.plan, 3, np.arange(6) * k) for k in range(5)]
    found = list(study.sweep(variants))
    (table,) = study._joint.values()
    assert table is not None
    assert table.rows <= 3 * 4 * 3 * 6
    assert table.weights is not None
    assert table.weights.sum() == case.rows
    for draft, changes in zip(variants, found, strict=True):
        assert [changes.low, changes.high] == expected(case.plan, draft, case)


def test_gains_and_losses() -> None:
    case = Case(
        replace(empty([4]), steps=(Look(0, In(0), np.array([0, 10, 20, 30])),)),
        [np.array([1, 1, 2, 3, 3, 3], np.uint8)],
        6,
    )
    draft = changed(case.plan, 0, np.array([0, 15, 20, 28]))
    change = WhatIf(case.plan, case.columns, case.rows).change(draft).low
    assert (change.gainers, change.losers, change.unchanged) == (2, 3, 1)
    assert (change.gained, change.lost) == (10, 6)
    weights = np.array([5, 0, 1, 2, 0, 0])
    change = WhatIf(case.plan, case.columns, case.rows, weights).change(draft).low
    assert (change.gainers, change.losers, change.unchanged) == (5, 2, 1)


def test_a_draft_that_is_the_baseline_changes_nothing() -> None:
    case = scheme(500, [5, 40, 9])
    study = WhatIf(case.plan, case.columns, case.rows)
    change = study.change(case.plan).low
    assert (change.gainers, change.losers) == (0, 0)
    assert change.after == study.before()[0]


def test_bounds_that_a_draft_takes_away() -> None:
    case = scheme(500, [5, 40, 9])
    draft = changed(case.plan, 1, np.where(np.arange(40) < 5, 0, INFINITY))
    draft = replace(draft, steps=tuple(s for s in draft.steps if not isinstance(s, Clip)))
    for way in WAYS:
        with forced(way):
            study = WhatIf(case.plan, case.columns, case.rows)
            changes = [study.change(draft) for _ in range(3)][-1]
        assert [changes.low, changes.high] == expected(case.plan, draft, case)


def test_drafts_have_the_scale_of_the_baseline() -> None:
    plan = empty([3])
    finer = replace(plan, scale=plan.scale * 10)
    with pytest.raises(ValueError, match="scale"):
        WhatIf(plan, [np.zeros(4, np.uint8)], 4).change(finer)


@pytest.mark.parametrize(("kinds", "together"), [(200, True), (9_000, False)])
def test_a_sample_tells_how_many_rows_are_alike(
    kinds: int, together: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whatif, "JOINT", 1)
    monkeypatch.setattr(whatif, "SAMPLE", 256)
    monkeypatch.setattr(whatif, "MOVED_FROM", 1000)
    rng, rows = np.random.default_rng(5), 20_000
    chosen = rng.integers(0, 60_000, kinds)[rng.integers(0, kinds, rows)]
    columns: list[np.ndarray] = [(chosen // 200).astype(np.uint16), (chosen % 200).astype(np.uint8)]
    plan = empty([300, 200])
    base = replace(plan, steps=(Look(0, In(0), np.arange(300)), Look(0, In(1), np.arange(200))))
    drafts = [
        replace(plan, steps=(base.steps[0], Look(0, In(1), np.arange(200) * k))) for k in range(40)
    ]
    found = WhatIf(base, columns, rows)
    for draft, changes in zip(drafts, found.sweep(drafts), strict=True):
        assert [changes.low, changes.high] == expected(base, draft, Case(base, columns, rows))
    assert any(table is not None for table in found._joint.values()) == together


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from(WAYS), st.booleans(), st.booleans(), st.sampled_from([1, 64]))
def test_drafts_that_give_one_rule_other_points(
    data: st.DataObject, way: Way, weighted: bool, ranges: bool, crowded: int
) -> None:
    """Random plans, and drafts of each that differ in one table."""
    case = data.draw(cases())
    base = replace(case.plan, total=Ends(0, 1 if ranges else 0))
    looks = [at for at, step in enumerate(base.steps) if isinstance(step, Look)]
    at = data.draw(st.sampled_from(looks)) if looks else None
    found = [base]
    for _ in range(4):
        steps = list(base.steps)
        if at is not None:
            step = steps[at]
            assert isinstance(step, Look)
            table = data.draw(tables(len(step.table))).clip(step.table.min(), step.table.max())
            steps[at] = replace(step, table=table)
        found.append(replace(base, steps=tuple(steps)))
    weights = np.arange(case.rows) % 4 if weighted else None
    engine = data.draw(st.sampled_from(engines.available()))
    with forced(way), pytest.MonkeyPatch.context() as patch:
        patch.setattr(whatif, "MOVED_FROM", 2)
        patch.setattr(sweeping, "CROWDED", crowded)
        study = WhatIf(base, case.columns, case.rows, weights, engine)
        sweep = list(study.sweep(found))
    for draft, changes in zip(found, sweep, strict=True):
        assert [changes.low, changes.high] == expected(base, draft, case, weights)


@pytest.mark.parametrize("engine", engines.available())
@pytest.mark.parametrize("weighted", [False, True])
def test_a_sweep_counts_persons_by_code_and_score(
    engine: engines.Engine, weighted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those whom no cap touches, those whom one does, and those who have nothing to win."""
    case = scheme(20_000, [5, 40, 9, 30, 200, 17, 50])
    weights = np.arange(case.rows) % 3 if weighted else None
    counted: list[sweeping.Counts | None] = []
    real = sweeping.counted

    def watched(*arguments: Any) -> sweeping.Counts | None:
        counted.append(real(*arguments))
        return counted[-1]

    monkeypatch.setattr(sweeping, "counted", watched)
    drafts = [changed(case.plan, 4, np.minimum(np.arange(200) * k, 90)) for k in range(1, 30)]
    study = WhatIf(case.plan, case.columns, case.rows, weights, engine)
    found = list(study.sweep(drafts))
    kept = [each for each in counted if each is not None]
    assert kept
    assert any(len(each.crowded) and each.single.shape[1] for each in kept)
    assert any(each.after[1].any() for each in kept)
    for draft, changes in zip(drafts, found, strict=True):
        assert [changes.low, changes.high] == expected(case.plan, draft, case, weights)


def test_what_is_no_other_points_for_one_rule_goes_the_other_ways() -> None:
    """Two rules at once, and a rule that stands at two places."""
    case = scheme(500, [5, 40, 9])
    two = [
        changed(changed(case.plan, 1, np.arange(40) % (k + 2)), 2, np.arange(9) * k)
        for k in range(20)
    ]
    twice = [
        replace(p, steps=(*p.steps, Look(2, In(1), np.arange(40) * k), Add(2, 1)))
        for k in range(1, 20)
        for p in [changed(case.plan, 1, np.arange(40) * k)]
    ]
    study = WhatIf(case.plan, case.columns, case.rows)
    for drafts in (two, twice):
        for draft, changes in zip(drafts, study.sweep(drafts), strict=True):
            assert [changes.low, changes.high] == expected(case.plan, draft, case)


@settings(max_examples=40, deadline=None)
@given(st.data(), st.sampled_from(WAYS))
def test_values_beside_the_total(data: st.DataObject, way: Way) -> None:
    case = data.draw(cases())
    base = replace(case.plan, total=Ends(0, 1))
    drawn = [base, data.draw(drafts(base)), data.draw(drafts(base))]
    with forced(way):
        study = WhatIf(base, case.columns, case.rows, beside=lambda plan: (2, plan.flags))
        known = study.values(base)
        for draft in drawn:
            wanted = [*draft.total, 2, draft.flags]
            found = study.values(draft)
            for slot, values in zip(wanted, found, strict=True):
                expected = numpy_engine.run(draft, case.columns, [slot], case.rows)[0]
                assert np.array_equal(values, expected)
    assert all(one is other for one, other in zip(known, study.values(base), strict=True))
