"""For the drafter's own eyes: what is open, doubtful, assumed; and who does what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from policydsl.drafting import dates as d
from policydsl.drafting.contents import said_of, short_title
from policydsl.drafting.dates import Days
from policydsl.drafting.letters import units_of
from policydsl.drafting.paper import (
    BLANK_CLOSE,
    BLANK_OPEN,
    Block,
    Column,
    Document,
    Paragraph,
    Table,
    document,
    para,
    row,
)
from policydsl.model import policy as m
from policydsl.versions.comparing import EditionDiff
from policydsl.versions.rendering import summary_texts
from policydsl.wording import annexes
from policydsl.wording import sentences as w

_NUMBER = re.compile(r"\d+(?:\.\d+)?%?")


def check_list(
    policy: m.Policy,
    days: Days,
    documents: Mapping[str, Document],
    diff: EditionDiff | None = None,
    notes: Sequence[str] = (),
) -> Document:
    """核对清单: not to be sent out.

    ``documents`` are those of the package by name, in which places are left to fill in; ``notes``
    are things found on the way.
    """
    title = short_title(policy)[0]
    words = w.speaker(policy, "zh")
    blocks: list[Block] = [
        para("起草人自用，不随文发出", kind="annex"),
        para(f"{title}核对清单", kind="tabletitle"),
    ]
    number = iter("一二三四五六七八九十")
    parts: list[tuple[str, Iterable[str]]] = [
        ("待起草人填写的位置", blanks_in(documents)),
        ("须留意的事项", [*notes, *d.warnings(policy, days), *own_text_figures(policy)]),
        ("采用的程序", [_procedure(policy)]),
        ("没有载明的事项（文稿中标为待定）", annexes.open_points(policy, words)),
        ("存疑的事项", annexes.doubts(policy, words)),
        ("采用的假设", annexes.assumptions(policy, words)),
        ("校读", annexes.readings(policy, words)),
        ("新旧文本的对应", _lineage(diff)),
    ]
    for head, entries in parts:
        lines = list(entries)
        if not lines:
            continue
        blocks.append(Paragraph(para(f"{next(number)}、{head}").runs, "h1", keep=True))
        blocks += [
            para(f"{i}.{words.sentence(line)}", kind="h3") for i, line in enumerate(lines, start=1)
        ]
    return document(f"{title}核对清单", blocks)


def blanks_in(documents: Mapping[str, Document]) -> list[str]:
    """What is left to fill in, by document: 征求意见函：联系人、电话."""
    found: list[str] = []
    for name, here in documents.items():
        counts: dict[str, int] = {}
        for paragraph in all_paragraphs(here):
            for run in paragraph.runs:
                if run.blank:
                    what = run.text.strip(BLANK_OPEN + BLANK_CLOSE)
                    counts[what] = counts.get(what, 0) + 1
        if counts:
            shown = (f"{what}（{n}处）" if n > 1 else what for what, n in counts.items())
            found.append(f"{name}：{'、'.join(shown)}")
    return found


def all_paragraphs(document: Document) -> Iterable[Paragraph]:
    """Every paragraph, those in tables too."""
    for block in document.blocks:
        if isinstance(block, Paragraph):
            yield block
        elif isinstance(block, Table):
            for cells in block.rows:
                for cell in cells:
                    if cell is not None:
                        yield from cell.paragraphs


def own_text_figures(policy: m.Policy) -> list[str]:
    """Clauses with the drafter's own text whose figures are not those of the rule."""
    found = []
    words = w.speaker(policy, "zh")
    for clause in policy.clauses.values():
        if not clause.full_text:
            continue
        said = set(_NUMBER.findall(said_of(clause, words)))
        text = set(_NUMBER.findall(clause.full_text.replace("％", "%")))
        lacking = sorted(said - text)
        if lacking:
            name = annexes.place_name(clause, policy, words)
            found.append(f"{name}的原文里没有规则中的数字{'、'.join(lacking)}，请核对两者是否一致")
    return found


def _procedure(policy: m.Policy) -> str:
    if d.procedure_of(policy.kind) == "normative":
        return (
            "积分类办法影响居民的权利义务，按行政规范性文件办理：公开征求意见、合法性审核、集体讨论、公布、备案"
            "（所列天数以现行规定为准）"
        )
    usual = "考核、要点属内部管理，通常不按行政规范性文件办理"
    return f"{usual}；内容涉及居民权利义务的，改按行政规范性文件办理"


def _lineage(diff: EditionDiff | None) -> list[str]:
    if diff is None:
        return []
    lines = [zh for zh, _ in summary_texts(diff)]
    for row_ in diff.rows:
        if row_.inferred is not None and row_.depth == 0 and row_.new and row_.old:
            olds = "、".join(s.title for s in row_.old)
            lines.append(f"推定“{olds}”对应“{row_.new[0].title}”：{w.tidy(row_.inferred, 'zh')}")
        if row_.statuses == ("not_seen",) and row_.depth == 0:
            why = f"：{w.tidy(row_.reason, 'zh')}" if row_.reason else ""
            lines.append(f"“{row_.old[0].title}”在新的文本里看不到，没有列入对照表{why}")
    return lines


# -- duties


def duty_document(policy: m.Policy, mark: str = "") -> Document | None:
    """职责分工清单, unit by unit; ``None`` where the document names no unit."""
    units = units_of(policy)
    if not units:
        return None
    title = short_title(policy)[0]
    blocks: list[Block] = [para(mark, kind="annex")] if mark else []
    blocks.append(para(f"{title}职责分工清单", kind="tabletitle"))
    lines = [row(str(i), unit, *duties_of(policy, unit)) for i, unit in enumerate(units, start=1)]
    columns = (
        Column("序号", 12, "center"),
        Column("单位", 36, "center"),
        Column("指标、项目", 62),
        Column("场景和其他职责", 46),
    )
    blocks.append(Table(columns, tuple(lines)))
    return document(f"{title}职责分工清单", blocks)


def duties_of(policy: m.Policy, unit: str) -> tuple[str, str]:
    """What a unit answers for: clauses, and scenes with everything else."""
    names = w.speaker(policy, "zh").clauses
    clauses: dict[str, None] = {}
    others: dict[str, None] = {}
    for clause in policy.clauses.values():
        if clause.kind == "unit" and w.clause_name(clause) == unit:
            for item in clause.children:
                clauses.setdefault(w.clause_name(item))
        if unit in clause.lead:
            clauses.setdefault(f"{w.clause_name(clause)}（牵头）")
        elif unit in clause.responsible:
            clauses.setdefault(w.clause_name(clause))
    for scene in policy.scenes:
        if unit in (*scene.clause.lead, *scene.clause.responsible):
            others.setdefault(f"场景：{w.clause_name(scene.clause)}")
    for duty in policy.duties:
        if duty.unit != unit:
            continue
        for what in duty.reviews:
            clauses.setdefault(names.get(what) or w.tidy(what, "zh"))
        for what in duty.hosts:
            others.setdefault(f"场景：{names.get(what) or w.tidy(what, 'zh')}")
        if duty.text:
            others.setdefault(w.tidy(duty.text, "zh"))
    return "、".join(clauses), "；".join(others)
