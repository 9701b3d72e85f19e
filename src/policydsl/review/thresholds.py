"""门槛: thresholds that cost nothing, cannot be met, lack their unit, or differ by place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from policydsl.language import nodes as n
from policydsl.model import expressions as e
from policydsl.model.policy import Clause, Fact, Policy, Reading
from policydsl.review.context import Context
from policydsl.review.findings import Finding
from policydsl.review.landscape import bounds_of, reads_of
from policydsl.review.linear import linear
from policydsl.review.registry import check
from policydsl.review.witnesses import numbers
from policydsl.review.words import fact_name, points_text, value_text
from policydsl.wording.sentences import target_text


@dataclass(frozen=True)
class Threshold:
    """A number that a fact is held against: ``fact operator value``, in the unit of the fact."""

    clause: Clause
    fact: Fact
    operator: e.Comparison
    value: Fraction
    node: n.Node | None
    target: bool = False


_FLIPPED: dict[str, e.Comparison] = {
    "<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!=",
}  # fmt: skip


def comparisons(policy: Policy, part: object) -> Iterator[tuple[Fact, e.Comparison, Fraction]]:
    """(fact, operator, number) for every comparison of one fact of the case with a number."""
    for each in e.walk(part):
        if not isinstance(each, e.Compared):
            continue
        form = linear(e.Arith("-", each.left, each.right))
        if form is None or len(form.weights) != 1:
            continue
        ((name, weight),) = form.weights.items()
        if weight != 0 and name in policy.facts:
            operator = each.operator if weight > 0 else _FLIPPED[each.operator]
            yield policy.facts[name], operator, -form.constant / weight


def thresholds(policy: Policy) -> tuple[Threshold, ...]:
    """The thresholds of the rules' conditions and of the targets; tables of tiers are none."""
    found: list[Threshold] = []
    for clause in policy.clauses.values():
        for target in clause.targets:
            if target.condition is not None:
                for fact, operator, value in comparisons(policy, target.condition):
                    found.append(Threshold(clause, fact, operator, value, target.node, True))
        for rule in clause.rules:
            if rule.condition is not None:
                for fact, operator, value in comparisons(policy, rule.condition):
                    found.append(Threshold(clause, fact, operator, value, rule.node))
    return tuple(found)


@check("R640", "thresholds", "门槛与得分挂钩", "thresholds carry points")
def thresholds_carry_points(context: Context) -> Iterator[Finding]:
    """A target of a scored item whose measure no rule of the policy reads."""
    read = {name for clause in context.policy.clauses.values() for name in reads_of(clause)}
    read |= {
        name
        for fact in context.policy.facts.values()
        if fact.name in read
        for name, _ in e.facts_of(fact.derived)
    }
    for item in context.policy.items:
        for target in item.targets:
            if target.measure is None or target.measure in read:
                continue
            what = (
                target_text(target, context.policy, "zh"),
                target_text(target, context.policy, "en"),
            )
            yield context.finding(
                "R640", "refuted", item, at=target.node, what=what,
                witness=numbers(
                    f"{what[0]}或者没有达到，得分一样", f"{what[1]} or not: the same points",
                    threshold=target.threshold,
                ),
            )  # fmt: skip


# -- impossible

_OVER_ALL = re.compile(r"(?:超过|高于|大于|达到?)?\s*(\d+(?:\.\d+)?)\s*[%％]\s*(以上)?")


@check("R641", "thresholds", "门槛可以达到", "thresholds can be met")
def thresholds_are_possible(context: Context) -> Iterator[Finding]:
    """Conditions that no value of the fact's range meets; 100 % 以上 in a text read otherwise."""
    for each in thresholds(context.policy):
        low, high = bounds_of(each.fact)
        if each.fact.kind == "percentage" and high is None:
            high = Fraction(100)
        never = (
            (each.operator == ">" and high is not None and each.value >= high)
            or (each.operator == ">=" and high is not None and each.value > high)
            or (each.operator == "<" and low is not None and each.value <= low)
            or (each.operator == "<=" and low is not None and each.value < low)
        )
        always = (
            (each.operator == "<" and high is not None and each.value > high)
            or (each.operator == "<=" and high is not None and each.value >= high)
            or (each.operator == ">" and low is not None and each.value < low)
        )
        if not never and not always:
            continue
        value, name = value_text(each.value, each.fact), fact_name(each.fact, each.fact.name)
        span = _span(each.fact, low, high)
        yield context.finding(
            "R641", "refuted", each.clause, at=each.node, fact=name, value=value, span=span,
            how=("不可能成立", "can never hold") if never else ("总是成立", "always holds"),
            witness=numbers(
                f"{name[0]} 只能{span[0]}", f"{name[1]} lies {span[1]}",
                threshold=each.value, low=low, high=high,
            ),
        )  # fmt: skip
    for clause, reading, node in readings(context):
        found = [m for m in _OVER_ALL.finditer(reading.original) if _beyond_all(m)]
        if found:
            shown = found[0].group(0).strip()
            yield context.finding(
                "R641", "refuted", clause, at=node, fact=("原文", "the text"),
                value=(shown, shown), span=("在 0% 至 100% 之间", "between 0% and 100%"),
                how=("不可能成立", "can never hold"),
                witness=numbers(
                    f"“{reading.original}”，读作“{reading.read_as}”",
                    f"“{reading.original}”, read as “{reading.read_as}”",
                    threshold=Fraction(found[0].group(1)),
                ),
            )  # fmt: skip


