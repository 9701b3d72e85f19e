"""The reasons of a score in words, and values as a trace shows them.

A function for each reason gives the :class:`Reason`, in Chinese and in English; ``label`` is
what a reader calls the clause.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from policydsl.language.keywords import Language
from policydsl.model import rules as r
from policydsl.model.policy import Blend, BlendPart, Clause, Closing, Fact
from policydsl.scoring.exact.score import Certainty, Reason
from policydsl.scoring.expressions import Missing, Undecided, Value
from policydsl.scoring.ranges import show_points

# -- clauses and documents


def assumption(clause: str, text: str, fact: str | None = None) -> Reason:
    """What the encoding, or the text of a fact, takes to be so."""
    return Reason("assumption", clause, text, text, fact)


def closing(clause: str, given: Closing) -> Reason:
    """What an assumption set closes."""
    zh = f"假设集 {given.assumption}：{given.clause}（{given.what}）{given.reason}"
    en = f"assumption set {given.assumption}: {given.clause} ({given.what_en}): {given.reason}"
    return Reason("assumption", clause, zh, en, assumption=given.assumption)


def eligibility_missing(clause: str, missing: Missing) -> Reason:
    """Facts that the condition of application reads were not handed in."""
    names = "、".join(sorted(missing.facts))
    return Reason(
        "missing",
        clause,
        f"适用条件未能核对：未提供{names}",
        f"eligibility not checked: {names} not handed in",
    )


def eligibility_open(clause: str) -> Reason:
    """The condition of application rests on what the text does not say."""
    return Reason(
        "open",
        clause,
        "适用条件未能核对：适用情形未载明",
        "eligibility not checked: the text does not say when",
    )


def not_eligible(clause: str) -> Reason:
    """The document does not apply to the case."""
    return Reason("not_eligible", clause, "不符合适用条件", "does not meet the conditions")


def no_date(clause: Clause) -> Reason:
    """A clause with dates of its own, and a case without a date of assessment."""
    return Reason(
        "assumption",
        clause.id,
        f"{clause.label}：没有评定日，按施行期内计",
        f"{clause.label}: no date of assessment; counted as in force",
    )


def not_yet_in_force(clause: Clause, start: date) -> Reason:
    """A clause that is not in force yet."""
    return Reason(
        "not_in_force",
        clause.id,
        f"{clause.label}：{start} 起施行",
        f"{clause.label}: in force from {start}",
    )


def expired(clause: Clause, end: date) -> Reason:
    """A clause that is not in force any more."""
    return Reason(
        "not_in_force",
        clause.id,
        f"{clause.label}：已于 {end} 失效",
        f"{clause.label}: expired on {end}",
    )


def start_open(clause: Clause) -> Reason:
    """The text does not say what a clause starts at."""
    return Reason(
        "open",
        clause.id,
        f"{clause.label}的起评分未载明",
        f"the start of {clause.label} is not stated",
    )


def cap_open(clause: Clause) -> Reason:
    """The text does not state the cap of a clause."""
    return Reason(
        "open", clause.id, f"{clause.label}的上限未载明", f"the cap of {clause.label} is not stated"
    )


def floor_open(clause: Clause) -> Reason:
    """The text does not state the floor of a clause."""
    return Reason(
        "open",
        clause.id,
        f"{clause.label}的下限未载明",
        f"the floor of {clause.label} is not stated",
    )


_STATUSES = {
    "suspended": ("暂时失效", "suspended"),
    "void": ("永久失效", "void"),
    "zeroed": ("清零", "zeroed"),
    "frozen": ("冻结", "frozen"),
}


def status(given: r.Status, certainty: Certainty) -> Reason:
    """What has become of the points."""
    zh, en = _STATUSES[given]
    may = ("可能", "may be ") if certainty == "maybe" else ("", "")
    return Reason("status", "", f"积分{may[0]}{zh}", f"points {may[1]}{en}")


def weight_open(blend: Blend, part: BlendPart) -> Reason:
    """The text does not state the weight of a part."""
    return Reason(
        "open",
        blend.id,
        f"{blend.name}：“{part.text}”的权重未载明",
        f"{blend.name}: the weight of “{part.text}” is not stated",
    )


# -- rules


def missing(clause: str, label: str, fact: str) -> Reason:
    """A fact was not handed in."""
    return Reason(
        "missing", clause, f"{label}：未提供“{fact}”", f"{label}: “{fact}” was not handed in", fact
    )


def undecided(clause: str, label: str, value: Value) -> Reason:
    """Something depends on an open score, or on what the text does not say."""
    if isinstance(value, Undecided) and value.cause == "score":
        zh, en = f"{label}：得分未定，不能确定", f"{label}: rests on a score that is open"
    else:
        zh, en = f"{label}：适用情形未载明", f"{label}: the text does not say when this applies"
    return Reason("open", clause, zh, en)


def amount_open(clause: str, label: str) -> Reason:
    """The text does not state the points, or by what they are given."""
    return Reason(
        "open", clause, f"{label}：分值或标准未载明", f"{label}: points or standard not stated"
    )


def rest_of_step(clause: str, label: str) -> Reason:
    """A part of a step was left out, which the text does not say."""
    return Reason(
        "assumption",
        clause,
        f"{label}：不足一步的部分不计（条文未写明）",
        f"{label}: a part of a step is not counted (not stated)",
    )


def veto(clause: str, label: str, unsure: bool) -> Reason:
    """A veto."""
    may = _perhaps(unsure)
    return Reason("veto", clause, f"{label}：{may[0]}一票否决", f"{label}: {may[1]}veto")


def no_points(clause: str, label: str, unsure: bool) -> Reason:
    """不得分."""
    may = _perhaps(unsure)
    return Reason("no_points", clause, f"{label}：{may[0]}不得分", f"{label}: {may[1]}no points")


def _perhaps(unsure: bool) -> tuple[str, str]:
    return ("可能", "perhaps ") if unsure else ("", "")


# -- an assessor's points


def discretionary(clause: str, label: str, sign: r.Sign) -> Reason:
    """Points that nobody has judged yet."""
    zh, en = ("扣分", "deduction") if sign < 0 else ("加分", "award")
    return Reason(
        "discretionary",
        clause,
        f"{label}：酌情{zh}，尚待评定",
        f"{label}: discretionary {en}, not yet judged",
    )


def judged(clause: str, points: Fraction) -> Reason:
    """An assessor's points counted."""
    return Reason(
        "judgement",
        clause,
        f"经评定 {show_points(points)} 分",
        f"judged at {show_points(points)} points",
    )


def judgement_unused(clause: str, points: Fraction) -> Reason:
    """An assessor's points had nothing to count for."""
    return Reason(
        "judgement",
        clause,
        f"评定 {show_points(points)} 分未采用：无须酌情",
        f"the judgement of {show_points(points)} was not used: nothing to judge",
    )


# -- values in traces


def show_value(value: object, fact: Fact | None = None, language: Language = "zh") -> str:
    """A fact's value as a reader writes it."""
    zh = language == "zh"
    if isinstance(value, Missing):
        return "未提供" if zh else "not handed in"
    if isinstance(value, Undecided):
        return (" 或 " if zh else " or ").join(
            show_value(x, fact, language) for x in value.outcomes
        )
    if isinstance(value, bool):
        return ("是" if value else "否") if zh else ("yes" if value else "no")
    if isinstance(value, Fraction):
        unit = ""
        if fact is not None and fact.kind == "percentage":
            unit = "%"
        elif fact is not None and fact.unit:
            word = fact.unit.symbol if zh else fact.unit.english.replace("_", " ")
            unit = f" {word or fact.unit.symbol}"
        return f"{show_points(value)}{unit}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
