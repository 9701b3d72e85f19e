"""Writing a comparison to a file; its ending says in which form."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from policydsl.comparison.comparing import Comparison
from policydsl.comparison.report import Report
from policydsl.comparison.tables import report_of
from policydsl.files import replacing, write_text
from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.language.keywords import Language

SUFFIXES = (".html", ".xlsx", ".docx", ".md", ".json")


def check_suffix(path: Path) -> None:
    """Raises :class:`PolicyError` (C911) for a form that cannot be written."""
    if path.suffix.lower() not in SUFFIXES:
        details = {"suffix": path.suffix or path.name}
        raise PolicyError([Diagnostic("C911", None, None, details)])


def write_comparison(
    made: Comparison,
    path: Path,
    language: Language = "zh",
    commands: Sequence[str] = (),
    report: Report | None = None,
) -> None:
    """Write the comparison; an old file is replaced whole or not at all.

    Raises :class:`PolicyError`: unknown form (C911), cannot be written (F007), a library that is
    missing (R701 for charts, D415 for Word).
    """
    check_suffix(path)
    suffix = path.suffix.lower()
    if suffix == ".json":
        from policydsl.comparison.writing.records import as_records
        from policydsl.scoring.writing import to_json

        write_text(path, to_json(as_records(made)))
        return
    shown = report or report_of(made, language)
    if suffix == ".html":
        from policydsl.comparison.writing.html import to_html

        write_text(path, to_html(shown, commands, language))
    elif suffix == ".md":
        from policydsl.comparison.writing.markdown import to_markdown

        write_text(path, to_markdown(shown, commands))
    elif suffix == ".xlsx":
        from policydsl.comparison.writing.excel import write_xlsx

        with replacing(path) as temporary:
            write_xlsx(shown, temporary, commands)
    else:
        from policydsl.comparison.writing.word import write_docx

        with replacing(path) as temporary:
            write_docx(shown, temporary, commands)
