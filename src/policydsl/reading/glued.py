"""Tables whose borders were lost: one run of text with points before or behind their items.

``基础工作185将…`` is a group of 18 points whose first item has 5; ``…扣10分。2013单位分值`` ends
an item of 20 points, with a page number behind it.  What the digits mean is settled by the sums,
and told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from policydsl.reading.documents import Guess, Holder, Mark, Row, ScoreTable
from policydsl.reading.scoring_tables import kinds_settled
from policydsl.wording.recognising.numerals import unit_pattern
from policydsl.wording.recognising.passages import Passage, joined

HEADS = ("考核内容", "考核得分", "自查得分", "评分标准", "考核分", "基础分", "自评分", "单位",
         "分值", "考核项目",
         "考核标准", "得分", "备注")  # fmt: skip
_HEADER = re.compile(rf"(?:{'|'.join(HEADS)}){{3,}}")
_PAGE = re.compile(r"[-—－]\s?\d{1,3}\s?[-—－]")
_ANNEX = re.compile(r"附件\s?(\d+)")
_NAME = r"[^\d，。；：、？（）]{2,20}(?:（[^）]{1,20}）)?"
_NOT_UNIT = rf"(?!{unit_pattern()}|[、.，）%~-])"


@dataclass
class _Item:
    text: Passage
    digits: str
    place: Passage
    value: Fraction | None = None
    guesses: list[Guess] = field(default_factory=list)


@dataclass
class _Holder:
    name: str
    place: Passage
    digits: str
    digits_place: Passage
    total: Fraction | None = None
    items: list[_Item] = field(default_factory=list)
    bonus: bool = False
    guesses: list[Guess] = field(default_factory=list)


def glued_tables(passage: Passage) -> Iterator[tuple[ScoreTable, int]]:
    """The tables in a text without borders, each with the place in ``passage`` where it begins."""
    headers = list(_HEADER.finditer(passage.text))
    if not headers:
        return
    starts: list[tuple[int, re.Match[str]]] = []
    for header in headers:
        annexes = list(_ANNEX.finditer(passage.text, 0, header.start()))
        begins = annexes[-1].start() if annexes else header.start()
        if not starts or starts[-1][0] != begins:
            starts.append((begins, header))
    for index, (begins, header) in enumerate(starts):
        end = starts[index + 1][0] if index + 1 < len(starts) else len(passage)
        body = passage.part(header.start(), end)
        before = header[0].find("考核分") >= 0 and header[0].find("考核分") < header[0].find(
            "评分标准"
        )
        annex = _ANNEX.match(passage.text, begins)
        title = passage.text[annex.end() if annex else begins : header.start()].strip()
        holders = _before(_clean(body)) if before else _behind(_clean(body))
        if holders:
            schedule = f"附件{annex[1]}" if annex else ""
            yield (
                ScoreTable(schedule, title, kinds_settled(list(_settled(holders, before)))),
                begins,
            )


def _clean(body: Passage) -> Passage:
    """The body without header words and page marks."""
    cut = sorted(
        [m.span() for m in _HEADER.finditer(body.text)]
        + [m.span() for m in _PAGE.finditer(body.text)]
    )
    parts: list[Passage] = []
    position = 0
    for start, end in cut:
        if start > position:
            parts.append(body.part(position, start))
        position = max(position, end)
    parts.append(body.part(position, len(body)))
    return joined(parts)


def _behind(body: Passage) -> list[_Holder]:
    """Holders of a table in which points stand behind each item."""
    text = body.text
    holders: list[_Holder] = []
    position = 0
    head = re.compile(rf"({_NAME})(\d{{2,3}})分?(?=\D)")
    score = re.compile(rf"(?<=[。分成导台次])(\d{{1,4}})(?=$|{_NOT_UNIT}\D)")
    while position < len(text):
        found = head.match(text, position)
        if found is not None and not _counts(text, found.end(2)):
            holders.append(
                _Holder(found[1], body.part(*found.span(1)), found[2], body.part(*found.span(2)))
            )
            position = found.end()
            continue
        end = next((m for m in score.finditer(text, position) if m.start() > position), None)
        if end is None or not holders:
            break
        item = _Item(body.part(position, end.start()), end[1], body.part(*end.span()))
        holders[-1].items.append(item)
        position = end.end()
    return holders


def _counts(text: str, position: int) -> bool:
    """Whether a unit of measure other than 分 stands there: the number before it is no mark."""
    found = re.match(unit_pattern(), text[position:])
    return found is not None and found[0] != "分"


def _before(body: Passage) -> list[_Holder]:
    """Holders of a table in which points stand before each item."""
    text = body.text
    bonus = re.compile(r"([^\d，。；：]{2,10}?)加分项")
    head = re.compile(rf"([^\d，。；：、]{{2,10}})(\d{{2,4}})(?={_NOT_UNIT}\D)")
    marks = re.compile(rf"(\d{{1,3}})(?={_NOT_UNIT}\D)")
    holders: list[_Holder] = []
    position = 0
    while position < len(text):
        extra, found = bonus.match(text, position), head.match(text, position)
        own = marks.match(text, position)
        digits, place = "", body.part(position, position)
        if extra is not None:
            holders.append(_Holder(extra[1], body.part(*extra.span(1)), "", place, bonus=True))
            position = extra.end()
        elif found is not None:
            digits_at = body.part(*found.span(2))
            holders.append(_Holder(found[1], body.part(*found.span(1)), found[2], digits_at))
            digits, place, position = "", digits_at, found.end()
        elif own is not None:
            digits, place, position = own[1], body.part(*own.span()), own.end()
        if not holders:
            break
        end = len(text)
        for stop in re.finditer("。", text[position:]):
            after = position + stop.end()
            if any(p.match(text, after) for p in (bonus, head, marks)) or (holders[-1].bonus):
                end = after
                break
        holders[-1].items.append(_Item(body.part(position, end), digits, place))
        if end <= position:
            break
        position = end
    return holders


# -- what the digits mean --------------------------------------------------------------------------


def _settled(holders: list[_Holder], before: bool) -> Iterator[Holder]:
    for holder in holders:
        if before and not holder.bonus:
            _split(holder)
        for item in holder.items:
            if item.value is None and item.digits:
                item.value = Fraction(item.digits)
        if holder.total is None and holder.digits:
            holder.total = Fraction(holder.digits)
        if not before:
            _repair(holder)
        yield _finished(holder)


def _split(holder: _Holder) -> None:
    """基础工作185: the total and the first item's points, as the sum wants them."""
    digits = holder.digits
    rest = sum((Fraction(item.digits) for item in holder.items[1:] if item.digits), Fraction(0))
    ways = [(Fraction(digits[:i]), Fraction(digits[i:])) for i in range(1, len(digits))]
    fitting = [(total, first) for total, first in ways if total == first + rest]
    if len(fitting) != 1 or not holder.items:
        return
    (holder.total, first) = fitting[0]
    holder.items[0].value = first
    marks = [first, *(Fraction(item.digits) for item in holder.items[1:] if item.digits)]
    shown = "+".join(str(x) for x in marks)
    holder.guesses.append(
        Guess(
            f"{holder.name}{digits}", f"{holder.name} {holder.total} 分，第 1 项 {first} 分",
            (f"表格线丢失，两个分值连写；{shown}={holder.total}",
             f"borders lost, two figures run together; {shown} = {holder.total}"),
            joined([holder.place, holder.digits_place]),
        )
    )  # fmt: skip


