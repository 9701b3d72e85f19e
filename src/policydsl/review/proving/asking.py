"""The questions: the most and the least, equality, and whether a group can reach a score.

Each function makes a model of the policies and searches it (:mod:`.searching`); every person that
comes back was scored by the exact evaluator, and an answer that does not stand up to that is
*undecided*, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Literal

from policydsl.language.diagnostics import PolicyError
from policydsl.model import expressions as e
from policydsl.model.kinds import SCORED_KINDS
from policydsl.model.policy import Clause, Policy, Scene
from policydsl.model.rules import OpenPoints
from policydsl.review.proving.likely import Likelier, Likely, likelier
from policydsl.review.proving.models import ASKED, Model, Nodes, NotPlanned, Read
from policydsl.review.proving.results import (
    Bound,
    CanReach,
    Compared,
    Difference,
    Extreme,
    Gap,
    Pair,
    Person,
    Verdict,
)
from policydsl.review.proving.searching import Condition, Deadline, Found, Search, Sense, TooLarge
from policydsl.review.proving.solving import solved
from policydsl.review.proving.worlds import Unlike, World, world_of
from policydsl.scoring.cases import Case
from policydsl.scoring.columns.engines.nodes import Const, Id
from policydsl.scoring.columns.plan import INFINITY, UNBOUNDED, Flag
from policydsl.scoring.columns.planning.planner import UNUSABLE, Place
from policydsl.scoring.exact import Evaluator
from policydsl.scoring.expressions import Values

FEW = 24
"""Up to so many facts are left open while a difference is looked for."""
SECONDS = 30.0
"""How long one question may take."""

SCORED = -INFINITY - INFINITY // 2
"""Below this a part is not a number of points: its clause was not scored."""

End = Literal["low", "high"]

NOT_CONFIRMED: Pair = (
    "找到的例子经逐例计分不符，不能作准",
    "the case that was found does not stand up to the exact evaluator",
)
FARTHER: Pair = (
    "事实没有写范围，取值再大得分怎样变化还不能断定",
    "a fact has no stated range, and what becomes of the score far out is not settled",
)
NOBODY: Pair = ("没有符合条件的人", "nobody meets the conditions")


def thinned_out(names: Sequence[str]) -> Pair:
    """Why not all cases were looked at."""
    shown = "、".join(f"“{name}”" for name in dict.fromkeys(names))
    return (
        f"{shown}的取值太多，只核对了关键值",
        f"{shown} has too many values; only those that matter were looked at",
    )


@dataclass
class Asked:
    """A model with the time that its questions may take; answers are remembered by node."""

    model: Model
    tables: list[dict[Place, Read]]
    deadline: Deadline

    def __post_init__(self) -> None:
        self._search = self.model.search()
        self._near = self.model.search(horizon=True)
        self._found: dict[tuple[object, ...], Found | None] = {}

    @property
    def search(self) -> Search:
        """A search over all cases."""
        return self._search

    def best(
        self, node: Id, sense: Sense, conditions: Sequence[Condition], near: bool = False
    ) -> Found | None:
        """The best value; ``near``: within the horizon of facts without a bound."""
        key = (node, sense, tuple(conditions), near)
        if key not in self._found:
            search = self._near if near else self._search
            try:
                found = search.best(node, sense, conditions, self.deadline)
            except TooLarge:
                found = solved(
                    self.model.graph, search.leaves, node, sense, conditions, self.deadline
                )
            self._found[key] = found
        return self._found[key]

    def conditions(self, nodes: Sequence[Id], reads: Sequence[Read]) -> list[Condition]:
        """What holds for every case that is scored, as far as nodes read it."""
        found = self.model.always(nodes, reads)
        # what is refused may rest on more facts than the nodes do
        return self.model.always([*nodes, *(c.node for c in found)], reads) if found else found

    def bound(
        self,
        node: Id,
        sense: Sense,
        read: Read,
        clause: str | None,
        end: End,
        more: Sequence[Condition] = (),
        meets: Callable[[Case], bool] = lambda case: True,
    ) -> Bound:
        """The most (``sense`` 1) or the least that a node can be, with the person.

        ``more`` are conditions on nodes, and ``meets`` says of a case whether it meets them.
        """
        graph = self.model.graph
        conditions = [*self.conditions([node, *(c.node for c in more)], [read]), *more]
        if graph.intervals[node].low <= SCORED:
            conditions.append(Condition(node, low=SCORED))
        try:
            found = self.best(node, sense, conditions)
            if found is None:
                return Bound("undecided", why=NOBODY)
            near = found
            if self.model.grows([node]):
                near = self.best(node, sense, conditions, near=True) or found
        except TooLarge as large:
            return Bound("undecided", why=large.why)
        found = self.eligible(found, node, sense, read, conditions)
        likelier = self.likely(found, [node], read, conditions)
        person = self.confirmed(likelier.found, read, clause, end)
        if person is not None:
            found, person = likelier.found, replace(person, unlikely=likelier.remark)
        else:
            person = self.confirmed(found, read, clause, end)
        if person is None:
            return Bound("undecided", why=NOT_CONFIRMED)
        value = self.model.points(found.value)
        further = None
        if value is not None and near.value != found.value:
            # what still grows between the horizon and twice the horizon grows for ever
            near = self.likely(near, [node], read, conditions, near=True).found
            value, further = None, self.model.person(near, read)
        far = [case for case in self.model.far(node, found, read) if meets(case)]
        if not self.holds_far(found, sense, read, clause, end, far, value is None):
            return Bound("undecided", self.model.points(found.value), person, further, FARTHER)
        thin = self.model.thinned([node])
        if thin:
            return Bound("undecided", value, person, further, thinned_out(thin))
        return Bound("proved", value, person, further)

    def eligible(
        self, found: Found, node: Id, sense: Sense, read: Read, conditions: Sequence[Condition]
    ) -> Found:
        """A case with the same value whose eligibility can be checked, if there is one."""
        unchecked = self.model.any(read.flags, Flag.NOT_CHECKED.both)
        if isinstance(self.model.graph.nodes[unchecked], Const):
            return found
        more = self.conditions([node, unchecked, *(c.node for c in conditions)], [read])
        checked = [*dict.fromkeys((*conditions, *more)), Condition(unchecked, high=0)]
        try:
            other = self.best(node, sense, checked)
        except TooLarge:
            return found
        return other if other is not None and other.value == found.value else found

    def likely(
        self,
        found: Found,
        nodes: Sequence[Id],
        read: Read,
        conditions: Sequence[Condition],
        near: bool = False,
    ) -> Likelier:
        """A case in which nodes have the values of one that was found, and that one might meet."""
        unchecked = Condition(self.model.any(read.flags, Flag.NOT_CHECKED.both), high=0)
        if self.model.holds(unchecked, found.codes):
            conditions = [*conditions, *self.conditions([unchecked.node], [read]), unchecked]
        search = self._near if near else self._search
        return likelier(
            Likely(self.model, search, read, nodes, conditions, found.codes, self.deadline), found
        )

    def holds_far(
        self,
        found: Found,
        sense: Sense,
        read: Read,
        clause: str | None,
        end: End,
        far: Sequence[Case],
        grows: bool,
    ) -> bool:
        """Whether far beyond what was searched nothing is better, or something is (``grows``)."""
        here = self.model.points(found.value)
        if here is None:
            return True
        better = False
        for case in far:
            try:
                score = Evaluator(read.policy).score(case)
            except PolicyError:
                continue
            points = score.total if clause is None else score.parts.get(clause)
            if points is not None:
                value = points.low if end == "low" else points.high
                better = better or value is None or (value - here) * sense > 0
        return better == grows

    def confirmed(self, found: Found, read: Read, clause: str | None, end: End) -> Person | None:
        """The person of what was found, if the exact evaluator says the same."""
        person = self.model.person(found, read)
        points = None if person is None else person.points(clause)
        if points is None:
            return None
        actual = points.low if end == "low" else points.high
        return person if actual == self.model.points(found.value) else None


def asked(
    policies: Sequence[Policy],
    day: date | None,
    seconds: float,
    extra: tuple[e.Expr, ...] = (),
    world: World | None = None,
    go_on: Callable[[], None] = lambda: None,
) -> Asked:
    """The model of some policies.  Raises :class:`NotPlanned`, :class:`Unlike`."""
    deadline = Deadline(seconds, go_on)
    model = Model(world or world_of(policies, day, extra))
    tables = model.read_all(policies)
    return Asked(model, tables, deadline)


# -- the most and the least


def extremes(
    policy: Policy,
    clauses: Sequence[str | None] | None = None,
    *,
    day: date | None = None,
    seconds: float = SECONDS,
    world: World | None = None,
    go_on: Callable[[], None] = lambda: None,
) -> tuple[Extreme, ...]:
    """The most and the least that clauses (ids; ``None``: the total) can give, with persons.

    Without ``clauses`` the total of every table, and every group and item.  ``seconds`` bounds
    the whole; what is not done by then is undecided.  ``world`` are the cases that are considered
    (:func:`.worlds.world_of`, unless some are to be left out).  ``go_on`` is called now and then;
    it may raise where nobody waits for the answer any more.
    """
    try:
        ask = asked([policy], day, seconds, world=world, go_on=go_on)
    except (NotPlanned, Unlike) as problem:
        bound = Bound("undecided", why=problem.why)
        wanted = [None, *_scored(policy)] if clauses is None else clauses
        return tuple(
            _extreme(policy, clause, None, None, (bound, bound, bound, bound)) for clause in wanted
        )
    found: list[Extreme] = []
    done: set[str | None] = set()
    for read in ask.tables[0].values():
        wanted = [None, *(c for c in read.parts)] if clauses is None else clauses
        for clause in wanted:
            if clause is not None and (clause in done or clause not in read.parts):
                continue
            done.add(clause)
            nodes = read.total if clause is None else read.parts[clause]
            found.append(
                _extreme(policy, clause, read.entity, read.unit, _ends(ask, nodes, read, clause))
            )
    return tuple(found)


def _ends(ask: Asked, nodes: Nodes, read: Read, clause: str | None) -> tuple[Bound, ...]:
    most = ask.bound(nodes.high, 1, read, clause, "high")
    least = ask.bound(nodes.low, -1, read, clause, "low")
    if nodes.exact:
        return most, least, most, least
    sure_most = ask.bound(nodes.low, 1, read, clause, "low")
    sure_least = ask.bound(nodes.high, -1, read, clause, "high")
    return most, least, sure_most, sure_least


def _scored(policy: Policy) -> list[str]:
    return [c.id for c in policy.clauses.values() if c.kind in SCORED_KINDS]


def _extreme(
    policy: Policy,
    clause: str | None,
    entity: str | None,
    unit: str | None,
    bounds: Sequence[Bound],
) -> Extreme:
    held = _clause(policy, clause, entity)
    declared = held.declared_maximum if held is not None else None
    label = (policy.title or policy.id) if held is None or clause is None else held.label
    most, least, sure_most, sure_least = bounds
    return Extreme(
        clause, label, "total" if clause is None or held is None else held.kind, unit, entity,
        declared if isinstance(declared, Fraction) else None, most, least, sure_most, sure_least,
    )  # fmt: skip


def _clause(policy: Policy, clause: str | None, entity: str | None) -> Clause | None:
    if clause is not None:
        return policy.clauses.get(clause)
    return next((x for x in policy.roots if (x.entity or x.label) == entity), policy.roots[0])


# -- two policies


def differ(
    old: Policy,
    new: Policy,
    *,
    day: date | None = None,
    seconds: float = SECONDS,
    clauses: bool = True,
    world: World | None = None,
) -> Difference:
    """Whether two policies are the same for everybody, and on whom they differ most.

    ``clauses``: whether each clause that both have is compared as well.
    """
    try:
        ask = asked([old, new], day, seconds, world=world)
    except (NotPlanned, Unlike) as problem:
        return Difference(old.id, new.id, "undecided", (), (), (), problem.why)
    notes = ask.model.world.notes
    olds, news = ask.tables
    totals: list[Compared] = []
    parts: dict[str, Compared] = {}
    for place in dict.fromkeys((*olds, *news)):
        entity, unit = place
        label = unit or entity or ""
        if place not in olds or place not in news:
            only: Literal["old", "new"] = "old" if place in olds else "new"
            totals.append(Compared(None, label, "refuted", only=only))
            continue
        one, two = olds[place], news[place]
        hint = _hint(ask, one, two)
        totals.append(_compared(ask, one, two, None, label, one.total, two.total, hint))
        if not clauses:
            continue
        for clause in dict.fromkeys((*one.parts, *two.parts)):
            if clause in parts:
                continue
            if clause not in one.parts or clause not in two.parts:
                side: Literal["old", "new"] = "old" if clause in one.parts else "new"
                parts[clause] = Compared(clause, clause, "refuted", only=side)
                continue
            parts[clause] = _compared(
                ask, one, two, clause, clause, one.parts[clause], two.parts[clause],
                _hint(ask, one, two, clause),
            )  # fmt: skip
    every = [*totals, *parts.values()]
    verdict: Verdict = "proved"
    if any(x.verdict == "refuted" for x in every):
        verdict = "refuted"
    elif any(x.verdict == "undecided" for x in every):
        verdict = "undecided"
    return Difference(old.id, new.id, verdict, tuple(totals), tuple(parts.values()), notes)


def _compared(
    ask: Asked,
    one: Read,
    two: Read,
    clause: str | None,
    label: str,
    old: Nodes,
    new: Nodes,
    hint: Hint | None = None,
) -> Compared:
    same_flags = clause is not None or one.flags == two.flags
    if (old.low, old.high) == (new.low, new.high) and same_flags:
        return Compared(clause, label, "proved")
    ends: list[End] = ["low"] if old.exact and new.exact else ["low", "high"]
    gaps: list[Gap] = []
    why: Pair | None = None
    for end in ends:
        before = old.low if end == "low" else old.high
        after = new.low if end == "low" else new.high
        if before == after:
            continue
        for sense in (1, -1):
            gap = _gap(ask, one, two, clause, before, after, end, 1 if sense > 0 else -1, hint)
            if isinstance(gap, Gap):
                gaps.append(gap)
            elif gap is not None:
                why = gap
    gain = max((g for g in gaps if _up(g)), key=_size, default=None)
    loss = max((g for g in gaps if not _up(g)), key=_size, default=None)
    if gaps:
        return Compared(clause, label, "refuted", gain, loss, why=why)
    if why is None and not same_flags:
        found = _other_status(ask, one, two)
        if isinstance(found, Gap):
            return Compared(clause, label, "refuted", found)
        why = found
    return Compared(clause, label, "proved" if why is None else "undecided", why=why)


def _up(gap: Gap) -> bool:
    before, after = gap.before, gap.after
    assert before is not None
    assert after is not None
    pairs = {"low": (before.low, after.low), "high": (before.high, after.high)}
    was, is_ = pairs[gap.end]
    if was is None or is_ is None:
        # no low end is less, no high end is more than any number
        return (was is None) == (gap.end == "low")
    return is_ > was


def _size(gap: Gap) -> Fraction:
    return INFINITE if gap.difference is None else abs(gap.difference)


INFINITE = Fraction(10) ** 30


def _gap(
    ask: Asked,
    one: Read,
    two: Read,
    clause: str | None,
    before: Id,
    after: Id,
    end: End,
    sense: Sense,
    hint: Hint | None = None,
) -> Gap | Pair | None:
    """The greatest difference up or down; ``None`` where there is none; or why it is not known."""
    graph = ask.model.graph
    clipped = [
        n
        if abs(graph.intervals[n].low) < UNBOUNDED and abs(graph.intervals[n].high) < UNBOUNDED
        else graph.clip(n, -UNBOUNDED, UNBOUNDED)
        for n in (before, after)
    ]
    difference = graph.sum(0, [(clipped[1], 1), (clipped[0], -1)])
    conditions = ask.conditions([difference], [one, two])
    for node in (before, after):
        if graph.intervals[node].low <= SCORED:
            conditions.append(Condition(node, low=SCORED))
    try:
        found = None if hint is None else hint.shown(difference, sense, end, conditions)
        if found is not None and ask.model.person(found, one) is None:
            found = None  # a case that is refused
        if found is None:
            found = ask.best(difference, sense, conditions)
        if found is None or found.value * sense <= 0:
            thin = ask.model.thinned([difference])
            return thinned_out(thin) if thin else None
        grows = False
        if ask.model.grows([difference]):
            near = ask.best(difference, sense, conditions, near=True)
            grows = near is not None and near.value != found.value
    except TooLarge as large:
        return large.why
    found = ask.eligible(found, difference, sense, one, conditions)
    likelier = ask.likely(found, [difference], one, conditions)
    old, new = (ask.model.person(likelier.found, x) for x in (one, two))
    if old is None or new is None:
        old, new = ask.model.person(found, one), ask.model.person(found, two)
    if old is None or new is None:
        return NOT_CONFIRMED
    new = replace(new, unlikely=likelier.remark)
    amount = None if grows else ask.model.points(found.value)
    gap = Gap(amount, end, old, new, clause)
    was, is_ = gap.before, gap.after
    if was is None or is_ is None:
        return NOT_CONFIRMED
    ends = (was.low, is_.low) if end == "low" else (was.high, is_.high)
    if ends[0] is not None and ends[1] is not None:
        if (ends[1] - ends[0]) * ask.model.scale != found.value:
            return NOT_CONFIRMED
    elif ends[0] == ends[1]:
        return NOT_CONFIRMED
    return gap


@dataclass
class Hint:
    """The greatest difference of totals, where the parts alone settle it.

    Sums, caps and floors never make a difference larger than what goes into them.  So the totals
    differ at most by what their parts do together, and somebody who differs by as much and of
    whose other facts nothing is known is found without looking at the rest.
    """

    ask: Asked
    one: Read
    two: Read
    whole: Nodes
    pairs: tuple[tuple[str, Nodes | None, Nodes | None], ...]
    numbers: frozenset[int]

    def shown(
        self, difference: Id, sense: Sense, end: End, conditions: Sequence[Condition]
    ) -> Found | None:
        """A case with the greatest difference; ``None`` where that has to be searched for."""
        try:
            most, merged = 0, dict[int, int]()
            for name, old, new in self.pairs:
                found = self._most(name, old, new, sense, end)
                if found is not None and found.value * sense > 0:
                    most += found.value * sense
                    merged |= found.codes
            # each part at its best at once, then with what the parts read left open
            for free, base in self._tries(merged):
                search = self.ask.model.fixed(free, base)
                found = search.best(difference, sense, conditions, self.ask.deadline)
                if found is not None and found.value * sense >= most:
                    return found
        except TooLarge:
            return None
        return None

    def _tries(
        self, merged: Mapping[int, int]
    ) -> Iterator[tuple[frozenset[int], Mapping[int, int]]]:
        nothing = frozenset[int]()
        yield nothing, merged
        node = self.whole.high
        best = self.ask.best(node, 1, self.ask.conditions([node], [self.one]))
        codes = {} if best is None else best.codes
        yield nothing, {**codes, **merged}
        if len(self.numbers) <= FEW:
            yield self.numbers, {}
            yield self.numbers, codes

    def _most(
        self, name: str, old: Nodes | None, new: Nodes | None, sense: Sense, end: End
    ) -> Found | None:
        graph = self.ask.model.graph
        terms = []
        for nodes, factor in ((new, 1), (old, -1)):
            if nodes is not None:
                node = nodes.low if end == "low" else nodes.high
                low, high = graph.intervals[node]
                if low <= -UNBOUNDED or high >= UNBOUNDED:
                    raise TooLarge(FARTHER)
                terms.append((node, factor))
        node = graph.sum(0, terms)
        conditions = self.ask.conditions([node], [self.one, self.two])
        inner = None if old is None or new is None else _hint(self.ask, self.one, self.two, name)
        found = None if inner is None else inner.shown(node, sense, end, conditions)
        return found or self.ask.best(node, sense, conditions)


def _hint(ask: Asked, one: Read, two: Read, clause: str | None = None) -> Hint | None:
    """What the parts of the totals (or of a clause) tell, if these are made of them alike."""
    roots = [_clause(x.policy, clause, x.entity) for x in (one, two)]
    if (clause is None and one.flags != two.flags) or roots[0] is None or roots[1] is None:
        return None
    shapes = [
        (x.cap, x.full_marks, x.floor, x.start, x.applies_when, x.in_force, x.expires, x.kind,
         {child.id: child.kind for child in x.children})
        for x in roots if x is not None
    ]  # fmt: skip
    plain = all(
        x is not None and x.rounding is None and not x.rules and x.applies_when is None
        and not any(isinstance(y, OpenPoints) for y in (x.cap, x.full_marks, x.floor, x.start))
        for x in roots
    )  # fmt: skip
    if shapes[0] != shapes[1] or not plain or one.policy.kind != two.policy.kind:
        return None
    names = dict.fromkeys(
        child.id for x, read in zip(roots, (one, two), strict=True) if x is not None
        for child in x.children if child.id in read.parts
    )  # fmt: skip
    pairs = tuple(
        (name, one.parts.get(name), two.parts.get(name))
        for name in names
        if one.parts.get(name) != two.parts.get(name)
    )
    if not names:
        return None
    nodes = [n for _, *pair in pairs for x in pair if x is not None for n in (x.low, x.high)]
    whole = one.total if clause is None else one.parts[clause]
    return Hint(ask, one, two, whole, pairs, frozenset(ask.model.graph.inputs(nodes)))


def _other_status(ask: Asked, one: Read, two: Read) -> Gap | Pair | None:
    """A person with another status, veto or eligibility under the two policies."""
    graph = ask.model.graph
    possible = (graph.bits(one.flags) | graph.bits(two.flags)) & (UNUSABLE | Flag.NOT_CHECKED.both)
    bit = 1
    while bit <= possible:
        if possible & bit:
            for here, there in ((one, two), (two, one)):
                has, lacks = ask.model.any(here.flags, bit), ask.model.any(there.flags, bit)
                conditions = [
                    *ask.conditions([has, lacks], [one, two]),
                    Condition(has, low=1),
                    Condition(lacks, high=0),
                ]
                try:
                    found = ask.best(graph.const(0), 1, conditions)
                except TooLarge as large:
                    return large.why
                if found is not None:
                    found = ask.likely(found, [], one, conditions).found
                    old, new = ask.model.person(found, one), ask.model.person(found, two)
                    if old is None or new is None:
                        return NOT_CONFIRMED
                    return Gap(Fraction(0), "low", old, new)
        bit <<= 1
    return None


# -- whether a group can reach a score


def can_reach(
    policy: Policy,
    condition: e.Expr,
    threshold: Fraction,
    *,
    text: str = "",
    surely: bool = False,
    unit: str | None = None,
    entity: str | None = None,
    day: date | None = None,
    seconds: float = SECONDS,
) -> CanReach:
    """Whether somebody for whom a condition holds can have a total of at least ``threshold``.

    ``surely``: with the low end of the score.  ``unit`` and ``entity`` choose the table, where a
    policy has several.  For a condition as text see :func:`.conditions.condition_of`.
    """
    # a scene for those who do not meet the condition: whoever is known to be out, meets it
    scene = Scene(ASKED, ASKED, policy.roots[0], applies_when=e.Not(condition))
    try:
        ask = asked([replace(policy, scenes=(scene,))], day, seconds, (condition,))
    except (NotPlanned, Unlike) as problem:
        return _unknown(text, threshold, surely, problem.why)
    notes = ask.model.world.notes

    def is_meant(case: Case) -> bool:
        return Values(policy, case).value(condition) is True

    best: CanReach | None = None
    for read in ask.tables[0].values():
        if (unit is not None and read.unit != unit) or (
            entity is not None and read.entity != entity
        ):
            continue
        if scene.id not in read.takes_part:
            why = ("条件太复杂，不能核对", "the condition is too complex to be looked at")
            return _unknown(text, threshold, surely, why)
        node = read.total.low if surely else read.total.high
        applies = ask.model.any(read.takes_part[scene.id], Flag.APPLIES.both)
        meets = Condition(applies, high=0)
        end: End = "low" if surely else "high"
        most = ask.bound(node, 1, read, None, end, [meets], is_meant)
        found = _answer(text, threshold, surely, most, notes)
        if best is None or _rank(found) > _rank(best):
            best = found
    if best is None:
        return _unknown(text, threshold, surely, NOBODY)
    return best


def _rank(found: CanReach) -> tuple[int, Fraction]:
    order = {"proved": 2, "undecided": 1, "refuted": 0}
    value = found.most.value
    return order[found.verdict], INFINITE if value is None else value


def _answer(
    text: str, threshold: Fraction, surely: bool, most: Bound, notes: tuple[Pair, ...]
) -> CanReach:
    person = most.person
    if person is not None and (most.value is None or most.value >= threshold):
        points = person.score.total
        end = points.low if surely else points.high
        if end is None or end >= threshold:
            return CanReach(text, threshold, "proved", most, person, surely, notes)
    if most.verdict == "undecided":
        if most.why == NOBODY:
            return CanReach(text, threshold, "refuted", most, None, surely, notes, NOBODY)
        return CanReach(text, threshold, "undecided", most, None, surely, notes, most.why)
    if most.value is None:
        # what grows for ever passes any number
        why = ("他们的得分没有上限", "their scores have no bound")
        return CanReach(text, threshold, "proved", most, None, surely, notes, why)
    return CanReach(text, threshold, "refuted", most, person, surely, notes)


def _unknown(text: str, threshold: Fraction, surely: bool, why: Pair) -> CanReach:
    return CanReach(
        text, threshold, "undecided", Bound("undecided", why=why), surely=surely, why=why
    )
