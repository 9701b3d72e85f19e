"""Rules as code for the scoring policies of Chinese local governments.

::

    import policydsl as pdl

    policy = pdl.load("yueqing-2022", assume=["yueqing-demo"])
    table = pdl.score(policy, frame)          # a DataFrame in, a DataFrame out
    print(pdl.explain(policy, case))          # why a case has the score it has

Importing the package costs next to nothing: what a name needs is imported when it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from policydsl.api import (
        audit,
        cases_from_frame,
        check,
        compare,
        coverage,
        diff,
        explain,
        feedback,
        history,
        package,
        prove,
        rank,
        rank_columns,
        review,
        score,
        score_columns,
        search,
        simulate,
    )
    from policydsl.checking import Report
    from policydsl.comparison.frames import ComparisonResult
    from policydsl.language.diagnostics import Diagnostic, PolicyError
    from policydsl.model.loading import load, loads
    from policydsl.model.policy import Member, Policy
    from policydsl.review.auditing.frames import AuditResult
    from policydsl.review.coverage.frames import CoverageResult
    from policydsl.review.proving.frames import ProofResult
    from policydsl.review.reviewing import ReviewResult
    from policydsl.scoring.cases import Case
    from policydsl.scoring.exact import Reason, Score, Trace
    from policydsl.scoring.explaining import Explanation
    from policydsl.scoring.ranges import Range
    from policydsl.simulation.frames import SimulationResult
    from policydsl.simulation.search.proposals import SearchResult
    from policydsl.versions.comparing import EditionDiff
    from policydsl.versions.graph import HistoryGraph

__version__ = "0.1.0"

_HOMES = {
    "audit": "policydsl.api",
    "cases_from_frame": "policydsl.api",
    "check": "policydsl.api",
    "compare": "policydsl.api",
    "coverage": "policydsl.api",
    "diff": "policydsl.api",
    "explain": "policydsl.api",
    "feedback": "policydsl.api",
    "history": "policydsl.api",
    "package": "policydsl.api",
    "prove": "policydsl.api",
    "rank": "policydsl.api",
    "review": "policydsl.api",
    "score": "policydsl.api",
    "rank_columns": "policydsl.api",
    "score_columns": "policydsl.api",
    "search": "policydsl.api",
    "simulate": "policydsl.api",
    "load": "policydsl.model.loading",
    "loads": "policydsl.model.loading",
    "AuditResult": "policydsl.review.auditing.frames",
    "Case": "policydsl.scoring.cases",
    "ComparisonResult": "policydsl.comparison.frames",
    "CoverageResult": "policydsl.review.coverage.frames",
    "Diagnostic": "policydsl.language.diagnostics",
    "EditionDiff": "policydsl.versions.comparing",
    "Explanation": "policydsl.scoring.explaining",
    "HistoryGraph": "policydsl.versions.graph",
    "Member": "policydsl.model.policy",
    "Policy": "policydsl.model.policy",
    "PolicyError": "policydsl.language.diagnostics",
    "ProofResult": "policydsl.review.proving.frames",
    "Range": "policydsl.scoring.ranges",
    "Reason": "policydsl.scoring.exact",
    "Report": "policydsl.checking",
    "ReviewResult": "policydsl.review.reviewing",
    "Score": "policydsl.scoring.exact",
    "SearchResult": "policydsl.simulation.search.proposals",
    "SimulationResult": "policydsl.simulation.frames",
    "Trace": "policydsl.scoring.exact",
}

__all__ = [
    "AuditResult",
    "Case",
    "ComparisonResult",
    "CoverageResult",
    "Diagnostic",
    "EditionDiff",
    "Explanation",
    "HistoryGraph",
    "Member",
    "Policy",
    "PolicyError",
    "ProofResult",
    "Range",
    "Reason",
    "Report",
    "ReviewResult",
    "Score",
    "SearchResult",
    "SimulationResult",
    "Trace",
    "__version__",
    "audit",
    "cases_from_frame",
    "check",
    "compare",
    "coverage",
    "diff",
    "explain",
    "feedback",
    "history",
    "load",
    "loads",
    "package",
    "prove",
    "rank",
    "rank_columns",
    "review",
    "score",
    "score_columns",
    "search",
    "simulate",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    value = getattr(importlib.import_module(home), name)
    globals()[name] = value  # the next use needs no look-up
    return value


def load_ipython_extension(shell: Any) -> None:
    """What ``%load_ext policydsl`` calls: values show themselves, ``%%policy`` and other magics."""
    from policydsl.notebook import load as load_notebook

    load_notebook(shell)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
