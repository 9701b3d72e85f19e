"""The keyword table, read from ``grammar/10_keywords.lark`` (its only definition).

Also finds the grammar's text: inside an installed package it lies in
``policydsl/_grammar``, in a checkout in ``grammar/`` at the top.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Literal

Language = Literal["zh", "en"]

_LINE = re.compile(r'^([A-Z_]+)(?:\.-?\d+)?:\s*("[^"]+"(?:\s*\|\s*"[^"]+")*)\s*$', re.M)


@cache
def grammar_files() -> tuple[tuple[str, str], ...]:
    """(file name, text) of each grammar file, in the order in which they are joined."""
    packaged = files("policydsl") / "_grammar"
    folder = packaged if packaged.is_dir() else Path(__file__).parents[3] / "grammar"
    parts = sorted(
        (
            (entry.name, entry.read_text("utf-8"))
            for entry in folder.iterdir()
            if entry.name.endswith(".lark")
        ),
    )
    if not parts:
        raise FileNotFoundError("policydsl: grammar files are missing from the installation")
    return tuple(parts)


@cache
def keyword_table() -> MappingProxyType[str, tuple[str, ...]]:
    """Terminal name → its spellings: Chinese, English, then the read-only synonyms."""
    text = dict(grammar_files())["10_keywords.lark"]
    table = {match[1]: tuple(re.findall(r'"([^"]+)"', match[2])) for match in _LINE.finditer(text)}
    return MappingProxyType(table)


@cache
def words() -> MappingProxyType[str, str]:
    """Every spelling of every keyword → its terminal name."""
    return MappingProxyType(
        {word: name for name, spellings in keyword_table().items() for word in spellings}
    )


def pick(language: Language, zh: str, en: str) -> str:
    """The wording for a language."""
    return zh if language == "zh" else en


def spell(terminal: str, language: Language) -> str:
    """How the printer writes a keyword."""
    return keyword_table()[terminal][0 if language == "zh" else 1]
