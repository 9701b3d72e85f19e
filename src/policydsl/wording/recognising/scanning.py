"""Scoring phrases and figures in running text, as real documents write them.

:func:`scan` finds, sentence by sentence, what gives and takes points (未达到的每项扣4分,
每下降一个百分点扣2分, 最高得10分, 分别加10、20、30、40分), the thresholds that stand before it
(登记率达到95%), and every other figure with its part: page marks, document numbers, dates.
Meanings have the form that :mod:`~policydsl.wording.recognising.sentences` gives to sentences of
the controlled wording.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Literal

from policydsl.language.units import UNITS
from policydsl.wording.recognising.folding import split_outside
from policydsl.wording.recognising.meanings import (
    Amount,
    Meaning,
    Modifier,
    Partial,
    Step,
    Threshold,
)
from policydsl.wording.recognising.numerals import (
    ARABIC,
    HAN,
    NUMBER,
    Quantity,
    number_of,
    quantity,
    unit_pattern,
)
from policydsl.wording.recognising.sentences import begun_counts, read_act, read_modifier
from policydsl.wording.recognising.turning import POINTS, distances, phrase
from policydsl.wording.recognising.words import bare_lead

Role = Literal[
    "full_marks", "award", "deduct", "cap", "floor", "step", "threshold", "deadline", "share",
    "frequency", "number", "count", "date", "document", "reference", "page", "name",
]  # fmt: skip
"""What a figure is for.  From ``date`` on it is no figure of the rules."""

BESIDE_RULES: frozenset[Role] = frozenset({"date", "document", "reference", "page", "name"})


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the text: its place, value (base units) and what it is for."""

    start: int
    end: int
    text: str
    quantity: Quantity
    role: Role
    subject: str = ""
    operator: str = ""

    @property
    def value(self) -> Fraction:
        """The value in base units."""
        return self.quantity.value


@dataclass(frozen=True, slots=True)
class Found:
    """A rule found in a text: its meaning, its place, and the thresholds that it looks back to."""

    meaning: Meaning
    start: int
    end: int
    thresholds: tuple[Threshold, ...] = ()


@dataclass(frozen=True, slots=True)
class Scan:
    """What a text says in figures and scoring phrases, in the order of the text."""

    text: str
    rules: tuple[Found, ...]
    figures: tuple[Figure, ...]
    thresholds: tuple[Threshold, ...]


def scan(text: str) -> Scan:
    """Scoring phrases, thresholds and figures of a folded text."""
    figures = _figures(text)
    thresholds = tuple(_thresholds(text, figures))
    rules: list[Found] = []
    for start, end in split_outside(text, "。\n"):
        rules += _rules_of_sentence(text, start, end, thresholds)
    return Scan(text, tuple(rules), tuple(_assigned(text, figures, rules, thresholds)), thresholds)


# -- figures --------------------------------------------------------------------------------


@cache
def _figure() -> re.Pattern[str]:
    unit = unit_pattern()
    counted = unit_pattern_counted()
    return re.compile(
        rf"(?P<number>(?:{ARABIC})[万亿]?)(?P<unit>{unit})?"
        rf"|(?<![第统同专单万{HAN}])(?P<han>[{HAN}]+[万亿]?)(?P<counter>{counted})"
    )


@cache
def unit_pattern_counted() -> str:
    """Units behind a Chinese numeral that make it a figure: 一个百分点, 三次, 十个工作日."""
    words = (
        "个百分点", "个工作日", "个自然日", "工作日", "个月", "个小区", "个季度", "课时", "学时",
        "人次", "次", "篇", "家", "起", "项", "场", "套", "分", "人", "年", "年度", "户", "天",
        "日", "岁", "周岁", "条", "小时",
    )  # fmt: skip
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


