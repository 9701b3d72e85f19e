"""Grids → items with points: what each column is, merged cells filled, repeated headers out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from policydsl.reading.documents import Grid, Holder, Mark, Row, ScoreTable
from policydsl.wording.recognising.passages import Passage

Column = Literal[
    "holder", "total", "name", "text", "marks", "blank", "responsible", "lead", "review", "number"
]

_HEADINGS: tuple[tuple[str, Column], ...] = (
    (r"序号|编号", "number"),
    (r"单位|考核单位|部门|被考核单位|考核对象|类别|指标类别|一级指标|项目类别|组别", "holder"),
    (r"牵头单位|牵头部门", "lead"),
    (r"责任单位|责任部门|审核单位|审核部门|审核责任单位", "responsible"),
    (r"审核方式|评分方式|赋分方式", "review"),
    (r"基础分|考核分|基本分|满分|最高分|满分值|最高分值", "marks"),
    (r"分值", "total"),
    (r"考核项目|指标|指标名称|二级指标|项目|考核事项|任务|任务名称|工作任务", "name"),
    (r"考核内容|工作内容|评分标准|考核标准|评分细则|计分标准|赋分标准|考核内容[及和]评分标准|具体标准|"
     r"评分办法|内容|目标|工作目标|任务目标|具体要求", "text"),
    (r"自评分|自查得分|考核得分|得分|备注|考评分|自评得分", "blank"),
)  # fmt: skip


def heading_columns(cells: Sequence[Passage | None]) -> list[Column] | None:
    """What the columns of a header row hold; ``None`` if the row is no header."""
    words = [re.sub(r"[\s（(].*$", "", c.text) if c is not None else "" for c in cells]
    found: list[Column | None] = [_column(word) for word in words]
    known = [c for c in found if c is not None]
    if len(known) < 2 or any(word and c is None for word, c in zip(words, found, strict=True)):
        return None
    columns: list[Column] = [c or "blank" for c in found]
    if "text" not in columns:
        return None
    texts = [i for i, c in enumerate(columns) if c == "text"]
    if len(texts) > 1:
        # 考核内容 beside 评分标准: the first is the group or the name
        columns[texts[0]] = "name" if "holder" in columns else "holder"
        for other in texts[1:-1]:
            columns[other] = "name"
    if "marks" not in columns and "total" in columns:
        columns[columns.index("total")] = "marks"
    return columns


def _column(word: str) -> Column | None:
    return next((column for pattern, column in _HEADINGS if re.fullmatch(pattern, word)), None)


@dataclass
class _Growing:
    name: str
    place: Passage
    total: Mark | None
    bonus: bool
    rows: list[Row]
    repeats: list[Mark]


def score_tables(grids: Iterable[Grid]) -> list[ScoreTable]:
    """The tables of items in a document's grids; one that goes on where another ended joins it."""
    tables: list[tuple[str, str, list[_Growing]]] = []
    columns: list[Column] | None = None
    for grid in grids:
        fresh = True
        holders: list[_Growing] = tables[-1][2] if tables else []
        for cells in grid.cells:
            heads = heading_columns(cells)
            if heads is not None:
                sequel = bool(tables) and heads == columns and grid.schedule in ("", tables[-1][0])
                if fresh and not sequel:
                    holders = []
                    tables.append((grid.schedule, grid.title, holders))
                columns, fresh = heads, False
                continue
            if columns is None or not tables:
                continue
            fresh = False
            _take(holders, columns, cells)
    return [
        ScoreTable(schedule, title, kinds_settled([_holder(h) for h in growing if h.rows]))
        for schedule, title, growing in tables
    ]


_UNIT = re.compile(
    r"(?:局|分局|委|办|中心|院|部|总工会|工会|妇联|团[区市县]委|公司|公安|大队|街道|镇|乡|办事处|法院|联合会|协会)"
    r"(?:（.*）)?$"
)
_COMMON = ("基础工作", "共同部分", "共性指标", "共性工作", "基本工作", "共性考核")


def kinds_settled(holders: Sequence[Holder]) -> tuple[Holder, ...]:
    """Units and the part that all of them share, or groups of one table."""
    owners = [h for h in holders if h.kind != "bonus" and h.name not in _COMMON]
    units = [h for h in owners if _UNIT.search(h.name)]
    if len(units) * 2 <= len(owners) or not units:
        return tuple(replace(h, kind="bonus" if h.kind == "bonus" else "group") for h in holders)
    return tuple(
        h
        if h.kind == "bonus"
        else replace(
            h, kind="unit" if _UNIT.search(h.name) else "common" if h.name in _COMMON else "group"
        )
        for h in holders
    )


def _take(
    holders: list[_Growing], columns: Sequence[Column], cells: Sequence[Passage | None]
) -> None:
    def cell(column: Column) -> Passage | None:
        found = [
            c for c, kind in zip(cells, columns, strict=False) if kind == column and c is not None
        ]
        filled = [c for c in found if c.text]
        return filled[0] if filled else None

    text = cell("text")
    owner = cell("holder")
    if owner is not None and owner.text and "holder" in columns:
        name = re.sub(r"\s+|（续）$", "", owner.text)
        own = re.search(r"（(?:满分|最高)?(\d+(?:\.\d+)?)分）$", name)
        name = name[: own.start()] if own is not None else name
        if not holders or holders[-1].name != name:
            total = cell("total")
            bonus = total is not None and not re.search(r"\d", total.text) and "加分" in total.text
            mark = _mark(total)
            mark = mark or _own_mark(owner, own)
            holders.append(_Growing(name, owner, mark, bonus or "加分" in name, [], []))
        elif holders[-1].rows:
            again = _mark(cell("total")) or _own_mark(owner, own)
            holders[-1].repeats += [again] if again is not None else []
    if text is None or not text.text:
        return
    if not holders:
        holders.append(_Growing("", text.part(0, 0), None, False, [], []))
    rows = holders[-1].rows
    extra = {k: c for k in ("responsible", "lead", "review") if (c := cell(k)) is not None}
    if not text.text and rows:
        return
    if rows and cell("marks") is None and cell("name") is None and _goes_on(rows[-1].text):
        # a cell that was split by the end of a page
        rows[-1] = replace(rows[-1], text=_joined(rows[-1].text, text))
        return
    rows.append(Row(len(rows) + 1, text, _mark(cell("marks")), cell("name"), (), extra))


def _own_mark(owner: Passage, own: re.Match[str] | None) -> Mark | None:
    """The points behind a group's name: 省级共性指标（100分）."""
    if own is None:
        return None
    start = owner.text.rfind(own[1])
    return Mark(Fraction(own[1]), owner.part(start, start + len(own[1])))


def _goes_on(text: Passage) -> bool:
    return not text.text.rstrip().endswith(("。", "；", "分", "：", "）"))


def _joined(one: Passage, other: Passage) -> Passage:
    from policydsl.wording.recognising.passages import joined

    return joined([one, other])


def _mark(cell: Passage | None) -> Mark | None:
    found = (
        re.fullmatch(r"(?:满分|最高|不超过)?(\d+(?:\.\d+)?)分?", cell.text)
        if cell is not None
        else None
    )
    if cell is None or found is None:
        return None
    return Mark(Fraction(found[1]), cell.part(*found.span(1)))


def _holder(growing: _Growing) -> Holder:
    kind: Literal["group", "bonus"] = "bonus" if growing.bonus else "group"
    return Holder(
        growing.name, growing.place, growing.total, tuple(growing.rows), kind,
        repeats=tuple(growing.repeats),
    )  # fmt: skip
