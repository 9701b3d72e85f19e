"""A meaning in the controlled wording → a rule as text of the language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from policydsl.importing.conditions import condition
from policydsl.importing.drafts import Guess, Pair, named, number
from policydsl.importing.naming import Names
from policydsl.wording.recognising.meanings import Amount, Meaning, Modifier
from policydsl.wording.recognising.numerals import find_unit
from policydsl.wording.recognising.scanning import Found

_TOKEN = re.compile(r"(?P<name>[\u4e00-\u9fffA-Za-z]+)|(?P<number>\d+(?:\.\d+)?%?)|[-+×÷（）]")


@dataclass
class Ruled:
    """The rules and targets made of one text."""

    rules: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    """Name → type of the language, as far as the phrase tells."""
    guesses: list[Guess] = field(default_factory=list)
    unread: list[tuple[Found, Pair]] = field(default_factory=list)
    phrases: int = 0
    understood: int = 0


class Writer:
    """Writes the rules of one clause; types of facts go into ``ruled``."""

    def __init__(self, names: Names, clause: str, ruled: Ruled):
        self.names = names
        self.clause = clause
        self.ruled = ruled

    def name(self, words: str, kind: str) -> str:
        """The name of the fact that the words are about; ``kind`` is its unit."""
        name = self.names.fact(words, "", "")
        if kind == "%" and words.endswith(("率", "占比", "比例")):
            self.ruled.facts.setdefault(name, "百分比")
        return name

    def condition(self, words: str) -> str:
        """A condition in the words of the language."""
        return condition(words, self.name)

    def rule(self, meaning: Meaning, tier: bool = False) -> str | None:
        """A rule of the language; ``None`` for what it cannot be said with."""
        action = self.action(meaning, tier)
        if action is None:
            return None
        lead = f"{self.condition(meaning.condition)}：" if meaning.condition else ""
        if meaning.kind == "respectively":
            lead = ""
        return f"{lead}{action}{self.modifiers(meaning.modifiers)}"

    def action(self, meaning: Meaning, tier: bool = False) -> str | None:
        """What a rule does, without its condition and modifiers."""
        match meaning.kind:
            case "flat":
                return self.amount(meaning, tier)
            case "step":
                return self.step(meaning)
            case "discretion":
                return "酌情扣分" if meaning.sign < 0 else "酌情加分"
            case "open":
                bounds = meaning.amount
                if bounds is None or bounds.low is None or bounds.high is None:
                    return "未载明"
                return f"未载明（{number(bounds.low)} 至 {number(bounds.high)} 分）"
            case "veto":
                return "一票否决"
            case "no_points":
                return "不得分"
            case "status":
                words = {
                    "suspended": "暂时失效",
                    "void": "永久失效",
                    "zeroed": "清零",
                    "frozen": "冻结",
                }
                return f"{words[meaning.status]} {meaning.lasting}".strip()
            case "best" | "least" | "sum":
                word = {"best": "取高", "least": "取低", "sum": "累计"}[meaning.kind]
                parts = [self.rule(part) for part in meaning.parts]
                if len(meaning.parts) == 1 and meaning.parts[0].kind == "respectively":
                    parts = list(self.respectively(meaning.parts[0]))
                if any(part is None for part in parts):
                    return None
                return f"{word} {{ {'；'.join(p for p in parts if p)} }}"
            case "tiers":
                return self.tiers(meaning)
            case "matrix":
                return self.matrix(meaning)
        return None

    def amount(self, meaning: Meaning, tier: bool) -> str | None:
        """加 2 分, 扣 未载明, 得 （formula） 分."""
        amount = meaning.amount
        if amount is None:
            return None
        verb = "扣" if meaning.sign < 0 else "得" if meaning.phrase.startswith("give") else "加"
        if not amount.stated:
            if amount.low is None or amount.high is None:
                return f"{verb} 未载明"
            return f"{verb} 未载明（{number(amount.low)} 至 {number(amount.high)} 分）"
        if amount.low is None:
            formula = self.formula(amount.words)
            return None if formula is None else f"{verb} （{formula}） 分"
        del tier
        return f"{verb} {number(amount.low)} 分"

    def step(self, meaning: Meaning) -> str | None:
        """每 1 篇 … 加 2 分, with how steps are counted."""
        step = meaning.step
        if step is None:
            return None
        unit = find_unit(step.unit)
        size = number(step.size / (unit.scale if unit is not None else 1))
        subject = ""
        if not step.way:
            words = step.subject
            dimension = unit.dimension if unit is not None else ""
            if dimension == "count" and not words.endswith(("数", "量")):
                words += {"小区": "数", "人次": ""}.get(
                    unit.symbol if unit else "", f"{step.unit[-1:]}数"
                )
            name = self.names.fact(words, "", "")
            subject = f" {named(name)}"
            whole = "计数" if dimension == "count" else "小数"
            if step.unit:
                self.ruled.facts.setdefault(
                    name,
                    f"{whole}（{step.unit}）"
                    if step.unit not in ("百分点", "个百分点")
                    else "百分比",
                )
        if meaning.amount is None:
            act = "酌情扣分" if meaning.sign < 0 else "酌情加分"
        else:
            found = self.amount(meaning, False)
            if found is None:
                return None
            act = found
        text = f"每 {size} {step.unit}{subject} {act}"
        partial = {"whole": "不计", "pro_rata": "按比例计", "full": "按满计"}.get(step.partial)
        if partial:
            text += f"，不足 {size} {step.unit} {partial}"
        if step.skip:
            text += f"，从 第 {number(step.skip + 1)} {'次' if unit is not None else step.unit} 起"
        if step.beyond:
            scale = unit.scale if unit is not None else Fraction(1)
            text += f"，只计 超过 {number(step.beyond / scale)} {step.unit} 部分"
        if step.most is not None:
            scale = unit.scale if unit is not None else Fraction(1)
            text += f"，最多 {number(step.most / scale)} {step.unit}"
        return text

    def tiers(self, meaning: Meaning) -> str | None:
        """A scale: 按 … 取分."""
        parts: list[str] = []
        for part in meaning.parts:
            act = self.action(part, True)
            if act is None:
                return None
            labels = [_label(label) for label in part.condition.split("、")]
            if any(label is None for label in labels):
                return None
            shown = "、".join(label for label in labels if label)
            parts.append(f"{shown}：{act}{self.modifiers(part.modifiers)}")
        subject = named(self.names.fact(meaning.subject, "", ""))
        return f"按 {subject} 取分 {{ {'；'.join(parts)} }}"

    def matrix(self, meaning: Meaning) -> str | None:
        """A table in two ways; a row is parted from the next by a semicolon."""
        rows, columns = ([_label(x) for x in labels] for labels in meaning.labels)
        cells = [[self.cell(cell) for cell in row] for row in meaning.cells]
        if len(meaning.heads) != 2 or None in (*rows, *columns, *(c for row in cells for c in row)):
            return None
        one, other = (named(self.names.fact(head, "", "")) for head in meaning.heads)
        lines = [
            ["列", *columns],
            *([row, *cells_] for row, cells_ in zip(rows, cells, strict=True)),
        ]
        shown = "；".join(" ｜ ".join(x for x in line if x) for line in lines)
        return f"按 {one} 与 {other} 取分 {{ {shown} }}"

    def cell(self, amount: Amount) -> str | None:
        """What stands in one cell of a two-way table."""
        if not amount.stated:
            if amount.low is None or amount.high is None:
                return "未载明"
            return f"未载明（{number(amount.low)} 至 {number(amount.high)} 分）"
        if amount.low is None:
            formula = self.formula(amount.words)
            return None if formula is None else f"（{formula}） 分"
        return f"{number(amount.low)} 分"

    def formula(self, words: str | None) -> str | None:
        """体能成绩×61%+面试成绩÷52 with the names of facts; ``None`` if it is no plain sum."""
        parts: list[str] = []
        for token in _TOKEN.finditer(words or ""):
            if token["name"]:
                if re.search("的|夫妻|家庭|两者|三者|较[大小]|合计", token["name"]):
                    return None  # of the spouse, the greater of two: no fact of its own
                parts.append(named(self.names.fact(token["name"], "", "")))
            else:
                parts.append(token[0])
        shape = _TOKEN.sub(lambda t: "x" if t["name"] or t["number"] else t[0], words or "")
        if not re.fullmatch(r"[x+\-×÷（）]+", shape) or "xx" in shape:
            return None
        return " ".join(parts)

    def respectively(self, meaning: Meaning) -> list[str]:
        """区级推广：加 10 分 …, one rule for each of those that are named."""
        names = heads_of(meaning.condition, len(meaning.amounts))
        verb = "扣" if meaning.sign < 0 else "加"
        return [
            f"{named(self.names.fact(name, '', ''))}：{verb} {number(value)} 分"
            f"{self.modifiers(meaning.modifiers)}"
            for name, value in zip(names, meaning.amounts, strict=False)
        ]

    @staticmethod
    def modifiers(modifiers: Sequence[Modifier]) -> str:
        """What stands behind a rule: 最高 9 分, 减半."""
        return "".join(f"，{_modifier(one)}" for one in modifiers)


def _label(label: str) -> str | None:
    """本科及以上, 18至40周岁, 不足18周岁, 其他 as the language writes them."""
    from policydsl.importing.conditions import _QUANTITY, _spaced

    if label == "其他":
        return label
    ranked = re.fullmatch(r"(.+?)及(以上|以下)", label)
    if ranked is not None:
        return f"{named(ranked[1])} {ranked[2]}"
    between = re.fullmatch(rf"({_QUANTITY})至({_QUANTITY})", label)
    if between is not None:
        return f"{_spaced(between[1])} 至 {_spaced(between[2])}"
    bound = re.fullmatch(rf"({_QUANTITY})(以上|以下)", label)
    if bound is not None:
        return f"{_spaced(bound[1])} {bound[2]}"
    opened = re.fullmatch(rf"({_QUANTITY})以上(不足|不满|低于)({_QUANTITY})", label)
    if opened is not None:
        return f"{_spaced(opened[1])} 以上 {opened[2]} {_spaced(opened[3])}"
    beyond = re.fullmatch(
        rf"(不足|不满|低于|超过|高于|不超过|不高于|不少于|不低于|达到)({_QUANTITY})", label
    )
    if beyond is not None:
        return f"{beyond[1]} {_spaced(beyond[2])}"
    plain = re.fullmatch(_QUANTITY, label)
    if plain is not None:
        return _spaced(label)
    return None if re.search(r"\d", label) else named(label)


def _modifier(one: Modifier) -> str:
    match one.kind:
        case "cap":
            return f"最高 {number(one.value)} 分"
        case "floor":
            return f"最低 {number(one.value)} 分"
        case "scale":
            return "减半" if one.value == Fraction(1, 2) else f"按 {number(one.value * 100)}% 计"
    word = {"round_half_up": "四舍五入", "round_down": "舍去", "round_up": "进一"}[one.kind]
    if one.value == 1:
        return word
    places = len(str(one.value.denominator)) - 1
    if one.value == Fraction(1, 10**places):
        return f"{word} 到 {places} 位"
    return f"{word} 到 {number(one.value)} 分"


_ENDINGS = re.compile(r"(领导批示|级推广|推广|批示|表彰|奖励|荣誉|称号|示范|试点)$")


def heads_of(words: str, count: int) -> list[str]:
    """在区、市、省、国家推广 → 区级推广 …; 获区主要领导、市、中央领导批示 → 区主要领导批示 …"""
    words = re.sub(r"^.*(?:在|获得?|受到)", "", words) or words
    parts = words.split("、")
    found = _ENDINGS.search(parts[-1])
    if len(parts) != count or found is None:
        return [f"{words}第{index + 1}档" for index in range(count)]
    ending = found[1]
    level = "级" if ending == "推广" else ""
    heads = [*parts[:-1], parts[-1].removesuffix(ending)]
    return [
        head + ending.removeprefix("领导") if head.endswith("领导") else f"{head}{level}{ending}"
        for head in heads
    ]
