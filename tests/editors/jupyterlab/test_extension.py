"""The extension of JupyterLab: what it ships, and that it reads policies as everybody else does."""

from __future__ import annotations

import importlib.metadata
import json
import logging
import random
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from pygments.token import Comment, Error, Name, Number, Operator, Punctuation, String, _TokenType
from tests.node import node, run_script

import policydsl as pdl
from policydsl.editors import jupyter
from policydsl.editors.categories import categories
from policydsl.editors.codemirror import keywords_module
from policydsl.editors.pygments_lexer import PolicyLexer
from policydsl.language.keywords import words
from policydsl.language.parsing import fold_width
from policydsl.model.loading import bundled_folder, policy_files

ROOT = Path(__file__).parents[3]
HERE = Path(__file__).parent
EXTENSION = ROOT / "editors" / "jupyterlab" / "share" / "jupyter" / "labextensions" / "policydsl"
STATIC = EXTENSION / "static"

KINDS: dict[_TokenType, set[str]] = {
    Comment.Single: {"comment"},
    String.Doc: {"long"},
    String: {"string"},
    Name.Variable: {"quoted"},
    Number.Date: {"date"},
    Number: {"number"},
    Name: {"name"},
    Operator: {"operator"},
    Punctuation: {"punctuation", "brace"},
    Error: {"wrong"},
}


def pygments_tokens(text: str) -> list[tuple[set[str], str]]:
    """The tokens of the Pygments lexer line by line; of keywords the category."""
    found: list[tuple[set[str], str]] = []
    for kind, value in PolicyLexer(stripnl=False, ensurenl=False).get_tokens(text):
        word = fold_width(value)
        if kind in KINDS:
            kinds = KINDS[kind]
        else:
            kinds = {categories()[word]} if word in categories() else set()
        if value.strip("\u200b\ufeff \t\n\r\u3000\xa0") or kind is String.Doc:
            found.extend((kinds, line) for line in value.split("\n") if line)
    return found


def made_texts(count: int) -> list[str]:
    """Texts of keywords, names, numbers and marks in any order, some of them broken."""
    pieces = [
        *sorted(words()), "登记率", "扣分项目", "x-1", "95％", "３．５", "一百二十三", "三点五", "2023-1-2",
        "2023年1月2日", "“话”", '"a\\"b"', "「扣」", "“", '"""长 话"""', "#注", "// note", "{", "}", "（",
        "：", "，", "≥", "<=", " ", "\u3000", "\n", "\n\n", "𠮷", "·", "@", "😀", "%", "1.2.3",
    ]  # fmt: skip
    draw = random.Random(9)
    return ["".join(draw.choices(pieces, k=draw.randint(1, 30))) for _ in range(count)]


def test_colours_in_jupyterlab_are_those_of_pygments():
    texts = [path.read_text("utf-8") for path in policy_files(bundled_folder())]
    texts += [*sorted(words()), *made_texts(1500), '原文 """长\n\n  话"""扣' * 3]
    module = (STATIC / "language.js").as_uri()
    answers = run_script(HERE / "tokens.mjs", {"module": module, "texts": texts})
    for text, found in zip(texts, answers, strict=True):
        wanted = pygments_tokens(text)
        assert [value for _, value in found] == [value for _, value in wanted]
        for (kind, value), (kinds, _) in zip(found, wanted, strict=True):
            assert kind in kinds, (value, text)


def test_the_keyword_table_is_up_to_date():
    """Written anew by ``python tools/make_docs.py``."""
    assert (STATIC / "keywords.js").read_text("utf-8") == keywords_module()


def test_the_first_line_of_a_cell_is_no_policy():
    texts = ["%%policy ours\n积分 甲", "\n  %%policy --quiet 甲\n满分", "积分 甲\n%%policy x"]
    module = (STATIC / "language.js").as_uri()
    first, second, third = run_script(HERE / "tokens.mjs", {"module": module, "texts": texts})
    assert first == [["magic", "%%policy ours"], ["document", "积分"], ["name", "甲"]]
    assert second == [["magic", "  %%policy --quiet 甲"], ["attribute", "满分"]]
    assert [kind for kind, _ in third] == [
        "document",
        "name",
        "operator",
        "operator",
        "name",
        "name",
    ]


