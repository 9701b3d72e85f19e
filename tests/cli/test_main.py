"""The frame around the verbs: help, languages, exit codes, and a quiet end in every case."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from tests.cli.conftest import Command

import policydsl
from policydsl import cli

PROGRAM = [sys.executable, "-m", "policydsl"]


def process(*words: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k != "POLICYDSL_LANG"}
    return subprocess.run(
        [*PROGRAM, *words], capture_output=True, text=True, encoding="utf-8", check=False,
        env=environment, timeout=120,
    )  # fmt: skip


def test_help_lists_every_verb_in_both_languages(run: Command):
    for words in ((), ("--help",), ("-h",)):
        shown = run(*words)
        assert shown.code == 0
        for verb, (_, text) in cli.VERBS.items():
            assert f"  {verb} " in shown.out
            assert text.split(" · ")[0] in shown.out


@pytest.mark.parametrize("verb", cli.VERBS)
def test_each_verb_has_its_help(run: Command, verb: str):
    shown = run(verb, "--help")
    assert shown.code == 0
    assert f"policydsl {verb}" in shown.out


def test_module_and_version():
    shown = process("--version")
    assert (shown.returncode, shown.stdout) == (0, f"policydsl {policydsl.__version__}\n")


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from policydsl.cli import main; main(['--help']); "
        "print(sorted({'lark', 'pandas', 'rich', 'openpyxl', 'networkx'} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["chekc"], "是否应为“check”"),
        (["score"], "POLICY"),
        (["score", "x"], "--facts"),
        (["check", "--formt", "json"], "--formt"),
        (["--lang", "fr", "check"], "fr"),
        (["score", "x", "--facts", "f.csv", "--date", "soon"], "soon"),
        (["score", "x", "--facts", "f.csv", "--encoding", "klingon"], "klingon"),
        (["score", "x", "--facts", "f.csv", "--explain=A", "--format", "csv"], "--explain"),
        (["rank", "x", "--facts", "f.csv", "--quota", "-1"], "-1"),
        (["format"], "PATH"),
        (["format", "--stdout", "a", "b"], "--stdout"),
    ],
)
def test_wrong_usage_exits_with_2(run: Command, words: list[str], said: str):
    shown = run(*words)
    assert (shown.code, shown.out) == (cli.USAGE, "")
    assert "错误 error U1" in shown.err
    assert said in shown.err


def test_language_by_option_before_and_behind_and_by_environment(
    run: Command, monkeypatch: pytest.MonkeyPatch
):
    assert "1 份文件" in run("check", "-q", "haishu-2022").out
    for words in (("--lang", "en", "check"), ("check", "--lang", "en")):
        assert "1 documents checked" in run(*words, "-q", "haishu-2022").out
    monkeypatch.setenv("POLICYDSL_LANG", "en")
    assert "1 documents checked" in run("check", "-q", "haishu-2022").out
    assert "1 份文件" in run("--lang", "zh", "check", "-q", "haishu-2022").out


def test_problems_are_shown_in_the_language_asked_for(run: Command):
    for words in (("--lang", "en", "show", "nothing"), ("show", "nothing", "--lang", "en")):
        shown = run(*words)
        assert shown.code == cli.BAD_POLICY
        assert "Unknown policy “nothing”" in shown.err
        assert "不认识" not in shown.err


def test_an_internal_error_is_short_and_says_how_to_report_it(
    run: Command, monkeypatch: pytest.MonkeyPatch
):
    from policydsl import checking

    def broken(_: object) -> None:
        raise ValueError("something inside")

    monkeypatch.setattr(checking, "check", broken)
    shown = run("check")
    assert shown.code == cli.INTERNAL
    for word in (
        "ValueError: something inside",
        "报告",
        "report",
        "--debug",
        policydsl.__version__,
    ):
        assert word in shown.err
    with pytest.raises(ValueError, match="something inside"):
        cli.main(["--debug", "check"])


def test_interruption_leaves_no_traceback(run: Command, monkeypatch: pytest.MonkeyPatch):
    from policydsl import checking

    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(checking, "check", interrupted)
    assert run("check").code == cli.INTERRUPTED


@pytest.mark.skipif(os.name == "nt", reason="signals and pipes of POSIX")
def test_ctrl_c_and_a_reader_that_goes_away():
    reading, writing = os.pipe()
    os.close(reading)
    shown = subprocess.run(
        [*PROGRAM, "check"], stdout=writing, stderr=subprocess.PIPE, text=True, check=False,
        timeout=120,
    )  # fmt: skip
    os.close(writing)
    assert (shown.returncode, shown.stderr) == (cli.BROKEN_PIPE, "")
    # a program that waits for its input, interrupted there
    with subprocess.Popen(
        [*PROGRAM, "format", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    ) as waiting:  # fmt: skip
        time.sleep(3)
        waiting.send_signal(signal.SIGINT)
        _, err = waiting.communicate(timeout=60)
    assert waiting.returncode == cli.INTERRUPTED
    assert "Traceback" not in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_no_space_for_the_output():
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        shown = subprocess.run(
            [*PROGRAM, "check"], stdout=full, stderr=subprocess.PIPE, text=True, check=False,
            timeout=120,
        )  # fmt: skip
    assert shown.returncode == cli.CANNOT_WRITE
    assert "Traceback" not in shown.stderr
    assert "Exception ignored" not in shown.stderr


def test_chinese_comes_out_in_a_c_locale(tmp_path: Path):
    environment = {"LC_ALL": "C", "PATH": os.environ["PATH"], "PYTHONCOERCECLOCALE": "0"}
    shown = subprocess.run(
        [*PROGRAM, "check", "-q", "haishu-2022"], capture_output=True, env=environment,
        check=False, timeout=120,
    )  # fmt: skip
    assert shown.returncode == 0
    assert "检查了 1 份文件" in shown.stdout.decode("utf-8")


def test_colours_only_on_a_terminal_without_no_color(monkeypatch: pytest.MonkeyPatch):
    from policydsl.cli.output import coloured

    class Terminal:
        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    assert coloured(Terminal())  # type: ignore[arg-type]
    monkeypatch.setenv("NO_COLOR", "1")
    assert not coloured(Terminal())  # type: ignore[arg-type]


def test_tables_on_a_terminal_are_drawn_with_all_cells(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    from policydsl.cli import output

    monkeypatch.setattr(output, "coloured", lambda stream: True)
    monkeypatch.setenv("COLUMNS", "40")
    long = "很长的单位名称" * 8
    with click.Context(cli.cli, obj=cli.Settings()):
        output.print_table(["单位", "得分"], [[long, "[bold]92.25"]], [1])
        output.heading("标题")
        output.warning("注意")
    shown = capsys.readouterr().out
    assert "92.25" in "".join(shown.split())
    # folded, not cut: no character is lost
    assert sum(shown.count(character) for character in "很") == 8


def test_plain_tables_line_up_by_the_width_of_chinese():
    from policydsl.cli.output import plain_table

    lines = list(plain_table(["单位", "n"], [["公安分局", "1"], ["a", "100"]], frozenset({1})))
    assert lines == [
        "单位        n",
        "--------  ---",
        "公安分局    1",
        "a         100",
    ]


def test_progress_is_silent_for_few_cases_and_counts_many(monkeypatch: pytest.MonkeyPatch):
    from policydsl.cli import output

    with output.progress(10, "打分", "scoring") as advance:
        advance(1)
    monkeypatch.setattr(output, "coloured", lambda stream: True)
    with click.Context(cli.cli, obj=cli.Settings()), output.progress(3_000, "打分", "s") as advance:
        advance(1)


def test_exit_codes_stand_in_the_page():
    page = (Path(__file__).resolve().parents[2] / "docs" / "cli.md").read_text("utf-8")
    for code in (
        cli.OK, cli.FINDINGS, cli.USAGE, cli.BAD_DATA, cli.BAD_POLICY, cli.CANNOT_WRITE,
        cli.INTERNAL, cli.INTERRUPTED, cli.BROKEN_PIPE,
    ):  # fmt: skip
        assert f"\n| {code} | " in page
