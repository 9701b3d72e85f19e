"""What is measured of a draft with other numbers, from what the base left behind.

Points of the clauses whose numbers move are worked out once for each of their values (a compiled
and planned draft each), and then put together for any combination: what stands around such a
clause adds up its parts and bounds the sum, nothing else.  Where that is not so (the clause around
it has rules of its own, a veto depends on the number, scores are open …) the draft is compiled,
planned and run as a whole.  Both ways give the same figures, to the last digit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from math import lcm

import numpy as np
import numpy.typing as npt

from policydsl.language import nodes as n
from policydsl.language.diagnostics import PolicyError
from policydsl.model import expressions as e
from policydsl.model.policy import Clause, Policy, Scene
from policydsl.scoring.cases import Case
from policydsl.scoring.columns.arrays import Numbers
from policydsl.scoring.columns.households import check_scene, reads_total
from policydsl.scoring.columns.placing import Placings
from policydsl.scoring.columns.plan import UNBOUNDED, Flag, Plan
from policydsl.scoring.columns.whatif import WhatIf
from policydsl.scoring.exact import Evaluator, Probe
from policydsl.scoring.expressions import Values
from policydsl.simulation import statistics as st
from policydsl.simulation.people import Groups, People
from policydsl.simulation.quick import QuickBench, Read
from policydsl.simulation.runs import Simulation
from policydsl.simulation.search.bounding import Means, Shift
from policydsl.simulation.search.drafting import Change, Drafter
from policydsl.simulation.search.moves import Move
from policydsl.simulation.search.targets import Measures, Target
from policydsl.simulation.sheets import STATUSES, Quantity, scene_of
from policydsl.simulation.worth import own

Column = npt.NDArray[np.integer]
Chosen = Mapping[int, Fraction]
"""A draft: the numbers that change, by their places among the moves, and their values."""

KEPT = 1 << 30
"""So many bytes of columns are kept."""

LARGE = 1 << 24
"""Points of a clause (as integers) from here on are left to whole runs: sums have 32 bits."""

_BLOCKED = STATUSES | Flag.VETO.certain | Flag.EXCLUDED.certain


@dataclass(frozen=True)
class Shares:
    """Groups of several facts at once: the groups of their combinations, and which hold which."""

    groups: Groups | None
    members: Mapping[tuple[str, str], npt.NDArray[np.bool_]]

    def of(self, counts: Sequence[int], admitted: int) -> dict[tuple[str, str], Fraction | None]:
        """The share of each group among the admitted."""
        held = np.asarray(counts, np.int64)
        return {
            key: Fraction(int(held[where].sum()), admitted) if admitted else None
            for key, where in self.members.items()
        }


def shares_of(people: People, wanted: Sequence[tuple[str, Groups]]) -> Shares:
    """The combinations of the groups of several facts (named as they were asked for)."""
    if not wanted:
        return Shares(None, {})
    codes = np.zeros(len(people), np.int64)
    sizes = [len(groups.labels) for _, groups in wanted]
    for (_, groups), size in zip(wanted, sizes, strict=True):
        codes = codes * size + groups.codes
    places = np.unravel_index(np.arange(int(np.prod(sizes))), sizes)
    members = {
        (by, label): place == number
        for (by, groups), place in zip(wanted, places, strict=True)
        for number, label in enumerate(groups.labels)
    }
    labels = tuple(str(number) for number in range(int(np.prod(sizes))))
    return Shares(Groups("", labels, codes), members)


@dataclass
class _Node:
    """A clause around movable ones: the bounds of its sum, and the sum before them."""

    low: int | None
    high: int | None
    raw: Column
    value: Column

    def bound(self, raw: Column) -> Column:
        """The value that a sum has; the array is changed in place."""
        if self.high is not None:
            np.minimum(raw, self.high, out=raw)
        if self.low is not None:
            np.maximum(raw, self.low, out=raw)
        return raw


class NotQuick(Exception):
    """A draft that has to be run as a whole."""


@dataclass
class Ground(QuickBench[Simulation]):
    """Measures drafts of the base of a simulation; ``looks`` counts them by their way."""

    moves: Sequence[Move] = ()
    shares: Shares = field(default_factory=lambda: Shares(None, {}))
    looks: dict[str, int] = field(
        default_factory=lambda: {"quick": 0, "bounded": 0, "whole": 0, "unsound": 0}
    )

    def __post_init__(self) -> None:
        self._tree: _Tree | None = None
        sim = self.simulation
        sim.by = self.shares.groups
        self.drafter = Drafter(sim.versions[self.version])
        self.base_policy = sim.versions[self.version].policy
        self.scene: Scene = scene_of(self.base_policy, sim.scene, sim.quota, sim.ties)
        self._before = sim.total(self.version)
        self.base = self._whole_measures(
            self.base_policy, sim.total(self.version).low, sim.total(self.version).high, sim.scale
        )
        denominators = [value.denominator for move in self.moves for value in move.values]
        if self._fits():
            self._build(lcm(sim.scale, *denominators))

    # -- one draft

    def measures(self, chosen: Chosen, targets: Sequence[Target] = ()) -> Measures | None:
        """What is measured of a draft; ``None``: no sound policy.

        With ``targets`` what is left to measure once one of them is missed is left out, and the
        result is ``None`` too.
        """
        tree = self._tree
        if tree is not None and all(place in tree.units for place in chosen):
            try:
                if self._out_of_reach(tree, chosen, targets):
                    self.looks["bounded"] += 1
                    return None
                found = self._quick_measures(tree, chosen, targets)
                self.looks["quick"] += 1
                return found
            except NotQuick:
                pass
            except PolicyError:
                self.looks["unsound"] += 1
                return None
        changes = self.changes(chosen)
        try:
            policy = self.drafter.policy(changes)
            sheet = self._sheet(policy)
            scale = lcm(sheet.scale, self.simulation.scale)
            cases = sheet.totals(scale)[0].at(self.simulation.people.cases)
            measured = self._whole_measures(policy, cases.low, cases.high, scale)
        except PolicyError:
            self.looks["unsound"] += 1
            return None
        self.looks["whole"] += 1
        return measured if all(target.met(measured) for target in targets) else None

    def changes(self, chosen: Chosen) -> list[Change]:
        """The numbers with their values."""
        return [(self.moves[place], chosen[place]) for place in sorted(chosen)]

    def _whole_measures(self, policy: Policy, low: Numbers, high: Numbers, scale: int) -> Measures:
        """What is measured, from a full run."""
        sim = self.simulation
        worth = self.worth(policy)
        factor = scale // sim.scale
        before = self._before
        change = st.changed(
            st.difference(before.low * factor, low),
            st.difference(before.high * factor, high),
            sim.weights,
        )
        return self._measures(
            worth.mean, worth.line, worth.admitted, change.counts["loses"] + change.counts["mixed"],
            change.counts["gains"], worth.admitted_by,
        )  # fmt: skip

    def _measures(
        self,
        mean: Fraction | None,
        line: Fraction | None,
        admitted: int,
        losers: int,
        gainers: int,
        by: Sequence[int],
    ) -> Measures:
        persons = self.simulation.people.persons
        return Measures(
            mean, line, admitted,
            Fraction(losers, persons) if persons else None,
            Fraction(gainers, persons) if persons else None, self.shares.of(by, admitted),
        )  # fmt: skip

    # -- the quick way

    def _fits(self) -> bool:
        """Whether drafts can be put together from columns at all."""
        sim, policy = self.simulation, self.base_policy
        keys = self.scene.keys
        planned = sim.scored[self.version].sheet.warning is None
        if not (planned and self._one_table() and self._before.exact and len(policy.roots) == 1):
            return False
        if keys and not (reads_total(keys[0]) and own(keys[0])):
            return False
        if self.scene.applies_when is not None or self._reads_scores(policy):
            return False
        return self.scene.household in (None, "higher_of") and sim.people.persons > 0

    @staticmethod
    def _reads_scores(policy: Policy) -> bool:
        """Whether a rule or condition reads the score of a clause."""
        document = policy.document
        assert document is not None
        scenes = {"SCENE", "BLEND"}
        return any(
            isinstance(node, (n.ScoreOf, n.TotalScore, n.SpouseTotal))
            for part in (*document.attributes, *document.body)
            if not (isinstance(part, n.Clause) and part.kind in scenes)
            for node in n.walk(part)
        )

    def _build(self, scale: int) -> None:
        plan = self._plan(self.base_policy, scale)
        study = self._study(plan)
        if study is None:
            return
        found = study.values(plan)
        low, high, flags = found[0], found[1], found[-1]
        wide = np.asarray(low, np.int64)
        if not (low is high or np.array_equal(low, high)) or (np.abs(wide) >= UNBOUNDED).any():
            return
        if self.scene.keys:
            check_scene(self.base_policy, self.scene)
        self._tree = _Tree.of(self, plan, wide, flags)

    def _out_of_reach(self, tree: _Tree, chosen: Chosen, targets: Sequence[Target]) -> bool:
        """Whether no mean that the draft can have meets the targets, as far as is known unmeasured.

        Raises what putting it together would raise.
        """
        wanted = [target for target in targets if target.kind == "mean"]
        if not wanted:
            return False
        scale = self.simulation.people.persons * tree.plan.scale
        low, high = (Fraction(each, scale) for each in tree.sums(chosen))
        return any(
            (t.low is not None and high < t.low) or (t.high is not None and low > t.high)
            for t in wanted
        )

    def _quick_measures(
        self, tree: _Tree, chosen: Chosen, targets: Sequence[Target]
    ) -> Measures | None:
        sim = self.simulation
        totals = tree.totals(chosen)
        cases = totals if tree.everybody else totals[sim.people.cases]
        before, weights, persons = tree.cases, sim.weights, sim.people.persons
        summed = int(cases.sum(dtype=np.int64) if weights is None else (cases * weights).sum())
        partial = Measures(Fraction(summed, persons * tree.plan.scale))
        if any(t.kind == "mean" for t in targets):
            tree.learn(chosen, summed)
        if any(t.kind == "mean" and not t.met(partial) for t in targets):
            return None
        losers = st.weight_of(cases < before, weights)
        gainers = st.weight_of(cases > before, weights)
        partial = replace(
            partial, losers=Fraction(losers, persons), gainers=Fraction(gainers, persons)
        )
        if any(t.kind in ("losers", "gainers") and not t.met(partial) for t in targets):
            return None
        admitted, line, by = 0, None, tuple(0 for _ in self._labels())
        quota = self.scene.quota if sim.quota is None else sim.quota
        if quota is not None:
            admitted, line, by = self._placed(
                self.base_policy, self.scene, quota, tree.plan, totals, tree.flags
            )
        found = self._measures(
            partial.mean, st.in_points(line, tree.plan.scale), admitted, losers, gainers, by
        )
        return found if all(target.met(found) for target in targets) else None

    def _among(self, policy: Policy, read: Read, left: int, level: Numbers) -> Placings:
        """Who of those level at the line has a place, where the further keys stay as they are."""
        together = self._tree is not None and read.plan is self._tree.plan
        for key in read.scene.keys if together else ():
            reads = (x for x in e.walk(key.expression) if isinstance(x, e.ScoreRef))
            if any(x.clause is not None for x in reads):
                raise NotQuick  # the points of a clause decide, which the draft may change
        return super()._among(policy, read, left, level)

    def _labels(self) -> tuple[str, ...]:
        return () if self.shares.groups is None else self.shares.groups.labels


def _part(clause: str) -> Quantity:
    return lambda plan: plan.parts[clause]


class _Tree:
    """The clauses around movable ones, with the columns of the base."""

    def __init__(self, ground: Ground, plan: Plan, total: Numbers, flags: Column):
        self.ground = ground
        self.plan = plan
        self.total = total
        self.flags = flags
        self.everybody = len(ground.simulation.people.cases) == len(total)
        cases = total if self.everybody else total[ground.simulation.people.cases]
        self.cases = cases.astype(np.int32)
        self.blocked = np.flatnonzero((flags.astype(np.int64) & _BLOCKED) != 0)
        self.units: dict[int, str] = {}
        self.nodes: dict[str, _Node] = {}
        self.bonus: list[Column] = []
        self._studies: dict[str, WhatIf] = {}
        self._columns: dict[tuple[str, tuple[tuple[int, Fraction], ...]], Column | Exception] = {}
        self._bytes = 0
        self._shifts: dict[tuple[str, tuple[tuple[int, Fraction], ...]], Shift] = {}

    @classmethod
    def of(cls, ground: Ground, plan: Plan, total: Numbers, flags: Column) -> _Tree | None:
        """The tree, if it gives the scores of the base."""
        tree = cls(ground, plan, total, flags)
        policy = ground.base_policy
        root = policy.roots[0]
        for place, move in enumerate(ground.moves):
            unit = _unit(policy, root, move.figure.clause)
            if unit is not None and unit in plan.parts:
                tree.units[place] = unit
        # a unit inside another one is part of it
        for place, unit in tree.units.items():
            around = [u for u in tree.units.values() if unit == u or unit.startswith(f"{u}/")]
            tree.units[place] = min(around, key=len)
        if not tree.units or not tree._grow(policy, root):
            return None
        return tree if np.array_equal(tree.totals({}), total) else None

    def _grow(self, policy: Policy, root: Clause) -> bool:
        """Make the nodes of all clauses around the units."""
        ids = {root.id}
        for unit in self.units.values():
            ids.update(clause.id for clause in _chain(policy, root, unit)[1:-1])
        base = [policy.clauses[id_] if id_ != root.id else root for id_ in ids]
        wanted = {child.id for clause in base for child in clause.children}
        wanted &= self.plan.parts.keys()
        sheet = self.ground._sheet(policy, [self.plan])
        names = sorted(wanted)
        bands = sheet.bands([_part(id_) for id_ in names], self.plan.scale)
        if any(not band.exact for band in bands):
            return False
        values: dict[str, Column] = {}
        for name, band in zip(names, bands, strict=True):
            scored = np.where(np.abs(band.low) >= UNBOUNDED, 0, band.low)
            if len(scored) and max(-int(scored.min()), int(scored.max())) >= LARGE:
                return False
            values[name] = scored.astype(np.int32)
        self.values = values
        probe = Probe(Evaluator(policy), Values(policy, Case("", {})))
        for clause in sorted(base, key=lambda c: -len(c.id)):
            bounds = _bounds(policy, root, probe, clause)
            if bounds is None:
                return False
            start, least, most = bounds
            scale = self.plan.scale
            raw = np.full(len(self.total), int(start * scale), np.int32)
            for child in clause.children:
                if child.id in values and not (clause is root and child.kind == "bonus"):
                    raw += values[child.id]
                elif child.id in values:
                    self.bonus.append(values[child.id])
            node = _Node(
                None if least is None else int(least * scale),
                None if most is None else int(most * scale),
                raw,
                raw,
            )
            node.value = node.bound(raw.copy())
            if clause is not root and not np.array_equal(node.value, values[clause.id]):
                return False
            self.nodes[clause.id] = node
        self.root = root.id
        inner = {*self.units.values(), *self.nodes} - {root.id}
        self.parents = {id_: _chain(policy, root, id_)[-2].id for id_ in inner}
        self.bonuses = {c.id for c in root.children if c.kind == "bonus"}
        return True

    # -- putting together

    def _by_unit(self, chosen: Chosen) -> list[tuple[str, tuple[tuple[int, Fraction], ...]]]:
        """The units that change, each with its changes."""
        found: dict[str, list[tuple[int, Fraction]]] = {}
        for place in sorted(chosen):
            found.setdefault(self.units[place], []).append((place, chosen[place]))
        return [(unit, tuple(changes)) for unit, changes in found.items()]

    @cached_property
    def _means(self) -> Means:
        """The sums that bound the mean."""
        sim = self.ground.simulation
        counted = np.ones(len(self.total), np.bool_)
        counted[self.blocked] = False
        rows = np.arange(len(self.total)) if self.everybody else np.asarray(sim.people.cases)
        kept = counted[rows]
        weights = None if sim.weights is None else np.asarray(sim.weights)[kept]
        own = self.cases[kept].astype(np.int64)
        total = int((own if weights is None else own * weights).sum())
        found = Means(rows[kept], weights, total, self.parents, self.root, self.bonuses)
        for id_, node in self.nodes.items():
            found.add(id_, node.low, node.high, node.raw)
        return found

    def sums(self, chosen: Chosen) -> tuple[int, int]:
        """The least and most that the totals of all persons add up to, from what is kept."""
        shifts: dict[object, tuple[str, Shift]] = {}
        for key in self._by_unit(chosen):
            if key not in self._shifts:
                self._shifts[key] = self._means.shift(self._column(*key))
            shifts[key] = key[0], self._shifts[key]
        return self._means.between(shifts)

    def learn(self, chosen: Chosen, total: int) -> None:
        """What the totals of all persons add up to, for the bounds of other drafts."""
        changes = self._by_unit(chosen)
        if len(changes) == 1:
            self._means.learn(changes[0], total)

    def totals(self, chosen: Chosen) -> Column:
        """The usable totals of all rows, in an array of its own."""
        moved: dict[str, list[Column]] = {}
        beside: list[Column] = []  # what is added after the bounds of the whole

        def pass_on(id_: str, column: Column) -> None:
            parent = self.parents.get(id_)
            if id_ in self.bonuses:
                beside.append(column)
            elif parent is not None:
                moved.setdefault(parent, []).append(column)

        for unit, changes in self._by_unit(chosen):
            pass_on(unit, self._column(unit, changes))
        points: Column | None = None
        while moved:
            id_ = max(moved, key=self._depth)
            node = self.nodes[id_]
            raw = node.raw.copy()
            for column in moved.pop(id_):
                raw += column
            value = node.bound(raw)
            if id_ == self.root:
                points = value
            else:
                value -= node.value
                pass_on(id_, value)
        if points is None:
            points = self.nodes[self.root].value.copy()
        for column in (*self.bonus, *beside):
            points += column
        points[self.blocked] = 0
        return points

    def _depth(self, id_: str) -> int:
        return -1 if id_ == self.root else id_.count("/")

    def _column(self, unit: str, changes: tuple[tuple[int, Fraction], ...]) -> Column:
        """By how much the points of a unit change, for each row."""
        key = (unit, changes)
        found = self._columns.get(key)
        if found is None:
            try:
                found = self._made(unit, changes)
            except (PolicyError, NotQuick) as error:
                found = error
            if isinstance(found, np.ndarray):
                self._bytes += found.nbytes
                while self._bytes > KEPT and self._columns:
                    gone = self._columns.pop(next(iter(self._columns)))
                    self._bytes -= gone.nbytes if isinstance(gone, np.ndarray) else 0
            self._columns[key] = found
        if isinstance(found, Exception):
            raise found
        return found

    def _made(self, unit: str, changes: tuple[tuple[int, Fraction], ...]) -> Column:
        ground = self.ground
        try:
            policy = ground.drafter.policy(ground.changes(dict(changes)))
        except PolicyError as error:
            # what is unsound alone may be sound together with another change
            raise NotQuick from error
        plan = ground._plan(policy, self.plan.scale)
        if plan.scale != self.plan.scale or unit not in plan.parts:
            raise NotQuick
        if plan.inputs != self.plan.inputs:
            raise NotQuick
        study = self._study(unit)
        values = study.values(plan)
        low, high, flags = values[0], values[1], values[-1]
        if not (low is high or np.array_equal(low, high)):
            raise NotQuick
        if flags is not study.values(self.plan)[-1] and not np.array_equal(flags, self.flags):
            raise NotQuick
        wide = np.asarray(low, np.int64)
        delta = np.where(np.abs(wide) >= UNBOUNDED, 0, wide) - self.values[unit]
        largest = int(np.abs(delta).max()) if len(delta) else 0
        if largest >= LARGE:
            raise NotQuick
        return delta.astype(
            np.int8 if largest < 128 else np.int16 if largest < 1 << 15 else np.int32
        )

    def _study(self, unit: str) -> WhatIf:
        if unit not in self._studies:
            ground = self.ground
            first = ground._study(self.plan)
            assert first is not None
            self._studies[unit] = WhatIf(
                self.plan, first.columns, first.rows, None, first.engine, first.threads,
                ends=lambda plan: plan.parts[unit], beside=lambda plan: (plan.flags,),
            )  # fmt: skip
        return self._studies[unit]


# -- which clauses only add up and bound


def _chain(policy: Policy, root: Clause, id_: str) -> list[Clause]:
    """The clauses from the root down to one."""
    parts = id_.split("/")
    inner = ["/".join(parts[: count + 1]) for count in range(len(parts))]
    found = [policy.clauses[x] for x in inner if x in policy.clauses and x != root.id]
    return [root, *found]


def _plain(clause: Clause, is_root: bool) -> bool:
    """Whether a clause adds up its parts and bounds the sum, and does nothing else."""
    limits = (clause.cap, clause.full_marks, clause.floor, clause.start)
    return (
        not clause.rules
        and clause.rounding is None
        and (is_root or clause.applies_when is None)
        and clause.in_force is None
        and clause.expires is None
        and clause.kind not in ("unit", "task", "scene", "blend")
        and all(limit is None or isinstance(limit, (Fraction, str)) for limit in limits)
    )


def _unit(policy: Policy, root: Clause, id_: str) -> str | None:
    """The clause around a number whose points are worked out as a whole; ``None``: all of it."""
    chain = _chain(policy, root, id_)
    if len(chain) < 2 or chain[-1].id != id_:
        return None
    for place, clause in enumerate(chain[:-1]):
        if not _plain(clause, place == 0):
            return clause.id if place else None
    return id_


def _bounds(
    policy: Policy, root: Clause, probe: Probe, clause: Clause
) -> tuple[Fraction, Fraction | None, Fraction | None] | None:
    """Start, least and most of the sum of a clause; ``None`` where they are open."""
    kinds = {each.kind for each in _chain(policy, root, clause.id)} if clause is not root else set()
    frame = probe.frame(clause, "deductions" in kinds, "bonus" in kinds)
    (least, most), other = frame.limits
    if other != (least, most) or not frame.start.is_exact:
        return None
    return frame.start.value, least, most


__all__ = ["Chosen", "Ground", "Shares", "shares_of"]
