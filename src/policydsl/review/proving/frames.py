"""What a notebook asks of the prover: ``policydsl.prove(policy)``, and its answers as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from policydsl.language.diagnostics import Diagnostic, PolicyError, did_you_mean
from policydsl.language.keywords import Language
from policydsl.model.policy import Policy
from policydsl.review.coverage.reaching import Reach, reachable
from policydsl.review.examples import facts_line
from policydsl.review.proving import can_reach, differ, extremes, monotone
from policydsl.review.proving.asking import SECONDS
from policydsl.review.proving.conditions import condition_of
from policydsl.review.proving.results import (
    Bound,
    CanReach,
    Compared,
    Difference,
    Extreme,
    Gap,
    Monotone,
    Pair,
    Person,
    Verdict,
)
from policydsl.review.proving.worlds import world_of
from policydsl.scoring.ranges import show_points
from policydsl.scoring.results import show_range

if TYPE_CHECKING:
    import pandas as pd

VERDICTS: Mapping[Verdict, Pair] = {
    "proved": ("已证明", "proved"),
    "refuted": ("不成立", "refuted"),
    "undecided": ("未能判定", "undecided"),
}
DIRECTIONS: Mapping[str, Pair] = {
    "rising": ("只升不降", "only rises"),
    "falling": ("只降不升", "only falls"),
    "flat": ("不影响得分", "makes no difference"),
    "mixed": ("有升有降", "rises and falls"),
}
_REACHED: Mapping[Verdict, Pair] = {
    "proved": ("用得上", "can be reached"),
    "refuted": ("谁也用不上", "never reached"),
    "undecided": ("未能判定", "undecided"),
}


@dataclass(frozen=True)
class ProofResult:
    """The answers to what was asked of a policy; ``frame(name)`` for each of ``names``.

    Every person in them was scored by the exact evaluator.  ``notes`` are what was taken for
    granted.
    """

    policy: Policy
    extremes: tuple[Extreme, ...] = ()
    directions: tuple[Monotone, ...] = ()
    reach: tuple[Reach, ...] = ()
    equal: Difference | None = None
    can: CanReach | None = None
    notes: tuple[Pair, ...] = ()
    language: Language = "zh"

    @property
    def ok(self) -> bool:
        """Whether everything that was asked is proved."""
        found: list[Verdict] = [v for e in self.extremes for v in (e.most.verdict, e.least.verdict)]
        found += [x.verdict for x in self.directions]
        found += [x.verdict for x in self.reach]
        found += [x.verdict for x in (self.equal, self.can) if x is not None]
        return all(verdict == "proved" for verdict in found)

    @property
    def names(self) -> tuple[str, ...]:
        """The tables there are."""
        return tuple(
            name
            for name in ("extremes", "directions", "reach", "equal", "can")
            if getattr(self, name)
        )

    def frame(self, name: str) -> pd.DataFrame:
        """A table as a DataFrame.  Raises :class:`PolicyError` (S604) for an unknown one."""
        import pandas as pd

        heads, rows = self.table(name)
        return pd.DataFrame(rows, columns=heads)

    def table(self, name: str) -> tuple[list[str], list[list[str]]]:
        """Heads and rows of a table, as texts.  Raises S604."""
        if name not in self.names:
            details = {"name": name, "near": did_you_mean(name, self.names)}
            raise PolicyError([Diagnostic("S604", None, None, details)])
        heads, rows = _TABLES[name](self)
        return [self._pick(head) for head in heads], rows

    def sentences(self) -> list[str]:
        """Each answer in one sentence, then what was taken for granted."""
        found: list[Pair] = []
        whole = next((e for e in self.extremes if e.clause is None), None)
        if whole is not None:
            least, most = self._value(whole.least), self._value(whole.most)
            found.append((f"总分最少 {least} 分，最多 {most} 分。",
                          f"The total is {least} at least and {most} at most."))  # fmt: skip
        if self.directions:
            mixed = sum(x.direction == "mixed" for x in self.directions)
            found.append((f"{len(self.directions)} 个走向，{mixed} 个有升有降。",
                          f"{len(self.directions)} directions, {mixed} go both ways."))  # fmt: skip
        if self.reach:
            never = sum(x.verdict == "refuted" for x in self.reach)
            found.append((f"{len(self.reach)} 处，{never} 处谁也用不上。",
                          f"{len(self.reach)} places, {never} are never reached."))  # fmt: skip
        if self.equal is not None:
            found.append(_equal_sentence(self.equal))
        if self.can is not None:
            found.append(_can_sentence(self.can))
        found += [(f"前提：{zh}", f"Given: {en}") for zh, en in self.notes]
        return [self._pick(pair) for pair in found]

    def __str__(self) -> str:
        return "\n".join(self.sentences())

    def _pick(self, pair: Pair) -> str:
        return pair[0 if self.language == "zh" else 1]

    def _value(self, bound: Bound) -> str:
        if bound.value is not None:
            return show_points(bound.value) + ("" if bound.verdict == "proved" else "?")
        return "?" if bound.verdict == "undecided" else self._pick(("无界", "no bound"))

    def _who(self, person: Person | None) -> str:
        return "" if person is None else facts_line(person.case, self.language)


def _equal_sentence(found: Difference) -> Pair:
    if found.verdict == "proved":
        return (
            f"{found.old} 与 {found.new} 对每个人都同分，已证明。",
            f"{found.old} and {found.new} score everybody alike: proved.",
        )
    if found.verdict == "undecided":
        return "未能判定是否处处相同。", "It is undecided whether they are the same."
    gain = "" if found.gain is None else f"，最多增加 {_size(found.gain)} 分"
    loss = "" if found.loss is None else f"，最多减少 {_size(found.loss)} 分"
    up = "" if found.gain is None else f"; somebody gains {_size(found.gain)}"
    down = "" if found.loss is None else f"; somebody loses {_size(found.loss)}"
    return (
        f"{found.old} 与 {found.new} 不同{gain}{loss}。",
        f"{found.old} and {found.new} differ{up}{down}.",
    )


def _can_sentence(found: CanReach) -> Pair:
    points = show_points(found.threshold)
    who = found.condition
    if found.verdict == "proved":
        return f"能：{who} 的人可以达到 {points} 分。", f"Yes: those with {who} can reach {points}."
    if found.verdict == "undecided":
        return "未能判定。", "Undecided."
    return f"不能：{who} 的人到不了 {points} 分。", f"No: those with {who} cannot reach {points}."


def _size(gap: Gap) -> str:
    return "∞" if gap.difference is None else show_points(abs(gap.difference))


# -- tables

_Table = tuple[list[Pair], list[list[str]]]


def _extremes(found: ProofResult) -> _Table:
    heads = [("条款", "clause"), ("写明", "declared"), ("最少", "least"), ("最多", "most"),
             ("结论", "verdict"), ("最多的人", "who has most")]  # fmt: skip
    rows = []
    for each in found.extremes:
        where = " ".join(x for x in (each.entity, each.unit) if x)
        name = each.clause or found._pick((f"总分 {where}", f"total {where}")).rstrip()
        verdict = each.most.verdict if each.most.verdict != "proved" else each.least.verdict
        rows.append([
            name, "" if each.declared is None else show_points(each.declared),
            found._value(each.least), found._value(each.most), found._pick(VERDICTS[verdict]),
            found._who(each.most.person),
        ])  # fmt: skip
    return heads, rows


def _directions(found: ProofResult) -> _Table:
    heads = [("条款", "clause"), ("事实", "fact"), ("走向", "direction"), ("例子", "persons")]
    rows = []
    for each in found.directions:
        way = each.direction
        told = found._pick(VERDICTS["undecided"] if way is None else DIRECTIONS[way])
        pairs = [" → ".join(found._who(p) for p in pair) for pair in (each.rise, each.fall) if pair]
        rows.append([each.clause, each.fact, told, "；".join(pairs)])
    return heads, rows


def _reach(found: ProofResult) -> _Table:
    heads = [("条款", "clause"), ("哪一处", "place"), ("结论", "verdict"), ("例子或原因", "why")]
    rows = []
    for each in found.reach:
        why = "" if each.why is None else found._pick(each.why)
        case = "" if each.case is None else facts_line(each.case, found.language)
        rows.append([each.place.clause, each.place.text(found.language),
                     found._pick(_REACHED[each.verdict]), case or why])  # fmt: skip
    return heads, rows


def _equal(found: ProofResult) -> _Table:
    heads = [("条款", "clause"), ("结论", "verdict"), ("最多增加", "most gained"),
             ("最多减少", "most lost"), ("谁", "who")]  # fmt: skip
    assert found.equal is not None
    rows = []
    for each in (*found.equal.totals, *found.equal.clauses):
        total = found._pick((f"总分 {each.label}", f"total {each.label}")).rstrip()
        gap = each.gain or each.loss
        rows.append([
            total if each.clause is None else each.label, _told(found, each),
            "—" if each.gain is None else _size(each.gain),
            "—" if each.loss is None else _size(each.loss),
            "" if gap is None else found._who(gap.new),
        ])  # fmt: skip
    return heads, rows


def _told(found: ProofResult, each: Compared) -> str:
    if each.only is not None:
        sides = {
            "old": ("只在前者", "only in the first"),
            "new": ("只在后者", "only in the second"),
        }
        return found._pick(sides[each.only])
    words = {"proved": ("相同", "the same"), "refuted": ("不同", "different"),
             "undecided": ("未能判定", "undecided")}  # fmt: skip
    return found._pick(words[each.verdict])


def _can(found: ProofResult) -> _Table:
    heads = [("条件", "condition"), ("分数", "points"), ("结论", "verdict"), ("最多", "most"),
             ("谁", "who"), ("得分", "score")]  # fmt: skip
    one = found.can
    assert one is not None
    person = one.person or one.most.person
    score = None if person is None else person.points(None)
    return heads, [[
        one.condition, show_points(one.threshold), found._pick(VERDICTS[one.verdict]),
        found._value(one.most), found._who(person),
        "" if score is None else show_range(score, found.language),
    ]]  # fmt: skip


_TABLES = {
    "extremes": _extremes, "directions": _directions, "reach": _reach, "equal": _equal,
    "can": _can,
}  # fmt: skip


def prove(
    policy: Policy,
    clauses: Sequence[str] = (),
    *,
    other: Policy | None = None,
    can: tuple[str, Fraction] | None = None,
    surely: bool = False,
    unit: str | None = None,
    bounds: bool = False,
    directions: bool = False,
    reach: bool = False,
    day: date | None = None,
    seconds: float = SECONDS,
    language: Language = "zh",
) -> ProofResult:
    """Ask the prover; see :func:`policydsl.prove`."""
    for clause in clauses:
        if clause not in policy.clauses:
            details = {"clause": clause, "near": did_you_mean(clause, policy.clauses)}
            raise PolicyError([Diagnostic("R730", policy.source, None, details)])
    if not (directions or reach or other is not None or can is not None):
        bounds = True
    most = extremes(policy, list(clauses) or None, day=day, seconds=seconds) if bounds else ()
    moves = (
        [x for each in clauses or (None,) for x in monotone(policy, each, day=day, seconds=seconds)]
        if directions
        else []
    )
    places = reachable(policy, day=day, seconds=seconds) if reach else ()
    notes = dict.fromkeys(world_of([policy], day).notes)
    equal = None if other is None else differ(policy, other, day=day, seconds=seconds)
    able = None
    if can is not None:
        condition, points = can
        able = can_reach(
            policy, condition_of(policy, condition), points, text=condition, surely=surely,
            unit=unit, day=day, seconds=seconds,
        )  # fmt: skip
    for answer in (equal, able):
        notes |= dict.fromkeys(() if answer is None else answer.notes)
    return ProofResult(
        policy, tuple(most), tuple(moves),
        tuple(x for x in places if not clauses or x.place.clause in clauses), equal, able,
        tuple(notes), language,
    )  # fmt: skip
