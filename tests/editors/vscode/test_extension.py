"""The extension of VS Code: its parts fit together, its snippets are policies, it starts the server."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.node import node, run_script

import policydsl as pdl
from policydsl.language.parsing import parse_text

ROOT = Path(__file__).parents[3]
EXTENSION = ROOT / "editors" / "vscode"
PLAY = Path(__file__).parent / "play.cjs"
SCRIPT = (EXTENSION / "extension.js").read_text("utf-8")


def read(name: str) -> Any:
    return json.loads((EXTENSION / name).read_text("utf-8"))


MANIFEST = read("package.json")
GIVEN = MANIFEST["contributes"]
BUNDLE = EXTENSION / "l10n" / "bundle.l10n.zh-cn.json"


# -- the manifest


def test_the_files_that_it_names_are_there():
    named = [
        MANIFEST["main"], GIVEN["grammars"][0]["path"], GIVEN["languages"][0]["configuration"],
        GIVEN["snippets"][0]["path"], "README.md",
    ]  # fmt: skip
    assert all((EXTENSION / name).is_file() for name in named)
    assert (EXTENSION / MANIFEST["l10n"]).is_dir()
    read("language-configuration.json")
    assert MANIFEST["version"] == pdl.__version__


def test_one_language_through_and_through():
    ids = {GIVEN["languages"][0]["id"], GIVEN["grammars"][0]["language"]}
    ids |= {each["language"] for each in GIVEN["snippets"]}
    assert ids == {"policydsl"}
    assert read(GIVEN["grammars"][0]["path"])["scopeName"] == GIVEN["grammars"][0]["scopeName"]
    assert "documentSelector: [{ language: 'policydsl' }]" in SCRIPT


@pytest.mark.parametrize("name", ["package.nls.json", "package.nls.zh-cn.json"])
def test_every_text_of_the_manifest_has_words(name: str):
    used = set(re.findall(r'"%(\w+)%"', (EXTENSION / "package.json").read_text("utf-8")))
    assert set(read(name)) == used


def test_every_message_has_chinese_words():
    said = re.findall(r"l10n\.t\(\s*'([^']+)'", SCRIPT)
    assert set(read("l10n/bundle.l10n.zh-cn.json")) == set(said)
    assert len(said) >= 4


def test_the_settings_that_it_reads_are_declared():
    declared = set(GIVEN["configuration"]["properties"])
    read_by_name = {f"policydsl.{name}" for name in re.findall(r"settings\.get\('(\w+)'", SCRIPT)}
    asked = read_by_name | set(re.findall(r"'(policydsl\.[a-z.]+)'", SCRIPT)) - {
        each["command"] for each in GIVEN["commands"]
    }
    assert asked <= declared
    # the client reads this one by its own name
    assert declared - asked == {"policydsl.trace.server"}


def test_no_program_is_started_by_the_settings_of_a_folder_that_is_not_trusted():
    limits = MANIFEST["capabilities"]["untrustedWorkspaces"]
    assert limits["supported"] == "limited"
    assert "policydsl.command" in limits["restrictedConfigurations"]


def test_nothing_but_its_own_files_is_kept():
    listed = subprocess.run(
        ["git", "ls-files", "."], cwd=EXTENSION, capture_output=True, encoding="utf-8", check=False
    ).stdout.split()
    assert not [name for name in listed if "node_modules" in name or "lock" in name]
    assert set(MANIFEST["dependencies"]) == {"vscode-languageclient"}


# -- snippets


SNIPPETS: dict[str, dict[str, Any]] = read(GIVEN["snippets"][0]["path"])
AROUND = {
    "文件": "{}",
    "条款": "积分 甲 “甲” {{\n{}\n}}",
    "规则": "积分 甲 “甲” {{ 指标 乙 满分 30 分 {{\n{}\n}} }}",
}


def filled(body: str) -> Iterator[str]:
    """A snippet as it stands when its proposals are taken, with every choice in turn."""
    choices = re.findall(r"\$\{\d+\|([^|}]*)\|\}", body)
    parts = re.split(r"\$\{\d+\|[^|}]*\|\}", body)
    for chosen in itertools.product(*(choice.split(",") for choice in choices)):
        text = "".join(itertools.chain(*itertools.zip_longest(parts, chosen, fillvalue="")))
        yield re.sub(r"\$\d+", "", re.sub(r"\$\{\d+:([^}]*)\}", r"\1", text))


@pytest.mark.parametrize("name", SNIPPETS)
def test_a_snippet_is_what_the_grammar_reads(name: str):
    kind = name.split("：")[0]
    for body in filled("\n".join(SNIPPETS[name]["body"])):
        assert "$" not in body
        result = parse_text(AROUND[kind].format(body))
        assert result.ok, [each.message("zh") for each in result.diagnostics]


@pytest.mark.parametrize("name", ["文件：积分办法", "文件：考核细则"])
def test_a_new_document_has_no_fault(name: str, tmp_path: Path):
    path = tmp_path / "new.policy"
    path.write_text(next(filled("\n".join(SNIPPETS[name]["body"]))), "utf-8")
    assert [str(each) for each in pdl.check(str(path)).findings] == []


def test_a_snippet_is_called_by_a_chinese_and_an_english_word():
    for name, snippet in SNIPPETS.items():
        chinese, english = snippet["prefix"]
        assert re.fullmatch("[\u4e00-\u9fff]+", chinese), name
        assert re.fullmatch("[a-z]+", english), name


# -- the program


def play(tmp_path: Path, **given: Any) -> list[list[Any]]:
    settings = {
        "extension": str(EXTENSION / "extension.js"), "folders": [str(tmp_path / "office")],
        "command": "", "path": str(tmp_path / "bin"), "bundle": str(BUNDLE), **given,
    }  # fmt: skip
    found: list[list[Any]] = run_script(PLAY, settings)
    return [each for each in found if each[0] != "command"]


def program(path: Path) -> Path:
    """A file that can be started, by the looks of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n", "ascii")
    path.chmod(0o755)
    return path


