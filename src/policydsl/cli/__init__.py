"""The command line: ``policydsl VERB``.

This module knows the verbs by name only; each one's own module, and whatever that imports, is
loaded when the verb is called.  So ``policydsl --help`` costs no more than click.

Exit codes are part of the contract (docs/cli.md): :data:`OK` … :data:`INTERRUPTED`.
"""

from __future__ import annotations

import errno
import importlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import click

from policydsl.cli.helping import Context, bilingual

if TYPE_CHECKING:
    from policydsl.language.diagnostics import PolicyError

OK = 0
FINDINGS = 1
USAGE = 2
BAD_DATA = 3
BAD_POLICY = 4
CANNOT_WRITE = 5
INTERNAL = 70
INTERRUPTED = 130
BROKEN_PIPE = 141
# What the standard output can answer: no space, a broken device, closed.
_CANNOT_PRINT = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EBADF})

VERBS = {
    "check": ("inspecting", "检查策略：错误、提示、合计 · Check policies and add up their points"),
    "review": (
        "reviewing",
        "审查：找出问题，给出例证和改法 · Find faults, with witnesses and remedies",
    ),
    "format": ("inspecting", "统一排版，中英互换 · Lay out policy files, in Chinese or English"),
    "show": ("inspecting", "用规范文字显示条款 · Show a policy in controlled official wording"),
    "score": ("scoring", "按数据表打分 · Score the cases of a table"),
    "rank": ("scoring", "按场景排序、分配名额 · Rank cases for a scene and its places"),
    "test": ("testing", "运行文件中的示例 · Run the examples that policies contain"),
    "prove": (
        "proving",
        "证明：最高最低分、用不上的档次、两版是否同分 · Prove what can be reached",
    ),
    "versions": ("versions", "沿革、对照、合并草案 · History, editions compared, drafts merged"),
    "population": ("population", "人口：描述、生成、核对 · Populations: describe, make, check"),
    "simulate": (
        "simulation",
        "草案对分布、录取线和人的影响 · What a draft does to scores, line and people",
    ),
    "search": ("search", "给出目标，找出改哪几个数字 · Which numbers to change to meet targets"),
    "compare": ("comparing", "几份策略并排比较 · Policies side by side"),
    "package": ("drafting", "征求意见的全套文件 · The documents of a consultation"),
    "feedback": ("drafting", "汇总反馈意见 · Opinions that came back, in one table"),
    "rerun": ("simulation", "按运行记录重做并核对 · Do a recorded simulation again and check it"),
    "lsp": ("editors", "编辑器的语言服务 · The language server, for editors"),
    "studio": ("studio", "改稿页面 · A local page to try changes on"),
    "audit": ("auditing", "原文与代码逐数对照 · Hold a text against its policy, figure by figure"),
    "import": ("importing", "从 Word 等文件生成策略 · Make a policy of an office's document"),
    "demo": ("demo", "用收录的数据演示一遍 · Show it all on bundled data"),
}


@dataclass
class Settings:
    """What the options before the verb say."""

    language: Literal["zh", "en"] = "zh"
    debug: bool = False


