"""A TextMate grammar for editors of that family (VS Code), made from the keyword table.

``tools/make_docs.py`` writes it to ``editors/vscode``; a test holds the file to this module.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import Any

from policydsl.editors.categories import Category, categories

_HAN = r"\x{3400}-\x{9fff}\x{f900}-\x{faff}\x{20000}-\x{3ffff}·"
# a keyword stands alone as a word: 扣2分 has two, 扣分项 none
_BEFORE = rf"(?<![{_HAN}A-Za-z_])"
_AFTER = rf"(?![{_HAN}A-Za-z0-9_])"
_SCOPES: dict[Category, str] = {
    "document": "storage.type.document.policydsl",
    "clause": "storage.type.clause.policydsl",
    "attribute": "support.type.property-name.policydsl",
    "rule": "keyword.control.rule.policydsl",
    "condition": "keyword.operator.word.policydsl",
    "other": "keyword.other.policydsl",
}


def textmate_grammar() -> dict[str, Any]:
    """The grammar as JSON-ready data."""
    words: defaultdict[Category, list[str]] = defaultdict(list)
    for word, category in categories().items():
        words[category].append(word)
    patterns: list[dict[str, Any]] = [
        {"name": "comment.line.policydsl", "match": "(?:#|//).*$"},
        {"name": "string.quoted.triple.policydsl", "begin": '"""', "end": '"""'},
        {"name": "string.quoted.double.policydsl", "match": "“[^”\\n]*”"},
        {"name": "string.quoted.double.policydsl", "match": '"(?:[^"\\\\\\n]|\\\\.)*"'},
        {"name": "variable.other.quoted.policydsl", "match": "「[^」\\n]*」"},
        {
            "name": "constant.numeric.date.policydsl",
            "match": r"\d{4}-\d{1,2}-\d{1,2}|\d{4}年\d{1,2}月\d{1,2}日",
        },
        {
            "name": "constant.numeric.policydsl",
            "match": r"[\d０-９]+(?:[.．][\d０-９]+)?[万亿]?[%％‰]?",
        },
    ]
    for category, scope in _SCOPES.items():
        # the longest first, so that no keyword hides behind one that begins it
        chosen = sorted(words[category], key=lambda word: (-len(word), word))
        either = "|".join(re.escape(word).replace(r"\-", "-") for word in chosen)
        patterns.append({"name": scope, "match": f"{_BEFORE}(?:{either}){_AFTER}"})
    return {
        "name": "policydsl",
        "scopeName": "source.policydsl",
        "fileTypes": ["policy"],
        "patterns": patterns,
    }


def textmate_text() -> str:
    """The grammar as the text of its file."""
    return json.dumps(textmate_grammar(), ensure_ascii=False, indent=2) + "\n"
