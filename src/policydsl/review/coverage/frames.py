"""What a notebook asks of the examples: ``policydsl.coverage(policy)``, as tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policydsl.language.diagnostics import Diagnostic, PolicyError, did_you_mean
from policydsl.language.keywords import Language
from policydsl.review.coverage.measuring import Coverage, shown_share
from policydsl.review.coverage.showing import clause_rows, place_rows

if TYPE_CHECKING:
    import pandas as pd

NAMES = ("clauses", "uncovered", "unreachable")


@dataclass(frozen=True)
class CoverageResult:
    """What the examples of a policy go through; ``coverage`` holds everything as values."""

    coverage: Coverage
    language: Language = "zh"

    @property
    def names(self) -> tuple[str, ...]:
        """The tables: the counts by clause, what is left, what nobody can go through."""
        return NAMES

    @property
    def ok(self) -> bool:
        """Whether everything that can be exercised is."""
        return not self.coverage.uncovered

    @property
    def share(self) -> float:
        """Percent of the places that can be reached."""
        return float(self.coverage.total.share)

    def table(self, name: str) -> tuple[list[str], list[list[str]]]:
        """Heads and rows of a table.  Raises :class:`PolicyError` (S604) for an unknown one."""
        if name == "clauses":
            return clause_rows(self.coverage, self.language)
        if name not in NAMES:
            details = {"name": name, "near": did_you_mean(name, NAMES)}
            raise PolicyError([Diagnostic("S604", None, None, details)])
        return place_rows(self.coverage, getattr(self.coverage, name), self.language)

    def frame(self, name: str) -> pd.DataFrame:
        """A table as a DataFrame.  Raises S604."""
        import pandas as pd

        heads, rows = self.table(name)
        return pd.DataFrame(rows, columns=heads)

    def __str__(self) -> str:
        found, total = self.coverage, self.coverage.total
        share = shown_share(total)
        if self.language == "zh":
            return (
                f"{len(found.titles)} 个示例走到 {total.exercised}/{total.reachable} 处"
                f"（{share}）；另有 {total.unreachable} 处谁也走不到（已证明，不计）。"
            )
        return (
            f"{len(found.titles)} examples exercise {total.exercised} of {total.reachable} places "
            f"({share}); {total.unreachable} more are proved to be out of reach."
        )
