"""A comparison as plain values for JSON: numbers as exact texts, everything by key."""

from __future__ import annotations

from typing import Any

from policydsl.comparison.comparing import Comparison
from policydsl.comparison.links import Link
from policydsl.comparison.schemes import Element
from policydsl.comparison.thresholds import Threshold, thresholds_in
from policydsl.model import policy as m
from policydsl.model.rules import OpenPoints
from policydsl.scoring.ranges import Range
from policydsl.scoring.results import range_record
from policydsl.simulation.plain import plain
from policydsl.wording.sentences import rules_text, target_text

SCHEMA = "policydsl/comparison/1"


def as_records(made: Comparison) -> dict[str, Any]:
    """The whole comparison.  A stable contract: fields are only ever added."""
    return {
        "schema": SCHEMA,
        "schemes": [
            {
                "label": s.label, "id": s.policy.id, "title": s.policy.title, "kind": s.kind,
                "total": plain(s.total), "assumed": list(s.policy.assumed),
                "source": s.policy.meta.source,
            }
            for s in made.schemes
        ],
        "rows": [
            {
                "key": row.key, "concept": row.concept, "title": row.title,
                "proposed": row.proposed,
                "cells": [
                    [_element(made, x.element) | {"link": _link(made, x.link)} for x in cell]
                    for cell in row.cells
                ],
                "differences": [
                    {"kind": d.kind, "values": [None if v is None else v[0] for v in d.values]}
                    for d in made.differences[row.key]
                ],
            }
            for row in made.rows
        ],
        "units": [
            {
                "key": row.key, "cells": [list(cell) for cell in row.cells],
                "links": [_link(made, x) for x in row.links],
            }
            for row in made.units
        ],
        "measures": [
            {
                "key": row.key, "title": row.title, "verdict": row.verdict,
                "cells": [[_threshold(t) for t in cell] for cell in row.cells],
                "links": [_link(made, x, True) for x in row.links],
            }
            for row in made.measures
        ],
        "people": None if made.people is None else _people(made),
        "notes": [{"code": n.code, "zh": n.message("zh"), "en": n.message("en")}
                  for n in made.notes],
    }  # fmt: skip


def _element(made: Comparison, element: Element) -> dict[str, Any]:
    scheme = made.schemes[element.scheme]
    return {
        "clause": element.clause.id, "place": element.place, "points": _limit(element.points),
        "share": plain(element.share), "rule": rules_text(element.clause, scheme.policy),
        "targets": [target_text(t, scheme.policy) for t in element.clause.targets],
        "thresholds": [_threshold(t) for t in thresholds_in(scheme, element)],
        "review": list(element.review), "responsible": list(element.responsible),
        "lead": list(element.lead), "recognition": element.recognition,
        "discretionary": element.clause.discretionary, "open": element.open,
        "assumptions": list(dict.fromkeys(c.assumption for c in element.clause.closings)),
        "locator": element.locator,
    }  # fmt: skip


def _limit(limit: m.Limit | None) -> Any:
    if isinstance(limit, OpenPoints):
        return {"open": [plain(limit.low), plain(limit.high)]}
    return plain(limit)


def _link(made: Comparison, link: Link | None, measure: bool = False) -> Any:
    if link is None:
        return None
    return {
        "one": made.key_of(link.one, measure),
        "other": made.key_of(link.other, measure),
        "how": link.how,
        "score": None if link.score is None else f"{link.score:.4f}",
        "reasons": [zh for zh, _ in link.reasons],
    }


def _threshold(threshold: Threshold) -> dict[str, Any]:
    return {
        "fact": threshold.fact, "operator": threshold.operator, "value": plain(threshold.value),
        "against": threshold.against, "shown": threshold.shown()[0], "worth": threshold.worth,
        "outcome": threshold.outcome[0], "clause": threshold.element.clause.id,
        "locator": threshold.element.locator,
    }  # fmt: skip


def _people(made: Comparison) -> dict[str, Any]:
    people = made.people
    assert people is not None

    def ranges(values: tuple[Range | None, ...]) -> list[Any]:
        return [range_record(value) for value in values]

    return {
        "about": plain(dict(people.about)),
        "persons": [
            {
                "name": p.name,
                "facts": p.about,
                "stands_for": p.stands_for,
                "points": ranges(tuple(None if s is None else s.points for s in p.scores)),
                "usable": ranges(tuple(None if s is None else s.total for s in p.scores)),
                "percentiles": [plain(x) for x in p.percentiles],
                "areas": [{a: range_record(v) for a, v in x.items()} for x in p.areas],
            }
            for p in people.persons
        ],
        "standings": [plain(s) for s in people.standings],
        "agreements": [
            {"schemes": list(pair), "tau": None if (t := x.tau(6)) is None else str(t), **plain(x)}
            for pair, x in people.agreements.items()
        ],
        "favoured": [plain(x) for x in people.favoured],
    }
