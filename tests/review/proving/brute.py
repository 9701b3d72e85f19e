"""Proofs by trying every case of a small world: what the proof engine is held to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod

from hypothesis import assume

from policydsl.language.diagnostics import PolicyError
from policydsl.model import Policy
from policydsl.model.expressions import Constant
from policydsl.model.policy import Member
from policydsl.review.proving.worlds import World, world_of
from policydsl.scoring.cases import SPOUSE, Case
from policydsl.scoring.columns.domains import Days, Domain, Grid, Listed
from policydsl.scoring.columns.population import Schema
from policydsl.scoring.exact import Evaluator, Score

MOST = 1500


def small_world(policies: Sequence[Policy], seen: Sequence[Case], spouses: bool = False) -> World:
    """A world in which each fact has only the values that some cases have (or a few of its own).

    Skips the example where that are too many to try.
    """
    whole = world_of(policies, seen[0].date)
    people = [case.facts for case in seen] + [m.facts for case in seen for m in case.members]
    domains: dict[str, Domain] = {}
    for name, domain in whole.schema.domains.items():
        values = [p[name] for p in people if name in p]
        domains[name] = _few(domain, values)
    households = whole.schema.households
    assume(spouses or not households)
    size = prod(d.size for d in domains.values())
    assume((size * size if households else size) <= MOST)
    schema = Schema(domains, whole.schema.date, households=households)
    return World(tuple(policies), schema, {})


def _few(domain: Domain, values: Sequence[Constant]) -> Domain:
    if isinstance(domain, Listed):
        return domain
    if isinstance(domain, Days):
        return Listed(tuple(sorted(set(values))[:3])) if values else Days(domain.first, 2)
    known = tuple(sorted({v for v in values if not isinstance(v, bool)})[:3])
    return Listed(known) if known else Grid(domain.low, domain.step, 2)


def every_case(
    policy: Policy, world: World, unit: str | None, entity: str | None
) -> Iterator[Case]:
    """All cases of a world."""
    names = list(world.schema.domains)
    options = [
        [None, *(domain.value(code) for code in range(1, domain.size))]
        for domain in world.schema.domains.values()
    ]

    def people() -> Iterator[dict[str, Constant]]:
        for values in product(*options):
            yield {
                n: v for n, v in zip(names, values, strict=True)
                if v is not None and n in policy.facts
            }  # fmt: skip

    day = world.schema.date
    for facts in people():
        yield Case("x", facts, unit, entity, date=day)
        if world.schema.households:
            for spouse in people():
                yield Case("x", facts, unit, entity, (Member(SPOUSE, spouse),), date=day)


def every_score(
    policy: Policy, world: World, unit: str | None, entity: str | None
) -> Iterator[Score]:
    """The scores of all cases that can be scored."""
    evaluator = Evaluator(policy)
    for case in every_case(policy, world, unit, entity):
        try:
            yield evaluator.score(case)
        except PolicyError:
            continue
