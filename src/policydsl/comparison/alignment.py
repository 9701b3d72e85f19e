"""Which parts of the schemes meet: by concept first, then as the graph says, then by likeness.

Parts of one concept stand in one row.  A part without a concept joins the row of its partner: one
that the drafter has decided on, one that the version graph tells, or one that is *proposed*.  A
proposal comes from an assignment (of all pairs of two schemes the set with the largest sum of
scores, each part used once); parts that it leaves over are attached to what is most like them, so
that splits and mergers are seen.  Nothing here depends on the order of the schemes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from policydsl.comparison.decisions import Decisions
from policydsl.comparison.likeness import Synonyms, assigned, likeness
from policydsl.comparison.links import HOW_WORDS, Clusters, How, Link, Node
from policydsl.comparison.schemes import Element, Scheme
from policydsl.comparison.structure import area_of
from policydsl.comparison.succession import Succession
from policydsl.comparison.units import UnitRow, align_units, words_of
from policydsl.versions.effects.words import Pair

PAIRED = 0.20
"""The least score of a pair of the assignment (docs/comparison.md says how it was chosen)."""
ATTACHED = 0.25
"""The least score at which a part that is left over is attached to another."""
TEXTS = 0.05
"""The least likeness of texts: where they have nothing in common, places prove nothing."""
SAME_UNIT, OTHER_FRAME = 0.15, 0.10
"""What is added for standing in units that belong together, taken off for standing in a unit on one
side only."""


@dataclass(frozen=True)
class Member:
    """A part in a cell; ``link`` is why it is there, ``None`` for its concept."""

    element: Element
    link: Link | None = None


@dataclass(frozen=True)
class Row:
    """Parts that meet: for each scheme those that it has.

    ``key`` names the row whatever the order of the schemes.
    """

    key: str
    concept: str | None
    title: str
    cells: tuple[tuple[Member, ...], ...]

    @property
    def members(self) -> Iterator[Member]:
        """All parts of the row."""
        return (member for cell in self.cells for member in cell)

    @property
    def proposed(self) -> bool:
        """Whether some part is here by a proposal alone."""
        return any(m.link is not None and m.link.proposed for m in self.members)


@dataclass(frozen=True)
class Alignment:
    """What meets: rows of parts, units, and every link that is no matter of a concept.

    ``refused`` are decisions that others contradict.
    """

    rows: tuple[Row, ...]
    units: tuple[UnitRow, ...]
    links: tuple[Link, ...]
    refused: tuple[tuple[str, str], ...] = ()


def align(
    schemes: Sequence[Scheme],
    told: Sequence[Succession],
    decisions: Decisions,
    synonyms: Synonyms,
    rank: Mapping[int, int],
    proposing: bool = True,
) -> Alignment:
    """The rows of a comparison.

    ``rank`` orders the schemes by what they are, whatever the order in which they were given.
    ``proposing``: whether partners are proposed for what has none; raises :class:`PolicyError`
    (C910) where the library for that is missing.
    """
    units = align_units(schemes, told, decisions, synonyms, rank, proposing)
    elements = {(e.scheme, e.clause.id): e for s in schemes for e in s.elements}
    aligner = _Aligner(schemes, elements, units, decisions, synonyms, rank)
    aligner.by_concept()
    aligner.by_decision()
    aligner.by_history(told)
    if proposing and aligner.loose():
        aligner.by_likeness()
    return Alignment(
        aligner.rows(), tuple(units), tuple(aligner.links.values()), tuple(aligner.refused)
    )


class _Aligner:
    def __init__(
        self,
        schemes: Sequence[Scheme],
        elements: Mapping[Node, Element],
        units: Sequence[UnitRow],
        decisions: Decisions,
        synonyms: Synonyms,
        rank: Mapping[int, int],
    ):
        self.schemes = schemes
        self.elements = dict(sorted(elements.items(), key=lambda x: (rank[x[0][0]], x[0][1])))
        self.decisions = decisions
        self.synonyms = synonyms
        self.rank = rank
        self.unit_row = {
            (scheme, unit): row.key
            for row in units
            for scheme, cell in enumerate(row.cells)
            for unit in cell
        }
        self.by_key: defaultdict[str, list[Node]] = defaultdict(list)
        for node, element in self.elements.items():
            self.by_key[element.key].append(node)
        apart = [pair for d in decisions.decided(False) for pair in self._nodes(*d.pair)]
        self.clusters: Clusters[Node] = Clusters(apart)
        for node in self.elements:
            self.clusters.add(node)
        self.links: dict[tuple[Node, Node], Link] = {}
        self.refused: list[tuple[str, str]] = []

    def _nodes(self, one: str, other: str) -> list[tuple[Node, Node]]:
        return [
            (a, b) for a in self.by_key.get(one, ()) for b in self.by_key.get(other, ()) if a != b
        ]

    def _put(self, link: Link) -> bool:
        if not self.clusters.join(link.one, link.other):
            return False
        self.links.setdefault((link.one, link.other), link)
        return True

    def by_concept(self) -> None:
        """Parts of one concept meet, but for those that the drafter keeps apart."""
        rows: defaultdict[str, list[Node]] = defaultdict(list)
        for node, element in self.elements.items():
            if element.concept is None:
                continue
            # a part that may not stand with the first of the concept joins the next that it may
            if not any(self.clusters.join(first, node) for first in rows[element.concept]):
                rows[element.concept].append(node)

    def by_decision(self) -> None:
        """Pairs that the drafter has put together."""
        for decision in self.decisions.decided(True):
            for one, other in self._nodes(*decision.pair):
                if one[0] != other[0] and not self._put(Link(one, other, "decided")):
                    self.refused.append(decision.pair)

    def by_history(self, told: Sequence[Succession]) -> None:
        """Parts without a concept meet what they came from or became."""
        for each in told:
            for old, new, why in each.pairs():
                one, other = (each.older, old), (each.newer, new)
                both = [self.elements.get(node) for node in (one, other)]
                if any(e is None for e in both) or all(e and e.concept for e in both):
                    continue
                how: How = "stated" if why is None else "inferred"
                reasons = () if why is None else ((why, why),)
                self._put(Link(one, other, how, None, reasons))

    def loose(self) -> list[Node]:
        """Parts that no concept, decision or history has placed."""
        placed = {node for pair in self.links for node in pair}
        return [n for n, e in self.elements.items() if e.concept is None and n not in placed]

    def by_likeness(self) -> None:
        """Proposals for the parts that are left, the likest first."""
        loose = set(self.loose())
        nodes = list(self.elements)
        texts = [self.synonyms.read(words_of(self.elements[node])) for node in nodes]
        alike = likeness(texts)
        found: list[Link] = []
        ranked = sorted(self.schemes, key=lambda s: self.rank[s.number])
        places: defaultdict[int, list[int]] = defaultdict(list)
        for place, node in enumerate(nodes):
            places[node[0]].append(place)
        for at, one in enumerate(ranked):
            for other in ranked[at + 1 :]:
                rows, columns = places[one.number], places[other.number]
                found.extend(self._proposed(nodes, rows, columns, alike, loose))
        found.sort(key=lambda link: (-(link.score or 0), self._order(link)))
        settled: set[tuple[Node, int]] = set()
        for link in found:
            self._settle(link, loose, settled)

    def _settle(self, link: Link, loose: set[Node], settled: set[tuple[Node, int]]) -> None:
        """Accept a proposal unless it would chain rows of concepts or crowd one scheme's cell."""
        one, other = self.clusters.of(link.one), self.clusters.of(link.other)
        if self.clusters.together(link.one, link.other):
            return
        concepts = {self.elements[n].concept for n in (*one, *other)} - {None}
        if len(concepts) > 1:
            return
        crowded = {n[0] for n in one} & {n[0] for n in other}
        if crowded and link.how == "proposed":
            return
        if crowded and not (len(one) == 1 or len(other) == 1):
            return  # two rows that are each complete are not merged by a leftover
        self._put(link)

    def _order(self, link: Link) -> tuple[object, ...]:
        return (self.rank[link.one[0]], link.one[1], self.rank[link.other[0]], link.other[1])

    def _proposed(
        self,
        nodes: Sequence[Node],
        rows: Sequence[int],
        columns: Sequence[int],
        alike: object,
        loose: set[Node],
    ) -> Iterator[Link]:
        import numpy as np

        if not rows or not columns or not any(nodes[i] in loose for i in (*rows, *columns)):
            return
        matrix = np.asarray(alike)
        scores = np.zeros((len(rows), len(columns)))
        reasons: dict[tuple[int, int], tuple[Pair, ...]] = {}
        for i, row in enumerate(rows):
            for j, column in enumerate(columns):
                one, other = self.elements[nodes[row]], self.elements[nodes[column]]
                if nodes[row] not in loose and nodes[column] not in loose:
                    continue
                if self.decisions.answer(one.key, other.key) is False:
                    continue
                text = float(matrix[row, column])
                if text < TEXTS:
                    continue
                more, why = self._structure(one, other)
                scores[i, j] = round(min(1.0, max(0.0, text + more)), 4)
                shown = f"{text:.2f}"
                reasons[i, j] = ((f"文字相近 {shown}", f"texts alike {shown}"), *why)
        best = np.where(scores >= PAIRED, scores, 0.0)
        pairs = assigned(best)
        taken = {i for i, _ in pairs}, {j for _, j in pairs}
        attached = [(i, int(scores[i].argmax())) for i in range(len(rows)) if i not in taken[0]] + [
            (int(scores[:, j].argmax()), j) for j in range(len(columns)) if j not in taken[1]
        ]
        ways: tuple[tuple[How, list[tuple[int, int]], float], ...] = (
            ("proposed", pairs, PAIRED),
            ("attached", attached, ATTACHED),
        )
        for how, chosen, least in ways:
            for i, j in chosen:
                if scores[i, j] >= least:
                    yield Link(
                        nodes[rows[i]], nodes[columns[j]], how,
                        float(scores[i, j]), reasons[i, j],
                    )  # fmt: skip

    def _structure(self, one: Element, other: Element) -> tuple[float, tuple[Pair, ...]]:
        """What the places of two parts add to the likeness of their texts."""
        if (one.unit is None) != (other.unit is None):
            if one.clause.kind == "task" or other.clause.kind == "task":
                return 0.0, ()  # a work plan has no tables of units
            return -OTHER_FRAME, (("一处属单位、一处不属", "one in a unit's table, one not"),)
        if one.unit is not None and other.unit is not None:
            rows = [self.unit_row.get((e.scheme, e.unit or "")) for e in (one, other)]
            if rows[0] is not None and rows[0] == rows[1]:
                return SAME_UNIT, (("单位相承", "units belong together"),)
            return 0.0, ()
        same_frame = (one.bonus, one.deducts) == (other.bonus, other.deducts)
        if one.recognition and other.recognition and _area(one) != _area(other):
            return 0.0, ()
        if same_frame and self._holder(one) == self._holder(other):
            return SAME_UNIT, (("同属一类部分", "parts of one kind"),)
        if not same_frame:
            return -OTHER_FRAME, (("一处加减分、一处不是", "bonus or deduction on one side"),)
        return 0.0, ()

    def _holder(self, element: Element) -> str:
        """What kind of part an element stands in: the shared part, bonus, a group of one area."""
        parent = self.schemes[element.scheme].parents.get(element.clause.id)
        kind = "root" if parent is None else parent.kind
        return f"{kind} {_area(element)}" if kind == "group" else kind

    # -- rows

    def rows(self) -> tuple[Row, ...]:
        """The clusters as rows, in the order of the schemes as they were given."""
        position = {
            (s.number, e.clause.id): (s.number, i)
            for s in self.schemes
            for i, e in enumerate(s.elements)
        }
        made: list[tuple[tuple[int, int], Row]] = []
        for cluster in self.clusters.all():
            nodes = sorted(cluster, key=lambda n: position[n])
            concepts = sorted({c for n in cluster if (c := self.elements[n].concept)})
            canonical = min(cluster, key=lambda n: (self.rank[n[0]], n[1]))
            concept = concepts[0] if concepts else None
            cells = tuple(
                tuple(self._member(n, cluster) for n in nodes if n[0] == s.number)
                for s in self.schemes
            )
            title = "、".join(concepts) or self.elements[nodes[0]].title
            key = concept or self.elements[canonical].key
            made.append((position[nodes[0]], Row(key, concept, title, cells)))
        made.sort(key=lambda each: each[0])
        seen: defaultdict[str, int] = defaultdict(int)
        result = []
        for _, row in made:
            seen[row.key] += 1
            number = seen[row.key]
            key = row.key if number == 1 else f"{row.key}（{number}）"
            title = row.title if number == 1 or row.concept is None else f"{row.title}（{number}）"
            result.append(Row(key, row.concept, title, row.cells))
        return tuple(result)

    def _member(self, node: Node, cluster: Sequence[Node]) -> Member:
        element = self.elements[node]
        if element.concept is not None:
            decided = [x for x in self._links_of(node) if x.how == "decided"]
            return Member(element, decided[0] if decided else None)
        found = self._links_of(node)
        return Member(element, found[0] if found else None)

    def _links_of(self, node: Node) -> list[Link]:
        """Why a part is where it is, the firmest reason first."""
        order = list(HOW_WORDS)
        found = [link for link in self.links.values() if node in (link.one, link.other)]
        return sorted(found, key=lambda x: (order.index(x.how), -(x.score or 0), self._order(x)))


def _area(element: Element) -> str:
    return area_of(element.recognition)