def _beyond_all(match: re.Match[str]) -> bool:
    value = Fraction(match.group(1))
    over = match.group(0).startswith(("超过", "高于", "大于"))
    return value > 100 or (value == 100 and (match.group(2) is not None or over))


def _span(fact: Fact, low: Fraction | None, high: Fraction | None) -> tuple[str, str]:
    if low is not None and high is not None:
        one, other = value_text(low, fact), value_text(high, fact)
        return f"在 {one[0]} 至 {other[0]} 之间", f"between {one[1]} and {other[1]}"
    if low is not None:
        return f"不低于 {value_text(low, fact)[0]}", f"at {value_text(low, fact)[1]} or above"
    assert high is not None
    return f"不高于 {value_text(high, fact)[0]}", f"at {value_text(high, fact)[1]} or below"


def readings(context: Context) -> Iterator[tuple[Clause | None, Reading, n.Node]]:
    """Every garbled place (校读) with its clause and node; ``None``: of the document itself."""
    policy = context.policy
    scenes = (scene.clause for scene in policy.scenes)
    holders: list[tuple[Clause | None, Sequence[Reading], n.Node | None]] = [
        (None, policy.readings, policy.document),
        *((c, c.readings, c.node) for c in (*policy.clauses.values(), *scenes)),
    ]
    for clause, found, node in holders:
        if isinstance(node, (n.Clause, n.Document)):
            nodes = [a for a in node.attributes if a.key == "READING"]
            for reading, place in zip(found, nodes, strict=False):
                yield clause, reading, place


# -- the same measure

_SAME = {"<": "at least", ">=": "at least", ">": "at most", "<=": "at most"}


@check("R642", "thresholds", "同一指标的门槛一致", "one measure has one threshold")
def one_threshold(context: Context) -> Iterator[Finding]:
    """The same fact held against different numbers in different clauses."""
    by_fact: dict[str, list[Threshold]] = {}
    for each in thresholds(context.policy):
        if each.operator in _SAME and each.fact.kind != "yes_no":
            by_fact.setdefault(each.fact.name, []).append(each)
    for found in by_fact.values():
        first: dict[str, Threshold] = {}
        for each in found:
            sense = _SAME[each.operator]
            known = first.setdefault(sense, each)
            if known.value == each.value:
                continue
            if known.clause.id == each.clause.id and not _off_target(found, known, each):
                continue
            if _tiered(found, each) or _tiered(found, known):
                continue
            yield _differs(context, "R642", each, known, context.label(known.clause), known.node)


def _off_target(found: Iterable[Threshold], one: Threshold, other: Threshold) -> bool:
    """Whether a target of a clause is none of the numbers that its rules go by."""
    target, rule = (one, other) if one.target else (other, one)
    own = [t for t in found if t.clause.id == target.clause.id and not t.target]
    return target.target and not rule.target and all(t.value != target.value for t in own)


def _tiered(found: Iterable[Threshold], one: Threshold) -> bool:
    """Whether the rules of a clause hold the fact against several numbers: grades."""
    return len({t.value for t in found if t.clause.id == one.clause.id and not t.target}) > 1


def _differs(
    context: Context,
    code: str,
    here: Threshold,
    there: Threshold,
    label: tuple[str, str],
    also: n.Node | None,
) -> Finding:
    name = fact_name(here.fact, here.fact.name)
    one, other = value_text(here.value, here.fact), value_text(there.value, there.fact)
    return context.finding(
        code, "refuted", here.clause, at=here.node, also=(also,), fact=name, value=one,
        other_value=other, other=label,
        witness=numbers(
            f"此处 {one[0]}，{label[0]} {other[0]}", f"here {one[1]}, in {label[1]} {other[1]}",
            here=here.value, there=there.value,
        ),
    )  # fmt: skip