_BEFORE_HAN = re.compile(
    r"(每\D{0,6}|不少于|不超过|不低于|不足|少于|至少|最多|最高|最低|满|达到?|确保有|举办|扣|加|得|计|"
    r"限期?|于|在|经)$"
)
_AFTER_HAN = re.compile(r"^(以上|以下|以内|内|及以上|及以下)")
_DOCUMENT = re.compile(
    r"〔\d{4}〕\s*\d*号?|[\u4e00-\u9fff]发\d{4,8}号|\[\d{4}\]\d+号|\(\d{4}\)\d+号|（\d{4}）\d+号"
)
_DATE = re.compile(
    r"\d{4}年[底末]|\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?|\d{1,2}月\d{1,2}日|\d{1,2}月份?(?=起|以后|前|上线|试行|至|开始|着手)"
    r"|202[X\d]年X月X日|[X\d]{3,4}年X月"
)
_REFERENCE = re.compile(
    r"附件\s?：?\s?\d+[.．]?|(?<=[\s；。：）)])\d{1,2}[.．、](?=\D)|^\d{1,2}[.．、](?=\D)|第[\d一二三四五六七八九十百]+[条款项章节段部号]"
)
_PAGE = re.compile(r"[-—－]\s*\d{1,3}\s*[-—－]|第\s?\d+\s?页|共\s?\d+\s?页")
_NAME = re.compile(r"“[^”]{1,24}”")
_VERSION = re.compile(
    r"(?<![A-Za-z])[A-Za-z]{1,12}\d{1,8}(?:\.\d{1,4})*|(?<!\d)\d{1,3}\.\d{1,3}(?=建设|时代|版)|[A-Za-z]\d+"
)


def _beside(text: str) -> list[tuple[int, int, Role]]:
    kinds: tuple[tuple[re.Pattern[str], Role], ...] = (
        (_DOCUMENT, "document"), (_DATE, "date"), (_PAGE, "page"), (_REFERENCE, "reference"),
        (_NAME, "name"), (_VERSION, "name"),
    )  # fmt: skip
    return [(m.start(), m.end(), role) for pattern, role in kinds for m in pattern.finditer(text)]


def _figures(text: str) -> list[Figure]:
    beside = _beside(text)
    found: list[Figure] = []
    for match in _figure().finditer(text):
        number = match["number"] or match["han"]
        unit = match["unit"] or match["counter"]
        if match["han"] is not None and not _is_figure(text, match):
            continue
        role = next(
            (r for a, b, r in beside if a <= match.start() and match.end("number") <= b), None
        )
        if match["han"] is not None:
            role = next((r for a, b, r in beside if a <= match.start() and match.end() <= b), None)
        if role == "date":
            continue
        try:
            amount = quantity(number, unit)
        except ValueError:
            continue
        found.append(Figure(match.start(), match.end(), match[0], amount, role or "number"))
    found += [_date(match) for match in _DATE.finditer(text)]
    for match in re.finditer(r"每(年|季度|季|月|周|学期|半年)(?!度总|满|增|少)", text):
        # how often is told by the unit: four quarters, twelve months are a year
        word = {"季度": "季", "半年": "年", "学期": "学期", "周": "周"}.get(match[1], match[1])
        amount = Quantity(Fraction(12), UNITS.get(word), Fraction(1))
        found.append(Figure(match.start(), match.end(), match[0], amount, "frequency"))
    return sorted(found, key=lambda figure: figure.start)


def _date(match: re.Match[str]) -> Figure:
    """A date as one figure: 20220406, 406 without its year, 202200 without its month."""
    year = re.match(r"(\d{4})年", match[0])
    month, day = re.search(r"(\d{1,2})月", match[0]), re.search(r"(\d{1,2})日", match[0])
    if match[0].endswith(("底", "末")) and year is not None:
        end = Fraction(int(year[1]) * 10_000 + 1231)
        return Figure(match.start(), match.end(), match[0], Quantity(end, None, end), "date")
    value = sum(
        int(found[1]) * size
        for found, size in ((year, 10_000), (month, 100), (day, 1))
        if found is not None
    )
    amount = Quantity(Fraction(value), None, Fraction(value))
    return Figure(match.start(), match.end(), match[0], amount, "date")


