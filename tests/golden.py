"""Expected outputs beside their inputs: reviewed files, written anew by one command.

``POLICYDSL_UPDATE_GOLDEN=1 pytest tests/language tests/model`` writes them; read the difference
before committing it, as a drafter who has to act on the messages.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from policydsl.language.diagnostics import Diagnostic


def rendered(findings: Iterable[Diagnostic]) -> str:
    """Findings as a user sees them: code, place, marked line, message and remedy."""
    return "\n\n".join(finding.render() for finding in findings) + "\n"


def hold_against(expected: Path, text: str) -> None:
    """Compare a text with the file that holds what was expected."""
    if os.environ.get("POLICYDSL_UPDATE_GOLDEN"):
        expected.write_text(text, encoding="utf-8")
    assert expected.exists(), f"{expected.name} is missing: set POLICYDSL_UPDATE_GOLDEN=1 once"
    assert text == expected.read_text(encoding="utf-8")
