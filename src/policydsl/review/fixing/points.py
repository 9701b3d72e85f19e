"""Fixes of points: sums, limits, deductions, discretion."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from policydsl.language import nodes as n
from policydsl.model import rules as r
from policydsl.model.kinds import maxima
from policydsl.review.discretion import unbounded_rules
from policydsl.review.fixing.edits import Edit, Fix, in_heading, without
from policydsl.review.fixing.modelling import full_marks
from policydsl.review.fixing.place import Place, modifier, replaced, shown
from policydsl.review.fixing.registry import fixer
from policydsl.review.landscape import landscape, rules_of


def _number(place: Place, name: str) -> Fraction | None:
    """A figure of the witness."""
    witness = place.finding.witness if place.finding is not None else None
    value = None if witness is None else witness.numbers.get(name)
    return value if isinstance(value, Fraction) else None


def stated(place: Place, key: str, value: Fraction, zh: str, en: str, safe: bool = False
           ) -> Iterator[Fix]:  # fmt: skip
    """An attribute with an amount, written into the heading of the clause."""
    if place.heading is None:
        return
    words = place.write(n.Attribute(key, n.FixedAmount(n.Number(value, "分"))))
    edit = in_heading(place.source, place.heading.span, words)
    if edit is not None and isinstance(place.heading, n.Clause):
        yield Fix((f"写明“{words}”{zh}", f"State “{words}”{en}"), (edit,), safe)


@fixer("R601", zh="满分改为已写明的合计", en="the total of what is stated")
def declared_as_known(place: Place) -> Iterator[Fix]:
    """The full marks are at least what the stated parts add up to."""
    total = _number(place, "total")
    if total is not None and place.heading is not None:
        yield from full_marks(place, place.heading, total)


@fixer("R602", zh="上限改为够得着的数；或删去", en="the cap that can be reached, or none")
def reachable_cap(place: Place) -> Iterator[Fix]:
    """A cap nobody reaches: it becomes what can be reached, or goes. Nobody's points change."""
    most = _number(place, "most")
    attribute = place.exactly(n.Attribute)
    rule = place.exactly(n.Rule)
    if most is None:
        return
    if attribute is not None and isinstance(attribute.value, n.FixedAmount):
        number = attribute.value.number
        title = (f"上限改为 {shown(most)} 分", f"A cap of {shown(most)}")
        yield Fix(title, (replaced(number, place.points(most)),), True)
        yield Fix(("删去上限", "Delete the cap"), (without(place.source, attribute.span),))
    cap = next((x for x in rule.modifiers if isinstance(x, n.UpTo)), None) if rule else None
    if rule is not None and cap is not None:
        title = (f"最高改为 {shown(most)} 分", f"At most {shown(most)}")
        yield Fix(title, (replaced(cap.number, place.points(most)),), True)
        yield Fix(("删去“最高”", "Delete the cap"), (_without_modifier(place, cap),))


def _without_modifier(place: Place, node: n.Node) -> Edit:
    """The rule without a modifier and the comma before it."""
    before = place.source[: node.span.start].rstrip()
    start = len(before) - 1 if before.endswith(("，", ",")) else node.span.start
    return Edit(n.Span(start, node.span.end), "")


@fixer(
    "R603",
    zh="满分改为按规则至多的数（上级随之改）；或放宽封顶",
    en="the full marks that can be reached, or a wider cap",
)
def full_marks_as_reachable(place: Place) -> Iterator[Fix]:
    """The full marks become what the rules give at most, or the cap of the rule lets them be."""
    most, declared = _number(place, "most"), _number(place, "declared")
    clause = place.clause
    if most is None or declared is None:
        return
    if place.heading is not None:
        yield from full_marks(place, place.heading, most)
    rules = [] if clause is None else list(place.rules(clause))
    caps = [x for rule in rules for x in rule.modifiers if isinstance(x, n.UpTo)
            and x.number.unit == "分"]  # fmt: skip
    if len(rules) == 1 and len(caps) == 1 and caps[0].number.value == most:
        title = (f"最高改为 {shown(declared)} 分", f"At most {shown(declared)}")
        yield Fix(title, (replaced(caps[0].number, place.points(declared)),))


