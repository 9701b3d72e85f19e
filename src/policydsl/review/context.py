"""What a check looks at: one policy, the library around it, and where things stand in the text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

from policydsl.language import nodes as n
from policydsl.language.diagnostics import Source
from policydsl.language.nodes import Span
from policydsl.model.loading import Library
from policydsl.model.policy import Clause, Policy
from policydsl.review.findings import Finding, Pair, Verdict, Witness
from policydsl.review.plausible import Ordinary, remark
from policydsl.scoring.exact import Evaluator
from policydsl.wording.sentences import clause_name


class Stopped(Exception):
    """Nobody waits for the review any more."""


@dataclass(frozen=True)
class Context:
    """A policy under review.

    ``other`` is what it is held against (``--against``).  ``origins`` are, by ``id()`` of a node,
    the texts of nodes that do not stand in the policy's own (those of an amendment).  ``stop`` is
    asked now and then whether the answer is still wanted.
    """

    policy: Policy
    library: Library | None = None
    other: Policy | None = None
    origins: Mapping[int, Source] = field(default_factory=dict, repr=False)
    stop: Callable[[], bool] = field(default=lambda: False, repr=False)

    def go_on(self) -> None:
        """Raises :class:`Stopped` where the answer is no longer wanted."""
        if self.stop():
            raise Stopped

    @cached_property
    def remembered(self) -> dict[tuple[str, str], object]:
        """What checks have worked out and others may want: by kind and clause id."""
        return {}

    @cached_property
    def evaluator(self) -> Evaluator:
        """The exact evaluator of the policy."""
        return Evaluator(self.policy)

    @cached_property
    def parents(self) -> Mapping[str, Clause]:
        """The clause around each clause, by id; roots have none."""
        return {
            child.id: clause
            for root in self.policy.roots
            for clause in root.walk()
            for child in clause.children
        }

    def around(self, clause: Clause) -> tuple[Clause, ...]:
        """The clause and those around it, the innermost first."""
        self.go_on()  # all checks come by here
        chain = [clause]
        while chain[-1].id in self.parents:
            chain.append(self.parents[chain[-1].id])
        return tuple(chain)

    def label(self, clause: Clause | None) -> Pair:
        """What a clause is called: 公安分局 第1项 出租房屋管理; the title for the document."""
        if clause is None or clause.kind == "root":
            title = self.policy.title or self.policy.id
            return (f"《{title}》", f"“{english_title(self.policy) or title}”")
        chain = [c for c in reversed(self.around(clause)) if c.kind != "root"]
        return (
            " ".join(_named(c, "zh") for c in chain),
            ", ".join(_named(c, "en") for c in chain),
        )

    def place(self, node: n.Node | None) -> tuple[Source | None, Span | None]:
        """Where a node stands."""
        if node is None:
            return None, None
        return self.origins.get(id(node), self.policy.source), node.span

    def _with_remark(self, witness: Witness) -> Witness:
        """The witness, with a word where its case is out of the ordinary (常情)."""
        ordinary = Ordinary(self.policy)
        cases = (shown.case for shown in witness.cases)
        broken = dict.fromkeys(x for c in cases for x in ordinary.broken(c.facts, c.members))
        zh, en = remark(tuple(broken), only=False)
        return replace(witness, text=(witness.text[0] + zh, witness.text[1] + en))

    def finding(
        self,
        code: str,
        verdict: Verdict,
        clause: Clause | None,
        /,
        *,
        at: n.Node | None = None,
        witness: Witness | None = None,
        why: Pair | None = None,
        also: tuple[n.Node | None, ...] = (),
        **details: object,
    ) -> Finding:
        """A finding at a clause (``None``: the document), or at a node ``at`` in it.

        ``details`` fill the words of the code; ``label`` is always among them.
        """
        node: n.Node | None = at
        if node is None:
            node = clause.node if clause is not None else None
        if node is None and self.policy.document is not None:
            node = self.policy.document.id
        source, span = self.place(node)
        if at is None and isinstance(node, (n.Clause, n.Document)):
            span = _heading(node, span)
        label = self.label(clause)
        if witness is not None:
            witness = self._with_remark(witness)
        related = tuple((where, spot) for where, spot in map(self.place, also) if where and spot)
        return Finding(
            code, verdict, "" if clause is None else clause.id, label,
            MappingProxyType({"label": label, **details}), source, span, witness, why, related,
        )  # fmt: skip


def english_title(policy: Policy) -> str | None:
    """What a document is called in English (英文), where it says so."""
    found = () if policy.document is None else policy.document.attributes
    values = [a.value for a in found if a.key == "ENGLISH"]
    return values[0].value if values and isinstance(values[0], n.TextValue) else None


def concerned(context: Context, one: Clause, other: Clause) -> bool:
    """Whether two clauses can both count for one case: not of two units or schedules."""
    for kind in ("schedule", "unit"):
        mine = next((c.id for c in context.around(one) if c.kind == kind), None)
        yours = next((c.id for c in context.around(other) if c.kind == kind), None)
        if mine is not None and yours is not None and mine != yours:
            return False
    return True


def attribute(clause: Clause, key: str) -> n.Node | None:
    """The node of an attribute of a clause (``FULL_MARKS`` …), for its place."""
    if not isinstance(clause.node, (n.Clause, n.Document)):
        return None
    return next((a for a in clause.node.attributes if a.key == key), None)


def _named(clause: Clause, language: str) -> str:
    if clause.number is not None:
        number = f"第{clause.number}项" if language == "zh" else f"item {clause.number}"
        name = clause.name if language == "zh" else clause.english
        return f"{number} {name}" if name else number
    return clause_name(clause, "zh" if language == "zh" else "en")


def _heading(node: n.Clause | n.Document, span: Span | None) -> Span | None:
    """The first words of a clause, not all of its body."""
    if span is None:
        return None
    inner = [x.span.start for x in (*node.attributes, *node.body) if x.span.start > span.start]
    return Span(span.start, min([*inner, span.end]))
