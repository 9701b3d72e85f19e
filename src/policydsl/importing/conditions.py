"""Conditions in official words → conditions of the language.

The words of :mod:`policydsl.wording.chinese` run backwards: 登记率低于95%或者未开展业务培训 becomes
``登记率 低于 95% 或 未开展 业务培训``.  What is no comparison is a yes-or-no fact, named by its
words.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from policydsl.importing.drafts import named
from policydsl.wording.phrases import COMPARISON_WORDS, DATE_WORDS, NOT_DONE_WORDS
from policydsl.wording.recognising.folding import pieces
from policydsl.wording.recognising.numerals import NUMBER, unit_pattern

_NOT_DONE = {
    phrase.zh.replace("{fact}", ""): phrase.zh.startswith("{fact}")
    for phrase in NOT_DONE_WORDS.values()
}
"""未开展 → whether the fact stands before it."""

VERBS = ("未开展", "未落实", "未完成", "未达到", "未达标", "未建立", "未增长", "未整治")
_WORDS = sorted(
    {w.zh for w in COMPARISON_WORDS.values()} - {"为", "不为"}, key=lambda w: (-len(w), w)
)
_DATES = {w.zh: sign for sign, w in DATE_WORDS.items()}
_QUANTITY = rf"(?:{NUMBER})(?:{unit_pattern()})?"
_DATE = r"\d{4}年\d{1,2}月\d{1,2}日"

NameOf = Callable[[str, str], str]
"""(words, kind) → name of a fact."""


def condition(words: str, name_of: NameOf) -> str:
    """A condition of the language for official words."""
    for mark, joiner in (("，或者", " 或 "), ("，并且", " 且 ")):
        parts = _split(words, mark)
        if len(parts) > 1:
            return joiner.join(_bracketed(condition(part, name_of)) for part in parts)
    for mark, joiner in (("或者", " 或 "), ("且", " 且 ")):
        parts = _split(words, mark)
        if len(parts) > 1:
            first = list(pieces(parts[0], "、")) if len(parts) == 2 else [parts[0]]
            listed = [*first, *parts[1:]] if all(_is_atom(x) for x in first) else parts
            return joiner.join(_bracketed(condition(part, name_of)) for part in listed)
    if words.startswith("（") and words.endswith("）") and len(_split(words, "）")) <= 2:
        return f"（{condition(words[1:-1], name_of)}）"
    return _atom(words, name_of)


def _split(words: str, mark: str) -> list[str]:
    """The parts at a word that stands outside brackets and quotation marks."""
    parts, depth, start, position = [], 0, 0, 0
    while position < len(words):
        depth += (words[position] in "（“") - (words[position] in "）”")
        if depth == 0 and words.startswith(mark, position) and position > start:
            parts.append(words[start:position])
            position += len(mark)
            start = position
            continue
        position += 1
    parts.append(words[start:])
    return [part.strip("，") for part in parts]


def _is_atom(words: str) -> bool:
    return bool(words) and len(words) > 1


def _bracketed(text: str) -> str:
    return f"（{text}）" if " 或 " in text or " 且 " in text else text


def _atom(words: str, name_of: NameOf) -> str:
    spouse = ""
    if words.startswith("配偶的"):
        spouse, words = "配偶 的 ", words.removeprefix("配偶的")
    inner = re.fullmatch(r"不属于“(.+)”情形", words)
    if inner is not None:
        return f"非 （{condition(inner[1], name_of)}）"
    for verb, after in _NOT_DONE.items():
        if after and words.endswith(verb) and len(words) > len(verb):
            return f"{verb} {named(name_of(words.removesuffix(verb), 'yes'))}"
        if not after and words.startswith(verb) and len(words) > len(verb):
            return f"{verb} {named(name_of(words.removeprefix(verb), 'yes'))}"
    given = re.fullmatch(r"(已|未)提供(.+)", words)
    if given is not None:
        fact = named(name_of(given[2], "any"))
        return f"已提供 {fact}" if given[1] == "已" else f"非 已提供 {fact}"
    between = re.fullmatch(
        rf"(.+?)在({NUMBER})((?:{unit_pattern()})?)至({NUMBER})((?:{unit_pattern()})?)", words
    )
    if between is not None:
        unit = between[5]
        return f"{spouse}{named(name_of(between[1], unit))} {between[2]} 至 {between[4]} {unit}"
    opened = re.fullmatch(rf"(.+?)在({_QUANTITY})以上(不足|不满|低于)({_QUANTITY})", words)
    if opened is not None:
        fact = named(name_of(opened[1], _unit(opened[2])))
        return f"{spouse}{fact} {_spaced(opened[2])} 以上 {opened[3]} {_spaced(opened[4])}"
    bound = re.fullmatch(rf"(.+?)在({_QUANTITY})(以上|以下)", words)
    if bound is not None:
        return f"{spouse}{named(name_of(bound[1], _unit(bound[2])))} {_spaced(bound[2])} {bound[3]}"
    for word in (*_WORDS, *_DATES):
        compared = re.fullmatch(rf"(.+?){word}({_QUANTITY}|{_DATE})", words)
        if compared is not None:
            said = word if word in _WORDS else _DATES[word]
            fact = named(name_of(compared[1], _unit(compared[2])))
            return f"{spouse}{fact} {said} {_spaced(compared[2])}"
    one_of = re.fullmatch(r"(.+?)(不为|为)([^\d].*)", words)
    if one_of is not None:
        values = "、".join(named(value) for value in one_of[3].split("、"))
        return f"{spouse}{named(name_of(one_of[1], 'choice'))} {one_of[2]} {values}"
    for word in _WORDS:
        both = re.fullmatch(rf"(.+?){word}(.*(?:率|数|分|额|占比|比例))", words)
        if both is not None:
            return f"{named(name_of(both[1], '%'))} {word} {named(name_of(both[2], '%'))}"
    return spouse + named(name_of(_noun(words), "yes"))


def _noun(words: str) -> str:
    """The name of a fact for which a predicate is said: 有刑事犯罪记录 → 刑事犯罪记录."""
    for pattern in (r"已开展(.+)", r"有(.+(?:记录|身份|登记|证书|学历|资格|捐献|重点工作))",
                    r"获(.+(?:推广|批示|表彰|奖励|奖项|荣誉|称号))",
                    r"属(.+(?:党员|职工|被执行人|军人|人员|对象))",
                    r"在(.+就业)"):  # fmt: skip
        found = re.fullmatch(pattern, words)
        if found is not None:
            return found[1]
    found = re.fullmatch(r"发生(.+)", words)
    return f"{found[1]}发生" if found is not None else words


def _unit(words: str) -> str:
    found = re.fullmatch(rf"(?:{NUMBER})(.*)", words)
    return found[1] if found is not None else "date"


def _spaced(words: str) -> str:
    date = re.fullmatch(r"(\d{4})年(\d{1,2})月(\d{1,2})日", words)
    if date is not None:
        return f"{date[1]}-{int(date[2]):02}-{int(date[3]):02}"
    found = re.fullmatch(rf"({NUMBER})(.*)", words)
    if found is None:
        return words
    space = "" if found[2] in ("%", "‰") else " "
    return f"{found[1].replace(',', '')}{space}{found[2]}".strip()
