"""Fixes of tables of tiers: boundaries that meet, an order in which every tier is reached."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from policydsl.language import nodes as n
from policydsl.model.policy import Fact
from policydsl.review.fixing.edits import Edit, Fix, without
from policydsl.review.fixing.place import Place, replaced, shown
from policydsl.review.fixing.registry import fixer

_BELOW = frozenset({"BELOW", "SHORT_OF", "UNDER", "LESS"})
_ABOVE = frozenset({"ABOVE", "EXCEEDS", "GREATER"})
_FROM = frozenset({"REACHES", "NOT_BELOW", "NOT_FEWER", "GREATER_EQ"})
_UP_TO = frozenset({"NOT_ABOVE", "NOT_EXCEEDING", "LESS_EQ"})


@dataclass(frozen=True)
class End:
    """An end of a range: its number, and whether the range includes it."""

    number: n.Number
    inside: bool


@dataclass(frozen=True)
class Band:
    """The range of a tier; ``None``: no end on that side."""

    tier: n.Tier
    low: End | None
    high: End | None

    @property
    def key(self) -> tuple[bool, Fraction, bool]:
        """Bands in rising order."""
        if self.low is None:
            return False, Fraction(0), False
        return True, self.low.number.value, not self.low.inside


def band_of(tier: n.Tier) -> Band | None:
    """The range that a tier with one label stands for."""
    if len(tier.patterns) != 1:
        return None
    pattern = tier.patterns[0]
    low, high = pattern.low, pattern.high
    one = low if isinstance(low, n.Number) else None
    other = high if isinstance(high, n.Number) else None
    if one is not None and one.unit is None and other is not None:
        one = replace(one, unit=other.unit, unit_written=other.unit_written)
    match pattern.kind:
        case "OR_MORE" if one:
            return Band(tier, End(one, True), None)
        case "OR_LESS" if one or other:
            end = other or one
            assert end is not None
            return Band(tier, None, End(end, True))
        case "EXACTLY" if one:
            return Band(tier, End(one, True), End(one, True))
        case "TO" if one and other:
            return Band(tier, End(one, True), End(other, True))
        case "FROM_BELOW" if one and other:
            return Band(tier, End(one, True), End(other, False))
        case "BEYOND" if one:
            return _beyond(tier, ((pattern.word, one),))
        case "BEYOND_BOTH" if one and other:
            return _beyond(tier, ((pattern.word, one), (pattern.word2, other)))
        case _:
            return None


def _beyond(tier: n.Tier, parts: Sequence[tuple[str | None, n.Number]]) -> Band | None:
    band = Band(tier, None, None)
    for word, number in parts:
        if word in _BELOW or word in _UP_TO:
            band = replace(band, high=End(number, word in _UP_TO))
        elif word in _ABOVE or word in _FROM:
            band = replace(band, low=End(number, word in _FROM))
        else:
            return None
    return band


def pattern_of(band: Band) -> n.Pattern:
    """The label of a range."""
    low, high = band.low, band.high
    if low is not None and high is not None:
        one, other = low.number, high.number
        if low.inside and high.inside:
            if one.value == other.value:
                return n.Pattern("EXACTLY", other)
            if one.unit == other.unit:
                one = replace(one, unit=None, unit_written=None)
            return n.Pattern("TO", one, other)
        if low.inside:
            return n.Pattern("FROM_BELOW", one, other, "SHORT_OF")
        end = "NOT_EXCEEDING" if high.inside else "SHORT_OF"
        return n.Pattern("BEYOND_BOTH", one, other, "EXCEEDS", end)
    if low is not None:
        if low.inside:
            return n.Pattern("OR_MORE", low.number)
        return n.Pattern("BEYOND", low.number, None, "EXCEEDS")
    assert high is not None
    if high.inside:
        return n.Pattern("OR_LESS", high.number)
    return n.Pattern("BEYOND", high.number, None, "SHORT_OF")


def _bands(table: n.Tiers) -> list[Band]:
    found = [band_of(tier) for tier in table.tiers]
    return sorted((x for x in found if x is not None), key=lambda b: b.key)


def meet(one: Band, other: Band, whole: bool) -> tuple[Band, Band] | None:
    """(the lower band moved up or down to the other, the upper band moved to the lower).

    ``whole``: the fact has whole values only, so that 5 至 9 and 10 以上 meet.
    """
    if one.high is None or other.low is None:
        return None
    up, down = other.low, one.high
    if whole and one.high.inside and other.low.inside:
        moved = replace(one, high=End(_by(up.number, -1), True))
        raised = replace(other, low=End(_by(down.number, 1), True))
    else:
        moved = replace(one, high=End(up.number, not up.inside))
        raised = replace(other, low=End(down.number, not down.inside))
    return moved, raised


def _by(number: n.Number, step: int) -> n.Number:
    return replace(number, value=number.value + step, written=None)


def _relabel(place: Place, band: Band) -> Edit:
    """The label of a tier written anew."""
    return replaced(band.tier.patterns[0], place.write(pattern_of(band)))


def _label(place: Place, band: Band) -> str:
    return place.write(pattern_of(band))


def _is_whole(fact: Fact) -> bool:
    return fact.kind in ("integer", "count")


def _table(place: Place) -> tuple[n.Tiers, Fact] | None:
    """The table of tiers at the finding, with the fact that it reads."""
    rule = place.at(n.Rule)
    tables = [] if rule is None else [x for x in n.walk(rule) if isinstance(x, n.Tiers)]
    details = place.found.details.get("fact")
    name = details[0] if isinstance(details, tuple) else ""
    fact = None if place.policy is None else place.policy.facts.get(str(name))
    for table in tables:
        subject = table.subject
        if isinstance(subject, n.Reference) and subject.name.text == name and fact is not None:
            return table, fact
    return None


@fixer(
    "R605",
    zh="把空当接上：下面的档接上去，或上面的档接下来",
    en="close all gaps, from below or from above",
)
def close_gaps(place: Place) -> Iterator[Fix]:
    """Every gap of the table closes from below, or from above."""
    found = _table(place)
    if found is None:
        return
    table, fact = found
    whole = _is_whole(fact)
    from_below: list[Band] = []
    from_above: list[Band] = []
    bands = _bands(table)
    for one, other in itertools.pairwise(bands):
        if _gap(one, other, whole):
            both = meet(one, other, whole)
            if both is not None:
                from_below.append(both[0])
                from_above.append(both[1])
    for moved, zh, en in (
        (from_below, "下面的档接上去", "The lower tiers reach up"),
        (from_above, "上面的档接下来", "The upper tiers reach down"),
    ):
        if moved and len({id(b.tier) for b in moved}) == len(moved):
            told = "、".join(_label(place, b) for b in moved)
            edits = tuple(_relabel(place, b) for b in moved)
            yield Fix((f"{zh}：{told}", f"{en}: {told}"), edits)


def _gap(one: Band, other: Band, whole: bool) -> bool:
    if one.high is None or other.low is None:
        return False
    end, begin = one.high.number.value, other.low.number.value
    if end == begin:
        return not one.high.inside and not other.low.inside
    if not (whole and one.high.inside and other.low.inside):
        return end < begin
    return end + 1 < begin


@fixer(
    "R606", zh="加“其他：0 分”或“其他：未载明”", en="add “otherwise” with nothing, or not stated"
)
def rest_stated(place: Place) -> Iterator[Fix]:
    """其他 as the last tier: nothing (as it is scored now), or not stated."""
    found = _table(place)
    if found is None or not found[0].tiers:
        return
    last = found[0].tiers[-1]
    for outcome, zh, en in (
        (n.FixedAmount(n.Number(Fraction(0), "分")), "（与现在的算法相同）", " (as it counts now)"),
        (n.OpenAction(), "", ""),
    ):
        words = place.write(n.Tier((n.Pattern("OTHERWISE"),), outcome))
        yield Fix(
            (f"加一档“{words}”{zh}", f"Add “{words}”{en}"), (_tier_behind(place, last, words),)
        )


def _tier_behind(place: Place, last: n.Tier, words: str) -> Edit:
    """A tier behind the last one, on a line of its own where that one is."""
    text, span = place.source, last.span
    start = text.rfind("\n", 0, span.start) + 1
    indent = text[start : span.start]
    end = span.end
    if text[end : end + 1] in ("；", ";"):
        end += 1
    if not indent.strip():
        return Edit(n.Span(end, end), f"\n{indent}{words}")
    mark = "" if end > span.end else place.mark("；")
    return Edit(n.Span(end, end), f"{mark}{words}")


@fixer(
    "R607", zh="把重叠的值归前一档，或归后一档", en="give the overlap to the one tier or the other"
)
def part_tiers(place: Place) -> Iterator[Fix]:
    """Two tiers that overlap: what both hold goes to the one, or to the other."""
    second = place.exactly(n.Tier)
    found = _table(place)
    if second is None or found is None:
        return
    table, fact = found
    label = place.found.details["first"]
    wanted = label[0] if isinstance(label, tuple) else label
    first = next((t for t in table.tiers if _written(place, t) == wanted), None)
    bands = sorted(
        (b for b in map(band_of, (x for x in (first, second) if x)) if b), key=lambda b: b.key
    )
    if len(bands) != 2:
        return
    both = meet(bands[0], bands[1], _is_whole(fact))
    for band in both or ():
        told = _label(place, band)
        if _holds(band):
            old = place.slice(band.tier.patterns[0])
            title = (f"“{old}”改为“{told}”", f"“{old}” becomes “{told}”")
            yield Fix(title, (_relabel(place, band),))


def _written(place: Place, tier: n.Tier) -> str:
    from policydsl.language.printing import print_node

    text = print_node(tier, "zh")
    return " ".join(text.split("：")[0].split(":")[0].split())


def _holds(band: Band) -> bool:
    """Whether a band holds any number."""
    if band.low is None or band.high is None:
        return True
    low, high = band.low.number.value, band.high.number.value
    return low < high or (low == high and band.low.inside and band.high.inside)


@fixer(
    "R608", zh="各档由高到低排列；或删去轮不到的", en="put the tiers in order, or delete the one"
)
def reached_tiers(place: Place) -> Iterator[Fix]:
    """The tiers in an order in which each is reached, or the table without the one."""
    tier, found = place.exactly(n.Tier), _table(place)
    if tier is None:
        return
    if found is not None:
        yield from _sorted(place, found[0])
    label = place.source[tier.span.start : max(p.span.end for p in tier.patterns)]
    edit = without(place.source, tier.span)
    yield Fix((f"删去“{label}”一档", f"Delete the tier “{label}”"), (edit,))


def _sorted(place: Place, table: n.Tiers) -> Iterator[Fix]:
    bands = _bands(table)
    rest = [t for t in table.tiers if all(b.tier is not t for b in bands)]
    if any(p.kind != "OTHERWISE" for t in rest for p in t.patterns):
        return
    if all(b.high is None for b in bands):
        bands.reverse()
    elif not all(b.low is None for b in bands):
        return
    else:
        bands.sort(key=lambda b: b.high.number.value if b.high else Fraction(0))
    order = [*(b.tier for b in bands), *rest]
    texts = [place.slice(t) for t in order]
    edits = tuple(
        replaced(slot, text) for slot, text in zip(table.tiers, texts, strict=True)
        if place.slice(slot) != text
    )  # fmt: skip
    if edits:
        yield Fix(("各档按要求由高到低排列", "Put the tiers in order, the strictest first"), edits)


@fixer("R609", zh="各档的分值按次序排", en="put the points in order")
def points_in_order(place: Place) -> Iterator[Fix]:
    """The amounts of a table of tiers in the order of its values."""
    clause = place.clause
    details = place.found.details.get("fact")
    name = details[0] if isinstance(details, tuple) else ""
    fact = None if place.policy is None else place.policy.facts.get(str(name))
    if clause is None or fact is None:
        return
    for rule in place.rules(clause):
        table = rule.action
        if not isinstance(table, n.Tiers) or not isinstance(table.subject, n.Reference):
            continue
        if table.subject.name.text != name:
            continue
        tiers = _rising(table, fact)
        amounts = [t.outcome.number for t in tiers if isinstance(t.outcome, n.FixedAmount)]
        if len(amounts) != len(tiers) or len(tiers) < 2:
            continue
        values = [x.value for x in amounts]
        rises = sum(a < b for a, b in itertools.pairwise(values))
        falling = not fact.values and 2 * rises < len(values) - 1
        ordered = sorted(values, reverse=falling)
        edits = tuple(
            replaced(number, place.points(value))
            for number, value in zip(amounts, ordered, strict=True) if number.value != value
        )  # fmt: skip
        told = "、".join(map(shown, ordered))
        if edits:
            yield Fix(
                (f"分值按次序排列（由低到高各档为 {told} 分）",
                 f"Put the points in order (lowest tier first: {told})"), edits,
            )  # fmt: skip


def _rising(table: n.Tiers, fact: Fact) -> list[n.Tier]:
    """The tiers in rising order of what they stand for, without 其他."""
    if not fact.values:
        return [b.tier for b in _bands(table)]
    named = []
    for tier in table.tiers:
        low = tier.patterns[0].low if len(tier.patterns) == 1 else None
        if isinstance(low, n.Reference) and low.name.text in fact.values:
            named.append((fact.values.index(low.name.text), tier))
    return [tier for _, tier in sorted(named, key=lambda x: x[0])]


@fixer("R677", zh="照规律写这一档", en="the figure that is in step")
def in_step(place: Place) -> Iterator[Fix]:
    """The amount or the bound of the one odd tier, as the others say."""
    tier = place.exactly(n.Tier)
    witness = place.finding.witness if place.finding is not None else None
    found = {} if witness is None else witness.numbers
    value, wanted = found.get("value"), found.get("wanted")
    if tier is None or not isinstance(value, Fraction) or not isinstance(wanted, Fraction):
        return
    amount = tier.outcome.number if isinstance(tier.outcome, n.FixedAmount) else None
    low = tier.patterns[0].low if len(tier.patterns) == 1 else None
    what = place.found.details.get("what")
    is_amount = isinstance(what, tuple) and "分值" in str(what[0])
    number = amount if is_amount else low
    if isinstance(number, n.Number) and number.value == value:
        new = place.write(n.Number(wanted, number.unit, None, number.unit_written))
        yield Fix((f"改为 {new}", f"{new} instead"), (replaced(number, new),))
