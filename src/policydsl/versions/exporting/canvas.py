"""A sheet to draw on: SVG elements with escaped texts, and how wide a text will be."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from policydsl.language.diagnostics import display_width

FONT = (
    "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',"
    "'WenQuanYi Micro Hei',sans-serif"
)
_UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def width_of(text: str, size: float) -> float:
    """About how wide a text is: a Chinese character is as wide as it is high, a Latin one half."""
    return display_width(text) * size * 0.53


def shortened(text: str, size: float, room: float) -> str:
    """The text, cut off with … where it would need more room."""
    if width_of(text, size) <= room:
        return text
    while text and width_of(text + "…", size) > room:
        text = text[:-1]
    return text + "…"


def wrapped(text: str, size: float, room: float, lines: int = 3) -> list[str]:
    """The text in at most so many lines; the last one is cut off when there is more."""
    result: list[str] = []
    rest = text
    while rest and len(result) < lines - 1 and width_of(rest, size) > room:
        cut = len(rest)
        while cut > 1 and width_of(rest[:cut], size) > room:
            cut -= 1
        # no line begins with a closing mark
        while 1 < cut < len(rest) and rest[cut] in "，。、；：）〕》”":
            cut -= 1
        result.append(rest[:cut])
        rest = rest[cut:].lstrip()
    if rest:
        result.append(shortened(rest, size, room))
    return result


@dataclass
class Canvas:
    """Collects elements; :meth:`svg` gives the whole picture."""

    parts: list[str] = field(default_factory=list)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 13,
        fill: str = "#1f2933",
        anchor: str = "start",
        weight: str = "normal",
    ) -> None:
        """A line of text whose base line begins (middle, end: is centred, ends) at x, y."""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{fill}" '
            f'text-anchor="{anchor}" font-weight="{weight}">{_escaped(text)}</text>'
        )

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str,
        stroke: str = "none",
        dashed: bool = False,
        radius: float = 4,
        tip: str | None = None,
    ) -> None:
        """A rectangle; ``tip`` shows when the pointer rests on it."""
        dash = ' stroke-dasharray="5 3"' if dashed else ""
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
            f'rx="{radius:g}" fill="{fill}" stroke="{stroke}"{dash}>{_tip(tip)}</rect>'
        )

    def curve(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        stroke: str,
        width: float = 1.6,
        dashed: bool = False,
        tip: str | None = None,
        arrow: bool = False,
    ) -> None:
        """A line from left to right that leaves and arrives level."""
        middle = (x1 + x2) / 2
        dash = ' stroke-dasharray="6 4"' if dashed else ""
        head = ' marker-end="url(#arrow)"' if arrow else ""
        self.parts.append(
            f'<path d="M{x1:.1f},{y1:.1f} C{middle:.1f},{y1:.1f} {middle:.1f},{y2:.1f} '
            f'{x2:.1f},{y2:.1f}" fill="none" stroke="{stroke}" stroke-width="{width:g}"'
            f"{dash}{head}>{_tip(tip)}</path>"
        )

    def svg(self, width: float, height: float, title: str) -> str:
        """The picture, on white."""
        body = "\n".join(self.parts)
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
            f'viewBox="0 0 {width:.0f} {height:.0f}" font-family={quoteattr(FONT)} role="img">\n'
            f"<title>{_escaped(title)}</title>\n"
            '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
            'markerHeight="7" orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="#52606d"/></marker>'
            "</defs>\n"
            f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>\n{body}\n</svg>\n'
        )


def _escaped(text: str) -> str:
    return escape(_UNPRINTABLE.sub("\ufffd", text))


def _tip(tip: str | None) -> str:
    return f"<title>{_escaped(tip)}</title>" if tip else ""
