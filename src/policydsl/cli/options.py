"""Options that several verbs share, each with its meaning said once."""

from __future__ import annotations

import codecs
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import click

from policydsl.cli.output import Command

TIES = ("admit_all", "admit_none", "lottery", "open")


class Decorator(Protocol):
    """Adds to a command that is being defined."""

    def __call__(self, command: Command, /) -> Command:
        """The command with its options."""
        ...


class Date(click.ParamType[date]):
    """A date as 2022-04-06 or 2022年4月6日."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day, or click's message for what is none."""
        if isinstance(value, date):
            return value
        from policydsl.scoring.cells import Wrong, read_date

        try:
            return read_date(str(value))
        except Wrong:
            self.fail(
                f"“{value}”不是日期，应如 2022-04-06 · not a date, like 2022-04-06", param, ctx
            )


class Encoding(click.ParamType[str]):
    """The name of a text encoding."""

    name = "encoding"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name as Python spells it, or click's message for what is none."""
        try:
            return codecs.lookup(str(value)).name
        except LookupError:
            self.fail(f"不认识的编码“{value}”· unknown encoding", param, ctx)


def all_of(*options: Decorator) -> Decorator:
    """Several options as one decorator, in the order in which help shows them."""

    def decorate(command: Command, /) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def assume_option(
    words: str = "假设集的标识或文件，可多次 · Assumption set, may be repeated.",
) -> Decorator:
    """``--assume``, several times."""
    return click.option("--assume", multiple=True, metavar="SET", help=words)


def date_option(words: str = "评定日 · Date of assessment.") -> Decorator:
    """``--date`` as ``day``."""
    return click.option("--date", "day", type=Date(), metavar="DATE", help=words)


def format_option(*kinds: str) -> Decorator:
    """``--format``, one of ``kinds``; the first is the default."""
    return click.option(
        "--format",
        "format_",
        type=click.Choice(kinds),
        default=kinds[0],
        show_default=True,
        help="输出形式 · Form of the output.",
    )


def ignore_option(words: str = "不用的列 · Leave a column aside.") -> Decorator:
    """``--ignore``, several times."""
    return click.option("--ignore", multiple=True, metavar="COLUMN", help=words)


def population_options(
    households: str = "合成多少户 · Households to synthesise.", required: bool = False
) -> Decorator:
    """``--population``, ``-n`` and ``--seed``."""
    return all_of(
        click.option(
            "--population",
            required=required,
            metavar="P",
            help="数据文件，或人口设定的标识或文件 · A table, or a specification (id or .toml).",
        ),
        click.option(
            "-n", "--households", "n", type=click.IntRange(min=1), metavar="N", help=households
        ),
        click.option(
            "--seed",
            type=click.IntRange(min=0),
            default=1,
            show_default=True,
            help="随机种子 · Seed.",
        ),
    )


def engine_options() -> Decorator:
    """``--engine`` and ``--threads`` of runs over a population."""
    return all_of(
        click.option(
            "--engine",
            type=click.Choice(["auto", "kernel", "numpy"]),
            default="auto",
            show_default=True,
            help="计算引擎 · Engine.",
        ),
        click.option(
            "--threads", type=click.IntRange(min=1), metavar="N", help="线程数 · Threads."
        ),
    )


def sheet_option() -> Decorator:
    """``--sheet``."""
    return click.option("--sheet", metavar="NAME", help="Excel 工作表 · Sheet of a workbook.")


def ties_option() -> Decorator:
    """``--ties``."""
    return click.option(
        "--ties",
        type=click.Choice(TIES),
        help="线上同分：一并录取、不录取、抽签、未定 · What happens to ties at the line.",
    )


def folder_option(words: str) -> Decorator:
    """``--out``, a folder that has to be named."""
    return click.option(
        "--out", required=True, metavar="DIR", type=click.Path(path_type=Path), help=words
    )
