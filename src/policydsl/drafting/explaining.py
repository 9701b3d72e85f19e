"""起草说明: what the tool knows of a draft, and places for what only the drafter knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from policydsl.drafting.contents import filled, limit_text, self_name, short_title
from policydsl.drafting.dates import Days, day_text
from policydsl.drafting.drafttext import in_force_text, is_consultation
from policydsl.drafting.impact import Impact, section
from policydsl.drafting.paper import Block, Document, Paragraph, Run, blank, document, para
from policydsl.model import policy as m
from policydsl.scoring.ranges import show_points
from policydsl.versions.comparing import EditionDiff, Row
from policydsl.versions.rendering import rows_of, tally_text
from policydsl.wording import quantities as q
from policydsl.wording import sentences as w
from policydsl.wording.annexes import open_points
from policydsl.wording.documents import scene_entries

MOST_CHANGES = 60


def drafting_note(
    policy: m.Policy, days: Days, diff: EditionDiff | None = None, impact: Impact | None = None,
    titles: Mapping[str, str] | None = None, mark: str = "",
) -> Document:  # fmt: skip
    """起草说明; ``titles`` name the versions of the simulation by their labels."""
    return _Note(policy, days, diff, impact, titles or {}).document(mark)


class _Note:
    """One note on its way."""

    def __init__(
        self, policy: m.Policy, days: Days, diff: EditionDiff | None, impact: Impact | None,
        titles: Mapping[str, str],
    ):  # fmt: skip
        self.policy = policy
        self.days = days
        self.diff = diff
        self.impact = impact
        self.titles = titles
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
            if (before, after) and before != after:
                yield "计分方式。", f"{tally_text(key, before, after)[0].replace(' ', '')}。"
        shown = 0
        for row in rows_of(diff):
            text = _change_text(row)
            if not text:
                continue
            shown += 1
            if shown > MOST_CHANGES:
                yield "其他修改。", "其余修改见修改对照表。"
                return
            states = row.new or row.old
            yield f"{'、'.join(s.title.split(' ')[-1] for s in states)}。", text

    def _questions(self) -> Iterator[tuple[str, str]]:
        for text in open_points(self.policy, self.words):
            place, _, what = text.partition("：")
            yield "尚未确定的事项。", f"{place}的{what}尚未确定。" if what else f"{place}。"
        if self.policy.assumed:
            sets = self.words.listed(self.policy.assumed)
            yield "测算用的假设。", f"本稿中有由假设集{sets}补上的数字，定稿以前须逐项确认。"


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
        parts.append(f"{w.clause_name(group)}{shown and f'（{shown}{items}{unit}）'}"
                     f"{'' if shown else f'{items}{unit}'}")  # fmt: skip
    counted = "任务" if policy.kind == "work_plan" else "考核项目" if units else "指标"
    parts.append(f"共{len(leaves)}项{counted}")
    discretion = [c for c in leaves if c.discretionary]
    if discretion:
        known = [c.full_marks for c in discretion if isinstance(c.full_marks, Fraction)]
        points_ = show_points(sum(known, Fraction(0)))
        parts.append(f"其中酌情扣分的{len(discretion)}项（{points_}分）")
    return f"{'，'.join(parts)}。"


def _change_text(row: Row) -> str:
    """What a change does, in a sentence; empty where only what is inside changes."""
    if row.kind == "document" or "not_seen" in row.statuses:
        return ""
    effects = [e.zh for e in row.effects if e.changed and e.kind != "inside"]
    reason = f"（{w.tidy(row.reason, 'zh')}）" if row.reason else ""
    if row.kind == "clause" and row.depth == 0 and not effects:
        return {"added": f"新增。{reason}", "repealed": f"删去。{reason}"}.get(row.status, "")
    if not effects:
        return ""
    said = "；".join(w.tidy(text, "zh") for text in effects)
    return f"{said}。{reason}"
