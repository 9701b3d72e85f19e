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
        cases_from_frame,
        check,
        explain,
        feedback,
        package,
        rank,
        rank_columns,
        score,
        score_columns,
        simulate,
    )
    from policydsl.checking import Report
    from policydsl.language.diagnostics import Diagnostic, PolicyError
    from policydsl.model.loading import load, loads
    from policydsl.model.policy import Member, Policy
    from policydsl.scoring.cases import Case
    from policydsl.scoring.exact import Reason, Score, Trace
    from policydsl.scoring.explaining import Explanation
    from policydsl.scoring.ranges import Range
    from policydsl.simulation.frames import SimulationResult

__version__ = "0.1.0"

_HOMES = {
    "cases_from_frame": "policydsl.api",
    "check": "policydsl.api",
    "explain": "policydsl.api",
    "feedback": "policydsl.api",
    "package": "policydsl.api",
    "rank": "policydsl.api",
    "score": "policydsl.api",
    "rank_columns": "policydsl.api",
    "score_columns": "policydsl.api",
    "simulate": "policydsl.api",
    "load": "policydsl.model.loading",
    "loads": "policydsl.model.loading",
    "Case": "policydsl.scoring.cases",
    "Diagnostic": "policydsl.language.diagnostics",
    "Explanation": "policydsl.scoring.explaining",
    "Member": "policydsl.model.policy",
    "Policy": "policydsl.model.policy",
    "PolicyError": "policydsl.language.diagnostics",
    "Range": "policydsl.scoring.ranges",
    "Reason": "policydsl.scoring.exact",
    "Report": "policydsl.checking",
    "Score": "policydsl.scoring.exact",
    "SimulationResult": "policydsl.simulation.frames",
    "Trace": "policydsl.scoring.exact",
}

__all__ = [
    "Case",
    "Diagnostic",
    "Explanation",
    "Member",
    "Policy",
    "PolicyError",
    "Range",
    "Reason",
    "Report",
    "Score",
    "SimulationResult",
    "Trace",
    "__version__",
    "cases_from_frame",
    "check",
    "explain",
    "feedback",
    "load",
    "loads",
    "package",
    "rank",
    "rank_columns",
    "score",
    "score_columns",
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


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
