"""What a code says: its severity, its message and its remedy, in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Template:
    """A code's severity, and its message and remedy as templates."""

    severity: Severity
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


def error(zh: str, en: str, remedy_zh: str, remedy_en: str) -> Template:
    """What stops the work."""
    return Template("error", zh, en, remedy_zh, remedy_en)


def warning(zh: str, en: str, remedy_zh: str, remedy_en: str) -> Template:
    """What should be looked at; the work goes on."""
    return Template("warning", zh, en, remedy_zh, remedy_en)


def note(zh: str, en: str, remedy_zh: str, remedy_en: str) -> Template:
    """What is good to know."""
    return Template("note", zh, en, remedy_zh, remedy_en)
