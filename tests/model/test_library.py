"""Libraries: documents are found by id, and files are read when they are needed, not before."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from tests import strategies

from policydsl.language import nodes as n
from policydsl.language.parsing import fold_width, parse_path, parse_text
from policydsl.language.printing import print_file
from policydsl.model import loading
from policydsl.model.loading import Library, bundled_folder, library_for, policy_files

FILES = policy_files(bundled_folder())


def offering(folder: Path) -> Library:
    library = Library()
    for path in policy_files(folder):
        library.offer_file(path)
    return library


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are parsed while the test runs."""
    names: list[str] = []

    def counting(path: Path) -> object:
        names.append(Path(path).name)
        return parse_path(path)

    monkeypatch.setattr(loading, "parse_path", counting)
    return names


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    texts = {
        "a.policy": "词汇 甲词汇 “甲” { 使用 乙词汇 事实 甲一：是否 }",
        "b.policy": "# 积分 假的 { }\n词汇 # 种类\n  // 后面才是标识\n  「乙词汇」 { 事实 乙一：是否 }",
        "c.policy": "points_scheme ｃａｓｅ {} 积分 样例 { 使用 甲词汇 指标 丙 { 甲一：加 1 分 } }",
        "d.policy": "假设 样例假设 用于 样例 { }\n假设 另一假设 用于 case { }",
        "e.policy": "积分 没有写完 {",
        "f.policy": "这不是策略文件",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "g.policy").write_bytes(b"\xff\xfe\x00\x01")
    return tmp_path


def test_only_files_that_are_needed_are_read(folder: Path, read: list[str]):
    library = offering(folder)
    assert library.find("样例") is not None
    assert read == ["c.policy"]
    policy, found = library.compile("样例")
    assert policy is not None
    assert found == []
    assert sorted(read) == ["a.policy", "b.policy", "c.policy"]


def test_a_file_is_read_once(folder: Path, read: list[str]):
    library = offering(folder)
    for _ in range(3):
        assert library.find("样例") is not None
        assert library.find("case") is not None
        assert library.find("谁也没有写过") is None
    assert read == ["c.policy"]
    assert len(library.entries) == 7
    assert sorted(read) == [f"{letter}.policy" for letter in "abcdefg"]
    assert len(library.results) == 7


def test_sets_are_found_by_what_they_apply_to(folder: Path, read: list[str]):
    library = offering(folder)
    assert library.assumptions_for("样例") == ["样例假设"]
    assert library.assumptions_for("case") == ["另一假设"]
    assert library.assumptions_for("甲词汇") == []
    assert set(read) <= {"a.policy", "c.policy", "d.policy"}


def test_the_order_is_that_of_the_files(folder: Path):
    eager = Library()
    for path in policy_files(folder):
        eager.add_file(path)
    for first in ("另一假设", "样例", "甲词汇"):
        library = offering(folder)
        assert library.find(first) is not None
        assert list(library.entries) == list(eager.entries)
        assert library.ids() == eager.ids()
        assert {d.code for d in library.diagnostics} == {d.code for d in eager.diagnostics}


def test_neighbours_of_a_file_are_not_read_without_need(folder: Path, read: list[str]):
    library = library_for(folder / "c.policy")
    assert read == ["c.policy"]
    assert [d for d in library.diagnostics if d.severity == "error"] == []
    assert library.compile("样例")[0] is not None
    assert "e.policy" not in read


def test_a_folder_is_read_whole(folder: Path, read: list[str]):
    assert len(library_for(folder).results) == 7
    assert len(read) == 7


def headings(text: str, tmp_path: Path) -> list[str]:
    path = tmp_path / "offer.policy"
    path.write_text(text, encoding="utf-8")
    return [name for _, name in loading._Offer.of(path).headings]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_headings_of_the_bundled_files(path: Path, tmp_path: Path):
    file = parse_path(path).file
    ids = [document.id.text for document in file.documents]
    assert headings(path.read_text("utf-8"), tmp_path) == ids
    for language in ("zh", "en"):
        one_line = print_file(file, language).replace("#", "//")
        assert headings(one_line, tmp_path) == ids


@settings(max_examples=100, deadline=None)
@given(strategies.files())
def test_no_heading_is_missed(tmp_path_factory: pytest.TempPathFactory, file: n.File):
    """A document that parsing finds is on offer, however it is written."""
    assume(file.documents)
    text = print_file(file)
    ids = {fold_width(document.id.text) for document in parse_text(text).file.documents}
    found = headings(text, tmp_path_factory.getbasetemp())
    assert ids <= set(found)
    joined = text.replace("\n\n", "\n\u200b\n")
    assert ids <= set(headings(joined, tmp_path_factory.getbasetemp()))
