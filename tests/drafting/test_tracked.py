"""Tracked changes: accepted they give the new text, rejected the old one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.drafting.drafting_cases import BASE, DRAFT, NEW, OLD

from policydsl.drafting.changes import STAGE, titled, tracked_document
from policydsl.drafting.docxwriter import write_docx
from policydsl.drafting.drafttext import Options, draft_text
from policydsl.drafting.grids import document_texts
from policydsl.drafting.paper import Paragraph, Run, document, para
from policydsl.drafting.tracked import accepted, marked, rejected, tracked
from policydsl.model.loading import bundled
from policydsl.versions.comparing import compare_editions
from policydsl.versions.history import load_history

PAIRS = [(BASE, DRAFT), (OLD, NEW), ("provincial-indicators-a", "provincial-indicators-a-draft"),
         ("provincial-indicators-a", "provincial-indicators-b")]  # fmt: skip


@pytest.mark.parametrize(("older", "newer"), PAIRS)
def test_bundled_editions_from_the_xml(older: str, newer: str):
    old, new = (bundled().policy(id_) for id_ in (older, newer))
    lineage = load_history().between(older, newer) if older != newer else None
    diff = compare_editions(old, new, lineage)
    data = write_docx(tracked_document(diff, Options()))
    assert document_texts(data) == [p.text for p in titled(new, draft_text(new, Options()), STAGE)]
    assert document_texts(data, reject=True) == [
        p.text for p in titled(old, draft_text(old, Options()))
    ]


LINES = st.lists(
    st.tuples(
        st.sampled_from(["body", "h2"]),
        st.sampled_from(["", "甲", "乙", "丙", "丁"]),
        st.text("扣加5分10%、。项甲乙 ", min_size=1, max_size=12),
    ),
    max_size=6,
)


def paragraphs(lines: list[tuple[str, str, str]]) -> list[Paragraph]:
    return [Paragraph((Run(text),), kind, key or None) for kind, key, text in lines]  # type: ignore[arg-type]


@settings(max_examples=60)
@given(LINES, LINES)
def test_any_two_texts(old: list[tuple[str, str, str]], new: list[tuple[str, str, str]]):
    before, after = paragraphs(old), paragraphs(new)
    marks = tracked(before, after)
    assert accepted(marks) == [p.text for p in after]
    assert rejected(marks) == [p.text for p in before]


@settings(max_examples=40)
@given(LINES, LINES)
def test_any_two_texts_through_word(
    old: list[tuple[str, str, str]], new: list[tuple[str, str, str]]
):
    """A paragraph stays below, since the mark of the last one of a file cannot go."""
    before, after = ([*paragraphs(lines), para("本页无正文", key="end")] for lines in (old, new))
    data = write_docx(document("x", tracked(before, after)))
    assert document_texts(data) == [p.text for p in after]
    assert document_texts(data, reject=True) == [p.text for p in before]


def test_numbers_change_as_a_whole():
    runs = marked([Run("每下降1个百分点扣2分，达到95%")], [Run("每下降1个百分点扣12分，达到90%")])
    assert [(r.text, r.change) for r in runs] == [
        ("每下降1个百分点扣", None),
        ("2", "delete"),
        ("12", "insert"),
        ("分，达到", None),
        ("95%", "delete"),
        ("90%", "insert"),
    ]


def test_texts_with_nothing_in_common_are_replaced_whole():
    runs = marked([Run("未开展培训的扣5分")], [Run("满分三十")])
    assert [r.change for r in runs] == ["delete", "insert"]


def test_what_is_new_and_what_fell_away():
    marks = tracked(
        [para("甲", key="a"), para("乙", key="b")], [para("甲", key="a"), para("丙", key="c")]
    )
    assert [(p.text, p.change) for p in marks] == [("甲", None), ("丙", "insert"), ("乙", "delete")]
