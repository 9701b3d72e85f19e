"""A comparison for a notebook: tables as DataFrames, charts, files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from policydsl.comparison.comparing import Comparison
from policydsl.comparison.report import Cell, Report
from policydsl.comparison.tables import report_of
from policydsl.language.diagnostics import Diagnostic, PolicyError, did_you_mean
from policydsl.language.keywords import Language

if TYPE_CHECKING:
    import pandas as pd

    from policydsl.pages.charts import Chart


@dataclass(frozen=True)
class ComparisonResult:
    """What :func:`policydsl.compare` gives; ``comparison`` holds everything as values."""

    comparison: Comparison
    language: Language = "zh"

    @cached_property
    def report(self) -> Report:
        """The report in the language of the result."""
        return report_of(self.comparison, self.language)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the tables."""
        return tuple(table.id for table in self.report.tables)

    @property
    def charts(self) -> tuple[str, ...]:
        """Names of the charts."""
        return tuple(x.id for part in self.report.parts for x in part.pictures)

    def frame(self, name: str) -> pd.DataFrame:
        """A table as texts, one line of a cell after the other.

        Raises :class:`PolicyError` (S604) for an unknown name.
        """
        import pandas as pd

        try:
            table = self.report.table(name)
        except KeyError:
            raise _unknown(name, self.names) from None
        rows = [[_text(cell) for cell in row] for row in table.rows]
        return pd.DataFrame(rows, columns=[head.title for head in table.heads])

    def chart(self, name: str) -> Chart:
        """A chart (``bars``, ``heat``, ``slope``, ``dots``); raises S604 for an unknown name."""
        from policydsl.comparison.writing.charts import chart_of

        for part in self.report.parts:
            for picture in part.pictures:
                if picture.id == name:
                    return chart_of(picture)
        raise _unknown(name, self.charts)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write .html, .xlsx, .docx, .md or .json.  Raises :class:`PolicyError`."""
        from policydsl.comparison.writing.files import write_comparison

        target = Path(path)
        write_comparison(self.comparison, target, self.language, (), self.report)
        return target

    def _repr_html_(self) -> str:
        frame = self.frame("points")
        html: str = frame.to_html(index=False)
        return html


def _text(cell: Cell) -> str:
    return "\n".join(line.text for line in cell)


def _unknown(name: str, known: tuple[str, ...]) -> PolicyError:
    near = did_you_mean(name, known)
    return PolicyError([Diagnostic("S604", None, None, {"name": name, "near": near})])
