"""起草说明: what the tool knows of a draft, and places for what only the drafter knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from policydsl.drafting.contents import filled, limit_text, self_name, short_title
from policydsl.drafting.dates import Days, day_text
from policydsl.drafting.drafttext import in_force_text, is_consultation
from policydsl.drafting.impact import Impact, section
from policydsl.drafting.paper import Block, Document, Paragraph, Run, blank, document, para
from policydsl.model import policy as m
from policydsl.scoring.ranges import show_points
from policydsl.versions.comparing import EditionDiff, Row, Tally
from policydsl.versions.rendering import rows_of
from policydsl.wording import quantities as q
from policydsl.wording import sentences as w
from policydsl.wording.annexes import open_points
from policydsl.wording.documents import scene_entries


def drafting_note(
    policy: m.Policy,
    days: Days,
    diff: EditionDiff | None = None,
    impact: Impact | None = None,
    titles: Mapping[str, str] | None = None,
    mark: str = "",
    doubts: Sequence[str] = (),
) -> Document:
    """起草说明; ``titles`` name the versions of the simulation by their labels.

    ``doubts`` about the simulation stand at the head of its section, to be seen to.
    """
    return _Note(policy, days, diff, impact, titles or {}, doubts).document(mark)


class _Note:
    """One note on its way."""

    def __init__(
        self,
        policy: m.Policy,
        days: Days,
        diff: EditionDiff | None,
        impact: Impact | None,
        titles: Mapping[str, str],
        doubts: Sequence[str],
    ):
        self.policy = policy
        self.days = days
        self.diff = diff
        self.impact = impact
        self.titles = titles
        self.doubts = doubts
        self.words = w.speaker(policy, "zh")
        self.count = 0
        self.blocks: list[Block] = []

    def document(self, mark: str) -> Document:
        """The whole note."""
        title = short_title(self.policy)[0]
        name = f"关于《{title}（征求意见稿）》的起草说明"
        if mark:
            self.blocks.append(para(mark, kind="annex"))
        self.blocks.append(para(name, kind="title"))
        self.blocks.append(Paragraph((), "plain"))
        self._head("起草的必要性")
        self._ask("起草的背景和必要性")
        self._head("起草过程")
        self._process()
        self._head("起草依据")
        self._basis()
        self._head("主要内容")
        self._items(self._main())
        if self.diff is not None:
            self._head("主要修改")
            self._items(self._changes(self.diff))
        self._head("影响测算")
        self.blocks += [para(blank(doubt)) for doubt in self.doubts]
        self.blocks += section(self.impact, self.titles)
        self._head("需要说明的问题")
        self._items(self._questions())
        self._head("征求意见及采纳情况")
        self._ask("征求意见的范围、意见条数、采纳情况（见意见采纳情况汇总表）")
        return document(name, self.blocks)

    def _head(self, text: str) -> None:
        self.count += 1
        mark = f"{q.chinese_number(self.count)}、"
        self.blocks.append(Paragraph((Run(f"{mark}{text}"),), "h1", keep=True))

    def _ask(self, what: str) -> None:
        self.blocks.append(para(blank(what)))

    def _items(self, texts: Iterator[tuple[str, str]]) -> None:
        for number, (name, text) in enumerate(texts, start=1):
            mark = f"（{q.chinese_number(number)}）{name}"
            said = tuple(replace(run, fang=True) for run in filled(text))
            self.blocks.append(Paragraph((Run(mark), *said), "h2"))

    # -- parts

    def _process(self) -> None:
        self._ask("起草经过：时间、调研、征求部门意见的情况")
        if self.days.issued is not None and self.days.deadline is not None:
            self.blocks.append(
                para(
                    f"{day_text(self.days.issued)}起征求意见，至{day_text(self.days.deadline.day)}截止，"
                    f"共{self.days.days}个工作日。"
                )
            )

    def _basis(self) -> None:
        basis = self.policy.meta.legal_basis
        if not basis:
            self._ask("法律、法规、规章和上级文件依据")
        for number, text in enumerate(basis, start=1):
            self.blocks.append(para(f"{number}.{w.tidy(text, 'zh')}。", kind="h3"))

    def _main(self) -> Iterator[tuple[str, str]]:
        policy, words = self.policy, self.words
        for root in policy.roots:
            name = f"{w.clause_name(root)}：" if root.kind == "schedule" else ""
            yield "总体构成。", name + _structure(policy, root)
        if policy.kind == "scheme":
            root = policy.roots[0]
            if root.applies_when is not None:
                yield "适用对象。", f"{words.condition(root.applies_when)}的人员。"
        names = words.listed([w.clause_name(s.clause) for s in policy.scenes])
        if policy.scenes:
            yield "积分应用。", f"用于{names}，共{len(policy.scenes)}个场景。"
            for entry in scene_entries(policy, words, sources=False)[:1]:
                yield "排名规则。", entry
        if policy.status_rules:
            said = [words.rule(rule) for rule in policy.status_rules]
            yield "积分效力。", words.sentence("；".join(said))
        deadlines = [d for d in policy.deadlines if not is_consultation(d) and d.number is not None]
        if deadlines:
            said = [f"{d.name}{w.deadline_limit(d, words)}" for d in deadlines]
            yield "办理期限。", words.sentence("，".join(said))
        if policy.duties:
            yield "职责分工。", f"明确{len(policy.duties)}个（类）单位的职责。"
        when = in_force_text(policy.meta.in_force, self.days.in_force)
        if isinstance(when, str):
            yield "施行时间。", f"{self_name(policy)}自{when}施行。"

    def _changes(self, diff: EditionDiff) -> Iterator[tuple[str, str]]:
        old = short_title(diff.older)[0]
        counts = diff.counts
        words = {"amended": "修改", "added": "新增", "repealed": "删去", "merged": "合并",
                 "split": "拆分", "renamed": "更名"}  # fmt: skip
        told = [f"{zh}{n}处" for key, n in counts.items() if (zh := words.get(key))]
        yield "总体情况。", f"与《{old}》相比，{'、'.join(told) or '条款没有变化'}。"
        for key, (before, after) in diff.tallies.items():
            if before != after:
                yield "计分方式。", _tallied(key, before, after)
        parts = _parts_of(diff)
        for verb, chosen in (
            ("新增", [p for p in parts if not p.rows[0].old]),
            ("删去", [p for p in parts if not p.rows[0].new]),
        ):
            names = [p.name for p in chosen if p.part and not p.schedule]
            if names:
                yield f"{verb}的部分。", f"{verb}{self.words.listed(names)}，共{len(names)}个部分。"
        for part in parts:
            both = part.rows[0].old and part.rows[0].new
            if part.part and not both:
                continue
            texts = [text for row in part.rows if (text := self._change(row, diff))]
            if texts:
                yield f"{part.name}。", f"{'。'.join(texts)}。"

    def _change(self, row: Row, diff: EditionDiff) -> str:
        """What became of one clause: how it is called, its points, and why or what now holds."""
        if row.kind == "document" or {"not_seen", "unchanged"} & {*row.statuses}:
            return ""
        olds, news = (
            self.words.listed([_short_name(s.title) for s in side]) for side in (row.old, row.new)
        )
        inner = row.depth > 0 or row.kind != "clause"
        if not row.old or not row.new:
            verb = "新增" if row.new else "删去"
            return f"{verb}“{news or olds}”" if inner else ""
        told = [_in_words(e.zh) for e in row.effects if e.changed and e.kind in _PLAIN]
        if row.reason:
            if inner and row.kind == "clause":
                told = [t for t in told if "满分" in t or "分值" in t or "上限" in t]
            told.append(w.tidy(row.reason, "zh"))
        elif not told and any(e.changed and e.kind != "inside" for e in row.effects):
            told = ["计分规则有修改，见修改对照表"]
        if not told:
            return ""
        name = f"“{olds}”，" if olds == news else f"“{olds}”改为“{news}”，"
        return f"{name if row.depth else ''}{'；'.join(told)}"

    def _questions(self) -> Iterator[tuple[str, str]]:
        for text in open_points(self.policy, self.words):
            if self.days.in_force is not None:
                text = text.replace("、施行日期", "").replace("施行日期、", "")
            place, _, what = text.partition("：")
            yield "", f"{place}：{what}尚未确定。" if what else f"{place}尚未确定。"
        if self.policy.assumed:
            sets = self.words.listed(self.policy.assumed)
            yield "测算用的假设。", f"本稿中有由假设集{sets}补上的数字，定稿以前须逐项确认。"


def _tallied(key: str, before: Tally, after: Tally) -> str:
    """各单位的项目由42项变为56项，其中写明怎样计分的由29项变为14项 …"""
    what = "各单位的项目" if key else "全部项目"
    first = f"{what}由{before.items}项变为{after.items}项" if before.items != after.items else what
    parts = [
        f"{word}由{old}项变为{new}项"
        for word, old, new in (
            ("写明怎样计分的", before.stated, after.stated),
            ("酌情的", before.discretionary, after.discretionary),
            ("计分标准待定的", before.open, after.open),
        )
        if old != new
    ]
    return f"{first}，其中{'，'.join(parts)}。" if parts else f"{first}。"


def _structure(policy: m.Policy, root: m.Clause) -> str:
    """满分300分，2组13项指标 …"""
    leaves = [c for c in root.walk() if c.is_item or c.kind == "task"]
    units = [c for c in root.children if c.kind == "unit"]
    total = limit_text(root.declared_maximum)
    parts: list[str] = []
    if total and "未载明" not in total:
        parts.append(f"总分{total}分")
    if units:
        parts.append(f"被考核单位{len(units)}个")
    groups = [c for c in root.children if c.kind in ("group", "common", "deductions", "bonus")]
    for group in groups:
        items = sum(c.is_item or c.kind == "task" for c in group.walk())
        points = limit_text(group.declared_maximum)
        shown = f"{points}分，" if points and "未载明" not in points else ""
        unit = "项任务" if policy.kind == "work_plan" else "项"
        parts.append(
            f"{w.clause_name(group)}{shown and f'（{shown}{items}{unit}）'}"
            f"{'' if shown else f'{items}{unit}'}"
        )
    counted = "任务" if policy.kind == "work_plan" else "考核项目" if units else "指标"
    parts.append(f"共{len(leaves)}项{counted}")
    discretion = [c for c in leaves if c.discretionary]
    if discretion:
        known = [c.full_marks for c in discretion if isinstance(c.full_marks, Fraction)]
        points_ = show_points(sum(known, Fraction(0)))
        parts.append(f"其中酌情扣分的{len(discretion)}项（{points_}分）")
    return f"{'，'.join(parts)}。"


_PLAIN = frozenset(
    {"limit", "amount", "step", "threshold", "ties", "places", "deadline", "weight", "household",
     "ranking", "review", "responsible", "date"}
)  # fmt: skip
"""Effects that say in plain words what a number or choice was and is."""


@dataclass(frozen=True)
class _Part:
    """A unit or group with the rows inside it; ``part``: it is one, and no clause by itself."""

    name: str
    rows: tuple[Row, ...]
    part: bool
    schedule: bool = False


def _parts_of(diff: EditionDiff) -> list[_Part]:
    """The rows of a comparison under the outermost clauses in which they stand."""
    found: list[list[Row]] = []
    for row in rows_of(diff):
        if row.kind == "document" or "not_seen" in row.statuses:
            continue
        if row.kind == "clause" and row.depth and found and found[-1][0].kind == "clause":
            found[-1].append(row)
        else:
            found.append([row])
    parts = []
    for rows in found:
        states = rows[0].new or rows[0].old
        name = "、".join(_short_name(s.title) for s in states)
        grouped = rows[0].kind == "clause" and states[0].kind in (
            "unit", "group", "common", "bonus", "deductions", "schedule",
        )  # fmt: skip
        parts.append(_Part(name, tuple(rows), grouped, states[0].kind == "schedule"))
    return parts


def _in_words(effect: str) -> str:
    """满分12分改为10分 of 满分 12 分 → 10 分; 取消满分200分 of … → 无."""
    text = re.sub(r"\s*\+\s*", "+", re.sub(r" *→ *", "改为", w.tidy(effect, "zh")))
    match = re.fullmatch(r"(\D+?)(\d.*)改为无", text)
    if match is not None:
        return f"取消{match[1]}{match[2]}"
    match = re.fullmatch(r"(\D+?)未载明改为(.+)", text)
    if match is not None:
        return f"明确{match[1]}为{match[2]}"
    match = re.fullmatch(r"(\D+?)无改为(\d.*)", text)
    return f"设{match[1]}{match[2]}" if match is not None else text


def _short_name(title: str) -> str:
    """出租房屋管理 of 第1项 出租房屋管理."""
    return re.sub(r"^第\d+项\s+", "", title)
