"""A page on a folder with one draft."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.studio.desk import Page, page_on
from tests.studio.driving import chromium, from_disk


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with page_on(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """One for tests that write nothing."""
    with page_on(tmp_path_factory.mktemp("desk")) as made:
        yield made


@pytest.fixture(scope="module")
def tab() -> Iterator[Any]:
    """An empty page under the policy of the real one, that has its modules without a server."""
    with chromium() as running:
        page = running.new_page()
        page.route("**/*", from_disk)
        page.goto("http://127.0.0.1:9/static/none")
        yield page
