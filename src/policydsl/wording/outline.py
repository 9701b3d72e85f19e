"""A document as plain data: the same texts and figures for programs (``show --format json``).

Everything is a dict, list, string, number, boolean or ``None``.  Points and other exact numbers
are strings (``"0.25"``), since a binary float cannot hold them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from policydsl.model import expressions as e
from policydsl.model import policy as m
from policydsl.model import rules as r
from policydsl.scoring.ranges import show_points
from policydsl.wording import annexes, facts
from policydsl.wording import sentences as w
from policydsl.wording.documents import document_english
from policydsl.wording.operations import operation_texts

Data = dict[str, Any]

OUTLINE_VERSION = 1


def policy_outline(policy: m.Policy) -> Data:
    """The document as a JSON-ready dict; texts are ``{"zh": …, "en": …}``.

    Keys: ``id``, ``kind``, ``title``, ``meta``, ``clauses`` (nested, each with its ``rules``,
    ``targets`` and provenance), ``scenes``, ``status_rules``, ``exclusions``, ``blends``,
    ``deadlines``, ``duties``, ``operations``, ``facts``, ``concepts``, ``examples``,
    ``open_points``, ``doubts``, ``assumptions``, ``readings``, ``notes``.
    """
    return _Outline(policy).data()


class _Outline:
    """One document on its way to data."""

    def __init__(self, policy: m.Policy):
        self.policy = policy
        self.zh = w.speaker(policy, "zh")
        self.en = w.speaker(policy, "en")

    def data(self) -> Data:
        """The whole document."""
        policy = self.policy
        return {
            "outline_version": OUTLINE_VERSION,
            "id": policy.id,
            "kind": policy.kind,
            "title": {"zh": policy.title or policy.id, "en": document_english(policy)},
            "assumed": list(policy.assumed),
            "meta": self._meta(),
            "clauses": [self._clause(root) for root in policy.roots],
            "scenes": [self._scene(scene) for scene in policy.scenes],
            "status_rules": [self._rule(rule) for rule in policy.status_rules],
            "exclusions": [
                {
                    "excluded": x.excluded,
                    "fact": x.fact,
                    "assumptions": list(x.assumptions),
                    "text": self._both(lambda lang, x=x: w.exclusion_text(x, policy, lang)),
                }
                for x in policy.exclusions
            ],
            "blends": [self._blend(blend) for blend in policy.blends],
            "deadlines": [self._deadline(deadline) for deadline in policy.deadlines],
            "duties": [self._duty(duty) for duty in policy.duties],
            "operations": self._pairs(operation_texts(policy, "zh"), operation_texts(policy, "en")),
            "facts": [self._fact(fact) for fact in self._facts()],
            "concepts": self._concepts(),
            "examples": [example.title for example in policy.examples],
            "open_points": self._listed(annexes.open_points),
            "doubts": self._listed(annexes.doubts),
            "assumptions": self._listed(annexes.assumptions),
            "readings": [_reading(x) for x in policy.readings],
            "notes": list(policy.notes),
        }

    def _both(self, text: Any) -> Data:
        return {"zh": text("zh"), "en": text("en")}

    def _said(self, say: Any) -> Data:
        return {"zh": say(self.zh), "en": say(self.en)}

    def _pairs(self, zh: Iterable[str], en: Iterable[str]) -> list[Data]:
        return [{"zh": one, "en": other} for one, other in zip(zh, en, strict=True)]

    def _listed(self, entries: Any) -> list[Data]:
        return self._pairs(entries(self.policy, self.zh), entries(self.policy, self.en))

    # -- parts

    def _meta(self) -> Data:
        meta = self.policy.meta
        document = self.policy.document
        based_on = document.based_on if document is not None else None
        return {
            "region": meta.region,
            "issuer": list(meta.issuer),
            "replaces": list(meta.replaces),
            "based_on": based_on.text if based_on is not None else None,
            "applies_to": [x.text for x in document.applies_to] if document is not None else [],
            "legal_basis": list(meta.legal_basis),
            "sections": meta.sections,
            "source": meta.source,
            "issued": _period(meta.issued),
            "in_force": _period(meta.in_force),
            "expires": _period(meta.expires),
            "transition": list(meta.transition),
        }

    def _clause(self, clause: m.Clause) -> Data:
        return {
            "id": clause.id,
            "kind": clause.kind,
            "label": clause.label,
            "number": clause.number,
            "name": clause.name,
            "english": clause.english,
            "full_marks": _limit(clause.full_marks),
            "cap": _limit(clause.cap),
            "floor": _limit(clause.floor),
            "start": "full" if clause.start == "full" else _limit(clause.start),
            "rounding": self._rounding(clause.rounding),
            "applies_when": self._condition(clause.applies_when),
            "entity": clause.entity,
            "review": list(clause.review),
            "responsible": list(clause.responsible),
            "lead": list(clause.lead),
            "recognition": clause.recognition,
            "concept": clause.concept,
            "heading": self._said(lambda words: w.heading(clause, words)),
            "text": self._said(lambda words: w.paragraph(clause, words)),
            "rules": [self._rule(rule) for rule in clause.rules],
            "targets": [self._target(target) for target in clause.targets],
            "discretionary": clause.discretionary,
            "open": clause.open,
            **self._provenance(clause),
            "clauses": [self._clause(child) for child in clause.children],
        }

    def _provenance(self, clause: m.Clause) -> Data:
        return {
            "locator": clause.locator,
            "summary": clause.summary,
            "notes": list(clause.notes),
            "doubts": list(clause.doubts),
            "assumptions": list(clause.assumptions),
            "readings": [_reading(x) for x in clause.readings],
            "closings": [
                {
                    "assumption": c.assumption,
                    "what": c.what,
                    "what_en": c.what_en,
                    "reason": c.reason,
                }
                for c in clause.closings
            ],
        }

    def _rule(self, rule: r.Rule) -> Data:
        return {
            "text": self._said(lambda words: words.sentence(words.rule(rule))),
            "discretionary": r.is_discretionary(rule),
            "open": r.is_open(rule),
            "facts": sorted(_facts_of(rule)),
            "locator": rule.locator,
            "assumptions": [t for x in r.nested(rule) for t in x.assumptions],
            "doubts": [t for x in r.nested(rule) for t in x.doubts],
        }

    def _rounding(self, rounding: r.RoundTo | None) -> Data | None:
        if rounding is None:
            return None
        return {
            "mode": rounding.mode,
            "unit": show_points(rounding.unit),
            "text": self._said(lambda words: words.rounding(rounding)),
        }

    def _condition(self, expr: e.Expr | None) -> Data | None:
        return None if expr is None else self._said(lambda words: words.condition(expr))

    def _target(self, target: m.Target) -> Data:
        policy = self.policy
        return {
            "text": self._both(lambda language: w.target_text(target, policy, language)),
            "measure": target.measure,
            "operator": target.operator,
            "threshold": None if target.threshold is None else show_points(target.threshold),
            "assumptions": list(target.assumptions),
        }

    def _scene(self, scene: m.Scene) -> Data:
        return {
            "id": scene.id,
            "name": scene.name,
            "text": self._said(lambda words: w.scene_body(scene, words)),
            "applies_when": self._condition(scene.applies_when),
            "household": scene.household,
            "household_scope": scene.household_scope if scene.household else None,
            "keys": [
                {
                    "text": self._said(lambda words, k=key: words.value(k.expression)),
                    "highest_first": key.highest_first,
                }
                for key in scene.keys
            ],
            "keys_open": scene.keys_open,
            "quota": scene.quota,
            "quota_set_by": scene.quota_set_by,
            "ties": scene.ties,
            "responsible": list(scene.clause.responsible),
            "lead": list(scene.clause.lead),
            **self._provenance(scene.clause),
        }

    def _blend(self, blend: m.Blend) -> Data:
        policy = self.policy
        return {
            "id": blend.id,
            "name": blend.name,
            "text": self._both(lambda language: w.blend_text(blend, policy, language)),
            "parts": [
                {
                    "value": self._said(lambda words, p=part: words.value(p.expression)),
                    "weight_percent": None if part.weight is None else show_points(part.weight),
                    "assumptions": list(part.assumptions),
                }
                for part in blend.parts
            ],
            **self._provenance(blend.clause),
        }

    def _deadline(self, deadline: m.Deadline) -> Data:
        return {
            "name": deadline.name,
            "comparison": deadline.comparison,
            "number": None if deadline.number is None else show_points(deadline.number),
            "unit": deadline.unit.symbol if deadline.unit is not None else None,
            "date": _date(deadline.date),
            "limit": self._said(lambda words: w.deadline_limit(deadline, words)),
            "note": deadline.text,
            "clause": deadline.clause,
            "locator": deadline.locator,
            "assumptions": list(deadline.assumptions),
        }

    def _duty(self, duty: m.Duty) -> Data:
        return {
            "unit": duty.unit,
            "note": duty.text,
            "reviews": list(duty.reviews),
            "hosts": list(duty.hosts),
            "locator": duty.locator,
        }

    def _facts(self) -> Iterable[m.Fact]:
        if self.policy.kind == "vocabulary":
            return [f for f in self.policy.facts.values() if f.document]
        return facts.facts_in_use(self.policy)

    def _fact(self, fact: m.Fact) -> Data:
        return {
            "name": fact.name,
            "kind": fact.kind,
            "unit": fact.unit.symbol if fact.unit is not None else None,
            "values": list(fact.values),
            "low": None if fact.low is None else show_points(fact.low),
            "high": None if fact.high is None else show_points(fact.high),
            "default": _constant(fact.default),
            "missing": fact.missing,
            "missing_value": _constant(fact.missing_value),
            "places": fact.places,
            "derived": fact.derived is not None,
            "concept": fact.concept,
            "entity": fact.entity,
            "english": fact.english,
            "note": fact.note,
            "locator": fact.locator,
            "assumptions": list(fact.assumptions),
            "document": fact.document or None,
            "text": self._said(lambda words: facts.fact_text(fact, words)),
        }

    def _concepts(self) -> Mapping[str, str]:
        """The concepts that the document's clauses and facts name; all of a vocabulary."""
        concepts = self.policy.concepts
        if self.policy.kind == "vocabulary":
            return dict(concepts)
        used = {c.concept for c in self.policy.clauses.values()}
        used |= {fact.concept for fact in self._facts()}
        return {name: text for name, text in concepts.items() if name in used}


def _facts_of(rule: r.Rule) -> set[str]:
    return {
        name
        for inner in r.nested(rule)
        for part in (inner.condition, *facts.expressions_of(inner.action))
        for name, _ in e.facts_of(part)
    }


def _limit(limit: m.Limit | str | None) -> Any:
    """A number of points as text, ``None``, or ``{"open": true}`` with its bounds."""
    if limit is None or isinstance(limit, str):
        return limit
    if isinstance(limit, Fraction):
        return show_points(limit)
    low, high = limit.low, limit.high
    return {
        "open": True,
        "low": None if low is None else show_points(low),
        "high": None if high is None else show_points(high),
    }


def _period(period: m.Period | None) -> Data | None:
    if period is None:
        return None
    return {
        "open": period.open,
        "date": _date(period.date),
        "after": None if period.after is None else show_points(period.after),
        "after_unit": period.after_unit.symbol if period.after_unit is not None else None,
        "event": period.event,
    }


def _date(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _constant(value: e.Constant | None) -> str | bool | None:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    return show_points(value) if isinstance(value, Fraction) else value.isoformat()


def _reading(reading: m.Reading) -> Data:
    return {"original": reading.original, "read_as": reading.read_as, "reason": reading.reason}
