"""Colours: every keyword is one, wherever it stands; names that contain a keyword are not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pygments.lexers import get_lexer_for_filename
from pygments.token import Error, Keyword, Name, Number, Operator, String

from policydsl.editors.categories import CATEGORIES, categories, headings
from policydsl.editors.pygments_lexer import PolicyLexer
from policydsl.editors.textmate import textmate_text
from policydsl.language.keywords import words
from policydsl.model.loading import bundled_folder, policy_files

ROOT = Path(__file__).parents[2]


def coloured(text: str) -> list[tuple[object, str]]:
    return [(kind, value) for kind, value in PolicyLexer().get_tokens(text) if value.strip()]


def test_every_category_names_a_heading_of_the_keyword_table():
    assert set(CATEGORIES) <= set(headings())


@pytest.mark.parametrize("word", sorted(words()))
def test_a_keyword_is_coloured_as_one(word: str):
    ((kind, value),) = coloured(word)
    assert value == word
    assert kind in (Keyword, Keyword.Declaration, Name.Attribute, Operator.Word)


def test_a_rule():
    assert coloured("登记率 低于 95％：每 1 个百分点 扣2分") == [
        (Name, "登记率"), (Operator.Word, "低于"), (Number, "95％"),
        (coloured("：")[0][0], "："), (Keyword, "每"), (Number, "1"), (Name, "个百分点"),
        (Keyword, "扣"), (Number, "2"), (Keyword, "分"),
    ]  # fmt: skip


def test_a_name_that_contains_a_keyword_is_a_name():
    assert coloured("扣分项目")[0][0] is Name
    assert coloured("「扣」")[0][0] is Name.Variable
    assert coloured("“每 1 次”")[0][0] is String


@pytest.mark.parametrize("path", policy_files(bundled_folder()), ids=lambda path: path.stem)
def test_bundled_policies_are_coloured_to_the_last_character(path: Path):
    text = path.read_text("utf-8")
    found = list(PolicyLexer(stripnl=False).get_tokens(text))
    assert "".join(value for _, value in found) == text
    assert [value for kind, value in found if kind is Error] == []


def test_pygments_finds_the_lexer_by_the_name_of_a_file():
    assert get_lexer_for_filename("a.policy").name == "policydsl"


def test_the_file_of_the_extension_is_up_to_date():
    """Written anew by ``python tools/make_docs.py``."""
    path = ROOT / "editors" / "vscode" / "syntaxes" / "policydsl.tmLanguage.json"
    assert path.read_text("utf-8") == textmate_text()
    assert set(categories()) == set(words())


def test_the_extension_names_files_that_exist():
    folder = ROOT / "editors" / "vscode"
    given = json.loads((folder / "package.json").read_text("utf-8"))["contributes"]
    assert (folder / given["grammars"][0]["path"]).exists()
    assert (folder / given["languages"][0]["configuration"]).exists()
