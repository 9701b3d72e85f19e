"""The full text of a draft: 一、（一）1.（1）, from the clauses of a policy.

Each paragraph bears the id of the clause that it comes from (``key``), and :func:`numbered` tells
which number leads to which clause: opinions that come back name numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from policydsl.drafting.columns import OfficeColumns
from policydsl.drafting.contents import (
    Texts,
    derivations,
    filled,
    limit_text,
    plain_summary,
    said_of,
    self_name,
    short_title,
)
from policydsl.drafting.paper import Block, Document, Kind, Paragraph, Run, Section, blank, para
from policydsl.drafting.scoretable import score_sections
from policydsl.model import policy as m
from policydsl.wording import quantities as q
from policydsl.wording import sentences as w
from policydsl.wording.documents import scene_entries
from policydsl.wording.speaking import Speaker

Titles = Callable[[str], str | None]
"""The title of a document by its id, where it is known."""

KINDS: tuple[Kind, ...] = ("h1", "h2", "h3", "h4")


@dataclass(frozen=True)
class Options:
    """What the drafter may say of a draft: whose words, when it takes effect, other titles."""

    texts: Texts = "own"
    in_force: date | None = None
    titles: Titles = field(default=lambda id_: None)


def draft_document(
    policy: m.Policy, columns: OfficeColumns, options: Options, mark: str = ""
) -> Document:
    """The draft with its appendix tables; ``mark`` (附件2) stands above its title."""
    text = draft_text(policy, options)
    title, stage = short_title(policy)
    heads: list[Block] = [para(mark, kind="annex")] if mark else []
    heads.append(para(title, kind="title"))
    heads.append(para(stage or "（征求意见稿）", kind="subtitle"))
    tables = score_sections(policy, columns, options.texts)
    return Document(title, (Section((*heads, *text)), *tables))


def draft_text(policy: m.Policy, options: Options) -> list[Paragraph]:
    """The paragraphs of the draft, without its title."""
    return _Draft(policy, options).paragraphs()


def numbered(paragraphs: Iterable[Paragraph]) -> dict[tuple[int, ...], str]:
    """Clause ids by their numbers in the text: (2, 1, 3) is 二、（一）3."""
    found: dict[tuple[int, ...], str] = {}
    counts = [0, 0, 0, 0]
    for paragraph in paragraphs:
        if paragraph.kind not in KINDS:
            continue
        level = KINDS.index(paragraph.kind)
        own = number_of(paragraph.text)
        counts[level] = counts[level] + 1 if own is None else own
        counts[level + 1 :] = [0] * (3 - level)
        if paragraph.key is not None:
            found.setdefault(tuple(counts[: level + 1]), paragraph.key)
    return found


def number_of(text: str) -> int | None:
    """The number that a heading begins with: （十二）… is 12."""
    mark = text.lstrip("（(")
    end = next((i for i, c in enumerate(mark) if c in "、）).．."), 0)
    digits = mark[:end]
    if digits.isdigit() and len(digits) < 5:
        return int(digits)
    return next((n for n in range(1, 400) if digits and q.chinese_number(n) == digits), None)


class _Draft:
    """One draft on its way to paragraphs."""

    def __init__(self, policy: m.Policy, options: Options):
        self.policy = policy
        self.options = options
        self.words = w.speaker(policy, "zh")
        self.self_name = self_name(policy)
        self.counts = [0, 0, 0, 0]
        self.done: list[Paragraph] = []

    def paragraphs(self) -> list[Paragraph]:
        """The whole text."""
        self._preamble()
        self._general()
        self._clauses()
        scenes = scene_entries(self.policy, self.words, sources=False)
        keys = _scene_keys(self.policy, scenes)
        self._entries("应用场景", zip(scenes, keys, strict=True))
        self._entries("积分效力" if self.policy.kind == "scheme" else "效力", self._status())
        self._entries("成绩合成", self._blends())
        self._entries("计算口径", self._derivations())
        self._entries("办理期限", self._deadlines())
        self._entries("职责分工", self._duties())
        self._closing()
        return self.done

    # -- numbering

    def _mark(self, level: int, number: int | None = None) -> str:
        self.counts[level] = self.counts[level] + 1 if number is None else number
        self.counts[level + 1 :] = [0] * (3 - level)
        count = self.counts[level]
        if level <= 1:
            word = q.chinese_number(count)
            return f"{word}、" if level == 0 else f"（{word}）"
        return f"{count}." if level == 2 else f"（{count}）"

    def _heading(
        self, level: int, text: str, key: str | None = None, number: int | None = None
    ) -> None:
        level = min(level, 3)
        runs = (Run(self._mark(level, number)), *filled(text))
        self.done.append(Paragraph(runs, KINDS[level], key, keep=level < 2))

    def _entry(
        self, level: int, name: str, text: str, key: str | None, number: int | None = None
    ) -> None:
        """A numbered paragraph; behind its name the text stands in the letters of the text."""
        level = min(level, 3)
        first, *more = text.split("\n")
        said = tuple(replace(run, fang=level < 2) for run in filled(first))
        runs = (Run(self._mark(level, number)), *filled(name), *said)
        self.done.append(Paragraph(runs, KINDS[level], key))
        self.done += [Paragraph(filled(line), "body", key) for line in more]

    def _body(self, text: str, key: str | None = None) -> None:
        self.done += [
            Paragraph(filled(line), "body", key) for line in text.split("\n") if line.strip()
        ]

    # -- parts

    def _preamble(self) -> None:
        basis = [w.tidy(text, "zh") for text in self.policy.meta.legal_basis]
        by = f"，根据{'、'.join(basis)}" if basis else ""
        where = f"，结合{self.policy.meta.region}实际" if self.policy.meta.region else ""
        parts = ("为", blank("制定目的"), f"{by}{where}，制定{self.self_name}。")
        self.done.append(para(*parts, key="@preamble"))

    def _general(self) -> None:
        entries: list[tuple[str, str]] = []
        for root in self.policy.roots:
            entries += self._about(root)
        method = f"method_{self.policy.kind}"
        if self.policy.kind in ("assessment", "scheme") and self.policy.items:
            entries.append(("计分方法", self.words.sentence(_after(self.words.say(method)))))
        if not entries:
            return
        self._heading(0, "总则")
        for name, text in entries:
            self._entry(1, f"{name}。", text, f"@{name}")

    def _about(self, root: m.Clause) -> list[tuple[str, str]]:
        words, whole = self.words, root.kind == "root"
        if not whole:
            return []
        found: list[tuple[str, str]] = []
        if root.applies_when is not None:
            condition = words.condition(root.applies_when)
            found.append(("适用对象", f"{self.self_name}适用于{condition}的人员。"))
        elif root.entity is not None:
            units = [c for c in root.children if c.kind == "unit"]
            names = f"，共{len(units)}个" if units else ""
            found.append(("考核对象", f"{self.self_name}的考核对象为{root.entity}{names}。"))
        total = _composition(self.policy, root, words.listed)
        if total:
            found.append(("总分构成", total))
        own = said_of(replace(root, applies_when=None), words)
        if own:
            found.append(("通用规则", own))
        if root.review:
            found.append(("审核方式", f"审核方式为{words.listed(root.review)}。"))
        return found

    def _clauses(self) -> None:
        titles = {
            "scheme": "指标和计分标准",
            "assessment": "考核内容和评分标准",
            "work_plan": "",
        }
        title = titles.get(self.policy.kind, "")
        roots = [root for root in self.policy.roots if root.kind == "schedule" or root.children]
        if not roots:
            return
        if title:
            self._heading(0, title)
        for root in roots:
            if root.kind == "schedule":
                self._clause(root, 1)
                continue
            for child in root.children:
                self._clause(child, 1 if title else 0)

    def _clause(self, clause: m.Clause, level: int) -> None:
        number = int(clause.number) if clause.number and clause.number.isdigit() else None
        said = said_of(clause, self.words)
        own = clause.full_text.strip() if clause.full_text and self.options.texts == "own" else ""
        if clause.is_item or clause.kind == "task":
            intro = plain_summary(clause)
            text = own or w.joined_sentences(self.words, intro, said)
            marks = "" if own else _marks(clause, self.words)
            name = f"{w.clause_name(clause)}{marks}"
            # a number that begins anew in each group, as the document gives it
            self._entry(level, f"{name}：" if text else f"{name}。", text, clause.id, number)
        else:
            self._heading(level, _heading_text(clause, self.words), clause.id, number)
            if own or said:
                self._body(own or said, clause.id)
        for child in clause.children:
            self._clause(child, level + 1)

    def _entries(self, title: str, entries: Iterable[tuple[str, str | None]]) -> None:
        for i, (text, key) in enumerate(entries):
            if i == 0:
                self._heading(0, title)
            name, mark, rest = _named(text)
            self._entry(1, name + mark, rest, key)

    def _status(self) -> list[tuple[str, str | None]]:
        found: list[tuple[str, str | None]] = [
            (self.words.sentence(self.words.rule(rule)), f"@status/{i}")
            for i, rule in enumerate(self.policy.status_rules)
        ]
        return found + [
            (w.exclusion_text(x, self.policy), f"@exclusion/{x.excluded}")
            for x in self.policy.exclusions
        ]

    def _blends(self) -> list[tuple[str, str | None]]:
        return [(w.blend_text(b, self.policy), b.id) for b in self.policy.blends]

    def _derivations(self) -> list[tuple[str, str | None]]:
        return [(text, f"@fact/{name}") for name, text in derivations(self.policy, self.words)]

    def _deadlines(self) -> list[tuple[str, str | None]]:
        return [
            (w.deadline_text(bare(d), self.policy, sources=False), deadline_key(d))
            for d in self.policy.deadlines
            if not is_consultation(d)
        ]

    def _duties(self) -> list[tuple[str, str | None]]:
        return [
            (w.duty_text(d, self.policy, sources=False), f"@duty/{d.unit}")
            for d in self.policy.duties
        ]

    def _closing(self) -> None:
        meta = self.policy.meta
        if self.policy.kind == "work_plan":
            return  # tasks of a year: no date from which they are in force
        self._heading(0, "附则")
        when = self.options.in_force
        runs = [f"{self.self_name}自", in_force_text(meta.in_force, when)]
        old = [(id_, self.options.titles(id_)) for id_ in meta.replaces]
        named = [f"《{title.strip('《》')}》" for _, title in old if title]
        unknown = [id_ for id_, title in old if not title]
        parts: list[str | Run] = [runs[0], *runs[1:]]
        tail = "施行。"
        if named or unknown:
            parts.append(tail.rstrip("。") + "，")
            parts.append("、".join(named))
            parts += [blank(f"被替代文件 {id_}") for id_ in unknown]
            parts.append("同时废止。")
        else:
            parts.append(tail)
        mark = self._mark(1)
        self.done.append(para(mark, "施行日期。", *_in_fang(parts), kind="h2", key="@in_force"))
        if meta.expires is not None and not meta.expires.open:
            text = f"{self.self_name}有效期至{w.period_text(meta.expires)}。"
            self._entry(1, "有效期。", text, "@expires")
        for text in meta.transition:
            self._entry(1, "过渡。", self.words.sentence(w.tidy(text, "zh")), "@transition")
        parts = [f"{self.self_name}由", *issuer(self.policy), "负责解释。"]
        mark = self._mark(1)
        self.done.append(para(mark, "解释。", *_in_fang(parts), kind="h2", key="@interpretation"))


def issuer(policy: m.Policy) -> list[str | Run]:
    """The office that issues, or a place for its name."""
    names = policy.meta.issuer
    return ["、".join(names)] if names else [blank("发文机关")]


def in_force_text(period: m.Period | None, chosen: date | None) -> str | Run:
    """2022年5月6日起, 公布之日起30日后, or a place for it; ``chosen`` comes first."""
    if chosen is not None:
        return f"{q.date_text(chosen, 'zh')}起"
    if period is None or period.open:
        return blank("施行日期")
    if period.date is not None:
        return f"{q.date_text(period.date, 'zh')}起"
    text = w.period_text(period)
    return f"{text.replace('公布后', '公布之日起')}后" if period.after is not None else f"{text}起"


def bare(deadline: m.Deadline) -> m.Deadline:
    """A deadline without its note where it is open: the note then tells of the source only."""
    open_ = deadline.number is None and deadline.date is None
    return replace(deadline, text=None) if open_ else deadline


def deadline_key(deadline: m.Deadline) -> str:
    """The key of a deadline's paragraph."""
    return f"@deadline/{deadline.clause or ''}/{deadline.name}"


