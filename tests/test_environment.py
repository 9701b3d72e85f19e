"""What CI runs has every engine: a test that is skipped there would prove nothing."""

from __future__ import annotations

import importlib.util
import os
import shutil

import pytest


@pytest.mark.skipif(not os.environ.get("CI"), reason="on a desk engines may be missing")
@pytest.mark.parametrize(
    "module",
    [
        "numba",
        "duckdb",
        "pyarrow",
        "pyspark",
        "polars",
        "lxml",
        "vl_convert",
        "altair",
        "sklearn",
        "docx",
        "jupyterlab_lsp",
        "jedi_language_server",
        "playwright",
    ],
)
def test_ci_has_every_engine(module: str) -> None:
    assert importlib.util.find_spec(module) is not None


@pytest.mark.skipif(not os.environ.get("CI"), reason="on a desk they may be missing")
@pytest.mark.parametrize("program", ["java", "cc", "node"])
def test_ci_has_what_engines_and_benchmarks_run(program: str) -> None:
    assert shutil.which(program) is not None
