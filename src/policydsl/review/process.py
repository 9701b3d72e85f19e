"""程序: deadlines that collide, open ties, vetoes that nobody can apply, gaps in numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from policydsl.language import nodes as n
from policydsl.model import expressions as e
from policydsl.model import rules as r
from policydsl.model.policy import Clause, Deadline, Scene
from policydsl.review.context import Context
from policydsl.review.findings import Finding, Pair, Witness
from policydsl.review.landscape import best_facts, rules_of
from policydsl.review.registry import check
from policydsl.review.witnesses import case_for, numbers, shown
from policydsl.review.words import listed, range_text
from policydsl.versions.dates import later
from policydsl.wording.sentences import deadline_text, ranking_phrase, speaker

_NOTICE = ("公示", "公告", "notice")
_REPLY = ("答复", "回复", "复核", "异议", "申诉", "反馈", "核实", "reply", "answer")


@check("R670", "process", "答复期不超出公示期", "replies are due before the notice ends")
def replies_in_time(context: Context) -> Iterator[Finding]:
    """An objection raised on the last day of a notice, answered after the result stands."""
    policy = context.policy
    notices = [d for d in policy.deadlines if _named(d, _NOTICE) and _is_least(d)]
    replies = [
        d
        for d in policy.deadlines
        if _named(d, _REPLY) and not _named(d, _NOTICE) and _is_most(d) and _about_notice(d)
    ]
    for notice in notices:
        for reply in replies:
            start = date(2024, 3, 1)
            first_end, second_end = _end(start, notice), _end(start, reply)
            if first_end is None or second_end is None:
                continue
            short, long = _length(notice), _length(reply)
            witness = numbers(
                f"{start} 起公示，{first_end} 可以结束；当天提出的异议，答复可以到 {second_end}",
                f"notice from {start} may end on {first_end}; an objection of the same day may be "
                f"answered until {second_end}",
                notice=notice.number,
                reply=reply.number,
            )
            yield context.finding(
                "R670", "refuted" if second_end > first_end else "proved", None, at=reply.node,
                also=(notice.node,), notice=notice.name, reply=reply.name, short=short, long=long,
                witness=witness,
            )  # fmt: skip


def _named(deadline: Deadline, words: tuple[str, ...]) -> bool:
    return any(word in deadline.name for word in words)


def _is_least(deadline: Deadline) -> bool:
    return deadline.number is not None and deadline.comparison in (None, ">=", "==", ">")


def _is_most(deadline: Deadline) -> bool:
    return deadline.number is not None and deadline.comparison in (None, "<=", "==", "<")


def _about_notice(deadline: Deadline) -> bool:
    """An answer to objections, not to a consultation or an application."""
    words = ("异议", "复核", "申诉", "公示", "objection")
    return any(word in deadline.name + (deadline.text or "") for word in words)


def _length(deadline: Deadline) -> Pair:
    unit = deadline.unit.symbol if deadline.unit is not None else "工作日"
    english = deadline.unit.english.replace("_", " ") if deadline.unit else "working days"
    number = deadline.number
    shown_number = str(number)
    space = "个" if unit in ("工作日", "月") else ""
    return f"{shown_number} {space}{unit}", f"{shown_number} {english}"


def _end(start: date, deadline: Deadline) -> date | None:
    """The last day of a limit that begins the day after ``start``."""
    number = None if deadline.node is None else deadline.node.number
    if number is None or number.value > 2_000:
        return None
    return later(start, number)


@check("R671", "process", "排序依据写完整了", "the ranking is stated to its end")
def ranking_is_closed(context: Context) -> Iterator[Finding]:
    """排序 … 其后 未载明: the text lists some keys and ends in 等."""
    for scene in context.policy.scenes:
        if scene.keys and scene.keys_open:
            said = _ranking(context, scene)
            yield context.finding(
                "R671", "refuted", scene.clause, at=_ranking_node(scene), scene=scene.name,
                witness=Witness(
                    (f"{said[0]}：全部相同的两人，谁在前没有写",
                     f"{said[1]}: of two who are alike in all of these, who is first?"),
                ),
            )  # fmt: skip


@check("R672", "process", "同分怎样办写明了", "it is said what happens to ties")
def ties_are_settled(context: Context) -> Iterator[Finding]:
    """No key beyond the points, and no word on those who tie at the line."""
    for scene in context.policy.scenes:
        beyond = [k for k in scene.keys if k.expression != e.ScoreRef(None)]
        if beyond or scene.ties != "open":
            continue
        yield context.finding(
            "R672", "refuted", scene.clause, at=_ranking_node(scene), scene=scene.name,
            witness=Witness(
                ("两人总分相同而只剩一个名额，给谁没有写",
                 "two with the same total and one place left: who gets it is not said"),
            ),
        )  # fmt: skip


def _ranking_node(scene: Scene) -> n.Node | None:
    node = scene.clause.node
    if not isinstance(node, n.Clause):
        return None
    return next((x for x in node.body if isinstance(x, (n.Ranking, n.Ties))), None)


def _ranking(context: Context, scene: Scene) -> Pair:
    zh = ranking_phrase(scene, speaker(context.policy, "zh"))
    en = ranking_phrase(scene, speaker(context.policy, "en"))
    return zh, en


@check("R673", "process", "同一件事只有一个期限", "one matter has one limit of time")
def one_date_for_one_matter(context: Context) -> Iterator[Finding]:
    """Two limits of the same name that say different things: two end dates of the old rules."""
    seen: dict[tuple[str, str | None], Deadline] = {}
    for deadline in context.policy.deadlines:
        first = seen.setdefault((deadline.name, deadline.clause), deadline)
        if first is deadline or _same_limit(first, deadline):
            continue
        texts = [
            (
                deadline_text(d, context.policy, "zh").rstrip("。"),
                deadline_text(d, context.policy, "en").rstrip("."),
            )
            for d in (first, deadline)
        ]
        yield context.finding(
            "R673", "refuted", None, at=deadline.node, also=(first.node,), name=deadline.name,
            witness=Witness(
                (f"一处：{texts[0][0]}；另一处：{texts[1][0]}",
                 f"one: {texts[0][1]}; the other: {texts[1][1]}"),
            ),
        )  # fmt: skip


def _same_limit(one: Deadline, other: Deadline) -> bool:
    return (one.comparison, one.number, one.unit, one.date, one.text) == (
        other.comparison, other.number, other.unit, other.date, other.text,
    )  # fmt: skip


@check("R674", "process", "一票否决有情形", "every veto has its trigger")
def vetoes_have_triggers(context: Context) -> Iterator[Finding]:
    """情形未载明：一票否决: anybody's total may be 0."""
    places: list[tuple[Clause | None, r.Rule]] = [
        (clause, rule) for clause in context.policy.clauses.values() for rule in rules_of(clause)
    ]
    places += [(None, rule) for rule in context.policy.status_rules]
    for clause, rule in places:
        if not isinstance(rule.action, r.Veto):
            continue
        if rule.condition is not None and not any(
            isinstance(x, e.UnknownTrigger) for x in e.walk(rule.condition)
        ):
            continue
        best = best_facts(context, clause)
        found = shown(context, case_for(context, clause, best), None)
        value = range_text(found.points) if found is not None else ("不确定", "unknown")
        yield context.finding(
            "R674", "refuted", clause, at=rule.node,
            witness=Witness(
                (f"各项都最好的人，总分也可能被否决：得 {value[0]}",
                 f"whoever is best in everything may still be vetoed: {value[1]}"),
                () if found is None else (found,),
            ),
        )  # fmt: skip


