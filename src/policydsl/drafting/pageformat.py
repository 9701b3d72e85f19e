"""The page of an official document (GB/T 9704-2012): measures, fonts, sizes.

Millimetres for pages and columns, points for letters.  22 lines of 28 characters come out with
the values tried in LibreOffice: exact lines of 28.95 pt on a grid of lines only (a grid of
characters too spreads the lines there), letters set 0.25 pt closer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from policydsl.drafting.paper import Kind

PAGE = (210.0, 297.0)
MARGINS = (37.0, 26.0, 35.0, 28.0)
"""Top, right, bottom, left of an upright page; turned with a page across (the top is then left)."""
TEXT_WIDTH = PAGE[0] - MARGINS[1] - MARGINS[3]
TEXT_HEIGHT = PAGE[1] - MARGINS[0] - MARGINS[2]
GRID_PITCH = 579
LINE = 28.95
CLOSER = -0.25
TABLE_LINE = 20.0
TABLE_SIZE = 12.0
CELL_MARGIN = 1.5
"""Left and right of a cell's text, mm."""


class Font(NamedTuple):
    """A font with what stands in for it where it is missing."""

    name: str
    fallback: str
    family: str


SONG_TITLE = Font("方正小标宋简体", "宋体", "roman")
FANG = Font("仿宋_GB2312", "仿宋", "modern")
HEI = Font("黑体", "SimHei", "modern")
KAI = Font("楷体_GB2312", "楷体", "modern")
SONG = Font("宋体", "SimSun", "roman")
FONTS = (SONG_TITLE, FANG, HEI, KAI, SONG)
LATIN = "Times New Roman"


@dataclass(frozen=True)
class Look:
    """How a kind of paragraph looks: ``name`` is its style in Word.

    ``size`` and ``line`` in points, ``indent`` of the first line in characters, ``left`` of all
    lines with ``hanging`` of the first one back from there; ``level`` in the outline.
    """

    name: str
    font: Font
    size: float
    line: float = LINE
    align: str = "both"
    indent: float = 0
    left: float = 0
    hanging: float = 0
    right: float = 0
    before: float = 0
    after: float = 0
    keep: bool = False
    level: int | None = None
    grid: bool = True


_SEAMS = ("管理", "实施", "服务", "考核", "评分", "工作", "细则", "办法", "修改", "征求", "责任",
          "指标", "起草", "意见", "流程", "的", "和", "》", "〕")  # fmt: skip
"""Words before which (after which, for the last ones) the line of a title may end."""


def balanced(text: str, kind: Kind) -> str:
    """A title of more than one line with its lines of about equal length, at seams of words."""
    if kind not in ("title", "tabletitle") or "\n" in text:
        return text
    room = int(TEXT_WIDTH / (LOOKS[kind].size * 25.4 / 72))
    lines = -(-len(text) // room)
    if not 1 < lines <= 4:
        return text
    seams = {i + (len(word) if word in "的和》〕" else 0) for word in _SEAMS
             for i in range(len(text)) if text.startswith(word, i)}  # fmt: skip
    parts: list[str] = []
    start = 0
    for left in range(lines, 1, -1):
        rest = len(text) - start
        fair = rest / left
        near = [i - start for i in seams if 3 < i - start <= room
                and rest - (i - start) <= room * (left - 1)]  # fmt: skip
        if not near:
            return text
        cut = min(near, key=lambda n: (abs(n - fair), n))
        parts.append(text[start : start + cut])
        start += cut
    return "\n".join([*parts, text[start:]])


def lines_in_title(text: str, kind: Kind) -> int:
    """How many lines a heading takes."""
    if kind not in ("title", "tabletitle"):
        return 1
    room = int(TEXT_WIDTH / (LOOKS[kind].size * 25.4 / 72))
    return sum(max(1, -(-len(line) // room)) for line in balanced(text, kind).split("\n"))


LOOKS: dict[Kind, Look] = {
    "title": Look("公文标题", SONG_TITLE, 22, 35, "center", keep=True, level=0, grid=False),
    "subtitle": Look("公文副标题", KAI, 16, align="center", after=14, keep=True),
    "h1": Look("公文一级标题", HEI, 16, indent=2, level=1),
    "h2": Look("公文二级标题", KAI, 16, indent=2, level=2),
    "h3": Look("公文三级条目", FANG, 16, indent=2, level=None),
    "h4": Look("公文四级条目", FANG, 16, indent=2, level=None),
    "body": Look("公文正文", FANG, 16, indent=2),
    "plain": Look("公文顶格正文", FANG, 16),
    "address": Look("公文主送", FANG, 16, align="left"),
    "right": Look("公文落款", FANG, 16, align="right", right=4),
    "annexes": Look("公文附件说明", FANG, 16, align="left", left=6, hanging=4, keep=True),
    "annexes2": Look("公文附件说明续", FANG, 16, align="left", left=6, hanging=1, keep=True),
    "annex": Look("公文附件标识", HEI, 16, align="left", keep=True),
    "tabletitle": Look(
        "公文表题", SONG_TITLE, 18, 30, "center", before=6, after=8, keep=True, level=1, grid=False
    ),
    "caption": Look("公文图表说明", KAI, 12, 20, "center", before=4, after=4, grid=False),
    "note": Look("公文表注", KAI, 10.5, 17, before=2, grid=False),
    "cell": Look("公文表格", FANG, TABLE_SIZE, TABLE_LINE, "left", grid=False),
    "head": Look("公文表头", HEI, TABLE_SIZE, TABLE_LINE, "center", grid=False, keep=True),
}


def text_area(landscape: bool) -> tuple[float, float]:
    """Width and height of the text on a page, mm."""
    return (TEXT_HEIGHT, TEXT_WIDTH) if landscape else (TEXT_WIDTH, TEXT_HEIGHT)


__all__ = ["FONTS", "LOOKS", "Font", "Look", "balanced", "text_area"]
