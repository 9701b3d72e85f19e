"""What the builders of charts share: rows, labels, axes, and the marks of screen readers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from policydsl.pages.charts import INK, SOFT, TOTAL, Chart

Row = Mapping[str, Any]
Rows = Iterable[Row] | Any
"""Records, or a DataFrame."""

WIDTH = 560
STEP = 30
"""Height of a category, in px."""


def shown(value: object, places: int = 2, signed: bool = False) -> str:
    """A number as a label: at most so many decimal places, thousands parted, − in full width."""
    number = Fraction(value) if isinstance(value, (int, float, Decimal, Fraction)) else None
    if number is None:
        return "" if value is None else str(value)
    scaled = round(abs(number) * 10**places)
    whole, part = divmod(scaled, 10**places)
    text = f"{whole:,}" + (f".{part:0{places}d}".rstrip("0").rstrip(".") if places else "")
    if scaled == 0:
        return "0"
    return ("−" if number < 0 else "+" if signed else "") + text


def records(rows: Rows) -> list[dict[str, Any]]:
    """Rows as records, whatever they came as."""
    if hasattr(rows, "to_dict") and hasattr(rows, "columns"):
        found: list[dict[str, Any]] = rows.to_dict("records")
        return found
    return [dict(row) for row in rows]


def distinct(rows: Sequence[Row], column: str) -> list[str]:
    """The texts of a column, each once, in order."""
    return list(dict.fromkeys(str(row[column]) for row in rows))


def nothing(title: str, subtitle: str = "", words: str = "（无数据 · no data）") -> Chart:
    """A chart of no figures says so."""
    spec = {
        "data": {"values": [{"t": words}]},
        "width": WIDTH,
        "height": 60,
        "mark": {"type": "text", "color": SOFT, "fontSize": 13},
        "encoding": {"text": {"field": "t"}},
    }
    return Chart(spec, title, subtitle)


def apart(places: Sequence[float], least: float) -> list[float]:
    """Places moved so that neighbours are at least so far apart, in their order, moved little.

    Neighbours that are too close make a block, which stands around its own middle.
    """
    order = sorted(range(len(places)), key=lambda i: (places[i], i))
    blocks: list[tuple[float, list[int]]] = []  # (middle, members)
    for i in order:
        blocks.append((places[i], [i]))
        while len(blocks) > 1:
            (upper, first), (lower, second) = blocks[-2], blocks[-1]
            need = least * (len(first) + len(second)) / 2
            if lower - upper >= need:
                break
            together = [*first, *second]
            shift = (upper * len(first) + lower * len(second)) / len(together)
            blocks[-2:] = [(shift, together)]
    moved = [0.0] * len(places)
    for middle, members in blocks:
        for number, i in enumerate(members):
            moved[i] = middle + (number - (len(members) - 1) / 2) * least
    return moved


def ink_on(colour: str) -> str:
    """Dark or white, whichever can be read on a colour."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)
    ]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#ffffff" if light < 0.24 else INK


def real(value: Any) -> float:
    """A number as it is drawn."""
    return float(value)


def empty(value: object) -> bool:
    """Whether a cell holds nothing (``nan`` of a DataFrame included)."""
    return value is None or value != value or value == ""


def axis_of(field: str, kind: str, title: str, **more: Any) -> dict[str, Any]:
    """A channel of a chart with the title of its axis."""
    return {"field": field, "type": kind, "title": title or None, **more}


def categories(names: Sequence[str], title: str = "") -> dict[str, Any]:
    """Categories from top to bottom."""
    return {"field": "y", "type": "nominal", "sort": list(names), "title": title or None,
            "axis": {"domain": False, "ticks": False, "labelPadding": 8}}  # fmt: skip


def chart_of(
    drawn: Sequence[Row], spec: Row, title: str, subtitle: str, given: Sequence[Row]
) -> Chart:
    """A chart of layers over the rows that are drawn; ``given``: as the caller handed them over."""
    layers = [_described(layer) for layer in spec["layer"]]
    whole = {"data": {"values": list(drawn)}, **spec, "layer": layers}
    return Chart(whole, title, subtitle, tuple(given))


def _described(layer: Row) -> dict[str, Any]:
    """Bars, cells and points say what they are, to a screen reader and under the mouse."""
    kind = layer["mark"]["type"]
    if "data" in layer or kind in ("text", "line", "rule", "area"):
        return {**layer, "mark": {**layer["mark"], "aria": False}}
    encoding = {**layer["encoding"], "description": {"field": "d"}}
    return {**layer, "encoding": encoding}


def upright(marks: Sequence[tuple[float | Fraction, str]]) -> list[dict[str, Any]]:
    """Upright lines; labels of neighbours stand at different heights."""
    place = {"field": "x", "type": "quantitative"}
    rules: list[dict[str, Any]] = []
    labels: list[dict[str, Any]] = []
    for number, (value, label) in enumerate(marks):
        data = {"values": [{"x": float(value), "t": label}]}
        rule = {"type": "rule", "strokeDash": [4, 3], "color": TOTAL, "strokeWidth": 1.3}
        rules.append({"data": data, "mark": rule, "encoding": {"x": place}})
        text = {"type": "text", "align": "left", "dx": 5, "color": TOTAL,
                "y": 6 + 16 * number, "baseline": "middle"}  # fmt: skip
        halo = {**text, "stroke": "white", "strokeWidth": 4, "strokeJoin": "round"}
        encoding = {"x": place, "text": {"field": "t"}}
        labels += [{"data": data, "mark": mark, "encoding": encoding} for mark in (halo, text)]
    return [*rules, *labels]