def _is_figure(text: str, match: re.Match[str]) -> bool:
    """Whether a Chinese numeral counts something, and is not a part of a word (统一, 一起)."""
    before, after = text[max(0, match.start() - 8) : match.start()], text[match.end() :]
    if match["counter"] in ("个百分点", "个工作日", "工作日", "篇", "课时", "个小区"):
        return True
    if match["han"] == "一" and match["counter"] in (
        "年",
        "起",
        "次",
        "分",
        "项",
        "人",
        "日",
        "天",
    ):
        return bool(_AFTER_HAN.match(after) or re.search(r"(每\D{0,6}|不少于|至少|举办)$", before))
    return bool(_AFTER_HAN.match(after) or _BEFORE_HAN.search(before))


# -- thresholds ------------------------------------------------------------------------------

_REACH = tuple(sorted((
    "不低于", "不少于", "不小于", "达到", "均达到", "需达", "均需达", "达", "不得少于", "不得低于",
    "高于", "超过", "低于", "不足", "不满", "少于", "不高于", "不超过", "早于", "晚于",
    "不得超过", "满",
    "至少", "至多", "为",
), key=lambda word: (-len(word), word)))  # fmt: skip
_OPERATORS = {
    "不低于": ">=", "不少于": ">=", "不小于": ">=", "达到": ">=", "达": ">=", "不得少于": ">=",
    "不得低于": ">=", "满": ">=", "至少": ">=", "高于": ">", "超过": ">", "低于": "<", "不足": "<",
    "不满": "<", "少于": "<", "不高于": "<=", "不超过": "<=", "不得超过": "<=", "至多": "<=",
}  # fmt: skip
_MARKS = "，。；：\n"


def thresholds_of(words: str) -> list[Threshold]:
    """The comparisons with numbers in the words of a condition."""
    return list(_thresholds(words, _figures(words)))


def _thresholds(text: str, figures: Sequence[Figure]) -> Iterator[Threshold]:
    for figure in figures:
        if figure.role != "number" or (figure.quantity.unit is None and not _bounded(text, figure)):
            continue
        if figure.quantity.dimension == "points" or text.endswith("（不足", 0, figure.start):
            continue
        if re.search(r"（不足[^（）]{1,12}的按$", text[max(0, figure.start - 24) : figure.start]):
            continue
        # what a threshold is about stands close before it
        before = text[max(_last(text, figure.start), figure.start - 120) : figure.start]
        word, operator = _operator(before, text[figure.end :])
        if not operator and figure.quantity.dimension != "percent":
            continue
        subject = _subject(before.removesuffix(word))
        for each in _subjects(subject, text, figure.start):
            yield Threshold(
                each, operator or ">=", figure.value, figure.quantity.dimension,
                (figure.start, figure.end),
                "" if figure.quantity.unit is None else figure.quantity.unit.symbol,
            )  # fmt: skip


def _bounded(text: str, figure: Figure) -> bool:
    return text.startswith(("以上", "以下"), figure.end)


def _last(text: str, position: int) -> int:
    return max(text.rfind(mark, 0, position) for mark in _MARKS) + 1


def _operator(before: str, after: str) -> tuple[str, str]:
    word = next((w for w in _REACH if before.endswith(w)), "")
    said = _OPERATORS.get(word.lstrip("均需"), _OPERATORS.get(word, ""))
    bound = re.match(r"[^，。；：、]{0,2}?(?:及|（含）)?(以上|以下|以内|内)", after)
    if bound is not None and said in ("", ">=") and not said.startswith("<"):
        return word, ">=" if bound[1] == "以上" else "<="
    return word, said


_LEADING = re.compile(
    r"^(?:.*?(?:工作|制度|服务|培训|活动|机制|落实|开展|做好|确保|提供|组织|完成|保障|推进|全年|年内)(?=[^，]{2,}率))?"
)


def _subject(before: str) -> str:
    """The words that a threshold is about: what stands before it, back to the last mark."""
    return re.sub(r"(均|且均|且|都|分别|需|应|要|须|占比)+$", "", before.strip())


