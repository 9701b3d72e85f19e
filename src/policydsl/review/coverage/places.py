"""The places of a policy that an example can exercise.

A place is something that can happen in one spot of the text: a tier that is taken, a condition
that holds or does not, a cap that binds, a count that starts or is cut off, a threshold that is
just met or just missed.  Places are what coverage counts and what generated examples aim at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Literal

from policydsl.language import nodes as n
from policydsl.language.printing import print_node
from policydsl.model import expressions as e
from policydsl.model import rules as r
from policydsl.model.policy import Clause, Policy
from policydsl.scoring.ranges import show_points

PlaceKind = Literal[
    "scored", "not_applied", "acts", "holds", "fails", "atom_true", "atom_false", "tier",
    "no_tier", "cell", "no_cell", "counted", "uncounted", "most", "capped", "raised", "picked",
    "cap", "floor", "met", "missed", "eligible", "not_eligible",
]  # fmt: skip
Pair = tuple[str, str]

NAMES: Mapping[PlaceKind, Pair] = {
    "scored": ("计分", "is scored"),
    "not_applied": ("不适用", "does not apply"),
    "acts": ("执行", "acts"),
    "holds": ("条件成立", "the condition holds"),
    "fails": ("条件不成立", "the condition does not hold"),
    "atom_true": ("其中一项成立", "a part of the condition holds"),
    "atom_false": ("其中一项不成立", "a part of the condition does not hold"),
    "tier": ("落入该档", "the tier is taken"),
    "no_tier": ("不属任何一档", "no tier fits"),
    "cell": ("落入该格", "the cell is taken"),
    "no_cell": ("不属任何一格", "no cell fits"),
    "counted": ("有计数", "something is counted"),
    "uncounted": ("计数为零", "nothing is counted"),
    "most": ("达到最多次数", "the count is cut off"),
    "capped": ("达到最高分", "the points are cut off"),
    "raised": ("按最低分计", "the points are raised"),
    "picked": ("被取用", "is the one that counts"),
    "cap": ("超出上限被封顶", "the cap binds"),
    "floor": ("低于下限被托底", "the floor binds"),
    "met": ("恰在界线上", "exactly at the threshold"),
    "missed": ("恰在界线外", "just on the other side of it"),
    "eligible": ("符合适用条件", "the policy applies"),
    "not_eligible": ("不符合适用条件", "the policy does not apply"),
}

MINOR: tuple[PlaceKind, ...] = (
    "cap", "floor", "no_tier", "no_cell", "uncounted", "raised", "not_applied", "not_eligible",
    "met", "missed",
)  # fmt: skip
"""What need not ever happen for a policy to be well written: limits and fall-backs."""

GROUPS: Mapping[PlaceKind, str] = {
    "scored": "clauses", "not_applied": "clauses", "eligible": "clauses",
    "not_eligible": "clauses", "acts": "rules", "holds": "conditions", "fails": "conditions",
    "atom_true": "conditions", "atom_false": "conditions", "tier": "tiers", "no_tier": "tiers",
    "cell": "tiers", "no_cell": "tiers", "counted": "rules", "uncounted": "rules",
    "most": "limits", "capped": "limits", "raised": "limits", "picked": "rules",
    "cap": "limits", "floor": "limits", "met": "boundaries", "missed": "boundaries",
}  # fmt: skip
GROUP_NAMES: Mapping[str, Pair] = {
    "clauses": ("条款", "clauses"),
    "rules": ("规则", "rules"),
    "tiers": ("档次", "tiers"),
    "conditions": ("条件", "conditions"),
    "limits": ("封顶保底", "limits"),
    "boundaries": ("界线", "boundaries"),
}

Key = tuple[str, PlaceKind, int, tuple[int, ...]]
"""Clause, kind, ``id()`` of the rule or expression, and which part of it."""


@dataclass(frozen=True)
class Place:
    """Something that can happen at one spot of a policy; ``what`` quotes the spot."""

    key: Key
    clause: str
    kind: PlaceKind
    what: str
    node: n.Node | None = field(default=None, compare=False, repr=False)
    expr: e.Compared | None = field(default=None, compare=False, repr=False)

    def text(self, language: str = "zh") -> str:
        """What happens, as a drafter says it."""
        name = NAMES[self.kind][0 if language == "zh" else 1]
        if not self.what:
            return name
        return f"{self.what}：{name}" if language == "zh" else f"{self.what}: {name}"


@dataclass(frozen=True)
class Boundary:
    """A comparison of a number with a constant: ``grain`` is the least step of that number."""

    expr: e.Compared
    threshold: Fraction
    flipped: bool
    grain: Fraction

    def side(self, left: Fraction) -> Literal["met", "missed"] | None:
        """Whether a value is the last or the first one on a side of the threshold."""
        operator = self.expr.operator
        if self.flipped:
            operator = _FLIPPED[operator]
        if left == self.threshold:
            return "met"
        beyond = self.grain if operator in (">", "<=") else -self.grain
        return "missed" if left == self.threshold + beyond else None


_FLIPPED: Mapping[e.Comparison, e.Comparison] = {
    "<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!=",
}  # fmt: skip


class Places:
    """All places of a policy (of one table: ``unit``, ``entity``)."""

    def __init__(self, policy: Policy):
        self.policy = policy
        self.all: dict[Key, Place] = {}
        self.atoms: dict[int, e.Expr] = {}
        self.boundaries: dict[int, Boundary] = {}
        self.rules: set[int] = set()
        self._keep: list[object] = []  # ids are of things that live as long as this
        for root in policy.roots:
            self._clause(root)
        for rule in policy.status_rules:
            self._rule("", rule)

    def __iter__(self) -> Iterator[Place]:
        return iter(self.all.values())

    @cached_property
    def by_clause(self) -> Mapping[str, tuple[Place, ...]]:
        """The places of each clause, in the order of the text."""
        found: dict[str, list[Place]] = {}
        for place in self:
            found.setdefault(place.clause, []).append(place)
        return {clause: tuple(places) for clause, places in found.items()}

    @classmethod
    def of_rule(cls, policy: Policy, clause: str, rule: r.Rule) -> frozenset[Key]:
        """The keys of the places of one rule."""
        alone = cls.__new__(cls)
        alone.policy, alone.all, alone.atoms, alone.boundaries = policy, {}, {}, {}
        alone.rules, alone._keep = set(), []
        alone._rule(clause, rule)
        return frozenset(alone.all)

    def _add(
        self,
        clause: str,
        kind: PlaceKind,
        of: object,
        part: tuple[int, ...] = (),
        what: str = "",
        node: n.Node | None = None,
        expr: e.Compared | None = None,
    ) -> None:
        key: Key = (clause, kind, 0 if of is None else id(of), part)
        self._keep.append(of)
        self.all.setdefault(key, Place(key, clause, kind, what, node, expr))

    # -- clauses

    def _clause(self, clause: Clause) -> None:
        if clause.kind in ("task", "scene", "blend", "status_rules"):
            return
        node = clause.node
        if clause.kind == "root":
            if clause.applies_when is not None:
                self._add(clause.id, "eligible", None, node=node)
                self._add(clause.id, "not_eligible", None, node=node)
                self._condition(clause.id, clause.applies_when, node)
        elif clause.is_item or clause.rules:
            self._add(clause.id, "scored", None, node=node)
        if clause.kind != "root" and clause.applies_when is not None:
            self._add(clause.id, "not_applied", None, node=node)
            self._condition(clause.id, clause.applies_when, node)
        self._limits(clause)
        for rule in clause.rules:
            self._rule(clause.id, rule)
        for child in clause.children:
            self._clause(child)

    def _limits(self, clause: Clause) -> None:
        cap = clause.cap if clause.cap is not None else clause.full_marks
        what = "" if not isinstance(cap, Fraction) else f"{show_points(cap)} 分"
        if isinstance(cap, Fraction) and cap_can_bind(self.policy, clause, cap):
            self._add(clause.id, "cap", None, what=what, node=clause.node)
        if not isinstance(clause.floor, r.OpenPoints) and can_fall(self.policy, clause):
            floor = clause.floor if isinstance(clause.floor, Fraction) else Fraction(0)
            self._add(clause.id, "floor", None, what=f"{show_points(floor)} 分", node=clause.node)

    # -- rules

    def _rule(self, clause: str, rule: r.Rule, inner: bool = False) -> None:
        self.rules.add(id(rule))
        node, what = rule.node, _quoted(rule.node)
        if rule.condition is not None:
            self._add(clause, "holds", rule, what=what, node=node)
            self._add(clause, "fails", rule, what=what, node=node)
            self._condition(clause, rule.condition, node)
        self._action(clause, rule, what, inner)
        for number, modifier in enumerate(rule.modifiers):
            if isinstance(modifier, r.PointsCap):
                self._add(clause, "capped", rule, (number,), what, node)
            elif isinstance(modifier, r.PointsFloor):
                self._add(clause, "raised", rule, (number,), what, node)

    def _action(self, clause: str, rule: r.Rule, what: str, inner: bool) -> None:
        node = rule.node
        match rule.action:
            case r.Tiers(_, tiers):
                for tier in tiers:
                    self._tier(clause, tier, inner)
                if not any(t.condition == e.TRUE for t in tiers):
                    self._add(clause, "no_tier", rule, what=what, node=node)
            case r.Matrix() as matrix:
                self._matrix(clause, rule, matrix, what)
            case r.PerStep() as action:
                self._add(clause, "counted", rule, what=what, node=node)
                self._add(clause, "uncounted", rule, what=what, node=node)
                if action.most is not None:
                    self._add(clause, "most", rule, what=what, node=node)
            case r.Combined(how, rules):
                for each in rules:
                    self._rule(clause, each, inner=True)
                    if how != "sum":
                        self._add(clause, "picked", each, what=_quoted(each.node), node=each.node)
            case _:
                if rule.condition is None and not inner:
                    self._add(clause, "acts", rule, what=what, node=node)

    def _tier(self, clause: str, tier: r.Rule, inner: bool) -> None:
        self.rules.add(id(tier))
        quoted = _quoted(tier.node)
        self._add(clause, "tier", tier, what=quoted, node=tier.node)
        for number, modifier in enumerate(tier.modifiers):
            if isinstance(modifier, r.PointsCap):
                self._add(clause, "capped", tier, (number,), quoted, tier.node)
        if tier.condition is not None:
            self._edges(clause, tier.condition, tier.node)
        if isinstance(tier.action, (r.PerStep, r.Combined)):
            self._action(clause, tier, quoted, inner)

    def _matrix(self, clause: str, rule: r.Rule, matrix: r.Matrix, what: str) -> None:
        for row, column in product(range(len(matrix.rows)), range(len(matrix.columns))):
            text = f"{what} 第 {row + 1} 行第 {column + 1} 列"
            self._add(clause, "cell", rule, (row, column), text, rule.node)
        for condition in (*matrix.rows, *matrix.columns):
            self._edges(clause, condition, rule.node)
        if matrix.rows[-1] != e.TRUE or matrix.columns[-1] != e.TRUE:
            self._add(clause, "no_cell", rule, what=what, node=rule.node)

    # -- conditions

    def _condition(self, clause: str, condition: e.Expr, node: n.Node | None) -> None:
        atoms = list(atoms_of(condition))
        if len(atoms) > 1:
            for number, atom in enumerate(atoms):
                text = said(self.policy, atom) or f"{_quoted(node)} 第 {number + 1} 项"
                self.atoms[id(atom)] = atom
                self._add(clause, "atom_true", atom, what=text, node=node)
                self._add(clause, "atom_false", atom, what=text, node=node)
        self._edges(clause, condition, node)

    def _edges(self, clause: str, condition: e.Expr, node: n.Node | None) -> None:
        for atom in atoms_of(condition):
            boundary = boundary_of(self.policy, atom)
            if boundary is None:
                continue
            self.boundaries[id(atom)] = boundary
            for kind in ("met", "missed"):
                side: PlaceKind = "met" if kind == "met" else "missed"
                self._add(clause, side, atom, what=_quoted(node), node=node, expr=boundary.expr)


def atoms_of(condition: e.Expr) -> Iterator[e.Expr]:
    """The parts of a condition that are no 且, 或, 非."""
    match condition:
        case e.All(parts) | e.AnyOf(parts):
            for part in parts:
                yield from atoms_of(part)
        case e.Not(part):
            yield from atoms_of(part)
        case e.Const():
            return
        case _:
            yield condition


_SIGNS: Mapping[e.Comparison, str] = {
    "<": "低于", "<=": "不超过", ">": "超过", ">=": "达到", "==": "为", "!=": "不为",
}  # fmt: skip


def said(policy: Policy, atom: e.Expr) -> str | None:
    """A simple part of a condition in words; ``None`` for others."""
    match atom:
        case e.FactRef(fact, role, _):
            return fact if role == "self" else f"配偶的{fact}"
        case e.IsProvided(fact, _):
            return f"提供{fact}"
        case e.Compared(operator, e.FactRef(fact, role, scale), e.Const(value)):
            shown: object = value
            if isinstance(value, Fraction):
                unit = policy.facts[fact].unit if fact in policy.facts else None
                shown = f"{show_points(value / scale)}{f' {unit.symbol}' if unit else ''}"
            elif isinstance(value, bool):
                shown = "是" if value else "否"
            return f"{'' if role == 'self' else '配偶的'}{fact} {_SIGNS[operator]} {shown}"
        case _:
            return None


def boundary_of(policy: Policy, atom: e.Expr) -> Boundary | None:
    """The boundary of a comparison of a fact (or several) with a number."""
    if not isinstance(atom, e.Compared) or atom.order or atom.operator in ("==", "!="):
        return None
    for flipped, (left, right) in enumerate(((atom.left, atom.right), (atom.right, atom.left))):
        if not isinstance(right, e.Const) or not isinstance(right.value, Fraction):
            continue
        refs = [x for x in e.walk(left) if isinstance(x, e.FactRef)]
        scores = any(isinstance(x, e.ScoreRef) for x in e.walk(left))
        if not refs or scores:
            return None
        grains = []
        for ref in refs:
            fact = policy.facts.get(ref.fact)
            if fact is None or not fact.is_number:
                return None
            grains.append(grain_of(policy, ref.fact) * abs(ref.scale))
        return Boundary(atom, right.value, bool(flipped), min(grains))
    return None


def grain_of(policy: Policy, name: str) -> Fraction:
    """The least step of a number: 1, or as many places as are declared (one, if none are)."""
    fact = policy.facts[name]
    if fact.kind in ("integer", "count"):
        return Fraction(1)
    return Fraction(1, 10 ** (1 if fact.places is None else fact.places))


def cap_can_bind(policy: Policy, clause: Clause, cap: Fraction) -> bool:
    """Whether a cap is more than a declaration: some rule or part could go beyond it."""
    if clause.children:
        parts = [c.declared_maximum for c in clause.children
                 if c.kind not in ("task", "bonus", "deductions", "unit")]  # fmt: skip
        known = [p for p in parts if isinstance(p, Fraction)]
        return len(known) < len(parts) or sum(known, Fraction(0)) > cap or bool(clause.rules)
    return any(_awards(rule) for rule in clause.rules)


def _awards(rule: r.Rule) -> bool:
    for inner in r.nested(rule):
        action = inner.action
        if isinstance(action, (r.Flat, r.PerStep)) and action.sign > 0:
            return True
        if isinstance(action, r.Matrix):
            return True
    return False


def can_fall(policy: Policy, clause: Clause) -> bool:
    """Whether something could take a clause below its floor."""
    if clause.kind == "root":
        return any(c.kind == "deductions" for c in clause.children)
    beside = clause.kind == "deductions" or any(
        clause.id.startswith(f"{c.id}/") for c in policy.clauses.values() if c.kind == "deductions"
    )
    if beside or not clause.rules:
        return False
    return any(
        isinstance(inner.action, (r.Flat, r.PerStep)) and inner.action.sign < 0
        for rule in clause.rules
        for inner in r.nested(rule)
    )


def _quoted(node: n.Node | None) -> str:
    """The first words of a spot, on one line."""
    if node is None or isinstance(node, (n.Clause, n.Document)):
        return ""
    text = " ".join(print_node(node, "zh").split())
    return text if len(text) <= 40 else f"{text[:38]}…"
