"""``make lab``: what is started, on what, and with what in Jupyter's path."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tools import dev

SHARE = str(dev.ROOT / "editors" / "jupyterlab" / "share" / "jupyter")


def test_lab_opens_the_notebooks(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("JUPYTER_PATH", raising=False)
    command, env = dev.lab_call(Path("python"), [])
    assert command == [Path("python"), "-m", "jupyterlab", dev.ROOT / "notebooks"]
    assert env["JUPYTER_PATH"] == SHARE
    assert (Path(SHARE) / "labextensions" / "policydsl" / "package.json").is_file()


def test_lab_takes_options_and_another_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("JUPYTER_PATH", "mine")
    command, env = dev.lab_call(Path("python"), ["--no-browser", "--port=9999"])
    assert command[2:] == ["jupyterlab", "--no-browser", "--port=9999", dev.ROOT / "notebooks"]
    assert env["JUPYTER_PATH"] == f"{SHARE}{os.pathsep}mine"
    command, _ = dev.lab_call(Path("python"), [str(tmp_path)])
    assert command[3:] == [str(tmp_path)]


def test_lab_is_installed_with_its_extra(monkeypatch: pytest.MonkeyPatch):
    asked: dict[str, object] = {}

    def setup(extras: str) -> Path:
        asked["extras"] = extras
        return Path("python")

    monkeypatch.setattr(dev, "setup", setup)
    monkeypatch.setattr(dev, "run", lambda command, **more: asked.update(command=command, **more))
    dev.task_lab(["--no-browser"])
    assert "lab" in str(asked["extras"]).split(",")
    assert asked["interactive"] is True
    assert asked["command"] == dev.lab_call(Path("python"), ["--no-browser"])[0]
