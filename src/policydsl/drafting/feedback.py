"""What comes back: filled forms → opinions, tied to clauses → the table of what was adopted.

One table holds all rounds: an opinion that is already in it keeps its decision and its reason.
"""

from __future__ import annotations

import hashlib
import io
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from policydsl.drafting.contents import consulted, short_title
from policydsl.drafting.docxwriter import settled, write_docx
from policydsl.drafting.grids import Grid, Grids, read_grids, unreadable
from policydsl.drafting.letters import FORM_ID
from policydsl.drafting.paper import Block, Column, Document, Row, Table, document, para, row
from policydsl.drafting.placing import HOW_WORDS, How, Places, plain
from policydsl.files import writable_folder, write_bytes
from policydsl.language.diagnostics import PolicyError
from policydsl.model import policy as m
from policydsl.model.loading import load

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

TABLE = "意见采纳情况汇总表"
DECISIONS = ("采纳", "部分采纳", "不采纳")
HEADS = (
    "序号", "提出单位", "条款", "修改意见", "意见理由", "采纳情况", "采纳与否的理由", "对应方式",
    "来源", "条款标识", "意见标识",
)  # fmt: skip
_NONE = frozenset(
    {"无", "无修改意见", "无意见", "没有意见", "没有修改意见", "无修改", "同意", "无异议"}
)
MOST = 20_000


