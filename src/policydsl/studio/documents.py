"""A draft as the page shows it: clauses in official wording, findings, numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from policydsl.language.diagnostics import Diagnostic, Source
from policydsl.model import policy as m
from policydsl.review.context import Context
from policydsl.review.findings import Finding
from policydsl.simulation.adjusting import Adjustable
from policydsl.studio import telling as t
from policydsl.studio.drafts import Draft
from policydsl.wording import sentences as w
from policydsl.wording.speaking import Speaker

Data = dict[str, Any]


def document_of(policy: m.Policy, draft: Draft | None = None) -> list[Data]:
    """The clauses in reading order, then scenes, status rules and deadlines.

    ``draft``: the text in which the places of clauses are told.
    """
    zh, en = w.speaker(policy, "zh"), w.speaker(policy, "en")
    places = _Places(policy, draft)
    entries: list[Data] = []
    for root in policy.roots:
        for level, clause in _walked(root, 0):
            entries.append(_clause(clause, level, zh, en, places))
    for scene in policy.scenes:
        text = t.both(w.scene_body(scene, zh), w.scene_body(scene, en))
        entries.append(_entry(scene.clause, 0, text, zh, en, places, key=scene.id))
    for place, rule in enumerate(policy.status_rules):
        text = t.both(*(s.sentence(s.rule(rule)) for s in (zh, en)))
        entries.append(_plain(f"效力#{place}", "效力", "validity", text, rule.locator))
    for place, deadline in enumerate(policy.deadlines):
        text = t.both(*(w.deadline_text(deadline, policy, x) for x in ("zh", "en")))
        entries.append(
            _plain(f"期限#{place}", deadline.name, deadline.name, text, deadline.locator)
        )
    return entries


def _walked(clause: m.Clause, level: int) -> Iterator[tuple[int, m.Clause]]:
    yield level, clause
    for child in clause.children:
        yield from _walked(child, level + 1)


def _clause(
    clause: m.Clause, level: int, zh: Speaker, en: Speaker, places: _Places
) -> Data:  # fmt: skip
    text = t.both(w.particulars(clause, zh, False), w.particulars(clause, en, False))
    return _entry(clause, level, text, zh, en, places)


def _entry(
    clause: m.Clause, level: int, text: Data, zh: Speaker, en: Speaker, places: _Places,
    key: str | None = None,
) -> Data:  # fmt: skip
    opens = [*clause.doubts, *(x for rule in clause.rules for x in rule.doubts)]
    return {
        "key": clause.id if key is None else key, "kind": clause.kind, "level": level,
        "heading": t.both(w.heading(clause, zh), w.heading(clause, en)),
        "name": t.both(w.clause_name(clause, "zh"), w.clause_name(clause, "en")),
        "points": _limit(clause.declared_maximum),
        "sentences": [text] if text["zh"] or text["en"] else [],
        "source": t.both(clause.locator) if clause.locator else None,
        "reviewer": list(dict.fromkeys((*clause.lead, *clause.responsible))),
        "review": list(clause.review), "open": list(dict.fromkeys(opens)), "is_open": clause.open,
        "discretionary": clause.discretionary,
        "assumptions": list(dict.fromkeys(c.assumption for c in clause.closings)),
        "summary": clause.summary, **places.of(clause),
    }  # fmt: skip


def _plain(key: str, name: str, english: str, text: Data, locator: str | None) -> Data:
    nowhere = {"start": None, "end": None, "line": None, "where": None}
    return {
        "key": key, "kind": "rule", "level": 0, "heading": t.both(name, english),
        "name": t.both(name, english), "points": None, "sentences": [text],
        "source": t.both(locator) if locator else None, "reviewer": [], "review": [], "open": [],
        "is_open": False, "discretionary": False, "assumptions": [], "summary": None, **nowhere,
    }  # fmt: skip


def _limit(limit: m.Limit | None) -> str | None:
    return t.number(limit) if isinstance(limit, Fraction) else None


class _Places:
    """Where clauses stand in the text of a draft."""

    def __init__(self, policy: m.Policy, draft: Draft | None):
        self.text: Source | None = None if draft is None else draft.result.source
        origins: Mapping[int, Source] = {}
        if draft is not None:
            edition = draft.library.edition(policy.id)[0]
            origins = dict(edition.sources) if edition is not None else {}
        self.context = Context(policy, None, None, origins)

    def of(self, clause: m.Clause) -> Data:
        source, span = self.context.place(clause.node)
        if self.text is None or span is None or source is None or source.text != self.text.text:
            where = None if source is None else source.name.rpartition("/")[2].rpartition(":")[2]
            return {"start": None, "end": None, "line": None, "where": where}
        line = source.place(span.start)[0]
        return {"start": span.start, "end": span.end, "line": line, "where": None}


def numbers_of(numbers: Sequence[Adjustable], policy: m.Policy) -> list[Data]:
    """The numbers for the page."""
    return [_number(each, policy) for each in numbers]


def _number(each: Adjustable, policy: m.Policy) -> Data:
    figure, span = each.figure, each.span
    clause = policy.clauses.get(figure.clause)
    unit = figure.unit
    return {
        "id": each.id, "clause": figure.clause,
        "title": t.both(figure.clause if clause is None else w.clause_name(clause)),
        "label": t.pair(each.label), "value": t.number(figure.value),
        "unit": t.both(unit, _ENGLISH.get(unit, unit)),
        "start": None if span is None else span.start, "end": None if span is None else span.end,
        "where": None if span is not None else t.both(each.home),
        "low": t.number(each.low), "high": t.number(each.high), "step": t.number(each.step),
        "whole": each.whole,
    }  # fmt: skip


_ENGLISH = {
    "分": "points", "月": "months", "年": "years", "岁": "years", "次": "times", "名": "persons",
    "人": "persons", "个百分点": "percentage points", "百分点": "percentage points",
}  # fmt: skip


# -- findings


def check_findings(draft: Draft) -> list[Data]:
    """What parsing and checking find, each with the clause that it stands in."""
    clause = _Clauses(draft)
    return [t.finding(each, "check", clause.of(each)) for each in draft.findings]


class _Clauses:
    """The innermost clause around a place of the draft's text."""

    def __init__(self, draft: Draft):
        self.spans: list[tuple[int, int, str]] = []
        policy = draft.policy
        if policy is None:
            return
        places = _Places(policy, draft)
        clauses = [*policy.clauses.values(), *(scene.clause for scene in policy.scenes)]
        for clause in clauses:
            place = places.of(clause)
            if place["start"] is not None and clause.kind != "root":
                self.spans.append((place["start"], place["end"], clause.id))
        self.name = draft.result.source.name

    def of(self, diagnostic: Diagnostic) -> str | None:
        span = diagnostic.span
        if span is None or diagnostic.source is None or not self.spans:
            return None
        if diagnostic.source.name != self.name:
            return None
        around = [(end - start, id_) for start, end, id_ in self.spans
                  if start <= span.start and span.end <= end]  # fmt: skip
        return min(around)[1] if around else None


def review_findings(found: Sequence[Finding]) -> list[Data]:
    """The complaints of a review."""
    told = []
    for each in found:
        record = each.as_record()
        told.append({
            **t.finding(each.diagnostic, "review", each.clause or None),
            "severity": each.severity, "verdict": each.verdict, "label": record["label"],
            "property": record["property"], "witness": record["witness"],
            "undecided_because": record["undecided_because"], "waived": record["waived"],
        })  # fmt: skip
    return told


def changed_entries(before: Sequence[Data], after: Sequence[Data]) -> list[Data]:
    """Of the clauses after, those that are new or other than before, with ``before``."""
    known = {entry["key"]: entry for entry in before}
    found = []
    for entry in after:
        old = known.get(entry["key"])
        if old is None or any(old[k] != entry[k] for k in ("heading", "sentences", "points")):
            found.append({**entry, "before": old})
    return found
