"""Run notebooks headless, from top to bottom; used by ``tools/dev.py notebooks``.

Takes paths of ``.py`` (percent format) or ``.ipynb`` files. Each runs in a kernel of this very
Python, with its own folder as the working directory, and nothing is written back. Leaves with 1
when a cell of any of them fails, or asks the network for something: the kernels are cut off it
(``tools/offline``).
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

# Without it, a kernel called python3 in the user's home would win over that of this environment.
os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"

import jupytext
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

SECONDS_PER_CELL = 600
GUARD = Path(__file__).resolve().parent / "offline"


def execute(path: Path) -> str | None:
    """Run one notebook without a network; returns the report of what failed, or None."""
    with tempfile.TemporaryDirectory(prefix="policydsl-notebook-") as folder:
        log = Path(folder) / "asked"
        report = _executed(path, log)
        asked = log.read_text("utf-8").split() if log.exists() else []
    if not asked:
        return report
    tried = f"{path.name}: asked the network for {', '.join(dict.fromkeys(asked))}"
    return f"{report}\n{tried}" if report else tried


def _executed(path: Path, log: Path) -> str | None:
    paths = [str(GUARD), os.environ.get("PYTHONPATH", "")]
    offline = {
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "POLICYDSL_OFFLINE_LOG": str(log),
    }
    client = NotebookClient(
        jupytext.read(path),
        timeout=SECONDS_PER_CELL,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        client.execute(env={**os.environ, **offline})
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        return str(error)
    return None


def main(names: Sequence[str]) -> int:
    """Run all notebooks, also after one failed; returns 1 when any did."""
    failed = 0
    for name in names:
        path = Path(name)
        start = time.perf_counter()
        report = execute(path)
        seconds = time.perf_counter() - start
        print(f"{'failed' if report else 'ok':<7} {path.name} ({seconds:.1f} s)", flush=True)
        if report:
            failed += 1
            print(report, file=sys.stderr, flush=True)
    print(f"{len(names) - failed} of {len(names)} notebooks ran to their end", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
