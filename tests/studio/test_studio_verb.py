"""``policydsl studio`` as a program: its address, its end, what it says when it cannot start."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from policydsl.cli import main

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The program and the address that it shows."""
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "policydsl", "studio", "--no-browser", "--port", "0"]
    made = subprocess.Popen(
        [*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env,
        encoding="utf-8",
    )  # fmt: skip
    try:
        assert made.stdout is not None
        line = made.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/\?token=\S+", line)
        assert found, line
        yield made, found[0]
    finally:
        made.kill()
        made.communicate()


def ask(address: str, path: str) -> object:
    base, _, rest = address.partition("/?token=")
    token = rest.partition("&")[0]
    request = urllib.request.Request(base + path, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


@pytest.mark.skipif(os.name == "nt", reason="signals differ")
def test_it_shows_its_address_answers_and_ends_with_ctrl_c(tmp_path: Path):
    with running(str(tmp_path)) as (program, address):
        desk = ask(address, "/api/desk")
        assert isinstance(desk, dict)
        assert desk["folder"] == str(tmp_path.resolve())
        assert any(p["id"] == "yueqing-2022" for p in desk["policies"])
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(address.partition("/?")[0] + "/api/desk", timeout=30)
        program.send_signal(signal.SIGINT)
        _, err = program.communicate(timeout=30)
        assert program.returncode == 0
        assert "Traceback" not in err
        assert "已结束" in err


def test_it_speaks_english(tmp_path: Path):
    with running(str(tmp_path), "--lang", "en") as (_, address):
        assert address.endswith("&lang=en")


def test_a_port_that_is_taken_is_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert main(["studio", str(tmp_path), "--no-browser", "--port", port]) != 0
    assert "J911" in capsys.readouterr().err


def test_no_folder_is_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "x.policy").write_text("")
    assert main(["studio", str(tmp_path / "x.policy"), "--no-browser"]) != 0
    assert "J936" in capsys.readouterr().err
    assert main(["studio", str(tmp_path / "nothing"), "--no-browser"]) != 0
    assert "F001" in capsys.readouterr().err


def test_an_unknown_population_is_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["studio", str(tmp_path), "--no-browser", "--population", "没有"]) != 0
    assert "J915" in capsys.readouterr().err


def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    for name in [n for n in sys.modules if n.startswith(("starlette", "policydsl.studio"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "starlette", None)
    assert main(["studio", str(tmp_path), "--no-browser"]) != 0
    shown = capsys.readouterr().err
    assert "J910" in shown
    assert "policydsl[studio]" in shown
