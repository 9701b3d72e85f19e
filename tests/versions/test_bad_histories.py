"""Histories that cannot be: each file has its findings, with the places of both sides, beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.golden import hold_against, rendered

from policydsl.language.diagnostics import Diagnostic
from policydsl.model.loading import Library
from policydsl.versions.checking import check_history
from policydsl.versions.history import build

BAD = Path(__file__).parent / "bad_history"
FILES = sorted(BAD.glob("*.policy"))
CODES = {
    "circle": ["V620"],
    "circle-of-itself": ["V620"],
    "circle-of-amendments": ["V612"],
    "dangling-edition": ["V621", "V621", "V621"],
    "dangling-clause": ["V622"],
    "dangling-amendment": ["V601", "V611", "V637", "V610", "V613"],
    "amended-twice": ["V623"],
    "drafts-in-conflict": ["V624"],
    "amended-after-repeal": ["V625"],
    "two-in-force": ["V626"],
    "dates-out-of-order": ["V627", "V627", "V627", "V627", "V635"],
    "told-twice": ["V628", "V628", "V628"],
    "ambiguous-clause": ["M232"],
    "needless-stub": ["V631"],
    "history-without-editions": ["V632"],
    "amends-what-was-replaced": ["V634"],
}
# These concern one place only: there is no other side to show.
ONE_SIDED = {
    "circle-of-itself", "dangling-edition", "dangling-clause", "dangling-amendment",
    "ambiguous-clause", "history-without-editions",
}  # fmt: skip


def findings(path: Path) -> list[Diagnostic]:
    library = Library()
    result = library.add_text(path.read_text("utf-8"), path.name)
    assert result.ok, "what is wrong must be the history, not the spelling"
    return check_history(build(library))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_finding_has_its_code_and_both_places(path: Path):
    found = findings(path)
    assert sorted(d.code for d in found) == sorted(CODES[path.stem])
    assert all(d.place is not None for d in found)
    if path.stem not in ONE_SIDED:
        assert all(d.related for d in found), "both sides are shown"
    hold_against(path.with_suffix(".txt"), rendered(found))


def test_every_file_is_accounted_for():
    assert {path.stem for path in FILES} == set(CODES)


def test_an_amendment_that_was_repealed_by_its_own_base_is_found_by_the_amender():
    library = Library()
    library.add_text(
        "积分 b “基” { 指标 甲 上限 5 分 { 加 1 分 } }\n"
        "修订 x “修” 基于 b { 废止 指标 甲  修改 指标 甲 上限 6 分 }\n",
        "x.policy",
    )
    codes = {d.code for d in check_history(build(library))}
    assert codes & {"V602", "V603"}
