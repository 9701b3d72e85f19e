"""What the verbs print: tables, findings, progress.

On a terminal tables and findings are coloured (rich).  Elsewhere, and with NO_COLOR, they are
plain text that stays the same from one version of a library to the next: columns are padded by
the width that Chinese takes, and nothing is cut off.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from policydsl.cli import Settings
from policydsl.language.diagnostics import Diagnostic, display_width
from policydsl.language.keywords import Language

if TYPE_CHECKING:
    from rich.console import Console

Command = TypeVar("Command", bound=Callable[..., Any])
_COLOURS = {"error": "bold red", "warning": "yellow", "note": "cyan"}


def settings() -> Settings:
    """The options before the verb."""
    found = click.get_current_context().find_root().obj
    return found if isinstance(found, Settings) else Settings()


def language_option(command: Command) -> Command:
    """``--lang`` behind the verb too, where one expects it."""

    def choose(ctx: click.Context, _: click.Parameter, value: Language | None) -> None:
        if value is not None and isinstance(ctx.find_root().obj, Settings):
            ctx.find_root().obj.language = value

    return click.option(
        "--lang", type=click.Choice(["zh", "en"]), expose_value=False, callback=choose,
        help="显示用的语言 · Language of what is shown.",
    )(command)  # fmt: skip


def say(zh: str, en: str, err: bool = False) -> None:
    """Print a line in the language asked for."""
    click.echo(zh if settings().language == "zh" else en, err=err)


def coloured(stream: TextIO) -> bool:
    """Whether colours and a layout for the width of a terminal are wanted on a stream."""
    return stream.isatty() and not os.environ.get("NO_COLOR")


def console(stream: TextIO) -> Console:
    """A rich console on a stream that shows texts as they are."""
    from rich.console import Console

    return Console(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=False)


# -- findings


def show_problems(
    problems: Iterable[Diagnostic], language: Language, stream: TextIO | None = None
) -> None:
    """Print findings with their marked lines (to stderr by default)."""
    stream = stream or sys.stderr
    if not coloured(stream):
        for problem in problems:
            print(problem.render(language), file=stream)
        return
    from rich.text import Text

    out = console(stream)
    for problem in problems:
        head, *rest = problem.render(language).split("\n")
        out.print(Text(head, style=_COLOURS[problem.severity]), soft_wrap=True)
        for line in rest:
            style = "dim" if " | " in line[:9] else "green" if line.startswith("    ") else ""
            out.print(Text(line, style=style), soft_wrap=True)


# -- tables


def print_table(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    right: Iterable[int] = (),
    in_lines: bool = False,
) -> None:
    """Print a table; ``right`` are the columns whose cells stand at the right (numbers).

    ``in_lines``: cells keep their line breaks where there is no terminal to wrap them.
    """
    at_right = frozenset(right)
    if coloured(sys.stdout):
        _rich_table(heads, rows, at_right)
        return
    for line in plain_table(heads, rows, at_right, in_lines):
        click.echo(line)


def plain_table(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    right: frozenset[int],
    in_lines: bool = False,
) -> Iterator[str]:
    """The lines of a table, columns two spaces apart, without spaces at the end of a line."""
    cells = [
        list(line)
        for row in [heads, *rows]
        for line in zip_longest(*(_lines(cell, in_lines) for cell in row), fillvalue="")
    ]
    widths = [max(display_width(row[i]) for row in cells) for i in range(len(heads))]

    def line(row: Sequence[str]) -> str:
        padded = []
        for i, (cell, width) in enumerate(zip(row, widths, strict=True)):
            space = " " * (width - display_width(cell))
            padded.append(space + cell if i in right else cell + space)
        return "  ".join(padded).rstrip()

    yield line(cells[0])
    yield "  ".join("-" * width for width in widths)
    yield from map(line, cells[1:])


def _lines(cell: str, in_lines: bool) -> list[str]:
    """The lines of a cell: its own, or all in one."""
    indent = "　"  # a Chinese space shows how deep a clause stands
    if not in_lines:
        return [" ".join(cell.split())]
    lines = cell.split("\n")
    return [
        indent * (len(line) - len(line.lstrip(indent))) + " ".join(line.split()) for line in lines
    ]


def _rich_table(heads: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[int]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for i, head in enumerate(heads):
        justify: Any = "right" if i in right else "left"
        table.add_column(Text(head), justify=justify, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console(sys.stdout).print(table)


def heading(text: str) -> None:
    """Print the title of a part of the output."""
    if coloured(sys.stdout):
        from rich.text import Text

        console(sys.stdout).print(Text(text, style="bold blue"), soft_wrap=True)
    else:
        click.echo(text)


def warning(text: str) -> None:
    """Print what the reader must not overlook, with the results and not beside them."""
    if coloured(sys.stdout):
        from rich.text import Text

        console(sys.stdout).print(Text(text, style="bold red"), soft_wrap=True)
    else:
        click.echo(text)


# -- progress

MANY = 2_000
"""From this number of cases on a terminal shows how far the work is."""


@contextmanager
def progress(count: int | None, zh: str, en: str) -> Iterator[Callable[[int], None]]:
    """A function to tell of steps that are done, of ``count`` (``None``: nobody knows).

    Shows a bar when there are many and somebody looks on.
    """
    if (count is not None and count <= MANY) or not coloured(sys.stderr):
        yield lambda steps: None
        return
    from rich.progress import Progress

    with Progress(console=console(sys.stderr), transient=True) as bar:
        task = bar.add_task(zh if settings().language == "zh" else en, total=count)
        yield lambda steps: bar.advance(task, steps)


@contextmanager
def stages(
    count: int | None, names: Mapping[str, tuple[str, str]]
) -> Iterator[Callable[[str, int], None]]:
    """The same for work in stages, each over ``count`` steps: tell the stage and the steps."""
    if (count is not None and count <= MANY) or not coloured(sys.stderr):
        yield lambda stage, steps: None
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TimeElapsedColumn(), TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=console(sys.stderr), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def advance(stage: str, steps: int) -> None:
            if stage not in tasks:
                text = names[stage][0 if settings().language == "zh" else 1]
                tasks[stage] = bar.add_task(text, total=count)
            bar.advance(tasks[stage], steps)

        yield advance


def tell_population(about: Mapping[str, Any], language: Language) -> None:
    """Warn that the persons are synthetic, and how much of them is assumed."""
    if about["kind"] == "specification":
        from policydsl.scoring.results import pick

        count = len(about["assumptions"])
        warning(pick(
            language, f"合成人口 {about['id']}（种子 {about['seed']}，{count} 项假定）",
            f"synthetic population {about['id']} (seed {about['seed']}, {count} assumptions)",
        ))  # fmt: skip
