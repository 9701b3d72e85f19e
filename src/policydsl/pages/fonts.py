"""A Chinese font that is always there, whatever is installed on the machine.

Noto Sans SC (SIL Open Font License) comes as a dependency of the extra ``charts``.  It is handed
to the renderer of charts, and a part of it, with the characters that occur, is embedded
into pages and drawings, so that no reader sees boxes in place of characters.
"""

from __future__ import annotations

import base64
import io
import logging
from functools import lru_cache
from pathlib import Path

from policydsl.language.diagnostics import Diagnostic, PolicyError

FAMILY = "Noto Sans SC"
"""The name of the font as drawings use it."""
FALLBACKS = (
    "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC",
    "WenQuanYi Micro Hei", "SimHei", "sans-serif",
)  # fmt: skip
"""What stands in where a drawing is opened by a program that ignores embedded fonts."""
STACK = ", ".join(f"'{name}'" if " " in name else name for name in (FAMILY, *FALLBACKS))


def missing(component: str) -> PolicyError:
    """The error (R701) for a component of the extra that is not installed."""
    return PolicyError([Diagnostic("R701", None, None, {"component": component})])


@lru_cache(maxsize=1)
def font_file() -> Path:
    """The file of the font.  Raises :class:`PolicyError` (R701) when it is not installed."""
    try:
        import pylopdf_fonts_zh_cn
    except ImportError as error:
        raise missing("pylopdf-fonts-zh-cn") from error
    return pylopdf_fonts_zh_cn.sans_path()


@lru_cache(maxsize=64)
def embedded(characters: str) -> str:
    """The ``@font-face`` rule, with the font inside, for the characters of a text.

    The same characters give the same bytes; order and repetition do not matter to the result,
    but the cache keeps texts apart: hand over :func:`characters_of`.  Raises
    :class:`PolicyError` (R701).
    """
    try:
        from fontTools import subset
        from fontTools.ttLib import TTFont
    except ImportError as error:
        raise missing("fonttools") from error
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    options = subset.Options(
        layout_features=[], name_IDs=[1, 2], notdef_outline=True, hinting=False,
        desubroutinize=True, recalc_timestamp=False, flavor="woff",
    )  # fmt: skip
    with TTFont(font_file(), recalcTimestamp=False, lazy=True) as font:
        chosen = subset.Subsetter(options)
        chosen.populate(text=characters)
        chosen.subset(font)
        font.flavor = "woff"
        stream = io.BytesIO()
        font.save(stream, reorderTables=True)
    data = base64.b64encode(stream.getvalue()).decode("ascii")
    return (
        f"@font-face{{font-family:'{FAMILY}';src:url(data:font/woff;base64,{data}) format('woff')}}"
    )


def characters_of(text: str) -> str:
    """The different printable characters of a text, in order."""
    return "".join(sorted({c for c in text if c.isprintable()} | {" "}))
