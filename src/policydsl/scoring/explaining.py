"""Explanations: the trace of a score as a tree of text or HTML that a drafter can follow.

Each clause stands with its points; below it are the rules that took part, each with the facts
it read and the arithmetic it did.  Rules whose condition does not hold are counted, not shown,
unless everything is asked for.  Reasons follow: what is missing, discretionary or assumed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from policydsl.language.keywords import Language
from policydsl.model.policy import Policy
from policydsl.scoring.cases import Case
from policydsl.scoring.exact import Reason, Score, Trace
from policydsl.scoring.results import (
    REASON_WORDS,
    assumed_because,
    clause_name,
    notice,
    pick,
    range_record,
    reason_sentence,
    show_range,
    status_text,
)

_NOT_MET = "条件不成立"
_BLOCK = re.compile(r"\s*\{.*\}", re.DOTALL)
# Notes on a rule stand with the reasons, or say where the rule is from.
_NOTES = {
    "zh": re.compile(r"\s*(?:假设|说明|出处|存疑|理由)\s*“[^”]*”"),
    "en": re.compile(r'\s*(?:assumption|note|locator|doubtful|reason)\s*"[^"]*"'),
}


@dataclass(frozen=True)
class Explanation:
    """Why a case has the score it has; ``str()`` is the tree, a notebook shows it as HTML."""

    policy: Policy
    case: Case
    score: Score
    label: str | None = None
    language: Language = "zh"

    @property
    def trace(self) -> Trace:
        """The tree from the total down to each fact."""
        assert self.score.trace is not None
        return self.score.trace

    def text(self, full: bool = False, language: Language | None = None) -> str:
        """The tree and the reasons as text; ``full`` shows the rules that did not apply too."""
        language = language or self.language
        lines = [*notice(self.policy, language), self.heading(language)]
        node = _condensed(self.trace, self.policy, full, language)
        lines += [node.label, *_branches(node.children, "")]
        lines += reason_lines(self.score, self.policy, language)
        return "\n".join(lines)

    def heading(self, language: Language = "zh") -> str:
        """Whose score it is, and the score."""
        who = self.case.id if self.label is None else f"{self.case.id} {self.label}"
        unit = f"（{self.case.unit}）" if self.case.unit else ""
        points = show_range(self.score.total, language)
        status = status_text(self.score, language)
        zh = f"{who}{unit}：{points} 分"
        en = f"{who}{f' ({self.case.unit})' if self.case.unit else ''}: {points} points"
        return pick(language, zh, en) + (f"　{status}" if status else "")

    def record(self) -> dict[str, Any]:
        """The trace as JSON-ready values."""
        return trace_record(self.trace)

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        node = _condensed(self.trace, self.policy, False, self.language)
        head = "".join(
            f"<p><strong>{escape(line)}</strong></p>"
            for line in (*notice(self.policy, self.language), self.heading(self.language))
        )
        reasons = "".join(
            f"<li>{escape(line.strip())}</li>"
            for line in reason_lines(self.score, self.policy, self.language)[1:]
        )
        return (
            f'<div class="policydsl-explanation">{head}{_html(node, 2)}'
            + (f"<ul>{reasons}</ul>" if reasons else "")
            + "</div>"
        )


def trace_record(trace: Trace) -> dict[str, Any]:
    """A trace as JSON-ready values, whole."""
    return {
        "kind": trace.kind,
        "id": trace.id,
        "label": trace.label,
        "value": range_record(trace.value),
        "detail": trace.detail,
        "en": {"label": trace.named("en"), "detail": trace.said("en")},
        "children": [trace_record(child) for child in trace.children],
    }


# -- condensing


@dataclass(frozen=True, slots=True)
class _Node:
    label: str
    children: tuple[_Node, ...] = ()


def trace_lines(trace: Trace, language: Language = "zh", full: bool = False) -> list[str]:
    """A trace or a part of one as the lines of a tree."""
    node = _condensed(trace, None, full, language)
    return [node.label, *_branches(node.children, "")]


def _condensed(trace: Trace, policy: Policy | None, full: bool, language: Language) -> _Node:
    """The tree to show: facts and steps stand on the line of their rule."""
    if trace.kind == "rule":
        return _rule(trace, full, language)
    children: list[_Node] = []
    facts = [_fact(child, language) for child in trace.children if child.kind == "fact"]
    if facts and trace.kind != "step":
        zh, en = f"适用条件：{'、'.join(facts)}", f"Applies to: {', '.join(facts)}"
        children.append(_Node(pick(language, zh, en)))
    for child in trace.children:
        if child.kind == "rule" and (full or child.detail != _NOT_MET):
            # a status gives or takes no points
            children.append(_rule(child, full, language, trace.kind != "step"))
        elif child.kind in ("clause", "step"):
            children.append(_condensed(child, policy, full, language))
    children += _hidden(trace, full, language)
    line = _clause_line(trace, policy, language)
    if facts and trace.kind == "step":
        line = _bracketed(line, _listed(facts, language), language)
    return _Node(line, tuple(children))


def _hidden(trace: Trace, full: bool, language: Language) -> list[_Node]:
    """How many rules below do not apply and are left out."""
    count = sum(child.kind == "rule" and child.detail == _NOT_MET for child in trace.children)
    if full or not count:
        return []
    zh = f"另有 {count} 条规则条件不成立"
    en = f"{count} more rules do not apply" if count > 1 else "1 more rule does not apply"
    return [_Node(pick(language, zh, en))]


def _clause_line(trace: Trace, policy: Policy | None, language: Language) -> str:
    label = trace.named(language)
    clause = policy.clauses.get(trace.id) if policy is not None and trace.id else None
    if language == "en" and clause is not None and clause.english:
        label = f"{label} {clause.english}"
    detail = trace.said(language)
    if any(child.label == "起评" for child in trace.children):
        # the start has a line of its own
        start, _, rest = detail.partition(pick(language, "；", "; "))
        detail = rest if start.startswith(("起评", "starts at")) else detail
    if trace.value is None:
        return f"{label}　{detail}" if detail else label
    points = show_range(trace.value, language)
    if language == "zh":
        return f"{label}　{points} 分　{detail}" if detail else f"{label}　{points} 分"
    line = f"{label}: {points} points"
    return f"{line} ({detail.rstrip('; ')})" if detail else line


def _listed(texts: Sequence[str], language: Language) -> str:
    return pick(language, "、", ", ").join(texts)


def _bracketed(line: str, because: str, language: Language) -> str:
    """A line with what it rests on."""
    if not because:
        return line
    return pick(language, f"{line}　［{because}］", f"{line} [{because}]")


def _fact(trace: Trace, language: Language) -> str:
    """A fact with its value, and what that was derived from."""
    inner = _listed([_fact(child, language) for child in trace.children], language)
    told = f"{trace.named(language)} {trace.said(language)}"
    return told + (pick(language, f"（{inner}）", f" ({inner})") if inner else "")


def _rule(trace: Trace, full: bool, language: Language, with_points: bool = True) -> _Node:
    facts = dict.fromkeys(_fact(c, language) for c in trace.children if c.kind == "fact")
    steps = [c.named(language) for c in trace.children if c.kind == "step"]
    children = [
        _rule(child, full, language, with_points)
        for child in trace.children
        if child.kind == "rule" and (full or child.detail != _NOT_MET)
    ]
    children += _hidden(trace, full, language)
    label = trace.named(language)
    label = _NOTES[language].sub("", label if full else _BLOCK.sub("", label))
    said = (_listed(list(facts), language), _listed(steps, language), trace.said(language))
    because = pick(language, "；", "; ").join(part for part in said if part)
    line = label
    if with_points:
        points = show_range(trace.value, language)
        line = pick(language, f"{label} → {points} 分", f"{label} → {points} points")
    return _Node(_bracketed(line, because, language), tuple(children))


def _branches(nodes: Sequence[_Node], indent: str) -> Iterator[str]:
    for position, node in enumerate(nodes):
        last = position == len(nodes) - 1
        yield f"{indent}{'└─' if last else '├─'} {node.label}"
        yield from _branches(node.children, f"{indent}{'   ' if last else '│  '}")


def _html(node: _Node, open_levels: int) -> str:
    label = escape(node.label)
    if not node.children:
        return f'<div style="margin-left:1.2em">{label}</div>'
    inner = "".join(_html(child, open_levels - 1) for child in node.children)
    state = " open" if open_levels > 0 else ""
    return f'<details{state} style="margin-left:1.2em"><summary>{label}</summary>{inner}</details>'


# -- reasons


def reason_lines(score: Score, policy: Policy, language: Language = "zh") -> list[str]:
    """A heading and one line for each reason; assumptions of one set stand together."""
    lines: list[str] = []
    by_set: dict[tuple[str, str], list[str]] = {}
    for reason in score.reasons:
        if reason.kind == "assumption" and reason.assumption is not None:
            key = (reason.assumption, assumed_because(reason, language))
            by_set.setdefault(key, []).append(clause_name(policy, reason.clause))
            continue
        lines.append(_reason_line(reason, policy, language))
    for (name, why), clauses in by_set.items():
        kind = pick(language, *REASON_WORDS["assumption"])
        listed = pick(language, "、", ", ").join(dict.fromkeys(clauses))
        lines.append(f"  {kind} {name}｜{listed}｜{why}")
    return [pick(language, "原因与依据", "Reasons"), *lines] if lines else []


def _reason_line(reason: Reason, policy: Policy, language: Language) -> str:
    kind = pick(language, *REASON_WORDS[reason.kind])
    return f"  {kind}｜{reason_sentence(policy, reason, language)}"