class _Verbs(click.Group):
    """Verbs that are imported when they are called."""

    context_class = Context

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"policydsl.cli.{VERBS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return bilingual(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("动词 Verbs"):
            formatter.write_dl([(name, text) for name, (_, text) in VERBS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and name not in VERBS and not name.startswith("-"):
            raise click.UsageError(f"No such command {name!r}.", ctx)
        return super().resolve_command(ctx, args)


def _version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from policydsl import __version__

        click.echo(f"policydsl {__version__}")
        ctx.exit()


@click.group(
    cls=_Verbs,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="退出码 exit codes: 0 正常 ok · 1 有问题 findings · 2 用法 usage · 3 数据 data · "
    "4 策略 policy · 5 写不出 cannot write · 70 内部错误 internal",
)
@click.option(
    "--lang", type=click.Choice(["zh", "en"]), envvar="POLICYDSL_LANG", default="zh",
    show_default=True, show_envvar=True, help="显示用的语言 · Language of what is shown.",
)  # fmt: skip
@click.option("--debug", is_flag=True, help="内部错误时显示调用栈 · Traceback on internal errors.")
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version,
    help="显示版本 · Show the version.",
)  # fmt: skip
@click.pass_context
def cli(ctx: click.Context, lang: Literal["zh", "en"], debug: bool) -> int:
    """打分政策的规则即代码：检查、打分、排序、说明理由。

    Rules as code for scoring policies: check, score, rank, explain.
    """
    ctx.obj = Settings(lang, debug)
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
    return OK


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code and never raises for what a user can cause."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _prepare_streams()
    if "_POLICYDSL_COMPLETE" in os.environ:
        cli.main(given, prog_name="policydsl")  # the shell asks for completions
    try:
        # not cli.main(): it ends the process itself, with exit codes of its own;
        # click empties the list that it is given
        with cli.make_context("policydsl", list(given)) as ctx:
            result: object = cli.invoke(ctx)
        if sys.stdout is not None:
            sys.stdout.flush()
        return result if isinstance(result, int) else OK
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as problem:
        _show_usage(problem, given)
        return USAGE
    except (click.Abort, KeyboardInterrupt, EOFError):
        return INTERRUPTED
    except BrokenPipeError:
        # nobody reads on; the interpreter must not complain about it when it flushes at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except Exception as error:
        from policydsl.language.diagnostics import PolicyError

        if isinstance(error, OSError) and error.errno in _CANNOT_PRINT:
            click.echo(f"写不出结果 · cannot write the output: {error.strerror}", err=True)
            return CANNOT_WRITE
        if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
            error = _too_long(error)
        if isinstance(error, PolicyError):
            from policydsl.cli.output import show_problems

            show_problems(error.diagnostics, _language(given))
            return exit_code(error)
        if "--debug" in given:
            raise
        _show_internal(error)
        return INTERNAL


def _too_long(error: OSError) -> PolicyError:
    """A name that no file can have: nothing of that name is there."""
    from policydsl.language.diagnostics import Diagnostic, PolicyError, shorten

    return PolicyError([Diagnostic("F001", None, None, {"path": shorten(str(error.filename))})])


def exit_code(error: PolicyError) -> int:
    """The exit code for problems, by the first error's kind (docs/cli.md)."""
    codes = [d.code for d in error.diagnostics if d.severity == "error"]
    if codes and codes[0] in ("C905", "C906", "C908", "C909"):
        return BAD_DATA  # files beside the policies
    if codes and codes[0] in ("C901", "C911"):
        return USAGE
    if "F007" in codes:
        return CANNOT_WRITE
    if codes and codes[0] in ("W901", "W902", "W904", "W912"):
        return CANNOT_WRITE
    return BAD_DATA if codes and codes[0][0] in "DISW" and codes[0] != "W905" else BAD_POLICY


def _language(arguments: Sequence[str]) -> Literal["zh", "en"]:
    """The language asked for, also where the options before the verb were never read."""
    for position, word in enumerate(arguments):
        if word == "--lang=en" or (word == "--lang" and "en" in arguments[position + 1 :][:1]):
            return "en"
        if word == "--lang=zh" or (word == "--lang" and "zh" in arguments[position + 1 :][:1]):
            return "zh"
    return "en" if os.environ.get("POLICYDSL_LANG") == "en" else "zh"


def _prepare_streams() -> None:
    """Chinese in every output: UTF-8 in files and pipes, and no crash on a narrow terminal."""
    if "PYTHONIOENCODING" in os.environ:
        return
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is None:
            continue
        if stream.isatty():
            reconfigure(errors="replace")
        else:
            reconfigure(encoding="utf-8", errors="replace")


def _show_usage(problem: click.ClickException, given: Sequence[str]) -> None:
    from policydsl.cli.usage import shown_usage

    asked = "POLICYDSL_LANG" in os.environ or any(word.startswith("--lang") for word in given)
    language = _language(given) if asked else None
    click.echo(shown_usage(problem, language, cli, given), err=True)


def _show_internal(error: Exception) -> None:
    from policydsl import __version__

    what = f"{type(error).__name__}: {error}"[:300]
    click.echo(
        f"程序内部出错（不是您的文件的问题）：{what}\n"
        "请把这一行、所用的命令和 policydsl --version 的输出报告给维护者；"
        "加 --debug 再运行一次可得到调用栈。\n"
        f"An internal error (not the fault of your files): {what}\n"
        "Please report this line, the command and the output of policydsl --version to the "
        "maintainers; run again with --debug for a traceback.\n"
        f"policydsl {__version__}, Python {sys.version.split()[0]}",
        err=True,
    )


__all__ = ["Settings", "cli", "exit_code", "main"]
