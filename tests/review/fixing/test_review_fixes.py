"""Each fix of a finding of the review, carried out on the bad policy of its folder.

``fixes.txt`` beside it is what a drafter is offered, with the lines that change.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.golden import hold_against

from policydsl.language.catalogue import CATALOGUE
from policydsl.language.diagnostics import Diagnostic
from policydsl.language.parsing import parse_text
from policydsl.model.loading import Library, bundled, load
from policydsl.review.fixing.edits import Fix, applied
from policydsl.review.fixing.mending import Looked, fixes, look
from policydsl.review.fixing.place import Place
from policydsl.review.fixing.registry import SAFE, UNMENDED, mended_codes
from policydsl.review.running import review

HERE = Path(__file__).parents[1]
FOLDERS = sorted(path for path in HERE.iterdir() if (path / "bad.policy").exists())
# A figure that is not stated yet is said to be so: that is what the next finding tells.
FOLLOWS = {("R606", "R652"), ("R640", "R652")}


def looked(text: str) -> Looked:
    library = Library(bundled())
    result = library.add_text(text, "bad.policy")
    return look(result.source, library, result)


def places(folder: Path) -> Iterator[Place]:
    """The findings of a folder's code, those against another document too."""
    code = folder.name[:4]
    whole = looked((folder / "bad.policy").read_text("utf-8"))
    yield from (place for place in whole.places if place.found.code == code)
    other = folder / "other.policy"
    if other.exists():
        found = review(load(folder / "bad.policy"), against=load(other)).of(code)
        for each in found:
            known = next(iter(whole.places), None)
            diagnostic = Diagnostic(code, whole.text.source, each.span, each.details)
            context = None if known is None else known.context
            yield Place(whole.text, diagnostic, each, context)


def changed(old: str, new: str) -> list[str]:
    """The lines that go and come."""
    lines = difflib.unified_diff(old.split("\n"), new.split("\n"), n=0, lineterm="")
    return [line for line in lines if line[:2] not in ("--", "++", "@@")]


def told(folder: Path) -> Iterator[str]:
    text = (folder / "bad.policy").read_text("utf-8")
    for place in places(folder):
        yield place.found.message()
        for fix in fixes(place):
            yield f"  {'✓' if fix.safe else '·'} {fix.title[0]}"
            yield f"    {fix.title[1]}"
            yield from (f"      {line}" for line in changed(text, applied(text, fix.edits)))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: p.name)
def test_what_is_offered(folder: Path):
    hold_against(folder / "fixes.txt", "\n".join(told(folder)) + "\n")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: p.name)
def test_a_fix_ends_its_finding_and_starts_no_other(folder: Path):
    text = (folder / "bad.policy").read_text("utf-8")
    code = folder.name[:4]
    before = Counter(d.code for d in looked(text).found)
    for place in places(folder):
        for fix in fixes(place):
            new = applied(text, fix.edits)
            after = Counter(d.code for d in looked(new).found)
            if code not in ("R644", "R690"):
                assert after[code] < before[code], fix.title
            more = {other for other in after if after[other] > before[other]}
            assert {(code, other) for other in more} <= FOLLOWS, fix.title


def test_a_threshold_of_another_document_is_taken_over():
    folder = HERE / "R644-threshold-of-another-document"
    text = (folder / "bad.policy").read_text("utf-8")
    (place,) = places(folder)
    new = applied(text, fixes(place, suppress=False)[0].edits)
    assert not review(loaded(new), against=load(folder / "other.policy")).of("R644")


def loaded(text: str):
    library = Library(bundled())
    (document,) = library.add_text(text, "mended").file.documents
    return library.policy(document.id.text)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: p.name)
def test_comments_and_layout_stay(folder: Path):
    """Everything that an edit does not name is there afterwards, comments included."""
    text = (folder / "bad.policy").read_text("utf-8").replace("\n", "  # 备注\n")
    for place in (p for p in looked(text).places if p.found.code == folder.name[:4]):
        for fix in fixes(place):
            new = applied(text, fix.edits)
            assert parse_text(new, "x").ok, fix.title
            gone = text.count("# 备注") - new.count("# 备注")
            # a tier or statement that goes takes no line with a comment along
            assert gone == 0, fix.title


def test_at_most_one_fix_is_safe():
    for folder in FOLDERS:
        for place in places(folder):
            safe = sum(fix.safe for fix in fixes(place))
            assert safe <= 1
            assert not safe or place.found.code in SAFE


def test_every_code_has_a_fixer_or_a_reason_why_not():
    codes = {c for c in CATALOGUE if c[0] in "PMV" or c.startswith("R6")}
    assert set(mended_codes()) | set(UNMENDED) == codes
    assert not set(mended_codes()) & set(UNMENDED)


@pytest.mark.parametrize("code", ["R602", "R620"])
def test_safe_fixes_score_alike(code: str):
    """Nobody gains or loses by a safe fix: the two policies are proved equal."""
    from policydsl.review.proving.asking import differ

    folder = next(f for f in FOLDERS if f.name.startswith(code))
    text = (folder / "bad.policy").read_text("utf-8")
    for place in places(folder):
        (safe,) = (fix for fix in fixes(place) if fix.safe)
        assert isinstance(safe, Fix)
        proof = differ(loaded(text), loaded(applied(text, safe.edits)), seconds=20)
        assert proof.verdict == "proved"
