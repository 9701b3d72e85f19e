"""``policydsl lsp`` as a program: it ends when the editor says so, and says nothing but answers."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path


def spoken(*messages: dict[str, object]) -> bytes:
    """Messages as they go over the wire."""
    texts = [json.dumps({"jsonrpc": "2.0", **message}).encode() for message in messages]
    return b"".join(b"Content-Length: %d\r\n\r\n%s" % (len(text), text) for text in texts)


INITIALIZE = {
    "id": 1,
    "method": "initialize",
    "params": {"processId": None, "rootUri": None, "capabilities": {}},
}


def test_it_ends_in_order():
    talk = spoken(
        INITIALIZE, {"method": "initialized", "params": {}}, {"id": 2, "method": "shutdown"},
        {"method": "exit"},
    )  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "policydsl", "lsp"], input=talk, capture_output=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.count(b"Content-Length") == 2
    assert b'"serverInfo"' in done.stdout


def test_it_ends_when_the_editor_is_gone():
    done = subprocess.run(
        [sys.executable, "-m", "policydsl", "lsp"], input=spoken(INITIALIZE), capture_output=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert b"Traceback" not in done.stderr
    assert "程序内部出错".encode() not in done.stderr


def test_the_settings_in_the_docs_can_be_read_and_start_it():
    page = (Path(__file__).parents[2] / "docs" / "editors.md").read_text("utf-8")
    shown = dict(re.findall(r"```(toml|json|lua|elisp)\n(.*?)```", page, re.S))
    helix = tomllib.loads(shown["toml"])["language-server"]["policydsl"]
    kate = json.loads(shown["json"])["servers"]["policydsl"]
    assert [helix["command"], *helix["args"]] == kate["command"] == ["policydsl", "lsp"]
    assert '{ "policydsl", "lsp" }' in shown["lua"]
    assert '("policydsl" "lsp")' in shown["elisp"]
