"""Parts of schemes as cells: points, rule in controlled wording, thresholds, source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from policydsl.comparison.alignment import Member, Row
from policydsl.comparison.differences import (
    DIRECTION_WORDS,
    KIND_WORDS,
    Difference,
    direction_of,
    percent,
    undecided,
)
from policydsl.comparison.links import HOW_WORDS
from policydsl.comparison.openness import ALL, STATED
from policydsl.comparison.report import Cell, Line
from policydsl.comparison.schemes import Element, Scheme, facts_read
from policydsl.comparison.thresholds import Threshold, thresholds_in
from policydsl.language.keywords import Language
from policydsl.model import policy as m
from policydsl.model.rules import OpenPoints
from policydsl.scoring.ranges import show_points
from policydsl.scoring.results import pick
from policydsl.versions.effects.words import Pair
from policydsl.wording.sentences import rules_text, target_text

MOST_TARGETS = 12
SAME_WORDS: Pair = ("相同", "the same")


def points_text(limit: m.Limit | None, language: Language) -> str:
    """Points as a reader sees them; what is not stated says so."""
    if limit is None:
        return pick(language, "未另定", "none set")
    if isinstance(limit, OpenPoints):
        if limit.high is not None:
            low = show_points(limit.low or Fraction(0))
            high = show_points(limit.high)
            return pick(language, f"未载明（{low} 至 {high} 分）", f"not stated ({low} to {high})")
        return pick(language, "未载明", "not stated")
    return pick(language, f"{show_points(limit)} 分", f"{show_points(limit)} points")


def member_lines(member: Member, scheme: Scheme, language: Language) -> Iterator[Line]:
    """Everything that the table tells of a part."""
    element = member.element
    yield Line(element.place, "main")
    link = member.link
    if link is not None:
        score = "" if link.score is None else f" {link.score:.2f}"
        reasons = "；".join(pick(language, *why) for why in link.reasons)
        why = pick(language, f"（{reasons}）", f" ({reasons})") if reasons else ""
        yield Line(f"{pick(language, *HOW_WORDS[link.how])}{score}{why}", "flag")
    yield from _points(element, language)
    yield from _rules(element, scheme, language)
    yield from _conduct(element, scheme, language)
    yield Line(source_text(element.locator, language), "source")


def source_text(locator: str | None, language: Language) -> str:
    """〔附件2 公安分局 第1项〕"""
    unknown = pick(language, "出处未写", "source not given")
    return f"〔{locator or unknown}〕"


def _points(element: Element, language: Language) -> Iterator[Line]:
    clause = element.clause
    if clause.kind == "task":
        return
    assumed = tuple(dict.fromkeys(c.assumption for c in clause.closings))
    word = (
        pick(language, "最多扣", "takes at most")
        if element.deducts
        else (pick(language, "满分", "maximum"))
    )
    text = f"{word} {points_text(element.points, language)}"
    if element.share is not None:
        share = percent(element.share)
        text += pick(language, f"，占 {share}", f", {share} of the total")
    if element.bonus:
        text += pick(language, "（另加）", " (on top)")
    yield Line(text, "open" if isinstance(element.points, OpenPoints) else "number")
    if assumed:
        names = "、".join(assumed)
        yield Line(
            pick(language, f"依假设集 {names}，非原文", f"by set {names}, not the text"), "assumed"
        )


def _rules(element: Element, scheme: Scheme, language: Language) -> Iterator[Line]:
    clause, policy = element.clause, scheme.policy
    if clause.rules:
        yield Line(rules_text(clause, policy, language).strip(), "text")
    elif clause.kind != "task":
        yield Line(pick(language, "没有计分规则", "no rule"), "open")
    for target in clause.targets[:MOST_TARGETS]:
        yield Line(pick(language, "目标：", "target: ") + target_text(target, policy, language))
    left = len(clause.targets) - MOST_TARGETS
    if left > 0:
        yield Line(pick(language, f"另有 {left} 个目标", f"{left} more targets"), "small")


def _conduct(element: Element, scheme: Scheme, language: Language) -> Iterator[Line]:
    found: list[str] = []
    way = direction_of(element, scheme.kind)
    if way:
        found.append(pick(language, *DIRECTION_WORDS[way]))
    if element.clause.discretionary:
        found.append(pick(language, "酌情", "at discretion"))
    if element.open:
        found.append(pick(language, "有未载明之处", "something not stated"))
    comma = pick(language, "；", "; ")
    names = pick(language, "、", ", ")
    for zh, en, values in (
        ("审核", "review", element.review),
        ("牵头", "lead", element.lead),
        ("责任单位", "responsible", element.responsible),
        ("互认", "recognition", (element.recognition,) if element.recognition else ()),
    ):
        if values:
            colon = pick(language, "：", ": ")
            found.append(f"{pick(language, zh, en)}{colon}{names.join(values)}")
    if found:
        yield Line(comma.join(found), "small")
    demands = thresholds_text(thresholds_in(scheme, element), language)
    if demands:
        yield Line(pick(language, f"门槛：{demands}", f"thresholds: {demands}"), "small")


def thresholds_text(found: Sequence[Threshold], language: Language) -> str:
    """出租房屋登记率≥95%；…"""
    shown = dict.fromkeys(
        pick(language, f"{t.fact}{t.shown()[0]}", f"{t.fact} {t.shown()[1]}") for t in found
    )
    return pick(language, "；", "; ").join(shown)


def row_cell(row: Row, scheme: Scheme, language: Language) -> Cell:
    """The cell of a scheme in a row; a gap says so, and where else the matter counts."""
    members = row.cells[scheme.number]
    if not members:
        gap = Line(pick(language, "—— 没有这一项 ——", "— none —"), "gap")
        elsewhere = counted_elsewhere(row, scheme)
        if not elsewhere:
            return (gap,)
        titles = dict.fromkeys(element.title for element in elsewhere)
        names = "、".join(titles)
        return (
            gap,
            Line(pick(language, f"不单列，在“{names}”里计", f"counted within {names}"), "small"),
            *(Line(source_text(x.locator, language), "source") for x in elsewhere[:1]),
        )
    lines: list[Line] = []
    for member in members:
        lines.extend(member_lines(member, scheme, language))
    return tuple(lines)


def counted_elsewhere(row: Row, scheme: Scheme) -> list[Element]:
    """Parts of other concepts whose rules read a fact of the concept of this row."""
    if row.concept is None:
        return []
    found = []
    for element in scheme.elements:
        if element.concept == row.concept:
            continue
        facts = (scheme.policy.facts.get(name) for name in facts_read(element))
        if any(fact is not None and fact.concept == row.concept for fact in facts):
            found.append(element)
    return found


def differences_cell(
    row: Row, found: Sequence[Difference], schemes: Sequence[Scheme], language: Language
) -> Cell:
    """The kinds of difference with what each scheme has; points that are open cannot differ."""
    opened = undecided(row, schemes)
    last = () if opened is None else (Line(pick(language, *opened), "open"),)
    if not found:
        return last or (Line(pick(language, *SAME_WORDS), "text"),)
    comma = pick(language, "、", ", ")
    kinds = comma.join(pick(language, *KIND_WORDS[d.kind]) for d in found)
    lines = [Line(kinds, "flag")]
    for each in found:
        if each.kind in ("gap", "rate"):
            continue
        values = " ｜ ".join(_value(v, language) for v in each.values)
        word = pick(language, *KIND_WORDS[each.kind])
        lines.append(Line(f"{word}{pick(language, '：', ': ')}{values}", "small"))
    return (*lines, *last)


def kinds_cell(
    row: Row, found: Sequence[Difference], schemes: Sequence[Scheme], language: Language
) -> Cell:
    """The kinds of difference in a line, with what a scheme leaves open of a matter."""
    opened = undecided(row, schemes)
    words = []
    for each in found:
        word = pick(language, *KIND_WORDS[each.kind])
        partly = [
            f"{scheme.label}{pick(language, '：', ': ')}{pick(language, *value)}"
            for scheme, value in zip(schemes, each.values, strict=True)
            if each.kind == "open" and value is not None and value not in (ALL, STATED)
        ]
        listed = pick(language, "；", "; ").join(partly)
        brackets = pick(language, f"（{listed}）", f" ({listed})") if listed else ""
        words.append(f"{word}{brackets}")
    lines = [Line(pick(language, "、", ", ").join(words), "flag")] if words else []
    if opened is not None:
        lines.append(Line(pick(language, *opened), "open"))
    return tuple(lines) or (Line(pick(language, *SAME_WORDS)),)


def _value(value: Pair | None, language: Language) -> str:
    return "—" if value is None else pick(language, *value)


def short_points(row: Row, scheme: Scheme, language: Language) -> str:
    """Points of a cell in a few characters, for a terminal: 20（6.7%）."""
    members = row.cells[scheme.number]
    if not members:
        return pick(language, "在他项计", "elsewhere") if counted_elsewhere(row, scheme) else "—"
    texts = []
    for member in members:
        element = member.element
        if element.clause.kind == "task":
            count = len(element.clause.targets)
            texts.append(pick(language, f"{count} 个目标", f"{count} targets"))
        elif isinstance(element.points, Fraction):
            minus = "−" if element.deducts else ""
            texts.append(minus + show_points(element.points))
        else:
            if element.deducts or element.bonus:
                word = ("扣分", "deducts") if element.deducts else ("加分", "bonus")
                texts.append(pick(language, *word))
            else:
                texts.append(pick(language, "未载明", "open") if element.open else "—")
    shown = " + ".join(texts[:4])
    if len(texts) > 4:
        shown += pick(language, f" 等 {len(texts)} 项", f" … {len(texts)} items")
    return shown
