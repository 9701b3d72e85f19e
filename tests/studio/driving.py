"""The studio as a drafter meets it: the real server on a folder, opened in headless Chromium."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import TYPE_CHECKING, Any

from tests.browser import QUIET, browser

from policydsl.studio.guard import PAGE_POLICY

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

POLICIES = Path(__file__).parents[2] / "policies"
STATIC = resources.files("policydsl.studio") / "static"
HOUSEHOLDS = 2_000
LOCAL = [
    *(x for x in QUIET if not x.startswith("--host-resolver-rules")),
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]
"""As other pages are opened, but for this machine's own address."""
SOON = 40_000
"""ms; answers come within some hundredths of a second, but a test machine may be busy."""


@dataclass(frozen=True)
class Studio:
    """A server that runs, and the folder that it serves."""

    address: str
    folder: Path

    @property
    def origin(self) -> str:
        """The address without its token."""
        return self.address.partition("?")[0]


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[Studio]:
    """``policydsl studio`` on a folder, at a free port, until the block ends."""
    command = [sys.executable, "-m", "policydsl", "studio", str(folder), "--port", "0",
               "--no-browser", "-n", str(HOUSEHOLDS), *options]  # fmt: skip
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        stdin=subprocess.DEVNULL, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    lines: Queue[str] = Queue()
    assert running.stdout is not None
    output = running.stdout

    def listen() -> None:
        for line in output:
            lines.put(line)

    Thread(target=listen, daemon=True).start()
    told = ""
    try:
        while not (found := re.search(r"http://127\.0\.0\.1:\d+/\?token=\S+", told)):
            told += lines.get(timeout=60)
        yield Studio(found[0], folder)
    finally:
        running.terminate()
        running.wait(timeout=20)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of the machine; skips the test where there is none."""
    import pytest

    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        running = started.chromium.launch(executable_path=browser(), args=LOCAL)
        yield running
        running.close()


def from_disk(route: Any) -> None:
    """Answer with a module of the page; "none" is an empty page."""
    name = route.request.url.partition("/static/")[2]
    if name == "none":
        route.fulfill(
            body="<!doctype html>", content_type="text/html",
            headers={"Content-Security-Policy": PAGE_POLICY},
        )  # fmt: skip
        return
    route.fulfill(body=(STATIC / name).read_text(encoding="utf-8"), content_type="text/javascript")


@dataclass
class Visit:
    """One tab of a drafter, and what went wrong in it."""

    page: Page
    studio: Studio
    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(self, policy: str, address: str | None = None) -> Visit:
        """Open a policy of the folder and wait for its clauses and its effect."""
        self.page.goto(f"{address or self.studio.address}#{policy}.policy%23{policy}")
        self.page.locator(".clause").first.wait_for(timeout=SOON)
        return self.settled()

    def settled(self) -> Visit:
        """Wait until no answer is outstanding."""
        self.page.locator(".effect[aria-busy=false]").wait_for(timeout=SOON)
        return self

    def number(self, clause: str, place: int = 0) -> Locator:
        """A number in the sentence of a clause."""
        return self.page.locator(f".clause[data-key$='{clause}'] .sentence input").nth(place)

    def sentence(self, clause: str) -> str:
        """The sentence of a clause as it is read, numbers included."""
        text: str = self.page.locator(f".clause[data-key$='{clause}'] .sentence").evaluate(
            """p => [...p.childNodes].map(n => n.nodeType === 3 ? n.data
                   : n.querySelector('input').value).join('')"""
        )
        return text

    def chart(self) -> str:
        """The outline of the draft's distribution."""
        return self.page.locator(".line-after").get_attribute("d") or ""

    def mean(self) -> str:
        """The mean under the draft."""
        return self.page.locator(".card b").first.inner_text()

    def text(self) -> str:
        """The draft's text."""
        self.page.keyboard.press("Alt+2")
        return self.page.locator("textarea[wrap]").input_value()

    def changes(self) -> list[str]:
        """The list of changes, one line for each."""
        found = self.page.locator(".changes li")
        return [" ".join(text.split()) for text in found.all_inner_texts()]


@contextmanager
def visiting(
    chrome: Browser, studio: Studio, expected: Sequence[int] = (), **options: Any
) -> Iterator[Visit]:
    """A tab whose errors and requests are watched.

    When the block ends, nothing may have left this machine, and nothing may have been complained
    about but answers of the ``expected`` statuses.
    """
    settings = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce", **options}
    context = chrome.new_context(locale="zh-CN", accept_downloads=True, **settings)
    with context:
        visit = watched(context.new_page(), studio, expected)
        yield visit
    assert visit.problems == []
    assert [url for url in visit.requests if not url.startswith(studio.origin)] == []


def watched(page: Page, studio: Studio, expected: Sequence[int] = ()) -> Visit:
    """A tab whose complaints are written down."""
    visit = Visit(page, studio)
    statuses = "|".join(map(str, expected)) or "none"
    fine = re.compile(rf"Failed to load resource: .* status of ({statuses})\b")
    page.on("pageerror", lambda error: visit.problems.append(str(error)))
    page.on(
        "console",
        lambda said: None if said.type not in ("error", "warning") or fine.search(said.text)
        else visit.problems.append(said.text),
    )  # fmt: skip
    page.on("request", lambda request: visit.requests.append(request.url))
    return visit
