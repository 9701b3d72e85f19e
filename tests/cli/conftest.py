"""Running the command line inside the test process, the way ``main`` does for a user."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from policydsl.cli import main

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Run:
    code: int
    out: str
    err: str


Command = Callable[..., Run]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Calls ``policydsl`` with the given words; returns exit code and both outputs."""
    monkeypatch.delenv("POLICYDSL_LANG", raising=False)

    def call(*words: object) -> Run:
        capfd.readouterr()
        code = main([str(word) for word in words])
        out, err = capfd.readouterr()
        assert "Traceback (most" not in out + err
        return Run(code, out, err)

    return call


@pytest.fixture
def demo() -> Path:
    """The folder of the bundled demonstration data."""
    return ROOT / "policies" / "demo"
