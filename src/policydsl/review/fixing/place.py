"""What a fixer looks at: a finding, the text that it stands in, and what is known of the two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TypeVar

from policydsl.language import nodes as n
from policydsl.language.decimals import show_decimal
from policydsl.language.diagnostics import Diagnostic, Source
from policydsl.language.keywords import Language, spell
from policydsl.language.nodes import Span
from policydsl.language.printing import print_node
from policydsl.model.loading import Library
from policydsl.model.policy import Clause, Policy
from policydsl.review.context import Context
from policydsl.review.findings import Finding
from policydsl.review.fixing.edits import Edit

Found = TypeVar("Found", bound=n.Node)


@dataclass(frozen=True)
class Text:
    """A text with its documents, so that what is asked of it again is known."""

    source: Source
    documents: tuple[n.Document, ...]

    @cached_property
    def nodes(self) -> tuple[n.Node, ...]:
        """All nodes, from the outside in."""
        return tuple(node for one in self.documents for node in n.walk(one))

    @cached_property
    def own(self) -> frozenset[int]:
        """``id()`` of the nodes: those of other texts (a base, a vocabulary) are not changed."""
        return frozenset(map(id, self.nodes))

    @cached_property
    def clauses(self) -> tuple[n.Clause | n.Document, ...]:
        """Clauses and documents, from the outside in."""
        return tuple(x for x in self.nodes if isinstance(x, (n.Clause, n.Document)))


@dataclass(frozen=True)
class Place:
    """A finding of the check or (with ``finding``) of the review in its text.

    ``context`` is the policy around it, where there is one without errors.
    """

    text: Text
    found: Diagnostic
    finding: Finding | None = None
    context: Context | None = None
    library: Library | None = None

    @property
    def source(self) -> str:
        """The text."""
        return self.text.source.text

    @property
    def span(self) -> Span:
        """Where the finding stands."""
        return self.found.span or Span(0, 0)

    @property
    def policy(self) -> Policy | None:
        """The policy, where it has no errors."""
        return None if self.context is None else self.context.policy

    @cached_property
    def document(self) -> n.Document | None:
        """The document around the finding."""
        around = [one for one in self.text.documents if one.span.start <= self.span.start]
        return around[-1] if around else None

    @cached_property
    def language(self) -> Language:
        """The language in which the document is written."""
        start = self.document.span.start if self.document is not None else 0
        head = self.source[start : start + 40].split()
        return "en" if head and head[0].isascii() else "zh"

    def word(self, keyword: str) -> str:
        """A keyword as the document spells it."""
        return spell(keyword, self.language)

    def write(self, node: n.Node) -> str:
        """A node as the document would write it."""
        return print_node(node, self.language)

    def points(self, value: Fraction) -> str:
        """30 分."""
        return self.write(n.Number(value, "分"))

    def mark(self, chinese: str) -> str:
        """A mark between words in the manner of the document."""
        return {"，": ", ", "：": ": ", "；": "; "}[chinese] if self.language == "en" else chinese

    def at(self, kind: type[Found]) -> Found | None:
        """The innermost node of a kind that covers the finding."""
        here = [
            x for x in self.text.nodes
            if isinstance(x, kind) and x.span.start <= self.span.start
            and self.span.end <= x.span.end and x.span.end > x.span.start
        ]  # fmt: skip
        return min(here, key=lambda x: x.span.end - x.span.start, default=None)

    def exactly(self, kind: type[Found]) -> Found | None:
        """The node of a kind that stands just there."""
        return next(
            (x for x in self.text.nodes if isinstance(x, kind) and x.span == self.span), None
        )

    @cached_property
    def clause(self) -> Clause | None:
        """The clause that a finding of the review is about."""
        if self.finding is None or self.policy is None:
            return None
        found = self.policy.clauses.get(self.finding.clause)
        scenes = (s.clause for s in self.policy.scenes if s.clause.id == self.finding.clause)
        return found or next(scenes, None)

    @cached_property
    def heading(self) -> n.Clause | n.Document | None:
        """Where that clause stands in this text; the document, where it is about the whole."""
        if self.clause is None or self.clause.kind == "root":
            return self.document
        node = self.clause.node
        return node if isinstance(node, (n.Clause, n.Document)) and self.owns(node) else None

    def owns(self, *nodes: n.Node | None) -> bool:
        """Whether these nodes stand in this text."""
        return all(node is not None and id(node) in self.text.own for node in nodes)

    def attribute(self, node: n.Clause | n.Document | None, key: str) -> n.Attribute | None:
        """An attribute of a clause as it stands here."""
        attributes = () if node is None else node.attributes
        return next((a for a in attributes if a.key == key and self.owns(a)), None)

    def around(self, node: n.Node) -> Iterator[n.Clause | n.Document]:
        """The clauses around a node, the innermost first."""
        for each in reversed(self.text.clauses):
            inside = each.span.start <= node.span.start < each.span.end
            if each is not node and inside and node.span.end <= each.span.end:
                yield each

    def slice(self, node: n.Node) -> str:
        """A node as it is written."""
        return self.source[node.span.start : node.span.end]

    def rules(self, clause: Clause) -> Iterator[n.Rule]:
        """The rules of a clause that stand in this text."""
        for rule in clause.rules:
            if isinstance(rule.node, n.Rule) and self.owns(rule.node):
                yield rule.node


def replaced(node: n.Node, text: str) -> Edit:
    """Another text for a node."""
    return Edit(node.span, text)


def modifier(place: Place, rule: n.Rule | n.Tier, node: n.Modifier) -> Edit:
    """A further modifier of a rule, behind those it has."""
    inner = (rule.action if isinstance(rule, n.Rule) else rule.outcome, *rule.modifiers)
    end = max(x.span.end for x in inner)
    return Edit(Span(end, end), place.mark("，") + place.write(node))


def shown(value: Fraction) -> str:
    """A number for a title."""
    return show_decimal(value)
