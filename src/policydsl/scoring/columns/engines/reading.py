"""Plans, step by step, read into a graph of values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from policydsl.scoring.columns.engines.graph import Graph
from policydsl.scoring.columns.engines.nodes import Const, Id, Sum
from policydsl.scoring.columns.plan import (
    Add,
    Classify,
    Clear,
    Clip,
    Formula,
    Hull,
    In,
    Look,
    Mark,
    Merge,
    Pick,
    Plan,
    Round,
    Slot,
    Step,
    Weaken,
)


@dataclass
class _Growing:
    """A slot to which terms are still being added."""

    kind: Literal["sum", "union"]
    const: int
    terms: list[tuple[Id, int]]


class Reader:
    """Reads plans over the same inputs into one graph."""

    def __init__(self, graph: Graph | None = None) -> None:
        self.graph = Graph() if graph is None else graph

    def read(self, plan: Plan, wanted: Sequence[Slot]) -> list[Id]:
        """The nodes of the wanted slots of a plan at its end."""
        slots = _Slots(self.graph, plan)
        for step in plan.sliced(wanted):
            slots.take(step)
        return [slots.value(slot) for slot in wanted]


class _Slots:
    """What the slots of a plan hold, step by step; sums and unions grow until they are read."""

    def __init__(self, graph: Graph, plan: Plan) -> None:
        self.graph = graph
        self.plan = plan
        self.held: dict[Slot, Id | _Growing] = {}

    def value(self, slot: Slot) -> Id:
        """The node that a slot holds."""
        held = self.held.get(slot)
        if held is None:
            found = self.graph.const(0)
        elif isinstance(held, _Growing):
            make = self.graph.sum if held.kind == "sum" else self.graph.union
            found = make(held.const, held.terms)
        else:
            return held
        self.held[slot] = found
        return found

    def _grow(self, slot: Slot, kind: Literal["sum", "union"], term: Id, number: int) -> None:
        held = self.held.get(slot)
        if not isinstance(held, _Growing) or held.kind != kind:
            node = self.graph.nodes[self.value(slot)]
            if isinstance(node, Sum) and kind == "sum":
                held = _Growing(kind, node.const, list(node.terms))
            elif isinstance(node, Const):
                held = _Growing(kind, node.number, [])
            else:
                held = _Growing(kind, 0, [(self.value(slot), 1 if kind == "sum" else -1)])
            self.held[slot] = held
        held.terms.append((term, number))

    def _source(self, of: Look | Mark | Formula) -> Id:
        if isinstance(of.source, In):
            number = of.source.number
            return self.graph.code(number, self.plan.inputs[number].size)
        return self.value(of.source)

    def take(self, step: Step) -> None:
        """Do what a step says."""
        graph, value, out = self.graph, self.value, step.out
        match step:
            case Look():
                self._grow(out, "sum", graph.look_up(self._source(step), step.table), 1)
            case Mark():
                self._grow(out, "union", graph.look_up(self._source(step), step.table), -1)
            case Formula():
                self._grow(out, "sum", graph.chain(self._source(step), step.chain), 1)
            case Add():
                self._grow(out, "sum", value(step.slot), step.factor)
            case Merge():
                self._grow(out, "union", value(step.slot), step.keep)
            case Classify():
                self._grow(out, "sum", graph.count(value(step.slot), step.cuts, step.stride), 1)
            case Pick():
                self.held[out] = graph.best(step.how, value(out), value(step.slot))
            case Clip():
                self.held[out] = graph.clip(value(out), step.low, step.high)
            case Round():
                self.held[out] = graph.round(value(out), step.unit, step.mode)
            case Clear():
                held, flags = value(out), value(step.flags)
                self.held[out] = graph.gate("clear", held, flags, step.bits, step.unless)
            case Hull():
                held, flags = value(out), value(step.flags)
                self.held[out] = graph.gate(step.end, held, flags, step.bits, step.unless)
            case Weaken():
                held, flags = value(out), value(step.flags)
                self.held[out] = graph.gate("weaken", held, flags, step.bits, True, step.keep)
