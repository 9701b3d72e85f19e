"""Work plans (工作要点): numbered tasks with targets, the unit that leads and those responsible."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from policydsl.importing.drafts import Draft, Guess, named, quoted
from policydsl.importing.gathering import Made
from policydsl.importing.naming import Names, item_name, measure
from policydsl.importing.ruling import _amount
from policydsl.reading.documents import Section, SourceDocument
from policydsl.wording.recognising.folding import split_outside
from policydsl.wording.recognising.numerals import number_of
from policydsl.wording.recognising.passages import Passage
from policydsl.wording.recognising.scanning import scan

_UNITS = re.compile(
    r"[（(]?\s*(?P<lead>牵头(?:单位|部门)：(?P<leads>[^，；。）]+))?[，；]?\s*"
    r"(?:责任(?:单位|部门)：)+(?P<owners>[^；。）]+)[）)]*"
)
_SIGNS = {">=": "达到", "<=": "不超过", ">": "超过", "<": "低于"}


def looks_like_a_plan(document: SourceDocument) -> bool:
    """Whether there are numbered tasks with units, or a table of tasks, and no points."""
    if any(row.marks is not None for table in document.tables for _, row in table.rows):
        return False
    led = sum(bool(_UNITS.search(s.passage.text)) for s in document.sections if len(s.path) == 2)
    tabled = any("lead" in row.extra or "responsible" in row.extra
                 for table in document.tables for _, row in table.rows)  # fmt: skip
    return led >= 3 or tabled


def work_plan(document: SourceDocument) -> Made:
    """The parts of a plan and their tasks; targets without a figure stay in words."""
    made = Made([], [], {}, [], [], [])
    names = Names()
    prose = [s for s in document.sections if s.holder is None]
    parts = [s for s in prose if len(s.path) == 1]
    for part in parts:
        inside = [s for s in prose if len(s.path) == 2 and s.path[0] == part.path[0]
                  and _UNITS.search(s.passage.text)]  # fmt: skip
        if not inside:
            continue
        draft = Draft(f"组 {named(_part_name(part))}", part.path[0])
        draft.attributes.append(f"出处 {quoted(f'第{part.path[0]}部分')}")
        draft.children = [_task(task, names, made) for task in inside]
        made.drafts.append(draft)
    if not made.drafts:
        made.drafts += list(_tabled(document, names, made))
    return made


def _tabled(document: SourceDocument, names: Names, made: Made) -> Iterator[Draft]:
    """The tasks of a table of tasks."""
    for table in document.tables:
        for holder, row in table.rows:
            title = row.name.text if row.name is not None else item_name(row.text.text)
            draft = Draft(f"任务 {row.number} {named(title)}", str(row.number))
            draft.attributes.append(f"出处 {quoted(f'{table.schedule} 第{row.number}项'.strip())}")
            for key, word in (("lead", "牵头单位"), ("responsible", "责任单位")):
                cell = row.extra.get(key)
                listed = (
                    [x for x in re.split("[、，；]", cell.text) if x] if cell is not None else []
                )
                if listed:
                    draft.attributes.append(f"{word} {'、'.join(map(named, listed))}")
            draft.attributes.append(f"原文 {quoted(row.text.text)}")
            clauses = [row.text.part(a, b) for a, b in split_outside(row.text.text, "；。")]
            for body in clauses:
                if body.text.strip():
                    lines = targets_of(body, str(row.number), names, made)
                    measured = [line for line in lines if not line.startswith("目标 “")]
                    draft.targets += measured or lines
            del holder
            yield draft


def _part_name(part: Section) -> str:
    first = re.split(r"[，。；（\s]", part.passage.text, maxsplit=1)[0]
    return first[:20] or f"第{part.path[0]}部分"


def _task(section: Section, names: Names, made: Made) -> Draft:
    number = int(number_of(section.path[1]))
    title, _, rest = section.passage.text.partition("。")
    clause = str(number)
    draft = Draft(f"任务 {number} {named(item_name(title) if len(title) > 30 else title)}", clause)
    place = f"第{section.path[0]}部分（{section.path[1]}）"
    draft.attributes.append(f"出处 {quoted(place)}")
    owners = _UNITS.search(section.passage.text)
    end = owners.start() if owners is not None else len(section.passage)
    start = len(title) + 1 if rest else 0
    if owners is not None:
        for key, word in (("leads", "牵头单位"), ("owners", "责任单位")):
            listed = [x.strip() for x in re.split("[、，]", owners[key] or "") if x.strip()]
            if listed:
                draft.attributes.append(f"{word} {'、'.join(map(named, listed))}")
    body = section.passage.part(min(start, end), end)
    draft.attributes.append(f"原文 {quoted(section.passage.text)}")
    draft.targets = list(targets_of(body, clause, names, made))
    return draft


def targets_of(body: Passage, clause: str, names: Names, made: Made) -> Sequence[str]:
    """Measured targets, and a target in words for every sentence with another figure or none."""
    found = scan(body.text)
    lines: list[str] = []
    measured: set[tuple[int, int]] = set()
    for threshold in found.thresholds:
        if threshold.dimension not in ("percent", "count", "lesson"):
            continue
        name = names.fact(measure(threshold, body.text), clause, "")
        kind = "百分比" if threshold.dimension == "percent" else f"计数（{threshold.unit or '个'}）"
        made.facts.setdefault(name, kind)
        lines.append(f"目标 {named(name)} {_SIGNS[threshold.operator]} {_amount(threshold)}")
        measured.add(threshold.span)
    for figure in found.figures:
        span = (figure.start, figure.end)
        known = figure.quantity.unit is not None and figure.quantity.dimension == "count"
        if (
            figure.role != "count"
            or not known
            or span in measured
            or any(t.span == span for t in found.thresholds)
        ):
            continue
        unit = figure.quantity.unit
        assert unit is not None
        subject = re.split(r"[，。；：、]", body.text[: figure.start])[-1]
        if len(subject) < 3 or figure.text.startswith(("一", "两")):
            continue
        name = names.fact(f"{subject[-14:]}{unit.symbol}数", clause, "")
        made.facts.setdefault(name, f"计数（{unit.symbol}）")
        lines.append(
            f"目标 {named(name)} 达到 {figure.text.removesuffix(unit.symbol)} {unit.symbol}"
        )
        made.guesses.append(
            Guess(clause, f"{subject[-14:]}达到{figure.text}",
                  ("只写了数量，按至少这么多理解", "a number alone; at least that many was taken"),
                  body.span(*span))
        )  # fmt: skip
    for start, end in _sentences(body.text):
        lines.append(f"目标 {quoted(body.text[start:end])}")
    return lines


def _sentences(text: str) -> list[tuple[int, int]]:
    spans, start = [], 0
    for stop in re.finditer("。", text):
        if stop.start() > start:
            spans.append((start, stop.start()))
        start = stop.end()
    if text[start:].strip("（ "):
        spans.append((start, len(text)))
    return spans
