"""Tables of an assessment (考核评分细则) → clauses: what all units share, each unit, bonus."""

from __future__ import annotations

import re
from fractions import Fraction

from policydsl.importing.drafts import ByHand, Draft, Guess, Sum, named, number, quoted
from policydsl.importing.garbled import mended
from policydsl.importing.gathering import Made
from policydsl.importing.naming import Names, item_name
from policydsl.importing.ruling import Reader
from policydsl.importing.writing import Ruled
from policydsl.reading.documents import Guess as Read
from policydsl.reading.documents import Holder, Row, ScoreTable, SourceDocument
from policydsl.wording.recognising.passages import Passage

_KIND_WORDS = {
    "unit": "单位",
    "group": "组",
    "common": "共同部分",
    "bonus": "加分",
    "deductions": "扣分",
}


def assessment(document: SourceDocument, items: str = "项") -> Made:
    """The clauses of the score tables of a document."""
    made = Made([], [], {}, [], [], [])
    reader = Reader(Names())
    several = len(document.tables) > 1
    for table in document.tables:
        drafts = [_holder(table, holder, reader, made, items) for holder in table.holders]
        total = table_total(table)
        if several:
            name = table.schedule or table.title or f"附表{document.tables.index(table) + 1}"
            units = any(h.kind == "unit" for h in table.holders)
            root = Draft(f"附表 {named(name)}", name)
            root.attributes.append(f"对象 {'单位' if units else '街道'}")
            root.attributes += [f"满分 {number(total)} 分"] if total is not None else []
            root.children = drafts
            made.drafts.append(root)
        else:
            if any(h.kind == "unit" for h in table.holders) and items == "项":
                made.attributes.append("对象 单位")
            if total is not None:
                made.attributes.append(f"满分 {number(total)} 分")
            made.drafts += drafts
    if items == "项":
        _blend(document, made)
    return made


_SHARE = re.compile(
    r"(?P<part>[\u4e00-\u9fff]{2,4}(?:成绩|得分|考核))(?:在[\u4e00-\u9fff]{2,4})?按(?P<share>\d{1,2})%"
    r"(?:的?比例)?(?:计入|纳入)(?P<whole>[\u4e00-\u9fff]{0,4}(?:考核|总分|成绩))"
)


def _blend(document: SourceDocument, made: Made) -> None:
    """督查成绩按30%比例计入年终考核: a blend whose other share the text leaves open."""
    text = document.passage.text
    found = _SHARE.search(text)
    if found is None:
        return
    part, span = found["part"], document.passage.span(found.start(), found.end())
    doubt = f"原文只写{part}占{found['share']}%；考核总分是占其余，还是满额后另加，没有写"
    made.facts[part] = "小数（分）"
    made.statements.append(
        f"合成 {named(found['whole'])} {{ 说明 {quoted(found[0])}；总分 占 未载明 存疑 "
        f"{quoted(doubt)}；{named(part)} 占 {found['share']}% }}"
    )
    reason = (doubt, "only this share is stated; what the total of the tables counts is left open")
    made.guesses.append(Guess(found["whole"], f"{part} 占 {found['share']}%", reason, span))


def table_total(table: ScoreTable) -> Fraction | None:
    """The most that one case can get: what is shared, and one unit or all groups."""

    def points(holder: Holder) -> Fraction | None:
        return holder.total.value if holder.total is not None else holder.sum or None

    units = {points(h) for h in table.holders if h.kind == "unit"}
    others = [points(h) for h in table.holders if h.kind in ("common", "group")]
    if len(units) > 1 or None in units or None in others or not (units or others):
        return None
    return sum((x for x in (*others, *units) if x is not None), Fraction(0))


def _holder(table: ScoreTable, holder: Holder, reader: Reader, made: Made, items: str) -> Draft:
    name = re.sub(r"\s", "", holder.name) or "未命名"
    draft = Draft(f"{_KIND_WORDS[holder.kind]} {named(name)}", name)
    locator = f"{table.schedule} {re.sub('[“”]', '', name)}".strip()
    draft.attributes.append(f"出处 {quoted(locator)}")
    if holder.total is not None:
        draft.attributes.append(f"满分 {number(holder.total.value)} 分")
        made.sums.append(Sum(f"{table.schedule} {name}".strip(), holder.total.value, holder.sum))
    elif holder.kind != "bonus":
        made.sums.append(Sum(f"{table.schedule} {name}".strip(), None, holder.sum))
    _readings(draft, holder.guesses, made)
    for row in holder.rows:
        draft.children.append(_item(holder, row, locator, reader, made, items))
    return draft


