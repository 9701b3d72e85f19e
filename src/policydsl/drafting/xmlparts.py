"""Elements of WordprocessingML, and measures as it wants them."""

from __future__ import annotations

from typing import Any

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
XML = "http://www.w3.org/XML/1998/namespace"
NAMES = {"w": W, "r": R}
TWIPS_PER_MM = 1440 / 25.4


def q(name: str) -> str:
    """``w:p`` as lxml names it."""
    prefix, _, local = name.partition(":")
    return f"{{{NAMES[prefix]}}}{local}"


def element(tag: str, *children: Any, **attributes: object) -> Any:
    """An element with children and attributes of the same namespace."""
    from docx.oxml.parser import OxmlElement

    made = OxmlElement(tag)
    for key, value in attributes.items():
        made.set(q(f"w:{key}"), str(value))
    for child in children:
        made.append(child)
    return made


def text(tag: str, content: str) -> Any:
    """``w:t`` or ``w:delText`` that keeps its spaces."""
    made = element(tag)
    made.text = content
    if content != content.strip() or "  " in content:
        made.set(f"{{{XML}}}space", "preserve")
    return made


def twips(mm: float) -> int:
    """Millimetres as twentieths of a point."""
    return round(mm * TWIPS_PER_MM)


def points(size: float, parts: int) -> int:
    """Points in parts of a point: 2 for letters, 20 for lines."""
    return round(size * parts)


def emu(mm: float) -> int:
    """Millimetres as the units of drawings."""
    return round(mm * 36000)
