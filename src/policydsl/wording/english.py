"""The plain English rendering of the controlled wording.

Facts keep their Chinese names unless they have an English label; everything else stands in
:mod:`policydsl.wording.phrases`.
"""

from __future__ import annotations

from collections.abc import Sequence

from policydsl.language import nodes as n
from policydsl.language.keywords import Language
from policydsl.language.units import Unit
from policydsl.model import expressions as e
from policydsl.model import rules as r
from policydsl.wording import phrases as p
from policydsl.wording import quantities as q
from policydsl.wording import shapes
from policydsl.wording.speaking import Speaker, action_node, condition_node


class English(Speaker):
    """Words rules in English."""

    language: Language = "en"

    # -- names

    def fact_name(self, name: str, role: e.Role = "self") -> str:
        """How a fact is named in a sentence."""
        fact = self.facts.get(name)
        label = name if fact is None or fact.english is None else fact.english.replace("_", " ")
        if "," in label:
            label = f"“{label}”"
        return label if role == "self" else self.say("spouse_of", fact=label)

    def listed(self, items: Sequence[str]) -> str:
        """Names side by side."""
        return ", ".join(items)

    def sentence(self, text: str) -> str:
        """The text with a capital and one full stop; a table ends without."""
        text = text.strip().rstrip(".;,:")
        text = text[:1].upper() + text[1:]
        if "\n" in text.rpartition(":")[2]:
            return text
        return f"{text}." if text else ""

    # -- conditions

    def condition(self, expr: e.Expr, node: n.Node | None = None) -> str:
        """A condition as a clause: ``业务培训 was not carried out``."""
        return self._condition(expr, node, False)

    def _condition(self, expr: e.Expr, node: n.Node | None, nested: bool) -> str:
        node = shapes.bare(node)
        match expr:
            case e.Const():
                return self.say("always" if expr.value else "never")
            case e.FactRef():
                return self.say("applies", fact=self._quoted(expr))
            case e.Compared():
                return self._compared(expr, node)
            case e.IsProvided():
                return self.say("provided", fact=self._quoted(expr))
            case e.UnknownTrigger():
                return self.say("trigger_open")
            case e.All() | e.AnyOf():
                return self._joined(expr, node, nested)
            case e.Not():
                return self._not(expr.part, node)
        return self.value(expr, node)

    def _joined(self, expr: e.All | e.AnyOf, node: n.Node | None, nested: bool) -> str:
        bounds = shapes.as_range(expr)
        if bounds is not None:
            return self.ranged(bounds, node)
        one_of = shapes.as_list(expr)
        if one_of is not None:
            return self._one_of("is_one_of", one_of[0], one_of[1])
        parts = shapes.parts_of(expr, node)
        word = " and " if isinstance(expr, e.All) else " or "
        text = word.join(self._condition(part, x, True) for part, x in parts)
        return f"({text})" if nested else text

    def _one_of(self, key: str, subject: e.Expr, values: Sequence[e.Expr]) -> str:
        unit = self.unit_of(subject)
        shown = [self.value(value, None, unit) for value in values]
        text = ", ".join(shown[:-1]) + " or " + shown[-1]
        return self.say(key, subject=self.value(subject), values=text)

    def _compared(self, expr: e.Compared, node: n.Node | None) -> str:
        if isinstance(expr.right, e.Const) and isinstance(expr.right.value, bool):
            holds = expr.right.value is (expr.operator == "==")
            inner = self._condition(expr.left, None, True)
            return inner if holds else self._not(expr.left, None)
        return self.comparison(expr, node)

    def _not(self, part: e.Expr, node: n.Node | None) -> str:
        inner = shapes.bare(node.operand) if isinstance(node, n.Negated) else None
        if isinstance(part, e.FactRef):
            if isinstance(node, n.NotDone):
                return p.NOT_DONE_WORDS[node.word].en.format(fact=self._quoted(part))
            return self.say("applies_not", fact=self._quoted(part))
        if isinstance(part, e.IsProvided):
            return self.say("not_provided", fact=self._quoted(part))
        if isinstance(part, e.Not):
            return self._condition(part.part, None, True)
        if isinstance(part, e.Compared):
            turned = e.Compared(shapes.negated(part.operator), part.left, part.right, part.order)
            return self._compared(turned, None)
        one_of = shapes.as_list(part)
        if one_of is not None:
            return self._one_of("is_none_of", one_of[0], one_of[1])
        return self.say("not_the_case", condition=self._condition(part, inner, True))

    def _quoted(self, fact: e.FactRef | e.IsProvided) -> str:
        """The name of a fact that stands for a whole clause (holds residence permit)."""
        name = self.fact_name(fact.fact, fact.role)
        return f"“{name}”" if " " in name and not name.startswith("“") else name

    def label_word(self, keyword: str, value: str) -> str:
        """``short of 18 years of age``: a comparison without its subject."""
        return f"{p.LABEL_WORDS[keyword].en} {value}".strip()

    def conjoined(self, first: str, second: str) -> str:
        """Two labels that hold together."""
        return f"{first} and {second}"

    # -- rules

    def rule(self, rule: r.Rule, depth: int = 0) -> str:
        """A rule without its full stop."""
        text = self._ruled(rule, rule.condition is None, depth)
        if rule.condition is None:
            return text
        return f"if {self.condition(rule.condition, condition_node(rule))}, {text}"

    def _ruled(self, rule: r.Rule, bare: bool, depth: int, tier: bool = False) -> str:
        match rule.action:
            case r.PerStep():
                return self._per_step(rule, rule.action)
            case r.Tiers():
                return self._tiers(rule, rule.action, depth)
            case r.Matrix():
                return self._matrix(rule, rule.action, depth)
            case r.Combined():
                phrase = shapes.list_phrase(rule, rule.action)
                head = ", ".join([self.say(phrase), *self.modifiers(rule)])
                texts = [self.rule(inner, depth + 1) for inner in rule.action.rules]
                marks = "abcdefghijklmnopqrstuvwxyz" if depth % 2 else None
                numbered = [
                    f"({marks[i % 26] if marks else i + 1}) {text}" for i, text in enumerate(texts)
                ]
                return f"{head}: {'; '.join(numbered)}"
        act = self.simple_action(rule, bare, tier)
        assert act is not None
        return ", ".join([act, *self.modifiers(rule)])

    def _per_step(self, rule: r.Rule, action: r.PerStep) -> str:
        node = action_node(rule)
        written = node if isinstance(node, n.PerStep) else None
        hint = written.step if written is not None else None
        unit = self.step_unit(action, hint)
        if action.points is None:
            act = self.say("discretion_deduct" if action.sign < 0 else "discretion_award")
        else:
            amount = written.amount if written is not None else None
            word = written.sign if written is not None else None
            act = self.amount(action.sign, action.points, amount, word)
        step = q.step_text(action.step, unit, self.language, hint, implicit=True)
        subject = self.value(action.subject, written.subject if written is not None else None)
        way = shapes.way_of(action, rule.condition)
        if way is not None:
            dimension = "other" if unit is None else unit.dimension
            kind = {"percentage_point": "percent", "points": "percent", "age": "age"}.get(
                dimension, "percent" if dimension == "percent" else "other"
            )
            shown = p.DISTANCE_WORDS[(way, kind)].en
            text = self.say("each_distance", act=act, step=step, way=shown)
            if action.beyond or action.skip:
                text = f"{text}{self._counted('', action, unit, hint)}"
        else:
            key = "each_full_of" if self.stated_partial(rule, action) == "whole" else "each_of"
            subject = self._counted(subject, action, unit, hint)
            text = self.say(key, act=act, step=step, subject=subject)
        whole = q.quantity_text(action.step, unit, self.language, hint, span=True)
        tail = self.modifiers(rule)
        if action.most is not None:
            most = q.quantity_text(action.most * action.step, unit, self.language, hint)
            tail.insert(0, self.say("at_most", quantity=most))
        return ", ".join([text + self.partial_text(rule, action, whole), *tail])

    def _counted(
        self, subject: str, action: r.PerStep, unit: Unit | None, hint: n.Number | None
    ) -> str:
        if action.beyond:
            beyond = q.quantity_text(action.beyond, unit, self.language, hint)
            subject = self.say("beyond_part", subject=subject, quantity=beyond)
        if action.skip:
            nth = q.number_text(action.skip + 1, self.language, q.POINTS)
            subject = self.say("from_nth", subject=subject, nth=nth, unit="")
        return subject

    def _tiers(self, rule: r.Rule, action: r.Tiers, depth: int) -> str:
        node = action_node(rule)
        subject_node = node.subject if isinstance(node, n.Tiers) else None
        head = self.say("tiers", subject=self.value(action.subject, subject_node))
        head = ", ".join([head, *self.modifiers(rule)])
        tiers = []
        for tier in action.tiers:
            found = self.tier_labels(tier, action.subject)
            assert tier.condition is not None
            label = self.condition(tier.condition) if found is None else self.listed(found[0])
            tiers.append(f"{label}: {self._ruled(tier, False, depth + 1, tier=True)}")
        return f"{head}: {'; '.join(tiers)}"

    def _matrix(self, rule: r.Rule, action: r.Matrix, depth: int) -> str:
        rows = self.value(action.row_subject)
        columns = self.value(action.column_subject)
        head = self.say("matrix", rows=rows, columns=columns)
        head = ", ".join([head, *self.modifiers(rule)])
        node = action_node(rule)
        cells = self.matrix_cells(action, node if isinstance(node, n.Matrix) else None)
        if depth:
            (_, *titles), *body = cells
            lines = [
                f"{row}: "
                + ", ".join(f"{title} {cell}" for title, cell in zip(titles, values, strict=True))
                for row, *values in body
            ]
            return f"{head}: {'; '.join(lines)}"
        return f"{head}:\n" + "\n".join(" | ".join(line) for line in cells)


def tidy(text: str) -> str:
    """A text of the user's as it stands in an English sentence."""
    return " ".join(text.split()).rstrip("。；，、：;,: .")
