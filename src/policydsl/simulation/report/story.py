"""The sentences that matter: who gains, who loses, what becomes of the line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, Literal

from policydsl.pages.page import Card, Line, Rich, Strong, Term, line
from policydsl.scoring.columns.plan import UNBOUNDED
from policydsl.simulation import statistics as st
from policydsl.simulation.report.material import Material
from policydsl.simulation.report.words import (
    count_of,
    count_text,
    definition,
    of_many,
    points_text,
    share_text,
)

IN, MAYBE, OUT = range(len(st.PLACES))


def lead(material: Material) -> tuple[Rich, ...]:
    """Three sentences for each draft; of a base alone, how its scores lie."""
    sim = material.simulation
    if not len(sim.people):
        return (material.say("人口里没有参加计分的人。", "Nobody in the population is scored."),)
    if not sim.drafts:
        return (*_spread(material), _line_alone(material))
    found: list[Rich] = []
    for draft in sim.drafts:
        if len(sim.drafts) > 1:
            label = sim.labels[draft]
            found.append(line(Strong(material.say(f"草案 {label}", f"Draft {label}"))))
        change = sim.change(draft)
        found += [
            _gainers(material, draft, change),
            _losers(material, draft, change),
            _line_moves(material, draft),
        ]
    return tuple(found)


# -- who gains, who loses


def _gainers(material: Material, draft: int, change: st.Change) -> Line:
    say, noun = material.say, material.noun
    gains, size = change.counts["gains"], change.size
    head = Strong(say("谁得益　", "Who gains: "))
    if not gains:
        return line(head, say(f"没有{_any(noun)}的得分提高。", "Nobody's score rises."))
    mean = _per_head(change.gained, gains, material)
    most = max((int(v) for v in change.low.values if abs(v) < UNBOUNDED), default=0)
    text = say(
        f"（占 {share_text(gains, size)}{_comma(of_many(gains, size, noun))}）的得分提高",
        f" ({share_text(gains, size, 'en')}) have a higher score",
    )
    if mean is not None:
        text += say(f"，平均每{_one(noun)}多 {mean} 分", f", {mean} more on average")
        top = Fraction(most, material.simulation.scale)
        text += say(f"，最多的多 {points_text(top)} 分", f", {points_text(top)} at most")
    text += _best_group(material, draft, "gains") + _main_cause(material, draft) + "。"
    who = say(f"{count_of(gains, noun[0])}", f"{gains:,} of {size:,} {noun[1]}")
    intro = say(f"{count_of(size, noun[0])}中，", "")
    return line(
        head,
        intro,
        Strong(who, "gain"),
        text if material.language == "zh" else text.replace("。", "."),
    )


def _losers(material: Material, draft: int, change: st.Change) -> Line:
    say, noun = material.say, material.noun
    loses, mixed, size = change.counts["loses"], change.counts["mixed"], change.size
    head = Strong(say("谁受损　", "Who loses: "))
    parts: list[Any] = [head]
    if loses:
        mean = _per_head(change.lost, loses, material)
        parts.append(Strong(say(f"{count_of(loses, noun[0])}", f"{loses:,} {noun[1]}"), "loss"))
        text = say(
            f"（占 {share_text(loses, size)}{_comma(of_many(loses, size, noun))}）的得分降低",
            f" ({share_text(loses, size, 'en')}) have a lower score",
        )
        if mean is not None:
            text += say(f"，平均每{_one(noun)}少 {mean} 分", f", {mean} less on average")
        parts.append(text + _best_group(material, draft, "loses"))
    else:
        parts.append(say(f"没有{_any(noun)}的得分降低", "nobody's score falls"))
    if mixed:
        parts.append(
            say(
                f"；另有 {count_of(mixed, noun[0])}是多是少要看怎样酌情",
                f"; for {mixed:,} it hangs on judgement",
            )
        )
    lost = int(material.simulation.crossing(draft)[IN, OUT])
    if lost:
        house = material.households
        but = say("；但 " if not loses else "；", "; but " if not loses else "; ")
        parts.append(but)
        parts.append(Strong(say(f"{count_of(lost, house[0])}", f"{lost:,} {house[1]}"), "loss"))
        parts.append(say("由有位变为无位", " lose their place"))
    parts.append(say("。", "."))
    return Line(tuple(parts))


def _per_head(sum_: int, persons: int, material: Material) -> str | None:
    if abs(sum_) >= UNBOUNDED:
        return None
    return points_text(Fraction(sum_, persons * material.simulation.scale))


def _best_group(material: Material, draft: int, kind: st.ChangeKind) -> str:
    """The group in which the share is highest, where it stands out."""
    shares = []
    for label, own in material.simulation.change_by(draft):
        if own.size:
            shares.append((Fraction(own.counts[kind], own.size), label, own))
    if len(shares) < 2:
        return ""
    share, label, own = max(shares, key=lambda each: each[0])
    if share == 0 or share == min(shares, key=lambda each: each[0])[0]:
        return ""
    by = material.simulation.by
    assert by is not None
    shown = share_text(own.counts[kind], own.size, material.language)
    return material.say(
        f"；按{by.name}看，“{label}”一组的比例最高（{shown}）",
        f"; by {by.name}, “{label}” has the highest share ({shown})",
    )


def _main_cause(material: Material, draft: int) -> str:
    """The changed clause that adds most to the mean."""
    found = material.values.get("contributions")
    if found is None:
        return ""
    parts = [p for p in found[draft - 1].parts if p.mean is not None and p.mean > 0]
    if not parts:
        return ""
    best = max(parts, key=lambda part: part.mean)
    return material.say(f"；主要来自“{best.clause}”", f"; mostly by “{best.clause}”")


# -- the line


def _line_moves(material: Material, draft: int) -> Line:
    say = material.say
    sim = material.simulation
    before, after = sim.line(0), sim.line(draft)
    head = Strong(say("录取线怎么变　", "The line: "))
    if after.quota is None and before.quota is None:
        return line(
            head,
            say(
                "没有给定名额（场景没有写，也没有 --quota），不计算录取线。",
                "no number of places is given, so there is no line.",
            ),
        )
    house = material.households
    parts: list[Any] = [head, _quota(material, before, after)]
    if before.line is None or after.line is None:
        parts.append(_no_line(material, before if before.line is None else after))
    elif before.line == after.line:
        parts.append(
            say(
                f"录取线不变，仍是 {points_text(after.line)} 分",
                f"the line stays at {points_text(after.line)}",
            )
        )
    else:
        up = after.line > before.line
        parts.append(
            say(
                f"录取线由 {points_text(before.line)} 分{'升到' if up else '降到'} ",
                f"from {points_text(before.line)} {'up' if up else 'down'} to ",
            )
        )
        parts.append(Strong(say(f"{points_text(after.line)} 分", points_text(after.line))))
    crossing = sim.crossing(draft)
    gone, came = int(crossing[IN, OUT]), int(crossing[OUT, IN])
    if gone or came:
        parts.append(
            say(
                f"；{count_of(came, house[0])}由无位变为有位，"
                f"{count_of(gone, house[0])}由有位变为无位",
                f"; {came:,} {house[1]} come in and {gone:,} drop out",
            )
        )
    else:
        parts.append(say("；没有人跨线", "; nobody crosses it"))
    if after.tied:
        parts.append(
            say(
                f"；线上同分 {count_of(after.tied, house[0])}、容不下全部",
                f"; {after.tied:,} tie at it",
            )
        )
    parts.append(say("。", "."))
    return Line(tuple(parts))


def _quota(material: Material, before: st.Line, after: st.Line) -> str:
    if before.quota == after.quota:
        number = after.quota or 0
        return material.say(f"{count_of(number, '个名额')}，", f"{number:,} places; ")
    old, new = (
        material.say("不定", "open") if q is None else f"{q:,}" for q in (before.quota, after.quota)
    )
    return material.say(f"名额由 {old} 变为 {new}，", f"places from {old} to {new}; ")


def _no_line(material: Material, found: st.Line) -> str:
    if not found.quota:
        return material.say("没有名额，没有录取线", "no places, no line")
    return material.say("没有人确定有位，没有录取线", "nobody has a certain place, so no line")


def _line_alone(material: Material) -> Line:
    say, found = material.say, material.simulation.line(0)
    head = Strong(say("录取线　", "The line: "))
    if found.quota is None:
        return line(
            head,
            say(
                "没有给定名额（场景没有写，也没有 --quota），不计算录取线。",
                "no number of places is given, so there is no line.",
            ),
        )
    house = material.households
    if found.line is None:
        return line(
            head, _quota(material, found, found), _no_line(material, found) + say("。", ".")
        )
    taken, perhaps = found.placed("in"), found.placed("maybe")
    parts = [say(f"确定有位的 {count_of(taken, house[0])}", f"{taken:,} have a certain place")]
    if perhaps:
        parts.append(say(f"未定的 {count_of(perhaps, house[0])}", f"{perhaps:,} perhaps"))
    if found.margin is not None:
        next_ = points_text(found.margin)
        parts.append(say(f"下一名差 {next_} 分", f"the next one misses by {next_}"))
    return line(
        head,
        _quota(material, found, found),
        say("录取线 ", "the line is "),
        Strong(say(f"{points_text(found.line)} 分", points_text(found.line))),
        say("；", "; ") + say("；", "; ").join(parts) + say("。", "."),
    )


def _spread(material: Material) -> Sequence[Rich]:
    """Of a base alone: how scores lie, and how much of them is open."""
    say, noun = material.say, material.noun
    sim = material.simulation
    low, high = sim.summary(0)
    size = low.count
    middle = low.quantiles[Fraction(1, 2)]
    rest = (
        ""
        if low.mean is None
        else say(f"平均 {points_text(low.mean)} 分", f"{points_text(low.mean)} on average")
    )
    if low.mean is not None and high.mean is not None and high.mean != low.mean:
        rest = say(
            f"平均 {points_text(low.mean)}～{points_text(high.mean)} 分",
            f"{points_text(low.mean)} to {points_text(high.mean)} on average",
        )
    parts = [rest]
    if middle is not None:
        half = f"{_any(noun)}{'' if low is high else '的下限'}"
        shown = points_text(middle)
        parts.append(say(f"一半{half}不超过 {shown} 分", f"half have at most {shown}"))
    ends = low.quantiles[Fraction(0)], high.quantiles[Fraction(1)]
    if ends[0] is not None and ends[1] is not None:
        parts.append(
            say(
                f"最低 {points_text(ends[0])} 分、最高 {points_text(ends[1])} 分",
                f"from {points_text(ends[0])} to {points_text(ends[1])}",
            )
        )
    first = line(
        Strong(say("分数怎样　", "The scores: ")),
        say(f"{count_of(size, noun[0])}，", f"{size:,} {noun[1]}, ")
        + say("，", ", ").join(filter(None, parts))
        + say("。", "."),
    )
    return first, _openness(material)


def _openness(material: Material) -> Line:
    say, noun = material.say, material.noun
    sim = material.simulation
    found = sim.discretion(0)
    head = Strong(say("定不下来的　", "What is open: "))
    if not found.open:
        return line(head, say("没有，人人都是确定的分数。", "nothing; every score is certain."))
    widest = found.width.quantiles[Fraction(1)]
    text = say(
        f"（占 {share_text(found.open, found.persons)}）的得分要看怎样酌情或补足未载明之处",
        f" ({share_text(found.open, found.persons, 'en')}) have a range for a score",
    )
    if widest is not None:
        text += say(f"，最宽相差 {points_text(widest)} 分", f", {points_text(widest)} wide at most")
    if found.pairs[1]:
        text += say(
            f"；任取两{noun[0] if noun[0] != '人' else '人'}，"
            f"{share_text(*found.pairs)} 的先后因此未定",
            f"; the order of {share_text(*found.pairs, 'en')} of pairs hangs on it",
        )
    who = say(f"{count_of(found.open, noun[0])}", f"{found.open:,} {noun[1]}")
    return line(head, Strong(who), text + say("。", "."))


# -- cards


def cards(material: Material) -> tuple[Card, ...]:
    """The figures that everybody looks for, of the base and the first draft."""
    sim, say = material.simulation, material.say
    if not len(sim.people):
        return ()
    draft = 1 if sim.drafts else 0
    before, (after, high) = sim.summary(0)[0], sim.summary(draft)
    found = [_card(material, "mean", say("人均得分", "Mean"), before.mean, after.mean, draft)]
    if after.mean is not None and high.mean is not None and after.mean != high.mean:
        both = f"{points_text(after.mean)}～{points_text(high.mean)}"
        found = [replace(found[0], value=both)]
    if draft:
        change = sim.change(draft)
        found += [
            _changed(material, change, "gains", say("受益", "Gain"), "gain"),
            _changed(material, change, "loses", say("受损", "Lose"), "loss"),
        ]
    lines = sim.line(0), sim.line(draft)
    if lines[1].line is not None:
        found.append(
            _card(material, "line", say("录取线", "Line"), lines[0].line, lines[1].line, draft)
        )
        found.append(
            Card(
                Term(say("线上同分", "Tied at the line"), definition("tied", material.language)),
                count_text(lines[1].tied, material.language),
                say(f"原 {count_text(lines[0].tied)}", f"was {lines[0].tied:,}") if draft else "",
            )
        )
    open_ = sim.discretion(draft).open
    if open_:
        found.append(
            Card(
                Term(say("得分是区间", "Open scores"), definition("width", material.language)),
                count_text(open_, material.language),
                share_text(open_, sim.people.persons, material.language),
            )
        )
    return tuple(found)


def _changed(
    material: Material,
    change: st.Change,
    kind: st.ChangeKind,
    word: str,
    tone: Literal["gain", "loss"],
) -> Card:
    """How many gain or lose, and their share of all."""
    number, language = change.counts[kind], material.language
    share = share_text(number, change.size, language)
    return Card(
        Term(word, definition(kind, language)),
        count_text(number, language),
        material.say(f"占 {share}", share),
        tone if number else "plain",
    )


def _card(
    material: Material,
    name: str,
    label: str,
    before: Fraction | None,
    after: Fraction | None,
    draft: int,
) -> Card:
    value = "—" if after is None else points_text(after)
    note = ""
    if draft and before is not None and after is not None:
        note = material.say(f"原 {points_text(before)}，", f"was {points_text(before)}, ")
        note += (
            material.say("不变", "same")
            if after == before
            else points_text(after - before, signed=True)
        )
    return Card(Term(label, definition(name, material.language)), value, note)


def _any(noun: tuple[str, str]) -> str:
    return "人" if noun[0] == "人" else "单位"


def _one(noun: tuple[str, str]) -> str:
    return "人" if noun[0] == "人" else "个单位"


def _comma(text: str) -> str:
    return f"，{text}" if text else ""
