"""Facts in words: those that rules read, derived ones, and those that a vocabulary declares."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from policydsl.language import nodes as n
from policydsl.model import expressions as e
from policydsl.model import policy as m
from policydsl.model import rules as r
from policydsl.wording import quantities as q
from policydsl.wording import sentences as w
from policydsl.wording.speaking import Speaker

_PER_CENT = e.Const(Fraction(100))


def facts_in_use(policy: m.Policy) -> list[m.Fact]:
    """The facts that the rules, conditions, keys and blends of a policy read, in their order.

    A fact that another one is derived from counts as read.
    """
    wanted: dict[str, None] = {}

    def read(part: object) -> None:
        for name in sorted(name for name, _ in e.facts_of(part)):
            if name in wanted or name not in policy.facts:
                continue
            wanted[name] = None
            read(policy.facts[name].derived)

    for rule in all_rules(policy):
        read(rule.condition)
        read(expressions_of(rule.action))
    for clause in policy.clauses.values():
        read(clause.applies_when)
        read(tuple(t.condition for t in clause.targets if t.condition is not None))
    for scene in policy.scenes:
        read(scene.applies_when)
        read(tuple(key.expression for key in scene.keys))
    for blend in policy.blends:
        read(tuple(part.expression for part in blend.parts))
    return [fact for name, fact in policy.facts.items() if name in wanted]


def all_rules(policy: m.Policy) -> Iterator[r.Rule]:
    """Every rule of a policy and every rule inside it."""
    for clause in policy.clauses.values():
        for rule in clause.rules:
            yield from r.nested(rule)
    for rule in policy.status_rules:
        yield from r.nested(rule)


def expressions_of(action: r.Action) -> tuple[e.Expr, ...]:
    """What an action reads, its inner rules left aside."""
    match action:
        case r.Flat() if isinstance(action.points, r.ComputedPoints):
            return (action.points.expression,)
        case r.PerStep():
            points = action.points
            computed = (points.expression,) if isinstance(points, r.ComputedPoints) else ()
            return (action.subject, *computed)
        case r.Tiers():
            return (action.subject,)
        case r.Matrix():
            return (action.row_subject, action.column_subject)
    return ()


def derived_text(fact: m.Fact, words: Speaker) -> str:
    """应报信息篇数：15篇（街道名称为…的），其他情形为10篇."""
    assert fact.derived is not None
    node = fact.node.derived if fact.node is not None else None
    unit = q.PERCENT if fact.kind == "percentage" else fact.unit
    derived = fact.derived
    if isinstance(derived, e.Arith) and unit is not None:
        # what only turns a ratio into a percentage, or yuan into 万元, is no part of the formula
        turns = ("*", _PER_CENT) if unit == q.PERCENT else ("/", e.Const(unit.scale))
        if (derived.operator, derived.right) == turns and derived.right != e.Const(Fraction(1)):
            derived = derived.left
    truth = isinstance(derived, (e.Compared, e.All, e.AnyOf, e.Not, e.IsProvided))
    value = words.condition(derived, node) if truth else words.value(derived, node, unit)
    return words.say("fact_derived", name=words.fact_name(fact.name), value=value)


def fact_text(fact: m.Fact, words: Speaker) -> str:
    """A declared fact as a sentence: its kind, range, default, and what it means."""
    details = [words.say(f"kind_{fact.kind}")]
    unit = q.PERCENT if fact.kind == "percentage" else fact.unit
    scale = unit.scale if unit is not None else Fraction(1)

    def shown(value: Fraction) -> str:
        return q.quantity_text(value * scale, unit, words.language)

    if fact.values:
        values = words.listed(fact.values)
        key = "fact_ordered" if fact.kind == "ordered" else "fact_values"
        details.append(words.say(key, values=values))
    if fact.low is not None and fact.high is not None:
        details.append(words.say("fact_range", low=shown(fact.low), high=shown(fact.high)))
    elif fact.low is not None:
        details.append(words.say("fact_from", low=shown(fact.low)))
    elif fact.high is not None:
        details.append(words.say("fact_up_to", high=shown(fact.high)))
    if fact.places is not None and fact.places > 0:
        places = q.places_text(fact.places, words.language)
        details.append(words.say("fact_places", places=places))
    details += _absence(fact, words, shown)
    mark = "；" if words.language == "zh" else "; "
    name = words.fact_name(fact.name)
    if words.language == "en" and name != fact.name:
        name = f"{fact.name}, {name}"
    texts = [words.sentence(words.say("fact_entry", name=name, details=mark.join(details)))]
    if fact.derived is not None:
        texts.append(words.sentence(derived_text(fact, words)))
    if fact.note is not None:
        texts.append(words.sentence(w.tidy(fact.note, words.language)))
    return w.joined_sentences(words, *texts)


def _absence(fact: m.Fact, words: Speaker, shown: Callable[[Fraction], str]) -> list[str]:
    def constant(value: e.Constant) -> str:
        number = isinstance(value, Fraction) and not isinstance(value, bool)
        return shown(value) if number and isinstance(value, Fraction) else words.constant(value)

    result: list[str] = []
    if fact.default is not None:
        result.append(words.say("fact_default", value=constant(fact.default)))
    if fact.missing == "value" and fact.missing_value is not None:
        result.append(words.say("fact_missing_as", value=constant(fact.missing_value)))
    elif fact.missing == "required":
        result.append(words.say("fact_required"))
    return result


def measure_entries(policy: m.Policy, words: Speaker) -> list[str]:
    """The units of measure that a vocabulary declares."""
    if policy.document is None:
        return []
    entries: list[str] = []
    for statement in policy.document.body:
        if not isinstance(statement, n.Measure):
            continue
        name = statement.name
        if words.language == "en" and statement.english:
            name = f"{statement.name} ({statement.english})"
        if statement.equals is None:
            entries.append(words.sentence(words.say("measure", name=name)))
            continue
        number = q.number_text(statement.equals.value, words.language)
        quantity = f"{number}{statement.equals.unit or ''}"
        entries.append(words.sentence(words.say("measure_equals", name=name, quantity=quantity)))
    return entries
