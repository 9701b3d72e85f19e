"""Fixes of what is said or left unsaid: thresholds, units, reviewers, limits of time, ties."""

from __future__ import annotations

from collections.abc import Iterator

from policydsl.language import nodes as n
from policydsl.review.fixing.edits import Edit, Fix, behind, in_body, in_heading, without
from policydsl.review.fixing.place import Place, replaced
from policydsl.review.fixing.registry import fixer

WAITING = "待定"
"""What stands where a unit has still to be named."""
MOST_UNITS = 5


@fixer("R600", zh="删去免查", en="delete the suppression")
def needless(place: Place) -> Iterator[Fix]:
    """A suppression that covers nothing goes."""
    waiver = place.exactly(n.Attribute)
    if waiver is not None:
        title = ("删去这条免查", "Delete this suppression")
        yield Fix(title, (without(place.source, waiver.span),), True)


# -- thresholds

_TURNED = {
    "ABOVE": "BELOW", "EXCEEDS": "SHORT_OF", "BELOW": "ABOVE", "SHORT_OF": "EXCEEDS",
    "UNDER": "EXCEEDS", "NOT_BELOW": "NOT_ABOVE", "NOT_ABOVE": "NOT_BELOW",
    "NOT_FEWER": "NOT_EXCEEDING", "NOT_EXCEEDING": "NOT_FEWER", "LESS": "GREATER",
    "GREATER": "LESS", "LESS_EQ": "GREATER_EQ", "GREATER_EQ": "LESS_EQ",
    "REACHES": "NOT_EXCEEDING",
}  # fmt: skip


def _word(place: Place, node: n.Compare, word: str) -> Edit | None:
    """Another word between the two sides of a comparison."""
    between = place.source[node.left.span.end : node.right.span.start]
    old = between.strip()
    if not old:
        return None
    start = node.left.span.end + between.index(old)
    return Edit(n.Span(start, start + len(old)), place.word(word))


@fixer("R610", zh="对调“高于”“低于”之类", en="turn the comparison")
def turned(place: Place) -> Iterator[Fix]:
    """高于 for 低于, or the other way round."""
    for node in _compared(place):
        word = _TURNED.get(node.word)
        edit = None if word is None else _word(place, node, word)
        if word is not None and edit is not None:
            old = place.source[edit.span.start : edit.span.end]
            yield Fix((f"“{old}”改为“{edit.text}”", f"“{old}” becomes “{edit.text}”"), (edit,))


def _compared(place: Place) -> Iterator[n.Compare]:
    """The comparisons of the fact of a finding in the rules of its clause."""
    details = place.found.details.get("fact")
    name = details[0] if isinstance(details, tuple) else ""
    rules = () if place.clause is None else place.rules(place.clause)
    for rule in rules:
        for node in n.walk(rule.condition):
            left = node.left if isinstance(node, n.Compare) else None
            if isinstance(node, n.Compare) and isinstance(left, n.Reference):
                yield from (node,) if left.name.text == name else ()


@fixer(
    "R640",
    zh="加一条没有达到就扣分的规则，扣几分写“未载明”",
    en="a rule for what is missed; its points are not stated",
)
def missed_target(place: Place) -> Iterator[Fix]:
    """A rule for a target that costs nothing; how many points, the text has still to say."""
    target = place.exactly(n.Target)
    if target is None or not isinstance(target.condition, n.Compare):
        return
    word = {"REACHES": "BELOW", "NOT_BELOW": "BELOW", "GREATER_EQ": "BELOW",
            "NOT_FEWER": "SHORT_OF", "NOT_ABOVE": "ABOVE", "NOT_EXCEEDING": "EXCEEDS",
            "LESS_EQ": "ABOVE"}.get(target.condition.word)  # fmt: skip
    if word is None:
        return
    missed = n.Compare(target.condition.left, word, target.condition.right)
    words = place.write(n.Rule(missed, n.Flat("DEDUCT", n.OpenAmount())))
    title = (f"加一条“{words}”（扣几分待定）", f"Add “{words}” (points to be settled)")
    yield Fix(title, (behind(place.source, target.span, words),))


