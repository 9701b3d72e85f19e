"""Facts, concepts and units of measure that a document declares or shares."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType
from typing import Any, cast

from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, Source
from policydsl.language.functions import ASSESSMENT_DATE
from policydsl.language.units import Unit
from policydsl.model import expressions as e
from policydsl.model import policy as m
from policydsl.model.kinds import spelt
from policydsl.model.typing import PERCENT, Typer, is_ratio

_FACT_KINDS: dict[str, m.FactKind] = {
    "INTEGER": "integer", "DECIMAL": "decimal", "PERCENTAGE": "percentage", "YES_NO": "yes_no",
    "DATE_TYPE": "date", "COUNT": "count", "CHOICE": "choice", "ORDERED": "ordered",
}  # fmt: skip


class Shared:
    """What a document takes from the vocabularies that it uses."""

    def __init__(self) -> None:
        self.facts: dict[str, m.Fact] = {}
        self.concepts: dict[str, str] = {}
        self.measures: dict[str, Unit] = {}
        self.plausible: list[m.Plausibility] = []

    def add(self, other: Shared) -> None:
        """Take over what another vocabulary holds."""
        self.facts.update(other.facts)
        self.concepts.update(other.concepts)
        self.measures.update(other.measures)
        self.plausible += [x for x in other.plausible if x not in self.plausible]


def declare(
    document: n.Document,
    source: Source,
    shared: Shared,
    found: list[Diagnostic],
    origins: Mapping[int, Source] = MappingProxyType({}),
) -> Shared:
    """Facts, concepts and measures that a document declares, on top of what it shares."""
    own = Shared()
    own.add(shared)
    declared: dict[str, n.Fact] = {}
    statements = list(_declarations(document))
    for statement in statements:
        if isinstance(statement, n.Measure):
            _declare_measure(statement, origins.get(id(statement), source), own, found)
    for statement in statements:
        if isinstance(statement, n.Attribute):
            concept = cast(n.Name, statement.value)
            if statement.extra:
                own.concepts[concept.text] = statement.extra[0]
    scope = _DeclarationScope(own)
    typer = Typer(source, scope, found)
    facts = [statement for statement in statements if isinstance(statement, n.Fact)]
    for statement in facts:
        name = statement.name.text
        if name in declared:
            here, there = (origins.get(id(x), source) for x in (statement, declared[name]))
            related = ((there, declared[name].name.span),)
            found.append(Diagnostic("M205", here, statement.name.span, {"name": name}, related))
            continue
        declared[name] = statement
        typer.source = origins.get(id(statement), source)
        own.facts[name] = _fact(statement, document.id.text, typer)
    # derived facts may read each other, so their expressions come after all declarations
    for name, statement in declared.items():
        if statement.derived is not None:
            typer.source = origins.get(id(statement), source)
            expr = _derived(statement.derived, own.facts[name], typer)
            if expr is not None:
                own.facts[name] = replace(own.facts[name], derived=expr)
    _report_cycles(own.facts, declared, source, found, origins)
    for statement in statements:
        if isinstance(statement, n.Plausible):
            typer.source = origins.get(id(statement), source)
            own.plausible.append(_plausible(statement, typer))
    return own


def _derived(expression: n.Expression, fact: m.Fact, typer: Typer) -> e.Expr | None:
    """How a fact is worked out, in the unit that it is declared in; reports what does not fit."""
    typed, wanted = typer.typed(expression), typer.fact(fact)
    if typed.kind == "unknown":
        return None
    if typed.kind != wanted.kind:
        typer.wrong_kind(expression, typed, wanted.kind)
        return None
    if wanted.dimension == PERCENT and is_ratio(typed):
        return e.Arith("*", typed.expr, e.Const(Fraction(100)))  # a ratio as a percentage
    if wanted.kind == "number":
        typer.same_dimension(expression, wanted, typed)
        if fact.unit is not None and fact.unit.scale != 1 and not typed.bare:
            return e.Arith("/", typed.expr, e.Const(fact.unit.scale))
    return typed.expr


def _plausible(statement: n.Plausible, typer: Typer) -> m.Plausibility:
    """若 when，则 condition."""
    condition = typer.condition(statement.condition)
    if statement.when is not None:
        condition = e.AnyOf((e.Not(typer.condition(statement.when)), condition))
    return m.Plausibility(condition, statement)


def _declarations(document: n.Document) -> Iterable[n.Statement]:
    for attribute in document.attributes:
        if attribute.key == "CONCEPT":
            yield attribute
    stack: list[n.Statement] = list(reversed(document.body))
    while stack:
        statement = stack.pop()
        if isinstance(statement, (n.Fact, n.Measure, n.Plausible)):
            yield statement
        elif isinstance(statement, n.Clause):
            stack.extend(reversed(statement.body))
        elif isinstance(statement, (n.Modify, n.SetClause)):
            for part in statement.parts:
                if isinstance(part, n.NewBody):
                    stack.extend(reversed(part.statements))
        elif isinstance(statement, (n.Insert, n.Merge)):
            stack.append(statement.clause if isinstance(statement, n.Insert) else statement.into)


class _DeclarationScope:
    """While facts are declared, no scores exist yet."""

    def __init__(self, shared: Shared):
        # the date of assessment is given with the case; facts may be derived from it
        given = {ASSESSMENT_DATE: m.Fact(ASSESSMENT_DATE, "date")}
        self.facts: Mapping[str, m.Fact] = ChainMap(shared.facts, given)
        self.measures: Mapping[str, Unit] = shared.measures

    def score(self, ref: n.ClauseRef | None) -> str | None:
        return None


def _declare_measure(
    statement: n.Measure, source: Source, own: Shared, found: list[Diagnostic]
) -> None:
    """A unit of the document's own; read by its name, with 个 before it, and in English."""
    english = statement.english or statement.name
    spellings = (statement.name, f"个{statement.name}", english)
    if statement.equals is None:
        unit = Unit(statement.name, english, statement.name)
        own.measures.update(dict.fromkeys(spellings, unit))
        return
    base = None
    if statement.equals.unit is not None:
        typer = Typer(source, _DeclarationScope(own), found)
        base = typer.unit(statement.equals.unit, statement.equals)
    if base is None:
        return
    scale = base.scale * statement.equals.value
    unit = Unit(statement.name, english, base.dimension, scale)
    own.measures.update(dict.fromkeys(spellings, unit))


