"""What a policy's clauses say in documents: texts without sources, open places as places to fill.

Every figure in these texts is generated from the rules.  A summary (摘要) lends its sentences
only where they have no figure and say nothing of points, so that they cannot disagree with the
rule; the full text of a clause (原文) stands instead of all that where the drafter wants her own
words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from policydsl.drafting.paper import Run, blank
from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.model import expressions as e
from policydsl.model import policy as m
from policydsl.model import rules as r
from policydsl.model.kinds import DOCUMENT_KINDS, spelt
from policydsl.scoring.ranges import show_points
from policydsl.wording import sentences as w
from policydsl.wording.facts import derived_text, expressions_of, facts_in_use
from policydsl.wording.speaking import Speaker

Texts = Literal["own", "generated"]
DOCUMENTS = ("scheme", "assessment", "work_plan")
_OPEN = re.compile(r"（(?P<what>[^（）；]{0,6})原文未载明）|原文未载明")
_FIGURE = re.compile(
    r"[0-9０-９]|百分之|[一二三四五六七八九十两]\s*分|[扣加减得]分|酌情|减半|封顶|原文|这里|未写|没有|空的|空白|占位|看不"
)
_REMARK = re.compile(r"（原文(?!未载明)[^（）]*）")
"""A remark on the source in a note, which is of no interest to those who are consulted."""
_SENTENCE = re.compile(r"[^。]*。")


def consulted(policy: m.Policy) -> m.Policy:
    """The policy, if it has clauses to consult on; raises :class:`PolicyError` (W905)."""
    if policy.kind not in DOCUMENTS:
        keyword = next(t for t, known in DOCUMENT_KINDS.items() if known == policy.kind)
        details = {"id": policy.id, "kind": spelt(keyword)}
        raise PolicyError([Diagnostic("W905", None, None, details)])
    return policy


def filled(text: str) -> tuple[Run, ...]:
    """Runs of a generated text; what the policy leaves open becomes 〔待定〕."""
    found: list[Run] = []
    end = 0
    for match in _OPEN.finditer(text):
        if match.start() > end:
            found.append(Run(text[end : match.start()]))
        found.append(blank(f"{match['what'] or ''}待定"))
        end = match.end()
    if end < len(text):
        found.append(Run(text[end:]))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the appendix: a clause with what it says of itself.

    ``groups`` are the clauses around it, the outermost first, without root and schedule.
    ``points`` is empty where nothing is declared.
    """

    clause: m.Clause
    groups: tuple[m.Clause, ...]
    name: str
    points: str
    content: str

    @property
    def top(self) -> m.Clause:
        """The outermost group, else the clause itself."""
        return self.groups[0] if self.groups else self.clause


def entries(root: m.Clause, words: Speaker, texts: Texts = "own") -> list[Entry]:
    """The rows of a document or schedule: every item, and groups that say something themselves."""
    return list(_entries(root, (), words, texts))


def _entries(
    clause: m.Clause, groups: tuple[m.Clause, ...], words: Speaker, texts: Texts
) -> Iterator[Entry]:
    outer = clause.kind in ("root", "schedule")
    leaf = clause.is_item or clause.kind == "task"
    if leaf or (not outer and says_something(clause)) or (outer and clause.rules):
        inside = groups if leaf or outer else (*groups, clause)
        yield Entry(
            clause, inside, w.clause_name(clause, words.language), points_text(clause),
            content(clause, words, texts),
        )  # fmt: skip
    below = groups if outer or leaf else (*groups, clause)
    for child in clause.children:
        yield from _entries(child, below, words, texts)


def says_something(clause: m.Clause) -> bool:
    """Whether a clause with a heading has rules, targets or conditions of its own."""
    return bool(clause.rules or clause.targets or clause.applies_when is not None) or (
        not clause.children
    )


def points_text(clause: m.Clause) -> str:
    """The points that a clause can give: 20, 〔待定〕 as it is written, or nothing."""
    return limit_text(clause.declared_maximum)


def limit_text(limit: m.Limit | None) -> str:
    """A number of points; 原文未载明 for an open one."""
    if limit is None:
        return ""
    if isinstance(limit, r.OpenPoints):
        return "（原文未载明）"
    return show_points(limit)


def content(clause: m.Clause, words: Speaker, texts: Texts = "own") -> str:
    """What a clause says in a table, without its name and its points."""
    if texts == "own" and clause.full_text:
        return clause.full_text.strip()
    limits = replace(
        clause, full_marks=None, cap=clause.cap if clause.full_marks is not None else None,
        review=(), lead=(), responsible=(), recognition=None,
    )  # fmt: skip
    marks = w.marks_of(limits, words) if clause.is_item or not clause.children else []
    said = said_of(clause, words)
    noted = words.sentence("；".join(marks)) if marks else ""
    return w.joined_sentences(words, plain_summary(clause), noted, said)


def said_of(clause: m.Clause, words: Speaker) -> str:
    """The generated sentences of a clause: rules, targets, conditions, conversion."""
    if clause.kind == "task" and not clause.rules:
        whole = w.paragraph(replace(clause, lead=(), responsible=()), words, sources=False)
        return _REMARK.sub("", whole.partition("：")[2])
    said = _REMARK.sub("", w.particulars(clause, words, sources=False))
    derived = [words.facts[n] for n in facts_read(clause) if n in words.facts]
    told = [words.sentence(derived_text(f, words)) for f in derived if f.derived is not None]
    return w.joined_sentences(words, said, *told)


def facts_read(clause: m.Clause) -> list[str]:
    """The facts that the rules and targets of a clause read, in their order."""
    parts: list[object] = []
    for rule in clause.rules:
        for inner in r.nested(rule):
            parts += [inner.condition, *expressions_of(inner.action)]
    parts += [clause.applies_when, *(target.condition for target in clause.targets)]
    found = (x.fact for part in parts for x in e.walk(part) if isinstance(x, e.FactRef))
    return list(dict.fromkeys(found))


def plain_summary(clause: m.Clause) -> str:
    """The sentences of the summary that have no figure and say nothing of points."""
    if clause.kind == "task" or clause.open or clause.closings:
        return ""  # its targets say all of it; of what is open only the source could be told
    text = (clause.summary or "").strip()
    if text and not text.endswith("。"):
        text += "。"
    return "".join(sentence for sentence in _SENTENCE.findall(text) if not _FIGURE.search(sentence))


def derivations(policy: m.Policy, words: Speaker) -> list[tuple[str, str]]:
    """How facts are worked out that no clause tells of itself: (name, 督查成绩：…。)."""
    told = {name for clause in policy.clauses.values() for name in facts_read(clause)}
    return [
        (fact.name, words.sentence(derived_text(fact, words)))
        for fact in facts_in_use(policy)
        if fact.derived is not None and fact.name not in told
    ]


def short_title(policy: m.Policy) -> tuple[str, str]:
    """The title and what stands in brackets behind it: (…实施细则, （征求意见稿）)."""
    title = w.tidy(policy.title or policy.id, "zh")
    match = re.fullmatch(r"(.+?)(（[^（）]*稿[^（）]*）)", title)
    return (match[1], match[2]) if match else (title, "")


def self_name(policy: m.Policy) -> str:
    """What a document calls itself: 本细则, 本办法, 本要点."""
    title = short_title(policy)[0]
    for word in ("实施细则", "评分细则", "细则", "办法", "要点", "方案", "通知", "标准", "规定"):
        if word in title:
            return "本细则" if word.endswith("细则") else f"本{word}"
    return "本文件"
