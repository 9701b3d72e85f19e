"""How values show themselves in a notebook: as HTML that needs nothing from outside, and as text.

:func:`register` tells IPython the types by name, so that nothing is imported before a value is
there to be shown.  ``objects`` shows policies and what is said of them, ``results`` what was worked
out; ``markup`` holds the pieces of both.  Each has its twin in plain text, for consoles and logs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from policydsl.language.diagnostics import Diagnostic, PolicyError
from policydsl.notebook.markup import box

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

TYPES: tuple[tuple[str, str, str, str], ...] = (
    ("policydsl.model.policy", "Policy", "objects", "policy"),
    ("policydsl.model.policy", "Clause", "objects", "clause"),
    ("policydsl.model.policy", "Fact", "objects", "fact"),
    ("policydsl.scoring.exact.score", "Score", "objects", "score"),
    ("policydsl.scoring.exact.score", "Trace", "objects", "trace"),
    ("policydsl.scoring.explaining", "Explanation", "objects", "explanation"),
    ("policydsl.language.diagnostics", "Diagnostic", "objects", "diagnostic"),
    ("policydsl.checking", "Report", "objects", "report"),
    ("policydsl.versions.rows", "EditionDiff", "objects", "diff"),
    ("policydsl.versions.graph", "HistoryGraph", "objects", "history"),
    ("policydsl.review.findings", "Finding", "results", "finding"),
    ("policydsl.review.findings", "Review", "results", "plain_review"),
    ("policydsl.review.reviewing", "ReviewResult", "results", "review"),
    ("policydsl.review.proving.frames", "ProofResult", "results", "proof"),
    ("policydsl.review.coverage.frames", "CoverageResult", "results", "coverage"),
    ("policydsl.review.auditing.frames", "AuditResult", "results", "audit"),
    ("policydsl.comparison.frames", "ComparisonResult", "results", "comparison"),
    ("policydsl.simulation.frames", "SimulationResult", "results", "simulation"),
    ("policydsl.simulation.search.proposals", "SearchResult", "results", "search"),
    ("policydsl.simulation.search.proposals", "Proposal", "results", "proposal"),
    ("policydsl.simulation.specs", "Spec", "results", "specification"),
    ("policydsl.scoring.columns.population", "Population", "results", "population"),
    ("policydsl.scoring.columns.scoring", "ColumnScores", "results", "scores"),
    ("policydsl.scoring.columns.histograms", "Histogram", "results", "histogram"),
    ("policydsl.scoring.columns.tables.tally", "Tally", "results", "tally"),
)
"""(module, name, the module here, its function): what is shown, by whom."""


def register(shell: InteractiveShell) -> None:
    """Tell a shell how the values of this package look."""
    assert shell.display_formatter is not None
    formatters = shell.display_formatter.formatters
    for module, name, home, function in TYPES:
        formatters["text/html"].for_type_by_name(module, name, _html(home, function))
        formatters["text/plain"].for_type_by_name(module, name, _plain(home, function))
    shell.set_custom_exc((PolicyError,), _show_error)


def _shower(home: str, function: str) -> Callable[[Any], tuple[str, str]]:
    shower: Callable[[Any], tuple[str, str]] = getattr(
        import_module(f"policydsl.notebook.{home}"), function
    )
    return shower


def _html(home: str, function: str) -> Callable[[Any], str]:
    def show(value: Any) -> str:
        try:
            return box(_shower(home, function)(value)[0])
        except PolicyError as error:
            return Diagnostics(error.diagnostics)._repr_html_()

    return show


def _plain(home: str, function: str) -> Callable[..., None]:
    def show(value: Any, printer: Any, cycle: bool) -> None:
        try:
            printer.text(_shower(home, function)(value)[1])
        except PolicyError as error:
            printer.text(repr(Diagnostics(error.diagnostics)))

    return show


def shown(value: object) -> dict[str, str]:
    """A value in its two forms (``text/html``, ``text/plain``), as a notebook would show it.

    Raises :class:`TypeError` for a value of another kind.
    """
    for module, name, home, function in TYPES:
        kind = type(value)
        if (kind.__module__, kind.__qualname__) == (module, name):
            html, plain = _shower(home, function)(value)
            return {"text/html": box(html), "text/plain": plain}
    raise TypeError(type(value).__name__)


def _show_error(shell: Any, kind: type, error: PolicyError, trace: Any, **_: Any) -> None:
    """A :class:`PolicyError` tells the user what to do; a traceback would hide it."""
    from IPython.display import display

    display(Diagnostics(error.diagnostics))


class Diagnostics(tuple[Diagnostic, ...]):
    """Findings that show themselves one below the other."""

    def __new__(cls, found: Iterable[Diagnostic]) -> Diagnostics:
        """Any diagnostics, in the order in which they are to be shown."""
        return super().__new__(cls, tuple(found))

    def __repr__(self) -> str:
        return "\n\n".join(each.render() for each in self)

    def _repr_html_(self) -> str:
        from policydsl.notebook.objects import diagnostic

        return box("".join(diagnostic(each)[0] for each in self))