def _item(holder: Holder, row: Row, locator: str, reader: Reader, made: Made, items: str) -> Draft:
    named_row = row.name.text if row.name is not None and row.name.text else ""
    title, body = _titled(row.text, named_row)
    about = title or item_name(body.text)
    clause = f"{holder.name}/{row.number}"
    place = f"{locator} 第{row.number}项"
    head = f"{items} {row.number} {named(about)}" if items == "项" else f"{items} {named(about)}"
    draft = Draft(head, clause)
    draft.attributes.append(f"出处 {quoted(place)}")
    if row.marks is not None:
        draft.attributes.append(f"满分 {number(row.marks.value)} 分")
    draft.attributes.append(f"原文 {quoted(row.text.text)}")
    for key, word in (("responsible", "责任单位"), ("review", "审核")):
        cell = row.extra.get(key)
        if cell is not None and cell.text and key == "responsible":
            draft.attributes.append(
                f"{word} {'、'.join(map(named, re.split('[、，；]', cell.text)))}"
            )
    _readings(draft, row.guesses, made)
    body, slips = mended(body)
    for old, new, why in slips:
        draft.attributes.append(f"校读 {quoted(old)} 读作 {quoted(new)} 理由 {quoted(why[0])}")
        made.guesses.append(Guess(clause, f"{old} → {new}", why, body.span()))
    ruled = reader.rules(body, clause, about)
    if (
        _starts_at_zero(ruled)
        and row.marks is not None
        and items == "项"
        and holder.kind != "bonus"
    ):
        draft.attributes.append("起评 0 分")
        made.guesses.append(
            Guess(clause, "起评 0 分", ("只有加分，没有扣分，从 0 分加起",
                                        "it only adds points, so it starts at 0"), row.text.span())
        )  # fmt: skip
    take(draft, ruled, made, place, body, bool(ruled.targets))
    return draft


def take(
    draft: Draft, ruled: Ruled, made: Made, place: str, passage: Passage, has_targets: bool = False
) -> None:
    """Put the rules of a text into its clause; what was not understood is left to a person."""
    draft.rules += ruled.rules
    draft.targets += ruled.targets
    draft.phrases, draft.understood = ruled.phrases, ruled.understood
    made.facts.update(ruled.facts)
    made.guesses += ruled.guesses
    for found, reason in ruled.unread:
        words = passage.text[found.start : found.end]
        made.by_hand.append(
            ByHand(draft.label, place, words, reason, passage.span(found.start, found.end))
        )
        draft.attributes.append(f"存疑 {quoted('待手写：' + words)}")
    if not draft.rules:
        draft.rules.append("未载明")
        if not ruled.unread:
            draft.attributes.append(f"存疑 {quoted('没有找到加分、扣分的规则，待手写')}")
            made.by_hand.append(
                ByHand(draft.label, place, passage.text, ("没有找到加分、扣分的规则",
                       "no rule that adds or deducts points was found"), passage.span())
            )  # fmt: skip


def _starts_at_zero(ruled: Ruled) -> bool:
    rules = " ".join(ruled.rules)
    return bool(ruled.rules) and " 加 " in rules and "扣" not in rules


def _titled(text: Passage, name: str) -> tuple[str, Passage]:
    """The name of an item and its rules: 出租房屋管理。出租房屋登记率低于95%的…"""
    if name:
        return re.sub(r"\s", "", name.rpartition("·")[2]), text
    found = re.match(r"([^，。；：\d%]{2,20})。(?=.)", text.text)
    if found is not None and not re.search(r"扣|加分|得分", found[1]):
        return found[1], text.part(found.end(), len(text))
    return "", text


def _readings(draft: Draft, guesses: tuple[Read, ...], made: Made) -> None:
    for guess in guesses:
        draft.attributes.append(
            f"校读 {quoted(guess.original)} 读作 {quoted(guess.read_as)} "
            f"理由 {quoted(guess.reason[0])}"
        )
        made.guesses.append(
            Guess(
                draft.label, f"{guess.original} → {guess.read_as}", guess.reason, guess.place.span()
            )
        )
