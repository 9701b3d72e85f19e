"""Pages are opened in a real browser: headless Chromium, without a network.

A machine without Chromium skips these tests, and says so; CI does not.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-default-apps", "--disable-extensions", "--no-pings", "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip


def browser() -> str:
    """The program; skips the test (fails it in CI) where there is none."""
    named = os.environ.get("POLICYDSL_CHROMIUM")
    for name in (named, *NAMES):
        found = shutil.which(name) if name else None
        if found:
            return found
    problem = f"NO BROWSER: none of {', '.join(NAMES)} is installed; pages were not opened."
    if os.environ.get("CI"):
        pytest.fail(problem)
    pytest.skip(problem)


@dataclass(frozen=True)
class Opened:
    """What became of a page: its tree as text, what the console said, what it asked for."""

    dom: str
    console: tuple[str, ...]
    requests: tuple[str, ...]


def opened(page: Path, folder: Path) -> Opened:
    """Open a page from its file; ``folder`` is for what the browser writes."""
    log = folder / "net.json"
    done = subprocess.run(
        [browser(), *QUIET, f"--user-data-dir={folder / 'profile'}", f"--log-net-log={log}",
         "--enable-logging=stderr", "--virtual-time-budget=4000", "--dump-dom", page.as_uri()],
        capture_output=True, text=True, timeout=120, check=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    console = re.findall(r'CONSOLE[^"]*"(.*?)", source', done.stderr)
    return Opened(done.stdout, tuple(console), tuple(_requests(log, page)))


def _requests(log: Path, page: Path) -> list[str]:
    """Addresses that were asked for, except the page itself and what the browser has inside."""
    text = log.read_text(encoding="utf-8").rstrip().rstrip(",")
    try:
        record: dict[str, Any] = json.loads(text)
    except json.JSONDecodeError:
        record = json.loads(text + "]}")  # the browser ended before it closed the list
    asked: list[str] = []
    for event in record["events"]:
        params = event.get("params") or {}
        # what the browser asks for on its own account does not belong to a file
        if "url" in params and str(params.get("network_isolation_key")).startswith("file:"):
            asked.append(params["url"])
    own = ("data:", "about:", "chrome", "devtools:")
    return sorted({url for url in asked if not url.startswith(own) and url != page.as_uri()})


def picture(page: Path, to: Path, width: int = 1400, height: int = 3000) -> None:
    """What a reader sees, as PNG."""
    subprocess.run(
        [browser(), *QUIET, f"--user-data-dir={to.parent / 'profile'}", f"--screenshot={to}",
         f"--window-size={width},{height}", page.as_uri()],
        capture_output=True, timeout=120, check=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