# -- units

_NUMBER = re.compile(r"\d+(?:\.\d+)?[万亿]?")
_UNIT = r"\s*(%|％|‰|个百分点|[分项次篇人家元年月日天岁课时名个起件户套间])"


@check("R643", "thresholds", "数字都带单位", "numbers have their unit")
def numbers_have_units(context: Context) -> Iterator[Finding]:
    """A bare number for a fact that has a unit, where others write it; also in garbled places."""
    for clause, reading, node in readings(context):
        original, read_as = reading.original, reading.read_as
        bare = _bare(original, read_as)
        if bare is not None:
            yield context.finding(
                "R643", "refuted", clause, at=node, number=bare[0], unit=bare[1],
                witness=numbers(
                    f"“{original}”，读作“{read_as}”", f"“{original}”, read as “{read_as}”",
                    number=bare[0], unit=bare[1],
                ),
            )  # fmt: skip
    for clause in context.policy.clauses.values():
        nodes: list[n.Node | None] = [rule.node for rule in clause.rules]
        nodes += [target.node for target in clause.targets]
        for holder in nodes:
            for number, fact in _without_unit(context.policy, holder):
                unit = "%" if fact.kind == "percentage" else fact.unit.symbol if fact.unit else ""
                shown = points_text(number.value)
                yield context.finding(
                    "R643", "refuted", clause, at=number, number=shown, unit=unit,
                    witness=numbers(
                        f"“{fact.name}”与 {shown} 比较，没有写单位",
                        f"“{fact.name}” against {shown}, without a unit", number=shown, unit=unit,
                    ),
                )  # fmt: skip


def _bare(original: str, read_as: str) -> tuple[str, str] | None:
    """The number that has a unit in the reading and none in the original."""
    for found in _NUMBER.finditer(original):
        number = found.group(0)
        if re.match(_UNIT, original[found.end() :]):
            continue
        with_unit = re.search(rf"(?<!\d){re.escape(number)}{_UNIT}", read_as)
        if with_unit and with_unit.group(1) in ("%", "％"):
            return number, with_unit.group(1)
    return None


def _without_unit(policy: Policy, node: n.Node | None) -> Iterator[tuple[n.Number, Fact]]:
    """The bare numbers that facts with a unit are held against, in conditions and in tiers."""
    if node is None:
        return
    for each in n.walk(node):
        found: Sequence[object] = ()
        subject: object = None
        match each:
            case n.Compare():
                subject, found = each.left, (each.right,)
            case n.NumberBound():
                subject, found = each.subject, (each.number,)
            case n.Between():
                subject, found = each.subject, (each.high,)  # the low one borrows its unit
            case n.Tiers():
                patterns = [p for tier in each.tiers for p in tier.patterns]
                subject = each.subject
                found = [p.low if p.high is None else p.high for p in patterns]
        name = subject.name.text if isinstance(subject, n.Reference) else ""
        fact = policy.facts.get(name)
        if fact is None or (fact.kind != "percentage" and fact.unit is None):
            continue
        for number in found:
            if isinstance(number, n.Number) and number.unit is None:
                yield number, fact


@check(
    "R644", "thresholds", "与另一文件的门槛一致", "the other document has the same thresholds",
    needs_other=True,
)  # fmt: skip
def same_as_other(context: Context) -> Iterator[Finding]:
    """The same fact held against another number in the document that this one is held against."""
    other = context.other
    assert other is not None
    theirs: dict[tuple[str, str], list[Threshold]] = {}
    for each in thresholds(other):
        if each.operator in _SAME:
            theirs.setdefault((each.fact.name, _SAME[each.operator]), []).append(each)
    told: set[tuple[str, str, Fraction]] = set()
    for each in thresholds(context.policy):
        sense = _SAME.get(each.operator, "")
        found = theirs.get((each.fact.name, sense), [])
        if not found or any(t.value == each.value for t in found):
            continue
        if (each.fact.name, sense, each.value) in told:
            continue
        told.add((each.fact.name, sense, each.value))
        there = Context(other).label(found[0].clause)
        label = (
            f"《{other.title or other.id}》{there[0]}",
            f"“{other.title or other.id}” {there[1]}",
        )
        yield _differs(context, "R644", each, found[0], label, None)
