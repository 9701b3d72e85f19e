"""The appendix tables: what each unit is assessed on, what gives points, who does what.

Each document, or each schedule (附表) of one, has a table; its columns are the usual ones of its
kind or an office's own (:mod:`policydsl.drafting.columns`).  Cells of one group are merged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from policydsl.drafting import pageformat as f
from policydsl.drafting.columns import OfficeColumns, TableColumn
from policydsl.drafting.contents import Entry, Texts, entries, filled, limit_text
from policydsl.drafting.paging import MM_PER_POINT, across_pages
from policydsl.drafting.paper import (
    Block,
    Cell,
    Paragraph,
    Row,
    Section,
    Table,
    cell,
    merged,
    para,
)
from policydsl.model import policy as m
from policydsl.wording import sentences as w
from policydsl.wording.speaking import Speaker


def score_sections(
    policy: m.Policy, columns: OfficeColumns, texts: Texts = "own", mark: str = "附表"
) -> list[Section]:
    """A section for each appendix table of a policy: 附表1, its title, the table.

    ``mark`` is what the appendices are called; with only one table it bears no number.
    """
    words = w.speaker(policy, "zh")
    roots = [(root, entries(root, words, texts)) for root in policy.roots]
    roots = [(root, rows) for root, rows in roots if rows]
    sections = []
    for number, (root, rows) in enumerate(roots, start=1):
        own = columns.of(policy.kind)
        landscape = columns.landscape(policy.kind)
        numbered = f"{mark}{number}" if len(roots) > 1 else mark
        heads: list[Paragraph] = [
            para(numbered, kind="annex"),
            para(table_title(policy, root), kind="tabletitle"),
        ]
        table = score_table(rows, own, words)
        table = across_pages(table, heights(heads), landscape)
        blocks: list[Block] = [*heads, table]
        note = table_note(policy, root)
        if note:
            blocks.append(para(note, kind="note"))
        sections.append(Section(tuple(blocks), landscape))
    return sections


def heights(paragraphs: Sequence[Paragraph]) -> float:
    """How much of a page headings take, mm."""
    total = 0.0
    for paragraph in paragraphs:
        look = f.LOOKS[paragraph.kind]
        lines = f.lines_in_title(paragraph.text, paragraph.kind)
        total += lines * look.line + look.before + look.after
    return total * MM_PER_POINT


def table_title(policy: m.Policy, root: m.Clause) -> str:
    """北仑区流动人口服务管理责任单位考核评分表（街道）."""
    title = w.tidy(policy.title or policy.id, "zh")
    title = title.partition("（征求意见稿")[0]
    kinds = {"scheme": "指标和计分标准", "assessment": "考核评分表", "work_plan": "任务分解表"}
    named = f"（{w.clause_name(root)}）" if root.kind == "schedule" else ""
    word = kinds.get(policy.kind, "评分表")
    for tail in ("考核评分细则", "评分细则", "考核评分表", "评分表", "工作要点", "指标和计分标准"):
        if title.endswith(tail):
            short = title.removesuffix(tail)
            return f"{short}{'工作要点' if tail == '工作要点' else ''}{word}{named}"
    return f"{title}{word}{named}"


def table_note(policy: m.Policy, root: m.Clause) -> str:
    """What stands below the table: how the whole adds up."""
    notes = []
    if policy.kind == "assessment":
        notes.append("基础分是各项的满分；自评分由被考核单位填写，考核得分由考核组填写")
    if any(child.closings for child in root.walk()):
        notes.append(f"注{ASSUMED}的由假设集{'、'.join(policy.assumed)}补充，不是文件的规定")
    if any(child.kind == "bonus" for child in root.walk()):
        notes.append("加分项在总分以外另加")
    if any(child.kind == "deductions" for child in root.walk()):
        notes.append("扣分项从总分中扣减")
    return f"注：{'；'.join(notes)}。" if notes else ""


def score_table(rows: Sequence[Entry], columns: Sequence[TableColumn], words: Speaker) -> Table:
    """The table of the entries; ``columns`` say what each cell holds."""
    cells: list[Row] = []
    for number, entry in enumerate(rows, start=1):
        cells.append(tuple(_cell(column, entry, number, words) for column in columns))
    for place, column in enumerate(columns):
        if column.holds in MERGED:
            cells = _merge(cells, rows, place)
    return Table(tuple(column.as_column() for column in columns), tuple(cells))


MERGED = frozenset({"单位", "分值合计", "一级指标"})
"""What is the same for all items of a group, and stands in one merged cell."""


def _merge(cells: list[Row], rows: Sequence[Entry], place: int) -> list[Row]:
    start = 0
    for index in range(1, len(rows) + 1):
        if index == len(rows) or rows[index].top.id != rows[start].top.id:
            if index - start > 1:
                cells = merged(cells, place, start, index - 1)
            start = index
    return cells


def _cell(column: TableColumn, entry: Entry, number: int, words: Speaker) -> Cell:
    if column.holds == "序号":
        return cell(str(number))
    text = HOLDS[column.holds](entry, words)
    lines = text.split("\n") if column.holds in ("考核内容", "评分标准") else [text]
    return Cell(tuple(Paragraph(filled(line), "cell", entry.clause.id) for line in lines))


def _group(entry: Entry, words: Speaker) -> str:
    """The outermost group with its points, where it has items inside: 省级共性指标（100分）."""
    top = entry.top
    name = w.clause_name(top, words.language)
    if top is entry.clause and not entry.groups:
        return name
    points = limit_text(top.declared_maximum)
    return f"{name}（{points}分）" if points and "未载明" not in points else name


def _inner(entry: Entry, words: Speaker) -> str:
    """The item with the groups between it and the outermost one."""
    between = [w.clause_name(group, words.language) for group in entry.groups[1:]]
    if entry.groups and entry.groups[-1] is entry.clause:
        return "·".join(between) if between else "（本组）"
    return "·".join([*between, entry.name])


def _own_points(entry: Entry, words: Speaker) -> str:
    if entry.points:
        return f"{entry.points}{ASSUMED}" if entry.clause.closings else entry.points
    kinds = {group.kind for group in entry.groups}
    return "加分" if "bonus" in kinds else "扣分" if "deductions" in kinds else "—"


def _unit_points(entry: Entry, words: Speaker) -> str:
    points = limit_text(entry.top.declared_maximum)
    return points or {"bonus": "加分", "deductions": "扣分"}.get(entry.top.kind, "—")


def _listed(
    pick: Callable[[m.Clause], tuple[str, ...]],
) -> Callable[[Entry, Speaker], str]:
    """The names that the clause, or else the nearest group around it, gives."""

    def text(entry: Entry, words: Speaker) -> str:
        for clause in (entry.clause, *reversed(entry.groups)):
            names = pick(clause)
            if names:
                return words.listed(names)
        return ""

    return text


def _named_content(entry: Entry, words: Speaker) -> str:
    """The content with the name of the item before it, unless it begins with it."""
    text = entry.content
    if entry.clause.full_text or entry.name.startswith("第"):
        return text
    between = [w.clause_name(group, words.language) for group in entry.groups[1:]]
    name = "·".join([*between, entry.name])
    return f"{name}。{text}"


ASSUMED = "（假定）"
"""Behind points of a clause that an assumption set completes."""

HOLDS: dict[str, Callable[[Entry, Speaker], str]] = {
    "序号": lambda entry, words: "",
    "单位": lambda entry, words: w.clause_name(entry.top, words.language),
    "分值合计": _unit_points,
    "一级指标": _group,
    "二级指标": _inner,
    "项目": lambda entry, words: entry.name,
    "基础分": _own_points,
    "考核内容": _named_content,
    "评分标准": lambda entry, words: entry.content,
    "审核方式": _listed(lambda clause: clause.review),
    "责任单位": _listed(lambda clause: clause.responsible),
    "牵头单位": _listed(lambda clause: clause.lead),
    "任务": lambda entry, words: entry.name,
    "目标": lambda entry, words: entry.content,
    "部分": lambda entry, words: w.clause_name(entry.top, words.language),
    "出处": lambda entry, words: entry.clause.locator or "",
    "空": lambda entry, words: "",
}
"""What a column can hold, by the names that column settings use."""