@fixer(
    "R604",
    zh="删去重复的一条（本项还有别的规则时）",
    en="delete one of the two, where others are left",
)
def counted_once(place: Place) -> Iterator[Fix]:
    """One of two equal rules goes, where its item has others."""
    rule, clause = place.exactly(n.Rule), place.clause
    if rule is not None and clause is not None and len(clause.rules) > 1:
        yield Fix(("删去这一条", "Delete this rule"), (without(place.source, rule.span),))


# -- deductions


@fixer(
    "R620",
    zh="写明“下限 0 分”（扣完为止）；或给扣分写“最高 N 分”",
    en="state the floor, or a limit of the deduction",
)
def ends_at_nothing(place: Place) -> Iterator[Fix]:
    """扣完为止: as it is scored already; or a limit of what the one rule takes."""
    start = _start(place)
    yield from stated(place, "FLOOR", Fraction(0), "（扣完为止）", " (no less than nothing)", True)
    clause = place.clause
    rules = [] if clause is None else list(place.rules(clause))
    if start is not None and len(rules) == 1 and isinstance(rules[0].action, n.PerStep):
        limit = n.UpTo(n.Number(start, "分"))
        if not any(isinstance(x, n.UpTo) for x in rules[0].modifiers):
            words = place.write(limit)
            title = (f"给扣分写明“{words}”", f"State “{words}” for the deduction")
            yield Fix(title, (modifier(place, rules[0], limit),))


def _start(place: Place) -> Fraction | None:
    if place.context is None or place.clause is None:
        return None
    return landscape(place.context, place.clause).start


@fixer(
    "R621",
    zh="全部没有做到的扣完；或写明有意保底的下限",
    en="deduct everything, or state the floor that is meant",
)
def guaranteed(place: Place) -> Iterator[Fix]:
    """What nobody can lose is said to be so, or the one rule takes everything."""
    clause, finding = place.clause, place.finding
    if clause is None or finding is None:
        return
    left = Fraction(str(finding.details["left"]))
    start = Fraction(str(finding.details["start"]))
    rules = list(place.rules(clause))
    if len(rules) == 1 and isinstance(rules[0].action, n.Flat):
        amount = rules[0].action.amount
        if isinstance(amount, n.FixedAmount):
            title = (f"全部没有做到的扣 {shown(start)} 分", f"Deduct {shown(start)} for failure")
            yield Fix(title, (replaced(amount.number, place.points(start)),))
    if clause.floor is None:
        yield from stated(place, "FLOOR", left, "（有意保底）", " (meant to stay)")


@fixer(
    "R622",
    zh="每次扣的分改为除得尽的数（小一点、大一点）",
    en="a figure that divides the item (two ways)",
)
def even_steps(place: Place) -> Iterator[Fix]:
    """The next smaller and the next greater figure that divides the item."""
    rule, finding = place.exactly(n.Rule), place.finding
    if rule is None or finding is None or not isinstance(rule.action, n.PerStep):
        return
    amount = rule.action.amount
    start, each = (Fraction(str(finding.details[k])) for k in ("start", "each"))
    if not isinstance(amount, n.FixedAmount):
        return
    round_ = [start / k for k in range(1, 41) if (start / k * 2).denominator == 1]
    near = (max((x for x in round_ if x < each), default=None),
            min((x for x in round_ if x > each), default=None))  # fmt: skip
    for value in near:
        if value is not None:
            title = (f"每次扣 {shown(value)} 分", f"Deduct {shown(value)} each time")
            yield Fix(title, (replaced(amount.number, place.points(value)),))


