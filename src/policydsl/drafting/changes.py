"""What a draft changes: the table 原条款 / 修改后 / 理由, and the text with tracked changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from policydsl.drafting.contents import filled, said_of, says_something, short_title
from policydsl.drafting.drafttext import Options, draft_text
from policydsl.drafting.paper import (
    Block,
    Cell,
    Column,
    Document,
    Paragraph,
    Row,
    Run,
    Section,
    Table,
    blank,
    para,
)
from policydsl.drafting.tracked import ALIKE, likeness, marked, tracked
from policydsl.model import policy as m
from policydsl.versions import comparing
from policydsl.versions.comparing import EditionDiff
from policydsl.versions.rendering import rows_of
from policydsl.wording import sentences as w
from policydsl.wording.speaking import Speaker

COLUMNS = (
    Column("原条款", 88),
    Column("修改后", 88),
    Column("理由", 49),
)
INFERRED = "※"
STAGE = "（征求意见稿）"


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A row of the table as texts; ``head`` stands across the table, over the rows below it."""

    old: str
    new: str
    reason: str
    inferred: bool = False
    head: str | None = None


def change_rows(
    diff: EditionDiff, reasons: Mapping[str, str] = MappingProxyType({})
) -> list[ChangeRow]:
    """The clauses whose wording changes, in the order of the newer text.

    What only changes in notes and sources has no row; what only moves says where to.  A
    group stands as a head over its rows.
    ``reasons`` stand in by clause id where the comparison has none.
    """
    sides = (_Side(diff.older), _Side(diff.newer))
    rows: list[ChangeRow] = []
    waiting: str | None = None
    for row in rows_of(diff):
        if row.kind == "document":
            old, new = (short_title(p)[0] for p in (diff.older, diff.newer))
            if old != new:
                rows.append(ChangeRow(f"标题：{old}", f"标题：{new}", row.reason or ""))
            continue
        if "not_seen" in row.statuses:
            continue  # nobody can say that it changes; the drafter's own list names it
        old = sides[0].texts(row, "old")
        new = sides[1].texts(row, "new")
        if row.kind == "clause" and _is_group(row) and _is_head(row, old, new, sides):
            waiting = _head(row, sides)
            continue
        if row.kind != "clause" or row.depth == 0:
            waiting = None
        if old == new and "moved" in row.statuses:
            new = f"{sides[1].home(row.new[0])}{new}"
        if old == new:
            continue
        if waiting is not None:
            rows.append(ChangeRow("", "", "", head=waiting))
            waiting = None
        reason = w.tidy(row.reason or reasons.get(_id(row), ""), "zh")
        inferred = row.inferred is not None
        rows.append(ChangeRow(old or "（新增）", new or "（删去）", reason, inferred))
    return rows


def _id(row: comparing.Row) -> str:
    states = row.new or row.old
    return states[0].id if states else ""


def _is_head(row: comparing.Row, old: str, new: str, sides: tuple[_Side, _Side]) -> bool:
    """Whether a group says nothing itself, or nothing new: it then heads the rows of its items."""
    if old and new:
        return old == new or _inside_only(row)
    return not any(
        side.speaks(s) for side, here in zip(sides, (row.old, row.new), strict=True) for s in here
    )


def _head(row: comparing.Row, sides: tuple[_Side, _Side]) -> str:
    state = (row.new or row.old)[0]
    side = sides[1] if row.new else sides[0]
    name, marks = side.named(state)
    if not row.old or not row.new:
        marks.append("删去" if row.old else "新增")
    else:
        before = "、".join(dict.fromkeys(sides[0].named(s)[0] for s in row.old))
        if before != name:
            marks.insert(0, f"原{before}")
    shown = f"{name}（{'；'.join(marks)}）" if marks else name
    return shown + (INFERRED if row.inferred is not None else "")


def _is_group(row: comparing.Row) -> bool:
    states = (*row.new, *row.old)
    return all(s.kind not in ("indicator", "item", "task") for s in states)


def _inside_only(row: comparing.Row) -> bool:
    return all(effect.kind == "inside" or not effect.changed for effect in row.effects)


class _Side:
    """The texts of one edition."""

    def __init__(self, policy: m.Policy):
        self.policy = policy
        self.words: Speaker = w.speaker(policy, "zh")
        self.scenes = {scene.id: scene for scene in policy.scenes}
        self.blends = {blend.id: blend for blend in policy.blends}

    def named(self, state: comparing.ClauseState) -> tuple[str, list[str]]:
        """A group's name, and its points and other marks."""
        clause = self.policy.clauses.get(state.id)
        if clause is None:
            return state.title, []
        return w.clause_name(clause), w.marks_of(clause, self.words)

    def speaks(self, state: comparing.ClauseState) -> bool:
        """Whether a group has rules or targets of its own."""
        clause = self.policy.clauses.get(state.id)
        return clause is not None and says_something(clause)

    def home(self, state: comparing.ClauseState) -> str:
        """Where a clause was moved to, before its text."""
        around = self.policy.clauses.get(state.id.rpartition("/")[0])
        return "（移出，单列）" if around is None else f"（移至{w.clause_name(around)}）"

    def texts(self, row: comparing.Row, which: str) -> str:
        """What the clauses of one side of a row say, a line each."""
        states = row.old if which == "old" else row.new
        return "\n".join(filter(None, (self._text(row, state) for state in states)))

    def _text(self, row: comparing.Row, state: comparing.ClauseState) -> str:
        match row.kind:
            case "clause":
                return self._clause(state)
            case "scene" if state.id in self.scenes:
                scene = self.scenes[state.id]
                return f"{w.clause_name(scene.clause)}：{w.scene_body(scene, self.words)}"
            case "blend" if state.id in self.blends:
                return w.blend_text(self.blends[state.id], self.policy)
            case "status rules":
                rules = self.policy.status_rules
                return "\n".join(self.words.sentence(self.words.rule(rule)) for rule in rules)
            case "exclusions":
                return "\n".join(w.exclusion_text(x, self.policy) for x in self.policy.exclusions)
            case "deadline":
                found = [d for d in self.policy.deadlines if d.name == state.title]
                return "\n".join(w.deadline_text(d, self.policy, sources=False) for d in found)
            case "duty":
                duties = [d for d in self.policy.duties if d.unit == state.title]
                return "\n".join(w.duty_text(d, self.policy, sources=False) for d in duties)
        return state.title

    def _clause(self, state: comparing.ClauseState) -> str:
        clause = self.policy.clauses.get(state.id)
        if clause is None:
            return state.title
        if clause.full_text:
            return f"{w.heading(clause, self.words)}：{clause.full_text.strip()}"
        said = said_of(clause, self.words)
        head = w.heading(clause, self.words)
        return f"{head}：{said}" if said else head


