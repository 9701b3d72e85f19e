"""Bars, and tables as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from policydsl.pages.charts import BLUES, GAIN, LOSS, PALETTE, REDS, SAME, TOTAL, Chart, colours
from policydsl.pages.drawing import (
    STEP,
    WIDTH,
    Row,
    Rows,
    axis_of,
    categories,
    chart_of,
    distinct,
    empty,
    ink_on,
    nothing,
    real,
    records,
    shown,
)


def grouped_bars(
    rows: Rows,
    category: str,
    value: str,
    series: str | None = None,
    *,
    title: str = "",
    subtitle: str = "",
    x_title: str | None = None,
    y_title: str = "",
    label: str | None = None,
    places: int = 2,
    palette: Sequence[str] = PALETTE,
) -> Chart:
    """Lying bars, one for each category and series, with their figure behind them.

    ``label``: a column with the text to stand there instead.
    """
    given = records(rows)
    if not given:
        return nothing(title, subtitle)
    names = [""] if series is None else distinct(given, series)
    drawn: list[dict[str, Any]] = []
    for row in given:
        name = "" if series is None else str(row[series])
        text = shown(row[value], places) if label is None else str(row[label])
        tip = " · ".join(filter(None, [str(row[category]), name])) + f"：{text}"
        drawn.append(
            {"y": str(row[category]), "x": real(row[value]), "s": name, "t": text, "d": tip}
        )
    bar = 15 if len(names) > 1 else 18
    encoding: dict[str, Any] = {
        "y": categories(distinct(given, category), y_title),
        "x": axis_of("x", "quantitative", x_title or value,
                     axis={"format": ",~r", "tickCount": 6}, scale=_room(drawn)),
    }  # fmt: skip
    colour: dict[str, Any] = {"value": palette[1 % len(palette)]}
    step = bar + 12
    if len(names) > 1:
        encoding["yOffset"] = {"field": "s", "type": "nominal", "sort": names}
        colour = {"field": "s", "type": "nominal", "scale": colours(names, palette)}
        step = bar * len(names) + 14
    layer: list[dict[str, Any]] = [
        {
            "mark": {"type": "bar", "height": {"band": 0.92}},
            "encoding": {**encoding, "color": colour},
        },
        *_end_labels(encoding),
    ]
    size = {"width": WIDTH, "height": {"step": step, "for": "position"}}
    return chart_of(drawn, {"layer": layer, **size}, title, subtitle, given)


def _room(drawn: Sequence[Row], share: float = 0.14) -> dict[str, Any]:
    """A scale with room behind the bars for their labels."""
    values = [row["x"] for row in drawn]
    low, high = min(0.0, *values), max(0.0, *values)
    room = (high - low) * share or 1.0
    return {"domain": [low - room if low < 0 else 0, high + room if high > 0 else 0], "nice": False}


def _end_labels(encoding: dict[str, Any]) -> list[dict[str, Any]]:
    """Labels to the right of what is at least 0, to the left of what is less."""
    made: list[dict[str, Any]] = []
    for test, align, dx in (("datum.x >= 0", "left", 5), ("datum.x < 0", "right", -5)):
        made.append(
            {
                "transform": [{"filter": test}],
                "mark": {"type": "text", "align": align, "dx": dx, "baseline": "middle"},
                "encoding": {**encoding, "text": {"field": "t"}},
            }
        )
    return made


def stacked_bars(
    rows: Rows,
    category: str,
    value: str,
    series: str,
    *,
    title: str = "",
    subtitle: str = "",
    x_title: str | None = None,
    y_title: str = "",
    share: bool = False,
    places: int = 1,
    palette: Sequence[str] = PALETTE,
) -> Chart:
    """Lying bars cut by series; ``share`` makes them parts of 100 %.

    A series that counts to the other side (who loses) has negative values.
    """
    given = records(rows)
    if not given:
        return nothing(title, subtitle)
    names, places_of = distinct(given, series), distinct(given, category)
    sums: dict[str, float] = {}
    for row in given:
        sums[str(row[category])] = sums.get(str(row[category]), 0) + abs(real(row[value]))
    widest = 100.0 if share else max([*sums.values(), 1e-9])
    drawn: list[dict[str, Any]] = []
    for place in places_of:
        up = down = 0.0
        for name in names:
            own = [r for r in given if str(r[category]) == place and str(r[series]) == name]
            amount = sum(real(row[value]) for row in own)
            factor = 100 / sums[place] if share and sums[place] else 1.0
            length = amount * factor
            start = up if length >= 0 else down
            if length >= 0:
                up += length
            else:
                down += length
            text = shown(abs(length), places) + (" %" if share else "")
            tip = f"{place} · {name}：{shown(abs(amount), places)}" + (
                f"（{text}）" if share else ""
            )
            drawn.append({
                "y": place, "x": start, "x2": start + length, "m": start + length / 2, "s": name,
                "t": text if abs(length) > 0.055 * widest + 0.004 * len(text) * widest else "",
                "d": tip,
                "c": ink_on(palette[names.index(name) % len(palette)]),
            })  # fmt: skip
    y = categories(places_of, y_title)
    axis = {"format": ",~r", "tickCount": 6}
    x = axis_of("x", "quantitative", x_title or value, axis=axis, scale={"nice": not share})
    layer: list[dict[str, Any]] = [
        {"mark": {"type": "bar", "height": {"band": 0.72}, "stroke": "white", "strokeWidth": 0.7},
         "encoding": {"y": y, "x": x, "x2": {"field": "x2"},
                      "color": {"field": "s", "type": "nominal",
                                "scale": colours(names, palette)}}},
        {"mark": {"type": "text", "baseline": "middle"},
         "encoding": {"y": y, "x": {"field": "m", "type": "quantitative"}, "text": {"field": "t"},
                      "color": {"field": "c", "type": "nominal", "scale": None}}},
    ]  # fmt: skip
    return chart_of(drawn, {"layer": layer, "width": WIDTH, "height": {"step": STEP + 2}}, title,
                  subtitle, given)  # fmt: skip


def tornado(
    rows: Rows,
    category: str,
    down: str,
    up: str,
    *,
    title: str = "",
    subtitle: str = "",
    x_title: str = "",
    most: int = 20,
    places: int = 2,
) -> Chart:
    """What a step down and a step up of each number does, the widest swing first.

    The names of the columns ``down`` and ``up`` are the words of the legend; empty cells are left
    out.
    """
    given = [r for r in records(rows) if not (empty(r[down]) and empty(r[up]))]
    given.sort(key=lambda r: -max(abs(real(r[c])) for c in (down, up) if not empty(r[c])))
    given = given[:most]
    if not given:
        return nothing(title, subtitle)
    drawn: list[dict[str, Any]] = []
    for row in given:
        for column in (down, up):
            if not empty(row[column]):
                text = shown(row[column], places, signed=True)
                drawn.append({"y": str(row[category]), "x": real(row[column]), "s": column,
                              "t": text, "d": f"{row[category]} · {column}：{text}"})  # fmt: skip
    y = {**categories(distinct(given, category)), "axis": {
        "title": None, "domain": False, "ticks": False, "labelPadding": 8, "offset": 4,
        "labelLimit": 340}}  # fmt: skip
    encoding: dict[str, Any] = {
        "y": y,
        "yOffset": {"field": "s", "type": "nominal", "sort": [down, up]},
        "x": axis_of("x", "quantitative", x_title, axis={"format": "+,~r", "tickCount": 6},
                     scale=_both_ways(drawn)),
    }  # fmt: skip
    colour = {"field": "s", "type": "nominal", "scale": colours([down, up], PALETTE[:2])}
    layer: list[dict[str, Any]] = [
        {
            "mark": {"type": "bar", "height": {"band": 0.9}},
            "encoding": {**encoding, "color": colour},
        },
        *_end_labels(encoding),
        _zero(),
    ]
    size = {"width": WIDTH, "height": {"step": 38, "for": "position"}}
    return chart_of(drawn, {"layer": layer, **size}, title, subtitle, given)


def _both_ways(drawn: Sequence[Row]) -> dict[str, Any]:
    widest = max(abs(row["x"]) for row in drawn) or 1.0
    low, high = min(row["x"] for row in drawn), max(row["x"] for row in drawn)
    room = widest * 0.2
    return {"domain": [min(low, 0) - room, max(high, 0) + room], "nice": False}


def _zero() -> dict[str, Any]:
    return {"data": {"values": [{"x": 0}]}, "mark": {"type": "rule", "color": TOTAL},
            "encoding": {"x": {"field": "x", "type": "quantitative"}}}  # fmt: skip


def waterfall(
    rows: Rows,
    category: str,
    value: str,
    kind: str | None = None,
    *,
    title: str = "",
    subtitle: str = "",
    x_title: str = "",
    cut: str = "",
    places: int = 2,
) -> Chart:
    """From one sum to another: what each part adds or takes away, from top to bottom.

    ``kind``: a column that says ``total`` for a sum and anything else for a change; without it the
    first and the last row are sums.  Where changes are small beside the sums the axis does not
    start at 0, which ``cut`` says behind its title.
    """
    given = records(rows)
    if not given:
        return nothing(title, subtitle)
    drawn: list[dict[str, Any]] = []
    at = 0.0
    for number, row in enumerate(given):
        amount = real(row[value])
        total = str(row[kind]) == "total" if kind else number in (0, len(given) - 1)
        start, end = (0.0, amount) if total else (at, at + amount)
        at = end
        colour = TOTAL if total else GAIN if amount > 0 else LOSS if amount < 0 else SAME
        text = shown(row[value], places, signed=not total)
        drawn.append({"y": str(row[category]), "i": number, "x": start, "x2": end,
                      "e": max(start, end), "c": colour, "t": text,
                      "n": number + 1, "d": f"{row[category]}：{text}"})  # fmt: skip
    low = min(0.0, *(min(r["x"], r["x2"]) for r in drawn))
    high = max(0.0, *(r["e"] for r in drawn))
    sums = [r["x2"] for r in drawn if r["c"] == TOTAL]
    changes = [abs(r["x2"] - r["x"]) for r in drawn if r["c"] != TOTAL]
    if sums and changes and low >= 0 and min(r["e"] for r in drawn) > 4 * max([*changes, 1e-9]):
        # where changes are small beside the sums, the axis need not start at 0
        least = min(min(r["x"], r["x2"]) for r in drawn if r["c"] != TOTAL)
        low = min([least, *sums]) - 1.2 * max(changes)
        drawn = [{**r, "x": max(r["x"], low)} for r in drawn]
        x_title += cut
    room = (high - low) * 0.14 or 1.0
    scale = {"domain": [low - (room if low < 0 else 0), high + room], "nice": False, "zero": False}
    labels = [f"{r['n']}·{r['y']}" for r in drawn]  # two rows may have one name
    for row, unique in zip(drawn, labels, strict=True):
        row["k"] = unique
    y = categories(labels)
    y["field"] = "k"
    y["axis"] |= {"labelExpr": "substring(datum.label, indexof(datum.label, '·') + 1)"}
    x = axis_of("x", "quantitative", x_title, axis={"format": ",~r", "tickCount": 6}, scale=scale)
    words = {"type": "text", "align": "left", "dx": 5, "baseline": "middle"}
    layer: list[dict[str, Any]] = [
        {"mark": {"type": "bar", "height": {"band": 0.66}},
         "encoding": {"y": y, "x": x, "x2": {"field": "x2"},
                      "color": {"field": "c", "type": "nominal", "scale": None}}},
        {"mark": words, "encoding": {"y": y, "x": {**x, "field": "e"}, "text": {"field": "t"}}},
    ]  # fmt: skip
    size = {"width": WIDTH, "height": {"step": STEP}}
    return chart_of(drawn, {"layer": layer, **size}, title, subtitle, given)


# -- tables as pictures


def heat_map(
    rows: Rows,
    x: str,
    y: str,
    value: str,
    *,
    label: str | None = None,
    title: str = "",
    subtitle: str = "",
    x_title: str | None = None,
    y_title: str | None = None,
    places: int = 1,
    cell: int = 46,
    diverging: bool = False,
) -> Chart:
    """A table whose cells are the darker the more they hold, each with its figure.

    ``diverging``: below 0 in the colour of losses, above in the one of gains.
    """
    given = [row for row in records(rows) if not empty(row[value])]
    if not given:
        return nothing(title, subtitle)
    values = [real(row[value]) for row in given]
    most = max(abs(v) for v in values) or 1.0
    least = 0.0 if diverging else min(*values, 0.0)
    drawn: list[dict[str, Any]] = []
    for row, amount in zip(given, values, strict=True):
        text = shown(row[value], places) if label is None else str(row[label])
        strength = abs(amount) / most if diverging else (amount - least) / ((most - least) or 1.0)
        ramp = REDS if diverging and amount < 0 else BLUES
        colour = ramp[min(len(ramp) - 1, int(strength * len(ramp)))]
        drawn.append({"x": str(row[x]), "y": str(row[y]), "t": text, "c": colour,
                      "k": ink_on(colour), "d": f"{row[y]} → {row[x]}：{text}"})  # fmt: skip
    columns, lines = distinct(given, x), distinct(given, y)
    angle = -40 if max(len(c) for c in columns) * 12 > cell * 1.3 else 0
    # a column without its name says nothing: labels are never left out
    place = {"labelAngle": angle, "labelOverlap": False, "domain": False, "ticks": False,
             "orient": "top"}  # fmt: skip
    encoding = {
        "x": {"field": "x", "type": "nominal", "sort": columns, "title": x if x_title is None else
              x_title, "axis": place},
        "y": {"field": "y", "type": "nominal", "sort": lines,
              "title": y if y_title is None else y_title,
              "axis": {"domain": False, "ticks": False}},
    }  # fmt: skip
    layer: list[dict[str, Any]] = [
        {"mark": {"type": "rect", "stroke": "white", "strokeWidth": 1.5},
         "encoding": {**encoding, "color": {"field": "c", "type": "nominal", "scale": None}}},
        {"mark": {"type": "text", "baseline": "middle", "fontSize": 11},
         "encoding": {**encoding, "text": {"field": "t"},
                      "color": {"field": "k", "type": "nominal", "scale": None}}},
    ]  # fmt: skip
    size = {"width": {"step": cell}, "height": {"step": 30}}
    return chart_of(drawn, {"layer": layer, **size}, title, subtitle, given)
