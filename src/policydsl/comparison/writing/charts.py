"""Pictures of a report as charts of the house."""

from __future__ import annotations

from policydsl.comparison.report import Picture
from policydsl.pages import plots
from policydsl.pages.charts import Chart

_WIDE = 10
"""A heat map of more columns has narrow ones."""


def chart_of(picture: Picture) -> Chart:
    """The chart of a picture; its columns are the labels of axes and legends."""
    rows = [dict(row) for row in picture.rows]
    names = list(rows[0]) if rows else []
    if not rows:
        return plots.nothing(picture.title)
    if picture.kind == "bars":
        return plots.grouped_bars(
            rows, names[0], names[2], names[1], title=picture.title, label=names[3]
        )
    if picture.kind == "heat":
        columns = {row[names[1]] for row in rows}
        size = 84 if len(columns) <= _WIDE else 40
        return plots.heat_map(
            rows, names[1], names[0], names[2], title=picture.title, label=names[3], cell=size,
            x_title="", y_title="",
        )  # fmt: skip
    if picture.kind == "slope":
        return plots.slopes(rows, names[0], names[2], names[1], title=picture.title, places=1)
    return plots.dots(rows, names[0], names[2], names[1], title=picture.title)
