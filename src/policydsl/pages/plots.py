"""The charts of the house: rows of figures → :class:`~policydsl.pages.charts.Chart`.

Every builder takes ``rows`` (records or a DataFrame) and the names of the columns that it draws;
these names are the labels of the axes unless ``x_title`` … say otherwise.  Numbers may be ``int``,
``Fraction``, ``Decimal`` or ``float``; only their picture is rounded.  Categories and series stand
in the order in which they occur first.  Without rows a chart says so.
"""

from policydsl.pages.bars import grouped_bars, heat_map, stacked_bars, tornado, waterfall
from policydsl.pages.charts import BLUES, GAIN, LOSS, PALETTE, SAME, TOTAL, Chart, alphabet
from policydsl.pages.drawing import nothing, shown
from policydsl.pages.points import dots, lines, ranges, slopes, steps

__all__ = [
    "BLUES", "GAIN", "LOSS", "PALETTE", "SAME", "TOTAL",
    "Chart", "alphabet", "dots", "grouped_bars", "heat_map", "lines", "nothing", "ranges", "shown",
    "slopes", "stacked_bars", "steps", "tornado", "waterfall",
]  # fmt: skip