def _subjects(subject: str, text: str, position: int) -> list[str]:
    """Several rates that one threshold holds for: 信息登记率和信息准确率均达90%以上."""
    del text, position
    parts = re.split(r"和|、|及|与", subject)
    rates = [part for part in parts if part.endswith(("率", "占比", "比例"))]
    if len(rates) > 1 and all(part.endswith(("率", "比例")) for part in parts[-2:]):
        return rates
    shared = re.fullmatch(r"(.*?)([\u4e00-\u9fff]{2})、([\u4e00-\u9fff]{2}率)", subject)
    if shared is not None:
        return [f"{shared[1]}{shared[2]}率", f"{shared[1]}{shared[3]}"]
    return [subject.rpartition("、")[2] if subject.endswith("率") else subject]


# -- rules -------------------------------------------------------------------------------------

_ACTS = ("deduct", "award", "give", "discretion_deduct", "discretion_award", "veto", "no_points",
         "zeroed", "suspended", "void", "deduct_nothing", "award_nothing")  # fmt: skip
_CAPS = ("cap_award", "cap_deduct", "cap_either", "floor_award", "floor_deduct")


@cache
def _act() -> re.Pattern[str]:
    """A consequence anywhere in a text."""
    amounts = rf"分别[加扣得减](?:{POINTS}分?、)+{POINTS}分"
    halves = r"分别减半(?:加|扣|计)分|减半(?:加|扣|计)分"
    simple = "|".join(phrase(key, n=POINTS).pattern for key in _ACTS)
    return re.compile(
        rf"(?P<amounts>{_bare(amounts)})|(?P<halves>{halves})|(?P<simple>{_bare(simple)})"
    )


@cache
def _cap() -> re.Pattern[str]:
    return re.compile(
        "|".join([*(_bare(phrase(key, n=POINTS).pattern) for key in _CAPS), "减半计算"])
    )


def _bare(pattern: str) -> str:
    return re.sub(r"(?<!\\)\((?!\?)", "(?:", pattern)


def _rules_of_sentence(
    text: str, start: int, end: int, thresholds: Sequence[Threshold]
) -> Iterator[Found]:
    """The rules of one sentence; what a rule looks back to ends at the rule before it."""
    since = start
    last: Found | None = None
    for position, stop in _consequences(text, start, end):
        words = text[position:stop]
        capped = read_modifier(words)
        if capped is not None and _cap().fullmatch(words):
            if last is not None:
                modifiers = (*last.meaning.modifiers, capped)
                last = replace(last, end=stop, meaning=replace(last.meaning, modifiers=modifiers))
            since = stop
            continue
        if last is not None:
            yield last
        last = _rule(text, since, position, stop, thresholds)
        begun = _BEGUN.match(text, stop)
        if last is not None and begun is not None and last.meaning.step is not None:
            step = replace(last.meaning.step, partial=begun_counts(begun[1]))
            stop = begun.end()
            last = replace(last, end=stop, meaning=replace(last.meaning, step=step))
        since = stop
    if last is not None:
        yield last


_BEGUN = re.compile(r"（不足[^（）]{1,12}的(不计|按比例计|按[^（）]{1,12}计)）")
"""What a begun step counts, behind the points for each step."""


def _consequences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    caps = [m.span() for m in _cap().finditer(text, start, end)]
    acts = [
        m.span()
        for m in _act().finditer(text, start, end)
        if not any(a <= m.start() < b for a, b in caps) and not _is_word(text, m.start(), m.end())
    ]
    return sorted([*caps, *acts])


def _is_word(text: str, start: int, end: int) -> bool:
    """Whether what looks like a consequence is a part of another word (加分项, 计分标准)."""
    del start
    return text.startswith(("项", "标准", "办法", "钟"), end)