@fixer(
    "R641",
    zh="“高于”改为“达到”；或删去从不适用的一条",
    en="“reaches” for “above”, or delete the rule",
)
def possible(place: Place) -> Iterator[Fix]:
    """高于 100% → 达到 100%; a rule that can never apply goes."""
    rule, clause = place.exactly(n.Rule), place.clause
    how = place.found.details.get("how")
    never = isinstance(how, tuple) and how[1] == "can never hold"
    if rule is None or clause is None or not never:
        return
    for node in _compared(place):
        if node.word in ("ABOVE", "EXCEEDS", "GREATER") and place.span.start <= node.span.start:
            edit = _word(place, node, "REACHES")
            if edit is not None and node.span.end <= place.span.end:
                old = place.source[edit.span.start : edit.span.end]
                yield Fix((f"“{old}”改为“{edit.text}”", f"“{old}” becomes “{edit.text}”"), (edit,))
    if len(clause.rules) > 1:
        title = ("删去这一条（从不适用）", "Delete this rule (it never applies)")
        yield Fix(title, (without(place.source, rule.span),))


@fixer(
    "R642", "R644", zh="这里照那里写，或那里照这里写", en="this figure there, or that figure here"
)
def one_threshold(place: Place) -> Iterator[Fix]:
    """The figure of the other place here, or (in one document) this figure there."""
    details = place.found.details
    here = _threshold(place, place.found.span)
    value, other = (str(_first(details[key])) for key in ("value", "other_value"))
    if here is None:
        return
    there = None
    for source, span in place.found.related:
        if source.name == place.text.source.name:
            there = _threshold(place, span)
    other_text = other if there is None else place.slice(there)
    yield Fix(
        (f"此处改为 {other}", f"{other} here"), (replaced(here, other_text),)
    )  # fmt: skip
    if there is not None:
        yield Fix((f"另一处改为 {value}", f"{value} there"), (replaced(there, place.slice(here)),))


@fixer("R678", zh="改为别处多用的数", en="the figure that most others have")
def usual_threshold(place: Place) -> Iterator[Fix]:
    """A threshold with its digits exchanged becomes the one that the others have."""
    here, usual = _threshold(place, place.found.span), str(_first(place.found.details["usual"]))
    if here is not None:
        yield Fix((f"改为 {usual}", f"{usual} instead"), (replaced(here, usual),))


def _first(pair: object) -> object:
    return pair[0] if isinstance(pair, tuple) else pair


def _threshold(place: Place, span: n.Span | None) -> n.Number | None:
    """The number that the fact of a finding is held against in the rule or target at a span."""
    name = _first(place.found.details["fact"])
    holder = next(
        (x for x in place.text.nodes if isinstance(x, (n.Rule, n.Target)) and x.span == span), None
    )
    condition = None if holder is None else holder.condition
    for node in n.walk(condition):
        match node:
            case n.Compare(left=n.Reference(name=n.Name(text=text)), right=n.Number() as number):
                if text == name:
                    return number
            case n.NumberBound(subject=n.Reference(name=n.Name(text=text)), number=number):
                if text == name:
                    return number
            case _:
                continue
    return None


@fixer("R643", zh="补上单位", en="add the unit")
def with_unit(place: Place) -> Iterator[Fix]:
    """A bare number gets the unit of its fact: it means that already."""
    number = place.exactly(n.Number)
    unit = str(place.found.details["unit"])
    if number is not None and number.unit is None:
        text = place.slice(number)
        new = f"{text}{unit}" if unit in "%％" else f"{text} {unit}"
        yield Fix((f"写成“{new}”", f"Write “{new}”"), (replaced(number, new),), True)


# -- who answers for what


@fixer("R660", zh="删去这个事实", en="delete the fact")
def unused(place: Place) -> Iterator[Fix]:
    """A fact that nothing reads goes."""
    fact = place.exactly(n.Fact)
    if fact is not None:
        title = (f"删去事实“{fact.name.text}”", f"Delete the fact “{fact.name.text}”")
        yield Fix(title, (without(place.source, fact.span),))


@fixer(
    "R662",
    "R663",
    zh="写责任单位：文中有的单位，或“待定”",
    en="a responsible unit: one that the text names, or “待定”",
)
def reviewer(place: Place) -> Iterator[Fix]:
    """A responsible unit: one that the document names, or a place kept for it."""
    if not isinstance(place.heading, n.Clause):
        return
    for unit in [*_units(place), WAITING]:
        words = place.write(n.Attribute("RESPONSIBLE", (n.Name(unit),)))
        edit = in_heading(place.source, place.heading.span, words)
        waiting = unit == WAITING
        title = (
            f"写“{words}”{'（先占个位置）' if waiting else ''}",
            f"State “{words}”{' (to be settled)' if waiting else ''}",
        )
        if edit is not None:
            yield Fix(title, (edit,))


