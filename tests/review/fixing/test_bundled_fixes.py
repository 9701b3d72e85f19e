"""Fixes on the bundled policies: whatever is offered gives a text that reads without an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from policydsl.language.parsing import parse_text
from policydsl.model.loading import Library, bundled, bundled_folder, policy_files
from policydsl.review.fixing.edits import applied
from policydsl.review.fixing.mending import fixes, look

FILES = [
    path for path in policy_files(bundled_folder())
    if path.parent.name not in ("shared", "assumptions") and "history" not in path.stem
]  # fmt: skip
MOST_OF_A_CODE = 1
"""Of each code so many findings of a file are tried; a dozen of each were, once, by hand."""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_offer_gives_a_text_that_reads(path: Path):
    library = Library(bundled())
    result = library.add_file(path)
    looked = look(result.source, library, result)
    tried: dict[str, int] = {}
    for place in looked.places:
        tried[place.found.code] = tried.get(place.found.code, 0) + 1
        if tried[place.found.code] > MOST_OF_A_CODE:
            continue
        for fix in fixes(place):
            new = applied(result.source.text, fix.edits)
            assert new != result.source.text
            found = parse_text(new, path.name)
            assert found.ok, (place.found.code, fix.title, found.diagnostics[0].render("zh"))
            assert len(found.file.documents) == len(result.file.documents)


def test_a_draft_changes_nothing_of_its_base():
    """What is found in the base of an amendment has no fix in the text of the amendment."""
    path = next(p for p in FILES if p.stem == "yueqing-2023-draft")
    library = Library(bundled())
    result = library.add_file(path)
    looked = look(result.source, library, result)
    elsewhere = [p for p in looked.places if p.found.source and p.found.source.name != str(path)]
    assert elsewhere
    assert all(fixes(place) == () for place in elsewhere)
