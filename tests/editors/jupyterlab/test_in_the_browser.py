"""JupyterLab as a drafter has it: opened on a folder, in a real browser, without a network."""

from __future__ import annotations

import importlib.metadata
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.browser import QUIET, browser

from policydsl.language.parsing import parse_text

playwright = pytest.importorskip("playwright.sync_api")
pytest.importorskip("jupyterlab_lsp")

# one server and one browser for all of them
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("jupyterlab")]

ROOT = Path(__file__).parents[3]
OWN_MACHINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
SECONDS = 60_000
"""How long to wait for anything, in milliseconds: a busy machine takes its time."""

POLICY = """# 我区的办法
积分 我区 “我区积分（举例）” {
  满分 50 分
  使用 resident-vocabulary
  事实 服务次数：计数（次），缺省 0
  指标 社保 满分 30 分 责任单位 人社局 { 每 1 个月 社保月数 加 0.5 分，最高 30 分 }
  指标 志愿 满分 20 分 { 每 1 次 服务次 加 2 分，最高 20 分 }
}
"""
CELL = """%%policy ours
积分 某区 “某区积分” {
  满分 20 分
  事实 志愿时长：小数（小时），缺省 0
  指标 志愿 满分 20 分 { 每 10 小时 志愿时常 加 1 分，最高 20 分 }
}"""


@dataclass
class Lab:
    """A running JupyterLab and a browser; ``asked`` are the addresses of all requests."""

    folder: Path
    url: str
    token: str
    chromium: Any
    asked: list[str]

    def open(self, path: str) -> Any:
        """A page with a file open, in a fresh workspace, or with the launcher."""
        page = self.chromium.new_page(viewport={"width": 1300, "height": 800})
        page.set_default_timeout(SECONDS)
        page.on("request", lambda request: self.asked.append(request.url))
        tree = f"/tree/{path}" if path else ""
        page.goto(f"{self.url}lab/workspaces/w{len(self.asked)}{tree}?token={self.token}")
        return page


def notebook(*cells: str) -> str:
    """A notebook of code cells."""
    code: list[dict[str, object]] = [
        {"cell_type": "code", "id": f"c{i}", "metadata": {}, "outputs": [], "execution_count": None,
         "source": source}
        for i, source in enumerate(cells)
    ]  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps(
        {"cells": code, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    )


def installed() -> None:
    """Skip (fail in CI) where an installation from before the entry point is still in place."""
    if any(importlib.metadata.entry_points(group="jupyter_lsp_spec_v1", name="policydsl")):
        return
    problem = "NO ENTRY POINT: install the package again (python tools/dev.py setup)."
    if os.environ.get("CI"):
        pytest.fail(problem)
    pytest.skip(problem)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def started(server: subprocess.Popen[bytes], runtime: Path, log: Path) -> dict[str, Any]:
    """What a server writes of itself as soon as it listens."""
    note = runtime / f"jpserver-{server.pid}.json"
    for _ in range(600):
        if note.exists() and note.stat().st_size:
            info: dict[str, Any] = json.loads(note.read_text("utf-8"))
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", info["port"])) == 0:
                    return info
        assert server.poll() is None, log.read_text("utf-8")
        time.sleep(0.1)
    raise AssertionError(log.read_text("utf-8"))


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    installed()
    program = browser()
    base = tmp_path_factory.mktemp("lab")
    folder = base / "我区"
    folder.mkdir()
    (folder / "ours.policy").write_text(POLICY, "utf-8")
    (folder / "book.ipynb").write_text(notebook("import math", CELL), "utf-8")
    # as after a fresh installation: no settings of this machine's user
    places = {
        name: str(base / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }
    share = ROOT / "editors" / "jupyterlab" / "share" / "jupyter"
    log = base / "log"
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1",
        f"--port={free_port()}", str(folder),
    ]  # fmt: skip
    with log.open("wb") as out:
        server = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            env={**os.environ, **places, "JUPYTER_PATH": str(share)},
        )  # fmt: skip
    try:
        info = started(server, Path(places["JUPYTER_RUNTIME_DIR"]), log)
        with playwright.sync_playwright() as driver:
            chromium = driver.chromium.launch(
                executable_path=program, args=[*QUIET, OWN_MACHINE], timeout=SECONDS
            )
            found = Lab(folder, info["url"], info["token"], chromium, [])
            yield found
            outside = [
                url for url in found.asked
                if not url.startswith((found.url, "data:", "blob:"))
            ]  # fmt: skip
            chromium.close()
        assert outside == []
    finally:
        server.terminate()
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()


