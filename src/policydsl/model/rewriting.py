"""Statements, attributes and figures of a tree exchanged: the small steps of an amendment.

Trees are immutable; every function returns new ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar, cast

from policydsl.language import nodes as n
from policydsl.language.printing import print_node

T = TypeVar("T")

DECLARATIONS = (n.Fact, n.Measure)
"""Statements that give names to the whole document, wherever they stand."""


def with_declarations(old: Sequence[n.Statement], new: Sequence[n.Statement]) -> list[n.Statement]:
    """The statements of a new body behind those declarations of the old one that stay."""
    names = {statement_name(s) for s in new if isinstance(s, DECLARATIONS)}
    kept = [s for s in old if isinstance(s, DECLARATIONS) and statement_name(s) not in names]
    return [*kept, *new]


def upserted(statements: Sequence[Any], new: n.Statement) -> list[Any]:
    """The statements with a named one replaced in its place, or added behind those of its kind."""
    name = statement_name(new)
    result: list[Any] = []
    placed = False
    for statement in statements:
        if isinstance(statement, n.Statement) and statement_name(statement) == name:
            if not placed:
                result.append(new)
            placed = True
        else:
            result.append(statement)
    if not placed:
        plain = [i for i, s in enumerate(result) if isinstance(s, n.Statement)]
        alike = [i for i in plain if type(result[i]) is type(new)]
        index = (alike or plain or [-1])[-1] + 1
        result.insert(index, new)
    return result


def joined(old: tuple[n.Attribute, ...], new: n.Attribute) -> tuple[n.Attribute, ...]:
    """An attribute of the amendment beside those of the base; one that is there is not doubled."""
    if new in old:
        return old
    if new.key == "USES" and isinstance(new.value, tuple):
        known = {
            name.text for a in old if a.key == "USES" and isinstance(a.value, tuple)
            for name in a.value if isinstance(name, n.Name)
        }  # fmt: skip
        names = tuple(
            cast(n.Name, name) for name in new.value if cast(n.Name, name).text not in known
        )
        if not names:
            return old
        if len(names) != len(new.value):
            new = replace(new, value=names)
    if new.key == "CONCEPT":
        same = cast(n.Name, new.value)
        old = tuple(a for a in old if a.key != "CONCEPT" or a.value != same)
    places = [i for i, a in enumerate(old) if a.key == new.key]
    index = places[-1] + 1 if places else len(old)
    return (*old[:index], new, *old[index:])


def merged(
    old: tuple[n.Attribute, ...], new: Sequence[n.Attribute], replaced: list[str]
) -> tuple[n.Attribute, ...]:
    """New attributes in the place of the old ones of their key; several of one key stay."""
    result = list(old)
    for attribute in new:
        places = [i for i, a in enumerate(result) if a.key == attribute.key]
        if not places:
            result.append(attribute)
        elif attribute.key in replaced:
            result.insert(places[-1] + 1, attribute)
        else:
            result[places[0]] = attribute
            for place in reversed(places[1:]):
                del result[place]
        if attribute.key not in replaced:
            replaced.append(attribute.key)
    return tuple(result)


def statement_name(statement: n.Statement) -> str:
    """What a statement outside the clauses is known by; empty for one that has no name."""
    match statement:
        case n.Fact():
            return f"fact {statement.name.text}"
        case n.Measure():
            return f"measure {statement.name}"
        case n.Deadline():
            return f"deadline {statement.name.text}"
        case n.Duty():
            return f"duty {statement.unit.text}"
        case n.Example():
            return f"example {statement.title}"
        case n.Plausible():
            return f"plausible {print_node(replace(statement, notes=()), 'zh')}"
        case n.Exclusion():
            return f"exclusion {statement.excluded.text} {statement.from_fact.text}"
    return ""


# -- numbers inside a tree

_RANGES = (n.Between, n.FromBelow, n.Pattern, n.FactOption, n.Expect)


def inner_fields(node: n.Node) -> Iterator[tuple[str, object]]:
    """The fields of a node that may hold numbers."""
    for name in type(node).__dataclass_fields__:
        value = getattr(node, name)
        if isinstance(value, (n.Node, tuple)):
            yield name, value


def full_number(holder: n.Node, name: str, number: n.Number) -> n.Number:
    """A number as it is meant: the 18 of ``18 至 40 岁`` is in years of age."""
    if number.unit is None and isinstance(holder, _RANGES):
        # 事实 …：范围 18 至 40 holds its lower number in ``value``
        other = getattr(holder, "high", None)
        if name in ("low", "value") and isinstance(other, n.Number) and other.unit is not None:
            return replace(number, unit=other.unit)
    return number


def count_figure(node: object, number: n.Number) -> int:
    """How often a figure occurs in a tree."""
    if isinstance(node, tuple):
        return sum(count_figure(item, number) for item in node)
    if not isinstance(node, n.Node):
        return 0
    if isinstance(node, n.Number):
        return int(node == number)
    total = 0
    for name, value in inner_fields(node):
        if isinstance(value, n.Number):
            total += full_number(node, name, value) == number
        else:
            total += count_figure(value, number)
    return total


Keep = Callable[[n.Node, n.Node], None]
"""Told of each node that was made from another one: (old, new)."""


def with_figures(tree: T, swaps: Sequence[n.Replacement], keep: Keep = lambda _, __: None) -> T:
    """The same tree (a node, or a tuple of nodes) with other figures, all exchanged at once."""
    return cast(T, _with_figures(tree, swaps, keep))


def _with_figures(node: object, swaps: Sequence[n.Replacement], keep: Keep) -> object:
    if isinstance(node, tuple):
        return tuple(_with_figures(item, swaps, keep) for item in node)
    if not isinstance(node, n.Node):
        return node
    changes: dict[str, Any] = {}
    for name, value in inner_fields(node):
        if isinstance(value, n.Number):
            new: object = _with_figure(node, name, value, swaps, keep)
        else:
            new = _with_figures(value, swaps, keep)
        if new is not value and not same_items(new, value):
            changes[name] = new
    if not changes:
        return node
    rebuilt = replace(node, **changes)
    keep(node, rebuilt)
    return rebuilt


def _with_figure(
    holder: n.Node, name: str, number: n.Number, swaps: Sequence[n.Replacement], keep: Keep
) -> n.Number:
    full = full_number(holder, name, number)
    for swap in swaps:
        if full == swap.old:
            # a number that borrowed its unit (18 至 40 岁) goes on doing so
            borrowed = number.unit is None and full.unit == swap.new.unit
            unit = None if borrowed else swap.new.unit
            changed = replace(swap.new, unit=unit, span=number.span)
            keep(number, changed)
            return changed
    return number


def same_items(a: object, b: object) -> bool:
    """Whether two tuples hold the very same objects."""
    return (
        isinstance(a, tuple)
        and isinstance(b, tuple)
        and len(a) == len(b)
        and all(x is y or same_items(x, y) for x, y in zip(a, b, strict=True))
    )
