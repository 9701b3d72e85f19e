"""The controlled official wording in Chinese.

A rule becomes one sentence of the kind that stands in 评分细则 and 积分办法:
未开展业务培训的扣5分；出租房屋登记率低于95%的，每低1个百分点扣2分.  What a phrase looks like stands
in :mod:`policydsl.wording.phrases`; this module decides how phrases are put together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from policydsl.language import nodes as n
from policydsl.language.keywords import Language
from policydsl.language.units import UNITS, Unit
from policydsl.model import expressions as e
from policydsl.model import rules as r
from policydsl.wording import phrases as p
from policydsl.wording import quantities as q
from policydsl.wording import shapes
from policydsl.wording.speaking import Speaker, action_node, condition_node

_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_ENDS = "。；，、：;,: "


class Chinese(Speaker):
    """Words rules in Chinese."""

    language: Language = "zh"

    # -- names

    def fact_name(self, name: str, role: e.Role = "self") -> str:
        """How a fact is named in a sentence."""
        return name if role == "self" else self.say("spouse_of", fact=name)

    def listed(self, items: Sequence[str]) -> str:
        """Names side by side: A、B和C would be read aloud, A、B、C is what tables have."""
        return "、".join(items)

    def sentence(self, text: str) -> str:
        """The text with one full stop; a table ends without."""
        text = text.rstrip(_ENDS)
        if "\n" in text.rpartition("：")[2]:
            return text
        return f"{text}。" if text else ""

    # -- conditions

    def condition(self, expr: e.Expr, node: n.Node | None = None) -> str:
        """A condition as a predicate: 未开展业务培训, 出租房屋登记率低于95%."""
        return self._condition(expr, node, 0)

    def _condition(self, expr: e.Expr, node: n.Node | None, level: int) -> str:
        node = shapes.bare(node)
        match expr:
            case e.Const():
                return self.say("always" if expr.value else "never")
            case e.FactRef():
                return self._holds(expr)
            case e.Compared():
                return self._compared(expr, node)
            case e.IsProvided():
                return self.say("provided", fact=self.fact_name(expr.fact, expr.role))
            case e.UnknownTrigger():
                return self.say("trigger_open")
            case e.All() | e.AnyOf():
                return self._joined(expr, node, level)
            case e.Not():
                return self._not(expr.part, node, level)
            case e.Func() if expr.name == "choose":
                return self.value(expr, node)
            case e.Aggregate() if expr.name == "any":
                return self.value(expr, node)
        return self.value(expr, node)

    def _joined(self, expr: e.All | e.AnyOf, node: n.Node | None, level: int) -> str:
        bounds = shapes.as_range(expr)
        if bounds is not None:
            return self.ranged(bounds, node)
        one_of = shapes.as_list(expr)
        if one_of is not None:
            subject, values, _ = one_of
            unit = self.unit_of(subject)
            shown = self.listed([self.value(value, None, unit) for value in values])
            return self.say("is_one_of", subject=self.value(subject), values=shown)
        parts = shapes.parts_of(expr, node)
        nested = [_is_joined(part) for part, _ in parts]
        word = "且" if isinstance(expr, e.All) else "或者"
        if any(nested) and level == 0:
            wide = "，并且" if isinstance(expr, e.All) else "，或者"
            return wide.join(self._condition(part, x, 1) for part, x in parts)
        texts = [
            self.bracketed(self._condition(part, x, level + 1))
            if deep
            else self._condition(part, x, level + 1)
            for (part, x), deep in zip(parts, nested, strict=True)
        ]
        if len(texts) > 2 and not any("、" in text for text in texts):
            return "、".join(texts[:-1]) + word + texts[-1]
        return word.join(texts)

    def _compared(self, expr: e.Compared, node: n.Node | None) -> str:
        truth = _truth_of(expr)
        if truth is not None:
            fact, holds = truth
            return self._holds(fact) if holds else self._fails(fact, None)
        return self.comparison(expr, node)

    def _not(self, part: e.Expr, node: n.Node | None, level: int) -> str:
        inner = shapes.bare(node.operand) if isinstance(node, n.Negated) else None
        if isinstance(part, e.FactRef):
            return self._fails(part, node.word if isinstance(node, n.NotDone) else None)
        if isinstance(part, e.IsProvided):
            return self.say("not_provided", fact=self.fact_name(part.fact, part.role))
        if isinstance(part, e.Not):
            return self._condition(part.part, None, level)
        if isinstance(part, e.Compared):
            turned = e.Compared(shapes.negated(part.operator), part.left, part.right, part.order)
            return self._compared(turned, None)
        one_of = shapes.as_list(part)
        if one_of is not None:
            subject, values, _ = one_of
            unit = self.unit_of(subject)
            shown = self.listed([self.value(value, None, unit) for value in values])
            return self.say("is_none_of", subject=self.value(subject), values=shown)
        return self.say("not_the_case", condition=self._condition(part, inner, level))

    def _holds(self, fact: e.FactRef) -> str:
        owner = "" if fact.role == "self" else "配偶"
        return owner + predicate(fact.fact)

    def _fails(self, fact: e.FactRef, keyword: str | None) -> str:
        owner = "" if fact.role == "self" else "配偶"
        if keyword is not None:
            return owner + p.NOT_DONE_WORDS[keyword].zh.format(fact=fact.fact)
        return owner + contrary(fact.fact)

    def label_word(self, keyword: str, value: str) -> str:
        """不足18周岁: a comparison without its subject."""
        return p.LABEL_WORDS[keyword].zh + value

    def conjoined(self, first: str, second: str) -> str:
        """Two labels that hold together."""
        return first + second

    # -- rules

    def rule(self, rule: r.Rule, depth: int = 0) -> str:
        """A rule without its full stop."""
        lead = None
        if rule.condition is not None:
            lead = self.condition(rule.condition, condition_node(rule))
        return self._ruled(rule, lead, depth)

    def _ruled(self, rule: r.Rule, lead: str | None, depth: int, tier: bool = False) -> str:
        match rule.action:
            case r.PerStep():
                text = self._per_step(rule, rule.action)
            case r.Tiers():
                text = self._tiers(rule, rule.action, depth)
            case r.Matrix():
                text = self._matrix(rule, rule.action, depth)
            case r.Combined():
                text = self._combined(rule, rule.action, depth)
            case _:
                return self._simple(rule, lead, tier)
        return text if lead is None else f"{_of(lead)}，{text}"

    def _simple(self, rule: r.Rule, lead: str | None, tier: bool) -> str:
        act = self.simple_action(rule, lead is None and not tier, tier)
        assert act is not None
        text = "，".join([act, *self.modifiers(rule)])
        if lead is None:
            return text
        short = isinstance(rule.action, (r.Flat, r.Discretionary, r.OpenRule))
        joined = rule.condition is not None and _is_joined(rule.condition)
        if short and not joined and "，" not in text and "（" not in lead:
            return f"{_of(lead)}{text}"
        return f"{_of(lead)}，{text}"

    # -- counting

    def _per_step(self, rule: r.Rule, action: r.PerStep) -> str:
        node = action_node(rule)
        written = node if isinstance(node, n.PerStep) else None
        hint = written.step if written is not None else None
        unit = self.step_unit(action, hint)
        act = self._step_act(action, written)
        whole = q.quantity_text(action.step, unit, self.language, hint, span=True)
        act += self.partial_text(rule, action, whole)
        steps = _Steps(action, unit, hint, written.step_implicit if written else None)
        way = shapes.way_of(action, rule.condition)
        if way is not None:
            text = self._from_threshold(steps, act, way, whole)
        else:
            text = self._of_subject(rule, steps, act, whole)
        tail = self.modifiers(rule)
        if action.most is not None:
            most = q.quantity_text(action.most * action.step, unit, self.language, hint, span=True)
            tail.insert(0, self.say("at_most", quantity=most))
        return "，".join([text, *tail])

    def _step_act(self, action: r.PerStep, node: n.PerStep | None) -> str:
        if action.points is None:
            return self.say("discretion_deduct" if action.sign < 0 else "discretion_award")
        amount = node.amount if node is not None else None
        return self.amount(action.sign, action.points, amount, node.sign if node else None)

    def _from_threshold(self, steps: _Steps, act: str, way: p.Side, whole: str) -> str:
        unit = steps.unit
        dimension = "other" if unit is None else unit.dimension
        kind = {"percent": "percent", "percentage_point": "percent", "points": "percent"}.get(
            dimension, "age" if dimension == "age" else "other"
        )
        word = p.DISTANCE_WORDS[(way, kind)].zh
        text = self.say("each_distance", way=word, step=whole, act=act)
        bounds = self._bounds_of_count("", steps)
        return f"{bounds}，{text}" if bounds else text

    def _bounds_of_count(self, subject: str, steps: _Steps) -> str:
        """行政处罚超过2次的部分, 行政处罚从第3次起; nothing if all steps count."""
        action = steps.action
        if action.beyond:
            beyond = q.quantity_text(
                action.beyond, steps.unit, self.language, steps.hint, span=True
            )
            subject = self.say("beyond_part", subject=subject, quantity=beyond)
        if action.skip:
            step = q.step_text(action.step, steps.unit, self.language, steps.hint, implicit=True)
            nth = q.number_text(action.skip + 1, self.language, q.POINTS)
            # 从第3次起, but 从第2个3个月起
            key = "from_nth_step" if step[:1].isdigit() else "from_nth"
            subject = self.say(key, subject=subject, nth=nth, unit=step)
        return subject if action.beyond or action.skip else ""

    def _of_subject(self, rule: r.Rule, steps: _Steps, act: str, whole: str) -> str:
        action = steps.action
        node = action_node(rule)
        subject_node = node.subject if isinstance(node, n.PerStep) else None
        name = self.value(action.subject, subject_node)
        implicit = steps.implicit if steps.implicit is not None else q.is_counter(steps.unit)
        each = q.step_text(action.step, steps.unit, self.language, steps.hint, implicit)
        number, unit = q.in_unit(action.step, steps.unit, steps.hint)
        counted = number == 1 and unit is not None and q.is_counter(unit)
        stem = name
        if counted and unit is not None and isinstance(action.subject, e.FactRef):
            stem = stem_of(name)
        bounds = self._bounds_of_count(stem, steps)
        if bounds:
            return self.say("each_counted", subject=bounds, step=each, act=act)
        if self.stated_partial(rule, action) == "whole":
            return self.say("each_full_of", subject=name, step=whole, act=act)
        if not counted or unit is None or not _own(action.subject):
            return self.say("each_of", subject=name, step=each, act=act)
        if stem != name and len(unit.symbol) > 1 and stem.endswith(unit.symbol):
            verb = stem.removesuffix(unit.symbol)
            return self.say("each_inside", verb=verb, step=whole, act=act, subject=stem)
        if unit.symbol == "次" and stem != name and len(stem) == 2:
            return self.say("each_inside", verb=stem, step=whole, act=act, subject=stem)
        if is_predicate(stem):
            return self.say("each_predicate", subject=stem, unit=each, act=act)
        if stem != name or stem.startswith(p.ATTRIBUTIVE):
            return self.say("each_classified", subject=stem, unit=each, act=act)
        return self.say("each_of", subject=name, step=each, act=act)

    # -- tiers and tables

    def _tiers(self, rule: r.Rule, action: r.Tiers, depth: int) -> str:
        node = action_node(rule)
        subject_node = node.subject if isinstance(node, n.Tiers) else None
        head = self.say("tiers", subject=self.value(action.subject, subject_node))
        head = "，".join([head, *self.modifiers(rule)])
        tiers = [self._tier(tier, action.subject, depth) for tier in action.tiers]
        # a comma inside a tier asks for the next stronger mark between tiers
        mark = "；" if any(set(text) & set("，；：") for text in tiers) else "，"
        return f"{head}：{mark.join(tiers)}"

    def _tier(self, tier: r.Rule, subject: e.Expr, depth: int) -> str:
        found = self.tier_labels(tier, subject)
        assert tier.condition is not None
        if found is None:
            return self._ruled(tier, self.condition(tier.condition), depth + 1, tier=True)
        labels, plain = found
        label = self.listed(labels)
        if len(label) < 2 or not plain:
            label = _of(label)
        text = self._ruled(tier, None, depth + 1, tier=True)
        short = isinstance(tier.action, (r.Flat, r.Discretionary, r.OpenRule, r.NoPoints))
        if short and "，" not in text:
            return label + text
        return f"{label}，{text}" if label.endswith("的") else f"{_of(label)}，{text}"

    def _matrix(self, rule: r.Rule, action: r.Matrix, depth: int) -> str:
        rows = self.value(action.row_subject)
        columns = self.value(action.column_subject)
        head = self.say("matrix", rows=rows, columns=columns)
        head = "，".join([head, *self.modifiers(rule)])
        node = action_node(rule)
        cells = self.matrix_cells(action, node if isinstance(node, n.Matrix) else None)
        (corner, *titles), *body = cells
        if depth:
            lines = [
                f"{_of(row)}，"
                + "，".join(
                    f"{_of(title)}{self._cell_act(cell)}"
                    for title, cell in zip(titles, values, strict=True)
                )
                for row, *values in body
            ]
            return f"{head}：{'；'.join(lines)}"
        table = "\n".join("｜".join(line) for line in [[corner, *titles], *body])
        return f"{head}：\n{table}"

    def _cell_act(self, cell: str) -> str:
        return f"得{cell}" if cell[:1].isdigit() else f"分值{cell}"

    # -- combinations

    def _combined(self, rule: r.Rule, action: r.Combined, depth: int) -> str:
        tail = self.modifiers(rule)
        joined = shapes.as_joined(action)
        if joined is not None:
            return "，".join([*self._joined_rules(joined), self.say("joined_best"), *tail])
        head = "，".join([self.say(shapes.list_phrase(rule, action)), *tail])
        texts = [self.rule(inner, depth + 1) for inner in action.rules]
        if any(set(text) & set("；：") for text in texts):
            texts = [_number(i, depth) + text for i, text in enumerate(texts, start=1)]
        return f"{head}：{'；'.join(texts)}"

    def _joined_rules(self, joined: shapes.Joined) -> list[str]:
        who = "、".join(joined.heads) + joined.ending
        word = "deduct" if joined.sign < 0 else "award"
        amounts = [self.say(word, n=self.points(x)) for x in joined.amounts]
        first, *others = amounts
        verb = first[0]
        shown = "、".join([first, *(text.removeprefix(verb) for text in others)])
        text = f"{_of(predicate(who))}{self.say('respectively', amounts=shown)}"
        stand_in = r.Rule(None, r.Flat(joined.sign, r.FixedPoints(joined.amounts[0])))
        return [text, *self.modifiers(stand_in, joined.modifiers)]


@dataclass(frozen=True, slots=True)
class _Steps:
    """What is counted: the action, the unit of its steps, and how the text writes the step."""

    action: r.PerStep
    unit: Unit | None
    hint: n.Number | None
    implicit: bool | None


# -- yes-or-no facts and counts as words --------------------------------------------------


def predicate(name: str) -> str:
    """What is said of those for whom a yes-or-no fact is yes: 有刑事犯罪记录, 持有居住证."""
    if name.startswith(p.VERB_FIRST):
        return name
    for ending in p.EVENT_ENDINGS:
        if name.endswith(ending) and name != ending:
            return ending + name.removesuffix(ending)
    for endings, holds, _ in p.NAME_ENDINGS:
        if name.endswith(endings):
            return holds.format(fact=name)
    return f"已开展{name}" if name.endswith(p.WORK_ENDINGS) else name


def contrary(name: str) -> str:
    """What is said of those for whom it is no, when the text has no verb of its own."""
    if name.startswith("已"):
        return f"未{name.removeprefix('已')}"
    if name.startswith(("未", "无", "非", "不")):
        return f"并非{name}"
    if name.startswith(p.VERB_FIRST):
        return f"未{name}"
    for ending in p.EVENT_ENDINGS:
        if name.endswith(ending) and name != ending:
            return f"未{ending}{name.removesuffix(ending)}"
    for ending in p.STATE_ENDINGS:
        if name.endswith(ending) and name != ending:
            return f"{name.removesuffix(ending)}未{ending}"
    for endings, _, fails in p.NAME_ENDINGS:
        if name.endswith(endings):
            return fails.format(fact=name)
    return f"未开展{name}" if name.endswith(p.WORK_ENDINGS) else f"非{name}"


_CLASSIFIERS = frozenset(
    word for unit in UNITS.values() if unit.dimension == "count"
    for word in (unit.symbol, *unit.aliases) if len(word) == 1
)  # fmt: skip


def stem_of(name: str) -> str:
    """A count's name without its 篇数, 次数, 数: 录用信息篇数 → 录用信息."""
    if not name.endswith("数") or len(name) < 3:
        return name
    stem = name.removesuffix("数")
    return stem[:-1] if stem[-1] in _CLASSIFIERS and len(stem) > 2 else stem