def test_the_script_can_be_read():
    subprocess.run([node(), "--check", str(EXTENSION / "extension.js")], check=True, timeout=60)


def test_the_program_on_the_path_is_started_and_stopped(tmp_path: Path):
    found = program(tmp_path / "bin" / "policydsl")
    options = {
        "documentSelector": [{"language": "policydsl"}], "initializationOptions": {"review": True},
    }  # fmt: skip
    assert play(tmp_path) == [
        ["client", "policydsl", str(found), ["lsp"], options],
        ["started"],
        ["disposed"],
    ]


def test_that_of_the_folders_own_environment_comes_first(tmp_path: Path):
    program(tmp_path / "bin" / "policydsl")
    own = program(tmp_path / "office" / ".venv" / "bin" / "policydsl")
    assert play(tmp_path)[0][2] == str(own)


def test_a_setting_may_name_it(tmp_path: Path):
    program(tmp_path / "bin" / "policydsl")
    other = program(tmp_path / "other" / "policydsl")
    assert play(tmp_path, command=str(other))[0][2] == str(other)


def test_the_review_can_be_turned_off(tmp_path: Path):
    program(tmp_path / "bin" / "policydsl")
    options = play(tmp_path, settings={"policydsl.review": False})[0][4]
    assert options["initializationOptions"] == {"review": False}


def test_without_the_program_it_says_what_to_do_in_both_languages(tmp_path: Path):
    ((kind, text, *buttons), opened) = play(tmp_path, answer="打开设置")
    assert kind == "error"
    assert "找不到程序“policydsl”" in text
    assert 'pip install "policydsl[editor]"' in text
    assert buttons == ["再试一次", "打开设置"]
    assert opened == ["execute", "workbench.action.openSettings", "policydsl.command"]
    ((_, text, *_),) = play(tmp_path, bundle=None, command="nowhere/policydsl")
    assert "The program “nowhere/policydsl” was not found" in text


def test_a_file_that_is_no_program_is_not_started(tmp_path: Path):
    plain = program(tmp_path / "bin" / "policydsl")
    plain.chmod(0o644)
    assert play(tmp_path)[0][0] == "error"


def test_a_changed_setting_starts_it_anew_one_after_the_other(tmp_path: Path):
    program(tmp_path / "bin" / "policydsl")
    other = program(tmp_path / "other" / "policydsl")
    happened = play(tmp_path, then=[str(other), ""])
    assert [each[0] for each in happened] == ["client", "started", "disposed"] * 3


def test_a_server_that_does_not_start_is_told(tmp_path: Path):
    program(tmp_path / "bin" / "policydsl")
    happened = play(tmp_path, fails="exit 1")
    assert ["error", "语言服务没有启动：exit 1", "看记录"] in happened


def test_in_a_folder_that_is_not_trusted_nothing_is_started(tmp_path: Path):
    program(tmp_path / "bin" / "policydsl")
    assert play(tmp_path, trusted=False) == []
