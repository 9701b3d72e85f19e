"""What the command line says of itself: help and usage errors, Chinese and English."""

from __future__ import annotations

import re

import click
import pytest

from policydsl.cli import USAGE, VERBS, cli, main

CHINESE = re.compile(r"[一-鿿]")

WRONG = {
    "check --lsit": ("U101", "--list"),
    "score": ("U102", "POLICY"),
    "score x": ("U102", "--facts"),
    "simulate x --population y --engine zz": ("U103", "auto、kernel、numpy"),
    "simulate x --population y -n 0": ("U103", "1 以上的整数"),
    "rank x --facts y --quota many": ("U103", "0 以上的整数"),
    "simulate a --population b -n": ("U104", "policydsl simulate --help"),
    "check --list=3": ("U105", "--list"),
    "show a b c": ("U106", "“c”"),
    "chekc": ("U107", "check"),
    "versions dif": ("U107", "diff"),
    "review --against x": ("U108", "要写明审查哪一份"),
    "--lang fr check": ("U103", "zh、en"),
}


def said(line: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(line.split()) == USAGE
    shown = capsys.readouterr()
    assert shown.out == ""
    return shown.err


@pytest.mark.parametrize("line", WRONG)
def test_what_is_written_wrong_is_a_finding_with_a_remedy(line, capsys, monkeypatch):
    monkeypatch.setenv("POLICYDSL_LANG", "zh")
    code, word = WRONG[line]
    text = said(line, capsys)
    assert text.startswith(f"错误 error {code}")
    assert word in text
    assert "    → " in text
    assert "用法 Usage: policydsl" in text
    for english in ("No such", "Missing", "Invalid", "Got unexpected", "requires", "not one of"):
        assert english not in text


def test_without_a_language_both_are_shown(capsys, monkeypatch):
    monkeypatch.delenv("POLICYDSL_LANG", raising=False)
    text = said("score", capsys)
    assert "缺少“POLICY”" in text
    assert "“POLICY” is missing" in text


def test_in_english_only_english(capsys, monkeypatch):
    monkeypatch.setenv("POLICYDSL_LANG", "en")
    text = said("rank x --facts y --quota many", capsys)
    assert "“many” is not a whole number from 0" in text
    assert "不是" not in text


def test_a_group_alone_shows_its_help(capsys):
    assert main(["versions"]) == USAGE
    text = capsys.readouterr().err
    assert text.startswith("用法 Usage: policydsl versions")
    assert "consolidate" in text


def commands(command: click.Command, name: str) -> list[tuple[str, click.Command]]:
    found = [(name, command)]
    if isinstance(command, click.Group) and command is not cli:
        for inner, each in command.commands.items():
            found += commands(each, f"{name} {inner}")
    return found


def every_command() -> list[tuple[str, click.Command]]:
    ctx = cli.context_class(cli, info_name="policydsl")
    found: list[tuple[str, click.Command]] = [("", cli)]
    for verb in VERBS:
        command = cli.get_command(ctx, verb)
        assert command is not None
        found += commands(command, verb)
    return found


def test_every_verb_and_option_is_explained_in_both_languages():
    for name, command in every_command():
        text = command.help or ""
        assert CHINESE.search(text.partition("\n")[0]), name
        if command is not cli and " " not in name:
            assert re.search(r"[A-Za-z]{3}", text.partition("\n")[2]), name
        for param in command.params:
            if isinstance(param, click.Option):
                zh, middle, en = (param.help or "").partition("· ")
                assert middle, f"{name} {param.opts}"
                assert CHINESE.search(zh), f"{name} {param.opts}"
                assert en, f"{name} {param.opts}"


def test_help_pages_have_no_english_word_of_click_alone(capsys):
    for name, _ in every_command():
        assert main([*name.split(), "--help"]) == 0
        text = capsys.readouterr().out
        assert text.startswith("用法 Usage: policydsl")
        assert "\nOptions:" not in text
        assert "选项 Options:" in text
        assert "Show this message" not in text
        assert "[required]" not in text
