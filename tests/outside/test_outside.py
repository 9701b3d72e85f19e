"""A scheme from outside the five documents: the language is general."""

from __future__ import annotations

from pathlib import Path

import pytest

from policydsl.model import load
from policydsl.model import rules as r
from policydsl.scoring.cases import case_of
from policydsl.scoring.exact import score_case

CRS = load(Path(__file__).with_name("express-entry-crs.policy"))


@pytest.mark.parametrize("example", CRS.examples, ids=lambda e: e.title)
def test_worked_cases_of_the_ranking_system(example):
    score = score_case(CRS, case_of(example))
    assert example.expectations
    for expected in example.expectations:
        got = score.total if expected.clause is None else score.parts[expected.clause]
        assert (got.low, got.high) == (expected.low, expected.high), expected.clause


def test_two_way_tables_and_caps_in_caps_are_there():
    tables = [rule for c in CRS.items for rule in c.rules if isinstance(rule.action, r.Matrix)]
    assert len(tables) == 4
    assert CRS.clauses["core/partner"].cap == 40
    assert CRS.clauses["core"].cap == 500
