"""The project's own engines as the measurements use them; the only module here that knows them.

Each function states what it takes and gives.  Planning counts as part of a draft: it is inside
the clock wherever a draft is new.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from benchmarks.columns.data import Array, Column, Columns
from benchmarks.columns.schemes import SCALE

if TYPE_CHECKING:
    from policydsl.model.policy import Policy
    from policydsl.scoring.columns.plan import Plan
    from policydsl.scoring.columns.population import Population, Schema

ENGINES = ("kernel", "numpy", "duckdb")
READY = True


@dataclass(frozen=True)
class Effect:
    """What a draft does to a population: exact counts."""

    histogram: dict[int, int]
    gainers: int
    losers: int


@dataclass(frozen=True)
class Prepared:
    """A plan, and the population as the engine reads it: codes, or an Arrow table of them."""

    plan: Plan
    population: Population
    engine: str
    threads: int
    runner: Any


# -- populations and plans ------------------------------------------------------------


def schema_of(policy: Policy, kinds: tuple[Column, ...]) -> Schema:
    """What the codes of the columns mean; those that the policy does not know are left out."""
    from policydsl.scoring.columns.domains import Domain, Grid, choice, yes_no
    from policydsl.scoring.columns.population import Schema

    domains: dict[str, Domain] = {}
    for kind in kinds:
        if kind.name not in policy.facts:
            continue
        if kind.labels:
            domains[kind.name] = choice(kind.labels)
        elif kind.yes_no:
            domains[kind.name] = yes_no()
        else:
            domains[kind.name] = Grid(Fraction(0), Fraction(1, kind.unit), kind.high + 1)
    return Schema(domains)


def population_of(policy: Policy, columns: Columns, kinds: tuple[Column, ...]) -> Population:
    """The benchmark's columns as codes: 0 is missing, which is −1 there."""
    from policydsl.scoring.columns.population import Population

    schema = schema_of(policy, kinds)
    # one more than each number, wrapping around: −1 becomes 0 in the unsigned type
    codes: dict[str, Array] = {}
    for name in schema.domains:
        unsigned = _unsigned(columns[name])
        codes[name] = unsigned + unsigned.dtype.type(1)
    return Population(schema, len(next(iter(columns.values()))), codes)


def _unsigned(column: Array) -> Array:
    return column.view(column.dtype.str.replace("i", "u"))


def load(
    policy: Policy, columns: Columns, kinds: tuple[Column, ...], threads: int, engine: str
) -> Prepared:
    """Plan and columns, ready to be scored, and the engine's modules; not timed."""
    if engine == "kernel":
        from policydsl.scoring.columns.engines.running import load_kernel

        load_kernel()
    population = population_of(policy, columns, kinds)
    return _prepared(policy, population, threads, engine)


def _prepared(policy: Policy, population: Population, threads: int, engine: str) -> Prepared:
    from policydsl.scoring.columns.planning.planner import make_plan

    plan = make_plan(policy, population.schema, scale=SCALE)
    runner: Any = None
    if engine == "duckdb":
        runner = _arrow(population)
    else:
        from policydsl.scoring.columns.engines.running import Runner

        chosen: Any = engine
        runner = Runner.of(plan, [plan.total.low], chosen, width="tight", threads=threads)
    return Prepared(plan, population, engine, threads, runner)


def _arrow(population: Population) -> Any:
    """The codes as an Arrow table over the same memory, in batches of a million."""
    import pyarrow as pa

    table = pa.table({name: pa.array(codes) for name, codes in population.columns.items()})
    return pa.Table.from_batches(table.to_batches(1_000_000))


# -- full scoring ---------------------------------------------------------------------


def score(prepared: Prepared) -> Array:
    """Every person's total in units of the plan; a new array each time, nothing kept."""
    from policydsl.scoring.columns.planning.derived import columns_of

    if prepared.engine == "duckdb":
        return _score_duckdb(prepared)
    columns = dict(enumerate(columns_of(prepared.plan, prepared.population)))
    (totals,) = prepared.runner.run(columns, prepared.population.rows)
    found: Array = totals
    return found


def _score_duckdb(prepared: Prepared) -> Array:
    from policydsl.scoring.columns.sql.duckdb import Options, score_duckdb
    from policydsl.scoring.columns.sql.jobs import Job

    plan = prepared.plan
    job = Job(plan, {"total": plan.total.low}, coded=frozenset(x.name for x in plan.inputs))
    table = score_duckdb(job, prepared.runner, Options(threads=prepared.threads))
    found: Array = table.column("total").to_numpy()
    return found


