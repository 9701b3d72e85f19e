"""Example persons that exercise a policy: few of them, each with something special about it.

Each clause reads a few facts, and :class:`.reaching.Ground` knows all ways through it.  A person is
put together from one way for each clause, the ways being chosen so that each brings something that
no example has shown so far (a greedy set cover); facts that several clauses read are chosen once.
Persons whose score a veto or a status would hide show nothing else.  Every person is scored by the
exact evaluator, and what it has gone through is what counts, not what was hoped for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import islice

from policydsl.language import nodes as n
from policydsl.language.diagnostics import PolicyError
from policydsl.model import expressions as e
from policydsl.model.policy import Policy
from policydsl.review.coverage.measuring import Coverage, coverage
from policydsl.review.coverage.places import Boundary, Place, Places
from policydsl.review.coverage.places import Key as PlaceKey
from policydsl.review.coverage.reaching import Ground, Spot, Way
from policydsl.review.examples import NotWritten, as_example_case, example_of
from policydsl.review.proving.asking import SECONDS
from policydsl.scoring.cases import Case
from policydsl.scoring.columns.domains import MISSING
from policydsl.scoring.columns.planning.keys import Key
from policydsl.scoring.exact import Score
from policydsl.scoring.ranges import show_points

FEW_WAYS = 8
"""Of so many ways the one is taken that breaks the fewest 常情."""
MOST = 400
"""So many persons are enough for any policy."""


_PHRASES = {
    "no_tier": "{label}不属任何一档",
    "no_cell": "{label}不属任何一档",
    "cap": "{label}超出上限",
    "floor": "{label}扣到底",
    "capped": "{label}达到最高",
    "most": "{label}达到最高",
    "raised": "{label}按最低分计",
    "not_applied": "{label}不适用",
    "not_eligible": "不符合适用条件",
    "eligible": "符合适用条件",
    "uncounted": "{label}计数为零",
    "atom_true": "{what}成立",
    "atom_false": "{what}不成立",
    "holds": "{what}",
    "fails": "{label}条件不成立",
}
"""How an example is called after the place that it exercises."""


@dataclass(frozen=True)
class Generated:
    """A person made for a policy: the example, its score, and the places that it newly shows."""

    example: n.Example
    case: Case
    score: Score
    shows: tuple[Place, ...]


@dataclass(frozen=True)
class Complete:
    """Generated examples, and the coverage before and after."""

    before: Coverage
    examples: tuple[Generated, ...]
    exercised: frozenset[PlaceKey]

    @property
    def left(self) -> tuple[Place, ...]:
        """Places that are still not exercised and not proved to be out of reach."""
        return tuple(p for p in self.before.uncovered if p.key not in self.exercised)

    @property
    def share(self) -> Fraction:
        """Percent of what can be reached that is exercised in the end."""
        total = self.before.total
        if not total.reachable:
            return Fraction(100)
        return Fraction(100 * (total.reachable - len(self.left)), total.reachable)


def generate(
    policy: Policy,
    most: int | None = None,
    *,
    day: date | None = None,
    seconds: float = SECONDS,
    fresh: bool = False,
) -> Complete:
    """Examples that raise the coverage of a policy to what can be reached.

    ``most``: not more than so many, those that show most first.  ``fresh``: as if the policy had
    no examples.
    """
    ground = Ground(policy, day, seconds, Places(policy))
    before = coverage(policy, () if fresh else None, ground=ground)
    maker = _Maker(ground, before)
    return maker.complete(MOST if most is None else most)


class _Maker:
    def __init__(self, ground: Ground, before: Coverage):
        self.ground, self.policy, self.before = ground, ground.policy, before
        self.wanted = {
            p.key for p in before.uncovered if before.reaches[p.key].verdict != "refuted"
        }
        self.exercised = {key for key, by in before.by.items() if by}
        self.titles = {example.title for example in self.policy.examples}
        self.dead: set[tuple[int, int]] = set()
        self.plain = {id(spot): self._plain(spot) for spot in ground.spots}

    def complete(self, most: int) -> Complete:
        made: list[Generated] = []
        for case in self._cases():
            if len(made) >= most or not self.wanted:
                break
            one = self._made(case)
            if one is not None:
                made.append(one)
        return Complete(self.before, tuple(made), frozenset(self.exercised))

    def _made(self, case: Case) -> Generated | None:
        """The person as an example, if it shows anything new."""
        seen = self._seen(case)
        new = [key for key in seen if key in self.wanted]
        if not new:
            return None
        case, seen = self._likelier(case, seen, frozenset(new))
        order = {key: number for number, key in enumerate(self.ground.places.all)}
        shows = tuple(self.ground.places.all[key] for key in sorted(new, key=order.__getitem__))
        title = self._title(case, shows)
        clauses = list(dict.fromkeys(p.clause for p in shows if p.clause in self._items()))
        try:
            example, score = example_of(self.policy, case, title, clauses[:4])
        except (NotWritten, PolicyError):
            return None
        self.titles.add(title)
        self.wanted.difference_update(new)
        self.exercised.update(seen)
        return Generated(example, case, score, shows)

    def _seen(self, case: Case) -> frozenset[PlaceKey]:
        return self.ground.seen(as_example_case(self.policy, case))

    def _likelier(
        self, case: Case, seen: frozenset[PlaceKey], new: frozenset[PlaceKey]
    ) -> tuple[Case, frozenset[PlaceKey]]:
        """The case with usual values in the place of those that break a 常情.

        As far as it still shows what is new about it.
        """
        ordinary = self.ground.ordinary
        for _ in range(len(case.facts)):
            broken = ordinary.broken(case.facts, case.members)
            better = None
            for name in dict.fromkeys(x for each in broken for x, _ in e.facts_of(each.condition)):
                usual = self.policy.facts[name].typical
                if name not in case.facts or usual is None or usual == case.facts[name]:
                    continue
                other = replace(case, facts={**case.facts, name: usual})
                if len(ordinary.broken(other.facts, other.members)) < len(broken):
                    shown = self._seen(other)
                    if new <= shown:
                        better = other, shown
                        break
            if better is None:
                break
            case, seen = better
        return case, seen

    def _items(self) -> frozenset[str]:
        return frozenset(c.id for c in self.policy.items)

    # -- persons

    def _cases(self) -> Iterator[Case]:
        """Persons to try, those that show most first."""
        for _, entity, unit in self.ground.tables():
            while self.ground.deadline.left > 0:
                codes, used = self._next(entity, unit)
                if not used:
                    break
                before = set(self.wanted)
                yield self.ground.case(codes, unit, entity)
                if before == self.wanted:
                    # what was hoped for did not happen: these ways are not tried again
                    self.dead.update(used)
        for key in list(self.wanted):
            reach = self.before.reaches.get(key)
            if reach is not None and reach.case is not None and key in self.wanted:
                yield reach.case

    def _spots(self, entity: str | None, unit: str | None) -> list[Spot]:
        """The spots that concern a table: its own, and what all tables share."""
        others = {
            c.id
            for root in self.policy.roots
            for c in root.children
            if c.kind == "unit" and c.label != unit
        }
        return [
            s
            for s in self.ground.spots
            if s.entity == entity
            and not any(s.clause == o or s.clause.startswith(f"{o}/") for o in others)
        ]

    def _next(
        self, entity: str | None, unit: str | None
    ) -> tuple[dict[Key, int], set[tuple[int, int]]]:
        """The codes of the next person, and the ways that were chosen for what they show."""
        codes: dict[Key, int] = {}
        used: set[tuple[int, int]] = set()
        wanted = set(self.wanted)
        spots = self._spots(entity, unit)
        hidden = not any(
            not way.hides and way.places & wanted and (id(spot), number) not in self.dead
            for spot in spots
            for number, way in enumerate(spot.ways)
        )
        rest = []
        for spot in sorted(spots, key=lambda s: -self._worth(s, wanted, hidden)):
            chosen = None
            if not (hidden and used):
                chosen = self._chosen(spot, wanted, codes, hidden)
            if chosen is None:
                rest.append(spot)
                continue
            number, row = chosen
            way = spot.ways[number]
            codes |= way.row(row)
            used.add((id(spot), number))
            wanted -= way.places
        for spot in rest:
            self._fill(spot, codes)
        return codes, used

    def _worth(self, spot: Spot, wanted: set[PlaceKey], hidden: bool) -> int:
        return max(
            (len(way.places & wanted) for number, way in enumerate(spot.ways)
             if way.hides == hidden and (id(spot), number) not in self.dead),
            default=0,
        )  # fmt: skip

    def _chosen(
        self, spot: Spot, wanted: set[PlaceKey], codes: Mapping[Key, int], hidden: bool
    ) -> tuple[int, int] | None:
        """The way that shows most, with a row that agrees with the codes so far."""
        ranked = sorted(
            (-len(way.places & wanted), number)
            for number, way in enumerate(spot.ways)
            if way.places & wanted and way.hides == hidden and (id(spot), number) not in self.dead
        )
        found: tuple[int, int] | None = None
        most = ranked[0][0] if ranked else 0
        for shown, number in ranked:
            row = self._row(spot.ways[number], codes)
            if row is None:
                continue
            if not self.ground.broken({**codes, **spot.ways[number].row(row)}):
                return number, row
            # what shows as much may do without breaking a 常情; what shows less is not better
            if found is None:
                found, most = (number, row), shown
            if shown != most:
                break
        return found

    def _row(self, way: Way, codes: Mapping[Key, int]) -> int | None:
        if not way.codes:
            return 0
        if not any(key in codes for key in way.keys):
            return self.ground.nicest(way, given=codes)
        rows = way.fitting(codes)
        return self.ground.nicest(way, rows, codes) if len(rows) else None

    def _plain(self, spot: Spot) -> list[int]:
        """Ways that hide nothing, those first in which everything is handed in."""

        def rank(number: int) -> tuple[int, int, int]:
            way = spot.ways[number]
            row = self.ground.nicest(way)
            missing = sum(int(c[row] == MISSING) for c in way.codes)
            out = sum(key[1] in ("not_eligible", "not_applied") for key in way.places)
            return out, missing, -way.rows

        return sorted((k for k, way in enumerate(spot.ways) if not way.hides), key=rank)

    def _fill(self, spot: Spot, codes: dict[Key, int]) -> None:
        """Ordinary values for what a spot reads, if any agree with the codes so far."""
        tried = (
            {**codes, **spot.ways[number].row(row)}
            for number in self.plain[id(spot)]
            if (row := self._row(spot.ways[number], codes)) is not None
        )
        first = list(islice(tried, FEW_WAYS))
        if first:
            best = min(range(len(first)), key=lambda i: self.ground.broken(first[i]))
            codes |= first[best]

    # -- what is special about a person

    def _title(self, case: Case, shows: Sequence[Place]) -> str:
        phrases = list(
            dict.fromkeys(
                filter(None, (self._phrase(case, place) for place in sorted(shows, key=_interest)))
            )
        )
        title = "；".join(phrases[:3]) or "一般情形"
        if case.unit is not None:
            title = f"{case.unit}：{title}"
        number, found = 2, title
        while found in self.titles:
            found = f"{title}（{number}）"
            number += 1
        return found

    def _phrase(self, case: Case, place: Place) -> str:
        clause = self.policy.clauses.get(place.clause)
        label = "" if clause is None or clause.kind == "root" else (clause.name or clause.label)
        boundary = self.ground.places.boundaries.get(place.key[2])
        if place.kind in ("met", "missed") and boundary is not None:
            return self._edge(boundary, place.kind == "met")
        what = place.what.split("：")[0]
        if place.kind in ("tier", "cell"):
            return f"{label} {what}" if clause is not None and what not in label else what
        if place.kind == "atom_true" and what.endswith("是"):
            return what
        if place.kind in _PHRASES:
            of = label or ("总分" if place.kind in ("cap", "floor") else "")
            return _PHRASES[place.kind].format(label=of, what=what)
        return f"{label}一般情形" if label else ""

    def _edge(self, boundary: Boundary, met: bool) -> str:
        """A threshold as people say it: 社保月数刚满 60 个月."""
        expr = boundary.expr
        left = expr.right if boundary.flipped else expr.left
        refs = [x for x in e.walk(left) if isinstance(x, e.FactRef)]
        if isinstance(left, e.FactRef):
            fact = self.policy.facts[left.fact]
            value = show_points(boundary.threshold / left.scale)
            unit = (
                "%" if fact.kind == "percentage" else f" {_counted(fact.unit)}" if fact.unit else ""
            )
            name, shown = left.fact, f" {value}{unit}"
        else:
            name = "、".join(dict.fromkeys(x.fact for x in refs))
            shown = f" {show_points(boundary.threshold)}"
        operator = expr.operator
        if boundary.flipped:
            operator = _TURNED.get(operator, operator)
        words = {
            (">=", True): "刚满", (">=", False): "只差一点到", (">", True): "正好",
            (">", False): "刚超过", ("<=", True): "正好", ("<=", False): "刚超过",
            ("<", True): "正好", ("<", False): "刚好不足",
        }  # fmt: skip
        return f"{name}{words[operator, met]}{shown}"


def _counted(unit: object) -> str:
    symbol = str(getattr(unit, "symbol", ""))
    return f"个{symbol}" if symbol in ("月", "季", "小时", "工作日", "百分点") else symbol


_TURNED: Mapping[e.Comparison, e.Comparison] = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
"""``a < b`` said of the other side."""

_ORDER = (
    "not_eligible", "met", "missed", "cap", "floor", "capped", "most", "raised", "not_applied",
    "no_tier", "no_cell", "tier", "cell", "uncounted", "holds",
    "atom_true", "fails", "atom_false",
)  # fmt: skip


def _interest(place: Place) -> int:
    return _ORDER.index(place.kind) if place.kind in _ORDER else len(_ORDER)