def _units(place: Place) -> list[str]:
    """The units that the document names most often."""
    policy = place.policy
    if policy is None:
        return []
    named = [duty.unit for duty in policy.duties]
    named += [unit for item in policy.items for unit in item.responsible]
    count = {unit: named.count(unit) for unit in named}
    return sorted(count, key=lambda unit: (-count[unit], named.index(unit)))[:MOST_UNITS]


# -- procedure


@fixer("R670", zh="答复期与公示期写成一样长（两种）", en="limits of the same length (two ways)")
def replies_in_time(place: Place) -> Iterator[Fix]:
    """The answer comes as early as the notice may end, or the notice lasts as long."""
    reply = place.exactly(n.Deadline)
    spans = [span for source, span in place.found.related if source == place.text.source]
    notice = next(
        (x for x in place.text.nodes if isinstance(x, n.Deadline) and x.span in spans), None
    )
    if reply is None or notice is None or reply.number is None or notice.number is None:
        return
    for one, other in ((reply, notice), (notice, reply)):
        assert one.number is not None
        assert other.number is not None
        text = place.slice(other.number)
        title = (f"“{one.name.text}”改为 {text}", f"“{one.name.text}” becomes {text}")
        yield Fix(title, (replaced(one.number, text),))


_SETTLED = ("ADMIT_ALL", "LOTTERY", "ADMIT_NONE")


@fixer(
    "R671", "R672", zh="写明同分一并录取、抽签或不录取", en="say what happens to ties (three ways)"
)
def settled_ties(place: Place) -> Iterator[Fix]:
    """The ranking ends where its keys end, and ties are dealt with in one of three ways."""
    scene = place.heading
    if not isinstance(scene, n.Clause):
        return
    ranking = next((x for x in scene.body if isinstance(x, n.Ranking)), None)
    ties = next((x for x in scene.body if isinstance(x, n.Ties)), None)
    edits: list[Edit] = []
    before = ("", "")
    if ranking is not None and ranking.open_ended and place.found.code == "R671":
        start, end = ranking.keys[-1].span.end, ranking.span.end
        edits.append(Edit(n.Span(start, end), ""))
        before = ("删去“其后 未载明”，", "No “thereafter”; ")
    for word in _SETTLED:
        words = place.write(n.Ties(word))
        if ties is not None:
            stated = replaced(ties, words)
        elif ranking is not None:
            stated = behind(place.source, ranking.span, words)
            if edits and stated.span.start <= edits[0].span.end:
                edits, stated = [], Edit(edits[0].span, stated.text)
        else:
            made = in_body(place.source, scene.span, words)
            if made is None:
                return
            stated = made
        title = (f"{before[0]}写明“{words}”", f"{before[1]}state “{words}”")
        yield Fix(title, (*edits, stated))


@fixer("R673", zh="删去两个期限中的一个", en="delete either of the two limits")
def one_limit(place: Place) -> Iterator[Fix]:
    """One of two limits of one name goes."""
    here = place.exactly(n.Deadline)
    spans = [span for source, span in place.found.related if source == place.text.source]
    there = next(
        (x for x in place.text.nodes if isinstance(x, n.Deadline) and x.span in spans), None
    )
    for node in (here, there):
        if node is not None:
            words = " ".join(place.slice(node).split())
            title = (f"删去“{words}”", f"Delete “{words}”")
            yield Fix(title, (without(place.source, node.span),))


# -- suppressing

REASON = ("（请写明理由）", "(state the reason)")


def suppressed(place: Place) -> Iterator[Fix]:
    """免查, for every finding of the review; its reason is for the drafter to write."""
    code = place.found.code
    # what is found against another document is not found without it: R600 would tell of it
    if not code.startswith("R6") or code in ("R600", "R601", "R644", "R690"):
        return
    node = place.heading
    if node is None:
        return
    reason = REASON[0 if place.language == "zh" else 1]
    words = place.write(n.Attribute("WAIVE", n.Name(code), (reason,)))
    put = in_body if isinstance(node, n.Document) else in_heading
    edit = put(place.source, node.span, words)
    if edit is not None:
        yield Fix((f"有意如此：写免查 {code}，再补理由", f"It is meant: suppress {code}"), (edit,))
