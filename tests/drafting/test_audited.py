"""The generated documents, held against the policy by the audit of texts: no difference."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from tests.drafting.drafting_cases import NEW, OLD

from policydsl.drafting.columns import OfficeColumns
from policydsl.drafting.docxwriter import write_docx
from policydsl.drafting.package import Wanted, make_package
from policydsl.drafting.paper import Document
from policydsl.drafting.scoretable import score_sections
from policydsl.model import policy as m
from policydsl.model.loading import load
from policydsl.review.auditing import Audit, audit


def audited(policy: m.Policy, document: Document, folder: Path) -> Audit:
    path = folder / "generated.docx"
    path.write_bytes(write_docx(document))
    return audit(policy, path)


def table_of(policy: m.Policy) -> Document:
    return Document("x", tuple(score_sections(policy, OfficeColumns(), "generated")))


def test_every_item_of_beilun(tmp_path: Path):
    """Readings (校读) are of the source's garbled words, which the generated text does not have."""
    found = audited(load(NEW), table_of(load(NEW)), tmp_path)
    assert [(e.verdict, e.text, e.code) for e in found.complaints] == []
    assert found.lost == ()
    assert len(found.scoring) > 200
    assert found.counts["same"] > 200


def test_the_whole_draft_of_beilun(tmp_path: Path):
    """Beyond the items stands the sentence on how the total is made up, which no clause cites."""
    draft = make_package(NEW, Wanted()).documents["附件2 征求意见稿"]
    found = audited(load(NEW), draft, tmp_path)
    assert {e.verdict for e in found.complaints} <= {"uncited"}
    assert [e.text.words for e in found.complaints if e.text] == ["30分", "70分"]


def test_the_older_edition(tmp_path: Path):
    """It works out from the street how many reports are due: the item that counts them tells it."""
    found = audited(load(OLD), table_of(load(OLD)), tmp_path)
    assert [(e.verdict, e.text, e.code) for e in found.complaints] == []


def test_the_audit_would_see_a_changed_figure(tmp_path: Path):
    policy = load(NEW)
    unit = policy.clauses["公安分局/1"]
    assert isinstance(unit.full_marks, Fraction)
    changed = replace(unit, full_marks=unit.full_marks + 1)
    roots = tuple(swapped(root, unit, changed) for root in policy.roots)
    found = audited(policy, table_of(replace(policy, roots=roots)), tmp_path)
    assert found.complaints


def swapped(clause: m.Clause, old: m.Clause, new: m.Clause) -> m.Clause:
    if clause is old:
        return new
    return replace(clause, children=tuple(swapped(c, old, new) for c in clause.children))
