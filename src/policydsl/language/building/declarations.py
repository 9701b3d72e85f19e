"""What clauses and documents state besides rules: attributes, facts, scenes, duties, examples."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, cast

from lark import Token

from policydsl.language import nodes as n
from policydsl.language.building.rules import RuleBuilder
from policydsl.language.building.words import Branch, Child, is_token, span_of

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
ATTRIBUTES = frozenset(
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


class DeclarationBuilder(RuleBuilder):
    """Reads statements that hold no clauses."""

    # -- attributes

    def _attribute(self, tree: Branch) -> n.Attribute:
        name = str(tree.data)
        parts = tree.children[1:]
        extra: tuple[str, ...] = ()
        value: Any
        if name in _TEXT_KEYS:
            key, value = _TEXT_KEYS[name], n.TextValue(self._text(parts[0]), span=span_of(parts[0]))
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
            key, value = "READING", n.TextValue(self._text(parts[0]), span=span_of(parts[0]))
            extra = (self._text(parts[2]), self._text(parts[4]))
        elif name == "waive":
            key, value = "WAIVE", self._name(parts[0])
            extra = (self._text(parts[2]),)
        elif name == "applies_when":
            key, value = "APPLIES_WHEN", self.expression(parts[0])
        elif name == "conversion":
            key = "CONVERSION"
            value = None if is_token(parts[0], "OPEN") else self._number(parts[0])
            extra = tuple(self._text(part) for part in parts[1:])
        elif name == "legal_basis":
            key = "LEGAL_BASIS"
            value = tuple(
                n.TextValue(self._text(part), span=span_of(part))
                for part in parts
                if is_token(part, "STRING")
            )
        else:
            key, value = "ENTITY", self._entity(parts[0])
        return self._statement(tree, n.Attribute, key, value, extra)

    def _entity(self, tree: Child) -> n.Name:
        token = cast(Token, cast(Branch, tree).children[0])
        # the two entities that are keywords have their Chinese name in the tree
        text = {"HOUSEHOLD": "家庭", "UNIT": "单位"}.get(token.type) or self._unquoted(token)
        return n.Name(text, span=span_of(token))

    def _when(self, tree: Branch) -> n.When:
        if tree.data == "when_date":
            return n.When(self._date(tree.children[0]), span=span_of(tree))
        if tree.data == "when_after":
            return n.When(None, self._number(tree.children[1]), span=span_of(tree))
        if tree.data == "when_event":
            return n.When(event=self._text(tree.children[0]), span=span_of(tree))
        return n.When(span=span_of(tree))

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
            return n.FactType(word, unit, (), written, span=span_of(tree))
        if tree.data == "choice_type":
            return n.FactType("CHOICE", None, self._names(tree.children[2]), span=span_of(tree))
        values = tuple(self._name(c) for c in self._branches(tree) if c.data == "name")
        return n.FactType("ORDERED", None, values, span=span_of(tree))

    def _fact_option(self, tree: Branch) -> n.FactOption:
        parts = tree.children
        name = str(tree.data)
        span = span_of(tree)
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
        if name == "typical":
            return n.FactOption("TYPICAL", self.expression(parts[1]), span=span)
        if name == "fact_concept":
            return n.FactOption("CONCEPT", self._name(parts[1]), span=span)
        if name == "fact_entity":
            return n.FactOption("ENTITY", self._entity(parts[1]), span=span)
        return n.FactOption(cast(Token, parts[0]).type, self._text(parts[1]), span=span)

    def _measure(self, tree: Branch) -> n.Measure:
        numbers = [c for c in self._branches(tree) if c.data == "number"]
        texts = [self._text(c) for c in tree.children if is_token(c, "STRING")]
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
                span=span_of(child),
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

    def _plausible(self, tree: Branch) -> n.Plausible:
        parts = [c for c in self._branches(tree) if not str(c.data).startswith("note_")]
        *when, condition = (self.expression(c) for c in parts)
        return self._statement(
            tree, n.Plausible, condition, when[0] if when else None, self._notes(tree)
        )

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
        texts = [self._text(c) for c in tree.children if is_token(c, "STRING")]
        return self._statement(
            tree,
            n.Deadline,
            n.Name(self._unquoted(name_token), span=span_of(name_token)),
            word,
            number,
            when,
            texts[0] if texts else None,
            self._notes(tree),
        )

    def _duty(self, tree: Branch) -> n.Duty:
        parts = tuple(
            n.DutyPart(self._word(child.children[0]), self._duty_items(child), span=span_of(child))
            for child in self._branches(tree)
            if child.data == "duty_part"
        )
        texts = [self._text(c) for c in tree.children if is_token(c, "STRING")]
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
                items.append(n.TextValue(self._text(token), span=span_of(token)))
        return tuple(items)

    def _target(self, tree: Branch) -> n.Target:
        return self._statement(tree, n.Target, self.expression(tree.children[1]), self._notes(tree))

    def _blend_part(self, tree: Branch) -> n.BlendPart:
        weight = tree.children[2]
        return self._statement(
            tree,
            n.BlendPart,
            self.expression(tree.children[0]),
            None if is_token(weight, "OPEN") else self._number(weight),
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
        return replace(number, value=-number.value, written=None, span=span_of(tree))

    def _expect_status(self, tree: Branch) -> n.ExpectStatus:
        return self._statement(tree, n.ExpectStatus, self._word(tree.children[1]))
