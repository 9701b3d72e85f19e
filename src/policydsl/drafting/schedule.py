"""The process calendar: what is to be done when, as a table and as an .ics file (RFC 5545)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from policydsl.drafting import dates as d
from policydsl.drafting.contents import short_title
from policydsl.drafting.dates import Counted, Days, day_text
from policydsl.drafting.drafttext import is_consultation
from policydsl.drafting.paper import (
    Block,
    Column,
    Document,
    Row,
    Run,
    Table,
    blank,
    cell,
    document,
    para,
    row,
)
from policydsl.model import policy as m
from policydsl.wording import sentences as w


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its days (``end`` the last one), what is asked, and what that rests on."""

    name: str
    what: str
    start: date | None = None
    end: date | None = None
    basis: str = ""
    presumed: bool = False


def steps(policy: m.Policy, days: Days) -> list[Step]:
    """The steps of the procedure that this kind of document goes through."""
    normative = d.procedure_of(policy.kind) == "normative"
    until = days.deadline
    consult = Step(
        "公开征求意见" if normative else "征求有关单位意见",
        f"发文次日起{days.days}个工作日", days.issued, until.day if until else None,
        "一般不少于7个工作日（法治政府建设指标）；以现行规定为准" if normative
        else "内部管理文件，期限由发文机关定",
        bool(until and until.presumed),
    )  # fmt: skip
    found = [consult, Step("汇总意见、说明采纳情况", "policydsl feedback 写出汇总表",
                           None if until is None else _day_after(until.day))]  # fmt: skip
    if normative:
        found.append(Step("合法性审核", "送合法性审核机构", basis="未经审核不得发布"))
        found.append(Step("集体讨论决定", "发文机关会议讨论", basis="未经集体讨论不得发布"))
        found.append(Step("公布", "向社会公布全文", days.published))
        early = days.in_force_from
        found.append(
            Step("施行", f"公布之日起{d.DAYS_TO_FORCE}日后，文件写明日期",
                 days.in_force or (early.day if early else None),
                 basis="浙江省2010年规范性文件办法第十六条；2018年已有新办法，以现行规定为准")
        )  # fmt: skip
        filed = days.filed_until
        found.append(
            Step("备案", f"公布之日起{d.DAYS_TO_FILE}日内", days.published,
                 filed.day if filed else None, "同上，第二十条；以现行规定为准")
        )  # fmt: skip
    else:
        found.append(Step("集体讨论决定", "按发文机关的议事规则"))
        found.append(Step("印发", "印发各责任单位", days.published))
        found.append(Step("施行", "按文件写明的日期", days.in_force))
    return found


def _day_after(day: date) -> date:
    return d.working_days_after(day, 1).day


def handling(policy: m.Policy, start: date | None) -> list[Step]:
    """The periods that the document itself sets, one after the other from ``start``.

    The text does not say that one begins when the one before has ended: it is a way of seeing how
    long all of it may take, and the table says so.
    """
    found: list[Step] = []
    day, presumed = start, False
    for deadline in policy.deadlines:
        if is_consultation(deadline):
            continue
        text = w.deadline_limit(deadline, w.speaker(policy, "zh")).replace("（原文未载明）", "未定")
        if deadline.date is not None:
            found.append(Step(deadline.name, text, None, deadline.date, deadline.text or ""))
            continue
        end = None if day is None else _ends(day, deadline)
        begins = day if end is not None else None
        presumed = presumed or (end is not None and end.presumed)
        found.append(
            Step(deadline.name, text, begins, end.day if end else None,
                 (deadline.text or "") if deadline.number is not None else "", presumed)
        )  # fmt: skip
        if end is not None:
            day = end.day
    return found