@dataclass(frozen=True, slots=True)
class Opinion:
    """One opinion: who, on what (as written), what and why; where it belongs; what was decided.

    ``id`` names it through all rounds.
    """

    unit: str
    written: str
    text: str
    reason: str
    source: str
    key: str | None = None
    how: How = "unknown"
    near: tuple[str, ...] = ()
    decision: str = ""
    why: str = ""

    @property
    def id(self) -> str:
        """The same for the same unit, place and words."""
        parts = "|".join(plain(x) for x in (self.unit, self.written, self.text))
        return hashlib.sha256(parts.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Feedback:
    """All opinions in the order of the draft; units that had none; what could not be taken."""

    policy: m.Policy
    opinions: tuple[Opinion, ...]
    without: tuple[str, ...]
    notes: tuple[str, ...]
    places: Places

    @property
    def unknown(self) -> tuple[Opinion, ...]:
        """Opinions on clauses that the draft does not have."""
        return tuple(o for o in self.opinions if o.how == "unknown")

    @property
    def guessed(self) -> tuple[Opinion, ...]:
        """Opinions whose clause is a proposal."""
        return tuple(o for o in self.opinions if o.how == "guessed")

    def count(self, decision: str) -> int:
        """How many opinions have a decision ("" for none yet)."""
        return sum(o.decision == decision for o in self.opinions)


def read_feedback(
    policy: m.Policy, files: Sequence[Path], previous: Path | None = None
) -> Feedback:
    """The opinions of filled forms, with what was decided on them before.

    Raises :class:`PolicyError` with every file that cannot be read (W908, W909, F001).
    """
    places = Places(consulted(policy))
    notes: list[str] = []
    without: dict[str, None] = {}
    found: dict[str, Opinion] = {}
    problems: list[PolicyError] = []
    if previous is not None:
        for old in read_table(previous, without):
            found[old.id] = old
    for path in files:
        try:
            opinions, units = read_form(path, policy, notes)
        except PolicyError as error:
            problems.append(error)
            continue
        for opinion in opinions:
            place = places.place(opinion.written)
            placed = replace(opinion, key=place.key, how=place.how, near=place.near)
            found.setdefault(placed.id, placed)
        for unit in units:
            without.setdefault(unit)
    if problems:
        raise PolicyError([d for error in problems for d in error.diagnostics])
    answered = {o.unit for o in found.values()}
    last = len(places.order)

    def order(opinion: Opinion) -> tuple[int, int]:
        if opinion.how == "whole":
            return -1, 0
        return places.order.get(opinion.key or "", last), 0

    ordered = sorted(found.values(), key=order)
    silent = tuple(unit for unit in without if unit not in answered)
    return Feedback(policy, tuple(ordered[:MOST]), silent, tuple(notes), places)


# -- forms


def read_form(path: Path, policy: m.Policy, notes: list[str]) -> tuple[list[Opinion], list[str]]:
    """The opinions of one file, and the units that say they have none."""
    grids = read_grids(path)
    _check_form(path, grids, policy, notes)
    opinions: list[Opinion] = []
    without: list[str] = []
    fields = _fields(grids)
    seen = False
    for grid in grids.tables:
        where = _head(grid)
        if where is None:
            continue
        seen = True
        index, columns = where
        for line in grid[index + 1 :]:
            cells = {name: line[j].strip() if j < len(line) else "" for name, j in columns.items()}
            unit = cells.get("unit") or fields.get("unit") or f"{path.stem}（单位未填）"
            text = cells.get("text", "")
            if plain(text) in _NONE or (not text and plain(cells.get("clause", "")) in _NONE):
                without.append(unit)
            elif text:
                opinions.append(
                    Opinion(unit, cells.get("clause", ""), text, cells.get("reason", ""), path.name)
                )
            elif cells.get("clause") or cells.get("reason"):
                notes.append(f"{path.name}：{unit}有一行没有填修改意见，未计入")
    if not seen:
        raise unreadable(path, "没有“修改意见”一列的表", "no table with a column 修改意见")
    if not opinions and not without:
        notes.append(f"{path.name}：没有填写任何意见")
    return opinions, list(dict.fromkeys(without))


def _check_form(path: Path, grids: Grids, policy: m.Policy, notes: list[str]) -> None:
    _, mark, rest = grids.text.partition(FORM_ID)
    said = rest.split("\n", 1)[0].strip()
    if mark and said and said != policy.id:
        notes.append(f"{path.name}：反馈单是“{said}”的，不是{policy.id}，请核对")


def _head(grid: Grid) -> tuple[int, dict[str, int]] | None:
    """The row of heads and the columns by what they hold."""
    for index, line in enumerate(grid[:30]):
        columns: dict[str, int] = {}
        for j, text in enumerate(line):
            bare = plain(text)
            if len(bare) > 20:
                continue
            if "理由" in bare or "依据" in bare:
                columns.setdefault("reason", j)
            elif "意见" in bare or "建议" in bare:
                columns.setdefault("text", j)
            elif "条款" in text or "条目" in bare or "章节" in bare:
                columns.setdefault("clause", j)
            elif "单位" in bare or "部门" in bare:
                columns.setdefault("unit", j)
        if "text" in columns and ("clause" in columns or "unit" in columns):
            return index, columns
    return None


def _fields(grids: Grids) -> dict[str, str]:
    """What stands behind a label: 反馈单位（盖章）| 市教育局."""
    for grid in grids.tables:
        head = _head(grid)
        for line in grid[: head[0] if head is not None else 12]:
            for label, value in itertools.pairwise(line):
                bare = plain(label)
                if bare.startswith(("反馈单位", "单位")) and value.strip() and value != label:
                    return {"unit": " ".join(value.split())}
    for said in grids.text.split("\n"):
        label, mark, value = said.partition("：")
        if mark and plain(label).startswith(("反馈单位", "单位名称")) and value.strip():
            return {"unit": " ".join(value.split())}
    return {}


# -- the table of the round before


def read_table(path: Path, without: dict[str, None]) -> list[Opinion]:
    """The opinions of a table that was written before, with decisions.  Raises (W909)."""
    if path.suffix.lower() != ".xlsx":
        raise unreadable(path, "不是 .xlsx", "it is no .xlsx", "W909")
    grids = read_grids(path, "W909").tables
    grid = grids[0] if grids else []
    index = next((i for i, line in enumerate(grid[:10]) if HEADS[10] in line), None)
    if index is None:
        raise unreadable(path, "没有“意见标识”一列", "no column 意见标识", "W909")
    places = {name: j for j, name in enumerate(grid[index])}
    if any(name not in places for name in HEADS[1:10]):
        raise unreadable(path, "表头改过", "its heads were changed", "W909")
    hows = {word: how for how, word in HOW_WORDS.items()}
    found: list[Opinion] = []
    for line in grid[index + 1 :]:
        cells = {name: line[j].strip() if j < len(line) else "" for name, j in places.items()}
        if not cells["修改意见"]:
            continue
        written = cells["条款"].partition("（原写：")[2].removesuffix("）") or cells["条款"]
        found.append(
            Opinion(
                cells["提出单位"], written, cells["修改意见"], cells["意见理由"], cells["来源"],
                cells["条款标识"] or None, hows.get(cells["对应方式"], "unknown"), (),
                cells["采纳情况"], cells["采纳与否的理由"],
            )
        )  # fmt: skip
    for other in grids[1:]:
        for line in other[1:]:
            if line and line[0].strip():
                without.setdefault(line[0].strip())
    return found


# -- the table


def place_text(opinion: Opinion, feedback: Feedback) -> str:
    """The clause as the draft names it, and as the form did where that differs."""
    if opinion.how == "whole":
        return (
            "全文" if plain(opinion.written) in ("", "全文") else f"全文（原写：{opinion.written}）"
        )
    name = feedback.places.shown(opinion.key)
    if not name:
        return opinion.written
    if plain(name) == plain(opinion.written):
        return opinion.written
    return f"{name}（原写：{opinion.written}）"


def summary_line(feedback: Feedback) -> str:
    """共收到3个单位的反馈：2个单位提出意见5条，1个单位无意见；采纳1条 …"""
    units = {o.unit for o in feedback.opinions}
    counts = "，".join(f"{word}{n}条" for word in DECISIONS if (n := feedback.count(word)))
    waiting = len(feedback.opinions) - sum(feedback.count(word) for word in DECISIONS)
    told = "，".join(filter(None, (counts, f"待定{waiting}条" if waiting else "")))
    return (
        f"共收到{len(units) + len(feedback.without)}个单位的反馈：{len(units)}个单位提出意见"
        f"{len(feedback.opinions)}条，{len(feedback.without)}个单位无意见"
        f"{f'；{told}' if told else ''}。"
    )


def table_document(feedback: Feedback) -> Document:
    """意见采纳情况汇总表, across the page."""
    title = short_title(feedback.policy)[0]
    columns = (
        Column("序号", 12, "center"), Column("提出单位", 32, "center"), Column("条款", 42),
        Column("修改意见", 58), Column("意见理由", 32), Column("采纳情况", 18, "center"),
        Column("采纳与否的理由", 31),
    )  # fmt: skip
    lines: list[Row] = []
    for number, opinion in enumerate(feedback.opinions, start=1):
        mark = "※" if opinion.how in ("guessed", "unknown") else ""
        lines.append(
            row(str(number), opinion.unit, place_text(opinion, feedback) + mark, opinion.text,
                opinion.reason, opinion.decision, opinion.why)
        )  # fmt: skip
    blocks: list[Block] = [
        para(f"《{title}（征求意见稿）》{TABLE}", kind="tabletitle"),
        para(summary_line(feedback), kind="caption"),
        Table(columns, tuple(lines)),
    ]
    if feedback.unknown or feedback.guessed:
        note = "注：带※的，条款是推定的或者没有对应的条款，请核对。"
        blocks.append(para(note, kind="note"))
    if feedback.without:
        blocks.append(para(f"无意见的单位：{'、'.join(feedback.without)}。", kind="note"))
    return document(TABLE, blocks, landscape=True)


def table_book(feedback: Feedback) -> bytes:
    """The same as .xlsx, to work in; its last columns tie rows to opinions through the rounds."""
    import openpyxl
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = TABLE
    rows = [
        [str(i), o.unit, place_text(o, feedback), o.text, o.reason, o.decision, o.why,
         HOW_WORDS[o.how], o.source, o.key or "", o.id]
        for i, o in enumerate(feedback.opinions, start=1)
    ]  # fmt: skip
    _fill(sheet, [list(HEADS), *rows])
    for j, width in enumerate((6, 18, 28, 44, 24, 10, 28, 9, 18, 20, 14), start=1):
        sheet.column_dimensions[get_column_letter(j)].width = width
    for j in (10, 11):
        sheet.column_dimensions[get_column_letter(j)].hidden = True
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for line in sheet.iter_rows(min_row=1):
        for cell in line:
            cell.alignment = Alignment(wrap_text=True, vertical="center")
    sheet.freeze_panes = "A2"
    choice = DataValidation("list", formula1=f'"{",".join(DECISIONS)}"', allow_blank=True)
    sheet.add_data_validation(choice)
    choice.add(f"F2:F{max(len(rows) + 1, 2)}")
    other = book.create_sheet("无意见的单位")
    _fill(other, [["单位"], *([unit] for unit in feedback.without)])
    return _clean(book)


def _fill(sheet: Worksheet, rows: Iterable[Sequence[str]]) -> None:
    for i, line in enumerate(rows, start=1):
        for j, text in enumerate(line, start=1):
            cell = sheet.cell(i, j)
            cell.value = "".join(c for c in text if c >= " " or c in "\n\t")
            cell.data_type = "s"  # whatever people wrote is text and never a formula


def _clean(book: Workbook) -> bytes:
    """The workbook without names and times."""
    from datetime import datetime

    properties = book.properties
    properties.creator = None
    properties.created = properties.modified = datetime(2000, 1, 1)
    made = io.BytesIO()
    book.save(made)
    return settled(made.getvalue(), fixed="docProps/core.xml")


def write_feedback(
    target: str, files: Sequence[Path], folder: Path, previous: Path | None = None
) -> tuple[Feedback, list[Path]]:
    """Read forms and write the table as .xlsx and .docx into a folder.

    A table that is there already is gone on from, unless ``previous`` names another one.
    """
    policy = load(target)
    book, paper = folder / f"{TABLE}.xlsx", folder / f"{TABLE}.docx"
    if previous is None and book.is_file():
        previous = book
    feedback = read_feedback(policy, files, previous)
    contents = (table_book(feedback), write_docx(table_document(feedback)))
    writable_folder(folder)
    for path, content in zip((book, paper), contents, strict=True):
        write_bytes(path, content)
    return feedback, [book, paper]
