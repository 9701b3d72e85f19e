"""Thresholds: what each scheme demands of the same measure, and what hangs on it.

A rule that deducts below 95 % and a target of 95 % demand the same: thresholds are turned to what
is *demanded*, whatever way the text goes about it.  Measures (facts) meet by their concept; facts
without one meet by their name, and others are proposed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from policydsl.comparison.decisions import Decisions
from policydsl.comparison.likeness import Synonyms, assigned, likeness
from policydsl.comparison.links import Clusters, Link, Node
from policydsl.comparison.schemes import Element, Scheme
from policydsl.language.keywords import Language
from policydsl.language.units import UNITS, Unit
from policydsl.model import expressions as e
from policydsl.model import policy as m
from policydsl.model import rules as r
from policydsl.versions.effects.steps import Side, reach
from policydsl.versions.effects.words import Pair, limit_text, points, written
from policydsl.wording.quantities import is_counter, quantity_text

Worth = Literal["priced", "discretion", "open", "target", "reach"]
"""What hangs on a threshold: stated points, an assessor's judgement, points that are not stated,
nothing (a target), or that from there on there is no more to get."""
MEASURE_PAIRED = 0.55
"""Names of facts are short: they must be much more alike than texts to be proposed."""
_OPPOSITE: Mapping[e.Comparison, e.Comparison] = {
    "<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "==",
}  # fmt: skip
_SIGNS: Mapping[e.Comparison, Pair] = {
    ">=": ("≥", "≥"), ">": ("＞", ">"), "<=": ("≤", "≤"), "<": ("＜", "<"), "==": ("＝", "="),
    "!=": ("≠", "≠"),
}  # fmt: skip
_MOST_TIERS = 40
_NO_POINTS = r.FixedPoints(Fraction(0))
_TARGET: Pair = ("目标，不计分", "a target, no points")
_LANGUAGES: tuple[Language, Language] = ("zh", "en")


@dataclass(frozen=True)
class Threshold:
    """What a clause demands of a measure.

    ``value`` is in base units of ``unit``, a text for a step of an ordered choice, ``None`` where
    it is compared with another fact (``against``).  ``worth`` and ``outcome`` say what hangs on it.
    """

    element: Element
    fact: str
    operator: e.Comparison
    value: Fraction | str | None
    unit: Unit | None
    worth: Worth
    outcome: Pair
    against: str | None = None
    sign: int = 1

    @property
    def demand(self) -> tuple[str, Fraction | str | None, str | None]:
        """What is demanded, for comparing; the same whatever hangs on it."""
        return self.operator, self.value, self.against

    def shown(self) -> Pair:
        """≥95%, ≥1.2 万人."""
        sign = _SIGNS[self.operator]
        if self.against is not None:
            return f"{sign[0]}{self.against}", f"{sign[1]} {self.against}"
        if isinstance(self.value, Fraction):
            zh, en = (quantity_text(self.value, self.unit, x) for x in _LANGUAGES)
            return f"{sign[0]}{zh}", f"{sign[1]} {en}"
        return f"{sign[0]}{self.value}", f"{sign[1]} {self.value}"


def thresholds_in(scheme: Scheme, element: Element) -> list[Threshold]:
    """The thresholds of a part, equal ones once (the one with a price stands)."""
    finder = _Finder(scheme, element)
    found = [*finder.of_rules(element.clause.rules), *finder.of_targets(element.clause.targets)]
    order: list[Worth] = ["priced", "discretion", "open", "reach", "target"]
    best: dict[object, Threshold] = {}
    for each in found:
        key = (each.fact, each.demand, each.outcome if each.worth == "priced" else None)
        alike = [k for k, x in best.items() if x.fact == each.fact and x.demand == each.demand]
        if any(order.index(best[k].worth) < order.index(each.worth) for k in alike):
            continue
        for k in alike:
            if order.index(best[k].worth) > order.index(each.worth):
                del best[k]
        best.setdefault(key, each)
    return list(best.values())


class _Finder:
    def __init__(self, scheme: Scheme, element: Element):
        self.policy = scheme.policy
        self.element = element

    def of_rules(self, rules: Sequence[r.Rule]) -> Iterator[Threshold]:
        alone = len(rules) == 1
        for rule in rules:
            yield from self._rule(rule, alone)

    def _rule(self, rule: r.Rule, alone: bool) -> Iterator[Threshold]:
        action = rule.action
        if isinstance(action, r.Combined):
            for inner in action.rules:
                yield from self._rule(inner, False)
            return
        if isinstance(action, r.Tiers):
            for tier in action.tiers[:_MOST_TIERS]:
                yield from self._conditions(tier)
            return
        yield from self._conditions(rule)
        yield from self._reach(rule, alone)

    def _conditions(self, rule: r.Rule) -> Iterator[Threshold]:
        if rule.condition is None:
            return
        sign, worth, outcome = _outcome(rule)
        # what a deduction punishes is the contrary of what is demanded
        nothing = isinstance(rule.action, r.Flat) and rule.action.points == _NO_POINTS
        for compared in () if nothing else _compared(rule.condition, sign < 0):
            made = self._threshold(compared, worth, outcome, sign)
            if made is not None:
                yield made

    def _reach(self, rule: r.Rule, alone: bool) -> Iterator[Threshold]:
        """From where on an award by steps gives no more."""
        side = Side(self.policy, self.element.clause, alone)
        reached = reach(rule, side)
        action = rule.action
        if reached is None or not isinstance(action, r.PerStep):
            return
        need, deducts, unit = reached
        if deducts or not isinstance(action.subject, e.FactRef):
            return
        most = min(
            [x.value for x in rule.modifiers if isinstance(x, r.PointsCap)]
            or [self.element.points if isinstance(self.element.points, Fraction) else Fraction(0)]
        )
        zh, en = points(most)
        outcome = (f"得满 {zh}", f"the full {en}")
        yield Threshold(self.element, action.subject.fact, ">=", need, unit, "reach", outcome)

    def of_targets(self, targets: Sequence[m.Target]) -> Iterator[Threshold]:
        for target in targets:
            if target.condition is None:
                continue
            for compared in _compared(target.condition, False):
                made = self._threshold(compared, "target", _TARGET, 1)
                if made is not None:
                    yield made

    def _threshold(
        self, compared: e.Compared, worth: Worth, outcome: Pair, sign: int
    ) -> Threshold | None:
        left, right, operator = compared.left, compared.right, compared.operator
        if isinstance(left, e.Const) and isinstance(right, e.FactRef):
            left, right, operator = right, left, _MIRRORED[operator]
        if not isinstance(left, e.FactRef):
            return None
        fact = self.policy.facts.get(left.fact)
        if fact is None:
            return None
        unit = UNITS["%"] if fact.kind == "percentage" else fact.unit
        if operator == "!=":
            return None  # a step of a scale that is punished is no threshold
        if isinstance(right, e.FactRef):
            return Threshold(
                self.element, left.fact, operator, None, unit, worth, outcome, right.fact, sign
            )
        if not isinstance(right, e.Const) or isinstance(right.value, bool):
            return None
        if isinstance(right.value, Fraction):
            value: Fraction | str = right.value
        else:
            if fact.kind not in ("ordered", "date"):
                return None  # the values of a plain choice have no order: no threshold
            value = str(right.value)
        return Threshold(self.element, left.fact, operator, value, unit, worth, outcome, None, sign)


_MIRRORED: Mapping[e.Comparison, e.Comparison] = {
    "<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!=",
}  # fmt: skip


def _compared(expr: e.Expr, negated: bool) -> Iterator[e.Compared]:
    match expr:
        case e.Compared():
            yield replace(expr, operator=_OPPOSITE[expr.operator]) if negated else expr
        case e.All() | e.AnyOf():
            for part in expr.parts:
                yield from _compared(part, negated)
        case e.Not():
            yield from _compared(expr.part, not negated)


def _outcome(rule: r.Rule) -> tuple[int, Worth, Pair]:
    """The sign of what a rule does, what kind of thing it is, and in words."""
    action = rule.action
    node = rule.node
    inner = getattr(node, "action", None) or getattr(node, "outcome", None)
    words = written(inner) if inner is not None else ("", "")
    match action:
        case r.Discretionary() | r.PerStep(points=None):
            return action.sign, "discretion", words
        case r.Flat(points=r.OpenPoints()) | r.PerStep(points=r.OpenPoints()):
            return action.sign, "open", words
        case r.Flat() | r.PerStep():
            if isinstance(action, r.Flat) and isinstance(action.points, r.FixedPoints):
                shown = points(action.points.value)
                verb = ("得", "gets") if action.sign == 1 else ("扣", "deduct")
                words = f"{verb[0]} {shown[0]}", f"{verb[1]} {shown[1]}"
            return action.sign, "priced", words
        case r.OpenRule():
            return 1, "open", limit_text(r.OpenPoints(action.low, action.high))
        case r.NoPoints() | r.Veto() | r.SetStatus():
            return -1, "priced", words
    return 1, "priced", words


# -- the matrix ----------------------------------------------------------------------------

Comparability = Literal["same", "different", "incomparable", "single"]
COMPARABILITY_WORDS: Mapping[Comparability, Pair] = {
    "same": ("一致", "the same"),
    "different": ("不同", "different"),
    "incomparable": ("口径不同，不能直接比", "not the same measure"),
    "single": ("仅一份", "in one only"),
}


@dataclass(frozen=True)
class MeasureRow:
    """A measure with its thresholds in each scheme.

    ``links``: why measures without a concept are put together.  ``facts`` are all names.
    """

    key: str
    concept: str | None
    title: str
    cells: tuple[tuple[Threshold, ...], ...]
    links: tuple[Link, ...] = ()

    @property
    def facts(self) -> list[str]:
        """The names of the facts, in order."""
        return list(dict.fromkeys(t.fact for cell in self.cells for t in cell))

    @property
    def documents(self) -> int:
        """How many schemes have a threshold."""
        return sum(bool(cell) for cell in self.cells)

    @property
    def dimension(self) -> str:
        """What most schemes measure in; what is measured otherwise cannot be compared with it."""
        counted = Counter(d for cell in self.cells for d in {_dimension(t) for t in cell})
        return min(counted, key=lambda d: (-counted[d], d)) if counted else ""

    def alike(self, threshold: Threshold) -> bool:
        """Whether a threshold is measured in what most are."""
        return _dimension(threshold) == self.dimension

    @property
    def proposed(self) -> bool:
        """Whether measures are here by a proposal."""
        return any(link.proposed for link in self.links)

    @property
    def verdict(self) -> Comparability:
        """Whether those that measure alike demand the same, whatever hangs on it."""
        filled = [cell for cell in self.cells if cell]
        if len(filled) < 2:
            return "single"
        alike = [some for cell in filled if (some := [t for t in cell if self.alike(t)])]
        if len(alike) < 2:
            return "incomparable"
        demands = {
            frozenset(
                (t.demand, t.outcome[0] if t.worth in ("priced", "reach") and t.sign > 0 else "")
                for t in cell
            )
            for cell in alike
        }
        return "same" if len(demands) == 1 else "different"


def _dimension(threshold: Threshold) -> str:
    """What it is measured in; persons and attendances are both counts, and not the same."""
    return _measured_in(threshold.unit)


def _measured_in(unit: Unit | None) -> str:
    if unit is None:
        return ""
    return unit.symbol if is_counter(unit) else unit.dimension


def measure_rows(
    schemes: Sequence[Scheme],
    decisions: Decisions,
    synonyms: Synonyms,
    rank: Mapping[int, int],
    proposing: bool = True,
) -> tuple[list[MeasureRow], list[Link]]:
    """The measures with a threshold somewhere, those that most schemes have first."""
    found: dict[Node, list[Threshold]] = {}
    position: dict[Node, tuple[int, int]] = {}
    for scheme in schemes:
        for element in scheme.elements:
            for each in thresholds_in(scheme, element):
                node = (scheme.number, each.fact)
                position.setdefault(node, (scheme.number, len(position)))
                found.setdefault(node, []).append(each)
    nodes = sorted(found, key=lambda node: (rank[node[0]], node[1]))
    facts = {node: schemes[node[0]].policy.facts[node[1]] for node in nodes}
    keys: defaultdict[str, list[Node]] = defaultdict(list)
    for node in nodes:
        keys[measure_key(schemes[node[0]], node[1])].append(node)

    def decided(same: bool) -> list[tuple[Node, Node]]:
        return [
            (a, b) for d in decisions.decided(same)
            for a in keys.get(d.pair[0], ()) for b in keys.get(d.pair[1], ()) if a != b
        ]  # fmt: skip

    clusters: Clusters[Node] = Clusters(decided(False))
    for node in nodes:
        clusters.add(node)
    links: list[Link] = []
    _join_by_concept(nodes, facts, clusters)
    for a, b in decided(True):
        if clusters.join(a, b):
            links.append(Link(a, b, "decided"))
    _join_by_name(nodes, facts, clusters, links)
    if proposing:
        links.extend(_proposals(nodes, facts, clusters, decisions, schemes, synonyms, rank))
    rows = [
        _row(schemes, cluster, facts, found, links, position, rank) for cluster in clusters.all()
    ]
    rows.sort(key=lambda row: (-row[1].documents, row[0]))
    return [row for _, row in rows], links


def measure_key(scheme: Scheme, fact: str) -> str:
    """What decisions call a measure."""
    return f"{scheme.policy.id}#{fact}"


def _join_by_concept(
    nodes: Sequence[Node], facts: Mapping[Node, m.Fact], clusters: Clusters[Node]
) -> None:
    heads: defaultdict[str, list[Node]] = defaultdict(list)
    for node in nodes:
        concept = facts[node].concept
        if concept is None:
            continue
        if not any(clusters.join(head, node) for head in heads[concept]):
            heads[concept].append(node)


def _join_by_name(
    nodes: Sequence[Node],
    facts: Mapping[Node, m.Fact],
    clusters: Clusters[Node],
    links: list[Link],
) -> None:
    """Facts of one name and kind without a concept: of one vocabulary, or called alike."""
    names: dict[tuple[str, str, str], Node] = {}
    for node in nodes:
        fact = facts[node]
        if fact.concept is not None:
            continue
        unit = _measured_in(fact.unit)
        first = names.setdefault((fact.name, fact.kind, unit), node)
        if first[0] != node[0] and clusters.join(first, node):
            links.append(Link(first, node, "name"))


def _proposals(
    nodes: Sequence[Node],
    facts: Mapping[Node, m.Fact],
    clusters: Clusters[Node],
    decisions: Decisions,
    schemes: Sequence[Scheme],
    synonyms: Synonyms,
    rank: Mapping[int, int],
) -> list[Link]:
    """Measures of one dimension whose names are much alike, where one has no concept."""
    import numpy as np

    single = [n for n in nodes if facts[n].concept is None and len(clusters.of(n)) == 1]
    if not single or len({n[0] for n in nodes}) < 2:
        return []
    alike = likeness([synonyms.read(_named(facts[n])) for n in nodes])
    place = {n: i for i, n in enumerate(nodes)}
    found: list[Link] = []
    ranked = sorted({n[0] for n in nodes}, key=lambda s: rank[s])
    for at, a in enumerate(ranked):
        for b in ranked[at + 1 :]:
            rows = [n for n in nodes if n[0] == a]
            columns = [n for n in nodes if n[0] == b]
            scores = np.zeros((len(rows), len(columns)))
            for i, one in enumerate(rows):
                for j, other in enumerate(columns):
                    if one not in single and other not in single:
                        continue
                    if _kind(facts[one]) != _kind(facts[other]):
                        continue
                    key = measure_key(schemes[a], one[1]), measure_key(schemes[b], other[1])
                    rate = alike[place[one], place[other]]
                    if rate >= MEASURE_PAIRED and decisions.answer(*key) is not False:
                        scores[i, j] = rate
            for i, j in assigned(scores):
                text = f"{scores[i, j]:.2f}"
                reasons = ((f"名称相近 {text}", f"names alike {text}"),)
                found.append(Link(rows[i], columns[j], "proposed", float(scores[i, j]), reasons))
    found.sort(key=lambda x: (-(x.score or 0), rank[x.one[0]], x.one[1], rank[x.other[0]], x.other))
    return [
        link
        for link in found
        if not clusters.together(link.one, link.other)
        and not ({n[0] for n in clusters.of(link.one)} & {n[0] for n in clusters.of(link.other)})
        and clusters.join(link.one, link.other)
    ]


def _named(fact: m.Fact) -> str:
    return fact.name


def _kind(fact: m.Fact) -> tuple[str, str]:
    return fact.kind, _measured_in(fact.unit)


def _row(
    schemes: Sequence[Scheme],
    cluster: Sequence[Node],
    facts: Mapping[Node, m.Fact],
    found: Mapping[Node, Sequence[Threshold]],
    links: Sequence[Link],
    position: Mapping[Node, tuple[int, int]],
    rank: Mapping[int, int],
) -> tuple[tuple[int, int], MeasureRow]:
    nodes = sorted(cluster, key=lambda n: position[n])
    concepts = sorted({c for n in nodes if (c := facts[n].concept)})
    first = min(cluster, key=lambda n: (rank[n[0]], n[1]))
    cells = tuple(tuple(t for n in nodes if n[0] == s.number for t in found[n]) for s in schemes)
    concept = concepts[0] if concepts else None
    title = concept or nodes[0][1]
    own = tuple(link for link in links if link.one in cluster)
    key = concept or measure_key(schemes[first[0]], first[1])
    return position[nodes[0]], MeasureRow(key, concept, title, cells, own)