def _ends(start: date, deadline: m.Deadline) -> Counted | None:
    """The last day of a period that begins after ``start``."""
    number, unit = deadline.number, deadline.unit
    if number is None or unit is None or number > d.MOST_DAYS:
        return None
    if unit.dimension == "working_day":
        return d.working_days_after(start, _up(number))
    if unit.dimension == "day":
        return d.days_after(start, _up(number * unit.scale))
    if unit.dimension == "month":
        months = start.year * 12 + start.month - 1 + _up(number * unit.scale)
        year, month = divmod(months, 12)
        if year > 9000:
            return None
        for last in (start.day, 30, 29, 28):
            try:
                return Counted(date(year, month + 1, last))
            except ValueError:
                continue
    return None


def _up(number: Fraction) -> int:
    return -int(-number // 1)


# -- the table


def schedule_document(
    policy: m.Policy, days: Days, start: date | None = None, mark: str = ""
) -> Document:
    """流程日历: the procedure of the draft, and the periods that it sets for its application."""
    title = short_title(policy)[0]
    blocks: list[Block] = [para(mark, kind="annex")] if mark else []
    blocks.append(para(f"{title}流程日历", kind="tabletitle"))
    blocks.append(para("一、起草和发布", kind="h1"))
    blocks.append(_table(steps(policy, days)))
    blocks.append(para("注：“以现行规定为准”的依据请在发文前核对；空格由起草人填写。", kind="note"))
    own = handling(policy, start)
    if own:
        blocks.append(para("二、施行以后的办理期限", kind="h1"))
        blocks.append(_table(own))
        told = f"自{day_text(start)}起，" if start is not None else ""
        note = f"注：{told}按文件所列次序首尾相接推算，看全程要多久；文件没有写各环节相接。"
        if start is None:
            note = "注：给出起算日期（--start）后推算各环节的起止。"
        if any(step.presumed for step in own):
            note += "其中放假安排没有公布的年份，按星期一至星期五推算。"
        blocks.append(para(note, kind="note"))
    return document(f"{title}流程日历", blocks, landscape=True)


def _table(found: Sequence[Step]) -> Table:
    columns = (
        Column("环节", 38), Column("要求", 50), Column("起", 36, "center"),
        Column("止", 36, "center"), Column("依据、说明", 65),
    )  # fmt: skip
    rows: list[Row] = []
    for step in found:
        last = "—" if step.start is not None and step.end is None else _shown(step.end)
        note = step.basis + ("（按星期推算）" if step.presumed else "")
        rows.append(row(step.name, step.what, _shown(step.start), cell(last), note))
    return Table(columns, tuple(rows))


def _shown(day: date | None) -> str | Run:
    return blank("日期") if day is None else day_text(day)


# -- .ics


def calendar_file(policy: m.Policy, days: Days, start: date | None = None) -> bytes | None:
    """The dated steps as an iCalendar file; ``None`` where no day is known.

    The same input gives the same bytes: the stamp is the day of issue, the ids are hashes.
    """
    import icalendar

    title = short_title(policy)[0]
    dated = [s for s in (*steps(policy, days), *handling(policy, start)) if s.start or s.end]
    if not dated:
        return None
    stamp_day = days.issued or start or min(s.start or s.end or date.max for s in dated)
    stamp = datetime(stamp_day.year, stamp_day.month, stamp_day.day, tzinfo=UTC)
    made = icalendar.Calendar()
    made.add("prodid", "-//policydsl//consultation calendar//ZH")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    for number, step in enumerate(dated):
        first = step.start or step.end
        last = step.end or step.start
        assert first is not None
        assert last is not None
        event = icalendar.Event()
        digest = hashlib.sha256(f"{policy.id}|{number}|{step.name}".encode()).hexdigest()[:24]
        event.add("uid", f"{digest}@policydsl")
        event.add("dtstamp", stamp)
        event.add("dtstart", first)
        event.add("dtend", last + timedelta(days=1))
        event.add("summary", f"{step.name}：{title}")
        told = [step.what, step.basis, "按星期一至星期五推算" if step.presumed else ""]
        event.add("description", "\n".join(filter(None, told)))
        event.add("transp", "TRANSPARENT")
        made.add_component(event)
    return bytes(made.to_ical())
