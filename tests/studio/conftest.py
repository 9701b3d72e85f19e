"""A page on a folder with one draft."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.studio.desk import Page, page_on


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with page_on(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """One for tests that write nothing."""
    with page_on(tmp_path_factory.mktemp("desk")) as made:
        yield made