def _fact(statement: n.Fact, document: str, typer: Typer) -> m.Fact:
    kind = _FACT_KINDS[statement.type.word]
    unit: Unit | None = None
    if statement.type.unit is not None:
        unit = typer.unit(statement.type.unit, statement.type)
        if kind in ("yes_no", "date", "percentage"):
            typer.report("M226", statement.type, unit=statement.type.unit)
            unit = None
    values = tuple(value.text for value in statement.type.values)
    for value in statement.type.values:
        if values.count(value.text) > 1:
            typer.report("M227", value, value=value.text)
    options: dict[str, Any] = {}
    assumptions: list[str] = []
    for option in statement.options:
        if option.key == "ASSUMPTION":
            assumptions.append(cast(str, option.value))
        elif option.key in options:
            typer.report("M217", option, key=spelt(option.key))
        else:
            options[option.key] = option
    fact = m.Fact(
        name=statement.name.text,
        kind=kind,
        unit=unit,
        values=values,
        concept=cast(n.Name, options["CONCEPT"].value).text if "CONCEPT" in options else None,
        entity=cast(n.Name, options["ENTITY"].value).text if "ENTITY" in options else None,
        note=options["NOTE"].value if "NOTE" in options else None,
        english=options["ENGLISH"].value if "ENGLISH" in options else None,
        locator=options["LOCATOR"].value if "LOCATOR" in options else None,
        assumptions=tuple(assumptions),
        document=document,
        node=statement,
    )
    if fact.name == ASSESSMENT_DATE:
        typer.report("M228", statement.name, name=fact.name)
    return _with_values(fact, options, typer)


def _with_values(fact: m.Fact, options: Mapping[str, Any], typer: Typer) -> m.Fact:
    if "RANGE" in options:
        option = options["RANGE"]
        if not fact.is_number:
            typer.report("M229", option, fact=fact.name)
        else:
            dimension = typer.fact(fact).dimension
            scale = fact.unit.scale if fact.unit else Fraction(1)

            def bound(number: n.Number | None) -> Fraction | None:
                if number is None:
                    return None
                value = typer.quantity(number, dimension)
                return value if number.unit is None else value / scale

            low, high = bound(cast(n.Number | None, option.value)), bound(option.high)
            if low is not None and high is not None and low > high:
                typer.report("M221", option)
            fact = replace(fact, low=low, high=high)
    if "PRECISION" in options:
        number = cast(n.Number, options["PRECISION"].value)
        if fact.kind not in ("decimal", "percentage") or number.value.denominator != 1:
            typer.report("M230", options["PRECISION"], fact=fact.name)
        else:
            fact = replace(fact, places=int(number.value))
    if fact.kind == "count" and fact.low is None:
        fact = replace(fact, low=Fraction(0))
    if "DEFAULT" in options:
        option = options["DEFAULT"]
        fact = replace(fact, default=typer.value_of(option.value, fact))
    if "TYPICAL" in options:
        fact = replace(fact, typical=typer.value_of(options["TYPICAL"].value, fact))
    if "TREATED_AS" in options:
        option = options["TREATED_AS"]
        value = typer.value_of(option.value, fact)
        fact = replace(fact, missing="value", missing_value=value)
    elif "REQUIRED" in options:
        fact = replace(fact, missing="required")
    return fact


def _report_cycles(
    facts: Mapping[str, m.Fact],
    declared: Mapping[str, n.Fact],
    source: Source,
    found: list[Diagnostic],
    origins: Mapping[int, Source],
) -> None:
    state: dict[str, int] = {}
    for start in declared:
        # iterative depth-first search: a long chain of derived facts must not overflow
        stack: list[tuple[str, list[str]]] = [(start, sorted(_reads(facts.get(start))))]
        path = [start]
        if state.get(start):
            continue
        state[start] = 1
        while stack:
            name, children = stack[-1]
            if not children:
                state[name] = 2
                stack.pop()
                path.pop()
                continue
            child = children.pop()
            if state.get(child) == 1:
                cycle = [*path[path.index(child) :], child]
                node = declared.get(child, declared[start])
                details = {"cycle": " → ".join(cycle)}
                place = origins.get(id(node), source)
                found.append(Diagnostic("M213", place, node.name.span, details))
            elif child in declared and not state.get(child):
                state[child] = 1
                stack.append((child, sorted(_reads(facts.get(child)))))
                path.append(child)


def _reads(fact: m.Fact | None) -> set[str]:
    if fact is None or fact.derived is None:
        return set()
    return {name for name, _ in e.facts_of(fact.derived)}