def is_consultation(deadline: m.Deadline) -> bool:
    """Whether a deadline is that of the consultation, which the letter tells and not the draft."""
    return deadline.date is not None and any(x in deadline.name for x in ("反馈", "征求意见"))


def _in_fang(parts: Sequence[str | Run]) -> list[str | Run]:
    runs = [Run(p) if isinstance(p, str) else p for p in parts if p != ""]
    return [replace(run, fang=True) for run in runs]


def _named(text: str) -> tuple[str, str, str]:
    """A name of an entry, what follows it, and the rest: 审核｜：｜不超过10个工作日。"""
    for mark in ("：", "。"):
        name, found, rest = text.partition(mark)
        if found and rest and len(name) <= 40 and "的，" not in name:
            return name, mark, rest
    return "", "", text


def _after(text: str) -> str:
    return text.partition("：")[2] or text


def _marks(clause: m.Clause, words: Speaker) -> str:
    marks = w.marks_of(clause, words)
    return f"（{'；'.join(marks)}）" if marks else ""


def _heading_text(clause: m.Clause, words: Speaker) -> str:
    if clause.kind == "schedule":
        return f"{w.clause_name(clause)}{_marks(clause, words)}"
    return w.heading(clause, words)


def _composition(policy: m.Policy, root: m.Clause, listed: Callable[[Sequence[str]], str]) -> str:
    """总分300分，由省级共性指标（100分）、乐清市级个性指标（200分）构成。"""
    total = limit_text(root.declared_maximum)
    if not total or "未载明" in total:
        return ""
    parts = [
        (w.clause_name(c), limit_text(c.declared_maximum))
        for c in root.children
        if c.kind in ("group", "common") and limit_text(c.declared_maximum)
    ]
    units = [c for c in root.children if c.kind == "unit"]
    own = {limit_text(c.declared_maximum) for c in units}
    if len(own) == 1 and units:
        parts.append(("各单位的职责部分", own.pop()))
    shown = [f"{name}（{points}分）" for name, points in parts]
    text = f"总分{total}分，由{listed(shown)}构成。" if len(shown) > 1 else f"总分{total}分。"
    for kind, said in (("deductions", "从总分中扣减"), ("bonus", "在总分以外另加")):
        names = [w.clause_name(c) for c in root.children if c.kind == kind]
        if names:
            text += f"{listed(names)}的分值{said}。"
    return text


def _scene_keys(policy: m.Policy, entries: Sequence[str]) -> list[str | None]:
    """The id of the first scene of each entry (scenes with the same rules stand in one)."""
    keys: list[str | None] = []
    for entry in entries:
        first = entry.partition("。")[0]
        named = [s for s in policy.scenes if first.startswith(w.clause_name(s.clause))]
        named.sort(key=lambda s: -len(s.name))
        keys.append(named[0].id if named else None)
    return keys


__all__ = ["Options", "draft_document", "draft_text", "numbered"]
