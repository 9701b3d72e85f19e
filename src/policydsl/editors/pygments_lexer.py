"""Colours for policies wherever Pygments is used: consoles, Sphinx, nbconvert, GitLab."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, ClassVar

from pygments.lexer import RegexLexer
from pygments.token import (
    Comment,
    Error,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Text,
    _TokenType,
)

from policydsl.editors.categories import Category, categories
from policydsl.language.parsing import fold_width

_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff·"
_TOKENS: dict[Category, _TokenType] = {
    "document": Keyword.Declaration,
    "clause": Keyword.Declaration,
    "attribute": Name.Attribute,
    "rule": Keyword,
    "condition": Operator.Word,
    "other": Keyword,
}


@cache
def _folded() -> dict[str, _TokenType]:
    return {fold_width(word): _TOKENS[category] for word, category in categories().items()}


class PolicyLexer(RegexLexer):
    """Reads what the grammar's tokens read; a name that the keyword table knows is a keyword.

    Full-width letters, digits and punctuation are as good as their ASCII twins, as in the
    language; they are shown as they were written.
    """

    name = "policydsl"
    aliases: ClassVar[list[str]] = ["policydsl", "policy"]
    filenames: ClassVar[list[str]] = ["*.policy"]
    mimetypes: ClassVar[list[str]] = ["text/x-policydsl"]

    tokens: ClassVar[dict[str, list[Any]]] = {
        "root": [
            (r"[\s\ufeff\u200b]+", Text.Whitespace),
            (r"(?:#|//)[^\n]*", Comment.Single),
            (r'"""[\s\S]*?"""', String.Doc),
            (r'“[^”\n]*”|"(?:[^"\\\n]|\\.)*"', String),
            (r"「[^」\n]*」", Name.Variable),
            (r"\d{4}-\d{1,2}-\d{1,2}(?![\d-])|\d{4}年\d{1,2}月\d{1,2}日", Number.Date),
            (r"\d+(?:\.\d+)?[万亿]?[%‰]?", Number),
            (
                "[零〇一二两三四五六七八九十百千]+(?:点[零〇一二三四五六七八九]+)?[万亿]?"
                rf"(?![{_HAN}A-Za-z0-9_])",
                Number,
            ),
            (rf"(?:[{_HAN}]|[A-Za-z_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)+", Name),
            (r"<=|>=|!=|[-−+×*÷/<>≤≥=≠%‰]", Operator),
            (r"[:,、;。|{}()]", Punctuation),
            (r".", Error),
        ]
    }

    def get_tokens_unprocessed(
        self, text: str, stack: Any = ("root",)
    ) -> Iterator[tuple[int, _TokenType, str]]:
        """(offset, token, text) of the text as it was written."""
        for start, kind, value in super().get_tokens_unprocessed(fold_width(text), stack):
            chosen = _folded().get(value, kind) if kind is Name else kind
            yield start, chosen, text[start : start + len(value)]
