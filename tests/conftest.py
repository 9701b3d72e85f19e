"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def sources_dir() -> Path:
    """The folder of the source texts: the real documents which the encoded policies follow.

    It is where ``POLICYDSL_SOURCES`` says, or else ``../shared/sources`` seen from the root of
    the repository.
    """
    named = os.environ.get("POLICYDSL_SOURCES")
    folder = Path(named) if named else ROOT.parent / "shared" / "sources"
    if any(folder.glob("*.txt")):
        return folder.resolve()
    problem = f"NO SOURCE TEXTS: {folder} has no .txt file. Set POLICYDSL_SOURCES to their folder."
    # A CI job has the texts beside the checkout, and a folder that somebody named ought to be
    # there: in both cases a skip would hide that nothing was held against the documents.
    if named or os.environ.get("CI"):
        pytest.fail(problem)
    # The texts are not part of the repository, and whoever has only the clone must still be able
    # to run all the other tests.
    pytest.skip(problem)


# In CI the random tests draw the same examples in every run, so that a change is judged by what
# it changes; elsewhere they go on searching.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("default", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "default")