@check("R675", "process", "编号连续", "numbers run on")
def numbers_run_on(context: Context) -> Iterator[Finding]:
    """A number that is left out among the items of a part."""
    taken: set[tuple[str, int]] = set()
    for clause in context.policy.clauses.values():
        by_kind: dict[str, list[Clause]] = {}
        for child in clause.children:
            if child.number is not None and child.number.isdigit():
                by_kind.setdefault(child.kind, []).append(child)
        for kind, children in by_kind.items():
            had = {int(c.number or "0") for c in children}
            # tasks may be numbered through all parts of a plan
            before = {x for k, x in taken if k == kind}
            missing = sorted(set(range(1, max(had) + 1)) - had - before)
            taken |= {(kind, x) for x in had}
            if missing:
                names = listed(str(x) for x in missing)
                yield context.finding(
                    "R675", "refuted", clause, numbers=names,
                    witness=numbers(
                        f"有第 {'、'.join(map(str, sorted(had)))} 项，没有第 {names[0]} 项",
                        f"there is {', '.join(map(str, sorted(had)))} but not {names[1]}",
                        missing=names[0],
                    ),
                )  # fmt: skip


@check("R676", "process", "章节编号连续", "the sections are numbered without gaps")
def sections_run_on(context: Context) -> Iterator[Finding]:
    """章号 “一、二、三、四、六、七”: a section that is missing, twice there, or out of order."""
    text = context.policy.meta.sections
    if text is None:
        return
    had = [x for x in (chinese_number(part) for part in re.split(r"[、,，\s]+", text)) if x]
    if not had:
        return
    missing = sorted(set(range(1, max(had) + 1)) - set(had))
    twice = sorted({x for x in had if had.count(x) > 1})
    wrong = missing + twice
    names = listed(_numeral(x) for x in wrong)
    document = context.policy.document
    at = next((a for a in document.attributes if a.key == "SECTIONS"), None) if document else None
    what = ("缺", "missing") if missing else ("重复", "there twice")
    yield context.finding(
        "R676", "refuted" if wrong else "proved", None, at=at, numbers=names, what=what,
        witness=numbers(f"文中有：{text}", f"there are: {text}", sections=text),
    )  # fmt: skip


_DIGITS = "零一二三四五六七八九"


def chinese_number(text: str) -> int | None:
    """一 to 九十九, or digits; ``None`` for what is no number."""
    text = text.strip("第章节条（）() 、")
    if text.isdigit():
        return int(text)
    tens, mark, ones = text.partition("十")
    if any(c not in _DIGITS for c in tens + ones) or not text or len(tens) > 1 or len(ones) > 1:
        return None
    if not mark:
        return _DIGITS.index(tens)
    return (_DIGITS.index(tens) if tens else 1) * 10 + (_DIGITS.index(ones) if ones else 0)


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _DIGITS[ones]
    head = "" if tens == 1 else _DIGITS[tens] if tens < 10 else str(tens)
    return f"{head}十{_DIGITS[ones] if ones else ''}"
