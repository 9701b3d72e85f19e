"""A policy on its way from a document: clauses with their rules as text of the language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from policydsl.language.nodes import Span

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Guess:
    """Something that the text does not say outright: what was taken, why, and where."""

    clause: str
    taken: str
    reason: Pair
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class ByHand:
    """A stretch of text that was not understood; the clause keeps it, with its locator."""

    clause: str
    locator: str
    text: str
    reason: Pair
    span: Span | None = None


@dataclass
class Draft:
    """One clause in the making.  ``rules`` and ``targets`` are lines of the language."""

    head: str
    """项 1 「名称」, 单位 「公安分局」."""
    label: str
    attributes: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    children: list[Draft] = field(default_factory=list)
    understood: int = 0
    phrases: int = 0

    def walk(self) -> Iterator[Draft]:
        """The clause and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def lines(self, indent: int = 1) -> Iterator[str]:
        """The clause as lines of the language."""
        space = "  " * indent
        yield f"{space}{self.head} {{"
        for line in (*self.attributes, *self.rules, *self.targets):
            yield f"{space}  {line}"
        for child in self.children:
            yield from child.lines(indent + 1)
        yield f"{space}}}"


@dataclass(frozen=True, slots=True)
class Sum:
    """What a part declares and what its items add up to."""

    name: str
    declared: Fraction | None
    computed: Fraction

    @property
    def fits(self) -> bool:
        """Whether they agree; a part that declares nothing cannot disagree."""
        return self.declared is None or self.declared == self.computed


Kind = Literal["考核", "积分", "要点"]


def quoted(text: str) -> str:
    """A text between quotation marks of the language, on one line."""
    plain = " ".join(text.split()).replace("”", "’").replace("“", "‘")
    return f"“{plain}”"


def named(name: str) -> str:
    """A name of the language, whatever characters it has."""
    plain = "".join(name.split()).replace("「", "").replace("」", "")
    return f"「{plain[:110]}」"


def number(value: Fraction) -> str:
    """A number as the language writes it."""
    from policydsl.scoring.ranges import show_points

    return show_points(value)
