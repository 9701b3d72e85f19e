"""The plans that a policy's tables need, made when they are first asked for."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from policydsl.model.policy import Policy
from policydsl.scoring import results
from policydsl.scoring.columns.arrays import Codes, Numbers
from policydsl.scoring.columns.plan import Plan, Slot
from policydsl.scoring.columns.population import Population, Schema


class Planner(Protocol):
    """Makes plans; :mod:`policydsl.scoring.columns.planning.planner` has the real one."""

    def make_plan(
        self,
        policy: Policy,
        schema: Schema,
        *,
        unit: str | None = None,
        entity: str | None = None,
        reasons: bool = False,
    ) -> Plan:
        """The plan for one table."""
        ...

    def columns_of(self, plan: Plan, population: Population) -> list[Codes]:
        """The columns that the plan reads."""
        ...

    def run(
        self, plan: Plan, columns: Sequence[Codes], wanted: Sequence[Slot], rows: int, engine: str
    ) -> list[Numbers]:
        """The wanted slots for all rows."""
        ...


@dataclass(frozen=True)
class Wanted:
    """What is asked for beside the total: groups, items, reasons."""

    groups: bool = True
    items: bool = False
    reasons: bool = False


class Plans:
    """The plans of a policy for one schema, made when they are first needed."""

    def __init__(self, policy: Policy, schema: Schema, planner: Planner, wanted: Wanted):
        self.policy = policy
        self.schema = schema
        self.planner = planner
        self.wanted = wanted
        self.made: dict[tuple[str | None, str | None], Plan] = {}
        self.scale = 1
        self.texts: dict[Any, tuple[str, str]] = {}

    def need(self, tables: Iterable[tuple[str | None, str | None]]) -> None:
        """Make the plans of tables; the common scale may grow."""
        for entity, unit in tables:
            if (entity, unit) not in self.made:
                plan = self.planner.make_plan(
                    self.policy, self.schema, unit=unit, entity=entity,
                    reasons=self.wanted.reasons,
                )  # fmt: skip
                self.made[entity, unit] = plan
                self.scale = math.lcm(self.scale, plan.scale)

    def all_tables(self) -> list[tuple[str | None, str | None]]:
        """Every table that the policy has."""
        found: list[tuple[str | None, str | None]] = []
        for root in self.policy.roots:
            entity = None if len(self.policy.roots) == 1 else root.entity or root.label
            units = [child.label for child in root.children if child.kind == "unit"]
            found += [(entity, unit) for unit in units] or [(entity, None)]
        return found

    def part_ids(self) -> list[str]:
        """The clauses whose points are wanted."""
        ids: list[str] = []
        if self.wanted.groups:
            ids += [id_ for part in results.group_parts(self.policy) for id_ in sorted(part.ids)]
        if self.wanted.items:
            scored = {id_ for plan in self.made.values() for id_ in plan.parts}
            ids += [clause.id for clause in self.policy.items if clause.id in scored]
        return list(dict.fromkeys(ids))