def is_predicate(name: str) -> bool:
    """Whether a count's name is what somebody failed to do: 未落实责任事项, 违规居住未整治."""
    if name.startswith(p.ATTRIBUTIVE):
        return False
    return name.startswith(p.NEGATIVE_NAMES) or "未" in name


def _own(subject: e.Expr) -> bool:
    return isinstance(subject, e.FactRef) and subject.role == "self"


def _truth_of(expr: e.Compared) -> tuple[e.FactRef, bool] | None:
    """X 为 是 / 否: the fact, and whether it holds."""
    if not isinstance(expr.left, e.FactRef) or not isinstance(expr.right, e.Const):
        return None
    if not isinstance(expr.right.value, bool) or expr.operator not in ("==", "!="):
        return None
    return expr.left, expr.right.value is (expr.operator == "==")


def _is_joined(expr: e.Expr) -> bool:
    return (
        isinstance(expr, (e.All, e.AnyOf))
        and shapes.as_range(expr) is None
        and shapes.as_list(expr) is None
    )


def _of(lead: str) -> str:
    """The predicate as the one to whom it applies: …的."""
    return lead if lead.endswith("的") else f"{lead}的"


def _number(index: int, depth: int) -> str:
    if depth == 0:
        return f"（{index}）"
    return _CIRCLED[index - 1] if depth == 1 and index <= len(_CIRCLED) else f"{index})"


_HAN = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f\U00020000-\U0003ffff“”‘’…—＼｜"
_SPACE_BESIDE_HAN = re.compile(rf"(?<=[{_HAN}])[ \t]+|[ \t]+(?=[{_HAN}])")


def tidy(text: str) -> str:
    """A user's text as a part of a Chinese sentence: no spaces at Han characters, no full stop."""
    return _SPACE_BESIDE_HAN.sub("", " ".join(text.split())).rstrip(_ENDS)
