"""One chart: a Vega-Lite specification in the house style → SVG, PNG, or an Altair chart.

The builders of :mod:`policydsl.pages.plots` make them.  Colours differ in lightness as well as in
hue, so that they can be told apart by colour-blind readers and on a grey print; lines differ in
their dashes, too.  Text is set in the font of :mod:`policydsl.pages.fonts`; nothing is loaded from
a network, and the same chart gives the same bytes.
"""

from __future__ import annotations

import json
import re
import struct
import unicodedata
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType
from typing import Any
from xml.sax.saxutils import escape, unescape

from policydsl.pages import fonts

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
VERSION = "6.4"
"""The edition of Vega-Lite that draws."""
PX_PER_INCH = 96

INK, SOFT, LINE = "#1d2733", "#5b6672", "#d5dae0"
PALETTE = ("#a3adb8", "#0b4f8a", "#d9772b", "#3f8f6b", "#6a4c93", "#8f2d3f")
"""Series in turn; the first is what the others are compared with."""
GAIN, LOSS, SAME, TOTAL = "#1f6fb2", "#c8541b", "#c3cad1", "#3c4854"
"""More points, fewer points, as many, and a sum."""
DASHES: tuple[tuple[int, ...], ...] = ((1, 0), (1, 0), (6, 3), (2, 2), (8, 3, 2, 3), (4, 4))
REDS = ("#fdf4ee", "#f8dcca", "#f0b893", "#e38f5b", "#d06b2f", "#a8430f")
BLUES = ("#f3f7fb", "#d3e3f1", "#a5c7e3", "#6aa3cf", "#337eb5", "#0b4f8a")

CONFIG: Mapping[str, Any] = {
    "font": fonts.STACK,
    "background": "white",
    "padding": {"left": 8, "top": 8, "right": 20, "bottom": 8},
    "view": {"stroke": None, "continuousWidth": 560, "continuousHeight": 280},
    "title": {
        "anchor": "start", "color": INK, "fontSize": 15, "fontWeight": "normal", "offset": 14,
        "subtitleColor": SOFT, "subtitleFontSize": 12, "subtitlePadding": 6, "frame": "group",
    },
    "axis": {
        "labelColor": INK, "labelFontSize": 12, "labelFontWeight": "normal", "labelPadding": 6,
        "titleColor": SOFT, "titleFontSize": 12, "titleFontWeight": "normal", "titlePadding": 10,
        "domainColor": "#8b95a0", "gridColor": "#e6eaee", "tickColor": "#8b95a0", "tickSize": 4,
        "labelLimit": 300, "labelOverlap": "greedy", "labelSeparation": 6,
    },
    "legend": {
        "orient": "top", "direction": "horizontal", "title": None, "labelColor": INK,
        "labelFontSize": 12, "labelLimit": 320, "symbolSize": 130, "columnPadding": 18,
        "offset": 10, "symbolStrokeWidth": 2,
    },
    "text": {"fontSize": 11.5, "fontWeight": "normal", "color": INK},
    "line": {"strokeWidth": 2.2, "strokeCap": "butt"},
    "bar": {"cornerRadius": 1},
}  # fmt: skip


