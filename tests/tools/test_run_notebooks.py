"""The notebooks of this repository run in CI without a network: what says so is shown to bite."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

QUIET = """
import socket
server = socket.create_server(("127.0.0.1", 0))
with socket.create_connection(server.getsockname()) as one:
    assert one.getpeername()[0] == "127.0.0.1"
assert socket.getaddrinfo("localhost", 80)
import policydsl as pdl
pdl.score("yueqing-2022", {"年龄": 30})
"""
ASKING = """
import urllib.request
urllib.request.urlopen("http://192.0.2.1:8080/figures.csv", timeout=2)
"""
# what a library does that looks whether there is a newer version
SWALLOWING = """
import socket
try:
    socket.create_connection(("updates.example", 443), timeout=2)
except OSError:
    pass
"""
IN_A_CHILD = """
import subprocess, sys
asking = "import socket; socket.socket(socket.AF_INET6).connect(('2001:db8::1', 80))"
subprocess.run([sys.executable, "-c", asking])
"""
WRONG = "1 / 0"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    folder = tmp_path_factory.mktemp("notebooks")
    sources = {
        "quiet": QUIET, "asking": ASKING, "swallowing": SWALLOWING, "child": IN_A_CHILD,
        "wrong": WRONG,
    }  # fmt: skip
    for name, source in sources.items():
        cell: dict[str, object] = {"cell_type": "code", "id": "a", "metadata": {}, "source": source}
        cell |= {"outputs": [], "execution_count": None}
        book = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        (folder / f"{name}.ipynb").write_text(json.dumps(book), "utf-8")
    names = [str(folder / f"{name}.ipynb") for name in sources]
    return subprocess.run(
        [sys.executable, str(ROOT / "tools" / "run_notebooks.py"), *names],
        capture_output=True, encoding="utf-8", timeout=300, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def test_one_that_stays_on_this_machine_runs(ran: subprocess.CompletedProcess[str]):
    assert re.search(r"^ok +quiet\.ipynb", ran.stdout, re.M), ran.stderr


@pytest.mark.parametrize("name", ["asking", "swallowing", "child", "wrong"])
def test_one_that_takes_the_network_or_errs_fails(ran: subprocess.CompletedProcess[str], name: str):
    assert re.search(rf"^failed +{name}\.ipynb", ran.stdout, re.M), ran.stdout
    assert ran.returncode == 1


@pytest.mark.parametrize("address", ["192.0.2.1:8080", "updates.example:443", "2001:db8::1"])
def test_the_address_that_was_tried_is_told(ran: subprocess.CompletedProcess[str], address: str):
    assert f"asked the network for {address}" in ran.stderr


def test_the_cell_that_failed_is_told(ran: subprocess.CompletedProcess[str]):
    assert "ZeroDivisionError" in ran.stderr
    assert "笔记本不得联网：192.0.2.1:8080" in ran.stderr
