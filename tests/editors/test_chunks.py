"""Reading piece by piece finds what reading the whole finds."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.strategies import files

from policydsl.editors.service.chunks import _EMPTY as EMPTY
from policydsl.editors.service.chunks import Reader, before, chunks
from policydsl.language.diagnostics import Source
from policydsl.language.expecting import expected, tokens_before
from policydsl.language.parsing import parse_text
from policydsl.language.printing import print_file
from policydsl.model.loading import bundled_folder, policy_files

FILES = policy_files(bundled_folder())


def codes(text: str) -> list[tuple[str, int]]:
    found = parse_text(text).diagnostics
    return [(each.code, each.span.start if each.span else 0) for each in found]


def by_chunks(text: str, reader: Reader | None = None) -> list[tuple[str, int]]:
    found = (reader or Reader()).findings(Source("", text))
    return [(each.code, each.span.start if each.span else 0) for each in found]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_pieces_join_without_a_gap_and_have_no_fault_of_their_own(path: Path):
    text = path.read_text("utf-8")
    pieces = list(chunks(text))
    assert all(one.start <= one.end for one in pieces)
    covered = "".join(text[one.start : one.end] for one in pieces)
    heads = {one.head for one in pieces if one.head}
    assert len(covered) + sum(len(head) for head in heads) + len(heads) == len(text)
    assert by_chunks(text) == codes(text)


@given(files())
@settings(max_examples=40)
def test_random_files_have_no_fault_in_pieces(file):
    assert by_chunks(print_file(file)) == []


@pytest.mark.parametrize("path", FILES[:5], ids=lambda path: path.stem)
@given(data=st.data())
@settings(max_examples=8)
def test_a_stray_word_is_found_where_it_stands(path: Path, data: st.DataObject):
    text = path.read_text("utf-8")
    reader = Reader()
    assert by_chunks(text, reader) == []
    places = [
        i for i, c in enumerate(text) if c == "{" and "“" not in text[text.rfind("\n", 0, i) : i]
    ]
    place = data.draw(st.sampled_from(places)) + 1
    broken = f"{text[:place]} 分 分 {text[place:]}"
    found = by_chunks(broken, reader)
    assert found
    if codes(broken)[0][1] - place < 20:
        assert abs(found[0][1] - codes(broken)[0][1]) < 20


def test_only_the_piece_that_changed_is_read_again(monkeypatch: pytest.MonkeyPatch):
    from policydsl.editors.service import chunks as module

    read: list[str] = []

    def note(head: str, text: str) -> tuple[()]:
        read.append(text)
        return ()

    monkeypatch.setattr(module, "_read", note)
    text = "积分 甲 “甲” {\n  指标 一 { 加 1 分 }\n  指标 二 { 加 2 分 }\n}\n"
    reader = Reader()
    reader.findings(Source("", text))
    read.clear()
    reader.findings(Source("", text.replace("加 2 分", "加 3 分")))
    assert [piece.strip() for piece in read] == ["指标 二 { 加 3 分 }"]


@pytest.mark.parametrize("path", FILES[:6], ids=lambda path: path.stem)
def test_what_may_stand_somewhere_needs_only_the_piece(path: Path):
    text = path.read_text("utf-8")
    for offset in range(0, len(text), max(1, len(text) // 25)):
        piece = before(text, offset)
        whole = expected(tokens_before(text, offset))
        assert expected(tokens_before(piece, len(piece))) == whole


def test_a_line_of_hashes_is_a_comment_like_any_other():
    """A rule across the page, as people draw it between sections, must not stop the editor."""
    started = time.process_time()
    assert not EMPTY.fullmatch("#" * 200 + "\n" + "//" * 100 + "\n指标")
    assert EMPTY.fullmatch("#" * 200 + "\n" + "//" * 100 + " 注\n  ")
    assert time.process_time() - started < 5
