"""Which units of assessments belong together: by succession, name, decision, likeness."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from policydsl.comparison.decisions import Decisions
from policydsl.comparison.likeness import Synonyms, assigned, likeness
from policydsl.comparison.links import Clusters, How, Link, Node
from policydsl.comparison.schemes import Element, Scheme, facts_read
from policydsl.comparison.succession import Succession
from policydsl.versions.effects.words import Pair

PAIRED = 0.20
"""The least score of a pair of units (docs/comparison.md says how it was chosen)."""
NAME_WEIGHT = 0.3
"""How much the names of units count beside what they are responsible for."""


@dataclass(frozen=True)
class UnitRow:
    """Units that belong together: for each scheme the ids of those that it has."""

    key: str
    cells: tuple[tuple[str, ...], ...]
    links: tuple[Link, ...] = ()


def words_of(element: Element) -> str:
    """What is said of a part, for the likeness of texts."""
    clause = element.clause
    goals = " ".join(t.text or t.measure or "" for t in clause.targets)
    facts = "" if clause.summary else " ".join(facts_read(element))
    return f"{element.title} {clause.summary or ''} {goals} {facts}"


def align_units(
    schemes: Sequence[Scheme],
    told: Sequence[Succession],
    decisions: Decisions,
    synonyms: Synonyms,
    rank: Mapping[int, int],
    proposing: bool,
) -> list[UnitRow]:
    """Units of assessments: by succession, by name, by decision, by likeness."""
    units: dict[Node, str] = {
        (s.number, c.id): c.label
        for s in sorted(schemes, key=lambda s: rank[s.number])
        for c in s.policy.clauses.values()
        if c.kind == "unit"
    }
    if len({scheme for scheme, _ in units}) < 2:
        return [_unit_row(schemes, [node], (), units, rank) for node in units]
    made = _Joined(schemes, units, decisions)
    made.told(told)
    made.decided(decisions)
    made.named()
    if proposing:
        linked = {(s.older, s.newer) for s in told} | {(s.newer, s.older) for s in told}
        ranked = sorted({scheme for scheme, _ in units}, key=lambda s: rank[s])
        # a history tells all that is to be told
        for a, b in combinations(ranked, 2):
            if (a, b) not in linked:
                made.likely(_likely_units(schemes, units, a, b, made.clusters, synonyms))
    return [
        _unit_row(schemes, cluster, [x for x in made.links if x.one in cluster], units, rank)
        for cluster in made.clusters.all()
    ]


class _Joined:
    """Units put together, and why; what comes first is not joined again."""

    def __init__(
        self, schemes: Sequence[Scheme], units: Mapping[Node, str], decisions: Decisions
    ) -> None:
        self.units = units
        self.links: list[Link] = []
        self._keys: defaultdict[str, list[Node]] = defaultdict(list)
        for scheme, id_ in units:
            self._keys[f"{schemes[scheme].policy.id}#{id_}"].append((scheme, id_))
        self.clusters: Clusters[Node] = Clusters(
            both for d in decisions.decided(False) for both in self._nodes(d.pair)
        )
        for node in units:
            self.clusters.add(node)

    def _nodes(self, pair: tuple[str, str]) -> list[tuple[Node, Node]]:
        ones, others = self._keys.get(pair[0], ()), self._keys.get(pair[1], ())
        return [(a, b) for a in ones for b in others if a != b]

    def told(self, told: Sequence[Succession]) -> None:
        """What the history of the documents says."""
        for each in told:
            for old, new, why in each.pairs():
                one, other = (each.older, old), (each.newer, new)
                if one in self.units and other in self.units and self.clusters.join(one, other):
                    how: How = "stated" if why is None else "inferred"
                    grounds = () if why is None else ((why, why),)
                    self.links.append(Link(one, other, how, None, grounds))

    def decided(self, decisions: Decisions) -> None:
        """What the drafter has answered yes to."""
        for d in decisions.decided(True):
            for one, other in self._nodes(d.pair):
                if self.clusters.join(one, other):
                    self.links.append(Link(one, other, "decided"))

    def named(self) -> None:
        """Units of the same name in different schemes."""
        names: defaultdict[str, list[Node]] = defaultdict(list)
        for node, label in self.units.items():
            names[label].append(node)
        for first, *others in names.values():
            for one in others:
                known = one[0] == first[0] or self.clusters.together(first, one)
                if not known and self.clusters.join(first, one):
                    self.links.append(Link(first, one, "name"))

    def likely(self, links: Iterable[Link]) -> None:
        """What texts make likely."""
        for link in links:
            if self.clusters.join(link.one, link.other):
                self.links.append(link)


def _likely_units(
    schemes: Sequence[Scheme],
    units: Mapping[Node, str],
    a: int,
    b: int,
    clusters: Clusters[Node],
    synonyms: Synonyms,
) -> Iterator[Link]:
    def left(scheme: int, other: int) -> list[Node]:
        return [n for n in units if n[0] == scheme and all(x[0] != other for x in clusters.of(n))]

    rows, columns = left(a, b), left(b, a)
    if not rows or not columns:
        return
    both = [*rows, *columns]
    names = likeness([synonyms.read(_bare(units[n])) for n in both])
    duties = likeness([_duties(schemes[n[0]], n[1], synonyms) for n in both])
    cut = len(rows)
    alike = (NAME_WEIGHT * names + (1 - NAME_WEIGHT) * duties).round(4)[:cut, cut:]
    for i, j in assigned(alike * (alike >= PAIRED)):
        name, duty = names[i, cut + j], duties[i, cut + j]
        reasons: tuple[Pair, ...] = (
            (f"名称相近 {name:.2f}", f"names alike {name:.2f}"),
            (f"职责相近 {duty:.2f}", f"duties alike {duty:.2f}"),
        )
        yield Link(rows[i], columns[j], "proposed", float(alike[i, j]), reasons)


def _bare(label: str) -> str:
    """A unit's name without the district in front, which all of them share."""
    return label[1:] if label[:1] in "区市县" and len(label) > 2 else label


def _duties(scheme: Scheme, unit: str, synonyms: Synonyms) -> str:
    clause = scheme.policy.clauses[unit]
    texts = [clause.summary or "", *(words_of(e) for e in scheme.elements if e.unit == unit)]
    return synonyms.read(" ".join(texts))


def _unit_row(
    schemes: Sequence[Scheme],
    cluster: Sequence[Node],
    links: Sequence[Link],
    units: Mapping[Node, str],
    rank: Mapping[int, int],
) -> UnitRow:
    cells = tuple(tuple(n[1] for n in units if n in cluster and n[0] == s.number) for s in schemes)
    first = min(cluster, key=lambda n: (rank[n[0]], n[1]))
    return UnitRow(f"{schemes[first[0]].policy.id}#{first[1]}", cells, tuple(links))