@fixer("R624", zh="加“不计”“按比例计”或“按满计”", en="not counted, pro rata, or counted in full")
def part_of_a_step(place: Place) -> Iterator[Fix]:
    """不计 (as it is read without the words), 按比例计, 按满计."""
    rule = place.exactly(n.Rule)
    if rule is None or not isinstance(rule.action, n.PerStep):
        return
    step = rule.action.step
    if step.unit is None:
        return
    for mode, zh, en in (
        ("NOT_COUNTED", "（与现在的算法相同）", " (as it is read now)"),
        ("PRO_RATA", "", ""),
        ("COUNTED_FULL", "", ""),
    ):
        number = n.Number(step.value, step.unit, step.written, step.unit_written)
        node = n.PartialStep(number, mode)
        words = place.write(node)
        yield Fix(
            (f"加上“{words}”{zh}", f"Add “{words}”{en}"), (modifier(place, rule, node),)
        )  # fmt: skip


# -- discretion, open limits


@fixer(
    "R630",
    zh="给酌情写“最高 N 分”，N 是本项的全部分值",
    en="bound discretion by the points of the item",
)
def bounded_discretion(place: Place) -> Iterator[Fix]:
    """最高 N 分, with all points of the item: what an assessor may take now, in figures."""
    clause = place.clause
    if clause is None or not isinstance(clause.declared_maximum, Fraction):
        return
    limit = n.UpTo(n.Number(clause.declared_maximum, "分"))
    edits = []
    for rule in unbounded_rules(clause):
        node = rule.node
        if not isinstance(node, (n.Rule, n.Tier)) or not place.owns(node):
            return
        edits.append(modifier(place, node, limit))
    words = place.write(limit)
    yield Fix(
        (f"给酌情写明“{words}”（本项的全部分值）", f"State “{words}” (all points of the item)"),
        tuple(edits),
    )  # fmt: skip


@fixer("R650", zh="规则或各部分定得出的，写明那个数", en="the figure that rules or parts settle")
def limit_as_computed(place: Place) -> Iterator[Fix]:
    """An open maximum that the rules or the parts settle: their figure."""
    attribute, clause = place.exactly(n.Attribute), place.clause
    if attribute is None or clause is None or place.context is None:
        return
    if attribute.key not in ("FULL_MARKS", "CAP") or not isinstance(attribute.value, n.OpenAmount):
        return
    most, ground = _attainable(place)
    if most is not None and most > 0:
        words = place.points(most)
        title = (
            f"写明 {shown(most)} 分（{ground[0]}）",
            f"State {shown(most)} points ({ground[1]})",
        )  # fmt: skip
        yield Fix(title, (replaced(attribute.value, words),))


def _attainable(place: Place) -> tuple[Fraction | None, tuple[str, str]]:
    """What a clause can give at most: the sum of its parts, or what its rules allow."""
    clause, context = place.clause, place.context
    assert clause is not None
    assert context is not None
    if clause.children:
        totals = {total for _, total, _ in maxima(clause)}
        return totals.pop() if len(totals) == 1 else None, ("各部分之和", "the sum of its parts")
    ground = ("规则的最高分", "the most that its rules give")
    caps = [x.value for rule in rules_of(clause) for x in rule.modifiers
            if isinstance(x, r.PointsCap)]  # fmt: skip
    if len(clause.rules) == 1 and caps:
        return caps[0], ground
    place_ = landscape(context, clause)
    best = place_.highest() if place_.known and place_.settled and clause.rules else None
    return (best.raw.high if best is not None and best.raw.is_exact else None), ground


@fixer("R679", zh="每步的分值乘以十（小数点错了位）", en="ten times the points of a step")
def point_moved(place: Place) -> Iterator[Fix]:
    """0.05 for 0.5: the point in the wrong place."""
    rule, each = place.exactly(n.Rule), _number(place, "each")
    if rule is None or each is None or not isinstance(rule.action, n.PerStep):
        return
    amount = rule.action.amount
    if isinstance(amount, n.FixedAmount) and amount.number.value == each:
        new = place.points(each * 10)
        yield Fix((f"每步改为 {new}", f"{new} a step"), (replaced(amount.number, new),))