def test_the_language_server_gets_the_policy_of_a_cell():
    cells = [
        "%%policy ours\n积分 甲 {\n}",
        "\n %%policy --quiet ours\n积分 𠮷",
        "%%policy ours",
        "print('%%policy ours')",
        "%%policyx\n积分",
        "%score ours people",
    ]
    module = (STATIC / "policy.js").as_uri()
    found = run_script(HERE / "cells.mjs", {"module": module, "cells": cells})
    assert found[0]["text"] == "积分 甲 {\n}"
    assert found[0]["from"] == {"line": 1, "column": 0}
    assert found[0]["host"] == cells[0]  # the Python server takes it out itself
    assert found[1]["text"] == "积分 𠮷"
    assert found[1]["from"] == {"line": 2, "column": 0}
    assert [answer["policy"] for answer in found] == [True, True, True, False, False, False]
    assert all("text" not in answer for answer in found[2:])


def test_the_manifest_names_what_is_there():
    manifest = json.loads((EXTENSION / "package.json").read_text("utf-8"))
    assert manifest["name"] == EXTENSION.name  # JupyterLab looks for it under this name
    assert manifest["version"] == pdl.__version__
    assert (EXTENSION / manifest["jupyterlab"]["_build"]["load"]).is_file()
    container = (STATIC / "remoteEntry.js").read_text("utf-8")
    assert f"_JUPYTERLAB.{manifest['name']} =" in container
    for script in STATIC.glob("*.js"):
        for name in re.findall(r"from '\./([^']+)'", script.read_text("utf-8")):
            assert (STATIC / name).is_file()


@pytest.mark.parametrize("script", sorted(STATIC.glob("*.js")), ids=lambda path: path.name)
def test_every_script_can_be_read(script: Path):
    subprocess.run([node(), "--check", str(script)], check=True, timeout=60)


def test_a_new_file_has_no_fault():
    report = pdl.check(str(STATIC / "new.policy"))
    assert [str(each.code) for each in report.findings] == []


class _Manager:
    log = logging.getLogger("test")


def test_the_language_server_is_that_of_this_python(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(jupyter, "which", lambda name: None)
    found = jupyter.language_servers(_Manager())
    assert found["policydsl"]["argv"] == [sys.executable, "-P", "-m", "policydsl", "lsp"]
    # without it jupyterlab-lsp would not look into the cells of a notebook
    assert found["jedi-language-server"]["languages"] == ["python"]
    monkeypatch.setattr(jupyter, "which", lambda name: f"/bin/{name}")
    assert list(jupyter.language_servers(_Manager())) == ["policydsl"]


def test_its_description_is_what_jupyter_lsp_asks_for(monkeypatch: pytest.MonkeyPatch):
    schema = pytest.importorskip("jupyter_lsp.schema")
    monkeypatch.setattr(jupyter, "which", lambda name: None)
    found = jupyter.language_servers(_Manager())
    assert list(schema.LANGUAGE_SERVER_SPEC_MAP.iter_errors(found)) == []


def test_without_the_extra_there_is_none(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(jupyter, "find_spec", lambda name: None)
    assert jupyter.language_servers(_Manager()) == {}
    assert 'pip install "policydsl[lab]"' in caplog.text


def test_jupyter_finds_it_by_its_entry_point():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    written = project["project"]["entry-points"]["jupyter_lsp_spec_v1"]["policydsl"]
    made = importlib.metadata.EntryPoint("policydsl", written, "jupyter_lsp_spec_v1")
    assert made.load() is jupyter.language_servers
    # and the wheel puts the extension where JupyterLab looks for it
    shared = project["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    ((folder, place),) = shared.items()
    assert (
        f"{place}/{EXTENSION.relative_to(ROOT / folder)}" == "share/jupyter/labextensions/policydsl"
    )
