"""What goes out with a draft: the letter or notice, and the form for opinions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from policydsl.drafting.contents import short_title
from policydsl.drafting.dates import Days, day_text
from policydsl.drafting.drafttext import issuer
from policydsl.drafting.paper import (
    Block,
    Cell,
    Column,
    Document,
    Paragraph,
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

FORM_ROWS = 8
FORM_ID = "文件标识："
FORM_COLUMNS = (
    Column("序号", 14, "center"),
    Column("条款（编号或者名称）", 40),
    Column("修改意见", 58),
    Column("理由", 44),
)
FORM_FIELDS = ("反馈单位", "填写人", "联系电话", "填写日期")
NO_OPINION = "无修改意见"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who asks, as far as the drafter says so; the rest is left to fill in."""

    office: str | None = None
    contact: str | None = None
    phone: str | None = None
    mail: str | None = None


def letter(
    policy: m.Policy,
    days: Days,
    sender: Sender,
    annexes: Sequence[str],
    kind: Literal["函", "公告"] = "函",
) -> Document:
    """The letter to the offices (函), or the notice to the public (公告)."""
    title, _ = short_title(policy)
    public = kind == "公告"
    verb = "公开征求" if public else "征求"
    heading = f"关于{verb}《{title}（征求意见稿）》意见的{kind}"
    by = "、".join(w.tidy(text, "zh") for text in policy.meta.legal_basis)
    basis = f"，根据{by}" if by else ""
    who = [sender.office] if sender.office else issuer(policy)
    blocks: list[Block] = [para(heading, kind="title")]
    blocks.append(Paragraph((), "plain"))
    if not public:
        blocks.append(para(addressees(policy), kind="address"))
    blocks.append(
        para("为", blank("制定目的"), f"{basis}，", *who, f"起草了《{title}（征求意见稿）》。",
             "现向社会公开征求意见。" if public else "现征求你们的意见。")
    )  # fmt: skip
    blocks.append(para(*_asks(days, public)))
    blocks.append(
        para("联系人：", _or_blank(sender.contact, "联系人"), "，电话：",
             _or_blank(sender.phone, "电话"), "，电子邮箱：", _or_blank(sender.mail, "电子邮箱"),
             "。")
    )  # fmt: skip
    blocks.append(Paragraph((), "plain"))
    for number, name in enumerate(annexes, start=1):
        mark = f"{number}." if len(annexes) > 1 else ""
        if number == 1:
            blocks.append(para(f"附件：{mark}{name}", kind="annexes"))
        else:
            blocks.append(para(f"{mark}{name}", kind="annexes2"))
    blocks.append(Paragraph((), "plain", keep=True))
    blocks.append(
        Paragraph(tuple(Run(x) if isinstance(x, str) else x for x in who), "right", keep=True)
    )
    blocks.append(para(_day_or_blank(days), kind="right"))
    return document(heading, blocks)


def _asks(days: Days, public: bool) -> list[str | Run]:
    until = days.deadline
    who = "有关单位和个人可以" if public else "请认真研究，"
    where = "。" if public else "反馈；没有意见的，也请书面反馈。"
    if until is None:
        first: list[str | Run] = [
            f"{who}自发文次日起{days.days}个工作日内（截至",
            blank("日期"),
            "）",
        ]
    else:
        first = [f"{who}于{day_text(until.day, weekday=True)}前（含当日）"]
    ways = (
        "通过信函、电子邮件等方式反馈意见" if public else "将《征求意见反馈单》（附件1）加盖公章后"
    )
    return [*first, ways, where, "逾期未反馈的，视为无意见。"]


def _or_blank(text: str | None, what: str) -> str | Run:
    return text if text else blank(what)


def _day_or_blank(days: Days) -> str | Run:
    return blank("发文日期") if days.issued is None else day_text(days.issued)


def addressees(policy: m.Policy) -> str:
    """Who is asked: the units of an assessment or with duties, by name while they are few."""
    names = units_of(policy)
    return f"{'、'.join(names)}：" if 0 < len(names) <= 10 else "各有关单位："


def units_of(policy: m.Policy) -> list[str]:
    """Every unit that the document names: assessed, leading, responsible, with duties."""
    found: dict[str, None] = {duty.unit: None for duty in policy.duties}
    for clause in (*policy.clauses.values(), *(scene.clause for scene in policy.scenes)):
        if clause.kind == "unit":
            found.setdefault(w.clause_name(clause))
        for name in (*clause.lead, *clause.responsible):
            found.setdefault(name)
    return list(found)


def feedback_form(policy: m.Policy, days: Days, mark: str = "附件1") -> Document:
    """征求意见反馈单: who answers, then a line for each opinion."""
    title, _ = short_title(policy)
    blocks: list[Block] = [
        para(mark, kind="annex"),
        para("征求意见反馈单", kind="title"),
        para(f"文件名称：{title}（征求意见稿）", kind="caption"),
    ]
    half = Column("", 38), Column("", 46), Column("", 26), Column("", 46)
    fields: list[Row] = []
    for left, right in ((FORM_FIELDS[0], FORM_FIELDS[1]), (FORM_FIELDS[2], FORM_FIELDS[3])):
        label = "反馈单位（盖章）" if left == "反馈单位" else left
        fields.append(row(cell(label, align="center"), "", cell(right, align="center"), ""))
    blocks.append(Table(half, tuple(fields), form=True))
    blocks.append(para("", kind="note"))
    lines = tuple(_roomy(number) for number in range(1, FORM_ROWS + 1))
    blocks.append(Table(FORM_COLUMNS, lines))
    until = days.deadline
    when = "规定的期限内" if until is None else f"{day_text(until.day)}前"
    blocks.append(
        para(
            f"注：1.每条意见一行，“条款”写征求意见稿中的编号（如：二、（一）3）或者条款名称。"
            f"2.没有意见的，在第一行的“修改意见”填写“{NO_OPINION}”。3.请于{when}反馈，逾期视为无意见。"
            "4.行数不够可以增加，请不要改动表头。",
            kind="note",
        )
    )
    blocks.append(para(f"{FORM_ID}{policy.id}", kind="note"))
    return document(f"征求意见反馈单：{title}", blocks)


def _roomy(number: int) -> Row:
    """A line with room to write."""
    empty = Cell((Paragraph((), "cell"), Paragraph((), "cell")))
    return (cell(str(number)), empty, empty, empty)
