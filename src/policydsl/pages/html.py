"""A page → one HTML file that needs nothing else: no network, no fonts, no other file.

A Content-Security-Policy in the page forbids every request and every script but the one of the
house, by its hash.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from policydsl.language.diagnostics import PolicyError
from policydsl.pages import fonts
from policydsl.pages.charts import Chart
from policydsl.pages.page import (
    Cell,
    Column,
    Figure,
    Line,
    Lines,
    Link,
    Page,
    Rich,
    Section,
    Strong,
    Term,
    Text,
)
from policydsl.scoring.ranges import show_points
from policydsl.scoring.results import Unbounded

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

ASSETS = resources.files("policydsl.pages") / "assets"
WORDS = {
    "contents": ("目录", "Contents"), "assumptions": ("依据的假设", "What this rests on"),
    "definitions": ("释义", "Definitions"), "record": ("运行记录", "Run record"),
    "data": ("图中数据", "Figures of the chart"), "more": ("其余 {n} 行", "{n} more rows"),
    "none": ("（无）", "(none)"), "switch": ("English", "中文"), "print": ("打印", "Print"),
    "again": ("重做的命令", "Command to do it again"), "skip": ("跳到正文", "Skip to the text"),
    "source": ("出处", "Source"),
}  # fmt: skip


def render(page: Page, embed_font: bool = True) -> str:
    """The page as HTML.

    ``embed_font`` puts the characters that occur into the page, so that they show on every
    machine; where the font is not installed (extra ``charts``), the page relies on those of its
    reader.  Raises :class:`PolicyError` (R701) where it holds charts that cannot be drawn.
    """
    writer = _Writer(page, any(isinstance(x, tuple) for x in _texts(page)))
    template = _environment().get_template("page.html.j2")
    script = _asset("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    html = template.render(page=page, w=writer, words=WORDS, script=script, script_hash=digest,
                           style=_asset("page.css"))  # fmt: skip
    face = _face(html) if embed_font else ""
    # the template cannot know which characters it will hold
    return html.replace("/*font*/", face, 1).lstrip()


def _face(html: str) -> str:
    try:
        return fonts.embedded(fonts.characters_of(re.sub(r"<[^>]*>", "", html)))
    except PolicyError:
        return ""


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    made = Environment(
        loader=FunctionLoader(_asset), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.do"],
    )  # fmt: skip
    made.filters["kind"] = lambda value: type(value).__name__
    return made


@lru_cache(maxsize=8)
def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


_LISTS = frozenset(
    {"assumptions", "blocks", "cards", "columns", "commands", "items", "lead", "links", "marked",
     "parts", "record", "rows", "sections"}
)  # fmt: skip
"""The fields that hold several texts or blocks: two strings there are no pair."""


def _texts(value: object) -> Iterator[object]:
    """Every text of a page; pairs as they are."""
    if isinstance(value, str) or _is_pair(value):
        yield value
    elif is_dataclass(value) and not isinstance(value, (type, Chart)):
        for each in fields(value):
            inner = getattr(value, each.name)
            if each.name not in _LISTS:
                yield from _texts(inner)
                continue
            for one in inner:
                for part in one if each.name in ("rows", "record") else (one,):
                    yield from _texts(part)


def _is_pair(value: object) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and all(isinstance(x, str) for x in value)


@dataclass
class _Writer:
    """Pieces of a page as HTML; keeps the definitions that it meets, and numbers the figures."""

    page: Page
    bilingual: bool
    terms: dict[Text, int] = field(default_factory=dict)
    drawings: int = 0
    numbered: int = 0

    def text(self, value: Text) -> Markup:
        """One text, or both languages of it."""
        from markupsafe import Markup, escape

        if isinstance(value, str):
            return escape(value)
        zh, en = value
        if zh == en or not self.bilingual:
            return escape(zh if self.page.language == "zh" else en)
        return Markup(
            '<span class="zh" lang="zh">{}</span><span class="en" lang="en">{}</span>'
        ).format(zh, en)

    def rich(self, value: Rich) -> Markup:
        """A text with its terms, links and marks."""
        from markupsafe import Markup

        match value:
            case Term(text, definition):
                return self.term(text, definition)
            case Link(text, href):
                address = safe(href)
                return self.text(text) if address is None else Markup(
                    '<a href="{}">{}</a>').format(address, self.text(text))  # fmt: skip
            case Strong(text, tone):
                return Markup('<b class="{}">{}</b>').format(tone, self.text(text))
            case Line(parts):
                return Markup("").join(self.rich(part) for part in parts)
            case _:
                return self.text(value)

    def term(self, text: Text, definition: Text) -> Markup:
        """A word with its definition; the same definition has one footnote."""
        from markupsafe import Markup

        if not definition:
            return self.text(text)
        number = self.terms.setdefault(definition, len(self.terms) + 1)
        return Markup(
            '<span class="term" tabindex="0" data-def="{0}">{1}<sup><a href="#def-{0}">{0}</a>'
            "</sup></span>"
        ).format(number, self.text(text))

    def cell(self, value: Cell) -> Markup:
        """A cell of a table."""
        from markupsafe import Markup, escape

        if value is None:
            return escape("—")
        if isinstance(value, Lines):
            return Markup("").join(
                Markup('<div class="l {}">{}</div>').format(setting, self.rich(text))
                for text, setting in value.lines
            )
        if isinstance(value, bool):
            return self.text(("是", "yes") if value else ("否", "no"))
        if isinstance(value, Unbounded):
            return self.text(("无下界", "no bound") if value.low else ("无上界", "no bound"))
        if isinstance(value, (int, float, Fraction, Decimal)):
            return escape(number(value))
        return self.rich(value)

    def key(self, value: Cell) -> str:
        """What a cell is sorted by; nothing sorts last."""
        if isinstance(value, (int, float, Fraction, Decimal)):
            return repr(float(value))
        if isinstance(value, Unbounded):
            return "-1e308" if value.low else "1e308"
        return ""

    def span(self, value: Cell) -> str:
        """The class of a cell that stays on one line, or that wants room."""
        if not isinstance(value, str):
            return ""
        if len(value) <= 18:
            return " brief tiny" if len(value) <= 9 else " brief"
        return " wordy" if len(value) > 40 else ""

    def width(self, column: Column, value: Cell) -> float:
        """How long the bar of a share is, in %."""
        if column.kind != "share" or not isinstance(value, (int, float, Fraction, Decimal)):
            return 0.0
        return round(max(0.0, min(100.0, float(value))), 1)

    def drawing(self, figure: Figure) -> Markup:
        """The SVG of a figure."""
        from markupsafe import Markup

        self.drawings += 1
        if isinstance(figure.chart, Chart):
            svg = figure.chart.svg(titled=False, standalone=False, name=f"f{self.drawings}")
        else:
            svg = figure.chart
        return Markup(svg)  # made by the house, its texts escaped

    def address(self, section: Section) -> str:
        """The id of a section."""
        if section.id:
            return section.id
        self.numbered += 1
        return f"s{self.numbered}"

    def safe(self, href: str) -> str | None:
        """See :func:`safe`."""
        return safe(href)


def safe(href: str) -> str | None:
    """An address that may be followed; ``None`` for one that could run something."""
    parts = urlsplit(href.strip())
    if parts.scheme in ("", "http", "https", "mailto") and not href.startswith("//"):
        return href.strip()
    return None


def number(value: int | float | Fraction | Decimal) -> str:
    """A number as it stands in a table: exact, thousands parted; floats at four digits."""
    if isinstance(value, float):
        text = f"{value:,.4g}" if abs(value) < 1e6 else f"{value:,.0f}"
    else:
        text = show_points(Fraction(value))
    whole = re.match(r"-?\d+", text)
    if whole and not isinstance(value, float):
        text = f"{int(whole[0]):,}" + text[whole.end() :] if whole[0] != "-0" else text
    return text.replace("-", "−", 1) if text.startswith("-") else text
