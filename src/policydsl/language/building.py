"""Lark's tree → the nodes of :mod:`policydsl.language.nodes`.

One method for each rule of the grammar, named after it.  Comments, which the grammar does
not see, are given to the statement that they stand before or behind; those inside a
statement go before it, those before a closing brace to the block, so that none is lost.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar, cast

from lark import Token, Tree

from policydsl.language import nodes as n
from policydsl.language.diagnostics import Diagnostic, Source
from policydsl.language.functions import (
    ASSESSMENT_DATE,
    ASSESSMENT_DATE_ENGLISH,
    find_function,
)
from policydsl.language.keywords import spell
from policydsl.language.units import find_unit

T = TypeVar("T", bound=n.Statement)
Branch = Tree[Any]
Child = Branch | Token

_DATE = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})")
_MULTIPLE = {"万": 10_000, "亿": 100_000_000}

# Attributes whose tree holds one text, one name or a list of names.
_TEXT_KEYS = {
    "locator": "LOCATOR",
    "summary": "SUMMARY",
    "full_text": "FULL_TEXT",
    "note": "NOTE",
    "doubtful": "DOUBTFUL",
    "assumption_note": "ASSUMPTION",
    "english": "ENGLISH",
    "reason": "REASON",
    "inferred": "INFERRED",
    "source": "SOURCE",
    "transition": "TRANSITION",
    "sections": "SECTIONS",
}
_NAME_KEYS = {
    "recognition": "RECOGNITION",
    "id": "ID",
    "region": "REGION",
    "adopts": "ADOPTS",
}
_LIST_KEYS = {
    "review": "REVIEW",
    "responsible": "RESPONSIBLE",
    "lead": "LEAD",
    "issuer": "ISSUER",
    "replaces": "REPLACES",
    "uses": "USES",
}
_AMOUNT_KEYS = {"full_marks": "FULL_MARKS", "cap": "CAP", "floor": "FLOOR", "start_at": "START"}
_WHEN_KEYS = {"issued": "ISSUED", "in_force": "IN_FORCE", "expires": "EXPIRES"}


class Builder:
    """Turns one file's tree into nodes; ``found`` collects what is wrong with its words."""

    def __init__(self, source: Source, comments: Sequence[Token], digits: int):
        self.source = source
        self.found: list[Diagnostic] = []
        self._digits = digits
        self._comments = list(comments)
        self._starts = [token.start_pos or 0 for token in self._comments]
        self._claimed = [False] * len(self._comments)

    # -- files and documents

    def file(self, tree: Branch) -> n.File:
        """The file that the tree of rule ``start`` describes."""
        documents = tuple(
            self._document(child) for child in self._branches(tree) if child.data == "document"
        )
        tail = self._claim_all(0, len(self.source.text))
        return n.File(documents, tail, span=n.Span(0, len(self.source.text)))

    def _document(self, tree: Branch) -> n.Document:
        kind = self._word(tree.children[0])
        children = tree.children[1:]
        title = next((self._text(c) for c in children if _is_token(c, "STRING")), None)
        based_on: n.Name | None = None
        applies_to: tuple[n.Name, ...] = ()
        older: n.Name | None = None
        newer: n.Name | None = None
        for child in self._branches(tree):
            if child.data == "based_on":
                based_on = self._name(child.children[1])
            elif child.data == "applies_to":
                applies_to = self._names(child.children[1])
            elif child.data == "from_to":
                older, newer = self._name(child.children[1]), self._name(child.children[3])
        attributes, body = self._body(self._child(tree, "body"))
        return self._statement(
            tree,
            n.Document,
            kind,
            self._name(children[0]),
            title,
            based_on,
            applies_to,
            older,
            newer,
            attributes,
            body,
            tail=True,
        )

    def _body(
        self, tree: Branch, header: tuple[n.Attribute, ...] = ()
    ) -> tuple[tuple[n.Attribute, ...], tuple[n.Statement, ...]]:
        attributes = list(header)
        body: list[n.Statement] = []
        for child in self._branches(tree):
            if child.data == "separator":
                continue
            statement = self.statement(child)
            if isinstance(statement, n.Attribute):
                attributes.append(statement)
            else:
                body.append(statement)
        return tuple(attributes), tuple(body)

    def statement(self, tree: Branch) -> n.Statement:
        """The statement that a tree describes."""
        name = str(tree.data)
        if name in _ATTRIBUTES:
            return self._attribute(tree)
        method = cast(Callable[[Branch], n.Statement], getattr(self, f"_{name}"))
        return method(tree)

    # -- clauses and attributes

    def _clause(self, tree: Branch) -> n.Clause:
        label = self._child_in(tree, ("label_name", "label_number", "label_both"))
        number, name = None, None
        for part in label.children:
            if _is_token(part, "NUMBER"):
                number = str(part)
            else:
                name = self._name(part)
        return self._finish_clause(tree, number, name)

    def _bare_clause(self, tree: Branch) -> n.Clause:
        return self._finish_clause(tree, None, None)

    def _finish_clause(self, tree: Branch, number: str | None, name: n.Name | None) -> n.Clause:
        header = tuple(
            self._attribute(child) for child in self._branches(tree) if child.data in _ATTRIBUTES
        )
        attributes, body = self._body(self._child(tree, "body"), header)
        kind = self._word(tree.children[0])
        return self._statement(tree, n.Clause, kind, number, name, attributes, body, tail=True)

    def _attribute(self, tree: Branch) -> n.Attribute:
        name = str(tree.data)
        parts = tree.children[1:]
        extra: tuple[str, ...] = ()
        value: Any
        if name in _TEXT_KEYS:
            key, value = _TEXT_KEYS[name], n.TextValue(self._text(parts[0]), span=_span(parts[0]))
        elif name in _NAME_KEYS:
            key, value = _NAME_KEYS[name], self._name(parts[0])
        elif name in _LIST_KEYS:
            key, value = _LIST_KEYS[name], self._names(parts[0])
        elif name in _AMOUNT_KEYS:
            key, value = _AMOUNT_KEYS[name], self._amount(parts[0])
        elif name in _WHEN_KEYS:
            key, value = _WHEN_KEYS[name], self._when(cast(Branch, parts[0]))
        elif name == "start_full":
            key, value = "START", "full"
        elif name == "rounding_attr":
            key, value = "ROUNDING", self._rounding(cast(Branch, parts[0]))
        elif name == "concept":
            key, value = "CONCEPT", self._name(parts[0])
            extra = tuple(self._text(part) for part in parts[1:])
        elif name == "reading":
            key, value = "READING", n.TextValue(self._text(parts[0]), span=_span(parts[0]))
            extra = (self._text(parts[2]), self._text(parts[4]))
        elif name == "waive":
            key, value = "WAIVE", self._name(parts[0])
            extra = (self._text(parts[2]),)
        elif name == "applies_when":
            key, value = "APPLIES_WHEN", self.expression(parts[0])
        elif name == "conversion":
            key = "CONVERSION"
            value = None if _is_token(parts[0], "OPEN") else self._number(parts[0])
            extra = tuple(self._text(part) for part in parts[1:])
        elif name == "legal_basis":
            key = "LEGAL_BASIS"
            value = tuple(
                n.TextValue(self._text(part), span=_span(part))
                for part in parts
                if _is_token(part, "STRING")
            )
        else:
            key, value = "ENTITY", self._entity(parts[0])
        return self._statement(tree, n.Attribute, key, value, extra)

    def _entity(self, tree: Child) -> n.Name:
        token = cast(Token, cast(Branch, tree).children[0])
        # the two entities that are keywords have their Chinese name in the tree
        text = {"HOUSEHOLD": "家庭", "UNIT": "单位"}.get(token.type) or self._unquoted(token)
        return n.Name(text, span=_span(token))

    def _when(self, tree: Branch) -> n.When:
        if tree.data == "when_date":
            return n.When(self._date(tree.children[0]), span=_span(tree))
        if tree.data == "when_after":
            return n.When(None, self._number(tree.children[1]), span=_span(tree))
        if tree.data == "when_event":
            return n.When(event=self._text(tree.children[0]), span=_span(tree))
        return n.When(span=_span(tree))

    # -- facts and measures

    def _fact(self, tree: Branch) -> n.Fact:
        derived: n.Expression | None = None
        options: list[n.FactOption] = []
        type_: n.FactType | None = None
        for child in self._branches(tree):
            if child.data in ("scalar_type", "choice_type", "ordered_type"):
                type_ = self._fact_type(child)
            elif child.data == "derived":
                derived = self.expression(child.children[1])
            elif child.data != "name":
                options.append(self._fact_option(child))
        assert type_ is not None, "the grammar requires a type"
        name = self._name(tree.children[1])
        return self._statement(tree, n.Fact, name, type_, derived, tuple(options))

    def _fact_type(self, tree: Branch) -> n.FactType:
        if tree.data == "scalar_type":
            word = self._word(tree.children[0])
            units = [c for c in self._branches(tree) if c.data == "unit_word"]
            unit, written = self._unit(units[0]) if units else (None, None)
            return n.FactType(word, unit, (), written, span=_span(tree))
        if tree.data == "choice_type":
            return n.FactType("CHOICE", None, self._names(tree.children[2]), span=_span(tree))
        values = tuple(self._name(c) for c in self._branches(tree) if c.data == "name")
        return n.FactType("ORDERED", None, values, span=_span(tree))

    def _fact_option(self, tree: Branch) -> n.FactOption:
        parts = tree.children
        name = str(tree.data)
        span = _span(tree)
        if name == "range_between":
            low, high = self._number(parts[1]), self._number(parts[3])
            return n.FactOption("RANGE", low, high, span=span)
        if name == "range_from":
            return n.FactOption("RANGE", self._number(parts[1]), None, span=span)
        if name == "range_up_to":
            return n.FactOption("RANGE", None, self._number(parts[1]), span=span)
        if name == "default":
            return n.FactOption("DEFAULT", self.expression(parts[1]), span=span)
        if name == "missing_as":
            return n.FactOption("TREATED_AS", self.expression(parts[2]), span=span)
        if name in ("missing_required", "missing_no_evidence"):
            return n.FactOption(cast(Token, parts[1]).type, span=span)
        if name == "precision":
            return n.FactOption("PRECISION", self._number(parts[1]), span=span)
        if name == "fact_concept":
            return n.FactOption("CONCEPT", self._name(parts[1]), span=span)
        if name == "fact_entity":
            return n.FactOption("ENTITY", self._entity(parts[1]), span=span)
        return n.FactOption(cast(Token, parts[0]).type, self._text(parts[1]), span=span)

    def _measure(self, tree: Branch) -> n.Measure:
        numbers = [c for c in self._branches(tree) if c.data == "number"]
        texts = [self._text(c) for c in tree.children if _is_token(c, "STRING")]
        return self._statement(
            tree,
            n.Measure,
            self._name(tree.children[1]).text,
            self._number(numbers[0]) if numbers else None,
            texts[0] if texts else None,
        )

    # -- scenes, procedure, targets

    def _household(self, tree: Branch) -> n.Household:
        words = [self._word(child) for child in tree.children[1:]]
        return self._statement(tree, n.Household, words[0], words[1])

    def _ranking(self, tree: Branch) -> n.Ranking:
        keys = tuple(
            n.RankingKey(
                self.expression(child.children[0]),
                self._word(child.children[1]),
                span=_span(child),
            )
            for child in self._branches(tree)
            if child.data == "ranking_key"
        )
        open_ended = any(child.data == "ranking_open" for child in self._branches(tree))
        return self._statement(tree, n.Ranking, keys, open_ended)

    def _quota_number(self, tree: Branch) -> n.Quota:
        return self._statement(tree, n.Quota, self._number(tree.children[1]), None)

    def _quota_open(self, tree: Branch) -> n.Quota:
        return self._statement(tree, n.Quota, None, None)

    def _quota_set_by(self, tree: Branch) -> n.Quota:
        return self._statement(tree, n.Quota, None, self._name(tree.children[2]))

    def _ties(self, tree: Branch) -> n.Ties:
        return self._statement(tree, n.Ties, self._word(tree.children[1]))

    def _exclusion(self, tree: Branch) -> n.Exclusion:
        names = [self._name(c) for c in self._branches(tree) if c.data == "name"]
        return self._statement(tree, n.Exclusion, names[0], names[1], self._notes(tree))

    def _deadline(self, tree: Branch) -> n.Deadline:
        name_token = cast(Token, cast(Branch, tree.children[1]).children[0])
        word: str | None = None
        number: n.Number | None = None
        when: date | None = None
        for child in self._branches(tree):
            if child.data == "compare_word":
                word = self._word(child)
            elif child.data == "deadline_number":
                number = self._number(child.children[0])
            elif child.data == "deadline_date":
                when = self._date(child.children[0])
        texts = [self._text(c) for c in tree.children if _is_token(c, "STRING")]
        return self._statement(
            tree,
            n.Deadline,
            n.Name(self._unquoted(name_token), span=_span(name_token)),
            word,
            number,
            when,
            texts[0] if texts else None,
            self._notes(tree),
        )

    def _duty(self, tree: Branch) -> n.Duty:
        parts = tuple(
            n.DutyPart(self._word(child.children[0]), self._duty_items(child), span=_span(child))
            for child in self._branches(tree)
            if child.data == "duty_part"
        )
        texts = [self._text(c) for c in tree.children if _is_token(c, "STRING")]
        return self._statement(
            tree,
            n.Duty,
            self._name(tree.children[1]),
            texts[0] if texts else None,
            parts,
            self._notes(tree),
        )

    def _duty_items(self, tree: Branch) -> tuple[n.Name | n.TextValue, ...]:
        items: list[n.Name | n.TextValue] = []
        for child in self._branches(tree):
            if child.data == "duty_name":
                items.append(self._name(child.children[0]))
            elif child.data == "duty_text":
                token = child.children[0]
                items.append(n.TextValue(self._text(token), span=_span(token)))
        return tuple(items)

    def _target(self, tree: Branch) -> n.Target:
        return self._statement(tree, n.Target, self.expression(tree.children[1]), self._notes(tree))

    def _blend_part(self, tree: Branch) -> n.BlendPart:
        weight = tree.children[2]
        return self._statement(
            tree,
            n.BlendPart,
            self.expression(tree.children[0]),
            None if _is_token(weight, "OPEN") else self._number(weight),
            self._notes(tree),
        )

    # -- examples

    def _example(self, tree: Branch) -> n.Example:
        return self._statement(
            tree,
            n.Example,
            self._text(tree.children[1]),
            self._entries(self._child(tree, "example_body")),
        )

    def _entries(self, tree: Branch) -> tuple[n.Statement, ...]:
        return tuple(
            self.statement(child) for child in self._branches(tree) if child.data != "example_break"
        )

    def _given(self, tree: Branch) -> n.Given:
        return self._statement(
            tree, n.Given, self._name(tree.children[0]), self.expression(tree.children[1])
        )

    def _given_unit(self, tree: Branch) -> n.GivenUnit:
        return self._statement(tree, n.GivenUnit, self._name(tree.children[1]))

    def _given_spouse(self, tree: Branch) -> n.GivenMember:
        entries = self._entries(self._child(tree, "example_body"))
        return self._statement(tree, n.GivenMember, None, entries)

    def _given_member(self, tree: Branch) -> n.GivenMember:
        return self._statement(
            tree,
            n.GivenMember,
            self._name(tree.children[1]),
            self._entries(self._child(tree, "example_body")),
        )

    def _judged(self, tree: Branch) -> n.Judged:
        return self._statement(
            tree,
            n.Judged,
            self._ref(tree.children[1]),
            self._word(tree.children[2]),
            self._number(tree.children[3]),
        )

    def _expect_total(self, tree: Branch) -> n.Expect:
        return self._expected(tree, None)

    def _expect_clause(self, tree: Branch) -> n.Expect:
        return self._expected(tree, self._ref(tree.children[1]))

    def _expected(self, tree: Branch, ref: n.ClauseRef | None) -> n.Expect:
        range_ = cast(Branch, tree.children[-1])
        numbers = [self._signed(c) for c in self._branches(range_)]
        high = numbers[1] if len(numbers) > 1 else None
        return self._statement(
            tree, n.Expect, ref, numbers[0], high, range_.data == "expected_from"
        )

    def _signed(self, tree: Branch) -> n.Number:
        if tree.data == "number":
            return self._number(tree)
        number = self._number(tree.children[1])
        return replace(number, value=-number.value, written=None, span=_span(tree))

    def _expect_status(self, tree: Branch) -> n.ExpectStatus:
        return self._statement(tree, n.ExpectStatus, self._word(tree.children[1]))

    # -- operations

    def _modify(self, tree: Branch) -> n.Modify:
        return self._statement(tree, n.Modify, self._ref(tree.children[1]), self._parts(tree, 2))

    def _modify_whole(self, tree: Branch) -> n.Modify:
        return self._statement(tree, n.Modify, None, self._parts(tree, 2))

    def _succession(self, tree: Branch) -> n.Succession:
        old, new = (self._refs(c) for c in self._branches(tree) if c.data == "clause_refs")
        return self._statement(tree, n.Succession, old, new, self._attributes(tree))

    def _refs(self, tree: Branch) -> tuple[n.ClauseRef, ...]:
        return tuple(self._ref(c) for c in self._branches(tree))

    def _not_seen(self, tree: Branch) -> n.NotSeen:
        return self._statement(tree, n.NotSeen, self._ref(tree.children[1]), self._attributes(tree))

    def _stub(self, tree: Branch) -> n.Stub:
        texts = [self._text(c) for c in tree.children if _is_token(c, "STRING")]
        return self._statement(
            tree,
            n.Stub,
            self._name(tree.children[1]),
            texts[0] if texts else None,
            self._attributes(tree),
        )

    def _set_clause(self, tree: Branch) -> n.SetClause:
        return self._statement(tree, n.SetClause, self._ref(tree.children[1]), self._parts(tree, 2))

    def _set_total(self, tree: Branch) -> n.SetClause:
        return self._statement(tree, n.SetClause, None, self._parts(tree, 2))

    def _parts(self, tree: Branch, start: int) -> tuple[n.OperationPart, ...]:
        parts: list[n.OperationPart] = []
        for child in tree.children[start:]:
            branch = cast(Branch, child)
            if branch.data == "replacement":
                old, new = self._number(branch.children[1]), self._number(branch.children[3])
                parts.append(n.Replacement(old, new, span=_span(branch)))
            elif branch.data == "without":
                parts.append(n.Without(self._word(branch.children[1]), span=_span(branch)))
            elif branch.data == "new_body":
                attributes, body = self._body(self._child(branch, "body"))
                span = _span(branch)
                tail = self._claim_all(span.start, span.end)
                parts.append(n.NewBody((*attributes, *body), tail, span=span))
            else:
                parts.append(cast(n.OperationPart, self.statement(branch)))
        return tuple(parts)

    def _insert_at(self, tree: Branch) -> n.Insert:
        clause = cast(n.Clause, self.statement(cast(Branch, tree.children[4])))
        return self._statement(
            tree,
            n.Insert,
            clause,
            self._ref(tree.children[1]),
            self._word(tree.children[2]),
            self._attributes(tree),
        )

    def _insert_last(self, tree: Branch) -> n.Insert:
        clause = cast(n.Clause, self.statement(cast(Branch, tree.children[1])))
        return self._statement(tree, n.Insert, clause, None, None, self._attributes(tree))

    def _repeal(self, tree: Branch) -> n.Repeal:
        return self._statement(tree, n.Repeal, self._ref(tree.children[1]), self._attributes(tree))

    def _move(self, tree: Branch) -> n.Move:
        return self._statement(
            tree,
            n.Move,
            self._ref(tree.children[1]),
            self._ref(tree.children[3]),
            self._word(tree.children[4]),
            self._attributes(tree),
        )

    def _rename(self, tree: Branch) -> n.Rename:
        return self._statement(
            tree,
            n.Rename,
            self._ref(tree.children[1]),
            self._name(tree.children[3]),
            self._attributes(tree),
        )

    def _renumber(self, tree: Branch) -> n.Renumber:
        return self._statement(
            tree,
            n.Renumber,
            self._ref(tree.children[1]),
            str(tree.children[3]),
            self._attributes(tree),
        )

    def _split(self, tree: Branch) -> n.Split:
        clauses = tuple(
            cast(n.Clause, self.statement(child))
            for child in self._branches(tree)
            if child.data in ("clause", "bare_clause")
        )
        return self._statement(
            tree, n.Split, self._ref(tree.children[1]), clauses, self._attributes(tree)
        )

    def _merge(self, tree: Branch) -> n.Merge:
        targets = tuple(self._ref(c) for c in self._branches(tree) if c.data == "clause_ref")
        clause = next(c for c in self._branches(tree) if c.data in ("clause", "bare_clause"))
        return self._statement(
            tree, n.Merge, targets, cast(n.Clause, self.statement(clause)), self._attributes(tree)
        )

    def _attributes(self, tree: Branch) -> tuple[n.Attribute, ...]:
        return tuple(self._attribute(c) for c in self._branches(tree) if c.data in _ATTRIBUTES)

    # -- rules

    def _rule(self, tree: Branch) -> n.Rule:
        condition: n.Expression | None = None
        children = list(tree.children)
        if isinstance(children[0], Tree) and children[0].data == "rule_condition":
            condition = self.expression(children.pop(0).children[-2])
        action = self.action(cast(Branch, children[0]))
        return self._statement(
            tree, n.Rule, condition, action, self._modifiers(tree), self._notes(tree)
        )

    def action(self, tree: Branch) -> n.Action:
        """What a rule does."""
        span = _span(tree)
        parts = tree.children
        name = str(tree.data)
        if name == "flat":
            return n.Flat(self._word(parts[0]), self._amount(parts[1]), span=span)
        if name in ("per_step", "per_step_discretion"):
            return self._per_step(tree)
        if name == "discretionary":
            return n.Discretionary(self._word(parts[0]), span=span)
        if name == "open_action":
            low, high = self._open_bounds(tree)
            return n.OpenAction(low, high, span=span)
        if name == "veto":
            return n.Veto(span=span)
        if name == "no_points":
            return n.NoPoints(span=span)
        if name == "status_action":
            duration = self._number(parts[1]) if len(parts) > 1 else None
            return n.StatusAction(self._word(parts[0]), duration, span=span)
        if name == "tiers":
            tiers = tuple(
                self._tier(child)
                for child in self._branches(tree)
                if child.data == "tier"
                if not (
                    isinstance(child.children[0], Tree) and child.children[0].data == "separator"
                )
            )
            return n.Tiers(self.expression(parts[1]), tiers, span=span)
        if name == "matrix":
            return self._matrix(tree)
        rules = tuple(
            cast(n.Rule, self.statement(child))
            for child in self._branches(tree)
            if child.data == "rule"
        )
        return n.Combined(self._word(parts[0]), rules, span=span)

    def _per_step(self, tree: Branch) -> n.PerStep:
        step_tree = cast(Branch, tree.children[1])
        implicit = step_tree.data == "step_unit"
        if implicit:
            unit, written = self._unit(step_tree.children[0])
            step = n.Number(Fraction(1), unit, None, written, span=_span(step_tree))
        else:
            step = self._number(step_tree.children[0])
        rest = list(tree.children[2:])
        subject: n.Expression | None = None
        if not (isinstance(rest[0], Tree) and rest[0].data in ("sign", "discretion")):
            subject = self.expression(rest.pop(0))
        word = self._word(rest[0])
        if tree.data == "per_step_discretion":
            return n.PerStep(step, subject, None, None, word, implicit, span=_span(tree))
        return n.PerStep(
            step, subject, word, self._amount(rest[1]), None, implicit, span=_span(tree)
        )

    def _tier(self, tree: Branch) -> n.Tier:
        outcome_tree = cast(Branch, tree.children[2])
        head = cast(Branch, outcome_tree.children[0])
        flat = outcome_tree.data == "tier_amount"
        outcome: Any = self._amount(head) if flat else self.action(head)
        return n.Tier(
            self._patterns(tree.children[0]),
            outcome,
            self._modifiers(outcome_tree),
            self._notes(outcome_tree),
            span=_span(tree),
        )

    def _matrix(self, tree: Branch) -> n.Matrix:
        head = self._child(tree, "matrix_head")
        columns = tuple(self._patterns(c) for c in self._branches(head) if c.data == "pattern_list")
        rows: list[n.MatrixRow] = []
        for row in self._branches(tree):
            if row.data != "matrix_row" or not self._is_pattern_list(row.children[0]):
                continue
            cells = tuple(self._amount(c) for c in row.children[1:] if not _is_token(c, "BAR"))
            rows.append(n.MatrixRow(self._patterns(row.children[0]), cells, span=_span(row)))
        return n.Matrix(
            self.expression(tree.children[1]),
            self.expression(tree.children[3]),
            columns,
            tuple(rows),
            span=_span(tree),
        )

    @staticmethod
    def _is_pattern_list(child: Child) -> bool:
        return isinstance(child, Tree) and child.data == "pattern_list"

    def _patterns(self, tree: Child) -> tuple[n.Pattern, ...]:
        return tuple(
            self._pattern(c) for c in self._branches(cast(Branch, tree)) if c.data in _PATTERNS
        )

    def _pattern(self, tree: Branch) -> n.Pattern:
        parts = tree.children
        span = _span(tree)
        name = str(tree.data)
        if name == "any_other":
            return n.Pattern("OTHERWISE", span=span)
        if name == "exactly":
            return n.Pattern("EXACTLY", self.expression(parts[0]), span=span)
        if name == "at_least":
            return n.Pattern("OR_MORE", self.expression(parts[0]), span=span)
        if name == "at_most":
            return n.Pattern("OR_LESS", None, self.expression(parts[0]), span=span)
        if name == "within":
            low, high = self.expression(parts[0]), self.expression(parts[2])
            return n.Pattern("TO", low, high, span=span)
        if name == "from_to_below":
            low, high = self.expression(parts[0]), self.expression(parts[3])
            return n.Pattern("FROM_BELOW", low, high, self._word(parts[2]), span=span)
        if name == "beyond":
            return n.Pattern(
                "BEYOND", self.expression(parts[1]), None, self._word(parts[0]), span=span
            )
        return n.Pattern(
            "BEYOND_BOTH",
            self.expression(parts[1]),
            self.expression(parts[3]),
            self._word(parts[0]),
            self._word(parts[2]),
            span=span,
        )

    def _modifiers(self, tree: Branch) -> tuple[n.Modifier, ...]:
        for child in self._branches(tree):
            if child.data == "modifiers":
                return tuple(self._modifier(c) for c in self._branches(child))
        return ()

    def _modifier(self, tree: Branch) -> n.Modifier:
        span = _span(tree)
        name = str(tree.data)
        if name == "halved":
            return n.Halved(span=span)
        if name == "rounding":
            return self._rounding(tree)
        if name == "partial_step":
            return n.PartialStep(
                self._number(tree.children[1]), self._word(tree.children[2]), span=span
            )
        if name == "from_nth":
            return n.FromNth(self._number_of(tree.children[2:-1]), span=span)
        number = next(self._number(c) for c in self._branches(tree) if c.data == "number")
        kinds: dict[str, type[Any]] = {
            "up_to": n.UpTo,
            "at_least_points": n.AtLeastPoints,
            "beyond_part": n.BeyondPart,
            "scaled": n.Scaled,
        }
        modifier: n.Modifier = kinds[name](number, span=span)
        return modifier

    def _rounding(self, tree: Branch) -> n.Rounding:
        numbers = [c for c in self._branches(tree) if c.data == "number"]
        return n.Rounding(
            self._word(tree.children[0]),
            self._number(numbers[0]) if numbers else None,
            span=_span(tree),
        )

    def _notes(self, tree: Branch) -> tuple[n.RuleNote, ...]:
        return tuple(
            n.RuleNote(cast(Token, c.children[0]).type, self._text(c.children[1]), span=_span(c))
            for c in self._branches(tree)
            if str(c.data).startswith("note_")
        )

    # -- amounts and expressions

    def _amount(self, tree: Child) -> n.Amount:
        branch = cast(Branch, tree)
        span = _span(branch)
        if branch.data == "fixed_amount":
            return n.FixedAmount(self._number(branch.children[0]), span=span)
        if branch.data == "number":
            return n.FixedAmount(self._number(branch), span=span)
        if branch.data == "computed_amount":
            return n.ComputedAmount(self.expression(branch.children[1]), span=span)
        low, high = self._open_bounds(branch)
        return n.OpenAmount(low, high, span=span)

    def _open_bounds(self, tree: Branch) -> tuple[n.Number | None, n.Number | None]:
        for child in self._branches(tree):
            if child.data == "open_bounds":
                return self._number(child.children[1]), self._number(child.children[3])
        return None, None

    def expression(self, tree: Child) -> n.Expression:
        """A condition or a calculation."""
        branch = cast(Branch, tree)
        method = cast(Callable[[Branch], n.Expression], getattr(self, f"_x_{branch.data}"))
        return method(branch)

    def _x_number(self, tree: Branch) -> n.Expression:
        return self._number(tree)

    def _x_reference(self, tree: Branch) -> n.Expression:
        name = self._name(tree.children[0])
        if name.text == ASSESSMENT_DATE_ENGLISH:
            name = n.Name(ASSESSMENT_DATE, span=name.span)
        return n.Reference(name, span=_span(tree))

    def _x_spouse_word(self, tree: Branch) -> n.Expression:
        name = n.Name(str(tree.children[0]), span=_span(tree))
        return n.Reference(name, span=_span(tree))

    def _x_date_value(self, tree: Branch) -> n.Expression:
        return n.DateValue(self._date(tree.children[0]), span=_span(tree))

    def _x_yes(self, tree: Branch) -> n.Expression:
        return n.Truth(True, span=_span(tree))

    def _x_no(self, tree: Branch) -> n.Expression:
        return n.Truth(False, span=_span(tree))

    def _x_text_value(self, tree: Branch) -> n.Expression:
        return n.TextValue(self._text(tree.children[0]), span=_span(tree))

    def _x_total_score(self, tree: Branch) -> n.Expression:
        return n.TotalScore(span=_span(tree))

    def _x_score_of(self, tree: Branch) -> n.Expression:
        return n.ScoreOf(self._ref(tree.children[2]), span=_span(tree))

    def _x_spouse_fact(self, tree: Branch) -> n.Expression:
        return n.SpouseFact(self._name(tree.children[2]), span=_span(tree))

    def _x_spouse_total(self, tree: Branch) -> n.Expression:
        return n.SpouseTotal(span=_span(tree))

    def _x_call(self, tree: Branch) -> n.Expression:
        name = self._name(tree.children[0])
        function = find_function(name.text)
        if function is not None:
            name = n.Name(function.chinese[0], span=name.span)
        arguments = tuple(self.expression(c) for c in tree.children[1:] if isinstance(c, Tree))
        return n.Call(name, arguments, span=_span(tree))

    def _x_group_expr(self, tree: Branch) -> n.Expression:
        return n.Parenthesised(self.expression(tree.children[1]), span=_span(tree))

    def _x_negative(self, tree: Branch) -> n.Expression:
        return n.Negative(self.expression(tree.children[1]), span=_span(tree))

    def _x_plus(self, tree: Branch) -> n.Expression:
        return self._arithmetic(tree, "+")

    def _x_minus(self, tree: Branch) -> n.Expression:
        return self._arithmetic(tree, "-")

    def _x_times(self, tree: Branch) -> n.Expression:
        return self._arithmetic(tree, "*")

    def _x_divided(self, tree: Branch) -> n.Expression:
        return self._arithmetic(tree, "/")

    def _arithmetic(self, tree: Branch, operator: str) -> n.Expression:
        left, right = self.expression(tree.children[0]), self.expression(tree.children[2])
        return n.Arithmetic(operator, left, right, span=_span(tree))

    def _x_compared(self, tree: Branch) -> n.Expression:
        word = self._word(tree.children[1])
        if len(tree.children) > 3 and word != "REACHES":
            token = cast(Token, tree.children[3])
            written = str(cast(Branch, tree.children[1]).scan_values(lambda _: True).__next__())
            details = {
                "word": written, "word_en": spell(word, "en"),
                "surplus": spell("OR_MORE", "zh"), "surplus_en": spell("OR_MORE", "en"),
            }  # fmt: skip
            self.found.append(Diagnostic("P113", self.source, _span(token), details))
        left, right = self.expression(tree.children[0]), self.expression(tree.children[2])
        return n.Compare(left, word, right, span=_span(tree))

    def _x_one_of(self, tree: Branch) -> n.Expression:
        values = tuple(self.expression(c) for c in tree.children[2:] if isinstance(c, Tree))
        negated = self._word(tree.children[1]) == "IS_NOT"
        subject = self.expression(tree.children[0])
        return n.OneOf(subject, values, negated, span=_span(tree))

    def _x_number_or_more(self, tree: Branch) -> n.Expression:
        return self._bound(tree, "OR_MORE")

    def _x_number_or_less(self, tree: Branch) -> n.Expression:
        return self._bound(tree, "OR_LESS")

    def _bound(self, tree: Branch, word: str) -> n.Expression:
        subject, number = self.expression(tree.children[0]), self._number(tree.children[1])
        return n.NumberBound(subject, number, word, span=_span(tree))

    def _x_between(self, tree: Branch) -> n.Expression:
        return n.Between(
            self.expression(tree.children[0]),
            self._number(tree.children[1]),
            self._number(tree.children[3]),
            span=_span(tree),
        )

    def _x_from_below(self, tree: Branch) -> n.Expression:
        return n.FromBelow(
            self.expression(tree.children[0]),
            self._number(tree.children[1]),
            self._word(tree.children[3]),
            self._number(tree.children[4]),
            span=_span(tree),
        )

    def _x_not_done_fact(self, tree: Branch) -> n.Expression:
        return n.NotDone(
            self._word(tree.children[0]), self._name(tree.children[1]), span=_span(tree)
        )

    def _x_provided(self, tree: Branch) -> n.Expression:
        return n.Provided(self._name(tree.children[1]), span=_span(tree))

    def _x_not_provided(self, tree: Branch) -> n.Expression:
        return n.Provided(self._name(tree.children[1]), True, span=_span(tree))

    def _x_trigger_open(self, tree: Branch) -> n.Expression:
        return n.TriggerOpen(span=_span(tree))

    def _x_negated(self, tree: Branch) -> n.Expression:
        return n.Negated(self.expression(tree.children[1]), span=_span(tree))

    def _x_both(self, tree: Branch) -> n.Expression:
        left, right = self.expression(tree.children[0]), self.expression(tree.children[2])
        return n.Both(left, right, span=_span(tree))

    def _x_either(self, tree: Branch) -> n.Expression:
        left, right = self.expression(tree.children[0]), self.expression(tree.children[2])
        return n.Either(left, right, span=_span(tree))

    def _ref(self, tree: Child) -> n.ClauseRef:
        steps: list[n.RefStep] = []
        for child in self._branches(cast(Branch, tree)):
            kind = self._word(child.children[0])
            label: str | None = None
            if child.data == "ref_named":
                part = child.children[1]
                label = str(part) if isinstance(part, Token) else self._name(part).text
            steps.append(n.RefStep(kind, label, span=_span(child)))
        return n.ClauseRef(tuple(steps), span=_span(tree))

    # -- words

    def _number(self, tree: Child) -> n.Number:
        return self._number_of(cast(Branch, tree).children)

    def _number_of(self, parts: Sequence[Child]) -> n.Number:
        """A number token and, where there is one, its unit."""
        token = cast(Token, parts[0])
        text = str(token)
        span = n.Span(_span(token).start, _span(parts[-1]).end)
        if sum(c.isdigit() for c in text) > self._digits or len(text) > 2 * self._digits:
            details = {"found": text[:20] + "…", "limit": self._digits}
            self.found.append(Diagnostic("P108", self.source, _span(token), details))
            return n.Number(Fraction(0), span=span)
        value = self._numeric(text, token)
        written = None if text.isascii() else text
        if len(parts) == 1:
            return n.Number(value, None, written, span=span)
        unit, unit_written = self._unit(parts[1])
        return n.Number(value, unit, written, unit_written, span=span)

    def _numeric(self, text: str, token: Token) -> Fraction:
        if text[0].isdigit() and text[0].isascii():
            multiple = _MULTIPLE.get(text[-1], 1)
            return Fraction(text if multiple == 1 else text[:-1]) * multiple
        # Only texts with 中文数字 pay for the import.
        import cn2an

        try:
            return Fraction(str(cn2an.cn2an(text.replace("〇", "零"), "smart")))
        except ValueError:
            details = {"found": text}
            self.found.append(Diagnostic("P125", self.source, _span(token), details))
            return Fraction(0)

    def _unit(self, tree: Child) -> tuple[str, str | None]:
        child: Child = tree
        while isinstance(child, Tree):
            child = child.children[0]
        word = self._unquoted(child)
        unit = find_unit(word)
        if unit is None:
            return word, None
        return unit.symbol, None if word.isascii() or word == unit.symbol else word

    def _unquoted(self, token: Token) -> str:
        """A word; between 「 and 」 as it was written, before folding."""
        if token.type != "QNAME":
            return str(token)
        span = _span(token)
        return self.source.text[span.start + 1 : span.end].removesuffix("」")

    def _date(self, child: Child) -> date:
        token = cast(Token, child)
        match = _DATE.match(token)
        assert match is not None, "the DATE terminal has this form"
        try:
            return date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            details = {"found": str(token)}
            self.found.append(Diagnostic("P109", self.source, _span(token), details))
            return date(1970, 1, 1)

    def _name(self, tree: Child) -> n.Name:
        token = cast(Token, cast(Branch, tree).children[0])
        return n.Name(self._unquoted(token), span=_span(token))

    def _names(self, tree: Child) -> tuple[n.Name, ...]:
        return tuple(self._name(c) for c in self._branches(cast(Branch, tree)))

    def _text(self, child: Child) -> str:
        """The content of a text, from the original characters (not the folded ones)."""
        span = _span(child)
        written = self.source.text[span.start : span.end]
        if isinstance(child, Token) and child.type == "TEXT_BLOCK":
            return written[3:-3]
        if written.startswith("“"):
            return written[1:].removesuffix("”")
        # a full-width ＂ opens and closes like its ASCII twin
        return re.sub(r"\\(.)", r"\1", written[1:-1])

    def _word(self, child: Child) -> str:
        """The keyword's terminal name, through the one-token rules that hold it."""
        while isinstance(child, Tree):
            child = child.children[0]
        return child.type

    # -- structure

    @staticmethod
    def _branches(tree: Branch) -> list[Branch]:
        return [child for child in tree.children if isinstance(child, Tree)]

    def _child(self, tree: Branch, name: str) -> Branch:
        return next(child for child in self._branches(tree) if child.data == name)

    def _child_in(self, tree: Branch, names: Sequence[str]) -> Branch:
        return next(child for child in self._branches(tree) if child.data in names)

    def _statement(
        self, tree: Branch, make: Callable[..., T], *values: Any, tail: bool = False
    ) -> T:
        """Make a statement with its span, its comments and the blank line before it."""
        span = _span(tree)
        layout = self._layout(span, block=tail)
        if not tail:
            return make(*values, span=span, layout=layout)
        return make(*values, self._claim_all(span.start, span.end), span=span, layout=layout)

    def _layout(self, span: n.Span, block: bool) -> n.Layout:
        text = self.source.text
        start = span.start
        before: list[str] = []
        index = bisect_left(self._starts, start) - 1
        while index >= 0 and not self._claimed[index]:
            comment = self._comments[index]
            end = (comment.start_pos or 0) + len(comment)
            if text[end:start].strip() or not self._starts_line(self._starts[index]):
                break
            self._claimed[index] = True
            before.insert(0, self._comment(comment))
            start = self._starts[index]
            index -= 1
        if not block:
            # inside a plain statement there is no line of its own for a comment
            before.extend(self._claim_all(span.start, span.end))
        trailing: str | None = None
        index = bisect_left(self._starts, span.end)
        if index < len(self._starts) and not self._claimed[index]:
            between = text[span.end : self._starts[index]]
            if not between.strip(" \t,;，；。、") and "\n" not in between:
                self._claimed[index] = True
                trailing = self._comment(self._comments[index])
        gap_from = start
        while gap_from > 0 and text[gap_from - 1].isspace():
            gap_from -= 1
        blank = gap_from > 0 and text.count("\n", gap_from, start) > 1
        if not before and trailing is None and not blank:
            return n.NO_LAYOUT
        return n.Layout(tuple(before), trailing, blank)

    def _starts_line(self, offset: int) -> bool:
        text = self.source.text
        line_start = text.rfind("\n", 0, offset) + 1
        return not text[line_start:offset].strip()

    def _claim_all(self, start: int, end: int) -> tuple[str, ...]:
        """Comments within a range that no statement has taken."""
        taken: list[str] = []
        for index in range(bisect_left(self._starts, start), bisect_left(self._starts, end)):
            if not self._claimed[index]:
                self._claimed[index] = True
                taken.append(self._comment(self._comments[index]))
        return tuple(taken)

    def _comment(self, token: Token) -> str:
        start = token.start_pos or 0
        return self.source.text[start : start + len(token)].rstrip()


_ATTRIBUTES = frozenset(
    {
        *_TEXT_KEYS,
        *_NAME_KEYS,
        *_LIST_KEYS,
        *_AMOUNT_KEYS,
        *_WHEN_KEYS,
        "start_full",
        "rounding_attr",
        "concept",
        "reading",
        "waive",
        "applies_when",
        "conversion",
        "legal_basis",
        "entity",
    }
)
_PATTERNS = frozenset(
    {
        "any_other",
        "exactly",
        "at_least",
        "at_most",
        "within",
        "from_to_below",
        "beyond",
        "beyond_both",
    }
)


def _span(child: Child) -> n.Span:
    if isinstance(child, Token):
        start = child.start_pos or 0
        return n.Span(start, start + len(child))
    meta = child.meta
    if meta.empty:
        return n.NOWHERE
    return n.Span(meta.start_pos, meta.end_pos)


def _is_token(child: Child, kind: str) -> bool:
    return isinstance(child, Token) and child.type == kind