def _repair(holder: _Holder) -> None:
    """2013: the only beginning of the digits with which the items add up to the total."""
    values = [item.value or Fraction(0) for item in holder.items]
    if holder.total is None or sum(values) == holder.total:
        return
    fits: list[tuple[int, Fraction]] = []
    for index, item in enumerate(holder.items):
        for length in range(1, len(item.digits)):
            value = Fraction(item.digits[:length])
            if sum(values) - values[index] + value == holder.total:
                fits.append((index, value))
    if len(fits) != 1:
        return
    index, value = fits[0]
    item = holder.items[index]
    shown = "+".join(str(x) for x in [*values[:index], value, *values[index + 1 :]])
    left = item.digits[len(str(value)) :]
    item.value = value
    item.guesses.append(
        Guess(
            item.digits, str(value),
            (f"只有读作 {value} 合计才是 {holder.total}（{shown}）；余下的 {left} 疑为页码",
             f"only {value} makes the sum {holder.total} ({shown}); {left} may be a page number"),
            item.place,
        )
    )  # fmt: skip


def _finished(holder: _Holder) -> Holder:
    rows = []
    for number, item in enumerate(holder.items, start=1):
        mark = None if item.value is None else Mark(item.value, item.place)
        rows.append(Row(number, item.text, mark, None, tuple(item.guesses)))
    total = None if holder.total is None else Mark(holder.total, holder.digits_place)
    kind: Literal["bonus", "group"] = "bonus" if holder.bonus else "group"
    kept = tuple(row for row in rows if row.text.text.strip() or row.marks)
    return Holder(holder.name, holder.place, total, kept, kind, tuple(holder.guesses))