def soon(page: Any, look: Callable[[], str], enough: Callable[[str], bool]) -> str:
    """What one sees as soon as it is what one waits for, or at last."""
    for _ in range(SECONDS // 100):
        if enough(look()):
            break
        page.wait_for_timeout(100)
    return look()


def colour(page: Any, scope: str, word: str) -> str:
    """The colour in which a word is shown."""
    found: str = page.evaluate(
        """([scope, word]) => {
          const all = document.createTreeWalker(
            document.querySelector(scope + ' .cm-content'), NodeFilter.SHOW_TEXT);
          while (all.nextNode()) {
            const node = all.currentNode;
            if (node.data.trim() === word || (word === 'NAME' && node.data.includes('某区')) ||
                (word === 'NAME' && node.data.includes('我区'))) {
              return getComputedStyle(node.parentElement).color;
            }
          }
          return 'absent';
        }""",
        [scope, word],
    )
    return found


def pointed(page: Any, word: str) -> tuple[float, float]:
    """Where on the screen a word stands."""
    x, y = page.evaluate(
        """(word) => {
          const all = document.createTreeWalker(
            document.querySelector('.cm-content'), NodeFilter.SHOW_TEXT);
          while (all.nextNode()) {
            const at = all.currentNode.data.indexOf(word);
            if (at < 0) continue;
            const range = document.createRange();
            range.setStart(all.currentNode, at);
            range.setEnd(all.currentNode, at + word.length);
            const box = range.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2];
          }
          throw new Error(word + ' is not shown');
        }""",
        word,
    )
    return x, y


def middle(place: Any) -> tuple[float, float]:
    box = place.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def point_at(page: Any, place: Callable[[], tuple[float, float]], told: Any) -> None:
    """Point at a place, again and again, until something is told of it.

    What the server has to say comes after a pause, and a page drawn anew takes it away.
    """
    for _ in range(30):
        x, y = place()
        page.mouse.move(x, y + 200)
        page.mouse.move(x, y)
        page.wait_for_timeout(1000)
        if told.count():
            break
    told.wait_for()


def test_a_file_is_coloured_checked_explained_completed_mended_and_laid_out(lab: Lab):
    page = lab.open("ours.policy")
    fault = page.locator(".cm-lintRange")
    fault.wait_for()
    assert fault.inner_text() == "服务次"
    shown = {colour(page, ".jp-FileEditor", word) for word in ("积分", "指标", "满分", "NAME")}
    assert len(shown) == 4
    assert "absent" not in shown

    told = page.locator(".cm-tooltip-lint", has_text="没有名为“服务次”的事实。是否应为“服务次数”？")
    point_at(page, lambda: middle(fault), told)
    assert "→" in told.inner_text()

    fault.click()
    page.keyboard.press("Control+.")
    page.wait_for_selector(".jp-Dialog select")
    assert "服务次数" in page.locator(".jp-Dialog select").input_value()
    page.keyboard.press("Enter")
    fault.wait_for(state="detached")

    page.locator(".policydsl-hint", has_text="∑ 50 分 ✓").wait_for()

    page.keyboard.down("Control")
    told = page.locator(".lsp-hover", has_text="社保月数每1个月加0.5分，最高得30分。")
    point_at(page, lambda: pointed(page, "社保 "), told)
    page.keyboard.up("Control")
    page.mouse.move(5, 5)

    page.locator(".cm-line", has_text="指标 志愿").click()
    page.keyboard.press("End")
    page.keyboard.type("\n指标 再 满分 5 分 { 每 1 次 服")
    page.keyboard.press("Tab")
    page.locator(".jp-Completer-item", has_text="服务次数").first.click()
    page.keyboard.type(" 加   1 分，最高   5 分 }")
    page.locator(".cm-line", has_text="满分 50 分").click()
    page.keyboard.press("End")
    page.keyboard.press("Shift+Alt+F")
    line = page.locator(".cm-line", has_text="指标 再")
    wanted = "  指标 再 满分 5 分 { 每 1 次 服务次数 加 1 分，最高 5 分 }"
    assert soon(page, line.inner_text, lambda text: text == wanted) == wanted

    page.keyboard.press("Control+s")
    path = lab.folder / "ours.policy"
    saved = soon(page, lambda: path.read_text("utf-8"), lambda text: wanted in text)
    assert wanted in saved
    assert parse_text(saved).ok
    page.close()


def test_a_cell_with_a_policy_is_coloured_and_checked_as_one(lab: Lab):
    page = lab.open("book.ipynb")
    fault = page.locator(".jp-Notebook .cm-lintRange")
    fault.first.wait_for()
    assert fault.all_inner_texts() == ["志愿时常"]
    cell = ".jp-CodeCell:nth-child(2)"
    shown = {colour(page, cell, word) for word in ("%%policy ours", "积分", "满分", "NAME")}
    assert len(shown) == 4
    assert "absent" not in shown
    python = colour(page, ".jp-CodeCell", "import")

    # without its first line it is Python, with it a policy again
    first = page.locator(f"{cell} .cm-line").first
    first.click()
    page.keyboard.press("Home")
    page.keyboard.press("Delete")
    playwright.expect(first).to_have_text("%policy ours")
    page.wait_for_timeout(500)
    assert colour(page, cell, "积分") == "absent"  # of one colour with what follows
    page.keyboard.type("%")
    fault.first.wait_for()
    assert colour(page, cell, "积分") in shown
    assert colour(page, ".jp-CodeCell", "import") == python

    fault.first.click()
    page.keyboard.press("Control+.")
    page.wait_for_selector(".jp-Dialog select")
    page.keyboard.press("Enter")
    fault.first.wait_for(state="detached")
    assert "志愿时长 加 1 分" in page.inner_text(cell)
    page.close()


def test_the_launcher_has_a_new_policy(lab: Lab):
    page = lab.open("")
    page.locator(".jp-LauncherCard", has_text="打分政策").click()
    page.locator(".jp-FileEditor .cm-line", has_text="我区积分管理办法（草稿）").wait_for()
    (made,) = lab.folder.glob("untitled*.policy")
    assert parse_text(made.read_text("utf-8")).ok
    page.close()
