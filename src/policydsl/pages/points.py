"""Distributions, lines and points."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from policydsl.pages.charts import DASHES, GAIN, INK, LINE, LOSS, PALETTE, TOTAL, Chart, colours
from policydsl.pages.drawing import (
    WIDTH,
    Rows,
    apart,
    axis_of,
    categories,
    chart_of,
    distinct,
    empty,
    nothing,
    real,
    records,
    shown,
    upright,
)


def steps(
    rows: Rows,
    x: str,
    y: str,
    series: str,
    *,
    width: float | Fraction,
    title: str = "",
    subtitle: str = "",
    x_title: str | None = None,
    y_title: str | None = None,
    marks: Sequence[tuple[float | Fraction, str]] = (),
    height: int = 260,
) -> Chart:
    """Histograms over each other: the first filled, the others as stepped lines.

    ``x``: the lower edge of a bin, ``width`` of each.  ``marks``: upright lines with a label.
    """
    given = records(rows)
    if not given:
        return nothing(title, subtitle)
    names = distinct(given, series)
    drawn: list[dict[str, Any]] = []
    for name in names:
        own = sorted((real(r[x]), real(r[y])) for r in given if str(r[series]) == name)
        points = _filled(own, float(width))
        for order, (edge, count) in enumerate(points):
            tip = f"{name} · {shown(edge)}～{shown(edge + float(width))}：{shown(count)}"
            drawn.append({"x": edge, "y": count, "s": name, "i": order, "d": tip})
    encoding = {
        "x": axis_of("x", "quantitative", x_title or x, axis={"grid": False}),
        "y": axis_of("y", "quantitative", y_title or y, axis={"format": ",~r", "tickCount": 5}),
        "order": {"field": "i", "type": "quantitative"},
        "color": {"field": "s", "type": "nominal", "scale": colours(names)},
    }
    first = {"filter": {"field": "s", "equal": names[0]}}
    area = {"type": "area", "interpolate": "step-after", "opacity": 0.55, "line": True}
    line = {"type": "line", "interpolate": "step-after"}
    dash = {"field": "s", "type": "nominal",
            "scale": {"domain": names, "range": [list(DASHES[i % len(DASHES)])
                                                 for i in range(len(names))]}}  # fmt: skip
    layer: list[dict[str, Any]] = [
        {"transform": [first], "mark": area, "encoding": encoding},
        {"mark": line, "encoding": {**encoding, "strokeDash": dash}},
        *upright(marks),
    ]
    size = {"width": WIDTH, "height": height}
    return chart_of(drawn, {"layer": layer, **size}, title, subtitle, given)


def _filled(points: Sequence[tuple[float, float]], width: float) -> list[tuple[float, float]]:
    """Bins without anybody are 0, and the outline comes down at both ends."""
    if not points:
        return []
    counts: dict[int, float] = {}
    start = points[0][0]
    for edge, count in points:
        place = round((edge - start) / width)
        counts[place] = counts.get(place, 0) + count
    last = max(counts)
    if last > 4000:  # a few far outliers: leave the gaps as they are
        outline = [(start + place * width, counts[place]) for place in sorted(counts)]
    else:
        outline = [(start + place * width, counts.get(place, 0)) for place in range(last + 1)]
    return [(start, 0.0), *outline, (start + (last + 1) * width, 0.0)]


def slopes(
    rows: Rows,
    category: str,
    value: str,
    moment: str,
    *,
    title: str = "",
    subtitle: str = "",
    y_title: str = "",
    places: int = 2,
    height: int | None = None,
    rank: bool = False,
) -> Chart:
    """One line for each category from moment to moment, with its name and figure at both ends.

    ``rank``: 1 stands at the top.
    """
    given = [row for row in records(rows) if not empty(row[value])]
    if not given:
        return nothing(title, subtitle)
    moments = distinct(given, moment)
    names = distinct(given, category)
    height = height or max(220, 22 * len(names))
    at = {(str(r[category]), str(r[moment])): real(r[value]) for r in given}
    texts = {(str(r[category]), str(r[moment])): shown(r[value], places) for r in given}
    low, high = min(at.values()), max(at.values())
    spread = (high - low) or 1.0
    drawn: list[dict[str, Any]] = []
    labels: list[dict[str, Any]] = []
    for name in names:
        own = [at[name, m] for m in moments if (name, m) in at]
        change = own[-1] - own[0]
        better = -change if rank else change
        colour = GAIN if better > 0 else LOSS if better < 0 else "#8b95a0"
        for m in moments:
            if (name, m) in at:
                drawn.append({"x": m, "y": at[name, m], "s": name, "c": colour,
                              "d": f"{name} · {m}：{texts[name, m]}"})  # fmt: skip
    for m, side in ((moments[0], "left"), (moments[-1], "right")):
        own_names = [n for n in names if (n, m) in at]
        sign = 1 if rank else -1
        heights = apart([sign * at[n, m] * height / spread for n in own_names], 16)
        for name, place in zip(own_names, heights, strict=True):
            text = f"{name}  {texts[name, m]}" if side == "left" else f"{texts[name, m]}  {name}"
            labels.append({"x": m, "y": sign * place * spread / height, "t": text, "a": side})
    scale: dict[str, Any] = {"zero": False, "nice": False, "reverse": rank}
    margin = spread * 0.06
    everything = [row["y"] for row in labels] + [low, high]
    scale["domain"] = [min(everything) - margin, max(everything) + margin]
    y = {"field": "y", "type": "quantitative", "scale": scale, "axis": None}
    x = {"field": "x", "type": "nominal", "sort": moments, "title": None,
         "axis": {"orient": "top", "labelAngle": 0, "domain": False, "ticks": False,
                  "labelFontSize": 13, "grid": True}}  # fmt: skip
    colour_of = {"field": "c", "type": "nominal", "scale": None}
    layer: list[dict[str, Any]] = [
        {"mark": {"type": "line", "strokeWidth": 1.8, "opacity": 0.85},
         "encoding": {"x": x, "y": y, "detail": {"field": "s", "type": "nominal"},
                      "color": colour_of}},
        {"mark": {"type": "point", "filled": True, "size": 46, "opacity": 1},
         "encoding": {"x": x, "y": y, "color": colour_of}},
    ]  # fmt: skip
    for side, dx, align in (("left", -10, "right"), ("right", 10, "left")):
        layer.append(
            {
                "data": {"values": [row for row in labels if row["a"] == side]},
                "mark": {"type": "text", "align": align, "dx": dx, "baseline": "middle"},
                "encoding": {"x": x, "y": y, "text": {"field": "t"}},
            }
        )
    return chart_of(drawn, {"layer": layer, "width": max(240, 200 * (len(moments) - 1)),
                          "height": height}, title, subtitle, given)  # fmt: skip


def ranges(
    rows: Rows,
    category: str,
    low: str,
    high: str,
    *,
    point: str | None = None,
    series: str | None = None,
    title: str = "",
    subtitle: str = "",
    x_title: str = "",
    places: int = 2,
    zero: bool = False,
    rank: bool = False,
) -> Chart:
    """From a low to a high end for each category; where both are equal, a dot.

    ``point``: a column with a value within.  ``rank``: numbers are places, the best one on
    the left.
    """
    given = [r for r in records(rows) if not (empty(r[low]) or empty(r[high]))]
    if not given:
        return nothing(title, subtitle)
    names = [""] if series is None else distinct(given, series)
    drawn: list[dict[str, Any]] = []
    for row in given:
        ends = shown(row[low], places), shown(row[high], places)
        name = "" if series is None else str(row[series])
        tip = " · ".join(filter(None, [str(row[category]), name]))
        exact = row[low] == row[high]
        drawn.append({
            "y": str(row[category]), "x": real(row[low]), "x2": real(row[high]), "s": name,
            "a": "" if exact else ends[0], "b": ends[1],
            "p": None if point is None or empty(row[point]) else real(row[point]),
            "d": f"{tip}：{ends[0]}" if exact else f"{tip}：{ends[0]}～{ends[1]}",
        })  # fmt: skip
    least, most = min(r["x"] for r in drawn), max(r["x2"] for r in drawn)
    room = (most - least) * 0.1 or 1.0
    domain = [min(0.0, least) if zero else least - room, most + room]
    scale = {"domain": domain, "nice": False, "zero": zero}
    axis: dict[str, Any] = {"format": ",~r", "tickCount": 8}
    if rank:
        domain[0] = max(0.0, domain[0])
    x = axis_of("x", "quantitative", x_title, axis=axis, scale=scale)
    encoding: dict[str, Any] = {"y": categories(distinct(given, category))}
    step = 26
    colour: dict[str, Any] = {"value": "#6aa3cf"}
    if len(names) > 1:
        encoding["yOffset"] = {"field": "s", "type": "nominal", "sort": names}
        colour = {"field": "s", "type": "nominal", "scale": colours(names)}
        step = 16 * len(names) + 12
    words = {"type": "text", "baseline": "middle", "fontSize": 11}
    layer = [
        {"transform": [{"filter": "datum.x < datum.x2"}],
         "mark": {"type": "bar", "height": {"band": 0.6}, "cornerRadius": 3},
         "encoding": {**encoding, "x": x, "x2": {"field": "x2"}, "color": colour}},
        {"transform": [{"filter": "datum.x === datum.x2"}],
         "mark": {"type": "point", "filled": True, "size": 60, "color": TOTAL, "opacity": 1},
         "encoding": {**encoding, "x": x}},
        {"transform": [{"filter": "isValid(datum.p)"}],
         "mark": {"type": "tick", "thickness": 2.5, "color": INK, "height": {"band": 0.85}},
         "encoding": {**encoding, "x": {**x, "field": "p"}}},
        {"mark": {**words, "align": "right", "dx": -5},
         "encoding": {**encoding, "x": x, "text": {"field": "a"}}},
        {"mark": {**words, "align": "left", "dx": 6},
         "encoding": {**encoding, "x": {**x, "field": "x2"}, "text": {"field": "b"}}},
    ]  # fmt: skip
    size = {"width": WIDTH, "height": {"step": step, "for": "position"}}
    return chart_of(drawn, {"layer": layer, **size}, title, subtitle, given)


def dots(
    rows: Rows,
    category: str,
    value: str,
    series: str,
    *,
    title: str = "",
    subtitle: str = "",
    x_title: str | None = None,
    y_title: str = "",
    places: int = 2,
    zero: bool = False,
) -> Chart:
    """A line of points for each category: how far apart the series are."""
    given = [row for row in records(rows) if not empty(row[value])]
    if not given:
        return nothing(title, subtitle)
    names = distinct(given, series)
    drawn = [
        {"y": str(r[category]), "x": real(r[value]), "s": str(r[series]),
         "d": f"{r[category]} · {r[series]}：{shown(r[value], places)}"}
        for r in given
    ]  # fmt: skip
    scale = {"zero": zero, "nice": True, "padding": 12}
    x = axis_of(
        "x", "quantitative", x_title or value, axis={"format": ",~r", "tickCount": 7}, scale=scale
    )
    y = categories(distinct(given, category), y_title)
    y["axis"] |= {"grid": True, "gridDash": [2, 3]}
    colour = {"field": "s", "type": "nominal", "scale": colours(names)}
    forms = [SHAPES[i % len(SHAPES)] for i in range(len(names))]
    shape = {"field": "s", "type": "nominal", "sort": names,
             "scale": {"domain": names, "range": forms}}  # fmt: skip
    layer = [
        {"mark": {"type": "line", "color": LINE, "strokeWidth": 4},
         "encoding": {"y": y, "x": x, "detail": {"field": "y", "type": "nominal"}}},
        {"mark": {"type": "point", "filled": True, "size": 90, "opacity": 1, "stroke": "white",
                  "strokeWidth": 0.8},
         "encoding": {"y": y, "x": x, "color": colour, "shape": shape}},
    ]  # fmt: skip
    size = {"width": WIDTH, "height": {"step": 28}}
    return chart_of(drawn, {"layer": layer, **size}, title, subtitle, given)


SHAPES = ("circle", "square", "diamond", "triangle-up", "triangle-down", "cross")


def lines(
    rows: Rows,
    x: str,
    y: str,
    series: str | None = None,
    *,
    title: str = "",
    subtitle: str = "",
    x_title: str | None = None,
    y_title: str | None = None,
    stepped: bool = False,
    marks: Sequence[tuple[float | Fraction, str]] = (),
    zero: bool = False,
    height: int = 260,
) -> Chart:
    """Lines over numbers, or over categories in their order.

    ``stepped``: a value holds until the next one.  ``marks``: upright lines with a label.
    """
    given = [row for row in records(rows) if not empty(row[y])]
    if not given:
        return nothing(title, subtitle)
    numeric = all(isinstance(r[x], (int, float, Fraction, Decimal)) for r in given)
    names = [""] if series is None else distinct(given, series)
    drawn = [
        {"x": real(r[x]) if numeric else str(r[x]), "y": real(r[y]),
         "s": "" if series is None else str(r[series]), "i": number,
         "d": f"{'' if series is None else f'{r[series]} · '}{shown(r[x])}：{shown(r[y])}"}
        for number, r in enumerate(given)
    ]  # fmt: skip
    along: dict[str, Any] = axis_of("x", "quantitative", x_title or x, axis={"grid": False},
                                  scale={"zero": False, "nice": False})  # fmt: skip
    if not numeric:
        along = {"field": "x", "type": "ordinal", "sort": distinct(given, x),
                 "title": x if x_title is None else x_title, "axis": {"labelAngle": 0}}  # fmt: skip
    encoding: dict[str, Any] = {
        "x": along,
        "y": axis_of("y", "quantitative", y_title or y, axis={"format": ",~r", "tickCount": 5},
                     scale={"zero": zero}),
    }  # fmt: skip
    palette = PALETTE if len(names) > 1 else PALETTE[1:]
    own: dict[str, Any] = {"color": {"value": palette[0]}}
    if len(names) > 1:
        dash = [list(DASHES[i % len(DASHES)]) for i in range(len(names))]
        own = {
            "color": {"field": "s", "type": "nominal", "scale": colours(names)},
            "strokeDash": {"field": "s", "type": "nominal",
                           "scale": {"domain": names, "range": dash}},
        }  # fmt: skip
    mark: dict[str, Any] = {"type": "line"}
    if stepped:
        mark["interpolate"] = "step-after"
    dots_: list[dict[str, Any]] = []
    if len(given) <= 60 and not stepped:
        colour = {"color": own["color"]}
        dots_ = [{"mark": {"type": "point", "filled": True, "size": 42, "opacity": 1},
                  "encoding": {**encoding, **colour}}]  # fmt: skip
    layer = [{"mark": mark, "encoding": {**encoding, **own}}, *dots_, *upright(marks)]
    size = {"width": WIDTH, "height": height}
    return chart_of(drawn, {"layer": layer, **size}, title, subtitle, given)
