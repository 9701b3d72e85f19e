"""The project's own engines as the measurements use them; the only module here that knows them.

Each function states what it takes and gives; ``policydsl.scoring.columns`` is to be called inside.
Until ``READY`` is set they raise :class:`NotImplementedError`, and the sections that need them are
skipped with a message.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.columns.data import Array, Column, Columns

if TYPE_CHECKING:
    from policydsl.model.policy import Policy

ENGINES = ("kernel", "numpy", "duckdb")
MODULE = "policydsl.scoring.columns"
READY = False
"""To be set when the functions below call the engines."""
_MISSING = f"{MODULE} is not called yet"


@dataclass(frozen=True)
class Effect:
    """What a draft does to a population: exact counts."""

    histogram: dict[int, int]
    gainers: int
    losers: int


def load(
    policy: Policy, columns: Columns, kinds: tuple[Column, ...], threads: int, engine: str
) -> Any:
    """Plan and columns, ready to be scored; not timed.

    ``columns`` are as :mod:`benchmarks.columns.data` describes them (``data.handed_in`` gives the
    same values as an Arrow table with nulls); an engine may bring them into types of its own.
    """
    raise NotImplementedError(_MISSING)


def score(prepared: Any) -> Array:
    """Every person's total in units of the plan; a new array each time, nothing kept."""
    raise NotImplementedError(_MISSING)


def hundredths(prepared: Any, result: Array) -> Array:
    """The totals as int32 in hundredths of a point."""
    raise NotImplementedError(_MISSING)


def redraft(prepared: Any, policy: Policy) -> Any:
    """The same columns under another draft: plan and whatever compiling it costs; timed."""
    raise NotImplementedError(_MISSING)


def keep(prepared: Any) -> Any:
    """The baseline's sums, from which drafts with few changed rules are scored."""
    raise NotImplementedError(_MISSING)


def change(kept: Any, policy: Policy) -> Array:
    """Every person's total under a draft, from the kept sums."""
    raise NotImplementedError(_MISSING)


def sweep(kept: Any, policies: list[Policy], way: str) -> list[Effect]:
    """The effect of each draft; ``way`` is ``kept``, ``counts`` (joint count table) or ``full``."""
    raise NotImplementedError(_MISSING)


def stream(policy: Policy, source: Path, target: Path | None, threads: int) -> dict[int, int]:
    """The histogram of a Parquet file's persons in hundredths; a scored table if asked for."""
    raise NotImplementedError(_MISSING)