def hundredths(prepared: Prepared, result: Array) -> Array:
    """The totals as int32 in hundredths of a point."""
    assert prepared.plan.scale == SCALE
    return result.astype(np.int32, copy=False)


def redraft(prepared: Prepared, policy: Policy) -> Prepared:
    """The same columns under another draft: plan and whatever compiling it costs; timed."""
    return _prepared(policy, prepared.population, prepared.threads, prepared.engine)


# -- drafts of a policy ---------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """A baseline, and what the engine keeps of it for drafts."""

    prepared: Prepared
    columns: list[Array]
    baseline: Array
    whatif: Any

    def plan(self, policy: Policy) -> Plan:
        """The plan of a draft, which reads the same columns."""
        from policydsl.scoring.columns.planning.planner import make_plan

        plan = make_plan(policy, self.prepared.population.schema, scale=SCALE)
        assert plan.inputs == self.prepared.plan.inputs
        return plan


def keep(prepared: Prepared) -> Kept:
    """The baseline's sums, from which drafts with few changed rules are scored."""
    from policydsl.scoring.columns.planning.derived import columns_of
    from policydsl.scoring.columns.whatif import WhatIf

    plan, rows = prepared.plan, prepared.population.rows
    columns = columns_of(plan, prepared.population)
    engine: Any = prepared.engine
    whatif = WhatIf(plan, columns, rows, engine=engine, threads=prepared.threads)
    return Kept(prepared, columns, score(prepared), whatif)


def warm(kept: Kept, policy: Policy) -> None:
    """Load the compiled loops, and plan a draft."""
    from policydsl.scoring.columns.engines.running import prepare

    if kept.prepared.engine == "kernel":
        prepare()
    kept.plan(policy)


def change(kept: Kept, draft: Plan) -> Array:
    """Every person's total under a draft (:meth:`Kept.plan`), from the kept sums."""
    found: Array = kept.whatif.column(draft, "tight")[0]
    return found


def sweep(kept: Kept, policies: list[Policy], way: str) -> list[Effect]:
    """The effect of each draft.

    ``way``: ``full`` runs; ``kept`` sums, draft by draft; ``together``, where the engine may
    count alike persons once for all drafts.
    """
    if way == "full":
        return [_full_effect(kept, policy) for policy in policies]
    if way == "kept":
        changes = [kept.whatif.change(kept.plan(policy)) for policy in policies]
    else:
        changes = list(kept.whatif.sweep([kept.plan(policy) for policy in policies]))
    return [_effect(x.low.after, x.low.difference) for x in changes]


def _full_effect(kept: Kept, policy: Policy) -> Effect:
    """A full run; what it changes is counted while it is in the processor's cache."""
    from policydsl.scoring.columns.engines.running import Runner
    from policydsl.scoring.columns.histograms import CHUNK, Counter, in_chunks

    plan, prepared = kept.plan(policy), kept.prepared
    rows, threads = prepared.population.rows, prepared.threads
    engine: Any = prepared.engine
    runner = Runner.of(plan, [plan.total.low], engine, width="narrow")
    over = runner.over(dict(enumerate(kept.columns)), rows)

    def part(start: int, counters: tuple[Counter, ...]) -> None:
        stop = min(start + CHUNK, rows)
        (after,) = over(start, stop)
        counters[0].add(after)
        counters[1].add(after - kept.baseline[start:stop])

    most = plan.largest
    return _effect(*in_chunks(part, rows, [(-most, most), (-2 * most, 2 * most)], threads))


def _effect(after: Any, difference: Any) -> Effect:
    histogram = dict(zip(after.values.tolist(), after.counts.tolist(), strict=True))
    losers = difference.size - difference.at_least(0)
    return Effect(histogram, difference.above(0), losers)


# -- files ----------------------------------------------------------------------------


def stream(policy: Policy, source: Path, target: Path | None, threads: int) -> dict[int, int]:
    """The histogram of a Parquet file's persons in hundredths; a scored table if asked for.

    All cores are used, whatever ``threads`` says.
    """
    from policydsl.scoring.columns.scored.plans import Wanted
    from policydsl.scoring.columns.scoring import score_file
    from policydsl.scoring.columns.tables.outputs import Options, Outputs

    with tempfile.TemporaryDirectory(dir=source.parent) as folder:
        outputs = Outputs(table=target, histogram=Path(folder, "histogram.csv"))
        summary = score_file(policy, source, outputs, Options(Wanted(groups=False), "kernel"))
    tally = summary.tally
    factor = SCALE // tally.scale
    assert tally.high is None
    assert factor * tally.scale == SCALE
    return {
        value * factor: count
        for value, count in zip(tally.low.values.tolist(), tally.low.counts.tolist(), strict=True)
    }