def _rule(
    text: str, since: int, position: int, stop: int, thresholds: Sequence[Threshold]
) -> Found | None:
    words = text[position:stop]
    lead_start = max(_last(text, position), since)
    lead = text[lead_start:position]
    if not bare_lead(lead):
        # 不按规定报送信息材料的，每次扣2分: what the consequence belongs to stands before the comma
        lead_start = max(_last(text, max(lead_start - 1, since)), since)
        lead = text[lead_start:position]
    looked = tuple(t for t in thresholds if since <= t.span[0] < position)
    act = _consequence(words)
    step = _counted(text, since, lead_start, position)
    if step is not None and act.kind in ("flat", "discretion"):
        counted, begins, condition = step
        meaning = replace(act, kind="step", step=counted, condition=condition)
        return Found(meaning, begins, stop, looked)
    return Found(replace(act, condition=bare_lead(_tidied(lead))), lead_start, stop, looked)


def _tidied(lead: str) -> str:
    return lead.strip("，、；：（ ")


def _consequence(words: str) -> Meaning:
    several = re.fullmatch(rf"分别([加扣得减])((?:{POINTS}分?、)+{POINTS}分)", words)
    if several is not None:
        amounts = tuple(number_of(x.rstrip("分")) for x in several[2].split("、"))
        sign = 1 if several[1] in "加得" else -1
        return Meaning("respectively", sign, amounts=amounts, phrase="respectively")
    if re.fullmatch(r"(?:分别)?减半[加扣计]分", words):
        half = Modifier("scale", Fraction(1, 2))
        return Meaning(
            "respectively", -1 if "扣" in words else 1, modifiers=(half,), phrase="halved"
        )
    act = read_act(words)
    return act if act is not None else Meaning("open")


def _counted(text: str, since: int, lead_start: int, position: int) -> tuple[Step, int, str] | None:
    """(step, where it begins, condition) if the consequence is for each of something."""
    lead = text[lead_start:position]
    # 每学期宣教课时不足6课时的: how often, not for each of what
    places = [
        m.start()
        for m in re.finditer(r"每(?!(?:年|季度?|月|周|学期|半年)[^\d加扣得酌满的，])|各项", lead)
    ]
    if not places:
        return None
    at = places[-1]
    unit = unit_pattern()
    part = lead[at:]
    ways = "|".join(re.escape(word) for word, _ in distances())
    before = _tidied(lead[:at])
    off = re.fullmatch(
        rf"每(?P<way>{ways})(?P<of>\D*?)(?P<n>{NUMBER})(?P<unit>{unit})(?P<what>[^\d]*?)的?", part
    )
    if off is not None:
        way = dict(distances())[off["way"]]
        if off["of"].startswith(("上年", "上一年")):
            way = "above"
        size = _sized(off["n"], off["unit"])
        condition = bare_lead(before) or _before(text, since, lead_start)
        step = Step(
            size.value, bare_lead(off["what"]), way, unit=off["unit"], dimension=size.dimension
        )
        return step, lead_start + at, condition
    every = re.fullmatch(rf"(?:每|各)(?P<n>{NUMBER})?(?P<unit>{unit})(?P<what>.*?)的?", part)
    if every is not None:
        size = _sized(every["n"] or "1", every["unit"])
        subject = bare_lead(every["what"]) or bare_lead(before) or _before(text, since, lead_start)
        begins = lead_start + at if every["what"] else lead_start
        return (
            Step(size.value, subject, unit=every["unit"], dimension=size.dimension),
            begins,
            bare_lead(before) if every["what"] else "",
        )
    inside = re.fullmatch(rf"每(?P<verb>\D*?)(?P<n>{NUMBER})(?P<unit>{unit})(?P<what>.*?)的?", part)
    if inside is not None:
        size = _sized(inside["n"], inside["unit"])
        subject = f"{inside['verb'].removeprefix('满')}{bare_lead(inside['what'])}"
        partial: Partial = "whole" if inside["verb"].startswith("满") else ""
        step = Step(
            size.value,
            subject or before,
            partial=partial,
            unit=inside["unit"],
            dimension=size.dimension,
        )
        return step, lead_start + at, bare_lead(before)
    return None


