"""The notebooks are kept as their authors wrote them: nothing stored that a run makes anew."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_outputs_are_not_stored(path: Path):
    cells = json.loads(path.read_text("utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert code
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_opens_in_chinese_with_an_english_lead(path: Path):
    first = "".join(json.loads(path.read_text("utf-8"))["cells"][0]["source"])
    assert re.search("[\u4e00-\u9fff]", first)
    assert re.search(r"^\*[A-Z][^*]+\*$", first, re.MULTILINE)
