"""JavaScript that belongs to editors is run by Node.js, without any package and without a network.

A machine without Node.js skips these tests, and says so; CI does not.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest


def node() -> str:
    """The program; skips the test (fails it in CI) where there is none."""
    found = shutil.which("node")
    if found:
        return found
    problem = "NO NODE.JS: it is not installed; the JavaScript of the editors was not run."
    if os.environ.get("CI"):
        pytest.fail(problem)
    pytest.skip(problem)


def run_script(script: Path, given: object, timeout: float = 60) -> Any:
    """What a script prints as JSON, of what it reads as JSON."""
    done = subprocess.run(
        [node(), str(script)], input=json.dumps(given), capture_output=True, encoding="utf-8",
        timeout=timeout, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
