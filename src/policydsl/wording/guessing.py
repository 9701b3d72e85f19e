"""Facts that an amendment names but does not declare, as far as its own text tells their kind.

An amendment (修订) speaks of facts that its base edition declares.  To word it without the base,
each unknown name gets the kind and the unit that its use implies: 未开展 X makes X a yes-or-no
fact, 每 1 个月 X counts X in months, 按 X 取分 { 本科：… } makes it a choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from policydsl.language import nodes as n
from policydsl.language.units import UNITS, Unit, find_unit
from policydsl.model import policy as m


def guess_facts(nodes: Iterable[n.Node], known: Mapping[str, m.Fact]) -> dict[str, m.Fact]:
    """Facts for the names in ``nodes`` that ``known`` lacks."""
    guesses: dict[str, m.Fact] = {}
    values: set[str] = set()
    for root in nodes:
        for node in n.walk(root):
            _look(node, guesses, values)
    loose = {
        node.name.text
        for root in nodes
        for node in n.walk(root)
        if isinstance(node, (n.Reference, n.SpouseFact))
    }
    for name in sorted(loose - set(guesses) - values):
        guesses[name] = m.Fact(name, "yes_no")
    return {name: fact for name, fact in guesses.items() if name not in known}


# One case for each node: parted, nobody would see at once that none is missing.
def _look(node: n.Node, guesses: dict[str, m.Fact], values: set[str]) -> None:  # noqa: C901
    match node:
        case n.NotDone():
            guesses.setdefault(node.name.text, m.Fact(node.name.text, "yes_no"))
        case n.Provided():
            guesses.setdefault(node.name.text, m.Fact(node.name.text, "decimal"))
        case n.NumberBound():
            _measured(node.subject, node.number, guesses)
        case n.Between() | n.FromBelow():
            _measured(node.subject, node.high, guesses)
        case n.Compare():
            if isinstance(node.right, n.Number):
                _measured(node.left, node.right, guesses)
            elif isinstance(node.right, n.Reference):
                for side in (node.left, node.right):
                    _measured(side, None, guesses)
        case n.PerStep():
            if node.subject is not None:
                _measured(node.subject, node.step, guesses, "count")
        case n.BlendPart():
            _measured(node.expression, None, guesses)
        case n.RankingKey():
            if isinstance(node.expression, n.Reference):
                name = node.expression.name.text
                dated = node.order in ("EARLY_FIRST", "LATE_FIRST")
                guesses.setdefault(name, m.Fact(name, "date" if dated else "decimal"))
        case n.Arithmetic():
            for side in (node.left, node.right):
                _measured(side, None, guesses)
        case n.Tiers():
            patterns = [p for tier in node.tiers for p in tier.patterns]
            ends = [x for p in patterns for x in (p.low, p.high) if x is not None]
            _labelled(node.subject, ends, guesses, values)
        case n.OneOf():
            _labelled(node.subject, node.values, guesses, values)
        case n.Matrix():
            columns = [p for group in node.columns for p in group]
            rows = [p for row in node.rows for p in row.patterns]
            for subject, patterns in ((node.column_subject, columns), (node.row_subject, rows)):
                ends = [x for p in patterns for x in (p.low, p.high) if x is not None]
                _labelled(subject, ends, guesses, values)


def _measured(
    subject: n.Expression,
    number: n.Number | None,
    guesses: dict[str, m.Fact],
    kind: m.FactKind = "decimal",
) -> None:
    """A number in the unit of what it is compared with or counted in."""
    if not isinstance(subject, (n.Reference, n.SpouseFact)):
        return
    name = subject.name.text
    unit = None if number is None or number.unit is None else _unit(number.unit)
    if unit is not None and unit.symbol in ("%", "百分点"):
        guesses.setdefault(name, m.Fact(name, "percentage"))
    else:
        guesses.setdefault(name, m.Fact(name, kind, None if unit == UNITS["分"] else unit))


def _unit(word: str) -> Unit:
    """The unit of a word; one that the language does not know is a measure of its own."""
    return find_unit(word) or Unit(word, word, word)


def guess_measures(nodes: Iterable[n.Node]) -> dict[str, Unit]:
    """The units in ``nodes`` that the language does not know."""
    words = {
        node.unit
        for root in nodes
        for node in n.walk(root)
        if isinstance(node, n.Number) and node.unit is not None
    }
    return {word: _unit(word) for word in words if find_unit(word) is None}


def _labelled(
    subject: n.Expression,
    ends: Iterable[n.Expression],
    guesses: dict[str, m.Fact],
    values: set[str],
) -> None:
    """A choice among the labels, or a number in the unit of the labels."""
    if not isinstance(subject, (n.Reference, n.SpouseFact)):
        return
    name = subject.name.text
    labels = [x.name.text for x in ends if isinstance(x, n.Reference)]
    if labels:
        # tables list the best first; the order only matters for 以上 and 以下
        ordered = tuple(dict.fromkeys(reversed(labels)))
        guesses.setdefault(name, m.Fact(name, "ordered", values=ordered))
        values.update(labels)
        return
    number = next((x for x in ends if isinstance(x, n.Number)), None)
    if number is not None:
        _measured(subject, number, guesses)