@dataclass(frozen=True)
class Chart:
    """A drawing: ``spec`` is Vega-Lite with its rows but without title and style.

    ``title`` and ``subtitle`` stand above a drawing that stands alone; a page sets its own caption.
    ``rows`` are the figures that are drawn, under the names that the caller gave them.
    """

    spec: Mapping[str, Any]
    title: str = ""
    subtitle: str = ""
    rows: tuple[Mapping[str, Any], ...] = ()

    def vega_lite(self, titled: bool = True) -> dict[str, Any]:
        """The whole specification, with style and title."""
        spec = {"$schema": SCHEMA, **self.spec, "config": dict(CONFIG)}
        if titled and self.title:
            heading: dict[str, Any] = {"text": self.title}
            if self.subtitle:
                heading["subtitle"] = self.subtitle
            spec["title"] = heading
        return spec

    def svg(
        self, titled: bool = True, standalone: bool = True, name: str = "c", characters: str = ""
    ) -> str:
        """The drawing as SVG; ``standalone`` embeds the characters of the font that it uses.

        Drawings that come together in one page need a ``name`` each, since SVG knows the parts of
        a drawing by name.  ``characters``: those that are embedded beside its own; several
        drawings are made faster with one alphabet (see :func:`alphabet`).  Raises
        :class:`PolicyError` (R701).
        """
        # drawn once, whether a title is then put above it or not
        drawn = _drawn(json.dumps(self.vega_lite(False), sort_keys=True, ensure_ascii=False))
        drawn = _named(_with_tips(drawn), name)
        if titled and self.title:
            drawn = _with_title(drawn, self.title, self.subtitle)
        if not standalone:
            return drawn
        words = unescape(re.sub(r"<[^>]*>", "", drawn)) + characters
        style = f"<style>{fonts.embedded(fonts.characters_of(words))}</style>"
        return re.sub(r"(<svg[^>]*>)", lambda m: m[1] + style, drawn, count=1)

    def png(self, dpi: int = 300, titled: bool = True) -> bytes:
        """The drawing as PNG of so many dots to an inch (96 px of the drawing are an inch).

        Raises :class:`PolicyError` (R701).
        """
        renderer = _renderer()
        made = renderer.svg_to_png(self.svg(titled, standalone=False), scale=dpi / PX_PER_INCH)
        return _with_resolution(bytes(made), dpi)

    def altair(self) -> Any:
        """The same as an Altair chart, to be changed by hand.  Raises R701 without Altair."""
        try:
            import altair
        except ImportError as error:
            raise fonts.missing("altair") from error
        return altair.Chart.from_dict(self.vega_lite())

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        data = self.png(dpi=2 * PX_PER_INCH)
        width, height = struct.unpack(">II", data[16:24])
        return data, {"width": width // 2, "height": height // 2}


@lru_cache(maxsize=1)
def _renderer() -> ModuleType:
    """vl-convert, knowing the font.  Raises :class:`PolicyError` (R701)."""
    try:
        import vl_convert
    except ImportError as error:
        raise fonts.missing("vl-convert-python") from error
    vl_convert.register_font_directory(str(fonts.font_file().parent))
    return vl_convert


@lru_cache(maxsize=128)
def _drawn(spec: str) -> str:
    """SVG of a specification; a page, a file and a PNG of one chart are drawn once."""
    svg = _renderer().vegalite_to_svg(spec, vl_version=VERSION, allowed_base_urls=[])
    assert isinstance(svg, str)
    return svg


def _with_title(svg: str, title: str, subtitle: str) -> str:
    """A drawing with its title above it, wide enough for both."""
    whole = re.match(r"(<svg[^>]*>)(.*)</svg>\s*$", svg, re.DOTALL)
    assert whole is not None
    head, body = whole.groups()
    size = re.search(r'width="([\d.]+)" height="([\d.]+)"', head)
    assert size is not None
    lines = [(title, 15, INK)] + ([(subtitle, 12, SOFT)] if subtitle else [])
    above = 16.0 + 22 * len(lines)
    width = max(float(size[1]), *(16 + _length(text, font) for text, font, _ in lines))
    height = float(size[2]) + above
    texts = "".join(
        f'<text x="8" y="{24 + 21 * place}" font-family="{escape(fonts.STACK)}" '
        f'font-size="{font}px" fill="{colour}">{escape(text)}</text>'
        for place, (text, font, colour) in enumerate(lines)
    )
    opening = re.sub(
        r'width="[\d.]+" height="[\d.]+" viewBox="[^"]*"',
        f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}"',
        head,
        count=1,
    )
    paper = f'<rect width="{width:g}" height="{height:g}" fill="white"/>'
    return f'{opening}{paper}{texts}<g transform="translate(0,{above:g})">{body}</g></svg>'


def _length(text: str, size: float) -> float:
    """About how wide a text is, in px."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return size * (wide + 0.6 * (len(text) - wide))


def _with_tips(svg: str) -> str:
    """What a mark says to a screen reader is shown by a browser when the mouse rests on it."""
    return re.sub(
        r'<(path|text|line|rect)((?=[^>]*role="graphics-symbol")[^>]*?aria-label="([^"]*)"[^>]*?)/>',
        r"<\1\2><title>\3</title></\1>",
        svg,
    )


def _named(svg: str, name: str) -> str:
    """The ids of a drawing, counted from 1 and under its name (the renderer counts on and on)."""
    found = list(dict.fromkeys(re.findall(r'\bid="([^"]+)"', svg)))
    for number, old in enumerate(found, 1):
        svg = re.sub(
            rf'(\bid="|url\(#|href="#){re.escape(old)}(?=["\)])', rf"\g<1>{name}-part-{number}", svg
        )
    return svg


def _with_resolution(png: bytes, dpi: int) -> bytes:
    """A PNG that says how large it is on paper."""
    per_metre = round(dpi / 0.0254)
    body = b"pHYs" + struct.pack(">IIB", per_metre, per_metre, 1)
    chunk = struct.pack(">I", 9) + body + struct.pack(">I", zlib.crc32(body))
    after_header = 8 + 25
    rest = re.sub(rb"\x00\x00\x00\x09pHYs.{13}", b"", png[after_header:], count=1, flags=re.DOTALL)
    return png[:after_header] + chunk + rest


def colours(names: Sequence[str], chosen: Sequence[str] = PALETTE) -> dict[str, Any]:
    """A Vega-Lite scale that gives every series its colour, in the order of the series."""
    many = [chosen[i % len(chosen)] for i in range(len(names))]
    return {"domain": list(names), "range": many}


def alphabet(charts: Iterable[Chart]) -> str:
    """All characters of some charts."""
    words = "".join(re.sub(r"<[^>]*>", "", chart.svg(standalone=False)) for chart in charts)
    return fonts.characters_of(words)