def _before(text: str, since: int, lead_start: int) -> str:
    """The part of the sentence before a comma, if it is a condition (…的，每次扣2分)."""
    first = max(_last(text, max(lead_start - 1, 0)), since)
    words = text[first:lead_start].strip("，；")
    return bare_lead(words) if words.endswith("的") else ""


def _sized(number: str, unit: str) -> Quantity:
    return quantity(number, unit)


# -- which figure is for what ---------------------------------------------------------------------


def _assigned(
    text: str, figures: Sequence[Figure], rules: Sequence[Found], thresholds: Sequence[Threshold]
) -> Iterator[Figure]:
    of_threshold: Mapping[tuple[int, int], Threshold] = {t.span: t for t in thresholds}
    for figure in figures:
        yield _role(text, figure, rules, of_threshold)


_LIMITS: tuple[tuple[str, Role], ...] = (
    ("full_marks", "full_marks"), ("cap_award", "cap"), ("cap_deduct", "cap"), ("cap", "cap"),
    ("floor_award", "floor"), ("floor_deduct", "floor"),
)  # fmt: skip


def _role(
    text: str,
    figure: Figure,
    rules: Sequence[Found],
    thresholds: Mapping[tuple[int, int], Threshold],
) -> Figure:
    if figure.role != "number":
        return figure
    rule = next((r for r in rules if r.start <= figure.start and figure.end <= r.end), None)
    unit = figure.quantity.unit
    around = text[max(0, figure.start - 12) : figure.end + 4]
    for key, role in _LIMITS:
        pattern = phrase(key, n=POINTS)
        for match in pattern.finditer(text, max(0, figure.start - 12), figure.end + 4):
            if match.start() <= figure.start < match.end():
                return replace(figure, role=role)
    if (unit is not None and unit.dimension == "points") or _listed_amount(text, figure):
        sign = rule.meaning.sign if rule is not None else 0
        said = re.search(r"(扣|减)\D{0,3}$", text[max(0, figure.start - 6) : figure.start])
        return replace(figure, role="deduct" if sign < 0 or said else "award")
    stepped = rule is not None and rule.meaning.step is not None
    before = text[rule.start : figure.start] if rule is not None else ""
    if stepped and re.search(r"每[^，。；]*$|（不足$|的按$", before):
        return replace(figure, role="step")
    if unit is not None and unit.dimension == "working_day":
        return replace(figure, role="deadline")
    if re.search(rf"按\D{{0,2}}{re.escape(figure.text)}(?:的)?比例", around):
        return replace(figure, role="share")
    known = thresholds.get((figure.start, figure.end))
    if known is not None:
        return replace(figure, role="threshold", subject=known.subject, operator=known.operator)
    return replace(figure, role="count" if unit is not None else "number")


def _listed_amount(text: str, figure: Figure) -> bool:
    """Whether a bare number stands in 分别加10、20、30、40分."""
    return bool(
        re.search(
            rf"分别[加扣得减](?:{POINTS}分?、)*$", text[max(0, figure.start - 120) : figure.start]
        )
        and re.match(rf"(?:、{POINTS}分?)*分", text[figure.end : figure.end + 120])
    )


def amounts_of(meaning: Meaning) -> Iterator[tuple[Role, Fraction]]:
    """The points in a meaning, with what they are for."""
    for part in meaning.walk():
        role: Role = "deduct" if part.sign < 0 else "award"
        if part.amount is not None:
            for value in {part.amount.low, part.amount.high}:
                if value:
                    yield role, value
        for value in part.amounts:
            yield role, value
        for modifier in part.modifiers:
            if modifier.kind in ("cap", "floor"):
                yield ("cap" if modifier.kind == "cap" else "floor"), modifier.value
        for row in part.cells:
            for cell in row:
                if cell.value:
                    yield "award", cell.value


__all__ = ["Amount", "Figure", "Found", "Scan", "amounts_of", "scan", "thresholds_of"]