def change_table(rows: Sequence[ChangeRow]) -> Table:
    """The table; what differs stands in bold."""
    cells: list[Row] = []
    for row in rows:
        if row.head is not None:
            head = Paragraph(_bold(filled(row.head)), "cell", keep=True)
            across = Cell((head,), columns=3, align="center")
            cells.append((across, None, None))
            continue
        old, new = _shown(row.old, row.new)
        reason = [Run(row.reason)] if row.reason else [blank("理由")]
        if row.inferred:
            reason.append(Run(INFERRED))
        cells.append((old, new, Cell((Paragraph(tuple(reason), "cell"),))))
    return Table(COLUMNS, tuple(cells))


def _bold(runs: Sequence[Run]) -> tuple[Run, ...]:
    return tuple(replace(run, strong=True) for run in runs)


def _shown(old: str, new: str) -> tuple[Cell, Cell]:
    """Both texts, with what the other has not in bold, if they have enough in common."""
    sides = (filled(old), filled(new))
    if likeness(old, new) >= ALIKE:
        runs = marked(*sides)
        left = [replace(r, strong=r.change is not None, change=None)
                for r in runs if r.change != "insert"]  # fmt: skip
        right = [replace(r, strong=r.change is not None, change=None)
                 for r in runs if r.change != "delete"]  # fmt: skip
        sides = (tuple(left), tuple(right))
    return Cell(tuple(_lines(sides[0]))), Cell(tuple(_lines(sides[1])))


def _lines(runs: Sequence[Run]) -> Iterator[Paragraph]:
    line: list[Run] = []
    for run in runs:
        first, *more = run.text.split("\n")
        line.append(replace(run, text=first))
        for text in more:
            yield Paragraph(tuple(line), "cell")
            line = [replace(run, text=text)]
    yield Paragraph(tuple(line), "cell")


def change_document(
    diff: EditionDiff, mark: str = "", reasons: Mapping[str, str] = MappingProxyType({})
) -> Document:
    """修改对照表, across the page."""
    old, new = (short_title(p)[0] for p in (diff.older, diff.newer))
    rows = change_rows(diff, reasons)
    blocks: list[Block] = [para(mark, kind="annex")] if mark else []
    name = f"{new.removesuffix('修订')}修改对照表"
    blocks.append(para(name, kind="tabletitle"))
    blocks.append(para(f"原文件：{old}", kind="caption"))
    if rows:
        blocks.append(change_table(rows))
    else:
        blocks.append(para("两个文本的条款没有不同。", kind="body"))
    notes = ["加粗的是改动的文字"]
    if any(r.inferred or (r.head or "").endswith(INFERRED) for r in rows):
        notes.append(f"带{INFERRED}的，新旧条款的对应关系是推定的，发出前请核对")
    if rows:
        blocks.append(para(f"注：{'；'.join(notes)}。", kind="note"))
    return Document(name, (Section(tuple(blocks), landscape=True),))


def tracked_text(diff: EditionDiff, options: Options) -> list[Paragraph]:
    """The text of the newer edition with marked changes against the older one's."""
    older = replace(options, in_force=None)
    old, new = draft_text(diff.older, older), draft_text(diff.newer, options)
    return tracked(titled(diff.older, old), titled(diff.newer, new, STAGE), _same(diff))


def titled(policy: m.Policy, text: Sequence[Paragraph], default: str = "") -> list[Paragraph]:
    """The text under its title; ``default`` is its stage where the title names none."""
    title, stage = short_title(policy)
    heads = [Paragraph((Run(title),), "title", "@title")]
    stage = stage or default
    if stage:
        heads.append(Paragraph((Run(stage),), "subtitle", "@stage"))
    return [*heads, *text]


def _same(diff: EditionDiff) -> Callable[[str], str]:
    """Keys of the older text as the newer one has them."""
    successor: dict[str, str] = {}
    for row in diff.rows:
        for state in row.old:
            if row.new and state.id:
                successor.setdefault(state.id, row.new[0].id)
    return lambda key: successor.get(key, key)


def tracked_document(diff: EditionDiff, options: Options, mark: str = "") -> Document:
    """The draft as Word shows it with changes: the text only, its tables are made from it."""
    blocks: list[Block] = [para(mark, kind="annex")] if mark else []
    blocks += tracked_text(diff, options)
    return Document(f"{short_title(diff.newer)[0]}（修订标记）", (Section(tuple(blocks)),))


__all__ = ["change_document", "change_rows", "tracked_document", "tracked_text"]
